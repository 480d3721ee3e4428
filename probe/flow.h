/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The flow table: the conversations that are open now. Bounded; found by
 * (boundary, addresses, ports, protocol, tunnel) under a keyed hash, so that
 * both directions and every tap of a boundary meet in one entry. Knows when
 * an entry has been idle too long, not what it means.
 */
#ifndef FLOW_H
#define FLOW_H

#include "classify.h"
#include "judge.h"
#include "observation.h"
#include "packet.h"
#include "sequence.h"

#define FLOW_MAX_DEFAULT 200000
#define FLOW_MAX_LEAST 16
#define FLOW_MAX_MOST 20000000

/*
 * How long an entry may be idle, by protocol and state, in packet time.
 * Longer ones are kept by nothing but hope; shorter ones would cut living
 * conversations in two and lose who began them.
 */
enum flow_idle {
	FLOW_IDLE_TCP_OPENING,
	FLOW_IDLE_TCP_ESTABLISHED,
	FLOW_IDLE_TCP_HALF_CLOSED,
	FLOW_IDLE_TCP_CLOSED,
	FLOW_IDLE_UDP,
	FLOW_IDLE_ICMP,
	FLOW_IDLE_OTHER,
	FLOW_IDLE_COUNT,
};
/* SYNs are sent again after 1, 3, 7 and 15 s: one attempt, not five. */
#define FLOW_TCP_OPENING_US (30 * CLOCK_SECOND)
/* Firewalls drop an idle session after an hour by default; then either side
 * must open again. */
#define FLOW_TCP_ESTABLISHED_US CLOCK_HOUR
/* One side is done, the other answers or has vanished. */
#define FLOW_TCP_HALF_CLOSED_US (5 * CLOCK_MINUTE)
/* Late copies and last acknowledgements still belong to it. */
#define FLOW_TCP_CLOSED_US (10 * CLOCK_SECOND)
/* Above the 30 s of RFC 4787's lower bound for a lone exchange; a stream of
 * datagrams with longer pauses begins anew. */
#define FLOW_UDP_US (60 * CLOCK_SECOND)
/* A reply that takes longer is no reply. */
#define FLOW_ICMP_US (30 * CLOCK_SECOND)
#define FLOW_OTHER_US (60 * CLOCK_SECOND)
/* What did not show by then on the other side, or from the other end, does
 * not come: the time that alerts are held for. */
#define FLOW_SETTLE_US (3 * CLOCK_SECOND)

/* What tells conversations of one protocol apart. */
enum flow_group {
	FLOW_GROUP_PLAIN,      /* not ICMP: the ports tell */
	FLOW_GROUP_ECHO,       /* request and reply: both ports are the id */
	FLOW_GROUP_TYPE,       /* any other: both ports are the type */
	FLOW_GROUP_UNREADABLE, /* of any protocol: no ports are known */
};

/* Without padding: it is hashed as bytes. Ends in canonical order, lower
 * (address, port) first, so that both directions make one key. */
struct flow_key {
	uint32_t boundary;
	uint8_t address[2][16];
	uint16_t port[2];
	uint8_t family, protocol;
	uint8_t group; /* enum flow_group */
	uint8_t padding;
	uint32_t carrier; /* the tunnel that it is in, as tunnel.h numbers
			   * them; 0: none */
};

/* What the last look at two MACs of one place yielded: MACs change rarely. */
struct flow_macs {
	bool known;	 /* false: nothing is kept yet */
	int8_t sighting; /* its index */
	bool from_router, to_router, to_group;
	struct mac source, destination;
};

/* One direction: [0] from the initiator. */
struct flow_way {
	uint64_t packets, bytes; /* at the first place it was seen at */
	struct sequence sequence;
	uint32_t isn;
	int8_t place;	     /* index of that place's sighting, -1: none, or */
#define FLOW_PLACE_ANEW (-2) /* it is declared no more: the next one */
	int8_t ack_place;    /* where it was first acknowledged, likewise */
	/* Of its sequence, as coverage has counted it. */
	uint64_t missing_counted, unheard_counted;
	bool seen, syn, fin, reset;
	bool acks;    /* it acknowledged something, up to: */
	uint32_t ack; /* as last seen */
	uint8_t tcp_flags;
	struct flow_macs macs;
};

/* How far the payload of one end was read: see reorder.h. */
struct flow_order {
	bool known;
	uint32_t next;
};

struct announcing;
struct control;
struct inspect_proxy;

/* One open conversation. */
struct flow {
	struct flow_key key;
	uint64_t id;
	uint8_t initiator_side; /* which end of the key began: 0 or 1 */
	struct conversation conversation;
	struct flow_way way[2];
	uint64_t frames;
	uint32_t source; /* of the first packet, as are the next three */
	const struct tap *tap;
	uint16_t tags[PACKET_TAGS_MAX];
	uint8_t tag_count;
	bool midstream;			   /* TCP, its opening was not seen */
	bool more;			   /* TCP, more than an attempt */
	bool syn_counted, syn_ack_counted; /* by coverage, as is */
	int64_t swept_us; /* when late data were last given up (sequence.h) */

