/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Translations that the probe saw and nobody declared (TOP-12): their rows of
 * "translations" as questions. What they hide cannot be placed before one of
 * them is declared, and whether it should be is for people to say.
 */
#include <string.h>

#include "base/mem.h"
#include "draft.h"
#include "draft_text.h"
#include "events.h"
#include "locate.h"

#define NATS_MAX 256

static const struct boundary *
boundary_named(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->boundary_count; i++)
		if (strcmp(m->boundaries[i].id, id) == 0)
			return &m->boundaries[i];
	return NULL;
}

/* "10.2.20.90:46258 = 172.20.5.10:46258 > 172.20.30.8:443": the last one. */
static bool
read_target(const char *seen, struct addr *out)
{
	const char *p = strstr(seen, " > "), *end;
	char address[ADDR_TEXT_MAX];

	if (p == NULL)
		return false;
	p += 3;
	if (*p == '[')
		end = strchr(++p, ']');
	else
		end = strchr(p, ':');
	if (end == NULL || (size_t)(end - p) >= sizeof(address))
		return false;
	memcpy(address, p, (size_t)(end - p));
	address[end - p] = '\0';
	return addr_parse(address, out);
}

void
draft_nat_take(struct draft_seen *s, const struct jsonx *alert)
{
	const struct jsonx *own = jsonx_get(alert, "sekisho");
	const struct boundary *b = boundary_named(s->m,
	    events_text(own, "boundary"));
	struct draft_nat nat = { .boundary = b };
	struct addr target;

	if (b == NULL ||
	    !addr_parse(events_text(alert, "src_ip"), &nat.inside) ||
	    !addr_parse(events_text(alert, "dest_ip"), &nat.outside))
		return;
	nat.from = locate_address(s->m, b, &nat.inside).zone;
	if (nat.from == NULL)
		return;
	if (read_target(events_text(own, "seen"), &target))
		nat.toward = locate_address(s->m, b, &target).zone;
	for (size_t i = 0; i < s->nat_count; i++) {
		struct draft_nat *x = &s->nats[i];

		if (x->boundary == b && x->from == nat.from &&
		    x->toward == nat.toward &&
		    addr_equal(&x->outside, &nat.outside)) {
			x->count++;
			return;
		}
	}
	if (s->nat_count == NATS_MAX) {
		s->too_many++;
		return;
	}
	s->nats = mem_reallocarray(s->nats, s->nat_count + 1, sizeof(*s->nats));
	nat.count = 1;
	s->nats[s->nat_count++] = nat;
}

bool
draft_nat_shows(const struct draft_seen *s, const struct boundary *b,
    const struct addr *a)
{
	for (size_t i = 0; i < s->nat_count; i++)
		if (s->nats[i].boundary == b &&
		    addr_equal(&s->nats[i].outside, a))
			return true;
	return false;
}

static bool
is_declared(const struct model *m, const struct draft_nat *n)
{
	for (size_t i = 0; i < m->translation_count; i++)
		if (m->translations[i].from == n->from &&
		    prefix_set_contains(&m->translations[i].to, &n->outside))
			return true;
	return false;
}

static void
add_row(const struct draft *d, const struct draft_nat *n, bool first,
    struct text *out)
{
	char inside[ADDR_TEXT_MAX], outside[ADDR_TEXT_MAX];
	struct draft_counts counts;

	draft_text_counts(&counts, (uint64_t[4]){ n->count });
	text_add(out, "  //   // ");
	words_add(out, d->lang, W_DRAFT_NAT, 3, addr_format(&n->inside, inside),
	    addr_format(&n->outside, outside), counts.text[0]);
	text_printf(out,
	    "\n  //   %s{ \"at\": \"%s\", \"kind\": \"overload\", \"from\": "
	    "{ \"zone\": \"%s\" }, \"to\": [\"%s\"]",
	    first ? "" : ", ",
	    n->boundary->firewall != NULL ? n->boundary->firewall->id : "",
	    n->from->id, outside);
	if (n->toward != NULL)
		text_printf(out, ", \"toward\": \"%s\"", n->toward->id);
	text_add(out, " }\n");
}

void
draft_nat_ask(const struct draft *d, struct text *out)
{
	const bool alone = jsonx_get(jsonx_root(d->m->source),
			       "translations") == NULL;
	bool first = true;

	for (size_t i = 0; i < d->seen->nat_count; i++) {
		const struct draft_nat *n = &d->seen->nats[i];

		if (is_declared(d->m, n))
			continue;
		if (first)
			text_printf(out, "  // %s\n%s",
			    words_get(d->lang, W_DRAFT_NAT_HEAD),
			    alone ? "  // , \"translations\": [\n" : "");
		add_row(d, n, first && alone, out);
		first = false;
	}
	if (!first && alone)
		text_add(out, "  // ]\n");
}
