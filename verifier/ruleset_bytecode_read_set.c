/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets and their elements out of the kernel's messages. Elements point into
 * the messages: nothing of them is copied before a rule looks there.
 */
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_bytecode_read.h"

#define SET_FLAGS_KNOWN 0x1ff
#define ELEMENT_FLAGS_KNOWN 0x3

static void
read_parts(struct code_set *set, const struct attr *desc, bool *bad)
{
	struct attr a[NFTA_SET_DESC_MAX + 1], part;
	struct attr length[NFTA_SET_FIELD_MAX + 1];
	struct cursor c, list, one;
	uint32_t beyond;
	uint16_t type;

	attr_cursor(desc, &c);
	*bad = !attrs_read(&c, a, NFTA_SET_DESC_MAX, &beyond) || *bad;
	attr_cursor(&a[NFTA_SET_DESC_CONCAT], &list);
	while (attr_next(&list, &type, &part)) {
		attr_cursor(&part, &one);
		*bad = !attrs_read(&one, length, NFTA_SET_FIELD_MAX, &beyond) ||
		    *bad || set->part_count == CODE_WORDS;
		if (*bad)
			return;
		set->parts[set->part_count++] =
		    attr_u32(&length[NFTA_SET_FIELD_LEN], bad);
	}
	*bad = *bad || !cursor_ok(&list);
}

void
read_set(struct reader *r, const struct message *m)
{
	struct code_world *w = &r->world;
	struct attr a[NFTA_SET_MAX + 1];
	struct code_set *set;
	enum table_family family;
	bool bad = !reader_open(m, &family, a, NFTA_SET_MAX);

	if (w->set_count == CODE_SETS_MAX) {
		reader_fail(r, W_RULESET_KERNEL_SETS);
		return;
	}
	w->sets = mem_grow(w->sets, &w->set_capacity, w->set_count,
	    sizeof(*w->sets));
	set = &w->sets[w->set_count++];
	memset(set, 0, sizeof(*set));
	if (bad) {
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
		return;
	}
	set->family = family;
	set->table = attr_string(&a[NFTA_SET_TABLE], &bad);
	set->name = attr_string(&a[NFTA_SET_NAME], &bad);
	set->flags = attr_u32(&a[NFTA_SET_FLAGS], &bad);
	set->key_length = attr_u32(&a[NFTA_SET_KEY_LEN], &bad);
	set->data_length = attr_u32(&a[NFTA_SET_DATA_LEN], &bad);
	set->object_type = attr_u32(&a[NFTA_SET_OBJ_TYPE], &bad);
	if (a[NFTA_SET_DESC].at != NULL)
		read_parts(set, &a[NFTA_SET_DESC], &bad);
	set->changing = (set->flags & (NFT_SET_TIMEOUT | NFT_SET_EVAL)) != 0 ||
	    (set->flags & ~(uint32_t)SET_FLAGS_KNOWN) != 0;
	if (bad || set->table == NULL || set->name == NULL ||
	    set->key_length == 0 || set->key_length > CODE_BYTES)
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
}

/* Whether an instruction of an element may end the rule. */
static bool
is_limiting(const struct attr *expression, bool *bad)
{
	struct cursor c;
	struct code code;

	attr_cursor(expression, &c);
	if (!code_read(&c, &code)) {
		*bad = true;
		return true;
	}
	return code.kind != CODE_COUNTER && code.kind != CODE_NOTHING;
}

static void
read_element(struct reader *r, struct code_set *set, const struct attr *nest)
{
	struct attr a[NFTA_SET_ELEM_MAX + 1], one;
	struct code_verdict ignored = { 0 };
	struct code_element e = { 0 };
	struct cursor c;
	uint32_t beyond;
	uint16_t type;
	bool bad = false;

	attr_cursor(nest, &c);
	if (!attrs_read(&c, a, NFTA_SET_ELEM_MAX, &beyond)) {
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
		return;
	}
	bad = !code_data(&a[NFTA_SET_ELEM_KEY], &e.key, &ignored) ||
	    !code_data(&a[NFTA_SET_ELEM_KEY_END], &e.key_end, &ignored) ||
	    !code_data(&a[NFTA_SET_ELEM_DATA], &e.value, &e.verdict) ||
	    ignored.given;
	e.flags = attr_u32(&a[NFTA_SET_ELEM_FLAGS], &bad);
	if (a[NFTA_SET_ELEM_EXPR].at != NULL)
		e.limited = is_limiting(&a[NFTA_SET_ELEM_EXPR], &bad);
	attr_cursor(&a[NFTA_SET_ELEM_EXPRESSIONS], &c);
	while (attr_next(&c, &type, &one))
		e.limited = is_limiting(&one, &bad) || e.limited;
	if (e.limited || beyond > 0 ||
	    (e.flags & ~(uint32_t)ELEMENT_FLAGS_KNOWN) != 0)
		set->changing = true;
	if ((e.flags & NFT_SET_ELEM_CATCHALL) == 0)
		bad = bad || e.key.length != set->key_length;
	if (bad || !cursor_ok(&c) ||
	    (e.key_end.at != NULL && e.key_end.length != set->key_length)) {
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
		return;
	}
	if (r->world.element_count++ >= 2 * (size_t)RULESET_ELEMENTS_MAX) {
		reader_fail(r, W_RULESET_KERNEL_ELEMENTS);
		return;
	}
	set->elements = mem_grow(set->elements, &set->capacity, set->count,
	    sizeof(*set->elements));
	set->elements[set->count++] = e;
}

void
read_elements(struct reader *r, const struct message *m)
{
	struct attr a[NFTA_SET_ELEM_LIST_MAX + 1], one;
	struct code_set *set = NULL;
	enum table_family family;
	const char *table, *name;
	struct cursor list;
	uint16_t type;
	bool bad = !reader_open(m, &family, a, NFTA_SET_ELEM_LIST_MAX);

	table = bad ? NULL : attr_string(&a[NFTA_SET_ELEM_LIST_TABLE], &bad);
	name = bad ? NULL : attr_string(&a[NFTA_SET_ELEM_LIST_SET], &bad);
	if (table != NULL && name != NULL)
		set = code_world_set(&r->world, family, table, name);
	if (set == NULL) {
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
		return;
	}
	attr_cursor(&a[NFTA_SET_ELEM_LIST_ELEMENTS], &list);
	while (!r->failed && attr_next(&list, &type, &one))
		read_element(r, set, &one);
	if (!cursor_ok(&list))
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
}
