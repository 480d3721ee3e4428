/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Notices and devices as records: they arrive as they were; what cannot be is
 * refused and hands over nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "observing.h"

#define TRIALS 3000
#define GENERATION 7

struct scene {
	struct observing *s;
	struct record_reader *reader;
	struct observer observer;
	struct record_head head;
	uint8_t record[RECORD_BYTES_MAX];
	size_t length;
	bool compare;
	unsigned notices, devices, others;
	struct clause clause; /* of the last notice */
	char seen[2 * NOTICE_TEXT_MAX];
	size_t kept; /* bytes of its last packet */
	bool cut;
};

static void
assert_same_text(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a != NULL)
		assert_string_equal(a, b);
}

static void
assert_same_packet(const struct evidence_packet *sent,
    const struct evidence_packet *got)
{
	struct evidence_packet p = *got;

	assert_memory_equal(sent->bytes, got->bytes, sent->kept);
	p.bytes = sent->bytes;
	assert_int_equal(sent->time.us, p.time.us);
	assert_int_equal(sent->nanoseconds, p.nanoseconds);
	assert_ptr_equal(sent->tap, p.tap);
	assert_int_equal(sent->link_type, p.link_type);
	assert_int_equal(sent->kept, p.kept);
	assert_int_equal(sent->wire, p.wire);
	assert_int_equal(sent->deciding, p.deciding);
	assert_int_equal(sent->cut, p.cut);
}

static void
assert_same_notice(const struct notice *sent, const struct notice *got)
{
	struct notice n = *got;

	assert_same_text(sent->clause.id, n.clause.id);
	assert_same_text(sent->clause.place.file, n.clause.place.file);
	assert_same_text(sent->expected, n.expected);
	assert_same_text(sent->seen, n.seen);
	for (size_t i = 0; i < n.packet_count; i++)
		assert_same_packet(&sent->packets[i], &n.packets[i]);
	n.clause.id = sent->clause.id;
	n.clause.place.file = sent->clause.place.file;
	n.expected = sent->expected;
	n.seen = sent->seen;
	n.packets = sent->packets;
	assert_memory_equal(sent, &n, sizeof(n));
}

static void
on_notice(void *context, const struct notice *n)
{
	struct scene *t = context;

	t->notices++;
	t->clause = n->clause;
	(void)snprintf(t->seen, sizeof(t->seen), "%s", n->seen ? n->seen : "");
	if (n->packet_count > 0) {
		t->kept = n->packets[n->packet_count - 1].kept;
		t->cut = n->packets[n->packet_count - 1].cut;
	}
	if (t->compare)
		assert_same_notice(&t->s->notice, n);
}

static void
on_device(void *context, const struct device *d)
{
	struct scene *t = context;

	t->devices++;
	if (!t->compare)
		return;
	for (size_t i = 0; i < d->name_count; i++)
		assert_string_equal(t->s->device.names[i].text,
		    d->names[i].text);
	assert_int_equal(t->s->device.stage, d->stage);
	assert_int_equal(t->s->device.first.us, d->first.us);
	assert_int_equal(t->s->device.last.us, d->last.us);
	assert_ptr_equal(t->s->device.host, d->host);
	assert_ptr_equal(t->s->device.zone, d->zone);
	assert_ptr_equal(t->s->device.tap, d->tap);
	assert_int_equal(t->s->device.full, d->full);
	assert_int_equal(t->s->device.ledger, d->ledger);
	assert_int_equal(t->s->device.has_mac, d->has_mac);
	assert_memory_equal(&t->s->device.mac, &d->mac, sizeof(d->mac));
	assert_int_equal(t->s->device.address_count, d->address_count);
	assert_memory_equal(t->s->device.addresses, d->addresses,
	    sizeof(d->addresses));
	assert_int_equal(t->s->device.name_count, d->name_count);
	assert_int_equal(t->s->device.service_count, d->service_count);
	for (size_t i = 0; i < d->service_count; i++) {
		assert_int_equal(t->s->device.services[i].port,
		    d->services[i].port);
		assert_string_equal(t->s->device.services[i].application,
		    d->services[i].application);
	}
}

