/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a finding of attack_*.c is told: once for whom and what it is, again
 * when it became graver or ten times as much, or a day of packet time later;
 * with the packets that opened the conversations it is about.
 */
#include <stdlib.h>
#include <string.h>

#include "attack_internal.h"
#include "base/mem.h"
#include "retain.h"

#define TELL_AGAIN_TIMES 10
#define TELL_AGAIN_US CLOCK_DAY

_Static_assert(sizeof(struct told_key) == 32, "no padding");

/* ---- what was told */

void
told_init(struct told_table *t, const uint8_t secret[16])
{
	memset(t, 0, sizeof(*t));
	table_init(&t->table, ATTACK_TOLD_MAX, sizeof(struct told_key), secret);
	t->items = mem_calloc(ATTACK_TOLD_MAX, sizeof(*t->items));
}

void
told_fini(struct told_table *t)
{
	table_fini(&t->table);
	free(t->items);
	memset(t, 0, sizeof(*t));
}

/* The place of what was told longest ago. */
static struct told *
make_room(struct told_table *t, int64_t now_us)
{
	struct told *x = &t->items[t->next];

	t->next = (t->next + 1) % ATTACK_TOLD_MAX;
	if (x->used) {
		(void)table_remove(&t->table, &x->key);
		t->refused += now_us - x->us < TELL_AGAIN_US;
	}
	return x;
}

static struct told_key
key_of(const struct news *n)
{
	struct told_key key = { .boundary = n->talk->flow->key.boundary,
		.carrier = n->talk->flow->key.carrier,
		.kind = n->kind,
		.detail = n->detail };

	memcpy(key.address, n->about->bytes, sizeof(key.address));
	return key;
}

bool
attack_is_news(const struct attacks *t, const struct news *n)
{
	const struct told_key key = key_of(n);
	const uint32_t at = table_find(&t->told.table, &key);
	const struct told *x;

	if (at == TABLE_NONE)
		return true;
	x = &t->told.items[at];
	return n->severity > x->severity ||
	    n->counted >= x->count * TELL_AGAIN_TIMES ||
	    n->talk->now.us - x->us >= TELL_AGAIN_US;
}

static void
remember_told(struct told_table *t, const struct news *n)
{
	const struct told_key key = key_of(n);
	const uint32_t at = table_find(&t->table, &key);
	const int64_t now_us = n->talk->now.us;
	struct told *x;

	if (at != TABLE_NONE) {
		x = &t->items[at];
	} else {
		x = make_room(t, now_us);
		(void)table_add(&t->table, &key, (uint32_t)(x - t->items));
	}
	*x = (struct told){ key, true, n->severity, n->counted ? n->counted : 1,
		now_us };
}

/* ---- packets */

void
attack_remember(struct attacks *t, const struct talk *k,
    const struct arrival *a)
{
	struct opening *p = &t->openings[t->opening_next];
	struct evidence_packet *e = &p->packet;

	if (!a->frame || !retain_cut(t->model, a, false, e))
		return;
	t->opening_next = (t->opening_next + 1) % ATTACK_OPENINGS_MAX;
	if (t->opening_count < ATTACK_OPENINGS_MAX)
		t->opening_count++;
	p->key = attack_key_of(k, 0, true, k->flow->key.protocol,
	    k->c->port[1]);
	if (e->kept > sizeof(p->bytes)) {
		e->kept = sizeof(p->bytes);
		e->cut = true;
	}
	memcpy(p->bytes, e->bytes, e->kept);
	e->bytes = p->bytes;
	e->deciding = true;
}

static bool
is_wanted(const uint8_t *wanted, const uint8_t *is, size_t n)
{
	static const uint8_t any[16];

	return memcmp(wanted, any, n) == 0 || memcmp(wanted, is, n) == 0;
}

static bool
belongs(const struct attack_key *wanted, const struct attack_key *is)
{
	return wanted->boundary == is->boundary &&
	    wanted->carrier == is->carrier &&
	    (wanted->protocol == 0 || wanted->protocol == is->protocol) &&
	    (wanted->port == 0 || wanted->port == is->port) &&
	    is_wanted(wanted->address, is->address, sizeof(is->address)) &&
	    is_wanted(wanted->peer, is->peer, sizeof(is->peer));
}

/* The newest that belong to n, oldest first; returns how many. */
static size_t
find_openings(const struct attacks *t, const struct attack_key *wanted,
    size_t most, struct evidence_packet *out)
{
	size_t found = 0;

	for (uint32_t i = 1; i <= t->opening_count && found < most; i++) {
		const struct opening *p =
		    &t->openings[(t->opening_next + ATTACK_OPENINGS_MAX - i) %
			ATTACK_OPENINGS_MAX];

		if (belongs(wanted, &p->key))
			out[most - ++found] = p->packet;
	}
	if (found < most)
		memmove(out, out + most - found, found * sizeof(*out));
	return found;
}

static size_t
gather(const struct attacks *t, const struct news *n,
    struct evidence_packet out[EVIDENCE_NOTICE_MAX])
{
	struct evidence_packet last;
	size_t count;

	if (!n->a || !n->a->frame || !retain_cut(t->model, n->a, false, &last))
		return find_openings(t, &n->openings, EVIDENCE_NOTICE_MAX, out);
	last.deciding = true;
	count = find_openings(t, &n->openings, EVIDENCE_NOTICE_MAX - 1, out);
	/* It may be the last opening itself. */
	if (count > 0 && out[count - 1].time.us == last.time.us &&
	    out[count - 1].tap == last.tap)
		count--;
	out[count] = last;
	return count + 1;
}

/* ---- telling */

static void
find_zone(const struct attacks *t, const struct news *n,
    struct notice_party *party)
{
	if (party->address.family != 0 && !party->zone)
		party->zone = locate_address(t->model, n->talk->c->boundary,
		    &party->address)
				  .zone;
}

void
attack_tell(struct attacks *t, const struct news *n, const struct observer *o)
{
	const struct flow *f = n->talk->flow;
	struct evidence_packet packets[EVIDENCE_NOTICE_MAX];
	struct notice notice = { .check = n->check,
		.severity = n->severity,
		.word = n->word,
		.now = n->talk->now,
		.first = { n->first_us },
		.boundary = n->talk->c->boundary,
		.tap = n->a ? n->a->tap : f->tap,
		.tag_count = f->tag_count,
		.protocol = n->protocol,
		.party = { n->party[0], n->party[1] },
		.clause = n->clause,
		.expected = n->expected,
		.seen = n->seen,
		.counted = n->counted,
		.of = n->of,
		.flow_id = f->id,
		.packets = packets };

	if (!attack_is_news(t, n) || !o->notice)
		return;
	remember_told(&t->told, n);
	memcpy(notice.tags, f->tags, sizeof(notice.tags));
	find_zone(t, n, &notice.party[0]);
	find_zone(t, n, &notice.party[1]);
	notice.packet_count = gather(t, n, packets);
	o->notice(o->context, &notice);
}
