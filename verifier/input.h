/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A model as a command reads it: the files, what is wrong with them, and the
 * loaded model when nothing is.
 */
#ifndef INPUT_H
#define INPUT_H

#include "bundle.h"
#include "model.h"
#include "options.h"

struct input {
	struct bundle bundle; /* outlives diag */
	struct diag diag;
	struct model *model; /* owned; NULL when it did not load */
};

/* Reads and loads the model at path. Nothing is printed. */
void input_open(struct input *in, const char *path, const struct options *o);
void input_close(struct input *in);
/*
 * The same for a command that goes no further without a model: prints every
 * fault to standard error and returns false when there are errors.
 */
bool input_need(struct input *in, const char *path, const struct options *o);

#endif
