/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A series of raw IP packets: place and time (1 byte: 2 bits place, 6 bits
 * seconds to step, signed), length (1 byte), packet. Every frame must end in
 * exactly one counter, and a joined packet must lie within memory.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "decode.h"
#include "fragment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(int holds)
{
	if (!holds)
		abort();
}

static void
require_exact(const struct fragment_counters *c)
{
	require(c->fragments ==
	    c->held + c->joined + c->expired + c->evicted + c->refused);
}

/* Touches every byte, so that the address sanitizer sees them. */
static void
read_all(const struct packet *p)
{
	volatile uint8_t sum = 0;

	for (uint32_t i = 0; i < p->transport_captured; i++)
		sum = (uint8_t)(sum + p->transport[i]);
	for (uint32_t i = 0; i < p->payload_captured; i++)
		sum = (uint8_t)(sum + p->payload[i]);
	require(p->reassembled && !p->payload_cut && !p->fragment);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t secret[16] = { 7 };
	struct fragment_table *t = fragment_new(secret);
	const struct fragment_counters *c = fragment_counters(t);
	struct wall_us now = { 0 };
	struct packet p, out;
	uint64_t joined = 0;
	uint32_t frames;
	struct cursor input;

	cursor_init(&input, data, size);
	while (cursor_left(&input) > 2) {
		uint8_t control = cursor_u8(&input);
		size_t length = cursor_u8(&input);
		const uint8_t *bytes;

		if (length > cursor_left(&input))
			length = cursor_left(&input);
		bytes = cursor_take(&input, length);
		now.us += ((control >> 2) - 16) * CLOCK_SECOND / 4;
		if (decode_frame(DECODE_LINK_RAW, bytes, length, length, &p) !=
			DECODE_OK ||
		    !p.fragment)
			continue;
		if (fragment_add(t, &p, control & 3, now, &out, &frames) ==
		    FRAGMENT_COMPLETE) {
			joined += frames;
			read_all(&out);
		}
		require_exact(c);
		require(c->joined == joined);
	}
	fragment_expire(t, now, true);
	require_exact(c);
	require(c->held == 0);
	fragment_free(t);
	return 0;
}
