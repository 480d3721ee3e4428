/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row of a day, as it is counted and then written. It holds copies of all
 * that it names, so that it outlives conversations and models.
 */
#ifndef DAILY_ROW_H
#define DAILY_ROW_H

#include "daily.h"

#define DAILY_EXAMPLES_MAX 3

enum daily_kind { DAILY_BACKGROUND, DAILY_LEGACY, DAILY_KIND_COUNT };

struct daily_destination {
	char name[CONVERSATION_NAME_MAX];
	enum background_category category;
	uint64_t count;
};

struct daily_example {
	struct addr address[2];
	uint16_t port; /* the responder's */
};

struct daily_row {
	enum daily_kind kind;
	enum check check; /* NONE: the row for the rest */
	enum severity severity;
	const char *what;		   /* "SMBv1", or NULL; static */
	char *boundary, *zone, *zone_name; /* owned, or NULL */
	struct day day;
	struct wall_us due; /* when it is written */
	uint64_t count;
	uint64_t blocked; /* of them known to have been stopped */
	uint64_t *hosts;  /* owned: digests of addresses, 0 is none */
	size_t host_room, host_count;
	bool hosts_full;
	struct daily_destination *names; /* owned; NULL: none yet */
	size_t name_count;
	uint64_t unnamed; /* counted under none of them: there is no room */
	struct daily_example examples[DAILY_EXAMPLES_MAX];
	size_t example_count;
	struct wall_us first, last; /* of packets */
	bool is_part;		    /* counts of that day were lost before */
};

void daily_row_free(struct daily_row *r);
/*
 * Counts a conversation that has ended. Hosts told apart: of background who
 * tried, of ways of old who was spoken to. name: where it is background, else
 * NULL. secret keys digests. O(1) expected.
 */
void daily_row_add(struct daily_row *r, const struct observation *o,
    const struct daily_name *name, const uint8_t secret[16]);
const char *daily_kind_name(enum daily_kind kind); /* "background" ... */

#endif
