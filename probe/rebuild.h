/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes a decoded packet anew: a plain IPv4 or IPv6 header, a TCP header of
 * 20 bytes or a UDP header, and the payload. What a frame had besides (IP
 * options, extension headers, TCP options, lengths that lie) is gone, so who
 * reads the result cannot understand it otherwise than the decoder did.
 */
#ifndef REBUILD_H
#define REBUILD_H

#include <stddef.h>
#include <stdint.h>

#include "packet.h"

/*
 * The most payload of one packet. A segmentation giant has up to 64 KiB; a
 * TLS record has at most 16 KiB (RFC 8446 5.1), so a certificate that came
 * whole in one frame is shown whole. nDPI's loops with 16-bit counters (names
 * in DNS) cannot turn over below 32 KiB.
 */
#define REBUILD_PAYLOAD_MAX 16384
#define REBUILD_HEADERS_MAX 60 /* IPv6 and TCP */
#define REBUILD_MAX (REBUILD_HEADERS_MAX + REBUILD_PAYLOAD_MAX)

/*
 * Writes p (TCP or UDP) into out, of REBUILD_MAX bytes, with at most
 * REBUILD_PAYLOAD_MAX bytes of its captured payload from byte skip on; the
 * TCP sequence number is that of the first of them. Public addresses become
 * private ones, each always the same, so that no list of addresses matches
 * them. SYN is taken out of the flags. Checksums are zero. Returns the length
 * in out. O(payload).
 */
size_t rebuild_packet(const struct packet *p, uint32_t skip,
    uint8_t out[REBUILD_MAX]);

#endif
