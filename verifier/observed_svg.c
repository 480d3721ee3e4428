/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Draws the zones and what passes between them: inner zones on the left, what
 * lies beyond a line on the right, an edge a pair of zones. The kind of line
 * and a sign tell the gravest verdict of a pair, the width its volume; colour
 * only helps the eye. Sizes are SVG user units.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "init.h"
#include "observed_view.h"

#define WIDTH 980
#define LEFT 8
#define BOX_WIDTH 236
#define RIGHT (WIDTH - LEFT - BOX_WIDTH)
#define MIDDLE (WIDTH / 2)
#define WALL_WIDTH 26
#define TOP 30
#define GAP 16
#define BOX_HEIGHT 46
#define PORT 17	     /* between the ends of two edges at a zone */
#define ZONES_MAX 24 /* drawn; more are counted */
#define EDGES_MAX (ZONES_MAX * (ZONES_MAX - 1) / 2)
#define MARK_RADIUS 9
#define MARK_CLEARANCE 22 /* between the middles of two marks */

struct node {
	size_t zone; /* of the view */
	bool right;
	int y, height;
	size_t edges, ports;
};

struct edge {
	size_t a, b; /* nodes; a before b */
	const struct observed_cell *there, *back;
	int port[2]; /* y of its ends */
	double x, y; /* of its mark */
};

struct drawing {
	const struct observed_view *v;
	struct node nodes[ZONES_MAX];
	size_t node_count, left_out;
	struct edge *edges; /* owned */
	size_t edge_count;
	int height;
};

static bool
is_drawn(const struct observed_cell *c)
{
	return observed_mark_of(c) != OBSERVED_MARK_NONE;
}

/* ---- layout */

static void
gather(struct drawing *d)
{
	const struct observed_view *v = d->v;
	size_t busy = 0, at = 0;

	for (size_t i = 0; i < v->count; i++)
		busy += observed_view_is_busy(v, i);
	for (size_t i = 0; i < v->count; i++) {
		const struct zone *z = v->zones[i].zone;
		struct node *n = &d->nodes[d->node_count];

		if (!observed_view_is_busy(v, i))
			continue;
		if (d->node_count == ZONES_MAX) {
			d->left_out++;
			continue;
		}
		n->zone = i;
		/* Without a model nobody knows which lie beyond. */
		n->right = z != NULL ? matrix_is_beyond(z) :
		    v->zones[i].id[0] == '\0' ?
				       true :
				       v->m == NULL && at >= (busy + 1) / 2;
		at++;
		d->node_count++;
	}
	for (size_t i = 0; i < d->node_count; i++)
		for (size_t j = i + 1; j < d->node_count; j++) {
			const size_t a = d->nodes[i].zone, b = d->nodes[j].zone;
			struct edge *e = &d->edges[d->edge_count];

			e->there = observed_view_at(v, a, b);
			e->back = observed_view_at(v, b, a);
			if (!is_drawn(e->there) && !is_drawn(e->back))
				continue;
			e->a = i;
			e->b = j;
			d->nodes[i].edges++;
			d->nodes[j].edges++;
			d->edge_count++;
		}
}

static void
place_nodes(struct drawing *d)
{
	int y[2] = { TOP, TOP };

	for (size_t i = 0; i < d->node_count; i++) {
		struct node *n = &d->nodes[i];

		n->height = (int)n->edges * PORT + 10;
		if (n->height < BOX_HEIGHT)
			n->height = BOX_HEIGHT;
		n->y = y[n->right];
		y[n->right] += n->height + GAP;
	}
	d->height = (y[0] > y[1] ? y[0] : y[1]) + 4;
	/* The shorter side stands in the middle of the other. */
	for (size_t i = 0; i < d->node_count; i++) {
		struct node *n = &d->nodes[i];

		n->y += (d->height - 4 - y[n->right]) / 2;
	}
}

static int
middle_of(const struct node *n)
{
	return n->y + n->height / 2;
}

