/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The zones of a boundary as sets of addresses and interfaces, and the packets
 * that may begin a conversation between two of them. Agrees with locate.c on
 * whose an address is: translations, the firewall's own, then the longest
 * prefix; "outside" has no special-purpose address, and what is of a segment
 * (multicast, link-local ...) is nobody's. The one difference: addresses that
 * this very firewall hides others behind are its own, since nothing arrives
 * from them and nothing is routed to them.
 *
 * Idea: prefixes are nested or disjoint, so one sweep over their first
 * addresses with a stack gives the longest for every address.
 */
#include "audit_space.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "begin.h"

#define FAMILIES 2 /* 4 and 6, at 0 and 1 */

/* One prefix with whose it is. */
struct claim {
	struct span span;
	unsigned length;
	size_t order;
	const struct zone *zone; /* NULL: nobody's */
	const struct translation *translation;
	size_t prefix; /* its number in translation->to */
};

struct claims {
	struct claim *items; /* owned */
	size_t count, capacity;
};

/* By the index of zones; the firewall's own addresses at zone_count. */
struct space {
	struct pool *pool;
	const struct spans **addresses[FAMILIES]; /* owned arrays */
	const struct spans **interfaces;	  /* owned; NULL: any */
	struct space_translation *translations;	  /* owned */
	size_t translation_count, translation_capacity;
	const struct spans *begins;	    /* flags of TCP */
	const struct spans *news[FAMILIES]; /* types of ICMP */
	const struct spans *protocols[FAMILIES];
	const struct spans *routed[FAMILIES]; /* not of a segment */
	struct declared_index *index;	      /* owned */
};

/* ---- the longest prefix of every address */

struct span
space_span(const struct prefix *p)
{
	const packet_value first = packet_value_of_addr(&p->addr);
	const unsigned bits = addr_bits(&p->addr) - p->length;

	return (struct span){ first,
		bits >= 128 ? ~(packet_value)0 :
			      first | (((packet_value)1 << bits) - 1) };
}

static void
claim_add(struct claims *c, struct claim item)
{
	item.order = c->count;
	c->items = mem_grow(c->items, &c->capacity, c->count,
	    sizeof(*c->items));
	c->items[c->count++] = item;
}

static int
by_first(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;

	if (a->span.first != b->span.first)
		return a->span.first < b->span.first ? -1 : 1;
	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Of one prefix claimed twice the first keeps it; an address that hides
 * several zones tells none. */
static void
drop_doubles(struct claims *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct claim *x = &c->items[i];
		struct claim *last = kept ? &c->items[kept - 1] : NULL;

		if (!last || last->span.first != x->span.first ||
		    last->length != x->length)
			c->items[kept++] = *x;
		else if (x->translation && last->zone != x->zone)
			last->zone = NULL;
	}
	c->count = kept;
}

static void
emit(struct claims *out, const struct claim *of, packet_value first,
    packet_value last)
{
	struct claim piece = *of;

	piece.span = (struct span){ first, last };
	claim_add(out, piece);
}

/* Disjoint pieces of addresses, each with the longest of the claims that hold
 * it. Sorts c. O(n log n). */
static struct claims
sweep(struct claims *c)
{
	const struct claim **open = mem_calloc(c->count + 1, sizeof(*open));
	struct claims out = { 0 };
	packet_value at = 0; /* all before it is told */
	bool over = false;   /* the last address of all is told */
	size_t depth = 0;

	if (c->count)
		qsort(c->items, c->count, sizeof(*c->items), by_first);
	drop_doubles(c);
	for (size_t i = 0; i <= c->count; i++) {
		const struct claim *next = i < c->count ? &c->items[i] : NULL;

		while (depth &&
		    (!next || open[depth - 1]->span.last < next->span.first)) {
			const struct claim *done = open[--depth];

			if (over || at > done->span.last)
				continue;
			emit(&out, done, at, done->span.last);
			over = done->span.last == ~(packet_value)0;
			at = done->span.last + 1;
		}
		if (!next)
			break;
		if (depth && at < next->span.first)
			emit(&out, open[depth - 1], at, next->span.first - 1);
		if (at < next->span.first)
			at = next->span.first;
		open[depth++] = next;
	}
	free(open);
	return out;
}

