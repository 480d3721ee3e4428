/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a host may offer. First what the model names: "services" of the host,
 * conduits and heartbeats that reach it, relays, sanitisers, proxies, DHCP
 * servers, ends of tunnels. Where "services" is given, nothing else. Else what
 * a device of its kind has by its role, a small set that is written here:
 *
 *  any kind   names, time and leases of a segment, directory and management:
 *             DNS, DHCP, NTP, Kerberos, LDAP, RPC, NetBIOS, SMB, SNMP, WinRM,
 *             WSD, mDNS, LLMNR, SSDP, SLP and ports that are chosen anew each
 *             time; for a directory asks its members for these all day long
 *  server     everything but what no server should offer today: Telnet and
 *             the r-commands, TFTP, VNC, and what a policy forbids
 *  nas        that, file protocols and the pages to manage it
 *  mfp, printer, camera, phone, thing: their own trade, the pages to manage
 *             them, and nothing of the rest; of these SMB is not "any kind"
 *  terminal   all but server protocols, which count where the one who asks is
 *             no registered server: mail, web, databases, files, remote
 *             desktop; SMB only where a folder was opened
 *
 * A host whose kind is not known is not judged: nothing says what it is.
 */
#include <netinet/in.h>
#include <string.h>

#include "application.h"
#include "inventory_internal.h"

/* Above it ports are chosen anew by who needs one (RFC 6335: 49152). */
#define DYNAMIC_PORT 49152

struct span {
	uint16_t first, last;
};

static bool
within(const struct span *spans, size_t count, uint16_t port)
{
	for (size_t i = 0; i < count; i++)
		if (port >= spans[i].first && port <= spans[i].last)
			return true;
	return false;
}

#define WITHIN(spans, port) \
	within(spans, sizeof(spans) / sizeof((spans)[0]), port)

/* ---- what the model names */

static bool
names_service(const struct services *s, uint8_t protocol, uint16_t port)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct service *v = &s->items[i];

		if (v->protocol != PROTOCOL_ANY && v->protocol != protocol)
			continue;
		if (v->port_count == 0)
			return true;
		for (size_t k = 0; k < v->port_count; k++)
			if (port >= v->ports[k].first &&
			    port <= v->ports[k].last)
				return true;
	}
	return false;
}

static bool
names_host(const struct endpoint *p, const struct device *d)
{
	if (!zone_is_above(p->zone, d->zone) &&
	    !zone_is_above(d->zone, p->zone))
		return false;
	if (p->whole_zone)
		return true;
	for (uint8_t k = 0; k < d->address_count; k++)
		if (prefix_set_contains(&p->reach, &d->addresses[k]))
			return true;
	return false;
}

static bool
is_of(const struct prefix_set *s, const struct device *d)
{
	for (uint8_t k = 0; k < d->address_count; k++)
		if (prefix_set_contains(s, &d->addresses[k]))
			return true;
	return false;
}

static bool
by_conduit(const struct model *m, const struct device *d, uint8_t protocol,
    uint16_t port)
{
	for (size_t i = 0; i < m->conduit_count; i++) {
		const struct conduit *c = &m->conduits[i];

		if (!names_service(&c->services, protocol, port))
			continue;
		if (names_host(&c->to, d) ||
		    (c->direction == CONDUIT_BOTH && names_host(&c->from, d)))
			return true;
	}
	for (size_t i = 0; i < m->relay_count; i++)
		if (is_of(&m->relays[i].hosts, d) &&
		    names_service(&m->relays[i].services, protocol, port))
			return true;
	return false;
}

/* A sanitiser names no services: files, mail and pages are its trade. */
static bool
by_sanitiser(const struct model *m, const struct device *d, uint16_t port)
{
	static const struct span trade[] = { { 21, 22 }, { 25, 25 }, { 80, 80 },
		{ 139, 139 }, { 443, 443 }, { 445, 445 }, { 465, 465 },
		{ 587, 587 }, { 8080, 8080 }, { 8443, 8443 } };

	if (!WITHIN(trade, port))
		return false;
	for (size_t i = 0; i < m->sanitiser_count; i++) {
		const struct sanitiser *s = &m->sanitisers[i];

		for (size_t k = 0; k < s->dirty_count; k++)
			if (names_host(&s->dirty[k], d))
				return true;
		for (size_t k = 0; k < s->clean_count; k++)
			if (names_host(&s->clean[k], d))
				return true;
	}
	return false;
}

static bool
has_address(const struct device *d, const struct addr *a)
{
	for (uint8_t k = 0; k < d->address_count; k++)
		if (addr_equal(&d->addresses[k], a))
			return true;
	return false;
}

