/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices as the engine tells them, and the checks of the ledger: each with
 * what must be told and a twin that must stay silent. The town is that of
 * engine_scene.h with rows of "hosts" and a ledger.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "engine_scene.h"
#include "inventory.h"
#include "packet.h"

#define SYN TCP_SYN
#define ACK TCP_ACK
#define PSH TCP_PSH
#define NOTED_MAX 512

struct noted {
	enum check check;
	enum severity severity;
	enum notice_word word;
	struct notice_party party[2];
	char expected[NOTICE_TEXT_MAX + 1], seen[NOTICE_TEXT_MAX + 1];
	char clause[64], zone[32];
	uint64_t counted, of;
	size_t packets;
	uint32_t kept;
};

/* The scene and what was told of devices. */
struct town {
	struct scene *s;
	struct noted notes[NOTED_MAX];
	size_t count;
	struct device devices[NOTED_MAX];
	size_t device_count, stages[3];
};

static void
on_notice(void *context, const struct notice *n)
{
	struct town *t = context;
	struct noted *out = &t->notes[t->count];

	if (strncmp(checks_id(n->check), "AST-", 4) != 0)
		return;
	assert_true(t->count++ < NOTED_MAX);
	memset(out, 0, sizeof(*out));
	out->check = n->check;
	out->severity = n->severity;
	out->word = n->word;
	memcpy(out->party, n->party, sizeof(out->party));
	(void)snprintf(out->expected, sizeof(out->expected), "%s",
	    n->expected ? n->expected : "");
	(void)snprintf(out->seen, sizeof(out->seen), "%s",
	    n->seen ? n->seen : "");
	(void)snprintf(out->clause, sizeof(out->clause), "%s",
	    n->clause.id ? n->clause.id : "");
	(void)snprintf(out->zone, sizeof(out->zone), "%s",
	    n->party[0].zone ? n->party[0].zone->id : "");
	assert_non_null(n->boundary);
	out->counted = n->counted;
	out->of = n->of;
	out->packets = n->packet_count;
	out->kept = n->packet_count ? n->packets[0].kept : 0;
}

static void
on_device(void *context, const struct device *d)
{
	struct town *t = context;

	t->stages[d->stage]++;
	assert_true(strlen(d->boundary->id) && strlen(d->tap->id) &&
	    strlen(d->zone->id));
	if (d->host && d->host->name)
		assert_true(strlen(d->host->name));
	if (t->device_count < NOTED_MAX)
		t->devices[t->device_count++] = *d;
}

/* Nothing of conversations is wanted here. */
static void
on_conversation(void *context, const struct observation *o)
{
	(void)context;
	(void)o;
}

static struct model *
load(const char *more, const char *ledger)
{
	struct bundle bundle = { 0 };
	struct diag d = { .lang = LANG_EN };
	struct text text = { 0 }, faults = { 0 };
	struct model *m;

	text_add_n(&text, scene_model_text, strlen(scene_model_text) - 1);
	text_add(&text, more);
	text_add(&text, "}");
	(void)bundle_add(&bundle, "m", "m", text_str(&text), text.length);
	scene_guideline(&bundle);
	if (ledger)
		(void)bundle_add(&bundle, "l.csv", "l.csv", ledger,
		    strlen(ledger));
	m = model_load(&bundle, &d);
	diag_print(&d, &faults);
	if (!m) {
		fputs(text_str(&faults), stderr);
		abort();
	}
	text_free(&faults);
	text_free(&text);
	diag_free(&d);
	bundle_free(&bundle);
	return m;
}

#define LEDGER                                                         \
	",\"ledger\":{\"file\":\"l.csv\",\"encoding\":\"utf-8\","      \
	"\"columns\":{\"address\":\"a\",\"mac\":\"m\",\"name\":\"n\"," \
	"\"kind\":\"k\",\"offline\":\"o\"}}"

static struct town *
town_new(const char *more, const char *ledger)
{
	struct town *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->s = scene_new(0);
	engine_free(t->s->engine);
	t->s->engine = NULL;
	model_free(t->s->model);
	t->s->model = load(more, ledger);
	scene_find_taps(t->s->model, t->s->taps);
	t->s->observer = (struct observer){ .context = t,
		.conversation = on_conversation,
		.notice = on_notice,
		.device = on_device };
	scene_open(t->s);
	return t;
}

static void
town_free(struct town *t)
{
	scene_free(t->s);
	free(t);
}

static void
pass(struct town *t, int64_t us)
{
	t->s->us += us;
	engine_time(t->s->engine, (struct wall_us){ t->s->us });
}

static size_t
count_of(const struct town *t, enum check check)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		n += t->notes[i].check == check &&
		    t->notes[i].word != NOTICE_AST_NO_LEDGER;
	return n;
}

static const struct noted *
last_of(const struct town *t, enum check check)
{
	for (size_t i = t->count; i-- > 0;)
		if (t->notes[i].check == check)
			return &t->notes[i];
	fail_msg("no %s was told", checks_id(check));
	return NULL;
}

/* The last that was told of that address, or NULL. */
static const struct device *
device_of(const struct town *t, const char *address)
{
	struct addr a;

	assert_true(addr_parse(address, &a));
	for (size_t i = t->device_count; i-- > 0;)
		for (uint8_t k = 0; k < t->devices[i].address_count; k++)
			if (addr_equal(&t->devices[i].addresses[k], &a))
				return &t->devices[i];
	return NULL;
}

/* ---- frames: a host is 02:00:00:00:SEGMENT:LAST */

#define GLOBAL 0x100 /* its MAC is of a maker: 00:... */

static void
from_host(struct scene *s, uint16_t vlan, unsigned last, unsigned ethertype)
{
	scene_ethernet(s, vlan, false, ethertype);
	s->frame[11] = (uint8_t)last;
	if (last & GLOBAL)
		s->frame[6] = 0;
}

static void
arp(struct town *t, uint16_t vlan, unsigned last, const char *address)
{
	struct scene *s = t->s;
	uint8_t mac[6];
	struct addr a;

	from_host(s, vlan, last, 0x0806);
	memcpy(mac, s->frame + 6, 6);
	memset(s->frame, 0xff, 6);
	scene_bytes(s, "\0\1\10\0\6\4\0\1", 8);
	scene_bytes(s, mac, 6);
	assert_true(addr_parse(address, &a));
	scene_bytes(s, a.bytes, 4);
	scene_bytes(s, "\0\0\0\0\0\0", 6);
	scene_bytes(s, a.bytes, 4);
	scene_send(s, 0, s->length);
}

