/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders and bundles: what is sent arrives; what lies is refused, and no
 * descriptor that came with it stays open.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "order.h"

#define HEAD 16 /* of a message, before the text */
#define ALL_SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

struct pair {
	int ends[2];
};

static int
set_up(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	(void)signal(SIGPIPE, SIG_IGN);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, p->ends))
		return -1;
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct pair *p = *state;

	for (int i = 0; i < 2; i++)
		if (p->ends[i] >= 0)
			(void)close(p->ends[i]);
	free(p);
	return 0;
}

/* Descriptors of this process, the one that counts not among them. */
static size_t
open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

/* Sends bytes with count descriptors of some file. */
static void
send_raw(const struct pair *p, const void *bytes, size_t length, size_t count)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(64 * sizeof(int))];
	} control;
	struct iovec part = { (void *)(uintptr_t)bytes, length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	int fds[64];

	for (size_t i = 0; i < count; i++)
		fds[i] = p->ends[0];
	if (count > 0) {
		memset(&control, 0, sizeof(control));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
		message.msg_control = control.room;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	assert_int_equal(sendmsg(p->ends[0], &message, 0), length);
}

/* The bytes of an order, as they are sent. */
static size_t
wire_of(const struct pair *p, const struct order *o, uint8_t out[1024])
{
	ssize_t n;

	assert_true(order_send(p->ends[0], o));
	n = recv(p->ends[1], out, 1024, MSG_DONTWAIT);
	assert_true(n > 0);
	return (size_t)n;
}

static void
assert_lie(const struct pair *p, size_t descriptors)
{
	struct order got;

	assert_int_equal(order_receive(p->ends[1], &got), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(open_descriptors(), descriptors);
}

static void
test_each_order_arrives_as_it_was_sent(void **state)
{
	const struct pair *p = *state;
	struct order o = { .number = UINT64_C(0xfedcba9876543210),
		.state = 0x12345678,
		.text = "起動できません: no such tap" },
		     got;

	for (int type = ORDER_NONE + 1; type < ORDER_TYPE_COUNT; type++) {
		o.type = (enum order_type)type;
		o.fd = type == ORDER_MODEL ? p->ends[0] : -1;
		assert_true(order_send(p->ends[0], &o));
		assert_int_equal(order_receive(p->ends[1], &got), 1);
		assert_int_equal(got.type, type);
		assert_int_equal(got.number, o.number);
		assert_int_equal(got.state, o.state);
		assert_string_equal(got.text, o.text);
		assert_int_equal(got.fd >= 0, type == ORDER_MODEL);
		if (got.fd >= 0) {
			assert_true(fcntl(got.fd, F_GETFD) & FD_CLOEXEC);
			assert_int_equal(close(got.fd), 0);
		}
	}
	assert_int_equal(order_receive(p->ends[1], &got), 0);
}

static void
test_a_descriptor_goes_only_with_a_model(void **state)
{
	const struct pair *p = *state;
	struct order o = { .type = ORDER_STOP, .fd = 0 }, got;

	assert_true(order_send(p->ends[0], &o)); /* not looked at */
	assert_int_equal(order_receive(p->ends[1], &got), 1);
	assert_int_equal(got.fd, -1);
	o.type = ORDER_MODEL;
	o.fd = -1;
	assert_false(order_send(p->ends[0], &o));
	assert_int_equal(errno, EINVAL);
	o.type = ORDER_NONE;
	assert_false(order_send(p->ends[0], &o));
	o.type = ORDER_TYPE_COUNT;
	assert_false(order_send(p->ends[0], &o));
	assert_int_equal(order_receive(p->ends[1], &got), 0);
}

static void
test_text_is_made_fit_to_be_shown(void **state)
{
	const struct pair *p = *state;
	struct order o = { .type = ORDER_FAILED, .text = "a\033[2J\377" }, got;

	assert_true(order_send(p->ends[0], &o));
	assert_int_equal(order_receive(p->ends[1], &got), 1);
	assert_string_equal(got.text, "a\\x1b[2J\\xff");
	memset(o.text, '\001', sizeof(o.text) - 1); /* grows fourfold */
	assert_true(order_send(p->ends[0], &o));
	assert_int_equal(order_receive(p->ends[1], &got), 1);
	assert_true(strlen(got.text) >= ORDER_TEXT_MAX - 4);
	for (size_t i = 0; i + 3 < sizeof(o.text); i += 3)
		memcpy(o.text + i, "関", 4);
	assert_true(order_send(p->ends[0], &o));
	assert_int_equal(order_receive(p->ends[1], &got), 1);
	assert_string_equal(got.text, o.text);
}

static void
test_the_end_of_the_other_side_is_told(void **state)
{
	struct pair *p = *state;
	struct order o = { .type = ORDER_STOP, .fd = -1 }, got;

	assert_true(order_send(p->ends[0], &o));
	assert_int_equal(close(p->ends[0]), 0);
	p->ends[0] = -1;
	assert_int_equal(order_receive(p->ends[1], &got), 1);
	assert_int_equal(order_receive(p->ends[1], &got), -1);
	assert_int_equal(errno, ECONNRESET);
	assert_false(order_send(p->ends[1], &o));
}

static void
test_every_truncation_is_a_lie(void **state)
{
	const struct pair *p = *state;
	const struct order o = { .type = ORDER_READY, .text = "abc", .fd = -1 };
	const size_t descriptors = open_descriptors();
	uint8_t bytes[1024];
	size_t length = wire_of(p, &o, bytes);

	assert_int_equal(length, HEAD + 3);
	for (size_t n = 1; n < length; n++) {
		send_raw(p, bytes, n, 0);
		assert_lie(p, descriptors);
		send_raw(p, bytes, n, 1);
		assert_lie(p, descriptors);
	}
}

static void
test_each_lie_of_a_message_is_refused(void **state)
{
	const struct pair *p = *state;
	const struct order o = { .type = ORDER_READY, .text = "abc", .fd = -1 };
	const size_t descriptors = open_descriptors();
	static const struct {
		size_t at;
		uint8_t value;
	} lies[] = { { 0, 0 }, { 0, 2 }, { 1, ORDER_NONE },
		{ 1, ORDER_TYPE_COUNT }, { 1, 255 }, { 1, ORDER_MODEL },
		{ 14, 1 }, { 15, 2 }, { 15, 4 }, { 16, 0 }, { 17, 0x1b },
		{ 18, 0xff }, { 17, 0xc3 } };
	uint8_t bytes[1024], lying[1024];
	size_t length = wire_of(p, &o, bytes);
	struct order got;

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		memcpy(lying, bytes, length);
		lying[lies[i].at] = lies[i].value;
		send_raw(p, lying, length, 0);
		assert_lie(p, descriptors);
	}
	memset(bytes + length, 'x', 1024 - length);
	send_raw(p, bytes, length + 1, 0); /* a byte too many */
	assert_lie(p, descriptors);
	send_raw(p, bytes, 1024, 0); /* oversized */
	assert_lie(p, descriptors);
	send_raw(p, bytes, 1024, 1);
	assert_lie(p, descriptors);
	send_raw(p, bytes, length, 0);
	assert_int_equal(order_receive(p->ends[1], &got), 1);
}

static void
test_descriptors_that_nobody_asked_for_are_closed(void **state)
{
	const struct pair *p = *state;
	const struct order stop = { .type = ORDER_STOP, .fd = -1 };
	const struct order model = { .type = ORDER_MODEL, .fd = p->ends[0] };
	size_t descriptors;
	uint8_t bytes[1024];
	size_t length;

	length = wire_of(p, &stop, bytes);
	descriptors = open_descriptors();
	for (size_t n = 1; n <= 64; n *= 2) {
		send_raw(p, bytes, length, n);
		assert_lie(p, descriptors);
	}
	length = wire_of(p, &model, bytes);
	send_raw(p, bytes, length, 0); /* a model without its file */
	assert_lie(p, descriptors);
	for (size_t n = 2; n <= 64; n *= 2) {
		send_raw(p, bytes, length, n);
		assert_lie(p, descriptors);
	}
}

static void
test_sending_gives_up_after_a_second(void **state)
{
	const struct pair *p = *state;
	const struct order o = { .type = ORDER_STATS, .fd = -1 };
	struct timespec from, to;
	unsigned sent = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	while (order_send(p->ends[0], &o))
		sent++;
	assert_int_equal(errno, ETIMEDOUT);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true(sent > 10);
	assert_true(to.tv_sec - from.tv_sec <= 10);
}

/* ---- bundles */

static struct bundle
sample(void)
{
	struct bundle b = { 0 };

	assert_true(bundle_add(&b, "model.jsonc", "/etc/model.jsonc",
	    "{\"a\":\0001}", 8));
	assert_true(bundle_add(&b, "empty.csv", "台帳.csv", "", 0));
	assert_true(bundle_add(&b, "list", "list", "10.0.0.0/8\n", 11));
	return b;
}

static void
assert_same_bundle(const struct bundle *a, const struct bundle *b)
{
	char first[65], second[65];

	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_string_equal(a->files[i].reference,
		    b->files[i].reference);
		assert_string_equal(a->files[i].shown, b->files[i].shown);
		assert_int_equal(a->files[i].length, b->files[i].length);
		assert_memory_equal(a->files[i].bytes, b->files[i].bytes,
		    a->files[i].length);
	}
	bundle_sha256(a, first);
	bundle_sha256(b, second);
	assert_string_equal(first, second);
}

