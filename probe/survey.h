/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of interfaces for who installs a probe: which are there, which
 * have a link, and what was heard on each in a few seconds: frames a second,
 * VLANs, and the prefixes with the most traffic. Judges nothing and writes
 * no event.
 */
#ifndef SURVEY_H
#define SURVEY_H

#include <stdio.h>

#include "base/text.h"
#include "run.h"

#define SURVEY_MS 3000
#define SURVEY_RING_BYTES (4u << 20) /* of each interface */

/*
 * Listens on all interfaces (CAPTURE_SOURCES_MAX of them) at once for
 * SURVEY_MS and writes a table to out, with progress on standard error where
 * that is a terminal. All capabilities are given up before the first frame is
 * read. Without CAP_NET_RAW the table is without what would be measured, and
 * says so. RUN_CONFORMING, or RUN_USAGE after a sentence on standard error.
 */
enum run_code survey_print(enum lang lang, FILE *out);

#endif
