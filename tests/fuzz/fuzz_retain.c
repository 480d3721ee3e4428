/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where packets are cut, and what is read back of a file of evidence. The first
 * byte says which: of a frame (the next byte is its link type) what is kept
 * lies within it and is no more than headers may take; a comment ends within
 * its room.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "pcapng.h"
#include "retain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(int holds)
{
	if (!holds)
		abort();
}

static void
cut(const uint8_t *bytes, size_t size, int link_type)
{
	const struct model model = { .evidence = { .headers = true } };
	const struct frame f = { .captured = (uint32_t)size,
		.wire = (uint32_t)size,
		.link_type = link_type,
		.bytes = bytes };
	struct packet p;
	const struct arrival a = { .packet = &p, .frame = &f, .frames = 1 };
	struct evidence_packet out;
	enum decode_status status;

	status = decode_frame(link_type, bytes, size, size, &p);
	require(retain_cut(&model, &a, false, &out));
	require(out.kept <= size && out.kept <= EVIDENCE_BYTES_MAX);
	require(out.bytes == bytes && out.wire == size);
	/* What is not opened further ends before its payload. */
	if (status == DECODE_OK && p.kind == PACKET_IP && p.payload != NULL &&
	    p.tunnel == TUNNEL_NONE && p.source_port != 0)
		require(bytes + out.kept <= p.payload);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char comment[PCAPNG_TEXT_MAX + 1];

	if (size < 2)
		return 0;
	if (data[0] == 0) {
		if (pcapng_comment(data + 1, size - 1, comment))
			require(strlen(comment) <= PCAPNG_TEXT_MAX);
	} else
		cut(data + 2, size - 2, data[1]);
	return 0;
}
