/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See watch.h. A conversation is shown when it is first judged, again when
 * its verdict, check or outcome is another, and at its end only where that
 * says something new. Words of packets are escaped: a name must not drive the
 * terminal.
 */
#include "watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonx.h"
#include "base/mem.h"
#include "words.h"

#define END_COLUMNS 29	   /* of zone and address */
#define SERVICE_COLUMNS 11 /* "udp/65535", a space to spare */
#define APPLICATION_COLUMNS 15
#define VERDICT_COLUMNS 12
#define CHECK_COLUMNS 8
#define TIME_AT 11 /* of "2026-11-21T10:15:33.123456+0900" */
#define TIME_COLUMNS 8

static const char *
get(const struct jsonx *o, const char *key)
{
	const struct jsonx *v = jsonx_get(o, key);

	return v != NULL && v->kind == JSONX_STRING ? v->string : "";
}

static int64_t
number(const struct jsonx *o, const char *key)
{
	const struct jsonx *v = jsonx_get(o, key);

	return v != NULL && v->kind == JSONX_INTEGER ? v->integer : 0;
}

static void
add(struct text *out, const char *s)
{
	text_escape(out, s, strlen(s));
}

static void
pad(struct text *out, const char *s, size_t width)
{
	struct text escaped = { 0 };

	add(&escaped, s);
	text_pad(out, text_str(&escaped), width);
	if (text_width(text_str(&escaped)) >= width)
		text_add_char(out, ' ');
	text_free(&escaped);
}

static void
count(struct watch_rows *rows, const char *name, uint64_t by)
{
	size_t i = 0;

	while (i < rows->count && strcmp(rows->rows[i].name, name) != 0)
		i++;
	if (i == WATCH_SUMMARY_ROWS_MAX) {
		rows->rest += by;
		return;
	}
	if (i == rows->count) {
		(void)snprintf(rows->rows[i].name, WATCH_NAME_MAX, "%s", name);
		rows->count++;
	}
	rows->rows[i].count += by;
}

void
watch_init(struct watch *w, enum lang lang, bool colour)
{
	/* Ids of conversations are not an attacker's to choose. */
	static const uint8_t secret[16] = { 0 };

	memset(w, 0, sizeof(*w));
	w->lang = lang;
	w->colour = colour;
	table_init(&w->shown, WATCH_OPEN_MAX, sizeof(int64_t), secret);
	w->last = mem_calloc(WATCH_OPEN_MAX, sizeof(*w->last));
	w->free_slots = mem_calloc(WATCH_OPEN_MAX, sizeof(*w->free_slots));
	for (uint32_t i = 0; i < WATCH_OPEN_MAX; i++)
		w->free_slots[w->free_count++] = WATCH_OPEN_MAX - 1 - i;
}

void
watch_fini(struct watch *w)
{
	table_fini(&w->shown);
	free(w->last);
	free(w->free_slots);
}

/* ---- what was shown of a conversation */

/* True when said is not what was said of it last. When there is no room to
 * remember, it is shown again at its end. */
static bool
is_news(struct watch *w, int64_t id, const char *said, bool ended)
{
	uint32_t slot = table_find(&w->shown, &id);
	bool news = slot == TABLE_NONE || strcmp(w->last[slot], said) != 0;

	if (ended && slot != TABLE_NONE) {
		(void)table_remove(&w->shown, &id);
		w->free_slots[w->free_count++] = slot;
		return news;
	}
	if (!ended && slot == TABLE_NONE && w->free_count > 0) {
		slot = w->free_slots[--w->free_count];
		(void)table_add(&w->shown, &id, slot);
	}
	if (!ended && slot != TABLE_NONE)
		(void)snprintf(w->last[slot], WATCH_NAME_MAX, "%s", said);
	return news;
}

/* ---- rows */

static int
verdict_of(const char *name)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		if (strcmp(name, verdict_name((enum verdict_kind)i)) == 0)
			return i;
	return -1;
}

/* The sign says what the colour says, for whoever sees none. */
static const char *
sign_of(int verdict)
{
	static const char *const signs[VERDICT_COUNT] = {
		[VERDICT_CONFORM] = "o",
		[VERDICT_VIOLATE] = "X",
		[VERDICT_EXCEPTED] = "e",
		[VERDICT_UNJUDGED] = "?",
		[VERDICT_OUT_OF_SCOPE] = "-",
	};

	return verdict < 0 ? " " : signs[verdict];
}

