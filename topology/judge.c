/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of judging. Each rule notes what it finds in a struct look; at
 * the end one finding decides, in the fixed order below, and the others stand
 * beside it. Where the initiator is not certain both directions are judged,
 * and a difference is said rather than guessed away.
 */
#include "judge.h"

#include <string.h>

#include "judge_internal.h"

/* The first of these that was found decides; one conversation, one check. */
static const enum check deciding_order[] = { CHECK_SEG_12, CHECK_SEG_9,
	CHECK_SEG_10, CHECK_SEG_1, CHECK_SEG_14, CHECK_SEG_15, CHECK_SEG_13,
	CHECK_SEG_16, CHECK_SEG_5, CHECK_SEG_2, CHECK_SEG_6, CHECK_SEG_3,
	CHECK_SAN_1, CHECK_SEG_4, CHECK_SEG_8, CHECK_SEG_7, CHECK_SEG_11,
	CHECK_SAN_9, CHECK_SVC_1, CHECK_SVC_4, CHECK_LNK_1, CHECK_CRY_1,
	CHECK_CRY_2 };
#define ORDER_COUNT ((int)(sizeof(deciding_order) / sizeof(deciding_order[0])))

/* Reasons in the order in which they are told; the first that holds. */
static const enum reason telling_order[] = { REASON_DRAFT, REASON_MALFORMED,
	REASON_HIDDEN_BY_NAT, REASON_ONE_WAY, REASON_OPAQUE,
	REASON_LOST_PACKETS, REASON_PARTIAL, REASON_APPLICATION, REASON_NAME,
	REASON_NOT_OBSERVABLE };

static int
order_of(enum check check)
{
	for (int i = 0; i < ORDER_COUNT; i++)
		if (deciding_order[i] == check)
			return i;
	return ORDER_COUNT;
}

bool
look_got_through(const struct look *l)
{
	return l->passed == PASSED_YES || l->c->outcome >= OUTCOME_ANSWERED;
}

struct fault *
look_fault_at(struct look *l, enum check check, enum severity severity,
    enum element element, struct clause clause)
{
	struct fault *f;

	for (size_t i = 0; i < l->fault_count; i++)
		if (l->faults[i].check == check) {
			if (l->faults[i].severity < severity)
				l->faults[i].severity = severity;
			return &l->faults[i];
		}
	if (l->fault_count == LOOK_FINDINGS_MAX)
		return NULL; /* there are fewer checks than that */
	f = &l->faults[l->fault_count++];
	memset(f, 0, sizeof(*f));
	f->check = check;
	f->severity = severity;
	f->element = element;
	f->clause = clause;
	return f;
}

struct fault *
look_fault(struct look *l, enum check check, enum element element,
    struct clause clause)
{
	const struct check_row *row = checks_row(check);

	return look_fault_at(l, check,
	    look_got_through(l) ? row->passed : row->tried, element, clause);
}

void
look_unjudged(struct look *l, enum reason reason)
{
	l->reasons |= 1u << reason;
}

void
look_hidden(struct look *l, enum element element)
{
	l->unobserved |= element;
	l->reasons |= 1u << REASON_NOT_OBSERVABLE;
	if (!l->hidden_element)
		l->hidden_element = element;
}

void
look_again(struct look *l, struct wall_us t)
{
	if (t.us > l->now.us && t.us < l->again_us)
		l->again_us = t.us;
}

bool
zones_related(const struct zone *a, const struct zone *b)
{
	return a->tier == b->tier || zone_is_above(a, b) || zone_is_above(b, a);
}

struct clause
clause_of_zone(const struct zone *z)
{
	return (struct clause){ .kind = CLAUSE_MODEL,
		.id = z->id,
		.place = z->place };
}

struct clause
clause_of_conduit(const struct conduit *c)
{
	return (struct clause){ .kind = CLAUSE_CONDUIT,
		.id = c->id,
		.place = c->place };
}

