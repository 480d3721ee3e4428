/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Policies as rules of sekisho-ruleset/1. Where a part of a policy cannot be
 * resolved it becomes two rules: one of what is certain and one, behind it,
 * of anything in that part, with "unknown".
 *
 * Virtual IPs: a FortiGate translates first and then looks for a policy that
 * names the virtual IP; a policy whose destination is an address does not
 * take such traffic (save one with match-vip). Our rules compare with what
 * arrives: so they name the outer address, and rules without a virtual IP
 * leave the outer addresses out. Of a policy that denies, whether it takes
 * them depends on the version and on match-vip: unknown, unless it is said.
 *
 * Source: FortiOS Administration Guide, "Static virtual IPs", "match-vip".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/jsonx.h"
#include "base/mem.h"
#include "import_ruleset_internal.h"
#include "ruleset.h"

#define OUTSIDE "virtual IPs: outer addresses"

/* Source, destination or services of a policy. */
struct part {
	struct forti_list refs;	       /* "@name", or plain values */
	struct forti_list values;      /* the same, resolved */
	struct forti_list unknown;     /* in words */
	const struct forti_row **vips; /* owned */
	size_t vip_count, vip_capacity;
	bool any, negated;
};

struct policy {
	struct forti *f;
	struct jsonw *w;
	const struct forti_row *row;
	struct part source, destination, services;
	struct forti_list unknown;  /* of the whole policy */
	struct forti_list from, to; /* interfaces; none: any */
	struct forti_list aliases;  /* of them */
	const char *action;
	bool outside; /* there are virtual IPs at all */
	bool before;  /* a policy behind this one names one of them */
};

/* One rule of a policy. */
struct variant {
	bool uncertain;	     /* parts with an unknown are anything */
	bool except;	     /* the outer addresses are left out */
	const char *further; /* one more unknown, or NULL */
	const struct forti_vip *vip;
	const char *vip_name; /* of one that cannot be read; or NULL */
};

/* ---- parts */

static void
add_name(struct policy *p, struct part *part, enum forti_space space,
    const char *name)
{
	struct forti_meaning *m = forti_meaning(p->f, space, name,
	    p->row->place);
	struct text ref = { 0 };

	part->any |= m->any;
	for (size_t i = 0; i < m->values.count; i++)
		forti_list_add(&part->values, m->values.items[i]);
	for (size_t i = 0; i < m->unknown.count; i++)
		forti_list_add(&part->unknown, m->unknown.items[i]);
	for (size_t i = 0; i < m->vip_count; i++) {
		part->vips = mem_grow(part->vips, &part->vip_capacity,
		    part->vip_count, sizeof(struct forti_row *));
		part->vips[part->vip_count++] = m->vips[i];
	}
	if (m->values.count == 0 || m->any)
		return;
	m->used = true;
	text_printf(&ref, "@%s", name);
	forti_list_add(&part->refs, arena_strdup(p->f->arena, text_str(&ref)));
	text_free(&ref);
}

/* Names as "HTTP HTTPS": names may hold blanks, so that only what is no name
 * as a whole, but known in all its parts, is taken for several. */
static void
split_blanks(struct forti *f, enum forti_space space, struct forti_list *names)
{
	struct forti_list out = { 0 };

	for (size_t i = 0; i < names->count; i++) {
		char *copy = arena_strdup(f->arena, names->items[i]);
		size_t before = out.count;
		char *save = NULL;
		bool all = !forti_known(f, space, copy);

		for (char *w = strtok_r(copy, " \t", &save); w != NULL && all;
		     w = strtok_r(NULL, " \t", &save)) {
			all = forti_known(f, space, w);
			forti_list_add(&out, w);
		}
		if (all && out.count > before)
			continue;
		out.count = before;
		forti_list_add(&out, names->items[i]);
	}
	free(names->items);
	*names = out;
}

