/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames of any kind through the link layer, with two models that take turns,
 * and the parsers of what is in them by themselves. Whatever comes, a notice
 * is one that can be written: of a check of its own, at a tap, in text that is
 * fit to be shown, with the zone's and the router's names still there.
 *
 * Input: operations of one byte (3 bits kind, 2 bits tap, 3 bits of time) and,
 * for frames and payloads, a length (two bytes) and as many bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "bundle.h"
#include "cdp.h"
#include "dhcp.h"
#include "link.h"
#include "lldp.h"
#include "locate.h"
#include "notice.h"
#include "stp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char model_text[] =
    "{\"format\":\"sekisho-topology/1\",\"stage\":\"in-force\","
    "\"organisation\":{\"name\":\"t\",\"code\":\"999998\"},"
    "\"guideline\":{\"file\":\"g.json\",\"model\":\"alpha\"},"
    "\"zones\":["
    "{\"id\":\"core\",\"tier\":\"mynumber\",\"networks\":[\"10.1.0.0/16\","
    "\"fd00:1::/48\"]},"
    "{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/16\","
    "\"fd00:2::/48\"],\"dhcp-servers\":[\"10.2.0.67\",\"10.1.0.67\"]},"
    "{\"id\":\"office\",\"tier\":\"internet\",\"networks\":[\"10.3.0.0/16\","
    "\"fd00:3::/48\"]},"
    "{\"id\":\"guest\",\"tier\":\"guest\",\"networks\":["
    "\"192.168.100.0/24\"],\"ipv6\":\"none\"},"
    "{\"id\":\"outside\",\"tier\":\"outside\",\"networks\":[\"0.0.0.0/0\"]}],"
    "\"probes\":[{\"id\":\"probe1\"}],"
    "\"firewalls\":[{\"id\":\"fw1\",\"kind\":\"opaque\",\"addresses\":["
    "\"10.1.0.1\",\"10.2.0.1\",\"10.3.0.1\"]}],"
    "\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw1\",\"zones\":["
    "\"core\",\"lg\",\"office\",\"guest\",\"outside\"],\"taps\":["
    "{\"id\":\"lg\",\"probe\":\"probe1\",\"segment\":\"lg\",\"routers\":["
    "{\"address\":\"10.2.0.1\",\"macs\":[\"02:00:00:00:02:01\","
    "\"02:00:00:00:02:02\"],\"virtual\":{\"kind\":\"vrrp\",\"group\":10}}],"
    "\"neighbours\":[\"02:00:00:00:99:01\"],"
    "\"root-bridge\":\"02:00:00:00:99:02\"},"
    "{\"id\":\"trunk\",\"probe\":\"probe1\",\"vlans\":{\"110\":\"core\","
    "\"300\":\"office\",\"500\":\"guest\"},\"routers\":["
    "{\"address\":\"10.1.0.1\",\"macs\":[\"02:00:00:00:01:01\"]},"
    "{\"address\":\"10.3.0.1\",\"macs\":[\"02:00:00:00:03:01\"]}]},"
    "{\"id\":\"bare\",\"probe\":\"probe1\",\"segment\":\"office\"},"
    "{\"id\":\"transit\",\"probe\":\"probe1\"}]}],"
    "\"hosts\":["
    "{\"name\":\"mfp\",\"kind\":\"mfp\",\"multi-homed\":{\"forwards\":false,"
    "\"reason\":\"x\",\"number\":\"1\"},\"interfaces\":["
    "{\"zone\":\"lg\",\"address\":\"10.2.8.8\",\"mac\":\"02:00:00:00:88:02\"},"
    "{\"zone\":\"office\",\"address\":\"10.3.8.8\",\"mac\":\"02:00:00:00:88:03"
    "\"}]},"
    "{\"name\":\"rover\",\"switching\":[\"lg\",\"office\"],\"interfaces\":["
    "{\"mac\":\"02:00:00:00:77:01\"}]},"
    "{\"name\":\"floor-2\",\"kind\":\"switch\",\"interfaces\":["
    "{\"address\":\"10.2.0.250\"}]}]}";

enum operation { RELOAD = 2, WAIT, PAYLOAD }; /* any other: a frame */

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check_text(const char *text)
{
	require(
	    !text || (strlen(text) <= NOTICE_TEXT_MAX && text_is_safe(text)));
}

static void
check_notice(void *context, const struct notice *n)
{
	size_t *words = context;

	require(n->check >= CHECK_LNK_1 && n->check <= CHECK_LNK_10);
	require(n->severity > SEVERITY_NONE && n->word > NOTICE_NONE &&
	    n->word < NOTICE_COUNT);
	require(n->tap && n->boundary == n->tap->boundary);
	require(n->packet_count <= EVIDENCE_NOTICE_MAX);
	check_text(n->expected);
	check_text(n->seen);
	for (int i = 0; i < 2; i++)
		if (n->party[i].zone)
			*words += strlen(n->party[i].zone->id);
	if (n->clause.kind != CLAUSE_NONE)
		*words += strlen(n->clause.id);
}

static void
check_name(const char *name, size_t size)
{
	require(strnlen(name, size) < size && text_is_safe(name));
}

