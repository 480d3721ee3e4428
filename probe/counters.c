/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See counters.h. The names are stable: they stand in the stats line and in
 * what people build on it.
 */
#include "counters.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const reason_names[FRAME_REASON_COUNT] = {
	[FRAME_NOT_IP] = "not-ip",
	[FRAME_ARP] = "arp",
	[FRAME_TRUNCATED] = "truncated",
	[FRAME_MALFORMED] = "malformed",
	[FRAME_UNSUPPORTED] = "unsupported",
	[FRAME_TUNNEL] = "tunnel-unopened",
	[FRAME_TAP_UNKNOWN] = "tap-unknown",
	[FRAME_ENGINE_RESTARTED] = "engine-restarted",
};

static const char *const counter_names[COUNTER_COUNT] = {
	[COUNTER_CONVERSATIONS] = "conversations",
	[COUNTER_CONVERSATIONS_OPEN] = "conversations-open",
	[COUNTER_ENDED_TCP] = "ended-tcp-end",
	[COUNTER_ENDED_TIMEOUT] = "ended-timeout",
	[COUNTER_ENDED_EVICTED] = "ended-evicted",
	[COUNTER_ENDED_REUSED] = "ended-reused",
	[COUNTER_ENDED_SHUTDOWN] = "ended-shutdown",
	[COUNTER_JUDGED_TIMES] = "judgements",
	[COUNTER_ICMP_ERROR_MATCHED] = "icmp-error-matched",
	[COUNTER_ICMP_ERROR_UNMATCHED] = "icmp-error-unmatched",
	[COUNTER_CORRELATED] = "correlated",
	[COUNTER_CLASSIFIER_REFUSED] = "classifier-refused",
	[COUNTER_SIGHTINGS_FULL] = "sightings-full",
	[COUNTER_TARGETS_FULL] = "targets-full",
	[COUNTER_FRAMES_CUT] = "cut",
	[COUNTER_COPIES] = "duplicates",
	[COUNTER_TIME_BACKWARD] = "time-backward",
	[COUNTER_TIME_RESTARTED] = "time-restarted",
	[COUNTER_FRAGMENTS] = "fragments",
	[COUNTER_FRAGMENTS_JOINED] = "fragments-joined",
	[COUNTER_DATAGRAMS_JOINED] = "datagrams-joined",
	[COUNTER_FRAGMENTS_UNJOINED] = "fragments-unjoined",
	[COUNTER_UNREADABLE] = "unreadable",
	[COUNTER_CARRIED] = "carried",
	[COUNTER_CARRIED_OTHER] = "carried-other",
	[COUNTER_MIRRORED] = "mirrored",
};

static const char *const rare_names[RARE_COUNT] = {
	[RARE_ENDED_ENGINE] = "ended-engine-restarted",
	[RARE_CONVERSATIONS_LOST] = "conversations-lost",
	[RARE_COUNTERS_LOST] = "counters-lost",
	[RARE_TIME_LEAPT] = "time-leapt",
	[RARE_EVIDENCE_LOST] = "evidence-lost",
	[RARE_TUNNELS_REFUSED] = "tunnels-refused",
	[RARE_DEVICES_REFUSED] = "devices-refused",
	[RARE_ATTACKS_REFUSED] = "attacks-refused",
	[RARE_LINK_FORGOTTEN] = "link-forgotten",
	[RARE_COPIES_MISSED] = "duplicates-window-full",
	[RARE_NAT_FULL] = "translations-full",
	[RARE_NAMES_FORGOTTEN] = "names-forgotten",
	[RARE_NAMES_UNREAD] = "names-unread",
};

/* No machine lives to count as far; sums of these cannot turn over. */
#define COUNTERS_MOST (UINT64_C(1) << 56)

static size_t
add_reasons(const struct counters *c, const struct fragment_counters *f,
    struct account_row *rows)
{
	size_t n = 0;

	for (int i = 0; i < FRAME_REASON_COUNT; i++)
		rows[n++] = (struct account_row){ reason_names[i],
			c->frames[i] };
	rows[n++] = (struct account_row){ "fragment-held", f->held };
	rows[n++] = (struct account_row){ "fragment-expired", f->expired };
	rows[n++] = (struct account_row){ "fragment-evicted", f->evicted };
	rows[n++] = (struct account_row){ "fragment-refused", f->refused };
	return n;
}

/* One more row whose name has two parts, unless the value is zero. */
static size_t
add_composed(struct counters_rows *rows, size_t n, const char *first,
    const char *second, uint64_t value)
{
	int length;

	if (value == 0)
		return n;
	length = snprintf(rows->names[n], COUNTERS_NAME_MAX, "%s-%s", first,
	    second);
	assert(length > 0 && length < COUNTERS_NAME_MAX);
	rows->rows[n] = (struct account_row){ rows->names[n], value };
	return n + 1;
}

