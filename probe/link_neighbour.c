/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-9: what switches tell each other over a cable that this tap watches:
 * LLDP, CDP, and which bridge is the root of the spanning tree. Held against
 * the neighbours and the root bridge that the tap declares and the switches of
 * hosts and ledger; where none of these is declared, nothing is said.
 */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "cdp.h"
#include "link_internal.h"
#include "lldp.h"
#include "stp.h"

#define ETHERTYPE_MIN 0x0600
#define LLC_BRIDGES 0x4242 /* both access points: IEEE 802.1D */
#define LLC_SNAP 0xaaaa
#define LLC_HEADER 3
#define SNAP_HEADER 8
#define SNAP_CISCO 0x0300000c /* control and OUI */
#define SNAP_CDP 0x2000
#define SNAP_PVST 0x010b

bool
link_neighbour_observable(const struct model *m, const struct tap *tap)
{
	if (tap->neighbour_count > 0 || tap->has_root_bridge)
		return true;
	if (!tap->segment && tap->vlan_count == 0)
		return false;
	for (size_t i = 0; i < m->host_count; i++)
		if (link_is_switch(&m->hosts[i]))
			return true;
	return false;
}

/* Neighbours or switches are declared, so that one could be known. */
static bool
knows_neighbours(const struct link_look *k)
{
	return k->tap->neighbour_count > 0 || k->l->declared.has_switches;
}

static bool
is_neighbour(const struct link_look *k, const struct mac *m)
{
	for (size_t i = 0; i < k->tap->neighbour_count; i++)
		if (mac_equal(&k->tap->neighbours[i], m))
			return true;
	return link_host(k->l, m) != NULL || link_is_router(k->l, m);
}

static void
tell_neighbour(const struct link_look *k, enum notice_word word,
    const char *name, const char *port, const struct addr *address)
{
	char seen[LINK_TEXT_MAX];
	const struct link_claim c = { .check = CHECK_LNK_9,
		.severity = SEVERITY_LOW,
		.word = word,
		.who = link_party(&k->p->source_mac, address, k->segment),
		.clause = link_clause_tap(k->tap),
		.seen = seen,
		.by_mac = true };

	(void)snprintf(seen, sizeof(seen), "%s%s%s", name,
	    name[0] && port[0] ? ", " : "", port);
	(void)link_tell(k, &c);
}

static void
take_lldp(const struct link_look *k, struct cursor c, size_t wire)
{
	struct lldp_message m;

	if (lldp_parse(c.pos, cursor_left(&c), wire, &m) == DECODE_MALFORMED)
		return; /* of nobody: it says not who it is */
	if (is_neighbour(k, &k->p->source_mac) ||
	    (m.has_chassis_mac && is_neighbour(k, &m.chassis_mac)) ||
	    link_switch_named(k->l, m.name))
		return;
	tell_neighbour(k, NOTICE_LINK_LLDP, m.name[0] ? m.name : m.chassis,
	    m.port, &m.management);
}

static void
take_cdp(const struct link_look *k, struct cursor c, size_t wire)
{
	struct cdp_message m;
	const enum decode_status status = cdp_parse(c.pos, cursor_left(&c),
	    wire, &m);

	if (status != DECODE_OK && status != DECODE_TRUNCATED)
		return;
	if (is_neighbour(k, &k->p->source_mac) ||
	    link_switch_named(k->l, m.name))
		return;
	tell_neighbour(k, NOTICE_LINK_CDP, m.name, m.port, &m.address);
}

/* ---- spanning tree */

/* The root that this tap expects, or any that is declared where it names
 * none. */
static bool
is_root(const struct link_look *k, const struct mac *root)
{
	if (k->tap->has_root_bridge)
		return mac_equal(&k->tap->root_bridge, root);
	return table_find(&k->l->declared.roots, root->bytes) != TABLE_NONE;
}

