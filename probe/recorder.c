/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Takes what the engine observed, lets groups decide what is told, and writes
 * it as lines of EVE JSON. Judges nothing and drops nothing: what is not a
 * line of its own is counted in one. A fault of writing is kept and later
 * lines are counted, not written, so that a full disk cannot yield half an
 * account that looks whole.
 */
#include "recorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eve.h"

/* Alerting conversations remembered until they end: as many as the engine
 * keeps by default, and room for those that end late. */
#define CONVERSATIONS_MAX 262144
/* Critical ones with a line of their own although every group is in use. */
#define NAMED_MAX 1000
#define ALERTS_MAX (VERDICT_ALSO_MAX + 1) /* of one conversation at once */

struct recorder {
	struct eve eve;
	struct eve_coverage *coverage;	 /* owned, by boundary index */
	struct group_table *groups;	 /* owned */
	struct text line;		 /* reused for every line */
	struct alert alerts[ALERTS_MAX]; /* of the observation at hand */
	FILE *out;			 /* borrowed */
	char *probe;			 /* owned */
	struct recorder_totals totals;
	uint64_t lines, lines_lost, gaps;
	const char *fault; /* of strerror; NULL: none */
	bool unflushed;
};

struct recorder *
recorder_new(const struct model *m, const char *probe, enum lang lang,
    FILE *out, const uint8_t secret[16])
{
	const struct group_limits limits = {
		.groups = RECORDER_GROUPS_MAX,
		.held = RECORDER_HELD_MAX,
		.conversations = CONVERSATIONS_MAX,
		.named = NAMED_MAX,
		.hold_us = RECORDER_HOLD_US,
		.window_us = RECORDER_WINDOW_US,
		.utc_offset_s = m->utc_offset_s,
	};
	struct recorder *r = mem_calloc(1, sizeof(*r));

	r->out = out;
	r->probe = mem_strdup(probe);
	r->coverage = mem_calloc(m->boundary_count, sizeof(*r->coverage));
	r->groups = group_new(&limits, secret);
	r->eve.model = m;
	r->eve.probe = r->probe;
	r->eve.lang = lang;
	r->eve.generation = 1;
	r->eve.groups_max = limits.groups;
	r->eve.coverage = r->coverage;
	return r;
}

void
recorder_free(struct recorder *r)
{
	if (r == NULL)
		return;
	group_free(r->groups);
	text_free(&r->line);
	free(r->coverage);
	free(r->probe);
	free(r);
}

/* ---- writing */

static void
note_fault(struct recorder *r)
{
	if (r->fault == NULL)
		r->fault = strerrordesc_np(errno);
	if (r->fault == NULL)
		r->fault = "unknown error";
}

/* Writes r->line and empties it. */
static void
write_line(struct recorder *r)
{
	text_add_char(&r->line, '\n');
	if (r->fault == NULL &&
	    fwrite(r->line.data, 1, r->line.length, r->out) != r->line.length)
		note_fault(r);
	if (r->fault == NULL)
		r->lines++;
	else
		r->lines_lost++;
	r->unflushed = true;
	text_clear(&r->line);
}

static void
flush(struct recorder *r)
{
	if (r->unflushed && r->fault == NULL && fflush(r->out) != 0)
		note_fault(r);
	r->unflushed = false;
}

/* Takes over what the groups counted. */
static void
add_up(struct recorder *r)
{
	const struct group_counters *c = group_counters(r->groups);

	r->totals.findings = c->findings;
	r->totals.suppressed = c->counted - c->written;
	r->totals.lines = r->lines;
	r->totals.lines_lost = r->lines_lost;
	memcpy(r->totals.groups_by_check, c->opened_by_check,
	    sizeof(r->totals.groups_by_check));
}

static void
write_alert(struct recorder *r, const struct group_line *line, enum emission e)
{
	eve_alert(&r->line, &r->eve, line, e);
	write_line(r);
	r->totals.alerts++;
}

/* Writes what time alone makes due. */
static void
write_due(struct recorder *r, struct wall_us now)
{
	struct group_line line;
	enum emission e;

	while ((e = group_due(r->groups, now, &line)) != EMISSION_NONE)
		write_alert(r, &line, e);
}

static void
write_rest(struct recorder *r, struct wall_us now)
{
	struct group_line line;
	enum emission e;

	while ((e = group_finish(r->groups, now, &line)) != EMISSION_NONE)
		write_alert(r, &line, e);
}

/* ---- observations */

/* Whether the judge wants it told: a violation always, an exception never. A
 * mere remark (nothing decides against it) waits until it is judged. */
static bool
is_told(const struct observation *o)
{
	const struct verdict *v = o->verdict;

	if (v->kind == VERDICT_EXCEPTED)
		return false;
	if (v->kind == VERDICT_VIOLATE)
		return true;
	if (v->deciding.check == CHECK_NONE && v->kind == VERDICT_UNJUDGED &&
	    o->stage != OBSERVATION_FINAL)
		return false;
	return v->alerts;
}