/* ---- kinds of addresses */

/* The registries of addr_kind as text, so that each has one place to be held
 * against it; a test does. */
static const char *const segment_networks[] = { "169.254.0.0/16", "127.0.0.0/8",
	"224.0.0.0/4", "255.255.255.255/32", "0.0.0.0/32", "fe80::/10",
	"ff00::/8", "::1/128", "::/128" };
static const char *const special_networks[] = { "10.0.0.0/8", "172.16.0.0/12",
	"192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
	"0.0.0.0/8", "224.0.0.0/3", "fc00::/7", "fe80::/10", "ff00::/8", "::/8",
	"fec0::/10" };
/* Translators of IPv6 to IPv4 stand within ::/8 and are of the world. */
static const char global_network[] = "64:ff9b::/96";

static const struct spans *
spans_of_texts(struct pool *p, const char *const *texts, size_t count,
    int family)
{
	struct span items[16];
	size_t n = 0;

	for (size_t i = 0; i < count && n < 16; i++) {
		struct prefix prefix;

		if (prefix_parse(texts[i], &prefix) == PREFIX_OK &&
		    prefix.addr.family == family)
			items[n++] = space_span(&prefix);
	}
	return spans_make(p, items, n);
}

static packet_value
most_of(int family)
{
	return family == 4 ? (packet_value)UINT32_MAX : ~(packet_value)0;
}

static const struct spans *
all_of(struct pool *p, int family)
{
	return spans_one(p, 0, most_of(family));
}

/* What is of the world: where "outside" may claim. */
static const struct spans *
global_of(struct pool *p, int family)
{
	const size_t n = sizeof(special_networks) / sizeof(*special_networks);
	const struct spans *special = spans_of_texts(p, special_networks, n,
	    family);
	const char *const one = global_network;

	special = spans_subtract(p, special, spans_of_texts(p, &one, 1, family),
	    most_of(family));
	return spans_subtract(p, all_of(p, family), special, most_of(family));
}

static const struct spans *
routed_of(struct pool *p, int family)
{
	const size_t n = sizeof(segment_networks) / sizeof(*segment_networks);

	return spans_subtract(p, all_of(p, family),
	    spans_of_texts(p, segment_networks, n, family), most_of(family));
}

/* ---- whose */

static void
claim_networks(struct claims *c, const struct prefix_set *set, int family,
    struct claim of)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->items[i].addr.family != family)
			continue;
		of.span = space_span(&set->items[i]);
		of.length = set->items[i].length;
		of.prefix = i;
		claim_add(c, of);
	}
}

static void
claim_zones(const struct audit *a, int family, bool outside, struct claims *c)
{
	const struct boundary *b = a->boundary;

	for (size_t i = 0; i < b->zone_count; i++) {
		const struct zone *z = b->zones[i];
		const struct claim of = { .zone = z };

		if (z->tier == TIER_OUTSIDE && !outside)
			continue;
		claim_networks(c, &z->networks, family, of);
		if (z->list)
			claim_networks(c, &z->list->networks, family, of);
	}
}

static void
claim_translations(const struct audit *a, int family, struct claims *c)
{
	for (size_t i = 0; i < a->m->translation_count; i++) {
		const struct translation *t = &a->m->translations[i];
		const struct claim of = { .zone = t->from, .translation = t };

		if (!t->at || t->at == a->boundary->firewall)
			claim_networks(c, &t->to, family, of);
	}
}

static bool
hidden_here(const struct audit *a, const struct translation *t)
{
	return t->kind == TRANSLATION_OVERLOAD && t->at != NULL &&
	    t->at == a->boundary->firewall;
}

