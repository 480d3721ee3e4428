/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho-ruleset/1 between its readers (JSON, CSV) and the builder: ordered
 * rules in plain values. A rule's condition is what the packet is as it
 * arrives; what the writer could not say is kept as unknown and is a free
 * choice. See sekisho-ruleset(5).
 */
#ifndef RULESET_NEUTRAL_H
#define RULESET_NEUTRAL_H

#include "ruleset_build.h"
#include "ruleset_index.h"
#include "words.h"

#define NEUTRAL_NONE 256	/* no protocol said: any */
#define NEUTRAL_UNKNOWNS_MAX 32 /* of one rule */
#define NEUTRAL_GROUPS_MAX 100000
#define NEUTRAL_DEPTH_MAX 16 /* groups within groups */

/* NULL: every address of the family. */
struct neutral_addresses {
	const struct spans *v4, *v6;
};

struct neutral_service {
	unsigned protocol; /* 0..255 or NEUTRAL_NONE */
	const struct spans *sport, *dport, *type, *code; /* NULL: every */
};

struct neutral_services {
	struct neutral_service *items; /* owned */
	size_t count, capacity;
	bool any; /* all of them, whatever the items */
};

enum neutral_nat { NAT_NONE, NAT_TO, NAT_UNKNOWN };

struct neutral_rule {
	struct diag_place place;
	uint64_t number;     /* 0: none */
	const char *comment; /* or NULL */
	bool disabled, input, log;
	const struct spans *from, *to; /* interfaces; NULL: every one */
	struct neutral_addresses source, destination;
	struct neutral_services services;
	enum action action; /* ACTION_UNKNOWN: may be any */
	enum neutral_nat dnat, snat;
	struct change to_destination, to_source;
	const char *unknown[NEUTRAL_UNKNOWNS_MAX];
	size_t unknown_count;
};

struct neutral {
	const char *file;
	struct diag *d;
	struct builder *b;
	struct pool *pool;		  /* the builder's */
	bool fine;			  /* no fault so far */
	enum action action, input_action; /* without a rule */
	bool has_action, has_input_action;
	const char *name, *maker, *system; /* or NULL */
	size_t rule_count;		   /* of them those of input: */
	size_t input_count;
	size_t intervals; /* of all rules, against RULESET_ELEMENTS_MAX */
	struct ruleset_index *interfaces; /* 16 bytes -> names */
	const char **interface_names;	  /* owned */
	size_t interface_count, interface_capacity;
};

/* ---- ruleset_neutral_build.c */

void neutral_init(struct neutral *n, const char *file, struct diag *d);
/* Tables and chains, once the default actions are known. */
void neutral_begin(struct neutral *n);
/* The rule at the end, unless it is disabled; then it is freed. */
void neutral_rule(struct neutral *n, struct neutral_rule *rule);
/* The ruleset, or NULL with faults in d. */
struct ruleset *neutral_end(struct neutral *n);

/* ---- ruleset_neutral_value.c: words and cells */

/* A fault at a place with at most three words of the input. */
void neutral_fault(struct neutral *n, struct diag_place place, enum word word,
    size_t count, ...);
/* The nearest of the words (ended by NULL), or NULL. */
const char *neutral_nearest(const char *word, const char *const *words);
/* The place of text among the words (ended by NULL), or -1 after a fault. */
int neutral_word(struct neutral *n, struct diag_place place, const char *text,
    const char *const *words);
/* "accept", "drop", "reject"; "unknown" where may_be_unknown. False after a
 * fault. */
bool neutral_action(struct neutral *n, struct diag_place place,
    const char *text, bool may_be_unknown, enum action *out);
/* Adds to *out; false after a fault. */
bool neutral_interface(struct neutral *n, struct diag_place place,
    const char *text, const struct spans **out);
/* "any", "10.1.0.5", "10.1.0.0/16", "10.1.0.5-10.1.0.9", fd00::/48 ... */
bool neutral_address(struct neutral *n, struct diag_place place,
    const char *text, struct neutral_addresses *out);
/* What of a is not in b. */
struct neutral_addresses neutral_less(struct neutral *n,
    const struct neutral_addresses *a, const struct neutral_addresses *b);
struct neutral_addresses neutral_both(struct neutral *n,
    const struct neutral_addresses *a, const struct neutral_addresses *b);
/* "443" or "8000-8080", up to most. */
bool neutral_numbers(struct neutral *n, struct diag_place place,
    const char *text, unsigned most, const struct spans **out);
/* "any", "tcp/443", "tcp/443:1024-65535" (to:from), "udp", "icmp/8",
 * "icmp/3/4", "47". */
bool neutral_service(struct neutral *n, struct diag_place place,
    const char *text, struct neutral_services *out);
/* A name or number of a protocol, or -1 after a fault. */
int neutral_protocol(struct neutral *n, struct diag_place place,
    const char *text);
/* Whether it has ports or types only where its protocol does; else a fault. */
bool neutral_service_fits(struct neutral *n, struct diag_place place,
    const struct neutral_service *s);
void neutral_add_service(struct neutral *n, struct neutral_services *s,
    const struct neutral_service *service);
/* "10.1.0.5", "10.1.0.5:443", "[fd00::5]:443", ranges of addresses. */
bool neutral_translation(struct neutral *n, struct diag_place place,
    const char *text, struct change *out);
/* One comment of what a rule is called; each may be NULL. */
void neutral_comment(struct neutral *n, struct neutral_rule *rule,
    const char *id, const char *name, const char *comment);
/* What the rule's writer could not express; a fault when there are too many. */
void neutral_unknown(struct neutral *n, struct neutral_rule *rule,
    const char *what);
/* A schedule: "always" or empty is none, another one is unknown. */
void neutral_schedule(struct neutral *n, struct neutral_rule *rule,
    const char *text);

#endif
