/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records from their sockets: one datagram each, checked, counted by sequence
 * number, decoded under the model they are of, and dealt with before the next
 * is read. What was dealt with is published after its lines are written: a
 * death in between shows as a number that the next recorder never sees.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "now.h"
#include "record_internal.h"
#include "words.h"

#define BATCH 64 /* records of one sender before the next has its turn */
#define SUPERVISOR_AT (RECORD_SENDERS_MAX - 1)
/* No sender loses as many records in a row: who says so lies. */
#define PASSED_MOST (UINT64_C(1) << 32)

void
record_sender_init(struct record *r)
{
	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++)
		r->senders[i].fd = r->job->senders[i];
	r->bytes = mem_calloc(1, RECORD_BYTES_MAX);
}

void
record_sender_fini(struct record *r)
{
	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++)
		free(r->senders[i].record);
	free(r->bytes);
}

static uint8_t
number_of(size_t i)
{
	return i == SUPERVISOR_AT ? RECORD_SUPERVISOR : (uint8_t)i;
}

static void
refuse(struct record *r, enum record_result why)
{
	r->refused[why]++;
	atomic_fetch_add(&r->job->status->refused, 1);
}

/* ---- what was dealt with */

void
record_sender_publish(struct record *r)
{
	struct record_status *s = r->job->status;
	const struct recorder_totals *t = recorder_totals(r->recorder);
	const uint32_t other = (atomic_load(&s->totals_at) & 1) ^ 1;

	s->totals[other] = *t;
	atomic_store(&s->totals_at, other);
	atomic_store(&s->lines, t->lines);
	atomic_store(&s->lines_lost, t->lines_lost);
	atomic_store(&s->now_us, r->now.us);
}

/* The number comes last: what it stands for is done and told. */
static void
publish(struct record *r, size_t i, uint64_t sequence)
{
	record_sender_publish(r);
	atomic_store(&r->job->status->read[i], sequence);
}

/* Numbers that were passed over are records that never came. One that is lower
 * than expected is no loss: an engine has begun again. */
static void
note_sequence(struct record *r, size_t i, uint64_t sequence)
{
	struct record_sender *s = &r->senders[i];
	const uint64_t last = atomic_load(&r->job->status->read[i]);
	uint64_t passed;

	if (sequence > last && sequence - last > 1) {
		passed = sequence - last - 1;
		if (passed > PASSED_MOST) { /* how many is not known */
			refuse(r, RECORD_MALFORMED);
			passed = 0;
		}
		if (!s->has_spoken && r->job->is_restart)
			s->lost_with_recorder += passed;
		else
			s->lost_on_the_way += passed;
		r->missing += passed;
	}
	/* Sockets are more than engines: those count that say something. */
	if (!s->has_spoken && i != SUPERVISOR_AT)
		recorder_expect(r->recorder, r->job->is_live, ++r->engines);
	s->has_spoken = true;
}

/* ---- one record */

/* What this sender cannot say: words of another, and how the probe is, which
 * is the supervisor's to tell. */
static bool
is_false(size_t i, const struct record_head *head)
{
	return head->engine != number_of(i) ||
	    (head->type == RECORD_HEALTH && i != SUPERVISOR_AT);
}

/* True when it is dealt with, well or badly; false: it waits for its model. */
static bool
deal_with(struct record *r, size_t i, const uint8_t *bytes, size_t length)
{
	struct record_sender *s = &r->senders[i];
	enum record_result result;
	struct record_head head;
	const struct model *m;

	result = record_read_head(bytes, length, &head);
	if (result == RECORD_OK && is_false(i, &head))
		result = RECORD_MALFORMED;
	if (result != RECORD_OK) {
		refuse(r, result);
		return true;
	}
	if (head.generation > record_model_generation(r) && !r->is_draining)
		return false;
	note_sequence(r, i, head.sequence);
	m = record_model_find(r, head.generation);
	if (m != NULL) {
		s->generation = head.generation;
		recorder_from(r->recorder, head.engine, head.generation);
		r->summary.engine = i;
		result = record_read(r->reader, bytes, length, m,
		    head.generation, &r->observer);
	} else
		result = RECORD_STALE;
	if (result == RECORD_OK)
		record_held_keep(r, bytes, length, &head);
	else
		refuse(r, result);
	publish(r, i, head.sequence);
	return true;
}

