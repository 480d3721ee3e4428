/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's answers, message by message: interfaces, tables and sets
 * first, then chains and elements, then rules, whose order in the answers is
 * theirs in the chains. Everything is read from bytes, which may be anybody's:
 * what does not hold what it says ends the reading, and nothing of it is used.
 * linux/netfilter/nf_tables.h, linux/rtnetlink.h.
 */
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_bytecode_read.h"

#define NFT_TYPE(m) (NFNL_SUBSYS_NFTABLES << 8 | (m))
#define DEVICE_NAME 1
#define DEVICE_PREFIX 2 /* Linux 6.18 */
#define HOOK_INET_INGRESS 5

static const char place_file[] = "nf_tables";

struct diag_place
reader_place(void)
{
	return (struct diag_place){ place_file, 0, 0 };
}

void
reader_fail(struct reader *r, enum word word)
{
	if (!r->failed)
		words_diag(r->d, reader_place(), DIAG_ERROR, CHECK_NONE, word,
		    0);
	r->failed = true;
}

static bool
family_of(uint8_t nfproto, enum table_family *out)
{
	switch (nfproto) {
	case NFPROTO_IPV4:
		*out = TABLE_IP;
		return true;
	case NFPROTO_IPV6:
		*out = TABLE_IP6;
		return true;
	case NFPROTO_INET:
		*out = TABLE_INET;
		return true;
	case NFPROTO_BRIDGE:
		*out = TABLE_BRIDGE;
		return true;
	case NFPROTO_NETDEV:
		*out = TABLE_NETDEV;
		return true;
	case NFPROTO_ARP:
		*out = TABLE_ARP;
		return true;
	default:
		return false;
	}
}

/* The head of nfnetlink and the attributes of a message. False: damaged. */
bool
reader_open(const struct message *m, enum table_family *family, struct attr *a,
    size_t max)
{
	struct cursor c = m->body;
	uint32_t beyond;
	uint8_t nfproto = cursor_u8(&c);

	cursor_skip(&c, sizeof(struct nfgenmsg) - 1);
	return attrs_read(&c, a, max, &beyond) && family_of(nfproto, family);
}

/* ---- interfaces */

static void
read_link(struct reader *r, const struct message *m)
{
	struct attr a[IFLA_IFNAME + 1];
	struct cursor c = m->body;
	struct ifinfomsg info;
	struct code_link *link;
	const char *name;
	uint32_t beyond;
	const uint8_t *at = cursor_take(&c, sizeof(info));
	bool bad = at == NULL || !attrs_read(&c, a, IFLA_IFNAME, &beyond);

	if (bad || (name = attr_string(&a[IFLA_IFNAME], &bad)) == NULL ||
	    strlen(name) >= sizeof(link->name)) {
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
		return;
	}
	if (r->world.link_count == CODE_LINKS_MAX) {
		reader_fail(r, W_RULESET_KERNEL_LINKS);
		return;
	}
	memcpy(&info, at, sizeof(info));
	r->world.links = mem_grow(r->world.links, &r->world.link_capacity,
	    r->world.link_count, sizeof(*r->world.links));
	link = &r->world.links[r->world.link_count++];
	memset(link, 0, sizeof(*link));
	link->index = (uint32_t)info.ifi_index;
	memcpy(link->name, name, strlen(name));
}

/* ---- tables and chains */

static void
read_table(struct reader *r, const struct message *m)
{
	struct attr a[NFTA_TABLE_MAX + 1];
	enum table_family family;
	struct table *table;
	const char *name;
	bool bad = !reader_open(m, &family, a, NFTA_TABLE_MAX);

	name = bad ? NULL : attr_string(&a[NFTA_TABLE_NAME], &bad);
	if (name == NULL) {
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
		return;
	}
	table = builder_table(r->b, family, name, reader_place(), r->d);
	if (table == NULL) {
		r->failed = true;
		return;
	}
	table->dormant = (attr_u32(&a[NFTA_TABLE_FLAGS], &bad) &
			     NFT_TABLE_F_DORMANT) != 0;
	if (bad)
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
}

