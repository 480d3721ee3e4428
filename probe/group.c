/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Groups lie in one array; a keyed table finds them, group_order.c says which
 * is due. A group has one deadline at a time: the end of its hold while it is
 * held, then the end of its window. What conversations have been counted is
 * remembered until they end, with the serial number of the group that counted
 * them, so an update is never a second conversation.
 */
#include "group_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct group_table *
group_new(const struct group_limits *limits, const uint8_t secret[16])
{
	struct group_table *t = mem_calloc(1, sizeof(*t));

	assert(limits->groups > 0);
	t->limits = *limits;
	memcpy(t->secret, secret, sizeof(t->secret));
	t->groups = mem_calloc(limits->groups + 1, sizeof(*t->groups));
	t->free_groups = mem_calloc(limits->groups, sizeof(uint32_t));
	t->heap = mem_calloc(limits->groups + 1, sizeof(uint32_t));
	table_init(&t->by_key, limits->groups, sizeof(struct group_key),
	    secret);
	t->seen = group_seen_new(limits->conversations, secret);
	t->oldest_low = t->newest_low = GROUP_NONE;
	return t;
}

void
group_free(struct group_table *t)
{
	if (t == NULL)
		return;
	table_fini(&t->by_key);
	free(t->groups);
	free(t->free_groups);
	free(t->heap);
	group_seen_free(t->seen);
	free(t);
}

/* ---- time */

static int64_t
later(struct wall_us t, int64_t by)
{
	return t.us > INT64_MAX - by ? INT64_MAX : t.us + by;
}

static int64_t
earlier_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
day_end(const struct group_table *t, struct wall_us now)
{
	struct day next = day_add(clock_day(now, t->limits.utc_offset_s, NULL),
	    1);
	int64_t end = day_begin(next, t->limits.utc_offset_s).us;

	/* The calendar ends with the year 9999; time may not. */
	return end > now.us ? end : later(now, t->limits.window_us);
}

/* Windows that run to the end of the day: what was only tried, and SEG-8. */
static bool
is_daily(const struct alert *a)
{
	return a->finding.severity <= SEVERITY_LOW ||
	    a->finding.check == CHECK_SEG_8;
}

/* Starts the window, and the hold while it is held, at now. */
static void
anchor(struct group_table *t, struct group *g, struct wall_us now)
{
	g->opened = now;
	g->closes = g->daily ? day_end(t, now) :
			       later(now, t->limits.window_us);
	g->deadline = g->closes;
	if (g->held)
		g->deadline = earlier_of(g->closes,
		    later(now, t->limits.hold_us));
}

/* ---- groups */

static bool
is_low(const struct alert *a)
{
	return a->finding.severity <= SEVERITY_LOW;
}

/* What is worth another group's place. */
static bool
is_grave(const struct alert *a)
{
	return a->finding.severity >= SEVERITY_HIGH;
}

/* The open group that counts a, or NULL: it needs one. */
static struct group *
find(struct group_table *t, const struct group_key *key, const struct alert *a,
    const struct group_seen_check *seen)
{
	struct group *fold = &t->groups[t->limits.groups];
	uint32_t i = table_find(&t->by_key, key);

	if (i != TABLE_NONE)
		return &t->groups[i];
	/* Counted in the folded group before: it stays there, unless it
	 * became worth a group of its own. */
	if (t->fold_open && seen->serial != 0 && fold->serial == seen->serial &&
	    (a->finding.severity <= seen->severity || !is_grave(a)))
		return fold;
	return NULL;
}

/* Counted in a window that has closed, or under another clause. */
static bool
is_old_news(const struct group *g, const struct alert *a,
    const struct group_seen_check *seen)
{
	return seen->serial != 0 && a->finding.severity <= seen->severity &&
	    (g == NULL || g->serial != seen->serial);
}

static bool
is_full(const struct group_table *t)
{
	return t->free_count == 0 && t->fresh == t->limits.groups;
}

static struct group *
take_slot(struct group_table *t, const struct group_key *key)
{
	uint32_t i;

	if (t->free_count > 0)
		i = t->free_groups[--t->free_count];
	else if (t->fresh < t->limits.groups)
		i = (uint32_t)t->fresh++;
	else
		return NULL;
	(void)table_add(&t->by_key, key, i);
	memset(&t->groups[i], 0, sizeof(t->groups[i]));
	t->groups[i].key = *key;
	return &t->groups[i];
}

static struct group *
open_fold(struct group_table *t, const struct group_key *key)
{
	struct group *g = &t->groups[t->limits.groups];

	memset(g, 0, sizeof(*g));
	memset(t->graded, 0, sizeof(t->graded));
	t->named = 0;
	g->key = *key;
	g->folded = true;
	t->fold_open = true;
	return g;
}

