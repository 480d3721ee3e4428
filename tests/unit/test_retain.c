/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is kept of packets: where each kind is cut, which ones of a conversation
 * are kept and told, what gives way, and that no payload is among it unless
 * both zones have an authority for it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "engine_scene.h"
#include "frame_build.h"
#include "rebase.h"
#include "retain.h"

#define MARKER "MARKER-OF-PAYLOAD"
#define SETS_MAX 64

/* ---- where packets are cut */

struct cutting {
	struct model *model;
	struct build b;
	struct evidence_packet out;
};

static int
set_up_cut(void **state)
{
	struct cutting *c = mem_calloc(1, sizeof(*c));

	c->model = scene_load(scene_model_text);
	*state = c;
	return 0;
}

static int
tear_down_cut(void **state)
{
	struct cutting *c = *state;

	model_free(c->model);
	free(c);
	return 0;
}

/* Cuts what was built, decoded as a whole frame of that link type; how many
 * bytes are kept. */
static uint32_t
cut_as(struct cutting *c, int link_type)
{
	const struct frame f = { .captured = (uint32_t)c->b.length,
		.wire = (uint32_t)c->b.length,
		.link_type = link_type,
		.bytes = c->b.bytes };
	struct packet p;
	const struct arrival a = { .packet = &p, .frame = &f, .frames = 1 };

	(void)decode_frame(link_type, f.bytes, f.captured, f.wire, &p);
	assert_true(retain_cut(c->model, &a, false, &c->out));
	assert_ptr_equal(c->out.bytes, c->b.bytes);
	assert_int_equal(c->out.wire, c->b.length);
	assert_int_equal(c->out.cut, c->out.kept < c->b.length);
	return c->out.kept;
}

static uint32_t
cut(struct cutting *c)
{
	return cut_as(c, DECODE_LINK_ETHERNET);
}

static void
payload(struct build *b)
{
	memcpy(b->bytes + b->length, MARKER, sizeof(MARKER));
	b->length += sizeof(MARKER);
}

#define N sizeof(MARKER)

static struct build *
begin(struct cutting *c, unsigned ethertype)
{
	c->b.length = 0;
	build_ethernet(&c->b, ethertype);
	return &c->b;
}

static void
tcp_is_cut_after_its_options(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0800);

	build_ip4(b, 6, 20 + N, 0);
	build_tcp(b, 0x18);
	payload(b);
	assert_int_equal(cut(c), 14 + 20 + 20);
	b = begin(c, 0x8100);
	build_u16(b, 300);
	build_u16(b, 0x0800);
	build_ip4(b, 6, 32 + N, 0);
	build_tcp(b, 0x02); /* an opening with options and data */
	b->bytes[14 + 4 + 20 + 12] = 0x80;
	build_fill(b, 1, 12);
	payload(b);
	assert_int_equal(cut(c), 14 + 4 + 20 + 32);
}

static void
datagrams_are_cut_after_eight_bytes(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0800);

	build_ip4(b, 17, 8 + N, 0);
	build_udp(b, 53, 53, N);
	payload(b);
	assert_int_equal(cut(c), 14 + 20 + 8);
	b = begin(c, 0x86dd);
	build_ip6(b, 0, 8 + 8 + 8 + N);
	build_extension(b, 60, 0);
	build_extension(b, 17, 0);
	build_udp(b, 5000, 5000, N);
	payload(b);
	assert_int_equal(cut(c), 14 + 40 + 16 + 8);
}

static void
an_echo_is_cut_after_eight_bytes(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0800);

	build_ip4(b, 1, 8 + N, 0);
	build_u32(b, 0x08000000);
	build_u32(b, 0x00010001);
	payload(b);
	assert_int_equal(cut(c), 14 + 20 + 8);
}

