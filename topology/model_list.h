/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading one address list: Microsoft's endpoints JSON, networks one a line,
 * or server names one a line ("# fetched: 2026-04-01" among them says when).
 */
#ifndef MODEL_LIST_H
#define MODEL_LIST_H

#include "base/arena.h"
#include "base/diag.h"
#include "conduit.h"

/*
 * Reads bytes, named shown in faults, as out->format says; fills networks (in
 * normal form) and names, and fetched where the file says it. All faults go
 * to d. What is filled lives in arena. O(n log n).
 */
void model_list_read(struct arena *arena, struct diag *d, const char *shown,
    const char *bytes, size_t length, struct address_list *out);
/* The format that the bytes most likely are: JSON begins with [ or {, and of
 * lines the first that says something decides. */
enum list_format model_list_guess(const char *bytes, size_t length);
/* "m365-json", "cidr", "fqdn" */
const char *model_list_format(enum list_format format);
/* SHA-256 as 64 lower-case hex digits and NUL. */
void model_list_digest(const char *bytes, size_t length, char out[65]);

#endif
