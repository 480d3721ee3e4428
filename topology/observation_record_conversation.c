/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An observation of a conversation as a record: what was observed, the
 * conversation, its verdict. Two things of a conversation do not cross, since
 * only judging reads them: which taps were delivering, and the verdict of the
 * conversation that controls this one. What is read here is read again in the
 * same order by observation_record_judged.c.
 */
#include "observation_record_internal.h"

/* Whether the recorder makes an alert of it at once: a violation always, an
 * exception never, a mere remark only once it is judged. */
static bool
alerts(const struct observation *o)
{
	const struct verdict *v = o->verdict;
	const bool remark = v->deciding.check == CHECK_NONE;

	if (v->kind == VERDICT_EXCEPTED)
		return false;
	if (v->kind != VERDICT_VIOLATE &&
	    (!v->alerts ||
		(remark && v->kind == VERDICT_UNJUDGED &&
		    o->stage != OBSERVATION_FINAL)))
		return false;
	if (!remark)
		return true;
	for (size_t i = 0; i < v->also_count; i++)
		if (v->also[i].severity > v->deciding.severity)
			return true;
	return false;
}

static enum record_class
class_of(const struct observation *o)
{
	if (alerts(o))
		return RECORD_URGENT;
	return o->stage == OBSERVATION_FINAL ? RECORD_FINAL : RECORD_UPDATE;
}

static void
put_observation(struct record_writer *w, const struct observation *o)
{
	const size_t tags = o->tag_count < 4 ? o->tag_count : 4;

	record_put8(w, o->stage);
	record_put64(w, o->flow_id);
	record_put_time(w, o->now);
	for (int i = 0; i < 2; i++) {
		record_put64(w, o->packets[i]);
		record_put64(w, o->bytes[i]);
		record_put8(w, o->tcp_flags[i]);
	}
	record_put64(w, o->frames);
	record_put_time(w, o->start);
	record_put_time(w, o->end);
	record_put8(w, o->ending);
	record_put8(w, o->state);
	record_put8(w, o->midstream);
	record_put32(w, RECORD_INDEX(o->tap));
	record_put16(w, (unsigned)tags);
	for (size_t i = 0; i < tags; i++)
		record_put16(w, o->tags[i]);
}

static unsigned
flags_of(const struct conversation *c)
{
	const bool flags[] = { c->datagram, c->payload[0], c->payload[1],
		c->one_way, c->server_name_cut, c->classifier_failed,
		c->malformed, c->lost, c->cut, c->tunnel, c->targets_full,
		c->sightings_full, c->ended, c->label_unsure, c->unread_control,
		c->tls_may_come, c->content_clear, c->server_name_outer };
	unsigned set = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		set |= (unsigned)flags[i] << i;
	return set;
}

static void
put_way(struct record_writer *w, const struct tap *tap,
    const struct sighting_way *s)
{
	record_put32(w, s->frames);
	record_put32(w, s->payload_frames);
	record_put32(w, s->from_router);
	record_put32(w, s->from_other);
	record_put32(w, s->to_router);
	record_put32(w, s->to_other);
	record_put32(w, s->refusals);
	record_put32(w, s->refusals_from_router);
	record_put_bytes(w, s->source.bytes, sizeof(s->source.bytes));
	record_put32(w,
	    s->router != NULL && tap != NULL ?
		(uint32_t)(s->router - tap->routers) :
		RECORD_INDEX_NONE);
}

static void
put_sightings(struct record_writer *w, const struct conversation *c)
{
	record_put16(w, (unsigned)c->sighting_count);
	for (size_t i = 0; i < c->sighting_count; i++) {
		const struct sighting *s = &c->sightings[i];

		record_put32(w, RECORD_INDEX(s->tap));
		record_put32(w, RECORD_INDEX(s->segment));
		record_put32(w, RECORD_INDEX(s->link));
		record_put16(w, s->vlan);
		record_put8(w, s->routers_known);
		put_way(w, s->tap, &s->way[0]);
		put_way(w, s->tap, &s->way[1]);
	}
}

static void
put_conversation(struct record_writer *w, const struct conversation *c)
{
	record_put32(w, RECORD_INDEX(c->boundary));
	record_put_addr(w, &c->address[0]);
	record_put_addr(w, &c->address[1]);
	record_put16(w, c->port[0]);
	record_put16(w, c->port[1]);
	record_put8(w, c->protocol);
	record_put8(w, c->icmp_type);
	record_put8(w, c->icmp_code);
	record_put8(w, c->initiator);
	record_put_time(w, c->first);
	record_put_time(w, c->last);
	record_put8(w, c->outcome);
	record_put8(w, c->refusal);
	record_put_addr(w, &c->refused_from);
	record_put32(w, flags_of(c));
	record_put8(w, c->carriage);
	record_put8(w, c->application_state);
	record_put8(w, c->confidence);
	record_put_text(w, c->application, RECORD_NAME_MAX);
	record_put_text(w, c->master, RECORD_NAME_MAX);
	record_put_text(w, c->server_name, RECORD_NAME_MAX);
	record_put_text(w, c->resolved_name, RECORD_NAME_MAX);
	record_put16(w, c->tls_version);
	record_put16(w, c->tls_cipher);
	record_put16(w, c->legacy);
	record_put16(w, (unsigned)c->target_count);
	for (size_t i = 0; i < c->target_count; i++) {
		record_put_text(w, c->targets[i].name, RECORD_NAME_MAX);
		record_put_addr(w, &c->targets[i].address);
		record_put16(w, c->targets[i].port);
	}
	put_sightings(w, c);
}

