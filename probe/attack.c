/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See attack.h. Hands conversations to the checks (attack_*.c): most look once
 * at each, FLOW_SETTLE_US after it began or at its end, when it is known
 * whether it was answered; so neither order nor copies nor the number of taps
 * matter. Keeps who talked to whom, which tells a host that is down from one
 * that was never there. What it knows is lost when the engine restarts: then
 * counts begin anew, and for some days every peer is a new one.
 */
#include <stdlib.h>
#include <string.h>

#include "attack_internal.h"
#include "base/mem.h"

/* Of 500,000 pairs, those of 5,000 hosts with 100 peers each. */
#define KNOWN_BYTES (2u << 20)
/* Longer than a weekend with holidays around it. */
#define KNOWN_US (7 * CLOCK_DAY)
/* A busy conversation is counted by so many packets at a time. */
#define PACKETS_STEP 16
/* An answer to a datagram within it: both directions are seen. */
#define ANSWERS_US CLOCK_HOUR

/* ---- boundaries */

static void
take_boundaries(struct attacks *t, const struct model *m)
{
	t->model = m;
	t->boundary_count = m->boundary_count;
	t->boundaries = mem_calloc(m->boundary_count + 1,
	    sizeof(*t->boundaries));
	t->datagrams_us = mem_calloc(m->boundary_count + 1,
	    sizeof(*t->datagrams_us));
	for (size_t i = 0; i < m->boundary_count; i++) {
		t->boundaries[i] = mem_strdup(m->boundaries[i].id);
		t->datagrams_us[i] = INT64_MIN;
	}
}

static void
drop_boundaries(struct attacks *t)
{
	for (size_t i = 0; i < t->boundary_count; i++)
		free(t->boundaries[i]);
	free(t->boundaries);
	free(t->datagrams_us);
}

static bool
has_same_boundaries(const struct attacks *t, const struct model *m)
{
	if (t->boundary_count != m->boundary_count)
		return false;
	for (size_t i = 0; i < m->boundary_count; i++)
		if (strcmp(t->boundaries[i], m->boundaries[i].id) != 0)
			return false;
	return true;
}

/* ---- life */

struct attacks *
attack_new(const struct model *m, const uint8_t secret[16])
{
	struct attacks *t = mem_calloc(1, sizeof(*t));

	memcpy(t->secret, secret, sizeof(t->secret));
	take_boundaries(t, m);
	t->begun_us = INT64_MIN;
	attack_scan_init(t);
	attack_flood_init(t);
	attack_spread_init(t);
	attack_guess_init(t);
	attack_cut_init(t);
	sketch_memory_init(&t->known, KNOWN_BYTES, KNOWN_US);
	told_init(&t->told, secret);
	t->openings = mem_calloc(ATTACK_OPENINGS_MAX, sizeof(*t->openings));
	return t;
}

/* All tables; ends with NULL. */
#define ROSTERS(t)                                                           \
	{                                                                    \
		&(t)->sweeps, &(t)->combs, &(t)->targets, &(t)->spreads,     \
		    &(t)->services, &(t)->guesses, &(t)->sprays, &(t)->cuts, \
		    NULL                                                     \
	}

void
attack_free(struct attacks *t)
{
	if (!t)
		return;
	struct roster *const all[] = ROSTERS(t);

	for (size_t i = 0; all[i]; i++)
		roster_fini(all[i]);
	sketch_memory_fini(&t->known);
	told_fini(&t->told);
	free(t->openings);
	drop_boundaries(t);
	free(t);
}

void
attack_reload(struct attacks *t, const struct model *m)
{
	struct roster *const all[] = ROSTERS(t);
	const bool same = has_same_boundaries(t, m);

	drop_boundaries(t);
	take_boundaries(t, m);
	/* They name taps of the model that goes. */
	t->opening_count = 0;
	/* Numbers of boundaries stand in every key. */
	for (size_t i = 0; !same && all[i]; i++)
		roster_clear(all[i]);
	if (!same && t->told.table.count > 0) {
		told_fini(&t->told);
		told_init(&t->told, t->secret);
	}
}

uint64_t
attack_refused(const struct attacks *t)
{
	const struct roster *const all[] = ROSTERS(t);
	uint64_t n = t->told.refused;

	for (size_t i = 0; all[i]; i++)
		n += all[i]->refused;
	return n;
}

/* ---- a conversation as the checks see it */

static bool
is_outer(const struct zone *z)
{
	return z && (z->tier == TIER_OUTSIDE || z->tier == TIER_SAAS);
}

static struct talk
talk_of(const struct flow *f, struct wall_us now)
{
	struct talk k = { .flow = f, .c = &f->conversation, .now = now };

	for (int way = 0; way < 2; way++) {
		const int side = way ^ f->initiator_side;

		k.address[way].family = f->key.family;
		memcpy(k.address[way].bytes, f->key.address[side], 16);
		k.zone[way] = f->zones[side];
		k.local[way] = f->segment_only[side];
		k.outer[way] = is_outer(f->zones[side]);
	}
	return k;
}

struct attack_key
attack_key_of(const struct talk *k, int way, bool pair, uint8_t protocol,
    uint16_t port)
{
	struct attack_key key = { .boundary = k->flow->key.boundary,
		.carrier = k->flow->key.carrier,
		.port = port,
		.protocol = protocol };

	memcpy(key.address, k->address[way].bytes, sizeof(key.address));
	if (pair)
		memcpy(key.peer, k->address[!way].bytes, sizeof(key.peer));
	return key;
}

