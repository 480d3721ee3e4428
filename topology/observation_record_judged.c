/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads what observation_record_conversation.c writes. Whoever wrote it may
 * lie: each enum, count and index is checked, a conversation has a boundary
 * and two addresses of one family, a sighting has a tap. What is said of them
 * may still be false.
 */
#include "observation_record_internal.h"

#define FLOW_ID_END (UINT64_C(1) << 53)
#define ELEMENTS_ALL ((1u << ELEMENT_COUNT) - 1)
#define FLAG_COUNT 18

static bool
get_bool(struct record_input *in)
{
	return record_get_enum(in, 2) != 0;
}

/* One element or none. */
static enum element
get_element(struct record_input *in)
{
	const unsigned set = record_get_bits(in, ELEMENTS_ALL);

	record_require(in, (set & (set - 1)) == 0);
	return (enum element)set;
}

static void
get_observation(struct record_input *in, struct observation *o)
{
	o->stage = (enum observation_stage)record_get_enum(in,
	    OBSERVATION_FINAL + 1);
	o->flow_id = record_get64(in);
	record_require(in, o->flow_id < FLOW_ID_END);
	o->now = record_get_time(in);
	for (int i = 0; i < 2; i++) {
		o->packets[i] = record_get64(in);
		o->bytes[i] = record_get64(in);
		o->tcp_flags[i] = cursor_u8(&in->c);
	}
	o->frames = record_get64(in);
	o->start = record_get_time(in);
	o->end = record_get_time(in);
	o->ending = (enum ending)record_get_enum(in, ENDING_ENGINE + 1);
	o->state = (enum flow_state)record_get_enum(in, FLOW_CLOSED + 1);
	o->midstream = get_bool(in);
	o->tap = record_get_tap(in);
	o->tag_count = (uint8_t)record_get_count(in, 4);
	for (size_t i = 0; i < o->tag_count; i++)
		o->tags[i] = cursor_be16(&in->c);
}

static void
get_flags(struct record_input *in, struct conversation *c)
{
	bool *const flags[FLAG_COUNT] = { &c->datagram, &c->payload[0],
		&c->payload[1], &c->one_way, &c->server_name_cut,
		&c->classifier_failed, &c->malformed, &c->lost, &c->cut,
		&c->tunnel, &c->targets_full, &c->sightings_full, &c->ended,
		&c->label_unsure, &c->unread_control, &c->tls_may_come,
		&c->content_clear, &c->server_name_outer };
	const uint32_t set = cursor_be32(&in->c);

	record_require(in, set >> FLAG_COUNT == 0);
	for (int i = 0; i < FLAG_COUNT; i++)
		*flags[i] = (set >> i & 1) != 0;
}

static void
get_way(struct record_input *in, const struct tap *tap, struct sighting_way *s)
{
	const uint8_t *mac;

	s->frames = cursor_be32(&in->c);
	s->payload_frames = cursor_be32(&in->c);
	s->from_router = cursor_be32(&in->c);
	s->from_other = cursor_be32(&in->c);
	s->to_router = cursor_be32(&in->c);
	s->to_other = cursor_be32(&in->c);
	s->refusals = cursor_be32(&in->c);
	s->refusals_from_router = cursor_be32(&in->c);
	mac = cursor_take(&in->c, sizeof(s->source.bytes));
	if (mac != NULL)
		memcpy(s->source.bytes, mac, sizeof(s->source.bytes));
	s->router = record_get_router(in, tap);
}

static void
get_sightings(struct record_input *in, struct conversation *c)
{
	c->sighting_count = record_get_count(in, CONVERSATION_SIGHTINGS_MAX);
	for (size_t i = 0; i < c->sighting_count; i++) {
		struct sighting *s = &c->sightings[i];

		s->tap = record_get_tap(in);
		record_require(in, s->tap != NULL || in->stale);
		s->segment = record_get_zone(in);
		s->link = record_get_link(in);
		s->vlan = cursor_be16(&in->c);
		s->routers_known = get_bool(in);
		get_way(in, s->tap, &s->way[0]);
		get_way(in, s->tap, &s->way[1]);
	}
}

