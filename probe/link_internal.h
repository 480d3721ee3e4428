/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the link layer share: a frame with what is known of where
 * it stands, the bounded memories, and the way a finding is told. Nobody else
 * includes this.
 *
 * Nothing that is remembered points into the model: zones are kept as marks
 * (a keyed hash of their id), so that memories outlive a reload.
 */
#ifndef LINK_INTERNAL_H
#define LINK_INTERNAL_H

#include "base/table.h"
#include "dhcp.h"
#include "link.h"
#include "locate.h"
#include "nd.h"

#define LINK_BINDINGS_MAX 65536	  /* addresses and their MACs */
#define LINK_RESIDENTS_MAX 65536  /* MACs and the zone that they live in */
#define LINK_IDENTITIES_MAX 32768 /* client ids, UUIDs, names */
#define LINK_TOLD_MAX 16384	  /* findings that were told */
#define LINK_STRAYS_MAX 32	  /* frames whose tag is out of place, held */
#define LINK_CHECKED 4096	  /* frames that were looked at just now */
#define LINK_TEXT_MAX 256	  /* of expected and seen, with NUL */

/* The same is told again when so much packet time has passed. */
#define LINK_AGAIN_US CLOCK_DAY
/* A router's address may move between its MACs again and again. */
#define LINK_MOVE_AGAIN_US (10 * CLOCK_MINUTE)
/* An address that was not used for so long may be another device's: whoever
 * had it has gone or its lease has ended. */
#define LINK_QUIET_US (10 * CLOCK_MINUTE)
/* Two devices that answer for one address within this are there at once. */
#define LINK_BOTH_US CLOCK_MINUTE
/* A device that was in one zone and is in another within this is in two. */
#define LINK_RESIDENT_US (7 * CLOCK_DAY)
/* A frame whose tag is out of place waits for so long for others of its tap:
 * where most of them are, it is the tap that is out of place (COV-10). */
#define LINK_STRAY_US (10 * CLOCK_SECOND)

/*
 * A table that grows up to a fixed capacity and whose oldest entry then gives
 * way: key → value, each of fixed size. A value stays where it is until the
 * next one is taken. O(1) expected, on average.
 */
struct link_memory {
	struct table table;
	struct link_slot *slots; /* owned */
	uint8_t *keys, *values;	 /* owned */
	size_t key_size, value_size;
	uint8_t secret[16];
	uint32_t max, room, count; /* count: slots that were ever used */
	uint32_t oldest, newest, vacant;
	int64_t life_us;    /* an entry that was not used for so long is gone */
	uint64_t forgotten; /* gave way before that */
};

void link_memory_init(struct link_memory *t, uint32_t max, size_t key_size,
    size_t value_size, int64_t life_us, const uint8_t secret[16]);
void link_memory_fini(struct link_memory *t);
/* The value of key, which is used at now_us; NULL: not there. */
void *link_memory_find(struct link_memory *t, const void *key, int64_t now_us);
/* Likewise, made zeroed where it is not there: *fresh. */
void *link_memory_take(struct link_memory *t, const void *key, int64_t now_us,
    bool *fresh);
/* Lets go of what is past its life, a bounded number at once. */
void link_memory_expire(struct link_memory *t, int64_t now_us);

/* What a model declares, by MAC and by name. Rebuilt at a reload. */
struct link_declared {
	struct table routers;  /* MACs of declared routers: 0 */
	struct table hosts;    /* MACs of hosts and ledger: index in m->hosts */
	struct table switches; /* hashes of names of switches: likewise */
	uint64_t *zone_marks, *boundary_marks; /* owned, by index */
	bool has_switches, has_root;
	struct table roots; /* MACs of declared root bridges: 0 */
};

void link_declared_init(struct link_declared *d, const struct model *m,
    const uint8_t secret[16]);
void link_declared_fini(struct link_declared *d);

/* What was told: how gravely, when, and what came since. */
struct link_told {
	int64_t at_us;
	uint32_t severity;
	uint64_t since;
};