struct clause
clause_of_cell(const struct look *l)
{
	const enum tier from = l->from.zone->tier, to = l->to.zone->tier;

	if (from >= TIER_COUNT)
		return clause_of_zone(l->to.zone);
	if (to >= TIER_COUNT)
		return clause_of_zone(l->from.zone);
	return (struct clause){ .kind = CLAUSE_GUIDELINE,
		.from = from,
		.to = to,
		.id = l->m->guideline->model,
		.place = l->m->guideline->cells[from][to].place };
}

struct clause
clause_of_emergency(const struct emergency *e)
{
	return (struct clause){ .kind = CLAUSE_MODEL,
		.id = e->id,
		.place = e->place };
}

/* An address in no zone: nothing else can be said of the crossing. */
static void
judge_no_zone(struct look *l)
{
	const struct place *known = l->from.zone ? &l->from : &l->to;
	struct clause clause = { .kind = CLAUSE_MODEL,
		.id = l->c->boundary->id,
		.place = l->c->boundary->place };

	if (known->zone)
		clause = clause_of_zone(known->zone);
	look_fault(l, CHECK_SEG_9, ELEMENT_ENDPOINTS, clause);
}

/* Routing, redundancy and address configuration with a firewall itself. */
static bool
is_control(const struct look *l)
{
	const struct conversation *c = l->c;
	static const uint8_t protocols[] = { 1, 2, 58, 88, 89, 103, 112 };
	static const uint16_t udp[] = { 67, 68, 520, 521, 546, 547, 1985, 2029,
		3784, 3785 };

	for (size_t i = 0; i < sizeof(protocols); i++)
		if (c->protocol == protocols[i])
			return true;
	for (size_t i = 0; c->protocol == 17 && i < sizeof(udp) / sizeof(*udp);
	     i++)
		if (l->port == udp[i])
			return true;
	return false;
}

const struct cell *
cell_of(const struct look *l)
{
	const struct zone *a = l->from.zone, *b = l->to.zone;

	if (a->tier >= TIER_COUNT || b->tier >= TIER_COUNT ||
	    zones_related(a, b))
		return NULL;
	return &l->m->guideline->cells[a->tier][b->tier];
}

void
look_cell(struct look *l)
{
	const struct cell *cell = cell_of(l);

	l->judged |= ELEMENT_TIER;
	if (cell && cell->kind == CELL_DENY)
		look_fault(l, CHECK_SEG_1, ELEMENT_TIER, clause_of_cell(l));
	else
		conduits_judge(l, cell);
}

/* A datagram that may have arrived: tried says too little, passed too much. */
static bool
unanswered(const struct look *l)
{
	const struct conversation *c = l->c;

	return c->datagram && c->payload[l->flipped] &&
	    c->outcome == OUTCOME_TRIED && l->passed == PASSED_UNKNOWN;
}

/* Nobody stood by the way of what came in a tunnel. Where the model does not
 * even say that there may be one, it does not conform. */
static void
judge_carried(struct look *l)
{
	const bool cloud = zone_is_cloud(l->from.zone) ||
	    zone_is_cloud(l->to.zone);

	if (l->c->carriage == CARRIAGE_UNDECLARED ||
	    (l->c->carriage == CARRIAGE_DECLARED && cloud))
		look_hidden(l, ELEMENT_PATH);
}

static void
judge_crossing(struct look *l)
{
	judge_carried(l);
	path_source(l);
	path_cloud_link(l);
	look_cell(l);
	targets_judge(l);
	path_second_exit(l);
	service_one_way_data(l);
	service_sanitised(l);
	service_bypass(l);
	service_forbidden(l);
	service_dns(l);
	if (l->c->one_way && !l->c->datagram)
		look_unjudged(l, REASON_ONE_WAY);
	if (l->c->tunnel)
		look_unjudged(l, REASON_OPAQUE);
	if (l->c->malformed)
		look_unjudged(l, REASON_MALFORMED);
}

enum scope { SCOPE_IN, SCOPE_OUT };