static void
an_error_keeps_the_headers_that_it_quotes(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0800);

	build_ip4(b, 1, 8 + 20 + 8 + N, 0);
	build_u32(b, 0x03010000);
	build_u32(b, 0);
	build_ip4(b, 17, 8 + N, 0);
	build_udp(b, 53, 53, N);
	payload(b);
	assert_int_equal(cut(c), 14 + 20 + 8 + 20 + 8);
	/* TCP as most routers quote it: eight bytes of its header. */
	b = begin(c, 0x0800);
	build_ip4(b, 1, 8 + 20 + 8, 0);
	build_u32(b, 0x03010000);
	build_u32(b, 0);
	build_ip4(b, 6, 1000, 0);
	build_u32(b, 0x12340050);
	build_u32(b, 1);
	assert_int_equal(cut(c), 14 + 20 + 8 + 20 + 8);
	/* All that a protocol without ports has is payload. */
	b = begin(c, 0x0800);
	build_ip4(b, 1, 8 + 20 + N, 0);
	build_u32(b, 0x03010000);
	build_u32(b, 0);
	build_ip4(b, 99, N, 0);
	payload(b);
	assert_int_equal(cut(c), 14 + 20 + 8 + 20);
}

static void
of_what_is_not_known_the_ip_header_alone_is_kept(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0800);

	build_ip4(b, 99, N, 0);
	payload(b);
	assert_int_equal(cut(c), 14 + 20);
	b = begin(c, 0x88cc);
	payload(b);
	assert_int_equal(cut(c), 14);
}

static void
of_a_fragment_the_ip_header_alone_is_kept(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0800);

	build_ip4(b, 17, N, 0x2002);
	payload(b);
	assert_int_equal(cut(c), 14 + 20);
	b = begin(c, 0x86dd);
	build_ip6(b, 44, 8 + N);
	build_fragment_header(b, 17, 8, 1);
	payload(b);
	assert_int_equal(cut(c), 14 + 40 + 8);
	/* The first one has its ports, and no byte beyond. */
	b = begin(c, 0x0800);
	build_ip4(b, 17, 8 + N, 0x2000);
	build_udp(b, 53, 53, 1000);
	payload(b);
	assert_int_equal(cut(c), 14 + 20 + 8);
}

static void
a_header_that_lies_is_not_believed(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0800);

	build_ip4(b, 6, 20 + N, 0);
	build_tcp(b, 0x02);
	b->bytes[14 + 20 + 12] = 0x10; /* an offset into the header */
	payload(b);
	assert_int_equal(cut(c), 14 + 20);
	b = begin(c, 0x0800);
	build_ip4(b, 17, 8 + N, 0);
	build_udp(b, 53, 53, N);
	b->bytes[14 + 20 + 5] = 3; /* shorter than its header */
	payload(b);
	assert_int_equal(cut(c), 14 + 20);
	b = begin(c, 0x0800);
	build_ip4(b, 6, 8, 0); /* the length leaves no room for TCP */
	payload(b);
	assert_int_equal(cut(c), 14 + 20);
	b = begin(c, 0x0800);
	build_ip4(b, 6, 20 + N, 0);
	build_tcp(b, 0x02);
	payload(b);
	b->bytes[14] = 0x42; /* an IP header of 8 bytes */
	assert_int_equal(cut(c), 14);
}

static void
arp_is_kept_whole_and_its_padding_is_not(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0806);

	build_u32(b, 0x00010800);
	build_u32(b, 0x06040001);
	build_fill(b, 2, 20);
	payload(b);
	assert_int_equal(cut(c), 14 + 28);
}

static void
neighbour_discovery_keeps_its_fixed_part(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x86dd);

	build_ip6(b, 58, 8 + 16 + 8);
	build_u32(b, 0x87000000);
	build_u32(b, 0);
	build_fill(b, 9, 16);
	build_u16(b, 0x0101);
	build_fill(b, 7, 6);
	payload(b);
	assert_int_equal(cut(c), 14 + 40 + 24);
}

static void
a_tunnel_is_kept_to_its_innermost_header(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0800);

	build_ip4(b, 47, 4 + 20 + 8 + N, 0);
	build_u32(b, 0x00000800); /* GRE */
	build_ip4(b, 17, 8 + N, 0);
	build_udp(b, 53, 53, N);
	payload(b);
	assert_int_equal(cut(c), 14 + 20 + 4 + 20 + 8);
	b = begin(c, 0x0800);
	build_ip4(b, 17, 8 + 8 + 14 + 20 + 20 + N, 0);
	build_udp(b, 4000, 4789, 8 + 14 + 20 + 20 + N);
	build_u32(b, 0x08000000); /* VXLAN */
	build_u32(b, 0x00002a00);
	build_ethernet(b, 0x0800);
	build_ip4(b, 6, 20 + N, 0);
	build_tcp(b, 0x18);
	payload(b);
	assert_int_equal(cut(c), 14 + 20 + 8 + 8 + 14 + 20 + 20);
}

