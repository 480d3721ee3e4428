/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking up names of applications. The table is sorted by name, so a label
 * is found by halving; words of a model are compared with what the found row
 * says. Nothing is built at run time and nothing is kept.
 */
#include "application.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define NEAR_MAX 3 /* letters that "did you mean" may be off */
#define WORD_MAX 32

static const struct application rows[] = {
#define APPLICATION(name_, family_, eve_, traits_) \
	{ .name = name_, .family = family_, .eve = eve_, .traits = traits_ },
#include "application_table.h"
#undef APPLICATION
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* Words that people and other tools use for a name of the table. */
static const struct alias {
	const char *word, *name;
} aliases[] = {
	{ "HTTPS", "TLS" },
	{ "SSL", "TLS" },
	{ "HTTP2", "HTTP" },
	{ "DOH2", "DoH_DoT" },
	{ "DoH", "DoH_DoT" },
	{ "DoT", "DoH_DoT" },
	{ "CIFS", "SMB" },
	{ "DCERPC", "RPC" },
	{ "SQLServer", "MSSQL" },
	{ "IKE", "IPsec" },
	{ "POP3S", "POPS" },
};

static const struct application *
row_of(const char *name)
{
	size_t low = 0, high = ROWS, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcasecmp(name, rows[middle].name);
		if (order == 0)
			return &rows[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* The table's word for an alias, or the word itself. */
static const char *
unalias(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcasecmp(aliases[i].word, word) == 0)
			return aliases[i].name;
	return word;
}

static bool
row_matches(const struct application *row, const char *word)
{
	return strcasecmp(row->name, word) == 0 ||
	    strcasecmp(row->family, word) == 0 ||
	    (row->eve != NULL && strcasecmp(row->eve, word) == 0);
}

const struct application *
application_find(const char *word)
{
	const struct application *row;
	size_t i;

	word = unalias(word);
	row = row_of(word);
	if (row != NULL)
		return row;
	for (i = 0; i < ROWS; i++)
		if (row_matches(&rows[i], word))
			return &rows[i];
	return NULL;
}

bool
application_matches(const char *word, const char *label)
{
	const struct application *row;
	const char *meant;

	if (label == NULL)
		return false;
	if (strcasecmp(word, label) == 0)
		return true;
	row = row_of(label);
	if (row == NULL)
		return false;
	if (row_matches(row, word))
		return true;
	meant = unalias(word);
	return meant != word && row_matches(row, meant);
}

unsigned
application_traits(const char *label)
{
	const struct application *row = label ? row_of(label) : NULL;

	return row ? row->traits : 0;
}

/* Lower case, cut at WORD_MAX - 1: names are shorter than that. */
static void
lower(char out[WORD_MAX], const char *s)
{
	size_t i;

	for (i = 0; s[i] != '\0' && i + 1 < WORD_MAX; i++)
		out[i] = (char)tolower((unsigned char)s[i]);
	out[i] = '\0';
}

/* Takes candidate when it is nearer to wanted than what is held. */
static void
nearer(const char *wanted, const char *candidate, const char **best,
    unsigned *distance)
{
	char folded[WORD_MAX];
	unsigned d;

	lower(folded, candidate);
	d = text_distance(wanted, folded, NEAR_MAX);
	if (d < *distance) {
		*distance = d;
		*best = candidate;
	}
}

const char *
application_nearest(const char *word)
{
	char wanted[WORD_MAX];
	const char *best = NULL;
	unsigned distance;
	size_t i;

	lower(wanted, word);
	/* A short word is near to everything: allow a third of its letters. */
	distance = (unsigned)(strlen(wanted) + 2) / 3 + 1;
	if (distance > NEAR_MAX + 1)
		distance = NEAR_MAX + 1;
	for (i = 0; i < ROWS; i++) {
		nearer(wanted, rows[i].name, &best, &distance);
		nearer(wanted, rows[i].family, &best, &distance);
	}
	return best;
}
