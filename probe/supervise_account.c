/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where each frame that an interface took in has gone:
 *
 *   received = taken + in the ring + ring drops + held + unseen
 *
 * received is the interface's own counter; what went into a ring and what
 * found no room are the kernel's counts of each handle, which only this
 * process reads; taken is what an engine says it took out; held is what a
 * dead engine's ring still held; unseen is the rest: what came while nobody
 * listened. The first two are not read at one instant, so under traffic the
 * rest is only told when two readings agree, or with frames in flight taken
 * off, and the remainder later.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "complain.h"
#include "supervise_internal.h"

#define AHEAD_US 60000000 /* of the clock, when it was set back meanwhile */
#define TRIES 8		  /* to read two counters with nothing between them */

/* ---- of one tap */

/* Frames that all handles took in or had no room for. */
static uint64_t
ring_of(const struct watched *w)
{
	return w->before.packets + w->before.drops + w->handle.packets +
	    w->handle.drops;
}

/* Frames that came and went into no ring, so far as is known now. */
static int64_t
residue(const struct watched *w)
{
	return (int64_t)(w->received - ring_of(w)) - w->offset;
}

/*
 * The interface's counter went with it, before its last frames were read from
 * it: what is in the rings was received at least.
 */
static void
make_good(struct watched *w)
{
	int64_t rest;

	if (w->fd >= 0)
		(void)capture_count(w->fd, &w->handle);
	rest = residue(w) - (int64_t)w->unseen;
	if (rest >= 0)
		return;
	w->received += (uint64_t)-rest;
	/* One that was only renamed comes back with these in its count. */
	w->counted.received += (uint64_t)-rest;
}

/* Reads the interface's counter; one that came back counts from zero. */
static void
read_interface(struct watched *w)
{
	struct interface_state now;

	if (!interface_read(w->interface, &now))
		return;
	w->now = now;
	if (w->is_final)
		return;
	if (w->counted.index == 0)
		w->counted = now; /* what was before the start is nobody's */
	if (now.index != w->counted.index)
		make_good(w);
	if (now.index == 0)
		return;
	if (now.index != w->counted.index)
		w->counted.received = w->counted.nic_drops = 0;
	if (now.received > w->counted.received)
		w->received += now.received - w->counted.received;
	if (now.nic_drops > w->counted.nic_drops)
		w->nic_drops += now.nic_drops - w->counted.nic_drops;
	w->counted = now;
}

/* What the region says its engine took, held to what can be. */
static uint64_t
taken_of(const struct watched *w, const struct region_source *source)
{
	const uint64_t all = source ? atomic_load(&source->taken) : 0;
	const uint64_t taken = all > w->taken_before ? all - w->taken_before :
						       0;

	return taken < w->handle.packets ? taken : w->handle.packets;
}

static struct region_source *
source_of(const struct slot *slot, size_t source)
{
	return slot->region ? &region_status(slot->region)->sources[source] :
			      NULL;
}

/*
 * The interface's counter is read before and after the ring's. True when
 * nothing came meanwhile, and the rest is what it was the last time: then it is
 * exact. As long as the first handle lives and its link is up nothing can be
 * unseen, so what differs is of the time before it.
 */
static bool
read_both(struct watched *w)
{
	const int64_t last = w->residue_last;
	uint64_t received;
	bool is_exact;

	read_interface(w);
	received = w->received;
	if (w->fd >= 0)
		(void)capture_count(w->fd, &w->handle);
	read_interface(w);
	w->residue_last = residue(w);
	is_exact = received == w->received && w->residue_last == last;
	if (is_exact && (!w->was_deaf || last < 0)) {
		w->offset += last;
		w->residue_last = 0;
	}
	return is_exact;
}

static bool
read_exact(struct watched *w)
{
	bool is_exact = false;

	for (int i = 0; i < TRIES && !is_exact; i++)
		is_exact = read_both(w);
	return is_exact;
}

/* Frames of before the start or after the end: nobody's, and not shown. */
static void
leave_out(struct watched *w, int64_t frames)
{
	w->offset += frames;
	w->nobodys += frames;
}

/* What is now known to have been unseen beyond what was told. */
static void
tell_remainder(struct supervisor *s, struct watched *w)
{
	const int64_t rest = residue(w) - (int64_t)w->unseen;
	struct text text = { 0 };
	struct gap gap = { .kind = GAP_ENGINE, .tap = w->tap };

	if (rest <= 0)
		return;
	w->unseen += (uint64_t)rest;
	words_add(&text, s->arguments->lang, W_LIVE_REMAINDER, 0);
	gap.cause = text_str(&text);
	gap.now = now_wall();
	gap.unseen = (uint64_t)rest;
	s->observer.gap(s->observer.context, &gap);
	text_free(&text);
}

void
supervise_account_open(struct supervisor *s, struct slot *slot, size_t source,
    int fd)
{
	struct watched *w = &s->taps[slot->watched[source]];
	struct region_source *r = source_of(slot, source);

	w->fd = fd;
	if (!slot->is_used)
		w->taken_before = 0;
	/* The count goes on from what was believed of it, whatever a dead
	 * engine made of it. */
	if (r != NULL)
		atomic_store(&r->taken, w->taken_before);
	(void)read_both(w);
	if (!w->was_deaf)
		leave_out(w, residue(w));
}

