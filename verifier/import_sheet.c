/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a table file: which format it is, by its first bytes and not by its
 * name, and what both formats share.
 */
#include "import_sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "words.h"

/* OLE2: workbooks of before 2007, and encrypted ones of today. */
static const char ole2[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

static void
tell(struct diag *d, const char *shown, enum word word, const char *v0,
    const char *v1)
{
	struct diag_place place = { shown, 0, 0 };

	words_diag(d, place, DIAG_ERROR, CHECK_NONE, word, 2, v0, v1);
}

static bool
read_all(int fd, char *bytes, size_t length)
{
	size_t used = 0;
	ssize_t n;

	while (used < length) {
		n = read(fd, bytes + used, length - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? EIO : errno;
			return false;
		}
		used += (size_t)n;
	}
	return true;
}

char *
book_bytes(const char *path, size_t *length, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *bytes = NULL;
	struct stat st;

	*length = 0;
	if (fd < 0 || fstat(fd, &st) != 0) {
		tell(d, path, W_IMPORT_UNREADABLE, strerror(errno), NULL);
	} else if (!S_ISREG(st.st_mode)) {
		tell(d, path, W_IMPORT_NOT_A_FILE, NULL, NULL);
	} else if ((uint64_t)st.st_size > SHEET_FILE_BYTES_MAX) {
		tell(d, path, W_IMPORT_FILE_LARGE, "64", NULL);
	} else {
		*length = (size_t)st.st_size;
		bytes = mem_calloc(*length + 1, 1);
		if (!read_all(fd, bytes, *length)) {
			tell(d, path, W_IMPORT_UNREADABLE, strerror(errno),
			    NULL);
			free(bytes);
			bytes = NULL;
		}
	}
	if (fd >= 0)
		(void)close(fd);
	return bytes;
}

void
book_digest(const char *bytes, size_t length, char out[65])
{
	struct digest *digest = digest_new();

	digest_add(digest, bytes, length);
	digest_hex(digest, out);
}

bool
book_read(struct book *b, const char *shown, const char *bytes, size_t length,
    const char *encoding, struct arena *arena, struct diag *d)
{
	memset(b, 0, sizeof(*b));
	b->arena = arena;
	book_digest(bytes, length, b->sha256);
	if (length >= 8 && memcmp(bytes, ole2, 8) == 0) {
		tell(d, shown, W_IMPORT_OLE2, NULL, NULL);
		return false;
	}
	if (length >= 4 && memcmp(bytes, "PK\3\4", 4) == 0)
		return book_read_xlsx(b, shown, bytes, length, d);
	return book_read_csv(b, shown, bytes, length, encoding, d);
}

bool
book_load(struct book *b, const char *path, const char *encoding,
    struct arena *arena, struct diag *d)
{
	size_t length;
	char *bytes = book_bytes(path, &length, d);
	bool fine;

	memset(b, 0, sizeof(*b));
	if (bytes == NULL)
		return false;
	fine = book_read(b, path, bytes, length, encoding, arena, d);
	free(bytes);
	return fine;
}

void
book_fini(struct book *b)
{
	for (size_t i = 0; i < b->count; i++) {
		free(b->sheets[i].rows);
		free(b->sheets[i].merges);
	}
	free(b->sheets);
	b->sheets = NULL;
	b->count = 0;
}

const char *
sheet_letters(uint32_t column, char buf[8])
{
	char letters[8];
	int n = 0, i = 0;

	while (column > 0 && n < 7) {
		column--;
		letters[n++] = (char)('A' + column % 26);
		column /= 26;
	}
	while (n > 0)
		buf[i++] = letters[--n];
	buf[i] = '\0';
	return buf;
}

const char *
sheet_text(const struct sheet_row *row, uint32_t column)
{
	size_t low = 0, high = row->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (row->cells[middle].column == column)
			return row->cells[middle].text;
		if (row->cells[middle].column < column)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct sheet_row *
sheet_add_row(struct sheet *s, uint32_t number, bool *full)
{
	struct sheet_row *row;

	if (s->count > 0 && s->rows[s->count - 1].number >= number)
		return NULL;
	if (s->count == SHEET_ROWS_MAX) {
		*full = true;
		return NULL;
	}
	s->rows = mem_grow(s->rows, &s->capacity, s->count, sizeof(*s->rows));
	row = &s->rows[s->count++];
	memset(row, 0, sizeof(*row));
	row->number = number;
	return row;
}
