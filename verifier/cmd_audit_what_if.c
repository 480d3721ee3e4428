/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho audit --what-if: a draft held against today's. Of a ruleset: which
 * packets would fare otherwise; of a model: which findings would appear and
 * disappear with the ruleset as it is. Nothing is applied.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_progress.h"
#include "audit_view.h"
#include "base/jsonx.h"
#include "base/mem.h"
#include "cmd.h"
#include "cmd_audit.h"
#include "describe.h"
#include "output.h"

enum { FORMAT_TEXT, FORMAT_JSON };

/* What comes out for one boundary. */
struct comparison {
	const struct boundary *boundary;
	struct audit_changes changes; /* of a ruleset */
	/* Of a model: findings that only one of the two has, borrowed. */
	const struct audit *now, *then;
	const struct audit_finding **appears, **disappears; /* owned */
	size_t appear_count, disappear_count;
};

struct what_if {
	struct cmd_audit *c;
	const char *path;
	bool is_model;
	struct ruleset *ruleset; /* owned, or NULL */
	struct audit_set now, then;
	struct comparison *outcomes; /* owned */
	size_t count;
};

/* ---- which of the two it is */

/* A model says so itself; what cannot be read is told by the reader of
 * rulesets, which knows more formats. */
static bool
says_model(const char *path)
{
	struct diag d = { .lang = LANG_EN };
	struct text bytes = { 0 };
	struct jsonx_doc *doc = NULL;
	const struct jsonx *format;
	FILE *file = fopen(path, "rbe");
	char buf[65536];
	bool model = false;
	size_t n;

	if (file == NULL)
		return false;
	while ((n = fread(buf, 1, sizeof(buf), file)) > 0 &&
	    bytes.length < JSONX_BYTES_MAX)
		text_add_n(&bytes, buf, n);
	(void)fclose(file);
	if (bytes.length < JSONX_BYTES_MAX)
		doc = jsonx_parse(path, text_str(&bytes), bytes.length, &d);
	if (doc != NULL) {
		format = jsonx_get(jsonx_root(doc), "format");
		model = format != NULL && format->kind == JSONX_STRING &&
		    strncmp(format->string, "sekisho-topology/", 17) == 0;
		jsonx_free(doc);
	}
	diag_free(&d);
	text_free(&bytes);
	return model;
}

/* ---- a model: findings by what they say, whatever their order */

struct keyed {
	char *key; /* owned */
	const struct audit_finding *finding;
};

static const char *
id_of(const struct zone *z)
{
	return z != NULL ? z->id : "";
}

/* The witness is no part of it: another one shows the same. */
static char *
key_of(const struct audit_finding *f)
{
	struct text t = { 0 };
	char *key;

	text_printf(&t, "%05d %s %s %d %d %d %s %s", (int)f->check,
	    id_of(f->from), id_of(f->to), f->family, (int)f->certainty,
	    (int)f->severity, f->conduit != NULL ? f->conduit->id : "",
	    f->exception != NULL ? f->exception->id : "");
	for (size_t i = 0; i < f->rule_count; i++)
		text_printf(&t, " %u.%u",
		    f->rules[i].chain != NULL ? f->rules[i].chain->id : 0,
		    f->rules[i].rule != NULL ? f->rules[i].rule->id + 1 : 0);
	key = mem_strdup(text_str(&t));
	text_free(&t);
	return key;
}

static int
order_keyed(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static struct keyed *
keyed_of(const struct audit *a)
{
	struct keyed *k = mem_calloc(a->finding_count + 1, sizeof(*k));

	for (size_t i = 0; i < a->finding_count; i++)
		k[i] = (struct keyed){ key_of(&a->findings[i]),
			&a->findings[i] };
	if (a->finding_count > 0)
		qsort(k, a->finding_count, sizeof(*k), order_keyed);
	return k;
}

static void
free_keyed(struct keyed *k, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(k[i].key);
	free(k);
}

/* Findings lie in one array in the order in which they are told. */
static int
order_places(const void *a, const void *b)
{
	const struct audit_finding *const *x = a, *const *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
compare_findings(struct comparison *o)
{
	const size_t n = o->now->finding_count, m = o->then->finding_count;
	struct keyed *now = keyed_of(o->now), *then = keyed_of(o->then);
	size_t i = 0, k = 0;

	o->appears = mem_calloc(m + 1, sizeof(struct audit_finding *));
	o->disappears = mem_calloc(n + 1, sizeof(struct audit_finding *));
	while (i < n || k < m) {
		const int order = i == n ? 1 :
		    k == m		 ? -1 :
					   strcmp(now[i].key, then[k].key);

		if (order < 0)
			o->disappears[o->disappear_count++] = now[i].finding;
		else if (order > 0)
			o->appears[o->appear_count++] = then[k].finding;
		i += order <= 0;
		k += order >= 0;
	}
	qsort(o->appears, o->appear_count, sizeof(*o->appears), order_places);
	qsort(o->disappears, o->disappear_count, sizeof(*o->disappears),
	    order_places);
	free_keyed(now, n);
	free_keyed(then, m);
}

static const struct firewall *
find_firewall(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->firewall_count; i++)
		if (strcmp(m->firewalls[i].id, id) == 0)
			return &m->firewalls[i];
	return NULL;
}

static const struct audit *
find_audit(const struct audit_set *s, const char *boundary)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->items[i].boundary->id, boundary) == 0)
			return &s->items[i];
	return NULL;
}

