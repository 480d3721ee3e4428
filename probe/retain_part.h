/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The headers of fragments that wait to be joined, for when they never are.
 * Each has one place by what names its datagram; who comes later to the same
 * place takes it. For retain.c only.
 */
#ifndef RETAIN_PART_H
#define RETAIN_PART_H

#include "retain.h"

struct retain_parts;

/* About 450 kB; free(3) it. */
struct retain_parts *retain_parts_new(void);
/* cut: what is kept of the fragment a. */
void retain_parts_add(struct retain_parts *r, const struct arrival *a,
    uint64_t place, const struct evidence_packet *cut);
/* Makes the latest fragment of p's datagram a->last_part; nothing happens
 * where it is gone. */
void retain_parts_find(const struct retain_parts *r, const struct packet *p,
    uint64_t place, struct arrival *a);

#endif
