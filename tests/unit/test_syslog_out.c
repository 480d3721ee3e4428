/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Alerts as datagrams: their form, and that nothing waits for who does not
 * read them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "syslog_out.h"

struct reader {
	char folder[64], path[80];
	int fd; /* who reads */
};

static void
begin(struct reader *p)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(p->folder, sizeof(p->folder), "/tmp/syslog-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	(void)snprintf(p->path, sizeof(p->path), "%s/log", p->folder);
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", p->path);
	p->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(p->fd, (const struct sockaddr *)&at, sizeof(at)),
	    0);
}

static void
end(struct reader *p)
{
	(void)close(p->fd);
	(void)unlink(p->path);
	(void)rmdir(p->folder);
}

static void
test_an_alert_is_one_message_with_its_priority(void **state)
{
	static const int priorities[] = { [SEVERITY_CRITICAL] = 26,
		[SEVERITY_HIGH] = 27,
		[SEVERITY_MEDIUM] = 28,
		[SEVERITY_LOW] = 29,
		[SEVERITY_INFORMATION] = 30 };
	const uint64_t flow_id = 188123456789;
	struct recorder_alert a = { CHECK_SEG_1, SEVERITY_NONE, NULL,
		"通信が成立しました。" };
	char got[8192], expected[256];
	struct syslog_out s;
	struct reader p;
	ssize_t n;

	(void)state;
	begin(&p);
	assert_true(syslog_out_open(&s, p.path));
	for (int i = SEVERITY_INFORMATION; i <= SEVERITY_CRITICAL; i++) {
		a.severity = (enum severity)i;
		a.flow_id = i == SEVERITY_CRITICAL ? &flow_id : NULL;
		syslog_out_alert(&s, &a);
		n = recv(p.fd, got, sizeof(got) - 1, MSG_DONTWAIT);
		assert_true(n > 0);
		got[n] = '\0';
		(void)snprintf(expected, sizeof(expected),
		    "<%d>sekisho-probe[%d]: SEG-1 %s: 通信が成立しました。%s",
		    priorities[i], (int)getpid(),
		    severity_name((enum severity)i),
		    a.flow_id ? " (flow 188123456789)" : "");
		assert_string_equal(got, expected);
	}
	assert_int_equal(s.sent, 5);
	assert_int_equal(s.lost, 0);
	syslog_out_close(&s);
	end(&p);
}

static void
test_a_long_message_is_cut_between_characters(void **state)
{
	struct text t = { 0 };
	struct recorder_alert a = { CHECK_COV_6, SEVERITY_HIGH, NULL, NULL };
	char got[SYSLOG_OUT_BYTES_MAX + 100];
	struct syslog_out s;
	struct reader p;
	ssize_t n, at;

	(void)state;
	begin(&p);
	assert_true(syslog_out_open(&s, p.path));
	for (int i = 0; i < 3; i++) { /* one byte more each time */
		text_add_char(&t, 'x');
		for (int k = 0; k < 3000; k++)
			text_add(&t, "庁");
		a.message = text_str(&t);
		syslog_out_alert(&s, &a);
		n = recv(p.fd, got, sizeof(got), MSG_DONTWAIT);
		assert_true(n > SYSLOG_OUT_BYTES_MAX - 4);
		assert_true(n <= SYSLOG_OUT_BYTES_MAX);
		for (at = 0; at < n;) {
			const size_t step = text_utf8(got + at,
			    (size_t)(n - at));

			assert_true(step > 0);
			at += (ssize_t)step;
		}
	}
	text_free(&t);
	syslog_out_close(&s);
	end(&p);
}

static void
test_who_does_not_read_is_not_waited_for(void **state)
{
	const struct recorder_alert a = { CHECK_SEG_1, SEVERITY_HIGH, NULL,
		"message" };
	struct syslog_out s;
	struct reader p;

	(void)state;
	begin(&p);
	assert_true(syslog_out_open(&s, p.path));
	for (int i = 0; i < 10000; i++)
		syslog_out_alert(&s, &a);
	assert_true(s.lost > 0);
	assert_int_equal(s.sent + s.lost, 10000);
	(void)close(p.fd); /* and when it ends */
	p.fd = -1;
	syslog_out_alert(&s, &a);
	assert_int_equal(s.sent + s.lost, 10001);
	syslog_out_close(&s);
	end(&p);
}

static void
test_where_there_is_none_every_message_is_counted(void **state)
{
	const struct recorder_alert a = { CHECK_SEG_1, SEVERITY_HIGH, NULL,
		"message" };
	char longer[300];
	struct syslog_out s;

	(void)state;
	assert_false(syslog_out_open(&s, "/nonexistent/log"));
	assert_int_equal(errno, ENOENT);
	syslog_out_alert(&s, &a);
	assert_int_equal(s.lost, 1);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_false(syslog_out_open(&s, longer));
	assert_int_equal(errno, ENAMETOOLONG);
	syslog_out_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_an_alert_is_one_message_with_its_priority),
		cmocka_unit_test(test_a_long_message_is_cut_between_characters),
		cmocka_unit_test(test_who_does_not_read_is_not_waited_for),
		cmocka_unit_test(
		    test_where_there_is_none_every_message_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
