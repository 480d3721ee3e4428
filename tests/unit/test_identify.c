/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine makes of announcements and of what proxies are asked. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine_scene.h"
#include "flow.h"

#define SYN TCP_SYN
#define ACK TCP_ACK
#define RST TCP_RST

static const struct scene_place lg = { .vlan = 200 };
static const struct scene_place lg_router = { .vlan = 200,
	.from_router = true };
static const struct scene_place office = { .vlan = 300 };

/* Lines of an FTP control connection, each acknowledged by the next. */
static void
ftp_control(struct scene *s, const char *const *lines, size_t count)
{
	uint32_t seq[2] = { 1001, 2001 };

	scene_tcp(s, lg, "10.2.0.9", 4000, "172.20.0.21", 21, SYN, 1000, 0,
	    NULL);
	scene_tcp(s, lg_router, "172.20.0.21", 21, "10.2.0.9", 4000, SYN | ACK,
	    2000, 1001, NULL);
	scene_tcp(s, lg, "10.2.0.9", 4000, "172.20.0.21", 21, ACK, 1001, 2001,
	    NULL);
	for (size_t i = 0; i < count; i++) {
		const bool server = lines[i][0] >= '1' && lines[i][0] <= '9';

		if (server)
			scene_tcp(s, lg_router, "172.20.0.21", 21, "10.2.0.9",
			    4000, ACK, seq[1], seq[0], lines[i]);
		else
			scene_tcp(s, lg, "10.2.0.9", 4000, "172.20.0.21", 21,
			    ACK, seq[0], seq[1], lines[i]);
		seq[server] += (uint32_t)strlen(lines[i]);
	}
}

static const char *const ftp_lines[] = {
	"220 (vsFTPd 3.0.3)\r\n",
	"USER anonymous\r\n",
	"331 Please specify the password.\r\n",
	"PASS guest\r\n",
	"230 Login successful.\r\n",
	"PASV\r\n",
	"227 Entering Passive Mode (172,20,0,21,39,16).\r\n",
};

static void
ftp_data(struct scene *s)
{
	scene_tcp(s, lg, "10.2.0.9", 4001, "172.20.0.21", 10000, SYN, 1, 0,
	    NULL);
	scene_tcp(s, lg_router, "172.20.0.21", 10000, "10.2.0.9", 4001,
	    SYN | ACK, 1, 2, NULL);
	scene_tcp(s, lg_router, "172.20.0.21", 10000, "10.2.0.9", 4001, ACK, 2,
	    2, "a,b,c\r\n");
}

static void
test_a_data_connection_inherits_the_controls_verdict(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	ftp_control(s, ftp_lines, 7);
	ftp_data(s);
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 1000);
	assert_string_equal(n->application, "FTP_CONTROL");
	assert_int_equal(n->kind, VERDICT_CONFORM);
	n = scene_last(s, OBSERVATION_FINAL, 1001);
	assert_string_equal(n->application, "FTP_DATA");
	assert_true(n->inherited);
	assert_int_equal(n->kind, VERDICT_CONFORM);
	assert_true(scene_counted(s, "correlated", 1));
	scene_free(s);
}

static void
test_a_data_connection_that_is_none_inherits_nothing(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	ftp_control(s, ftp_lines, 7);
	scene_tcp(s, lg, "10.2.0.9", 4001, "172.20.0.21", 10000, SYN, 1, 0,
	    NULL);
	scene_tcp(s, lg_router, "172.20.0.21", 10000, "10.2.0.9", 4001,
	    SYN | ACK, 1, 2, NULL);
	scene_tcp(s, lg_router, "172.20.0.21", 10000, "10.2.0.9", 4001, ACK, 2,
	    2, "SSH-2.0-OpenSSH_9.2\r\n");
	scene_tcp(s, lg, "10.2.0.9", 4001, "172.20.0.21", 10000, ACK, 2, 23,
	    "SSH-2.0-OpenSSH_9.2\r\n");
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 1001);
	assert_string_equal(n->application, "SSH");
	assert_false(n->inherited);
	assert_int_equal(n->kind, VERDICT_VIOLATE);
	scene_free(s);
}