/* A memory file of these bytes with these seals. */
static int
memory_of(const void *bytes, size_t length, int seals)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static bool
reads(const void *bytes, size_t length)
{
	const int fd = memory_of(bytes, length, ALL_SEALS);
	struct bundle b = { 0 };
	bool ok = order_bundle_read(fd, &b);

	if (!ok) {
		assert_int_equal(errno, EBADMSG);
		assert_null(b.files);
		assert_int_equal(b.count, 0);
	}
	bundle_free(&b);
	(void)close(fd);
	return ok;
}

static size_t
bytes_of(const struct bundle *b, uint8_t *out, size_t room)
{
	const int fd = order_bundle_write(b);
	ssize_t n;

	assert_true(fd >= 0);
	n = pread(fd, out, room, 0);
	(void)close(fd);
	assert_true(n > 0 && (size_t)n < room);
	return (size_t)n;
}

static void
test_a_bundle_arrives_as_it_was(void **state)
{
	const struct pair *p = *state;
	struct bundle b = sample(), got = { 0 }, again = { 0 };
	struct order o = { .type = ORDER_MODEL, .number = 2 }, received;

	o.fd = order_bundle_write(&b);
	assert_true(o.fd >= 0);
	assert_true(order_send(p->ends[0], &o));
	assert_int_equal(order_receive(p->ends[1], &received), 1);
	assert_true(order_bundle_read(received.fd, &got));
	assert_same_bundle(&b, &got);
	/* Another child reads the same file. */
	assert_true(order_bundle_read(o.fd, &again));
	assert_same_bundle(&b, &again);
	(void)close(received.fd);
	(void)close(o.fd);
	bundle_free(&b);
	bundle_free(&got);
	bundle_free(&again);
}

