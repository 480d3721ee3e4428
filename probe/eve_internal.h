/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts that lines of several kinds share. For eve*.c only.
 */
#ifndef EVE_INTERNAL_H
#define EVE_INTERNAL_H

#include "asset.h"
#include "base/jsonw.h"
#include "eve.h"

/* Opens the line: timestamp, flow_id (NULL: none), in_iface and event_type,
 * then the tags as "vlan". */
void eve_begin(struct jsonw *w, struct text *out, const struct eve *e,
    struct wall_us time, const uint64_t *flow_id, const struct tap *tap,
    const char *event_type, const uint16_t *tags, size_t tag_count);
/* Addresses, ports or ICMP type, protocol, app_proto and community_id. */
void eve_ends(struct jsonw *w, const struct ends *ends, const char *app_proto);
/* Suricata's app_proto: NULL while nothing was there to classify. */
const char *eve_app_proto(enum application_state state, const char *label,
    const char *master);
void eve_time(struct jsonw *w, const struct eve *e, const char *key,
    struct wall_us t);
/* The id of the zone where an end stands, or null. */
void eve_zone(struct jsonw *w, const char *key, const struct place *p);
void eve_reason(struct jsonw *w, enum verdict_kind kind, enum reason reason,
    enum element element);
/* "refused_by" where it was refused. */
void eve_refused_by(struct jsonw *w, enum refuser refused_by);
/* {kind, id, at} or null. */
void eve_clause(struct jsonw *w, const struct eve *e, const struct clause *c);
/* {conduit, element, expected, seen} or null. */
void eve_near_miss(struct jsonw *w, const struct near_miss *n);
/* {name, master, confidence} or null; label "" or NULL: null. */
void eve_application(struct jsonw *w, const char *label, const char *master,
    enum confidence confidence);
/* {version, cipher, class} of what a ServerHello chose, or null. */
void eve_tls(struct jsonw *w, uint16_t version, uint16_t cipher);
/* What the conduit says that it carries; [] where it says nothing. */
void eve_carries(struct jsonw *w, const struct conduit *c);
/* The names of a set of elements. */
void eve_elements(struct jsonw *w, const char *key, unsigned set);
/* "evidence" of the alert at hand, and the counts of all. */
void eve_evidence(struct jsonw *w, const struct eve *e, const struct alert *a);
void eve_evidence_counts(struct jsonw *w, const struct exhibit_counters *c);
/* "novelty" of the alert at hand where it was asked for, and the counts of the
 * store. */
void eve_novelty(struct jsonw *w, const struct eve *e);
void eve_novelty_counts(struct jsonw *w, const struct novelty_counters *c);
/* "emergencies" where the model declares any: those that are or were on. */
void eve_emergencies(struct jsonw *w, const struct eve *e);
const char *eve_stage(enum stage stage); /* "draft", "trial", "in-force" */
/* "clock": how far the time of packets can be believed. */
void eve_clock(struct jsonw *w, const struct eve *e);
/* {name, division, kind, mac} or null: not registered. */
void eve_asset(struct jsonw *w, const char *key, const struct asset *asset);
/* "taps" and "requirements" of an alert. */
void eve_alert_taps(struct jsonw *w, const struct alert *a);
void eve_requirements(struct jsonw *w, const struct alert *a);
/* Of a notice: its parties as Suricata names ends, and what stands under
 * "sekisho" besides what every alert has. */
void eve_parties(struct jsonw *w, const struct alert *a);
void eve_notice(struct jsonw *w, const struct eve *e, const struct alert *a);
/* The protocol as Suricata spells it, or its number in buf. */
const char *eve_protocol(uint8_t protocol, char buf[4]);
/* "seen_at_least": 0..1 in steps of 0.0001, or null. */
void eve_cover_share(struct jsonw *w, const struct cover_bound *b);
/* Only the last part of a path, or NULL: where a file lay is nobody's
 * business. */
const char *eve_base_name(const char *path);

#endif
