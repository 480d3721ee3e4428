/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The channel: what is told arrives in order, or is counted and told of; what
 * arrived and what is told as lost is always all that there was.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"
#include "observing.h"

struct scene {
	struct observing *s;
	int ends[2]; /* [0] the channel's, [1] the recorder's */
	struct channel *channel;
	struct channel_counters counters;
	struct observer tell;
	struct record_reader *reader;
	/* What arrived. */
	uint64_t records, sequence, gaps, lost, lost_conversations;
	uint64_t by_type[RECORD_TYPE_COUNT];
	uint64_t line; /* number in the last line */
	bool disordered;
	struct gap gap;
	uint32_t generation; /* of the last head */
};

static void
on_gap(void *context, const struct gap *g)
{
	struct scene *t = context;

	t->gap = *g;
	t->gaps++;
	t->lost += g->records;
	t->lost_conversations += g->conversations;
}

static void
on_log(void *context, const char *line)
{
	struct scene *t = context;
	const uint64_t number = strtoull(line, NULL, 10);

	t->disordered = t->disordered || number <= t->line;
	t->line = number;
}

/* Takes at most that many records; returns how many there were. */
static size_t
take(struct scene *t, size_t most)
{
	static uint8_t bytes[RECORD_BYTES_MAX];
	const struct observer observer = { .context = t,
		.gap = on_gap,
		.log = on_log };
	struct record_head head;
	size_t taken = 0;
	ssize_t n;

	while (taken < most &&
	    (n = recv(t->ends[1], bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
		assert_int_equal(record_read_head(bytes, (size_t)n, &head),
		    RECORD_OK);
		t->disordered = t->disordered ||
		    head.sequence != t->sequence + 1;
		t->sequence = head.sequence;
		t->generation = head.generation;
		t->by_type[head.type]++;
		t->records++;
		assert_int_equal(record_read(t->reader, bytes, (size_t)n,
				     t->s->m, head.generation, &observer),
		    RECORD_OK);
		taken++;
	}
	return taken;
}

static void
take_all(struct scene *t)
{
	do
		(void)channel_flush(t->channel);
	while (take(t, SIZE_MAX) > 0);
}

static void
open_channel(struct scene *t, bool blocking)
{
	const int room = 65536;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     t->ends),
	    0);
	assert_int_equal(setsockopt(t->ends[0], SOL_SOCKET, SO_SNDBUF, &room,
			     sizeof(room)),
	    0);
	t->channel = channel_new(t->ends[0], 2, 5, 1, blocking, &t->counters);
	t->tell = channel_observer(t->channel);
}

static int
set_up(void **state)
{
	struct scene *t = calloc(1, sizeof(*t));

	(void)signal(SIGPIPE, SIG_IGN);
	t->s = observing_new();
	t->reader = record_reader_new();
	open_channel(t, false);
	*state = t;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *t = *state;

	channel_free(t->channel);
	if (t->ends[1] >= 0)
		(void)close(t->ends[1]);
	record_reader_free(t->reader);
	observing_free(t->s);
	free(t);
	return 0;
}

/* A line that begins with its number and is that long. */
static void
tell_line(struct scene *t, uint64_t number, size_t length)
{
	char line[4096];

	memset(line, '.', sizeof(line));
	line[length] = '\0';
	line[snprintf(line, 24, "%llu", (unsigned long long)number)] = ' ';
	t->tell.log(t->tell.context, line);
}

static void
make_plain(struct scene *t, enum observation_stage stage)
{
	observing_conversation(t->s);
	memset(&t->s->v, 0, sizeof(t->s->v));
	t->s->o.stage = stage;
}

static uint64_t
backlog(const struct scene *t)
{
	uint64_t sum = 0;

	for (int i = 0; i < RECORD_CLASS_COUNT; i++)
		sum += channel_counters(t->channel)->backlog[i];
	return sum;
}

