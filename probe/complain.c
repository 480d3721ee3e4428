/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See complain.h. */
#include "complain.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define SLIPS_MAX 3 /* further off is another word */

void
complain(enum lang lang, enum word word, const char *a, const char *b,
    const char *c)
{
	const char *given[3] = { a, b, c };
	struct text escaped[3] = { 0 }, line = { 0 };

	for (int i = 0; i < 3; i++)
		if (given[i])
			text_escape(&escaped[i], given[i], strlen(given[i]));
	text_add(&line, "sekisho-probe: ");
	words_add(&line, lang, word, 3, text_str(&escaped[0]),
	    text_str(&escaped[1]), text_str(&escaped[2]));
	text_add_char(&line, '\n');
	log_write(line.data, line.length);
	text_free(&line);
	for (int i = 0; i < 3; i++)
		text_free(&escaped[i]);
}

const char *
complain_nearest(const char *word, const char *const *candidates, size_t count)
{
	const char *best = NULL;
	unsigned least = SLIPS_MAX + 1;

	for (size_t i = 0; i < count; i++) {
		const unsigned far = text_distance(word, candidates[i],
		    SLIPS_MAX);

		if (far < least) {
			least = far;
			best = candidates[i];
		}
	}
	return best;
}
