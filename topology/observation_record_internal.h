/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of observation_record share: writing and reading the values
 * that records are made of. For observation_record*.c only.
 *
 * A writer stops at the end of its room and remembers that it did. A reader
 * notes what cannot be and reads on: the caller looks once, at the end. Text:
 * two bytes of length (RECORD_TEXT_NONE: NULL), the bytes, and a NUL, so that
 * a decoded string may point into the record. An index is four bytes,
 * RECORD_INDEX_NONE: nothing.
 */
#ifndef OBSERVATION_RECORD_INTERNAL_H
#define OBSERVATION_RECORD_INTERNAL_H

#include <endian.h>
#include <string.h>

#include "observation_record.h"

#define RECORD_INDEX_NONE UINT32_MAX
#define RECORD_TEXT_NONE 0xffff
#define RECORD_HEAD_BYTES 16
/* What has no bound of its own is cut here, in bytes. */
#define RECORD_NAME_MAX 255  /* an id, a name, a file */
#define RECORD_ROW_MAX 63    /* the name of a row of an account */
#define RECORD_LINE_MAX 4095 /* a line of the log, a cause */
#define RECORD_ROWS_MAX 256  /* of each list of an account */
#define RECORD_TAPS_MAX 512  /* of an account; as many as fit are written */
/* The farthest that two times may lie from 1970 to be subtracted. */
#define RECORD_TIME_MAX (INT64_MAX / 2)

/* ---- writing */

struct record_writer {
	uint8_t *pos, *end;
	bool full; /* something found no room */
};

static inline uint8_t *
record_room(struct record_writer *w, size_t n)
{
	uint8_t *p = w->pos;

	if (w->full || (size_t)(w->end - p) < n) {
		w->full = true;
		return NULL;
	}
	w->pos += n;
	return p;
}

static inline void
record_put_bytes(struct record_writer *w, const void *bytes, size_t n)
{
	uint8_t *p = record_room(w, n);

	if (p != NULL && n > 0)
		memcpy(p, bytes, n);
}

static inline void
record_put8(struct record_writer *w, unsigned value)
{
	const uint8_t wire = (uint8_t)value;

	record_put_bytes(w, &wire, sizeof(wire));
}

static inline void
record_put16(struct record_writer *w, unsigned value)
{
	const uint16_t wire = htobe16((uint16_t)value);

	record_put_bytes(w, &wire, sizeof(wire));
}

static inline void
record_put32(struct record_writer *w, uint32_t value)
{
	const uint32_t wire = htobe32(value);

	record_put_bytes(w, &wire, sizeof(wire));
}

static inline void
record_put64(struct record_writer *w, uint64_t value)
{
	const uint64_t wire = htobe64(value);

	record_put_bytes(w, &wire, sizeof(wire));
}

static inline void
record_put_time(struct record_writer *w, struct wall_us t)
{
	record_put64(w, (uint64_t)t.us);
}

/* Family, then as many bytes as it has. */
static inline void
record_put_addr(struct record_writer *w, const struct addr *a)
{
	record_put8(w, a->family);
	record_put_bytes(w, a->bytes, addr_bits(a) / 8);
}

/* What a clause is of: a noun by index, or named by its id and place. */
enum record_noun {
	RECORD_NOUN_NAMED,
	RECORD_NOUN_CONDUIT,
	RECORD_NOUN_EXCEPTION,
	RECORD_NOUN_ZONE,
	RECORD_NOUN_COUNT,
};

/* The index of a noun that has one, or nothing. */
#define RECORD_INDEX(noun) ((noun) != NULL ? (noun)->index : RECORD_INDEX_NONE)

/* Starts a record in out (of RECORD_BYTES_MAX bytes): sets the head's version,
 * type and class and writes it. */
void record_begin(struct record_writer *w, uint8_t *out,
    struct record_head *head, enum record_type type, enum record_class class);
/* s as text of at most max bytes; NULL stays NULL. What is not fit to be shown
 * is escaped (text_escape), what is longer is cut between characters. */
void record_put_text(struct record_writer *w, const char *s, size_t max);
/* The same, and of what is longer the end is kept: for the name of a file. */
void record_put_path(struct record_writer *w, const char *s, size_t max);
/* Whether c names what has that id and stands there. */
bool record_clause_is(const struct clause *c, const char *id,
    const struct diag_place *place);
/* A clause: by the index of the noun it names, or (RECORD_NOUN_NAMED) by its
 * id and place. */
void record_put_clause(struct record_writer *w, const struct clause *c,
    enum record_noun noun, uint32_t index);
/* A packet of evidence, of which at most EVIDENCE_PAYLOAD_MAX bytes cross;
 * what is more is cut. */
