/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Notices and devices from the observer to the line: what stands in it, what
 * is one group, what a draft keeps back, and what outlives a model.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "noticing.h"
#include "recorder.h"

#define ALERTS "\"event_type\":\"alert\""
#define DEVICES "\"event_type\":\"sekisho_asset\""

struct scene {
	struct recording *r;
	struct recorder *recorder;
	struct observer observer;
	struct notice n;
	struct text lines;
	unsigned alerts, of_conversations;
};

static bool
on_line(void *context, const char *line, size_t length, bool conversation,
    struct wall_us now)
{
	struct scene *t = context;

	(void)now;
	assert_false(conversation);
	text_add_n(&t->lines, line, length);
	return true;
}

static void
on_alert(void *context, const struct recorder_alert *a)
{
	struct scene *t = context;

	assert_non_null(a->message);
	t->alerts++;
	t->of_conversations += a->flow_id != NULL;
}

static int
set_up(void **state)
{
	struct scene *t = calloc(1, sizeof(*t));
	const struct recorder_sink sink = { .context = t,
		.line = on_line,
		.alert = on_alert };

	t->r = recording_new();
	t->n = noticing(t->r);
	t->recorder = recorder_new_sink(t->r->m, 1, "probe1", LANG_JA, &sink,
	    recording_secret);
	t->observer = recorder_observer(t->recorder);
	*state = t;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *t = *state;

	recording_keep(text_str(&t->lines), t->lines.length);
	recorder_free(t->recorder);
	recording_free(t->r);
	text_free(&t->lines);
	free(t);
	return 0;
}

static void
give(struct scene *t)
{
	t->observer.notice(t->observer.context, &t->n);
}

static size_t
count(const struct scene *t, const char *part)
{
	size_t n = 0;

	for (const char *p = text_str(&t->lines); (p = strstr(p, part)) != NULL;
	     p++)
		n++;
	return n;
}

static void
assert_has(const struct scene *t, const char *part)
{
	if (count(t, part) != 1)
		fail_msg("%zu of %s in %s", count(t, part), part,
		    text_str(&t->lines));
}

static void
finish(struct scene *t)
{
	recorder_finish(t->recorder, t->n.now);
}

static void
test_a_notice_is_an_alert_line_with_its_parties(void **state)
{
	struct scene *t = *state;

	give(t);
	assert_int_equal(count(t, ALERTS), 1); /* it is not held */
	assert_has(t,
	    "\"in_iface\":\"span1\",\"event_type\":\"alert\","
	    "\"vlan\":[300],\"src_ip\":\"10.3.7.9\","
	    "\"src_port\":67,\"dest_ip\":\"10.3.1.5\","
	    "\"dest_port\":68,\"proto\":\"UDP\",\"ether\":{"
	    "\"src_mac\":\"02:00:00:00:30:99\","
	    "\"dest_mac\":\"02:00:00:00:30:05\"}");
	assert_has(t, "\"signature_id\":7700203");
	assert_has(t,
	    "\"signature\":\"LNK-3 rogue DHCP or router "
	    "advertisement\",\"category\":\"link\",\"severity\":2");
	assert_has(t, "\"check\":\"LNK-3\"");
	assert_has(t,
	    "\"verdict\":\"violate\",\"boundary\":\"main\","
	    "\"taps\":[\"main-trunk\"],\"src_zone\":\"office\","
	    "\"dest_zone\":\"office\",\"clause\":{"
	    "\"kind\":\"model\",\"id\":\"office\","
	    "\"at\":\"model.jsonc:");
	assert_has(t,
	    "\"expected\":\"10.3.0.2\","
	    "\"seen\":\"DHCPOFFER 10.3.1.77\","
	    "\"counted\":3,\"of\":4");
	assert_has(t,
	    "\"src_asset\":null,\"dest_asset\":{"
	    "\"name\":\"税務-PC12\",\"division\":\"税務課\","
	    "\"kind\":\"terminal\",\"mac\":\"02:00:00:00:30:05\"}");
	assert_int_equal(count(t, "flow_id"), 0);
	assert_int_equal(count(t, "community_id"), 0);
	finish(t);
	assert_int_equal(recorder_totals(t->recorder)->findings, 1);
	assert_int_equal(
	    recorder_totals(t->recorder)->groups_by_check[CHECK_LNK_3], 1);
	assert_int_equal(t->alerts, 1);
	assert_int_equal(t->of_conversations, 0);
}

