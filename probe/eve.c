/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts that lines share, and the lines of conversations. These are hot:
 * nothing here allocates once the text has grown to a line's size.
 */
#include "eve.h"

#include <stdio.h>
#include <string.h>

#include "application.h"
#include "eve_internal.h"
#include "message.h"
#include "tls_suite.h"

#define AT_MAX 512    /* "file:line" */
#define PAIR_MAX 128  /* "alpha: internet to mynumber" */
#define REASON_MAX 64 /* as reason_text asks */
#define FLAGS_MAX 3

void
eve_time(struct jsonw *w, const struct eve *e, const char *key,
    struct wall_us t)
{
	char stamp[CLOCK_STAMP_MAX];

	jsonw_string(w, key, clock_stamp(t, e->model->utc_offset_s, stamp));
}

void
eve_begin(struct jsonw *w, struct text *out, const struct eve *e,
    struct wall_us time, const uint64_t *flow_id, const struct tap *tap,
    const char *event_type, const uint16_t *tags, size_t tag_count)
{
	jsonw_init(w, out);
	jsonw_object(w, NULL);
	eve_time(w, e, "timestamp", time);
	if (flow_id != NULL)
		jsonw_uint(w, "flow_id", *flow_id);
	if (tap != NULL && tap->interface != NULL)
		jsonw_string(w, "in_iface", tap->interface);
	jsonw_string(w, "event_type", event_type);
	if (tag_count == 0)
		return;
	jsonw_array(w, "vlan");
	for (size_t i = 0; i < tag_count; i++)
		jsonw_uint(w, NULL, tags[i]);
	jsonw_array_end(w);
}

const char *
eve_app_proto(enum application_state state, const char *label,
    const char *master)
{
	const struct application *known;

	if (state == APPLICATION_NO_PAYLOAD || state == APPLICATION_PENDING)
		return NULL;
	known = state == APPLICATION_KNOWN && label != NULL ?
	    application_find(label) :
	    NULL;
	if (known != NULL && known->eve != NULL)
		return known->eve;
	known = master != NULL ? application_find(master) : NULL;
	return known != NULL && known->eve != NULL ? known->eve : "failed";
}

const char *
eve_protocol(uint8_t protocol, char buf[4])
{
	const char *name = message_protocol(protocol);

	if (name == NULL) /* as Suricata writes one without a name */
		(void)snprintf(buf, 4, "%03u", protocol);
	return name != NULL ? name : buf;
}

void
eve_ends(struct jsonw *w, const struct ends *ends, const char *app_proto)
{
	bool ports = ends_have_ports(ends);
	char address[ADDR_TEXT_MAX], number[4];
	char community[EVE_COMMUNITY_MAX];

	jsonw_string(w, "src_ip", addr_format(&ends->address[0], address));
	if (ports)
		jsonw_uint(w, "src_port", ends->port[0]);
	jsonw_string(w, "dest_ip", addr_format(&ends->address[1], address));
	if (ports)
		jsonw_uint(w, "dest_port", ends->port[1]);
	jsonw_string(w, "proto", eve_protocol(ends->protocol, number));
	if (ends_are_icmp(ends)) {
		jsonw_uint(w, "icmp_type", ends->icmp_type);
		jsonw_uint(w, "icmp_code", ends->icmp_code);
	}
	if (app_proto != NULL)
		jsonw_string(w, "app_proto", app_proto);
	eve_community(ends, community);
	jsonw_string(w, "community_id", community);
}

void
eve_zone(struct jsonw *w, const char *key, const struct place *p)
{
	jsonw_string(w, key, p->zone != NULL ? p->zone->id : NULL);
}

void
eve_reason(struct jsonw *w, enum verdict_kind kind, enum reason reason,
    enum element element)
{
	char buf[REASON_MAX];

	if (kind != VERDICT_UNJUDGED || reason == REASON_NONE)
		jsonw_null(w, "reason");
	else
		jsonw_string(w, "reason", reason_text(reason, element, buf));
}

