/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A minute of a tap as a record. Urgent as gaps are: what was seen and what was
 * not is what all else is believed by. A number that says more than the one it
 * is a part of is malformed; so is a time that ends before it began.
 */
#include "observation_record_internal.h"

/* Bits of the LNK checks that there are: 1 to 10. */
#define LINK_BITS 0x7fe

size_t
record_minute(uint8_t *out, struct record_head *head,
    const struct tap_minute *m)
{
	struct record_writer w;

	record_begin(&w, out, head, RECORD_MINUTE, RECORD_URGENT);
	record_put32(&w, RECORD_INDEX(m->tap));
	record_put_time(&w, m->from);
	record_put_time(&w, m->until);
	record_put64(&w, m->frames);
	record_put64(&w, m->bytes);
	record_put64(&w, m->copies);
	record_put64(&w, m->cut);
	record_put64(&w, m->undecodable);
	record_put64(&w, m->backward);
	record_put64(&w, m->ring_drops);
	record_put64(&w, m->ring_freezes);
	record_put64(&w, m->nic_drops);
	record_put64(&w, m->payload_seen);
	record_put64(&w, m->payload_missing);
	record_put64(&w, m->payload_unheard);
	record_put64(&w, m->conversations);
	record_put64(&w, m->unclassified);
	record_put64(&w, m->tcp_conversations);
	record_put64(&w, m->tcp_one_way);
	record_put64(&w, m->syns);
	record_put64(&w, m->syn_acks);
	record_put16(&w, m->link & LINK_BITS);
	return (size_t)(w.pos - out);
}

void
record_read_minute(struct record_input *in, struct tap_minute *m)
{
	memset(m, 0, sizeof(*m));
	m->tap = record_get_tap(in);
	record_require(in, m->tap != NULL || in->stale);
	m->from = record_get_time(in);
	m->until = record_get_time(in);
	record_require(in, m->from.us <= m->until.us);
	m->frames = record_get64(in);
	m->bytes = record_get64(in);
	m->copies = record_get64(in);
	m->cut = record_get64(in);
	m->undecodable = record_get64(in);
	m->backward = record_get64(in);
	m->ring_drops = record_get64(in);
	m->ring_freezes = record_get64(in);
	m->nic_drops = record_get64(in);
	m->payload_seen = record_get64(in);
	m->payload_missing = record_get64(in);
	m->payload_unheard = record_get64(in);
	m->conversations = record_get64(in);
	m->unclassified = record_get64(in);
	m->tcp_conversations = record_get64(in);
	m->tcp_one_way = record_get64(in);
	m->syns = record_get64(in);
	m->syn_acks = record_get64(in);
	m->link = record_get_bits(in, LINK_BITS);
	record_require(in, m->copies <= m->frames && m->cut <= m->frames);
	record_require(in, m->undecodable <= m->frames);
	record_require(in, m->unclassified <= m->conversations);
	record_require(in, m->tcp_one_way <= m->tcp_conversations);
}
