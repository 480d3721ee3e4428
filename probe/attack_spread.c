/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ATK-4: one inner host that within minutes gets an answer from many others it
 * never talked to before, by the protocols that hosts are administered and
 * files are reached with. Servers are told from hosts by their clients: what
 * several others use is no prey. What manages hosts must be declared (a
 * scanner, a relay, a proxy, a sanitiser, a host kind of those below, a
 * conduit that names hosts), then it is silent. A host that was reached so
 * itself within the hour is a link of a chain: half as many are enough then,
 * and it is graver.
 */
#include <stdio.h>
#include <string.h>

#include "attack_internal.h"

#define SPREAD_US (10 * CLOCK_MINUTE)
#define SLICE_US (SPREAD_US / SKETCH_SLICES)
/* At log-in a desktop opens controllers, file and print servers: some eight. */
#define SPREAD_HOSTS 12
#define SPREAD_HOSTS_CHAIN 6
#define CHAIN_US CLOCK_HOUR
/* Others that use a service: then it is one. */
#define SERVICE_CLIENTS 5
/* A service that nobody used for so long is none any more. */
#define SERVICE_US (7 * CLOCK_DAY)
#define SPREADS_MAX 4096
#define SERVICES_MAX 4096

static const uint16_t ports[] = { 22, 23, 135, 139, 445, 1433, 1521, 3306, 3389,
	5432, 5800, 5900, 5985, 5986 };
/* "kind" of hosts whose work it is: the word itself, or, as ledgers in Japanese
 * have it, somewhere in it. Not 監視 or 管理 alone: a camera (監視カメラ) and a
 * manager's PC (管理職端末) are none. */
static const char *const managers[] = { "monitor", "scanner", "backup",
	"management", "relay", "proxy", "sanitiser" };
static const char *const manager_words[] = { "バックアップ", "ﾊﾞｯｸｱｯﾌﾟ",
	"監視サーバ", "監視ｻｰﾊﾞ", "監視装置", "管理サーバ", "管理ｻｰﾊﾞ",
	"配信サーバ", "配信ｻｰﾊﾞ", "配布サーバ", "中継サーバ", "中継ｻｰﾊﾞ",
	"プロキシ", "ﾌﾟﾛｷｼ", "無害化", "脆弱性診断" };

/* A source; and whether it was reached itself. */
struct spread {
	struct roster_head head;
	struct prefix range;
	struct sketch hosts;
	struct addr reached_by; /* family 0: by none */
	int64_t reached_us;
	uint16_t port; /* the last one */
};

/* A service of a host. */
struct offered {
	struct roster_head head;
	struct sketch_few clients; /* one slice: they do not grow old */
};

void
attack_spread_init(struct attacks *t)
{
	roster_init(&t->spreads, SPREADS_MAX, sizeof(struct spread), CHAIN_US,
	    t->secret);
	roster_init(&t->services, SERVICES_MAX, sizeof(struct offered),
	    SERVICE_US, t->secret);
}

static bool
is_admin(uint16_t port)
{
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (ports[i] == port)
			return true;
	return false;
}

/* ---- who may */

static bool
is_of_relay(const struct model *m, const struct addr *a)
{
	for (size_t i = 0; i < m->relay_count; i++)
		if (prefix_set_contains(&m->relays[i].hosts, a))
			return true;
	for (size_t i = 0; i < m->proxy_count; i++)
		if (prefix_set_contains(&m->proxies[i].hosts, a))
			return true;
	return false;
}

static bool
is_among(const struct endpoint *e, size_t count, const struct addr *a)
{
	for (size_t i = 0; i < count; i++)
		if (prefix_set_contains(&e[i].hosts, a))
			return true;
	return false;
}

static bool
is_of_sanitiser(const struct model *m, const struct addr *a)
{
	for (size_t i = 0; i < m->sanitiser_count; i++) {
		const struct sanitiser *s = &m->sanitisers[i];

		if (is_among(s->dirty, s->dirty_count, a) ||
		    is_among(s->clean, s->clean_count, a))
			return true;
	}
	return false;
}

