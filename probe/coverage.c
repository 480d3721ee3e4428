/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See coverage.h. Loss is proven by TCP: what the receiver acknowledged and
 * no tap showed was on the wire. A share is a finding only above a count, so
 * that three odd packets accuse no tap.
 */
#include "coverage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "locate.h"

#define ZONE_DEPTH_MAX 16 /* of parents; the model's check holds it lower */

void
coverage_init(struct coverage *c, const struct model *m,
    const struct tap *const *taps, const char *const *files, size_t count,
    struct region_account *accounts)
{
	c->model = m;
	c->count = count;
	c->sources = mem_calloc(count + 1, sizeof(*c->sources));
	c->accounts = mem_calloc(count + 1, sizeof(*c->accounts));
	c->own = accounts ? NULL : mem_calloc(count + 1, sizeof(*c->own));
	c->dark_told = mem_calloc(m->boundary_count + 1, sizeof(*c->dark_told));
	for (size_t i = 0; i < count; i++) {
		c->sources[i].tap = taps[i];
		c->sources[i].file = files ? files[i] : NULL;
		c->sources[i].account = accounts ? &accounts[i] : &c->own[i];
	}
}

void
coverage_fini(struct coverage *c)
{
	free(c->sources);
	free(c->accounts);
	free(c->own);
	free(c->dark_told);
}

bool
coverage_frame(struct coverage *c, const struct frame *f)
{
	struct coverage_source *s = &c->sources[f->source];
	struct region_account *a = s->account;
	const bool backward = s->begun && f->time.us < s->previous.us;

	if (a->frames == 0 || f->time.us < a->first_us)
		a->first_us = f->time.us;
	if (a->frames == 0 || f->time.us > a->last_us)
		a->last_us = f->time.us;
	s->previous = f->time;
	s->begun = true;
	a->frames++;
	a->bytes_captured += f->captured;
	a->bytes_wire += f->wire > f->captured ? f->wire : f->captured;
	a->cut += f->captured < f->wire;
	a->backward += backward;
	return backward;
}

void
coverage_tags(struct coverage *c, uint32_t source, const uint16_t *tags,
    size_t count)
{
	struct coverage_source *s = &c->sources[source];
	const struct tap *tap = s->tap;
	uint16_t vlan, named = 0;

	for (size_t i = 0; i < count && named == 0; i++)
		named = tags[i]; /* 0 is a priority, no VLAN (802.1Q 9.6) */
	if (tap->vlan_count == 0 || named == 0)
		return;
	s->tags.seen++;
	(void)locate_segment(tap, tags, count, &vlan, NULL);
	if (vlan != 0)
		return;
	s->tags.strange++;
	s->tags.vlan = named;
}

static bool
is_within(const struct zone *inner, const struct zone *outer)
{
	for (int i = 0; inner && i < ZONE_DEPTH_MAX; i++, inner = inner->parent)
		if (inner == outer)
			return true;
	return false;
}

/* The end has its place on this segment: it is of the zone, of one within it
 * or around it, or the firewall itself, which stands on every segment. */
static bool
at_home(const struct coverage *c, const struct zone *segment,
    const struct zone *end)
{
	return end == &c->model->firewall_zone ||
	    (end && (is_within(end, segment) || is_within(segment, end)));
}

/* COV-10 on a tap of one segment: some end of each packet lives there, or a
 * declared router carries it through. */
static void
count_ends(struct coverage *c, struct coverage_source *s, const struct flow *f,
    int way, const struct packet *p)
{
	const struct flow_macs *m = &f->way[way].macs;
	const struct zone *segment = s->tap->segment;
	uint16_t vlan;

	if (f->segment_only[0] || f->segment_only[1])
		return;
	if (locate_segment(s->tap, p->tags, p->tag_count, &vlan, NULL) !=
		segment ||
	    vlan != 0)
		return;
	s->ends.seen++;
	if (at_home(c, segment, f->zones[0]) ||
	    at_home(c, segment, f->zones[1]) ||
	    (p->has_macs && m->known && (m->from_router || m->to_router)))
		return;
	s->ends.strange++;
	s->ends.address = p->source;
}

void
coverage_packet(struct coverage *c, uint32_t source, const struct flow *f,
    int way, const struct packet *p, uint32_t fresh)
{
	struct coverage_source *s = &c->sources[source];

	s->account->payload_seen += fresh;
	if (s->tap->segment)
		count_ends(c, s, f, way, p);
}

