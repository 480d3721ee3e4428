/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho import: reads a ledger, a table of conduits, DHCP leases, an
 * address list or a firewall's policies, says everything that is wrong with
 * it and prints what could be read. In the forms for programs the faults go to
 * standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/jsonw.h"
#include "cmd.h"
#include "import_print.h"
#include "import_ruleset.h"
#include "import_sheet.h"
#include "model_list.h"
#include "output.h"

enum { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON };

#define JAPAN_OFFSET_S (9 * 3600)

static int
refuse(const struct options *o, enum word word, const char *what)
{
	struct text out = { 0 }, shown = { 0 };

	text_quote(&shown, what);
	text_add(&out, "sekisho: ");
	words_add(&out, o->lang, word, 1, text_str(&shown));
	text_add_char(&out, '\n');
	fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&shown);
	return CMD_BAD_INPUT;
}

static bool
same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	    x.st_ino == y.st_ino && S_ISREG(x.st_mode);
}

/* Where there is nothing to use, half a table must not take the place of a
 * whole one. */
static int
status_of(const struct diag *d, bool read, size_t rows, size_t kept)
{
	if (!read || (rows > 0 && kept == 0))
		return CMD_BAD_INPUT;
	return d->errors + d->warnings > 0 ? CMD_FINDINGS : CMD_CLEAN;
}

/* Writes what was printed, and the faults where they are not part of it. */
static int
finish(const struct options *o, const struct diag *d, bool read,
    struct text *out, int status)
{
	struct text faults = { 0 };

	diag_print_all(d, &faults);
	if (!read || o->format != FORMAT_TEXT)
		fputs(text_str(&faults), stderr);
	else
		text_add(out, text_str(&faults));
	text_free(&faults);
	if (!read && o->format != FORMAT_JSON)
		return CMD_BAD_INPUT;
	if (status == CMD_BAD_INPUT && o->output != NULL &&
	    o->format != FORMAT_TEXT)
		return status;
	return output_write(out, o->output, o->lang) ? status : CMD_BAD_INPUT;
}

/* ---- address lists */

static void
list_text(const struct address_list *l, const char *path, const char *digest,
    const struct diag *d, struct text *out)
{
	struct day today = clock_day((struct wall_us){ (int64_t)time(NULL) *
					 CLOCK_SECOND },
	    JAPAN_OFFSET_S, NULL);
	struct text age = { 0 }, counts = { 0 };
	char day[16], days[24], errors[24], warnings[24];

	import_print_line(out, d->lang, W_IMPORT_SUMMARY_FILE, path);
	text_pad(out, "SHA-256", IMPORT_PRINT_COLUMNS);
	text_printf(out, "%s\n", digest);
	import_print_line(out, d->lang, W_IMPORT_SUMMARY_FORMAT,
	    model_list_format(l->format));
	(void)snprintf(errors, sizeof(errors), "%zu", l->networks.count);
	import_print_line(out, d->lang, W_IMPORT_SUMMARY_NETWORKS, errors);
	(void)snprintf(errors, sizeof(errors), "%zu", l->name_count);
	import_print_line(out, d->lang, W_IMPORT_SUMMARY_NAMES, errors);
	(void)snprintf(days, sizeof(days), "%lld",
	    (long long)day_between(l->fetched, today));
	if (l->fetched.year != 0)
		words_add(&age, d->lang, W_IMPORT_SUMMARY_AGE, 2,
		    day_format(l->fetched, day, sizeof(day)), days);
	else
		words_add(&age, d->lang, W_IMPORT_SUMMARY_NO_DAY, 0);
	import_print_line(out, d->lang, W_IMPORT_SUMMARY_FETCHED,
	    text_str(&age));
	(void)snprintf(errors, sizeof(errors), "%zu", d->errors);
	(void)snprintf(warnings, sizeof(warnings), "%zu", d->warnings);
	words_add(&counts, d->lang, W_IMPORT_SUMMARY_COUNTS, 2, errors,
	    warnings);
	import_print_line(out, d->lang, W_IMPORT_SUMMARY_FAULTS,
	    text_str(&counts));
	text_free(&age);
	text_free(&counts);
}

/* One entry a line, as a list of lines: networks, or names where there are no
 * networks; a list of both is written as both. */
static void
list_csv(const struct address_list *l, struct text *out)
{
	char buf[PREFIX_TEXT_MAX];

	for (size_t i = 0; i < l->networks.count; i++)
		text_printf(out, "%s\r\n",
		    prefix_format(&l->networks.items[i], buf));
	for (size_t i = 0; i < l->name_count; i++)
		text_printf(out, "%s\r\n", l->names[i]);
}

