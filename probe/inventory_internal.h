/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the inventory share: the devices and how they are found,
 * the rows of ledger and "hosts" in the order in which they are asked for, and
 * the telling of findings. Nobody else includes this.
 */
#ifndef INVENTORY_INTERNAL_H
#define INVENTORY_INTERNAL_H

#include "base/table.h"
#include "inventory.h"
#include "mdns.h"
#include "retain.h"

/* A device is told so long after it was first seen: by then it has an address
 * and said its name. */
#define INVENTORY_SETTLE_US (5 * CLOCK_SECOND)
/* Who has shown a link-local address alone is held against the ledger so long
 * after it was first seen: its other one may name it by then. */
#define INVENTORY_LINK_LOCAL_US (30 * CLOCK_SECOND)
#define INVENTORY_CHANGE_US CLOCK_MINUTE /* between two changes told */
#define INVENTORY_AGE_US (7 * CLOCK_DAY) /* not seen for so long: forgotten */
/* What spoke once from far away and was never answered is no device. */
#define INVENTORY_GHOST_US (10 * CLOCK_MINUTE)
/* An address that was not used for so long makes room for another one. */
#define INVENTORY_ADDRESS_US CLOCK_HOUR
#define INVENTORY_KEYS_MAX (3 * INVENTORY_DEVICES_MAX)
#define INVENTORY_KEPT_MAX 4096 /* first frames, until judged */
#define INVENTORY_KEY_SIZE 28
#define INVENTORY_CACHE 1024	   /* a power of two */
#define INVENTORY_SWEEP 4096	   /* devices looked at each second */
#define INVENTORY_ZONE_TOLD_MAX 32 /* of one zone and day, each for itself */
#define INVENTORY_TLS_NAMES_MAX 4  /* so that others find room */
/* Packets of a direction that are looked at for services and names; after
 * them one in so many. */
#define INVENTORY_EARLY 64
#define INVENTORY_SELDOM 256
#define INVENTORY_NONE UINT32_MAX

/* What a device is, by the word in ledger or "hosts". */
enum inventory_kind {
	INVENTORY_UNKNOWN, /* no word, or one that is not known */
	INVENTORY_TERMINAL,
	INVENTORY_SERVER,
	INVENTORY_NAS,
	INVENTORY_MFP, /* from here on: of special purpose (AST-6) */
	INVENTORY_PRINTER,
	INVENTORY_CAMERA,
	INVENTORY_PHONE,
	INVENTORY_THING, /* sensors, doors, power supplies ... */
};

/* ---- inventory_ledger.c: rows of ledger and "hosts" */

struct inventory_row {
	const struct host *host;
	const struct host_interface *at;
};

/* What was told of a zone within a day, each device for itself. */
struct inventory_day {
	struct wall_us since;
	uint32_t told;
	bool many_told; /* and then once of them all */
};

/* Rows of a zone that are awaited there; offline ones are not. */
struct inventory_zone {
	uint32_t rows, without_mac, without_address;
	bool watched; /* a frame came from a segment of it */
	struct inventory_day strangers, files; /* AST-1, AST-5 */
};

struct inventory_ledger {
	const struct model *model;
	struct inventory_row *by_mac, *by_address; /* owned, sorted */
	size_t mac_count, address_count;
	struct inventory_zone *zones; /* owned, by index; the last: no zone */
	uint8_t *kinds;		      /* owned, by host: enum inventory_kind */
	int64_t *seen_us;	      /* owned, by host: in watched time */
	bool *unseen_told;	      /* owned, by host: AST-3 */
	size_t rows;		      /* that are awaited, over all */
};

void inventory_ledger_init(struct inventory_ledger *l, const struct model *m);
void inventory_ledger_fini(struct inventory_ledger *l);
/* The rows with that MAC or address: *count of them. O(log rows). */
const struct inventory_row *inventory_ledger_mac(
    const struct inventory_ledger *l, const struct mac *mac, size_t *count);
const struct inventory_row *inventory_ledger_address(
    const struct inventory_ledger *l, const struct addr *address,
    size_t *count);
/* a row's zone is that zone, or above or below it, or not known */
bool inventory_ledger_here(const struct inventory_row *row,
    const struct zone *zone);
/* The row by MAC, else by one of the addresses; NULL: in none. */
const struct inventory_row *inventory_ledger_find(
    const struct inventory_ledger *l, const struct device *d);
enum inventory_kind inventory_ledger_kind(const struct inventory_ledger *l,
    const struct host *h);
