/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-10: which MAC an address belongs to on a segment. Two that answer for
 * one address at once are a conflict or a spoof; an address that moves once is
 * no more than a record, and nothing at all where it was quiet, released or
 * leased to the other in between.
 *
 * Only ARP and neighbour discovery say to whom an address belongs. That a
 * packet came from a MAC shows that its owner is still there, never that there
 * is a new one: load balancers answer with an address that is not theirs.
 */
#include <string.h>

#include "link_internal.h"

struct binding_key {
	uint64_t mark;
	uint8_t address[16];
	uint8_t family, pad;
	uint16_t vlan;
	uint32_t rest;
};

_Static_assert(sizeof(struct binding_key) == 32, "no hidden padding");

struct binding {
	struct mac mac, before; /* now, and the one before it */
	struct mac leased;	/* whom a server gave it to */
	bool strong;		/* mac said so itself */
	bool had_before, is_leased, released;
	int64_t since_us, seen_us; /* of mac */
	int64_t before_us;	   /* before was last seen with it */
};

void
link_binding_init(struct link_watch *l)
{
	link_memory_init(&l->bindings, LINK_BINDINGS_MAX,
	    sizeof(struct binding_key), sizeof(struct binding), CLOCK_DAY,
	    l->secret);
}

static struct binding_key
key_of(const struct link_look *k, const struct addr *a)
{
	struct binding_key key;

	memset(&key, 0, sizeof(key));
	key.mark = k->mark;
	key.family = a->family;
	key.vlan = k->a->vlan;
	memcpy(key.address, a->bytes, sizeof(key.address));
	return key;
}

/* One router's, so that it moves between them when one of a pair fails; or one
 * declared host's. */
static bool
is_same_device(const struct link_look *k, const struct mac *a,
    const struct mac *b, bool *router)
{
	const struct host *h;

	*router = false;
	for (size_t i = 0; i < k->tap->router_count; i++) {
		const struct router *r = &k->tap->routers[i];
		bool has[2] = { false, false };

		for (size_t j = 0; j < r->mac_count; j++) {
			has[0] = has[0] || mac_equal(&r->macs[j], a);
			has[1] = has[1] || mac_equal(&r->macs[j], b);
		}
		if (has[0] && has[1]) {
			*router = true;
			return true;
		}
	}
	h = link_host(k->l, a);
	return h && link_host_has(h, b);
}

/* Windows' load balancing makes its MACs 02:bf and 02:01 to 02:20 of one
 * address. */
static bool
is_balanced(const struct mac *a, const struct mac *b)
{
	return a->bytes[0] == 0x02 && b->bytes[0] == 0x02 &&
	    (a->bytes[1] == 0xbf || a->bytes[1] <= 0x20) &&
	    (b->bytes[1] == 0xbf || b->bytes[1] <= 0x20) &&
	    (a->bytes[1] == 0xbf || b->bytes[1] == 0xbf) &&
	    memcmp(a->bytes + 2, b->bytes + 2, 4) == 0;
}

/* ---- telling */

static void
tell(const struct link_look *k, enum notice_word word, enum severity severity,
    const struct addr *a, const struct mac *now, const struct mac *before)
{
	char expected[MAC_TEXT_MAX], seen[MAC_TEXT_MAX];
	const bool pair = word == NOTICE_LINK_TWO_MACS;
	/* The same two are the same finding whichever came first. */
	const struct mac *key = pair &&
		memcmp(before->bytes, now->bytes, sizeof(now->bytes)) < 0 ?
	    before :
	    now;
	struct link_claim c = { .check = CHECK_LNK_10,
		.severity = severity,
		.word = word,
		.who = link_party(now, a, k->segment),
		.whom = link_party(before, a, k->segment),
		.clause = link_clause_zone(k->segment),
		.expected = mac_format(before, expected),
		.seen = mac_format(now, seen),
		.by_address = true };

	c.also = table_hash(k->l->secret, key->bytes, sizeof(key->bytes));
	if (word == NOTICE_LINK_ROUTER_MOVED)
		c.again_us = LINK_MOVE_AGAIN_US;
	(void)link_tell(k, &c);
}

static void
tell_usurped(const struct link_look *k, const struct router *owner,
    const struct addr *a, const struct mac *m)
{
	char expected[LINK_TEXT_MAX], seen[ADDR_TEXT_MAX];
	struct addr own = { 0 };
	struct link_claim c = { .check = CHECK_LNK_10,
		.severity = SEVERITY_MEDIUM,
		.word = NOTICE_LINK_GATEWAY_CLAIMED,
		.whom = link_party(&owner->macs[0], a, k->segment),
		.clause = link_clause_router(owner, k->tap),
		.expected = link_routers(expected, k),
		.seen = addr_format(a, seen),
		.by_mac = true };

	/* Who it is without what it claims. */
	(void)link_resides(k, m, &own);
	c.who = link_party(m, own.family ? &own : NULL, k->segment);
	c.also = table_hash(k->l->secret, a->bytes, sizeof(a->bytes));
	(void)link_tell(k, &c);
}

/* The address is a declared router's, and the MAC none of its: whoever claims
 * it wants to be the gateway. */