static void
on_tick(void *context, struct wall_us now)
{
	struct scene *t = context;

	(void)now;
	t->others++;
}

static int
set_up(void **state)
{
	struct scene *t = calloc(1, sizeof(*t));

	t->s = observing_new();
	t->reader = record_reader_new();
	t->head = (struct record_head){ .engine = 3,
		.generation = GENERATION,
		.sequence = 41 };
	t->observer = (struct observer){ .context = t,
		.notice = on_notice,
		.device = on_device,
		.tick = on_tick };
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

/* Reads a copy of exactly that length, so that a byte too far is seen. */
static enum record_result
read_bytes(struct scene *t, const uint8_t *bytes, size_t length)
{
	uint8_t *exact = malloc(length ? length : 1);
	enum record_result result;

	memcpy(exact, bytes, length);
	result = record_read(t->reader, exact, length, t->s->m, GENERATION,
	    &t->observer);
	free(exact);
	return result;
}

static enum record_result
read_record(struct scene *t)
{
	return read_bytes(t, t->record, t->length);
}

static void
write_notice(struct scene *t)
{
	t->length = record_notice(t->record, &t->head, &t->s->notice);
}

static void
write_device(struct scene *t)
{
	t->length = record_device(t->record, &t->head, &t->s->device);
}

static void
make(struct scene *t, enum record_type type)
{
	observing_notice(t->s);
	observing_device(t->s);
	if (type == RECORD_NOTICE)
		write_notice(t);
	else
		write_device(t);
	assert_int_equal(t->head.type, type);
}

static void
test_whatever_is_noticed_arrives_as_it_was(void **state)
{
	struct scene *t = *state;

	t->compare = true;
	for (unsigned i = 0; i < TRIALS; i++) {
		make(t, RECORD_NOTICE);
		assert_int_equal(t->head.class, RECORD_URGENT);
		assert_int_equal(read_record(t), RECORD_OK);
		make(t, RECORD_DEVICE);
		assert_int_equal(t->head.class,
		    t->s->device.stage == DEVICE_CHANGED ? RECORD_UPDATE :
							   RECORD_FINAL);
		assert_int_equal(read_record(t), RECORD_OK);
	}
	assert_int_equal(t->notices, TRIALS);
	assert_int_equal(t->devices, TRIALS);
}

static void
test_calls_that_are_not_wanted_are_skipped(void **state)
{
	struct scene *t = *state;

	t->observer = (struct observer){ .context = t };
	make(t, RECORD_NOTICE);
	assert_int_equal(read_record(t), RECORD_OK);
	make(t, RECORD_DEVICE);
	assert_int_equal(read_record(t), RECORD_OK);
	assert_int_equal(t->notices + t->devices, 0);
}

static void
test_every_truncation_and_a_byte_too_many_is_refused(void **state)
{
	static const enum record_type types[] = { RECORD_NOTICE,
		RECORD_DEVICE };
	struct scene *t = *state;

	for (int i = 0; i < 20; i++) {
		make(t, types[i % 2]);
		for (size_t n = 0; n < t->length; n++)
			assert_int_equal(read_bytes(t, t->record, n),
			    RECORD_TRUNCATED);
		t->record[t->length++] = 0;
		assert_int_equal(read_record(t), RECORD_MALFORMED);
	}
	assert_int_equal(t->notices + t->devices, 0);
}

static void
test_no_byte_of_a_record_is_believed(void **state)
{
	static const enum record_type types[] = { RECORD_NOTICE,
		RECORD_DEVICE };
	struct scene *t = *state;
	unsigned accepted = 0, refused = 0;

	for (int k = 0; k < 6; k++) {
		make(t, types[k % 2]);
		for (size_t i = 0; i < t->length && i < 1500; i++) {
			const uint8_t was = t->record[i];

			for (unsigned v = 0; v < 256; v += 5) {
				t->record[i] = (uint8_t)v;
				if (read_record(t) == RECORD_OK)
					accepted++;
				else
					refused++;
			}
			t->record[i] = was;
		}
	}
	assert_int_equal(t->notices + t->devices + t->others, accepted);
	assert_true(refused > 1000);
}

/* What stands in the notice now is refused. */
static void
assert_notice_malformed(struct scene *t)
{
	write_notice(t);
	assert_int_equal(read_record(t), RECORD_MALFORMED);
	observing_notice(t->s);
}

static void
test_each_lie_of_a_notice_is_malformed(void **state)
{
	struct scene *t = *state;
	struct notice *n = &t->s->notice;
	struct tap tap = *observing_tap(t->s);
	struct zone zone = { .index = (uint32_t)t->s->m->zone_count + 1 };
	struct boundary boundary = { .index = 1000000 };

	tap.index = (uint32_t)t->s->m->tap_count;
	observing_notice(t->s);
	n->check = CHECK_SEG_1;
	assert_notice_malformed(t);
	n->check = CHECK_COV_1;
	assert_notice_malformed(t);
	n->check = CHECK_TOP_11;
	assert_notice_malformed(t);
	n->check = CHECK_NONE;
	assert_notice_malformed(t);
	n->check = CHECK_COUNT;
	assert_notice_malformed(t);
	n->severity = SEVERITY_NONE;
	assert_notice_malformed(t);
	n->severity = SEVERITY_CRITICAL + 1;
	assert_notice_malformed(t);
	n->word = NOTICE_NONE;
	assert_notice_malformed(t);
	n->word = NOTICE_COUNT;
	assert_notice_malformed(t);
	n->now.us = INT64_MAX;
	assert_notice_malformed(t);
	n->boundary = &boundary;
	assert_notice_malformed(t);
	n->tap = &tap;
	assert_notice_malformed(t);
	n->party[1].zone = &zone;
	assert_notice_malformed(t);
	n->party[0].address = (struct addr){ .family = 5 };
	assert_notice_malformed(t);
	n->clause = (struct clause){ .kind = CLAUSE_MODEL + 1 };
	assert_notice_malformed(t);
	n->flow_id = UINT64_C(1) << 53;
	assert_notice_malformed(t);
	assert_int_equal(t->notices, 0);
}

static void
test_each_lie_of_a_packet_is_malformed(void **state)
{
	struct scene *t = *state;
	struct notice *n = &t->s->notice;
	struct tap tap = *observing_tap(t->s);

	tap.index = (uint32_t)t->s->m->tap_count;
	for (int lie = 0; lie < 4; lie++) {
		do
			observing_notice(t->s);
		while (n->packet_count == 0);
		if (lie == 0)
			t->s->packets[0].tap = NULL;
		else if (lie == 1)
			t->s->packets[0].tap = &tap;
		else if (lie == 2)
			t->s->packets[0].nanoseconds = 1000;
		else
			t->s->packets[0].time.us = INT64_MIN;
		write_notice(t);
		assert_int_equal(read_record(t), RECORD_MALFORMED);
	}
	assert_int_equal(t->notices, 0);
}

static void
assert_device_malformed(struct scene *t)
{
	write_device(t);
	assert_int_equal(read_record(t), RECORD_MALFORMED);
	observing_device(t->s);
}

static void
test_each_lie_of_a_device_is_malformed(void **state)
{
	struct scene *t = *state;
	struct device *d = &t->s->device;
	struct host host = { .index = (uint32_t)t->s->m->host_count };
	struct zone zone = { .index = (uint32_t)t->s->m->zone_count + 1 };

	observing_device(t->s);
	d->stage = DEVICE_LAST + 1;
	assert_device_malformed(t);
	d->host = &host;
	assert_device_malformed(t);
	d->zone = &zone;
	assert_device_malformed(t);
	d->first.us = INT64_MAX;
	assert_device_malformed(t);
	d->address_count = 1;
	d->addresses[0].family = 0;
	assert_device_malformed(t);
	d->name_count = 1;
	d->names[0].source = DEVICE_SOURCE_COUNT;
	assert_device_malformed(t);
	assert_int_equal(t->devices, 0);
}

static void
test_nouns_of_another_generation_are_stale(void **state)
{
	struct scene *t = *state;

	t->head.generation = GENERATION + 1;
	observing_notice(t->s);
	t->s->notice.tap = observing_tap(t->s);
	write_notice(t);
	assert_int_equal(read_record(t), RECORD_STALE);
	observing_device(t->s);
	t->s->device.host = &t->s->m->hosts[0];
	write_device(t);
	assert_int_equal(read_record(t), RECORD_STALE);
	assert_int_equal(t->notices + t->devices, 0);
}

static void
test_hostile_text_is_escaped_and_cut_where_it_is_written(void **state)
{
	struct scene *t = *state;
	char longer[600];

	observing_notice(t->s);
	t->s->notice.seen = "a\033[2Jb\377";
	write_notice(t);
	assert_int_equal(read_record(t), RECORD_OK);
	assert_string_equal(t->seen, "a\\x1b[2Jb\\xff");
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	t->s->notice.seen = longer;
	write_notice(t);
	assert_int_equal(read_record(t), RECORD_OK);
	assert_int_equal(strlen(t->seen), NOTICE_TEXT_MAX);
}

static void
test_a_packet_that_is_too_long_is_cut_and_says_so(void **state)
{
	static const uint8_t bytes[EVIDENCE_PAYLOAD_MAX + 100];
	struct scene *t = *state;
	struct evidence_packet p = { .tap = observing_tap(t->s),
		.kept = sizeof(bytes),
		.wire = 9000,
		.bytes = bytes };

	observing_notice(t->s);
	t->s->notice.packets = &p;
	t->s->notice.packet_count = 1;
	write_notice(t);
	/* More than headers only by an authority. */
	t->s->m->payload_authority = false;
	assert_int_equal(read_record(t), RECORD_MALFORMED);
	t->s->m->payload_authority = true;
	assert_int_equal(read_record(t), RECORD_OK);
	assert_int_equal(t->kept, EVIDENCE_PAYLOAD_MAX);
	assert_true(t->cut);
}

static void
test_names_of_a_clause_outlive_record_and_model(void **state)
{
	struct scene *t = *state;
	const struct zone *z = &t->s->m->zones[0];
	char said[64];

	observing_notice(t->s);
	(void)snprintf(said, sizeof(said), "%s", z->id);
	t->s->notice.party[1].zone = z;
	t->s->notice.clause = (struct clause){ .kind = CLAUSE_MODEL,
		.id = z->id,
		.place = z->place };
	write_notice(t);
	assert_int_equal(read_record(t), RECORD_OK);
	model_free(t->s->m);
	t->s->m = NULL;
	memset(t->record, 0xff, sizeof(t->record));
	assert_string_equal(t->clause.id, said);
}

#define WITH_SCENE(test) \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCENE(test_whatever_is_noticed_arrives_as_it_was),
		WITH_SCENE(test_calls_that_are_not_wanted_are_skipped),
		WITH_SCENE(
		    test_every_truncation_and_a_byte_too_many_is_refused),
		WITH_SCENE(test_no_byte_of_a_record_is_believed),
		WITH_SCENE(test_each_lie_of_a_notice_is_malformed),
		WITH_SCENE(test_each_lie_of_a_packet_is_malformed),
		WITH_SCENE(test_each_lie_of_a_device_is_malformed),
		WITH_SCENE(test_nouns_of_another_generation_are_stale),
		WITH_SCENE(
		    test_hostile_text_is_escaped_and_cut_where_it_is_written),
		WITH_SCENE(test_a_packet_that_is_too_long_is_cut_and_says_so),
		WITH_SCENE(test_names_of_a_clause_outlive_record_and_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
