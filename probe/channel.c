/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records on their way through a socket. A record is encoded once; it goes out
 * at once where nothing waits, else into the queue (channel_queue.c). Its
 * sequence number is put in when it is sent, so that what is lost on the way
 * takes none. Losses are the difference between two counters, backlog and
 * told, and outlive the process with them. Knows no clock but the times of
 * what it is told, save for how long it waits at the end.
 */
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "channel_queue.h"

#define SEQUENCE_AT 8		      /* in a record's head */
#define SEQUENCE_MAX (UINT64_MAX / 2) /* beyond it somebody lies */
#define COUNT_MAX (UINT64_C(1) << 48) /* likewise, of records lost */
#define TELL_US CLOCK_SECOND
#define NAP_MS 50 /* between looks whether something changed */

struct channel {
	int fd; /* owned */
	uint8_t sender;
	uint32_t generation;
	bool blocking;
	bool gone; /* the other end was not there at the last try */
	struct channel_counters own;
	struct channel_counters *counters; /* own, or borrowed */
	struct channel_queue *queue;	   /* owned */
	struct wall_us now;		   /* as told */
	struct wall_us from, until;	   /* of what is not told yet */
	uint8_t record[RECORD_BYTES_MAX];  /* being made */
};

/* ---- what is lost */

static uint64_t
lost(const struct channel *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < RECORD_CLASS_COUNT; i++)
		sum += c->counters->backlog[i];
	return sum > c->counters->told ? sum - c->counters->told : 0;
}

static void
note_lost(struct channel *c, enum record_class class, bool last_word)
{
	if (lost(c) == 0)
		c->from = c->until = c->now;
	if (c->now.us > c->until.us)
		c->until = c->now;
	c->counters->backlog[class]++;
	c->counters->conversations += last_word;
}

/* What a process before left behind in its queue. */
static void
take_over(struct channel_counters *n)
{
	for (int i = 0; i < RECORD_CLASS_COUNT; i++) {
		if (n->backlog[i] > COUNT_MAX || n->queued[i] > COUNT_MAX)
			n->backlog[i] = n->queued[i] = 0; /* nobody's count */
		n->backlog[i] += n->queued[i];
		n->queued[i] = 0;
	}
	if (n->conversations > COUNT_MAX || n->queued_conversations > COUNT_MAX)
		n->conversations = n->queued_conversations = 0;
	n->conversations += n->queued_conversations;
	n->queued_conversations = 0;
	n->waiting = 0;
}

struct channel *
channel_new(int fd, uint8_t sender, uint32_t generation, uint64_t sequence,
    bool blocking, struct channel_counters *counters)
{
	struct channel *c = mem_calloc(1, sizeof(*c));
	const int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	c->fd = fd;
	c->sender = sender;
	c->generation = generation;
	c->blocking = blocking;
	c->counters = counters ? counters : &c->own;
	c->queue = channel_queue_new();
	if (c->counters->next < sequence || c->counters->next > SEQUENCE_MAX)
		c->counters->next = sequence;
	if (c->counters->next == 0)
		c->counters->next = 1;
	take_over(c->counters);
	return c;
}

void
channel_free(struct channel *c)
{
	if (c == NULL)
		return;
	(void)close(c->fd);
	channel_queue_free(c->queue);
	free(c);
}

/* ---- the queue */

static bool
is_empty(const struct channel *c)
{
	return channel_queue_is_empty(c->queue);
}

/* Drops the oldest record, which is w. */
static void
drop_first(struct channel *c, const struct channel_waiting *w)
{
	channel_queue_drop(c->queue);
	c->counters->waiting--;
	c->counters->queued[w->class]--;
	c->counters->queued_conversations -= w->last_word;
}

/* False when its class has no room. */
static bool
push(struct channel *c, const struct channel_waiting *w)
{
	if (!channel_queue_push(c->queue, c->record, w))
		return false;
	c->counters->waiting++;
	c->counters->queued[w->class]++;
	c->counters->queued_conversations += w->last_word;
	return true;
}

/* ---- sending */

enum sent { SENT, SENT_LATER, SENT_NEVER };