static void
get_targets(struct record_input *in, struct conversation *c)
{
	c->target_count = record_get_count(in, CONVERSATION_TARGETS_MAX);
	for (size_t i = 0; i < c->target_count; i++) {
		struct target *t = &c->targets[i];

		record_get_array(in, t->name, sizeof(t->name));
		t->address = record_get_addr(in, true);
		t->port = cursor_be16(&in->c);
	}
}

static void
get_conversation(struct record_input *in, struct conversation *c)
{
	c->boundary = record_get_boundary(in);
	record_require(in, c->boundary != NULL || in->stale);
	c->address[0] = record_get_addr(in, false);
	c->address[1] = record_get_addr(in, false);
	record_require(in, c->address[0].family == c->address[1].family);
	c->port[0] = cursor_be16(&in->c);
	c->port[1] = cursor_be16(&in->c);
	c->protocol = cursor_u8(&in->c);
	c->icmp_type = cursor_u8(&in->c);
	c->icmp_code = cursor_u8(&in->c);
	c->initiator = (enum initiator)record_get_enum(in,
	    INITIATOR_UNCERTAIN + 1);
	c->first = record_get_time(in);
	c->last = record_get_time(in);
	c->outcome = (enum outcome)record_get_enum(in, OUTCOME_DATA + 1);
	c->refusal = (enum refusal)record_get_enum(in, REFUSAL_UNREACHABLE + 1);
	c->refused_from = record_get_addr(in, true);
	get_flags(in, c);
	c->carriage = (enum carriage)record_get_enum(in,
	    CARRIAGE_UNDECLARED + 1);
	c->application_state = (enum application_state)record_get_enum(in,
	    APPLICATION_UNKNOWN + 1);
	c->confidence = (enum confidence)record_get_enum(in,
	    CONFIDENCE_CORRELATED + 1);
	c->application = record_get_text(in, RECORD_NAME_MAX);
	c->master = record_get_text(in, RECORD_NAME_MAX);
	c->server_name = record_get_text(in, RECORD_NAME_MAX);
	c->resolved_name = record_get_text(in, RECORD_NAME_MAX);
	c->tls_version = cursor_be16(&in->c);
	c->tls_cipher = cursor_be16(&in->c);
	c->legacy = (uint8_t)record_get_bits(in, LEGACY_ALL);
	get_targets(in, c);
	get_sightings(in, c);
}

/* ---- the verdict */

static struct finding
get_finding(struct record_input *in)
{
	struct finding f;

	f.check = (enum check)record_get_enum(in, CHECK_COUNT);
	f.severity = (enum severity)record_get_enum(in, SEVERITY_CRITICAL + 1);
	record_require(in,
	    (f.check == CHECK_NONE) == (f.severity == SEVERITY_NONE));
	return f;
}

/* A name that outlives the record. */
static const char *
keep(struct record_input *in, const char *s, bool of_model)
{
	const char *kept;

	/* What is refused anyway leaves nothing behind. */
	if (s == NULL || in->malformed || !cursor_ok(&in->c))
		return NULL;
	kept = record_names_keep(in->names, s, of_model);
	record_require(in, kept != NULL);
	return kept;
}

static void
take_noun(struct record_input *in, struct clause *c, const char *id,
    const struct diag_place *place)
{
	c->id = keep(in, id, true);
	c->place = *place;
	c->place.file = keep(in, place->file, true);
}

static void
get_noun(struct record_input *in, enum record_noun noun, struct clause *c)
{
	const struct conduit *conduit = NULL;
	const struct exception *exception = NULL;
	const struct zone *zone = NULL;

	switch (noun) {
	case RECORD_NOUN_CONDUIT:
		conduit = record_get_conduit(in);
		if (conduit != NULL)
			take_noun(in, c, conduit->id, &conduit->place);
		break;
	case RECORD_NOUN_EXCEPTION:
		exception = record_get_exception(in);
		if (exception != NULL)
			take_noun(in, c, exception->id, &exception->place);
		break;
	default:
		zone = record_get_zone(in);
		if (zone != NULL)
			take_noun(in, c, zone->id, &zone->place);
		break;
	}
	record_require(in, c->id != NULL || in->stale);
}

