/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events gathered zone by zone: what counts once, what is told apart, what is
 * bounded and still counted, and lines that are cut or lie.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "observed.h"

static const uint8_t secret[16] = { 1, 2, 3 };

struct line {
	const char *type, *from, *to, *verdict, *check, *reason;
	const char *source, *outcome, *passed, *refused_by;
	long id;
	long long bytes;
};

/* What is not given is that of a conversation that conforms. */
static void
add_event(struct text *out, struct line l)
{
#define OR(member, value) (l.member != NULL ? l.member : (value))
	const char *type = OR(type, "flow");

	text_printf(out,
	    "{\"timestamp\":\"2026-11-21T10:15:33.000000+0900\","
	    "\"flow_id\":%ld,\"in_iface\":\"span0\",\"event_type\":\"%s\","
	    "\"src_ip\":\"%s\",\"dest_ip\":\"10.1.0.10\",\"dest_port\":445,"
	    "\"proto\":\"TCP\",",
	    l.id, type, OR(source, "10.3.1.5"));
	if (strcmp(type, "flow") == 0)
		text_printf(out,
		    "\"flow\":{\"bytes_toserver\":%lld,\"bytes_toclient\":1,"
		    "\"start\":\"2026-11-21T10:15:30.000000+0900\","
		    "\"end\":\"2026-11-21T10:15:31.000000+0900\"},",
		    l.bytes);
	text_printf(out,
	    "\"sekisho\":{\"verdict\":\"%s\",\"check\":\"%s\","
	    "\"reason\":\"%s\",\"outcome\":\"%s\",\"passed\":\"%s\","
	    "\"refused_by\":\"%s\",\"src_zone\":\"%s\",\"dest_zone\":\"%s\"}}"
	    "\n",
	    OR(verdict, "conform"), OR(check, ""), OR(reason, ""),
	    OR(outcome, "data"), OR(passed, "yes"), OR(refused_by, ""),
	    OR(from, "office"), OR(to, "core"));
#undef OR
}

static struct events *
open_text(const struct text *t, int *fd)
{
	char path[64];

	*fd = memfd_create("events", MFD_CLOEXEC);
	assert_true(*fd >= 0);
	assert_int_equal(write(*fd, text_str(t), t->length), t->length);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", *fd);
	return events_open(path, LANG_EN);
}

/* Gathers t, which is freed. The caller ends with done. */
static struct observed *
gather(struct text *t)
{
	struct observed *o = mem_calloc(1, sizeof(*o));
	struct events *e;
	int fd;

	e = open_text(t, &fd);
	assert_non_null(e);
	observed_init(o, secret);
	observed_read(o, e);
	events_close(e);
	(void)close(fd);
	text_free(t);
	return o;
}

static void
done(struct observed *o)
{
	observed_fini(o);
	free(o);
}

static const struct observed_cell *
cell_of(const struct observed *o, const char *from, const char *to)
{
	const int a = observed_zone(o, from), b = observed_zone(o, to);

	assert_true(a >= 0 && b >= 0);
	return observed_at(o, (size_t)a, (size_t)b);
}

static void
a_conversation_counts_once_by_its_flow_line(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	add_event(&t,
	    (struct line){ .type = "sekisho_conversation",
		.id = 1,
		.verdict = "unjudged",
		.reason = "application" });
	add_event(&t, (struct line){ .type = "sekisho_conversation", .id = 1 });
	add_event(&t, (struct line){ .id = 1, .bytes = 9 });
	o = gather(&t);
	assert_int_equal(o->conversations, 1);
	assert_int_equal(o->open, 0);
	assert_int_equal(o->verdicts[VERDICT_CONFORM], 1);
	assert_int_equal(cell_of(o, "office", "core")->bytes[0], 9);
	assert_null(observed_at(o, 3, 2));
	done(o);
}

