/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Printing a model as it was understood: every default is written, relays
 * stand for the conduits made of them and the ledger for its rows. What is
 * printed loads again and prints alike. This file has the network and the
 * small parts; model_print_permit.c has what is permitted in it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonx.h"
#include "model_internal.h"
#include "model_print.h"

#define NUMBER_MAX 48

/* ---- small parts */

void
model_print_text(struct jsonw *w, const char *key, const char *s)
{
	if (s != NULL)
		jsonw_string(w, key, s);
}

void
model_print_day(struct jsonw *w, const char *key, struct day d)
{
	char buf[16];

	if (d.year != 0)
		jsonw_string(w, key, day_format(d, buf, sizeof(buf)));
}

void
model_print_strings(struct jsonw *w, const char *key, const char *const *s,
    size_t count)
{
	size_t i;

	if (count == 0)
		return;
	jsonw_array(w, key);
	for (i = 0; i < count; i++)
		jsonw_string(w, NULL, s[i]);
	jsonw_array_end(w);
}

void
model_print_networks(struct jsonw *w, const char *key,
    const struct prefix_set *s)
{
	char buf[PREFIX_TEXT_MAX];
	size_t i;

	if (s->count == 0)
		return;
	jsonw_array(w, key);
	for (i = 0; i < s->count; i++)
		jsonw_string(w, NULL, prefix_format(&s->items[i], buf));
	jsonw_array_end(w);
}

/* The last address of a prefix. */
static struct addr
last_of(const struct prefix *p)
{
	struct addr last = p->addr;
	unsigned bit, bits = addr_bits(&p->addr);

	for (bit = p->length; bit < bits; bit++)
		last.bytes[bit / 8] = (uint8_t)(last.bytes[bit / 8] |
		    0x80 >> bit % 8);
	return last;
}

void
model_print_hosts(struct jsonw *w, const char *key, const struct prefix_set *s)
{
	char first[ADDR_TEXT_MAX], last[ADDR_TEXT_MAX];
	char range[2 * ADDR_TEXT_MAX];
	struct addr end;
	size_t i;

	if (s->count == 0)
		return;
	jsonw_array(w, key);
	for (i = 0; i < s->count; i++) {
		const struct prefix *p = &s->items[i];

		(void)addr_format(&p->addr, first);
		end = last_of(p);
		if (addr_equal(&end, &p->addr)) {
			jsonw_string(w, NULL, first);
			continue;
		}
		(void)snprintf(range, sizeof(range), "%s-%s", first,
		    addr_format(&end, last));
		jsonw_string(w, NULL, range);
	}
	jsonw_array_end(w);
}

void
model_print_addresses(struct jsonw *w, const char *key, const struct addr *a,
    size_t count)
{
	char buf[ADDR_TEXT_MAX];
	size_t i;

	if (count == 0)
		return;
	jsonw_array(w, key);
	for (i = 0; i < count; i++)
		jsonw_string(w, NULL, addr_format(&a[i], buf));
	jsonw_array_end(w);
}

void
model_print_ports(struct jsonw *w, const struct port_range *p, size_t count)
{
	char buf[NUMBER_MAX];
	size_t i;

	if (count == 0)
		return;
	jsonw_array(w, "ports");
	for (i = 0; i < count; i++) {
		if (p[i].first == p[i].last) {
			jsonw_uint(w, NULL, p[i].first);
			continue;
		}
		(void)snprintf(buf, sizeof(buf), "%u-%u", p[i].first,
		    p[i].last);
		jsonw_string(w, NULL, buf);
	}
	jsonw_array_end(w);
}

void
model_print_zones(struct jsonw *w, const char *key,
    const struct zone *const *zones, size_t count)
{
	size_t i;

	if (count == 0)
		return;
	jsonw_array(w, key);
	for (i = 0; i < count; i++)
		jsonw_string(w, NULL, zones[i]->id);
	jsonw_array_end(w);
}

void
model_print_links(struct jsonw *w, const struct link *const *links,
    size_t count)
{
	size_t i;

	if (count == 0)
		return;
	jsonw_array(w, "links");
	for (i = 0; i < count; i++)
		jsonw_string(w, NULL, links[i]->id);
	jsonw_array_end(w);
}

