/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is declared for two ends: each conduit that covers them is fitted
 * element by element (direction, tier, path, service, application, name,
 * transfer, encryption, expiry, schedule) and the best fit speaks. A conduit
 * that fits wholly makes the conversation conform; what could not be seen
 * leaves it unjudged; else the conduit with the fewest and latest failures
 * says what is wrong.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "application.h"
#include "judge_fit.h"

#define NEAR_MISS_SCANNED_MAX 32 /* triage help only: bounded */

struct search {
	struct look *look;
	const struct cell *cell; /* NULL: zones that no cell is needed for */
	bool reversed;
	struct fit best;
	bool found;
	const struct conduit *idle; /* that would do in an emergency, or NULL */
};

/* What is in clear is mostly so because it is something else altogether: that
 * weighs, and this does not weigh twice. */
static bool
is_consequence(enum check check)
{
	return check == CHECK_CRY_1 || check == CHECK_CRY_2;
}

/* Later in the order of deciding is nearer to right. */
static int
lateness(enum check check)
{
	static const enum check order[] = { CHECK_SEG_5, CHECK_SEG_2,
		CHECK_SEG_16, CHECK_SEG_6, CHECK_SEG_3, CHECK_SEG_4,
		CHECK_SEG_8, CHECK_SEG_7, CHECK_CRY_1, CHECK_CRY_2 };

	for (int i = 0; i < (int)(sizeof(order) / sizeof(order[0])); i++)
		if (order[i] == check)
			return i;
	return 0;
}

/* SEG-16 speaks for several elements: which one it is says how near. */
static enum check
likeness(const struct fit_fault *f)
{
	if (f->check != CHECK_SEG_16)
		return f->check;
	return f->element == ELEMENT_NAME ? CHECK_SEG_4 :
	    f->element == ELEMENT_PATH	  ? CHECK_SEG_6 :
					    f->check;
}

static int
weight(const struct fit *f)
{
	int count = 0;

	for (size_t i = 0; i < f->fault_count; i++)
		count += !is_consequence(f->faults[i].check);
	return count ? count : 1;
}

/* Lower is better: conform, renewal or emergency, unjudged, then by failures. */
static int
rank(const struct fit *f)
{
	if (f->fault_count)
		return 1000 * weight(f) - lateness(likeness(&f->faults[0]));
	if (f->reasons)
		return 2;
	return f->renewed || f->emergency ? 1 : 0;
}

void
fit_near(struct fit *f, enum element element, const char *expected,
    const char *seen)
{
	if (f->fault_count)
		return;
	f->near.conduit = f->conduit;
	f->near.element = element;
	snprintf(f->near.expected, sizeof(f->near.expected), "%s", expected);
	snprintf(f->near.seen, sizeof(f->near.seen), "%s", seen);
}

void
fit_fault(struct fit *f, enum check check, enum severity severity,
    enum element element, const char *expected, const char *seen)
{
	if (f->fault_count == 0)
		fit_near(f, element, expected, seen);
	else if (!is_consequence(check))
		f->near.conduit = NULL; /* more than one element differs */
	if (f->fault_count < FIT_FAULTS_MAX)
		f->faults[f->fault_count++] =
		    (struct fit_fault){ .check = check,
			    .severity = severity,
			    .element = element };
}

enum severity
fit_grade(const struct look *l, enum check check)
{
	const struct check_row *row = checks_row(check);

	return look_got_through(l) ? row->passed : row->tried;
}

void
fit_hidden(struct fit *f, enum element element)
{
	f->unobserved |= element;
	f->reasons |= 1u << REASON_NOT_OBSERVABLE;
	if (!f->hidden)
		f->hidden = element;
}

bool
endpoint_matches(const struct endpoint *e, const struct place *p)
{
	if (e->zone != p->zone)
		return false;
	return e->whole_zone || prefix_set_contains(&e->reach, &p->address);
}

bool
has_ports(uint8_t protocol)
{
	return protocol == 6 || protocol == 17 || protocol == 132 ||
	    protocol == 33 || protocol == 136;
}

