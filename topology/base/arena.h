/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that is released all at once: strings and arrays that live as long
 * as the thing they belong to, such as a model. Nothing in an arena is freed
 * alone. Out of memory ends the process, as in base/mem.h.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
/* Releases everything that came from a; NULL is fine. */
void arena_free(struct arena *a);
/*
 * Zeroed memory for count things of size bytes, aligned for any type; owned
 * by the arena. Never NULL, also for nothing; an overflow of count * size
 * ends the process. O(1) save the zeroing.
 */
void *arena_calloc(struct arena *a, size_t count, size_t size);
/* A copy of s, or NULL when s is NULL. */
char *arena_strdup(struct arena *a, const char *s);
/* A copy of at most n bytes of s, with a NUL. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
/* A copy of count things of size bytes. */
void *arena_copy(struct arena *a, const void *from, size_t count, size_t size);

#endif
