/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a "flow" line. What it lacks is left empty, never guessed.
 */
#include "draft_event.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define STAMP_LEAST 24 /* of "2026-11-21T10:15:33+0900" */

/* Two digits at s, or -1. */
static int
two(const char *s)
{
	if (!isdigit((unsigned char)s[0]) || !isdigit((unsigned char)s[1]))
		return -1;
	return (s[0] - '0') * 10 + (s[1] - '0');
}

bool
draft_event_time(const char *text, int64_t *us)
{
	int64_t fraction = 0, unit = CLOCK_SECOND;
	int h, m, sec, zone_h, zone_m;
	char date[11];
	struct day day;
	const char *p;

	if (strlen(text) < STAMP_LEAST || text[10] != 'T' || text[13] != ':' ||
	    text[16] != ':')
		return false;
	memcpy(date, text, 10);
	date[10] = '\0';
	h = two(text + 11);
	m = two(text + 14);
	sec = two(text + 17);
	if (!day_parse(date, &day) || h < 0 || m < 0 || sec < 0)
		return false;
	p = text + 19;
	if (*p == '.')
		for (p++; isdigit((unsigned char)*p) && unit > 1; p++) {
			unit /= 10;
			fraction += unit * (*p - '0');
		}
	if ((*p != '+' && *p != '-') || strlen(p) != 5)
		return false;
	zone_h = two(p + 1);
	zone_m = two(p + 3);
	if (zone_h < 0 || zone_m < 0)
		return false;
	zone_h = (zone_h * 60 + zone_m) * 60;
	*us = day_begin(day, *p == '-' ? -zone_h : zone_h).us +
	    (INT64_C(3600) * h + 60 * m + sec) * CLOCK_SECOND + fraction;
	return true;
}

static bool
read_protocol(const char *name, uint8_t *out)
{
	static const struct {
		const char *name;
		uint8_t number;
	} names[] = { { "TCP", 6 }, { "UDP", 17 }, { "ICMP", 1 },
		{ "IPv6-ICMP", 58 }, { "IGMP", 2 }, { "IPv4", 4 },
		{ "IPv6", 41 }, { "GRE", 47 }, { "ESP", 50 }, { "AH", 51 },
		{ "SCTP", 132 } };
	char *end;
	unsigned long n;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i].name) == 0) {
			*out = names[i].number;
			return true;
		}
	if (!isdigit((unsigned char)name[0]))
		return false;
	n = strtoul(name, &end, 10);
	*out = (uint8_t)n;
	return *end == '\0' && n <= 255;
}

static void
read_checks(struct draft_event *e, const struct jsonx *own)
{
	const struct jsonx *also = jsonx_get(own, "also");
	const char *check = events_text(own, "check");

	if (check[0] != '\0')
		e->checks[e->check_count++] = checks_find(check);
	if (also == NULL || also->kind != JSONX_ARRAY)
		return;
	for (const struct jsonx *n = also->child; n != NULL; n = n->next)
		if (n->kind == JSONX_STRING &&
		    e->check_count < DRAFT_EVENT_CHECKS_MAX)
			e->checks[e->check_count++] = checks_find(n->string);
}

static bool
read_flag(const struct jsonx *o, const char *key)
{
	const struct jsonx *n = jsonx_get(o, key);

	return n != NULL && n->kind == JSONX_BOOLEAN && n->integer;
}

static uint64_t
read_count(const struct jsonx *o, const char *key)
{
	const int64_t n = events_number(o, key);

	return n > 0 ? (uint64_t)n : 0;
}

bool
draft_event_read(struct draft_event *e, const struct jsonx *o)
{
	const struct jsonx *own = jsonx_get(o, "sekisho");
	const struct jsonx *flow = jsonx_get(o, "flow");
	const struct jsonx *application = jsonx_get(own, "application");
	const int64_t port = events_number(o, "dest_port");
	const int64_t from_port = events_number(o, "src_port");

	memset(e, 0, sizeof(*e));
	if (!addr_parse(events_text(o, "src_ip"), &e->from) ||
	    !addr_parse(events_text(o, "dest_ip"), &e->to) ||
	    !read_protocol(events_text(o, "proto"), &e->protocol) ||
	    !draft_event_time(events_text(flow, "start"), &e->start_us) ||
	    !draft_event_time(events_text(flow, "end"), &e->end_us) ||
	    port < 0 || port > 65535)
		return false;
	e->port = (uint16_t)port;
	if (from_port > 0 && from_port <= 65535)
		e->from_port = (uint16_t)from_port;
	e->bytes[0] = read_count(flow, "bytes_toserver");
	e->bytes[1] = read_count(flow, "bytes_toclient");
	e->packets = read_count(flow, "pkts_toserver");
	e->boundary = events_text(own, "boundary");
	e->verdict = events_text(own, "verdict");
	e->reason = events_text(own, "reason");
	e->outcome = events_text(own, "outcome");
	e->initiator = events_text(own, "initiator");
	e->passed = events_text(own, "passed");
	e->conduit = events_text(own, "conduit");
	e->exception = events_text(own, "exception");
	e->application = events_text(application, "name");
	e->master = events_text(application, "master");
	e->confidence = events_text(application, "confidence");
	e->server_name = events_text(own, "server_name");
	e->one_way = read_flag(own, "one_way");
	read_checks(e, own);
	return e->boundary[0] != '\0' && e->verdict[0] != '\0' &&
	    e->outcome[0] != '\0';
}

bool
draft_event_has(const struct draft_event *e, enum check check)
{
	for (size_t i = 0; i < e->check_count; i++)
		if (e->checks[i] == check)
			return true;
	return false;
}