static void
datagram(struct town *t, uint16_t vlan, unsigned last, const char *from,
    uint16_t from_port, const char *to, uint16_t to_port, const void *payload,
    size_t n)
{
	struct scene *s = t->s;

	from_host(s, vlan, last, 0x0800);
	scene_ip(s, from, to, 17, 8 + n, 1, 0);
	scene_u16(s, from_port);
	scene_u16(s, to_port);
	scene_u16(s, (unsigned)(8 + n));
	scene_u16(s, 0);
	scene_bytes(s, payload, n);
	scene_send(s, 0, s->length);
}

static void
segment(struct town *t, uint16_t vlan, unsigned last, const char *from,
    uint16_t from_port, const char *to, uint16_t to_port, unsigned flags,
    uint32_t seq, uint32_t ack, const void *payload, size_t n)
{
	struct scene *s = t->s;

	if (last == 1)
		scene_ethernet(s, vlan, true, 0x0800);
	else
		from_host(s, vlan, last, 0x0800);
	scene_ip(s, from, to, 6, 20 + n, 1, 0);
	scene_u16(s, from_port);
	scene_u16(s, to_port);
	scene_u32(s, seq);
	scene_u32(s, ack);
	scene_u16(s, 0x5000 | flags);
	scene_u16(s, 4096);
	scene_u32(s, 0);
	scene_bytes(s, payload, n);
	scene_send(s, 0, s->length);
}

/* Two hosts of one segment: who asks (c) and who answers (d). */
struct pair {
	uint16_t vlan;
	unsigned c, d;
	const char *from, *to;
	uint16_t from_port, port;
};

static void
open_to(struct town *t, const struct pair *p)
{
	segment(t, p->vlan, p->c, p->from, p->from_port, p->to, p->port, SYN, 1,
	    0, NULL, 0);
	segment(t, p->vlan, p->d, p->to, p->port, p->from, p->from_port,
	    SYN | ACK, 100, 2, NULL, 0);
	segment(t, p->vlan, p->c, p->from, p->from_port, p->to, p->port, ACK, 2,
	    101, NULL, 0);
}

static void
exchange(struct town *t, const struct pair *p, const void *ask, size_t asked,
    const void *answer, size_t answered)
{
	open_to(t, p);
	segment(t, p->vlan, p->c, p->from, p->from_port, p->to, p->port,
	    ACK | PSH, 2, 101, ask, asked);
	segment(t, p->vlan, p->d, p->to, p->port, p->from, p->from_port,
	    ACK | PSH, 101, 2 + (uint32_t)asked, answer, answered);
}

static const char http_ask[] = "GET / HTTP/1.1\r\nHost: a.example\r\n"
			       "User-Agent: x\r\n\r\n";
static const char http_answer[] =
    "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/html\r\n"
    "Content-Length: 2\r\n\r\nok";
static const char ssh_ask[] = "SSH-2.0-OpenSSH_9.2\r\n";

static void
http(struct town *t, const struct pair *p)
{
	exchange(t, p, http_ask, sizeof(http_ask) - 1, http_answer,
	    sizeof(http_answer) - 1);
}

/* SMB 2: negotiate, and the answer; then a folder is opened. */
static void
smb(struct town *t, const struct pair *p, bool folder)
{
	uint8_t ask[104] = { 0, 0, 0, 100, 0xfe, 'S', 'M', 'B', 64 };
	uint8_t answer[132] = { 0, 0, 0, 128, 0xfe, 'S', 'M', 'B', 64 };
	uint8_t tree[84] = { 0, 0, 0, 80, 0xfe, 'S', 'M', 'B', 64 };

	ask[68] = 36;
	answer[4 + 16] = 1;
	answer[68] = 65;
	exchange(t, p, ask, sizeof(ask), answer, sizeof(answer));
	if (!folder)
		return;
	tree[4 + 12] = 3;
	tree[4 + 16] = 1;
	tree[68] = 16;
	tree[70] = 1;
	segment(t, p->vlan, p->c, p->from, p->from_port, p->to, p->port,
	    ACK | PSH, 106, 233, ask, sizeof(ask));
	segment(t, p->vlan, p->d, p->to, p->port, p->from, p->from_port,
	    ACK | PSH, 233, 210, tree, sizeof(tree));
}

/* As far as the password is asked for, between 10.2.0.21 and 10.2.0.51. */
static void
ftp(struct town *t)
{
	static const struct {
		bool back;
		const char *line;
	} steps[] = {
		{ true, "220 (vsFTPd 3.0.3)\r\n" },
		{ false, "USER anonymous\r\n" },
		{ true, "331 Please specify the password.\r\n" },
		{ false, "PASS guest\r\n" },
		{ true, "230 Login successful.\r\n" },
	};
	const struct pair p = { 200, 21, 51, "10.2.0.21", "10.2.0.51", 1025,
		21 };
	uint32_t seq[2] = { 2, 101 };

	open_to(t, &p);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const bool back = steps[i].back;
		const size_t n = strlen(steps[i].line);

		if (back)
			segment(t, 200, p.d, p.to, p.port, p.from, p.from_port,
			    ACK | PSH, seq[1], seq[0], steps[i].line, n);
		else
			segment(t, 200, p.c, p.from, p.from_port, p.to, p.port,
			    ACK | PSH, seq[0], seq[1], steps[i].line, n);
		seq[back] += (uint32_t)n;
	}
}

/* _smb._tcp announced by nas1.local at that address (the last byte of it). */
static void
announce(struct town *t, uint16_t vlan, unsigned last, const char *from)
{
	uint8_t m[] = { 0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 2, 4, '_', 's', 'm',
		'b', 4, '_', 't', 'c', 'p', 5, 'l', 'o', 'c', 'a', 'l', 0, 0,
		12, 0, 1, 0, 0, 0x11, 0x94, 0, 6, 3, 'N', 'A', 'S', 0xc0, 12,
		0xc0, 39, 0, 33, 0x80, 1, 0, 0, 0, 120, 0, 13, 0, 0, 0, 0, 0x01,
		0xbd, 4, 'n', 'a', 's', '1', 0xc0, 22, 0xc0, 63, 0, 1, 0x80, 1,
		0, 0, 0, 120, 0, 4, 0, 0, 0, 0 };
	struct addr a;

	assert_true(addr_parse(from, &a));
	memcpy(m + sizeof(m) - 4, a.bytes, 4);
	datagram(t, vlan, last, from, 5353, "224.0.0.251", 5353, m, sizeof(m));
}