static enum hook
hook_of(enum table_family family, uint32_t number)
{
	static const enum hook netfilter[] = { HOOK_PREROUTING, HOOK_INPUT,
		HOOK_FORWARD, HOOK_OUTPUT, HOOK_POSTROUTING };
	static const enum hook arp[] = { HOOK_INPUT, HOOK_OUTPUT,
		HOOK_FORWARD };

	if (family == TABLE_NETDEV)
		return number == NF_NETDEV_INGRESS ? HOOK_INGRESS :
		    number == NF_NETDEV_EGRESS	   ? HOOK_EGRESS :
						     HOOK_NONE;
	if (family == TABLE_ARP)
		return number < 3 ? arp[number] : HOOK_NONE;
	if (family == TABLE_INET && number == HOOK_INET_INGRESS)
		return HOOK_INGRESS;
	return number < 5 ? netfilter[number] : HOOK_NONE;
}

/* The devices a chain is bound to: names, and prefixes of names. */
static const struct spans *
read_devices(struct reader *r, const struct attr *one, const struct attr *list)
{
	struct span *items = NULL;
	const struct spans *devices;
	size_t count = 0, capacity = 0;
	struct attr a = *one;
	struct cursor c;
	uint16_t type = DEVICE_NAME;
	const char *name;
	bool bad = false, more = one->at != NULL, strange = false;

	attr_cursor(list, &c);
	if (!more)
		more = attr_next(&c, &type, &a);
	for (; more && !bad; more = attr_next(&c, &type, &a)) {
		name = attr_string(&a, &bad);
		strange = strange || type < DEVICE_NAME || type > DEVICE_PREFIX;
		if (name == NULL)
			continue;
		items = mem_grow(items, &capacity, count, sizeof(*items));
		if (type == DEVICE_PREFIX)
			items[count] = packet_span_of_prefix(name);
		else
			items[count].first = items[count].last =
			    packet_value_of_name(name);
		count++;
	}
	if (bad || !cursor_ok(&c))
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
	devices = strange ? NULL : spans_make(r->world.pool, items, count);
	free(items);
	return devices;
}

static void
read_hook(struct reader *r, struct chain *chain, enum table_family family,
    const struct attr *hook)
{
	struct attr a[NFTA_HOOK_MAX + 1];
	struct cursor c;
	uint32_t beyond;
	bool bad = false;

	attr_cursor(hook, &c);
	if (!attrs_read(&c, a, NFTA_HOOK_MAX, &beyond) ||
	    a[NFTA_HOOK_HOOKNUM].at == NULL) {
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
		return;
	}
	chain->hook = hook_of(family, attr_u32(&a[NFTA_HOOK_HOOKNUM], &bad));
	chain->priority = (int32_t)attr_u32(&a[NFTA_HOOK_PRIORITY], &bad);
	if (bad || chain->hook == HOOK_NONE)
		reader_fail(r,
		    bad ? W_RULESET_KERNEL_DAMAGED : W_RULESET_KERNEL_HOOK);
	if (chain->hook == HOOK_INGRESS || chain->hook == HOOK_EGRESS)
		chain->devices = read_devices(r, &a[NFTA_HOOK_DEV],
		    &a[NFTA_HOOK_DEVS]);
}

static void
read_chain(struct reader *r, const struct message *m)
{
	struct attr a[NFTA_CHAIN_MAX + 1];
	enum table_family family;
	const char *table, *name, *type;
	struct chain *chain;
	bool bad = !reader_open(m, &family, a, NFTA_CHAIN_MAX);

	table = bad ? NULL : attr_string(&a[NFTA_CHAIN_TABLE], &bad);
	name = bad ? NULL : attr_string(&a[NFTA_CHAIN_NAME], &bad);
	type = bad ? NULL : attr_string(&a[NFTA_CHAIN_TYPE], &bad);
	if (bad || table == NULL || name == NULL) {
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
		return;
	}
	chain = builder_chain(r->b, family, table, name, reader_place(), r->d);
	if (chain == NULL) {
		r->failed = true;
		return;
	}
	chain->handle = attr_u64(&a[NFTA_CHAIN_HANDLE], &bad);
	chain->policy_drop = a[NFTA_CHAIN_POLICY].at != NULL &&
	    attr_u32(&a[NFTA_CHAIN_POLICY], &bad) == NF_DROP;
	if (type != NULL && strcmp(type, "nat") == 0)
		chain->type = CHAIN_NAT;
	else if (type != NULL && strcmp(type, "route") == 0)
		chain->type = CHAIN_ROUTE;
	if (a[NFTA_CHAIN_HOOK].at != NULL)
		read_hook(r, chain, family, &a[NFTA_CHAIN_HOOK]);
	if (bad)
		reader_fail(r, W_RULESET_KERNEL_DAMAGED);
}

