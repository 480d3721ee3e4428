/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The register machine, run without a packet: each byte of a register knows
 * which byte of the packet it came from and what was done to it, so that a
 * comparison becomes a match on fields again, however loads were joined or
 * split. What cannot be followed is a free choice, never a guess. Semantics:
 * nf_tables_core.c and nft_cmp.c, nft_bitwise.c, nft_byteorder.c,
 * nft_lookup.c, nft_objref.c, nft_dynset.c.
 */
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "ruleset_bytecode.h"

/* ---- registers */

bool
machine_register(uint32_t reg, size_t length, size_t *first)
{
	if (reg >= NFT_REG_1 && reg <= NFT_REG_4)
		*first = (reg - NFT_REG_1) * NFT_REG_SIZE;
	else if (reg >= NFT_REG32_00 && reg <= NFT_REG32_15)
		*first = (reg - NFT_REG32_00) * NFT_REG32_SIZE;
	else
		return false;
	return length > 0 && length <= CODE_BYTES - *first;
}

/* The number of a source that is like s; it is added where it is new. */
static uint16_t
add_source(struct machine *m, const struct source *s)
{
	for (size_t i = 0; i < m->source_count; i++) {
		const struct source *x = &m->sources[i];

		if (x->kind == s->kind && x->what == s->what &&
		    x->way == s->way && x->name == s->name)
			return (uint16_t)i;
	}
	if (m->source_count == CODE_SOURCES_MAX - 1) /* the last one is for */
		m->sources[m->source_count++] =	     /* all that are too many */
		    (struct source){ SOURCE_UNKNOWN, 0, 0, "expression" };
	if (m->source_count == CODE_SOURCES_MAX)
		return CODE_SOURCES_MAX - 1;
	m->sources[m->source_count] = *s;
	return (uint16_t)m->source_count++;
}

uint16_t
machine_load(struct machine *m, uint32_t reg, const struct source *s,
    uint32_t offset, size_t length)
{
	size_t first, i, words = (length + 3) / 4 * 4;
	uint16_t source;

	if (!machine_register(reg, length, &first)) {
		machine_unknown(m, "expression", true);
		return CODE_SOURCES_MAX;
	}
	source = add_source(m, s);
	for (i = 0; i < length; i++)
		m->cells[first + i] = (struct cell){ CELL_SOURCE, source,
			(uint16_t)(offset + i), 0xff, 0 };
	for (; i < words && first + i < CODE_BYTES; i++)
		m->cells[first + i] = (struct cell){ .kind = CELL_VALUE };
	return source;
}

/* Nobody knows what length bytes from reg on hold, or what there is room for:
 * too many unknown ones do no harm. */
static void
load_unknown(struct machine *m, uint32_t reg, const char *name, size_t length)
{
	const struct source s = { SOURCE_UNKNOWN, 0, 0, name };
	size_t first;

	if (machine_register(reg, 1, &first) && length > CODE_BYTES - first)
		length = CODE_BYTES - first;
	(void)machine_load(m, reg, &s, 0, length);
}

size_t
machine_pieces(struct machine *m, uint32_t reg, size_t length,
    struct piece *out, size_t max)
{
	struct piece now;
	size_t first, index, count = 0;

	if (!machine_register(reg, length, &first))
		return 0;
	for (size_t i = 0; i < length; i++) {
		const struct cell *c = &m->cells[first + i];
		struct piece *p = count > 0 ? &out[count - 1] : NULL;
		bool same;

		memset(&now, 0, sizeof(now));
		index = 0;
		field_locate(m, c, &now, &index);
		if (now.unknown && c->kind == CELL_SOURCE && c->mask == 0) {
			now.unknown = false; /* whatever it is, it is gone */
			now.fixed = true;
		}
		same = p != NULL && p->fixed == now.fixed &&
		    p->unknown == now.unknown &&
		    (p->fixed ||
			(p->unknown ? p->name == now.name :
				      p->field == now.field &&
				    p->codec == now.codec));
		for (size_t j = 0;
		     same && !now.fixed && !now.unknown && j < p->count; j++)
			same = p->index[j] != index;
		if (!same) {
			if (count == max)
				return 0;
			p = &out[count++];
			*p = now;
			p->start = i;
			p->count = 0;
		}
		p->index[p->count] = (uint8_t)index;
		p->mask[p->count] = c->kind == CELL_SOURCE ? c->mask : 0;
		p->flip[p->count] = c->value;
		p->count++;
	}
	return count;
}

