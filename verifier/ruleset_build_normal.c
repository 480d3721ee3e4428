/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One form for one meaning, so that a ruleset read from the kernel and the
 * same from a file end alike. Both write what a match implies (tcp dport: the
 * protocol is TCP) as matches of their own, but not equally often: what every
 * packet passes that comes so far in the rule is left out. Rules are never
 * left out, moved or joined.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_build_internal.h"

#define KNOWN_ELEMENTS_MAX 64 /* of a concatenation, to learn from it */

struct elements {
	const struct set_element *items;
	size_t count;
};

struct normal {
	struct builder *b;
	struct pool *pool; /* the builder's */
	struct chain *const *chains;
	struct diag *d;
	struct ruleset_index *index; /* struct key -> done */
	struct elements *done;
	size_t done_count, done_capacity;
	size_t elements; /* of all sets */
	bool too_many;
	/* Of the packets that come to the present statement. */
	const struct spans *known[FIELD_COUNT];
	const struct rule *rule;
	uint32_t table;
};

/* What elements become depends on these; no padding, since it is hashed. */
struct key {
	const void *items;
	size_t count;
	size_t table;
	size_t use; /* enum use */
};

enum use { USE_SET, USE_MAP, USE_REST };

/* ---- values of a field */

static const struct spans families = { 2, { { 4, 4 }, { 6, 6 } } };
static const struct spans only_4 = { 1, { { 4, 4 } } };
static const struct spans only_6 = { 1, { { 6, 6 } } };
static const struct spans addresses_4 = { 1, { { 0, UINT32_MAX } } };

/* Every value that the field can have in a packet that comes so far. */
static const struct spans *
universe(const struct normal *n, enum field field)
{
	switch (field) {
	case FIELD_FAMILY:
		return &families;
	case FIELD_SADDR:
	case FIELD_DADDR:
	case FIELD_ORIGINAL_SADDR:
	case FIELD_ORIGINAL_DADDR:
		if (spans_equal(n->known[FIELD_FAMILY], &only_4))
			return &addresses_4;
		break;
	default:
		break;
	}
	return spans_one(n->pool, 0, field_most(field));
}

static int
compare_spans(const struct spans *a, const struct spans *b)
{
	if (a == b)
		return 0;
	if (a == NULL || b == NULL)
		return a == NULL ? 1 : -1; /* every value is the last */
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		const struct span *x = &a->items[i], *y = &b->items[i];

		if (x->first != y->first)
			return x->first < y->first ? -1 : 1;
		if (x->last != y->last)
			return x->last < y->last ? -1 : 1;
	}
	return a->count == b->count ? 0 : a->count < b->count ? -1 : 1;
}

/* ---- elements */

static int
compare_outcome(const struct set_element *a, const struct set_element *b)
{
	const struct chain *x = a->decision.target, *y = b->decision.target;
	int c;

	if (a->decision.action != b->decision.action)
		return a->decision.action < b->decision.action ? -1 : 1;
	if (x != y)
		return x == NULL ? -1 :
		    y == NULL	 ? 1 :
				   strcmp(x->name, y->name);
	if ((c = compare_spans(a->change.address, b->change.address)) != 0 ||
	    (c = compare_spans(a->change.port, b->change.port)) != 0)
		return c;
	if (a->change.prefix != b->change.prefix)
		return a->change.prefix ? 1 : -1;
	if (a->change.keep != b->change.keep)
		return a->change.keep < b->change.keep ? -1 : 1;
	if (a->change.flip != b->change.flip)
		return a->change.flip < b->change.flip ? -1 : 1;
	return 0;
}

static int
by_outcome(const void *a, const void *b)
{
	return compare_outcome(a, b);
}

static int
by_parts(const void *a, const void *b)
{
	const struct set_element *x = a, *y = b;

	for (size_t i = 0; i < RULESET_FIELDS_MAX; i++) {
		int c = compare_spans(x->parts[i], y->parts[i]);

		if (c != 0)
			return c;
	}
	return compare_outcome(x, y);
}

