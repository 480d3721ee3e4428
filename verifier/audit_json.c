/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An audit as JSON, of the schema sekisho-audit-1.json: everything that the
 * text and the page say, witnesses as fields, in an order that depends on the
 * inputs alone. What has no meaning for a packet is null, never 0.
 */
#include <string.h>

#include "audit_view.h"

#define TCP 6
#define ICMP 1
#define ICMP6 58

static void
add_text(struct jsonw *w, const char *key, struct text *t)
{
	jsonw_string(w, key, text_str(t));
	text_clear(t);
}

static void
add_id(struct jsonw *w, const char *key, const struct zone *z)
{
	jsonw_string(w, key, z != NULL ? z->id : NULL);
}

static void
add_place(struct jsonw *w, const struct diag_place *p)
{
	const bool known = p->file != NULL && p->line > 0;

	jsonw_string(w, "file", known ? p->file : NULL);
	if (known)
		jsonw_uint(w, "line", p->line);
	else
		jsonw_null(w, "line");
}

/* ---- what was read */

void
audit_json_ruleset(const struct ruleset *r, struct jsonw *w, const char *key)
{
	if (r == NULL) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	jsonw_string(w, "source", audit_view_source_name(r->source));
	jsonw_string(w, "file", r->file);
	jsonw_string(w, "system", r->system);
	jsonw_string(w, "sha256", r->sha256);
	jsonw_uint(w, "tables", r->table_count);
	jsonw_uint(w, "chains", r->chain_count);
	jsonw_uint(w, "rules", r->rule_count);
	jsonw_uint(w, "unknown", r->unknown_count);
	jsonw_object_end(w);
}

static void
add_model(const struct audit *a, struct jsonw *w)
{
	static const char *const stages[] = {
		[STAGE_DRAFT] = "draft",
		[STAGE_TRIAL] = "trial",
		[STAGE_IN_FORCE] = "in-force",
	};
	char day[16];

	jsonw_object(w, "model");
	jsonw_string(w, "file", a->m->file);
	jsonw_string(w, "sha256", a->m->sha256);
	jsonw_string(w, "stage", stages[a->m->stage]);
	jsonw_string(w, "until",
	    a->m->stage == STAGE_TRIAL ?
		day_format(a->m->until, day, sizeof(day)) :
		NULL);
	jsonw_object_end(w);
	jsonw_object(w, "guideline");
	jsonw_string(w, "file", a->m->guideline->file);
	jsonw_string(w, "edition", a->m->guideline->edition);
	jsonw_string(w, "model", a->m->guideline->model);
	jsonw_object_end(w);
}

static void
add_head(const struct audit *a, struct jsonw *w)
{
	char day[16], stamp[CLOCK_STAMP_MAX];

	jsonw_object(w, "boundary");
	jsonw_string(w, "id", a->boundary->id);
	jsonw_string(w, "name", a->boundary->name);
	jsonw_object_end(w);
	jsonw_object(w, "firewall");
	jsonw_string(w, "id", a->firewall->id);
	jsonw_string(w, "kind", audit_view_kind_name(a->firewall->kind));
	jsonw_object_end(w);
	jsonw_string(w, "at", day_format(a->at, day, sizeof(day)));
	jsonw_string(w, "taken",
	    a->taken.us != 0 ?
		clock_stamp(a->taken, a->m->utc_offset_s, stamp) :
		NULL);
	add_model(a, w);
	audit_json_ruleset(a->ruleset, w, "ruleset");
	audit_json_ruleset(a->peer, w, "peer");
}

static void
add_counts(const struct audit *a, struct jsonw *w)
{
	struct audit_counts c;

	audit_view_count(a, &c);
	jsonw_string(w, "result", audit_view_result_name(audit_view_result(a)));
	jsonw_object(w, "counts");
	jsonw_uint(w, "undecided", c.undecided);
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFORMATION; s--)
		jsonw_uint(w, severity_name((enum severity)s), c.by[s]);
	jsonw_uint(w, "left_out", a->findings_left_out);
	jsonw_object_end(w);
}

/* ---- rules and packets */

static void
add_rule(struct jsonw *w, const char *key, const struct rule *rule,
    const struct chain *chain, const enum action *action)
{
	jsonw_object(w, key);
	jsonw_string(w, "family", table_family_name(chain->table->family));
	jsonw_string(w, "table", chain->table->name);
	jsonw_string(w, "chain", chain->name);
	jsonw_bool(w, "policy", rule == NULL);
	if (rule != NULL && rule->handle != 0)
		jsonw_uint(w, "handle", rule->handle);
	else
		jsonw_null(w, "handle");
	if (rule != NULL)
		jsonw_uint(w, "index", rule->index);
	else
		jsonw_null(w, "index");
	jsonw_string(w, "comment", rule != NULL ? rule->comment : NULL);
	if (action != NULL)
		jsonw_string(w, "action", action_name(*action));
	jsonw_string(w, "text", rule != NULL ? rule->text : NULL);
	add_place(w, rule != NULL ? &rule->place : &chain->place);
	jsonw_object_end(w);
}

