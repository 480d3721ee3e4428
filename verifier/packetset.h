/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets of packets. A packet is a point with one number in each dimension
 * (addresses, ports, interfaces ...); a box is a set of numbers in each; a
 * set of packets is a list of boxes. Since a box holds several intervals a
 * dimension, taking one from another leaves at most one piece a dimension.
 * Knows nothing of rules or models.
 *
 * Idea: hyper-rectangle splitting as in Gupta and McKeown, "Packet
 * classification on multiple fields" (1999), turned to set difference.
 */
#ifndef PACKETSET_H
#define PACKETSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

/* A value of any dimension. An IPv4 address is its 32 bits as a number, an
 * IPv6 one its 128; an interface is the 16 bytes of its name (padded with
 * zeros), first byte highest, so that "eth*" is one interval. */
typedef unsigned __int128 packet_value;

enum dimension {
	DIM_FAMILY, /* 4 or 6 */
	DIM_IIF,
	DIM_OIF,
	DIM_SADDR,
	DIM_DADDR, /* as on the wire, before any translation */
	DIM_PROTOCOL,
	DIM_SPORT,
	DIM_DPORT,     /* as on the wire */
	DIM_ICMP_TYPE, /* of ICMP (1) and ICMPv6 (58) */
	DIM_ICMP_CODE,
	DIM_TCP_FLAGS,	  /* the byte of flags; FIN 1, SYN 2, RST 4, ACK 16 */
	DIM_CT_STATE,	  /* enum ct_state */
	DIM_CT_DIRECTION, /* 0 original, 1 reply */
	DIM_NEW_DADDR,	  /* the destination after translation, where there is
			   * one; else not set and of no meaning */
	DIM_NEW_DPORT,
	DIM_COUNT,
};

/* What `ct state` tells apart. */
enum ct_state {
	CT_INVALID,
	CT_ESTABLISHED,
	CT_RELATED,
	CT_NEW,
	CT_UNTRACKED,
	CT_STATES,
};

struct span {
	packet_value first, last; /* both inclusive */
};

/* Sorted, disjoint, never adjacent. count 0: nothing at all. Immutable once
 * made, so it is shared freely. */
struct spans {
	size_t count;
	struct span items[];
};

/* NULL in a dimension: every value. */
struct box {
	const struct spans *dims[DIM_COUNT];
};

struct point {
	packet_value at[DIM_COUNT];
};

/* ---- memory: released back to a mark, last in, first out */

struct pool;

struct pool_mark {
	void *block;
	size_t used;
};

struct pool *pool_new(void);
void pool_free(struct pool *p); /* NULL is fine */
/* Uninitialised room for bytes, aligned for any type. O(1) amortised. */
void *pool_take(struct pool *p, size_t bytes);
struct pool_mark pool_mark(const struct pool *p);
/* Gives back everything taken since the mark. */
void pool_release(struct pool *p, struct pool_mark mark);
/* The last thing taken, of bytes, shall be kept bytes long: the rest is given
 * back. */
void pool_trim(struct pool *p, size_t bytes, size_t kept);
/* Bytes that the pool holds now, for a bound on memory. */
size_t pool_bytes(const struct pool *p);

/* ---- one dimension; results lie in p, or are one of the arguments or
 * spans_nothing. NULL as an argument or result is "every value" throughout. */

extern const struct spans spans_nothing;
const struct spans *spans_one(struct pool *p, packet_value first,
    packet_value last);
/* Any intervals in any order, first <= last each; copies, sorts, merges. */
const struct spans *spans_make(struct pool *p, const struct span *items,
    size_t count);
/* O(counts) each. */
const struct spans *spans_intersect(struct pool *p, const struct spans *a,
    const struct spans *b);
/* What of a is not in b. a NULL: of 0..most. */
const struct spans *spans_subtract(struct pool *p, const struct spans *a,
    const struct spans *b, packet_value most);
const struct spans *spans_union(struct pool *p, const struct spans *a,
    const struct spans *b);
bool spans_has(const struct spans *s, packet_value v); /* O(log count) */
/* Share nothing. O(1) for an interval each, else O(counts). */
static inline bool spans_disjoint(const struct spans *a, const struct spans *b);
/* a holds all of b. most: the highest value of the dimension, for NULL b. */
bool spans_cover(const struct spans *a, const struct spans *b,
    packet_value most);
/* Of the same intervals; NULL equals NULL alone. */
bool spans_equal(const struct spans *a, const struct spans *b);
/* How many values; saturates. */
packet_value spans_size(const struct spans *s, packet_value most);

