/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes of a frame → struct packet. Pure: no allocation, no configuration, no
 * log, no policy; every byte goes through the cursor. One file a layer family:
 * decode_link, decode_wrap, decode_ip, decode_transport, decode_tunnel,
 * decode_carried.
 */
#ifndef DECODE_H
#define DECODE_H

#include "packet.h"

/* Link types by their libpcap DLT value; capture.c passes them through. */
#define DECODE_LINK_NULL 0
#define DECODE_LINK_ETHERNET 1
#define DECODE_LINK_RAW_OLD 12 /* DLT_RAW */
#define DECODE_LINK_RAW_BSD 14
#define DECODE_LINK_RAW 101 /* LINKTYPE_RAW */
#define DECODE_LINK_LOOP 108
#define DECODE_LINK_SLL 113
#define DECODE_LINK_MPLS 219 /* begins with a label stack */
#define DECODE_LINK_IPV4 228
#define DECODE_LINK_IPV6 229
#define DECODE_LINK_SLL2 276

/*
 * Decodes one frame. captured bytes are at bytes; wire is its length on the
 * wire (>= captured, else captured is used). *out is always written: on a
 * status other than DECODE_OK it says how far decoding came (out->layer) and
 * holds what was read before. A packet whose IP header is whole but whose
 * transport header is cut is TRUNCATED; one whose payload alone is cut is OK
 * with payload_cut. Fragments without ports are OK with PACKET_FRAGMENT; a
 * first fragment whose ports are here is OK with PACKET_IP and fragment set,
 * and is to be joined all the same. An IP length beyond the frame is MALFORMED
 * when wire > captured, for then the frame's length is known; else the file
 * may have been cut by a tool that rewrote it, and payload_cut says so.
 * O(headers).
 */
enum decode_status decode_frame(int link_type, const uint8_t *bytes,
    size_t captured, size_t wire, struct packet *out);

/*
 * Decodes what p carries (p->carried.bytes is not NULL) into *out, which may
 * carry another in turn; the caller caps the nesting. Tags and MACs of *out
 * are those of the inner frame, none where IP is carried alone. Spans point
 * into the same bytes as p's. As decode_frame otherwise. Where p->carried.bytes
 * is NULL, p->carried.status says why and nobody may call this.
 */
enum decode_status decode_carried(const struct packet *p, struct packet *out);

/* Decodes the transport of out (addresses and protocol set) from bytes, as
 * decode_frame does and as fragment.c needs after joining. */
enum decode_status decode_transport(const uint8_t *bytes, size_t captured,
    size_t wire, struct packet *out);

/* True when decode_frame knows the link type. */
bool decode_knows(int link_type);

const char *decode_status_name(enum decode_status s); /* "truncated" ... */
const char *packet_layer_name(enum packet_layer l);   /* "ip4" ... */
const char *packet_tunnel_name(enum packet_tunnel t); /* "gre" ... */

#endif
