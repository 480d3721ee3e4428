/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file of what alerted before: written whole beside the one that is there,
 * flushed to the disk, then renamed over it, so that a death leaves the old one
 * or the new one. Read with doubt: what does not carry its own digest is not
 * taken, what was not taken is a loss, and after a loss nothing is called new
 * for a day. A digest finds damage, not an enemy: who may write here may write
 * anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "novelty_internal.h"

#define FLAG_LOST 1u
#define AT_ONCE 1024 /* rows a write */

static const char magic[16] = "sekisho-novelty\n"; /* without NUL */
static const uint8_t open_key[16] = { 0 };	   /* of the head's digest */

/* ---- bytes */

static void
put(struct text *out, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		text_add_char(out, (char)(uint8_t)(value >> (8 * i)));
}

static uint64_t
get_be64(struct cursor *c)
{
	const uint64_t high = cursor_be32(c);

	return high << 32 | cursor_be32(c);
}

/* ---- writing */

static void
put_head(const struct novelty *n, struct text *out)
{
	text_add_n(out, magic, sizeof(magic));
	put(out, NOVELTY_VERSION_NOW, 4);
	put(out, n->counters.rows, 4);
	put(out, n->is_lost ? FLAG_LOST : 0, 4);
	put(out, NOVELTY_ROW_BYTES, 4);
	text_add_n(out, (const char *)n->key, sizeof(n->key));
	put(out, (uint64_t)n->since_us, 8);
	put(out, n->counters.forgotten, 8);
	put(out, table_hash(open_key, out->data, out->length), 8);
}

static void
put_row(const struct novelty *n, const struct novelty_row *r, struct text *out)
{
	const size_t at = out->length;

	text_add_n(out, (const char *)r->key, sizeof(r->key));
	put(out, r->host, 8);
	put(out, (uint64_t)r->first_us, 8);
	put(out, (uint64_t)r->last_us, 8);
	put(out, r->days, 4);
	put(out, r->check, 2);
	put(out, 0, 2);
	put(out, table_hash(n->key, out->data + at, out->length - at), 8);
}

