/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a command's answer goes: standard output or a file, whole or with a
 * sentence that says why not.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>

#include "base/text.h"
#include "bundle.h"

/*
 * Writes t to the file path (NULL: standard output) and closes it. False when
 * not every byte was taken, after one sentence on standard error. A regular
 * file is replaced only once the new one is whole, so that an old report
 * outlives a full disk.
 */
bool output_write(const struct text *t, const char *path, enum lang lang);
/*
 * False, after one sentence on standard error, when path is one of the files
 * that were read, under whatever name. NULL is none. O(files).
 */
bool output_spares(const char *path, const struct bundle *read, enum lang lang);
/* The same of one file ("-": standard input), which may be NULL. O(1). */
bool output_spares_file(const char *path, const char *file, enum lang lang);
/* The same of events as events_open takes them: of a folder each file that
 * holds some. O(files). */
bool output_spares_events(const char *path, const char *events, enum lang lang);

#endif
