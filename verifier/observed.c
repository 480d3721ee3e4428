/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See observed.h. A probe writes several lines of a conversation before its
 * flow line, and only those of conversations that never got one matter here:
 * they are kept as they are and parsed at the end, which spares most of the
 * parsing.
 */
#include "observed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define DAY_CHARACTERS 10 /* "2026-11-21" */

void
observed_init(struct observed *out, const uint8_t secret[16])
{
	memset(out, 0, sizeof(*out));
	memcpy(out->secret, secret, sizeof(out->secret));
	out->zones = mem_calloc(OBSERVED_ZONES_MAX, sizeof(*out->zones));
	for (size_t i = 0; i < OBSERVED_ZONES_FIRST; i++)
		out->zones[out->zone_count++] = mem_strdup("");
	table_init(&out->zone_index, OBSERVED_ZONES_MAX, sizeof(uint64_t),
	    secret);
	table_init(&out->cell_index, OBSERVED_CELLS_MAX, 2 * sizeof(uint16_t),
	    secret);
	table_init(&out->host_index, OBSERVED_HOSTS_MAX, 56, secret);
	table_init(&out->open_index, OBSERVED_OPEN_MAX, sizeof(int64_t),
	    secret);
	devices_init(&out->devices, secret);
	out->open_lines = mem_calloc(OBSERVED_OPEN_MAX,
	    sizeof(*out->open_lines));
	out->open_free = mem_calloc(OBSERVED_OPEN_MAX, sizeof(*out->open_free));
	for (uint32_t i = 0; i < OBSERVED_OPEN_MAX; i++)
		out->open_free[out->open_free_count++] = OBSERVED_OPEN_MAX - 1 -
		    i;
}

void
observed_fini(struct observed *o)
{
	for (size_t i = 0; i < o->zone_count; i++)
		free(o->zones[i]);
	free(o->zones);
	for (size_t i = 0; i < o->cell_count; i++)
		for (int m = 0; m < OBSERVED_MARK_COUNT; m++) {
			free(o->cells[i].tops[m].keys);
			free(o->cells[i].tops[m].rows);
		}
	free(o->cells);
	table_fini(&o->zone_index);
	table_fini(&o->cell_index);
	table_fini(&o->host_index);
	table_fini(&o->open_index);
	devices_fini(&o->devices);
	for (uint32_t i = 0; i < OBSERVED_OPEN_MAX; i++)
		free(o->open_lines[i]);
	free(o->open_lines);
	free(o->open_free);
}

/* ---- names */

int
observed_zone(const struct observed *o, const char *id)
{
	for (size_t i = OBSERVED_ZONES_FIRST; i < o->zone_count; i++)
		if (strcmp(o->zones[i], id) == 0)
			return (int)i;
	return -1;
}

/* The index of a zone, which is new perhaps. */
static size_t
zone_of(struct observed *o, const char *id)
{
	char cut[OBSERVED_TEXT_MAX];
	uint64_t key;
	uint32_t at;

	if (id[0] == '\0')
		return OBSERVED_NO_ZONE;
	key = table_hash(o->secret, id, strlen(id));
	at = table_find(&o->zone_index, &key);
	if (at != TABLE_NONE)
		return at;
	if (o->zone_count == OBSERVED_ZONES_MAX)
		return OBSERVED_MORE_ZONES;
	(void)table_add(&o->zone_index, &key, (uint32_t)o->zone_count);
	observed_copy(cut, sizeof(cut), id);
	o->zones[o->zone_count] = mem_strdup(cut);
	return o->zone_count++;
}

/* The row of a name, which is new perhaps; the last row is of all others. */
static size_t
row_of(struct observed_name *rows, size_t *count, size_t max, const char *name)
{
	char cut[OBSERVED_TEXT_MAX];
	size_t i = 0;

	observed_copy(cut, sizeof(cut), name);
	while (i < *count && strcmp(rows[i].name, cut) != 0)
		i++;
	if (i == *count && i < max) {
		if (i + 1 < max)
			memcpy(rows[i].name, cut, sizeof(cut));
		else
			rows[i].name[0] = '\0';
		(*count)++;
	}
	return i < max ? i : max - 1;
}

/* ---- conversations */

static int
verdict_of(const char *name)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		if (strcmp(name, verdict_name((enum verdict_kind)i)) == 0)
			return i;
	return -1;
}

