/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Notices as records: what was found, who does it to whom, the line of the
 * model that it is held against, and the frames that decided it. Every index,
 * enum, count and length is checked on the way in; what is said may still be
 * false. The packets of a notice are written as those of evidence are.
 */
#include "observation_record_internal.h"

#define FLOW_ID_END (UINT64_C(1) << 53)
#define PACKET_DECIDING 1u
#define PACKET_CUT 2u

/* ---- packets */

void
record_put_packet(struct record_writer *w, const struct evidence_packet *p)
{
	const uint32_t most = EVIDENCE_PAYLOAD_MAX;
	const uint32_t kept = p->kept < most ? p->kept : most;
	const bool cut = p->cut || kept < p->kept;

	record_put_time(w, p->time);
	record_put16(w, p->nanoseconds);
	record_put32(w, RECORD_INDEX(p->tap));
	record_put16(w, p->link_type);
	record_put32(w, p->wire);
	record_put8(w,
	    (p->deciding ? PACKET_DECIDING : 0) | (cut ? PACKET_CUT : 0));
	record_put16(w, kept);
	record_put_bytes(w, p->bytes, kept);
}

void
record_get_packet(struct record_input *in, struct evidence_packet *p)
{
	unsigned flags;

	memset(p, 0, sizeof(*p));
	p->time = record_get_time(in);
	p->nanoseconds = cursor_be16(&in->c);
	record_require(in, p->nanoseconds < 1000);
	p->tap = record_get_tap(in);
	record_require(in, p->tap != NULL || in->stale);
	p->link_type = cursor_be16(&in->c);
	p->wire = cursor_be32(&in->c);
	flags = (unsigned)record_get_enum(in, 1 << 2);
	p->deciding = (flags & PACKET_DECIDING) != 0;
	p->cut = (flags & PACKET_CUT) != 0;
	p->kept = (uint32_t)record_get_count(in, EVIDENCE_PAYLOAD_MAX);
	/* More than headers only where somebody answers for it. */
	record_require(in,
	    p->kept <= EVIDENCE_BYTES_MAX || in->m->payload_authority);
	p->bytes = cursor_take(&in->c, p->kept);
}

/* ---- writing */

static void
put_mac(struct record_writer *w, bool has_mac, const struct mac *mac)
{
	record_put8(w, has_mac);
	if (has_mac)
		record_put_bytes(w, mac->bytes, sizeof(mac->bytes));
}

static void
put_party(struct record_writer *w, const struct notice_party *p)
{
	record_put_addr(w, &p->address);
	record_put16(w, p->port);
	put_mac(w, p->has_mac, &p->mac);
	record_put32(w, RECORD_INDEX(p->zone));
}

/* A clause that names a party's zone needs its index alone. */
static void
put_clause(struct record_writer *w, const struct notice *n)
{
	for (int i = 0; i < 2; i++) {
		const struct zone *z = n->party[i].zone;

		if (z != NULL &&
		    record_clause_is(&n->clause, z->id, &z->place)) {
			record_put_clause(w, &n->clause, RECORD_NOUN_ZONE,
			    z->index);
			return;
		}
	}
	record_put_clause(w, &n->clause, RECORD_NOUN_NAMED, RECORD_INDEX_NONE);
}

size_t
record_notice(uint8_t *out, struct record_head *head, const struct notice *n)
{
	const size_t tags = n->tag_count < 4 ? n->tag_count : 4;
	const size_t packets = n->packet_count < EVIDENCE_NOTICE_MAX ?
	    n->packet_count :
	    EVIDENCE_NOTICE_MAX;
	struct record_writer w;

	record_begin(&w, out, head, RECORD_NOTICE, RECORD_URGENT);
	record_put8(&w, n->check);
	record_put8(&w, n->severity);
	record_put16(&w, n->word);
	record_put_time(&w, n->now);
	record_put_time(&w, n->first);
	record_put32(&w, RECORD_INDEX(n->boundary));
	record_put32(&w, RECORD_INDEX(n->tap));
	record_put16(&w, (unsigned)tags);
	for (size_t i = 0; i < tags; i++)
		record_put16(&w, n->tags[i]);
	record_put8(&w, n->protocol);
	put_party(&w, &n->party[0]);
	put_party(&w, &n->party[1]);
	put_clause(&w, n);
	record_put_text(&w, n->expected, NOTICE_TEXT_MAX);
	record_put_text(&w, n->seen, NOTICE_TEXT_MAX);
	record_put64(&w, n->counted);
	record_put64(&w, n->of);
	record_put64(&w, n->flow_id);
	record_put16(&w, (unsigned)packets);
	for (size_t i = 0; i < packets; i++)
		record_put_packet(&w, &n->packets[i]);
	return (size_t)(w.pos - out);
}

/* ---- reading */

/* The checks that speak by notices. */
static bool
is_of_notices(enum check check)
{
	return (check >= CHECK_LNK_1 && check <= CHECK_LNK_10) ||
	    (check >= CHECK_AST_1 && check <= CHECK_AST_6) ||
	    (check >= CHECK_ATK_1 && check <= CHECK_ATK_7) ||
	    check == CHECK_TOP_12;
}

static void
get_mac(struct record_input *in, bool *has_mac, struct mac *mac)
{
	const uint8_t *bytes;

	*has_mac = record_get_enum(in, 2) != 0;
	bytes = *has_mac ? cursor_take(&in->c, sizeof(mac->bytes)) : NULL;
	if (bytes != NULL)
		memcpy(mac->bytes, bytes, sizeof(mac->bytes));
}

static void
get_party(struct record_input *in, struct notice_party *p)
{
	p->address = record_get_addr(in, true);
	p->port = cursor_be16(&in->c);
	get_mac(in, &p->has_mac, &p->mac);
	p->zone = record_get_zone(in);
}

static void
get_finding(struct record_input *in, struct notice *n)
{
	unsigned word;

	n->check = (enum check)record_get_enum(in, CHECK_COUNT);
	record_require(in, is_of_notices(n->check));
	n->severity = (enum severity)record_get_enum(in, SEVERITY_CRITICAL + 1);
	record_require(in, n->severity != SEVERITY_NONE);
	word = cursor_be16(&in->c);
	record_require(in, word > NOTICE_NONE && word < NOTICE_COUNT);
	n->word = word < NOTICE_COUNT ? (enum notice_word)word : NOTICE_NONE;
	n->now = record_get_time(in);
	n->first = record_get_time(in);
}

void
record_read_notice(struct record_input *in, struct record_notice_room *out)
{
	struct notice *n = &out->notice;

	memset(out, 0, sizeof(*out));
	get_finding(in, n);
	n->boundary = record_get_boundary(in);
	n->tap = record_get_tap(in);
	n->tag_count = (uint8_t)record_get_count(in, 4);
	for (size_t i = 0; i < n->tag_count; i++)
		n->tags[i] = cursor_be16(&in->c);
	n->protocol = cursor_u8(&in->c);
	get_party(in, &n->party[0]);
	get_party(in, &n->party[1]);
	record_get_clause(in, &n->clause);
	n->expected = record_get_text(in, NOTICE_TEXT_MAX);
	n->seen = record_get_text(in, NOTICE_TEXT_MAX);
	n->counted = record_get64(in);
	n->of = record_get64(in);
	n->flow_id = record_get64(in);
	record_require(in, n->flow_id < FLOW_ID_END);
	n->packet_count = record_get_count(in, EVIDENCE_NOTICE_MAX);
	n->packets = out->packets;
	for (size_t i = 0; i < n->packet_count && cursor_ok(&in->c); i++)
		record_get_packet(in, &out->packets[i]);
}
