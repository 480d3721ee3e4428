/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See daily.h. Counted is what has ended, so that nothing need be taken back;
 * what was set aside is remembered until then, so that it can rise only once.
 * Rows lie in slots, found by a keyed table; the rest has a slot a kind behind
 * them. The day is that of a conversation's last packet; a row that opens late
 * waits as long as those of its day did.
 */
#include "daily.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "daily_row.h"
#include "eve.h"

#define TCP 6
#define UDP 17
#define SLOTS (DAILY_ROWS_MAX + DAILY_KIND_COUNT)

enum aside { ASIDE, ROSE }; /* what a conversation set aside became */

/* Without padding: it is hashed as bytes. */
struct key {
	uint64_t zone, boundary; /* digests of their ids; 0: none */
	int64_t day_us;		 /* its midnight */
	uint32_t check, what;	 /* bits of enum legacy, 0: background */
};

struct daily {
	const struct model *model; /* borrowed */
	uint8_t secret[16];
	struct table by_key;
	struct daily_row *slots[SLOTS]; /* owned, or NULL */
	struct key keys[DAILY_ROWS_MAX];
	size_t open;	    /* of the slots that keys have */
	int64_t due_us;	    /* the earliest row's time; INT64_MAX: none */
	struct table aside; /* flow id → enum aside */
	bool is_heir;
	struct day
	    heir_day; /* that it began in the midst of; year 0: not yet */
	uint64_t findings;
	struct daily_counters counters;
};

struct daily *
daily_new(const struct model *m, const uint8_t secret[16])
{
	struct daily *d = mem_calloc(1, sizeof(*d));

	d->model = m;
	memcpy(d->secret, secret, sizeof(d->secret));
	d->due_us = INT64_MAX;
	table_init(&d->by_key, DAILY_ROWS_MAX, sizeof(struct key), secret);
	table_init(&d->aside, DAILY_ASIDE_MAX, sizeof(uint64_t), secret);
	return d;
}

void
daily_free(struct daily *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		daily_row_free(d->slots[i]);
	table_fini(&d->by_key);
	table_fini(&d->aside);
	free(d);
}

void
daily_resume(struct daily *d)
{
	d->is_heir = true;
}

void
daily_rebase(struct daily *d, const struct model *m)
{
	d->model = m;
}

uint64_t
daily_findings(const struct daily *d)
{
	return d->findings;
}

const struct daily_counters *
daily_counters(const struct daily *d)
{
	return &d->counters;
}

/* ---- what is background */

/* A finding that says no more than that something crosses where it may not,
 * or whom it asks for a name, and that as grave as an attempt is. */
static bool
is_mere_attempt(const struct finding *f, bool deciding)
{
	switch (f->check) {
	case CHECK_SEG_1:
	case CHECK_SEG_2:
	case CHECK_SEG_13:
	case CHECK_SEG_16:
		break;
	case CHECK_SVC_4:
		if (!deciding)
			break;
		return false;
	default:
		return false;
	}
	return f->severity <= checks_row(f->check)->tried;
}

static bool
goes_outside(const struct verdict *v)
{
	const enum tier tier = v->to.kind == PLACE_ZONE ? v->to.zone->tier :
							  TIER_COUNT;

	return tier == TIER_OUTSIDE || tier == TIER_SAAS ||
	    tier == TIER_SECURITY_CLOUD;
}

/* Nothing else is wrong with it, and nothing about it in doubt. */
static bool
is_plain(const struct observation *o)
{
	const struct verdict *v = o->verdict;
	const struct conversation *c = o->conversation;

	if (!v->alerts || !goes_outside(v) ||
	    !is_mere_attempt(&v->deciding, true) ||
	    (v->kind != VERDICT_VIOLATE &&
		(v->kind != VERDICT_UNJUDGED || v->reason != REASON_ONE_WAY)))
		return false;
	for (size_t i = 0; i < v->also_count; i++)
		if (!is_mere_attempt(&v->also[i], false))
			return false;
	return (c->protocol == TCP || c->protocol == UDP) &&
	    c->initiator != INITIATOR_UNCERTAIN && !c->malformed &&
	    !c->tunnel && c->carriage == CARRIAGE_NONE && c->control == NULL;
}

/* Merely tried. Where nobody saw what became of it, it must be too little to
 * carry anything. */
