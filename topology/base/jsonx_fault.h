/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the scan of a JSON text stands, and how it says what is wrong there.
 * Only jsonx_lex and jsonx_token include this.
 */
#ifndef BASE_JSONX_FAULT_H
#define BASE_JSONX_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

/* All that can be wrong with a JSON text; each has a sentence. */
enum jsonx_fault {
	JSONX_FAULT_EMPTY,
	JSONX_FAULT_AFTER,
	JSONX_FAULT_VALUE,
	JSONX_FAULT_WORD,
	JSONX_FAULT_SINGLE_QUOTE,
	JSONX_FAULT_KEY,
	JSONX_FAULT_COLON,
	JSONX_FAULT_SEPARATOR,
	JSONX_FAULT_TRAILING_COMMA,
	JSONX_FAULT_NOT_CLOSED,
	JSONX_FAULT_WRONG_BRACKET,
	JSONX_FAULT_COMMENT,
	JSONX_FAULT_STRING,
	JSONX_FAULT_CONTROL,
	JSONX_FAULT_ESCAPE,
	JSONX_FAULT_SURROGATE,
	JSONX_FAULT_NUL,
	JSONX_FAULT_UTF8,
	JSONX_FAULT_NUMBER,
	JSONX_FAULT_INTEGER,
	JSONX_FAULT_DOUBLE,
	JSONX_FAULT_DUPLICATE,
	JSONX_FAULT_DEPTH,
	JSONX_FAULT_NODES,
	JSONX_FAULT_COUNT,
};

/* A place in the text; shared by the layers of the scan. */
struct jsonx_lex {
	const char *name; /* borrowed, as is d */
	struct diag *d;
	char *p, *end;	  /* next byte; *end is NUL */
	const char *mark; /* line and column are of this byte */
	uint32_t line, column;
	size_t faults;
	size_t string_bytes; /* of the strings so far, with a NUL each */
};

/*
 * The place of p. It counts forward from the last place asked for, so p must
 * lie at or after that; all calls together are one pass over the text.
 */
struct diag_place jsonx_fault_place(struct jsonx_lex *s, const char *p);
/* Adds the sentence of fault; NULL for arguments it does not take. */
void jsonx_fault_report(struct jsonx_lex *s, struct diag_place place,
    enum jsonx_fault fault, const char *arg1, const char *arg2,
    const char *arg3);
/* The same with n bytes of the input, escaped and cut, as first argument. */
void jsonx_fault_quoted(struct jsonx_lex *s, struct diag_place place,
    enum jsonx_fault fault, const char *bytes, size_t n, const char *arg2);
/* The same at s->p, with a name for what stands there as first argument. */
void jsonx_fault_found(struct jsonx_lex *s, enum jsonx_fault fault,
    const char *arg2, const char *arg3);
/* Reports the byte at p, which is not UTF-8. */
void jsonx_fault_utf8(struct jsonx_lex *s, const char *p);

#endif
