/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Services as what they admit: for each protocol and port the applications
 * that may run over it, not how they are written, so that "80, 81" and
 * "80-81" are the same. What only one side has opens or closes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "describe.h"
#include "diff.h"

#define PORTS 65536
#define PROTOCOLS 256
#define RANGES_SHOWN_MAX 12
#define NAMED_MAX 63 /* applications told apart; the last bit is any */
#define ANY UINT64_MAX
#define ANY_BIT (UINT64_C(1) << 63)

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

/* The applications that both sides name, each with a bit. What is more than
 * there are bits shares the last one and is told as a change. */
struct vocabulary {
	const char *names[NAMED_MAX];
	size_t count;
	bool full;
};

/* What may run over each port of one protocol, of now and of old. */
struct ports {
	uint64_t now[PORTS], old[PORTS];
	uint8_t marks[PORTS]; /* for listing */
};

static uint64_t
bit_of(struct vocabulary *v, const char *name)
{
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->names[i], name) == 0)
			return UINT64_C(1) << i;
	if (v->count == NAMED_MAX) {
		v->full = true;
		return UINT64_C(1) << (NAMED_MAX - 1);
	}
	v->names[v->count] = name;
	return UINT64_C(1) << v->count++;
}

static uint64_t
applications_of(struct vocabulary *v, const struct service *s)
{
	uint64_t set = 0;

	for (size_t i = 0; i < s->application_count; i++)
		set |= bit_of(v, s->applications[i]);
	return s->application_count ? set : ANY;
}

/* Adds to every port what s admits over it for the protocol; PROTOCOL_ANY
 * stands for one that no side names. */
static void
mark(uint64_t *ports, struct vocabulary *v, const struct services *s,
    uint16_t protocol)
{
	if (s->count == 0)
		for (size_t p = 0; p < PORTS; p++)
			ports[p] = ANY;
	for (size_t i = 0; i < s->count; i++) {
		const struct service *one = &s->items[i];
		const uint64_t set = applications_of(v, one);

		if (!speaks_of(one, protocol))
			continue;
		if (one->port_count == 0)
			for (size_t p = 0; p < PORTS; p++)
				ports[p] |= set;
		for (size_t r = 0; r < one->port_count; r++)
			for (size_t p = one->ports[r].first;
			     p <= one->ports[r].last; p++)
				ports[p] |= set;
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

/* What came and what went, as lists. */
struct changes {
	struct text opened, closed; /* ports */
	struct text freed, limited; /* where any application will do */
	struct text added, removed; /* applications */
};

/* Ports that both have, where a admits what bit stands for and b does not:
 * "tcp/443 TLS". */
static void
list_bit(struct ports *p, const uint64_t *a, const uint64_t *b, uint64_t bit,
    const char *name, uint16_t protocol, struct text *out)
{
	size_t before = out->length;

	for (size_t i = 0; i < PORTS; i++)
		p->marks[i] = a[i] && b[i] && (a[i] & bit) && !(b[i] & bit) &&
		    ((a[i] & ANY_BIT) == 0 || bit == ANY_BIT);
	list_runs(p->marks, 1, protocol, out);
	if (name != NULL && out->length > before)
		text_printf(out, " %s", name);
}

static void
compare_protocol(struct ports *p, struct vocabulary *v, uint16_t protocol,
    struct changes *c)
{
	for (size_t i = 0; i < PORTS; i++)
		p->marks[i] = (uint8_t)((p->now[i] && !p->old[i]) |
		    (!p->now[i] && p->old[i]) << 1);
	list_runs(p->marks, 1, protocol, &c->opened);
	list_runs(p->marks, 2, protocol, &c->closed);
	list_bit(p, p->now, p->old, ANY_BIT, NULL, protocol, &c->freed);
	list_bit(p, p->old, p->now, ANY_BIT, NULL, protocol, &c->limited);
	for (size_t i = 0; i < v->count; i++) {
		const uint64_t bit = UINT64_C(1) << i;

		list_bit(p, p->now, p->old, bit, v->names[i], protocol,
		    &c->added);
		list_bit(p, p->old, p->now, bit, v->names[i], protocol,
		    &c->removed);
	}
}

static void
say(struct diff *d, enum effect effect, enum word noun, const char *id,
    enum word what, struct text *list)
{
	if (list->length)
		diff_say(d, effect, noun, id, what, text_str(list), NULL);
	text_free(list);
}

static void
compare(struct diff *d, enum word noun, const char *id,
    const struct services *now, const struct services *old,
    struct vocabulary *v)
{
	struct ports *p = mem_calloc(1, sizeof(*p));
	struct changes c = { 0 };

	for (uint16_t n = 0; n <= PROTOCOL_ANY; n++) {
		if (n < PROTOCOLS && !names_protocol(now, n) &&
		    !names_protocol(old, n))
			continue;
		memset(p, 0, sizeof(*p));
		mark(p->now, v, now, n);
		mark(p->old, v, old, n);
		compare_protocol(p, v, n, &c);
	}
	free(p);
	say(d, EFFECT_OPENS, noun, id, W_VERIFIER_SERVICES_ADDED, &c.opened);
	say(d, EFFECT_CLOSES, noun, id, W_VERIFIER_SERVICES_REMOVED, &c.closed);
	say(d, EFFECT_OPENS, noun, id, W_VERIFIER_ANY_APPLICATION, &c.freed);
	say(d, EFFECT_CLOSES, noun, id, W_VERIFIER_APPLICATIONS_LIMITED,
	    &c.limited);
	say(d, EFFECT_OPENS, noun, id, W_VERIFIER_APPLICATIONS_ADDED, &c.added);
	say(d, EFFECT_CLOSES, noun, id, W_VERIFIER_APPLICATIONS_REMOVED,
	    &c.removed);
}

void
diff_services(struct diff *d, enum word noun, const char *id,
    const struct services *now, const struct services *old)
{
	struct text a = { 0 }, b = { 0 };
	struct vocabulary v = { { NULL }, 0, false };

	describe_services(now, &a);
	describe_services(old, &b);
	/* Written alike they are alike: nearly all of them. */
	if (strcmp(text_str(&a), text_str(&b)) != 0) {
		compare(d, noun, id, now, old, &v);
		if (v.full)
			diff_say(d, EFFECT_CHANGES, noun, id,
			    W_VERIFIER_SERVICES_CHANGED, text_str(&b),
			    text_str(&a));
	}
	text_free(&a);
	text_free(&b);
}