static void
discover(struct town *t, uint16_t vlan, unsigned last, const char *name)
{
	uint8_t m[300] = { 1, 1, 6, 0, 9, 9, 9, 9 };
	size_t at = 240;

	memcpy(m + 28, "\2\0\0\0\2", 5);
	m[28 + 4] = vlan == 110 ? 1 : vlan == 200 ? 2 : 3;
	m[28 + 5] = (uint8_t)last;
	memcpy(m + 236, "\143\202\123\143", 4);
	m[at++] = 53;
	m[at++] = 1;
	m[at++] = 1;
	m[at++] = 12;
	m[at++] = (uint8_t)strlen(name);
	memcpy(m + at, name, strlen(name));
	m[at + strlen(name)] = 255;
	datagram(t, vlan, last, "0.0.0.0", 68, "255.255.255.255", 67, m,
	    sizeof(m));
}

/* ---- devices */

static void
test_name_and_address_come_in_one_record(void **state)
{
	struct town *t = town_new("", NULL);
	const struct device *d;

	(void)state;
	discover(t, 200, 20, "zeimu-pc12");
	pass(t, CLOCK_SECOND);
	arp(t, 200, 20, "10.2.0.20");
	assert_int_equal(t->stages[DEVICE_NEW], 0);
	pass(t, 6 * CLOCK_SECOND);
	assert_int_equal(t->stages[DEVICE_NEW], 1);
	d = device_of(t, "10.2.0.20");
	assert_non_null(d);
	assert_true(d->has_mac);
	assert_string_equal(d->zone->id, "lg");
	assert_int_equal(d->name_count, 1);
	assert_int_equal(d->names[0].source, DEVICE_BY_DHCP);
	assert_string_equal(d->names[0].text, "zeimu-pc12");
	town_free(t);
}

static void
test_changes_are_told_at_most_once_a_minute_and_all_at_the_end(void **state)
{
	struct town *t = town_new("", NULL);

	(void)state;
	arp(t, 200, 20, "10.2.0.20");
	pass(t, 6 * CLOCK_SECOND);
	arp(t, 200, 20, "10.2.0.21");
	pass(t, 5 * CLOCK_SECOND);
	arp(t, 200, 20, "10.2.0.22");
	pass(t, 5 * CLOCK_SECOND);
	assert_int_equal(t->stages[DEVICE_CHANGED], 0);
	pass(t, 61 * CLOCK_SECOND);
	pass(t, CLOCK_SECOND);
	assert_int_equal(t->stages[DEVICE_CHANGED], 1);
	assert_int_equal(device_of(t, "10.2.0.22")->address_count, 3);
	scene_finish(t->s);
	assert_int_equal(t->stages[DEVICE_NEW], 1);
	assert_int_equal(t->stages[DEVICE_LAST], 1);
	town_free(t);
}

static void
test_routers_firewalls_and_virtual_macs_are_no_devices(void **state)
{
	struct town *t = town_new("", NULL);

	(void)state;
	arp(t, 200, 1, "10.2.0.1");  /* the declared router */
	arp(t, 200, 77, "10.2.0.1"); /* an address of the firewall */
	from_host(t->s, 200, 9, 0x0806);
	memcpy(t->s->frame + 6, "\0\0\136\0\1\12", 6);
	scene_bytes(t->s, "\0\1\10\0\6\4\0\2\0\0\136\0\1\12\12\2\0\144", 18);
	scene_bytes(t->s, "\0\0\0\0\0\0\12\2\0\144", 10);
	scene_send(t->s, 0, t->s->length);
	scene_finish(t->s);
	assert_int_equal(t->device_count, 0);
	town_free(t);
}

static void
test_a_host_behind_a_router_is_known_by_its_address(void **state)
{
	const struct pair p = { 300, 1, 9, "10.2.0.30", "10.3.0.9", 1025, 80 };
	struct town *t = town_new("", NULL);
	const struct device *d;

	(void)state;
	http(t, &p);
	pass(t, 12 * CLOCK_SECOND);
	d = device_of(t, "10.2.0.30");
	assert_non_null(d);
	assert_false(d->has_mac);
	assert_string_equal(d->zone->id, "lg");
	d = device_of(t, "10.3.0.9");
	assert_non_null(d);
	assert_true(d->has_mac);
	assert_int_equal(d->service_count, 1);
	assert_int_equal(d->services[0].port, 80);
	assert_string_equal(d->services[0].application, "HTTP");
	assert_int_equal(t->stages[DEVICE_NEW], 2);
	town_free(t);
}

static void
test_one_spoofed_packet_is_no_device(void **state)
{
	struct town *t = town_new("", NULL);

	(void)state;
	segment(t, 300, 1, "10.2.0.30", 1025, "10.3.0.9", 80, SYN, 1, 0, NULL,
	    0);
	pass(t, 12 * CLOCK_SECOND);
	scene_finish(t->s);
	assert_int_equal(t->device_count, 0);
	town_free(t);
}

static void
test_what_is_not_the_municipalitys_is_no_asset(void **state)
{
	const struct pair p = { 200, 9, 1, "10.2.0.9", "172.20.0.80", 1025,
		80 };
	struct town *t = town_new("", NULL);

	(void)state;
	arp(t, 400, 50, "172.20.0.80");
	http(t, &p);
	scene_finish(t->s);
	assert_null(device_of(t, "172.20.0.80"));
	assert_non_null(device_of(t, "10.2.0.9"));
	town_free(t);
}

static void
test_a_hostile_name_is_safe_to_show(void **state)
{
	struct town *t = town_new("", NULL);
	const struct device *d;

	(void)state;
	discover(t, 200, 20, "pc\033[31m");
	arp(t, 200, 20, "10.2.0.20");
	scene_finish(t->s);
	d = device_of(t, "10.2.0.20");
	for (uint8_t k = 0; k < d->name_count; k++)
		assert_true(text_is_safe(d->names[k].text));
	town_free(t);
}

static void
test_an_address_moves_with_the_device_that_has_it(void **state)
{
	struct town *t = town_new("", NULL);

	(void)state;
	arp(t, 200, 20, "10.2.0.20");
	arp(t, 200, 21, "10.2.0.21");
	arp(t, 200, 21, "10.2.0.20");
	scene_finish(t->s);
	assert_int_equal(t->stages[DEVICE_LAST], 2);
	assert_int_equal(device_of(t, "10.2.0.20")->mac.bytes[5], 21);
	town_free(t);
}

