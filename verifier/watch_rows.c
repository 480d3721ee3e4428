/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of sekisho watch. Columns are those of a terminal, where Japanese
 * takes two for a character; on one that is too narrow a conversation takes
 * two lines and sentences are folded. What comes from packets is escaped: a
 * name must not drive the terminal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "watch_internal.h"
#include "words.h"

#define TIME_COLUMNS 9 /* and a space */
#define SIGN_COLUMNS 3 /* mark, sign, space */
#define VERDICT_COLUMNS 11
#define CHECK_COLUMNS 8
#define END_COLUMNS 29	   /* of zone and address */
#define SERVICE_COLUMNS 11 /* "udp/65535", a space to spare */
#define APPLICATION_COLUMNS 15
#define NARROW_COLUMNS 12 /* of the application, where there is less room */
#define SIGN_AT (TIME_COLUMNS + SIGN_COLUMNS - 2) /* its column */
#define INDENT_COLUMNS (TIME_COLUMNS + SIGN_COLUMNS)
#define FOLD_COLUMNS_MIN 30 /* beside the indent; less: the terminal does it */
#define DAILY_NAMES_SHOWN 3
#define CONDUITS_SHOWN 8 /* of an emergency */
#define MARK "↳"	 /* revises the row before of its conversation */

const char *
watch_get(const struct jsonx *o, const char *key)
{
	const struct jsonx *v = jsonx_get(o, key);

	return v != NULL && v->kind == JSONX_STRING ? v->string : "";
}

int64_t
watch_number(const struct jsonx *o, const char *key)
{
	const struct jsonx *v = jsonx_get(o, key);

	return v != NULL && v->kind == JSONX_INTEGER ? v->integer : 0;
}

int
watch_verdict(const char *name)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		if (strcmp(name, verdict_name((enum verdict_kind)i)) == 0)
			return i;
	return -1;
}