static const struct spans *
spans_of_claims(struct pool *p, const struct claims *c, const struct zone *zone)
{
	struct span *items = mem_calloc(c->count + 1, sizeof(*items));
	const struct spans *out;
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		if (!zone || c->items[i].zone == zone)
			items[n++] = c->items[i].span;
	out = spans_make(p, items, n);
	free(items);
	return out;
}

static const struct spans *
firewall_addresses(struct pool *p, const struct firewall *f, int family)
{
	const size_t count = f ? f->address_count : 0;
	struct span *items = mem_calloc(count + 1, sizeof(*items));
	const struct spans *out;
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (f->addresses[i].family == family) {
			const packet_value v = packet_value_of_addr(
			    &f->addresses[i]);

			items[n++] = (struct span){ v, v };
		}
	out = spans_make(p, items, n);
	free(items);
	return out;
}

void
space_tell_own(const struct firewall *f, struct evaluator *e)
{
	struct pool *p = pool_new();
	const struct spans *v4 = firewall_addresses(p, f, 4);
	const struct spans *v6 = firewall_addresses(p, f, 6);

	evaluate_own(e, v4->count ? v4 : NULL, v6->count ? v6 : NULL);
	pool_free(p);
}

/* Everything that locate_address looks through, cut into pieces. */
struct pieces {
	struct claims all;	   /* of zones */
	struct claims inner;	   /* the same without "outside" */
	struct claims renamed;	   /* of translations */
	const struct spans *taken; /* by translations and the firewall */
	const struct spans *global, *routed;
	packet_value most;
};

static struct claims
swept(struct claims c)
{
	struct claims out = sweep(&c);

	free(c.items);
	return out;
}

static void
pieces_init(struct pieces *x, struct pool *p, const struct audit *a, int family)
{
	struct claims all = { 0 }, inner = { 0 }, renamed = { 0 };

	claim_zones(a, family, true, &all);
	claim_zones(a, family, false, &inner);
	claim_translations(a, family, &renamed);
	x->all = swept(all);
	x->inner = swept(inner);
	x->renamed = swept(renamed);
	x->global = global_of(p, family);
	x->routed = routed_of(p, family);
	x->most = most_of(family);
	x->taken = spans_union(p,
	    firewall_addresses(p, a->boundary->firewall, family),
	    spans_of_claims(p, &x->renamed, NULL));
}

static void
pieces_fini(struct pieces *x)
{
	free(x->all.items);
	free(x->inner.items);
	free(x->renamed.items);
}

/* The addresses that translations give to a zone's hosts. */
static const struct spans *
renamed_of(const struct audit *a, struct space *s, const struct pieces *x,
    int family, const struct zone *zone)
{
	struct span *items = mem_calloc(x->renamed.count + 1, sizeof(*items));
	const struct spans *out;
	size_t n = 0;

	for (size_t i = 0; i < x->renamed.count; i++) {
		const struct claim *c = &x->renamed.items[i];

		if (c->zone != zone || hidden_here(a, c->translation))
			continue;
		items[n++] = c->span;
		s->translations = mem_grow(s->translations,
		    &s->translation_capacity, s->translation_count,
		    sizeof(*s->translations));
		s->translations[s->translation_count++] =
		    (struct space_translation){ c->translation, c->prefix,
			    c->span, family };
	}
	out = spans_make(s->pool, items, n);
	free(items);
	return out;
}

static const struct spans *
addresses_of(const struct audit *a, struct space *s, const struct pieces *x,
    int family, const struct zone *zone)
{
	struct pool *p = s->pool;
	const struct spans *out = spans_intersect(p,
	    spans_of_claims(p, &x->all, zone), x->global);

	out = spans_union(p, out,
	    spans_subtract(p, spans_of_claims(p, &x->inner, zone), x->global,
		x->most));
	out = spans_subtract(p, out, x->taken, x->most);
	out = spans_union(p, out, renamed_of(a, s, x, family, zone));
	return spans_intersect(p, out, x->routed);
}

static bool
at_boundary(const struct audit *a, const struct zone *zone)
{
	for (size_t i = 0; i < a->boundary->zone_count; i++)
		if (a->boundary->zones[i] == zone)
			return true;
	return false;
}