static void
add_rules(struct jsonw *w, const char *key, const struct audit_rule *rules,
    size_t count)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < count; i++)
		add_rule(w, NULL, rules[i].rule,
		    rules[i].rule != NULL ? rules[i].rule->chain :
					    rules[i].chain,
		    &rules[i].action);
	jsonw_array_end(w);
}

static void
add_address(struct jsonw *w, const char *key, packet_value v, int family)
{
	const struct addr a = packet_value_addr(v, family);
	char buf[ADDR_TEXT_MAX];

	jsonw_string(w, key, addr_format(&a, buf));
}

static void
add_number(struct jsonw *w, const char *key, packet_value v, bool has)
{
	if (has)
		jsonw_uint(w, key, (uint64_t)v);
	else
		jsonw_null(w, key);
}

static void
add_interface(struct jsonw *w, const char *key, packet_value v)
{
	char name[17];

	jsonw_string(w, key, v != 0 ? packet_value_name(v, name) : NULL);
}

static void
add_witness(struct jsonw *w, const struct audit_finding *f)
{
	static const char *const states[CT_STATES] = { "invalid", "established",
		"related", "new", "untracked" };
	const struct point *x = &f->witness;
	const int family = (int)x->at[DIM_FAMILY];
	const packet_value protocol = x->at[DIM_PROTOCOL];
	const bool ports = audit_view_has_ports(protocol),
		   icmp = protocol == ICMP || protocol == ICMP6;
	struct text pattern = { 0 };

	jsonw_object(w, "witness");
	audit_view_witness(f, &pattern);
	add_text(w, "pattern", &pattern);
	jsonw_int(w, "family", family);
	add_interface(w, "iif", x->at[DIM_IIF]);
	add_interface(w, "oif", x->at[DIM_OIF]);
	add_address(w, "source", x->at[DIM_SADDR], family);
	add_address(w, "destination", x->at[DIM_DADDR], family);
	add_number(w, "protocol", protocol, true);
	add_number(w, "source_port", x->at[DIM_SPORT], ports);
	add_number(w, "destination_port", x->at[DIM_DPORT], ports);
	add_number(w, "icmp_type", x->at[DIM_ICMP_TYPE], icmp);
	add_number(w, "icmp_code", x->at[DIM_ICMP_CODE], icmp);
	add_number(w, "tcp_flags", x->at[DIM_TCP_FLAGS], protocol == TCP);
	jsonw_string(w, "state",
	    x->at[DIM_CT_STATE] < CT_STATES ?
		states[(size_t)x->at[DIM_CT_STATE]] :
		NULL);
	if (f->translated)
		add_address(w, "new_destination", x->at[DIM_NEW_DADDR], family);
	else
		jsonw_null(w, "new_destination");
	add_number(w, "new_destination_port", x->at[DIM_NEW_DPORT],
	    f->translated && ports);
	jsonw_object_end(w);
	text_free(&pattern);
}

/* ---- findings */

/* "Z-03 Z-07" as an array. */
static void
add_requirements(struct jsonw *w, const char *list)
{
	const char *p = list;

	jsonw_array(w, "requirements");
	while (*p != '\0') {
		const size_t n = strcspn(p, " ");
		char id[32];

		if (n > 0 && n < sizeof(id)) {
			memcpy(id, p, n);
			id[n] = '\0';
			jsonw_string(w, NULL, id);
		}
		p += n;
		p += strspn(p, " ");
	}
	jsonw_array_end(w);
}

static void
add_declared(struct jsonw *w, const char *key, const char *id,
    const struct diag_place *place)
{
	jsonw_object(w, key);
	jsonw_string(w, "id", id);
	add_place(w, place);
	jsonw_object_end(w);
}

static void
add_cell(struct jsonw *w, const struct cell *c, enum lang lang)
{
	if (c == NULL) {
		jsonw_null(w, "cell");
		return;
	}
	jsonw_object(w, "cell");
	jsonw_string(w, "kind", cell_kind_name(c->kind));
	jsonw_string(w, "article", c->article);
	jsonw_bool(w, "ours", c->ours);
	jsonw_string(w, "note", c->note[lang]);
	add_place(w, &c->place);
	jsonw_object_end(w);
}

static void
add_clauses(const struct audit *a, const struct audit_finding *f,
    struct jsonw *w)
{
	if (f->conduit != NULL)
		add_declared(w, "conduit", f->conduit->id, &f->conduit->place);
	else
		jsonw_null(w, "conduit");
	if (f->exception != NULL)
		add_declared(w, "exception", f->exception->id,
		    &f->exception->place);
	else
		jsonw_null(w, "exception");
	add_cell(w, f->cell, a->lang);
}

void
audit_json_finding(const struct audit *a, const struct audit_finding *f,
    struct jsonw *w)
{
	const struct check_row *row = checks_row(f->check);

