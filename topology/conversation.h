/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One conversation as a boundary saw it: the facts that judging needs and
 * nothing else. The probe fills it live; the verifier fills it from records
 * to judge again against another model.
 */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include "base/addr.h"
#include "base/clock.h"
#include "zone.h"

#define CONVERSATION_SIGHTINGS_MAX 8
#define CONVERSATION_TARGETS_MAX 8
#define CONVERSATION_NAME_MAX 256

enum initiator { INITIATOR_CERTAIN, INITIATOR_LIKELY, INITIATOR_UNCERTAIN };

enum outcome { OUTCOME_TRIED, OUTCOME_REFUSED, OUTCOME_ANSWERED, OUTCOME_DATA };

/* How it was refused, where it was. */
enum refusal { REFUSAL_NONE, REFUSAL_RESET, REFUSAL_UNREACHABLE };

enum application_state {
	APPLICATION_NO_PAYLOAD, /* nothing to classify */
	APPLICATION_PENDING,	/* payload, not decided yet */
	APPLICATION_KNOWN,	/* by payload or correlation */
	APPLICATION_UNKNOWN,	/* given up, or ended undecided */
};

enum confidence { CONFIDENCE_NONE, CONFIDENCE_PAYLOAD, CONFIDENCE_CORRELATED };

/* One direction's frames of a conversation at one place. */
struct sighting_way {
	uint32_t frames;
	uint32_t payload_frames;
	uint32_t from_router; /* source MAC is a declared router's */
	uint32_t from_other;  /* it is not, and routers are declared */
	uint32_t to_router;   /* the same of the destination MAC */
	uint32_t to_other;    /* unicast and no declared router */
	uint32_t refusals;    /* resets of the opening, or unreachables */
	uint32_t refusals_from_router;
	struct mac source;	     /* of the first frame; zero where no MAC */
	const struct router *router; /* first declared one, either side */
};

/* Where it was seen: a tap and a segment of it. */
struct sighting {
	const struct tap *tap;
	const struct zone *segment; /* NULL: transit */
	const struct link *link;    /* declared for tap or VLAN, or NULL */
	uint16_t vlan;		    /* 0: none that the tap maps */
	bool routers_known;	    /* routers are declared there */
	struct sighting_way way[2]; /* [0] from the initiator's side */
};

/* What a client asked a declared proxy for. */
struct target {
	char name[CONVERSATION_NAME_MAX]; /* host as asked, lower case; "" when
					   * it is an address */
	struct addr address;		  /* family 0 when it is a name */
	uint16_t port;
};

/* Ways of old that its payload shows. */
enum legacy {
	LEGACY_SMB1 = 1 << 0,
	LEGACY_SNMP_COMMUNITY = 1 << 1, /* SNMPv1 or v2c */
};
#define LEGACY_ALL 3

/* What it came in. */
enum carriage {
	CARRIAGE_NONE,	     /* nothing: it was seen for itself */
	CARRIAGE_DECLARED,   /* a tunnel that the model declares */
	CARRIAGE_UNDECLARED, /* one that it does not: never conform */
};

struct conversation {
	const struct boundary *boundary;
	struct addr address[2]; /* [0] initiator, [1] responder */
	uint16_t port[2];	/* 0 where the protocol has none */
	uint8_t protocol;	/* IANA number */
	uint8_t icmp_type, icmp_code;
	enum initiator initiator;
	struct wall_us first, last; /* packet time */

	enum outcome outcome;
	enum refusal refusal;
	struct addr refused_from; /* who sent the ICMP error; family 0: none */
	bool datagram;	 /* no handshake: UDP and everything but TCP and ICMP */
	bool payload[2]; /* payload was seen in that direction */
	bool one_way;	 /* more than an attempt, but one direction only */

	enum application_state application_state;
	const char *application; /* label, or NULL; borrowed */
	const char *master;	 /* its carrier ("TLS" of "Teams"), or NULL */
	enum confidence confidence;
	const char *server_name; /* SNI or Host, lower case, or NULL */
	bool server_name_cut;	 /* longer than could be kept */
	/* An Encrypted ClientHello came with it: it may be a gateway's name,
	 * and what was asked for is another (RFC 9849). */
	bool server_name_outer;
	/* The name by which the initiator had looked the responder's address
	 * up just before, as its DNS answers were seen, or what it asks a name
	 * server for ("." where that cannot be told); lower case, or NULL.
	 * Never what makes anything conform: an answer is easily forged. */
	const char *resolved_name;
	/* What the ServerHello chose (RFC 8446 4.1.3); 0: none was seen. */
	uint16_t tls_version, tls_cipher;
	/* It may still turn to TLS (STARTTLS and the like): it is looked at. */
	bool tls_may_come;
	/* Files were read or written in clear by what may be encrypted (SMB). */
	bool content_clear;
	uint8_t legacy; /* set of enum legacy */
	/* What named it was not whole: bytes were cut or missing, or only one
	 * direction was there. A label that fits is believed, one that does
	 * not is none. */
	bool label_unsure;
	/* A control conversation of the same hosts could not be read whole,
	 * so that this one may have been announced there. */
	bool unread_control;
	bool classifier_failed; /* opaque by fault, not by nature */

	bool malformed; /* the transport could not be read: no ports known */
	bool lost;	/* payload is missing: not captured */
	bool cut;	/* payload was cut by the snap length */
	bool tunnel;	/* carries in clear what could not be opened: not ESP */
	enum carriage carriage;

	struct target targets[CONVERSATION_TARGETS_MAX];
	size_t target_count;
	bool targets_full; /* more were asked for than are kept */
	/* The control conversation (FTP, TFTP) this one belongs to, as last
	 * judged, or NULL. Borrowed. */
	const struct verdict *control;

	struct sighting sightings[CONVERSATION_SIGHTINGS_MAX];
	size_t sighting_count;
	bool sightings_full; /* more places than are kept */
	/* By tap index: the tap delivers frames in this run. NULL: not known,
	 * and nothing is concluded from what a tap did not see. Borrowed. */
	const bool *watching;
	bool ended; /* no more packets will come */
};

#endif
