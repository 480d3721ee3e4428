/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel says of its nf_tables, turned into a ruleset. The kernel
 * keeps no "tcp dport 22" but a program of a small register machine: load two
 * bytes of the transport header, compare them. Here are that program's
 * instructions, its sets, and the machine that finds out again what each
 * instruction looks at. No library and no kernel is needed: the answers are
 * bytes, and a recording of them reads the same. Only readers include this.
 *
 * Source: linux/netfilter/nf_tables.h, net/netfilter/nf_tables_core.c and
 * nft_*.c; rtnetlink(7) for the interfaces' names.
 */
#ifndef RULESET_BYTECODE_H
#define RULESET_BYTECODE_H

#include "base/cursor.h"
#include "ruleset_build.h"

#define CODE_BYTES 64	     /* all registers; the most one value has */
#define CODE_WORDS 16	     /* registers of 4 bytes */
#define CODE_SOURCES_MAX 256 /* loads of one rule */
#define CODE_SETS_MAX 262144 /* named and anonymous ones */
#define CODE_LINKS_MAX 65536 /* interfaces */
#define CODE_NAME_BYTES 256  /* NFT_NAME_MAXLEN */
#define CODE_ANSWERS_MAX (1024u * 1024 * 1024) /* bytes of all answers */

/* ---- instructions */

enum code_kind {
	CODE_IMMEDIATE,
	CODE_PAYLOAD,	  /* load */
	CODE_PAYLOAD_SET, /* write to the packet */
	CODE_META,	  /* load */
	CODE_META_SET,
	CODE_CT, /* load */
	CODE_CT_SET,
	CODE_CMP,
	CODE_RANGE,
	CODE_BITWISE,
	CODE_BYTEORDER,
	CODE_LOOKUP,
	CODE_NAT,
	CODE_MASQUERADE,
	CODE_REDIRECT,
	CODE_REJECT,
	CODE_QUEUE,
	CODE_NOTRACK,
	CODE_LOG,
	CODE_COUNTER,
	CODE_OFFLOAD,
	CODE_DYNSET,
	CODE_OBJECT,
	CODE_LOAD,    /* of what nobody can know: fib, socket ... */
	CODE_NOTHING, /* changes nothing that counts here */
	CODE_FREE,    /* goes on or ends the rule: limit, quota ... */
	CODE_MATCH,   /* of iptables (xt) */
	CODE_TARGET,  /* likewise */
	CODE_STRANGE, /* might do anything */
};

/* Bytes borrowed from the answer (or a test's own). */
struct code_bytes {
	const uint8_t *at; /* NULL: not given */
	size_t length;
};

struct code_verdict {
	bool given;
	int32_t code;	   /* NF_DROP, NFT_JUMP ... */
	const char *chain; /* or NULL */
};

/* One instruction; what a kind does not have is 0 or NULL. */
struct code {
	enum code_kind kind;
	const char *name; /* the kernel's: "cmp", "limit"; never NULL */
	uint32_t sreg, dreg;
	uint32_t address_last, port, port_last; /* registers of nat */
	uint32_t base; /* of payload; direction of ct: 0, 1, 2 none */
	uint32_t offset, length, key, op, flags, family, size, revision;
	struct code_bytes value, mask, upper; /* data; from, to of a range */
	struct code_verdict verdict;
	const char *set;    /* or the map of objects */
	const char *object; /* the name of one, or NULL */
	uint32_t object_type;
	/* Of a load: others end the rule; 0: any. */
	uint32_t only_family, only_protocol;
	uint64_t packets;
	bool has_sreg, has_dreg;
	bool limited; /* dynset: does something more than adding */
	/* Of limit, quota, connlimit: for the words. */
	uint64_t amount, per;
	uint32_t burst;
};

/* ---- what else the kernel holds */

struct code_element {
	struct code_bytes key, key_end, value;
	struct code_verdict verdict;
	uint32_t flags;
	bool limited; /* carries a limit or the like of its own */
};

