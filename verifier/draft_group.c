/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From channels to rows that a person approves: as few as can be read, and
 * none that opens more than was used. Of one responder the initiators of a
 * service become one row; services with the same initiators share it, and so
 * do responders that are used alike. Whoever was seen once and alone, or
 * looks odd, goes to a row of its own that is not written as a conduit.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "draft.h"

#define DYNAMIC_FIRST 49152 /* of RPC, as its mapper on 135 hands them out */
#define MAPPER 135

/* Who opened one service of one responder. */
struct opener {
	struct addr host;
	uint64_t count, bytes[2];
	int64_t first_us, last_us;
	bool regular, night;
	unsigned doubts;
};

/* One service of one responder, and those who may use it. */
struct part {
	struct draft_service service;
	struct draft_row totals; /* counts, times and names alone */
	struct addr *hosts;	 /* owned */
	size_t host_count;
	bool asked; /* of a proxy: whoever may ask may ask either way */
};

struct grouping {
	struct draft_seen *s;
	struct draft_rows *rows;
};

/* ---- order */

/* What may carry many names, and speaks for them: TLS of Teams is TLS. */
static bool
is_carrier(const char *label)
{
	static const char *const carriers[] = { "TLS", "HTTP", "QUIC", "DTLS",
		"DNS" };

	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++)
		if (strcmp(label, carriers[i]) == 0)
			return true;
	return false;
}

static int
compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
by_responder(const struct draft_channel *a, const struct draft_channel *b)
{
	int order = compare(a->from_zone->index, b->from_zone->index);

	if (order == 0)
		order = compare(a->to_zone->index, b->to_zone->index);
	if (order == 0 && (a->list != NULL || b->list != NULL))
		/* A list is one responder, however many addresses it has. */
		return (a->list > b->list) - (a->list < b->list);
	return order ? order : addr_compare(&a->to, &b->to);
}

static uint16_t
port_of(const struct draft_channel *c)
{
	return c->dynamic ? DYNAMIC_FIRST : c->port;
}

static int
by_place(const void *left, const void *right)
{
	const struct draft_channel *a = *(struct draft_channel *const *)left;
	const struct draft_channel *b = *(struct draft_channel *const *)right;
	int order = by_responder(a, b);

	if (order == 0)
		order = compare(a->protocol, b->protocol);
	if (order == 0)
		order = compare(port_of(a), port_of(b));
	if (order == 0)
		order = compare(a->label, b->label);
	if (order == 0)
		order = addr_compare(&a->from, &b->from);
	if (order == 0)
		order = compare(a->application, b->application);
	if (order == 0)
		order = compare(a->port, b->port);
	return order ? order : addr_compare(&a->to, &b->to);
}

static struct draft_service
service_of(const struct draft_channel *c)
{
	return (struct draft_service){ .protocol = c->protocol,
		.first = port_of(c),
		.last = c->dynamic ? UINT16_MAX : c->port,
		.application = c->label };
}

static bool
same_service(const struct draft_service *a, const struct draft_service *b)
{
	return a->protocol == b->protocol && a->first == b->first &&
	    a->last == b->last && a->application == b->application;
}

static int
by_service(const void *left, const void *right)
{
	const struct draft_service *a = left, *b = right;
	int order = compare(a->protocol, b->protocol);

	if (order == 0)
		order = compare(a->first, b->first);
	if (order == 0)
		order = compare(a->last, b->last);
	return order ? order : compare(a->application, b->application);
}

/* ---- rows */

void
draft_rows_fini(struct draft_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		draft_ends_fini(&rows->items[i].from);
		free(rows->items[i].to);
		free(rows->items[i].services);
		free(rows->items[i].names);
	}
	free(rows->items);
	memset(rows, 0, sizeof(*rows));
}

static void
add_name(struct draft_row *r, uint16_t name)
{
	for (size_t i = 0; i < r->name_count; i++)
		if (r->names[i] == name)
			return;
	r->names = mem_reallocarray(r->names, r->name_count + 1,
	    sizeof(*r->names));
	r->names[r->name_count++] = name;
}

static void
add_service(struct draft_row *r, const struct draft_service *s)
{
	for (size_t i = 0; i < r->service_count; i++)
		if (same_service(&r->services[i], s))
			return;
	r->services = mem_reallocarray(r->services, r->service_count + 1,
	    sizeof(*r->services));
	r->services[r->service_count++] = *s;
	qsort(r->services, r->service_count, sizeof(*r->services), by_service);
}

