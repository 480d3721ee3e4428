/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The questions of sekisho init, for who has no flags at hand: few, each with
 * an example, each answer checked at once.
 */
#include <stdlib.h>
#include <string.h>

#include "init.h"

/* Zones that most municipalities have, in the order in which they are asked
 * for. What has no network is left out. */
static const struct usual {
	const char *id;
	enum tier tier;
	const char *example;
} usual[] = {
	{ "core", TIER_MYNUMBER, "10.1.0.0/16@10.1.0.1" },
	{ "lg", TIER_LGWAN, "10.2.0.0/16@10.2.0.1" },
	{ "office", TIER_INTERNET, "10.3.0.0/16@10.3.0.1" },
	{ "gate", TIER_RELAY, "10.9.0.0/24@10.9.0.1" },
	{ "security", TIER_SECURITY_CLOUD, "172.31.0.0/24" },
	{ "lgwan", TIER_LGWAN_NETWORK, "172.20.0.0/14" },
	{ "guest", TIER_GUEST, "192.168.100.0/24@192.168.100.1" },
};

struct dialogue {
	struct init *in;
	FILE *answers, *ask;
	char *line; /* owned, of getline */
	size_t room;
	bool ended;
};

/* The next answer without its line end, or NULL: there are no more. */
static const char *
answer(struct dialogue *d)
{
	ssize_t n;

	(void)fflush(d->ask);
	n = getline(&d->line, &d->room, d->answers);
	if (n < 0 || memchr(d->line, '\0', (size_t)n) != NULL) {
		d->ended = true;
		return NULL;
	}
	while (n > 0 && (d->line[n - 1] == '\n' || d->line[n - 1] == '\r'))
		d->line[--n] = '\0';
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

typedef bool (
    *taker)(struct init *in, const char *text, struct init_fault *fault);

/* Asks until it is taken; an empty answer takes the default. */
static bool
ask_one(struct dialogue *d, enum word question, const char *usually, taker take)
{
	struct init_fault fault;
	const char *text;

	for (;;) {
		say(d, question, usually, NULL, NULL);
		(void)fputs(": ", d->ask);
		if ((text = answer(d)) == NULL)
			return false;
		if (take(d->in, text[0] != '\0' ? text : usually, &fault))
			return true;
		complain(d, &fault);
	}
}

static bool
ask_zone(struct dialogue *d, const struct usual *u)
{
	struct init_fault fault;
	struct init_zone *z;
	const char *text;

	if (d->in->zone_count == INIT_ZONES_MAX)
		return true;
	for (;;) {
		z = &d->in->zones[d->in->zone_count];
		memset(z, 0, sizeof(*z));
		say(d, W_INIT_ASK_ZONE, init_tier_title(u->tier, d->in->lang),
		    u->id, u->example);
		(void)fputs(": ", d->ask);
		if ((text = answer(d)) == NULL)
			return false;
		if (text[0] == '\0')
			return true; /* there is none */
		if (init_take_networks(z, text, &fault))
			break;
		complain(d, &fault);
	}
	(void)snprintf(z->id, sizeof(z->id), "%s", u->id);
	z->tier = u->tier;
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

	for (;;) {
		say(d, question, NULL, NULL, NULL);
		(void)fputs(": ", d->ask);
		if ((text = answer(d)) == NULL)
			return false;
		if (text[0] == '\0')
			return true;
		if (!take(d->in, text, &fault))
			complain(d, &fault);
	}
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
	do {
		for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
			if (!ask_zone(d, &usual[i]))
				return false;
		if (!ask_more(d, W_INIT_ASK_MORE_ZONES, init_take_zone))
			return false;
		if (d->in->zone_count == 0)
			say(d, W_INIT_NEED_ZONE, NULL, NULL, NULL);
	} while (d->in->zone_count == 0);
	return ask_one(d, W_INIT_ASK_PROBE, "probe1", init_take_probe) &&
	    ask_more(d, W_INIT_ASK_TAPS, init_take_tap);
}

bool
init_ask(struct init *in, FILE *answers, FILE *ask)
{
	struct dialogue d = { .in = in, .answers = answers, .ask = ask };
	const bool done = ask_all(&d);

	free(d.line);
	return done;
}
