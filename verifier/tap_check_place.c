/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows about where a tap stands: its VLANs, the addresses of the zones it
 * should show, hosts of other zones on it, and who passes on what others send.
 * Hosts of a segment are those whose frames come from a MAC that forwards
 * nothing; what comes through a router says nothing of the place.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tap_check.h"

#define LIST_MAX 6 /* shown of a list */
#define NUMBER_MAX 32

struct list {
	struct text *out;
	enum lang lang;
	size_t count;
};

/* Adds one to a list of which only the first are shown. */
static void
list_add(struct list *l, const char *s)
{
	if (l->count++ >= LIST_MAX)
		return;
	if (l->count > 1)
		text_add(l->out, l->lang == LANG_JA ? "、" : ", ");
	text_add(l->out, s);
}

static void
list_end(struct list *l)
{
	char n[NUMBER_MAX];

	if (l->count <= LIST_MAX)
		return;
	(void)snprintf(n, sizeof(n), "%zu", l->count - LIST_MAX);
	text_add(l->out, l->lang == LANG_JA ? "、" : ", ");
	words_add(l->out, l->lang, W_TAP_MORE, 1, n);
}

/* "; missing ..." after what stands there already. */
static void
add_remark(struct text *out, enum lang lang, enum word word,
    const struct text *what)
{
	if (what->length == 0)
		return;
	if (out->length > 0)
		text_add(out, lang == LANG_JA ? "／" : "; ");
	words_add(out, lang, word, 1, text_str(what));
}

static const char *
vlan_name(uint16_t id, enum lang lang, char out[NUMBER_MAX])
{
	if (id == 0)
		return words_get(lang, W_TAP_UNTAGGED);
	(void)snprintf(out, NUMBER_MAX, "%u", (unsigned)id);
	return out;
}

/* ---- VLANs */

static uint64_t
frames_of(const struct tap_view *v, uint16_t id)
{
	for (size_t i = 0; i < v->vlan_count; i++)
		if (v->vlans[i].id == id)
			return v->vlans[i].frames;
	return 0;
}

/* Packets of hosts and routers: what switches tell each other bears no tag
 * anywhere. */
static uint64_t
packets_of(const struct tap_view *v, uint16_t id)
{
	uint64_t n = 0;

	for (size_t i = 0; i < v->prefix_count; i++)
		if (v->prefixes[i].vlan == id)
			n += v->prefixes[i].from;
	return n;
}

static void
declare_vlans(struct tap_row *row, const struct tap *tap, enum lang lang)
{
	struct list l = { .out = &row->declared, .lang = lang };
	char n[NUMBER_MAX];

	for (size_t i = 0; i < tap->vlan_count; i++)
		list_add(&l, vlan_name(tap->vlans[i].id, lang, n));
	if (tap->segment != NULL)
		list_add(&l, words_get(lang, W_TAP_UNTAGGED));
	list_end(&l);
	if (l.count == 0)
		text_add(&row->declared, words_get(lang, W_TAP_ANY));
}

/* Declared ones that did not show. */
static size_t
find_missing(struct text *out, const struct tap_seen *s, enum lang lang)
{
	struct list l = { .out = out, .lang = lang };
	char n[NUMBER_MAX];

	for (size_t i = 0; i < s->tap->vlan_count; i++)
		if (frames_of(&s->view, s->tap->vlans[i].id) == 0)
			list_add(&l, vlan_name(s->tap->vlans[i].id, lang, n));
	if (s->tap->segment != NULL && packets_of(&s->view, 0) == 0)
		list_add(&l, words_get(lang, W_TAP_UNTAGGED));
	list_end(&l);
	return l.count;
}

/* Those that showed: declared or not; frames of these. */
static uint64_t
find_shown(struct text *out, const struct tap_seen *s, bool declared,
    enum lang lang)
{
	const struct tap_view *v = &s->view;
	struct list l = { .out = out, .lang = lang };
	uint64_t frames = 0;
	char n[NUMBER_MAX];

	for (size_t i = 0; i < v->vlan_count; i++) {
		const uint16_t id = v->vlans[i].id;

		if (v->vlans[i].declared != declared ||
		    (id == 0 && packets_of(v, 0) == 0))
			continue;
		list_add(&l, vlan_name(id, lang, n));
		frames += v->vlans[i].frames;
	}
	list_end(&l);
	return frames;
}