struct code_set {
	enum table_family family;
	const char *table, *name;
	uint32_t flags; /* NFT_SET_* */
	uint32_t key_length, data_length;
	uint32_t object_type;
	uint32_t parts[CODE_WORDS]; /* bytes of each of a concatenation */
	size_t part_count;
	struct code_element *elements; /* owned */
	size_t count, capacity;
	bool changing;			  /* comes and goes */
	const struct kept_elements *kept; /* in the pool, or NULL */
};

struct code_link {
	uint32_t index;
	char name[17];
};

/* Everything beside the rules. */
struct code_world {
	struct builder *b;
	struct pool *pool;     /* the builder's */
	struct code_set *sets; /* owned; sorted once all are there */
	size_t set_count, set_capacity;
	struct code_link *links; /* owned */
	size_t link_count, link_capacity;
	size_t element_count; /* of all sets */
	uint32_t mark_bits; /* that any rule may set in a mark; others are 0 */
};

void code_world_fini(struct code_world *w);
/* Sorts the sets, so that they can be found. */
void code_world_sort(struct code_world *w);
/* The set, or NULL. O(log sets). */
struct code_set *code_world_set(const struct code_world *w,
    enum table_family family, const char *table, const char *name);

/* ---- the machine, ruleset_bytecode.c */

/* What a register's byte was loaded from. */
enum source_kind {
	SOURCE_PAYLOAD, /* what: base */
	SOURCE_META,	/* what: key */
	SOURCE_CT,	/* what: key; way: direction */
	SOURCE_MAP,	/* what a map gave */
	SOURCE_UNKNOWN,
};

struct source {
	enum source_kind kind;
	uint32_t what, way;
	const char *name; /* of SOURCE_CT, and of what is unknown; or NULL */
};

enum cell_kind { CELL_UNSET, CELL_VALUE, CELL_SOURCE };

/* One byte of a register: a value, or (the source's byte & mask) ^ value. */
struct cell {
	enum cell_kind kind;
	uint16_t source; /* index */
	uint16_t offset; /* in the header, or in what was loaded */
	uint8_t mask, value;
};

/* How the bytes of a field become its number. */
enum codec {
	CODEC_NUMBER,	 /* network byte order */
	CODEC_HOST,	 /* this machine's byte order */
	CODEC_INDEX,	 /* of an interface, by name */
	CODEC_ETHERTYPE, /* 0x0800 is 4 ... */
	CODEC_NFPROTO,	 /* 2 is 4, 10 is 6 */
	CODEC_STATE,	 /* a bit each */
	CODEC_STATUS,	 /* bits */
	CODEC_WAY,	 /* of a connection: 0, 1 */
};

#define FIELD_BYTES 16

/* A field, or a part of it, as it lies in registers. */
struct piece {
	enum field field;
	enum codec codec;
	size_t length;		   /* bytes of the whole field */
	size_t count;		   /* of them, here */
	uint8_t index[CODE_BYTES]; /* which byte of the field: 0 the first */
	uint8_t mask[CODE_BYTES], flip[CODE_BYTES];
	size_t start;	  /* of the first, in what was compared */
	const char *name; /* as nft has it: "tcp dport" */
	bool unknown;	  /* none of the fields */
	bool ports;	  /* there only if the protocol has ports */
	bool link;	  /* of the header of its link */
	bool fixed;	  /* no field but values, in flip */
};

/* A map whose result is in registers and was not used yet. */
struct pending_map {
	bool pending;
	bool unknown; /* the key, or a part of it */
	struct code_set *set;
	const struct piece *pieces; /* of the key; in the pool */
	size_t piece_count;
	uint16_t source;
};

