/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of EVE JSON: what they say, that hostile strings stay strings, and
 * the community ID against its published values. Shapes are the business of
 * the schema test, which reads the lines written here.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "eve.h"
#include "recording.h"

static int
set_up(void **state)
{
	*state = recording_new();
	return 0;
}

static int
tear_down(void **state)
{
	recording_free(*state);
	return 0;
}

static struct eve
context(const struct recording *r)
{
	static const struct eve_coverage coverage[1];
	const struct eve e = { .model = r->m,
		.probe = "probe1",
		.lang = LANG_JA,
		.generation = 1,
		.groups_max = 65536,
		.coverage = coverage };

	return e;
}

static void
keep(struct text *t)
{
	text_add_char(t, '\n');
	recording_keep(t->data, t->length);
}

static void
assert_has(const struct text *t, const char *part)
{
	if (strstr(text_str(t), part) == NULL)
		fail_msg("%s is not in %s", part, text_str(t));
}

static void
assert_lacks(const struct text *t, const char *part)
{
	if (strstr(text_str(t), part) != NULL)
		fail_msg("%s is in %s", part, text_str(t));
}

static void
flow(const struct recording *r, struct text *t)
{
	struct eve e = context(r);

	text_clear(t);
	eve_flow(t, &e, &r->o, true);
	keep(t);
}

static void
alert(const struct recording *r, struct text *t)
{
	struct eve e = context(r);
	struct alert a;
	struct group_line line = { .alert = &a,
		.id = "b3f0b3f0b3f0b3f0",
		.at = r->o.now,
		.first = r->o.start,
		.last = r->o.end,
		.count = 1 };

	alert_of_observation(&a, &r->o, &r->v.deciding);
	text_clear(t);
	eve_alert(t, &e, &line, EMISSION_NEW);
	keep(t);
}

static void
test_a_flow_line_is_as_the_example(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };

	recording_example(r);
	r->o.end.us = RECORDING_START + 31853544;
	recording_end(r);
	flow(r, &t);
	assert_has(&t,
	    "{\"timestamp\":\"2026-11-21T10:17:01.977000+0900\","
	    "\"flow_id\":188123456789,\"in_iface\":\"span1\","
	    "\"event_type\":\"flow\",\"vlan\":[300],\"src_ip\":\"10.3.1.5\","
	    "\"src_port\":51514,\"dest_ip\":\"10.1.0.10\",\"dest_port\":445,"
	    "\"proto\":\"TCP\",\"app_proto\":\"smb\","
	    "\"community_id\":\"1:TEPa5tVblmgSJ152E1HroiP09eI=\","
	    "\"flow\":{\"pkts_toserver\":41,\"pkts_toclient\":55,"
	    "\"bytes_toserver\":6120,\"bytes_toclient\":48211,"
	    "\"start\":\"2026-11-21T10:15:30.123456+0900\","
	    "\"end\":\"2026-11-21T10:16:01.977000+0900\",\"age\":31,"
	    "\"state\":\"closed\",\"reason\":\"tcp-end\",\"alerted\":true},"
	    "\"tcp\":{\"tcp_flags\":\"1b\",\"tcp_flags_ts\":\"1a\","
	    "\"tcp_flags_tc\":\"1b\",\"fin\":true,\"syn\":true,\"psh\":true,"
	    "\"ack\":true},"
	    "\"sekisho\":{\"verdict\":\"violate\",\"check\":\"SEG-1\","
	    "\"severity\":\"critical\",\"reason\":null,\"outcome\":\"data\","
	    "\"passed\":\"yes\",\"initiator\":\"certain\","
	    "\"boundary\":\"main\",\"taps\":[\"main-trunk\"],"
	    "\"src_zone\":\"office\",\"dest_zone\":\"core\","
	    "\"conduit\":null,");
	assert_has(&t,
	    "\"application\":{\"name\":\"SMBv23\",\"confidence\":"
	    "\"payload\"},\"server_name\":null,\"tls\":null,"
	    "\"judged\":[\"tier\"],"
	    "\"unobserved\":[],\"sightings\":[{\"tap\":\"main-trunk\","
	    "\"segment\":\"office\",\"vlan\":300,\"frames\":96},");
	text_free(&t);
}

