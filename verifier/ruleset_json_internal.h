/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the reader of `nft -j list ruleset` share:
 * ruleset_json.c the objects, _scan.c what the rules do to sets and marks,
 * _key.c what an expression looks at, _value.c and _name.c values, _spans.c
 * bit operations undone, _set.c elements, _match.c matches and verdict maps,
 * _text.c words, _member.c what nothing is known of, _statement.c, _mangle.c
 * and _nat.c the rest. Nothing here knows what is done with a
 * ruleset.
 *
 * Three outcomes go through all of it: read, not known (never a fault: the
 * statement becomes a free choice) and a fault of the file, told in diag.
 *
 * Source: libnftables-json(5) of nftables 1.0.6 and src/json.c of 0.9 to 1.1.
 */
#ifndef RULESET_JSON_INTERNAL_H
#define RULESET_JSON_INTERNAL_H

#include "base/jsonx.h"
#include "ruleset_build.h"
#include "ruleset_index.h"
#include "words.h"

#define JSON_FAULTS_MAX 1000  /* told; then reading ends */
#define JSON_SPANS_MAX 4096   /* that a mask may need */
#define JSON_OPERATIONS_MAX 8 /* on one field */
#define JSON_CACHED_MAX 8     /* ways to look into one set */
#define JSON_INTERFACE_MAX 15 /* bytes of a name, IFNAMSIZ less NUL */
#define JSON_PORTS 256	      /* json_key.protocol: those with ports */

enum json_got { JSON_OK, JSON_UNKNOWN, JSON_FAULT };

/* What kind of value an expression has. */
enum json_kind {
	JSON_ADDRESS_4,
	JSON_ADDRESS_6,
	JSON_PORT,
	JSON_PROTOCOL,
	JSON_ICMP_TYPE,
	JSON_ICMP_CODE,
	JSON_ICMPV6_TYPE,
	JSON_ICMPV6_CODE,
	JSON_INTERFACE, /* by name, with wildcards */
	JSON_INDEX,	/* by number, printed as a name */
	JSON_MARK_VALUE,
	JSON_CT_STATE,	/* bits of the kernel */
	JSON_CT_STATUS, /* likewise */
	JSON_CT_DIRECTION,
	JSON_TCP_FLAGS,
	JSON_ETHER_TYPE, /* becomes a family */
	JSON_NFPROTO,	 /* likewise */
	JSON_KINDS,
};

enum json_operator { JSON_AND, JSON_XOR, JSON_LEFT, JSON_RIGHT };

struct json_operation {
	enum json_operator operator;
	packet_value value;
};

/* What one expression looks at, and which packets have that at all. */
struct json_key {
	bool known;
	enum field field;
	enum json_kind kind;
	struct json_operation operations[JSON_OPERATIONS_MAX];
	size_t operation_count;
	int family;   /* 4, 6; 0: both; -1: never an IP packet */
	int protocol; /* -1: any; or JSON_PORTS */
	bool tracked; /* needs a connection */
	bool link;    /* and Ethernet, which may be or not */
};

/* The left side: an expression or a concatenation. */
struct json_left {
	struct json_key keys[RULESET_FIELDS_MAX];
	size_t count;
	size_t known; /* how many of them */
};

/* What an element of a set carries. */
enum json_use {
	JSON_USE_SET,
	JSON_USE_VERDICT,
	JSON_USE_ADDRESS_4, /* perhaps with a port */
	JSON_USE_ADDRESS_6,
	JSON_USE_NETWORK_4, /* netmap: prefix to prefix */
	JSON_USE_NETWORK_6,
	JSON_USE_PORT,
	JSON_USE_MARK,
	JSON_USE_ANYTHING, /* the name of an object: not looked at */
};

struct json_more { /* an element object */
	const struct jsonx *node;
	struct json_more *next;
};

struct json_elements {
	struct json_elements *next;
	uint32_t way[2 * RULESET_FIELDS_MAX + 2];
	enum json_got got;
	const struct set_element *items;
	size_t count;
};

struct json_set {
	const char *name;
	const struct jsonx *node;
	struct json_more *more;
	bool changing;
	struct json_elements *cached;
	size_t cached_count;
};

struct json_reader {
	const char *name; /* of the file, borrowed */
	struct diag *d;
	struct builder *b;
	struct pool *pool;	     /* the builder's */
	struct ruleset_index *index; /* family, table, name -> sets */
	struct json_set *sets;
	size_t set_count, set_capacity;
	struct ruleset_index *doubtful; /* family, table: perhaps dormant */
	struct span *spans;		/* being gathered; a stack */
	size_t span_count, span_capacity;
	size_t elements;    /* read so far, of all sets */
	uint32_t mark_bits; /* that any rule may set in a mark */
	size_t faults;
};

/* The rule being read and what is known of the packets that come so far. */
struct json_rule {
	struct json_reader *r;
	enum table_family family;
	const char *table;
	int version;  /* 4, 6, or 0: either */
	int protocol; /* -1: any; or JSON_PORTS */
	bool tracked;
	int64_t packets;	       /* of its counter; -1: none */
	const struct jsonx *statement; /* being read */
};

/* ---- ruleset_json.c */

struct diag_place json_place(const struct json_reader *r,
    const struct jsonx *node);
/* A fault at node; count strings follow, hostile ones quoted already. */
void json_fault(struct json_reader *r, const struct jsonx *node, enum word word,
    size_t count, ...);
/* node's key, or its place's, must be of that kind. */
void json_fault_kind(struct json_reader *r, const struct jsonx *node,
    enum jsonx_kind expected);
/* A member that must be there and be of that kind; NULL with a fault. */
const struct jsonx *json_need(struct json_reader *r, const struct jsonx *o,
    const char *key, enum jsonx_kind kind);
