/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Joining fragments (RFC 791 3.2, RFC 8200 4.5). One policy for both
 * versions: an exact copy of a fragment is taken silently, since span ports
 * duplicate; any other overlap, or two ends, refuses the whole datagram (RFC
 * 5722), because hosts differ in what they make of it and a guess could be
 * the wrong one. What is refused stays in the table until the time-out, so
 * that its later fragments are refused too and cannot begin anew.
 *
 * A fragment that no host would take (empty, odd length, too long) or that
 * the snap length cut is refused alone. Datagrams stand in the order of their
 * first frame's arrival: the oldest expires first and makes room first.
 */
#include "fragment.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "decode.h"

#define BYTES_FIRST 2048 /* a datagram's buffer begins so and doubles */
#define NONE UINT32_MAX
#define IP4_MAX 65535	     /* bytes with the header */
#define IP6_MAX (40 + 65535) /* likewise */
#define IP6_FRAGMENT_HEADER 8

/* Hashed and compared as bytes: without holes, all of it written. */
struct key {
	uint64_t place;
	uint32_t id;
	uint8_t family;
	uint8_t protocol; /* of IPv4; IPv6 takes the first fragment's */
	uint8_t zero[2];
	uint8_t source[16];
	uint8_t destination[16];
};

struct piece {
	uint32_t offset, length; /* bytes */
	bool last;
};

struct datagram {
	struct key key;
	struct wall_us begun;
	uint32_t newer, older; /* in the order of arrival, or NONE */
	uint32_t frames;       /* held: copies count too */
	bool refused;	       /* holds no frames and takes none */
	uint32_t total;	       /* bytes, once the last piece came, else 0 */
	uint32_t covered;
	struct piece *pieces; /* owned */
	size_t piece_count, piece_capacity;
	uint8_t *bytes; /* owned */
	uint32_t bytes_capacity;
	struct packet head;  /* the piece that came first; its spans are gone */
	struct packet first; /* the piece at offset 0, once it came */
};

struct fragment_table {
	struct table index; /* key -> place in datagrams */
	struct datagram datagrams[FRAGMENT_DATAGRAMS_MAX];
	uint32_t unused[FRAGMENT_DATAGRAMS_MAX]; /* a stack */
	uint32_t unused_count;
	uint32_t oldest, newest;
	/* Owned: what the spans of the last whole datagram point into. */
	uint8_t *joined;
	struct fragment_counters counters;
	void (*taker)(void *context, const struct fragment_lost *lost);
	void *context; /* of taker */
};

struct fragment_table *
fragment_new(const uint8_t secret[16])
{
	struct fragment_table *t = mem_calloc(1, sizeof(*t));

	_Static_assert(sizeof(struct key) == 48, "the key has holes");
	table_init(&t->index, FRAGMENT_DATAGRAMS_MAX, sizeof(struct key),
	    secret);
	for (uint32_t i = 0; i < FRAGMENT_DATAGRAMS_MAX; i++)
		t->unused[i] = FRAGMENT_DATAGRAMS_MAX - 1 - i;
	t->unused_count = FRAGMENT_DATAGRAMS_MAX;
	t->oldest = t->newest = NONE;
	return t;
}

void
fragment_free(struct fragment_table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < FRAGMENT_DATAGRAMS_MAX; i++) {
		free(t->datagrams[i].pieces);
		free(t->datagrams[i].bytes);
	}
	free(t->joined);
	table_fini(&t->index);
	free(t);
}

void
fragment_tell(struct fragment_table *t,
    void (*taker)(void *context, const struct fragment_lost *lost),
    void *context)
{
	t->taker = taker;
	t->context = context;
}

/* Counts frames that will not be joined, or hands them over. */
static void
lose(struct fragment_table *t, const struct packet *p, uint64_t place,
    struct wall_us begun, uint32_t frames, uint64_t *counter)
{
	const struct fragment_lost lost = { p, place, begun, frames };

	if (frames == 0)
		return;
	if (!t->taker) {
		*counter += frames;
		return;
	}
	t->counters.told += frames;
	t->taker(t->context, &lost);
}

/* Those that a datagram holds. */
static void
datagram_lose(struct fragment_table *t, struct datagram *d, uint64_t *counter)
{
	t->counters.held -= d->frames;
	lose(t, &d->head, d->key.place, d->begun, d->frames, counter);
	d->frames = 0;
}

/* Gives the memory back; what stays is enough to refuse what else comes. */
static void
datagram_empty(struct datagram *d)
{
	free(d->pieces);
	free(d->bytes);
	d->pieces = NULL;
	d->bytes = NULL;
	d->piece_count = d->piece_capacity = 0;
	d->bytes_capacity = d->total = d->covered = 0;
}

