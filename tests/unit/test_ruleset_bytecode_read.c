/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers of the kernel made by hand: whole, cut everywhere, each attribute a
 * lie in turn, and such as a newer kernel might send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "ruleset_bytecode.h"

#define ROOM 8192

/* Messages as they are put one behind another. */
struct answers {
	uint8_t bytes[ROOM];
	size_t length, message; /* where the last one begins */
};

static void
put(struct answers *a, const void *bytes, size_t n)
{
	assert_true(a->length + n + 4 < ROOM);
	memcpy(a->bytes + a->length, bytes, n);
	a->length += n;
	while (a->length % 4 != 0)
		a->bytes[a->length++] = 0;
}

static void
message(struct answers *a, uint16_t type, uint8_t family)
{
	const struct nlmsghdr h = {
		.nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type)
	};
	const struct nfgenmsg g = { .nfgen_family = family };

	a->message = a->length;
	put(a, &h, sizeof(h));
	put(a, &g, sizeof(g));
}

/* The length of what began at `at`, a message or a nest. */
static void
message_end(struct answers *a)
{
	const uint32_t n = (uint32_t)(a->length - a->message);

	memcpy(a->bytes + a->message, &n, sizeof(n));
}

static void
attr(struct answers *a, uint16_t type, const void *bytes, size_t n)
{
	const struct nlattr head = { (uint16_t)(sizeof(head) + n), type };

	put(a, &head, sizeof(head));
	put(a, bytes, n);
}

static size_t
nest(struct answers *a, uint16_t type)
{
	const size_t at = a->length;

	attr(a, type | NLA_F_NESTED, "", 0);
	return at;
}

static void
nest_end(struct answers *a, size_t at)
{
	const uint16_t n = (uint16_t)(a->length - at);

	memcpy(a->bytes + at, &n, sizeof(n));
}

static void
string(struct answers *a, uint16_t type, const char *s)
{
	attr(a, type, s, strlen(s) + 1);
}

static void
number(struct answers *a, uint16_t type, uint32_t v)
{
	const uint8_t bytes[] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
		(uint8_t)(v >> 8), (uint8_t)v };

	attr(a, type, bytes, sizeof(bytes));
}

static void
value(struct answers *a, uint16_t type, const void *bytes, size_t n)
{
	const size_t at = nest(a, type);

	attr(a, NFTA_DATA_VALUE, bytes, n);
	nest_end(a, at);
}

/* ---- a small ruleset */

static void
put_table(struct answers *a, const char *name)
{
	message(a, NFT_MSG_NEWTABLE, NFPROTO_INET);
	string(a, NFTA_TABLE_NAME, name);
	number(a, NFTA_TABLE_FLAGS, 0);
	message_end(a);
}

static void
put_chain(struct answers *a, const char *name, bool base)
{
	size_t at;

	message(a, NFT_MSG_NEWCHAIN, NFPROTO_INET);
	string(a, NFTA_CHAIN_TABLE, "t");
	string(a, NFTA_CHAIN_NAME, name);
	if (base) {
		at = nest(a, NFTA_CHAIN_HOOK);
		number(a, NFTA_HOOK_HOOKNUM, 2);
		number(a, NFTA_HOOK_PRIORITY, (uint32_t)-10);
		nest_end(a, at);
		number(a, NFTA_CHAIN_POLICY, NF_DROP);
		string(a, NFTA_CHAIN_TYPE, "filter");
	}
	message_end(a);
}

static size_t
rule_begin(struct answers *a)
{
	message(a, NFT_MSG_NEWRULE, NFPROTO_INET);
	string(a, NFTA_RULE_TABLE, "t");
	string(a, NFTA_RULE_CHAIN, "c");
	attr(a, NFTA_RULE_HANDLE, "\0\0\0\0\0\0\0\7", 8);
	attr(a, NFTA_RULE_USERDATA, "\0\6hello", 8);
	return nest(a, NFTA_RULE_EXPRESSIONS);
}

/* The nests of an instruction: both are ended by code_end. */
struct nests {
	size_t outer, inner;
};

static struct nests
code(struct answers *a, const char *name)
{
	struct nests n;

	n.outer = nest(a, NFTA_LIST_ELEM);
	string(a, NFTA_EXPR_NAME, name);
	n.inner = nest(a, NFTA_EXPR_DATA);
	return n;
}

static void
code_end(struct answers *a, struct nests n)
{
	nest_end(a, n.inner);
	nest_end(a, n.outer);
}

static void
put_meta(struct answers *a, uint32_t key)
{
	const struct nests n = code(a, "meta");

	number(a, NFTA_META_KEY, key);
	number(a, NFTA_META_DREG, NFT_REG_1);
	code_end(a, n);
}

static void
put_cmp(struct answers *a, const void *bytes, size_t length)
{
	const struct nests n = code(a, "cmp");

	number(a, NFTA_CMP_SREG, NFT_REG_1);
	number(a, NFTA_CMP_OP, NFT_CMP_EQ);
	value(a, NFTA_CMP_DATA, bytes, length);
	code_end(a, n);
}