uint64_t
attack_hash_addr(const struct attacks *t, const struct addr *a)
{
	return table_hash(t->secret, a->bytes, sizeof(a->bytes));
}

uint64_t
attack_hash_key(const struct attacks *t, const struct attack_key *key)
{
	return table_hash(t->secret, key, sizeof(*key));
}

void
attack_widen(struct prefix *p, const struct addr *a)
{
	unsigned n = 0;

	if (p->addr.family == 0) {
		p->addr = *a;
		p->length = (uint8_t)addr_bits(a);
		return;
	}
	while (n < p->length &&
	    !((p->addr.bytes[n / 8] ^ a->bytes[n / 8]) & 0x80u >> n % 8))
		n++;
	p->addr = addr_mask(&p->addr, n);
	p->length = (uint8_t)n;
}

const char *
attack_range(const struct prefix *p, char buf[PREFIX_TEXT_MAX])
{
	if (p->length == addr_bits(&p->addr))
		return addr_format(&p->addr, buf);
	return prefix_format(p, buf);
}

const struct host *
attack_host(const struct attacks *t, const struct talk *k, int way)
{
	return model_host(t->model, k->zone[way], &k->address[way]);
}

bool
attack_is_crowd(const struct attacks *t, const struct talk *k, int way)
{
	const struct place p = locate_address(t->model, k->c->boundary,
	    &k->address[way]);

	return p.kind == PLACE_FIREWALL || p.hidden;
}

static bool
names_hosts(const struct endpoint *e)
{
	return e->hosts.count > 0;
}

bool
attack_is_declared(const struct attacks *t, const struct talk *k,
    bool either_end)
{
	struct verdict v;

	judge(t->model, k->c, k->c->last, &v);
	return v.conduit &&
	    (names_hosts(&v.conduit->from) ||
		(either_end && names_hosts(&v.conduit->to)));
}

bool
attack_sees_answers(const struct attacks *t, const struct talk *k)
{
	const int64_t us = t->datagrams_us[k->flow->key.boundary];

	return us != INT64_MIN && k->now.us - us < ANSWERS_US;
}

/* ---- who is told what */

static bool
is_group(const struct talk *k)
{
	return k->local[0] || k->local[1];
}

/* It was answered just now. */
static void
take_answer(struct attacks *t, const struct talk *k, const struct arrival *a,
    const struct observer *o)
{
	const struct attack_key key = attack_key_of(k, 0, true, 0, 0);
	bool fresh;

	if (k->flow->key.protocol == ATTACK_UDP && k->flow->way[0].seen &&
	    k->flow->way[1].seen)
		t->datagrams_us[k->flow->key.boundary] = a->time.us;
	if (k->outer[1])
		return;
	fresh = sketch_memory_add(&t->known, a->time.us,
	    attack_hash_key(t, &key));
	attack_spread(t, k, a, fresh, o);
}

/* Packets of a settled conversation that goes on: TCP is judged by its
 * connections, the rest by its packets. */
static bool
is_due(const struct flow *f, const struct tracked *tr)
{
	return !f->settling && f->key.protocol != ATTACK_TCP &&
	    tr->first_place && f->way[tr->way].packets % PACKETS_STEP == 0;
}

void
attack_packet(struct attacks *t, const struct flow *f, const struct arrival *a,
    const struct tracked *tr, bool is_new, enum outcome before,
    const struct observer *o)
{
	const bool answered = before < OUTCOME_ANSWERED &&
	    f->conversation.outcome >= OUTCOME_ANSWERED;
	const bool contained = t->model->containment_count > 0;
	const bool due = is_due(f, tr);
	struct talk k;

	if (t->begun_us == INT64_MIN)
		t->begun_us = a->time.us;
	if (!is_new && !answered && !contained && !due)
		return;
	k = talk_of(f, a->time);
	if (is_group(&k))
		return;
	if (is_new)
		attack_remember(t, &k, a);
	if (answered)
		take_answer(t, &k, a, o);
	if (due)
		attack_flood_more(t, &k, tr->way, PACKETS_STEP, o);
	if (contained)
		attack_cut(t, &k, a, tr->way, o);
}

/* When it settled: others may have begun since, and are judged after it. */
static struct wall_us
settled_at(const struct flow *f, struct wall_us now)
{
	const int64_t us = f->conversation.first.us + FLOW_SETTLE_US;

	return us < now.us ? (struct wall_us){ us } : now;
}

void
attack_settled(struct attacks *t, const struct flow *f, struct wall_us now,
    const struct observer *o)
{
	const struct talk k = talk_of(f, settled_at(f, now));

	if (is_group(&k) || f->conversation.malformed)
		return;
	attack_scan(t, &k, o);
	attack_flood(t, &k, o);
}

void
attack_end(struct attacks *t, const struct flow *f, struct wall_us now,
    const struct observer *o)
{
	struct talk k;

	if (f->settling)
		attack_settled(t, f, now, o);
	k = talk_of(f, now);
	if (f->key.protocol == ATTACK_TCP && !is_group(&k))
		attack_guess(t, &k, o);
}