static void
add_to(struct draft_row *r, const struct addr *a)
{
	for (size_t i = 0; i < r->to_count; i++)
		if (addr_equal(&r->to[i], a))
			return;
	r->to = mem_reallocarray(r->to, r->to_count + 1, sizeof(*r->to));
	r->to[r->to_count++] = *a;
}

static void
add_totals(struct draft_row *r, const struct draft_row *t)
{
	if (r->count == 0 || t->first_us < r->first_us)
		r->first_us = t->first_us;
	if (r->count == 0 || t->last_us > r->last_us)
		r->last_us = t->last_us;
	r->count += t->count;
	r->by_day |= t->by_day;
	r->bytes[0] += t->bytes[0];
	r->bytes[1] += t->bytes[1];
	for (size_t i = 0; i < t->name_count; i++)
		add_name(r, t->names[i]);
}

static void
add_opener(struct draft_row *r, const struct opener *o)
{
	const struct draft_row one = { .count = o->count,
		.bytes = { o->bytes[0], o->bytes[1] },
		.first_us = o->first_us,
		.last_us = o->last_us };

	add_totals(r, &one);
	r->by_day |= !o->night;
}

static struct draft_row *
new_row(struct grouping *g, const struct draft_channel *like)
{
	struct draft_rows *rows = g->rows;
	const struct cell *cell = draft_cell(g->s->m, like->from_zone,
	    like->to_zone);
	struct draft_row *r;

	rows->items = mem_grow(rows->items, &rows->room, rows->count,
	    sizeof(*rows->items));
	r = &rows->items[rows->count++];
	memset(r, 0, sizeof(*r));
	r->from_zone = like->from_zone;
	r->to_zone = like->to_zone;
	if (cell != NULL) {
		r->special = cell->kind == CELL_SPECIAL;
		r->screen = cell->kind == CELL_SCREEN;
	}
	r->list = like->list;
	if (r->list == NULL && like->to.family != 0)
		add_to(r, &like->to);
	return r;
}

/* ---- one service of one responder */

static struct opener *
openers_of(const struct grouping *g, struct draft_channel **all, size_t n,
    size_t *count)
{
	struct opener *out = mem_calloc(n + 1, sizeof(*out));

	*count = 0;
	for (size_t i = 0; i < n; i++) {
		const struct draft_channel *c = all[i];
		struct opener *o = *count > 0 ? &out[*count - 1] : NULL;

		if (o == NULL || !addr_equal(&o->host, &c->from)) {
			o = &out[(*count)++];
			o->host = c->from;
			o->first_us = c->first_us;
			o->last_us = c->last_us;
			o->night = true;
		}
		o->count += c->count;
		o->bytes[0] += c->bytes[0];
		o->bytes[1] += c->bytes[1];
		if (c->first_us < o->first_us)
			o->first_us = c->first_us;
		if (c->last_us > o->last_us)
			o->last_us = c->last_us;
		o->regular |= draft_is_regular(g->s, c) ||
		    draft_web_is_daily_report(g->s, c);
		o->night &= c->night_only;
		o->doubts |= draft_doubts(g->s, c);
	}
	return out;
}

/* Several hosts of one network that do the same are no single event; one that
 * does it once, and stands in no network of theirs, is. */
static void
doubt_single(const struct grouping *g, const struct draft_channel *like,
    struct opener *all, size_t n)
{
	struct addr *hosts = mem_calloc(n + 1, sizeof(*hosts));
	struct draft_ends nets;
	size_t sound = 0;

	for (size_t i = 0; i < n; i++)
		if (all[i].doubts == 0)
			hosts[sound++] = all[i].host;
	draft_cover_networks(g->s->m, like->from_zone, hosts, sound, &nets);
	for (size_t i = 0; i < n; i++) {
		if (all[i].doubts != 0 || all[i].regular ||
		    draft_ends_hold(&nets, &all[i].host))
			continue;
		all[i].doubts = DOUBT_ONCE | (all[i].night ? DOUBT_NIGHT : 0);
	}
	draft_ends_fini(&nets);
	free(hosts);
}

