/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the model loader share: the state of one load, typed
 * readers of JSON members that tell every fault at its place, tables of ids,
 * and sets of prefixes. Only model_*.c include this.
 *
 * A reader that meets a fault tells it and yields a harmless value, so that
 * loading goes on and all faults are told at once; whoever uses a value after
 * a fault must bear NULL. With any error the model is thrown away.
 */
#ifndef MODEL_INTERNAL_H
#define MODEL_INTERNAL_H

#include "base/arena.h"
#include "base/jsonx.h"
#include "base/table.h"
#include "model.h"
#include "prefix_map.h"
#include "words.h"

/* Nouns that other parts of a model refer to by id. */
enum noun {
	NOUN_ZONE,
	NOUN_LINK,
	NOUN_PARTNER,
	NOUN_PROBE,
	NOUN_FIREWALL,
	NOUN_BOUNDARY,
	NOUN_TAP,
	NOUN_PROXY,
	NOUN_GROUP,
	NOUN_LIST,
	NOUN_CALENDAR,
	NOUN_CONDUIT,
	NOUN_RELAY,
	NOUN_SANITISER,
	NOUN_EXCEPTION,
	NOUN_EMERGENCY,
	NOUN_DIVISION,
	NOUN_TUNNEL,
	NOUN_CONTAINMENT,
	NOUN_COUNT,
};

/* Ids of one noun: id -> index in the model's array of it. */
struct ids {
	struct table table;
	const char **names;	    /* owned; borrowed strings, by index */
	const struct jsonx **nodes; /* owned; where each was defined */
	size_t max;
};

struct loader {
	const struct bundle *bundle;
	struct diag *d;
	struct model *m;
	struct arena *arena;   /* the model's */
	struct arena *scratch; /* freed when loading ends */
	const char *shown;     /* the model's name in diagnostics */
	struct ids ids[NOUN_COUNT];
	/* Normal form of each zone's networks and list, by zone index; the
	 * last is that of the pseudo-zone firewall. */
	struct prefix_set *zone_sets;
	struct prefix_map located; /* networks of zones -> zone index */
	bool failed;		   /* a file was missing, told before or now */
	bool milder;		   /* faults are warnings for now: nothing is
				    * permitted by what they are about */
	size_t nearest_left;	   /* "did you mean" searches still allowed */
	bool conduits_refused;	   /* too many: relays make none either */
	size_t conduit_room;	   /* of the array, those of relays too */
	size_t ledger_faults;	   /* of rows, also those not told */
	struct diag_place ledger_rest; /* of the first that is not told */
};

#define LOCATED_TWICE (TABLE_NONE - 1) /* two zones have the same network */

enum need { OPTIONAL, NEEDED };

/* ---- model_read.c: faults and plain members */

/* The place of a node in diagnostics, and in the model's structs. */
struct diag_place model_read_at(const struct loader *l, const struct jsonx *n);
struct diag_place model_read_place(const struct loader *l,
    const struct jsonx *n);
/* An error at n under a check; the rest as below. */
void model_read_fault_of(struct loader *l, const struct jsonx *n,
    enum check check, enum word word, size_t count, ...);
/* An error at n under TOP-9; count strings (at most 5) fill the sentence and
 * are escaped and, when very long, cut here. */
void model_read_fault(struct loader *l, const struct jsonx *n, enum word word,
    size_t count, ...);
/* The nearest of names (count of them, NULLs skipped), or NULL. */
const char *model_read_nearest(struct loader *l, const char *word,
    const char *const *names, size_t count);
/* True when n is an object; tells members not in keys (NULL-terminated). */
bool model_read_object(struct loader *l, const struct jsonx *n,
    const char *const *keys);
/* The member when it is there and of that kind, else NULL. */
const struct jsonx *model_read_member(struct loader *l, const struct jsonx *o,
    const char *key, enum jsonx_kind kind, enum need need);
/* The element itself when it is of that kind, else a fault and false. */
bool model_read_item(struct loader *l, const struct jsonx *item,
    const char *key, enum jsonx_kind kind);
/* An array member and its count; *count 0 when absent. Without empty, an
 * empty array is a fault. */
const struct jsonx *model_read_array(struct loader *l, const struct jsonx *o,
    const char *key, enum need need, bool empty, size_t *count);
/* A string that is not blank, borrowed from the document, or NULL. */
const char *model_read_string(struct loader *l, const struct jsonx *o,
    const char *key, enum need need);
/* Whether s has nothing but blanks, also those of Japanese text (U+3000). */
bool model_read_is_blank(const char *s);
/* An array of such strings, or NULL and *count 0. */
const char **model_read_strings(struct loader *l, const struct jsonx *o,
    const char *key, enum need need, size_t *count);
bool model_read_bool(struct loader *l, const struct jsonx *o, const char *key,
    bool absent);
/* Index in choices (NULL-terminated); absent < 0 makes it needed and a fault
 * yields 0. */
int model_read_choice(struct loader *l, const struct jsonx *o, const char *key,
    const char *const *choices, int absent);
