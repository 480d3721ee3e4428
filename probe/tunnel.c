/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See tunnel.h. A tunnel is known by its two ends, its kind, its key and the
 * tunnel that it is in itself; its number is a keyed hash of these, so that
 * nothing need be looked up to give one. What is remembered of each, in a
 * bounded table, is whether it is declared, and what was told of it.
 *
 * LNK-6 waits until it is settled how far the tunnel came. Where its own
 * conversation alerts as gravely, that is the alert: one fact, one alert, and
 * LNK-6 stands beside it (announce.c).
 */
#include "tunnel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "locate.h"
#include "owner.h"
#include "retain.h"
#include "tunnel_kind.h"

#define NUMBER_MISSED 1 /* stands for a hash of 0 */
#define SEEN_MAX 64

/* Without padding: it is hashed as bytes. */
struct tunnel_key {
	uint64_t boundary; /* hash of its id */
	uint8_t ends[2][16];
	uint32_t carrier, key;
	uint8_t family, kind, has_key, padding[5];
};

struct tunnel {
	uint32_t number, key;
	enum tunnel_kind kind;
	bool has_key, declared, automatic;
	bool other_key;	   /* one of its keys is not declared */
	bool due;	   /* LNK-6 has yet to be thought about, at */
	bool foreign_told; /* LNK-2 */
	int64_t due_us;	   /* packet time */
	int64_t told_us;   /* of the last LNK-6 */
	int64_t seen_us, first_us;
	int64_t again_us;   /* when its conduit may say something else */
	enum severity own;  /* of what its conversation is alerted of */
	enum severity told; /* as of told_us */
	bool through;	    /* it was answered, or seen to pass */
	uint64_t flow_id;
	const struct boundary *boundary;
	const struct tap *tap;
	struct addr ends[2]; /* [0]: who began */
	uint16_t port[2];
	uint8_t protocol, tag_count;
	uint16_t tags[PACKET_TAGS_MAX];
	const struct zone *zones[2];
	/* The frame that first showed it, cut. */
	struct evidence_packet packet;
	bool has_packet;
	uint8_t bytes[EVIDENCE_BYTES_MAX];
};

struct tunnels {
	const struct model *model;
	uint8_t secret[16];
	struct owner_table owners;
	struct table numbers; /* number → index in items */
	struct tunnel *items; /* owned */
	size_t count, capacity, due;
	int64_t swept_us;
	uint64_t refused;
};

struct tunnels *
tunnel_new(const struct model *m, const uint8_t secret[16])
{
	struct tunnels *t = mem_calloc(1, sizeof(*t));

	t->model = m;
	memcpy(t->secret, secret, sizeof(t->secret));
	table_init(&t->numbers, TUNNELS_MAX, sizeof(uint32_t), secret);
	owner_init(&t->owners, m);
	return t;
}

void
tunnel_free(struct tunnels *t)
{
	if (!t)
		return;
	table_fini(&t->numbers);
	owner_fini(&t->owners);
	free(t->items);
	free(t);
}

uint64_t
tunnel_refused(const struct tunnels *t)
{
	return t->refused;
}

/* ---- numbers */

static uint32_t
number_of(const struct tunnels *t, const struct arrival *a,
    enum tunnel_kind kind)
{
	const struct boundary *b = a->tap->boundary;
	const struct packet *p = a->packet;
	const struct addr ends[2] = { owner_of(&t->owners, b, &p->source),
		owner_of(&t->owners, b, &p->destination) };
	const int low = addr_compare(&ends[0], &ends[1]) > 0;
	/* A mirror has a session of ERSPAN for each direction. */
	const bool keyed = p->carried.has_key && kind != TUNNEL_KIND_ERSPAN;
	struct tunnel_key key = { .carrier = a->carrier,
		.key = keyed ? p->carried.key : 0,
		.has_key = keyed,
		.family = p->source.family,
		.kind = (uint8_t)kind };
	uint32_t number;

	key.boundary = table_hash(t->secret, b->id, strlen(b->id));
	memcpy(key.ends[0], ends[low].bytes, sizeof(key.ends[0]));
	memcpy(key.ends[1], ends[!low].bytes, sizeof(key.ends[1]));
	number = (uint32_t)table_hash(t->secret, &key, sizeof(key));
	return number ? number : NUMBER_MISSED;
}

uint32_t
tunnel_number(const struct tunnels *t, const struct arrival *a,
    const struct packet *p)
{
	struct arrival same = *a;

	same.packet = p;
	return number_of(t, &same, tunnel_kind_of_packet(p->tunnel));
}

