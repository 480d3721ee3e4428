/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho-probe: command line → model → run. Nothing else happens here.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "bundle.h"
#include "classify.h"
#include "arguments.h"
#include "complain.h"
#include "run.h"
#include "supervise.h"
#include "survey.h"
#include "survey.h"
#include "words.h"

/* Reads and checks the model; NULL after its faults were printed. */
static struct model *
load(const struct arguments *o, struct bundle *bundle, struct diag *d)
{
	struct text out = { 0 };
	struct model *m = NULL;

	d->lang = o->lang;
	if (bundle_read(bundle, o->model,
		o->data_dir ? o->data_dir : bundle_data_dir(), d))
		m = model_load(bundle, d);
	diag_sort(d);
	diag_print(d, &out);
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	return m;
}

/* To standard output, whole or with a sentence. */
static enum run_code
print(const struct arguments *o, const char *text)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return RUN_CONFORMING;
	complain(o->lang, W_PROBE_PRINT_FAULT,
	    words_get(o->lang, W_PROBE_STDOUT), strerrordesc_np(errno), NULL);
	return RUN_USAGE;
}

static enum run_code
print_version(const struct arguments *o)
{
	struct text out = { 0 };
	enum run_code code;

	text_printf(&out, "sekisho-probe %s (nDPI %s)\n", SEKISHO_VERSION,
	    classifier_version());
	code = print(o, text_str(&out));
	text_free(&out);
	return code;
}

static enum run_code
print_model(const struct arguments *o, const struct model *m)
{
	struct text out = { 0 };
	enum run_code code;

	model_print(m, &out);
	code = print(o, text_str(&out));
	text_free(&out);
	return code;
}

static enum run_code
run(const struct arguments *o)
{
	struct bundle bundle = { 0 };
	struct diag d = { 0 };
	enum run_code code = RUN_USAGE;
	struct model *m = load(o, &bundle, &d);

	if (m && o->check_only)
		code = print_model(o, m);
	else if (m && o->source_count > 0)
		code = run_captures(o, m);
	else if (m) {
		/* Takes both over: a reload replaces them. */
		diag_free(&d);
		return supervise_live(o, &bundle, m);
	}
	model_free(m);
	diag_free(&d);
	bundle_free(&bundle);
	return code;
}

/* A standard stream that was closed must not become a file that is opened
 * later: nothing may be read from or written to what takes its place. */
static void
hold_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null",
			fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(RUN_USAGE);
}

int
main(int argc, char **argv)
{
	struct arguments o;
	enum run_code code = RUN_CONFORMING;

	/* A reader that goes away is a fault of writing, not the end. */
	(void)signal(SIGPIPE, SIG_IGN);
	hold_streams();
	log_open("sekisho-probe", LOG_WARN);
	digest_init();
	if (!arguments_parse(&o, argc, argv))
		code = RUN_USAGE;
	else if (o.help)
		code = print(&o, words_get(o.lang, W_PROBE_USAGE));
	else if (o.version)
		code = print_version(&o);
	else if (o.list)
		code = survey_print(o.lang, stdout);
	else if (o.list)
		code = survey_print(o.lang, stdout);
	else
		code = run(&o);
	arguments_free(&o);
	return (int)code;
}
