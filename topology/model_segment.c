/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading what the link layer of a segment is held against: how mirrored
 * frames come to a tap, which switches may show themselves there, who hands
 * out leases, and what a host may do beside talking: look for others, move
 * between zones, offer services.
 */
#include <string.h>

#include "model_internal.h"

/* An array of MACs; NULL and *count 0 when absent. */
static struct mac *
macs_load(struct loader *l, const struct jsonx *o, const char *key,
    size_t *count)
{
	const struct mac none = { { 0 } };
	const struct jsonx *item;
	struct mac *out, m;
	size_t n = 0;

	item = model_read_array(l, o, key, OPTIONAL, false, count);
	out = arena_calloc(l->arena, *count, sizeof(*out));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, key, JSONX_STRING))
			continue;
		m = model_address_mac(l, item);
		if (!mac_equal(&m, &none))
			out[n++] = m;
	}
	*count = n;
	return out;
}

static void
mirror_load(struct loader *l, const struct jsonx *n, struct tap *tap)
{
	static const char *const keys[] = { "vlan", "destinations", "sources",
		NULL };
	const struct jsonx *mirror = jsonx_get(n, "mirror");
	size_t i;

	if (mirror == NULL || !model_read_object(l, mirror, keys))
		return;
	tap->mirror_vlan = (uint16_t)model_read_number(l, mirror, "vlan", 1,
	    4094, 0);
	tap->mirror_destinations = model_address_array(l, mirror,
	    "destinations", OPTIONAL, &tap->mirror_destination_count);
	tap->mirror_sources = model_address_hosts(l, mirror, "sources",
	    OPTIONAL, NULL);
	if (jsonx_get(mirror, "vlan") == NULL &&
	    jsonx_get(mirror, "destinations") == NULL)
		model_read_fault(l, mirror, W_MODEL_MIRROR_EMPTY, 0);
	for (i = 0; i < tap->vlan_count; i++)
		if (tap->mirror_vlan != 0 &&
		    tap->vlans[i].id == tap->mirror_vlan)
			model_read_fault(l, jsonx_get(mirror, "vlan"),
			    W_MODEL_MIRROR_VLAN, 0);
}

void
model_segment_tap(struct loader *l, const struct jsonx *n, struct tap *tap)
{
	const struct mac none = { { 0 } };

	mirror_load(l, n, tap);
	tap->neighbours = macs_load(l, n, "neighbours", &tap->neighbour_count);
	if (model_read_string(l, n, "root-bridge", OPTIONAL) == NULL)
		return;
	tap->root_bridge = model_address_mac(l, jsonx_get(n, "root-bridge"));
	tap->has_root_bridge = !mac_equal(&tap->root_bridge, &none);
}

void
model_segment_zone(struct loader *l, const struct jsonx *n, struct zone *zone)
{
	zone->dhcp_given = jsonx_get(n, "dhcp-servers") != NULL;
	zone->dhcp_servers = model_address_array(l, n, "dhcp-servers", OPTIONAL,
	    &zone->dhcp_server_count);
}

void
model_segment_host(struct loader *l, const struct jsonx *n, struct host *h)
{
	static const char *const scan_keys[] = { "zones", "window", NULL };
	static const char *const window_keys[] = { "calendar", "hours", NULL };
	const struct jsonx *window;
	const struct jsonx *scan = jsonx_get(n, "may-scan");

	if (scan != NULL && model_read_object(l, scan, scan_keys)) {
		h->may_scan = model_ids_zones(l, scan, "zones", NEEDED,
		    &h->may_scan_count);
		window = jsonx_get(scan, "window");
		if (window != NULL && model_read_object(l, window, window_keys))
			h->scan_window = model_value_schedule(l, window);
	}
	h->switching = model_ids_zones(l, n, "switching", OPTIONAL,
	    &h->switching_count);
	h->services_given = jsonx_get(n, "services") != NULL;
	h->services = model_service_load(l, n, OPTIONAL, true);
}
