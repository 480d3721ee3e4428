/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A firewall's ruleset as Sekisho holds it, whatever it was read from:
 * tables, chains and rules; a rule is a row of statements done in order, each
 * a match (which packets go on), a verdict, a change (translation, mark) or
 * something nobody can foresee. Immutable once finished. Says nothing of what
 * it lets through (evaluate.h).
 *
 * Source of the semantics: nft(8), libnftables-json(5), the kernel's
 * nf_tables.
 */
#ifndef RULESET_H
#define RULESET_H

#include "base/diag.h"
#include "packetset.h"

#define RULESET_TABLES_MAX 4096
#define RULESET_CHAINS_MAX 65536
#define RULESET_RULES_MAX 1000000
#define RULESET_STATEMENTS_MAX 256   /* of one rule */
#define RULESET_ELEMENTS_MAX 4000000 /* of all sets */
#define RULESET_FIELDS_MAX 8	     /* of one concatenation */

enum ruleset_source {
	RULESET_KERNEL,	 /* by netlink */
	RULESET_JSON,	 /* nft -j list ruleset */
	RULESET_NEUTRAL, /* sekisho-ruleset/1 */
	RULESET_IMAGE,	 /* a snapshot of our own */
};

enum table_family {
	TABLE_IP,
	TABLE_IP6,
	TABLE_INET,
	TABLE_BRIDGE,
	TABLE_NETDEV,
	TABLE_ARP,
};

enum hook {
	HOOK_NONE, /* not a base chain */
	HOOK_INGRESS,
	HOOK_PREROUTING,
	HOOK_INPUT,
	HOOK_FORWARD,
	HOOK_OUTPUT,
	HOOK_POSTROUTING,
	HOOK_EGRESS,
};

enum chain_type { CHAIN_FILTER, CHAIN_NAT, CHAIN_ROUTE };

/* What a match looks at. Those up to FIELD_CT_DIRECTION are the dimensions of
 * the same name; addresses and ports are the present ones, that is behind a
 * translation the new. */
enum field {
	FIELD_FAMILY,
	FIELD_IIF,
	FIELD_OIF,
	FIELD_SADDR,
	FIELD_DADDR,
	FIELD_PROTOCOL,
	FIELD_SPORT,
	FIELD_DPORT,
	FIELD_ICMP_TYPE,
	FIELD_ICMP_CODE,
	FIELD_TCP_FLAGS,
	FIELD_CT_STATE,
	FIELD_CT_DIRECTION,
	FIELD_CT_STATUS,      /* the kernel's bits: 1 expected, 2 seen-reply,
			       * 4 assured, 8 confirmed, 16 snat, 32 dnat */
	FIELD_MARK,	      /* meta mark; 0 on a packet just received */
	FIELD_CT_MARK,	      /* 0 of a new connection */
	FIELD_ORIGINAL_SADDR, /* ct original: as on the wire */
	FIELD_ORIGINAL_DADDR,
	FIELD_ORIGINAL_SPORT,
	FIELD_ORIGINAL_DPORT,
	FIELD_COUNT,
};

enum action {
	ACTION_ACCEPT,
	ACTION_DROP,
	ACTION_REJECT,
	ACTION_JUMP,
	ACTION_GOTO,
	ACTION_RETURN,
	ACTION_CONTINUE,
	ACTION_QUEUE,	/* somebody else decides: accepted or dropped */
	ACTION_UNKNOWN, /* goes on, is accepted or dropped: nobody knows */
};

struct chain;

struct decision {
	enum action action;
	const struct chain *target; /* of jump and goto */
};

/* What a translation or a mark becomes. */
struct change {
	/* DNAT, redirect: the new destination. NULL: as before. */
	const struct spans *address, *port;
	bool prefix; /* netmap: the host's bits stay; address is the network */
	/* Marks: (old & keep) ^ flip. */
	uint32_t keep, flip;
};

/* One element of a set, map or verdict map; fields in the order of the
 * lookup. Once finished, a match of one field has one element (its values) and
 * is not negated (save of a changing set); elements of a map of one field
 * share no value. Of several fields the first element that fits counts; one
 * with no part at all (what is left over) is the last. */
struct set_element {
	const struct spans *parts[RULESET_FIELDS_MAX]; /* NULL: every value */
	struct decision decision;		       /* of a verdict map */
	struct change change; /* of a map of addresses, ports or marks */
};

/* Which values let a packet go on. */
struct lookup {
	enum field fields[RULESET_FIELDS_MAX];
	size_t field_count;
	const struct set_element *elements; /* shared by all that look there */
	size_t element_count;
	bool negated;
	/* Its elements come and go (dynamic, timeouts): what matches cannot be
	 * known. The rule says so (FWR-13). */
	bool changing;
	const char *set; /* name of a named set or map, or NULL */
};