void
watch_clock(const struct jsonx *event, char clock[WATCH_CLOCK_MAX])
{
	const char *stamp = watch_get(event, "timestamp");

	clock[0] = '\0';
	if (strlen(stamp) > WATCH_TIME_AT + WATCH_CLOCK_MAX)
		(void)snprintf(clock, WATCH_CLOCK_MAX, "%s",
		    stamp + WATCH_TIME_AT);
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
strip(struct text *out)
{
	while (out->length > 0 && out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
}

/* Without what is left of the last column. */
static void
end_line(struct text *out)
{
	strip(out);
	text_add_char(out, '\n');
}

static bool
is_narrow(const struct watch *w)
{
	return w->columns > 0 && w->columns < WATCH_WIDE_COLUMNS;
}

/* ---- folding */

/* Bytes of the character at s, or of a colour: what else was such an escape is
 * none any more. */
static size_t
character(const char *s)
{
	if (*s == '\033')
		return strcspn(s, "m") + (strchr(s, 'm') != NULL);
	const size_t length = text_utf8(s, strlen(s));

	return length > 0 ? length : 1;
}

static size_t
columns_of(const char *s, size_t n)
{
	char one[8] = "";

	if (*s == '\033')
		return 0;
	memcpy(one, s, n < sizeof(one) ? n : sizeof(one) - 1);
	return text_width(one);
}

/* How much of s fits into width columns: ends at a space or between Japanese
 * characters, of which two columns are left to a mark that must not begin a
 * line. */
static size_t
fitting(const char *s, size_t width)
{
	static const char *const closing[] = { "。", "、", "）", "」" };
	size_t used = 0, best = 0, at = 0;

	for (size_t n; s[at] != '\0'; at += n) {
		const bool wide = columns_of(s + at, n = character(s + at)) > 1;
		bool closes = false;

		for (size_t i = 0; i < sizeof(closing) / sizeof(*closing); i++)
			closes = closes || strncmp(s + at, closing[i], n) == 0;
		if (s[at] == ' ' || (wide && !closes))
			best = at;
		used += columns_of(s + at, n);
		if (used > width - (closes ? 0 : 2))
			return best > 0 ? best : at;
	}
	return at;
}

static size_t
shown_width(const char *s)
{
	size_t width = 0;

	for (size_t n; *s != '\0'; s += n) {
		n = character(s);
		width += columns_of(s, n);
	}
	return width;
}

/* A line (escaped already) that begins at column used, folded where the
 * terminal's width is known; its other lines begin at indent. */
static void
add_line(const struct watch *w, const char *s, size_t used, size_t indent,
    struct text *out)
{
	size_t n;

	if (w->columns < FOLD_COLUMNS_MIN + INDENT_COLUMNS) {
		text_add(out, s);
		end_line(out);
		return;
	}
	while (shown_width(s) > w->columns - used) {
		n = fitting(s, w->columns - used);
		text_add_n(out, s, n);
		s += n + strspn(s + n, " ");
		if (*s == '\0')
			break;
		end_line(out);
		text_pad(out, "", indent);
		used = indent;
	}
	text_add(out, s);
	end_line(out);
}

static void
add_sentence(const struct watch *w, const char *s, size_t first,
    struct text *out)
{
	add_line(w, s, first, INDENT_COLUMNS, out);
}

void
watch_fold(const struct watch *w, const char *lines, size_t indent,
    struct text *out)
{
	struct text line = { 0 };

	for (size_t n; *lines != '\0'; lines += n + (lines[n] == '\n')) {
		n = strcspn(lines, "\n");
		text_clear(&line);
		text_add_n(&line, lines, n);
		add_line(w, text_str(&line), 0, indent, out);
	}
	text_free(&line);
}

/* ---- what a verdict looks like */

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

/* Sign and title, coloured. */
static void
add_title(const struct watch *w, const char *colour, const char *sign,
    const char *title, struct text *out)
{
	struct text escaped = { 0 };

	add(&escaped, title);
	if (w->colour)
		text_add(out, colour);
	text_printf(out, "%s %s", sign, text_str(&escaped));
	if (w->colour)
		text_add(out, "\033[0m");
	text_pad(out, "",
	    VERDICT_COLUMNS > text_width(text_str(&escaped)) ?
		VERDICT_COLUMNS - text_width(text_str(&escaped)) :
		1);
	text_free(&escaped);
}

/* ---- conversations */

/* aligned: in a column of its own. */
static void
add_end(const char *zone, const char *address, bool aligned, struct text *out)
{
	struct text end = { 0 };

	text_pad(&end, zone[0] ? zone : "?", aligned ? WATCH_ZONE_COLUMNS : 0);
	text_add_char(&end, ' ');
	text_add(&end, address);
	pad(out, text_str(&end), aligned ? END_COLUMNS : 0);
	text_free(&end);
}

static void
add_ends(const struct jsonx *event, const struct jsonx *ours, bool aligned,
    struct text *out)
{
	add_end(watch_get(ours, "src_zone"), watch_get(event, "src_ip"),
	    aligned, out);
	text_add(out, "→ ");
	add_end(watch_get(ours, "dest_zone"), watch_get(event, "dest_ip"),
	    aligned, out);
}

static void
add_service(const struct jsonx *event, struct text *out)
{
	char service[WATCH_NAME_MAX];
	const int64_t port = watch_number(event, "dest_port");

	if (jsonx_get(event, "dest_port") != NULL)
		(void)snprintf(service, sizeof(service), "%.16s/%" PRId64,
		    watch_get(event, "proto"), port);
	else
		(void)snprintf(service, sizeof(service), "%.16s",
		    watch_get(event, "proto"));
	pad(out, service, SERVICE_COLUMNS);
}

/* In Japanese as a sentence; English has the short word of the events. */
static void
add_reason(const struct watch *w, const char *reason, struct text *out)
{
	struct text words = { 0 };

	if (w->lang != LANG_EN)
		describe_reason(reason, w->lang, &words);
	add(out, words.length > 0 ? text_str(&words) : reason);
	text_free(&words);
}

void
watch_conversation(const struct watch *w, const struct jsonx *event,
    struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const int verdict = watch_verdict(watch_get(ours, "verdict"));
	const bool narrow = is_narrow(w);
	struct text row = { 0 };

	add_title(w, colour_of(verdict), sign_of(verdict),
	    verdict < 0 ? "?" :
			  verdict_title((enum verdict_kind)verdict, w->lang),
	    &row);
	pad(&row, watch_get(ours, "check"), CHECK_COLUMNS);
	if (!narrow)
		add_ends(event, ours, true, &row);
	add_service(event, &row);
	pad(&row, watch_get(jsonx_get(ours, "application"), "name"),
	    narrow ? NARROW_COLUMNS : APPLICATION_COLUMNS);
	add_reason(w, watch_get(ours, "reason"), &row);
	strip(&row);
	add_sentence(w, text_str(&row), SIGN_AT, out);
	if (narrow) {
		text_clear(&row);
		add_ends(event, ours, false, &row);
		strip(&row);
		text_pad(out, "", INDENT_COLUMNS);
		add_sentence(w, text_str(&row), INDENT_COLUMNS, out);
	}
	text_free(&row);
}

/* ---- sentences */

static void
add_note(const struct watch *w, const char *colour, const char *sign,
    const char *title, const char *sentence, struct text *out)
{
	struct text escaped = { 0 };

	add_title(w, colour, sign, title, out);
	add(&escaped, sentence);
	add_sentence(w, text_str(&escaped), INDENT_COLUMNS + VERDICT_COLUMNS,
	    out);
	text_free(&escaped);
}

static enum severity
severity_of(const char *name)
{
	enum severity s = SEVERITY_CRITICAL;

	while (s > SEVERITY_NONE && strcmp(name, severity_name(s)) != 0)
		s--;
	return s;
}

/* "zone address MAC", as far as they are known; false: nothing is. */
static bool
add_party(const char *zone, const char *address, const char *mac,
    struct text *out)
{
	const char *const parts[] = { zone, address, mac };
	struct text party = { 0 };

	if (address[0] == '\0' && mac[0] == '\0')
		return false;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (parts[i][0] == '\0')
			continue;
		text_add(&party, party.length > 0 ? " " : "");
		add(&party, parts[i]);
	}
	text_add(out, text_str(&party));
	text_free(&party);
	return true;
}

/* Who does it to whom, where no conversation shows it. Two lines where one is
 * too long for the terminal. */
static void
add_parties(const struct watch *w, const struct jsonx *event, struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const struct jsonx *ether = jsonx_get(event, "ether");
	struct text from = { 0 }, to = { 0 };

	if (add_party(watch_get(ours, "src_zone"), watch_get(event, "src_ip"),
		watch_get(ether, "src_mac"), &from)) {
		text_pad(out, "", INDENT_COLUMNS);
	}
	text_add(&to, from.length > 0 ? "→ " : "");
	if (from.length > 0 &&
	    add_party(watch_get(ours, "dest_zone"), watch_get(event, "dest_ip"),
		watch_get(ether, "dest_mac"), &to)) {
		text_add_char(&to, ' ');
		if (jsonx_get(event, "proto") != NULL)
			add_service(event, &to);
		strip(&to);
		if (w->columns > 0 &&
		    INDENT_COLUMNS + text_width(text_str(&from)) + 1 +
			    text_width(text_str(&to)) >
			w->columns) {
			add_sentence(w, text_str(&from), INDENT_COLUMNS, out);
			text_pad(out, "", INDENT_COLUMNS);
			text_clear(&from);
		}
		text_add(&from, from.length > 0 ? " " : "");
		text_add(&from, text_str(&to));
	}
	if (from.length > 0)
		add_sentence(w, text_str(&from), INDENT_COLUMNS, out);
	text_free(&from);
	text_free(&to);
}

/* Where a notice is of, and what to look at first. */
static void
add_next(const struct watch *w, const struct jsonx *ours, struct text *out)
{
	const struct jsonx *taps = jsonx_get(ours, "taps"),
			   *next = jsonx_get(ours, "next");
	struct text at = { 0 }, step = { 0 }, line = { 0 };

	for (const struct jsonx *t = taps ? taps->child : NULL; t; t = t->next)
		if (t->kind == JSONX_STRING) {
			text_add(&at, at.length > 0 ? ", " : "");
			add(&at, t->string);
		}
	next = next ? next->child : NULL;
	if (next != NULL && next->kind == JSONX_STRING) {
		add(&step, next->string);
		if (at.length > 0)
			words_add(&line, w->lang, W_WATCH_NEXT, 2,
			    text_str(&at), text_str(&step));
		else
			words_add(&line, w->lang, W_WATCH_NEXT_ALONE, 1,
			    text_str(&step));
		text_pad(out, "", INDENT_COLUMNS);
		add_sentence(w, text_str(&line), INDENT_COLUMNS, out);
	}
	text_free(&at);
	text_free(&step);
	text_free(&line);
}

void
watch_alert(const struct watch *w, const struct jsonx *event, struct text *out)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const enum severity severity = severity_of(watch_get(ours, "severity"));
	const bool is_record = severity == SEVERITY_INFORMATION;
	const struct jsonx *is_new = jsonx_get(jsonx_get(ours, "novelty"),
	    "first_ever");
	const char *title = severity == SEVERITY_NONE ?
	    watch_get(ours, "severity") :
	    severity_title(severity, w->lang);
	const char *colour = "\033[1m";
	struct text sentence = { 0 };

	text_pad(&sentence, watch_get(ours, "check"), CHECK_COLUMNS);
	text_add_char(&sentence, '[');
	if (is_new != NULL && is_new->kind == JSONX_BOOLEAN && is_new->integer)
		words_add(&sentence, w->lang, W_WATCH_SEVERITY_NEW, 1, title);
	else
		text_add(&sentence, title);
	text_printf(&sentence, "] %s", watch_get(ours, "message"));
	if (severity >= SEVERITY_HIGH)
		colour = "\033[1;7m";
	else if (is_record)
		colour = "\033[2m";
	add_note(w, colour, is_record ? "i" : "!",
	    words_get(w->lang, is_record ? W_WATCH_RECORD : W_WATCH_ALERT),
	    text_str(&sentence), out);
	if (jsonx_get(ours, "notice") != NULL) {
		add_parties(w, event, out);
		if (strcmp(watch_get(ours, "emission"), "closed") != 0)
			add_next(w, ours, out);
	}
	text_free(&sentence);
}