void
coverage_conversation(struct coverage *c, const struct flow *f)
{
	struct region_account *a = c->sources[f->source].account;

	for (int i = 0; i < 2; i++)
		a->payload_missing += f->way[i].sequence.missing;
	if (f->more) {
		a->tcp_conversations++;
		a->tcp_one_way += f->conversation.one_way;
	}
}

const struct tap_account *
coverage_accounts(struct coverage *c, size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_source *s = &c->sources[i];
		const struct region_account *a = s->account;

		if (!s->tap)
			continue;
		c->accounts[(*count)++] = (struct tap_account){ .tap = s->tap,
			.file = s->file,
			.frames = a->frames,
			.bytes_captured = a->bytes_captured,
			.bytes_wire = a->bytes_wire,
			.cut = a->cut,
			.first = { a->first_us },
			.last = { a->last_us },
			.tcp_conversations = a->tcp_conversations,
			.tcp_one_way = a->tcp_one_way,
			.payload_seen = a->payload_seen,
			.payload_missing = a->payload_missing,
			.backward = a->backward };
	}
	return c->accounts;
}

/* ---- what outlives an engine or a model */

static bool
can_be(const struct region_account *a)
{
	const uint64_t most = UINT64_C(1) << 56;

	return a->frames <= most && a->bytes_captured <= most &&
	    a->bytes_wire <= most && a->cut <= a->frames &&
	    a->backward <= a->frames && a->tcp_conversations <= most &&
	    a->tcp_one_way <= a->tcp_conversations && a->payload_seen <= most &&
	    a->payload_missing <= most && a->first_us <= a->last_us;
}

bool
coverage_inherit(struct coverage *c)
{
	bool good = true;

	for (size_t i = 0; i < c->count; i++)
		good = can_be(c->sources[i].account) && good;
	for (size_t i = 0; i < c->count; i++) {
		struct coverage_source *s = &c->sources[i];

		if (!good)
			memset(s->account, 0, sizeof(*s->account));
		s->told = *s->account;
	}
	return good;
}

static bool
is_another(const struct tap *old, const struct tap *new)
{
	return old && (!new || strcmp(old->id, new->id) != 0);
}

bool
coverage_would_reset(const struct coverage *c, const struct tap *const *taps)
{
	for (size_t i = 0; i < c->count; i++)
		if (is_another(c->sources[i].tap, taps[i]))
			return true;
	return false;
}

void
coverage_reload(struct coverage *c, const struct rebase *r,
    const struct tap *const *taps)
{
	bool *told = mem_calloc(r->to->boundary_count + 1, sizeof(*told));

	for (size_t i = 0; i < r->from->boundary_count; i++)
		if (r->boundaries[i] != REBASE_GONE &&
		    r->to->boundaries[r->boundaries[i]].tap_count == 0)
			told[r->boundaries[i]] = c->dark_told[i];
	free(c->dark_told);
	c->dark_told = told;
	c->model = r->to;
	for (size_t i = 0; i < c->count; i++) {
		struct coverage_source *s = &c->sources[i];

		if (is_another(s->tap, taps[i])) {
			memset(s->account, 0, sizeof(*s->account));
			memset(&s->told, 0, sizeof(s->told));
			memset(&s->ends, 0, sizeof(s->ends));
			memset(&s->tags, 0, sizeof(s->tags));
		}
		s->tap = taps[i];
	}
}

/* ---- findings */

static void
tell(const struct observer *o, enum check check, enum severity severity,
    struct wall_us now, const struct boundary *boundary, const struct tap *tap,
    uint64_t counted, uint64_t of, const char *detail)
{
	const struct coverage_finding f = { .check = check,
		.severity = severity,
		.now = now,
		.boundary = boundary,
		.tap = tap,
		.counted = counted,
		.of = of,
		.detail = detail };

	if (o->coverage)
		o->coverage(o->context, &f);
}

static void
add_placed(struct coverage_placed *sum, const struct coverage_placed *one)
{
	sum->seen += one->seen;
	sum->strange += one->strange;
	if (one->strange > 0) {
		sum->address = one->address;
		sum->vlan = one->vlan;
	}
}

/* What the sources of a tap showed, since it was last told of. */
struct coverage_sum {
	const struct tap *tap;
	struct region_account account;
	struct coverage_placed ends, tags;
};