static void
take_stp(const struct link_look *k, struct cursor c, size_t wire, bool per_vlan)
{
	struct stp_message m;
	char expected[MAC_TEXT_MAX], seen[LINK_TEXT_MAX], mac[MAC_TEXT_MAX];
	struct link_claim claim = { .check = CHECK_LNK_9,
		.severity = SEVERITY_LOW,
		.word = NOTICE_LINK_ROOT,
		.clause = link_clause_tap(k->tap),
		.seen = seen,
		.by_mac = true };

	if (!k->tap->has_root_bridge && !k->l->declared.has_root)
		return;
	if (stp_parse(c.pos, cursor_left(&c), wire, per_vlan, &m) !=
		DECODE_OK ||
	    m.topology_change || is_root(k, &m.root))
		return;
	/* Another switch that is known took over: that is what the tree is
	 * for. */
	if (is_neighbour(k, &m.root)) {
		claim.word = NOTICE_LINK_ROOT_MOVED;
		claim.severity = SEVERITY_INFORMATION;
	}
	claim.who = link_party(&m.root, NULL, k->segment);
	claim.also = m.vlan;
	if (k->tap->has_root_bridge)
		claim.expected = mac_format(&k->tap->root_bridge, expected);
	(void)snprintf(seen, sizeof(seen), "%u.%s%s", m.root_priority,
	    mac_format(&m.root, mac), per_vlan ? ", PVST+" : "");
	(void)link_tell(k, &claim);
}

/* ---- frames */

/* What follows an LLC header (IEEE 802.2), with SNAP or without. */
static void
take_llc(const struct link_look *k, struct cursor c, size_t wire)
{
	struct cursor head = c;
	const uint16_t access_points = cursor_be16(&head);
	const uint32_t control_oui = cursor_be32(&head);
	const uint16_t kind = cursor_be16(&head);

	if (access_points == LLC_BRIDGES) {
		cursor_skip(&c, LLC_HEADER);
		if (cursor_ok(&c) && wire >= LLC_HEADER)
			take_stp(k, c, wire - LLC_HEADER, false);
		return;
	}
	if (!cursor_ok(&head) || access_points != LLC_SNAP ||
	    control_oui != SNAP_CISCO || wire < SNAP_HEADER)
		return;
	if (kind == SNAP_CDP && knows_neighbours(k))
		take_cdp(k, head, wire - SNAP_HEADER);
	else if (kind == SNAP_PVST)
		take_stp(k, head, wire - SNAP_HEADER, true);
}

/* Past the MACs and tags of an Ethernet frame, to its type or length. */
static uint16_t
skip_tags(struct cursor *c)
{
	uint16_t type;

	cursor_skip(c, 2 * sizeof(struct mac));
	type = cursor_be16(c);
	for (int i = 0; i < PACKET_TAGS_MAX &&
	     (type == 0x8100 || type == 0x88a8 || type == 0x9100 ||
		 type == 0x9200);
	     i++) {
		cursor_skip(c, 2);
		type = cursor_be16(c);
	}
	return type;
}

static void
take_frame(const struct link_look *k, const struct frame *f)
{
	struct cursor c, llc;
	uint16_t type;
	size_t head, wire;

	cursor_init(&c, f->bytes, f->captured);
	type = skip_tags(&c);
	if (!cursor_ok(&c))
		return;
	head = (size_t)(c.pos - f->bytes);
	wire = f->wire > head ? f->wire - head : 0;
	if (type == LLDP_ETHERTYPE && knows_neighbours(k))
		take_lldp(k, c, wire);
	if (type >= ETHERTYPE_MIN)
		return;
	/* What is behind the length is padding. */
	if (wire > type)
		wire = type;
	cursor_sub(&c, cursor_left(&c) < wire ? cursor_left(&c) : wire, &llc);
	take_llc(k, llc, wire);
}

void
link_neighbour(const struct link_look *k)
{
	const struct tap *tap = k->tap;
	struct link_look here = *k;

	/* On a link between networks that are not ours anybody may speak. */
	if (!k->a->frame || k->a->frame->link_type != DECODE_LINK_ETHERNET ||
	    (!k->segment && tap->vlan_count == 0 && tap->neighbour_count == 0 &&
		!tap->has_root_bridge))
		return;
	/* A neighbour is one of the cable, whatever VLANs are on it. */
	here.mark = table_hash(k->l->secret, tap->id, strlen(tap->id));
	take_frame(&here, k->a->frame);
}
