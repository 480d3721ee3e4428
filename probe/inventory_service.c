/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Services that answered: TCP by SYN-ACK or data of the one that was asked,
 * UDP by a datagram back, and only where it is known who asked whom. Ports
 * that FTP and RPC choose anew are no services. What a device answered on is
 * held against what it may offer (AST-4), and whether a host of no row keeps
 * files for others (AST-5): a port alone does not say so, its bytes must.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "application.h"
#include "inventory_internal.h"
#include "smb.h"

#define EPHEMERAL_PORT 32768 /* Linux chooses from here on, others later */
#define FTP_DATA_PORT 20
#define RPC_PORT 135
#define LOW_PORT 1024
/* Every PC answers SMB, and a registered server opens folders of unregistered
 * terminals too; who stores so much there keeps files. */
#define FILES_LEAST (1024 * 1024)

static const char *
application_of(const struct conversation *c)
{
	return c->application_state == APPLICATION_KNOWN && c->application ?
	    c->application :
	    "";
}

/* The packet shows that who was asked answers. */
static bool
is_answer(const struct flow *f, const struct packet *p)
{
	const struct conversation *c = &f->conversation;

	if (c->initiator == INITIATOR_UNCERTAIN || p->unreadable)
		return false;
	if (c->protocol == IPPROTO_TCP)
		return (p->tcp_flags & TCP_RST) == 0 &&
		    ((p->tcp_flags & (TCP_SYN | TCP_ACK)) ==
			    (TCP_SYN | TCP_ACK) ||
			p->payload_length > 0);
	/* Without a handshake the lower port may be the one that was asked. */
	return c->protocol == IPPROTO_UDP && p->payload_length > 0 &&
	    c->outcome >= OUTCOME_ANSWERED &&
	    !(c->port[0] < LOW_PORT && c->port[1] >= LOW_PORT);
}

/* A port that was chosen for this one conversation. */
static bool
is_chosen(const struct conversation *c, const char *application)
{
	if (c->confidence == CONFIDENCE_CORRELATED || c->control ||
	    (c->protocol == IPPROTO_TCP && c->port[0] == FTP_DATA_PORT) ||
	    application_matches("FTP_DATA", application))
		return true;
	if (c->port[1] != RPC_PORT &&
	    application_matches("DCE_RPC", application))
		return true;
	return c->port[1] >= EPHEMERAL_PORT &&
	    (application[0] == '\0' ||
		application_matches("RTP", application) ||
		application_matches("STUN", application));
}

/* ---- AST-4 */

static const struct host *
host_of(const struct inventory *i, const struct inventory_entry *e)
{
	const struct inventory_row *row = inventory_ledger_find(&i->ledger,
	    &e->d);

	return row ? row->host : NULL;
}

/* a NULL: it was owed. */
static void
tell_service(struct inventory *i, struct inventory_entry *e, size_t at,
    const struct addr *peer, uint16_t peer_port, uint64_t flow_id,
    const struct arrival *a, struct wall_us now, const struct observer *o)
{
	const struct device_service *s = &e->d.services[at];
	char seen[NOTICE_TEXT_MAX];
	const struct inventory_finding finding = { .check = CHECK_AST_4,
		.severity = SEVERITY_MEDIUM,
		.word = NOTICE_AST_4,
		.host = host_of(i, e),
		.seen = seen,
		.peer = peer,
		.peer_port = peer_port,
		.flow_id = flow_id,
		.protocol = s->protocol,
		.port = s->port };

	(void)snprintf(seen, sizeof(seen), "%s/%u%s%s",
	    s->protocol == IPPROTO_TCP ? "tcp" : "udp", s->port,
	    s->application[0] != '\0' ? " " : "", s->application);
	e->settled[at] = true;
	if (e->owed == at)
		e->owed = DEVICE_SERVICES_MAX;
	inventory_tell(i, e, &finding, a, now, o);
}

void
inventory_settle_owed(struct inventory *i, uint32_t at, struct wall_us now,
    bool force, const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];

	if (e->owed >= e->d.service_count ||
	    (!force && now.us - e->owed_us < INVENTORY_SETTLE_US))
		return;
	tell_service(i, e, e->owed, &e->owed_peer, e->owed_port, e->owed_flow,
	    NULL, now, o);
	if (e->is_told && !e->unchecked)
		inventory_drop_kept(i, e);
}

