/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See summary.h. What could not be judged stands first: a reader who stops
 * after three lines must have seen it.
 */
#include "summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "words.h"

#define INDENT "  "
#define NUMBER_WIDTH 12

/* ---- between engine and recorder */

static void
on_conversation(void *context, const struct observation *o)
{
	const struct summary *s = context;

	s->inner.conversation(s->inner.context, o);
}

static void
on_coverage(void *context, const struct coverage_finding *f)
{
	const struct summary *s = context;

	s->inner.coverage(s->inner.context, f);
}

static uint64_t
counter_named(const struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->counter_count; i++)
		if (strcmp(t->counters[i].name, name) == 0)
			return t->counters[i].value;
	return 0;
}

static void
free_taps(struct summary_account *a)
{
	for (size_t i = 0; i < a->tap_count; i++) {
		free(a->taps[i].id);
		free(a->taps[i].file);
		free(a->taps[i].boundary);
	}
	free(a->taps);
	a->taps = NULL;
	a->tap_count = 0;
}

/* As it is shown; the caller frees it. */
static char *
boundary_of(const struct tap *tap)
{
	const struct boundary *b = tap ? tap->boundary : NULL;

	if (b == NULL)
		return NULL;
	return mem_strdup(b->name != NULL ? b->name : b->id);
}

static void
take_taps(struct summary_account *a, const struct tally *t)
{
	free_taps(a);
	a->taps = mem_calloc(t->tap_count + 1, sizeof(*a->taps));
	for (size_t i = 0; i < t->tap_count; i++) {
		const struct tap_account *from = &t->taps[i];
		struct summary_tap *to = &a->taps[a->tap_count++];

		to->id = mem_strdup(from->tap ? from->tap->id : "-");
		to->file = from->file ? mem_strdup(from->file) : NULL;
		to->boundary = boundary_of(from->tap);
		to->payload.frames = from->frames;
		to->payload.seen = from->payload_seen;
		to->payload.missing = from->payload_missing;
		to->payload.unheard = from->payload_unheard;
		to->payload.lost_frames = from->drops;
		to->tcp_conversations = from->tcp_conversations;
		to->tcp_one_way = from->tcp_one_way;
	}
}

static void
take_reasons(struct summary_account *a, const struct tally *t)
{
	a->reason_count = t->reason_count < COUNTERS_REASONS_MAX ?
	    t->reason_count :
	    COUNTERS_REASONS_MAX;
	for (size_t i = 0; i < a->reason_count; i++) {
		(void)snprintf(a->names[i], sizeof(a->names[i]), "%s",
		    t->reasons[i].name);
		a->reasons[i].name = a->names[i];
		a->reasons[i].value = t->reasons[i].value;
	}
}

static void
on_account(void *context, const struct tally *t)
{
	struct summary *s = context;
	struct summary_account *a = &s->accounts[s->engine];

	s->inner.account(s->inner.context, t);
	s->now = t->now;
	a->read = t->read;
	a->judged = t->judged;
	a->unclassified = counter_named(t, "classifier-refused");
	take_reasons(a, t);
	take_taps(a, t);
}

static void
on_tick(void *context, struct wall_us now)
{
	const struct summary *s = context;

	s->inner.tick(s->inner.context, now);
}

static void
on_gap(void *context, const struct gap *g)
{
	struct summary *s = context;

	s->gap = true;
	s->inner.gap(s->inner.context, g);
}

static void
on_health(void *context, const struct health *h)
{
	const struct summary *s = context;

	s->inner.health(s->inner.context, h);
}

static void
on_notice(void *context, const struct notice *n)
{
	const struct summary *s = context;

	s->inner.notice(s->inner.context, n);
}

static void
on_device(void *context, const struct device *d)
{
	const struct summary *s = context;

	s->inner.device(s->inner.context, d);
}

static void
on_evidence(void *context, const struct evidence_set *e)
{
	const struct summary *s = context;

	s->inner.evidence(s->inner.context, e);
}

