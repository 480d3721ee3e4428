/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading capture files: formats, times, merging, and files that are cut. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"

#define FILES_MAX 8
#define ERROR_SIZE 512
#define SHARED "../shared/captures/dev"

/* A file under way, in the byte order chosen. */
struct file {
	uint8_t bytes[4096];
	size_t length;
	bool big;
};

struct fixture {
	struct capture *c;
	char paths[FILES_MAX][64];
	size_t paths_used;
	char error[ERROR_SIZE];
};

static void
put(struct file *f, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++) {
		int shift = 8 * (f->big ? bytes - 1 - i : i);

		f->bytes[f->length++] = (uint8_t)(value >> shift);
	}
}

static void
put_header(struct file *f, uint32_t magic, uint32_t snap, uint32_t link)
{
	put(f, magic, 4);
	put(f, 2, 2);
	put(f, 4, 2);
	put(f, 0, 8);
	put(f, snap, 4);
	put(f, link, 4);
}

static void
put_frame(struct file *f, uint32_t seconds, uint32_t below, uint32_t captured,
    uint32_t wire, uint8_t fill)
{
	put(f, seconds, 4);
	put(f, below, 4);
	put(f, captured, 4);
	put(f, wire, 4);
	memset(f->bytes + f->length, fill, captured);
	f->length += captured;
}

static int
setup(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return -1;
	x->c = capture_new();
	*state = x;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *x = *state;

	capture_free(x->c);
	for (size_t i = 0; i < x->paths_used; i++)
		(void)unlink(x->paths[i]);
	free(x);
	return 0;
}

