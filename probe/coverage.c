/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See coverage.h. Loss is proven by TCP: what the receiver acknowledged and
 * no tap showed was on the wire. All numbers of a source only grow (save what
 * is missing, when it comes late), so that what was told is a copy of them and
 * a minute or an hour is a difference.
 */
#include "coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "locate.h"

#define ZONE_DEPTH_MAX 16 /* of parents; the model's check holds it lower */

void
coverage_init(struct coverage *c, const struct model *m,
    const struct tap *const *taps, const char *const *files, size_t count,
    struct region_account *accounts)
{
	c->model = m;
	c->count = count;
	c->sources = mem_calloc(count + 1, sizeof(*c->sources));
	c->accounts = mem_calloc(count + 1, sizeof(*c->accounts));
	c->own = accounts ? NULL : mem_calloc(count + 1, sizeof(*c->own));
	c->own_told = mem_calloc(2 * count + 1, sizeof(*c->own_told));
	memset(&c->own_time, 0, sizeof(c->own_time));
	c->told = &c->own_time;
	c->drops = NULL;
	c->dark_told = mem_calloc(m->boundary_count + 1, sizeof(*c->dark_told));
	for (size_t i = 0; i < count; i++) {
		c->sources[i].tap = taps[i];
		c->sources[i].file = files ? files[i] : NULL;
		c->sources[i].account = accounts ? &accounts[i] : &c->own[i];
		c->sources[i].minute = &c->own_told[2 * i];
		c->sources[i].hour = &c->own_told[2 * i + 1];
	}
}

void
coverage_keep(struct coverage *c, struct region_told *told,
    struct region_source *sources)
{
	c->told = told;
	c->drops = sources;
	for (size_t i = 0; i < c->count; i++) {
		c->sources[i].minute = &told->minute[i];
		c->sources[i].hour = &told->hour[i];
	}
}

void
coverage_fini(struct coverage *c)
{
	free(c->sources);
	free(c->accounts);
	free(c->own);
	free(c->own_told);
	free(c->dark_told);
}

bool
coverage_frame(struct coverage *c, const struct frame *f)
{
	struct coverage_source *s = &c->sources[f->source];
	struct region_account *a = s->account;
	const bool backward = s->begun && f->time.us < s->previous.us;

	if (a->frames == 0 || f->time.us < a->first_us)
		a->first_us = f->time.us;
	if (a->frames == 0 || f->time.us > a->last_us)
		a->last_us = f->time.us;
	s->previous = f->time;
	s->begun = true;
	a->frames++;
	a->bytes_captured += f->captured;
	a->bytes_wire += f->wire > f->captured ? f->wire : f->captured;
	a->cut += f->captured < f->wire;
	a->backward += backward;
	return backward;
}

void
coverage_copy(struct coverage *c, uint32_t source, bool is_copy)
{
	c->sources[source].account->copies += is_copy;
}

void
coverage_undecodable(struct coverage *c, uint32_t source)
{
	c->sources[source].account->undecodable++;
}

void
coverage_tags(struct coverage *c, uint32_t source, const uint16_t *tags,
    size_t count)
{
	struct coverage_source *s = &c->sources[source];
	const struct tap *tap = s->tap;
	uint16_t vlan, named = 0;

	/* 0 is a priority, no VLAN (802.1Q 9.6); a mirror's own is none here. */
	for (size_t i = 0; i < count && named == 0; i++)
		if (i > 0 || tags[i] != tap->mirror_vlan)
			named = tags[i];
	if (tap->vlan_count == 0 || named == 0)
		return;
	s->tags.seen++;
	(void)locate_segment(tap, tags, count, &vlan, NULL);
	if (vlan != 0)
		return;
	s->tags.strange++;
	s->tags.vlan = named;
}

static bool
is_within(const struct zone *inner, const struct zone *outer)
{
	for (int i = 0; inner && i < ZONE_DEPTH_MAX; i++, inner = inner->parent)
		if (inner == outer)
			return true;
	return false;
}

/* The end has its place on this segment: it is of the zone, of one within it
 * or around it, or the firewall itself, which stands on every segment. */
static bool
at_home(const struct coverage *c, const struct zone *segment,
    const struct zone *end)
{
	return end == &c->model->firewall_zone ||
	    (end && (is_within(end, segment) || is_within(segment, end)));
}

/* COV-10 on a tap of one segment: some end of each packet lives there, or a
 * declared router carries it through. */
