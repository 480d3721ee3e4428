/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tap's minute as a record: there and back, every truncation, every lie. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "observing.h"

struct taken {
	struct tap_minute m;
	int count;
};

static void
on_minute(void *context, const struct tap_minute *m)
{
	struct taken *t = context;

	t->m = *m;
	t->count++;
}

static struct tap_minute
some(struct observing *s)
{
	struct tap_minute m = { .tap = observing_tap(s) };

	m.from = observing_time(s);
	m.until.us = m.from.us + (int64_t)observing_below(s, 60000001);
	m.frames = observing_below(s, 1000000);
	m.bytes = observing_number(s);
	m.copies = observing_below(s, m.frames + 1);
	m.cut = observing_below(s, m.frames + 1);
	m.undecodable = observing_below(s, m.frames + 1);
	m.backward = observing_number(s);
	m.ring_drops = observing_number(s);
	m.ring_freezes = observing_number(s);
	m.nic_drops = observing_number(s);
	m.payload_seen = observing_number(s);
	m.payload_missing = observing_number(s);
	m.payload_unheard = observing_number(s);
	m.conversations = observing_number(s);
	m.unclassified = m.conversations / 2;
	m.tcp_conversations = observing_number(s);
	m.tcp_one_way = m.tcp_conversations / 3;
	m.syns = observing_number(s);
	m.syn_acks = observing_number(s);
	m.link = (unsigned)observing_below(s, 1024) << 1;
	return m;
}

static enum record_result
take(struct record_reader *r, const struct observing *s, const uint8_t *bytes,
    size_t length, uint32_t generation, struct taken *t)
{
	const struct observer o = { .context = t, .minute = on_minute };

	return record_read(r, bytes, length, s->m, generation, &o);
}

static void
test_a_minute_crosses_whole(void **state)
{
	static uint8_t bytes[RECORD_BYTES_MAX];
	struct observing *s = observing_new();
	struct record_reader *r = record_reader_new();

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct record_head head = { .generation = 7, .sequence = 1 };
		const struct tap_minute m = some(s);
		struct taken t = { .count = 0 };
		const size_t n = record_minute(bytes, &head, &m);

		assert_int_equal(head.class, RECORD_URGENT);
		assert_int_equal(take(r, s, bytes, n, 7, &t), RECORD_OK);
		assert_int_equal(t.count, 1);
		assert_memory_equal(&t.m, &m, sizeof(m));
		/* Its tap is a place in another model. */
		assert_int_equal(take(r, s, bytes, n, 8, &t), RECORD_STALE);
		assert_int_equal(t.count, 1);
	}
	record_reader_free(r);
	observing_free(s);
}

static void
test_no_part_of_a_minute_is_one(void **state)
{
	static uint8_t bytes[RECORD_BYTES_MAX];
	struct observing *s = observing_new();
	struct record_reader *r = record_reader_new();
	struct record_head head = { .generation = 7, .sequence = 1 };
	const struct tap_minute m = some(s);
	const size_t n = record_minute(bytes, &head, &m);
	struct taken t = { .count = 0 };

	(void)state;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(take(r, s, bytes, i, 7, &t), RECORD_TRUNCATED);
	assert_int_equal(take(r, s, bytes, n + 1, 7, &t), RECORD_MALFORMED);
	assert_int_equal(t.count, 0);
	record_reader_free(r);
	observing_free(s);
}

static void
refuses(struct observing *s, struct record_reader *r, const struct tap_minute m)
{
	static uint8_t bytes[RECORD_BYTES_MAX];
	struct record_head head = { .generation = 7, .sequence = 1 };
	struct taken t = { .count = 0 };
	const size_t n = record_minute(bytes, &head, &m);

	assert_int_equal(take(r, s, bytes, n, 7, &t), RECORD_MALFORMED);
	assert_int_equal(t.count, 0);
}

static void
test_what_cannot_be_is_refused(void **state)
{
	static uint8_t bytes[RECORD_BYTES_MAX];
	struct observing *s = observing_new();
	struct record_reader *r = record_reader_new();
	const struct tap_minute good = some(s);
	struct record_head head = { .generation = 7, .sequence = 1 };
	struct tap stranger = *good.tap;
	struct taken t = { .count = 0 };
	struct tap_minute m;
	size_t n;

	(void)state;
	m = good;
	m.until.us = m.from.us - 1;
	refuses(s, r, m);
	m = good;
	m.copies = m.frames + 1;
	refuses(s, r, m);
	m = good;
	m.cut = m.frames + 1;
	refuses(s, r, m);
	m = good;
	m.undecodable = m.frames + 1;
	refuses(s, r, m);
	m = good;
	m.unclassified = m.conversations + 1;
	refuses(s, r, m);
	m = good;
	m.tcp_one_way = m.tcp_conversations + 1;
	refuses(s, r, m);
	m = good;
	m.tap = NULL;
	refuses(s, r, m);
	stranger.index = (uint32_t)s->m->tap_count;
	m.tap = &stranger;
	refuses(s, r, m);
	m = good;
	m.from.us = INT64_MIN / 2 - 1;
	refuses(s, r, m);
	/* A check that there is not. */
	n = record_minute(bytes, &head, &good);
	bytes[n - 1] |= 1;
	assert_int_equal(take(r, s, bytes, n, 7, &t), RECORD_MALFORMED);
	bytes[n - 1] &= 0xfe;
	bytes[n - 2] |= 0x80;
	assert_int_equal(take(r, s, bytes, n, 7, &t), RECORD_MALFORMED);
	assert_int_equal(t.count, 0);
	record_reader_free(r);
	observing_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_minute_crosses_whole),
		cmocka_unit_test(test_no_part_of_a_minute_is_one),
		cmocka_unit_test(test_what_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
