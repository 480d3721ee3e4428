/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See cover.h. One engine watches all taps of a boundary and tells their
 * minutes in order, so an hour of a boundary is over when a minute of the next
 * one comes.
 */
#include "cover.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct cover {
	const struct model *model;
	struct cover_hour *hours; /* owned, by boundary index */
};

struct cover *
cover_new(const struct model *m)
{
	struct cover *c = mem_calloc(1, sizeof(*c));

	c->model = m;
	c->hours = mem_calloc(m->boundary_count + 1, sizeof(*c->hours));
	for (size_t i = 0; i < m->boundary_count; i++) {
		c->hours[i].boundary = &m->boundaries[i];
		c->hours[i].taps = mem_calloc(m->boundaries[i].tap_count + 1,
		    sizeof(*c->hours[i].taps));
	}
	return c;
}

void
cover_free(struct cover *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->model->boundary_count; i++)
		free(c->hours[i].taps);
	free(c->hours);
	free(c);
}

/* Where the tap's part is; NULL: it is of another model, or none. */
static struct cover_tap *
find_tap(struct cover *c, const struct tap *tap, struct cover_hour **hour)
{
	const struct boundary *b = tap ? tap->boundary : NULL;

	if (b == NULL || b->index >= c->model->boundary_count ||
	    b != &c->model->boundaries[b->index])
		return NULL;
	*hour = &c->hours[b->index];
	for (size_t i = 0; i < b->tap_count; i++)
		if (&b->taps[i] == tap)
			return &(*hour)->taps[i];
	return NULL;
}

/* Counts of an engine that lies must not turn over. */
static void
add_number(uint64_t *sum, uint64_t n)
{
	*sum = n < UINT64_MAX - *sum ? *sum + n : UINT64_MAX;
}

static void
add_minute(struct tap_minute *sum, const struct tap_minute *m)
{
	if (sum->until.us == 0 || m->from.us < sum->from.us)
		sum->from = m->from;
	if (sum->until.us == 0 || m->until.us > sum->until.us)
		sum->until = m->until;
	add_number(&sum->frames, m->frames);
	add_number(&sum->bytes, m->bytes);
	add_number(&sum->copies, m->copies);
	add_number(&sum->cut, m->cut);
	add_number(&sum->undecodable, m->undecodable);
	add_number(&sum->backward, m->backward);
	add_number(&sum->ring_drops, m->ring_drops);
	add_number(&sum->ring_freezes, m->ring_freezes);
	add_number(&sum->nic_drops, m->nic_drops);
	add_number(&sum->payload_seen, m->payload_seen);
	add_number(&sum->payload_missing, m->payload_missing);
	add_number(&sum->payload_unheard, m->payload_unheard);
	add_number(&sum->conversations, m->conversations);
	add_number(&sum->unclassified, m->unclassified);
	add_number(&sum->tcp_conversations, m->tcp_conversations);
	add_number(&sum->tcp_one_way, m->tcp_one_way);
	add_number(&sum->syns, m->syns);
	add_number(&sum->syn_acks, m->syn_acks);
}

static int64_t
hour_of(struct wall_us t)
{
	const int64_t rest = t.us % CLOCK_HOUR;

	return t.us - (rest < 0 ? rest + CLOCK_HOUR : rest);
}

struct cover_hour *
cover_ended(struct cover *c, const struct tap_minute *m)
{
	struct cover_hour *h;

	if (find_tap(c, m->tap, &h) == NULL || h->sum.until.us == 0 ||
	    hour_of(h->sum.from) == hour_of(m->from))
		return NULL;
	return h;
}

void
cover_minute(struct cover *c, const struct tap_minute *m)
{
	struct cover_hour *h;
	struct cover_tap *t = find_tap(c, m->tap, &h);

	if (t == NULL)
		return;
	add_minute(&h->sum, m);
	add_minute(&t->sum, m);
	t->sum.tap = m->tap;
	t->sum.link = m->link;
	h->is_open = true;
}

static void
add_gap(struct cover_gaps *sum, const struct gap *g)
{
	sum->count++;
	if (g->from.us != 0 && g->until.us > g->from.us)
		add_number(&sum->seconds,
		    (uint64_t)((g->until.us - g->from.us + CLOCK_SECOND - 1) /
			CLOCK_SECOND));
	add_number(&sum->frames, g->held);
	add_number(&sum->frames, g->unseen);
	add_number(&sum->conversations, g->conversations);
	add_number(&sum->records, g->records);
}

/* What of a gap is of no tap hides nothing of the wire, so it has no seconds
 * here: the records it lost are what it counts. */
static void
add_everywhere(struct cover *c, const struct gap *g)
{
	struct gap gap = *g;

	gap.from.us = gap.until.us = 0;
	for (size_t i = 0; i < c->model->boundary_count; i++) {
		add_gap(&c->hours[i].gaps, &gap);
		c->hours[i].is_open = true;
	}
}

void
cover_gap(struct cover *c, const struct gap *g)
{
	struct cover_hour *h;
	struct cover_tap *t = find_tap(c, g->tap, &h);
	uint64_t seconds;

	if (t == NULL) {
		if (g->tap == NULL)
			add_everywhere(c, g);
		return;
	}
	seconds = h->gaps.seconds;
	add_gap(&h->gaps, g);
	add_gap(&t->gaps, g);
	t->sum.tap = g->tap;
	h->gaps.seconds = t->gaps.seconds > seconds ? t->gaps.seconds : seconds;
	h->is_open = true;
}

struct cover_hour *
cover_next(struct cover *c)
{
	for (size_t i = 0; i < c->model->boundary_count; i++)
		if (c->hours[i].is_open)
			return &c->hours[i];
	return NULL;
}

void
cover_clear(struct cover_hour *h)
{
	memset(&h->sum, 0, sizeof(h->sum));
	memset(&h->gaps, 0, sizeof(h->gaps));
	memset(h->taps, 0, h->boundary->tap_count * sizeof(*h->taps));
	h->is_open = false;
}

/* ---- what is said of it */

static struct cover_payload
payload_of(const struct tap_minute *sum, const struct cover_gaps *gaps)
{
	struct cover_payload p = cover_payload_of(sum);

	add_number(&p.lost_frames, gaps->frames);
	return p;
}

struct cover_payload
cover_hour_payload(const struct cover_hour *h)
{
	return payload_of(&h->sum, &h->gaps);
}

struct cover_payload
cover_tap_payload(const struct cover_tap *t)
{
	return payload_of(&t->sum, &t->gaps);
}

const struct cover_tap *
cover_worst(const struct cover_hour *h)
{
	const struct cover_tap *worst = NULL;
	uint64_t least = 0;

	for (size_t i = 0; i < h->boundary->tap_count; i++) {
		const struct cover_payload p = cover_tap_payload(&h->taps[i]);
		const struct cover_bound b = cover_bound(&p);
		const uint64_t share = b.known ? cover_hundredths(&b) : 0;

		if (!b.known || (worst != NULL && share >= least))
			continue;
		worst = &h->taps[i];
		least = share;
	}
	return worst;
}
