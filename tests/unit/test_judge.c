/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of judging, each from both sides, without packets. The golden
 * cases say the same of whole captures. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "judging.h"

static struct model *model, *draft;

static int
setup(void **state)
{
	(void)state;
	model = judging_load("in-force");
	draft = judging_load("draft");
	return model && draft ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	model_free(model);
	model_free(draft);
	return 0;
}

static void
assert_violates(const struct verdict *v, enum check check, enum severity s)
{
	assert_string_equal(verdict_name(v->kind), "violate");
	assert_string_equal(checks_id(v->deciding.check), checks_id(check));
	assert_string_equal(severity_name(v->deciding.severity),
	    severity_name(s));
	assert_true(v->alerts);
}

static void
assert_unjudged(const struct verdict *v, enum reason reason)
{
	char got[64], wanted[64];

	assert_string_equal(verdict_name(v->kind), "unjudged");
	assert_string_equal(reason_text(v->reason, 0, got),
	    reason_text(reason, 0, wanted));
}

static bool
stands_also(const struct verdict *v, enum check check)
{
	for (size_t i = 0; i < v->also_count; i++)
		if (v->also[i].check == check)
			return true;
	return false;
}

static struct conversation
leak(const struct model *m)
{
	struct conversation c = judging_between(m, "10.3.1.5", 51514,
	    "10.1.0.10", 445, 6);

	judging_seen(m, &c, 300, false);
	return c;
}

static void
test_a_forbidden_cell_is_low_when_tried_and_critical_when_answered(void **state)
{
	struct conversation c = leak(model);
	struct verdict v = judging_verdict(model, &c);

	(void)state;
	assert_violates(&v, CHECK_SEG_1, SEVERITY_LOW);
	assert_int_equal(v.passed, PASSED_UNKNOWN);
	assert_int_equal(v.clause.kind, CLAUSE_GUIDELINE);
	assert_int_equal(v.judged & ELEMENT_TIER, ELEMENT_TIER);
	judging_answered(&c, "SMBv23");
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_int_equal(v.passed, PASSED_YES);
}

static void
test_a_packet_beyond_the_firewall_has_passed_without_an_answer(void **state)
{
	struct conversation c = leak(model);
	struct verdict v;

	(void)state;
	judging_seen(model, &c, 110, true);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_int_equal(v.passed, PASSED_YES);
}

static void
test_not_beyond_is_said_only_of_a_watched_far_side(void **state)
{
	struct conversation c = leak(model);
	const bool watching[2] = { true, true };
	struct verdict v;

	(void)state;
	c.ended = true;
	v = judging_verdict(model, &c);
	assert_int_equal(v.passed, PASSED_UNKNOWN);
	c.watching = watching;
	v = judging_verdict(model, &c);
	assert_int_equal(v.passed, PASSED_NO);
	c.lost = true;
	v = judging_verdict(model, &c);
	assert_int_equal(v.passed, PASSED_UNKNOWN);
}

static void
test_a_reset_is_the_hosts_only_where_the_host_was_seen_to_send_it(void **state)
{
	struct conversation c = leak(model);
	const bool watching[2] = { true, true };
	struct sighting *far;
	struct verdict v;

	(void)state;
	c.outcome = OUTCOME_REFUSED;
	c.refusal = REFUSAL_RESET;
	c.sightings[0].way[1].frames = c.sightings[0].way[1].refusals = 1;
	c.sightings[0].way[1].refusals_from_router = 1;
	v = judging_verdict(model, &c);
	assert_int_equal(v.refused_by, REFUSER_UNKNOWN);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_LOW);
	c.ended = true;
	c.watching = watching;
	v = judging_verdict(model, &c);
	assert_int_equal(v.refused_by, REFUSER_BOUNDARY);
	assert_int_equal(v.passed, PASSED_NO);
	far = judging_seen(model, &c, 110, true);
	far->way[1].frames = far->way[1].refusals = 1;
	v = judging_verdict(model, &c);
	assert_int_equal(v.refused_by, REFUSER_HOST);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
}

