/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line of a device, "sekisho_asset": what it calls itself and what it
 * answers on, beside what the ledger says of it. Its names are words of
 * packets: they are escaped as all strings are, and bounded by struct device.
 */
#include "eve.h"
#include "eve_internal.h"

static void
add_addresses(struct jsonw *w, const struct device *d)
{
	char address[ADDR_TEXT_MAX];

	jsonw_array(w, "addresses");
	for (size_t i = 0; i < d->address_count; i++)
		jsonw_string(w, NULL, addr_format(&d->addresses[i], address));
	jsonw_array_end(w);
}

static void
add_names(struct jsonw *w, const struct device *d)
{
	jsonw_array(w, "names");
	for (size_t i = 0; i < d->name_count; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "source",
		    device_source_name(d->names[i].source));
		jsonw_string(w, "text", d->names[i].text);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
add_services(struct jsonw *w, const struct device *d)
{
	char number[4];

	jsonw_array(w, "services");
	for (size_t i = 0; i < d->service_count; i++) {
		const struct device_service *s = &d->services[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "proto", eve_protocol(s->protocol, number));
		jsonw_uint(w, "port", s->port);
		jsonw_string(w, "application",
		    s->application[0] != '\0' ? s->application : NULL);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

void
eve_device(struct text *out, const struct eve *e, const struct device *d)
{
	const struct asset asset = asset_of_host(e->model, d->host);
	char mac[MAC_TEXT_MAX];
	struct jsonw w;

	eve_begin(&w, out, e, d->now, NULL, d->tap, "sekisho_asset", NULL, 0);
	jsonw_object(&w, "sekisho");
	jsonw_string(&w, "stage", device_stage_name(d->stage));
	jsonw_string(&w, "mac", d->has_mac ? mac_format(&d->mac, mac) : NULL);
	add_addresses(&w, d);
	add_names(&w, d);
	add_services(&w, d);
	jsonw_bool(&w, "full", d->full);
	eve_time(&w, e, "first", d->first);
	eve_time(&w, e, "last", d->last);
	jsonw_string(&w, "zone", d->zone ? d->zone->id : NULL);
	jsonw_string(&w, "boundary", d->boundary ? d->boundary->id : NULL);
	jsonw_string(&w, "tap", d->tap ? d->tap->id : NULL);
	/* Without a row for its zone nobody knows. */
	if (d->host != NULL || d->ledger)
		jsonw_bool(&w, "registered", d->host != NULL);
	else
		jsonw_string(&w, "registered", NULL);
	eve_asset(&w, "asset", &asset);
	jsonw_uint(&w, "generation", e->generation);
	jsonw_string(&w, "probe", e->probe);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
}
