/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho: the verifier's command line. One table of commands; usage and help
 * are made from it. Decides nothing and reads nothing but argv.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "output.h"

#ifndef SEKISHO_VERSION
#define SEKISHO_VERSION "unversioned"
#endif

#define GIVEN(name) OPTION_VALUE(VALUE_##name)

static const struct command commands[] = {
	{ "init", cmd_init, W_VERIFIER_INIT, "", 0, 0,
	    OPTION_OUTPUT | OPTION_DATA | GIVEN(NAME) | GIVEN(CODE) |
		GIVEN(GUIDELINE) | GIVEN(ZONE) | GIVEN(PROBE) | GIVEN(TAP),
	    { "text" } },
	{ "tap-check", cmd_tap_check, W_VERIFIER_TAP_CHECK,
	    "TAP=INTERFACE|FILE...", 1, OPTIONS_OPERANDS_MAX,
	    OPTION_FORMAT | OPTION_DATA | GIVEN(MODEL) | GIVEN(SECONDS),
	    { "text", "json" } },
	{ "draft", cmd_draft, W_VERIFIER_DRAFT, "", 0, 0,
	    OPTION_OUTPUT | OPTION_DATA | GIVEN(MODEL) | GIVEN(FROM) |
		GIVEN(LEDGER) | GIVEN(CONDUITS) | GIVEN(RULESET) |
		GIVEN(LEASES) | GIVEN(COLUMNS) | GIVEN(ENCODING),
	    { "text" } },
	{ "import", cmd_import, W_VERIFIER_IMPORT,
	    "ledger|conduits|leases|list|ruleset FILE...", 2,
	    OPTIONS_OPERANDS_MAX,
	    OPTION_FORMAT | OPTION_OUTPUT | GIVEN(COLUMNS) | GIVEN(ENCODING),
	    { "text", "csv", "json" } },
	{ "check", cmd_check, W_VERIFIER_CHECK, "MODEL", 1, 1,
	    OPTION_FORMAT | OPTION_AT | OPTION_DATA, { "text", "json" } },
	{ "matrix", cmd_matrix, W_VERIFIER_MATRIX, "[MODEL]", 0, 1,
	    OPTION_FORMAT | OPTION_DATA | OPTION_OUTPUT | GIVEN(OBSERVED) |
		GIVEN(CELL) | GIVEN(HTML),
	    { "text", "csv", "html" } },
	{ "audit", cmd_audit, W_VERIFIER_AUDIT, "", 0, 0,
	    OPTION_FORMAT | OPTION_AT | OPTION_DATA | OPTION_OUTPUT |
		OPTION_KERNEL | GIVEN(MODEL) | GIVEN(FIREWALL) | GIVEN(NETNS) |
		GIVEN(RULESET) | GIVEN(PEER) | GIVEN(EXPLAIN) | GIVEN(WHAT_IF) |
		GIVEN(SNAPSHOTS) | GIVEN(HTML),
	    { "text", "json" } },
	{ "snapshot", cmd_snapshot, W_VERIFIER_SNAPSHOT, "DIR", 1, 1,
	    OPTION_FORMAT | OPTION_DATA | OPTION_KERNEL | OPTION_APPROVE |
		GIVEN(MODEL) | GIVEN(FIREWALL) | GIVEN(NETNS) | GIVEN(RULESET) |
		GIVEN(BY) | GIVEN(NUMBER),
	    { "text", "json" } },
	{ "checks", cmd_checks, W_VERIFIER_CHECKS, "[background]", 0, 1,
	    OPTION_FORMAT, { "text", "json" } },
	{ "diff", cmd_diff, W_VERIFIER_DIFF, "MODEL OLD", 2, 2, OPTION_DATA,
	    { "text" } },
	{ "emergency", cmd_emergency, W_VERIFIER_EMERGENCY,
	    "MODEL on|off|list [ID]", 2, 3,
	    OPTION_DATA | GIVEN(UNTIL) | GIVEN(REASON) | GIVEN(BY) |
		GIVEN(NUMBER) | GIVEN(CONDUIT),
	    { "text" } },
	{ "watch", cmd_watch, W_VERIFIER_WATCH, "FILE|DIR|-", 1, 1,
	    OPTION_FOLLOW | GIVEN(ZONE) | GIVEN(CHECK) | GIVEN(VERDICT),
	    { "text" } },
};