/* ICMP errors whose conversation was not seen belong to nothing that could
 * be judged: types 3, 4, 5, 11, 12 and ICMPv6 below 128. */
static bool
is_stray_error(const struct conversation *c)
{
	if (c->protocol == 1)
		return c->icmp_type == 3 || c->icmp_type == 4 ||
		    c->icmp_type == 5 || c->icmp_type == 11 ||
		    c->icmp_type == 12;
	return c->protocol == 58 && c->icmp_type < 128;
}

static bool
is_loopback(const struct place *p)
{
	return p->kind == PLACE_SEGMENT && p->special == ADDR_LOOPBACK;
}

/* An error about nothing that was seen: it may carry anything, so where the
 * crossing is forbidden it is held to be one. */
static void
judge_stray(struct look *l)
{
	const struct cell *cell = cell_of(l);

	path_source(l);
	look_unjudged(l, REASON_LOST_PACKETS);
	if (cell && cell->kind == CELL_DENY)
		look_cell(l);
}

/* Fills l's findings; SCOPE_OUT when the conversation crosses nothing. */
static enum scope
judge_one(struct look *l)
{
	const int first = l->flipped ? 1 : 0;

	l->from = locate_address(l->m, l->c->boundary, &l->c->address[first]);
	l->to = locate_address(l->m, l->c->boundary, &l->c->address[!first]);
	l->port = l->c->port[!first];
	l->protocol = l->c->protocol;
	path_passed(l);
	if (is_loopback(&l->from) != is_loopback(&l->to)) {
		/* Such an address never belongs on a wire. */
		judge_no_zone(l);
		return SCOPE_IN;
	}
	if (l->from.kind == PLACE_SEGMENT || l->to.kind == PLACE_SEGMENT) {
		if (!path_routed_link_local(l))
			return SCOPE_OUT;
		look_fault_at(l, CHECK_SEG_9, SEVERITY_HIGH, ELEMENT_ENDPOINTS,
		    clause_of_zone(l->from.zone ? l->from.zone : l->to.zone));
		return SCOPE_IN;
	}
	if (l->from.shared || l->to.shared) {
		/* Not even the zone is known. */
		look_unjudged(l, REASON_HIDDEN_BY_NAT);
		return SCOPE_IN;
	}
	service_offline(l);
	if (l->from.kind == PLACE_NONE || l->to.kind == PLACE_NONE) {
		judge_no_zone(l);
		path_source(l);
		return SCOPE_IN;
	}
	if (l->from.zone == l->to.zone) {
		path_source(l);
		path_unseen_source(l);
		/* Who put it there, and where, is not to be seen. */
		if (l->c->carriage == CARRIAGE_UNDECLARED)
			look_hidden(l, ELEMENT_SOURCE);
		targets_judge(l);
		return l->fault_count || l->reasons ? SCOPE_IN : SCOPE_OUT;
	}
	if ((l->from.kind == PLACE_FIREWALL || l->to.kind == PLACE_FIREWALL) &&
	    is_control(l)) {
		path_source(l);
		if (!l->fault_count)
			return SCOPE_OUT;
	}
	if (is_stray_error(l->c)) {
		judge_stray(l);
		return SCOPE_IN;
	}
	judge_crossing(l);
	return SCOPE_IN;
}

/* What follows from a crossing is excused with the crossing. */
static void
excuse_consequences(struct look *l, const struct exception *e)
{
	for (size_t i = 0; i < l->fault_count; i++) {
		struct fault *f = &l->faults[i];

		if (f->check != CHECK_SEG_15 && f->check != CHECK_SVC_4)
			continue;
		f->excepted = true;
		f->exception = e;
	}
}

