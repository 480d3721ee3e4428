/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tap shows as a record: there and back, every truncation, each lie,
 * and lists at their longest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "observing.h"

struct taken {
	struct tap_view v;
	int count;
};

static void
on_view(void *context, const struct tap_view *v)
{
	struct taken *t = context;

	t->v = *v;
	t->count++;
}

static struct prefix
some_prefix(struct observing *s)
{
	const uint8_t family = observing_bool(s) ? 6 : 4;
	const struct addr a = observing_address(s, family);
	struct prefix p = { .length = family == 6 ? TAP_VIEW_LENGTH6 :
						    TAP_VIEW_LENGTH4 };

	p.addr = addr_mask(&a, p.length);
	return p;
}

static void
add_mac(struct observing *s, struct tap_view_mac *m)
{
	bool has_mac;

	observing_mac(s, &has_mac, &m->mac);
	m->vlan = (uint16_t)observing_below(s, 4096);
	m->frames = observing_number(s);
	m->prefixes = (uint32_t)observing_number(s);
	while (m->zone_count < observing_below(s, TAP_VIEW_ZONES_MAX + 1)) {
		m->zones[m->zone_count] = observing_zone(s);
		m->zone_count += m->zones[m->zone_count] != NULL;
	}
	if (observing_bool(s))
		m->address = observing_address(s, 6);
	m->router = observing_bool(s);
	m->forwards = observing_bool(s);
}

/* With lists as long as that, at most. */
static void
fill(struct observing *s, struct tap_view *v, size_t most)
{
	memset(v, 0, sizeof(*v));
	v->tap = observing_tap(s);
	v->now = observing_time(s);
	v->from = observing_time(s);
	v->until.us = v->from.us + (int64_t)observing_below(s, 1000000);
	v->frames = observing_number(s);
	v->bytes = observing_number(s);
	v->copies = v->frames / 2;
	v->cut = v->frames / 3;
	v->giants = v->frames / 4;
	v->longest = (uint32_t)observing_number(s);
	v->tcp_conversations = observing_number(s);
	v->tcp_one_way = v->tcp_conversations / 2;
	v->passed = observing_number(s);
	v->unlisted_vlans = observing_below(s, 2);
	v->unlisted_prefixes = observing_number(s);
	v->unlisted_macs = observing_number(s);
	for (; v->vlan_count < most && v->vlan_count < TAP_VIEW_VLANS_MAX;
	     v->vlan_count++)
		v->vlans[v->vlan_count] = (struct tap_view_vlan){
			.id = (uint16_t)observing_below(s, 4096),
			.declared = observing_bool(s),
			.zone = observing_zone(s),
			.frames = observing_number(s)
		};
	for (;
	     v->prefix_count < most && v->prefix_count < TAP_VIEW_PREFIXES_MAX;
	     v->prefix_count++) {
		struct tap_view_prefix *p = &v->prefixes[v->prefix_count];

		p->prefix = some_prefix(s);
		p->vlan = (uint16_t)observing_below(s, 4096);
		p->zone = observing_zone(s);
		p->from = observing_number(s);
		p->to = observing_number(s);
		p->local = p->from / 2;
	}
	for (; v->mac_count < most && v->mac_count < TAP_VIEW_MACS_MAX;
	     v->mac_count++)
		add_mac(s, &v->macs[v->mac_count]);
}

static enum record_result
take(struct record_reader *r, const struct observing *s, const uint8_t *bytes,
    size_t length, uint32_t generation, struct taken *t)
{
	const struct observer o = { .context = t, .view = on_view };

	return record_read(r, bytes, length, s->m, generation, &o);
}

static void
same(const struct tap_view *a, const struct tap_view *b)
{
	assert_ptr_equal(a->tap, b->tap);
	assert_int_equal(a->frames, b->frames);
	assert_int_equal(a->longest, b->longest);
	assert_int_equal(a->passed, b->passed);
	assert_int_equal(a->unlisted_macs, b->unlisted_macs);
	assert_int_equal(a->vlan_count, b->vlan_count);
	assert_int_equal(a->prefix_count, b->prefix_count);
	assert_int_equal(a->mac_count, b->mac_count);
	for (size_t i = 0; i < a->vlan_count; i++) {
		assert_int_equal(a->vlans[i].id, b->vlans[i].id);
		assert_int_equal(a->vlans[i].declared, b->vlans[i].declared);
		assert_ptr_equal(a->vlans[i].zone, b->vlans[i].zone);
		assert_int_equal(a->vlans[i].frames, b->vlans[i].frames);
	}
	for (size_t i = 0; i < a->prefix_count; i++) {
		const struct tap_view_prefix *p = &a->prefixes[i];
		const struct tap_view_prefix *q = &b->prefixes[i];

		assert_true(prefix_equal(&p->prefix, &q->prefix));
		assert_int_equal(p->vlan, q->vlan);
		assert_ptr_equal(p->zone, q->zone);
		assert_int_equal(p->from, q->from);
		assert_int_equal(p->to, q->to);
		assert_int_equal(p->local, q->local);
	}
	for (size_t i = 0; i < a->mac_count; i++) {
		const struct tap_view_mac *m = &a->macs[i];
		const struct tap_view_mac *n = &b->macs[i];

		assert_true(mac_equal(&m->mac, &n->mac));
		assert_int_equal(m->frames, n->frames);
		assert_int_equal(m->prefixes, n->prefixes);
		assert_int_equal(m->zone_count, n->zone_count);
		for (size_t k = 0; k < m->zone_count; k++)
			assert_ptr_equal(m->zones[k], n->zones[k]);
		assert_true(addr_equal(&m->address, &n->address));
		assert_int_equal(m->router, n->router);
		assert_int_equal(m->forwards, n->forwards);
	}
}