static const char *
colour_of(int verdict)
{
	switch (verdict) {
	case VERDICT_VIOLATE:
		return "\033[1;31m";
	case VERDICT_UNJUDGED:
		return "\033[33m";
	case VERDICT_CONFORM:
		return "\033[32m";
	default:
		return "\033[2m";
	}
}

static void
begin_colour(const struct watch *w, const char *colour, struct text *out)
{
	if (w->colour)
		text_add(out, colour);
}

static void
end_colour(const struct watch *w, struct text *out)
{
	if (w->colour)
		text_add(out, "\033[0m");
}

static void
add_time(const struct jsonx *event, struct text *out)
{
	const char *stamp = get(event, "timestamp");
	char clock[TIME_COLUMNS + 1] = "";

	if (strlen(stamp) > TIME_AT + TIME_COLUMNS)
		(void)snprintf(clock, sizeof(clock), "%.*s", TIME_COLUMNS,
		    stamp + TIME_AT);
	pad(out, clock, TIME_COLUMNS + 1);
}

static void
add_end(const char *zone, const char *address, struct text *out)
{
	struct text end = { 0 };

	text_pad(&end, zone[0] ? zone : "?", WATCH_ZONE_COLUMNS);
	text_add_char(&end, ' ');
	text_add(&end, address);
	pad(out, text_str(&end), END_COLUMNS);
	text_free(&end);
}

static void
add_service(const struct jsonx *event, struct text *out)
{
	char service[WATCH_NAME_MAX];
	const int64_t port = number(event, "dest_port");

	if (jsonx_get(event, "dest_port") != NULL)
		(void)snprintf(service, sizeof(service), "%.16s/%" PRId64,
		    get(event, "proto"), port);
	else
		(void)snprintf(service, sizeof(service), "%.16s",
		    get(event, "proto"));
	pad(out, service, SERVICE_COLUMNS);
}

