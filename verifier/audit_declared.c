/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the model declares from one zone to another, as boxes of packets: the
 * conduits that the judge would let conform (judge_conduit.c), and what it
 * would excuse by an exception (judge_exception.c). Where no rule can tell
 * (applications, names, links, hours) what is declared counts as a whole.
 */
#include <stdlib.h>
#include <string.h>

#include "audit_space.h"
#include "base/mem.h"

#define RENEWAL_DAYS 30 /* as judge_dates.c */

/* A conduit from either of its ends. */
struct join {
	uint32_t from, to; /* zones */
	uint32_t conduit;
	bool backward; /* from its "to" */
};

struct declared_index {
	struct join *items; /* owned; sorted */
	size_t count;
};

struct gather {
	struct audit *a;
	const struct zone *from, *to;
	const struct cell *cell;
	int family;
	struct pool *p;
	enum lapse lapse;	  /* of the conduit at hand */
	const struct join *joins; /* of the two zones */
	size_t join_count;
	struct declared *items; /* owned */
	size_t count, capacity;
};

/* ---- conduits by zones */

static int
by_zones(const void *left, const void *right)
{
	const struct join *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	if (a->conduit != b->conduit)
		return a->conduit < b->conduit ? -1 : 1;
	return (int)a->backward - (int)b->backward;
}

struct declared_index *
declared_index_new(const struct model *m)
{
	struct declared_index *x = mem_calloc(1, sizeof(*x));

	x->items = mem_calloc(2 * m->conduit_count + 1, sizeof(*x->items));
	for (size_t i = 0; i < m->conduit_count; i++) {
		const struct conduit *k = &m->conduits[i];

		x->items[x->count++] = (struct join){ k->from.zone->index,
			k->to.zone->index, (uint32_t)i, false };
		x->items[x->count++] = (struct join){ k->to.zone->index,
			k->from.zone->index, (uint32_t)i, true };
	}
	qsort(x->items, x->count, sizeof(*x->items), by_zones);
	return x;
}

void
declared_index_free(struct declared_index *x)
{
	if (!x)
		return;
	free(x->items);
	free(x);
}

