/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What taps show, counted frame by frame: VLANs, prefixes, who sends and who
 * passes on, through copies, floods and another model. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine_scene.h"
#include "view.h"

#define HOUR_BEGINS INT64_C(1795219200000000)

struct seeing {
	struct model *m;
	const struct tap *trunk, *floor;
	struct view *view;
	struct observer observer;
	struct tap_view told;
	int count;
	struct frame frame;
	struct packet packet;
	struct arrival arrival;
	bool is_copy;
};

static void
on_view(void *context, const struct tap_view *v)
{
	struct seeing *s = context;

	s->told = *v;
	s->count++;
}

static int
set_up(void **state)
{
	static const uint8_t secret[16] = "view";
	struct seeing *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->m = scene_load(scene_model_text);
	s->trunk = model_tap(s->m, "trunk");
	s->floor = model_tap(s->m, "floor");
	s->view = view_new(s->m, secret);
	s->observer = (struct observer){ .context = s, .view = on_view };
	s->frame.time.us = HOUR_BEGINS;
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct seeing *s = *state;

	view_free(s->view);
	model_free(s->m);
	free(s);
	return 0;
}

/* The last byte of the MAC, the VLAN, and from where to where. */
static void
see(struct seeing *s, const struct tap *tap, uint16_t vlan, uint32_t mac,
    const char *from, const char *to, uint8_t ttl, uint32_t wire)
{
	struct packet *p = &s->packet;
	struct arrival *a = &s->arrival;

	memset(p, 0, sizeof(*p));
	p->kind = PACKET_IP;
	p->has_macs = true;
	p->source_mac = (struct mac){ { 2, 0, 0, (uint8_t)(mac >> 16),
	    (uint8_t)(mac >> 8), (uint8_t)mac } };
	p->destination_mac = (struct mac){ { 2, 0, 0, 0, 9, 9 } };
	p->tags[0] = vlan;
	p->tag_count = vlan != 0;
	assert_true(addr_parse(from, &p->source));
	assert_true(addr_parse(to, &p->destination));
	p->ttl = ttl;
	s->frame.wire = wire;
	s->frame.captured = wire < 1000 ? wire : 1000;
	s->frame.time.us += 1000;
	*a = (struct arrival){ .packet = p,
		.tap = tap,
		.frame = &s->frame,
		.vlan = vlan,
		.again = s->is_copy };
	view_frame(s->view, a);
}

/* Who asks for an address has that of his own. */
static void
ask(struct seeing *s, const struct tap *tap, uint16_t vlan, uint32_t mac,
    const char *own)
{
	struct packet *p = &s->packet;

	memset(p, 0, sizeof(*p));
	p->kind = PACKET_ARP;
	p->has_macs = true;
	p->source_mac = (struct mac){ { 2, 0, 0, (uint8_t)(mac >> 16),
	    (uint8_t)(mac >> 8), (uint8_t)mac } };
	p->arp_sender_mac = p->source_mac;
	p->arp_operation = 1;
	p->tags[0] = vlan;
	p->tag_count = vlan != 0;
	assert_true(addr_parse(own, &p->arp_sender));
	s->frame.wire = s->frame.captured = 60;
	s->arrival = (struct arrival){ .packet = p,
		.tap = tap,
		.frame = &s->frame,
		.vlan = vlan };
	view_frame(s->view, &s->arrival);
}

static void
tell(struct seeing *s, const struct tap *tap)
{
	s->count = 0;
	view_tell(s->view, tap, s->frame.time, true, &s->observer);
	assert_int_equal(s->count, 1);
	assert_ptr_equal(s->told.tap, tap);
}

static const struct tap_view_mac *
mac(const struct seeing *s, uint32_t n)
{
	for (size_t i = 0; i < s->told.mac_count; i++) {
		const uint8_t *b = s->told.macs[i].mac.bytes;

		if (((uint32_t)b[3] << 16 | (uint32_t)b[4] << 8 | b[5]) == n)
			return &s->told.macs[i];
	}
	fail_msg("no MAC %u", n);
	return NULL;
}

static const struct tap_view_prefix *
prefix(const struct seeing *s, const char *text, uint16_t vlan)
{
	char name[PREFIX_TEXT_MAX];

	for (size_t i = 0; i < s->told.prefix_count; i++)
		if (s->told.prefixes[i].vlan == vlan &&
		    strcmp(prefix_format(&s->told.prefixes[i].prefix, name),
			text) == 0)
			return &s->told.prefixes[i];
	fail_msg("no prefix %s", text);
	return NULL;
}

