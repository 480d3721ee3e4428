/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the model that sekisho init was told of: in draft, commented, with
 * what nobody said left as a comment to fill. One line a noun, as the examples
 * are written.
 */
#include "init.h"

#include <string.h>

struct writer {
	const struct init *in;
	struct text *out;
};

static void
say(const struct writer *w, const char *indent, enum word word)
{
	text_printf(w->out, "%s// %s\n", indent, words_get(w->in->lang, word));
}

static void
quote(const struct writer *w, const char *s)
{
	text_json(w->out, s, strlen(s));
}

/* Behind a line: a comma unless it was the last. */
static void
end(const struct writer *w, bool more)
{
	text_add(w->out, more ? ",\n" : "\n");
}

static bool
has_outside(const struct init *in)
{
	for (size_t i = 0; i < in->zone_count; i++)
		if (in->zones[i].tier == TIER_OUTSIDE)
			return true;
	return false;
}

/* The zone that a government-cloud area belongs to. */
static const char *
parent_of(const struct init *in)
{
	for (size_t i = 0; i < in->zone_count; i++)
		if (in->zones[i].tier == TIER_MYNUMBER &&
		    !in->zones[i].is_cloud)
			return in->zones[i].id;
	return "";
}

/* The id of the link that leads to a zone; NULL: none. */
static const char *
link_of(const struct init *in, const struct init_zone *z)
{
	if (z->is_cloud)
		return "gc-line";
	switch (z->tier) {
	case TIER_LGWAN_NETWORK:
		return "lgwan-line";
	case TIER_SECURITY_CLOUD:
		return "sc-line";
	case TIER_PARTNER:
		return "partner-line";
	case TIER_SAAS:
		return "breakout";
	case TIER_OUTSIDE:
		for (size_t i = 0; i < in->zone_count; i++)
			if (in->zones[i].tier == TIER_SECURITY_CLOUD)
				return "sc-line";
		return "internet-line";
	default:
		return NULL;
	}
}

static void
write_networks(const struct writer *w, const struct init_zone *z)
{
	char text[PREFIX_TEXT_MAX];

	text_add(w->out, ", \"networks\": [");
	if (z->network_count == 0)
		text_add(w->out, "\"0.0.0.0/0\", \"::/0\"");
	for (size_t i = 0; i < z->network_count; i++)
		text_printf(w->out, "%s\"%s\"", i ? ", " : "",
		    prefix_format(&z->networks[i], text));
	text_add_char(w->out, ']');
}

static void
write_zone(const struct writer *w, const struct init_zone *z, bool more)
{
	const char *link = link_of(w->in, z);

	text_printf(w->out,
	    "    { \"id\": \"%s\", \"tier\": \"%s\", "
	    "\"name\": ",
	    z->id, tier_name(z->tier));
	quote(w,
	    z->is_cloud ? words_get(w->in->lang, W_INIT_CLOUD) :
			  init_tier_title(z->tier, w->in->lang));
	write_networks(w, z);
	if (link != NULL)
		text_printf(w->out, ", \"links\": [\"%s\"]", link);
	if (z->is_cloud)
		text_printf(w->out, ", \"parent\": \"%s\"", parent_of(w->in));
	if (z->tier == TIER_GUEST)
		text_add(w->out, ", \"inspect\": \"headers\"");
	text_add(w->out, " }");
	end(w, more);
}

static void
write_zones(const struct writer *w)
{
	const struct init_zone outside = { .id = "outside",
		.tier = TIER_OUTSIDE };
	const bool added = !has_outside(w->in);

	say(w, "  ", W_INIT_ON_ZONES);
	say(w, "  ", W_INIT_ON_CLOUD);
	text_add(w->out, "  \"zones\": [\n");
	for (size_t i = 0; i < w->in->zone_count; i++)
		write_zone(w, &w->in->zones[i],
		    added || i + 1 < w->in->zone_count);
	if (added)
		write_zone(w, &outside, false);
	text_add(w->out, "  ],\n\n");
}

struct line {
	const char *id, *kind;
	enum word title;
};

static void
write_links(const struct writer *w)
{
	static const struct line lines[] = {
		{ "gc-line", "dedicated-line", W_INIT_LINE_CLOUD },
		{ "lgwan-line", "lgwan", W_INIT_LINE_LGWAN },
		{ "sc-line", "security-cloud", W_INIT_LINE_SECURITY },
		{ "partner-line", "partner-line", W_INIT_LINE_PARTNER },
		{ "breakout", "internet", W_INIT_LINE_BREAKOUT },
		{ "internet-line", "internet", W_INIT_LINE_INTERNET },
	};
	const struct init_zone outside = { .tier = TIER_OUTSIDE };
	const struct line *used[sizeof(lines) / sizeof(lines[0])];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *outer = link_of(w->in, &outside);
		bool wanted = !has_outside(w->in) &&
		    strcmp(outer, lines[i].id) == 0;

		for (size_t j = 0; j < w->in->zone_count; j++) {
			const char *id = link_of(w->in, &w->in->zones[j]);

			wanted |= id != NULL && strcmp(id, lines[i].id) == 0;
		}
		if (wanted)
			used[count++] = &lines[i];
	}
	say(w, "  ", W_INIT_ON_LINKS);
	text_add(w->out, "  \"links\": [\n");
	for (size_t i = 0; i < count; i++) {
		text_printf(w->out,
		    "    { \"id\": \"%s\", \"name\": ", used[i]->id);
		quote(w, words_get(w->in->lang, used[i]->title));
		text_printf(w->out, ", \"kind\": \"%s\" }", used[i]->kind);
		end(w, i + 1 < count);
	}
	text_add(w->out, "  ],\n\n");
}