static void
test_a_full_table_refuses_the_newest_and_counts_them(void **state)
{
	const uint8_t secret[16] = "inventory";
	struct town *t = town_new("", NULL);
	struct inventory *i = inventory_new(t->s->model, secret);
	struct packet p = { .kind = PACKET_ARP, .has_macs = true };
	struct arrival a = { .packet = &p, .tap = t->s->taps[0] };

	(void)state;
	a.segment = model_zone(t->s->model, "lg");
	a.time.us = t->s->us;
	for (uint32_t n = 0; n < INVENTORY_DEVICES_MAX + 10; n++) {
		p.source_mac.bytes[2] = 9;
		p.source_mac.bytes[3] = (uint8_t)(n >> 16);
		p.source_mac.bytes[4] = (uint8_t)(n >> 8);
		p.source_mac.bytes[5] = (uint8_t)n;
		inventory_frame(i, &a, &t->s->observer);
	}
	assert_int_equal(inventory_refused(i), 10);
	inventory_finish(i, a.time, &t->s->observer);
	assert_int_equal(t->stages[DEVICE_LAST], INVENTORY_DEVICES_MAX);
	inventory_free(i);
	town_free(t);
}

/* ---- AST-1 */

#define ROW(zone, address, mac, rest)                                    \
	"{\"name\":\"" address mac "\"" rest                             \
	",\"interfaces\":[{\"zone\":\"" zone "\",\"address\":\"" address \
	"\",\"mac\":\"" mac "\"}]}"
#define ROW_ADDRESS(zone, address, rest)                                      \
	"{\"name\":\"" address "\"" rest ",\"interfaces\":[{\"zone\":\"" zone \
	"\",\"address\":\"" address "\"}]}"
#define ROW_MAC(zone, mac, rest)                                          \
	"{\"name\":\"" mac "\"" rest ",\"interfaces\":[{\"zone\":\"" zone \
	"\",\"mac\":\"" mac "\"}]}"
#define HOSTS(rows) ",\"hosts\":[" rows "]"
#define PC(last) "02:00:00:00:02:" last
#define KIND(kind) ",\"kind\":\"" kind "\""

static void
test_an_unregistered_device_is_told_once_a_day(void **state)
{
	struct town *t = town_new(HOSTS(ROW("lg", "10.2.0.20", PC("14"), "")),
	    NULL);
	const struct noted *n;

	(void)state;
	discover(t, 200, 30, "bring-your-own");
	arp(t, 200, 30, "10.2.0.30");
	pass(t, 6 * CLOCK_SECOND);
	assert_int_equal(count_of(t, CHECK_AST_1), 1);
	n = last_of(t, CHECK_AST_1);
	assert_int_equal(n->severity, SEVERITY_MEDIUM);
	assert_int_equal(n->word, NOTICE_AST_1_RANDOM);
	assert_string_equal(n->zone, "lg");
	assert_string_equal(n->seen, "bring-your-own (dhcp)");
	assert_true(n->party[0].has_mac);
	for (int i = 0; i < 10; i++) {
		pass(t, CLOCK_HOUR);
		arp(t, 200, 30, "10.2.0.30");
	}
	assert_int_equal(count_of(t, CHECK_AST_1), 1);
	pass(t, 15 * CLOCK_HOUR);
	arp(t, 200, 30, "10.2.0.30");
	assert_int_equal(count_of(t, CHECK_AST_1), 2);
	town_free(t);
}

static void
test_in_the_number_tier_it_is_high_and_a_makers_mac_is_no_random_one(
    void **state)
{
	struct town *t = town_new(HOSTS(ROW_ADDRESS("core", "10.1.0.20", "")),
	    NULL);

	(void)state;
	arp(t, 110, 30 | GLOBAL, "10.1.0.30");
	scene_finish(t->s);
	assert_int_equal(count_of(t, CHECK_AST_1), 1);
	assert_int_equal(last_of(t, CHECK_AST_1)->severity, SEVERITY_HIGH);
	assert_int_equal(last_of(t, CHECK_AST_1)->word, NOTICE_AST_1);
	town_free(t);
}

static void
test_who_is_registered_by_mac_or_address_is_no_stranger(void **state)
{
	struct town *t =
	    town_new(HOSTS(ROW_MAC("lg", PC("14"), "") "," ROW_ADDRESS("lg",
			 "10.2.0.21", "")),
		NULL);

	(void)state;
	arp(t, 200, 20, "10.2.0.99");
	arp(t, 200, 21, "10.2.0.21");
	scene_finish(t->s);
	assert_int_equal(t->count, 0);
	assert_int_equal(t->stages[DEVICE_LAST], 2);
	town_free(t);
}

static void
test_a_device_without_an_address_waits_where_rows_have_no_macs(void **state)
{
	struct town *t = town_new(HOSTS(ROW_ADDRESS("lg", "10.2.0.21", "")),
	    NULL);

	(void)state;
	discover(t, 200, 21, "pc");
	pass(t, 20 * CLOCK_SECOND);
	assert_int_equal(t->count, 0);
	arp(t, 200, 21, "10.2.0.21");
	pass(t, 20 * CLOCK_SECOND);
	assert_int_equal(t->count, 0);
	discover(t, 200, 22, "pc");
	pass(t, 20 * CLOCK_SECOND);
	arp(t, 200, 22, "10.2.0.22");
	assert_int_equal(count_of(t, CHECK_AST_1), 1);
	town_free(t);
}

static void
test_a_routed_host_is_not_judged_where_rows_have_macs_alone(void **state)
{
	const struct pair p = { 300, 1, 9, "10.2.0.30", "10.3.0.9", 1025, 80 };
	struct town *by_mac = town_new(HOSTS(ROW_MAC("lg", PC("14"), "")),
	    NULL);
	struct town *by_address =
	    town_new(HOSTS(ROW_ADDRESS("lg", "10.2.0.21", "")), NULL);

	(void)state;
	http(by_mac, &p);
	scene_finish(by_mac->s);
	assert_int_equal(count_of(by_mac, CHECK_AST_1), 0);
	http(by_address, &p);
	scene_finish(by_address->s);
	assert_int_equal(count_of(by_address, CHECK_AST_1), 1);
	town_free(by_mac);
	town_free(by_address);
}

static void
test_zones_without_a_row_are_told_once_and_nobody_in_them(void **state)
{
	struct town *t = town_new(HOSTS(ROW_ADDRESS("core", "10.1.0.20", "")),
	    NULL);

	(void)state;
	for (unsigned n = 30; n < 40; n++) {
		arp(t, 200, n, "10.2.0.30");
		arp(t, 300, n, "10.3.0.30");
	}
	scene_finish(t->s);
	assert_int_equal(t->count, 1);
	assert_int_equal(t->notes[0].word, NOTICE_AST_NO_LEDGER);
	assert_int_equal(t->notes[0].severity, SEVERITY_INFORMATION);
	assert_string_equal(t->notes[0].seen, "lg, office");
	town_free(t);
}