void
record_get_clause(struct record_input *in, struct clause *c)
{
	enum record_noun noun;
	const char *id, *file;

	c->kind = (enum clause_kind)record_get_enum(in, CLAUSE_MODEL + 1);
	c->from = (enum tier)record_get_enum(in, TIER_FIREWALL + 1);
	c->to = (enum tier)record_get_enum(in, TIER_FIREWALL + 1);
	noun = (enum record_noun)record_get_enum(in, RECORD_NOUN_COUNT);
	if (noun != RECORD_NOUN_NAMED) {
		get_noun(in, noun, c);
		return;
	}
	id = record_get_text(in, RECORD_NAME_MAX);
	file = record_get_text(in, RECORD_NAME_MAX);
	c->place.line = cursor_be32(&in->c);
	c->place.column = cursor_be32(&in->c);
	c->id = keep(in, id, false);
	c->place.file = keep(in, file, false);
}

static void
get_place(struct record_input *in, struct place *p)
{
	unsigned flags;

	p->kind = (enum place_kind)record_get_enum(in, PLACE_FIREWALL + 1);
	p->zone = record_get_zone(in);
	p->special = (enum addr_kind)record_get_enum(in, ADDR_RESERVED + 1);
	p->address = record_get_addr(in, true);
	p->translation = record_get_translation(in);
	flags = (unsigned)record_get_enum(in, 1 << 2);
	p->hidden = (flags & 1) != 0;
	p->shared = (flags & 2) != 0;
}

static void
get_near_miss(struct record_input *in, struct near_miss *n)
{
	n->conduit = record_get_conduit(in);
	n->element = get_element(in);
	record_get_array(in, n->expected, sizeof(n->expected));
	record_get_array(in, n->seen, sizeof(n->seen));
}

static void
get_verdict(struct record_input *in, struct verdict *v)
{
	unsigned flags;

	v->kind = (enum verdict_kind)record_get_enum(in, VERDICT_COUNT);
	v->reason = (enum reason)record_get_enum(in, REASON_COUNT);
	v->element = get_element(in);
	v->deciding = get_finding(in);
	v->also_count = record_get_count(in, VERDICT_ALSO_MAX);
	for (size_t i = 0; i < v->also_count; i++) {
		v->also[i] = get_finding(in);
		record_require(in, v->also[i].check != CHECK_NONE);
		v->also_failed[i] = get_element(in);
		record_get_clause(in, &v->also_clause[i]);
	}
	v->failed = get_element(in);
	record_get_clause(in, &v->clause);
	v->conduit = record_get_conduit(in);
	v->exception = record_get_exception(in);
	v->emergency = record_get_emergency(in);
	get_near_miss(in, &v->near_miss);
	get_place(in, &v->from);
	get_place(in, &v->to);
	v->passed = (enum passed)record_get_enum(in, PASSED_YES + 1);
	v->refused_by = (enum refuser)record_get_enum(in, REFUSER_UNKNOWN + 1);
	v->judged = record_get_bits(in, ELEMENTS_ALL);
	v->unobserved = record_get_bits(in, ELEMENTS_ALL);
	flags = (unsigned)record_get_enum(in, 1 << 3);
	v->reversed = (flags & 1) != 0;
	v->backup_link = (flags & 2) != 0;
	v->alerts = (flags & 4) != 0;
	v->again.us = (int64_t)record_get64(in);
}

void
record_read_conversation(struct record_input *in,
    struct record_conversation_room *out)
{
	memset(out, 0, sizeof(*out));
	get_observation(in, &out->observation);
	get_conversation(in, &out->conversation);
	get_verdict(in, &out->verdict);
	out->observation.conversation = &out->conversation;
	out->observation.verdict = &out->verdict;
}
