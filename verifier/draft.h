/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What sekisho draft makes of a day's events: channels (who opened what to
 * whom, counted), of which some are never proposed, some are doubtful and
 * the rest become rows that a person may approve. Learning must not launder
 * a leak: what a guideline forbids is never a row, and what was seen once
 * is shown, not written.
 */
#ifndef DRAFT_H
#define DRAFT_H

#include "base/arena.h"
#include "base/table.h"
#include "import.h"
#include "input.h"

#define DRAFT_CHANNELS_MAX 1000000
#define DRAFT_WORDS_MAX 4096   /* applications, rules, server names */
#define DRAFT_NAMES_MAX 8      /* server names of one channel */
#define DRAFT_MARKS_MAX 100000 /* ends that alerts name */
#define DRAFT_MACS_MAX 4096    /* forwarders, over all taps */
#define DRAFT_TENS 3	       /* 144 slots of ten minutes, in uint64_t */
#define DRAFT_HOSTS_FEW 8      /* up to here initiators are listed */
#define DRAFT_NETWORK_LEAST 3  /* hosts that make a network of them */
#define DRAFT_REASONS_MAX 32
#define DRAFT_SCAN_LEAST 16 /* targets that make it a search */

/* Why a conversation is never proposed; the first that holds. */
enum draft_never {
	NEVER_NOT, /* it may be */
	NEVER_SPOOFED,
	NEVER_NO_ZONE,
	NEVER_LINK, /* government cloud off its link */
	NEVER_TIER,
	NEVER_OFFLINE,
	NEVER_EXIT,
	NEVER_ONE_WAY,
	NEVER_SANITISE,
	NEVER_SCREEN,
	NEVER_LIST,
	NEVER_FORBIDDEN,
	NEVER_DECLARED_OTHERWISE, /* differs from what is declared */
	NEVER_LEGACY,
	NEVER_TRIED,
	NEVER_DIRECTION,
	NEVER_HIDDEN,
	NEVER_OPAQUE,
	NEVER_APPLICATION,
	NEVER_FLAGGED,
	NEVER_SCAN,
	NEVER_REVERSED,
	NEVER_COUNT
};

/* Why a person should look first; bits of a set. */
enum draft_doubt {
	DOUBT_ONCE = 1 << 0,
	DOUBT_PORT = 1 << 1,
	DOUBT_UPLOAD = 1 << 2,
	DOUBT_REVERSED = 1 << 3,
	DOUBT_REMOTE = 1 << 4,
	DOUBT_WIDE = 1 << 5,
	DOUBT_NIGHT = 1 << 6,
	DOUBT_CLEAR = 1 << 7,
	DOUBT_FIREWALL = 1 << 8,
	DOUBT_NAMES = 1 << 9,
	DOUBT_TUNNEL = 1 << 11,
	DOUBT_UNANSWERED = 1 << 10, /* datagrams that passed, as of syslog */
	DOUBT_RESOLVER = 1 << 12,   /* names asked of whom nobody declared */
	DOUBT_LONG_NAMES = 1 << 13, /* asked with large packets */
	DOUBT_DIRECTION = 1 << 14,  /* who opened it is told by ports alone */
};
#define DOUBT_KINDS 15

/* One initiator, one responder, one service. Made by draft_read. */
struct draft_channel {
	const struct zone *from_zone, *to_zone; /* NULL: in none */
	struct addr from, to;
	uint16_t port; /* of the responder; 0 where there is none */
	uint16_t application, master; /* words; 0: none */
	uint16_t label;		 /* the one of the two that a conduit names */
	uint8_t protocol, never; /* enum draft_never */
	const char *rule;	 /* check or alert that says so, or NULL */
	uint64_t count;
	int64_t first_us, last_us;	 /* packet time */
	uint64_t bytes[2], packets;	 /* packets: of the initiator */
	uint64_t tens[DRAFT_TENS], days; /* when it was opened, local time */
	uint64_t minutes;		 /* of the hour */
	uint16_t names[DRAFT_NAMES_MAX]; /* words, ascending by arrival */
	uint8_t name_count;
	bool names_full, night_only;
	bool reversed;	 /* opened against the usual direction, often */
	bool unanswered; /* datagrams that passed */
	bool dynamic;	 /* a port that an RPC mapper handed out */
	bool hop;	 /* declared itself, kept for what was asked there */
	bool nameless;	 /* of a list, by addresses: names are others' */
	uint8_t asked;	 /* DRAFT_ASKED_*: of a declared proxy, by name */
	bool uncertain;	 /* its ports alone tell who opened it */
	bool uploads;	 /* part of much that leaves for few answers */
	bool unresolved; /* asks names of whom nobody declared */
	const struct address_list *list; /* in a cell made for one, or NULL */
};