/* A notice, a device, evidence, a minute and a view. */
static void
tell_of_this_and_that(struct scene *t)
{
	struct tap_minute minute = { .tap = observing_tap(t->s) };
	struct evidence_set evidence = { .now = observing_time(t->s) };
	static struct tap_view view;

	observing_notice(t->s);
	t->tell.notice(t->tell.context, &t->s->notice);
	observing_device(t->s);
	t->tell.device(t->tell.context, &t->s->device);
	t->tell.evidence(t->tell.context, &evidence);
	minute.from = minute.until = observing_time(t->s);
	t->tell.minute(t->tell.context, &minute);
	view.tap = minute.tap;
	t->tell.view(t->tell.context, &view);
}

static void
test_everything_told_arrives_in_order_without_holes(void **state)
{
	struct scene *t = *state;

	for (int i = 0; i < 50; i++) {
		observing_conversation(t->s);
		t->tell.conversation(t->tell.context, &t->s->o);
		observing_coverage(t->s);
		t->tell.coverage(t->tell.context, &t->s->coverage);
		observing_account(t->s);
		t->tell.account(t->tell.context, &t->s->tally);
		t->tell.tick(t->tell.context, (struct wall_us){ i });
		observing_gap(t->s);
		t->tell.gap(t->tell.context, &t->s->gap);
		observing_health(t->s);
		t->tell.health(t->tell.context, &t->s->health);
		tell_line(t, (uint64_t)i + 1, 30);
		tell_of_this_and_that(t);
		take_all(t);
	}
	assert_int_equal(t->records, 600);
	for (int i = 1; i < RECORD_TYPE_COUNT; i++)
		assert_int_equal(t->by_type[i], 50);
	assert_false(t->disordered);
	assert_int_equal(channel_counters(t->channel)->sent, 600);
	assert_int_equal(channel_sequence(t->channel), 601);
	assert_int_equal(backlog(t), 0);
}

static void
test_what_finds_no_room_in_the_socket_waits_its_turn(void **state)
{
	struct scene *t = *state;

	for (uint64_t i = 1; i <= 900; i++)
		tell_line(t, i, 1000);
	assert_true(channel_is_waiting(t->channel));
	assert_true(channel_counters(t->channel)->waiting > 800);
	take_all(t);
	assert_false(channel_is_waiting(t->channel));
	assert_int_equal(t->records, 900);
	assert_int_equal(t->line, 900);
	assert_false(t->disordered);
	assert_int_equal(t->gaps, 0);
}

static void
test_a_flood_of_one_class_takes_no_room_of_another(void **state)
{
	struct scene *t = *state;

	for (uint64_t i = 1; i <= 5000; i++)
		tell_line(t, i, 1000);
	assert_true(backlog(t) > 3000);
	assert_int_equal(channel_counters(t->channel)->backlog[RECORD_MINOR],
	    backlog(t));
	make_plain(t, OBSERVATION_FINAL);
	t->tell.conversation(t->tell.context, &t->s->o);
	observing_coverage(t->s);
	t->tell.coverage(t->tell.context, &t->s->coverage);
	assert_int_equal(channel_counters(t->channel)->backlog[RECORD_MINOR],
	    backlog(t));
	take_all(t);
	assert_int_equal(t->by_type[RECORD_CONVERSATION], 1);
	assert_int_equal(t->by_type[RECORD_COVERAGE], 1);
	assert_int_equal(t->by_type[RECORD_LOG] + t->lost, 5000);
	assert_int_equal(t->gaps, 1);
	assert_int_equal(t->gap.kind, GAP_BACKLOG);
	assert_int_equal(t->gap.conversations, 0);
	assert_false(t->disordered);
}

