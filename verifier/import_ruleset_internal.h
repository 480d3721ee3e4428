/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between the parts of import_ruleset.c: rows of tables, the objects that
 * they define, and what names mean in terms of sekisho-ruleset/1.
 */
#ifndef IMPORT_RULESET_INTERNAL_H
#define IMPORT_RULESET_INTERNAL_H

#include "base/arena.h"
#include "import_ruleset.h"
#include "import_sheet.h"
#include "ruleset_index.h"
#include "words.h"

#define FORTI_OBJECTS_MAX 200000
#define FORTI_POLICIES_MAX 100000
#define FORTI_VALUES_MAX 20000 /* of one name, groups resolved */
#define FORTI_DEPTH_MAX 16     /* groups within groups */
#define FORTI_ALIASES_MAX 4096 /* of interfaces */
#define FORTI_RULES_MAX 500000 /* that are written */

enum forti_field {
	FORTI_ID,
	FORTI_NAME,
	FORTI_FROM,
	FORTI_TO,
	FORTI_SOURCE,
	FORTI_DESTINATION,
	FORTI_SOURCE6,
	FORTI_DESTINATION6,
	FORTI_NOT_SOURCE,
	FORTI_NOT_DESTINATION,
	FORTI_NOT_SERVICE,
	FORTI_SCHEDULE,
	FORTI_SERVICE,
	FORTI_ACTION,
	FORTI_NAT,
	FORTI_STATUS,
	FORTI_COMMENT,
	FORTI_LOG,
	FORTI_WHO,	/* users and groups of them */
	FORTI_INTERNET, /* a service of the maker's list */
	FORTI_MATCH_VIP,
	/* of addresses and groups */
	FORTI_TYPE,
	FORTI_SUBNET,
	FORTI_FIRST,
	FORTI_LAST,
	FORTI_FQDN,
	FORTI_IP6,
	FORTI_MEMBER,
	/* of virtual IPs */
	FORTI_EXTERNAL,
	FORTI_MAPPED,
	FORTI_FORWARD,
	FORTI_PROTOCOL,
	FORTI_EXTERNAL_PORT,
	FORTI_MAPPED_PORT,
	/* of services */
	FORTI_TCP,
	FORTI_UDP,
	FORTI_SCTP,
	FORTI_ICMP_TYPE,
	FORTI_ICMP_CODE,
	FORTI_NUMBER,
	FORTI_FIELDS,
};

enum forti_kind {
	FORTI_NOTHING,
	FORTI_POLICY,
	FORTI_ADDRESS,
	FORTI_GROUP, /* of addresses or of services */
	FORTI_VIP,
	FORTI_CUSTOM, /* a service */
};

struct forti_row {
	enum forti_kind kind;
	struct diag_place place;
	const char *cells[FORTI_FIELDS]; /* NULL: empty, or no such column */
	bool has6; /* the table has columns for IPv6 of its own */
};

struct forti_list {
	const char **items; /* owned; strings are the arena's */
	size_t count, capacity;
};

/* What a name stands for. */
struct forti_meaning {
	const char *name; /* NULL: of the first one, which means nothing */
	int space;	  /* enum forti_space */
	bool used;	  /* a rule refers to it */
	struct forti_list values;      /* addresses or services */
	struct forti_list unknown;     /* what could not be resolved */
	const struct forti_row **vips; /* owned */
	size_t vip_count, vip_capacity;
	bool any;
	enum { MEANING_NEW, MEANING_OPEN, MEANING_DONE } state;
};

struct forti {
	struct arena *arena;
	struct diag *d;
	struct import_ruleset *out;
	struct forti_row *objects; /* owned; all but policies */
	size_t object_count, object_capacity;
	struct forti_row *policies; /* owned */
	size_t policy_count, policy_capacity;
	struct ruleset_index *names[2];	 /* of objects, for each space */
	struct ruleset_index *meant[2];	 /* names to meanings */
	struct forti_meaning **meanings; /* owned, as what they hold */
	size_t meaning_count, meaning_capacity;
	int depth;		   /* of groups within groups */
	struct forti_list aliases; /* of interfaces, each told once */
	bool full;
};

enum forti_space { SPACE_ADDRESS, SPACE_SERVICE };

/* ---- import_ruleset_read.c */

/* Takes the rows of a sheet; file names them in faults. */
void forti_read_sheet(struct forti *f, const struct sheet *s, const char *file);
void forti_fault(struct forti *f, struct diag_place place,
    enum diag_severity severity, enum word word, const char *v0,
    const char *v1);
/* The names in a cell: apart by line ends, ; or , or, where they are quoted,
 * by blanks. */
void forti_split(struct forti *f, const char *cell, struct forti_list *out);
void forti_list_add(struct forti_list *l, const char *item);
bool forti_is(const char *cell, const char *word); /* whatever its case */
/* "enable", "yes", "on", "有効" */
bool forti_yes(const char *cell);
/* "disable", "no", "off", "無効"; neither of them is true of other words */
bool forti_no(const char *cell);
/* "accept", "deny", "許可", "拒否" */
bool forti_is_action(const char *cell);

/* ---- import_ruleset_object.c */

/* Whether anything is known of a name. */
bool forti_known(struct forti *f, enum forti_space space, const char *name);
/* What a name means; never NULL. Told once where it cannot be resolved. */
struct forti_meaning *forti_meaning(struct forti *f, enum forti_space space,
    const char *name, struct diag_place place);
/* The virtual IP as ends of a translation: addresses and ports as
 * sekisho-ruleset/1 writes them, "" where it has none. False when it cannot
 * be read. */
struct forti_vip {
	char external[64], mapped[64];
	char protocol[8], external_port[16], mapped_port[16];
};
bool forti_vip(const struct forti_row *row, struct forti_vip *out);
void forti_objects_fini(struct forti *f);

/* ---- import_ruleset_service.c: what every FortiGate knows */

/* Services apart by blanks ("tcp/53 udp/53"), or names of other ones apart by
 * commas behind "="; NULL: not one of those. */
const char *forti_service(const char *name);

/* ---- import_ruleset_write.c */

void forti_write(struct forti *f);

#endif