/* What the observation alerts of: the deciding finding, then those that are
 * graver. */
static size_t
alerts_of(const struct observation *o, struct alert alerts[ALERTS_MAX])
{
	const struct verdict *v = o->verdict;
	size_t n = 0;

	if (!is_told(o))
		return 0;
	if (v->deciding.check != CHECK_NONE)
		alert_of_observation(&alerts[n++], o, &v->deciding);
	for (size_t i = 0; i < v->also_count; i++) {
		if (v->also[i].severity > v->deciding.severity &&
		    v->also[i].check != v->deciding.check)
			alert_of_observation(&alerts[n++], o, &v->also[i]);
	}
	return n;
}

static void
add_alert(struct recorder *r, const struct alert *a, struct wall_us now)
{
	struct group_line line;
	enum emission e;

	while ((e = group_make_room(r->groups, a, now, &line)) != EMISSION_NONE)
		write_alert(r, &line, e);
	e = group_add(r->groups, a, now, &line);
	if (e != EMISSION_NONE)
		write_alert(r, &line, e);
}

/* Returns whether the conversation has alerted, now or before. */
static bool
take_alerts(struct recorder *r, const struct observation *o)
{
	size_t n = alerts_of(o, r->alerts);

	group_revise(r->groups, o->flow_id, r->alerts, n, o->now);
	write_due(r, o->now);
	for (size_t i = 0; i < n; i++)
		add_alert(r, &r->alerts[i], o->now);
	return n > 0 || group_alerted(r->groups, o->flow_id);
}

static void
on_conversation(void *context, const struct observation *o)
{
	struct recorder *r = context;
	bool alerted = take_alerts(r, o);

	if (o->stage != OBSERVATION_FINAL) {
		eve_conversation(&r->line, &r->eve, o);
		write_line(r);
		return;
	}
	r->totals.verdicts[o->verdict->kind]++;
	if (o->verdict->kind == VERDICT_UNJUDGED)
		r->totals.unjudged[o->verdict->reason]++;
	eve_flow(&r->line, &r->eve, o, alerted);
	write_line(r);
	group_forget(r->groups, o->flow_id);
}

static void
on_coverage(void *context, const struct coverage_finding *f)
{
	struct recorder *r = context;
	struct alert a;

	write_due(r, f->now);
	alert_of_coverage(&a, f);
	add_alert(r, &a, f->now);
}

/* The taps' accounts, added up by boundary. */
static void
take_coverage(struct recorder *r, const struct tally *tally)
{
	memset(r->coverage, 0,
	    r->eve.model->boundary_count * sizeof(*r->coverage));
	for (size_t i = 0; i < tally->tap_count; i++) {
		const struct tap_account *t = &tally->taps[i];
		struct eve_coverage *c;

		if (t->tap == NULL || t->tap->boundary == NULL)
			continue;
		c = &r->coverage[t->tap->boundary->index];
		c->tcp_conversations += t->tcp_conversations;
		c->tcp_one_way += t->tcp_one_way;
		c->payload_seen += t->payload_seen;
		c->payload_missing += t->payload_missing;
	}
}

static void
on_account(void *context, const struct tally *tally)
{
	struct recorder *r = context;
	struct eve_totals totals;

	take_coverage(r, tally);
	if (tally->final)
		write_rest(r, tally->now); /* the account counts those too */
	else
		write_due(r, tally->now);
	memset(&totals, 0, sizeof(totals));
	memcpy(totals.verdicts, r->totals.verdicts, sizeof(totals.verdicts));
	memcpy(totals.unjudged, r->totals.unjudged, sizeof(totals.unjudged));
	totals.alert_lines = r->totals.alerts;
	totals.gaps = r->gaps;
	totals.lines = r->lines;
	totals.lines_lost = r->lines_lost;
	totals.groups = group_counters(r->groups);
	eve_stats(&r->line, &r->eve, tally, &totals);
	write_line(r);
}

static void
on_tick(void *context, struct wall_us now)
{
	struct recorder *r = context;

	write_due(r, now);
	flush(r);
	add_up(r);
}

static void
on_gap(void *context, const struct gap *g)
{
	struct recorder *r = context;

	r->gaps++;
	eve_gap(&r->line, &r->eve, g);
	write_line(r);
}

struct observer
recorder_observer(struct recorder *r)
{
	const struct observer observer = {
		.context = r,
		.conversation = on_conversation,
		.coverage = on_coverage,
		.account = on_account,
		.tick = on_tick,
		.gap = on_gap,
	};

	return observer;
}

void
recorder_finish(struct recorder *r, struct wall_us now)
{
	write_rest(r, now);
	flush(r);
	add_up(r);
}

const struct recorder_totals *
recorder_totals(const struct recorder *r)
{
	return &r->totals;
}

const char *
recorder_fault(const struct recorder *r)
{
	return r->fault;
}
