/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words of values. A set of flags is a list of numbers here; nft writes it as
 * a mask and what remains of it, which is found again: the bits in which all
 * numbers agree are the mask, if there are as many numbers as the other bits
 * can make.
 */
#include "ruleset_text_value.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct named {
	unsigned number;
	const char *name;
};

static const struct named protocols[] = { { 1, "icmp" }, { 2, "igmp" },
	{ 4, "ipencap" }, { 6, "tcp" }, { 17, "udp" }, { 33, "dccp" },
	{ 41, "ipv6" }, { 47, "gre" }, { 50, "esp" }, { 51, "ah" },
	{ 58, "ipv6-icmp" }, { 89, "ospf" }, { 112, "vrrp" }, { 132, "sctp" },
	{ 136, "udplite" } };

static const struct named icmp_types[] = { { 0, "echo-reply" },
	{ 3, "destination-unreachable" }, { 4, "source-quench" },
	{ 5, "redirect" }, { 8, "echo-request" }, { 9, "router-advertisement" },
	{ 10, "router-solicitation" }, { 11, "time-exceeded" },
	{ 12, "parameter-problem" }, { 13, "timestamp-request" },
	{ 14, "timestamp-reply" }, { 15, "info-request" }, { 16, "info-reply" },
	{ 17, "address-mask-request" }, { 18, "address-mask-reply" } };

static const struct named icmp6_types[] = { { 1, "destination-unreachable" },
	{ 2, "packet-too-big" }, { 3, "time-exceeded" },
	{ 4, "parameter-problem" }, { 128, "echo-request" },
	{ 129, "echo-reply" }, { 130, "mld-listener-query" },
	{ 131, "mld-listener-report" }, { 132, "mld-listener-done" },
	{ 133, "nd-router-solicit" }, { 134, "nd-router-advert" },
	{ 135, "nd-neighbor-solicit" }, { 136, "nd-neighbor-advert" },
	{ 137, "nd-redirect" }, { 138, "router-renumbering" },
	{ 141, "ind-neighbor-solicit" }, { 142, "ind-neighbor-advert" },
	{ 143, "mld2-listener-report" } };

static const struct named tcp_flags[] = { { 1, "fin" }, { 2, "syn" },
	{ 4, "rst" }, { 8, "psh" }, { 16, "ack" }, { 32, "urg" }, { 64, "ecn" },
	{ 128, "cwr" } };

static const struct named statuses[] = { { 1, "expected" }, { 2, "seen-reply" },
	{ 4, "assured" }, { 8, "confirmed" }, { 16, "snat" }, { 32, "dnat" } };

/* By enum ct_state. */
static const char *const states[CT_STATES] = { "invalid", "established",
	"related", "new", "untracked" };

static const char *
find(const struct named *table, size_t count, packet_value number)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].number == number)
			return table[i].name;
	return NULL;
}

/* ---- intervals */

/* The length of the prefix that the interval is, or -1. */
static int
prefix_length(struct span s, int bits)
{
	packet_value size = s.last - s.first;

	if (size & (size + 1)) /* not all ones */
		return -1;
	if (s.first & size)
		return -1;
	for (; size != 0; size >>= 1)
		bits--;
	return bits;
}

static void
put_address(struct span s, int version, struct text *out)
{
	char buf[ADDR_TEXT_MAX];
	struct addr a;
	int length;

	if (version == 0)
		version = s.last > UINT32_MAX ? 6 : 4;
	if (version == 4 && s.last > UINT32_MAX)
		s.last = UINT32_MAX; /* every value */
	a = packet_value_addr(s.first, version);
	text_add(out, addr_format(&a, buf));
	length = prefix_length(s, version == 4 ? 32 : 128);
	if (length == (version == 4 ? 32 : 128))
		return;
	if (length >= 0) {
		text_printf(out, "/%d", length);
		return;
	}
	a = packet_value_addr(s.last, version);
	text_printf(out, "-%s", addr_format(&a, buf));
}

static void
put_name(packet_value v, const char *after, struct text *out)
{
	char buf[17];

	text_add_char(out, '"');
	text_quote(out, packet_value_name(v, buf));
	text_printf(out, "%s\"", after);
}

static void
put_interface(struct span s, struct text *out)
{
	char buf[17];
	struct span all;

	if (s.first == s.last) {
		put_name(s.first, "", out);
		return;
	}
	all = packet_span_of_prefix(packet_value_name(s.first, buf));
	if (all.first == s.first && all.last == s.last) {
		put_name(s.first, "*", out);
		return;
	}
	put_name(s.first, "", out);
	text_add_char(out, '-');
	put_name(s.last, "", out);
}

static const char *
word_of(enum field f, packet_value v, int protocol)
{
	switch (f) {
	case FIELD_FAMILY:
		return v == 4 ? "ipv4" : v == 6 ? "ipv6" : NULL;
	case FIELD_PROTOCOL:
		return find(protocols, COUNT(protocols), v);
	case FIELD_ICMP_TYPE:
		return protocol == 58 ?
		    find(icmp6_types, COUNT(icmp6_types), v) :
		    find(icmp_types, COUNT(icmp_types), v);
	case FIELD_TCP_FLAGS:
		return find(tcp_flags, COUNT(tcp_flags), v);
	case FIELD_CT_STATE:
		return v < CT_STATES ? states[v] : NULL;
	case FIELD_CT_DIRECTION:
		return v == 0 ? "original" : v == 1 ? "reply" : NULL;
	case FIELD_CT_STATUS:
		return find(statuses, COUNT(statuses), v);
	default:
		return NULL;
	}
}

