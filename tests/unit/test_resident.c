/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much memory a process says that it holds. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resident.h"

#define MORE (64u << 20)

static void
test_it_grows_with_what_is_used(void **state)
{
	int fd = resident_open();
	uint32_t before = resident_kb(fd);
	char *memory = malloc(MORE);

	(void)state;
	assert_non_null(memory);
	assert_true(before > 0);
	memset(memory, 1, MORE);
	assert_true(memory[MORE / 2] == 1);
	assert_true(resident_kb(fd) >= before + MORE / 1024 * 9 / 10);
	free(memory);
	(void)close(fd);
}

static void
test_without_a_descriptor_it_is_not_known(void **state)
{
	(void)state;
	assert_int_equal(resident_kb(-1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_grows_with_what_is_used),
		cmocka_unit_test(test_without_a_descriptor_it_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