void record_put_packet(struct record_writer *w,
    const struct evidence_packet *p);

/* ---- reading */

struct record_names;

struct record_input {
	struct cursor c;
	const struct model *m;
	struct record_names *names;
	bool other;	/* made under another generation than m's */
	bool malformed; /* something cannot be */
	bool stale;	/* something is an index into the other model */
};

static inline uint64_t
record_get64(struct record_input *in)
{
	const uint8_t *p = cursor_take(&in->c, 8);
	uint64_t wire = 0;

	if (p != NULL)
		memcpy(&wire, p, sizeof(wire));
	return be64toh(wire);
}

/* Notes that something cannot be unless it holds. */
static inline void
record_require(struct record_input *in, bool holds)
{
	if (!holds)
		in->malformed = true;
}

/* A member of an enum of that many; another is malformed, and 0. */
static inline int
record_get_enum(struct record_input *in, int count)
{
	const int value = cursor_u8(&in->c);

	record_require(in, value < count);
	return value < count ? value : 0;
}

/* Bits of which only those of all may be set. */
static inline unsigned
record_get_bits(struct record_input *in, unsigned all)
{
	const unsigned value = cursor_be16(&in->c);

	record_require(in, (value & ~all) == 0);
	return value & all;
}

/* How many follow, at most that many; 0 when it lies. */
static inline size_t
record_get_count(struct record_input *in, size_t most)
{
	const size_t n = cursor_be16(&in->c);

	record_require(in, n <= most);
	return n <= most && cursor_ok(&in->c) ? n : 0;
}

/* Any two of which can be subtracted. */
struct wall_us record_get_time(struct record_input *in);
/* family 0 only where none is an answer. */
struct addr record_get_addr(struct record_input *in, bool none);
/* Text of at most max bytes, fit to be shown, which points into the record; or
 * NULL. "" where it cannot be. */
const char *record_get_text(struct record_input *in, size_t max);
/* The same where NULL cannot be. */
const char *record_get_string(struct record_input *in, size_t max);
/* The same into an array. */
void record_get_array(struct record_input *in, char *out, size_t size);
/* Nouns of the model, or NULL: none, or an index out of range (malformed), or
 * of another generation (stale). */
const struct boundary *record_get_boundary(struct record_input *in);
const struct tap *record_get_tap(struct record_input *in);
const struct zone *record_get_zone(struct record_input *in);
const struct link *record_get_link(struct record_input *in);
const struct conduit *record_get_conduit(struct record_input *in);
const struct exception *record_get_exception(struct record_input *in);
const struct emergency *record_get_emergency(struct record_input *in);
const struct translation *record_get_translation(struct record_input *in);
/* tap: whose router it is. */
const struct host *record_get_host(struct record_input *in);
const struct router *record_get_router(struct record_input *in,
    const struct tap *tap);

/* A clause, whose names are kept (record_names_keep). */
void record_get_clause(struct record_input *in, struct clause *c);
/* A packet of evidence; its bytes point into the record. */
void record_get_packet(struct record_input *in, struct evidence_packet *p);

/* ---- names that outlive a record */

struct record_names *record_names_new(void);
void record_names_free(struct record_names *n);
/*
 * The kept copy of s, alike for alike text, good until record_names_free. NULL
 * when s is new, not of the model, and RECORD_NAMES_MAX such are kept. O(1)
 * expected; allocates only for what is new.
 */
const char *record_names_keep(struct record_names *n, const char *s,
    bool of_model);

/* ---- what the records of each type hold */

/* Reads what follows the head into where the reader has room for it. */
struct record_account {
	struct tally tally; /* points to what follows */
	struct account_row reasons[RECORD_ROWS_MAX + 2];
	struct account_row counters[RECORD_ROWS_MAX + 2];
	struct tap_account taps[RECORD_TAPS_MAX];
};

struct record_conversation_room {
	struct observation observation; /* points to what follows */
	struct conversation conversation;
	struct verdict verdict;
};

void record_read_conversation(struct record_input *in,
    struct record_conversation_room *out);
void record_read_account(struct record_input *in, struct record_account *out);
struct record_notice_room {
	struct notice notice; /* points to what follows */
	struct evidence_packet packets[EVIDENCE_NOTICE_MAX];
};

void record_read_notice(struct record_input *in,
    struct record_notice_room *out);
void record_read_device(struct record_input *in, struct device *out);
void record_read_evidence(struct record_input *in, struct evidence_set *out);
void record_read_health(struct record_input *in, struct health *out);
void record_read_minute(struct record_input *in, struct tap_minute *out);
void record_read_view(struct record_input *in, struct tap_view *out);

#endif
