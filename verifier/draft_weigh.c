/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What only the whole of a day shows of one channel: whether it is part of
 * ordinary work or a single event, whether it runs against the usual
 * direction, belongs to a search for hosts, or is named by an alert; and what
 * is odd about the service itself. A leak inside a permitted pair of tiers
 * cannot be told from a missing declaration by the matrix alone, so each of
 * these takes it out of the proposals.
 */
#include <stdlib.h>
#include <string.h>

#include "application.h"
#include "base/mem.h"
#include "draft.h"

#define REGULAR_COUNT 4	 /* conversations, in as many slots */
#define REGULAR_DAYS 3	 /* or on as many days */
#define REVERSE_TIMES 10 /* the usual direction is that much more usual */
#define RARE_COUNT 2	 /* conversations with a target of a search */

const struct cell *
draft_cell(const struct model *m, const struct zone *from,
    const struct zone *to)
{
	if (from->tier >= TIER_COUNT || to->tier >= TIER_COUNT ||
	    from->tier == to->tier || zone_is_above(from, to) ||
	    zone_is_above(to, from))
		return NULL;
	return &m->guideline->cells[from->tier][to->tier];
}

static int
bits(uint64_t set)
{
	int n = 0;

	for (; set != 0; set &= set - 1)
		n++;
	return n;
}

bool
draft_is_regular(const struct draft_seen *s, const struct draft_channel *c)
{
	const int64_t span = s->last_us - s->first_us;
	const int64_t least = span / 8 < CLOCK_HOUR ? span / 8 : CLOCK_HOUR;
	int slots = 0;

	if (bits(c->days) >= REGULAR_DAYS)
		return true;
	if (span < CLOCK_HOUR)
		slots = bits(c->minutes);
	else
		for (int i = 0; i < DRAFT_TENS; i++)
			slots += bits(c->tens[i]);
	return c->count >= REGULAR_COUNT && slots >= REGULAR_COUNT &&
	    c->last_us - c->first_us >= least;
}

/* ---- alerts of the same ends */

struct mark_key {
	struct addr from, to;
	uint16_t port;
};

static struct mark_key
mark_key(const struct addr *from, const struct addr *to, uint16_t port)
{
	struct mark_key k;

	memset(&k, 0, sizeof(k));
	if (from != NULL)
		k.from = *from;
	if (to != NULL)
		k.to = *to;
	k.port = port;
	return k;
}

static const struct draft_mark *
mark_at(const struct draft_seen *s, const struct table *t,
    const struct addr *from, const struct addr *to, uint16_t port)
{
	const struct mark_key k = mark_key(from, to, port);
	const uint32_t at = table_find(t, &k);

	return at != TABLE_NONE ? &s->marks[at] : NULL;
}

static bool
is_search(const struct draft_mark *k)
{
	return k != NULL && strncmp(k->rule, "ATK-", 4) == 0;
}

/* What names both ends counts for both; what names one host alone counts for
 * all that it does, and a search only for what it opens. */
static const struct draft_mark *
mark_of(const struct draft_seen *s, const struct table *t,
    const struct draft_channel *c)
{
	const struct draft_mark *k;

	if ((k = mark_at(s, t, &c->from, &c->to, c->port)) != NULL ||
	    (k = mark_at(s, t, &c->from, &c->to, 0)) != NULL ||
	    (k = mark_at(s, t, &c->to, &c->from, 0)) != NULL ||
	    (k = mark_at(s, t, &c->from, NULL, 0)) != NULL ||
	    (k = mark_at(s, t, NULL, &c->to, c->port)) != NULL ||
	    (k = mark_at(s, t, NULL, &c->to, 0)) != NULL)
		return k;
	k = mark_at(s, t, &c->to, NULL, 0);
	return is_search(k) ? NULL : k;
}

static void
weigh_marks(struct draft_seen *s)
{
	struct table t;

	table_init(&t, s->mark_count + 1, sizeof(struct mark_key), s->secret);
	for (size_t i = 0; i < s->mark_count; i++) {
		const struct draft_mark *m = &s->marks[i];
		const struct mark_key k = mark_key(&m->from, &m->to, m->port);

		if (table_find(&t, &k) == TABLE_NONE)
			(void)table_add(&t, &k, (uint32_t)i);
	}
	for (size_t i = 0; i < s->channel_count; i++) {
		struct draft_channel *c = &s->channels[i];
		const struct draft_mark *k;

		if (c->never != NEVER_NOT)
			continue;
		k = mark_of(s, &t, c);
		if (k == NULL)
			continue;
		c->never = NEVER_FLAGGED;
		c->rule = k->rule;
	}
	table_fini(&t);
}