static struct tunnel *
find(const struct tunnels *t, uint32_t number)
{
	const uint32_t at = table_find(&t->numbers, &number);

	return at == TABLE_NONE ? NULL : &t->items[at];
}

enum carriage
tunnel_carriage(const struct tunnels *t, uint32_t number)
{
	const struct tunnel *e = find(t, number);

	return e && e->declared ? CARRIAGE_DECLARED : CARRIAGE_UNDECLARED;
}

static void
drop(struct tunnels *t, size_t at)
{
	const size_t last = t->count - 1;

	t->due -= t->items[at].due;
	table_remove(&t->numbers, &t->items[at].number);
	if (at != last) {
		table_remove(&t->numbers, &t->items[last].number);
		t->items[at] = t->items[last];
		(void)table_add(&t->numbers, &t->items[at].number,
		    (uint32_t)at);
	}
	t->count = last;
}

/* Makes room: those that nobody has used for long, once in a while. */
static void
sweep(struct tunnels *t, int64_t now_us)
{
	if (t->swept_us != 0 && now_us >= t->swept_us &&
	    now_us - t->swept_us < CLOCK_MINUTE)
		return;
	t->swept_us = now_us;
	for (size_t i = t->count; i-- > 0;)
		if (!t->items[i].due &&
		    now_us - t->items[i].seen_us > TUNNEL_IDLE_US)
			drop(t, i);
}

static struct tunnel *
add(struct tunnels *t, uint32_t number, int64_t now_us)
{
	struct tunnel *e;

	if (t->count == TUNNELS_MAX)
		sweep(t, now_us);
	if (t->count == TUNNELS_MAX) {
		t->refused++;
		return NULL;
	}
	t->items = mem_grow(t->items, &t->capacity, t->count,
	    sizeof(*t->items));
	e = &t->items[t->count];
	memset(e, 0, sizeof(*e));
	e->number = number;
	(void)table_add(&t->numbers, &number, (uint32_t)t->count++);
	return e;
}

/* ---- transports */

static bool
is_destination(const struct tunnels *t, const struct tap *tap,
    const struct addr *a)
{
	for (size_t i = 0; i < tap->mirror_destination_count; i++)
		if (addr_equal(&tap->mirror_destinations[i], a))
			return true;
	for (size_t i = 0; i < t->model->probe_count; i++) {
		const struct probe_declared *probe = &t->model->probes[i];

		if (probe->address.family != 0 && tap->probe &&
		    strcmp(probe->id, tap->probe) == 0)
			return addr_equal(&probe->address, a);
	}
	return false;
}

/* Who may send mirrored frames there: the switches that are named, else a
 * neighbour of the destination. From anywhere else it is a crossing like any
 * other, and what it carries is whatever the sender made up. */
static bool
is_believed(const struct tunnels *t, const struct arrival *a,
    const struct packet *p)
{
	struct place from, to;

	if (a->tap->mirror_sources.count > 0)
		return prefix_set_contains(&a->tap->mirror_sources, &p->source);
	from = locate_address(t->model, a->tap->boundary, &p->source);
	to = locate_address(t->model, a->tap->boundary, &p->destination);
	return from.kind == to.kind && from.zone == to.zone;
}

bool
tunnel_is_transport(const struct tunnels *t, const struct arrival *a,
    const struct packet *p)
{
	if (a->carrier != 0)
		return false;
	switch (p->tunnel) {
	case TUNNEL_ERSPAN:
	case TUNNEL_GRE:
	case TUNNEL_VXLAN:
		return is_destination(t, a->tap, &p->destination) &&
		    is_believed(t, a, p);
	default:
		/* A part of one, which shows only when it is joined. */
		return p->fragment &&
		    (p->protocol == 47 ||
			(p->protocol == 17 &&
			    a->tap->mirror_destination_count > 0)) &&
		    is_destination(t, a->tap, &p->destination) &&
		    is_believed(t, a, p);
	}
}

/* ---- whether it is declared */

static bool
is_end(const struct prefix_set *s, const struct addr *a)
{
	return s->count == 0 || prefix_set_contains(s, a);
}

static bool
model_declares(const struct model *m, const struct tunnel *e)
{
	for (size_t i = 0; i < m->tunnel_count; i++) {
		const struct tunnel_declared *d = &m->tunnels[i];

		if (!tunnel_kind_is(e->kind, d->protocol) ||
		    (d->has_key && (!e->has_key || e->key != d->key)))
			continue;
		if ((is_end(&d->ends[0], &e->ends[0]) &&
			is_end(&d->ends[1], &e->ends[1])) ||
		    (is_end(&d->ends[0], &e->ends[1]) &&
			is_end(&d->ends[1], &e->ends[0])))
			return true;
	}
	return false;
}

