/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal: whole lines whatever happens, names in order, and a cap that
 * counts every line it takes away.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "journal.h"

#define START INT64_C(1795223730000000) /* 2026-11-21T10:15:30+0900 */
#define JAPAN (9 * 3600)
#define NAMES_MAX 5000

struct place {
	char path[64];
	int folder;
	struct journal *j;
	struct journal_limits limits;
	struct wall_us now;
};

static int
set_up(void **state)
{
	struct place *p = mem_calloc(1, sizeof(*p));

	(void)snprintf(p->path, sizeof(p->path), "/tmp/journal-XXXXXX");
	if (mkdtemp(p->path) == NULL)
		return -1;
	p->folder = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->limits.utc_offset_s = JAPAN;
	p->now.us = START;
	*state = p;
	return p->folder < 0 ? -1 : 0;
}

static void
empty(int folder)
{
	const int fd = dup(folder);
	DIR *dir = fdopendir(fd);
	const struct dirent *e;

	rewinddir(dir);
	while ((e = readdir(dir)) != NULL) {
		if (unlinkat(folder, e->d_name, 0) != 0)
			(void)unlinkat(folder, e->d_name, AT_REMOVEDIR);
	}
	(void)closedir(dir);
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	journal_free(p->j);
	empty(p->folder);
	(void)close(p->folder);
	(void)rmdir(p->path);
	free(p);
	return 0;
}

/* What is there was written now, by the clock of the test. */
static void
begin(struct place *p)
{
	const struct timespec now = { .tv_sec = p->now.us / CLOCK_SECOND };

	(void)utimensat(p->folder, "eve.json",
	    (const struct timespec[2]){ now, now }, 0);
	p->j = journal_new(p->folder, &p->limits, p->now);
	assert_non_null(p->j);
}

static void
again(struct place *p)
{
	journal_free(p->j);
	begin(p);
}

/* Writes a line of about that length; n is told by it. */
static bool
put(struct place *p, const char *event, unsigned n, size_t length)
{
	char line[4096];
	int used = snprintf(line, sizeof(line),
	    "{\"timestamp\":\"-\",\"event_type\":\"%s\",\"n\":%u,\"pad\":\"",
	    event, n);
	size_t at = (size_t)used;

	while (at + 3 < length)
		line[at++] = 'x';
	memcpy(line + at, "\"}\n", 3);
	return journal_write(p->j, line, at + 3,
	    strcmp(event, "alert") == 0 ? JOURNAL_LASTING :
					  JOURNAL_CONVERSATION,
	    p->now);
}

static char *
contents(const struct place *p, const char *name, size_t *length)
{
	const int fd = openat(p->folder, name, O_RDONLY);
	char *bytes;
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	bytes = mem_calloc(1, (size_t)st.st_size + 1);
	assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
	(void)close(fd);
	*length = (size_t)st.st_size;
	return bytes;
}

static uint64_t
count_in(const char *bytes, const char *part)
{
	uint64_t n = 0;

	for (const char *s = bytes; (s = strstr(s, part)) != NULL; s++)
		n++;
	return n;
}