static void
other_link_layers_are_cut_as_well(void **state)
{
	struct cutting *c = *state;
	struct build *b = &c->b;

	b->length = 0;
	build_ip4(b, 99, N, 0);
	payload(b);
	assert_int_equal(cut_as(c, DECODE_LINK_RAW_OLD), 20);
	assert_int_equal(c->out.link_type, DECODE_LINK_RAW);
	assert_int_equal(cut_as(c, DECODE_LINK_IPV4), 20);
	assert_int_equal(cut_as(c, 147), 0); /* one that nobody knows */
}

static void
no_prefix_of_a_frame_yields_more_than_it_has(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0800);

	build_ip4(b, 1, 8 + 20 + 20 + N, 0);
	build_u32(b, 0x03010000);
	build_u32(b, 0);
	build_ip4(b, 6, 20 + N, 0);
	build_tcp(b, 0x18);
	payload(b);
	for (size_t n = 0; n <= b->length; n++) {
		uint8_t *exact = malloc(n ? n : 1);
		const struct frame f = { .captured = (uint32_t)n,
			.wire = (uint32_t)b->length,
			.link_type = DECODE_LINK_ETHERNET,
			.bytes = exact };
		struct packet p;
		const struct arrival a = { .packet = &p, .frame = &f };

		memcpy(exact, b->bytes, n);
		(void)decode_frame(f.link_type, exact, n, b->length, &p);
		assert_true(retain_cut(c->model, &a, false, &c->out));
		assert_true(c->out.kept <= n);
		assert_true(c->out.kept <= 14 + 20 + 8 + 20 + 20);
		assert_null(memmem(exact, c->out.kept, "MARKER", 6));
		free(exact);
	}
}

static void
long_headers_are_cut_at_the_most_that_is_kept(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x86dd);

	build_ip6(b, 60, 512 + 8 + N);
	build_extension(b, 17, 63);
	build_udp(b, 5000, 5000, N);
	payload(b);
	assert_int_equal(cut(c), EVIDENCE_BYTES_MAX);
}

static void
a_joined_datagram_shows_its_last_fragment(void **state)
{
	struct cutting *c = *state;
	struct build *b = begin(c, 0x0800);
	struct frame f;
	struct packet part, whole = { .kind = PACKET_IP };
	struct arrival a = { .packet = &whole, .frames = 2 };

	assert_false(retain_cut(c->model, &a, false, &c->out));
	build_ip4(b, 17, N, 2);
	payload(b);
	f = (struct frame){ .captured = (uint32_t)b->length,
		.wire = (uint32_t)b->length,
		.link_type = DECODE_LINK_ETHERNET,
		.bytes = b->bytes };
	(void)decode_frame(f.link_type, f.bytes, f.captured, f.wire, &part);
	a.last_part = &f;
	a.last_packet = &part;
	assert_true(retain_cut(c->model, &a, false, &c->out));
	assert_int_equal(c->out.kept, 14 + 20);
}

/* ---- what is kept of a conversation */

struct keeping {
	struct scene *s;
	struct evidence_set sets[SETS_MAX];
	size_t count;
	size_t before[SETS_MAX]; /* observations told before each */
	uint8_t bytes[EVIDENCE_PACKETS_MAX][EVIDENCE_PAYLOAD_MAX];
};

static void
on_conversation(void *context, const struct observation *o)
{
	struct keeping *k = context;

	scene_note(k->s, o);
}

static void
on_account(void *context, const struct tally *t)
{
	struct keeping *k = context;

	scene_account(k->s, t);
}