/* "zone SMBv1: 12 times, at least 3 devices (ocsp.example 4, ...)" */
void
watch_daily(const struct watch *w, const struct jsonx *ours, struct text *out)
{
	const bool is_background = strcmp(watch_get(ours, "kind"),
				       "background") == 0;
	const struct jsonx *least = jsonx_get(ours, "hosts_at_least"),
			   *name = jsonx_get(ours, "names");
	const char *what = watch_get(ours, "what");
	struct text sentence = { 0 }, hosts = { 0 };
	char n[32], count[32];
	int named = 0;

	if (what[0] == '\0')
		what = words_get(w->lang,
		    is_background ? W_WATCH_DAILY_BACKGROUND :
				    W_WATCH_DAILY_LEGACY);
	(void)snprintf(count, sizeof(count), "%" PRId64,
	    watch_number(ours, "count"));
	(void)snprintf(n, sizeof(n), "%" PRId64, watch_number(ours, "hosts"));
	if (least != NULL && least->kind == JSONX_BOOLEAN && least->integer)
		words_add(&hosts, w->lang, W_WATCH_DAILY_LEAST, 1, n);
	else
		text_add(&hosts, n);
	text_pad(&sentence, watch_get(ours, "check"), CHECK_COLUMNS);
	words_add(&sentence, w->lang, W_WATCH_DAILY_ROW, 4,
	    watch_get(ours, "zone")[0] ? watch_get(ours, "zone") : "?", what,
	    count, text_str(&hosts));
	name = name != NULL && name->kind == JSONX_ARRAY ? name->child : NULL;
	for (; name != NULL && named < DAILY_NAMES_SHOWN; name = name->next)
		text_printf(&sentence, "%s%s %" PRId64,
		    named++ == 0 ? " (" : ", ", watch_get(name, "name"),
		    watch_number(name, "count"));
	text_add(&sentence, named == 0 ? "" : name != NULL ? ", ...)" : ")");
	add_note(w, "\033[2m", "i", words_get(w->lang, W_WATCH_DAILY),
	    text_str(&sentence), out);
	text_free(&sentence);
	text_free(&hosts);
}

