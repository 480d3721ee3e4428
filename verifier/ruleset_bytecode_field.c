/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel knows of a packet beside its bytes (meta, ct), and which
 * field any byte of a register belongs to. nft_meta.c, nft_ct.c.
 */
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "ruleset_bytecode.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- what the kernel knows of a packet */

struct key {
	uint32_t key;
	uint8_t way; /* of ct; 2: none is asked for */
	enum field field;
	enum codec codec;
	uint8_t length;
	const char *name;
};

#define UNKNOWN(key, name)                                     \
	{                                                      \
		(key), 2, FIELD_COUNT, CODEC_NUMBER, 0, (name) \
	}

static const struct key meta_keys[] = {
	{ NFT_META_PROTOCOL, 2, FIELD_FAMILY, CODEC_ETHERTYPE, 2,
	    "meta protocol" },
	{ NFT_META_MARK, 2, FIELD_MARK, CODEC_HOST, 4, "meta mark" },
	{ NFT_META_IIF, 2, FIELD_IIF, CODEC_INDEX, 4, "meta iif" },
	{ NFT_META_OIF, 2, FIELD_OIF, CODEC_INDEX, 4, "meta oif" },
	{ NFT_META_IIFNAME, 2, FIELD_IIF, CODEC_NUMBER, 16, "meta iifname" },
	{ NFT_META_OIFNAME, 2, FIELD_OIF, CODEC_NUMBER, 16, "meta oifname" },
	{ NFT_META_NFPROTO, 2, FIELD_FAMILY, CODEC_NFPROTO, 1, "meta nfproto" },
	{ NFT_META_L4PROTO, 2, FIELD_PROTOCOL, CODEC_NUMBER, 1,
	    "meta l4proto" },
	UNKNOWN(NFT_META_LEN, "meta length"),
	UNKNOWN(NFT_META_PRIORITY, "meta priority"),
	UNKNOWN(NFT_META_IIFTYPE, "meta iiftype"),
	UNKNOWN(NFT_META_OIFTYPE, "meta oiftype"),
	UNKNOWN(NFT_META_SKUID, "meta skuid"),
	UNKNOWN(NFT_META_SKGID, "meta skgid"),
	UNKNOWN(NFT_META_NFTRACE, "meta nftrace"),
	UNKNOWN(NFT_META_RTCLASSID, "meta rtclassid"),
	UNKNOWN(NFT_META_SECMARK, "meta secmark"),
	UNKNOWN(NFT_META_BRI_IIFNAME, "meta ibrname"),
	UNKNOWN(NFT_META_BRI_OIFNAME, "meta obrname"),
	UNKNOWN(NFT_META_PKTTYPE, "meta pkttype"),
	UNKNOWN(NFT_META_CPU, "meta cpu"),
	UNKNOWN(NFT_META_IIFGROUP, "meta iifgroup"),
	UNKNOWN(NFT_META_OIFGROUP, "meta oifgroup"),
	UNKNOWN(NFT_META_CGROUP, "meta cgroup"),
	UNKNOWN(NFT_META_PRANDOM, "meta random"),
	UNKNOWN(NFT_META_SECPATH, "meta ipsec"),
	UNKNOWN(NFT_META_IIFKIND, "meta iifkind"),
	UNKNOWN(NFT_META_OIFKIND, "meta oifkind"),
	UNKNOWN(NFT_META_BRI_IIFPVID, "meta ibrpvid"),
	UNKNOWN(NFT_META_BRI_IIFVPROTO, "meta ibrvproto"),
	UNKNOWN(NFT_META_TIME_NS, "meta time"),
	UNKNOWN(NFT_META_TIME_DAY, "meta day"),
	UNKNOWN(NFT_META_TIME_HOUR, "meta hour"),
	UNKNOWN(NFT_META_SDIF, "meta sdif"),
	UNKNOWN(NFT_META_SDIFNAME, "meta sdifname"),
};

