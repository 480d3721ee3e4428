/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes JSON on one line into a text: commas and escaping are its business.
 * Every value call inside an object takes its key; in an array the key is
 * NULL. No checking of nesting beyond JSONW_DEPTH_MAX (asserted).
 */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define JSONW_DEPTH_MAX 16

struct jsonw {
	struct text *out; /* borrowed */
	int depth;
	bool filled[JSONW_DEPTH_MAX]; /* a value was written at this depth */
};

void jsonw_init(struct jsonw *w, struct text *out);
void jsonw_object(struct jsonw *w, const char *key); /* opens */
void jsonw_array(struct jsonw *w, const char *key);  /* opens */
void jsonw_object_end(struct jsonw *w);
void jsonw_array_end(struct jsonw *w);
/* s NULL writes null. */
void jsonw_string(struct jsonw *w, const char *key, const char *s);
void jsonw_int(struct jsonw *w, const char *key, int64_t value);
void jsonw_uint(struct jsonw *w, const char *key, uint64_t value);
/* Written with at most decimals places, trailing zeros cut. */
void jsonw_real(struct jsonw *w, const char *key, double value, int decimals);
void jsonw_bool(struct jsonw *w, const char *key, bool value);
void jsonw_null(struct jsonw *w, const char *key);

#endif