static void
on_minute(void *context, const struct tap_minute *m)
{
	const struct summary *s = context;

	s->inner.minute(s->inner.context, m);
}

static void
on_view(void *context, const struct tap_view *v)
{
	const struct summary *s = context;

	s->inner.view(s->inner.context, v);
}

struct observer
summary_observer(struct summary *s, struct observer inner)
{
	const struct observer observer = {
		.context = s,
		.conversation = on_conversation,
		.coverage = on_coverage,
		.account = on_account,
		.tick = on_tick,
		.gap = on_gap,
		.health = on_health,
		.notice = on_notice,
		.device = on_device,
		.evidence = on_evidence,
		.minute = on_minute,
		.view = on_view,
	};

	s->inner = inner;
	return observer;
}

void
summary_fini(struct summary *s)
{
	for (size_t i = 0; i < SUMMARY_ENGINES_MAX; i++)
		free_taps(&s->accounts[i]);
}

/* ---- over all engines */

uint64_t
summary_read(const struct summary *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SUMMARY_ENGINES_MAX; i++)
		sum += s->accounts[i].read;
	return sum;
}

static uint64_t
all_judged(const struct summary *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SUMMARY_ENGINES_MAX; i++)
		sum += s->accounts[i].judged;
	return sum;
}

static uint64_t
all_unclassified(const struct summary *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SUMMARY_ENGINES_MAX; i++)
		sum += s->accounts[i].unclassified;
	return sum;
}

static uint64_t
all_unread(const struct summary *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SUMMARY_ENGINES_MAX; i++)
		sum += counters_unread(s->accounts[i].reasons,
		    s->accounts[i].reason_count);
	return sum;
}

/* The frames of one reason. */
static uint64_t
all_of_reason(const struct summary *s, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SUMMARY_ENGINES_MAX; i++) {
		const struct summary_account *a = &s->accounts[i];

		for (size_t k = 0; k < a->reason_count; k++)
			if (strcmp(a->reasons[k].name, name) == 0)
				sum += a->reasons[k].value;
	}
	return sum;
}

enum run_code
summary_code(const struct summary *s, const struct model *m,
    const struct recorder_totals *t)
{
	if (t->findings > 0)
		return RUN_FINDINGS;
	if (s->gap || summary_read(s) == 0 || all_unread(s) > 0 ||
	    summary_unjudged(t) > m->limits.unjudged)
		return RUN_UNDECIDED;
	return RUN_CONFORMING;
}

/* ---- the text */

static void
add_head(struct text *out, enum lang lang, enum word word)
{
	text_add(out, words_get(lang, word));
	text_add_char(out, '\n');
}

/* One line: a name in width columns and a number. */
static void
add_row(struct text *out, const char *name, size_t width, uint64_t value)
{
	text_add(out, INDENT);
	text_pad(out, name, width);
	text_printf(out, "%*" PRIu64 "\n", NUMBER_WIDTH, value);
}

static size_t
wider(size_t width, const char *text)
{
	const size_t other = text_width(text);

	return other > width ? other : width;
}

static uint64_t
all_conversations(const struct recorder_totals *t)
{
	uint64_t sum = 0;

	for (int i = 0; i < VERDICT_COUNT; i++)
		sum += t->verdicts[i];
	return sum;
}

double
summary_unjudged(const struct recorder_totals *t)
{
	const uint64_t in_scope = all_conversations(t) -
	    t->verdicts[VERDICT_OUT_OF_SCOPE];

	if (in_scope == 0)
		return 0;
	return (double)t->verdicts[VERDICT_UNJUDGED] / (double)in_scope;
}