/* by: 1, or -1 where it is taken back. */
static void
count_finding(struct group_table *t, const struct group *g, int by)
{
	t->counters.findings += (uint64_t)by;
	if (!g->folded)
		t->counters.findings_by_check[g->alert.finding.check] +=
		    (uint64_t)by;
}

/* A new group for a, or the folded one when there is no room. */
static struct group *
open_group(struct group_table *t, const struct group_key *key,
    const struct alert *a, struct wall_us now)
{
	struct group *g = take_slot(t, key);

	if (g == NULL && t->fold_open)
		return &t->groups[t->limits.groups];
	if (g == NULL)
		g = open_fold(t, key);
	else {
		t->counters.opened++;
		t->counters.opened_by_check[a->finding.check]++;
	}
	if (++t->serial == 0) /* 0 means: not counted yet */
		t->serial = 1;
	g->serial = t->serial;
	g->alert = *a;
	g->first = a->start;
	g->last = a->end;
	g->daily = !g->folded && is_daily(a);
	/* The folded one speaks of many: none of them waits for another. */
	g->held = !g->folded && t->counters.held < t->limits.held;
	if (g->held)
		t->counters.held++;
	else if (!g->folded)
		t->counters.not_held++;
	if (!g->folded && is_low(a))
		group_order_add_low(t, g);
	if (a->finding.severity > SEVERITY_INFORMATION)
		count_finding(t, g, 1);
	t->counters.open++;
	anchor(t, g, now);
	group_name(g->id, a, now, g->folded);
	group_order_add(t, g);
	return g;
}

static void
close_group(struct group_table *t, struct group *g)
{
	group_order_remove(t, g);
	t->counters.open--;
	g->serial = 0; /* nobody is counted in it any more */
	if (g->folded) {
		t->fold_open = false;
		return;
	}
	(void)table_remove(&t->by_key, &g->key);
	t->free_groups[t->free_count++] = (uint32_t)(g - t->groups);
}

/* Whether a says more than what the group would tell now. */
static bool
says_more(const struct alert *a, const struct alert *told)
{
	if (a->finding.severity != told->finding.severity)
		return a->finding.severity > told->finding.severity;
	if (!alert_of_judged(a) || a->flow_id == told->flow_id)
		return true; /* the latest word on the same thing */
	return a->outcome > told->outcome;
}

/* Takes a into the group that counts it. */
static void
merge(struct group_table *t, struct group *g, const struct alert *a,
    struct wall_us now)
{
	const enum severity before = g->alert.finding.severity;
	const uint64_t evidence_id = g->alert.evidence_id;

	if (g->orphan || says_more(a, &g->alert)) {
		g->orphan = false;
		g->alert = *a;
		/* Packets are kept for those notices that have a line. */
		if (a->notice && a->finding.severity == before &&
		    g->written > 0)
			g->alert.evidence_id = evidence_id;
	}
	if (a->start.us < g->first.us)
		g->first = a->start;
	if (a->end.us > g->last.us)
		g->last = a->end;
	if (before <= SEVERITY_INFORMATION &&
	    g->alert.finding.severity > SEVERITY_INFORMATION)
		count_finding(t, g, 1);
	if (!is_low(&g->alert))
		group_order_remove_low(t, g);
	if (g->daily && !is_daily(&g->alert)) {
		/* What crossed is told as often as anything that crossed. */
		g->daily = false;
		g->closes = earlier_of(g->closes,
		    later(now, t->limits.window_us));
		g->deadline = earlier_of(g->deadline, g->closes);
		group_order_settle(t, g);
	}
}

/* Counts a in g, once, and under its gravest severity in the folded one. */
static void
count_in(struct group_table *t, struct group *g, const struct alert *a,
    struct group_seen_check *seen)
{
	bool counted = g->serial == seen->serial;

	if (!counted) {
		seen->named = false;
		g->count++;
		t->counters.counted++;
		t->counters.folded += g->folded;
	}
	if (!g->folded || (counted && a->finding.severity <= seen->severity))
		return;
	if (counted)
		t->graded[seen->severity]--;
	t->graded[a->finding.severity]++;
}

