/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Entries lie in chunks that are never moved nor given back, so a pointer to
 * one stays good while it is open. Time-outs: one list for each protocol and
 * state, ordered by when an entry was last seen, because within a list all
 * wait equally long; a packet moves its entry to the end of a list, and only
 * the heads are ever looked at.
 */
#include "flow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"

#define FLOW_CHUNK 64 /* entries taken at once */
#define FLOW_NONE UINT32_MAX

#define ICMP 1
#define TCP 6
#define UDP 17
#define ICMP6 58
#define SCTP 132
/* A packet this soon after the last one need not move its entry: time-outs
 * are early by at most this. */
#define FLOW_TOUCH_GRAIN_US (CLOCK_SECOND / 10)

struct flow_list {
	uint32_t oldest, newest; /* FLOW_NONE: empty */
};

struct flow_table {
	struct table table;
	struct flow **chunks;	    /* owned, as what they point to */
	uint32_t max, made, unused; /* unused: head of a list by "newer" */
	struct flow_list lists[FLOW_IDLE_COUNT];
	struct flow_list settling; /* by beginning */
};

static const int64_t timeouts[FLOW_IDLE_COUNT] = {
	[FLOW_IDLE_TCP_OPENING] = FLOW_TCP_OPENING_US,
	[FLOW_IDLE_TCP_ESTABLISHED] = FLOW_TCP_ESTABLISHED_US,
	[FLOW_IDLE_TCP_HALF_CLOSED] = FLOW_TCP_HALF_CLOSED_US,
	[FLOW_IDLE_TCP_CLOSED] = FLOW_TCP_CLOSED_US,
	[FLOW_IDLE_UDP] = FLOW_UDP_US,
	[FLOW_IDLE_ICMP] = FLOW_ICMP_US,
	[FLOW_IDLE_OTHER] = FLOW_OTHER_US,
};

int64_t
flow_timeout_us(enum flow_idle idle)
{
	return timeouts[idle];
}

struct flow_table *
flow_table_new(uint32_t max, const uint8_t secret[16])
{
	struct flow_table *t = mem_calloc(1, sizeof(*t));

	assert(max >= FLOW_MAX_LEAST && max <= FLOW_MAX_MOST);
	table_init(&t->table, max, sizeof(struct flow_key), secret);
	t->chunks = mem_calloc((max + FLOW_CHUNK - 1) / FLOW_CHUNK,
	    sizeof(*t->chunks));
	t->max = max;
	t->unused = FLOW_NONE;
	for (int i = 0; i < FLOW_IDLE_COUNT; i++)
		t->lists[i].oldest = t->lists[i].newest = FLOW_NONE;
	t->settling.oldest = t->settling.newest = FLOW_NONE;
	return t;
}

void
flow_table_free(struct flow_table *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->made; i += FLOW_CHUNK)
		free(t->chunks[i / FLOW_CHUNK]);
	free(t->chunks);
	table_fini(&t->table);
	free(t);
}

static struct flow *
flow_at(const struct flow_table *t, uint32_t index)
{
	if (index == FLOW_NONE)
		return NULL;
	return &t->chunks[index / FLOW_CHUNK][index % FLOW_CHUNK];
}

/* ---- keys */

/* Puts the ends in canonical order; returns where the source went. */
static int
key_ends(struct flow_key *key, const struct addr *source,
    const struct addr *destination, uint16_t source_port,
    uint16_t destination_port)
{
	int order = memcmp(source->bytes, destination->bytes,
	    sizeof(source->bytes));
	int side;

	if (order == 0)
		order = (int)source_port - (int)destination_port;
	side = order > 0;
	memcpy(key->address[side], source->bytes, sizeof(source->bytes));
	memcpy(key->address[!side], destination->bytes,
	    sizeof(destination->bytes));
	key->port[side] = source_port;
	key->port[!side] = destination_port;
	return side;
}

bool
flow_is_icmp(uint8_t family, uint8_t protocol)
{
	return family == 4 ? protocol == ICMP : protocol == ICMP6;
}

bool
flow_is_tcp(const struct flow *f)
{
	return f->key.protocol == TCP && f->key.group == FLOW_GROUP_PLAIN;
}

bool
flow_has_icmp(const struct flow *f)
{
	return f->key.group != FLOW_GROUP_UNREADABLE &&
	    flow_is_icmp(f->key.family, f->key.protocol);
}

