/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a probe saw, zone by zone: its events gathered into cells of initiator
 * zone by responder zone, with counts by verdict, the busiest conversations of
 * each verdict, the days and how much of the traffic was seen. A conversation
 * counts once, by its flow line; one that has not ended counts as it was last
 * told. Nothing is judged here, and what finds no room is counted.
 *
 * The busiest conversations are kept by the space-saving algorithm (Metwally,
 * Agrawal and El Abbadi 2005): with k counters every one that makes more than
 * 1/k of its cell is among them, and a count is too high by at most its error.
 */
#ifndef OBSERVED_H
#define OBSERVED_H

#include "base/clock.h"
#include "base/jsonx.h"
#include "base/table.h"
#include "base/text.h"
#include "checks.h"
#include "devices.h"
#include "events.h"
#include "judge.h"
#include "model.h"

#define OBSERVED_ZONES_MAX 256	/* more are counted together */
#define OBSERVED_CELLS_MAX 4096 /* that have traffic */
/* Conversations kept of a cell and mark: as many as there is room for, and of
 * each cell and mark some, however many others there are. */
#define OBSERVED_TOPS_MAX 1024
#define OBSERVED_TOPS_LEAST 16
#define OBSERVED_TOPS_ALL_MAX 131072 /* over all, beyond the least */
#define OBSERVED_HOSTS_MAX 262144    /* of a cell and side, over all cells */
#define OBSERVED_OPEN_MAX 16384	     /* conversations that have not ended */
#define OBSERVED_REASONS_MAX 48
#define OBSERVED_BOUNDARIES_MAX 64
#define OBSERVED_DAYS_MAX 4000
#define OBSERVED_GAP_KINDS_MAX 8
#define OBSERVED_TEXT_MAX 96 /* of a name that is kept; longer ones are cut */
#define OBSERVED_TIME_MAX 32

/* Pseudo-zones, before those of the events. */
enum {
	OBSERVED_NO_ZONE,    /* an address in no zone */
	OBSERVED_MORE_ZONES, /* beyond OBSERVED_ZONES_MAX */
	OBSERVED_ZONES_FIRST,
};

/* What becomes of conversations, as it is shown, the gravest last: those that
 * violate are told apart by whether anything shows that they passed. */
enum observed_mark {
	OBSERVED_MARK_NONE,
	OBSERVED_MARK_CONFORM,
	OBSERVED_MARK_EXCEPTED,
	OBSERVED_MARK_TRIED,
	OBSERVED_MARK_UNJUDGED,
	OBSERVED_MARK_VIOLATE,
	OBSERVED_MARK_COUNT,
};

struct observed_time {
	char first[OBSERVED_TIME_MAX], last[OBSERVED_TIME_MAX]; /* as written */
};

/* Conversations that agree in all of these. */
struct observed_top {
	uint64_t hash; /* of the ones below up to clause */
	char from[48], to[48], service[24];
	char application[32], check[12], reason[40];
	char clause[OBSERVED_TEXT_MAX]; /* id, and where it stands */
	char at[OBSERVED_TEXT_MAX];
	char name[OBSERVED_TEXT_MAX]; /* of the server, the last one */
	char outcome[12], passed[12]; /* the last ones */
	bool tried;		      /* nothing shows that it passed */
	enum verdict_kind verdict;
	uint64_t count, error; /* of count at most so many are others */
	uint64_t bytes;
	struct observed_time time;
};

/* What finds a row and what it has, apart from it: both are looked through
 * for each conversation. */
struct observed_top_key {
	uint64_t hash, count;
};

struct observed_tops {
	struct observed_top_key *keys; /* owned, as the rows */
	struct observed_top *rows;
	uint32_t count, room;
};

/* What a list of the busiest leaves out. */
struct observed_rest {
	uint64_t conversations; /* that are in none of those shown */
	size_t rows;		/* kept and not shown */
	size_t unsure; /* of them those whose possible error is as large as
			* what is sure of their count */
};

struct observed_cell {
	uint16_t from, to; /* indices of zones */
	uint64_t verdicts[VERDICT_COUNT];
	uint64_t tried[VERDICT_COUNT]; /* of them only tried: nothing shows
					* that they passed */
	uint64_t undeclared; /* violations of SEG-2 and SEG-3, and unjudged
			      * because the model is a draft */
	uint64_t undeclared_crossed; /* of them not tried only */
	uint64_t forbidden; /* violations of others that were not tried only */
	uint64_t open;	    /* of all: have not ended */
	uint64_t bytes[2];  /* to the responder, and back */
	uint64_t hosts[2];  /* distinct initiators, responders */
	bool hosts_at_least;
	uint32_t checks[CHECK_COUNT];  /* deciding, of violations */
	uint32_t crossed[CHECK_COUNT]; /* of them not tried only */
	uint32_t reasons[OBSERVED_REASONS_MAX];
	struct observed_time time;
	/* By what becomes of them. */
	struct observed_tops tops[OBSERVED_MARK_COUNT];
};

/* How much of a boundary was seen, summed over its hours. */
struct observed_boundary {
	char id[OBSERVED_TEXT_MAX];
	uint64_t hours; /* lines */
	uint64_t seconds;
	uint64_t seen, missing; /* bytes of TCP payload; missing with what was
				 * unheard, lost for drops, and the margin */
	uint64_t conversations, one_way;
	bool bare; /* a line without what it needs: nothing can be said */
};