struct folder {
	char names[NAMES_MAX][40];
	size_t count;
	uint64_t bytes, lines, alerts, conversations;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Everything in the folder; each file must be of whole lines. */
static struct folder *
look(const struct place *p)
{
	struct folder *f = mem_calloc(1, sizeof(*f));
	DIR *dir = opendir(p->path);
	const struct dirent *e;

	while ((e = readdir(dir)) != NULL) {
		char *bytes;
		size_t n;

		if (e->d_name[0] == '.')
			continue;
		bytes = contents(p, e->d_name, &n);
		if (n > 0)
			assert_int_equal(bytes[n - 1], '\n');
		f->bytes += n;
		f->lines += count_in(bytes, "\n");
		f->alerts += count_in(bytes, "\"event_type\":\"alert\"");
		f->conversations += count_in(bytes, "\"event_type\":\"flow\"");
		assert_true(f->count < NAMES_MAX);
		(void)snprintf(f->names[f->count++], 40, "%.39s", e->d_name);
		free(bytes);
	}
	(void)closedir(dir);
	qsort(f->names, f->count, sizeof(f->names[0]), by_name);
	return f;
}

/* ---- lines */

static void
test_lines_are_added_to_what_is_there(void **state)
{
	struct place *p = *state;
	struct folder *f;

	begin(p);
	assert_true(put(p, "alert", 1, 100));
	again(p);
	assert_true(put(p, "flow", 2, 100));
	assert_int_equal(journal_counters(p->j)->lines, 1);
	assert_int_equal(journal_counters(p->j)->bytes, 100);
	assert_int_equal(journal_counters(p->j)->mended, 0);
	assert_null(journal_fault(p->j));
	assert_true(journal_sync(p->j));
	f = look(p);
	assert_int_equal(f->lines, 2);
	assert_int_equal(f->count, 1);
	free(f);
}

static void
test_half_a_line_at_the_end_is_mended(void **state)
{
	struct place *p = *state;
	static const size_t halves[] = { 1, 50, 5000, 70000 };
	struct folder *f;
	char *half = mem_calloc(1, 70000);
	int fd;

	memset(half, 'h', 70000);
	for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
		begin(p);
		assert_true(put(p, "alert", 1, 100));
		journal_free(p->j);
		fd = openat(p->folder, "eve.json", O_WRONLY | O_APPEND);
		assert_int_equal(write(fd, half, halves[i]), halves[i]);
		(void)close(fd);
		begin(p);
		assert_int_equal(journal_counters(p->j)->mended, 1);
		assert_true(put(p, "alert", 2, 100));
		f = look(p);
		assert_int_equal(f->lines, 2 * (i + 1));
		assert_int_equal(f->bytes, 200 * (i + 1));
		free(f);
		journal_free(p->j);
		p->j = NULL;
	}
	free(half);
}

static void
test_a_file_that_is_one_half_line_is_emptied(void **state)
{
	struct place *p = *state;
	const int fd = openat(p->folder, "eve.json", O_WRONLY | O_CREAT, 0600);
	struct folder *f;

	assert_int_equal(write(fd, "half", 4), 4);
	(void)close(fd);
	begin(p);
	assert_int_equal(journal_counters(p->j)->mended, 1);
	f = look(p);
	assert_int_equal(f->bytes, 0);
	free(f);
}

static void
test_a_death_at_any_moment_leaves_whole_lines(void **state)
{
	struct place *p = *state;
	uint64_t seen = 0;

	p->limits.file_bytes = 20000;
	p->limits.cap_bytes = 100000;
	for (int i = 0; i < 20; i++) {
		const pid_t pid = fork();
		struct folder *f;

		if (pid == 0) {
			p->j = journal_new(p->folder, &p->limits, p->now);
			for (unsigned n = 0; p->j != NULL; n++) {
				(void)put(p, n % 3 ? "flow" : "alert", n, 300);
				if (n % 50 == 0)
					journal_tick(p->j, p->now);
			}
			_exit(1);
		}
		(void)usleep(3000 + 1700 * (useconds_t)i);
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		begin(p); /* mends */
		journal_free(p->j);
		p->j = NULL;
		f = look(p);
		seen += f->lines;
		assert_int_equal(f->lines, f->alerts + f->conversations);
		free(f);
	}
	assert_true(seen > 0);
}

/* ---- what is no file of ours */

static void
test_a_link_or_a_folder_of_that_name_is_refused(void **state)
{
	struct place *p = *state;

	assert_int_equal(symlinkat("/dev/null", p->folder, "eve.json"), 0);
	assert_null(journal_new(p->folder, &p->limits, p->now));
	assert_int_equal(errno, ELOOP);
	assert_int_equal(unlinkat(p->folder, "eve.json", 0), 0);
	assert_int_equal(mkdirat(p->folder, "eve.json", 0700), 0);
	assert_null(journal_new(p->folder, &p->limits, p->now));
	assert_int_equal(errno, EISDIR);
	assert_int_equal(unlinkat(p->folder, "eve.json", AT_REMOVEDIR), 0);
	assert_int_equal(mkfifoat(p->folder, "eve.json", 0600), 0);
	assert_null(journal_new(p->folder, &p->limits, p->now));
	assert_int_equal(errno, EINVAL);
}

static void
test_a_file_that_was_taken_away_is_made_again(void **state)
{
	struct place *p = *state;
	struct folder *f;

	begin(p);
	assert_true(put(p, "alert", 1, 100));
	assert_int_equal(renameat(p->folder, "eve.json", p->folder,
			     "mine.json"),
	    0);
	journal_tick(p->j, p->now);
	assert_true(put(p, "alert", 2, 100));
	f = look(p);
	assert_int_equal(f->count, 2);
	assert_string_equal(f->names[0], "eve.json");
	assert_int_equal(f->lines, 2);
	free(f);
}