/* Server names: of what is outside an address says little. */
static void
take_names(struct draft_row *r, struct draft_channel **all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i]->to_zone->tier != TIER_OUTSIDE &&
		    all[i]->to_zone->tier != TIER_SAAS)
			return;
		for (size_t k = 0; k < all[i]->name_count; k++)
			add_name(r, all[i]->names[k]);
	}
}

/* The least set of doubts above this one, or 0. */
static unsigned
next_mask(const struct opener *openers, size_t count, unsigned above)
{
	unsigned least = 0;

	for (size_t i = 0; i < count; i++)
		if (openers[i].doubts > above &&
		    (least == 0 || openers[i].doubts < least))
			least = openers[i].doubts;
	return least;
}

/* A row for each set of doubts among the openers. */
static void
add_doubtful(struct grouping *g, struct draft_channel **all, size_t n,
    const struct opener *openers, size_t count)
{
	struct addr *hosts = mem_calloc(count + 1, sizeof(*hosts));
	const struct draft_service service = service_of(all[0]);

	for (unsigned mask = next_mask(openers, count, 0); mask != 0;
	     mask = next_mask(openers, count, mask)) {
		struct draft_row *r = NULL;
		size_t k = 0;

		for (size_t i = 0; i < count; i++) {
			if (openers[i].doubts != mask)
				continue;
			if (r == NULL)
				r = new_row(g, all[0]);
			add_opener(r, &openers[i]);
			hosts[k++] = openers[i].host;
		}
		if (r == NULL)
			continue;
		r->doubts = mask;
		r->initiators = k;
		add_service(r, &service);
		draft_cover(g->s->m, r->from_zone, hosts, k, &r->from);
		take_names(r, all, n);
	}
	free(hosts);
}

/* What may be proposed of a run of channels with one service. */
static void
part_of(struct grouping *g, struct draft_channel **all, size_t n,
    struct part *out)
{
	struct opener *openers;
	size_t count;
	unsigned every = 0;

	memset(out, 0, sizeof(*out));
	out->service = service_of(all[0]);
	out->asked = all[0]->asked != 0;
	openers = openers_of(g, all, n, &count);
	doubt_single(g, all[0], openers, count);
	out->hosts = mem_calloc(count + 1, sizeof(*out->hosts));
	for (size_t i = 0; i < count; i++) {
		every |= openers[i].doubts;
		if (openers[i].doubts != 0)
			continue;
		add_opener(&out->totals, &openers[i]);
		out->hosts[out->host_count++] = openers[i].host;
	}
	if (out->host_count > 0)
		take_names(&out->totals, all, n);
	if (every != 0)
		add_doubtful(g, all, n, openers, count);
	free(openers);
}

/* ---- the services of one responder */

static int
by_addr(const void *left, const void *right)
{
	return addr_compare(left, right);
}

static bool
is_common(const struct part *p)
{
	return p->asked || p->host_count > DRAFT_HOSTS_FEW;
}

/* All who use any of the parts that many use. */
static struct addr *
union_of(const struct part *parts, size_t n, size_t *count)
{
	struct addr *out;
	size_t all = 0, kept = 0;

	for (size_t i = 0; i < n; i++)
		all += parts[i].host_count;
	out = mem_calloc(all + 1, sizeof(*out));
	all = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0;
		     is_common(&parts[i]) && k < parts[i].host_count; k++)
			out[all++] = parts[i].hosts[k];
	qsort(out, all, sizeof(*out), by_addr);
	for (size_t i = 0; i < all; i++)
		if (kept == 0 || !addr_equal(&out[kept - 1], &out[i]))
			out[kept++] = out[i];
	*count = kept;
	return out;
}

/* Into a row with the same ends, or a new one. */
static void
place(struct grouping *g, size_t first, const struct draft_channel *like,
    struct part *p, struct draft_ends *ends)
{
	struct draft_row *r = NULL;

	for (size_t i = first; i < g->rows->count && r == NULL; i++)
		if (g->rows->items[i].doubts == p->totals.doubts &&
		    draft_ends_equal(&g->rows->items[i].from, ends))
			r = &g->rows->items[i];
	if (r == NULL) {
		r = new_row(g, like);
		r->from = *ends;
		memset(ends, 0, sizeof(*ends));
		r->doubts = p->totals.doubts;
	}
	add_totals(r, &p->totals);
	add_service(r, &p->service);
	if (p->host_count > r->initiators)
		r->initiators = p->host_count;
	draft_ends_fini(ends);
}