struct observed_alert {
	uint64_t groups;	/* alerts, each told once */
	enum severity severity; /* the gravest of them */
};

struct observed_name {
	char name[OBSERVED_TEXT_MAX];
	uint64_t count;
};

struct observed {
	char **zones; /* owned, ids; [0] and [1] are "" */
	size_t zone_count;
	struct observed_cell *cells; /* owned */
	size_t cell_count, cell_room;
	size_t top_room; /* of OBSERVED_TOPS_ALL_MAX, taken */
	struct table zone_index, cell_index, host_index, open_index;
	uint8_t secret[16];

	uint64_t lines, unread, unknown; /* unknown: types of events */
	bool failed;		/* a file could not be read to its end */
	uint64_t conversations; /* counted */
	uint64_t open;		/* of them have not ended */
	uint64_t open_lost;	/* lines of ones that could not be kept */
	uint64_t cells_lost;	/* conversations beyond OBSERVED_CELLS_MAX */
	uint64_t verdicts[VERDICT_COUNT], tried[VERDICT_COUNT];
	uint64_t verdict_unknown; /* flows without any */
	uint64_t undeclared, undeclared_draft;
	struct observed_name reasons[OBSERVED_REASONS_MAX]; /* the last one:
							     * all others */
	size_t reason_count;
	struct observed_alert alerts[CHECK_COUNT];
	uint64_t alerts_other; /* of checks that this version does not know */
	uint64_t findings;     /* alerts and daily rows above information */
	uint64_t dailies;

	struct observed_boundary boundaries[OBSERVED_BOUNDARIES_MAX];
	size_t boundary_count;
	uint64_t boundaries_lost;
	bool unobservable[CHECK_COUNT]; /* at some tap */
	struct observed_name gaps[OBSERVED_GAP_KINDS_MAX];
	size_t gap_count;
	uint64_t gap_seconds, gap_conversations, gap_records;
	bool drops_known;

	struct devices devices;

	struct observed_time time;
	uint32_t days[OBSERVED_DAYS_MAX]; /* yyyymmdd, sorted */
	size_t day_count;
	bool days_at_least;

	char stage[16], until[16]; /* of the model, as the last event says */
	char model[65];		   /* its SHA-256 */
	uint64_t models;	   /* how often it was another one */
	char probe[OBSERVED_TEXT_MAX];

	char **open_lines; /* owned; by slot of open_index */
	uint32_t *open_free;
	uint32_t open_free_count;
};

/* Zeroes out and takes its tables; secret keys them. O(1), some 30 MiB. */
void observed_init(struct observed *out, const uint8_t secret[16]);
void observed_fini(struct observed *o);
/* Reads e to its end. O(lines), bounded memory. */
void observed_read(struct observed *o, struct events *e);
/* One event; observed_end when there are no more: takes what has not ended,
 * and sorts. Both are parts of observed_read. */
void observed_take(struct observed *o, const struct jsonx *event);
void observed_end(struct observed *o);

/* The index of a zone by id, or -1. */
int observed_zone(const struct observed *o, const char *id);
/* The cell, or NULL where nothing was seen. */
const struct observed_cell *observed_at(const struct observed *o, size_t from,
    size_t to);
/* Of the unjudged of a cell those for that reason. */
uint64_t observed_reason(const struct observed *o,
    const struct observed_cell *c, const char *reason);
/* Violations that crossed, or may have. */
uint64_t observed_crossed(const struct observed_cell *c);
/* What becomes of it; OBSERVED_MARK_NONE: out of scope. */
enum observed_mark observed_mark_of_top(const struct observed_top *t);
/* What stands in the grid: all but what is out of scope. */
uint64_t observed_judged(const struct observed_cell *c);
/* The busiest conversations of a cell, of all verdicts, by gravity and then
 * count: pointers to out, at most max; returns how many. Left out is one whose
 * count may be as wrong as it is right: *rest says what is. */
size_t observed_tops(const struct observed_cell *c,
    const struct observed_top **out, size_t max, struct observed_rest *rest);
/* Whether anything violates or alerted above information; whether nothing that
 * is in scope could be decided, so that none of it says anything. */
bool observed_has_findings(const struct observed *o);
bool observed_has_nothing(const struct observed *o);
/* In thousandths, rounded down: the share of the TCP payload that was seen at
 * least; -1: not known. */
int observed_share(const struct observed_boundary *b);

/* ---- observed_cell.c, for observed.c */

/* The cell of two zones, made where it is not there; NULL: no room. */
struct observed_cell *observed_cell_of(struct observed *o, size_t from,
    size_t to);
/* Counts a distinct host of a side (0: initiators) of the cell. */
void observed_host(struct observed *o, struct observed_cell *c, int side,
    const char *address);
/* Takes one conversation, of which only the first fields are filled in. */
void observed_top_take(struct observed *o, struct observed_cell *c,
    const struct observed_top *t, const char *when);
/* Widens the time by a timestamp ("": not known). */
void observed_widen(struct observed_time *t, const char *first,
    const char *last);
/* Their sum, or the most there is: counts of events may be anything. */
uint64_t observed_sum(uint64_t a, uint64_t b);
/* s, cut to size at a character's end. */
void observed_copy(char *out, size_t size, const char *s);

#endif
