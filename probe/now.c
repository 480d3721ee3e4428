/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See now.h. Neither clock can fail on Linux; both are read without entering
 * the kernel. */
#include "now.h"

#include <time.h>

uint64_t
now_monotonic(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

struct wall_us
now_wall(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (struct wall_us){ t.tv_sec * CLOCK_SECOND + t.tv_nsec / 1000 };
}