static void
test_last_words_that_are_lost_are_counted_as_conversations(void **state)
{
	struct scene *t = *state;
	uint64_t arrived;

	t->tell.tick(t->tell.context, (struct wall_us){ 1000 });
	for (int i = 0; i < 100000; i++) {
		make_plain(t, i % 2 ? OBSERVATION_FINAL : OBSERVATION_UPDATE);
		t->s->o.now.us = 1000 + i;
		t->tell.conversation(t->tell.context, &t->s->o);
	}
	assert_true(t->counters.backlog[RECORD_FINAL] > 0);
	assert_true(t->counters.backlog[RECORD_UPDATE] > 0);
	assert_int_equal(t->counters.conversations,
	    t->counters.backlog[RECORD_FINAL]);
	take_all(t);
	arrived = t->by_type[RECORD_CONVERSATION];
	assert_int_equal(arrived + t->lost, 100000);
	assert_int_equal(t->lost, backlog(t));
	assert_int_equal(t->lost_conversations, t->counters.conversations);
	assert_true(t->gap.from.us > 1000);
	assert_int_equal(t->gap.until.us, 1000 + 99999);
	assert_int_equal(t->counters.told, t->lost);
	/* once told, it is not told again */
	take_all(t);
	assert_int_equal(t->gaps, 1);
}

static void
test_losses_that_go_on_are_told_each_second(void **state)
{
	struct scene *t = *state;
	uint64_t number = 0;

	for (int i = 0; i < 2000; i++)
		tell_line(t, ++number, 1000);
	/* A recorder that takes one for each two that come. */
	for (int second = 1; second <= 20; second++) {
		for (int i = 0; i < 50; i++) {
			tell_line(t, ++number, 1000);
			tell_line(t, ++number, 1000);
			(void)take(t, 1);
			(void)channel_flush(t->channel);
		}
		t->tell.tick(t->tell.context,
		    (struct wall_us){ second * CLOCK_SECOND });
	}
	assert_true(t->counters.told > 0);
	take_all(t);
	assert_true(t->gaps >= 15 && t->gaps <= 25);
	assert_int_equal(t->by_type[RECORD_LOG] + t->by_type[RECORD_TICK] +
		t->lost,
	    number + 20);
	assert_false(t->disordered);
}

static void
test_the_queue_goes_round_without_a_byte_amiss(void **state)
{
	struct scene *t = *state;
	uint64_t number = 0;

	for (int i = 0; i < 200; i++)
		tell_line(t, ++number, 100 + observing_below(t->s, 3900));
	for (int i = 0; i < 40000; i++) { /* never empty: about 80 MB */
		tell_line(t, ++number, 100 + observing_below(t->s, 3900));
		(void)take(t, 1);
		(void)channel_flush(t->channel);
		assert_true(channel_is_waiting(t->channel));
	}
	take_all(t);
	assert_int_equal(t->records, number);
	assert_int_equal(t->line, number);
	assert_false(t->disordered);
}

static void
test_a_record_that_no_socket_takes_is_told_as_lost(void **state)
{
	struct scene *t = *state;
	const int room = 1; /* the kernel gives the least it has */

	assert_int_equal(setsockopt(t->ends[0], SOL_SOCKET, SO_SNDBUF, &room,
			     sizeof(room)),
	    0);
	do
		observing_health(t->s);
	while (t->s->health.tap_count < 60);
	t->tell.health(t->tell.context, &t->s->health);
	tell_line(t, 1, 100);
	take_all(t);
	assert_int_equal(t->counters.backlog[RECORD_URGENT], 1);
	assert_int_equal(t->lost, 1);
	assert_int_equal(t->line, 1);
	assert_false(t->disordered);
}

static void
test_the_generation_goes_with_each_record(void **state)
{
	struct scene *t = *state;

	tell_line(t, 1, 100);
	take_all(t);
	assert_int_equal(t->generation, 5);
	channel_generation(t->channel, 6);
	tell_line(t, 2, 100);
	take_all(t);
	assert_int_equal(t->generation, 6);
}