/* Whether nothing shows that it passed the boundary. */
static bool
is_tried(const struct jsonx *ours)
{
	const char *outcome = events_text(ours, "outcome");

	if (strcmp(events_text(ours, "passed"), passed_name(PASSED_YES)) == 0)
		return false;
	return strcmp(outcome, outcome_name(OUTCOME_TRIED)) == 0 ||
	    (strcmp(outcome, outcome_name(OUTCOME_REFUSED)) == 0 &&
		strcmp(events_text(ours, "refused_by"),
		    refuser_name(REFUSER_HOST)) != 0);
}

static uint64_t
count_of(const struct jsonx *flow, const char *key)
{
	const int64_t n = events_number(flow, key);

	return n > 0 ? (uint64_t)n : 0;
}

static void
fill_top(const struct observed *o, const struct jsonx *event,
    struct observed_top *t)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const struct jsonx *clause = jsonx_get(ours, "clause");
	const struct jsonx *flow = jsonx_get(event, "flow");
	const struct jsonx *port = jsonx_get(event, "dest_port");
	struct text key = { 0 };

	observed_copy(t->from, sizeof(t->from), events_text(event, "src_ip"));
	observed_copy(t->to, sizeof(t->to), events_text(event, "dest_ip"));
	if (port != NULL && port->kind == JSONX_INTEGER)
		(void)snprintf(t->service, sizeof(t->service), "%.12s/%" PRIu16,
		    events_text(event, "proto"), (uint16_t)port->integer);
	else
		observed_copy(t->service, sizeof(t->service),
		    events_text(event, "proto"));
	observed_copy(t->application, sizeof(t->application),
	    events_text(jsonx_get(ours, "application"), "name"));
	observed_copy(t->check, sizeof(t->check), events_text(ours, "check"));
	observed_copy(t->reason, sizeof(t->reason),
	    events_text(ours, "reason"));
	observed_copy(t->clause, sizeof(t->clause), events_text(clause, "id"));
	observed_copy(t->at, sizeof(t->at), events_text(clause, "at"));
	observed_copy(t->name, sizeof(t->name),
	    events_text(ours, "server_name"));
	observed_copy(t->outcome, sizeof(t->outcome),
	    events_text(ours, "outcome"));
	observed_copy(t->passed, sizeof(t->passed),
	    events_text(ours, "passed"));
	observed_copy(t->time.first, sizeof(t->time.first),
	    events_text(flow, "start"));
	observed_copy(t->time.last, sizeof(t->time.last),
	    events_text(flow, "end"));
	t->tried = is_tried(ours);
	t->bytes = observed_sum(count_of(flow, "bytes_toserver"),
	    count_of(flow, "bytes_toclient"));
	text_printf(&key, "%s %s %s %s %s %s %s %s %d %d", t->from, t->to,
	    t->service, t->application, t->check, t->reason, t->clause, t->at,
	    t->tried, (int)t->verdict);
	t->hash = table_hash(o->secret, text_str(&key), key.length);
	text_free(&key);
}

/* Whether it is undeclared rather than forbidden. */
static bool
is_undeclared(const struct observed_top *t)
{
	const enum check check = checks_find(t->check);

	return t->verdict == VERDICT_UNJUDGED ?
	    strcmp(t->reason, "draft") == 0 :
	    t->verdict == VERDICT_VIOLATE &&
		(check == CHECK_SEG_2 || check == CHECK_SEG_3);
}

static void
count_cell(struct observed *o, struct observed_cell *c,
    const struct jsonx *event, const struct observed_top *t, bool ended)
{
	const struct jsonx *flow = jsonx_get(event, "flow");
	const char *when = events_text(event, "timestamp");
	const enum check check = checks_find(t->check);

	c->verdicts[t->verdict]++;
	c->tried[t->verdict] += t->tried;
	c->undeclared += is_undeclared(t);
	c->undeclared_crossed += is_undeclared(t) && !t->tried;
	c->forbidden += t->verdict == VERDICT_VIOLATE && !t->tried &&
	    !is_undeclared(t);
	c->open += !ended;
	c->bytes[0] = observed_sum(c->bytes[0],
	    count_of(flow, "bytes_toserver"));
	c->bytes[1] = observed_sum(c->bytes[1],
	    count_of(flow, "bytes_toclient"));
	if (t->verdict == VERDICT_VIOLATE)
		c->checks[check]++;
	if (t->verdict == VERDICT_VIOLATE && !t->tried)
		c->crossed[check]++;
	if (t->verdict == VERDICT_UNJUDGED)
		c->reasons[row_of(o->reasons, &o->reason_count,
		    OBSERVED_REASONS_MAX, t->reason)]++;
	observed_widen(&c->time, t->time.first[0] ? t->time.first : when,
	    t->time.last[0] ? t->time.last : when);
	if (t->verdict != VERDICT_OUT_OF_SCOPE) {
		observed_host(o, c, 0, t->from);
		observed_host(o, c, 1, t->to);
		observed_top_take(o, c, t, when);
	}
}