/* The crossing may be, and what crosses is named. */
static bool
conduit_declares(const struct verdict *v, const struct tunnel *e,
    const struct conversation *c)
{
	return v->conduit && v->deciding.check != CHECK_SEG_1 &&
	    v->deciding.check != CHECK_SEG_2 &&
	    v->deciding.check != CHECK_SEG_3 &&
	    tunnel_kind_in(e->kind, &v->conduit->services, c);
}

static void
look_at(const struct tunnels *t, struct tunnel *e, const struct conversation *c,
    struct wall_us now)
{
	struct verdict v;

	judge(t->model, c, now, &v);
	e->declared = model_declares(t->model, e) || conduit_declares(&v, e, c);
	/* A time that has passed would be now for ever. */
	e->again_us = v.again.us > now.us ? v.again.us : INT64_MAX;
	if (v.alerts && v.deciding.severity > e->own)
		e->own = v.deciding.severity;
	e->through = e->through || v.passed == PASSED_YES ||
	    c->outcome >= OUTCOME_ANSWERED;
}

/* ---- what is told */

/* Systems try these by themselves; that it was tried says little. */
static bool
is_mere_try(const struct tunnel *e)
{
	return e->automatic && !e->through;
}

static enum severity
grade(const struct tunnel *e)
{
	const struct check_row *row = checks_row(CHECK_LNK_6);

	return is_mere_try(e) ? row->tried : row->passed;
}

static void
set_parties(const struct tunnel *e, struct notice *n)
{
	for (int i = 0; i < 2; i++) {
		n->party[i].address = e->ends[i];
		n->party[i].port = e->port[i];
		n->party[i].zone = e->zones[i];
	}
}

/* "VXLAN 42" */
static void
describe(const struct tunnel *e, char *out, size_t size)
{
	const char *title = tunnel_kind_title(e->kind);

	if (e->has_key)
		(void)snprintf(out, size, "%s %u", title, (unsigned)e->key);
	else
		(void)snprintf(out, size, "%s", title);
}

static void
tell(struct tunnels *t, struct tunnel *e, enum severity severity,
    struct wall_us now, const struct observer *o)
{
	char seen[SEEN_MAX];
	struct notice n = { .check = CHECK_LNK_6,
		.severity = severity,
		.word = is_mere_try(e) ? NOTICE_TUNNEL_TRIED :
					 NOTICE_TUNNEL_UNDECLARED,
		.now = now,
		.first = { e->first_us },
		.boundary = e->boundary,
		.tap = e->tap,
		.tag_count = e->tag_count,
		.protocol = e->protocol,
		.seen = seen,
		.flow_id = e->flow_id };

	(void)t;
	if (!o->notice)
		return;
	describe(e, seen, sizeof(seen));
	set_parties(e, &n);
	memcpy(n.tags, e->tags, sizeof(n.tags));
	if (e->has_packet) {
		e->packet.bytes = e->bytes;
		n.packets = &e->packet;
		n.packet_count = 1;
	}
	o->notice(o->context, &n);
}

/* It is settled how far it came; for those that came long before the frame
 * that shows it, as of then. */
static void
settle(struct tunnels *t, struct tunnel *e, struct wall_us now,
    const struct observer *o)
{
	const enum severity severity = grade(e);

	if (now.us > e->due_us)
		now.us = e->due_us;
	e->due = false;
	t->due--;
	if (e->declared ||
	    (e->told >= severity && now.us - e->told_us < CLOCK_DAY))
		return;
	if (e->own < severity)
		tell(t, e, severity, now, o);
	e->told = severity;
	e->told_us = now.us;
}

void
tunnel_tick(struct tunnels *t, struct wall_us now, bool end,
    const struct observer *o)
{
	for (size_t i = 0; t->due > 0 && i < t->count; i++)
		if (t->items[i].due && (end || t->items[i].due_us <= now.us))
			settle(t, &t->items[i], now, o);
}

static void
plan(struct tunnels *t, struct tunnel *e, int64_t now_us)
{
	if (e->due || e->declared)
		return;
	e->due = true;
	e->due_us = now_us + FLOW_SETTLE_US;
	t->due++;
}

/* ---- packets of tunnels */

