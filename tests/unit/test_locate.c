/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where addresses and frames stand: the rules of locate, each side. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "judging.h"

static struct model *model;

static int
setup(void **state)
{
	(void)state;
	model = judging_load("in-force");
	return model ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	model_free(model);
	return 0;
}

static struct place
at(const char *address)
{
	struct addr a;

	assert_true(addr_parse(address, &a));
	return locate_address(model, &model->boundaries[0], &a);
}

static void
assert_zone(const char *address, const char *zone)
{
	const struct place p = at(address);

	assert_int_equal(p.kind, PLACE_ZONE);
	assert_string_equal(p.zone->id, zone);
}

static void
test_longest_prefix_names_the_zone(void **state)
{
	(void)state;
	assert_zone("10.1.255.255", "core");
	assert_zone("10.2.0.9", "lg");
	assert_zone("172.23.255.254", "lgwan");
	assert_zone("fd00:1::9", "core");
	assert_zone("8.8.8.8", "outside");
	assert_zone("2001:db8::1", "outside");
}

static void
test_outside_never_claims_special_addresses(void **state)
{
	static const char *const none[] = { "10.9.0.1", "192.168.1.1",
		"100.64.0.1", "172.24.0.1", "fd00:9::1" };
	static const char *const segment[] = { "169.254.1.1", "fe80::1",
		"224.0.0.251", "255.255.255.255", "0.0.0.0", "127.0.0.1",
		"ff02::1", "::", "::1" };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(at(none[i]).kind, PLACE_NONE);
	for (size_t i = 0; i < sizeof(segment) / sizeof(*segment); i++)
		assert_int_equal(at(segment[i]).kind, PLACE_SEGMENT);
}

static void
test_firewall_addresses_are_the_pseudo_zone(void **state)
{
	const struct place p = at("10.2.0.1");

	(void)state;
	assert_int_equal(p.kind, PLACE_FIREWALL);
	assert_string_equal(p.zone->id, "firewall");
	assert_int_equal(p.zone->tier, TIER_FIREWALL);
	assert_zone("10.2.0.2", "lg");
}

static void
test_translated_addresses_are_their_owners(void **state)
{
	struct place p = at("172.20.5.10");
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_string_equal(p.zone->id, "lg");
	assert_true(p.hidden);
	p = at("172.20.5.20");
	assert_string_equal(p.zone->id, "core");
	assert_false(p.hidden);
	assert_string_equal(addr_format(&p.address, text), "10.1.20.5");
	assert_zone("172.20.5.11", "lgwan");
}

static void
test_segment_is_the_first_declared_tag(void **state)
{
	const struct tap *trunk = model_tap(model, "trunk");
	const uint16_t tags[] = { 999, 300 };
	uint16_t vlan;
	const struct zone *z = locate_segment(trunk, tags, 2, &vlan, NULL);

	(void)state;
	assert_string_equal(z->id, "office");
	assert_int_equal(vlan, 300);
	assert_null(locate_segment(trunk, tags, 1, &vlan, NULL));
	assert_int_equal(vlan, 0);
}

static void
test_routers_are_told_apart_by_segment_and_virtual_mac(void **state)
{
	const struct tap *trunk = model_tap(model, "trunk");
	const struct zone *lg = model_zone(model, "lg");
	const struct zone *core = model_zone(model, "core");
	struct mac own, vrrp, other;

	(void)state;
	assert_true(mac_parse("02:00:00:00:02:01", &own));
	assert_true(mac_parse("00:00:5e:00:01:0a", &vrrp));
	assert_true(mac_parse("00:00:5e:00:01:0b", &other));
	assert_non_null(locate_router(trunk, lg, &own));
	assert_non_null(locate_router(trunk, lg, &vrrp));
	assert_null(locate_router(trunk, lg, &other));
	assert_null(locate_router(trunk, core, &own));
	assert_true(locate_has_routers(trunk, core));
	assert_false(locate_has_routers(trunk, model_zone(model, "lgwan")));
	assert_false(locate_has_routers(model_tap(model, "transit"), NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_longest_prefix_names_the_zone),
		cmocka_unit_test(test_outside_never_claims_special_addresses),
		cmocka_unit_test(test_firewall_addresses_are_the_pseudo_zone),
		cmocka_unit_test(test_translated_addresses_are_their_owners),
		cmocka_unit_test(test_segment_is_the_first_declared_tag),
		cmocka_unit_test(
		    test_routers_are_told_apart_by_segment_and_virtual_mac),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
