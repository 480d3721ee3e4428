/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An alert in sentences: who reached whom and what came of it, which rule
 * that breaks, and who is to check what next. It says what was observed and
 * never more: that something leaked is for people to find.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "alert.h"
#include "words.h"

#define MESSAGE_STEPS_MAX 3

/* Appends the sentences of an alert to out. What comes from the network is
 * escaped as for a terminal. */
void message_add(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a);
/* Appends that count conversations were folded because all max groups of
 * alerts were in use. */
void message_folded(struct text *out, enum lang lang, size_t max,
    uint64_t count);
/* Appends step i of what to do next (from 0); false when there is none. */
bool message_step(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a, size_t i);
/* The same of a notice; part of the two above. Its own advice is step 0; i is
 * not renumbered where a step is not wanted. */
void message_notice(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a);
/* A row of notice_table.h with its places filled; one that is none of them
 * stays as written, so that a wrong row is seen. */
void message_notice_fill(struct text *out, const struct model *m,
    enum lang lang, const struct alert *a, const char *row);
bool message_notice_step(struct text *out, const struct model *m,
    enum lang lang, const struct alert *a, size_t i);
/* The same of a finding about coverage; part of the two above. */
void message_coverage(struct text *out, enum lang lang, const struct alert *a);
bool message_coverage_step(struct text *out, enum lang lang,
    const struct alert *a, size_t i);
/* A kind of device as sentences say it; NULL: a device. */
const char *message_kind(enum lang lang, const char *kind);
/* Appends why a verdict is unjudged. */
void message_reason(struct text *out, enum lang lang, enum reason reason,
    enum element element);
/* "SMB", "TCP/445", "ICMP": what runs between the ends. */
void message_service(struct text *out, enum lang lang, const struct alert *a);
/* TCP, UDP ... as Suricata spells it; NULL when it has no name here. */
const char *message_protocol(uint8_t protocol);

#endif