static void
put_payload(struct answers *a, uint32_t base, uint32_t offset, uint32_t length)
{
	const struct nests n = code(a, "payload");

	number(a, NFTA_PAYLOAD_DREG, NFT_REG_1);
	number(a, NFTA_PAYLOAD_BASE, base);
	number(a, NFTA_PAYLOAD_OFFSET, offset);
	number(a, NFTA_PAYLOAD_LEN, length);
	code_end(a, n);
}

static void
put_accept(struct answers *a)
{
	const struct nests n = code(a, "immediate");
	const size_t data = (number(a, NFTA_IMMEDIATE_DREG, 0),
	    nest(a, NFTA_IMMEDIATE_DATA));
	const size_t verdict = nest(a, NFTA_DATA_VERDICT);

	number(a, NFTA_VERDICT_CODE, NF_ACCEPT);
	nest_end(a, verdict);
	nest_end(a, data);
	code_end(a, n);
}

static void
put_set(struct answers *a)
{
	size_t list, one;

	message(a, NFT_MSG_NEWSET, NFPROTO_INET);
	string(a, NFTA_SET_TABLE, "t");
	string(a, NFTA_SET_NAME, "ports");
	number(a, NFTA_SET_FLAGS, 0);
	number(a, NFTA_SET_KEY_LEN, 2);
	message_end(a);
	message(a, NFT_MSG_NEWSETELEM, NFPROTO_INET);
	string(a, NFTA_SET_ELEM_LIST_TABLE, "t");
	string(a, NFTA_SET_ELEM_LIST_SET, "ports");
	list = nest(a, NFTA_SET_ELEM_LIST_ELEMENTS);
	one = nest(a, NFTA_LIST_ELEM);
	value(a, NFTA_SET_ELEM_KEY, "\0\26", 2);
	nest_end(a, one);
	nest_end(a, list);
	message_end(a);
}

static void
put_lookup(struct answers *a)
{
	const struct nests n = code(a, "lookup");

	string(a, NFTA_LOOKUP_SET, "ports");
	number(a, NFTA_LOOKUP_SREG, NFT_REG_1);
	code_end(a, n);
}

/* meta l4proto tcp tcp dport @ports counter accept */
static void
put_ruleset(struct answers *a)
{
	struct nests n;
	size_t list;

	memset(a, 0, sizeof(*a));
	put_table(a, "t");
	put_set(a);
	put_chain(a, "c", true);
	list = rule_begin(a);
	put_meta(a, NFT_META_L4PROTO);
	put_cmp(a, "\6", 1);
	put_payload(a, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2);
	put_lookup(a);
	n = code(a, "counter");
	attr(a, NFTA_COUNTER_PACKETS, "\0\0\0\0\0\0\0\52", 8);
	attr(a, NFTA_COUNTER_BYTES, "\0\0\0\0\0\0\0\0", 8);
	code_end(a, n);
	put_accept(a);
	nest_end(a, list);
	message_end(a);
}

static struct ruleset *
answers_read(const struct answers *a, size_t length, size_t *errors)
{
	/* Room of its own, so that reading beyond it is seen. */
	uint8_t *bytes = malloc(length + 1);
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r;

	assert_non_null(bytes);
	memcpy(bytes, a->bytes, length);
	r = ruleset_answers(bytes, length, "fw", &d);
	free(bytes);
	*errors = d.errors;
	assert_true((r == NULL) == (d.errors > 0));
	diag_free(&d);
	return r;
}

static void
test_a_ruleset_is_read_with_all_that_is_known_of_it(void **state)
{
	struct answers a;
	struct ruleset *r;
	const struct chain *c;
	size_t errors;

	(void)state;
	put_ruleset(&a);
	r = answers_read(&a, a.length, &errors);
	assert_non_null(r);
	assert_int_equal(r->rule_count, 1);
	assert_string_equal(r->rules[0]->text,
	    "tcp dport @ports counter accept");
	assert_int_equal(r->rules[0]->handle, 7);
	assert_int_equal(r->rules[0]->packets, 42);
	assert_string_equal(r->rules[0]->comment, "hello");
	assert_string_equal(r->system, "fw");
	c = r->chains[0];
	assert_int_equal(c->hook, HOOK_FORWARD);
	assert_int_equal(c->priority, -10);
	assert_true(c->policy_drop);
	assert_int_equal(r->source, RULESET_KERNEL);
	ruleset_free(r);
}

static void
test_the_order_of_messages_says_nothing(void **state)
{
	struct answers a, turned;
	struct ruleset *first, *second;
	size_t errors;

	(void)state;
	put_ruleset(&a);
	first = answers_read(&a, a.length, &errors);
	/* The rule, which is the last message, before all others. */
	memset(&turned, 0, sizeof(turned));
	put(&turned, a.bytes + a.message, a.length - a.message);
	put(&turned, a.bytes, a.message);
	second = answers_read(&turned, turned.length, &errors);
	assert_non_null(first);
	assert_non_null(second);
	assert_string_equal(first->sha256, second->sha256);
	ruleset_free(first);
	ruleset_free(second);
}