/* "inner-malformed-ip4": of what tunnels carried. */
static size_t
add_inner(const struct counters *c, struct counters_rows *rows, size_t n)
{
	char first[COUNTERS_NAME_MAX];

	for (int i = 0; i < DECODE_STATUS_COUNT; i++) {
		(void)snprintf(first, sizeof(first), "inner-%s",
		    decode_status_name((enum decode_status)i));
		for (int j = 0; i != DECODE_OK && j < LAYER_COUNT; j++)
			n = add_composed(rows, n, first,
			    packet_layer_name((enum packet_layer)j),
			    c->inner[i][j]);
	}
	return n;
}

void
counters_tally(const struct counters *c, const struct fragment_counters *f,
    struct counters_rows *rows, struct tally *out)
{
	size_t n = 0;

	out->read = c->read;
	out->judged = c->judged;
	out->bytes = c->bytes;
	out->reasons = rows->reasons;
	out->reason_count = add_reasons(c, f, rows->reasons);
	for (int i = 0; i < COUNTER_COUNT; i++)
		rows->rows[n++] = (struct account_row){ counter_names[i],
			c->of[i] };
	for (int i = 0; i < RARE_COUNT; i++)
		if (c->rare[i] > 0)
			rows->rows[n++] = (struct account_row){ rare_names[i],
				c->rare[i] };
	for (int i = 0; i < DECODE_STATUS_COUNT; i++)
		for (int j = 0; i != DECODE_OK && j < LAYER_COUNT; j++)
			n = add_composed(rows, n,
			    decode_status_name((enum decode_status)i),
			    packet_layer_name((enum packet_layer)j),
			    c->layers[i][j]);
	n = add_inner(c, rows, n);
	for (int i = TUNNEL_NONE + 1; i < TUNNEL_COUNT; i++)
		n = add_composed(rows, n, "tunnel",
		    packet_tunnel_name((enum packet_tunnel)i), c->tunnels[i]);
	out->counters = rows->rows;
	out->counter_count = n;
}

/* ---- what a dead engine left */

/* Every member is such a number. */
static bool
are_small(const void *numbers, size_t size)
{
	uint64_t n;

	for (size_t i = 0; i < size; i += sizeof(n)) {
		memcpy(&n, (const char *)numbers + i, sizeof(n));
		if (n > COUNTERS_MOST)
			return false;
	}
	return true;
}

/* Frames that stand somewhere. */
static uint64_t
accounted(const struct counters *c, const struct fragment_counters *f)
{
	uint64_t sum = c->judged + f->held + f->expired + f->evicted +
	    f->refused;

	for (int i = 0; i < FRAME_REASON_COUNT; i++)
		sum += c->frames[i];
	return sum;
}

bool
counters_inherit(struct counters *c, struct fragment_counters *f)
{
	const uint64_t lost = c->rare[RARE_COUNTERS_LOST];

	f->held = 0;
	if (are_small(c, sizeof(*c)) && are_small(f, sizeof(*f)) &&
	    accounted(c, f) <= c->read) {
		c->frames[FRAME_ENGINE_RESTARTED] += c->read - accounted(c, f);
		return true;
	}
	memset(c, 0, sizeof(*c));
	memset(f, 0, sizeof(*f));
	c->rare[RARE_COUNTERS_LOST] = lost < COUNTERS_MOST ? lost + 1 : 1;
	return false;
}

void
counters_closed(struct counters *c, uint64_t closed, uint64_t refused)
{
	static const enum counter ends[] = { COUNTER_ENDED_TCP,
		COUNTER_ENDED_TIMEOUT, COUNTER_ENDED_EVICTED,
		COUNTER_ENDED_REUSED, COUNTER_ENDED_SHUTDOWN };
	const uint64_t begun = c->of[COUNTER_CONVERSATIONS];
	uint64_t ended = c->rare[RARE_ENDED_ENGINE] +
	    c->rare[RARE_CONVERSATIONS_LOST] + closed;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		ended += c->of[ends[i]];
	c->rare[RARE_ENDED_ENGINE] += closed;
	/* Also one that had begun and was not written down yet. Where the counts
	 * themselves were lost, what was refused is all that is known. */
	c->rare[RARE_CONVERSATIONS_LOST] += begun > 0 && ended <= begun ?
	    begun - ended :
	    refused;
	c->of[COUNTER_CONVERSATIONS_OPEN] = 0;
}

void
counters_add_fragments(struct fragment_counters *sum,
    const struct fragment_counters *f)
{
	sum->fragments += f->fragments;
	sum->held += f->held;
	sum->joined += f->joined;
	sum->expired += f->expired;
	sum->evicted += f->evicted;
	sum->refused += f->refused;
	sum->told += f->told;
}

uint64_t
counters_unread(const struct account_row *reasons, size_t count)
{
	static const char *const unread[] = { "truncated", "malformed",
		"unsupported", "tunnel-unopened", "fragment-expired",
		"fragment-evicted", "fragment-refused", "engine-restarted" };
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < sizeof(unread) / sizeof(unread[0]); j++)
			if (strcmp(reasons[i].name, unread[j]) == 0)
				sum += reasons[i].value;
	return sum;
}

uint64_t
counters_unjudged(const struct tally *t)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < t->reason_count; i++)
		sum += t->reasons[i].value;
	return sum;
}
