/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The next frame by time over all sources. Of each source one frame is read
 * ahead; the earliest of them is next.
 *
 * A live source that has none may yet have one that is older: the kernel
 * hands frames over in blocks. So the earliest frame is held until it was
 * CAPTURE_HOLD_US old when the others were last found empty. Frames from the
 * future (the clock was set back since) have no such age: the first of them
 * is held for as long from when it was read, and the rest go by the clock
 * that this one shows. The kernel is asked again only when nothing may go
 * otherwise, so that a busy source beside an idle one costs no system call a
 * frame.
 */
#include "capture_internal.h"

#include "now.h"

struct capture_moment
capture_clock(void)
{
	return (struct capture_moment){
		.wall_us = now_wall().us,
		.monotonic_us = (int64_t)(now_monotonic() / 1000),
	};
}

static bool
is_earlier(const struct frame *a, const struct frame *b)
{
	if (a->time.us != b->time.us)
		return a->time.us < b->time.us;
	return a->nanoseconds < b->nanoseconds;
}

static struct source *
earliest(struct capture *c)
{
	struct source *next = NULL;

	for (uint32_t i = 0; i < c->count; i++) {
		struct source *s = &c->sources[i];

		if (s->state == SOURCE_AHEAD &&
		    (next == NULL || is_earlier(&s->frame, &next->frame)))
			next = s;
	}
	return next;
}

static void
hand_out(struct source *s, struct frame *out)
{
	*out = s->frame;
	s->frames++;
	s->state = SOURCE_BEHIND;
}

static enum capture_result
next_of_files(struct capture *c, struct frame *out)
{
	struct source *next;

	for (uint32_t i = 0; i < c->count; i++) {
		struct source *s = &c->sources[i];

		if (s->state == SOURCE_BEHIND && !capture_read_file(s, i)) {
			c->fault = (struct capture_fault){ .source = i,
				.file = s->path,
				.frames = s->frames,
				.cause = s->cause };
			return CAPTURE_FAULT;
		}
	}
	next = earliest(c);
	if (next == NULL)
		return CAPTURE_END;
	hand_out(next, out);
	return CAPTURE_FRAME;
}

/* Notes how far ahead of our clock that of a frame from the future is. */
static void
note_lead(struct capture *c, const struct frame *f)
{
	int64_t lead = f->time.us - c->latest.monotonic_us;

	if (f->time.us <= c->latest.wall_us)
		return;
	if (!c->has_lead || lead > c->lead_us)
		c->lead_us = lead;
	c->has_lead = true;
}

/* The clocks are read only for a frame that is later than when they were read
 * last, which is one of many. */
static void
look_at_clock(struct capture *c, const struct frame *f)
{
	if (c->count == 1 || f->time.us <= c->latest.wall_us)
		return;
	c->latest = c->clock();
	note_lead(c, f);
}

/* Reads on every source in that state; now: not after they are read. */
static void
read_on(struct capture *c, enum source_state state, struct capture_moment now)
{
	for (uint32_t i = 0; i < c->count; i++) {
		struct source *s = &c->sources[i];

		if (s->state != state)
			continue;
		c->read_live(s);
		if (s->state == SOURCE_EMPTY)
			s->empty = now;
		if (s->state != SOURCE_AHEAD)
			continue;
		s->frame.source = i;
		s->frame.number = s->frames + 1;
		look_at_clock(c, &s->frame);
	}
}

/* Microseconds that f must still be held for a source that was empty then;
 * not above 0: none. */
static int64_t
still_held(const struct capture *c, const struct frame *f,
    struct capture_moment empty)
{
	if (f->time.us <= empty.wall_us || !c->has_lead)
		return f->time.us + CAPTURE_HOLD_US - empty.wall_us;
	return f->time.us + CAPTURE_HOLD_US - c->lead_us - empty.monotonic_us;
}

/* The next frame may go before all that can still come. */
static bool
may_go(const struct capture *c, const struct frame *f)
{
	for (uint32_t i = 0; i < c->count; i++) {
		const struct source *s = &c->sources[i];

		if (s->state == SOURCE_EMPTY && still_held(c, f, s->empty) > 0)
			return false;
	}
	return true;
}

static enum capture_result
next_of_live(struct capture *c, struct frame *out)
{
	struct source *next;

	read_on(c, SOURCE_BEHIND, c->latest);
	next = earliest(c);
	if (next == NULL || !may_go(c, &next->frame)) {
		c->latest = c->clock();
		/* It may be from the future only since it was read. */
		if (next != NULL)
			note_lead(c, &next->frame);
		read_on(c, SOURCE_EMPTY, c->latest);
		next = earliest(c);
	}
	if (next == NULL) {
		c->has_lead = false;
		return CAPTURE_WAIT;
	}
	if (!may_go(c, &next->frame))
		return CAPTURE_WAIT;
	hand_out(next, out);
	return CAPTURE_FRAME;
}

enum capture_result
capture_next(struct capture *c, struct frame *out)
{
	return c->is_live ? next_of_live(c, out) : next_of_files(c, out);
}

int
capture_hold_ms(const struct capture *c)
{
	const struct frame *next = NULL;
	int64_t us;

	for (uint32_t i = 0; i < c->count; i++) {
		const struct source *s = &c->sources[i];

		if (s->is_live && s->state == SOURCE_AHEAD &&
		    (next == NULL || is_earlier(&s->frame, next)))
			next = &s->frame;
	}
	if (next == NULL)
		return -1;
	if (may_go(c, next))
		return 0;
	us = still_held(c, next, c->clock());
	if (us <= 0)
		return 0;
	if (us > CAPTURE_HOLD_US)
		us = CAPTURE_HOLD_US;
	return (int)((us + 999) / 1000);
}
