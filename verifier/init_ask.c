/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The questions of sekisho init, for who has no flags at hand: few, each with
 * an example, each answer checked at once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "init.h"

/* Zones that most municipalities have, in the order in which they are asked
 * for. What has no network is left out. */
static const struct usual {
	const char *id;
	enum tier tier;
	const char *example;
	bool is_cloud; /* asked for where there is a zone before it */
} usual[] = {
	{ "core", TIER_MYNUMBER, "10.1.0.0/16@10.1.0.1", false },
	{ "gcloud", TIER_MYNUMBER, "10.200.0.0/20", true },
	{ "lg", TIER_LGWAN, "10.2.0.0/16@10.2.0.1", false },
	{ "office", TIER_INTERNET, "10.3.0.0/16@10.3.0.1", false },
	{ "gate", TIER_RELAY, "10.9.0.0/24@10.9.0.1", false },
	{ "security", TIER_SECURITY_CLOUD, "172.31.0.0/24", false },
	{ "lgwan", TIER_LGWAN_NETWORK, "172.20.0.0/14", false },
	{ "guest", TIER_GUEST, "192.168.100.0/24@192.168.100.1", false },
};

struct dialogue {
	struct init *in;
	FILE *answers, *ask;
	char *line;	/* owned, INIT_ANSWER_MAX */
	unsigned wrong; /* answers to the question that is asked */
	enum word why;	/* it ended */
};

/* The next answer without its line end, or NULL: there are no more. One that
 * is too long, or no text, is the last one. */
static const char *
answer(struct dialogue *d)
{
	size_t n = 0;
	int c;

	(void)fflush(d->ask);
	while ((c = getc(d->answers)) != EOF && c != '\n') {
		if (c == '\0' || n == INIT_ANSWER_MAX - 1)
			return NULL;
		d->line[n++] = (char)c;
	}
	if (c == EOF && n == 0)
		return NULL;
	while (n > 0 && d->line[n - 1] == '\r')
		n--;
	d->line[n] = '\0';
	return d->line;
}

static void
say(struct dialogue *d, enum word word, const char *a, const char *b,
    const char *c)
{
	struct text out = { 0 };

	words_add(&out, d->in->lang, word, 3, a, b, c);
	(void)fputs(text_str(&out), d->ask);
	text_free(&out);
}

static void
complain(struct dialogue *d, const struct init_fault *fault)
{
	struct text quoted = { 0 };

	text_quote(&quoted, fault->wrong);
	(void)fputs("  ", d->ask);
	say(d, fault->word, text_str(&quoted), NULL, NULL);
	(void)fputc('\n', d->ask);
	text_free(&quoted);
}

/* Whether to ask once more: people learn of the reason, a pipe does not. */
static bool
may_ask_again(struct dialogue *d)
{
	if (++d->wrong < INIT_WRONG_MAX)
		return true;
	d->why = W_INIT_TOO_MANY_WRONG;
	return false;
}

typedef bool (
    *taker)(struct init *in, const char *text, struct init_fault *fault);

/* Asks until it is taken; an empty answer takes the default. */
static bool
ask_one(struct dialogue *d, enum word question, const char *usually, taker take)
{
	struct init_fault fault;
	const char *text;

	d->wrong = 0;
	do {
		say(d, question, usually, NULL, NULL);
		(void)fputs(": ", d->ask);
		if ((text = answer(d)) == NULL)
			return false;
		if (take(d->in, text[0] != '\0' ? text : usually, &fault))
			return true;
		complain(d, &fault);
	} while (may_ask_again(d));
	return false;
}

static bool
ask_zone(struct dialogue *d, const struct usual *u)
{
	struct init_fault fault;
	struct init_zone *z;
	const char *text;

	if (d->in->zone_count == INIT_ZONES_MAX ||
	    (u->is_cloud && d->in->zone_count == 0))
		return true;
	for (d->wrong = 0;;) {
		z = &d->in->zones[d->in->zone_count];
		memset(z, 0, sizeof(*z));
		say(d, W_INIT_ASK_ZONE,
		    u->is_cloud ? words_get(d->in->lang, W_INIT_CLOUD) :
				  init_tier_title(u->tier, d->in->lang),
		    u->id, u->example);
		(void)fputs(": ", d->ask);
		if ((text = answer(d)) == NULL)
			return false;
		if (text[0] == '\0')
			return true; /* there is none */
		if (init_take_networks(z, text, &fault))
			break;
		complain(d, &fault);
		if (!may_ask_again(d))
			return false;
	}
	(void)snprintf(z->id, sizeof(z->id), "%s", u->id);
	z->tier = u->tier;
	z->is_cloud = u->is_cloud;
	if (z->network_count > 0)
		d->in->zone_count++;
	return true;
}

/* Any number of one kind, an empty answer ends them. */
static bool
ask_more(struct dialogue *d, enum word question, taker take)
{
	struct init_fault fault;
	const char *text;

	for (d->wrong = 0;;) {
		say(d, question, NULL, NULL, NULL);
		(void)fputs(": ", d->ask);
		if ((text = answer(d)) == NULL)
			return false;
		if (text[0] == '\0')
			return true;
		if (take(d->in, text, &fault)) {
			d->wrong = 0;
			continue;
		}
		complain(d, &fault);
		if (!may_ask_again(d))
			return false;
	}
}

/* The usual zones and whatever else there is; one at least. */
static bool
ask_zones(struct dialogue *d)
{
	for (int round = 0; round < INIT_WRONG_MAX; round++) {
		for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
			if (!ask_zone(d, &usual[i]))
				return false;
		if (!ask_more(d, W_INIT_ASK_MORE_ZONES, init_take_zone))
			return false;
		if (d->in->zone_count > 0)
			return true;
		say(d, W_INIT_NEED_ZONE, NULL, NULL, NULL);
	}
	d->why = W_INIT_TOO_MANY_WRONG;
	return false;
}

static bool
ask_all(struct dialogue *d)
{
	const char *usual_name = words_get(d->in->lang, W_INIT_NO_NAME);

	say(d, W_INIT_HELLO, NULL, NULL, NULL);
	if (!ask_one(d, W_INIT_ASK_NAME, usual_name, init_take_name) ||
	    !ask_one(d, W_INIT_ASK_CODE, "", init_take_code) ||
	    !ask_one(d, W_INIT_ASK_GUIDELINE, "alpha", init_take_guideline))
		return false;
	say(d, W_INIT_ZONES_FOLLOW, NULL, NULL, NULL);
	if (!ask_zones(d))
		return false;
	init_add_outside(d->in);
	return ask_one(d, W_INIT_ASK_PROBE, "probe1", init_take_probe) &&
	    ask_more(d, W_INIT_ASK_TAPS, init_take_tap);
}

bool
init_ask(struct init *in, FILE *answers, FILE *ask, enum word *why)
{
	struct dialogue d = { .in = in,
		.answers = answers,
		.ask = ask,
		.line = mem_calloc(INIT_ANSWER_MAX, 1),
		.why = W_INIT_ENDED };
	const bool done = ask_all(&d);

	*why = d.why;
	free(d.line);
	return done;
}
