/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of tunnels: by packet, by name, by words, and in the words of models. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tunnel_kind.h"

static struct flow
named(const char *label, const char *master)
{
	struct flow f = { .frames = 3, .dirty = true };

	f.conversation.application = label;
	f.conversation.master = master;
	f.conversation.application_state = APPLICATION_KNOWN;
	return f;
}

static void
test_a_kind_is_known_by_what_is_carried_or_by_its_name(void **state)
{
	struct packet p = { .kind = PACKET_IP, .protocol = 17 };
	struct flow f = named("OpenVPN", NULL);

	(void)state;
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_OPENVPN);
	f.dirty = false; /* nothing is new about it */
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_NONE);
	p.tunnel = TUNNEL_VXLAN;
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_VXLAN);
	p.tunnel = TUNNEL_NONE;
	f = named("IPsec", NULL);
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_ESP);
	f = named("WireGuard", NULL);
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_WIREGUARD);
	f = named("CiscoVPN", NULL);
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_CISCO);
	f = named("DNS", NULL);
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_NONE);
	f = named("OpenVPN", NULL);
	f.conversation.application_state = APPLICATION_UNKNOWN;
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_NONE);
	assert_int_equal(tunnel_kind_of_packet(TUNNEL_PPPOE), TUNNEL_KIND_NONE);
	assert_int_equal(tunnel_kind_of_packet(TUNNEL_MPLS), TUNNEL_KIND_MPLS);
}

static void
test_softether_is_known_by_its_first_words(void **state)
{
	static const char asks[] = "POST /vpnsvc/connect.cgi HTTP/1.1\r\n";
	struct packet p = { .kind = PACKET_IP,
		.protocol = 6,
		.payload = (const uint8_t *)asks,
		.payload_captured = sizeof(asks) - 1,
		.payload_length = sizeof(asks) - 1 };
	struct flow f = named("HTTP", NULL);

	(void)state;
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_SOFTETHER);
	f.frames = 1000; /* later it is somebody's text */
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_NONE);
	f.frames = 4;
	for (uint32_t n = 0; n < 13; n++) {
		p.payload_captured = n;
		assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_NONE);
	}
	p.payload_captured = 13;
	assert_int_equal(tunnel_kind_of(&f, &p), TUNNEL_KIND_SOFTETHER);
}

static void
test_a_models_word_means_one_kind(void **state)
{
	static const char *const words[] = { "gre", "erspan", "vxlan", "geneve",
		"ipip", "6in4", "teredo", "gtp", "l2tp", "mpls", "esp",
		"wireguard", "openvpn", "softether" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		int found = 0;

		for (int k = 0; k < TUNNEL_KIND_COUNT; k++)
			found += tunnel_kind_is((enum tunnel_kind)k, words[i]);
		assert_int_equal(found, 1);
	}
	for (int k = 0; k < TUNNEL_KIND_COUNT; k++)
		assert_non_null(tunnel_kind_title((enum tunnel_kind)k));
}

/* Whether one service names it. */
static bool
in(enum tunnel_kind kind, uint16_t protocol, uint16_t first, uint16_t last,
    const char *application, const struct conversation *c)
{
	struct port_range range = { first, last };
	struct service one = { .protocol = protocol,
		.ports = &range,
		.port_count = last != 0,
		.applications = &application,
		.application_count = application != NULL };
	const struct services all = { .items = &one, .count = 1 };

	return tunnel_kind_in(kind, &all, c);
}

static void
test_a_service_names_a_tunnel_by_protocol_port_or_application(void **state)
{
	const struct conversation gre = { .protocol = 47 };
	const struct conversation vxlan = { .protocol = 17,
		.port = { 40000, 4789 } };
	const struct conversation vpn = { .protocol = 6,
		.port = { 40000, 443 } };

	(void)state;
	assert_true(in(TUNNEL_KIND_GRE, 47, 0, 0, NULL, &gre));
	assert_false(in(TUNNEL_KIND_GRE, PROTOCOL_ANY, 0, 0, NULL, &gre));
	assert_false(in(TUNNEL_KIND_GRE, 6, 0, 0, NULL, &gre));
	assert_true(in(TUNNEL_KIND_VXLAN, 17, 4789, 4789, NULL, &vxlan));
	assert_true(in(TUNNEL_KIND_VXLAN, 17, 4789, 4790, NULL, &vxlan));
	assert_false(in(TUNNEL_KIND_VXLAN, 17, 1, 65535, NULL, &vxlan));
	assert_false(in(TUNNEL_KIND_VXLAN, 17, 0, 0, NULL, &vxlan));
	/* The port of something else names nothing. */
	assert_false(in(TUNNEL_KIND_OPENVPN, 6, 443, 443, NULL, &vpn));
	assert_false(in(TUNNEL_KIND_OPENVPN, 6, 443, 443, "TLS", &vpn));
	assert_true(in(TUNNEL_KIND_OPENVPN, 6, 443, 443, "OpenVPN", &vpn));
	assert_true(in(TUNNEL_KIND_SOFTETHER, 6, 443, 443, "SoftEther", &vpn));
}

static void
test_teredo_and_isatap_are_tried_by_systems_themselves(void **state)
{
	static uint8_t inner[40] = { 0x60 };
	struct packet p = { .carried = { .bytes = inner,
				.captured = sizeof(inner),
				.wire = sizeof(inner) } };

	(void)state;
	assert_true(tunnel_kind_is_automatic(TUNNEL_KIND_TEREDO, &p));
	assert_false(tunnel_kind_is_automatic(TUNNEL_KIND_GRE, &p));
	assert_false(tunnel_kind_is_automatic(TUNNEL_KIND_6IN4, &p));
	inner[8 + 10] = 0x5e; /* source ...:0:5efe:a.b.c.d */
	inner[8 + 11] = 0xfe;
	assert_true(tunnel_kind_is_automatic(TUNNEL_KIND_6IN4, &p));
	inner[8 + 8] = 0x02; /* of a global address */
	assert_true(tunnel_kind_is_automatic(TUNNEL_KIND_6IN4, &p));
	inner[8 + 8] = 0x01;
	assert_false(tunnel_kind_is_automatic(TUNNEL_KIND_6IN4, &p));
	inner[24 + 10] = 0x5e; /* the destination */
	inner[24 + 11] = 0xfe;
	assert_true(tunnel_kind_is_automatic(TUNNEL_KIND_6IN4, &p));
	p.carried.captured = 39;
	assert_false(tunnel_kind_is_automatic(TUNNEL_KIND_6IN4, &p));
	p.carried.bytes = NULL;
	assert_false(tunnel_kind_is_automatic(TUNNEL_KIND_6IN4, &p));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_kind_is_known_by_what_is_carried_or_by_its_name),
		cmocka_unit_test(test_softether_is_known_by_its_first_words),
		cmocka_unit_test(test_a_models_word_means_one_kind),
		cmocka_unit_test(
		    test_a_service_names_a_tunnel_by_protocol_port_or_application),
		cmocka_unit_test(
		    test_teredo_and_isatap_are_tried_by_systems_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
