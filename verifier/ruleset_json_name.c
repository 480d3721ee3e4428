/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words that nft prints for numbers: states of a connection, kinds of
 * ICMP, protocols. Those of a box are not asked (getprotobyname), since the
 * file may come from another; a word that is not here is not known, which is
 * no fault.
 *
 * Source: nftables src/{ct,proto,datatype}.c; IANA's protocol numbers under
 * the names that Debian's /etc/protocols gives them.
 */
#include <string.h>

#include "ruleset_json_internal.h"

struct name {
	const char *word;
	uint32_t value;
};

static const struct name protocols[] = {
	{ "ip", 0 },
	{ "hopopt", 0 },
	{ "icmp", 1 },
	{ "igmp", 2 },
	{ "ggp", 3 },
	{ "ipencap", 4 },
	{ "st", 5 },
	{ "tcp", 6 },
	{ "egp", 8 },
	{ "igp", 9 },
	{ "pup", 12 },
	{ "udp", 17 },
	{ "hmp", 20 },
	{ "xns-idp", 22 },
	{ "rdp", 27 },
	{ "iso-tp4", 29 },
	{ "dccp", 33 },
	{ "xtp", 36 },
	{ "ddp", 37 },
	{ "idpr-cmtp", 38 },
	{ "ipv6", 41 },
	{ "ipv6-route", 43 },
	{ "ipv6-frag", 44 },
	{ "idrp", 45 },
	{ "rsvp", 46 },
	{ "gre", 47 },
	{ "esp", 50 },
	{ "ah", 51 },
	{ "skip", 57 },
	{ "ipv6-icmp", 58 },
	{ "ipv6-nonxt", 59 },
	{ "ipv6-opts", 60 },
	{ "rspf", 73 },
	{ "vmtp", 81 },
	{ "eigrp", 88 },
	{ "ospf", 89 },
	{ "ax.25", 93 },
	{ "ipip", 94 },
	{ "etherip", 97 },
	{ "encap", 98 },
	{ "pim", 103 },
	{ "ipcomp", 108 },
	{ "vrrp", 112 },
	{ "l2tp", 115 },
	{ "isis", 124 },
	{ "sctp", 132 },
	{ "fc", 133 },
	{ "mobility-header", 135 },
	{ "udplite", 136 },
	{ "mpls-in-ip", 137 },
	{ "manet", 138 },
	{ "hip", 139 },
	{ "shim6", 140 },
	{ "wesp", 141 },
	{ "rohc", 142 },
	{ "ethernet", 143 },
	{ "mptcp", 262 },
	{ "icmpv6", 58 },
	{ NULL, 0 },
};

static const struct name icmp_types[] = {
	{ "echo-reply", 0 },
	{ "destination-unreachable", 3 },
	{ "source-quench", 4 },
	{ "redirect", 5 },
	{ "echo-request", 8 },
	{ "router-advertisement", 9 },
	{ "router-solicitation", 10 },
	{ "time-exceeded", 11 },
	{ "parameter-problem", 12 },
	{ "timestamp-request", 13 },
	{ "timestamp-reply", 14 },
	{ "info-request", 15 },
	{ "info-reply", 16 },
	{ "address-mask-request", 17 },
	{ "address-mask-reply", 18 },
	{ NULL, 0 },
};

static const struct name icmp_codes[] = {
	{ "net-unreachable", 0 },
	{ "host-unreachable", 1 },
	{ "prot-unreachable", 2 },
	{ "port-unreachable", 3 },
	{ "frag-needed", 4 },
	{ "net-prohibited", 9 },
	{ "host-prohibited", 10 },
	{ "admin-prohibited", 13 },
	{ NULL, 0 },
};

static const struct name icmpv6_types[] = {
	{ "destination-unreachable", 1 },
	{ "packet-too-big", 2 },
	{ "time-exceeded", 3 },
	{ "parameter-problem", 4 },
	{ "echo-request", 128 },
	{ "echo-reply", 129 },
	{ "mld-listener-query", 130 },
	{ "mld-listener-report", 131 },
	{ "mld-listener-done", 132 },
	{ "mld-listener-reduction", 132 },
	{ "nd-router-solicit", 133 },
	{ "nd-router-advert", 134 },
	{ "nd-neighbor-solicit", 135 },
	{ "nd-neighbor-advert", 136 },
	{ "nd-redirect", 137 },
	{ "router-renumbering", 138 },
	{ "ind-neighbor-solicit", 141 },
	{ "ind-neighbor-advert", 142 },
	{ "mld2-listener-report", 143 },
	{ NULL, 0 },
};

static const struct name icmpv6_codes[] = {
	{ "no-route", 0 },
	{ "admin-prohibited", 1 },
	{ "addr-unreachable", 3 },
	{ "port-unreachable", 4 },
	{ "policy-fail", 5 },
	{ "reject-route", 6 },
	{ NULL, 0 },
};

