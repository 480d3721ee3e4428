/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of reading a model and its side files, of digests and arenas. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "bundle.h"

static void
write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
remove_file(const char *dir, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

static void
test_side_files_are_read_beside_the_model(void **state)
{
	char dir[] = "/tmp/sekisho-bundle-XXXXXX", path[256], data[256];
	struct diag d = { .lang = LANG_EN };
	struct bundle b = { 0 };
	struct text out = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/m.jsonc", dir);
	snprintf(data, sizeof(data), "%s/data", dir);
	mkdir(data, 0700);
	snprintf(data, sizeof(data), "%s/data/guidelines", dir);
	mkdir(data, 0700);
	write_file(data, "g.json", "guide");
	snprintf(data, sizeof(data), "%s/data", dir);
	write_file(dir, "c.csv", "days");
	write_file(dir, "m.jsonc",
	    "{\"guideline\":{\"file\":\"g.json\"},\n"
	    "\"calendars\":[{\"file\":\"c.csv\"},{\"file\":\"c.csv\"},5],\n"
	    "\"ledger\":{\"file\":\"none.csv\"},\n"
	    "\"address-lists\":[{\"file\":\"/etc/hosts\"}]}");
	assert_true(bundle_read(&b, path, data, &d));
	assert_int_equal(b.count, 3);
	assert_string_equal(bundle_find(&b, "g.json")->bytes, "guide");
	assert_int_equal(bundle_find(&b, "c.csv")->length, 4);
	assert_null(bundle_find(&b, path));
	diag_print(&d, &out);
	assert_int_equal(d.errors, 2);
	assert_non_null(strstr(text_str(&out),
	    "m.jsonc:3:18: error: \"none.csv\" cannot be read: No such"));
	assert_non_null(strstr(text_str(&out), "is an absolute path"));
	text_free(&out);
	diag_free(&d);
	bundle_free(&b);
	remove_file(dir, "data/guidelines/g.json");
	remove_file(dir, "m.jsonc");
	remove_file(dir, "c.csv");
	snprintf(data, sizeof(data), "%s/data/guidelines", dir);
	rmdir(data);
	snprintf(data, sizeof(data), "%s/data", dir);
	rmdir(data);
	rmdir(dir);
}

static void
test_unreadable_model_is_told(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct bundle b = { 0 };

	(void)state;
	assert_false(bundle_read(&b, "no/such/model.jsonc", NULL, &d));
	assert_int_equal(d.errors, 1);
	assert_int_equal(b.count, 0);
	bundle_free(&b);
	/* A folder is no model. */
	assert_false(bundle_read(&b, ".", NULL, &d));
	assert_int_equal(d.errors, 2);
	bundle_free(&b);
	diag_free(&d);
}

static void
test_sum_changes_with_names_and_bytes(void **state)
{
	struct bundle b = { 0 }, c = { 0 };
	char one[65], two[65];

	(void)state;
	bundle_add(&b, "m", "m", "abc", 3);
	bundle_add(&b, "x", "x", "1", 1);
	bundle_add(&c, "elsewhere/m", "m", "abc", 3);
	bundle_add(&c, "x", "y", "1", 1);
	bundle_sha256(&b, one);
	bundle_sha256(&c, two);
	assert_string_equal(one, two); /* where it lies is no part of it */
	bundle_add(&c, "z", "z", "", 0);
	bundle_sha256(&c, two);
	assert_string_not_equal(one, two);
	bundle_free(&b);
	bundle_free(&c);
}

static void
test_bundle_is_bounded(void **state)
{
	struct bundle b = { 0 };
	int i;

	(void)state;
	for (i = 0; i < BUNDLE_FILES_MAX; i++)
		assert_true(bundle_add(&b, "a", "a", "", 0));
	assert_false(bundle_add(&b, "a", "a", "", 0));
	bundle_free(&b);
}

static void
test_digests_are_those_of_the_standards(void **state)
{
	struct digest *d = digest_new();
	static const uint8_t sha1[20] = { 0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06,
		0x81, 0x6a, 0xba, 0x3e, 0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c,
		0x9c, 0xd0, 0xd8, 0x9d };
	static const char *const base64[] = { "", "Zg==", "Zm8=", "Zm9v",
		"Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" }; /* RFC 4648, 10 */
	uint8_t raw[20];
	char out[65];
	size_t i;

	(void)state;
	digest_add(d, "a", 1);
	digest_add(d, "", 0);
	digest_add(d, "bc", 2);
	digest_hex(d, out);
	assert_string_equal(out,
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	digest_sha1("abc", 3, raw);
	assert_memory_equal(raw, sha1, 20);
	for (i = 0; i <= 6; i++) {
		digest_base64((const uint8_t *)"foobar", i, out);
		assert_string_equal(out, base64[i]);
	}
}

static void
test_arena_gives_zeroed_and_aligned_memory(void **state)
{
	struct arena *a = arena_new();
	unsigned char *p;
	size_t i, j;

	(void)state;
	for (i = 0; i < 2000; i++) {
		p = arena_calloc(a, i % 7 == 0 ? i * 20 : i % 50, 1);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (j = 0; j < (i % 7 == 0 ? i * 20 : i % 50); j++) {
			assert_int_equal(p[j], 0);
			p[j] = 0xff;
		}
	}
	assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
	assert_null(arena_strdup(a, NULL));
	arena_free(a);
	arena_free(NULL);
}

static void
test_side_files_are_regular_files(void **state)
{
	struct diag d = { .lang = LANG_EN };
	char dir[] = "/tmp/bundle-XXXXXX", path[64];
	struct bundle b = { 0 };
	struct text out = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/pipe", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	write_file(dir, "m.jsonc",
	    "{\"calendars\":[{\"file\":\"pipe\"},{\"file\":\"-\"},"
	    "{\"file\":\".\"}]}");
	snprintf(path, sizeof(path), "%s/m.jsonc", dir);
	/* It must not wait for a writer, nor read standard input. */
	assert_true(bundle_read(&b, path, NULL, &d));
	assert_int_equal(b.count, 1);
	assert_int_equal(d.errors, 3);
	diag_print(&d, &out);
	assert_non_null(
	    strstr(text_str(&out), "\"pipe\" is not a regular file"));
	assert_non_null(strstr(text_str(&out), "\"-\" cannot be read"));
	text_free(&out);
	diag_free(&d);
	bundle_free(&b);
	remove_file(dir, "m.jsonc");
	remove_file(dir, "pipe");
	rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_side_files_are_read_beside_the_model),
		cmocka_unit_test(test_side_files_are_regular_files),
		cmocka_unit_test(test_unreadable_model_is_told),
		cmocka_unit_test(test_sum_changes_with_names_and_bytes),
		cmocka_unit_test(test_bundle_is_bounded),
		cmocka_unit_test(test_digests_are_those_of_the_standards),
		cmocka_unit_test(test_arena_gives_zeroed_and_aligned_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