static void
add_cell(struct policy *p, struct part *part, enum forti_space space,
    const char *cell, const char *all)
{
	struct forti_list names = { 0 };

	forti_split(p->f, cell, &names);
	split_blanks(p->f, space, &names);
	for (size_t i = 0; i < names.count; i++) {
		if (all != NULL &&
		    (forti_is(names.items[i], "all") ||
			forti_is(names.items[i], "any"))) {
			forti_list_add(&part->refs, all);
			forti_list_add(&part->values, all);
		} else {
			add_name(p, part, space, names.items[i]);
		}
	}
	free(names.items);
}

/* A table that has columns of their own for IPv6 means IPv4 by the others. */
static void
read_end(struct policy *p, struct part *part, enum forti_field four,
    enum forti_field six, enum forti_field negated, const char *empty)
{
	const char *const *c = p->row->cells;

	add_cell(p, part, SPACE_ADDRESS, c[four],
	    p->row->has6 ? "0.0.0.0/0" : NULL);
	add_cell(p, part, SPACE_ADDRESS, c[six], "::/0");
	part->negated = forti_yes(c[negated]);
	if (c[four] == NULL && c[six] == NULL)
		forti_list_add(&part->unknown, empty);
}

static void
part_fini(struct part *part)
{
	free(part->refs.items);
	free(part->values.items);
	free(part->unknown.items);
	free(part->vips);
}

static void
add_words(struct policy *p, const char *word, const char *cell)
{
	struct text t = { 0 };

	if (cell == NULL || forti_no(cell))
		return;
	text_printf(&t, "%s ", word);
	text_quote(&t, cell);
	forti_list_add(&p->unknown, arena_strdup(p->f->arena, text_str(&t)));
	text_free(&t);
}

/* The GUI writes "office (port3)" of an interface with an alias: the device's
 * own name, by which packets are told, is the one in brackets. */
static bool
split_alias(struct forti *f, const char *text, const char **alias,
    const char **name)
{
	const char *open = strrchr(text, '(');
	size_t before = open != NULL ? (size_t)(open - text) : 0;
	size_t length = strlen(text);

	while (before > 0 && text[before - 1] == ' ')
		before--;
	if (before == 0 || text[length - 1] != ')' || open[1] == ')')
		return false;
	*alias = arena_strndup(f->arena, text, before);
	*name = arena_strndup(f->arena, open + 1,
	    length - (size_t)(open - text) - 2);
	return true;
}

/* "office = port3": kept of the policy, and told of the file, once each. */
static void
add_alias(struct policy *p, const char *alias, const char *name)
{
	struct text t = { 0 };
	const char *both;
	bool told = false;

	text_printf(&t, "%s = %s", alias, name);
	both = arena_strdup(p->f->arena, text_str(&t));
	text_clear(&t);
	for (size_t i = 0; i < p->aliases.count; i++)
		told |= strcmp(p->aliases.items[i], both) == 0;
	if (!told)
		forti_list_add(&p->aliases, both);
	for (size_t i = 0; i < p->f->aliases.count; i++)
		told |= strcmp(p->f->aliases.items[i], both) == 0;
	if (!told && p->f->aliases.count < FORTI_ALIASES_MAX) {
		forti_list_add(&p->f->aliases, both);
		text_quote(&t, both);
		text_printf(&p->f->out->aliases, "%s%s",
		    p->f->out->aliases.length > 0 ? ", " : "", text_str(&t));
	}
	text_free(&t);
}

static void
read_names(struct policy *p, const char *cell, struct forti_list *out)
{
	const char *alias, *name;

	forti_split(p->f, cell, out);
	for (size_t i = 0; i < out->count; i++)
		if (split_alias(p->f, out->items[i], &alias, &name)) {
			add_alias(p, alias, name);
			out->items[i] = name;
		}
}