/* ---- boxes */

/* The highest value of a dimension; of addresses 2^128-1 (a box of IPv4 is
 * clipped by box_clip). */
packet_value dimension_most(enum dimension d);
/* Every value of a dimension, written out: what NULL stands for. Of the family
 * those are 4 and 6. Never NULL. */
const struct spans *dimension_all(enum dimension d);
/* A box of packets of IPv4 alone has addresses of 32 bits: what else it held is
 * taken away. Protocol 1 of IPv6 and 58 of IPv4 are no ICMP, but packets. */
void box_clip(struct pool *p, struct box *b);
/* False, and *out of no meaning, when they share nothing. */
bool box_intersect(struct pool *p, const struct box *a, const struct box *b,
    struct box *out);
bool box_disjoint(const struct box *a, const struct box *b);
bool box_covers(const struct box *a, const struct box *b); /* all of b */
bool box_has(const struct box *b, const struct point *x);
bool box_empty(const struct box *b);
/* Of the packets of `of`, about what part is in b: 0..1, rounded; the two must
 * not be disjoint. */
double box_share(const struct box *b, const struct box *of);
/* What of a is not in b, as disjoint boxes, none empty; returns how many. */
size_t box_subtract(struct pool *p, const struct box *a, const struct box *b,
    struct box out[DIM_COUNT]);
/*
 * A point of the box as a person would choose it: TCP before others, ports
 * of everyday, the second address of a network rather than the first, an
 * interface with a readable name, the SYN flag alone; dimensions that mean
 * nothing for the protocol are 0 where the box has that. Always a point of the
 * box, which must not be empty.
 */
void box_pick(const struct box *b, struct point *out);

/* ---- packetset_cover.c: is a box covered by others? */

enum cover {
	COVER_YES,
	COVER_NO,	 /* with a point that is not */
	COVER_UNDECIDED, /* the budget ended */
};

/* What may still be spent; shared by all that one question asks. */
struct budget {
	uint64_t steps; /* one comparison of two boxes */
	size_t bytes;	/* most memory of a pool or of diagrams */
};

/*
 * Whether the boxes of list together hold all of q. Splits first; when that
 * has cost a part of the budget, by decision diagrams (packetset_bdd.c).
 * hole (may be NULL) is a point of q in none of them, as box_pick chooses it.
 * The pool is back at its mark afterwards. An empty q is covered.
 */
enum cover cover_box(struct pool *p, const struct box *q,
    const struct box *const *list, size_t count, struct budget *budget,
    struct point *hole);
/*
 * Of a list that covers q: a set of it that still does and of which none can
 * be left out. One box alone where one does; else those that hold little of q
 * are left out first, and of equals the later. Writes indices to out (room for
 * count) in rising order, returns how many; 0 when the budget ended first,
 * when the list does not cover q and when q is empty.
 */
size_t cover_least(struct pool *p, const struct box *q,
    const struct box *const *list, size_t count, struct budget *budget,
    size_t *out);
/*
 * The two ways of cover_box each by itself: splitting, and decision diagrams.
 * used (may be NULL; cleared by the caller): after COVER_YES the members that
 * the proof needed are true.
 */
enum cover cover_by_splitting(struct pool *p, const struct box *q,
    const struct box *const *list, size_t count, struct budget *budget,
    struct point *hole, bool *used);
/* packetset_bdd.c. budget->steps falls by the nodes that were made. */
enum cover cover_by_diagram(struct pool *p, const struct box *q,
    const struct box *const *list, size_t count, struct budget *budget,
    struct point *hole);

/* ---- packetset_text.c: to and from values */

packet_value packet_value_of_addr(const struct addr *a);
struct addr packet_value_addr(packet_value v, int family);
packet_value packet_value_of_name(const char *interface);
/* Writes at most 16 characters and NUL. */
const char *packet_value_name(packet_value v, char buf[17]);
/* The interval of all names that begin with prefix ("eth*" without *). */
struct span packet_span_of_prefix(const char *prefix);

/* ---- inline: asked hundreds of millions of times */

/* What spans_disjoint asks where one has several intervals or none. */
bool spans_disjoint_many(const struct spans *a, const struct spans *b);

static inline bool
spans_disjoint(const struct spans *a, const struct spans *b)
{
	if (a == NULL)
		return b != NULL && b->count == 0;
	if (b == NULL)
		return a->count == 0;
	if (a->count == 1 && b->count == 1)
		return a->items[0].first > b->items[0].last ||
		    b->items[0].first > a->items[0].last;
	return spans_disjoint_many(a, b);
}

#endif
