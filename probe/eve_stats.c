/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stats line: the account of every frame, what was judged, and how much
 * of it was seen at all. Suricata's counters where they mean the same; the
 * kernel's drops stand there only because its shape has them, and are null
 * under "sekisho": a file does not say what was lost before it was written.
 */
#include <stdio.h>
#include <string.h>

#include "classify.h"
#include "eve.h"
#include "eve_internal.h"
#include "words.h"

#define PERCENT_MAX 32

#ifndef SEKISHO_VERSION
#define SEKISHO_VERSION "unknown"
#endif

static void
add_rows(struct jsonw *w, const char *key, const struct account_row *rows,
    size_t count)
{
	jsonw_object(w, key);
	for (size_t i = 0; i < count; i++)
		jsonw_uint(w, rows[i].name, rows[i].value);
	jsonw_object_end(w);
}

/* Suricata's part. */
static void
add_stats(struct jsonw *w, const struct tally *tally)
{
	jsonw_object(w, "stats");
	jsonw_object(w, "capture");
	jsonw_uint(w, "kernel_packets", tally->read);
	jsonw_uint(w, "kernel_drops", 0);
	jsonw_object_end(w);
	jsonw_object(w, "decoder");
	jsonw_uint(w, "pkts", tally->read);
	jsonw_uint(w, "bytes", tally->bytes);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

/* Only the last part of a path: where a file lay is nobody's business. */
static const char *
base_name(const char *path)
{
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	return slash != NULL ? slash + 1 : path;
}

static void
add_tap(struct jsonw *w, const struct eve *e, const struct tap_account *t)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "tap", t->tap ? t->tap->id : NULL);
	jsonw_string(w, "file", base_name(t->file));
	jsonw_uint(w, "frames", t->frames);
	jsonw_uint(w, "bytes", t->bytes_wire);
	jsonw_uint(w, "bytes_captured", t->bytes_captured);
	jsonw_uint(w, "cut", t->cut);
	if (t->frames != 0) {
		eve_time(w, e, "first", t->first);
		eve_time(w, e, "last", t->last);
	} else {
		jsonw_null(w, "first");
		jsonw_null(w, "last");
	}
	jsonw_uint(w, "tcp_conversations", t->tcp_conversations);
	jsonw_uint(w, "tcp_one_way", t->tcp_one_way);
	jsonw_uint(w, "payload_seen", t->payload_seen);
	jsonw_uint(w, "payload_missing", t->payload_missing);
	jsonw_uint(w, "backward", t->backward);
	jsonw_object_end(w);
}

/*
 * A percentage never rounded towards the better: what misses one byte of a
 * terabyte was not seen wholly.
 */
static const char *
percent(char buf[PERCENT_MAX], uint64_t part, uint64_t whole, bool up)
{
	double exact = 1000.0 * (double)part / (double)whole;
	uint64_t tenths = (uint64_t)exact;

	if (up && (double)tenths < exact)
		tenths++;
	if (!up && tenths >= 1000 && part < whole)
		tenths = 999;
	(void)snprintf(buf, PERCENT_MAX, "%llu.%llu",
	    (unsigned long long)(tenths / 10),
	    (unsigned long long)(tenths % 10));
	return buf;
}

static void
add_coverage_sentence(struct jsonw *w, const struct eve *e,
    const struct boundary *b, const struct eve_coverage *c)
{
	uint64_t whole = c->payload_seen + c->payload_missing;
	const char *name = b->name != NULL ? b->name : b->id;
	char seen[PERCENT_MAX], one_way[PERCENT_MAX];
	struct text text = { 0 };

	if (c->tcp_conversations == 0)
		words_add(&text, e->lang, W_EVE_COVERAGE_UNKNOWN, 1, name);
	else if (whole == 0)
		words_add(&text, e->lang, W_EVE_COVERAGE_NO_DATA, 2, name,
		    percent(one_way, c->tcp_one_way, c->tcp_conversations,
			true));
	else
		words_add(&text, e->lang, W_EVE_COVERAGE, 3, name,
		    percent(seen, c->payload_seen, whole, false),
		    percent(one_way, c->tcp_one_way, c->tcp_conversations,
			true));
	jsonw_string(w, "sentence", text_str(&text));
	text_free(&text);
}

/* A share that cannot be computed is null, never a good number. */
static void
add_share(struct jsonw *w, const char *key, uint64_t part, uint64_t whole)
{
	if (whole == 0)
		jsonw_null(w, key);
	else
		jsonw_real(w, key, (double)part / (double)whole, 6);
}

