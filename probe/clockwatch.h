/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * COV-5: whether the clock that packets are stamped with can be believed. The
 * kernel's word on its synchronisation (adjtimex), and jumps of wall time
 * against monotonic time. Of the kernel's word it is the status that counts: a
 * time daemon that steers the clock but never says so to the kernel (chronyd
 * without "rtcsync") leaves it "not synchronised".
 */
#ifndef CLOCKWATCH_H
#define CLOCKWATCH_H

#include "observation.h"

#define CLOCKWATCH_STEP_US (CLOCK_SECOND / 2)	   /* a jump, not a slew */
#define CLOCKWATCH_PATIENCE_US (10 * CLOCK_MINUTE) /* after a start */

struct clockwatch {
	enum clock_state state;
	int64_t offset_us;
	uint64_t steps;
	int64_t last_step_us; /* how far, and which way; 0: none */
	/* The rest is clockwatch.c's own. */
	bool begun, told;
	int64_t wall_us, monotonic_us, begun_us, told_us;
};

/*
 * Call each second with both clocks as clockwatch_read gave them; zero c before
 * the first time. Tells COV-5 to o, of no boundary: a step at once, detail
 * "+1.500 s"; a clock that is not known to be synchronised
 * CLOCKWATCH_PATIENCE_US after the first call or later, once a day, detail
 * "unsynchronised" or "unknown". kernel: as clockwatch_ask gave it.
 */
void clockwatch_tick(struct clockwatch *c, struct wall_us wall,
    int64_t monotonic_us, enum clock_state kernel, int64_t offset_us,
    const struct observer *o);
/* Asks the kernel (adjtimex(2), without setting anything). CLOCK_UNKNOWN and
 * offset 0 when it does not say. */
enum clock_state clockwatch_ask(int64_t *offset_us);
/*
 * Both clocks, read together. monotonic_us goes on while the machine sleeps
 * (CLOCK_BOOTTIME), as wall time does: waking up is no step. A time namespace
 * moves it by a constant, which makes no difference here.
 */
void clockwatch_read(struct wall_us *wall, int64_t *monotonic_us);

#endif
