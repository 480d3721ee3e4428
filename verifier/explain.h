/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho audit --explain: a packet or a pattern of packets as people write
 * it, and its walk through every chain.
 *
 *   tcp 10.2.0.5:* -> 10.1.0.7:443 iif lg0 [oif core0] [state new] [flags syn]
 *   icmp 10.2.0.0/16 -> 10.1.0.7 type 8 code 0
 *   any [fd00:2::5] -> [fd00:1::7]:443
 *   udp 10.2.0.5 -> 10.2.0.1:53 to firewall
 *
 * Protocol: names or numbers with commas, "any", or "!" and those it is not
 * (icmp: that of the packets' IP version); it may be left out. Ends: an
 * address, prefix, range a-b or "*", also several with commas, IPv6 in
 * brackets where a port follows; ports: numbers, ranges or "*". Behind them
 * iif, oif (a name, "lg*", "!lg0"), state, flags, type, code, sport, dport,
 * direction with a value each, and "to firewall" or "bridged". Left out: the
 * state is new (invalid where the flags or the type of ICMP begin nothing), the flags of a new TCP connection SYN, all else anything.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "evaluate.h"

struct explain_query {
	enum way way;	     /* input when "to firewall" ends the pattern */
	struct box boxes[2]; /* one a family */
	size_t count;
	bool state_left_out; /* it is the one that the rest implies */
};

/* False with a sentence in d (the column says where in the pattern) when it
 * cannot be read. Boxes lie in p, and each holds some packet. */
bool explain_parse(const char *pattern, struct pool *p,
    struct explain_query *out, struct diag *d);
struct jsonw;
struct text;
/* The walk as text and as JSON (sekisho-explain/1); and what comes out:
 * accepted, dropped, partly, or depending on what cannot be known. Returns
 * WALK_DONE, or WALK_UNDECIDED when the packets were too many to tell apart
 * within a budget of its own. */
enum walk_result explain_text(const struct evaluator *e,
    const struct explain_query *q, enum lang lang, struct text *out);
enum walk_result explain_json(const struct evaluator *e,
    const struct explain_query *q, enum lang lang, struct text *out);

#endif