static bool
one_service_matches(const struct service *s, uint8_t protocol, uint16_t port)
{
	if (s->protocol != PROTOCOL_ANY && s->protocol != protocol)
		return false;
	if (!s->port_count || !has_ports(protocol))
		return !s->port_count || s->protocol != PROTOCOL_ANY;
	for (size_t i = 0; i < s->port_count; i++)
		if (port >= s->ports[i].first && port <= s->ports[i].last)
			return true;
	return false;
}

bool
service_matches(const struct services *s, uint8_t protocol, uint16_t port)
{
	for (size_t i = 0; i < s->count; i++)
		if (one_service_matches(&s->items[i], protocol, port))
			return true;
	return false;
}

bool
name_matches(const char *const *patterns, size_t count, const char *name)
{
	const size_t length = strlen(name);

	for (size_t i = 0; i < count; i++) {
		const char *p = patterns[i];

		if (p[0] != '*') {
			if (strcasecmp(p, name) == 0)
				return true;
			continue;
		}
		/* "*.example": one label or more, as certificates do not but
		 * vendors' published lists do. */
		const size_t tail = strlen(p + 1);

		if (length > tail &&
		    strcasecmp(name + length - tail, p + 1) == 0)
			return true;
	}
	return false;
}

/* Whether this conduit may be used in this cell at all. */
static bool
entitled(const struct look *l, const struct conduit *k, const struct cell *cell,
    enum cell_kind kind)
{
	const struct model *m = l->m;

	(void)cell;
	switch (kind) {
	case CELL_DENY:
		return false;
	case CELL_PERMIT:
		return true;
	case CELL_SPECIAL:
		return k->special;
	case CELL_SCREEN:
		return k->special || k->transfers == TRANSFERS_SCREEN;
	case CELL_LIST: /* a name alone never suffices, nor an address */
		return k->to.list && k->server_name_count && k->via.link_count;
	case CELL_SANITISE:
		if (k->special)
			return true;
		for (size_t i = 0; i < m->sanitiser_count; i++)
			for (size_t j = 0; j < m->sanitisers[i].clean_count;
			     j++)
				if (endpoint_matches(&m->sanitisers[i].clean[j],
					&l->from))
					return true;
		return false;
	}
	return false;
}

static void
fit_tier(struct fit *f, const struct search *s)
{
	const struct cell *cell = s->cell;

	f->judged |= ELEMENT_TIER;
	if (!cell || entitled(s->look, f->conduit, cell, cell->kind))
		return;
	for (int kind = CELL_PERMIT; kind <= CELL_LIST; kind++)
		if (cell->also & 1u << kind &&
		    entitled(s->look, f->conduit, cell, (enum cell_kind)kind))
			return;
	fit_fault(f, CHECK_SEG_2, fit_grade(s->look, CHECK_SEG_2), ELEMENT_TIER,
	    cell_kind_name(cell->kind), "-");
}

static void
fit_ends(struct fit *f, const struct look *l)
{
	const struct conduit *k = f->conduit;

	f->judged |= ELEMENT_ENDPOINTS | ELEMENT_DIRECTION;
	if ((l->from.hidden && !k->from.whole_zone &&
		k->from.zone == l->from.zone) ||
	    (l->from.hidden && !k->to.whole_zone &&
		k->to.zone == l->from.zone) ||
	    (l->to.hidden && !k->to.whole_zone && k->to.zone == l->to.zone) ||
	    (l->to.hidden && !k->from.whole_zone &&
		k->from.zone == l->to.zone)) {
		f->judged &= ~(unsigned)ELEMENT_ENDPOINTS;
		f->unobserved |= ELEMENT_ENDPOINTS;
		f->reasons |= 1u << REASON_HIDDEN_BY_NAT;
	}
}

static bool
via_given(const struct via *v)
{
	return v->link_count || v->boundary_count || v->tap_count ||
	    v->vlan_count || v->router_count;
}

static void
describe_via(const struct via *v, char *out, size_t size)
{
	snprintf(out, size, "%s",
	    v->link_count	  ? v->links[0]->id :
		v->boundary_count ? v->boundaries[0]->id :
		v->tap_count	  ? v->taps[0]->id :
				    "-");
}

/* By a proxy it goes the proxy's way and no declared one; only the boundary
 * is the same. */
