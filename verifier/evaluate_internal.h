/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of evaluate share: rules made ready for walking, lookups
 * made searchable, and the state of a walk. Not for others.
 *
 * Idea: a state is a box of packets and a place in the ruleset. The walk
 * takes one state as far as it goes; where packets part the other part is
 * put on a stack, and the pool goes back to where it was when it is taken
 * from there. So memory is that of one path, not of the tree.
 */
#ifndef EVALUATE_INTERNAL_H
#define EVALUATE_INTERNAL_H

#include "evaluate.h"

/* What a state knows of its packets: the dimensions, and behind them what is
 * no dimension because a new packet has only one value of it. */
enum axis {
	AXIS_MARK = DIM_COUNT,
	AXIS_CT_MARK,
	AXIS_CT_STATUS,
	AXIS_SOURCE,	  /* behind a translation of the source: any */
	AXIS_SOURCE_PORT, /* likewise */
	AXIS_COUNT,
	AXIS_NONE,
};

#define CT_STATUS_MOST 1023 /* all bits that FIELD_CT_STATUS tells */
#define CT_STATUS_SNAT 16
#define CT_STATUS_DNAT 32
#define CT_STATUS_SOURCE_DONE 128
#define CT_STATUS_DESTINATION_DONE 256

/* What a rule can do to a packet beyond matching. */
enum effect {
	EFFECT_ACCEPT = 1,
	EFFECT_DROP = 2,
	EFFECT_FLOW = 4, /* leaves its chain: return, goto */
	EFFECT_MARK = 8,
	EFFECT_NAT = 16,
	EFFECT_TRACK = 32,
	EFFECT_LOG = 64,
};

/* ---- lookups */

/* One element, or several of a single field with the same outcome. */
struct entry {
	const struct spans *const *parts; /* of each field */
	const struct set_element *element;
};

/* An entry by the values of the field that tells most apart. */
struct reach {
	packet_value first, last;
	packet_value most; /* highest last up to here */
	size_t entry;
};

/* The elements that lookups share, searchable. */
struct index {
	const struct set_element *elements;
	size_t element_count, field_count;
	bool outcomes; /* of a map: entries differ in them */
	const struct spans *all[RULESET_FIELDS_MAX]; /* of each field */
	struct entry *entries; /* in order; one for all values is last */
	size_t count;
	size_t key;	       /* the field that reaches is of */
	struct reach *reaches; /* by first */
};

/* ---- rules */

struct condition {
	enum field field;
	bool negated;
	const struct spans *values;
};

/* A rule made ready. */
struct ready {
	const struct rule *rule;
	const struct index **indices; /* of each statement, or NULL */
	uint8_t *tails; /* effects of each statement and those behind it */
	/* What must hold before anything happens, cheapest first; does not
	 * say all. */
	const struct condition *conditions;
	size_t condition_count;
	uint8_t effects;
	bool calls; /* jumps somewhere, or goes there */
};

/* Rules of a chain in order. */
struct program {
	const struct ready **rules;
	size_t count;
};

struct slice {
	const struct evaluator *evaluator;
	enum way way;
	struct program *programs;  /* owned; by id of the chain */
	const struct ready **room; /* owned: what programs point into */
	size_t total;		   /* rules in programs */
};

/* A base chain's place on a way. */
struct base {
	const struct chain *chain; /* NULL: the routing decision */
	bool in, out;		   /* interfaces are known there */
	enum { CONNTRACK_BEFORE, CONNTRACK_AT, CONNTRACK_BEHIND } conntrack;
	/* Bits of the status that say which translations were looked up,
	 * found or not. */
	uint16_t looked_up;
};

#define WAYS 3

struct bases {
	struct base *items; /* owned */
	size_t count;
};

/* A jump from a rule of caller to a chain. */
struct call {
	const struct chain *caller;
	uint32_t rule;
};

struct scratch;

/* Rooms of walks that ended, for the next. */
struct rooms {
	struct scratch *spare; /* owned */
};