static bool
by_heartbeat(const struct device *d, uint8_t protocol, uint16_t port)
{
	for (size_t i = 0; i < d->boundary->heartbeat_count; i++) {
		const struct heartbeat *h = &d->boundary->heartbeats[i];

		if (h->protocol == protocol && h->port == port &&
		    has_address(d, &h->to))
			return true;
	}
	return false;
}

static bool
by_noun(const struct model *m, const struct device *d, uint16_t port)
{
	for (size_t i = 0; i < m->proxy_count; i++)
		for (uint8_t k = 0; k < d->address_count; k++)
			if (model_is_proxy(m, &d->addresses[k], port))
				return true;
	for (size_t i = 0; i < d->zone->dhcp_server_count; i++)
		if (port == 67 && has_address(d, &d->zone->dhcp_servers[i]))
			return true;
	return false;
}

/* Where the other end of a declared tunnel is answered: usual ports, and what
 * has the tunnel's own name wherever it is. */
static bool
by_tunnel(const struct model *m, const struct device *d, uint16_t port,
    const char *application)
{
	static const struct {
		const char *tunnel, *application;
		uint16_t ports[4];
	} known[] = {
		{ "vxlan", "VXLAN", { 4789, 8472 } },
		{ "geneve", NULL, { 6081 } },
		{ "teredo", "Teredo", { 3544 } },
		{ "l2tp", NULL, { 1701 } },
		{ "gtp", "GTP", { 2123, 2152 } },
		{ "esp", "IPsec", { 500, 4500 } },
		{ "wireguard", "WireGuard", { 51820 } },
		{ "openvpn", "OpenVPN", { 1194 } },
		{ "softether", NULL, { 443, 992, 1194, 5555 } },
	};

	for (size_t i = 0; i < m->tunnel_count; i++) {
		const struct tunnel_declared *t = &m->tunnels[i];

		if (!is_of(&t->ends[0], d) && !is_of(&t->ends[1], d))
			continue;
		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
			if (strcmp(known[k].tunnel, t->protocol) != 0)
				continue;
			for (size_t n = 0; n < 4; n++)
				if (known[k].ports[n] == port)
					return true;
			if (known[k].application &&
			    application_matches(known[k].application,
				application))
				return true;
		}
	}
	return false;
}

static bool
is_declared(const struct model *m, const struct device *d, const struct host *h,
    uint8_t protocol, uint16_t port, const char *application)
{
	if (h && h->services_given &&
	    names_service(&h->services, protocol, port))
		return true;
	return by_conduit(m, d, protocol, port) || by_sanitiser(m, d, port) ||
	    by_heartbeat(d, protocol, port) || by_noun(m, d, port) ||
	    by_tunnel(m, d, port, application);
}

/* ---- what a kind has by its role */

static bool
is_common(uint16_t port)
{
	static const struct span common[] = { { 53, 53 }, { 67, 68 },
		{ 88, 88 }, { 123, 123 }, { 135, 139 }, { 161, 162 },
		{ 389, 389 }, { 427, 427 }, { 445, 445 }, { 464, 464 },
		{ 546, 547 }, { 636, 636 }, { 1900, 1900 }, { 2869, 2869 },
		{ 3268, 3269 }, { 3702, 3702 }, { 5353, 5353 }, { 5355, 5355 },
		{ 5357, 5358 }, { 5985, 5986 }, { 7680, 7680 },
		{ DYNAMIC_PORT, 65535 } };

	return WITHIN(common, port);
}

/* Of nobody today. */
static bool
is_obsolete(uint8_t protocol, uint16_t port, const char *application)
{
	static const struct span tcp[] = { { 7, 7 }, { 9, 9 }, { 13, 13 },
		{ 19, 19 }, { 23, 23 }, { 79, 79 }, { 512, 514 },
		{ 5900, 5906 } };
	static const struct span udp[] = { { 7, 7 }, { 9, 9 }, { 13, 13 },
		{ 19, 19 }, { 69, 69 } };

	if (application[0] != '\0')
		return application_matches("Telnet", application) ||
		    application_matches("TFTP", application) ||
		    application_matches("VNC", application) ||
		    (application_traits(application) & APPLICATION_FORBIDDEN);
	return protocol == IPPROTO_TCP ? WITHIN(tcp, port) : WITHIN(udp, port);
}

static bool
is_managing(uint16_t port)
{
	static const struct span pages[] = { { 80, 80 }, { 443, 443 },
		{ 8000, 8000 }, { 8080, 8080 }, { 8443, 8443 } };

	return WITHIN(pages, port);
}

