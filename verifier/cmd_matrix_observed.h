/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho matrix --observed: the part of the command that reads events.
 */
#ifndef CMD_MATRIX_OBSERVED_H
#define CMD_MATRIX_OBSERVED_H

#include "input.h"
#include "options.h"

/*
 * Gathers the events that o names and answers as o asks. in: the model, NULL
 * where none was given. An enum cmd_status.
 */
int cmd_matrix_observed(const struct options *o, const struct input *in);
/* False, after a sentence, where options are given that need --observed, or
 * that do not go together. */
bool cmd_matrix_options(const struct options *o);

#endif
