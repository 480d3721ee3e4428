/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client asks a proxy for: each form, each truncation, each lie; and
 * that no path, query or password is held. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "inspect_proxy.h"

struct client {
	struct inspect_proxy proxy;
	struct target found[INSPECT_PROXY_FOUND_MAX];
	struct inspect_proxy_result result;
};

static int
setup(void **state)
{
	*state = calloc(1, sizeof(struct client));
	return *state == NULL;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

/* A copy of its own size, so that a sanitizer sees a read beyond the end. */
static size_t
say_bytes(struct client *c, const void *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	c->result = inspect_proxy_payload(&c->proxy, copy, n, c->found);
	free(copy);
	return c->result.count;
}

static size_t
say(struct client *c, const char *text)
{
	return say_bytes(c, text, strlen(text));
}

/* host is a name or an address. */
static void
expect(const struct client *c, size_t i, const char *host, uint16_t port)
{
	char text[ADDR_TEXT_MAX];
	const struct target *t = &c->found[i];

	assert_true(i < c->result.count);
	assert_int_equal(t->port, port);
	if (t->address.family != 0) {
		assert_string_equal(t->name, "");
		assert_string_equal(addr_format(&t->address, text), host);
	} else {
		assert_string_equal(t->name, host);
	}
}

static void
test_connect_and_absolute_targets_are_read(void **state)
{
	static const struct {
		const char *line, *host;
		uint16_t port;
	} rows[] = {
		{ "CONNECT www.example.jp:443 HTTP/1.1\r\n", "www.example.jp",
		    443 },
		{ "CONNECT WWW.Example.JP:8443 HTTP/1.0\r\n", "www.example.jp",
		    8443 },
		{ "CONNECT 172.20.9.8:443 HTTP/1.1\r\n", "172.20.9.8", 443 },
		{ "CONNECT [2001:db8::1]:443 HTTP/1.1\r\n", "2001:db8::1",
		    443 },
		{ "GET http://www.example.jp/ HTTP/1.1\r\n", "www.example.jp",
		    80 },
		{ "GET http://www.example.jp HTTP/1.1\r\n", "www.example.jp",
		    80 },
		{ "GET http://www.example.jp?q HTTP/1.1\r\n", "www.example.jp",
		    80 },
		{ "GET http://www.example.jp.:81/x HTTP/1.1\r\n",
		    "www.example.jp", 81 },
		{ "POST HTTPS://a_b.example.jp/ HTTP/1.1\n", "a_b.example.jp",
		    443 },
		{ "GET ftp://files.example.jp/x HTTP/1.1\r\n",
		    "files.example.jp", 21 },
		{ "PROPFIND http://10.1.0.10:8080/ HTTP/1.1\r\n", "10.1.0.10",
		    8080 },
		{ "GET http://[fd00::1]/ HTTP/1.1\r\n", "fd00::1", 80 },
		{ "GET http://user:p@ss@www.example.jp/ HTTP/1.1\r\n",
		    "www.example.jp", 80 },
		{ "GET http://www.example.jp/\r\n", "www.example.jp", 80 },
		{ "get http://www.example.jp/ HTTP/1.1\r\n", "www.example.jp",
		    80 },
		{ "GET http://www.example.jp:/ HTTP/1.1\r\n", "www.example.jp",
		    80 },
	};
	struct client *c = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (say(c, rows[i].line) != 1)
			fail_msg("not read: %s", rows[i].line);
		expect(c, 0, rows[i].host, rows[i].port);
		assert_false(c->result.more || c->result.unreadable);
	}
}

static void
test_an_address_in_digits_is_an_address(void **state)
{
	struct client *c = *state;

	assert_int_equal(say(c, "GET http://167837706/ HTTP/1.1\r\n"), 1);
	expect(c, 0, "10.1.0.10", 80);
	assert_int_equal(say(c, "GET http://0x0a01000a/ HTTP/1.1\r\n"), 1);
	expect(c, 0, "10.1.0.10", 80);
	assert_int_equal(say(c, "GET http://10.65546/ HTTP/1.1\r\n"), 1);
	expect(c, 0, "10.1.0.10", 80);
	assert_int_equal(say(c, "GET http://10.example.jp/ HTTP/1.1\r\n"), 1);
	expect(c, 0, "10.example.jp", 80);
}