bool
flow_is_echo(uint8_t protocol, uint8_t type)
{
	return protocol == ICMP ? type == 8 || type == 0 :
				  type == 128 || type == 129;
}

bool
flow_is_reply(uint8_t protocol, uint8_t type)
{
	if (protocol == ICMP6)
		return type == 129;
	return type == 0 || type == 14 || type == 16 || type == 18;
}

/* Request and reply of one kind share a number. */
static uint16_t
icmp_pair(uint8_t protocol, uint8_t type)
{
	return flow_is_reply(protocol, type) ? type - 1 : type;
}

static int
key_make(struct flow_key *key, const struct addr *source,
    const struct addr *destination, uint8_t protocol, const uint16_t port[2],
    const uint16_t icmp[2])
{
	uint16_t from = port[0], to = port[1];

	key->family = source->family;
	key->protocol = protocol;
	if (flow_is_icmp(source->family, protocol)) {
		const uint8_t type = (uint8_t)icmp[0];

		key->group = flow_is_echo(protocol, type) ? FLOW_GROUP_ECHO :
							    FLOW_GROUP_TYPE;
		from = to = key->group == FLOW_GROUP_ECHO ?
		    icmp[1] :
		    icmp_pair(protocol, type);
	}
	return key_ends(key, source, destination, from, to);
}

int
flow_key_of(struct flow_key *key, uint32_t boundary, const struct packet *p,
    const struct addr *source, const struct addr *destination)
{
	const uint16_t port[2] = { p->source_port, p->destination_port };
	const uint16_t icmp[2] = { p->icmp_type, p->icmp_id };

	memset(key, 0, sizeof(*key));
	key->boundary = boundary;
	if (p->unreadable) {
		key->family = source->family;
		key->protocol = p->protocol;
		key->group = FLOW_GROUP_UNREADABLE;
		return key_ends(key, source, destination, 0, 0);
	}
	return key_make(key, source, destination, p->protocol, port, icmp);
}

int
flow_key_quoted(struct flow_key *key, uint32_t boundary, const struct quoted *q,
    const struct addr *source, const struct addr *destination)
{
	const uint16_t port[2] = { q->source_port, q->destination_port };
	const uint16_t icmp[2] = { q->icmp_type, q->icmp_id };
	const bool ports = q->protocol == TCP || q->protocol == UDP ||
	    q->protocol == SCTP;

	memset(key, 0, sizeof(*key));
	if (!q->given || (ports && !q->has_ports))
		return -1;
	key->boundary = boundary;
	return key_make(key, source, destination, q->protocol, port, icmp);
}

/* ---- entries */

struct flow *
flow_find(const struct flow_table *t, const struct flow_key *key)
{
	const uint32_t index = table_find(&t->table, key);

	return index == TABLE_NONE ? NULL : flow_at(t, index);
}

bool
flow_full(const struct flow_table *t)
{
	return t->table.count >= t->max;
}

uint32_t
flow_count(const struct flow_table *t)
{
	return (uint32_t)t->table.count;
}

/* Makes entries for the list of unused ones. */
static void
make_chunk(struct flow_table *t)
{
	struct flow *chunk = mem_calloc(FLOW_CHUNK, sizeof(*chunk));

	t->chunks[t->made / FLOW_CHUNK] = chunk;
	for (uint32_t i = FLOW_CHUNK; i-- > 0;) {
		chunk[i].index = t->made + i;
		chunk[i].newer = t->unused;
		t->unused = t->made + i;
	}
	t->made += FLOW_CHUNK;
}

static void
unlink_flow(struct flow_table *t, struct flow *f)
{
	struct flow_list *l = &t->lists[f->idle];
	struct flow *older = flow_at(t, f->older);
	struct flow *newer = flow_at(t, f->newer);

	if (older)
		older->newer = f->newer;
	else
		l->oldest = f->newer;
	if (newer)
		newer->older = f->older;
	else
		l->newest = f->older;
}

static void
link_newest(struct flow_table *t, struct flow *f)
{
	struct flow_list *l = &t->lists[f->idle];
	struct flow *newest = flow_at(t, l->newest);

	f->older = l->newest;
	f->newer = FLOW_NONE;
	if (newest)
		newest->newer = f->index;
	else
		l->oldest = f->index;
	l->newest = f->index;
}

