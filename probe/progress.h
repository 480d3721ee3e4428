/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line on a terminal that says how far reading has come. Silent when
 * standard error is no terminal and in the first second.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "base/clock.h"
#include "base/text.h"

/* Zero-initialise, then progress_start. */
struct progress {
	bool shown, terminal;
	int64_t started_ms, due_ms; /* monotonic */
};

void progress_start(struct progress *p);
/* Cheap: looks at the clock every 16,384 frames. */
void progress_frame(struct progress *p, enum lang lang, uint64_t frames,
    struct wall_us time, int32_t utc_offset_s);
/* Wipes the line. */
void progress_end(struct progress *p);

#endif
