/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a draft makes of conversations: who is listed and who is covered by a
 * network, what shares a row, what is doubted, what is never proposed, and
 * how text is put into a model's source.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "draft.h"
#include "draft_event.h"
#include "draft_text.h"
#include "loading.h"

#define DAY_US INT64_C(1763650800000000) /* 2025-11-21 00:00 +0900 */

struct scene {
	struct loading l;
	struct draft_seen seen;
	struct draft_ledgers ledgers;
	struct draft_rows rows;
	struct text lines;
	unsigned bytes[2]; /* of each conversation said from now on */
};

static void
begin(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	loading_with(&s->l,
	    "\"boundaries\":[{\"id\":\"main\",\"zones\":[\"core\",\"gcloud\","
	    "\"lg\",\"gate\",\"lgwan\",\"outside\"],\"taps\":[{\"id\":\"t\","
	    "\"probe\":\"p\",\"interface\":\"e\"}]}],\"probes\":[{\"id\":\"p\""
	    "}]",
	    NULL);
	assert_non_null(s->l.m);
	draft_seen_init(&s->seen, s->l.m);
	s->bytes[0] = 10;
	s->bytes[1] = 20;
}

static void
end(struct scene *s)
{
	draft_rows_fini(&s->rows);
	draft_ledgers_fini(&s->ledgers);
	draft_seen_fini(&s->seen);
	loading_free(&s->l);
	text_free(&s->lines);
}

struct said {
	const char *from, *to;
	int port;
	const char *application, *more; /* more: members of "sekisho" */
	int minute;			/* of the day */
};

#define SAID(a, b, p, label)         \
	((struct said){ .from = (a), \
	    .to = (b),               \
	    .port = (p),             \
	    .application = (label) })

static void
say(struct scene *s, struct said x)
{
	char stamp[CLOCK_STAMP_MAX];

	clock_stamp((struct wall_us){ DAY_US + x.minute * CLOCK_MINUTE },
	    9 * 3600, stamp);
	text_printf(&s->lines,
	    "{\"event_type\":\"flow\",\"src_ip\":\"%s\",\"dest_ip\":\"%s\","
	    "\"dest_port\":%d,\"proto\":\"TCP\",\"flow\":{\"start\":\"%s\","
	    "\"end\":\"%s\",\"bytes_toserver\":%u,\"bytes_toclient\":%u},"
	    "\"sekisho\":{%s\"boundary\":\"main\",\"verdict\":\"unjudged\","
	    "\"reason\":\"draft\",\"check\":\"SEG-2\",\"outcome\":\"data\","
	    "\"passed\":\"yes\",\"initiator\":\"certain\",\"application\":"
	    "{\"name\":\"%s\",\"confidence\":\"payload\"}}}\n",
	    x.from, x.to, x.port, stamp, stamp, s->bytes[0], s->bytes[1],
	    x.more ? x.more : "", x.application);
}

/* Five times over the day. */
static void
say_often(struct scene *s, struct said x)
{
	for (int i = 0; i < 5; i++) {
		x.minute = 9 * 60 + i * 97;
		say(s, x);
	}
}

static void
read_all(struct scene *s)
{
	char path[] = "/tmp/draft-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text_str(&s->lines), s->lines.length),
	    s->lines.length);
	close(fd);
	assert_true(draft_read(&s->seen, path, LANG_EN));
	unlink(path);
	draft_weigh(&s->seen);
	draft_group(&s->seen, &s->ledgers, &s->rows);
}

/* The only row with these doubts, or the test fails. */
static const struct draft_row *
only_row(const struct scene *s, unsigned doubts)
{
	const struct draft_row *found = NULL;

	for (size_t i = 0; i < s->rows.count; i++)
		if (s->rows.items[i].doubts == doubts) {
			assert_null(found);
			found = &s->rows.items[i];
		}
	assert_non_null(found);
	return found;
}

static size_t
count_never(const struct scene *s, enum draft_never never)
{
	size_t n = 0;

	for (size_t i = 0; i < s->seen.channel_count; i++)
		n += s->seen.channels[i].never == never;
	return n;
}

/* ---- rows */

static void
test_few_initiators_are_listed(void **state)
{
	struct scene s;
	const struct draft_row *r;

	(void)state;
	begin(&s);
	say_often(&s, SAID("10.2.1.5", "172.20.0.53", 443, "TLS"));
	say_often(&s, SAID("10.2.1.6", "172.20.0.53", 443, "TLS"));
	read_all(&s);
	r = only_row(&s, 0);
	assert_int_equal(r->from.host_count, 2);
	assert_int_equal(r->from.network_count, 0);
	assert_int_equal(r->to_count, 1);
	assert_int_equal(r->count, 10);
	end(&s);
}

