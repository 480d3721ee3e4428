/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What devices call themselves, by who says it: a DHCP client, NetBIOS, mDNS
 * and LLMNR on its own segment; the name that a TLS server was asked for, and
 * those in SMB session setup. Nothing is read where the zone is not to be
 * looked into ("inspect": "headers"). Names of devices only: no user's, no
 * domain's.
 */
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "application.h"
#include "dhcp.h"
#include "hostname.h"
#include "inventory_internal.h"
#include "nbns.h"
#include "ntlmssp.h"
#include "smb.h"

#define SMB_PORT 445
#define SMB_OVER_NETBIOS_PORT 139

static void
take_dhcp(struct inventory_entry *e, const struct packet *p)
{
	struct dhcp_message m;
	char name[DEVICE_NAME_MAX];

	if (dhcp_parse(p->payload, p->payload_captured, p->payload_length,
		&m) == DECODE_UNSUPPORTED ||
	    m.reply || m.relay.family != 0)
		return;
	if (m.has_mac && !mac_equal(&m.mac, &e->d.mac))
		return; /* somebody asks for another one */
	if (hostname_take(m.host_name, strlen(m.host_name), name) ||
	    hostname_take(m.full_name, strlen(m.full_name), name))
		inventory_name(e, DEVICE_BY_DHCP, name);
}

static void
take_dhcp6(struct inventory_entry *e, const struct packet *p)
{
	struct dhcp6_message m;
	char name[DEVICE_NAME_MAX];

	if (dhcp6_parse(p->payload, p->payload_captured, p->payload_length,
		&m) == DECODE_UNSUPPORTED ||
	    m.relays > 0 || dhcp6_is_offer(&m))
		return;
	if (hostname_take(m.full_name, strlen(m.full_name), name))
		inventory_name(e, DEVICE_BY_DHCP, name);
}

static void
take_nbns(struct inventory_entry *e, const struct packet *p)
{
	struct nbns_message m;

	(void)nbns_decode(p->payload, p->payload_captured, &m);
	for (uint8_t k = 0; k < m.name_count; k++) {
		const struct nbns_name *n = &m.names[k];

		if (n->group ||
		    (n->suffix != NBNS_WORKSTATION &&
			n->suffix != NBNS_FILE_SERVER) ||
		    (n->address.family != 0 &&
			!addr_equal(&n->address, &p->source)))
			continue;
		inventory_name(e, DEVICE_BY_NBNS, n->text);
	}
}

/* Whether the sender speaks of itself: some address in it is its own, or it
 * names none. */
static bool
is_own(const struct mdns_message *m, const struct packet *p)
{
	for (uint8_t k = 0; k < m->host_count; k++)
		if (addr_equal(&m->hosts[k].address, &p->source))
			return true;
	return m->host_count == 0;
}

static void
take_mdns(struct inventory *i, uint32_t at, const struct arrival *a,
    enum device_source source, const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];
	const struct packet *p = a->packet;
	struct mdns_message m;

	(void)mdns_decode(p->payload, p->payload_captured, &m);
	for (uint8_t k = 0; k < m.host_count; k++)
		if (addr_equal(&m.hosts[k].address, &p->source))
			inventory_name(e, source, m.hosts[k].name);
	if (source == DEVICE_BY_MDNS && m.service_count > 0 && is_own(&m, p))
		inventory_announce(i, at, &m, a, o);
}

void
inventory_names_frame(struct inventory *i, uint32_t at, const struct arrival *a,
    const struct observer *o)
{
	const struct packet *p = a->packet;
	struct inventory_entry *e = &i->entries[at];

	if (p->kind != PACKET_IP || p->protocol != IPPROTO_UDP ||
	    p->payload_captured == 0 || e->d.zone->inspect_headers)
		return;
	if (p->destination_port == DHCP_PORT_SERVER)
		take_dhcp(e, p);
	else if (p->destination_port == DHCP6_PORT_SERVER)
		take_dhcp6(e, p);
	else if (p->source_port == NBNS_PORT)
		take_nbns(e, p);
	else if (p->source_port == MDNS_PORT)
		take_mdns(i, at, a, DEVICE_BY_MDNS, o);
	else if (p->source_port == LLMNR_PORT)
		take_mdns(i, at, a, DEVICE_BY_LLMNR, o);
}

static void
take_tls(struct inventory_entry *e, const struct flow *f)
{
	const struct conversation *c = &f->conversation;
	char name[DEVICE_NAME_MAX];
	struct addr address;

	if (!c->server_name || c->server_name_cut || f->proxy ||
	    c->outcome < OUTCOME_ANSWERED ||
	    !(application_matches("TLS", c->application) ||
		application_matches("TLS", c->master)) ||
	    addr_parse(c->server_name, &address) ||
	    !hostname_take(c->server_name, strlen(c->server_name), name))
		return;
	inventory_name(e, DEVICE_BY_TLS, name);
}

/* The server names itself in its challenge, the client in its answer to it. */
static void
take_smb(struct inventory_entry *e, int way, const struct packet *p)
{
	struct smb_message smb;
	struct ntlmssp_message m;

	if (smb_decode(p->payload, p->payload_captured, &smb) != DECODE_OK ||
	    smb.kind != SMB_SESSION_SETUP || !smb.blob ||
	    smb.response != (way == 1))
		return;
	(void)ntlmssp_decode(smb.blob, smb.blob_length, &m);
	if (m.kind != (way == 1 ? NTLMSSP_CHALLENGE : NTLMSSP_AUTHENTICATE))
		return;
	inventory_name(e, DEVICE_BY_SMB, m.computer);
	if (strcasecmp(m.dns, m.computer) != 0)
		inventory_name(e, DEVICE_BY_SMB, m.dns);
}

void
inventory_names_packet(struct inventory_entry *sender, const struct flow *f,
    int way, const struct packet *p)
{
	const struct conversation *c = &f->conversation;

	if (c->protocol != IPPROTO_TCP || sender->d.zone->inspect_headers)
		return;
	if (way == 1)
		take_tls(sender, f);
	if (p->payload_captured > 0 &&
	    (c->port[1] == SMB_PORT || c->port[1] == SMB_OVER_NETBIOS_PORT))
		take_smb(sender, way, p);
}
