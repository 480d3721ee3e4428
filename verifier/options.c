/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a command line by the command's row in the table of commands, so that
 * usage, help and parsing cannot disagree. getopt_long does the walking; what
 * is wrong is said here, since its own sentences know one language.
 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	KEY_LANG = 256,
	KEY_FORMAT,
	KEY_AT,
	KEY_DATA,
	KEY_OUTPUT,
	KEY_FOLLOW,
	KEY_KERNEL,
	KEY_APPROVE,
	KEY_HELP,
	KEY_VALUE, /* and an enum option_value */
};

static const struct option_row {
	struct option option;
	uint64_t flag; /* 0: every command has it */
	const char *value;
	bool again; /* may be given more than once */
} rows[] = {
	{ { "model", required_argument, NULL, KEY_VALUE + VALUE_MODEL },
	    OPTION_VALUE(VALUE_MODEL), "MODEL", false },
	{ { "probe", required_argument, NULL, KEY_VALUE + VALUE_PROBE },
	    OPTION_VALUE(VALUE_PROBE), "PROBE", false },
	{ { "from", required_argument, NULL, KEY_VALUE + VALUE_FROM },
	    OPTION_VALUE(VALUE_FROM), "DIR|FILE|TAP=FILE", true },
	{ { "ledger", required_argument, NULL, KEY_VALUE + VALUE_LEDGER },
	    OPTION_VALUE(VALUE_LEDGER), "FILE", false },
	{ { "conduits", required_argument, NULL, KEY_VALUE + VALUE_CONDUITS },
	    OPTION_VALUE(VALUE_CONDUITS), "FILE", false },
	{ { "ruleset", required_argument, NULL, KEY_VALUE + VALUE_RULESET },
	    OPTION_VALUE(VALUE_RULESET), "FILE", false },
	{ { "leases", required_argument, NULL, KEY_VALUE + VALUE_LEASES },
	    OPTION_VALUE(VALUE_LEASES), "FILE", false },
	{ { "columns", required_argument, NULL, KEY_VALUE + VALUE_COLUMNS },
	    OPTION_VALUE(VALUE_COLUMNS), "FILE", false },
	{ { "encoding", required_argument, NULL, KEY_VALUE + VALUE_ENCODING },
	    OPTION_VALUE(VALUE_ENCODING), "utf-8|cp932", false },
	{ { "observed", required_argument, NULL, KEY_VALUE + VALUE_OBSERVED },
	    OPTION_VALUE(VALUE_OBSERVED), "DIR|FILE", false },
	{ { "cell", required_argument, NULL, KEY_VALUE + VALUE_CELL },
	    OPTION_VALUE(VALUE_CELL), "FROM,TO", false },
	{ { "html", required_argument, NULL, KEY_VALUE + VALUE_HTML },
	    OPTION_VALUE(VALUE_HTML), "FILE", false },
	{ { "seconds", required_argument, NULL, KEY_VALUE + VALUE_SECONDS },
	    OPTION_VALUE(VALUE_SECONDS), "N", false },
	{ { "zone", required_argument, NULL, KEY_VALUE + VALUE_ZONE },
	    OPTION_VALUE(VALUE_ZONE), "ZONE", true },
	{ { "check", required_argument, NULL, KEY_VALUE + VALUE_CHECK },
	    OPTION_VALUE(VALUE_CHECK), "CHECK", true },
	{ { "verdict", required_argument, NULL, KEY_VALUE + VALUE_VERDICT },
	    OPTION_VALUE(VALUE_VERDICT), "VERDICT", true },
	{ { "tap", required_argument, NULL, KEY_VALUE + VALUE_TAP },
	    OPTION_VALUE(VALUE_TAP), "TAP", true },
	{ { "name", required_argument, NULL, KEY_VALUE + VALUE_NAME },
	    OPTION_VALUE(VALUE_NAME), "NAME", false },
	{ { "code", required_argument, NULL, KEY_VALUE + VALUE_CODE },
	    OPTION_VALUE(VALUE_CODE), "CODE", false },
	{ { "guideline", required_argument, NULL, KEY_VALUE + VALUE_GUIDELINE },
	    OPTION_VALUE(VALUE_GUIDELINE), "MODEL", false },
	{ { "until", required_argument, NULL, KEY_VALUE + VALUE_UNTIL },
	    OPTION_VALUE(VALUE_UNTIL), "YYYY-MM-DDTHH:MM", false },
	{ { "reason", required_argument, NULL, KEY_VALUE + VALUE_REASON },
	    OPTION_VALUE(VALUE_REASON), "TEXT", false },
	{ { "by", required_argument, NULL, KEY_VALUE + VALUE_BY },
	    OPTION_VALUE(VALUE_BY), "NAME", false },
	{ { "number", required_argument, NULL, KEY_VALUE + VALUE_NUMBER },
	    OPTION_VALUE(VALUE_NUMBER), "NUMBER", false },
	{ { "conduit", required_argument, NULL, KEY_VALUE + VALUE_CONDUIT },
	    OPTION_VALUE(VALUE_CONDUIT), "CONDUIT", true },
	{ { "firewall", required_argument, NULL, KEY_VALUE + VALUE_FIREWALL },
	    OPTION_VALUE(VALUE_FIREWALL), "FIREWALL", false },
	{ { "netns", required_argument, NULL, KEY_VALUE + VALUE_NETNS },
	    OPTION_VALUE(VALUE_NETNS), "PATH", false },
	{ { "peer", required_argument, NULL, KEY_VALUE + VALUE_PEER },
	    OPTION_VALUE(VALUE_PEER), "FILE", false },
	{ { "explain", required_argument, NULL, KEY_VALUE + VALUE_EXPLAIN },
	    OPTION_VALUE(VALUE_EXPLAIN), "PATTERN", false },
	{ { "what-if", required_argument, NULL, KEY_VALUE + VALUE_WHAT_IF },
	    OPTION_VALUE(VALUE_WHAT_IF), "FILE", false },
	{ { "snapshots", required_argument, NULL, KEY_VALUE + VALUE_SNAPSHOTS },
	    OPTION_VALUE(VALUE_SNAPSHOTS), "DIR", false },
	{ { "kernel", no_argument, NULL, KEY_KERNEL }, OPTION_KERNEL, NULL,
	    false },
	{ { "approve", no_argument, NULL, KEY_APPROVE }, OPTION_APPROVE, NULL,
	    false },
	{ { "format", required_argument, NULL, KEY_FORMAT }, OPTION_FORMAT,
	    NULL, false },
	{ { "lang", required_argument, NULL, KEY_LANG }, 0, "ja|en", false },
	{ { "at", required_argument, NULL, KEY_AT }, OPTION_AT, "YYYY-MM-DD",
	    false },
	{ { "data", required_argument, NULL, KEY_DATA }, OPTION_DATA, "DIR",
	    false },
	{ { "output", required_argument, NULL, KEY_OUTPUT }, OPTION_OUTPUT,
	    "FILE", false },
	{ { "follow", no_argument, NULL, KEY_FOLLOW }, OPTION_FOLLOW, NULL,
	    false },
	{ { "help", no_argument, NULL, KEY_HELP }, 0, NULL, false },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool
takes(const struct command *c, const struct option_row *row)
{
	return row->flag == 0 || (c->flags & row->flag) != 0;
}

/* Looked for before anything else is read: faults are told in it. */
enum lang
options_lang(int argc, char **argv)
{
	enum lang lang = lang_of_environment();

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--lang=", 7) == 0)
			lang_parse(argv[i] + 7, &lang);
		else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			lang_parse(argv[i + 1], &lang);
	}
	return lang;
}

