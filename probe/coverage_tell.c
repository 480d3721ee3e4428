/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The findings about coverage, see coverage.h: of a tap since it was last
 * looked at, in shares of what there was. A share is a finding only above a
 * count, so that three odd packets accuse no tap, nor does a quiet hour.
 */
#include <stdio.h>
#include <string.h>

#include "coverage.h"

#define DETAIL_MAX 256 /* as a record takes it */

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
struct sum {
	const struct tap *tap;
	struct region_account account;
	struct coverage_placed ends, tags;
	struct coverage_direction direction; /* the most frequent one */
};

static uint64_t
since(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

static void
add_source(struct sum *sum, const struct coverage_source *s)
{
	struct region_account *all = &sum->account;
	const struct region_account *a = s->account, *b = s->hour;

	all->frames += since(a->frames, b->frames);
	all->cut += since(a->cut, b->cut);
	all->copies += since(a->copies, b->copies);
	all->tcp_conversations += since(a->tcp_conversations,
	    b->tcp_conversations);
	all->tcp_one_way += since(a->tcp_one_way, b->tcp_one_way);
	all->tcp_no_answer += since(a->tcp_no_answer, b->tcp_no_answer);
	all->tcp_no_syn_ack += since(a->tcp_no_syn_ack, b->tcp_no_syn_ack);
	all->payload_seen += since(a->payload_seen, b->payload_seen);
	all->payload_missing += since(a->payload_missing, b->payload_missing);
	add_placed(&sum->ends, &s->ends);
	add_placed(&sum->tags, &s->tags);
	for (int i = 0; i < COVERAGE_DIRECTIONS_MAX; i++)
		if (s->directions[i].count > sum->direction.count)
			sum->direction = s->directions[i];
}

static struct sum
sum_of(const struct coverage *c, const struct tap *tap)
{
	struct sum sum = { .tap = tap };

	for (size_t i = 0; i < c->count; i++)
		if (c->sources[i].tap == tap)
			add_source(&sum, &c->sources[i]);
	return sum;
}

static bool
is_share(uint64_t counted, uint64_t of, uint64_t least, double share)
{
	return of >= least && (double)counted > share * (double)of;
}

static void
tell_lost(const struct coverage *c, const struct observer *o,
    struct wall_us now, const struct sum *s)
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
tell_placed(const struct observer *o, struct wall_us now, const struct sum *s)
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

/* Which direction is missing, where it is the same for most. */
static void
describe_direction(const struct sum *s, char *out, size_t size)
{
	const struct region_account *a = &s->account;
	const struct coverage_direction *d = &s->direction;
	const bool is_known = d->from && d->to &&
	    is_share(d->count, a->tcp_one_way, 1, 0.5);
	const bool has_no_answer = is_share(a->tcp_no_syn_ack, a->tcp_one_way,
	    1, 0.5);

	(void)snprintf(out, size, "%s%s%s%s", is_known ? d->from->id : "",
	    is_known ? " > " : "", is_known ? d->to->id : "",
	    has_no_answer ? COVERAGE_TOLD_NO_SYN_ACK : "");
}

static void
tell_one_way(const struct observer *o, struct wall_us now, const struct sum *s)
{
	const struct region_account *a = &s->account;
	char detail[DETAIL_MAX];

	if (!is_share(a->tcp_one_way, a->tcp_conversations, COVERAGE_TCP_LEAST,
		COVERAGE_ONE_WAY_SHARE))
		return;
	describe_direction(s, detail, sizeof(detail));
	tell(o, CHECK_COV_2, SEVERITY_HIGH, now, s->tap->boundary, s->tap,
	    a->tcp_one_way, a->tcp_conversations,
	    detail[0] != '\0' ? detail : NULL);
}

static void
tell_tap(const struct coverage *c, const struct observer *o, struct wall_us now,
    const struct tap *tap)
{
	const struct sum s = sum_of(c, tap);
	const struct region_account *a = &s.account;

	tell_lost(c, o, now, &s);
	tell_one_way(o, now, &s);
	if (is_share(a->copies, a->frames, COVERAGE_COPIES_LEAST,
		COVERAGE_COPIES_SHARE))
		tell(o, CHECK_COV_4, SEVERITY_LOW, now, tap->boundary, tap,
		    a->copies, a->frames, NULL);
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

		*s->hour = *s->account;
		memset(&s->ends, 0, sizeof(s->ends));
		memset(&s->tags, 0, sizeof(s->tags));
		memset(s->directions, 0, sizeof(s->directions));
	}
}
