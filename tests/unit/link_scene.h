/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Segments for the tests of the link layer: "lg" with its routers, a trunk
 * (VLAN 110 core, 300 office, 500 guest and 510 annex, both without IPv6; that
 * one has routers), "bare" on the office
 * without routers, a transit link; frames for them a line each; and what was
 * noticed. The link layer alone: no engine.
 */
#ifndef LINK_SCENE_H
#define LINK_SCENE_H

#include "engine_scene.h"
#include "link.h"
#include "notice.h"

#define LINK_NOTES_MAX 128

#define LG_ROUTER "02:00:00:00:02:01"
#define LG_STANDBY "02:00:00:00:02:02"
#define LG_VIRTUAL "00:00:5e:00:01:0a"
#define CORE_ROUTER "02:00:00:00:01:01"
#define OFFICE_ROUTER "02:00:00:00:03:01"
#define ANNEX_ROUTER "02:00:00:00:05:01"
#define ANNEX_ROUTER_6 "02:00:00:00:05:02"
#define HOST "02:00:00:00:02:55"
#define OTHER "02:00:00:00:02:66"
#define EVERYONE "ff:ff:ff:ff:ff:ff"
#define MFP_LG "02:00:00:00:88:02"
#define MFP_OFFICE "02:00:00:00:88:03"
#define ROVER "02:00:00:00:77:01"
#define SWITCH "02:00:00:00:99:01"
#define ROOT "02:00:00:00:99:02"

static const char link_model_text[] =
    "{\"format\":\"sekisho-topology/1\",\"stage\":\"in-force\","
    "\"organisation\":{\"name\":\"t\",\"code\":\"999998\"},"
    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":\"alpha\"},"
    "\"zones\":["
    "{\"id\":\"core\",\"tier\":\"mynumber\",\"networks\":[\"10.1.0.0/16\","
    "\"fd00:1::/48\"]},"
    "{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/16\","
    "\"fd00:2::/48\"],\"dhcp-servers\":[\"10.2.0.67\",\"10.1.0.67\"]},"
    "{\"id\":\"office\",\"tier\":\"internet\",\"networks\":[\"10.3.0.0/16\","
    "\"fd00:3::/48\"]},"
    "{\"id\":\"guest\",\"tier\":\"guest\",\"networks\":["
    "\"192.168.100.0/24\"],\"ipv6\":\"none\"},"
    "{\"id\":\"annex\",\"tier\":\"guest\",\"networks\":["
    "\"192.168.101.0/24\",\"fd00:5::/64\"],\"ipv6\":\"none\"},"
    "{\"id\":\"outside\",\"tier\":\"outside\",\"networks\":[\"0.0.0.0/0\"]}],"
    "\"probes\":[{\"id\":\"probe1\"}],"
    "\"firewalls\":[{\"id\":\"fw1\",\"kind\":\"opaque\",\"addresses\":["
    "\"10.1.0.1\",\"10.2.0.1\",\"10.3.0.1\"]}],"
    "\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw1\",\"zones\":["
    "\"core\",\"lg\",\"office\",\"guest\",\"annex\",\"outside\"],\"taps\":["
    "{\"id\":\"lg\",\"probe\":\"probe1\",\"segment\":\"lg\",\"routers\":["
    "{\"address\":\"10.2.0.1\",\"macs\":[\"" LG_ROUTER "\",\"" LG_STANDBY
    "\"],\"virtual\":{\"kind\":\"vrrp\",\"group\":10}}],"
    "\"neighbours\":[\"" SWITCH "\"],\"root-bridge\":\"" ROOT "\"},"
    "{\"id\":\"trunk\",\"probe\":\"probe1\",\"vlans\":{\"110\":\"core\","
    "\"300\":\"office\",\"500\":\"guest\",\"510\":\"annex\"},\"routers\":["
    "{\"address\":\"10.1.0.1\",\"macs\":[\"" CORE_ROUTER "\"]},"
    "{\"address\":\"10.3.0.1\",\"macs\":[\"" OFFICE_ROUTER "\"]},"
    "{\"address\":\"192.168.101.1\",\"macs\":[\"" ANNEX_ROUTER
    "\",\"" ANNEX_ROUTER_6 "\"]},"
    "{\"address\":\"fd00:5::1\",\"macs\":[\"" ANNEX_ROUTER_6 "\"]}]},"
    "{\"id\":\"bare\",\"probe\":\"probe1\",\"segment\":\"office\"},"
    "{\"id\":\"transit\",\"probe\":\"probe1\"}]}],"
    "\"hosts\":["
    "{\"name\":\"mfp\",\"kind\":\"mfp\",\"multi-homed\":{\"forwards\":false,"
    "\"reason\":\"x\",\"number\":\"1\"},\"interfaces\":["
    "{\"zone\":\"lg\",\"address\":\"10.2.8.8\",\"mac\":\"" MFP_LG "\"},"
    "{\"zone\":\"office\",\"address\":\"10.3.8.8\",\"mac\":\"" MFP_OFFICE
    "\"}]},"
    "{\"name\":\"rover\",\"switching\":[\"lg\",\"office\"],\"interfaces\":["
    "{\"mac\":\"" ROVER "\"}]},"
    "{\"name\":\"floor-2\",\"kind\":\"switch\",\"interfaces\":["
    "{\"address\":\"10.2.0.250\"}]}]}";