static void
test_files_of_other_names_are_left_alone(void **state)
{
	struct place *p = *state;
	static const char *const names[] = { "eve-20261121-101530-00001.json",
		"eve-2026112x-101530-000001.json", "eve-old.json",
		"eve-20261321-101530-000001.json", "notes" };
	struct folder *f;
	int fd;

	for (size_t i = 0; i < 5; i++) {
		fd = openat(p->folder, names[i], O_WRONLY | O_CREAT, 0600);
		assert_int_equal(write(fd, "theirs\n", 7), 7);
		(void)close(fd);
	}
	p->limits.file_bytes = 1000;
	p->limits.cap_bytes = 4000;
	begin(p);
	for (unsigned n = 0; n < 100; n++) {
		assert_true(put(p, "flow", n, 200));
		journal_tick(p->j, p->now);
	}
	f = look(p);
	for (size_t i = 0; i < 5; i++)
		assert_non_null(bsearch(names[i], f->names, f->count,
		    sizeof(f->names[0]), by_name));
	free(f);
}

/* ---- rotation */

static void
test_a_file_is_set_aside_when_it_has_its_size(void **state)
{
	struct place *p = *state;
	struct folder *f;

	p->limits.file_bytes = 1000;
	begin(p);
	for (unsigned n = 0; n < 25; n++)
		assert_true(put(p, "alert", n, 100));
	f = look(p);
	assert_int_equal(f->count, 3);
	assert_string_equal(f->names[0], "eve-20261121-101530-000001.json");
	assert_string_equal(f->names[1], "eve-20261121-101530-000002.json");
	assert_string_equal(f->names[2], "eve.json");
	assert_int_equal(f->lines, 25);
	assert_int_equal(journal_counters(p->j)->rotated, 2);
	free(f);
}

static void
test_a_file_is_set_aside_when_the_day_ends(void **state)
{
	struct place *p = *state;
	struct folder *f;

	begin(p);
	assert_true(put(p, "alert", 1, 100));
	p->now.us = START + 13 * CLOCK_HOUR + 44 * CLOCK_MINUTE;
	assert_true(put(p, "alert", 2, 100)); /* 23:59:30 */
	assert_int_equal(journal_counters(p->j)->rotated, 0);
	p->now.us += CLOCK_MINUTE;
	journal_tick(p->j, p->now); /* without a line */
	assert_int_equal(journal_counters(p->j)->rotated, 1);
	assert_true(put(p, "alert", 3, 100));
	p->now.us += CLOCK_DAY;
	assert_true(put(p, "alert", 4, 100));
	f = look(p);
	assert_int_equal(f->count, 3);
	assert_string_equal(f->names[0], "eve-20261122-000030-000001.json");
	assert_string_equal(f->names[1], "eve-20261123-000030-000002.json");
	free(f);
	/* An empty file has no day: nothing is set aside. */
	p->now.us += CLOCK_DAY;
	journal_tick(p->j, p->now);
	p->now.us += CLOCK_DAY;
	journal_tick(p->j, p->now);
	assert_true(put(p, "alert", 5, 100));
	assert_true(put(p, "alert", 6, 100));
	assert_int_equal(journal_counters(p->j)->rotated, 3);
}

static void
test_names_sort_by_age_whatever_the_clock_does(void **state)
{
	struct place *p = *state;
	char newest[40] = "";
	struct folder *f;
	uint32_t random = 5;

	p->limits.file_bytes = 300;
	begin(p);
	for (unsigned n = 0; n < 300; n++) {
		random = random * 1664525 + 1013904223;
		p->now.us = START + (int64_t)(random >> 16) * CLOCK_MINUTE;
		assert_true(put(p, "alert", n, 200));
		if (n % 60 == 59)
			again(p);
	}
	f = look(p);
	assert_int_equal(f->lines, 300);
	/* In the order of names the numbers of the lines go up. */
	for (size_t i = 0; i < f->count; i++) {
		size_t length;
		char *bytes = contents(p, f->names[i], &length);
		const char *at = strstr(bytes, "\"n\":");

		if (strcmp(f->names[i], "eve.json") != 0) {
			assert_non_null(at);
			assert_int_equal(strtol(at + 4, NULL, 10), i);
			assert_true(strcmp(newest, f->names[i]) < 0);
			(void)snprintf(newest, sizeof(newest), "%s",
			    f->names[i]);
		}
		free(bytes);
	}
	free(f);
}