/* What a reason means; the words stand in the order of the reasons. */
static const char *
phrase_of(enum reason reason, enum lang lang)
{
	_Static_assert(W_MESSAGE_REASON_OTHER_INPUT -
		    W_MESSAGE_REASON_DIRECTION ==
		(int)REASON_OTHER_INPUT - (int)REASON_DIRECTION,
	    "a word for each reason");

	if (reason == REASON_NONE)
		return "";
	if (reason == REASON_NOT_OBSERVABLE)
		return words_get(lang, W_PROBE_SUMMARY_NOT_OBSERVABLE);
	return words_get(lang,
	    (enum word)(W_MESSAGE_REASON_DIRECTION +
		((int)reason - (int)REASON_DIRECTION)));
}

static void
print_unjudged(const struct recorder_totals *t, enum lang lang,
    struct text *out)
{
	char name[64];
	size_t width = 0, phrase_width = 0;

	if (t->verdicts[VERDICT_UNJUDGED] == 0)
		return;
	add_head(out, lang, W_PROBE_SUMMARY_UNJUDGED);
	for (int i = 0; i < REASON_COUNT; i++) {
		if (t->unjudged[i] == 0)
			continue;
		width = wider(width, reason_text((enum reason)i, 0, name));
		phrase_width = wider(phrase_width,
		    phrase_of((enum reason)i, lang));
	}
	for (int i = 0; i < REASON_COUNT; i++) {
		if (t->unjudged[i] == 0)
			continue;
		text_add(out, INDENT);
		text_pad(out, reason_text((enum reason)i, 0, name), width);
		add_row(out, phrase_of((enum reason)i, lang), phrase_width,
		    t->unjudged[i]);
	}
}

/* What was opaque for want of room, not by nature. */
static void
print_unclassified(uint64_t count, enum lang lang, struct text *out)
{
	char number[24];

	if (count == 0)
		return;
	(void)snprintf(number, sizeof(number), "%" PRIu64, count);
	words_add(out, lang, W_PROBE_SUMMARY_UNCLASSIFIED, 1, number);
	text_add_char(out, '\n');
}

static void
print_verdicts(const struct recorder_totals *t, enum lang lang,
    struct text *out)
{
	size_t width = 0;

	add_head(out, lang, W_PROBE_SUMMARY_VERDICTS);
	for (int i = 0; i < VERDICT_COUNT; i++)
		width = wider(width, verdict_title((enum verdict_kind)i, lang));
	for (int i = 0; i < VERDICT_COUNT; i++)
		add_row(out, verdict_title((enum verdict_kind)i, lang), width,
		    t->verdicts[i]);
}

static void
print_alerts(const uint64_t counts[CHECK_COUNT], enum word head, enum lang lang,
    struct text *out)
{
	const size_t id_width = strlen("MAIL-10");
	size_t width = 0;

	for (int i = CHECK_NONE + 1; i < CHECK_COUNT; i++)
		if (counts[i] > 0)
			width = wider(width,
			    checks_row((enum check)i)->title[lang]);
	if (width == 0)
		return;
	add_head(out, lang, head);
	for (int i = CHECK_NONE + 1; i < CHECK_COUNT; i++) {
		if (counts[i] == 0)
			continue;
		text_add(out, INDENT);
		text_pad(out, checks_id((enum check)i), id_width);
		text_add_char(out, ' ');
		text_pad(out, checks_row((enum check)i)->title[lang], width);
		text_printf(out, "%*" PRIu64 "\n", NUMBER_WIDTH, counts[i]);
	}
}

/* Findings, and apart from them what is only recorded. */
static void
print_groups(const struct recorder_totals *t, enum lang lang, struct text *out)
{
	uint64_t records[CHECK_COUNT];

	for (int i = 0; i < CHECK_COUNT; i++)
		records[i] = t->groups_by_check[i] - t->findings_by_check[i];
	print_alerts(t->findings_by_check, W_PROBE_SUMMARY_ALERTS, lang, out);
	print_alerts(records, W_PROBE_SUMMARY_RECORDS, lang, out);
}

/* Where events go to a folder. */
static void
print_evidence(const struct recorder_totals *t, enum lang lang,
    struct text *out)
{
	char with[24], without[24];

