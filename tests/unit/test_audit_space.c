/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit_space.c, audit_declared.c: zones and declarations as packets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit.h"
#include "auditing.h"

static const char model[] =
    "{\"format\":\"sekisho-topology/1\",\n"
    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":\"alpha\"},\n"
    "\"zones\":[\n"
    "{\"id\":\"core\",\"tier\":\"mynumber\",\"networks\":[\"10.1.0.0/16\","
    "\"fd00:1::/48\"]},\n"
    "{\"id\":\"gcloud\",\"tier\":\"mynumber\",\"parent\":\"core\","
    "\"networks\":[\"10.1.200.0/24\",\"10.200.0.0/20\"]},\n"
    "{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/16\","
    "\"fd00:2::/48\"]},\n"
    "{\"id\":\"office\",\"tier\":\"internet\",\"networks\":["
    "\"10.3.0.0/16\",\"2001:db8:3::/48\"]},\n"
    "{\"id\":\"lgwan\",\"tier\":\"lgwan-network\",\"networks\":["
    "\"172.20.0.0/14\"]},\n"
    "{\"id\":\"outside\",\"tier\":\"outside\",\"networks\":[\"0.0.0.0/0\","
    "\"::/0\"]}],\n"
    "\"links\":[{\"id\":\"line\",\"kind\":\"lgwan\"}],\n"
    "\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw\",\"zones\":["
    "\"core\",\"gcloud\",\"lg\",\"office\",\"lgwan\",\"outside\"],"
    "\"taps\":[]}],\n"
    "\"firewalls\":[{\"id\":\"fw\",\"kind\":\"nftables\",\"addresses\":["
    "\"10.1.0.1\",\"10.2.0.1\",\"fd00:1::1\"],\"interfaces\":{"
    "\"core0\":[\"core\",\"gcloud\"],\"lg0\":[\"lg\"],\"lg1\":[\"lg\"],"
    "\"wan0\":[\"outside\"]}}],\n"
    "\"translations\":["
    "{\"at\":\"fw\",\"kind\":\"overload\",\"from\":{\"zone\":\"lg\"},"
    "\"to\":[\"172.20.5.10\"],\"toward\":\"lgwan\"},"
    "{\"at\":\"fw\",\"kind\":\"static\",\"from\":{\"zone\":\"core\","
    "\"hosts\":[\"10.1.20.5\"]},\"to\":[\"172.20.5.20\"],"
    "\"toward\":\"lgwan\"},"
    "{\"at\":\"fw\",\"kind\":\"static\",\"from\":{\"zone\":\"lg\","
    "\"networks\":[\"10.2.7.0/24\"]},\"to\":[\"172.20.6.0/24\"],"
    "\"toward\":\"lgwan\"}],\n"
    "\"conduits\":["
    "{\"id\":\"tax\",\"special\":true,\"basis\":\"x\",\"from\":{\"zone\":"
    "\"lgwan\",\"hosts\":[\"172.20.9.8\"]},\"to\":{\"zone\":\"core\","
    "\"hosts\":[\"10.1.20.5\"]},\"services\":[{\"protocol\":\"tcp\","
    "\"ports\":[443,\"8000-8010\"]}]},"
    "{\"id\":\"web\",\"from\":{\"zone\":\"lgwan\"},\"to\":{\"zone\":\"lg\","
    "\"networks\":[\"10.2.7.0/25\"]},\"services\":[{\"protocol\":\"tcp\","
    "\"ports\":[80]},{\"protocol\":\"udp\",\"ports\":[53]},"
    "{\"protocol\":\"tcp\",\"ports\":[81]}],\"direction\":\"both\"},"
    "{\"id\":\"old\",\"from\":{\"zone\":\"lg\"},\"to\":{\"zone\":\"lgwan\"},"
    "\"services\":[{\"protocol\":\"tcp\",\"ports\":[22]}],"
    "\"expires\":\"2026-11-19\"},"
    "{\"id\":\"renewing\",\"from\":{\"zone\":\"lg\"},\"to\":{\"zone\":"
    "\"lgwan\"},\"services\":[{\"protocol\":\"tcp\",\"ports\":[23]}],"
    "\"expires\":\"2026-11-19\",\"renewal\":{\"state\":\"in-progress\","
    "\"number\":\"1\"}},"
    "{\"id\":\"later\",\"from\":{\"zone\":\"lg\"},\"to\":{\"zone\":"
    "\"lgwan\"},\"services\":[{\"protocol\":\"tcp\",\"ports\":[24]}],"
    "\"starts\":\"2026-11-21\"},"
    "{\"id\":\"screen\",\"from\":{\"zone\":\"lg\"},\"to\":{\"zone\":"
    "\"office\",\"hosts\":[\"10.3.9.20\"]},\"services\":[{\"protocol\":"
    "\"tcp\",\"ports\":[3389]}],\"transfers\":\"screen\"},"
    "{\"id\":\"unscreened\",\"from\":{\"zone\":\"lg\"},\"to\":{\"zone\":"
    "\"office\",\"hosts\":[\"10.3.9.21\"]},\"services\":[{\"protocol\":"
    "\"tcp\",\"ports\":[3389]}]},"
    "{\"id\":\"never\",\"from\":{\"zone\":\"office\"},\"to\":{\"zone\":"
    "\"core\"},\"services\":[{\"protocol\":\"tcp\",\"ports\":[1]}]}],\n"
    "\"exceptions\":["
    "{\"id\":\"ex1\",\"excepts\":{\"check\":\"SEG-1\",\"from\":{\"zone\":"
    "\"office\",\"hosts\":[\"10.3.7.7\"]},\"to\":{\"zone\":\"core\","
    "\"hosts\":[\"10.1.7.7\"]},\"services\":[{\"protocol\":\"tcp\","
    "\"ports\":[445]}]},\"reason\":\"r\",\"compensating\":\"c\","
    "\"approved\":{\"by\":[\"CISO\"],\"number\":\"1\",\"on\":"
    "\"2026-04-01\"},\"expires\":\"2026-12-31\"},"
    "{\"id\":\"ex2\",\"excepts\":{\"check\":\"SEG-1\",\"from\":{\"zone\":"
    "\"office\"},\"to\":{\"zone\":\"core\",\"hosts\":[\"10.1.7.8\"]},"
    "\"services\":[{\"protocol\":\"tcp\",\"ports\":[445]}]},"
    "\"reason\":\"names too little\",\"compensating\":\"c\","
    "\"approved\":{\"by\":[\"CISO\"],\"number\":\"1\",\"on\":"
    "\"2026-04-01\"},\"expires\":\"2026-12-31\"}]}\n";