/* Every host that has d's MAC or address was seen. */
void inventory_ledger_seen(struct inventory_ledger *l, const struct device *d,
    int64_t watched_us);
enum inventory_kind inventory_kind_of(const char *word);

/* How MAC and address of a device stand to the rows. */
enum inventory_pair { PAIR_FITS, PAIR_OTHER_MAC, PAIR_OTHER_ADDRESS };
/* *row is the one that differs. */
enum inventory_pair inventory_ledger_pair(const struct inventory_ledger *l,
    const struct zone *zone, const struct mac *mac, const struct addr *address,
    const struct inventory_row **row);

/* ---- devices */

/* A device's findings that are told once a day. */
enum inventory_told { TOLD_1, TOLD_2, TOLD_5, TOLD_6, TOLD_COUNT };

struct inventory_entry {
	struct device d;
	int64_t address_us[DEVICE_ADDRESSES_MAX]; /* last used */
	bool settled[DEVICE_SERVICES_MAX]; /* declared, or told (AST-4) */
	bool unsure[DEVICE_SERVICES_MAX];  /* opened, nothing said by it yet */
	unsigned announced;	     /* bit k: told of mdns kind k (AST-4) */
	int64_t told_us[TOLD_COUNT]; /* INT64_MIN: never */
	int64_t changed_us;	     /* when NEW or CHANGED was told */
	int64_t due_us;		     /* it is settled then */
	int64_t credited_us; /* when the ledger last heard that it is there */
	/* AST-4 that waits for the service to say its name: */
	uint8_t owed; /* index of the service, or DEVICE_SERVICES_MAX */
	uint16_t owed_port;
	struct addr owed_peer;
	uint64_t owed_flow;
	int64_t owed_us;
	uint32_t kept;		 /* its first frame, or INVENTORY_NONE */
	uint32_t next, previous; /* of those that wait, or that are free */
	bool used, waiting, is_told, dirty, heard; /* heard: told when due */
	bool again;	 /* the ledger is another one */
	bool unchecked;	 /* told, and its check waits for an address */
	bool registered; /* by a row of ledger or "hosts" */
};

struct inventory_kept {
	struct evidence_packet packet;
	uint8_t bytes[EVIDENCE_BYTES_MAX];
	uint32_t next; /* free one */
};

struct inventory {
	const struct model *model;
	struct inventory_ledger ledger;
	struct inventory_entry *entries; /* owned; may move when one is added */
	size_t capacity, top, count;
	uint32_t unused, first_waiting, last_waiting, hand;
	struct table keys; /* by MAC and by address */
	uint32_t cache[INVENTORY_CACHE];
	struct inventory_kept *kept; /* owned, as is what is free of it */
	size_t kept_capacity, kept_top;
	uint32_t kept_unused;
	bool *said; /* owned, by boundary: AST-1 is not observable */
	uint64_t refused;
	int64_t watched_us; /* packet time that went by while watching */
	int64_t ticked_us, looked_us; /* of a tick, of a look for AST-3 */
	bool ticking;
};

/* ---- inventory_device.c: found, made, told, forgotten */

/* a zone's devices are an asset of the municipality's */
bool inventory_is_owned(const struct zone *z);
/* The index of the device, or INVENTORY_NONE. */
uint32_t inventory_by_mac(struct inventory *i, const struct boundary *b,
    const struct zone *zone, const struct mac *mac);
uint32_t inventory_by_address(struct inventory *i, const struct boundary *b,
    const struct zone *zone, const struct addr *address);
/* Makes it, of the arrival that shows it; NONE where there is no room, which
 * is counted. mac NULL: of an address. */
uint32_t inventory_add(struct inventory *i, const struct arrival *a,
    const struct zone *zone, const struct mac *mac);
void inventory_remove(struct inventory *i, uint32_t at);
/* The device is known to have that address, and has used it now. */
bool inventory_knows(struct inventory_entry *e, const struct addr *a,
    struct wall_us now);
/* The device has that address of that zone. True where it is news. */
bool inventory_learn(struct inventory *i, uint32_t at, const struct addr *a,
    const struct zone *zone, struct wall_us now, const struct observer *o);
void inventory_name(struct inventory_entry *e, enum device_source source,
    const char *text);
/* Which service it is, made where there is room; DEVICE_SERVICES_MAX: none. */
size_t inventory_service(struct inventory_entry *e, uint8_t protocol,
    uint16_t port, const char *application);