/* Takes the datagram out, which holds no frames any more. */
static void
datagram_remove(struct fragment_table *t, struct datagram *d)
{
	uint32_t place = (uint32_t)(d - t->datagrams);

	datagram_empty(d);
	(void)table_remove(&t->index, &d->key);
	*(d->older == NONE ? &t->oldest :
			     &t->datagrams[d->older].newer) = d->newer;
	*(d->newer == NONE ? &t->newest :
			     &t->datagrams[d->newer].older) = d->older;
	memset(d, 0, sizeof(*d));
	t->unused[t->unused_count++] = place;
}

/* Likewise; the frames that it still holds go to the counter given. */
static void
datagram_drop(struct fragment_table *t, struct datagram *d, uint64_t *counter)
{
	datagram_lose(t, d, counter);
	datagram_remove(t, d);
}

/* Its frames count as refused, and so will those that still come. */
static void
datagram_refuse(struct fragment_table *t, struct datagram *d)
{
	datagram_lose(t, d, &t->counters.refused);
	d->refused = true;
	datagram_empty(d);
}

static struct datagram *
datagram_new(struct fragment_table *t, const struct key *key,
    struct wall_us now)
{
	struct datagram *d;
	uint32_t place;

	if (t->unused_count == 0)
		datagram_drop(t, &t->datagrams[t->oldest],
		    &t->counters.evicted);
	place = t->unused[--t->unused_count];
	(void)table_add(&t->index, key, place); /* has as much room */
	d = &t->datagrams[place];
	d->key = *key;
	d->begun = now;
	d->older = t->newest;
	d->newer = NONE;
	*(t->newest == NONE ? &t->oldest :
			      &t->datagrams[t->newest].newer) = place;
	t->newest = place;
	return d;
}

/*
 * Older than the time-out, or from so far in the future that the clock of the
 * capture must have been set back: it would otherwise stay for ever.
 */
static bool
is_expired(const struct datagram *d, struct wall_us now)
{
	uint64_t a = (uint64_t)d->begun.us, b = (uint64_t)now.us;

	return (now.us < d->begun.us ? a - b : b - a) > FRAGMENT_TIMEOUT_US;
}

void
fragment_expire(struct fragment_table *t, struct wall_us now, bool end)
{
	while (t->oldest != NONE &&
	    (end || is_expired(&t->datagrams[t->oldest], now)))
		datagram_drop(t, &t->datagrams[t->oldest],
		    &t->counters.expired);
}

static struct datagram *
datagram_of(struct fragment_table *t, const struct packet *in, uint64_t place,
    struct wall_us now)
{
	struct datagram *d;
	struct key key;
	uint32_t found;

	memset(&key, 0, sizeof(key));
	key.place = place;
	key.id = in->fragment_id;
	key.family = in->source.family;
	key.protocol = in->source.family == 4 ? in->protocol : 0;
	memcpy(key.source, in->source.bytes, sizeof(key.source));
	memcpy(key.destination, in->destination.bytes, sizeof(key.destination));
	found = table_find(&t->index, &key);
	if (found != TABLE_NONE) {
		d = &t->datagrams[found];
		if (!is_expired(d, now))
			return d;
		datagram_drop(t, d, &t->counters.expired);
	}
	return datagram_new(t, &key, now);
}

/* What can be part of a datagram: here as a whole, not empty, in units of
 * eight bytes unless it is the last, within what IP's lengths can say. */
static bool
is_usable(const struct packet *in)
{
	uint32_t length = in->transport_captured;

	if (!in->fragment || in->payload_cut || length == 0)
		return false;
	if (in->more_fragments && length % 8 != 0)
		return false;
	return length <= FRAGMENT_BYTES_MAX &&
	    in->fragment_offset <= FRAGMENT_BYTES_MAX - length;
}

enum fit { FIT_NEW, FIT_COPY, FIT_CONFLICT };

static enum fit
piece_fit(const struct datagram *d, const struct packet *in)
{
	uint32_t begin = in->fragment_offset;
	uint32_t length = in->transport_captured;

	for (size_t i = 0; i < d->piece_count; i++) {
		const struct piece *p = &d->pieces[i];

		if (begin >= p->offset + p->length ||
		    p->offset >= begin + length)
			continue;
		if (p->offset == begin && p->length == length &&
		    p->last == !in->more_fragments &&
		    memcmp(d->bytes + begin, in->transport, length) == 0)
			return FIT_COPY;
		return FIT_CONFLICT;
	}
	if (d->piece_count == FRAGMENT_PIECES_MAX)
		return FIT_CONFLICT;
	if (d->total != 0 && begin + length > d->total)
		return FIT_CONFLICT; /* beyond the last piece */
	return FIT_NEW;
}

/* True when a piece lies beyond end, which the last piece says is the end. */
static bool
reaches_beyond(const struct datagram *d, uint32_t end)
{
	for (size_t i = 0; i < d->piece_count; i++) {
		if (d->pieces[i].offset + d->pieces[i].length > end)
			return true;
	}
	return false;
}