static int
setup(void **state)
{
	struct auditing *x = calloc(1, sizeof(*x));

	if (!x || !auditing_begin(x, model))
		return -1;
	auditing_chain(x, "forward", HOOK_FORWARD, CHAIN_FILTER, true);
	*state = x;
	return auditing_end(x) ? 0 : -1;
}

static int
teardown(void **state)
{
	auditing_free(*state);
	free(*state);
	return 0;
}

static uint64_t
draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* An address near an edge of something more often than not. */
static struct addr
draw_address(uint64_t *seed, int family)
{
	static const char *const edges[] = { "0.0.0.0", "10.0.255.255",
		"10.1.0.0", "10.1.0.1", "10.1.200.0", "10.1.255.255",
		"10.2.0.0", "10.2.7.3", "10.200.15.255", "100.64.0.0",
		"126.255.255.255", "128.0.0.0", "169.254.0.0", "172.15.255.255",
		"172.20.5.10", "172.20.5.20", "172.20.6.0", "172.24.0.0",
		"192.168.0.0", "223.255.255.255", "240.0.0.0",
		"255.255.255.255", "127.0.0.1", "0.0.0.1" };
	static const char *const edges6[] = { "::", "::1", "64:ff9b::", "100::",
		"2001:db8:3::", "fbff::", "fc00::", "fd00:1::", "fd00:1::1",
		"fd00:2::", "fe00::", "fe80::", "febf::", "fec0::", "ff00::",
		"ffff:ffff::", "2001:db8:2:ffff:ffff:ffff:ffff:ffff",
		"00ff::" };
	const size_t count = family == 4 ? sizeof(edges) / sizeof(edges[0]) :
					   sizeof(edges6) / sizeof(edges6[0]);
	struct addr a;

	if (draw(seed) % 3 == 0) {
		packet_value v = draw(seed);

		v = family == 4 ? (v & UINT32_MAX) : (v << 64 | draw(seed));
		return packet_value_addr(v, family);
	}
	addr_parse((family == 4 ? edges : edges6)[draw(seed) % count], &a);
	return packet_value_addr((packet_value_of_addr(&a) + draw(seed) % 5 -
				     2) &
		(family == 4 ? UINT32_MAX : ~(packet_value)0),
	    family);
}

static void
an_address_is_of_the_zone_that_the_judge_names(void **state)
{
	struct auditing *x = *state;
	const struct model *m = x->l.m;
	uint64_t seed = 88172645463325252u;

	for (int i = 0; i < 200000; i++) {
		const int family = i & 1 ? 6 : 4;
		const struct addr a = draw_address(&seed, family);
		const struct place place = locate_address(m, x->a.boundary, &a);
		const packet_value v = packet_value_of_addr(&a);

		for (size_t z = 0; z <= m->zone_count; z++) {
			const struct zone *zone = z < m->zone_count ?
			    &m->zones[z] :
			    &m->firewall_zone;
			const bool held =
			    spans_has(space_addresses(&x->a, zone, family), v);
			/* What this firewall hides others behind is its own,
			 * and never comes from there. */
			const bool named = place.zone == zone &&
			    place.kind != PLACE_SEGMENT && !place.hidden;

			if (held != named) {
				char text[ADDR_TEXT_MAX];

				fail_msg("%s in %s: %d, judge %d",
				    addr_format(&a, text), zone->id, held,
				    named);
			}
		}
	}
}

