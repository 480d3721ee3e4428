/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See retain_part.h. A datagram is named by what RFC 791 and RFC 8200 name it
 * by, and by the place where it is seen. That two share a place is decided by
 * senders and costs no more than a packet of evidence, which is counted.
 */
#include "retain_part.h"

#include <string.h>

#include "base/mem.h"
#include "base/table.h"

/* Without padding: it is compared as bytes. */
struct part_key {
	uint64_t place;
	uint8_t address[2][16];
	uint32_t id;
	uint8_t family, protocol;
	uint8_t zero[2];
};

struct part {
	struct part_key key;
	struct frame frame;   /* its bytes are these: */
	struct packet packet; /* knows where its headers end, no more */
	uint8_t bytes[EVIDENCE_BYTES_MAX];
};

struct retain_parts {
	struct part parts[RETAIN_PARTS_MAX];
};

struct retain_parts *
retain_parts_new(void)
{
	return mem_calloc(1, sizeof(struct retain_parts));
}

static struct part_key
key_of(const struct packet *p, uint64_t place)
{
	struct part_key key;

	memset(&key, 0, sizeof(key));
	key.place = place;
	memcpy(key.address[0], p->source.bytes, sizeof(key.address[0]));
	memcpy(key.address[1], p->destination.bytes, sizeof(key.address[1]));
	key.id = p->fragment_id;
	key.family = p->source.family;
	key.protocol = p->protocol;
	return key;
}

static size_t
place_of(const struct part_key *key)
{
	static const uint8_t secret[16];

	_Static_assert(sizeof(*key) == 48, "the key has holes");
	return table_hash(secret, key, sizeof(*key)) % RETAIN_PARTS_MAX;
}

void
retain_parts_add(struct retain_parts *r, const struct arrival *a,
    uint64_t place, const struct evidence_packet *cut)
{
	const struct part_key key = key_of(a->packet, place);
	struct part *part = &r->parts[place_of(&key)];

	part->key = key;
	memcpy(part->bytes, cut->bytes, cut->kept);
	part->frame = (struct frame){ .time = a->time,
		.nanoseconds = cut->nanoseconds,
		.captured = cut->kept + cut->cut, /* there was more */
		.wire = cut->wire,
		.link_type = cut->link_type,
		.bytes = part->bytes };
	part->packet.headers_end = part->bytes + cut->kept;
}

void
retain_parts_find(const struct retain_parts *r, const struct packet *p,
    uint64_t place, struct arrival *a)
{
	const struct part_key key = key_of(p, place);
	const struct part *part = &r->parts[place_of(&key)];

	if (memcmp(&part->key, &key, sizeof(key)) != 0)
		return;
	a->last_part = &part->frame;
	a->last_packet = &part->packet;
}