/* Stores a piece that fits; false when it is a last one that cannot be. */
static bool
datagram_store(struct datagram *d, const struct packet *in)
{
	uint32_t length = in->transport_captured;
	uint32_t end = in->fragment_offset + length;
	uint32_t capacity = d->bytes_capacity ? d->bytes_capacity : BYTES_FIRST;

	if (!in->more_fragments) {
		if (d->total != 0 || reaches_beyond(d, end))
			return false;
		d->total = end;
	}
	while (capacity < end)
		capacity *= 2;
	if (capacity != d->bytes_capacity) {
		d->bytes = mem_reallocarray(d->bytes, capacity, 1);
		d->bytes_capacity = capacity;
	}
	d->pieces = mem_grow(d->pieces, &d->piece_capacity, d->piece_count,
	    sizeof(*d->pieces));
	d->pieces[d->piece_count++] = (struct piece){ in->fragment_offset,
		length, !in->more_fragments };
	memcpy(d->bytes + in->fragment_offset, in->transport, length);
	d->covered += length;
	if (in->fragment_offset == 0)
		d->first = *in;
	return true;
}

/* The whole datagram's packet, as if it had come so: headers are the first
 * fragment's, what follows is read from the joined bytes. */
static enum decode_status
decode_joined(const struct packet *first, const uint8_t *bytes, uint32_t total,
    struct packet *out)
{
	struct packet p;

	memset(&p, 0, sizeof(p));
	p.kind = PACKET_FRAGMENT;
	p.layer = first->source.family == 4 ? LAYER_IP4 : LAYER_IP6;
	p.has_macs = first->has_macs;
	p.source_mac = first->source_mac;
	p.destination_mac = first->destination_mac;
	memcpy(p.tags, first->tags, sizeof(p.tags));
	p.tag_count = first->tag_count;
	p.ethertype = first->ethertype;
	p.source = first->source;
	p.destination = first->destination;
	p.ttl = first->ttl;
	p.protocol = first->protocol;
	p.ip_length = first->ip_length - first->transport_captured + total;
	if (first->source.family == 6)
		p.ip_length -= IP6_FRAGMENT_HEADER;
	p.fragment_id = first->fragment_id;
	p.reassembled = true;
	*out = p;
	if (p.ip_length > (p.source.family == 4 ? IP4_MAX : IP6_MAX))
		return DECODE_MALFORMED;
	return decode_transport(bytes, total, total, out);
}

/* All pieces are there: each byte once, since none overlap. */
static enum fragment_result
datagram_complete(struct fragment_table *t, struct datagram *d,
    struct packet *out, uint32_t *frames)
{
	struct packet whole;
	enum decode_status status;

	status = decode_joined(&d->first, d->bytes, d->total, &whole);
	if (status != DECODE_OK) {
		datagram_drop(t, d, &t->counters.refused);
		return FRAGMENT_REFUSED;
	}
	*out = whole;
	*frames = d->frames;
	t->joined = d->bytes;
	d->bytes = NULL;
	t->counters.held -= d->frames;
	t->counters.joined += d->frames;
	datagram_remove(t, d);
	return FRAGMENT_COMPLETE;
}

/* A fragment alone. */
static enum fragment_result
refuse(struct fragment_table *t, const struct packet *in, uint64_t place,
    struct wall_us now)
{
	lose(t, in, place, now, 1, &t->counters.refused);
	return FRAGMENT_REFUSED;
}

static enum fragment_result
add_piece(struct fragment_table *t, const struct packet *in, uint64_t place,
    struct wall_us now, struct packet *out, uint32_t *frames)
{
	struct datagram *d;
	enum fit fit;

	t->counters.fragments++;
	fragment_expire(t, now, false);
	if (!is_usable(in))
		return refuse(t, in, place, now);
	d = datagram_of(t, in, place, now);
	if (d->refused)
		return refuse(t, in, place, now);
	fit = piece_fit(d, in);
	if (fit == FIT_CONFLICT || (fit == FIT_NEW && !datagram_store(d, in))) {
		datagram_refuse(t, d);
		return refuse(t, in, place, now);
	}
	if (d->frames == 0)
		d->head = *in;
	d->frames++;
	t->counters.held++;
	if (d->total != 0 && d->covered == d->total)
		return datagram_complete(t, d, out, frames);
	return FRAGMENT_HELD;
}

enum fragment_result
fragment_add(struct fragment_table *t, const struct packet *in, uint64_t place,
    struct wall_us now, struct packet *out, uint32_t *frames)
{
	/* What was joined before may be what in came out of. */
	uint8_t *before = t->joined;
	enum fragment_result result;

	t->joined = NULL;
	result = add_piece(t, in, place, now, out, frames);
	free(before);
	return result;
}

const struct fragment_counters *
fragment_counters(const struct fragment_table *t)
{
	return &t->counters;
}