static void
count_ends(struct coverage *c, struct coverage_source *s, const struct flow *f,
    int way, const struct packet *p)
{
	const struct flow_macs *m = &f->way[way].macs;
	const struct zone *segment = s->tap->segment;
	uint16_t vlan;

	if (f->segment_only[0] || f->segment_only[1])
		return;
	if (locate_segment(s->tap, p->tags, p->tag_count, &vlan, NULL) !=
		segment ||
	    vlan != 0)
		return;
	s->ends.seen++;
	if (at_home(c, segment, f->zones[0]) ||
	    at_home(c, segment, f->zones[1]) ||
	    (p->has_macs && m->known && (m->from_router || m->to_router)))
		return;
	s->ends.strange++;
	s->ends.address = p->source;
}

/* An opening, and its answer, once a conversation and where that began: at a
 * boundary one may show here and the other there. */
static void
count_opening(struct region_account *a, struct flow *f, const struct packet *p)
{
	if (!(p->tcp_flags & TCP_SYN) || p->tcp_flags & TCP_RST)
		return;
	if (!f->syn_counted)
		a->syns++;
	f->syn_counted = true;
	if (p->tcp_flags & TCP_ACK && !f->syn_ack_counted) {
		a->syn_acks++;
		f->syn_ack_counted = true;
	}
}

/* Sets what was counted of something to what it is now. */
static void
recount(uint64_t *sum, uint64_t *counted, uint64_t now)
{
	if (now >= *counted)
		*sum += now - *counted;
	else
		*sum -= *sum < *counted - now ? *sum : *counted - now;
	*counted = now;
}

static void
count_missing(struct region_account *a, struct flow *f)
{
	for (int i = 0; i < 2; i++) {
		struct flow_way *w = &f->way[i];

		recount(&a->payload_missing, &w->missing_counted,
		    sequence_missing(&w->sequence));
		recount(&a->payload_unheard, &w->unheard_counted,
		    sequence_unheard(&w->sequence));
	}
}

/* What a long conversation misses is not left to its end. */
static void
sweep(struct region_account *a, struct flow *f)
{
	const int64_t now = f->conversation.last.us;

	if (f->swept_us == 0)
		f->swept_us = now;
	if (now - f->swept_us < COVERAGE_SWEEP_US)
		return;
	f->swept_us = now;
	count_missing(a, f);
	for (int i = 0; i < 2; i++)
		sequence_sweep(&f->way[i].sequence);
}

void
coverage_packet(struct coverage *c, uint32_t source, struct flow *f, int way,
    const struct packet *p, uint32_t fresh)
{
	struct coverage_source *s = &c->sources[source];

	s->account->payload_seen += fresh;
	if (flow_is_tcp(f)) {
		count_opening(c->sources[f->source].account, f, p);
		sweep(c->sources[f->source].account, f);
	}
	if (s->tap->segment && f->key.carrier == 0)
		count_ends(c, s, f, way, p);
}

/* From whom to whom nothing is seen; of a few pairs, the first ones. */
static void
note_direction(struct coverage_source *s, const struct flow *f)
{
	const int unseen = f->way[0].seen ? 1 : 0;
	const struct zone *from = f->zones[unseen ^ f->initiator_side];
	const struct zone *to = f->zones[!unseen ^ f->initiator_side];

	for (int i = 0; i < COVERAGE_DIRECTIONS_MAX; i++) {
		struct coverage_direction *d = &s->directions[i];

		if (d->count == 0) {
			d->from = from;
			d->to = to;
		}
		if (d->from == from && d->to == to) {
			d->count++;
			return;
		}
	}
}

static void
count_one_way(struct coverage_source *s, const struct flow *f)
{
	struct region_account *a = s->account;

	a->tcp_one_way++;
	a->tcp_no_answer += f->way[0].seen;
	a->tcp_no_syn_ack += f->way[0].seen && f->syn_counted &&
	    f->conversation.payload[0];
	note_direction(s, f);
}

void
coverage_conversation(struct coverage *c, struct flow *f)
{
	struct coverage_source *s = &c->sources[f->source];
	struct region_account *a = s->account;

	if (flow_is_tcp(f))
		count_missing(a, f);
	if (f->more) {
		a->tcp_conversations++;
		if (f->conversation.one_way)
			count_one_way(s, f);
	}
	if (f->conversation.application_state == APPLICATION_NO_PAYLOAD)
		return;
	a->conversations++;
	a->unclassified += f->conversation.application_state !=
	    APPLICATION_KNOWN;
}

void
coverage_read_drops(struct coverage *c)
{
	for (size_t i = 0; i < c->count && c->drops; i++) {
		struct region_account *a = c->sources[i].account;
		const struct region_source *k = &c->drops[i];

		a->ring_drops = atomic_load_explicit(&k->ring_drops,
		    memory_order_relaxed);
		a->ring_freezes = atomic_load_explicit(&k->ring_freezes,
		    memory_order_relaxed);
		a->nic_drops = atomic_load_explicit(&k->nic_drops,
		    memory_order_relaxed);
	}
}

