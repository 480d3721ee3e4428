/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON with comments, read strictly and with positions. Our own tokenizer
 * fixes grammar (RFC 8259 plus // and slash-star comments), positions,
 * duplicate keys, UTF-8 and number ranges and reports every fault it finds;
 * only what passed is given to json-c, in strict mode, with the comments
 * blanked out. The result is a tree of plain nodes. The only file with json-c.
 */
#ifndef BASE_JSONX_H
#define BASE_JSONX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

#define JSONX_DEPTH_MAX 64
#define JSONX_BYTES_MAX (256u * 1024 * 1024)
#define JSONX_NODES_MAX 20000000u

enum jsonx_kind {
	JSONX_NULL,
	JSONX_BOOLEAN,
	JSONX_INTEGER,
	JSONX_DOUBLE,
	JSONX_STRING,
	JSONX_ARRAY,
	JSONX_OBJECT,
};

struct jsonx {
	enum jsonx_kind kind;
	uint32_t line, column;	       /* of the value, from 1 */
	uint32_t key_line, key_column; /* of the key; 0 in an array */
	const char *key;	       /* NULL in an array or at the root */
	const char *string;	       /* JSONX_STRING: NUL-terminated UTF-8,
					 * never with an embedded NUL */
	int64_t integer;	       /* JSONX_INTEGER, JSONX_BOOLEAN */
	double number;		       /* JSONX_INTEGER and JSONX_DOUBLE */
	struct jsonx *child;	       /* first member or element */
	struct jsonx *next;	       /* next sibling, in file order */
	size_t count;		       /* members or elements */
};

struct jsonx_doc;

/*
 * Reads a named buffer. Faults go to d with name as file (name is borrowed by
 * d and the document: keep it alive). Returns the document, owned by the
 * caller, or NULL when there was any fault. O(bytes).
 */
struct jsonx_doc *jsonx_parse(const char *name, const char *bytes,
    size_t length, struct diag *d);
void jsonx_free(struct jsonx_doc *doc);
/* The root value, borrowed until jsonx_free. */
const struct jsonx *jsonx_root(const struct jsonx_doc *doc);
const char *jsonx_name(const struct jsonx_doc *doc);
/* The member called key of an object, or NULL (also when o is NULL or no
 * object). O(members). */
const struct jsonx *jsonx_get(const struct jsonx *o, const char *key);
/* "a string", "an array" ... in the given language. */
const char *jsonx_kind_name(enum jsonx_kind kind, enum lang lang);
/* A JSON text of the node without comments, two-space indent, keys in order. */
void jsonx_print(const struct jsonx *node, struct text *out);

#endif