/* ---- who usually opens */

struct role_key {
	struct addr host;
	uint32_t own, other; /* zones */
};

struct role {
	uint64_t opened, answered;
};

struct roles {
	struct table index;
	struct role *items; /* owned */
	size_t count;
};

static struct role *
role_at(struct roles *r, const struct addr *host, const struct zone *own,
    const struct zone *other)
{
	struct role_key k;
	uint32_t at;

	memset(&k, 0, sizeof(k));
	k.host = *host;
	k.own = own->index;
	k.other = other->index;
	at = table_find(&r->index, &k);
	if (at == TABLE_NONE) {
		at = (uint32_t)r->count++;
		(void)table_add(&r->index, &k, at);
	}
	return &r->items[at];
}

static void
roles_init(struct roles *r, const struct draft_seen *s)
{
	table_init(&r->index, 2 * s->channel_count + 1, sizeof(struct role_key),
	    s->secret);
	r->items = mem_calloc(2 * s->channel_count + 1, sizeof(*r->items));
	r->count = 0;
	for (size_t i = 0; i < s->channel_count; i++) {
		const struct draft_channel *c = &s->channels[i];

		if (c->never != NEVER_NOT)
			continue;
		role_at(r, &c->from, c->from_zone, c->to_zone)->opened +=
		    c->count;
		role_at(r, &c->to, c->to_zone, c->from_zone)->answered +=
		    c->count;
	}
}

/* The one who opened is else a server of that zone, and the one who answered
 * else a client of this one. */
static bool
is_reversed(struct roles *r, const struct draft_channel *c)
{
	const struct role *a = role_at(r, &c->from, c->from_zone, c->to_zone);
	const struct role *b = role_at(r, &c->to, c->to_zone, c->from_zone);

	return a->answered >= REVERSE_TIMES * a->opened &&
	    b->opened >= b->answered;
}

static void
weigh_direction(struct draft_seen *s)
{
	struct roles r;

	roles_init(&r, s);
	for (size_t i = 0; i < s->channel_count; i++) {
		struct draft_channel *c = &s->channels[i];

		if (c->never != NEVER_NOT || !is_reversed(&r, c))
			continue;
		if (draft_is_regular(s, c))
			c->reversed = true;
		else
			c->never = NEVER_REVERSED;
	}
	table_fini(&r.index);
	free(r.items);
}

/* ---- searches */

static int
by_initiator(const void *left, const void *right)
{
	const struct draft_channel *a = *(struct draft_channel *const *)left;
	const struct draft_channel *b = *(struct draft_channel *const *)right;
	int order = addr_compare(&a->from, &b->from);

	if (order == 0)
		order = (a->to_zone->index > b->to_zone->index) -
		    (a->to_zone->index < b->to_zone->index);
	if (order == 0)
		order = (a->from_zone->index > b->from_zone->index) -
		    (a->from_zone->index < b->from_zone->index);
	return order;
}

static bool
is_target(const struct draft_seen *s, const struct draft_channel *c)
{
	if (c->never == NEVER_TRIED)
		return true;
	return c->never == NEVER_NOT && c->count <= RARE_COUNT &&
	    !draft_is_regular(s, c);
}

/* All channels of one initiator into one zone. */
static void
weigh_search(const struct draft_seen *s, struct draft_channel **all, size_t n)
{
	size_t targets = 0;

	for (size_t i = 0; i < n; i++)
		targets += is_target(s, all[i]);
	if (targets < DRAFT_SCAN_LEAST)
		return;
	for (size_t i = 0; i < n; i++)
		if (all[i]->never == NEVER_NOT && !draft_is_regular(s, all[i]))
			all[i]->never = NEVER_SCAN;
}

