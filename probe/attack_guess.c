/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ATK-6: many short answered conversations with one service that asks who one
 * is: from one source (guessing), or from many sources that were never there
 * for longer (spraying). What was tried is not read: a log-in that failed is
 * known by how little was said and how soon it was over. Of the web even that
 * says nothing, since pages are as short: there only the rate speaks, and the
 * sentence says so. Mail servers among themselves (25) are not looked at.
 */
#include <stdio.h>

#include "attack_internal.h"

#define GUESS_US (10 * CLOCK_MINUTE)
#define SLICE_US (GUESS_US / SKETCH_SLICES)
/* A log-in that failed is over by then. */
#define ATTEMPT_US (30 * CLOCK_SECOND)
/* Somebody was there for real: the next short visits are no guesses. */
#define WELCOME_US CLOCK_MINUTE
#define WELCOME_BYTES 65536
/* Spraying: so many sources, so many visits, and so many of each; from the
 * internet one of each is enough. */
#define SPRAY_SOURCES 10
#define SPRAY_VISITS 100
#define SPRAY_EACH 3
#define GUESSES_MAX 8192
#define SPRAYS_MAX 1024
#define WEB 1200 /* two a second for ten minutes */

/*
 * What a log-in that failed looks like: bytes on the wire from client and
 * server at the most. limit: visits in 10 minutes by one source; desktops and
 * devices have reasons of their own to come often (polling of mail, a bind of
 * the directory for each user of an application).
 */
struct shape {
	uint16_t port, limit;
	uint16_t bytes[2];
	bool sprayed; /* nobody uses it in crowds: many sources tell as well */
};
static const struct shape shapes[] = {
	{ 21, 30, { 800, 1000 }, true },
	{ 22, 30, { 12000, 12000 }, true },
	{ 23, 30, { 4000, 8000 }, true },
	{ 80, WEB, { 3000, 6000 }, false },
	{ 110, 60, { 3000, 4000 }, false },
	{ 139, 40, { 8000, 8000 }, false },
	{ 143, 60, { 3000, 4000 }, false },
	{ 389, 600, { 4000, 8000 }, false },
	{ 443, WEB, { 4000, 10000 }, false },
	{ 445, 40, { 8000, 8000 }, false },
	{ 465, 60, { 6000, 10000 }, false },
	{ 587, 60, { 6000, 10000 }, false },
	{ 636, 600, { 6000, 12000 }, false },
	{ 993, 60, { 6000, 12000 }, false },
	{ 995, 60, { 6000, 12000 }, false },
	{ 1433, 600, { 6000, 6000 }, false },
	{ 3268, 600, { 4000, 8000 }, false },
	{ 3269, 600, { 6000, 12000 }, false },
	{ 3389, 20, { 12000, 12000 }, true },
	{ 5900, 30, { 3000, 3000 }, true },
	{ 5985, 60, { 10000, 10000 }, true },
	{ 5986, 60, { 12000, 12000 }, true },
	{ 8080, WEB, { 3000, 6000 }, false },
	{ 8443, WEB, { 4000, 10000 }, false },
};

/* A source at a service. */
struct guess {
	struct roster_head head;
	struct sketch_sum visits;
};

/* A service. */
struct spray {
	struct roster_head head;
	struct sketch_sum visits;
	struct sketch sources;
};

/* Keys of who was welcome; kind 0 are those who talked at all. */
#define KIND_WELCOME 1

void
attack_guess_init(struct attacks *t)
{
	roster_init(&t->guesses, GUESSES_MAX, sizeof(struct guess), GUESS_US,
	    t->secret);
	roster_init(&t->sprays, SPRAYS_MAX, sizeof(struct spray), GUESS_US,
	    t->secret);
}

/* ---- what was a visit */

static const struct shape *
shape_of(uint16_t port)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].port == port)
			return &shapes[i];
	return NULL;
}

static bool
is_over(const struct flow *f)
{
	return f->way[0].fin || f->way[1].fin || f->way[0].reset ||
	    f->way[1].reset;
}

/* Something was said by both, as far as both can be seen. */
static bool
is_said(const struct talk *k)
{
	return (k->c->payload[0] || !k->flow->way[0].seen) &&
	    (k->c->payload[1] || !k->flow->way[1].seen) &&
	    (k->c->payload[0] || k->c->payload[1]);
}

static bool
is_short(const struct talk *k, const struct shape *s)
{
	const struct flow *f = k->flow;

	return is_over(f) && is_said(k) &&
	    k->c->last.us - k->c->first.us <= ATTEMPT_US &&
	    f->way[0].bytes <= s->bytes[0] && f->way[1].bytes <= s->bytes[1];
}

static struct attack_key
welcome_key(const struct talk *k)
{
	struct attack_key key = attack_key_of(k, 0, true, ATTACK_TCP,
	    k->c->port[1]);

	key.kind = KIND_WELCOME;
	return key;
}