static void
fill_addresses(const struct audit *a, struct space *s)
{
	for (int f = 0; f < FAMILIES; f++) {
		const int family = f ? 6 : 4;
		struct pieces x;

		s->addresses[f] = mem_calloc(a->m->zone_count + 1,
		    sizeof(**s->addresses));
		pieces_init(&x, s->pool, a, family);
		for (size_t i = 0; i < a->m->zone_count; i++)
			s->addresses[f][i] = at_boundary(a, &a->m->zones[i]) ?
			    addresses_of(a, s, &x, family, &a->m->zones[i]) :
			    &spans_nothing;
		s->addresses[f][a->m->zone_count] = spans_intersect(s->pool,
		    firewall_addresses(s->pool, a->boundary->firewall, family),
		    x.routed);
		s->routed[f] = x.routed;
		pieces_fini(&x);
	}
}

/* ---- interfaces */

static const struct spans *
interfaces_of(struct pool *p, const struct firewall *f, const struct zone *zone)
{
	const size_t count = f ? f->interface_count : 0;
	struct span *items = mem_calloc(count + 1, sizeof(*items));
	const struct spans *out = NULL;
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < f->interfaces[i].zone_count; j++)
			if (f->interfaces[i].zones[j] == zone) {
				const packet_value v = packet_value_of_name(
				    f->interfaces[i].name);

				items[n++] = (struct span){ v, v };
				break;
			}
	if (n)
		out = spans_make(p, items, n);
	free(items);
	return out;
}

static void
fill_interfaces(const struct audit *a, struct space *s)
{
	s->interfaces = mem_calloc(a->m->zone_count + 1,
	    sizeof(*s->interfaces));
	for (size_t i = 0; i < a->m->zone_count; i++)
		s->interfaces[i] = interfaces_of(s->pool, a->firewall,
		    &a->m->zones[i]);
}

/* Any interface is taken where none is declared: that is said. */
static void
tell_interfaces(struct audit *a, const struct space *s)
{
	for (size_t i = 0; a->firewall && i < a->boundary->zone_count; i++) {
		const struct zone *z = a->boundary->zones[i];

		if (!s->interfaces[z->index])
			audit_add_note(a, W_AUDIT_NO_INTERFACE, 2, z->id,
			    a->firewall->id);
	}
}

/* ---- the whole */

static struct space *
space_of(struct audit *a)
{
	struct space *s = a->space;

	if (s)
		return s;
	s = mem_calloc(1, sizeof(*s));
	s->pool = pool_new();
	fill_addresses(a, s);
	fill_interfaces(a, s);
	s->begins = begin_flags(s->pool);
	s->news[0] = begin_types(s->pool, 4);
	s->news[1] = begin_types(s->pool, 6);
	s->protocols[0] = begin_protocols(s->pool, 4);
	s->protocols[1] = begin_protocols(s->pool, 6);
	s->index = declared_index_new(a->m);
	a->space = s;
	tell_interfaces(a, s);
	return s;
}

void
space_free(struct space *s)
{
	if (!s)
		return;
	for (int f = 0; f < FAMILIES; f++)
		free(s->addresses[f]);
	free(s->interfaces);
	free(s->translations);
	declared_index_free(s->index);
	pool_free(s->pool);
	free(s);
}

size_t
space_translations(struct audit *a, const struct space_translation **out)
{
	const struct space *s = space_of(a);

	*out = s->translations;
	return s->translation_count;
}

const struct declared_index *
space_index(struct audit *a)
{
	return space_of(a)->index;
}

const struct spans *
space_addresses(struct audit *a, const struct zone *zone, int family)
{
	return space_of(a)->addresses[family == 6][zone->index];
}

const struct spans *
space_interfaces(struct audit *a, const struct zone *zone)
{
	return space_of(a)->interfaces[zone->index];
}

bool
space_judged(const struct audit *a, const struct zone *from,
    const struct zone *to)
{
	return from != to && at_boundary(a, from) && at_boundary(a, to);
}