/* Keeps the bytes of the last one. */
static void
on_evidence(void *context, const struct evidence_set *e)
{
	struct keeping *k = context;

	assert_true(k->count < SETS_MAX);
	assert_true(e->packet_count <= EVIDENCE_PACKETS_MAX);
	k->before[k->count] = k->s->count;
	k->sets[k->count] = *e;
	for (size_t i = 0; i < e->packet_count; i++) {
		const struct evidence_packet *p = &e->packets[i];

		assert_true(p->kept <=
		    (e->payload ? EVIDENCE_PAYLOAD_MAX : EVIDENCE_BYTES_MAX));
		assert_non_null(p->tap);
		memcpy(k->bytes[i], p->bytes, p->kept);
		k->sets[k->count].packets[i].bytes = k->bytes[i];
		if (!e->payload)
			assert_null(memmem(p->bytes, p->kept, "MARKER", 6));
		if (i > 0)
			assert_true(p[-1].time.us <= p->time.us);
	}
	k->count++;
}

static int
set_up(void **state)
{
	struct keeping *k = mem_calloc(1, sizeof(*k));

	k->s = scene_new(0);
	k->s->observer = (struct observer){ .context = k,
		.conversation = on_conversation,
		.account = on_account,
		.evidence = on_evidence };
	*state = k;
	return 0;
}

static int
tear_down(void **state)
{
	struct keeping *k = *state;

	scene_free(k->s);
	free(k);
	return 0;
}

static const struct scene_place office = { .vlan = 300 };
static const struct scene_place core = { .vlan = 110 };
static const struct scene_place lg = { .vlan = 200 };
static const struct scene_place lg_router = { .vlan = 200,
	.from_router = true };

static const struct evidence_set *
last(const struct keeping *k)
{
	assert_true(k->count > 0);
	return &k->sets[k->count - 1];
}

/* From the office to the core, which no model of the town permits. */
static void
forbidden(struct keeping *k, uint16_t port, unsigned flags, uint32_t seq,
    const char *data)
{
	scene_tcp(k->s, office, "10.3.1.5", port, "10.1.0.10", 445, flags, seq,
	    0, data);
}

static void
answer(struct keeping *k, uint16_t port, unsigned flags, const char *data)
{
	scene_tcp(k->s, core, "10.1.0.10", 445, "10.3.1.5", port, flags, 900, 2,
	    data);
}

/* So much time without a packet of it. */
static void
wait(struct keeping *k, int64_t us)
{
	k->s->us += us;
	engine_time(k->s->engine, (struct wall_us){ k->s->us });
}

static void
packets_are_told_before_the_verdict_that_alerts(void **state)
{
	struct keeping *k = *state;
	const struct evidence_set *e;

	forbidden(k, 5000, TCP_SYN, 1, NULL);
	assert_int_equal(k->count, 1);
	assert_int_equal(k->before[0], 0);
	assert_int_equal(k->s->count, 1);
	e = last(k);
	assert_int_equal(e->flow_id, k->s->notes[0].id);
	assert_int_equal(e->packet_count, 1);
	assert_int_equal(e->missing, 0);
	assert_false(e->payload);
	assert_true(e->packets[0].deciding);
	assert_int_equal(e->packets[0].kept, 14 + 4 + 20 + 20);
	assert_string_equal(e->packets[0].tap->id, "trunk");
	assert_int_equal(e->packets[0].link_type, 1);
}

static void
no_payload_is_among_what_is_told(void **state)
{
	struct keeping *k = *state;

	forbidden(k, 5000, TCP_SYN, 1, MARKER);
	answer(k, 5000, TCP_SYN | TCP_ACK, NULL);
	forbidden(k, 5000, TCP_ACK, 2, MARKER);
	answer(k, 5000, TCP_ACK, MARKER);
	scene_udp(k->s, office, "10.3.1.5", 6000, "10.1.0.10", 53, MARKER, N);
	scene_finish(k->s);
	assert_true(k->count >= 3); /* on_evidence has looked at each */
}

static void
each_word_that_is_new_tells_what_came_till_then(void **state)
{
	struct keeping *k = *state;
	const struct evidence_set *e;

	forbidden(k, 5000, TCP_SYN, 1, NULL);
	k->s->us += CLOCK_SECOND;
	forbidden(k, 5000, TCP_SYN, 1, NULL); /* sent again */
	answer(k, 5000, TCP_SYN | TCP_ACK, NULL);
	e = last(k);
	assert_int_equal(e->packet_count, 3);
	assert_true(e->packets[0].deciding);
	assert_false(e->packets[1].deciding);
	assert_true(e->packets[2].deciding);
}

