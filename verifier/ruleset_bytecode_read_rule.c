/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules out of the kernel's messages: their instructions go to the machine one
 * by one. Before that, what has to be known of all rules: which sets they add
 * to while packets pass, and which bits of a mark they can set.
 */
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include "ruleset_bytecode_read.h"

#define USERDATA_COMMENT 0 /* as nft(8) writes them: libnftnl's udata.h */

/* The comment of nft's own bytes on a rule, or NULL: type, length, value. */
static const char *
read_comment(struct reader *r, const struct attr *userdata)
{
	const char *comment = NULL;
	struct cursor c, value;
	uint8_t type, length;
	char text[256];

	attr_cursor(userdata, &c);
	while (cursor_left(&c) > 0 && comment == NULL) {
		type = cursor_u8(&c);
		length = cursor_u8(&c);
		cursor_sub(&c, length, &value);
		if (type != USERDATA_COMMENT || !cursor_ok(&value))
			continue;
		memcpy(text, value.pos, length);
		text[length] = '\0';
		comment = builder_string(r->b, text);
	}
	return comment; /* cut short: it is for people only */
}

/* The attributes of a rule, with its names; false and a fault: damaged. */
static bool
open_rule(struct reader *r, const struct message *m, enum table_family *family,
    struct attr *a, const char **table, const char **chain)
{
	bool bad = !reader_open(m, family, a, NFTA_RULE_MAX);

	*table = bad ? NULL : attr_string(&a[NFTA_RULE_TABLE], &bad);
	*chain = bad ? NULL : attr_string(&a[NFTA_RULE_CHAIN], &bad);
	if (*table != NULL && *chain != NULL)
		return true;
	reader_fail(r, W_RULESET_KERNEL_DAMAGED);
	return false;
}

typedef void use_code(struct reader *r, enum table_family family,
    const char *table, const struct code *code);

/* Each instruction of a rule; what is wrong with one, read_rule says. */
static void
each_code(struct reader *r, const struct message *m, use_code *use)
{
	struct attr a[NFTA_RULE_MAX + 1], one;
	enum table_family family;
	const char *table, *chain;
	struct cursor list, expression;
	struct code code;
	uint16_t type;

	if (!open_rule(r, m, &family, a, &table, &chain))
		return;
	attr_cursor(&a[NFTA_RULE_EXPRESSIONS], &list);
	while (attr_next(&list, &type, &one)) {
		attr_cursor(&one, &expression);
		if (!code_read(&expression, &code))
			return;
		use(r, family, table, &code);
	}
}

/* Sets that a rule adds to while packets pass. */
static void
note_changing(struct reader *r, enum table_family family, const char *table,
    const struct code *code)
{
	struct code_set *set;

	if (code->kind != CODE_DYNSET || code->set == NULL)
		return;
	set = code_world_set(&r->world, family, table, code->set);
	if (set != NULL)
		set->changing = true;
}

void
read_changing(struct reader *r, const struct message *m)
{
	each_code(r, m, note_changing);
}

/* Whether a rule sets a mark, and perhaps to what nobody knows. */
static void
note_marks(struct reader *r, enum table_family family, const char *table,
    const struct code *code)
{
	const enum xt_marks xt = code->kind == CODE_TARGET ?
	    xt_marks(code->set) :
	    XT_MARKS_NONE;

	(void)family;
	(void)table;
	if ((code->kind == CODE_META_SET && code->key == NFT_META_MARK) ||
	    (code->kind == CODE_CT_SET && code->key == NFT_CT_MARK) ||
	    xt == XT_MARKS_SET)
		r->sets_mark = true;
	else if (xt == XT_MARKS_UNKNOWN ||
	    (code->kind == CODE_STRANGE && strcmp(code->name, "fwd") != 0 &&
		strcmp(code->name, "tproxy") != 0 &&
		strcmp(code->name, "synproxy") != 0))
		r->world.mark_bits = UINT32_MAX;
}

static void
try_code(struct reader *r, enum table_family family, const char *table,
    const struct code *code)
{
	(void)family;
	(void)table;
	machine_step(r->machine, code);
}

/* The bits that a rule sets in a mark: found out by doing it, for nothing. */
void
read_mark_bits(struct reader *r, const struct message *m)
{
	struct attr a[NFTA_RULE_MAX + 1];
	enum table_family family;
	const char *table, *chain;

	r->sets_mark = false;
	each_code(r, m, note_marks);
	if (!r->sets_mark || r->world.mark_bits == UINT32_MAX ||
	    !open_rule(r, m, &family, a, &table, &chain))
		return;
	(void)builder_rule(r->world.b, TABLE_IP, "t", "c", reader_place(),
	    r->d);
	machine_begin(r->machine, &r->world, family, table);
	each_code(r, m, try_code);
}

void
read_rule(struct reader *r, const struct message *m)
{
	struct attr a[NFTA_RULE_MAX + 1], one;
	enum table_family family;
	const char *table, *chain;
	struct cursor list, expression;
	struct rule *rule;
	struct code code;
	uint16_t type;
	bool bad = false;

	if (!open_rule(r, m, &family, a, &table, &chain))
		return;
	rule = builder_rule(r->b, family, table, chain, reader_place(), r->d);
	if (rule == NULL) {
		r->failed = true;
		return;
	}
	rule->handle = attr_u64(&a[NFTA_RULE_HANDLE], &bad);
	rule->comment = read_comment(r, &a[NFTA_RULE_USERDATA]);
	machine_begin(r->machine, &r->world, family, table);
	attr_cursor(&a[NFTA_RULE_EXPRESSIONS], &list);
	while (!bad && attr_next(&list, &type, &one)) {
		attr_cursor(&one, &expression);
		bad = !code_read(&expression, &code);
		if (!bad)
			machine_step(r->machine, &code);
	}
	machine_end(r->machine);
	rule->packets = r->machine->packets;
	if (rule->comment == NULL)
		rule->comment = r->machine->comment;
	if (bad || !cursor_ok(&list))
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
}