/* One element with the values of all, NULL where one has every value. */
static const struct spans *
join(struct normal *n, const struct set_element *items, size_t count)
{
	const struct spans *joined;
	struct span *all;
	size_t total = 0, used = 0;

	if (count == 1)
		return items[0].parts[0];
	for (size_t i = 0; i < count; i++) {
		if (items[i].parts[0] == NULL)
			return NULL;
		total += items[i].parts[0]->count;
	}
	all = mem_calloc(total + 1, sizeof(*all));
	for (size_t i = 0; i < count; i++) {
		const struct spans *s = items[i].parts[0];

		memcpy(all + used, s->items, s->count * sizeof(*all));
		used += s->count;
	}
	joined = spans_make(n->pool, all, used);
	free(all);
	return joined;
}

static struct set_element *
one_element(struct normal *n, const struct spans *values)
{
	struct set_element *e = pool_take(n->pool, sizeof(*e));

	memset(e, 0, sizeof(*e));
	e->parts[0] = values;
	return e;
}

/* A map of one field: one element an outcome, and what stands for all other
 * values as what they are. */
static size_t
group(struct normal *n, struct set_element *items, size_t count)
{
	const struct spans *rest = NULL, *named = &spans_nothing;
	size_t i, j, kept = 0;

	qsort(items, count, sizeof(*items), by_parts);
	for (i = 0; i < count && items[i].parts[0] != NULL; i++)
		;
	if (i < count) { /* the catch-all; a second one could never match */
		named = i > 0 ? join(n, items, i) : &spans_nothing;
		rest = spans_subtract(n->pool, NULL, named, ~(packet_value)0);
		items[i].parts[0] = rest;
		count = i + 1;
	}
	qsort(items, count, sizeof(*items), by_outcome);
	for (i = 0; i < count; i = j) {
		for (j = i + 1;
		     j < count && compare_outcome(&items[i], &items[j]) == 0;
		     j++)
			;
		items[kept] = items[i];
		items[kept].parts[0] = join(n, &items[i], j - i);
		kept += items[kept].parts[0] == NULL ||
		    items[kept].parts[0]->count > 0;
	}
	qsort(items, kept, sizeof(*items), by_parts);
	return kept;
}

