/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record of evidence: what is told arrives as it was; no beginning of a
 * record is taken for one, no lie is believed, and bytes beyond headers only
 * where the model has an authority for payload.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "observing.h"

#define GENERATION 3

struct scene {
	struct observing *s;
	struct model m; /* of s, with or without that authority */
	struct record_reader *reader;
	struct record_head head;
	struct evidence_set sent;
	uint8_t bytes[EVIDENCE_PACKETS_MAX][EVIDENCE_PAYLOAD_MAX];
	uint8_t record[RECORD_BYTES_MAX];
	size_t length;
	unsigned told;
	struct evidence_set got; /* its bytes are gone */
	bool same;
};

static int
set_up(void **state)
{
	struct scene *t = mem_calloc(1, sizeof(*t));

	t->s = observing_new();
	t->m = *t->s->m;
	t->reader = record_reader_new();
	t->head = (struct record_head){ .generation = GENERATION,
		.sequence = 7 };
	for (size_t i = 0; i < EVIDENCE_PACKETS_MAX; i++)
		memset(t->bytes[i], (int)i + 1, EVIDENCE_PAYLOAD_MAX);
	*state = t;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *t = *state;

	record_reader_free(t->reader);
	observing_free(t->s);
	free(t);
	return 0;
}

static void
on_evidence(void *context, const struct evidence_set *e)
{
	struct scene *t = context;

	t->told++;
	t->got = *e;
	t->same = e->packet_count == t->sent.packet_count;
	for (size_t i = 0; t->same && i < e->packet_count; i++) {
		const struct evidence_packet *a = &t->sent.packets[i],
					     *b = &e->packets[i];

		t->same = a->time.us == b->time.us &&
		    a->nanoseconds == b->nanoseconds && a->tap == b->tap &&
		    a->link_type == b->link_type && a->kept == b->kept &&
		    a->wire == b->wire && a->deciding == b->deciding &&
		    a->cut == b->cut &&
		    memcmp(a->bytes, b->bytes, a->kept) == 0;
	}
}

static void
fill(struct scene *t, size_t count, uint32_t kept, bool payload)
{
	memset(&t->sent, 0, sizeof(t->sent));
	t->sent.flow_id = 188123456789;
	t->sent.now.us = 1795223730123456;
	t->sent.missing = 5;
	t->sent.payload = payload;
	t->sent.packet_count = count;
	for (size_t i = 0; i < count; i++)
		t->sent.packets[i] = (struct evidence_packet){
			.time = { 1795223730000000 + (int64_t)i },
			.nanoseconds = (uint16_t)(i * 31),
			.tap = &t->m.boundaries[0].taps[0],
			.link_type = 1,
			.kept = kept,
			.wire = 1514,
			.bytes = t->bytes[i],
			.deciding = i % 2 == 0,
			.cut = i % 3 == 0,
		};
	t->m.payload_authority = payload;
	t->length = record_evidence(t->record, &t->head, &t->sent);
}

/* Reads from memory of exactly that length. */
static enum record_result
read_cut(struct scene *t, size_t length, uint32_t generation)
{
	const struct observer o = { .context = t, .evidence = on_evidence };
	uint8_t *exact = malloc(length ? length : 1);
	enum record_result result;

	memcpy(exact, t->record, length);
	result = record_read(t->reader, exact, length, &t->m, generation, &o);
	free(exact);
	return result;
}

static void
packets_arrive_as_they_were(void **state)
{
	struct scene *t = *state;

	for (size_t n = 0; n <= EVIDENCE_PACKETS_MAX; n++) {
		fill(t, n, (uint32_t)(n * 8), false);
		assert_int_equal(t->head.type, RECORD_EVIDENCE);
		assert_int_equal(t->head.class, RECORD_UPDATE);
		assert_int_equal(read_cut(t, t->length, GENERATION), RECORD_OK);
		assert_int_equal(t->told, n + 1);
		assert_true(t->same);
		assert_int_equal(t->got.flow_id, 188123456789);
		assert_int_equal(t->got.now.us, 1795223730123456);
		assert_int_equal(t->got.missing, 5);
		assert_false(t->got.payload);
	}
}

static void
the_largest_set_fits(void **state)
{
	struct scene *t = *state;

	fill(t, EVIDENCE_PACKETS_MAX, EVIDENCE_PAYLOAD_MAX, true);
	assert_true(t->length < RECORD_BYTES_MAX);
	assert_int_equal(read_cut(t, t->length, GENERATION), RECORD_OK);
	assert_true(t->same);
	assert_true(t->got.payload);
}

static void
no_beginning_of_a_record_is_one(void **state)
{
	struct scene *t = *state;

	fill(t, 3, 60, false);
	for (size_t n = 0; n < t->length; n++)
		assert_int_equal(read_cut(t, n, GENERATION), RECORD_TRUNCATED);
	t->record[t->length] = 0;
	assert_int_equal(read_cut(t, t->length + 1, GENERATION),
	    RECORD_MALFORMED);
	assert_int_equal(t->told, 0);
}

static void
payload_without_an_authority_is_refused(void **state)
{
	struct scene *t = *state;

	fill(t, 1, 1000, true);
	t->m.payload_authority = false;
	assert_int_equal(read_cut(t, t->length, GENERATION), RECORD_MALFORMED);
	/* Nor may it come along as headers. */
	fill(t, 1, EVIDENCE_BYTES_MAX + 1, false);
	assert_int_equal(read_cut(t, t->length, GENERATION), RECORD_MALFORMED);
	assert_int_equal(t->told, 0);
}

static void
packets_of_another_model_are_stale(void **state)
{
	struct scene *t = *state;

	fill(t, 2, 60, false);
	assert_int_equal(read_cut(t, t->length, GENERATION + 1), RECORD_STALE);
	fill(t, 0, 0, false); /* this one names nothing of a model */
	assert_int_equal(read_cut(t, t->length, GENERATION + 1), RECORD_OK);
}

/* Every byte once, as each of some values: nothing is read beyond the record,
 * and what is accepted is within its bounds. */
static void
no_changed_byte_does_harm(void **state)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct scene *t = *state;

	fill(t, 2, 40, false);
	for (size_t i = 0; i < t->length; i++)
		for (size_t k = 0; k < sizeof(values); k++) {
			const uint8_t was = t->record[i];
			const unsigned before = t->told;

			t->record[i] = values[k];
			(void)read_cut(t, t->length, GENERATION);
			t->record[i] = was;
			if (t->told == before)
				continue;
			assert_true(t->got.packet_count <= 2);
			assert_false(t->got.payload);
			assert_true(t->got.flow_id < UINT64_C(1) << 53);
		}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(packets_arrive_as_they_were),
		TEST(the_largest_set_fits),
		TEST(no_beginning_of_a_record_is_one),
		TEST(payload_without_an_authority_is_refused),
		TEST(packets_of_another_model_are_stale),
		TEST(no_changed_byte_does_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