static void
test_a_model_without_any_row_and_one_with_offline_rows_ask_for_nothing(
    void **state)
{
	struct town *none = town_new("", NULL);
	struct town *offline =
	    town_new(HOSTS(ROW_ADDRESS("lg", "10.2.0.20", ",\"offline\":true")),
		NULL);

	(void)state;
	arp(none, 200, 30, "10.2.0.30");
	scene_finish(none->s);
	assert_int_equal(none->count, 0);
	arp(offline, 200, 30, "10.2.0.30");
	scene_finish(offline->s);
	assert_int_equal(offline->count, 0);
	town_free(none);
	town_free(offline);
}

static void
test_many_strangers_of_one_zone_are_told_as_one(void **state)
{
	struct town *t = town_new(HOSTS(ROW_ADDRESS("lg", "10.2.0.20", "")),
	    NULL);
	char address[32];

	(void)state;
	for (unsigned n = 0; n < 100; n++) {
		(void)snprintf(address, sizeof(address), "10.2.1.%u", n);
		arp(t, 200, 100 + n, address);
	}
	scene_finish(t->s);
	assert_int_equal(count_of(t, CHECK_AST_1), 33);
	assert_int_equal(last_of(t, CHECK_AST_1)->word, NOTICE_AST_1_MANY);
	assert_int_equal(last_of(t, CHECK_AST_1)->counted, 32);
	assert_int_equal(t->stages[DEVICE_LAST], 100);
	town_free(t);
}

/* A neighbour advertisement of fe80::LAST to all nodes. */
static void
link_local(struct town *t, uint16_t vlan, unsigned last)
{
	static const uint8_t all[16] = { 0xff, 2, [15] = 1 };
	uint8_t own[16] = { 0xfe, 0x80, [15] = (uint8_t)last };
	struct scene *s = t->s;

	from_host(s, vlan, last, 0x86dd);
	scene_bytes(s, "\x60\0\0\0\0\x18\x3a\xff", 8);
	scene_bytes(s, own, 16);
	scene_bytes(s, all, 16);
	scene_bytes(s, "\x88\0\0\0\x20\0\0\0", 8);
	scene_bytes(s, own, 16);
	scene_send(s, 0, s->length);
}

static void
test_a_stranger_is_told_by_an_address_beyond_its_link(void **state)
{
	struct town *t = town_new(HOSTS(ROW("lg", "10.2.0.20", PC("14"), "")),
	    NULL);
	struct addr a;

	(void)state;
	link_local(t, 200, 60);
	pass(t, 8 * CLOCK_SECOND);
	assert_int_equal(t->stages[DEVICE_NEW], 1);
	assert_int_equal(count_of(t, CHECK_AST_1), 0);
	arp(t, 200, 60, "10.2.0.60");
	assert_int_equal(count_of(t, CHECK_AST_1), 1);
	assert_true(addr_parse("10.2.0.60", &a));
	assert_true(addr_equal(&last_of(t, CHECK_AST_1)->party[0].address, &a));
	assert_int_equal(last_of(t, CHECK_AST_1)->packets, 1);
	pass(t, CLOCK_MINUTE);
	scene_finish(t->s);
	assert_int_equal(count_of(t, CHECK_AST_1), 1);
	town_free(t);
}

static void
test_a_stranger_with_a_link_local_address_alone_is_told_later(void **state)
{
	struct town *t = town_new(HOSTS(ROW("lg", "10.2.0.20", PC("14"), "")),
	    NULL);

	(void)state;
	/* Where rows have MACs, it can be told by that. */
	link_local(t, 200, 60);
	for (int n = 0; n < 5; n++)
		pass(t, 5 * CLOCK_SECOND);
	assert_int_equal(count_of(t, CHECK_AST_1), 0);
	pass(t, 6 * CLOCK_SECOND);
	assert_int_equal(count_of(t, CHECK_AST_1), 1);
	assert_int_equal(last_of(t, CHECK_AST_1)->packets, 1);
	link_local(t, 200, 61); /* nothing more comes: at once */
	scene_finish(t->s);
	assert_int_equal(count_of(t, CHECK_AST_1), 2);
	town_free(t);
}

/* ---- AST-2 */

static void
test_an_address_of_the_ledger_with_another_mac_is_told(void **state)
{
	struct town *t = town_new(HOSTS(ROW("lg", "10.2.0.20", PC("14"), "")),
	    NULL);
	const struct noted *n;

	(void)state;
	arp(t, 200, 20, "10.2.0.20");
	assert_int_equal(count_of(t, CHECK_AST_2), 0);
	arp(t, 200, 99, "10.2.0.20");
	arp(t, 200, 99, "10.2.0.20");
	assert_int_equal(count_of(t, CHECK_AST_2), 1);
	n = last_of(t, CHECK_AST_2);
	assert_int_equal(n->severity, SEVERITY_LOW);
	assert_int_equal(n->word, NOTICE_AST_2_MAC);
	assert_string_equal(n->expected, "10.2.0.20 / 02:00:00:00:02:14");
	assert_string_equal(n->seen, "10.2.0.20 / 02:00:00:00:02:63");
	assert_string_equal(n->clause, "10.2.0.20" PC("14"));
	town_free(t);
}

static void
test_a_mac_of_the_ledger_with_another_address_is_told(void **state)
{
	struct town *t = town_new(HOSTS(ROW("lg", "10.2.0.20", PC("14"), "")),
	    NULL);

	(void)state;
	arp(t, 200, 20, "10.2.0.77");
	scene_finish(t->s);
	assert_int_equal(count_of(t, CHECK_AST_2), 1);
	assert_int_equal(last_of(t, CHECK_AST_2)->word, NOTICE_AST_2_ADDRESS);
	assert_int_equal(count_of(t, CHECK_AST_1), 0);
	town_free(t);
}

static void
test_rows_that_leave_mac_or_address_open_differ_from_nothing(void **state)
{
	struct town *t = town_new(
	    HOSTS(ROW_MAC("lg", PC("14"), "") "," ROW_ADDRESS("lg", "10.2.0.21",
		"") ",{\"name\":\"two\",\"interfaces\":["
		    "{\"zone\":\"lg\",\"address\":\"10.2.0.22\",\"mac\":"
		    "\"02:00:00:00:02:16\"},{\"zone\":\"lg\",\"address\":"
		    "\"10.2.0.23\",\"mac\":\"02:00:00:00:02:17\"}]}"),
	    NULL);

	(void)state;
	arp(t, 200, 20, "10.2.0.55"); /* leased */
	arp(t, 200, 21, "10.2.0.21");
	arp(t, 200, 22, "10.2.0.23"); /* another interface of its own */
	scene_finish(t->s);
	assert_int_equal(t->count, 0);
	town_free(t);
}