static enum path_result
path_by_proxy(const struct look *l, const struct via *via, char *seen,
    size_t size)
{
	bool here = !via->boundary_count;

	snprintf(seen, size, "%s", "proxy");
	for (size_t i = 0; i < via->boundary_count; i++)
		here |= via->boundaries[i] == l->c->boundary;
	if (via->link_count || via->tap_count || via->vlan_count ||
	    via->router_count || !here)
		return PATH_OTHER;
	return PATH_AS_DECLARED;
}

static void
fit_path(struct fit *f, const struct look *l)
{
	const struct via *via = &f->conduit->via;
	const enum check check = f->conduit->to.list ? CHECK_SEG_16 :
						       CHECK_SEG_6;
	char expected[96], seen[96];
	const enum path_result r = l->target ?
	    path_by_proxy(l, via, seen, sizeof(seen)) :
	    path_via(l, via, seen, sizeof(seen));

	describe_via(via, expected, sizeof(expected));
	if (r == PATH_OTHER)
		fit_fault(f, check, fit_grade(l, check), ELEMENT_PATH, expected,
		    seen);
	if (!via_given(via))
		return;
	if (r == PATH_NOT_SEEN)
		fit_hidden(f, ELEMENT_PATH);
	else
		f->judged |= ELEMENT_PATH;
}

/* "TCP/443", "UDP/5000-5010", "ICMP", "IP 89". */
static void
describe_service(uint16_t protocol, const struct port_range *ports, char *out,
    size_t size)
{
	static const struct {
		uint16_t protocol;
		const char *name;
	} names[] = { { 1, "ICMP" }, { 6, "TCP" }, { 17, "UDP" }, { 47, "GRE" },
		{ 50, "ESP" }, { 58, "ICMPv6" }, { 132, "SCTP" },
		{ PROTOCOL_ANY, "IP" } };
	char name[16];

	snprintf(name, sizeof(name), "IP %u", protocol);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].protocol == protocol)
			snprintf(name, sizeof(name), "%s", names[i].name);
	if (!ports)
		snprintf(out, size, "%s", name);
	else if (ports->first == ports->last)
		snprintf(out, size, "%s/%u", name, ports->first);
	else
		snprintf(out, size, "%s/%u-%u", name, ports->first,
		    ports->last);
}

/* A data connection by its port and, as far as it is known, its payload. */
static bool
may_be_announced(const struct look *l)
{
	const struct conversation *c = l->c;

	if (c->port[0] < 1024 && c->port[0] != 20)
		return false;
	if (c->port[1] < 1024 && c->port[1] != 20)
		return false;
	return c->application_state != APPLICATION_KNOWN || c->label_unsure ||
	    application_matches("FTP_DATA", c->application);
}

/* Whether what the conduit permits opens further conversations by announcing
 * them: FTP and TFTP, by their words or, where none are given, their ports. */
static bool
announces(const struct services *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct service *one = &s->items[i];

		for (size_t j = 0; j < one->application_count; j++)
			if (application_matches(one->applications[j],
				"FTP_CONTROL") ||
			    application_matches(one->applications[j], "TFTP"))
				return true;
		if (one->application_count == 0 &&
		    (one_service_matches(one, 6, 21) ||
			one_service_matches(one, 17, 69)))
			return true;
	}
	return false;
}

static void
fit_service(struct fit *f, const struct look *l)
{
	const struct services *s = &f->conduit->services;
	const struct port_range port = { l->port, l->port };
	char expected[96] = "-", seen[96];

	if (l->c->malformed && !l->target && has_ports(l->protocol)) {
		f->unobserved |= ELEMENT_SERVICE;
		f->reasons |= 1u << REASON_MALFORMED;
		return;
	}
	f->judged |= ELEMENT_SERVICE;
	if (!s->count || service_matches(s, l->protocol, l->port))
		return;
	if (l->c->unread_control && may_be_announced(l) && announces(s)) {
		f->judged &= ~(unsigned)ELEMENT_SERVICE;
		f->unobserved |= ELEMENT_SERVICE;
		f->reasons |= 1u << REASON_PARTIAL;
		return;
	}
	describe_service(s->items[0].protocol,
	    s->items[0].port_count ? &s->items[0].ports[0] : NULL, expected,
	    sizeof(expected));
	describe_service(l->protocol, has_ports(l->protocol) ? &port : NULL,
	    seen, sizeof(seen));
	fit_fault(f, CHECK_SEG_3, fit_grade(l, CHECK_SEG_3), ELEMENT_SERVICE,
	    expected, seen);
}

