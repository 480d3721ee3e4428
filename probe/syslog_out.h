/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Alerts for the host's own syslog: one datagram each to /dev/log, which is
 * opened before the walls are up and never waited for. What it does not take
 * is counted; eve.json is the record, this is a bell.
 */
#ifndef SYSLOG_OUT_H
#define SYSLOG_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "recorder.h"

#define SYSLOG_OUT_PATH "/dev/log"
#define SYSLOG_OUT_BYTES_MAX 4096 /* longer messages are cut */

struct syslog_out {
	int fd; /* -1: not open */
	uint64_t sent, lost;
};

/* Opens it. False and errno; every message is then lost and counted. path is
 * SYSLOG_OUT_PATH save in tests. */
bool syslog_out_open(struct syslog_out *s, const char *path);
void syslog_out_close(struct syslog_out *s);
/* "<PRI>sekisho-probe[pid]: CHECK severity: message (flow ID)". */
void syslog_out_alert(struct syslog_out *s, const struct recorder_alert *a);

#endif
