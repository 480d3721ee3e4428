/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the model declares of a segment's devices, looked up by MAC and name:
 * routers with their virtual MACs, hosts of model and ledger, switches. And
 * which address has no business on a segment. Remembers nothing of traffic.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "link_internal.h"

/* ---- the tables */

static void
add_mac(struct table *t, const struct mac *m, uint32_t value)
{
	if (table_find(t, m->bytes) == TABLE_NONE)
		(void)table_add(t, m->bytes, value);
}

static void
add_taps(struct link_declared *d, const struct boundary *b)
{
	for (size_t i = 0; i < b->tap_count; i++) {
		const struct tap *t = &b->taps[i];

		for (size_t j = 0; j < t->router_count; j++)
			for (size_t k = 0; k < t->routers[j].mac_count; k++)
				add_mac(&d->routers, &t->routers[j].macs[k], 0);
		if (t->has_root_bridge) {
			add_mac(&d->roots, &t->root_bridge, 0);
			d->has_root = true;
		}
	}
}

static size_t
count_router_macs(const struct model *m)
{
	size_t n = 1;

	for (size_t i = 0; i < m->boundary_count; i++) {
		const struct boundary *b = &m->boundaries[i];

		for (size_t j = 0; j < b->tap_count; j++)
			for (size_t k = 0; k < b->taps[j].router_count; k++)
				n += b->taps[j].routers[k].mac_count;
	}
	return n;
}

/* Kinds are the operator's own words. */
bool
link_is_switch(const struct host *h)
{
	static const char *const kinds[] = { "switch", "スイッチ", "L2スイッチ",
		"L3スイッチ", "フロアスイッチ", "ハブ", "スイッチングハブ",
		"ネットワーク機器", "network" };

	for (size_t i = 0; h->kind && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcasecmp(h->kind, kinds[i]) == 0)
			return true;
	return false;
}

/* A name up to its domain, in lower case. */
static uint64_t
name_mark(const uint8_t secret[16], const char *name)
{
	char lower[DHCP_NAME_MAX];
	size_t n = 0;

	while (n < sizeof(lower) && name[n] != '\0' && name[n] != '.' &&
	    name[n] != '(') {
		lower[n] = (char)tolower((unsigned char)name[n]);
		n++;
	}
	return table_hash(secret, lower, n);
}

static void
add_hosts(struct link_declared *d, const struct model *m,
    const uint8_t secret[16])
{
	for (size_t i = 0; i < m->host_count; i++) {
		const struct host *h = &m->hosts[i];

		for (size_t j = 0; j < h->interface_count; j++)
			if (h->interfaces[j].has_mac)
				add_mac(&d->hosts, &h->interfaces[j].mac,
				    (uint32_t)i);
		if (!link_is_switch(h))
			continue;
		d->has_switches = true;
		if (h->name) {
			const uint64_t mark = name_mark(secret, h->name);

			if (table_find(&d->switches, &mark) == TABLE_NONE)
				(void)table_add(&d->switches, &mark,
				    (uint32_t)i);
		}
	}
}

void
link_declared_init(struct link_declared *d, const struct model *m,
    const uint8_t secret[16])
{
	size_t interfaces = 1;

	memset(d, 0, sizeof(*d));
	for (size_t i = 0; i < m->host_count; i++)
		interfaces += m->hosts[i].interface_count;
	table_init(&d->routers, count_router_macs(m), sizeof(struct mac),
	    secret);
	table_init(&d->hosts, interfaces, sizeof(struct mac), secret);
	table_init(&d->switches, m->host_count + 1, sizeof(uint64_t), secret);
	table_init(&d->roots, m->tap_count + 1, sizeof(struct mac), secret);
	for (size_t i = 0; i < m->boundary_count; i++)
		add_taps(d, &m->boundaries[i]);
	add_hosts(d, m, secret);
	d->zone_marks = mem_calloc(m->zone_count + 1, sizeof(*d->zone_marks));
	for (size_t i = 0; i < m->zone_count; i++)
		d->zone_marks[i] = table_hash(secret, m->zones[i].id,
		    strlen(m->zones[i].id));
	d->boundary_marks = mem_calloc(m->boundary_count + 1,
	    sizeof(*d->boundary_marks));
	for (size_t i = 0; i < m->boundary_count; i++)
		d->boundary_marks[i] = ~table_hash(secret, m->boundaries[i].id,
		    strlen(m->boundaries[i].id));
}

void
link_declared_fini(struct link_declared *d)
{
	table_fini(&d->routers);
	table_fini(&d->hosts);
	table_fini(&d->switches);
	table_fini(&d->roots);
	free(d->zone_marks);
	free(d->boundary_marks);
}

/* ---- zones */

uint64_t
link_mark(const struct link_watch *l, const struct zone *z)
{
	return z->index < l->m->zone_count ? l->declared.zone_marks[z->index] :
					     0;
}

const struct zone *
link_zone(const struct link_watch *l, uint64_t mark)
{
	for (size_t i = 0; i < l->m->zone_count; i++)
		if (l->declared.zone_marks[i] == mark)
			return &l->m->zones[i];
	return NULL;
}

static bool
share_link(const struct zone *a, const struct zone *b)
{
	for (size_t i = 0; i < a->link_count; i++)
		for (size_t j = 0; j < b->link_count; j++)
			if (a->links[i] == b->links[j])
				return true;
	return false;
}

