/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line of what a tap shows, "sekisho_tap": the lists of tap_view.h as they
 * stand, for whoever sets the tap up or drafts a model from them.
 */
#include "eve_internal.h"

static void
add_counts(struct jsonw *w, const struct tap_view *v)
{
	jsonw_uint(w, "frames", v->frames);
	jsonw_uint(w, "bytes", v->bytes);
	jsonw_uint(w, "copies", v->copies);
	jsonw_uint(w, "cut", v->cut);
	jsonw_uint(w, "giants", v->giants);
	jsonw_uint(w, "longest", v->longest);
	jsonw_object(w, "tcp");
	jsonw_uint(w, "conversations", v->tcp_conversations);
	jsonw_uint(w, "one_way", v->tcp_one_way);
	jsonw_object_end(w);
	jsonw_uint(w, "passed", v->passed);
}

static void
add_zone(struct jsonw *w, const struct zone *z)
{
	jsonw_string(w, "zone", z != NULL ? z->id : NULL);
}

static void
add_vlans(struct jsonw *w, const struct tap_view *v)
{
	jsonw_array(w, "vlans");
	for (size_t i = 0; i < v->vlan_count; i++) {
		jsonw_object(w, NULL);
		jsonw_uint(w, "id", v->vlans[i].id);
		add_zone(w, v->vlans[i].zone);
		jsonw_bool(w, "declared", v->vlans[i].declared);
		jsonw_uint(w, "frames", v->vlans[i].frames);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
add_prefixes(struct jsonw *w, const struct tap_view *v)
{
	char text[PREFIX_TEXT_MAX];

	jsonw_array(w, "prefixes");
	for (size_t i = 0; i < v->prefix_count; i++) {
		const struct tap_view_prefix *p = &v->prefixes[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "prefix", prefix_format(&p->prefix, text));
		jsonw_uint(w, "vlan", p->vlan);
		add_zone(w, p->zone);
		jsonw_uint(w, "from", p->from);
		jsonw_uint(w, "to", p->to);
		jsonw_uint(w, "local", p->local);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
add_mac(struct jsonw *w, const struct tap_view_mac *m)
{
	char mac[MAC_TEXT_MAX], address[ADDR_TEXT_MAX];

	jsonw_object(w, NULL);
	jsonw_string(w, "mac", mac_format(&m->mac, mac));
	jsonw_uint(w, "vlan", m->vlan);
	jsonw_uint(w, "frames", m->frames);
	jsonw_uint(w, "prefixes", m->prefixes);
	jsonw_array(w, "zones");
	for (size_t i = 0; i < m->zone_count; i++)
		if (m->zones[i] != NULL)
			jsonw_string(w, NULL, m->zones[i]->id);
	jsonw_array_end(w);
	jsonw_string(w, "address",
	    m->address.family != 0 ? addr_format(&m->address, address) : NULL);
	jsonw_string(w, "declared", m->router ? "router" : NULL);
	jsonw_bool(w, "forwards", m->forwards);
	jsonw_object_end(w);
}

static void
add_unlisted(struct jsonw *w, const struct tap_view *v)
{
	jsonw_object(w, "unlisted");
	jsonw_uint(w, "vlans", v->unlisted_vlans);
	jsonw_uint(w, "prefixes", v->unlisted_prefixes);
	jsonw_uint(w, "macs", v->unlisted_macs);
	jsonw_object_end(w);
}

static void
add_model(struct jsonw *w, const struct eve *e)
{
	jsonw_object(w, "model");
	jsonw_string(w, "sha256", e->model->sha256);
	jsonw_uint(w, "generation", e->generation);
	jsonw_string(w, "stage", eve_stage(e->model->stage));
	jsonw_object_end(w);
}

void
eve_view(struct text *out, const struct eve *e, const struct tap_view *v)
{
	const struct tap *tap = v->tap;
	struct jsonw w;

	eve_begin(&w, out, e, v->now, NULL, tap, "sekisho_tap", NULL, 0);
	jsonw_object(&w, "sekisho");
	jsonw_string(&w, "boundary",
	    tap != NULL && tap->boundary != NULL ? tap->boundary->id : NULL);
	jsonw_string(&w, "tap", tap != NULL ? tap->id : NULL);
	jsonw_string(&w, "segment",
	    tap != NULL && tap->segment != NULL ? tap->segment->id : NULL);
	if (v->frames > 0) {
		eve_time(&w, e, "from", v->from);
		eve_time(&w, e, "until", v->until);
	} else {
		jsonw_null(&w, "from");
		jsonw_null(&w, "until");
	}
	add_counts(&w, v);
	add_vlans(&w, v);
	add_prefixes(&w, v);
	jsonw_array(&w, "macs");
	for (size_t i = 0; i < v->mac_count; i++)
		add_mac(&w, &v->macs[i]);
	jsonw_array_end(&w);
	add_unlisted(&w, v);
	add_model(&w, e);
	jsonw_string(&w, "probe", e->probe);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
}