struct machine {
	struct code_world *w;
	enum table_family family;
	const char *table;
	struct cell cells[CODE_BYTES];
	struct source sources[CODE_SOURCES_MAX];
	size_t source_count;
	struct pending_map map;
	uint32_t maps; /* looked up so far */
	/* A first half of a range: "cmp gte" that may go on with "cmp lte". */
	bool half;
	enum field half_field;
	const struct spans *half_values;
	uint32_t half_register;
	/* An unknown one likewise: said when, of which register. */
	size_t steps, said_at;
	uint32_t said_register;
	/* What the matches so far leave. */
	bool may_be_4, may_be_6;
	uint8_t protocols[32]; /* a bit each */
	const char *held; /* unknown, and perhaps only implied by the next */
	const struct spans *held_family; /* that it says as well, or NULL */
	bool said_link;	 /* something unknown of the link's header was said */
	int64_t packets; /* of a counter; -1 */
	const char *comment; /* of an xt match, or NULL */
};

/* A rule begins: registers hold nothing. The builder's last rule is it. */
void machine_begin(struct machine *m, struct code_world *w,
    enum table_family family, const char *table);
/* Does one instruction; statements go to the builder. */
void machine_step(struct machine *m, const struct code *c);
void machine_end(struct machine *m);

/* ---- for the parts of the machine among themselves */

/* The pieces that length bytes of a register are made of, in the order of the
 * registers; 0 when the register or the length is none, or beyond max. */
size_t machine_pieces(struct machine *m, uint32_t reg, size_t length,
    struct piece *out, size_t max);
/* A match that only a packet of a connection passes. */
void machine_tracked(struct machine *m);
/* Places of reg in cells; false when it is none or too short for length. */
bool machine_register(uint32_t reg, size_t length, size_t *first);
/* Loads length bytes of s from its byte offset on; what is left of the last
 * word becomes 0, as the kernel does it. Returns the number of the source. */
uint16_t machine_load(struct machine *m, uint32_t reg, const struct source *s,
    uint32_t offset, size_t length);
/* What stands before a statement: a range's first half, a map's match. */
void machine_half(struct machine *m);
void machine_settle(struct machine *m);
/* What the pieces imply and the program did not ask for: a protocol with
 * ports, the family of ICMP. */
void machine_imply(struct machine *m, const struct piece *pieces, size_t count);
extern const struct spans machine_with_ports;
/* Their names, "ip saddr . tcp dport"; in the pool. */
const char *machine_name(struct machine *m, const struct piece *pieces,
    size_t count);
/* A statement with which nothing is known to change: its words, or NULL. */
void machine_nothing(struct machine *m, const char *words);
/* Statements of what was found out; ruleset_bytecode_emit.c. */
void machine_emit(struct machine *m, enum field field,
    const struct spans *values, bool negated);
void machine_unknown(struct machine *m, const char *what, bool may_decide);
void machine_unknown_words(struct machine *m, const char *what,
    const char *words);
/* A match of several fields, or of a set. Takes note of what it leaves. */
/* A free choice with more words than its kind: "limit rate 3/second". */
void machine_free(struct machine *m, const struct code *c);
void machine_emit_lookup(struct machine *m, const struct lookup *l);

/* ruleset_bytecode_compare.c */
void machine_cmp(struct machine *m, const struct code *c);
void machine_range(struct machine *m, const struct code *c);

/* ruleset_bytecode_header.c: the field of a byte of a header. */
void header_locate(const struct machine *m, uint32_t base, uint32_t offset,
    uint8_t mask, struct piece *out, size_t *index);
/* Neither a verdict nor a way depends on a field of that name. */
bool header_harmless(const char *name);

/* ruleset_bytecode_field.c: names the field of a byte of a source. */
void field_locate(const struct machine *m, const struct cell *c,
    struct piece *out, size_t *index);
/* The values of the field for which its bytes, as they lie in registers, are
 * from..to in the order of memcmp. from and to have piece->count bytes. False
 * when that cannot be said. */
bool field_values(const struct machine *m, const struct piece *p,
    const uint8_t *from, const uint8_t *to, const struct spans **out);
/* The name of what is written to, or NULL when nothing depends on it here. */
const char *field_written(struct machine *m, const struct code *c);
/* "ct original packets"; way 2: of none. */
const char *field_ct_name(struct machine *m, uint32_t key, uint32_t way);