static void
add_formats(const struct command *c, struct text *out)
{
	for (int i = 0; i < OPTIONS_FORMATS_MAX && c->formats[i] != NULL; i++)
		text_printf(out, "%s%s", i ? "|" : "", c->formats[i]);
}

void
options_usage(const struct command *c, struct text *out)
{
	text_printf(out, "sekisho %s", c->name);
	if (c->operand_most > 0)
		text_printf(out, " %s", c->operands);
	for (size_t i = 0; i < ROWS; i++) {
		if (!takes(c, &rows[i]) || rows[i].option.val == KEY_HELP)
			continue;
		text_printf(out, " [--%s%s", rows[i].option.name,
		    rows[i].option.has_arg == no_argument ? "" : " ");
		if (rows[i].option.val == KEY_FORMAT)
			add_formats(c, out);
		else if (rows[i].value != NULL)
			text_add(out, rows[i].value);
		text_add(out, rows[i].again ? "]..." : "]");
	}
}

/* One sentence and what the command is called with. */
static enum options_result
refuse(const struct command *c, enum lang lang, enum word word,
    const char *first, const char *second)
{
	struct text out = { 0 }, a = { 0 }, b = { 0 };

	text_escape(&a, first, strlen(first));
	text_escape(&b, second, strlen(second));
	text_add(&out, "sekisho: ");
	words_add(&out, lang, word, 2, text_str(&a), text_str(&b));
	text_add(&out, "\n");
	words_add(&out, lang, W_VERIFIER_USAGE, 0);
	options_usage(c, &out);
	text_add_char(&out, '\n');
	fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&a);
	text_free(&b);
	return OPTIONS_BAD;
}