static void
test_many_initiators_are_covered_by_their_networks(void **state)
{
	struct scene s;
	const struct draft_row *r;
	char from[32];

	(void)state;
	begin(&s);
	for (int i = 1; i <= 12; i++) {
		(void)snprintf(from, sizeof(from), "10.2.%d.%d", 1 + i % 2, i);
		say_often(&s, SAID(from, "172.20.30.8", 443, "TLS"));
	}
	read_all(&s);
	r = only_row(&s, 0);
	assert_int_equal(r->from.host_count, 0);
	assert_int_equal(r->from.network_count, 2);
	assert_int_equal(r->from.networks[0].length, 24);
	end(&s);
}

static void
test_who_did_it_once_beside_others_of_another_network_is_doubted(void **state)
{
	struct scene s;
	char from[32];

	(void)state;
	begin(&s);
	for (int i = 1; i <= 12; i++) {
		(void)snprintf(from, sizeof(from), "10.2.1.%d", i);
		say_often(&s, SAID(from, "172.20.30.8", 443, "TLS"));
	}
	say(&s,
	    (struct said){ "10.2.77.7", "172.20.30.8", 443, "TLS", NULL, 600 });
	read_all(&s);
	assert_int_equal(only_row(&s, 0)->from.network_count, 1);
	assert_int_equal(only_row(&s, 0)->from.host_count, 0);
	assert_int_equal(only_row(&s, DOUBT_ONCE)->from.host_count, 1);
	end(&s);
}

static void
test_three_strangers_of_three_networks_make_no_row(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	say(&s, (struct said){ "10.2.1.1", "10.9.0.5", 443, "TLS", NULL, 540 });
	say(&s, (struct said){ "10.2.2.1", "10.9.0.5", 443, "TLS", NULL, 640 });
	say(&s, (struct said){ "10.2.3.1", "10.9.0.5", 443, "TLS", NULL, 740 });
	say_often(&s, SAID("10.2.9.1", "10.9.0.9", 80, "HTTP"));
	read_all(&s);
	assert_int_equal(only_row(&s, DOUBT_ONCE)->from.host_count, 3);
	assert_int_equal(only_row(&s, 0)->services[0].first, 80);
	end(&s);
}

static void
test_services_of_one_pair_share_a_row(void **state)
{
	struct scene s;
	const struct draft_row *r;

	(void)state;
	begin(&s);
	say_often(&s, SAID("10.2.1.5", "10.9.0.9", 80, "HTTP"));
	say_often(&s, SAID("10.2.1.5", "10.9.0.9", 443, "TLS"));
	read_all(&s);
	r = only_row(&s, 0);
	assert_int_equal(r->service_count, 2);
	assert_int_equal(r->count, 10);
	end(&s);
}

static void
test_responders_used_alike_share_a_row(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	say_often(&s, SAID("10.2.1.5", "10.9.0.9", 443, "TLS"));
	say_often(&s, SAID("10.2.1.5", "10.9.0.10", 443, "TLS"));
	say_often(&s, SAID("10.2.1.6", "10.9.0.11", 443, "TLS"));
	read_all(&s);
	assert_int_equal(s.rows.count, 2);
	assert_int_equal(s.rows.items[0].to_count, 2);
	assert_int_equal(s.rows.items[1].to_count, 1);
	end(&s);
}

static void
test_ports_of_rpc_become_a_range_where_its_mapper_was_used(void **state)
{
	struct scene s;
	const struct draft_row *r;

	(void)state;
	begin(&s);
	say_often(&s, SAID("10.2.1.5", "10.9.0.9", 135, "DCE_RPC"));
	say_often(&s, SAID("10.2.1.5", "10.9.0.9", 49668, "DCE_RPC"));
	say_often(&s, SAID("10.2.1.5", "10.9.0.9", 50001, "DCE_RPC"));
	read_all(&s);
	r = only_row(&s, 0);
	assert_int_equal(r->service_count, 2);
	assert_int_equal(r->services[1].first, 49152);
	assert_int_equal(r->services[1].last, 65535);
	end(&s);
}

/* ---- doubts */

static void
test_another_label_on_an_assigned_port_is_doubted(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	say_often(&s, SAID("10.2.1.5", "10.9.0.9", 22, "HTTP"));
	say_often(&s, SAID("10.2.1.6", "10.9.0.9", 443, "SSH"));
	read_all(&s);
	assert_int_equal(only_row(&s, DOUBT_PORT)->services[0].first, 22);
	assert_int_equal(
	    only_row(&s, DOUBT_PORT | DOUBT_REMOTE)->services[0].first, 443);
	end(&s);
}

