/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values of a field as nft writes them: prefixes, ports, names of interfaces,
 * protocols, ICMP types and flags.
 */
#ifndef RULESET_TEXT_VALUE_H
#define RULESET_TEXT_VALUE_H

#include "ruleset.h"

struct text;

/* An interval. version (4, 6 or 0: unknown) says how to read addresses,
 * protocol (or -1) how to read ICMP types. */
void text_value(enum field f, struct span span, int version, int protocol,
    struct text *out);
/* A match of flags or states with its sign: " established,related",
 * " & (syn | ack) == syn". False when the field has none, or no such words. */
bool text_value_bits(enum field f, const struct spans *s, struct text *out);

#endif
