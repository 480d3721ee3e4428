/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looks a device up by its owner's address: behind a static translation that
 * is another than the one on the wire.
 */
#include "asset.h"

#include <string.h>

static const struct mac *
mac_of(const struct host *h, const struct addr *address)
{
	for (size_t i = 0; i < h->interface_count; i++) {
		const struct host_interface *n = &h->interfaces[i];

		if (n->has_mac && addr_equal(&n->address, address))
			return &n->mac;
	}
	return NULL;
}

/* A ledger's column may hold the division's name instead of its id. */
static const char *
division_of_host(const struct model *m, const struct host *h)
{
	const struct division *d;

	if (h == NULL || h->division == NULL)
		return NULL;
	d = model_division(m, h->division);
	return d != NULL ? d->name : h->division;
}

struct asset
asset_of_host(const struct model *m, const struct host *h)
{
	struct asset a;

	memset(&a, 0, sizeof(a));
	if (h == NULL)
		return a;
	a.host = h;
	a.name = h->name;
	a.kind = h->kind;
	a.division = division_of_host(m, h);
	return a;
}

struct asset
asset_find(const struct model *m, const struct place *p,
    const struct addr *shown)
{
	const struct addr *address = p->address.family ? &p->address : shown;
	const struct division *d;
	struct asset a;

	memset(&a, 0, sizeof(a));
	if (p->hidden || p->kind == PLACE_SEGMENT || address->family == 0)
		return a;
	a.host = model_host(m, p->zone, address);
	if (a.host != NULL) {
		a.name = a.host->name;
		a.kind = a.host->kind;
		a.mac = mac_of(a.host, address);
	}
	a.division = division_of_host(m, a.host);
	if (a.division == NULL) {
		d = model_division_of(m, p->zone, address);
		a.division = d != NULL ? d->name : NULL;
	}
	return a;
}

/* Whether an address is registered with that MAC of h. */
static bool
has_address(const struct host *h, const struct mac *mac)
{
	for (size_t i = 0; i < h->interface_count; i++) {
		const struct host_interface *n = &h->interfaces[i];

		if (n->has_mac && n->address.family != 0 &&
		    memcmp(&n->mac, mac, sizeof(*mac)) == 0)
			return true;
	}
	return false;
}

struct asset
asset_of_party(const struct model *m, const struct place *p,
    const struct addr *shown, const struct mac *mac)
{
	struct asset a = asset_find(m, p, shown);
	const struct host *h;

	if (a.host != NULL || mac == NULL)
		return a;
	h = model_host_of_mac(m, mac);
	if (h == NULL || (shown->family != 0 && has_address(h, mac)))
		return a;
	a = asset_of_host(m, h);
	a.mac = mac;
	return a;
}

struct asset
asset_of_alert(const struct model *m, const struct alert *a, int i)
{
	const struct mac *mac = a->has_mac[i] ? &a->mac[i] : NULL;
	const struct host *h = NULL;
	struct asset asset;

	/* These found the row by the MAC, so no router's is meant. */
	if (i == 0 && mac != NULL &&
	    (a->word == NOTICE_AST_2_ADDRESS || a->word == NOTICE_AST_6))
		h = model_host_of_mac(m, mac);
	if (h == NULL)
		return asset_of_party(m, i == 0 ? &a->from : &a->to,
		    &a->ends.address[i], mac);
	asset = asset_of_host(m, h);
	asset.mac = mac;
	return asset;
}
