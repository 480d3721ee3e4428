/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One instruction out of its netlink attributes. What is not known here, an
 * instruction or an attribute that a newer kernel sends, makes it strange: it
 * might do anything, and is never taken for the part of it that is known.
 */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <string.h>

#include "ruleset_bytecode.h"

#define ATTRS_MAX 16 /* of one instruction that is known */

/* The attributes of one instruction. */
struct reading {
	struct attr a[ATTRS_MAX + 1];
	bool bad;
};

static uint32_t
number(struct reading *r, size_t type)
{
	return attr_u32(&r->a[type], &r->bad);
}

static uint32_t
source(struct reading *r, size_t type, struct code *out)
{
	out->has_sreg = r->a[type].at != NULL;
	return number(r, type);
}

static uint32_t
target(struct reading *r, size_t type, struct code *out)
{
	out->has_dreg = r->a[type].at != NULL;
	return number(r, type);
}

/* ---- values: NFTA_DATA_* */

static void
read_verdict(const struct attr *nest, struct code_verdict *out, bool *bad)
{
	struct attr a[NFTA_VERDICT_MAX + 1];
	struct cursor c;
	uint32_t beyond;

	attr_cursor(nest, &c);
	*bad = !attrs_read(&c, a, NFTA_VERDICT_MAX, &beyond) || *bad ||
	    a[NFTA_VERDICT_CODE].at == NULL;
	out->given = true;
	out->code = (int32_t)attr_u32(&a[NFTA_VERDICT_CODE], bad);
	out->chain = attr_string(&a[NFTA_VERDICT_CHAIN], bad);
	if ((out->code == NFT_JUMP || out->code == NFT_GOTO) &&
	    out->chain == NULL)
		*bad = true;
}

bool
code_data(const struct attr *nest, struct code_bytes *bytes,
    struct code_verdict *verdict)
{
	struct attr a[NFTA_DATA_MAX + 1];
	struct cursor c;
	uint32_t beyond;
	bool bad = false;

	if (nest->at == NULL)
		return true;
	attr_cursor(nest, &c);
	bad = !attrs_read(&c, a, NFTA_DATA_MAX, &beyond) || beyond > 0;
	if (a[NFTA_DATA_VALUE].at != NULL) {
		bytes->at = a[NFTA_DATA_VALUE].at;
		bytes->length = a[NFTA_DATA_VALUE].length;
		bad = bad || bytes->length == 0 || bytes->length > CODE_BYTES;
	} else if (a[NFTA_DATA_VERDICT].at != NULL) {
		read_verdict(&a[NFTA_DATA_VERDICT], verdict, &bad);
	} else {
		bad = true;
	}
	return !bad;
}

static void
value(struct reading *r, size_t type, struct code_bytes *out)
{
	struct code_verdict verdict = { 0 };

	if (!code_data(&r->a[type], out, &verdict) || verdict.given)
		r->bad = true;
}

/* ---- each instruction */

static void
read_immediate(struct reading *r, struct code *out)
{
	out->dreg = target(r, NFTA_IMMEDIATE_DREG, out);
	if (!code_data(&r->a[NFTA_IMMEDIATE_DATA], &out->value, &out->verdict))
		r->bad = true;
	if (!out->verdict.given && out->value.at == NULL)
		r->bad = true;
}

static void
read_payload(struct reading *r, struct code *out)
{
	out->base = number(r, NFTA_PAYLOAD_BASE);
	out->offset = number(r, NFTA_PAYLOAD_OFFSET);
	out->length = number(r, NFTA_PAYLOAD_LEN);
	out->sreg = source(r, NFTA_PAYLOAD_SREG, out);
	out->dreg = target(r, NFTA_PAYLOAD_DREG, out);
	if (out->has_sreg)
		out->kind = CODE_PAYLOAD_SET;
}

static void
read_meta(struct reading *r, struct code *out)
{
	out->key = number(r, NFTA_META_KEY);
	out->sreg = source(r, NFTA_META_SREG, out);
	out->dreg = target(r, NFTA_META_DREG, out);
	if (out->has_sreg)
		out->kind = CODE_META_SET;
}

