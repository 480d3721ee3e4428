/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See region.h. The status lies on the first pages, the records behind it, one
 * for each index of the flow table. What is needed to stay within them (length
 * and capacity) lies outside of the shared memory. A record is copied out
 * before it is looked at, so that what was checked is what is used.
 */
#include "region.h"

#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "locate.h"

#define REGION_ID_MOST ((UINT64_C(1) << 53) - 1)
/* No conversation lives to have more; sums of these cannot turn over. */
#define REGION_FRAMES_MOST (UINT64_C(1) << 48)
#define REGION_BYTES_MOST (UINT64_C(1) << 56)
/* What a capture file can hold: 140,000 years of 1970. */
#define REGION_TIME_MOST (INT64_C(1) << 62)
#define TCP 6
#define VLAN_MOST 4095

struct region {
	uint8_t *map; /* shared */
	size_t length, records_at;
	uint32_t capacity;
};

struct region *
region_new(uint32_t conversations_max)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t status = (sizeof(struct region_status) + page - 1) / page *
	    page;
	const size_t length = status +
	    (size_t)conversations_max * sizeof(struct region_conversation);
	void *map = mmap(NULL, length, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct region *r;

	if (map == MAP_FAILED)
		return NULL;
	r = mem_calloc(1, sizeof(*r));
	r->map = map;
	r->length = length;
	r->records_at = status;
	r->capacity = conversations_max;
	return r;
}

void
region_free(struct region *r)
{
	if (!r)
		return;
	(void)munmap(r->map, r->length);
	free(r);
}

void
region_inherit(const struct region *r, bool inherited)
{
	(void)madvise(r->map, r->length,
	    inherited ? MADV_DOFORK : MADV_DONTFORK);
}

struct region_status *
region_status(struct region *r)
{
	return (struct region_status *)(void *)r->map;
}

uint32_t
region_capacity(const struct region *r)
{
	return r->capacity;
}

struct region_conversation *
region_at(struct region *r, uint32_t index)
{
	struct region_conversation *first = (void *)(r->map + r->records_at);

	return index < r->capacity ? first + index : NULL;
}

/* ---- writing */

static void
put_ends(struct region_conversation *s, const struct conversation *c)
{
	for (int i = 0; i < 2; i++) {
		memcpy(s->address[i], c->address[i].bytes,
		    sizeof(s->address[i]));
		s->port[i] = c->port[i];
	}
	s->family = c->address[0].family;
	s->protocol = c->protocol;
	s->icmp_type = c->icmp_type;
	s->icmp_code = c->icmp_code;
	s->initiator = (uint8_t)c->initiator;
	s->outcome = (uint8_t)c->outcome;
	s->payload = (uint8_t)(c->payload[0] | c->payload[1] << 1);
	s->first_us = c->first.us;
	s->last_us = c->last.us;
}

