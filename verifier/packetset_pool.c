/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory for sets of packets: taken in blocks, released back to a mark, so
 * that a search may make boxes as it goes down and forget them on its way
 * back. Knows nothing of what lies in it. Under the address sanitizer what
 * was released may not be read.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "packetset.h"

#if defined(__SANITIZE_ADDRESS__)
#define POOL_GUARDED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOL_GUARDED 1
#endif
#endif
#ifdef POOL_GUARDED
#include <sanitizer/asan_interface.h>
#define POOL_CLOSE(at, bytes) ASAN_POISON_MEMORY_REGION(at, bytes)
#define POOL_OPEN(at, bytes) ASAN_UNPOISON_MEMORY_REGION(at, bytes)
#else
#define POOL_CLOSE(at, bytes) ((void)(at), (void)(bytes))
#define POOL_OPEN(at, bytes) ((void)(at), (void)(bytes))
#endif

#define POOL_ALIGN 16u /* of packet_value */
#define POOL_BLOCK_FIRST ((size_t)16 << 10)
#define POOL_BLOCK_MAX ((size_t)1 << 20)

struct pool_block {
	struct pool_block *below;
	size_t size; /* of room */
	_Alignas(POOL_ALIGN) unsigned char room[];
};

struct pool {
	struct pool_block *top;	  /* owned, with all below */
	struct pool_block *spare; /* one kept for the next need; or NULL */
	size_t used;		  /* of top */
	size_t bytes;		  /* of all blocks from top down */
};

struct pool *
pool_new(void)
{
	return mem_calloc(1, sizeof(struct pool));
}

static void
free_block(struct pool_block *b)
{
	if (b != NULL)
		POOL_OPEN(b->room, b->size);
	free(b);
}

void
pool_free(struct pool *p)
{
	struct pool_block *below;

	if (p == NULL)
		return;
	for (struct pool_block *b = p->top; b != NULL; b = below) {
		below = b->below;
		free_block(b);
	}
	free_block(p->spare);
	free(p);
}

/* A block of at least bytes on top of the others. */
static void
add_block(struct pool *p, size_t bytes)
{
	struct pool_block *b = p->spare;
	size_t size = POOL_BLOCK_FIRST;

	if (b != NULL && b->size >= bytes) {
		p->spare = NULL;
	} else {
		if (p->top != NULL)
			size = p->top->size < POOL_BLOCK_MAX ?
			    p->top->size * 2 :
			    POOL_BLOCK_MAX;
		if (size < bytes)
			size = bytes;
		b = mem_reallocarray(NULL, 1, sizeof(*b) + size);
		b->size = size;
		POOL_CLOSE(b->room, b->size);
	}
	b->below = p->top;
	p->top = b;
	p->used = 0;
	p->bytes += b->size;
}

void *
pool_take(struct pool *p, size_t bytes)
{
	void *at;

	if (bytes > SIZE_MAX / 2)
		bytes = SIZE_MAX / 2; /* ends in mem.h, with its sentence */
	bytes = (bytes + POOL_ALIGN - 1) / POOL_ALIGN * POOL_ALIGN;
	if (p->top == NULL || p->top->size - p->used < bytes)
		add_block(p, bytes);
	at = p->top->room + p->used;
	p->used += bytes;
	POOL_OPEN(at, bytes);
	return at;
}

struct pool_mark
pool_mark(const struct pool *p)
{
	return (struct pool_mark){ p->top, p->used };
}

void
pool_release(struct pool *p, struct pool_mark mark)
{
	while (p->top != mark.block) {
		struct pool_block *b = p->top;

		p->top = b->below;
		p->bytes -= b->size;
		POOL_CLOSE(b->room, b->size);
		if (p->spare == NULL || p->spare->size < b->size) {
			free_block(p->spare);
			p->spare = b;
		} else {
			free_block(b);
		}
	}
	p->used = mark.used;
	if (p->top != NULL)
		POOL_CLOSE(p->top->room + p->used, p->top->size - p->used);
}

void
pool_trim(struct pool *p, size_t bytes, size_t kept)
{
	bytes = (bytes + POOL_ALIGN - 1) / POOL_ALIGN * POOL_ALIGN;
	kept = (kept + POOL_ALIGN - 1) / POOL_ALIGN * POOL_ALIGN;
	p->used -= bytes - kept;
	POOL_CLOSE(p->top->room + p->used, bytes - kept);
}

size_t
pool_bytes(const struct pool *p)
{
	return p->bytes;
}
