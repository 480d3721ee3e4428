/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A town for tests of early signs: three tiers and the internet on one trunk,
 * with a scanner, a monitor, a proxy, a relay and something that was cut off;
 * whole conversations a line each; and a notebook of the notices of ATK that
 * the engine told.
 */
#ifndef ATTACKING_H
#define ATTACKING_H

#include "engine_scene.h"
#include "notice.h"
#include "packet.h"

#define ATTACKING_MAX 256
#define ATTACKING_BEGIN INT64_C(1795222800) /* 2026-11-21 10:00 +0900 */

static const char attacking_text[] =
    "{\"format\":\"sekisho-topology/1\",\"stage\":\"draft\","
    "\"organisation\":{\"name\":\"t\",\"code\":\"999998\",\"timezone\":"
    "\"Asia/Tokyo\"},"
    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":\"alpha\"},"
    "\"zones\":["
    "{\"id\":\"core\",\"tier\":\"mynumber\",\"networks\":[\"10.1.0.0/16\"]},"
    "{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/16\"]},"
    "{\"id\":\"office\",\"tier\":\"internet\",\"networks\":[\"10.3.0.0/16\","
    "\"fd00:3::/48\"]},"
    "{\"id\":\"outside\",\"tier\":\"outside\",\"networks\":[\"0.0.0.0/0\","
    "\"::/0\"]}],"
    "\"probes\":[{\"id\":\"probe1\"}],"
    "\"firewalls\":[{\"id\":\"fw1\",\"kind\":\"opaque\",\"addresses\":["
    "\"10.1.0.1\",\"10.2.0.1\",\"10.3.0.1\",\"203.0.113.2\"]}],"
    "\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw1\",\"zones\":[\"core\","
    "\"lg\",\"office\",\"outside\"],\"taps\":["
    "{\"id\":\"trunk\",\"probe\":\"probe1\",\"vlans\":{\"110\":\"core\","
    "\"200\":\"lg\",\"300\":\"office\"},\"routers\":["
    "{\"address\":\"10.1.0.1\",\"macs\":[\"02:00:00:00:01:01\"]},"
    "{\"address\":\"10.2.0.1\",\"macs\":[\"02:00:00:00:02:01\"]},"
    "{\"address\":\"10.3.0.1\",\"macs\":[\"02:00:00:00:03:01\"]}]},"
    "{\"id\":\"transit\",\"probe\":\"probe1\"},"
    "{\"id\":\"floor\",\"probe\":\"probe1\",\"segment\":\"office\"}]}],"
    "\"proxies\":[{\"id\":\"web\",\"hosts\":[\"10.3.0.8\"],\"ports\":[8080],"
    "\"for\":[\"office\"]}],"
    "\"relays\":[{\"id\":\"update\",\"name\":\"u\",\"hosts\":[\"10.3.0.30\"],"
    "\"upstream\":{\"zone\":\"outside\",\"hosts\":[\"198.51.100.2\"]},"
    "\"downstream\":[{\"zone\":\"lg\"}],\"services\":[{\"protocol\":\"tcp\","
    "\"ports\":[445]}],\"approved\":{\"by\":[\"CISO\"],\"applicant\":\"x\","
    "\"number\":\"1\",\"on\":\"2020-01-01\"}}],"
    "\"hosts\":["
    "{\"name\":\"scan01\",\"interfaces\":[{\"zone\":\"office\",\"address\":"
    "\"10.3.7.7\"}],\"may-scan\":{\"zones\":[\"office\",\"lg\"],\"window\":"
    "{\"hours\":\"09:00-17:00\"}}},"
    "{\"name\":\"mon01\",\"kind\":\"monitor\",\"interfaces\":[{\"zone\":"
    "\"office\",\"address\":\"10.3.7.8\"}]},"
    "{\"name\":\"bak01\",\"kind\":\"バックアップサーバ\",\"interfaces\":["
    "{\"zone\":\"office\",\"address\":\"10.3.7.9\"}]},"
    "{\"name\":\"pc01\",\"kind\":\"管理職端末\",\"interfaces\":["
    "{\"zone\":\"office\",\"address\":\"10.3.7.10\"}]},"
    "{\"name\":\"cam01\",\"kind\":\"監視カメラ\",\"interfaces\":["
    "{\"zone\":\"office\",\"address\":\"10.3.7.11\"}]}],"
    "\"containments\":[{\"id\":\"cut1\",\"what\":{\"hosts\":[\"10.3.66.6\"]},"
    "\"since\":\"2026-11-21T10:10\",\"until\":\"2026-11-22\",\"except\":{"
    "\"hosts\":[\"10.3.9.9\"]}}],"
    "\"conduits\":[{\"id\":\"screens\",\"from\":{\"zone\":\"lg\"},\"to\":{"
    "\"zone\":\"office\",\"hosts\":[\"10.3.50.1\",\"10.3.50.2\","
    "\"10.3.50.3\",\"10.3.50.4\",\"10.3.50.5\",\"10.3.50.6\",\"10.3.50.7\","
    "\"10.3.50.8\",\"10.3.50.9\",\"10.3.50.10\",\"10.3.50.11\","
    "\"10.3.50.12\",\"10.3.50.13\",\"10.3.50.14\",\"10.3.50.15\","
    "\"10.3.50.16\"]},\"services\":[{\"protocol\":\"tcp\",\"ports\":[3389]}],"
    "\"approved\":{\"by\":[\"CISO\"],\"applicant\":\"x\",\"number\":\"2\","
    "\"on\":\"2020-01-01\"}}]}";

