/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Declared conduits against the guideline: TOP-2, a conduit where the cell of
 * its two tiers admits none or none of its kind, and TOP-8, a way for mail or
 * files into the LGWAN tier that passes no sanitiser, pushed or fetched, also
 * in two steps over a host between. Both directions of a two-way conduit
 * count.
 */
#include "model_check_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "application.h"
#include "base/mem.h"

/* One direction of a conduit. */
struct way {
	const struct conduit *conduit;
	const struct endpoint *from, *to;
};

static size_t
ways_of(const struct conduit *c, struct way out[2])
{
	out[0] = (struct way){ c, &c->from, &c->to };
	out[1] = (struct way){ c, &c->to, &c->from };
	return c->direction == CONDUIT_BOTH ? 2 : 1;
}

/* ---- TOP-2 */

/* The cell of a way, or NULL where no guideline speaks: one zone, or the
 * firewall's own addresses. */
static const struct cell *
cell_of(const struct model *m, const struct zone *from, const struct zone *to)
{
	if (from == to || from->tier >= TIER_COUNT || to->tier >= TIER_COUNT)
		return NULL;
	return &m->guideline->cells[from->tier][to->tier];
}

/* A relay has no field for a basis; its approval stands for it. */
static bool
is_registered(const struct conduit *c)
{
	if (!c->special)
		return false;
	return c->from_relay || (c->basis != NULL && c->basis[0] != '\0');
}

static bool
admits(const struct model *m, const struct way *w, enum cell_kind kind)
{
	const struct conduit *c = w->conduit;

	switch (kind) {
	case CELL_DENY:
		return false;
	case CELL_PERMIT:
		return true;
	case CELL_SPECIAL:
		return is_registered(c);
	case CELL_SCREEN:
		return c->transfers == TRANSFERS_SCREEN || is_registered(c);
	case CELL_SANITISE:
		return end_is_clean(m, w->from) || is_registered(c);
	case CELL_LIST:
		return w->to->list != NULL && c->server_name_count &&
		    c->via.link_count;
	}
	return false;
}

/* What the cell asks for and the conduit lacks. */
static enum word
demand_of(const struct conduit *c, const struct cell *cell)
{
	static const enum word demands[CELL_KIND_COUNT] = {
		[CELL_DENY] = W_CHECK_CELL_DENY,
		[CELL_PERMIT] = W_CHECK_CELL_DENY,
		[CELL_SPECIAL] = W_CHECK_CELL_SPECIAL,
		[CELL_SANITISE] = W_CHECK_CELL_SANITISE,
		[CELL_SCREEN] = W_CHECK_CELL_SCREEN,
		[CELL_LIST] = W_CHECK_CELL_LIST,
	};

	if (cell->kind == CELL_SPECIAL && c->special)
		return W_CHECK_CELL_BASIS;
	return demands[cell->kind];
}

/* "mic-2025-03.json:41, 対策基準 3(1)①": where the reader finds the cell. */
static void
describe_clause(const struct cell *cell, enum lang lang, struct text *out)
{
	text_printf(out, "%s:%u", cell->place.file, cell->place.line);
	if (cell->article[0] != '\0')
		text_printf(out, lang == LANG_JA ? "、%s" : ", %s",
		    cell->article);
}

static void
check_way(const struct check_run *run, const struct way *w)
{
	const struct cell *cell = cell_of(run->m, w->from->zone, w->to->zone);
	struct text clause = { 0 };

	if (cell == NULL || admits(run->m, w, cell->kind))
		return;
	for (int kind = CELL_PERMIT; kind < CELL_KIND_COUNT; kind++)
		if (cell->also & 1u << kind &&
		    admits(run->m, w, (enum cell_kind)kind))
			return;
	describe_clause(cell, run->d->lang, &clause);
	words_diag(run->d, w->conduit->place, DIAG_WARNING, CHECK_TOP_2,
	    demand_of(w->conduit, cell), 4, w->conduit->id, w->from->zone->id,
	    w->to->zone->id, text_str(&clause));
	text_free(&clause);
}