/* A frame whose tag is out of place, until it is decided what that means. */
enum link_stray_kind {
	LINK_STRAY_NONE,
	LINK_STRAY_VLAN,     /* a VLAN that the tap does not name */
	LINK_STRAY_DOUBLE,   /* a tag within a tag */
	LINK_STRAY_UNTAGGED, /* none, where each has one */
	LINK_STRAY_KINDS,
};

struct link_stray {
	enum link_stray_kind kind;
	uint16_t outer, inner; /* VLANs */
	uint32_t tap;	       /* index */
	int64_t first_us;
	uint64_t count;
	struct notice_party who, whom; /* without zones */
	uint16_t tags[PACKET_TAGS_MAX];
	uint8_t tag_count;
	struct evidence_packet packet; /* bytes: below; kept 0: none */
	uint8_t bytes[EVIDENCE_BYTES_MAX];
};

/* Frames of one tap within an hour, and those of them that are strays. */
struct link_tap {
	int64_t since_us;
	uint64_t frames, tagged, strange[LINK_STRAY_KINDS];
};

struct link_watch {
	const struct model *m;
	uint8_t secret[16];
	struct link_declared declared;
	struct link_memory told, bindings, residents, identities;
	struct link_tap *taps; /* owned, by tap index */
	struct link_stray strays[LINK_STRAYS_MAX];
	uint64_t strays_early; /* decided before their time, for want of room */
	uint64_t *checked;     /* owned: marks of frames that were looked at */
};

/* A frame, and where it stands. */
struct link_look {
	struct link_watch *l;
	const struct arrival *a;
	const struct packet *p;
	const struct observer *o;
	const struct tap *tap;
	const struct zone *segment;	  /* NULL: only tags and neighbours */
	uint64_t mark;			  /* of segment and boundary */
	bool routers_known;		  /* for that segment */
	const struct router *from_router; /* its source MAC is that one's */
	int64_t us;			  /* its time */
};

/* ---- link_declared.c: where an address or a MAC belongs */

uint64_t link_mark(const struct link_watch *l, const struct zone *z);
/* A zone by its mark, or NULL: it is declared no more. O(zones): for what is
 * about to be told. */
const struct zone *link_zone(const struct link_watch *l, uint64_t mark);
/* The same zone, one within the other, or two on one line. */
bool link_near(const struct zone *a, const struct zone *b);
/* The zone of an address that has no business on k's segment: another zone's,
 * not translated; else NULL. */
const struct zone *link_foreign(const struct link_look *k,
    const struct addr *a);
/* The address is one of the segment's own zone or family. */
bool link_local(const struct link_look *k, const struct addr *a);
/* The MAC is of any declared router, on any tap. */
bool link_is_router(const struct link_watch *l, const struct mac *m);
/* The declared router of k's segment with that MAC, or NULL. */
const struct router *link_router(const struct link_look *k,
    const struct mac *m);
/* The device of hosts or ledger with that MAC, or NULL. */
const struct host *link_host(const struct link_watch *l, const struct mac *m);
/* The host has that MAC. */
bool link_host_has(const struct host *h, const struct mac *m);
/* The device with that MAC may be in that other zone too: it is declared
 * multi-homed, or to switch between the two, or to stand in both. */
bool link_may_be_in(const struct link_watch *l, const struct mac *m,
    const struct zone *here, const struct zone *there);
/* That address is the device's own, on another of its declared interfaces, or
 * from the other zone that it is declared to switch to. */
bool link_own_address(const struct link_look *k, const struct mac *m,
    const struct zone *there, const struct addr *a);
/* The host is a switch, by the operator's own word for its kind. */
bool link_is_switch(const struct host *h);
/* A switch of hosts or ledger has that name. */
bool link_switch_named(const struct link_watch *l, const char *name);

enum link_virtual {
	LINK_VIRTUAL_NONE,
	LINK_VIRTUAL_VRRP,
	LINK_VIRTUAL_VRRP6,
	LINK_VIRTUAL_HSRP,
	LINK_VIRTUAL_HSRP2,
	LINK_VIRTUAL_HSRP6,
	LINK_VIRTUAL_GLBP,
};

/* Which redundancy protocol makes such MACs; *group is set. Vendors whose
 * virtual MACs look like real ones (FGCP, PAN) are not among them. */
enum link_virtual link_virtual(const struct mac *m, unsigned *group);
const char *link_virtual_name(enum link_virtual v); /* "vrrp" ... */