static void
write_tap(const struct writer *w, const struct init_tap *t, bool more)
{
	const struct init *in = w->in;

	text_printf(w->out,
	    "        { \"id\": \"%s\", \"probe\": \"%s\", \"interface\": ",
	    t->id, in->probe);
	quote(w, t->interface);
	if (t->has_segment)
		text_printf(w->out, ", \"segment\": \"%s\"",
		    in->zones[t->segment].id);
	if (t->vlan_count > 0)
		text_add(w->out, ", \"vlans\": { ");
	for (size_t i = 0; i < t->vlan_count; i++)
		text_printf(w->out, "%s\"%u\": \"%s\"", i ? ", " : "",
		    (unsigned)t->vlans[i].id, in->zones[t->vlans[i].zone].id);
	text_add(w->out, t->vlan_count > 0 ? " } }" : " }");
	end(w, more);
}

static void
write_boundary(const struct writer *w, bool has_firewall)
{
	const struct init *in = w->in;

	say(w, "  ", W_INIT_ON_BOUNDARY);
	text_add(w->out,
	    "  \"boundaries\": [\n    { \"id\": \"main\", "
	    "\"name\": ");
	quote(w, words_get(in->lang, W_INIT_BOUNDARY_NAME));
	if (has_firewall)
		text_add(w->out, ", \"firewall\": \"fw1\"");
	text_add(w->out, ", \"zones\": [");
	for (size_t i = 0; i < in->zone_count; i++)
		text_printf(w->out, "%s\"%s\"", i ? ", " : "", in->zones[i].id);
	text_add(w->out, has_outside(in) ? "],\n" : ", \"outside\"],\n");
	say(w, "      ", W_INIT_ON_TAPS);
	say(w, "      ", W_INIT_ON_ROUTERS);
	text_add(w->out, "      \"taps\": [\n");
	for (size_t i = 0; i < in->tap_count; i++)
		write_tap(w, &in->taps[i], i + 1 < in->tap_count);
	text_add(w->out, "      ] }\n  ],\n\n");
}

static bool
write_firewall(const struct writer *w)
{
	char text[ADDR_TEXT_MAX];
	bool any = false;

	for (size_t i = 0; i < w->in->zone_count; i++)
		any |= w->in->zones[i].router.family != 0;
	if (!any)
		return false;
	say(w, "  ", W_INIT_ON_FIREWALL);
	text_add(w->out,
	    "  \"firewalls\": [ { \"id\": \"fw1\", "
	    "\"kind\": \"opaque\", \"addresses\": [");
	any = false;
	for (size_t i = 0; i < w->in->zone_count; i++) {
		if (w->in->zones[i].router.family == 0)
			continue;
		text_printf(w->out, "%s\"%s\"", any ? ", " : "",
		    addr_format(&w->in->zones[i].router, text));
		any = true;
	}
	text_add(w->out, "] } ],\n\n");
	return true;
}

static void
write_head(const struct writer *w)
{
	const struct init *in = w->in;

	say(w, "", W_INIT_ON_FILE);
	say(w, "", W_INIT_ON_FILE_NEXT);
	text_add(w->out, "{\n  \"format\": \"sekisho-topology/1\",\n");
	say(w, "  ", W_INIT_ON_STAGE);
	text_add(w->out,
	    "  \"stage\": \"draft\",\n\n"
	    "  \"organisation\": {\n    \"name\": ");
	quote(w, in->name);
	if (in->code[0] != '\0')
		text_printf(w->out, ", \"code\": \"%s\"", in->code);
	text_add(w->out, ", \"timezone\": \"Asia/Tokyo\"\n");
	say(w, "    ", W_INIT_ON_ROLES);
	text_add(w->out,
	    "    // , \"roles\": { \"ciso\": \"…\", "
	    "\"chief-security-officer\": \"…\", \"network-manager\": \"…\", "
	    "\"csirt\": \"…\" }\n  },\n");
	say(w, "  ", W_INIT_ON_GUIDELINE);
	text_printf(w->out,
	    "  \"guideline\": { \"file\": \"mic-2025-03.json\", "
	    "\"model\": \"%s\" },\n\n",
	    in->guideline);
}

static void
write_probe(const struct writer *w)
{
	const struct init *in = w->in;
	char text[ADDR_TEXT_MAX];

	say(w, "  ", W_INIT_ON_PROBE);
	text_printf(w->out, "  \"probes\": [ { \"id\": \"%s\"", in->probe);
	if (in->has_management)
		text_printf(w->out,
		    ", \"management\": { \"zone\": \"%s\", "
		    "\"address\": \"%s\" }",
		    in->zones[in->management].id,
		    addr_format(&in->address, text));
	text_add(w->out, " } ],\n\n");
}

void
init_write(const struct init *in, struct text *out)
{
	const struct writer w = { in, out };

	write_head(&w);
	write_zones(&w);
	write_links(&w);
	write_probe(&w);
	write_boundary(&w, write_firewall(&w));
	say(&w, "  ", W_INIT_ON_CONDUITS);
	say(&w, "  ", W_INIT_ON_DIVISIONS);
	say(&w, "  ", W_INIT_ON_LEDGER);
	text_add(out, "  \"conduits\": []\n}\n");
}
