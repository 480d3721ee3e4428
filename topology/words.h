/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The catalogue of messages: one table with the Japanese and the English of
 * every sentence a user can meet. Placeholders are {0} .. {9}, filled with
 * finished text, so the two languages may order them as they need. Words of
 * the law stand in the Japanese exactly as the law writes them.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

#include "base/diag.h"
#include "base/text.h"
#include "checks.h"

/* W_NAME for each row of words_table.h: WORD(NAME, "ja", "en") */
enum word {
#define WORD(name, ja, en) W_##name,
#include "words_table.h"
#undef WORD
	W_COUNT
};

/* The bare text with its placeholders. */
const char *words_get(enum lang lang, enum word word);
/*
 * Appends the sentence with its placeholders filled from count strings
 * (const char *, NULL prints as "-"). Strings are inserted as they are:
 * escape hostile ones first.
 */
void words_add(struct text *out, enum lang lang, enum word word, size_t count,
    ...);
/* A fault in d with the sentence filled likewise. check NONE: plain syntax. */
void words_diag(struct diag *d, struct diag_place place,
    enum diag_severity severity, enum check check, enum word word, size_t count,
    ...);

#endif
