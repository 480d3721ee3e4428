/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a service tells its manager: that it is ready, reads its configuration
 * again, ends, or is alive, and a line of status. One datagram each to the
 * socket that the manager named; without one every call does nothing. This
 * much is written here because libsystemd would bring four more libraries into
 * a process that reads hostile packets. sd_notify(3), "Notes";
 * sd_watchdog_enabled(3).
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#define NOTIFY_TEXT_MAX 512

struct notify {
	int fd; /* -1: nobody wants to know */
	struct sockaddr_un address;
	socklen_t length;
	uint64_t watchdog_us; /* the manager wants a sign of life at least this
			       * often; 0: none. Give it twice as often */
};

/*
 * socket, watchdog_us, watchdog_pid: the variables NOTIFY_SOCKET,
 * WATCHDOG_USEC and WATCHDOG_PID as they stand in the environment, NULL where
 * they do not; self: getpid(). Without a socket it succeeds and says nothing
 * later. False with errno: the socket's address is none that is known (EINVAL,
 * EAFNOSUPPORT), or there is no socket to be had; n is then silent, too. A
 * watchdog of another process is none of ours; one whose number cannot be read
 * counts as none.
 */
bool notify_open(struct notify *n, const char *socket, const char *watchdog_us,
    const char *watchdog_pid, pid_t self);
void notify_close(struct notify *n);
/*
 * Each tells the manager, and is true when that was delivered or nobody wants
 * to know; false with errno otherwise. Blocks for a second at most. status: a
 * line in UTF-8, NULL: none; what controls a terminal in it becomes a space,
 * and what is longer than NOTIFY_TEXT_MAX is cut after a whole character.
 */
bool notify_ready(const struct notify *n, const char *status);
bool notify_status(const struct notify *n, const char *status);
/* Begins a reload that notify_ready ends. monotonic_us: CLOCK_MONOTONIC now. */
bool notify_reloading(const struct notify *n, uint64_t monotonic_us);
bool notify_stopping(const struct notify *n, const char *status);
bool notify_alive(const struct notify *n);

#endif
