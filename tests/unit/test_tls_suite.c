/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every class of the TLS setting guideline at its boundaries, and that the
 * table can be searched. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tls_suite.h"

#define TLS10 0x0301
#define TLS11 0x0302
#define TLS12 0x0303
#define TLS13 0x0304

static void
assert_class(uint16_t version, const uint16_t *suites, size_t count,
    enum tls_class wanted)
{
	char name[TLS_TEXT_MAX];

	for (size_t i = 0; i < count; i++)
		if (tls_class(version, suites[i]) != wanted)
			fail_msg("%s is of class %d, not %d",
			    tls_suite_name(suites[i], name),
			    (int)tls_class(version, suites[i]), (int)wanted);
}

#define ASSERT_CLASS(version, wanted, ...)                        \
	do {                                                      \
		static const uint16_t suites[] = { __VA_ARGS__ }; \
		assert_class(version, suites,                     \
		    sizeof(suites) / sizeof(*suites), wanted);    \
	} while (0)

static void
test_high_is_forward_secret_with_an_aead(void **state)
{
	(void)state;
	ASSERT_CLASS(TLS13, TLS_CLASS_HIGH, 0x1301, 0x1302, 0x1303, 0x1304,
	    0x1305);
	ASSERT_CLASS(TLS12, TLS_CLASS_HIGH, 0xC02B, 0xC02C, 0xC02F, 0xC030,
	    0xCCA8, 0xCCA9, 0xCCAA, 0x009E, 0x009F, 0xC0AC, 0xC0AD, 0xC09E,
	    0xC09F, 0xC086, 0xC087, 0xC08A, 0xC08B, 0xC07C, 0xC07D);
}

static void
test_recommended_adds_forward_secrecy_with_cbc(void **state)
{
	(void)state;
	ASSERT_CLASS(TLS12, TLS_CLASS_RECOMMENDED, 0xC023, 0xC024, 0xC027,
	    0xC028, 0xC009, 0xC00A, 0xC013, 0xC014, 0x0067, 0x006B, 0x0033,
	    0x0039, 0x0045, 0x0088, 0x00BE, 0x00C4, 0xC072, 0xC073, 0xC076,
	    0xC077);
}

static void
test_exception_adds_rsa_and_older_versions(void **state)
{
	(void)state;
	ASSERT_CLASS(TLS12, TLS_CLASS_EXCEPTION, 0x009C, 0x009D, 0x003C, 0x003D,
	    0x002F, 0x0035, 0x0041, 0x0084);
	ASSERT_CLASS(TLS11, TLS_CLASS_EXCEPTION, 0xC013, 0xC014, 0x002F,
	    0x0039);
	ASSERT_CLASS(TLS10, TLS_CLASS_EXCEPTION, 0xC00A, 0x0035);
	ASSERT_CLASS(TLS12, TLS_CLASS_EXCEPTION, 0xC0AE, 0xC0A2); /* CCM_8 */
}

static void
test_what_no_class_takes_is_below(void **state)
{
	(void)state;
	/* without a cipher, exported, anonymous, DES, 3DES, RC4, MD5 */
	ASSERT_CLASS(TLS12, TLS_CLASS_BELOW, 0x0000, 0x0001, 0x0002, 0x003B,
	    0xC006, 0xC010, 0x0003, 0x0006, 0x0008, 0x0014, 0x0018, 0x0034,
	    0x00A6, 0xC018, 0x0009, 0x0015, 0x000A, 0x0016, 0xC008, 0xC012,
	    0x0004, 0x0005, 0xC007, 0xC011);
	/* a key known before, static keys, DSS, ciphers not on the list */
	ASSERT_CLASS(TLS12, TLS_CLASS_BELOW, 0x00A8, 0x00AA, 0xD001, 0xC025,
	    0xC02D, 0x0030, 0x00A2, 0x0032, 0x0096, 0xC050, 0xC05C, 0xC100);
	ASSERT_CLASS(0x0300, TLS_CLASS_BELOW, 0xC02F, 0x002F, 0xEEEE);
	ASSERT_CLASS(TLS13, TLS_CLASS_BELOW, 0x00C6, 0x00C7, 0xC103);
}

static void
test_what_cannot_be_is_of_no_known_class(void **state)
{
	(void)state;
	ASSERT_CLASS(TLS12, TLS_CLASS_UNKNOWN, 0xEEEE, 0x0A0A, 0x00FF, 0x5600);
	ASSERT_CLASS(TLS13, TLS_CLASS_UNKNOWN, 0xC02F, 0x002F, 0xEEEE);
	ASSERT_CLASS(TLS12, TLS_CLASS_UNKNOWN, 0x1301);
	ASSERT_CLASS(0x0305, TLS_CLASS_UNKNOWN, 0x1301);
	ASSERT_CLASS(0, TLS_CLASS_UNKNOWN, 0xC02F);
}

static void
test_each_row_of_the_table_is_found_by_its_number(void **state)
{
	static const struct {
		uint16_t number;
		const char *name;
	} rows[] = {
#define SUITE(number, name, exchange, by, cipher, hash, applied) \
	{ number, name },
#include "tls_suite_table.h"
#undef SUITE
	};
	char buf[TLS_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(i == 0 || rows[i - 1].number < rows[i].number);
		assert_true(tls_suite_known(rows[i].number));
		assert_string_equal(tls_suite_name(rows[i].number, buf),
		    rows[i].name);
		assert_true(strlen(rows[i].name) < TLS_TEXT_MAX);
	}
	assert_false(tls_suite_known(0xEEEE));
	assert_string_equal(tls_suite_name(0xEEEE, buf), "0xEEEE");
}

static void
test_versions_and_classes_have_names(void **state)
{
	char buf[TLS_TEXT_MAX];

	(void)state;
	assert_string_equal(tls_version_name(0x0300, buf), "SSL 3.0");
	assert_string_equal(tls_version_name(TLS10, buf), "TLS 1.0");
	assert_string_equal(tls_version_name(TLS13, buf), "TLS 1.3");
	assert_string_equal(tls_version_name(0x7F1C, buf), "0x7F1C");
	assert_null(tls_class_name(TLS_CLASS_UNKNOWN));
	assert_string_equal(tls_class_name(TLS_CLASS_BELOW), "below");
	assert_string_equal(tls_class_name(TLS_CLASS_HIGH), "tls-high");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_high_is_forward_secret_with_an_aead),
		cmocka_unit_test(
		    test_recommended_adds_forward_secrecy_with_cbc),
		cmocka_unit_test(test_exception_adds_rsa_and_older_versions),
		cmocka_unit_test(test_what_no_class_takes_is_below),
		cmocka_unit_test(test_what_cannot_be_is_of_no_known_class),
		cmocka_unit_test(
		    test_each_row_of_the_table_is_found_by_its_number),
		cmocka_unit_test(test_versions_and_classes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