static void
test_an_exception_excuses_its_own_cell_hosts_and_ports_only(void **state)
{
	struct conversation c = judging_between(model, "10.3.7.7", 40000,
	    "10.1.7.7", 445, 6);
	struct verdict v;

	(void)state;
	judging_answered(&c, "SMBv23");
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_EXCEPTED);
	assert_string_equal(v.exception->id, "ex1");
	assert_int_equal(v.clause.kind, CLAUSE_EXCEPTION);
	assert_false(v.alerts);
	c.port[1] = 139;
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
	c.port[1] = 445;
	addr_parse("10.3.7.8", &c.address[0]);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
}

static void
test_an_exception_ends_with_its_last_day(void **state)
{
	struct conversation c = judging_between(model, "10.3.7.7", 40000,
	    "10.1.7.7", 445, 6);
	const struct day next = { 2027, 1, 1 };
	struct verdict v;

	(void)state;
	judging_answered(&c, "SMBv23");
	c.first.us = c.last.us = day_begin(next, 9 * 3600).us - 1;
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_EXCEPTED);
	assert_true(v.again.us == c.last.us + 1);
	c.last.us++;
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_true(stands_also(&v, CHECK_SEG_8));
}

static void
test_a_conduit_conforms_only_with_its_application_known(void **state)
{
	struct conversation c = judging_between(model, "10.2.1.1", 40000,
	    "172.20.9.8", 443, 6);
	struct verdict v;

	(void)state;
	judging_seen(model, &c, 200, false);
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_CONFORM); /* no payload yet */
	judging_answered(&c, "TLS");
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_CONFORM);
	assert_string_equal(v.conduit->id, "files");
	c.application = "Teams";
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_4, SEVERITY_HIGH);
	c.master = "TLS";
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_CONFORM);
	c.application_state = APPLICATION_PENDING;
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_APPLICATION);
	c.application_state = APPLICATION_UNKNOWN;
	c.lost = true;
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_LOST_PACKETS);
}

static void
test_each_element_that_differs_has_its_check(void **state)
{
	struct conversation c = judging_between(model, "10.2.1.1", 40000,
	    "172.20.9.8", 444, 6);
	struct verdict v = judging_verdict(model, &c);

	(void)state;
	assert_violates(&v, CHECK_SEG_3, SEVERITY_LOW);
	assert_string_equal(v.near_miss.conduit->id, "files");
	c.port[1] = 443;
	addr_parse("10.2.1.2", &c.address[0]);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_2, SEVERITY_LOW);
	assert_string_equal(v.near_miss.seen, "10.2.1.2");
	c = judging_between(model, "172.20.9.8", 40000, "10.2.1.1", 22, 6);
	judging_answered(&c, "SSH");
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_5, SEVERITY_HIGH);
}

static void
test_a_conduit_expires_after_its_last_day(void **state)
{
	struct conversation c = judging_between(model, "10.2.1.1", 40000,
	    "172.20.9.8", 443, 6);
	const struct day after = { 2027, 4, 1 }, late = { 2027, 5, 1 };
	struct verdict v;

	(void)state;
	judging_answered(&c, "TLS");
	c.first.us = c.last.us = day_begin(after, 9 * 3600).us - 1;
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_CONFORM);
	c.last.us++;
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_8, SEVERITY_MEDIUM);
	c.last = day_begin(late, 9 * 3600);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_8, SEVERITY_HIGH);
}

static void
test_a_hidden_client_is_unjudged_where_hosts_are_named(void **state)
{
	struct conversation c = judging_between(model, "172.20.5.10", 40000,
	    "172.20.9.8", 443, 6);
	struct verdict v;

	(void)state;
	judging_answered(&c, "TLS");
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_HIDDEN_BY_NAT);
	c = judging_between(model, "172.20.5.10", 4000, "172.20.0.53", 53, 17);
	judging_answered(&c, "DNS");
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_CONFORM); /* the whole zone may */
	c.port[1] = 80;
	addr_parse("172.20.1.1", &c.address[1]);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_2, SEVERITY_HIGH);
	/* Two zones hide behind this one: not even the crossing is known. */
	c = judging_between(model, "203.0.113.1", 40000, "8.8.8.8", 443, 6);
	judging_answered(&c, "TLS");
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_HIDDEN_BY_NAT);
}