void
look_excuse(struct look *l)
{
	const size_t count = l->fault_count;

	if (!l->from.zone || !l->to.zone)
		return;
	for (size_t i = 0; i < count; i++) {
		struct fault *f = &l->faults[i];
		const struct exception *e, *expired;
		struct clause clause = { .kind = CLAUSE_EXCEPTION };

		if (f->excepted || f->settled)
			continue;
		e = exception_find(l, f->check, f->conduit, &expired,
		    &f->waiting);
		if (e) {
			f->excepted = true;
			f->exception = e;
			if (f->check == CHECK_SEG_1 ||
			    f->check == CHECK_SEG_2 || f->check == CHECK_SEG_3)
				excuse_consequences(l, e);
		} else if (expired) {
			clause.id = expired->id;
			clause.place = expired->place;
			look_fault_at(l, CHECK_SEG_8,
			    look_got_through(l) ? SEVERITY_MEDIUM :
						  SEVERITY_LOW,
			    ELEMENT_EXPIRY, clause);
		}
	}
}

/* In draft these alert all the same; the rest waits for the model. */
static bool
live_in_draft(enum check check)
{
	return check == CHECK_SEG_1 || check == CHECK_SEG_10 ||
	    check == CHECK_SEG_12 || check == CHECK_SEG_13 ||
	    check == CHECK_SAN_1 || check == CHECK_LNK_1;
}

static bool
counts(const struct look *l, const struct fault *f)
{
	return !f->excepted && !f->waiting &&
	    (l->m->stage != STAGE_DRAFT || live_in_draft(f->check));
}

static const struct fault *
first_fault(const struct look *l, bool in_draft, bool excepted)
{
	const struct fault *best = NULL;

	for (size_t i = 0; i < l->fault_count; i++) {
		const struct fault *f = &l->faults[i];
		const bool fits = excepted ? f->excepted :
		    in_draft		   ? !f->excepted && !f->waiting :
					     counts(l, f);

		if (fits &&
		    (!best || order_of(f->check) < order_of(best->check)))
			best = f;
	}
	return best;
}

static bool
stands_already(const struct verdict *v, enum check check)
{
	for (size_t i = 0; i < v->also_count; i++)
		if (v->also[i].check == check)
			return true;
	return false;
}

static bool
any_waits(const struct look *l)
{
	for (size_t i = 0; i < l->fault_count; i++)
		if (l->faults[i].waiting && !l->faults[i].excepted)
			return true;
	return false;
}

static void
add_also(struct verdict *out, struct finding f, enum element failed,
    const struct clause *clause)
{
	if (out->also_count == VERDICT_ALSO_MAX)
		return;
	out->also_failed[out->also_count] = failed;
	out->also_clause[out->also_count] = *clause;
	out->also[out->also_count++] = f;
}

/* A remark, held against nothing of the model. */
static void
add_remark(struct verdict *out, enum check check)
{
	const struct clause none = { .kind = CLAUSE_NONE };

	add_also(out, (struct finding){ check, SEVERITY_INFORMATION }, 0,
	    &none);
}

static void
set_deciding(const struct look *l, const struct fault *f, struct verdict *out)
{
	out->deciding.check = f->check;
	out->deciding.severity = f->severity;
	out->failed = f->element;
	out->clause = f->clause;
	if (f->exception) {
		out->exception = f->exception;
		out->clause.kind = CLAUSE_EXCEPTION;
		out->clause.id = f->exception->id;
		out->clause.place = f->exception->place;
	}
	for (int rank = 0; rank < ORDER_COUNT; rank++)
		for (size_t i = 0; i < l->fault_count; i++) {
			const struct fault *o = &l->faults[i];

			if (o->check == f->check ||
			    o->check != deciding_order[rank] || !counts(l, o) ||
			    stands_already(out, o->check))
				continue;
			add_also(out, (struct finding){ o->check, o->severity },
			    o->element, &o->clause);
		}
}

static bool
may_have_arrived(const struct look *l, enum check check)
{
	return unanswered(l) &&
	    (check == CHECK_SEG_1 || check == CHECK_SEG_2 ||
		check == CHECK_SEG_3 || check == CHECK_SEG_5 ||
		check == CHECK_SEG_9 || check == CHECK_SEG_16 ||
		check == CHECK_CRY_1);
}