/* ---- link_tell.c */

struct link_claim {
	enum check check;
	enum severity severity;
	enum notice_word word;
	enum notice_word more; /* instead, where it came since; NONE: word */
	struct notice_party who, whom;
	struct clause clause;
	const char *expected, *seen; /* or NULL */
	int64_t again_us;	     /* 0: LINK_AGAIN_US */
	enum notice_word as;	 /* counts as told with that one; NONE: word */
	bool by_mac, by_address; /* what of who tells it from others */
	uint64_t also;		 /* and what else does */
};

/* Tells it with the frame, unless it was told just before. True: it was. */
bool link_tell(const struct link_look *k, const struct link_claim *c);
/* Whether link_tell would: then it counts as told. *since: how often it was
 * there since it was told before. */
bool link_is_news(struct link_watch *l, uint64_t place,
    const struct link_claim *c, int64_t now_us, uint64_t *since);
struct notice_party link_party(const struct mac *m, const struct addr *a,
    const struct zone *z);
struct clause link_clause_zone(const struct zone *z);
struct clause link_clause_tap(const struct tap *t);
struct clause link_clause_router(const struct router *r, const struct tap *tap);
/* "10.1.20.5 (core)": an address and its zone. */
const char *link_text(char out[LINK_TEXT_MAX], const struct addr *a,
    const struct zone *z);
/* "10.2.0.0/16 10.12.0.0/16 (lg)": what belongs to a zone, as far as it
 * fits. */
const char *link_networks(char out[LINK_TEXT_MAX], const struct zone *z);
/* The MACs of the routers that serve k's segment, as far as they fit. */
const char *link_routers(char out[LINK_TEXT_MAX], const struct link_look *k);

/* ---- one file a matter */

/* False: the frame is of no VLAN that is known, so that nothing more can be
 * said of it. */
bool link_tags(const struct link_look *k); /* link_tag.c */
void link_tags_tick(struct link_watch *l, struct wall_us now,
    const struct observer *o, bool all);
void link_tags_reload(struct link_watch *l, const struct model *m);
void link_neighbour(const struct link_look *k); /* link_neighbour.c */
bool link_neighbour_observable(const struct model *m, const struct tap *tap);
void link_arp(const struct link_look *k); /* link_address.c */
void link_nd(const struct link_look *k);
void link_dhcp_addresses(const struct link_look *k,
    const struct dhcp_message *m);
void link_binding_init(struct link_watch *l);
/* The frame binds the address to the MAC; strong: it says so itself (ARP, ND),
 * else it was merely sent so. link_binding.c */
void link_bind(const struct link_look *k, const struct addr *a,
    const struct mac *m, bool strong);
void link_bind_lease(const struct link_look *k, const struct dhcp_message *m);
/* The MAC that has the address on k's segment, or false. */
bool link_bound(const struct link_look *k, const struct addr *a,
    struct mac *out);
void link_serve_dhcp(const struct link_look *k, const struct dhcp_message *m);
void link_serve_dhcp6(const struct link_look *k, const struct dhcp6_message *m);
void link_serve_nd(const struct link_look *k, const struct nd_message *m);
void link_serve_redirect(const struct link_look *k,
    const struct nd_message *m);		  /* link_serve.c */
void link_virtual_mac(const struct link_look *k); /* link_gateway.c */
void link_gateway(const struct link_look *k);
/* A hop limit that systems begin with: nobody has passed it on yet. */
bool link_is_whole(uint8_t ttl);
/* The MAC answers for an address of another zone: true where it does so as a
 * gateway, since it has an address of its own. */
bool link_proxy_arp(const struct link_look *k, const struct zone *foreign);
void link_device_init(struct link_watch *l);
void link_reside(const struct link_look *k, const struct mac *m,
    const struct addr *a); /* link_device.c */
/* The MAC's own address on k's segment; false: none is known. */
bool link_resides(const struct link_look *k, const struct mac *m,
    struct addr *out);
void link_identify(const struct link_look *k, const struct dhcp_message *m);
void link_ipv6(const struct link_look *k); /* link_discovery.c */
void link_discovery(const struct link_look *k);

#endif