static void
read_policy(struct policy *p)
{
	const char *const *c = p->row->cells;

	read_names(p, c[FORTI_FROM], &p->from);
	read_names(p, c[FORTI_TO], &p->to);
	read_end(p, &p->source, FORTI_SOURCE, FORTI_SOURCE6, FORTI_NOT_SOURCE,
	    "source is empty");
	read_end(p, &p->destination, FORTI_DESTINATION, FORTI_DESTINATION6,
	    FORTI_NOT_DESTINATION, "destination is empty");
	add_cell(p, &p->services, SPACE_SERVICE, c[FORTI_SERVICE], NULL);
	if (c[FORTI_SERVICE] == NULL)
		forti_list_add(&p->services.unknown, "service is empty");
	if (forti_yes(c[FORTI_NOT_SERVICE]))
		forti_list_add(&p->services.unknown, "service-negate");
	add_words(p, "users", c[FORTI_WHO]);
	add_words(p, "internet-service", c[FORTI_INTERNET]);
	p->action = forti_is(c[FORTI_ACTION], "accept") ||
		forti_is(c[FORTI_ACTION], "許可") ?
	    "accept" :
	    forti_is(c[FORTI_ACTION], "deny") ||
		forti_is(c[FORTI_ACTION], "拒否") ?
	    "drop" :
	    "unknown";
	if (strcmp(p->action, "unknown") == 0)
		forti_fault(p->f, p->row->place, DIAG_WARNING, W_FORTI_ACTION,
		    c[FORTI_ACTION], NULL);
}

/* ---- rules */

static bool
is_certain(const struct part *part)
{
	/* What is not among names that are not known, nobody can say. */
	if (part->negated && part->unknown.count > 0)
		return false;
	return part->any || part->refs.count > 0;
}

static void
write_list(struct jsonw *w, const char *key, const struct forti_list *l)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < l->count; i++)
		jsonw_string(w, NULL, l->items[i]);
	jsonw_array_end(w);
}

static void
write_names(struct policy *p, const char *key, const struct forti_list *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (forti_is(names->items[i], "any"))
			return;
	if (names->count > 0)
		write_list(p->w, key, names);
}

/* What the policy says of itself, and the aliases of its interfaces. */
static void
write_comment(struct policy *p)
{
	const char *said = p->row->cells[FORTI_COMMENT];
	struct text t = { 0 };

	text_add(&t, said != NULL ? said : "");
	for (size_t i = 0; i < p->aliases.count; i++)
		text_printf(&t, "%s%s%s",
		    i > 0	     ? ", " :
			t.length > 0 ? " (" :
				       "(",
		    p->aliases.items[i], i + 1 == p->aliases.count ? ")" : "");
	if (t.length > 0)
		jsonw_string(p->w, "comment", text_str(&t));
	text_free(&t);
}

static void
write_part(struct policy *p, const struct part *part, const char *key,
    const char *except, bool anything)
{
	if (anything || part->any || part->negated)
		jsonw_string(p->w, key, "any");
	else
		write_list(p->w, key, &part->refs);
	if (anything || !part->negated || except == NULL)
		return;
	if (part->any)
		jsonw_string(p->w, except, "any");
	else
		write_list(p->w, except, &part->refs);
}

static void
write_destination(struct policy *p, const struct variant *v)
{
	const struct part *part = &p->destination;
	bool anything = v->uncertain && part->unknown.count > 0;

	if (v->vip != NULL) {
		jsonw_string(p->w, "destination", v->vip->external);
		return;
	}
	if (v->vip_name != NULL) {
		jsonw_string(p->w, "destination", "any");
		return;
	}
	write_part(p, part, "destination",
	    v->except && part->negated ? NULL : "destination-except", anything);
	if (!v->except)
		return;
	jsonw_array(p->w, "destination-except");
	jsonw_string(p->w, NULL, "@" OUTSIDE);
	for (size_t i = 0; !anything && part->negated && i < part->refs.count;
	     i++)
		jsonw_string(p->w, NULL, part->refs.items[i]);
	if (!anything && part->negated && part->any)
		jsonw_string(p->w, NULL, "any");
	jsonw_array_end(p->w);
}

