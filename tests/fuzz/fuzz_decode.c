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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int links[] = { DECODE_LINK_ETHERNET, DECODE_LINK_SLL,
		DECODE_LINK_SLL2, DECODE_LINK_RAW, DECODE_LINK_NULL,
		DECODE_LINK_LOOP, DECODE_LINK_IPV4, DECODE_LINK_IPV6,
		DECODE_LINK_RAW_OLD, DECODE_LINK_RAW_BSD, LINK_UNKNOWN };
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
	/* Pure: the same bytes give the same packet. */
	require(
	    decode_frame(link, frame, size, size + data[1], &again) == status);
	require(again.payload == p.payload && again.tunnel == p.tunnel &&
	    again.source_port == p.source_port);
	return 0;
}