static void
test_an_alert_line_is_as_the_example(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };

	recording_example(r);
	alert(r, &t);
	assert_has(&t,
	    "{\"timestamp\":\"2026-11-21T10:15:33.123456+0900\","
	    "\"flow_id\":188123456789,\"in_iface\":\"span1\","
	    "\"event_type\":\"alert\",\"vlan\":[300],");
	assert_has(&t,
	    "\"alert\":{\"action\":\"allowed\",\"gid\":7700,"
	    "\"signature_id\":7700101,\"rev\":1,"
	    "\"signature\":\"SEG-1 forbidden tier crossing\","
	    "\"category\":\"segmentation\",\"severity\":1},"
	    "\"sekisho\":{\"check\":\"SEG-1\","
	    "\"title\":\"領域間の禁止通信\",\"severity\":\"critical\","
	    "\"verdict\":\"violate\",");
	assert_has(&t, "\"direction\":\"庁内\"");
	assert_has(&t,
	    "\"clause\":{\"kind\":\"guideline\","
	    "\"id\":\"alpha: internet to mynumber\","
	    "\"at\":\"mic-2025-03.json:");
	assert_has(&t,
	    "\"failed\":\"tier\",\"also\":[\"AST-4\"],"
	    "\"requirements\":[\"Z-03\",");
	assert_has(&t,
	    "\"src_asset\":{\"name\":\"税務-PC12\",\"division\":\"税務課\","
	    "\"kind\":\"terminal\",\"mac\":\"02:00:00:00:30:05\"},"
	    "\"dest_asset\":{\"name\":\"基幹ファイルサーバ\","
	    "\"division\":\"情報政策課\",\"kind\":\"server\"},"
	    "\"data\":{\"bytes_out\":6120,\"bytes_in\":48211,"
	    "\"personal\":\"unexaminable\"},\"ongoing\":true,"
	    "\"configured\":{\"state\":\"unknown\"},\"coverage\":null,");
	assert_has(&t,
	    "\"group\":{\"id\":\"b3f0b3f0b3f0b3f0\","
	    "\"first\":\"2026-11-21T10:15:30.123456+0900\","
	    "\"last\":\"2026-11-21T10:15:33.123456+0900\",\"count\":1,"
	    "\"suppressed\":0},\"emission\":\"new\"}}");
	text_free(&t);
}

static void
test_directions_follow_the_tiers(void **state)
{
	static const struct {
		const char *from, *to, *expected;
	} rows[] = {
		{ "10.3.1.5", "10.1.0.10", "\"direction\":\"庁内\"" },
		{ "10.3.1.5", "203.0.113.7", "\"direction\":\"庁外向け\"" },
		{ "203.0.113.7", "10.3.1.5", "\"direction\":\"庁外から\"" },
		{ "203.0.113.7", "203.0.113.8", "\"direction\":\"庁外間\"" },
		{ "192.168.0.1", "10.3.1.5", "\"direction\":null" },
		{ "10.3.1.5", "224.0.0.1", "\"direction\":null" },
	};
	struct recording *r = *state;
	struct text t = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		recording_example(r);
		recording_between(r, rows[i].from, rows[i].to);
		alert(r, &t);
		assert_has(&t, rows[i].expected);
	}
	text_free(&t);
}

static void
test_icmp_has_types_and_no_ports(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };

	recording_example(r);
	r->c.protocol = 1;
	r->c.icmp_type = 8;
	r->c.application_state = APPLICATION_NO_PAYLOAD;
	recording_end(r);
	flow(r, &t);
	assert_has(&t,
	    "\"src_ip\":\"10.3.1.5\",\"dest_ip\":\"10.1.0.10\","
	    "\"proto\":\"ICMP\",\"icmp_type\":8,\"icmp_code\":0,"
	    "\"community_id\"");
	assert_lacks(&t, "_port\"");
	assert_lacks(&t, "\"tcp\"");
	assert_lacks(&t, "app_proto");
	alert(r, &t);
	assert_has(&t, "\"icmp_type\":8");
	text_free(&t);
}

static void
test_a_protocol_without_a_name_is_a_number(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };

	recording_example(r);
	r->c.protocol = 7;
	recording_end(r);
	flow(r, &t);
	assert_has(&t, "\"proto\":\"007\"");
	assert_lacks(&t, "_port\"");
	text_free(&t);
}

static void
test_ipv6_and_untagged_frames_are_written(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };

	recording_example(r);
	recording_between(r, "fd00:3::5", "fd00:1::10");
	r->o.tag_count = 0;
	r->o.tap = &r->c.boundary->taps[1]; /* without an interface */
	r->c.sightings[0].vlan = 0;
	r->c.sightings[0].segment = NULL;
	recording_end(r);
	flow(r, &t);
	assert_has(&t, "\"src_ip\":\"fd00:3::5\"");
	assert_has(&t, "\"segment\":null,\"vlan\":null");
	assert_lacks(&t, "\"vlan\":[");
	assert_lacks(&t, "in_iface");
	text_free(&t);
}

