/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the evaluator says of packets, many at once, for the oracle: a ruleset,
 * then on standard input lines of
 *
 *	PATTERN TAB WAY TAB OIF
 *
 * with the pattern of sekisho audit --explain, WAY "forward", "bridge" or
 * "input" and OIF the interface it would leave by, "-" for any. For each line:
 *
 *	POSSIBLY CERTAINLY
 *
 * 0 or 1 each, and then the destinations it may have been translated to. The
 * same functions as --explain's decide.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate.h"
#include "explain.h"
#include "words.h"

struct seen {
	bool accepted, dropped;
};

static bool
take(void *context, const struct leaf *leaf)
{
	struct seen *seen = context;

	if (leaf->accepted)
		seen->accepted = true;
	else
		seen->dropped = true;
	return true;
}

static enum way
way_of(const char *word)
{
	if (strcmp(word, "input") == 0)
		return WAY_INPUT;
	return strcmp(word, "bridge") == 0 ? WAY_BRIDGE : WAY_FORWARD;
}

/* Whether the leaf goes where the routes of the oracle's network lead. */
struct routed {
	struct seen *seen;
	enum way way;
	char out[17];
};

static const char *
route(const struct leaf *leaf)
{
	static const char *const names[] = { "wan0", "lan0", "lan1", "dmz0" };
	const enum dimension d = leaf->translated ? DIM_NEW_DADDR : DIM_DADDR;
	const struct spans *s = leaf->box->dims[d];
	const struct spans *family = leaf->box->dims[DIM_FAMILY];
	uint32_t net;

	if (s == NULL || s->count == 0)
		return "";
	net = family->items[0].first == 4 ?
	    (uint32_t)(s->items[0].first >> 16) & 0xff :
	    (uint32_t)(s->items[0].first >> 96) & 0xffff;
	return net < 4 ? names[net] : "";
}

static bool
take_routed(void *context, const struct leaf *leaf)
{
	struct routed *r = context;
	const struct spans *out = leaf->box->dims[DIM_OIF];

	/* What is dropped before it is routed has no interface it leaves by;
	 * what is redirected to the router is not forwarded: on this way that
	 * is dropped. */
	if (r->way == WAY_FORWARD && leaf->redirected) {
		r->seen->dropped = true;
		return true;
	}
	if (r->way == WAY_FORWARD &&
	    !spans_has(out, packet_value_of_name(route(leaf))))
		return true;
	if (r->way == WAY_BRIDGE &&
	    !spans_has(out, packet_value_of_name(r->out)))
		return true;
	return take(r->seen, leaf);
}

/* What is sent to the router itself, of packets that were for another: the way
 * there presumes that all others were for it. */
static bool
take_inside(void *context, const struct leaf *leaf)
{
	struct seen *seen = context;

	seen->accepted |= leaf->accepted && leaf->redirected;
	seen->dropped |= !leaf->accepted || !leaf->redirected;
	return true;
}

static bool
answer(const struct evaluator *e, char *line, struct diag *d)
{
	struct budget budget = { .steps = 100000000, .bytes = 1u << 28 };
	char *way = strchr(line, '\t'), *oif;
	struct explain_query q;
	struct seen seen = { 0 }, inside = { 0 };
	struct routed r = { .seen = &seen };
	struct pool *p = pool_new();
	bool good = false;

	if (way == NULL || (oif = strchr(way + 1, '\t')) == NULL)
		goto out;
	*way++ = '\0';
	*oif++ = '\0';
	if (!explain_parse(line, p, &q, d))
		goto out;
	r.way = way_of(way);
	(void)snprintf(r.out, sizeof(r.out), "%.15s", oif);
	good = true;
	for (size_t i = 0; i < q.count; i++) {
		struct walk w = { .way = r.way,
			.budget = &budget,
			.leaf = take_routed,
			.context = &r };

		if (evaluate_walk(e, &w, &q.boxes[i]) != WALK_DONE)
			good = false;
		w.way = WAY_INPUT;
		w.leaf = take_inside;
		w.context = &inside;
		if (evaluate_walk(e, &w, &q.boxes[i]) != WALK_DONE)
			good = false;
	}
	printf("%d %d %d %d\n", seen.accepted, seen.accepted && !seen.dropped,
	    inside.accepted, inside.accepted && !inside.dropped);
out:
	pool_free(p);
	return good;
}

/* As net.py has them: 10.N.255.1 and fd00:N::ffff:1. */
static void
tell_own(struct evaluator *e)
{
	struct pool *p = pool_new();
	struct span v4[4], v6[4];

	for (unsigned i = 0; i < 4; i++) {
		v4[i].first = v4[i].last = (10u << 24) + (i << 16) +
		    (255u << 8) + 1;
		v6[i].first = v6[i].last = ((packet_value)0xfd00 << 112) +
		    ((packet_value)i << 96) + ((packet_value)0xffff << 16) + 1;
	}
	evaluate_own(e, spans_make(p, v4, 4), spans_make(p, v6, 4));
	pool_free(p);
}

int
main(int argc, char **argv)
{
	struct diag d = { .lang = LANG_EN };
	struct text out = { 0 };
	struct ruleset *r;
	struct evaluator *e;
	char line[512];
	bool good = true;

	if (argc != 2) {
		fprintf(stderr, "usage: oracle_fate RULESET <PATTERNS\n");
		return 2;
	}
	r = ruleset_file(argv[1], &d);
	if (r != NULL) {
		e = evaluate_new(r);
		tell_own(e);
		while (good && fgets(line, sizeof(line), stdin) != NULL) {
			line[strcspn(line, "\n")] = '\0';
			good = answer(e, line, &d);
			if (!good)
				fprintf(stderr, "not answered: %s\n", line);
		}
		evaluate_free(e);
	}
	diag_print(&d, &out);
	fputs(text_str(&out), stderr);
	text_free(&out);
	diag_free(&d);
	good = good && r != NULL;
	ruleset_free(r);
	return good ? 0 : 2;
}
