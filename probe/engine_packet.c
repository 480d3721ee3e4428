/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One packet's way through the engine: its conversation is found or opened,
 * takes what the packet says (track), is named (identify), and is judged and
 * told of when something has changed (announce). Whoever else listens to
 * packets is asked from here.
 */
#include <string.h>

#include "background.h"
#include "engine_internal.h"
#include "locate.h"
#include "sight.h"

/* Whether the tap had been watched for so long that an unknown conversation
 * must be a new one, and what it shows of it the beginning. */
static bool
was_watched(const struct engine *e, const struct tap *tap,
    const struct packet *p)
{
	const int64_t watched = e->watched_us[tap->index];
	const int64_t since = watched > e->forgot_us ? watched : e->forgot_us;

	return watched != ENGINE_UNWATCHED &&
	    e->time.idle.us - since > flow_timeout_us(track_idle_of(p)) &&
	    !engine_ways_may_answer(e, tap, p);
}

void
engine_place_flow(const struct engine *e, struct flow *f)
{
	const struct conversation *c = &f->conversation;

	for (int i = 0; i < 2; i++) {
		const struct place place = locate_address(e->model, c->boundary,
		    &c->address[i ^ f->initiator_side]);

		f->zones[i] = place.zone;
		f->segment_only[i] = place.kind == PLACE_SEGMENT;
	}
}

/* The name that its responder goes by; NULL: none is known. */
static void
call_by_name(struct flow *f, const char *name)
{
	if (name == NULL)
		return;
	(void)strncpy(f->resolved, name, sizeof(f->resolved) - 1);
	f->conversation.resolved_name = f->resolved;
}

/* A conversation with a name server goes by what it asks for. Several may ask
 * on: then by the first that is no background of itself, which stays. */
static void
take_question(struct flow *f, const char *asked, bool is_new)
{
	const char *name = f->conversation.resolved_name;

	if (asked != NULL &&
	    (is_new || name == NULL || background_find(name) != NULL))
		call_by_name(f, asked);
}

/* Makes room and a new entry. */
static struct flow *
open_flow(struct engine *e, const struct flow_key *key,
    const struct boundary *boundary, struct arrival *a, int side)
{
	struct flow *f;

	if (flow_full(e->flows)) {
		engine_end_flow(e, flow_oldest(e->flows), ENDING_EVICTED);
		/* Its next packet will look like a first one. */
		e->forgot_us = e->time.idle.us;
	}
	a->watched = was_watched(e, a->tap, a->packet);
	f = flow_add(e->flows, key, e->time.idle.us);
	f->id = e->next_id;
	engine_step_id(e);
	track_begin(f, boundary, a, side);
	if (a->carrier != 0)
		f->conversation.carriage = tunnel_carriage(e->tunnels,
		    a->carrier);
	f->conversation.watching = e->watching;
	engine_place_flow(e, f);
	e->counters->of[COUNTER_CONVERSATIONS]++;
	call_by_name(f,
	    resolve_name(e->resolver, &f->conversation.address[0],
		&f->conversation.address[1], a->time));
	if (identify_begin(e->identifier, f, a->packet, e->time.idle))
		e->counters->of[COUNTER_CORRELATED]++;
	return f;
}

/* The open conversation that an ICMP error is about, or NULL; *side is the
 * end of its key that sent what is quoted. */
static struct flow *
find_quoted(const struct engine *e, const struct boundary *boundary,
    const struct arrival *a, int *side)
{
	const struct packet *p = a->packet;
	const struct addr source = owner_of(&e->owners, boundary,
	    &p->quoted.source);
	const struct addr destination = owner_of(&e->owners, boundary,
	    &p->quoted.destination);
	const struct addr told = owner_of(&e->owners, boundary,
	    &p->destination);
	struct flow_key key;

	/* It goes to who sent what it quotes, or it is something else. */
	if (!addr_equal(&told, &source))
		return NULL;
	*side = flow_key_quoted(&key, boundary->index, &p->quoted, &source,
	    &destination);
	key.carrier = a->carrier;
	return *side < 0 ? NULL : flow_find(e->flows, &key);
}

/* The same zone, or one within the other. */
static bool
is_family(const struct zone *a, const struct zone *b)
{
	return zone_is_above(a, b) || zone_is_above(b, a);
}

/* Whether an error about f may come from who says that he sent it: a zone in
 * which f ends, or the boundary itself, by way of its own routers. */
static bool
is_plausible(const struct engine *e, const struct flow *f,
    const struct arrival *a)
{
	const struct place place = locate_address(e->model, a->tap->boundary,
	    &a->packet->source);

	/* What was cut off says nothing of others: that it speaks is told. */
	if (attack_is_cut(e->model, &a->packet->source, a->time))
		return false;
	if (place.kind == PLACE_FIREWALL || sight_is_router(a->tap, a->packet))
		return sight_by_router(a->tap, a->packet);
	return place.kind == PLACE_ZONE &&
	    (is_family(place.zone, f->zones[0]) ||
		is_family(place.zone, f->zones[1]));
}