static void
one_that_did_not_end_counts_as_it_was_last_told(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	add_event(&t, (struct line){ .type = "sekisho_conversation", .id = 7 });
	add_event(&t,
	    (struct line){ .type = "sekisho_conversation",
		.id = 7,
		.verdict = "violate",
		.check = "SEG-1" });
	o = gather(&t);
	assert_int_equal(o->conversations, 1);
	assert_int_equal(o->open, 1);
	assert_int_equal(o->verdicts[VERDICT_VIOLATE], 1);
	assert_int_equal(cell_of(o, "office", "core")->checks[CHECK_SEG_1], 1);
	done(o);
}

static void
what_was_only_tried_is_told_apart(void **state)
{
	struct line l = { .verdict = "violate", .check = "SEG-1" };
	struct text t = { 0 };
	const struct observed_cell *c;
	struct observed *o;

	(void)state;
	l.outcome = "tried";
	l.passed = "unknown";
	add_event(&t, l);
	l.outcome = "refused";
	l.refused_by = "boundary";
	add_event(&t, l);
	l.refused_by = "host"; /* the firewall let it through */
	add_event(&t, l);
	l.outcome = "tried";
	l.passed = "yes"; /* seen beyond it */
	add_event(&t, l);
	l.outcome = "nonsense";
	l.passed = "";
	add_event(&t, l);
	o = gather(&t);
	c = cell_of(o, "office", "core");
	assert_int_equal(c->verdicts[VERDICT_VIOLATE], 5);
	assert_int_equal(c->tried[VERDICT_VIOLATE], 2);
	assert_int_equal(observed_crossed(c), 3);
	assert_int_equal(c->forbidden, 3);
	assert_int_equal(c->crossed[CHECK_SEG_1], 3);
	done(o);
}

static void
undeclared_is_what_no_conduit_covers_or_a_draft_keeps_back(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	add_event(&t, (struct line){ .verdict = "violate", .check = "SEG-2" });
	add_event(&t, (struct line){ .verdict = "violate", .check = "SEG-4" });
	add_event(&t,
	    (struct line){ .verdict = "unjudged", .reason = "draft" });
	add_event(&t,
	    (struct line){ .verdict = "unjudged", .reason = "one-way" });
	o = gather(&t);
	assert_int_equal(o->undeclared, 2);
	assert_int_equal(o->undeclared_draft, 1);
	assert_int_equal(observed_reason(o, cell_of(o, "office", "core"),
			     "one-way"),
	    1);
	done(o);
}

static void
a_sweep_does_not_drive_out_the_busy_one_nor_the_violation(void **state)
{
	const struct observed_top *tops[16];
	struct observed_rest rest;
	struct text t = { 0 };
	struct observed *o;
	uint64_t told = 0;
	bool busy = false;
	char from[32];
	size_t n;

	(void)state;
	add_event(&t, (struct line){ .verdict = "violate", .check = "SEG-1" });
	for (int i = 0; i < 4000; i++) {
		(void)snprintf(from, sizeof(from), "10.3.%d.%d", i / 200,
		    i % 200);
		add_event(&t,
		    (struct line){ .source = from,
			.verdict = "violate",
			.check = "SEG-1",
			.outcome = "tried",
			.passed = "unknown" });
		add_event(&t, (struct line){ .source = from });
		if (i % 40 == 0)
			add_event(&t, (struct line){ .source = "10.3.99.9" });
	}
	o = gather(&t);
	n = observed_tops(cell_of(o, "office", "core"), tops, 16, &rest);
	/* Of the sweep nothing is sure, and so nothing of it is shown. */
	assert_int_equal(n, 2);
	assert_int_equal(rest.rows, 2 * OBSERVED_TOPS_MAX - 1);
	assert_int_equal(rest.unsure, rest.rows);
	assert_int_equal(observed_mark_of_top(tops[0]), OBSERVED_MARK_VIOLATE);
	for (size_t i = 0; i < n; i++) {
		assert_true(tops[i]->count > tops[i]->error);
		told += tops[i]->count - tops[i]->error;
		if (strcmp(tops[i]->from, "10.3.99.9") != 0)
			continue;
		busy = true;
		assert_true(tops[i]->count >= 100);
		assert_true(tops[i]->count - tops[i]->error <= 100);
	}
	assert_true(busy);
	assert_int_equal(told + rest.conversations, 8101);
	assert_int_equal(cell_of(o, "office", "core")->hosts[0], 4001);
	done(o);
}

