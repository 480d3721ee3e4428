/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-12: the two machines of a redundant pair must let the same through, or a
 * failover opens or cuts what nobody decided. Counters, handles and the order
 * of rules that changes nothing are no difference.
 */
#include <stdio.h>
#include <string.h>

#include "audit_change.h"

/* The changes of one pair of zones, one way: the first tells of the others. */
static size_t
group_end(const struct audit_changes *c, size_t at)
{
	const struct audit_change *first = &c->items[at];
	size_t i = at + 1;

	while (i < c->count && c->items[i].from == first->from &&
	    c->items[i].stranger.first == first->stranger.first &&
	    c->items[i].stranger.last == first->stranger.last &&
	    c->items[i].to == first->to && c->items[i].opens == first->opens &&
	    c->items[i].declared == first->declared)
		i++;
	return i;
}

static void
add_rule(struct audit_finding *f, const struct audit_rule *r)
{
	if (r->chain == NULL)
		return;
	for (size_t i = 0; i < f->rule_count; i++)
		if (f->rules[i].rule == r->rule &&
		    f->rules[i].chain == r->chain)
			return;
	if (f->rule_count < AUDIT_RULES_MAX)
		f->rules[f->rule_count++] = *r;
	else
		f->rules_left_out++;
}

static void
tell(struct audit *a, const struct audit_changes *c, size_t at, size_t end)
{
	const struct audit_change *first = &c->items[at];
	struct audit_finding *f = audit_add(a, CHECK_FWR_12);
	char more[24];

	if (f == NULL)
		return;
	f->from = first->from;
	f->to = first->to;
	f->stranger = first->stranger;
	f->certainty = first->certain ? AUDIT_CERTAIN : AUDIT_POSSIBLE;
	f->family = first->family;
	f->has_witness = true;
	f->way = first->way;
	f->witness = first->witness;
	f->translated = first->translated;
	for (size_t i = at; i < end; i++) {
		if (c->items[i].family != f->family)
			f->family = 0;
		add_rule(f, &c->items[i].old_rule);
	}
	(void)snprintf(more, sizeof(more), "%zu", end - at);
	audit_say(a, f, first->opens ? W_PEER_OPENS : W_PEER_CLOSES, 1, more);
}

void
audit_peer(struct audit *a)
{
	struct audit_changes changes;
	char number[24];

	if (a->ruleset == NULL || a->peer == NULL ||
	    strcmp(a->ruleset->sha256, a->peer->sha256) == 0)
		return;
	audit_compare(a, a->peer, &changes);
	for (size_t i = 0; i < changes.count;) {
		const size_t end = group_end(&changes, i);

		tell(a, &changes, i, end);
		i = end;
	}
	if (changes.undecided > 0) {
		(void)snprintf(number, sizeof(number), "%llu",
		    (unsigned long long)changes.undecided);
		audit_add_undecided(a, CHECK_FWR_12, NULL, NULL, NULL,
		    W_PEER_UNDECIDED, 1, number);
	} else if (changes.count == 0)
		audit_add_note(a, W_PEER_SAME_MEANING, 0);
	audit_changes_fini(&changes);
}