static void
find_joins(struct gather *g)
{
	const struct declared_index *x = space_index(g->a);
	const struct join key = { g->from->index, g->to->index, 0, false };
	size_t low = 0, high = x->count;

	while (low < high) {
		const size_t mid = (low + high) / 2;

		if (by_zones(&x->items[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	g->joins = x->items + low;
	while (low < x->count && x->items[low].from == key.from &&
	    x->items[low].to == key.to)
		low++;
	g->join_count = (size_t)(x->items + low - g->joins);
}

/* ---- ends */

static const struct spans *
spans_of_set(struct pool *p, const struct prefix_set *set, int family)
{
	struct span *items = mem_calloc(set->count + 1, sizeof(*items));
	const struct spans *out;
	size_t n = 0;

	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].addr.family == family)
			items[n++] = space_span(&set->items[i]);
	out = spans_make(p, items, n);
	free(items);
	return out;
}

/* Addresses of a translation that stand for hosts of reach: the same host bits
 * where the prefixes are as long, else the first address inside. */
static const struct spans *
renamed(struct gather *g, const struct space_translation *x,
    const struct spans *reach)
{
	const struct translation *t = x->translation;
	const struct spans *all = spans_one(g->p, x->span.first, x->span.last);
	const struct prefix *to = &t->to.items[x->prefix], *in;
	struct span inside, *items;
	const struct spans *part;
	size_t n = 0;

	if (t->kind == TRANSLATION_OVERLOAD)
		return all; /* any host of the zone */
	if (x->prefix >= t->inside.count)
		return spans_intersect(g->p, all, reach);
	in = &t->inside.items[x->prefix];
	inside = space_span(in);
	if (in->length != to->length || in->addr.family != to->addr.family)
		return spans_has(reach, inside.first) ? all : &spans_nothing;
	/* The piece may be a part of the prefix: the same part inside. */
	inside.first += x->span.first - space_span(to).first;
	inside.last = inside.first + (x->span.last - x->span.first);
	part = spans_intersect(g->p, reach,
	    spans_one(g->p, inside.first, inside.last));
	items = mem_calloc(part->count + 1, sizeof(*items));
	for (size_t i = 0; i < part->count; i++)
		items[n++] = (struct span){ part->items[i].first -
			    inside.first + x->span.first,
			part->items[i].last - inside.first + x->span.first };
	part = spans_make(g->p, items, n);
	free(items);
	return part;
}

/* Addresses by which an end is met here; &spans_nothing where there is none
 * of this family. */
static const struct spans *
end_addresses(struct gather *g, const struct endpoint *e)
{
	const struct spans *all = space_addresses(g->a, e->zone, g->family);
	const packet_value most = dimension_most(DIM_SADDR);
	const struct space_translation *items;
	const struct spans *reach, *out;
	size_t count;

	if (e->whole_zone)
		return all;
	reach = spans_of_set(g->p, &e->reach, g->family);
	out = spans_intersect(g->p, reach, all);
	count = space_translations(g->a, &items);
	for (size_t i = 0; i < count; i++) {
		const struct space_translation *x = &items[i];

		if (x->translation->from != e->zone || x->family != g->family)
			continue;
		out = spans_subtract(g->p, out,
		    spans_one(g->p, x->span.first, x->span.last), most);
		out = spans_union(g->p, out, renamed(g, x, reach));
	}
	return out;
}

/* ---- services */

static bool
has_ports(uint16_t protocol)
{
	return protocol == 6 || protocol == 17 || protocol == 33 ||
	    protocol == 132 || protocol == 136;
}

static const struct spans *
protocols_of(struct gather *g, const struct service *s)
{
	static const struct span ports[] = { { 6, 6 }, { 17, 17 }, { 33, 33 },
		{ 132, 132 }, { 136, 136 } };

	static const struct span icmp[] = { { 1, 1 }, { 58, 58 } };

	/* Who may send ICMP may send what the other version calls so: a rule
	 * for "icmp, ipv6-icmp" is no more than it looks. */
	if (s->protocol == (g->family == 6 ? 58 : 1))
		return spans_make(g->p, icmp, 2);
	if (s->protocol != PROTOCOL_ANY)
		return spans_one(g->p, s->protocol, s->protocol);
	return s->port_count ? spans_make(g->p, ports, 5) : NULL;
}

/* Ports of all services of one protocol; NULL: every one. */
static const struct spans *
ports_of(struct gather *g, const struct services *all, uint16_t protocol)
{
	struct span *items = NULL;
	const struct spans *out = NULL;
	size_t n = 0, capacity = 0;
	bool any = false;

	for (size_t i = 0; i < all->count; i++) {
		const struct service *s = &all->items[i];

		if (s->protocol != protocol)
			continue;
		any |= s->port_count == 0 ||
		    (protocol != PROTOCOL_ANY && !has_ports(protocol));
		for (size_t j = 0; j < s->port_count; j++) {
			items = mem_grow(items, &capacity, n, sizeof(*items));
			items[n++] = (struct span){ s->ports[j].first,
				s->ports[j].last };
		}
	}
	if (!any)
		out = spans_make(g->p, items, n);
	free(items);
	return out;
}

static bool
named_before(const struct services *all, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (all->items[i].protocol == all->items[at].protocol &&
		    !all->items[i].port_count == !all->items[at].port_count)
			return true;
	return false;
}

static void
add(struct gather *g, const struct box *box, const struct conduit *conduit,
    const struct exception *exception)
{
	g->items = mem_grow(g->items, &g->capacity, g->count,
	    sizeof(*g->items));
	g->items[g->count++] = (struct declared){ *box, conduit, exception,
		g->lapse };
}

/* One box a protocol of the services (none: any), within base; for each that
 * is not empty each is called. */
static void
with_services(struct gather *g, const struct box *base,
    const struct services *services, const struct services *within,
    const struct conduit *conduit, const struct exception *exception)
{
	if (!services || !services->count) {
		if (within)
			with_services(g, base, within, NULL, conduit,
			    exception);
		else
			add(g, base, conduit, exception);
		return;
	}
	for (size_t i = 0; i < services->count; i++) {
		const struct service *s = &services->items[i];
		struct box narrow = { { NULL } }, box;

		if (named_before(services, i))
			continue;
		narrow.dims[DIM_PROTOCOL] = protocols_of(g, s);
		narrow.dims[DIM_DPORT] = ports_of(g, services, s->protocol);
		if (s->protocol == PROTOCOL_ANY && !s->port_count)
			narrow.dims[DIM_DPORT] = NULL;
		if (!box_intersect(g->p, base, &narrow, &box))
			continue;
		if (within)
			with_services(g, &box, within, NULL, conduit,
			    exception);
		else
			add(g, &box, conduit, exception);
	}
}

/* ---- whether a conduit counts */

static bool
in_time(const struct gather *g, const struct conduit *k)
{
	const struct day at = g->a->at;
	int64_t late;

	if (k->starts.year && day_compare(at, k->starts) < 0)
		return false;
	if (!k->expires.year)
		return true;
	late = day_between(k->expires, at);
	return late <= 0 ||
	    (k->renewal && k->renewal_number && late <= RENEWAL_DAYS);
}

/* One for emergencies only is there while one that names it is on. */
static bool
emergency_admits(const struct gather *g, const struct conduit *k)
{
	const int32_t offset = g->a->m->utc_offset_s;
	const int64_t begin = day_begin(g->a->at, offset).us;
	const int64_t end = day_begin(day_add(g->a->at, 1), offset).us;

	if (!k->emergency_only)
		return true;
	for (size_t i = 0; i < k->emergency_count; i++) {
		const struct emergency *e = k->emergencies[i];

		if (!e->is_plan && e->since.us < end && e->until.us > begin)
			return true;
	}
	return false;
}

static bool
approved(const struct conduit *k)
{
	const struct approval *x = &k->approved;

	return !k->observed ||
	    (x->given && x->by_count && x->number && x->on.year);
}

static bool
at_this_boundary(const struct gather *g, const struct conduit *k)
{
	bool here = k->via.boundary_count == 0;

	for (size_t i = 0; i < k->via.boundary_count; i++)
		here |= k->via.boundaries[i] == g->a->boundary;
	return here;
}

static bool
usable(const struct gather *g, const struct conduit *k)
{
	return emergency_admits(g, k) && approved(k) && at_this_boundary(g, k);
}

/* Clean sides of sanitisers in the zone that opens. */
static const struct spans *
clean_side(struct gather *g)
{
	const struct model *m = g->a->m;
	const struct spans *out = &spans_nothing;

	for (size_t i = 0; i < m->sanitiser_count; i++)
		for (size_t j = 0; j < m->sanitisers[i].clean_count; j++)
			if (m->sanitisers[i].clean[j].zone == g->from)
				out = spans_union(g->p, out,
				    end_addresses(g,
					&m->sanitisers[i].clean[j]));
	return out;
}

/* Sources that may use the conduit in a cell of this kind. */
static const struct spans *
entitled_by(struct gather *g, const struct conduit *k, enum cell_kind kind)
{
	bool whole = false;

	switch (kind) {
	case CELL_DENY:
		break;
	case CELL_PERMIT:
		whole = true;
		break;
	case CELL_SPECIAL:
		whole = k->special;
		break;
	case CELL_SCREEN:
		whole = k->special || k->transfers == TRANSFERS_SCREEN;
		break;
	case CELL_LIST:
		whole = k->to.list && k->server_name_count && k->via.link_count;
		break;
	case CELL_SANITISE:
		return k->special ? NULL : clean_side(g);
	}
	return whole ? NULL : &spans_nothing;
}

static const struct spans *
entitled(struct gather *g, const struct conduit *k)
{
	const struct spans *out;

	if (!g->cell)
		return NULL;
	out = entitled_by(g, k, g->cell->kind);
	for (int kind = CELL_PERMIT; kind <= CELL_LIST; kind++)
		if (g->cell->also & 1u << kind)
			out = spans_union(g->p, out,
			    entitled_by(g, k, (enum cell_kind)kind));
	return out;
}

/* ---- boxes */

/* The ends of a conduit or exception (NULL: the whole zone) as a box; false
 * when there is nothing of this family. */
static bool
ends_box(struct gather *g, const struct endpoint *from,
    const struct endpoint *to, struct box *out)
{
	memset(out, 0, sizeof(*out));
	out->dims[DIM_FAMILY] = spans_one(g->p, (packet_value)g->family,
	    (packet_value)g->family);
	out->dims[DIM_SADDR] = from ? end_addresses(g, from) :
				      space_addresses(g->a, g->from, g->family);
	out->dims[DIM_DADDR] = to ? end_addresses(g, to) :
				    space_addresses(g->a, g->to, g->family);
	return out->dims[DIM_SADDR]->count && out->dims[DIM_DADDR]->count;
}

static bool
conduit_box(struct gather *g, const struct join *j, struct box *out)
{
	const struct conduit *k = &g->a->m->conduits[j->conduit];

	return j->backward ? ends_box(g, &k->to, &k->from, out) :
			     ends_box(g, &k->from, &k->to, out);
}

static void
add_conduits(struct gather *g)
{
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->joins[i];
		const struct conduit *k = &g->a->m->conduits[j->conduit];
		struct box box, may = { { NULL } };

		if ((j->backward && k->direction != CONDUIT_BOTH) ||
		    !usable(g, k) || !in_time(g, k) || !conduit_box(g, j, &box))
			continue;
		may.dims[DIM_SADDR] = entitled(g, k);
		if (box_intersect(g->p, &box, &may, &box))
			with_services(g, &box, &k->services, NULL, k, NULL);
	}
}

/* ---- conduits that do not count */

/* Of those that are not entitled only the sources that are not. */
static enum lapse
lapse_of(const struct gather *g, const struct conduit *k)
{
	if (k->starts.year && day_compare(g->a->at, k->starts) < 0)
		return LAPSE_NOT_BEGUN;
	if (!in_time(g, k))
		return LAPSE_EXPIRED;
	if (!approved(k))
		return LAPSE_UNAPPROVED;
	return emergency_admits(g, k) ? LAPSE_NOT_ENTITLED : LAPSE_EMERGENCY;
}

static void
add_lapsed(struct gather *g)
{
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->joins[i];
		const struct conduit *k = &g->a->m->conduits[j->conduit];
		const struct spans *may;
		struct box box;

		if ((j->backward && k->direction != CONDUIT_BOTH) ||
		    !at_this_boundary(g, k) || !conduit_box(g, j, &box))
			continue;
		g->lapse = lapse_of(g, k);
		may = entitled(g, k);
		if (g->lapse == LAPSE_NOT_ENTITLED) {
			if (!may)
				continue;
			box.dims[DIM_SADDR] = spans_subtract(g->p,
			    box.dims[DIM_SADDR], may,
			    dimension_most(DIM_SADDR));
			if (!box.dims[DIM_SADDR]->count)
				continue;
		}
		with_services(g, &box, &k->services, NULL, k, NULL);
	}
	g->lapse = LAPSE_NONE;
}