static enum options_result
take_format(const struct command *c, const char *value, struct options *out)
{
	struct text formats = { 0 };

	for (int i = 0; i < OPTIONS_FORMATS_MAX && c->formats[i] != NULL; i++) {
		if (strcmp(value, c->formats[i]) == 0) {
			out->format = i;
			out->format_given = true;
			return OPTIONS_RUN;
		}
	}
	add_formats(c, &formats);
	refuse(c, out->lang, W_VERIFIER_BAD_FORMAT, value, text_str(&formats));
	text_free(&formats);
	return OPTIONS_BAD;
}

static enum options_result
take_value(const struct command *c, int value, const char *word,
    struct options *out)
{
	struct option_given *g = &out->given[value];
	bool again = false;

	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].option.val == KEY_VALUE + value)
			again = rows[i].again;
	if (g->count == (again ? OPTIONS_GIVEN_MAX : 1))
		return refuse(c, out->lang,
		    again ? W_VERIFIER_TOO_OFTEN : W_VERIFIER_TWICE, word, "");
	if (g->items == NULL)
		g->items = mem_calloc(again ? OPTIONS_GIVEN_MAX : 1,
		    sizeof(*g->items));
	g->items[g->count++] = optarg;
	return OPTIONS_RUN;
}

static enum options_result
take(const struct command *c, int key, const char *word, struct options *out)
{
	if (key >= KEY_VALUE && key < KEY_VALUE + VALUE_COUNT)
		return take_value(c, key - KEY_VALUE, word, out);
	switch (key) {
	case 't':
		return take_value(c, VALUE_MODEL, "-t", out);
	case 'p':
		return take_value(c, VALUE_PROBE, "-p", out);
	case KEY_LANG:
		if (lang_parse(optarg, &out->lang))
			return OPTIONS_RUN;
		return refuse(c, out->lang, W_VERIFIER_BAD_LANG, optarg, "");
	case KEY_FORMAT:
		return take_format(c, optarg, out);
	case KEY_AT:
		if (day_parse(optarg, &out->at))
			return OPTIONS_RUN;
		return refuse(c, out->lang, W_VERIFIER_BAD_DAY, optarg, "");
	case KEY_DATA:
		out->data = optarg;
		return OPTIONS_RUN;
	case KEY_OUTPUT:
	case 'o':
		out->output = optarg;
		return OPTIONS_RUN;
	case KEY_KERNEL:
		out->kernel = true;
		return OPTIONS_RUN;
	case KEY_APPROVE:
		out->approve = true;
		return OPTIONS_RUN;
	case KEY_FOLLOW:
		out->follow = true;
		return OPTIONS_RUN;
	case KEY_HELP:
	case 'h':
		return OPTIONS_HELP;
	case ':':
		return refuse(c, out->lang, W_VERIFIER_NO_VALUE, word, "");
	default:
		return refuse(c, out->lang, W_VERIFIER_BAD_OPTION, word,
		    c->name);
	}
}

static enum options_result
take_operands(const struct command *c, int argc, char **argv,
    struct options *out)
{
	int count = argc - optind;

	if (count < c->operand_least)
		return refuse(c, out->lang, W_VERIFIER_NO_OPERAND, c->operands,
		    "");
	if (count > c->operand_most)
		return refuse(c, out->lang, W_VERIFIER_EXTRA,
		    argv[optind + c->operand_most], "");
	out->operand_count = count;
	for (int i = 0; i < count; i++)
		out->operands[i] = argv[optind + i];
	return OPTIONS_RUN;
}

enum options_result
options_parse(const struct command *c, int argc, char **argv,
    struct options *out)
{
	struct option known[ROWS + 1] = { { NULL, 0, NULL, 0 } };
	char letters[16] = ":h";
	enum options_result result = OPTIONS_RUN;
	size_t count = 0;
	int key;

	memset(out, 0, sizeof(*out));
	out->command = c->name;
	out->lang = options_lang(argc, argv);
	for (size_t i = 0; i < ROWS; i++)
		if (takes(c, &rows[i]))
			known[count++] = rows[i].option;
	if (c->flags & OPTION_OUTPUT)
		strcat(letters, "o:");
	if (c->flags & OPTION_VALUE(VALUE_MODEL))
		strcat(letters, "t:");
	if (c->flags & OPTION_VALUE(VALUE_PROBE))
		strcat(letters, "p:");
	opterr = 0;
	optind = 1;
	while (result == OPTIONS_RUN) {
		int before = optind;

		key = getopt_long(argc, argv, letters, known, NULL);
		if (key == -1)
			return take_operands(c, argc, argv, out);
		/* A faulty long option was stepped over, a letter may not. */
		result = take(c, key,
		    argv[optind > before ? optind - 1 : optind], out);
	}
	return result;
}

void
options_fini(struct options *o)
{
	for (int v = 0; v < VALUE_COUNT; v++)
		free(o->given[v].items);
}