static void
keep_waiting(struct record *r, size_t i, size_t length)
{
	struct record_sender *s = &r->senders[i];

	if (s->record == NULL)
		s->record = mem_calloc(1, RECORD_BYTES_MAX);
	memcpy(s->record, r->bytes, length);
	s->waiting = length;
	s->waiting_ns = now_monotonic();
}

/* The record that waited for its model, if there was one. False: it still
 * does. */
static bool
take_waiting(struct record *r, size_t i)
{
	struct record_sender *s = &r->senders[i];
	const uint64_t patience = RECORD_MODEL_MS * RECORD_NS_PER_MS;
	struct record_head head;

	if (s->waiting == 0)
		return true;
	if (!deal_with(r, i, s->record, s->waiting)) {
		if (now_monotonic() - s->waiting_ns < patience)
			return false;
		refuse(r, RECORD_STALE); /* no such model is on its way */
		if (record_read_head(s->record, s->waiting, &head) ==
		    RECORD_OK) {
			note_sequence(r, i, head.sequence);
			publish(r, i, head.sequence);
		}
	}
	s->waiting = 0;
	return true;
}

bool
record_sender_waits(const struct record *r, size_t i)
{
	return r->senders[i].waiting != 0;
}

/* ---- reading */

static bool
is_hung_up(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0 &&
	    (p.revents & (POLLHUP | POLLRDHUP | POLLERR | POLLNVAL)) != 0;
}

/* Reads one datagram into r->bytes. Returns its length; 0: nothing is there;
 * -1: it was no record and is counted. Descriptors that come along are
 * dropped by the kernel: there is no room for them. */
static ssize_t
receive(struct record *r, size_t i)
{
	struct record_sender *s = &r->senders[i];
	struct iovec bytes = { r->bytes, RECORD_BYTES_MAX };
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
	ssize_t n;

	do
		n = recvmsg(s->fd, &message, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (n < 0 || (n == 0 && is_hung_up(s->fd))) {
		(void)close(s->fd);
		s->fd = -1;
		return 0;
	}
	if (n > 0 && (message.msg_flags & MSG_TRUNC) == 0)
		return n;
	refuse(r, n == 0 ? RECORD_TRUNCATED : RECORD_MALFORMED);
	return -1;
}

bool
record_sender_take(struct record *r, size_t i)
{
	ssize_t n;

	if (!take_waiting(r, i))
		return false;
	for (int k = 0; k < BATCH; k++) {
		if (r->senders[i].fd < 0)
			return false;
		n = receive(r, i);
		if (n == 0)
			return false;
		if (n > 0 && !deal_with(r, i, r->bytes, (size_t)n)) {
			keep_waiting(r, i, (size_t)n);
			return false;
		}
	}
	return true;
}

/* ---- what never came */

static void
tell(struct record *r, size_t i, enum gap_kind kind, uint64_t *count)
{
	char number[24], sender[24];
	struct text cause = { 0 };
	struct gap gap = { .kind = kind,
		.now = r->now,
		.until = r->now,
		.records = *count };

	if (*count == 0)
		return;
	(void)snprintf(number, sizeof(number), "%" PRIu64, *count);
	(void)snprintf(sender, sizeof(sender), "engine-%zu", i);
	words_add(&cause, r->job->lang, W_LIVE_RECORDS_MISSING, 2, number,
	    i == SUPERVISOR_AT ? "supervisor" : sender);
	gap.cause = text_str(&cause);
	if (kind == GAP_RECORDER) {
		gap.exit_status = r->job->exit_status;
		gap.from = r->job->away_since;
	}
	r->inner.gap(r->inner.context, &gap);
	text_free(&cause);
	*count = 0;
}

void
record_sender_tell(struct record *r)
{
	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++) {
		struct record_sender *s = &r->senders[i];

		tell(r, i, GAP_RECORDER, &s->lost_with_recorder);
		tell(r, i, GAP_BACKLOG, &s->lost_on_the_way);
	}
}