/* Ends at a zone lie in the order of their other ends, so that edges cross as
 * little as they can. */
static void
place_ports(struct drawing *d)
{
	for (size_t i = 0; i < d->node_count; i++) {
		struct node *n = &d->nodes[i];

		for (size_t e = 0; e < d->edge_count; e++) {
			struct edge *mine = &d->edges[e];
			const size_t other = mine->a == i ? mine->b : mine->a;
			int rank = 0;

			if (mine->a != i && mine->b != i)
				continue;
			for (size_t f = 0; f < d->edge_count; f++) {
				const struct edge *x = &d->edges[f];
				const size_t far = x->a == i ? x->b : x->a;

				if (f == e || (x->a != i && x->b != i))
					continue;
				rank += middle_of(&d->nodes[far]) <
					middle_of(&d->nodes[other]) ||
				    (middle_of(&d->nodes[far]) ==
					    middle_of(&d->nodes[other]) &&
					f < e);
			}
			mine->port[mine->b == i] = n->y + n->height / 2 +
			    (2 * rank - (int)n->edges + 1) * PORT / 2;
		}
	}
}

/* ---- edges */

struct curve {
	double x[4], y[4]; /* a cubic Bezier curve */
};

static struct curve
curve_of(const struct drawing *d, const struct edge *e)
{
	const struct node *a = &d->nodes[e->a], *b = &d->nodes[e->b];
	const double x0 = a->right ? RIGHT : LEFT + BOX_WIDTH,
		     x3 = b->right ? RIGHT : LEFT + BOX_WIDTH;
	const double far = fabs((double)(e->port[0] - e->port[1]));
	double reach = 150;

	/* Back to the same side: through the wall and back. */
	if (a->right == b->right)
		reach = 130 + (far < 500 ? far / 500 : 1) * 200;
	return (struct curve){
		.x = { x0, a->right ? x0 - reach : x0 + reach,
		    b->right ? x3 - reach : x3 + reach, x3 },
		.y = { e->port[0], e->port[0], e->port[1], e->port[1] },
	};
}

static double
bezier(const double p[4], double t)
{
	const double u = 1 - t;

	return u * u * u * p[0] + 3 * u * u * t * p[1] + 3 * u * t * t * p[2] +
	    t * t * t * p[3];
}

static enum observed_mark
mark_of(const struct edge *e)
{
	const enum observed_mark a = observed_mark_of(e->there),
				 b = observed_mark_of(e->back);

	return a > b ? a : b;
}

static uint64_t
count_of(const struct observed_cell *c, enum observed_mark mark)
{
	return c != NULL ? observed_mark_count(c, mark) : 0;
}

/* Width by volume: a tenfold of it is a little more. */
static double
width_of(const struct edge *e)
{
	const struct observed_cell *const cells[] = { e->there, e->back };
	uint64_t bytes = 0;
	double width;

	for (size_t i = 0; i < 2; i++)
		if (cells[i] != NULL)
			bytes = observed_sum(bytes,
			    observed_sum(cells[i]->bytes[0],
				cells[i]->bytes[1]));
	width = bytes > 1000 ? 1.2 + (log10((double)bytes) - 3) * 0.75 : 1.2;
	return width < 7 ? width : 7;
}

/* A point of an arrow at an end of the curve, that looks into the box. */
static void
add_arrow(struct text *out, double x, double y, bool to_right)
{
	const double back = to_right ? -9 : 9;

	text_printf(out,
	    "<path d=\"M%.1f %.1f l%.1f -4.5 l0 9 z\" class=\"tip\"/>\n", x, y,
	    back);
}

