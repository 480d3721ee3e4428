/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See watch.h. A conversation is shown when it is first judged, again when
 * its verdict, check, reason or application is another, and at its end only
 * where that says something new. What a row looks like: watch_rows.c.
 */
#include "watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "watch_internal.h"

#define DAY_MS (24 * 60 * 60 * INT64_C(1000))

static void
count(struct watch_rows *rows, const char *name, uint64_t by, bool passes)
{
	size_t i = 0;

	while (i < rows->count && strcmp(rows->rows[i].name, name) != 0)
		i++;
	if (i == WATCH_SUMMARY_ROWS_MAX) {
		rows->rest += by;
		rows->rest_passed += passes ? by : 0;
		return;
	}
	if (i == rows->count) {
		(void)snprintf(rows->rows[i].name, WATCH_NAME_MAX, "%s", name);
		rows->count++;
	}
	rows->rows[i].count += by;
	rows->rows[i].passed += passes ? by : 0;
}

void
watch_init(struct watch *w, enum lang lang, bool colour,
    struct watch_filter *filter)
{
	uint8_t secret[16];

	/* Hosts of a network choose the keys of the devices. */
	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		memset(secret, 0, sizeof(secret));
	memset(w, 0, sizeof(*w));
	devices_init(&w->devices, secret);
	w->lang = lang;
	w->colour = colour;
	w->filter = filter;
	table_init(&w->shown, WATCH_OPEN_MAX, sizeof(int64_t), secret);
	w->last = mem_calloc(WATCH_OPEN_MAX, sizeof(*w->last));
	w->free_slots = mem_calloc(WATCH_OPEN_MAX, sizeof(*w->free_slots));
	w->held = mem_calloc(WATCH_HELD_MAX, sizeof(*w->held));
	for (uint32_t i = 0; i < WATCH_OPEN_MAX; i++)
		w->free_slots[w->free_count++] = WATCH_OPEN_MAX - 1 - i;
}

void
watch_fini(struct watch *w)
{
	for (size_t i = 0; i < WATCH_HELD_MAX; i++)
		text_free(&w->held[i].row);
	free(w->held);
	devices_fini(&w->devices);
	table_fini(&w->shown);
	free(w->last);
	free(w->free_slots);
}

/* ---- what was shown of a conversation */

/* How a row stands to what was shown of its conversation. */
enum news { NEWS_NONE, NEWS_FIRST, NEWS_REVISED };

/* When there is no room to remember, it is shown again at its end. */
static enum news
news_of(struct watch *w, const struct watch_held *h)
{
	uint32_t slot = table_find(&w->shown, &h->id);
	enum news news = NEWS_REVISED;

	if (slot == TABLE_NONE)
		news = h->in_scope && h->passes ? NEWS_FIRST : NEWS_NONE;
	else if (strcmp(w->last[slot], h->said) == 0)
		news = NEWS_NONE;

	if (h->ended && slot != TABLE_NONE) {
		(void)table_remove(&w->shown, &h->id);
		w->free_slots[w->free_count++] = slot;
		return news;
	}
	if (!h->ended && news == NEWS_FIRST && w->free_count > 0) {
		slot = w->free_slots[--w->free_count];
		(void)table_add(&w->shown, &h->id, slot);
	}
	if (!h->ended && slot != TABLE_NONE)
		(void)snprintf(w->last[slot], WATCH_SAID_MAX, "%s", h->said);
	return news;
}

/* ---- what is held */

static int64_t
age_ms(const struct watch *w, const struct watch_held *h)
{
	return (w->now_ms - h->since_ms + DAY_MS) % DAY_MS;
}

static void
release_first(struct watch *w, struct text *out)
{
	struct watch_held *h = &w->held[w->held_at];
	const enum news news = h->id != 0 ? news_of(w, h) :
	    h->passes			  ? NEWS_FIRST :
					    NEWS_NONE;

	if (news != NEWS_NONE)
		watch_add_row(h, news == NEWS_REVISED, out);
	text_clear(&h->row);
	w->held_at = (w->held_at + 1) % WATCH_HELD_MAX;
	w->held_count--;
}

void
watch_release(struct watch *w, struct text *out)
{
	while (w->held_count > 0)
		release_first(w, out);
}

