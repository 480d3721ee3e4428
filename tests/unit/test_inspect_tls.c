/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server's choice of version and cipher: every truncation, each lie. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "inspect_tls.h"

#define SESSION 43 /* offset of the session's length */
#define EXTENSIONS 47

/* TLS 1.3 with extensions key_share (cut short) and supported_versions. */
static size_t
make(uint8_t out[64])
{
	static const uint8_t head[] = { 22, 3, 3, 0, 58, 2, 0, 0, 54, 3, 3 };
	static const uint8_t tail[] = { 0, 0x13, 0x02, 0, 0, 14, 0, 51, 0, 4, 0,
		29, 0, 0, 0, 43, 0, 2, 3, 4 };

	memset(out, 0xaa, 64);
	memcpy(out, head, sizeof(head));
	memcpy(out + SESSION, tail, sizeof(tail));
	return SESSION + sizeof(tail);
}

static bool
read_hello(const uint8_t *bytes, size_t n, struct inspect_tls_hello *out)
{
	uint8_t *copy = malloc(n ? n : 1);
	bool result;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	result = inspect_tls_server_hello(copy, n, out);
	free(copy);
	return result;
}

static void
test_the_choice_is_read_and_no_truncation_is(void **state)
{
	struct inspect_tls_hello hello = { 0 };
	uint8_t bytes[64];
	size_t n = make(bytes);

	(void)state;
	for (size_t cut = 0; cut < n; cut++)
		assert_false(read_hello(bytes, cut, &hello));
	assert_int_equal(hello.version, 0);
	assert_true(read_hello(bytes, n, &hello));
	assert_int_equal(hello.version, 0x0304);
	assert_int_equal(hello.cipher, 0x1302);
	assert_true(read_hello(bytes, sizeof(bytes), &hello));
}

static void
test_lies_are_not_read(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} lies[] = {
		{ 0, 23 },		 /* no handshake */
		{ 1, 2 },		 /* SSL 2 */
		{ 4, 40 },		 /* the record ends before the hello */
		{ 5, 1 },		 /* a client's */
		{ 6, 1 },		 /* 64 KiB more */
		{ 8, 55 },		 /* longer than the record */
		{ 9, 4 },		 /* no version of TLS */
		{ SESSION, 33 },	 /* a session is at most 32 long */
		{ SESSION, 255 },	 /* and within the hello */
		{ EXTENSIONS + 1, 15 },	 /* extensions end behind it */
		{ EXTENSIONS + 5, 200 }, /* and each within them */
		{ EXTENSIONS + 15, 9 },	 /* a version there is not yet */
	};
	struct inspect_tls_hello hello;
	uint8_t bytes[64];
	size_t n = make(bytes);

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		(void)make(bytes);
		bytes[lies[i].at] = lies[i].value;
		if (read_hello(bytes, n, &hello))
			fail_msg("read: %zu is %u", lies[i].at, lies[i].value);
	}
}

/* A client's hello with three extensions, the last of the kind given; over
 * one record, or over two when split is not 0. Returns its length. */
static size_t
make_client(uint8_t out[160], uint16_t last, size_t split)
{
	static const uint8_t lists[] = { 0, 4, 0x13, 1, 0xc0, 0x2f, 1, 0, 0, 27,
		0, 0, 0, 9, 0, 7, 0, 0, 4, 'a', '.', 'j', 'p', 0, 10, 0, 2, 0,
		29 };
	uint8_t message[128] = { 1, 0, 0, 104, 3, 3 };
	size_t n = 6 + 32, at = 5;

	message[n] = 32;
	n += 33;
	memcpy(message + n, lists, sizeof(lists));
	n += sizeof(lists);
	message[n++] = (uint8_t)(last >> 8);
	message[n++] = (uint8_t)last;
	message[n++] = 0;
	message[n++] = 4;
	memset(message + n, 7, 4);
	n += 4;
	assert_int_equal(n, 108);
	memcpy(out, "\26\3\1\0\0", 5);
	out[4] = (uint8_t)(split ? split : n);
	for (size_t i = 0; i < n; i++) {
		if (split && i == split) {
			memcpy(out + at, "\26\3\1\0\0", 5);
			out[at + 4] = (uint8_t)(n - split);
			at += 5;
		}
		out[at++] = message[i];
	}
	return at;
}