bool
link_near(const struct zone *a, const struct zone *b)
{
	return zone_is_above(a, b) || zone_is_above(b, a) || share_link(a, b);
}

const struct zone *
link_foreign(const struct link_look *k, const struct addr *a)
{
	const struct place p = locate_address(k->l->m, k->tap->boundary, a);

	if (p.kind != PLACE_ZONE || p.translation ||
	    link_near(k->segment, p.zone))
		return NULL;
	return p.zone;
}

bool
link_local(const struct link_look *k, const struct addr *a)
{
	const struct place p = locate_address(k->l->m, k->tap->boundary, a);

	return p.kind == PLACE_ZONE && !p.translation &&
	    (zone_is_above(k->segment, p.zone) ||
		zone_is_above(p.zone, k->segment));
}

/* ---- devices */

bool
link_is_router(const struct link_watch *l, const struct mac *m)
{
	return table_find(&l->declared.routers, m->bytes) != TABLE_NONE;
}

const struct router *
link_router(const struct link_look *k, const struct mac *m)
{
	return link_is_router(k->l, m) ? locate_router(k->tap, k->segment, m) :
					 NULL;
}

const struct host *
link_host(const struct link_watch *l, const struct mac *m)
{
	const uint32_t at = table_find(&l->declared.hosts, m->bytes);

	return at == TABLE_NONE ? NULL : &l->m->hosts[at];
}

bool
link_host_has(const struct host *h, const struct mac *m)
{
	for (size_t i = 0; i < h->interface_count; i++)
		if (h->interfaces[i].has_mac &&
		    mac_equal(&h->interfaces[i].mac, m))
			return true;
	return false;
}

static bool
stands_in(const struct host *h, const struct zone *z)
{
	for (size_t i = 0; i < h->interface_count; i++)
		if (h->interfaces[i].zone &&
		    link_near(h->interfaces[i].zone, z))
			return true;
	return false;
}

static bool
switches_to(const struct host *h, const struct zone *z)
{
	for (size_t i = 0; i < h->switching_count; i++)
		if (link_near(h->switching[i], z))
			return true;
	return false;
}

bool
link_may_be_in(const struct link_watch *l, const struct mac *m,
    const struct zone *here, const struct zone *there)
{
	const struct host *h = link_host(l, m);

	if (link_is_router(l, m))
		return true;
	if (!h)
		return false;
	if (switches_to(h, here) && switches_to(h, there))
		return true;
	return (h->multi_homed || h->forwards || link_is_switch(h)) &&
	    stands_in(h, here) && stands_in(h, there);
}

static bool
has_mac(const struct host *h)
{
	for (size_t i = 0; i < h->interface_count; i++)
		if (h->interfaces[i].has_mac)
			return true;
	return false;
}

static bool
is_switching(const struct host *h, const struct zone *a, const struct zone *b)
{
	return h && switches_to(h, a) && switches_to(h, b);
}

bool
link_own_address(const struct link_look *k, const struct mac *m,
    const struct zone *there, const struct addr *a)
{
	const struct host *h = model_host(k->l->m, there, a);

	if (!h)
		h = model_host(k->l->m, NULL, a);
	if (is_switching(h, k->segment, there) ||
	    is_switching(link_host(k->l, m), k->segment, there))
		return true;
	/* Where the model names no MAC of it, by where it stands. */
	return h && h->multi_homed &&
	    (has_mac(h) ? link_host_has(h, m) : stands_in(h, k->segment));
}

bool
link_switch_named(const struct link_watch *l, const char *name)
{
	const uint64_t mark = name_mark(l->secret, name);

	return name[0] != '\0' &&
	    table_find(&l->declared.switches, &mark) != TABLE_NONE;
}

/* ---- virtual MACs */

enum link_virtual
link_virtual(const struct mac *m, unsigned *group)
{
	const uint8_t *b = m->bytes;

	*group = b[5];
	if (memcmp(b, "\x00\x00\x5e\x00\x01", 5) == 0) /* RFC 5798 7.3 */
		return LINK_VIRTUAL_VRRP;
	if (memcmp(b, "\x00\x00\x5e\x00\x02", 5) == 0)
		return LINK_VIRTUAL_VRRP6;
	if (memcmp(b, "\x00\x00\x0c\x07\xac", 5) == 0) /* RFC 2281 5.1 */
		return LINK_VIRTUAL_HSRP;
	*group |= (unsigned)(b[4] & 0x0f) << 8;
	if (memcmp(b, "\x00\x00\x0c\x9f", 4) == 0 && b[4] >> 4 == 0xf)
		return LINK_VIRTUAL_HSRP2;
	if (memcmp(b, "\x00\x05\x73\xa0", 4) == 0 && b[4] >> 4 == 0)
		return LINK_VIRTUAL_HSRP6;
	*group = (unsigned)(b[3] & 3) << 8 | b[4];
	if (memcmp(b, "\x00\x07\xb4", 3) == 0 && b[3] <= 3)
		return LINK_VIRTUAL_GLBP;
	return LINK_VIRTUAL_NONE;
}

const char *
link_virtual_name(enum link_virtual v)
{
	static const char *const names[] = { "", "vrrp", "vrrp", "hsrp",
		"hsrp2", "hsrp2", "glbp" };

	return names[v];
}