static void
add_edge(const struct drawing *d, const struct edge *e, struct text *out)
{
	static const char *const classes[OBSERVED_MARK_COUNT] = {
		[OBSERVED_MARK_NONE] = "none",
		[OBSERVED_MARK_CONFORM] = "conform",
		[OBSERVED_MARK_EXCEPTED] = "excepted",
		[OBSERVED_MARK_TRIED] = "tried",
		[OBSERVED_MARK_UNJUDGED] = "unjudged",
		[OBSERVED_MARK_VIOLATE] = "violate",
	};
	const struct curve c = curve_of(d, e);
	const enum observed_mark mark = mark_of(e);
	const double width = width_of(e);

	text_printf(out,
	    "<path d=\"M%.0f %.0f C%.0f %.0f %.0f %.0f %.0f %.0f\" "
	    "class=\"edge %s\" stroke-width=\"%.1f\"/>\n",
	    c.x[0], c.y[0], c.x[1], c.y[1], c.x[2], c.y[2], c.x[3], c.y[3],
	    classes[mark],
	    mark == OBSERVED_MARK_VIOLATE && width < 3 ? 3.0 : width);
	if (is_drawn(e->there))
		add_arrow(out, c.x[3], c.y[3], d->nodes[e->b].right);
	if (is_drawn(e->back))
		add_arrow(out, c.x[0], c.y[0], d->nodes[e->a].right);
}

/* "48" or "1500k" */
static void
add_number(uint64_t n, struct text *out)
{
	text_printf(out, n < 100000 ? "%" PRIu64 : "%" PRIu64 "k",
	    n < 100000 ? n : n / 1000);
}

/* Of each way how many have the mark: "27→ ←9". Where only one way is drawn,
 * its arrow tells which. */
static void
add_ways(const struct drawing *d, const struct edge *e, enum observed_mark mark,
    struct text *out)
{
	const struct node *a = &d->nodes[e->a], *b = &d->nodes[e->b];
	const uint64_t there = count_of(e->there, mark),
		       back = count_of(e->back, mark);
	const bool swapped = a->right && !b->right;
	/* What goes to the right, or down, stands first. */
	const uint64_t first = swapped ? back : there,
		       second = swapped ? there : back;
	const bool level = a->right != b->right;

	if (!is_drawn(e->there) || !is_drawn(e->back)) {
		add_number(there + back, out);
		return;
	}
	if (first > 0) {
		add_number(first, out);
		text_add(out, level ? "→" : "↓");
	}
	if (second > 0) {
		text_add(out, first > 0 ? " " : "");
		text_add(out, level ? "←" : "↑");
		add_number(second, out);
	}
}

/* Beside a graver mark also what could not be judged. */
static void
add_label(const struct drawing *d, const struct edge *e,
    enum observed_mark mark, struct text *out)
{
	add_ways(d, e, mark, out);
	if (mark == OBSERVED_MARK_UNJUDGED ||
	    count_of(e->there, OBSERVED_MARK_UNJUDGED) +
		    count_of(e->back, OBSERVED_MARK_UNJUDGED) ==
		0)
		return;
	text_add(out, " ?");
	add_ways(d, e, OBSERVED_MARK_UNJUDGED, out);
}

/* How far a mark at x, y is from those of edges before this one; sideways less
 * counts, for the numbers beside them. */
static double
clearance(const struct drawing *d, size_t before, double x, double y)
{
	double least = WIDTH;

	for (size_t i = 0; i < before; i++) {
		const double dx = (d->edges[i].x - x) / 2,
			     dy = d->edges[i].y - y;
		const double far = sqrt(dx * dx + dy * dy);

		least = far < least ? far : least;
	}
	return least;
}

/* Marks stand along their edges where they are clear of each other. */
static void
place_marks(struct drawing *d)
{
	static const double along[] = { 0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68,
		0.26, 0.74, 0.2, 0.8 };

	for (size_t i = 0; i < d->edge_count; i++) {
		struct edge *e = &d->edges[i];
		const struct curve c = curve_of(d, e);
		double best = -1;

		for (size_t k = 0; k < sizeof(along) / sizeof(*along); k++) {
			const double x = bezier(c.x, along[k]),
				     y = bezier(c.y, along[k]);
			const double far = clearance(d, i, x, y);

			if (far <= best)
				continue;
			best = far;
			e->x = x;
			e->y = y;
			if (far >= MARK_CLEARANCE)
				break;
		}
	}
}