/* ---- verdicts */

static void
do_verdict(struct machine *m, const struct code_verdict *v)
{
	struct decision d = machine_decision(m, v);

	machine_settle(m);
	if (d.action == ACTION_UNKNOWN)
		machine_unknown(m, "verdict", true);
	else
		builder_verdict(m->w->b, d.action,
		    d.target != NULL ? v->chain : NULL);
}

/* ---- changing registers */

static void
do_immediate(struct machine *m, const struct code *c)
{
	size_t first, i, words = (c->value.length + 3) / 4 * 4;

	if (c->verdict.given) {
		do_verdict(m, &c->verdict);
		return;
	}
	if (!machine_register(c->dreg, c->value.length, &first)) {
		machine_unknown(m, "immediate", true);
		return;
	}
	for (i = 0; i < c->value.length; i++)
		m->cells[first + i] = (struct cell){ .kind = CELL_VALUE,
			.value = c->value.at[i] };
	for (; i < words && first + i < CODE_BYTES; i++)
		m->cells[first + i] = (struct cell){ .kind = CELL_VALUE };
}

/* (register & mask) ^ value, byte by byte. */
static void
do_bitwise(struct machine *m, const struct code *c)
{
	struct cell cells[CODE_BYTES];
	size_t from, to;

	if (!machine_register(c->sreg, c->length, &from) ||
	    !machine_register(c->dreg, c->length, &to)) {
		machine_unknown(m, "bitwise", true);
		return;
	}
	if (c->op != NFT_BITWISE_MASK_XOR || c->mask.length != c->length ||
	    c->value.length != c->length) { /* shifts, and what is newer */
		struct piece pieces[CODE_BYTES];
		const size_t n = machine_pieces(m, c->sreg, c->length, pieces,
		    CODE_BYTES);

		load_unknown(m, c->dreg, machine_name(m, pieces, n), c->length);
		return;
	}
	memcpy(cells, m->cells, sizeof(cells));
	for (size_t i = 0; i < c->length; i++) {
		struct cell *x = &cells[from + i];

		x->mask &= c->mask.at[i];
		x->value = (x->value & c->mask.at[i]) ^ c->value.at[i];
		m->cells[to + i] = *x;
	}
}

/* hton and ntoh both turn the bytes of each unit around, or do nothing. */
static void
do_byteorder(struct machine *m, const struct code *c)
{
	struct cell cells[CODE_BYTES];
	const size_t n = c->size;
	size_t from, to;

	if (!machine_register(c->sreg, c->length, &from) ||
	    !machine_register(c->dreg, c->length, &to) ||
	    (n != 2 && n != 4 && n != 8)) {
		machine_unknown(m, "byteorder", true);
		return;
	}
	memcpy(cells, m->cells, sizeof(cells));
	for (size_t i = 0; i + n <= c->length; i += n)
		for (size_t j = 0; j < n; j++)
			m->cells[to + i + j] = cells[from + i +
			    (BYTE_ORDER == LITTLE_ENDIAN ? n - 1 - j : j)];
}

/* ---- loading */

static void
do_payload(struct machine *m, const struct code *c)
{
	const struct source s = { SOURCE_PAYLOAD, c->base, 0, NULL };

	if (c->offset > UINT16_MAX - CODE_BYTES)
		load_unknown(m, c->dreg, "payload", c->length);
	else
		(void)machine_load(m, c->dreg, &s, c->offset, c->length);
}

