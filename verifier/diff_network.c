/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network that is declared: guideline, zones, links, boundaries and taps.
 * Moving an address from zone to zone neither opens nor closes by itself, so
 * most of this "changes".
 */
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "diff.h"

/* ---- guideline */

static bool
uses_tier(const struct model *m, enum tier tier)
{
	for (size_t i = 0; i < m->zone_count; i++)
		if (m->zones[i].tier == tier)
			return true;
	return false;
}

static enum effect
effect_of_cells(const struct cell *now, const struct cell *old)
{
	if (now->kind != old->kind) {
		if (now->kind == CELL_DENY || old->kind == CELL_PERMIT)
			return EFFECT_CLOSES;
		if (now->kind == CELL_PERMIT || old->kind == CELL_DENY)
			return EFFECT_OPENS;
		return EFFECT_CHANGES;
	}
	if ((now->also & old->also) == old->also)
		return EFFECT_OPENS;
	return (now->also & old->also) == now->also ? EFFECT_CLOSES :
						      EFFECT_CHANGES;
}

static void
describe_cell(const struct cell *c, enum lang lang, struct text *out)
{
	text_add(out, cell_kind_title(c->kind, lang));
	for (int k = 0; k < CELL_KIND_COUNT; k++)
		if (c->also & 1u << k)
			text_printf(out, "/%s",
			    cell_kind_title((enum cell_kind)k, lang));
}

static void
compare_cell(struct diff *d, enum tier from, enum tier to)
{
	const struct cell *now = &d->now->guideline->cells[from][to];
	const struct cell *old = &d->old->guideline->cells[from][to];
	struct text a = { 0 }, b = { 0 }, pair = { 0 };

	if ((now->kind == old->kind && now->also == old->also) ||
	    !uses_tier(d->now, from) || !uses_tier(d->now, to))
		return;
	describe_cell(now, d->lang, &a);
	describe_cell(old, d->lang, &b);
	text_printf(&pair, "%s → %s", tier_name(from), tier_name(to));
	diff_say(d, effect_of_cells(now, old), W_VERIFIER_GUIDELINE,
	    text_str(&pair), W_VERIFIER_FROM_TO, text_str(&b), text_str(&a));
	text_free(&a);
	text_free(&b);
	text_free(&pair);
}

static const char *
stage_name(enum stage s)
{
	static const char *const names[] = { "draft", "trial", "in-force" };

	return names[s];
}

void
diff_guideline(struct diff *d)
{
	const struct guideline *now = d->now->guideline;
	const struct guideline *old = d->old->guideline;
	char a[16], b[16];

	if (d->now->stage != d->old->stage)
		diff_say(d, EFFECT_CHANGES, W_VERIFIER_STAGE, NULL,
		    W_VERIFIER_FROM_TO, stage_name(d->old->stage),
		    stage_name(d->now->stage));
	if (day_compare(d->now->until, d->old->until) != 0)
		diff_say(d, EFFECT_CHANGES, W_VERIFIER_STAGE, NULL,
		    W_VERIFIER_FROM_TO,
		    d->old->until.year ?
			day_format(d->old->until, a, sizeof(a)) :
			"-",
		    d->now->until.year ?
			day_format(d->now->until, b, sizeof(b)) :
			"-");
	diff_field(d, W_VERIFIER_SECTION, "organisation", W_VERIFIER_TIMEZONE,
	    d->now->timezone, d->old->timezone);
	diff_field(d, W_VERIFIER_SECTION, "organisation", W_VERIFIER_CISO,
	    d->now->ciso, d->old->ciso);
	diff_field(d, W_VERIFIER_SECTION, "organisation", W_VERIFIER_OFFICER,
	    d->now->security_officer, d->old->security_officer);
	if (!diff_same_text(now->edition, old->edition))
		diff_say(d, EFFECT_CHANGES, W_VERIFIER_GUIDELINE, NULL,
		    W_VERIFIER_FROM_TO, old->edition, now->edition);
	if (!diff_same_text(now->model, old->model))
		diff_say(d, EFFECT_CHANGES, W_VERIFIER_GUIDELINE, NULL,
		    W_VERIFIER_FROM_TO, old->model, now->model);
	for (int from = 0; from < TIER_COUNT; from++)
		for (int to = 0; to < TIER_COUNT; to++)
			compare_cell(d, (enum tier)from, (enum tier)to);
}

