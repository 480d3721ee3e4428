/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Expectations lie in an array; a hash table maps (boundary, protocol, named
 * end, other address) to the index, and a list for each kind keeps them in
 * the order they were announced, which is the order they expire in. An
 * expectation serves once, so a second connection to the same port is judged
 * for itself.
 */
#include "correlate.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"

/* Without padding: it is hashed as bytes. */
struct correlate_key {
	uint32_t boundary;
	uint16_t port;
	uint8_t protocol;
	uint8_t family;
	uint8_t named[16];
	uint8_t other[16];
};

struct entry {
	struct correlate_key key;
	enum correlate_kind kind;
	bool stranger;
	uint64_t control;
	int64_t deadline_us;
	uint32_t older, newer; /* TABLE_NONE at the ends */
};

/* One kind, oldest first. */
struct queue {
	uint32_t oldest, newest;
};

struct correlate_table {
	struct table table;
	struct entry *entries; /* owned, CORRELATE_MAX */
	uint32_t unused;       /* first free entry, linked by newer */
	struct queue queues[CORRELATE_KIND_COUNT];
	struct correlate_counters counters;
};

static const struct {
	uint8_t protocol;
	const char *label;
	int64_t patience_us;
} kinds[CORRELATE_KIND_COUNT] = {
	[CORRELATE_FTP_DATA] = { IPPROTO_TCP, "FTP_DATA", CORRELATE_FTP_US },
	[CORRELATE_TFTP] = { IPPROTO_UDP, "TFTP", CORRELATE_TFTP_US },
};

struct correlate_table *
correlate_new(const uint8_t secret[16])
{
	struct correlate_table *t = mem_calloc(1, sizeof(*t));

	table_init(&t->table, CORRELATE_MAX, sizeof(struct correlate_key),
	    secret);
	t->entries = mem_calloc(CORRELATE_MAX, sizeof(*t->entries));
	for (uint32_t i = 0; i < CORRELATE_MAX; i++)
		t->entries[i].newer = i + 1 < CORRELATE_MAX ? i + 1 :
							      TABLE_NONE;
	for (size_t i = 0; i < CORRELATE_KIND_COUNT; i++)
		t->queues[i] = (struct queue){ TABLE_NONE, TABLE_NONE };
	return t;
}

void
correlate_free(struct correlate_table *t)
{
	if (t == NULL)
		return;
	table_fini(&t->table);
	free(t->entries);
	free(t);
}

const struct correlate_counters *
correlate_counters(const struct correlate_table *t)
{
	return &t->counters;
}

static struct correlate_key
make_key(uint32_t boundary, uint8_t protocol, const struct addr *named,
    uint16_t port, const struct addr *other)
{
	struct correlate_key key;

	memset(&key, 0, sizeof(key));
	key.boundary = boundary;
	key.port = port;
	key.protocol = protocol;
	key.family = named->family;
	memcpy(key.named, named->bytes, sizeof(key.named));
	memcpy(key.other, other->bytes, sizeof(key.other));
	return key;
}

/* Takes an entry out of the table and gives it back to the free ones. */
static void
forget(struct correlate_table *t, uint32_t i)
{
	struct entry *e = &t->entries[i];
	struct queue *q = &t->queues[e->kind];

	(void)table_remove(&t->table, &e->key);
	if (e->older != TABLE_NONE)
		t->entries[e->older].newer = e->newer;
	else
		q->oldest = e->newer;
	if (e->newer != TABLE_NONE)
		t->entries[e->newer].older = e->older;
	else
		q->newest = e->older;
	e->newer = t->unused;
	t->unused = i;
}

static void
expire(struct correlate_table *t, struct wall_us now)
{
	for (size_t kind = 0; kind < CORRELATE_KIND_COUNT; kind++) {
		uint32_t i;

		while ((i = t->queues[kind].oldest) != TABLE_NONE &&
		    t->entries[i].deadline_us < now.us) {
			forget(t, i);
			t->counters.expired++;
		}
	}
}