static void
list_json(const struct address_list *l, const char *path, const char *digest,
    const struct diag *d, struct text *out)
{
	char buf[PREFIX_TEXT_MAX], day[16];
	struct imported none = { .arena = NULL };
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "format", "sekisho-import/1");
	jsonw_string(&w, "kind", import_kind_name(IMPORT_LIST));
	jsonw_string(&w, "file", path);
	jsonw_string(&w, "sha256", digest);
	jsonw_string(&w, "list", model_list_format(l->format));
	jsonw_string(&w, "fetched",
	    l->fetched.year ? day_format(l->fetched, day, sizeof(day)) : NULL);
	jsonw_array(&w, "networks");
	for (size_t i = 0; i < l->networks.count; i++)
		jsonw_string(&w, NULL,
		    prefix_format(&l->networks.items[i], buf));
	jsonw_array_end(&w);
	jsonw_array(&w, "names");
	for (size_t i = 0; i < l->name_count; i++)
		jsonw_string(&w, NULL, l->names[i]);
	jsonw_array_end(&w);
	import_print_json_faults(&w, &none, d);
	jsonw_object_end(&w);
	text_add_char(out, '\n');
}

static int
import_list(const struct options *o, const char *path)
{
	struct address_list list = { .id = NULL };
	struct diag d = { .lang = o->lang };
	struct arena *arena = arena_new();
	struct text out = { 0 };
	size_t length, entries = 0;
	char *bytes = book_bytes(path, &length, &d);
	char digest[65] = "";
	int status;

	if (bytes != NULL) {
		list.format = model_list_guess(bytes, length);
		model_list_digest(bytes, length, digest);
		model_list_read(arena, &d, path, bytes, length, &list);
		entries = list.networks.count + list.name_count;
	}
	if (o->format == FORMAT_TEXT)
		list_text(&list, path, digest, &d, &out);
	else if (o->format == FORMAT_CSV)
		list_csv(&list, &out);
	else
		list_json(&list, path, digest, &d, &out);
	status = status_of(&d, bytes != NULL, 1, entries);
	status = finish(o, &d, bytes != NULL, &out, status);
	text_free(&out);
	diag_free(&d);
	arena_free(arena);
	free(bytes);
	return status;
}

/* ---- tables */

static int
import_table(const struct options *o, enum import_kind kind, const char *path)
{
	static bool (*const readers[])(const char *,
	    const struct import_options *, struct imported *,
	    struct diag *) = { import_ledger, import_conduits, import_leases };
	struct import_options how = {
		.columns = options_value(o, VALUE_COLUMNS),
		.encoding = options_value(o, VALUE_ENCODING),
	};
	struct diag d = { .lang = o->lang };
	struct text out = { 0 };
	struct imported x;
	bool read = readers[kind](path, &how, &x, &d);
	int status = status_of(&d, read, x.rows, x.kept);

	diag_sort(&d);
	if (o->format == FORMAT_TEXT)
		import_print_summary(&x, path, &d, &out);
	else if (o->format == FORMAT_CSV)
		import_print_csv(&x, kind, &out);
	else
		import_print_json(&x, kind, path, &d, &out);
	status = finish(o, &d, read, &out, status);
	text_free(&out);
	diag_free(&d);
	import_fini(&x);
	return status;
}

/* ---- rulesets */

static void
ruleset_text(const struct import_ruleset *x, const struct options *o,
    const struct diag *d, struct text *out)
{
	struct text line = { 0 };
	char a[24], b[24], c[24], e[24];

	for (int i = 1; i < o->operand_count; i++)
		import_print_line(out, o->lang, W_IMPORT_SUMMARY_FILE,
		    o->operands[i]);
	(void)snprintf(a, sizeof(a), "%zu", x->policies);
	(void)snprintf(b, sizeof(b), "%zu", x->disabled);
	(void)snprintf(c, sizeof(c), "%zu", x->rules);
	words_add(&line, o->lang, W_FORTI_SUMMARY_COUNT, 3, a, b, c);
	import_print_line(out, o->lang, W_FORTI_SUMMARY_POLICIES,
	    text_str(&line));
	text_clear(&line);
	(void)snprintf(a, sizeof(a), "%zu", x->addresses);
	(void)snprintf(b, sizeof(b), "%zu", x->services);
	(void)snprintf(c, sizeof(c), "%zu", x->groups);
	(void)snprintf(e, sizeof(e), "%zu", x->vips);
	words_add(&line, o->lang, W_FORTI_SUMMARY_OBJECT_COUNT, 4, a, b, c, e);
	import_print_line(out, o->lang, W_FORTI_SUMMARY_OBJECTS,
	    text_str(&line));
	text_clear(&line);
	(void)snprintf(a, sizeof(a), "%zu", x->unresolved);
	import_print_line(out, o->lang, W_FORTI_SUMMARY_UNRESOLVED, a);
	if (x->unread.length > 0)
		import_print_line(out, o->lang, W_IMPORT_SUMMARY_UNREAD,
		    text_str(&x->unread));
	if (x->aliases.length > 0)
		import_print_line(out, o->lang, W_FORTI_SUMMARY_ALIASES,
		    text_str(&x->aliases));
	(void)snprintf(a, sizeof(a), "%zu", d->errors);
	(void)snprintf(b, sizeof(b), "%zu", d->warnings);
	words_add(&line, o->lang, W_IMPORT_SUMMARY_COUNTS, 2, a, b);
	import_print_line(out, o->lang, W_IMPORT_SUMMARY_FAULTS,
	    text_str(&line));
	text_free(&line);
}