static void
test_uncertain_direction_is_unjudged_only_where_it_matters(void **state)
{
	struct conversation c = judging_between(model, "10.2.4.4", 4000,
	    "172.20.0.53", 53, 17);
	struct verdict v;

	(void)state;
	judging_answered(&c, "DNS");
	c.initiator = INITIATOR_UNCERTAIN;
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_DIRECTION);
	c.initiator = INITIATOR_LIKELY;
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_CONFORM);
	c = leak(model);
	judging_answered(&c, "SMBv23");
	c.initiator = INITIATOR_UNCERTAIN; /* forbidden both ways */
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
}

static void
test_datagrams_out_are_one_way_data_or_unjudged(void **state)
{
	struct conversation c = judging_between(model, "10.1.10.9", 514,
	    "203.0.113.7", 514, 17);
	const bool watching[2] = { true, true };
	struct verdict v;

	(void)state;
	c.payload[0] = true;
	c.application_state = APPLICATION_UNKNOWN;
	judging_seen(model, &c, 110, false);
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_ONE_WAY);
	assert_true(v.alerts);
	judging_seen(model, &c, 400, true);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_true(stands_also(&v, CHECK_SEG_15));
	c = judging_between(model, "10.1.10.9", 514, "10.3.0.7", 514, 17);
	c.payload[0] = true;
	judging_seen(model, &c, 110, false);
	c.watching = watching;
	c.ended = true;
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_LOW); /* it was blocked */
}

static void
test_a_spoofed_source_comes_from_the_wrong_side(void **state)
{
	struct conversation c = judging_between(model, "10.1.3.3", 40000,
	    "10.1.0.10", 445, 6);
	struct verdict v;

	(void)state;
	judging_seen(model, &c, 110, true);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_12, SEVERITY_HIGH);
	judging_seen(model, &c, 110, false); /* its own host sent it too */
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_OUT_OF_SCOPE);
}

static void
test_addresses_in_no_zone_and_routed_link_local(void **state)
{
	struct conversation c = judging_between(model, "10.3.1.5", 40000,
	    "192.168.7.7", 80, 6);
	struct verdict v = judging_verdict(model, &c);

	(void)state;
	assert_violates(&v, CHECK_SEG_9, SEVERITY_MEDIUM);
	judging_answered(&c, "HTTP");
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_9, SEVERITY_HIGH);
	c = judging_between(model, "169.254.3.3", 4000, "10.3.1.5", 80, 6);
	judging_seen(model, &c, 300, false);
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_OUT_OF_SCOPE);
	judging_seen(model, &c, 110, true);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_9, SEVERITY_HIGH);
}

static void
test_the_way_out_of_a_zone_is_by_its_declared_router(void **state)
{
	struct conversation c = judging_between(model, "10.3.1.5", 40000,
	    "8.8.8.8", 443, 6);
	struct sighting *s = judging_seen(model, &c, 300, false);
	struct verdict v;

	(void)state;
	judging_answered(&c, "TLS");
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_2, SEVERITY_HIGH);
	s->way[0].to_router = 0;
	s->way[0].to_other = 1;
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_13, SEVERITY_HIGH);
}

static void
test_a_path_that_was_not_seen_is_not_conform(void **state)
{
	struct conversation c = judging_between(model, "10.1.20.5", 40000,
	    "172.20.9.9", 8443, 6);
	struct verdict v;

	(void)state;
	judging_answered(&c, "TLS");
	judging_seen(model, &c, 110, false);
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_NOT_OBSERVABLE);
	assert_int_equal(v.element, ELEMENT_PATH);
	judging_seen(model, &c, 400, true);
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_CONFORM);
	judging_seen(model, &c, 300, true); /* through a third zone */
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_6, SEVERITY_HIGH);
}