/* ---- all of it */

enum pass {
	PASS_NAMES,
	PASS_CONTENT,
	PASS_CHANGING,
	PASS_MARKS,
	PASS_RULES,
	PASS_COUNT,
};

static void
read_message(struct reader *r, enum pass pass, const struct message *m)
{
	static const struct {
		enum pass pass;
		uint16_t type;
		void (*read)(struct reader *r, const struct message *m);
	} kinds[] = {
		{ PASS_NAMES, RTM_NEWLINK, read_link },
		{ PASS_NAMES, NFT_TYPE(NFT_MSG_NEWTABLE), read_table },
		{ PASS_NAMES, NFT_TYPE(NFT_MSG_NEWSET), read_set },
		{ PASS_CONTENT, NFT_TYPE(NFT_MSG_NEWCHAIN), read_chain },
		{ PASS_CONTENT, NFT_TYPE(NFT_MSG_NEWSETELEM), read_elements },
		{ PASS_CHANGING, NFT_TYPE(NFT_MSG_NEWRULE), read_changing },
		{ PASS_MARKS, NFT_TYPE(NFT_MSG_NEWRULE), read_mark_bits },
		{ PASS_RULES, NFT_TYPE(NFT_MSG_NEWRULE), read_rule },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].pass == pass && kinds[i].type == m->type)
			kinds[i].read(r, m);
}

static void
read_pass(struct reader *r, enum pass pass, const uint8_t *bytes, size_t length)
{
	struct message m;
	struct cursor c;

	cursor_init(&c, bytes, length);
	while (!r->failed && message_next(&c, &m))
		read_message(r, pass, &m);
	if (!r->failed && !cursor_ok(&c))
		reader_fail(r, W_RULESET_KERNEL_CUT);
}

/* With a builder of its own, for statements that nobody wants. */
static void
read_marks(struct reader *r, const uint8_t *bytes, size_t length)
{
	struct builder *trial = builder_new(RULESET_KERNEL, NULL);

	(void)builder_table(trial, TABLE_IP, "t", reader_place(), r->d);
	(void)builder_chain(trial, TABLE_IP, "t", "c", reader_place(), r->d);
	r->world.b = trial;
	read_pass(r, PASS_MARKS, bytes, length);
	r->world.b = r->b;
	for (size_t i = 0; i < r->world.set_count; i++)
		r->world.sets[i].kept = NULL;
	builder_free(trial);
}

struct ruleset *
ruleset_answers(const uint8_t *bytes, size_t length, const char *system,
    struct diag *d)
{
	struct reader r = { .d = d };
	struct ruleset *made = NULL;

	r.b = builder_new(RULESET_KERNEL, NULL);
	if (system != NULL)
		builder_system(r.b, system);
	r.world.b = r.b;
	r.world.pool = builder_pool(r.b);
	r.machine = mem_calloc(1, sizeof(*r.machine));
	for (int pass = 0; pass < PASS_COUNT && !r.failed; pass++) {
		if (pass == PASS_CONTENT)
			code_world_sort(&r.world);
		if (pass == PASS_MARKS)
			read_marks(&r, bytes, length);
		else
			read_pass(&r, (enum pass)pass, bytes, length);
	}
	if (r.failed)
		builder_free(r.b);
	else
		made = builder_finish(r.b, d);
	free(r.machine);
	code_world_fini(&r.world);
	return made;
}