static void
test_app_proto_is_suricatas(void **state)
{
	static const struct {
		enum application_state state;
		const char *label, *master, *expected;
	} rows[] = {
		{ APPLICATION_KNOWN, "SMBv23", NULL, "smb" },
		{ APPLICATION_KNOWN, "Teams", "TLS", "tls" },
		{ APPLICATION_KNOWN, "RTSP", NULL, "failed" },
		{ APPLICATION_KNOWN, "no such label", NULL, "failed" },
		{ APPLICATION_UNKNOWN, NULL, NULL, "failed" },
		{ APPLICATION_PENDING, NULL, NULL, NULL },
		{ APPLICATION_NO_PAYLOAD, NULL, NULL, NULL },
	};
	struct recording *r = *state;
	struct text t = { 0 }, part = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		recording_example(r);
		r->c.application_state = rows[i].state;
		r->c.application = rows[i].label;
		r->c.master = rows[i].master;
		recording_end(r);
		flow(r, &t);
		text_clear(&part);
		text_printf(&part, "\"app_proto\":\"%s\"",
		    rows[i].expected ? rows[i].expected : "");
		if (rows[i].expected != NULL)
			assert_has(&t, text_str(&part));
		else
			assert_lacks(&t, "app_proto");
		if (rows[i].state != APPLICATION_KNOWN)
			assert_has(&t, "\"application\":null");
	}
	text_free(&t);
	text_free(&part);
}

static void
test_refusals_say_by_whom(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };

	recording_example(r);
	r->c.outcome = OUTCOME_REFUSED;
	r->v.refused_by = REFUSER_BOUNDARY;
	r->v.passed = PASSED_NO;
	recording_end(r);
	flow(r, &t);
	assert_has(&t,
	    "\"outcome\":\"refused\",\"refused_by\":\"boundary\","
	    "\"passed\":\"no\"");
	alert(r, &t);
	assert_has(&t, "\"refused_by\":\"boundary\"");
	text_free(&t);
}

static void
test_an_unjudged_conversation_says_why(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };

	recording_example(r);
	r->v.kind = VERDICT_UNJUDGED;
	r->v.reason = REASON_NOT_OBSERVABLE;
	r->v.element = ELEMENT_PATH;
	r->v.unobserved = ELEMENT_PATH | ELEMENT_ENCRYPTION;
	r->v.clause.kind = CLAUSE_NONE;
	recording_end(r);
	flow(r, &t);
	assert_has(&t, "\"verdict\":\"unjudged\"");
	assert_has(&t, "\"reason\":\"not-observable: path\"");
	assert_has(&t, "\"clause\":null");
	assert_has(&t, "\"unobserved\":[\"path\",\"encryption\"]");
	text_free(&t);
}

static void
test_what_a_hello_chose_stands_with_its_class(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };

	recording_example(r);
	r->c.tls_version = 0x0303;
	r->c.tls_cipher = 0xC02F;
	recording_end(r);
	flow(r, &t);
	assert_has(&t,
	    "\"tls\":{\"version\":\"TLS 1.2\",\"cipher\":"
	    "\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\","
	    "\"class\":\"tls-high\"}");
	alert(r, &t);
	assert_has(&t, "\"tls\":{\"version\":\"TLS 1.2\"");
	r->c.tls_cipher = 0xEEEE; /* no registry knows it */
	flow(r, &t);
	assert_has(&t, "\"cipher\":\"0xEEEE\",\"class\":null}");
	text_free(&t);
}

static void
test_what_a_conduit_carries_is_said(void **state)
{
	static const char *carried[] = { "individual-number" };
	struct conduit k = { .id = "eltax",
		.carries = carried,
		.carry_count = 1 };
	struct recording *r = *state;
	struct text t = { 0 };

	recording_example(r);
	recording_end(r);
	flow(r, &t);
	assert_has(&t, "\"conduit\":null,\"carries\":[]");
	r->v.conduit = &k;
	flow(r, &t);
	assert_has(&t, "\"carries\":[\"individual-number\"]");
	alert(r, &t);
	assert_has(&t, "\"carries\":[\"individual-number\"]");
	text_free(&t);
}

