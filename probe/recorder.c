/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Takes what the engine observed, lets groups decide what is told, and writes
 * it as lines of EVE JSON. Judges nothing and drops nothing: what is not a
 * line of its own is counted in one. Where lines go to a plain file, a fault of
 * writing is kept and later lines are counted, not written, so that a full disk
 * cannot yield half an account that looks whole; any other sink decides itself.
 */
#include "recorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daily.h"
#include "eve.h"
#include "message.h"
#include "noun.h"
#include "recorder_internal.h"

/* Alerting conversations remembered until they end: as many as the engine
 * keeps by default, and room for those that end late. */
#define CONVERSATIONS_MAX 262144
/* Critical ones with a line of their own although every group is in use. */
#define NAMED_MAX 1000

static bool file_line(void *context, const char *line, size_t length,
    bool conversation, struct wall_us now);

struct recorder *
recorder_new_sink(const struct model *m, uint32_t generation, const char *probe,
    enum lang lang, const struct recorder_sink *sink, const uint8_t secret[16])
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

	r->sink = *sink;
	r->probe = mem_strdup(probe);
	r->coverage = mem_calloc(m->boundary_count + 1, sizeof(*r->coverage));
	r->cover = cover_new(m);
	r->daily = daily_new(m, secret);
	r->emergencies = emergency_watch_new(m);
	r->groups = group_new(&limits, secret);
	memcpy(r->secret, secret, sizeof(r->secret));
	r->engines = 1;
	r->eve.model = m;
	r->eve.probe = r->probe;
	r->eve.lang = lang;
	r->eve.generation = r->judged_by = generation;
	r->eve.groups_max = limits.groups;
	r->eve.coverage = r->coverage;
	r->eve.emergencies = r->emergencies;
	return r;
}

struct recorder *
recorder_new(const struct model *m, const char *probe, enum lang lang,
    FILE *out, const uint8_t secret[16])
{
	const struct recorder_sink sink = { .line = file_line };
	struct recorder *r = recorder_new_sink(m, 1, probe, lang, &sink,
	    secret);

	r->out = out;
	r->sink.context = r;
	return r;
}

void
recorder_free(struct recorder *r)
{
	if (r == NULL)
		return;
	group_free(r->groups);
	noun_map_free(r->nouns);
	free(r->room);
	text_free(&r->line);
	free(r->coverage);
	cover_free(r->cover);
	daily_free(r->daily);
	emergency_watch_free(r->emergencies);
	free(r->probe);
	free(r);
}

void
recorder_expect(struct recorder *r, bool is_live, size_t engines)
{
	r->eve.is_live = is_live;
	r->eve.has_engine = engines > 1;
	r->engines = engines;
}

void
recorder_resume(struct recorder *r, const struct recorder_totals *before)
{
	r->is_heir = true;
	daily_resume(r->daily);
	r->before = r->totals = *before;
	r->lines = before->lines;
	r->lines_lost = before->lines_lost;
}

void
recorder_from(struct recorder *r, uint8_t sender, uint32_t generation)
{
	r->eve.engine = sender;
	r->judged_by = generation;
}

void
recorder_replay(struct recorder *r, bool replaying)
{
	r->replaying = replaying;
}

size_t
recorder_held(const struct recorder *r)
{
	return group_counters(r->groups)->held;
}