/* Where most of those who use a responder use this service too, its ends are
 * theirs, so that one row tells of both. */
static void
place_all(struct grouping *g, const struct draft_channel *like,
    struct part *parts, size_t n)
{
	const size_t first = g->rows->count;
	struct addr *every;
	size_t count;

	every = union_of(parts, n, &count);
	for (size_t i = 0; i < n; i++) {
		const bool most = parts[i].asked ||
		    (is_common(&parts[i]) && 2 * parts[i].host_count >= count);
		struct draft_ends ends;

		if (parts[i].host_count == 0)
			continue;
		draft_cover(g->s->m, like->from_zone,
		    most ? every : parts[i].hosts,
		    most ? count : parts[i].host_count, &ends);
		place(g, first, like, &parts[i], &ends);
	}
	free(every);
}

/* Where its mapper was used, RPC on a high port is what the mapper gave. */
static void
find_dynamic(const struct draft_seen *s, struct draft_channel **all, size_t n)
{
	bool mapper = false;

	for (size_t i = 0; i < n; i++)
		mapper |= all[i]->protocol == 6 && all[i]->port == MAPPER;
	if (!mapper)
		return;
	for (size_t i = 0; i < n; i++)
		all[i]->dynamic = all[i]->protocol == 6 &&
		    all[i]->port >= DYNAMIC_FIRST &&
		    draft_labels(s, all[i], "RPC");
	qsort(all, n, sizeof(*all), by_place);
}

static void
group_responder(struct grouping *g, struct draft_channel **all, size_t n)
{
	struct part *parts = mem_calloc(n + 1, sizeof(*parts));
	size_t count = 0, end;

	find_dynamic(g->s, all, n);
	for (size_t i = 0; i < n; i = end) {
		const struct draft_service one = service_of(all[i]);
		struct draft_service other;

		for (end = i + 1; end < n; end++) {
			other = service_of(all[end]);
			if (!same_service(&one, &other))
				break;
		}
		part_of(g, all + i, end - i, &parts[count++]);
	}
	place_all(g, all[0], parts, count);
	for (size_t i = 0; i < count; i++) {
		free(parts[i].hosts);
		free(parts[i].totals.names);
	}
	free(parts);
}

/* ---- responders that are used alike */

int
draft_row_compare_services(const struct draft_row *a, const struct draft_row *b)
{
	int order = compare(a->service_count, b->service_count);

	for (size_t i = 0; order == 0 && i < a->service_count; i++)
		order = by_service(&a->services[i], &b->services[i]);
	return order;
}

static int
compare_ends(const struct draft_ends *a, const struct draft_ends *b)
{
	int order = compare(a->host_count, b->host_count);

	if (order == 0)
		order = compare(a->network_count, b->network_count);
	for (size_t i = 0; order == 0 && i < a->host_count; i++)
		order = addr_compare(&a->hosts[i], &b->hosts[i]);
	for (size_t i = 0; order == 0 && i < a->network_count; i++) {
		order = addr_compare(&a->networks[i].addr,
		    &b->networks[i].addr);
		if (order == 0)
			order = compare(a->networks[i].length,
			    b->networks[i].length);
	}
	return order;
}

/* Rows that differ at most in the responder stand together. */
static int
by_use(const void *left, const void *right)
{
	const struct draft_row *a = left, *b = right;
	int order = compare(a->from_zone->index, b->from_zone->index);

	if (order == 0)
		order = compare(a->to_zone->index, b->to_zone->index);
	if (order == 0)
		order = compare(a->doubts, b->doubts);
	if (order == 0)
		order = compare(a->list != NULL, b->list != NULL);
	if (order == 0)
		order = draft_row_compare_services(a, b);
	return order ? order : compare_ends(&a->from, &b->from);
}

static int
by_use_then_responder(const void *left, const void *right)
{
	const struct draft_row *a = left, *b = right;
	const int order = by_use(left, right);

	if (order != 0 || a->to_count == 0 || b->to_count == 0)
		return order;
	return addr_compare(&a->to[0], &b->to[0]);
}