/* Its name belongs to the finding where it may still come. */
static void
owe(struct inventory *i, struct inventory_entry *e, size_t at,
    const struct flow *f, const struct arrival *a, const struct observer *o)
{
	if (e->owed == at)
		return;
	if (e->owed < e->d.service_count)
		inventory_settle_owed(i, (uint32_t)(e - i->entries), a->time,
		    true, o);
	e->owed = (uint8_t)at;
	e->owed_us = a->time.us;
	e->owed_peer = f->conversation.address[0];
	e->owed_port = f->conversation.port[0];
	e->owed_flow = f->id;
	inventory_keep(i, e, a);
}

static void
judge_service(struct inventory *i, struct inventory_entry *e, size_t at,
    const struct flow *f, bool shares, const struct arrival *a,
    const struct observer *o)
{
	const struct conversation *c = &f->conversation;
	const char *application = e->d.services[at].application;

	if (e->settled[at])
		return;
	switch (inventory_expect(i, &e->d, host_of(i, e), c->protocol,
	    c->port[1], application, c, shares)) {
	case EXPECTED_DECLARED:
		e->settled[at] = true;
		break;
	case EXPECTED_NOT:
		if (application[0] == '\0' &&
		    c->application_state <= APPLICATION_PENDING)
			owe(i, e, at, f, a, o);
		else
			tell_service(i, e, at, &c->address[0], c->port[0],
			    f->id, a, a->time, o);
		break;
	default: /* its name says more than its port; another may ask */
		if (e->owed == at)
			e->owed = DEVICE_SERVICES_MAX;
		break;
	}
}

/* ---- AST-5 */

/* The answer to a request of WebDAV (RFC 4918 section 11.1). */
static bool
is_webdav(const struct packet *p)
{
	static const char status[] = "HTTP/1.1 207";

	return p->payload_captured >= sizeof(status) - 1 &&
	    memcmp(p->payload, status, sizeof(status) - 1) == 0;
}

/* What it keeps files by, or NULL. */
static const char *
keeps_files(const struct inventory *i, const struct inventory_entry *e,
    const struct flow *f, const struct packet *p, const char *application,
    bool shares)
{
	static const char *const names[] = { "NFS", "AFP", "FTP_CONTROL",
		"FTPS" };
	const struct conversation *c = &f->conversation;

	if (!c->payload[1])
		return NULL;
	if (is_webdav(p))
		return "WebDAV";
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
		if (strcmp(names[k], application) == 0)
			return application;
	if (!application_matches("SMB", application))
		return NULL;
	if ((shares && inventory_is_stranger(i, c, e->d.zone)) ||
	    f->way[0].bytes + f->way[1].bytes >= FILES_LEAST)
		return application;
	return NULL;
}

/* Whether this one is told for itself, or stands among the many. */
static bool
take_turn(struct inventory *i, const struct inventory_entry *e,
    struct wall_us now, const struct observer *o)
{
	const struct inventory_finding many = { .check = CHECK_AST_5,
		.severity = SEVERITY_HIGH,
		.word = NOTICE_AST_5_MANY,
		.seen = e->d.zone->name,
		.counted = INVENTORY_ZONE_TOLD_MAX };

	return inventory_take_turn(i, e,
	    &i->ledger.zones[e->d.zone->index].files, &many, now, o);
}

static void
judge_files(struct inventory *i, struct inventory_entry *e,
    const struct flow *f, const char *application, bool shares,
    const struct arrival *a, const struct observer *o)
{
	const struct conversation *c = &f->conversation;
	struct inventory_finding finding = { .check = CHECK_AST_5,
		.severity = SEVERITY_HIGH,
		.word = NOTICE_AST_5,
		.address = &c->address[1],
		.peer = &c->address[0],
		.peer_port = c->port[0],
		.flow_id = f->id,
		.protocol = c->protocol,
		.port = c->port[1] };

	if (!inventory_has_ledger(i, e->d.zone))
		return;
	finding.seen = keeps_files(i, e, f, a->packet, application, shares);
	if (!finding.seen || inventory_ledger_find(&i->ledger, &e->d) ||
	    !inventory_due(e, TOLD_5, a->time) || !take_turn(i, e, a->time, o))
		return;
	inventory_tell(i, e, &finding, a, a->time, o);
}

