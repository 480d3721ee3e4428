/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Allocation that ends the process rather than fail. A verifier that goes on
 * with less memory than it needs could only answer with less evidence than it
 * claims, so there is nothing useful to hand back to the caller.
 */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROW_FIRST 16 /* elements an array starts with */

/* abort, not exit: whoever supervises the process must see it was no choice. */
static _Noreturn void
out_of_memory(void)
{
	(void)fputs("out of memory: raise the memory limit or give a smaller "
		    "input\n",
	    stderr);
	abort();
}

void *
mem_calloc(size_t count, size_t size)
{
	void *p;

	if (count == 0 || size == 0)
		count = size = 1; /* NULL must mean failure only */
	p = calloc(count, size);
	if (p == NULL)
		out_of_memory();
	return p;
}

void *
mem_reallocarray(void *old, size_t count, size_t size)
{
	void *p;

	if (count == 0 || size == 0)
		count = size = 1; /* realloc to nothing would free old */
	p = reallocarray(old, count, size);
	if (p == NULL)
		out_of_memory();
	return p;
}

char *
mem_strdup(const char *s)
{
	return mem_strndup(s, strlen(s));
}

char *
mem_strndup(const char *s, size_t n)
{
	size_t length = strnlen(s, n);
	char *copy = mem_calloc(length + 1, 1);

	memcpy(copy, s, length);
	return copy;
}

void *
mem_grow(void *array, size_t *capacity, size_t count, size_t size)
{
	size_t room = *capacity;

	if (count < room)
		return array;
	if (room > SIZE_MAX / 2)
		out_of_memory();
	room = room ? room * 2 : GROW_FIRST;
	array = mem_reallocarray(array, room, size);
	*capacity = room;
	return array;
}
