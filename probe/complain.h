/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sentences of the catalogue to the operator on standard error:
 * "sekisho-probe: sentence". What they quote is escaped, so that a file name
 * cannot drive a terminal.
 */
#ifndef COMPLAIN_H
#define COMPLAIN_H

#include "words.h"

/* a, b and c fill {0}, {1} and {2}; NULL where the sentence has none. */
void complain(enum lang lang, enum word word, const char *a, const char *b,
    const char *c);
/* The candidate that word is most likely a slip of, or NULL. */
const char *complain_nearest(const char *word, const char *const *candidates,
    size_t count);

#endif
