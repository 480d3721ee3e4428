/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What decoding a frame yields: plain values and borrowed spans of the
 * frame's bytes that live until the next frame. Host byte order throughout.
 */
#ifndef PACKET_H
#define PACKET_H

#include "base/addr.h"
#include "base/clock.h"

#define PACKET_TAGS_MAX 4	 /* 802.1Q, 802.1ad: more is UNSUPPORTED */
#define PACKET_EXTENSIONS_MAX 16 /* IPv6 extension headers: likewise */

enum decode_status {
	DECODE_OK,
	DECODE_TRUNCATED,   /* we lack bytes: snap length or a short file */
	DECODE_MALFORMED,   /* the sender lies */
	DECODE_UNSUPPORTED, /* we do not know this */
	DECODE_STATUS_COUNT,
};

/* Where decoding ended, for the counters: one enumerator a layer. */
enum packet_layer {
	LAYER_LINK,
	LAYER_TAG,
	LAYER_TUNNEL, /* MPLS, PPPoE, and headers of tunnels */
	LAYER_ARP,
	LAYER_IP4,
	LAYER_IP6,
	LAYER_TCP,
	LAYER_UDP,
	LAYER_ICMP,
	LAYER_COUNT
};

enum packet_kind {
	PACKET_OTHER, /* no IP and no ARP: ethertype says what */
	PACKET_ARP,
	PACKET_IP,	 /* transport known, conversation can be keyed */
	PACKET_FRAGMENT, /* part of a datagram whose ports are not here */
};

enum packet_tunnel {
	TUNNEL_NONE,
	TUNNEL_GRE,
	TUNNEL_ERSPAN,
	TUNNEL_IPIP,
	TUNNEL_6IN4,
	TUNNEL_VXLAN,
	TUNNEL_GENEVE,
	TUNNEL_TEREDO,
	TUNNEL_GTP,
	TUNNEL_L2TP,
	TUNNEL_MPLS,
	TUNNEL_PPPOE,
	TUNNEL_ESP,
	TUNNEL_WIREGUARD,
	TUNNEL_COUNT
};

#define PACKET_NESTING_MAX 4 /* packets within packets that are opened */

/* What a packet carries, to be decoded by decode_carried. */
struct carried {
	const uint8_t *bytes; /* NULL: nothing that can be opened */
	/* Why bytes is NULL; DECODE_OK: nothing is carried. */
	enum decode_status status;
	uint32_t captured, wire;
	int link_type; /* DECODE_LINK_*: how to decode it */
	bool has_key;
	uint32_t key;	/* GRE key, VNI, ERSPAN session id */
	uint16_t vlan;	/* the tag that ERSPAN took off the frame, or 0 */
	bool shortened; /* ERSPAN: the frame was cut to fit, which no length
			 * tells */
};

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10

/* The packet that an ICMP error quotes, as far as it could be read. */
struct quoted {
	bool given;
	struct addr source, destination;
	uint8_t protocol;
	bool has_ports;
	uint16_t source_port, destination_port;
	uint8_t icmp_type; /* of a quoted ICMP message */
	uint16_t icmp_id;
};

struct packet {
	enum packet_kind kind;
	enum packet_layer layer; /* the last one entered */
	bool has_macs;
	struct mac source_mac, destination_mac;
	/* VLAN ids, outermost first; a priority tag (VLAN 0) is left out. */
	uint16_t tags[PACKET_TAGS_MAX];
	uint8_t tag_count;
	uint16_t ethertype;

	struct addr source, destination;
	uint8_t ttl;
	uint8_t protocol;   /* of the transport, extension headers skipped */
	uint32_t ip_length; /* header and payload as the header says; for a
				 * segmentation giant (length 0) what is there */
	bool fragment;	    /* any fragment, also the first */
	bool first_fragment;
	bool more_fragments;
	uint32_t fragment_id;
	uint32_t fragment_offset; /* bytes */
	bool reassembled;	  /* this packet was made from fragments */
	bool unreadable; /* only the addresses and the protocol are known:
			  * the engine's, for what cannot be decoded further */

	uint16_t source_port, destination_port;
	uint8_t tcp_flags;
	uint32_t tcp_seq, tcp_ack;
	uint16_t tcp_window;
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id; /* of echo */
	struct quoted quoted;

	const uint8_t *network; /* after the link layer and its tags; NULL when
				 * joined */
	const uint8_t
	    *transport; /* first byte of the L4 header (or fragment) */
	uint32_t transport_captured; /* bytes of it that are here */
	const uint8_t *headers_end;  /* one past the last header that was
				      * read, in the frame's bytes; NULL when
				      * joined */
	const uint8_t *payload;	     /* after the L4 header; may be NULL */
	uint32_t payload_captured;   /* bytes of it that are here */
	uint32_t payload_length;     /* bytes on the wire (>= captured) */
	bool payload_cut;	     /* captured < length: snap length */

	/* ARP (kind PACKET_ARP) and ND: for later link-layer checks. */
	uint16_t arp_operation;
	struct mac arp_sender_mac;
	struct addr arp_sender, arp_target;

	enum packet_tunnel tunnel; /* this packet carries another */
	struct carried carried;	   /* bytes NULL: it cannot be opened */
	/* MPLS or PPPoE between the link layer and this packet: opened in
	 * place, for it has no addresses of its own. NONE: plain. */
	enum packet_tunnel wrapped;
};

#endif