static void
what_waits_is_told_when_its_time_comes(void **state)
{
	struct keeping *k = *state;
	size_t before;

	forbidden(k, 5000, TCP_SYN, 1, NULL);
	k->s->us += CLOCK_SECOND;
	forbidden(k, 5000, TCP_SYN, 1, NULL);
	before = k->count;
	wait(k, 4 * CLOCK_SECOND);
	assert_true(k->count > before);
	assert_int_equal(last(k)->packet_count, 2);
	assert_false(last(k)->packets[1].deciding);
}

static void
the_first_sixteen_are_kept_and_then_those_that_decide(void **state)
{
	struct keeping *k = *state;
	const struct evidence_set *e;

	for (uint32_t i = 0; i < 40; i++) {
		forbidden(k, 5000, TCP_SYN, 1, NULL);
		k->s->us += CLOCK_SECOND / 10;
	}
	answer(k, 5000, TCP_SYN | TCP_ACK, NULL);
	e = last(k);
	assert_int_equal(e->packet_count, EVIDENCE_FIRST_MAX + 1);
	assert_true(e->packets[EVIDENCE_FIRST_MAX].deciding);
	assert_int_equal(e->missing, 0);
}

static void
what_conforms_is_let_go_of(void **state)
{
	static const uint8_t query[] = { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0,
		0, 3, 'w', 'w', 'w', 2, 'l', 'g', 2, 'j', 'p', 0, 0, 1, 0, 1 };
	static const uint8_t reply[] = { 0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0,
		0, 0, 0, 3, 'w', 'w', 'w', 2, 'l', 'g', 2, 'j', 'p', 0, 0, 1, 0,
		1, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 172, 20, 0, 80 };
	struct keeping *k = *state;

	/* The tap is watched for long enough to know who began. */
	scene_udp(k->s, lg, "10.2.0.7", 7, "10.2.0.8", 7, query, sizeof(query));
	wait(k, 2 * CLOCK_MINUTE);
	for (int i = 0; i < 20; i++) {
		scene_udp(k->s, lg, "10.2.0.9", 4000, "172.20.0.53", 53, query,
		    sizeof(query));
		scene_udp(k->s, lg_router, "172.20.0.53", 53, "10.2.0.9", 4000,
		    reply, sizeof(reply));
		k->s->us += CLOCK_SECOND / 10;
	}
	scene_finish(k->s);
	assert_int_equal(k->count, 0);
	assert_int_equal(scene_last(k->s, OBSERVATION_FINAL, 0)->kind,
	    VERDICT_CONFORM);
}

static void
an_error_about_a_conversation_is_kept_with_it(void **state)
{
	struct keeping *k = *state;
	struct scene *s = k->s;
	const struct evidence_set *e;

	scene_udp(s, office, "10.3.1.5", 6000, "10.1.0.10", 53, MARKER, N);
	scene_ethernet(s, 110, false, 0x0800);
	scene_ip(s, "10.1.0.10", "10.3.1.5", 1, 8 + 28 + N, 1, 0);
	scene_u32(s, 0x03030000);
	scene_u32(s, 0);
	scene_ip(s, "10.3.1.5", "10.1.0.10", 17, 8 + N, 1, 0);
	scene_u16(s, 6000);
	scene_u16(s, 53);
	scene_u16(s, 8 + N);
	scene_u16(s, 0);
	scene_bytes(s, MARKER, N);
	scene_send(s, 0, s->length);
	e = last(k);
	assert_int_equal(e->packet_count, 2);
	assert_true(e->packets[1].deciding);
	assert_int_equal(e->packets[1].kept, 14 + 4 + 20 + 8 + 20 + 8);
}

static void
who_has_forgotten_is_told_all_again(void **state)
{
	struct keeping *k = *state;

	forbidden(k, 5000, TCP_SYN, 1, NULL);
	assert_int_equal(k->count, 1);
	wait(k, CLOCK_SECOND / 2);
	engine_again(k->s->engine);
	wait(k, CLOCK_SECOND / 2);
	assert_int_equal(k->count, 2);
	assert_int_equal(last(k)->packet_count, 1);
}