static void
read_ct(struct reading *r, struct code *out)
{
	const struct attr *way = &r->a[NFTA_CT_DIRECTION];

	out->key = number(r, NFTA_CT_KEY);
	out->sreg = source(r, NFTA_CT_SREG, out);
	out->dreg = target(r, NFTA_CT_DREG, out);
	out->base = 2;
	if (way->at != NULL && way->length == 1)
		out->base = way->at[0];
	else if (way->at != NULL)
		r->bad = true;
	if (out->has_sreg)
		out->kind = CODE_CT_SET;
}

static void
read_cmp(struct reading *r, struct code *out)
{
	out->sreg = source(r, NFTA_CMP_SREG, out);
	out->op = number(r, NFTA_CMP_OP);
	value(r, NFTA_CMP_DATA, &out->value);
	r->bad = r->bad || out->value.at == NULL;
}

static void
read_range(struct reading *r, struct code *out)
{
	out->sreg = source(r, NFTA_RANGE_SREG, out);
	out->op = number(r, NFTA_RANGE_OP);
	value(r, NFTA_RANGE_FROM_DATA, &out->value);
	value(r, NFTA_RANGE_TO_DATA, &out->upper);
	r->bad = r->bad || out->value.at == NULL || out->upper.at == NULL ||
	    out->value.length != out->upper.length;
}

static void
read_bitwise(struct reading *r, struct code *out)
{
	out->sreg = source(r, NFTA_BITWISE_SREG, out);
	out->dreg = target(r, NFTA_BITWISE_DREG, out);
	out->length = number(r, NFTA_BITWISE_LEN);
	out->op = number(r, NFTA_BITWISE_OP);
	value(r, NFTA_BITWISE_MASK, &out->mask);
	value(r, NFTA_BITWISE_XOR, &out->value);
	if (out->op == NFT_BITWISE_MASK_XOR &&
	    (out->mask.length != out->length ||
		out->value.length != out->length))
		r->bad = true;
}

static void
read_byteorder(struct reading *r, struct code *out)
{
	out->sreg = source(r, NFTA_BYTEORDER_SREG, out);
	out->dreg = target(r, NFTA_BYTEORDER_DREG, out);
	out->op = number(r, NFTA_BYTEORDER_OP);
	out->length = number(r, NFTA_BYTEORDER_LEN);
	out->size = number(r, NFTA_BYTEORDER_SIZE);
}

static void
read_lookup(struct reading *r, struct code *out)
{
	out->set = attr_string(&r->a[NFTA_LOOKUP_SET], &r->bad);
	out->sreg = source(r, NFTA_LOOKUP_SREG, out);
	out->dreg = target(r, NFTA_LOOKUP_DREG, out);
	out->flags = number(r, NFTA_LOOKUP_FLAGS);
	r->bad = r->bad || out->set == NULL;
}

static void
read_nat(struct reading *r, struct code *out)
{
	out->op = number(r, NFTA_NAT_TYPE);
	out->family = number(r, NFTA_NAT_FAMILY);
	out->sreg = source(r, NFTA_NAT_REG_ADDR_MIN, out);
	out->address_last = number(r, NFTA_NAT_REG_ADDR_MAX);
	out->port = number(r, NFTA_NAT_REG_PROTO_MIN);
	out->port_last = number(r, NFTA_NAT_REG_PROTO_MAX);
	out->flags = number(r, NFTA_NAT_FLAGS);
}

static void
read_masquerade(struct reading *r, struct code *out)
{
	out->flags = number(r, NFTA_MASQ_FLAGS);
	out->port = number(r, NFTA_MASQ_REG_PROTO_MIN);
	out->port_last = number(r, NFTA_MASQ_REG_PROTO_MAX);
}

static void
read_redirect(struct reading *r, struct code *out)
{
	out->flags = number(r, NFTA_REDIR_FLAGS);
	out->port = number(r, NFTA_REDIR_REG_PROTO_MIN);
	out->port_last = number(r, NFTA_REDIR_REG_PROTO_MAX);
}

