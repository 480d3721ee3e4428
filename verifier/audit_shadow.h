/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which rules no packet reaches: between the walk over chains that finds them
 * and the findings that tell of them. Only audit_shadow*.c include this.
 */
#ifndef AUDIT_SHADOW_H
#define AUDIT_SHADOW_H

#include "audit.h"

enum shadow_state {
	SHADOW_UNVISITED,
	SHADOW_EMPTY,	    /* its own condition holds nothing */
	SHADOW_NEVER_COMES, /* nothing that comes to its chain can match */
	SHADOW_COVERED,
	SHADOW_UNDECIDED,
	SHADOW_ALIVE,
};

/* What is known of one rule, over every way that leads to it. */
struct shadow {
	enum shadow_state state;
	/* Ids of rules that cover it; owned by the walk's pool. */
	const uint32_t *covering;
	size_t covering_count;
};

struct shadows {
	const struct audit *a; /* borrowed */
	struct pool *pool;     /* owned */
	struct shadow *items;  /* owned; by id of the rule */
	bool *reached;	       /* owned; by id of the chain */
};

/* Every rule of every chain that a base chain leads to. O(rules squared) quick
 * comparisons at worst, bounded; what is beyond is SHADOW_UNDECIDED. */
void shadows_find(const struct audit *a, struct shadows *out);
void shadows_fini(struct shadows *s);

#endif
