/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See notify.h. Every message goes to the address anew rather than over a
 * connection, so that a manager that was started again is found. */
#include "notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define MESSAGE_MAX (NOTIFY_TEXT_MAX + 128)

/* A path, or "@name" for one of the abstract name space; the other kinds that
 * sd_notify(3) knows (vsock) are for managers of virtual machines. */
static bool
take_address(struct notify *n, const char *text)
{
	size_t length = strlen(text);

	if (text[0] != '/' && text[0] != '@') {
		errno = EAFNOSUPPORT;
		return false;
	}
	if (length < 2 || length >= sizeof(n->address.sun_path)) {
		errno = EINVAL;
		return false;
	}
	n->address.sun_family = AF_UNIX;
	memcpy(n->address.sun_path, text, length + 1);
	n->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    length);
	if (text[0] == '@')
		n->address.sun_path[0] = '\0';
	else
		n->length++; /* a path ends with its NUL */
	return true;
}

/* Decimal digits and nothing else, else 0. */
static uint64_t
parse(const char *text)
{
	uint64_t value = 0;

	for (; *text; text++) {
		uint64_t digit = (uint64_t)(unsigned char)*text - '0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return 0;
		value = value * 10 + digit;
	}
	return value;
}

bool
notify_open(struct notify *n, const char *socket_name, const char *watchdog_us,
    const char *watchdog_pid, pid_t self)
{
	const struct timeval second = { .tv_sec = 1 };

	memset(n, 0, sizeof(*n));
	n->fd = -1;
	if (!socket_name)
		return true;
	if (!take_address(n, socket_name))
		return false;
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (n->fd < 0)
		return false;
	(void)setsockopt(n->fd, SOL_SOCKET, SO_SNDTIMEO, &second,
	    sizeof(second));
	if (watchdog_us &&
	    (!watchdog_pid || parse(watchdog_pid) == (uint64_t)self))
		n->watchdog_us = parse(watchdog_us);
	return true;
}

void
notify_close(struct notify *n)
{
	if (n->fd >= 0)
		(void)close(n->fd);
	n->fd = -1;
	n->watchdog_us = 0;
}

static bool
tell(const struct notify *n, const char *message, size_t length)
{
	ssize_t sent;

	if (n->fd < 0)
		return true;
	do
		sent = sendto(n->fd, message, length, MSG_NOSIGNAL,
		    (const struct sockaddr *)&n->address, n->length);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)length;
}

/* "word" and a line "STATUS=text", where a line of its own cannot hide. */
static bool
tell_status(const struct notify *n, const char *word, const char *text)
{
	char message[MESSAGE_MAX];
	size_t length = (size_t)snprintf(message, sizeof(message), "%s%s", word,
	    text ? "STATUS=" : "");
	size_t most = text ? strnlen(text, NOTIFY_TEXT_MAX + 1) : 0;

	if (most > NOTIFY_TEXT_MAX)
		for (most = NOTIFY_TEXT_MAX;
		     most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80;)
			most--;
	for (size_t i = 0; i < most; i++) {
		unsigned char c = (unsigned char)text[i];

		message[length++] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
	}
	if (text)
		message[length++] = '\n';
	return tell(n, message, length);
}

bool
notify_ready(const struct notify *n, const char *status)
{
	return tell_status(n, "READY=1\n", status);
}

bool
notify_status(const struct notify *n, const char *status)
{
	return tell_status(n, "", status ? status : "");
}

bool
notify_reloading(const struct notify *n, uint64_t monotonic_us)
{
	char message[MESSAGE_MAX];
	int length = snprintf(message, sizeof(message),
	    "RELOADING=1\nMONOTONIC_USEC=%" PRIu64 "\n", monotonic_us);

	return tell(n, message, (size_t)length);
}

bool
notify_stopping(const struct notify *n, const char *status)
{
	return tell_status(n, "STOPPING=1\n", status);
}

bool
notify_alive(const struct notify *n)
{
	return tell_status(n, "WATCHDOG=1\n", NULL);
}