static bool
is_usurped(const struct link_look *k, const struct addr *a, const struct mac *m)
{
	const struct router *owner = NULL;

	for (size_t i = 0; i < k->tap->router_count; i++) {
		const struct router *r = &k->tap->routers[i];

		if (r->mac_count == 0 || !addr_equal(&r->address, a) ||
		    locate_router(k->tap, k->segment, &r->macs[0]) == NULL)
			continue;
		owner = r;
		for (size_t j = 0; j < r->mac_count; j++)
			if (mac_equal(&r->macs[j], m))
				return false;
	}
	if (owner)
		tell_usurped(k, owner, a, m);
	return owner != NULL;
}

/* ---- claims */

static void
hand_over(struct binding *b, const struct mac *m, int64_t us, bool remember)
{
	b->had_before = remember;
	b->before = b->mac;
	b->before_us = b->seen_us;
	b->mac = *m;
	b->since_us = b->seen_us = us;
	b->strong = true;
	b->released = false;
}

/* The one that had it before is still there with it. */
static bool
is_still_there(const struct link_look *k, const struct binding *b)
{
	const int64_t apart = k->us - b->since_us;

	/* What lies closer together may have come in the other order. */
	return b->had_before && apart > TRACK_REORDER_US &&
	    apart <= LINK_BOTH_US;
}

static void
take_other(const struct link_look *k, struct binding *b, const struct addr *a,
    const struct mac *m)
{
	const struct mac old = b->mac;
	const bool back = b->had_before && mac_equal(m, &b->before);
	bool router;

	if (is_same_device(k, &old, m, &router)) {
		hand_over(b, m, k->us, false);
		if (router)
			tell(k, NOTICE_LINK_ROUTER_MOVED, SEVERITY_INFORMATION,
			    a, m, &old);
		return;
	}
	if (!b->strong || is_balanced(&old, m) || b->released ||
	    (b->is_leased && mac_equal(&b->leased, m)) ||
	    k->us - b->seen_us > LINK_QUIET_US) {
		hand_over(b, m, k->us, false);
		return;
	}
	if (back && is_still_there(k, b)) {
		hand_over(b, m, k->us, true);
		tell(k, NOTICE_LINK_TWO_MACS, SEVERITY_MEDIUM, a, m, &old);
		return;
	}
	hand_over(b, m, k->us, true);
	tell(k, NOTICE_LINK_MOVED, SEVERITY_INFORMATION, a, m, &old);
}

/* A router may answer for others (RFC 1027): what it says is taken of its own
 * address only. */
static bool
is_on_behalf(const struct link_look *k, const struct addr *a,
    const struct mac *m)
{
	if (!link_router(k, m))
		return false;
	for (size_t i = 0; i < k->tap->router_count; i++)
		if (addr_equal(&k->tap->routers[i].address, a))
			return false;
	return true;
}

void
link_bind(const struct link_look *k, const struct addr *a, const struct mac *m,
    bool strong)
{
	const struct binding_key key = key_of(k, a);
	struct binding *b;
	bool fresh;

	/* A cluster may share a group MAC; the unspecified is nobody's. */
	if (mac_is_group(m) || addr_kind(a) == ADDR_UNSPECIFIED ||
	    is_on_behalf(k, a, m) || (strong && is_usurped(k, a, m)))
		return;
	b = link_memory_take(&k->l->bindings, &key, k->us, &fresh);
	if (fresh || (b->since_us == 0 && strong)) {
		b->mac = *m;
		b->since_us = k->us;
		b->strong = strong;
		b->seen_us = k->us;
		return;
	}
	if (mac_equal(&b->mac, m)) {
		b->strong = b->strong || strong;
		if (b->seen_us < k->us)
			b->seen_us = k->us;
	} else if (strong) {
		take_other(k, b, a, m);
	} else if (b->had_before && mac_equal(&b->before, m)) {
		b->before_us = k->us;
		if (is_still_there(k, b))
			tell(k, NOTICE_LINK_TWO_MACS, SEVERITY_MEDIUM, a, m,
			    &b->mac);
	}
}

void
link_bind_lease(const struct link_look *k, const struct dhcp_message *m)
{
	const bool given = m->reply && m->kind == DHCP_ACK && m->has_mac;
	const bool back = !m->reply &&
	    (m->kind == DHCP_RELEASE || m->kind == DHCP_DECLINE);
	const struct addr *a = given ? &m->yours :
	    m->kind == DHCP_DECLINE  ? &m->requested :
				       &m->client;
	const struct binding_key key = key_of(k, a);
	struct binding *b;
	bool fresh;

	if ((!given && !back) || a->family == 0)
		return;
	b = given ? link_memory_take(&k->l->bindings, &key, k->us, &fresh) :
		    link_memory_find(&k->l->bindings, &key, k->us);
	if (!b)
		return;
	if (given) {
		b->is_leased = true;
		b->leased = m->mac;
	} else {
		b->released = true;
	}
}

bool
link_bound(const struct link_look *k, const struct addr *a, struct mac *out)
{
	const struct binding_key key = key_of(k, a);
	const struct binding *b = link_memory_find(&k->l->bindings, &key,
	    k->us);

	if (!b || b->since_us == 0)
		return false;
	*out = b->mac;
	return true;
}
