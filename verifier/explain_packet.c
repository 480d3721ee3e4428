/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A box of packets as one line in the grammar of --explain, so that it can be
 * asked again. Long lists are cut, and say so.
 */
#include <string.h>

#include "base/addr.h"
#include "explain_internal.h"

#define LIST_SHOWN 4
#define GAPS_MAX 64

const char *
explain_state_name(enum ct_state s)
{
	static const char *const names[CT_STATES] = {
		[CT_INVALID] = "invalid",
		[CT_ESTABLISHED] = "established",
		[CT_RELATED] = "related",
		[CT_NEW] = "new",
		[CT_UNTRACKED] = "untracked",
	};

	return (size_t)s < CT_STATES ? names[s] : "?";
}

typedef void say_span(const struct span *s, int family, struct text *out);

static void
say_spans(const struct span *items, size_t count, int family, say_span *say,
    struct text *out)
{
	for (size_t i = 0; i < count && i < LIST_SHOWN; i++) {
		if (i)
			text_add_char(out, ',');
		say(&items[i], family, out);
	}
	if (count > LIST_SHOWN)
		text_printf(out, ",...(+%zu)", count - LIST_SHOWN);
}

static void
say_list(const struct spans *s, int family, say_span *say, struct text *out)
{
	if (!s)
		text_add_char(out, '*');
	else
		say_spans(s->items, s->count, family, say, out);
}

/* As what is missing, where that is shorter: "!core0". */
static void
say_but(const struct span *items, size_t n, packet_value most, say_span *say,
    struct text *out)
{
	struct span gaps[GAPS_MAX];
	size_t count = 0;

	if (n < 2 || n - 1 > GAPS_MAX || items[0].first != 0 ||
	    items[n - 1].last != most) {
		say_spans(items, n, 0, say, out);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		gaps[count].first = items[i - 1].last + 1;
		gaps[count++].last = items[i].first - 1;
	}
	text_add_char(out, '!');
	say_spans(gaps, count, 0, say, out);
}

static void
say_number(const struct span *s, int family, struct text *out)
{
	(void)family;
	text_printf(out, "%llu", (unsigned long long)s->first);
	if (s->last != s->first)
		text_printf(out, "-%llu", (unsigned long long)s->last);
}

static void
say_address(const struct span *s, int family, struct text *out)
{
	struct addr first = packet_value_addr(s->first, family);
	struct addr last = packet_value_addr(s->last, family);
	char buf[ADDR_TEXT_MAX], prefix_buf[PREFIX_TEXT_MAX];
	struct prefix one;

	if (s->first == s->last) {
		text_add(out, addr_format(&first, buf));
		return;
	}
	if (prefix_from_range(&first, &last, &one, 1) == 1) {
		text_add(out, prefix_format(&one, prefix_buf));
		return;
	}
	text_add(out, addr_format(&first, buf));
	text_add_char(out, '-');
	text_add(out, addr_format(&last, buf));
}

static void
say_name(const struct span *s, int family, struct text *out)
{
	char first[17];
	struct span prefix;

	(void)family;
	packet_value_name(s->first, first);
	prefix = packet_span_of_prefix(first);
	if (first[0] == '\0' && s->last == ~(packet_value)0) {
		text_add_char(out, '*');
		return;
	}
	text_escape(out, first, strlen(first));
	if (s->last == prefix.last && s->last != s->first)
		text_add_char(out, '*');
	else if (s->last != s->first) {
		char last[17];

		packet_value_name(s->last, last);
		text_add(out, "..");
		text_escape(out, last, strlen(last));
	}
}

static void
say_state(const struct span *s, int family, struct text *out)
{
	(void)family;
	for (packet_value v = s->first; v <= s->last; v++) {
		if (v != s->first)
			text_add_char(out, ',');
		text_add(out, explain_state_name((enum ct_state)v));
	}
}

static void
say_flag_value(const struct span *s, int family, struct text *out)
{
	(void)family;
	text_printf(out, "0x%02x", (unsigned)s->first);
	if (s->first != s->last)
		text_printf(out, "-0x%02x", (unsigned)s->last);
}

/* One value by the names of its bits, several as numbers. */
static void
say_flags(const struct spans *s, struct text *out)
{
	static const char *const names[] = { "fin", "syn", "rst", "psh", "ack",
		"urg", "ece", "cwr" };
	bool any = false;

	text_add(out, " flags ");
	if (s->count != 1 || s->items[0].first != s->items[0].last) {
		say_list(s, 0, say_flag_value, out);
		return;
	}
	for (unsigned i = 0; i < 8; i++) {
		if (!(s->items[0].first >> i & 1))
			continue;
		text_printf(out, "%s%s", any ? "," : "", names[i]);
		any = true;
	}
	if (!any)
		text_add(out, "none");
}