/* An exception may let traffic through a DENY cell; it mends nothing. */
static void
check_excepted_cell(const struct check_run *run, const struct exception *e)
{
	const struct cell *cell;
	struct text clause = { 0 };

	if (!e->has_from || !e->has_to || strcmp(e->check, "SEG-1") != 0)
		return;
	cell = cell_of(run->m, e->from.zone, e->to.zone);
	if (cell == NULL || cell->kind != CELL_DENY)
		return;
	describe_clause(cell, run->d->lang, &clause);
	words_diag(run->d, e->place, DIAG_WARNING, CHECK_TOP_2,
	    W_CHECK_CELL_EXCEPTED, 4, e->id, e->from.zone->id, e->to.zone->id,
	    text_str(&clause));
	text_free(&clause);
}

void
check_guideline(const struct check_run *run)
{
	struct way ways[2];

	for (size_t i = 0; i < run->m->conduit_count; i++) {
		size_t count = ways_of(&run->m->conduits[i], ways);

		for (size_t j = 0; j < count; j++)
			check_way(run, &ways[j]);
	}
	for (size_t i = 0; i < run->m->exception_count; i++)
		check_excepted_cell(run, &run->m->exceptions[i]);
}

/* ---- TOP-8 */

/* Where data counts as not sanitised. */
static bool
is_untrusted(enum tier tier)
{
	return tier == TIER_INTERNET || tier == TIER_OUTSIDE ||
	    tier == TIER_SAAS || tier == TIER_SECURITY_CLOUD;
}

/* Where a host may stand that takes data in and hands it on. */
static bool
is_between(enum tier tier)
{
	return tier == TIER_RELAY || tier == TIER_DMZ ||
	    tier == TIER_SHARED_SERVICES;
}

/* SMTP only ever hands mail to the side that is called. */
static bool
brings(const char *application, unsigned traits, bool fetched)
{
	if (fetched && strncasecmp(application, "SMTP", 4) == 0)
		return false;
	return (application_traits(application) & traits) != 0;
}

/* Whether data with these traits may come over the services: unless each
 * names applications and none of them carries any. */
static bool
carries(const struct services *s, unsigned traits, bool fetched)
{
	if (s->count == 0)
		return true;
	for (size_t i = 0; i < s->count; i++) {
		const struct service *service = &s->items[i];

		if (service->application_count == 0)
			return true;
		for (size_t j = 0; j < service->application_count; j++)
			if (brings(service->applications[j], traits, fetched))
				return true;
	}
	return false;
}

static bool
carries_data(const struct services *s)
{
	return carries(s, APPLICATION_FILE | APPLICATION_MAIL | APPLICATION_WEB,
	    false);
}

static bool
can_be_fetched(const struct services *s)
{
	return carries(s, APPLICATION_FILE | APPLICATION_MAIL, true);
}

/* Addresses between that untrusted tiers may open to, by zone. */
struct landing {
	const struct zone *zone;
	struct prefix prefix;
	const struct conduit *conduit;
};

struct landings {
	struct landing *items; /* owned; sorted, none within another */
	size_t count, capacity;
};

static int
compare_landings(const void *x, const void *y)
{
	const struct landing *a = x, *b = y;
	int c;

	if (a->zone != b->zone)
		return a->zone->index < b->zone->index ? -1 : 1;
	c = addr_compare(&a->prefix.addr, &b->prefix.addr);
	return c ? c : (int)a->prefix.length - (int)b->prefix.length;
}

static void
landings_add(struct landings *l, const struct endpoint *e,
    const struct conduit *c)
{
	const struct prefix_set *set = end_addresses(e);

	for (size_t i = 0; i < set->count; i++) {
		l->items = mem_grow(l->items, &l->capacity, l->count,
		    sizeof(*l->items));
		l->items[l->count++] = (struct landing){ e->zone, set->items[i],
			c };
	}
}

/* Sorts and drops what lies within the one before: then a look-up is one
 * binary search, since prefixes nest or are apart. */
static void
landings_settle(struct landings *l)
{
	size_t kept = 0;

	if (l->count == 0)
		return;
	qsort(l->items, l->count, sizeof(*l->items), compare_landings);
	for (size_t i = 1; i < l->count; i++)
		if (l->items[i].zone != l->items[kept].zone ||
		    !prefix_covers(&l->items[kept].prefix, &l->items[i].prefix))
			l->items[++kept] = l->items[i];
	l->count = kept + 1;
}