static void
test_what_is_told_when_the_other_end_is_gone_waits(void **state)
{
	struct scene *t = *state;

	assert_int_equal(close(t->ends[1]), 0);
	t->ends[1] = -1;
	for (uint64_t i = 1; i <= 10; i++)
		tell_line(t, i, 100);
	assert_false(channel_flush(t->channel));
	assert_false(channel_is_waiting(t->channel)); /* poll would spin */
	assert_int_equal(t->counters.waiting, 10);
	assert_int_equal(backlog(t), 0);
	assert_int_equal(channel_sequence(t->channel), 1);
	assert_false(channel_drain(t->channel, 100));
	assert_int_equal(t->counters.waiting, 0);
	assert_int_equal(backlog(t), 10);
}

static void
test_a_new_reader_of_the_same_end_misses_nothing(void **state)
{
	struct scene *t = *state;
	int kept = dup(t->ends[1]); /* as the supervisor keeps it */

	for (uint64_t i = 1; i <= 300; i++)
		tell_line(t, i, 1000);
	(void)take(t, 20);
	assert_int_equal(close(t->ends[1]), 0); /* the reader dies */
	for (uint64_t i = 301; i <= 400; i++)
		tell_line(t, i, 1000);
	t->ends[1] = kept;
	take_all(t);
	assert_int_equal(t->records, 400);
	assert_false(t->disordered);
	assert_int_equal(t->gaps, 0);
}

static void
test_what_dies_in_the_queue_is_told_by_the_next_engine(void **state)
{
	struct scene *t = *state;

	for (uint64_t i = 1; i <= 800; i++)
		tell_line(t, i, 1000);
	make_plain(t, OBSERVATION_FINAL);
	t->tell.conversation(t->tell.context, &t->s->o);
	(void)take(t, SIZE_MAX);
	assert_true(t->counters.waiting > 0);
	/* The engine dies; its counters and the socket live. */
	t->ends[0] = dup(t->ends[0]);
	channel_free(t->channel);
	t->channel = channel_new(t->ends[0], 2, 5, 1, false, &t->counters);
	t->tell = channel_observer(t->channel);
	tell_line(t, 1000, 100);
	take_all(t);
	assert_int_equal(t->by_type[RECORD_LOG] + t->lost, 800 + 1 + 1);
	assert_int_equal(t->lost_conversations, 1);
	assert_int_equal(t->gap.from.us, 0); /* nobody knows since when */
	assert_int_equal(t->line, 1000);
	assert_false(t->disordered); /* nor is there a hole */
	assert_int_equal(t->sequence + 1, channel_sequence(t->channel));
}

static void
test_counters_that_lie_do_no_harm(void **state)
{
	struct scene *t = *state;

	t->ends[0] = dup(t->ends[0]);
	channel_free(t->channel);
	memset(&t->counters, 0xff, sizeof(t->counters));
	t->channel = channel_new(t->ends[0], 2, 5, 9, false, &t->counters);
	t->tell = channel_observer(t->channel);
	t->sequence = 8;
	tell_line(t, 1, 100);
	take_all(t);
	assert_int_equal(t->line, 1);
	assert_false(t->disordered);
}

/* Reads all as slowly as that; exit code 0 when nothing is amiss. */
static void
read_slowly(struct scene *t, uint64_t records)
{
	while (t->records < records) {
		struct timespec pause = { 0, 20000000 };

		(void)nanosleep(&pause, NULL);
		(void)take(t, SIZE_MAX);
	}
	_exit(t->disordered || t->gaps > 0);
}

static void
test_offline_it_waits_for_room_and_nothing_is_lost(void **state)
{
	struct scene *t = *state;
	const uint64_t records = 3000;
	int status = -1;
	pid_t pid;

	channel_free(t->channel);
	(void)close(t->ends[1]);
	memset(&t->counters, 0, sizeof(t->counters));
	open_channel(t, true);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		read_slowly(t, records);
	for (uint64_t i = 1; i <= records; i++)
		tell_line(t, i, 1000);
	assert_int_equal(t->counters.waiting, 0);
	assert_int_equal(t->counters.sent, records);
	assert_true(channel_drain(t->channel, -1));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(backlog(t), 0);
}

