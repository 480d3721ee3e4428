/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a tap shows as a record: counts, then VLANs, prefixes and MACs, each
 * list with its length before it. All lists at their longest fit one record. A
 * prefix of another length than those of tap_view.h is malformed, and so is a
 * part that is more than its whole.
 */
#include "observation_record_internal.h"

#define VLAN_MOST 4095

/* ---- writing */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
put_counts(struct record_writer *w, const struct tap_view *v)
{
	record_put64(w, v->frames);
	record_put64(w, v->bytes);
	record_put64(w, v->copies);
	record_put64(w, v->cut);
	record_put64(w, v->giants);
	record_put32(w, v->longest);
	record_put64(w, v->tcp_conversations);
	record_put64(w, v->tcp_one_way);
	record_put64(w, v->passed);
	record_put64(w, v->unlisted_vlans);
	record_put64(w, v->unlisted_prefixes);
	record_put64(w, v->unlisted_macs);
}

static void
put_vlans(struct record_writer *w, const struct tap_view *v)
{
	const size_t n = least(v->vlan_count, TAP_VIEW_VLANS_MAX);

	record_put16(w, (unsigned)n);
	for (size_t i = 0; i < n; i++) {
		record_put16(w, v->vlans[i].id);
		record_put8(w, v->vlans[i].declared);
		record_put32(w, RECORD_INDEX(v->vlans[i].zone));
		record_put64(w, v->vlans[i].frames);
	}
}

static void
put_prefixes(struct record_writer *w, const struct tap_view *v)
{
	const size_t n = least(v->prefix_count, TAP_VIEW_PREFIXES_MAX);

	record_put16(w, (unsigned)n);
	for (size_t i = 0; i < n; i++) {
		const struct tap_view_prefix *p = &v->prefixes[i];

		record_put_addr(w, &p->prefix.addr);
		record_put16(w, p->vlan);
		record_put32(w, RECORD_INDEX(p->zone));
		record_put64(w, p->from);
		record_put64(w, p->to);
		record_put64(w, p->local);
	}
}

static void
put_macs(struct record_writer *w, const struct tap_view *v)
{
	const size_t n = least(v->mac_count, TAP_VIEW_MACS_MAX);

	record_put16(w, (unsigned)n);
	for (size_t i = 0; i < n; i++) {
		const struct tap_view_mac *m = &v->macs[i];
		const size_t zones = least(m->zone_count, TAP_VIEW_ZONES_MAX);

		record_put_bytes(w, m->mac.bytes, sizeof(m->mac.bytes));
		record_put16(w, m->vlan);
		record_put64(w, m->frames);
		record_put32(w, m->prefixes);
		record_put16(w, (unsigned)zones);
		for (size_t k = 0; k < zones; k++)
			record_put32(w, RECORD_INDEX(m->zones[k]));
		record_put_addr(w, &m->address);
		record_put8(w,
		    (unsigned)m->router | (unsigned)m->forwards << 1);
	}
}

size_t
record_view(uint8_t *out, struct record_head *head, const struct tap_view *v)
{
	struct record_writer w;

	record_begin(&w, out, head, RECORD_VIEW, RECORD_FINAL);
	record_put32(&w, RECORD_INDEX(v->tap));
	record_put_time(&w, v->now);
	record_put_time(&w, v->from);
	record_put_time(&w, v->until);
	put_counts(&w, v);
	put_vlans(&w, v);
	put_prefixes(&w, v);
	put_macs(&w, v);
	return (size_t)(w.pos - out);
}

/* ---- reading */

static void
get_counts(struct record_input *in, struct tap_view *v)
{
	v->frames = record_get64(in);
	v->bytes = record_get64(in);
	v->copies = record_get64(in);
	v->cut = record_get64(in);
	v->giants = record_get64(in);
	v->longest = cursor_be32(&in->c);
	v->tcp_conversations = record_get64(in);
	v->tcp_one_way = record_get64(in);
	v->passed = record_get64(in);
	v->unlisted_vlans = record_get64(in);
	v->unlisted_prefixes = record_get64(in);
	v->unlisted_macs = record_get64(in);
	record_require(in,
	    v->copies <= v->frames && v->cut <= v->frames &&
		v->giants <= v->frames &&
		v->tcp_one_way <= v->tcp_conversations);
}

static uint16_t
get_vlan(struct record_input *in)
{
	const uint16_t vlan = cursor_be16(&in->c);

	record_require(in, vlan <= VLAN_MOST);
	return vlan;
}

static void
get_vlans(struct record_input *in, struct tap_view *v)
{
	v->vlan_count = record_get_count(in, TAP_VIEW_VLANS_MAX);
	for (size_t i = 0; i < v->vlan_count; i++) {
		v->vlans[i].id = get_vlan(in);
		v->vlans[i].declared = record_get_enum(in, 2) != 0;
		v->vlans[i].zone = record_get_zone(in);
		v->vlans[i].frames = record_get64(in);
	}
}

static void
get_prefixes(struct record_input *in, struct tap_view *v)
{
	v->prefix_count = record_get_count(in, TAP_VIEW_PREFIXES_MAX);
	for (size_t i = 0; i < v->prefix_count; i++) {
		struct tap_view_prefix *p = &v->prefixes[i];
		struct addr masked;

		p->prefix.addr = record_get_addr(in, false);
		p->prefix.length = p->prefix.addr.family == 6 ?
		    TAP_VIEW_LENGTH6 :
		    TAP_VIEW_LENGTH4;
		masked = addr_mask(&p->prefix.addr, p->prefix.length);
		record_require(in, addr_equal(&masked, &p->prefix.addr));
		p->vlan = get_vlan(in);
		p->zone = record_get_zone(in);
		p->from = record_get64(in);
		p->to = record_get64(in);
		p->local = record_get64(in);
		record_require(in, p->local <= p->from);
	}
}

static void
get_mac(struct record_input *in, struct tap_view_mac *m)
{
	const uint8_t *bytes = cursor_take(&in->c, sizeof(m->mac.bytes));
	unsigned flags;

	if (bytes != NULL)
		memcpy(m->mac.bytes, bytes, sizeof(m->mac.bytes));
	m->vlan = get_vlan(in);
	m->frames = record_get64(in);
	m->prefixes = cursor_be32(&in->c);
	m->zone_count = (uint8_t)record_get_count(in, TAP_VIEW_ZONES_MAX);
	for (size_t k = 0; k < m->zone_count; k++) {
		m->zones[k] = record_get_zone(in);
		record_require(in, m->zones[k] != NULL || in->stale);
	}
	m->address = record_get_addr(in, true);
	flags = (unsigned)record_get_enum(in, 1 << 2);
	m->router = (flags & 1) != 0;
	m->forwards = (flags & 2) != 0;
}

void
record_read_view(struct record_input *in, struct tap_view *v)
{
	memset(v, 0, sizeof(*v));
	v->tap = record_get_tap(in);
	record_require(in, v->tap != NULL || in->stale);
	v->now = record_get_time(in);
	v->from = record_get_time(in);
	v->until = record_get_time(in);
	record_require(in, v->from.us <= v->until.us);
	get_counts(in, v);
	get_vlans(in, v);
	get_prefixes(in, v);
	v->mac_count = record_get_count(in, TAP_VIEW_MACS_MAX);
	for (size_t i = 0; i < v->mac_count; i++)
		get_mac(in, &v->macs[i]);
}
