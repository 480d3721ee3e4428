/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lines of coverage: a tap's minute (level "tap") and a boundary's hour
 * (level "boundary"), which holds the one statement of how much was seen, and
 * what it could not be made of: gaps, and checks of the link layer that a tap
 * has no way to observe.
 */
#include <stdio.h>

#include "checks.h"
#include "eve_internal.h"

#define LINK_CHECKS 10 /* LNK-1 to LNK-10 */
#define PER_SHARE 10000.0

void
eve_cover_share(struct jsonw *w, const struct cover_bound *b)
{
	if (b->known)
		jsonw_real(w, "seen_at_least",
		    (double)cover_hundredths(b) / PER_SHARE, 4);
	else
		jsonw_null(w, "seen_at_least");
}

/* Offline what was lost before the file was written is not known. */
static void
add_drops(struct jsonw *w, const struct eve *e, const struct tap_minute *m)
{
	if (!e->is_live) {
		jsonw_null(w, "drops");
		return;
	}
	jsonw_object(w, "drops");
	jsonw_uint(w, "ring", m->ring_drops);
	jsonw_uint(w, "ring-freezes", m->ring_freezes);
	jsonw_uint(w, "nic", m->nic_drops);
	jsonw_object_end(w);
}

static void
add_payload(struct jsonw *w, const struct tap_minute *m,
    const struct cover_bound *b)
{
	jsonw_object(w, "payload");
	jsonw_uint(w, "seen", m->payload_seen);
	jsonw_uint(w, "missing", m->payload_missing);
	jsonw_uint(w, "unheard", m->payload_unheard);
	jsonw_uint(w, "for_drops", b->for_frames);
	jsonw_uint(w, "margin", b->margin);
	jsonw_object_end(w);
	eve_cover_share(w, b);
}

static void
add_span(struct jsonw *w, const struct eve *e, const struct tap_minute *m)
{
	if (m->until.us != 0) {
		eve_time(w, e, "from", m->from);
		eve_time(w, e, "until", m->until);
	} else {
		jsonw_null(w, "from");
		jsonw_null(w, "until");
	}
}

static void
add_counts(struct jsonw *w, const struct eve *e, const struct tap_minute *m,
    const struct cover_bound *b)
{
	jsonw_uint(w, "frames", m->frames);
	jsonw_uint(w, "bytes", m->bytes);
	jsonw_uint(w, "copies", m->copies);
	jsonw_uint(w, "cut", m->cut);
	jsonw_uint(w, "undecodable", m->undecodable);
	jsonw_uint(w, "backward", m->backward);
	add_drops(w, e, m);
	add_payload(w, m, b);
	jsonw_uint(w, "conversations", m->conversations);
	jsonw_uint(w, "unclassified", m->unclassified);
	jsonw_uint(w, "tcp_conversations", m->tcp_conversations);
	jsonw_uint(w, "tcp_one_way", m->tcp_one_way);
	jsonw_uint(w, "syns", m->syns);
	jsonw_uint(w, "syn_acks", m->syn_acks);
}

/* The checks whose bit is not set. */
static void
add_unobservable(struct jsonw *w, const char *key, unsigned link)
{
	jsonw_array(w, key);
	for (int i = 1; i <= LINK_CHECKS; i++)
		if ((link >> i & 1) == 0)
			jsonw_string(w, NULL,
			    checks_id((enum check)(CHECK_LNK_1 + i - 1)));
	jsonw_array_end(w);
}

static void
begin(struct jsonw *w, struct text *out, const struct eve *e,
    struct wall_us time, const struct tap *tap, const char *level)
{
	eve_begin(w, out, e, time, NULL, tap, "sekisho_coverage", NULL, 0);
	jsonw_object(w, "sekisho");
	jsonw_string(w, "level", level);
}

static void
end(struct jsonw *w, const struct eve *e)
{
	jsonw_uint(w, "generation", e->generation);
	jsonw_string(w, "probe", e->probe);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

void
eve_cover_minute(struct text *out, const struct eve *e,
    const struct tap_minute *m)
{
	const struct cover_payload payload = cover_payload_of(m);
	const struct cover_bound bound = cover_bound(&payload);
	const struct tap *tap = m->tap;
	struct jsonw w;

	begin(&w, out, e, m->until, tap, "tap");
	jsonw_string(&w, "boundary",
	    tap && tap->boundary ? tap->boundary->id : NULL);
	jsonw_string(&w, "tap", tap ? tap->id : NULL);
	add_span(&w, e, m);
	add_counts(&w, e, m, &bound);
	add_unobservable(&w, "not_observable", m->link);
	end(&w, e);
}

static void
add_gaps(struct jsonw *w, const struct cover_gaps *g)
{
	jsonw_object(w, "gaps");
	jsonw_uint(w, "count", g->count);
	jsonw_uint(w, "seconds", g->seconds);
	jsonw_uint(w, "frames", g->frames);
	jsonw_uint(w, "conversations", g->conversations);
	jsonw_uint(w, "records", g->records);
	jsonw_object_end(w);
}

static void
add_worst(struct jsonw *w, const struct cover_hour *h)
{
	const struct cover_tap *t = cover_worst(h);
	struct cover_payload payload;
	struct cover_bound bound;

	if (t == NULL) {
		jsonw_null(w, "worst");
		return;
	}
	payload = cover_tap_payload(t);
	bound = cover_bound(&payload);
	jsonw_object(w, "worst");
	jsonw_string(w, "tap", t->sum.tap->id);
	eve_cover_share(w, &bound);
	jsonw_object_end(w);
}

/* Taps of which there were minutes. */
static void
add_taps(struct jsonw *w, const struct cover_hour *h)
{
	jsonw_array(w, "taps");
	for (size_t i = 0; i < h->boundary->tap_count; i++) {
		const struct cover_tap *t = &h->taps[i];

		if (t->sum.until.us == 0)
			continue;
		jsonw_object(w, NULL);
		jsonw_string(w, "tap", t->sum.tap->id);
		add_unobservable(w, "not_observable", t->sum.link);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

void
eve_cover_hour(struct text *out, const struct eve *e,
    const struct cover_hour *h, struct wall_us now)
{
	const struct cover_payload payload = cover_hour_payload(h);
	const struct cover_bound bound = cover_bound(&payload);
	struct text sentence = { 0 };
	struct jsonw w;

	begin(&w, out, e, now, NULL, "boundary");
	jsonw_string(&w, "boundary", h->boundary->id);
	add_span(&w, e, &h->sum);
	add_counts(&w, e, &h->sum, &bound);
	add_gaps(&w, &h->gaps);
	add_worst(&w, h);
	add_taps(&w, h);
	cover_sentence(&sentence, e->lang, &bound, h->gaps.seconds);
	jsonw_string(&w, "sentence", text_str(&sentence));
	end(&w, e);
	text_free(&sentence);
}