static void
of_some_hundred_the_top_is_exact_and_what_is_left_out_is_said(void **state)
{
	const struct observed_top *tops[16];
	struct observed_rest rest;
	struct text t = { 0 };
	struct observed *o;
	char from[32];

	(void)state;
	for (int i = 0; i < 500; i++) {
		(void)snprintf(from, sizeof(from), "10.3.%d.%d", i % 400 / 200,
		    i % 200);
		add_event(&t, (struct line){ .source = from });
		if (i % 50 == 0)
			add_event(&t, (struct line){ .source = "10.3.99.9" });
	}
	o = gather(&t);
	assert_int_equal(observed_tops(cell_of(o, "office", "core"), tops, 16,
			     &rest),
	    16);
	assert_string_equal(tops[0]->from, "10.3.99.9");
	assert_int_equal(tops[0]->count, 10);
	assert_int_equal(tops[1]->count, 2);
	assert_int_equal(tops[0]->error + tops[15]->error, 0);
	assert_int_equal(rest.rows, 401 - 16);
	assert_int_equal(rest.unsure, 0);
	assert_int_equal(rest.conversations, 510 - 10 - 15 * 2);
	done(o);
}

/* Cells that come late have some room each, whatever those before took. */
static void
what_all_cells_keep_together_is_bounded(void **state)
{
	const size_t cells = OBSERVED_TOPS_ALL_MAX /
		(OBSERVED_TOPS_MAX - OBSERVED_TOPS_LEAST) +
	    4;
	struct observed_top top = { .verdict = VERDICT_CONFORM };
	struct observed *o = mem_calloc(1, sizeof(*o));

	(void)state;
	observed_init(o, secret);
	for (size_t i = 0; i < cells; i++) {
		struct observed_cell *c = observed_cell_of(o, i, i);

		for (size_t k = 1; k <= OBSERVED_TOPS_MAX + 10; k++) {
			top.hash = k;
			observed_top_take(o, c, &top, "");
		}
		assert_in_range(c->tops[OBSERVED_MARK_CONFORM].count,
		    OBSERVED_TOPS_LEAST, OBSERVED_TOPS_MAX);
	}
	assert_true(o->top_room <= OBSERVED_TOPS_ALL_MAX);
	assert_int_equal(o->cells[0].tops[OBSERVED_MARK_CONFORM].count,
	    OBSERVED_TOPS_MAX);
	assert_true(o->cells[cells - 1].tops[OBSERVED_MARK_CONFORM].count <
	    OBSERVED_TOPS_MAX);
	done(o);
}

static void
zones_beyond_the_most_are_counted_together(void **state)
{
	struct text t = { 0 };
	struct observed *o;
	char zone[32];

	(void)state;
	for (int i = 0; i < OBSERVED_ZONES_MAX + 10; i++) {
		(void)snprintf(zone, sizeof(zone), "zone%d", i);
		add_event(&t, (struct line){ .from = zone, .to = zone });
	}
	o = gather(&t);
	assert_int_equal(o->zone_count, OBSERVED_ZONES_MAX);
	assert_int_equal(observed_at(o, OBSERVED_MORE_ZONES,
			     OBSERVED_MORE_ZONES)
			     ->verdicts[VERDICT_CONFORM],
	    12);
	done(o);
}