static void
test_what_is_no_request_for_another_host_is_nothing(void **state)
{
	static const char *const texts[] = {
		"GET /http://www.example.jp/ HTTP/1.1\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\n\r\n",
		"SSH-2.0-OpenSSH\r\n",
		"\x16\x03\x01\x02\x00\x01\x00",
		"see http://www.example.jp/ for more\r\n",
		" GET http://www.example.jp/ HTTP/1.1\r\n",
		"XGET http:/www.example.jp/ HTTP/1.1\r\n",
		"HTTP/1.1 200 OK\r\n",
	};
	struct client *c = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (say(c, texts[i]) != 0 || c->result.more ||
		    c->result.unreadable)
			fail_msg("taken: %s", texts[i]);
	}
}

static void
test_a_host_that_cannot_be_told_is_said_to_be_so(void **state)
{
	static const char *const lines[] = {
		"CONNECT www.example.jp HTTP/1.1\r\n",
		"CONNECT www.example.jp:0 HTTP/1.1\r\n",
		"CONNECT www.example.jp:65536 HTTP/1.1\r\n",
		"CONNECT www.example.jp:443x HTTP/1.1\r\n",
		"CONNECT :443 HTTP/1.1\r\n",
		"CONNECT [2001:db8::1:443 HTTP/1.1\r\n",
		"CONNECT [10.1.0.10]:443 HTTP/1.1\r\n",
		"CONNECT [fe80::1%25eth0]:443 HTTP/1.1\r\n",
		"GET http:/// HTTP/1.1\r\n",
		"GET http://a%2eb/ HTTP/1.1\r\n",
		"GET http://user@/ HTTP/1.1\r\n",
		"GET gopher://www.example.jp/ HTTP/1.1\r\n",
		"GET http://\xe4\xbe\x8b.jp/ HTTP/1.1\r\n",
		"GET  http://www.example.jp/ HTTP/1.1\r\n",
		"GET\thttp://www.example.jp/ HTTP/1.1\r\n",
		"GET http:/www.example.jp/ HTTP/1.1\r\n",
		"GET http:www.example.jp/ HTTP/1.1\r\n",
		"GET ://www.example.jp/ HTTP/1.1\r\n",
		"GET http://www.exa\rmple.jp/ HTTP/1.1\r\n",
		"GET http://www.exa\tmple.jp/ HTTP/1.1\r\n",
		"GET http://www.example.jp\x01/ HTTP/1.1\r\n",
		"CONNECT\twww.example.jp:443\tHTTP/1.1\r\n",
		"get http://www.example.jp/ HTTP/2.0\r\n",
	};
	struct client *c = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (say(c, lines[i]) != 0 || !c->result.unreadable)
			fail_msg("not said of: %s", lines[i]);
	}
}

static void
test_connect_needs_no_version(void **state)
{
	static const char *const lines[] = { "CONNECT 10.1.0.10:445\r\n\r\n",
		"CONNECT 10.1.0.10:445\n\n", "\r\nCONNECT 10.1.0.10:445\r\n",
		"\n\nCONNECT 10.1.0.10:445 HTTP/1.1\r\n" };
	struct client *c = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (say(c, lines[i]) != 1)
			fail_msg("not read: %s", lines[i]);
		expect(c, 0, "10.1.0.10", 445);
		assert_false(c->result.more || c->result.unreadable);
	}
	/* The end of the line comes later. */
	assert_int_equal(say(c, "CONNECT 10.1.0.10:445\r"), 0);
	assert_true(c->result.more);
	assert_int_equal(say(c, "\n"), 1);
	expect(c, 0, "10.1.0.10", 445);
}