static bool
same_names(const struct draft_row *a, const struct draft_row *b)
{
	return a->name_count == b->name_count &&
	    (a->name_count == 0 ||
		memcmp(a->names, b->names, a->name_count * sizeof(*a->names)) ==
		    0);
}

static void
free_row(struct draft_row *r)
{
	draft_ends_fini(&r->from);
	free(r->to);
	free(r->services);
	free(r->names);
}

void
draft_row_take(struct draft_row *r, struct draft_row *o)
{
	add_totals(r, o);
	for (size_t i = 0; i < o->service_count; i++)
		add_service(r, &o->services[i]);
	if (o->initiators > r->initiators)
		r->initiators = o->initiators;
	free_row(o);
}

static void
merge_responders(struct draft_rows *rows)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->count; i++) {
		struct draft_row *r = &rows->items[i];
		struct draft_row *last = kept ? &rows->items[kept - 1] : NULL;

		if (last == NULL || by_use(last, r) != 0 ||
		    !same_names(last, r) || last->list != r->list) {
			rows->items[kept++] = *r;
			continue;
		}
		add_totals(last, r);
		for (size_t k = 0; k < r->to_count; k++)
			add_to(last, &r->to[k]);
		if (r->initiators > last->initiators)
			last->initiators = r->initiators;
		free_row(r);
	}
	rows->count = kept;
}

/* ---- behind a proxy */

/* Of what may be proposed to a proxy: one row for all that its clients ask
 * for there, and one for each set of doubts. */
static void
group_inner(struct grouping *g, struct draft_channel **all, size_t n)
{
	const size_t first = g->rows->count;
	unsigned asked = 0;

	for (size_t i = 0; i < n; i++)
		asked |= all[i]->asked;
	group_responder(g, all, n);
	for (size_t i = first; i < g->rows->count; i++)
		draft_web_services(g->s, asked, &g->rows->items[i]);
}

static void
group_asked(struct grouping *g)
{
	struct draft_seen *s = g->s;
	struct draft_channel *inner, **all;
	size_t n = 0, count = 0, end;

	for (size_t i = 0; i < s->channel_count; i++)
		count += s->channels[i].asked != 0;
	inner = mem_calloc(count + 1, sizeof(*inner));
	all = mem_calloc(count + 1, sizeof(struct draft_channel *));
	for (size_t i = 0; i < s->channel_count; i++)
		if (s->channels[i].never == NEVER_NOT &&
		    draft_web_inner(s, &s->channels[i], &inner[n])) {
			all[n] = &inner[n];
			n++;
		}
	qsort(all, n, sizeof(*all), by_place);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1;
		     end < n && by_responder(all[i], all[end]) == 0;)
			end++;
		group_inner(g, all + i, end - i);
	}
	free(all);
	free(inner);
}

void
draft_group(struct draft_seen *s, struct draft_ledgers *l,
    struct draft_rows *rows)
{
	struct draft_channel **all = mem_calloc(s->channel_count + 1,
	    sizeof(struct draft_channel *));
	struct grouping g = { .s = s, .rows = rows };
	size_t n = 0, end;

	memset(rows, 0, sizeof(*rows));
	draft_web_list_names(s);
	for (size_t i = 0; i < s->channel_count; i++) {
		struct draft_channel *c = &s->channels[i];
		struct draft_declared *d;

		if (c->never != NEVER_NOT || c->hop)
			continue;
		d = draft_ledger_of(l, c);
		if (d == NULL) {
			all[n++] = c;
			continue;
		}
		if (d->count == 0 || c->first_us < d->first_us)
			d->first_us = c->first_us;
		if (d->count == 0 || c->last_us > d->last_us)
			d->last_us = c->last_us;
		d->count += c->count;
	}
	for (size_t i = 0; i < n; i++)
		all[i]->label = is_carrier(s->words[all[i]->master]) ?
		    all[i]->master :
		    all[i]->application;
	qsort(all, n, sizeof(*all), by_place);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1;
		     end < n && by_responder(all[i], all[end]) == 0;)
			end++;
		group_responder(&g, all + i, end - i);
	}
	free(all);
	if (rows->count > 0)
		qsort(rows->items, rows->count, sizeof(*rows->items),
		    by_use_then_responder);
	merge_responders(rows);
	draft_far_fold(s, rows);
	group_asked(&g);
}