static const char *
save(struct fixture *x, const void *bytes, size_t n)
{
	char *path = x->paths[x->paths_used];
	int fd;

	assert_true(x->paths_used < FILES_MAX);
	(void)snprintf(path, sizeof(x->paths[0]), "/tmp/test_capture.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	x->paths_used++;
	assert_int_equal(write(fd, bytes, n), n);
	(void)close(fd);
	return path;
}

static int
open_bytes(struct fixture *x, const void *bytes, size_t n)
{
	return capture_open_file(x->c, save(x, bytes, n), x->error,
	    sizeof(x->error));
}

static void
assert_frame(struct fixture *x, uint32_t source, int64_t us, uint32_t ns)
{
	struct frame f;

	assert_int_equal(capture_next(x->c, &f), CAPTURE_FRAME);
	assert_int_equal(f.source, source);
	assert_int_equal(f.time.us, us);
	assert_int_equal(f.nanoseconds, ns);
}

static void
test_pcap_of_any_byte_order_and_resolution_is_read(void **state)
{
	static const struct {
		bool big;
		uint32_t magic, below;
	} cases[] = {
		{ false, 0xa1b2c3d4, 123456 },
		{ true, 0xa1b2c3d4, 123456 },
		{ false, 0xa1b23c4d, 123456789 },
		{ true, 0xa1b23c4d, 123456789 },
	};
	struct fixture *x = *state;

	for (size_t i = 0; i < 4; i++) {
		struct file f = { .big = cases[i].big };
		struct frame out;

		put_header(&f, cases[i].magic, 65535, 1);
		put_frame(&f, 1700000000, cases[i].below, 3, 60, 0x41);
		assert_int_equal(open_bytes(x, f.bytes, f.length), i);
		assert_int_equal(capture_link_type(x->c, (uint32_t)i), 1);
		assert_int_equal(capture_snap_length(x->c, (uint32_t)i), 65535);
		assert_int_equal(capture_next(x->c, &out), CAPTURE_FRAME);
		assert_int_equal(out.source, i);
		assert_int_equal(out.number, 1);
		assert_int_equal(out.time.us, INT64_C(1700000000123456));
		assert_int_equal(out.nanoseconds, i < 2 ? 0 : 789);
		assert_int_equal(out.captured, 3);
		assert_int_equal(out.wire, 60);
		assert_int_equal(out.link_type, 1);
		assert_memory_equal(out.bytes, "AAA", 3);
		assert_int_equal(capture_next(x->c, &out), CAPTURE_END);
		assert_int_equal(capture_next(x->c, &out), CAPTURE_END);
		assert_int_equal(capture_frames(x->c, (uint32_t)i), 1);
	}
}

static void
put_block(struct file *f, uint32_t type, uint32_t length)
{
	put(f, type, 4);
	put(f, length, 4);
}

static void
put_interface(struct file *f, unsigned link)
{
	put_block(f, 1, 20);
	put(f, link, 2);
	put(f, 0, 2);
	put(f, 65535, 4);
	put(f, 20, 4);
}

static void
put_enhanced(struct file *f, uint32_t interface, uint64_t us)
{
	put_block(f, 6, 36);
	put(f, interface, 4);
	put(f, us >> 32, 4);
	put(f, us & UINT32_MAX, 4);
	put(f, 2, 4);
	put(f, 2, 4);
	put(f, 0x4242, 4);
	put(f, 36, 4);
}

static void
put_section(struct file *f)
{
	put_block(f, 0x0a0d0d0a, 28);
	put(f, 0x1a2b3c4d, 4);
	put(f, 1, 2);
	put(f, 0, 2);
	put(f, UINT64_MAX, 8);
	put(f, 28, 4);
}

static void
test_pcapng_is_read_until_a_second_link_type(void **state)
{
	struct fixture *x = *state;
	struct file f = { .big = false };
	struct frame out;

	put_section(&f);
	put_interface(&f, 1);
	put_enhanced(&f, 0, 5000001);
	put_interface(&f, 1);
	put_enhanced(&f, 1, 5000002);
	put_interface(&f, 113);
	put_enhanced(&f, 2, 5000003);
	assert_int_equal(open_bytes(x, f.bytes, f.length), 0);
	assert_frame(x, 0, 5000001, 0);
	assert_frame(x, 0, 5000002, 0);
	assert_int_equal(capture_next(x->c, &out), CAPTURE_FAULT);
	assert_int_equal(capture_fault(x->c)->frames, 2);
	assert_non_null(strstr(capture_fault(x->c)->cause, "type"));
	assert_int_equal(capture_next(x->c, &out), CAPTURE_END);
}

static void
test_sources_are_merged_by_time(void **state)
{
	struct fixture *x = *state;
	struct file a = { .big = false }, b = { .big = true };
	struct frame out;

	put_header(&a, 0xa1b2c3d4, 65535, 1);
	put_frame(&a, 10, 0, 4, 4, 'a');
	put_frame(&a, 12, 0, 4, 4, 'b');
	put_frame(&a, 11, 0, 4, 4, 'c'); /* steps back */
	put_frame(&a, 20, 5, 4, 4, 'd');
	put_header(&b, 0xa1b23c4d, 65535, 101);
	put_frame(&b, 10, 0, 4, 4, 'A'); /* a tie */
	put_frame(&b, 11, 500, 4, 4, 'B');
	put_frame(&b, 20, 4999, 4, 4, 'C');
	put_frame(&b, 20, 5001, 4, 4, 'D');
	assert_int_equal(open_bytes(x, a.bytes, a.length), 0);
	assert_int_equal(open_bytes(x, b.bytes, b.length), 1);
	for (const char *want = "aABbcCdD"; *want != '\0'; want++) {
		bool upper = *want < 'a';

		assert_int_equal(capture_next(x->c, &out), CAPTURE_FRAME);
		assert_int_equal(out.bytes[0], *want);
		assert_int_equal(out.source, upper);
		assert_int_equal(out.link_type, upper ? 12 : 1); /* DLT_RAW */
		assert_int_equal(out.number, *want - (upper ? 'A' : 'a') + 1);
	}
	assert_int_equal(capture_next(x->c, &out), CAPTURE_END);
	assert_int_equal(capture_frames(x->c, 0), 4);
	assert_int_equal(capture_frames(x->c, 1), 4);
}

static void
test_a_cut_file_counts_what_was_read_and_the_others_go_on(void **state)
{
	struct fixture *x = *state;
	struct file a = { .big = false };
	const struct capture_fault *fault;
	struct frame out;

	put_header(&a, 0xa1b2c3d4, 65535, 1);
	put_frame(&a, 10, 0, 4, 4, 'a');
	put_frame(&a, 12, 0, 4, 4, 'b');
	assert_int_equal(open_bytes(x, a.bytes, a.length - 1), 0);
	assert_int_equal(open_bytes(x, a.bytes, a.length), 1);
	assert_int_equal(open_bytes(x, a.bytes, a.length - 10), 2);
	assert_frame(x, 0, 10000000, 0);
	assert_int_equal(capture_next(x->c, &out), CAPTURE_FAULT);
	fault = capture_fault(x->c);
	assert_int_equal(fault->source, 0);
	assert_string_equal(fault->file, x->paths[0]);
	assert_int_equal(fault->frames, 1);
	assert_non_null(strstr(fault->cause, "truncated"));
	assert_frame(x, 1, 10000000, 0);
	assert_frame(x, 2, 10000000, 0);
	assert_int_equal(capture_next(x->c, &out), CAPTURE_FAULT);
	assert_int_equal(capture_fault(x->c)->source, 2);
	assert_frame(x, 1, 12000000, 0);
	assert_int_equal(capture_next(x->c, &out), CAPTURE_END);
	assert_int_equal(capture_frames(x->c, 0), 1);
}

static void
test_every_cut_of_a_file_is_an_error_or_a_fault_or_an_end(void **state)
{
	struct file a = { .big = false };

	(void)state;
	put_header(&a, 0xa1b2c3d4, 65535, 1);
	put_frame(&a, 10, 0, 4, 4, 'a');
	put_frame(&a, 12, 0, 4, 4, 'b');
	for (size_t n = 0; n <= a.length; n++) {
		struct fixture x = { .c = capture_new() };
		bool fault = false;
		struct frame out;
		uint64_t frames = 0;
		enum capture_result r;

		if (open_bytes(&x, a.bytes, n) < 0) {
			assert_true(n < 24);
			assert_string_not_equal(x.error, "");
		} else {
			while ((r = capture_next(x.c, &out)) != CAPTURE_END) {
				fault |= r == CAPTURE_FAULT;
				frames += r == CAPTURE_FRAME;
			}
			assert_int_equal(frames, (n - 24) / 20);
			assert_int_equal(fault, (n - 24) % 20 != 0);
		}
		capture_free(x.c);
		(void)unlink(x.paths[0]);
	}
}

static void
test_what_is_no_capture_does_not_open(void **state)
{
	struct fixture *x = *state;

	assert_int_equal(open_bytes(x, "", 0), -1);
	assert_string_not_equal(x->error, "");
	assert_int_equal(open_bytes(x, "this is some text, long enough", 30),
	    -1);
	assert_string_not_equal(x->error, "");
	assert_int_equal(capture_open_file(x->c, "/nonexistent/file", x->error,
			     sizeof(x->error)),
	    -1);
	assert_non_null(strstr(x->error, "No such file"));
	assert_int_equal(capture_open_file(x->c, "/", x->error,
			     sizeof(x->error)),
	    -1);
	assert_string_not_equal(x->error, "");
}

static void
test_absurd_times_are_held_within_range(void **state)
{
	struct fixture *x = *state;
	struct file a = { .big = false }, b = { .big = false };
	struct frame out;

	/* 2^32 - 1 seconds are in 2106, not before 1970. */
	put_header(&a, 0xa1b2c3d4, 65535, 1);
	put_frame(&a, UINT32_MAX, 7, 4, 4, 'a');
	put_frame(&a, 0, 0x7fffffff, 4, 4, 'b');
	put_frame(&a, 10, UINT32_MAX, 4, 4, 'c');
	assert_int_equal(open_bytes(x, a.bytes, a.length), 0);
	assert_frame(x, 0, INT64_C(4294967295000007), 0);
	assert_frame(x, 0, INT64_C(2147483647), 0);
	assert_int_equal(capture_next(x->c, &out), CAPTURE_FRAME);
	assert_in_range(out.nanoseconds, 0, 999);
	assert_int_equal(capture_next(x->c, &out), CAPTURE_END);

	/* A resolution of seconds: 2^64 - 1 of them. */
	put_section(&b);
	put_block(&b, 1, 32);
	put(&b, 1, 2);
	put(&b, 0, 2);
	put(&b, 65535, 4);
	put(&b, 9, 2); /* if_tsresol */
	put(&b, 1, 2);
	put(&b, 0, 4);
	put(&b, 0, 4); /* no more options */
	put(&b, 32, 4);
	put_enhanced(&b, 0, UINT64_MAX);
	put_enhanced(&b, 0, INT64_MAX);
	assert_int_equal(open_bytes(x, b.bytes, b.length), 1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(capture_next(x->c, &out), CAPTURE_FRAME);
		assert_true(out.time.us <= INT64_MAX / 2);
		assert_true(out.time.us >= INT64_MIN / 2);
	}
}

static void
test_standard_input_is_a_source_once(void **state)
{
	struct fixture *x = *state;
	struct file a = { .big = false };

	put_header(&a, 0xa1b2c3d4, 65535, 1);
	put_frame(&a, 10, 0, 4, 4, 'a');
	assert_non_null(freopen(save(x, a.bytes, a.length), "r", stdin));
	assert_int_equal(capture_open_file(x->c, "-", x->error,
			     sizeof(x->error)),
	    0);
	assert_int_equal(capture_open_file(x->c, "-", x->error,
			     sizeof(x->error)),
	    -1);
	assert_non_null(strstr(x->error, "twice"));
	assert_frame(x, 0, 10000000, 0);
}

static void
test_more_sources_than_the_maximum_are_refused(void **state)
{
	struct fixture *x = *state;
	struct file a = { .big = false };
	const char *path;

	put_header(&a, 0xa1b2c3d4, 65535, 1);
	path = save(x, a.bytes, a.length);
	for (int i = 0; i < CAPTURE_SOURCES_MAX; i++)
		assert_int_equal(capture_open_file(x->c, path, x->error,
				     sizeof(x->error)),
		    i);
	assert_int_equal(capture_open_file(x->c, path, x->error,
			     sizeof(x->error)),
	    -1);
	assert_non_null(strstr(x->error, "64"));
}

static void
test_real_captures_are_read_to_their_end(void **state)
{
	DIR *folder = opendir(SHARED);
	struct dirent *entry;

	(void)state;
	if (folder == NULL) {
		print_message("no captures at %s\n", SHARED);
		skip();
	}
	while ((entry = readdir(folder)) != NULL) {
		struct capture *c = capture_new();
		char path[512], error[ERROR_SIZE];
		enum capture_result r;
		struct frame f;

		(void)snprintf(path, sizeof(path), "%s/%s", SHARED,
		    entry->d_name);
		if (strstr(entry->d_name, ".pcap") != NULL) {
			assert_int_equal(capture_open_file(c, path, error,
					     sizeof(error)),
			    0);
			while ((r = capture_next(c, &f)) == CAPTURE_FRAME)
				;
			assert_int_equal(r, CAPTURE_END);
			assert_true(capture_frames(c, 0) > 0);
		}
		capture_free(c);
	}
	(void)closedir(folder);
}

#define CAPTURE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CAPTURE_TEST(
		    test_pcap_of_any_byte_order_and_resolution_is_read),
		CAPTURE_TEST(test_pcapng_is_read_until_a_second_link_type),
		CAPTURE_TEST(test_sources_are_merged_by_time),
		CAPTURE_TEST(
		    test_a_cut_file_counts_what_was_read_and_the_others_go_on),
		cmocka_unit_test(
		    test_every_cut_of_a_file_is_an_error_or_a_fault_or_an_end),
		CAPTURE_TEST(test_what_is_no_capture_does_not_open),
		CAPTURE_TEST(test_absurd_times_are_held_within_range),
		CAPTURE_TEST(test_standard_input_is_a_source_once),
		CAPTURE_TEST(test_more_sources_than_the_maximum_are_refused),
		cmocka_unit_test(test_real_captures_are_read_to_their_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