static void
keep_packet(const struct tunnels *t, struct tunnel *e, const struct arrival *a)
{
	struct evidence_packet p;

	if (!retain_cut(t->model, a, false, &p))
		return;
	if (p.kept > sizeof(e->bytes)) {
		p.kept = sizeof(e->bytes);
		p.cut = true;
	}
	memcpy(e->bytes, p.bytes, p.kept);
	e->packet = p;
	e->packet.deciding = true;
	e->has_packet = true;
}

static const struct zone *
zone_of(const struct tunnels *t, const struct boundary *b, const struct addr *a)
{
	const struct place p = locate_address(t->model, b, a);

	return p.kind == PLACE_ZONE ? p.zone : NULL;
}

static void
begin(const struct tunnels *t, struct tunnel *e, enum tunnel_kind kind,
    const struct flow *f, const struct arrival *a)
{
	const struct conversation *c = &f->conversation;
	const struct packet *p = a->packet;

	e->kind = kind;
	e->has_key = p->carried.has_key;
	e->key = p->carried.key;
	e->first_us = a->time.us;
	e->flow_id = f->id;
	e->boundary = c->boundary;
	e->tap = a->tap;
	e->protocol = c->protocol;
	e->tag_count = p->tag_count;
	memcpy(e->tags, p->tags, sizeof(e->tags));
	for (int i = 0; i < 2; i++) {
		e->ends[i] = c->address[i];
		e->port[i] = c->port[i];
		e->zones[i] = zone_of(t, c->boundary, &c->address[i]);
	}
	keep_packet(t, e, a);
}

/* Another session of the same mirror: what declares the first need not declare
 * it. True when that is the case. */
static bool
has_other_key(const struct tunnels *t, struct tunnel *e,
    const struct arrival *a)
{
	const struct carried *c = &a->packet->carried;

	if (!c->has_key || c->key == e->key || e->other_key)
		return false;
	e->key = c->key;
	e->other_key = !model_declares(t->model, e);
	return e->other_key;
}

/* Something of it may have risen: it is looked at anew. */
static bool
has_news(const struct tunnels *t, struct tunnel *e, const struct flow *f,
    const struct arrival *a)
{
	return has_other_key(t, e, a) || f->dirty ||
	    a->time.us >= e->again_us ||
	    (e->told_us != 0 && !e->declared &&
		a->time.us - e->told_us >= CLOCK_DAY);
}

static struct tunnel *
take(struct tunnels *t, enum tunnel_kind kind, const struct flow *f,
    const struct arrival *a)
{
	const uint32_t number = number_of(t, a, kind);
	struct tunnel *e = find(t, number);

	if (!e) {
		e = add(t, number, a->time.us);
		if (!e)
			return NULL;
		begin(t, e, kind, f, a);
	} else if (!has_news(t, e, f, a)) {
		e->seen_us = a->time.us;
		return e;
	}
	e->seen_us = a->time.us;
	e->automatic = tunnel_kind_is_automatic(kind, a->packet);
	look_at(t, e, &f->conversation, a->time);
	plan(t, e, a->time.us);
	return e;
}

/* ---- what is in them */

static bool
is_related(const struct zone *z, const struct tunnel *e)
{
	for (int i = 0; i < 2; i++)
		if (zone_is_above(z, e->zones[i]) ||
		    zone_is_above(e->zones[i], z))
			return true;
	return false;
}

/* The ends of what is inside that live in no zone where the tunnel begins or
 * ends; 0 where that cannot be told of each. */
static int
count_foreign(const struct tunnels *t, const struct tunnel *e,
    const struct flow *f)
{
	int foreign = 0;

	if (!e->zones[0] || !e->zones[1])
		return 0;
	for (int i = 0; i < 2; i++) {
		if (!f->zones[i] || f->zones[i] == &t->model->firewall_zone)
			return 0;
		foreign += !is_related(f->zones[i], e);
	}
	return foreign;
}

/*
 * What a declared tunnel carries may go on from its end, so it is foreign only
 * where neither end is at home there. In one that nobody declared and that
 * leaves no zone, one end will do; what is alerted of by itself is enough said.
 */
static bool
is_foreign(const struct tunnels *t, const struct tunnel *e,
    const struct flow *f, struct wall_us now)
{
	const int foreign = count_foreign(t, e, f);
	struct verdict v;

	if (e->declared)
		return foreign == 2;
	if (foreign == 0 || (foreign == 1 && e->zones[0] != e->zones[1]))
		return false;
	judge(t->model, &f->conversation, now, &v);
	return !v.alerts;
}