static bool
related(const struct zone *a, const struct zone *b)
{
	return a->tier == b->tier || zone_is_above(a, b) || zone_is_above(b, a);
}

const struct cell *
space_cell(const struct audit *a, const struct zone *from,
    const struct zone *to)
{
	if (from->tier >= TIER_COUNT || to->tier >= TIER_COUNT ||
	    related(from, to))
		return NULL;
	return &a->m->guideline->cells[from->tier][to->tier];
}

struct box
space_any(struct audit *a, const struct zone *from, int family, struct pool *p)
{
	const struct space *s = space_of(a);
	const int f = family == 6;
	struct box out = { { NULL } };

	out.dims[DIM_FAMILY] = spans_one(p, (packet_value)family,
	    (packet_value)family);
	out.dims[DIM_IIF] = s->interfaces[from->index];
	out.dims[DIM_SADDR] = s->routed[f];
	out.dims[DIM_DADDR] = s->routed[f];
	out.dims[DIM_PROTOCOL] = s->protocols[f];
	out.dims[DIM_ICMP_TYPE] = s->news[f];
	out.dims[DIM_TCP_FLAGS] = s->begins;
	out.dims[DIM_CT_STATE] = spans_one(p, CT_NEW, CT_NEW);
	out.dims[DIM_CT_DIRECTION] = spans_one(p, 0, 0);
	box_clip(p, &out);
	return out;
}

/* What begins a conversation from a zone, to anywhere. */
static bool
from_box(struct audit *a, const struct zone *from, int family, struct pool *p,
    struct box *out)
{
	const struct spans *source = space_addresses(a, from, family);

	if (source->count == 0)
		return false;
	*out = space_any(a, from, family, p);
	out->dims[DIM_SADDR] = source;
	return true;
}

size_t
space_from(struct audit *a, const struct zone *from, struct pool *p,
    struct box out[2])
{
	size_t n = 0;

	for (int family = 4; family <= 6; family += 2)
		n += from_box(a, from, family, p, &out[n]);
	return n;
}

size_t
space_pair(struct audit *a, const struct zone *from, const struct zone *to,
    struct pool *p, struct box out[2])
{
	const struct space *s = space_of(a);
	size_t n = 0;

	for (int family = 4; family <= 6; family += 2) {
		const struct spans *there =
		    s->addresses[family == 6][to->index];

		if (there->count == 0 || !from_box(a, from, family, p, &out[n]))
			continue;
		out[n].dims[DIM_DADDR] = there;
		out[n].dims[DIM_OIF] = s->interfaces[to->index];
		n++;
	}
	return n;
}

struct box
space_of_leaf(const struct leaf *leaf)
{
	struct box out = *leaf->box;

	if (leaf->translated) {
		out.dims[DIM_DADDR] = out.dims[DIM_NEW_DADDR];
		out.dims[DIM_DPORT] = out.dims[DIM_NEW_DPORT];
	}
	out.dims[DIM_NEW_DADDR] = NULL;
	out.dims[DIM_NEW_DPORT] = NULL;
	return out;
}

struct box
space_before(struct pool *p, const struct leaf *leaf, const struct box *left)
{
	struct box out = *left;

	out.dims[DIM_NEW_DADDR] = left->dims[DIM_DADDR];
	out.dims[DIM_NEW_DPORT] = left->dims[DIM_DPORT];
	out.dims[DIM_DADDR] = leaf->box->dims[DIM_DADDR];
	out.dims[DIM_DPORT] = leaf->box->dims[DIM_DPORT];
	if (leaf->box->dims[DIM_NEW_DADDR] == leaf->box->dims[DIM_DADDR])
		out.dims[DIM_DADDR] = spans_intersect(p, out.dims[DIM_DADDR],
		    left->dims[DIM_DADDR]);
	if (leaf->box->dims[DIM_NEW_DPORT] == leaf->box->dims[DIM_DPORT])
		out.dims[DIM_DPORT] = spans_intersect(p, out.dims[DIM_DPORT],
		    left->dims[DIM_DPORT]);
	return out;
}
