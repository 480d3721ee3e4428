/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The walk of packets as JSON, for programs: the steps in order, and what
 * became of the packets. topology/schema/sekisho-explain-1.json says what is
 * where.
 */
#include "base/jsonw.h"
#include "explain_internal.h"

struct writing {
	struct jsonw *w;
	struct parts *parts;
	size_t passed; /* rules that did not match, not yet told */
	size_t steps;
	bool stopped;
	bool inside; /* goes on with what is sent to the firewall */
};

static void
add_packets(struct jsonw *w, const char *key, const struct box *box,
    bool new_destination)
{
	struct text packets = { 0 };

	explain_packets(box, new_destination, &packets);
	jsonw_string(w, key, text_str(&packets));
	text_free(&packets);
}

static void
add_chain(struct jsonw *w, const struct chain *chain)
{
	if (!chain) {
		jsonw_null(w, "chain");
		return;
	}
	jsonw_object(w, "chain");
	jsonw_string(w, "family", table_family_name(chain->table->family));
	jsonw_string(w, "table", chain->table->name);
	jsonw_string(w, "name", chain->name);
	if (chain->hook == HOOK_NONE) {
		jsonw_null(w, "hook");
		jsonw_null(w, "priority");
		jsonw_null(w, "policy");
	} else {
		jsonw_string(w, "hook", hook_name(chain->hook));
		jsonw_int(w, "priority", chain->priority);
		jsonw_string(w, "policy",
		    chain->policy_drop ? "drop" : "accept");
	}
	jsonw_object_end(w);
}

static void
add_unknown(struct jsonw *w, const struct rule *rule)
{
	jsonw_array(w, "unknown");
	for (size_t i = 0; i < rule->statement_count; i++) {
		const struct statement *s = &rule->statements[i];

		if (s->unknown)
			jsonw_string(w, NULL, s->unknown);
		else if (s->lookup.changing && s->lookup.set)
			jsonw_string(w, NULL, s->lookup.set);
	}
	jsonw_array_end(w);
}

static void
add_rule(struct jsonw *w, const char *key, const struct rule *rule)
{
	if (!rule) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	if (rule->handle)
		jsonw_uint(w, "handle", rule->handle);
	else
		jsonw_null(w, "handle");
	jsonw_uint(w, "index", rule->index);
	jsonw_string(w, "comment", rule->comment);
	jsonw_string(w, "text", rule->text);
	jsonw_string(w, "file", rule->place.line ? rule->place.file : NULL);
	if (rule->place.line)
		jsonw_uint(w, "line", rule->place.line);
	else
		jsonw_null(w, "line");
	add_unknown(w, rule);
	jsonw_object_end(w);
}

static void
add_end(struct writing *t, const struct leaf *leaf)
{
	jsonw_string(t->w, "end",
	    leaf->accepted		    ? "accepted" :
		!explain_is_elsewhere(leaf) ? "dropped" :
		leaf->redirected	    ? "redirected" :
					      "elsewhere");
	jsonw_bool(t->w, "certain", !leaf->free);
	jsonw_bool(t->w, "logged", leaf->logged);
	jsonw_bool(t->w, "untracked", leaf->untracked);
	if (leaf->translated && !leaf->redirected)
		add_packets(t->w, "translated", leaf->box, true);
	else
		jsonw_null(t->w, "translated");
	add_rule(t->w, "translated_by", leaf->translated_by);
	if (t->inside)
		(void)explain_parts_add_inside(t->parts, leaf);
	else
		explain_parts_add(t->parts, leaf);
}

static void
add_step(struct writing *t, const struct step *s)
{
	static const char *const kinds[] = {
		[STEP_CHAIN] = "chain",
		[STEP_RULE] = "rule",
		[STEP_PASSED] = "passed",
		[STEP_SPLIT] = "split",
		[STEP_FREE] = "free",
		[STEP_REST] = "rest",
		[STEP_POLICY] = "policy",
		[STEP_END] = "end",
	};

	jsonw_object(t->w, NULL);
	jsonw_string(t->w, "step", kinds[s->kind]);
	jsonw_uint(t->w, "passed_before", t->passed);
	t->passed = 0;
	jsonw_int(t->w, "depth", s->depth);
	add_chain(t->w, s->chain);
	add_rule(t->w, "rule", s->rule);
	if (s->kind == STEP_CHAIN || s->kind == STEP_REST)
		jsonw_null(t->w, "action");
	else
		jsonw_string(t->w, "action", action_name(s->action));
	add_packets(t->w, "packets", s->box, false);
	if (s->kind == STEP_END)
		add_end(t, s->leaf);
	jsonw_object_end(t->w);
}