struct link_note {
	enum check check;
	enum severity severity;
	enum notice_word word;
	struct notice_party who, whom;
	char expected[256], seen[256];
	const char *tap; /* the model's */
	uint64_t counted;
	enum clause_kind clause;
	size_t packets;
};

struct link_scene {
	struct model *model;
	struct link_watch *link;
	struct observer observer;
	const struct tap *lg, *trunk, *bare, *transit;
	struct link_note notes[LINK_NOTES_MAX];
	size_t count;
	struct wall_us now;
	uint8_t frame[2048];
	size_t length, cut; /* cut: bytes that were not captured */
	size_t udp;	    /* where the last UDP header stands */
};

static void
link_scene_note(void *context, const struct notice *n)
{
	struct link_scene *s = context;
	struct link_note *note = &s->notes[s->count];

	if (s->count == LINK_NOTES_MAX)
		abort();
	s->count++;
	if (getenv("LINK_SCENE_SAYS"))
		(void)fprintf(stderr, "%d %s\n", (int)n->word,
		    n->seen ? n->seen : "-");
	memset(note, 0, sizeof(*note));
	note->check = n->check;
	note->severity = n->severity;
	note->word = n->word;
	note->who = n->party[0];
	note->whom = n->party[1];
	(void)snprintf(note->expected, sizeof(note->expected), "%s",
	    n->expected ? n->expected : "");
	(void)snprintf(note->seen, sizeof(note->seen), "%s",
	    n->seen ? n->seen : "");
	note->tap = n->tap->id;
	note->counted = n->counted;
	note->clause = n->clause.kind;
	note->packets = n->packet_count;
}

static inline void
link_scene_find(struct link_scene *s)
{
	s->lg = model_tap(s->model, "lg");
	s->trunk = model_tap(s->model, "trunk");
	s->bare = model_tap(s->model, "bare");
	s->transit = model_tap(s->model, "transit");
}

static inline struct link_scene *
link_scene_new(void)
{
	struct link_scene *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->model = scene_load(link_model_text);
	s->link = link_new(s->model, (const uint8_t *)"link scene key..");
	s->observer = (struct observer){ .context = s,
		.notice = link_scene_note };
	s->now.us = INT64_C(1795222800) * CLOCK_SECOND;
	link_scene_find(s);
	return s;
}

static inline void
link_scene_free(struct link_scene *s)
{
	link_free(s->link);
	model_free(s->model);
	free(s);
}

/* ---- building */

static inline void
put(struct link_scene *s, const void *bytes, size_t n)
{
	if (s->length + n > sizeof(s->frame))
		abort();
	memcpy(s->frame + s->length, bytes, n);
	s->length += n;
}

static inline void
put8(struct link_scene *s, unsigned v)
{
	const uint8_t b = (uint8_t)v;

	put(s, &b, 1);
}

