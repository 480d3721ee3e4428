/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-1, 3, 5 and 10: addresses of other zones, who hands out addresses and
 * ways out, one device in two zones, two MACs for one address. Each with what
 * looks like it and shall not be found.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "link.h"
#include "link_scene.h"

#define CORE_DHCP "02:00:00:00:01:67"
#define SCENE(s) struct link_scene *s = link_scene_new()

/* ---- LNK-1 */

static void
test_arp_that_claims_another_zones_address_is_found(void **state)
{
	const struct link_note *n;
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 1, HOST, "10.1.20.5", "10.2.0.1");
	n = noticed(s, NOTICE_LINK_FOREIGN_ARP);
	assert_non_null(n);
	assert_int_equal(n->check, CHECK_LNK_1);
	assert_int_equal(n->severity, SEVERITY_HIGH);
	assert_string_equal(n->seen, "10.1.20.5 (core)");
	assert_string_equal(n->expected, "10.2.0.0/16 fd00:2::/48");
	assert_string_equal(n->who.zone->id, "core");
	assert_string_equal(n->whom.zone->id, "lg");
	assert_true(n->who.has_mac);
	assert_int_equal(n->clause, CLAUSE_MODEL);
	assert_int_equal(n->packets, 1);
	arp_on(s, s->lg, 0, 1, HOST, "10.1.20.5", "10.2.0.1");
	assert_int_equal(s->count, 1);
	pass(s, CLOCK_DAY);
	arp_on(s, s->lg, 0, 1, HOST, "10.1.20.5", "10.2.0.1");
	assert_int_equal(s->count, 2);
	assert_int_equal(s->notes[1].counted, 2);
	link_scene_free(s);
}

static void
test_own_addresses_probes_routers_and_declared_legs_are_silent(void **state)
{
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	arp_on(s, s->lg, 0, 1, OTHER, "0.0.0.0", "10.1.20.5");
	arp_on(s, s->lg, 0, 1, LG_ROUTER, "10.1.0.1", "10.2.3.4");
	arp_on(s, s->lg, 0, 1, OTHER, "169.254.3.4", "169.254.3.5");
	arp_on(s, s->lg, 0, 1, MFP_LG, "10.3.8.8", "10.2.0.1");
	arp_on(s, s->transit, 0, 1, HOST, "10.1.20.5", "10.2.0.1");
	assert_int_equal(s->count, 0);
	link_scene_free(s);
}

static void
test_an_undeclared_leg_of_a_declared_device_is_found(void **state)
{
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 1, HOST, "10.3.8.8", "10.2.0.1");
	assert_int_equal(count_of(s, NOTICE_LINK_FOREIGN_ARP), 1);
	link_scene_free(s);
}

static void
test_arp_of_a_whole_other_zone_in_a_vlan_is_a_wrong_tag(void **state)
{
	SCENE(s);

	(void)state;
	arp_on(s, s->trunk, 300, 1, HOST, "10.1.20.5", "10.1.20.9");
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_MISTAGGED);
	assert_int_equal(s->notes[0].check, CHECK_LNK_2);
	arp_on(s, s->trunk, 110, 1, HOST, "10.1.20.5", "10.1.20.9");
	assert_int_equal(s->count, 1);
	link_scene_free(s);
}

static void
put_target(uint8_t body[28], const char *target)
{
	struct addr a;

	memset(body, 0, 28);
	assert_true(addr_parse(target, &a));
	memcpy(body + 4, a.bytes, 16);
	body[0] = 0x20; /* override */
}

