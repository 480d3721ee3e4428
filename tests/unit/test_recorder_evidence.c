/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What alerts say of their packets: which file, or why there is none, over the
 * life of a group. With SEKISHO_EVE_LINES set the lines are held against the
 * schema.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "exhibit.h"
#include "recorder.h"
#include "recording.h"

struct scene {
	struct recording *t;
	char path[64];
	int folder;
	struct exhibits *x;
	struct recorder *r;
	struct observer observer;
	struct text lines, last; /* of all; the last alert line */
	struct evidence_set set;
};

static bool
on_line(void *context, const char *line, size_t length, bool conversation,
    struct wall_us now)
{
	struct scene *s = context;

	(void)conversation;
	(void)now;
	text_add_n(&s->lines, line, length);
	if (memmem(line, length, "\"event_type\":\"alert\"", 20) == NULL)
		return true;
	text_clear(&s->last);
	text_add_n(&s->last, line, length);
	return true;
}

static void
begin(struct scene *s, bool folder)
{
	const struct exhibit_limits limits = { .check_files = 3 };
	struct recorder_sink sink = { .context = s, .line = on_line };

	exhibit_free(s->x);
	s->x = exhibit_new(s->folder, &limits, recording_secret,
	    (struct wall_us){ RECORDING_START });
	recorder_free(s->r);
	sink.exhibits = folder ? s->x : NULL;
	s->r = recorder_new_sink(s->t->m, 1, "probe1", LANG_EN, &sink,
	    recording_secret);
	s->observer = recorder_observer(s->r);
}

static int
set_up(void **state)
{
	struct scene *s = mem_calloc(1, sizeof(*s));

	digest_init();
	s->t = recording_new();
	(void)snprintf(s->path, sizeof(s->path), "/tmp/evidence-XXXXXX");
	if (mkdtemp(s->path) == NULL)
		return -1;
	s->folder = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	begin(s, true);
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;
	DIR *dir = opendir(s->path);
	const struct dirent *e;

	recording_keep(text_str(&s->lines), s->lines.length);
	while ((e = readdir(dir)) != NULL)
		(void)unlinkat(s->folder, e->d_name, 0);
	(void)closedir(dir);
	(void)close(s->folder);
	(void)rmdir(s->path);
	recorder_free(s->r);
	exhibit_free(s->x);
	recording_free(s->t);
	text_free(&s->lines);
	text_free(&s->last);
	free(s);
	return 0;
}

/* What the engine keeps of the conversation at hand: so many packets. */
static void
packets(struct scene *s, size_t count)
{
	static const uint8_t bytes[54];

	memset(&s->set, 0, sizeof(s->set));
	s->set.flow_id = s->t->o.flow_id;
	s->set.now = s->t->o.now;
	s->set.packet_count = count;
	for (size_t i = 0; i < count; i++)
		s->set.packets[i] = (struct evidence_packet){
			.time = { RECORDING_START + (int64_t)i },
			.tap = s->t->o.tap,
			.link_type = 1,
			.kept = sizeof(bytes),
			.wire = 600,
			.bytes = bytes,
			.cut = true,
		};
	s->observer.evidence(s->observer.context, &s->set);
}

static void
say(struct scene *s)
{
	s->observer.conversation(s->observer.context, &s->t->o);
}

/* Whether the last alert says so of its evidence. */
static bool
says(const struct scene *s, const char *evidence)
{
	const char *at = strstr(text_str(&s->last), "\"evidence\":");

	if (at == NULL)
		return false;
	at += strlen("\"evidence\":");
	if (strncmp(at, evidence, strlen(evidence)) == 0)
		return true;
	(void)fprintf(stderr, "not %s: %.80s\n", evidence, at);
	return false;
}

static bool
none(const struct scene *s, const char *reason)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "{\"file\":null,\"reason\":\"%s\"}",
	    reason);
	return says(s, text);
}

static void
an_alert_names_the_packets_of_its_conversation(void **state)
{
	struct scene *s = *state;

	packets(s, 3);
	say(s);
	assert_true(says(s,
	    "{\"file\":\"evidence/188123456789.pcapng\",\"sha256\":\""));
	assert_non_null(strstr(text_str(&s->last),
	    "\"packets\":3,\"payload\":false,\"cut\":true,\"missing\":0,"
	    "\"so_far\":true}"));
	assert_int_equal(exhibit_counters(s->x)->held, 0);
}

/* All of the first packets, or all that there were. */
static void
what_is_whole_is_not_so_far(void **state)
{
	struct scene *s = *state;

	packets(s, EVIDENCE_FIRST_MAX);
	say(s);
	assert_non_null(strstr(text_str(&s->last), "\"packets\":16,"));
	assert_non_null(strstr(text_str(&s->last), "\"so_far\":false}"));
}

