/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes what nDPI is shown. The input is one conversation:
 *	kind (1 UDP, 2 IPv6), client port (2), server port (2), then packets:
 *	control, length (2), payload
 * where control says the direction (1), SYN (2), ACK (4), a repeated (8) or
 * skipped (16) part of the stream, and a packet of another conversation:
 * other IP version (32), other protocol (64), other port (128). Of those none
 * may be taken.
 */
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "classify.h"

#define PACKETS_MAX 100
#define SKIPPED 1000
#define OTHERS (32 | 64 | 128)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct conversation_end {
	struct addr v4, v6;
	uint16_t port;
	uint32_t next;
};

static struct addr
address(bool v6, uint8_t last)
{
	const uint8_t v4_bytes[4] = { 198, 51, 100, last };
	const uint8_t v6_bytes[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = last };

	return v6 ? addr_from_v6(v6_bytes) : addr_from_v4(v4_bytes);
}

/* Takes one packet off the input; false when there is none. */
static bool
take_packet(struct cursor *c, struct conversation_end ends[2], uint8_t kind,
    struct packet *p, uint8_t *control, uint8_t **copy)
{
	bool v6 = (kind & 2) != 0;
	size_t n, way;

	if (cursor_left(c) < 3)
		return false;
	*control = cursor_u8(c);
	way = *control & 1;
	n = cursor_be16(c);
	if (n > cursor_left(c))
		n = cursor_left(c);
	if (*control & 32)
		v6 = !v6;
	memset(p, 0, sizeof(*p));
	p->kind = PACKET_IP;
	p->protocol = kind & 1 ? IPPROTO_UDP : IPPROTO_TCP;
	if (*control & 64)
		p->protocol = kind & 1 ? IPPROTO_TCP : IPPROTO_UDP;
	p->source = v6 ? ends[way].v6 : ends[way].v4;
	p->destination = v6 ? ends[!way].v6 : ends[!way].v4;
	p->source_port = ends[way].port;
	p->destination_port = ends[!way].port ^ (*control & 128);
	p->tcp_flags = (*control & 2 ? TCP_SYN : 0) |
	    (*control & 4 ? TCP_ACK : 0);
	if (*control & 16)
		ends[way].next += SKIPPED;
	p->tcp_seq = ends[way].next - (*control & 8 ? (uint32_t)n / 2 : 0);
	p->tcp_ack = ends[!way].next;
	p->tcp_window = 8192;
	/* A copy of its own, so that a read beyond the end is seen. */
	*copy = malloc(n ? n : 1);
	assert(*copy != NULL);
	if (n > 0)
		memcpy(*copy, cursor_take(c, n), n);
	p->payload = *copy;
	p->payload_captured = p->payload_length = (uint32_t)n;
	ends[way].next += (uint32_t)n;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct classifier *classifier;
	char error[256];
	struct classify_flow *flow = NULL;
	struct classify_label label;
	struct conversation_end ends[2] = { 0 };
	struct cursor c;
	uint8_t kind, control, *copy;
	struct packet p;
	bool clean = false; /* opened by a packet of the conversation itself */

	if (classifier == NULL)
		classifier = classifier_new(error, sizeof(error));
	assert(classifier != NULL);
	memset(&label, 0, sizeof(label));
	cursor_init(&c, data, size);
	kind = cursor_u8(&c);
	for (uint8_t i = 0; i < 2; i++) {
		ends[i].v4 = address(false, i + 1);
		ends[i].v6 = address(true, i + 1);
		ends[i].port = cursor_be16(&c);
		ends[i].next = i + 1;
	}
	for (int i = 0; i < PACKETS_MAX; i++) {
		bool open = flow != NULL, fed;

		if (!take_packet(&c, ends, kind, &p, &control, &copy))
			break;
		fed = classify_packet(classifier, &flow, &label, &p,
		    (control & 1) == 0, (struct wall_us){ i * CLOCK_SECOND });
		free(copy);
		if (!open)
			clean = (control & OTHERS) == 0;
		assert(!open || !clean || !fed || (control & OTHERS) == 0);
		assert(!label.by_payload || label.name[0] != '\0');
	}
	classify_end(classifier, &flow, &label);
	assert(flow == NULL && label.state != CLASSIFY_MORE);
	assert(label.by_payload == (label.state == CLASSIFY_DECIDED));
	assert(classifier_open(classifier) == 0);
	return 0;
}
