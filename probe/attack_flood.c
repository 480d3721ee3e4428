/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ATK-2: one target that gets more than it can bear: openings that nobody
 * completes, datagrams and ICMP that nobody answers, answers of DNS, NTP and
 * their like that nobody asked for, connections that say nothing. Counted by
 * target, so that spoofed sources do not hide it; how many they are is
 * estimated. A rate counts only above an absolute least and above ten times
 * what is usual for that target: a service that is down gets as many attempts
 * as it had clients, and that is no flood. A flood over many ports of a host
 * is told as a comb (ATK-1).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attack_internal.h"

#define FLOOD_US (10 * CLOCK_SECOND)
#define SLICE_US (FLOOD_US / SKETCH_SLICES)
/* In 10 s. An opening waits for about a minute, so that 100 a second fill the
 * queue of a server (some thousands) for good. */
#define HALF_OPEN_LEAST 1000
/* New conversations of datagrams without an answer. */
#define DATAGRAMS_LEAST 3000
/* Datagrams without an answer, of however few conversations: some 50 Mbit/s.
 * Cameras and collectors of logs get such; it must not be usual. */
#define PACKETS_LEAST 50000
/* A monitor pings a host some times a minute. */
#define ICMP_LEAST 2000
/* Late answers are few, and small. */
#define ANSWERS_LEAST 1000
#define ANSWER_BYTES 300 /* on average: much larger than its question */
/* Connections in which the server says nothing within FLOW_SETTLE_US; a
 * browser opens some in advance. */
#define SILENT_LEAST 1000
#define SILENT_EACH 20 /* for each source */
/* Connections from the internet: of a public server under load. */
#define OUTER_LEAST 5000
#define USUAL_TIMES 10
/* What is usual: the mean since watching began, of an hour at the most (older
 * times count less and less); of five minutes at the least, so that a flood
 * at the beginning does not become usual at once. */
#define USUAL_PERIODS 360
#define USUAL_PERIODS_LEAST 30
/* From so much watching on it is known. */
#define USUAL_KNOWN_US (10 * CLOCK_MINUTE)
#define TARGETS_MAX 4096

/* Services that answer with much more than they are asked. */
static const uint16_t amplifiers[] = { 19, 53, 111, 123, 137, 161, 389, 520,
	1900, 3283, 3702, 5353, 11211 };

/* A target: a service (TCP), or a host under one protocol. */
struct victim {
	struct roster_head head;
	struct sketch_sum all;	/* attempts, or packets; what is usual is of */
	struct sketch_sum bad;	/* ... of them without an answer */
	struct sketch_sum more; /* silent connections; bytes of answers */
	struct sketch_sum outer;
	struct sketch_sum packets;
	struct sketch sources;
	int64_t period; /* number of the one that is being counted */
	uint32_t of_period;
	double usual; /* of all, in a period */
};

/* kind of a key */
enum { ASKED, UNASKED };

void
attack_flood_init(struct attacks *t)
{
	roster_init(&t->targets, TARGETS_MAX, sizeof(struct victim), CLOCK_DAY,
	    t->secret);
}

/* ---- what is usual */

/* A target that was not there before had nothing until now. */
static void
count_all(const struct attacks *t, struct victim *x, int64_t now_us, uint32_t n)
{
	const int64_t period = now_us / FLOOD_US;
	const int64_t passed = period - x->period;
	int64_t periods = (now_us - t->begun_us) / FLOOD_US;

	if (periods < USUAL_PERIODS_LEAST)
		periods = USUAL_PERIODS_LEAST;
	else if (periods > USUAL_PERIODS)
		periods = USUAL_PERIODS;
	if (passed > 0) {
		if (x->period > 0) {
			x->usual += (x->of_period - x->usual) / (double)periods;
			x->usual *= pow(1 - 1 / (double)periods,
			    (double)(passed - 1));
		}
		x->period = period;
		x->of_period = 0;
	}
	x->of_period += n;
	sketch_sum_add(&x->all, now_us / SLICE_US, n);
}

/* The count is far above what is usual. */
static bool
is_unusual(struct victim *x, uint64_t count)
{
	return (double)count >= USUAL_TIMES * x->usual;
}

/* Whether what is usual is known at all. */
static bool
is_known(const struct attacks *t, const struct talk *k)
{
	return k->now.us - t->begun_us >= USUAL_KNOWN_US;
}

/* ---- telling */

struct flood {
	enum notice_word word;
	enum told_kind kind;
	uint64_t count;
	int from; /* which end floods the other */
};

/* "tcp/80"; of a host as a whole "udp" or "icmp". */
static void
write_service(const struct talk *k, uint16_t port, char *out, size_t size)
{
	const uint8_t protocol = k->flow->key.protocol;

	if (protocol == ATTACK_TCP)
		(void)snprintf(out, size, "tcp/%u", (unsigned)port);
	else
		(void)snprintf(out, size, "%s",
		    protocol == ATTACK_UDP ? "udp" : "icmp");
}

