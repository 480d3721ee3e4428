/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stats line: the account of every frame, what was judged, and how much
 * of it was seen at all. Suricata's counters where they mean the same. Offline
 * the kernel's drops stand there only because its shape has them, and are null
 * under "sekisho": a file does not say what was lost before it was written.
 * Live they are the kernel's own, of the taps of the account.
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

/* What the kernel says of the taps of an account, added up. */
struct kernel {
	uint64_t received, ring, freezes, nic, held, unseen, muted;
};

static void
add_up(struct kernel *k, const struct health_tap *t)
{
	k->received += t->received;
	k->ring += t->ring_drops;
	k->freezes += t->ring_freezes;
	k->nic += t->nic_drops;
	k->held += t->held;
	k->unseen += t->unseen;
	k->muted += t->muted;
}

static bool
is_of(const struct tally *tally, const struct tap *tap)
{
	for (size_t i = 0; i < tally->tap_count; i++) {
		if (tap != NULL && tally->taps[i].tap == tap)
			return true;
	}
	return false;
}

/* False: not known, offline or before the first health record. */
static bool
kernel_of(struct kernel *k, const struct eve *e, const struct tally *tally)
{
	memset(k, 0, sizeof(*k));
	if (e->health == NULL)
		return false;
	for (size_t i = 0; i < e->health->tap_count; i++) {
		if (is_of(tally, e->health->taps[i].tap))
			add_up(k, &e->health->taps[i]);
	}
	return true;
}

/* Suricata's part. */
static void
add_stats(struct jsonw *w, const struct tally *tally, const struct kernel *k,
    bool is_known)
{
	jsonw_object(w, "stats");
	jsonw_object(w, "capture");
	jsonw_uint(w, "kernel_packets", is_known ? k->received : tally->read);
	jsonw_uint(w, "kernel_drops", k->ring + k->nic);
	jsonw_object_end(w);
	jsonw_object(w, "decoder");
	jsonw_uint(w, "pkts", tally->read);
	jsonw_uint(w, "bytes", tally->bytes);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

/* Under "sekisho": every place where frames are lost, and those that were
 * kept from leaving. */
static void
add_kernel(struct jsonw *w, const struct kernel *k, bool is_known)
{
	if (!is_known) {
		jsonw_null(w, "drops");
		return;
	}
	jsonw_object(w, "drops");
	jsonw_uint(w, "ring", k->ring);
	jsonw_uint(w, "ring-freezes", k->freezes);
	jsonw_uint(w, "nic", k->nic);
	jsonw_uint(w, "held", k->held);
	jsonw_uint(w, "unseen", k->unseen);
	jsonw_object_end(w);
}

static void
add_tap(struct jsonw *w, const struct eve *e, const struct tap_account *t)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "tap", t->tap ? t->tap->id : NULL);
	jsonw_string(w, "file", eve_base_name(t->file));
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
	jsonw_uint(w, "payload_unheard", t->payload_unheard);
	jsonw_uint(w, "backward", t->backward);
	jsonw_object_end(w);
}

/* A percentage of what is bad, never rounded towards the better. */
static const char *
percent(char buf[PERCENT_MAX], uint64_t part, uint64_t whole)
{
	double exact = 1000.0 * (double)part / (double)whole;
	uint64_t tenths = (uint64_t)exact;

	if ((double)tenths < exact)
		tenths++;
	(void)snprintf(buf, PERCENT_MAX, "%llu.%llu",
	    (unsigned long long)(tenths / 10),
	    (unsigned long long)(tenths % 10));
	return buf;
}

static struct cover_bound
bound_of(const struct eve_coverage *c)
{
	const struct cover_payload p = { .frames = c->frames,
		.seen = c->payload_seen,
		.missing = c->payload_missing,
		.unheard = c->payload_unheard,
		.lost_frames = c->drops };

	return cover_bound(&p);
}

static void
add_coverage_sentence(struct jsonw *w, const struct eve *e,
    const struct boundary *b, const struct eve_coverage *c)
{
	const struct cover_bound bound = bound_of(c);
	const char *name = b->name != NULL ? b->name : b->id;
	struct text text = { 0 }, seen = { 0 };
	char one_way[PERCENT_MAX];

	cover_sentence(&seen, e->lang, &bound, 0);
	if (c->tcp_conversations == 0)
		words_add(&text, e->lang, W_EVE_COVERAGE_UNKNOWN, 2, name,
		    text_str(&seen));
	else
		words_add(&text, e->lang, W_EVE_COVERAGE, 3, name,
		    text_str(&seen),
		    percent(one_way, c->tcp_one_way, c->tcp_conversations));
	jsonw_string(w, "sentence", text_str(&text));
	text_free(&seen);
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
		const uint64_t missing = c->payload_missing +
		    c->payload_unheard;
		const uint64_t whole = c->payload_seen + missing;
		const struct cover_bound bound = bound_of(c);

		jsonw_object(w, NULL);
		jsonw_string(w, "boundary", b->id);
		add_share(w, "seen_share", c->payload_seen, whole);
		eve_cover_share(w, &bound);
		add_share(w, "lost", missing, whole);
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
add_daily(struct jsonw *w, const struct daily_counters *d)
{
	jsonw_object(w, "daily"); /* conversations in rows, not alerted */
	jsonw_uint(w, "background", d->background);
	jsonw_uint(w, "legacy", d->legacy);
	jsonw_uint(w, "rows", d->rows);
	jsonw_uint(w, "folded", d->folded);
	jsonw_uint(w, "rose", d->rose);
	jsonw_uint(w, "forgotten", d->forgotten);
	jsonw_object_end(w);
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
	struct kernel kernel;
	const bool is_known = kernel_of(&kernel, e, tally);
	struct jsonw w;

	eve_begin(&w, out, e, tally->now, NULL, NULL, "stats", NULL, 0);
	add_stats(&w, tally, &kernel, is_known);
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
	if (totals->daily != NULL)
		add_daily(&w, totals->daily);
	add_kernel(&w, &kernel, is_known);
	eve_clock(&w, e);
	if (is_known)
		jsonw_uint(&w, "mute", kernel.muted);
	else
		jsonw_null(&w, "mute");
	if (e->has_engine)
		jsonw_uint(&w, "engine", e->engine);
	eve_evidence_counts(&w, totals->evidence);
	eve_novelty_counts(&w, totals->novelty);
	eve_emergencies(&w, e);
	jsonw_uint(&w, "gaps", totals->gaps);
	jsonw_uint(&w, "notices", totals->notices);
	jsonw_uint(&w, "notices_kept_back", totals->notices_kept_back);
	jsonw_uint(&w, "devices", totals->devices);
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
