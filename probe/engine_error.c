/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ICMP errors that came before what they are about: taps are merged by time,
 * and a span port may show an answer before its question. Such an error waits
 * for a moment and is then looked at again. Bounded; what finds no room is
 * taken as it comes.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "engine_internal.h"
#include "locate.h"

#define ENGINE_ERRORS_MAX 64

struct engine_error {
	struct arrival arrival;
	struct packet packet;
	int64_t since_us;
};

struct engine_errors {
	struct engine_error waiting[ENGINE_ERRORS_MAX]; /* a ring */
	uint32_t first, count;
};

struct engine_errors *
engine_errors_new(void)
{
	return mem_calloc(1, sizeof(struct engine_errors));
}

void
engine_errors_free(struct engine_errors *errors)
{
	free(errors);
}

bool
engine_error_wait(struct engine *e, const struct arrival *a)
{
	struct engine_errors *all = e->errors;
	struct engine_error *one;

	if (a->waited || all->count == ENGINE_ERRORS_MAX)
		return false;
	one = &all->waiting[(all->first + all->count++) % ENGINE_ERRORS_MAX];
	one->packet = *a->packet;
	one->arrival = *a;
	one->arrival.packet = &one->packet;
	one->arrival.frame = one->arrival.last_part = NULL;
	one->arrival.last_packet = NULL;
	one->arrival.waited = true;
	one->since_us = e->time.idle.us;
	/* Its bytes are the capture's; what was read of them is here. */
	one->packet.payload = one->packet.transport = NULL;
	one->packet.payload_captured = one->packet.transport_captured = 0;
	one->packet.headers_end = NULL;
	one->packet.carried = (struct carried){ 0 };
	return true;
}

void
engine_error_due(struct engine *e, struct wall_us until)
{
	struct engine_errors *all = e->errors;

	while (all->count > 0) {
		struct engine_error one = all->waiting[all->first];

		if (until.us - one.since_us < TRACK_REORDER_US)
			return;
		all->first = (all->first + 1) % ENGINE_ERRORS_MAX;
		all->count--;
		one.arrival.packet = &one.packet;
		engine_take_packet(e, &one.arrival);
	}
}

/* It was counted as judged when it began to wait. */
static void
give_back(struct engine *e, const struct arrival *a)
{
	if (a->carrier != 0)
		return;
	e->counters->judged -= a->frames;
	e->counters->frames[FRAME_TAP_UNKNOWN] += a->frames;
}

/* One of a tap that is gone was about nothing that is there. */
void
engine_error_reload(struct engine *e, const struct rebase *r)
{
	struct engine_errors *all = e->errors;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < all->count; i++) {
		struct engine_error one =
		    all->waiting[(all->first + i) % ENGINE_ERRORS_MAX];
		struct arrival *a = &one.arrival;

		a->tap = r->taps[a->tap->index];
		/* Or its source is of another tap now, or of none. */
		if (!a->tap || e->taps[a->source] != a->tap) {
			give_back(e, a);
			continue;
		}
		a->segment = a->carrier ?
		    NULL :
		    locate_segment(a->tap, one.packet.tags,
			one.packet.tag_count, &a->vlan, NULL);
		all->waiting[(all->first + kept++) % ENGINE_ERRORS_MAX] = one;
	}
	all->count = kept;
}