static void
test_what_is_seen_once_is_no_proposal(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	say(&s, (struct said){ "10.2.1.5", "10.9.0.9", 443, "TLS", NULL, 700 });
	say(&s, (struct said){ "10.2.1.6", "10.9.0.8", 443, "TLS", NULL, 120 });
	read_all(&s);
	assert_int_equal(only_row(&s, DOUBT_ONCE)->count, 1);
	assert_int_equal(only_row(&s, DOUBT_ONCE | DOUBT_NIGHT)->count, 1);
	end(&s);
}

static void
test_names_are_asked_of_declared_resolvers_or_by_forwarders(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	say_often(&s, SAID("10.2.1.5", "10.9.0.9", 53, "DNS"));
	say_often(&s, SAID("10.2.1.6", "10.9.0.9", 53, "DNS"));
	say_often(&s, SAID("10.2.1.7", "10.9.0.9", 53, "DNS"));
	say(&s, SAID("10.2.1.5", "10.2.0.53", 53, "DNS"));
	say(&s, SAID("10.2.1.6", "10.2.0.53", 53, "DNS"));
	say_often(&s, SAID("10.2.0.53", "172.20.0.53", 53, "DNS"));
	read_all(&s);
	assert_int_equal(only_row(&s, DOUBT_RESOLVER)->from.host_count, 3);
	assert_true(addr_equal(&only_row(&s, 0)->from.hosts[0],
	    &s.seen.resolvers[0].host));
	end(&s);
}

static void
test_much_that_leaves_for_few_answers_is_doubted_in_sum(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	say_often(&s, SAID("10.2.1.5", "172.20.30.8", 443, "TLS"));
	s.bytes[0] = 110000; /* ten of them make a mebibyte */
	s.bytes[1] = 20000;
	say_often(&s, SAID("10.2.1.5", "172.20.66.6", 443, "TLS"));
	say_often(&s, SAID("10.2.1.6", "172.20.66.6", 443, "TLS"));
	read_all(&s);
	assert_int_equal(only_row(&s, DOUBT_UPLOAD)->from.host_count, 2);
	assert_int_equal(only_row(&s, 0)->from.host_count, 1);
	end(&s);
}

/* ---- never */

static void
test_what_a_tier_forbids_is_never_proposed(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	say_often(&s, SAID("10.1.1.5", "192.0.2.1", 443, "TLS"));
	say_often(&s, SAID("10.2.1.5", "192.0.2.1", 443, "TLS"));
	read_all(&s);
	assert_int_equal(count_never(&s, NEVER_TIER), 2);
	assert_int_equal(s.rows.count, 0);
	end(&s);
}

static void
test_a_spoofed_source_in_a_permitted_pair_is_never_proposed(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	say_often(&s,
	    (struct said){ "10.2.1.5", "10.9.0.9", 443, "TLS",
		"\"also\":[\"SEG-12\"],", 0 });
	say_often(&s,
	    (struct said){ "10.2.1.5", "10.9.0.9", 23, "Telnet", NULL, 0 });
	say_often(&s,
	    (struct said){ "10.2.1.5", "10.9.0.9", 9999, "BitTorrent", NULL,
		0 });
	say_often(&s,
	    (struct said){ "10.2.1.5", "10.9.0.9", 8443, "", NULL, 0 });
	say_often(&s,
	    (struct said){ "10.2.1.5", "192.168.1.1", 443, "TLS", NULL, 0 });
	read_all(&s);
	assert_int_equal(count_never(&s, NEVER_SPOOFED), 1);
	assert_int_equal(count_never(&s, NEVER_LEGACY), 1);
	assert_int_equal(count_never(&s, NEVER_FORBIDDEN), 1);
	assert_int_equal(count_never(&s, NEVER_APPLICATION), 1);
	assert_int_equal(count_never(&s, NEVER_NO_ZONE), 1);
	assert_int_equal(s.rows.count, 0);
	end(&s);
}

static void
test_a_search_is_never_proposed(void **state)
{
	struct scene s;
	char to[32];

	(void)state;
	begin(&s);
	for (int i = 1; i <= DRAFT_SCAN_LEAST; i++) {
		(void)snprintf(to, sizeof(to), "10.9.0.%d", i);
		say(&s,
		    (struct said){ "10.2.1.5", to, 443, "TLS", NULL, 600 + i });
	}
	read_all(&s);
	assert_int_equal(count_never(&s, NEVER_SCAN), DRAFT_SCAN_LEAST);
	assert_int_equal(s.rows.count, 0);
	end(&s);
}