static void
test_neighbour_discovery_for_another_zones_address_is_found(void **state)
{
	uint8_t body[28];
	SCENE(s);

	(void)state;
	put_target(body, "fd00:1::9");
	icmp6_on(s, s->lg, 0, HOST, "fe80::1", "ff02::1", 136, body, 20);
	assert_int_equal(count_of(s, NOTICE_LINK_FOREIGN_ND), 1);
	body[0] = 0;
	icmp6_on(s, s->lg, 0, OTHER, "::", "ff02::1:ff00:9", 135, body, 20);
	assert_int_equal(count_of(s, NOTICE_LINK_FOREIGN_ND), 2);
	/* Who is asked for is not who asks. */
	icmp6_on(s, s->lg, 0, ROVER, "fd00:2::5", "ff02::1:ff00:9", 135, body,
	    20);
	put_target(body, "fd00:2::9");
	icmp6_on(s, s->lg, 0, HOST, "fe80::1", "ff02::1", 136, body, 20);
	assert_int_equal(s->count, 2);
	link_scene_free(s);
}

/* ---- DHCP */

static const struct flight ask = { HOST, EVERYONE, "0.0.0.0", "255.255.255.255",
	64, 68, 67 };

static void
test_a_lease_of_another_zone_that_is_asked_for_is_found(void **state)
{
	SCENE(s);
	struct flight rover = ask;

	(void)state;
	dhcp_on(s, s->lg, 0, ask,
	    (struct lease){ .kind = 3, .mac = HOST, .requested = "10.3.4.5" });
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_FOREIGN_LEASE_ASKED);
	/* Its own, and one that is declared to switch. */
	dhcp_on(s, s->lg, 0, ask,
	    (struct lease){ .kind = 3, .mac = HOST, .requested = "10.2.4.5" });
	rover.from_mac = ROVER;
	dhcp_on(s, s->lg, 0, rover,
	    (struct lease){ .kind = 3, .mac = ROVER, .requested = "10.3.4.6" });
	assert_int_equal(s->count, 1);
	link_scene_free(s);
}

static const struct flight answer = { HOST, EVERYONE, "10.2.0.67",
	"255.255.255.255", 64, 67, 68 };

static void
test_a_lease_of_another_zone_that_is_given_is_found(void **state)
{
	SCENE(s);

	(void)state;
	dhcp_on(s, s->lg, 0, answer,
	    (struct lease){ .reply = true,
		.kind = 5,
		.mac = OTHER,
		.yours = "10.3.4.5",
		.server = "10.2.0.67" });
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_FOREIGN_LEASE_GIVEN);
	link_scene_free(s);
}

static void
test_a_declared_server_and_a_declared_relay_are_silent(void **state)
{
	const struct lease ack = { .reply = true,
		.kind = 5,
		.mac = OTHER,
		.yours = "10.2.4.5",
		.server = "10.2.0.67" };
	struct lease relayed = ack;
	SCENE(s);

	(void)state;
	dhcp_on(s, s->lg, 0, answer, ack);
	relayed.relay = "10.2.0.1";
	relayed.server = "10.1.0.67";
	dhcp_on(s, s->lg, 0,
	    (struct flight){ LG_ROUTER, EVERYONE, "10.2.0.1", "255.255.255.255",
		64, 67, 68 },
	    relayed);
	/* RFC 5107: the relay gives itself for the server. */
	relayed.server = "10.2.0.1";
	dhcp_on(s, s->lg, 0,
	    (struct flight){ LG_ROUTER, EVERYONE, "10.2.0.1", "255.255.255.255",
		64, 67, 68 },
	    relayed);
	/* The same on the server's own segment, on its way to the relay. */
	relayed.server = "10.1.0.67";
	dhcp_on(s, s->trunk, 110,
	    (struct flight){ CORE_DHCP, CORE_ROUTER, "10.1.0.67", "10.2.0.1",
		64, 67, 67 },
	    relayed);
	/* No server is declared on the office: its router relays. */
	relayed.relay = "10.3.0.1";
	relayed.yours = "10.3.4.5";
	dhcp_on(s, s->trunk, 300,
	    (struct flight){ OFFICE_ROUTER, EVERYONE, "10.3.0.1",
		"255.255.255.255", 64, 67, 68 },
	    relayed);
	/* One renews, and its answer comes through the router. */
	dhcp_on(s, s->trunk, 300,
	    (struct flight){ OFFICE_ROUTER, HOST, "10.1.0.67", "10.3.4.5", 63,
		67, 68 },
	    (struct lease){ .reply = true,
		.kind = 5,
		.mac = HOST,
		.client = "10.3.4.5",
		.yours = "10.3.4.5",
		.server = "10.1.0.67" });
	/* Where neither routers nor servers are declared. */
	dhcp_on(s, s->bare, 0,
	    (struct flight){ MFP_OFFICE, EVERYONE, "10.3.9.9",
		"255.255.255.255", 64, 67, 68 },
	    (struct lease){ .reply = true,
		.kind = 2,
		.mac = HOST,
		.yours = "10.3.4.5",
		.server = "10.3.9.9" });
	/* And on its way there it passes the server's segment. */
	dhcp_on(s, s->trunk, 110,
	    (struct flight){ CORE_DHCP, CORE_ROUTER, "10.1.0.67", "10.3.4.5",
		64, 67, 68 },
	    (struct lease){ .reply = true,
		.kind = 5,
		.mac = HOST,
		.client = "10.3.4.5",
		.yours = "10.3.4.5",
		.server = "10.1.0.67" });
	assert_int_equal(s->count, 0);
	link_scene_free(s);
}