/* Names without the direction. */
static const struct key ct_keys[] = {
	{ NFT_CT_STATE, 2, FIELD_CT_STATE, CODEC_STATE, 4, "state" },
	{ NFT_CT_DIRECTION, 2, FIELD_CT_DIRECTION, CODEC_WAY, 1, "direction" },
	{ NFT_CT_STATUS, 2, FIELD_CT_STATUS, CODEC_STATUS, 4, "status" },
	{ NFT_CT_MARK, 2, FIELD_CT_MARK, CODEC_HOST, 4, "mark" },
	{ NFT_CT_L3PROTOCOL, 2, FIELD_FAMILY, CODEC_NFPROTO, 1, "l3proto" },
	{ NFT_CT_L3PROTOCOL, 0, FIELD_FAMILY, CODEC_NFPROTO, 1, "l3proto" },
	{ NFT_CT_PROTOCOL, 2, FIELD_PROTOCOL, CODEC_NUMBER, 1, "protocol" },
	{ NFT_CT_PROTOCOL, 0, FIELD_PROTOCOL, CODEC_NUMBER, 1, "protocol" },
	{ NFT_CT_SRC_IP, 0, FIELD_ORIGINAL_SADDR, CODEC_NUMBER, 4, "ip saddr" },
	{ NFT_CT_DST_IP, 0, FIELD_ORIGINAL_DADDR, CODEC_NUMBER, 4, "ip daddr" },
	{ NFT_CT_SRC_IP6, 0, FIELD_ORIGINAL_SADDR, CODEC_NUMBER, 16,
	    "ip6 saddr" },
	{ NFT_CT_DST_IP6, 0, FIELD_ORIGINAL_DADDR, CODEC_NUMBER, 16,
	    "ip6 daddr" },
	{ NFT_CT_PROTO_SRC, 0, FIELD_ORIGINAL_SPORT, CODEC_NUMBER, 2,
	    "proto-src" },
	{ NFT_CT_PROTO_DST, 0, FIELD_ORIGINAL_DPORT, CODEC_NUMBER, 2,
	    "proto-dst" },
	UNKNOWN(NFT_CT_SECMARK, "secmark"),
	UNKNOWN(NFT_CT_EXPIRATION, "expiration"),
	UNKNOWN(NFT_CT_HELPER, "helper"),
	UNKNOWN(NFT_CT_LABELS, "label"),
	UNKNOWN(NFT_CT_PKTS, "packets"),
	UNKNOWN(NFT_CT_BYTES, "bytes"),
	UNKNOWN(NFT_CT_AVGPKT, "avgpkt"),
	UNKNOWN(NFT_CT_ZONE, "zone"),
	UNKNOWN(NFT_CT_ID, "id"),
	UNKNOWN(NFT_CT_EVENTMASK, "event"),
	UNKNOWN(NFT_CT_SRC, "saddr"),
	UNKNOWN(NFT_CT_DST, "daddr"),
};
#undef UNKNOWN

/* In a bridge's and a device's tables it is the table's own. */
static bool
is_own_family(const struct machine *m, const struct source *s)
{
	return s->kind == SOURCE_META && s->what == NFT_META_NFPROTO &&
	    (m->family == TABLE_BRIDGE || m->family == TABLE_NETDEV);
}

static void
locate_key(const struct machine *m, const struct key *keys, size_t count,
    const struct source *s, uint32_t offset, struct piece *out, size_t *index)
{
	out->unknown = true;
	out->name = s->name != NULL ? s->name : "meta";
	for (size_t i = 0; i < count; i++) {
		const struct key *k = &keys[i];

		if (k->key != s->what)
			continue;
		if (s->name == NULL)
			out->name = k->name;
		if (k->field == FIELD_COUNT || offset >= k->length ||
		    k->way != s->way || is_own_family(m, s))
			continue;
		out->unknown = false;
		out->field = k->field;
		out->codec = k->codec;
		out->length = k->length;
		*index = offset;
		return;
	}
}