enum reason
fit_undecided(const struct conversation *c)
{
	if (c->application_state == APPLICATION_PENDING)
		return REASON_APPLICATION;
	if (c->classifier_failed)
		return REASON_OPAQUE;
	if (c->lost)
		return REASON_LOST_PACKETS;
	if (c->one_way)
		return REASON_ONE_WAY;
	return c->cut ? REASON_PARTIAL : REASON_APPLICATION;
}

/* True when the label or its carrier is among the words of a service. */
bool
service_names(const struct service *s, const struct conversation *c)
{
	for (size_t i = 0; i < s->application_count; i++)
		if (application_matches(s->applications[i], c->application) ||
		    application_matches(s->applications[i], c->master))
			return true;
	return false;
}

static void
fit_application(struct fit *f, const struct look *l)
{
	const struct conversation *c = l->c;
	const struct services *s = &f->conduit->services;
	const char *expected = NULL;
	bool any = s->count == 0, named = false;

	if (l->target || c->application_state == APPLICATION_NO_PAYLOAD)
		return;
	for (size_t i = 0; i < s->count; i++) {
		if (!one_service_matches(&s->items[i], l->protocol, l->port))
			continue;
		any |= s->items[i].application_count == 0;
		named |= service_names(&s->items[i], c);
		if (!expected && s->items[i].application_count)
			expected = s->items[i].applications[0];
	}
	if (c->application_state == APPLICATION_PENDING) {
		f->reasons |= 1u << REASON_APPLICATION;
		f->unobserved |= ELEMENT_APPLICATION;
		return;
	}
	if (any || !expected) {
		/* It takes any application, but not what was not captured. */
		if (c->application_state != APPLICATION_KNOWN &&
		    (c->lost || c->cut || c->classifier_failed)) {
			f->reasons |= 1u << fit_undecided(c);
			f->unobserved |= ELEMENT_APPLICATION;
		}
		return;
	}
	if (c->application_state != APPLICATION_KNOWN) {
		f->reasons |= 1u << fit_undecided(c);
		f->unobserved |= ELEMENT_APPLICATION;
		return;
	}
	if (!named && c->label_unsure) {
		f->reasons |= 1u << fit_undecided(c);
		f->unobserved |= ELEMENT_APPLICATION;
		return;
	}
	f->judged |= ELEMENT_APPLICATION;
	if (!named)
		fit_fault(f, CHECK_SEG_4, fit_grade(l, CHECK_SEG_4),
		    ELEMENT_APPLICATION, expected,
		    c->application ? c->application : "-");
}

/* The name that was asked for, NULL when none is to be seen. */
static const char *
name_seen(const struct look *l)
{
	if (l->target)
		return l->target->name[0] ? l->target->name : NULL;
	return l->c->server_name_cut ? NULL : l->c->server_name;
}

static void
fit_name(struct fit *f, const struct look *l)
{
	const struct conversation *c = l->c;
	const struct conduit *k = f->conduit;
	const char *name = name_seen(l);
	const enum check check = k->to.list || k->to.zone->tier == TIER_SAAS ?
	    CHECK_SEG_16 :
	    CHECK_SEG_4;

	if (!k->server_name_count ||
	    (!l->target && c->application_state == APPLICATION_NO_PAYLOAD))
		return;
	if (!name) {
		f->unobserved |= ELEMENT_NAME;
		f->reasons |= c->application_state == APPLICATION_PENDING ?
		    1u << REASON_APPLICATION :
		    1u << REASON_NAME;
		return;
	}
	if (!name_matches(k->server_names, k->server_name_count, name)) {
		f->judged |= ELEMENT_NAME;
		fit_fault(f, check, fit_grade(l, check), ELEMENT_NAME,
		    k->server_names[0], name);
	} else if (!l->target && c->server_name_outer) {
		f->unobserved |= ELEMENT_NAME; /* it may hide another */
		f->reasons |= 1u << REASON_NAME;
	} else {
		f->judged |= ELEMENT_NAME;
	}
}