	jsonw_object(w, NULL);
	jsonw_string(w, "check", row->id);
	jsonw_string(w, "title", row->title[a->lang]);
	jsonw_string(w, "severity", severity_name(f->severity));
	add_requirements(w, row->requirements);
	jsonw_string(w, "certainty", audit_view_certainty_name(f->certainty));
	add_id(w, "from", f->from);
	add_id(w, "to", f->to);
	add_number(w, "family", (packet_value)f->family, f->family != 0);
	jsonw_string(w, "sentence", f->sentence);
	jsonw_string(w, "way",
	    f->has_witness ? audit_view_way_name(f->way) : NULL);
	if (f->has_witness)
		add_witness(w, f);
	else
		jsonw_null(w, "witness");
	add_rules(w, "rules", f->rules, f->rule_count);
	jsonw_uint(w, "rules_left_out", f->rules_left_out);
	add_rules(w, "covering", f->covering, f->covering_count);
	jsonw_uint(w, "covering_left_out", f->covering_left_out);
	add_clauses(a, f, w);
	jsonw_array(w, "suggestions");
	for (size_t i = 0; i < f->suggestion_count; i++)
		jsonw_string(w, NULL, f->suggestions[i]);
	jsonw_array_end(w);
	jsonw_string(w, "suggestion_note", f->suggestion_note);
	jsonw_object_end(w);
}

/* ---- the rest */

static void
add_undecided(const struct audit *a, struct jsonw *w)
{
	jsonw_array(w, "undecided");
	for (size_t i = 0; i < a->undecided_count; i++) {
		const struct audit_undecided *u = &a->undecided[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "check",
		    u->check != CHECK_NONE ? checks_id(u->check) : NULL);
		add_id(w, "from", u->from);
		add_id(w, "to", u->to);
		if (u->rule != NULL)
			add_rule(w, "rule", u->rule, u->rule->chain, NULL);
		else
			jsonw_null(w, "rule");
		jsonw_string(w, "sentence", u->sentence);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
add_grid_cell(const struct audit *a, size_t from, size_t to, struct jsonw *w)
{
	struct audit_sign signs[AUDIT_SIGNS_MAX];
	const struct audit_cell *c = a->cells != NULL ?
	    &a->cells[from * a->zone_count + to] :
	    NULL;

	(void)audit_view_signs(a, from, to, signs);
	if (signs[0].mark == AUDIT_MARK_ELSEWHERE)
		return;
	jsonw_object(w, NULL);
	jsonw_string(w, "from", a->m->zones[from].id);
	jsonw_string(w, "to", a->m->zones[to].id);
	jsonw_string(w, "state", audit_view_mark_name(signs[0].mark));
	add_cell(w, c != NULL ? c->cell : NULL, a->lang);
	jsonw_uint(w, "declared", c != NULL ? c->declared : 0);
	if (c != NULL && a->ruleset != NULL)
		jsonw_bool(w, "permits", c->permits);
	else
		jsonw_null(w, "permits");
	jsonw_uint(w, "undeclared",
	    c != NULL ? c->undeclared[AUDIT_CERTAIN] : 0);
	jsonw_uint(w, "possibly_undeclared",
	    c != NULL ? c->undeclared[AUDIT_POSSIBLE] : 0);
	jsonw_uint(w, "blocked", c != NULL ? c->blocked : 0);
	jsonw_uint(w, "possibly_blocked", c != NULL ? c->possibly_blocked : 0);
	jsonw_bool(w, "undecided", signs[0].mark == AUDIT_MARK_UNDECIDED);
	jsonw_uint(w, "decided", c != NULL ? c->decided : 0);
	jsonw_uint(w, "questions", c != NULL ? c->questions : 0);
	jsonw_object_end(w);
}

static void
add_grid(const struct audit *a, struct jsonw *w)
{
	jsonw_array(w, "zones");
	for (size_t i = 0; i < a->m->zone_count; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "id", a->m->zones[i].id);
		jsonw_string(w, "name", a->m->zones[i].name);
		jsonw_string(w, "tier", tier_name(a->m->zones[i].tier));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_array(w, "cells");
	for (size_t i = 0; i < a->m->zone_count; i++)
		for (size_t j = 0; j < a->m->zone_count; j++)
			if (i != j)
				add_grid_cell(a, i, j, w);
	jsonw_array_end(w);
}

static void
add_audit(const struct audit *a, struct jsonw *w)
{
	jsonw_object(w, NULL);
	add_head(a, w);
	add_counts(a, w);
	add_undecided(a, w);
	add_grid(a, w);
	jsonw_array(w, "findings");
	for (size_t i = 0; i < a->finding_count; i++)
		audit_json_finding(a, &a->findings[i], w);
	jsonw_array_end(w);
	jsonw_array(w, "notes");
	for (size_t i = 0; i < a->note_count; i++)
		jsonw_string(w, NULL, a->notes[i].sentence);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

void
audit_json_all(const struct audit *audits, size_t count, enum lang lang,
    struct text *out)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "format", "sekisho-audit/1");
	jsonw_string(&w, "language", lang == LANG_JA ? "ja" : "en");
	jsonw_array(&w, "audits");
	for (size_t i = 0; i < count; i++)
		add_audit(&audits[i], &w);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	text_add_char(out, '\n');
}

void
audit_json(const struct audit *a, struct text *out)
{
	audit_json_all(a, 1, a->lang, out);
}