static void
take_conversation(struct observed *o, const struct jsonx *event, bool ended)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const int verdict = verdict_of(events_text(ours, "verdict"));
	struct observed_top t;
	struct observed_cell *c;
	size_t from;

	if (verdict < 0) {
		o->verdict_unknown++;
		return;
	}
	memset(&t, 0, sizeof(t));
	t.verdict = (enum verdict_kind)verdict;
	fill_top(o, event, &t);
	o->conversations++;
	o->open += !ended;
	o->verdicts[verdict]++;
	o->tried[verdict] += t.tried;
	o->undeclared += is_undeclared(&t);
	o->undeclared_draft += is_undeclared(&t) &&
	    t.verdict == VERDICT_UNJUDGED;
	if (t.verdict == VERDICT_UNJUDGED)
		o->reasons[row_of(o->reasons, &o->reason_count,
			       OBSERVED_REASONS_MAX, t.reason)]
		    .count++;
	from = zone_of(o, events_text(ours, "src_zone"));
	c = observed_cell_of(o, from,
	    zone_of(o, events_text(ours, "dest_zone")));
	if (c != NULL)
		count_cell(o, c, event, &t, ended);
	else
		o->cells_lost++;
}

uint64_t
observed_reason(const struct observed *o, const struct observed_cell *c,
    const char *reason)
{
	for (size_t i = 0; i < o->reason_count; i++)
		if (strcmp(o->reasons[i].name, reason) == 0)
			return c->reasons[i];
	return 0;
}

/* ---- conversations that have not ended */

static void
forget_open(struct observed *o, int64_t id)
{
	const uint32_t slot = table_find(&o->open_index, &id);

	if (slot == TABLE_NONE)
		return;
	(void)table_remove(&o->open_index, &id);
	free(o->open_lines[slot]);
	o->open_lines[slot] = NULL;
	o->open_free[o->open_free_count++] = slot;
}

static void
keep_open(struct observed *o, int64_t id, const char *line, size_t n)
{
	uint32_t slot = table_find(&o->open_index, &id);

	if (slot == TABLE_NONE) {
		if (o->open_free_count == 0) {
			o->open_lost++;
			return;
		}
		slot = o->open_free[--o->open_free_count];
		(void)table_add(&o->open_index, &id, slot);
	}
	free(o->open_lines[slot]);
	o->open_lines[slot] = mem_strndup(line, n);
}

void
observed_end(struct observed *o)
{
	for (uint32_t i = 0; i < OBSERVED_OPEN_MAX; i++) {
		const char *line = o->open_lines[i];
		struct diag d = { .lang = LANG_EN };
		struct jsonx_doc *doc;

		if (line == NULL)
			continue;
		doc = jsonx_parse("-", line, strlen(line), &d);
		if (doc != NULL && jsonx_root(doc)->kind == JSONX_OBJECT)
			take_conversation(o, jsonx_root(doc), false);
		else
			o->unread++;
		jsonx_free(doc);
		diag_free(&d);
		free(o->open_lines[i]);
		o->open_lines[i] = NULL;
	}
}

/* ---- alerts, gaps */

static enum severity
severity_of(const char *name)
{
	enum severity s = SEVERITY_CRITICAL;

	while (s > SEVERITY_NONE && strcmp(name, severity_name(s)) != 0)
		s--;
	return s;
}

static void
take_alert(struct observed *o, const struct jsonx *event)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const enum check check = checks_find(events_text(ours, "check"));
	const enum severity s = severity_of(events_text(ours, "severity"));
	struct observed_alert *a = &o->alerts[check];

	o->findings += s != SEVERITY_INFORMATION &&
	    strcmp(events_text(ours, "emission"), "closed") != 0;
	/* Raised and closed are the same alert once more. */
	if (check == CHECK_NONE)
		o->alerts_other++;
	else if (strcmp(events_text(ours, "emission"), "raised") != 0 &&
	    strcmp(events_text(ours, "emission"), "closed") != 0)
		a->groups++;
	if (s > a->severity)
		a->severity = s;
}

