/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Growing strings, the language of messages, and the escaping of hostile text
 * for terminal, JSON, HTML and CSV.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

enum lang { LANG_JA, LANG_EN, LANG_COUNT };

/* "ja" or "en" (also "ja_JP.UTF-8" and the like); false on anything else. */
bool lang_parse(const char *text, enum lang *out);

/* What LC_ALL, LC_MESSAGES or LANG ask for, the first that is set; Japanese
 * where they ask for neither language (C, POSIX, unset). For main() only. */
enum lang lang_of_environment(void);

/* Zero-initialise. data is owned, always NUL-terminated once non-NULL. */
struct text {
	char *data;
	size_t length;
	size_t capacity;
};

void text_free(struct text *t);		    /* releases and zeroes */
void text_clear(struct text *t);	    /* keeps the room, length 0 */
const char *text_str(const struct text *t); /* "" when nothing was added */
void text_add(struct text *t, const char *s);
void text_add_n(struct text *t, const char *s, size_t n);
void text_add_char(struct text *t, char c);
void text_printf(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* s as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void text_json(struct text *t, const char *s, size_t n);
/* For a terminal: controls, escapes and bad UTF-8 as \xNN. */
void text_escape(struct text *t, const char *s, size_t n);
/* The same, but of a long s only the first TEXT_QUOTED_MAX characters and
 * then an ellipsis: for what a sentence quotes. */
#define TEXT_QUOTED_MAX 80
void text_quote(struct text *t, const char *s);
/* Whether text_escape would leave s as it is. */
bool text_is_safe(const char *s);
/* & < > " ' as entities; controls and bad UTF-8 as U+FFFD. */
void text_html(struct text *t, const char *s);
/* One CSV field, quoted when needed; a leading = + - @ is given a quote mark
 * so that a spreadsheet does not run it (CSV injection). Line ends and tabs
 * stay; other controls and bad UTF-8 are written as U+FFFD. */
void text_csv(struct text *t, const char *s);
/* Columns a terminal uses for s: 2 for East Asian wide and fullwidth. */
size_t text_width(const char *s);
/* s and then spaces up to width columns. */
void text_pad(struct text *t, const char *s, size_t width);
/* Length in bytes of the valid UTF-8 sequence at s (1..4), or 0. */
size_t text_utf8(const char *s, size_t n);
/* Levenshtein distance of two words, at most limit + 1; for "did you mean". */
unsigned text_distance(const char *a, const char *b, unsigned limit);

#endif
