/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between the parts of sekisho watch: watch.c decides what is shown,
 * watch_rows.c how it looks. No part of what cmd_watch sees.
 */
#ifndef WATCH_INTERNAL_H
#define WATCH_INTERNAL_H

#include "base/jsonx.h"
#include "watch.h"

#define WATCH_TIME_AT 11 /* of "2026-11-21T10:15:33.123456+0900" */

/* A member that is a string, or ""; an integer, or 0. o may be NULL. */
const char *watch_get(const struct jsonx *o, const char *key);
int64_t watch_number(const struct jsonx *o, const char *key);
/* enum verdict_kind of a name, or -1. */
int watch_verdict(const char *name);
/* The time of day of an event; "" where it has none. */
void watch_clock(const struct jsonx *event, char clock[WATCH_CLOCK_MAX]);

/* Lines that end in '\n', folded to the terminal where its width is known and
 * not too small; what follows of a line is moved in by indent columns. */
void watch_fold(const struct watch *w, const char *lines, size_t indent,
    struct text *out);

/* The row of an event, from its sign on and with its newline. ours: the
 * event's member "sekisho". */
void watch_conversation(const struct watch *w, const struct jsonx *event,
    struct text *out);
void watch_alert(const struct watch *w, const struct jsonx *event,
    struct text *out);
void watch_daily(const struct watch *w, const struct jsonx *ours,
    struct text *out);
void watch_emergency(const struct watch *w, const struct jsonx *event,
    struct text *out);
void watch_gap(const struct watch *w, const struct jsonx *ours,
    struct text *out);
void watch_health(const struct watch *w, const struct jsonx *ours,
    struct text *out);
/* The whole row: time, mark, and what is held of it. */
void watch_add_row(const struct watch_held *h, bool revised, struct text *out);

#endif