static void
read_counter(struct reading *r, struct code *out)
{
	out->packets = attr_u64(&r->a[NFTA_COUNTER_PACKETS], &r->bad);
}

static void
read_limit(struct reading *r, struct code *out)
{
	out->amount = attr_u64(&r->a[NFTA_LIMIT_RATE], &r->bad);
	out->per = attr_u64(&r->a[NFTA_LIMIT_UNIT], &r->bad);
	out->burst = number(r, NFTA_LIMIT_BURST);
	out->op = number(r, NFTA_LIMIT_TYPE);
	out->flags = number(r, NFTA_LIMIT_FLAGS) & NFT_LIMIT_F_INV;
}

static void
read_quota(struct reading *r, struct code *out)
{
	out->amount = attr_u64(&r->a[NFTA_QUOTA_BYTES], &r->bad);
	out->flags = number(r, NFTA_QUOTA_FLAGS) & NFT_QUOTA_F_INV;
}

static void
read_connlimit(struct reading *r, struct code *out)
{
	out->amount = number(r, NFTA_CONNLIMIT_COUNT);
	out->flags = number(r, NFTA_CONNLIMIT_FLAGS) & NFT_CONNLIMIT_F_INV;
}

static void
read_dynset(struct reading *r, struct code *out)
{
	out->set = attr_string(&r->a[NFTA_DYNSET_SET_NAME], &r->bad);
	out->op = number(r, NFTA_DYNSET_OP);
	out->limited = r->a[NFTA_DYNSET_EXPR].at != NULL ||
	    r->a[NFTA_DYNSET_EXPRESSIONS].at != NULL;
}

static void
read_object(struct reading *r, struct code *out)
{
	out->object_type = number(r, NFTA_OBJREF_IMM_TYPE);
	out->object = attr_string(&r->a[NFTA_OBJREF_IMM_NAME], &r->bad);
	out->sreg = source(r, NFTA_OBJREF_SET_SREG, out);
	out->set = attr_string(&r->a[NFTA_OBJREF_SET_NAME], &r->bad);
	r->bad = r->bad || out->has_sreg != (out->set != NULL);
}

/* xt: name, revision and the extension's own structure. */
static void
read_xt(struct reading *r, struct code *out)
{
	const struct attr *info = &r->a[NFTA_MATCH_INFO];

	out->set = attr_string(&r->a[NFTA_MATCH_NAME], &r->bad);
	out->revision = number(r, NFTA_MATCH_REV);
	out->value.at = info->at;
	out->value.length = info->at != NULL ? info->length : 0;
	r->bad = r->bad || out->set == NULL;
}

/* ---- loads of what cannot be known: their names alone count */

static const char *
pick(const char *const *names, size_t count, uint32_t which, const char *rest)
{
	return which < count && names[which] != NULL ? names[which] : rest;
}

#define PICK(names, which, rest) \
	pick((names), sizeof(names) / sizeof((names)[0]), (which), (rest))

static void
read_fib(struct reading *r, struct code *out)
{
	static const char *const names[] = { NULL, "fib oif", "fib oifname",
		"fib type" };

	out->dreg = target(r, NFTA_FIB_DREG, out);
	out->name = PICK(names, number(r, NFTA_FIB_RESULT), "fib");
}

static void
read_rt(struct reading *r, struct code *out)
{
	static const char *const names[] = { "rt classid", "rt ip nexthop",
		"rt ip6 nexthop", "rt mtu", "rt ipsec" };

	out->dreg = target(r, NFTA_RT_DREG, out);
	out->name = PICK(names, number(r, NFTA_RT_KEY), "rt");
}

static void
read_socket(struct reading *r, struct code *out)
{
	static const char *const names[] = { "socket transparent",
		"socket mark", "socket wildcard", "socket cgroupv2" };

	out->dreg = target(r, NFTA_SOCKET_DREG, out);
	out->name = PICK(names, number(r, NFTA_SOCKET_KEY), "socket");
}

