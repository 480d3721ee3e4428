/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A change of the model while everything runs. It is read and checked as at
 * the start; a bad one keeps the old one. Engines whose taps or interfaces
 * change are ended clean first, under the old model. Then it is the one in
 * force: the recorder gets it, when that has it the engines do, and when all
 * have answered the reload counts. Who refuses or does not answer is ended,
 * and begins again with it. SIGHUPs meanwhile become one more reload.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "complain.h"
#include "supervise_internal.h"

/* ---- reading it */

/* NULL after its faults were printed; *fd: a sealed file of the bundle. */
static struct model *
read_model(const struct arguments *o, int *fd)
{
	struct diag d = { .lang = o->lang };
	struct bundle bundle = { 0 };
	struct model *m = NULL;
	struct text out = { 0 };

	if (bundle_read(&bundle, o->model,
		o->data_dir ? o->data_dir : bundle_data_dir(), &d))
		m = model_load(&bundle, &d);
	diag_sort(&d);
	if (m == NULL) {
		diag_print(&d, &out);
		log_write(text_str(&out), out.length);
	} else if ((*fd = order_bundle_write(&bundle)) < 0) {
		complain(o->lang, W_LIVE_NO_BUNDLE, strerrordesc_np(errno),
		    NULL, NULL);
		model_free(m);
		m = NULL;
	}
	text_free(&out);
	diag_free(&d);
	bundle_free(&bundle);
	return m;
}

static const struct watched *
find(const struct watched *taps, size_t count, const struct watched *like)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(taps[i].id, like->id) == 0 &&
		    strcmp(taps[i].interface, like->interface) == 0)
			return &taps[i];
	return NULL;
}

/* New interfaces must be as they must be at the start. */
static bool
check_taps(struct supervisor *s)
{
	bool ok = true;

	for (size_t i = 0; i < s->next_count; i++) {
		struct watched *w = &s->next_taps[i];

		if (find(s->taps, s->tap_count, w) != NULL)
			continue;
		ok = interface_read(w->interface, &w->now) &&
		    supervise_tap_check(s, w) && ok;
	}
	return ok && supervise_tap_check_stack(s, s->next_taps, s->next_count);
}

static void
free_taps(struct watched *taps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(taps[i].id);
}

static bool
read_next(struct supervisor *s)
{
	s->next = read_model(s->arguments, &s->bundle_fd);
	s->next_count = 0;
	if (s->next == NULL)
		return false;
	if (supervise_plan_probe(s->arguments, s->next))
		s->next_count = supervise_plan(s->arguments, s->next,
		    s->next_taps);
	if (s->next_count > 0 && check_taps(s))
		return true;
	free_taps(s->next_taps, s->next_count);
	model_free(s->next);
	s->next = NULL;
	(void)close(s->bundle_fd);
	s->bundle_fd = -1;
	return false;
}

/* ---- who is changed by it */

/* Taps of the next model at that boundary. */
static size_t
next_count_of(const struct supervisor *s, const char *boundary)
{
	size_t n = 0;

	for (size_t i = 0; i < s->next_count; i++)
		n += strcmp(s->next_taps[i].tap->boundary->id, boundary) == 0;
	return n;
}

/* Whether the engine goes on with the very same interfaces. */
static bool
stays(const struct supervisor *s, const struct slot *slot)
{
	if (next_count_of(s, slot->boundary) != slot->count)
		return false;
	for (size_t i = 0; i < slot->count; i++) {
		const struct watched *next = find(s->next_taps, s->next_count,
		    &s->taps[slot->watched[i]]);

		if (next == NULL ||
		    strcmp(next->tap->boundary->id, slot->boundary) != 0)
			return false;
	}
	return true;
}

static void
quit_changed(struct supervisor *s)
{
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++) {
		struct slot *slot = &s->slots[i];

		if (slot->boundary == NULL || stays(s, slot))
			continue;
		slot->is_changing = true;
		if (slot->child.state == SLOT_DUE && slot->owes_gap) {
			slot->is_last = true;
			slot->child.due_ns = now_monotonic();
		} else if (slot->child.state == SLOT_DUE)
			slot->child.state = SLOT_EMPTY;
		supervise_watch_afresh(s, slot);
	}
}

static bool
have_quit(const struct supervisor *s)
{
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (s->slots[i].is_changing &&
		    s->slots[i].child.state != SLOT_EMPTY)
			return false;
	return true;
}

/* ---- it is in force */

/* A changed engine's place is as new, and free until it is planned. */
static void
clear_slot(struct slot *slot)
{
	region_free(slot->region);
	free(slot->boundary);
	slot->region = NULL;
	slot->boundary = NULL;
	slot->count = 0;
	slot->is_used = slot->is_last = slot->owes_gap = false;
	slot->is_changing = false;
	slot->child.away_since.us = 0;
	slot->child.backoff_ms = 0;
}