static enum emission
tell(struct group_table *t, struct group *g, enum emission e, int64_t when,
    struct group_line *out)
{
	/* Two may take turns in rising; each has its line counted once. */
	if (e != EMISSION_CLOSED && g->written < g->count &&
	    (g->written == 0 || g->voice != g->alert.flow_id)) {
		g->written++;
		t->counters.written++;
		g->voice = g->alert.flow_id;
	}
	g->told = g->alert.finding.severity;
	out->alert = &g->alert;
	out->id = g->id;
	out->at.us = when;
	out->first = g->first;
	out->last = g->last;
	out->count = g->count;
	out->suppressed = g->count - g->written;
	out->folded = g->folded;
	out->graded = g->folded ? t->graded : NULL;
	return e;
}

static enum emission
end_hold(struct group_table *t, struct group *g, int64_t when,
    struct group_line *out)
{
	g->held = false;
	t->counters.held--;
	g->deadline = g->closes;
	group_order_settle(t, g);
	return tell(t, g, EMISSION_NEW, when, out);
}

static enum emission
end_window(struct group_table *t, struct group *g, int64_t when,
    struct group_line *out)
{
	close_group(t, g);
	if (g->count > 1)
		return tell(t, g, EMISSION_CLOSED, when, out);
	return EMISSION_NONE;
}

/* What a, just taken into g, makes due. */
static enum emission
speak(struct group_table *t, struct group *g, const struct alert *a,
    struct wall_us now, struct group_line *out)
{
	if (g->held) {
		if (alert_settled(&g->alert) && g->alert.flow_id == a->flow_id)
			return end_hold(t, g, now.us, out);
		return EMISSION_NONE;
	}
	if (g->written == 0)
		return tell(t, g, EMISSION_NEW, now.us, out);
	if (g->alert.finding.severity > g->told)
		return tell(t, g, EMISSION_RAISED, now.us, out);
	return EMISSION_NONE;
}

/* What a makes the folded group say: each rise, and each critical one by name
 * as long as there are not too many. */
static enum emission
speak_folded(struct group_table *t, struct group *g, const struct alert *a,
    struct group_seen_check *seen, struct wall_us now, struct group_line *out)
{
	if (g->written > 0 && a->finding.severity <= g->told) {
		if (a->finding.severity < SEVERITY_CRITICAL ||
		    t->named == t->limits.named)
			return EMISSION_NONE;
		t->named++;
	}
	g->alert = *a;
	if (seen->named)
		g->voice = a->flow_id; /* it has its line counted */
	seen->named = true;
	return tell(t, g, EMISSION_NEW, now.us, out);
}

/* The group that takes a: its own, a new one or the folded one. */
static struct group *
group_for(struct group_table *t, struct group *g, const struct group_key *key,
    const struct alert *a, struct wall_us now)
{
	if (g == NULL)
		return open_group(t, key, a, now);
	if (g->opened.us > later(now, t->limits.window_us)) {
		anchor(t, g, now); /* the clock was set back */
		group_order_settle(t, g);
	}
	return g;
}

/* What is known of the conversation of a; none stays as it is. */
static const struct group_seen_check *
seen_of(const struct group_table *t, const struct alert *a,
    const struct group_seen_check *none)
{
	const struct group_seen_check *seen;
	size_t count;

	if (!alert_of_judged(a))
		return none;
	seen = group_seen_all(t->seen, a->flow_id, &count);
	for (size_t i = 0; i < count; i++) {
		if (seen[i].check == a->finding.check)
			return &seen[i];
	}
	return none;
}

enum emission
group_make_room(struct group_table *t, const struct alert *a,
    struct wall_us now, struct group_line *out)
{
	const struct group_seen_check none = { 0 }, *seen;
	struct group_key key;
	struct group *g;

	if (!is_full(t) || !is_grave(a) || t->oldest_low == GROUP_NONE)
		return EMISSION_NONE;
	group_key_of(&key, a, t->secret);
	seen = seen_of(t, a, &none);
	g = find(t, &key, a, seen);
	if (g != NULL || is_old_news(g, a, seen))
		return EMISSION_NONE;
	g = &t->groups[t->oldest_low];
	if (g->held)
		return end_hold(t, g, now.us, out);
	t->counters.closed_early++;
	return end_window(t, g, now.us, out);
}

enum emission
group_add(struct group_table *t, const struct alert *a, struct wall_us now,
    struct group_line *out)
{
	struct group_seen_check none = { 0 };
	struct group_seen_check *seen = NULL;
	struct group_key key;
	struct group *g;
	bool news;