static void
weigh_searches(struct draft_seen *s)
{
	struct draft_channel **all = mem_calloc(s->channel_count + 1,
	    sizeof(struct draft_channel *));
	size_t n = 0, end;

	for (size_t i = 0; i < s->channel_count; i++) {
		struct draft_channel *c = &s->channels[i];

		/* Who browses meets many servers that answer once. */
		if ((c->never == NEVER_NOT || c->never == NEVER_TRIED) &&
		    c->from_zone != NULL && c->to_zone != NULL &&
		    c->to_zone->tier != TIER_OUTSIDE &&
		    c->to_zone->tier != TIER_SAAS)
			all[n++] = c;
	}
	qsort(all, n, sizeof(*all), by_initiator);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1;
		     end < n && by_initiator(&all[i], &all[end]) == 0;)
			end++;
		weigh_search(s, all + i, end - i);
	}
	free(all);
}

/* ---- who opened it is not certain */

/* Where the same channel was seen with certainty it stands there already. */
static void
weigh_uncertain(struct draft_seen *s)
{
	struct table t;

	table_init(&t, s->channel_count + 1, sizeof(struct mark_key),
	    s->secret);
	for (size_t i = 0; i < s->channel_count; i++) {
		const struct draft_channel *c = &s->channels[i];
		const struct mark_key k = mark_key(&c->from, &c->to, c->port);

		if (c->never == NEVER_NOT && table_find(&t, &k) == TABLE_NONE)
			(void)table_add(&t, &k, (uint32_t)i);
	}
	for (size_t i = 0; i < s->channel_count; i++) {
		struct draft_channel *c = &s->channels[i];
		const struct mark_key k = mark_key(&c->from, &c->to, c->port);

		if (c->never == NEVER_DIRECTION && c->uncertain &&
		    table_find(&t, &k) == TABLE_NONE)
			c->never = NEVER_NOT;
	}
	table_fini(&t);
}

void
draft_weigh(struct draft_seen *s)
{
	weigh_uncertain(s);
	weigh_marks(s);
	weigh_searches(s);
	weigh_direction(s);
	draft_weigh_outward(s);
}

/* ---- the service itself */

bool
draft_labels(const struct draft_seen *s, const struct draft_channel *c,
    const char *word)
{
	return application_matches(word, s->words[c->application]) ||
	    (c->master != 0 && application_matches(word, s->words[c->master]));
}

/* What runs on a port by assignment (IANA); at most six labels. */
static const struct {
	uint8_t protocol;
	uint16_t port;
	const char *labels[7];
} assigned[] = {
	{ 6, 21, { "FTP_CONTROL", "FTPS" } },
	{ 6, 22, { "SSH" } },
	{ 6, 25, { "SMTP", "SMTPS", "TLS" } },
	{ 6, 53, { "DNS" } },
	{ 17, 53, { "DNS" } },
	{ 6, 80, { "HTTP" } },
	{ 6, 88, { "Kerberos" } },
	{ 17, 88, { "Kerberos" } },
	{ 6, 110, { "POP3", "POPS", "TLS" } },
	{ 17, 123, { "NTP" } },
	{ 6, 139, { "SMB", "NetBIOS" } },
	{ 6, 143, { "IMAP", "IMAPS", "TLS" } },
	{ 17, 161, { "SNMP" } },
	{ 17, 162, { "SNMP" } },
	{ 6, 389, { "LDAP", "TLS" } },
	{ 17, 389, { "LDAP", "CLDAP" } },
	{ 6, 443, { "TLS", "HTTP", "QUIC" } },
	{ 17, 443, { "QUIC", "DTLS", "TLS" } },
	{ 6, 445, { "SMB", "RPC" } },
	{ 6, 636, { "LDAP", "TLS" } },
	{ 6, 1433, { "MsSQL-TDS", "TLS" } },
	{ 6, 1521, { "Oracle", "TLS" } },
	{ 6, 3306, { "MySQL", "TLS" } },
	{ 6, 3389, { "RDP", "TLS" } },
	{ 6, 5432, { "PostgreSQL", "TLS" } },
};
#define ASSIGNED (sizeof(assigned) / sizeof(assigned[0]))

/* Labels that are found nowhere but on their own ports. */
static const char *const settled[] = { "FTP_CONTROL", "SSH", "DNS", "Kerberos",
	"NTP", "SNMP", "SMB", "RDP", "LDAP", "SMTP" };
static const uint16_t elsewhere[] = { 139, 445, 464, 465, 587, 990, 3268, 3269,
	5353, 5355 };

static bool
is_elsewhere(uint16_t port)
{
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (elsewhere[i] == port)
			return true;
	return false;
}

