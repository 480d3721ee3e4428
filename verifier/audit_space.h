/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between audit_space.c, which knows whose an address is, and
 * audit_declared.c, which knows what is declared of it.
 */
#ifndef AUDIT_SPACE_H
#define AUDIT_SPACE_H

#include "audit.h"

/* Addresses that a translation gives to hosts of its zone. */
struct space_translation {
	const struct translation *translation;
	size_t prefix;	  /* its number in translation->to */
	struct span span; /* of addresses, all of one family */
	int family;
};

/* Those of this boundary whose addresses count as a zone's; returns how many.
 * Good as long as a. */
size_t space_translations(struct audit *a,
    const struct space_translation **out);
/* What begins a conversation from the zone's interfaces, whatever its
 * addresses (save what is of a segment). */
struct box space_any(struct audit *a, const struct zone *from, int family,
    struct pool *p);
/* audit_ipv6.c: IPv6 that begins a conversation between two zones of which one
 * declares none: there any address that is no zone's. False, with nothing in
 * out, where both declare it or such an end has no interface to tell it by. */
bool space_strange_ipv6(struct audit *a, const struct zone *from,
    const struct zone *to, struct pool *p, struct box *out);
/* From the first to the last address of a prefix. */
struct span space_span(const struct prefix *p);

/* audit_declared.c: conduits by the zones that they join. */
struct declared_index;
struct declared_index *declared_index_new(const struct model *m);
void declared_index_free(struct declared_index *x); /* NULL is fine */
const struct declared_index *space_index(struct audit *a);

#endif
