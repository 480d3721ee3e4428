/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unpacking a workbook in memory; the only file with libarchive. Nothing is
 * written to disk, no name of the archive is used as a path, and only the zip
 * format is switched on. What unpacks to more than the limit is given up, so
 * that a bomb costs its limit and no more.
 */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "import_sheet.h"

#define FIRST_ROOM 65536

static bool
is_wanted(const char *name)
{
	size_t n = strlen(name);

	return strncmp(name, "xl/", 3) == 0 && n < 256 &&
	    ((n > 4 && strcmp(name + n - 4, ".xml") == 0) ||
		(n > 5 && strcmp(name + n - 5, ".rels") == 0)) &&
	    (strchr(name + 3, '/') == NULL ||
		strncmp(name, "xl/worksheets/sheet", 19) == 0 ||
		strncmp(name, "xl/_rels/", 9) == 0);
}

static enum zip_result
unpack(struct archive *a, struct zip_part *part, size_t *left)
{
	size_t room = FIRST_ROOM;
	la_ssize_t n;

	part->bytes = mem_calloc(room, 1);
	for (;;) {
		if (part->length == room) {
			room *= 2;
			part->bytes = mem_reallocarray(part->bytes, room, 1);
		}
		n = archive_read_data(a, part->bytes + part->length,
		    room - part->length);
		if (n < 0)
			return ZIP_BAD;
		if (n == 0)
			return ZIP_OK;
		if ((size_t)n > *left)
			return ZIP_LARGE;
		*left -= (size_t)n;
		part->length += (size_t)n;
	}
}

static enum zip_result
take(struct zip *z, struct archive *a, struct archive_entry *entry,
    size_t *left)
{
	const char *name = archive_entry_pathname(entry);
	struct zip_part *part;

	if (name == NULL || !is_wanted(name))
		return ZIP_OK;
	if (archive_entry_is_encrypted(entry))
		return ZIP_ENCRYPTED;
	if (zip_find(z, name) != NULL)
		return ZIP_TWICE;
	if (z->count == ZIP_PARTS_MAX)
		return ZIP_LARGE;
	part = &z->parts[z->count++];
	part->name = mem_strdup(name);
	return unpack(a, part, left);
}

enum zip_result
zip_read(struct zip *z, const char *bytes, size_t length)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	enum zip_result result = ZIP_OK;
	size_t left = SHEET_UNPACKED_MAX, entries = 0;
	int status = ARCHIVE_FATAL;

	memset(z, 0, sizeof(*z));
	if (a == NULL)
		return ZIP_BAD;
	if (archive_read_support_format_zip_seekable(a) != ARCHIVE_OK ||
	    archive_read_open_memory(a, bytes, length) != ARCHIVE_OK)
		result = ZIP_BAD;
	while (result == ZIP_OK &&
	    (status = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		if (++entries > ZIP_ENTRIES_MAX)
			result = ZIP_LARGE;
		else
			result = take(z, a, entry, &left);
	}
	if (result == ZIP_OK && (status != ARCHIVE_EOF || entries == 0))
		result = ZIP_BAD;
	(void)archive_read_free(a);
	return result;
}

void
zip_fini(struct zip *z)
{
	for (size_t i = 0; i < z->count; i++) {
		free(z->parts[i].name);
		free(z->parts[i].bytes);
	}
	z->count = 0;
}

const struct zip_part *
zip_find(const struct zip *z, const char *name)
{
	for (size_t i = 0; i < z->count; i++)
		if (strcmp(z->parts[i].name, name) == 0)
			return &z->parts[i];
	return NULL;
}