static size_t
meta_length(uint32_t key)
{
	switch (key) {
	case NFT_META_IIFNAME:
	case NFT_META_OIFNAME:
	case NFT_META_BRI_IIFNAME:
	case NFT_META_BRI_OIFNAME:
	case NFT_META_IIFKIND:
	case NFT_META_OIFKIND:
	case NFT_META_SDIFNAME:
		return 16;
	case NFT_META_TIME_NS:
		return 8;
	case NFT_META_PROTOCOL:
	case NFT_META_IIFTYPE:
	case NFT_META_OIFTYPE:
	case NFT_META_BRI_IIFPVID:
	case NFT_META_BRI_IIFVPROTO:
		return 2;
	case NFT_META_NFPROTO:
	case NFT_META_L4PROTO:
	case NFT_META_PKTTYPE:
	case NFT_META_TIME_DAY:
	case NFT_META_SECPATH:
		return 1;
	default:
		return 4;
	}
}

static void
do_meta(struct machine *m, const struct code *c)
{
	const struct source s = { SOURCE_META, c->key, 2, NULL };

	if (c->key > NFT_META_SDIFNAME)
		load_unknown(m, c->dreg, "meta", FIELD_BYTES);
	else
		(void)machine_load(m, c->dreg, &s, 0, meta_length(c->key));
}

static size_t
ct_length(uint32_t key)
{
	switch (key) {
	case NFT_CT_DIRECTION:
	case NFT_CT_L3PROTOCOL:
	case NFT_CT_PROTOCOL:
		return 1;
	case NFT_CT_PROTO_SRC:
	case NFT_CT_PROTO_DST:
	case NFT_CT_ZONE:
		return 2;
	case NFT_CT_PKTS:
	case NFT_CT_BYTES:
	case NFT_CT_AVGPKT:
		return 8;
	case NFT_CT_SRC:
	case NFT_CT_DST:
	case NFT_CT_SRC_IP6:
	case NFT_CT_DST_IP6:
	case NFT_CT_HELPER:
	case NFT_CT_LABELS:
		return 16;
	default:
		return 4;
	}
}

void
machine_tracked(struct machine *m)
{
	static const struct span states[] = {
		{ CT_ESTABLISHED, CT_ESTABLISHED },
		{ CT_RELATED, CT_RELATED },
		{ CT_NEW, CT_NEW },
	};

	machine_emit(m, FIELD_CT_STATE, spans_make(m->w->pool, states, 3),
	    false);
}

/* Without a connection, or one of the other family, the rule ends. */
static void
only_tracked(struct machine *m, const struct code *c)
{
	packet_value family = 0;

	if (c->key == NFT_CT_STATE)
		return;
	if (c->key == NFT_CT_SRC_IP || c->key == NFT_CT_DST_IP)
		family = 4;
	else if (c->key == NFT_CT_SRC_IP6 || c->key == NFT_CT_DST_IP6)
		family = 6;
	if (family != 0)
		machine_emit(m, FIELD_FAMILY,
		    spans_one(m->w->pool, family, family), false);
	machine_tracked(m);
}

static void
do_ct(struct machine *m, const struct code *c)
{
	struct source s = { SOURCE_CT, c->key, c->base, NULL };

	/* An address of the table's family. */
	if (m->family == TABLE_IP || m->family == TABLE_IP6) {
		const bool is_4 = m->family == TABLE_IP;

		if (c->key == NFT_CT_SRC)
			s.what = is_4 ? NFT_CT_SRC_IP : NFT_CT_SRC_IP6;
		else if (c->key == NFT_CT_DST)
			s.what = is_4 ? NFT_CT_DST_IP : NFT_CT_DST_IP6;
	}
	s.name = field_ct_name(m, c->key, c->base);
	only_tracked(m, c);
	if (c->key > NFT_CT_ID)
		load_unknown(m, c->dreg, "ct", FIELD_BYTES);
	else
		(void)machine_load(m, c->dreg, &s, 0, ct_length(s.what));
}

