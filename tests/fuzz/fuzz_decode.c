/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any frame of any link type. The first byte chooses the link type, the
 * second how many bytes the wire had more than the file. What comes out must
 * hold together: spans within the frame, lengths in order, no span without
 * its packet.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"

#define LINK_UNKNOWN 127

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(int holds)
{
	if (!holds)
		abort();
}

static void
require_within(const uint8_t *span, size_t length, const uint8_t *frame,
    size_t size)
{
	if (span == NULL) {
		require(length == 0);
		return;
	}
	require(length > 0 && span >= frame && span < frame + size);
	require(length <= (size_t)(frame + size - span));
}

static void
require_sound(const struct packet *p, enum decode_status status)
{
	require(p->payload_captured <= p->payload_length);
	require(p->payload_cut == (p->payload_captured < p->payload_length));
	require(p->tag_count <= PACKET_TAGS_MAX);
	require(p->tunnel < TUNNEL_COUNT && p->layer < LAYER_COUNT);
	require(!p->quoted.has_ports || p->quoted.given);
	require(!p->first_fragment || p->fragment);
	(void)packet_layer_name(p->layer);
	(void)packet_tunnel_name(p->tunnel);
	(void)decode_status_name(status);
	if (status != DECODE_OK)
		return;
	switch (p->kind) {
	case PACKET_IP:
	case PACKET_FRAGMENT:
		require(p->source.family == 4 || p->source.family == 6);
		require(p->destination.family == p->source.family);
		break;
	case PACKET_ARP:
		require(p->arp_sender.family == 4);
		break;
	case PACKET_OTHER:
		require(p->source.family == 0 && p->payload == NULL);
		break;
	}
}

/* What is carried lies within, and is decoded in turn. */
static void
require_opened(const struct packet *p, const uint8_t *frame, size_t size)
{
	struct packet outer = *p, inner;
	enum decode_status status;

	for (int n = 0; n < PACKET_NESTING_MAX; n++) {
		const struct carried *c = &outer.carried;

		require(c->status < DECODE_STATUS_COUNT);
		require(c->bytes == NULL || c->status == DECODE_OK);
		require(outer.tunnel != TUNNEL_NONE ||
		    (c->bytes == NULL && c->status == DECODE_OK));
		if (c->bytes == NULL)
			return;
		require_within(c->bytes, c->captured, frame, size);
		require(c->captured <= c->wire);
		require(decode_knows(c->link_type));
		status = decode_carried(&outer, &inner);
		require_within(inner.payload, inner.payload_captured, c->bytes,
		    c->captured);
		require_sound(&inner, status);
		if (status != DECODE_OK)
			return;
		outer = inner;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int links[] = { DECODE_LINK_ETHERNET, DECODE_LINK_SLL,
		DECODE_LINK_SLL2, DECODE_LINK_RAW, DECODE_LINK_NULL,
		DECODE_LINK_LOOP, DECODE_LINK_IPV4, DECODE_LINK_IPV6,
		DECODE_LINK_RAW_OLD, DECODE_LINK_RAW_BSD, DECODE_LINK_MPLS,
		LINK_UNKNOWN };
	const uint8_t *frame = data + 2;
	enum decode_status status;
	struct packet p, again;
	int link;

	if (size < 2)
		return 0;
	link = links[data[0] % (sizeof(links) / sizeof(links[0]))];
	size -= 2;
	status = decode_frame(link, frame, size, size + data[1], &p);
	require(decode_knows(link) || status == DECODE_UNSUPPORTED);
	require_within(p.payload, p.payload_captured, frame, size);
	require_within(p.transport, p.transport_captured, frame, size);
	require_sound(&p, status);
	require(p.headers_end == NULL ||
	    (p.headers_end >= frame && p.headers_end <= frame + size));
	require_opened(&p, frame, size);
	/* Pure: the same bytes give the same packet. */
	require(
	    decode_frame(link, frame, size, size + data[1], &again) == status);
	require(again.payload == p.payload && again.tunnel == p.tunnel &&
	    again.source_port == p.source_port);
	return 0;
}