/* ruleset_bytecode_set.c */
/* What use a map's elements have. */
enum map_use {
	MAP_KEYS, /* only whether there is one */
	MAP_VERDICT,
	MAP_MARK,
	MAP_ADDRESS, /* and port */
};

struct map_shape {
	enum map_use use;
	/* Where in the value: bytes from its start; length 0: not there. */
	size_t address, address_last, address_length;
	size_t port, port_last;
	bool has_port, prefix;
};

/* Fills fields and elements of a lookup in a set with those pieces as the key;
 * what is unknown of the key may be anything. False when it cannot be said. */
bool set_lookup(struct machine *m, struct code_set *set,
    const struct piece *pieces, size_t count, const struct map_shape *shape,
    struct lookup *out);

/* ruleset_bytecode_nat.c: translations and marks. */
void machine_nat(struct machine *m, const struct code *c);
void machine_meta_set(struct machine *m, const struct code *c);
/* A lookup in a map of values: its result waits in registers. */
void machine_map(struct machine *m, const struct code *c, struct code_set *set,
    const struct piece *pieces, size_t count, bool unknown);
/* The match of a map that nothing used. */
void machine_flush(struct machine *m);

/* ruleset_bytecode_xt.c, ruleset_bytecode_xt_target.c: those of iptables. */
void machine_xt_match(struct machine *m, const struct code *c);
void machine_xt_target(struct machine *m, const struct code *c);
/* "xt NAME" as a free choice. */
void xt_unknown(struct machine *m, const struct code *c, bool may_decide);
/* The first size bytes of its structure; false when it has fewer. */
bool xt_copy(const struct code *c, void *out, size_t size);
/* Whether a target of that name sets marks. */
enum xt_marks { XT_MARKS_NONE, XT_MARKS_SET, XT_MARKS_UNKNOWN };
enum xt_marks xt_marks(const char *name);

struct decision machine_decision(struct machine *m,
    const struct code_verdict *v);

/* ---- ruleset_bytecode_expr.c: an instruction out of its attributes */

/* Sticky as the cursor's: false when attributes do not hold what they say. */
bool code_read(struct cursor *expression, struct code *out);
struct attr;
/* NFTA_DATA_*: a value or a verdict; neither is set when nest is not there. */
bool code_data(const struct attr *nest, struct code_bytes *bytes,
    struct code_verdict *verdict);

/* ---- ruleset_bytecode_attr.c: netlink attributes, netlink(7) */

struct attr {
	const uint8_t *at; /* NULL: not there */
	size_t length;
};

/*
 * Reads attributes up to the end of c; out[type] is the last of its type. More
 * than max: *beyond is the highest. False when one is cut or too short.
 */
bool attrs_read(struct cursor *c, struct attr *out, size_t max,
    uint32_t *beyond);
/* The next attribute of a list; false at its end or when c failed. */
bool attr_next(struct cursor *c, uint16_t *type, struct attr *out);
/* Numbers in network byte order; bad becomes true when the size is another;
 * 0 when it is not there. */
uint32_t attr_u32(const struct attr *a, bool *bad);
uint64_t attr_u64(const struct attr *a, bool *bad);
/* NULL when not there; bad when it does not end or is too long. */
const char *attr_string(const struct attr *a, bool *bad);
void attr_cursor(const struct attr *a, struct cursor *out);

/* ---- ruleset_bytecode_read.c */

/* The next netlink message; false at the end, or when it is cut: c failed. */
struct message {
	uint16_t type, flags;
	uint32_t sequence;
	struct cursor body; /* behind the header */
};
bool message_next(struct cursor *c, struct message *out);

/*
 * A ruleset out of the kernel's answers, one behind another, in any order of
 * kinds: tables, chains, sets, elements, rules (nfnetlink), and interfaces
 * (RTM_NEWLINK). Other messages are passed over. NULL with faults in d. The
 * bytes need not outlive it. system: host name, or NULL.
 */
struct ruleset *ruleset_answers(const uint8_t *bytes, size_t length,
    const char *system, struct diag *d);

#endif