static void
take_daily(struct observed *o, const struct jsonx *event)
{
	o->dailies++;
	o->findings += severity_of(events_text(jsonx_get(event, "sekisho"),
			   "severity")) != SEVERITY_INFORMATION;
}

bool
observed_has_findings(const struct observed *o)
{
	return o->verdicts[VERDICT_VIOLATE] > 0 || o->findings > 0;
}

bool
observed_has_nothing(const struct observed *o)
{
	return o->verdicts[VERDICT_CONFORM] + o->verdicts[VERDICT_EXCEPTED] +
	    o->verdicts[VERDICT_VIOLATE] ==
	    0;
}

/* Seconds since some day; -1: no timestamp. */
static int64_t
seconds_of(const char *stamp)
{
	const struct day epoch = { .year = 1970, .month = 1, .day = 1 };
	char text[DAY_CHARACTERS + 1] = "";
	unsigned hour, minute, second;
	struct day day;

	if (strlen(stamp) <= DAY_CHARACTERS)
		return -1;
	memcpy(text, stamp, DAY_CHARACTERS);
	if (!day_parse(text, &day) ||
	    sscanf(stamp + DAY_CHARACTERS, "T%2u:%2u:%2u", &hour, &minute,
		&second) != 3)
		return -1;
	return day_between(epoch, day) * 86400 + hour * 3600 + minute * 60 +
	    second;
}

static uint64_t
seconds_between(const struct jsonx *ours)
{
	const int64_t from = seconds_of(events_text(ours, "from")),
		      until = seconds_of(events_text(ours, "until"));

	return from >= 0 && until > from ? (uint64_t)(until - from) : 0;
}

static void
take_gap(struct observed *o, const struct jsonx *event)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const char *kind = events_text(ours, "kind");
	const size_t row = row_of(o->gaps, &o->gap_count,
	    OBSERVED_GAP_KINDS_MAX, kind[0] != '\0' ? kind : "file");

	o->gaps[row].count++;
	o->gap_seconds += seconds_between(ours);
	o->gap_conversations = observed_sum(o->gap_conversations,
	    count_of(ours, "conversations"));
	o->gap_records = observed_sum(o->gap_records,
	    count_of(ours, "records"));
}

/* ---- how much was seen */

static struct observed_boundary *
boundary_of(struct observed *o, const char *id)
{
	char cut[OBSERVED_TEXT_MAX];

	observed_copy(cut, sizeof(cut), id);
	for (size_t i = 0; i < o->boundary_count; i++)
		if (strcmp(o->boundaries[i].id, cut) == 0)
			return &o->boundaries[i];
	if (o->boundary_count == OBSERVED_BOUNDARIES_MAX)
		return NULL;
	memcpy(o->boundaries[o->boundary_count].id, cut, sizeof(cut));
	return &o->boundaries[o->boundary_count++];
}

static void
take_unobservable(struct observed *o, const struct jsonx *checks)
{
	if (checks == NULL || checks->kind != JSONX_ARRAY)
		return;
	for (const struct jsonx *c = checks->child; c != NULL; c = c->next)
		if (c->kind == JSONX_STRING)
			o->unobservable[checks_find(c->string)] = true;
	o->unobservable[CHECK_NONE] = false;
}

static void
take_coverage(struct observed *o, const struct jsonx *event)
{
	static const char *const unseen[] = { "missing", "unheard", "for_drops",
		"margin" };
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const struct jsonx *payload = jsonx_get(ours, "payload");
	struct observed_boundary *b;

	take_unobservable(o, jsonx_get(ours, "not_observable"));
	if (strcmp(events_text(ours, "level"), "boundary") != 0)
		return;
	b = boundary_of(o, events_text(ours, "boundary"));
	if (b == NULL) {
		o->boundaries_lost++;
		return;
	}
	b->hours++;
	b->seconds += seconds_between(ours);
	b->conversations = observed_sum(b->conversations,
	    count_of(ours, "tcp_conversations"));
	b->one_way = observed_sum(b->one_way, count_of(ours, "tcp_one_way"));
	if (jsonx_get(payload, "seen") == NULL)
		b->bare = true;
	b->seen = observed_sum(b->seen, count_of(payload, "seen"));
	for (size_t i = 0; i < sizeof(unseen) / sizeof(*unseen); i++)
		b->missing = observed_sum(b->missing,
		    count_of(payload, unseen[i]));
}

