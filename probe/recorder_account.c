/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The recorder's part that adds up and alerts of nothing: accounts of frames,
 * what each tap saw by the minute and the hour, and what it shows. The last
 * account closes what is open.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "noun.h"
#include "recorder_internal.h"

/* The taps' accounts, added up by boundary. All taps of a boundary are in one
 * account; boundaries that are not in this one stay as they are. */
static void
take_coverage(struct recorder *r, const struct tally *tally)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < tally->tap_count; i++) {
			const struct tap_account *t = &tally->taps[i];
			struct eve_coverage *c;

			if (t->tap == NULL || t->tap->boundary == NULL ||
			    t->tap->boundary->index >=
				r->eve.model->boundary_count)
				continue;
			c = &r->coverage[t->tap->boundary->index];
			if (pass == 0) {
				memset(c, 0, sizeof(*c));
				continue;
			}
			c->tcp_conversations += t->tcp_conversations;
			c->tcp_one_way += t->tcp_one_way;
			c->payload_seen += t->payload_seen;
			c->payload_missing += t->payload_missing;
			c->payload_unheard += t->payload_unheard;
			c->frames += t->frames;
			c->drops += t->drops;
		}
	}
}

static void
write_hour(struct recorder *r, struct cover_hour *h)
{
	const struct wall_us now = h->sum.until.us != 0 ? h->sum.until : r->now;

	eve_cover_hour(&r->line, &r->eve, h, now);
	recorder_write_line(r, false, now);
	cover_clear(h);
}

void
recorder_write_hours(struct recorder *r)
{
	struct cover_hour *h;

	while ((h = cover_next(r->cover)) != NULL)
		write_hour(r, h);
}

void
recorder_on_minute(void *context, const struct tap_minute *observed)
{
	struct recorder *r = context;
	struct tap_minute m = *observed;
	struct cover_hour *h;

	if (r->nouns != NULL && r->judged_by != r->eve.generation)
		m.tap = noun_tap(r->nouns, m.tap);
	h = cover_ended(r->cover, &m);
	if (h != NULL)
		write_hour(r, h);
	cover_minute(r->cover, &m);
	eve_cover_minute(&r->line, &r->eve, &m);
	recorder_write_line(r, false, m.until);
}

static void
write_account(struct recorder *r, const struct tally *tally)
{
	struct eve_totals totals;

	memset(&totals, 0, sizeof(totals));
	memcpy(totals.verdicts, r->totals.verdicts, sizeof(totals.verdicts));
	memcpy(totals.unjudged, r->totals.unjudged, sizeof(totals.unjudged));
	totals.alert_lines = r->totals.alerts;
	totals.gaps = r->gaps;
	totals.notices = r->notices;
	totals.notices_kept_back = r->notices_kept_back;
	totals.devices = r->devices;
	totals.lines = r->lines;
	totals.lines_lost = r->lines_lost;
	totals.groups = group_counters(r->groups);
	totals.daily = daily_counters(r->daily);
	if (r->sink.exhibits != NULL)
		totals.evidence = exhibit_counters(r->sink.exhibits);
	if (r->sink.novelty != NULL)
		totals.novelty = novelty_counters(r->sink.novelty);
	eve_stats(&r->line, &r->eve, tally, &totals);
	recorder_write_line(r, false, tally->now);
}

void
recorder_on_account(void *context, const struct tally *observed)
{
	struct recorder *r = context;
	struct tap_account *taps = NULL;
	struct tally tally = *observed;

	if (r->nouns != NULL && r->judged_by != r->eve.generation) {
		taps = mem_calloc(tally.tap_count + 1, sizeof(*taps));
		for (size_t i = 0; i < tally.tap_count; i++) {
			taps[i] = tally.taps[i];
			taps[i].tap = noun_tap(r->nouns, taps[i].tap);
		}
		tally.taps = taps;
	}
	take_coverage(r, &tally);
	r->finals += tally.final;
	if (tally.final && r->finals >= r->engines) {
		recorder_write_rest(r,
		    tally.now); /* the account counts those too */
		recorder_write_hours(r);
	} else
		recorder_write_due(r, tally.now);
	write_account(r, &tally);
	free(taps);
}

/* What it points to, under the model in force. */
static void
rebase_view(struct recorder *r, struct tap_view *v)
{
	v->tap = noun_tap(r->nouns, v->tap);
	for (size_t i = 0; i < v->vlan_count; i++)
		v->vlans[i].zone = noun_zone(r->nouns, v->vlans[i].zone);
	for (size_t i = 0; i < v->prefix_count; i++)
		v->prefixes[i].zone = noun_zone(r->nouns, v->prefixes[i].zone);
	for (size_t i = 0; i < v->mac_count; i++) {
		struct tap_view_mac *m = &v->macs[i];

		for (size_t k = 0; k < m->zone_count; k++)
			m->zones[k] = noun_zone(r->nouns, m->zones[k]);
	}
}

void
recorder_on_view(void *context, const struct tap_view *observed)
{
	struct recorder *r = context;
	struct tap_view *v = NULL;

	if (r->nouns != NULL && r->judged_by != r->eve.generation) {
		v = mem_calloc(1, sizeof(*v));
		*v = *observed;
		rebase_view(r, v);
		observed = v;
	}
	recorder_write_due(r, observed->now);
	eve_view(&r->line, &r->eve, observed);
	recorder_write_line(r, false, observed->now);
	free(v);
}
