/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of people and posts as records write them. Spreadsheets mix widths,
 * cases and blanks, and a post may be written by its short name or by whoever
 * holds it, so names are compared folded. Nothing else of Unicode is folded:
 * two spellings that stay apart here are a matter for a reader.
 */
#include <ctype.h>
#include <string.h>

#include "model_internal.h"

/* Without blanks; fullwidth ASCII as ASCII, in lower case. */
static void
fold(const char *s, struct text *out)
{
	while (*s != '\0') {
		const unsigned char *p = (const unsigned char *)s;
		unsigned c = p[0];
		size_t length = 1;

		if (strncmp(s, "　", 3) == 0) {
			s += 3;
			continue;
		}
		/* U+FF01 to U+FF5E are EF BC 81 to EF BD 9E. */
		if (p[0] == 0xef && (p[1] == 0xbc || p[1] == 0xbd)) {
			unsigned wide = (p[1] - 0xbcu) << 6 | (p[2] & 0x3fu);

			if (wide >= 0x01 && wide <= 0x5e) {
				c = wide + 0x20;
				length = 3;
			}
		}
		if (c >= 0x80)
			text_add_char(out, *s);
		else if (!isspace((int)c))
			text_add_char(out, (char)tolower((int)c));
		s += length;
	}
}

/* The folded name of who holds the post, or the folded word itself. */
static void
holder(const struct model *m, const char *name, struct text *out)
{
	const char *who = NULL;

	fold(name, out);
	if (strcmp(text_str(out), "ciso") == 0 ||
	    strcmp(text_str(out), "最高情報セキュリティ責任者") == 0)
		who = m->ciso != NULL ? m->ciso : "CISO";
	else if (strcmp(text_str(out), "統括情報セキュリティ責任者") == 0)
		who = m->security_officer;
	if (who == NULL)
		return;
	text_clear(out);
	fold(who, out);
}

bool
model_person_same(const struct model *m, const char *a, const char *b)
{
	struct text x = { 0 }, y = { 0 };
	bool same;

	holder(m, a, &x);
	holder(m, b, &y);
	same = strcmp(text_str(&x), text_str(&y)) == 0;
	text_free(&x);
	text_free(&y);
	return same;
}

bool
model_person_approved(const struct model *m, const struct approval *a,
    const char *who)
{
	for (size_t i = 0; i < a->by_count; i++)
		if (model_person_same(m, a->by[i], who))
			return true;
	return false;
}

bool
model_person_authorised(const struct model *m, const struct approval *a)
{
	return a->given && a->number != NULL && a->on.year != 0 &&
	    model_person_approved(m, a, "CISO");
}
