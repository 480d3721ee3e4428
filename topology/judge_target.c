/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Behind a declared proxy the real crossing is the one to the target it was
 * asked for (CONNECT, absolute URI). Each target is judged by the same rules
 * as any crossing, from the client to where the target stands; what is wrong
 * with it is wrong with the conversation. A target given by name has no zone
 * that could be known here: it conforms where a conduit to a zone outside
 * takes the name, and is unjudged otherwise.
 */
#include <string.h>

#include "application.h"
#include "judge_internal.h"

/* A look at the target alone, from the same client over TCP. */
static struct look
look_at(const struct look *l, const struct target *t, struct place far)
{
	struct look inner = { .m = l->m,
		.c = l->c,
		.now = l->now,
		.from = l->from,
		.to = far,
		.port = t->port,
		.protocol = 6,
		.target = t,
		.passed = l->passed,
		.refused_by = l->refused_by,
		.again_us = INT64_MAX };

	return inner;
}

static void
take_fault(struct look *l, const struct fault *f)
{
	if (l->fault_count == LOOK_FINDINGS_MAX)
		return; /* one of each check stands already */
	l->faults[l->fault_count] = *f;
	l->faults[l->fault_count++].settled = true;
}

/* What was found of the target is said of the conversation. The same check
 * of the same clause is not said twice. */
static void
take(struct look *l, const struct look *inner)
{
	for (size_t i = 0; i < inner->fault_count; i++) {
		const struct fault *f = &inner->faults[i];
		bool same = false;

		for (size_t j = 0; j < l->fault_count; j++)
			same |= l->faults[j].check == f->check &&
			    l->faults[j].settled &&
			    l->faults[j].excepted == f->excepted;
		if (!same)
			take_fault(l, f);
	}
	l->reasons |= inner->reasons;
	l->unobserved |= inner->unobserved;
	if (inner->emergency)
		l->emergency = inner->emergency;
	if (!l->hidden_element)
		l->hidden_element = inner->hidden_element;
	if (inner->again_us < l->again_us)
		l->again_us = inner->again_us;
}

static void
judge_address(struct look *l, const struct target *t)
{
	struct look inner = look_at(l, t,
	    locate_address(l->m, l->c->boundary, &t->address));

	if (inner.to.kind != PLACE_ZONE && inner.to.kind != PLACE_FIREWALL) {
		look_fault(&inner, CHECK_SEG_9, ELEMENT_ENDPOINTS,
		    clause_of_zone(l->to.zone));
	} else if (inner.to.zone != inner.from.zone) {
		look_cell(&inner);
	}
	look_excuse(&inner);
	take(l, &inner);
}

/* A conduit to the proxy may name what it is for. */
static bool
named_by_conduit(const struct look *l, const struct target *t)
{
	const struct conduit *k = l->conduit;

	return k && k->server_name_count &&
	    name_matches(k->server_names, k->server_name_count, t->name);
}

/* Names lead out of the municipality; addresses inside are asked for as
 * such, or unjudged. */
static bool
may_be_named(const struct look *l, const struct zone *z)
{
	const enum tier from = l->from.zone->tier;

	if (z->tier != TIER_OUTSIDE && z->tier != TIER_SAAS)
		return false;
	return from >= TIER_COUNT ||
	    l->m->guideline->cells[from][z->tier].kind != CELL_DENY;
}

/* Only what does not hang on the address may make a name conform. */
static bool
conforms_by_name(const struct look *inner)
{
	return inner->conduit && inner->conduit->to.whole_zone &&
	    !inner->fault_count && !inner->reasons;
}

static void
judge_name(struct look *l, const struct target *t)
{
	struct look worst;
	bool wrong = false;

	if (named_by_conduit(l, t))
		return;
	for (size_t i = 0; i < l->m->zone_count; i++) {
		const struct zone *z = &l->m->zones[i];
		const struct place far = { .kind = PLACE_ZONE,
			.zone = z,
			.hidden = true };
		struct look inner = look_at(l, t, far);

		if (!may_be_named(l, z))
			continue;
		look_cell(&inner);
		look_excuse(&inner);
		if (conforms_by_name(&inner))
			return;
		if (inner.conduit && inner.conduit->to.whole_zone &&
		    inner.fault_count) {
			worst = inner;
			wrong = true;
		}
	}
	if (wrong) {
		take(l, &worst);
		return;
	}
	l->unobserved |= ELEMENT_NAME;
	look_unjudged(l, REASON_NAME);
}

/* Requests were made that could not be read: what they asked for is not
 * known. Plain HTTP without a target asked the proxy itself. */
static bool
asked_unread(const struct conversation *c)
{
	return !c->target_count && c->payload[0] &&
	    !application_matches("HTTP", c->application);
}

void
targets_judge(struct look *l)
{
	const struct conversation *c = l->c;

	if (l->flipped || !model_is_proxy(l->m, &l->to.address, l->port))
		return;
	for (size_t i = 0; i < c->target_count; i++) {
		if (c->targets[i].address.family)
			judge_address(l, &c->targets[i]);
		else
			judge_name(l, &c->targets[i]);
	}
	if (c->targets_full)
		look_unjudged(l, REASON_PARTIAL);
	if (c->lost)
		look_unjudged(l, REASON_LOST_PACKETS);
	if (c->cut)
		look_unjudged(l, REASON_PARTIAL);
	if (asked_unread(c)) {
		l->unobserved |= ELEMENT_NAME;
		look_unjudged(l,
		    c->application_state == APPLICATION_PENDING ?
			REASON_APPLICATION :
			REASON_NAME);
	}
}