static void
test_a_view_crosses_whole_whatever_its_lists_hold(void **state)
{
	static const size_t most[] = { 0, 1, 7, 100, 100000 };
	static uint8_t bytes[RECORD_BYTES_MAX];
	static struct tap_view v;
	static struct taken t;
	struct observing *s = observing_new();
	struct record_reader *r = record_reader_new();

	(void)state;
	for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		struct record_head head = { .generation = 7, .sequence = 1 };
		size_t n;

		fill(s, &v, most[i]);
		t.count = 0;
		n = record_view(bytes, &head, &v);
		assert_int_equal(head.class, RECORD_FINAL);
		assert_int_equal(take(r, s, bytes, n, 7, &t), RECORD_OK);
		assert_int_equal(t.count, 1);
		same(&t.v, &v);
		assert_int_equal(take(r, s, bytes, n, 8, &t), RECORD_STALE);
		assert_int_equal(t.count, 1);
	}
	assert_int_equal(v.prefix_count, TAP_VIEW_PREFIXES_MAX);
	assert_int_equal(v.mac_count, TAP_VIEW_MACS_MAX);
	record_reader_free(r);
	observing_free(s);
}

static void
test_no_part_of_a_view_is_one(void **state)
{
	static uint8_t bytes[RECORD_BYTES_MAX];
	static struct tap_view v;
	static struct taken t;
	struct observing *s = observing_new();
	struct record_reader *r = record_reader_new();
	struct record_head head = { .generation = 7, .sequence = 1 };
	size_t n;

	(void)state;
	fill(s, &v, 9);
	n = record_view(bytes, &head, &v);
	t.count = 0;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(take(r, s, bytes, i, 7, &t), RECORD_TRUNCATED);
	assert_int_equal(take(r, s, bytes, n + 1, 7, &t), RECORD_MALFORMED);
	assert_int_equal(t.count, 0);
	record_reader_free(r);
	observing_free(s);
}

static void
refuses(struct observing *s, struct record_reader *r, const struct tap_view *v)
{
	static uint8_t bytes[RECORD_BYTES_MAX];
	static struct taken t;
	struct record_head head = { .generation = 7, .sequence = 1 };
	const size_t n = record_view(bytes, &head, v);

	t.count = 0;
	assert_int_equal(take(r, s, bytes, n, 7, &t), RECORD_MALFORMED);
	assert_int_equal(t.count, 0);
}

static void
test_what_cannot_be_is_refused(void **state)
{
	static struct tap_view good, v;
	struct observing *s = observing_new();
	struct record_reader *r = record_reader_new();
	struct tap stranger;

	(void)state;
	fill(s, &good, 3);
	stranger = *good.tap;
	v = good;
	v.tap = NULL;
	refuses(s, r, &v);
	stranger.index = (uint32_t)s->m->tap_count;
	v.tap = &stranger;
	refuses(s, r, &v);
	v = good;
	v.until.us = v.from.us - 1;
	refuses(s, r, &v);
	v = good;
	v.copies = v.frames + 1;
	refuses(s, r, &v);
	v = good;
	v.giants = v.frames + 1;
	refuses(s, r, &v);
	v = good;
	v.cut = v.frames + 1;
	refuses(s, r, &v);
	v = good;
	v.tcp_one_way = v.tcp_conversations + 1;
	refuses(s, r, &v);
	v = good;
	v.vlans[0].id = 4096;
	refuses(s, r, &v);
	v = good;
	v.prefixes[1].local = v.prefixes[1].from + 1;
	refuses(s, r, &v);
	/* An address within its prefix is no prefix. */
	v = good;
	v.prefixes[2]
	    .prefix.addr.bytes[v.prefixes[2].prefix.addr.family == 6 ? 15 : 3] =
	    1;
	refuses(s, r, &v);
	v = good;
	v.prefixes[0].prefix.addr.family = 0;
	refuses(s, r, &v);
	/* One of its zones is none. */
	v = good;
	v.macs[0].zone_count = 1;
	v.macs[0].zones[0] = NULL;
	refuses(s, r, &v);
	record_reader_free(r);
	observing_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_view_crosses_whole_whatever_its_lists_hold),
		cmocka_unit_test(test_no_part_of_a_view_is_one),
		cmocka_unit_test(test_what_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