static void
add_vlans(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row = tap_report_row(r, TAP_ITEM_VLANS);
	const struct tap *tap = s->tap;
	const bool any = tap->vlan_count > 0 || tap->segment != NULL;
	struct text missing = { 0 }, extra = { 0 };
	uint64_t shown, strange;

	declare_vlans(row, tap, lang);
	shown = find_shown(&row->seen, s, true, lang);
	strange = find_shown(&extra, s, false, lang);
	if (!any) {
		text_add(&row->seen,
		    extra.length > 0 ? text_str(&extra) :
				       words_get(lang, W_TAP_NONE));
	} else {
		if (find_missing(&missing, s, lang) > 0)
			tap_row_worsen(row, TAP_SIGN_DEVIATES,
			    tap->vlan_count > 0 ? W_TAP_LOOK_VLAN_MISSING :
						  W_TAP_LOOK_VLAN_TAGS);
		if (strange > 0)
			tap_row_worsen(row,
			    tap->vlan_count > 0 && strange > shown ?
				TAP_SIGN_WRONG :
				TAP_SIGN_DEVIATES,
			    packets_of(&s->view, 0) > 0 &&
				    tap->segment == NULL ?
				W_TAP_LOOK_NATIVE :
				W_TAP_LOOK_VLAN_EXTRA);
		add_remark(&row->seen, lang, W_TAP_MISSING, &missing);
		add_remark(&row->seen, lang, W_TAP_UNDECLARED, &extra);
	}
	if (s->view.unlisted_vlans > 0) {
		text_add(&row->seen, words_get(lang, W_TAP_LISTS_FULL));
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_COUNT);
	}
	text_free(&missing);
	text_free(&extra);
}

/* ---- zones */

/* The zone that hosts of that VLAN are of; NULL: none is declared. What bears
 * a tag that is not declared stands on the tap's segment. */
static const struct zone *
zone_at(const struct tap *tap, uint16_t vlan)
{
	for (size_t i = 0; i < tap->vlan_count; i++)
		if (tap->vlans[i].id == vlan)
			return tap->vlans[i].zone;
	return tap->segment;
}

static bool
is_near(const struct zone *a, const struct zone *b)
{
	return a != NULL && b != NULL &&
	    (zone_is_above(a, b) || zone_is_above(b, a));
}

/* The n-th zone that the tap should show, each once, or NULL. */
static const struct zone *
zone_shown(const struct tap *tap, size_t n)
{
	const struct zone *z;

	for (size_t i = 0; i <= tap->vlan_count; i++) {
		bool again = false;

		z = i < tap->vlan_count ? tap->vlans[i].zone : tap->segment;
		for (size_t k = 0; k < i && k < tap->vlan_count; k++)
			again = again || tap->vlans[k].zone == z;
		if (z != NULL && !again && n-- == 0)
			return z;
	}
	return NULL;
}

/* Packets from hosts of a network on a VLAN of its zone, and to or from it in
 * whatever way. */
static uint64_t
count_network(const struct tap_seen *s, const struct zone *z,
    const struct prefix *network, uint64_t *local)
{
	uint64_t all = 0;

	for (size_t i = 0; i < s->view.prefix_count; i++) {
		const struct tap_view_prefix *p = &s->view.prefixes[i];

		if (!prefix_covers(network, &p->prefix) &&
		    !prefix_covers(&p->prefix, network))
			continue;
		if (!is_near(zone_at(s->tap, p->vlan), z))
			continue;
		all += p->from + p->to;
		*local += p->local;
	}
	return all;
}

/* One zone's addresses: what of them shows, and what does not. */
static void
add_zone(struct tap_row *row, const struct tap_seen *s, const struct zone *z,
    enum lang lang)
{
	struct text missing = { 0 };
	struct list gone = { .out = &missing, .lang = lang };
	char name[PREFIX_TEXT_MAX], n[NUMBER_MAX];
	uint64_t local = 0, all = 0;

	for (size_t i = 0; i < z->all.count; i++) {
		const uint64_t some = count_network(s, z, &z->all.items[i],
		    &local);

		all += some;
		if (some == 0 && z->all.items[i].addr.family == 4)
			list_add(&gone, prefix_format(&z->all.items[i], name));
	}
	if (tap_zone_is_far(z))
		local = all;
	list_end(&gone);
	if (row->declared.length > 0)
		text_add(&row->declared, lang == LANG_JA ? "、" : ", ");
	text_add(&row->declared, z->id);
	if (row->seen.length > 0)
		text_add(&row->seen, lang == LANG_JA ? "／" : "; ");
	if (local > 0) {
		(void)snprintf(n, sizeof(n), "%" PRIu64, local);
		words_add(&row->seen, lang, W_TAP_HOSTS, 3, z->id, z->name, n);
	} else
		words_add(&row->seen, lang, W_TAP_NO_HOSTS, 1, z->id);
	add_remark(&row->seen, lang, W_TAP_MISSING, &missing);
	if (gone.count > 0 || local == 0)
		tap_row_worsen(row, TAP_SIGN_DEVIATES,
		    row->look_count == 0 ? W_TAP_LOOK_NETWORK : W_COUNT);
	text_free(&missing);
}