static void
fragments_that_are_joined_are_counted_as_missing(void **state)
{
	struct keeping *k = *state;
	struct scene *s = k->s;
	const struct evidence_set *e;

	scene_ethernet(s, 300, false, 0x0800);
	scene_ip(s, "10.3.1.5", "10.1.0.10", 17, 24, 7, 0x2000);
	scene_bytes(s, "\0\5\0\65\0\50\0\0MARKERMARKERMARK", 24);
	scene_send(s, 0, s->length);
	scene_ethernet(s, 300, false, 0x0800);
	scene_ip(s, "10.3.1.5", "10.1.0.10", 17, 16, 7, 3);
	scene_bytes(s, "MARKERMARKERMARK", 16);
	scene_send(s, 0, s->length);
	scene_finish(s);
	e = last(k);
	assert_int_equal(e->packet_count, 1);
	assert_int_equal(e->packets[0].kept, 14 + 4 + 20);
	assert_int_equal(e->missing, 1);
}

/* ---- by authority */

static struct model *
with(const char *evidence)
{
	struct text t = { 0 };
	struct model *m;

	text_add_n(&t, scene_model_text, strlen(scene_model_text) - 1);
	text_add(&t, evidence);
	text_add(&t, "}");
	m = scene_load(text_str(&t));
	text_free(&t);
	return m;
}

#define AUTHORITY                                                     \
	"\"authority\":{\"by\":[\"CISO\"],\"number\":\"9\",\"on\":\"" \
	"2026-01-01\"}"

static void
reload(struct keeping *k, const char *evidence)
{
	struct model *m = with(evidence), *old = k->s->model;

	scene_find_taps(m, k->s->taps);
	engine_reload(k->s->engine, m, k->s->taps, 2);
	k->s->model = m;
	model_free(old);
}

static void
payload_is_kept_where_both_zones_have_an_authority(void **state)
{
	struct keeping *k = *state;
	const struct evidence_set *e;

	reload(k,
	    ",\"evidence\":{\"payload\":[{\"zone\":\"office\"," AUTHORITY
	    "},{\"zone\":\"core\"," AUTHORITY "}]}");
	forbidden(k, 5000, TCP_SYN, 1, MARKER);
	e = last(k);
	assert_true(e->payload);
	assert_false(e->packets[0].cut);
	assert_int_equal(e->packets[0].kept, 14 + 4 + 20 + 20 + N - 1);
	assert_non_null(
	    memmem(e->packets[0].bytes, e->packets[0].kept, "MARKER", 6));
	/* And no more when one of them is withdrawn. */
	reload(k,
	    ",\"evidence\":{\"payload\":[{\"zone\":\"office\"," AUTHORITY
	    "},{\"zone\":\"core\"}]}");
	answer(k, 5000, TCP_SYN | TCP_ACK, NULL);
	e = last(k);
	assert_false(e->payload);
	assert_int_equal(e->packets[0].kept, 14 + 4 + 20 + 20);
	assert_true(e->packets[0].cut);
}

static void
one_zone_is_not_enough(void **state)
{
	struct keeping *k = *state;

	reload(k,
	    ",\"evidence\":{\"payload\":[{\"zone\":\"office\"," AUTHORITY
	    "}]}");
	forbidden(k, 5000, TCP_SYN, 1, MARKER);
	assert_false(last(k)->payload);
}

static void
a_model_that_has_none_kept_is_obeyed(void **state)
{
	struct keeping *k = *state;

	forbidden(k, 5000, TCP_SYN, 1, NULL);
	assert_int_equal(k->count, 1);
	reload(k, ",\"evidence\":{\"default\":\"none\"}");
	answer(k, 5000, TCP_SYN | TCP_ACK, NULL);
	forbidden(k, 5001, TCP_SYN, 1, NULL);
	scene_finish(k->s);
	assert_int_equal(k->count, 1);
}

/* ---- the pool alone */

struct pool {
	struct model *model;
	struct retained *k;
	struct flow *flows; /* owned, of POOL_FLOWS */
	struct observer observer;
	struct evidence_set set;
	size_t told;
	uint8_t bytes[1600];
	const struct tap *taps[3];
	struct frame frame; /* the packet at hand */
	struct packet packet;
	struct arrival at;
};

#define POOL_FLOWS 4096

static void
pool_evidence(void *context, const struct evidence_set *e)
{
	struct pool *p = context;

	p->set = *e;
	p->told++;
}

