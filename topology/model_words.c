/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of the model's file format. Reading and printing share them, so
 * what is printed can be read. Protocol names are those of the IANA registry
 * of protocol numbers, in lower case, and a few in common use.
 */
#include <string.h>

#include "model_internal.h"

const char *const model_words_tier[] = { "mynumber", "lgwan", "internet",
	"lgwan-network", "security-cloud", "partner", "saas", "relay", "dmz",
	"shared-services", "school-affairs", "school-learning", "guest",
	"management", "remote-access", "outside", NULL };
const char *const model_words_stage[] = { "draft", "trial", "in-force", NULL };
const char *const model_words_encryption[] = { "none", "tls-high",
	"tls-recommended", "tls-exception", "ipsec", "macsec", NULL };
const char *const model_words_tap_direction[] = { "both", "rx", "tx", NULL };
const char *const model_words_firewall[] = { "nftables", "imported", "opaque",
	NULL };
const char *const model_words_translation[] = { "static", "overload", NULL };
const char *const model_words_direction[] = { "forward", "both", NULL };
const char *const model_words_transfers[] = { "any", "screen", NULL };
const char *const model_words_method[] = { "mail-text", "remove", "inspect",
	NULL };
const char *const model_words_emergency[] = { "disaster", "election", "outage",
	"holiday-opening", "other", NULL };
const char *const model_words_list[] = { "m365-json", "cidr", "fqdn", NULL };
const char *const model_words_column[] = { "address", "mac", "name", "system",
	"division", "kind", "offline", "zone", NULL };

_Static_assert(sizeof(model_words_tier) / sizeof(char *) == TIER_COUNT + 1,
    "a word for each tier");
_Static_assert(sizeof(model_words_column) / sizeof(char *) ==
	LEDGER_COLUMNS + 1,
    "a word for each column");

/* The first name of a number is the one that is printed. */
static const struct protocol {
	const char *name;
	int number;
} protocols[] = {
	{ "any", PROTOCOL_ANY },
	{ "icmp", 1 },
	{ "igmp", 2 },
	{ "ipip", 4 },
	{ "tcp", 6 },
	{ "egp", 8 },
	{ "udp", 17 },
	{ "dccp", 33 },
	{ "6in4", 41 },
	{ "ipv6", 41 },
	{ "rsvp", 46 },
	{ "gre", 47 },
	{ "esp", 50 },
	{ "ah", 51 },
	{ "icmpv6", 58 },
	{ "ipv6-icmp", 58 },
	{ "eigrp", 88 },
	{ "ospf", 89 },
	{ "etherip", 97 },
	{ "pim", 103 },
	{ "ipcomp", 108 },
	{ "vrrp", 112 },
	{ "l2tp", 115 },
	{ "sctp", 132 },
	{ "udplite", 136 },
};

#define PROTOCOLS (sizeof(protocols) / sizeof(protocols[0]))

const char *
model_words_protocol_name(int number)
{
	size_t i;

	for (i = 0; i < PROTOCOLS; i++)
		if (protocols[i].number == number)
			return protocols[i].name;
	return NULL;
}

int
model_words_protocol(const char *name)
{
	size_t i;

	for (i = 0; i < PROTOCOLS; i++)
		if (strcmp(protocols[i].name, name) == 0)
			return protocols[i].number;
	return -1;
}

bool
tier_parse(const char *text, enum tier *out)
{
	int i;

	if (text == NULL)
		return false;
	for (i = 0; i < TIER_COUNT; i++) {
		if (strcmp(model_words_tier[i], text) == 0) {
			*out = (enum tier)i;
			return true;
		}
	}
	return false;
}

const char *
tier_name(enum tier tier)
{
	return tier == TIER_FIREWALL ? "firewall" : model_words_tier[tier];
}
