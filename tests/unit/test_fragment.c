/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joining fragments: what completes, what is refused, and that every frame
 * ends in exactly one counter. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fragment.h"
#include "frame_build.h"

#define MORE 0x2000 /* of IPv4, beside the offset in units of 8 */

static const uint8_t secret[16] = { 1, 2, 3 };

struct fixture {
	struct fragment_table *t;
	struct wall_us now;
	struct build b;
	struct packet out;
	uint32_t frames;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	f->t = fragment_new(secret);
	f->now.us = 1000 * CLOCK_SECOND;
	*state = f;
	return 0;
}

/* No frame is lost: the six fates add up. */
static void
assert_exact(const struct fixture *f)
{
	const struct fragment_counters *c = fragment_counters(f->t);

	assert_int_equal(c->fragments,
	    c->held + c->joined + c->expired + c->evicted + c->refused +
		c->told);
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	fragment_expire(f->t, f->now, true);
	assert_exact(f);
	assert_int_equal(fragment_counters(f->t)->held, 0);
	fragment_free(f->t);
	free(f);
	return 0;
}

/* Offers what f->b holds, a raw IP packet. */
static enum fragment_result
offer(struct fixture *f, uint64_t place)
{
	enum fragment_result result;
	struct packet p;

	assert_int_equal(build_decode(DECODE_LINK_RAW, &f->b, &p), DECODE_OK);
	assert_true(p.fragment);
	result = fragment_add(f->t, &p, place, f->now, &f->out, &f->frames);
	assert_exact(f);
	return result;
}

/* A fragment of IPv4 with n bytes of filling from offset. */
static enum fragment_result
add4(struct fixture *f, unsigned offset, size_t n, bool more, uint8_t fill)
{
	f->b.length = 0;
	build_ip4(&f->b, 17, n, offset / 8 | (more ? MORE : 0));
	build_fill(&f->b, fill, n);
	return offer(f, 0);
}

/* The first fragment: a UDP header of a datagram of total bytes, filling. */
static enum fragment_result
first4(struct fixture *f, size_t n, size_t total, unsigned id)
{
	f->b.length = 0;
	build_ip4(&f->b, 17, n, MORE);
	f->b.bytes[4] = (uint8_t)(id >> 8);
	f->b.bytes[5] = (uint8_t)id;
	build_udp(&f->b, 40000, 514, total - 8);
	build_fill(&f->b, 'a', n - 8);
	return offer(f, 0);
}

/* Adds the frames up. */
static void
take_lost(void *context, const struct fragment_lost *lost)
{
	uint64_t *frames = context;

	assert_int_equal(lost->packet->source.family, 4);
	assert_int_equal(lost->packet->protocol, 17);
	assert_int_equal(lost->place, 0);
	*frames += lost->frames;
}

static void
test_who_asks_is_told_of_all_that_is_not_joined(void **state)
{
	struct fixture *f = *state;
	const struct fragment_counters *c = fragment_counters(f->t);
	uint64_t told = 0;

	fragment_tell(f->t, take_lost, &told);
	assert_int_equal(first4(f, 1480, 2000, 0x1234), FRAGMENT_HELD);
	assert_int_equal(add4(f, 1472, 520, false, 'b'), FRAGMENT_REFUSED);
	assert_int_equal(told, 2);
	assert_int_equal(add4(f, 1480, 520, false, 'b'), FRAGMENT_REFUSED);
	assert_int_equal(told, 3);
	assert_int_equal(first4(f, 1480, 2000, 0x1235), FRAGMENT_HELD);
	fragment_expire(f->t, f->now, true);
	assert_int_equal(told, 4);
	assert_int_equal(c->told, 4);
	assert_int_equal(c->fragments, 4);
	assert_int_equal(c->held + c->joined + c->expired + c->evicted +
		c->refused,
	    0);
}