void
region_put(struct region *r, const struct flow *f, uint32_t generation)
{
	struct region_status *status = region_status(r);
	struct region_conversation *s = region_at(r, f->index);

	if (!s)
		return;
	if (f->index >=
	    atomic_load_explicit(&status->used, memory_order_relaxed))
		atomic_store_explicit(&status->used, f->index + 1,
		    memory_order_relaxed);
	atomic_store_explicit(&s->whole, 0, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	s->flow_id = f->id;
	s->frames = f->frames;
	for (int i = 0; i < 2; i++) {
		s->packets[i] = f->way[i].packets;
		s->bytes[i] = f->way[i].bytes;
		s->tcp_flags[i] = f->way[i].tcp_flags;
	}
	s->boundary = f->conversation.boundary->index;
	s->tap = f->tap->index;
	s->generation = generation;
	memcpy(s->tags, f->tags, sizeof(s->tags));
	s->tag_count = f->tag_count;
	s->midstream = f->midstream;
	put_ends(s, &f->conversation);
	atomic_store_explicit(&s->whole, REGION_WHOLE, memory_order_release);
}

void
region_remove(struct region *r, const struct flow *f)
{
	struct region_conversation *s = region_at(r, f->index);

	if (!s)
		return;
	/* In this order: what has no id is free, whole or not. */
	s->flow_id = 0;
	atomic_store_explicit(&s->whole, 0, memory_order_release);
}

/* ---- what an engine before left */

static const struct tap *
tap_of(const struct boundary *b, uint32_t index)
{
	for (size_t i = 0; i < b->tap_count; i++)
		if (b->taps[i].index == index)
			return &b->taps[i];
	return NULL;
}

static bool
counts_can_be(const struct region_conversation *s)
{
	if (s->frames == 0 || s->frames > REGION_FRAMES_MOST)
		return false;
	for (int i = 0; i < 2; i++)
		if (s->packets[i] > s->frames ||
		    s->bytes[i] > REGION_BYTES_MOST ||
		    (s->packets[i] == 0 && s->bytes[i] > 0))
			return false;
	return s->packets[0] + s->packets[1] <= s->frames;
}

static bool
times_can_be(const struct region_conversation *s)
{
	return s->first_us <= s->last_us && s->first_us >= -REGION_TIME_MOST &&
	    s->last_us <= REGION_TIME_MOST;
}

static bool
addresses_can_be(const struct region_conversation *s)
{
	static const uint8_t none[12];

	if (s->family == 6)
		return true;
	return s->family == 4 &&
	    memcmp(s->address[0] + 4, none, sizeof(none)) == 0 &&
	    memcmp(s->address[1] + 4, none, sizeof(none)) == 0;
}

static bool
facts_can_be(const struct region_conversation *s)
{
	for (size_t i = 0; i < sizeof(s->tags) / sizeof(s->tags[0]); i++)
		if (i < s->tag_count && s->tags[i] > VLAN_MOST)
			return false;
	return s->initiator <= INITIATOR_UNCERTAIN &&
	    s->outcome <= OUTCOME_DATA && s->payload <= 3 &&
	    s->midstream <= 1 &&
	    s->tag_count <= sizeof(s->tags) / sizeof(s->tags[0]);
}

static bool
can_be(const struct region_conversation *s, const struct model *m,
    uint32_t generation, uint64_t next_id)
{
	return s->whole == REGION_WHOLE && s->flow_id < next_id &&
	    s->flow_id <= REGION_ID_MOST && s->generation == generation &&
	    s->boundary < m->boundary_count &&
	    tap_of(&m->boundaries[s->boundary], s->tap) != NULL &&
	    addresses_can_be(s) && counts_can_be(s) && times_can_be(s) &&
	    facts_can_be(s);
}

static void
restore(const struct region_conversation *s, const struct model *m,
    struct conversation *c)
{
	memset(c, 0, sizeof(*c));
	c->boundary = &m->boundaries[s->boundary];
	for (int i = 0; i < 2; i++) {
		c->address[i] = s->family == 4 ? addr_from_v4(s->address[i]) :
						 addr_from_v6(s->address[i]);
		c->port[i] = s->port[i];
		c->payload[i] = s->payload >> i & 1;
	}
	c->protocol = s->protocol;
	c->icmp_type = s->icmp_type;
	c->icmp_code = s->icmp_code;
	c->initiator = (enum initiator)s->initiator;
	c->outcome = (enum outcome)s->outcome;
	c->first.us = s->first_us;
	c->last.us = s->last_us;
	c->datagram = s->protocol != TCP &&
	    !flow_is_icmp(s->family, s->protocol);
	c->application_state = s->payload ? APPLICATION_UNKNOWN :
					    APPLICATION_NO_PAYLOAD;
	c->ended = true;
}

static bool
is_to_many(const struct place *p)
{
	return p->kind == PLACE_SEGMENT &&
	    (p->special == ADDR_MULTICAST || p->special == ADDR_BROADCAST);
}

/*
 * It crossed nothing, whatever would still have been seen of it: within one
 * zone, or to everybody on the segment. Where it was seen is not known any
 * more, so what depends on that (an address that must not be routed) is
 * left unjudged.
 */
static bool
crosses_nothing(const struct conversation *c, const struct verdict *v)
{
	if (v->kind != VERDICT_OUT_OF_SCOPE)
		return false;
	if (v->from.kind == PLACE_ZONE && v->to.kind == PLACE_ZONE)
		return v->from.zone == v->to.zone && !v->from.shared &&
		    !v->to.shared;
	return c->initiator != INITIATOR_UNCERTAIN && is_to_many(&v->to);
}

static void
judge_restored(const struct model *m, const struct conversation *c,
    struct verdict *out)
{
	struct verdict v;

	judge(m, c, c->last, &v);
	memset(out, 0, sizeof(*out));
	out->from = v.from;
	out->to = v.to;
	out->again.us = INT64_MAX;
	out->passed = c->outcome >= OUTCOME_ANSWERED ? PASSED_YES :
						       PASSED_UNKNOWN;
	out->kind = VERDICT_OUT_OF_SCOPE;
	if (crosses_nothing(c, &v))
		return;
	out->kind = VERDICT_UNJUDGED;
	out->reason = REASON_ENGINE_RESTARTED;
}

static void
hand_over(const struct region_conversation *s, const struct model *m,
    struct wall_us now, const struct observer *take)
{
	struct conversation c;
	struct verdict v;
	struct observation o = { .stage = OBSERVATION_FINAL,
		.flow_id = s->flow_id,
		.now = now,
		.conversation = &c,
		.verdict = &v,
		.frames = s->frames,
		.start = { s->first_us },
		.end = { s->last_us },
		.ending = ENDING_ENGINE,
		.state = s->midstream || s->outcome >= OUTCOME_ANSWERED ?
		    FLOW_ESTABLISHED :
		    FLOW_NEW,
		.midstream = s->midstream,
		.tap = tap_of(&m->boundaries[s->boundary], s->tap),
		.tag_count = s->tag_count };

	restore(s, m, &c);
	judge_restored(m, &c, &v);
	for (int i = 0; i < 2; i++) {
		o.packets[i] = s->packets[i];
		o.bytes[i] = s->bytes[i];
		o.tcp_flags[i] = s->tcp_flags[i];
	}
	memcpy(o.tags, s->tags, sizeof(o.tags));
	if (take->conversation)
		take->conversation(take->context, &o);
}

struct found {
	uint64_t id;
	uint32_t slot;
};

static int
compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->slot > y->slot) - (x->slot < y->slot);
}