static void
test_hosts_are_local_and_what_a_router_brings_is_not(void **state)
{
	struct seeing *s = *state;

	ask(s, s->trunk, 110, 0x101, "10.1.0.1");
	for (int i = 0; i < 3; i++) {
		see(s, s->trunk, 110, 0x10, "10.1.5.7", "10.2.3.4", 64, 100);
		see(s, s->trunk, 110, 0x101, "10.2.3.4", "10.1.5.7", 63, 100);
	}
	see(s, s->trunk, 300, 0x20, "10.3.1.1", "10.3.1.2", 128, 100);
	tell(s, s->trunk);
	assert_int_equal(s->told.frames, 8);
	assert_int_equal(prefix(s, "10.1.5.0/24", 110)->from, 3);
	assert_int_equal(prefix(s, "10.1.5.0/24", 110)->to, 3);
	assert_int_equal(prefix(s, "10.1.5.0/24", 110)->local, 3);
	assert_string_equal(prefix(s, "10.1.5.0/24", 110)->zone->id, "core");
	assert_int_equal(prefix(s, "10.2.3.0/24", 110)->from, 3);
	assert_int_equal(prefix(s, "10.2.3.0/24", 110)->local, 0);
	assert_string_equal(prefix(s, "10.2.3.0/24", 110)->zone->id, "lg");
	assert_true(mac(s, 0x101)->router);
	assert_true(mac(s, 0x101)->forwards);
	assert_int_equal(mac(s, 0x101)->address.bytes[3], 1);
	assert_false(mac(s, 0x10)->forwards);
	assert_int_equal(s->told.vlan_count, 2);
	assert_true(s->told.vlans[0].declared);
	assert_string_equal(s->told.vlans[1].zone->id, "office");
	/* Forwarders stand first. */
	assert_true(s->told.macs[0].forwards);
}

static void
test_who_sends_from_several_prefixes_passes_on(void **state)
{
	struct seeing *s = *state;

	/* One address that is not its own is a second one of a host. */
	ask(s, s->floor, 0, 1, "10.3.1.1");
	see(s, s->floor, 0, 1, "10.3.1.1", "10.3.1.2", 64, 100);
	see(s, s->floor, 0, 1, "10.3.2.1", "10.3.1.2", 64, 100);
	tell(s, s->floor);
	assert_false(mac(s, 1)->forwards);
	see(s, s->floor, 0, 1, "10.3.3.1", "10.3.1.2", 64, 100);
	tell(s, s->floor);
	assert_true(mac(s, 1)->forwards);
	assert_int_equal(mac(s, 1)->prefixes, 3);
	/* A hop was counted on what is not its own. */
	ask(s, s->floor, 0, 2, "10.3.1.9");
	see(s, s->floor, 0, 2, "10.3.7.1", "10.3.1.2", 63, 100);
	tell(s, s->floor);
	assert_true(mac(s, 2)->forwards);
	/* An odd hop limit of a lone address is the system's own. */
	see(s, s->floor, 0, 3, "10.3.1.77", "10.3.1.2", 50, 100);
	tell(s, s->floor);
	assert_false(mac(s, 3)->forwards);
	see(s, s->floor, 0, 3, "10.3.1.78", "10.3.1.2", 50, 100);
	tell(s, s->floor);
	assert_true(mac(s, 3)->forwards);
}

static bool
brings(struct seeing *s, uint8_t last, const struct zone *zone)
{
	const struct tap_view_mac *m = mac(s, last);

	for (size_t i = 0; i < m->zone_count; i++)
		if (m->zones[i] == zone)
			return true;
	return false;
}

/* A gateway that relays DHCP or answers a ping speaks for itself: it does not
 * bring the hosts of the zone that it stands in. */
static void
test_what_a_router_says_itself_is_not_passed_on(void **state)
{
	struct seeing *s = *state;

	ask(s, s->floor, 0, 1, "10.3.0.1");
	see(s, s->floor, 0, 1, "10.3.0.1", "10.3.1.2", 64, 100);
	see(s, s->floor, 0, 1, "10.1.5.5", "10.3.1.2", 63, 100);
	tell(s, s->floor);
	assert_true(mac(s, 1)->forwards);
	assert_false(brings(s, 1, s->floor->segment));
	/* What comes from behind it does, also beside its own address. */
	see(s, s->floor, 0, 1, "10.3.0.9", "10.3.1.2", 63, 100);
	tell(s, s->floor);
	assert_true(brings(s, 1, s->floor->segment));
}