/* What was told, by value. */
struct attacking_note {
	enum check check;
	enum severity severity;
	enum notice_word word;
	struct addr who, whom;
	uint16_t port;
	const struct zone *zones[2];
	uint64_t counted, of;
	size_t packets, bytes;
	struct wall_us first, now;
	char seen[256], expected[256], clause[32];
};

struct attacking {
	struct scene s;
	struct attacking_note notes[ATTACKING_MAX];
	size_t count;
	unsigned host; /* of attacking_host's rooms */
	uint16_t port;
};

static void
attacking_take(void *context, const struct notice *n)
{
	struct attacking *t = context;
	struct attacking_note *x = &t->notes[t->count];

	if (n->check < CHECK_ATK_1 || n->check > CHECK_ATK_7)
		return;
	if (t->count == ATTACKING_MAX || n->severity == SEVERITY_NONE ||
	    n->word == NOTICE_NONE || !n->boundary || !n->tap ||
	    n->first.us > n->now.us || n->packet_count > EVIDENCE_NOTICE_MAX)
		abort();
	t->count++;
	memset(x, 0, sizeof(*x));
	x->check = n->check;
	x->severity = n->severity;
	x->word = n->word;
	x->who = n->party[0].address;
	x->whom = n->party[1].address;
	x->port = n->party[1].port;
	x->zones[0] = n->party[0].zone;
	x->zones[1] = n->party[1].zone;
	x->counted = n->counted;
	x->of = n->of;
	x->first = n->first;
	x->now = n->now;
	x->packets = n->packet_count;
	for (size_t i = 0; i < n->packet_count; i++) {
		const struct evidence_packet *p = &n->packets[i];

		x->bytes += p->kept ? p->bytes[p->kept - 1] + p->kept : 0;
		if (scene_length(p->tap->id) == 0 ||
		    (i > 0 && p->time.us < p[-1].time.us))
			abort();
	}
	(void)snprintf(x->seen, sizeof(x->seen), "%s", n->seen ? n->seen : "");
	(void)snprintf(x->expected, sizeof(x->expected), "%s",
	    n->expected ? n->expected : "");
	(void)snprintf(x->clause, sizeof(x->clause), "%s",
	    n->clause.id ? n->clause.id : "");
}

static inline struct attacking *
attacking_new(void)
{
	const struct engine_options options = { .flow_id_base = 1000,
		.secret = "attacking" };
	struct attacking *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	t->s.options = options;
	t->s.model = scene_load(attacking_text);
	scene_find_taps(t->s.model, t->s.taps);
	t->s.observer = (struct observer){ .context = t,
		.notice = attacking_take };
	scene_open(&t->s);
	t->s.us = ATTACKING_BEGIN * CLOCK_SECOND;
	t->port = 20000;
	return t;
}

static inline void
attacking_free(struct attacking *t)
{
	engine_free(t->s.engine);
	model_free(t->s.model);
	free(t);
}

/* The host of that number in net ("10.3"); good for seven more calls. */
static inline const char *
attacking_host(const char *net, unsigned n)
{
	static char rooms[8][ADDR_TEXT_MAX];
	static unsigned at;
	char *room = rooms[at++ % 8];

	(void)snprintf(room, ADDR_TEXT_MAX, "%s.%u.%u", net, n / 250 % 256,
	    n % 250 + 2);
	return room;
}

/* Where a packet from that address is seen. */
static inline struct scene_place
attacking_place(const char *from)
{
	if (strncmp(from, "10.1.", 5) == 0)
		return (struct scene_place){ .vlan = 110 };
	if (strncmp(from, "10.2.", 5) == 0)
		return (struct scene_place){ .vlan = 200 };
	return (struct scene_place){ .vlan = 300,
		.from_router = strncmp(from, "10.3.", 5) != 0 };
}

static inline void
attacking_tcp(struct attacking *t, const char *from, uint16_t from_port,
    const char *to, uint16_t to_port, unsigned flags, uint32_t seq,
    uint32_t ack, size_t bytes)
{
	static char payload[1401];

	memset(payload, 'x', sizeof(payload) - 1);
	scene_tcp(&t->s, attacking_place(from), from, from_port, to, to_port,
	    flags, seq, ack, payload + 1400 - bytes);
}