/* ---- sets */

static size_t
count_unknown(const struct piece *pieces, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += !pieces[i].fixed && pieces[i].unknown;
	return n;
}

/* Not in a set: packets without ports are not either. */
static void
widen(struct machine *m, const struct piece *pieces, size_t count,
    struct lookup *l)
{
	struct set_element *wide;
	bool ports = false;

	for (size_t i = 0; i < count; i++)
		ports = ports || pieces[i].ports;
	for (size_t i = 0; i < l->field_count; i++)
		ports = ports && l->fields[i] != FIELD_PROTOCOL;
	if (!ports || l->field_count == RULESET_FIELDS_MAX)
		return;
	wide = pool_take(m->w->pool, (l->element_count + 1) * sizeof(*wide));
	for (size_t i = 0; i < l->element_count; i++) {
		wide[i] = l->elements[i];
		wide[i].parts[l->field_count] = &machine_with_ports;
	}
	l->fields[l->field_count++] = FIELD_PROTOCOL;
	l->elements = wide;
}

/* Only whether the key is there. Of a key that is known in part, that part is
 * a match and the rest a free choice. */
static void
look_for(struct machine *m, struct code_set *set, const struct piece *pieces,
    size_t count, bool negated)
{
	static const struct map_shape keys = { .use = MAP_KEYS };
	const bool part = count_unknown(pieces, count) > 0;
	struct lookup l = { 0 };
	bool fine = set_lookup(m, set, pieces, count, &keys, &l);

	if (!negated || part)
		machine_imply(m, pieces, count);
	if (!fine || part)
		machine_unknown(m, machine_name(m, pieces, count), false);
	if (!fine || (part && negated))
		return;
	if (negated)
		widen(m, pieces, count, &l);
	l.negated = negated;
	machine_emit_lookup(m, &l);
}

static void
look_for_verdict(struct machine *m, struct code_set *set,
    const struct piece *pieces, size_t count)
{
	static const struct map_shape verdicts = { .use = MAP_VERDICT };
	struct lookup l = { 0 };
	struct statement *s;

	machine_imply(m, pieces, count);
	if (count_unknown(pieces, count) > 0 ||
	    !set_lookup(m, set, pieces, count, &verdicts, &l)) {
		machine_unknown(m, machine_name(m, pieces, count), true);
		return;
	}
	machine_settle(m);
	s = builder_statement(m->w->b, STATEMENT_VMAP);
	if (s != NULL)
		s->lookup = l;
}

/* Looks in a set with the key in a register. What only asks for it is a match,
 * with a verdict a map of verdicts; other results wait for their use. */
static void
do_lookup(struct machine *m, const struct code *c)
{
	struct code_set *set = code_world_set(m->w, m->family, m->table,
	    c->set);
	const bool decides = c->has_dreg && c->dreg == NFT_REG_VERDICT;
	struct piece pieces[CODE_BYTES];
	size_t count = 0;

	machine_half(m);
	machine_flush(m);
	if (set != NULL)
		count = machine_pieces(m, c->sreg, set->key_length, pieces,
		    CODE_BYTES);
	if (count == 0) {
		machine_unknown(m, "lookup", decides);
		if (c->has_dreg && !decides)
			load_unknown(m, c->dreg, "lookup", CODE_BYTES);
	} else if (c->has_dreg && !decides) {
		machine_map(m, c, set, pieces, count,
		    count_unknown(pieces, count) > 0);
	} else if (decides) {
		look_for_verdict(m, set, pieces, count);
	} else {
		look_for(m, set, pieces, count,
		    (c->flags & NFT_LOOKUP_F_INV) != 0);
	}
}