static void
test_cut_anywhere_nothing_is_read(void **state)
{
	struct answers a;
	struct ruleset *r;
	size_t errors, whole = 0;

	(void)state;
	put_ruleset(&a);
	for (size_t n = 0; n < a.length; n++) {
		r = answers_read(&a, n, &errors);
		/* Whole messages and nothing more are fewer answers. */
		whole += r != NULL;
		ruleset_free(r);
	}
	assert_in_range(whole, 3, 8);
}

/* Every byte made another, one at a time: read or refused, never beyond. */
static void
test_no_byte_leads_beyond_the_answers(void **state)
{
	static const uint8_t lies[] = { 0, 1, 3, 4, 0x7f, 0x80, 0xff };
	struct answers a;
	size_t errors, refused = 0;

	(void)state;
	put_ruleset(&a);
	for (size_t i = 0; i < a.length; i++)
		for (size_t j = 0; j < sizeof(lies); j++) {
			const uint8_t kept = a.bytes[i];
			struct ruleset *r;

			a.bytes[i] = lies[j];
			r = answers_read(&a, a.length, &errors);
			refused += r == NULL;
			ruleset_free(r);
			a.bytes[i] = kept;
		}
	assert_true(refused > 100);
}

static void
test_an_instruction_of_a_newer_kernel_is_a_free_choice(void **state)
{
	struct answers a;
	struct ruleset *r;
	struct nests n;
	size_t errors, list;

	(void)state;
	for (int which = 0; which < 3; which++) {
		memset(&a, 0, sizeof(a));
		put_table(&a, "t");
		put_chain(&a, "c", true);
		list = rule_begin(&a);
		/* An unknown one, a known one with an unknown attribute, one
		 * with an attribute beside its name and data. */
		n = code(&a, which == 0 ? "inner" : "limit");
		if (which == 1)
			number(&a, NFTA_LIMIT_MAX + 1, 5);
		code_end(&a, n);
		if (which == 2) {
			number(&a, NFTA_EXPR_MAX + 1, 1);
			nest_end(&a, n.outer);
		}
		put_accept(&a);
		nest_end(&a, list);
		message_end(&a);
		r = answers_read(&a, a.length, &errors);
		assert_non_null(r);
		assert_string_equal(r->rules[0]->text,
		    which == 0 ? "inner accept" : "limit accept");
		assert_true(r->rules[0]->statements[0].may_decide);
		ruleset_free(r);
	}
}

static void
test_what_does_not_belong_together_is_refused(void **state)
{
	struct answers a;
	size_t errors, list;

	(void)state;
	/* A chain without its table, a rule without its chain. */
	memset(&a, 0, sizeof(a));
	put_chain(&a, "c", true);
	assert_null(answers_read(&a, a.length, &errors));
	memset(&a, 0, sizeof(a));
	put_table(&a, "t");
	list = rule_begin(&a);
	put_accept(&a);
	nest_end(&a, list);
	message_end(&a);
	assert_null(answers_read(&a, a.length, &errors));
	/* Two tables of one name; elements of a set that is not there. */
	memset(&a, 0, sizeof(a));
	put_table(&a, "t");
	put_table(&a, "t");
	assert_null(answers_read(&a, a.length, &errors));
	memset(&a, 0, sizeof(a));
	put_table(&a, "t");
	message(&a, NFT_MSG_NEWSETELEM, NFPROTO_INET);
	string(&a, NFTA_SET_ELEM_LIST_TABLE, "t");
	string(&a, NFTA_SET_ELEM_LIST_SET, "none");
	message_end(&a);
	assert_null(answers_read(&a, a.length, &errors));
}

static void
test_nothing_is_an_empty_ruleset(void **state)
{
	struct answers a;
	struct ruleset *r;
	size_t errors;

	(void)state;
	memset(&a, 0, sizeof(a));
	r = answers_read(&a, 0, &errors);
	assert_non_null(r);
	assert_int_equal(r->rule_count, 0);
	ruleset_free(r);
}

static void
test_other_messages_are_passed_over(void **state)
{
	const struct nlmsghdr other = { .nlmsg_len = sizeof(other),
		.nlmsg_type = NLMSG_DONE };
	struct answers a;
	struct ruleset *r;
	size_t errors;

	(void)state;
	put_ruleset(&a);
	put(&a, &other, sizeof(other));
	r = answers_read(&a, a.length, &errors);
	assert_non_null(r);
	assert_int_equal(r->rule_count, 1);
	ruleset_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_ruleset_is_read_with_all_that_is_known_of_it),
		cmocka_unit_test(test_the_order_of_messages_says_nothing),
		cmocka_unit_test(test_cut_anywhere_nothing_is_read),
		cmocka_unit_test(test_no_byte_leads_beyond_the_answers),
		cmocka_unit_test(
		    test_an_instruction_of_a_newer_kernel_is_a_free_choice),
		cmocka_unit_test(test_what_does_not_belong_together_is_refused),
		cmocka_unit_test(test_nothing_is_an_empty_ruleset),
		cmocka_unit_test(test_other_messages_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