static enum sent
not_sent(struct channel *c)
{
	switch (errno) {
	case EMSGSIZE: /* the socket takes none so long */
		return SENT_NEVER;
	case EAGAIN:
	case EINTR:
	case ENOBUFS:
	case ENOMEM:
		c->gone = false;
		return SENT_LATER;
	default: /* EPIPE, ECONNREFUSED, ECONNRESET: it may come back */
		c->gone = true;
		return SENT_LATER;
	}
}

static enum sent
send_record(struct channel *c, uint8_t *record, size_t length)
{
	uint64_t sequence = c->counters->next;
	ssize_t n;

	for (int i = 0; i < 8; i++)
		record[SEQUENCE_AT + i] = (uint8_t)(sequence >> (56 - 8 * i));
	c->counters->next = sequence + 1;
	do
		n = write(c->fd, record, length);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)length) {
		c->counters->next = sequence;
		return not_sent(c);
	}
	c->gone = false;
	c->counters->sent++;
	c->counters->sent_bytes += length;
	return SENT;
}

/* As send_record; where it may, it waits for room. */
static enum sent
send_waiting(struct channel *c, uint8_t *record, size_t length)
{
	struct pollfd wait = { .fd = c->fd, .events = POLLOUT };
	enum sent sent;

	while ((sent = send_record(c, record, length)) == SENT_LATER &&
	    c->blocking && !c->gone) {
		if (errno == EAGAIN)
			(void)poll(&wait, 1, -1);
		else /* the kernel lacks memory: poll would not wait */
			(void)poll(NULL, 0, 10);
	}
	return sent;
}

/* Sends what waits, in order; true when nothing waits any more. */
static bool
send_queue(struct channel *c)
{
	struct channel_waiting w;
	uint8_t *bytes;
	enum sent sent;

	while (!is_empty(c)) {
		w = channel_queue_first(c->queue, &bytes);
		sent = send_waiting(c, bytes, w.length);
		if (sent == SENT_LATER)
			return false;
		drop_first(c, &w);
		if (sent == SENT_NEVER)
			note_lost(c, (enum record_class)w.class, w.last_word);
	}
	return true;
}

static void
queue(struct channel *c, const struct channel_waiting *w)
{
	if (!push(c, w) && !(send_queue(c), push(c, w)))
		note_lost(c, (enum record_class)w->class, w->last_word);
}

/* Hands over the record that was made. */
static void
submit(struct channel *c, const struct record_head *head, size_t length,
    bool last_word)
{
	const struct channel_waiting w = { (uint32_t)length, head->class,
		last_word };
	enum sent sent = SENT_LATER;

	if (is_empty(c) || (c->blocking && send_queue(c)))
		sent = send_waiting(c, c->record, length);
	if (sent == SENT_LATER)
		queue(c, &w);
	else if (sent == SENT_NEVER)
		note_lost(c, (enum record_class)w.class, last_word);
}

static struct record_head
head_of(const struct channel *c)
{
	return (struct record_head){ .version = RECORD_VERSION,
		.engine = c->sender,
		.generation = c->generation,
		.sequence = c->counters->next };
}

/* ---- telling of what was lost */

/* There is room again where there was none, or it goes on for too long. */
static bool
may_tell(const struct channel *c)
{
	if (lost(c) == 0)
		return false;
	return channel_queue_has_room(c->queue) ||
	    c->until.us - c->from.us >= TELL_US;
}

/* A gap record about all that was lost since the last one. It must not count
 * itself as lost: it is told later then. */
static void
tell_lost(struct channel *c)
{
	struct channel_counters *n = c->counters;
	const uint64_t records = lost(c), conversations = n->conversations;
	const struct gap gap = { .kind = GAP_BACKLOG,
		.now = c->now,
		.from = c->from,
		.until = c->until,
		.cause = "",
		.conversations = conversations > n->told_conversations ?
		    conversations - n->told_conversations :
		    0,
		.records = records };
	struct record_head head = head_of(c);
	const size_t length = record_gap(c->record, &head, &gap);
	const struct channel_waiting w = { (uint32_t)length, head.class,
		false };
	enum sent sent = SENT_LATER;

	if (is_empty(c))
		sent = send_record(c, c->record, length);
	if (sent == SENT_NEVER || (sent == SENT_LATER && !push(c, &w)))
		return;
	n->told += records;
	n->told_conversations = conversations;
}

