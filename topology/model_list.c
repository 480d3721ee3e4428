/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See model_list.h. A fault stands at its place in the list's file; a list
 * that is too short permits less, never more, so that only what would widen
 * it must be right.
 */
#include "model_list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "model_internal.h"

#define LINE_MAX_BYTES 512

/* One list being read; what is gathered before it is settled is owned. */
struct reading {
	struct arena *arena;
	struct diag *d;
	const char *shown; /* borrowed */
	struct address_list *out;
	struct prefix *networks;
	size_t network_count, network_capacity;
	const char **names;
	size_t name_count, name_capacity;
};

/* v1 fills the sentence and is escaped. */
static void
fault(struct reading *r, uint32_t line, uint32_t column,
    enum diag_severity severity, enum word word, const char *v1)
{
	struct diag_place place = { r->shown, line, column };
	struct text escaped = { 0 };

	if (v1 != NULL)
		text_quote(&escaped, v1);
	words_diag(r->d, place, severity, CHECK_TOP_9, word, 1,
	    text_str(&escaped));
	text_free(&escaped);
}

static void
gather_network(struct reading *r, uint32_t line, uint32_t column,
    const char *text)
{
	struct prefix p;

	if (prefix_parse(text, &p) != PREFIX_OK) {
		fault(r, line, column, DIAG_ERROR, W_MODEL_BAD_NETWORK, text);
		return;
	}
	r->networks = mem_grow(r->networks, &r->network_capacity,
	    r->network_count, sizeof(p));
	r->networks[r->network_count++] = p;
}

static void
gather_name(struct reading *r, uint32_t line, uint32_t column, const char *text,
    enum diag_severity severity)
{
	const char *name = model_value_name(r->arena, text);

	if (name == NULL) {
		fault(r, line, column, severity, W_MODEL_BAD_NAME, text);
		return;
	}
	r->names = mem_grow(r->names, &r->name_capacity, r->name_count,
	    sizeof(*r->names));
	r->names[r->name_count++] = name;
}

/* ---- Microsoft's endpoints */

static void
m365_strings(struct reading *r, const struct jsonx *list, bool names)
{
	const struct jsonx *item;

	if (list == NULL)
		return;
	if (list->kind != JSONX_ARRAY) {
		fault(r, list->line, list->column, DIAG_ERROR, W_SIDE_M365,
		    NULL);
		return;
	}
	for (item = list->child; item != NULL; item = item->next) {
		if (item->kind != JSONX_STRING)
			fault(r, item->line, item->column, DIAG_ERROR,
			    W_SIDE_M365, NULL);
		else if (names)
			/* Its inner wildcards ("a.*.b") are left out: a list
			 * that is too short permits less, never more. */
			gather_name(r, item->line, item->column, item->string,
			    DIAG_WARNING);
		else
			gather_network(r, item->line, item->column,
			    item->string);
	}
}

static void
m365_read(struct reading *r, const char *bytes, size_t length)
{
	struct jsonx_doc *doc = jsonx_parse(r->shown, bytes, length, r->d);
	const struct jsonx *root, *item;

	if (doc == NULL)
		return;
	root = jsonx_root(doc);
	if (root->kind != JSONX_ARRAY)
		fault(r, root->line, root->column, DIAG_ERROR, W_SIDE_M365,
		    NULL);
	for (item = root->child; item != NULL; item = item->next) {
		if (item->kind != JSONX_OBJECT) {
			fault(r, item->line, item->column, DIAG_ERROR,
			    W_SIDE_M365, NULL);
			continue;
		}
		m365_strings(r, jsonx_get(item, "ips"), false);
		m365_strings(r, jsonx_get(item, "urls"), true);
	}
	jsonx_free(doc);
}

/* ---- lines */

/* "# fetched: 2026-04-01" */
static void
comment_line(const char *text, struct address_list *out)
{
	static const char word[] = "fetched:";
	struct day day;

	while (*text == '#' || *text == ' ')
		text++;
	if (strncmp(text, word, strlen(word)) != 0)
		return;
	for (text += strlen(word); *text == ' '; text++)
		;
	if (day_parse(text, &day))
		out->fetched = day;
}

static void
trim_end(char *text)
{
	char *end = text + strlen(text);

	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
}

/* One line without its end, cut at a comment and at blanks. */
static void
list_line(struct reading *r, uint32_t line, char *text)
{
	char *comment = strchr(text, '#');
	uint32_t column = 1;

	if (comment != NULL) {
		trim_end(comment);
		comment_line(comment, r->out);
		*comment = '\0';
	}
	for (; isspace((unsigned char)*text); text++)
		column++;
	trim_end(text);
	if (*text == '\0')
		return;
	if (r->out->format == LIST_CIDR)
		gather_network(r, line, column, text);
	else
		gather_name(r, line, column, text, DIAG_ERROR);
}

static void
lines_read(struct reading *r, const char *bytes, size_t length)
{
	const char *p = bytes, *end = p + length, *stop;
	char text[LINE_MAX_BYTES];
	uint32_t line;
	size_t n;

	if (length >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	for (line = 1; p < end; line++) {
		stop = memchr(p, '\n', (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		n = (size_t)(stop - p);
		if (n >= sizeof(text)) /* too long for any name */
			n = sizeof(text) - 1;
		memcpy(text, p, n);
		text[n] = '\0';
		if (strlen(text) != n)
			fault(r, line, 1, DIAG_ERROR, W_SIDE_ENCODING, "UTF-8");
		list_line(r, line, text);
		p = stop < end ? stop + 1 : end;
	}
}

/* ---- the whole */

void
model_list_read(struct arena *arena, struct diag *d, const char *shown,
    const char *bytes, size_t length, struct address_list *out)
{
	struct reading r = { .arena = arena,
		.d = d,
		.shown = shown,
		.out = out };
	struct prefix_set all;

	if (out->format == LIST_M365_JSON)
		m365_read(&r, bytes, length);
	else
		lines_read(&r, bytes, length);
	all.items = r.networks;
	all.count = r.network_count;
	out->networks = model_set_normal(arena, &all);
	out->names = arena_copy(arena, r.names, r.name_count, sizeof(*r.names));
	out->name_count = r.name_count;
	free(r.networks);
	free(r.names);
}

enum list_format
model_list_guess(const char *bytes, size_t length)
{
	const char *p = bytes, *end = bytes + length, *stop;
	char text[LINE_MAX_BYTES];
	struct prefix prefix;

	if (length >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	for (; p < end; p = stop < end ? stop + 1 : end) {
		size_t n;

		stop = memchr(p, '\n', (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		while (p < stop && isspace((unsigned char)*p))
			p++;
		n = (size_t)(stop - p);
		if (n == 0 || *p == '#')
			continue;
		if (*p == '[' || *p == '{' || *p == '/')
			return LIST_M365_JSON;
		n = n < sizeof(text) ? n : sizeof(text) - 1;
		memcpy(text, p, n);
		text[n] = '\0';
		text[strcspn(text, "# \t\r")] = '\0';
		return prefix_parse(text, &prefix) == PREFIX_BAD ? LIST_FQDN :
								   LIST_CIDR;
	}
	return LIST_FQDN;
}

const char *
model_list_format(enum list_format format)
{
	return model_words_list[format];
}

void
model_list_digest(const char *bytes, size_t length, char out[65])
{
	struct digest *digest = digest_new();

	digest_add(digest, bytes, length);
	digest_hex(digest, out);
}
