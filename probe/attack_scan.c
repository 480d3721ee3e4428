/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ATK-1: one source that tries many hosts on a port (a sweep) or many ports of
 * a host (a comb), and is mostly not answered or refused. Counted are settled
 * attempts, so that a slow answer is an answer; a host that answered the
 * source within the last days is down and no find. What only one direction
 * shows counts too: an answer is proved by its acknowledgement; datagrams
 * count only where answers to datagrams are seen, or within the town.
 */
#include <stdio.h>
#include <string.h>

#include "attack_internal.h"

/* A slow sweep of one host a minute reaches the limit within it. */
#define SCAN_US CLOCK_HOUR
#define SLICE_US (SCAN_US / SKETCH_SLICES)
/* Hosts of the town that never answered, in an hour, on one port: what a host
 * that is set up wrongly asks for are a handful of servers. */
#define SWEEP_HOSTS 25
/* On the internet servers of a name are many, and go. */
#define SWEEP_HOSTS_OUTER 100
/* So many times more where hosts knock by themselves (see knocking). */
#define SWEEP_KNOCKING 8
/* Ports of services: whoever asks one host for so many does not know it. */
#define COMB_SERVICES 15
/* Any ports: a client whose data connections are blocked tries some. */
#define COMB_PORTS 60
#define SERVICE_PORTS 1024 /* those below, and these: */
static const uint16_t services[] = { 1080, 1433, 1521, 1723, 2049, 2375, 3000,
	3128, 3306, 3389, 5000, 5432, 5900, 5985, 5986, 6379, 8000, 8080, 8443,
	8888, 9100, 9200, 11211, 27017 };
/* traceroute's datagrams: one port for each hop and try. */
#define TRACEROUTE_FIRST 33434
#define TRACEROUTE_LAST 33534
/* A lease is offered to an address that nobody has yet, and is answered to
 * everybody. */
#define LEASE_SERVER 67
#define LEASE_CLIENT 68

#define SWEEPS_MAX 6144
#define COMBS_MAX 4096

/* kind of a key */
enum { TOWN, OUTER };

/* A source on a port. */
struct sweep {
	struct roster_head head;
	struct prefix range; /* that holds all that did not answer */
	struct sketch silent, answered;
};

/* A source at a host. */
struct comb {
	struct roster_head head;
	struct sketch_few services, answered;
	struct sketch silent;
	uint16_t first, last; /* ports */
};

void
attack_scan_init(struct attacks *t)
{
	roster_init(&t->sweeps, SWEEPS_MAX, sizeof(struct sweep), SCAN_US,
	    t->secret);
	roster_init(&t->combs, COMBS_MAX, sizeof(struct comb), SCAN_US,
	    t->secret);
}

/* ---- what is an attempt */

/* Nothing but resets from the responder: the opening went another way. */
static bool
is_reset_only(const struct flow *f)
{
	return !f->way[0].seen && f->conversation.outcome == OUTCOME_REFUSED &&
	    f->way[1].tcp_flags & TCP_RST &&
	    !(f->way[1].tcp_flags & ~(TCP_RST | TCP_ACK));
}

/* Requests of ICMP that ask whether a host is there. */
static bool
is_probe(const struct talk *k)
{
	const uint8_t type = k->c->icmp_type;

	return k->flow->key.family == 4 ?
	    type == 8 || type == 13 || type == 17 :
	    type == 128;
}

static bool
is_attempt(const struct attacks *t, const struct talk *k)
{
	const struct flow *f = k->flow;

	if (flow_has_icmp(f))
		return is_probe(k);
	if (f->key.protocol == ATTACK_TCP)
		return !f->midstream || is_reset_only(f);
	if (f->key.protocol != ATTACK_UDP ||
	    (k->c->port[1] >= TRACEROUTE_FIRST &&
		k->c->port[1] <= TRACEROUTE_LAST) ||
	    (k->c->port[0] == LEASE_SERVER && k->c->port[1] == LEASE_CLIENT))
		return false;
	return !k->outer[1] || attack_sees_answers(t, k);
}

