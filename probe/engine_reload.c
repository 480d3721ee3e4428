/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Another model under open conversations: whatever points into the old one is
 * found again by id and address in the new one, or let go of. First, under the
 * old model, those end that cannot go on; then all is moved; judging anew is
 * left for the time after, so that everything told here is of the old model
 * and everything after of the new one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine_internal.h"

/* Its ends are the same hosts under the new model's translations. */
static bool
has_same_owners(const struct owner_table *owners, const struct flow *f,
    const struct boundary *boundary)
{
	const struct conversation *c = &f->conversation;

	for (int i = 0; i < 2; i++) {
		const struct addr a = owner_of(owners, boundary,
		    &c->address[i ^ f->initiator_side]);

		if (memcmp(a.bytes, f->key.address[i], sizeof(a.bytes)) != 0)
			return false;
	}
	return true;
}

static void
end_homeless(struct engine *e, const struct rebase *r,
    const struct owner_table *owners)
{
	uint32_t cursor = 0;
	struct flow *f;

	while ((f = flow_next(e->flows, &cursor)) != NULL) {
		const struct boundary *b = rebase_boundary(r,
		    f->conversation.boundary);

		if (b && has_same_owners(owners, f, b))
			continue;
		/* Its next packet will look like a first one. */
		if (b)
			e->forgot_us = e->time.idle.us;
		engine_end_flow(e, f, ENDING_SHUTDOWN);
	}
}

/* The tap of the first packet; where that is gone, one of those that can have
 * shown it. */
static const struct tap *
tap_of(const struct engine *e, const struct rebase *r, const struct flow *f)
{
	const struct boundary *b = f->conversation.boundary;
	const struct tap *tap = r->taps[f->tap->index];

	if (tap)
		return tap;
	if (f->conversation.sighting_count > 0)
		return f->conversation.sightings[0].tap;
	tap = e->taps[f->source];
	return tap && tap->boundary == b ? tap : &b->taps[0];
}

static void
move_flow(struct engine *e, struct rebase *r, struct flow *f)
{
	int8_t moved[CONVERSATION_SIGHTINGS_MAX];

	(void)rebase_conversation(r, &f->conversation, moved);
	for (int i = 0; i < 2; i++) {
		struct flow_way *w = &f->way[i];

		w->macs.known = false;
		if (w->ack_place >= 0)
			w->ack_place = moved[w->ack_place];
		if (w->ack_place < 0)
			w->ack_place = FLOW_PLACE_ANEW;
		if (w->place < 0)
			continue;
		w->place = moved[w->place];
		if (w->place < 0)
			w->place = FLOW_PLACE_ANEW;
	}
	f->tap = tap_of(e, r, f);
	if (f->key.carrier != 0)
		f->conversation.carriage = tunnel_carriage(e->tunnels,
		    f->key.carrier);
	engine_place_flow(e, f);
	identify_reload(f, r);
	f->dirty = true;
	if (e->region)
		region_put(e->region, f, e->generation);
}

/* What is known of a tap goes along with it. */
static void
move_watching(struct engine *e, const struct rebase *r, bool *watching)
{
	int64_t *watched_us = mem_calloc(r->to->tap_count + 1,
	    sizeof(*watched_us));
	struct engine_ways *ways = engine_ways_new(r->to->tap_count);

	for (size_t i = 0; i < r->to->tap_count; i++)
		watched_us[i] = ENGINE_UNWATCHED;
	for (size_t i = 0; i < r->from->tap_count; i++) {
		if (!r->taps[i])
			continue;
		watching[r->taps[i]->index] = e->watching[i];
		watched_us[r->taps[i]->index] = e->watched_us[i];
		ways[r->taps[i]->index] = e->ways[i];
	}
	free(e->watching);
	free(e->watched_us);
	free(e->ways);
	e->ways = ways;
	e->watching = watching;
	e->watched_us = watched_us;
	e->unwatched = true;
}

static void
move_taps(struct engine *e, const struct rebase *r,
    const struct tap *const *taps)
{
	const struct tap **distinct;
	size_t count;

	coverage_reload(&e->coverage, r, taps);
	for (size_t i = 0; i < e->tap_count; i++)
		e->taps[i] = taps[i];
	engine_find_places(e);
	distinct = engine_distinct_taps(e, &count);
	silence_reload(e->silence, r->to, distinct, count);
	free(distinct);
}

static void
move_flows(struct engine *e, struct rebase *r)
{
	uint32_t cursor = 0;
	struct flow *f;

	if (r->boundaries_moved)
		flow_rename(e->flows, r->boundaries);
	while ((f = flow_next(e->flows, &cursor)) != NULL)
		move_flow(e, r, f);
}

/* Some source's tap is about to be another one: what waits of it is of the old
 * one, and its account is told a last time. */
static void
settle_sources(struct engine *e)
{
	engine_expire_fragments(e, true);
	coverage_close(&e->coverage, e->observer, e->time.now);
	engine_tell_views(e, false);
	engine_tell_tally(e, false);
}

void
engine_reload(struct engine *e, const struct model *m,
    const struct tap *const *taps, uint32_t generation)
{
	struct rebase r;
	struct owner_table owners;
	bool *watching = mem_calloc(m->tap_count + 1, sizeof(*watching));

	rebase_init(&r, e->model, m);
	r.watching = watching;
	r.generation = ++e->reloads;
	owner_init(&owners, m);
	if (coverage_would_reset(&e->coverage, taps))
		settle_sources(e);
	end_homeless(e, &r, &owners);
	e->model = e->announcer.model = m;
	e->generation = generation;
	owner_fini(&e->owners);
	e->owners = owners;
	move_watching(e, &r, watching);
	move_taps(e, &r, taps);
	identifier_reload(e->identifier, &r);
	reorder_reload(e->reorder, &r);
	engine_error_reload(e, &r);
	duplicate_reload(e->duplicates, m);
	tunnel_reload(e->tunnels, m);
	link_reload(e->link, m);
	inventory_reload(e->inventory, m);
	attack_reload(e->attacks, m);
	view_reload(e->view, &r);
	move_flows(e, &r);
	nat_reload(e->nat, m);
	retain_reload(e->retained, &r);
	rebase_fini(&r);
	if (e->region)
		atomic_store(&region_status(e->region)->generation, generation);
	e->begun = false; /* boundaries that nobody watches now */
	engine_begin_walk(e, &e->look);
}