static void
test_undeclared_servers_and_relays_are_found(void **state)
{
	struct lease offer = { .reply = true,
		.kind = 2,
		.mac = OTHER,
		.yours = "10.2.4.5",
		.server = "10.2.9.9" };
	SCENE(s);

	(void)state;
	dhcp_on(s, s->lg, 0,
	    (struct flight){ HOST, EVERYONE, "10.2.9.9", "255.255.255.255", 64,
		67, 68 },
	    offer);
	assert_int_equal(count_of(s, NOTICE_LINK_DHCP_SERVER), 1);
	assert_string_equal(s->notes[0].seen,
	    "OFFER 10.2.4.5, server-id 10.2.9.9");
	assert_string_equal(s->notes[0].expected, "10.2.0.67 10.1.0.67");
	/* It pretends to be the server, and names another. */
	dhcp_on(s, s->lg, 0, answer, offer);
	assert_int_equal(count_of(s, NOTICE_LINK_DHCP_SERVER), 2);
	/* A relay that nobody declared. */
	offer.relay = "10.2.0.9";
	offer.server = "10.2.0.67";
	dhcp_on(s, s->lg, 0,
	    (struct flight){ OTHER, EVERYONE, "10.2.0.9", "255.255.255.255", 64,
		67, 68 },
	    offer);
	assert_int_equal(count_of(s, NOTICE_LINK_DHCP_RELAY), 1);
	/* Where no server is declared a host is none. */
	offer.relay = NULL;
	offer.yours = "10.3.4.5";
	offer.server = "10.3.9.9";
	dhcp_on(s, s->trunk, 300,
	    (struct flight){ MFP_OFFICE, EVERYONE, "10.3.9.9",
		"255.255.255.255", 64, 67, 68 },
	    offer);
	assert_int_equal(count_of(s, NOTICE_LINK_DHCP_SERVER), 3);
	assert_int_equal(s->count, 4);
	link_scene_free(s);
}

static void
test_an_offer_that_is_cut_is_judged_by_its_head(void **state)
{
	SCENE(s);

	(void)state;
	put_ethernet(s, HOST, EVERYONE, 0, 0x0800);
	put_ip(s, "10.2.9.9", "255.255.255.255", 64, 17, 8 + 300);
	put_udp(s, 67, 68, 300);
	put_dhcp(s,
	    &(struct lease){ .reply = true,
		.kind = 2,
		.mac = OTHER,
		.yours = "10.2.4.5" });
	s->length = 14 + 20 + 8 + 300;
	s->cut = s->length - 96;
	arrive(s, s->lg);
	assert_int_equal(count_of(s, NOTICE_LINK_DHCP_SERVER), 1);
	link_scene_free(s);
}