void
eve_refused_by(struct jsonw *w, enum refuser refused_by)
{
	if (refused_by != REFUSER_NONE)
		jsonw_string(w, "refused_by", refuser_name(refused_by));
}

static const char *
clause_kind_name(enum clause_kind kind)
{
	static const char *const names[] = {
		[CLAUSE_NONE] = "none",
		[CLAUSE_GUIDELINE] = "guideline",
		[CLAUSE_CONDUIT] = "conduit",
		[CLAUSE_EXCEPTION] = "exception",
		[CLAUSE_MODEL] = "model",
	};

	return names[kind];
}

void
eve_clause(struct jsonw *w, const struct eve *e, const struct clause *c)
{
	char pair[PAIR_MAX], at[AT_MAX];

	if (c->kind == CLAUSE_NONE) {
		jsonw_null(w, "clause");
		return;
	}
	jsonw_object(w, "clause");
	jsonw_string(w, "kind", clause_kind_name(c->kind));
	if (c->kind == CLAUSE_GUIDELINE) {
		(void)snprintf(pair, sizeof(pair), "%s: %s to %s",
		    e->model->guideline_model ? e->model->guideline_model : "-",
		    tier_name(c->from), tier_name(c->to));
		jsonw_string(w, "id", pair);
	} else
		jsonw_string(w, "id", c->id);
	if (c->place.file != NULL) {
		(void)snprintf(at, sizeof(at), "%s:%u", c->place.file,
		    (unsigned)c->place.line);
		jsonw_string(w, "at", at);
	} else
		jsonw_null(w, "at");
	jsonw_object_end(w);
}

void
eve_near_miss(struct jsonw *w, const struct near_miss *n)
{
	if (n->conduit == NULL) {
		jsonw_null(w, "near_miss");
		return;
	}
	jsonw_object(w, "near_miss");
	jsonw_string(w, "conduit", n->conduit->id);
	jsonw_string(w, "element",
	    n->element ? element_name(n->element) : NULL);
	jsonw_string(w, "expected", n->expected);
	jsonw_string(w, "seen", n->seen);
	jsonw_object_end(w);
}

void
eve_application(struct jsonw *w, const char *label, const char *master,
    enum confidence confidence)
{
	if (label == NULL || label[0] == '\0') {
		jsonw_null(w, "application");
		return;
	}
	jsonw_object(w, "application");
	jsonw_string(w, "name", label);
	if (master != NULL && master[0] != '\0')
		jsonw_string(w, "master", master);
	jsonw_string(w, "confidence", confidence_name(confidence));
	jsonw_object_end(w);
}

void
eve_tls(struct jsonw *w, uint16_t version, uint16_t cipher)
{
	char text[TLS_TEXT_MAX];

	if (version == 0) {
		jsonw_null(w, "tls");
		return;
	}
	jsonw_object(w, "tls");
	jsonw_string(w, "version", tls_version_name(version, text));
	jsonw_string(w, "cipher", tls_suite_name(cipher, text));
	jsonw_string(w, "class", tls_class_name(tls_class(version, cipher)));
	jsonw_object_end(w);
}

void
eve_carries(struct jsonw *w, const struct conduit *c)
{
	jsonw_array(w, "carries");
	for (size_t i = 0; c != NULL && i < c->carry_count; i++)
		jsonw_string(w, NULL, c->carries[i]);
	jsonw_array_end(w);
}

void
eve_elements(struct jsonw *w, const char *key, unsigned set)
{
	jsonw_array(w, key);
	for (int i = 0; i < ELEMENT_COUNT; i++) {
		if (set & 1u << i)
			jsonw_string(w, NULL,
			    element_name((enum element)(1u << i)));
	}
	jsonw_array_end(w);
}