static void
add_coverage(struct jsonw *w, const struct eve *e)
{
	jsonw_array(w, "coverage");
	for (size_t i = 0; i < e->model->boundary_count; i++) {
		const struct boundary *b = &e->model->boundaries[i];
		const struct eve_coverage *c = &e->coverage[i];
		uint64_t whole = c->payload_seen + c->payload_missing;

		jsonw_object(w, NULL);
		jsonw_string(w, "boundary", b->id);
		add_share(w, "seen_share", c->payload_seen, whole);
		add_share(w, "lost", c->payload_missing, whole);
		add_share(w, "one_way", c->tcp_one_way, c->tcp_conversations);
		add_coverage_sentence(w, e, b, c);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
add_verdicts(struct jsonw *w, const struct eve_totals *totals)
{
	char buf[64];

	jsonw_object(w, "verdicts");
	for (int i = 0; i < VERDICT_COUNT; i++)
		jsonw_uint(w, verdict_name((enum verdict_kind)i),
		    totals->verdicts[i]);
	jsonw_object_end(w);
	jsonw_object(w, "unjudged");
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		/* by reason, the elements of not-observable together */
		if (totals->unjudged[i] != 0)
			jsonw_uint(w,
			    i == REASON_NOT_OBSERVABLE ?
				"not-observable" :
				reason_text((enum reason)i, 0, buf),
			    totals->unjudged[i]);
	}
	jsonw_object_end(w);
}

static void
add_alerts(struct jsonw *w, const struct eve_totals *totals)
{
	const struct group_counters *g = totals->groups;

	jsonw_object(w, "alerts"); /* groups by check */
	for (int i = CHECK_NONE + 1; i < CHECK_COUNT; i++) {
		if (g->opened_by_check[i] != 0)
			jsonw_uint(w, checks_id((enum check)i),
			    g->opened_by_check[i]);
	}
	jsonw_object_end(w);
	jsonw_uint(w, "groups", g->opened);
	jsonw_uint(w, "alert_lines", totals->alert_lines);
	jsonw_uint(w, "grouped", g->counted);
	jsonw_uint(w, "suppressed",
	    g->counted > g->written ? g->counted - g->written : 0);
	jsonw_uint(w, "folded", g->folded);
	jsonw_uint(w, "groups_closed_early", g->closed_early);
	jsonw_uint(w, "alerts_not_held", g->not_held);
	jsonw_uint(w, "alerts_untracked", g->untracked);
	jsonw_uint(w, "lines", totals->lines);
	jsonw_uint(w, "lines_lost", totals->lines_lost);
}

static void
add_versions(struct jsonw *w)
{
	jsonw_object(w, "versions");
	jsonw_string(w, "sekisho", SEKISHO_VERSION);
	jsonw_string(w, "ndpi", classifier_version());
	jsonw_object_end(w);
}

void
eve_stats(struct text *out, const struct eve *e, const struct tally *tally,
    const struct eve_totals *totals)
{
	struct jsonw w;

	eve_begin(&w, out, e, tally->now, NULL, NULL, "stats", NULL, 0);
	add_stats(&w, tally);
	jsonw_object(&w, "sekisho");
	jsonw_object(&w, "account");
	jsonw_uint(&w, "read", tally->read);
	jsonw_uint(&w, "judged", tally->judged);
	add_rows(&w, "reasons", tally->reasons, tally->reason_count);
	jsonw_object_end(&w);
	add_rows(&w, "counters", tally->counters, tally->counter_count);
	jsonw_array(&w, "taps");
	for (size_t i = 0; i < tally->tap_count; i++)
		add_tap(&w, e, &tally->taps[i]);
	jsonw_array_end(&w);
	add_coverage(&w, e);
	add_verdicts(&w, totals);
	add_alerts(&w, totals);
	jsonw_null(&w, "drops");
	jsonw_object(&w, "clock");
	jsonw_string(&w, "state", "offline");
	jsonw_object_end(&w);
	jsonw_null(&w, "mute");
	jsonw_uint(&w, "gaps", totals->gaps);
	jsonw_uint(&w, "generation", e->generation);
	add_versions(&w);
	jsonw_object(&w, "model");
	jsonw_string(&w, "sha256", e->model->sha256);
	jsonw_string(&w, "stage", eve_stage(e->model->stage));
	jsonw_object_end(&w);
	jsonw_string(&w, "probe", e->probe);
	jsonw_bool(&w, "final", tally->final);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
}

void
eve_gap(struct text *out, const struct eve *e, const struct gap *g)
{
	struct text cause = { 0 };
	struct jsonw w;

	text_escape(&cause, g->cause, strlen(g->cause));
	eve_begin(&w, out, e, g->now, NULL, NULL, "sekisho_gap", NULL, 0);
	jsonw_object(&w, "sekisho");
	jsonw_string(&w, "tap", g->tap ? g->tap->id : NULL);
	jsonw_string(&w, "boundary",
	    g->tap && g->tap->boundary ? g->tap->boundary->id : NULL);
	jsonw_string(&w, "file", base_name(g->file));
	jsonw_uint(&w, "frames", g->frames); /* read before it */
	jsonw_string(&w, "cause", text_str(&cause));
	jsonw_uint(&w, "generation", e->generation);
	jsonw_string(&w, "probe", e->probe);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	text_free(&cause);
}
