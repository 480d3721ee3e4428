/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine's time: what is due when it goes on, with a frame or without one;
 * how conversations end and accounts are told; and how one engine goes on
 * where another one died.
 */
#include <string.h>

#include "engine_internal.h"

#define ENGINE_TICK_US CLOCK_SECOND
#define ENGINE_TALLY_US (10 * CLOCK_MINUTE)
/* A walk over all conversations: so many at once, and one more for so much
 * time, so that neither a packet waits long nor the recorder is flooded. */
#define ENGINE_WALK_STEP 2048
#define ENGINE_WALK_US 32
#define ENGINE_ID_MOST ((UINT64_C(1) << 53) - 1)
/* No engine lives to give away more. */
#define ENGINE_IDS_MOST (UINT64_C(1) << 48)

/* ---- the end of a conversation */

static enum counter
counter_of(enum ending ending)
{
	switch (ending) {
	case ENDING_TCP_END:
		return COUNTER_ENDED_TCP;
	case ENDING_TIMEOUT:
		return COUNTER_ENDED_TIMEOUT;
	case ENDING_EVICTED:
		return COUNTER_ENDED_EVICTED;
	case ENDING_REUSED:
		return COUNTER_ENDED_REUSED;
	default:
		return COUNTER_ENDED_SHUTDOWN;
	}
}

void
engine_end_flow(struct engine *e, struct flow *f, enum ending ending)
{
	const bool closed = track_state(f) == FLOW_CLOSED;

	if (closed && (ending == ENDING_TIMEOUT || ending == ENDING_SHUTDOWN))
		ending = ENDING_TCP_END;
	track_end(f);
	reorder_flush(e->reorder, f);
	identify_end(e->identifier, f, e->time.idle);
	e->counters->of[counter_of(ending)]++;
	e->counters->of[COUNTER_SIGHTINGS_FULL] +=
	    f->conversation.sightings_full;
	e->counters->of[COUNTER_TARGETS_FULL] += f->conversation.targets_full;
	coverage_conversation(&e->coverage, f);
	view_conversation(e->view, f);
	announce_final(&e->announcer, f, ending, e->time.now);
	attack_end(e->attacks, f, e->time.now, e->observer);
	retain_release(e->retained, f);
	nat_end(e->nat, f);
	identify_free(e->identifier, f);
	if (e->region)
		region_remove(e->region, f);
	flow_remove(e->flows, f);
}

/* Judges what began a while ago and got no further, before alerts that wait
 * for it are written. */
static void
settle_flows(struct engine *e)
{
	struct flow *f;

	while ((f = flow_settled(e->flows, e->time.idle.us)) != NULL) {
		track_settle(f);
		engine_ways_settled(e, f);
		if (identify_late(e->identifier, f, e->time.idle))
			e->counters->of[COUNTER_CORRELATED]++;
		announce_settled(&e->announcer, f);
		attack_settled(e->attacks, f, e->time.now, e->observer);
		retain_settle(e->retained, f, e->time.now, e->observer);
	}
}

static void
expire_flows(struct engine *e)
{
	struct flow *f;

	while ((f = flow_expired(e->flows, e->time.idle.us)) != NULL)
		engine_end_flow(e, f, ENDING_TIMEOUT);
}

void
engine_take_turns(struct engine *e, struct wall_us until)
{
	struct flow *f;

	engine_error_due(e, until);
	while ((f = reorder_due(e->reorder, until)) != NULL)
		if (!nat_waits(e->nat, f) && !engine_ways_wait(f))
			announce(&e->announcer, f);
}

/* ---- accounts */

/* What the parts of the engine count for themselves goes where all the rest
 * is counted: seldom, since it costs. */