static void
test_against_the_usual_direction_is_never_proposed(void **state)
{
	struct scene s;
	char from[32];

	(void)state;
	begin(&s);
	for (int i = 1; i <= 12; i++) {
		(void)snprintf(from, sizeof(from), "10.2.1.%d", i);
		say_often(&s, SAID(from, "10.9.0.30", 8530, "HTTP"));
	}
	say(&s,
	    (struct said){ "10.9.0.30", "10.2.1.4", 8530, "HTTP", NULL, 900 });
	read_all(&s);
	assert_int_equal(count_never(&s, NEVER_REVERSED), 1);
	assert_int_equal(s.rows.count, 1);
	end(&s);
}

static void
test_what_an_alert_names_is_never_proposed(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	text_add(&s.lines,
	    "{\"event_type\":\"alert\",\"src_ip\":\"10.2.1.5\",\"dest_ip\":"
	    "\"10.9.0.9\",\"sekisho\":{\"check\":\"LNK-5\",\"severity\":"
	    "\"high\"}}\n"
	    "{\"event_type\":\"alert\",\"src_ip\":\"10.2.1.6\",\"dest_ip\":"
	    "\"10.9.0.9\",\"sekisho\":{\"check\":\"SEG-2\",\"severity\":"
	    "\"high\"}}\n"
	    "{\"event_type\":\"alert\",\"src_ip\":\"10.2.1.6\",\"sekisho\":"
	    "{\"check\":\"AST-2\",\"severity\":\"low\"}}\n");
	say_often(&s, SAID("10.2.1.5", "10.9.0.9", 443, "TLS"));
	say_often(&s, SAID("10.2.1.6", "10.9.0.9", 443, "TLS"));
	read_all(&s);
	assert_int_equal(count_never(&s, NEVER_FLAGGED), 1);
	assert_int_equal(only_row(&s, 0)->from.host_count, 1);
	end(&s);
}

/* ---- lines */

static void
test_hostile_lines_are_counted_and_never_read(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	text_add(&s.lines,
	    "{\"event_type\":\"flow\"}\nno json\n"
	    "{\"event_type\":\"flow\",\"src_ip\":7}\n"
	    "{\"event_type\":\"alert\",\"sekisho\":[]}\n"
	    "{\"event_type\":\"sekisho_tap\",\"sekisho\":{"
	    "\"tap\":\"t\",\"macs\":[1,{\"mac\":\"zz\"},{"
	    "\"forwards\":true}]}}\n"
	    "{\"event_type\":\"sekisho_asset\",\"sekisho\":{"
	    "\"names\":[3],\"addresses\":[4,\"x\"]}}\n"
	    "{\"event_type\":\"stats\",\"sekisho\":{"
	    "\"coverage\":[null]}}\n");
	read_all(&s);
	assert_int_equal(s.seen.unread, 3);
	assert_int_equal(s.rows.count, 0);
	end(&s);
}

static void
test_times_are_read_as_they_are_written(void **state)
{
	char stamp[CLOCK_STAMP_MAX];
	int64_t us;

	(void)state;
	assert_true(
	    draft_event_time(clock_stamp((struct wall_us){ DAY_US + 1234567 },
				 9 * 3600, stamp),
		&us));
	assert_int_equal(us, DAY_US + 1234567);
	for (size_t n = strlen(stamp); n-- > 0;) {
		stamp[n] = '\0';
		assert_false(draft_event_time(stamp, &us));
	}
	assert_false(draft_event_time("2026-13-21T10:15:33.1+0900", &us));
}

static void
test_known_virtual_macs_are_told(void **state)
{
	static const struct {
		const char *mac, *kind;
		unsigned group;
	} rows[] = { { "00:00:5e:00:01:0a", "vrrp", 10 },
		{ "00:00:0c:07:ac:1e", "hsrp", 30 },
		{ "00:00:0c:9f:f1:02", "hsrp2", 258 },
		{ "00:07:b4:00:05:01", "glbp", 5 },
		{ "00:09:0f:09:09:00", "fgcp", 9 },
		{ "02:00:00:00:00:01", NULL, 0 } };
	struct mac mac;
	unsigned group;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *kind;

		assert_true(mac_parse(rows[i].mac, &mac));
		kind = draft_text_virtual(&mac, &group);
		if (rows[i].kind == NULL) {
			assert_null(kind);
			continue;
		}
		assert_string_equal(kind, rows[i].kind);
		assert_int_equal(group, rows[i].group);
	}
}

