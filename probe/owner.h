/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The owners of translated addresses: a declared one-to-one translation shows
 * one host under two addresses at the two sides of a firewall, and what both
 * sides show is one conversation. Translations that hide who it was
 * (overload) cannot be undone here.
 */
#ifndef OWNER_H
#define OWNER_H

#include "model.h"

struct owner_table {
	const struct model *model;
	bool *translates; /* owned, by boundary index: it has any at all */
};

void owner_init(struct owner_table *t, const struct model *m);
void owner_fini(struct owner_table *t);
/* a, or the address that is behind it at that boundary. Costs a comparison
 * where nothing is translated. */
struct addr owner_of(const struct owner_table *t,
    const struct boundary *boundary, const struct addr *a);
/*
 * The declared translation that shows inner as outer to other at that
 * boundary, of whichever kind, or NULL. O(translations).
 */
const struct translation *owner_shows(const struct model *m,
    const struct boundary *boundary, const struct addr *inner,
    const struct addr *outer, const struct addr *other);
/* The first declared translation by which many hide behind outer there, or
 * NULL. O(translations). */
const struct translation *owner_hides(const struct model *m,
    const struct boundary *boundary, const struct addr *outer);

#endif