uint64_t
recorder_untold(const struct recorder *r)
{
	return group_untold(r->groups);
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

/* The sink of a plain file. */
static bool
file_line(void *context, const char *line, size_t length, bool conversation,
    struct wall_us now)
{
	struct recorder *r = context;

	(void)conversation;
	(void)now;
	if (r->fault == NULL && fwrite(line, 1, length, r->out) != length)
		note_fault(r);
	r->unflushed = true;
	return r->fault == NULL;
}

void
recorder_write_line(struct recorder *r, bool conversation, struct wall_us now)
{
	text_add_char(&r->line, '\n');
	if (r->sink.line(r->sink.context, r->line.data, r->line.length,
		conversation, now))
		r->lines++;
	else
		r->lines_lost++;
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

	r->totals.findings = r->before.findings + c->findings +
	    daily_findings(r->daily);
	r->totals.background = r->before.background +
	    daily_counters(r->daily)->background;
	r->totals.legacy = r->before.legacy + daily_counters(r->daily)->legacy;
	r->totals.suppressed = r->before.suppressed + c->counted - c->written;
	r->totals.lines = r->lines;
	r->totals.lines_lost = r->lines_lost;
	for (int i = 0; i < CHECK_COUNT; i++) {
		r->totals.groups_by_check[i] = r->before.groups_by_check[i] +
		    c->opened_by_check[i];
		r->totals.findings_by_check[i] =
		    r->before.findings_by_check[i] + c->findings_by_check[i];
	}
}

/* For those who take no JSON. */
static void
tell_alert(struct recorder *r, const struct group_line *line)
{
	const struct alert *a = line->alert;
	struct recorder_alert told = { a->finding.check, a->finding.severity,
		eve_flow_id(a), NULL };
	struct text message = { 0 };

	message_add(&message, r->eve.model, r->eve.lang, a);
	if (line->folded)
		message_folded(&message, r->eve.lang, r->eve.groups_max,
		    line->count);
	told.message = text_str(&message);
	r->sink.alert(r->sink.context, &told);
	text_free(&message);
}

/* What the line says of its packets; NULL: it has none. */
static const struct exhibited *
exhibit(struct recorder *r, const struct alert *a, enum emission e,
    struct exhibited *out)
{
	struct exhibits *x = r->sink.exhibits;
	const bool is_gone = r->is_heir || a->reason == REASON_ENGINE_RESTARTED;

	if (a->coverage || a->evidence_id == 0)
		return NULL;
	if (!r->eve.model->evidence.headers)
		exhibit_without(x, EXHIBIT_OFF, out);
	else if (x == NULL)
		exhibit_without(x, EXHIBIT_NO_FOLDER, out);
	else if (a->notice && a->evidence_id == a->flow_id &&
	    !exhibit_has(x, a->evidence_id))
		return NULL; /* of a conversation that need not be kept */
	else if (e == EMISSION_CLOSED)
		exhibit_recall(x, a->evidence_id, out);
	else
		exhibit_write(x, a->evidence_id, a->finding.check,
		    a->finding.severity, is_gone, out);
	if (x != NULL && e != EMISSION_CLOSED) {
		r->totals.evidence += out->reason == EXHIBIT_KEPT;
		r->totals.evidence_missing += out->reason != EXHIBIT_KEPT;
	}
	return out;
}

static void
write_alert(struct recorder *r, const struct group_line *line, enum emission e)
{
	struct novelty_seen novelty;
	struct exhibited evidence;

	if (r->sink.novelty != NULL) {
		novelty_see(r->sink.novelty, line->alert, line->first,
		    line->last, &novelty);
		r->eve.novelty = &novelty;
	}
	r->eve.evidence = exhibit(r, line->alert, e, &evidence);
	eve_alert(&r->line, &r->eve, line, e);
	r->eve.evidence = NULL;
	r->eve.novelty = NULL;
	recorder_write_line(r, false, line->at);
	r->totals.alerts++;
	if (r->sink.alert != NULL)
		tell_alert(r, line);
}

/* Rows of days that have ended; finish: of this one too. */
static void
write_daily(struct recorder *r, struct wall_us now, bool finish)
{
	struct wall_us at;

	while (daily_due(r->daily, &r->eve, now, finish, &r->line, &at))
		recorder_write_line(r, false, at);
}

static void
write_emergencies(struct recorder *r)
{
	const struct emergency_state *s;
	enum emergency_event why;

	while ((why = emergency_watch_due(r->emergencies, r->now, &s)) !=
	    EMERGENCY_NOTHING) {
		eve_emergency(&r->line, &r->eve, s, why, r->now);
		recorder_write_line(r, false, r->now);
	}
}

void
recorder_write_due(struct recorder *r, struct wall_us now)
{
	struct group_line line;
	enum emission e;

	if (now.us > r->now.us)
		r->now = now;
	write_emergencies(r);
	while ((e = group_due(r->groups, now, &line)) != EMISSION_NONE)
		write_alert(r, &line, e);
	write_daily(r, now, false);
}

void
recorder_write_rest(struct recorder *r, struct wall_us now)
{
	struct group_line line;
	enum emission e;

	if (now.us > r->now.us)
		r->now = now;
	write_emergencies(r);
	while ((e = group_finish(r->groups, now, &line)) != EMISSION_NONE)
		write_alert(r, &line, e);
	write_daily(r, now, true);
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
alerts_of(const struct observation *o, struct alert alerts[RECORDER_ALERTS_MAX])
{
	const struct verdict *v = o->verdict;
	size_t n = 0;

	if (!is_told(o))
		return 0;
	if (v->deciding.check != CHECK_NONE)
		alert_of_observation(&alerts[n++], o, &v->deciding);
	for (size_t i = 0; i < v->also_count; i++) {
		/* That control runs in clear is a remark of its flow line. */
		if (v->also[i].check == CHECK_CRY_1 &&
		    v->also[i].severity == SEVERITY_INFORMATION)
			continue;
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
	const bool told = group_alerted(r->groups, o->flow_id) &&
	    !group_holds(r->groups, o->flow_id);
	const bool background = daily_take(r->daily, o, told, &r->background);
	size_t n = background ? 0 : alerts_of(o, r->alerts);

	r->eve.background = background ? &r->background : NULL;
	group_revise(r->groups, o->flow_id, r->alerts, n, o->now);
	recorder_write_due(r, o->now);
	for (size_t i = 0; i < n; i++)
		add_alert(r, &r->alerts[i], o->now);
	/* Packets that wait for no line any more. */
	if (r->sink.exhibits != NULL &&
	    (n > 0 || o->stage == OBSERVATION_FINAL) &&
	    !group_holds(r->groups, o->flow_id))
		exhibit_drop(r->sink.exhibits, o->flow_id);
	return n > 0 || group_alerted(r->groups, o->flow_id);
}

/* What a model before this one judged stands under its nouns no more. */
static const struct observation *
under_this_model(struct recorder *r, const struct observation *o)
{
	if (r->nouns == NULL || r->judged_by == r->eve.generation)
		return o;
	return noun_observation(r->nouns, o, r->room);
}

static void
write_conversation(struct recorder *r, const struct observation *o,
    bool alerted)
{
	const uint32_t generation = r->eve.generation;

	r->eve.generation = r->judged_by; /* the line is of that one */
	if (o->stage == OBSERVATION_FINAL)
		eve_flow(&r->line, &r->eve, o, alerted);
	else
		eve_conversation(&r->line, &r->eve, o);
	r->eve.generation = generation;
	recorder_write_line(r, true, o->now);
}

static void
on_conversation(void *context, const struct observation *observed)
{
	struct recorder *r = context;
	const struct observation *o = under_this_model(r, observed);
	const bool alerted = take_alerts(r, o);

	if (!r->replaying)
		write_conversation(r, o, alerted);
	r->eve.background = NULL;
	if (o->stage != OBSERVATION_FINAL)
		return;
	if (!r->replaying) {
		emergency_watch_count(r->emergencies, o->verdict->emergency);
		r->totals.verdicts[o->verdict->kind]++;
		if (o->verdict->kind == VERDICT_UNJUDGED)
			r->totals.unjudged[o->verdict->reason]++;
	}
	group_forget(r->groups, o->flow_id);
}

static void
on_coverage(void *context, const struct coverage_finding *f)
{
	struct recorder *r = context;
	struct alert a;

	recorder_write_due(r, f->now);
	alert_of_coverage(&a, f);
	if (r->nouns != NULL && r->judged_by != r->eve.generation)
		alert_rebase(&a, r->nouns);
	add_alert(r, &a, f->now);
}

/* A draft does not say yet which devices there are and what they offer: what
 * is not registered is counted there, not told (architecture 5.3 names what alerts all the same). */
static bool
is_kept_back(const struct recorder *r, const struct notice *n)
{
	return r->eve.model->stage == STAGE_DRAFT &&
	    (n->check == CHECK_AST_1 || n->check == CHECK_AST_4 ||
		n->check == CHECK_AST_5);
}

static void
on_notice(void *context, const struct notice *n)
{
	struct recorder *r = context;
	struct alert a;

	recorder_write_due(r, n->now);
	r->notices++;
	if (is_kept_back(r, n)) {
		r->notices_kept_back++;
		return;
	}
	alert_of_notice(&a, n);
	if (r->eve.model->stage == STAGE_DRAFT && n->check == CHECK_TOP_12)
		a.finding.severity = SEVERITY_INFORMATION; /* a question yet */
	if (r->sink.exhibits != NULL && n->packet_count > 0 &&
	    r->eve.model->evidence.headers)
		exhibit_take_notice(r->sink.exhibits, a.evidence_id, n->packets,
		    n->packet_count);
	if (r->nouns != NULL && r->judged_by != r->eve.generation)
		alert_rebase(&a, r->nouns);
	add_alert(r, &a, n->now);
	if (r->sink.exhibits != NULL && n->packet_count > 0)
		exhibit_drop(r->sink.exhibits, a.evidence_id);
}

static void
on_evidence(void *context, const struct evidence_set *e)
{
	struct recorder *r = context;

	if (r->sink.exhibits != NULL && r->eve.model->evidence.headers)
		exhibit_take(r->sink.exhibits, e);
}

/* The device's row under the model that is in force now. */
static const struct host *
host_of(const struct model *m, const struct device *d)
{
	const struct host *h = NULL;

	for (size_t i = 0; i < d->address_count && h == NULL; i++)
		h = model_host(m, model_zone(m, d->zone ? d->zone->id : NULL),
		    &d->addresses[i]);
	if (h == NULL && d->has_mac)
		h = model_host_of_mac(m, &d->mac);
	return h;
}

static void
on_device(void *context, const struct device *observed)
{
	struct recorder *r = context;
	struct device d = *observed;

	recorder_write_due(r, d.now);
	if (r->nouns != NULL && r->judged_by != r->eve.generation) {
		noun_device(r->nouns, &d);
		d.host = host_of(r->eve.model, &d);
	}
	eve_device(&r->line, &r->eve, &d);
	recorder_write_line(r, false, d.now);
	r->devices++;
}

static void
on_tick(void *context, struct wall_us now)
{
	struct recorder *r = context;

	recorder_write_due(r, now);
	flush(r);
}

static void
on_gap(void *context, const struct gap *g)
{
	struct recorder *r = context;
	struct gap gap = *g;

	if (r->nouns != NULL && r->judged_by != r->eve.generation)
		gap.tap = noun_tap(r->nouns, gap.tap);
	r->gaps++;
	cover_gap(r->cover, &gap);
	eve_gap(&r->line, &r->eve, &gap);
	recorder_write_line(r, false, gap.now);
}

static void
on_health(void *context, const struct health *h)
{
	struct recorder *r = context;
	struct eve_store store;

	r->health = *h;
	for (size_t i = 0; i < r->health.tap_count; i++) {
		if (r->nouns != NULL && r->judged_by != r->eve.generation)
			r->health.taps[i].tap = noun_tap(r->nouns,
			    r->health.taps[i].tap);
	}
	r->eve.health = &r->health;
	memset(&store, 0, sizeof(store));
	if (r->sink.store != NULL)
		r->sink.store(r->sink.context, &store);
	eve_health(&r->line, &r->eve, &r->health,
	    r->sink.store != NULL ? &store : NULL);
	r->health.event = NULL; /* borrowed for the call */
	recorder_write_line(r, false, h->now);
}

struct observer
recorder_observer(struct recorder *r)
{
	const struct observer observer = {
		.context = r,
		.conversation = on_conversation,
		.coverage = on_coverage,
		.account = recorder_on_account,
		.tick = on_tick,
		.gap = on_gap,
		.health = on_health,
		.notice = on_notice,
		.device = on_device,
		.evidence = on_evidence,
		.minute = recorder_on_minute,
		.view = recorder_on_view,
	};

	return observer;
}

/* ---- another model */

/* What was seen of each boundary goes on under the same id. */
static void
move_coverage(struct recorder *r, const struct model *m, struct noun_map *to)
{
	struct eve_coverage *moved = mem_calloc(m->boundary_count + 1,
	    sizeof(*moved));

	for (size_t i = 0; i < r->eve.model->boundary_count; i++) {
		const struct boundary *b = &r->eve.model->boundaries[i];

		if (noun_has_boundary(to, b))
			moved[noun_boundary(to, b)->index] = r->coverage[i];
	}
	free(r->coverage);
	r->coverage = moved;
	r->eve.coverage = moved;
}

void
recorder_reload(struct recorder *r, const struct model *m, uint32_t generation)
{
	struct noun_map *to = noun_map_new(m, r->secret);

	group_orphan(r->groups, to, r->now);
	recorder_write_due(r, r->now);
	recorder_write_hours(r);
	daily_rebase(r->daily, m);
	emergency_watch_rebase(r->emergencies, m);
	cover_free(r->cover);
	r->cover = cover_new(m);
	group_rebase(r->groups, to, m->utc_offset_s);
	move_coverage(r, m, to);
	for (size_t i = 0; i < r->health.tap_count; i++)
		r->health.taps[i].tap = noun_tap(to, r->health.taps[i].tap);
	noun_map_free(r->nouns); /* nothing points into it any more */
	r->nouns = to;
	if (r->room == NULL)
		r->room = mem_calloc(1, sizeof(*r->room));
	r->eve.model = m;
	r->eve.generation = r->judged_by = generation;
	if (r->sink.novelty != NULL)
		novelty_zone(r->sink.novelty, m->utc_offset_s);
	if (r->sink.exhibits != NULL)
		exhibit_retention(r->sink.exhibits,
		    m->limits.retain_evidence_days);
}

void
recorder_finish(struct recorder *r, struct wall_us now)
{
	recorder_write_rest(r, now);
	recorder_write_hours(r);
	flush(r);
}

const struct recorder_totals *
recorder_totals(struct recorder *r)
{
	add_up(r);
	return &r->totals;
}

const char *
recorder_fault(const struct recorder *r)
{
	return r->fault;
}