/* ---- the source */

static void
edited(const char *source, void (*with)(struct draft_source *),
    const char *expected)
{
	struct draft_source s;
	struct diag d = { .lang = LANG_EN };
	struct text out = { 0 };
	struct jsonx_doc *doc;

	assert_true(draft_source_init(&s, "m", source, strlen(source), &d));
	with(&s);
	draft_source_print(&s, &out);
	assert_string_equal(text_str(&out), expected);
	doc = jsonx_parse("m", text_str(&out), out.length, &d);
	assert_non_null(doc);
	jsonx_free(doc);
	draft_source_fini(&s);
	text_free(&out);
	diag_free(&d);
}

static void
append_two(struct draft_source *s)
{
	draft_append(s, "conduits", "    { \"id\": \"a\" }");
	draft_append(s, "hosts", "    { \"name\": \"b\" }");
}

static void
test_sections_are_put_where_people_write_them(void **state)
{
	(void)state;
	edited("{\n  \"zones\": [ \"}\" ], // a ] comment\n  \"limits\": {}\n}",
	    append_two,
	    "{\n  \"zones\": [ \"}\" ], // a ] comment\n\n  \"conduits\": [\n"
	    "    { \"id\": \"a\" }\n  ],\n\n  \"hosts\": [\n"
	    "    { \"name\": \"b\" }\n  ],\n  \"limits\": {}\n}");
	edited("{ \"zones\": [1] /* all */ }", append_two,
	    "{ \"zones\": [1],\n\n  \"conduits\": [\n    { \"id\": \"a\" }\n  ],"
	    "\n\n  \"hosts\": [\n    { \"name\": \"b\" }\n  ] /* all */ }");
	edited("{ \"conduits\": [ { \"id\": \"x\\\"]\" } // last\n ],"
	       "\"hosts\": [] }",
	    append_two,
	    "{ \"conduits\": [ { \"id\": \"x\\\"]\" }, // last\n"
	    "    { \"id\": \"a\" }\n ],\"hosts\": [\n"
	    "    { \"name\": \"b\" }\n  ] }");
}

static void
replace_stage(struct draft_source *s)
{
	const struct jsonx *root = jsonx_root(s->doc);

	draft_replace(s, jsonx_get(root, "stage"), "\"draft\"");
	draft_remove(s, jsonx_get(root, "until"));
	draft_add_remark(s, "  // 終わり\n");
}

static void
test_values_are_replaced_and_members_taken_out(void **state)
{
	(void)state;
	edited(
	    "{ /* 見本 */ \"stage\": \"trial\", \"until\": \"x\", \"a\": 1\n}",
	    replace_stage,
	    "{ /* 見本 */ \"stage\": \"draft\",  \"a\": 1\n\n  // 終わり\n}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few_initiators_are_listed),
		cmocka_unit_test(
		    test_many_initiators_are_covered_by_their_networks),
		cmocka_unit_test(
		    test_who_did_it_once_beside_others_of_another_network_is_doubted),
		cmocka_unit_test(
		    test_three_strangers_of_three_networks_make_no_row),
		cmocka_unit_test(test_services_of_one_pair_share_a_row),
		cmocka_unit_test(test_responders_used_alike_share_a_row),
		cmocka_unit_test(
		    test_ports_of_rpc_become_a_range_where_its_mapper_was_used),
		cmocka_unit_test(
		    test_another_label_on_an_assigned_port_is_doubted),
		cmocka_unit_test(test_what_is_seen_once_is_no_proposal),
		cmocka_unit_test(
		    test_names_are_asked_of_declared_resolvers_or_by_forwarders),
		cmocka_unit_test(
		    test_much_that_leaves_for_few_answers_is_doubted_in_sum),
		cmocka_unit_test(test_what_a_tier_forbids_is_never_proposed),
		cmocka_unit_test(
		    test_a_spoofed_source_in_a_permitted_pair_is_never_proposed),
		cmocka_unit_test(test_a_search_is_never_proposed),
		cmocka_unit_test(
		    test_against_the_usual_direction_is_never_proposed),
		cmocka_unit_test(test_what_an_alert_names_is_never_proposed),
		cmocka_unit_test(test_hostile_lines_are_counted_and_never_read),
		cmocka_unit_test(test_times_are_read_as_they_are_written),
		cmocka_unit_test(test_known_virtual_macs_are_told),
		cmocka_unit_test(test_sections_are_put_where_people_write_them),
		cmocka_unit_test(
		    test_values_are_replaced_and_members_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
