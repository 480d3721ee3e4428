/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See silence.h. Of each tap, and of each heartbeat in each direction at each
 * side, the last time is kept and nothing else. A side is a tap, or all taps
 * that show the segment beyond the firewall: of a pair of lines a heartbeat
 * takes one. Where a firewall hides who asks (overload), what its addresses
 * ask counts for the heartbeat on the far side.
 */
#include "silence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "locate.h"

#define REPEAT_US CLOCK_HOUR
#define GRACE_US (10 * CLOCK_SECOND) /* beyond two beats */
#define SIDES_MAX 2
#define DETAIL_BYTES 128

enum { REQUEST, ANSWER, WAYS };

static const char *const way_names[WAYS] = { "request", "reply" };

/* Since when nothing came, and when that was last told. */
struct lapse {
	int64_t last_us, told_us;
	bool told;
};

struct watched {
	const struct tap *tap;
	struct lapse lapse;
};

struct side {
	const struct tap *tap;	 /* that findings are of */
	const struct zone *zone; /* NULL: that tap alone; else all that show
				  * the segment of this zone */
	struct lapse way[WAYS];
};

struct beat {
	const struct heartbeat *declared;
	struct addr from, to;		 /* their owners' */
	const struct prefix_set *behind; /* what hides from, or NULL */
	struct side sides[SIDES_MAX];
	size_t side_count;
};

/* What is awaited, as a model declares it. */
struct expected {
	const struct model *model;
	struct watched *taps; /* owned */
	size_t tap_count;
	uint32_t *place;    /* owned, by tap index: of taps, or UINT32_MAX */
	struct beat *beats; /* owned, by boundary */
	size_t beat_count;
	size_t *first; /* owned, by boundary index; one more at the end */
};

struct silence {
	struct expected e;
	int64_t default_us;
	bool ticked;
	struct wall_us now;
};

/* ---- what is awaited */

static bool
shows(const struct tap *t, const struct zone *z)
{
	if (t->segment == z)
		return true;
	for (size_t i = 0; i < t->vlan_count; i++)
		if (t->vlans[i].zone == z)
			return true;
	return false;
}

static bool
is_watched(const struct expected *e, const struct tap *t)
{
	return e->place[t->index] != UINT32_MAX;
}

/* The zone of an end, which a tap may show; NULL: none is known. */
static const struct zone *
zone_of(const struct place *p)
{
	return p->kind == PLACE_ZONE && !p->shared ? p->zone : NULL;
}

static const struct prefix_set *
hidden_behind(const struct model *m, const struct boundary *b,
    const struct beat *beat, const struct zone *from, const struct zone *to)
{
	for (size_t i = 0; i < m->translation_count; i++) {
		const struct translation *t = &m->translations[i];

		if (t->kind == TRANSLATION_OVERLOAD && t->at == b->firewall &&
		    zone_is_above(t->from, from) &&
		    (!t->toward || zone_is_above(t->toward, to)) &&
		    (t->inside.count == 0 ||
			prefix_set_contains(&t->inside, &beat->from)))
			return &t->to;
	}
	return NULL;
}

static void
add_side(struct beat *beat, const struct tap *tap, const struct zone *zone)
{
	beat->sides[beat->side_count++] = (struct side){ .tap = tap,
		.zone = zone };
}

/* The other side, where the heartbeat's own tap shows one end's segment and
 * another watched tap of the boundary the other end's. */
static void
find_far_side(const struct expected *e, const struct boundary *b,
    struct beat *beat, const struct zone *from, const struct zone *to)
{
	const struct tap *own = beat->declared->tap;
	const bool near_from = shows(own, from), near_to = shows(own, to);
	const struct zone *far = near_from ? to : from;

	if (!from || !to || from == to || near_from == near_to)
		return;
	for (size_t i = 0; i < b->tap_count; i++) {
		const struct tap *t = &b->taps[i];

		if (t == own || !is_watched(e, t) || !shows(t, far))
			continue;
		add_side(beat, t, far);
		return;
	}
}