/* Packets of hosts: of a zone that has its place there, and of any other. */
static uint64_t
count_hosts(const struct tap_seen *s, uint64_t *foreign)
{
	uint64_t own = 0;

	*foreign = 0;
	for (size_t i = 0; i < s->view.prefix_count; i++) {
		const struct tap_view_prefix *p = &s->view.prefixes[i];
		const struct zone *here = zone_at(s->tap, p->vlan);

		if (here == NULL)
			continue;
		if (is_near(here, p->zone))
			own += p->local;
		else
			*foreign += p->local;
	}
	return own;
}

/* Whether addresses of which some are in z were routed past, and no more. */
static bool
is_only_routed(const struct tap_seen *s, uint64_t own)
{
	uint64_t from = 0;

	for (size_t i = 0; i < s->view.prefix_count; i++) {
		const struct zone *here = zone_at(s->tap,
		    s->view.prefixes[i].vlan);

		if (here != NULL && !tap_zone_is_far(here))
			from += s->view.prefixes[i].from;
	}
	return own == 0 && from >= TAP_CHECK_FRAMES_LEAST;
}

static void
add_prefixes(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row;
	const struct zone *z;
	uint64_t foreign, own;

	if (zone_shown(s->tap, 0) == NULL)
		return;
	row = tap_report_row(r, TAP_ITEM_PREFIXES);
	for (size_t i = 0; (z = zone_shown(s->tap, i)) != NULL; i++)
		if (z->tier != TIER_OUTSIDE)
			add_zone(row, s, z, lang);
	own = count_hosts(s, &foreign);
	if (is_only_routed(s, own))
		tap_row_worsen(row, TAP_SIGN_WRONG, W_TAP_LOOK_SEGMENT);
	if (s->view.unlisted_prefixes > 0) {
		text_add(&row->seen, words_get(lang, W_TAP_LISTS_FULL));
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_COUNT);
	}
}

static void
add_foreign(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row;
	struct list l = { .lang = lang };
	uint64_t foreign, own;
	char name[PREFIX_TEXT_MAX], n[NUMBER_MAX];

	if (zone_shown(s->tap, 0) == NULL)
		return;
	row = tap_report_row(r, TAP_ITEM_FOREIGN);
	l.out = &row->seen;
	own = count_hosts(s, &foreign);
	text_add(&row->declared, words_get(lang, W_TAP_NONE));
	for (size_t i = 0; i < s->view.prefix_count; i++) {
		const struct tap_view_prefix *p = &s->view.prefixes[i];
		const struct zone *here = zone_at(s->tap, p->vlan);
		struct text one = { 0 };

		if (here == NULL || p->local == 0 || is_near(here, p->zone))
			continue;
		(void)snprintf(n, sizeof(n), "%" PRIu64, p->local);
		words_add(&one, lang, W_TAP_HOSTS, 3,
		    prefix_format(&p->prefix, name),
		    p->zone != NULL ? p->zone->id : "-", n);
		list_add(&l, text_str(&one));
		text_free(&one);
	}
	list_end(&l);
	if (l.count == 0)
		text_add(&row->seen, words_get(lang, W_TAP_NONE));
	if (foreign * 100 >= (own + foreign) * TAP_CHECK_FOREIGN_ALL &&
	    foreign > 0)
		tap_row_worsen(row, TAP_SIGN_WRONG, W_TAP_LOOK_SEGMENT);
	else if (foreign * 100 >= (own + foreign) * TAP_CHECK_FOREIGN &&
	    foreign > 0)
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_TAP_LOOK_FOREIGN);
	else if (own + foreign == 0)
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_COUNT);
}

/* ---- routers */

static bool
router_shows(const struct tap_view *v, const struct router *router)
{
	for (size_t i = 0; i < v->mac_count; i++)
		for (size_t k = 0; k < router->mac_count; k++)
			if (mac_equal(&v->macs[i].mac, &router->macs[k]))
				return true;
	return false;
}