static void
interfaces_are_those_of_the_zone_or_any(void **state)
{
	struct auditing *x = *state;
	const struct spans *s = space_interfaces(&x->a,
	    model_zone(x->l.m, "lg"));

	assert_int_equal(s->count, 2);
	assert_true(spans_has(s, packet_value_of_name("lg0")));
	assert_true(spans_has(s, packet_value_of_name("lg1")));
	assert_null(space_interfaces(&x->a, model_zone(x->l.m, "office")));
	assert_int_equal(x->a.note_count, 2); /* office, lgwan */
}

static void
a_pair_holds_what_begins_a_conversation(void **state)
{
	struct auditing *x = *state;
	struct pool *p = pool_new();
	struct box boxes[2];
	const size_t n = space_pair(&x->a, model_zone(x->l.m, "lg"),
	    model_zone(x->l.m, "core"), p, boxes);
	const struct spans *flags = boxes[0].dims[DIM_TCP_FLAGS];

	assert_int_equal(n, 2);
	assert_true(spans_has(boxes[0].dims[DIM_FAMILY], 4));
	assert_true(spans_has(boxes[1].dims[DIM_FAMILY], 6));
	assert_true(spans_has(flags, 2));    /* SYN */
	assert_true(spans_has(flags, 0xc2)); /* with ECE and CWR */
	assert_true(spans_has(flags, 16));   /* ACK alone */
	assert_true(spans_has(flags, 24));   /* with PSH */
	assert_false(spans_has(flags, 18));  /* SYN ACK */
	assert_false(spans_has(flags, 17));  /* FIN ACK */
	assert_false(spans_has(flags, 4));   /* RST */
	assert_false(spans_has(flags, 0));
	assert_true(spans_has(boxes[0].dims[DIM_ICMP_TYPE], 8));
	assert_false(spans_has(boxes[0].dims[DIM_ICMP_TYPE], 0));
	assert_false(spans_has(boxes[0].dims[DIM_ICMP_TYPE], 3));
	assert_true(spans_has(boxes[1].dims[DIM_ICMP_TYPE], 128));
	assert_false(spans_has(boxes[1].dims[DIM_ICMP_TYPE], 135));
	pool_free(p);
}

static void
zones_of_another_family_have_no_packets(void **state)
{
	struct auditing *x = *state;
	struct pool *p = pool_new();
	struct box boxes[2];

	assert_int_equal(space_pair(&x->a, model_zone(x->l.m, "core"),
			     model_zone(x->l.m, "lgwan"), p, boxes),
	    1);
	assert_int_equal(space_from(&x->a, model_zone(x->l.m, "core"), p,
			     boxes),
	    2);
	assert_int_equal(space_pair(&x->a, model_zone(x->l.m, "lg"),
			     &x->l.m->firewall_zone, p, boxes),
	    2);
	assert_null(boxes[0].dims[DIM_OIF]);
	pool_free(p);
}

/* What of an address pair and service is declared, by its conduit. */
static const struct declared *
declared_at(struct auditing *x, struct pool *p, const char *from,
    const char *to, const char *source, const char *destination,
    unsigned protocol, unsigned port)
{
	const struct declared *items;
	struct point at = { { 0 } };
	struct addr a, b;
	size_t n;

	addr_parse(source, &a);
	addr_parse(destination, &b);
	at.at[DIM_FAMILY] = a.family;
	at.at[DIM_SADDR] = packet_value_of_addr(&a);
	at.at[DIM_DADDR] = packet_value_of_addr(&b);
	at.at[DIM_PROTOCOL] = protocol;
	at.at[DIM_DPORT] = port;
	n = space_declared(&x->a, model_zone(x->l.m, from),
	    model_zone(x->l.m, to), a.family, p, &items);
	for (size_t i = 0; i < n; i++)
		if (box_has(&items[i].box, &at))
			return &items[i];
	return NULL;
}

static void
a_conduit_is_its_hosts_and_services(void **state)
{
	struct auditing *x = *state;
	struct pool *p = pool_new();
	const struct declared *d = declared_at(x, p, "lgwan", "core",
	    "172.20.9.8", "10.1.20.5", 6, 8005);

	assert_non_null(d);
	assert_string_equal(d->conduit->id, "tax");
	assert_null(declared_at(x, p, "lgwan", "core", "172.20.9.8",
	    "10.1.20.5", 6, 8011));
	assert_null(declared_at(x, p, "lgwan", "core", "172.20.9.8",
	    "10.1.20.5", 17, 443));
	assert_null(declared_at(x, p, "lgwan", "core", "172.20.9.9",
	    "10.1.20.5", 6, 443));
	assert_null(declared_at(x, p, "core", "lgwan", "10.1.20.5",
	    "172.20.9.8", 6, 443));
	pool_free(p);
}