static void
test_a_path_too_long_to_be_told_ends_with_a_whole_character(void **state)
{
	struct conversation c = judging_between(model, "10.1.20.5", 40000,
	    "172.20.9.9", 8443, 6);
	struct tap tap = *model_tap(model, "trunk");
	char id[64] = "";
	struct verdict v;

	(void)state;
	judging_answered(&c, "TLS");
	for (int i = 0; i < 3; i++)
		judging_seen(model, &c, 300, true)->tap = &tap;
	tap.id = id;
	for (size_t n = 0; n < 12; n++) { /* the cut falls anywhere in it */
		memset(id, 'x', n);
		(void)snprintf(id + n, sizeof(id) - n, "本庁の境界の幹線");
		v = judging_verdict(model, &c);
		assert_violates(&v, CHECK_SEG_6, SEVERITY_HIGH);
		assert_true(strlen(v.near_miss.seen) > 90);
		assert_true(text_is_safe(v.near_miss.seen));
	}
}

static void
test_government_cloud_leaves_by_its_link_and_not_through_the_office(
    void **state)
{
	struct conversation c = judging_between(model, "10.1.10.5", 40000,
	    "10.200.1.10", 443, 6);
	struct verdict v;

	(void)state;
	judging_answered(&c, "TLS");
	judging_seen(model, &c, 110, false);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_2, SEVERITY_HIGH); /* own tier: conduit */
	judging_seen(model, &c, 300, true);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_10, SEVERITY_CRITICAL);
}

static void
test_a_draft_learns_quietly_but_not_of_forbidden_cells(void **state)
{
	struct conversation c = judging_between(draft, "10.2.5.5", 40000,
	    "172.20.7.7", 80, 6);
	struct verdict v;

	(void)state;
	judging_answered(&c, "HTTP");
	v = judging_verdict(draft, &c);
	assert_unjudged(&v, REASON_DRAFT);
	assert_false(v.alerts);
	c = leak(draft);
	judging_answered(&c, "SMBv23");
	v = judging_verdict(draft, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
}

static void
test_control_protocols_of_the_firewall_are_out_of_scope(void **state)
{
	struct conversation c = judging_between(model, "10.2.5.5", 0,
	    "10.2.0.1", 0, 1);
	struct verdict v = judging_verdict(model, &c);

	(void)state;
	assert_int_equal(v.kind, VERDICT_OUT_OF_SCOPE);
	c = judging_between(model, "10.2.5.5", 40000, "10.2.0.1", 22, 6);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_2, SEVERITY_LOW);
}

static void
test_files_into_lgwan_past_the_sanitiser_stand_beside(void **state)
{
	struct conversation c = judging_between(model, "10.3.1.5", 40000,
	    "10.2.5.5", 445, 6);
	struct verdict v;

	(void)state;
	judging_answered(&c, "SMBv23");
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_2, SEVERITY_HIGH);
	assert_true(stands_also(&v, CHECK_SAN_1));
}

static void
test_data_connections_inherit_between_the_same_hosts_only(void **state)
{
	struct conversation control = judging_between(model, "10.2.1.1", 40000,
	    "172.20.9.8", 443, 6);
	struct conversation data = judging_between(model, "172.20.9.8", 20,
	    "10.2.1.1", 40001, 6);
	struct verdict v, of_control;

	(void)state;
	judging_answered(&control, "TLS");
	of_control = judging_verdict(model, &control);
	data.control = &of_control;
	v = judging_verdict(model, &data);
	assert_int_equal(v.kind, VERDICT_CONFORM);
	assert_string_equal(v.from.zone->id, "lgwan");
	addr_parse("10.1.0.10", &data.address[1]); /* another host: its own */
	v = judging_verdict(model, &data);
	assert_int_equal(v.kind, VERDICT_VIOLATE);
}