struct evaluator {
	const struct ruleset *ruleset;
	struct pool *pool;     /* owned: conditions, indices */
	struct index *indices; /* owned */
	size_t index_count;
	struct ready *rules;	/* owned; by id */
	uint8_t *chain_effects; /* owned; by id of the chain */
	bool *chain_looks;	/* owned; by id: at conntrack, or changes it */
	bool *chain_calls;	/* owned; by id: a rule of it calls */
	struct call **calls;	/* owned; by id of the called */
	size_t *call_counts, *call_capacities; /* owned */
	struct slice all;
	struct bases bases[WAYS][2]; /* of IPv4, of IPv6 */
	bool tests_mark, tests_ct_mark, tests_status;
	bool needs_class; /* anything of a connection but its state */
	bool has_notrack, has_snat;
	const struct ready **dnats; /* owned: rules that have a dnat */
	size_t dnat_count;
	struct rooms *rooms;	    /* owned */
	const struct spans *own[2]; /* see evaluate_own; in pool */
};

/* evaluate_prepare.c */
void evaluate_prepare(struct evaluator *e);
void evaluate_unprepare(struct evaluator *e);

/* evaluate_base.c: e->bases in the order of the kernel. */
void evaluate_base_all(struct evaluator *e);
void evaluate_base_free(struct evaluator *e);

/* evaluate_index.c */
const struct index *evaluate_index_find(const struct evaluator *e,
    const struct lookup *lookup, bool outcomes);
/* All that rules look at; e->indices sorted for find. */
void evaluate_index_all(struct evaluator *e);
void evaluate_index_free(struct evaluator *e);
/* Entries that have values of s in the index's key field; room is for count
 * entries. In order. Returns how many. */
size_t evaluate_index_search(const struct index *x, const struct spans *s,
    size_t *room);
/* Whether spans share a value; the smaller is searched for in the larger. */
bool evaluate_touch(const struct spans *a, const struct spans *b);

/* ---- the walk */

struct frame {
	const struct chain *chain;
	uint32_t position; /* in its program, to go on with */
	const struct frame *below;
};

struct decided {
	struct leaf_decision decision;
	const struct decided *before;
};

enum ct_class {
	CLASS_NEW,
	CLASS_ESTABLISHED,
	CLASS_RELATED,
	CLASS_NONE,  /* no connection */
	CLASS_MIXED, /* nobody asks */
};

struct state {
	struct box box;
	const struct spans *more[AXIS_COUNT - DIM_COUNT];
	const struct chain *chain; /* NULL: before a base chain */
	const struct frame *frames;
	const struct decided *decided;
	const struct rule *translated_by;
	/* A netmap: destinations of shift_from .. + shift_size are now those
	 * of shift_to. */
	packet_value shift_from, shift_to, shift_size;
	struct pool_mark mark;
	uint32_t base, position, statement, hops;
	uint16_t depth, decided_count;
	enum ct_class class;
	bool conntracked, untracked, logged, free;
	bool one_mark; /* the mark is the connection's: AXIS_CT_MARK */
	bool translated, redirected, source_new;
	bool address_new, address_choice, port_new, port_choice, shifted;
	/* Of the rule being done: something before may not have matched, and
	 * only behind that it was logged; packets were left; a choice was
	 * made. */
	bool pending, logged_since, split, forked;
	bool rest;	  /* left by a rule, for the trace */
	bool shown_chain; /* the trace has the chain's beginning */
};

enum stop { STOP_NOT, STOP_CALLER, STOP_BUDGET };

/* What is used again from one walk to the next. */
struct scratch {
	struct scratch *next;
	struct pool *pool;
	struct state *stack;
	size_t capacity;
	size_t *room; /* for index searches */
	size_t room_count;
	int64_t *last; /* by chain: see run */
};

struct run {
	const struct evaluator *e;
	const struct walk *w;
	const struct slice *slice;
	const struct bases *bases;
	struct scratch *scratch;
	struct pool *pool;
	size_t count; /* of scratch->stack */
	enum stop stop;
	bool (*step)(void *context, const struct step *s); /* or NULL */
	void *step_context;
	/* The base chain where rules other than the candidate accept nothing;
	 * own_all: every one. */
	const struct chain *own;
	bool own_all;
	/* By chain: the last rule through which the candidate is reached,
	 * -1: none. Only with a candidate. */
	int64_t *last;
};