static void
run_set(struct audit_set *s)
{
	for (size_t i = 0; i < s->count; i++) {
		audit_reach(&s->items[i]);
		audit_run(&s->items[i]);
	}
}

static bool
compare_models(struct what_if *w, const struct model *m)
{
	const struct firewall *f = find_firewall(m, w->c->firewall->id);

	if (f != NULL)
		w->then = cmd_audit_prepare(w->c, m, f);
	for (size_t i = 0; i < w->now.count; i++) {
		struct audit *now = &w->now.items[i];
		struct comparison *o = &w->outcomes[w->count++];

		o->boundary = now->boundary;
		o->now = now;
		o->then = find_audit(&w->then, now->boundary->id);
		if (o->then == NULL)
			return cmd_audit_refuse(w->c->o->lang,
			    W_PAGE_WHAT_IF_FIREWALL, w->path,
			    w->c->firewall->id, now->boundary->id);
	}
	run_set(&w->now);
	run_set(&w->then);
	for (size_t i = 0; i < w->count; i++)
		compare_findings(&w->outcomes[i]);
	return true;
}

/* ---- a ruleset */

static void
compare_rulesets(struct what_if *w)
{
	for (size_t i = 0; i < w->now.count; i++) {
		struct comparison *o = &w->outcomes[w->count++];

		o->boundary = w->now.items[i].boundary;
		audit_compare(&w->now.items[i], w->ruleset, &o->changes);
	}
}

/* ---- answers */

static size_t
undecided_of(const struct what_if *w, const struct comparison *o)
{
	return w->is_model ?
	    o->now->undecided_count + o->then->undecided_count :
	    (size_t)o->changes.undecided;
}

static size_t
changes_of(const struct what_if *w, const struct comparison *o)
{
	return w->is_model ? o->appear_count + o->disappear_count :
			     o->changes.count + o->changes.left_out;
}

static void
add_findings(const struct audit *a, const struct audit_finding *const *list,
    size_t count, enum word word, struct text *out)
{
	char n[24];

	(void)snprintf(n, sizeof(n), "%zu", count);
	text_add_char(out, '\n');
	words_add(out, a->lang, word, 1, n);
	text_add_char(out, '\n');
	for (size_t i = 0; i < count; i++)
		audit_text_finding(a, list[i], out);
}

static void
add_outcome(const struct what_if *w, const struct comparison *o,
    struct text *out)
{
	const enum lang lang = w->c->o->lang;
	char n[24];

	text_add_char(out, '\n');
	describe_name(o->boundary->name, out);
	text_printf(out, " (%s)\n", o->boundary->id);
	if (!w->is_model) {
		audit_changes_text(&o->changes, lang, out);
		return;
	}
	if (undecided_of(w, o) > 0) {
		(void)snprintf(n, sizeof(n), "%zu", undecided_of(w, o));
		words_add(out, lang, W_PAGE_STILL_UNDECIDED, 1, n);
		text_add_char(out, '\n');
	}
	add_findings(o->then, o->appears, o->appear_count, W_PAGE_APPEARS, out);
	add_findings(o->now, o->disappears, o->disappear_count,
	    W_PAGE_DISAPPEARS, out);
}

static void
print_text(const struct what_if *w, struct text *out)
{
	const enum lang lang = w->c->o->lang;
	struct text name = { 0 };

	describe_name(w->path, &name);
	words_add(out, lang, W_PAGE_WHAT_IF, 1, text_str(&name));
	text_add_char(out, '\n');
	audit_wrap(words_get(lang,
		       w->is_model ? W_PAGE_WHAT_IF_MODEL :
				     W_PAGE_WHAT_IF_RULESET),
	    0, 0, out);
	for (size_t i = 0; i < w->count; i++)
		add_outcome(w, &w->outcomes[i], out);
	text_free(&name);
}