void inventory_forget_service(struct inventory_entry *e, size_t at);
void inventory_wait(struct inventory *i, uint32_t at, struct wall_us now);
void inventory_stop_waiting(struct inventory *i, uint32_t at);
void inventory_say(struct inventory *i, uint32_t at, enum device_stage stage,
    struct wall_us now, const struct observer *o);
/* Puts every key of a device in its place again. */
void inventory_rekey(struct inventory *i);
/* The frame is kept until the device is told of, where there is room. */
void inventory_keep(struct inventory *i, struct inventory_entry *e,
    const struct arrival *a);
void inventory_drop_kept(struct inventory *i, struct inventory_entry *e);

/* ---- inventory_notice.c */

/* What is found of a device; the rest is taken from the device. */
struct inventory_finding {
	enum check check;
	enum severity severity;
	enum notice_word word;
	const struct host *host; /* it is held against, or NULL */
	const char *expected, *seen;
	const struct addr *address; /* of the device; NULL: its first */
	const struct addr *peer;    /* whom it answered, or NULL */
	uint16_t peer_port;
	uint64_t flow_id; /* of the conversation that shows it, or 0 */
	uint8_t protocol;
	uint16_t port;
	uint64_t counted, of;
};

/* a: the frame that decided it; NULL: the device's first one. */
void inventory_tell(struct inventory *i, const struct inventory_entry *e,
    const struct inventory_finding *f, const struct arrival *a,
    struct wall_us now, const struct observer *o);
/* The same of no device: of a zone (or NULL) at a boundary. */
void inventory_tell_zone(struct inventory *i, const struct boundary *b,
    const struct zone *z, const struct inventory_finding *f, struct wall_us now,
    const struct observer *o);
/* Whether that is due by now, and then told. */
bool inventory_due(struct inventory_entry *e, enum inventory_told which,
    struct wall_us now);
/* Whether one more of that day is told for itself; where there were
 * INVENTORY_ZONE_TOLD_MAX of them, many is told of e's zone, once. */
bool inventory_take_turn(struct inventory *i, const struct inventory_entry *e,
    struct inventory_day *day, const struct inventory_finding *many,
    struct wall_us now, const struct observer *o);
/* Names, and whether the MAC is one that changes, for a person to read. */
void inventory_describe(const struct device *d, char *out, size_t size);

/* ---- inventory_check.c: AST-1, 2, 3 and 6 */

/* a zone where it can be told who is not registered */
bool inventory_has_ledger(const struct inventory *i, const struct zone *z);
void inventory_check_device(struct inventory *i, uint32_t at,
    const struct arrival *a, struct wall_us now, const struct observer *o);
void inventory_check_pair(struct inventory *i, uint32_t at,
    const struct addr *address, const struct arrival *a,
    const struct observer *o);
void inventory_check_unseen(struct inventory *i, struct wall_us now,
    const struct observer *o);

/* ---- inventory_expect.c: what a host may offer */

enum inventory_expected {
	EXPECTED_DECLARED, /* the model names it */
	EXPECTED_ROLE,	   /* a device of its kind has it */
	EXPECTED_UNJUDGED, /* nothing says what it may offer */
	EXPECTED_NOT,	   /* AST-4 */
};

/* application "": not known. peer: who asked it, or NULL (announced). */
enum inventory_expected inventory_expect(const struct inventory *i,
    const struct device *d, const struct host *h, uint8_t protocol,
    uint16_t port, const char *application, const struct conversation *c,
    bool shares);
/* Who asked is no registered server or declared scanner. */
bool inventory_is_stranger(const struct inventory *i,
    const struct conversation *c, const struct zone *target);

/* ---- inventory_service.c: AST-4 and 5; inventory_names.c */

void inventory_answer(struct inventory *i, uint32_t at, const struct flow *f,
    const struct arrival *a, const struct observer *o);
/* Tells a finding that waited for more and got none; force: at once. */
void inventory_settle_owed(struct inventory *i, uint32_t at, struct wall_us now,
    bool force, const struct observer *o);
void inventory_announce(struct inventory *i, uint32_t at,
    const struct mdns_message *m, const struct arrival *a,
    const struct observer *o);
/* What a frame of its own segment says of it. */
void inventory_names_frame(struct inventory *i, uint32_t at,
    const struct arrival *a, const struct observer *o);
/* What a packet of a conversation says of who sent it. */
void inventory_names_packet(struct inventory_entry *sender,
    const struct flow *f, int way, const struct packet *p);

#endif