static void
expect_beat(struct expected *e, const struct boundary *b,
    const struct heartbeat *h)
{
	struct beat *beat = &e->beats[e->beat_count];
	struct place from, to;

	if (!h->tap || h->every_us <= 0)
		return;
	from = locate_address(e->model, b, &h->from);
	to = locate_address(e->model, b, &h->to);
	*beat = (struct beat){ .declared = h,
		.from = from.address.family != 0 ? from.address : h->from,
		.to = to.address.family != 0 ? to.address : h->to };
	beat->behind = hidden_behind(e->model, b, beat, zone_of(&from),
	    zone_of(&to));
	if (is_watched(e, h->tap))
		add_side(beat, h->tap, NULL);
	find_far_side(e, b, beat, zone_of(&from), zone_of(&to));
	e->beat_count += beat->side_count > 0;
}

static void
expect(struct expected *e, const struct model *m, const struct tap *const *taps,
    size_t count)
{
	size_t beats = 0;

	memset(e, 0, sizeof(*e));
	e->model = m;
	e->taps = mem_calloc(count + 1, sizeof(*e->taps));
	e->place = mem_calloc(m->tap_count + 1, sizeof(*e->place));
	memset(e->place, 0xff, (m->tap_count + 1) * sizeof(*e->place));
	for (size_t i = 0; i < count; i++) {
		e->place[taps[i]->index] = (uint32_t)e->tap_count;
		e->taps[e->tap_count++].tap = taps[i];
	}
	for (size_t i = 0; i < m->boundary_count; i++)
		beats += m->boundaries[i].heartbeat_count;
	e->beats = mem_calloc(beats + 1, sizeof(*e->beats));
	e->first = mem_calloc(m->boundary_count + 1, sizeof(*e->first));
	for (size_t i = 0; i < m->boundary_count; i++) {
		const struct boundary *b = &m->boundaries[i];

		e->first[i] = e->beat_count;
		for (size_t j = 0; j < b->heartbeat_count; j++)
			expect_beat(e, b, &b->heartbeats[j]);
	}
	e->first[m->boundary_count] = e->beat_count;
}

static void
expected_fini(struct expected *e)
{
	free(e->taps);
	free(e->place);
	free(e->beats);
	free(e->first);
}

struct silence *
silence_new(const struct model *m, const struct tap *const *taps, size_t count,
    int64_t default_us)
{
	struct silence *s = mem_calloc(1, sizeof(*s));

	s->default_us = default_us;
	expect(&s->e, m, taps, count);
	return s;
}

void
silence_free(struct silence *s)
{
	if (!s)
		return;
	expected_fini(&s->e);
	free(s);
}

static void
begin_all(struct expected *e, struct wall_us now)
{
	const struct lapse fresh = { .last_us = now.us };

	for (size_t i = 0; i < e->tap_count; i++)
		e->taps[i].lapse = fresh;
	for (size_t i = 0; i < e->beat_count; i++)
		for (size_t j = 0; j < e->beats[i].side_count; j++)
			for (int way = 0; way < WAYS; way++)
				e->beats[i].sides[j].way[way] = fresh;
}

void
silence_begin(struct silence *s, struct wall_us now)
{
	begin_all(&s->e, now);
	s->now = now;
	s->ticked = true;
}

/* ---- what comes */

void
silence_frame(struct silence *s, const struct tap *tap, struct wall_us time)
{
	const uint32_t place = s->e.place[tap->index];

	if (place != UINT32_MAX)
		s->e.taps[place].lapse.last_us = time.us;
}

static bool
asks(const struct beat *beat, const struct addr *a)
{
	return addr_equal(a, &beat->from) ||
	    (beat->behind && prefix_set_contains(beat->behind, a));
}

/* Which way of the heartbeat a packet of f in that direction is, or WAYS. By
 * who sent it, not by who began: that may be taken the wrong way round. */
