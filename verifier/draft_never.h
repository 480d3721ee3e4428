/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a conversation can never be proposed. Pure.
 */
#ifndef DRAFT_NEVER_H
#define DRAFT_NEVER_H

#include "draft.h"
#include "draft_event.h"
#include "locate.h"

/* The reason, or NEVER_NOT. Of c zones, ends, port and protocol are set; a
 * zone is NULL where the address is in none. */
enum draft_never draft_never_of(const struct draft_seen *s,
    const struct boundary *b, const struct draft_channel *c,
    const struct draft_event *e);
/* The reason that lies in the checks of the line alone. */
enum draft_never draft_never_by_check(const struct draft_event *e);
/* Logs and traps that passed the boundary: sent without an answer. */
bool draft_is_report(const struct draft_event *e);
/* The first address list that holds a, or NULL. */
const struct address_list *draft_list_of(const struct model *m,
    const struct addr *a);
/* The name of the list that takes this one, which a client may well have made
 * up; itself where the list has no names; NULL when none does. */
const char *draft_list_name(const struct address_list *list, const char *name);

/* Whether the guideline's cell for its zones lets it in; else why not. */
enum draft_never draft_never_by_cell(const struct draft_seen *s,
    const struct draft_channel *c, const struct draft_event *e);

#endif