static int
set_up_pool(void **state)
{
	struct pool *p = mem_calloc(1, sizeof(*p));

	p->model = scene_load(scene_model_text);
	scene_find_taps(p->model, p->taps);
	p->flows = mem_calloc(POOL_FLOWS, sizeof(*p->flows));
	p->k = retain_new(p->model, RETAIN_BYTES_LEAST);
	p->observer = (struct observer){ .context = p,
		.evidence = pool_evidence };
	for (size_t i = 0; i < POOL_FLOWS; i++)
		p->flows[i].id = i + 1;
	*state = p;
	return 0;
}

static int
tear_down_pool(void **state)
{
	struct pool *p = *state;

	retain_free(p->k);
	model_free(p->model);
	free(p->flows);
	free(p);
	return 0;
}

/* A packet of that flow whose headers take so many bytes. */
static void
pool_packet(struct pool *p, struct flow *f, uint32_t headers, bool done)
{
	p->frame = (struct frame){ .captured = headers,
		.wire = headers,
		.link_type = 1,
		.bytes = p->bytes };
	p->packet = (struct packet){ .kind = PACKET_IP,
		.headers_end = p->bytes + headers };
	p->at = (struct arrival){ .packet = &p->packet,
		.tap = p->taps[0],
		.frame = &p->frame,
		.frames = 1,
		.time = { (int64_t)p->told } };
	retain_packet(p->k, f, &p->at);
	if (done)
		retain_done(p->k);
}

static void
pool_tell(struct pool *p, struct flow *f)
{
	const struct verdict v = { .kind = VERDICT_VIOLATE };

	retain_tell(p->k, f, &v, (struct wall_us){ 1 }, &p->observer);
}

static void
the_oldest_give_way_and_what_is_missing_is_counted(void **state)
{
	struct pool *p = *state;

	for (size_t i = 0; i < POOL_FLOWS; i++)
		pool_packet(p, &p->flows[i], 60, true);
	assert_true(retain_lost(p->k) > POOL_FLOWS / 2);
	pool_tell(p, &p->flows[POOL_FLOWS - 1]);
	assert_int_equal(p->set.packet_count, 1);
	assert_int_equal(p->set.missing, 0);
	pool_tell(p, &p->flows[0]); /* once, and without packets */
	assert_int_equal(p->set.packet_count, 0);
	assert_int_equal(p->set.missing, 1);
	assert_int_equal(p->told, 2);
	pool_tell(p, &p->flows[0]);
	assert_int_equal(p->told, 2);
	pool_packet(p, &p->flows[0], 60, true); /* its second one */
	pool_tell(p, &p->flows[0]);
	assert_int_equal(p->set.packet_count, 1);
	assert_int_equal(p->set.missing, 1);
}

static void
what_conforms_so_far_gives_way_first(void **state)
{
	const struct verdict fine = { .kind = VERDICT_CONFORM };
	struct pool *p = *state;
	size_t i;

	pool_packet(p, &p->flows[0], 60, true); /* the oldest */
	for (i = 1; retain_lost(p->k) == 0; i++) {
		pool_packet(p, &p->flows[i], 60, true);
		retain_judged(p->k, &p->flows[i], &fine, true);
	}
	pool_tell(p, &p->flows[0]);
	assert_int_equal(p->set.packet_count, 1);
	pool_tell(p, &p->flows[1]);
	assert_int_equal(p->set.packet_count, 0);
}

static void
memory_is_used_again(void **state)
{
	struct pool *p = *state;

	for (int turn = 0; turn < 100; turn++) {
		for (size_t i = 0; i < 20; i++)
			for (uint32_t n = 0; n < 20; n++)
				pool_packet(p, &p->flows[i], 10 * n, true);
		for (size_t i = 0; i < 20; i++)
			retain_release(p->k, &p->flows[i]);
	}
	for (size_t i = 0; i < 5; i++)
		for (int n = 0; n < EVIDENCE_FIRST_MAX; n++)
			pool_packet(p, &p->flows[i], 80, true);
	for (size_t i = 0; i < 5; i++) {
		pool_tell(p, &p->flows[i]);
		assert_int_equal(p->set.packet_count, EVIDENCE_FIRST_MAX);
	}
}