/* ---- AST-3 */

static const char rows_3[] = "a,m,n,k,o\n"
			     "10.2.0.20,,seen,PC,\n"
			     "10.2.0.21,,gone,PC,\n"
			     "10.2.0.22,,stored,PC,yes\n"
			     "10.1.0.20,,elsewhere,PC,\n";

static void
watch_for(struct town *t, int64_t us)
{
	for (int64_t passed = 0; passed < us; passed += CLOCK_HOUR / 2) {
		pass(t, CLOCK_HOUR / 2);
		arp(t, 200, 20, "10.2.0.20");
	}
}

static void
test_a_device_of_the_ledger_that_is_not_seen_for_long_is_told(void **state)
{
	struct town *t = town_new(LEDGER
	    ",\"limits\":{\"asset-unseen\":\"3 days\"}",
	    rows_3);
	const struct noted *n;

	(void)state;
	watch_for(t, 2 * CLOCK_DAY);
	assert_int_equal(count_of(t, CHECK_AST_3), 0);
	watch_for(t, 3 * CLOCK_DAY);
	assert_int_equal(count_of(t, CHECK_AST_3), 1);
	n = last_of(t, CHECK_AST_3);
	assert_string_equal(n->clause, "gone");
	assert_int_equal(n->severity, SEVERITY_INFORMATION);
	assert_true(n->counted >= 3);
	assert_int_equal(n->packets, 0);
	town_free(t);
}

static void
test_time_that_nobody_watched_is_no_absence(void **state)
{
	struct town *t = town_new(LEDGER
	    ",\"limits\":{\"asset-unseen\":\"3 days\"}",
	    rows_3);

	(void)state;
	arp(t, 200, 20, "10.2.0.20");
	pass(t, 40 * CLOCK_DAY); /* two captures with a month between them */
	arp(t, 200, 20, "10.2.0.20");
	pass(t, CLOCK_HOUR);
	scene_finish(t->s);
	assert_int_equal(count_of(t, CHECK_AST_3), 0);
	town_free(t);
}

/* ---- AST-4 */

#define WEB_ONLY                                                                 \
	",\"services\":[{\"protocol\":\"tcp\",\"ports\":[80],\"applications\":[" \
	"\"HTTP\"]}]"

static void
test_a_service_beside_the_declared_ones_is_told(void **state)
{
	struct pair p = { 200, 9, 20, "10.2.0.9", "10.2.0.20", 1025, 80 };
	struct town *t = town_new(
	    HOSTS(ROW("lg", "10.2.0.20", PC("14"),
		KIND("server") WEB_ONLY) "," ROW_ADDRESS("lg", "10.2.0.9", "")),
	    NULL);
	const struct noted *n;

	(void)state;
	http(t, &p);
	assert_int_equal(count_of(t, CHECK_AST_4), 0);
	p.port = 22;
	exchange(t, &p, ssh_ask, sizeof(ssh_ask) - 1, ssh_ask,
	    sizeof(ssh_ask) - 1);
	assert_int_equal(count_of(t, CHECK_AST_4), 1);
	n = last_of(t, CHECK_AST_4);
	assert_int_equal(n->severity, SEVERITY_MEDIUM);
	assert_int_equal(n->party[0].port, 22);
	assert_string_equal(n->clause, "10.2.0.20" PC("14"));
	p.from_port++;
	exchange(t, &p, ssh_ask, sizeof(ssh_ask) - 1, ssh_ask,
	    sizeof(ssh_ask) - 1);
	assert_int_equal(count_of(t, CHECK_AST_4), 1);
	town_free(t);
}

static void
test_what_was_refused_is_no_service(void **state)
{
	struct town *t = town_new(
	    HOSTS(ROW("lg", "10.2.0.20", PC("14"),
		KIND("server") WEB_ONLY) "," ROW_ADDRESS("lg", "10.2.0.9", "")),
	    NULL);

	(void)state;
	segment(t, 200, 9, "10.2.0.9", 1025, "10.2.0.20", 22, SYN, 1, 0, NULL,
	    0);
	segment(t, 200, 20, "10.2.0.20", 22, "10.2.0.9", 1025, TCP_RST | ACK, 0,
	    2, NULL, 0);
	scene_finish(t->s);
	assert_int_equal(t->count, 0);
	assert_int_equal(device_of(t, "10.2.0.20")->service_count, 0);
	town_free(t);
}

#define OFFICE_ROWS                                              \
	ROW_ADDRESS("lg", "10.2.0.20", KIND("端末"))             \
	"," ROW_ADDRESS("lg", "10.2.0.21",                       \
	    KIND("terminal")) "," ROW_ADDRESS("lg", "10.2.0.10", \
	    KIND("サーバ"))

static void
test_a_terminal_that_shares_a_folder_or_serves_mail_is_told(void **state)
{
	struct pair p = { 200, 21, 20, "10.2.0.21", "10.2.0.20", 1025, 445 };
	struct town *t = town_new(HOSTS(OFFICE_ROWS), NULL);

	(void)state;
	smb(t, &p, false);
	assert_int_equal(count_of(t, CHECK_AST_4), 0);
	p.from_port++;
	smb(t, &p, true);
	assert_int_equal(count_of(t, CHECK_AST_4), 1);
	assert_int_equal(count_of(t, CHECK_AST_5), 0);
	p.from_port++;
	p.port = 80;
	http(t, &p);
	assert_int_equal(count_of(t, CHECK_AST_4), 2);
	town_free(t);
}

/* RPC, SMB and agents: what a directory and its management ask a PC for. */
static void
test_terminals_that_answer_their_servers_stay_silent(void **state)
{
	static const uint16_t ports[] = { 135, 139, 445, 5357, 5985, 7680,
		49667, 80, 3389, 8080, 21112 };
	struct pair p = { 200, 10, 20, "10.2.0.10", "10.2.0.20", 2000, 445 };
	struct town *t = town_new(HOSTS(OFFICE_ROWS), NULL);

	(void)state;
	smb(t, &p, true);
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		p.port = ports[i];
		p.from_port++;
		http(t, &p);
	}
	p = (struct pair){ 200, 21, 20, "10.2.0.21", "10.2.0.20", 3000, 135 };
	for (size_t i = 0; i < 7; i++) { /* and one another */
		p.port = ports[i];
		p.from_port++;
		open_to(t, &p);
	}
	scene_finish(t->s);
	assert_int_equal(t->count, 0);
	town_free(t);
}

