/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows about where a tap stands: its VLANs, the addresses of the zones it
 * should show, hosts of other zones on it, and who passes on what others send.
 * Hosts of a segment are those whose frames come from a MAC that forwards
 * nothing; what comes through a router says nothing of the place, but for one
 * that passes on the zone's own addresses alone: an L3 switch within the zone,
 * with the zone's hosts behind it.
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

/* What an undeclared MAC that passes on has behind it. */
enum behind {
	BEHIND_OTHERS, /* nothing of the tap's own zone */
	BEHIND_MIXED,  /* of it, and more */
	BEHIND_ZONE,   /* of it alone */
};

/* Prefixes with sources of the zone, or of one below it, on that VLAN. */
static size_t
count_prefixes(const struct tap_view *v, uint16_t vlan, const struct zone *here)
{
	size_t n = 0;

	for (size_t i = 0; i < v->prefix_count; i++)
		n += v->prefixes[i].vlan == vlan && v->prefixes[i].from > 0 &&
		    v->prefixes[i].zone != NULL &&
		    zone_is_above(here, v->prefixes[i].zone);
	return n;
}

static enum behind
what_is_behind(const struct tap_seen *s, const struct tap_view_mac *m)
{
	const struct zone *here = zone_at(s->tap, m->vlan);
	bool own = false, more = m->zone_count == TAP_VIEW_ZONES_MAX;

	for (size_t i = 0; i < m->zone_count; i++) {
		own = own || m->zones[i] == here;
		more = more || m->zones[i] == NULL ||
		    !zone_is_above(here, m->zones[i]);
	}
	if (here == NULL || !own)
		return BEHIND_OTHERS;
	/* Some of its sources are of no zone at all. */
	more = more || m->prefixes > count_prefixes(&s->view, m->vlan, here);
	return more ? BEHIND_MIXED : BEHIND_ZONE;
}

