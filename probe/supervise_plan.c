/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which interface belongs to which tap, and which engine watches it. Taps that
 * the command line does not name have the interface of the model; one without
 * either is not watched, and said. Opens nothing.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "complain.h"
#include "supervise_internal.h"

bool
supervise_plan_probe(const struct arguments *o, const struct model *m)
{
	const char **ids = mem_calloc(m->probe_count + 1, sizeof(*ids));
	const char *nearest;
	bool found = false;

	for (size_t i = 0; i < m->probe_count; i++) {
		ids[i] = m->probes[i].id;
		found = found || strcmp(ids[i], o->probe) == 0;
	}
	nearest = complain_nearest(o->probe, ids, m->probe_count);
	if (!found)
		complain(o->lang,
		    nearest ? W_PROBE_NO_PROBE_NEAR : W_PROBE_NO_PROBE,
		    o->probe, nearest, NULL);
	free(ids);
	return found;
}

static bool
is_ours(const struct arguments *o, const struct tap *tap)
{
	return tap->probe != NULL && strcmp(tap->probe, o->probe) == 0;
}

/* Says that the probe has no such tap, and which may be meant. */
static void
refuse_tap(const struct arguments *o, const struct model *m, const char *id)
{
	const char **ids = mem_calloc(m->tap_count + 1, sizeof(*ids));
	const char *nearest;
	size_t n = 0;

	for (size_t i = 0; i < m->boundary_count; i++)
		for (size_t j = 0; j < m->boundaries[i].tap_count; j++)
			if (is_ours(o, &m->boundaries[i].taps[j]))
				ids[n++] = m->boundaries[i].taps[j].id;
	nearest = complain_nearest(id, ids, n);
	complain(o->lang, nearest ? W_PROBE_NO_TAP_NEAR : W_PROBE_NO_TAP, id,
	    o->probe, nearest);
	free(ids);
}

static bool
check_named(const struct arguments *o, const struct model *m)
{
	bool ok = true;

	for (size_t i = 0; i < o->interface_count; i++) {
		const struct argument_source *s = &o->interfaces[i];
		const struct tap *tap = model_tap(m, s->tap);

		if (tap == NULL || !is_ours(o, tap)) {
			refuse_tap(o, m, s->tap);
			ok = false;
		}
		for (size_t j = 0; j < i; j++) {
			if (strcmp(o->interfaces[j].tap, s->tap) != 0)
				continue;
			complain(o->lang, W_LIVE_TAP_TWICE, s->tap, NULL, NULL);
			ok = false;
		}
	}
	return ok;
}

/* What -i or, unless only that counts, the model says; or NULL. */
static const char *
interface_of(const struct arguments *o, const struct tap *tap)
{
	for (size_t i = 0; i < o->interface_count; i++)
		if (strcmp(o->interfaces[i].tap, tap->id) == 0)
			return o->interfaces[i].file;
	return o->only ? NULL : tap->interface;
}

/* False after a sentence. */
static bool
add(const struct arguments *o, const struct tap *tap, const char *interface,
    struct watched *taps, size_t *count)
{
	struct watched *w = &taps[*count];

	if (strlen(interface) >= sizeof(w->interface)) {
		complain(o->lang, W_LIVE_NO_INTERFACE, interface, tap->id,
		    NULL);
		return false;
	}
	if (*count == SUPERVISE_TAPS_MAX) {
		complain(o->lang, W_LIVE_MANY_TAPS, tap->id, NULL, NULL);
		return false;
	}
	for (size_t i = 0; i < *count; i++) {
		if (strcmp(taps[i].interface, interface) != 0)
			continue;
		complain(o->lang, W_LIVE_INTERFACE_TWICE, interface,
		    taps[i].tap->id, tap->id);
		return false;
	}
	memset(w, 0, sizeof(*w));
	w->id = mem_strdup(tap->id);
	w->tap = tap;
	w->fd = w->fd_before = -1;
	(void)snprintf(w->interface, sizeof(w->interface), "%s", interface);
	(*count)++;
	return true;
}

static bool
add_boundary(const struct arguments *o, const struct boundary *b,
    struct watched *taps, size_t *count)
{
	bool ok = true;

	for (size_t i = 0; i < b->tap_count; i++) {
		const struct tap *tap = &b->taps[i];
		const char *interface = interface_of(o, tap);

		if (!is_ours(o, tap))
			continue;
		if (interface == NULL && !o->only)
			complain(o->lang, W_LIVE_TAP_WITHOUT, tap->id, NULL,
			    NULL);
		else if (interface != NULL)
			ok = add(o, tap, interface, taps, count) && ok;
	}
	return ok;
}

static bool
has_interface(const struct arguments *o, const struct model *m)
{
	for (size_t i = 0; i < m->boundary_count; i++)
		for (size_t j = 0; j < m->boundaries[i].tap_count; j++) {
			const struct tap *tap = &m->boundaries[i].taps[j];

			if (is_ours(o, tap) && interface_of(o, tap) != NULL)
				return true;
		}
	return false;
}

size_t
supervise_plan(const struct arguments *o, const struct model *m,
    struct watched *taps)
{
	size_t count = 0, boundaries = 0;
	bool ok = check_named(o, m);

	if (ok && !has_interface(o, m)) {
		complain(o->lang, W_LIVE_NO_TAPS, o->probe, NULL, NULL);
		return 0;
	}
	for (size_t i = 0; ok && i < m->boundary_count; i++) {
		const size_t before = count;

		ok = add_boundary(o, &m->boundaries[i], taps, &count);
		boundaries += count > before;
	}
	if (ok && boundaries > SUPERVISE_ENGINES_MAX) {
		char most[16];

		(void)snprintf(most, sizeof(most), "%d", SUPERVISE_ENGINES_MAX);
		complain(o->lang, W_LIVE_MANY_BOUNDARIES, most, NULL, NULL);
		ok = false;
	}
	for (size_t i = 0; !ok && i < count; i++)
		free(taps[i].id);
	return ok ? count : 0;
}

/* The place of that boundary, or a free one. NULL: none is free yet. */
static struct slot *
place_of(struct supervisor *s, const char *boundary)
{
	struct slot *free_one = NULL;

	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++) {
		struct slot *slot = &s->slots[i];

		if (slot->boundary == NULL) {
			if (free_one == NULL)
				free_one = slot;
		} else if (strcmp(slot->boundary, boundary) == 0)
			return slot;
	}
	return free_one;
}

static bool
has_place(const struct supervisor *s, size_t tap)
{
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		for (size_t j = 0; j < s->slots[i].count; j++)
			if (s->slots[i].watched[j] == tap)
				return true;
	return false;
}

void
supervise_plan_slots(struct supervisor *s)
{
	for (size_t i = 0; i < s->tap_count; i++) {
		const char *boundary = s->taps[i].tap->boundary->id;
		struct slot *slot;

		if (has_place(s, i))
			continue;
		slot = place_of(s, boundary);
		assert(slot != NULL); /* supervise_plan counted them */
		if (slot->boundary == NULL)
			slot->boundary = mem_strdup(boundary);
		slot->watched[slot->count++] = i;
	}
}
