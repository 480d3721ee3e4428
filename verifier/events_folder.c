/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which files of a folder hold events. The names that a probe gives to what it
 * sets aside (eve-DATE-TIME-NUMBER.json) sort by age; eve.json is the youngest
 * and stands beside them. Of too many names the oldest are left out, and
 * counted.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "events.h"

#define PREFIX "eve-"
#define SUFFIX ".json"

static bool
is_set_aside(const char *name)
{
	const size_t n = strlen(name), least = strlen(PREFIX SUFFIX);

	return strncmp(name, PREFIX, strlen(PREFIX)) == 0 && n > least &&
	    strcmp(name + n - strlen(SUFFIX), SUFFIX) == 0;
}

static int
by_age(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
leave_out_oldest(struct events_names *n)
{
	const size_t out = n->count - EVENTS_FILES_MAX;

	for (size_t i = 0; i < out; i++)
		free(n->items[i]);
	memmove(n->items, n->items + out, EVENTS_FILES_MAX * sizeof(*n->items));
	n->count = EVENTS_FILES_MAX;
	n->left_out += out;
}

bool
events_list(const char *folder, struct events_names *out)
{
	DIR *d = opendir(folder);
	const struct dirent *entry;
	size_t room = 0;
	int fault;

	memset(out, 0, sizeof(*out));
	if (d == NULL)
		return false;
	errno = 0;
	while ((entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, EVENTS_YOUNGEST) == 0)
			out->youngest = true;
		if (!is_set_aside(entry->d_name))
			continue;
		out->items = mem_grow(out->items, &room, out->count,
		    sizeof(*out->items));
		out->items[out->count++] = mem_strdup(entry->d_name);
	}
	fault = errno;
	(void)closedir(d);
	if (fault != 0) {
		events_names_free(out);
		errno = fault;
		return false;
	}
	if (out->count > 0)
		qsort(out->items, out->count, sizeof(*out->items), by_age);
	if (out->count > EVENTS_FILES_MAX)
		leave_out_oldest(out);
	return true;
}

void
events_names_free(struct events_names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->items[i]);
	free(n->items);
	memset(n, 0, sizeof(*n));
}