static void
test_two_fragments_make_a_packet(void **state)
{
	struct fixture *f = *state;
	const struct fragment_counters *c = fragment_counters(f->t);

	assert_int_equal(first4(f, 1480, 2000, 0x1234), FRAGMENT_HELD);
	assert_int_equal(c->held, 1);
	assert_int_equal(add4(f, 1480, 520, false, 'b'), FRAGMENT_COMPLETE);
	assert_int_equal(f->frames, 2);
	assert_true(f->out.reassembled);
	assert_false(f->out.fragment);
	assert_int_equal(f->out.kind, PACKET_IP);
	assert_int_equal(f->out.layer, LAYER_UDP);
	assert_int_equal(f->out.source_port, 40000);
	assert_int_equal(f->out.destination_port, 514);
	assert_int_equal(f->out.ip_length, 2020);
	assert_int_equal(f->out.ttl, 63);
	assert_int_equal(f->out.payload_length, 1992);
	assert_int_equal(f->out.payload_captured, 1992);
	assert_int_equal(f->out.payload[0], 'a');
	assert_int_equal(f->out.payload[1471], 'a');
	assert_int_equal(f->out.payload[1472], 'b');
	assert_int_equal(f->out.payload[1991], 'b');
	assert_int_equal(c->joined, 2);
	assert_int_equal(c->held, 0);
}

static void
test_the_order_of_fragments_does_not_matter(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add4(f, 1600, 10, false, 'c'), FRAGMENT_HELD);
	assert_int_equal(add4(f, 800, 800, true, 'b'), FRAGMENT_HELD);
	assert_int_equal(first4(f, 800, 1610, 0x1234), FRAGMENT_COMPLETE);
	assert_int_equal(f->frames, 3);
	assert_int_equal(f->out.payload[791], 'a');
	assert_int_equal(f->out.payload[792], 'b');
	assert_int_equal(f->out.payload[1592], 'c');
}

static void
test_a_datagram_without_its_first_fragment_never_completes(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add4(f, 8, 800, true, 'b'), FRAGMENT_HELD);
	assert_int_equal(add4(f, 808, 10, false, 'c'), FRAGMENT_HELD);
	f->now.us += FRAGMENT_TIMEOUT_US;
	fragment_expire(f->t, f->now, false);
	assert_int_equal(fragment_counters(f->t)->held, 2);
	f->now.us++;
	fragment_expire(f->t, f->now, false);
	assert_int_equal(fragment_counters(f->t)->held, 0);
	assert_int_equal(fragment_counters(f->t)->expired, 2);
}

static void
test_an_exact_copy_is_taken_silently(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(first4(f, 800, 810, 0x1234), FRAGMENT_HELD);
	assert_int_equal(first4(f, 800, 810, 0x1234), FRAGMENT_HELD);
	assert_int_equal(add4(f, 800, 10, false, 'c'), FRAGMENT_COMPLETE);
	assert_int_equal(f->frames, 3);
	assert_int_equal(fragment_counters(f->t)->joined, 3);
}

static void
test_any_other_overlap_refuses_the_whole_datagram(void **state)
{
	static const struct {
		unsigned offset;
		size_t length;
		bool more;
		uint8_t fill;
	} cases[] = {
		{ 800, 800, true, 'x' },  /* other bytes */
		{ 800, 800, false, 'b' }, /* the same bytes, but the last */
		{ 792, 16, true, 'b' },	  /* over its begin */
		{ 1592, 16, true, 'b' },  /* over its end */
		{ 808, 8, true, 'b' },	  /* inside, with the same bytes */
		{ 0, 2400, true, 'b' },	  /* around it */
		{ 0, 65512, true, 'b' },
	};
	struct fixture *f = *state;
	const struct fragment_counters *c = fragment_counters(f->t);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t refused = c->refused;

		assert_int_equal(add4(f, 800, 800, true, 'b'), FRAGMENT_HELD);
		assert_int_equal(add4(f, cases[i].offset, cases[i].length,
				     cases[i].more, cases[i].fill),
		    FRAGMENT_REFUSED);
		assert_int_equal(c->held, 0);
		assert_int_equal(c->refused, refused + 2);
		/* And what follows is refused, until it is forgotten. */
		assert_int_equal(first4(f, 800, 1610, 0x1234),
		    FRAGMENT_REFUSED);
		assert_int_equal(add4(f, 1600, 10, false, 'c'),
		    FRAGMENT_REFUSED);
		assert_int_equal(c->refused, refused + 4);
		f->now.us += FRAGMENT_TIMEOUT_US + 1;
	}
	assert_int_equal(c->joined, 0);
}

