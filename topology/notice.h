/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A notice: a finding that is not one conversation's verdict. What the link
 * layer shows (LNK), what devices are (AST), early signs of an attack (ATK)
 * and translations that nobody declared (TOP-12). Made by the engine, grouped
 * and told by the recorder.
 */
#ifndef NOTICE_H
#define NOTICE_H

#include "conversation.h"
#include "evidence.h"
#include "judge.h"

/* Which sentence tells it: NOTICE_NAME for each row of notice_table.h. */
enum notice_word {
	NOTICE_NONE,
#define NOTICE(name, ja, en, next_ja, next_en) NOTICE_##name,
#include "notice_table.h"
#undef NOTICE
	NOTICE_COUNT
};

/* A device, as far as the frame names it. */
struct notice_party {
	struct addr address; /* family 0: none */
	uint16_t port;	     /* 0: none */
	bool has_mac;
	struct mac mac;
	const struct zone *zone; /* of the address or the segment; or NULL */
};

#define NOTICE_TEXT_MAX 255 /* bytes of expected and of seen */

struct notice {
	enum check check;
	enum severity severity;
	enum notice_word word;
	struct wall_us now;   /* packet time of what decided it */
	struct wall_us first; /* of the first frame that is counted */
	const struct boundary *boundary;
	const struct tap *tap; /* or NULL: of no single one */
	uint16_t tags[4];      /* outermost first */
	uint8_t tag_count;
	uint8_t protocol;	      /* IANA number, 0: none */
	struct notice_party party[2]; /* [0]: who does it; [1]: to whom */
	/* The line of the model it is held against; kind NONE: what is not
	 * declared has none. */
	struct clause clause;
	/* What was declared and what was seen: addresses, ports, numbers and
	 * names of the packet or of the model, no words of a language; UTF-8
	 * without control characters; or NULL. */
	const char *expected, *seen;
	/* "counted of of", or of sources where its sentence says so; 0: nothing
	 * to count */
	uint64_t counted, of;
	uint64_t flow_id; /* of a conversation that shows it, or 0 */
	/* The frames that decided it, cut as evidence is. */
	const struct evidence_packet *packets;
	size_t packet_count; /* <= EVIDENCE_NOTICE_MAX */
};

/* The row's name as the table spells it: "DHCP_SERVER" ...; "none". */
const char *notice_name(enum notice_word word);

#endif