static void
add_conversation(const struct watch *w, const struct jsonx *event,
    const struct jsonx *ours, struct text *out)
{
	const int verdict = verdict_of(get(ours, "verdict"));

	add_time(event, out);
	begin_colour(w, colour_of(verdict), out);
	text_printf(out, "%s ", sign_of(verdict));
	pad(out,
	    verdict < 0 ? "?" :
			  verdict_title((enum verdict_kind)verdict, w->lang),
	    VERDICT_COLUMNS);
	end_colour(w, out);
	pad(out, get(ours, "check"), CHECK_COLUMNS);
	add_end(get(ours, "src_zone"), get(event, "src_ip"), out);
	text_add(out, "→ ");
	add_end(get(ours, "dest_zone"), get(event, "dest_ip"), out);
	add_service(event, out);
	pad(out, get(jsonx_get(ours, "application"), "name"),
	    APPLICATION_COLUMNS);
	add(out, get(ours, "reason"));
	while (out->length > 0 && out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
	text_add_char(out, '\n');
}

static void
take_conversation(struct watch *w, const struct jsonx *event, bool ended,
    struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const int verdict = verdict_of(get(ours, "verdict"));
	char said[WATCH_NAME_MAX];

	if (ended && verdict >= 0)
		w->verdicts[verdict]++;
	if (ended && verdict == VERDICT_UNJUDGED)
		count(&w->reasons, get(ours, "reason"), 1);
	(void)snprintf(said, sizeof(said), "%.12s %.8s %.22s",
	    get(ours, "verdict"), get(ours, "check"), get(ours, "reason"));
	if (is_news(w, number(event, "flow_id"), said, ended))
		add_conversation(w, event, ours, out);
}

static void
add_note(const struct watch *w, const struct jsonx *event, const char *colour,
    const char *sign, const char *title, const char *sentence, struct text *out)
{
	add_time(event, out);
	begin_colour(w, colour, out);
	text_printf(out, "%s ", sign);
	pad(out, title, VERDICT_COLUMNS);
	end_colour(w, out);
	add(out, sentence);
	text_add_char(out, '\n');
}

static void
take_alert(struct watch *w, const struct jsonx *event, struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	struct text sentence = { 0 };

	if (strcmp(get(ours, "emission"), "closed") != 0)
		count(&w->checks, get(ours, "check"), 1);
	text_pad(&sentence, get(ours, "check"), CHECK_COLUMNS);
	text_printf(&sentence, "[%s] %s", get(ours, "severity"),
	    get(ours, "message"));
	add_note(w, event, "\033[1;7m", "!", words_get(w->lang, W_WATCH_ALERT),
	    text_str(&sentence), out);
	text_free(&sentence);
}

static void
take_gap(struct watch *w, const struct jsonx *event, struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	struct text sentence = { 0 };

	count(&w->gaps, get(ours, "kind"), 1);
	text_printf(&sentence, "%s %s %s", get(ours, "kind"), get(ours, "tap"),
	    get(ours, "cause"));
	add_note(w, event, "\033[1;33m", "!", words_get(w->lang, W_WATCH_GAP),
	    text_str(&sentence), out);
	text_free(&sentence);
}

/* Once a minute all is well, which needs no row. */
static void
take_health(const struct watch *w, const struct jsonx *event, struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const char *what = get(ours, "event");
	struct text sentence = { 0 };

	if (strcmp(what, "minute") == 0)
		return;
	text_printf(&sentence, "%s %s", what, get(ours, "note"));
	add_note(w, event, "\033[2m", "i", words_get(w->lang, W_WATCH_HEALTH),
	    text_str(&sentence), out);
	text_free(&sentence);
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

	w->dropped = (uint64_t)number(capture, "kernel_drops");
	w->dropped_known = drops != NULL && drops->kind != JSONX_NULL;
	memset(&w->coverage, 0, sizeof(w->coverage));
	for (const struct jsonx *c = coverage ? coverage->child : NULL; c;
	     c = c->next) {
		const struct jsonx *share = jsonx_get(c, "seen_share");
		const bool known = share != NULL &&
		    (share->kind == JSONX_DOUBLE ||
			share->kind == JSONX_INTEGER);

		count(&w->coverage, get(c, "boundary"),
		    known ? (uint64_t)(share->number * 1000 + 0.5) :
			    UINT64_MAX);
	}
	w->ended = final != NULL && final->kind == JSONX_BOOLEAN &&
	    final->integer != 0;
}

static void
take_event(struct watch *w, const struct jsonx *event, struct text *out)
{
	const char *type = get(event, "event_type");

	/* The probe may have a last word on itself after its last account. */
	w->ended = w->ended && strcmp(type, "sekisho_health") == 0;
	if (strcmp(type, "flow") == 0)
		take_conversation(w, event, true, out);
	else if (strcmp(type, "sekisho_conversation") == 0)
		take_conversation(w, event, false, out);
	else if (strcmp(type, "alert") == 0)
		take_alert(w, event, out);
	else if (strcmp(type, "sekisho_gap") == 0)
		take_gap(w, event, out);
	else if (strcmp(type, "sekisho_health") == 0)
		take_health(w, event, out);
	else if (strcmp(type, "stats") == 0)
		take_stats(w, event);
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

void
watch_heading(const struct watch *w, struct text *out)
{
	text_pad(out, words_get(w->lang, W_WATCH_TIME), TIME_COLUMNS + 1);
	text_pad(out, words_get(w->lang, W_WATCH_VERDICT), VERDICT_COLUMNS + 2);
	text_pad(out, words_get(w->lang, W_WATCH_CHECK), CHECK_COLUMNS);
	text_pad(out, words_get(w->lang, W_WATCH_FROM), END_COLUMNS + 2);
	if (text_width("→") > 1)
		text_add_char(out, ' ');
	text_pad(out, words_get(w->lang, W_WATCH_TO), END_COLUMNS);
	text_pad(out, words_get(w->lang, W_WATCH_SERVICE), SERVICE_COLUMNS);
	text_pad(out, words_get(w->lang, W_WATCH_APPLICATION),
	    APPLICATION_COLUMNS);
	text_add(out, words_get(w->lang, W_WATCH_REASON));
	text_add_char(out, '\n');
}
