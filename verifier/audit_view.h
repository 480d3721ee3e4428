/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the text, the JSON and the page of an audit share: signs of the zone by
 * zone table, counts, names of things, and who decides. Reads an audit and
 * changes nothing in it.
 */
#ifndef AUDIT_VIEW_H
#define AUDIT_VIEW_H

#include "audit.h"
#include "base/jsonw.h"
#include "model.h"

/* What stands in one cell of the table, the gravest last save that what could
 * not be decided is told before all else. */
enum audit_mark {
	AUDIT_MARK_SAME,      /* one zone with itself */
	AUDIT_MARK_ELSEWHERE, /* this firewall does not stand between */
	AUDIT_MARK_CLOSED,
	AUDIT_MARK_DECLARED, /* open as declared */
	AUDIT_MARK_DOUBTFUL, /* declared, blocked by some outcome */
	AUDIT_MARK_BLOCKED,  /* declared, but blocked */
	AUDIT_MARK_POSSIBLY, /* undeclared by some outcome of an unknown */
	AUDIT_MARK_UNDECLARED,
	AUDIT_MARK_UNDECIDED,
	AUDIT_MARK_COUNT,
};

/* What a cell shows, the first one being what a reader must know first; how
 * many findings each stands for (0: no number). Returns how many, 1..5. */
struct audit_sign {
	enum audit_mark mark;
	size_t count;
};
#define AUDIT_SIGNS_MAX 5
size_t audit_view_signs(const struct audit *a, size_t from, size_t to,
    struct audit_sign out[AUDIT_SIGNS_MAX]);
/* "undeclared": as JSON and the classes of the page have it. */
const char *audit_view_mark_name(enum audit_mark mark);
/* One column wide in English, two in Japanese on every terminal. */
const char *audit_view_mark_sign(enum audit_mark mark, enum lang lang);
const char *audit_view_mark_title(enum audit_mark mark, enum lang lang);

struct audit_counts {
	size_t undecided;
	size_t by[SEVERITY_CRITICAL + 1]; /* findings by severity */
	size_t certain[SEVERITY_CRITICAL + 1];
};
void audit_view_count(const struct audit *a, struct audit_counts *out);

/* "findings", "undecided" or "clean"; findings above information come before
 * what could not be decided, as exit codes do. */
enum audit_result { AUDIT_CLEAN, AUDIT_FINDINGS, AUDIT_UNDECIDED };
enum audit_result audit_view_result(const struct audit *a);
/* The sentence that closes an audit without findings above information: it
 * claims no more than was shown. */
enum word audit_view_verdict(const struct audit *a);
const char *audit_view_result_name(enum audit_result r);

const char *audit_view_certainty_name(enum audit_certainty c);
const char *audit_view_way_name(enum way way); /* "forward" ... */
const char *audit_view_kind_name(enum firewall_kind kind);
const char *audit_view_source_name(enum ruleset_source source);
const char *audit_view_source_title(enum ruleset_source source, enum lang lang);
/* "IPv4", "IPv6", or both. */
const char *audit_view_family(int family, enum lang lang);

/* "個人番号利用事務系(core)": the zone's name and id, not escaped. */
void audit_view_zone(const struct audit *a, const struct zone *z,
    struct text *out);
/* "lg(lg) → core(core)", "interface eth9 → core(core)"; nothing where neither
 * end is known. Not escaped. */
void audit_view_ends(const struct audit *a, const struct audit_finding *f,
    struct text *out);
/* One end by its id, or what stands for it. */
void audit_view_end_id(const struct audit *a, const struct audit_finding *f,
    const struct zone *z, struct text *out);
/* Whether packets of the protocol have ports (TCP, UDP, SCTP, DCCP, UDP-Lite).
 */
bool audit_view_has_ports(packet_value protocol);
/* The witness as --explain takes it, with "to firewall" where it is meant. */
void audit_view_witness(const struct audit_finding *f, struct text *out);
/* "10.1.0.7:443": where a translated witness goes in the end. */
void audit_view_translated(const struct audit_finding *f, struct text *out);
/* Where the rule stands and what it does; of a policy, the chain. Escaped for
 * a terminal, one line. */
void audit_view_rule(const struct audit_rule *r, enum lang lang,
    struct text *out);
/* The conduit, exception or cell that decides, with its line in the model or
 * guideline; nothing where there is none. Not escaped. */
void audit_view_clause(const struct audit *a, const struct audit_finding *f,
    struct text *out);

/* ---- audit_wrap.c */

/* s, escaped for a terminal, in lines of at most 80 columns that begin with
 * indent blanks; the first one goes on where out stands, at column from.
 * Japanese breaks anywhere save before and behind what must not stand at an
 * end of a line, other words at blanks. Ends with a line end. */
#define AUDIT_COLUMNS 80
void audit_wrap(const char *s, size_t indent, size_t from, struct text *out);

/* ---- audit_reach.c: does the ruleset belong to this firewall? */

/* Notes on interfaces that only one of ruleset and model has, and undecided
 * when they have none in common; on a kind of firewall that does not fit. */
void audit_reach(struct audit *a);

/* ---- several audits at once (boundaries that share a firewall) */
void audit_json_all(const struct audit *audits, size_t count, enum lang lang,
    struct text *out);
/* One finding as a member of an array. */
void audit_json_finding(const struct audit *a, const struct audit_finding *f,
    struct jsonw *w);
/* The ruleset as an object (null: none). */
void audit_json_ruleset(const struct ruleset *r, struct jsonw *w,
    const char *key);
void audit_html_all(const struct audit *audits, size_t count, enum lang lang,
    struct text *out);
/* One finding as text, as in audit_text. */
void audit_text_finding(const struct audit *a, const struct audit_finding *f,
    struct text *out);

#endif
