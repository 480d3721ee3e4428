/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the checks of single rules share: which rules let a packet of a box
 * through, what the model's zones use, and boxes by exclusion. Only audit_*.c
 * include this.
 */
#ifndef AUDIT_LOOK_H
#define AUDIT_LOOK_H

#include "audit.h"

#define LOOK_RULES_MAX RULESET_RULES_MAX
#define LOOK_CHAINS_MAX 256 /* base chains of one way */

/* A packet that a rule lets through, possibly. The rule is the one asked
 * about: an accepting one before it may take that packet first. The policy's
 * is its own (look_own). */
struct look {
	const struct rule *rule;  /* NULL: the policy, or no chain at all */
	const struct chain *base; /* NULL: no chain filters there */
	struct point x;
};

/*
 * Every rule, and the policy, by which a packet of box is accepted on that
 * way, each with one packet; box is of one family and clipped. Only the base
 * chain that filters most strictly is asked, since every one must accept.
 * WALK_DONE: there is no other. WALK_UNDECIDED: some questions ended with the
 * budget. Each question has a budget of its own. On WAY_INPUT only packets
 * that nothing translates.
 */
enum walk_result look_accepting(struct audit *a, enum way way, int family,
    const struct box *box, bool (*each)(void *context, const struct look *l),
    void *context);
/*
 * A packet of box that is let through by that very rule, or by the policy of
 * base (rule NULL): none that accepts before takes it. Asks of base alone; the
 * other base chains do as they do. WALK_STOPPED: x is one; WALK_DONE: there is
 * none.
 */
enum walk_result look_own(struct audit *a, enum way way,
    const struct chain *base, const struct rule *rule, const struct box *box,
    struct point *x);
/* Base chains of type filter at the way's own hook (forward, input), in order;
 * at most LOOK_CHAINS_MAX. */
size_t look_chains(const struct audit *a, enum way way, int family,
    const struct chain *out[LOOK_CHAINS_MAX]);
/* How this ruleset filters what passes: bridged where only bridge tables have
 * chains for it, else routed. */
enum way look_way(const struct audit *a, int family);
/* Whether a zone at the boundary other than the outside has addresses of the
 * family. */
bool look_uses(struct audit *a, int family);
/* New packets of a family from anywhere to anywhere; in p. */
struct box look_everything(struct pool *p, int family);
/* A finding of a packet that is let through on that way; NULL, and nothing is
 * added, when it is not (or there are too many findings). */
struct audit_finding *look_finding(struct audit *a, enum check check,
    enum way way, const struct point *x);
/* What of the boxes is not in b; list is owned by the caller. */
struct look_boxes {
	struct box *items; /* owned */
	size_t count, capacity;
};
void look_add(struct look_boxes *l, const struct box *b);
void look_subtract(struct pool *p, struct look_boxes *l, const struct box *b);
void look_boxes_fini(struct look_boxes *l);
/* audit_manage.c: packets of base that are no control traffic, which may come
 * to the firewall undeclared. */
void look_uncontrolled(struct pool *p, const struct box *base,
    struct look_boxes *out);

/* audit_spoof.c: whether a rule drops by a reverse path check (fib saddr ...
 * oif missing) and by nothing else unknown. */
bool audit_checks_path(const struct rule *r);

/* audit_default_log.c: FWR-6, asked by audit_default. */
void audit_default_log(struct audit *a);

#endif