int
observed_share(const struct observed_boundary *b)
{
	const uint64_t all = b->seen + b->missing;

	if (b->bare || all == 0 || all < b->seen)
		return -1;
	return (int)((double)b->seen / (double)all * 1000);
}

/* ---- events */

static void
take_day(struct observed *o, const char *stamp)
{
	unsigned year, month, day;
	uint32_t number;
	size_t at = o->day_count;

	if (sscanf(stamp, "%4u-%2u-%2uT", &year, &month, &day) != 3)
		return;
	number = year * 10000 + month * 100 + day;
	while (at > 0 && o->days[at - 1] > number)
		at--;
	if (at > 0 && o->days[at - 1] == number)
		return;
	if (o->day_count == OBSERVED_DAYS_MAX) {
		o->days_at_least = true;
		return;
	}
	memmove(&o->days[at + 1], &o->days[at],
	    (o->day_count - at) * sizeof(*o->days));
	o->days[at] = number;
	o->day_count++;
}

static void
take_model(struct observed *o, const struct jsonx *event)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const struct jsonx *model = jsonx_get(ours, "model");
	const char *sha = events_text(model, "sha256");
	const char *stage = events_text(model, "stage");

	if (sha[0] != '\0' && strcmp(sha, o->model) != 0) {
		o->models++;
		observed_copy(o->model, sizeof(o->model), sha);
	}
	if (stage[0] != '\0') {
		const char *until = events_text(model, "until");

		if (until[0] != '\0' || strcmp(stage, o->stage) != 0)
			observed_copy(o->until, sizeof(o->until), until);
		observed_copy(o->stage, sizeof(o->stage), stage);
	}
	if (events_text(ours, "probe")[0] != '\0')
		observed_copy(o->probe, sizeof(o->probe),
		    events_text(ours, "probe"));
}

static void
take_when(struct observed *o, const char *stamp)
{
	/* Most events are of the day before them. */
	if (strncmp(stamp, o->time.last, DAY_CHARACTERS) != 0)
		take_day(o, stamp);
	observed_widen(&o->time, stamp, stamp);
}

void
observed_take(struct observed *o, const struct jsonx *event)
{
	static const char *const silent[] = { "stats", "sekisho_health",
		"sekisho_tap", "sekisho_emergency", "sekisho_transfer",
		"fileinfo" };
	const char *type = events_text(event, "event_type");
	bool known = false;

	take_when(o, events_text(event, "timestamp"));
	take_model(o, event);
	for (size_t i = 0; i < sizeof(silent) / sizeof(*silent); i++)
		known = known || strcmp(type, silent[i]) == 0;
	if (strcmp(type, "flow") == 0) {
		forget_open(o, events_number(event, "flow_id"));
		take_conversation(o, event, true);
	} else if (strcmp(type, "alert") == 0) {
		take_alert(o, event);
	} else if (strcmp(type, "sekisho_coverage") == 0) {
		take_coverage(o, event);
	} else if (strcmp(type, "sekisho_gap") == 0) {
		take_gap(o, event);
	} else if (strcmp(type, "sekisho_asset") == 0) {
		devices_take(&o->devices, event);
	} else if (strcmp(type, "sekisho_daily") == 0) {
		take_daily(o, event);
	} else if (!known) {
		o->unknown++;
	}
}

/* A line of a conversation that did not end with it. */
static void
take_open(struct observed *o, const struct jsonx *event, const char *line,
    size_t n)
{
	take_when(o, events_text(event, "timestamp"));
	keep_open(o, events_number(event, "flow_id"), line, n);
}

void
observed_read(struct observed *o, struct events *e)
{
	static const char conversation[] = "sekisho_conversation";
	struct events_head head;
	const struct jsonx *event;
	const char *line;
	size_t n;

	while (events_line(e)) {
		line = events_bytes(e, &n);
		if (events_head(e, &head) &&
		    strcmp(head.type, conversation) == 0 && head.flow_id != 0) {
			keep_open(o, head.flow_id, line, n);
			continue;
		}
		event = events_parse(e);
		if (event == NULL)
			continue;
		if (strcmp(events_text(event, "event_type"), conversation) == 0)
			take_open(o, event, line, n);
		else
			observed_take(o, event);
	}
	observed_end(o);
	o->lines = events_lines(e);
	o->unread += events_unread(e);
	o->failed = events_failed(e);
}