/* Only screens may be transferred: told by the label, never by the port. A
 * label that the conduit names itself (TLS of a browser in a browser) may
 * carry one or not. */
static void
fit_transfer(struct fit *f, const struct look *l)
{
	const struct conversation *c = l->c;
	const struct services *s = &f->conduit->services;

	if (f->conduit->transfers != TRANSFERS_SCREEN ||
	    c->application_state == APPLICATION_NO_PAYLOAD)
		return;
	if (l->target) {
		fit_hidden(f, ELEMENT_TRANSFER);
		return;
	}
	if (c->application_state != APPLICATION_KNOWN) {
		f->unobserved |= ELEMENT_TRANSFER;
		f->reasons |= 1u << fit_undecided(c);
		return;
	}
	if ((application_traits(c->application) |
		application_traits(c->master)) &
	    APPLICATION_SCREEN) {
		f->judged |= ELEMENT_TRANSFER;
		return;
	}
	for (size_t i = 0; i < s->count; i++)
		if (one_service_matches(&s->items[i], l->protocol, l->port) &&
		    service_names(&s->items[i], c)) {
			fit_hidden(f, ELEMENT_TRANSFER);
			return;
		}
	if (c->label_unsure) {
		f->unobserved |= ELEMENT_TRANSFER;
		f->reasons |= 1u << fit_undecided(c);
		return;
	}
	f->judged |= ELEMENT_TRANSFER;
	if (f->fault_count == 0)
		fit_fault(f, CHECK_SEG_4, fit_grade(l, CHECK_SEG_4),
		    ELEMENT_TRANSFER, "screen",
		    c->application ? c->application : "-");
}

/* An empty object approves nothing. */
static bool
approval_filled(const struct approval *a)
{
	return a->given && a->by_count && a->number && a->on.year;
}

static void
fit_conduit(struct fit *f, const struct search *s)
{
	const struct look *l = s->look;

	if (s->reversed) {
		fit_fault(f, CHECK_SEG_5, fit_grade(l, CHECK_SEG_5),
		    ELEMENT_DIRECTION, f->conduit->from.zone->id,
		    l->from.zone->id);
		return;
	}
	fit_ends(f, l);
	fit_tier(f, s);
	fit_path(f, l);
	fit_service(f, l);
	if (f->fault_count == 0 || f->faults[0].check != CHECK_SEG_3) {
		fit_application(f, l);
		fit_name(f, l);
		fit_transfer(f, l);
	}
	fit_encryption(f, l);
	fit_dates(f, l);
	fit_lists(f, l);
	fit_schedule(f, l);
	if (f->conduit->observed && !approval_filled(&f->conduit->approved))
		f->reasons |= 1u << REASON_DRAFT;
}

/* Exact comparison of the ends: the index may offer more than fits. */
static bool
ends_fit(const struct look *l, const struct endpoint *from,
    const struct endpoint *to)
{
	return (l->from.hidden ? from->zone == l->from.zone :
				 endpoint_matches(from, &l->from)) &&
	    (l->to.hidden ? to->zone == l->to.zone :
			    endpoint_matches(to, &l->to));
}

static bool
consider(void *context, const struct conduit *k)
{
	struct search *s = context;
	struct fit fit = { .conduit = k, .again_us = INT64_MAX };
	const bool forward = ends_fit(s->look, &k->from, &k->to);
	const bool backward = ends_fit(s->look, &k->to, &k->from);

	if (s->reversed ?
		!backward || k->direction == CONDUIT_BOTH :
		!forward && !(backward && k->direction == CONDUIT_BOTH))
		return true;
	if (k->emergency_only && !emergency_admits(&fit, s->look)) {
		if (!s->reversed && (!s->idle || k->index < s->idle->index))
			s->idle = k;
		return true;
	}
	fit_conduit(&fit, s);
	if (!s->found || rank(&fit) < rank(&s->best) ||
	    (rank(&fit) == rank(&s->best) && k->index < s->best.conduit->index))
		s->best = fit;
	s->found = true;
	return true;
}

