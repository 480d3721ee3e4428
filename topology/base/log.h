/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log: one sentence a line on standard error, "program: module: sentence".
 * Nothing a packet can trigger is above debug.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

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

#endif
