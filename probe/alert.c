/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copies what an alert says out of an observation that lives only for a call.
 * Strings that are too long are cut at the end: they are shown, not compared.
 */
#include "alert.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "noun.h"

#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_DCCP 33
#define PROTOCOL_ICMPV6 58
#define PROTOCOL_SCTP 132
#define PROTOCOL_UDPLITE 136
#define NAMED_MAX 768 /* text that an evidence_id is a digest of */

struct ends
ends_of(const struct conversation *c)
{
	struct ends e;

	memset(&e, 0, sizeof(e)); /* padding too: it may be hashed */
	memcpy(e.address, c->address, sizeof(e.address));
	memcpy(e.port, c->port, sizeof(e.port));
	e.protocol = c->protocol;
	e.icmp_type = c->icmp_type;
	e.icmp_code = c->icmp_code;
	return e;
}

bool
ends_have_ports(const struct ends *e)
{
	switch (e->protocol) {
	case PROTOCOL_TCP:
	case PROTOCOL_UDP:
	case PROTOCOL_DCCP:
	case PROTOCOL_SCTP:
	case PROTOCOL_UDPLITE:
		return true;
	default:
		return false;
	}
}

bool
ends_are_icmp(const struct ends *e)
{
	return e->protocol == PROTOCOL_ICMP || e->protocol == PROTOCOL_ICMPV6;
}

/* Cuts at size; the cut never leaves half a character at the end. */
static void
copy_text(char *to, size_t size, const char *from)
{
	size_t n, at = 0, step;

	if (from == NULL)
		from = "";
	n = strlen(from);
	if (n < size) {
		memcpy(to, from, n + 1);
		return;
	}
	while (at < size) {
		step = text_utf8(from + at, n - at);
		if (at + (step ? step : 1) >= size)
			break;
		at += step ? step : 1;
	}
	memcpy(to, from, at);
	to[at] = '\0';
}

static void
copy_taps(struct alert *a, const struct conversation *c)
{
	for (size_t i = 0; i < c->sighting_count; i++) {
		const struct tap *tap = c->sightings[i].tap;
		uint8_t k = 0;

		while (k < a->tap_count && a->taps[k] != tap)
			k++;
		if (k == a->tap_count && k < ALERT_TAPS_MAX)
			a->taps[a->tap_count++] = tap;
	}
}

static void
copy_conversation(struct alert *a, const struct observation *o)
{
	const struct conversation *c = o->conversation;

	a->ends = ends_of(c);
	a->boundary = c->boundary;
	a->initiator = c->initiator;
	a->outcome = c->outcome;
	a->ongoing = !c->ended && o->stage != OBSERVATION_FINAL;
	a->application_state = c->application_state;
	a->confidence = c->confidence;
	if (c->application_state == APPLICATION_KNOWN) {
		copy_text(a->application, sizeof(a->application),
		    c->application);
		copy_text(a->master, sizeof(a->master), c->master);
	}
	copy_text(a->server_name, sizeof(a->server_name), c->server_name);
	a->tls_version = c->tls_version;
	a->tls_cipher = c->tls_cipher;
	copy_taps(a, c);
}

/* The findings that are not this one, in the verdict's order. */
static void
copy_also(struct alert *a, const struct verdict *v)
{
	if (v->deciding.check != CHECK_NONE &&
	    v->deciding.check != a->finding.check)
		a->also[a->also_count++] = (uint8_t)v->deciding.check;
	for (size_t i = 0; i < v->also_count; i++) {
		if (v->also[i].check != a->finding.check &&
		    a->also_count < VERDICT_ALSO_MAX)
			a->also[a->also_count++] = (uint8_t)v->also[i].check;
	}
}

/* What is wrong whoever opened the conversation, and whether or not it came
 * to anything. Where the direction is not known that holds of what stands
 * beside, which both directions have in common. */
static bool
is_certain(const struct alert *a, const struct verdict *v)
{
	switch (a->finding.check) {
	case CHECK_LNK_1:
		return true;
	case CHECK_SEG_10:
	case CHECK_SEG_12:
	case CHECK_SEG_14:
		return v->reason != REASON_DIRECTION ||
		    a->finding.check != v->deciding.check;
	default:
		return false;
	}
}

static void
copy_finding(struct alert *a, const struct verdict *v)
{
	a->certain = is_certain(a, v);
	if (a->finding.check == v->deciding.check) {
		a->failed = v->failed;
		a->clause = v->clause;
		a->near_miss = v->near_miss;
		return;
	}
	for (size_t i = 0; i < v->also_count; i++) {
		if (v->also[i].check != a->finding.check)
			continue;
		a->failed = v->also_failed[i];
		a->clause = v->also_clause[i];
		return;
	}
}

static void
copy_verdict(struct alert *a, const struct verdict *v)
{
	a->verdict = v->kind;
	a->reason = v->reason;
	a->element = v->element;
	a->conduit = v->conduit;
	copy_finding(a, v);
	a->from = v->from;
	a->to = v->to;
	a->passed = v->passed;
	a->refused_by = v->refused_by;
	copy_also(a, v);
}

