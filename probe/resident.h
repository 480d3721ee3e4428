/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much memory a process holds, as itself sees it: behind its walls it can
 * open nothing, and where /proc hides what may not be traced nobody else can
 * look. proc(5), statm.
 */
#ifndef RESIDENT_H
#define RESIDENT_H

#include <stdint.h>

/* Before the walls: a descriptor for resident_kb, closed on exec; -1 where
 * there is no /proc. */
int resident_open(void);
/* Kilobytes in memory now; 0: not known. One system call. */
uint32_t resident_kb(int fd);

#endif