/* The same bytes to every parser that takes payload alone. */
static void
parse_all(const uint8_t *bytes, size_t n, size_t wire)
{
	struct dhcp_message d;
	struct dhcp6_message d6;
	struct lldp_message l;
	struct cdp_message c;
	struct stp_message s;

	(void)dhcp_parse(bytes, n, wire, &d);
	check_name(d.host_name, sizeof(d.host_name));
	check_name(d.full_name, sizeof(d.full_name));
	check_name(d.vendor_class, sizeof(d.vendor_class));
	require(d.id.length <= DHCP_ID_MAX);
	(void)dhcp6_parse(bytes, n, wire, &d6);
	check_name(d6.full_name, sizeof(d6.full_name));
	require(d6.relays <= DHCP6_RELAYS_MAX &&
	    d6.address_count <= DHCP6_ADDRESSES_MAX);
	(void)lldp_parse(bytes, n, wire, &l);
	check_name(l.name, sizeof(l.name));
	check_name(l.chassis, sizeof(l.chassis));
	check_name(l.port, sizeof(l.port));
	(void)cdp_parse(bytes, n, wire, &c);
	check_name(c.name, sizeof(c.name));
	check_name(c.platform, sizeof(c.platform));
	for (int i = 0; i < 2; i++)
		(void)stp_parse(bytes, n, wire, i == 1, &s);
}

struct fuzzed {
	struct model *models[2];
	int which;
	struct link_watch *link;
	struct wall_us now;
	struct observer observer;
	size_t words;
};

static struct model *
load(const char *guideline, size_t n)
{
	struct bundle b = { 0 };
	struct diag d = { .lang = LANG_EN };
	struct model *m;

	(void)bundle_add(&b, "m", "m", model_text, strlen(model_text));
	(void)bundle_add(&b, "g.json", "g.json", guideline, n);
	m = model_load(&b, &d);
	if (!m) {
		struct text faults = { 0 };

		diag_print(&d, &faults);
		(void)fputs(text_str(&faults), stderr);
		abort();
	}
	diag_free(&d);
	bundle_free(&b);
	return m;
}

/* Two of one text: whatever is kept of the first after a reload is seen. */
static void
load_models(struct fuzzed *f)
{
	static char guideline[256 * 1024];
	char path[512];
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/guidelines/mic-2025-03.json",
	    bundle_data_dir());
	file = fopen(path, "r");
	require(file != NULL);
	n = fread(guideline, 1, sizeof(guideline), file);
	(void)fclose(file);
	for (int i = 0; i < 2; i++)
		f->models[i] = load(guideline, n);
}

static const struct tap *
tap_of(const struct fuzzed *f, unsigned number)
{
	return &f->models[f->which]->boundaries[0].taps[number];
}

static void
frame(struct fuzzed *f, unsigned tap, const uint8_t *bytes, size_t n,
    size_t wire)
{
	struct packet p;
	struct frame raw = { .time = f->now,
		.captured = (uint32_t)n,
		.wire = (uint32_t)wire,
		.link_type = 1,
		.bytes = bytes };
	struct arrival a = { .packet = &p,
		.tap = tap_of(f, tap),
		.time = f->now,
		.frames = 1,
		.bytes = wire,
		.frame = &raw };
	const enum decode_status status = decode_frame(1, bytes, n, wire, &p);

	a.segment = locate_segment(a.tap, p.tags, p.tag_count, &a.vlan, NULL);
	link_frame(f->link, &a, status, &f->observer);
}

static void
take_bytes(struct fuzzed *f, unsigned kind, unsigned tap, struct cursor *c)
{
	const uint16_t head = cursor_be16(c);
	size_t n = head & 0x7ff;
	uint8_t *copy;

	if (n > cursor_left(c))
		n = cursor_left(c);
	copy = malloc(n ? n : 1);
	require(copy != NULL);
	if (n > 0)
		memcpy(copy, cursor_take(c, n), n);
	if (kind == PAYLOAD)
		parse_all(copy, n, n + (head >> 15));
	else
		frame(f, tap, copy, n, n + (head >> 15) * 100);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzzed f;
	struct cursor c;

	if (!f.models[0]) {
		load_models(&f);
		f.observer = (struct observer){ .context = &f.words,
			.notice = check_notice };
	}
	f.which = 0;
	f.now.us = INT64_C(1795222800) * CLOCK_SECOND;
	f.link = link_new(f.models[0], (const uint8_t *)"fuzz the link...");
	cursor_init(&c, data, size);
	while (cursor_left(&c) > 0) {
		const uint8_t operation = cursor_u8(&c);
		const unsigned kind = operation & 7, tap = operation >> 3 & 3;

		f.now.us += INT64_C(1) << 4 * (operation >> 5);
		if (kind == RELOAD) {
			f.which = !f.which;
			link_reload(f.link, f.models[f.which]);
		} else if (kind == WAIT) {
			f.now.us += CLOCK_HOUR;
			link_tick(f.link, f.now, &f.observer);
		} else {
			take_bytes(&f, kind, tap, &c);
		}
	}
	for (unsigned i = 0; i < 4; i++)
		(void)link_observable(f.models[0],
		    &f.models[0]->boundaries[0].taps[i]);
	link_finish(f.link, f.now, &f.observer);
	link_free(f.link);
	return 0;
}