/* A landing that overlaps p, or NULL. */
static const struct landing *
landings_find(const struct landings *l, const struct zone *zone,
    const struct prefix *p)
{
	const struct landing key = { zone, *p, NULL };
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_landings(&l->items[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low > 0 && l->items[low - 1].zone == zone &&
	    prefix_covers(&l->items[low - 1].prefix, p))
		return &l->items[low - 1];
	if (low < l->count && l->items[low].zone == zone &&
	    prefix_covers(p, &l->items[low].prefix))
		return &l->items[low];
	return NULL;
}

static void
landings_collect(const struct model *m, struct landings *l)
{
	struct way ways[2];

	for (size_t i = 0; i < m->conduit_count; i++) {
		const struct conduit *c = &m->conduits[i];
		size_t count = ways_of(c, ways);

		for (size_t j = 0; j < count; j++) {
			const struct way *w = &ways[j];

			if (is_untrusted(w->from->zone->tier) &&
			    is_between(w->to->zone->tier))
				landings_add(l, w->to, c);
			/* What the host between fetches for itself. */
			if (is_between(w->from->zone->tier) &&
			    is_untrusted(w->to->zone->tier) &&
			    c->transfers != TRANSFERS_SCREEN &&
			    can_be_fetched(&c->services))
				landings_add(l, w->from, c);
		}
	}
	landings_settle(l);
}

/* Where the guideline lets listed services be reached it has weighed what
 * comes back. */
static bool
is_listed(const struct model *m, const struct way *w)
{
	const struct cell *cell = cell_of(m, w->from->zone, w->to->zone);

	return cell != NULL &&
	    (cell->kind == CELL_LIST || cell->also & 1u << CELL_LIST) &&
	    admits(m, w, CELL_LIST);
}

/* Straight into the LGWAN tier. */
static void
check_direct(const struct check_run *run, const struct way *w)
{
	const struct conduit *c = w->conduit;

	if (w->to->zone->tier != TIER_LGWAN ||
	    !is_untrusted(w->from->zone->tier) ||
	    c->transfers == TRANSFERS_SCREEN || !carries_data(&c->services) ||
	    end_is_clean(run->m, w->from))
		return;
	words_diag(run->d, c->place, DIAG_WARNING, CHECK_TOP_8,
	    W_CHECK_IMPORT_DIRECT, 3, c->id, w->from->zone->id,
	    w->to->zone->id);
}

/* Fetched from the LGWAN tier. Browsing is held against its cell by TOP-2;
 * shares and mailboxes bring files in, however they are registered. */
static void
check_fetched(const struct check_run *run, const struct way *w)
{
	const struct conduit *c = w->conduit;

	if (w->from->zone->tier != TIER_LGWAN ||
	    !is_untrusted(w->to->zone->tier) ||
	    c->transfers == TRANSFERS_SCREEN || !can_be_fetched(&c->services) ||
	    end_is_clean(run->m, w->to) || is_listed(run->m, w))
		return;
	words_diag(run->d, c->place, DIAG_WARNING, CHECK_TOP_8,
	    W_CHECK_IMPORT_FETCHED, 3, c->id, w->to->zone->id,
	    w->from->zone->id);
}

/* Over a host between, whichever side opens the last step: what was put
 * there from outside can be pushed or fetched. */
static void
check_over(const struct check_run *run, const struct conduit *c,
    const struct endpoint *between, const struct endpoint *inside,
    const struct landings *landings)
{
	const struct prefix_set *set = end_addresses(between);

	if (inside->zone->tier != TIER_LGWAN ||
	    !is_between(between->zone->tier) ||
	    c->transfers == TRANSFERS_SCREEN || !carries_data(&c->services) ||
	    end_is_clean(run->m, between))
		return;
	for (size_t i = 0; i < set->count; i++) {
		const struct landing *l = landings_find(landings, between->zone,
		    &set->items[i]);

		if (l == NULL)
			continue;
		words_diag(run->d, c->place, DIAG_WARNING, CHECK_TOP_8,
		    W_CHECK_IMPORT_OVER, 3, c->id, between->zone->id,
		    l->conduit->id);
		return;
	}
}

void
check_import(const struct check_run *run)
{
	struct landings landings = { 0 };
	struct way ways[2];

	landings_collect(run->m, &landings);
	for (size_t i = 0; i < run->m->conduit_count; i++) {
		const struct conduit *c = &run->m->conduits[i];
		size_t count = ways_of(c, ways);

		for (size_t j = 0; j < count; j++) {
			check_direct(run, &ways[j]);
			check_fetched(run, &ways[j]);
		}
		check_over(run, c, &c->from, &c->to, &landings);
		check_over(run, c, &c->to, &c->from, &landings);
	}
	free(landings.items);
}
