/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which rules make two rulesets differ, by what they mean: counters, comments,
 * handles and the wording of logs do not count. A packet that none of these
 * rules can match fares alike in both, which is what makes a comparison cheap.
 */
#ifndef AUDIT_CHANGE_H
#define AUDIT_CHANGE_H

#include "audit.h"

#define AUDIT_CHANGES_MAX 10000 /* of one comparison */

/* A rule that only one of the two has, or that stands elsewhere. */
struct rule_edit {
	const struct rule *rule;
	bool added; /* of the newer one; else of the older */
};

struct rule_edits {
	struct rule_edit *items; /* owned; in the order of the chains */
	size_t count, capacity;
	/* Tables, base chains, priorities or policies differ too: any packet
	 * may fare otherwise. */
	bool structure;
};

/* Both rulesets must outlive out. Chains pair by family, table and name; the
 * rules of a pair are aligned by a longest common subsequence, beyond
 * 4,000,000 comparisons of one pair all between the first and the last
 * difference count as edited. O(rules) besides. */
void rule_edits_find(const struct ruleset *old, const struct ruleset *now,
    struct rule_edits *out);
void rule_edits_fini(struct rule_edits *e);
/* "+" and "-" lines, one a rule, with where it stands. At most most lines,
 * then how many more there are. */
void rule_edits_text(const struct rule_edits *e, enum lang lang, size_t most,
    struct text *out);
/* Whether two rules do the same to every packet. O(their elements). */
bool rule_means_same(const struct rule *a, const struct rule *b);

/* The JSON of a rule that decides, or of a policy; null without a chain. */
void audit_change_rule_json(const struct audit_rule *r, struct jsonw *w,
    const char *key);

#endif