/* ---- the cap */

static void
test_lines_of_conversations_go_first_and_are_counted(void **state)
{
	struct place *p = *state;
	const struct journal_counters *c;
	struct folder *f;
	uint64_t alerts = 0, flows = 0;

	p->limits.file_bytes = 20000;
	p->limits.cap_bytes = 200000;
	begin(p);
	for (unsigned n = 0; n < 4000; n++) {
		const bool alert = n % 10 == 0;

		assert_true(put(p, alert ? "alert" : "flow", n, 250));
		alerts += alert;
		flows += !alert;
		if (n % 100 == 99)
			journal_tick(p->j, p->now);
	}
	journal_tick(p->j, p->now);
	c = journal_counters(p->j);
	f = look(p);
	assert_true(f->bytes <= 200000);
	assert_int_equal(f->alerts, alerts);
	assert_int_equal(c->made_room_lasting, 0);
	assert_int_equal(f->conversations + c->made_room, flows);
	assert_true(f->conversations > 0);
	free(f);
}

static void
test_when_only_lasting_lines_are_left_the_oldest_file_goes(void **state)
{
	struct place *p = *state;
	const struct journal_counters *c;
	struct folder *f;
	uint64_t alerts = 0, flows = 0;

	p->limits.file_bytes = 10000;
	p->limits.cap_bytes = 60000;
	begin(p);
	for (unsigned n = 0; n < 2000; n++) {
		const bool alert = n % 4 != 0;

		assert_true(put(p, alert ? "alert" : "flow", n, 250));
		alerts += alert;
		flows += !alert;
		if (n % 20 == 19)
			journal_tick(p->j, p->now);
	}
	c = journal_counters(p->j);
	f = look(p);
	assert_true(f->bytes <= 60000 + 250 * 20);
	assert_true(c->made_room_lasting > 0);
	assert_int_equal(f->alerts + c->made_room_lasting, alerts);
	assert_int_equal(f->conversations + c->made_room, flows);
	free(f);
}

static void
test_without_ticks_the_cap_holds_nearly(void **state)
{
	struct place *p = *state;
	struct folder *f;

	p->limits.file_bytes = 10000;
	p->limits.cap_bytes = 100000;
	begin(p);
	for (unsigned n = 0; n < 3000; n++)
		assert_true(put(p, "flow", n, 250));
	f = look(p);
	assert_true(f->bytes <= 100000 + 100000 / 8 + 2 * 10000);
	assert_int_equal(f->lines + journal_counters(p->j)->made_room, 3000);
	free(f);
}

static void
test_long_lines_go_or_stay_whole(void **state)
{
	struct place *p = *state;
	const size_t length = 700000; /* longer than what is read at once */
	char *line = mem_calloc(1, length + 1);
	const struct journal_counters *c;
	struct folder *f;

	p->limits.file_bytes = 2000000;
	p->limits.cap_bytes = 8000000;
	begin(p);
	for (unsigned n = 0; n < 20; n++) {
		const bool alert = n % 2 == 0;

		memset(line, 'x', length);
		(void)snprintf(line, 64, "{\"event_type\":\"%s\",",
		    alert ? "alert" : "flow");
		line[strlen(line)] = 'x';
		line[length - 1] = '\n';
		assert_true(journal_write(p->j, line, length,
		    alert ? JOURNAL_LASTING : JOURNAL_CONVERSATION, p->now));
	}
	for (int i = 0; i < 10; i++)
		journal_tick(p->j, p->now);
	c = journal_counters(p->j);
	f = look(p);
	assert_int_equal(f->bytes % length, 0);
	assert_true(f->bytes <= 8000000);
	assert_int_equal(f->lines + c->made_room + c->made_room_lasting, 20);
	assert_int_equal(f->alerts + c->made_room_lasting, 10);
	free(f);
	free(line);
}