static void
note_welcome(struct attacks *t, const struct talk *k)
{
	const struct flow *f = k->flow;
	const struct attack_key key = welcome_key(k);

	if (k->c->last.us - k->c->first.us >= WELCOME_US ||
	    f->way[0].bytes + f->way[1].bytes >= WELCOME_BYTES)
		(void)sketch_memory_add(&t->known, k->now.us,
		    attack_hash_key(t, &key));
}

/* ---- one source */

static void
tell_guess(struct attacks *t, const struct talk *k, const struct guess *g,
    const struct shape *s, uint64_t visits, const struct observer *o)
{
	char seen[96], expected[32];
	const struct news n = { .check = CHECK_ATK_6,
		.severity = SEVERITY_MEDIUM,
		.word = s->limit == WEB ? NOTICE_ATTACK_GUESS_WEB :
					  NOTICE_ATTACK_GUESS,
		.kind = TOLD_GUESS,
		.detail = s->port,
		.about = &k->address[0],
		.talk = k,
		.party = { { .address = k->address[0] },
		    { .address = k->address[1], .port = s->port } },
		.first_us = g->head.begun_us,
		.protocol = ATTACK_TCP,
		.expected = expected,
		.seen = seen,
		.counted = visits,
		.openings = attack_key_of(k, 0, true, ATTACK_TCP, s->port) };

	(void)snprintf(seen, sizeof(seen), "tcp/%u", (unsigned)s->port);
	(void)snprintf(expected, sizeof(expected), "< %u", (unsigned)s->limit);
	attack_tell(t, &n, o);
}

/* Between servers of one zone, or of a conduit that names them, a short page
 * a second is work. */
static bool
is_work(const struct attacks *t, const struct talk *k)
{
	return k->zone[0] == k->zone[1] || k->outer[1] ||
	    attack_is_declared(t, k, true);
}

static void
count_guess(struct attacks *t, const struct talk *k, const struct shape *s,
    const struct observer *o)
{
	const struct attack_key key = attack_key_of(k, 0, true, ATTACK_TCP,
	    s->port);
	const int64_t slice = k->now.us / SLICE_US;
	struct guess *g = roster_take(&t->guesses, &key, k->now.us);
	uint64_t visits;

	sketch_sum_add(&g->visits, slice, 1);
	visits = sketch_sum_count(&g->visits, slice);
	if (visits >= s->limit && (s->limit != WEB || !is_work(t, k)))
		tell_guess(t, k, g, s, visits, o);
}

/* ---- many sources */

static void
tell_spray(struct attacks *t, const struct talk *k, const struct spray *x,
    uint64_t visits, uint32_t sources, const struct observer *o)
{
	char seen[96];
	struct news n = { .check = CHECK_ATK_6,
		.severity = SEVERITY_MEDIUM,
		.word = NOTICE_ATTACK_SPRAY,
		.kind = TOLD_SPRAY,
		.detail = k->c->port[1],
		.about = &k->address[1],
		.talk = k,
		.party = { { .zone = k->zone[0] },
		    { .address = k->address[1], .port = k->c->port[1] } },
		.first_us = x->head.begun_us,
		.protocol = ATTACK_TCP,
		.seen = seen,
		.counted = visits,
		.of = sources,
		.openings = attack_key_of(k, 0, true, ATTACK_TCP,
		    k->c->port[1]) };

	(void)snprintf(seen, sizeof(seen), "tcp/%u", (unsigned)k->c->port[1]);
	for (size_t i = 0; i < sizeof(n.openings.address); i++)
		n.openings.address[i] = 0; /* of any source */
	attack_tell(t, &n, o);
}

static void
count_spray(struct attacks *t, const struct talk *k, const struct observer *o)
{
	const struct attack_key key = attack_key_of(k, 1, false, ATTACK_TCP,
	    k->c->port[1]);
	const struct attack_key welcome = welcome_key(k);
	const int64_t slice = k->now.us / SLICE_US;
	struct spray *x;
	uint64_t visits;
	uint32_t sources;

	if (sketch_memory_has(&t->known, attack_hash_key(t, &welcome)))
		return;
	x = roster_take(&t->sprays, &key, k->now.us);
	sketch_sum_add(&x->visits, slice, 1);
	(void)sketch_add(&x->sources, slice,
	    attack_hash_addr(t, &k->address[0]));
	visits = sketch_sum_count(&x->visits, slice);
	if (visits < SPRAY_VISITS)
		return;
	sources = sketch_count(&x->sources, slice);
	if (sources >= SPRAY_SOURCES &&
	    (k->outer[0] || visits >= (uint64_t)SPRAY_EACH * sources))
		tell_spray(t, k, x, visits, sources, o);
}

void
attack_guess(struct attacks *t, const struct talk *k, const struct observer *o)
{
	const struct shape *s = shape_of(k->c->port[1]);

	if (!s || k->c->outcome < OUTCOME_ANSWERED || k->flow->midstream)
		return;
	if (!is_short(k, s)) {
		note_welcome(t, k);
		return;
	}
	if (attack_is_crowd(t, k, 0))
		return;
	count_guess(t, k, s, o);
	if (s->sprayed)
		count_spray(t, k, o);
}