/* Ports that hosts knock at by themselves: the web of hosts that may not go
 * there, the sharing of updates between desktops, the asking for names. */
static bool
is_knocking(uint8_t protocol, uint16_t port)
{
	if (protocol == ATTACK_TCP)
		return port == 80 || port == 443 || port == 7680;
	return protocol == ATTACK_UDP &&
	    (port == 443 || port == 53 || port == 123 || port == 137 ||
		port == 3702 || port == 5355);
}

static bool
is_service(uint16_t port)
{
	if (port < SERVICE_PORTS)
		return true;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (services[i] == port)
			return true;
	return false;
}

/* ---- who may */

/* Whether the host may look for others where, and when, it does. */
static bool
may_scan(const struct attacks *t, const struct talk *k, const struct host *h)
{
	if (!schedule_covers(&h->scan_window, k->c->first,
		t->model->utc_offset_s, NULL))
		return false;
	for (size_t i = 0; i < h->may_scan_count; i++)
		if (zone_is_above(h->may_scan[i], k->zone[1]))
			return true;
	return false;
}

static bool
knows(const struct attacks *t, const struct talk *k)
{
	const struct attack_key pair = attack_key_of(k, 0, true, 0, 0);

	return sketch_memory_has(&t->known, attack_hash_key(t, &pair));
}

/* An attempt that came to nothing, and that nobody has declared. */
static bool
is_stray(const struct attacks *t, const struct talk *k)
{
	const struct host *h = attack_host(t, k, 0);

	if (h && h->may_scan_count > 0 && may_scan(t, k, h))
		return false;
	return !knows(t, k) && !attack_is_declared(t, k, false);
}

/* ---- telling */

/* What is the same of both findings: who, and by what line he may not. */
static void
fill_source(const struct attacks *t, const struct talk *k, struct news *n)
{
	const struct host *h = attack_host(t, k, 0);

	n->check = CHECK_ATK_1;
	n->talk = k;
	n->about = &k->address[0];
	n->party[0].address = k->address[0];
	n->protocol = k->flow->key.protocol;
	n->openings = attack_key_of(k, 0, false, n->protocol, 0);
	/* All day long somebody looks from the internet; what answers him is
	 * another matter. */
	n->severity = k->outer[0] && n->counted == n->of ?
	    SEVERITY_INFORMATION :
	    SEVERITY_MEDIUM;
	if (h && h->may_scan_count > 0) {
		n->word = NOTICE_ATTACK_SCANNER_ASTRAY;
		n->clause = (struct clause){ .kind = CLAUSE_MODEL,
			.id = h->name,
			.place = h->place };
	}
}

static const char *
protocol_text(const struct talk *k, char buf[24])
{
	if (flow_has_icmp(k->flow))
		return "icmp";
	(void)snprintf(buf, 24, "%s/%u",
	    k->flow->key.protocol == ATTACK_TCP ? "tcp" : "udp",
	    (unsigned)k->c->port[1]);
	return buf;
}

static void
tell_sweep(struct attacks *t, const struct talk *k, const struct sweep *s,
    uint64_t silent, uint64_t answered, const struct observer *o)
{
	char range[PREFIX_TEXT_MAX], port[24], seen[128];
	struct news n = { .word = NOTICE_ATTACK_SWEEP,
		.kind = flow_has_icmp(k->flow) ? TOLD_ECHO : TOLD_SWEEP,
		.first_us = s->head.begun_us,
		.counted = silent,
		.of = silent + answered,
		.seen = seen };

	(void)snprintf(seen, sizeof(seen), "%s, %s",
	    attack_range(&s->range, range), protocol_text(k, port));
	fill_source(t, k, &n);
	if (s->range.length == addr_bits(&s->range.addr))
		n.party[1].address = s->range.addr;
	n.party[1].port = k->c->port[1];
	n.party[1].zone = k->zone[1];
	n.openings.port = k->c->port[1];
	attack_tell(t, &n, o);
}

