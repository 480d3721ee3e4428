/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of explain share: names, packets as text, and the gathering
 * of how packets ended. Not for others.
 */
#ifndef EXPLAIN_INTERNAL_H
#define EXPLAIN_INTERNAL_H

#include "base/text.h"
#include "explain.h"

#define EXPLAIN_STEPS_MAX 20000 /* told; beyond it the pattern is too wide */
#define EXPLAIN_STEP_BUDGET 50000000
#define EXPLAIN_BYTES (256u << 20)
#define EXPLAIN_LEAVES_MAX 512 /* kept for the last lines */
#define EXPLAIN_PARTS_MAX 2048 /* boxes made of them */
#define EXPLAIN_PARTS_SHOWN 8

/* explain_parse.c: NULL where there is none. */
const char *explain_protocol_name(unsigned protocol);

/* explain_packet.c */
const char *explain_state_name(enum ct_state s);
/* Packets in the grammar of a pattern, long lists cut. new_destination: that
 * behind a translation. */
void explain_packets(const struct box *b, bool new_destination,
    struct text *out);

/* ---- explain_parts.c: how packets ended */

enum part {
	PART_ACCEPTED, /* under every choice */
	PART_DROPPED,
	PART_OPEN, /* it depends on what cannot be known */
	PARTS,
};

struct parts {
	struct pool *pool;
	const struct box *accepted[EXPLAIN_LEAVES_MAX];
	const struct box *dropped[EXPLAIN_LEAVES_MAX];
	size_t accepted_count, dropped_count;
	/* Sent to the firewall itself: how it fares there is asked next. */
	const struct box *inside[EXPLAIN_LEAVES_MAX];
	size_t inside_count;
	bool any_inside; /* some of that was taken in */
	bool any_accepted, any_dropped, any_free;
	bool overfull; /* too many to tell apart */
	/* After parts_settle. */
	const struct box *boxes[PARTS][EXPLAIN_PARTS_MAX];
	size_t counts[PARTS];
};

/* A leaf of what was asked. One that a redirect (or a dnat to an address of
 * its own) sends to the firewall is kept aside in inside. */
void explain_parts_add(struct parts *p, const struct leaf *leaf);
/* A leaf of the way to the firewall for boxes of inside: only what is sent
 * there counts; false: it is another case, told already. */
bool explain_parts_add_inside(struct parts *p, const struct leaf *leaf);
/* Whether no rule dropped it and yet it is not accepted: it goes elsewhere. */
bool explain_is_elsewhere(const struct leaf *leaf);
/* Boxes of inside as they are on the wire, for WAY_INPUT. */
struct box explain_inside_box(const struct parts *p, size_t i);
/* Tells apart what was accepted, dropped, or either. */
void explain_parts_settle(struct parts *p);

enum explain_result {
	EXPLAIN_ACCEPTED,
	EXPLAIN_DROPPED,
	EXPLAIN_PARTLY,
	EXPLAIN_OPEN,
	EXPLAIN_UNDECIDED,
};

enum explain_result explain_result_of(const struct parts *p,
    enum walk_result walked);

#endif
