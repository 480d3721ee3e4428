/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho init: a model to begin with, from flags or from a few questions. It
 * never writes over a file that is there, and what it wrote is loaded before
 * it says that it is done.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cmd.h"
#include "init.h"
#include "input.h"
#include "output.h"

#define USUAL_FILE "model.jsonc"

static void
complain(enum lang lang, enum word word, const char *a, const char *b)
{
	struct text out = { 0 }, qa = { 0 }, qb = { 0 };

	text_quote(&qa, a);
	text_quote(&qb, b);
	text_add(&out, "sekisho: ");
	words_add(&out, lang, word, 2, text_str(&qa), text_str(&qb));
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&qa);
	text_free(&qb);
}

struct flag {
	enum option_value value;
	bool (
	    *take)(struct init *in, const char *text, struct init_fault *fault);
};

/* Every flag that was given; zones first, since the others name them. */
static bool
take_flags(struct init *in, const struct options *o)
{
	static const struct flag flags[] = { { VALUE_NAME, init_take_name },
		{ VALUE_CODE, init_take_code },
		{ VALUE_GUIDELINE, init_take_guideline },
		{ VALUE_ZONE, init_take_zone },
		{ VALUE_PROBE, init_take_probe },
		{ VALUE_TAP, init_take_tap } };
	struct init_fault fault;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		const struct option_given *g = &o->given[flags[i].value];

		if (flags[i].value == VALUE_PROBE)
			init_add_outside(in); /* the zones are complete */
		for (size_t j = 0; j < g->count; j++)
			if (!flags[i].take(in, g->items[j], &fault)) {
				complain(o->lang, fault.word, fault.wrong, "");
				return false;
			}
	}
	return true;
}

/* Without a zone on the command line it asks; else what is not told has its
 * default. */
static bool
learn(struct init *in, const struct options *o)
{
	struct init_fault fault;

	if (o->given[VALUE_ZONE].count == 0) {
		if (o->given[VALUE_NAME].count || o->given[VALUE_TAP].count ||
		    o->given[VALUE_PROBE].count) {
			complain(o->lang, W_INIT_FLAGS_NEED_ZONE, "", "");
			return false;
		}
		if (init_ask(in, stdin, stderr, &fault.word))
			return true;
		complain(o->lang, fault.word, "", "");
		return false;
	}
	if (!take_flags(in, o))
		return false;
	if (in->name[0] == '\0')
		(void)init_take_name(in, words_get(o->lang, W_INIT_NO_NAME),
		    &fault);
	if (in->guideline[0] == '\0')
		(void)init_take_guideline(in, "alpha", &fault);
	if (in->probe[0] == '\0')
		(void)init_take_probe(in, "probe1", &fault);
	return true;
}

static void
tell_done(const struct init *in, const char *path, const struct options *o)
{
	struct text out = { 0 }, shown = { 0 };

	text_quote(&shown, path);
	words_add(&out, o->lang, in->tap_count ? W_INIT_DONE : W_INIT_NO_TAPS,
	    1, text_str(&shown));
	text_add_char(&out, '\n');
	for (size_t i = 0; i < in->tap_count; i++) {
		if (i % OPTIONS_OPERANDS_MAX == 0)
			text_printf(&out, "%s  sekisho tap-check -t %s",
			    i ? "\n" : "", text_str(&shown));
		text_printf(&out, " %s=%s", in->taps[i].id,
		    in->taps[i].interface);
	}
	if (in->tap_count > 0)
		text_add_char(&out, '\n');
	text_printf(&out, "  sekisho-probe -t %s -p %s -o out\n",
	    text_str(&shown), in->probe);
	text_printf(&out, "  sekisho draft -t %s --from out -o draft.jsonc\n",
	    text_str(&shown));
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&shown);
}

/* Loads what was written, as everybody else will. */
static int
try_model(const struct init *in, const char *path, const struct options *o)
{
	struct input written;

	if (!input_need(&written, path, o)) {
		complain(o->lang, W_INIT_FAULTY, path, "");
		return CMD_BAD_INPUT;
	}
	input_close(&written);
	tell_done(in, path, o);
	return CMD_CLEAN;
}

/* Also a link that leads nowhere; what is no file, as /dev/full, is written
 * as it is. */
static bool
is_there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? !S_ISCHR(st.st_mode) :
				      lstat(path, &st) == 0;
}

int
cmd_init(const struct options *o)
{
	const char *path = o->output != NULL ? o->output : USUAL_FILE;
	const bool is_printed = strcmp(path, "-") == 0;
	struct init *in = mem_calloc(1, sizeof(*in));
	struct text model = { 0 };
	int status = CMD_BAD_INPUT;

	in->lang = o->lang;
	if (!is_printed && is_there(path)) {
		complain(o->lang, W_INIT_EXISTS, path, "");
	} else if (learn(in, o)) {
		init_write(in, &model);
		if (output_write(&model, is_printed ? NULL : path, o->lang))
			status = is_printed ? CMD_CLEAN :
					      try_model(in, path, o);
	}
	text_free(&model);
	free(in);
	return status;
}
