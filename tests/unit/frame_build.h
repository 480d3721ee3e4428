/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Building frames byte by byte for the decoder's tests. Not a general packet
 * writer: no checksums, and lengths are what the test says they are.
 */
#ifndef FRAME_BUILD_H
#define FRAME_BUILD_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"

#define BUILD_MAX 70000

/* Zero-initialise. */
struct build {
	uint8_t bytes[BUILD_MAX];
	size_t length;
};

static inline void
build_fill(struct build *b, uint8_t value, size_t n)
{
	memset(b->bytes + b->length, value, n);
	b->length += n;
}

static inline void
build_u8(struct build *b, unsigned value)
{
	b->bytes[b->length++] = (uint8_t)value;
}

static inline void
build_u16(struct build *b, unsigned value)
{
	build_u8(b, value >> 8);
	build_u8(b, value);
}

static inline void
build_u32(struct build *b, uint32_t value)
{
	build_u16(b, value >> 16);
	build_u16(b, value);
}

/* 02:00:00:00:00:01 to 02:00:00:00:00:02 */
static inline void
build_ethernet(struct build *b, unsigned ethertype)
{
	build_u32(b, 0x02000000);
	build_u16(b, 2);
	build_u32(b, 0x02000000);
	build_u16(b, 1);
	build_u16(b, ethertype);
}

/* 10.1.0.5 to 10.3.0.9, no options, of payload bytes. */
static inline void
build_ip4(struct build *b, unsigned protocol, size_t payload, unsigned fragment)
{
	build_u16(b, 0x4500);
	build_u16(b, (unsigned)(20 + payload));
	build_u16(b, 0x1234);
	build_u16(b, fragment);
	build_u8(b, 63);
	build_u8(b, protocol);
	build_u16(b, 0);
	build_u32(b, 0x0a010005);
	build_u32(b, 0x0a030009);
}

/* fd00:1::5 to fd00:3::9 */
static inline void
build_ip6(struct build *b, unsigned next, size_t payload)
{
	build_u32(b, 0x60000000);
	build_u16(b, (unsigned)payload);
	build_u8(b, next);
	build_u8(b, 62);
	build_u32(b, 0xfd000001);
	build_fill(b, 0, 11);
	build_u8(b, 5);
	build_u32(b, 0xfd000003);
	build_fill(b, 0, 11);
	build_u8(b, 9);
}

/* An IPv6 extension header of 8 * (units + 1) bytes. */
static inline void
build_extension(struct build *b, unsigned next, unsigned units)
{
	build_u8(b, next);
	build_u8(b, units);
	build_fill(b, 0, 6 + 8 * (size_t)units);
}

static inline void
build_fragment_header(struct build *b, unsigned next, unsigned offset_more,
    uint32_t id)
{
	build_u8(b, next);
	build_u8(b, 0);
	build_u16(b, offset_more);
	build_u32(b, id);
}

/* 51514 to 445, 20 bytes. */
static inline void
build_tcp(struct build *b, unsigned flags)
{
	build_u16(b, 51514);
	build_u16(b, 445);
	build_u32(b, 0x01020304);
	build_u32(b, 0x05060708);
	build_u16(b, 0x5000 | flags);
	build_u16(b, 4096);
	build_u32(b, 0);
}

static inline void
build_udp(struct build *b, unsigned source, unsigned destination,
    size_t payload)
{
	build_u16(b, source);
	build_u16(b, destination);
	build_u16(b, (unsigned)(8 + payload));
	build_u16(b, 0);
}

/*
 * Decodes from memory of exactly that size, so that the address sanitizer
 * sees a read beyond it. The spans of *out are dead afterwards.
 */
static inline enum decode_status
build_decode_cut(int link_type, const struct build *b, size_t captured,
    size_t wire, struct packet *out)
{
	uint8_t *exact = malloc(captured ? captured : 1);
	enum decode_status status;

	if (exact == NULL)
		abort();
	memcpy(exact, b->bytes, captured);
	status = decode_frame(link_type, captured ? exact : NULL, captured,
	    wire, out);
	free(exact);
	return status;
}

/* As captured whole; spans of *out point into b. */
static inline enum decode_status
build_decode(int link_type, const struct build *b, struct packet *out)
{
	return decode_frame(link_type, b->bytes, b->length, b->length, out);
}

#endif
