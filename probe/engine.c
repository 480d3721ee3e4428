/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See engine.h. An engine is made and freed here. A frame takes this way: its
 * time ends what has waited for long enough (engine_time.c); it is decoded,
 * fragments are joined, tunnels opened (engine_frame.c); its conversation is
 * found or opened, takes what the packet says (track), is named (identify), and
 * is judged and told of when something has changed (engine_packet.c, announce).
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "engine_internal.h"

const struct tap **
engine_distinct_taps(const struct engine *e, size_t *count)
{
	const struct tap **taps = mem_calloc(e->tap_count + 1, sizeof(*taps));

	*count = 0;
	for (size_t i = 0; i < e->tap_count; i++)
		if (e->taps[i] && e->places[i] == i)
			taps[(*count)++] = e->taps[i];
	return taps;
}

void
engine_find_places(struct engine *e)
{
	for (uint32_t i = 0; i < e->tap_count; i++) {
		uint32_t first = 0;

		while (
		    first < i && (!e->taps[i] || e->taps[first] != e->taps[i]))
			first++;
		e->places[i] = first;
	}
}

/* Where conversations and counts are kept: here, or where they outlive this
 * process. */
static void
keep_in(struct engine *e, const struct engine_options *options,
    const char *const *files)
{
	struct region_account *accounts = NULL;

	e->generation = options->generation;
	e->counters = &e->own;
	e->region = options->region;
	if (e->region) {
		struct region_status *status = region_status(e->region);

		e->counters = &status->counters;
		if (e->tap_count <= CAPTURE_SOURCES_MAX)
			accounts = status->accounts;
		if (status->next_id == 0)
			status->next_id = e->next_id;
		e->next_id = status->next_id;
		atomic_store(&status->generation, e->generation);
	}
	coverage_init(&e->coverage, e->model, e->taps, files, e->tap_count,
	    accounts);
	if (accounts)
		coverage_keep(&e->coverage, &region_status(e->region)->told,
		    region_status(e->region)->sources);
}

static uint32_t
most_conversations(const struct engine_options *options)
{
	const uint32_t max = options->conversations_max ?
	    options->conversations_max :
	    FLOW_MAX_DEFAULT;

	return options->region && region_capacity(options->region) < max ?
	    region_capacity(options->region) :
	    max;
}

/* Taps and what is known of each. */
static void
take_taps(struct engine *e, const struct tap *const *taps, size_t count,
    int64_t silent_after_us)
{
	const struct tap **distinct;
	size_t distinct_count;

	e->tap_count = count;
	e->taps = mem_calloc(count + 1, sizeof(*e->taps));
	e->places = mem_calloc(count + 1, sizeof(*e->places));
	for (size_t i = 0; i < count; i++)
		e->taps[i] = taps[i];
	engine_find_places(e);
	e->watching = mem_calloc(e->model->tap_count + 1, sizeof(*e->watching));
	e->watched_us = mem_calloc(e->model->tap_count + 1,
	    sizeof(*e->watched_us));
	for (size_t i = 0; i < e->model->tap_count; i++)
		e->watched_us[i] = ENGINE_UNWATCHED;
	e->ways = engine_ways_new(e->model->tap_count);
	e->unwatched = true;
	distinct = engine_distinct_taps(e, &distinct_count);
	e->silence = silence_new(e->model, distinct, distinct_count,
	    silent_after_us);
	free(distinct);
}

/* Who listens to frames, packets and conversations beside judging. */
static void
on_turn(void *context, struct flow *f, const struct arrival *a,
    const struct tracked *t)
{
	struct engine *e = context;

	identify_packet(e->identifier, f, a, t, e->time.idle);
}

static void
take_watchers(struct engine *e, const uint8_t secret[16])
{
	e->errors = engine_errors_new();
	e->reorder = reorder_new(
	    &(struct reorder_taker){ .context = e, .take = on_turn });
	e->duplicates = duplicate_new(e->model, secret);
	e->nat = nat_new(e->model, secret);
	e->tunnels = tunnel_new(e->model, secret);
	e->link = link_new(e->model, secret);
	e->inventory = inventory_new(e->model, secret);
	e->attacks = attack_new(e->model, secret);
	e->retained = retain_new(e->model, RETAIN_BYTES_MAX);
	e->resolver = resolve_new(secret);
	e->view = view_new(e->model, secret);
}

static void
free_watchers(struct engine *e)
{
	engine_errors_free(e->errors);
	reorder_free(e->reorder);
	duplicate_free(e->duplicates);
	nat_free(e->nat);
	tunnel_free(e->tunnels);
	link_free(e->link);
	inventory_free(e->inventory);
	attack_free(e->attacks);
	retain_free(e->retained);
	resolve_free(e->resolver);
	view_free(e->view);
}

struct engine *
engine_new(const struct model *m, const struct tap *const *taps,
    const char *const *files, size_t tap_count,
    const struct engine_options *options, const struct observer *observer,
    char *error, size_t size)
{
	struct identifier *identifier = identifier_new(m, options->secret,
	    error, size);
	struct engine *e;

	if (!identifier)
		return NULL;
	e = mem_calloc(1, sizeof(*e));
	e->model = m;
	e->observer = observer;
	e->identifier = identifier;
	e->is_live = e->time.live = options->is_live;
	e->stride = options->flow_id_stride ? options->flow_id_stride : 1;
	e->first_id = e->next_id = options->flow_id_base;
	take_taps(e, taps, tap_count, options->silent_after_us);
	e->flows = flow_table_new(most_conversations(options), options->secret);
	e->fragments = fragment_new(options->secret);
	fragment_tell(e->fragments, engine_lost_fragments, e);
	e->carried_fragments = fragment_new(options->secret);
	fragment_tell(e->carried_fragments, engine_lost_fragments, e);
	take_watchers(e, options->secret);
	keep_in(e, options, files);
	owner_init(&e->owners, m);
	memcpy(e->secret, options->secret, sizeof(e->secret));
	e->announcer.model = m;
	e->announcer.observer = observer;
	e->announcer.retained = e->retained;
	return e;
}

void
engine_free(struct engine *e)
{
	struct flow *f;

	if (!e)
		return;
	while ((f = flow_oldest(e->flows)) != NULL) {
		identify_free(e->identifier, f);
		retain_release(e->retained, f);
		flow_remove(e->flows, f);
	}
	flow_table_free(e->flows);
	fragment_free(e->fragments);
	fragment_free(e->carried_fragments);
	identifier_free(e->identifier);
	free_watchers(e);
	coverage_fini(&e->coverage);
	owner_fini(&e->owners);
	silence_free(e->silence);
	free(e->ways);
	free(e->watched_us);
	free(e->watching);
	free(e->places);
	free(e->taps);
	free(e);
}