static void
tell(struct attacks *t, const struct talk *k, struct victim *x,
    const struct flood *f, const struct observer *o)
{
	const int64_t slice = k->now.us / SLICE_US;
	const uint16_t port = x->head.key.port;
	uint32_t sources;
	char seen[24], expected[32];
	struct news n = { .check = CHECK_ATK_2,
		.severity = SEVERITY_HIGH,
		.word = f->word,
		.kind = f->kind,
		.detail = port,
		.about = &k->address[!f->from],
		.talk = k,
		.first_us = k->now.us - FLOOD_US,
		.protocol = k->flow->key.protocol,
		.expected = expected,
		.seen = seen,
		.counted = f->count };

	if (!attack_is_news(t, &n))
		return;
	sources = sketch_count(&x->sources, slice);
	n.of = sources;
	write_service(k, port, seen, sizeof(seen));
	(void)snprintf(expected, sizeof(expected), "%.0f", x->usual);
	if (sources <= 1)
		n.party[0].address = k->address[f->from];
	else
		n.party[0].zone = k->zone[f->from];
	n.party[1].address = k->address[!f->from];
	n.party[1].port = port;
	n.openings = (struct attack_key){ .boundary = x->head.key.boundary,
		.carrier = x->head.key.carrier,
		.port = port,
		.protocol = n.protocol };
	memcpy(f->from == 0 ? n.openings.peer : n.openings.address,
	    k->address[!f->from].bytes, sizeof(n.openings.peer));
	attack_tell(t, &n, o);
}

/* ---- TCP */

/* Opened, and never acknowledged nor given up by whoever opened it. */
static bool
is_half_open(const struct flow *f)
{
	return f->way[0].syn &&
	    !(f->way[0].tcp_flags & (TCP_ACK | TCP_RST | TCP_FIN));
}

/* Complete, both directions are seen, and the server said nothing. */
static bool
is_silent(const struct talk *k)
{
	return k->c->outcome >= OUTCOME_ANSWERED && !k->c->payload[1] &&
	    k->flow->way[0].tcp_flags & TCP_ACK && k->flow->way[1].syn;
}

static void
look_at_connections(struct attacks *t, const struct talk *k, struct victim *x,
    const struct observer *o)
{
	const int64_t slice = k->now.us / SLICE_US;
	const uint64_t half = sketch_sum_count(&x->bad, slice);
	const uint64_t all = sketch_sum_count(&x->all, slice);
	const uint64_t silent = sketch_sum_count(&x->more, slice);
	const uint64_t outer = sketch_sum_count(&x->outer, slice);

	if (half >= HALF_OPEN_LEAST && is_unusual(x, half))
		tell(t, k, x,
		    &(struct flood){ NOTICE_ATTACK_FLOOD_OPENINGS, TOLD_SYN,
			half, 0 },
		    o);
	if (!is_known(t, k) || !is_unusual(x, all))
		return;
	if (silent >= SILENT_LEAST &&
	    silent >= (uint64_t)SILENT_EACH * sketch_count(&x->sources, slice))
		tell(t, k, x,
		    &(struct flood){ NOTICE_ATTACK_FLOOD_CONNECTIONS,
			TOLD_CONNECTIONS, silent, 0 },
		    o);
	else if (outer >= OUTER_LEAST)
		tell(t, k, x,
		    &(struct flood){ NOTICE_ATTACK_FLOOD_CONNECTIONS,
			TOLD_CONNECTIONS, outer, 0 },
		    o);
}

static void
count_connection(struct attacks *t, const struct talk *k,
    const struct observer *o)
{
	const struct attack_key key = attack_key_of(k, 1, false, ATTACK_TCP,
	    k->c->port[1]);
	const bool half = is_half_open(k->flow), silent = is_silent(k);
	const int64_t slice = k->now.us / SLICE_US;
	struct victim *x;

	if (k->flow->midstream)
		return;
	x = roster_take(&t->targets, &key, k->now.us);
	count_all(t, x, k->now.us, 1);
	if (half)
		sketch_sum_add(&x->bad, slice, 1);
	if (silent)
		sketch_sum_add(&x->more, slice, 1);
	if (k->outer[0] && !half)
		sketch_sum_add(&x->outer, slice, 1);
	if (half || silent || k->outer[0]) {
		(void)sketch_add(&x->sources, slice,
		    attack_hash_addr(t, &k->address[0]));
		look_at_connections(t, k, x, o);
	}
}

/* ---- datagrams and ICMP */

static bool
amplifies(uint16_t port)
{
	for (size_t i = 0; i < sizeof(amplifiers) / sizeof(amplifiers[0]); i++)
		if (amplifiers[i] == port)
			return true;
	return false;
}

/* Which end answers without a question, or -1. Where questions cannot be seen
 * none is missing. */