	struct flow_order order[2]; /* by end of the key */
	uint16_t held, held_count;  /* reorder.h: segments that wait */
	struct classify_label label;
	char resolved[CONVERSATION_NAME_MAX]; /* conversation.resolved_name */
	struct classify_flow *classifying;    /* the classifier's, or NULL */
	const struct zone *zones[2];	      /* of the key's ends, or NULL */
	bool segment_only[2];	       /* the end is of a segment, no zone */
	struct announcing *announcing; /* owned by identify, or NULL, as is */
	struct control *control;       /* what announced this one */
	struct inspect_proxy *proxy;   /* likewise: it is asked for targets */
	bool proxy_checked;
	bool gapped;	   /* TCP: bytes were missing when it was read */
	uint32_t retained; /* retain.h: its packets, 0: none */
	uint32_t joined;   /* nat.h: its other pairs of addresses, 0: none */

	/* enum severity of LNK-6, where it is a tunnel that is not declared. */
	uint8_t undeclared;
	bool dirty; /* something that judging reads has changed */
	bool told;  /* the first observation was handed over, and it said: */
	enum verdict_kind told_kind;
	struct finding told_finding;
	enum outcome told_outcome;
	enum passed told_passed;
	struct wall_us again; /* the verdict may change by time then */

	/* The table's: its place, and its neighbours in two lists. */
	uint32_t index, older, newer, settle_older, settle_newer;
	enum flow_idle idle;
	int64_t idle_since_us, begun_us;
	bool settling, open;
};

struct flow_table;

/*
 * Room for max conversations (FLOW_MAX_LEAST..FLOW_MAX_MOST; about 6 kB each,
 * taken as they are needed). secret keys the hash.
 */
struct flow_table *flow_table_new(uint32_t max, const uint8_t secret[16]);
void flow_table_free(struct flow_table *t); /* nothing is ended: see flow_any */

/*
 * The key of a packet (PACKET_IP) at a boundary. source and destination are
 * its addresses, or those of their owners where it was translated. Returns
 * which end of the key sent it: 0 or 1.
 */
int flow_key_of(struct flow_key *key, uint32_t boundary, const struct packet *p,
    const struct addr *source, const struct addr *destination);
/* The key of a packet that an ICMP error quotes, likewise; -1 when too little
 * of it is there to tell. */
int flow_key_quoted(struct flow_key *key, uint32_t boundary,
    const struct quoted *q, const struct addr *source,
    const struct addr *destination);

/* The open conversation, or NULL. Borrowed; O(1) expected. */
struct flow *flow_find(const struct flow_table *t, const struct flow_key *key);
bool flow_full(const struct flow_table *t);
/* A zeroed entry for a key that is not present, begun at now_us (see
 * flow_touch); the table must not be full. */
struct flow *flow_add(struct flow_table *t, const struct flow_key *key,
    int64_t now_us);
/* It goes under another key from now on, which is not present. O(1). */
void flow_rekey(struct flow_table *t, struct flow *f,
    const struct flow_key *key);
/* It was seen at now_us, which never runs backwards, and may be idle for as
 * long as that protocol and state may. O(1). */
void flow_touch(struct flow_table *t, struct flow *f, enum flow_idle idle,
    int64_t now_us);
/* The entry whose time-out passed first, or NULL when none has. O(1). */
struct flow *flow_expired(const struct flow_table *t, int64_t now_us);
/*
 * An entry that began FLOW_SETTLE_US or more before now_us and was not handed
 * out by this function before; NULL when there is none. Oldest first; O(1).
 */
struct flow *flow_settled(struct flow_table *t, int64_t now_us);
/* The entry that has been idle longest; NULL when the table is empty. */
struct flow *flow_oldest(const struct flow_table *t);
/* Takes it out; the entry's memory is used again. What it owns must have been
 * freed. */
void flow_remove(struct flow_table *t, struct flow *f);
uint32_t flow_count(const struct flow_table *t);
/*
 * Walks over all entries: the next one at or above *cursor, which moves on, or
 * NULL at the end. Begin with 0; entries may be removed and added meanwhile.
 */
struct flow *flow_next(const struct flow_table *t, uint32_t *cursor);
/* The boundaries have other numbers: boundaries[old] is the new one. Every
 * entry's must be there and no two the same. O(n). */
void flow_rename(struct flow_table *t, const uint32_t *boundaries);
/* The time-out of a state, in microseconds. */
int64_t flow_timeout_us(enum flow_idle idle);
/* True for TCP and ICMP whose headers could be read. */
bool flow_is_tcp(const struct flow *f);
bool flow_has_icmp(const struct flow *f);
/* True for ICMP over IPv4 and ICMPv6 over IPv6. */
bool flow_is_icmp(uint8_t family, uint8_t protocol);
/* True for the two messages of an echo. */
bool flow_is_echo(uint8_t protocol, uint8_t type);
/* True for the answering message of a pair: echo, timestamp, information,
 * address mask. */
bool flow_is_reply(uint8_t protocol, uint8_t type);

#endif