/* What it opens is named: whoever reads a row that is excepted by it must find
 * it. */
void
watch_emergency(const struct watch *w, const struct jsonx *event,
    struct text *out)
{
	static const struct {
		const char *event;
		enum word title;
	} titles[] = {
		{ "begin", W_WATCH_EMERGENCY_BEGIN },
		{ "on", W_WATCH_EMERGENCY_ON },
		{ "end", W_WATCH_EMERGENCY_END },
		{ "withdrawn", W_WATCH_EMERGENCY_WITHDRAWN },
	};
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const struct jsonx *ids = jsonx_get(ours, "conduits");
	const struct jsonx *approved = jsonx_get(ours, "approved");
	const char *what = watch_get(ours, "event");
	const char *until = watch_get(ours, "until"), *title = what;
	const bool is_over = strcmp(what, "end") == 0;
	struct text sentence = { 0 }, conduits = { 0 };
	char end[20] = "?", count[32];
	int named = 0;

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		if (strcmp(what, titles[i].event) == 0)
			title = words_get(w->lang, titles[i].title);
	/* "2026-11-21T10:15:33..." */
	if (strlen(until) > WATCH_TIME_AT + 5)
		(void)snprintf(end, sizeof(end), "%.10s %.5s", until,
		    until + WATCH_TIME_AT);
	ids = ids != NULL && ids->kind == JSONX_ARRAY ? ids->child : NULL;
	for (; ids != NULL && named < CONDUITS_SHOWN; ids = ids->next)
		if (ids->kind == JSONX_STRING)
			text_printf(&conduits, "%s%s", named++ == 0 ? "" : ", ",
			    ids->string);
	text_add(&conduits, ids != NULL ? ", ..." : named == 0 ? "-" : "");
	(void)snprintf(count, sizeof(count), "%" PRId64,
	    watch_number(ours, "conversations"));
	words_add(&sentence, w->lang, W_WATCH_EMERGENCY_ROW, 5,
	    watch_get(ours, "name"), title, end, text_str(&conduits), count);
	if (!is_over && approved != NULL && approved->kind == JSONX_BOOLEAN &&
	    approved->integer == 0)
		text_printf(&sentence, "%s%s", w->lang == LANG_EN ? ". " : "　",
		    words_get(w->lang, W_EMERGENCY_UNAPPROVED));
	add_note(w, "\033[1;33m", is_over ? "i" : "!",
	    words_get(w->lang, W_WATCH_EMERGENCY), text_str(&sentence), out);
	text_free(&sentence);
	text_free(&conduits);
}

