/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of evidence: one an alert, whole or not at all, never changed; room by
 * check and in all; and a reason wherever there is none.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alert.h"
#include "base/digest.h"
#include "base/mem.h"
#include "exhibit.h"
#include "pcapng.h"

#define START INT64_C(1795223730000000) /* 2026-11-21T10:15:30+0900 */
#define FILE_MAX 65536

static const uint8_t secret[16] = { 2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5, 9, 0 };

struct shelf {
	char path[64];
	int folder;
	struct exhibits *x;
	struct exhibit_limits limits;
	struct wall_us now;
	struct tap tap;
	struct evidence_set set;
	uint8_t bytes[EVIDENCE_PAYLOAD_MAX];
	struct exhibited out;
	uint8_t file[FILE_MAX];
};

static int
set_up(void **state)
{
	struct shelf *p = mem_calloc(1, sizeof(*p));

	digest_init();
	(void)snprintf(p->path, sizeof(p->path), "/tmp/exhibit-XXXXXX");
	if (mkdtemp(p->path) == NULL)
		return -1;
	p->folder = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->now.us = START;
	p->tap.id = "main-trunk";
	p->tap.interface = "span1";
	memset(p->bytes, 0x55, sizeof(p->bytes));
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
	struct shelf *p = *state;

	exhibit_free(p->x);
	empty(p->path);
	(void)close(p->folder);
	(void)rmdir(p->path);
	free(p);
	return 0;
}

static void
begin(struct shelf *p)
{
	exhibit_free(p->x);
	p->x = exhibit_new(p->folder, &p->limits, secret, p->now);
}

/* A set of so many packets of so many bytes. */
static const struct evidence_set *
set_of(struct shelf *p, uint64_t flow_id, size_t packets, uint32_t kept)
{
	memset(&p->set, 0, sizeof(p->set));
	p->set.flow_id = flow_id;
	p->set.now = p->now;
	p->set.packet_count = packets;
	for (size_t i = 0; i < packets; i++)
		p->set.packets[i] = (struct evidence_packet){
			.time = { START + (int64_t)i * 1000 },
			.tap = &p->tap,
			.link_type = 1,
			.kept = kept,
			.wire = 1514,
			.bytes = p->bytes,
			.deciding = i + 1 == packets,
			.cut = true,
		};
	return &p->set;
}

static const struct exhibited *
write_out(struct shelf *p, uint64_t id, enum check check,
    enum severity severity)
{
	exhibit_write(p->x, id, check, severity, false, &p->out);
	return &p->out;
}

/* Takes a set and has it written. */
static const struct exhibited *
show(struct shelf *p, uint64_t id, enum check check, enum severity severity)
{
	exhibit_take(p->x, set_of(p, id, 2, 54));
	return write_out(p, id, check, severity);
}

static size_t
read_file(struct shelf *p, const char *name)
{
	const int fd = openat(p->folder, name, O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, p->file, sizeof(p->file));
	(void)close(fd);
	return (size_t)n;
}

static size_t
file_count(const struct shelf *p)
{
	DIR *dir = opendir(p->path);
	const struct dirent *e;
	size_t n = 0;

	while ((e = readdir(dir)) != NULL)
		n += e->d_name[0] != '.';
	(void)closedir(dir);
	return n;
}

