/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a command's answer goes: standard output or a file, whole or with a
 * sentence that says why not.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>

#include "base/text.h"

/*
 * Writes t to the file path (NULL: standard output) and closes it. False when
 * not every byte was taken, after one sentence on standard error. A file that
 * could not be written whole is removed.
 */
bool output_write(const struct text *t, const char *path, enum lang lang);

#endif