/* An engine that stays has its taps where they are now, in its own order. */
static void
move_slot(struct supervisor *s, struct slot *slot)
{
	for (size_t i = 0; i < slot->count; i++) {
		const struct watched *next = find(s->next_taps, s->next_count,
		    &s->taps[slot->watched[i]]);

		slot->watched[i] = (size_t)(next - s->next_taps);
	}
}

/* What is known of a tap goes on; a new one is made ready. */
static void
take_over(struct supervisor *s, struct watched *next)
{
	const struct watched *old = find(s->taps, s->tap_count, next);
	const struct tap *tap = next->tap;
	char *id = next->id;

	if (old == NULL)
		return;
	*next = *old;
	next->tap = tap;
	next->id = id;
}

/* Places for boundaries that have none. */
static void
start_new(struct supervisor *s)
{
	size_t counts[SUPERVISE_ENGINES_MAX];

	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		counts[i] = s->slots[i].count;
	supervise_plan_slots(s);
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++) {
		struct slot *slot = &s->slots[i];

		if (slot->count == counts[i])
			continue;
		slot->child.state = SLOT_DUE;
		slot->child.due_ns = now_monotonic();
	}
}

static void
put_in_force(struct supervisor *s)
{
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++) {
		if (s->slots[i].is_changing)
			clear_slot(&s->slots[i]);
		else if (s->slots[i].boundary != NULL)
			move_slot(s, &s->slots[i]);
	}
	for (size_t i = 0; i < s->tap_count; i++)
		supervise_account_release(&s->taps[i]);
	for (size_t i = 0; i < s->next_count; i++)
		take_over(s, &s->next_taps[i]);
	free_taps(s->taps, s->tap_count);
	memcpy(s->taps, s->next_taps, sizeof(s->taps));
	s->tap_count = s->next_count;
	model_free(s->loaded);
	s->model = s->loaded = s->next;
	s->next = NULL;
	s->generation++;
	channel_generation(s->channel, s->generation);
	for (size_t i = 0; i < s->tap_count; i++)
		if (s->taps[i].at == 0 && supervise_tap_begin(s, &s->taps[i]))
			s->taps[i].at = s->taps[i].now.index;
	start_new(s);
}

/* ---- handing it out */

static void
hand_out(struct supervisor *s, struct child *c)
{
	const struct order o = { .type = ORDER_MODEL,
		.number = s->generation,
		.fd = s->bundle_fd };

	if (c->generation == s->generation ||
	    (c->state != SLOT_RUNNING && c->state != SLOT_STARTING))
		return; /* it has it, or will begin with it */
	c->answer_ns = supervise_after(SUPERVISE_ANSWER_MS);
	if (!order_send(c->orders, &o))
		c->answer_ns = 1; /* late already */
}

static void
finish(struct supervisor *s)
{
	(void)close(s->bundle_fd);
	s->bundle_fd = -1;
	s->reload = RELOAD_NONE;
	supervise_health_tell(s, "reload", "");
	(void)notify_ready(&s->notify, NULL);
	if (s->reload_again)
		supervise_reload(s);
}

void
supervise_reload_step(struct supervisor *s)
{
	bool is_answered = true;

	if (s->reload == RELOAD_QUIT && have_quit(s)) {
		put_in_force(s);
		hand_out(s, &s->recorder);
		s->reload = RELOAD_RECORDER;
	}
	if (s->reload == RELOAD_RECORDER && s->recorder.answer_ns == 0) {
		for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
			hand_out(s, &s->slots[i].child);
		s->reload = RELOAD_ENGINES;
	}
	if (s->reload != RELOAD_ENGINES)
		return;
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		is_answered = is_answered && s->slots[i].child.answer_ns == 0;
	if (is_answered)
		finish(s);
}

void
supervise_reload(struct supervisor *s)
{
	if (s->reload != RELOAD_NONE || s->phase == PHASE_STARTING) {
		s->reload_again = true;
		return;
	}
	s->reload_again = false;
	if (s->phase != PHASE_RUNNING)
		return;
	(void)notify_reloading(&s->notify, now_monotonic() / 1000);
	if (!read_next(s)) {
		complain(s->arguments->lang, W_LIVE_RELOAD_REFUSED,
		    s->arguments->model, NULL, NULL);
		supervise_health_tell(s, "reload-refused", s->arguments->model);
		(void)notify_ready(&s->notify, NULL);
		return;
	}
	s->reload = RELOAD_QUIT;
	quit_changed(s);
	supervise_reload_step(s);
}