/* ---- the verdict */

bool
record_clause_is(const struct clause *c, const char *id,
    const struct diag_place *place)
{
	return c->id == id && c->place.file == place->file &&
	    c->place.line == place->line && c->place.column == place->column;
}

/* The noun at hand that the clause names: then its index says it all. */
static enum record_noun
noun_of(const struct observation *o, const struct clause *clause,
    uint32_t *index)
{
	const struct conversation *c = o->conversation;
	const struct verdict *v = o->verdict;
	const struct conduit *conduits[] = { v->conduit, v->near_miss.conduit };
	const struct zone *zones[2 + CONVERSATION_SIGHTINGS_MAX] = {
		v->from.zone, v->to.zone
	};

	if (clause->id == NULL)
		return RECORD_NOUN_NAMED;
	for (size_t i = 0; i < c->sighting_count; i++)
		zones[2 + i] = c->sightings[i].segment;
	for (size_t i = 0; i < sizeof(conduits) / sizeof(conduits[0]); i++) {
		if (conduits[i] == NULL ||
		    !record_clause_is(clause, conduits[i]->id,
			&conduits[i]->place))
			continue;
		*index = conduits[i]->index;
		return RECORD_NOUN_CONDUIT;
	}
	if (v->exception != NULL &&
	    record_clause_is(clause, v->exception->id, &v->exception->place)) {
		*index = v->exception->index;
		return RECORD_NOUN_EXCEPTION;
	}
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		if (zones[i] == NULL ||
		    !record_clause_is(clause, zones[i]->id, &zones[i]->place))
			continue;
		*index = zones[i]->index;
		return RECORD_NOUN_ZONE;
	}
	return RECORD_NOUN_NAMED;
}

void
record_put_clause(struct record_writer *w, const struct clause *c,
    enum record_noun noun, uint32_t index)
{
	record_put8(w, c->kind);
	record_put8(w, c->from);
	record_put8(w, c->to);
	record_put8(w, noun);
	if (noun != RECORD_NOUN_NAMED) {
		record_put32(w, index);
		return;
	}
	record_put_text(w, c->id, RECORD_NAME_MAX);
	record_put_path(w, c->place.file, RECORD_NAME_MAX);
	record_put32(w, c->place.line);
	record_put32(w, c->place.column);
}

static void
put_clause(struct record_writer *w, const struct observation *o,
    const struct clause *clause)
{
	uint32_t index = RECORD_INDEX_NONE;
	const enum record_noun noun = noun_of(o, clause, &index);

	record_put_clause(w, clause, noun, index);
}

static void
put_place(struct record_writer *w, const struct place *p)
{
	record_put8(w, p->kind);
	record_put32(w, RECORD_INDEX(p->zone));
	record_put8(w, p->special);
	record_put_addr(w, &p->address);
	record_put32(w, RECORD_INDEX(p->translation));
	record_put8(w, (unsigned)p->hidden | (unsigned)p->shared << 1);
}

static void
put_finding(struct record_writer *w, const struct finding *f)
{
	record_put8(w, f->check);
	record_put8(w, f->severity);
}

static void
put_verdict(struct record_writer *w, const struct observation *o)
{
	const struct verdict *v = o->verdict;

	record_put8(w, v->kind);
	record_put8(w, v->reason);
	record_put16(w, v->element);
	put_finding(w, &v->deciding);
	record_put16(w, (unsigned)v->also_count);
	for (size_t i = 0; i < v->also_count; i++) {
		put_finding(w, &v->also[i]);
		record_put16(w, v->also_failed[i]);
		put_clause(w, o, &v->also_clause[i]);
	}
	record_put16(w, v->failed);
	put_clause(w, o, &v->clause);
	record_put32(w, RECORD_INDEX(v->conduit));
	record_put32(w, RECORD_INDEX(v->exception));
	record_put32(w, RECORD_INDEX(v->emergency));
	record_put32(w, RECORD_INDEX(v->near_miss.conduit));
	record_put16(w, v->near_miss.element);
	record_put_text(w, v->near_miss.expected,
	    sizeof(v->near_miss.expected) - 1);
	record_put_text(w, v->near_miss.seen, sizeof(v->near_miss.seen) - 1);
	put_place(w, &v->from);
	put_place(w, &v->to);
	record_put8(w, v->passed);
	record_put8(w, v->refused_by);
	record_put16(w, v->judged);
	record_put16(w, v->unobserved);
	record_put8(w,
	    (unsigned)v->reversed | (unsigned)v->backup_link << 1 |
		(unsigned)v->alerts << 2);
	record_put64(w, (uint64_t)v->again.us);
}

size_t
record_conversation(uint8_t *out, struct record_head *head,
    const struct observation *o)
{
	struct record_writer w;

	record_begin(&w, out, head, RECORD_CONVERSATION, class_of(o));
	put_observation(&w, o);
	put_conversation(&w, o->conversation);
	put_verdict(&w, o);
	return (size_t)(w.pos - out);
}