static void
test_two_ends_refuse_the_datagram(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add4(f, 1600, 10, false, 'c'), FRAGMENT_HELD);
	assert_int_equal(add4(f, 2400, 10, false, 'c'), FRAGMENT_REFUSED);
	f->now.us += FRAGMENT_TIMEOUT_US + 1;
	assert_int_equal(add4(f, 1600, 10, false, 'c'), FRAGMENT_HELD);
	assert_int_equal(add4(f, 1608, 8, true, 'c'), FRAGMENT_REFUSED);
	f->now.us += FRAGMENT_TIMEOUT_US + 1;
	assert_int_equal(add4(f, 1600, 16, true, 'c'), FRAGMENT_HELD);
	assert_int_equal(add4(f, 800, 10, false, 'c'), FRAGMENT_REFUSED);
	f->now.us += FRAGMENT_TIMEOUT_US + 1;
	assert_int_equal(add4(f, 800, 10, false, 'c'), FRAGMENT_HELD);
	assert_int_equal(add4(f, 1600, 16, true, 'c'), FRAGMENT_REFUSED);
	assert_int_equal(fragment_counters(f->t)->refused, 8);
}

static void
test_a_fragment_that_no_host_takes_is_refused_alone(void **state)
{
	struct fixture *f = *state;
	struct packet p;

	assert_int_equal(first4(f, 800, 810, 0x1234), FRAGMENT_HELD);
	assert_int_equal(add4(f, 800, 0, true, 'b'), FRAGMENT_REFUSED);
	assert_int_equal(add4(f, 800, 12, true, 'b'), FRAGMENT_REFUSED);
	assert_int_equal(add4(f, 65528, 8, false, 'b'), FRAGMENT_REFUSED);
	f->b.length = 0;
	build_ip4(&f->b, 17, 10, 100);
	build_fill(&f->b, 'c', 10);
	assert_int_equal(decode_frame(DECODE_LINK_RAW, f->b.bytes, 25, 30, &p),
	    DECODE_OK);
	assert_int_equal(fragment_add(f->t, &p, 0, f->now, &f->out, &f->frames),
	    FRAGMENT_REFUSED);
	assert_int_equal(fragment_counters(f->t)->refused, 4);
	assert_int_equal(add4(f, 800, 10, false, 'c'), FRAGMENT_COMPLETE);
}

/* A datagram of total bytes after the IP header, in pieces of 1480. */
static enum fragment_result
add_long(struct fixture *f, unsigned total)
{
	unsigned offset = 1480;

	assert_int_equal(first4(f, 1480, total, 0x1234), FRAGMENT_HELD);
	for (; offset + 1480 < total; offset += 1480)
		assert_int_equal(add4(f, offset, 1480, true, 'b'),
		    FRAGMENT_HELD);
	return add4(f, offset, total - offset, false, 'b');
}

static void
test_the_longest_datagram_is_joined_and_a_longer_one_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add_long(f, 65515), FRAGMENT_COMPLETE);
	assert_int_equal(f->out.payload_length, 65507);
	assert_int_equal(f->out.ip_length, 65535);
	assert_int_equal(add_long(f, 65516), FRAGMENT_REFUSED);
}

static void
test_pieces_beyond_the_maximum_refuse_the_datagram(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 1; i <= FRAGMENT_PIECES_MAX; i++)
		assert_int_equal(add4(f, 8 * i, 8, true, 'b'), FRAGMENT_HELD);
	assert_int_equal(add4(f, 8000, 8, true, 'b'), FRAGMENT_REFUSED);
	assert_int_equal(fragment_counters(f->t)->refused,
	    FRAGMENT_PIECES_MAX + 1);
}

