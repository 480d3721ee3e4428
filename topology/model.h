/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The declared model: what a municipality says its network is. Loads from
 * named byte buffers (never from paths), checks itself, prints itself. After
 * model_load nothing changes in it, so every reader may share it.
 */
#ifndef MODEL_H
#define MODEL_H

#include "bundle.h"
#include "conduit.h"
#include "guideline.h"
#include "zone.h"

#define MODEL_ZONES_MAX 4096
#define MODEL_CONDUITS_MAX 200000
#define MODEL_HOSTS_MAX 200000

enum stage { STAGE_DRAFT, STAGE_TRIAL, STAGE_IN_FORCE };

struct host_interface {
	const struct zone *zone; /* or NULL */
	struct addr address;	 /* family 0: none */
	struct mac mac;
	bool has_mac;
};

/* A device of "hosts" or of the ledger. */
struct host {
	const char *name, *kind, *division, *system; /* NULL: not said */
	uint32_t index;				     /* in model->hosts */
	struct host_interface *interfaces;
	size_t interface_count;
	bool multi_homed, forwards, offline, from_ledger;
	const char *multi_homed_number, *multi_homed_reason;
	/* "may-scan": zones it may look for hosts and services in, in that
	 * window. */
	const struct zone **may_scan; /* owned array */
	size_t may_scan_count;
	struct schedule scan_window;
	/* "switching": zones that the same device moves between. */
	const struct zone **switching; /* owned array */
	size_t switching_count;
	/* "services": what it offers; services_given: nothing else. */
	bool services_given;
	struct services services;
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

struct division {
	const char *id, *name, *short_name;
	struct prefix_set networks;
};

struct probe_declared {
	const char *id;
	const struct zone *zone; /* management zone, or NULL */
	struct addr address;
	struct diag_place place;
};

struct limits {
	int64_t mail_bytes, bulk_bytes;
	int stale_conduit_days, ruleset_age_days;
	double coverage, unjudged; /* 0..1 */
	int unseen_days; /* "asset-unseen": of a device of the ledger */
	int retain_alerts_days, retain_conversations_days, retain_evidence_days;
};

struct service_group {
	const char *id;
	struct services services;
	struct diag_place place;
};

/* Who may hold personal numbers outside the tier made for them. */
struct number_holder {
	struct prefix_set hosts;
	const char *affairs;
};

/* "numbers": where they are looked for, and by whose authority. */
struct numbers {
	bool given;
	const struct zone **zones;
	size_t zone_count;
	struct number_holder *holders;
	size_t holder_count;
	struct approval authority;
};

/* A zone whose payload may be kept as evidence. */
struct evidence_zone {
	const struct zone *zone;
	struct approval authority;
	bool authorised; /* that one is complete */
};

struct evidence {
	bool headers; /* packets cut after layer 4; false: none are kept */
	struct evidence_zone *payload;
	size_t payload_count;
};

enum ledger_column {
	LEDGER_ADDRESS,
	LEDGER_MAC,
	LEDGER_NAME,
	LEDGER_SYSTEM,
	LEDGER_DIVISION,
	LEDGER_KIND,
	LEDGER_OFFLINE,
	LEDGER_ZONE,
	LEDGER_COLUMNS,
};

/* The ledger as the model names it; its rows are hosts. */
struct ledger {
	const char *file, *encoding;	     /* NULL: there is none */
	const char *columns[LEDGER_COLUMNS]; /* headings, NULL: not there */
};

struct locate_index; /* locate.c */
struct judge_index;  /* judge_index.c */
struct model_index;  /* model_find.c */
struct arena;

struct model {
	struct arena *arena; /* owns every string and array below */
	char sha256[65];     /* over the whole bundle, hex */
	const char *file;
	enum stage stage;
	struct day until; /* of a trial */
	const char *organisation, *code, *timezone;
	int32_t utc_offset_s;
	const char *ciso, *security_officer, *network_manager, *csirt;
	struct guideline *guideline;
	const char *guideline_file, *guideline_model;
	const char *tier_names[TIER_COUNT]; /* "names", NULL: none given */

