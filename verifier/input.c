/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a model for a command. Faults of files and faults of the model land
 * in one list, so that an operator mends all of them in one go.
 */
#include "input.h"

#include <stdio.h>
#include <string.h>

void
input_open(struct input *in, const char *path, const struct options *o)
{
	memset(in, 0, sizeof(*in));
	in->diag.lang = o->lang;
	if (bundle_read(&in->bundle, path,
		o->data != NULL ? o->data : bundle_data_dir(), &in->diag))
		in->model = model_load(&in->bundle, &in->diag);
	/* A side file that could not be read makes the model incomplete. */
	if (in->diag.errors > 0 && in->model != NULL) {
		model_free(in->model);
		in->model = NULL;
	}
}

void
input_close(struct input *in)
{
	diag_free(&in->diag);
	model_free(in->model);
	bundle_free(&in->bundle);
}

bool
input_need(struct input *in, const char *path, const struct options *o)
{
	struct text faults = { 0 };

	input_open(in, path, o);
	if (in->model != NULL)
		return true;
	diag_sort(&in->diag);
	diag_print(&in->diag, &faults);
	fputs(text_str(&faults), stderr);
	text_free(&faults);
	input_close(in);
	return false;
}
