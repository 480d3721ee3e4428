/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages of DHCP for IPv4 (RFC 2131, 2132, 3396, 4578, 4702) and for IPv6
 * (RFC 8415), as far as they say who offers, through whom, what, and what a
 * client calls itself. Pure functions of the payload of a datagram.
 */
#ifndef DHCP_H
#define DHCP_H

#include "packet.h"

#define DHCP_PORT_SERVER 67
#define DHCP_PORT_CLIENT 68
#define DHCP6_PORT_CLIENT 546
#define DHCP6_PORT_SERVER 547

#define DHCP_NAME_MAX 64   /* bytes with NUL, of names and vendor class */
#define DHCP_ID_MAX 64	   /* bytes of a client id or DUID that are kept */
#define DHCP_UUID_SIZE 16  /* RFC 4578 2.3, without its type */
#define DHCP6_RELAYS_MAX 8 /* RFC 8415 7.6: HOP_COUNT_LIMIT */
#define DHCP6_ADDRESSES_MAX 4

/* Option 53, or DHCP_BOOTP where there is none (RFC 951). */
enum dhcp_kind {
	DHCP_BOOTP = 0,
	DHCP_DISCOVER = 1,
	DHCP_OFFER = 2,
	DHCP_REQUEST = 3,
	DHCP_DECLINE = 4,
	DHCP_ACK = 5,
	DHCP_NAK = 6,
	DHCP_RELEASE = 7,
	DHCP_INFORM = 8,
};

/* A client's identity, as it gives it itself: opaque bytes (RFC 4361). */
struct dhcp_id {
	uint8_t length; /* of bytes; 0: none was given */
	bool cut;	/* it is longer than is kept */
	uint8_t bytes[DHCP_ID_MAX];
};

/* Addresses that are zero or not given have family 0. */
struct dhcp_message {
	bool reply;   /* op: false a client's, true a server's */
	uint8_t kind; /* enum dhcp_kind, or a later one's number */
	uint8_t hops;
	uint32_t transaction;
	bool has_mac; /* chaddr is an Ethernet address */
	struct mac mac;
	struct addr client;    /* ciaddr: which the client has */
	struct addr yours;     /* yiaddr: which it is given */
	struct addr relay;     /* giaddr */
	struct addr requested; /* option 50 */
	struct addr server;    /* option 54 */
	bool has_lease;
	uint32_t lease_s; /* option 51 */
	/* UTF-8 without control characters, "" when not given. */
	char host_name[DHCP_NAME_MAX];	  /* option 12 */
	char full_name[DHCP_NAME_MAX];	  /* option 81 (RFC 4702) */
	char vendor_class[DHCP_NAME_MAX]; /* option 60 */
	struct dhcp_id id;		  /* option 61 */
	bool has_uuid;
	uint8_t uuid[DHCP_UUID_SIZE]; /* option 97 */
};

/*
 * Reads a message out of the payload of a datagram from or to port 67 or 68:
 * captured bytes of it are at payload, wire is its length. *out is always
 * written, with what could be read; on a status other than DECODE_OK fields
 * may be missing. Options that come in parts are joined (RFC 3396), also out
 * of file and sname where option 52 says so. TRUNCATED: the rest was not
 * captured. MALFORMED: an option runs over its end, or has a length that it
 * cannot have. UNSUPPORTED: no BOOTP message, or one without the magic cookie
 * of options. O(wire), no allocation.
 */
enum decode_status dhcp_parse(const uint8_t *payload, size_t captured,
    size_t wire, struct dhcp_message *out);
/* A server's word that a client acts on: offer, acknowledgement or refusal,
 * or a BOOTP reply. */
bool dhcp_is_offer(const struct dhcp_message *m);

enum dhcp6_kind {
	DHCP6_SOLICIT = 1,
	DHCP6_ADVERTISE = 2,
	DHCP6_REQUEST = 3,
	DHCP6_CONFIRM = 4,
	DHCP6_RENEW = 5,
	DHCP6_REBIND = 6,
	DHCP6_REPLY = 7,
	DHCP6_RELEASE = 8,
	DHCP6_DECLINE = 9,
	DHCP6_RECONFIGURE = 10,
	DHCP6_INFORMATION = 11,
	DHCP6_RELAY_FORWARD = 12,
	DHCP6_RELAY_REPLY = 13,
};

struct dhcp6_message {
	uint8_t kind;		/* enum dhcp6_kind, of the innermost message */
	uint8_t relays;		/* messages of relays around it */
	struct addr link, peer; /* of the innermost of these, else family 0 */
	uint32_t transaction;
	struct dhcp_id client, server;		    /* DUIDs: options 1 and 2 */
	struct addr addresses[DHCP6_ADDRESSES_MAX]; /* in option 5 */
	uint8_t address_count;
	char full_name[DHCP_NAME_MAX]; /* option 39 (RFC 4704) */
};

/* The same for a datagram from or to port 546 or 547. UNSUPPORTED: a message
 * of unknown kind, or more relays than may be. O(wire). */
enum decode_status dhcp6_parse(const uint8_t *payload, size_t captured,
    size_t wire, struct dhcp6_message *out);
/* A server's word: advertise, reply or reconfigure. */
bool dhcp6_is_offer(const struct dhcp6_message *m);

#endif
