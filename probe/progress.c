/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See progress.h. The only reader of a real clock in reading captures. */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "words.h"

#define FRAMES_BETWEEN 16384 /* a power of two */
#define FIRST_MS 1000
#define BETWEEN_MS 200
#define WIPE "\r\033[K"

static int64_t
now_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_start(struct progress *p)
{
	p->terminal = isatty(STDERR_FILENO) == 1;
	p->started_ms = now_ms();
	p->due_ms = p->started_ms + FIRST_MS;
}

void
progress_frame(struct progress *p, enum lang lang, uint64_t frames,
    struct wall_us time, int32_t utc_offset_s)
{
	char count[24], stamp[CLOCK_STAMP_MAX];
	struct text line = { 0 };
	int64_t now;

	if (!p->terminal || frames % FRAMES_BETWEEN != 0)
		return;
	now = now_ms();
	if (now < p->due_ms)
		return;
	p->due_ms = now + BETWEEN_MS;
	p->shown = true;
	(void)snprintf(count, sizeof(count), "%" PRIu64, frames);
	text_add(&line, WIPE);
	words_add(&line, lang, W_PROBE_PROGRESS, 2, count,
	    clock_stamp(time, utc_offset_s, stamp));
	(void)fputs(text_str(&line), stderr);
	(void)fflush(stderr);
	text_free(&line);
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		(void)fputs(WIPE, stderr);
	p->shown = false;
}