static bool
is_inner(const struct tap_seen *s, const struct tap_view_mac *m)
{
	return m->forwards && !m->router && what_is_behind(s, m) == BEHIND_ZONE;
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

static bool
router_shows(const struct tap_view *v, const struct router *router)
{
	for (size_t i = 0; i < v->mac_count; i++)
		for (size_t k = 0; k < router->mac_count; k++)
			if (mac_equal(&v->macs[i].mac, &router->macs[k]))
				return true;
	return false;
}

/*
 * Whether a router with nothing but the zone behind it is one within the zone:
 * seen from the far side the boundary's own may look the same. So one of the
 * declared ones must show beside it; where none is known, no host of another
 * zone may.
 */
static bool
is_at_home(const struct tap_seen *s)
{
	bool declared = false;

	for (size_t i = 0; i < s->tap->router_count; i++) {
		if (router_shows(&s->view, &s->tap->routers[i]))
			return true;
		declared = declared || s->tap->routers[i].mac_count > 0;
	}
	for (size_t i = 0; i < s->view.prefix_count && !declared; i++) {
		const struct tap_view_prefix *p = &s->view.prefixes[i];
		const struct zone *here = zone_at(s->tap, p->vlan);

		if (here != NULL && p->local > 0 && !is_near(here, p->zone))
			return false;
	}
	return !declared;
}

/* Packets of the zone's hosts: from themselves, and by way of a router within
 * the zone, of which there are no more than that has sent. */
static uint64_t
count_local(const struct tap_seen *s, const struct tap_view_prefix *p)
{
	const struct zone *here = zone_at(s->tap, p->vlan);
	const uint64_t routed = p->from > p->local ? p->from - p->local : 0;
	uint64_t inner = 0;

	if (here == NULL || p->zone == NULL || !zone_is_above(here, p->zone) ||
	    !is_at_home(s))
		return p->local;
	for (size_t i = 0; i < s->view.mac_count; i++)
		if (s->view.macs[i].vlan == p->vlan &&
		    is_inner(s, &s->view.macs[i]))
			inner += s->view.macs[i].frames;
	return p->local + (inner < routed ? inner : routed);
}

static bool
overlaps(const struct prefix *a, const struct prefix *b)
{
	return prefix_covers(a, b) || prefix_covers(b, a);
}

/* Packets to or from a prefix on a VLAN of the zone, and those from hosts on
 * it; once, however many networks of the zone lie in it. */
static uint64_t
count_prefix(const struct tap_seen *s, const struct zone *z,
    const struct tap_view_prefix *p, uint64_t *local)
{
	if (!is_near(zone_at(s->tap, p->vlan), z))
		return 0;
	for (size_t i = 0; i < z->all.count; i++)
		if (overlaps(&z->all.items[i], &p->prefix)) {
			*local += count_local(s, p);
			return p->from + p->to;
		}
	return 0;
}

static bool
network_shows(const struct tap_seen *s, const struct zone *z,
    const struct prefix *network)
{
	for (size_t i = 0; i < s->view.prefix_count; i++) {
		const struct tap_view_prefix *p = &s->view.prefixes[i];

		if (p->from + p->to > 0 && overlaps(network, &p->prefix) &&
		    is_near(zone_at(s->tap, p->vlan), z))
			return true;
	}
	return false;
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

	for (size_t i = 0; i < s->view.prefix_count; i++)
		all += count_prefix(s, z, &s->view.prefixes[i], &local);
	for (size_t i = 0; i < z->all.count; i++)
		if (z->all.items[i].addr.family == 4 &&
		    !network_shows(s, z, &z->all.items[i]))
			list_add(&gone, prefix_format(&z->all.items[i], name));
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
			own += count_local(s, p);
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

/* On a line to a far zone every host may well be behind a router. */
static bool
shows_near_zone(const struct tap *tap)
{
	const struct zone *z;

	for (size_t i = 0; (z = zone_shown(tap, i)) != NULL; i++)
		if (!tap_zone_is_far(z))
			return true;
	return false;
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
	else if (own + foreign == 0 && shows_near_zone(s->tap))
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_TAP_LOOK_TRAFFIC);
}

/* ---- routers */

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
list_mac(struct list *l, const struct tap_view_mac *m)
{
	char mac[MAC_TEXT_MAX], address[ADDR_TEXT_MAX], n[NUMBER_MAX];
	struct text one = { 0 };

	text_add(&one, mac_format(&m->mac, mac));
	if (m->address.family != 0)
		text_printf(&one, " %s", addr_format(&m->address, address));
	if (m->vlan != 0)
		text_printf(&one, " VLAN %s", vlan_name(m->vlan, l->lang, n));
	list_add(l, text_str(&one));
	text_free(&one);
}

/* Routers within the zone are named, and no fault: declared as the boundary's
 * they would make forgers of the hosts behind them (SEG-12). */
static void
add_forwarders(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row;
	struct text within = { 0 };
	struct list l = { .lang = lang };
	struct list inner = { .out = &within, .lang = lang };
	bool others = false, mixed = false;

	/* On a transit link nobody lives: whoever sends there passes on. */
	if (zone_shown(s->tap, 0) == NULL)
		return;
	row = tap_report_row(r, TAP_ITEM_FORWARDERS);
	l.out = &row->seen;
	text_add(&row->declared, words_get(lang, W_TAP_NONE));
	for (size_t i = 0; i < s->view.mac_count; i++) {
		const struct tap_view_mac *m = &s->view.macs[i];
		const struct zone *here = zone_at(s->tap, m->vlan);

		if (!m->forwards || m->router || here == NULL ||
		    tap_zone_is_far(here))
			continue;
		list_mac(is_inner(s, m) ? &inner : &l, m);
		others = others || what_is_behind(s, m) == BEHIND_OTHERS;
		mixed = mixed || what_is_behind(s, m) == BEHIND_MIXED;
	}
	list_end(&l);
	list_end(&inner);
	if (others)
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_TAP_LOOK_FORWARDER);
	if (mixed)
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_TAP_LOOK_MIXED);
	if (l.count == 0)
		text_add(&row->seen, words_get(lang, W_TAP_NONE));
	add_remark(&row->seen, lang, W_TAP_WITHIN, &within);
	if (s->view.mac_count == 0)
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_COUNT);
	text_free(&within);
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