static bool
is_printing(uint16_t port)
{
	static const struct span print[] = { { 515, 515 }, { 631, 631 },
		{ 9100, 9107 }, { 8610, 8613 } };

	return WITHIN(print, port);
}

static bool
is_telling(uint16_t port)
{
	static const struct span telephone[] = { { 69, 69 }, { 554, 554 },
		{ 2000, 2000 }, { 5004, 5005 }, { 5060, 5061 },
		{ 16384, 32767 } };

	return WITHIN(telephone, port);
}

static bool
is_seeing(uint16_t port)
{
	static const struct span camera[] = { { 554, 554 }, { 8554, 8554 },
		{ 6970, 6999 } };

	return WITHIN(camera, port);
}

/* Files are the business of who keeps files for others. */
static bool
is_files(uint16_t port)
{
	return port == 139 || port == 445;
}

/* Mail, pages, databases, files, remote desktop: why should a terminal? */
static bool
is_server_protocol(uint8_t protocol, uint16_t port, const char *application,
    bool shares)
{
	static const struct span ports[] = { { 20, 21 }, { 25, 25 }, { 80, 80 },
		{ 110, 110 }, { 143, 143 }, { 443, 443 }, { 465, 465 },
		{ 548, 548 }, { 587, 587 }, { 993, 993 }, { 995, 995 },
		{ 1433, 1433 }, { 1521, 1521 }, { 2049, 2049 }, { 3306, 3306 },
		{ 3389, 3389 }, { 5432, 5432 }, { 8080, 8080 },
		{ 8443, 8443 } };
	static const char *const names[] = { "FTP_CONTROL", "FTPS", "AFP",
		"NFS", "MsSQL-TDS", "MySQL", "Oracle", "PostgreSQL", "RDP" };

	if (is_obsolete(protocol, port, application) || shares)
		return true;
	if (application[0] == '\0' || is_files(port))
		return false; /* a port alone says nothing of a terminal */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (application_matches(names[i], application))
			return true;
	if (application_traits(application) & APPLICATION_MAIL)
		return true;
	return (application_traits(application) & APPLICATION_WEB) &&
	    WITHIN(ports, port);
}

static bool
is_role(enum inventory_kind kind, uint8_t protocol, uint16_t port,
    const char *application, bool shares)
{
	switch (kind) {
	case INVENTORY_SERVER:
	case INVENTORY_NAS:
		return !is_obsolete(protocol, port, application);
	case INVENTORY_TERMINAL:
		return !is_server_protocol(protocol, port, application, shares);
	case INVENTORY_MFP:
	case INVENTORY_PRINTER:
		return is_managing(port) || is_printing(port) ||
		    (is_common(port) && !is_files(port));
	case INVENTORY_CAMERA:
		return is_managing(port) || is_seeing(port) ||
		    (is_common(port) && !is_files(port));
	case INVENTORY_PHONE:
		return is_managing(port) || is_telling(port) ||
		    (is_common(port) && !is_files(port));
	default:
		return is_managing(port) ||
		    (is_common(port) && !is_files(port));
	}
}

bool
inventory_is_stranger(const struct inventory *i, const struct conversation *c,
    const struct zone *target)
{
	size_t count;
	const struct inventory_row *rows = inventory_ledger_address(&i->ledger,
	    &c->address[0], &count);

	for (size_t k = 0; k < count; k++) {
		const struct host *h = rows[k].host;
		const enum inventory_kind kind =
		    inventory_ledger_kind(&i->ledger, h);

		for (size_t n = 0; n < h->may_scan_count; n++)
			if (zone_is_above(h->may_scan[n], target))
				return false;
		if (kind != INVENTORY_TERMINAL)
			return false;
	}
	return true;
}

enum inventory_expected
inventory_expect(const struct inventory *i, const struct device *d,
    const struct host *h, uint8_t protocol, uint16_t port,
    const char *application, const struct conversation *c, bool shares)
{
	const enum inventory_kind kind = inventory_ledger_kind(&i->ledger, h);

	if (is_declared(i->model, d, h, protocol, port, application))
		return EXPECTED_DECLARED;
	if (h && h->services_given)
		return EXPECTED_NOT;
	if (!h || kind == INVENTORY_UNKNOWN)
		return EXPECTED_UNJUDGED;
	if (is_role(kind, protocol, port, application, shares))
		return EXPECTED_ROLE;
	if (kind == INVENTORY_TERMINAL && c &&
	    !inventory_is_stranger(i, c, d->zone))
		return EXPECTED_ROLE;
	return EXPECTED_NOT;
}