#undef GIVEN
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int
print(struct text *out, enum lang lang)
{
	bool written = output_write(out, NULL, lang);

	text_free(out);
	return written ? CMD_CLEAN : CMD_BAD_INPUT;
}

static void
usage(enum lang lang, struct text *out)
{
	words_add(out, lang, W_VERIFIER_USAGE, 0);
	text_add(out, "sekisho COMMAND ...\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		text_add(out, "  ");
		text_pad(out, commands[i].name, 11);
		text_add(out, words_get(lang, commands[i].summary));
		text_add_char(out, '\n');
	}
	words_add(out, lang, W_VERIFIER_MORE, 0);
	text_add_char(out, '\n');
}

static int
help(const struct command *c, enum lang lang)
{
	struct text out = { 0 };

	words_add(&out, lang, W_VERIFIER_USAGE, 0);
	options_usage(c, &out);
	text_printf(&out, "\n%s\n", words_get(lang, c->summary));
	return print(&out, lang);
}

static int
refuse(enum lang lang, enum word word, const char *what)
{
	struct text out = { 0 }, shown = { 0 };

	text_escape(&shown, what, strlen(what));
	text_add(&out, "sekisho: ");
	words_add(&out, lang, word, 1, text_str(&shown));
	text_add_char(&out, '\n');
	usage(lang, &out);
	fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&shown);
	return CMD_BAD_INPUT;
}

static int
run(const struct command *c, int argc, char **argv)
{
	struct options o;
	int status = CMD_BAD_INPUT;

	switch (options_parse(c, argc, argv, &o)) {
	case OPTIONS_RUN:
		status = c->run(&o);
		break;
	case OPTIONS_HELP:
		status = help(c, o.lang);
		break;
	case OPTIONS_BAD:
		break;
	}
	options_fini(&o);
	return status;
}

/* Where the command stands: --lang may come before it. */
static int
command_at(int argc, char **argv)
{
	int i = 1;

	while (i < argc) {
		if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			i += 2;
		else if (strncmp(argv[i], "--lang=", 7) == 0)
			i++;
		else
			break;
	}
	return i;
}

/* Runs the command at argv[at]; what stood before it, only --lang, is handed
 * on behind it, and before its own arguments, of which the last one counts. */
static int
run_command(const struct command *c, int argc, char **argv, int at)
{
	char *name = argv[at];

	for (int i = at; i > 1; i--)
		argv[i] = argv[i - 1];
	argv[1] = name;
	return run(c, argc - 1, argv + 1);
}

/* --help, --version, --lang without any command. */
static int
run_option(int argc, char **argv, enum lang lang)
{
	struct text out = { 0 };

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--lang") == 0)
			i++;
		else if (strcmp(argv[i], "--version") == 0) {
			text_add(&out, "sekisho " SEKISHO_VERSION "\n");
			return print(&out, lang);
		} else if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0) {
			usage(lang, &out);
			return print(&out, lang);
		} else if (strncmp(argv[i], "--lang=", 7) != 0)
			return refuse(lang, W_VERIFIER_UNKNOWN_OPTION, argv[i]);
	}
	return refuse(lang, W_VERIFIER_NO_COMMAND, "");
}

int
main(int argc, char **argv)
{
	enum lang lang = options_lang(argc, argv);
	int at = command_at(argc, argv);

	/* A reader that went away is a failed write, told as one. */
	(void)signal(SIGPIPE, SIG_IGN);
	/* So is a limit on the size of files: what was begun is taken away. */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (at >= argc || argv[at][0] == '-')
		return run_option(argc, argv, lang);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[at], commands[i].name) == 0)
			return run_command(&commands[i], argc, argv, at);
	return refuse(lang, W_VERIFIER_UNKNOWN_COMMAND, argv[at]);
}