/* ---- exceptions */

static bool
names_ports(const struct services *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const uint16_t protocol = s->items[i].protocol;

		if (protocol == PROTOCOL_ANY ||
		    (has_ports(protocol) && !s->items[i].port_count))
			return false;
	}
	return s->count > 0;
}

static bool
names_hosts(const struct endpoint *e)
{
	return e->hosts.count && !e->networks.count;
}

/* The ends it names as a box within the two zones; those it does not name are
 * as wide as they. */
static bool
exception_box(struct gather *g, const struct exception *e, struct box *out)
{
	if ((e->has_from && e->from.zone != g->from) ||
	    (e->has_to && e->to.zone != g->to))
		return false;
	return ends_box(g, e->has_from ? &e->from : NULL,
	    e->has_to ? &e->to : NULL, out);
}

static void
excuse_forbidden(struct gather *g, const struct exception *e)
{
	struct box box;

	if (e->conduit || !e->has_from || !e->has_to ||
	    !names_hosts(&e->from) || !names_hosts(&e->to) ||
	    !names_ports(&e->services) || !exception_box(g, e, &box))
		return;
	with_services(g, &box, &e->services, NULL, NULL, e);
}

/* What of a conduit is excused: another service, the other direction, after
 * its last day, or without being entitled. */
static void
excuse_conduit(struct gather *g, const struct exception *e, enum check check,
    const struct box *within)
{
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->joins[i];
		const struct conduit *k = &g->a->m->conduits[j->conduit];
		const bool reversed = j->backward &&
		    k->direction != CONDUIT_BOTH;
		struct box box;

		if ((e->conduit && e->conduit != k) ||
		    reversed != (check == CHECK_SEG_5) || !usable(g, k) ||
		    (check == CHECK_SEG_3 && !in_time(g, k)) ||
		    !conduit_box(g, j, &box) ||
		    !box_intersect(g->p, &box, within, &box))
			continue;
		if (check == CHECK_SEG_3)
			with_services(g, &box, &e->services, NULL, k, e);
		else
			with_services(g, &box, &k->services, &e->services, k,
			    e);
	}
}