void
supervise_account_halt(struct supervisor *s, struct slot *slot)
{
	for (size_t i = 0; i < slot->count; i++)
		if (s->taps[slot->watched[i]].fd >= 0)
			(void)capture_halt(s->taps[slot->watched[i]].fd);
	capture_settle();
	for (size_t i = 0; i < slot->count; i++) {
		struct watched *w = &s->taps[slot->watched[i]];

		if (w->fd >= 0)
			(void)capture_count(w->fd, &w->handle);
	}
}

void
supervise_account_finish(struct supervisor *s, struct slot *slot)
{
	for (size_t i = 0; i < slot->count; i++) {
		struct watched *w = &s->taps[slot->watched[i]];

		(void)read_exact(w);
		if (w->was_deaf)
			tell_remainder(s, w);
	}
	supervise_account_halt(s, slot);
	for (size_t i = 0; i < slot->count; i++) {
		struct watched *w = &s->taps[slot->watched[i]];

		read_interface(w);
		leave_out(w, residue(w) - (int64_t)w->unseen);
		w->is_final = true;
	}
}

void
supervise_account_close(struct supervisor *s, struct slot *slot)
{
	supervise_account_halt(s, slot);
	for (size_t i = 0; i < slot->count; i++) {
		struct watched *w = &s->taps[slot->watched[i]];
		const uint64_t taken = taken_of(w, source_of(slot, i));
		const uint64_t held = w->handle.packets - taken;

		supervise_account_release(w);
		w->fd_before = w->fd;
		w->fd = -1;
		w->taken += taken;
		w->taken_before += taken;
		w->taken_now = 0;
		w->held += held;
		w->gap_held += held;
		w->before.packets += w->handle.packets;
		w->before.drops += w->handle.drops;
		w->before.freezes += w->handle.freezes;
		w->handle = (struct capture_stats){ 0 };
		w->was_deaf = true;
	}
}

void
supervise_account_release(struct watched *w)
{
	if (w->fd_before >= 0)
		(void)close(w->fd_before);
	w->fd_before = -1;
}

/* ---- gaps */

void
supervise_account_cause(const struct supervisor *s, int exit_status,
    char out[SUPERVISE_CAUSE_MAX])
{
	struct text text = { 0 };
	char number[16];
	const enum lang lang = s->arguments->lang;

	if (WIFSIGNALED(exit_status)) {
		const int signal = WTERMSIG(exit_status);

		(void)snprintf(number, sizeof(number), "%d", signal);
		words_add(&text, lang, W_LIVE_BY_SIGNAL, 2, number,
		    strsignal(signal));
	} else {
		(void)snprintf(number, sizeof(number), "%d",
		    WEXITSTATUS(exit_status));
		words_add(&text, lang,
		    exit_status == 0 ? W_LIVE_AFRESH : W_LIVE_BY_STATUS, 1,
		    number);
	}
	(void)snprintf(out, SUPERVISE_CAUSE_MAX, "%s", text_str(&text));
	text_free(&text);
}

/* What came unseen and is not told yet, exact where it can be and else not
 * too much. */
static uint64_t
find_unseen(struct watched *w)
{
	const bool is_exact = read_exact(w);
	int64_t rest;

	rest = residue(w) - (int64_t)w->unseen;
	if (!is_exact)
		rest -= SUPERVISE_IN_FLIGHT;
	if (rest <= 0)
		return 0;
	w->unseen += (uint64_t)rest;
	return (uint64_t)rest;
}

void
supervise_account_gaps(struct supervisor *s, struct slot *slot,
    uint64_t conversations)
{
	char cause[SUPERVISE_CAUSE_MAX];
	struct gap gap = { .kind = GAP_ENGINE,
		.cause = cause,
		.now = now_wall(),
		.from = slot->child.away_since,
		.conversations = conversations,
		.exit_status = slot->child.exit_status };

	if (!slot->owes_gap)
		return;
	slot->owes_gap = false;
	if (slot->opened.us >= gap.from.us) /* else nobody came after it */
		gap.until = slot->opened;
	supervise_account_cause(s, gap.exit_status, cause);
	for (size_t i = 0; i < slot->count; i++) {
		struct watched *w = &s->taps[slot->watched[i]];

		gap.tap = w->tap;
		gap.held = w->gap_held;
		gap.unseen = find_unseen(w);
		w->gap_held = 0;
		s->observer.gap(s->observer.context, &gap);
		gap.conversations = 0; /* once, with the first tap */
	}
}

/* The kernel's counts where the engine can see them, which asks for none. */
static void
show_engine(struct watched *w, struct region_source *r)
{
	const int64_t last_us = atomic_load(&r->last_us);

	atomic_store(&r->ring_packets, w->before.packets + w->handle.packets);
	atomic_store(&r->ring_drops, w->before.drops + w->handle.drops);
	atomic_store(&r->ring_freezes, w->before.freezes + w->handle.freezes);
	atomic_store(&r->nic_drops, w->nic_drops);
	/* A child's word: no frame can be of a time that has not come, and a
	 * record with such a time would not be taken. */
	if (last_us > w->last.us && last_us < now_wall().us + AHEAD_US)
		w->last.us = last_us;
}

void
supervise_account_tick(struct supervisor *s)
{
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++) {
		const struct slot *slot = &s->slots[i];

		for (size_t j = 0; j < slot->count; j++) {
			struct watched *w = &s->taps[slot->watched[j]];
			struct region_source *r = source_of(slot, j);
			const bool is_exact = read_both(w);

			supervise_account_release(w);
			w->taken_now = taken_of(w, r);
			if (r != NULL)
				show_engine(w, r);
			if (w->was_deaf && is_exact && !slot->owes_gap)
				tell_remainder(s, w);
		}
	}
}