static void
write_services(struct policy *p, const struct variant *v)
{
	char port[64];

	if (v->vip == NULL || v->vip->protocol[0] == '\0') {
		write_part(p, &p->services, "services", NULL,
		    v->uncertain && p->services.unknown.count > 0);
		return;
	}
	(void)snprintf(port, sizeof(port), "%s/%s", v->vip->protocol,
	    v->vip->external_port);
	jsonw_string(p->w, "services", port);
}

static void
write_nat(struct policy *p, const struct variant *v)
{
	bool source = forti_yes(p->row->cells[FORTI_NAT]);
	bool six = v->vip != NULL && strchr(v->vip->mapped, ':') != NULL;
	char to[128];

	if (strcmp(p->action, "accept") != 0 ||
	    (!source && v->vip == NULL && v->vip_name == NULL))
		return;
	jsonw_object(p->w, "nat");
	if (v->vip != NULL) {
		bool port = v->vip->mapped_port[0] != '\0';

		(void)snprintf(to, sizeof(to), "%s%s%s%s%s",
		    port && six ? "[" : "", v->vip->mapped,
		    port && six ? "]" : "", port ? ":" : "",
		    v->vip->mapped_port);
		jsonw_string(p->w, "destination", to);
	} else if (v->vip_name != NULL) {
		jsonw_string(p->w, "destination", "unknown");
	}
	if (source)
		jsonw_bool(p->w, "source", true);
	jsonw_object_end(p->w);
}

static void
write_unknown(struct policy *p, const struct variant *v)
{
	const struct part *const parts[] = { &p->source, &p->destination,
		&p->services };
	size_t written = 0;

	jsonw_array(p->w, "unknown");
	for (size_t i = 0; i < p->unknown.count; i++)
		jsonw_string(p->w, NULL, p->unknown.items[i]);
	if (v->further != NULL)
		jsonw_string(p->w, NULL, v->further);
	if (v->vip_name != NULL)
		jsonw_string(p->w, NULL, v->vip_name);
	for (size_t i = 0; v->uncertain && i < 3; i++) {
		if (i == 1 && (v->vip != NULL || v->vip_name != NULL))
			continue;
		for (size_t j = 0; j < parts[i]->unknown.count; j++) {
			if (written++ == 16) {
				jsonw_string(p->w, NULL, "others");
				break;
			}
			jsonw_string(p->w, NULL, parts[i]->unknown.items[j]);
		}
	}
	jsonw_array_end(p->w);
}

static bool
has_unknown(const struct policy *p, const struct variant *v)
{
	return p->unknown.count > 0 || v->further != NULL || v->uncertain ||
	    v->vip_name != NULL;
}

static void
write_id(struct policy *p)
{
	const char *id = p->row->cells[FORTI_ID];
	char *end = NULL;
	unsigned long number = id != NULL ? strtoul(id, &end, 10) : 0;

	if (id != NULL && *id >= '0' && *id <= '9' && *end == '\0' &&
	    number < 1u << 31)
		jsonw_uint(p->w, "id", number);
	else if (id != NULL)
		jsonw_string(p->w, "id", id);
}

static void
write_rule(struct policy *p, const struct variant *v)
{
	const char *const *c = p->row->cells;

	if (p->f->out->rules == FORTI_RULES_MAX) {
		if (!p->f->full)
			forti_fault(p->f, p->row->place, DIAG_ERROR,
			    W_FORTI_LARGE, NULL, NULL);
		p->f->full = true;
		return;
	}
	p->f->out->rules++;
	jsonw_object(p->w, NULL);
	write_id(p);
	if (c[FORTI_NAME] != NULL)
		jsonw_string(p->w, "name", c[FORTI_NAME]);
	write_names(p, "from-interfaces", &p->from);
	write_names(p, "to-interfaces", &p->to);
	write_part(p, &p->source, "source", "source-except",
	    v->uncertain && p->source.unknown.count > 0);
	write_destination(p, v);
	write_services(p, v);
	jsonw_string(p->w, "action", p->action);
	if (c[FORTI_LOG] != NULL)
		jsonw_bool(p->w, "log", !forti_no(c[FORTI_LOG]));
	write_nat(p, v);
	if (c[FORTI_SCHEDULE] != NULL && !forti_is(c[FORTI_SCHEDULE], "always"))
		jsonw_string(p->w, "schedule", c[FORTI_SCHEDULE]);
	write_comment(p);
	if (has_unknown(p, v))
		write_unknown(p, v);
	jsonw_object_end(p->w);
}

