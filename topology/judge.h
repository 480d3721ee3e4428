/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * (model, conversation, packet time) → verdict, deciding clause, failed
 * element, judged and unobserved elements. Pure: no clock, no allocation, no
 * memory of earlier calls. The rules are section 5.2 of the architecture, one
 * function each.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "checks.h"
#include "conversation.h"
#include "locate.h"
#include "model.h"

#define VERDICT_ALSO_MAX 16

enum verdict_kind {
	VERDICT_CONFORM,
	VERDICT_VIOLATE,
	VERDICT_EXCEPTED,
	VERDICT_UNJUDGED,
	VERDICT_OUT_OF_SCOPE,
	VERDICT_COUNT,
};

enum reason {
	REASON_NONE,
	REASON_DIRECTION,
	REASON_ONE_WAY,
	REASON_APPLICATION,
	REASON_NAME,
	REASON_HIDDEN_BY_NAT,
	REASON_OPAQUE,
	REASON_PARTIAL,
	REASON_LOST_PACKETS,
	REASON_ENGINE_RESTARTED,
	REASON_NO_ZONE,
	REASON_NOT_OBSERVABLE, /* with an element */
	REASON_TAP_SIDE,
	REASON_DRAFT,
	REASON_EXAMINER,
	REASON_BACKLOG,
	REASON_MALFORMED,
	REASON_RULESET_STALE,
	REASON_OTHER_INPUT,
	REASON_COUNT,
};

/* What a clause sets and a tap can or cannot see; bits of a set. */
enum element {
	ELEMENT_TIER = 1 << 0,
	ELEMENT_ENDPOINTS = 1 << 1,
	ELEMENT_DIRECTION = 1 << 2,
	ELEMENT_PATH = 1 << 3,
	ELEMENT_SERVICE = 1 << 4,
	ELEMENT_APPLICATION = 1 << 5,
	ELEMENT_NAME = 1 << 6,
	ELEMENT_SCHEDULE = 1 << 7,
	ELEMENT_EXPIRY = 1 << 8,
	ELEMENT_ENCRYPTION = 1 << 9,
	ELEMENT_TRANSFER = 1 << 10,
	ELEMENT_SOURCE = 1 << 11, /* spoofing: which side it came from */
};
#define ELEMENT_COUNT 12

enum passed { PASSED_UNKNOWN, PASSED_NO, PASSED_YES };
enum refuser { REFUSER_NONE, REFUSER_HOST, REFUSER_BOUNDARY, REFUSER_UNKNOWN };

enum clause_kind {
	CLAUSE_NONE,
	CLAUSE_GUIDELINE,
	CLAUSE_CONDUIT,
	CLAUSE_EXCEPTION,
	CLAUSE_MODEL
};

struct clause {
	enum clause_kind kind;
	enum tier from, to;	 /* of a guideline cell */
	const char *id;		 /* of a conduit, exception or noun */
	struct diag_place place; /* file and line in the bundle */
};

struct finding {
	enum check check;
	enum severity severity;
};

struct near_miss {
	const struct conduit *conduit; /* NULL: none */
	enum element element;
	char expected[96], seen[96];
};

struct verdict {
	enum verdict_kind kind;
	enum reason reason;	 /* where unjudged */
	enum element element;	 /* of REASON_NOT_OBSERVABLE */
	struct finding deciding; /* check NONE where nothing is wrong; also set
				  * where an unjudged conversation would alert */
	struct finding also[VERDICT_ALSO_MAX];
	size_t also_count;
	/* Of the finding at the same place in also. */
	enum element also_failed[VERDICT_ALSO_MAX];
	struct clause also_clause[VERDICT_ALSO_MAX];
	enum element failed; /* 0: none */
	struct clause clause;
	const struct conduit *conduit;	   /* that covers it, or NULL */
	const struct exception *exception; /* or NULL */
	const struct emergency *emergency; /* it conforms only by, or NULL */
	struct near_miss near_miss;
	struct place from, to; /* where the two ends stand */
	enum passed passed;
	enum refuser refused_by;
	unsigned judged, unobserved; /* sets of enum element */
	bool reversed;	  /* the two directions would be judged differently */
	bool backup_link; /* reached over a link other than the first: I */
	bool alerts;	  /* the deciding finding is to be alerted */
	/* When the verdict may change by time alone: judge again then.
	 * INT64_MAX: never. */
	struct wall_us again;
};

/* Judges c at packet time now (>= c->first). O(1) in the number of conduits
 * whose ends differ; linear in those that share both ends. */
void judge(const struct model *m, const struct conversation *c,
    struct wall_us now, struct verdict *out);

/* "conform", "violate", "excepted", "unjudged", "out-of-scope". */
const char *verdict_name(enum verdict_kind kind);
/* 適合 不適合 例外措置 判定不能 対象外, or the English words. */
const char *verdict_title(enum verdict_kind kind, enum lang lang);
/* "direction", "not-observable: path" ...; writes to buf of 64 bytes. */
const char *reason_text(enum reason reason, enum element element, char *buf);
const char *element_name(enum element element); /* "tier" ... */
const char *outcome_name(enum outcome o);
const char *passed_name(enum passed p);
const char *refuser_name(enum refuser r); /* NULL for none */
const char *initiator_name(enum initiator i);
const char *confidence_name(enum confidence c);

/* The index is part of the model; model_load calls these. */
struct judge_index *judge_index_new(const struct model *m);
void judge_index_free(struct judge_index *index);

#endif
