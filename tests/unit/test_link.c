/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-2, 4, 7, 8 and 9: tags, gateways, IPv6 where there is none, discovery
 * traffic of another zone, and neighbours; what can be observed where. Each
 * with what looks like it and shall not be found.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "link.h"
#include "link_scene.h"

#define SCENE(s) struct link_scene *s = link_scene_new()

/* ---- LNK-2 */

static const struct flight in_core = { HOST, CORE_ROUTER, "10.1.3.4",
	"10.1.9.9", 64, 0, 0 };

static void
test_a_stray_vlan_is_told_after_a_little(void **state)
{
	SCENE(s);

	(void)state;
	udp_on(s, s->trunk, 777, in_core);
	udp_on(s, s->trunk, 777, in_core);
	udp_on(s, s->trunk, 110, in_core);
	assert_int_equal(s->count, 0);
	pass(s, 10 * CLOCK_SECOND);
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].check, CHECK_LNK_2);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_VLAN);
	assert_int_equal(s->notes[0].severity, SEVERITY_HIGH);
	assert_string_equal(s->notes[0].seen, "VLAN 777");
	assert_string_equal(s->notes[0].expected, "VLAN 110 300 500 510");
	assert_int_equal(s->notes[0].counted, 2);
	assert_string_equal(s->notes[0].who.zone->id, "core");
	link_scene_free(s);
}

static void
test_a_tap_in_the_wrong_place_is_not_told_of_here(void **state)
{
	SCENE(s);

	(void)state;
	for (int i = 0; i < 200; i++) {
		udp_on(s, s->trunk, 777, in_core);
		s->now.us -= CLOCK_SECOND - 1000;
	}
	pass(s, 20 * CLOCK_SECOND);
	link_finish(s->link, s->now, &s->observer);
	assert_int_equal(s->count, 0);
	/* Where no VLANs are declared no tag is strange. */
	udp_on(s, s->lg, 777, in_core);
	link_finish(s->link, s->now, &s->observer);
	assert_int_equal(count_of(s, NOTICE_LINK_VLAN), 0);
	link_scene_free(s);
}

static void
test_a_tag_within_a_tag_is_told_at_the_end(void **state)
{
	SCENE(s);

	(void)state;
	udp_on(s, s->trunk, 110, in_core);
	udp_on(s, s->trunk, 110u << 16 | 300, in_core);
	link_finish(s->link, s->now, &s->observer);
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_DOUBLE_TAG);
	assert_string_equal(s->notes[0].seen, "VLAN 110 > VLAN 300");
	link_scene_free(s);
}

static void
test_untagged_frames_of_a_trunk_are_told(void **state)
{
	SCENE(s);

	(void)state;
	udp_on(s, s->trunk, 110, in_core);
	udp_on(s, s->trunk, 0, in_core);
	link_finish(s->link, s->now, &s->observer);
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_UNTAGGED);
	link_scene_free(s);
}

static void
test_a_mirror_that_strips_tags_is_said_to(void **state)
{
	SCENE(s);

	(void)state;
	for (int i = 0; i < 100; i++)
		udp_on(s, s->trunk, 0, in_core);
	link_finish(s->link, s->now, &s->observer);
	/* The first ten seconds show too little to tell. */
	assert_int_equal(count_of(s, NOTICE_LINK_TAGS_STRIPPED), 1);
	assert_int_equal(noticed(s, NOTICE_LINK_TAGS_STRIPPED)->severity,
	    SEVERITY_INFORMATION);
	link_scene_free(s);
}

/* ---- LNK-4 */

static void
test_a_forwarding_host_is_found(void **state)
{
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	udp_on(s, s->lg, 0,
	    (struct flight){ HOST, OTHER, "10.1.20.5", "10.2.9.9", 63, 0, 0 });
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].check, CHECK_LNK_4);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_FORWARDS);
	assert_string_equal(s->notes[0].seen, "10.1.20.5 (core)");
	assert_true(s->notes[0].who.address.family == 4);
	/* Nobody sends back by it without being one and the same finding. */
	udp_on(s, s->lg, 0,
	    (struct flight){ OTHER, HOST, "10.2.9.9", "10.1.20.5", 64, 0, 0 });
	assert_int_equal(s->count, 1);
	link_scene_free(s);
}