static void
test_a_bundle_that_was_written_cannot_be_changed(void **state)
{
	struct bundle b = sample();
	int fd = order_bundle_write(&b);

	(void)state;
	assert_int_equal(fcntl(fd, F_GET_SEALS) & ALL_SEALS, ALL_SEALS);
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 1), -1);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	(void)close(fd);
	bundle_free(&b);
}

static void
test_every_truncation_of_a_bundle_is_refused(void **state)
{
	struct bundle b = sample();
	uint8_t bytes[4096];
	size_t length = bytes_of(&b, bytes, sizeof(bytes));

	(void)state;
	for (size_t n = 0; n < length; n++)
		assert_false(reads(bytes, n));
	assert_true(reads(bytes, length));
	bytes[length] = 0;
	assert_false(reads(bytes, length + 1));
	bundle_free(&b);
}

static void
test_each_lie_of_a_bundle_is_refused(void **state)
{
	struct bundle b = sample();
	uint8_t bytes[4096], lying[4096];
	size_t length = bytes_of(&b, bytes, sizeof(bytes));

	(void)state;
	/* Magic, count and the three lengths of the first file, each byte of
	 * them raised: none of them can be another. */
	for (size_t i = 0; i < 40; i++) {
		memcpy(lying, bytes, length);
		lying[i]++;
		assert_false(reads(lying, length));
		lying[i] = 0xff;
		assert_false(reads(lying, length));
	}
	/* A NUL within a name would make it another. */
	memcpy(lying, bytes, length);
	lying[42] = '\0';
	assert_false(reads(lying, length));
	bundle_free(&b);
}