void
alert_of_observation(struct alert *a, const struct observation *o,
    const struct finding *f)
{
	memset(a, 0, sizeof(*a));
	a->flow_id = a->evidence_id = o->flow_id;
	a->finding = *f;
	a->start = o->start;
	a->end = o->end;
	a->tap = o->tap;
	a->tag_count = o->tag_count;
	memcpy(a->tags, o->tags, sizeof(a->tags));
	memcpy(a->bytes, o->bytes, sizeof(a->bytes));
	copy_conversation(a, o);
	copy_verdict(a, o->verdict);
}

void
alert_of_coverage(struct alert *a, const struct coverage_finding *f)
{
	memset(a, 0, sizeof(*a));
	a->coverage = true;
	a->finding.check = f->check;
	a->finding.severity = f->severity;
	a->start = a->end = f->now;
	a->boundary = f->boundary;
	a->tap = f->tap;
	if (f->tap != NULL)
		a->taps[a->tap_count++] = f->tap;
	a->counted = f->counted;
	a->of = f->of;
	copy_text(a->detail, sizeof(a->detail), f->detail);
}

/* A digest of what was noticed, by whom, where and when. */
static uint64_t
evidence_of(const struct notice *n)
{
	char who[ADDR_TEXT_MAX], whom[ADDR_TEXT_MAX];
	char macs[2][MAC_TEXT_MAX], named[NAMED_MAX];
	uint8_t digest[20];
	uint64_t id = 0;

	for (int i = 0; i < 2; i++)
		(void)mac_format(&n->party[i].mac, macs[i]);
	(void)snprintf(named, sizeof(named), "%s %s %lld %s %s %s %s %u %s %s",
	    checks_id(n->check), notice_name(n->word), (long long)n->now.us,
	    addr_format(&n->party[0].address, who), macs[0],
	    addr_format(&n->party[1].address, whom), macs[1], n->party[1].port,
	    n->tap != NULL ? n->tap->id : "-",
	    n->clause.id != NULL ? n->clause.id : "-");
	digest_sha1(named, strlen(named), digest);
	for (int i = 0; i < 8; i++)
		id = id << 8 | digest[i];
	return (id & (ALERT_EVIDENCE_OF_NOTICE - 1)) | ALERT_EVIDENCE_OF_NOTICE;
}

static void
copy_party(struct alert *a, const struct notice_party *p, int i)
{
	struct place *place = i == 0 ? &a->from : &a->to;

	a->ends.address[i] = p->address;
	a->ends.port[i] = p->port;
	a->has_mac[i] = p->has_mac;
	a->mac[i] = p->mac;
	place->kind = p->zone != NULL ? PLACE_ZONE : PLACE_NONE;
	place->zone = p->zone;
	place->address = p->address;
}

void
alert_of_notice(struct alert *a, const struct notice *n)
{
	memset(a, 0, sizeof(*a));
	a->notice = true;
	a->flow_id = n->flow_id;
	a->evidence_id = n->packet_count > 0 ? evidence_of(n) : n->flow_id;
	a->finding.check = n->check;
	a->finding.severity = n->severity;
	a->start = n->first.us != 0 && n->first.us < n->now.us ? n->first :
								 n->now;
	a->end = n->now;
	a->boundary = n->boundary;
	a->tap = n->tap;
	if (n->tap != NULL)
		a->taps[a->tap_count++] = n->tap;
	a->tag_count = n->tag_count < 4 ? n->tag_count : 4;
	memcpy(a->tags, n->tags, sizeof(a->tags));
	a->ends.protocol = n->protocol;
	a->verdict = VERDICT_VIOLATE;
	a->clause = n->clause;
	a->word = n->word;
	copy_party(a, &n->party[0], 0);
	copy_party(a, &n->party[1], 1);
	a->has_expected = n->expected != NULL;
	a->has_seen = n->seen != NULL;
	copy_text(a->expected, sizeof(a->expected), n->expected);
	copy_text(a->seen, sizeof(a->seen), n->seen);
	a->counted = n->counted;
	a->of = n->of;
}

bool
alert_of_judged(const struct alert *a)
{
	return !a->coverage && !a->notice;
}

void
alert_rebase(struct alert *a, struct noun_map *to)
{
	uint8_t n = 0;

	a->boundary = noun_boundary(to, a->boundary);
	a->tap = noun_tap(to, a->tap);
	for (uint8_t i = 0; i < a->tap_count; i++) {
		a->taps[n] = noun_tap(to, a->taps[i]);
		n += a->taps[n] != NULL;
	}
	a->tap_count = n;
	noun_place(to, &a->from);
	noun_place(to, &a->to);
	noun_clause(to, &a->clause);
	a->conduit = noun_conduit(to, a->conduit);
	if (!a->notice) /* else texts lie there */
		a->near_miss.conduit = noun_conduit(to, a->near_miss.conduit);
}

bool
alert_settled(const struct alert *a)
{
	if (!alert_of_judged(a) || !a->ongoing || a->outcome == OUTCOME_DATA)
		return true;
	return a->outcome == OUTCOME_REFUSED &&
	    (a->refused_by == REFUSER_HOST ||
		a->refused_by == REFUSER_BOUNDARY);
}
