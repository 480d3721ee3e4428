/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log. A line is built whole and written by one call so that lines of
 * several processes on one standard error do not mix. Everything in it is
 * escaped: a sentence may quote names that came from the network.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LINE_MAX_BYTES 2048 /* of a sentence before escaping; rest is cut */

/* The only mutable state of the module: where lines go and which. */
static struct {
	const char *program;
	enum log_level level;
} sink = { "sekisho", LOG_INFO };

void
log_open(const char *program, enum log_level level)
{
	sink.program = program;
	sink.level = level;
}

/* Keeps errno: callers log between a failing call and their own use of it. */
static void log_line(enum log_level level, const char *module,
    const char *format, va_list ap) __attribute__((format(printf, 3, 0)));

static void
log_line(enum log_level level, const char *module, const char *format,
    va_list ap)
{
	char sentence[LINE_MAX_BYTES];
	struct text line = { 0 };
	int saved = errno;

	if (level > sink.level)
		return;
	if (vsnprintf(sentence, sizeof(sentence), format, ap) < 0)
		sentence[0] = '\0';
	text_add(&line, sink.program);
	text_add(&line, ": ");
	text_add(&line, module);
	text_add(&line, ": ");
	text_escape(&line, sentence, strlen(sentence));
	text_add_char(&line, '\n');
	(void)fwrite(line.data, 1, line.length, stderr);
	text_free(&line);
	errno = saved;
}

void
log_error(const char *module, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(LOG_ERROR, module, format, ap);
	va_end(ap);
}

void
log_warn(const char *module, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(LOG_WARN, module, format, ap);
	va_end(ap);
}

void
log_info(const char *module, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(LOG_INFO, module, format, ap);
	va_end(ap);
}

void
log_debug(const char *module, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(LOG_DEBUG, module, format, ap);
	va_end(ap);
}
