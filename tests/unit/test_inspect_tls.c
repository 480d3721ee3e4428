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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_choice_is_read_and_no_truncation_is),
		cmocka_unit_test(test_lies_are_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