enum statement_kind {
	STATEMENT_MATCH,   /* lookup; else the rule ends */
	STATEMENT_VERDICT, /* decision */
	STATEMENT_VMAP,	   /* lookup and the element's decision; no element:
			    * the rule ends */
	STATEMENT_DNAT,	   /* change, or by lookup; also redirect (address
			    * NULL: the firewall itself, see redirects). Of a
			    * neutral ruleset it stands in the chain forward,
			    * among rules that accept, and is done there */
	STATEMENT_SNAT,	   /* also masquerade: ends the chain as accept does,
			    * decides nothing for forwarding */
	STATEMENT_MARK,	   /* change, or by lookup */
	STATEMENT_CT_MARK,
	STATEMENT_MARK_FROM_CT, /* meta mark set ct mark */
	STATEMENT_CT_MARK_FROM_META,
	STATEMENT_NOTRACK,
	STATEMENT_LOG,
	STATEMENT_OFFLOAD, /* flow add: established packets alone */
	STATEMENT_NOTHING, /* counter and others that change nothing */
	STATEMENT_UNKNOWN, /* may match or not: a free choice */
};

struct statement {
	enum statement_kind kind;
	struct lookup lookup; /* field_count 0: none */
	struct decision decision;
	struct change change;
	bool redirects;	     /* DNAT to the firewall itself */
	bool target_unknown; /* DNAT, marks: to what is not known */
	bool may_decide;     /* UNKNOWN: might be a verdict as well */
	const char *text;    /* as nft writes it, for people; never NULL once
			       * finished */
	const char *unknown; /* why it is one ("limit", "xt addrtype"), or
			       * NULL */
};

struct rule {
	const struct chain *chain;
	uint32_t index; /* in its chain */
	uint32_t id;	/* in the whole ruleset, from 0 */
	uint64_t handle;
	const char *comment; /* or NULL */
	struct statement *statements;
	size_t statement_count;
	const char *text; /* the rule as one nft line, without its chain and
			   * comment; safe for a terminal */
	struct diag_place place; /* line 0: not of a file */
	bool unknown; /* any statement is one, or looks into a changing set */
	int64_t packets; /* of its counter; -1: it has none */
};

struct table;

struct chain {
	const struct table *table;
	const char *name;
	uint32_t id; /* in the whole ruleset */
	uint64_t handle;
	enum hook hook; /* HOOK_NONE: no base chain */
	enum chain_type type;
	int32_t priority;
	bool policy_drop;
	const struct spans *devices; /* netdev and ingress; NULL: every one */
	struct rule *rules;
	size_t rule_count;
	struct diag_place place;
};

struct table {
	enum table_family family;
	const char *name;
	bool dormant; /* its chains see nothing */
	struct chain *chains;
	size_t chain_count;
	struct diag_place place;
};

struct ruleset {
	enum ruleset_source source;
	const char *file;   /* or NULL: the kernel's */
	const char *system; /* host name or maker, or NULL */
	char sha256[65];    /* over the meaning: no counters, no handles, no
			     * elements of changing sets */
	struct table *tables;
	size_t table_count;
	const struct chain **chains; /* by id */
	size_t chain_count;
	const struct rule **rules; /* by id */
	size_t rule_count;
	size_t unknown_count; /* rules with an unknown */
	bool zones;	      /* neutral: interfaces are names of the other
			       * maker's zones or interfaces */
	struct pool *pool;    /* owns all of it */
};

void ruleset_free(struct ruleset *r); /* NULL is fine */

/* ---- readers: each returns a finished ruleset, owned by the caller, or NULL
 * with faults in d (file:line:col where there is a file). Nothing is changed
 * anywhere. bytes need not outlive the call; name must outlive d. */

/* ruleset_file.c: tells the formats apart by their content. */
struct ruleset *ruleset_file(const char *path, struct diag *d);
/* ruleset_json.c: nft -j list ruleset, libnftables-json(5). */
struct jsonx;
struct ruleset *ruleset_json(const char *name, const struct jsonx *root,
    struct diag *d);
/* ruleset_neutral.c: sekisho-ruleset/1 as JSON; ruleset_csv.c as CSV. */
struct ruleset *ruleset_neutral(const char *name, const struct jsonx *root,
    struct diag *d);
struct ruleset *ruleset_csv(const char *name, const char *bytes, size_t length,
    struct diag *d);
/* ruleset_image.c: what a snapshot keeps; reading gives back the same
 * meaning, the same sha256 and the same texts. */
struct ruleset *ruleset_image(const char *name, const struct jsonx *image,
    struct diag *d);
struct jsonw;
void ruleset_image_write(const struct ruleset *r, struct jsonw *w,
    const char *key);
/* ruleset_nftnl.c: the kernel's, of the network namespace at path netns (NULL:
 * this one). */
struct ruleset *ruleset_kernel(const char *netns, struct diag *d);

/* ---- ruleset_text.c */

const char *table_family_name(enum table_family f); /* "inet" */
const char *hook_name(enum hook h);		    /* "forward" */
const char *action_name(enum action a);		    /* "accept" */
const char *field_name(enum field f);		    /* "ip daddr" */
/* The highest value of a field; addresses 2^128-1, families 4 and 6 alone. */
packet_value field_most(enum field f);
/* "inet filter forward #12 「comment」 (rules.json:40)", safe for a terminal;
 * in the language only the words around. */
struct text;
void ruleset_where(const struct rule *rule, struct text *out);
/* "inet filter forward" */
void ruleset_chain_name(const struct chain *chain, struct text *out);

#endif