static void
an_ended_conversation_is_not_so_far(void **state)
{
	struct scene *s = *state;

	s->t->c.ended = true;
	packets(s, 3);
	say(s);
	assert_non_null(strstr(text_str(&s->last), "\"so_far\":false}"));
}

static void
a_line_that_rises_has_a_file_of_its_own(void **state)
{
	struct scene *s = *state;
	struct recording *t = s->t;

	t->c.outcome = OUTCOME_TRIED;
	t->v.deciding.severity = SEVERITY_LOW;
	packets(s, 1);
	say(s);
	s->observer.tick(s->observer.context,
	    (struct wall_us){ t->o.now.us + 4 * CLOCK_SECOND });
	assert_true(says(s, "{\"file\":\"evidence/188123456789.pcapng\""));
	t->o.now.us += 5 * CLOCK_SECOND;
	t->c.outcome = OUTCOME_DATA;
	t->v.deciding.severity = SEVERITY_CRITICAL;
	packets(s, 5);
	say(s);
	assert_true(says(s, "{\"file\":\"evidence/188123456789-2.pcapng\""));
}

static void
what_is_held_waits_for_its_line(void **state)
{
	struct scene *s = *state;
	struct recording *t = s->t;

	t->c.outcome = OUTCOME_TRIED;
	packets(s, 1);
	say(s);
	assert_int_equal(exhibit_counters(s->x)->held, 1);
	packets(s, 2); /* what came since */
	s->observer.tick(s->observer.context,
	    (struct wall_us){ t->o.now.us + 4 * CLOCK_SECOND });
	assert_non_null(strstr(text_str(&s->last), "\"packets\":2,"));
	assert_int_equal(exhibit_counters(s->x)->held, 0);
}

static void
conversations_without_a_line_have_no_file(void **state)
{
	struct scene *s = *state;
	struct recording *t = s->t;

	packets(s, 3);
	say(s);
	for (int i = 0; i < 5; i++) {
		t->o.flow_id++;
		packets(s, 3);
		say(s);
		assert_int_equal(exhibit_counters(s->x)->held, 0);
	}
	assert_int_equal(exhibit_counters(s->x)->files, 1);
	recorder_finish(s->r, t->o.now);
	assert_non_null(strstr(text_str(&s->last), "\"emission\":\"closed\""));
	assert_true(says(s, "{\"file\":\"evidence/188123456789.pcapng\""));
	assert_int_equal(exhibit_counters(s->x)->files, 1);
}

static void
packets_that_never_came_are_said_to_be_lost(void **state)
{
	struct scene *s = *state;
	const struct recorder_totals before = { 0 };

	say(s);
	assert_true(none(s, "backlog"));
	begin(s, true);
	recorder_resume(s->r, &before);
	say(s);
	assert_true(none(s, "gone"));
	begin(s, true);
	packets(s, 0); /* the engine has none left */
	say(s);
	assert_true(none(s, "gone"));
	assert_int_equal(recorder_totals(s->r)->evidence_missing, 1);
}

static void
without_a_folder_there_is_no_file(void **state)
{
	struct scene *s = *state;

	begin(s, false);
	packets(s, 3);
	say(s);
	assert_true(none(s, "no-folder"));
}

static void
a_check_without_room_says_so(void **state)
{
	struct scene *s = *state;
	struct recording *t = s->t;

	for (int i = 0; i < 4; i++) {
		char from[32];

		(void)snprintf(from, sizeof(from), "10.3.1.%d", 20 + i);
		recording_between(t, from, "10.1.0.10");
		t->o.flow_id++;
		packets(s, 2);
		say(s);
	}
	assert_true(none(s, "limit"));
	assert_int_equal(recorder_totals(s->r)->evidence, 3);
	assert_int_equal(recorder_totals(s->r)->evidence_missing, 1);
}

static void
accounts_and_health_count_the_files(void **state)
{
	struct scene *s = *state;
	const struct tally tally = { .now = s->t->o.now, .final = true };

	packets(s, 3);
	say(s);
	s->observer.account(s->observer.context, &tally);
	assert_non_null(
	    strstr(text_str(&s->lines), "\"evidence\":{\"files\":1,"));
	begin(s, false);
	s->observer.account(s->observer.context, &tally);
	assert_non_null(
	    strstr(text_str(&s->lines), "\"evidence\":null,\"novelty\":"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_alert_names_the_packets_of_its_conversation),
		TEST(what_is_whole_is_not_so_far),
		TEST(an_ended_conversation_is_not_so_far),
		TEST(a_line_that_rises_has_a_file_of_its_own),
		TEST(what_is_held_waits_for_its_line),
		TEST(conversations_without_a_line_have_no_file),
		TEST(packets_that_never_came_are_said_to_be_lost),
		TEST(without_a_folder_there_is_no_file),
		TEST(a_check_without_room_says_so),
		TEST(accounts_and_health_count_the_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