static int
way_of(const struct beat *beat, const struct flow *f, int way)
{
	const struct conversation *c = &f->conversation;
	const struct addr *source = &c->address[way];
	const struct addr *destination = &c->address[1 - way];
	const uint16_t port = beat->declared->port;

	if (c->protocol != beat->declared->protocol)
		return WAYS;
	if ((port == 0 || c->port[1 - way] == port) &&
	    addr_equal(destination, &beat->to) && asks(beat, source))
		return REQUEST;
	if ((port == 0 || c->port[way] == port) &&
	    addr_equal(source, &beat->to) && asks(beat, destination))
		return ANSWER;
	return WAYS;
}

/* A tap that shows one direction only cannot show the other: either one will
 * do there. */
static void
note_beat(struct beat *beat, const struct tap *tap, int way,
    struct wall_us time)
{
	for (size_t i = 0; i < beat->side_count; i++) {
		struct side *side = &beat->sides[i];

		if (side->zone ?
			tap == beat->declared->tap || !shows(tap, side->zone) :
			tap != side->tap)
			continue;
		side->way[way].last_us = time.us;
		if (tap->direction != TAP_BOTH)
			side->way[1 - way].last_us = time.us;
	}
}

void
silence_packet(struct silence *s, const struct flow *f, int way,
    const struct tap *tap, struct wall_us time)
{
	const size_t *first = &s->e.first[tap->boundary->index];

	for (size_t i = first[0]; i < first[1]; i++) {
		const int which = way_of(&s->e.beats[i], f, way);

		if (which != WAYS)
			note_beat(&s->e.beats[i], tap, which, time);
	}
}

/* ---- what does not */

/*
 * True when it is time to tell that nothing came for longer than within_us.
 * since_us: the last time that anything was due, other than by what came.
 */
static bool
is_due(struct lapse *l, int64_t since_us, int64_t within_us, int64_t now_us)
{
	if (l->last_us > now_us) /* the clock was set back */
		l->last_us = now_us;
	if (since_us < l->last_us)
		since_us = l->last_us;
	if (now_us - since_us <= within_us) {
		l->told = false;
		return false;
	}
	if (l->told && l->told_us <= now_us && now_us - l->told_us < REPEAT_US)
		return false;
	l->told = true;
	l->told_us = now_us;
	return true;
}

static void
tell(const struct observer *o, struct wall_us now, const struct tap *tap,
    const struct lapse *l, int64_t within_us, const char *detail)
{
	const struct coverage_finding f = { .check = CHECK_COV_3,
		.severity = SEVERITY_HIGH,
		.now = now,
		.boundary = tap->boundary,
		.tap = tap,
		.counted = (uint64_t)((now.us - l->last_us) / CLOCK_SECOND),
		.of = (uint64_t)(within_us / CLOCK_SECOND),
		.detail = detail };

	if (o->coverage)
		o->coverage(o->context, &f);
}

/* In quiet hours a tap owes nothing, and after them it has its whole time. */
static void
tick_tap(const struct silence *s, struct watched *w, const struct observer *o)
{
	const int64_t within_us = w->tap->silent_after_us != 0 ?
	    w->tap->silent_after_us :
	    s->default_us;
	int64_t since_us = w->lapse.last_us, ended_us = INT64_MAX;

	if (within_us <= 0)
		return;
	if (w->tap->quiet.given &&
	    schedule_covers(&w->tap->quiet, s->now, s->e.model->utc_offset_s,
		&ended_us))
		since_us = s->now.us;
	else if (ended_us != INT64_MAX)
		since_us = s->now.us - ended_us;
	if (is_due(&w->lapse, since_us, within_us, s->now.us))
		tell(o, s->now, w->tap, &w->lapse, within_us, NULL);
}