static void
an_address_in_no_zone_has_a_cell(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	add_event(&t,
	    (struct line){ .to = "", .verdict = "violate", .check = "SEG-9" });
	o = gather(&t);
	assert_non_null(observed_at(o, (size_t)observed_zone(o, "office"),
	    OBSERVED_NO_ZONE));
	done(o);
}

static void
bytes_never_wrap(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	for (int i = 0; i < 4; i++)
		add_event(&t, (struct line){ .bytes = INT64_MAX });
	add_event(&t, (struct line){ .bytes = -5 });
	o = gather(&t);
	assert_true(cell_of(o, "office", "core")->bytes[0] == UINT64_MAX);
	done(o);
}

static void
lines_that_are_no_events_are_counted(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	add_event(&t, (struct line){ .id = 1 });
	text_add(&t, "not json\n[1]\n\n{\"event_type\":\"new-kind\"}\n");
	text_add(&t, "{\"event_type\":\"flow\"}\n");
	o = gather(&t);
	assert_int_equal(o->lines, 5);
	assert_int_equal(o->unread, 2);
	assert_int_equal(o->unknown, 1);
	assert_int_equal(o->verdict_unknown, 1);
	assert_int_equal(o->conversations, 1);
	done(o);
}

static void
a_line_cut_anywhere_is_unread_and_not_passed_over(void **state)
{
	static const char *const types[] = { "flow", "sekisho_conversation" };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct text whole = { 0 };

		add_event(&whole, (struct line){ .type = types[k], .id = 3 });
		for (size_t n = 1; n + 1 < whole.length; n += 3) {
			struct text t = { 0 };
			struct observed *o;

			text_add_n(&t, whole.data, n);
			text_add_char(&t, '\n');
			add_event(&t, (struct line){ .id = 4 });
			o = gather(&t);
			assert_int_equal(o->unread, 1);
			assert_int_equal(o->conversations, 1);
			done(o);
		}
		text_free(&whole);
	}
}

/* A writer that died, and the next line on the same one. */
static void
a_cut_line_does_not_hide_the_one_that_follows_it_on_the_line(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	add_event(&t, (struct line){ .type = "sekisho_conversation", .id = 3 });
	t.length -= 20;
	t.data[t.length] = '\0';
	add_event(&t, (struct line){ .id = 4 });
	o = gather(&t);
	assert_int_equal(o->unread, 1);
	done(o);
}

static void
an_endless_line_takes_no_room(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	for (int i = 0; i < 3 * (1 << 20); i++)
		text_add_char(&t, 'x');
	text_add_char(&t, '\n');
	add_event(&t, (struct line){ .id = 1 });
	o = gather(&t);
	assert_int_equal(o->unread, 1);
	assert_int_equal(o->conversations, 1);
	done(o);
}

