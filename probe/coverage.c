/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See coverage.h. Loss is proven by TCP: what the receiver acknowledged and
 * no tap showed was on the wire. A share is a finding only above a count, so
 * that three odd packets accuse no tap.
 */
#include "coverage.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "locate.h"

#define ZONE_DEPTH_MAX 16 /* of parents; the model's check holds it lower */

void
coverage_init(struct coverage *c, const struct model *m,
    const struct tap *const *taps, const char *const *files, size_t count)
{
	c->model = m;
	c->count = count;
	c->sources = mem_calloc(count + 1, sizeof(*c->sources));
	c->accounts = mem_calloc(count + 1, sizeof(*c->accounts));
	for (size_t i = 0; i < count; i++) {
		c->sources[i].account.tap = taps[i];
		c->sources[i].account.file = files ? files[i] : NULL;
	}
}

void
coverage_fini(struct coverage *c)
{
	free(c->sources);
	free(c->accounts);
}

bool
coverage_frame(struct coverage *c, const struct frame *f)
{
	struct coverage_source *s = &c->sources[f->source];
	struct tap_account *a = &s->account;
	const bool backward = a->frames > 0 && f->time.us < s->previous.us;

	if (a->frames == 0 || f->time.us < a->first.us)
		a->first = f->time;
	if (a->frames == 0 || f->time.us > a->last.us)
		a->last = f->time;
	s->previous = f->time;
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
	const struct tap *tap = s->account.tap;
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
	const struct zone *segment = s->account.tap->segment;
	uint16_t vlan;

	if (f->segment_only[0] || f->segment_only[1])
		return;
	if (locate_segment(s->account.tap, p->tags, p->tag_count, &vlan,
		NULL) != segment ||
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

	s->account.payload_seen += fresh;
	if (s->account.tap->segment)
		count_ends(c, s, f, way, p);
}

void
coverage_conversation(struct coverage *c, const struct flow *f)
{
	struct tap_account *a = &c->sources[f->source].account;

	for (int i = 0; i < 2; i++)
		a->payload_missing += f->way[i].sequence.missing;
	if (f->more) {
		a->tcp_conversations++;
		a->tcp_one_way += f->conversation.one_way;
	}
}

const struct tap_account *
coverage_accounts(struct coverage *c)
{
	for (size_t i = 0; i < c->count; i++)
		c->accounts[i] = c->sources[i].account;
	return c->accounts;
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

/* All sources of a tap together. */
static struct coverage_source
sum_of(const struct coverage *c, const struct tap *tap)
{
	struct coverage_source sum = { .account.tap = tap };

	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_source *s = &c->sources[i];

		if (s->account.tap != tap)
			continue;
		sum.account.frames += s->account.frames;
		sum.account.cut += s->account.cut;
		sum.account.tcp_conversations += s->account.tcp_conversations;
		sum.account.tcp_one_way += s->account.tcp_one_way;
		sum.account.payload_seen += s->account.payload_seen;
		sum.account.payload_missing += s->account.payload_missing;
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
    struct wall_us now, const struct coverage_source *s)
{
	const struct tap_account *a = &s->account;
	const uint64_t all = a->payload_seen + a->payload_missing;

	if (!is_share(a->payload_missing, all, COVERAGE_PAYLOAD_LEAST,
		1.0 - c->model->limits.coverage))
		return;
	tell(o, CHECK_COV_1,
	    is_share(a->payload_missing, all, 1, COVERAGE_LOST_GRAVE) ?
		SEVERITY_HIGH :
		SEVERITY_MEDIUM,
	    now, a->tap->boundary, a->tap, a->payload_missing, all, NULL);
}

static void
tell_placed(const struct observer *o, struct wall_us now,
    const struct coverage_source *s)
{
	const struct tap *tap = s->account.tap;
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
	const struct coverage_source s = sum_of(c, tap);
	const struct tap_account *a = &s.account;

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
coverage_begin(const struct coverage *c, const struct observer *o,
    struct wall_us now)
{
	const struct model *m = c->model;

	for (size_t i = 0; i < m->boundary_count; i++)
		if (m->boundaries[i].tap_count == 0)
			tell(o, CHECK_COV_9, SEVERITY_HIGH, now,
			    &m->boundaries[i], NULL, 0, 0, NULL);
}

void
coverage_end(const struct coverage *c, const struct observer *o,
    struct wall_us now)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct tap *tap = c->sources[i].account.tap;
		size_t first = 0;

		while (c->sources[first].account.tap != tap)
			first++;
		if (first == i) /* each tap once */
			tell_tap(c, o, now, tap);
	}
}
