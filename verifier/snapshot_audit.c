/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-8: what the firewall does today against what was approved. A change is
 * accounted for when its state was stored with the number of a change; then it
 * is only noted that it waits for approval. The digest is over the meaning, so
 * counters, handles and comments are no change.
 */
#include <stdio.h>
#include <string.h>

#include "audit_change.h"
#include "snapshot.h"

/* The state in the store that is the audit's ruleset, if that is the last one
 * there: a way back to an older state is a change of its own. One whose
 * ruleset is not that of its digest is none, and a fault in d. */
static const struct snapshot *
stored(const struct snapshot_store *s, const char *sha256, struct diag *d)
{
	const struct snapshot *newest = snapshot_newest(s);
	struct ruleset *held;

	if (newest == NULL || strcmp(newest->sha256, sha256) != 0)
		return NULL;
	held = snapshot_ruleset(newest, d);
	ruleset_free(held);
	return held != NULL ? newest : NULL;
}

static void
number_text(size_t n, char buf[24])
{
	(void)snprintf(buf, 24, "%zu", n);
}

/* The witness of the first change, and the rules that decide it today. */
static void
show(struct audit_finding *f, const struct audit_change *c)
{
	f->from = c->from;
	f->to = c->to;
	f->stranger = c->stranger;
	f->family = c->family;
	f->certainty = c->certain ? AUDIT_CERTAIN : AUDIT_POSSIBLE;
	f->has_witness = true;
	f->way = c->way;
	f->witness = c->witness;
	f->translated = c->translated;
	if (c->new_rule.chain != NULL)
		f->rules[f->rule_count++] = c->new_rule;
}

static void
tell(struct audit *a, const struct snapshot *approved,
    const struct audit_changes *c)
{
	struct audit_finding *f = audit_add(a, CHECK_FWR_8);
	char opens[24], closes[24], since[CLOCK_MINUTE_MAX];
	struct text number = { 0 };
	size_t n = 0;

	if (f == NULL)
		return;
	for (size_t i = 0; i < c->count; i++)
		n += c->items[i].opens;
	number_text(n, opens);
	number_text(c->count - n, closes);
	clock_format(approved->last_taken, a->m->utc_offset_s, since);
	text_quote(&number, approved->approved_number);
	if (c->count > 0) {
		show(f, &c->items[0]);
		audit_say(a, f, W_SNAPSHOT_CHANGED, 4, text_str(&number), since,
		    opens, closes);
	} else
		audit_say(a, f,
		    c->undecided ? W_SNAPSHOT_CHANGED_OPEN :
				   W_SNAPSHOT_CHANGED_TEXT,
		    2, text_str(&number), since);
	text_free(&number);
}

static void
compare(struct audit *a, const struct snapshot *approved,
    const struct ruleset *old)
{
	struct audit before = { .m = a->m,
		.boundary = a->boundary,
		.firewall = a->firewall,
		.ruleset = old,
		.lang = a->lang,
		.at = a->at,
		.budget_steps = a->budget_steps,
		.budget_bytes = a->budget_bytes };
	struct audit_changes changes;
	char number[24];

	audit_compare(&before, a->ruleset, &changes);
	tell(a, approved, &changes);
	if (changes.undecided > 0) {
		number_text((size_t)changes.undecided, number);
		audit_add_undecided(a, CHECK_FWR_8, NULL, NULL, NULL,
		    W_CHANGE_UNDECIDED, 1, number);
	}
	audit_changes_fini(&changes);
	audit_fini(&before);
}

/* old is what was approved, by its own digest. */
static void
account(struct audit *a, const struct snapshot_store *s,
    const struct snapshot *approved, const struct ruleset *old, struct diag *d)
{
	const struct snapshot *now;
	struct text number = { 0 };

	if (strcmp(old->sha256, a->ruleset->sha256) == 0)
		return;
	now = stored(s, a->ruleset->sha256, d);
	if (now != NULL && now->change_number != NULL) {
		text_quote(&number, now->change_number);
		audit_add_note(a, W_SNAPSHOT_WAITS, 1, text_str(&number));
	} else
		compare(a, approved, old);
	text_free(&number);
}

void
snapshot_audit(struct audit *a, const struct snapshot_store *s, struct diag *d)
{
	const struct snapshot *approved = snapshot_approved(s);
	struct text number = { 0 };
	struct ruleset *old;

	if (a->ruleset == NULL)
		return;
	if (approved == NULL) {
		audit_add_undecided(a, CHECK_FWR_8, NULL, NULL, NULL,
		    W_SNAPSHOT_NONE_APPROVED, 0);
		return;
	}
	if (snapshot_self_approved(approved)) {
		text_quote(&number, approved->approved_number);
		audit_add_note(a, W_SNAPSHOT_SELF_APPROVED, 1,
		    text_str(&number));
	}
	text_free(&number);
	/* Always: the digest in the header alone could be any. */
	old = snapshot_ruleset(approved, d);
	if (old == NULL)
		audit_add_undecided(a, CHECK_FWR_8, NULL, NULL, NULL,
		    W_SNAPSHOT_APPROVED_LOST, 0);
	else
		account(a, s, approved, old, d);
	ruleset_free(old);
}