static void
put_number(enum field f, packet_value v, int protocol, struct text *out)
{
	const char *word = word_of(f, v, protocol);

	if (word != NULL)
		text_add(out, word);
	else if (f == FIELD_MARK || f == FIELD_CT_MARK)
		text_printf(out, "0x%08" PRIx64, (uint64_t)v);
	else if (f == FIELD_TCP_FLAGS || f == FIELD_CT_STATUS)
		text_printf(out, "0x%" PRIx64, (uint64_t)v);
	else
		text_printf(out, "%" PRIu64, (uint64_t)v);
}

void
text_value(enum field f, struct span span, int version, int protocol,
    struct text *out)
{
	switch (f) {
	case FIELD_SADDR:
	case FIELD_DADDR:
	case FIELD_ORIGINAL_SADDR:
	case FIELD_ORIGINAL_DADDR:
		put_address(span, version, out);
		return;
	case FIELD_IIF:
	case FIELD_OIF:
		put_interface(span, out);
		return;
	default:
		if (span.first == span.last) {
			put_number(f, span.first, protocol, out);
			return;
		}
		/* A range between two names would read like one of them. */
		if (f == FIELD_PROTOCOL || f == FIELD_ICMP_TYPE)
			f = FIELD_DPORT;
		put_number(f, span.first, protocol, out);
		text_add_char(out, '-');
		put_number(f, span.last, protocol, out);
		return;
	}
}

/* ---- flags */

/* Whether s is all numbers whose bits within *mask are *value. */
static bool
is_masked(const struct spans *s, packet_value most, packet_value *mask,
    packet_value *value)
{
	packet_value vary = 0, size = 0, wanted = 1;

	if (s->count == 0)
		return false;
	for (size_t i = 0; i < s->count; i++) {
		packet_value within = s->items[i].first ^ s->items[i].last;

		for (int shift = 1; shift < 128; shift *= 2)
			within |= within >> shift;
		vary |= within | (s->items[i].first ^ s->items[0].first);
		size += s->items[i].last - s->items[i].first + 1;
	}
	for (packet_value bits = vary; bits != 0; bits &= bits - 1)
		wanted *= 2;
	*mask = most & ~vary;
	*value = s->items[0].first & *mask;
	return size == wanted;
}

/* Whether s is all numbers that have any bit of *mask. */
static bool
is_any_of(const struct spans *s, packet_value most, packet_value *mask)
{
	packet_value vary;

	if (s->count == 0 || s->items[0].first == 0)
		return false;
	/* The bits of the mask are those whose number alone is in it. */
	*mask = 0;
	for (vary = 1; vary <= most; vary <<= 1)
		if (spans_has(s, vary))
			*mask |= vary;
	for (packet_value v = 0; v <= most; v++)
		if (spans_has(s, v) != ((v & *mask) != 0))
			return false;
	return true;
}

static void
put_bits(const struct named *names, size_t count, packet_value bits,
    const char *between, struct text *out)
{
	bool first = true;

	for (size_t i = 0; i < count; i++) {
		if (!(bits & names[i].number))
			continue;
		text_add(out, first ? "" : between);
		text_add(out, names[i].name);
		bits &= ~(packet_value)names[i].number;
		first = false;
	}
	if (first || bits != 0) /* those without a name */
		text_printf(out, "%s0x%" PRIx64, first ? "" : between,
		    (uint64_t)bits);
}

static bool
put_flags(enum field f, const struct named *names, size_t count,
    const struct spans *s, struct text *out)
{
	packet_value most = field_most(f), mask, value;

	if (is_any_of(s, most, &mask)) {
		text_add_char(out, ' ');
		put_bits(names, count, mask, ",", out);
		return true;
	}
	if (!is_masked(s, most, &mask, &value))
		return false;
	if (mask == most) {
		text_add(out, " == ");
		put_bits(names, count, value, " | ", out);
		return true;
	}
	text_add(out, " & (");
	put_bits(names, count, mask, " | ", out);
	text_add(out, ") == ");
	put_bits(names, count, value, " | ", out);
	return true;
}

static void
put_states(const struct spans *s, struct text *out)
{
	size_t in = 0, missing = 0;
	const char *between = " ";

	for (size_t i = 0; i < CT_STATES; i++) {
		in += spans_has(s, i);
		missing = spans_has(s, i) ? missing : i;
	}
	if (in == CT_STATES - 1) {
		text_printf(out, " != %s", states[missing]);
		return;
	}
	for (size_t i = 0; i < CT_STATES; i++) {
		if (!spans_has(s, i))
			continue;
		text_printf(out, "%s%s", between, states[i]);
		between = ",";
	}
}

/* A mark seen through a mask with low bits free is an interval, with high
 * ones free a comb. */
static bool
put_mark(enum field f, const struct spans *s, struct text *out)
{
	packet_value mask, value;

	if (s->items[0].first == s->items[0].last && s->count == 1)
		return false;
	if (!is_masked(s, field_most(f), &mask, &value))
		return false;
	text_printf(out, " & 0x%08" PRIx64 " == 0x%08" PRIx64, (uint64_t)mask,
	    (uint64_t)value);
	return true;
}

bool
text_value_bits(enum field f, const struct spans *s, struct text *out)
{
	switch (f) {
	case FIELD_TCP_FLAGS:
		return put_flags(f, tcp_flags, COUNT(tcp_flags), s, out);
	case FIELD_CT_STATUS:
		return put_flags(f, statuses, COUNT(statuses), s, out);
	case FIELD_CT_STATE:
		put_states(s, out);
		return true;
	case FIELD_MARK:
	case FIELD_CT_MARK:
		return put_mark(f, s, out);
	default:
		return false;
	}
}