/* ---- IPv6 */

static void
test_advertisements_and_redirects_of_hosts_are_found(void **state)
{
	uint8_t body[36] = { 64, 0, 7, 8 };
	SCENE(s);

	(void)state;
	icmp6_on(s, s->lg, 0, LG_ROUTER, "fe80::1", "ff02::1", 134, body, 12);
	icmp6_on(s, s->lg, 0, "00:00:5e:00:01:0a", "fe80::1", "ff02::1", 134,
	    body, 12);
	/* Nobody says who routes there. */
	icmp6_on(s, s->bare, 0, HOST, "fe80::1", "ff02::1", 134, body, 12);
	assert_int_equal(s->count, 0);
	icmp6_on(s, s->lg, 0, HOST, "fe80::1", "ff02::1", 134, body, 12);
	assert_int_equal(count_of(s, NOTICE_LINK_ADVERTISEMENT), 1);
	assert_string_equal(s->notes[0].seen, "1800 s");
	icmp6_on(s, s->lg, 0, HOST, "fe80::1", "ff02::1", 137, body, 36);
	assert_int_equal(count_of(s, NOTICE_LINK_REDIRECT), 1);
	link_scene_free(s);
}

static void
dhcp6_advertise(struct link_scene *s, const char *mac)
{
	put_ethernet(s, mac, OTHER, 0, 0x86dd);
	put_ip(s, "fe80::7", "fe80::8", 64, 17, 8 + 12);
	put_udp(s, 547, 546, 12);
	put32(s, 0x02000001);
	put32(s, 0x00020004);
	put32(s, 0x00030001);
	arrive(s, s->lg);
}

static void
test_dhcp6_answers_of_hosts_are_found(void **state)
{
	SCENE(s);

	(void)state;
	dhcp6_advertise(s, LG_ROUTER);
	/* The declared server, known by the address that it has. */
	arp_on(s, s->lg, 0, 1, MFP_LG, "10.2.0.67", "10.2.0.1");
	dhcp6_advertise(s, MFP_LG);
	assert_int_equal(s->count, 0);
	dhcp6_advertise(s, HOST);
	assert_int_equal(count_of(s, NOTICE_LINK_DHCP6_SERVER), 1);
	link_scene_free(s);
}

/* ---- LNK-5 */

static void
test_a_mac_in_two_zones_is_found_once(void **state)
{
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	arp_on(s, s->trunk, 300, 1, HOST, "10.3.3.4", "10.3.0.1");
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_TWO_ZONES);
	assert_string_equal(s->notes[0].whom.zone->id, "lg");
	assert_string_equal(s->notes[0].who.zone->id, "office");
	link_scene_free(s);
}

static void
test_declared_routers_and_virtual_macs_may_be_in_two_zones(void **state)
{
	static const char *const macs[] = { ROVER, LG_ROUTER,
		"00:00:5e:00:01:63", "02:42:ac:11:00:02" };
	SCENE(s);

	(void)state;
	for (size_t i = 0; i < sizeof(macs) / sizeof(macs[0]); i++) {
		arp_on(s, s->bare, 0, 1, macs[i], "10.3.3.4", "10.3.0.1");
		pass(s, CLOCK_HOUR);
	}
	/* Not a router of it, nor a virtual one, which is LNK-4 elsewhere. */
	arp_on(s, s->lg, 0, 1, ROVER, "10.2.3.5", "10.2.0.1");
	pass(s, CLOCK_HOUR);
	arp_on(s, s->lg, 0, 1, LG_ROUTER, "10.2.3.5", "10.2.0.1");
	pass(s, CLOCK_HOUR);
	arp_on(s, s->lg, 0, 1, "02:42:ac:11:00:02", "10.2.3.5", "10.2.0.1");
	assert_int_equal(s->count, 0);
	link_scene_free(s);
}

