/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Draws a boundary: inner zones on the left, what lies beyond a line on the
 * right, the firewall between, and on each way which tap watches it. Shapes
 * and words carry the meaning, colour none of it. Sizes are SVG user units.
 */
#include <string.h>

#include "matrix.h"
#include "words.h"

#define ROW 62
#define BOX_WIDTH 240
#define BOX_HEIGHT 42
#define LEFT 8
#define MIDDLE 410
#define MIDDLE_WIDTH 100
#define RIGHT 672
#define WIDTH 920
#define TOP 12
#define LETTER 6.8 /* half a full-width character at 13 units */

bool
matrix_is_beyond(const struct zone *z)
{
	return z->link_count > 0 || z->tier == TIER_OUTSIDE ||
	    z->tier == TIER_LGWAN_NETWORK || z->tier == TIER_PARTNER ||
	    z->tier == TIER_SAAS || z->tier == TIER_SECURITY_CLOUD;
}

void
matrix_svg_text(struct text *out, int x, int y, int room, const char *style,
    const char *s)
{
	double width = (double)text_width(s) * LETTER;

	text_printf(out, "<text x=\"%d\" y=\"%d\"%s", x, y, style);
	if (width > room)
		text_printf(out,
		    " textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"",
		    room);
	text_add_char(out, '>');
	text_html(out, s);
	text_add(out, "</text>\n");
}

static void
add_zone(struct text *out, const struct zone *z, int x, int y)
{
	struct text small = { 0 };

	/* A government-cloud area is drawn broken: it is part of its parent. */
	text_printf(out,
	    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" "
	    "class=\"zone\"%s/>\n",
	    x, y, BOX_WIDTH, BOX_HEIGHT,
	    z->parent ? " stroke-dasharray=\"7 3\"" : "");
	matrix_svg_text(out, x + 10, y + 18, BOX_WIDTH - 20, "", z->name);
	text_printf(&small, "%s (%s)", z->id, tier_name(z->tier));
	matrix_svg_text(out, x + 10, y + 34, BOX_WIDTH - 20, " class=\"small\"",
	    text_str(&small));
	text_free(&small);
}

static bool
share_link(const struct zone *a, const struct zone *b)
{
	for (size_t i = 0; i < a->link_count; i++)
		for (size_t j = 0; j < b->link_count; j++)
			if (a->links[i] == b->links[j])
				return true;
	return false;
}

/* A tap on the zone's segment; by_link: on one behind the same line. */
static bool
sees(const struct tap *t, const struct zone *z, bool by_link)
{
	const struct zone *v;

	for (size_t i = 0; i <= t->vlan_count; i++) {
		v = i == 0 ? t->segment : t->vlans[i - 1].zone;
		if (v == z || (by_link && v != NULL && share_link(v, z)))
			return true;
	}
	return false;
}

/* The taps that see the zone, on its own segment if there are any. */
static void
name_taps(const struct boundary *b, const struct zone *z, struct text *out)
{
	for (int by_link = 0; by_link <= 1 && out->length == 0; by_link++)
		for (size_t i = 0; i < b->tap_count; i++)
			if (sees(&b->taps[i], z, by_link))
				text_printf(out, "%s%s",
				    out->length ? ", " : "", b->taps[i].id);
}

static const char *
reason_of(const struct boundary *b, const struct zone *z)
{
	for (size_t i = 0; i < b->unmonitored_count; i++)
		if (b->unmonitored[i].zone == z)
			return b->unmonitored[i].reason;
	return NULL;
}

/* The way between a zone and the firewall: line, links above, taps below. */
static void
add_way(struct text *out, const struct boundary *b, const struct zone *z,
    int from, int to, int y, enum lang lang)
{
	struct text links = { 0 }, taps = { 0 }, label = { 0 };
	const char *reason = reason_of(b, z);
	int room = to - from - 8;

	for (size_t i = 0; i < z->link_count; i++)
		text_printf(&links, "%s%s", i ? ", " : "", z->links[i]->id);
	name_taps(b, z, &taps);
	text_printf(out,
	    "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"way\"%s/>\n",
	    from, y, to, y, taps.length ? "" : " stroke-dasharray=\"3 4\"");
	if (links.length)
		matrix_svg_text(out, from + 4, y - 6, room, " class=\"small\"",
		    text_str(&links));
	if (taps.length) {
		text_printf(out,
		    "<circle cx=\"%d\" cy=\"%d\" r=\"5\" class=\"tap\"/>\n",
		    to - 14, y);
		words_add(&label, lang, W_VERIFIER_TAP, 1, text_str(&taps));
	} else if (reason != NULL) {
		words_add(&label, lang, W_VERIFIER_UNMONITORED, 1, reason);
	} else if (z->link_count == 0) {
		words_add(&label, lang, W_VERIFIER_NO_TAP, 0);
	}
	if (label.length)
		matrix_svg_text(out, from + 4, y + 17, room, " class=\"small\"",
		    text_str(&label));
	text_free(&links);
	text_free(&taps);
	text_free(&label);
}

static void
add_middle(struct text *out, const struct boundary *b, int height)
{
	text_printf(out,
	    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	    "class=\"wall\"/>\n",
	    MIDDLE, TOP, MIDDLE_WIDTH, height - 2 * TOP);
	matrix_svg_text(out, MIDDLE + 10, height / 2 - 4, MIDDLE_WIDTH - 20, "",
	    b->name);
	if (b->firewall != NULL)
		matrix_svg_text(out, MIDDLE + 10, height / 2 + 14,
		    MIDDLE_WIDTH - 20, " class=\"small\"", b->firewall->id);
}

void
matrix_svg(const struct boundary *b, enum lang lang, struct text *out)
{
	int rows[2] = { 0, 0 }, height, y;

	for (size_t i = 0; i < b->zone_count; i++)
		rows[matrix_is_beyond(b->zones[i])]++;
	height = (rows[0] > rows[1] ? rows[0] : rows[1]) * ROW + 2 * TOP;
	text_printf(out,
	    "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH,
	    height);
	text_html(out, b->name);
	text_add(out, "\">\n");
	rows[0] = rows[1] = 0;
	for (size_t i = 0; i < b->zone_count; i++) {
		const struct zone *z = b->zones[i];
		bool beyond = matrix_is_beyond(z);

		y = TOP + ROW * rows[beyond]++ + (ROW - BOX_HEIGHT) / 2;
		add_zone(out, z, beyond ? RIGHT : LEFT, y);
		if (beyond)
			add_way(out, b, z, MIDDLE + MIDDLE_WIDTH, RIGHT,
			    y + BOX_HEIGHT / 2, lang);
		else
			add_way(out, b, z, LEFT + BOX_WIDTH, MIDDLE,
			    y + BOX_HEIGHT / 2, lang);
	}
	add_middle(out, b, height);
	text_add(out, "</svg>\n");
}