static void
locate_meta(const struct machine *m, const struct source *s, uint32_t offset,
    struct piece *out, size_t *index)
{
	locate_key(m, meta_keys, COUNT(meta_keys), s, offset, out, index);
}

static void
locate_ct(const struct machine *m, const struct source *s, uint32_t offset,
    struct piece *out, size_t *index)
{
	locate_key(m, ct_keys, COUNT(ct_keys), s, offset, out, index);
}

void
field_locate(const struct machine *m, const struct cell *c, struct piece *out,
    size_t *index)
{
	const struct source *s = &m->sources[c->source];

	out->unknown = c->kind == CELL_UNSET;
	out->fixed = c->kind == CELL_VALUE;
	out->name = "register";
	if (c->kind != CELL_SOURCE)
		return;
	switch (s->kind) {
	case SOURCE_PAYLOAD:
		header_locate(m, s->what, c->offset, c->mask, out, index);
		break;
	case SOURCE_META:
		locate_meta(m, s, c->offset, out, index);
		break;
	case SOURCE_CT:
		locate_ct(m, s, c->offset, out, index);
		break;
	case SOURCE_MAP:
		out->unknown = true;
		out->name = "map";
		break;
	case SOURCE_UNKNOWN:
		out->unknown = true;
		out->name = s->name;
		break;
	}
}

const char *
field_ct_name(struct machine *m, uint32_t key, uint32_t way)
{
	struct text name = { 0 };
	const char *kept;

	text_add(&name,
	    way == 0	 ? "ct original" :
		way == 1 ? "ct reply" :
			   "ct");
	for (size_t i = 0; i < COUNT(ct_keys); i++)
		if (ct_keys[i].key == key) {
			text_printf(&name, " %s", ct_keys[i].name);
			break;
		}
	kept = builder_string(m->w->b, text_str(&name));
	text_free(&name);
	return kept;
}

/* Whether a byte of a register is still what the packet has there. */
static bool
is_as_before(const struct machine *m, const struct cell *c, uint32_t base,
    uint32_t offset)
{
	const struct source *s = &m->sources[c->source];

	return c->kind == CELL_SOURCE && s->kind == SOURCE_PAYLOAD &&
	    s->what == base && c->offset == offset && c->mask == 0xff &&
	    c->value == 0;
}

static uint8_t
changed_bits(const struct machine *m, const struct cell *c, uint32_t base,
    uint32_t offset)
{
	const struct source *s = &m->sources[c->source];

	return c->kind == CELL_SOURCE && s->kind == SOURCE_PAYLOAD &&
		s->what == base && c->offset == offset ?
	    (uint8_t)~c->mask | c->value :
	    0xff;
}

const char *
field_written(struct machine *m, const struct code *c)
{
	const struct source key = { c->kind == CODE_CT_SET ? SOURCE_CT :
							     SOURCE_META,
		c->key, 2,
		c->kind == CODE_CT_SET ? field_ct_name(m, c->key, 2) : NULL };
	struct piece p = { .name = "payload" };
	size_t index, first;
	const char *name = NULL;

	if (c->kind == CODE_META_SET)
		locate_meta(m, &key, 0, &p, &index);
	else if (c->kind == CODE_CT_SET)
		locate_ct(m, &key, 0, &p, &index);
	if (c->kind != CODE_PAYLOAD_SET)
		return p.unknown && header_harmless(p.name) ? NULL : p.name;
	if (!machine_register(c->sreg, c->length, &first) ||
	    c->offset > UINT16_MAX)
		return p.name;
	for (uint32_t i = 0; i < c->length && name == NULL; i++) {
		const struct cell *cell = &m->cells[first + i];

		if (is_as_before(m, cell, c->base, c->offset + i))
			continue;
		header_locate(m, c->base, c->offset + i,
		    changed_bits(m, cell, c->base, c->offset + i), &p, &index);
		if (!p.unknown || !header_harmless(p.name))
			name = p.name;
	}
	return name;
}
