/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Allocation that cannot fail quietly: out of memory ends the process with a
 * sentence. For sizes that come from outside, the caller bounds first.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Zeroed memory for count things of size bytes; the caller frees it. */
void *mem_calloc(size_t count, size_t size);
/* Grows or makes an array; an overflow of count * size ends the process. */
void *mem_reallocarray(void *old, size_t count, size_t size);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);
/*
 * Makes room for one more element in an array that doubles. *capacity is
 * updated; returns the array, perhaps moved. New room is not cleared.
 */
void *mem_grow(void *array, size_t *capacity, size_t count, size_t size);

#endif