static void
tell_comb(struct attacks *t, const struct talk *k, const struct comb *c,
    uint64_t silent, uint64_t answered, const struct observer *o)
{
	char address[ADDR_TEXT_MAX], seen[128];
	struct news n = { .word = NOTICE_ATTACK_COMB,
		.kind = TOLD_COMB,
		.first_us = c->head.begun_us,
		.counted = silent,
		.of = silent + answered,
		.seen = seen };

	(void)snprintf(seen, sizeof(seen), "%s, %s/%u-%u",
	    addr_format(&k->address[1], address),
	    k->flow->key.protocol == ATTACK_TCP ? "tcp" : "udp",
	    (unsigned)c->first, (unsigned)c->last);
	fill_source(t, k, &n);
	n.party[1].address = k->address[1];
	n.openings = attack_key_of(k, 0, true, n.protocol, 0);
	attack_tell(t, &n, o);
}

/* ---- counting */

static uint32_t
sweep_limit(const struct talk *k)
{
	const uint32_t hosts = k->outer[1] ? SWEEP_HOSTS_OUTER : SWEEP_HOSTS;

	return is_knocking(k->flow->key.protocol, k->c->port[1]) ?
	    hosts * SWEEP_KNOCKING :
	    hosts;
}

static void
count_sweep(struct attacks *t, const struct talk *k, bool stray, int64_t slice,
    const struct observer *o)
{
	struct attack_key key = attack_key_of(k, 0, false,
	    k->flow->key.protocol, k->c->port[1]);
	const uint64_t hash = attack_hash_addr(t, &k->address[1]);
	struct sweep *s;
	uint32_t silent, answered;

	key.kind = k->outer[1] ? OUTER : TOWN;
	if (!stray) {
		s = roster_find(&t->sweeps, &key);
		if (s)
			(void)sketch_add(&s->answered, slice, hash);
		return;
	}
	s = roster_take(&t->sweeps, &key, k->now.us);
	attack_widen(&s->range, &k->address[1]);
	/* Most are there once or twice, and need no estimate. */
	if (!sketch_add(&s->silent, slice, hash) || s->head.hits < SWEEP_HOSTS)
		return;
	silent = sketch_count(&s->silent, slice);
	if (silent < sweep_limit(k))
		return;
	answered = sketch_count(&s->answered, slice);
	if (answered <= silent)
		tell_sweep(t, k, s, silent, answered, o);
}

static void
count_comb(struct attacks *t, const struct talk *k, bool stray, int64_t slice,
    const struct observer *o)
{
	const struct attack_key key = attack_key_of(k, 0, true,
	    k->flow->key.protocol, 0);
	const uint16_t port = k->c->port[1];
	const uint64_t hash = table_hash(t->secret, &port, sizeof(port));
	uint32_t silent, answered;
	struct comb *c;
	bool more;

	if (!stray) {
		c = roster_find(&t->combs, &key);
		if (c)
			(void)sketch_few_add(&c->answered, slice, hash);
		return;
	}
	c = roster_take(&t->combs, &key, k->now.us);
	c->first = c->head.hits == 1 || port < c->first ? port : c->first;
	c->last = port > c->last ? port : c->last;
	more = is_service(port) && sketch_few_add(&c->services, slice, hash);
	more = sketch_add(&c->silent, slice, hash) || more;
	if (!more || c->head.hits < COMB_SERVICES)
		return;
	silent = sketch_count(&c->silent, slice);
	if (silent < COMB_PORTS &&
	    sketch_few_count(&c->services, slice) < COMB_SERVICES)
		return;
	answered = sketch_few_count(&c->answered, slice);
	if (answered <= silent)
		tell_comb(t, k, c, silent, answered, o);
}

void
attack_scan(struct attacks *t, const struct talk *k, const struct observer *o)
{
	const int64_t slice = k->now.us / SLICE_US;
	const bool failed = k->c->outcome < OUTCOME_ANSWERED;
	bool stray;

	if (!is_attempt(t, k))
		return;
	stray = failed && is_stray(t, k);
	if (failed && !stray)
		return; /* neither a find nor an answer */
	count_sweep(t, k, stray, slice, o);
	if (!flow_has_icmp(k->flow))
		count_comb(t, k, stray, slice, o);
}
