/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A firewall's ruleset held against the declared model: what it lets through
 * that nothing declares, what it blocks that is declared, and what is wrong
 * with its rules. Gathers findings and the zone by zone table; says nothing
 * by itself (audit_text.c, audit_json.c, audit_html.c do).
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "checks.h"
#include "evaluate.h"
#include "judge.h"
#include "model.h"
#include "words.h"

#define AUDIT_FINDINGS_MAX 100000
#define AUDIT_RULES_MAX 32	/* named in one finding */
#define AUDIT_SUGGESTIONS_MAX 4 /* lines of one finding */
/* Of one question, where the caller sets no bound. */
#define AUDIT_STEPS UINT64_C(200000000)
#define AUDIT_BYTES ((size_t)512 << 20)

/* How sure: under every choice of what cannot be known, or under some. */
enum audit_certainty { AUDIT_CERTAIN, AUDIT_POSSIBLE };

struct audit_rule {
	const struct rule *rule; /* NULL: the policy of chain */
	const struct chain *chain;
	enum action action;
};

struct audit_finding {
	enum check check;
	enum severity severity;
	enum audit_certainty certainty;
	const struct zone *from, *to; /* or NULL; "firewall" pseudo-zone */
	/* Of an interface that the ruleset names and no zone has: it stands
	 * for the end that is NULL; 0 to 0: none. */
	struct span stranger;
	int family; /* 4, 6 or 0: both or none */
	bool has_witness;
	enum way way;
	struct point witness; /* a packet that shows it */
	bool translated;      /* witness has a new destination */
	struct audit_rule rules[AUDIT_RULES_MAX]; /* that decide, in order */
	size_t rule_count, rules_left_out;
	/* Of a drop: the base chain from which the first was reached. */
	const struct chain *base;
	/* FWR-3: the rules that cover the first of rules. */
	struct audit_rule covering[AUDIT_RULES_MAX];
	size_t covering_count, covering_left_out;
	const struct conduit *conduit;	   /* FWR-2; FWR-1: does not count */
	const struct exception *exception; /* or NULL */
	const struct cell *cell;	   /* that forbids or admits, or NULL */
	char *sentence; /* owned: what and why, in the audit's language */
	char *suggestions[AUDIT_SUGGESTIONS_MAX]; /* owned: nft lines */
	size_t suggestion_count;
	char *suggestion_note; /* owned: what to mind, or why there is none */
};

/* One ordered pair of zones. */
struct audit_cell {
	bool judged;		 /* the firewall stands between the two */
	const struct cell *cell; /* of the guideline; NULL: none is needed */
	size_t declared;	 /* conduits */
	bool permits;		 /* lets something through, possibly */
	size_t undeclared[2];	 /* what opens it (FWR-1, or IPv6 of FWR-5 where
				  * a zone declares none): certain, possible */
	size_t blocked, possibly_blocked; /* FWR-2 findings */
	bool undecided;
	uint64_t decided, questions; /* what was covered where undecided */
};

struct audit_undecided {
	enum check check;
	const struct zone *from, *to; /* or NULL */
	const struct rule *rule;      /* or NULL */
	char *sentence;		      /* owned */
};

/* Something worth knowing that is no finding ("zone guest has no interface
 * here: any was taken"). */
struct audit_note {
	char *sentence; /* owned */
};

struct audit {
	const struct model *m; /* borrowed, as all up to at */
	const struct boundary *boundary;
	const struct firewall *firewall;
	const struct ruleset *ruleset; /* NULL: opaque, unknown */
	const struct ruleset *peer;    /* FWR-12; or NULL */
	enum lang lang;
	struct day at;
	struct wall_us taken; /* when it is run, for the heads; 0: not said */
	/* Of a ruleset from a snapshot: when it was last seen in force, for
	 * COV-12; year 0: it was read just now. */
	struct day ruleset_day;
	struct evaluator *evaluator; /* owned */
	struct space *space;	     /* owned; made when first asked for */
	uint64_t budget_steps;	     /* of one question */
	size_t budget_bytes;

	struct audit_finding *findings; /* owned, sorted by severity */
	size_t finding_count, finding_capacity, findings_left_out;
	struct audit_cell *cells;	   /* owned; [from * zone_count + to] */
	size_t zone_count;		   /* the model's zones; their index */
	struct audit_undecided *undecided; /* owned */
	size_t undecided_count, undecided_capacity;
	struct audit_note *notes; /* owned */
	size_t note_count, note_capacity;
};

/* ---- audit.c */

/* Makes the evaluator and the table of cells where they are not there yet:
 * for who asks before audit_run (audit_compare). */
void audit_open(struct audit *a);
/* Runs every check that fits (of an opaque firewall COV-12 alone) after what
 * stands there already, asks for suggestions and sorts. */