static bool
is_manager(const char *kind)
{
	for (size_t i = 0; i < sizeof(managers) / sizeof(managers[0]); i++)
		if (strcmp(kind, managers[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof(manager_words) / sizeof(manager_words[0]);
	     i++)
		if (strstr(kind, manager_words[i]) != NULL)
			return true;
	return false;
}

static bool
manages(const struct attacks *t, const struct talk *k)
{
	const struct host *h = attack_host(t, k, 0);

	if (h && (h->may_scan_count > 0 || (h->kind && is_manager(h->kind))))
		return true;
	return is_of_relay(t->model, &k->address[0]) ||
	    is_of_sanitiser(t->model, &k->address[0]);
}

/* ---- telling */

static bool
is_mynumber(const struct zone *z)
{
	return z && z->tier == TIER_MYNUMBER;
}

static bool
is_chain(const struct spread *s, int64_t now_us)
{
	return s->reached_by.family != 0 && now_us - s->reached_us < CHAIN_US;
}

static void
tell(struct attacks *t, const struct talk *k, const struct arrival *a,
    const struct spread *s, uint32_t count, const struct observer *o)
{
	const bool chain = is_chain(s, k->now.us);
	char range[PREFIX_TEXT_MAX], by[ADDR_TEXT_MAX], seen[160];
	struct news n = { .check = CHECK_ATK_4,
		.word = chain ? NOTICE_ATTACK_SPREAD_CHAIN :
				NOTICE_ATTACK_SPREAD,
		.kind = TOLD_SPREAD,
		.about = &k->address[0],
		.talk = k,
		.a = a,
		.first_us = s->head.begun_us,
		.protocol = ATTACK_TCP,
		.expected = chain ? addr_format(&s->reached_by, by) : NULL,
		.seen = seen,
		.counted = count };

	n.severity = chain || is_mynumber(k->zone[0]) ||
		is_mynumber(k->zone[1]) ?
	    SEVERITY_CRITICAL :
	    SEVERITY_HIGH;
	(void)snprintf(seen, sizeof(seen), "%s, tcp/%u",
	    attack_range(&s->range, range), (unsigned)k->c->port[1]);
	n.party[0].address = k->address[0];
	n.party[1].zone = k->zone[1]; /* many: see range */
	n.party[1].port = k->c->port[1];
	n.openings = attack_key_of(k, 0, false, ATTACK_TCP, k->c->port[1]);
	attack_tell(t, &n, o);
}

/* ---- counting */

/* One more client of the service; true when it is one that several use. */
static bool
note_client(struct attacks *t, const struct talk *k)
{
	const struct attack_key key = attack_key_of(k, 1, false, ATTACK_TCP,
	    k->c->port[1]);
	struct offered *s = roster_take(&t->services, &key, k->now.us);
	const bool is_service = sketch_few_count(&s->clients, 0) >=
	    SERVICE_CLIENTS;

	(void)sketch_few_add(&s->clients, 0,
	    attack_hash_addr(t, &k->address[0]));
	return is_service;
}

/* The responder was reached by the initiator. */
static void
note_reached(struct attacks *t, const struct talk *k)
{
	const struct attack_key key = attack_key_of(k, 1, false, ATTACK_TCP, 0);
	struct spread *s = roster_take(&t->spreads, &key, k->now.us);

	s->reached_by = k->address[0];
	s->reached_us = k->now.us;
}

static void
count(struct attacks *t, const struct talk *k, const struct arrival *a,
    const struct observer *o)
{
	const struct attack_key key = attack_key_of(k, 0, false, ATTACK_TCP, 0);
	const int64_t slice = k->now.us / SLICE_US;
	struct spread *s = roster_take(&t->spreads, &key, k->now.us);
	uint32_t hosts;

	attack_widen(&s->range, &k->address[1]);
	s->port = k->c->port[1];
	if (!sketch_add(&s->hosts, slice, attack_hash_addr(t, &k->address[1])))
		return;
	hosts = sketch_count(&s->hosts, slice);
	if (hosts >=
	    (is_chain(s, k->now.us) ? SPREAD_HOSTS_CHAIN : SPREAD_HOSTS))
		tell(t, k, a, s, hosts, o);
}

void
attack_spread(struct attacks *t, const struct talk *k, const struct arrival *a,
    bool fresh, const struct observer *o)
{
	const struct flow *f = k->flow;

	if (f->key.protocol != ATTACK_TCP || !is_admin(k->c->port[1]) ||
	    k->outer[0])
		return;
	if (note_client(t, k) || !fresh || k->c->initiator != INITIATOR_CERTAIN)
		return;
	if (attack_is_crowd(t, k, 0) || manages(t, k) ||
	    attack_is_declared(t, k, true))
		return;
	note_reached(t, k);
	count(t, k, a, o);
}