static int
unasked_way(const struct attacks *t, const struct talk *k)
{
	const struct flow *f = k->flow;

	if (f->key.protocol != ATTACK_UDP || f->way[0].seen == f->way[1].seen ||
	    !attack_sees_answers(t, k))
		return -1;
	for (int way = 0; way < 2; way++)
		if (f->way[way].seen && amplifies(k->c->port[way]) &&
		    !amplifies(k->c->port[!way]))
			return way;
	return -1;
}

static struct victim *
target_of(struct attacks *t, const struct talk *k, int from, int kind)
{
	struct attack_key key = attack_key_of(k, !from, false,
	    k->flow->key.protocol, 0);
	struct victim *x;

	key.kind = (uint8_t)kind;
	x = roster_take(&t->targets, &key, k->now.us);
	(void)sketch_add(&x->sources, k->now.us / SLICE_US,
	    attack_hash_addr(t, &k->address[from]));
	return x;
}

static void
count_answers(struct attacks *t, const struct talk *k, int way, uint32_t n,
    const struct observer *o)
{
	const struct flow_way *w = &k->flow->way[way];
	struct victim *x = target_of(t, k, way, UNASKED);
	const int64_t slice = k->now.us / SLICE_US;
	uint64_t answers, bytes;

	count_all(t, x, k->now.us, n);
	sketch_sum_add(&x->more, slice,
	    w->bytes / (w->packets ? w->packets : 1) * n);
	answers = sketch_sum_count(&x->all, slice);
	bytes = sketch_sum_count(&x->more, slice);
	if (answers >= ANSWERS_LEAST && bytes >= answers * ANSWER_BYTES &&
	    is_unusual(x, answers))
		tell(t, k, x,
		    &(struct flood){ NOTICE_ATTACK_FLOOD_ANSWERS, TOLD_ANSWERS,
			answers, way },
		    o);
}

static void
look_at_datagrams(struct attacks *t, const struct talk *k, struct victim *x,
    const struct observer *o)
{
	const int64_t slice = k->now.us / SLICE_US;
	const uint64_t bad = sketch_sum_count(&x->bad, slice);
	const uint64_t packets = sketch_sum_count(&x->packets, slice);
	const bool many = bad >= DATAGRAMS_LEAST && is_unusual(x, bad);
	const bool heavy = packets >= PACKETS_LEAST && is_known(t, k) &&
	    is_unusual(x, packets);

	if (many || heavy)
		tell(t, k, x,
		    &(struct flood){ NOTICE_ATTACK_FLOOD_DATAGRAMS,
			TOLD_DATAGRAMS, packets, 0 },
		    o);
}

static void
count_datagrams(struct attacks *t, const struct talk *k, uint32_t n, bool fresh,
    const struct observer *o)
{
	const int64_t slice = k->now.us / SLICE_US;
	struct victim *x = target_of(t, k, 0, ASKED);

	count_all(t, x, k->now.us, n);
	if (k->c->outcome >= OUTCOME_ANSWERED ||
	    (k->outer[1] && !attack_sees_answers(t, k)))
		return;
	sketch_sum_add(&x->packets, slice, n);
	if (fresh)
		sketch_sum_add(&x->bad, slice, 1);
	look_at_datagrams(t, k, x, o);
}

static void
count_icmp(struct attacks *t, const struct talk *k, uint32_t n,
    const struct observer *o)
{
	struct victim *x = target_of(t, k, 0, ASKED);
	uint64_t count;

	count_all(t, x, k->now.us, n);
	count = sketch_sum_count(&x->all, k->now.us / SLICE_US);
	if (count >= ICMP_LEAST && is_unusual(x, count))
		tell(t, k, x,
		    &(struct flood){ NOTICE_ATTACK_FLOOD_ICMP, TOLD_ICMP, count,
			0 },
		    o);
}

static uint32_t
packets_of(const struct talk *k, int way)
{
	const uint64_t n = k->flow->way[way].packets;

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

void
attack_flood(struct attacks *t, const struct talk *k, const struct observer *o)
{
	const uint8_t protocol = k->flow->key.protocol;
	const int unasked = unasked_way(t, k);

	if (protocol == ATTACK_TCP)
		count_connection(t, k, o);
	else if (flow_has_icmp(k->flow))
		count_icmp(t, k, packets_of(k, 0), o);
	else if (unasked >= 0)
		count_answers(t, k, unasked, packets_of(k, unasked), o);
	else if (protocol == ATTACK_UDP)
		count_datagrams(t, k, packets_of(k, 0), true, o);
}

void
attack_flood_more(struct attacks *t, const struct talk *k, int way, uint32_t n,
    const struct observer *o)
{
	const int unasked = unasked_way(t, k);

	if (flow_has_icmp(k->flow) && way == 0)
		count_icmp(t, k, n, o);
	else if (unasked >= 0 && way == unasked)
		count_answers(t, k, unasked, n, o);
	else if (k->flow->key.protocol == ATTACK_UDP && way == 0)
		count_datagrams(t, k, n, false, o);
}
