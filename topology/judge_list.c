/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Age of the address lists that a conduit or its zones stand on. An address
 * of an old list may be somebody else's by now: nothing conforms by it, and
 * nothing is wrong by it either. A list that does not say how old it is, is
 * not known to be young.
 */
#include "judge_fit.h"

/* Whether the list holds at the look's time; notes when it ceases to. */
static bool
is_fresh(struct fit *f, const struct look *l, const struct address_list *list)
{
	const int32_t offset = l->m->utc_offset_s;
	struct day last;

	if (list == NULL || list->max_age_days == 0)
		return true;
	if (list->fetched.year == 0)
		return false;
	last = day_add(list->fetched, list->max_age_days);
	fit_again(f, day_begin(day_add(last, 1), offset).us, l);
	return day_compare(clock_day(l->now, offset, NULL), last) <= 0;
}

void
fit_lists(struct fit *f, const struct look *l)
{
	const struct conduit *k = f->conduit;

	if (!is_fresh(f, l, k->from.list) || !is_fresh(f, l, k->to.list) ||
	    !is_fresh(f, l, l->from.zone->list) ||
	    !is_fresh(f, l, l->to.zone->list)) {
		f->judged &= ~(unsigned)ELEMENT_ENDPOINTS;
		fit_hidden(f, ELEMENT_ENDPOINTS);
	}
}
