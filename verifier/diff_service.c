/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Services as what they admit: for each protocol the set of its ports, not
 * how they are written, so that "80, 81" and "80-81" are the same. What only
 * one side has opens or closes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "describe.h"
#include "diff.h"

#define PORTS 65536
#define PROTOCOLS 256
#define RANGES_SHOWN_MAX 12

static bool
speaks_of(const struct service *s, uint16_t protocol)
{
	return s->protocol == protocol || s->protocol == PROTOCOL_ANY;
}

static bool
names_protocol(const struct services *s, uint16_t protocol)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].protocol == protocol)
			return true;
	return false;
}

/* Marks with bit every port that s admits for the protocol; PROTOCOL_ANY
 * stands for one that no side names. */
static void
mark(uint8_t *ports, const struct services *s, uint16_t protocol, uint8_t bit)
{
	if (s->count == 0)
		for (size_t p = 0; p < PORTS; p++)
			ports[p] |= bit;
	for (size_t i = 0; i < s->count; i++) {
		const struct service *one = &s->items[i];

		if (!speaks_of(one, protocol))
			continue;
		if (one->port_count == 0)
			for (size_t p = 0; p < PORTS; p++)
				ports[p] |= bit;
		for (size_t r = 0; r < one->port_count; r++)
			for (size_t p = one->ports[r].first;
			     p <= one->ports[r].last; p++)
				ports[p] |= bit;
	}
}

/* Runs of ports that carry just this mark, as "tcp/80-81". */
static void
list_runs(const uint8_t *ports, uint8_t bit, uint16_t protocol,
    struct text *out)
{
	size_t first, shown = 0;

	for (size_t p = 0; p < PORTS; p++) {
		if (ports[p] != bit)
			continue;
		first = p;
		while (p + 1 < PORTS && ports[p + 1] == bit)
			p++;
		if (shown++ == RANGES_SHOWN_MAX) {
			text_add(out, ", ...");
			return;
		}
		if (out->length)
			text_add(out, ", ");
		describe_protocol(protocol, out);
		if (first == 0 && p == PORTS - 1)
			continue; /* all of it: the protocol says enough */
		text_printf(out, "/%zu", first);
		if (p > first)
			text_printf(out, "-%zu", p);
	}
}

static void
compare_ports(struct diff *d, enum word noun, const char *id,
    const struct services *now, const struct services *old)
{
	struct text opened = { 0 }, closed = { 0 };
	uint8_t *ports = mem_calloc(PORTS, 1);

	for (uint16_t p = 0; p <= PROTOCOL_ANY; p++) {
		if (p < PROTOCOLS && !names_protocol(now, p) &&
		    !names_protocol(old, p))
			continue;
		memset(ports, 0, PORTS);
		mark(ports, now, p, 1);
		mark(ports, old, p, 2);
		list_runs(ports, 1, p, &opened);
		list_runs(ports, 2, p, &closed);
	}
	if (opened.length)
		diff_say(d, EFFECT_OPENS, noun, id, W_VERIFIER_SERVICES_ADDED,
		    text_str(&opened), NULL);
	if (closed.length)
		diff_say(d, EFFECT_CLOSES, noun, id,
		    W_VERIFIER_SERVICES_REMOVED, text_str(&closed), NULL);
	text_free(&opened);
	text_free(&closed);
	free(ports);
}

static bool
takes_any(const struct services *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].application_count == 0)
			return true;
	return s->count == 0;
}

static bool
names_application(const struct services *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		for (size_t j = 0; j < s->items[i].application_count; j++)
			if (strcmp(s->items[i].applications[j], name) == 0)
				return true;
	return false;
}

/* Applications that a names and b does not, each once. */
static void
list_applications(const struct services *a, const struct services *b,
    struct text *out)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct service *s = &a->items[i];

		for (size_t j = 0; j < s->application_count; j++) {
			const char *name = s->applications[j];

			if (names_application(b, name) ||
			    strstr(text_str(out), name) != NULL)
				continue;
			text_printf(out, "%s%s", out->length ? ", " : "", name);
		}
	}
}

static void
compare_applications(struct diff *d, enum word noun, const char *id,
    const struct services *now, const struct services *old)
{
	struct text added = { 0 }, removed = { 0 };
	bool any_now = takes_any(now), any_old = takes_any(old);

	if (any_now && !any_old)
		diff_say(d, EFFECT_OPENS, noun, id, W_VERIFIER_ANY_APPLICATION,
		    NULL, NULL);
	list_applications(now, old, &added);
	list_applications(old, now, &removed);
	if (any_old && !any_now)
		diff_say(d, EFFECT_CLOSES, noun, id,
		    W_VERIFIER_APPLICATIONS_LIMITED, text_str(&added), NULL);
	else if (added.length)
		diff_say(d, any_old ? EFFECT_CHANGES : EFFECT_OPENS, noun, id,
		    W_VERIFIER_APPLICATIONS_ADDED, text_str(&added), NULL);
	if (removed.length && !any_now)
		diff_say(d, EFFECT_CLOSES, noun, id,
		    W_VERIFIER_APPLICATIONS_REMOVED, text_str(&removed), NULL);
	text_free(&added);
	text_free(&removed);
}

/* Which application belongs to which port, as one text: a swap between two
 * services leaves both sets as they were, and yet means something. */
static void
pair_up(const struct services *s, struct text *out)
{
	describe_services(s, out);
}

void
diff_services(struct diff *d, enum word noun, const char *id,
    const struct services *now, const struct services *old)
{
	struct text a = { 0 }, b = { 0 };
	size_t before = d->count;

	pair_up(now, &a);
	pair_up(old, &b);
	if (strcmp(text_str(&a), text_str(&b)) != 0) {
		compare_ports(d, noun, id, now, old);
		compare_applications(d, noun, id, now, old);
		if (d->count == before && now->count > 1)
			diff_say(d, EFFECT_CHANGES, noun, id,
			    W_VERIFIER_SERVICES_CHANGED, text_str(&b),
			    text_str(&a));
	}
	text_free(&a);
	text_free(&b);
}
