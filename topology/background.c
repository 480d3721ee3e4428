/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See background.h. The list is short and only looked at for what is already
 * wrong or asks for a name, so it is walked from its beginning.
 */
#include "background.h"

#include <string.h>
#include <strings.h>

#include "words.h"

static const struct background rows[] = {
#define BACKGROUND(category_, pattern_) \
	{ .category = BACKGROUND_##category_, .pattern = pattern_ },
#include "background_table.h"
#undef BACKGROUND
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool
matches(const char *pattern, const char *name, size_t n)
{
	size_t m, before;

	if (pattern[0] != '*')
		return strcasecmp(pattern, name) == 0;
	m = strlen(++pattern); /* with its dot */
	if (n <= m || strcasecmp(name + n - m, pattern) != 0)
		return false;
	before = n - m;
	return before <= BACKGROUND_BEFORE_MAX && name[0] != '.';
}

const struct background *
background_find(const char *name)
{
	const size_t n = name != NULL ? strlen(name) : 0;

	for (size_t i = 0; n > 0 && i < ROWS; i++)
		if (matches(rows[i].pattern, name, n))
			return &rows[i];
	return NULL;
}

const struct background *
background_rows(size_t *count)
{
	*count = ROWS;
	return rows;
}

const char *
background_category_name(enum background_category category)
{
	static const char *const names[BACKGROUND_CATEGORY_COUNT] = {
		[BACKGROUND_REVOCATION] = "revocation",
		[BACKGROUND_CONNECTIVITY] = "connectivity",
		[BACKGROUND_TELEMETRY] = "telemetry",
		[BACKGROUND_UPDATE] = "update",
		[BACKGROUND_TIME] = "time",
	};

	return names[category];
}

const char *
background_category_title(enum background_category category, enum lang lang)
{
	/* The words stand in the order of the categories. */
	_Static_assert(W_BACKGROUND_TIME - W_BACKGROUND_REVOCATION ==
		(int)BACKGROUND_TIME - (int)BACKGROUND_REVOCATION,
	    "a word for each category");

	return words_get(lang,
	    (enum word)(W_BACKGROUND_REVOCATION + (int)category));
}