/* A firewall has one MAC on all its lines. */
static void
test_where_no_routers_are_declared_one_in_two_zones_may_be_one(void **state)
{
	SCENE(s);

	(void)state;
	arp_on(s, s->bare, 0, 1, HOST, "10.3.3.4", "10.3.0.1");
	arp_on(s, s->trunk, 500, 1, HOST, "192.168.100.4", "192.168.100.1");
	assert_int_equal(count_of(s, NOTICE_LINK_TWO_ZONES), 0);
	link_scene_free(s);
}

static void
test_a_stray_packet_makes_nobody_live_there(void **state)
{
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	arp_on(s, s->trunk, 300, 1, HOST, "10.2.3.4", "10.3.0.1");
	assert_int_equal(count_of(s, NOTICE_LINK_FOREIGN_ARP), 1);
	assert_int_equal(count_of(s, NOTICE_LINK_TWO_ZONES), 0);
	link_scene_free(s);
}

static void
discover(struct link_scene *s, const struct tap *tap, uint32_t vlan,
    const char *mac, const char *name, const void *id, size_t n)
{
	const struct flight f = { mac, EVERYONE, "0.0.0.0", "255.255.255.255",
		64, 68, 67 };

	dhcp_on(s, tap, vlan, f,
	    (struct lease){ .kind = 1,
		.mac = mac,
		.host_name = name,
		.vendor_class = "MSFT 5.0",
		.id = id,
		.id_length = n });
}

static void
test_a_client_that_calls_itself_alike_in_two_zones_is_found(void **state)
{
	static const uint8_t id[] = { 255, 1, 2, 3, 4, 0, 2, 7, 8, 9, 1, 2 };
	static const uint8_t same[] = { 255, 9, 9, 9, 9, 0, 2, 7, 8, 9, 1, 2 };
	SCENE(s);

	(void)state;
	discover(s, s->lg, 0, HOST, "TAX-PC1", id, sizeof(id));
	assert_int_equal(s->count, 0);
	discover(s, s->trunk, 300, OTHER, "other", same, sizeof(same));
	assert_int_equal(count_of(s, NOTICE_LINK_TWO_ZONES_CLIENT), 1);
	discover(s, s->trunk, 300, "02:00:00:00:02:67", "tax-pc1.lg.example",
	    NULL, 0);
	assert_int_equal(count_of(s, NOTICE_LINK_TWO_ZONES_NAME), 1);
	assert_int_equal(s->count, 2);
	link_scene_free(s);
}

static void
test_names_that_many_have_are_nobodys(void **state)
{
	static const uint8_t own[] = { 1, 2, 0, 0, 0, 2, 0x55 };
	char mac[MAC_TEXT_MAX];
	SCENE(s);

	(void)state;
	discover(s, s->lg, 0, HOST, "iPhone", own, sizeof(own));
	discover(s, s->trunk, 300, OTHER, "iPhone", NULL, 0);
	discover(s, s->lg, 0, MFP_LG, "print", NULL, 0);
	discover(s, s->trunk, 300, MFP_OFFICE, "print", NULL, 0);
	for (int i = 0; i < 6; i++) {
		(void)snprintf(mac, sizeof(mac), "02:00:00:00:05:%02x", i);
		discover(s, s->lg, 0, mac, "terminal", NULL, 0);
	}
	discover(s, s->trunk, 300, "02:00:00:00:06:01", "terminal", NULL, 0);
	assert_int_equal(s->count, 0);
	link_scene_free(s);
}

/* ---- LNK-10 */

