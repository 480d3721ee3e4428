/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ATK-7: packets of what the model says was cut off (containments), from that
 * time on. Any packet that it sends and that is seen here shows that it is not
 * cut off: critical, and so is whatever reaches it or is answered. That
 * somebody else tries in vain to reach it shows nothing of the kind: high,
 * once for all who try. What never leaves its own segment is not seen, unless
 * a tap is there.
 */
#include "attack_internal.h"

#define CUTS_MAX 1024

/* kind of a key */
enum { SENDS, REACHED, TRIED };

/* A host that was cut off, and what happens to it. */
struct cut {
	struct roster_head head;
	uint64_t visits;  /* conversations, about: those that alternate count
			  * more than once */
	uint64_t flow_id; /* of the last one */
};

void
attack_cut_init(struct attacks *t)
{
	roster_init(&t->cuts, CUTS_MAX, sizeof(struct cut), CLOCK_DAY,
	    t->secret);
}

/* In force at that time. */
static bool
is_in_force(const struct model *m, const struct containment *c,
    struct wall_us now)
{
	if (now.us < c->since.us)
		return false;
	return c->until.year == 0 ||
	    now.us < day_begin(day_add(c->until, 1), m->utc_offset_s).us;
}

bool
attack_is_cut(const struct model *m, const struct addr *a, struct wall_us now)
{
	for (size_t i = 0; i < m->containment_count; i++)
		if (is_in_force(m, &m->containments[i], now) &&
		    prefix_set_contains(&m->containments[i].hosts, a))
			return true;
	return false;
}

/* It got there, or an answer came back, since then. */
static bool
has_reached(const struct attacks *t, const struct talk *k,
    const struct arrival *a, const struct containment *c, int way, int host)
{
	struct verdict v;

	/* Seen on the segment of whom it is for. */
	if (way != host && k->zone[0] != k->zone[1] && a->segment &&
	    zone_is_above(a->segment, k->zone[host]))
		return true;
	/* What it came to before shows nothing. */
	if (k->c->first.us < c->since.us)
		return false;
	if (k->c->outcome >= OUTCOME_ANSWERED)
		return true;
	judge(t->model, k->c, k->c->last, &v);
	return v.passed == PASSED_YES;
}

static void
tell(struct attacks *t, const struct talk *k, const struct arrival *a,
    const struct containment *c, const struct cut *x, int host,
    const struct observer *o)
{
	static const struct {
		enum notice_word word;
		enum told_kind told;
		enum severity severity;
	} as[] = {
		[SENDS] = { NOTICE_ATTACK_CUT_SENDS, TOLD_CUT_SENDS,
		    SEVERITY_CRITICAL },
		[REACHED] = { NOTICE_ATTACK_CUT_REACHED, TOLD_CUT_REACHED,
		    SEVERITY_CRITICAL },
		[TRIED] = { NOTICE_ATTACK_CUT_TRIED, TOLD_CUT_TRIED,
		    SEVERITY_CRITICAL },
	};
	const int kind = x->head.key.kind;
	/* Who began it, or who may not send. */
	const int who = kind == SENDS ? host : 0;
	const struct news n = { .check = CHECK_ATK_7,
		.severity = as[kind].severity,
		.word = as[kind].word,
		.kind = as[kind].told,
		.about = &k->address[host],
		.talk = k,
		.a = a,
		.party = { { .address = k->address[who] },
		    { .address = k->address[!who],
			.port = who == 0 ? k->c->port[1] : 0 } },
		.first_us = x->head.begun_us,
		.protocol = k->flow->key.protocol,
		.clause = { .kind = CLAUSE_MODEL,
		    .id = c->id,
		    .place = c->place },
		.counted = x->visits,
		/* What was before the cut shows nothing. */
		.openings = { .boundary = ATTACK_NO_OPENING } };

	attack_tell(t, &n, o);
}

static void
count(struct attacks *t, const struct talk *k, const struct arrival *a,
    const struct containment *c, int way, int host, const struct observer *o)
{
	struct attack_key key = attack_key_of(k, host, false, 0, 0);
	struct cut *x;

	if (has_reached(t, k, a, c, way, host))
		key.kind = REACHED;
	else
		key.kind = host == way ? SENDS : TRIED;
	x = roster_take(&t->cuts, &key, a->time.us);
	if (x->flow_id != k->flow->id)
		x->visits++;
	x->flow_id = k->flow->id;
	tell(t, k, a, c, x, host, o);
}

void
attack_cut(struct attacks *t, const struct talk *k, const struct arrival *a,
    int way, const struct observer *o)
{
	const struct model *m = t->model;

	for (size_t i = 0; i < m->containment_count; i++) {
		const struct containment *c = &m->containments[i];

		if (!is_in_force(m, c, a->time))
			continue;
		for (int end = 0; end < 2; end++)
			if (prefix_set_contains(&c->hosts, &k->address[end]) &&
			    !prefix_set_contains(&c->except, &k->address[!end]))
				count(t, k, a, c, way, end, o);
	}
}