static void
each_between(struct search *s, const struct place *a, const struct place *b)
{
	enum index_side side = INDEX_BOTH;

	if (a->hidden)
		side = INDEX_ANY_FROM;
	else if (b->hidden)
		side = INDEX_ANY_TO;
	index_each(s->look->m, a, b, side, consider, s);
}

struct near_search {
	struct look *look;
	bool from_differs;
	int scanned;
};

/* A conduit that would fit but for one end: help for triage. */
static bool
consider_near(void *context, const struct conduit *k)
{
	struct near_search *n = context;
	struct look *l = n->look;
	const struct endpoint *other = n->from_differs ? &k->from : &k->to;
	const struct place *seen = n->from_differs ? &l->from : &l->to;
	struct near_miss *near = &l->near_store;
	char text[PREFIX_TEXT_MAX];

	if (++n->scanned > NEAR_MISS_SCANNED_MAX)
		return false;
	if (!endpoint_matches(n->from_differs ? &k->to : &k->from,
		n->from_differs ? &l->to : &l->from) ||
	    !service_matches(&k->services, l->protocol, l->port))
		return true;
	near->conduit = k;
	near->element = ELEMENT_ENDPOINTS;
	snprintf(near->expected, sizeof(near->expected), "%s%s",
	    other->reach.count ? prefix_format(&other->reach.items[0], text) :
				 other->zone->id,
	    other->reach.count > 1 ? ", ..." : "");
	snprintf(near->seen, sizeof(near->seen), "%s",
	    addr_format(&seen->address, text));
	l->near = near;
	return false;
}

static void
near_ends(struct look *l)
{
	struct near_search n = { .look = l, .from_differs = true };

	if (l->from.hidden || l->to.hidden)
		return;
	index_each(l->m, &l->from, &l->to, INDEX_ANY_FROM, consider_near, &n);
	if (l->near)
		return;
	n.from_differs = false;
	n.scanned = 0;
	index_each(l->m, &l->from, &l->to, INDEX_ANY_TO, consider_near, &n);
}

static void
undeclared(struct look *l, const struct search *s)
{
	const enum check check = s->cell && s->cell->kind == CELL_LIST ?
	    CHECK_SEG_16 :
	    CHECK_SEG_2;

	l->judged |= ELEMENT_TIER | ELEMENT_ENDPOINTS;
	look_fault(l, check, ELEMENT_ENDPOINTS, clause_of_cell(l));
	if (s->idle)
		emergency_near(l, s->idle);
	else
		near_ends(l);
}

static struct clause
clause_of_link(const struct link *link)
{
	return (struct clause){ .kind = CLAUSE_MODEL,
		.id = link->id,
		.place = link->place };
}

static void
take_fit(struct look *l, const struct fit *f)
{
	const struct clause clause = clause_of_conduit(f->conduit);

	l->conduit = f->conduit;
	l->judged |= f->judged;
	l->unobserved |= f->unobserved;
	l->reasons |= f->reasons;
	if (f->hidden && !l->hidden_element)
		l->hidden_element = f->hidden;
	if (f->again_us < l->again_us)
		l->again_us = f->again_us;
	for (size_t i = 0; i < f->fault_count; i++) {
		const struct fit_fault *found = &f->faults[i];
		struct fault *fault = look_fault_at(l, found->check,
		    found->severity, found->element,
		    found->link ? clause_of_link(found->link) : clause);

		if (fault)
			fault->conduit = f->conduit;
	}
	emergency_take(l, f);
	if (f->renewed) {
		struct fault *fault = look_fault_at(l, CHECK_SEG_8,
		    SEVERITY_LOW, ELEMENT_EXPIRY, clause);

		if (fault) {
			fault->conduit = f->conduit;
			fault->excepted = true;
		}
	}
	l->clear_control |= f->clear_control;
	if (f->near.conduit) {
		l->near_store = f->near;
		l->near = &l->near_store;
	}
}

void
conduits_judge(struct look *l, const struct cell *cell)
{
	struct search s = { .look = l, .cell = cell };

	each_between(&s, &l->from, &l->to);
	each_between(&s, &l->to, &l->from); /* direction "both" */
	if (!s.found) {
		s.reversed = true;
		each_between(&s, &l->to, &l->from);
	}
	if (s.found)
		take_fit(l, &s.best);
	else
		undeclared(l, &s);
}