static int
by_first(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* Whether two elements of a map of one field have a value in common: the
 * kernel takes no such map, and which one counts nobody could say. */
static bool
overlaps(const struct set_element *items, size_t count)
{
	struct span *all;
	size_t total = 0, used = 0;
	bool found = false;

	for (size_t i = 0; i < count; i++)
		total += items[i].parts[0] != NULL ? items[i].parts[0]->count :
						     0;
	all = mem_calloc(total + 1, sizeof(*all));
	for (size_t i = 0; i < count; i++) {
		const struct spans *s = items[i].parts[0];

		if (s == NULL)
			continue;
		memcpy(all + used, s->items, s->count * sizeof(*all));
		used += s->count;
	}
	qsort(all, used, sizeof(*all), by_first);
	for (size_t i = 1; i < used && !found; i++)
		found = all[i].first <= all[i - 1].last;
	free(all);
	return found;
}

static bool
resolve(struct normal *n, struct decision *decision)
{
	const struct chain *named = decision->target, *chain;
	struct text quoted = { 0 };
	uint32_t found;

	if (named == NULL || named->table != NULL)
		return true;
	found = builder_find_chain(n->b, n->table, named->name);
	chain = found == RULESET_INDEX_NONE ? NULL : n->chains[found];
	if (chain != NULL && chain->hook == HOOK_NONE) {
		decision->target = chain;
		return true;
	}
	text_quote(&quoted, named->name);
	words_diag(n->d, n->rule->place, DIAG_ERROR, CHECK_NONE,
	    chain == NULL ? W_RULESET_NO_TARGET : W_RULESET_BASE_TARGET, 2,
	    text_str(&quoted), n->rule->chain->table->name);
	text_free(&quoted);
	return false;
}

static bool
make_elements(struct normal *n, const struct lookup *l, enum use use,
    struct elements *out)
{
	struct set_element *copy;
	bool fine = true;

	if (l->field_count == 1 && use == USE_SET) {
		out->items = one_element(n,
		    l->element_count == 0 ?
			&spans_nothing :
			join(n, l->elements, l->element_count));
		out->count = 1;
		return true;
	}
	copy = pool_take(n->pool, (l->element_count + 1) * sizeof(*copy));
	if (l->element_count > 0)
		memcpy(copy, l->elements, l->element_count * sizeof(*copy));
	for (size_t i = 0; i < l->element_count; i++) {
		for (size_t f = l->field_count; f < RULESET_FIELDS_MAX; f++)
			copy[i].parts[f] = NULL;
		fine = resolve(n, &copy[i].decision) && fine;
	}
	out->items = copy;
	out->count = l->element_count;
	if (l->field_count == 1)
		out->count = group(n, copy, out->count);
	else
		qsort(copy, out->count, sizeof(*copy), by_parts);
	if (l->field_count == 1 && overlaps(copy, out->count)) {
		words_diag(n->d, n->rule->place, DIAG_ERROR, CHECK_NONE,
		    W_RULESET_OVERLAP, 0);
		fine = false;
	}
	return fine;
}

/* Elements in their one form, made once for all rules that look there. */
static bool
normal_elements(struct normal *n, struct lookup *l, enum use use)
{
	struct key key;
	struct elements made = { NULL, 0 };
	uint32_t found;

	memset(&key, 0, sizeof(key));
	key.items = l->elements;
	key.count = l->element_count;
	key.table = n->table;
	key.use = (size_t)use;
	found = ruleset_index_find(n->index, &key, sizeof(key));
	if (found == RULESET_INDEX_NONE) {
		n->elements += l->element_count;
		if (n->elements > RULESET_ELEMENTS_MAX) {
			if (!n->too_many)
				words_diag(n->d, n->rule->place, DIAG_ERROR,
				    CHECK_NONE, W_RULESET_ELEMENTS, 1,
				    "4000000");
			n->too_many = true;
			return false;
		}
		if (!make_elements(n, l, use, &made))
			return false;
		n->done = mem_grow(n->done, &n->done_capacity, n->done_count,
		    sizeof(*n->done));
		n->done[n->done_count] = made;
		found = (uint32_t)n->done_count++;
		ruleset_index_add(n->index, &key, sizeof(key), found);
	}
	l->elements = n->done[found].items;
	l->element_count = n->done[found].count;
	return true;
}

/* ---- statements */

/* The words of a lookup that is negated, as long as it is. */
static void
keep_text(struct normal *n, struct statement *s)
{
	const struct spans *family = n->known[FIELD_FAMILY];
	const struct spans *protocol = n->known[FIELD_PROTOCOL];
	struct rule_context c = { n->rule->chain->table->family, 0, -1 };
	struct text text = { 0 };

	if (spans_equal(family, &only_4) || spans_equal(family, &only_6))
		c.version = (int)family->items[0].first;
	if (protocol != NULL && protocol->count == 1 &&
	    protocol->items[0].first == protocol->items[0].last)
		c.protocol = (int)protocol->items[0].first;
	rule_text_statement(s, &c, &text);
	s->text = builder_string(n->b, text_str(&text));
	text_free(&text);
}

/* The values of a match of one field; remembered for a named set, since it
 * may be large and many rules may look there. */
static const struct spans *
clipped(struct normal *n, const struct statement *s)
{
	const struct lookup *l = &s->lookup;
	const struct spans *values = l->elements[0].parts[0];
	const struct spans *all = universe(n, l->fields[0]);

	if (l->negated)
		return spans_subtract(n->pool, all, values, 0);
	if (spans_cover(values, all, 0))
		return NULL;
	return spans_intersect(n->pool, values, all);
}

static void
set_values(struct normal *n, struct statement *s)
{
	struct lookup *l = &s->lookup;
	struct key key;
	uint32_t found;

	memset(&key, 0, sizeof(key));
	key.items = l->elements;
	key.count = l->negated;
	key.table = (size_t)universe(n, l->fields[0])->items[0].last;
	key.use = (size_t)USE_REST + (size_t)l->fields[0];
	found = ruleset_index_find(n->index, &key, sizeof(key));
	if (found == RULESET_INDEX_NONE) {
		n->done = mem_grow(n->done, &n->done_capacity, n->done_count,
		    sizeof(*n->done));
		n->done[n->done_count].items = one_element(n, clipped(n, s));
		n->done[n->done_count].count = 1;
		found = (uint32_t)n->done_count++;
		ruleset_index_add(n->index, &key, sizeof(key), found);
	}
	l->elements = n->done[found].items;
	l->element_count = 1;
	l->negated = false;
}

/* False when every packet passes that comes so far. */
static bool
match_one(struct normal *n, struct statement *s)
{
	struct lookup *l = &s->lookup;
	enum field field = l->fields[0];
	const struct spans *values, *known;

	if (l->changing)
		return true;
	if (l->set != NULL && l->negated && s->text == NULL)
		keep_text(n, s);
	set_values(n, s);
	values = l->elements[0].parts[0];
	known = n->known[field] != NULL ? n->known[field] : universe(n, field);
	if (l->set == NULL && spans_cover(values, known, 0))
		return false;
	/* values lie within the universe: a large set is not copied. */
	n->known[field] = n->known[field] == NULL ?
	    values :
	    spans_intersect(n->pool, n->known[field], values);
	return true;
}

static void
learn_many(struct normal *n, const struct lookup *l)
{
	if (l->negated || l->changing || l->element_count > KNOWN_ELEMENTS_MAX)
		return;
	for (size_t f = 0; f < l->field_count; f++) {
		const struct spans *all = &spans_nothing;

		for (size_t i = 0; i < l->element_count; i++)
			all = spans_union(n->pool, all,
			    l->elements[i].parts[f]);
		n->known[l->fields[f]] = spans_intersect(n->pool,
		    n->known[l->fields[f]], all);
	}
}

/* What a statement changes of what is known. */
static void
forget(struct normal *n, enum statement_kind kind)
{
	if (kind == STATEMENT_MARK || kind == STATEMENT_MARK_FROM_CT ||
	    kind == STATEMENT_UNKNOWN)
		n->known[FIELD_MARK] = NULL;
	if (kind == STATEMENT_CT_MARK || kind == STATEMENT_CT_MARK_FROM_META ||
	    kind == STATEMENT_UNKNOWN)
		n->known[FIELD_CT_MARK] = NULL;
	if (kind == STATEMENT_NOTRACK || kind == STATEMENT_UNKNOWN)
		n->known[FIELD_CT_STATE] = NULL;
}

/* False to leave the statement out; *fine is cleared with a fault in d. */
static bool
normal_statement(struct normal *n, struct statement *s, bool *fine)
{
	enum use use = s->kind == STATEMENT_MATCH ? USE_SET : USE_MAP;

	forget(n, s->kind);
	if (!resolve(n, &s->decision))
		*fine = false;
	if (s->lookup.field_count == 0)
		return s->kind != STATEMENT_MATCH;
	if (!normal_elements(n, &s->lookup, use)) {
		*fine = false;
		return true;
	}
	if (s->kind != STATEMENT_MATCH)
		return true;
	if (s->lookup.field_count == 1)
		return match_one(n, s);
	learn_many(n, &s->lookup);
	return true;
}

bool
normal_rule(struct normal *n, struct rule *rule, uint32_t table)
{
	bool fine = true;
	size_t kept = 0;

	memset(n->known, 0, sizeof(n->known));
	n->rule = rule;
	n->table = table;
	switch (rule->chain->table->family) {
	case TABLE_IP:
		n->known[FIELD_FAMILY] = &only_4;
		break;
	case TABLE_IP6:
		n->known[FIELD_FAMILY] = &only_6;
		break;
	default:
		break;
	}
	for (size_t i = 0; i < rule->statement_count; i++) {
		struct statement s = rule->statements[i];

		if (normal_statement(n, &s, &fine))
			rule->statements[kept++] = s;
	}
	rule->statement_count = kept;
	return fine;
}

struct normal *
normal_new(struct builder *b, struct chain *const *chains, struct diag *d)
{
	struct normal *n = mem_calloc(1, sizeof(*n));

	n->b = b;
	n->pool = b->pool;
	n->chains = chains;
	n->d = d;
	n->index = ruleset_index_new();
	return n;
}

void
normal_free(struct normal *n)
{
	ruleset_index_free(n->index);
	free(n->done);
	free(n);
}
