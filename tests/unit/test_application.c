/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the names of applications. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <strings.h>

#include "application.h"

static const char *const names[] = {
#define APPLICATION(name, family, eve, traits) name,
#include "application_table.h"
#undef APPLICATION
};

#define NAMES (sizeof(names) / sizeof(names[0]))

static void
test_table_is_sorted_and_every_name_is_found(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NAMES; i++) {
		if (i > 0)
			assert_true(strcasecmp(names[i - 1], names[i]) < 0);
		assert_string_equal(application_find(names[i])->name, names[i]);
		assert_true(application_matches(names[i], names[i]));
	}
	assert_null(application_find("nonsense"));
}

static void
test_words_match_by_name_family_and_suricata_spelling(void **state)
{
	(void)state;
	assert_true(application_matches("SMB", "SMBv1"));
	assert_true(application_matches("smb", "SMBv23"));
	assert_true(application_matches("smbv23", "SMBv23"));
	assert_false(application_matches("SMBv1", "SMBv23"));
	assert_true(application_matches("FTP", "FTP_DATA"));
	assert_true(application_matches("HTTPS", "TLS"));
	assert_true(application_matches("MSSQL", "MsSQL-TDS"));
	assert_true(application_matches("rfb", "VNC"));
	assert_true(application_matches("RPC", "DCE_RPC"));
	assert_false(application_matches("HTTP", "TLS"));
	assert_false(application_matches("TLS", NULL));
	assert_true(application_matches("own", "OWN"));
	assert_false(application_matches("own", "other"));
	assert_string_equal(application_find("https")->name, "TLS");
	assert_string_equal(application_find("FTP")->family, "FTP");
}

static void
test_traits_tell_what_an_application_carries(void **state)
{
	(void)state;
	assert_true(application_traits("SMBv23") & APPLICATION_FILE);
	assert_true(application_traits("FTP_DATA") & APPLICATION_FILE);
	assert_true(application_traits("TFTP") & APPLICATION_FILE);
	assert_true(application_traits("SMTPS") & APPLICATION_MAIL);
	assert_true(application_traits("RDP") & APPLICATION_SCREEN);
	assert_true(application_traits("BitTorrent") & APPLICATION_FORBIDDEN);
	assert_int_equal(application_traits("RDP") & APPLICATION_FORBIDDEN, 0);
	assert_int_equal(application_traits("nonsense"), 0);
	assert_int_equal(application_traits(NULL), 0);
}

static void
test_a_slip_of_the_pen_finds_its_word(void **state)
{
	(void)state;
	assert_string_equal(application_nearest("SNB"), "SMB");
	assert_string_equal(application_nearest("kerberso"), "Kerberos");
	assert_null(application_nearest("nothing at all like this"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_is_sorted_and_every_name_is_found),
		cmocka_unit_test(
		    test_words_match_by_name_family_and_suricata_spelling),
		cmocka_unit_test(test_traits_tell_what_an_application_carries),
		cmocka_unit_test(test_a_slip_of_the_pen_finds_its_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
