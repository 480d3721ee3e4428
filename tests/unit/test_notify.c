/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reaches a service manager, and which manager is believed in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify.h"

#define SELF 4711

struct manager {
	int fd;
	char name[64]; /* as it would stand in NOTIFY_SOCKET */
	char folder[32];
	char got[2048];
};

static int
set_up(void **state)
{
	struct manager *m = calloc(1, sizeof(*m));

	if (!m)
		return -1;
	m->fd = -1;
	(void)snprintf(m->folder, sizeof(m->folder), "/tmp/notify.XXXXXX");
	*state = m;
	return mkdtemp(m->folder) ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct manager *m = *state;

	if (m->fd >= 0)
		(void)close(m->fd);
	if (m->name[0] == '/')
		(void)unlink(m->name);
	(void)rmdir(m->folder);
	free(m);
	return 0;
}

static void
listen_at(struct manager *m, bool abstract)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	socklen_t length;

	(void)snprintf(m->name, sizeof(m->name), "%s%s/notify",
	    abstract ? "@" : "", m->folder);
	memcpy(a.sun_path, m->name, strlen(m->name));
	length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(m->name));
	if (abstract)
		a.sun_path[0] = '\0';
	m->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(m->fd >= 0);
	assert_int_equal(bind(m->fd, (struct sockaddr *)&a, length), 0);
}

/* The next datagram as text; "" when there is none. */
static const char *
next(struct manager *m)
{
	ssize_t n = recv(m->fd, m->got, sizeof(m->got) - 1, 0);

	m->got[n > 0 ? n : 0] = '\0';
	return m->got;
}

static void
say_everything(struct manager *m)
{
	struct notify n;

	assert_true(notify_open(&n, m->name, NULL, NULL, SELF));
	assert_true(notify_ready(&n, "3 taps"));
	assert_string_equal(next(m), "READY=1\nSTATUS=3 taps\n");
	assert_true(notify_ready(&n, NULL));
	assert_string_equal(next(m), "READY=1\n");
	assert_true(notify_status(&n, "監視中"));
	assert_string_equal(next(m), "STATUS=監視中\n");
	assert_true(notify_reloading(&n, 12345));
	assert_string_equal(next(m), "RELOADING=1\nMONOTONIC_USEC=12345\n");
	assert_true(notify_alive(&n));
	assert_string_equal(next(m), "WATCHDOG=1\n");
	assert_true(notify_stopping(&n, "ending"));
	assert_string_equal(next(m), "STOPPING=1\nSTATUS=ending\n");
	assert_string_equal(next(m), "");
	notify_close(&n);
	assert_true(notify_alive(&n));
	assert_string_equal(next(m), "");
}

static void
test_a_manager_at_a_path_is_told(void **state)
{
	listen_at(*state, false);
	say_everything(*state);
}

static void
test_a_manager_in_the_abstract_name_space_is_told(void **state)
{
	listen_at(*state, true);
	say_everything(*state);
}

static void
test_without_a_manager_nothing_is_said_and_nothing_fails(void **state)
{
	struct notify n;

	(void)state;
	assert_true(notify_open(&n, NULL, "1000000", NULL, SELF));
	assert_int_equal(n.fd, -1);
	assert_int_equal(n.watchdog_us, 0);
	assert_true(notify_ready(&n, "x"));
	assert_true(notify_alive(&n));
	notify_close(&n);
}

static void
test_an_address_of_another_kind_is_refused(void **state)
{
	static const struct {
		const char *name;
		int cause;
	} bad[] = { { "", EAFNOSUPPORT }, { "relative", EAFNOSUPPORT },
		{ "vsock:2:1234", EAFNOSUPPORT }, { "/", EINVAL },
		{ "@", EINVAL } };
	char longest[200];
	struct notify n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		errno = 0;
		assert_false(notify_open(&n, bad[i].name, "1", NULL, SELF));
		assert_int_equal(errno, bad[i].cause);
		assert_int_equal(n.fd, -1);
		assert_true(notify_alive(&n));
	}
	/* The address holds 108 bytes, with the NUL. */
	for (size_t length = 107; length <= 110; length++) {
		memset(longest, 'x', sizeof(longest));
		longest[0] = '/';
		longest[length] = '\0';
		assert_int_equal(notify_open(&n, longest, NULL, NULL, SELF),
		    length < 108);
		notify_close(&n);
	}
}