static void
write_findings(const struct audit *a, const struct audit_finding *const *list,
    size_t count, const char *key, struct jsonw *out)
{
	jsonw_array(out, key);
	for (size_t i = 0; i < count; i++)
		audit_json_finding(a, list[i], out);
	jsonw_array_end(out);
}

static void
print_json(const struct what_if *w, struct text *out)
{
	struct jsonw j;

	jsonw_init(&j, out);
	jsonw_object(&j, NULL);
	jsonw_string(&j, "format", "sekisho-audit/1");
	jsonw_string(&j, "language", w->c->o->lang == LANG_JA ? "ja" : "en");
	jsonw_object(&j, "what_if");
	jsonw_string(&j, "kind", w->is_model ? "model" : "ruleset");
	jsonw_string(&j, "file", w->path);
	audit_json_ruleset(w->c->ruleset, &j, "ruleset");
	audit_json_ruleset(w->ruleset, &j, "other");
	jsonw_array(&j, "boundaries");
	for (size_t i = 0; i < w->count; i++) {
		const struct comparison *o = &w->outcomes[i];

		jsonw_object(&j, NULL);
		jsonw_string(&j, "boundary", o->boundary->id);
		jsonw_uint(&j, "undecided", undecided_of(w, o));
		if (w->is_model) {
			write_findings(o->then, o->appears, o->appear_count,
			    "appears", &j);
			write_findings(o->now, o->disappears,
			    o->disappear_count, "disappears", &j);
		} else {
			audit_changes_json(&o->changes, &j, "changes");
		}
		jsonw_object_end(&j);
	}
	jsonw_array_end(&j);
	jsonw_object_end(&j);
	jsonw_object_end(&j);
	text_add_char(out, '\n');
}

static int
answer(const struct what_if *w)
{
	const struct options *o = w->c->o;
	struct text out = { 0 };
	int status = CMD_CLEAN;

	for (size_t i = 0; i < w->count; i++) {
		if (changes_of(w, &w->outcomes[i]) > 0)
			status = CMD_FINDINGS;
		else if (undecided_of(w, &w->outcomes[i]) > 0 &&
		    status == CMD_CLEAN)
			status = CMD_UNDECIDED;
	}
	if (o->format == FORMAT_JSON)
		print_json(w, &out);
	else
		print_text(w, &out);
	if (!output_write(&out, o->output, o->lang))
		status = CMD_BAD_INPUT;
	text_free(&out);
	return status;
}

static int
run(struct what_if *w)
{
	struct audit_progress progress;
	struct input in;
	bool ok = true;
	int status = CMD_BAD_INPUT;

	if (w->is_model && !input_need(&in, w->path, w->c->o))
		return CMD_BAD_INPUT;
	if (!w->is_model) {
		w->ruleset = ruleset_file(w->path, &w->c->diag);
		ok = cmd_audit_sound(&w->c->diag) && w->ruleset != NULL;
	}
	audit_progress_begin(&progress, w->c->o->lang);
	if (ok && w->is_model)
		ok = compare_models(w, in.model);
	else if (ok)
		compare_rulesets(w);
	audit_progress_end(&progress);
	if (ok)
		status = answer(w);
	cmd_audit_release(&w->then);
	if (w->is_model)
		input_close(&in);
	return status;
}

int
cmd_audit_what_if(struct cmd_audit *c)
{
	struct what_if w = { .c = c,
		.path = options_value(c->o, VALUE_WHAT_IF) };
	int status;

	if (strcmp(w.path, "-") == 0) {
		(void)cmd_audit_refuse(c->o->lang, W_PAGE_WHAT_IF_STDIN, NULL,
		    NULL, NULL);
		return CMD_BAD_INPUT;
	}
	if (c->ruleset == NULL) {
		(void)cmd_audit_refuse(c->o->lang, W_PAGE_NEEDS_RULESET, NULL,
		    NULL, NULL);
		return CMD_BAD_INPUT;
	}
	w.is_model = says_model(w.path);
	w.now = cmd_audit_prepare(c, c->in.model, c->firewall);
	w.outcomes = mem_calloc(w.now.count + 1, sizeof(*w.outcomes));
	status = run(&w);
	for (size_t i = 0; i < w.count; i++) {
		audit_changes_fini(&w.outcomes[i].changes);
		free(w.outcomes[i].appears);
		free(w.outcomes[i].disappears);
	}
	free(w.outcomes);
	cmd_audit_release(&w.now);
	ruleset_free(w.ruleset);
	return status;
}
