/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho-probe: command line → model → run. Nothing else happens here.
 */
#include <signal.h>
#include <stdio.h>

#include "base/digest.h"
#include "base/log.h"
#include "bundle.h"
#include "classify.h"
#include "arguments.h"
#include "run.h"
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

static enum run_code
print_model(const struct model *m)
{
	struct text out = { 0 };
	bool ok;

	model_print(m, &out);
	ok = fputs(text_str(&out), stdout) >= 0 && fflush(stdout) == 0;
	text_free(&out);
	return ok ? RUN_CONFORMING : RUN_USAGE;
}

static enum run_code
run(const struct arguments *o)
{
	struct bundle bundle = { 0 };
	struct diag d = { 0 };
	enum run_code code = RUN_USAGE;
	struct model *m = load(o, &bundle, &d);

	if (m)
		code = o->check_only ? print_model(m) : run_captures(o, m);
	model_free(m);
	diag_free(&d);
	bundle_free(&bundle);
	return code;
}

int
main(int argc, char **argv)
{
	struct arguments o;
	enum run_code code = RUN_CONFORMING;

	/* A reader that goes away is a fault of writing, not the end. */
	(void)signal(SIGPIPE, SIG_IGN);
	log_open("sekisho-probe", LOG_WARN);
	digest_init();
	if (!arguments_parse(&o, argc, argv))
		code = RUN_USAGE;
	else if (o.help)
		(void)fputs(words_get(o.lang, W_PROBE_USAGE), stdout);
	else if (o.version)
		(void)printf("sekisho-probe %s (nDPI %s)\n", SEKISHO_VERSION,
		    classifier_version());
	else
		code = run(&o);
	arguments_free(&o);
	return (int)code;
}
