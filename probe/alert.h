/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One alert: a copy of what a judged conversation, a notice or a finding about
 * coverage lets us say. Small enough to be held while its outcome settles
 * and kept while its group's window is open. Holds no bytes of packets save
 * the name that was asked for; nouns of the model are borrowed from it.
 */
#ifndef ALERT_H
#define ALERT_H

#include "observation.h"

#define ALERT_LABEL_MAX 32   /* bytes of an application's label */
#define ALERT_DETAIL_MAX 128 /* bytes of a coverage finding's detail */
#define ALERT_TAPS_MAX CONVERSATION_SIGHTINGS_MAX

/* Who talks with whom; [0] is the initiator's side. */
struct ends {
	struct addr address[2];
	uint16_t port[2];
	uint8_t protocol, icmp_type, icmp_code;
};

struct noun_map;

/* Whose packets a notice keeps has bit 53 set: no conversation has it. */
#define ALERT_EVIDENCE_OF_NOTICE (UINT64_C(1) << 53)

/* Of a conversation, unless one of the first two says otherwise. */
struct alert {
	bool coverage;	  /* about coverage: there is no conversation */
	bool notice;	  /* of a notice; a conversation may show it */
	uint64_t flow_id; /* of a notice 0 where no conversation shows it */
	/* Under which packets are kept for it: the flow_id, or what a notice
	 * is given; 0: there are none. */
	uint64_t evidence_id;
	struct finding finding;
	struct wall_us start, end; /* first and last packet */

	const struct boundary *boundary;
	const struct tap *tap; /* of the first packet; or NULL */
	const struct tap *taps[ALERT_TAPS_MAX];
	uint8_t tap_count;
	uint8_t tag_count;
	uint16_t tags[4];

	/* From here on only where there is a conversation, or parties. Of a
	 * notice an address may have family 0, and its clause is what it is
	 * held against. */
	struct ends ends;
	struct place from, to;
	struct clause clause;

	/* From here on only where there is a conversation. */
	enum initiator initiator;
	enum outcome outcome;
	enum passed passed;
	enum refuser refused_by;
	bool ongoing; /* more packets may come */
	uint64_t bytes[2];
	enum application_state application_state;
	enum confidence confidence;
	uint16_t tls_version, tls_cipher; /* of the ServerHello, or 0 */
	enum verdict_kind verdict;
	enum reason reason;
	enum element element;		/* of REASON_NOT_OBSERVABLE */
	enum element failed;		/* 0: none */
	bool certain;			/* also where it is unjudged */
	const struct conduit *conduit;	/* that covers it, or NULL */
	uint8_t also[VERDICT_ALSO_MAX]; /* enum check */
	uint8_t also_count;

	union {
		struct { /* of a conversation */
			char application[ALERT_LABEL_MAX]; /* "": not known */
			char master[ALERT_LABEL_MAX]; /* its carrier, or "" */
			/* "" when none was seen */
			char server_name[CONVERSATION_NAME_MAX];
			struct near_miss near_miss;
		};
		struct { /* of a notice */
			enum notice_word word;
			bool has_mac[2];
			struct mac mac[2];
			bool has_expected, has_seen;
			char expected[NOTICE_TEXT_MAX + 1];
			char seen[NOTICE_TEXT_MAX + 1];
		};
	};

	/* From here on only for coverage and notices. */
	uint64_t counted, of;
	char detail[ALERT_DETAIL_MAX]; /* of coverage; "": there is none */
};

/*
 * What the alert of finding f (the verdict's deciding one or one of its
 * "also") says of o; everything borrowed for the call is copied. The near miss
 * belongs to the deciding finding and stands empty for another.
 */
void alert_of_observation(struct alert *a, const struct observation *o,
    const struct finding *f);
/* The alert of a finding about coverage. */
void alert_of_coverage(struct alert *a, const struct coverage_finding *f);
/*
 * The alert of a notice. Where it brings packets, evidence_id is made from what
 * it says, so that the same capture yields the same again. Clause id and file
 * are borrowed for as long as the alert lives.
 */
void alert_of_notice(struct alert *a, const struct notice *n);
/* Whether it is of a conversation that was judged. */
bool alert_of_judged(const struct alert *a);
/* The alert under the nouns of another model, and of none before it. */
void alert_rebase(struct alert *a, struct noun_map *to);
/* True when nothing that comes can change the outcome: data went both ways,
 * it was refused and by whom is known, or the conversation ended. Coverage and
 * notices are always settled. */
bool alert_settled(const struct alert *a);
/* The ends of a conversation. */
struct ends ends_of(const struct conversation *c);
/* True when the protocol has ports: TCP, UDP, SCTP, DCCP, UDP-Lite. */
bool ends_have_ports(const struct ends *e);
/* True for ICMP and ICMPv6. */
bool ends_are_icmp(const struct ends *e);

#endif