static void
test_two_that_answer_for_one_address_are_found(void **state)
{
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	arp_on(s, s->lg, 0, 2, OTHER, "10.2.3.4", "10.2.3.4");
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_MOVED);
	assert_int_equal(s->notes[0].severity, SEVERITY_INFORMATION);
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	assert_int_equal(count_of(s, NOTICE_LINK_TWO_MACS), 1);
	assert_int_equal(s->notes[1].severity, SEVERITY_MEDIUM);
	for (int i = 0; i < 10; i++)
		arp_on(s, s->lg, 0, 2, i % 2 ? HOST : OTHER, "10.2.3.4",
		    "10.2.3.4");
	assert_int_equal(count_of(s, NOTICE_LINK_TWO_MACS), 1);
	link_scene_free(s);
}

static void
test_a_victim_that_goes_on_sending_shows_the_spoof(void **state)
{
	const struct flight f = { HOST, LG_ROUTER, "10.2.3.4", "10.2.9.9", 64,
		0, 0 };
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	arp_on(s, s->lg, 0, 2, OTHER, "10.2.3.4", "10.2.3.4");
	udp_on(s, s->lg, 0, f);
	assert_int_equal(count_of(s, NOTICE_LINK_TWO_MACS), 1);
	link_scene_free(s);
}

static void
test_an_address_may_move_when_it_is_free(void **state)
{
	SCENE(s);

	(void)state;
	/* Quiet for long. */
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	pass(s, CLOCK_HOUR);
	arp_on(s, s->lg, 0, 1, OTHER, "10.2.3.4", "10.2.0.1");
	/* Given to the other by the server. */
	dhcp_on(s, s->lg, 0, answer,
	    (struct lease){ .reply = true,
		.kind = 5,
		.mac = HOST,
		.yours = "10.2.3.4",
		.server = "10.2.0.67" });
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.3.4");
	/* Given back. */
	dhcp_on(s, s->lg, 0,
	    (struct flight){ HOST, OTHER, "10.2.3.4", "10.2.0.67", 64, 68, 67 },
	    (struct lease){ .kind = 7, .mac = HOST, .client = "10.2.3.4" });
	arp_on(s, s->lg, 0, 1, OTHER, "10.2.3.4", "10.2.3.4");
	/* A probe claims nothing. */
	arp_on(s, s->lg, 0, 1, HOST, "0.0.0.0", "10.2.3.4");
	/* The same MAC says so again, as after a live migration. */
	arp_on(s, s->lg, 0, 2, OTHER, "10.2.3.4", "10.2.3.4");
	assert_int_equal(s->count, 0);
	link_scene_free(s);
}

static void
test_packets_alone_never_make_two_of_one(void **state)
{
	SCENE(s);

	(void)state;
	for (int i = 0; i < 10; i++)
		udp_on(s, s->lg, 0,
		    (struct flight){ i % 2 ? HOST : OTHER, LG_ROUTER,
			"10.2.3.4", "10.2.9.9", 64, 0, 0 });
	assert_int_equal(s->count, 0);
	link_scene_free(s);
}

static void
test_a_routers_address_moves_within_its_macs_as_information(void **state)
{
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 2, LG_ROUTER, "10.2.0.1", "10.2.0.1");
	arp_on(s, s->lg, 0, 2, LG_STANDBY, "10.2.0.1", "10.2.0.1");
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].word, NOTICE_LINK_ROUTER_MOVED);
	assert_int_equal(s->notes[0].severity, SEVERITY_INFORMATION);
	arp_on(s, s->lg, 0, 2, LG_STANDBY, "10.2.0.1", "10.2.0.1");
	assert_int_equal(s->count, 1);
	arp_on(s, s->lg, 0, 2, HOST, "10.2.0.1", "10.2.0.1");
	assert_int_equal(count_of(s, NOTICE_LINK_GATEWAY_CLAIMED), 1);
	assert_int_equal(s->notes[1].severity, SEVERITY_MEDIUM);
	link_scene_free(s);
}