static void
test_who_is_no_ftp_announces_nothing(void **state)
{
	static const char *const lines[] = { "junk\r\n",
		"227 x (172,20,0,21,39,16)\r\n" };
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	ftp_control(s, lines, 2);
	ftp_data(s);
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 1001);
	assert_false(n->inherited);
	assert_int_equal(n->kind, VERDICT_VIOLATE);
	assert_true(scene_counted(s, "correlated", 0));
	scene_free(s);
}

static void
test_a_data_connection_outlives_its_control(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	ftp_control(s, ftp_lines, 7);
	scene_tcp(s, lg, "10.2.0.9", 4000, "172.20.0.21", 21, RST, 1044, 0,
	    NULL);
	s->us += FLOW_TCP_CLOSED_US + CLOCK_SECOND;
	ftp_data(s);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 0)->id, 1000);
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 1001);
	assert_true(n->inherited);
	assert_int_equal(n->kind, VERDICT_CONFORM);
	scene_free(s);
}

static void
test_the_port_without_announcement_inherits_nothing(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	ftp_control(s, ftp_lines, 6); /* PASV is not answered */
	ftp_data(s);
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 1001);
	assert_false(n->inherited);
	assert_int_equal(n->kind, VERDICT_VIOLATE);
	scene_free(s);
}

static void
test_what_is_asked_of_a_proxy_is_a_target(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	scene_tcp(s, office, "10.3.1.5", 4000, "10.2.0.8", 8080, SYN, 1, 0,
	    NULL);
	scene_tcp(s, lg, "10.2.0.8", 8080, "10.3.1.5", 4000, SYN | ACK, 1, 2,
	    NULL);
	scene_tcp(s, office, "10.3.1.5", 4000, "10.2.0.8", 8080, ACK, 2, 2,
	    "CONNECT 172.20.9.");
	scene_tcp(s, office, "10.3.1.5", 4000, "10.2.0.8", 8080, ACK, 19, 2,
	    "8:443 HTTP/1.1\r\n\r\n");
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 0);
	assert_int_equal(n->targets, 1);
	assert_int_equal(n->target.port, 443);
	assert_int_equal(n->target.address.bytes[0], 172);
	scene_free(s);
}

static void
test_a_request_sent_again_may_not_differ(void **state)
{
	static const char *const again[] = {
		"CONNECT 172.20.9.8:443 HTTP/1.1\r\n\r\n",
		"CONNECT 10.001.0.8:443 HTTP/1.1\r\n\r\n"
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct scene *s = scene_new(0);

		scene_tcp(s, office, "10.3.1.5", 4000, "10.2.0.8", 8080, SYN, 1,
		    0, NULL);
		scene_tcp(s, lg, "10.2.0.8", 8080, "10.3.1.5", 4000, SYN | ACK,
		    1, 2, NULL);
		scene_tcp(s, office, "10.3.1.5", 4000, "10.2.0.8", 8080, ACK, 2,
		    2, again[0]);
		s->us += CLOCK_SECOND;
		scene_tcp(s, office, "10.3.1.5", 4000, "10.2.0.8", 8080, ACK, 2,
		    2, again[i]);
		scene_finish(s);
		assert_int_equal(scene_last(s, OBSERVATION_FINAL, 0)->targets,
		    i + 1);
		assert_true(scene_counted(s, "targets-full", i == 1));
		scene_free(s);
	}
}

static void
test_an_engine_may_be_freed_with_conversations_open(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	ftp_control(s, ftp_lines, 7);
	ftp_data(s);
	scene_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_data_connection_inherits_the_controls_verdict),
		cmocka_unit_test(
		    test_a_data_connection_that_is_none_inherits_nothing),
		cmocka_unit_test(test_who_is_no_ftp_announces_nothing),
		cmocka_unit_test(test_a_data_connection_outlives_its_control),
		cmocka_unit_test(
		    test_the_port_without_announcement_inherits_nothing),
		cmocka_unit_test(test_what_is_asked_of_a_proxy_is_a_target),
		cmocka_unit_test(test_a_request_sent_again_may_not_differ),
		cmocka_unit_test(
		    test_an_engine_may_be_freed_with_conversations_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
