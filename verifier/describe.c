/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Short texts for parts of a model, the same wherever they are shown.
 */
#include "describe.h"

#include <string.h>

#include "words.h"

void
describe_name(const char *name, struct text *out)
{
	text_escape(out, name, strlen(name));
}

void
describe_protocol(uint16_t protocol, struct text *out)
{
	switch (protocol) {
	case 1:
		text_add(out, "icmp");
		break;
	case 6:
		text_add(out, "tcp");
		break;
	case 17:
		text_add(out, "udp");
		break;
	case 58:
		text_add(out, "icmpv6");
		break;
	case 132:
		text_add(out, "sctp");
		break;
	case PROTOCOL_ANY:
		text_add(out, "any");
		break;
	default:
		text_printf(out, "%u", protocol);
	}
}

static void
add_service(const struct service *s, struct text *out)
{
	describe_protocol(s->protocol, out);
	for (size_t i = 0; i < s->port_count; i++) {
		text_printf(out, "%s%u", i ? "," : "/", s->ports[i].first);
		if (s->ports[i].last != s->ports[i].first)
			text_printf(out, "-%u", s->ports[i].last);
	}
	for (size_t i = 0; i < s->application_count; i++) {
		text_add_char(out, i ? '|' : ' ');
		describe_name(s->applications[i], out);
	}
}

void
describe_services(const struct services *s, struct text *out)
{
	if (s->count == 0)
		text_add(out, "any");
	for (size_t i = 0; i < s->count; i++) {
		if (i > 0)
			text_add(out, ", ");
		add_service(&s->items[i], out);
	}
}

void
describe_prefixes(const struct prefix_set *s, struct text *out)
{
	char buf[PREFIX_TEXT_MAX];

	for (size_t i = 0; i < s->count; i++) {
		if (i > 0)
			text_add(out, ", ");
		if (i == DESCRIBE_PREFIXES_MAX) {
			text_add(out, "...");
			return;
		}
		/* A single address needs no length. */
		if (s->items[i].length == addr_bits(&s->items[i].addr))
			text_add(out, addr_format(&s->items[i].addr, buf));
		else
			text_add(out, prefix_format(&s->items[i], buf));
	}
}

void
describe_end(const struct endpoint *e, struct text *out)
{
	describe_name(e->zone->id, out);
	if (e->whole_zone)
		return;
	text_add(out, ": ");
	describe_prefixes(&e->reach, out);
}

void
describe_reason(const char *reason, enum lang lang, struct text *out)
{
	char name[64];

	_Static_assert(W_MESSAGE_REASON_OTHER_INPUT -
		    W_MESSAGE_REASON_DIRECTION ==
		(int)REASON_OTHER_INPUT - (int)REASON_DIRECTION,
	    "a word for each reason");
	_Static_assert(W_MESSAGE_ELEMENT_SOURCE - W_MESSAGE_ELEMENT_TIER ==
		ELEMENT_COUNT - 1,
	    "a word for each element");

	/* An element is told with one reason only; the others ignore it. */
	for (int i = 0; i < REASON_COUNT * ELEMENT_COUNT; i++) {
		const int at = i / ELEMENT_COUNT, e = i % ELEMENT_COUNT;

		(void)reason_text((enum reason)at, (enum element)(1 << e),
		    name);
		if (at == REASON_NONE || strcmp(reason, name) != 0)
			continue;
		words_add(out, lang,
		    (enum word)(
			W_MESSAGE_REASON_DIRECTION + at - REASON_DIRECTION),
		    1,
		    words_get(lang, (enum word)(W_MESSAGE_ELEMENT_TIER + e)));
		return;
	}
}

void
describe_stage(const struct model *m, enum lang lang, struct text *out)
{
	char until[16];

	if (m->stage == STAGE_DRAFT)
		words_add(out, lang, W_OBSERVED_STAGE_DRAFT, 0);
	else if (m->stage == STAGE_TRIAL)
		words_add(out, lang, W_OBSERVED_STAGE_TRIAL, 1,
		    day_format(m->until, until, sizeof(until)));
}
