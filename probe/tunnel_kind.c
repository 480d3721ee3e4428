/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See tunnel_kind.h. One table of all that is known of each kind.
 */
#include "tunnel_kind.h"

#include <string.h>
#include <strings.h>

#include "application.h"
#include "base/cursor.h"

#define PORTS_MAX 3
#define PORTS_NARROW 16 /* a range of more names no protocol */
#define WATERMARK_FRAMES 16
#define WATERMARK "/vpnsvc/"
#define UDP 17
#define TCP 6

struct row {
	const char *protocol; /* as models spell it, or NULL */
	const char *title;
	const char *label; /* the classifier's, or NULL */
	uint8_t number;	   /* IP protocol of its own, or 0 */
	uint16_t ports[PORTS_MAX];
};

static const struct row rows[TUNNEL_KIND_COUNT] = {
	[TUNNEL_KIND_NONE] = { NULL, "-", NULL, 0, { 0 } },
	[TUNNEL_KIND_GRE] = { "gre", "GRE", "GRE", 47, { 0 } },
	[TUNNEL_KIND_ERSPAN] = { "erspan", "ERSPAN", NULL, 47, { 0 } },
	[TUNNEL_KIND_VXLAN] = { "vxlan", "VXLAN", "VXLAN", 0, { 4789, 4790 } },
	[TUNNEL_KIND_GENEVE] = { "geneve", "GENEVE", NULL, 0, { 6081 } },
	[TUNNEL_KIND_IPIP] = { "ipip", "IP in IP", NULL, 4, { 0 } },
	[TUNNEL_KIND_6IN4] = { "6in4", "6in4", NULL, 41, { 0 } },
	[TUNNEL_KIND_TEREDO] = { "teredo", "Teredo", "Teredo", 0, { 3544 } },
	[TUNNEL_KIND_L2TP] = { "l2tp", "L2TP", NULL, 115, { 1701 } },
	[TUNNEL_KIND_GTP] = { "gtp", "GTP", "GTP", 0, { 2152 } },
	[TUNNEL_KIND_ESP] = { "esp", "IPsec", "IPsec", 50, { 500, 4500 } },
	[TUNNEL_KIND_WIREGUARD] = { "wireguard", "WireGuard", "WireGuard", 0,
	    { 51820 } },
	[TUNNEL_KIND_OPENVPN] = { "openvpn", "OpenVPN", "OpenVPN", 0,
	    { 1194 } },
	[TUNNEL_KIND_SOFTETHER] = { "softether", "SoftEther", NULL, 0,
	    { 992, 5555 } },
	[TUNNEL_KIND_CISCO] = { NULL, "CiscoVPN", "CiscoVPN", 0, { 10000 } },
	[TUNNEL_KIND_MPLS] = { "mpls", "MPLS in IP", NULL, 137, { 0 } },
};

enum tunnel_kind
tunnel_kind_of_packet(enum packet_tunnel t)
{
	static const enum tunnel_kind kinds[TUNNEL_COUNT] = {
		[TUNNEL_GRE] = TUNNEL_KIND_GRE,
		[TUNNEL_ERSPAN] = TUNNEL_KIND_ERSPAN,
		[TUNNEL_IPIP] = TUNNEL_KIND_IPIP,
		[TUNNEL_6IN4] = TUNNEL_KIND_6IN4,
		[TUNNEL_VXLAN] = TUNNEL_KIND_VXLAN,
		[TUNNEL_GENEVE] = TUNNEL_KIND_GENEVE,
		[TUNNEL_TEREDO] = TUNNEL_KIND_TEREDO,
		[TUNNEL_GTP] = TUNNEL_KIND_GTP,
		[TUNNEL_L2TP] = TUNNEL_KIND_L2TP,
		[TUNNEL_MPLS] = TUNNEL_KIND_MPLS,
		[TUNNEL_ESP] = TUNNEL_KIND_ESP,
		[TUNNEL_WIREGUARD] = TUNNEL_KIND_WIREGUARD,
	};

	return kinds[t];
}

