/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See sequence.h. Seen bytes are [low, high) less a few holes; a hole closes
 * as late segments arrive, and what of it the other side has acknowledged by
 * the end was on the wire and was not captured. Holes stay open as long as
 * there is room: first those give way that were acknowledged (they are
 * missing), then the oldest are only counted until their acknowledgement
 * comes, so that none is settled before it.
 */
#include "sequence.h"

/* Far from 0, so that numbers before the first one seen stay positive. */
#define SEQUENCE_BASE (UINT64_C(1) << 33)

/* The widened number nearest to near. */
static uint64_t
widen_near(uint64_t near, uint32_t seq)
{
	const uint32_t ahead = seq - (uint32_t)near;

	if (ahead < UINT32_C(1) << 31)
		return near + ahead;
	return near - (uint64_t)(UINT32_MAX - ahead) - 1;
}

static uint64_t
widen(const struct sequence *s, uint32_t seq)
{
	return widen_near(s->high, seq);
}

/* How far b lies ahead of a. */
static int64_t
ahead(uint64_t a, uint64_t b)
{
	return (int64_t)(b - a);
}

static bool
is_within(uint64_t a, uint64_t b, int64_t most)
{
	return ahead(a, b) <= most && ahead(a, b) >= -most;
}

static void
forget_acks(struct sequence *s)
{
	s->has_acks = s->acks_here = s->step_one = false;
	s->first_ack = s->acked = s->swept = 0;
}

/* Acknowledgements that came before stand, where they are of these numbers. */
static void
start_at(struct sequence *s, uint32_t seq)
{
	uint64_t number = SEQUENCE_BASE + seq;

	if (s->has_acks) {
		const uint64_t like = widen_near(s->acked, seq);

		if (is_within(s->acked, like, SEQUENCE_JUMP_MAX))
			number = like;
		else
			forget_acks(s);
	}
	s->known = true;
	s->fin = s->acks_here = false;
	s->low = s->high = number;
	s->hole_count = 0;
	s->crowded = s->crowded_to = 0;
}

/* ---- holes */

/* What of [from, to) lies before a number. */
static uint64_t
before(uint64_t from, uint64_t to, uint64_t number)
{
	const uint64_t end = number < to ? number : to;

	return end > from ? end - from : 0;
}

static void
hole_remove(struct sequence *s, unsigned at)
{
	s->hole_count--;
	for (unsigned i = at; i < s->hole_count; i++)
		s->holes[i] = s->holes[i + 1];
}

static void
settle_crowded(struct sequence *s)
{
	if (s->crowded == 0 || s->acked < s->crowded_to)
		return;
	s->settled += s->crowded;
	s->crowded = 0;
}

/* One that was acknowledged whole is missing for good; where none was, the
 * oldest is counted until it is. */
static void
make_room(struct sequence *s)
{
	const struct sequence_hole *h = s->holes;

	settle_crowded(s);
	for (unsigned i = 0; i < s->hole_count; i++)
		if (h[i].to <= s->acked) {
			s->settled += h[i].to - h[i].from;
			hole_remove(s, i);
			return;
		}
	s->crowded += h->to - h->from;
	if (h->to > s->crowded_to)
		s->crowded_to = h->to;
	hole_remove(s, 0);
}