/* A MAC that forwards frames at a tap. */
struct draft_forwarder {
	const struct tap *tap;
	struct mac mac;
	struct addr address;	 /* family 0: not known */
	const struct zone *zone; /* of the VLAN or segment, or NULL */
	uint64_t frames;
	bool declared;
	uint64_t zones; /* bits of those it sends for, by index mod 64 */
	bool inner; /* it sends for the segment's own zone too: a router within
		     * it, and none that leads out of it */
};

/* A host that answered DNS within its own zone. */
struct draft_resolver {
	const struct zone *zone;
	struct addr host, client; /* client: the first one */
	bool several;		  /* clients */
};

/* An address that others of a zone appear as, and no translation says so. */
struct draft_nat {
	const struct boundary *boundary;
	const struct zone *from, *toward; /* toward NULL: not known */
	struct addr outside, inside;	  /* inside: the first one */
	uint64_t count;
};

/* Ends that an alert above low names; family 0: not named. */
struct draft_mark {
	struct addr from, to;
	uint16_t port;	  /* of to; 0: any */
	const char *rule; /* "LNK-5" */
};

struct draft_reason {
	uint16_t word;
	uint64_t count;
};

struct draft_seen {
	struct arena *arena;
	const struct model *m;
	uint8_t secret[16];
	struct table index;		/* of channels */
	struct draft_channel *channels; /* owned */
	size_t channel_count, channel_room;
	const char *words[DRAFT_WORDS_MAX]; /* [0] is "" */
	size_t word_count;
	struct draft_mark *marks; /* owned */
	size_t mark_count, mark_room;
	struct draft_forwarder *forwarders; /* owned */
	size_t forwarder_count;
	struct draft_forwarder *stations; /* owned: with an address, and not
					   * known to forward */
	size_t station_count;
	struct draft_resolver *resolvers; /* owned */
	size_t resolver_count;
	struct draft_nat *nats; /* owned */
	size_t nat_count;
	struct import_lease *names; /* owned: addresses and what they are
				     * called; strings lie in the arena */
	size_t name_count, name_room;
	struct draft_channel *dhcp; /* owned: answers of DHCP servers */
	size_t dhcp_count;
	int64_t first_us, last_us; /* 0, 0: nothing */
	bool other_model;	   /* events name another one than m */
	uint64_t not_here; /* settled by a conduit that m does not have */
	uint64_t lines, unread, flows, declared, inside, elsewhere, announced;
	uint64_t too_many; /* conversations beyond the tables */
	uint64_t gaps;
	struct draft_reason reasons[DRAFT_REASONS_MAX]; /* why not judged */
	size_t reason_count;
	struct text coverage; /* last sentence of each boundary */
};

#define DRAFT_ASKED_HTTP 1u /* an absolute URI */
#define DRAFT_ASKED_TLS 2u  /* CONNECT */

/* Hosts and networks that initiators were seen in. */
struct draft_ends {
	struct addr *hosts; /* owned */
	size_t host_count;
	struct prefix *networks; /* owned */
	size_t network_count;
};

struct draft_service {
	uint8_t protocol;
	uint16_t first, last; /* ports; 0: none */
	uint16_t application; /* a word */
};

/* One conduit to be approved, or one to be looked at first. */
struct draft_row {
	const struct zone *from_zone, *to_zone;
	struct draft_ends from;
	struct addr *to; /* owned; none: as many as "far" says */
	size_t to_count, far;
	struct draft_service *services; /* owned */
	size_t service_count;
	uint16_t *names; /* owned: words */
	size_t name_count;
	const struct address_list *list; /* or NULL */
	bool special, screen;
	unsigned asked;	 /* not 0: what was asked of a proxy */
	unsigned doubts; /* set of enum draft_doubt; 0: a proposal */
	uint64_t count, initiators;
	bool by_day; /* not only at night */
	int64_t first_us, last_us;
	uint64_t bytes[2];
};

struct draft_rows {
	struct draft_row *items; /* owned */
	size_t count, room;
};

/* A row of the ledger of conduits, placed. */
struct draft_declared {
	const struct import_conduit *row; /* borrowed */
	const struct zone *from_zone, *to_zone;
	const struct cell *cell; /* or NULL: none is needed */
	const char *fault;	 /* words why it cannot be written, or NULL */
	bool complete;		 /* number, approver and day are there */
	uint64_t count;		 /* conversations that it covers */
	int64_t first_us, last_us;
};

struct draft_ledgers {
	struct imported devices, conduits, leases;
	struct draft_declared *declared; /* owned, as conduits.conduits */
};

/* Part of the output: where a text is put into the base's source. */
struct draft_edit {
	size_t at, cut; /* offset, and bytes that go */
	size_t order;
	char *text; /* owned */
};

