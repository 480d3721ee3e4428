/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices as records: MAC, addresses, the names it gives itself and the
 * services it answered on. Its row of the ledger crosses by index; names are
 * words of packets and are checked as any other text.
 */
#include "observation_record_internal.h"

static enum record_class
class_of(const struct device *d)
{
	return d->stage == DEVICE_CHANGED ? RECORD_UPDATE : RECORD_FINAL;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
put_lists(struct record_writer *w, const struct device *d)
{
	const size_t addresses = least(d->address_count, DEVICE_ADDRESSES_MAX);
	const size_t names = least(d->name_count, DEVICE_NAMES_MAX);
	const size_t services = least(d->service_count, DEVICE_SERVICES_MAX);

	record_put16(w, (unsigned)addresses);
	for (size_t i = 0; i < addresses; i++)
		record_put_addr(w, &d->addresses[i]);
	record_put16(w, (unsigned)names);
	for (size_t i = 0; i < names; i++) {
		record_put8(w, d->names[i].source);
		record_put_text(w, d->names[i].text, DEVICE_NAME_MAX - 1);
	}
	record_put16(w, (unsigned)services);
	for (size_t i = 0; i < services; i++) {
		record_put8(w, d->services[i].protocol);
		record_put16(w, d->services[i].port);
		record_put_text(w, d->services[i].application,
		    DEVICE_APPLICATION_MAX - 1);
	}
}

size_t
record_device(uint8_t *out, struct record_head *head, const struct device *d)
{
	struct record_writer w;

	record_begin(&w, out, head, RECORD_DEVICE, class_of(d));
	record_put8(&w, d->stage);
	record_put_time(&w, d->now);
	record_put_time(&w, d->first);
	record_put_time(&w, d->last);
	record_put32(&w, RECORD_INDEX(d->boundary));
	record_put32(&w, RECORD_INDEX(d->tap));
	record_put32(&w, RECORD_INDEX(d->zone));
	record_put32(&w, RECORD_INDEX(d->host));
	record_put8(&w,
	    (unsigned)d->has_mac | (unsigned)d->full << 1 |
		(unsigned)d->ledger << 2);
	record_put_bytes(&w, d->mac.bytes, sizeof(d->mac.bytes));
	put_lists(&w, d);
	return (size_t)(w.pos - out);
}

static void
get_lists(struct record_input *in, struct device *d)
{
	d->address_count = (uint8_t)record_get_count(in, DEVICE_ADDRESSES_MAX);
	for (size_t i = 0; i < d->address_count; i++)
		d->addresses[i] = record_get_addr(in, false);
	d->name_count = (uint8_t)record_get_count(in, DEVICE_NAMES_MAX);
	for (size_t i = 0; i < d->name_count; i++) {
		struct device_name *n = &d->names[i];

		n->source = (enum device_source)record_get_enum(in,
		    DEVICE_SOURCE_COUNT);
		record_get_array(in, n->text, sizeof(n->text));
	}
	d->service_count = (uint8_t)record_get_count(in, DEVICE_SERVICES_MAX);
	for (size_t i = 0; i < d->service_count; i++) {
		struct device_service *s = &d->services[i];

		s->protocol = cursor_u8(&in->c);
		s->port = cursor_be16(&in->c);
		record_get_array(in, s->application, sizeof(s->application));
	}
}

void
record_read_device(struct record_input *in, struct device *d)
{
	const uint8_t *mac;
	unsigned flags;

	memset(d, 0, sizeof(*d));
	d->stage = (enum device_stage)record_get_enum(in, DEVICE_LAST + 1);
	d->now = record_get_time(in);
	d->first = record_get_time(in);
	d->last = record_get_time(in);
	d->boundary = record_get_boundary(in);
	d->tap = record_get_tap(in);
	d->zone = record_get_zone(in);
	d->host = record_get_host(in);
	flags = (unsigned)record_get_enum(in, 1 << 3);
	d->has_mac = (flags & 1) != 0;
	d->full = (flags & 2) != 0;
	d->ledger = (flags & 4) != 0;
	mac = cursor_take(&in->c, sizeof(d->mac.bytes));
	if (mac != NULL)
		memcpy(d->mac.bytes, mac, sizeof(d->mac.bytes));
	get_lists(in, d);
}