static void
read_osf(struct reading *r, struct code *out)
{
	out->dreg = target(r, NFTA_OSF_DREG, out);
	out->name = (number(r, NFTA_OSF_FLAGS) & NFT_OSF_F_VERSION) != 0 ?
	    "osf version" :
	    "osf name";
}

static void
read_numgen(struct reading *r, struct code *out)
{
	static const char *const names[] = { "numgen inc", "numgen random" };

	out->dreg = target(r, NFTA_NG_DREG, out);
	out->name = PICK(names, number(r, NFTA_NG_TYPE), "numgen");
}

static void
read_hash(struct reading *r, struct code *out)
{
	static const char *const names[] = { "jhash", "symhash" };

	out->dreg = target(r, NFTA_HASH_DREG, out);
	out->name = PICK(names, number(r, NFTA_HASH_TYPE), "hash");
}

static void
read_xfrm(struct reading *r, struct code *out)
{
	static const char *const in[] = { NULL, "ipsec in ip daddr",
		"ipsec in ip saddr", "ipsec in ip6 daddr", "ipsec in ip6 saddr",
		"ipsec in reqid", "ipsec in spi" };
	static const char *const sent[] = { NULL, "ipsec out ip daddr",
		"ipsec out ip saddr", "ipsec out ip6 daddr",
		"ipsec out ip6 saddr", "ipsec out reqid", "ipsec out spi" };
	const struct attr *way = &r->a[NFTA_XFRM_DIR];
	const uint32_t key = number(r, NFTA_XFRM_KEY);

	out->dreg = target(r, NFTA_XFRM_DREG, out);
	out->name = way->at != NULL && way->length == 1 && way->at[0] == 1 ?
	    PICK(sent, key, "ipsec") :
	    PICK(in, key, "ipsec");
}

static void
read_tunnel(struct reading *r, struct code *out)
{
	out->dreg = target(r, NFTA_TUNNEL_DREG, out);
}

/* Names of options and headers: whole, or of a field that begins there. */
static const struct part {
	uint32_t op, type;
	int offset; /* -1: whether it is there */
	const char *name;
} parts[] = {
	{ NFT_EXTHDR_OP_TCPOPT, 2, -1, "tcp option maxseg" },
	{ NFT_EXTHDR_OP_TCPOPT, 2, 2, "tcp option maxseg size" },
	{ NFT_EXTHDR_OP_TCPOPT, 3, -1, "tcp option window" },
	{ NFT_EXTHDR_OP_TCPOPT, 3, 2, "tcp option window count" },
	{ NFT_EXTHDR_OP_TCPOPT, 4, -1, "tcp option sack-perm" },
	{ NFT_EXTHDR_OP_TCPOPT, 5, -1, "tcp option sack" },
	{ NFT_EXTHDR_OP_TCPOPT, 8, -1, "tcp option timestamp" },
	{ NFT_EXTHDR_OP_TCPOPT, 8, 2, "tcp option timestamp tsval" },
	{ NFT_EXTHDR_OP_TCPOPT, 8, 6, "tcp option timestamp tsecr" },
	{ NFT_EXTHDR_OP_IPV6, 0, -1, "exthdr hbh" },
	{ NFT_EXTHDR_OP_IPV6, 0, 0, "exthdr hbh nexthdr" },
	{ NFT_EXTHDR_OP_IPV6, 0, 1, "exthdr hbh hdrlength" },
	{ NFT_EXTHDR_OP_IPV6, 43, -1, "exthdr rt" },
	{ NFT_EXTHDR_OP_IPV6, 43, 0, "exthdr rt nexthdr" },
	{ NFT_EXTHDR_OP_IPV6, 43, 2, "exthdr rt type" },
	{ NFT_EXTHDR_OP_IPV6, 44, -1, "exthdr frag" },
	{ NFT_EXTHDR_OP_IPV6, 44, 0, "exthdr frag nexthdr" },
	{ NFT_EXTHDR_OP_IPV6, 44, 2, "exthdr frag frag-off" },
	{ NFT_EXTHDR_OP_IPV6, 44, 3, "exthdr frag more-fragments" },
	{ NFT_EXTHDR_OP_IPV6, 44, 4, "exthdr frag id" },
	{ NFT_EXTHDR_OP_IPV6, 60, -1, "exthdr dst" },
	{ NFT_EXTHDR_OP_IPV6, 60, 0, "exthdr dst nexthdr" },
	{ NFT_EXTHDR_OP_IPV6, 135, -1, "exthdr mh" },
	{ NFT_EXTHDR_OP_IPV6, 135, 0, "exthdr mh nexthdr" },
	{ NFT_EXTHDR_OP_IPV6, 135, 2, "exthdr mh type" },
	{ NFT_EXTHDR_OP_IPV4, 7, -1, "ip option rr" },
	{ NFT_EXTHDR_OP_IPV4, 131, -1, "ip option lsrr" },
	{ NFT_EXTHDR_OP_IPV4, 137, -1, "ip option ssrr" },
	{ NFT_EXTHDR_OP_IPV4, 148, -1, "ip option ra" },
	{ NFT_EXTHDR_OP_IPV4, 148, 2, "ip option ra value" },
};