static void
test_the_oldest_datagram_makes_room(void **state)
{
	struct fixture *f = *state;
	const struct fragment_counters *c = fragment_counters(f->t);

	for (unsigned id = 0; id < FRAGMENT_DATAGRAMS_MAX; id++)
		assert_int_equal(first4(f, 16, 24, id), FRAGMENT_HELD);
	assert_int_equal(c->held, FRAGMENT_DATAGRAMS_MAX);
	assert_int_equal(first4(f, 16, 24, 0xffff), FRAGMENT_HELD);
	assert_int_equal(c->held, FRAGMENT_DATAGRAMS_MAX);
	assert_int_equal(c->evicted, 1);
	/* Datagram 0 went, datagram 1 is there. */
	f->b.length = 0;
	build_ip4(&f->b, 17, 8, 2);
	f->b.bytes[4] = 0;
	f->b.bytes[5] = 1;
	build_fill(&f->b, 'z', 8);
	assert_int_equal(offer(f, 0), FRAGMENT_COMPLETE);
	f->b.bytes[5] = 0;
	assert_int_equal(offer(f, 0), FRAGMENT_HELD);
	assert_int_equal(c->evicted, 1);
}

static void
test_places_protocols_and_identifiers_keep_datagrams_apart(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(first4(f, 16, 24, 0x1234), FRAGMENT_HELD);
	f->b.length = 0;
	build_ip4(&f->b, 17, 8, 2);
	build_fill(&f->b, 'z', 8);
	assert_int_equal(offer(f, 1), FRAGMENT_HELD); /* another place */
	f->b.bytes[9] = 6;
	assert_int_equal(offer(f, 0), FRAGMENT_HELD); /* protocol */
	f->b.bytes[9] = 17;
	f->b.bytes[5]++;
	assert_int_equal(offer(f, 0), FRAGMENT_HELD); /* identifier */
	f->b.bytes[5]--;
	f->b.bytes[15]++;
	assert_int_equal(offer(f, 0), FRAGMENT_HELD); /* source */
	f->b.bytes[15]--;
	assert_int_equal(offer(f, 0), FRAGMENT_COMPLETE);
	assert_int_equal(fragment_counters(f->t)->held, 4);
}

static void
test_a_late_fragment_begins_a_new_datagram(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(first4(f, 16, 24, 0x1234), FRAGMENT_HELD);
	f->now.us += FRAGMENT_TIMEOUT_US + 1;
	assert_int_equal(add4(f, 16, 8, false, 'z'), FRAGMENT_HELD);
	assert_int_equal(fragment_counters(f->t)->expired, 1);
	assert_int_equal(first4(f, 16, 24, 0x1234), FRAGMENT_COMPLETE);
}

static void
test_a_clock_that_is_set_back_does_not_keep_datagrams(void **state)
{
	struct fixture *f = *state;

	f->now.us = INT64_MAX;
	assert_int_equal(first4(f, 16, 24, 1), FRAGMENT_HELD);
	f->now.us = INT64_MIN;
	assert_int_equal(first4(f, 16, 24, 2), FRAGMENT_HELD);
	assert_int_equal(fragment_counters(f->t)->expired, 1);
	f->now.us = 0;
	fragment_expire(f->t, f->now, false);
	assert_int_equal(fragment_counters(f->t)->expired, 2);
}

static void
test_a_whole_datagram_that_lies_is_refused(void **state)
{
	struct fixture *f = *state;

	/* UDP's length says more than the fragments have. */
	assert_int_equal(first4(f, 16, 2000, 0x1234), FRAGMENT_HELD);
	assert_int_equal(add4(f, 16, 8, false, 'z'), FRAGMENT_REFUSED);
	assert_int_equal(fragment_counters(f->t)->refused, 2);
	assert_int_equal(fragment_counters(f->t)->held, 0);
}

static void
test_a_tcp_header_spread_over_fragments_is_read(void **state)
{
	struct fixture *f = *state;
	struct build header = { .length = 0 };

	build_tcp(&header, TCP_SYN);
	build_ip4(&f->b, 6, 8, MORE);
	memcpy(f->b.bytes + 20, header.bytes, 8);
	f->b.length = 28;
	assert_int_equal(offer(f, 0), FRAGMENT_HELD);
	f->b.length = 0;
	build_ip4(&f->b, 6, 12, 1);
	memcpy(f->b.bytes + 20, header.bytes + 8, 12);
	f->b.length = 32;
	assert_int_equal(offer(f, 0), FRAGMENT_COMPLETE);
	assert_int_equal(f->out.layer, LAYER_TCP);
	assert_int_equal(f->out.destination_port, 445);
	assert_int_equal(f->out.tcp_flags, TCP_SYN);
	assert_int_equal(f->out.payload_length, 0);
}