static bool
is_only_tried(const struct observation *o)
{
	const struct verdict *v = o->verdict;
	const struct conversation *c = o->conversation;

	if (v->passed == PASSED_YES || c->payload[1] ||
	    (c->outcome != OUTCOME_TRIED &&
		(c->outcome != OUTCOME_REFUSED ||
		    v->refused_by != REFUSER_BOUNDARY)))
		return false;
	if (v->passed == PASSED_NO || !c->payload[0])
		return true;
	return c->datagram && o->packets[0] <= DAILY_DATAGRAMS_MAX &&
	    o->bytes[0] <= DAILY_BYTES_MAX;
}

static bool
add_name(const char *name, struct daily_name *out)
{
	out->row = background_find(name);
	out->name = name;
	return out->row != NULL;
}

/* Every name that it goes by is on the list, and there is one. */
static bool
find_name(const struct conversation *c, struct daily_name *out)
{
	out->name = NULL;
	if (c->resolved_name != NULL && !add_name(c->resolved_name, out))
		return false;
	for (size_t i = 0; i < c->target_count; i++)
		if (!add_name(c->targets[i].name, out))
			return false;
	if (c->server_name != NULL &&
	    (c->server_name_cut || !add_name(c->server_name, out)))
		return false;
	return out->name != NULL && !c->targets_full;
}

/* Remembers what became of it. Where too many have not ended all are given up:
 * that an alert was written is known elsewhere. */
static void
set_aside(struct daily *d, uint64_t flow_id, enum aside what)
{
	if (table_remove(&d->aside, &flow_id) ||
	    table_add(&d->aside, &flow_id, what)) {
		/* It was there, and makes room for itself. */
		if (table_find(&d->aside, &flow_id) == TABLE_NONE)
			(void)table_add(&d->aside, &flow_id, what);
		return;
	}
	d->counters.forgotten += d->aside.count;
	table_fini(&d->aside);
	table_init(&d->aside, DAILY_ASIDE_MAX, sizeof(flow_id), d->secret);
	(void)table_add(&d->aside, &flow_id, what);
}

/* It was refused, and by whom may show in a moment. */
static bool
is_undecided(const struct observation *o)
{
	return o->conversation->outcome == OUTCOME_REFUSED &&
	    o->verdict->refused_by == REFUSER_UNKNOWN &&
	    o->verdict->passed != PASSED_YES;
}

/* Whether o is background now, as far as it was never more. */
static bool
is_background(struct daily *d, const struct observation *o, bool told,
    struct daily_name *name)
{
	const uint32_t before = d->aside.count > 0 ?
	    table_find(&d->aside, &o->flow_id) :
	    TABLE_NONE;

	if (before == ROSE)
		return false;
	if (!told && is_plain(o) && is_only_tried(o) &&
	    find_name(o->conversation, name)) {
		if (before == TABLE_NONE)
			set_aside(d, o->flow_id, ASIDE);
		return true;
	}
	if (before == ASIDE && !is_undecided(o)) {
		set_aside(d, o->flow_id, ROSE);
		d->counters.rose++;
	}
	return false;
}

/* ---- rows */

static uint64_t
digest_of(const struct daily *d, const char *id)
{
	return id != NULL ? table_hash(d->secret, id, strlen(id)) : 0;
}

/* The zone whose matter it is. */
static const struct zone *
zone_of(const struct verdict *v)
{
	return v->from.zone != NULL ? v->from.zone : v->to.zone;
}

static const char *
what_of(enum legacy what)
{
	switch (what) {
	case LEGACY_SMB1:
		return "SMBv1";
	case LEGACY_SNMP_COMMUNITY:
		return "SNMPv1/v2c";
	default:
		return NULL;
	}
}

static char *
copy(const char *s)
{
	return s != NULL ? mem_strdup(s) : NULL;
}

/* A row of the day on which o ended; legacy 0: background. */
static struct daily_row *
row_new(struct daily *d, enum legacy legacy, const struct observation *o)
{
	struct daily_row *r = mem_calloc(1, sizeof(*r));
	const int32_t offset = d->model->utc_offset_s;

	r->kind = legacy ? DAILY_LEGACY : DAILY_BACKGROUND;
	r->severity = legacy ? SEVERITY_LOW : SEVERITY_INFORMATION;
	r->day = clock_day(o->end, offset, NULL);
	r->due = day_begin(day_add(r->day, 1), offset);
	if (r->due.us < o->now.us)
		r->due = o->now;
	r->due.us += DAILY_LATE_US;
	if (d->is_heir && d->heir_day.year == 0)
		d->heir_day = r->day;
	r->is_part = d->is_heir && day_compare(r->day, d->heir_day) == 0;
	if (r->due.us < d->due_us)
		d->due_us = r->due.us;
	d->counters.rows++;
	d->findings += legacy != 0;
	return r;
}