static bool
is_label(const struct row *r, const char *label)
{
	return r->label && label && strcasecmp(r->label, label) == 0;
}

static enum tunnel_kind
kind_of_label(const struct conversation *c)
{
	if (c->application_state != APPLICATION_KNOWN)
		return TUNNEL_KIND_NONE;
	for (int i = 0; i < TUNNEL_KIND_COUNT; i++)
		if (is_label(&rows[i], c->application) ||
		    is_label(&rows[i], c->master))
			return (enum tunnel_kind)i;
	return TUNNEL_KIND_NONE;
}

/* SoftEther asks for this path before it is a tunnel; within TLS nobody sees
 * it. */
static bool
has_watermark(const struct flow *f, const struct packet *p)
{
	return p->protocol == TCP && f->frames <= WATERMARK_FRAMES &&
	    p->payload_captured > 0 &&
	    memmem(p->payload, p->payload_captured, WATERMARK,
		sizeof(WATERMARK) - 1) != NULL;
}

enum tunnel_kind
tunnel_kind_of(const struct flow *f, const struct packet *p)
{
	enum tunnel_kind kind = tunnel_kind_of_packet(p->tunnel);

	if (kind == TUNNEL_KIND_NONE && f->dirty)
		kind = kind_of_label(&f->conversation);
	if (kind == TUNNEL_KIND_NONE && has_watermark(f, p))
		kind = TUNNEL_KIND_SOFTETHER;
	return kind;
}

bool
tunnel_kind_is(enum tunnel_kind kind, const char *protocol)
{
	return rows[kind].protocol &&
	    strcmp(rows[kind].protocol, protocol) == 0;
}

const char *
tunnel_kind_title(enum tunnel_kind kind)
{
	return rows[kind].title;
}

static bool
names_application(const struct row *r, const struct service *s)
{
	for (size_t i = 0; i < s->application_count; i++)
		if ((r->label &&
			application_matches(s->applications[i], r->label)) ||
		    strcasecmp(s->applications[i], r->title) == 0)
			return true;
	return false;
}

static bool
names_port(const struct row *r, const struct service *s, uint16_t port)
{
	bool own = false;

	for (int i = 0; i < PORTS_MAX; i++)
		own = own || (port != 0 && r->ports[i] == port);
	for (size_t i = 0; own && i < s->port_count; i++)
		if (port >= s->ports[i].first && port <= s->ports[i].last &&
		    s->ports[i].last - s->ports[i].first < PORTS_NARROW)
			return true;
	return false;
}

bool
tunnel_kind_in(enum tunnel_kind kind, const struct services *s,
    const struct conversation *c)
{
	const struct row *r = &rows[kind];

	for (size_t i = 0; i < s->count; i++) {
		const struct service *one = &s->items[i];

		if (one->protocol != c->protocol)
			continue;
		if (r->number == c->protocol || names_application(r, one) ||
		    names_port(r, one, c->port[1]) ||
		    names_port(r, one, c->port[0]))
			return true;
	}
	return false;
}

/* The interface identifier of ISATAP: 0000:5efe or 0200:5efe and an IPv4
 * address. */
static bool
is_isatap(const uint8_t address[16])
{
	return (address[8] & 0xfd) == 0 && address[9] == 0 &&
	    address[10] == 0x5e && address[11] == 0xfe;
}

bool
tunnel_kind_is_automatic(enum tunnel_kind kind, const struct packet *p)
{
	const uint8_t *source, *destination;
	struct cursor c;

	if (kind == TUNNEL_KIND_TEREDO)
		return true;
	if (kind != TUNNEL_KIND_6IN4 || p->carried.bytes == NULL)
		return false;
	cursor_init(&c, p->carried.bytes, p->carried.captured);
	cursor_skip(&c, 8);
	source = cursor_take(&c, 16);
	destination = cursor_take(&c, 16);
	return cursor_ok(&c) && (is_isatap(source) || is_isatap(destination));
}