void audit_run(struct audit *a);
/* Gravest first; audit_run does, who adds findings later asks again. */
void audit_sort(struct audit *a);
/* Everything that a owns; what it borrows stays. */
void audit_fini(struct audit *a);
/* A new finding at the end, zeroed save check and the severity of the table;
 * good until the next one. NULL when there are too many (counted). */
struct audit_finding *audit_add(struct audit *a, enum check check);
/* Sets the sentence from the catalogue, in a->lang. */
void audit_say(struct audit *a, struct audit_finding *f, enum word word,
    size_t count, ...);
/* A line that changes the ruleset, as nft takes it; beyond the maximum it is
 * left out. */
void audit_suggest(struct audit_finding *f, const char *line);
/* What to mind, in a->lang; instead of what stood there. */
void audit_suggest_note(struct audit *a, struct audit_finding *f,
    enum word word, size_t count, ...);
/* The same sentence is kept once. */
void audit_add_note(struct audit *a, enum word word, size_t count, ...);
void audit_add_undecided(struct audit *a, enum check check,
    const struct zone *from, const struct zone *to, const struct rule *rule,
    enum word word, size_t count, ...);
struct budget audit_budget(const struct audit *a);
/* The rules that end a leaf: of an accepted one the translation, then each
 * rule that accepts and each accepting policy of a chain that filters; of a
 * dropped one what drops it. */
void audit_decided_by(struct audit_finding *f, const struct leaf *leaf);
/* Takes the deciding rules, the witness and the certainty of a point. False,
 * and f untouched, when the point does not fare as said: accepted true asks
 * whether some choice accepts it, false whether none does. */
bool audit_witness(struct audit *a, struct audit_finding *f, enum way way,
    const struct point *x, bool accepted);

/* ---- audit_space.c, audit_declared.c: the model as packets */

/*
 * Packets that go from one zone to the other through this firewall, one box a
 * family at the most: addresses of the zones (see locate.h), their interfaces,
 * ct state new, flags of TCP that begin a connection (SYN, or ACK alone as the
 * kernel picks it up) and types of ICMP that do. Returns how many boxes (0..2);
 * in p. The destination is that of the packet on the wire: of one that the
 * firewall translates DIM_NEW_DADDR tells the zone (space_of_leaf). to may be
 * the pseudo-zone: then no interface out, and for WAY_INPUT.
 */
size_t space_pair(struct audit *a, const struct zone *from,
    const struct zone *to, struct pool *p, struct box out[2]);
/* The same without any destination (save what is of a segment) and interface
 * out: what comes from a zone. */
size_t space_from(struct audit *a, const struct zone *from, struct pool *p,
    struct box out[2]);
#define SPACE_INVALID_MAX 3
/* audit_invalid.c: of a box of new packets those from the same to the same that
 * are of no connection (state invalid): of TCP, of ICMP, and of the ICMP that
 * is of the other version of IP. Returns SPACE_INVALID_MAX. */
size_t space_invalid(const struct box *box, struct pool *p,
    struct box out[SPACE_INVALID_MAX]);
/* Whether this firewall stands between: both are at its boundary and differ. */
bool space_judged(const struct audit *a, const struct zone *from,
    const struct zone *to);
/* The guideline's word on the two; NULL for zones of one tier, parent and
 * child and the pseudo-zone: a conduit is required. */
const struct cell *space_cell(const struct audit *a, const struct zone *from,
    const struct zone *to);
/* Addresses of a zone (or the pseudo-zone), &spans_nothing where it has none;
 * family 4 or 6. Live as long as a. */
const struct spans *space_addresses(struct audit *a, const struct zone *zone,
    int family);
/* Tells an evaluator a firewall's addresses (NULL: none), where it declares
 * some of a family. */
void space_tell_own(const struct firewall *f, struct evaluator *e);
/* Names of its interfaces; NULL where none is declared: any. */
const struct spans *space_interfaces(struct audit *a, const struct zone *zone);
/*
 * The packets of a leaf with the destination that counts: DIM_DADDR and
 * DIM_DPORT are those behind the translation. Of a translation that keeps
 * ports and is given several the box holds every combination.
 */
struct box space_of_leaf(const struct leaf *leaf);
/* Packets of a translated leaf whose last destination is in left, as they are
 * on the wire; DIM_NEW_* are left's destination. What stayed as it was is in
 * both places the same. */
struct box space_before(struct pool *p, const struct leaf *leaf,
    const struct box *left);

/* Why a conduit does not count. */
enum lapse {
	LAPSE_NONE,
	LAPSE_EXPIRED,
	LAPSE_NOT_BEGUN,
	LAPSE_UNAPPROVED,   /* observed, and nobody approved it */
	LAPSE_EMERGENCY,    /* for emergencies only, and none is on */
	LAPSE_NOT_ENTITLED, /* lacks what the guideline's cell asks for */
};