static void
test_a_manager_that_is_gone_is_an_error_and_one_that_comes_back_is_found(
    void **state)
{
	struct manager *m = *state;
	struct notify n;

	listen_at(m, false);
	assert_true(notify_open(&n, m->name, NULL, NULL, SELF));
	(void)close(m->fd);
	assert_false(notify_alive(&n));
	assert_int_equal(errno, ECONNREFUSED);
	assert_int_equal(unlink(m->name), 0);
	assert_false(notify_alive(&n));
	assert_int_equal(errno, ENOENT);
	listen_at(m, false);
	assert_true(notify_alive(&n));
	assert_string_equal(next(m), "WATCHDOG=1\n");
	notify_close(&n);
}

static void
test_a_status_cannot_say_more_than_its_line(void **state)
{
	struct manager *m = *state;
	struct notify n;

	listen_at(m, false);
	assert_true(notify_open(&n, m->name, NULL, NULL, SELF));
	assert_true(notify_status(&n, "a\nMAINPID=1\n\033[2J\x7f"));
	assert_string_equal(next(m), "STATUS=a MAINPID=1  [2J \n");
	assert_true(notify_status(&n, NULL));
	assert_string_equal(next(m), "STATUS=\n");
	notify_close(&n);
}

static void
test_a_long_status_is_cut_after_a_whole_character(void **state)
{
	struct manager *m = *state;
	char text[2000] = "";
	struct notify n;

	listen_at(m, false);
	assert_true(notify_open(&n, m->name, NULL, NULL, SELF));
	memset(text, 'x', NOTIFY_TEXT_MAX);
	assert_true(notify_status(&n, text));
	assert_int_equal(strlen(next(m)), NOTIFY_TEXT_MAX + 8);
	for (int before = 1; before <= 3; before++) {
		memset(text, 'x', sizeof(text));
		strcpy(text + NOTIFY_TEXT_MAX - before, "関所");
		assert_true(notify_status(&n, text));
		/* 3 bytes each: the first fits only where 3 are left. */
		assert_int_equal(strlen(next(m)),
		    NOTIFY_TEXT_MAX - (before == 3 ? 0 : before) + 8);
	}
	notify_close(&n);
}

static void
test_a_watchdog_is_ours_only_when_it_names_us(void **state)
{
	static const struct {
		const char *us, *pid;
		uint64_t expected;
	} cases[] = {
		{ "30000000", NULL, 30000000 },
		{ "30000000", "4711", 30000000 },
		{ "30000000", "4712", 0 },
		{ "30000000", "", 0 },
		{ "30000000", "47x11", 0 },
		{ NULL, "4711", 0 },
		{ "", "4711", 0 },
		{ "-1", "4711", 0 },
		{ "1s", "4711", 0 },
		{ " 1", "4711", 0 },
		{ "18446744073709551615", "4711", UINT64_MAX },
		{ "18446744073709551616", "4711", 0 },
		{ "99999999999999999999999", "4711", 0 },
	};
	struct manager *m = *state;
	struct notify n;

	listen_at(m, false);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(
		    notify_open(&n, m->name, cases[i].us, cases[i].pid, SELF));
		assert_int_equal(n.watchdog_us, cases[i].expected);
		notify_close(&n);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_a_manager_at_a_path_is_told),
		TEST(test_a_manager_in_the_abstract_name_space_is_told),
		TEST(test_without_a_manager_nothing_is_said_and_nothing_fails),
		TEST(test_an_address_of_another_kind_is_refused),
		TEST(
		    test_a_manager_that_is_gone_is_an_error_and_one_that_comes_back_is_found),
		TEST(test_a_status_cannot_say_more_than_its_line),
		TEST(test_a_long_status_is_cut_after_a_whole_character),
		TEST(test_a_watchdog_is_ours_only_when_it_names_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