static void
publish(struct engine *e)
{
	const struct engine_base *b = &e->base;
	uint64_t *of = e->counters->of;
	struct fragment_counters f = b->fragments;

	counters_add_fragments(&f, fragment_counters(e->fragments));
	of[COUNTER_TIME_RESTARTED] = b->of[COUNTER_TIME_RESTARTED] +
	    e->time.restarts;
	of[COUNTER_CONVERSATIONS_OPEN] = flow_count(e->flows);
	of[COUNTER_JUDGED_TIMES] = b->of[COUNTER_JUDGED_TIMES] +
	    e->announcer.judgements;
	of[COUNTER_CLASSIFIER_REFUSED] = b->of[COUNTER_CLASSIFIER_REFUSED] +
	    identifier_refused(e->identifier);
	of[COUNTER_FRAGMENTS] = f.fragments;
	of[COUNTER_FRAGMENTS_JOINED] = f.joined;
	of[COUNTER_FRAGMENTS_UNJOINED] = f.told;
	if (e->is_live)
		e->counters->rare[RARE_TIME_LEAPT] = b->leaps + e->time.leaps;
	e->counters->rare[RARE_LINK_FORGOTTEN] += link_forgotten(e->link);
	e->counters->rare[RARE_COPIES_MISSED] += duplicate_overrun(
	    e->duplicates);
	e->counters->rare[RARE_NAT_FULL] += nat_lost(e->nat);
	e->counters->rare[RARE_TUNNELS_REFUSED] = b->tunnels_refused +
	    tunnel_refused(e->tunnels);
	e->counters->rare[RARE_DEVICES_REFUSED] = b->devices_refused +
	    inventory_refused(e->inventory);
	e->counters->rare[RARE_ATTACKS_REFUSED] = b->attacks_refused +
	    attack_refused(e->attacks);
	e->counters->rare[RARE_NAMES_FORGOTTEN] = b->names_forgotten +
	    resolve_forgotten(e->resolver);
	e->counters->rare[RARE_NAMES_UNREAD] = b->names_unread +
	    resolve_refused(e->resolver);
	e->counters->rare[RARE_EVIDENCE_LOST] = b->evidence_lost +
	    retain_lost(e->retained);
	if (!e->region)
		return;
	region_status(e->region)->fragments = f;
	atomic_store_explicit(&region_status(e->region)->open,
	    flow_count(e->flows), memory_order_relaxed);
}

void
engine_tell_tally(struct engine *e, bool final)
{
	struct tally t = { .now = e->time.now, .final = final };
	struct fragment_counters f = e->base.fragments;

	publish(e);
	counters_add_fragments(&f, fragment_counters(e->fragments));
	counters_tally(e->counters, &f, &e->rows, &t);
	t.taps = coverage_accounts(&e->coverage, &t.tap_count);
	if (e->observer->account)
		e->observer->account(e->observer->context, &t);
}

void
engine_account(struct engine *e)
{
	engine_tell_tally(e, false);
}

void
engine_tell_views(struct engine *e, bool all)
{
	for (size_t i = 0; i < e->tap_count; i++)
		if (e->taps[i] && e->places[i] == i)
			view_tell(e->view, e->taps[i], e->time.now, all,
			    e->observer);
}

/* ---- time */

void
engine_begin_walk(const struct engine *e, struct engine_walk *w)
{
	w->active = true;
	w->at = 0;
	w->idle_us = e->time.idle.us - ENGINE_WALK_STEP * ENGINE_WALK_US;
}

/* Judges the next few conversations anew and tells of them. */
static void
walk(struct engine *e, struct engine_walk *w, bool again)
{
	int64_t steps = (e->time.idle.us - w->idle_us) / ENGINE_WALK_US;
	struct flow *f = NULL;

	if (!w->active || steps <= 0)
		return;
	w->idle_us = e->time.idle.us;
	if (steps > ENGINE_WALK_STEP)
		steps = ENGINE_WALK_STEP;
	while (steps-- > 0 && (f = flow_next(e->flows, &w->at)) != NULL)
		if (again || f->dirty)
			announce_look(&e->announcer, f, again);
	w->active = f != NULL;
}

void
engine_again(struct engine *e)
{
	engine_begin_walk(e, &e->again);
	retain_again(e->retained);
	walk(e, &e->again, true);
}

/* What is due by time, in this order: alerts that wait are written on a tick,
 * and must have heard before what came of their conversations. */
static void
do_due(struct engine *e)
{
	engine_take_turns(e, e->time.idle);
	settle_flows(e);
	expire_flows(e);
	walk(e, &e->look, false);
	walk(e, &e->again, true);
	if (timeline_due(&e->time, &e->ticked_us, ENGINE_TICK_US)) {
		engine_expire_fragments(e, false);
		silence_tick(e->silence, e->time.now, e->observer);
		tunnel_tick(e->tunnels, e->time.now, false, e->observer);
		link_tick(e->link, e->time.now, e->observer);
		inventory_tick(e->inventory, e->time.now, e->observer);
		publish(e);
		if (e->observer->tick)
			e->observer->tick(e->observer->context, e->time.now);
	}
	if (e->is_live &&
	    timeline_due(&e->time, &e->covered_us, COVERAGE_WINDOW_US))
		coverage_tell(&e->coverage, e->observer, e->time.now);
	if (timeline_due(&e->time, &e->tallied_us, ENGINE_TALLY_US))
		engine_tell_tally(e, false);
}

/* Also after a reload: boundaries that nobody watches now. */
static void
begin(struct engine *e, struct wall_us time)
{
	if (!e->time.started)
		silence_begin(e->silence, time);
	coverage_begin(&e->coverage, e->observer, time);
	e->begun = true;
}

/* Live a tap is watched whether it shows anything or not. */
static void
watch_all(struct engine *e)
{
	for (size_t i = 0; i < e->tap_count; i++)
		if (e->taps[i] &&
		    e->watched_us[e->taps[i]->index] == ENGINE_UNWATCHED)
			e->watched_us[e->taps[i]->index] = e->time.idle.us;
	e->unwatched = false;
}

