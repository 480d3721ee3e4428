/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What alerted before: over restarts, over days, over a clock that steps, with
 * a file damaged at every byte and cut at every length, and without room.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <signal.h>

#include "base/mem.h"
#include "novelty_internal.h"

#define START INT64_C(1795223730000000) /* 2026-11-21T10:15:30+0900 */
#define JAPAN (9 * 3600)
#define FILE_MAX 65536

static const uint8_t secret[16] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7 };

struct desk {
	char path[64];
	int folder;
	struct novelty *n;
	struct novelty_limits limits;
	struct wall_us begins;
	struct alert alert;
	struct novelty_seen seen;
	uint8_t file[FILE_MAX];
	size_t length;
};

static int
set_up(void **state)
{
	struct desk *p = mem_calloc(1, sizeof(*p));

	(void)snprintf(p->path, sizeof(p->path), "/tmp/novelty-XXXXXX");
	if (mkdtemp(p->path) == NULL)
		return -1;
	p->folder = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->begins.us = START;
	*state = p;
	return p->folder < 0 ? -1 : 0;
}

static void
empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *e;

	while ((e = readdir(dir)) != NULL)
		if (unlinkat(dirfd(dir), e->d_name, 0) != 0)
			(void)unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
	(void)closedir(dir);
}

static int
tear_down(void **state)
{
	struct desk *p = *state;

	novelty_free(p->n);
	empty(p->path);
	(void)close(p->folder);
	(void)rmdir(p->path);
	free(p);
	return 0;
}

static void
begin(struct desk *p)
{
	p->n = novelty_new(p->folder, &p->limits, JAPAN, secret, p->begins);
}

static void
again(struct desk *p)
{
	novelty_free(p->n);
	begin(p);
}

/* An alert of that check, from host 10.3.1.x to 10.1.0.10:445. */
static void
alert_of(struct desk *p, enum check check, uint8_t host)
{
	struct alert *a = &p->alert;

	memset(a, 0, sizeof(*a));
	a->finding.check = check;
	a->finding.severity = SEVERITY_HIGH;
	a->clause.kind = CLAUSE_GUIDELINE;
	a->clause.id = "alpha";
	a->clause.from = TIER_INTERNET;
	a->clause.to = TIER_MYNUMBER;
	a->ends.protocol = 6;
	a->ends.port[1] = 445;
	for (int i = 0; i < 2; i++) {
		a->ends.address[i].family = 4;
		a->ends.address[i].bytes[0] = 10;
		a->ends.address[i].bytes[1] = i == 0 ? 3 : 1;
	}
	a->ends.address[0].bytes[3] = host;
	a->ends.address[1].bytes[3] = 10;
}

/* A group that opens after so many microseconds, and what its line says. */
static const struct novelty_seen *
see(struct desk *p, enum check check, uint8_t host, int64_t after)
{
	const struct wall_us at = { START + after };

	alert_of(p, check, host);
	novelty_see(p->n, &p->alert, at, at, &p->seen);
	return &p->seen;
}

static void
read_file(struct desk *p)
{
	const int fd = openat(p->folder, NOVELTY_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, p->file, sizeof(p->file));
	assert_true(n >= 0 && (size_t)n < sizeof(p->file));
	p->length = (size_t)n;
	(void)close(fd);
}

static void
write_file(struct desk *p, const char *name, size_t length)
{
	const int fd = openat(p->folder, name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p->file, length), (ssize_t)length);
	(void)close(fd);
}

