/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A model and the files it names, as named byte buffers with one SHA-256 over
 * all of them. Reading the disk happens here and nowhere else in topology/;
 * whoever has the bytes already builds a bundle without it.
 */
#ifndef BUNDLE_H
#define BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

#define BUNDLE_FILES_MAX 256
#define BUNDLE_FILE_BYTES_MAX (256u * 1024 * 1024)

struct bundle_file {
	char *reference; /* owned: as the model names it; [0]: as shown */
	char *shown;	 /* owned: what diagnostics call it */
	char *bytes;	 /* owned */
	size_t length;
};

struct bundle {
	struct bundle_file *files; /* owned; [0] is the model */
	size_t count;
	size_t capacity;
};

void bundle_free(struct bundle *b);
/* Adds a copy of the bytes; false when BUNDLE_FILES_MAX is reached. */
bool bundle_add(struct bundle *b, const char *reference, const char *shown,
    const char *bytes, size_t length);
/* The file that the model names so, or NULL. */
const struct bundle_file *bundle_find(const struct bundle *b,
    const char *reference);
/*
 * Reads path ("-": standard input) and every file the model names: relative
 * to the model's folder; a guideline then among the installed ones in
 * data_dir/guidelines, and beside the program where it was not installed. A
 * file that cannot be read, or is no regular one, is a fault in d at the line
 * that names it; only the "emergency-file" need not be there. False when the
 * model itself could not be read.
 */
bool bundle_read(struct bundle *b, const char *path, const char *data_dir,
    struct diag *d);
/* Where installed data lies: $SEKISHO_DATADIR, else the compiled-in folder. */
const char *bundle_data_dir(void);
/* Lower-case hex SHA-256 over names, lengths and bytes, into out[65]. */
void bundle_sha256(const struct bundle *b, char out[65]);

#endif
