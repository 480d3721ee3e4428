/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One ordered pair of zones in one family, as the checks on pairs share it:
 * its packets, what is declared of them, the rules that concern them, and the
 * search for a packet that a rule lets through. Between audit_pair.c,
 * audit_open.c (FWR-1, FWR-5), audit_blocked.c (FWR-2), audit_ipv6.c (FWR-5
 * where no IPv6 is declared) and audit_narrow.c (FWR-7).
 */
#ifndef AUDIT_PAIR_H
#define AUDIT_PAIR_H

#include "audit.h"

#define PAIR_WAYS_MAX 2
#define PAIR_CONDITIONS_MAX 256 /* boxes of one rule's condition */

/* The ways through the firewall that its ruleset filters in a family: routed,
 * bridged or both; routed where it filters none. */
struct pair_ways {
	enum way items[PAIR_WAYS_MAX];
	size_t count;
};

/* What comes from a zone, for all pairs with it. */
struct pair_source {
	struct audit *a;
	const struct zone *from;
	struct pool *pool;   /* owned */
	bool notrack;	     /* the ruleset takes states away */
	bool doubtful;	     /* holds what nobody can know */
	bool there[2];	     /* IPv4, IPv6 */
	struct box boxes[2]; /* to anywhere */
	struct pair_ways ways[2];
	struct slice *slices[2][PAIR_WAYS_MAX]; /* owned */
};

struct pair {
	struct audit *a;
	const struct zone *from, *to;
	int family;
	struct pool *pool; /* owned */
	const struct pair_source *source;
	const struct pair_ways *ways;
	struct box box; /* addressed into `to` on the wire */
	struct slice *slices[PAIR_WAYS_MAX]; /* owned: rules for box */
	const struct declared *declared;
	size_t declared_count;
	struct budget budget;
};

/* What lets packets through. */
struct pair_opener {
	const struct rule *rule;   /* NULL: the policy of chain */
	const struct chain *chain; /* NULL as well: nothing filters */
};

/* A packet that nothing declares and that is let through. */
struct pair_leak {
	size_t way;	 /* its place in the pair's ways */
	struct point at; /* with DIM_NEW_* where translated */
	bool certain;
	struct pair_opener opener;
	struct leaf leaf; /* how it ends; its box is NULL */
};

void pair_source_open(struct pair_source *s, struct audit *a,
    const struct zone *from);
void pair_source_close(struct pair_source *s);
/* False, with nothing to close, when there are no such packets. */
bool pair_open(struct pair *p, const struct pair_source *s,
    const struct zone *to, int family);
void pair_close(struct pair *p);

/* The base chain by whose rules the pair is asked: whatever passes is let
 * through by one of its accepting rules or by its policy. NULL: none filters. */
const struct chain *pair_base(const struct pair *p, size_t way);
/* The accepting rules for the pair in it; owned by the caller. */
const struct rule **pair_candidates(const struct pair *p, size_t way,
    const struct chain *base, size_t *count);
/* What a rule asks for by itself, within the pair: no packet of the pair that
 * it takes lies elsewhere. Boxes in the pair's pool; returns how many. */
size_t pair_conditions(struct pair *p, const struct rule *rule,
    struct box **out);
/*
 * Looks for packets that a rule (NULL: the policy; base NULL: anything) lets
 * through and nothing declares: the first that is certain, else one that is
 * possible; one that rules before it let through only where none of its own
 * was found (opener says whose it is). WALK_STOPPED: found; WALK_DONE: it is proven that there is none
 * among those that are not translated.
 */
enum walk_result pair_leak_of(struct pair *p, size_t way,
    const struct chain *base, const struct rule *rule, struct pair_leak *out);
/* The same of packets that a rule translates into the zone, whatever lets them
 * through: each is called once a leak; WALK_DONE: all were shown. */
enum walk_result pair_leaks_translated(struct pair *p, size_t way,
    const struct chain *base,
    void (*each)(void *context, const struct pair_leak *leak), void *context);
/* How one packet fares by the rules of a slice (NULL: all): whether it is let
 * through undeclared. */
bool pair_judge(const struct pair *p, size_t way, const struct slice *slice,
    const struct chain *base, const struct point *x, struct pair_leak *out);

/* box_pick in the widest stretch of addresses: between a zone's network and
 * the firewall's own address is one that no host has. */
void pair_pick(struct pool *pool, const struct box *box, struct point *out);

/*
 * Boxes of packets that some rule may translate into addresses of the zone,
 * from the pair's source; written to *out, owned by the caller, with spans in
 * the pair's pool.
 */
size_t pair_translations(struct pair *p, struct box **out);

/* audit_open.c */
/* "inet filter forward #12 (rules.json:40)", "the policy of ..." */
void pair_opener_words(const struct audit *a, const struct pair_opener *o,
    struct text *out);
/* Takes zones, family, witness, certainty and rules of a leak. */
void pair_fill(struct audit_finding *f, const struct pair *p,
    const struct pair_leak *leak);

/* audit_doubt.c: what may be blocked, by some outcome of an unknown. */
enum pair_doubt {
	PAIR_DOUBT_NONE,
	PAIR_DOUBT_SOME,  /* with no packet to show for it */
	PAIR_DOUBT_SHOWN, /* out is one */
	PAIR_DOUBT_UNDECIDED,
};
/* Asks for what is declared (a box as clients send it), less the boxes that
 * are blocked whatever comes: does some outcome block any of it? */
enum pair_doubt pair_doubt_of(struct pair *p, const struct box *asked,
    const struct box *blocked, size_t count, struct point *out);
/* The rules on the witness's way on whose outcome it depends are added to f,
 * and what is unknown in them to what ("limit, @blocked"). */
void pair_depends_on(const struct pair *p, struct audit_finding *f,
    struct text *what);

/* audit_invalid.c: FWR-1 of packets without a connection, in rules that have no
 * finding of the pair yet: asked when those stand. */
void pair_invalid(const struct pair *p, struct audit_cell *cell);
/* audit_blocked.c: FWR-2 of a pair in both families. */
void pair_blocked(struct pair *families[2], struct audit_cell *cell);
/* audit_ipv6.c: FWR-5 of zones that declare no IPv6. */
void audit_ipv6(struct audit *a);

#endif
