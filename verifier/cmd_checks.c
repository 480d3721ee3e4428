/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho checks: the table of checks, and which of them this version judges;
 * sekisho checks background: the built-in list of background destinations.
 * A check that is listed but not built is work left, never a silent pass.
 */
#include <stdio.h>
#include <string.h>

#include "background.h"
#include "base/jsonw.h"
#include "cmd.h"
#include "output.h"

enum { FORMAT_TEXT, FORMAT_JSON };

/* The grade as it is read: its letters are those of both languages, what is
 * said beside them is not. */
static const char *
grade_text(const struct check_row *row, enum lang lang)
{
	static const char *const texts[][2] = {
		{ "C / L, daily group", "C / L、日ごとに集約" },
		{ "H for mynumber", "H（個人番号系）" },
		{ "H, C from mynumber", "H、個人番号系からはC" },
		{ "H, C in mynumber", "H、個人番号系ではC" },
		{ "M, H in mynumber", "M、個人番号系ではH" },
		{ "H, C where the cell is DENY", "H、禁止の組合せはC" },
		{ "M, I from outside", "M、外部からはI" },
		{ "error", "誤り" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (lang == LANG_JA && strcmp(row->grade, texts[i][0]) == 0)
			return texts[i][1];
	return row->grade;
}

static void
print_row(const struct check_row *row, enum lang lang, struct text *out)
{
	const char *grade = grade_text(row, lang);
	const size_t width = lang == LANG_JA ? 22 : 19;

	text_pad(out, row->id, 8);
	text_pad(out,
	    row->built ? words_get(lang, W_VERIFIER_BUILT) :
			 words_get(lang, W_VERIFIER_NOT_BUILT),
	    8);
	text_pad(out, grade, width);
	if (text_width(grade) >= width)
		text_add_char(out, ' ');
	text_pad(out, row->title[lang], lang == LANG_JA ? 42 : 44);
	text_printf(out, " %s\n", row->requirements);
}

static void
print_text(enum lang lang, struct text *out)
{
	char built[24], all[24];
	size_t count = 0;

	for (int c = CHECK_NONE + 1; c < CHECK_COUNT; c++) {
		print_row(checks_row((enum check)c), lang, out);
		count += checks_row((enum check)c)->built;
	}
	snprintf(built, sizeof(built), "%zu", count);
	snprintf(all, sizeof(all), "%d", CHECK_COUNT - 1);
	words_add(out, lang, W_VERIFIER_BUILT_COUNT, 2, built, all);
	text_add_char(out, '\n');
}

static void
print_json(enum lang lang, struct text *out)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "format", "sekisho-checks/1");
	jsonw_array(&w, "checks");
	for (int c = CHECK_NONE + 1; c < CHECK_COUNT; c++) {
		const struct check_row *row = checks_row((enum check)c);

		jsonw_object(&w, NULL);
		jsonw_string(&w, "id", row->id);
		jsonw_int(&w, "signature_id", checks_signature(row->check));
		jsonw_string(&w, "title", row->title[lang]);
		jsonw_string(&w, "grade", row->grade);
		jsonw_string(&w, "passed", severity_name(row->passed));
		jsonw_string(&w, "tried", severity_name(row->tried));
		jsonw_string(&w, "requirements", row->requirements);
		jsonw_string(&w, "trigger", row->trigger[lang]);
		jsonw_bool(&w, "built", row->built);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	text_add_char(out, '\n');
}

/* ---- checks background */

static void
print_background(enum lang lang, struct text *out)
{
	size_t count;
	const struct background *rows = background_rows(&count);
	char number[24];

	words_add(out, lang, W_VERIFIER_BACKGROUND, 0);
	text_add_char(out, '\n');
	for (int c = 0; c < BACKGROUND_CATEGORY_COUNT; c++) {
		const enum background_category category =
		    (enum background_category)c;

		text_printf(out, "\n%s\n",
		    background_category_title(category, lang));
		for (size_t i = 0; i < count; i++)
			if (rows[i].category == category)
				text_printf(out, "  %s\n", rows[i].pattern);
	}
	(void)snprintf(number, sizeof(number), "%zu", count);
	text_add_char(out, '\n');
	words_add(out, lang, W_VERIFIER_BACKGROUND_COUNT, 1, number);
	text_add_char(out, '\n');
}

static void
print_background_json(enum lang lang, struct text *out)
{
	size_t count;
	const struct background *rows = background_rows(&count);
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "format", "sekisho-background/1");
	jsonw_array(&w, "destinations");
	for (size_t i = 0; i < count; i++) {
		jsonw_object(&w, NULL);
		jsonw_string(&w, "name", rows[i].pattern);
		jsonw_string(&w, "category",
		    background_category_name(rows[i].category));
		jsonw_string(&w, "title",
		    background_category_title(rows[i].category, lang));
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	text_add_char(out, '\n');
}

/* False: there is no list of that name. */
static bool
print_list(const struct options *o, struct text *out)
{
	struct text said = { 0 }, shown = { 0 };

	if (strcmp(o->operands[0], "background") != 0) {
		text_quote(&shown, o->operands[0]);
		text_add(&said, "sekisho checks: ");
		words_add(&said, o->lang, W_VERIFIER_NO_LIST, 1,
		    text_str(&shown));
		(void)fprintf(stderr, "%s\n", text_str(&said));
		text_free(&said);
		text_free(&shown);
		return false;
	}
	if (o->format == FORMAT_JSON)
		print_background_json(o->lang, out);
	else
		print_background(o->lang, out);
	return true;
}

int
cmd_checks(const struct options *o)
{
	struct text out = { 0 };
	bool written;

	if (o->operand_count > 0) {
		if (!print_list(o, &out))
			return CMD_BAD_INPUT;
	} else if (o->format == FORMAT_JSON)
		print_json(o->lang, &out);
	else
		print_text(o->lang, &out);
	written = output_write(&out, NULL, o->lang);
	text_free(&out);
	return written ? CMD_CLEAN : CMD_BAD_INPUT;
}
