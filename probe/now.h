/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two clocks, for the processes of the live probe. What judges, groups or
 * writes is told the time and never asks for it.
 */
#ifndef NOW_H
#define NOW_H

#include "base/clock.h"

/* Nanoseconds since some start, never back.
 * CLOCK_MONOTONIC. */
uint64_t now_monotonic(void);
/* What packets are stamped with: CLOCK_REALTIME. */
struct wall_us now_wall(void);

#endif