/* ---- zones */

static void
say_prefixes(struct diff *d, enum word noun, const char *id,
    const struct prefix_set *now, const struct prefix_set *old)
{
	struct text added = { 0 }, removed = { 0 };

	diff_prefixes(now, old, &added);
	diff_prefixes(old, now, &removed);
	if (added.length)
		diff_say(d, EFFECT_CHANGES, noun, id, W_VERIFIER_PREFIXES_ADDED,
		    text_str(&added), NULL);
	if (removed.length)
		diff_say(d, EFFECT_CHANGES, noun, id,
		    W_VERIFIER_PREFIXES_REMOVED, text_str(&removed), NULL);
	text_free(&added);
	text_free(&removed);
}

static const char *
id_of(const struct zone *z)
{
	return z != NULL ? z->id : "-";
}

static void
join_links(const struct zone *z, struct text *out)
{
	for (size_t i = 0; i < z->link_count; i++)
		text_printf(out, "%s%s", i ? ", " : "", z->links[i]->id);
	if (z->link_count == 0)
		text_add_char(out, '-');
}

static void
describe_dhcp(const struct zone *z, struct text *out)
{
	char buf[ADDR_TEXT_MAX];

	for (size_t i = 0; i < z->dhcp_server_count; i++)
		text_printf(out, "%s%s", out->length ? ", " : "",
		    addr_format(&z->dhcp_servers[i], buf));
}

/* Everything of a zone's accounts. */
static void
describe_accounts(const struct zone *z, struct text *out)
{
	for (size_t i = 0; i < z->account_count; i++) {
		const struct account *a = &z->accounts[i];

		text_printf(out, "%s%s", i ? "; " : "", a->id);
		text_printf(out, " %s/%s/%s ", a->provider ? a->provider : "-",
		    a->vendor ? a->vendor : "-", a->usage ? a->usage : "-");
		describe_prefixes(&a->networks, out);
	}
}

static void
compare_zone(struct diff *d, const struct zone *now, const struct zone *old)
{
	struct text a = { 0 }, b = { 0 };

	diff_field(d, W_NOUN_ZONE, now->id, W_VERIFIER_TIER,
	    tier_name(now->tier), tier_name(old->tier));
	diff_field(d, W_NOUN_ZONE, now->id, W_VERIFIER_PARENT,
	    id_of(now->parent), id_of(old->parent));
	join_links(now, &a);
	join_links(old, &b);
	diff_field(d, W_NOUN_ZONE, now->id, W_NOUN_LINK, text_str(&a),
	    text_str(&b));
	say_prefixes(d, W_NOUN_ZONE, now->id, &now->all, &old->all);
	diff_field(d, W_NOUN_ZONE, now->id, W_NOUN_LIST,
	    now->list ? now->list->id : NULL, old->list ? old->list->id : NULL);
	text_clear(&a);
	text_clear(&b);
	describe_accounts(now, &a);
	describe_accounts(old, &b);
	diff_field(d, W_NOUN_ZONE, now->id, W_NOUN_ACCOUNT, text_str(&a),
	    text_str(&b));
	diff_field(d, W_NOUN_ZONE, now->id, W_VERIFIER_IPV6,
	    now->ipv6_none ? "none" : "used", old->ipv6_none ? "none" : "used");
	text_clear(&a);
	text_clear(&b);
	describe_dhcp(now, &a);
	describe_dhcp(old, &b);
	diff_field(d, W_NOUN_ZONE, now->id, W_VERIFIER_DHCP, text_str(&a),
	    text_str(&b));
	diff_field(d, W_NOUN_ZONE, now->id, W_VERIFIER_INSPECT,
	    now->inspect_headers ? "headers" : "content",
	    old->inspect_headers ? "headers" : "content");
	text_free(&a);
	text_free(&b);
}