void
inventory_answer(struct inventory *i, uint32_t at, const struct flow *f,
    const struct arrival *a, const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];
	const struct conversation *c = &f->conversation;
	const char *application = application_of(c);
	struct smb_message smb;
	bool shares;
	size_t k;

	if (!is_answer(f, a->packet) || c->port[1] == 0)
		return;
	if (is_chosen(c, application)) {
		for (k = 0; k < e->d.service_count; k++)
			if (e->unsure[k] && !e->settled[k] &&
			    e->d.services[k].port == c->port[1] &&
			    e->d.services[k].protocol == c->protocol)
				inventory_forget_service(e, k);
		return;
	}
	k = inventory_service(e, c->protocol, c->port[1], application);
	shares = c->protocol == IPPROTO_TCP && a->packet->payload_captured &&
	    smb_decode(a->packet->payload, a->packet->payload_captured, &smb) ==
		DECODE_OK &&
	    smb.kind == SMB_DISK_SHARED;
	if (application[0] != '\0')
		judge_files(i, e, f, application, shares, a, o);
	if (k == DEVICE_SERVICES_MAX)
		return;
	if (application[0] != '\0')
		e->unsure[k] = false;
	judge_service(i, e, k, f, shares, a, o);
}

/* ---- what is announced */

/* Where such a service usually answers, where the port was not said. */
static uint16_t
usual_port(const struct mdns_service *s)
{
	static const uint16_t ports[MDNS_SERVICE_KINDS] = { [MDNS_SMB] = 445,
		[MDNS_AFP] = 548,
		[MDNS_ADISK] = 445,
		[MDNS_NFS] = 2049,
		[MDNS_WEBDAV] = 80,
		[MDNS_FTP] = 21,
		[MDNS_IPP] = 631,
		[MDNS_PRINTER] = 515,
		[MDNS_SCANNER] = 80 };

	/* The record of a disk has port 9: the files are by SMB. */
	return s->port == 0 || s->kind == MDNS_ADISK ? ports[s->kind] : s->port;
}

static bool
is_files(enum mdns_service_kind kind)
{
	return kind <= MDNS_FTP;
}

static void
tell_announced(struct inventory *i, struct inventory_entry *e,
    const struct mdns_service *s, const struct host *h, const struct arrival *a,
    const struct observer *o)
{
	const struct inventory_finding f = {
		.check = h ? CHECK_AST_4 : CHECK_AST_5,
		.severity = h ? SEVERITY_MEDIUM : SEVERITY_HIGH,
		.word = h ? NOTICE_AST_4_ANNOUNCED : NOTICE_AST_5_ANNOUNCED,
		.host = h,
		.seen = mdns_service_name(s->kind),
		.protocol = IPPROTO_TCP,
		.port = usual_port(s),
	};

	inventory_tell(i, e, &f, a, a->time, o);
}

void
inventory_announce(struct inventory *i, uint32_t at,
    const struct mdns_message *m, const struct arrival *a,
    const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];
	const struct host *h = host_of(i, e);

	if (!inventory_has_ledger(i, e->d.zone))
		return;
	for (uint8_t k = 0; k < m->service_count; k++) {
		const struct mdns_service *s = &m->services[k];

		if (!is_files(s->kind))
			continue;
		if (!h) {
			if (inventory_due(e, TOLD_5, a->time) &&
			    take_turn(i, e, a->time, o))
				tell_announced(i, e, s, NULL, a, o);
			continue;
		}
		if ((e->announced & 1u << s->kind) ||
		    inventory_expect(i, &e->d, h, IPPROTO_TCP, usual_port(s),
			"", NULL, true) != EXPECTED_NOT)
			continue;
		e->announced |= 1u << s->kind;
		tell_announced(i, e, s, h, a, o);
	}
}
