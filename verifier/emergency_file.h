/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes to the text of a file of emergencies. The file is a record that people
 * may add remarks to: nothing of it is written anew but what a change is about,
 * and no entry is ever taken out. Pure; the text has been read by jsonx without
 * a fault.
 */
#ifndef EMERGENCY_FILE_H
#define EMERGENCY_FILE_H

#include "base/jsonx.h"
#include "base/text.h"

/* A file without entries, with a comment that says what it is. */
void emergency_file_new(struct text *out);
/*
 * bytes with one more element, a JSON text on one line, at the end of list, an
 * array of theirs. False when list does not lie in bytes.
 */
bool emergency_file_append(const char *bytes, size_t length,
    const struct jsonx *list, const char *element, struct text *out);
/*
 * bytes with the "until" of entry, an object of theirs, made that, and "ended-by"
 * added behind it where there is none. False when that does not lie in bytes.
 */
bool emergency_file_end(const char *bytes, size_t length,
    const struct jsonx *entry, const char *until, const char *by,
    struct text *out);

#endif