/* "10:15:33.123456" within a timestamp, as milliseconds; the latest so far
 * is now, also over midnight. */
static void
tell_time(struct watch *w, const char *stamp)
{
	unsigned hour, minute, second, milli;
	int64_t ms;

	if (strlen(stamp) <= WATCH_TIME_AT ||
	    sscanf(stamp + WATCH_TIME_AT, "%2u:%2u:%2u.%3u", &hour, &minute,
		&second, &milli) != 4)
		return;
	ms = ((hour * 60 + minute) * 60 + second) * 1000 + milli;
	if (ms > w->now_ms ? ms - w->now_ms < DAY_MS / 2 || w->now_ms == 0 :
			     w->now_ms - ms > DAY_MS / 2)
		w->now_ms = ms % DAY_MS;
}

/* The row to write for a conversation: what is held of it, or a new one. */
static struct watch_held *
hold(struct watch *w, int64_t id, const struct jsonx *event, bool passes,
    struct text *out)
{
	struct watch_held *h;

	for (size_t i = 0; id != 0 && i < w->held_count; i++) {
		h = &w->held[(w->held_at + i) % WATCH_HELD_MAX];
		if (h->id == id && !h->ended) {
			text_clear(&h->row);
			h->passes = passes;
			return h;
		}
	}
	if (w->held_count == WATCH_HELD_MAX)
		release_first(w, out);
	h = &w->held[(w->held_at + w->held_count++) % WATCH_HELD_MAX];
	h->id = id;
	h->since_ms = w->now_ms;
	h->said[0] = '\0';
	h->ended = false;
	h->in_scope = true;
	h->passes = passes;
	watch_clock(event, h->clock);
	return h;
}

/* ---- events */

static void
take_conversation(struct watch *w, const struct jsonx *event, bool ended,
    bool passes, struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const int verdict = watch_verdict(watch_get(ours, "verdict"));
	struct watch_held *h = hold(w, watch_number(event, "flow_id"), event,
	    passes, out);

	if (ended && verdict >= 0) {
		w->verdicts[verdict]++;
		w->passed[verdict] += passes;
	}
	if (ended && verdict == VERDICT_UNJUDGED)
		count(&w->reasons, watch_get(ours, "reason"), 1, passes);
	(void)snprintf(h->said, sizeof(h->said), "%.12s %.8s %.26s %.13s",
	    watch_get(ours, "verdict"), watch_get(ours, "check"),
	    watch_get(ours, "reason"),
	    watch_get(jsonx_get(ours, "application"), "name"));
	h->ended = ended;
	h->in_scope = verdict != VERDICT_OUT_OF_SCOPE ||
	    (w->filter != NULL &&
		watch_filter_names_verdict(w->filter, verdict));
	watch_conversation(w, event, &h->row);
}

static void
take_alert(struct watch *w, const struct jsonx *event, bool passes,
    struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");

	const bool is_record = strcmp(watch_get(ours, "severity"),
				   severity_name(SEVERITY_INFORMATION)) == 0;

	if (strcmp(watch_get(ours, "emission"), "closed") != 0)
		count(is_record ? &w->records : &w->checks,
		    watch_get(ours, "check"), 1, passes);
	watch_alert(w, event, &hold(w, 0, event, passes, out)->row);
}

/* What repeats itself inside a zone, a row a day. */
static void
take_daily(struct watch *w, const struct jsonx *event, bool passes,
    struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");

	count(&w->dailies, watch_get(ours, "check"), 1, passes);
	w->daily_findings += strcmp(watch_get(ours, "severity"),
				 severity_name(SEVERITY_INFORMATION)) != 0;
	watch_daily(w, ours, &hold(w, 0, event, passes, out)->row);
}

static void
take_emergency(struct watch *w, const struct jsonx *event, bool passes,
    struct text *out)
{
	watch_emergency(w, event, &hold(w, 0, event, passes, out)->row);
}

static void
take_gap(struct watch *w, const struct jsonx *event, bool passes,
    struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");

	count(&w->gaps, watch_get(ours, "kind"), 1, passes);
	watch_gap(w, ours, &hold(w, 0, event, passes, out)->row);
}

/* Once a minute all is well, which needs no row; that it is about to end is
 * said when it has. */
