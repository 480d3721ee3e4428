/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks a loaded model against what guidelines and audits ask of the
 * declarations themselves: the TOP family less TOP-1 and TOP-9, which are
 * errors of loading. It looks at the model alone, never at traffic, and reads
 * no clock: "today" is handed in. One function a check, by topic in the other
 * files; here is their order and what they share.
 */
#include "model_check_internal.h"
#include "model_internal.h"

const struct prefix_set *
end_addresses(const struct endpoint *e)
{
	return e->whole_zone ? &e->zone->all : &e->reach;
}

bool
prefix_set_overlaps(const struct prefix_set *a, const struct prefix_set *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < b->count; j++)
			if (prefix_covers(&a->items[i], &b->items[j]) ||
			    prefix_covers(&b->items[j], &a->items[i]))
				return true;
	return false;
}

bool
end_is_clean(const struct model *m, const struct endpoint *e)
{
	const struct prefix_set *wanted = end_addresses(e);
	struct arena *arena = arena_new();
	struct prefix_set clean = { 0 };
	bool covered;

	for (size_t i = 0; i < m->sanitiser_count; i++) {
		const struct sanitiser *s = &m->sanitisers[i];

		for (size_t j = 0; j < s->clean_count; j++)
			if (s->clean[j].zone == e->zone)
				clean = model_set_join(arena, &clean,
				    end_addresses(&s->clean[j]));
	}
	clean = model_set_normal(arena, &clean);
	covered = wanted->count != 0 && model_set_covers_all(&clean, wanted);
	arena_free(arena);
	return covered;
}

bool
zone_listed(const struct zone *const *list, size_t count, const struct zone *z)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == z)
			return true;
	return false;
}

void
model_check(const struct model *m, struct day today, struct diag *d)
{
	const struct check_run run = { m, today, d };

	check_guideline(&run);
	check_approvals(&run);
	check_dates(&run);
	check_limits(&run);
	check_encryption(&run);
	check_coverage(&run);
	check_import(&run);
	check_exceptions(&run);
	check_emergencies(&run);
	check_authority(&run);
	check_translations(&run);
}