/* Entries begin in the order of time, so the list is in that order. */
static void
settle_link(struct flow_table *t, struct flow *f)
{
	struct flow *newest = flow_at(t, t->settling.newest);

	f->settling = true;
	f->settle_older = t->settling.newest;
	f->settle_newer = FLOW_NONE;
	if (newest)
		newest->settle_newer = f->index;
	else
		t->settling.oldest = f->index;
	t->settling.newest = f->index;
}

static void
settle_unlink(struct flow_table *t, struct flow *f)
{
	struct flow *older = flow_at(t, f->settle_older);
	struct flow *newer = flow_at(t, f->settle_newer);

	if (!f->settling)
		return;
	f->settling = false;
	if (older)
		older->settle_newer = f->settle_newer;
	else
		t->settling.oldest = f->settle_newer;
	if (newer)
		newer->settle_older = f->settle_older;
	else
		t->settling.newest = f->settle_older;
}

struct flow *
flow_settled(struct flow_table *t, int64_t now_us)
{
	struct flow *f = flow_at(t, t->settling.oldest);

	if (!f || now_us - f->begun_us < FLOW_SETTLE_US)
		return NULL;
	settle_unlink(t, f);
	return f;
}

struct flow *
flow_add(struct flow_table *t, const struct flow_key *key, int64_t now_us)
{
	struct flow *f;
	uint32_t index;

	assert(!flow_full(t));
	if (t->unused == FLOW_NONE)
		make_chunk(t);
	index = t->unused;
	f = flow_at(t, index);
	t->unused = f->newer;
	memset(f, 0, sizeof(*f));
	f->index = index;
	f->key = *key;
	(void)table_add(&t->table, key, index);
	/* A place in a list at once, so that removing needs no special case;
	 * flow_touch moves it where it belongs. */
	f->idle = FLOW_IDLE_OTHER;
	f->idle_since_us = now_us;
	link_newest(t, f);
	f->begun_us = now_us;
	f->open = true;
	settle_link(t, f);
	return f;
}

void
flow_rekey(struct flow_table *t, struct flow *f, const struct flow_key *key)
{
	(void)table_remove(&t->table, &f->key);
	f->key = *key;
	(void)table_add(&t->table, &f->key, f->index);
}

void
flow_touch(struct flow_table *t, struct flow *f, enum flow_idle idle,
    int64_t now_us)
{
	if (f->idle == idle && now_us - f->idle_since_us < FLOW_TOUCH_GRAIN_US)
		return;
	unlink_flow(t, f);
	f->idle = idle;
	f->idle_since_us = now_us;
	link_newest(t, f);
}

struct flow *
flow_expired(const struct flow_table *t, int64_t now_us)
{
	struct flow *first = NULL;
	int64_t first_at = now_us;

	for (int i = 0; i < FLOW_IDLE_COUNT; i++) {
		struct flow *f = flow_at(t, t->lists[i].oldest);
		int64_t at;

		if (!f)
			continue;
		at = f->idle_since_us + timeouts[i];
		if (at < first_at || (at == now_us && !first)) {
			first = f;
			first_at = at;
		}
	}
	return first;
}

struct flow *
flow_oldest(const struct flow_table *t)
{
	struct flow *oldest = NULL;

	for (int i = 0; i < FLOW_IDLE_COUNT; i++) {
		struct flow *f = flow_at(t, t->lists[i].oldest);

		if (f && (!oldest || f->idle_since_us < oldest->idle_since_us))
			oldest = f;
	}
	return oldest;
}

void
flow_remove(struct flow_table *t, struct flow *f)
{
	unlink_flow(t, f);
	settle_unlink(t, f);
	(void)table_remove(&t->table, &f->key);
	f->open = false;
	f->newer = t->unused;
	t->unused = f->index;
}

struct flow *
flow_next(const struct flow_table *t, uint32_t *cursor)
{
	while (*cursor < t->made) {
		struct flow *f = flow_at(t, (*cursor)++);

		if (f->open)
			return f;
	}
	return NULL;
}

/* All at once: on the way two keys could be the same. */
void
flow_rename(struct flow_table *t, const uint32_t *boundaries)
{
	uint32_t cursor = 0;
	struct flow *f;

	while ((f = flow_next(t, &cursor)) != NULL)
		(void)table_remove(&t->table, &f->key);
	cursor = 0;
	while ((f = flow_next(t, &cursor)) != NULL) {
		f->key.boundary = boundaries[f->key.boundary];
		(void)table_add(&t->table, &f->key, f->index);
	}
}
