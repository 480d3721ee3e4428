/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a ruleset does with a set of packets: the one meaning of a ruleset in
 * Sekisho. It does what the kernel does with one packet, but with a box of
 * them: where a rule takes some of them and leaves others the box is split,
 * where nobody can know (limit, xt ...) both ways are gone. So one packet
 * (--explain, a witness) and whole zones are decided by the same code. Exact:
 * nothing unknown is taken as not matching, nothing is rounded.
 *
 * A new connection's first packet, tracked: ct state new, marks 0. Netdev
 * ingress, then prerouting, forward and postrouting of ip/ip6 and inet by
 * priority, all of which must accept; before priority -200 there is no
 * connection (state invalid), notrack makes it untracked. A dnat changes
 * destination and what follows sees the new one (DIM_NEW_*). nat chains see
 * only new, tracked packets, all at the fixed priority of the kernel's nat
 * hook, and of several dnats the first counts. The bridge way instead takes
 * the bridge tables.
 *
 * Of a packet of a connection that stands already (established, related) the
 * destination is the one the rules see, behind what translation the
 * connection has; its mark and status are unknown. Where an interface is not
 * known yet (oif before routing) its name is empty, as in the kernel.
 *
 * Source: nft(8), kernel net/netfilter (nf_tables_core.c, nft_ct.c,
 * nf_conntrack_proto_tcp.c), measured against a kernel by tests/oracle.
 */
#ifndef EVALUATE_H
#define EVALUATE_H

#include "ruleset.h"

enum way {
	WAY_FORWARD, /* routed through */
	WAY_BRIDGE,  /* bridged through */
	WAY_INPUT,   /* to the firewall itself */
};

#define LEAF_DECISIONS_MAX 24
#define EVALUATE_DEPTH_MAX 16 /* jumps, as the kernel's */

/* What ended a base chain for these packets. */
struct leaf_decision {
	const struct chain *base;
	const struct rule *rule; /* NULL: the chain's policy */
	enum action action;
};

/*
 * Packets that all fare alike. Of a box that is translated a part that
 * stayed as it was (only the port is new) is in DIM_NEW_* the wire's own
 * spans; a packet has then the same value in both.
 */
struct leaf {
	const struct box *box;
	bool accepted;
	bool logged;	 /* a log statement was passed on the way (or perhaps: a
		      * limit before a log is no choice) */
	bool free;	 /* a free choice was made on the way: others may end
		      * otherwise */
	bool translated; /* DIM_NEW_* say to where */
	bool redirected; /* to the firewall itself, by a redirect or a dnat to
			  * an address of its own: never forwarded, so not
			  * accepted on WAY_FORWARD; on WAY_INPUT it comes in
			  * as any other. What a dnat sends elsewhere is not
			  * accepted there */
	bool untracked;
	const struct rule *translated_by; /* or NULL */
	struct leaf_decision decisions[LEAF_DECISIONS_MAX];
	size_t decision_count; /* the last one is what decided a drop */
};

enum walk_result {
	WALK_DONE,	/* every packet of the box was shown */
	WALK_STOPPED,	/* the callback had enough */
	WALK_UNDECIDED, /* the budget ended */
};

struct evaluator; /* base chains in the order of the kernel */

struct evaluator *evaluate_new(const struct ruleset *r);
void evaluate_free(struct evaluator *e);
/*
 * The firewall's own addresses of a family, copied; NULL: nobody knows them
 * (the beginning). What a dnat sends to one of them comes in and is not
 * forwarded, what it sends elsewhere does not come in. Where they are not
 * known WAY_FORWARD takes a new destination for somebody else's, and on
 * WAY_INPUT both may be. The wire's own destination is always what the way
 * says.
 */
void evaluate_own(struct evaluator *e, const struct spans *v4,
    const struct spans *v6);
bool evaluate_knows_own(const struct evaluator *e, int family);
const struct ruleset *evaluate_ruleset(const struct evaluator *e);
/* Base chains that a way passes, in order; for FWR-4 and for people. */
size_t evaluate_chains(const struct evaluator *e, enum way way, int family,
    const struct chain **out, size_t max);

