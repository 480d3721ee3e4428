/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a finding of the link layer becomes a notice: once, and again when it is
 * graver or a day of packet time has passed. What came in between is counted
 * and said then.
 */
#include <stdio.h>
#include <string.h>

#include "link_internal.h"
#include "retain.h"

struct told_key {
	uint64_t place, subject;
};

/* What tells one finding from another, without hidden padding. */
struct subject {
	uint64_t also;
	uint32_t word;
	uint8_t mac[6];
	uint8_t family, pad;
	uint8_t address[16];
	uint8_t rest[4];
};

_Static_assert(sizeof(struct subject) == 40, "no hidden padding");

bool
link_is_news(struct link_watch *l, uint64_t place, const struct link_claim *c,
    int64_t now_us, uint64_t *since)
{
	const int64_t again = c->again_us ? c->again_us : LINK_AGAIN_US;
	struct subject s;
	struct told_key key = { .place = place };
	struct link_told *t;
	bool fresh;

	memset(&s, 0, sizeof(s));
	s.also = c->also;
	s.word = (uint32_t)(c->as != NOTICE_NONE ? c->as : c->word);
	if (c->by_mac && c->who.has_mac)
		memcpy(s.mac, c->who.mac.bytes, sizeof(s.mac));
	if (c->by_address) {
		s.family = c->who.address.family;
		memcpy(s.address, c->who.address.bytes, sizeof(s.address));
	}
	key.subject = table_hash(l->secret, &s, sizeof(s));
	t = link_memory_take(&l->told, &key, now_us, &fresh);
	*since = t->since;
	if (!fresh && t->severity >= (uint32_t)c->severity &&
	    now_us - t->at_us < again) {
		t->since++;
		return false;
	}
	t->at_us = now_us;
	t->severity = (uint32_t)c->severity;
	t->since = 0;
	return true;
}

bool
link_tell(const struct link_look *k, const struct link_claim *c)
{
	struct evidence_packet packet;
	struct notice n;
	uint64_t since;

	if (!link_is_news(k->l, k->mark, c, k->us, &since))
		return false;
	if (!k->o->notice)
		return true;
	memset(&n, 0, sizeof(n));
	n.check = c->check;
	n.severity = c->severity;
	n.word = since > 0 && c->more != NOTICE_NONE ? c->more : c->word;
	n.now = n.first = k->a->time;
	n.boundary = k->tap->boundary;
	n.tap = k->tap;
	n.tag_count = k->p->tag_count;
	memcpy(n.tags, k->p->tags, sizeof(n.tags));
	n.protocol = k->p->protocol;
	n.party[0] = c->who;
	n.party[1] = c->whom;
	n.clause = c->clause;
	n.expected = c->expected;
	n.seen = c->seen;
	n.counted = since > 0 ? since + 1 : 0;
	if (k->a->frame && retain_cut(k->l->m, k->a, false, &packet)) {
		packet.deciding = true;
		n.packets = &packet;
		n.packet_count = 1;
	}
	k->o->notice(k->o->context, &n);
	return true;
}

struct notice_party
link_party(const struct mac *m, const struct addr *a, const struct zone *z)
{
	struct notice_party p;

	memset(&p, 0, sizeof(p));
	p.zone = z;
	if (m) {
		p.has_mac = true;
		p.mac = *m;
	}
	if (a && addr_kind(a) != ADDR_UNSPECIFIED)
		p.address = *a;
	return p;
}

struct clause
link_clause_zone(const struct zone *z)
{
	return (struct clause){ .kind = CLAUSE_MODEL,
		.id = z->id,
		.place = z->place };
}

struct clause
link_clause_tap(const struct tap *t)
{
	return (struct clause){ .kind = CLAUSE_MODEL,
		.id = t->id,
		.place = t->place };
}

struct clause
link_clause_router(const struct router *r, const struct tap *tap)
{
	return (struct clause){ .kind = CLAUSE_MODEL,
		.id = tap->id,
		.place = r->place };
}

const char *
link_text(char out[LINK_TEXT_MAX], const struct addr *a, const struct zone *z)
{
	char text[ADDR_TEXT_MAX];

	(void)snprintf(out, LINK_TEXT_MAX, "%s (%s)", addr_format(a, text),
	    z ? z->id : "-");
	return out;
}

/* Adds a word where it fits whole with room for " ..." after it. */
static bool
add(char *out, size_t *used, const char *word)
{
	const size_t n = strlen(word);

	if (*used + n + 6 >= LINK_TEXT_MAX) {
		memcpy(out + *used, " ...", 5);
		*used += 4;
		return false;
	}
	if (*used > 0)
		out[(*used)++] = ' ';
	memcpy(out + *used, word, n + 1);
	*used += n;
	return true;
}

const char *
link_networks(char out[LINK_TEXT_MAX], const struct zone *z)
{
	char text[PREFIX_TEXT_MAX];
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < z->all.count; i++)
		if (!add(out, &used, prefix_format(&z->all.items[i], text)))
			break;
	return out;
}

const char *
link_routers(char out[LINK_TEXT_MAX], const struct link_look *k)
{
	char text[MAC_TEXT_MAX];
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < k->tap->router_count; i++) {
		const struct router *r = &k->tap->routers[i];

		if (r->mac_count == 0 ||
		    locate_router(k->tap, k->segment, &r->macs[0]) != r)
			continue;
		for (size_t j = 0; j < r->mac_count; j++)
			if (!add(out, &used, mac_format(&r->macs[j], text)))
				return out;
	}
	return out;
}