static struct coverage_sum
sum_of(const struct coverage *c, const struct tap *tap)
{
	struct coverage_sum sum = { .tap = tap };
	struct region_account *all = &sum.account;

	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_source *s = &c->sources[i];
		const struct region_account *a = s->account, *b = &s->told;

		if (s->tap != tap)
			continue;
		all->frames += a->frames - b->frames;
		all->cut += a->cut - b->cut;
		all->tcp_conversations += a->tcp_conversations -
		    b->tcp_conversations;
		all->tcp_one_way += a->tcp_one_way - b->tcp_one_way;
		all->payload_seen += a->payload_seen - b->payload_seen;
		all->payload_missing += a->payload_missing - b->payload_missing;
		add_placed(&sum.ends, &s->ends);
		add_placed(&sum.tags, &s->tags);
	}
	return sum;
}

static bool
is_share(uint64_t counted, uint64_t of, uint64_t least, double share)
{
	return of >= least && (double)counted > share * (double)of;
}

static void
tell_lost(const struct coverage *c, const struct observer *o,
    struct wall_us now, const struct coverage_sum *s)
{
	const struct region_account *a = &s->account;
	const uint64_t all = a->payload_seen + a->payload_missing;

	if (!is_share(a->payload_missing, all, COVERAGE_PAYLOAD_LEAST,
		1.0 - c->model->limits.coverage))
		return;
	tell(o, CHECK_COV_1,
	    is_share(a->payload_missing, all, 1, COVERAGE_LOST_GRAVE) ?
		SEVERITY_HIGH :
		SEVERITY_MEDIUM,
	    now, s->tap->boundary, s->tap, a->payload_missing, all, NULL);
}

static void
tell_placed(const struct observer *o, struct wall_us now,
    const struct coverage_sum *s)
{
	const struct tap *tap = s->tap;
	char text[ADDR_TEXT_MAX];

	if (is_share(s->ends.strange, s->ends.seen, COVERAGE_PLACED_LEAST,
		COVERAGE_PLACED_SHARE))
		tell(o, CHECK_COV_10, SEVERITY_HIGH, now, tap->boundary, tap,
		    s->ends.strange, s->ends.seen,
		    addr_format(&s->ends.address, text));
	if (!is_share(s->tags.strange, s->tags.seen, COVERAGE_PLACED_LEAST,
		COVERAGE_PLACED_SHARE))
		return;
	(void)snprintf(text, sizeof(text), "VLAN %u", s->tags.vlan);
	tell(o, CHECK_COV_10, SEVERITY_HIGH, now, tap->boundary, tap,
	    s->tags.strange, s->tags.seen, text);
}

static void
tell_tap(const struct coverage *c, const struct observer *o, struct wall_us now,
    const struct tap *tap)
{
	const struct coverage_sum s = sum_of(c, tap);
	const struct region_account *a = &s.account;

	tell_lost(c, o, now, &s);
	if (is_share(a->tcp_one_way, a->tcp_conversations, COVERAGE_TCP_LEAST,
		COVERAGE_ONE_WAY_SHARE))
		tell(o, CHECK_COV_2, SEVERITY_HIGH, now, tap->boundary, tap,
		    a->tcp_one_way, a->tcp_conversations, NULL);
	if (a->cut >= COVERAGE_CUT_LEAST &&
	    is_share(a->cut, a->frames, 1, COVERAGE_CUT_SHARE))
		tell(o, CHECK_COV_8, SEVERITY_MEDIUM, now, tap->boundary, tap,
		    a->cut, a->frames, NULL);
	tell_placed(o, now, &s);
}

void
coverage_begin(struct coverage *c, const struct observer *o, struct wall_us now)
{
	const struct model *m = c->model;

	for (size_t i = 0; i < m->boundary_count; i++) {
		if (m->boundaries[i].tap_count > 0 || c->dark_told[i])
			continue;
		c->dark_told[i] = true;
		tell(o, CHECK_COV_9, SEVERITY_HIGH, now, &m->boundaries[i],
		    NULL, 0, 0, NULL);
	}
}

void
coverage_begun(struct coverage *c)
{
	for (size_t i = 0; i < c->model->boundary_count; i++)
		c->dark_told[i] = true;
}

void
coverage_tell(struct coverage *c, const struct observer *o, struct wall_us now)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct tap *tap = c->sources[i].tap;
		size_t first = 0;

		while (c->sources[first].tap != tap)
			first++;
		if (tap && first == i) /* each tap once */
			tell_tap(c, o, now, tap);
	}
	for (size_t i = 0; i < c->count; i++) {
		struct coverage_source *s = &c->sources[i];

		s->told = *s->account;
		memset(&s->ends, 0, sizeof(s->ends));
		memset(&s->tags, 0, sizeof(s->tags));
	}
}