static void
the_head_of_a_line_is_known_only_as_a_probe_writes_it(void **state)
{
	static const struct {
		const char *line;
		bool known;
	} rows[] = {
		{ "{\"timestamp\":\"x\",\"flow_id\":12,\"in_iface\":\"s\","
		  "\"event_type\":\"flow\",\"a\":[{}]}",
		    true },
		{ "{\"timestamp\":\"x\",\"event_type\":\"stats\"}", true },
		{ "{ \"timestamp\":\"x\",\"event_type\":\"stats\"}", false },
		{ "{\"event_type\":\"flow\",\"timestamp\":\"x\"}", false },
		{ "{\"timestamp\":\"x\\\"y\",\"event_type\":\"flow\"}", false },
		{ "{\"timestamp\":\"x\",\"event_type\":\"flow\"", false },
		{ "{\"timestamp\":\"x\",\"event_type\":\"flow\"}}", false },
		{ "{\"timestamp\":\"x\",\"event_type\":\"flow\"}{}", false },
		{ "{\"timestamp\":\"x\",\"event_type\":\"flow\",\"a\":\"}",
		    false },
		{ "{\"timestamp\":\"x\",\"flow_id\":-1,\"event_type\":\"f\"}",
		    false },
		{ "{\"timestamp\":\"x\",\"flow_id\":99999999999999999999,"
		  "\"event_type\":\"f\"}",
		    false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct events_head head;
		struct text t = { 0 };
		struct events *e;
		int fd;

		text_add(&t, rows[i].line);
		e = open_text(&t, &fd);
		assert_true(events_line(e));
		assert_int_equal(events_head(e, &head), rows[i].known);
		assert_false(events_line(e));
		events_close(e);
		(void)close(fd);
		text_free(&t);
	}
}

static void
what_was_seen_of_a_boundary_is_summed_over_its_hours(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	for (int i = 0; i < 2; i++)
		text_add(&t,
		    "{\"event_type\":\"sekisho_coverage\",\"sekisho\":{"
		    "\"level\":\"boundary\",\"boundary\":\"main\","
		    "\"from\":\"2026-11-21T10:00:00.000000+0900\","
		    "\"until\":\"2026-11-21T11:00:00.000000+0900\","
		    "\"payload\":{\"seen\":950,\"missing\":20,\"unheard\":20,"
		    "\"for_drops\":5,\"margin\":5},\"tcp_conversations\":10,"
		    "\"tcp_one_way\":1}}\n");
	text_add(&t,
	    "{\"event_type\":\"sekisho_coverage\",\"sekisho\":{"
	    "\"level\":\"boundary\",\"boundary\":\"bare\"}}\n"
	    "{\"event_type\":\"sekisho_coverage\",\"sekisho\":{"
	    "\"level\":\"tap\",\"not_observable\":[\"LNK-2\",\"no\",7]}}\n");
	o = gather(&t);
	assert_int_equal(o->boundary_count, 2);
	assert_int_equal(observed_share(&o->boundaries[0]), 950);
	assert_int_equal(o->boundaries[0].seconds, 7200);
	assert_int_equal(o->boundaries[0].one_way, 2);
	assert_int_equal(observed_share(&o->boundaries[1]), -1);
	assert_true(o->unobservable[CHECK_LNK_2]);
	assert_false(o->unobservable[CHECK_NONE]);
	done(o);
}

static void
devices_alerts_and_days_count_once(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	text_add(&t,
	    "{\"timestamp\":\"2026-11-22T00:00:00.000000+0900\",\"event_type\":"
	    "\"sekisho_asset\",\"sekisho\":{\"mac\":\"02:00:00:00:00:01\","
	    "\"registered\":false}}\n"
	    "{\"timestamp\":\"2026-11-20T00:00:00.000000+0900\",\"event_type\":"
	    "\"sekisho_asset\",\"sekisho\":{\"mac\":\"02:00:00:00:00:01\","
	    "\"registered\":true}}\n"
	    "{\"timestamp\":\"2026-11-22T09:00:00.000000+0900\",\"event_type\":"
	    "\"sekisho_asset\",\"sekisho\":{\"mac\":null,\"addresses\":"
	    "[\"10.1.0.1\"],\"registered\":false}}\n"
	    "{\"timestamp\":\"nonsense\",\"event_type\":\"alert\",\"sekisho\":"
	    "{\"check\":\"SEG-1\",\"severity\":\"low\",\"emission\":\"new\"}}\n"
	    "{\"event_type\":\"alert\",\"sekisho\":{\"check\":\"SEG-1\","
	    "\"severity\":\"critical\",\"emission\":\"raised\"}}\n");
	o = gather(&t);
	assert_int_equal(o->devices.count, 2);
	assert_int_equal(o->devices.unregistered, 1);
	assert_int_equal(o->devices.unaddressed, 0);
	assert_true(observed_has_findings(o));
	assert_true(observed_has_nothing(o));
	assert_int_equal(o->alerts[CHECK_SEG_1].groups, 1);
	assert_int_equal(o->alerts[CHECK_SEG_1].severity, SEVERITY_CRITICAL);
	assert_int_equal(o->day_count, 2);
	assert_int_equal(o->days[0], 20261120);
	assert_string_equal(o->time.first, "2026-11-20T00:00:00.000000+0900");
	done(o);
}

static void
say_devices_is(const char *events, const char *said)
{
	struct text t = { 0 }, out = { 0 };
	struct observed *o;

	text_add(&t, events);
	o = gather(&t);
	devices_say(&o->devices, LANG_EN, &out);
	assert_string_equal(text_str(&out), said);
	text_free(&out);
	done(o);
}

#define DEVICE(mac, addresses, registered)                              \
	"{\"event_type\":\"sekisho_asset\",\"sekisho\":{\"mac\":\"" mac \
	"\",\"addresses\":[" addresses "],\"registered\":" registered "}}\n"

static void
devices_that_were_compared_with_nothing_are_not_called_registered(void **state)
{
	(void)state;
	say_devices_is("", "");
	say_devices_is(DEVICE("1", "", "null") DEVICE("2", "", "null"),
	    "devices: 2, no ledger (not compared)");
	say_devices_is(DEVICE("1", "", "null") DEVICE("2", "\"a\"", "false")
			   DEVICE("3", "\"b\"", "true"),
	    "devices: 3 (neither in the ledger nor in \"hosts\": 1; no "
	    "ledger, not compared: 1)");
	/* The last word on a device counts, an address once seen stays. */
	say_devices_is(DEVICE("1", "\"a\"", "true") DEVICE("1", "", "false"),
	    "devices: 1 (neither in the ledger nor in \"hosts\": 1)");
	say_devices_is(DEVICE("1", "", "false") DEVICE("2", "\"a\"", "false"),
	    "devices: 2 (neither in the ledger nor in \"hosts\": 2); of those "
	    "not in it 1 have no known address (routers beyond a line and the "
	    "like)");
}

static void
too_many_open_ones_are_counted(void **state)
{
	struct text t = { 0 };
	struct observed *o;

	(void)state;
	for (long i = 1; i <= OBSERVED_OPEN_MAX + 5; i++)
		add_event(&t,
		    (struct line){ .type = "sekisho_conversation", .id = i });
	o = gather(&t);
	assert_int_equal(o->open, OBSERVED_OPEN_MAX);
	assert_int_equal(o->open_lost, 5);
	done(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_conversation_counts_once_by_its_flow_line),
		cmocka_unit_test(
		    one_that_did_not_end_counts_as_it_was_last_told),
		cmocka_unit_test(what_was_only_tried_is_told_apart),
		cmocka_unit_test(
		    undeclared_is_what_no_conduit_covers_or_a_draft_keeps_back),
		cmocka_unit_test(
		    a_sweep_does_not_drive_out_the_busy_one_nor_the_violation),
		cmocka_unit_test(
		    of_some_hundred_the_top_is_exact_and_what_is_left_out_is_said),
		cmocka_unit_test(what_all_cells_keep_together_is_bounded),
		cmocka_unit_test(
		    devices_that_were_compared_with_nothing_are_not_called_registered),
		cmocka_unit_test(zones_beyond_the_most_are_counted_together),
		cmocka_unit_test(an_address_in_no_zone_has_a_cell),
		cmocka_unit_test(bytes_never_wrap),
		cmocka_unit_test(lines_that_are_no_events_are_counted),
		cmocka_unit_test(
		    a_line_cut_anywhere_is_unread_and_not_passed_over),
		cmocka_unit_test(
		    a_cut_line_does_not_hide_the_one_that_follows_it_on_the_line),
		cmocka_unit_test(an_endless_line_takes_no_room),
		cmocka_unit_test(
		    the_head_of_a_line_is_known_only_as_a_probe_writes_it),
		cmocka_unit_test(
		    what_was_seen_of_a_boundary_is_summed_over_its_hours),
		cmocka_unit_test(devices_alerts_and_days_count_once),
		cmocka_unit_test(too_many_open_ones_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