static void
tell_foreign(const struct tunnels *t, const struct tunnel *e,
    const struct flow *f, const struct arrival *a, const struct observer *o)
{
	const struct conversation *c = &f->conversation;
	char seen[SEEN_MAX], expected[NOTICE_TEXT_MAX + 1];
	struct evidence_packet packet;
	struct notice n = { .check = CHECK_LNK_2,
		.severity = checks_row(CHECK_LNK_2)->passed,
		.word = NOTICE_TUNNEL_FOREIGN,
		.now = a->time,
		.first = a->time,
		.boundary = c->boundary,
		.tap = a->tap,
		.tag_count = a->packet->tag_count,
		.protocol = c->protocol,
		.expected = expected,
		.seen = seen,
		.flow_id = f->id };

	if (!o->notice)
		return;
	describe(e, seen, sizeof(seen));
	(void)snprintf(expected, sizeof(expected), "%s%s%s", e->zones[0]->name,
	    e->zones[0] == e->zones[1] ? "" : ", ",
	    e->zones[0] == e->zones[1] ? "" : e->zones[1]->name);
	memcpy(n.tags, a->packet->tags, sizeof(n.tags));
	n.clause = (struct clause){ .kind = CLAUSE_MODEL,
		.id = e->zones[0]->id,
		.place = e->zones[0]->place };
	for (int i = 0; i < 2; i++) {
		n.party[i].address = c->address[i];
		n.party[i].port = c->port[i];
		n.party[i].zone = f->zones[i ^ f->initiator_side];
	}
	if (retain_cut(t->model, a, false, &packet)) {
		packet.deciding = true;
		n.packets = &packet;
		n.packet_count = 1;
	}
	o->notice(o->context, &n);
}

static void
look_inside(struct tunnels *t, const struct flow *f, const struct arrival *a,
    const struct observer *o)
{
	struct tunnel *e;

	if (!f->dirty)
		return;
	e = find(t, a->carrier);
	if (!e)
		return;
	/* Answers that come by the tunnel came through it. */
	if (f->conversation.outcome >= OUTCOME_ANSWERED && !e->through) {
		e->through = true;
		plan(t, e, a->time.us);
	}
	if (f->frames != a->frames) /* not its first packet */
		return;
	if (e->foreign_told || !is_foreign(t, e, f, a->time))
		return;
	e->foreign_told = true;
	tell_foreign(t, e, f, a, o);
}

void
tunnel_packet(struct tunnels *t, struct flow *f, const struct arrival *a,
    const struct observer *o)
{
	const enum tunnel_kind kind = tunnel_kind_of(f, a->packet);
	const struct tunnel *e;

	if (a->carrier != 0)
		look_inside(t, f, a, o);
	if (kind == TUNNEL_KIND_NONE)
		return;
	e = take(t, kind, f, a);
	if (e)
		f->undeclared = e->declared ? SEVERITY_NONE : (uint8_t)grade(e);
}

/* ---- another model */

static const struct boundary *
boundary_in(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->boundary_count; i++)
		if (strcmp(m->boundaries[i].id, id) == 0)
			return &m->boundaries[i];
	return NULL;
}

/* By the little that is remembered of its conversation. */
static void
look_again(const struct tunnels *t, struct tunnel *e)
{
	struct conversation c = { .boundary = e->boundary,
		.address = { e->ends[0], e->ends[1] },
		.port = { e->port[0], e->port[1] },
		.protocol = e->protocol,
		.initiator = INITIATOR_LIKELY,
		.first = { e->seen_us },
		.last = { e->seen_us },
		.outcome = e->through ? OUTCOME_ANSWERED : OUTCOME_TRIED };

	for (int i = 0; i < 2; i++)
		e->zones[i] = zone_of(t, e->boundary, &e->ends[i]);
	e->own = SEVERITY_NONE;
	look_at(t, e, &c, c.last);
}

void
tunnel_reload(struct tunnels *t, const struct model *m)
{
	t->model = m;
	owner_fini(&t->owners);
	owner_init(&t->owners, m);
	for (size_t i = t->count; i-- > 0;) {
		struct tunnel *e = &t->items[i];

		e->boundary = boundary_in(m, e->boundary->id);
		e->tap = model_tap(m, e->tap->id);
		if (!e->boundary || !e->tap) {
			drop(t, i); /* its next packet begins it anew */
			continue;
		}
		e->packet.tap = e->tap;
		e->foreign_told = e->other_key = false;
		look_again(t, e);
		if (!e->declared && e->told == SEVERITY_NONE)
			plan(t, e, e->seen_us);
	}
}