static void
test_only_the_port_asked_for_makes_control_of_the_firewall(void **state)
{
	struct conversation c = judging_between(model, "10.2.5.5", 520,
	    "10.2.0.1", 161, 17);
	struct verdict v;

	(void)state;
	judging_answered(&c, "SNMP");
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_2, SEVERITY_HIGH);
	c.port[0] = 40000;
	c.port[1] = 67;
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_OUT_OF_SCOPE);
}

static void
test_addresses_that_belong_on_no_wire_are_in_no_zone(void **state)
{
	static const char *const odd[] = { "127.0.0.1", "0.1.2.3", "240.0.0.1",
		"::ffff:10.1.0.10" };

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		struct conversation c = judging_between(model,
		    i == 3 ? "fd00:1::5" : "10.3.1.5", 40000, odd[i], 80, 6);
		const struct verdict v = judging_verdict(model, &c);

		assert_violates(&v, CHECK_SEG_9, SEVERITY_MEDIUM);
	}
}

static void
test_a_spoofed_source_decides_before_an_unknown_address(void **state)
{
	struct conversation c = judging_between(model, "10.1.3.3", 40000,
	    "192.168.7.7", 80, 6);
	struct verdict v;

	(void)state;
	judging_seen(model, &c, 110, true);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_12, SEVERITY_HIGH);
	assert_true(stands_also(&v, CHECK_SEG_9));
}

static void
test_a_conduit_that_takes_any_waits_for_the_application(void **state)
{
	struct conversation c = judging_between(model, "10.1.20.5", 40000,
	    "172.20.9.9", 8443, 6);
	struct verdict v;

	(void)state;
	judging_answered(&c, NULL);
	judging_seen(model, &c, 400, true);
	c.application_state = APPLICATION_PENDING;
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_APPLICATION);
	c.application_state = APPLICATION_UNKNOWN;
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_CONFORM);
	c.cut = true; /* but not what was never captured */
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_PARTIAL);
}

static void
test_an_error_about_nothing_seen_is_no_free_pass(void **state)
{
	struct conversation c = judging_between(model, "10.1.10.9", 0,
	    "203.0.113.7", 0, 1);
	struct verdict v;

	(void)state;
	c.icmp_type = 3;
	judging_seen(model, &c, 110, false);
	judging_seen(model, &c, 400, true);
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
	c = judging_between(model, "172.20.1.1", 0, "10.2.5.5", 0, 1);
	c.icmp_type = 3; /* not forbidden: what it was about is not known */
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_LOST_PACKETS);
}

static void
test_a_host_that_speaks_as_the_firewall_is_seen(void **state)
{
	struct conversation c = judging_between(model, "10.1.0.1", 0,
	    "203.0.113.7", 0, 1);
	struct verdict v;

	(void)state;
	c.icmp_type = 8;
	judging_seen(model, &c, 110, false);
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_VIOLATE);
	assert_true(
	    v.deciding.check == CHECK_LNK_1 || stands_also(&v, CHECK_LNK_1));
}

static void
test_a_source_on_a_foreign_segment_is_told_whoever_opened(void **state)
{
	struct conversation c = judging_between(model, "10.1.10.9", 514,
	    "10.2.5.5", 514, 17);
	struct verdict v;

	(void)state;
	c.initiator = INITIATOR_UNCERTAIN;
	c.payload[0] = true;
	judging_seen(model, &c, 200, false);
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_DIRECTION);
	assert_true(stands_also(&v, CHECK_LNK_1));
	for (size_t i = 0; i < v.also_count; i++) {
		if (v.also[i].check != CHECK_LNK_1)
			continue;
		assert_int_equal(v.also_failed[i], ELEMENT_SOURCE);
		assert_string_equal(v.also_clause[i].id, "lg");
	}
}