static bool
is_there(const struct desk *p, const char *name)
{
	return faccessat(p->folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
first_is_first_and_second_is_not(void **state)
{
	struct desk *p = *state;
	const struct novelty_seen *s;

	begin(p);
	s = see(p, CHECK_SEG_1, 5, 0);
	assert_true(s->known && s->first_ever);
	assert_int_equal(s->days, 1);
	assert_int_equal(s->hosts_same_check, 1);
	assert_int_equal(s->first.us, 0);
	assert_int_equal(s->last.us, 0);
	assert_int_equal(s->since.us, START);
	s = see(p, CHECK_SEG_1, 5, CLOCK_HOUR);
	assert_true(s->known);
	assert_false(s->first_ever);
	assert_int_equal(s->first.us, START);
	assert_int_equal(s->last.us, START);
	assert_int_equal(s->days, 1);
}

static void
all_lines_of_a_group_say_the_same(void **state)
{
	struct desk *p = *state;
	const struct wall_us first = { START + CLOCK_MINUTE };
	const struct wall_us last = { START + 10 * CLOCK_MINUTE };

	begin(p);
	alert_of(p, CHECK_SEG_1, 5);
	novelty_see(p->n, &p->alert, first, first, &p->seen);
	assert_true(p->seen.first_ever);
	novelty_see(p->n, &p->alert, first, last, &p->seen);
	assert_true(p->seen.first_ever);
	(void)see(p, CHECK_SEG_1, 5, CLOCK_HOUR);
	assert_false(p->seen.first_ever);
	assert_int_equal(p->seen.first.us, first.us);
	assert_int_equal(p->seen.last.us, last.us);
}

static void
what_differs_is_told_apart(void **state)
{
	struct desk *p = *state;

	begin(p);
	assert_true(see(p, CHECK_SEG_1, 5, 0)->first_ever);
	assert_true(see(p, CHECK_SEG_2, 5, 0)->first_ever);
	assert_true(see(p, CHECK_SEG_1, 6, 0)->first_ever);
	alert_of(p, CHECK_SEG_1, 5);
	p->alert.ends.port[1] = 3389;
	novelty_see(p->n, &p->alert, p->begins, p->begins, &p->seen);
	assert_true(p->seen.first_ever);
	alert_of(p, CHECK_SEG_1, 5);
	p->alert.clause.from = TIER_LGWAN;
	novelty_see(p->n, &p->alert, p->begins, p->begins, &p->seen);
	assert_true(p->seen.first_ever);
	assert_int_equal(novelty_counters(p->n)->rows, 5);
}

static void
hosts_of_a_check_are_counted_once_a_day(void **state)
{
	struct desk *p = *state;

	begin(p);
	assert_int_equal(see(p, CHECK_SEG_1, 5, 0)->hosts_same_check, 1);
	assert_int_equal(see(p, CHECK_SEG_1, 6, 0)->hosts_same_check, 2);
	assert_int_equal(see(p, CHECK_SEG_1, 6, 9)->hosts_same_check, 2);
	assert_int_equal(see(p, CHECK_SEG_2, 6, 9)->hosts_same_check, 1);
	assert_int_equal(see(p, CHECK_SEG_1, 6, CLOCK_DAY)->hosts_same_check,
	    1);
}

static void
a_day_ends_at_midnight_of_the_model(void **state)
{
	/* 2026-11-21T23:59:59+0900 */
	const int64_t late = 13 * CLOCK_HOUR + 44 * CLOCK_MINUTE +
	    29 * CLOCK_SECOND;
	struct desk *p = *state;

	begin(p);
	assert_int_equal(see(p, CHECK_SEG_1, 5, 0)->days, 1);
	assert_int_equal(see(p, CHECK_SEG_1, 5, late)->days, 1);
	assert_int_equal(see(p, CHECK_SEG_1, 6, late)->hosts_same_check, 2);
	assert_int_equal(see(p, CHECK_SEG_1, 5, late + CLOCK_SECOND)->days, 2);
	assert_int_equal(p->seen.hosts_same_check, 1);
	/* What comes late of the day before is no other day. */
	assert_int_equal(see(p, CHECK_SEG_1, 5, late)->days, 2);
	assert_int_equal(see(p, CHECK_SEG_1, 5, 3 * CLOCK_DAY)->days, 3);
	novelty_zone(p->n, 0);
	assert_int_equal(see(p, CHECK_SEG_1, 5, 3 * CLOCK_DAY + 1)->days, 3);
}

static void
it_is_remembered_over_a_restart(void **state)
{
	struct desk *p = *state;

	begin(p);
	assert_int_equal(novelty_found(p->n), NOVELTY_NONE);
	(void)see(p, CHECK_SEG_1, 5, 0);
	(void)see(p, CHECK_SEG_1, 6, CLOCK_MINUTE);
	again(p);
	assert_int_equal(novelty_found(p->n), NOVELTY_WHOLE);
	assert_int_equal(novelty_counters(p->n)->rows, 2);
	(void)see(p, CHECK_SEG_1, 5, CLOCK_DAY);
	assert_true(p->seen.known);
	assert_false(p->seen.first_ever);
	assert_int_equal(p->seen.days, 2);
	assert_int_equal(p->seen.first.us, START);
	assert_int_equal(p->seen.since.us, START);
	assert_true(see(p, CHECK_SEG_1, 7, CLOCK_DAY)->first_ever);
	assert_false(is_there(p, NOVELTY_ASIDE));
	assert_false(is_there(p, NOVELTY_SPARE));
}

static void
hosts_of_today_are_counted_over_a_restart(void **state)
{
	struct desk *p = *state;

	begin(p);
	(void)see(p, CHECK_SEG_1, 5, 0);
	(void)see(p, CHECK_SEG_1, 6, 0);
	again(p);
	assert_int_equal(see(p, CHECK_SEG_1, 7, 9)->hosts_same_check, 3);
	assert_int_equal(see(p, CHECK_SEG_1, 5, 9)->hosts_same_check, 3);
}

static void
the_file_names_nobody_and_is_nobody_elses(void **state)
{
	static const uint8_t address[4] = { 10, 3, 0, 5 };
	struct desk *p = *state;
	struct stat st;

	begin(p);
	(void)see(p, CHECK_SEG_1, 5, 0);
	assert_true(novelty_sync(p->n));
	read_file(p);
	assert_int_equal(p->length, NOVELTY_HEAD_BYTES + NOVELTY_ROW_BYTES);
	assert_null(memmem(p->file, p->length, address, sizeof(address)));
	assert_int_equal(fstatat(p->folder, NOVELTY_FILE, &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
it_is_written_at_most_once_a_minute(void **state)
{
	struct desk *p = *state;
	const struct wall_us soon = { START + 59 * CLOCK_SECOND };
	const struct wall_us later = { START + CLOCK_MINUTE };

	begin(p);
	novelty_tick(p->n, p->begins);
	assert_false(is_there(p, NOVELTY_FILE));
	(void)see(p, CHECK_SEG_1, 5, 0);
	novelty_tick(p->n, p->begins);
	read_file(p);
	(void)see(p, CHECK_SEG_1, 6, 0);
	novelty_tick(p->n, soon);
	read_file(p);
	assert_int_equal(p->length, NOVELTY_HEAD_BYTES + NOVELTY_ROW_BYTES);
	novelty_tick(p->n, later);
	read_file(p);
	assert_int_equal(p->length, NOVELTY_HEAD_BYTES + 2 * NOVELTY_ROW_BYTES);
	/* A clock that was set back does not put it off. */
	(void)see(p, CHECK_SEG_1, 7, 0);
	novelty_tick(p->n, p->begins);
	read_file(p);
	assert_int_equal(p->length, NOVELTY_HEAD_BYTES + 3 * NOVELTY_ROW_BYTES);
}

/* After a loss: what is not in the store is not known for a day. */
static void
check_lost(struct desk *p)
{
	const int64_t day = CLOCK_DAY + CLOCK_MINUTE;

	assert_true(novelty_counters(p->n)->damaged > 0);
	assert_true(is_there(p, NOVELTY_ASIDE));
	(void)see(p, CHECK_SEG_1, 200, CLOCK_MINUTE);
	assert_false(p->seen.known);
	assert_false(p->seen.first_ever);
	assert_int_equal(p->seen.since.us, START);
	(void)see(p, CHECK_SEG_1, 201, day);
	assert_true(p->seen.known && p->seen.first_ever);
	assert_int_equal(p->seen.since.us, START);
}

static void
no_byte_of_the_file_may_be_damaged_unseen(void **state)
{
	struct desk *p = *state;

	begin(p);
	for (uint8_t host = 1; host <= 3; host++)
		(void)see(p, CHECK_SEG_1, host, 0);
	novelty_free(p->n);
	read_file(p);
	for (size_t i = 0; i < p->length; i++) {
		empty(p->path);
		p->file[i] ^= 1;
		write_file(p, NOVELTY_FILE, p->length);
		p->file[i] ^= 1;
		begin(p);
		assert_true(novelty_counters(p->n)->rows ==
		    (i < NOVELTY_HEAD_BYTES ? 0u : 2u));
		check_lost(p);
		novelty_free(p->n);
	}
	p->n = NULL;
}

static void
no_length_of_the_file_is_taken_for_all_of_it(void **state)
{
	struct desk *p = *state;

	begin(p);
	for (uint8_t host = 1; host <= 3; host++)
		(void)see(p, CHECK_SEG_1, host, 0);
	novelty_free(p->n);
	read_file(p);
	for (size_t i = 0; i <= p->length + 1; i++) {
		if (i == p->length)
			continue;
		empty(p->path);
		write_file(p, NOVELTY_FILE, i);
		begin(p);
		check_lost(p);
		novelty_free(p->n);
	}
	p->n = NULL;
}

static void
a_loss_is_remembered_over_a_restart_too(void **state)
{
	struct desk *p = *state;

	memcpy(p->file, "nothing of ours", 15);
	write_file(p, NOVELTY_FILE, 15);
	begin(p);
	assert_int_equal(novelty_found(p->n), NOVELTY_FOREIGN);
	(void)see(p, CHECK_SEG_1, 1, 0);
	p->begins.us += CLOCK_HOUR;
	again(p);
	assert_int_equal(novelty_found(p->n), NOVELTY_WHOLE);
	assert_false(see(p, CHECK_SEG_1, 2, CLOCK_HOUR)->known);
	/* That one is in the store, so it was seen. */
	(void)see(p, CHECK_SEG_1, 1, CLOCK_HOUR);
	assert_true(p->seen.known);
	assert_false(p->seen.first_ever);
	assert_int_equal(p->seen.since.us, START);
}

static void
a_file_of_another_version_is_set_aside(void **state)
{
	struct desk *p = *state;

	begin(p);
	(void)see(p, CHECK_SEG_1, 1, 0);
	novelty_free(p->n);
	read_file(p);
	for (int version = 0; version < 3; version += 2) {
		empty(p->path);
		p->file[19] = (uint8_t)version;
		write_file(p, NOVELTY_FILE, p->length);
		begin(p);
		assert_int_equal(novelty_found(p->n), NOVELTY_VERSION);
		check_lost(p);
		novelty_free(p->n);
	}
	p->n = NULL;
}

static void
a_link_or_a_folder_is_not_read(void **state)
{
	struct desk *p = *state;

	assert_int_equal(symlinkat("elsewhere", p->folder, NOVELTY_FILE), 0);
	begin(p);
	assert_int_equal(novelty_found(p->n), NOVELTY_UNREADABLE);
	check_lost(p);
	novelty_free(p->n);
	empty(p->path);
	assert_int_equal(mkdirat(p->folder, NOVELTY_FILE, 0700), 0);
	begin(p);
	assert_int_equal(novelty_found(p->n), NOVELTY_UNREADABLE);
	check_lost(p);
}

static void
the_longest_unseen_gives_way_and_that_is_said(void **state)
{
	struct desk *p = *state;

	p->limits.rows = 3;
	begin(p);
	(void)see(p, CHECK_SEG_1, 1, 0);
	(void)see(p, CHECK_SEG_1, 2, CLOCK_SECOND);
	(void)see(p, CHECK_SEG_1, 3, 2 * CLOCK_SECOND);
	(void)see(p, CHECK_SEG_1, 1, 3 * CLOCK_SECOND);
	(void)see(p, CHECK_SEG_1, 4, 4 * CLOCK_SECOND);
	assert_int_equal(novelty_counters(p->n)->rows, 3);
	assert_int_equal(novelty_counters(p->n)->forgotten, 1);
	/* All that came after host 2 is still remembered. */
	assert_int_equal(p->seen.since.us, START + CLOCK_SECOND + 1);
	again(p);
	assert_int_equal(novelty_counters(p->n)->rows, 3);
	assert_int_equal(novelty_counters(p->n)->forgotten, 1);
	assert_false(see(p, CHECK_SEG_1, 1, CLOCK_MINUTE)->first_ever);
	assert_true(see(p, CHECK_SEG_1, 2, CLOCK_MINUTE)->first_ever);
	assert_int_equal(p->seen.since.us, START + 2 * CLOCK_SECOND + 1);
}

static void
a_file_with_more_rows_than_there_is_room_for_keeps_the_newest(void **state)
{
	struct desk *p = *state;

	begin(p);
	for (uint8_t host = 1; host <= 9; host++)
		(void)see(p, CHECK_SEG_1, host, host);
	novelty_free(p->n);
	p->limits.rows = 2;
	begin(p);
	assert_int_equal(novelty_counters(p->n)->rows, 2);
	assert_false(see(p, CHECK_SEG_1, 9, CLOCK_HOUR)->first_ever);
	assert_false(see(p, CHECK_SEG_1, 8, CLOCK_HOUR)->first_ever);
}

static void
hosts_that_find_no_room_are_counted(void **state)
{
	struct desk *p = *state;

	p->limits.hosts = 2;
	begin(p);
	for (uint8_t host = 1; host <= 5; host++)
		(void)see(p, CHECK_SEG_1, host, 0);
	assert_int_equal(p->seen.hosts_same_check, 2);
	assert_int_equal(novelty_counters(p->n)->hosts_uncounted, 3);
}

static void
a_clock_that_steps_back_makes_nothing_new(void **state)
{
	struct desk *p = *state;

	begin(p);
	(void)see(p, CHECK_SEG_1, 5, 400 * CLOCK_DAY);
	assert_true(p->seen.first_ever);
	(void)see(p, CHECK_SEG_1, 5, 0);
	assert_true(p->seen.known);
	assert_false(p->seen.first_ever);
	/* Nothing was seen before this time, so no time is told. */
	assert_int_equal(p->seen.first.us, 0);
	assert_int_equal(p->seen.last.us, 0);
	assert_int_equal(p->seen.days, 2);
	(void)see(p, CHECK_SEG_1, 5, CLOCK_DAY);
	assert_int_equal(p->seen.first.us, START);
	assert_int_equal(p->seen.last.us, 0);
	again(p);
	assert_false(see(p, CHECK_SEG_1, 5, -CLOCK_DAY)->first_ever);
}

static void
a_disk_that_is_full_is_counted_and_tried_again(void **state)
{
	struct desk *p = *state;
	const struct rlimit none = { 0, RLIM_INFINITY };
	const struct rlimit any = { RLIM_INFINITY, RLIM_INFINITY };

	begin(p);
	(void)see(p, CHECK_SEG_1, 5, 0);
	assert_true(novelty_sync(p->n));
	(void)see(p, CHECK_SEG_1, 6, 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_false(novelty_sync(p->n));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &any), 0);
	assert_int_equal(novelty_counters(p->n)->failed, 1);
	assert_int_equal(novelty_errno(p->n), EFBIG);
	assert_false(is_there(p, NOVELTY_SPARE));
	read_file(p); /* the one before is whole */
	assert_int_equal(p->length, NOVELTY_HEAD_BYTES + NOVELTY_ROW_BYTES);
	assert_true(novelty_sync(p->n));
	assert_int_equal(novelty_errno(p->n), 0);
	read_file(p);
	assert_int_equal(p->length, NOVELTY_HEAD_BYTES + 2 * NOVELTY_ROW_BYTES);
}

static void
a_death_while_writing_leaves_the_file_before(void **state)
{
	struct desk *p = *state;

	begin(p);
	(void)see(p, CHECK_SEG_1, 5, 0);
	novelty_free(p->n);
	write_file(p, NOVELTY_SPARE, 7); /* half of one */
	begin(p);
	assert_int_equal(novelty_found(p->n), NOVELTY_WHOLE);
	assert_false(see(p, CHECK_SEG_1, 5, CLOCK_HOUR)->first_ever);
	assert_true(novelty_sync(p->n));
	assert_false(is_there(p, NOVELTY_SPARE));
}

static void
without_a_folder_it_remembers_as_long_as_it_lives(void **state)
{
	struct desk *p = *state;

	p->n = novelty_new(-1, NULL, JAPAN, secret, (struct wall_us){ 0 });
	assert_true(see(p, CHECK_SEG_1, 5, CLOCK_HOUR)->first_ever);
	assert_int_equal(p->seen.since.us, START + CLOCK_HOUR);
	assert_false(see(p, CHECK_SEG_1, 5, 2 * CLOCK_HOUR)->first_ever);
	assert_true(novelty_sync(p->n));
}

static void
coverage_has_no_initiator(void **state)
{
	struct desk *p = *state;
	struct alert a;

	begin(p);
	memset(&a, 0, sizeof(a));
	a.coverage = true;
	a.finding.check = CHECK_COV_3;
	novelty_see(p->n, &a, p->begins, p->begins, &p->seen);
	assert_true(p->seen.first_ever);
	assert_int_equal(p->seen.hosts_same_check, 0);
	novelty_see(p->n, &a, (struct wall_us){ START + CLOCK_HOUR },
	    (struct wall_us){ START + CLOCK_HOUR }, &p->seen);
	assert_false(p->seen.first_ever);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_is_first_and_second_is_not),
		TEST(all_lines_of_a_group_say_the_same),
		TEST(what_differs_is_told_apart),
		TEST(hosts_of_a_check_are_counted_once_a_day),
		TEST(a_day_ends_at_midnight_of_the_model),
		TEST(it_is_remembered_over_a_restart),
		TEST(hosts_of_today_are_counted_over_a_restart),
		TEST(the_file_names_nobody_and_is_nobody_elses),
		TEST(it_is_written_at_most_once_a_minute),
		TEST(no_byte_of_the_file_may_be_damaged_unseen),
		TEST(no_length_of_the_file_is_taken_for_all_of_it),
		TEST(a_loss_is_remembered_over_a_restart_too),
		TEST(a_file_of_another_version_is_set_aside),
		TEST(a_link_or_a_folder_is_not_read),
		TEST(the_longest_unseen_gives_way_and_that_is_said),
		TEST(
		    a_file_with_more_rows_than_there_is_room_for_keeps_the_newest),
		TEST(hosts_that_find_no_room_are_counted),
		TEST(a_clock_that_steps_back_makes_nothing_new),
		TEST(a_disk_that_is_full_is_counted_and_tried_again),
		TEST(a_death_while_writing_leaves_the_file_before),
		TEST(without_a_folder_it_remembers_as_long_as_it_lives),
		TEST(coverage_has_no_initiator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
