/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What runs over a conversation, from payload: the only file with nDPI.
 * nDPI 4.2 reads out of bounds when one of its flows sees another IP version
 * or protocol than before, keeps clear passwords and guesses from ports and
 * addresses; so every packet is written anew from the decoder's own view
 * (rebuild.h), only what agrees with the conversation is fed, what nDPI says
 * from a port is looked at again (confirm.h), and only payload labels leave
 * this file.
 */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "packet.h"

#define CLASSIFY_TCP_PACKETS 80 /* ndpiReader's limits; nDPI stops at 32 */
#define CLASSIFY_UDP_PACKETS 24
#define CLASSIFY_NAME_MAX 80 /* nDPI keeps 79 bytes of a name */
#define CLASSIFY_LABEL_MAX 32

enum classify_state {
	CLASSIFY_MORE,	  /* not decided: feed on */
	CLASSIFY_DECIDED, /* label final; nDPI's state is freed */
	CLASSIFY_GAVE_UP, /* no payload label; nDPI's state is freed */
};

/* What is known so far; small, kept in the flow entry after the state went. */
struct classify_label {
	enum classify_state state;
	uint16_t packets;		     /* fed so far */
	char name[CLASSIFY_LABEL_MAX];	     /* "SMBv23"; "" when not known */
	char master[CLASSIFY_LABEL_MAX];     /* "TLS" under it, or "" */
	char server_name[CLASSIFY_NAME_MAX]; /* lower case, or "" */
	bool server_name_cut;		     /* it filled nDPI's 79 bytes */
	bool server_name_outer; /* an Encrypted ClientHello came with it */
	bool by_payload;	/* confidence is DPI, no cache */
	uint16_t tls_version, tls_cipher; /* negotiated (ServerHello), or 0 */
	uint8_t looked;	 /* payloads that classify_hello read */
	uint8_t opening; /* steps of the TCP handshake seen; classify.c's own */
	uint8_t offered; /* sides that sent a ClientHello; classify.c's own */
};

struct classifier;    /* nDPI's module: one a process */
struct classify_flow; /* nDPI's state of one conversation */

/* NULL with a sentence in error (>= 256 bytes) when the library is not the
 * one built against (its flow struct differs in size) or cannot start. */
struct classifier *classifier_new(char *error, size_t size);
void classifier_free(struct classifier *c);
const char *classifier_version(void);

/*
 * Feeds one packet of a conversation. *flow is NULL and *label zero at first;
 * the state is made and freed here (bounded: see classifier_open); p must be
 * whole (PACKET_IP, not a fragment unless reassembled). from_initiator says
 * the direction; the addresses, ports and protocol of the conversation are
 * those of its first packet with payload and every later one must agree, else
 * it is not fed (returns false). Only what brings new payload is fed and
 * counted in label->packets, so state is made at the first payload: an empty
 * segment, a repeated one and an empty datagram change nothing.
 * label->name may be set while the state is CLASSIFY_MORE: it is then known
 * by payload already, and a name under it or of the server may still come.
 * Protocols other than TCP and UDP are named by their IP protocol number.
 */
bool classify_packet(struct classifier *c, struct classify_flow **flow,
    struct classify_label *label, const struct packet *p, bool from_initiator,
    struct wall_us time);
/*
 * Of a TCP conversation whose label is final: looks for a ServerHello that was
 * still to come, as of what turns to TLS after its opening. True while it is
 * worth calling again; at most CLASSIFY_HELLO_PACKETS payloads are read. Only
 * the responder's counts, from_initiator false, and only after the initiator's
 * ClientHello: else whoever writes such bytes into a mail would have it taken
 * for encrypted.
 */
#define CLASSIFY_HELLO_PACKETS 16
bool classify_hello(struct classify_label *label, const struct packet *p,
    bool from_initiator);
/* No more packets: settles the label (never from ports) and frees *flow. */
void classify_end(struct classifier *c, struct classify_flow **flow,
    struct classify_label *label);
/*
 * Conversations that hold nDPI state now; the most that may, and the most
 * bytes that nDPI may have gathered for all of them (TLS records, QUIC and
 * Kerberos messages). Beyond either a conversation is given up and counted.
 */
uint32_t classifier_open(const struct classifier *c);
#define CLASSIFY_OPEN_MAX 200000
#define CLASSIFY_HELD_MAX (256u * 1024 * 1024)
/* Conversations given up because of one of the two. */
uint64_t classifier_refused(const struct classifier *c);

#endif
