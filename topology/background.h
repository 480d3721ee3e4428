/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The built-in list of background destinations: what operating systems,
 * browsers and signed programs ask for by themselves, without anybody having
 * asked them to (revocation lists, connectivity checks, telemetry, updates,
 * time). A name on it excuses nothing that passed a boundary; an attempt that
 * was merely tried is counted in a daily row instead of an alert.
 */
#ifndef BACKGROUND_H
#define BACKGROUND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* What may stand before the suffix of a pattern, in bytes: a name that is
 * longer is no name of such a service, and could carry something. */
#define BACKGROUND_BEFORE_MAX 64

enum background_category {
	BACKGROUND_REVOCATION,	 /* OCSP, CRL, lists of root certificates */
	BACKGROUND_CONNECTIVITY, /* is there an Internet? */
	BACKGROUND_TELEMETRY,	 /* how programs fare, and their settings */
	BACKGROUND_UPDATE,	 /* of systems, programs and signatures */
	BACKGROUND_TIME,	 /* NTP */
	BACKGROUND_CATEGORY_COUNT,
};

struct background {
	enum background_category category;
	const char *pattern; /* "name", or "*.suffix": all names below it */
};

/* The row whose pattern name matches (the first in the table), without regard
 * to case; NULL when there is none, or name is NULL. O(rows). */
const struct background *background_find(const char *name);
/* The whole list, in the order of the table; *count is set. */
const struct background *background_rows(size_t *count);
/* "revocation", "connectivity", "telemetry", "update", "time". */
const char *background_category_name(enum background_category category);
/* 証明書の失効確認 ... or the English words. */
const char *background_category_title(enum background_category category,
    enum lang lang);

#endif
