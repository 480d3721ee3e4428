/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a tap shows both directions of conversations. Where it shows one
 * alone (as declared, or as TCP proved), the first datagram of a conversation
 * may be an answer, and does not tell who began. Where nothing is known yet,
 * it tells unless its ports look like those of an answer.
 */
#include "base/mem.h"
#include "engine_internal.h"
#include "initiator.h"

/* What a tap showed counts for so long. */
#define WAYS_KNOWN_US (10 * CLOCK_MINUTE)

struct engine_ways *
engine_ways_new(size_t count)
{
	struct engine_ways *ways = mem_calloc(count + 1, sizeof(*ways));

	for (size_t i = 0; i < count; i++)
		ways[i].both_us = ways[i].lone_us = ENGINE_UNWATCHED;
	return ways;
}

void
engine_ways_both(struct engine *e, const struct tap *tap)
{
	e->ways[tap->index].both_us = e->time.idle.us;
}

void
engine_ways_settled(struct engine *e, const struct flow *f)
{
	const struct conversation *c = &f->conversation;

	for (size_t i = 0; c->one_way && i < c->sighting_count; i++)
		e->ways[c->sightings[i].tap->index].lone_us = e->time.idle.us;
}

static bool
was_lately(const struct engine *e, int64_t us)
{
	return us != ENGINE_UNWATCHED && e->time.idle.us - us <= WAYS_KNOWN_US;
}

bool
engine_ways_may_answer(const struct engine *e, const struct tap *tap,
    const struct packet *p)
{
	const struct engine_ways *w = &e->ways[tap->index];

	if (tap->direction == TAP_BOTH && was_lately(e, w->both_us))
		return false;
	return initiator_may_answer(p,
	    tap->direction != TAP_BOTH || was_lately(e, w->lone_us));
}

bool
engine_ways_wait(const struct flow *f)
{
	return !f->told && !f->way[1].seen &&
	    initiator_may_turn(&f->conversation, f->conversation.last.us);
}
