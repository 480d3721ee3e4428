/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What runs over a conversation: by its payload (classify), by what a control
 * conversation announced (correlate), and what is asked for behind a declared
 * proxy (inspect_proxy). Writes the findings into the conversation. A port is
 * never a reason.
 */
#ifndef IDENTIFY_H
#define IDENTIFY_H

#include "rebase.h"
#include "track.h"

struct identifier;

/* NULL with a sentence in error when the classifier cannot start. */
struct identifier *identifier_new(const struct model *m,
    const uint8_t secret[16], char *error, size_t size);
void identifier_free(struct identifier *i);
/* Conversations that could not be classified for want of room. */
uint64_t identifier_refused(const struct identifier *i);

/* f has just begun. True when a control conversation announced it: it is
 * then known already, and bears that conversation's verdict, unless its
 * payload turns out to be something else. */
bool identify_begin(struct identifier *i, struct flow *f,
    const struct packet *p, struct wall_us now);
/* The same for one that began a little while ago, whose announcement may have
 * been seen after it. Sets f->dirty when it was. */
bool identify_late(struct identifier *i, struct flow *f, struct wall_us now);
/* A packet of f that brings something new, as tracked. Sets f->dirty when
 * what is known changed. now never runs backwards. */
void identify_packet(struct identifier *i, struct flow *f,
    const struct arrival *a, const struct tracked *t, struct wall_us now);
/* Whether anybody wants to read more of f's payload. */
bool identify_listens(const struct flow *f);
/* No more packets: what is not known by now stays unknown. Call it last
 * before the final judging. */
void identify_end(struct identifier *i, struct flow *f, struct wall_us now);
/* Frees what f owns; it is about to be removed. */
void identify_free(struct identifier *i, struct flow *f);

/*
 * The model is another one. First identifier_reload, for what waits, then
 * identify_reload for each open conversation (which is one of the new model
 * already): who is a proxy, and what a control handed down.
 */
void identifier_reload(struct identifier *i, struct rebase *r);
void identify_reload(struct flow *f, struct rebase *r);

#endif
