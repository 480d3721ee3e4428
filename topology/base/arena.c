/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An arena is a list of chunks; small things are cut from the newest chunk,
 * large ones get a chunk of their own behind it, so that the room left in the
 * newest is not lost.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CHUNK_BYTES (64u * 1024)
#define LARGE_BYTES (CHUNK_BYTES / 4)

struct chunk {
	struct chunk *next;
	size_t used, size;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct chunk *chunks; /* owned; the first is cut from */
};

static struct chunk *
chunk_new(size_t size)
{
	struct chunk *c;

	/* Past this the sum would wrap; mem_calloc then ends the process. */
	if (size > SIZE_MAX - sizeof(*c))
		c = mem_calloc(SIZE_MAX, SIZE_MAX);
	else
		c = mem_calloc(1, sizeof(*c) + size);
	c->size = size;
	return c;
}

struct arena *
arena_new(void)
{
	return mem_calloc(1, sizeof(struct arena));
}

void
arena_free(struct arena *a)
{
	struct chunk *c, *next;

	if (a == NULL)
		return;
	for (c = a->chunks; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

/* A chunk for one large thing goes behind the first. */
static void *
large(struct arena *a, size_t size)
{
	struct chunk *c = chunk_new(size);

	c->used = size;
	if (a->chunks != NULL) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		a->chunks = c;
	}
	return c->bytes;
}

void *
arena_calloc(struct arena *a, size_t count, size_t size)
{
	const size_t step = alignof(max_align_t);
	struct chunk *c = a->chunks;
	size_t bytes;
	void *p;

	if (count != 0 && size > (SIZE_MAX / 2) / count)
		return mem_calloc(count, SIZE_MAX); /* ends the process */
	bytes = (count * size + step - 1) / step * step;
	if (bytes == 0)
		bytes = step;
	if (bytes >= LARGE_BYTES)
		return large(a, bytes);
	if (c == NULL || c->size - c->used < bytes) {
		c = chunk_new(CHUNK_BYTES);
		c->next = a->chunks;
		a->chunks = c;
	}
	p = c->bytes + c->used;
	c->used += bytes;
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t length = strnlen(s, n);
	char *copy = arena_calloc(a, length + 1, 1);

	memcpy(copy, s, length);
	return copy;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

void *
arena_copy(struct arena *a, const void *from, size_t count, size_t size)
{
	void *copy = arena_calloc(a, count, size);

	if (count != 0 && size != 0)
		memcpy(copy, from, count * size);
	return copy;
}