static inline uint16_t
attacking_port(struct attacking *t)
{
	t->port = t->port < 60000 ? t->port + 1 : 20000;
	return t->port;
}

/* An opening that nobody answers. */
static inline void
attacking_try(struct attacking *t, const char *from, const char *to,
    uint16_t port)
{
	attacking_tcp(t, from, attacking_port(t), to, port, TCP_SYN, 1, 0, 0);
}

/* One that the host refuses. */
static inline void
attacking_refused(struct attacking *t, const char *from, const char *to,
    uint16_t port)
{
	attacking_try(t, from, to, port);
	attacking_tcp(t, to, port, from, t->port, TCP_RST | TCP_ACK, 0, 2, 0);
}

/* A handshake, and then nothing. */
static inline void
attacking_open(struct attacking *t, const char *from, const char *to,
    uint16_t port)
{
	attacking_try(t, from, to, port);
	attacking_tcp(t, to, port, from, t->port, TCP_SYN | TCP_ACK, 1, 2, 0);
	attacking_tcp(t, from, t->port, to, port, TCP_ACK, 2, 2, 0);
}

/* A whole conversation: so many bytes each way, in packets of 1400, spread
 * over so long, and its end. */
static inline void
attacking_talk(struct attacking *t, const char *from, const char *to,
    uint16_t port, size_t up, size_t down, int64_t us)
{
	const uint16_t own = (attacking_open(t, from, to, port), t->port);
	uint32_t seq = 2, ack = 2;

	for (; up > 0 || down > 0;) {
		const size_t u = up < 1400 ? up : 1400;
		const size_t d = down < 1400 ? down : 1400;

		if (u > 0)
			attacking_tcp(t, from, own, to, port, TCP_ACK | TCP_PSH,
			    seq, ack, u);
		seq += (uint32_t)u;
		if (d > 0)
			attacking_tcp(t, to, port, from, own, TCP_ACK | TCP_PSH,
			    ack, seq, d);
		ack += (uint32_t)d;
		up -= u;
		down -= d;
	}
	t->s.us += us;
	attacking_tcp(t, from, own, to, port, TCP_ACK | TCP_FIN, seq, ack, 0);
	attacking_tcp(t, to, port, from, own, TCP_ACK | TCP_FIN, ack, seq + 1,
	    0);
}

/* A datagram, and perhaps its answer of so many bytes. */
static inline void
attacking_ask(struct attacking *t, const char *from, const char *to,
    uint16_t port, size_t up, size_t down)
{
	static const uint8_t bytes[1400] = { 1, 2, 3 };
	const uint16_t own = attacking_port(t);

	scene_udp(&t->s, attacking_place(from), from, own, to, port, bytes, up);
	if (down > 0)
		scene_udp(&t->s, attacking_place(to), to, port, from, own,
		    bytes, down);
}

/* One echo request, and perhaps its reply. */
static inline void
attacking_ping(struct attacking *t, const char *from, const char *to,
    bool reply)
{
	struct scene *s = &t->s;

	for (int back = 0; back <= reply; back++) {
		const struct scene_place at = attacking_place(back ? to : from);

		scene_ethernet(s, at.vlan, at.from_router, 0x0800);
		scene_ip(s, back ? to : from, back ? from : to, 1, 8, 1, 0);
		scene_u16(s, back ? 0 : 0x0800);
		scene_u16(s, 0);
		scene_u16(s, 77);
		scene_u16(s, 1);
		scene_send(s, 0, s->length);
	}
}

/* So long passes; something harmless is seen meanwhile and at the end. */
static inline void
attacking_wait(struct attacking *t, int64_t us)
{
	for (int64_t left = us; left > 0; left -= 2 * CLOCK_SECOND) {
		t->s.us += left < 2 * CLOCK_SECOND ? left : 2 * CLOCK_SECOND;
		scene_udp(&t->s, attacking_place("10.3.0.2"), "10.3.0.2", 68,
		    "255.255.255.255", 67, "x", 1);
	}
}

/* The notices of that check. */
static inline size_t
attacking_count(const struct attacking *t, enum check check)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		n += t->notes[i].check == check;
	return n;
}

static inline void
attacking_print(const struct attacking *t)
{
	char who[ADDR_TEXT_MAX], whom[ADDR_TEXT_MAX];

	for (size_t i = 0; i < t->count; i++)
		(void)fprintf(stderr, "  %s %s %s > %s:%u %llu of %llu | %s\n",
		    checks_id(t->notes[i].check),
		    severity_name(t->notes[i].severity),
		    addr_format(&t->notes[i].who, who),
		    addr_format(&t->notes[i].whom, whom),
		    (unsigned)t->notes[i].port,
		    (unsigned long long)t->notes[i].counted,
		    (unsigned long long)t->notes[i].of, t->notes[i].seen);
}

#endif
