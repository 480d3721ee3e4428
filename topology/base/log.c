/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log. A line is built whole and written by one call so that lines of
 * several processes on one standard error do not mix. Everything in it is
 * escaped: a sentence may quote names that came from the network.
 */
#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_MAX_BYTES 2048 /* of a sentence before escaping; rest is cut */

/* The only mutable state of the module: where lines go and which, and what
 * could not be written. */
static struct {
	const char *program;
	enum log_level level;
	unsigned long lost; /* writes that found no room */
} sink = { "sekisho", LOG_INFO, 0 };

void
log_open(const char *program, enum log_level level)
{
	sink.program = program;
	sink.level = level;
}

static bool
has_room(int wait_ms)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&p, 1, wait_ms) > 0 && (p.revents & POLLOUT) != 0;
}

/* In pieces that a pipe which says that it has room takes at once. */
static bool
write_pieces(const char *bytes, size_t length, int wait_ms)
{
	while (length > 0) {
		const size_t piece = length < PIPE_BUF ? length : PIPE_BUF;
		ssize_t n;

		if (!has_room(wait_ms))
			return false;
		n = write(STDERR_FILENO, bytes, piece);
		if (n <= 0)
			return false;
		bytes += n;
		length -= (size_t)n;
	}
	return true;
}

void
log_write(const char *lines, size_t length)
{
	/* Nobody waits twice for a reader who was not there the last time. */
	const int wait_ms = sink.lost > 0 ? 0 : LOG_WAIT_MS;
	const int saved = errno;
	char told[128];
	int n;

	if (sink.lost > 0 && has_room(0)) {
		n = snprintf(told, sizeof(told),
		    "%s: log: no room for %lu lines\n", sink.program,
		    sink.lost);
		if (n > 0 && write_pieces(told, (size_t)n, 0))
			sink.lost = 0;
	}
	if (!write_pieces(lines, length, wait_ms))
		sink.lost++;
	errno = saved;
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
	log_write(line.data, line.length);
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
