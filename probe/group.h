/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Alerts in groups: what belongs together is told once, and how often it
 * happened is counted. The caller hands in each finding and asks what is to
 * be written; nothing here writes. Time is packet time and may step back.
 *
 * Key: check, clause, the two hosts and the service, never the tap. An alert
 * is held until its outcome settles or the hold runs out, written again when
 * its severity rises, and once when its window closes with more than one.
 * Windows: from the first finding; those of low severity (tried only) and
 * SEG-8 (one a conduit) run to the end of the day. When every group is in
 * use, the oldest that tells nothing above low makes room for what is high or
 * critical; what still finds none goes to one folded group, which counts it
 * and names what is critical: a flood of attempts hides no crossing.
 */
#ifndef GROUP_H
#define GROUP_H

#include "alert.h"

struct group_limits {
	size_t groups;	      /* open at once, then they are folded */
	size_t held;	      /* alerts held at once, then not held */
	size_t conversations; /* alerting and not ended, remembered */
	size_t named;	      /* critical ones with a line of their own in
			       * one window of the folded group */
	int64_t hold_us, window_us;
	int32_t utc_offset_s; /* of the model's day */
};

/* Why a line is written. */
enum emission { EMISSION_NONE, EMISSION_NEW, EMISSION_RAISED, EMISSION_CLOSED };

/* What the next line of a group says; valid until the next call. */
struct group_line {
	const struct alert *alert; /* the gravest one; the latest word on it */
	const char *id;		   /* 16 hex digits, alike for alike input */
	struct wall_us at;	   /* when: never later than now */
	struct wall_us first, last;
	uint64_t count;		/* conversations, each once */
	uint64_t suppressed;	/* of them without a line of their own */
	bool folded;		/* one of the groups that found no room, and
				 * what they count together */
	const uint64_t *graded; /* folded: counts by enum severity */
};

struct group_counters {
	uint64_t opened; /* groups, the folded one not counted */
	uint64_t opened_by_check[CHECK_COUNT];
	uint64_t findings; /* groups that rose above information */
	uint64_t findings_by_check[CHECK_COUNT]; /* the folded one not */
	uint64_t counted;			 /* conversations in groups */
	uint64_t written;      /* of them with a line of their own */
	uint64_t folded;       /* conversations counted in the folded group */
	uint64_t closed_early; /* low groups that made room */
	uint64_t not_held;     /* written at once: too many were held */
	uint64_t untracked;    /* may have been counted twice: too many
				 * alerting conversations at once */
	size_t open, held;     /* now */
};

struct group_table;
struct noun_map;

/*
 * secret keys the tables. Memory is reserved at once (about 1.2 kB a group,
 * 130 B a conversation) and touched as needed.
 */
struct group_table *group_new(const struct group_limits *limits,
    const uint8_t secret[16]);
void group_free(struct group_table *t);
/*
 * The next line that time alone makes due at now; call until EMISSION_NONE,
 * and before group_add of the same moment. O(log groups).
 */
enum emission group_due(struct group_table *t, struct wall_us now,
    struct group_line *out);
/*
 * What must be written to make room for a before group_add of it: the line
 * that was held, or the closing one, of the oldest group of low severity or
 * information. Only where a is high or critical, needs a group and none is
 * free. Call until EMISSION_NONE. O(log groups).
 */
enum emission group_make_room(struct group_table *t, const struct alert *a,
    struct wall_us now, struct group_line *out);
/*
 * What a conversation alerts of from now on: alerts, count of them. What is
 * still held of it takes over the latest word; where its check is no longer
 * among them it was overtaken before it was told, and is taken back as if it
 * had not been added; other conversations that are counted with it stand. Call
 * before group_due of the same moment. O(checks of the conversation).
 */
void group_revise(struct group_table *t, uint64_t flow_id,
    const struct alert *alerts, size_t count, struct wall_us now);
/*
 * Adds a finding at packet time now, after group_make_room, and says whether
 * a line is due by it. A conversation counts once in a group, however often
 * it is added. O(1) expected, O(log groups) when a group opens or is written.
 */
enum emission group_add(struct group_table *t, const struct alert *a,
    struct wall_us now, struct group_line *out);
/* True when a conversation that has not ended has alerted. */
bool group_alerted(const struct group_table *t, uint64_t flow_id);
/* True when an alert of that conversation is held: its line is to come. */
bool group_holds(const struct group_table *t, uint64_t flow_id);
/* The conversation ended: it will not be added any more. */
void group_forget(struct group_table *t, uint64_t flow_id);
/* As group_due, whatever the deadline: closes every group. */
enum emission group_finish(struct group_table *t, struct wall_us now,
    struct group_line *out);
/* Conversations counted in open groups without a line that tells of them yet.
 * O(groups). */
uint64_t group_untold(const struct group_table *t);
/*
 * The model is about to be another one: groups whose boundary it does not hold
 * are due at now, and group_due writes them under the nouns of the old one.
 * O(groups).
 */
void group_orphan(struct group_table *t, const struct noun_map *to,
    struct wall_us now);
/* Open groups go on under the nouns of to, which must outlive them or the next
 * call; days end by utc_offset_s. O(groups). */
void group_rebase(struct group_table *t, struct noun_map *to,
    int32_t utc_offset_s);
const struct group_counters *group_counters(const struct group_table *t);
const char *emission_name(enum emission e); /* "new", "raised", "closed" */

#endif