/* The string of a member, or NULL with a fault. */
const char *json_need_string(struct json_reader *r, const struct jsonx *o,
    const char *key);
/* The only member of an object, or NULL. */
const struct jsonx *json_only(const struct jsonx *node);
/* Whether flags, a string or an array of them, hold a word. */
bool json_has_word(const struct jsonx *flags, const char *word);
bool json_family(const char *word, enum table_family *out);

/* ---- ruleset_json_name.c */

/* The number of a word that nft prints for a kind of value. */
bool json_name_value(enum json_kind kind, const char *word, uint32_t *out);
/* Bits of a kind of value; whether it is a mask, whose list is an OR. */
unsigned json_kind_width(enum json_kind kind);
bool json_kind_is_mask(enum json_kind kind);

/* ---- ruleset_json_value.c */

/* One number of a kind, also of an OR of several. */
enum json_got json_scalar(struct json_reader *r, enum json_kind kind,
    const struct jsonx *node, packet_value *out);
/* Whatever stands for values: one, a prefix, a range, a set of them; pushed
 * on r->spans. What was pushed must be dropped when the answer is not OK. */
enum json_got json_values(struct json_reader *r, enum json_kind kind,
    const struct jsonx *node);
void json_push(struct json_reader *r, packet_value first, packet_value last);
packet_value json_most(enum json_kind kind);

/* ---- ruleset_json_spans.c */

/*
 * What the field must be so that the key has a value of r->spans from start
 * on, which are dropped: operations undone, kinds turned into the values of
 * the field. Never NULL when OK; JSON_UNKNOWN where it takes more than
 * JSON_SPANS_MAX intervals.
 */
enum json_got json_spans(struct json_reader *r, const struct json_key *key,
    size_t start, const struct spans **out);

/* ---- ruleset_json_key.c */

/* What a left side looks at. Never a fault: else it is not known. */
void json_left(const struct json_rule *rule, const struct jsonx *node,
    struct json_left *out);
bool json_is_constant(const struct jsonx *node);
/* The expression in few words, for what is not known: "meta hour". */
void json_key_name(const struct jsonx *node, struct text *out);

/* ---- ruleset_json_set.c */

/* Remembers a set, map or meter object; false with a fault. */
bool json_set_add(struct json_reader *r, const struct jsonx *node);
/* Likewise an element object. */
bool json_set_more(struct json_reader *r, const struct jsonx *node);
struct json_set *json_set_find(const struct json_reader *r,
    enum table_family family, const char *table, const char *name);
/*
 * A lookup of the known parts of left in data: "@name" or {"set": [...]}.
 * Elements of a named set are read once and shared.
 */
enum json_got json_lookup(struct json_rule *rule, const struct json_left *left,
    const struct jsonx *data, enum json_use use, struct lookup *out);
/* A verdict expression: {"accept": null}, {"jump": {"target": ...}} ... */
enum json_got json_verdict(struct json_reader *r, const struct jsonx *node,
    struct decision *out);

/* ---- ruleset_json_scan.c */

/* What rules do to sets (changing) and to marks (r->mark_bits). */
void json_scan(struct json_reader *r, const struct jsonx *list);

/* A mark as an expression: from what, and what is done to it. */
enum json_source { JSON_FROM_NUMBER, JSON_FROM_META, JSON_FROM_CT };

struct json_mark {
	enum json_source source;
	uint32_t keep, flip; /* (source & keep) ^ flip */
};

bool json_mark(struct json_reader *r, const struct jsonx *node,
    struct json_mark *out);

/* ---- ruleset_json_match.c */

/* Matches for what a left side implies. */
void json_imply(struct json_rule *rule, const struct json_left *left);
void json_imply_family(struct json_rule *rule, int family);
void json_imply_protocol(struct json_rule *rule, int protocol);
void json_imply_tracked(struct json_rule *rule);
/* A free choice named after an expression; whole: it is all of the statement,
 * whose words it then has. */
void json_unknown(struct json_rule *rule, const struct jsonx *node,
    bool may_decide, bool whole);
/* The same under a name, with the words of the whole statement. */
void json_free_choice(struct json_rule *rule, const char *what,
    bool may_decide);
void json_match(struct json_rule *rule, const struct jsonx *node);
void json_vmap(struct json_rule *rule, const struct jsonx *node);
/* An object looked up in a map ("counter name ip saddr map @m"): no element
 * ends the rule. Does nothing when node is no map. */
void json_object_map(struct json_rule *rule, const struct jsonx *node);

/* ---- ruleset_json_member.c */

/* The first member that nft is not known to write, or NULL: of an object of
 * the list, of the object behind "elem", and of a statement with all that
 * stands in it. Borrowed. */
const char *json_object_stranger(const struct jsonx *o);
const char *json_element_stranger(const struct jsonx *elem);
const char *json_stranger(const struct jsonx *node);

/* ---- ruleset_json_text.c */

/* Expressions and statements in the words of nft, about 300 bytes at most. */
void json_text(const struct jsonx *node, struct text *out);
void json_match_text(const struct jsonx *match, struct text *out);
void json_statement_text(const struct jsonx *statement, struct text *out);

/* ---- ruleset_json_statement.c, ruleset_json_nat.c, ruleset_json_mangle.c */

void json_statement(struct json_rule *rule, const struct jsonx *node);
void json_dnat(struct json_rule *rule, const struct jsonx *node);
void json_redirect(struct json_rule *rule, const struct jsonx *node);
void json_snat(struct json_rule *rule, const struct jsonx *node);
void json_mangle(struct json_rule *rule, const struct jsonx *node);

#endif
