/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a packet is cut: after the last header that was read, so that no byte
 * of what people write to each other is kept. Of ICMP errors the quoted headers
 * are kept too, of fragments the IP header, of what carries packets the headers
 * of those within, as far as they can be opened.
 */
#include <string.h>

#include "decode.h"
#include "retain.h"

/* Of pcapng; the numbers of libpcap differ for raw IP. */
static uint16_t
link_type_of(const struct frame *f)
{
	switch (f->link_type) {
	case DECODE_LINK_RAW_OLD:
	case DECODE_LINK_RAW_BSD:
		return DECODE_LINK_RAW;
	default:
		return (uint16_t)f->link_type;
	}
}

/* Where the headers of p end, or of the innermost one that it carries. */
static const uint8_t *
end_of(const struct packet *p)
{
	const uint8_t *end = p->headers_end;
	struct packet room[2];

	for (int i = 0; i < PACKET_NESTING_MAX && p->carried.bytes != NULL;
	     i++) {
		struct packet *inner = &room[i & 1];

		(void)decode_carried(p, inner);
		if (inner->headers_end != NULL)
			end = inner->headers_end;
		p = inner;
	}
	return end;
}

/* Bytes of the frame up to there; 0 where that is not in it. */
static uint32_t
headers_of(const struct frame *f, const struct packet *p)
{
	const uint8_t *end = end_of(p);

	if (end == NULL || end < f->bytes || end > f->bytes + f->captured)
		return 0;
	return (uint32_t)(end - f->bytes);
}

bool
retain_cut(const struct model *m, const struct arrival *a, bool payload,
    struct evidence_packet *out)
{
	const struct frame *f = a->frame != NULL ? a->frame : a->last_part;
	const struct packet *p = a->frame != NULL ? a->packet : a->last_packet;
	uint32_t most = EVIDENCE_PAYLOAD_MAX;

	memset(out, 0, sizeof(*out));
	if (f == NULL || p == NULL || !m->evidence.headers)
		return false;
	if (!payload || a->frame == NULL) {
		most = headers_of(f, p);
		if (most > EVIDENCE_BYTES_MAX)
			most = EVIDENCE_BYTES_MAX;
	}
	out->time = a->time;
	out->nanoseconds = (uint16_t)(f->nanoseconds % 1000);
	out->tap = a->tap;
	out->link_type = link_type_of(f);
	out->wire = f->wire;
	out->kept = f->captured < most ? f->captured : most;
	out->bytes = f->bytes;
	out->cut = out->kept < f->captured;
	return true;
}