static inline void
put16(struct link_scene *s, unsigned v)
{
	put8(s, v >> 8);
	put8(s, v & 0xff);
}

static inline void
put32(struct link_scene *s, uint32_t v)
{
	put16(s, v >> 16);
	put16(s, v & 0xffff);
}

static inline void
put_mac(struct link_scene *s, const char *text)
{
	struct mac m;

	if (!mac_parse(text, &m))
		abort();
	put(s, m.bytes, sizeof(m.bytes));
}

static inline void
put_addr(struct link_scene *s, const char *text)
{
	struct addr a;

	if (!addr_parse(text, &a))
		abort();
	put(s, a.bytes, a.family == 6 ? 16 : 4);
}

/* vlan 0: no tag; above 4095: two of them, outer in the upper half. */
static inline void
put_ethernet(struct link_scene *s, const char *from, const char *to,
    uint32_t vlan, unsigned type)
{
	s->length = 0;
	s->cut = 0;
	put_mac(s, to);
	put_mac(s, from);
	if (vlan >> 16) {
		put16(s, 0x8100);
		put16(s, vlan >> 16);
	}
	if (vlan & 0xffff) {
		put16(s, 0x8100);
		put16(s, vlan & 0xffff);
	}
	put16(s, type);
}

static inline void
put_ip(struct link_scene *s, const char *from, const char *to, unsigned ttl,
    unsigned protocol, size_t payload)
{
	if (strchr(from, ':')) {
		put32(s, 0x60000000);
		put16(s, (unsigned)payload);
		put8(s, protocol);
		put8(s, ttl);
	} else {
		put16(s, 0x4500);
		put16(s, (unsigned)(20 + payload));
		put32(s, 1 << 16);
		put8(s, ttl);
		put8(s, protocol);
		put16(s, 0);
	}
	put_addr(s, from);
	put_addr(s, to);
}

/* Hands it over, and goes on by a second. */
static inline void
arrive(struct link_scene *s, const struct tap *tap)
{
	const size_t captured = s->length - s->cut;
	uint8_t *exact = malloc(captured ? captured : 1);
	struct packet p;
	struct frame f = { .time = s->now,
		.captured = (uint32_t)captured,
		.wire = (uint32_t)s->length,
		.link_type = 1,
		.bytes = exact };
	struct arrival a = { .packet = &p,
		.tap = tap,
		.time = s->now,
		.frames = 1,
		.bytes = s->length,
		.frame = &f };
	enum decode_status status;

	if (!exact)
		abort();
	memcpy(exact, s->frame, captured);
	status = decode_frame(1, exact, captured, s->length, &p);
	a.segment = locate_segment(tap, p.tags, p.tag_count, &a.vlan, NULL);
	link_frame(s->link, &a, status, &s->observer);
	free(exact);
	s->now.us += CLOCK_SECOND;
	link_tick(s->link, s->now, &s->observer);
}

static inline void
pass(struct link_scene *s, int64_t us)
{
	s->now.us += us;
	link_tick(s->link, s->now, &s->observer);
}

/* ---- frames */

/* operation 1 asks for target, 2 says it to everyone. */
static inline void
arp_on(struct link_scene *s, const struct tap *tap, uint32_t vlan,
    unsigned operation, const char *mac, const char *sender, const char *target)
{
	put_ethernet(s, mac, EVERYONE, vlan, 0x0806);
	put16(s, 1);
	put16(s, 0x0800);
	put16(s, 0x0604);
	put16(s, operation);
	put_mac(s, mac);
	put_addr(s, sender);
	put_mac(s, "00:00:00:00:00:00");
	put_addr(s, target);
	arrive(s, tap);
}

static inline void
put_udp(struct link_scene *s, unsigned from, unsigned to, size_t payload)
{
	s->udp = s->length;
	put16(s, from);
	put16(s, to);
	put16(s, (unsigned)(8 + payload));
	put16(s, 0);
}

struct flight {
	const char *from_mac, *to_mac, *from, *to;
	unsigned ttl, from_port, to_port;
};