static uint8_t
byte(struct reading *r, size_t type)
{
	const struct attr *a = &r->a[type];

	if (a->at == NULL)
		return 0;
	r->bad = r->bad || a->length != 1;
	return a->length == 1 ? a->at[0] : 0;
}

/* Headers behind the first one and options; also written and taken off. A
 * packet of another protocol ends the rule, unless the question is whether
 * there is one. */
static void
read_exthdr(struct reading *r, struct code *out)
{
	static const char *const names[] = { "exthdr", "tcp option",
		"ip option", "sctp chunk", "dccp option" };
	static const uint8_t families[] = { 6, 0, 4, 0, 0 };
	static const uint8_t protocols[] = { 0, 6, 0, 132, 33 };
	const uint32_t op = number(r, NFTA_EXTHDR_OP);
	const uint32_t offset = number(r, NFTA_EXTHDR_OFFSET);
	const uint8_t type = byte(r, NFTA_EXTHDR_TYPE);
	const bool asks = (number(r, NFTA_EXTHDR_FLAGS) &
			      NFT_EXTHDR_F_PRESENT) != 0;

	out->dreg = target(r, NFTA_EXTHDR_DREG, out);
	out->name = PICK(names, op, "exthdr");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].op == op && parts[i].type == type &&
		    (asks ? parts[i].offset < 0 :
			    parts[i].offset == (int)(offset & 0xff)))
			out->name = parts[i].name;
	if (!asks && op < sizeof(families)) {
		out->only_family = families[op];
		out->only_protocol = protocols[op];
	}
	if (!out->has_dreg && op != NFT_EXTHDR_OP_TCPOPT)
		out->kind = CODE_STRANGE;
}

struct instruction {
	const char *name;
	enum code_kind kind;
	size_t max; /* attributes known of it */
	void (*read)(struct reading *r, struct code *out);
};