static void
test_what_is_remembered_outlives_a_reload(void **state)
{
	struct model *other;
	SCENE(s);

	(void)state;
	arp_on(s, s->lg, 0, 1, HOST, "10.2.3.4", "10.2.0.1");
	arp_on(s, s->lg, 0, 1, OTHER, "10.1.20.5", "10.2.0.1");
	assert_int_equal(s->count, 1);
	other = scene_load(link_model_text);
	link_reload(s->link, other);
	model_free(s->model);
	s->model = other;
	link_scene_find(s);
	arp_on(s, s->lg, 0, 1, OTHER, "10.1.20.5", "10.2.0.1");
	assert_int_equal(s->count, 1);
	arp_on(s, s->trunk, 300, 1, HOST, "10.3.3.4", "10.3.0.1");
	assert_int_equal(count_of(s, NOTICE_LINK_TWO_ZONES), 1);
	link_scene_free(s);
}

static void
test_a_flood_of_addresses_is_bounded_and_counted(void **state)
{
	char mac[MAC_TEXT_MAX], address[32];
	SCENE(s);

	(void)state;
	for (unsigned i = 0; i < 70000; i++) {
		(void)snprintf(mac, sizeof(mac), "06:00:00:%02x:%02x:%02x",
		    i >> 16, i >> 8 & 255, i & 255);
		(void)snprintf(address, sizeof(address), "10.2.%u.%u",
		    i >> 8 & 255, i & 255);
		arp_on(s, s->lg, 0, 1, mac, address, "10.2.0.1");
		s->now.us -= CLOCK_SECOND;
		s->count = 0;
	}
	assert_true(link_forgotten(s->link) > 0);
	assert_int_equal(link_forgotten(s->link), 0);
	link_scene_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_arp_that_claims_another_zones_address_is_found),
		cmocka_unit_test(
		    test_own_addresses_probes_routers_and_declared_legs_are_silent),
		cmocka_unit_test(
		    test_an_undeclared_leg_of_a_declared_device_is_found),
		cmocka_unit_test(
		    test_arp_of_a_whole_other_zone_in_a_vlan_is_a_wrong_tag),
		cmocka_unit_test(
		    test_neighbour_discovery_for_another_zones_address_is_found),
		cmocka_unit_test(
		    test_a_lease_of_another_zone_that_is_asked_for_is_found),
		cmocka_unit_test(
		    test_a_lease_of_another_zone_that_is_given_is_found),
		cmocka_unit_test(
		    test_a_declared_server_and_a_declared_relay_are_silent),
		cmocka_unit_test(test_undeclared_servers_and_relays_are_found),
		cmocka_unit_test(
		    test_an_offer_that_is_cut_is_judged_by_its_head),
		cmocka_unit_test(
		    test_advertisements_and_redirects_of_hosts_are_found),
		cmocka_unit_test(test_dhcp6_answers_of_hosts_are_found),
		cmocka_unit_test(test_a_mac_in_two_zones_is_found_once),
		cmocka_unit_test(
		    test_declared_routers_and_virtual_macs_may_be_in_two_zones),
		cmocka_unit_test(
		    test_where_no_routers_are_declared_one_in_two_zones_may_be_one),
		cmocka_unit_test(test_a_stray_packet_makes_nobody_live_there),
		cmocka_unit_test(
		    test_a_client_that_calls_itself_alike_in_two_zones_is_found),
		cmocka_unit_test(test_names_that_many_have_are_nobodys),
		cmocka_unit_test(
		    test_two_that_answer_for_one_address_are_found),
		cmocka_unit_test(
		    test_a_victim_that_goes_on_sending_shows_the_spoof),
		cmocka_unit_test(test_an_address_may_move_when_it_is_free),
		cmocka_unit_test(test_packets_alone_never_make_two_of_one),
		cmocka_unit_test(
		    test_a_routers_address_moves_within_its_macs_as_information),
		cmocka_unit_test(test_what_is_remembered_outlives_a_reload),
		cmocka_unit_test(
		    test_a_flood_of_addresses_is_bounded_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