static void
test_a_host_that_is_used_as_a_gateway_is_found(void **state)
{
	SCENE(s);

	(void)state;
	udp_on(s, s->lg, 0,
	    (struct flight){ OTHER, HOST, "10.2.9.9", "203.0.113.5", 64, 0,
		0 });
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_USED);
	assert_string_equal(s->notes[0].seen, "203.0.113.5 (outside)");
	link_scene_free(s);
}

static void
test_declared_routers_and_whole_packets_are_no_gateways(void **state)
{
	static const char *const routers[] = { LG_ROUTER, LG_STANDBY,
		LG_VIRTUAL };
	SCENE(s);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		udp_on(s, s->lg, 0,
		    (struct flight){ routers[i], HOST, "10.1.20.5", "10.2.9.9",
			63, 0, 0 });
		udp_on(s, s->lg, 0,
		    (struct flight){ HOST, routers[i], "10.2.9.9", "10.1.20.5",
			64, 0, 0 });
	}
	/* Made where it was seen: the judge's LNK-1. */
	udp_on(s, s->lg, 0,
	    (struct flight){ HOST, OTHER, "10.1.20.5", "10.2.9.9", 64, 0, 0 });
	/* From host to host; where no router is declared; on transit. */
	udp_on(s, s->lg, 0,
	    (struct flight){ HOST, OTHER, "10.2.3.4", "10.2.9.9", 63, 0, 0 });
	udp_on(s, s->bare, 0,
	    (struct flight){ HOST, OTHER, "10.1.20.5", "10.3.9.9", 63, 0, 0 });
	udp_on(s, s->transit, 0,
	    (struct flight){ HOST, OTHER, "10.1.20.5", "10.3.9.9", 63, 0, 0 });
	assert_int_equal(s->count, 0);
	link_scene_free(s);
}

static void
test_a_virtual_mac_of_another_group_is_found(void **state)
{
	static const char *const macs[] = { "00:00:5e:00:01:0b",
		"00:00:5e:00:02:0b", "00:00:0c:07:ac:0a", "00:00:0c:9f:f0:0a",
		"00:05:73:a0:00:0a", "00:07:b4:00:0a:01" };
	SCENE(s);

	(void)state;
	for (size_t i = 0; i < sizeof(macs) / sizeof(macs[0]); i++)
		udp_on(s, s->lg, 0,
		    (struct flight){ macs[i], "01:00:5e:00:00:12", "10.2.0.2",
			"224.0.0.18", 255, 0, 0 });
	assert_int_equal(count_of(s, NOTICE_LINK_VIRTUAL), 6);
	assert_string_equal(s->notes[0].seen, "vrrp 11");
	assert_string_equal(s->notes[5].seen, "glbp 10");
	udp_on(s, s->lg, 0,
	    (struct flight){ LG_VIRTUAL, "01:00:5e:00:00:12", "10.2.0.2",
		"224.0.0.18", 255, 0, 0 });
	assert_int_equal(s->count, 6);
	link_scene_free(s);
}

static void
test_proxy_arp_of_a_host_makes_it_a_gateway(void **state)
{
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	arp_on(s, s->lg, 0, 2, HOST, "10.1.20.5", "10.2.9.9");
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_PROXY_ARP);
	arp_on(s, s->lg, 0, 2, LG_ROUTER, "10.1.20.5", "10.2.9.9");
	assert_int_equal(s->count, 1);
	link_scene_free(s);
}

/* ---- LNK-7 */

static void
test_ipv6_that_stays_on_its_link_is_told_once_a_zone_and_day(void **state)
{
	static const uint8_t body[4];
	SCENE(s);

	(void)state;
	icmp6_on(s, s->trunk, 500, HOST, "fe80::5", "ff02::2", 133, body, 4);
	icmp6_on(s, s->trunk, 500, HOST, "fe80::5", "ff02::2", 133, body, 4);
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].check, CHECK_LNK_7);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_IPV6_LOCAL);
	assert_int_equal(s->notes[0].severity, SEVERITY_MEDIUM);
	icmp6_on(s, s->trunk, 500, OTHER, "fe80::6", "ff02::2", 133, body, 4);
	icmp6_on(s, s->trunk, 500, ROVER, "::", "ff02::1:ff00:7", 135, body, 4);
	icmp6_on(s, s->trunk, 500, OTHER, "fe80::6", "ff02::2", 133, body, 4);
	assert_int_equal(s->count, 1);
	pass(s, CLOCK_DAY);
	icmp6_on(s, s->trunk, 500, HOST, "fe80::5", "ff02::2", 133, body, 4);
	assert_int_equal(s->count, 2);
	assert_int_equal(s->notes[1].word, NOTICE_LINK_IPV6_LOCAL_MORE);
	assert_int_equal(s->notes[1].counted, 3);
	icmp6_on(s, s->trunk, 300, HOST, "fe80::5", "ff02::2", 133, body, 4);
	assert_int_equal(s->count, 2);
	link_scene_free(s);
}