static void
set_reason(const struct look *l, struct verdict *out)
{
	const int count = sizeof(telling_order) / sizeof(telling_order[0]);

	out->kind = VERDICT_UNJUDGED;
	for (int i = 0; i < count; i++)
		if (l->reasons & 1u << telling_order[i]) {
			out->reason = telling_order[i];
			break;
		}
	if (out->reason == REASON_NOT_OBSERVABLE)
		out->element = l->hidden_element;
}

static void
decide(struct look *l, struct verdict *out)
{
	const struct fault *f = first_fault(l, false, false);

	if (f) {
		set_deciding(l, f, out);
		out->alerts = true;
		out->kind = VERDICT_VIOLATE;
		if (may_have_arrived(l, f->check)) {
			out->kind = VERDICT_UNJUDGED;
			out->reason = REASON_ONE_WAY;
		}
		return;
	}
	f = first_fault(l, true, false);
	if (f) { /* draft: noted, not alerted */
		set_deciding(l, f, out);
		out->kind = VERDICT_UNJUDGED;
		out->reason = f->check == CHECK_SEG_9 ? REASON_NO_ZONE :
							REASON_DRAFT;
		return;
	}
	if (any_waits(l)) {
		look_unjudged(l, REASON_APPLICATION);
		set_reason(l, out);
		return;
	}
	f = first_fault(l, false, true);
	if (f) {
		set_deciding(l, f, out);
		out->kind = VERDICT_EXCEPTED;
		/* A forbidden crossing has no elements left to be unsure of. */
		if (l->reasons && f->check != CHECK_SEG_1)
			set_reason(l, out);
		return;
	}
	if (l->reasons)
		set_reason(l, out);
	else
		out->kind = VERDICT_CONFORM;
	if (l->conduit)
		out->clause = clause_of_conduit(l->conduit);
	if (l->c->carriage == CARRIAGE_UNDECLARED)
		add_remark(out, CHECK_LNK_6);
	if (l->clear_control)
		add_remark(out, CHECK_CRY_1);
	if (l->backup_link) { /* conforms, and is worth a record */
		add_remark(out, CHECK_SEG_10);
		out->alerts = true;
	}
}

/* Takes off what is left of a character that was cut for want of room. */
static void
end_whole(char *s)
{
	const size_t n = strlen(s);
	size_t at = 0, step = 1;

	while (at < n && (step = text_utf8(s + at, n - at)) != 0)
		at += step;
	if (n - at < 4)
		s[at] = '\0';
}

static void
conclude(struct look *l, enum scope scope, struct verdict *out)
{
	memset(out, 0, sizeof(*out));
	out->from = l->from;
	out->to = l->to;
	out->passed = l->passed;
	out->refused_by = l->refused_by;
	out->kind = VERDICT_OUT_OF_SCOPE;
	if (scope == SCOPE_IN) {
		look_excuse(l);
		decide(l, out);
	}
	out->judged = l->judged;
	out->unobserved = l->unobserved;
	out->conduit = l->conduit;
	if (out->kind == VERDICT_EXCEPTED || out->kind == VERDICT_UNJUDGED)
		out->emergency = l->emergency;
	if (l->near) {
		out->near_miss = *l->near;
		end_whole(out->near_miss.expected);
		end_whole(out->near_miss.seen);
	}
	out->backup_link = l->backup_link;
	out->again.us = l->again_us;
}

static void
judge_way(const struct model *m, const struct conversation *c,
    struct wall_us now, bool flipped, struct verdict *out)
{
	struct look l = { .m = m,
		.c = c,
		.now = now,
		.flipped = flipped,
		.again_us = INT64_MAX };

	conclude(&l, judge_one(&l), out);
}

static bool
judged_alike(const struct verdict *a, const struct verdict *b)
{
	return a->kind == b->kind && a->deciding.check == b->deciding.check &&
	    a->reason == b->reason;
}

