/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of a JSON text: space and comments, strings, numbers, names.
 * Only jsonx_token includes this.
 */
#ifndef BASE_JSONX_LEX_H
#define BASE_JSONX_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/jsonx.h"
#include "base/jsonx_fault.h"
#include "base/text.h"

/* The byte at s->p, NUL at the end of the text. A NUL inside the text is told
 * from that where it matters: no rule of the grammar takes one. */
static inline char
jsonx_lex_peek(const struct jsonx_lex *s)
{
	return *s->p;
}

/* What names and numbers, also wrong ones, are made of. */
static inline bool
jsonx_lex_is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '+' ||
	    c == '-';
}

/* Steps over white space and comments; blanks the comments. */
void jsonx_lex_space(struct jsonx_lex *s);
/* Steps over a text in the quotes of s->p unjudged; it ends with its line. */
void jsonx_lex_quoted(struct jsonx_lex *s);
/*
 * Recovery: steps forward to the comma or closing bracket that ends what is
 * being read, or to the end; nested counts the brackets opened in between.
 */
void jsonx_lex_recover(struct jsonx_lex *s, size_t nested);
/* Reads the string at s->p and adds it, decoded, to out unless that is NULL.
 * True when it is sound. */
bool jsonx_lex_string(struct jsonx_lex *s, struct text *out);
/* Steps over a name or number, unjudged; its length in bytes. */
size_t jsonx_lex_word(struct jsonx_lex *s);
/* Reads the literal name or number at s->p; its kind. */
enum jsonx_kind jsonx_lex_scalar(struct jsonx_lex *s);

#endif