static void
test_a_server_may_serve_and_a_printer_may_print_but_not_by_telnet(void **state)
{
	static const char telnet[] = "\377\375\30\377\375\40\377\375\43"
				     "\377\375\47";
	struct pair p = { 200, 21, 10, "10.2.0.21", "10.2.0.10", 1025, 443 };
	struct town *t = town_new(HOSTS(OFFICE_ROWS "," ROW_ADDRESS("lg",
				      "10.2.0.40", KIND("複合機"))),
	    NULL);

	(void)state;
	http(t, &p);
	p.port = 445;
	smb(t, &p, true);
	p.d = 40;
	p.to = "10.2.0.40";
	for (unsigned k = 0; k < 3; k++) {
		p.port = (const uint16_t[]){ 9100, 631, 80 }[k];
		http(t, &p);
	}
	assert_int_equal(t->count, 0);
	p.port = 23;
	exchange(t, &p, telnet, sizeof(telnet) - 1, telnet, sizeof(telnet) - 1);
	exchange(t, &p, telnet, sizeof(telnet) - 1, telnet, sizeof(telnet) - 1);
	scene_finish(t->s);
	assert_int_equal(count_of(t, CHECK_AST_4), 1);
	town_free(t);
}

#define CONDUIT_TO_20                                                          \
	",\"relays\":[{\"id\":\"r\",\"hosts\":[\"10.2.0.20\"],\"upstream\":{"  \
	"\"zone\":\"lgwan\",\"hosts\":[\"172.20.0.90\"]},\"downstream\":[{"    \
	"\"zone\":\"lg\"}],\"services\":[{\"protocol\":\"tcp\",\"ports\":[22]" \
	"}],\"approved\":{\"by\":[\"CISO\"],\"applicant\":\"x\",\"number\":"   \
	"\"9\",\"on\":\"2020-01-01\"}}]"

static void
test_what_a_relay_or_a_proxy_is_declared_for_is_declared(void **state)
{
	struct pair p = { 200, 9, 20, "10.2.0.9", "10.2.0.20", 1025, 22 };
	struct town *t = town_new(
	    HOSTS(ROW_ADDRESS("lg", "10.2.0.20",
		KIND("server") WEB_ONLY) "," ROW_ADDRESS("lg", "10.2.0.8",
		KIND("server") WEB_ONLY) "," ROW_ADDRESS("lg", "10.2.0.9", ""))
		CONDUIT_TO_20,
	    NULL);

	(void)state;
	exchange(t, &p, ssh_ask, sizeof(ssh_ask) - 1, ssh_ask,
	    sizeof(ssh_ask) - 1);
	p.d = 8;
	p.to = "10.2.0.8";
	p.port = 8080;
	http(t, &p);
	scene_finish(t->s);
	assert_int_equal(t->count, 0);
	town_free(t);
}

/* ---- AST-5 */

static void
test_a_file_server_that_is_in_no_row_is_told(void **state)
{
	struct pair p = { 200, 21, 50, "10.2.0.21", "10.2.0.50", 1025, 445 };
	struct town *t = town_new(HOSTS(OFFICE_ROWS), NULL);
	const struct noted *n;

	(void)state;
	smb(t, &p, false); /* as every PC answers */
	assert_int_equal(count_of(t, CHECK_AST_5), 0);
	p.from_port++;
	smb(t, &p, true);
	assert_int_equal(count_of(t, CHECK_AST_5), 1);
	n = last_of(t, CHECK_AST_5);
	assert_int_equal(n->severity, SEVERITY_HIGH);
	assert_int_equal(n->party[0].port, 445);
	assert_int_equal(n->party[1].address.family, 4);
	p.from_port++;
	smb(t, &p, true);
	assert_int_equal(count_of(t, CHECK_AST_5), 1);
	ftp(t);
	scene_finish(t->s);
	assert_int_equal(count_of(t, CHECK_AST_5), 2);
	town_free(t);
}

static void
test_many_file_servers_of_one_zone_are_told_as_one(void **state)
{
	struct town *t = town_new(HOSTS(OFFICE_ROWS), NULL);
	char address[32];

	(void)state;
	for (unsigned n = 0; n < 40; n++) {
		(void)snprintf(address, sizeof(address), "10.2.1.%u", n);
		announce(t, 200, 100 + n, address);
	}
	assert_int_equal(count_of(t, CHECK_AST_5), 33);
	assert_int_equal(last_of(t, CHECK_AST_5)->word, NOTICE_AST_5_MANY);
	assert_int_equal(last_of(t, CHECK_AST_5)->severity, SEVERITY_HIGH);
	assert_int_equal(last_of(t, CHECK_AST_5)->counted, 32);
	assert_string_equal(last_of(t, CHECK_AST_5)->zone, "lg");
	town_free(t);
}

static void
test_announcing_files_is_told_by_who_it_is(void **state)
{
	struct town *t = town_new(HOSTS(OFFICE_ROWS), NULL);

	(void)state;
	announce(t, 200, 10, "10.2.0.10"); /* a server may */
	assert_int_equal(t->count, 0);
	announce(t, 200, 50, "10.2.0.50");
	announce(t, 200, 50, "10.2.0.50");
	assert_int_equal(count_of(t, CHECK_AST_5), 1);
	assert_int_equal(last_of(t, CHECK_AST_5)->word, NOTICE_AST_5_ANNOUNCED);
	assert_string_equal(last_of(t, CHECK_AST_5)->seen, "_smb._tcp");
	announce(t, 200, 20, "10.2.0.20"); /* a terminal should not */
	announce(t, 200, 20, "10.2.0.20");
	assert_int_equal(count_of(t, CHECK_AST_4), 1);
	assert_int_equal(last_of(t, CHECK_AST_4)->word, NOTICE_AST_4_ANNOUNCED);
	scene_finish(t->s);
	assert_string_equal(device_of(t, "10.2.0.50")->names[0].text, "nas1");
	town_free(t);
}

static void
test_an_unregistered_pc_that_its_server_manages_is_no_file_server(void **state)
{
	const struct pair p = { 200, 10, 50, "10.2.0.10", "10.2.0.50", 1025,
		445 };
	struct town *t = town_new(HOSTS(OFFICE_ROWS), NULL);

	(void)state;
	smb(t, &p, true);
	scene_finish(t->s);
	assert_int_equal(count_of(t, CHECK_AST_5), 0);
	assert_int_equal(count_of(t, CHECK_AST_1), 1);
	town_free(t);
}

/* ---- AST-6 */