bool
channel_flush(struct channel *c)
{
	(void)send_queue(c);
	if (!c->gone && may_tell(c))
		tell_lost(c);
	return !c->gone;
}

/* ---- observing */

static void
on_conversation(void *context, const struct observation *o)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	c->now = o->now;
	submit(c, &head, record_conversation(c->record, &head, o),
	    o->stage == OBSERVATION_FINAL);
}

static void
on_coverage(void *context, const struct coverage_finding *f)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	c->now = f->now;
	submit(c, &head, record_coverage(c->record, &head, f), false);
}

static void
on_account(void *context, const struct tally *t)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	c->now = t->now;
	submit(c, &head, record_account(c->record, &head, t), false);
}

static void
on_tick(void *context, struct wall_us now)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	c->now = now;
	submit(c, &head, record_tick(c->record, &head, now), false);
}

static void
on_gap(void *context, const struct gap *g)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	submit(c, &head, record_gap(c->record, &head, g), false);
}

static void
on_health(void *context, const struct health *h)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	submit(c, &head, record_health(c->record, &head, h), false);
}

static void
on_notice(void *context, const struct notice *n)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	c->now = n->now;
	submit(c, &head, record_notice(c->record, &head, n), false);
}

static void
on_device(void *context, const struct device *d)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	c->now = d->now;
	submit(c, &head, record_device(c->record, &head, d), false);
}

static void
on_evidence(void *context, const struct evidence_set *e)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	c->now = e->now;
	submit(c, &head, record_evidence(c->record, &head, e), false);
}

static void
on_log(void *context, const char *line)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	submit(c, &head, record_log(c->record, &head, line), false);
}

static void
on_minute(void *context, const struct tap_minute *m)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	submit(c, &head, record_minute(c->record, &head, m), false);
}

static void
on_view(void *context, const struct tap_view *v)
{
	struct channel *c = context;
	struct record_head head = head_of(c);

	submit(c, &head, record_view(c->record, &head, v), false);
}

struct observer
channel_observer(struct channel *c)
{
	return (struct observer){ .context = c,
		.conversation = on_conversation,
		.coverage = on_coverage,
		.account = on_account,
		.tick = on_tick,
		.gap = on_gap,
		.health = on_health,
		.notice = on_notice,
		.device = on_device,
		.evidence = on_evidence,
		.minute = on_minute,
		.view = on_view,
		.log = on_log };
}

void
channel_generation(struct channel *c, uint32_t generation)
{
	c->generation = generation;
}

bool
channel_is_waiting(const struct channel *c)
{
	return !is_empty(c) && !c->gone;
}

int
channel_fd(const struct channel *c)
{
	return c->fd;
}

const struct channel_counters *
channel_counters(const struct channel *c)
{
	return c->counters;
}

uint64_t
channel_sequence(const struct channel *c)
{
	return c->counters->next;
}

/* ---- the end */

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
give_up(struct channel *c)
{
	struct channel_waiting w;
	uint8_t *bytes;

	while (!is_empty(c)) {
		w = channel_queue_first(c->queue, &bytes);
		drop_first(c, &w);
		note_lost(c, (enum record_class)w.class, w.last_word);
	}
}

bool
channel_drain(struct channel *c, int timeout_ms)
{
	const int64_t until = monotonic_ms() + timeout_ms;
	struct pollfd wait = { .fd = c->fd, .events = POLLOUT };
	const bool blocking = c->blocking;
	int64_t left = timeout_ms;

	c->blocking = false;
	while ((void)channel_flush(c), !is_empty(c) || lost(c) > 0) {
		if (timeout_ms >= 0 && (left = until - monotonic_ms()) <= 0)
			break;
		/* A socket without its other end is always ready. */
		(void)poll(&wait, c->gone ? 0 : 1,
		    left < 0 || left > NAP_MS ? NAP_MS : (int)left);
	}
	c->blocking = blocking;
	give_up(c);
	return lost(c) == 0;
}
