/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The entry of decoding, and the names of its values. The layers are in
 * decode_link, decode_wrap, decode_ip, decode_transport and decode_tunnel; each
 * takes a view of bytes, reads its header and calls the next; decode_carried
 * looks for what a tunnel carries. Checksums are never
 * checked: with offload, most of those that a span port shows are wrong.
 */
#include "decode.h"

#include <assert.h>
#include <string.h>

#include "decode_internal.h"

enum decode_status
decode_frame(int link_type, const uint8_t *bytes, size_t captured, size_t wire,
    struct packet *out)
{
	struct decode_view v;

	memset(out, 0, sizeof(*out));
	decode_view_init(&v, bytes, captured, wire);
	out->headers_end = bytes;
	return decode_link(link_type, &v, out);
}

/* A tag that a mirror took off a frame stands in the mirror's header. */
static void
put_back_tag(const struct carried *c, struct packet *out)
{
	if (c->vlan == 0 || out->tag_count > 0)
		return;
	out->tags[0] = c->vlan;
	out->tag_count = 1;
}

enum decode_status
decode_carried(const struct packet *p, struct packet *out)
{
	const struct carried *c = &p->carried;
	enum decode_status status;
	struct decode_view v;

	assert(c->bytes != NULL);
	memset(out, 0, sizeof(*out));
	decode_view_init(&v, c->bytes, c->captured, c->wire);
	/* It ends where the outer packet does, as the sender says. */
	v.fenced = !c->shortened;
	out->headers_end = c->bytes;
	status = decode_link(c->link_type, &v, out);
	put_back_tag(c, out);
	if (p->headers_end == NULL)
		out->headers_end = out->network = NULL; /* in no frame */
	return status;
}

bool
decode_knows(int link_type)
{
	return decode_link_knows(link_type);
}

const char *
decode_status_name(enum decode_status s)
{
	static const char *const names[DECODE_STATUS_COUNT] = {
		[DECODE_OK] = "ok",
		[DECODE_TRUNCATED] = "truncated",
		[DECODE_MALFORMED] = "malformed",
		[DECODE_UNSUPPORTED] = "unsupported",
	};

	assert((size_t)s < DECODE_STATUS_COUNT);
	return names[s];
}

const char *
packet_layer_name(enum packet_layer l)
{
	static const char *const names[LAYER_COUNT] = {
		[LAYER_LINK] = "link",
		[LAYER_TAG] = "tag",
		[LAYER_TUNNEL] = "tunnel",
		[LAYER_ARP] = "arp",
		[LAYER_IP4] = "ip4",
		[LAYER_IP6] = "ip6",
		[LAYER_TCP] = "tcp",
		[LAYER_UDP] = "udp",
		[LAYER_ICMP] = "icmp",
	};

	assert((size_t)l < LAYER_COUNT);
	return names[l];
}

const char *
packet_tunnel_name(enum packet_tunnel t)
{
	static const char *const names[TUNNEL_COUNT] = {
		[TUNNEL_NONE] = "none",
		[TUNNEL_GRE] = "gre",
		[TUNNEL_ERSPAN] = "erspan",
		[TUNNEL_IPIP] = "ipip",
		[TUNNEL_6IN4] = "6in4",
		[TUNNEL_VXLAN] = "vxlan",
		[TUNNEL_GENEVE] = "geneve",
		[TUNNEL_TEREDO] = "teredo",
		[TUNNEL_GTP] = "gtp",
		[TUNNEL_L2TP] = "l2tp",
		[TUNNEL_MPLS] = "mpls",
		[TUNNEL_PPPOE] = "pppoe",
		[TUNNEL_ESP] = "esp",
		[TUNNEL_WIREGUARD] = "wireguard",
	};

	assert((size_t)t < TUNNEL_COUNT);
	return names[t];
}
