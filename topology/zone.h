/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of a network that a model declares: zones, accounts and partners
 * in them, links that lead to them, firewalls, boundaries and their taps.
 * Plain data, made by model_load and never changed after it. Pointers between
 * nouns are borrowed from the same model.
 */
#ifndef ZONE_H
#define ZONE_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/diag.h"

/* The tiers that guidelines speak of. TIER_FIREWALL is the pseudo-zone of a
 * firewall's own addresses; no guideline has a cell for it. */
enum tier {
	TIER_MYNUMBER,
	TIER_LGWAN,
	TIER_INTERNET,
	TIER_LGWAN_NETWORK,
	TIER_SECURITY_CLOUD,
	TIER_PARTNER,
	TIER_SAAS,
	TIER_RELAY,
	TIER_DMZ,
	TIER_SHARED_SERVICES,
	TIER_SCHOOL_AFFAIRS,
	TIER_SCHOOL_LEARNING,
	TIER_GUEST,
	TIER_MANAGEMENT,
	TIER_REMOTE_ACCESS,
	TIER_OUTSIDE,
	TIER_COUNT,
	TIER_FIREWALL = TIER_COUNT,
};

/* "mynumber" ...; NULL-safe: false when it is no tier. */
bool tier_parse(const char *text, enum tier *out);
const char *tier_name(enum tier tier);

struct prefix_set {
	struct prefix *items; /* owned by the model */
	size_t count;
};

struct approval {
	bool given; /* an "approved" object stands there */
	struct diag_place place;
	const char **by; /* owned array of borrowed strings */
	size_t by_count;
	const char *applicant; /* NULL when not given, as are these */
	const char *number;
	struct day on;
};

struct account {
	const char *id, *provider, *vendor, *usage;
	struct prefix_set networks;
	struct diag_place place;
};

enum encryption_class {
	ENCRYPTION_NONE, /* not declared */
	ENCRYPTION_HIGH, /* tls-high */
	ENCRYPTION_RECOMMENDED,
	ENCRYPTION_EXCEPTION,
	ENCRYPTION_IPSEC,
	ENCRYPTION_MACSEC,
};