static bool
write_whole(int fd, const char *bytes, size_t length)
{
	ssize_t got;

	while (length > 0) {
		got = write(fd, bytes, length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes += got;
		length -= (size_t)got;
	}
	return true;
}

static bool
write_rows(const struct novelty *n, int fd)
{
	struct text out = { 0 };
	size_t count = 0;
	bool ok = true;

	put_head(n, &out);
	for (uint32_t i = n->oldest; ok && i != TABLE_NONE;
	     i = n->rows[i].newer) {
		put_row(n, &n->rows[i], &out);
		if (++count % AT_ONCE != 0)
			continue;
		ok = write_whole(fd, out.data, out.length);
		text_clear(&out);
	}
	ok = ok && write_whole(fd, out.data, out.length);
	text_free(&out);
	return ok && fsync(fd) == 0;
}

static int
open_spare(int folder)
{
	/* Of a process before; whatever else may be called so. */
	(void)unlinkat(folder, NOVELTY_SPARE, 0);
	return openat(folder, NOVELTY_SPARE,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

bool
novelty_file_write(struct novelty *n)
{
	const int fd = open_spare(n->folder);
	bool ok = fd >= 0;

	n->fault = 0;
	if (ok) {
		errno = 0;
		ok = write_rows(n, fd);
	}
	if (ok)
		ok = renameat(n->folder, NOVELTY_SPARE, n->folder,
			 NOVELTY_FILE) == 0;
	if (!ok) {
		n->fault = errno != 0 ? errno : EIO;
		n->counters.failed++;
	}
	if (fd >= 0)
		(void)close(fd);
	if (!ok)
		(void)unlinkat(n->folder, NOVELTY_SPARE, 0);
	else
		(void)fsync(n->folder);
	return ok;
}

/* ---- reading */

struct head {
	uint32_t version, rows, flags, row_bytes;
	uint8_t key[16];
	int64_t since_us;
	uint64_t forgotten;
};

static enum novelty_found
take_head(struct cursor *c, struct head *out)
{
	const uint8_t *start = c->pos;
	const uint8_t *m = cursor_take(c, sizeof(magic));
	const uint8_t *key;
	uint64_t digest;

	if (m == NULL || memcmp(m, magic, sizeof(magic)) != 0)
		return NOVELTY_FOREIGN;
	out->version = cursor_be32(c);
	if (!cursor_ok(c))
		return NOVELTY_FOREIGN;
	if (out->version != NOVELTY_VERSION_NOW)
		return NOVELTY_VERSION;
	out->rows = cursor_be32(c);
	out->flags = cursor_be32(c);
	out->row_bytes = cursor_be32(c);
	key = cursor_take(c, sizeof(out->key));
	out->since_us = (int64_t)get_be64(c);
	out->forgotten = get_be64(c);
	digest = get_be64(c);
	if (key == NULL || !cursor_ok(c) ||
	    digest != table_hash(open_key, start, NOVELTY_HEAD_BYTES - 8) ||
	    out->row_bytes != NOVELTY_ROW_BYTES || out->since_us < 0)
		return NOVELTY_FOREIGN;
	memcpy(out->key, key, sizeof(out->key));
	return NOVELTY_WHOLE;
}

/* One row; false when it is not what was written. */
static bool
take_row(struct novelty *n, struct cursor *c)
{
	const uint8_t *start = c->pos;
	const uint8_t *key = cursor_take(c, NOVELTY_KEY_BYTES);
	struct novelty_row r = { 0 };
	uint64_t digest;

	r.host = get_be64(c);
	r.first_us = (int64_t)get_be64(c);
	r.last_us = (int64_t)get_be64(c);
	r.days = cursor_be32(c);
	r.check = cursor_be16(c);
	(void)cursor_be16(c);
	digest = get_be64(c);
	if (key == NULL || !cursor_ok(c) ||
	    digest != table_hash(n->key, start, NOVELTY_ROW_BYTES - 8) ||
	    r.days == 0 || r.first_us > r.last_us ||
	    r.check >= NOVELTY_CHECKS_MAX)
		return false;
	memcpy(r.key, key, sizeof(r.key));
	return novelty_add(n, &r);
}

enum novelty_found
novelty_file_take(struct novelty *n, const uint8_t *bytes, size_t length)
{
	struct head head = { 0 };
	struct cursor c, row;
	uint64_t bad = 0;
	enum novelty_found found;

	cursor_init(&c, bytes, length);
	found = take_head(&c, &head);
	if (found != NOVELTY_WHOLE)
		return found;
	memcpy(n->key, head.key, sizeof(n->key));
	n->since_us = head.since_us;
	n->is_lost = (head.flags & FLAG_LOST) != 0;
	n->counters.forgotten = head.forgotten;
	while (cursor_left(&c) >= NOVELTY_ROW_BYTES && head.rows > 0) {
		cursor_sub(&c, NOVELTY_ROW_BYTES, &row);
		bad += !take_row(n, &row);
		head.rows--;
	}
	/* Part of a row is of a row that is missing. */
	bad += head.rows > 0 ? head.rows : cursor_left(&c) > 0;
	n->counters.damaged += bad;
	return bad > 0 ? NOVELTY_PARTLY : NOVELTY_WHOLE;
}

/* All of the file, owned by the caller; NULL where there is none or it cannot
 * be read. */
static uint8_t *
read_file(int folder, size_t *length, enum novelty_found *found)
{
	/* Whatever was added behind the last row shows as too long. */
	const size_t most = NOVELTY_HEAD_BYTES +
	    (size_t)NOVELTY_ROWS_MAX * NOVELTY_ROW_BYTES + 1;
	const int fd = openat(folder, NOVELTY_FILE,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	uint8_t *bytes = NULL;
	struct stat st;
	size_t size;
	ssize_t got = 0;

	*length = 0;
	*found = fd < 0 && errno == ENOENT ? NOVELTY_NONE : NOVELTY_UNREADABLE;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		size = (size_t)st.st_size < most ? (size_t)st.st_size : most;
		bytes = mem_calloc(size + 1, 1);
		while (*length < size &&
		    ((got = read(fd, bytes + *length, size - *length)) > 0 ||
			(got < 0 && errno == EINTR)))
			*length += got > 0 ? (size_t)got : 0;
		if (got < 0) {
			free(bytes);
			bytes = NULL;
		}
	}
	(void)close(fd);
	return bytes;
}

void
novelty_file_read(struct novelty *n, int64_t now_us)
{
	size_t length;
	uint8_t *bytes = read_file(n->folder, &length, &n->found);

	if (bytes != NULL)
		n->found = novelty_file_take(n, bytes, length);
	free(bytes);
	if (n->found == NOVELTY_NONE || n->found == NOVELTY_WHOLE)
		return;
	n->counters.damaged += n->found != NOVELTY_PARTLY;
	n->since_us = now_us;
	n->is_lost = true;
	n->is_changed = true;
	(void)renameat(n->folder, NOVELTY_FILE, n->folder, NOVELTY_ASIDE);
}