static void
ipv6_from(struct link_scene *s, unsigned host, const char *source)
{
	char mac[20];

	(void)snprintf(mac, sizeof(mac), "02:00:00:06:00:%02x", host);
	udp_on(s, s->trunk, 500,
	    (struct flight){ mac, LG_ROUTER, source, "2001:db8::9", 64, 0, 0 });
}

static void
test_ipv6_that_leaves_its_link_is_told_of_so_many_hosts_a_day(void **state)
{
	SCENE(s);

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		for (int n = 0; n < 2; n++)
			ipv6_from(s, i, "2001:db8:6::1");
	assert_int_equal(count_of(s, NOTICE_LINK_IPV6), 32);
	assert_int_equal(count_of(s, NOTICE_LINK_IPV6_MANY), 1);
	pass(s, CLOCK_DAY);
	for (unsigned i = 0; i < 40; i++)
		ipv6_from(s, i, "2001:db8:6::1");
	assert_int_equal(count_of(s, NOTICE_LINK_IPV6), 64);
	assert_int_equal(count_of(s, NOTICE_LINK_IPV6_MANY_MORE), 1);
	assert_int_equal(count_of(s, NOTICE_LINK_IPV6_LOCAL), 0);
	link_scene_free(s);
}

static void
test_bytes_between_link_local_hosts_are_told_of_the_host(void **state)
{
	static const uint8_t body[4];
	SCENE(s);

	(void)state;
	icmp6_on(s, s->trunk, 500, HOST, "fe80::5", "ff02::2", 133, body, 4);
	udp_on(s, s->trunk, 500,
	    (struct flight){ HOST, OTHER, "fe80::5", "fe80::6", 64, 0, 0 });
	assert_int_equal(count_of(s, NOTICE_LINK_IPV6_LOCAL), 1);
	assert_int_equal(count_of(s, NOTICE_LINK_IPV6), 1);
	link_scene_free(s);
}

static void
test_a_declared_router_that_advertises_ipv6_is_told_once(void **state)
{
	static const uint8_t body[12] = { 64, 0, 7, 8 };
	SCENE(s);

	(void)state;
	icmp6_on(s, s->trunk, 510, HOST, "fe80::5", "ff02::2", 133, body, 4);
	for (int i = 0; i < 3; i++)
		icmp6_on(s, s->trunk, 510, ANNEX_ROUTER, "fe80::1", "ff02::1",
		    134, body, 12);
	assert_int_equal(count_of(s, NOTICE_LINK_IPV6_LOCAL), 1);
	assert_int_equal(count_of(s, NOTICE_LINK_IPV6_ROUTER), 1);
	assert_int_equal(s->count, 2);
	/* It is declared with an address of IPv6. */
	icmp6_on(s, s->trunk, 510, ANNEX_ROUTER_6, "fe80::2", "ff02::1", 134,
	    body, 12);
	assert_int_equal(s->count, 2);
	link_scene_free(s);
}

/* ---- LNK-8 */