static const struct instruction instructions[] = {
	{ "bitwise", CODE_BITWISE, NFTA_BITWISE_MAX, read_bitwise },
	{ "byteorder", CODE_BYTEORDER, NFTA_BYTEORDER_MAX, read_byteorder },
	{ "cmp", CODE_CMP, NFTA_CMP_MAX, read_cmp },
	{ "connlimit", CODE_FREE, NFTA_CONNLIMIT_MAX, read_connlimit },
	{ "counter", CODE_COUNTER, NFTA_COUNTER_MAX, read_counter },
	{ "ct", CODE_CT, NFTA_CT_MAX, read_ct },
	{ "dup", CODE_FREE, NFTA_DUP_MAX, NULL },
	{ "dynset", CODE_DYNSET, NFTA_DYNSET_MAX, read_dynset },
	{ "exthdr", CODE_LOAD, NFTA_EXTHDR_MAX, read_exthdr },
	{ "fib", CODE_LOAD, NFTA_FIB_MAX, read_fib },
	{ "flow_offload", CODE_OFFLOAD, NFTA_FLOW_MAX, NULL },
	{ "hash", CODE_LOAD, NFTA_HASH_MAX, read_hash },
	{ "immediate", CODE_IMMEDIATE, NFTA_IMMEDIATE_MAX, read_immediate },
	{ "last", CODE_NOTHING, NFTA_LAST_MAX, NULL },
	{ "limit", CODE_FREE, NFTA_LIMIT_MAX, read_limit },
	{ "log", CODE_LOG, NFTA_LOG_MAX, NULL },
	{ "lookup", CODE_LOOKUP, NFTA_LOOKUP_MAX, read_lookup },
	{ "masq", CODE_MASQUERADE, NFTA_MASQ_MAX, read_masquerade },
	{ "match", CODE_MATCH, NFTA_MATCH_MAX, read_xt },
	{ "meta", CODE_META, NFTA_META_MAX, read_meta },
	{ "nat", CODE_NAT, NFTA_NAT_MAX, read_nat },
	{ "notrack", CODE_NOTRACK, 0, NULL },
	{ "numgen", CODE_LOAD, NFTA_NG_MAX, read_numgen },
	{ "objref", CODE_OBJECT, NFTA_OBJREF_MAX, read_object },
	{ "osf", CODE_LOAD, NFTA_OSF_MAX, read_osf },
	{ "payload", CODE_PAYLOAD, NFTA_PAYLOAD_MAX, read_payload },
	{ "queue", CODE_QUEUE, NFTA_QUEUE_MAX, NULL },
	{ "quota", CODE_FREE, NFTA_QUOTA_MAX, read_quota },
	{ "range", CODE_RANGE, NFTA_RANGE_MAX, read_range },
	{ "redir", CODE_REDIRECT, NFTA_REDIR_MAX, read_redirect },
	{ "reject", CODE_REJECT, NFTA_REJECT_MAX, NULL },
	{ "rt", CODE_LOAD, NFTA_RT_MAX, read_rt },
	{ "secmark", CODE_NOTHING, NFTA_SECMARK_MAX, NULL },
	{ "socket", CODE_LOAD, NFTA_SOCKET_MAX, read_socket },
	{ "target", CODE_TARGET, NFTA_TARGET_MAX, read_xt },
	{ "tunnel", CODE_LOAD, NFTA_TUNNEL_MAX, read_tunnel },
	{ "xfrm", CODE_LOAD, NFTA_XFRM_MAX, read_xfrm },
};

static const struct instruction *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(instructions) / sizeof(*instructions);
	     i++)
		if (strcmp(instructions[i].name, name) == 0)
			return &instructions[i];
	return NULL;
}

bool
code_read(struct cursor *expression, struct code *out)
{
	struct attr a[NFTA_EXPR_MAX + 1];
	const struct instruction *known;
	struct reading r = { .bad = false };
	struct cursor body;
	uint32_t beyond;

	memset(out, 0, sizeof(*out));
	if (!attrs_read(expression, a, NFTA_EXPR_MAX, &beyond))
		return false;
	out->name = attr_string(&a[NFTA_EXPR_NAME], &r.bad);
	if (out->name == NULL)
		return false;
	out->kind = CODE_STRANGE;
	known = beyond == 0 ? find(out->name) : NULL;
	attr_cursor(&a[NFTA_EXPR_DATA], &body);
	if (!attrs_read(&body, r.a, ATTRS_MAX, &beyond))
		return false;
	for (size_t i = known ? known->max + 1 : 0; i <= ATTRS_MAX; i++)
		if (r.a[i].at != NULL)
			beyond = (uint32_t)i;
	if (known == NULL || beyond > known->max)
		return true;
	out->kind = known->kind;
	if (known->read != NULL)
		known->read(&r, out);
	return !r.bad;
}