/* The certain rule and the uncertain one, as far as there are such. */
static void
write_both(struct policy *p, struct variant v)
{
	bool vip = v.vip != NULL || v.vip_name != NULL;
	bool certain = is_certain(&p->source) &&
	    (vip || is_certain(&p->destination)) && is_certain(&p->services);
	bool uncertain = p->source.unknown.count > 0 ||
	    (!vip && p->destination.unknown.count > 0) ||
	    p->services.unknown.count > 0;

	/* service-negate: what is listed is what does not match. */
	if (forti_yes(p->row->cells[FORTI_NOT_SERVICE]))
		certain = false;
	if (certain)
		write_rule(p, &v);
	v.uncertain = true;
	if (uncertain)
		write_rule(p, &v);
}

/* ---- virtual IPs */

static bool
numbers(const char *text, unsigned *first, unsigned *last)
{
	char *end;

	*first = *last = (unsigned)strtoul(text, &end, 10);
	if (end == text)
		return false;
	if (*end == '-')
		*last = (unsigned)strtoul(end + 1, &end, 10);
	return true;
}

/* Whether the policy's services take the inner port: they are compared behind
 * the translation. */
static bool
takes_port(const struct part *services, const struct forti_vip *vip)
{
	unsigned first, last, a, b;
	size_t n = strlen(vip->protocol);

	if (services->any || vip->protocol[0] == '\0' ||
	    !numbers(vip->mapped_port, &first, &last))
		return true;
	for (size_t i = 0; i < services->values.count; i++) {
		const char *s = services->values.items[i];

		if (strncmp(s, vip->protocol, n) != 0)
			continue;
		if (s[n] == '\0' ||
		    (s[n] == '/' && numbers(s + n + 1, &a, &b) && a <= last &&
			b >= first))
			return true;
	}
	return services->unknown.count > 0;
}

static void
write_vip(struct policy *p, const struct forti_row *row)
{
	struct variant v = { .vip_name = NULL };
	struct text name = { 0 };
	struct forti_vip vip;

	if (forti_vip(row, &vip)) {
		v.vip = &vip;
		if (!takes_port(&p->services, &vip))
			forti_fault(p->f, p->row->place, DIAG_WARNING,
			    W_FORTI_VIP_SERVICE, row->cells[FORTI_NAME], NULL);
		else
			write_both(p, v);
		return;
	}
	text_add(&name, "virtual IP ");
	text_quote(&name, row->cells[FORTI_NAME]);
	v.vip_name = text_str(&name);
	forti_fault(p->f, row->place, DIAG_WARNING, W_FORTI_VIP,
	    row->cells[FORTI_NAME], NULL);
	p->f->out->unresolved++;
	write_both(p, v);
	text_free(&name);
}

/* Policy 0 stands at the end of every table and takes whatever no policy took,
 * virtual IPs or not: so it is what logs that, too. */
static bool
is_implicit(const struct policy *p)
{
	return p->row == &p->f->policies[p->f->policy_count - 1] &&
	    forti_is(p->row->cells[FORTI_ID], "0") &&
	    strcmp(p->action, "drop") == 0;
}

static void
write_policy(struct policy *p)
{
	const char *match = p->row->cells[FORTI_MATCH_VIP];
	bool plain = p->destination.any || p->destination.refs.count > 0 ||
	    p->destination.unknown.count > 0;
	struct variant v = { .except = p->outside && !forti_yes(match) &&
		    !is_implicit(p) };

	if (plain)
		write_both(p, v);
	if (plain && v.except && match == NULL && p->before &&
	    strcmp(p->action, "accept") != 0) {
		v.except = false;
		v.further = "match-vip";
		write_both(p, v);
	}
	for (size_t i = 0; i < p->destination.vip_count; i++)
		write_vip(p, p->destination.vips[i]);
}