static enum fragment_result
add6(struct fixture *f, unsigned next, unsigned offset_more,
    const struct build *whole, size_t from, size_t n)
{
	f->b.length = 0;
	build_ip6(&f->b, 44, 8 + n);
	build_fragment_header(&f->b, next, offset_more, 0xabcdef01);
	memcpy(f->b.bytes + f->b.length, whole->bytes + from, n);
	f->b.length += n;
	return offer(f, 7);
}

static void
test_ip6_fragments_with_an_extension_header_inside_are_joined(void **state)
{
	struct fixture *f = *state;
	struct build whole = { .length = 0 };

	build_extension(&whole, 17, 1);
	build_udp(&whole, 546, 547, 100);
	build_fill(&whole, 'x', 100);
	/* The next header of a later fragment means nothing (RFC 8200 4.5). */
	assert_int_equal(add6(f, 17, 24, &whole, 24, 100), FRAGMENT_HELD);
	assert_int_equal(add6(f, 60, 0 | 1, &whole, 0, 24), FRAGMENT_COMPLETE);
	assert_int_equal(f->out.protocol, 17);
	assert_int_equal(f->out.destination_port, 547);
	assert_int_equal(f->out.payload_length, 100);
	assert_int_equal(f->out.ip_length, 40 + 124);
	assert_int_equal(f->out.source.family, 6);
}

static void
test_a_fragment_inside_a_joined_datagram_is_refused(void **state)
{
	struct fixture *f = *state;
	struct build whole = { .length = 0 };

	build_fragment_header(&whole, 17, 0, 5);
	build_udp(&whole, 546, 547, 8);
	build_fill(&whole, 'x', 8);
	assert_int_equal(add6(f, 44, 0 | 1, &whole, 0, 16), FRAGMENT_HELD);
	assert_int_equal(add6(f, 44, 16, &whole, 16, 8), FRAGMENT_REFUSED);
	assert_int_equal(fragment_counters(f->t)->refused, 2);
}

static void
test_what_is_no_fragment_is_refused(void **state)
{
	struct fixture *f = *state;
	struct packet p;

	build_ip4(&f->b, 17, 8, 0);
	build_udp(&f->b, 1, 2, 0);
	assert_int_equal(build_decode(DECODE_LINK_RAW, &f->b, &p), DECODE_OK);
	assert_int_equal(fragment_add(f->t, &p, 0, f->now, &f->out, &f->frames),
	    FRAGMENT_REFUSED);
}

#define FRAGMENT_TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FRAGMENT_TEST(test_who_asks_is_told_of_all_that_is_not_joined),
		FRAGMENT_TEST(test_two_fragments_make_a_packet),
		FRAGMENT_TEST(test_the_order_of_fragments_does_not_matter),
		FRAGMENT_TEST(
		    test_a_datagram_without_its_first_fragment_never_completes),
		FRAGMENT_TEST(test_an_exact_copy_is_taken_silently),
		FRAGMENT_TEST(
		    test_any_other_overlap_refuses_the_whole_datagram),
		FRAGMENT_TEST(test_two_ends_refuse_the_datagram),
		FRAGMENT_TEST(
		    test_a_fragment_that_no_host_takes_is_refused_alone),
		FRAGMENT_TEST(
		    test_the_longest_datagram_is_joined_and_a_longer_one_refused),
		FRAGMENT_TEST(
		    test_pieces_beyond_the_maximum_refuse_the_datagram),
		FRAGMENT_TEST(test_the_oldest_datagram_makes_room),
		FRAGMENT_TEST(
		    test_places_protocols_and_identifiers_keep_datagrams_apart),
		FRAGMENT_TEST(test_a_late_fragment_begins_a_new_datagram),
		FRAGMENT_TEST(
		    test_a_clock_that_is_set_back_does_not_keep_datagrams),
		FRAGMENT_TEST(test_a_whole_datagram_that_lies_is_refused),
		FRAGMENT_TEST(test_a_tcp_header_spread_over_fragments_is_read),
		FRAGMENT_TEST(
		    test_ip6_fragments_with_an_extension_header_inside_are_joined),
		FRAGMENT_TEST(
		    test_a_fragment_inside_a_joined_datagram_is_refused),
		FRAGMENT_TEST(test_what_is_no_fragment_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