static void
test_what_is_not_known_is_left_out(void **state)
{
	struct scene *t = *state;

	memset(&t->n.party[0].address, 0, sizeof(struct addr));
	memset(&t->n.party[1], 0, sizeof(t->n.party[1]));
	t->n.protocol = 0;
	t->n.expected = t->n.seen = NULL;
	t->n.clause = (struct clause){ .kind = CLAUSE_NONE };
	give(t);
	assert_has(t,
	    "\"vlan\":[300],\"ether\":{"
	    "\"src_mac\":\"02:00:00:00:30:99\"},\"alert\"");
	assert_has(t, "\"clause\":null,\"expected\":null,\"seen\":null");
	assert_int_equal(count(t, "src_ip"), 0);
	assert_int_equal(count(t, "dest_ip"), 0);
	assert_int_equal(count(t, "proto\":"), 0);
}

static void
test_a_conversation_that_shows_it_is_named(void **state)
{
	struct scene *t = *state;

	t->n.flow_id = 188123456789;
	give(t);
	assert_has(t, "\"flow_id\":188123456789");
	assert_int_equal(t->of_conversations, 1);
	/* and does not count with it: it is told again if it is noticed again */
	give(t);
	finish(t);
	assert_int_equal(count(t, "\"count\":2"), 1);
}

static void
test_information_is_a_record_and_no_finding(void **state)
{
	struct scene *t = *state;

	t->n.severity = SEVERITY_INFORMATION;
	give(t);
	assert_int_equal(count(t, ALERTS), 1);
	assert_int_equal(count(t, "\"verdict\""), 0);
	finish(t);
	assert_int_equal(recorder_totals(t->recorder)->findings, 0);
}

static void
test_one_group_is_told_once_whatever_tap_sees_it(void **state)
{
	struct scene *t = *state;

	give(t);
	t->n.tap = &t->n.boundary->taps[1];
	t->n.now.us += CLOCK_SECOND;
	give(t);
	assert_int_equal(count(t, ALERTS), 1);
	t->n.severity = SEVERITY_CRITICAL;
	give(t);
	assert_int_equal(count(t, ALERTS), 2);
	assert_has(t, "\"emission\":\"raised\"");
	t->n.now.us += RECORDER_WINDOW_US;
	t->observer.tick(t->observer.context, t->n.now);
	assert_int_equal(count(t, ALERTS), 3);
	assert_int_equal(count(t, "\"count\":3,"), 2);
	assert_has(t, "\"emission\":\"closed\"");
	finish(t);
	assert_int_equal(recorder_totals(t->recorder)->findings, 1);
}

static void
test_another_party_word_or_service_is_another_group(void **state)
{
	struct scene *t = *state;
	const struct notice as_it_was = t->n;

	give(t);
	t->n.party[1].port = 547;
	give(t);
	t->n = as_it_was;
	t->n.party[0].address.bytes[3]++;
	give(t);
	t->n = as_it_was;
	t->n.clause.id = "core";
	give(t);
	t->n = as_it_was;
	if (NOTICE_COUNT > 2) {
		t->n.word++;
		give(t);
	}
	assert_int_equal(count(t, ALERTS), NOTICE_COUNT > 2 ? 5 : 4);
	/* where the address is known the MAC tells nothing apart */
	t->n = as_it_was;
	t->n.party[0].mac.bytes[5]++;
	give(t);
	assert_int_equal(count(t, ALERTS), NOTICE_COUNT > 2 ? 5 : 4);
}

static void
test_without_an_address_the_mac_tells_devices_apart(void **state)
{
	struct scene *t = *state;

	memset(&t->n.party[0].address, 0, sizeof(struct addr));
	give(t);
	give(t);
	assert_int_equal(count(t, ALERTS), 1);
	t->n.party[0].mac.bytes[5]++;
	give(t);
	assert_int_equal(count(t, ALERTS), 2);
}

static void
test_without_parties_what_was_seen_tells_them_apart(void **state)
{
	struct scene *t = *state;

	memset(t->n.party, 0, sizeof(t->n.party));
	t->n.check = CHECK_LNK_2;
	t->n.seen = "VLAN 17";
	give(t);
	give(t);
	assert_int_equal(count(t, ALERTS), 1);
	t->n.seen = "VLAN 18";
	give(t);
	assert_int_equal(count(t, ALERTS), 2);
}