static const struct name ct_states[] = {
	{ "invalid", 1 },
	{ "established", 2 },
	{ "related", 4 },
	{ "new", 8 },
	{ "untracked", 64 },
	{ NULL, 0 },
};

static const struct name ct_statuses[] = {
	{ "expected", 1 },
	{ "seen-reply", 2 },
	{ "assured", 4 },
	{ "confirmed", 8 },
	{ "snat", 16 },
	{ "dnat", 32 },
	{ "dying", 512 },
	{ NULL, 0 },
};

static const struct name ct_directions[] = {
	{ "original", 0 },
	{ "reply", 1 },
	{ NULL, 0 },
};

static const struct name tcp_flags[] = {
	{ "fin", 1 },
	{ "syn", 2 },
	{ "rst", 4 },
	{ "psh", 8 },
	{ "ack", 16 },
	{ "urg", 32 },
	{ "ecn", 64 },
	{ "cwr", 128 },
	{ NULL, 0 },
};

static const struct name ether_types[] = {
	{ "ip", 0x0800 },
	{ "arp", 0x0806 },
	{ "ip6", 0x86dd },
	{ "8021q", 0x8100 },
	{ "vlan", 0x8100 },
	{ "8021ad", 0x88a8 },
	{ NULL, 0 },
};

static const struct name nfprotos[] = {
	{ "ipv4", 2 },
	{ "ipv6", 10 },
	{ NULL, 0 },
};

/* What nft -S writes for the ports that rules of a town name most. */
static const struct name ports[] = {
	{ "ftp-data", 20 },
	{ "ftp", 21 },
	{ "ssh", 22 },
	{ "telnet", 23 },
	{ "smtp", 25 },
	{ "domain", 53 },
	{ "bootps", 67 },
	{ "bootpc", 68 },
	{ "tftp", 69 },
	{ "http", 80 },
	{ "kerberos", 88 },
	{ "pop3", 110 },
	{ "sunrpc", 111 },
	{ "ntp", 123 },
	{ "epmap", 135 },
	{ "netbios-ns", 137 },
	{ "netbios-dgm", 138 },
	{ "netbios-ssn", 139 },
	{ "imap2", 143 },
	{ "snmp", 161 },
	{ "snmp-trap", 162 },
	{ "ldap", 389 },
	{ "https", 443 },
	{ "microsoft-ds", 445 },
	{ "isakmp", 500 },
	{ "syslog", 514 },
	{ "printer", 515 },
	{ "ldaps", 636 },
	{ "domain-s", 853 },
	{ "imaps", 993 },
	{ "pop3s", 995 },
	{ "ms-sql-s", 1433 },
	{ "nfs", 2049 },
	{ "mysql", 3306 },
	{ "ms-wbt-server", 3389 },
	{ "ipsec-nat-t", 4500 },
	{ "postgresql", 5432 },
	{ "http-alt", 8080 },
	{ NULL, 0 },
};

static const struct {
	unsigned width;
	bool mask;
	const struct name *names;
} kinds[JSON_KINDS] = {
	[JSON_ADDRESS_4] = { 32, false, NULL },
	[JSON_ADDRESS_6] = { 128, false, NULL },
	[JSON_PORT] = { 16, false, ports },
	[JSON_PROTOCOL] = { 8, false, protocols },
	[JSON_ICMP_TYPE] = { 8, false, icmp_types },
	[JSON_ICMP_CODE] = { 8, false, icmp_codes },
	[JSON_ICMPV6_TYPE] = { 8, false, icmpv6_types },
	[JSON_ICMPV6_CODE] = { 8, false, icmpv6_codes },
	[JSON_INTERFACE] = { 128, false, NULL },
	[JSON_INDEX] = { 128, false, NULL },
	[JSON_MARK_VALUE] = { 32, false, NULL },
	[JSON_CT_STATE] = { 32, true, ct_states },
	[JSON_CT_STATUS] = { 32, true, ct_statuses },
	[JSON_CT_DIRECTION] = { 8, false, ct_directions },
	[JSON_TCP_FLAGS] = { 8, true, tcp_flags },
	[JSON_ETHER_TYPE] = { 16, false, ether_types },
	[JSON_NFPROTO] = { 8, false, nfprotos },
};

bool
json_name_value(enum json_kind kind, const char *word, uint32_t *out)
{
	const struct name *n = kinds[kind].names;

	for (; n != NULL && n->word != NULL; n++) {
		if (strcmp(n->word, word) == 0) {
			*out = n->value;
			return true;
		}
	}
	return false;
}

unsigned
json_kind_width(enum json_kind kind)
{
	return kinds[kind].width;
}

bool
json_kind_is_mask(enum json_kind kind)
{
	return kinds[kind].mask;
}