static inline void
udp_on(struct link_scene *s, const struct tap *tap, uint32_t vlan,
    struct flight f)
{
	put_ethernet(s, f.from_mac, f.to_mac, vlan,
	    strchr(f.from, ':') ? 0x86dd : 0x0800);
	put_ip(s, f.from, f.to, f.ttl ? f.ttl : 64, 17, 12);
	put_udp(s, f.from_port ? f.from_port : 5000,
	    f.to_port ? f.to_port : 5000, 4);
	put32(s, 0);
	arrive(s, tap);
}

/* One message of ND: body is what stands after the checksum. */
static inline void
icmp6_on(struct link_scene *s, const struct tap *tap, uint32_t vlan,
    const char *mac, const char *from, const char *to, unsigned type,
    const void *body, size_t n)
{
	put_ethernet(s, mac, "33:33:00:00:00:01", vlan, 0x86dd);
	put_ip(s, from, to, 255, 58, 4 + n);
	put16(s, type << 8);
	put16(s, 0);
	put(s, body, n);
	arrive(s, tap);
}

/* ---- DHCP */

struct lease {
	bool reply;
	unsigned kind;
	const char *mac, *client, *yours, *relay, *requested, *server;
	const char *host_name, *vendor_class;
	const void *id;
	size_t id_length;
};

static inline void
put_option(struct link_scene *s, unsigned code, const void *bytes, size_t n)
{
	put8(s, code);
	put8(s, (unsigned)n);
	put(s, bytes, n);
}

static inline void
put_text_option(struct link_scene *s, unsigned code, const char *text)
{
	if (text)
		put_option(s, code, text, strlen(text));
}

static inline void
put_addr_option(struct link_scene *s, unsigned code, const char *text)
{
	struct addr a;

	if (text && addr_parse(text, &a))
		put_option(s, code, a.bytes, 4);
}

static inline void
put_addr_or_none(struct link_scene *s, const char *text)
{
	put_addr(s, text ? text : "0.0.0.0");
}

static inline void
put_dhcp(struct link_scene *s, const struct lease *l)
{
	const uint8_t kind = (uint8_t)l->kind;
	static const uint8_t none[202];

	put32(s, l->reply ? 0x02010600 : 0x01010600);
	put32(s, 0x1234);
	put32(s, 0);
	put_addr_or_none(s, l->client);
	put_addr_or_none(s, l->yours);
	put_addr_or_none(s, NULL);
	put_addr_or_none(s, l->relay);
	put_mac(s, l->mac);
	put(s, none, 10 + 192);
	put32(s, 0x63825363);
	put_option(s, 53, &kind, 1);
	put_addr_option(s, 50, l->requested);
	put_addr_option(s, 54, l->server);
	put_text_option(s, 12, l->host_name);
	put_text_option(s, 60, l->vendor_class);
	if (l->id)
		put_option(s, 61, l->id, l->id_length);
	put8(s, 255);
}

/* The lengths of IP (at 14) and UDP, now that it is whole. */
static inline void
dhcp_on(struct link_scene *s, const struct tap *tap, uint32_t vlan,
    struct flight f, struct lease l)
{
	const size_t ip = vlan ? 18 : 14;

	put_ethernet(s, f.from_mac, f.to_mac, vlan, 0x0800);
	put_ip(s, f.from, f.to, f.ttl ? f.ttl : 64, 17, 0);
	put_udp(s, f.from_port, f.to_port, 0);
	put_dhcp(s, &l);
	s->frame[ip + 2] = (uint8_t)((s->length - ip) >> 8);
	s->frame[ip + 3] = (uint8_t)(s->length - ip);
	s->frame[s->udp + 4] = (uint8_t)((s->length - s->udp) >> 8);
	s->frame[s->udp + 5] = (uint8_t)(s->length - s->udp);
	arrive(s, tap);
}

/* ---- what was noticed */

static inline const struct link_note *
noticed(const struct link_scene *s, enum notice_word word)
{
	for (size_t i = s->count; i-- > 0;)
		if (s->notes[i].word == word)
			return &s->notes[i];
	return NULL;
}

static inline size_t
count_of(const struct link_scene *s, enum notice_word word)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->notes[i].word == word;
	return n;
}

#endif
