/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The services that a FortiGate is delivered with. They can be changed: a
 * table of services that was exported as well goes before these.
 *
 * Source: FortiOS 7 default configuration, config firewall service custom and
 * config firewall service group.
 */
#include <stddef.h>
#include <strings.h>

#include "import_ruleset_internal.h"

static const struct {
	const char *name, *services;
} known[] = {
	{ "ALL", "any" },
	{ "ANY", "any" },
	{ "ALL_TCP", "tcp" },
	{ "ALL_UDP", "udp" },
	{ "ALL_ICMP", "icmp" },
	{ "ALL_ICMP6", "icmpv6" },
	{ "webproxy", "any" },
	{ "AH", "ah" },
	{ "ESP", "esp" },
	{ "GRE", "gre" },
	{ "OSPF", "ospf" },
	{ "PING", "icmp/8" },
	{ "PING6", "icmpv6/128" },
	{ "TIMESTAMP", "icmp/13" },
	{ "INFO_REQUEST", "icmp/15" },
	{ "INFO_ADDRESS", "icmp/17" },
	{ "TRACEROUTE", "udp/33434-33535" },
	{ "FTP", "tcp/21" },
	{ "FTP_GET", "tcp/21" },
	{ "FTP_PUT", "tcp/21" },
	{ "SSH", "tcp/22" },
	{ "TELNET", "tcp/23" },
	{ "SMTP", "tcp/25" },
	{ "SMTPS", "tcp/465" },
	{ "DNS", "tcp/53 udp/53" },
	{ "DHCP", "udp/67-68" },
	{ "DHCP6", "udp/546 udp/547" },
	{ "TFTP", "udp/69" },
	{ "GOPHER", "tcp/70" },
	{ "FINGER", "tcp/79" },
	{ "HTTP", "tcp/80" },
	{ "HTTPS", "tcp/443" },
	{ "KERBEROS", "tcp/88 tcp/464 udp/88 udp/464" },
	{ "POP3", "tcp/110" },
	{ "POP3S", "tcp/995" },
	{ "ONC-RPC", "tcp/111 udp/111" },
	{ "NFS", "tcp/111 tcp/2049 udp/111 udp/2049" },
	{ "NNTP", "tcp/119" },
	{ "NTP", "tcp/123 udp/123" },
	{ "DCE-RPC", "tcp/135 udp/135" },
	{ "SAMBA", "tcp/139" },
	{ "SMB", "tcp/445" },
	{ "IMAP", "tcp/143" },
	{ "IMAPS", "tcp/993" },
	{ "SNMP", "tcp/161-162 udp/161-162" },
	{ "LDAP", "tcp/389" },
	{ "LDAP_UDP", "udp/389" },
	{ "Internet-Locator-Service", "tcp/389" },
	{ "IKE", "udp/500 udp/4500" },
	{ "REXEC", "tcp/512" },
	{ "RLOGIN", "tcp/513:512-1023" },
	{ "RSH", "tcp/514:512-1023" },
	{ "SYSLOG", "udp/514" },
	{ "TALK", "udp/517-518" },
	{ "RIP", "udp/520" },
	{ "UUCP", "tcp/540" },
	{ "RTSP", "tcp/554 tcp/7070 tcp/8554 udp/554" },
	{ "SOCKS", "tcp/1080 udp/1080" },
	{ "MS-SQL", "tcp/1433 tcp/1434" },
	{ "WINFRAME", "tcp/1494 tcp/2598" },
	{ "WINS", "tcp/1512 udp/1512" },
	{ "L2TP", "tcp/1701 udp/1701" },
	{ "H323", "tcp/1720 tcp/1503 udp/1719" },
	{ "NetMeeting", "tcp/1720" },
	{ "PPTP", "tcp/1723" },
	{ "RADIUS", "udp/1812 udp/1813" },
	{ "RADIUS-OLD", "udp/1645 udp/1646" },
	{ "SIP-MSNmessenger", "tcp/1863" },
	{ "SCCP", "tcp/2000" },
	{ "CVSPSERVER", "tcp/2401 udp/2401" },
	{ "MGCP", "udp/2427 udp/2727" },
	{ "SQUID", "tcp/3128" },
	{ "MYSQL", "tcp/3306" },
	{ "RDP", "tcp/3389" },
	{ "SIP", "tcp/5060 udp/5060" },
	{ "VNC", "tcp/5900" },
	{ "X-WINDOWS", "tcp/6000-6063" },
	{ "IRC", "tcp/6660-6669" },
	{ "AFS3", "tcp/7000-7009 udp/7000-7009" },
	{ "Email Access", "=DNS,IMAP,IMAPS,POP3,POP3S,SMTP,SMTPS" },
	{ "Web Access", "=DNS,HTTP,HTTPS" },
	{ "Windows AD", "=DCE-RPC,DNS,KERBEROS,LDAP,LDAP_UDP,SAMBA,SMB" },
	{ "Exchange Server", "=DCE-RPC,DNS,HTTPS" },
};

const char *
forti_service(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcasecmp(known[i].name, name) == 0)
			return known[i].services;
	return NULL;
}