static void
hole_add(struct sequence *s, uint64_t from, uint64_t to)
{
	if (from >= to)
		return;
	if (s->hole_count == SEQUENCE_HOLES_MAX)
		make_room(s);
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

/* ---- what is missing */

/* Acknowledged before upto and never seen. */
static uint64_t
missing_before(const struct sequence *s, uint64_t upto)
{
	const uint64_t end = s->high + !s->fin; /* the FIN has a number */
	uint64_t sum = s->settled;

	if (!s->known)
		return sum;
	for (unsigned i = 0; i < s->hole_count; i++)
		sum += before(s->holes[i].from, s->holes[i].to, upto);
	if (upto >= s->crowded_to)
		sum += s->crowded;
	if (upto > end)
		sum += upto - s->high;
	if (s->opened && !s->begun && s->has_acks)
		sum += before(s->first_ack, s->low, upto);
	return sum;
}

void
sequence_sweep(struct sequence *s)
{
	s->swept = s->acked;
}

uint64_t
sequence_missing(const struct sequence *s)
{
	return s->ended ? s->missing : missing_before(s, s->swept);
}

uint64_t
sequence_unheard(const struct sequence *s)
{
	if (s->known)
		return 0;
	return s->unheard + s->acked - s->first_ack - s->step_one;
}

uint64_t
sequence_end(struct sequence *s)
{
	if (!s->ended)
		s->missing = missing_before(s,
		    s->has_acks || !s->known ? s->acked : s->high);
	s->ended = true;
	return s->missing;
}

/* Nothing of what comes now can be put beside what came before. */
static void
settle_all(struct sequence *s)
{
	s->settled = missing_before(s, s->has_acks ? s->acked : s->high);
	s->hole_count = 0;
	forget_acks(s);
}

/* ---- packets */

void
sequence_open(struct sequence *s)
{
	s->opened = true;
}

void
sequence_begin(struct sequence *s, uint32_t isn)
{
	if (s->known) {
		const uint64_t first = widen_near(s->low, isn + 1);

		if (first <= s->low &&
		    is_within(first, s->low, SEQUENCE_NEAR_MAX)) {
			/* The SYN came late, or again. */
			if (!s->begun)
				hole_add(s, first, s->low);
			s->low = first;
			s->begun = true;
			return;
		}
		settle_all(s);
	}
	start_at(s, isn + 1);
	s->begun = true;
}

uint32_t
sequence_data(struct sequence *s, uint32_t seq, uint32_t length,
    bool first_place)
{
	uint64_t from, to, fresh;

	if (length == 0)
		return 0;
	if (!s->known) {
		start_at(s, seq);
		s->high += length;
		return length;
	}
	from = widen(s, seq);
	to = from + length;
	if (!first_place && !is_within(s->high, from, SEQUENCE_NEAR_MAX))
		return 0;
	if (!is_within(s->high, from, SEQUENCE_JUMP_MAX)) {
		settle_all(s);
		start_at(s, seq);
		s->begun = s->opened = false;
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
	uint64_t number;

	if (!s->known)
		start_at(s, seq);
	number = widen(s, seq);
	if (number < s->high || !is_within(s->high, number, SEQUENCE_NEAR_MAX))
		return;
	hole_add(s, s->high, number);
	s->high = number + 1;
	s->fin = true;
}

/* As long as only acknowledgements are seen. */
static void
ack_alone(struct sequence *s, uint32_t ack)
{
	uint64_t number;

	if (!s->has_acks) {
		s->has_acks = true;
		s->first_ack = s->acked = SEQUENCE_BASE + ack;
		return;
	}
	number = widen_near(s->acked, ack);
	if (!is_within(s->acked, number, SEQUENCE_NEAR_MAX)) {
		s->unheard = sequence_unheard(s);
		s->first_ack = s->acked = number;
		s->step_one = false;
		s->broken = true;
	} else if (number > s->acked) {
		s->step_one = number - s->acked == 1;
		s->acked = number;
	}
}

void
sequence_ack(struct sequence *s, uint32_t ack, bool here)
{
	uint64_t number;

	if (!s->known) {
		if (here)
			ack_alone(s, ack);
		return;
	}
	number = widen(s, ack);
	if (!is_within(s->high, number,
		here ? SEQUENCE_JUMP_MAX : SEQUENCE_NEAR_MAX) ||
	    (!here && s->acks_here))
		return;
	if (here && !s->acks_here) {
		/* What came from elsewhere may have been of other numbers. */
		if (!s->has_acks ||
		    !is_within(s->acked, number, SEQUENCE_NEAR_MAX) ||
		    s->acked > number)
			forget_acks(s);
		s->acks_here = true;
	}
	if (!s->has_acks)
		s->first_ack = number;
	s->has_acks = true;
	if (number > s->acked)
		s->acked = number;
	settle_crowded(s);
}

bool
sequence_near(const struct sequence *s, uint32_t seq)
{
	return !s->known ||
	    is_within(s->high, widen(s, seq), SEQUENCE_NEAR_MAX);
}