static void
test_hostile_text_is_escaped_and_bounded(void **state)
{
	struct scene *t = *state;
	char longer[400];

	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	t->n.expected = longer;
	t->n.seen = "\"},\n\001\033[2J\377";
	give(t);
	assert_int_equal(count(t, "\n"), 1);
	assert_int_equal(count(t, "\033"), 0);
	assert_int_equal(count(t, "\377"), 0);
	longer[NOTICE_TEXT_MAX] = '\0';
	assert_true(strstr(text_str(&t->lines), longer) != NULL);
	assert_null(strstr(text_str(&t->lines), "xx\",\"seen\":\"\"}"));
}

/* ---- the stage of the model, and another model */

static struct model *
model_with(const struct scene *t, const char *from, const char *to)
{
	const char *at = strstr(recording_model, from);
	const struct bundle *of = &t->r->bundle;
	struct diag d = { .lang = LANG_EN };
	struct bundle b = { 0 };
	struct text s = { 0 };
	struct model *m;

	assert_non_null(at);
	text_add_n(&s, recording_model, (size_t)(at - recording_model));
	text_add(&s, to);
	text_add(&s, at + strlen(from));
	(void)bundle_add(&b, "model.jsonc", "model.jsonc", s.data, s.length);
	(void)bundle_add(&b, of->files[1].reference, of->files[1].shown,
	    of->files[1].bytes, of->files[1].length);
	m = model_load(&b, &d);
	assert_non_null(m);
	diag_free(&d);
	bundle_free(&b);
	text_free(&s);
	return m;
}

static void
test_a_draft_counts_unregistered_devices_and_tells_the_rest(void **state)
{
	struct scene *t = *state;
	struct model *m = model_with(t, "\"in-force\"", "\"draft\"");
	struct tally tally = { .now = t->n.now };

	recorder_reload(t->recorder, m, 2);
	t->n.check = CHECK_AST_1;
	give(t);
	assert_int_equal(count(t, ALERTS), 0);
	t->n.check = CHECK_LNK_3;
	give(t);
	assert_int_equal(count(t, ALERTS), 1);
	t->observer.account(t->observer.context, &tally);
	assert_has(t, "\"notices\":2,\"notices_kept_back\":1,\"devices\":0");
	finish(t);
	recorder_free(t->recorder);
	t->recorder = NULL;
	model_free(m);
}

static void
test_open_groups_go_on_under_another_model(void **state)
{
	struct scene *t = *state;
	struct model *m = model_with(t, "\"id\":\"office\"",
	    "\"note\":\"x\",\"id\":\"office\"");

	give(t);
	recorder_reload(t->recorder, m, 2);
	/* what the engine said under the model before */
	recorder_from(t->recorder, 0, 1);
	t->n.now.us += CLOCK_SECOND;
	give(t);
	model_free(t->r->m);
	t->r->m = NULL;
	finish(t);
	assert_int_equal(count(t, ALERTS), 2);
	assert_has(t, "\"count\":2");
	assert_int_equal(count(t, "\"src_zone\":\"office\""), 2);
	recorder_free(t->recorder);
	t->recorder = NULL;
	model_free(m);
}

/* ---- devices */

static struct device
a_device(const struct scene *t)
{
	struct device d = { .stage = DEVICE_NEW,
		.now = { RECORDING_START + CLOCK_SECOND },
		.first = { RECORDING_START },
		.last = { RECORDING_START + CLOCK_SECOND },
		.boundary = &t->r->m->boundaries[0],
		.tap = &t->r->m->boundaries[0].taps[0],
		.zone = model_zone(t->r->m, "office"),
		.has_mac = true,
		.mac = { { 2, 0, 0, 0, 0x30, 5 } },
		.address_count = 2,
		.names = { { DEVICE_BY_DHCP, "TAX-PC12" },
		    { DEVICE_BY_NBNS, "税務\"\n" } },
		.name_count = 2,
		.services = { { 6, 445, "SMBv23" }, { 17, 137, "" } },
		.service_count = 2 };

	(void)addr_parse("10.3.1.5", &d.addresses[0]);
	(void)addr_parse("fd00:3::5", &d.addresses[1]);
	d.host = model_host(t->r->m, d.zone, &d.addresses[0]);
	return d;
}