/* What is declared from one zone to another, as boxes of packets. */
struct declared {
	struct box box; /* family, addresses, protocol, port; the destination
			 * behind any translation; else every value */
	const struct conduit *conduit;	   /* or NULL */
	const struct exception *exception; /* or NULL */
	enum lapse lapse;		   /* space_lapsed alone */
};
/*
 * Those that count where the cell admits them, as of a->at: see architecture
 * 5.2. Begun, not expired (or in renewal), approved where observed, for
 * emergencies only while one is on; a schedule counts at any hour, since no
 * rule knows hours. Exceptions: of a forbidden cell those to SEG-1 that name
 * enough, else those to what the judge would say of an undeclared crossing.
 * Owned by p.
 */
size_t space_declared(struct audit *a, const struct zone *from,
    const struct zone *to, int family, struct pool *p,
    const struct declared **out);
/*
 * Conduits that would count were it not for what `lapse` says: what the
 * business needs, as far as anybody wrote down, and may not have now. None in
 * a forbidden cell, none of another boundary. Owned by p.
 */
size_t space_lapsed(struct audit *a, const struct zone *from,
    const struct zone *to, int family, struct pool *p,
    const struct declared **out);
void space_free(struct space *s); /* NULL is fine; audit_fini does */

/* ---- the checks */
void audit_pairs(struct audit *a); /* audit_pair.c: FWR-1, 2, 5 */
/* audit_nowhere.c: FWR-1 of addresses that no zone has; after audit_pairs. */
void audit_nowhere(struct audit *a);
/* audit_answers.c: FWR-2 of connections whose answers are dropped */
void audit_answers(struct audit *a);
/* audit_approval.c: a note on conduits that lack an approval */
void audit_approval(struct audit *a);
void audit_narrow(struct audit *a);  /* audit_narrow.c: FWR-7 */
void audit_shadow(struct audit *a);  /* audit_shadow.c: FWR-3 */
void audit_default(struct audit *a); /* audit_default.c: FWR-4, 6 */
void audit_spoof(struct audit *a);   /* audit_spoof.c: FWR-11 */
void audit_manage(struct audit *a);  /* audit_manage.c: FWR-14 */
/* audit_stranger.c: FWR-1 and 14 of interfaces that no zone has */
void audit_strangers(struct audit *a);
void audit_unknown(struct audit *a); /* audit_unknown.c: FWR-13, COV-12 */
/* What cannot be known in a rule, "limit, @blocked", added to out. */
void audit_unknown_words(const struct rule *r, struct text *out);
/* Whether that can change what becomes of a packet. */
bool audit_unknown_decides(const struct rule *r);
void audit_peer(struct audit *a); /* audit_peer.c: FWR-12 */

/* ---- audit_suggest.c */
/* The smallest change of rules for a finding of FWR-1 or 2 (and others where
 * there is one). Never opens what the tier forbids. */
void audit_suggest_for(struct audit *a, struct audit_finding *f);

/* ---- audit_change.c: two rulesets or two models; --what-if, FWR-8, FWR-12 */

/* Packets of a zone pair that fare otherwise. */
struct audit_change {
	const struct zone *from, *to; /* NULL: the stranger's end */
	struct span stranger;	      /* as in audit_finding */
	int family;
	bool opens; /* else closes */
	bool certain;
	bool declared; /* by the (new) model */
	struct point witness;
	bool translated;
	enum way way;
	struct audit_rule old_rule, new_rule; /* that decide */
};

struct audit_changes {
	struct audit_change *items; /* owned */
	size_t count, capacity, left_out;
	uint64_t undecided; /* questions that ended with the budget */
};

/* From a's ruleset to another one; what changes in meaning, with witnesses.
 * One a (pair, family, deciding rules). */
void audit_compare(struct audit *a, const struct ruleset *other,
    struct audit_changes *out);
void audit_changes_fini(struct audit_changes *c);
/* As text, a table of what opens and what closes. */
void audit_changes_text(const struct audit_changes *c, enum lang lang,
    struct text *out);
struct jsonw;
void audit_changes_json(const struct audit_changes *c, struct jsonw *w,
    const char *key);

/* ---- audit_text.c, audit_json.c, audit_html.c */
void audit_text(const struct audit *a, struct text *out);
void audit_json(const struct audit *a, struct text *out);
void audit_html(const struct audit *a, struct text *out);
/* "tcp 10.2.0.5:40000 -> 10.1.0.7:443 iif lg0 oif core0", as --explain takes
 * it. */
void audit_witness_text(const struct point *x, bool translated,
    struct text *out);

#endif