static void
test_the_end_waits_until_all_is_read_or_time_is_up(void **state)
{
	struct scene *t = *state;
	int status = -1;
	pid_t pid;

	for (uint64_t i = 1; i <= 900; i++)
		tell_line(t, i, 1000);
	assert_true(channel_is_waiting(t->channel));
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		read_slowly(t, 900);
	assert_true(channel_drain(t->channel, 10000));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(t->counters.sent, 900);
	for (uint64_t i = 1; i <= 200; i++)
		tell_line(t, i, 1000);
	assert_false(channel_drain(t->channel, 50)); /* nobody reads */
	assert_int_equal(t->counters.waiting, 0);
	assert_int_equal(t->counters.sent + backlog(t), 1100);
}

/* Anything at any time, read at any pace: what arrived and what was told as
 * lost is all there was. */
static void
test_arrived_and_lost_are_always_all_there_was(void **state)
{
	struct scene *t = *state;
	uint64_t told = 0, lines = 0;

	for (int i = 0; i < 30000; i++) {
		const size_t pace = observing_below(t->s, 4);

		told += pace > 0 ? 2 : 1;
		if (pace > 0) {
			make_plain(t,
			    pace == 1 ? OBSERVATION_FINAL : OBSERVATION_FIRST);
			t->tell.conversation(t->tell.context, &t->s->o);
			tell_line(t, ++lines, 30 + observing_below(t->s, 4000));
		} else {
			t->tell.tick(t->tell.context, observing_time(t->s));
		}
		if (observing_below(t->s, 3000) == 0)
			take_all(t);
		else if (observing_below(t->s, 4) == 0)
			(void)take(t, observing_below(t->s, 5));
	}
	take_all(t);
	assert_int_equal(t->records - t->gaps + t->lost, told);
	assert_int_equal(t->lost, backlog(t));
	assert_int_equal(t->lost_conversations, t->counters.conversations);
	assert_true(t->gaps > 0);
	assert_false(t->disordered);
}

#define WITH_SCENE(test) \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* Its counters lie where the dead one could write what it liked. */
static void
test_counts_that_cannot_be_are_not_taken_over(void **state)
{
	struct channel_counters n;
	int ends[2];
	struct channel *c;

	(void)state;
	memset(&n, 0xff, sizeof(n));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	c = channel_new(ends[0], 0, 1, 1, false, &n);
	assert_int_equal(channel_sequence(c), 1);
	for (int i = 0; i < RECORD_CLASS_COUNT; i++)
		assert_int_equal(channel_counters(c)->backlog[i], 0);
	assert_int_equal(channel_counters(c)->conversations, 0);
	channel_free(c);
	(void)close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCENE(test_everything_told_arrives_in_order_without_holes),
		WITH_SCENE(
		    test_what_finds_no_room_in_the_socket_waits_its_turn),
		WITH_SCENE(test_a_flood_of_one_class_takes_no_room_of_another),
		WITH_SCENE(
		    test_last_words_that_are_lost_are_counted_as_conversations),
		WITH_SCENE(test_losses_that_go_on_are_told_each_second),
		WITH_SCENE(test_the_queue_goes_round_without_a_byte_amiss),
		WITH_SCENE(test_a_record_that_no_socket_takes_is_told_as_lost),
		WITH_SCENE(test_the_generation_goes_with_each_record),
		WITH_SCENE(test_what_is_told_when_the_other_end_is_gone_waits),
		WITH_SCENE(test_a_new_reader_of_the_same_end_misses_nothing),
		WITH_SCENE(
		    test_what_dies_in_the_queue_is_told_by_the_next_engine),
		WITH_SCENE(test_counters_that_lie_do_no_harm),
		cmocka_unit_test(test_counts_that_cannot_be_are_not_taken_over),
		WITH_SCENE(test_offline_it_waits_for_room_and_nothing_is_lost),
		WITH_SCENE(test_the_end_waits_until_all_is_read_or_time_is_up),
		WITH_SCENE(test_arrived_and_lost_are_always_all_there_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