/* The records that can be, by id, each id once. */
static size_t
find_all(struct region *r, uint32_t used, const struct model *m,
    uint32_t generation, struct found *out, uint64_t *refused)
{
	const uint64_t next_id = region_status(r)->next_id;
	size_t count = 0, kept = 0;

	for (uint32_t i = 0; i < used; i++) {
		const struct region_conversation s = *region_at(r, i);

		if (s.flow_id == 0)
			continue;
		if (can_be(&s, m, generation, next_id))
			out[count++] = (struct found){ s.flow_id, i };
		else
			(*refused)++;
	}
	qsort(out, count, sizeof(*out), compare_found);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && out[kept - 1].id == out[i].id)
			(*refused)++;
		else
			out[kept++] = out[i];
	}
	return kept;
}

/* Gives the pages back where that is allowed, which clears also what lies
 * above the mark; else clears what lies below. */
static void
clear(struct region *r, uint32_t used)
{
	const size_t length = r->length - r->records_at;

	atomic_store(&region_status(r)->used, 0);
	atomic_store(&region_status(r)->open, 0);
	if (madvise(r->map + r->records_at, length, MADV_REMOVE) == 0)
		return;
	for (uint32_t i = 0; i < used; i++)
		memset(region_at(r, i), 0, sizeof(struct region_conversation));
}

uint64_t
region_close_all(struct region *r, const struct model *m, uint32_t generation,
    struct wall_us now, const struct observer *take, uint64_t *refused)
{
	const uint32_t said = atomic_load(&region_status(r)->used);
	const uint32_t used = said < r->capacity ? said : r->capacity;
	struct found *all = mem_calloc((size_t)used + 1, sizeof(*all));
	uint64_t closed = 0;
	size_t count;

	*refused = 0;
	count = find_all(r, used, m, generation, all, refused);
	for (size_t i = 0; i < count; i++) {
		const struct region_conversation s = *region_at(r, all[i].slot);

		/* Nobody may be writing; if somebody is, it is not believed. */
		if (s.flow_id == 0 ||
		    !can_be(&s, m, generation, region_status(r)->next_id)) {
			(*refused)++;
			continue;
		}
		hand_over(&s, m, now, take);
		closed++;
	}
	free(all);
	clear(r, used);
	return closed;
}