static void
test_a_camera_outside_its_segment_is_told_and_a_terminal_is_not(void **state)
{
	struct town *t = town_new(HOSTS(ROW_MAC("office", PC("14"),
				      KIND("カメラ")) "," ROW_MAC("office",
				      PC("15"), KIND("端末"))),
	    NULL);
	const struct noted *n;

	(void)state;
	arp(t, 200, 20, "10.2.0.20");
	arp(t, 200, 21, "10.2.0.21");
	scene_finish(t->s);
	assert_int_equal(count_of(t, CHECK_AST_6), 1);
	n = last_of(t, CHECK_AST_6);
	assert_int_equal(n->severity, SEVERITY_MEDIUM);
	assert_string_equal(n->expected, "office");
	assert_string_equal(n->seen, "lg");
	assert_string_equal(n->clause, PC("14"));
	town_free(t);
}

static void
test_a_printer_stays_silent_in_every_segment_it_is_declared_for(void **state)
{
	struct town *t = town_new(
	    HOSTS("{\"name\":\"mfp\",\"kind\":\"mfp\",\"multi-homed\":{"
		  "\"reason\":\"x\",\"number\":\"1\"},\"interfaces\":["
		  "{\"zone\":\"office\",\"address\":\"10.3.0.20\",\"mac\":"
		  "\"02:00:00:00:03:14\"},{\"zone\":\"lg\",\"address\":"
		  "\"10.2.0.20\",\"mac\":\"02:00:00:00:02:14\"}]}"),
	    NULL);

	(void)state;
	arp(t, 200, 20, "10.2.0.20");
	arp(t, 300, 20, "10.3.0.20");
	scene_finish(t->s);
	assert_int_equal(t->count, 0);
	town_free(t);
}

/* ---- another model */

static void
reload(struct town *t, struct model *m)
{
	struct model *old = t->s->model;

	t->s->model = m;
	scene_find_taps(m, t->s->taps);
	engine_reload(t->s->engine, m, t->s->taps, 2);
	model_free(old);
}

static void
test_another_model_takes_over_and_nothing_dangles(void **state)
{
	struct pair p = { 200, 21, 50, "10.2.0.21", "10.2.0.50", 1025, 80 };
	struct town *t = town_new(HOSTS(OFFICE_ROWS), NULL);

	(void)state;
	http(t, &p);
	arp(t, 200, 20, "10.2.0.20");
	pass(t, 6 * CLOCK_SECOND);
	arp(t, 200, 77, "10.2.0.77"); /* it waits meanwhile */
	assert_int_equal(count_of(t, CHECK_AST_1), 1);
	reload(t, load(HOSTS(ROW_ADDRESS("lg", "10.2.0.50", "")), NULL));
	pass(t, 70 * CLOCK_SECOND);
	arp(t, 200, 50, "10.2.0.50");
	arp(t, 200, 20, "10.2.0.20");
	pass(t, 70 * CLOCK_SECOND);
	/* now registered is 50, and 20 and 77 no more */
	assert_int_equal(count_of(t, CHECK_AST_1), 3);
	assert_string_equal(device_of(t, "10.2.0.50")->host->name, "10.2.0.50");
	assert_null(device_of(t, "10.2.0.20")->host);
	p.from_port++;
	http(t, &p);
	scene_finish(t->s);
	assert_int_equal(t->stages[DEVICE_NEW], 4);
	assert_int_equal(t->stages[DEVICE_LAST], 4);
	town_free(t);
}

static void
test_what_becomes_a_router_is_let_go_of(void **state)
{
	struct town *t = town_new("", NULL);
	struct model *m = load("", NULL);

	(void)state;
	arp(t, 200, 20, "10.2.0.20");
	pass(t, 6 * CLOCK_SECOND);
	assert_int_equal(t->stages[DEVICE_NEW], 1);
	m->boundaries[0].taps[0].routers[1].macs[0] = (struct mac){ { 2, 0, 0,
	    0, 2, 20 } };
	reload(t, m);
	arp(t, 200, 20, "10.2.0.20");
	scene_finish(t->s);
	assert_int_equal(t->stages[DEVICE_LAST], 0);
	town_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test(test_##name)
		T(name_and_address_come_in_one_record),
		T(changes_are_told_at_most_once_a_minute_and_all_at_the_end),
		T(routers_firewalls_and_virtual_macs_are_no_devices),
		T(a_host_behind_a_router_is_known_by_its_address),
		T(one_spoofed_packet_is_no_device),
		T(what_is_not_the_municipalitys_is_no_asset),
		T(a_hostile_name_is_safe_to_show),
		T(an_address_moves_with_the_device_that_has_it),
		T(a_full_table_refuses_the_newest_and_counts_them),
		T(an_unregistered_device_is_told_once_a_day),
		T(in_the_number_tier_it_is_high_and_a_makers_mac_is_no_random_one),
		T(who_is_registered_by_mac_or_address_is_no_stranger),
		T(a_device_without_an_address_waits_where_rows_have_no_macs),
		T(a_routed_host_is_not_judged_where_rows_have_macs_alone),
		T(zones_without_a_row_are_told_once_and_nobody_in_them),
		T(a_model_without_any_row_and_one_with_offline_rows_ask_for_nothing),
		T(many_strangers_of_one_zone_are_told_as_one),
		T(a_stranger_is_told_by_an_address_beyond_its_link),
		T(a_stranger_with_a_link_local_address_alone_is_told_later),
		T(an_address_of_the_ledger_with_another_mac_is_told),
		T(a_mac_of_the_ledger_with_another_address_is_told),
		T(rows_that_leave_mac_or_address_open_differ_from_nothing),
		T(a_device_of_the_ledger_that_is_not_seen_for_long_is_told),
		T(time_that_nobody_watched_is_no_absence),
		T(a_service_beside_the_declared_ones_is_told),
		T(what_was_refused_is_no_service),
		T(a_terminal_that_shares_a_folder_or_serves_mail_is_told),
		T(terminals_that_answer_their_servers_stay_silent),
		T(a_server_may_serve_and_a_printer_may_print_but_not_by_telnet),
		T(what_a_relay_or_a_proxy_is_declared_for_is_declared),
		T(a_file_server_that_is_in_no_row_is_told),
		T(many_file_servers_of_one_zone_are_told_as_one),
		T(announcing_files_is_told_by_who_it_is),
		T(an_unregistered_pc_that_its_server_manages_is_no_file_server),
		T(a_camera_outside_its_segment_is_told_and_a_terminal_is_not),
		T(a_printer_stays_silent_in_every_segment_it_is_declared_for),
		T(another_model_takes_over_and_nothing_dangles),
		T(what_becomes_a_router_is_let_go_of),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