static struct inspect_tls_client
read_client(const uint8_t *bytes, size_t n, size_t piece)
{
	struct inspect_tls_client s = { 0 };

	for (size_t at = 0; at < n; at += piece) {
		const size_t length = n - at < piece ? n - at : piece;
		uint8_t *exact = malloc(length);

		assert_non_null(exact);
		memcpy(exact, bytes + at, length);
		inspect_tls_client_hello(&s, exact, length);
		free(exact);
	}
	return s;
}

static void
test_an_encrypted_hello_is_seen_however_it_is_cut_up(void **state)
{
	static const uint16_t kinds[] = { 0xfe0d, 0xffce, 43 };
	uint8_t bytes[160];

	(void)state;
	for (int kind = 0; kind < 3; kind++)
		for (size_t split = 0; split < 108; split++)
			for (size_t piece = 1; piece < 120; piece += 7) {
				const size_t n = make_client(bytes, kinds[kind],
				    split);
				const struct inspect_tls_client s =
				    read_client(bytes, n, piece);

				assert_int_equal(s.encrypted_hello, kind < 2);
				assert_true(s.over);
			}
}

static void
test_a_hello_that_is_cut_says_nothing_yet(void **state)
{
	uint8_t bytes[160];
	const size_t n = make_client(bytes, 0xfe0d, 0);

	(void)state;
	for (size_t cut = 0; cut < n; cut++) {
		const struct inspect_tls_client s = read_client(bytes, cut,
		    cut + 1);

		/* The kind of the last one ends six bytes before the end. */
		assert_int_equal(s.encrypted_hello, cut >= n - 6);
	}
}

static void
test_what_is_no_client_hello_is_left(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} lies[] = {
		{ 0, 23 }, { 1, 2 }, { 5, 2 }, { 9, 4 }, { 43, 33 },
		{ 77, 200 },		/* lists that swallow the rest */
		{ 82, 200 }, { 85, 1 }, /* the extensions end before it */
		{ 89, 27 }, /* an extension that is longer than all */
	};
	uint8_t bytes[160];

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		const size_t n = make_client(bytes, 0xfe0d, 0);

		bytes[lies[i].at] = lies[i].value;
		if (read_client(bytes, n, n).encrypted_hello)
			fail_msg("read: %zu is %u", lies[i].at, lies[i].value);
	}
	(void)make_client(bytes, 0xfe0d, 0);
	bytes[4] = 0; /* a record without a byte */
	assert_true(read_client(bytes, 5, 5).over);
}

static bool
is_client(const uint8_t *bytes, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1); /* a byte beyond is seen */
	bool is;

	assert_non_null(exact);
	memcpy(exact, bytes, n);
	is = inspect_tls_is_client_hello(exact, n);
	free(exact);
	return is;
}

static void
test_a_client_hello_is_told_by_its_head(void **state)
{
	static const uint8_t old[] = { 0x80, 0x2e, 1, 3, 1, 0, 0x15 };
	uint8_t bytes[160];
	const size_t n = make_client(bytes, 0xfe0d, 0);

	(void)state;
	for (size_t cut = 0; cut <= n; cut++)
		assert_int_equal(is_client(bytes, cut), cut >= 11);
	bytes[5] = 2;
	assert_false(is_client(bytes, n));
	(void)make_client(bytes, 0xfe0d, 0);
	bytes[0] = 23;
	assert_false(is_client(bytes, n));
	(void)make_client(bytes, 0xfe0d, 0);
	bytes[9] = 4;
	assert_false(is_client(bytes, n));
	for (size_t cut = 0; cut <= sizeof(old); cut++)
		assert_int_equal(is_client(old, cut), cut == sizeof(old));
	memcpy(bytes, old, sizeof(old));
	bytes[6] = 0x16; /* no number of suites */
	assert_false(is_client(bytes, sizeof(old)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_choice_is_read_and_no_truncation_is),
		cmocka_unit_test(test_lies_are_not_read),
		cmocka_unit_test(
		    test_an_encrypted_hello_is_seen_however_it_is_cut_up),
		cmocka_unit_test(test_a_hello_that_is_cut_says_nothing_yet),
		cmocka_unit_test(test_what_is_no_client_hello_is_left),
		cmocka_unit_test(test_a_client_hello_is_told_by_its_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
