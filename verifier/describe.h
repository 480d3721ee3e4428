/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parts of a model as short text for tables and sentences: services, ends,
 * prefixes. Names of zones and the like are escaped for a terminal.
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "judge.h"
#include "model.h"

/* "tcp", "icmp", "any", or the number. */
void describe_protocol(uint16_t protocol, struct text *out);
/* "tcp/443 TLS, udp/53 DNS"; "any" when nothing is set. */
void describe_services(const struct services *s, struct text *out);
/* "lg: 10.2.0.53/32", or "lg" for the whole zone. */
void describe_end(const struct endpoint *e, struct text *out);
/* "10.1.0.0/16, 10.2.0.0/16", at most DESCRIBE_PREFIXES_MAX and then "...". */
#define DESCRIBE_PREFIXES_MAX 8
void describe_prefixes(const struct prefix_set *s, struct text *out);
/* What a reason of events ("one-way", "not-observable: path") means, as a
 * sentence; nothing where there is no such reason. */
void describe_reason(const char *reason, enum lang lang, struct text *out);
/* That the model is a draft, or a trial and until when; nothing of one that
 * is in force. Ends no line. */
void describe_stage(const struct model *m, enum lang lang, struct text *out);
/* The name as the model gives it, safe for a terminal. */
void describe_name(const char *name, struct text *out);

#endif