/* The conversation that an ICMP error is about gets it, now or when it is
 * there. */
static bool
take_error(struct engine *e, const struct boundary *boundary,
    const struct arrival *a)
{
	struct flow *f;
	int side = -1;

	if (!a->packet->quoted.given)
		return false;
	f = find_quoted(e, boundary, a, &side);
	if (!f && engine_error_wait(e, a))
		return true;
	if (!f || !is_plausible(e, f, a)) {
		e->counters->of[COUNTER_ICMP_ERROR_UNMATCHED]++;
		return false;
	}
	e->counters->of[COUNTER_ICMP_ERROR_MATCHED]++;
	track_error(f, a, side);
	retain_packet(e->retained, f, a);
	flow_touch(e->flows, f, track_idle(f), e->time.idle.us);
	announce(&e->announcer, f);
	retain_done(e->retained);
	if (e->region)
		region_put(e->region, f, e->generation);
	return true;
}

/* Who listens to conversations beside judging. */
static void
tell_watchers(struct engine *e, struct flow *f, const struct arrival *a,
    const struct tracked *t, bool is_new, enum outcome before)
{
	tunnel_packet(e->tunnels, f, a, e->observer);
	if (a->carrier == 0) {
		nat_packet(e->nat, f, a, t, e->observer);
		inventory_packet(e->inventory, f, a, t, e->observer);
		take_question(f,
		    resolve_packet(e->resolver, a->packet, a->time), is_new);
	}
	attack_packet(e->attacks, f, a, t, is_new, before, e->observer);
}

/* A frame counts once, whatever it carries. */
static void
count_judged(struct engine *e, const struct arrival *a)
{
	if (a->carrier == 0 && !a->waited)
		e->counters->judged += a->frames;
}

/* The conversation that the packet is another face of, or NULL. */
static struct flow *
find_translated(struct engine *e, const struct flow_key *key,
    const struct arrival *a, int *side)
{
	bool taken;
	struct flow *f = nat_find(e->nat, e->flows, key, a, side, &taken);

	if (!taken)
		return f;
	/* What hung on the addresses that it had is looked at again. */
	engine_place_flow(e, f);
	f->proxy_checked = f->proxy != NULL;
	if (f->conversation.application_state == APPLICATION_NO_PAYLOAD &&
	    identify_begin(e->identifier, f, a->packet, e->time.idle))
		e->counters->of[COUNTER_CORRELATED]++;
	return f;
}

void
engine_take_packet(struct engine *e, struct arrival *a)
{
	const struct boundary *boundary = a->tap->boundary;
	const struct addr source = owner_of(&e->owners, boundary,
	    &a->packet->source);
	const struct addr destination = owner_of(&e->owners, boundary,
	    &a->packet->destination);
	struct tracked tracked;
	struct flow_key key;
	bool is_new = false;
	enum outcome before;
	struct flow *f;
	int side;

	if (take_error(e, boundary, a)) {
		count_judged(e, a);
		return;
	}
	side = flow_key_of(&key, boundary->index, a->packet, &source,
	    &destination);
	key.carrier = a->carrier;
	f = flow_find(e->flows, &key);
	if (!f && a->carrier == 0)
		f = find_translated(e, &key, a, &side);
	if (!f && a->again) { /* of what has ended, or belongs to none */
		count_judged(e, a);
		return;
	}
	if (f && !a->copy && track_reused(f, a, side)) {
		engine_end_flow(e, f, ENDING_REUSED);
		f = NULL;
	}
	if (!f) {
		a->copy = false; /* here it is the first to show it */
		f = open_flow(e, &key, boundary, a, side);
		is_new = true;
	}
	before = f->conversation.outcome;
	track_packet(f, a, side, &tracked);
	if (tracked.both)
		engine_ways_both(e, a->tap);
	retain_packet(e->retained, f, a);
	/* Whatever its payload does, it was there, and counts from here on. */
	if (is_new && e->region)
		region_put(e->region, f, e->generation);
	count_judged(e, a);
	if (a->carrier == 0) /* the tap's own way brought it */
		silence_packet(e->silence, f, tracked.way, a->tap, a->time);
	coverage_packet(&e->coverage, a->source, f, tracked.way, a->packet,
	    tracked.fresh);
	if (tracked.feed)
		reorder_packet(e->reorder, f, a, &tracked, side,
		    identify_listens(f), e->time.idle);
	if (!a->copy)
		tell_watchers(e, f, a, &tracked, is_new, before);
	flow_touch(e->flows, f, track_idle(f), e->time.idle.us);
	if (!nat_waits(e->nat, f) && !engine_ways_wait(f))
		announce(&e->announcer, f);
	retain_done(e->retained);
	if (e->region)
		region_put(e->region, f, e->generation);
}