static bool
only(const struct spans *s, packet_value v)
{
	return s && s->count == 1 && s->items[0].first == v &&
	    s->items[0].last == v;
}

static void
say_end(const struct spans *addresses, const struct spans *ports, int family,
    bool has_ports, struct text *out)
{
	bool brackets = family == 6 && addresses && has_ports;
	bool all = addresses && addresses->count == 1 &&
	    addresses->items[0].first == 0 &&
	    addresses->items[0].last ==
		(family == 6 ? ~(packet_value)0 : UINT32_MAX);

	if (brackets && !all)
		text_add_char(out, '[');
	say_list(all ? NULL : addresses, family, say_address, out);
	if (brackets && !all)
		text_add_char(out, ']');
	if (!has_ports)
		return;
	text_add_char(out, ':');
	say_list(ports, family, say_number, out);
}

static void
say_word(const char *word, const struct spans *s, say_span *say,
    struct text *out)
{
	if (!s)
		return;
	text_printf(out, " %s ", word);
	say_list(s, 0, say, out);
}

static void
say_interface(const char *word, const struct spans *s, struct text *out)
{
	if (!s)
		return;
	text_printf(out, " %s ", word);
	say_but(s->items, s->count, ~(packet_value)0, say_name, out);
}

static void
say_one_protocol(const struct span *s, int family, struct text *out)
{
	const char *name = explain_protocol_name((unsigned)s->first);

	if (s->first == s->last && name)
		text_add(out, name);
	else
		say_number(s, family, out);
}

static void
say_protocol(const struct spans *s, struct text *out)
{
	struct span items[UINT8_MAX + 1];
	size_t count = 0;

	for (size_t i = 0; s && i < s->count && count <= UINT8_MAX; i++)
		items[count++] = s->items[i];
	if (!s ||
	    (count == 1 && items[0].first == 0 && items[0].last == UINT8_MAX))
		text_add(out, "any");
	else
		say_but(items, count, UINT8_MAX, say_one_protocol, out);
}

/* What a pattern takes for granted is left out. */
static void
say_connection(const struct box *b, bool tcp, struct text *out)
{
	const struct spans *states = b->dims[DIM_CT_STATE];
	const struct spans *flags = b->dims[DIM_TCP_FLAGS];
	bool is_new = only(states, CT_NEW);
	bool any = !flags || spans_size(flags, UINT8_MAX) > UINT8_MAX;

	if (tcp && any)
		text_add(out, is_new ? " flags any" : "");
	else if (tcp && !(is_new && only(flags, 2)))
		say_flags(flags, out);
	if (!states || spans_size(states, CT_STATES - 1) == CT_STATES)
		text_add(out, " state any");
	else if (!is_new)
		say_word("state", states, say_state, out);
	if (!is_new && b->dims[DIM_CT_DIRECTION] &&
	    only(b->dims[DIM_CT_DIRECTION], 0))
		text_add(out, " direction original");
	if (!is_new && only(b->dims[DIM_CT_DIRECTION], 1))
		text_add(out, " direction reply");
}

void
explain_packets(const struct box *b, bool new_destination, struct text *out)
{
	const struct spans *protocol = b->dims[DIM_PROTOCOL];
	int family = b->dims[DIM_FAMILY] && only(b->dims[DIM_FAMILY], 6) ? 6 :
									   4;
	bool icmp = only(protocol, family == 6 ? 58 : 1);
	bool has_ports = !protocol || (!icmp && spans_has(protocol, 6)) ||
	    spans_has(protocol, 17) || spans_has(protocol, 33) ||
	    spans_has(protocol, 132) || spans_has(protocol, 136);

	say_protocol(protocol, out);
	text_add_char(out, ' ');
	say_end(b->dims[DIM_SADDR], b->dims[DIM_SPORT], family, has_ports, out);
	text_add(out, " -> ");
	if (new_destination)
		say_end(b->dims[DIM_NEW_DADDR], b->dims[DIM_NEW_DPORT], family,
		    has_ports, out);
	else
		say_end(b->dims[DIM_DADDR], b->dims[DIM_DPORT], family,
		    has_ports, out);
	if (icmp) {
		say_word("type", b->dims[DIM_ICMP_TYPE], say_number, out);
		say_word("code", b->dims[DIM_ICMP_CODE], say_number, out);
	}
	say_interface("iif", b->dims[DIM_IIF], out);
	say_interface("oif", b->dims[DIM_OIF], out);
	say_connection(b, only(protocol, 6), out);
}
