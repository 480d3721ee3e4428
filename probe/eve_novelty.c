/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an alert line says of whether it was seen before, and what the lines
 * about the probe say of the store that knows it. What the store cannot say is
 * null: neither "new" nor "seen".
 */
#include "eve.h"
#include "eve_internal.h"

static void
add_time(struct jsonw *w, const struct eve *e, const char *key,
    struct wall_us t)
{
	if (t.us != 0)
		eve_time(w, e, key, t);
	else
		jsonw_null(w, key);
}

void
eve_novelty(struct jsonw *w, const struct eve *e)
{
	const struct novelty_seen *n = e->novelty;

	if (n == NULL)
		return;
	jsonw_object(w, "novelty");
	if (n->known)
		jsonw_bool(w, "first_ever", n->first_ever);
	else
		jsonw_null(w, "first_ever");
	if (n->hosts_same_check != 0)
		jsonw_uint(w, "hosts_same_check", n->hosts_same_check);
	else
		jsonw_null(w, "hosts_same_check");
	if (n->known)
		jsonw_uint(w, "days", n->days);
	else
		jsonw_null(w, "days");
	add_time(w, e, "first", n->first);
	add_time(w, e, "last", n->last);
	add_time(w, e, "since", n->since);
	jsonw_object_end(w);
}

void
eve_novelty_counts(struct jsonw *w, const struct novelty_counters *c)
{
	if (c == NULL) {
		jsonw_null(w, "novelty");
		return;
	}
	jsonw_object(w, "novelty");
	jsonw_uint(w, "rows", c->rows);
	jsonw_uint(w, "forgotten", c->forgotten);
	jsonw_uint(w, "damaged", c->damaged);
	jsonw_uint(w, "failed", c->failed);
	jsonw_uint(w, "hosts_uncounted", c->hosts_uncounted);
	jsonw_object_end(w);
}