static void
test_what_is_not_sealed_or_no_memory_file_is_refused(void **state)
{
	const struct pair *p = *state;
	struct bundle b = sample(), got = { 0 };
	uint8_t bytes[4096];
	size_t length = bytes_of(&b, bytes, sizeof(bytes));
	static const int seals[] = { 0, ALL_SEALS & ~F_SEAL_WRITE,
		ALL_SEALS & ~F_SEAL_SHRINK, ALL_SEALS & ~F_SEAL_GROW,
		ALL_SEALS & ~F_SEAL_SEAL };
	int fd;

	for (size_t i = 0; i < sizeof(seals) / sizeof(seals[0]); i++) {
		fd = memory_of(bytes, length, seals[i]);
		assert_false(order_bundle_read(fd, &got));
		assert_int_equal(errno, EBADMSG);
		(void)close(fd);
	}
	assert_false(order_bundle_read(p->ends[0], &got));
	assert_int_equal(errno, EBADMSG);
	assert_false(order_bundle_read(-1, &got));
	bundle_free(&b);
}

static void
test_a_bundle_that_is_too_large_is_not_written(void **state)
{
	struct bundle b = { 0 };
	char *name = malloc(ORDER_BUNDLE_NAME_MAX + 2);
	size_t true_length;

	(void)state;
	assert_true(bundle_add(&b, "m", "m", "x", 1));
	true_length = b.files[0].length;
	b.files[0].length = (size_t)ORDER_BUNDLE_BYTES_MAX + 1;
	assert_int_equal(order_bundle_write(&b), -1);
	assert_int_equal(errno, EFBIG);
	b.files[0].length = true_length;
	memset(name, 'n', ORDER_BUNDLE_NAME_MAX + 1);
	name[ORDER_BUNDLE_NAME_MAX + 1] = '\0';
	assert_true(bundle_add(&b, name, "n", "", 0));
	assert_int_equal(order_bundle_write(&b), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	free(name);
	bundle_free(&b);
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAIR(test_each_order_arrives_as_it_was_sent),
		WITH_PAIR(test_a_descriptor_goes_only_with_a_model),
		WITH_PAIR(test_text_is_made_fit_to_be_shown),
		WITH_PAIR(test_the_end_of_the_other_side_is_told),
		WITH_PAIR(test_every_truncation_is_a_lie),
		WITH_PAIR(test_each_lie_of_a_message_is_refused),
		WITH_PAIR(test_descriptors_that_nobody_asked_for_are_closed),
		WITH_PAIR(test_sending_gives_up_after_a_second),
		WITH_PAIR(test_a_bundle_arrives_as_it_was),
		cmocka_unit_test(
		    test_a_bundle_that_was_written_cannot_be_changed),
		cmocka_unit_test(test_every_truncation_of_a_bundle_is_refused),
		cmocka_unit_test(test_each_lie_of_a_bundle_is_refused),
		WITH_PAIR(test_what_is_not_sealed_or_no_memory_file_is_refused),
		cmocka_unit_test(
		    test_a_bundle_that_is_too_large_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