	if (t->evidence + t->evidence_missing == 0)
		return;
	(void)snprintf(with, sizeof(with), "%" PRIu64, t->evidence);
	(void)snprintf(without, sizeof(without), "%" PRIu64,
	    t->evidence_missing);
	words_add(out, lang, W_PROBE_SUMMARY_EVIDENCE, 2, with, without);
	text_add_char(out, '\n');
}

/* What was set aside: it was seen, and alerted nobody. */
static void
print_daily(const struct recorder_totals *t, enum lang lang, struct text *out)
{
	char background[24], legacy[24];

	if (t->background + t->legacy == 0)
		return;
	(void)snprintf(background, sizeof(background), "%" PRIu64,
	    t->background);
	(void)snprintf(legacy, sizeof(legacy), "%" PRIu64, t->legacy);
	words_add(out, lang, W_PROBE_SUMMARY_DAILY, 2, background, legacy);
	text_add_char(out, '\n');
}

static void
print_tap(const struct summary_tap *a, enum lang lang, struct text *out)
{
	const struct cover_bound bound = cover_bound(&a->payload);
	char frames[24], percent_seen[COVER_PERCENT_MAX], one_way[16];
	struct text file = { 0 }, seen = { 0 }, share = { 0 };

	if (a->file)
		text_escape(&file, a->file, strlen(a->file));
	(void)snprintf(frames, sizeof(frames), "%" PRIu64, a->payload.frames);
	words_add(&seen, lang,
	    bound.known ? W_PROBE_SUMMARY_SEEN : W_PROBE_SUMMARY_SEEN_UNKNOWN,
	    1, cover_percent(&bound, percent_seen));
	if (a->tcp_conversations > 0) {
		(void)snprintf(one_way, sizeof(one_way), "%.1f",
		    100.0 * (double)a->tcp_one_way /
			(double)a->tcp_conversations);
		words_add(&share, lang, W_PROBE_SUMMARY_ONE_WAY, 1, one_way);
	} else
		text_add(&share, words_get(lang, W_PROBE_SUMMARY_NO_TCP));
	text_add(out, INDENT);
	words_add(out, lang, W_PROBE_SUMMARY_TAP, 5, a->id,
	    a->file ? text_str(&file) : NULL, frames, text_str(&seen),
	    text_str(&share));
	text_add_char(out, '\n');
	text_free(&file);
	text_free(&seen);
	text_free(&share);
}

/* Taps of one boundary stand in one account, one after the other or not: adds
 * up those of the boundary of taps[at]; false where one before was of it. */
static bool
sum_boundary(const struct summary_account *a, size_t at,
    struct cover_payload *sum)
{
	const char *name = a->taps[at].boundary;

	memset(sum, 0, sizeof(*sum));
	for (size_t i = 0; name != NULL && i < a->tap_count; i++) {
		const struct summary_tap *t = &a->taps[i];

		if (t->boundary == NULL || strcmp(t->boundary, name) != 0)
			continue;
		if (i < at)
			return false;
		sum->frames += t->payload.frames;
		sum->seen += t->payload.seen;
		sum->missing += t->payload.missing;
		sum->unheard += t->payload.unheard;
		sum->lost_frames += t->payload.lost_frames;
	}
	return name != NULL;
}

/* The one statement of how much was seen, for each boundary. */
static void
print_boundaries(const struct summary_account *a, enum lang lang,
    struct text *out)
{
	struct cover_payload sum;
	struct text seen = { 0 };
	struct cover_bound bound;

	for (size_t i = 0; i < a->tap_count; i++) {
		if (!sum_boundary(a, i, &sum))
			continue;
		bound = cover_bound(&sum);
		text_clear(&seen);
		cover_sentence(&seen, lang, &bound, 0);
		text_add(out, INDENT);
		words_add(out, lang, W_PROBE_SUMMARY_BOUNDARY, 2,
		    a->taps[i].boundary, text_str(&seen));
		text_add_char(out, '\n');
	}
	text_free(&seen);
}