	struct zone *zones;
	size_t zone_count;
	struct partner *partners;
	size_t partner_count;
	struct link *links;
	size_t link_count;
	struct probe_declared *probes;
	size_t probe_count;
	struct boundary *boundaries;
	size_t boundary_count;
	size_t tap_count; /* over all boundaries */
	struct firewall *firewalls;
	size_t firewall_count;
	struct translation *translations;
	size_t translation_count;
	struct proxy *proxies;
	size_t proxy_count;
	struct service_group *groups;
	size_t group_count;
	struct address_list *lists;
	size_t list_count;
	struct calendar *calendars;
	size_t calendar_count;
	struct conduit *conduits; /* declared ones, then those of relays */
	size_t conduit_count;
	struct relay *relays;
	size_t relay_count;
	struct sanitiser *sanitisers;
	size_t sanitiser_count;
	struct exception *exceptions;
	size_t exception_count;
	struct emergency *emergencies; /* declared ones, then the file's */
	size_t emergency_count;
	const char *emergency_file; /* as named, or NULL */
	struct tunnel_declared *tunnels;
	size_t tunnel_count;
	struct containment *containments;
	size_t containment_count;
	struct division *divisions;
	size_t division_count;
	struct host *hosts; /* of "hosts", then of the ledger */
	size_t host_count;
	struct ledger ledger;
	struct numbers numbers;
	struct evidence evidence;
	bool numbers_authority, payload_authority;
	struct limits limits;
	/* The pseudo-zone, id "firewall"; index zone_count, networks the
	 * addresses of every firewall. */
	struct zone firewall_zone;

	struct jsonx_doc *source;	    /* owned: strings lie in it */
	struct jsonx_doc *emergency_source; /* owned likewise; or NULL */
	struct model_index *index;	    /* owned */
	struct locate_index *located;	    /* owned */
	struct judge_index *judged;	    /* owned */
};

/*
 * Loads the model in bundle (its first buffer) with the side files that lie
 * in the bundle. Every fault goes to d; with any error the result is NULL.
 * Warnings alone do not stop it. The bundle must outlive d, not the model.
 */
struct model *model_load(const struct bundle *bundle, struct diag *d);
void model_free(struct model *m);
/*
 * The checks TOP-2 to TOP-8 and TOP-10 to TOP-12 (TOP-1 and TOP-9 are errors
 * of loading) as of today, a day in the model's time zone. Findings go to d
 * as warnings with their check, grade and requirement IDs.
 */
void model_check(const struct model *m, struct day today, struct diag *d);
/* The effective model as JSON, every default filled in; loads again to a
 * model that judges alike when its side files lie beside it. */
void model_print(const struct model *m, struct text *out);

/* By id, or NULL. "firewall" finds the pseudo-zone. */
const struct zone *model_zone(const struct model *m, const char *id);
const struct tap *model_tap(const struct model *m, const char *id);
const struct division *model_division(const struct model *m, const char *id);
/* The host that holds this address in this zone (zone NULL: any), or NULL.
 * O(1) expected. */
const struct host *model_host(const struct model *m, const struct zone *zone,
    const struct addr *address);
/* The first host that has this MAC, or NULL. O(1) expected. */
const struct host *model_host_of_mac(const struct model *m,
    const struct mac *mac);
/* The division that claims the address, by host first, then longest prefix,
 * or NULL. */
const struct division *model_division_of(const struct model *m,
    const struct zone *zone, const struct addr *address);
/* a is b, or a parent of it at any height; false when b is NULL. */
bool zone_is_above(const struct zone *a, const struct zone *b);
/* True when a declared proxy listens there. */
bool model_is_proxy(const struct model *m, const struct addr *address,
    uint16_t port);
bool prefix_set_contains(const struct prefix_set *s, const struct addr *a);
/* A calendar's word on a day (see struct calendar); NULL is always open. */
bool calendar_open(const struct calendar *c, struct day d);
/*
 * True when t lies in the schedule. *since_end_us, when not NULL, is set to
 * the microseconds since the last end when it does not (INT64_MAX: never).
 */
bool schedule_covers(const struct schedule *s, struct wall_us t,
    int32_t utc_offset_s, int64_t *since_end_us);
/* True from since on and before until; never of a plan. */
bool emergency_is_on(const struct emergency *e, struct wall_us t);

#endif
