/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of attack.c share: the tables, a conversation as they look at
 * it, and how a finding is told. Nobody else includes this.
 */
#ifndef ATTACK_INTERNAL_H
#define ATTACK_INTERNAL_H

#include "attack.h"
#include "attack_roster.h"
#include "notice.h"
#include "sketch.h"

#define ATTACK_TCP 6
#define ATTACK_UDP 17

/* A conversation, its ends by way: [0] the initiator. */
struct talk {
	const struct flow *flow;
	const struct conversation *c;
	struct wall_us now;
	struct addr address[2];	    /* their owners' */
	const struct zone *zone[2]; /* or NULL */
	bool local[2]; /* of a segment: group, link-local, unspecified */
	bool outer[2]; /* of the internet, where anything may knock */
};

/* What was told, so that it is not told again. */
enum told_kind {
	TOLD_SWEEP = 1,
	TOLD_ECHO,
	TOLD_COMB,
	TOLD_SYN,
	TOLD_DATAGRAMS,
	TOLD_ICMP,
	TOLD_ANSWERS,
	TOLD_CONNECTIONS,
	TOLD_SPREAD,
	TOLD_GUESS,
	TOLD_SPRAY,
	TOLD_CUT_SENDS,
	TOLD_CUT_REACHED,
	TOLD_CUT_TRIED,
};

#define ATTACK_TOLD_MAX 4096
struct told_key {
	uint32_t boundary, carrier, kind, detail;
	uint8_t address[16];
};

struct told {
	struct told_key key;
	bool used;
	enum severity severity;
	uint64_t count;
	int64_t us;
};

struct told_table {
	struct table table;
	struct told *items; /* owned, ATTACK_TOLD_MAX of them */
	uint32_t next;	    /* the oldest, or a free one */
	uint64_t refused;   /* that were forgotten within a day */
};

/*
 * The packets that opened the latest conversations: a scan is known by its
 * settled attempts, when its packets are gone. 16384 are those of 3 seconds of
 * 5000 a second, which is more than an engine of one tap has to do.
 */
#define ATTACK_OPENINGS_MAX 16384
#define ATTACK_OPENING_BYTES 192 /* headers of IPv6 and TCP with options */
struct opening {
	struct attack_key key; /* address: initiator; peer, port: responder */
	struct evidence_packet packet;
	uint8_t bytes[ATTACK_OPENING_BYTES];
};

struct attacks {
	const struct model *model; /* borrowed; changes with a reload */
	uint8_t secret[16];
	char **boundaries; /* owned: ids, by index, to see whether they moved */
	size_t boundary_count;
	int64_t *datagrams_us; /* owned, by boundary index: when a datagram was
				* last seen to be answered; INT64_MIN: never */
	int64_t begun_us;      /* of the first packet; INT64_MIN: none yet */
	struct roster sweeps, combs, targets, spreads, services, guesses,
	    sprays, cuts;
	struct sketch_memory known; /* pairs that talked, and where one was
				     * welcome */
	struct told_table told;
	struct opening *openings; /* owned ring */
	uint32_t opening_next, opening_count;
};

#define ATTACK_NO_OPENING UINT32_MAX

/* A finding; what is zero is not said. */
struct news {
	enum check check;
	enum severity severity;
	enum notice_word word;
	enum told_kind kind;
	uint32_t detail;	  /* told apart by it, beside kind and about */
	const struct addr *about; /* whom it is of: source or target */
	const struct talk *talk;
	const struct arrival *a;      /* the packet that decided, or NULL */
	struct notice_party party[2]; /* zones are found from addresses */
	int64_t first_us;
	uint8_t protocol;
	struct clause clause;
	const char *expected, *seen;
	uint64_t counted, of;
	/* Which openings belong to it: those fields that are not zero; of
	 * boundary ATTACK_NO_OPENING: none. */
	struct attack_key openings;
};

/* ---- attack.c */

/* The key of a conversation from its end way (0, 1) to the other, or of that
 * end alone. */
struct attack_key attack_key_of(const struct talk *k, int way, bool pair,
    uint8_t protocol, uint16_t port);
uint64_t attack_hash_addr(const struct attacks *t, const struct addr *a);
uint64_t attack_hash_key(const struct attacks *t, const struct attack_key *key);
/* Widens p so that it holds a; a p of family 0 becomes a itself. */
void attack_widen(struct prefix *p, const struct addr *a);
/* The declared host at that end, or NULL. */
const struct host *attack_host(const struct attacks *t, const struct talk *k,
    int way);
/* Many hosts behind one address: a firewall's, or one that hides its owners. */
bool attack_is_crowd(const struct attacks *t, const struct talk *k, int way);
/* A conduit that names the hosts of one end covers it. */
bool attack_is_declared(const struct attacks *t, const struct talk *k,
    bool either_end);
/* Whether both directions of datagrams are seen at its boundary: where they
 * are not, nothing follows from an answer that was not seen. */
bool attack_sees_answers(const struct attacks *t, const struct talk *k);
/* "10.1.0.0/24", or the address alone; the number of the slice of now. */
const char *attack_range(const struct prefix *p, char buf[PREFIX_TEXT_MAX]);

/* ---- attack_tell.c */

void told_init(struct told_table *t, const uint8_t secret[16]);
void told_fini(struct told_table *t);
/* An opening packet, for later. */
void attack_remember(struct attacks *t, const struct talk *k,
    const struct arrival *a);
/* Whether attack_tell would tell n: to ask before its words are made. */
bool attack_is_news(const struct attacks *t, const struct news *n);
/* Tells n unless it was told: again when it is graver, ten times as much, or
 * a day later. */
void attack_tell(struct attacks *t, const struct news *n,
    const struct observer *o);

/* ---- the checks, one file each */

/* ATK-1: a conversation is settled. */
void attack_scan(struct attacks *t, const struct talk *k,
    const struct observer *o);
/* ATK-2: likewise; and a later packet of one, which end way sent; n: how many
 * it stands for. */
void attack_flood(struct attacks *t, const struct talk *k,
    const struct observer *o);
void attack_flood_more(struct attacks *t, const struct talk *k, int way,
    uint32_t n, const struct observer *o);
/* ATK-4: a conversation was answered; fresh: the two never talked before. */
void attack_spread(struct attacks *t, const struct talk *k,
    const struct arrival *a, bool fresh, const struct observer *o);
/* ATK-6: a conversation ended. */
void attack_guess(struct attacks *t, const struct talk *k,
    const struct observer *o);
/* ATK-7: a packet of it, sent by its end way. */
void attack_cut(struct attacks *t, const struct talk *k,
    const struct arrival *a, int way, const struct observer *o);

void attack_scan_init(struct attacks *t);
void attack_flood_init(struct attacks *t);
void attack_spread_init(struct attacks *t);
void attack_guess_init(struct attacks *t);
void attack_cut_init(struct attacks *t);

#endif