struct link {
	const char *id, *name, *kind;
	uint32_t index; /* in model->links */
	bool has_encryption;
	enum encryption_class minimum;
	const char *or_link, *document; /* or NULL */
	struct approval approved;
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

struct address_list;

struct zone {
	const char *id;
	const char *name; /* the id when none is given */
	enum tier tier;
	uint32_t index; /* in model->zones */
	struct prefix_set networks;
	const struct address_list *list; /* "list": more networks, or NULL */
	struct prefix_set all; /* networks and the list's; sorted, disjoint */
	const struct zone *parent; /* or NULL */
	const struct link **links; /* owned array */
	size_t link_count;
	struct account *accounts; /* owned */
	size_t account_count;
	bool inspect_headers; /* "inspect": "headers" */
	bool ipv6_none;	      /* "ipv6": "none" */
	/* "dhcp-servers": who may offer leases here, also through a relay. */
	bool dhcp_given;
	struct addr *dhcp_servers; /* owned */
	size_t dhcp_server_count;
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

struct partner {
	const char *id, *name, *operator_name;
	bool public_body;
	const struct zone *zone;
	struct prefix_set networks;
	struct approval approved;
	struct day review_due; /* year 0: none */
	struct diag_place place;
};

/* Who may forward frames onto a segment. */
struct router {
	struct addr address;	 /* family 0: not given */
	const struct zone *zone; /* whose segment it serves: the zone of its
				    * address, else the tap's segment, or NULL */
	const struct link *link; /* "link": what lies behind it, or NULL */
	struct mac *macs;	 /* owned; with virtual ones expanded */
	size_t mac_count;
	struct diag_place place;
};

enum tap_direction { TAP_BOTH, TAP_RX, TAP_TX };

struct tap_vlan {
	uint16_t id; /* 1..4094 */
	const struct zone *zone;
	const struct link *link; /* or NULL */
};

struct boundary;
struct calendar;

struct schedule {
	bool given;
	const struct calendar *calendar; /* or NULL: every day */
	int32_t from_s, to_s; /* seconds of the day; to <= from runs overnight,
			       * both 0: the whole day */
	struct diag_place place;
};

struct tap {
	const char *id, *interface, *probe;
	uint32_t index; /* over all taps of the model */
	const struct boundary *boundary;
	const struct zone *segment; /* or NULL: a transit link or a trunk */
	const struct link *link;    /* "link" this tap watches, or NULL */
	enum tap_direction direction;
	struct tap_vlan *vlans; /* owned, sorted by id */
	size_t vlan_count;
	struct router *routers; /* owned */
	size_t router_count;
	int64_t silent_after_us; /* 0: not given */
	struct schedule quiet;
	/* "mirror": how frames come here from a distant switch. Its VLAN
	 * (RSPAN, 0: none) and the addresses that its ERSPAN, GRE or VXLAN
	 * goes to are the way, no part of what is seen. */
	uint16_t mirror_vlan;
	struct addr *mirror_destinations; /* owned */
	size_t mirror_destination_count;
	/* Switches that send it; none: only from the destination's own zone is
	 * it believed, since anybody could send frames of his own making. */
	struct prefix_set mirror_sources;
	/* "neighbours": MACs of switches that may say so (LLDP, CDP) here;
	 * "root-bridge": of the declared root of STP. */
	struct mac *neighbours; /* owned */
	size_t neighbour_count;
	bool has_root_bridge;
	struct mac root_bridge;
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

struct unmonitored {
	const struct zone *zone;
	const char *reason;
};

enum firewall_kind { FIREWALL_NFTABLES, FIREWALL_IMPORTED, FIREWALL_OPAQUE };

struct firewall_interface {
	const char *name;
	const struct zone **zones; /* owned array */
	size_t zone_count;
};

struct firewall {
	const char *id;
	enum firewall_kind kind;
	bool foreign_operator; /* "operator": "other": not ours to judge */
	struct addr *addresses;
	size_t address_count;
	struct firewall_interface *interfaces;
	size_t interface_count;
	struct diag_place place;
};

enum translation_kind { TRANSLATION_STATIC, TRANSLATION_OVERLOAD };

/* Addresses "to" belong to "from": one to one, or hiding who it was. */
struct translation {
	const struct firewall *at;
	uint32_t index; /* in model->translations */
	enum translation_kind kind;
	const struct zone *from;
	struct prefix_set inside; /* "hosts"/"networks" of from; may be empty */
	struct prefix_set to;
	const struct zone *toward; /* or NULL: any */
	struct diag_place place;
};

struct proxy {
	const char *id;
	struct prefix_set hosts;
	struct port_range *ports;
	size_t port_count;
	const struct zone **clients; /* "for" */
	size_t client_count;
	struct diag_place place;
};

struct heartbeat {
	const struct tap *tap;
	struct addr from, to;
	uint8_t protocol;
	uint16_t port;
	int64_t every_us;
};

/* A tunnel that may be: between these ends, in either direction. */
struct tunnel_declared {
	const char *id, *name;
	uint32_t index;	      /* in model->tunnels */
	const char *protocol; /* "gre", "erspan", "vxlan", "geneve", "ipip",
			       * "6in4", "teredo", "l2tp", "gtp", "esp",
			       * "wireguard", "openvpn", "softether", "mpls",
			       * "pppoe" */
	struct prefix_set ends[2]; /* "from" and "to"; empty: any */
	bool has_key;
	uint32_t key; /* GRE key, VNI, ERSPAN session */
	struct approval approved;
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

/* What was cut off after an incident: nothing may come from it or reach it
 * from that time on, save what "except" names. */
struct containment {
	const char *id, *name;
	uint32_t index; /* in model->containments */
	struct prefix_set hosts;
	struct wall_us
	    since;	  /* "since": "YYYY-MM-DDTHH:MM" in the model's zone */
	struct day until; /* inclusive; year 0: no end */
	struct prefix_set except; /* peers that may still: who examines it */
	struct approval approved;
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

struct boundary {
	const char *id, *name;
	uint32_t index;
	const struct firewall *firewall; /* or NULL */
	const struct zone **zones;	 /* owned array */
	size_t zone_count;
	struct tap *taps; /* owned */
	size_t tap_count;
	struct unmonitored *unmonitored;
	size_t unmonitored_count;
	struct heartbeat *heartbeats;
	size_t heartbeat_count;
	struct diag_place place;
	const char *note; /* the file's own remark, or NULL; means nothing */
};

#endif
