/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accounts of frames and the health of the probe as records. An account has
 * lists without a bound of their own: what finds no room in the record is
 * counted in it and read as one row more of the counters.
 */
#include "observation_record_internal.h"

/* The least that a tap takes: index, no file, numbers. */
#define TAP_BYTES (4 + 2 + 13 * 8)
#define ROWS_CUT "record-rows-cut"
#define TAPS_CUT "record-taps-cut"

/* ---- accounts */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
put_rows(struct record_writer *w, const struct account_row *rows, size_t count)
{
	record_put16(w, (unsigned)count);
	for (size_t i = 0; i < count; i++) {
		record_put_text(w, rows[i].name, RECORD_ROW_MAX);
		record_put64(w, rows[i].value);
	}
}

static void
put_tap(struct record_writer *w, const struct tap_account *t)
{
	record_put32(w, RECORD_INDEX(t->tap));
	record_put_path(w, t->file, RECORD_NAME_MAX);
	record_put64(w, t->frames);
	record_put64(w, t->bytes_captured);
	record_put64(w, t->bytes_wire);
	record_put64(w, t->cut);
	record_put_time(w, t->first);
	record_put_time(w, t->last);
	record_put64(w, t->tcp_conversations);
	record_put64(w, t->tcp_one_way);
	record_put64(w, t->payload_seen);
	record_put64(w, t->payload_missing);
	record_put64(w, t->backward);
	record_put64(w, t->payload_unheard);
	record_put64(w, t->drops);
}

/* The taps, as many as fit, then how many did not. Their number stands before
 * them and is written last. */
static void
put_taps(struct record_writer *w, const struct tally *t)
{
	struct record_writer count = *w, before;
	size_t written = 0;

	record_put16(w, 0);
	w->end -= 4; /* kept for what was cut */
	while (written < t->tap_count && written < RECORD_TAPS_MAX) {
		before = *w;
		put_tap(w, &t->taps[written]);
		if (w->full) {
			*w = before;
			break;
		}
		written++;
	}
	w->end += 4;
	record_put16(&count, (unsigned)written);
	record_put32(w, (uint32_t)(t->tap_count - written));
}

size_t
record_account(uint8_t *out, struct record_head *head, const struct tally *t)
{
	const size_t reasons = least(t->reason_count, RECORD_ROWS_MAX);
	const size_t counters = least(t->counter_count, RECORD_ROWS_MAX);
	struct record_writer w;

	record_begin(&w, out, head, RECORD_ACCOUNT, RECORD_MINOR);
	record_put_time(&w, t->now);
	record_put64(&w, t->read);
	record_put64(&w, t->judged);
	record_put64(&w, t->bytes);
	record_put8(&w, t->final);
	put_rows(&w, t->reasons, reasons);
	put_rows(&w, t->counters, counters);
	record_put32(&w,
	    (uint32_t)(t->reason_count - reasons + t->counter_count -
		counters));
	put_taps(&w, t);
	return (size_t)(w.pos - out);
}

static size_t
get_rows(struct record_input *in, struct account_row *rows)
{
	const size_t count = record_get_count(in, RECORD_ROWS_MAX);

	for (size_t i = 0; i < count; i++) {
		rows[i].name = record_get_string(in, RECORD_ROW_MAX);
		rows[i].value = record_get64(in);
	}
	return count;
}

static void
get_tap(struct record_input *in, struct tap_account *t)
{
	t->tap = record_get_tap(in);
	t->file = record_get_text(in, RECORD_NAME_MAX);
	t->frames = record_get64(in);
	t->bytes_captured = record_get64(in);
	t->bytes_wire = record_get64(in);
	t->cut = record_get64(in);
	t->first = record_get_time(in);
	t->last = record_get_time(in);
	t->tcp_conversations = record_get64(in);
	t->tcp_one_way = record_get64(in);
	t->payload_seen = record_get64(in);
	t->payload_missing = record_get64(in);
	t->backward = record_get64(in);
	t->payload_unheard = record_get64(in);
	t->drops = record_get64(in);
}

static void
add_cut(struct record_account *out, const char *name, uint32_t cut)
{
	if (cut > 0)
		out->counters[out->tally.counter_count++] =
		    (struct account_row){ name, cut };
}

void
record_read_account(struct record_input *in, struct record_account *out)
{
	struct tally *t = &out->tally;
	uint32_t cut;

	memset(t, 0, sizeof(*t));
	t->reasons = out->reasons;
	t->counters = out->counters;
	t->taps = out->taps;
	t->now = record_get_time(in);
	t->read = record_get64(in);
	t->judged = record_get64(in);
	t->bytes = record_get64(in);
	t->final = record_get_enum(in, 2) != 0;
	t->reason_count = get_rows(in, out->reasons);
	t->counter_count = get_rows(in, out->counters);
	cut = cursor_be32(&in->c);
	add_cut(out, ROWS_CUT, cut);
	t->tap_count = record_get_count(in, RECORD_TAPS_MAX);
	if (cursor_left(&in->c) < t->tap_count * TAP_BYTES)
		cursor_skip(&in->c, SIZE_MAX); /* cut off: fails */
	for (size_t i = 0; i < t->tap_count && cursor_ok(&in->c); i++)
		get_tap(in, &out->taps[i]);
	cut = cursor_be32(&in->c);
	add_cut(out, TAPS_CUT, cut);
}