void
model_print_approval(struct jsonw *w, const char *key, const struct approval *a)
{
	if (!a->given)
		return;
	jsonw_object(w, key);
	model_print_strings(w, "by", a->by, a->by_count);
	model_print_text(w, "applicant", a->applicant);
	model_print_text(w, "number", a->number);
	model_print_day(w, "on", a->on);
	jsonw_object_end(w);
}

void
model_print_schedule(struct jsonw *w, const char *key, const struct schedule *s)
{
	char hours[NUMBER_MAX];
	int32_t to = s->to_s == 0 ? 24 * 3600 : s->to_s;

	if (!s->given)
		return;
	(void)snprintf(hours, sizeof(hours), "%02d:%02d-%02d:%02d",
	    (int)(s->from_s / 3600), (int)(s->from_s / 60 % 60),
	    (int)(to / 3600), (int)(to / 60 % 60));
	jsonw_object(w, key);
	if (s->calendar != NULL)
		jsonw_string(w, "calendar", s->calendar->id);
	jsonw_string(w, "hours", hours);
	jsonw_object_end(w);
}

void
model_print_amount(struct jsonw *w, const char *key, int64_t n,
    const char *unit)
{
	char buf[NUMBER_MAX];

	(void)snprintf(buf, sizeof(buf), "%" PRId64 " %s", n, unit);
	jsonw_string(w, key, buf);
}

static void
print_duration(struct jsonw *w, const char *key, int64_t us)
{
	int64_t s = us / CLOCK_SECOND;

	if (s % 3600 == 0)
		model_print_amount(w, key, s / 3600, "h");
	else if (s % 60 == 0)
		model_print_amount(w, key, s / 60, "m");
	else
		model_print_amount(w, key, s, "s");
}

static void
print_size(struct jsonw *w, const char *key, int64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t i = 0;

	while (bytes != 0 && bytes % 1024 == 0 && i < 4) {
		bytes /= 1024;
		i++;
	}
	model_print_amount(w, key, bytes, units[i]);
}

static void
print_percent(struct jsonw *w, const char *key, double share)
{
	char buf[NUMBER_MAX];

	(void)snprintf(buf, sizeof(buf), "%.7g %%", share * 100);
	jsonw_string(w, key, buf);
}

/* ---- sections */

