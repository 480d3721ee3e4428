/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Observations as bytes: what crosses the socket from an engine, or from the
 * supervisor, to the recorder. One record is one datagram: versioned, checked
 * at every bound, never a raw struct. The reader trusts none of it: an engine
 * that was taken over may write whatever it likes, and can do no more than
 * say false things of the conversations it saw.
 *
 * Nouns of the model cross as their places in it (index), under the
 * generation of the model that they were judged by; words of packets cross as
 * bounded bytes. All integers are in network byte order.
 */
#ifndef OBSERVATION_RECORD_H
#define OBSERVATION_RECORD_H

#include "base/cursor.h"
#include "observation.h"

#define RECORD_BYTES_MAX 65536
#define RECORD_VERSION 1

enum record_type {
	RECORD_NONE,
	RECORD_CONVERSATION,
	RECORD_COVERAGE,
	RECORD_ACCOUNT,
	RECORD_TICK,
	RECORD_GAP,
	RECORD_HEALTH,
	RECORD_LOG,
	RECORD_NOTICE,
	RECORD_DEVICE,
	RECORD_EVIDENCE,
	RECORD_MINUTE,
	RECORD_VIEW,
	RECORD_TYPE_COUNT,
};

/* What is dropped first when there is no room: the last of these. */
enum record_class {
	RECORD_URGENT, /* gaps, coverage, health; conversations that alert */
	RECORD_FINAL,  /* a conversation's last word; what a tap shows */
	RECORD_UPDATE, /* first words and changes that alert of nothing;
			* evidence */
	RECORD_MINOR,  /* ticks, accounts, log lines */
	RECORD_CLASS_COUNT,
};

/* What every record begins with. */
struct record_head {
	uint8_t version; /* RECORD_VERSION */
	uint8_t type;	 /* enum record_type */
	uint8_t class;	 /* enum record_class */
	uint8_t engine;	 /* who sends: 0..254 an engine, 255 the supervisor */
	uint32_t generation; /* of the model that indices are of */
	uint64_t sequence;   /* of this sender, from 1, without holes: a
			      * record that found no room takes none */
};

#define RECORD_SUPERVISOR 255

enum record_result {
	RECORD_OK,
	RECORD_TRUNCATED,   /* ends before it should */
	RECORD_MALFORMED,   /* says what cannot be */
	RECORD_UNSUPPORTED, /* another version or type */
	RECORD_STALE,	    /* of another generation of the model */
	RECORD_RESULT_COUNT,
};

/*
 * Each writes one record into out (of RECORD_BYTES_MAX bytes) and returns its
 * length, never 0: what has no bound of its own (taps of an account, a name) is
 * cut, and for the lists of an account the cut is counted in the record (as
 * counters "record-taps-cut", "record-rows-cut"). Text that is not fit to be
 * shown is escaped as text_escape does. head's version, type and class are set
 * here, the rest is the caller's. A conversation that the recorder will make an
 * alert of is urgent whatever its stage. Its "watching" and "control" do not
 * cross: only judging reads them. Cost: O(bytes); no allocation, save for text
 * that must be escaped or cut.
 */
size_t record_conversation(uint8_t *out, struct record_head *head,
    const struct observation *o);
size_t record_coverage(uint8_t *out, struct record_head *head,
    const struct coverage_finding *f);
size_t record_account(uint8_t *out, struct record_head *head,
    const struct tally *t);
size_t record_tick(uint8_t *out, struct record_head *head, struct wall_us now);
size_t record_gap(uint8_t *out, struct record_head *head, const struct gap *g);
size_t record_health(uint8_t *out, struct record_head *head,
    const struct health *h);
size_t record_log(uint8_t *out, struct record_head *head, const char *line);
size_t record_notice(uint8_t *out, struct record_head *head,
    const struct notice *n);
size_t record_device(uint8_t *out, struct record_head *head,
    const struct device *d);
/* Packets that find no room are left out and counted as missing. */
size_t record_evidence(uint8_t *out, struct record_head *head,
    const struct evidence_set *e);
size_t record_minute(uint8_t *out, struct record_head *head,
    const struct tap_minute *m);
size_t record_view(uint8_t *out, struct record_head *head,
    const struct tap_view *v);

/* Only the head; RECORD_OK, TRUNCATED, MALFORMED or UNSUPPORTED. */
enum record_result record_read_head(const uint8_t *bytes, size_t length,
    struct record_head *head);

/* Room for what a decoded record points to. About 300 kB; one a reader. */
struct record_reader;
struct record_reader *record_reader_new(void);
void record_reader_free(struct record_reader *r);
/*
 * Decodes one record and hands it to the observer (calls that are NULL are
 * skipped), exactly one call for RECORD_OK and none otherwise. Every index is
 * checked against m, whose generation is generation; every enum against its
 * count; every string is valid UTF-8 without control characters or the record
 * is malformed. A record of another generation is stale, unless it holds no
 * index at all (a tick, a line, a gap of no tap): that is as good as ever.
 *
 * Strings live for the call, save id and file of a clause: these are kept for
 * as long as the reader lives, whatever becomes of the model, so that alerts
 * may point to them. Of those that m does not know, RECORD_NAMES_MAX are kept;
 * a record with one more is malformed. Allocates only for such a new name.
 */
#define RECORD_NAMES_MAX 65536
enum record_result record_read(struct record_reader *r, const uint8_t *bytes,
    size_t length, const struct model *m, uint32_t generation,
    const struct observer *observer);
const char *record_result_name(enum record_result r); /* "truncated" ... */

#endif