const struct tap_account *
coverage_accounts(struct coverage *c, size_t *count)
{
	*count = 0;
	coverage_read_drops(c);
	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_source *s = &c->sources[i];
		const struct region_account *a = s->account;

		if (!s->tap)
			continue;
		c->accounts[(*count)++] = (struct tap_account){ .tap = s->tap,
			.file = s->file,
			.frames = a->frames,
			.bytes_captured = a->bytes_captured,
			.bytes_wire = a->bytes_wire,
			.cut = a->cut,
			.first = { a->first_us },
			.last = { a->last_us },
			.tcp_conversations = a->tcp_conversations,
			.tcp_one_way = a->tcp_one_way,
			.payload_seen = a->payload_seen,
			.payload_missing = a->payload_missing,
			.backward = a->backward,
			.payload_unheard = a->payload_unheard,
			.drops = a->ring_drops + a->nic_drops };
	}
	return c->accounts;
}

/* ---- what outlives an engine or a model */

/* No machine lives to count further. */
#define COUNT_MOST (UINT64_C(1) << 56)
#define TIME_MOST (INT64_C(1) << 61)

static bool
can_be(const struct region_account *a)
{
	const uint64_t most = COUNT_MOST;

	return a->frames <= most && a->bytes_captured <= most &&
	    a->bytes_wire <= most && a->cut <= a->frames &&
	    a->copies <= a->frames && a->undecodable <= a->frames &&
	    a->backward <= a->frames && a->tcp_conversations <= most &&
	    a->tcp_one_way <= a->tcp_conversations &&
	    a->tcp_no_answer <= a->tcp_one_way &&
	    a->tcp_no_syn_ack <= a->tcp_no_answer && a->payload_seen <= most &&
	    a->payload_missing <= most && a->payload_unheard <= most &&
	    a->conversations <= most && a->unclassified <= a->conversations &&
	    a->syns <= most && a->syn_acks <= most && a->ring_drops <= most &&
	    a->ring_freezes <= most && a->nic_drops <= most &&
	    a->first_us <= a->last_us && a->first_us >= -TIME_MOST &&
	    a->last_us <= TIME_MOST;
}

static bool
can_be_told(const struct region_told *t)
{
	return t->minute_us >= -TIME_MOST && t->until_us <= TIME_MOST &&
	    t->until_us >= t->minute_us &&
	    t->until_us - t->minute_us <= CLOCK_MINUTE;
}

bool
coverage_inherit(struct coverage *c)
{
	bool good = can_be_told(c->told);

	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_source *s = &c->sources[i];

		good = can_be(s->account) && can_be(s->hour) &&
		    can_be(s->minute) && good;
	}
	if (good)
		return true;
	c->told->minute_us = c->told->until_us = 0;
	for (size_t i = 0; i < c->count; i++) {
		struct coverage_source *s = &c->sources[i];

		memset(s->account, 0, sizeof(*s->account));
		memset(s->hour, 0, sizeof(*s->hour));
		memset(s->minute, 0, sizeof(*s->minute));
	}
	return false;
}

static bool
is_another(const struct tap *old, const struct tap *new)
{
	return old && (!new || strcmp(old->id, new->id) != 0);
}

bool
coverage_would_reset(const struct coverage *c, const struct tap *const *taps)
{
	for (size_t i = 0; i < c->count; i++)
		if (is_another(c->sources[i].tap, taps[i]))
			return true;
	return false;
}

void
coverage_reload(struct coverage *c, const struct rebase *r,
    const struct tap *const *taps)
{
	bool *told = mem_calloc(r->to->boundary_count + 1, sizeof(*told));

	for (size_t i = 0; i < r->from->boundary_count; i++)
		if (r->boundaries[i] != REBASE_GONE &&
		    r->to->boundaries[r->boundaries[i]].tap_count == 0)
			told[r->boundaries[i]] = c->dark_told[i];
	free(c->dark_told);
	c->dark_told = told;
	c->model = r->to;
	for (size_t i = 0; i < c->count; i++) {
		struct coverage_source *s = &c->sources[i];

		memset(s->directions, 0, sizeof(s->directions));
		if (is_another(s->tap, taps[i])) {
			memset(s->account, 0, sizeof(*s->account));
			memset(s->hour, 0, sizeof(*s->hour));
			memset(s->minute, 0, sizeof(*s->minute));
			memset(&s->ends, 0, sizeof(s->ends));
			memset(&s->tags, 0, sizeof(s->tags));
		}
		s->tap = taps[i];
	}
	/* What was dropped before is the other tap's. */
	coverage_read_drops(c);
	for (size_t i = 0; i < c->count; i++) {
		struct coverage_source *s = &c->sources[i];

		if (s->account->frames > 0)
			continue;
		*s->minute = *s->hour = *s->account;
	}
}