/* The account that names the reasons; all engines name the same. */
static const struct summary_account *
names_of(const struct summary *s)
{
	size_t best = 0;

	for (size_t i = 1; i < SUMMARY_ENGINES_MAX; i++)
		if (s->accounts[i].reason_count >
		    s->accounts[best].reason_count)
			best = i;
	return &s->accounts[best];
}

static void
print_frames(const struct summary *s, enum lang lang, struct text *out)
{
	const struct summary_account *names = names_of(s);
	char read[24], judged[24];
	size_t width = 0;

	(void)snprintf(read, sizeof(read), "%" PRIu64, summary_read(s));
	(void)snprintf(judged, sizeof(judged), "%" PRIu64, all_judged(s));
	words_add(out, lang, W_PROBE_SUMMARY_FRAMES, 2, read, judged);
	text_add_char(out, '\n');
	for (size_t i = 0; i < names->reason_count; i++)
		if (all_of_reason(s, names->names[i]) > 0)
			width = wider(width, names->names[i]);
	for (size_t i = 0; i < names->reason_count; i++)
		if (all_of_reason(s, names->names[i]) > 0)
			add_row(out, names->names[i], width,
			    all_of_reason(s, names->names[i]));
}

/* How many in-scope conversations were not judged, against the limit. */
static void
print_share(const struct model *m, const struct recorder_totals *t,
    enum lang lang, struct text *out)
{
	char unjudged[24], in_scope[24], share[16], limit[16];

	(void)snprintf(unjudged, sizeof(unjudged), "%" PRIu64,
	    t->verdicts[VERDICT_UNJUDGED]);
	(void)snprintf(in_scope, sizeof(in_scope), "%" PRIu64,
	    all_conversations(t) - t->verdicts[VERDICT_OUT_OF_SCOPE]);
	(void)snprintf(share, sizeof(share), "%.1f",
	    100.0 * summary_unjudged(t));
	(void)snprintf(limit, sizeof(limit), "%.1f",
	    100.0 * m->limits.unjudged);
	words_add(out, lang, W_PROBE_SUMMARY_SHARE, 4, unjudged, in_scope,
	    share, limit);
	text_add_char(out, '\n');
}

/* Whoever reads the result must know what it was held against. */
static void
print_stage(const struct model *m, enum lang lang, struct text *out)
{
	char until[16];

	if (m->stage == STAGE_IN_FORCE)
		return;
	if (m->stage == STAGE_DRAFT)
		words_add(out, lang, W_OBSERVED_STAGE_DRAFT, 0);
	else
		words_add(out, lang, W_OBSERVED_STAGE_TRIAL, 1,
		    day_format(m->until, until, sizeof(until)));
	text_add_char(out, '\n');
}

void
summary_print(const struct summary *s, const struct model *m,
    const struct recorder_totals *totals, enum lang lang, const char *events,
    struct text *out)
{
	struct text shown = { 0 };

	print_stage(m, lang, out);
	print_share(m, totals, lang, out);
	print_unjudged(totals, lang, out);
	print_unclassified(all_unclassified(s), lang, out);
	print_verdicts(totals, lang, out);
	print_groups(totals, lang, out);
	print_daily(totals, lang, out);
	print_evidence(totals, lang, out);
	print_frames(s, lang, out);
	add_head(out, lang, W_PROBE_SUMMARY_TAPS);
	for (size_t i = 0; i < SUMMARY_ENGINES_MAX; i++)
		for (size_t k = 0; k < s->accounts[i].tap_count; k++)
			print_tap(&s->accounts[i].taps[k], lang, out);
	for (size_t i = 0; i < SUMMARY_ENGINES_MAX; i++)
		print_boundaries(&s->accounts[i], lang, out);
	text_escape(&shown, events, strlen(events));
	words_add(out, lang, W_PROBE_SUMMARY_EVENTS, 1, text_str(&shown));
	text_add_char(out, '\n');
	text_free(&shown);
}
