/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What sekisho audit was asked for, before anything is audited: options that
 * exclude each other, the firewall that is meant, files that must not be
 * written over. Each fault is one sentence on standard error.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_audit.h"
#include "describe.h"
#include "output.h"

bool
cmd_audit_refuse(enum lang lang, enum word word, const char *first,
    const char *second, const char *third)
{
	const char *const given[3] = { first, second, third };
	struct text out = { 0 }, shown[3] = { { 0 }, { 0 }, { 0 } };

	for (size_t i = 0; i < 3; i++)
		if (given[i] != NULL)
			text_quote(&shown[i], given[i]);
	text_add(&out, "sekisho: ");
	words_add(&out, lang, word, 3, text_str(&shown[0]), text_str(&shown[1]),
	    text_str(&shown[2]));
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	for (size_t i = 0; i < 3; i++)
		text_free(&shown[i]);
	return false;
}

bool
cmd_audit_sound(const struct diag *d)
{
	struct text faults = { 0 };

	if (d->count > 0) {
		diag_print(d, &faults);
		(void)fputs(text_str(&faults), stderr);
		text_free(&faults);
	}
	return d->errors == 0;
}

/* ---- options */

/* Each row excludes every later one of its group. */
static bool
excludes(const struct options *o, enum option_value given, const char *name,
    const enum option_value *others, const char *const *names, size_t count)
{
	if (options_value(o, given) == NULL)
		return true;
	for (size_t i = 0; i < count; i++)
		if (options_value(o, others[i]) != NULL)
			return cmd_audit_refuse(o->lang, W_PAGE_TOGETHER, name,
			    names[i], NULL);
	return true;
}

static bool
one_question(const struct options *o)
{
	static const enum option_value others[] = { VALUE_WHAT_IF, VALUE_PEER,
		VALUE_SNAPSHOTS, VALUE_HTML };
	static const char *const names[] = { "--what-if", "--peer",
		"--snapshots", "--html" };

	if (!excludes(o, VALUE_EXPLAIN, "--explain", others, names, 4) ||
	    !excludes(o, VALUE_WHAT_IF, "--what-if", others + 1, names + 1, 3))
		return false;
	if (options_value(o, VALUE_EXPLAIN) != NULL && o->at.year != 0)
		return cmd_audit_refuse(o->lang, W_PAGE_TOGETHER, "--explain",
		    "--at", NULL);
	return true;
}

static bool
one_standard_input(const struct options *o)
{
	static const enum option_value inputs[] = { VALUE_MODEL, VALUE_RULESET,
		VALUE_PEER, VALUE_WHAT_IF };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		const char *path = options_value(o, inputs[i]);

		n += path != NULL && strcmp(path, "-") == 0;
	}
	if (n > 1)
		return cmd_audit_refuse(o->lang, W_PAGE_STDIN_TWICE, NULL, NULL,
		    NULL);
	return true;
}

/* The file that path leads to, also where it is not there yet. */
static bool
resolve(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	char folder[PATH_MAX], real[PATH_MAX];
	int n;

	if (realpath(path, out) != NULL)
		return true;
	n = snprintf(folder, sizeof(folder), "%.*s",
	    slash != NULL ? (int)(base - path) : 1, slash != NULL ? path : ".");
	if (n >= (int)sizeof(folder) || realpath(folder, real) == NULL)
		return false;
	n = snprintf(out, PATH_MAX, "%s/%s", real, base);
	return n < PATH_MAX;
}

static bool
two_outputs(const struct options *o)
{
	const char *page = options_value(o, VALUE_HTML);
	char a[PATH_MAX], b[PATH_MAX];
	bool same;

	if (page == NULL || o->output == NULL)
		return true;
	same = strcmp(page, o->output) == 0 ||
	    (resolve(page, a) && resolve(o->output, b) && strcmp(a, b) == 0 &&
		strncmp(a, "/dev/", 5) != 0);
	return !same ||
	    cmd_audit_refuse(o->lang, W_PAGE_SAME_OUTPUT, NULL, NULL, NULL);
}

