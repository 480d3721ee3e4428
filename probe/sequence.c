/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See sequence.h. Seen bytes are [low, high) less a few holes; a hole closes
 * as late segments arrive, and what of it the other side has acknowledged by
 * the end was on the wire and was not captured. Holes are settled late on
 * purpose: taps are merged by time, so an acknowledgement may come before the
 * data that it acknowledges.
 */
#include "sequence.h"

/* Far from 0, so that numbers before the first one seen stay positive. */
#define SEQUENCE_BASE (UINT64_C(1) << 33)

/* The widened number nearest to high. */
static uint64_t
widen(const struct sequence *s, uint32_t seq)
{
	const uint32_t ahead = seq - (uint32_t)s->high;

	if (ahead < UINT32_C(1) << 31)
		return s->high + ahead;
	return s->high - (uint64_t)(UINT32_MAX - ahead) - 1;
}

static int64_t
distance(const struct sequence *s, uint64_t number)
{
	return (int64_t)(number - s->high);
}

static void
start_at(struct sequence *s, uint32_t seq)
{
	s->known = true;
	s->low = s->high = SEQUENCE_BASE + seq;
	s->acked = 0;
	s->hole_count = 0;
}

/* What of a hole was acknowledged is missing for good. */
static void
hole_settle(struct sequence *s, const struct sequence_hole *h)
{
	const uint64_t end = s->acked < h->to ? s->acked : h->to;

	if (end > h->from)
		s->missing += end - h->from;
}

static void
hole_remove(struct sequence *s, unsigned at)
{
	s->hole_count--;
	for (unsigned i = at; i < s->hole_count; i++)
		s->holes[i] = s->holes[i + 1];
}

/* Full: the oldest is settled as things stand. */
static void
hole_add(struct sequence *s, uint64_t from, uint64_t to)
{
	if (from >= to)
		return;
	if (s->hole_count == SEQUENCE_HOLES_MAX) {
		hole_settle(s, &s->holes[0]);
		hole_remove(s, 0);
	}
	s->holes[s->hole_count].from = from;
	s->holes[s->hole_count++].to = to;
}

/* Closes what [from, to) closes of the holes; returns how many bytes. */
static uint64_t
holes_fill(struct sequence *s, uint64_t from, uint64_t to)
{
	uint64_t filled = 0, tail_from = 0, tail_to = 0;

	for (unsigned i = 0; i < s->hole_count;) {
		struct sequence_hole *h = &s->holes[i];
		const uint64_t a = from > h->from ? from : h->from;
		const uint64_t b = to < h->to ? to : h->to;

		if (a >= b) {
			i++;
			continue;
		}
		filled += b - a;
		if (a > h->from && b < h->to) { /* can be so for one only */
			tail_from = b;
			tail_to = h->to;
			h->to = a;
			i++;
		} else if (a > h->from) {
			h->to = a;
			i++;
		} else if (b < h->to) {
			h->from = b;
			i++;
		} else {
			hole_remove(s, i);
		}
	}
	hole_add(s, tail_from, tail_to);
	return filled;
}

/* Bytes before the first one seen: late, or sent again after it. */
static uint64_t
extend_down(struct sequence *s, uint64_t from, uint64_t to)
{
	uint64_t fresh;

	if (s->begun || from >= s->low)
		return 0;
	fresh = (to < s->low ? to : s->low) - from;
	hole_add(s, to, s->low); /* nothing when they touch */
	s->low = from;
	return fresh;
}

void
sequence_begin(struct sequence *s, uint32_t isn)
{
	if (s->known && (uint32_t)s->low == isn + 1) {
		s->begun = true; /* the SYN came late, or again */
		return;
	}
	if (s->known)
		for (unsigned i = 0; i < s->hole_count; i++)
			hole_settle(s, &s->holes[i]);
	start_at(s, isn + 1);
	s->begun = true;
}

uint32_t
sequence_data(struct sequence *s, uint32_t seq, uint32_t length,
    bool first_place)
{
	uint64_t from, to, fresh;
	int64_t away;

	if (length == 0)
		return 0;
	if (!s->known) {
		start_at(s, seq);
		s->high += length;
		return length;
	}
	from = widen(s, seq);
	to = from + length;
	away = distance(s, from);
	if (!first_place &&
	    (away > SEQUENCE_NEAR_MAX || away < -SEQUENCE_NEAR_MAX))
		return 0;
	if (away > SEQUENCE_JUMP_MAX || away < -SEQUENCE_JUMP_MAX) {
		sequence_end(s);
		start_at(s, seq);
		s->ended = s->begun = false;
		s->broken = true;
		s->high += length;
		return length;
	}
	fresh = extend_down(s, from, to);
	if (from > s->high)
		hole_add(s, s->high, from);
	else
		fresh += holes_fill(s, from, to);
	if (to > s->high) {
		fresh += to - (from > s->high ? from : s->high);
		s->high = to;
	}
	return fresh > length ? length : (uint32_t)fresh;
}

void
sequence_fin(struct sequence *s, uint32_t seq)
{
	if (s->known && widen(s, seq) == s->high)
		s->high++;
}

void
sequence_ack(struct sequence *s, uint32_t ack)
{
	uint64_t number;
	int64_t away;

	if (!s->known)
		return;
	number = widen(s, ack);
	away = distance(s, number);
	if (away <= SEQUENCE_JUMP_MAX && away >= -SEQUENCE_JUMP_MAX &&
	    number > s->acked)
		s->acked = number;
}

bool
sequence_near(const struct sequence *s, uint32_t seq)
{
	int64_t away;

	if (!s->known)
		return true;
	away = distance(s, widen(s, seq));
	return away <= SEQUENCE_NEAR_MAX && away >= -SEQUENCE_NEAR_MAX;
}

uint64_t
sequence_end(struct sequence *s)
{
	if (s->ended || !s->known)
		return s->missing;
	s->ended = true;
	for (unsigned i = 0; i < s->hole_count; i++)
		hole_settle(s, &s->holes[i]);
	s->hole_count = 0;
	if (s->acked > s->high + 1)
		s->missing += s->acked - s->high;
	return s->missing;
}