/* A file is for audit, which takes no summary: unless a form was asked for,
 * the ruleset goes there and the summary is shown. */
static int
finish_ruleset(const struct options *o, const struct import_ruleset *x,
    const struct diag *d, int status)
{
	const bool both = o->output != NULL && !o->format_given;
	struct options told = *o;
	struct text out = { 0 };

	if (both) {
		text_add(&out, text_str(&x->json));
		if (!output_write(&out, o->output, o->lang))
			status = CMD_BAD_INPUT;
		text_clear(&out);
		told.output = NULL;
	}
	if (o->format == FORMAT_TEXT)
		ruleset_text(x, o, d, &out);
	else
		text_add(&out, text_str(&x->json));
	status = finish(&told, d, true, &out, status);
	text_free(&out);
	return status;
}

static int
import_policies(const struct options *o)
{
	struct diag d = { .lang = o->lang };
	struct import_ruleset x;
	struct text out = { 0 };
	bool read;
	int status;

	if (o->format == FORMAT_CSV)
		return refuse(o, W_IMPORT_NO_CSV, "csv");
	if (options_value(o, VALUE_COLUMNS) != NULL)
		return refuse(o, W_IMPORT_ONLY_TABLES, "--columns");
	for (int i = 1; i < o->operand_count && o->output != NULL; i++)
		if (same_file(o->operands[i], o->output))
			return refuse(o, W_IMPORT_IS_INPUT, o->output);
	read = import_ruleset(&o->operands[1], (size_t)o->operand_count - 1,
	    options_value(o, VALUE_ENCODING), &x, &d);
	status = status_of(&d, read, 0, 0);
	diag_sort(&d);
	if (!read) { /* half a ruleset would hide what it lacks */
		diag_print_all(&d, &out);
		fputs(text_str(&out), stderr);
	} else {
		status = finish_ruleset(o, &x, &d, status);
	}
	text_free(&out);
	diag_free(&d);
	import_ruleset_fini(&x);
	return status;
}

int
cmd_import(const struct options *o)
{
	const char *encoding = options_value(o, VALUE_ENCODING);
	const char *columns = options_value(o, VALUE_COLUMNS);
	const char *path = o->operands[1];
	int kind;

	if (strcmp(o->operands[0], "ruleset") == 0 &&
	    (encoding == NULL || strcmp(encoding, "utf-8") == 0 ||
		strcmp(encoding, "cp932") == 0))
		return import_policies(o);
	for (kind = IMPORT_LEDGER; kind <= IMPORT_LIST; kind++)
		if (strcmp(o->operands[0],
			import_kind_name((enum import_kind)kind)) == 0)
			break;
	if (kind > IMPORT_LIST && strcmp(o->operands[0], "ruleset") != 0)
		return refuse(o, W_IMPORT_KIND, o->operands[0]);
	if (o->operand_count > 2)
		return refuse(o, W_VERIFIER_EXTRA, o->operands[2]);
	if (encoding != NULL && strcmp(encoding, "utf-8") != 0 &&
	    strcmp(encoding, "cp932") != 0)
		return refuse(o, W_IMPORT_ENCODING, encoding);
	if (kind == IMPORT_LIST && (encoding != NULL || columns != NULL))
		return refuse(o, W_IMPORT_ONLY_TABLES,
		    encoding != NULL ? "--encoding" : "--columns");
	if (o->output != NULL &&
	    (same_file(path, o->output) ||
		(columns != NULL && same_file(columns, o->output))))
		return refuse(o, W_IMPORT_IS_INPUT, o->output);
	return kind == IMPORT_LIST ?
	    import_list(o, path) :
	    import_table(o, (enum import_kind)kind, path);
}