void
engine_take_time(struct engine *e, struct wall_us time)
{
	const uint64_t restarts = e->time.restarts;

	if (!e->begun)
		begin(e, time);
	if (timeline_advance(&e->time, time))
		do_due(e);
	coverage_time(&e->coverage, e->observer, e->time.now);
	if (view_due(e->view, e->time.now))
		engine_tell_views(e, false);
	if (e->is_live && e->unwatched)
		watch_all(e);
	/* What is open may be older or younger than it looks, so nobody's
	 * beginning is known. Live it is the clock that stepped, and idle time
	 * went on as it should. */
	if (e->time.restarts != restarts && !e->is_live)
		e->forgot_us = e->time.idle.us;
}

void
engine_time(struct engine *e, struct wall_us now)
{
	engine_take_time(e, now);
}

void
engine_missed(struct engine *e)
{
	e->forgot_us = e->time.idle.us;
}

/* ---- ids */

void
engine_ids(struct engine *e, uint64_t base)
{
	e->first_id = e->next_id = base;
}

void
engine_step_id(struct engine *e)
{
	e->next_id += e->stride;
	if (e->next_id > ENGINE_ID_MOST)
		e->next_id = e->first_id;
	if (e->region)
		region_status(e->region)->next_id = e->next_id;
}

/* Goes on above every id that an engine before gave away, as far as it can be
 * believed. */
static void
inherit_id(struct engine *e)
{
	const uint64_t left = region_status(e->region)->next_id;
	uint64_t steps;

	e->next_id = e->first_id;
	if (left > e->first_id && left <= ENGINE_ID_MOST &&
	    left - e->first_id <= ENGINE_IDS_MOST) {
		steps = (left - e->first_id + e->stride - 1) / e->stride;
		e->next_id += steps * e->stride;
	}
	region_status(e->region)->next_id = e->next_id;
}

/* ---- what an engine before left */

static void
inherit_counters(struct engine *e)
{
	struct region_status *status = region_status(e->region);
	struct engine_base *b = &e->base;

	(void)counters_inherit(e->counters, &status->fragments);
	if (!coverage_inherit(&e->coverage))
		e->counters->rare[RARE_COUNTERS_LOST]++;
	memcpy(b->of, e->counters->of, sizeof(b->of));
	b->leaps = e->counters->rare[RARE_TIME_LEAPT];
	b->evidence_lost = e->counters->rare[RARE_EVIDENCE_LOST];
	b->tunnels_refused = e->counters->rare[RARE_TUNNELS_REFUSED];
	b->devices_refused = e->counters->rare[RARE_DEVICES_REFUSED];
	b->attacks_refused = e->counters->rare[RARE_ATTACKS_REFUSED];
	b->names_forgotten = e->counters->rare[RARE_NAMES_FORGOTTEN];
	b->names_unread = e->counters->rare[RARE_NAMES_UNREAD];
	b->fragments = status->fragments;
	if (e->counters->read > 0)
		coverage_begun(&e->coverage);
}

uint64_t
engine_inherit(struct engine *e, struct wall_us now)
{
	uint64_t closed, refused;

	if (!e->region)
		return 0;
	inherit_counters(e);
	closed = region_close_all(e->region, e->model, e->generation, now,
	    e->observer, &refused);
	counters_closed(e->counters, closed, refused);
	inherit_id(e);
	return closed;
}

/* What is open will not settle any more: first who announces, then who may
 * have been announced. */
static void
settle_names(struct engine *e)
{
	const struct wall_us later = { e->time.idle.us + FLOW_SETTLE_US };

	for (int pass = 0; pass < 2; pass++) {
		uint32_t cursor = 0;
		struct flow *f;

		while ((f = flow_next(e->flows, &cursor)) != NULL) {
			reorder_flush(e->reorder, f);
			(void)identify_late(e->identifier, f, later);
		}
	}
}

void
engine_finish(struct engine *e)
{
	struct flow *f;

	if (e->finished)
		return;
	e->finished = true;
	if (!e->begun)
		begin(e, e->time.now);
	engine_expire_fragments(e, true);
	engine_take_turns(e, (struct wall_us){ INT64_MAX });
	settle_names(e);
	while ((f = flow_oldest(e->flows)) != NULL)
		engine_end_flow(e, f, ENDING_SHUTDOWN);
	tunnel_tick(e->tunnels, e->time.now, true, e->observer);
	link_finish(e->link, e->time.now, e->observer);
	inventory_finish(e->inventory, e->time.now, e->observer);
	coverage_tell(&e->coverage, e->observer, e->time.now);
	coverage_close(&e->coverage, e->observer, e->time.now);
	engine_tell_views(e, true);
	engine_tell_tally(e, true);
}