/* ---- named objects */

static void
use_object(struct machine *m, uint32_t type, const char *object)
{
	static const char *const free_ones[NFT_OBJECT_MAX + 1] = {
		[NFT_OBJECT_QUOTA] = "quota",
		[NFT_OBJECT_LIMIT] = "limit",
		[NFT_OBJECT_CONNLIMIT] = "ct count",
		[NFT_OBJECT_CT_EXPECT] = "ct expectation",
	};
	struct text words = { 0 };

	switch (type) {
	case NFT_OBJECT_QUOTA:
	case NFT_OBJECT_LIMIT:
	case NFT_OBJECT_CONNLIMIT:
	case NFT_OBJECT_CT_EXPECT:
		text_add(&words, free_ones[type]);
		if (object != NULL)
			text_printf(&words, " name %s", object);
		machine_unknown_words(m, free_ones[type], text_str(&words));
		text_free(&words);
		break;
	case NFT_OBJECT_COUNTER:
	case NFT_OBJECT_CT_HELPER:
	case NFT_OBJECT_CT_TIMEOUT:
	case NFT_OBJECT_SECMARK:
	case NFT_OBJECT_TUNNEL:
		machine_nothing(m, NULL);
		break;
	case NFT_OBJECT_SYNPROXY:
		machine_unknown(m, "synproxy", true);
		break;
	default:
		machine_unknown(m, "object", true);
		break;
	}
}

/* By name, or by a map of names: without an element there the rule ends. */
static void
do_object(struct machine *m, const struct code *c)
{
	struct piece pieces[CODE_BYTES];
	struct code_set *set;
	size_t count = 0;

	machine_settle(m);
	if (!c->has_sreg) {
		use_object(m, c->object_type, c->object);
		return;
	}
	set = code_world_set(m->w, m->family, m->table, c->set);
	if (set != NULL)
		count = machine_pieces(m, c->sreg, set->key_length, pieces,
		    CODE_BYTES);
	if (count > 0)
		look_for(m, set, pieces, count, false);
	else
		machine_unknown(m, "lookup", false);
	use_object(m, set != NULL ? set->object_type : NFT_OBJECT_UNSPEC, NULL);
}

/* ---- the whole */

/* Nothing is known any more of what was loaded. */
static void
do_strange(struct machine *m, const struct code *c)
{
	const char *name = builder_string(m->w->b, c->name);

	machine_unknown(m, name, true);
	for (uint32_t reg = NFT_REG_1; reg <= NFT_REG_4; reg++)
		load_unknown(m, reg, name, NFT_REG_SIZE);
}

static void
do_load(struct machine *m, const struct code *c)
{
	if (c->only_family != 0)
		machine_emit(m, FIELD_FAMILY,
		    spans_one(m->w->pool, c->only_family, c->only_family),
		    false);
	if (c->only_protocol != 0)
		machine_emit(m, FIELD_PROTOCOL,
		    spans_one(m->w->pool, c->only_protocol, c->only_protocol),
		    false);
	if (!c->has_dreg) { /* written, or taken off */
		machine_nothing(m, NULL);
		return;
	}
	/* The longest that any of them gives is an interface's name. */
	load_unknown(m, c->dreg, builder_string(m->w->b, c->name), FIELD_BYTES);
}

/* Writing to the packet: without a word to conntrack it becomes another one. */
static void
do_payload_set(struct machine *m, const struct code *c)
{
	const char *name = field_written(m, c);

	if (name != NULL)
		machine_unknown(m, name, true);
	else
		machine_nothing(m, NULL);
}

/* Adding and updating end the rule when the set is full; taking away does
 * not. */
