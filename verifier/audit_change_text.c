/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changed between two rulesets, for people and as JSON: first what opens,
 * then what closes, each with a packet that shows it and the rules that decide
 * before and after.
 */
#include <stdio.h>
#include <string.h>

#include "audit_change.h"
#include "audit_stranger.h"
#include "base/jsonw.h"

static void
add_zone(const struct audit_change *c, const struct zone *z, enum lang lang,
    struct text *out)
{
	struct text words = { 0 };

	if (z == NULL) {
		stranger_words(&c->stranger, lang, &words);
		text_quote(out, text_str(&words));
		text_free(&words);
		return;
	}
	text_quote(out, z->name);
	if (strcmp(z->name, z->id) != 0) {
		text_add_char(out, '(');
		text_quote(out, z->id);
		text_add_char(out, ')');
	}
}

/* "inet filter forward #12: accept", or the policy of a chain. */
static void
add_rule(const struct audit_rule *r, enum lang lang, struct text *out)
{
	struct text where = { 0 };

	if (r->rule != NULL)
		ruleset_where(r->rule, &where);
	else if (r->chain != NULL) {
		struct text chain = { 0 };

		ruleset_chain_name(r->chain, &chain);
		words_add(&where, lang, W_CHANGE_POLICY, 1, text_str(&chain));
		text_free(&chain);
	} else
		words_add(&where, lang, W_CHANGE_NO_RULE, 0);
	text_printf(out, "%s: %s", text_str(&where), action_name(r->action));
	text_free(&where);
}

static void
add_witness(const struct audit_change *c, struct text *out)
{
	audit_witness_text(&c->witness, c->translated, out);
	if (c->way == WAY_INPUT)
		text_add(out, " to firewall");
}

static void
add_change(const struct audit_change *c, enum lang lang, struct text *out)
{
	text_add(out, c->opens ? "  + " : "  - ");
	add_zone(c, c->from, lang, out);
	text_add(out, " → ");
	add_zone(c, c->to, lang, out);
	text_printf(out, "  IPv%d  ", c->family);
	words_add(out, lang,
	    c->declared ? W_CHANGE_DECLARED : W_CHANGE_UNDECLARED, 0);
	if (!c->certain) {
		text_add(out, "  ");
		words_add(out, lang, W_CHANGE_POSSIBLE, 0);
	}
	text_add(out, "\n      ");
	add_witness(c, out);
	text_add(out, "\n      ");
	words_add(out, lang, W_CHANGE_OLD, 0);
	add_rule(&c->old_rule, lang, out);
	text_add(out, "\n      ");
	words_add(out, lang, W_CHANGE_NEW, 0);
	add_rule(&c->new_rule, lang, out);
	text_add_char(out, '\n');
}

void
audit_changes_text(const struct audit_changes *c, enum lang lang,
    struct text *out)
{
	char opens[24], closes[24], number[24];
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		n += c->items[i].opens;
	(void)snprintf(opens, sizeof(opens), "%zu", n);
	(void)snprintf(closes, sizeof(closes), "%zu", c->count - n);
	if (c->count > 0)
		words_add(out, lang, W_CHANGE_HEAD, 2, opens, closes);
	else
		words_add(out, lang,
		    c->undecided ? W_CHANGE_NONE_DECIDED : W_CHANGE_NONE, 0);
	text_add_char(out, '\n');
	for (size_t i = 0; i < c->count; i++)
		add_change(&c->items[i], lang, out);
	if (c->left_out > 0) {
		(void)snprintf(number, sizeof(number), "%zu", c->left_out);
		words_add(out, lang, W_CHANGE_LEFT_OUT, 1, number);
		text_add_char(out, '\n');
	}
	if (c->undecided > 0) {
		(void)snprintf(number, sizeof(number), "%llu",
		    (unsigned long long)c->undecided);
		words_add(out, lang, W_CHANGE_UNDECIDED, 1, number);
		text_add_char(out, '\n');
	}
}

/* ---- JSON */

void
audit_change_rule_json(const struct audit_rule *r, struct jsonw *w,
    const char *key)
{
	struct text chain = { 0 };

	if (r->chain == NULL) {
		jsonw_null(w, key);
		return;
	}
	ruleset_chain_name(r->chain, &chain);
	jsonw_object(w, key);
	jsonw_string(w, "chain", text_str(&chain));
	jsonw_string(w, "action", action_name(r->action));
	if (r->rule != NULL) {
		jsonw_uint(w, "handle", r->rule->handle);
		jsonw_uint(w, "index", r->rule->index);
		jsonw_string(w, "comment", r->rule->comment);
		jsonw_string(w, "text", r->rule->text);
		if (r->rule->place.line > 0)
			jsonw_uint(w, "line", r->rule->place.line);
	} else
		jsonw_bool(w, "policy", true);
	jsonw_object_end(w);
	text_free(&chain);
}

/* null: an interface that no zone has; the witness names it. */
static void
put_end(struct jsonw *w, const char *key, const struct zone *z)
{
	if (z != NULL)
		jsonw_string(w, key, z->id);
	else
		jsonw_null(w, key);
}

static void
put_change(const struct audit_change *c, struct jsonw *w)
{
	struct text witness = { 0 };

	add_witness(c, &witness);
	jsonw_object(w, NULL);
	jsonw_string(w, "change", c->opens ? "opens" : "closes");
	put_end(w, "from", c->from);
	put_end(w, "to", c->to);
	jsonw_int(w, "family", c->family);
	jsonw_string(w, "certainty", c->certain ? "certain" : "possible");
	jsonw_bool(w, "declared", c->declared);
	jsonw_string(w, "way", c->way == WAY_INPUT ? "input" : "forward");
	jsonw_string(w, "witness", text_str(&witness));
	audit_change_rule_json(&c->old_rule, w, "old");
	audit_change_rule_json(&c->new_rule, w, "new");
	jsonw_object_end(w);
	text_free(&witness);
}

void
audit_changes_json(const struct audit_changes *c, struct jsonw *w,
    const char *key)
{
	jsonw_object(w, key);
	jsonw_array(w, "changes");
	for (size_t i = 0; i < c->count; i++)
		put_change(&c->items[i], w);
	jsonw_array_end(w);
	jsonw_uint(w, "left_out", c->left_out);
	jsonw_uint(w, "undecided", c->undecided);
	jsonw_object_end(w);
}