	if (alert_of_judged(a)) {
		seen = group_seen_check(t->seen, a->flow_id, a->finding.check);
		t->counters.untracked += seen == NULL;
	}
	if (seen == NULL)
		seen = &none;
	group_key_of(&key, a, t->secret);
	g = find(t, &key, a, seen);
	if (is_old_news(g, a, seen))
		return EMISSION_NONE;
	g = group_for(t, g, &key, a, now);
	news = g->serial != seen->serial ||
	    a->finding.severity > seen->severity;
	count_in(t, g, a, seen);
	seen->serial = g->serial;
	seen->group = (uint32_t)(g - t->groups);
	if (a->finding.severity > seen->severity)
		seen->severity = (uint8_t)a->finding.severity;
	merge(t, g, a, now);
	if (!g->folded)
		return speak(t, g, a, now, out);
	return news ? speak_folded(t, g, a, seen, now, out) : EMISSION_NONE;
}

/* Takes back a held group of one conversation. */
static void
withdraw(struct group_table *t, struct group *g)
{
	struct group_counters *c = &t->counters;

	if (g->alert.finding.severity > SEVERITY_INFORMATION)
		count_finding(t, g, -1);
	c->opened--;
	c->opened_by_check[g->alert.finding.check]--;
	c->counted--;
	c->held--;
	g->held = false;
	close_group(t, g);
}

/* One conversation of a held group no longer alerts of it. */
static void
take_back(struct group_table *t, struct group *g, uint64_t flow_id)
{
	if (g->count == 1) {
		withdraw(t, g);
		return;
	}
	g->count--;
	t->counters.counted--;
	/* Whoever of the others is heard of next speaks for them. */
	g->orphan = g->orphan || g->alert.flow_id == flow_id;
}

/* Its ends or its clause may be others by now: then it is of another group. */
static bool
is_of(const struct group_table *t, const struct group *g, const struct alert *a)
{
	struct group_key key;

	group_key_of(&key, a, t->secret);
	return memcmp(&key, &g->key, sizeof(key)) == 0;
}

static const struct alert *
of_check(const struct alert *alerts, size_t count, enum check check)
{
	for (size_t i = 0; i < count; i++) {
		if (alerts[i].finding.check == check)
			return &alerts[i];
	}
	return NULL;
}

void
group_revise(struct group_table *t, uint64_t flow_id,
    const struct alert *alerts, size_t count, struct wall_us now)
{
	struct group_seen_check *seen;
	const struct alert *a;
	struct group *g;
	size_t left;

	seen = group_seen_all(t->seen, flow_id, &left);
	while (left-- > 0) { /* from the end: taking back moves the last */
		g = &t->groups[seen[left].group];
		/* A slot may have been given to another group since. */
		if (g->serial != seen[left].serial || !g->held)
			continue;
		a = of_check(alerts, count, (enum check)seen[left].check);
		if (a == NULL || !is_of(t, g, a)) {
			take_back(t, g, flow_id);
			group_seen_withdraw(t->seen, flow_id, &seen[left]);
		} else if (g->alert.flow_id == flow_id) {
			merge(t, g, a, now);
		}
	}
}

bool
group_alerted(const struct group_table *t, uint64_t flow_id)
{
	return group_seen_has(t->seen, flow_id);
}

bool
group_holds(const struct group_table *t, uint64_t flow_id)
{
	const struct group_seen_check *seen;
	size_t left;

	seen = group_seen_all(t->seen, flow_id, &left);
	while (left-- > 0) {
		const struct group *g = &t->groups[seen[left].group];

		if (g->serial == seen[left].serial && g->held &&
		    g->alert.flow_id == flow_id)
			return true;
	}
	return false;
}

void
group_forget(struct group_table *t, uint64_t flow_id)
{
	group_seen_forget(t->seen, flow_id);
}

/* The group on top of the heap has reached its deadline. */
static enum emission
expire(struct group_table *t, struct wall_us now, struct group_line *out)
{
	struct group *g = group_order_first(t);
	int64_t when = earlier_of(g->deadline, now.us);

	if (g->held)
		return end_hold(t, g, when, out);
	return end_window(t, g, when, out);
}

enum emission
group_due(struct group_table *t, struct wall_us now, struct group_line *out)
{
	enum emission e = EMISSION_NONE;

	while (e == EMISSION_NONE && t->heap_count > 0 &&
	    group_order_first(t)->deadline <= now.us)
		e = expire(t, now, out);
	return e;
}

enum emission
group_finish(struct group_table *t, struct wall_us now, struct group_line *out)
{
	enum emission e = EMISSION_NONE;

	while (e == EMISSION_NONE && t->heap_count > 0)
		e = expire(t, now, out);
	return e;
}

const struct group_counters *
group_counters(const struct group_table *t)
{
	return &t->counters;
}

const char *
emission_name(enum emission e)
{
	static const char *const names[] = { "none", "new", "raised",
		"closed" };

	return names[e];
}