/* ---- draft_read.c */

void draft_seen_init(struct draft_seen *s, const struct model *m);
void draft_seen_fini(struct draft_seen *s);
/* Takes in all events at path (a folder, a file, "-"). False after a
 * sentence on standard error where nothing could be read. */
bool draft_read(struct draft_seen *s, const char *path, enum lang lang);
/* The number of a word, 0 where there is no room for it. */
uint16_t draft_word(struct draft_seen *s, const char *text);
/* What a device at this address calls itself, or NULL. */
const char *draft_name_of(const struct draft_seen *s, const struct addr *a);
void draft_name_add(struct draft_seen *s, const struct addr *a,
    const char *name);

/* ---- draft_weigh.c */

/* The guideline's word on a pair of zones; NULL where none is needed: the
 * same tier, parent and child, or a firewall's own address. */
const struct cell *draft_cell(const struct model *m, const struct zone *from,
    const struct zone *to);
/* Sets never of channels by what only the whole shows: alerts of the same
 * ends, searches, a direction against the usual one. */
void draft_weigh(struct draft_seen *s);
/* Opened often and over long enough not to be a single event. */
bool draft_is_regular(const struct draft_seen *s,
    const struct draft_channel *c);
/* Doubts about the service itself: a label on another's port, remote
 * control, passwords in clear, uploads. */
unsigned draft_doubts(const struct draft_seen *s,
    const struct draft_channel *c);
/* Whether a service of its own is known on this port: one below 1024 or one
 * of those that the doubts above know. */
bool draft_is_assigned(uint8_t protocol, uint16_t port);
/* Whether one of its labels is (or is carried by) this application. */
bool draft_labels(const struct draft_seen *s, const struct draft_channel *c,
    const char *word);

/* ---- draft_outward.c */

/* Sets uploads and unresolved of channels by what all of a responder's show:
 * much that leaves for few answers, and names asked of nobody declared. */
void draft_weigh_outward(struct draft_seen *s);
/* Names asked with packets larger than names of people's servers are. */
bool draft_asks_long(const struct draft_seen *s, const struct draft_channel *c);

/* ---- draft_nat.c */

struct draft;

/* An alert of TOP-12. */
void draft_nat_take(struct draft_seen *s, const struct jsonx *alert);
/* Whether an address is one that others were seen to appear as there. */
bool draft_nat_shows(const struct draft_seen *s, const struct boundary *b,
    const struct addr *a);
/* Their rows of "translations", as comment lines. */
void draft_nat_ask(const struct draft *d, struct text *out);

/* ---- draft_cover.c */

/*
 * Who may open: hosts as they are when they are few, else the networks they
 * were seen in: the smallest of a division, or the /24 (/64), that holds at
 * least DRAFT_NETWORK_LEAST of them; the rest stays as hosts. Never wider
 * than the zone. hosts are sorted and distinct.
 */
void draft_cover(const struct model *m, const struct zone *zone,
    const struct addr *hosts, size_t count, struct draft_ends *out);
/* Only the networks, however few the hosts are. */
void draft_cover_networks(const struct model *m, const struct zone *zone,
    const struct addr *hosts, size_t count, struct draft_ends *out);
bool draft_ends_hold(const struct draft_ends *e, const struct addr *a);
bool draft_ends_equal(const struct draft_ends *a, const struct draft_ends *b);
void draft_ends_fini(struct draft_ends *e);

/* ---- draft_group.c */

/* Rows of all channels that may be proposed, sorted; a ledger row that is
 * complete takes its channels out and counts them. O(n log n). */
void draft_group(struct draft_seen *s, struct draft_ledgers *l,
    struct draft_rows *rows);
void draft_rows_fini(struct draft_rows *rows);
/* The same services give 0. */
int draft_row_compare_services(const struct draft_row *a,
    const struct draft_row *b);
/* Adds what o counts, its names and its services to r, and frees o. */
void draft_row_take(struct draft_row *r, struct draft_row *o);

/* ---- draft_far.c */

/* Makes one row of many that lead outside alike. Rows are sorted. */
void draft_far_fold(const struct draft_seen *s, struct draft_rows *rows);

/* ---- draft_web.c */

/* What was asked of a declared proxy, DRAFT_ASKED_*; 0 where it is none, or
 * where the target is an address that lies in no zone outside. */
unsigned draft_web_asked(const struct model *m, const struct boundary *b,
    const struct draft_channel *c, const char *application, const char *name);
/* The crossing behind the proxy, from the client to the whole of a zone
 * outside (to.family 0). False where the guideline permits none. */
bool draft_web_inner(struct draft_seen *s, const struct draft_channel *c,
    struct draft_channel *out);
/* Makes a row one of what was asked. */
void draft_web_services(struct draft_seen *s, unsigned asked,
    struct draft_row *r);