static void
test_a_conversation_line_has_its_stage(void **state)
{
	struct recording *r = *state;
	struct eve e = context(r);
	struct text t = { 0 };

	recording_example(r);
	r->v.near_miss.conduit = &r->m->conduits[0];
	r->v.near_miss.element = ELEMENT_SERVICE;
	(void)strcpy(r->v.near_miss.expected, "tcp/443");
	(void)strcpy(r->v.near_miss.seen, "tcp/445");
	eve_conversation(&t, &e, &r->o);
	keep(&t);
	assert_has(&t, "\"event_type\":\"sekisho_conversation\"");
	assert_has(&t, "\"sekisho\":{\"stage\":\"first\",\"verdict\"");
	assert_has(&t,
	    "\"near_miss\":{\"conduit\":\"files\","
	    "\"element\":\"service\",\"expected\":\"tcp/443\","
	    "\"seen\":\"tcp/445\"}");
	text_clear(&t);
	r->o.stage = OBSERVATION_UPDATE;
	eve_conversation(&t, &e, &r->o);
	keep(&t);
	assert_has(&t, "\"stage\":\"update\"");
	text_free(&t);
}

/* Each may arrive as a server's name: none may leave its string. */
static void
test_hostile_names_stay_within_their_string(void **state)
{
	static const struct {
		const char *name, *written;
	} rows[] = {
		{ "a\",\"x\":\"b",
		    "\"server_name\":\"a\\\",\\\"x\\\":\\\"b\"" },
		{ "a\\", "\"server_name\":\"a\\\\\"" },
		{ "a\n{}", "\"server_name\":\"a\\n{}\"" },
		{ "a\x01", "\"server_name\":\"a\\u0001\"" },
		{ "\xff\xfe", "\"server_name\":\"\uFFFD\uFFFD\"" },
		{ "\xe3\x81", "\"server_name\":\"\uFFFD\uFFFD\"" },
		{ "\xed\xa0\x80", "\"server_name\":\"\uFFFD\uFFFD\uFFFD\"" },
		{ "x\xe2\x80\xaey", "\"server_name\":\"x\\u202ey\"" },
		{ "日本.example", "\"server_name\":\"日本.example\"" },
	};
	struct recording *r = *state;
	struct text t = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		recording_example(r);
		r->c.server_name = rows[i].name;
		alert(r, &t);
		assert_has(&t, rows[i].written);
		recording_end(r);
		flow(r, &t);
		assert_has(&t, rows[i].written);
	}
	text_free(&t);
}

static void
test_a_longest_name_is_cut_between_characters(void **state)
{
	struct recording *r = *state;
	char name[1024];
	struct alert a;
	struct text t = { 0 };

	recording_example(r);
	for (size_t i = 0; i + 3 < sizeof(name); i += 3)
		memcpy(name + i, "\xe3\x81\x82", 3); /* three bytes each */
	name[1023] = '\0';
	r->c.server_name = name;
	alert_of_observation(&a, &r->o, &r->v.deciding);
	assert_int_equal(strlen(a.server_name), 255);
	name[1] = '\xe3'; /* no character at all: still cut in time */
	alert_of_observation(&a, &r->o, &r->v.deciding);
	assert_true(strlen(a.server_name) < CONVERSATION_NAME_MAX);
	alert(r, &t);
	text_free(&t);
}

static void
test_coverage_has_no_ends(void **state)
{
	struct recording *r = *state;
	struct eve e = context(r);
	struct coverage_finding f = { .check = CHECK_COV_2,
		.severity = SEVERITY_HIGH,
		.now = r->o.now,
		.boundary = &r->m->boundaries[0],
		.tap = &r->m->boundaries[0].taps[0],
		.counted = 30,
		.of = 40 };
	struct alert a;
	struct group_line line = { .alert = &a,
		.id = "0123456789abcdef",
		.at = r->o.now,
		.first = r->o.now,
		.last = r->o.now,
		.count = 1 };
	struct text t = { 0 };

	alert_of_coverage(&a, &f);
	eve_alert(&t, &e, &line, EMISSION_NEW);
	keep(&t);
	assert_has(&t, "\"signature_id\":7701102");
	assert_has(&t, "\"category\":\"coverage\"");
	assert_has(&t, "\"counted\":30,\"of\":40");
	assert_lacks(&t, "src_ip");
	assert_lacks(&t, "flow_id");
	f.tap = NULL;
	f.check = CHECK_COV_9;
	f.detail = "outside";
	alert_of_coverage(&a, &f);
	text_clear(&t);
	eve_alert(&t, &e, &line, EMISSION_NEW);
	keep(&t);
	assert_has(&t, "\"taps\":[]");
	assert_has(&t, "\"detail\":\"outside\"");
	text_free(&t);
}