void
watch_gap(const struct watch *w, const struct jsonx *ours, struct text *out)
{
	struct text sentence = { 0 };

	text_printf(&sentence, "%s %s %s", watch_get(ours, "kind"),
	    watch_get(ours, "tap"), watch_get(ours, "cause"));
	add_note(w, "\033[1;33m", "!", words_get(w->lang, W_WATCH_GAP),
	    text_str(&sentence), out);
	text_free(&sentence);
}

void
watch_health(const struct watch *w, const struct jsonx *ours, struct text *out)
{
	static const struct {
		const char *event;
		enum word title;
	} titles[] = {
		{ "start", W_WATCH_STARTED },
		{ "stop", W_WATCH_STOPPED },
		{ "restart", W_WATCH_RESTARTED },
		{ "reload", W_WATCH_RELOADED },
		{ "reload-refused", W_WATCH_REFUSED },
	};
	const char *what = watch_get(ours, "event"), *title = what;
	struct text sentence = { 0 };

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		if (strcmp(what, titles[i].event) == 0)
			title = words_get(w->lang, titles[i].title);
	text_printf(&sentence, "%s %s", title, watch_get(ours, "note"));
	strip(&sentence);
	add_note(w, "\033[2m", "i", words_get(w->lang, W_WATCH_HEALTH),
	    text_str(&sentence), out);
	text_free(&sentence);
}

/* ---- whole rows */

void
watch_add_row(const struct watch_held *h, bool revised, struct text *out)
{
	text_pad(out, h->clock, TIME_COLUMNS);
	text_pad(out, revised ? MARK : "", SIGN_COLUMNS - 2);
	text_add(out, text_str(&h->row));
}

static void
add_heading_ends(const struct watch *w, bool aligned, struct text *out)
{
	text_pad(out, words_get(w->lang, W_WATCH_FROM),
	    aligned ? END_COLUMNS : 0);
	text_add(out, aligned ? "  " : " → ");
	if (aligned && text_width("→") > 1)
		text_add_char(out, ' ');
	text_pad(out, words_get(w->lang, W_WATCH_TO),
	    aligned ? END_COLUMNS : 0);
}

void
watch_heading(const struct watch *w, struct text *shown)
{
	struct text heading = { 0 }, *out = &heading, filter = { 0 };

	if (w->filter != NULL && watch_filter_is_set(w->filter)) {
		watch_filter_describe(w->filter, &filter);
		words_add(out, w->lang, W_OBSERVED_FILTER, 1,
		    text_str(&filter));
		text_add_char(out, '\n');
		text_free(&filter);
	}
	text_pad(out, words_get(w->lang, W_WATCH_TIME), TIME_COLUMNS);
	text_pad(out, "", SIGN_COLUMNS);
	text_pad(out, words_get(w->lang, W_WATCH_VERDICT), VERDICT_COLUMNS);
	text_pad(out, words_get(w->lang, W_WATCH_CHECK), CHECK_COLUMNS);
	if (!is_narrow(w))
		add_heading_ends(w, true, out);
	text_pad(out, words_get(w->lang, W_WATCH_SERVICE), SERVICE_COLUMNS);
	text_pad(out, words_get(w->lang, W_WATCH_APPLICATION),
	    is_narrow(w) ? NARROW_COLUMNS : APPLICATION_COLUMNS);
	text_add(out, words_get(w->lang, W_WATCH_REASON));
	text_add_char(out, '\n');
	if (is_narrow(w)) {
		text_pad(out, "", INDENT_COLUMNS);
		add_heading_ends(w, false, out);
		text_add_char(out, '\n');
	}
	watch_fold(w, text_str(&heading), INDENT_COLUMNS, shown);
	text_free(&heading);
}