/* Gives what goes to a list without a name the names that stand for it: a
 * conduit to a list needs both. O(lists * channels). */
void draft_web_list_names(struct draft_seen *s);
/* Runs between the ends of a declared tunnel of its kind, either way. */
bool draft_web_is_declared_tunnel(const struct model *m,
    const struct draft_channel *c);
/* Logs or traps to a collector inside, often or for most of the time. */
bool draft_web_is_daily_report(const struct draft_seen *s,
    const struct draft_channel *c);
/* Web and DNS alone, of a zone that is there for it. */
bool draft_web_is_browsing(const struct draft_seen *s,
    const struct draft_row *r);

/* ---- draft_ledger.c */

bool draft_ledgers_read(struct draft_ledgers *l, const struct options *o,
    struct draft_seen *s, struct diag *d);
void draft_ledgers_fini(struct draft_ledgers *l);
/* The ledger's row that covers a channel, or NULL. */
struct draft_declared *draft_ledger_of(struct draft_ledgers *l,
    const struct draft_channel *c);

/* ---- draft_edit.c */

struct draft_source {
	const char *bytes; /* borrowed */
	size_t length;
	struct jsonx_doc *doc;	  /* owned */
	struct draft_edit *edits; /* owned */
	size_t edit_count, edit_room;
};

/* Parses bytes, which loaded before. */
bool draft_source_init(struct draft_source *s, const char *name,
    const char *bytes, size_t length, struct diag *d);
void draft_source_fini(struct draft_source *s);
/* Puts text behind the last element of the array called key of the root,
 * made where it is missing at its usual place. */
void draft_append(struct draft_source *s, const char *key, const char *text);
/* Puts text, which is comments alone, before its first element. */
void draft_add_before(struct draft_source *s, const char *key,
    const char *text);
/* A member behind the last one of the object. text: "\"key\": ..." */
void draft_add_member(struct draft_source *s, const struct jsonx *object,
    const char *text);
/* Behind the last element of an array; text holds whole elements. */
void draft_add_element(struct draft_source *s, const struct jsonx *array,
    const char *text);
/* A member behind another one. */
void draft_add_after(struct draft_source *s, const struct jsonx *member,
    const char *text);
void draft_replace(struct draft_source *s, const struct jsonx *value,
    const char *text);
/* Takes a member out with its comma; nothing where none follows it. */
void draft_remove(struct draft_source *s, const struct jsonx *member);
/* Comment lines at the very beginning. */
void draft_add_top(struct draft_source *s, const char *text);
/* Comment lines before the root's end. */
void draft_add_remark(struct draft_source *s, const char *text);
/* The source with all edits made. */
void draft_source_print(const struct draft_source *s, struct text *out);

/* ---- draft_write.c, draft_remark.c, draft_ruleset.c */

struct draft {
	enum lang lang;
	const struct model *m;
	struct draft_seen *seen;
	struct draft_ledgers *ledgers;
	const struct draft_rows *rows;
	struct text ruleset; /* questions of --ruleset, comment lines */
	size_t approve, doubtful, from_ledger; /* rows, set by draft_write */
	size_t routers, hosts;
};

void draft_write(struct draft *d, struct draft_source *source);
/* draft_router.c: who forwards at each tap, as "routers". */
void draft_write_routers(struct draft *d, struct draft_source *source);
/* draft_hosts.c: devices of the ledger as "hosts". */
void draft_write_hosts(struct draft *d, struct draft_source *source);
/* The zone of the longest network that holds a, or NULL. */
const struct zone *draft_zone_of(const struct model *m, const struct addr *a);
/* Each reason with at most so many of its ends, each line after before. */
void draft_remark_reasons(const struct draft *d, size_t most,
    const char *before, struct text *out);
/* The block 「提案しない通信」, as comment lines. */
void draft_remark_never(struct draft *d, struct text *out);
/* Questions: prefixes in no zone, DHCP servers, proxies, servers. */
void draft_remark_questions(struct draft *d, struct text *out);
/* The summary on the terminal. */
void draft_tell(const struct draft *d, const char *model, const char *out_path,
    struct text *out);
/* What an nft ruleset (nft -j list ruleset) says of interfaces and
 * translations, as comment lines. False after faults in d. */
bool draft_ruleset(const char *path, enum lang lang, const struct model *m,
    struct text *out, struct diag *d);
/* "TCP/443 TLS" of a channel; of a service likewise. */
void draft_show_service(const struct draft_seen *s, uint8_t protocol,
    uint16_t first, uint16_t last, uint16_t application, struct text *out);
enum word draft_never_word(enum draft_never n);
enum word draft_doubt_word(unsigned bit); /* of DOUBT_KINDS */

#endif