static void
test_a_draft_tells_of_a_source_on_a_foreign_segment(void **state)
{
	struct conversation c = judging_between(draft, "10.2.5.5", 514,
	    "172.20.30.9", 514, 17);
	struct verdict v;

	(void)state;
	c.payload[0] = true;
	judging_seen(draft, &c, 300, false);
	v = judging_verdict(draft, &c);
	assert_violates(&v, CHECK_LNK_1, SEVERITY_HIGH);
	assert_string_equal(v.clause.id, "office");
}

static void
test_nobodys_address_is_not_routed_unseen(void **state)
{
	static const char *const odd[] = { "0.0.0.0", "224.0.0.1",
		"255.255.255.255" };

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		struct conversation c = judging_between(model, odd[i], 4000,
		    "203.0.113.7", 53, 17);
		struct verdict v;

		judging_seen(model, &c, 110, false);
		v = judging_verdict(model, &c);
		assert_violates(&v, CHECK_SEG_9, SEVERITY_HIGH);
		addr_parse("10.1.0.10", &c.address[1]); /* its own segment */
		v = judging_verdict(model, &c);
		assert_int_equal(v.kind, VERDICT_OUT_OF_SCOPE);
	}
}

static void
test_behind_a_hiding_translation_nothing_is_said_to_be_blocked(void **state)
{
	struct conversation c = judging_between(model, "10.2.5.5", 40000,
	    "172.20.7.7", 80, 6);
	const bool watching[2] = { true, true };
	struct verdict v;

	(void)state;
	judging_seen(model, &c, 200, false);
	c.watching = watching;
	c.ended = true;
	v = judging_verdict(model, &c);
	assert_int_equal(v.passed, PASSED_UNKNOWN);
}

static void
test_a_transport_that_cannot_be_read_is_unjudged_or_forbidden(void **state)
{
	struct conversation c = judging_between(model, "10.2.1.1", 0,
	    "172.20.9.8", 0, 6);
	struct verdict v;

	(void)state;
	c.malformed = true;
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_MALFORMED);
	c = leak(model);
	c.malformed = true;
	v = judging_verdict(model, &c);
	assert_violates(&v, CHECK_SEG_1, SEVERITY_LOW);
}

/* A query that conforms when it is seen plain. */
static struct conversation
query(void)
{
	struct conversation c = judging_between(model, "10.2.0.53", 5353,
	    "172.20.0.53", 53, 17);

	c.datagram = c.payload[0] = c.payload[1] = true;
	c.outcome = OUTCOME_DATA;
	c.application_state = APPLICATION_KNOWN;
	c.application = "DNS";
	return c;
}

static void
test_in_an_undeclared_tunnel_nothing_conforms(void **state)
{
	struct conversation c = query();
	struct verdict v = judging_verdict(model, &c);
	char text[64];

	(void)state;
	assert_string_equal(verdict_name(v.kind), "conform");
	assert_false(stands_also(&v, CHECK_LNK_6));
	c.carriage = CARRIAGE_UNDECLARED;
	v = judging_verdict(model, &c);
	assert_string_equal(verdict_name(v.kind), "unjudged");
	assert_string_equal(reason_text(v.reason, v.element, text),
	    "not-observable: path");
	assert_true(stands_also(&v, CHECK_LNK_6));
	assert_false(v.alerts);
	c.carriage = CARRIAGE_DECLARED;
	v = judging_verdict(model, &c);
	assert_string_equal(verdict_name(v.kind), "conform");
	assert_false(stands_also(&v, CHECK_LNK_6));
}

static void
test_a_violation_is_one_in_any_tunnel(void **state)
{
	struct conversation c = leak(model);
	struct verdict v;

	(void)state;
	c.outcome = OUTCOME_ANSWERED;
	for (int i = CARRIAGE_NONE; i <= CARRIAGE_UNDECLARED; i++) {
		c.carriage = (enum carriage)i;
		v = judging_verdict(model, &c);
		assert_violates(&v, CHECK_SEG_1, SEVERITY_CRITICAL);
	}
}