static void
excuse(struct gather *g, const struct exception *e)
{
	const enum check check = checks_find(e->check);
	struct box box;

	switch (check) {
	case CHECK_SEG_2:
	case CHECK_SEG_16:
	case CHECK_FWR_1:
		if (!exception_box(g, e, &box))
			return;
		if (e->conduit)
			excuse_conduit(g, e, check, &box);
		else
			with_services(g, &box, &e->services, NULL, NULL, e);
		return;
	case CHECK_SEG_3:
	case CHECK_SEG_5:
	case CHECK_SEG_8:
		if (exception_box(g, e, &box))
			excuse_conduit(g, e, check, &box);
		return;
	default:
		return;
	}
}

static void
add_exceptions(struct gather *g)
{
	const struct model *m = g->a->m;
	const bool forbidden = g->cell && g->cell->kind == CELL_DENY;

	for (size_t i = 0; i < m->exception_count; i++) {
		const struct exception *e = &m->exceptions[i];

		if (e->expires.year && day_compare(g->a->at, e->expires) > 0)
			continue;
		if (!forbidden)
			excuse(g, e);
		else if (checks_find(e->check) == CHECK_SEG_1)
			excuse_forbidden(g, e);
	}
}

/* Hands over what was gathered, in g's pool. */
static size_t
hand_over(struct gather *g, const struct declared **out)
{
	struct declared *kept = pool_take(g->p, (g->count + 1) * sizeof(*kept));

	if (g->count)
		memcpy(kept, g->items, g->count * sizeof(*kept));
	free(g->items);
	*out = kept;
	return g->count;
}

size_t
space_lapsed(struct audit *a, const struct zone *from, const struct zone *to,
    int family, struct pool *p, const struct declared **out)
{
	struct gather g = { .a = a,
		.from = from,
		.to = to,
		.cell = space_cell(a, from, to),
		.family = family,
		.p = p };

	find_joins(&g);
	if (!g.cell || g.cell->kind != CELL_DENY)
		add_lapsed(&g);
	return hand_over(&g, out);
}

size_t
space_declared(struct audit *a, const struct zone *from, const struct zone *to,
    int family, struct pool *p, const struct declared **out)
{
	struct gather g = { .a = a,
		.from = from,
		.to = to,
		.cell = space_cell(a, from, to),
		.family = family,
		.p = p };

	find_joins(&g);
	if (!g.cell || g.cell->kind != CELL_DENY)
		add_conduits(&g);
	add_exceptions(&g);
	return hand_over(&g, out);
}