static void
say_zone(struct diff *d, const struct zone *z, enum word what)
{
	struct text networks = { 0 };

	describe_prefixes(&z->all, &networks);
	diff_say(d, EFFECT_CHANGES, W_NOUN_ZONE, z->id, what,
	    text_str(&networks), NULL);
	text_free(&networks);
}

void
diff_zones(struct diff *d)
{
	for (size_t i = 0; i < d->now->zone_count; i++) {
		const struct zone *z = &d->now->zones[i];
		const struct zone *old = model_zone(d->old, z->id);

		if (old == NULL)
			say_zone(d, z, W_VERIFIER_ADDED);
		else
			compare_zone(d, z, old);
	}
	for (size_t i = 0; i < d->old->zone_count; i++)
		if (model_zone(d->now, d->old->zones[i].id) == NULL)
			say_zone(d, &d->old->zones[i], W_VERIFIER_REMOVED);
}

/* ---- links */

static const struct link *
find_link(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->link_count; i++)
		if (strcmp(m->links[i].id, id) == 0)
			return &m->links[i];
	return NULL;
}

/* A weaker requirement opens; another kind of encryption changes. */
static enum effect
effect_of_links(const struct link *now, const struct link *old)
{
	int a = diff_encryption_rank(now->minimum);
	int b = diff_encryption_rank(old->minimum);

	if (now->has_encryption != old->has_encryption)
		return now->has_encryption ? EFFECT_CLOSES : EFFECT_OPENS;
	/* What the line itself may do instead loosens it too. */
	if (now->minimum != old->minimum && (a < 0 || b < 0))
		return EFFECT_CHANGES;
	if (now->minimum == old->minimum)
		return old->or_link == NULL ? EFFECT_OPENS :
		    now->or_link == NULL    ? EFFECT_CLOSES :
					      EFFECT_CHANGES;
	if (!diff_same_text(now->or_link, old->or_link))
		return EFFECT_CHANGES;
	return a < b ? EFFECT_OPENS : EFFECT_CLOSES;
}

static void
compare_link(struct diff *d, const struct link *now, const struct link *old)
{
	if (!diff_same_text(now->kind, old->kind))
		diff_say(d, EFFECT_CHANGES, W_NOUN_LINK, now->id,
		    W_VERIFIER_FROM_TO, old->kind, now->kind);
	if (now->has_encryption != old->has_encryption ||
	    now->minimum != old->minimum ||
	    !diff_same_text(now->or_link, old->or_link))
		diff_say(d, effect_of_links(now, old), W_NOUN_LINK, now->id,
		    W_VERIFIER_LINK_ENCRYPTION, NULL, NULL);
	diff_field(d, W_NOUN_LINK, now->id, W_VERIFIER_DOCUMENT, now->document,
	    old->document);
	diff_approval(d, W_NOUN_LINK, now->id, &now->approved, &old->approved);
}

void
diff_links(struct diff *d)
{
	for (size_t i = 0; i < d->now->link_count; i++) {
		const struct link *l = &d->now->links[i];
		const struct link *old = find_link(d->old, l->id);

		if (old == NULL)
			diff_say(d, EFFECT_OPENS, W_NOUN_LINK, l->id,
			    W_VERIFIER_ADDED, l->kind, NULL);
		else
			compare_link(d, l, old);
	}
	for (size_t i = 0; i < d->old->link_count; i++)
		if (find_link(d->now, d->old->links[i].id) == NULL)
			diff_say(d, EFFECT_CLOSES, W_NOUN_LINK,
			    d->old->links[i].id, W_VERIFIER_REMOVED,
			    d->old->links[i].kind, NULL);
}