/* A whole number from low to high, or absent. */
int64_t model_read_number(struct loader *l, const struct jsonx *o,
    const char *key, int64_t low, int64_t high, int64_t absent);

/* ---- model_value.c: members with a grammar of their own */

struct day model_value_day(struct loader *l, const struct jsonx *o,
    const char *key, enum need need);
/* "15m" -> microseconds; "35 days" -> days; "12 months" -> months. */
int64_t model_value_duration(struct loader *l, const struct jsonx *o,
    const char *key, int64_t absent);
int model_value_days(struct loader *l, const struct jsonx *o, const char *key,
    int absent);
int model_value_months(struct loader *l, const struct jsonx *o, const char *key,
    int absent);
int64_t model_value_size(struct loader *l, const struct jsonx *o,
    const char *key, int64_t absent);
/* "99 %" -> 0.99 */
double model_value_percent(struct loader *l, const struct jsonx *o,
    const char *key, double absent);
/* Seconds east of Greenwich; false when the zone is not known. */
bool model_value_timezone(const char *text, int32_t *offset_s);
struct approval model_value_approval(struct loader *l, const struct jsonx *o,
    const char *key);
/* Reads "calendar" and "hours" of the object n. */
struct schedule model_value_schedule(struct loader *l, const struct jsonx *n);
/* A server name in lower case from arena, or NULL when it is none. */
const char *model_value_name(struct arena *arena, const char *text);

/* ---- model_address.c: addresses as members */

/* A needed or optional address; family 0 when absent or faulty. */
struct addr model_address(struct loader *l, const struct jsonx *o,
    const char *key, enum need need);
/* An array of addresses. */
struct addr *model_address_array(struct loader *l, const struct jsonx *o,
    const char *key, enum need need, size_t *count);
/* Networks of an array member. within, when not NULL, must hold each; zone
 * names it in the fault. */
struct prefix_set model_address_networks(struct loader *l,
    const struct jsonx *o, const char *key, enum need need,
    const struct zone *within);
/* Hosts: addresses and ranges a-b, likewise. */
struct prefix_set model_address_hosts(struct loader *l, const struct jsonx *o,
    const char *key, enum need need, const struct zone *within);
/* The networks a zone holds, in normal form. Bears NULL (an empty set). */
const struct prefix_set *model_address_zone(const struct loader *l,
    const struct zone *zone);
/* Whether the zone may hold the prefix; when not, a fault at item. */
bool model_address_within(struct loader *l, const struct jsonx *item,
    const struct zone *zone, const struct prefix *p);
/* The zone with the longest prefix that holds a, NULL when none or when two
 * zones hold it alike; "outside" only where nothing else does. */
const struct zone *model_address_locate(const struct loader *l,
    const struct addr *a);
/* Reads "ports": numbers and ranges. */
struct port_range *model_address_ports(struct loader *l, const struct jsonx *o,
    enum need need, size_t *count);
/* Whether p lies in what the registries reserve for special purposes, which
 * "outside" never claims. */
bool model_address_special(const struct prefix *p);
struct mac model_address_mac(struct loader *l, const struct jsonx *item);

/* ---- model_ids.c */

void model_ids_init(struct loader *l, enum noun noun, size_t max);
void model_ids_fini(struct loader *l);
/* Reads "id" of n, checks it and enters it as index; NULL when faulty. */
const char *model_ids_define(struct loader *l, enum noun noun,
    const struct jsonx *n, uint32_t index);
/* Tells an id that cannot be used; true when it can. */
bool model_ids_check(struct loader *l, const struct jsonx *at, const char *id);
/* Enters an id made by the loader itself. */
void model_ids_enter(struct loader *l, enum noun noun, const char *id,
    const struct jsonx *n, uint32_t index);
uint32_t model_ids_find(const struct loader *l, enum noun noun, const char *id);
/* The index a string node refers to, or TABLE_NONE after a fault. */
uint32_t model_ids_refer(struct loader *l, enum noun noun,
    const struct jsonx *item);
/* The same of member key; TABLE_NONE without a fault when absent. */
uint32_t model_ids_member(struct loader *l, enum noun noun,
    const struct jsonx *o, const char *key, enum need need);
/* A zone by member, also "firewall" when pseudo; NULL as above. */
const struct zone *model_ids_zone(struct loader *l, const struct jsonx *o,
    const char *key, enum need need, bool pseudo);
const struct link *model_ids_link(struct loader *l, const struct jsonx *o,
    const char *key);
/* Arrays of references; elements that fail are left out. */
const struct zone **model_ids_zones(struct loader *l, const struct jsonx *o,
    const char *key, enum need need, size_t *count);
const struct link **model_ids_links(struct loader *l, const struct jsonx *o,
    const char *key, size_t *count);

/* ---- model_set.c: prefix sets in normal form: sorted, disjoint, fewest */

struct prefix_set model_set_normal(struct arena *arena,
    const struct prefix_set *s);
/* a and b in normal form, as is the result. */
struct prefix_set model_set_intersect(struct arena *arena,
    const struct prefix_set *a, const struct prefix_set *b);
struct prefix_set model_set_join(struct arena *arena,
    const struct prefix_set *a, const struct prefix_set *b);