static void
test_origin_form_is_the_proxys_own_only_with_its_host(void **state)
{
	static const struct {
		const char *text;
		bool own;
	} rows[] = {
		{ "GET / HTTP/1.1\r\nHost: 10.2.0.8\r\n\r\n", true },
		{ "GET / HTTP/1.1\r\nA: b\r\nhOST:10.2.0.8:8080\r\n", true },
		{ "GET / HTTP/1.0\r\nA: b\r\n\r\n", true },
		{ "OPTIONS * HTTP/1.1\r\nHost: 10.2.0.9\r\n\r\n", false },
		{ "GET / HTTP/1.1\r\nHost: www.example.jp\r\n\r\n", false },
		{ "GET / HTTP/1.1\r\nXHost: 10.2.0.8\r\n"
		  "Host: 10.1.0.10\r\n\r\n",
		    false },
		{ "GET / HTTP/1.1\r\nHost: 10.2.0.8", false }, /* goes on */
		{ "GET / HTTP/1.1\r\nA: b\r\n", false },
	};
	struct client *c = *state;

	assert_true(addr_parse("10.2.0.8", &c->proxy.self));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(say(c, rows[i].text), 0);
		if (c->result.unreadable == rows[i].own)
			fail_msg("wrong: %s", rows[i].text);
	}
	/* Inside a tunnel it is for the tunnel's end, and nobody else. */
	assert_int_equal(say(c, "CONNECT ws.example.jp:80 HTTP/1.1\r\n\r\n"),
	    1);
	assert_int_equal(say(c,
			     "GET / HTTP/1.1\r\nHost: WS.example.jp\r\n\r\n"),
	    0);
	assert_false(c->result.unreadable);
	assert_int_equal(say(c, "GET / HTTP/1.1\r\nHost: b.example.jp\r\n\r\n"),
	    0);
	assert_true(c->result.unreadable);
}

static void
test_a_name_longer_than_kept_is_unreadable(void **state)
{
	struct client *c = *state;
	char line[700] = "CONNECT ";

	memset(line + 8, 'a', 400);
	strcpy(line + 408, ":443 HTTP/1.1\r\n");
	assert_int_equal(say(c, line), 0);
	assert_true(c->result.unreadable);
}

static void
test_a_request_may_come_in_any_two_pieces(void **state)
{
	static const char *const lines[] = {
		"CONNECT www.example.jp:443 HTTP/1.1\r\n\r\n",
		"GET http://www.example.jp:443/p?q HTTP/1.1\r\n\r\n",
	};
	struct client *c = *state;

	for (size_t i = 0; i < 2; i++)
		for (size_t n = 1; n < strlen(lines[i]); n++) {
			size_t first, second;

			inspect_proxy_wipe(&c->proxy);
			first = say_bytes(c, lines[i], n);
			assert_int_equal(c->result.more, first == 0);
			if (first == 1)
				expect(c, 0, "www.example.jp", 443);
			second = say(c, lines[i] + n);
			assert_int_equal(first + second, 1);
			assert_false(c->result.unreadable);
			if (second == 1)
				expect(c, 0, "www.example.jp", 443);
		}
}

static void
test_a_request_may_come_byte_by_byte(void **state)
{
	static const char line[] = "GET http://www.example.jp/ HTTP/1.1\r\n";
	struct client *c = *state;
	size_t count = 0;

	for (size_t i = 0; i < sizeof(line) - 1; i++)
		count += say_bytes(c, line + i, 1);
	assert_int_equal(count, 1);
}

static void
test_requests_behind_each_other_are_all_read(void **state)
{
	struct client *c = *state;

	assert_int_equal(say(c,
			     "GET http://a.jp/ HTTP/1.1\r\nX: y\r\n\r\n"
			     "GET /own HTTP/1.1\r\n\r\n"
			     "HEAD http://b.jp:81/ HTTP/1.1\r\n\r\n"
			     "GET http://c.j"),
	    2);
	expect(c, 0, "a.jp", 80);
	expect(c, 1, "b.jp", 81);
	assert_true(c->result.more);
	assert_int_equal(say(c,
			     "p/ HTTP/1.1\r\n\r\n"
			     "GET http://d.jp/ HTTP/1.1\r\n\r\n"),
	    2);
	expect(c, 0, "c.jp", 80);
	expect(c, 1, "d.jp", 80);
}