static void
test_there_are_never_more_than_so_many_files(void **state)
{
	struct place *p = *state;
	struct folder *f;
	char name[40];
	int fd;

	for (unsigned n = 1; n <= JOURNAL_FILES_MAX + 3; n++) {
		(void)snprintf(name, sizeof(name),
		    "eve-20250101-000000-%06u.json", n);
		fd = openat(p->folder, name, O_WRONLY | O_CREAT, 0600);
		assert_int_equal(write(fd, "{\"event_type\":\"alert\"}\n", 23),
		    23);
		(void)close(fd);
	}
	begin(p);
	journal_tick(p->j, p->now);
	f = look(p);
	assert_int_equal(f->count, JOURNAL_FILES_MAX + 1);
	assert_string_equal(f->names[0], "eve-20250101-000000-000004.json");
	assert_int_equal(journal_counters(p->j)->made_room_lasting, 3);
	free(f);
}

static void
test_a_spare_file_that_was_left_is_removed(void **state)
{
	struct place *p = *state;
	const int fd = openat(p->folder, "eve.json.tmp", O_WRONLY | O_CREAT,
	    0600);
	struct folder *f;

	(void)close(fd);
	begin(p);
	f = look(p);
	assert_int_equal(f->count, 1);
	free(f);
}

/* ---- a disk that is full */

struct full {
	struct journal_counters before, after;
	uint64_t lines, alerts;
	bool fault, mended, skipped;
};

/* In a process and a mount namespace of its own. */
static void
fill_disk(struct place *p, struct full *out)
{
	struct folder *f;
	int spare;

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", p->path, "tmpfs", 0, "size=64k") != 0) {
		out->skipped = true;
		return;
	}
	p->folder = open(p->path, O_RDONLY | O_DIRECTORY);
	spare = openat(p->folder, "spare", O_WRONLY | O_CREAT, 0600);
	for (int i = 0; i < 8; i++)
		(void)!write(spare, (const char[4096]){ 's' }, 4096);
	p->j = journal_new(p->folder, &p->limits, p->now);
	for (unsigned n = 0; p->j != NULL && n < 300; n++)
		(void)put(p, n % 2 ? "alert" : "flow", n, 333);
	out->before = *journal_counters(p->j);
	out->fault = journal_fault(p->j) != NULL;
	(void)unlinkat(p->folder, "spare", 0);
	(void)close(spare);
	journal_tick(p->j, p->now);
	for (unsigned n = 0; n < 10; n++)
		(void)put(p, "alert", n, 333);
	out->after = *journal_counters(p->j);
	out->mended = journal_fault(p->j) == NULL;
	f = look(p);
	out->lines = f->lines;
	out->alerts = f->alerts;
}

static void
test_a_full_disk_loses_whole_lines_and_goes_on(void **state)
{
	struct place *p = *state;
	struct full *out;
	pid_t pid;
	int status;

	if (geteuid() != 0)
		skip();
	out = mmap(NULL, sizeof(*out), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid = fork();
	if (pid == 0) {
		fill_disk(p, out);
		_exit(0);
	}
	(void)waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	if (out->skipped)
		skip();
	assert_true(out->fault);
	assert_true(out->before.lost > 0);
	assert_int_equal(out->before.lines + out->before.lost, 300);
	assert_true(out->before.lost_conversations > 0);
	assert_true(out->before.lost_conversations < out->before.lost);
	assert_true(out->mended);
	assert_int_equal(out->after.lost, out->before.lost);
	assert_int_equal(out->after.lines, out->before.lines + 10);
	assert_int_equal(out->lines, out->after.lines);
	(void)munmap(out, sizeof(*out));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines_are_added_to_what_is_there),
		TEST(test_half_a_line_at_the_end_is_mended),
		TEST(test_a_file_that_is_one_half_line_is_emptied),
		TEST(test_a_death_at_any_moment_leaves_whole_lines),
		TEST(test_a_link_or_a_folder_of_that_name_is_refused),
		TEST(test_a_file_that_was_taken_away_is_made_again),
		TEST(test_files_of_other_names_are_left_alone),
		TEST(test_a_file_is_set_aside_when_it_has_its_size),
		TEST(test_a_file_is_set_aside_when_the_day_ends),
		TEST(test_names_sort_by_age_whatever_the_clock_does),
		TEST(test_lines_of_conversations_go_first_and_are_counted),
		TEST(
		    test_when_only_lasting_lines_are_left_the_oldest_file_goes),
		TEST(test_without_ticks_the_cap_holds_nearly),
		TEST(test_long_lines_go_or_stay_whole),
		TEST(test_there_are_never_more_than_so_many_files),
		TEST(test_a_spare_file_that_was_left_is_removed),
		TEST(test_a_full_disk_loses_whole_lines_and_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