static bool
write_step(void *context, const struct step *s)
{
	struct writing *t = context;

	if (s->kind == STEP_PASSED) {
		t->passed++;
		return true;
	}
	if (++t->steps > EXPLAIN_STEPS_MAX) {
		t->stopped = true;
		return false;
	}
	add_step(t, s);
	return true;
}

static void
add_parts(struct writing *t)
{
	static const char *const keys[PARTS] = {
		[PART_ACCEPTED] = "accepted",
		[PART_DROPPED] = "dropped",
		[PART_OPEN] = "open",
	};

	for (int part = 0; part < PARTS; part++) {
		jsonw_array(t->w, keys[part]);
		for (size_t i = 0; i < t->parts->counts[part]; i++)
			add_packets(t->w, NULL, t->parts->boxes[part][i],
			    false);
		jsonw_array_end(t->w);
	}
}

/* What is sent to the firewall itself goes on by the way there. */
static enum walk_result
write_inside(struct writing *t, const struct evaluator *e,
    struct budget *budget, enum walk_result walked)
{
	const size_t count = t->parts->inside_count;

	t->inside = true;
	jsonw_array(t->w, "inside");
	for (size_t i = 0; i < count && walked == WALK_DONE; i++) {
		const struct box box = explain_inside_box(t->parts, i);

		t->passed = 0;
		jsonw_object(t->w, NULL);
		add_packets(t->w, "packets", &box, false);
		jsonw_array(t->w, "steps");
		walked = evaluate_trace(e, WAY_INPUT, &box, budget, write_step,
		    t);
		jsonw_array_end(t->w);
		jsonw_uint(t->w, "passed_after", t->passed);
		jsonw_object_end(t->w);
	}
	jsonw_array_end(t->w);
	return walked;
}

static enum walk_result
write_box(const struct evaluator *e, enum way way, const struct box *box,
    struct jsonw *w)
{
	static const char *const results[] = {
		[EXPLAIN_ACCEPTED] = "accepted",
		[EXPLAIN_DROPPED] = "dropped",
		[EXPLAIN_PARTLY] = "partly",
		[EXPLAIN_OPEN] = "open",
		[EXPLAIN_UNDECIDED] = "undecided",
	};
	struct budget budget = { EXPLAIN_STEP_BUDGET, EXPLAIN_BYTES };
	struct pool *pool = pool_new();
	struct parts *parts = pool_take(pool, sizeof(*parts));
	struct writing t = { .w = w, .parts = parts };
	enum walk_result walked;

	*parts = (struct parts){ .pool = pool };
	jsonw_object(w, NULL);
	add_packets(w, "packets", box, false);
	jsonw_int(w, "family", spans_has(box->dims[DIM_FAMILY], 6) ? 6 : 4);
	jsonw_array(w, "steps");
	walked = evaluate_trace(e, way, box, &budget, write_step, &t);
	jsonw_array_end(w);
	jsonw_uint(w, "passed_after", t.passed);
	walked = write_inside(&t, e, &budget, walked);
	jsonw_bool(w, "taken_in", parts->any_inside);
	jsonw_bool(w, "own_addresses_known",
	    evaluate_knows_own(e, spans_has(box->dims[DIM_FAMILY], 6) ? 6 : 4));
	explain_parts_settle(parts);
	jsonw_string(w, "result", results[explain_result_of(parts, walked)]);
	add_parts(&t);
	jsonw_object_end(w);
	if (parts->overfull)
		walked = WALK_UNDECIDED;
	pool_free(pool);
	return walked == WALK_DONE ? WALK_DONE : WALK_UNDECIDED;
}

enum walk_result
explain_json(const struct evaluator *e, const struct explain_query *q,
    enum lang lang, struct text *out)
{
	static const char *const ways[] = {
		[WAY_FORWARD] = "forward",
		[WAY_BRIDGE] = "bridge",
		[WAY_INPUT] = "input",
	};
	const struct ruleset *r = evaluate_ruleset(e);
	enum walk_result result = WALK_DONE;
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "format", "sekisho-explain/1");
	jsonw_string(&w, "language", lang == LANG_JA ? "ja" : "en");
	jsonw_object(&w, "ruleset");
	jsonw_string(&w, "file", r->file);
	jsonw_string(&w, "system", r->system);
	jsonw_string(&w, "sha256", r->sha256);
	jsonw_object_end(&w);
	jsonw_string(&w, "way", ways[q->way]);
	jsonw_array(&w, "walks");
	for (size_t i = 0; i < q->count; i++)
		if (write_box(e, q->way, &q->boxes[i], &w) != WALK_DONE)
			result = WALK_UNDECIDED;
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	text_add_char(out, '\n');
	return result;
}