static void
test_the_body_of_a_request_is_not_read(void **state)
{
	struct client *c = *state;

	assert_int_equal(say(c,
			     "POST http://a.jp/ HTTP/1.1\r\n"
			     "Content-Length: 99\r\n\r\n"
			     "GET http://b.jp/ HTTP/1.1\r\n\r\n"),
	    1);
	expect(c, 0, "a.jp", 80);
}

static void
test_a_refused_connect_is_read_again(void **state)
{
	struct client *c = *state;

	assert_int_equal(say(c, "CONNECT a.jp:443 HTTP/1.1\r\n\r\n"), 1);
	assert_int_equal(say(c, "CONNECT b.jp:443 HTTP/1.1\r\n\r\n"), 1);
	expect(c, 0, "b.jp", 443);
	assert_int_equal(say(c, "\x16\x03\x01\x00\x05GET h"), 0);
	assert_false(c->result.more);
}

static void
test_the_end_of_a_body_does_not_hide_a_request(void **state)
{
	struct client *c = *state;

	assert_int_equal(say(c, "lastword"), 0);
	assert_true(c->result.more);
	assert_int_equal(say(c, "GET http://a.jp/ HTTP/1.1\r\n\r\n"), 1);
	expect(c, 0, "a.jp", 80);
}

static void
test_more_requests_than_fit_are_said_to_be_unreadable(void **state)
{
	struct client *c = *state;
	char text[20 * 32] = "";

	for (int i = 0; i < 12; i++)
		strcat(text, "GET http://a.jp/ HTTP/1.1\r\n\r\n");
	assert_int_equal(say(c, text), INSPECT_PROXY_FOUND_MAX);
	assert_true(c->result.unreadable);
}

static void
test_holding_is_bounded(void **state)
{
	struct client *c = *state;
	char text[3000];

	memset(text, 'a', sizeof(text));
	memcpy(text, "GET http://", 11);
	assert_int_equal(say_bytes(c, text, 1000), 0);
	assert_true(c->result.more);
	assert_int_equal(say_bytes(c, text + 11, 1000), 0);
	assert_true(c->result.unreadable);
	assert_false(c->result.more);
	assert_int_equal(say_bytes(c, text, sizeof(text)), 0);
	assert_true(c->result.unreadable);
	inspect_proxy_gap(&c->proxy);
	assert_int_equal(say(c, "GET http://a.jp/ HTTP/1.1\r\n"), 1);
}

static void
test_no_path_query_or_password_is_held(void **state)
{
	struct client *c = *state;

	assert_int_equal(say(c, "GET http://a.jp/secret?token=1 HT"), 1);
	assert_null(memmem(c, sizeof(*c), "secret", 6));
	assert_null(memmem(c, sizeof(*c), "token", 5));
	assert_int_equal(say(c, "TP/1.1\r\n\r\n"), 0);
	assert_int_equal(say(c, "GET http://taro:hanako@a.jp/ HTTP/1.1\r\n"),
	    1);
	assert_null(memmem(c, sizeof(*c), "hanako", 6));
	assert_int_equal(say(c, "GET http://taro:hanako@a."), 0);
	assert_int_equal(say(c, "jp/ HTTP/1.1\r\n"), 1);
	expect(c, 0, "a.jp", 80);
	assert_null(memmem(c, sizeof(*c), "hanako", 6));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_connect_and_absolute_targets_are_read),
		TEST(test_an_address_in_digits_is_an_address),
		TEST(test_what_is_no_request_for_another_host_is_nothing),
		TEST(test_a_host_that_cannot_be_told_is_said_to_be_so),
		TEST(test_a_name_longer_than_kept_is_unreadable),
		TEST(test_a_request_may_come_in_any_two_pieces),
		TEST(test_a_request_may_come_byte_by_byte),
		TEST(test_requests_behind_each_other_are_all_read),
		TEST(test_the_body_of_a_request_is_not_read),
		TEST(test_a_refused_connect_is_read_again),
		TEST(test_the_end_of_a_body_does_not_hide_a_request),
		TEST(test_more_requests_than_fit_are_said_to_be_unreadable),
		TEST(test_holding_is_bounded),
		TEST(test_connect_needs_no_version),
		TEST(test_origin_form_is_the_proxys_own_only_with_its_host),
		TEST(test_no_path_query_or_password_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