static bool
is_there(const struct shelf *p, const char *name)
{
	return faccessat(p->folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* ---- files */

static void
an_alert_names_its_file_its_digest_and_what_is_in_it(void **state)
{
	struct shelf *p = *state;
	char comment[PCAPNG_TEXT_MAX + 1], hex[65];
	struct digest *d = digest_new();
	struct stat st;
	size_t n;

	begin(p);
	exhibit_take(p->x, set_of(p, 188123456789, 3, 54));
	write_out(p, 188123456789, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_int_equal(p->out.reason, EXHIBIT_KEPT);
	assert_string_equal(p->out.name, "188123456789.pcapng");
	assert_int_equal(p->out.packets, 3);
	assert_true(p->out.cut);
	assert_false(p->out.payload);
	assert_int_equal(p->out.missing, 0);
	n = read_file(p, p->out.name);
	digest_add(d, p->file, n);
	digest_hex(d, hex);
	assert_string_equal(p->out.sha256, hex);
	assert_true(pcapng_comment(p->file, n, comment));
	assert_string_equal(comment, "SEG-1 critical flow 188123456789");
	assert_int_equal(fstatat(p->folder, p->out.name, &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(file_count(p), 1);
}

static void
what_comes_later_goes_to_a_file_of_its_own(void **state)
{
	struct shelf *p = *state;
	size_t first;

	begin(p);
	show(p, 7, CHECK_SEG_1, SEVERITY_LOW);
	assert_string_equal(p->out.name, "7.pcapng");
	first = read_file(p, "7.pcapng");
	exhibit_take(p->x, set_of(p, 7, 5, 54));
	write_out(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_string_equal(p->out.name, "7-2.pcapng");
	assert_int_equal(p->out.packets, 5);
	assert_int_equal(read_file(p, "7.pcapng"), first);
	/* Nothing new came: it is the same evidence. */
	write_out(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_string_equal(p->out.name, "7-2.pcapng");
	exhibit_recall(p->x, 7, &p->out);
	assert_string_equal(p->out.name, "7-2.pcapng");
}

static void
a_name_that_is_taken_is_left_as_it_is(void **state)
{
	struct shelf *p = *state;
	const int fd = openat(p->folder, "7.pcapng", O_WRONLY | O_CREAT, 0600);

	assert_int_equal(write(fd, "other", 5), 5);
	(void)close(fd);
	begin(p);
	show(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_string_equal(p->out.name, "7-2.pcapng");
	assert_int_equal(read_file(p, "7.pcapng"), 5);
}

static void
the_same_bytes_again_are_the_same_file(void **state)
{
	struct shelf *p = *state;
	char sha256[65];

	begin(p);
	show(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL);
	memcpy(sha256, p->out.sha256, sizeof(sha256));
	begin(p); /* another process, the same capture */
	show(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_string_equal(p->out.name, "7.pcapng");
	assert_string_equal(p->out.sha256, sha256);
	assert_int_equal(file_count(p), 1);
	assert_int_equal(exhibit_counters(p->x)->files, 1);
}

static void
a_notice_has_a_name_that_no_conversation_has(void **state)
{
	struct shelf *p = *state;
	const uint64_t id = ALERT_EVIDENCE_OF_NOTICE | 0xabc;

	begin(p);
	exhibit_take_notice(p->x, id, set_of(p, 0, 2, 60)->packets, 2);
	write_out(p, id, CHECK_LNK_1, SEVERITY_HIGH);
	assert_string_equal(p->out.name, "n0000000000000abc.pcapng");
	assert_int_equal(p->out.packets, 2);
}

/* ---- where there is none */

static void
an_alert_whose_packets_never_came_says_so(void **state)
{
	struct shelf *p = *state;

	begin(p);
	write_out(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_int_equal(p->out.reason, EXHIBIT_BACKLOG);
	exhibit_write(p->x, 7, CHECK_SEG_1, SEVERITY_CRITICAL, true, &p->out);
	assert_int_equal(p->out.reason, EXHIBIT_GONE);
	exhibit_take(p->x, set_of(p, 7, 0, 0)); /* the engine has none left */
	write_out(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_int_equal(p->out.reason, EXHIBIT_GONE);
	exhibit_recall(p->x, 7, &p->out); /* as was said */
	assert_int_equal(p->out.reason, EXHIBIT_GONE);
	exhibit_recall(p->x, 8, &p->out);
	assert_int_equal(p->out.reason, EXHIBIT_GROUPED);
	assert_int_equal(exhibit_counters(p->x)->without[EXHIBIT_GONE], 2);
	assert_int_equal(file_count(p), 0);
}

static void
what_no_line_needs_is_let_go_of(void **state)
{
	struct shelf *p = *state;

	begin(p);
	exhibit_take(p->x, set_of(p, 7, 2, 54));
	assert_int_equal(exhibit_counters(p->x)->held, 1);
	exhibit_drop(p->x, 7);
	exhibit_drop(p->x, 8);
	assert_int_equal(exhibit_counters(p->x)->held, 0);
	assert_int_equal(exhibit_counters(p->x)->held_bytes, 0);
	assert_false(exhibit_has(p->x, 7));
}

static void
memory_is_bounded_and_the_oldest_gives_way(void **state)
{
	struct shelf *p = *state;

	p->limits.held = 8;
	begin(p);
	for (uint64_t id = 1; id <= 20; id++)
		exhibit_take(p->x, set_of(p, id, 2, 54));
	assert_int_equal(exhibit_counters(p->x)->held, 8);
	assert_int_equal(exhibit_counters(p->x)->held_lost, 12);
	assert_int_equal(write_out(p, 12, CHECK_SEG_1, SEVERITY_HIGH)->reason,
	    EXHIBIT_BACKLOG);
	assert_int_equal(write_out(p, 13, CHECK_SEG_1, SEVERITY_HIGH)->reason,
	    EXHIBIT_KEPT);
	p->limits.held = 0;
	p->limits.held_bytes = 10000;
	begin(p);
	for (uint64_t id = 1; id <= 20; id++)
		exhibit_take(p->x, set_of(p, id, 1, 1500));
	assert_true(exhibit_counters(p->x)->held_bytes <= 10000);
	assert_int_equal(exhibit_counters(p->x)->held +
		exhibit_counters(p->x)->held_lost,
	    20);
}

/* ---- room */

static void
a_flood_of_one_check_takes_no_room_of_others(void **state)
{
	struct shelf *p = *state;

	p->limits.check_files = 3;
	p->limits.days = 30;
	begin(p);
	for (uint64_t id = 1; id <= 10; id++)
		assert_int_equal(
		    show(p, id, CHECK_SEG_2, SEVERITY_HIGH)->reason,
		    id <= 3 ? EXHIBIT_KEPT : EXHIBIT_LIMIT);
	assert_int_equal(show(p, 11, CHECK_SEG_1, SEVERITY_HIGH)->reason,
	    EXHIBIT_KEPT);
	assert_int_equal(exhibit_counters(p->x)->without[EXHIBIT_LIMIT], 7);
	assert_int_equal(file_count(p), 4);
	/* What is older than it shall become gives way. */
	p->now.us += 31 * CLOCK_DAY;
	p->limits.check_files = 3;
	exhibit_tick(p->x, p->now);
	assert_int_equal(file_count(p), 0);
	assert_int_equal(exhibit_counters(p->x)->expired, 4);
	assert_int_equal(show(p, 12, CHECK_SEG_2, SEVERITY_HIGH)->reason,
	    EXHIBIT_KEPT);
}

static void
bytes_are_bounded_by_check_and_in_all(void **state)
{
	struct shelf *p = *state;
	uint64_t one;

	begin(p);
	show(p, 1, CHECK_SEG_2, SEVERITY_HIGH);
	one = exhibit_counters(p->x)->bytes;
	p->limits.check_bytes = 3 * one;
	p->limits.bytes = 4 * one;
	begin(p);
	assert_int_equal(show(p, 2, CHECK_SEG_2, SEVERITY_HIGH)->reason,
	    EXHIBIT_KEPT);
	assert_int_equal(show(p, 3, CHECK_SEG_2, SEVERITY_HIGH)->reason,
	    EXHIBIT_KEPT);
	assert_int_equal(show(p, 4, CHECK_SEG_2, SEVERITY_HIGH)->reason,
	    EXHIBIT_LIMIT);
	assert_int_equal(show(p, 5, CHECK_SEG_3, SEVERITY_HIGH)->reason,
	    EXHIBIT_KEPT);
	assert_int_equal(show(p, 6, CHECK_SEG_3, SEVERITY_HIGH)->reason,
	    EXHIBIT_LIMIT);
	assert_int_equal(exhibit_counters(p->x)->files, 4);
	assert_int_equal(exhibit_counters(p->x)->bytes, 4 * one);
}

static void
what_is_critical_takes_the_room_of_what_is_low(void **state)
{
	struct shelf *p = *state;

	p->limits.files = 3;
	begin(p);
	show(p, 1, CHECK_SEG_2, SEVERITY_HIGH);
	show(p, 2, CHECK_SEG_3, SEVERITY_LOW);
	show(p, 3, CHECK_SEG_4, SEVERITY_INFORMATION);
	assert_int_equal(show(p, 4, CHECK_SEG_5, SEVERITY_HIGH)->reason,
	    EXHIBIT_LIMIT);
	assert_int_equal(show(p, 5, CHECK_SEG_1, SEVERITY_CRITICAL)->reason,
	    EXHIBIT_KEPT);
	assert_false(is_there(p, "2.pcapng"));
	assert_int_equal(show(p, 6, CHECK_SEG_1, SEVERITY_CRITICAL)->reason,
	    EXHIBIT_KEPT);
	assert_int_equal(show(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL)->reason,
	    EXHIBIT_LIMIT);
	assert_true(is_there(p, "1.pcapng"));
	assert_int_equal(exhibit_counters(p->x)->made_room, 2);
}

static void
files_that_are_there_are_counted_by_what_they_say(void **state)
{
	struct shelf *p = *state;

	p->limits.check_files = 2;
	begin(p);
	show(p, 1, CHECK_SEG_2, SEVERITY_HIGH);
	show(p, 2, CHECK_SEG_2, SEVERITY_HIGH);
	begin(p);
	assert_int_equal(exhibit_counters(p->x)->files, 2);
	assert_int_equal(show(p, 3, CHECK_SEG_2, SEVERITY_HIGH)->reason,
	    EXHIBIT_LIMIT);
	assert_int_equal(show(p, 3, CHECK_SEG_3, SEVERITY_HIGH)->reason,
	    EXHIBIT_KEPT);
}

static void
files_of_others_are_left_alone(void **state)
{
	static const char *const names[] = { "notes.txt", "7.pcap",
		"12345678901234567.pcapng", "n12.pcapng", "7-.pcapng",
		"x.pcapng", "7.pcapng.gz", "-2.pcapng" };
	struct shelf *p = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)close(
		    openat(p->folder, names[i], O_WRONLY | O_CREAT, 0600));
	assert_int_equal(symlinkat("/etc/passwd", p->folder, "9.pcapng"), 0);
	assert_int_equal(mkdirat(p->folder, "8.pcapng", 0700), 0);
	p->limits.days = 1;
	p->now.us += 400 * CLOCK_DAY;
	begin(p);
	exhibit_tick(p->x, p->now);
	assert_int_equal(exhibit_counters(p->x)->files, 0);
	assert_int_equal(file_count(p), sizeof(names) / sizeof(names[0]) + 2);
	/* A link is no name for a file of ours, and is not followed. */
	show(p, 9, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_string_equal(p->out.name, "9-2.pcapng");
	show(p, 8, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_string_equal(p->out.name, "8-2.pcapng");
}

/* ---- mishap */

static void
an_unfinished_file_is_taken_away_at_the_start(void **state)
{
	struct shelf *p = *state;

	(void)close(openat(p->folder, "exhibit.tmp", O_WRONLY | O_CREAT, 0600));
	begin(p);
	assert_int_equal(exhibit_counters(p->x)->mended, 1);
	assert_int_equal(file_count(p), 0);
}

static void
a_link_in_the_place_of_the_spare_file_is_not_followed(void **state)
{
	struct shelf *p = *state;
	struct stat st;

	begin(p);
	(void)close(openat(p->folder, "victim", O_WRONLY | O_CREAT, 0600));
	assert_int_equal(symlinkat("victim", p->folder, "exhibit.tmp"), 0);
	show(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL);
	assert_int_equal(p->out.reason, EXHIBIT_KEPT);
	assert_int_equal(fstatat(p->folder, "victim", &st, 0), 0);
	assert_int_equal(st.st_size, 0);
	assert_false(is_there(p, "exhibit.tmp"));
}

static void
a_folder_that_is_gone_is_a_fault_of_the_disk(void **state)
{
	struct shelf *p = *state;

	begin(p);
	assert_int_equal(rmdir(p->path), 0);
	assert_int_equal(show(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL)->reason,
	    EXHIBIT_DISK);
	assert_int_equal(exhibit_counters(p->x)->without[EXHIBIT_DISK], 1);
	assert_int_equal(mkdir(p->path, 0700), 0);
}

static void
without_a_folder_there_is_a_reason(void **state)
{
	struct shelf *p = *state;

	p->x = exhibit_new(-1, &p->limits, secret, p->now);
	assert_int_equal(show(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL)->reason,
	    EXHIBIT_DISK);
}

/* In a process and a mount of its own: a file system of one page. */
static int
fill_the_disk(struct shelf *p)
{
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", p->path, "tmpfs", 0, "size=4k") != 0)
		return 77;
	(void)close(p->folder);
	p->folder = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	begin(p);
	exhibit_take(p->x, set_of(p, 7, 16, 1500));
	if (write_out(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL)->reason !=
	    EXHIBIT_DISK)
		return 1;
	if (file_count(p) != 0)
		return 2;
	exhibit_take(p->x, set_of(p, 7, 2, 54)); /* it fits */
	return write_out(p, 7, CHECK_SEG_1, SEVERITY_CRITICAL)->reason ==
		EXHIBIT_KEPT ?
	    0 :
	    3;
}

static void
a_full_disk_leaves_no_torn_file(void **state)
{
	struct shelf *p = *state;
	int status;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(fill_the_disk(p));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
every_reason_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < EXHIBIT_REASON_COUNT; i++)
		assert_string_not_equal(exhibit_reason_name(
					    (enum exhibit_reason)i),
		    "unknown");
	assert_string_equal(exhibit_reason_name(EXHIBIT_REASON_COUNT),
	    "unknown");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_alert_names_its_file_its_digest_and_what_is_in_it),
		TEST(what_comes_later_goes_to_a_file_of_its_own),
		TEST(a_name_that_is_taken_is_left_as_it_is),
		TEST(the_same_bytes_again_are_the_same_file),
		TEST(a_notice_has_a_name_that_no_conversation_has),
		TEST(an_alert_whose_packets_never_came_says_so),
		TEST(what_no_line_needs_is_let_go_of),
		TEST(memory_is_bounded_and_the_oldest_gives_way),
		TEST(a_flood_of_one_check_takes_no_room_of_others),
		TEST(bytes_are_bounded_by_check_and_in_all),
		TEST(what_is_critical_takes_the_room_of_what_is_low),
		TEST(files_that_are_there_are_counted_by_what_they_say),
		TEST(files_of_others_are_left_alone),
		TEST(an_unfinished_file_is_taken_away_at_the_start),
		TEST(a_link_in_the_place_of_the_spare_file_is_not_followed),
		TEST(a_folder_that_is_gone_is_a_fault_of_the_disk),
		TEST(without_a_folder_there_is_a_reason),
		TEST(a_full_disk_leaves_no_torn_file),
		cmocka_unit_test(every_reason_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
