/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record of packets kept as evidence of one conversation. It goes before
 * the conversation's own record, in the class of what gives way before alerts
 * do: an alert without its packets says so, packets without their alert say
 * nothing. The reader holds it to the rule: bytes beyond headers only where the
 * model has an authority for any payload at all.
 */
#include "observation_record_internal.h"

#define FLOW_ID_END (UINT64_C(1) << 53)

size_t
record_evidence(uint8_t *out, struct record_head *head,
    const struct evidence_set *e)
{
	const size_t most = e->packet_count < EVIDENCE_PACKETS_MAX ?
	    e->packet_count :
	    EVIDENCE_PACKETS_MAX;
	struct record_writer w, packets;
	size_t count = 0;

	record_begin(&w, out, head, RECORD_EVIDENCE, RECORD_UPDATE);
	record_put64(&w, e->flow_id);
	record_put_time(&w, e->now);
	record_put8(&w, e->payload);
	packets = w; /* how many and how many not is known after them */
	(void)record_room(&packets, sizeof(uint64_t) + sizeof(uint16_t));
	while (count < most) {
		struct record_writer next = packets;

		record_put_packet(&next, &e->packets[count]);
		if (next.full)
			break;
		packets = next;
		count++;
	}
	record_put64(&w, e->missing + (e->packet_count - count));
	record_put16(&w, (unsigned)count);
	return (size_t)(packets.pos - out);
}

void
record_read_evidence(struct record_input *in, struct evidence_set *out)
{
	out->flow_id = record_get64(in);
	record_require(in, out->flow_id < FLOW_ID_END);
	out->now = record_get_time(in);
	out->payload = record_get_enum(in, 2) != 0;
	record_require(in,
	    in->other || !out->payload || in->m->payload_authority);
	out->missing = record_get64(in);
	out->packet_count = record_get_count(in, EVIDENCE_PACKETS_MAX);
	for (size_t i = 0; i < out->packet_count && cursor_ok(&in->c); i++) {
		record_get_packet(in, &out->packets[i]);
		record_require(in,
		    out->payload || out->packets[i].kept <= EVIDENCE_BYTES_MAX);
	}
}