/* ---- health */

static void
put_health_tap(struct record_writer *w, const struct health_tap *t)
{
	record_put32(w, RECORD_INDEX(t->tap));
	record_put_text(w, t->interface, sizeof(t->interface) - 1);
	record_put8(w, t->link);
	record_put64(w, t->received);
	record_put64(w, t->taken);
	record_put64(w, t->ring_drops);
	record_put64(w, t->ring_freezes);
	record_put64(w, t->nic_drops);
	record_put64(w, t->held);
	record_put64(w, t->unseen);
	record_put64(w, t->muted);
	record_put_time(w, t->last);
}

static void
put_process(struct record_writer *w, const struct health_process *p)
{
	record_put_text(w, p->name, sizeof(p->name) - 1);
	record_put32(w, (uint32_t)p->pid);
	record_put32(w, p->restarts);
	record_put64(w, p->memory_kb);
	record_put_time(w, p->started);
}

size_t
record_health(uint8_t *out, struct record_head *head, const struct health *h)
{
	const size_t taps = least(h->tap_count, HEALTH_TAPS_MAX);
	const size_t processes = least(h->process_count, HEALTH_PROCESSES_MAX);
	struct record_writer w;

	record_begin(&w, out, head, RECORD_HEALTH, RECORD_URGENT);
	record_put_time(&w, h->now);
	record_put_text(&w, h->event != NULL ? h->event : "", RECORD_ROW_MAX);
	record_put32(&w, h->generation);
	record_put_text(&w, h->model, sizeof(h->model) - 1);
	record_put8(&w, h->sandbox);
	record_put32(&w, (uint32_t)h->landlock);
	record_put8(&w, h->clock);
	record_put64(&w, (uint64_t)h->clock_offset_us);
	record_put64(&w, h->clock_steps);
	record_put64(&w, h->muted);
	for (int i = 0; i < RECORD_CLASS_COUNT; i++)
		record_put64(&w, h->backlog[i]);
	record_put16(&w, (unsigned)taps);
	for (size_t i = 0; i < taps; i++)
		put_health_tap(&w, &h->taps[i]);
	record_put16(&w, (unsigned)processes);
	for (size_t i = 0; i < processes; i++)
		put_process(&w, &h->processes[i]);
	record_put_text(&w, h->note, sizeof(h->note) - 1);
	return (size_t)(w.pos - out);
}

static void
get_health_tap(struct record_input *in, struct health_tap *t)
{
	t->tap = record_get_tap(in);
	record_get_array(in, t->interface, sizeof(t->interface));
	t->link = (enum health_link)record_get_enum(in, LINK_GONE + 1);
	t->received = record_get64(in);
	t->taken = record_get64(in);
	t->ring_drops = record_get64(in);
	t->ring_freezes = record_get64(in);
	t->nic_drops = record_get64(in);
	t->held = record_get64(in);
	t->unseen = record_get64(in);
	t->muted = record_get64(in);
	t->last = record_get_time(in);
}

static void
get_process(struct record_input *in, struct health_process *p)
{
	record_get_array(in, p->name, sizeof(p->name));
	p->pid = (int32_t)cursor_be32(&in->c);
	p->restarts = cursor_be32(&in->c);
	p->memory_kb = record_get64(in);
	p->started = record_get_time(in);
}

void
record_read_health(struct record_input *in, struct health *h)
{
	memset(h, 0, sizeof(*h));
	h->now = record_get_time(in);
	h->event = record_get_string(in, RECORD_ROW_MAX);
	h->generation = cursor_be32(&in->c);
	record_get_array(in, h->model, sizeof(h->model));
	h->sandbox = (enum sandbox_state)record_get_enum(in, SANDBOX_NONE + 1);
	h->landlock = (int32_t)cursor_be32(&in->c);
	h->clock = (enum clock_state)record_get_enum(in, CLOCK_STATE_COUNT);
	h->clock_offset_us = (int64_t)record_get64(in);
	h->clock_steps = record_get64(in);
	h->muted = record_get64(in);
	for (int i = 0; i < RECORD_CLASS_COUNT; i++)
		h->backlog[i] = record_get64(in);
	h->tap_count = record_get_count(in, HEALTH_TAPS_MAX);
	for (size_t i = 0; i < h->tap_count; i++)
		get_health_tap(in, &h->taps[i]);
	h->process_count = record_get_count(in, HEALTH_PROCESSES_MAX);
	for (size_t i = 0; i < h->process_count; i++)
		get_process(in, &h->processes[i]);
	record_get_array(in, h->note, sizeof(h->note));
}