/* The row for what finds none: one a kind, of the day it was opened on. */
static struct daily_row *
rest_of(struct daily *d, enum legacy legacy, const struct observation *o)
{
	struct daily_row **slot = &d->slots[DAILY_ROWS_MAX +
	    (legacy ? DAILY_LEGACY : DAILY_BACKGROUND)];

	if (*slot == NULL)
		*slot = row_new(d, legacy, o);
	d->counters.folded++;
	return *slot;
}

/* The lowest free slot; there is one. */
static size_t
free_slot(const struct daily *d)
{
	size_t i = 0;

	while (d->slots[i] != NULL)
		i++;
	return i;
}

static struct daily_row *
row_of(struct daily *d, const struct observation *o, enum check check,
    enum legacy legacy)
{
	const struct zone *zone = zone_of(o->verdict);
	const struct boundary *boundary = o->conversation->boundary;
	const int32_t offset = d->model->utc_offset_s;
	struct key key = { .check = check, .what = legacy };
	struct daily_row *r;
	uint32_t i;

	key.zone = digest_of(d, zone ? zone->id : NULL);
	key.boundary = digest_of(d, boundary ? boundary->id : NULL);
	key.day_us = day_begin(clock_day(o->end, offset, NULL), offset).us;
	i = table_find(&d->by_key, &key);
	if (i != TABLE_NONE)
		return d->slots[i];
	if (d->open == DAILY_ROWS_MAX)
		return rest_of(d, legacy, o);
	i = (uint32_t)free_slot(d);
	r = d->slots[i] = row_new(d, legacy, o);
	r->check = check;
	r->what = what_of(legacy);
	r->zone = copy(zone ? zone->id : NULL);
	r->zone_name = copy(zone ? zone->name : NULL);
	r->boundary = copy(boundary ? boundary->id : NULL);
	d->keys[i] = key;
	d->open++;
	(void)table_add(&d->by_key, &key, i);
	return r;
}

/* ---- what comes, and what is due */

static void
count_legacy(struct daily *d, const struct observation *o)
{
	const struct verdict *v = o->verdict;
	const unsigned legacy = o->conversation->legacy;
	const bool inside = v->from.zone != NULL &&
	    v->from.zone == v->to.zone && v->kind == VERDICT_OUT_OF_SCOPE;

	if (legacy == 0)
		return;
	if ((legacy & LEGACY_SMB1) && inside) {
		daily_row_add(row_of(d, o, CHECK_CRY_6, LEGACY_SMB1), o, NULL,
		    d->secret);
		d->counters.legacy++;
	}
	if (legacy & LEGACY_SNMP_COMMUNITY) {
		daily_row_add(row_of(d, o, CHECK_CRY_5, LEGACY_SNMP_COMMUNITY),
		    o, NULL, d->secret);
		d->counters.legacy++;
	}
}

bool
daily_take(struct daily *d, const struct observation *o, bool told,
    struct daily_name *out)
{
	const bool background = is_background(d, o, told, out);

	if (o->stage != OBSERVATION_FINAL)
		return background;
	if (background) {
		daily_row_add(row_of(d, o, o->verdict->deciding.check, 0), o,
		    out, d->secret);
		d->counters.background++;
	}
	if (d->aside.count > 0)
		(void)table_remove(&d->aside, &o->flow_id);
	count_legacy(d, o);
	return background;
}

/* The earliest time at which a row is due. */
static int64_t
next_due(const struct daily *d)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < SLOTS; i++)
		if (d->slots[i] != NULL && d->slots[i]->due.us < due)
			due = d->slots[i]->due.us;
	return due;
}

bool
daily_due(struct daily *d, const struct eve *e, struct wall_us now, bool finish,
    struct text *out, struct wall_us *at)
{
	size_t i = 0;

	if (d->due_us == INT64_MAX || (!finish && now.us < d->due_us))
		return false;
	while (d->slots[i] == NULL || (!finish && now.us < d->slots[i]->due.us))
		i++; /* one is due: due_us says so */
	*at = now;
	eve_daily(out, e, d->slots[i], now);
	daily_row_free(d->slots[i]);
	d->slots[i] = NULL;
	if (i < DAILY_ROWS_MAX) {
		(void)table_remove(&d->by_key, &d->keys[i]);
		d->open--;
	}
	d->due_us = next_due(d);
	return true;
}