static void
test_a_folded_group_says_what_it_stands_for(void **state)
{
	static const uint64_t graded[] = { 0, 0, 1, 2, 3, 4 };
	struct recording *r = *state;
	struct eve e = context(r);
	struct alert a;
	struct group_line line = { .alert = &a,
		.id = "0123456789abcdef",
		.at = r->o.now,
		.first = r->o.start,
		.last = r->o.end,
		.count = 10,
		.suppressed = 9,
		.folded = true,
		.graded = graded };
	struct text t = { 0 };

	recording_example(r);
	e.lang = LANG_EN;
	alert_of_observation(&a, &r->o, &r->v.deciding);
	eve_alert(&t, &e, &line, EMISSION_CLOSED);
	keep(&t);
	assert_has(&t,
	    "All 65536 groups of alerts are in use, so 10 "
	    "conversations so far are put together in one; each");
	assert_has(&t,
	    "\"folded\":{\"critical\":4,\"high\":3,\"medium\":2,"
	    "\"low\":1,\"information\":0}");
	assert_has(&t, "\"direction\":\"internal\"");
	text_free(&t);
}

static void
test_the_stats_line_counts_everything(void **state)
{
	static const struct account_row reasons[] = { { "arp", 3 },
		{ "truncated", 1 } };
	static const struct account_row counters[] = { { "fragments", 7 } };
	struct recording *r = *state;
	struct tap_account taps[2] = { { .tap = &r->m->boundaries[0].taps[0],
					   .file = "/somewhere/a.pcap",
					   .frames = 10,
					   .first = r->o.start,
					   .last = r->o.end },
		{ .tap = &r->m->boundaries[0].taps[1] } };
	struct tally tally = { .now = r->o.now,
		.read = 10,
		.judged = 6,
		.reasons = reasons,
		.reason_count = 2,
		.counters = counters,
		.counter_count = 1,
		.taps = taps,
		.tap_count = 2,
		.bytes = 5000,
		.final = true };
	struct group_counters groups = { .opened = 2,
		.counted = 9,
		.written = 3 };
	struct eve_totals totals = { .lines = 20, .groups = &groups };
	struct eve_coverage coverage = { .tcp_conversations = 100,
		.tcp_one_way = 1,
		.payload_seen = 999999,
		.payload_missing = 1 };
	struct eve e = context(r);
	struct text t = { 0 };

	groups.opened_by_check[CHECK_SEG_1] = 2;
	totals.verdicts[VERDICT_UNJUDGED] = 4;
	totals.unjudged[REASON_ONE_WAY] = 3;
	totals.unjudged[REASON_NOT_OBSERVABLE] = 1;
	e.coverage = &coverage;
	eve_stats(&t, &e, &tally, &totals);
	keep(&t);
	assert_has(&t,
	    "\"stats\":{\"capture\":{\"kernel_packets\":10,"
	    "\"kernel_drops\":0},\"decoder\":{\"pkts\":10,"
	    "\"bytes\":5000}}");
	assert_has(&t,
	    "\"account\":{\"read\":10,\"judged\":6,"
	    "\"reasons\":{\"arp\":3,\"truncated\":1}}");
	assert_has(&t, "\"file\":\"a.pcap\"");
	assert_lacks(&t, "/somewhere");
	assert_has(&t, "\"unjudged\":{\"one-way\":3,\"not-observable\":1}");
	assert_has(&t, "\"alerts\":{\"SEG-1\":2},\"groups\":2");
	assert_has(&t, "\"suppressed\":6");
	/* one byte missing is not a hundred percent */
	assert_has(&t,
	    "境界「本庁境界」：この境界のTCPペイロードの少なくとも 99.99 % を"
	    "取得しました。片方向だけの通信は 1.0 %");
	assert_has(&t, "\"seen_at_least\":0.9999");
	assert_has(&t, "\"drops\":null");
	text_free(&t);
}

static void
test_coverage_that_cannot_be_computed_is_null(void **state)
{
	struct recording *r = *state;
	struct tally tally = { .now = r->o.now };
	struct group_counters groups = { 0 };
	struct eve_totals totals = { .groups = &groups };
	struct eve e = context(r);
	struct text t = { 0 };

	eve_stats(&t, &e, &tally, &totals);
	keep(&t);
	assert_has(&t,
	    "\"seen_share\":null,\"seen_at_least\":null,\"lost\":null,"
	    "\"one_way\":null,\"sentence\":\"境界「本庁境界」：この境界ではTCPペイロードを取得していないため");
	text_free(&t);
}

