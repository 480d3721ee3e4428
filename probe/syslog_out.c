/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See syslog_out.h. The form is the one of the local socket, without time and
 * host: who reads it adds them. RFC 3164, section 4.1; syslog(3).
 */
#include "syslog_out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

bool
syslog_out_open(struct syslog_out *s, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fault;

	memset(s, 0, sizeof(*s));
	s->fd = -1;
	if (strlen(path) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(to.sun_path, path, strlen(path) + 1);
	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd >= 0 &&
	    connect(s->fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return true;
	fault = errno;
	syslog_out_close(s);
	errno = fault;
	return false;
}

void
syslog_out_close(struct syslog_out *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}

static int
priority(enum severity severity)
{
	switch (severity) {
	case SEVERITY_CRITICAL:
		return LOG_DAEMON | LOG_CRIT;
	case SEVERITY_HIGH:
		return LOG_DAEMON | LOG_ERR;
	case SEVERITY_MEDIUM:
		return LOG_DAEMON | LOG_WARNING;
	case SEVERITY_LOW:
		return LOG_DAEMON | LOG_NOTICE;
	case SEVERITY_NONE:
	case SEVERITY_INFORMATION:
		break;
	}
	return LOG_DAEMON | LOG_INFO;
}

/* Cuts at max bytes, and never within a character. */
static size_t
cut(const struct text *t, size_t max)
{
	size_t n = t->length < max ? t->length : max;

	while (n > 0 && n < t->length &&
	    ((unsigned char)t->data[n] & 0xC0) == 0x80)
		n--;
	return n;
}

void
syslog_out_alert(struct syslog_out *s, const struct recorder_alert *a)
{
	struct text line = { 0 };
	size_t n;

	text_printf(&line, "<%d>sekisho-probe[%d]: %s %s: %s",
	    priority(a->severity), (int)getpid(), checks_id(a->check),
	    severity_name(a->severity), a->message);
	if (a->flow_id != NULL)
		text_printf(&line, " (flow %" PRIu64 ")", *a->flow_id);
	n = cut(&line, SYSLOG_OUT_BYTES_MAX);
	if (s->fd >= 0 && write(s->fd, line.data, n) == (ssize_t)n)
		s->sent++;
	else
		s->lost++;
	text_free(&line);
}
