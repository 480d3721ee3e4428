/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is permitted: conduits, the relays and sanitisers that carry traffic
 * between zones, exceptions, calendars and address lists. Plain data, made by
 * model_load and never changed after it.
 */
#ifndef CONDUIT_H
#define CONDUIT_H

#include "zone.h"

#define PROTOCOL_ANY 256

struct service {
	uint16_t protocol;	  /* 0..255, or PROTOCOL_ANY */
	struct port_range *ports; /* owned; none: every port */
	size_t port_count;
	const char **applications; /* owned array; none: any */
	size_t application_count;
};

struct services {
	struct service *items; /* owned; groups ("@dns") are expanded */
	size_t count;
};

/*
 * One end of a conduit. When whole_zone is false, reach holds the addresses:
 * hosts and networks, cut with those of account, partner and list.
 */
struct endpoint {
	const struct zone *zone;
	const struct account *account; /* or NULL, as are these */
	const struct partner *partner;
	const struct address_list *list;
	struct prefix_set hosts, networks; /* as written */
	struct prefix_set reach;	   /* computed */
	bool whole_zone;
	struct diag_place place;
};

enum conduit_direction { CONDUIT_FORWARD, CONDUIT_BOTH };
enum conduit_transfers { TRANSFERS_ANY, TRANSFERS_SCREEN };

struct via {
	const struct link **links; /* owned arrays */
	size_t link_count;
	const struct boundary **boundaries;
	size_t boundary_count;
	const struct tap **taps;
	size_t tap_count;
	uint16_t *vlans;
	size_t vlan_count;
	struct addr *routers;
	size_t router_count;
};

struct emergency;

struct conduit {
	const char *id, *name, *owner, *basis;
	uint32_t index;
	bool special; /* registered as a 特定通信 */
	bool bulk;
	bool from_relay;	   /* made from a relay, not a "conduit" */
	const struct relay *relay; /* or NULL */
	const char **carries;
	size_t carry_count;
	struct endpoint from, to;
	enum conduit_direction direction;
	struct services services;
	struct via via;
	const char **server_names; /* lower case; "*.example" allowed */
	size_t server_name_count;
	enum encryption_class encryption;
	enum conduit_transfers transfers;
	struct schedule schedule;
	bool emergency_only; /* "emergency": "only": else as if not there */
	const struct emergency **emergencies; /* owned array: that name it */
	size_t emergency_count;
	struct approval approved;
	struct day starts, expires; /* year 0: none */
	const char *renewal_number; /* "renewal" in progress, or NULL */
	bool renewal;
	int review_months; /* 0: none */
	struct day reviewed;
	bool observed;			    /* "origin": "observed" */
	const char *seen_first, *seen_last; /* of an observed one, or NULL */
	int64_t seen_count;
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

struct relay {
	const char *id, *name;
	struct prefix_set hosts;
	const struct zone *zone; /* of the hosts, or NULL */
	struct endpoint upstream;
	struct endpoint *downstream;
	size_t downstream_count;
	struct services services;
	bool pull_only, special;
	struct approval approved;
	struct day expires;
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

enum sanitiser_method {
	SANITISER_MAIL_TEXT,
	SANITISER_REMOVE,
	SANITISER_INSPECT
};

struct sanitiser {
	const char *id, *name;
	enum sanitiser_method method;
	struct endpoint *dirty, *clean;
	size_t dirty_count, clean_count;
	const char **inputs, **passes;
	size_t input_count, pass_count;
	struct diag_place place;
};

struct exception {
	const char *id, *reason, *compensating, *applicant;
	uint32_t index;
	const char *check;	       /* "SEG-1" */
	const struct conduit *conduit; /* or NULL */
	const struct link *link;       /* or NULL */
	bool has_from, has_to;
	struct endpoint from, to;
	struct services services; /* count 0: not given */
	struct approval approved;
	struct day expires;
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

enum emergency_kind {
	EMERGENCY_DISASTER,
	EMERGENCY_ELECTION,
	EMERGENCY_OUTAGE,
	EMERGENCY_HOLIDAY_OPENING,
	EMERGENCY_OTHER,
};

#define EMERGENCIES_MAX 1024
#define EMERGENCY_DAYS_MAX 14 /* from since to until */

/*
 * For that time, from since on and before until, conduits named one by one may
 * be used outside their hours, and those for emergencies alone may be used at
 * all. What conforms only by it is excepted. A plan has no time and is never
 * on; `sekisho emergency` makes entries of it.
 */
struct emergency {
	const char *id, *name, *plan; /* plan: of which it was made, or NULL */
	uint32_t index;
	enum emergency_kind kind;
	bool is_plan;
	struct wall_us since, until;
	bool lifts_schedule;
	const struct conduit **conduits; /* owned array */
	size_t conduit_count;
	const char *reason, *applicant, *ended_by; /* or NULL */
	struct approval approved;
	bool from_file; /* of the "emergency-file" */
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

struct calendar_day {
	struct day day;
	bool open;
};

/* Monday to Friday are open, Saturday and Sunday closed, save the days named. */
struct calendar {
	const char *id, *file;
	struct calendar_day *days; /* owned, sorted */
	size_t day_count;
	struct diag_place place;
};

enum list_format { LIST_M365_JSON, LIST_CIDR, LIST_FQDN };

struct address_list {
	const char *id, *file;
	enum list_format format;
	struct prefix_set networks;
	const char **names; /* lower case */
	size_t name_count;
	int max_age_days;   /* 0: none */
	struct day fetched; /* year 0: not said */
	const char *sha256; /* that the file must have, or NULL */
	struct approval approved;
	struct diag_place place;
};

#endif
