/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bounds-checked reader of untrusted bytes. Failure is sticky: once a read
 * asks for more than is left, that read and every later one yields zero and
 * cursor_ok() is false. A caller reads straight through in wire order and
 * tests once, before acting. Nothing else in the project touches packet bytes.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *pos; /* borrowed from the caller of cursor_init */
	const uint8_t *end;
	bool failed;
};

/* Starts reading at data; len in bytes, data may be NULL when len is 0. */
static inline void
cursor_init(struct cursor *c, const uint8_t *data, size_t len)
{
	c->pos = data;
	c->end = len ? data + len : data;
	c->failed = false;
}

/* True while no read has asked for more than was left. */
static inline bool
cursor_ok(const struct cursor *c)
{
	return !c->failed;
}

/* Bytes not read yet; 0 after a failure. */
static inline size_t
cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->pos);
}

/* The next n bytes (borrowed) and steps over them, or NULL and failure. */
static inline const uint8_t *
cursor_take(struct cursor *c, size_t n)
{
	const uint8_t *p = c->pos;

	if (c->failed || (size_t)(c->end - c->pos) < n) {
		c->failed = true;
		return NULL;
	}
	if (n)
		c->pos += n;
	return p;
}

/* Steps over n bytes. */
static inline void
cursor_skip(struct cursor *c, size_t n)
{
	(void)cursor_take(c, n);
}

static inline uint8_t
cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 1);

	return p ? p[0] : 0;
}

/* Network byte order in, host value out, as are the next two. */
static inline uint16_t
cursor_be16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t
cursor_be32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		(uint32_t)p[2] << 8 | p[3] :
		   0;
}

/* Little endian in (BSD null header of a little-endian writer). */
static inline uint32_t
cursor_le32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);

	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
		(uint32_t)p[1] << 8 | p[0] :
		   0;
}

/*
 * Fences the next n bytes into sub and steps over them. When fewer are left,
 * c fails and sub is empty and failed too.
 */
static inline void
cursor_sub(struct cursor *c, size_t n, struct cursor *sub)
{
	const uint8_t *p = cursor_take(c, n);

	cursor_init(sub, p, p ? n : 0);
	sub->failed = p == NULL;
}

#endif