static void
add_mark(const struct drawing *d, const struct edge *e, struct text *out)
{
	const enum observed_mark mark = mark_of(e);
	const double x = e->x, y = e->y;
	struct text label = { 0 };

	add_label(d, e, mark, &label);
	text_printf(out,
	    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" class=\"mark\"/>"
	    "<text x=\"%.1f\" y=\"%.1f\" class=\"sign\">%s</text>\n",
	    x, y, MARK_RADIUS, x, y + 4.5, observed_mark_sign(mark));
	text_printf(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"label\">",
	    x + MARK_RADIUS + 2, y + 4);
	text_html(out, text_str(&label));
	text_add(out, "</text>\n");
	text_free(&label);
}

/* ---- the whole */

static void
add_node(const struct drawing *d, const struct node *n, struct text *out)
{
	const struct observed_view_zone *z = &d->v->zones[n->zone];
	const int x = n->right ? RIGHT : LEFT, y = middle_of(n);
	struct text small = { 0 };

	text_printf(out,
	    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" "
	    "class=\"zone\"%s/>\n",
	    x, n->y, BOX_WIDTH, n->height,
	    z->zone == NULL ? " stroke-dasharray=\"6 3\"" : "");
	if (z->zone != NULL)
		text_printf(&small, "%s (%s)", z->id,
		    d->v->lang == LANG_EN ?
			tier_name(z->zone->tier) :
			init_tier_title(z->zone->tier, d->v->lang));
	else if (strcmp(z->id, z->name) != 0)
		text_add(&small, z->id);
	matrix_svg_text(out, x + 12, y + (small.length > 0 ? -3 : 5),
	    BOX_WIDTH - 24, "", z->name);
	if (small.length > 0)
		matrix_svg_text(out, x + 12, y + 14, BOX_WIDTH - 24,
		    " class=\"small\"", text_str(&small));
	text_free(&small);
}

static void
add_wall(const struct drawing *d, struct text *out)
{
	const struct model *m = d->v->m;
	struct text names = { 0 };

	text_printf(out,
	    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	    "class=\"wall\"/>\n",
	    MIDDLE - WALL_WIDTH / 2, TOP - 6, WALL_WIDTH, d->height - TOP);
	for (size_t i = 0; m != NULL && i < m->boundary_count; i++)
		text_printf(&names, "%s%s", i > 0 ? ", " : "",
		    m->boundaries[i].name);
	if (names.length > 0)
		matrix_svg_text(out, MIDDLE, 16, 460,
		    " text-anchor=\"middle\" class=\"small\"",
		    text_str(&names));
	text_free(&names);
}

void
observed_svg(const struct observed_view *v, struct text *out)
{
	struct drawing d = { .v = v };
	char n[32];

	d.edges = mem_calloc(EDGES_MAX + 1, sizeof(*d.edges));
	gather(&d);
	place_nodes(&d);
	place_ports(&d);
	place_marks(&d);
	text_printf(out,
	    "<svg viewBox=\"0 0 %d %d\" class=\"observed\" role=\"img\" "
	    "aria-label=\"",
	    WIDTH, d.height);
	text_html(out, words_get(v->lang, W_OBSERVED_TITLE));
	text_add(out, "\">\n");
	add_wall(&d, out);
	for (size_t i = 0; i < d.edge_count; i++)
		add_edge(&d, &d.edges[i], out);
	for (size_t i = 0; i < d.node_count; i++)
		add_node(&d, &d.nodes[i], out);
	for (size_t i = 0; i < d.edge_count; i++)
		add_mark(&d, &d.edges[i], out);
	text_add(out, "</svg>\n");
	if (d.left_out > 0) {
		(void)snprintf(n, sizeof(n), "%zu", d.left_out);
		text_add(out, "<p class=\"fine\">");
		words_add(out, v->lang, W_OBSERVED_PICTURE_MORE, 1, n);
		text_add(out, "</p>\n");
	}
	free(d.edges);
}