static void
take_health(struct watch *w, const struct jsonx *event, bool passes,
    struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");

	if (strcmp(watch_get(ours, "event"), "minute") != 0 &&
	    strcmp(watch_get(ours, "event"), "stopping") != 0)
		watch_health(w, ours, &hold(w, 0, event, passes, out)->row);
}

static void
take_stats(struct watch *w, const struct jsonx *event)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const struct jsonx *capture = jsonx_get(jsonx_get(event, "stats"),
	    "capture");
	const struct jsonx *coverage = jsonx_get(ours, "coverage");
	const struct jsonx *final = jsonx_get(ours, "final");
	const struct jsonx *drops = jsonx_get(ours, "drops");

	w->dropped = (uint64_t)watch_number(capture, "kernel_drops");
	w->dropped_known = drops != NULL && drops->kind != JSONX_NULL;
	memset(&w->coverage, 0, sizeof(w->coverage));
	for (const struct jsonx *c = coverage ? coverage->child : NULL; c;
	     c = c->next) {
		const struct jsonx *share = jsonx_get(c, "seen_share");
		const bool known = share != NULL &&
		    (share->kind == JSONX_DOUBLE ||
			share->kind == JSONX_INTEGER);

		count(&w->coverage, watch_get(c, "boundary"),
		    known ? (uint64_t)(share->number * 1000 + 0.5) : UINT64_MAX,
		    true);
	}
	w->ended = final != NULL && final->kind == JSONX_BOOLEAN &&
	    final->integer != 0;
}

static void
take_type(struct watch *w, const struct jsonx *event, const char *type,
    bool passes, struct text *out)
{
	if (strcmp(type, "flow") == 0)
		take_conversation(w, event, true, passes, out);
	else if (strcmp(type, "sekisho_conversation") == 0)
		take_conversation(w, event, false, passes, out);
	else if (strcmp(type, "alert") == 0)
		take_alert(w, event, passes, out);
	else if (strcmp(type, "sekisho_daily") == 0)
		take_daily(w, event, passes, out);
	else if (strcmp(type, "sekisho_gap") == 0)
		take_gap(w, event, passes, out);
	else if (strcmp(type, "sekisho_health") == 0)
		take_health(w, event, passes, out);
	else if (strcmp(type, "sekisho_emergency") == 0)
		take_emergency(w, event, passes, out);
	/* Devices are counted; the alerts say what is wrong with one. */
	else if (strcmp(type, "sekisho_asset") == 0)
		devices_take(&w->devices, event);
	else if (strcmp(type, "stats") == 0)
		take_stats(w, event);
	else if (strcmp(type, "sekisho_tap") == 0)
		w->tap_views++;
	else if (strcmp(type, "sekisho_coverage") != 0)
		count(&w->unknown, type[0] != '\0' ? type : "-", 1, passes);
}

static void
take_event(struct watch *w, const struct jsonx *event, struct text *out)
{
	const char *type = watch_get(event, "event_type");
	const bool passes = w->filter == NULL ||
	    watch_filter_take(w->filter, event);

	w->events += type[0] != '\0';
	tell_time(w, watch_get(event, "timestamp"));
	while (w->held_count > 0 &&
	    age_ms(w, &w->held[w->held_at]) >= WATCH_HOLD_MS)
		release_first(w, out);

	/* The probe may have a last word on itself after its last account. */
	w->ended = w->ended && strcmp(type, "sekisho_health") == 0;
	take_type(w, event, type, passes, out);
}

bool
watch_has_findings(const struct watch *w)
{
	return w->verdicts[VERDICT_VIOLATE] > 0 || w->checks.count > 0 ||
	    w->daily_findings > 0;
}

bool
watch_has_nothing(const struct watch *w)
{
	return w->lines > 0 && w->events == 0;
}

void
watch_line(struct watch *w, const char *line, size_t length, struct text *out)
{
	struct diag d = { .lang = w->lang };
	struct jsonx_doc *doc;

	if (length == 0)
		return;
	w->lines++;
	doc = length <= WATCH_LINE_MAX ?
	    jsonx_parse("event", line, length, &d) :
	    NULL;
	if (doc == NULL || jsonx_root(doc)->kind != JSONX_OBJECT)
		w->unread++;
	else
		take_event(w, jsonx_root(doc), out);
	jsonx_free(doc);
	diag_free(&d);
}