static void
test_discovery_of_another_zone_is_found(void **state)
{
	static const struct flight stray[] = {
		{ HOST, "01:00:5e:00:00:fb", "10.1.10.23", "224.0.0.251", 255,
		    5353, 5353 },
		{ OTHER, "01:00:5e:00:00:fc", "10.1.10.24", "224.0.0.252", 1,
		    50000, 5355 },
		{ ROVER, EVERYONE, "10.1.10.25", "255.255.255.255", 64, 1, 2 },
		{ MFP_LG, "01:00:5e:7f:ff:fa", "10.1.10.26", "239.255.255.250",
		    1, 50000, 1900 },
		{ HOST, "33:33:00:00:00:fb", "fd00:1::5", "ff02::fb", 255, 5353,
		    5353 },
	};
	SCENE(s);

	(void)state;
	for (size_t i = 0; i < sizeof(stray) / sizeof(stray[0]); i++)
		udp_on(s, s->lg, 0, stray[i]);
	assert_int_equal(count_of(s, NOTICE_LINK_DISCOVERY), 5);
	assert_int_equal(s->count, 5);
	assert_string_equal(s->notes[0].seen, "TTL 255, mDNS");
	assert_int_equal(s->notes[0].check, CHECK_LNK_8);
	assert_int_equal(s->notes[0].severity, SEVERITY_HIGH);
	assert_string_equal(s->notes[0].who.zone->id, "core");
	udp_on(s, s->lg, 0, stray[0]);
	assert_int_equal(s->count, 5);
	link_scene_free(s);
}

static void
test_discovery_of_the_own_zone_and_of_routers_is_silent(void **state)
{
	static const struct flight usual[] = {
		{ HOST, "01:00:5e:00:00:fb", "10.2.10.23", "224.0.0.251", 255,
		    5353, 5353 },
		{ HOST, "01:00:5e:00:00:fc", "10.2.10.23", "224.0.0.252", 1,
		    50000, 5355 },
		{ HOST, EVERYONE, "10.2.10.23", "10.2.255.255", 128, 137, 137 },
		{ HOST, EVERYONE, "0.0.0.0", "255.255.255.255", 64, 3, 4 },
		{ HOST, EVERYONE, "169.254.3.4", "169.254.255.255", 64, 138,
		    138 },
		{ LG_ROUTER, "01:00:5e:00:00:fb", "10.1.0.1", "224.0.0.251",
		    255, 5353, 5353 },
		{ LG_ROUTER, "01:00:5e:7f:ff:fa", "10.1.3.4", "239.255.255.250",
		    3, 50000, 1900 },
		{ MFP_LG, "01:00:5e:00:00:fb", "10.3.8.8", "224.0.0.251", 255,
		    5353, 5353 },
		{ HOST, "33:33:00:00:00:fb", "fe80::5", "ff02::fb", 255, 5353,
		    5353 },
	};
	SCENE(s);

	(void)state;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		udp_on(s, s->lg, 0, usual[i]);
	/* The judge tells of it by the conversation. */
	udp_on(s, s->lg, 0,
	    (struct flight){ HOST, EVERYONE, "10.1.3.4", "10.1.255.255", 64,
		137, 137 });
	assert_int_equal(s->count, 0);
	link_scene_free(s);
}

/* ---- LNK-9 */

static void
lldp_on(struct link_scene *s, const struct tap *tap, const char *mac,
    const char *name)
{
	put_ethernet(s, mac, "01:80:c2:00:00:0e", 0, 0x88cc);
	put16(s, 0x0207);
	put8(s, 4);
	put_mac(s, mac);
	put16(s, 0x0403);
	put8(s, 5);
	put(s, "g1", 2);
	put16(s, 0x0602);
	put16(s, 120);
	put16(s, (unsigned)(0x0a00 | strlen(name)));
	put(s, name, strlen(name));
	put16(s, 0);
	arrive(s, tap);
}

static void
cdp_on(struct link_scene *s, const struct tap *tap, const char *mac,
    const char *name)
{
	put_ethernet(s, mac, "01:00:0c:cc:cc:cc", 0,
	    (unsigned)(8 + 4 + 4 + strlen(name)));
	put32(s, 0xaaaa0300);
	put32(s, 0x000c2000);
	put32(s, 0x02b40000);
	put16(s, 1);
	put16(s, (unsigned)(4 + strlen(name)));
	put(s, name, strlen(name));
	arrive(s, tap);
}

static void
stp_on(struct link_scene *s, const struct tap *tap, const char *root)
{
	put_ethernet(s, SWITCH, "01:80:c2:00:00:00", 0, 38);
	put16(s, 0x4242);
	put8(s, 3);
	put32(s, 0);
	put8(s, 0);
	put16(s, 0x8000);
	put_mac(s, root);
	put32(s, 4);
	put16(s, 0x8001);
	put_mac(s, SWITCH);
	put32(s, 0x80010100);
	put32(s, 0x14000200);
	put16(s, 0x0f00);
	put(s, "\0\0\0\0\0\0\0\0", 8);
	arrive(s, tap);
}