static void
test_a_host_with_three_kinds_of_addresses_passes_nothing_on(void **state)
{
	struct seeing *s = *state;

	ask(s, s->floor, 0, 1, "10.3.1.1");
	see(s, s->floor, 0, 1, "10.3.1.1", "10.3.1.2", 64, 100);
	see(s, s->floor, 0, 1, "fd00:3::1", "fd00:3::2", 64, 100);
	see(s, s->floor, 0, 1, "2001:db8:3::1", "2001:db8:3::2", 64, 100);
	see(s, s->floor, 0, 1, "fe80::1", "ff02::1", 255, 100);
	tell(s, s->floor);
	assert_false(mac(s, 1)->forwards);
	/* Link-local and multicast are of no prefix. */
	assert_int_equal(mac(s, 1)->prefixes, 3);
	assert_int_equal(prefix(s, "fd00:3::/64", 0)->local, 1);
}

static void
test_a_virtual_mac_passes_on(void **state)
{
	struct seeing *s = *state;
	const uint8_t vrrp[6] = { 0, 0, 0x5e, 0, 1, 10 };

	ask(s, s->floor, 0, 1, "10.3.0.1");
	memcpy(s->packet.source_mac.bytes, vrrp, sizeof(vrrp));
	s->packet.arp_sender_mac = s->packet.source_mac;
	view_frame(s->view, &s->arrival);
	tell(s, s->floor);
	assert_int_equal(s->told.mac_count, 2);
	assert_memory_equal(s->told.macs[0].mac.bytes, vrrp, sizeof(vrrp));
	assert_true(s->told.macs[0].forwards);
	assert_false(s->told.macs[1].forwards);
}

static void
test_copies_giants_and_cut_frames_are_counted_apart(void **state)
{
	struct seeing *s = *state;

	see(s, s->floor, 0, 1, "10.3.1.1", "10.3.1.2", 64, 1518);
	see(s, s->trunk, 300, 1, "10.3.1.1", "10.3.1.2", 64, 1522);
	see(s, s->floor, 0, 1, "10.3.1.1", "10.3.1.2", 64, 4000);
	s->is_copy = true;
	see(s, s->floor, 0, 1, "10.3.1.1", "10.3.1.2", 64, 200);
	tell(s, s->floor);
	assert_int_equal(s->told.frames, 3);
	assert_int_equal(s->told.copies, 1);
	assert_int_equal(s->told.giants, 1);
	assert_int_equal(s->told.cut, 2);
	assert_int_equal(s->told.longest, 4000);
	assert_int_equal(prefix(s, "10.3.1.0/24", 0)->from, 2);
	tell(s, s->trunk);
	assert_int_equal(s->told.giants, 0);
}

static void
test_a_flood_of_macs_and_prefixes_is_bounded_and_counted(void **state)
{
	struct seeing *s = *state;
	char from[ADDR_TEXT_MAX];

	see(s, s->floor, 0, 1, "10.3.1.1", "10.3.1.2", 64, 100);
	for (uint32_t i = 0; i < 3 * VIEW_MACS_MAX; i++) {
		(void)snprintf(from, sizeof(from), "172.%u.%u.1", 32 + i / 250,
		    i % 250);
		see(s, s->floor, 0, 0x10000 + i, from, "10.3.1.2", 64, 100);
	}
	for (uint16_t vlan = 1; vlan < 200; vlan++)
		see(s, s->floor, vlan, 1, "10.3.1.1", "10.3.1.2", 64, 100);
	tell(s, s->floor);
	assert_int_equal(s->told.mac_count, TAP_VIEW_MACS_MAX);
	assert_int_equal(s->told.prefix_count, TAP_VIEW_PREFIXES_MAX);
	assert_int_equal(s->told.vlan_count, TAP_VIEW_VLANS_MAX);
	assert_true(s->told.unlisted_macs >= VIEW_MACS_MAX - TAP_VIEW_MACS_MAX);
	assert_true(s->told.unlisted_prefixes > 0);
	assert_true(s->told.unlisted_vlans > 0);
}