static void
a_pool_of_one_conversation_keeps_what_has_room(void **state)
{
	struct pool *p = *state;
	uint64_t kept = 0;

	for (size_t i = 0; i < sizeof(p->bytes); i++)
		p->bytes[i] = (uint8_t)i;
	for (int n = 0; n < 40; n++) {
		pool_packet(p, &p->flows[0], EVIDENCE_BYTES_MAX, false);
		pool_tell(p, &p->flows[0]);
		retain_done(p->k);
	}
	assert_int_equal(p->set.packet_count + p->set.missing, 40);
	for (size_t i = 0; i < p->set.packet_count; i++) {
		assert_memory_equal(p->set.packets[i].bytes, p->bytes,
		    EVIDENCE_BYTES_MAX);
		kept += p->set.packets[i].kept;
	}
	assert_true(kept <= RETAIN_BYTES_LEAST);
	assert_true(p->set.packet_count <= EVIDENCE_PACKETS_MAX);
}

static void
what_conforms_for_certain_is_not_kept_until_that_changes(void **state)
{
	const struct verdict fine = { .kind = VERDICT_CONFORM };
	const struct verdict other = { .kind = VERDICT_UNJUDGED };
	struct pool *p = *state;
	struct flow *f = &p->flows[0];

	for (int i = 0; i < 3; i++) {
		pool_packet(p, f, 60, false);
		retain_judged(p->k, f, &fine, false);
		retain_done(p->k);
	}
	assert_int_equal(retain_lost(p->k), 0);
	pool_packet(p, f, 60, false); /* with which it changed */
	retain_judged(p->k, f, &other, false);
	pool_tell(p, f);
	assert_int_equal(p->set.packet_count, 1);
	assert_true(p->set.packets[0].deciding);
	retain_done(p->k);
	pool_packet(p, f, 60, true);
	pool_tell(p, f);
	assert_int_equal(p->set.packet_count, 2);
	assert_true(p->set.missing >= 3);
}

#define CUT(name) \
	cmocka_unit_test_setup_teardown(name, set_up_cut, tear_down_cut)
#define KEPT(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define POOL(name) \
	cmocka_unit_test_setup_teardown(name, set_up_pool, tear_down_pool)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CUT(tcp_is_cut_after_its_options),
		CUT(datagrams_are_cut_after_eight_bytes),
		CUT(an_echo_is_cut_after_eight_bytes),
		CUT(an_error_keeps_the_headers_that_it_quotes),
		CUT(of_what_is_not_known_the_ip_header_alone_is_kept),
		CUT(of_a_fragment_the_ip_header_alone_is_kept),
		CUT(a_header_that_lies_is_not_believed),
		CUT(arp_is_kept_whole_and_its_padding_is_not),
		CUT(neighbour_discovery_keeps_its_fixed_part),
		CUT(a_tunnel_is_kept_to_its_innermost_header),
		CUT(other_link_layers_are_cut_as_well),
		CUT(no_prefix_of_a_frame_yields_more_than_it_has),
		CUT(long_headers_are_cut_at_the_most_that_is_kept),
		CUT(a_joined_datagram_shows_its_last_fragment),
		KEPT(packets_are_told_before_the_verdict_that_alerts),
		KEPT(no_payload_is_among_what_is_told),
		KEPT(each_word_that_is_new_tells_what_came_till_then),
		KEPT(what_waits_is_told_when_its_time_comes),
		KEPT(the_first_sixteen_are_kept_and_then_those_that_decide),
		KEPT(what_conforms_is_let_go_of),
		KEPT(an_error_about_a_conversation_is_kept_with_it),
		KEPT(who_has_forgotten_is_told_all_again),
		KEPT(fragments_that_are_joined_are_counted_as_missing),
		KEPT(payload_is_kept_where_both_zones_have_an_authority),
		KEPT(one_zone_is_not_enough),
		KEPT(a_model_that_has_none_kept_is_obeyed),
		POOL(the_oldest_give_way_and_what_is_missing_is_counted),
		POOL(what_conforms_so_far_gives_way_first),
		POOL(memory_is_used_again),
		POOL(a_pool_of_one_conversation_keeps_what_has_room),
		POOL(what_conforms_for_certain_is_not_kept_until_that_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