static void
test_undeclared_neighbours_are_found(void **state)
{
	SCENE(s);

	(void)state;
	lldp_on(s, s->lg, SWITCH, "sw1");
	lldp_on(s, s->lg, OTHER, "Floor-2.example.lg.jp");
	cdp_on(s, s->lg, OTHER, "floor-2");
	lldp_on(s, s->transit, HOST, "rogue");
	assert_int_equal(s->count, 0);
	lldp_on(s, s->lg, HOST, "rogue");
	assert_int_equal(count_of(s, NOTICE_LINK_LLDP), 1);
	assert_int_equal(s->notes[0].severity, SEVERITY_LOW);
	assert_string_equal(s->notes[0].seen, "rogue, g1");
	cdp_on(s, s->lg, HOST, "rogue");
	assert_int_equal(count_of(s, NOTICE_LINK_CDP), 1);
	/* On a trunk too, whose switches speak without a tag. */
	lldp_on(s, s->trunk, HOST, "rogue");
	assert_int_equal(count_of(s, NOTICE_LINK_LLDP), 2);
	link_finish(s->link, s->now, &s->observer);
	assert_int_equal(s->count, 3);
	link_scene_free(s);
}

static void
test_an_undeclared_root_is_found(void **state)
{
	SCENE(s);

	(void)state;
	stp_on(s, s->lg, ROOT);
	stp_on(s, s->trunk, ROOT);
	assert_int_equal(s->count, 0);
	stp_on(s, s->lg, SWITCH);
	assert_int_equal(count_of(s, NOTICE_LINK_ROOT_MOVED), 1);
	assert_int_equal(s->notes[0].severity, SEVERITY_INFORMATION);
	stp_on(s, s->lg, HOST);
	assert_int_equal(count_of(s, NOTICE_LINK_ROOT), 1);
	assert_int_equal(s->notes[1].severity, SEVERITY_LOW);
	link_scene_free(s);
}

/* ---- what can be observed */

static void
test_each_tap_says_what_it_can_observe(void **state)
{
	SCENE(s);

	(void)state;
	assert_int_equal(link_observable(s->model, s->transit), 1u << 6);
	assert_int_equal(link_observable(s->model, s->bare),
	    1u << 1 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9 |
		1u << 10);
	assert_int_equal(link_observable(s->model, s->lg), 0x7fe & ~(1u << 2));
	assert_int_equal(link_observable(s->model, s->trunk), 0x7fe);
	link_scene_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_stray_vlan_is_told_after_a_little),
		cmocka_unit_test(
		    test_a_tap_in_the_wrong_place_is_not_told_of_here),
		cmocka_unit_test(test_a_tag_within_a_tag_is_told_at_the_end),
		cmocka_unit_test(test_untagged_frames_of_a_trunk_are_told),
		cmocka_unit_test(test_a_mirror_that_strips_tags_is_said_to),
		cmocka_unit_test(test_a_forwarding_host_is_found),
		cmocka_unit_test(
		    test_a_host_that_is_used_as_a_gateway_is_found),
		cmocka_unit_test(
		    test_declared_routers_and_whole_packets_are_no_gateways),
		cmocka_unit_test(test_a_virtual_mac_of_another_group_is_found),
		cmocka_unit_test(test_proxy_arp_of_a_host_makes_it_a_gateway),
		cmocka_unit_test(
		    test_ipv6_that_stays_on_its_link_is_told_once_a_zone_and_day),
		cmocka_unit_test(
		    test_ipv6_that_leaves_its_link_is_told_of_so_many_hosts_a_day),
		cmocka_unit_test(
		    test_bytes_between_link_local_hosts_are_told_of_the_host),
		cmocka_unit_test(
		    test_a_declared_router_that_advertises_ipv6_is_told_once),
		cmocka_unit_test(test_discovery_of_another_zone_is_found),
		cmocka_unit_test(
		    test_discovery_of_the_own_zone_and_of_routers_is_silent),
		cmocka_unit_test(test_undeclared_neighbours_are_found),
		cmocka_unit_test(test_an_undeclared_root_is_found),
		cmocka_unit_test(test_each_tap_says_what_it_can_observe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