/* Whether a set in normal form holds all of p. O(log n). */
bool model_set_covers(const struct prefix_set *s, const struct prefix *p);
/* Whether outer, in normal form, holds all of inner. O(inner log outer). */
bool model_set_covers_all(const struct prefix_set *outer,
    const struct prefix_set *inner);

/* ---- model_person.c: names of people and posts */

/* Whether a and b name one person or post: without regard to blanks, width
 * and case, "CISO" being whoever the roles say. */
bool model_person_same(const struct model *m, const char *a, const char *b);
/* Whether who is among those who approved. */
bool model_person_approved(const struct model *m, const struct approval *a,
    const char *who);
/* An authority counts when it is the CISO's, with its number and day. */
bool model_person_authorised(const struct model *m, const struct approval *a);

/* ---- the nouns: each reads its member of the root */

void model_zone_links(struct loader *l, const struct jsonx *root);
void model_zone_load(struct loader *l, const struct jsonx *root);
void model_zone_partners(struct loader *l, const struct jsonx *root);
/* TOP-1. */
void model_overlap_check(struct loader *l);
void model_firewall_load(struct loader *l, const struct jsonx *root);
void model_firewall_translations(struct loader *l, const struct jsonx *root);
void model_firewall_proxies(struct loader *l, const struct jsonx *root);
void model_boundary_load(struct loader *l, const struct jsonx *root);
bool model_service_has_ports(int protocol);
void model_service_groups(struct loader *l, const struct jsonx *root);
struct services model_service_load(struct loader *l, const struct jsonx *o,
    enum need need, bool groups);
/* Reads one service object {protocol, ports, applications}. */
void model_service_one(struct loader *l, const struct jsonx *n,
    struct service *out);
/* The endpoint in the object n. */
struct endpoint model_endpoint_load(struct loader *l, const struct jsonx *n);
/* The member key of o as an array of endpoints. */
struct endpoint *model_endpoint_array(struct loader *l, const struct jsonx *o,
    const char *key, enum need need, size_t *count);
void model_conduit_load(struct loader *l, const struct jsonx *root);
/* Relays and the conduits they stand for, behind the declared ones. */
void model_relay_load(struct loader *l, const struct jsonx *root);
/* How many conduits the relays of the root will make. */
size_t model_relay_conduits(const struct jsonx *root);
void model_rest_sanitisers(struct loader *l, const struct jsonx *root);
void model_rest_exceptions(struct loader *l, const struct jsonx *root);
/* Emergencies of the model and of its side file; after all conduits. */
void model_emergency_load(struct loader *l, const struct jsonx *root);
void model_rest_numbers(struct loader *l, const struct jsonx *root);
void model_rest_evidence(struct loader *l, const struct jsonx *root);
void model_rest_limits(struct loader *l, const struct jsonx *root);
void model_segment_tap(struct loader *l, const struct jsonx *n,
    struct tap *tap);
void model_segment_zone(struct loader *l, const struct jsonx *n,
    struct zone *zone);
void model_segment_host(struct loader *l, const struct jsonx *n,
    struct host *h);
void model_tunnel_load(struct loader *l, const struct jsonx *root);
void model_tunnel_containments(struct loader *l, const struct jsonx *root);
void model_host_divisions(struct loader *l, const struct jsonx *root);
void model_host_load(struct loader *l, const struct jsonx *root);
void model_side_calendars(struct loader *l, const struct jsonx *root);
void model_side_lists(struct loader *l, const struct jsonx *root);
/* Hosts of the ledger, or NULL and *count 0. */
struct host *model_ledger_load(struct loader *l, const struct jsonx *root,
    size_t *count);
/* A fault of one row: a warning of low grade; of a ledger's many only the
 * first LEDGER_TOLD_MAX are told. count strings (at most 3) as in words.h. */
#define LEDGER_TOLD_MAX 20
void model_ledger_fault(struct loader *l, struct diag_place place,
    enum word word, size_t count, ...);
/* Counts in one line those that were not told. */
void model_ledger_rest(struct loader *l);
/* The side file that member "file" of n names, or NULL after a fault. */
const struct bundle_file *model_side_file(struct loader *l,
    const struct jsonx *n);

/* ---- words of the file format, NULL-terminated, in the order of the enums */

extern const char *const model_words_tier[];
extern const char *const model_words_stage[];
extern const char *const model_words_encryption[]; /* [0] is "none" */
extern const char *const model_words_tap_direction[];
extern const char *const model_words_firewall[];
extern const char *const model_words_translation[];
extern const char *const model_words_direction[];
extern const char *const model_words_transfers[];
extern const char *const model_words_method[];
extern const char *const model_words_emergency[];
extern const char *const model_words_list[];
extern const char *const model_words_column[];
extern const char *const model_words_tunnel[];
/* The name of an IP protocol, or NULL; and back, -1 when unknown. */
const char *model_words_protocol_name(int number);
int model_words_protocol(const char *name);

/* ---- model_find.c */

struct model_index *model_index_new(const struct model *m);
void model_index_free(struct model_index *index);

#endif