/*
 * Only the rules that can concern packets of a box: what follows walks fewer.
 * of NULL: of the whole ruleset; else of that slice. Owned by the caller,
 * good as long as the box. O(rules of of).
 */
struct slice;
struct slice *evaluate_slice(const struct evaluator *e, const struct slice *of,
    enum way way, const struct box *box);
void evaluate_slice_free(struct slice *s);
/* Rules of it that accept, in the base chain `base` and what it jumps to (NULL:
 * all); returns how many there are and writes at most max. */
size_t evaluate_accepting(const struct slice *s, const struct chain *base,
    const struct rule **out, size_t max);
/*
 * The known condition of a rule by itself, as at most max boxes in p (count
 * says how many; none: it matches nothing), and whether that is all of it
 * (nothing unknown or changing was left out, and no mark or other field that
 * is no dimension). Addresses and ports are those the rule sees, in the
 * wire's dimensions. Always holds every packet that the rule can match.
 */
bool evaluate_condition(const struct evaluator *e, const struct rule *rule,
    struct pool *p, struct box *out, size_t max, size_t *count);

struct walk {
	enum way way;
	const struct slice *slice; /* NULL: every rule */
	/* When set: of that rule's own base chain other rules that accept are
	 * passed over, so that a leaf tells what this rule lets through of
	 * what nothing drops before it. The leaf may be one that an accepting
	 * rule before it takes. Only accepted leaves are shown, and rules that
	 * only log are passed over. */
	const struct rule *candidate;
	bool candidate_policy; /* the same for accepting policies alone */
	/* The base chain meant. NULL: each that reaches the candidate, one
	 * after the other (a leaf may come twice); for policies every one:
	 * what passes by policies alone. */
	const struct chain *candidate_base;
	struct budget *budget; /* NULL: without a bound */
	bool (*leaf)(void *context, const struct leaf *leaf); /* false: stop */
	void *context;
};

/*
 * Decides every packet of box. Leaves are disjoint save where one is free: a
 * packet is then shown once for every choice. Boxes in a leaf live for the
 * call of leaf alone. Family must be one of 4 or 6 in box (box_clip'ped).
 */
enum walk_result evaluate_walk(const struct evaluator *e, const struct walk *w,
    const struct box *box);

/* One packet: both closures. */
struct fates {
	bool possibly_accepted;	 /* by some choice */
	bool certainly_accepted; /* by every choice */
	struct leaf leaf; /* an accepted one where there is one; its box is
			   * the point, in the caller's pool */
};
void evaluate_point(const struct evaluator *e, enum way way,
    const struct point *x, struct pool *p, struct fates *out);

/* ---- evaluate_trace.c: --explain */

enum step_kind {
	STEP_CHAIN,  /* a base chain, or one jumped to, begins */
	STEP_RULE,   /* matched: its statements were done */
	STEP_PASSED, /* did not match (all of the packets) */
	STEP_SPLIT,  /* matched some of the packets: goes on with those */
	STEP_FREE,   /* may match: both are shown */
	STEP_REST,   /* back to packets that a rule took only in part, or only
		      * by choice: they go on behind it */
	STEP_POLICY, /* the end of a base chain */
	STEP_END,    /* accepted or dropped in the end */
};

struct step {
	enum step_kind kind;
	int depth; /* of jumps; 0 in a base chain */
	const struct chain *chain;
	const struct rule *rule; /* or NULL */
	enum action action;
	const struct box *box;	 /* the packets this is about */
	bool accepted;		 /* STEP_END */
	const struct leaf *leaf; /* STEP_END */
};

/* The walk as it goes, rule by rule: first what a rule takes, to its end, and
 * then with STEP_REST what it left. */
enum walk_result evaluate_trace(const struct evaluator *e, enum way way,
    const struct box *box, struct budget *budget,
    bool (*step)(void *context, const struct step *s), void *context);

#endif