/* evaluate_rule.c */

/* Does what is left of a rule; false when s came to its end or was pushed. */
bool evaluate_rule(struct run *r, struct state *s, const struct ready *ready);
/* A rule passed over without a look at its packets one by one. */
bool evaluate_is_skipped(struct run *r, const struct state *s,
    const struct ready *ready);
/* Back to the caller, or the base chain's policy; false when s ended. */
bool evaluate_end_chain(struct run *r, struct state *s);
bool evaluate_is_own(const struct run *r, const struct state *s);

/* evaluate_mark.c: any of the four that set marks; false: the rule ends. */
bool evaluate_mark(struct run *r, struct state *s,
    const struct statement *statement);

/* evaluate_run.c */
void evaluate_begin_rule(struct state *s);
void evaluate_next_rule(struct state *s);
void evaluate_run(struct run *r, const struct box *box);
void evaluate_push(struct run *r, const struct state *s);
/* Ends s's base chain; false when the packet's way ends with it. */
bool evaluate_decide(struct run *r, struct state *s, enum action action,
    const struct rule *rule);
void evaluate_leaf(struct run *r, struct state *s, bool accepted);
/* A copy of s goes on behind its rule. */
void evaluate_leave(struct run *r, const struct state *s, bool free);
/* What was met so far may not match. */
void evaluate_doubt(struct state *s);
bool evaluate_spend(struct run *r, uint64_t steps);

/* evaluate_lookup.c */

bool evaluate_has_connection(const struct state *s);

/* Where a field of a state's packets is. */
struct view {
	enum axis axis;		   /* AXIS_NONE: fixed */
	const struct spans *fixed; /* one value */
	bool shifted;
	bool missing; /* no connection has it: the rule ends */
	bool unknown; /* of a connection that stands */
};

struct view evaluate_view(const struct run *r, const struct state *s,
    enum field field);
const struct spans **evaluate_axis(struct state *s, enum axis axis);
packet_value evaluate_axis_most(const struct state *s, enum axis axis);
/* Takes values of an axis away: a choice when nobody knows which it has. */
void evaluate_narrow(struct state *s, enum axis axis, const struct spans *to);
/* A condition that no packet of s meets. */
bool evaluate_misses(struct run *r, const struct state *s,
    const struct condition *c);

enum matched { MATCHED, MISSED };
/* MATCH: s goes on with what matches; what does not was pushed. */
enum matched evaluate_match(struct run *r, struct state *s,
    const struct lookup *l, const struct index *x);

/* Of a map: the packets of one element (or of none). In the pool. */
struct outcome {
	const struct outcome *next;
	const struct set_element *element; /* NULL: none */
	struct state state;
};
/* Nobody knows which element a packet meets. */
bool evaluate_is_unknown(const struct run *r, const struct state *s,
    const struct lookup *l);
/* Each packet of s once. Not of what is unknown. */
const struct outcome *evaluate_outcomes(struct run *r, const struct state *s,
    const struct lookup *l, const struct index *x);

/* evaluate_nat.c */
/* The destination changes; the base chain ends. All that is left was pushed. */
void evaluate_translate(struct run *r, const struct state *s,
    const struct statement *statement, const struct change *change);
/* The source is now one that nobody knows. */
void evaluate_translate_source(struct run *r, struct state *s);
/* The routing decision; false when the way ends. */
bool evaluate_routed(struct run *r, struct state *s);
/* DIM_NEW_* as they are now. */
void evaluate_destination(struct run *r, struct state *s, struct box *out);

/* evaluate.c: a walk with somebody who listens (or NULL). */
enum walk_result evaluate_walk_told(const struct evaluator *e,
    const struct walk *w, const struct box *box,
    bool (*step)(void *context, const struct step *s), void *context);

/* evaluate_trace.c */
void evaluate_step(struct run *r, const struct state *s, enum step_kind kind,
    const struct rule *rule, enum action action);

#endif
