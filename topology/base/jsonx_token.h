/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The strict pass over JSON with comments that jsonx makes before it trusts
 * json-c with the text. It judges everything (grammar, UTF-8, escapes, number
 * ranges, duplicate keys, depth and size), notes where each value stands, and
 * blanks the comments. It builds no tree.
 */
#ifndef BASE_JSONX_TOKEN_H
#define BASE_JSONX_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/jsonx.h"

/* One value, in the order of the file: a container before what it holds. */
struct jsonx_token {
	uint32_t line, column;	       /* of the value, from 1 */
	uint32_t key_line, key_column; /* of its key; 0 in an array */
	uint32_t count;		       /* members or elements */
	uint8_t kind;		       /* enum jsonx_kind */
};

/* Zero-initialise. */
struct jsonx_tokens {
	struct jsonx_token *items; /* owned */
	size_t count;
	size_t capacity;
	size_t string_bytes; /* bounds all keys and strings with their NULs */
};

/*
 * Scans bytes, of which bytes[length] must be NUL, and overwrites comments
 * with spaces of the same length (line breaks are kept). Every fault found
 * goes to d with name as file, roughly in file order. True, and *out filled,
 * when there was none; else *out is untouched. Numbers are read with the
 * current locale's decimal point: call it in the C locale. O(n log k) with k
 * the most keys in one object.
 */
bool jsonx_token_scan(const char *name, char *bytes, size_t length,
    struct diag *d, struct jsonx_tokens *out);
/* Releases and zeroes. */
void jsonx_tokens_free(struct jsonx_tokens *tokens);

#endif