static void
test_an_hour_is_told_where_enough_came(void **state)
{
	struct seeing *s = *state;

	assert_false(view_due(s->view, s->frame.time));
	see(s, s->floor, 0, 1, "10.3.1.1", "10.3.1.2", 64, 100);
	assert_false(view_due(s->view, s->frame.time));
	assert_true(
	    view_due(s->view, (struct wall_us){ HOUR_BEGINS + CLOCK_HOUR }));
	assert_false(
	    view_due(s->view, (struct wall_us){ HOUR_BEGINS + CLOCK_HOUR }));
	/* Time that steps back begins no hour again. */
	assert_false(view_due(s->view, (struct wall_us){ HOUR_BEGINS }));
	view_tell(s->view, s->floor, s->frame.time, false, &s->observer);
	assert_int_equal(s->count, 0);
	for (int i = 0; i < 100; i++)
		see(s, s->floor, 0, 1, "10.3.1.1", "10.3.1.2", 64, 100);
	view_tell(s->view, s->floor, s->frame.time, false, &s->observer);
	assert_int_equal(s->count, 1);
	/* At the end all are told, also who showed nothing. */
	tell(s, s->trunk);
	assert_int_equal(s->told.frames, 0);
	assert_int_equal(s->told.mac_count, 0);
}

static void
test_another_model_keeps_what_a_tap_showed(void **state)
{
	struct seeing *s = *state;
	struct model *next = scene_load(scene_model_text);
	struct rebase r;

	see(s, s->floor, 0, 1, "10.3.1.1", "10.3.1.2", 64, 100);
	rebase_init(&r, s->m, next);
	view_reload(s->view, &r);
	rebase_fini(&r);
	model_free(s->m);
	s->m = next;
	s->floor = model_tap(next, "floor");
	see(s, s->floor, 0, 1, "10.3.1.1", "10.3.1.2", 64, 100);
	tell(s, s->floor);
	assert_int_equal(s->told.frames, 2);
	assert_ptr_equal(prefix(s, "10.3.1.0/24", 0)->zone,
	    model_zone(next, "office"));
}

static void
engine_view(void *context, const struct tap_view *v)
{
	struct seeing *s = context;

	if (strcmp(v->tap->id, "trunk") == 0)
		on_view(s, v);
}

/* Through the engine: both sides of the firewall on one tap. */
static void
test_conversations_are_counted_by_tap_and_side(void **state)
{
	struct seeing *s = *state;
	struct scene *scene = scene_new(0);
	const struct scene_place core = { .vlan = 110 };
	const struct scene_place lg = { .vlan = 200, .from_router = true };
	const struct scene_place back = { .vlan = 200 };

	scene->observer.context = scene;
	scene_udp(scene, core, "10.1.1.1", 5000, "10.2.1.1", 53, "a", 1);
	scene_udp(scene, lg, "10.1.1.1", 5000, "10.2.1.1", 53, "a", 1);
	scene_tcp(scene, back, "10.2.1.1", 6000, "10.1.1.2", 80, 2, 1, 0, NULL);
	scene_tcp(scene, back, "10.2.1.1", 6000, "10.1.1.2", 80, 0x10, 2, 9,
	    NULL);
	scene_tcp(scene, back, "10.2.1.1", 6000, "10.1.1.2", 80, 0x18, 2, 9,
	    "GET");
	scene->observer = (struct observer){ .context = s,
		.view = engine_view };
	scene_finish(scene);
	assert_int_equal(s->count, 1);
	assert_int_equal(s->told.frames, 5);
	assert_int_equal(s->told.passed, 1);
	assert_int_equal(s->told.tcp_conversations, 1);
	assert_int_equal(s->told.tcp_one_way, 1);
	scene_free(scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(test_hosts_are_local_and_what_a_router_brings_is_not),
		TEST(test_who_sends_from_several_prefixes_passes_on),
		TEST(test_what_a_router_says_itself_is_not_passed_on),
		TEST(
		    test_a_host_with_three_kinds_of_addresses_passes_nothing_on),
		TEST(test_a_virtual_mac_passes_on),
		TEST(test_copies_giants_and_cut_frames_are_counted_apart),
		TEST(test_a_flood_of_macs_and_prefixes_is_bounded_and_counted),
		TEST(test_an_hour_is_told_where_enough_came),
		TEST(test_another_model_keeps_what_a_tap_showed),
		TEST(test_conversations_are_counted_by_tap_and_side),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