static void
add_routers(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row;
	struct text missing = { 0 };
	struct list declared = { .lang = lang }, seen = { .lang = lang };
	struct list gone = { .out = &missing, .lang = lang };
	char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	if (s->tap->router_count == 0)
		return;
	row = tap_report_row(r, TAP_ITEM_ROUTERS);
	declared.out = &row->declared;
	seen.out = &row->seen;
	for (size_t i = 0; i < s->tap->router_count; i++) {
		const struct router *router = &s->tap->routers[i];
		const char *name = router->address.family != 0 ?
		    addr_format(&router->address, address) :
		    router->mac_count > 0 ? mac_format(&router->macs[0], mac) :
					    "-";

		if (router->mac_count == 0)
			continue;
		list_add(&declared, name);
		list_add(router_shows(&s->view, router) ? &seen : &gone, name);
	}
	list_end(&declared);
	list_end(&seen);
	list_end(&gone);
	add_remark(&row->seen, lang, W_TAP_MISSING, &missing);
	if (gone.count > 0)
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_TAP_LOOK_ROUTER);
	if (declared.count == 0)
		text_add(&row->declared, words_get(lang, W_TAP_NONE));
	text_free(&missing);
}

static void
add_forwarders(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row;
	struct list l = { .lang = lang };

	/* On a transit link nobody lives: whoever sends there passes on. */
	if (zone_shown(s->tap, 0) == NULL)
		return;
	row = tap_report_row(r, TAP_ITEM_FORWARDERS);
	l.out = &row->seen;
	text_add(&row->declared, words_get(lang, W_TAP_NONE));
	for (size_t i = 0; i < s->view.mac_count; i++) {
		const struct tap_view_mac *m = &s->view.macs[i];
		char mac[MAC_TEXT_MAX], address[ADDR_TEXT_MAX], n[NUMBER_MAX];
		const struct zone *here;
		struct text one = { 0 };

		if (!m->forwards || m->router)
			continue;
		here = zone_at(s->tap, m->vlan);
		if (here == NULL || tap_zone_is_far(here))
			continue;
		text_add(&one, mac_format(&m->mac, mac));
		if (m->address.family != 0)
			text_printf(&one, " %s",
			    addr_format(&m->address, address));
		if (m->vlan != 0)
			text_printf(&one, " VLAN %s",
			    vlan_name(m->vlan, lang, n));
		list_add(&l, text_str(&one));
		text_free(&one);
	}
	list_end(&l);
	if (l.count > 0)
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_TAP_LOOK_FORWARDER);
	else
		text_add(&row->seen, words_get(lang, W_TAP_NONE));
	if (s->view.mac_count == 0)
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_COUNT);
}

/* ---- IPv6 */

static void
add_ipv6(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row = tap_report_row(r, TAP_ITEM_IPV6);
	struct text without = { 0 };
	struct list l = { .out = &without, .lang = lang };
	const struct zone *z;
	bool is_wrong = false;
	size_t count = 0;
	char n[NUMBER_MAX];

	for (size_t i = 0; (z = zone_shown(s->tap, i)) != NULL; i++)
		if (z->ipv6_none)
			list_add(&l, z->id);
	list_end(&l);
	for (size_t i = 0; i < s->view.prefix_count; i++) {
		const struct tap_view_prefix *p = &s->view.prefixes[i];

		if (p->prefix.addr.family != 6)
			continue;
		count++;
		z = zone_at(s->tap, p->vlan);
		is_wrong = is_wrong || (z != NULL && z->ipv6_none);
	}
	if (without.length > 0)
		words_add(&row->declared, lang, W_TAP_IPV6_NONE, 1,
		    text_str(&without));
	else
		text_add(&row->declared, words_get(lang, W_TAP_ANY));
	(void)snprintf(n, sizeof(n), "%zu", count);
	if (count > 0)
		words_add(&row->seen, lang, W_TAP_PREFIXES, 1, n);
	else
		text_add(&row->seen, words_get(lang, W_TAP_NONE));
	if (is_wrong)
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_TAP_LOOK_IPV6);
	text_free(&without);
}

void
tap_report_place(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	add_vlans(r, s, lang);
	add_prefixes(r, s, lang);
	add_foreign(r, s, lang);
	add_routers(r, s, lang);
	add_forwarders(r, s, lang);
	add_ipv6(r, s, lang);
}
