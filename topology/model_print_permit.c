/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Printing what a model permits: service groups, lists, calendars, conduits,
 * relays, sanitisers and exceptions.
 */
#include <stdio.h>

#include "model_internal.h"
#include "model_print.h"

void
model_print_service(struct jsonw *w, const char *key, const struct service *s)
{
	const char *name = model_words_protocol_name(s->protocol);

	jsonw_object(w, key);
	if (name != NULL)
		jsonw_string(w, "protocol", name);
	else
		jsonw_uint(w, "protocol", s->protocol);
	model_print_ports(w, s->ports, s->port_count);
	model_print_strings(w, "applications", s->applications,
	    s->application_count);
	jsonw_object_end(w);
}

static void
print_services(struct jsonw *w, const char *key, const struct services *s)
{
	size_t i;

	if (s->count == 0)
		return;
	jsonw_array(w, key);
	for (i = 0; i < s->count; i++)
		model_print_service(w, NULL, &s->items[i]);
	jsonw_array_end(w);
}

static void
print_endpoint(struct jsonw *w, const char *key, const struct endpoint *e)
{
	jsonw_object(w, key);
	jsonw_string(w, "zone", e->zone->id);
	model_print_text(w, "account",
	    e->account != NULL ? e->account->id : NULL);
	model_print_text(w, "partner",
	    e->partner != NULL ? e->partner->id : NULL);
	model_print_text(w, "list", e->list != NULL ? e->list->id : NULL);
	model_print_hosts(w, "hosts", &e->hosts);
	model_print_networks(w, "networks", &e->networks);
	jsonw_object_end(w);
}

static void
print_endpoints(struct jsonw *w, const char *key, const struct endpoint *e,
    size_t count)
{
	size_t i;

	jsonw_array(w, key);
	for (i = 0; i < count; i++)
		print_endpoint(w, NULL, &e[i]);
	jsonw_array_end(w);
}

void
model_print_lists(struct jsonw *w, const struct model *m)
{
	size_t i;

	jsonw_object(w, "service-groups");
	for (i = 0; i < m->group_count; i++)
		print_services(w, m->groups[i].id, &m->groups[i].services);
	jsonw_object_end(w);
	jsonw_array(w, "address-lists");
	for (i = 0; i < m->list_count; i++) {
		const struct address_list *l = &m->lists[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "id", l->id);
		jsonw_string(w, "file", l->file);
		jsonw_string(w, "format", model_words_list[l->format]);
		if (l->max_age_days != 0)
			model_print_amount(w, "max-age", l->max_age_days,
			    "days");
		model_print_day(w, "fetched", l->fetched);
		if (l->sha256 != NULL)
			jsonw_string(w, "sha256", l->sha256);
		model_print_approval(w, "approved", &l->approved);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_array(w, "calendars");
	for (i = 0; i < m->calendar_count; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "id", m->calendars[i].id);
		jsonw_string(w, "file", m->calendars[i].file);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_via(struct jsonw *w, const struct via *v)
{
	size_t i;

	if (v->link_count + v->boundary_count + v->tap_count + v->vlan_count +
		v->router_count ==
	    0)
		return;
	jsonw_object(w, "via");
	model_print_links(w, v->links, v->link_count);
	if (v->boundary_count != 0) {
		jsonw_array(w, "boundaries");
		for (i = 0; i < v->boundary_count; i++)
			jsonw_string(w, NULL, v->boundaries[i]->id);
		jsonw_array_end(w);
	}
	if (v->tap_count != 0) {
		jsonw_array(w, "taps");
		for (i = 0; i < v->tap_count; i++)
			jsonw_string(w, NULL, v->taps[i]->id);
		jsonw_array_end(w);
	}
	if (v->vlan_count != 0) {
		jsonw_array(w, "vlans");
		for (i = 0; i < v->vlan_count; i++)
			jsonw_uint(w, NULL, v->vlans[i]);
		jsonw_array_end(w);
	}
	model_print_addresses(w, "routers", v->routers, v->router_count);
	jsonw_object_end(w);
}

static void
print_origin(struct jsonw *w, const struct conduit *c)
{
	jsonw_object(w, "origin");
	jsonw_string(w, "state", c->observed ? "observed" : "declared");
	model_print_text(w, "first", c->seen_first);
	model_print_text(w, "last", c->seen_last);
	if (c->seen_count != 0)
		jsonw_int(w, "count", c->seen_count);
	jsonw_object_end(w);
}

static void
print_conduit(struct jsonw *w, const struct conduit *c)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "id", c->id);
	jsonw_string(w, "name", c->name);
	jsonw_bool(w, "special", c->special);
	jsonw_bool(w, "bulk", c->bulk);
	model_print_text(w, "owner", c->owner);
	model_print_text(w, "basis", c->basis);
	model_print_strings(w, "carries", c->carries, c->carry_count);
	print_endpoint(w, "from", &c->from);
	print_endpoint(w, "to", &c->to);
	jsonw_string(w, "direction", model_words_direction[c->direction]);
	print_services(w, "services", &c->services);
	print_via(w, &c->via);
	model_print_strings(w, "server-names", c->server_names,
	    c->server_name_count);
	jsonw_string(w, "encryption", model_words_encryption[c->encryption]);
	jsonw_string(w, "transfers", model_words_transfers[c->transfers]);
	model_print_schedule(w, "schedule", &c->schedule);
	if (c->emergency_only)
		jsonw_string(w, "emergency", "only");
	model_print_approval(w, "approved", &c->approved);
	model_print_day(w, "starts", c->starts);
	model_print_day(w, "expires", c->expires);
	if (c->renewal) {
		jsonw_object(w, "renewal");
		jsonw_string(w, "state", "in-progress");
		jsonw_string(w, "number", c->renewal_number);
		jsonw_object_end(w);
	}
	if (c->review_months != 0)
		model_print_amount(w, "review", c->review_months, "months");
	model_print_day(w, "reviewed", c->reviewed);
	print_origin(w, c);
	model_print_text(w, "note", c->note);
	jsonw_object_end(w);
}