static void
do_dynset(struct machine *m, const struct code *c)
{
	static const char *const words[2][3] = {
		{ "add set", "update set", "delete set" },
		{ "add map", "update map", "delete map" },
	};
	const struct code_set *set = c->set == NULL ?
	    NULL :
	    code_world_set(m->w, m->family, m->table, c->set);
	const bool map = set != NULL && (set->flags & NFT_SET_MAP) != 0;
	const uint32_t meter = NFT_SET_ANONYMOUS | NFT_SET_EVAL;

	if (set != NULL && (set->flags & meter) == meter)
		machine_unknown(m, "meter", false);
	else if (c->op == NFT_DYNSET_OP_DELETE && !c->limited)
		machine_nothing(m, NULL);
	else
		machine_unknown(m, c->op < 3 ? words[map][c->op] : "dynset",
		    false);
}

static void
do_queue(struct machine *m)
{
	machine_settle(m);
	builder_verdict(m->w->b, ACTION_QUEUE, NULL);
}

static void
do_plain(struct machine *m, enum statement_kind kind)
{
	machine_settle(m);
	(void)builder_statement(m->w->b, kind);
}

void
machine_step(struct machine *m, const struct code *c)
{
	m->steps++;
	switch (c->kind) {
	case CODE_IMMEDIATE:
		do_immediate(m, c);
		break;
	case CODE_PAYLOAD:
		do_payload(m, c);
		break;
	case CODE_PAYLOAD_SET:
		do_payload_set(m, c);
		break;
	case CODE_META:
		do_meta(m, c);
		break;
	case CODE_META_SET:
	case CODE_CT_SET:
		machine_meta_set(m, c);
		break;
	case CODE_CT:
		do_ct(m, c);
		break;
	case CODE_CMP:
		machine_cmp(m, c);
		break;
	case CODE_RANGE:
		machine_range(m, c);
		break;
	case CODE_BITWISE:
		do_bitwise(m, c);
		break;
	case CODE_BYTEORDER:
		do_byteorder(m, c);
		break;
	case CODE_LOOKUP:
		do_lookup(m, c);
		break;
	case CODE_NAT:
	case CODE_MASQUERADE:
	case CODE_REDIRECT:
		machine_nat(m, c);
		break;
	case CODE_REJECT:
		machine_settle(m);
		builder_verdict(m->w->b, ACTION_REJECT, NULL);
		break;
	case CODE_QUEUE:
		do_queue(m);
		break;
	case CODE_NOTRACK:
		do_plain(m, STATEMENT_NOTRACK);
		break;
	case CODE_LOG:
		do_plain(m, STATEMENT_LOG);
		break;
	case CODE_COUNTER:
		m->packets = c->packets <= INT64_MAX ? (int64_t)c->packets :
						       INT64_MAX;
		machine_nothing(m, NULL);
		break;
	case CODE_OFFLOAD:
		do_plain(m, STATEMENT_OFFLOAD);
		break;
	case CODE_OBJECT:
		do_object(m, c);
		break;
	case CODE_LOAD:
		do_load(m, c);
		break;
	case CODE_NOTHING:
		machine_nothing(m, NULL);
		break;
	case CODE_DYNSET:
		do_dynset(m, c);
		break;
	case CODE_FREE:
		machine_free(m, c);
		break;
	case CODE_MATCH:
		machine_settle(m);
		machine_xt_match(m, c);
		break;
	case CODE_TARGET:
		machine_settle(m);
		machine_xt_target(m, c);
		break;
	case CODE_STRANGE:
		machine_settle(m);
		do_strange(m, c);
		break;
	}
}

void
machine_begin(struct machine *m, struct code_world *w, enum table_family family,
    const char *table)
{
	memset(m, 0, sizeof(*m));
	m->w = w;
	m->family = family;
	m->table = table;
	m->may_be_4 = family != TABLE_IP6 && family != TABLE_ARP;
	m->may_be_6 = family != TABLE_IP && family != TABLE_ARP;
	memset(m->protocols, 0xff, sizeof(m->protocols));
	m->packets = -1;
}

void
machine_end(struct machine *m)
{
	machine_settle(m);
}