static void
make_room(struct correlate_table *t, enum correlate_kind kind)
{
	uint32_t i = t->queues[kind].oldest;

	if (t->unused != TABLE_NONE)
		return;
	for (size_t k = 0; k < CORRELATE_KIND_COUNT && i == TABLE_NONE; k++)
		i = t->queues[k].oldest;
	forget(t, i);
	t->counters.evicted++;
}

void
correlate_expect(struct correlate_table *t, uint32_t boundary,
    const struct correlate_expectation *e, uint64_t control, struct wall_us now)
{
	struct correlate_key key = make_key(boundary, kinds[e->kind].protocol,
	    &e->named, e->named_port, &e->other);
	struct queue *q = &t->queues[e->kind];
	struct entry *entry;
	uint32_t i;

	expire(t, now);
	i = table_find(&t->table, &key);
	if (i != TABLE_NONE)
		forget(t, i);
	make_room(t, e->kind);
	i = t->unused;
	entry = &t->entries[i];
	t->unused = entry->newer;
	entry->key = key;
	entry->kind = e->kind;
	entry->stranger = e->stranger;
	entry->control = control;
	entry->deadline_us = now.us + kinds[e->kind].patience_us;
	entry->older = q->newest;
	entry->newer = TABLE_NONE;
	if (q->newest != TABLE_NONE)
		t->entries[q->newest].newer = i;
	else
		q->oldest = i;
	q->newest = i;
	(void)table_add(&t->table, &key, i);
	t->counters.expected++;
}

/* The entry that p's ends are expected by, or TABLE_NONE. */
static uint32_t
entry_of(struct correlate_table *t, uint32_t boundary, const struct packet *p,
    struct wall_us now)
{
	struct correlate_key key = make_key(boundary, p->protocol,
	    &p->destination, p->destination_port, &p->source);
	uint32_t i;

	if (t->table.count == 0)
		return TABLE_NONE;
	expire(t, now);
	i = table_find(&t->table, &key);
	if (i == TABLE_NONE) { /* its first packet may be the answer */
		key = make_key(boundary, p->protocol, &p->source,
		    p->source_port, &p->destination);
		i = table_find(&t->table, &key);
	}
	return i;
}

bool
correlate_look(struct correlate_table *t, uint32_t boundary,
    const struct packet *p, struct wall_us now, struct correlate_match *out)
{
	const uint32_t i = entry_of(t, boundary, p, now);
	const struct entry *e;

	if (i == TABLE_NONE)
		return false;
	e = &t->entries[i];
	out->control = e->control;
	out->label = kinds[e->kind].label;
	out->stranger = e->stranger;
	out->at.us = e->deadline_us - kinds[e->kind].patience_us;
	return true;
}

bool
correlate_find(struct correlate_table *t, uint32_t boundary,
    const struct packet *p, struct wall_us now, struct correlate_match *out)
{
	if (!correlate_look(t, boundary, p, now, out))
		return false;
	forget(t, entry_of(t, boundary, p, now));
	t->counters.matched++;
	return true;
}

/* All at once: on the way two keys could be the same. */
void
correlate_rename(struct correlate_table *t, const uint32_t *boundaries)
{
	for (int k = 0; k < CORRELATE_KIND_COUNT; k++) {
		uint32_t next;

		for (uint32_t i = t->queues[k].oldest; i != TABLE_NONE;
		     i = next) {
			next = t->entries[i].newer;
			if (boundaries[t->entries[i].key.boundary] ==
			    UINT32_MAX)
				forget(t, i);
			else
				(void)table_remove(&t->table,
				    &t->entries[i].key);
		}
	}
	for (int k = 0; k < CORRELATE_KIND_COUNT; k++)
		for (uint32_t i = t->queues[k].oldest; i != TABLE_NONE;
		     i = t->entries[i].newer) {
			struct correlate_key *key = &t->entries[i].key;

			key->boundary = boundaries[key->boundary];
			(void)table_add(&t->table, key, i);
		}
}