static void
print_relays(struct jsonw *w, const struct model *m)
{
	const struct relay *r;

	jsonw_array(w, "relays");
	for (r = m->relays; r < m->relays + m->relay_count; r++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "id", r->id);
		jsonw_string(w, "name", r->name);
		model_print_hosts(w, "hosts", &r->hosts);
		print_endpoint(w, "upstream", &r->upstream);
		print_endpoints(w, "downstream", r->downstream,
		    r->downstream_count);
		print_services(w, "services", &r->services);
		jsonw_bool(w, "pull-only", r->pull_only);
		jsonw_bool(w, "special", r->special);
		model_print_approval(w, "approved", &r->approved);
		model_print_day(w, "expires", r->expires);
		model_print_text(w, "note", r->note);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_sanitisers(struct jsonw *w, const struct model *m)
{
	const struct sanitiser *s;

	jsonw_array(w, "sanitisers");
	for (s = m->sanitisers; s < m->sanitisers + m->sanitiser_count; s++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "id", s->id);
		jsonw_string(w, "name", s->name);
		jsonw_string(w, "method", model_words_method[s->method]);
		if (s->dirty_count != 0)
			print_endpoints(w, "dirty", s->dirty, s->dirty_count);
		print_endpoints(w, "clean", s->clean, s->clean_count);
		model_print_strings(w, "inputs", s->inputs, s->input_count);
		model_print_strings(w, "passes-unchanged", s->passes,
		    s->pass_count);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_exceptions(struct jsonw *w, const struct model *m)
{
	const struct exception *e;

	jsonw_array(w, "exceptions");
	for (e = m->exceptions; e < m->exceptions + m->exception_count; e++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "id", e->id);
		jsonw_object(w, "excepts");
		jsonw_string(w, "check", e->check);
		model_print_text(w, "conduit",
		    e->conduit != NULL ? e->conduit->id : NULL);
		model_print_text(w, "link",
		    e->link != NULL ? e->link->id : NULL);
		if (e->has_from)
			print_endpoint(w, "from", &e->from);
		if (e->has_to)
			print_endpoint(w, "to", &e->to);
		print_services(w, "services", &e->services);
		jsonw_object_end(w);
		model_print_text(w, "reason", e->reason);
		model_print_text(w, "compensating", e->compensating);
		model_print_text(w, "applicant", e->applicant);
		model_print_approval(w, "approved", &e->approved);
		model_print_day(w, "expires", e->expires);
		model_print_text(w, "note", e->note);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_emergency(struct jsonw *w, const struct model *m,
    const struct emergency *e)
{
	char at[CLOCK_MINUTE_MAX];

	jsonw_object(w, NULL);
	jsonw_string(w, "id", e->id);
	jsonw_string(w, "name", e->name);
	model_print_text(w, "plan", e->plan);
	jsonw_string(w, "kind", model_words_emergency[e->kind]);
	if (!e->is_plan) {
		jsonw_string(w, "since",
		    clock_format(e->since, m->utc_offset_s, at));
		jsonw_string(w, "until",
		    clock_format(e->until, m->utc_offset_s, at));
	}
	jsonw_array(w, "lifts");
	if (e->lifts_schedule)
		jsonw_string(w, NULL, "schedule");
	jsonw_array_end(w);
	jsonw_array(w, "conduits");
	for (size_t i = 0; i < e->conduit_count; i++)
		jsonw_string(w, NULL, e->conduits[i]->id);
	jsonw_array_end(w);
	model_print_text(w, "reason", e->reason);
	model_print_text(w, "applicant", e->applicant);
	model_print_approval(w, "approved", &e->approved);
	model_print_text(w, "ended-by", e->ended_by);
	model_print_text(w, "note", e->note);
	jsonw_object_end(w);
}

void
model_print_emergencies(struct jsonw *w, const struct model *m, bool of_file)
{
	jsonw_array(w, "emergencies");
	for (size_t i = 0; i < m->emergency_count; i++)
		if (m->emergencies[i].from_file == of_file)
			print_emergency(w, m, &m->emergencies[i]);
	jsonw_array_end(w);
}

void
model_print_permit(struct jsonw *w, const struct model *m)
{
	const struct conduit *c;

	jsonw_array(w, "conduits");
	for (c = m->conduits; c < m->conduits + m->conduit_count; c++)
		if (!c->from_relay)
			print_conduit(w, c);
	jsonw_array_end(w);
	print_relays(w, m);
	print_sanitisers(w, m);
	print_exceptions(w, m);
	if (m->emergency_count != 0)
		model_print_emergencies(w, m, false);
	model_print_text(w, "emergency-file", m->emergency_file);
}