static void
a_static_translation_is_its_owner(void **state)
{
	struct auditing *x = *state;
	struct pool *p = pool_new();

	assert_non_null(declared_at(x, p, "lgwan", "core", "172.20.9.8",
	    "172.20.5.20", 6, 443));
	/* Host for host within a network: .6.5 is 10.2.7.5, in the declared
	 * half; .6.200 is not. */
	assert_non_null(declared_at(x, p, "lgwan", "lg", "172.20.9.1",
	    "172.20.6.5", 6, 80));
	assert_null(declared_at(x, p, "lgwan", "lg", "172.20.9.1",
	    "172.20.6.200", 6, 80));
	pool_free(p);
}

static void
both_directions_and_several_services(void **state)
{
	struct auditing *x = *state;
	struct pool *p = pool_new();

	assert_non_null(
	    declared_at(x, p, "lg", "lgwan", "10.2.7.9", "172.20.9.1", 6, 80));
	assert_non_null(
	    declared_at(x, p, "lg", "lgwan", "10.2.7.9", "172.20.9.1", 6, 81));
	assert_non_null(
	    declared_at(x, p, "lg", "lgwan", "10.2.7.9", "172.20.9.1", 17, 53));
	assert_null(declared_at(x, p, "lg", "lgwan", "10.2.7.200", "172.20.9.1",
	    6, 80));
	pool_free(p);
}

static void
days_are_kept(void **state)
{
	struct auditing *x = *state;
	struct pool *p = pool_new();

	assert_null(
	    declared_at(x, p, "lg", "lgwan", "10.2.0.9", "172.20.9.1", 6, 22));
	assert_non_null(
	    declared_at(x, p, "lg", "lgwan", "10.2.0.9", "172.20.9.1", 6, 23));
	assert_null(
	    declared_at(x, p, "lg", "lgwan", "10.2.0.9", "172.20.9.1", 6, 24));
	x->a.at = (struct day){ 2026, 11, 21 };
	assert_non_null(
	    declared_at(x, p, "lg", "lgwan", "10.2.0.9", "172.20.9.1", 6, 24));
	x->a.at = (struct day){ 2026, 12, 20 };
	assert_null(
	    declared_at(x, p, "lg", "lgwan", "10.2.0.9", "172.20.9.1", 6, 23));
	x->a.at = (struct day){ 2026, 11, 20 };
	pool_free(p);
}

static void
a_cell_asks_more_than_a_conduit(void **state)
{
	struct auditing *x = *state;
	struct pool *p = pool_new();

	assert_non_null(declared_at(x, p, "lg", "office", "10.2.0.9",
	    "10.3.9.20", 6, 3389));
	assert_null(declared_at(x, p, "lg", "office", "10.2.0.9", "10.3.9.21",
	    6, 3389));
	assert_null(
	    declared_at(x, p, "office", "core", "10.3.0.9", "10.1.0.9", 6, 1));
	pool_free(p);
}

static void
an_exception_to_a_forbidden_cell_names_hosts_and_ports(void **state)
{
	struct auditing *x = *state;
	struct pool *p = pool_new();
	const struct declared *d = declared_at(x, p, "office", "core",
	    "10.3.7.7", "10.1.7.7", 6, 445);

	assert_non_null(d);
	assert_string_equal(d->exception->id, "ex1");
	assert_null(d->conduit);
	assert_null(declared_at(x, p, "office", "core", "10.3.7.7", "10.1.7.8",
	    6, 445));
	x->a.at = (struct day){ 2027, 1, 1 };
	assert_null(declared_at(x, p, "office", "core", "10.3.7.7", "10.1.7.7",
	    6, 445));
	x->a.at = (struct day){ 2026, 11, 20 };
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_address_is_of_the_zone_that_the_judge_names),
		cmocka_unit_test(interfaces_are_those_of_the_zone_or_any),
		cmocka_unit_test(a_pair_holds_what_begins_a_conversation),
		cmocka_unit_test(zones_of_another_family_have_no_packets),
		cmocka_unit_test(a_conduit_is_its_hosts_and_services),
		cmocka_unit_test(a_static_translation_is_its_owner),
		cmocka_unit_test(both_directions_and_several_services),
		cmocka_unit_test(days_are_kept),
		cmocka_unit_test(a_cell_asks_more_than_a_conduit),
		cmocka_unit_test(
		    an_exception_to_a_forbidden_cell_names_hosts_and_ports),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
