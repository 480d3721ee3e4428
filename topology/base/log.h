/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log: one sentence a line on standard error, "program: module: sentence".
 * Nothing a packet can trigger is above debug.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* program is borrowed for ever. Lines above level are not written. */
void log_open(const char *program, enum log_level level);
void log_error(const char *module, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_warn(const char *module, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_info(const char *module, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_debug(const char *module, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * Writes whole lines to standard error for who has built them. Waits for room
 * at most LOG_WAIT_MS: a reader that stands still must not hold up who watches
 * a network. What found no room is counted, and the count is written as soon
 * as there is room again. Keeps errno.
 */
#define LOG_WAIT_MS 200
void log_write(const char *lines, size_t length);

#endif