static void
print_head(struct jsonw *w, const struct model *m)
{
	int i;

	jsonw_string(w, "format", "sekisho-topology/1");
	jsonw_string(w, "stage", model_words_stage[m->stage]);
	model_print_day(w, "until", m->until);
	jsonw_object(w, "organisation");
	if (m->organisation[0] != '\0')
		jsonw_string(w, "name", m->organisation);
	model_print_text(w, "code", m->code);
	jsonw_string(w, "timezone", m->timezone);
	jsonw_object(w, "roles");
	model_print_text(w, "ciso", m->ciso);
	model_print_text(w, "chief-security-officer", m->security_officer);
	model_print_text(w, "network-manager", m->network_manager);
	model_print_text(w, "csirt", m->csirt);
	jsonw_object_end(w);
	jsonw_object_end(w);
	jsonw_object(w, "guideline");
	jsonw_string(w, "file", m->guideline_file);
	jsonw_string(w, "model", m->guideline_model);
	jsonw_object(w, "names");
	for (i = 0; i < TIER_COUNT; i++)
		model_print_text(w, model_words_tier[i], m->tier_names[i]);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void
print_accounts(struct jsonw *w, const struct zone *zone)
{
	const struct account *a;

	if (zone->account_count == 0)
		return;
	jsonw_array(w, "accounts");
	for (a = zone->accounts; a < zone->accounts + zone->account_count;
	     a++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "id", a->id);
		model_print_text(w, "provider", a->provider);
		model_print_text(w, "vendor", a->vendor);
		model_print_text(w, "usage", a->usage);
		model_print_networks(w, "networks", &a->networks);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_zones(struct jsonw *w, const struct model *m)
{
	const struct zone *z;

	jsonw_array(w, "zones");
	for (z = m->zones; z < m->zones + m->zone_count; z++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "id", z->id);
		jsonw_string(w, "tier", tier_name(z->tier));
		jsonw_string(w, "name", z->name);
		model_print_networks(w, "networks", &z->networks);
		model_print_text(w, "list",
		    z->list != NULL ? z->list->id : NULL);
		model_print_text(w, "parent",
		    z->parent != NULL ? z->parent->id : NULL);
		model_print_links(w, z->links, z->link_count);
		print_accounts(w, z);
		jsonw_string(w, "inspect",
		    z->inspect_headers ? "headers" : "content");
		jsonw_string(w, "ipv6", z->ipv6_none ? "none" : "used");
		model_print_addresses(w, "dhcp-servers", z->dhcp_servers,
		    z->dhcp_server_count);
		model_print_text(w, "note", z->note);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_partners(struct jsonw *w, const struct model *m)
{
	const struct partner *p;

	jsonw_array(w, "partners");
	for (p = m->partners; p < m->partners + m->partner_count; p++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "id", p->id);
		jsonw_string(w, "name", p->name);
		model_print_text(w, "operator", p->operator_name);
		jsonw_bool(w, "public-body", p->public_body);
		jsonw_string(w, "zone", p->zone->id);
		model_print_networks(w, "networks", &p->networks);
		model_print_approval(w, "approved", &p->approved);
		model_print_day(w, "review", p->review_due);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_links(struct jsonw *w, const struct model *m)
{
	const struct link *l;

	jsonw_array(w, "links");
	for (l = m->links; l < m->links + m->link_count; l++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "id", l->id);
		jsonw_string(w, "name", l->name);
		jsonw_string(w, "kind", l->kind);
		if (l->has_encryption) {
			jsonw_object(w, "encryption");
			jsonw_string(w, "minimum",
			    model_words_encryption[l->minimum]);
			model_print_text(w, "or-link", l->or_link);
			model_print_text(w, "document", l->document);
			jsonw_object_end(w);
		}
		model_print_approval(w, "approved", &l->approved);
		model_print_text(w, "note", l->note);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_routers(struct jsonw *w, const struct tap *tap)
{
	const struct router *r;
	char buf[ADDR_TEXT_MAX];

	jsonw_array(w, "routers");
	for (r = tap->routers; r < tap->routers + tap->router_count; r++) {
		jsonw_object(w, NULL);
		if (r->address.family != 0)
			jsonw_string(w, "address",
			    addr_format(&r->address, buf));
		model_print_macs(w, "macs", r->macs, r->mac_count);
		model_print_text(w, "link",
		    r->link != NULL ? r->link->id : NULL);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_vlans(struct jsonw *w, const struct tap *tap)
{
	char id[NUMBER_MAX];
	size_t i;

	jsonw_object(w, "vlans");
	for (i = 0; i < tap->vlan_count; i++) {
		const struct tap_vlan *v = &tap->vlans[i];

		(void)snprintf(id, sizeof(id), "%u", v->id);
		jsonw_object(w, id);
		jsonw_string(w, "zone", v->zone->id);
		model_print_text(w, "link",
		    v->link != NULL ? v->link->id : NULL);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

static void
print_tap(struct jsonw *w, const struct tap *tap)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "id", tap->id);
	model_print_text(w, "probe", tap->probe);
	model_print_text(w, "interface", tap->interface);
	model_print_text(w, "segment",
	    tap->segment != NULL ? tap->segment->id : NULL);
	model_print_text(w, "link", tap->link != NULL ? tap->link->id : NULL);
	jsonw_string(w, "direction", model_words_tap_direction[tap->direction]);
	if (tap->silent_after_us != 0)
		print_duration(w, "silent-after", tap->silent_after_us);
	print_vlans(w, tap);
	print_routers(w, tap);
	model_print_schedule(w, "quiet", &tap->quiet);
	model_print_tap_segment(w, tap);
	model_print_text(w, "note", tap->note);
	jsonw_object_end(w);
}

static void
print_heartbeat(struct jsonw *w, const struct heartbeat *h)
{
	struct port_range port = { h->port, h->port };
	struct service s = { .protocol = h->protocol, .ports = &port };
	char buf[ADDR_TEXT_MAX];

	s.port_count = h->port != 0;
	jsonw_object(w, NULL);
	jsonw_string(w, "tap", h->tap->id);
	jsonw_string(w, "from", addr_format(&h->from, buf));
	jsonw_string(w, "to", addr_format(&h->to, buf));
	model_print_service(w, "service", &s);
	print_duration(w, "every", h->every_us);
	jsonw_object_end(w);
}

static void
print_boundary(struct jsonw *w, const struct boundary *b)
{
	size_t i;

	jsonw_object(w, NULL);
	jsonw_string(w, "id", b->id);
	jsonw_string(w, "name", b->name);
	model_print_text(w, "firewall",
	    b->firewall != NULL ? b->firewall->id : NULL);
	model_print_zones(w, "zones", b->zones, b->zone_count);
	jsonw_array(w, "taps");
	for (i = 0; i < b->tap_count; i++)
		print_tap(w, &b->taps[i]);
	jsonw_array_end(w);
	jsonw_array(w, "unmonitored");
	for (i = 0; i < b->unmonitored_count; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "zone", b->unmonitored[i].zone->id);
		jsonw_string(w, "reason", b->unmonitored[i].reason);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_array(w, "heartbeats");
	for (i = 0; i < b->heartbeat_count; i++)
		print_heartbeat(w, &b->heartbeats[i]);
	jsonw_array_end(w);
	model_print_text(w, "note", b->note);
	jsonw_object_end(w);
}

static void
print_boundaries(struct jsonw *w, const struct model *m)
{
	char buf[ADDR_TEXT_MAX];
	size_t i;

	jsonw_array(w, "probes");
	for (i = 0; i < m->probe_count; i++) {
		const struct probe_declared *p = &m->probes[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "id", p->id);
		if (p->zone != NULL) {
			jsonw_object(w, "management");
			jsonw_string(w, "zone", p->zone->id);
			jsonw_string(w, "address",
			    addr_format(&p->address, buf));
			jsonw_object_end(w);
		}
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_array(w, "boundaries");
	for (i = 0; i < m->boundary_count; i++)
		print_boundary(w, &m->boundaries[i]);
	jsonw_array_end(w);
}

static void
print_firewalls(struct jsonw *w, const struct model *m)
{
	const struct firewall *f;
	size_t i;

	jsonw_array(w, "firewalls");
	for (f = m->firewalls; f < m->firewalls + m->firewall_count; f++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "id", f->id);
		jsonw_string(w, "kind", model_words_firewall[f->kind]);
		jsonw_string(w, "operator",
		    f->foreign_operator ? "other" : "own");
		model_print_addresses(w, "addresses", f->addresses,
		    f->address_count);
		jsonw_object(w, "interfaces");
		for (i = 0; i < f->interface_count; i++)
			model_print_zones(w, f->interfaces[i].name,
			    f->interfaces[i].zones,
			    f->interfaces[i].zone_count);
		jsonw_object_end(w);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_translations(struct jsonw *w, const struct model *m)
{
	const struct translation *t;
	size_t i;

	jsonw_array(w, "translations");
	for (i = 0; i < m->translation_count; i++) {
		t = &m->translations[i];
		jsonw_object(w, NULL);
		jsonw_string(w, "at", t->at->id);
		jsonw_string(w, "kind", model_words_translation[t->kind]);
		jsonw_object(w, "from");
		jsonw_string(w, "zone", t->from->id);
		model_print_networks(w, "networks", &t->inside);
		jsonw_object_end(w);
		model_print_networks(w, "to", &t->to);
		model_print_text(w, "toward",
		    t->toward != NULL ? t->toward->id : NULL);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_array(w, "proxies");
	for (i = 0; i < m->proxy_count; i++) {
		const struct proxy *p = &m->proxies[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "id", p->id);
		model_print_hosts(w, "hosts", &p->hosts);
		model_print_ports(w, p->ports, p->port_count);
		model_print_zones(w, "for", p->clients, p->client_count);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
print_divisions(struct jsonw *w, const struct model *m)
{
	const struct ledger *l = &m->ledger;
	size_t i;

	jsonw_array(w, "divisions");
	for (i = 0; i < m->division_count; i++) {
		const struct division *d = &m->divisions[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "id", d->id);
		jsonw_string(w, "name", d->name);
		model_print_text(w, "short", d->short_name);
		model_print_networks(w, "networks", &d->networks);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	if (l->file == NULL)
		return;
	jsonw_object(w, "ledger");
	jsonw_string(w, "file", l->file);
	jsonw_string(w, "encoding", l->encoding);
	jsonw_object(w, "columns");
	for (i = 0; i < LEDGER_COLUMNS; i++)
		model_print_text(w, model_words_column[i], l->columns[i]);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void
print_host(struct jsonw *w, const struct host *h)
{
	char buf[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
	const struct host_interface *at;

	jsonw_object(w, NULL);
	model_print_text(w, "name", h->name);
	model_print_text(w, "kind", h->kind);
	model_print_text(w, "division", h->division);
	model_print_text(w, "system", h->system);
	if (h->multi_homed) {
		jsonw_object(w, "multi-homed");
		jsonw_bool(w, "forwards", h->forwards);
		model_print_text(w, "reason", h->multi_homed_reason);
		model_print_text(w, "number", h->multi_homed_number);
		jsonw_object_end(w);
	}
	jsonw_bool(w, "offline", h->offline);
	model_print_host_segment(w, h);
	model_print_text(w, "note", h->note);
	jsonw_array(w, "interfaces");
	for (at = h->interfaces; at < h->interfaces + h->interface_count;
	     at++) {
		jsonw_object(w, NULL);
		if (at->zone != NULL)
			jsonw_string(w, "zone", at->zone->id);
		if (at->address.family != 0)
			jsonw_string(w, "address",
			    addr_format(&at->address, buf));
		if (at->has_mac)
			jsonw_string(w, "mac", mac_format(&at->mac, mac));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void
print_authorities(struct jsonw *w, const struct model *m)
{
	const struct numbers *n = &m->numbers;
	size_t i;

	if (n->given) {
		jsonw_object(w, "numbers");
		model_print_zones(w, "zones", n->zones, n->zone_count);
		jsonw_array(w, "may-hold");
		for (i = 0; i < n->holder_count; i++) {
			jsonw_object(w, NULL);
			model_print_hosts(w, "hosts", &n->holders[i].hosts);
			jsonw_string(w, "affairs", n->holders[i].affairs);
			jsonw_object_end(w);
		}
		jsonw_array_end(w);
		model_print_approval(w, "authority", &n->authority);
		jsonw_object_end(w);
	}
	jsonw_object(w, "evidence");
	jsonw_string(w, "default", m->evidence.headers ? "headers" : "none");
	jsonw_array(w, "payload");
	for (i = 0; i < m->evidence.payload_count; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "zone", m->evidence.payload[i].zone->id);
		model_print_approval(w, "authority",
		    &m->evidence.payload[i].authority);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void
print_limits(struct jsonw *w, const struct limits *l)
{
	jsonw_object(w, "limits");
	print_size(w, "mail", l->mail_bytes);
	print_size(w, "bulk-per-host-day", l->bulk_bytes);
	model_print_amount(w, "stale-conduit", l->stale_conduit_days, "days");
	model_print_amount(w, "ruleset-age", l->ruleset_age_days, "days");
	model_print_amount(w, "asset-unseen", l->unseen_days, "days");
	print_percent(w, "coverage", l->coverage);
	print_percent(w, "unjudged", l->unjudged);
	jsonw_object(w, "retention");
	model_print_amount(w, "alerts", l->retain_alerts_days, "days");
	model_print_amount(w, "conversations", l->retain_conversations_days,
	    "days");
	model_print_amount(w, "evidence", l->retain_evidence_days, "days");
	jsonw_object_end(w);
	jsonw_object_end(w);
}

void
model_print(const struct model *m, struct text *out)
{
	struct text line = { 0 };
	struct diag unheard = { 0 };
	struct jsonx_doc *doc;
	struct jsonw w;
	size_t i;

	jsonw_init(&w, &line);
	jsonw_object(&w, NULL);
	print_head(&w, m);
	print_zones(&w, m);
	print_partners(&w, m);
	print_links(&w, m);
	print_boundaries(&w, m);
	print_firewalls(&w, m);
	print_translations(&w, m);
	model_print_lists(&w, m);
	model_print_tunnels(&w, m);
	model_print_containments(&w, m);
	model_print_permit(&w, m);
	print_divisions(&w, m);
	jsonw_array(&w, "hosts");
	for (i = 0; i < m->host_count; i++)
		if (!m->hosts[i].from_ledger)
			print_host(&w, &m->hosts[i]);
	jsonw_array_end(&w);
	print_authorities(&w, m);
	print_limits(&w, &m->limits);
	jsonw_object_end(&w);
	/* Read back to be indented, and to prove that it can be read. */
	doc = jsonx_parse("model", text_str(&line), line.length, &unheard);
	if (doc != NULL)
		jsonx_print(jsonx_root(doc), out);
	else
		text_add(out, text_str(&line));
	jsonx_free(doc);
	diag_free(&unheard);
	text_free(&line);
}
