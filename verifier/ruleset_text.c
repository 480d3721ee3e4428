/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of the nouns of a ruleset, and where a rule stands, as people find it
 * again with nft. Names come from the firewall and are escaped.
 */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "ruleset.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *
table_family_name(enum table_family f)
{
	static const char *const names[] = { "ip", "ip6", "inet", "bridge",
		"netdev", "arp" };

	return (size_t)f < COUNT(names) ? names[f] : "?";
}

const char *
hook_name(enum hook h)
{
	static const char *const names[] = { "none", "ingress", "prerouting",
		"input", "forward", "output", "postrouting", "egress" };

	return (size_t)h < COUNT(names) ? names[h] : "?";
}

const char *
action_name(enum action a)
{
	static const char *const names[] = { "accept", "drop", "reject", "jump",
		"goto", "return", "continue", "queue", "unknown" };

	return (size_t)a < COUNT(names) ? names[a] : "?";
}

const char *
field_name(enum field f)
{
	static const char *const names[FIELD_COUNT] = {
		[FIELD_FAMILY] = "meta nfproto",
		[FIELD_IIF] = "iifname",
		[FIELD_OIF] = "oifname",
		[FIELD_SADDR] = "ip saddr",
		[FIELD_DADDR] = "ip daddr",
		[FIELD_PROTOCOL] = "meta l4proto",
		[FIELD_SPORT] = "th sport",
		[FIELD_DPORT] = "th dport",
		[FIELD_ICMP_TYPE] = "icmp type",
		[FIELD_ICMP_CODE] = "icmp code",
		[FIELD_TCP_FLAGS] = "tcp flags",
		[FIELD_CT_STATE] = "ct state",
		[FIELD_CT_DIRECTION] = "ct direction",
		[FIELD_CT_STATUS] = "ct status",
		[FIELD_MARK] = "meta mark",
		[FIELD_CT_MARK] = "ct mark",
		[FIELD_ORIGINAL_SADDR] = "ct original ip saddr",
		[FIELD_ORIGINAL_DADDR] = "ct original ip daddr",
		[FIELD_ORIGINAL_SPORT] = "ct original proto-src",
		[FIELD_ORIGINAL_DPORT] = "ct original proto-dst",
	};

	return (size_t)f < COUNT(names) ? names[f] : "?";
}

packet_value
field_most(enum field f)
{
	switch (f) {
	case FIELD_FAMILY:
		return 6;
	case FIELD_IIF:
	case FIELD_OIF:
	case FIELD_SADDR:
	case FIELD_DADDR:
	case FIELD_ORIGINAL_SADDR:
	case FIELD_ORIGINAL_DADDR:
		return ~(packet_value)0;
	case FIELD_SPORT:
	case FIELD_DPORT:
	case FIELD_ORIGINAL_SPORT:
	case FIELD_ORIGINAL_DPORT:
		return UINT16_MAX;
	case FIELD_CT_STATE:
		return CT_STATES - 1;
	case FIELD_CT_DIRECTION:
		return 1;
	case FIELD_CT_STATUS:
		return 1023;
	case FIELD_MARK:
	case FIELD_CT_MARK:
		return UINT32_MAX;
	default:
		return UINT8_MAX;
	}
}

void
ruleset_chain_name(const struct chain *chain, struct text *out)
{
	text_printf(out, "%s ", table_family_name(chain->table->family));
	text_quote(out, chain->table->name);
	text_add_char(out, ' ');
	text_quote(out, chain->name);
}

void
ruleset_where(const struct rule *rule, struct text *out)
{
	ruleset_chain_name(rule->chain, out);
	if (rule->handle != 0)
		text_printf(out, " #%llu", (unsigned long long)rule->handle);
	else
		text_printf(out, " [%u]", rule->index + 1);
	if (rule->comment != NULL && rule->comment[0] != '\0') {
		text_add(out, " 「");
		text_quote(out, rule->comment);
		text_add(out, "」");
	}
	if (rule->place.line != 0) {
		text_add(out, " (");
		if (rule->place.file != NULL)
			text_quote(out, rule->place.file);
		text_printf(out, ":%u", rule->place.line);
		/* nft writes the whole ruleset as one line. */
		if (rule->place.line == 1 && rule->place.column != 0)
			text_printf(out, ":%u", rule->place.column);
		text_add_char(out, ')');
	}
}