/* What is wrong whoever opened it, as a source on a foreign segment is. */
static void
keep_common(struct verdict *out, const struct verdict *back)
{
	const size_t count = out->also_count;

	out->also_count = 0;
	for (size_t i = 0; i < count; i++)
		if (stands_already(back, out->also[i].check) ||
		    back->deciding.check == out->also[i].check)
			add_also(out, out->also[i], out->also_failed[i],
			    &out->also_clause[i]);
	for (size_t i = out->also_count; i < count; i++) {
		memset(&out->also[i], 0, sizeof(out->also[i]));
		memset(&out->also_clause[i], 0, sizeof(out->also_clause[i]));
		out->also_failed[i] = 0;
	}
}

/* Both directions are wrong in different ways: that much is certain, and the
 * milder of the two may be said. */
static void
set_direction(struct verdict *out, const struct verdict *back)
{
	keep_common(out, back);
	if (!out->alerts || !back->alerts) {
		out->alerts = false;
		out->deciding.check = CHECK_NONE;
		out->deciding.severity = SEVERITY_NONE;
		memset(&out->clause, 0, sizeof(out->clause));
	} else if (back->deciding.severity < out->deciding.severity) {
		if (stands_already(back, out->deciding.check))
			add_also(out, out->deciding, out->failed, &out->clause);
		out->deciding = back->deciding;
		out->clause = back->clause;
	}
	out->kind = VERDICT_UNJUDGED;
	out->reason = REASON_DIRECTION;
	out->element = 0;
	out->failed = 0;
	out->exception = NULL;
	out->near_miss.conduit = NULL;
	out->reversed = true;
	out->unobserved |= ELEMENT_DIRECTION;
	out->judged &= ~(unsigned)ELEMENT_DIRECTION;
}

static bool
same_ends(const struct verdict *a, const struct verdict *b)
{
	return (addr_equal(&a->from.address, &b->from.address) &&
		   addr_equal(&a->to.address, &b->to.address)) ||
	    (addr_equal(&a->from.address, &b->to.address) &&
		addr_equal(&a->to.address, &b->from.address));
}

/* What a data connection does wrong by itself, whoever announced it. */
static bool
wrong_by_itself(enum check check)
{
	return check == CHECK_SEG_10 || check == CHECK_SEG_12 ||
	    check == CHECK_SEG_14;
}

/* Its control was seen plain, and it came in a tunnel that nobody declared. */
static void
set_unseen_path(struct verdict *out)
{
	out->kind = VERDICT_UNJUDGED;
	out->reason = REASON_NOT_OBSERVABLE;
	out->element = ELEMENT_PATH;
	out->unobserved |= ELEMENT_PATH;
	add_remark(out, CHECK_LNK_6);
}

/* Data connections share the fate of the control that arranged them, as long
 * as they run between the same two hosts. */
static void
inherit(const struct model *m, const struct conversation *c, struct wall_us now,
    struct verdict *out)
{
	struct verdict own;

	judge_way(m, c, now, false, &own);
	*out = own;
	if (!same_ends(&own, c->control) || wrong_by_itself(own.deciding.check))
		return;
	*out = *c->control;
	out->from = own.from;
	out->to = own.to;
	out->passed = own.passed;
	out->refused_by = own.refused_by;
	out->again = own.again;
	if (c->carriage == CARRIAGE_UNDECLARED && out->kind == VERDICT_CONFORM)
		set_unseen_path(out);
}

void
judge(const struct model *m, const struct conversation *c, struct wall_us now,
    struct verdict *out)
{
	struct verdict back;

	if (c->control) {
		inherit(m, c, now, out);
		return;
	}
	judge_way(m, c, now, false, out);
	if (c->initiator != INITIATOR_UNCERTAIN)
		return;
	judge_way(m, c, now, true, &back);
	if (back.again.us < out->again.us)
		out->again = back.again;
	if (!judged_alike(out, &back))
		set_direction(out, &back);
}
