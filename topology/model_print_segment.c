/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Printing what the link layer of a segment is held against, tunnels and
 * containments: see model_print.c.
 */
#include <stdio.h>

#include "model_internal.h"
#include "model_print.h"

#define TIME_MAX 24

void
model_print_macs(struct jsonw *w, const char *key, const struct mac *m,
    size_t count)
{
	char buf[MAC_TEXT_MAX];

	if (count == 0)
		return;
	jsonw_array(w, key);
	for (size_t i = 0; i < count; i++)
		jsonw_string(w, NULL, mac_format(&m[i], buf));
	jsonw_array_end(w);
}

void
model_print_tap_segment(struct jsonw *w, const struct tap *tap)
{
	char mac[MAC_TEXT_MAX];

	if (tap->mirror_vlan != 0 || tap->mirror_destination_count > 0) {
		jsonw_object(w, "mirror");
		if (tap->mirror_vlan != 0)
			jsonw_uint(w, "vlan", tap->mirror_vlan);
		model_print_addresses(w, "destinations",
		    tap->mirror_destinations, tap->mirror_destination_count);
		model_print_hosts(w, "sources", &tap->mirror_sources);
		jsonw_object_end(w);
	}
	model_print_macs(w, "neighbours", tap->neighbours,
	    tap->neighbour_count);
	if (tap->has_root_bridge)
		jsonw_string(w, "root-bridge",
		    mac_format(&tap->root_bridge, mac));
}

void
model_print_host_segment(struct jsonw *w, const struct host *h)
{
	if (h->may_scan_count > 0) {
		jsonw_object(w, "may-scan");
		model_print_zones(w, "zones", h->may_scan, h->may_scan_count);
		model_print_schedule(w, "window", &h->scan_window);
		jsonw_object_end(w);
	}
	if (h->switching_count > 0)
		model_print_zones(w, "switching", h->switching,
		    h->switching_count);
	if (!h->services_given)
		return;
	jsonw_array(w, "services");
	for (size_t i = 0; i < h->services.count; i++)
		model_print_service(w, NULL, &h->services.items[i]);
	jsonw_array_end(w);
}

/* Any set as networks: hosts are networks of one. */
static void
print_set(struct jsonw *w, const char *key, const struct prefix_set *s)
{
	if (s->count == 0)
		return;
	jsonw_object(w, key);
	model_print_networks(w, "networks", s);
	jsonw_object_end(w);
}

void
model_print_tunnels(struct jsonw *w, const struct model *m)
{
	jsonw_array(w, "tunnels");
	for (size_t i = 0; i < m->tunnel_count; i++) {
		const struct tunnel_declared *t = &m->tunnels[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "id", t->id);
		jsonw_string(w, "name", t->name);
		jsonw_string(w, "protocol", t->protocol);
		print_set(w, "from", &t->ends[0]);
		print_set(w, "to", &t->ends[1]);
		if (t->has_key)
			jsonw_uint(w, "key", t->key);
		model_print_approval(w, "approved", &t->approved);
		model_print_text(w, "note", t->note);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

void
model_print_containments(struct jsonw *w, const struct model *m)
{
	char since[TIME_MAX], date[16];

	jsonw_array(w, "containments");
	for (size_t i = 0; i < m->containment_count; i++) {
		const struct containment *c = &m->containments[i];
		int64_t rest;
		const struct day d = clock_day(c->since, m->utc_offset_s,
		    &rest);

		jsonw_object(w, NULL);
		jsonw_string(w, "id", c->id);
		jsonw_string(w, "name", c->name);
		print_set(w, "what", &c->hosts);
		(void)snprintf(since, sizeof(since), "%sT%02u:%02u",
		    day_format(d, date, sizeof(date)),
		    (unsigned)(rest / CLOCK_HOUR) % 24,
		    (unsigned)(rest % CLOCK_HOUR / CLOCK_MINUTE));
		jsonw_string(w, "since", since);
		model_print_day(w, "until", c->until);
		print_set(w, "except", &c->except);
		model_print_approval(w, "approved", &c->approved);
		model_print_text(w, "note", c->note);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}
