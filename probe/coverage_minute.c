/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What each tap saw, by the minute of packet time; see coverage.h. A minute is
 * told when time has left it: what the accounts have grown by since the one
 * before. Times and copies lie where an engine's successor finds them, so a
 * minute in which an engine died is told by the next. Minutes without a frame
 * are told too, for it is worth knowing that nothing came.
 */
#include "coverage.h"
#include "link.h"

/* Packet time of a damaged file may lie anywhere. */
#define TIME_MOST (INT64_C(1) << 60)

static int64_t
minute_of(int64_t us)
{
	const int64_t rest = us % CLOCK_MINUTE;

	return us - (rest < 0 ? rest + CLOCK_MINUTE : rest);
}

/* What a number has grown by; it is told then. One that has become less, by
 * data that came late, is made up for by what comes. */
static uint64_t
take(uint64_t now, uint64_t *told)
{
	const uint64_t grown = now > *told ? now - *told : 0;

	*told += grown;
	return grown;
}

static void
add_source(struct tap_minute *m, const struct coverage_source *s)
{
	const struct region_account *a = s->account;
	struct region_account *t = s->minute;

	m->frames += take(a->frames, &t->frames);
	m->bytes += take(a->bytes_wire, &t->bytes_wire);
	m->copies += take(a->copies, &t->copies);
	m->cut += take(a->cut, &t->cut);
	m->undecodable += take(a->undecodable, &t->undecodable);
	m->backward += take(a->backward, &t->backward);
	m->ring_drops += take(a->ring_drops, &t->ring_drops);
	m->ring_freezes += take(a->ring_freezes, &t->ring_freezes);
	m->nic_drops += take(a->nic_drops, &t->nic_drops);
	m->payload_seen += take(a->payload_seen, &t->payload_seen);
	m->payload_missing += take(a->payload_missing, &t->payload_missing);
	m->payload_unheard += take(a->payload_unheard, &t->payload_unheard);
	m->conversations += take(a->conversations, &t->conversations);
	m->unclassified += take(a->unclassified, &t->unclassified);
	m->tcp_conversations += take(a->tcp_conversations,
	    &t->tcp_conversations);
	m->tcp_one_way += take(a->tcp_one_way, &t->tcp_one_way);
	m->syns += take(a->syns, &t->syns);
	m->syn_acks += take(a->syn_acks, &t->syn_acks);
}

static void
hold(uint64_t *part, uint64_t whole)
{
	if (*part > whole)
		*part = whole;
}

/* What an engine before left of its minute may be false: no part is told to be
 * more than the whole. */
static void
hold_parts(struct tap_minute *m)
{
	hold(&m->copies, m->frames);
	hold(&m->cut, m->frames);
	hold(&m->undecodable, m->frames);
	hold(&m->unclassified, m->conversations);
	hold(&m->tcp_one_way, m->tcp_conversations);
}

/* Whether source i is the first of its tap. */
static bool
is_first(const struct coverage *c, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (c->sources[k].tap == c->sources[i].tap)
			return false;
	return true;
}

/* Of a time that is none: something ended at it. */
static bool
has_some(const struct tap_minute *m)
{
	return m->frames > 0 || m->conversations > 0 ||
	    m->tcp_conversations > 0 || m->payload_missing > 0 ||
	    m->payload_unheard > 0;
}

static void
tell(struct coverage *c, const struct observer *o, int64_t from, int64_t until)
{
	coverage_read_drops(c);
	for (size_t i = 0; i < c->count; i++) {
		const struct tap *tap = c->sources[i].tap;
		struct tap_minute m = { .tap = tap,
			.from = { from },
			.until = { until } };

		if (!tap || !is_first(c, i))
			continue;
		for (size_t k = i; k < c->count; k++)
			if (c->sources[k].tap == tap)
				add_source(&m, &c->sources[k]);
		hold_parts(&m);
		m.link = link_observable(c->model, tap);
		if (o->minute && (from < until || has_some(&m)))
			o->minute(o->context, &m);
	}
}

/* Those between the minute at hand and that of now. */
static void
tell_empty(struct coverage *c, const struct observer *o, int64_t from,
    int64_t until)
{
	if ((until - from) / CLOCK_MINUTE > COVERAGE_EMPTY_MAX) {
		tell(c, o, from, until);
		return;
	}
	for (; from < until; from += CLOCK_MINUTE)
		tell(c, o, from, from + CLOCK_MINUTE);
}

static void
begin_at(struct region_told *t, int64_t now)
{
	t->minute_us = now;
	t->until_us = minute_of(now) + CLOCK_MINUTE;
}

void
coverage_time(struct coverage *c, const struct observer *o, struct wall_us now)
{
	struct region_told *t = c->told;
	const int64_t until = t->until_us;

	if (now.us >= t->minute_us && now.us < until)
		return;
	if (now.us > TIME_MOST || now.us < -TIME_MOST)
		return;
	if (until != t->minute_us) { /* else none has begun */
		tell(c, o, t->minute_us, until);
		if (now.us >= until) {
			tell_empty(c, o, until, minute_of(now.us));
			now.us = minute_of(now.us);
		}
	}
	begin_at(t, now.us);
}

void
coverage_close(struct coverage *c, const struct observer *o, struct wall_us now)
{
	struct region_told *t = c->told;

	if (t->until_us == t->minute_us)
		return; /* there was no time at all */
	coverage_time(c, o, now);
	tell(c, o, t->minute_us, now.us);
	begin_at(t, now.us);
}