/* ---- boundaries and taps */

static const struct boundary *
find_boundary(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->boundary_count; i++)
		if (strcmp(m->boundaries[i].id, id) == 0)
			return &m->boundaries[i];
	return NULL;
}

static int
compare_words(const void *x, const void *y)
{
	const char *const *a = x, *const *b = y;

	return strcmp(*a, *b);
}

#define LISTED_MAX 512

/* The zones of a boundary in the order of their ids. */
static void
join_zones(const struct boundary *b, struct text *out)
{
	const char *ids[LISTED_MAX];
	size_t count = 0;

	for (size_t i = 0; i < b->zone_count && count < LISTED_MAX; i++)
		ids[count++] = b->zones[i]->id;
	qsort(ids, count, sizeof(ids[0]), compare_words);
	for (size_t i = 0; i < count; i++)
		text_printf(out, "%s%s", i ? ", " : "", ids[i]);
	if (b->zone_count > count)
		text_printf(out, ", ... (%zu)", b->zone_count);
}

/* How mirrored frames come there, and who may show itself. */
static void
describe_segment(const struct tap *t, struct text *out)
{
	char buf[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	if (t->mirror_vlan != 0)
		text_printf(out, " mirror %u", t->mirror_vlan);
	for (size_t i = 0; i < t->mirror_destination_count; i++)
		text_printf(out, " mirror %s",
		    addr_format(&t->mirror_destinations[i], buf));
	for (size_t i = 0; i < t->mirror_sources.count; i++)
		text_printf(out, " from %s",
		    addr_format(&t->mirror_sources.items[i].addr, buf));
	for (size_t i = 0; i < t->neighbour_count; i++)
		text_printf(out, " neighbour %s",
		    mac_format(&t->neighbours[i], mac));
	if (t->has_root_bridge)
		text_printf(out, " root %s", mac_format(&t->root_bridge, mac));
}

/* Everything of a tap that decides what it sees. */
static void
describe_tap(const struct tap *t, struct text *out)
{
	static const char *const ways[] = { "both", "rx", "tx" };
	char buf[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	text_printf(out, "%s/%s %s", t->probe ? t->probe : "-",
	    t->interface ? t->interface : "-", ways[t->direction]);
	if (t->segment != NULL)
		text_printf(out, " %s", t->segment->id);
	if (t->link != NULL)
		text_printf(out, " (%s)", t->link->id);
	for (size_t i = 0; i < t->vlan_count; i++)
		text_printf(out, " %u:%s%s%s", t->vlans[i].id,
		    id_of(t->vlans[i].zone), t->vlans[i].link ? "@" : "",
		    t->vlans[i].link ? t->vlans[i].link->id : "");
	for (size_t i = 0; i < t->router_count; i++) {
		const struct router *r = &t->routers[i];

		text_printf(out, " %s",
		    r->address.family ? addr_format(&r->address, buf) : "-");
		for (size_t j = 0; j < r->mac_count; j++)
			text_printf(out, ",%s", mac_format(&r->macs[j], mac));
		if (r->link != NULL)
			text_printf(out, "@%s", r->link->id);
	}
	if (t->silent_after_us)
		text_printf(out, " silent-after %lld s",
		    (long long)(t->silent_after_us / CLOCK_SECOND));
	if (t->quiet.given)
		text_printf(out, " quiet %s %02d:%02d-%02d:%02d",
		    t->quiet.calendar ? t->quiet.calendar->id : "",
		    (int)(t->quiet.from_s / 3600),
		    (int)(t->quiet.from_s / 60 % 60),
		    (int)(t->quiet.to_s / 3600),
		    (int)(t->quiet.to_s / 60 % 60));
	describe_segment(t, out);
}

static void
describe_heartbeats(const struct boundary *b, struct text *out)
{
	char from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX];

	for (size_t i = 0; i < b->heartbeat_count; i++) {
		const struct heartbeat *h = &b->heartbeats[i];

		text_printf(out, "%s%s %s-%s %u/%u %lld s", i ? ", " : "",
		    h->tap->id, addr_format(&h->from, from),
		    addr_format(&h->to, to), h->protocol, h->port,
		    (long long)(h->every_us / CLOCK_SECOND));
	}
	if (b->heartbeat_count == 0)
		text_add_char(out, '-');
}

static void
compare_taps(struct diff *d, const struct boundary *b)
{
	struct text now = { 0 }, old = { 0 };

	for (size_t i = 0; i < b->tap_count; i++) {
		const struct tap *t = &b->taps[i];
		const struct tap *before = model_tap(d->old, t->id);

		text_clear(&now);
		text_clear(&old);
		describe_tap(t, &now);
		if (before == NULL) {
			diff_say(d, EFFECT_CHANGES, W_NOUN_TAP, t->id,
			    W_VERIFIER_ADDED, text_str(&now), NULL);
			continue;
		}
		describe_tap(before, &old);
		if (strcmp(text_str(&now), text_str(&old)) != 0)
			diff_say(d, EFFECT_CHANGES, W_NOUN_TAP, t->id,
			    W_VERIFIER_FROM_TO, text_str(&old), text_str(&now));
	}
	text_free(&now);
	text_free(&old);
}

static void
compare_boundary(struct diff *d, const struct boundary *now,
    const struct boundary *old)
{
	struct text a = { 0 }, b = { 0 };

	join_zones(now, &a);
	join_zones(old, &b);
	diff_field(d, W_NOUN_BOUNDARY, now->id, W_NOUN_ZONE, text_str(&a),
	    text_str(&b));
	diff_field(d, W_NOUN_BOUNDARY, now->id, W_NOUN_FIREWALL,
	    now->firewall ? now->firewall->id : "-",
	    old->firewall ? old->firewall->id : "-");
	text_clear(&a);
	text_clear(&b);
	for (size_t i = 0; i < now->unmonitored_count; i++)
		text_printf(&a, " %s", id_of(now->unmonitored[i].zone));
	for (size_t i = 0; i < old->unmonitored_count; i++)
		text_printf(&b, " %s", id_of(old->unmonitored[i].zone));
	diff_field(d, W_NOUN_BOUNDARY, now->id, W_VERIFIER_UNMONITORED_ZONES,
	    a.length ? text_str(&a) + 1 : "-",
	    b.length ? text_str(&b) + 1 : "-");
	text_clear(&a);
	text_clear(&b);
	describe_heartbeats(now, &a);
	describe_heartbeats(old, &b);
	diff_field(d, W_NOUN_BOUNDARY, now->id, W_VERIFIER_HEARTBEATS,
	    text_str(&a), text_str(&b));
	text_free(&a);
	text_free(&b);
}

void
diff_boundaries(struct diff *d)
{
	for (size_t i = 0; i < d->now->boundary_count; i++) {
		const struct boundary *b = &d->now->boundaries[i];
		const struct boundary *old = find_boundary(d->old, b->id);

		if (old == NULL)
			diff_say(d, EFFECT_CHANGES, W_NOUN_BOUNDARY, b->id,
			    W_VERIFIER_ADDED, "", NULL);
		else
			compare_boundary(d, b, old);
		compare_taps(d, b);
	}
	for (size_t i = 0; i < d->old->boundary_count; i++) {
		const struct boundary *b = &d->old->boundaries[i];

		if (find_boundary(d->now, b->id) == NULL)
			diff_say(d, EFFECT_CHANGES, W_NOUN_BOUNDARY, b->id,
			    W_VERIFIER_REMOVED, "", NULL);
		for (size_t j = 0; j < b->tap_count; j++)
			if (model_tap(d->now, b->taps[j].id) == NULL)
				diff_say(d, EFFECT_CHANGES, W_NOUN_TAP,
				    b->taps[j].id, W_VERIFIER_REMOVED, "",
				    NULL);
	}
}