static void
assert_community(const char *from, uint16_t from_port, const char *to,
    uint16_t to_port, uint8_t protocol, const char *expected)
{
	char id[EVE_COMMUNITY_MAX];
	struct ends e = { .protocol = protocol };

	assert_true(addr_parse(from, &e.address[0]));
	assert_true(addr_parse(to, &e.address[1]));
	if (ends_are_icmp(&e)) {
		e.icmp_type = (uint8_t)from_port;
		e.icmp_code = (uint8_t)to_port;
	} else {
		e.port[0] = from_port;
		e.port[1] = to_port;
	}
	eve_community(&e, id);
	assert_string_equal(id, expected);
}

/* From the specification's own baseline, but for the first. */
static void
test_community_ids_are_the_published_ones(void **state)
{
	(void)state;
	assert_community("10.3.1.5", 51514, "10.1.0.10", 445, 6,
	    "1:TEPa5tVblmgSJ152E1HroiP09eI=");
	assert_community("10.1.0.10", 445, "10.3.1.5", 51514, 6,
	    "1:TEPa5tVblmgSJ152E1HroiP09eI=");
	assert_community("128.232.110.120", 34855, "66.35.250.204", 80, 6,
	    "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	assert_community("192.168.1.52", 54585, "8.8.8.8", 53, 17,
	    "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
	assert_community("2607:f8b0:400c:c03::1a", 25,
	    "2001:470:e5bf:dead:4957:2174:e82c:4887", 63943, 6,
	    "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
	assert_community("192.168.170.8", 7, "192.168.170.56", 80, 132,
	    "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=");
	assert_community("192.168.170.56", 7, "192.168.170.8", 7, 132,
	    "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=");
	/* ICMP: type and code stand in the places of ports here */
	assert_community("192.168.0.89", 8, "192.168.0.1", 0, 1,
	    "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
	assert_community("192.168.0.1", 0, "192.168.0.89", 0, 1,
	    "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
	assert_community("192.168.0.89", 20, "192.168.0.1", 0, 1,
	    "1:3o2RFccXzUgjl7zDpqmY7yJi8rI=");
	assert_community("192.168.0.89", 20, "192.168.0.1", 1, 1,
	    "1:tz/fHIDUHs19NkixVVoOZywde+I=");
	assert_community("10.0.0.1", 11, "10.0.0.2", 0, 1,
	    "1:YHxtAirCG//0OzkcVAukqKQN9xM=");
	assert_community("fe80::200:86ff:fe05:80da", 135,
	    "fe80::260:97ff:fe07:69ea", 0, 58,
	    "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=");
	assert_community("fe80::200:86ff:fe05:80da", 136,
	    "fe80::260:97ff:fe07:69ea", 0, 58,
	    "1:zavyT/cezQr1fmImYCwYnMXbgck=");
	assert_community("fe80::200:86ff:fe05:80da", 133, "ff02::2", 0, 58,
	    "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0=");
	assert_community("3ffe:501:410:0:2c0:dfff:fe47:33e", 1,
	    "3ffe:507:0:1:200:86ff:fe05:80da", 4, 58,
	    "1:hLZd0XGWojozrvxqE0dWB1iM6R0=");
	/* no ports at all */
	assert_community("10.1.12.2", 0, "10.1.12.1", 0, 46,
	    "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=");
	assert_community("1.2.3.4", 0, "5.6.7.8", 0, 46,
	    "1:ikv3kmf89luf73WPz1jOs49S768=");
}

/* ---- about the probe itself */

static struct gap
example_gap(const struct recording *r, enum gap_kind kind)
{
	const struct gap g = { .kind = kind,
		.file = kind == GAP_CAPTURE ? "/captures/a\x1b.pcap" : NULL,
		.tap = &r->m->boundaries[0].taps[0],
		.frames = kind == GAP_CAPTURE ? 12 : 0,
		.cause = "ended by \x1b[31msignal",
		.now = r->o.now,
		.from = r->o.start,
		.until = r->o.end,
		.held = 3,
		.unseen = 40,
		.conversations = 5,
		.records = 6,
		.exit_status = kind == GAP_ENGINE ? 11 : 70 << 8 };

	return g;
}

static void
gap(const struct recording *r, const struct gap *g, struct text *t)
{
	struct eve e = context(r);

	text_clear(t);
	eve_gap(t, &e, g);
	keep(t);
}

static void
test_a_gap_of_a_capture_is_told_as_ever(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };
	struct gap g;

	recording_example(r);
	g = example_gap(r, GAP_CAPTURE);
	gap(r, &g, &t);
	assert_has(&t,
	    "\"event_type\":\"sekisho_gap\",\"sekisho\":{\"tap\":"
	    "\"main-trunk\",\"boundary\":\"main\",\"file\":"
	    "\"a\\u001b.pcap\",\"frames\":12,\"cause\":"
	    "\"ended by \\\\x1b[31msignal\",\"generation\":1,"
	    "\"probe\":\"probe1\"}}");
	assert_lacks(&t, "kind");
	text_free(&t);
}

static void
test_every_kind_of_gap_says_what_is_missing(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };
	struct gap g;

	recording_example(r);
	for (int k = GAP_ENGINE; k < GAP_KIND_COUNT; k++) {
		g = example_gap(r, (enum gap_kind)k);
		gap(r, &g, &t);
		assert_has(&t,
		    "\"held\":3,\"unseen\":40,"
		    "\"conversations\":5,\"records\":6");
		assert_has(&t, gap_kind_name((enum gap_kind)k));
		if (k == GAP_ENGINE)
			assert_has(&t, "\"signal\":11,\"status\":null");
		else if (k == GAP_RECORDER)
			assert_has(&t, "\"signal\":null,\"status\":70");
		else
			assert_lacks(&t, "signal\":");
	}
	g = example_gap(r, GAP_BACKLOG);
	g.tap = NULL;
	g.cause = "";
	g.from.us = g.until.us = 0;
	gap(r, &g, &t);
	assert_has(&t,
	    "\"tap\":null,\"boundary\":null,\"from\":null,"
	    "\"until\":null");
	text_free(&t);
}

static struct health
example_health(const struct recording *r)
{
	struct health h;

	memset(&h, 0, sizeof(h));
	h.now = r->o.now;
	h.event = "minute";
	h.generation = 4;
	memcpy(h.model, r->m->sha256, sizeof(h.model));
	h.sandbox = SANDBOX_FULL;
	h.landlock = 3;
	h.clock = CLOCK_SYNCHRONISED;
	h.clock_offset_us = -1234;
	h.clock_steps = 2;
	h.muted = 9;
	h.backlog[RECORD_UPDATE] = 8;
	h.tap_count = 2;
	h.taps[0].tap = &r->m->boundaries[0].taps[0];
	(void)snprintf(h.taps[0].interface, 32, "span1");
	h.taps[0].received = 1000;
	h.taps[0].taken = 990;
	h.taps[0].ring_drops = 6;
	h.taps[0].ring_freezes = 1;
	h.taps[0].nic_drops = 4;
	h.taps[0].held = 2;
	h.taps[0].unseen = 3;
	h.taps[0].muted = 9;
	h.taps[0].last = r->o.end;
	(void)snprintf(h.taps[1].interface, 32, "span2");
	h.taps[1].link = LINK_GONE;
	h.process_count = 1;
	(void)snprintf(h.processes[0].name, 16, "engine-0");
	h.processes[0].pid = 4711;
	h.processes[0].restarts = 1;
	h.processes[0].memory_kb = 65536;
	h.processes[0].started = r->o.start;
	return h;
}

static void
test_a_health_line_says_everything(void **state)
{
	struct recording *r = *state;
	struct eve e = context(r);
	struct text t = { 0 };
	struct health h;
	struct eve_store store = { .lines = 10,
		.bytes = 4000,
		.lost = 2,
		.refused = { [RECORD_STALE] = 1 },
		.fault = "No space left on device" };

	recording_example(r);
	h = example_health(r);
	eve_health(&t, &e, &h, &store);
	keep(&t);
	assert_has(&t, "\"event_type\":\"sekisho_health\"");
	assert_has(&t, "\"event\":\"minute\",\"generation\":4");
	assert_has(&t, "\"sandbox\":{\"state\":\"full\",\"landlock\":3}");
	assert_has(&t,
	    "\"clock\":{\"state\":\"synchronised\","
	    "\"offset_ms\":-1.234,\"steps\":2}");
	assert_has(&t, "\"mute\":9");
	assert_has(&t, "\"update\":8");
	assert_has(&t,
	    "\"received\":1000,\"taken\":990,\"ring_drops\":6,"
	    "\"ring_freezes\":1,\"nic_drops\":4,\"held\":2,"
	    "\"unseen\":3,\"muted\":9");
	assert_has(&t,
	    "{\"tap\":null,\"interface\":\"span2\","
	    "\"link\":\"gone\"");
	assert_has(&t, "\"last\":null}");
	assert_has(&t,
	    "\"name\":\"engine-0\",\"pid\":4711,"
	    "\"restarts\":1,\"memory_kb\":65536");
	assert_has(&t, "\"lines\":10,\"bytes\":4000,\"lost\":2");
	assert_has(&t, "\"fault\":\"No space left on device\"");
	assert_has(&t, "\"note\":null");
	text_clear(&t);
	h.sandbox = SANDBOX_NONE;
	h.clock = CLOCK_UNKNOWN;
	h.event = "reload-refused";
	(void)snprintf(h.note, sizeof(h.note), "model.jsonc:3:1: \x1b[2J");
	eve_health(&t, &e, &h, NULL);
	keep(&t);
	assert_has(&t, "\"state\":\"none\"");
	assert_has(&t, "\"store\":null");
	assert_has(&t, "\"clock\":{\"state\":\"unknown\",\"steps\":2}");
	assert_has(&t, "\"note\":\"model.jsonc:3:1: \\\\x1b[2J\"");
	text_free(&t);
}

static void
test_live_the_account_has_what_the_kernel_says(void **state)
{
	struct recording *r = *state;
	const struct group_counters groups = { 0 };
	const struct eve_totals totals = { .groups = &groups };
	struct eve e = context(r);
	struct tap_account tap;
	struct tally tally;
	struct text t = { 0 };
	struct health h;

	recording_example(r);
	h = example_health(r);
	memset(&tap, 0, sizeof(tap));
	memset(&tally, 0, sizeof(tally));
	tap.tap = &r->m->boundaries[0].taps[0];
	tally.now = r->o.now;
	tally.taps = &tap;
	tally.tap_count = 1;
	tally.read = 900;
	e.is_live = true;
	e.has_engine = true;
	e.engine = 2;
	eve_stats(&t, &e, &tally, &totals); /* before anything is known */
	keep(&t);
	assert_has(&t, "\"kernel_packets\":900,\"kernel_drops\":0");
	assert_has(&t,
	    "\"drops\":null,\"clock\":{\"state\":\"unknown\"},"
	    "\"mute\":null,\"engine\":2");
	text_clear(&t);
	e.health = &h;
	eve_stats(&t, &e, &tally, &totals);
	keep(&t);
	assert_has(&t, "\"kernel_packets\":1000,\"kernel_drops\":10");
	assert_has(&t,
	    "\"drops\":{\"ring\":6,\"ring-freezes\":1,\"nic\":4,"
	    "\"held\":2,\"unseen\":3}");
	assert_has(&t,
	    "\"clock\":{\"state\":\"synchronised\","
	    "\"offset_ms\":-1.234},\"mute\":9");
	text_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_flow_line_is_as_the_example),
		cmocka_unit_test(test_an_alert_line_is_as_the_example),
		cmocka_unit_test(test_directions_follow_the_tiers),
		cmocka_unit_test(test_icmp_has_types_and_no_ports),
		cmocka_unit_test(test_a_protocol_without_a_name_is_a_number),
		cmocka_unit_test(test_ipv6_and_untagged_frames_are_written),
		cmocka_unit_test(test_app_proto_is_suricatas),
		cmocka_unit_test(test_refusals_say_by_whom),
		cmocka_unit_test(test_an_unjudged_conversation_says_why),
		cmocka_unit_test(test_what_a_hello_chose_stands_with_its_class),
		cmocka_unit_test(test_what_a_conduit_carries_is_said),
		cmocka_unit_test(test_a_conversation_line_has_its_stage),
		cmocka_unit_test(test_hostile_names_stay_within_their_string),
		cmocka_unit_test(test_a_longest_name_is_cut_between_characters),
		cmocka_unit_test(test_coverage_has_no_ends),
		cmocka_unit_test(test_a_folded_group_says_what_it_stands_for),
		cmocka_unit_test(test_the_stats_line_counts_everything),
		cmocka_unit_test(test_coverage_that_cannot_be_computed_is_null),
		cmocka_unit_test(test_community_ids_are_the_published_ones),
		cmocka_unit_test(test_a_gap_of_a_capture_is_told_as_ever),
		cmocka_unit_test(test_every_kind_of_gap_says_what_is_missing),
		cmocka_unit_test(test_a_health_line_says_everything),
		cmocka_unit_test(
		    test_live_the_account_has_what_the_kernel_says),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