/* ---- the file */

static void
write_groups(struct forti *f, struct jsonw *w, enum forti_space space,
    const char *key, bool outside)
{
	struct forti_vip vip;

	jsonw_object(w, key);
	for (size_t i = 0; i < f->meaning_count; i++)
		if (f->meanings[i]->used && f->meanings[i]->space == (int)space)
			write_list(w, f->meanings[i]->name,
			    &f->meanings[i]->values);
	if (outside && space == SPACE_ADDRESS) {
		jsonw_array(w, OUTSIDE);
		for (size_t i = 0; i < f->object_count; i++)
			if (f->objects[i].kind == FORTI_VIP &&
			    forti_vip(&f->objects[i], &vip))
				jsonw_string(w, NULL, vip.external);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
}

/* Whether any outer address is known. */
static bool
has_outside(const struct forti *f)
{
	struct forti_vip vip;

	for (size_t i = 0; i < f->object_count; i++)
		if (f->objects[i].kind == FORTI_VIP &&
		    forti_vip(&f->objects[i], &vip))
			return true;
	return false;
}

/* How many policies there are up to the last one with a virtual IP. */
static size_t
last_inside(struct forti *f)
{
	for (size_t i = f->policy_count; i-- > 0;) {
		struct policy p = { .f = f, .row = &f->policies[i] };
		size_t found;

		add_cell(&p, &p.destination, SPACE_ADDRESS,
		    p.row->cells[FORTI_DESTINATION], NULL);
		found = p.destination.vip_count;
		part_fini(&p.destination);
		if (found > 0)
			return i + 1;
	}
	return 0;
}

/* With line ends and blanks, and read as what audit will read. */
static void
check(struct forti *f, const struct text *line)
{
	struct jsonx_doc *doc = jsonx_parse("sekisho-ruleset/1", text_str(line),
	    line->length, f->d);

	if (doc == NULL)
		return;
	jsonx_print(jsonx_root(doc), &f->out->json);
	if (f->out->json.length > 0 &&
	    f->out->json.data[f->out->json.length - 1] != '\n')
		text_add_char(&f->out->json, '\n');
	jsonx_free(doc);
	doc = jsonx_parse("sekisho-ruleset/1", text_str(&f->out->json),
	    f->out->json.length, f->d);
	if (doc != NULL)
		ruleset_free(ruleset_neutral("sekisho-ruleset/1",
		    jsonx_root(doc), f->d));
	jsonx_free(doc);
}

void
forti_write(struct forti *f)
{
	bool outside = has_outside(f);
	size_t inside = outside ? last_inside(f) : 0;
	struct text line = { 0 };
	struct jsonw w;

	jsonw_init(&w, &line);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "format", "sekisho-ruleset/1");
	jsonw_string(&w, "maker", "FortiGate");
	jsonw_string(&w, "default", "drop");
	jsonw_array(&w, "rules");
	for (size_t i = 0; i < f->policy_count; i++) {
		struct policy p = { .f = f, .w = &w, .row = &f->policies[i] };

		p.outside = outside;
		p.before = i + 1 < inside;
		if (p.row->cells[FORTI_STATUS] != NULL &&
		    !forti_yes(p.row->cells[FORTI_STATUS])) {
			f->out->disabled++;
			continue;
		}
		read_policy(&p);
		write_policy(&p);
		part_fini(&p.source);
		part_fini(&p.destination);
		part_fini(&p.services);
		free(p.unknown.items);
		free(p.from.items);
		free(p.to.items);
		free(p.aliases.items);
	}
	jsonw_array_end(&w);
	write_groups(f, &w, SPACE_ADDRESS, "address-groups", outside);
	write_groups(f, &w, SPACE_SERVICE, "service-groups", false);
	jsonw_object_end(&w);
	check(f, &line);
	text_free(&line);
}