bool
cmd_audit_options(const struct options *o)
{
	const bool file = options_value(o, VALUE_RULESET) != NULL;
	const bool model = options_value(o, VALUE_MODEL) != NULL;

	if (o->kernel && file)
		return cmd_audit_refuse(o->lang, W_PAGE_TWO_RULESETS, NULL,
		    NULL, NULL);
	if (!o->kernel && options_value(o, VALUE_NETNS) != NULL)
		return cmd_audit_refuse(o->lang, W_PAGE_NETNS_KERNEL, NULL,
		    NULL, NULL);
	if (!one_question(o))
		return false;
	if (!model && options_value(o, VALUE_FIREWALL) != NULL)
		return cmd_audit_refuse(o->lang, W_PAGE_FIREWALL_MODEL, NULL,
		    NULL, NULL);
	if (!model && options_value(o, VALUE_EXPLAIN) == NULL)
		return cmd_audit_refuse(o->lang, W_PAGE_NEEDS_MODEL, NULL, NULL,
		    NULL);
	/* With a model the firewall may be one that nobody can read. */
	if (!model && !o->kernel && !file)
		return cmd_audit_refuse(o->lang, W_PAGE_NEEDS_RULESET, NULL,
		    NULL, NULL);
	return one_standard_input(o) && two_outputs(o);
}

/* ---- the firewall */

static bool
is_of_boundary(const struct model *m, const struct firewall *f)
{
	for (size_t i = 0; i < m->boundary_count; i++)
		if (m->boundaries[i].firewall == f)
			return true;
	return false;
}

static void
list_firewalls(const struct model *m, bool of_boundaries, struct text *out)
{
	for (size_t i = 0; i < m->firewall_count; i++)
		if (!of_boundaries || is_of_boundary(m, &m->firewalls[i]))
			text_printf(out, "%s%s", out->length > 0 ? ", " : "",
			    m->firewalls[i].id);
}

static bool
refuse_firewall(const struct cmd_audit *c, enum word word, const char *named,
    bool of_boundaries)
{
	struct text list = { 0 };

	list_firewalls(c->in.model, of_boundaries, &list);
	if (named != NULL)
		(void)cmd_audit_refuse(c->o->lang, word, named, text_str(&list),
		    NULL);
	else
		(void)cmd_audit_refuse(c->o->lang, word, text_str(&list), NULL,
		    NULL);
	text_free(&list);
	return false;
}

static bool
choose(struct cmd_audit *c)
{
	const char *named = options_value(c->o, VALUE_FIREWALL);
	const struct model *m = c->in.model;
	size_t n = 0;

	for (size_t i = 0; i < m->firewall_count; i++) {
		const struct firewall *f = &m->firewalls[i];

		if (named != NULL ?
			strcmp(f->id, named) == 0 :
			m->firewall_count == 1 || is_of_boundary(m, f)) {
			c->firewall = f;
			n++;
		}
	}
	if (m->firewall_count == 0)
		return refuse_firewall(c, W_PAGE_NO_FIREWALL, NULL, false);
	if (named != NULL && n == 0)
		return refuse_firewall(c, W_PAGE_UNKNOWN_FIREWALL, named,
		    false);
	return n == 1 || refuse_firewall(c, W_PAGE_WHICH_FIREWALL, NULL, n > 0);
}

bool
cmd_audit_firewall(struct cmd_audit *c)
{
	/* A packet is explained without any zone. */
	if (options_value(c->o, VALUE_EXPLAIN) != NULL &&
	    options_value(c->o, VALUE_FIREWALL) == NULL)
		return true;
	if (!choose(c))
		return false;
	return is_of_boundary(c->in.model, c->firewall) ||
	    cmd_audit_refuse(c->o->lang, W_PAGE_NO_BOUNDARY, c->firewall->id,
		NULL, NULL);
}

/* ---- files */

static bool
spares(const struct cmd_audit *c, const char *path)
{
	static const enum option_value inputs[] = { VALUE_RULESET, VALUE_PEER,
		VALUE_WHAT_IF };
	const enum lang lang = c->o->lang;

	if (path == NULL)
		return true;
	if (c->has_model && !output_spares(path, &c->in.bundle, lang))
		return false;
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
		if (!output_spares_file(path, options_value(c->o, inputs[i]),
			lang))
			return false;
	for (size_t i = 0; i < c->snapshots.count; i++)
		if (!output_spares_file(path, c->snapshots.items[i].path, lang))
			return false;
	return true;
}

bool
cmd_audit_spares(const struct cmd_audit *c)
{
	return spares(c, c->o->output) &&
	    spares(c, options_value(c->o, VALUE_HTML));
}