const char *
eve_stage(enum stage stage)
{
	static const char *const names[] = {
		[STAGE_DRAFT] = "draft",
		[STAGE_TRIAL] = "trial",
		[STAGE_IN_FORCE] = "in-force",
	};

	return names[stage];
}

/* ---- lines of conversations */

static void
add_taps(struct jsonw *w, const struct conversation *c)
{
	jsonw_array(w, "taps");
	for (size_t i = 0; i < c->sighting_count; i++) {
		size_t k = 0;

		while (c->sightings[k].tap != c->sightings[i].tap)
			k++;
		if (k == i) /* the first sighting at this tap */
			jsonw_string(w, NULL, c->sightings[i].tap->id);
	}
	jsonw_array_end(w);
}

static void
add_also(struct jsonw *w, const struct verdict *v)
{
	jsonw_array(w, "also");
	for (size_t i = 0; i < v->also_count; i++)
		jsonw_string(w, NULL, checks_id(v->also[i].check));
	jsonw_array_end(w);
}

static void
add_sightings(struct jsonw *w, const struct conversation *c)
{
	jsonw_array(w, "sightings");
	for (size_t i = 0; i < c->sighting_count; i++) {
		const struct sighting *s = &c->sightings[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "tap", s->tap->id);
		jsonw_string(w, "segment", s->segment ? s->segment->id : NULL);
		if (s->vlan != 0)
			jsonw_uint(w, "vlan", s->vlan);
		else
			jsonw_null(w, "vlan");
		jsonw_uint(w, "frames",
		    (uint64_t)s->way[0].frames + s->way[1].frames);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	if (c->sightings_full) /* seen at more places than are listed */
		jsonw_bool(w, "sightings_full", true);
}

static void
add_flags(struct jsonw *w, const struct observation *o)
{
	const struct conversation *c = o->conversation;

	jsonw_bool(w, "lost", c->lost);
	jsonw_bool(w, "cut", c->cut);
	jsonw_bool(w, "one_way", c->one_way);
	jsonw_bool(w, "midstream", o->midstream);
}

/* Where its alert is a matter of a daily row. */
static void
add_background(struct jsonw *w, const struct eve *e)
{
	if (e->background == NULL)
		return;
	jsonw_object(w, "background");
	jsonw_string(w, "name", e->background->name);
	jsonw_string(w, "category",
	    background_category_name(e->background->row->category));
	jsonw_object_end(w);
}

/* What was judged, alike in every line of a conversation. */
static void
add_judged(struct jsonw *w, const struct eve *e, const struct observation *o)
{
	const struct conversation *c = o->conversation;
	const struct verdict *v = o->verdict;
	bool found = v->deciding.check != CHECK_NONE;
	bool known = c->application_state == APPLICATION_KNOWN;

	jsonw_string(w, "verdict", verdict_name(v->kind));
	jsonw_string(w, "check", found ? checks_id(v->deciding.check) : NULL);
	jsonw_string(w, "severity",
	    found ? severity_name(v->deciding.severity) : NULL);
	eve_reason(w, v->kind, v->reason, v->element);
	jsonw_string(w, "outcome", outcome_name(c->outcome));
	eve_refused_by(w, v->refused_by);
	jsonw_string(w, "passed", passed_name(v->passed));
	jsonw_string(w, "initiator", initiator_name(c->initiator));
	jsonw_string(w, "boundary", c->boundary ? c->boundary->id : NULL);
	add_taps(w, c);
	eve_zone(w, "src_zone", &v->from);
	eve_zone(w, "dest_zone", &v->to);
	jsonw_string(w, "conduit", v->conduit ? v->conduit->id : NULL);
	eve_carries(w, v->conduit);
	jsonw_string(w, "exception", v->exception ? v->exception->id : NULL);
	if (v->emergency)
		jsonw_string(w, "emergency", v->emergency->id);
	eve_clause(w, e, &v->clause);
	jsonw_string(w, "failed", v->failed ? element_name(v->failed) : NULL);
	add_also(w, v);
	eve_near_miss(w, &v->near_miss);
	eve_application(w, known ? c->application : NULL, c->master,
	    c->confidence);
	jsonw_string(w, "server_name", c->server_name);
	add_background(w, e);
	eve_tls(w, c->tls_version, c->tls_cipher);
	eve_elements(w, "judged", v->judged);
	eve_elements(w, "unobserved", v->unobserved);
	add_sightings(w, c);
	add_flags(w, o);
}

static void
begin_conversation(struct jsonw *w, struct text *out, const struct eve *e,
    const struct observation *o, const char *event_type)
{
	const struct conversation *c = o->conversation;
	const struct ends ends = ends_of(c);

	eve_begin(w, out, e, o->now, &o->flow_id, o->tap, event_type, o->tags,
	    o->tag_count);
	eve_ends(w, &ends,
	    eve_app_proto(c->application_state, c->application, c->master));
}

/* Ends what begin_conversation and "sekisho" opened. */
static void
end_conversation(struct jsonw *w, const struct eve *e)
{
	jsonw_uint(w, "generation", e->generation);
	jsonw_string(w, "probe", e->probe);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void
add_flow(struct jsonw *w, const struct eve *e, const struct observation *o,
    bool alerted)
{
	int64_t age = (o->end.us - o->start.us) / CLOCK_SECOND;

	jsonw_object(w, "flow");
	jsonw_uint(w, "pkts_toserver", o->packets[0]);
	jsonw_uint(w, "pkts_toclient", o->packets[1]);
	jsonw_uint(w, "bytes_toserver", o->bytes[0]);
	jsonw_uint(w, "bytes_toclient", o->bytes[1]);
	eve_time(w, e, "start", o->start);
	eve_time(w, e, "end", o->end);
	jsonw_int(w, "age", age > 0 ? age : 0);
	jsonw_string(w, "state", flow_state_name(o->state));
	jsonw_string(w, "reason", ending_name(o->ending));
	jsonw_bool(w, "alerted", alerted);
	jsonw_object_end(w);
}

static void
add_flags_hex(struct jsonw *w, const char *key, unsigned flags)
{
	char hex[FLAGS_MAX];

	(void)snprintf(hex, sizeof(hex), "%02x", flags & 0xFF);
	jsonw_string(w, key, hex);
}

/* Suricata's "tcp" of a flow line: hexadecimal, then those set by name. */
static void
add_tcp(struct jsonw *w, const uint8_t flags[2])
{
	static const char *const names[] = { "fin", "syn", "rst", "psh", "ack",
		"urg", "ecn", "cwr" };
	unsigned all = flags[0] | flags[1];

	jsonw_object(w, "tcp");
	add_flags_hex(w, "tcp_flags", all);
	add_flags_hex(w, "tcp_flags_ts", flags[0]);
	add_flags_hex(w, "tcp_flags_tc", flags[1]);
	for (int i = 0; i < 8; i++) {
		if (all & 1u << i)
			jsonw_bool(w, names[i], true);
	}
	jsonw_object_end(w);
}

void
eve_flow(struct text *out, const struct eve *e, const struct observation *o,
    bool alerted)
{
	struct jsonw w;

	begin_conversation(&w, out, e, o, "flow");
	add_flow(&w, e, o, alerted);
	if (o->conversation->protocol == 6)
		add_tcp(&w, o->tcp_flags);
	jsonw_object(&w, "sekisho");
	add_judged(&w, e, o);
	jsonw_uint(&w, "frames", o->frames);
	end_conversation(&w, e);
}

void
eve_conversation(struct text *out, const struct eve *e,
    const struct observation *o)
{
	struct jsonw w;

	begin_conversation(&w, out, e, o, "sekisho_conversation");
	jsonw_object(&w, "sekisho");
	jsonw_string(&w, "stage",
	    o->stage == OBSERVATION_FIRST ? "first" : "update");
	add_judged(&w, e, o);
	end_conversation(&w, e);
}