static void
test_a_plain_control_does_not_make_data_in_a_tunnel_conform(void **state)
{
	struct conversation c = query();
	struct verdict control = judging_verdict(model, &c), v;

	(void)state;
	c.control = &control;
	v = judging_verdict(model, &c);
	assert_string_equal(verdict_name(v.kind), "conform");
	c.carriage = CARRIAGE_UNDECLARED;
	v = judging_verdict(model, &c);
	assert_unjudged(&v, REASON_NOT_OBSERVABLE);
	assert_true(stands_also(&v, CHECK_LNK_6));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_an_undeclared_tunnel_nothing_conforms),
		cmocka_unit_test(
		    test_a_draft_tells_of_a_source_on_a_foreign_segment),
		cmocka_unit_test(test_a_violation_is_one_in_any_tunnel),
		cmocka_unit_test(
		    test_a_plain_control_does_not_make_data_in_a_tunnel_conform),
		cmocka_unit_test(
		    test_a_forbidden_cell_is_low_when_tried_and_critical_when_answered),
		cmocka_unit_test(
		    test_a_packet_beyond_the_firewall_has_passed_without_an_answer),
		cmocka_unit_test(
		    test_not_beyond_is_said_only_of_a_watched_far_side),
		cmocka_unit_test(
		    test_a_reset_is_the_hosts_only_where_the_host_was_seen_to_send_it),
		cmocka_unit_test(
		    test_an_exception_excuses_its_own_cell_hosts_and_ports_only),
		cmocka_unit_test(test_an_exception_ends_with_its_last_day),
		cmocka_unit_test(
		    test_a_conduit_conforms_only_with_its_application_known),
		cmocka_unit_test(test_each_element_that_differs_has_its_check),
		cmocka_unit_test(test_a_conduit_expires_after_its_last_day),
		cmocka_unit_test(
		    test_a_hidden_client_is_unjudged_where_hosts_are_named),
		cmocka_unit_test(
		    test_uncertain_direction_is_unjudged_only_where_it_matters),
		cmocka_unit_test(
		    test_datagrams_out_are_one_way_data_or_unjudged),
		cmocka_unit_test(
		    test_a_spoofed_source_comes_from_the_wrong_side),
		cmocka_unit_test(
		    test_addresses_in_no_zone_and_routed_link_local),
		cmocka_unit_test(
		    test_the_way_out_of_a_zone_is_by_its_declared_router),
		cmocka_unit_test(test_a_path_that_was_not_seen_is_not_conform),
		cmocka_unit_test(
		    test_a_path_too_long_to_be_told_ends_with_a_whole_character),
		cmocka_unit_test(
		    test_government_cloud_leaves_by_its_link_and_not_through_the_office),
		cmocka_unit_test(
		    test_a_draft_learns_quietly_but_not_of_forbidden_cells),
		cmocka_unit_test(
		    test_control_protocols_of_the_firewall_are_out_of_scope),
		cmocka_unit_test(
		    test_files_into_lgwan_past_the_sanitiser_stand_beside),
		cmocka_unit_test(
		    test_data_connections_inherit_between_the_same_hosts_only),
		cmocka_unit_test(
		    test_only_the_port_asked_for_makes_control_of_the_firewall),
		cmocka_unit_test(
		    test_addresses_that_belong_on_no_wire_are_in_no_zone),
		cmocka_unit_test(
		    test_a_spoofed_source_decides_before_an_unknown_address),
		cmocka_unit_test(
		    test_a_conduit_that_takes_any_waits_for_the_application),
		cmocka_unit_test(
		    test_an_error_about_nothing_seen_is_no_free_pass),
		cmocka_unit_test(
		    test_a_host_that_speaks_as_the_firewall_is_seen),
		cmocka_unit_test(
		    test_a_source_on_a_foreign_segment_is_told_whoever_opened),
		cmocka_unit_test(test_nobodys_address_is_not_routed_unseen),
		cmocka_unit_test(
		    test_behind_a_hiding_translation_nothing_is_said_to_be_blocked),
		cmocka_unit_test(
		    test_a_transport_that_cannot_be_read_is_unjudged_or_forbidden),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