bool
draft_is_assigned(uint8_t protocol, uint16_t port)
{
	if (port > 0 && port < 1024)
		return true;
	for (size_t i = 0; i < ASSIGNED; i++)
		if (assigned[i].protocol == protocol &&
		    assigned[i].port == port)
			return true;
	return is_elsewhere(port);
}

static bool
labels_any(const struct draft_seen *s, const struct draft_channel *c,
    const char *const *labels)
{
	for (; *labels != NULL; labels++)
		if (draft_labels(s, c, *labels))
			return true;
	return false;
}

static bool
is_odd_port(const struct draft_seen *s, const struct draft_channel *c)
{
	for (size_t i = 0; i < ASSIGNED; i++)
		if (assigned[i].protocol == c->protocol &&
		    assigned[i].port == c->port)
			return !labels_any(s, c, assigned[i].labels);
	if (c->port == 0 || is_elsewhere(c->port))
		return false;
	for (size_t i = 0; i < sizeof(settled) / sizeof(settled[0]); i++)
		if (draft_labels(s, c, settled[i]))
			return true;
	return false;
}

/* Outside, an address says little of who answers there: names do, as long as
 * all were kept and, for a list, as long as it has names of its own. */
static bool
is_unnamed(const struct draft_seen *s, const struct draft_channel *c)
{
	static const char *const named[] = { "TLS", "QUIC", "HTTP", NULL };

	if (c->asked != 0)
		return false; /* a proxy's, for any name */
	if (c->list != NULL)
		return c->list->name_count == 0 || c->names_full || c->nameless;
	return (c->to_zone->tier == TIER_OUTSIDE ||
		   c->to_zone->tier == TIER_SAAS) &&
	    labels_any(s, c, named) && (c->name_count == 0 || c->names_full);
}

/* What carries other networks is declared as a tunnel, for what is in it. */
static bool
is_tunnel(const struct draft_seen *s, const struct draft_channel *c)
{
	static const uint8_t protocols[] = { 4, 41, 47, 50, 51, 97, 115, 137 };
	static const char *const labels[] = { "IPsec", "GRE", "WireGuard",
		"OpenVPN", "L2TP", "PPTP", "Teredo", "SoftEther", "IP_in_IP",
		"VXLAN", "GTP", "Tor", NULL };

	for (size_t i = 0; i < sizeof(protocols); i++)
		if (c->protocol == protocols[i])
			return true;
	return labels_any(s, c, labels);
}

/* Remote control is for few, and is declared for what it is; in a cell made
 * for screens it is what is expected. */
static bool
is_remote_control(const struct draft_seen *s, const struct draft_channel *c)
{
	static const char *const labels[] = { "SSH", "RDP", "VNC", "TeamViewer",
		"AnyDesk", "X11", NULL };
	const struct cell *cell = draft_cell(s->m, c->from_zone, c->to_zone);

	if (cell != NULL &&
	    (cell->kind == CELL_SCREEN || cell->also & 1u << CELL_SCREEN))
		return false;
	return labels_any(s, c, labels);
}

unsigned
draft_doubts(const struct draft_seen *s, const struct draft_channel *c)
{
	static const char *const clear[] = { "FTP_CONTROL", "POP3", "IMAP",
		"rsync", NULL };
	unsigned doubts = 0;

	if (is_odd_port(s, c))
		doubts |= DOUBT_PORT;
	if (c->uploads)
		doubts |= DOUBT_UPLOAD;
	if (c->unresolved)
		doubts |= DOUBT_RESOLVER;
	if (draft_asks_long(s, c))
		doubts |= DOUBT_LONG_NAMES;
	if (c->uncertain)
		doubts |= DOUBT_DIRECTION;
	if (is_remote_control(s, c))
		doubts |= DOUBT_REMOTE;
	if (labels_any(s, c, clear))
		doubts |= DOUBT_CLEAR;
	if (is_unnamed(s, c))
		doubts |= DOUBT_NAMES;
	if (c->reversed)
		doubts |= DOUBT_REVERSED;
	if (c->unanswered && !draft_web_is_daily_report(s, c))
		doubts |= DOUBT_UNANSWERED;
	if (is_tunnel(s, c) && !draft_web_is_declared_tunnel(s->m, c))
		doubts |= DOUBT_TUNNEL;
	if (c->from_zone->tier == TIER_FIREWALL ||
	    c->to_zone->tier == TIER_FIREWALL)
		doubts |= DOUBT_FIREWALL;
	return doubts;
}