static void
describe(const struct heartbeat *h, int way, char out[DETAIL_BYTES])
{
	static const struct {
		uint8_t number;
		const char *name;
	} names[] = { { 1, "icmp" }, { 6, "tcp" }, { 17, "udp" },
		{ 58, "icmpv6" }, { 132, "sctp" } };
	char from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX], number[8], port[8] = "";
	const char *protocol = number;

	(void)snprintf(number, sizeof(number), "%u", h->protocol);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == h->protocol)
			protocol = names[i].name;
	if (h->port != 0)
		(void)snprintf(port, sizeof(port), "/%u", h->port);
	(void)snprintf(out, DETAIL_BYTES, "%s > %s %s%s %s",
	    addr_format(&h->from, from), addr_format(&h->to, to), protocol,
	    port, way_names[way]);
}

static void
tick_beat(const struct silence *s, struct beat *beat, const struct observer *o)
{
	const int64_t within_us = 2 * beat->declared->every_us + GRACE_US;
	char detail[DETAIL_BYTES];

	for (size_t i = 0; i < beat->side_count; i++)
		for (int way = 0; way < WAYS; way++) {
			struct lapse *l = &beat->sides[i].way[way];

			if (!is_due(l, l->last_us, within_us, s->now.us))
				continue;
			describe(beat->declared, way, detail);
			tell(o, s->now, beat->sides[i].tap, l, within_us,
			    detail);
		}
}

/* Live, a tick comes each second: what jumps is the clock, or everything stood
 * still, and in neither case were the taps silent for so long. */
static bool
has_jumped(const struct silence *s, struct wall_us now)
{
	const int64_t by_us = now.us - s->now.us;

	return s->default_us > 0 &&
	    (by_us > SILENCE_JUMP_US || by_us < -SILENCE_JUMP_US);
}

void
silence_tick(struct silence *s, struct wall_us now, const struct observer *o)
{
	if (!s->ticked || has_jumped(s, now)) {
		silence_begin(s, now);
		return;
	}
	s->now = now;
	for (size_t i = 0; i < s->e.tap_count; i++)
		tick_tap(s, &s->e.taps[i], o);
	for (size_t i = 0; i < s->e.beat_count; i++)
		tick_beat(s, &s->e.beats[i], o);
}

/* ---- another model */

static bool
is_same_beat(const struct beat *a, const struct beat *b)
{
	const struct heartbeat *x = a->declared, *y = b->declared;

	return strcmp(x->tap->id, y->tap->id) == 0 &&
	    addr_equal(&x->from, &y->from) && addr_equal(&x->to, &y->to) &&
	    x->protocol == y->protocol && x->port == y->port;
}

static void
inherit_sides(struct beat *to, const struct beat *from)
{
	for (size_t i = 0; i < to->side_count; i++)
		for (size_t j = 0; j < from->side_count; j++)
			if (strcmp(to->sides[i].tap->id,
				from->sides[j].tap->id) == 0)
				memcpy(to->sides[i].way, from->sides[j].way,
				    sizeof(to->sides[i].way));
}

/* O(taps² + heartbeats²), once a reload. */
static void
inherit(struct expected *to, const struct expected *from)
{
	for (size_t i = 0; i < to->tap_count; i++)
		for (size_t j = 0; j < from->tap_count; j++)
			if (strcmp(to->taps[i].tap->id,
				from->taps[j].tap->id) == 0)
				to->taps[i].lapse = from->taps[j].lapse;
	for (size_t i = 0; i < to->beat_count; i++)
		for (size_t j = 0; j < from->beat_count; j++)
			if (is_same_beat(&to->beats[i], &from->beats[j]))
				inherit_sides(&to->beats[i], &from->beats[j]);
}

void
silence_reload(struct silence *s, const struct model *m,
    const struct tap *const *taps, size_t count)
{
	struct expected old = s->e;

	expect(&s->e, m, taps, count);
	begin_all(&s->e, s->now);
	inherit(&s->e, &old);
	expected_fini(&old);
}