static void
test_a_device_is_a_line_beside_what_the_ledger_says(void **state)
{
	struct scene *t = *state;
	struct device d = a_device(t);

	assert_non_null(d.host);
	t->observer.device(t->observer.context, &d);
	assert_has(t,
	    "\"in_iface\":\"span1\"," DEVICES ",\"sekisho\":{"
	    "\"stage\":\"new\",\"mac\":\"02:00:00:00:30:05\","
	    "\"addresses\":[\"10.3.1.5\",\"fd00:3::5\"],"
	    "\"names\":[{\"source\":\"dhcp\","
	    "\"text\":\"TAX-PC12\"},{\"source\":\"nbns\","
	    "\"text\":\"税務\\\"\\n\"}],\"services\":[{"
	    "\"proto\":\"TCP\",\"port\":445,"
	    "\"application\":\"SMBv23\"},{\"proto\":\"UDP\","
	    "\"port\":137,\"application\":null}],\"full\":false,"
	    "\"first\":\"2026-11-21T10:15:30.123456+0900\"");
	assert_has(t,
	    "\"zone\":\"office\",\"boundary\":\"main\","
	    "\"tap\":\"main-trunk\",\"registered\":true,"
	    "\"asset\":{\"name\":\"税務-PC12\","
	    "\"division\":\"税務課\",\"kind\":\"terminal\"}");
	assert_int_equal(recorder_totals(t->recorder)->findings, 0);
}

static void
test_a_device_that_is_not_registered_says_so(void **state)
{
	struct scene *t = *state;
	struct device d = a_device(t);

	d.host = NULL;
	d.has_mac = false;
	d.boundary = NULL;
	d.tap = NULL;
	d.zone = NULL;
	d.stage = DEVICE_LAST;
	d.full = d.ledger = true;
	t->observer.device(t->observer.context, &d);
	assert_has(t, "\"registered\":false,\"asset\":null");
	assert_has(t, "\"stage\":\"last\",\"mac\":null");
	assert_has(t, "\"zone\":null,\"boundary\":null,\"tap\":null");
	d.ledger = false;
	t->observer.device(t->observer.context, &d);
	assert_has(t, "\"registered\":null,\"asset\":null");
}

static void
test_a_device_finds_its_row_again_under_another_model(void **state)
{
	struct scene *t = *state;
	struct model *m = model_with(t, "\"税務-PC12\"", "\"税務-PC13\"");
	struct device d = a_device(t);

	recorder_reload(t->recorder, m, 2);
	recorder_from(t->recorder, 0, 1);
	t->observer.device(t->observer.context, &d);
	assert_has(t, "\"asset\":{\"name\":\"税務-PC13\"");
	d.address_count = 0; /* then by its MAC */
	t->observer.device(t->observer.context, &d);
	assert_int_equal(count(t, "\"asset\":{\"name\":\"税務-PC13\""), 2);
	d.mac.bytes[5]++;
	t->observer.device(t->observer.context, &d);
	assert_has(t, "\"asset\":null");
	recorder_free(t->recorder);
	t->recorder = NULL;
	model_free(m);
}

#define WITH_SCENE(test) \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCENE(test_a_notice_is_an_alert_line_with_its_parties),
		WITH_SCENE(test_what_is_not_known_is_left_out),
		WITH_SCENE(test_a_conversation_that_shows_it_is_named),
		WITH_SCENE(test_information_is_a_record_and_no_finding),
		WITH_SCENE(test_one_group_is_told_once_whatever_tap_sees_it),
		WITH_SCENE(test_another_party_word_or_service_is_another_group),
		WITH_SCENE(test_without_an_address_the_mac_tells_devices_apart),
		WITH_SCENE(test_without_parties_what_was_seen_tells_them_apart),
		WITH_SCENE(test_hostile_text_is_escaped_and_bounded),
		WITH_SCENE(
		    test_a_draft_counts_unregistered_devices_and_tells_the_rest),
		WITH_SCENE(test_open_groups_go_on_under_another_model),
		WITH_SCENE(test_a_device_is_a_line_beside_what_the_ledger_says),
		WITH_SCENE(test_a_device_that_is_not_registered_says_so),
		WITH_SCENE(
		    test_a_device_finds_its_row_again_under_another_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
