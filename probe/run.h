/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One run over captures: model and files in, events out, an exit code that
 * says what was found. Joins capture, engine and recorder.
 */
#ifndef RUN_H
#define RUN_H

#include "model.h"
#include "arguments.h"

/* Section "Exit codes" of sekisho-probe(8); usage beats findings beats
 * undecided beats conforming. */
enum run_code { RUN_CONFORMING, RUN_FINDINGS, RUN_USAGE, RUN_UNDECIDED };

/*
 * Judges o's captures against m and writes the events. Every fault is told on
 * standard error, once.
 */
enum run_code run_captures(const struct arguments *o, const struct model *m);

#endif
