/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See resolve.h. Questions wait in an array that their keyed digest indexes: a
 * newer one takes the place of an older, whose answer then counts for nothing.
 * Rows are found by (client, address) and stand in a list by age. Aliases are
 * followed in the order in which the answer lists them, as servers do.
 */
#include "resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "dns.h"

#define UDP 17
#define RECORDS_MAX 64 /* of one answer section; more are left out */
#define NONE UINT32_MAX
#define TYPE_OPT 41
#define OPTIONS_MAX 64 /* bytes of EDNS options in a plain question */
#define UNREADABLE "." /* a question for what cannot be told */

/* Without padding: it is hashed as bytes. */
struct key {
	uint8_t client[17], address[17];
};

struct row {
	struct key key;
	int64_t at_us;
	uint32_t older, newer;
	char name[RESOLVE_NAME_MAX + 1];
};

/* A question that waits: 0 is no digest. */
struct waiting {
	uint64_t digest;
	int64_t at_us;
};

struct resolver {
	uint8_t secret[16];
	struct waiting *waiting; /* owned, RESOLVE_QUESTIONS_MAX */
	struct table by_key;
	struct row *rows; /* owned, RESOLVE_ROWS_MAX */
	uint32_t used, oldest, newest;
	uint64_t forgotten, refused;
	char asked[RESOLVE_NAME_MAX + 1];
};

/* What is read of a message. */
struct answer {
	struct dns_header header;
	struct dns_question question;
	struct addr addresses[RESOLVE_ADDRESSES_MAX];
	size_t count;
};

_Static_assert(RESOLVE_NAME_MAX + 1 == HOSTNAME_DNS_MAX, "names fit");

struct resolver *
resolve_new(const uint8_t secret[16])
{
	struct resolver *r = mem_calloc(1, sizeof(*r));

	memcpy(r->secret, secret, sizeof(r->secret));
	r->waiting = mem_calloc(RESOLVE_QUESTIONS_MAX, sizeof(*r->waiting));
	r->rows = mem_calloc(RESOLVE_ROWS_MAX, sizeof(*r->rows));
	table_init(&r->by_key, RESOLVE_ROWS_MAX, sizeof(struct key), secret);
	r->oldest = r->newest = NONE;
	return r;
}

void
resolve_free(struct resolver *r)
{
	if (r == NULL)
		return;
	table_fini(&r->by_key);
	free(r->rows);
	free(r->waiting);
	free(r);
}

/* ---- rows */

static void
put_address(uint8_t out[17], const struct addr *a)
{
	out[0] = a->family;
	memcpy(out + 1, a->bytes, sizeof(a->bytes));
}

static struct key
key_of(const struct addr *client, const struct addr *address)
{
	struct key key;

	put_address(key.client, client);
	put_address(key.address, address);
	return key;
}

static void
unlink_row(struct resolver *r, uint32_t i)
{
	const struct row *row = &r->rows[i];

	if (row->older != NONE)
		r->rows[row->older].newer = row->newer;
	else
		r->oldest = row->newer;
	if (row->newer != NONE)
		r->rows[row->newer].older = row->older;
	else
		r->newest = row->older;
}

static void
link_newest(struct resolver *r, uint32_t i)
{
	r->rows[i].older = r->newest;
	r->rows[i].newer = NONE;
	if (r->newest != NONE)
		r->rows[r->newest].newer = i;
	else
		r->oldest = i;
	r->newest = i;
}

/* The row of that key, made where there is none. */
static uint32_t
row_of(struct resolver *r, const struct key *key)
{
	uint32_t i = table_find(&r->by_key, key);

	if (i != TABLE_NONE) {
		unlink_row(r, i);
		return i;
	}
	if (r->used < RESOLVE_ROWS_MAX)
		i = r->used++;
	else {
		i = r->oldest;
		unlink_row(r, i);
		(void)table_remove(&r->by_key, &r->rows[i].key);
		r->forgotten++;
	}
	r->rows[i].key = *key;
	(void)table_add(&r->by_key, key, i);
	return i;
}

static void
remember(struct resolver *r, const struct addr *client,
    const struct answer *answer, struct wall_us now)
{
	for (size_t n = 0; n < answer->count; n++) {
		const struct key key = key_of(client, &answer->addresses[n]);
		const uint32_t i = row_of(r, &key);

		memcpy(r->rows[i].name, answer->question.name,
		    strlen(answer->question.name) + 1);
		r->rows[i].at_us = now.us;
		link_newest(r, i);
	}
}

const char *
resolve_name(const struct resolver *r, const struct addr *client,
    const struct addr *address, struct wall_us now)
{
	const struct key key = key_of(client, address);
	const uint32_t i = table_find(&r->by_key, &key);

	if (i == TABLE_NONE || now.us - r->rows[i].at_us > RESOLVE_KEEP_US)
		return NULL;
	return r->rows[i].name;
}

/* ---- questions */

/* Whether it can be the name of a host: what else a label may hold would only
 * deceive a reader. */
static bool
is_plain(const char *name)
{
	for (const char *s = name; *s != '\0'; s++)
		if (!(*s >= 'a' && *s <= 'z') && !(*s >= '0' && *s <= '9') &&
		    *s != '-' && *s != '_' && *s != '.')
			return false;
	return name[0] != '\0' && name[0] != '.';
}

/* Who asks whom for what, as one number that is not 0. */
static uint64_t
digest_of(const struct resolver *r, const struct addr *client, uint16_t port,
    const struct addr *server, const struct answer *a)
{
	uint8_t bytes[17 + 17 + 6 + RESOLVE_NAME_MAX];
	const size_t n = strlen(a->question.name);
	const uint16_t numbers[3] = { port, a->header.id, a->question.type };
	uint64_t digest;

	put_address(bytes, client);
	put_address(bytes + 17, server);
	memcpy(bytes + 34, numbers, sizeof(numbers));
	memcpy(bytes + 40, a->question.name, n);
	digest = table_hash(r->secret, bytes, 40 + n);
	return digest != 0 ? digest : 1;
}

static struct waiting *
waiting_of(const struct resolver *r, uint64_t digest)
{
	return &r->waiting[digest % RESOLVE_QUESTIONS_MAX];
}

/* Reads header and question. */
static enum decode_status
read_question(struct cursor *c, const struct packet *p, struct answer *out)
{
	const enum decode_status s = dns_read_header(c, &out->header);

	if (s != DECODE_OK)
		return s;
	if (DNS_OPCODE(out->header.flags) != 0 || out->header.questions != 1)
		return DECODE_UNSUPPORTED;
	return dns_read_question(c, p->payload, p->payload_captured,
	    &out->question);
}

/* A plain question holds one name and, beside it, only what says how to answer
 * (EDNS, RFC 6891), and nothing behind that. */
static bool
is_plain_question(struct cursor *c, const struct packet *p,
    const struct answer *a)
{
	struct dns_record record;

	if ((a->header.flags & DNS_RESPONSE) || a->header.answers > 0 ||
	    a->header.authorities > 0 || a->header.additionals > 1 ||
	    !is_plain(a->question.name))
		return false;
	if (a->header.additionals == 1 &&
	    (dns_read_record(c, p->payload, p->payload_captured, &record) !=
		    DECODE_OK ||
		record.type != TYPE_OPT ||
		cursor_left(&record.data) > OPTIONS_MAX))
		return false;
	return cursor_left(c) == 0 && !p->payload_cut;
}

static const char *
take_question(struct resolver *r, const struct packet *p, struct wall_us now)
{
	struct answer a = { .count = 0 };
	struct waiting *w;
	struct cursor c;

	cursor_init(&c, p->payload, p->payload_captured);
	if (read_question(&c, p, &a) != DECODE_OK ||
	    !is_plain_question(&c, p, &a))
		return UNREADABLE;
	if (a.question.type == DNS_TYPE_A || a.question.type == DNS_TYPE_AAAA) {
		const uint64_t digest = digest_of(r, &p->source, p->source_port,
		    &p->destination, &a);

		w = waiting_of(r, digest);
		w->digest = digest;
		w->at_us = now.us;
	}
	memcpy(r->asked, a.question.name, strlen(a.question.name) + 1);
	return r->asked;
}

/* ---- answers */

/* Reads the records that lead from the question's name to addresses. */
static enum decode_status
read_answers(struct cursor *c, const struct packet *p, struct answer *out)
{
	char wanted[HOSTNAME_DNS_MAX];
	struct dns_record record;
	enum decode_status s = DECODE_OK;
	uint16_t left = out->header.answers;

	memcpy(wanted, out->question.name, strlen(out->question.name) + 1);
	if (left > RECORDS_MAX)
		left = RECORDS_MAX;
	while (left-- > 0 && out->count < RESOLVE_ADDRESSES_MAX) {
		s = dns_read_record(c, p->payload, p->payload_captured,
		    &record);
		if (s != DECODE_OK)
			break;
		if (record.class != DNS_CLASS_IN ||
		    strcmp(record.name, wanted) != 0)
			continue;
		if (record.type == DNS_TYPE_CNAME) {
			/* It may point before its own data. */
			struct cursor at = record.data;

			at.end = c->end;
			s = hostname_read_dns(&at, p->payload,
			    p->payload_captured, wanted);
			if (s == DECODE_OK && at.pos != record.data.end)
				s = DECODE_MALFORMED;
		} else if (record.type == out->question.type) {
			s = dns_record_address(&record,
			    &out->addresses[out->count]);
			out->count += s == DECODE_OK;
		}
		if (s != DECODE_OK)
			break;
	}
	return s;
}

static void
take_answer(struct resolver *r, const struct packet *p, struct wall_us now)
{
	struct answer a = { .count = 0 };
	const struct waiting *w;
	enum decode_status s;
	struct cursor c;
	uint64_t digest;

	cursor_init(&c, p->payload, p->payload_captured);
	s = read_question(&c, p, &a);
	if (s != DECODE_OK) {
		r->refused++;
		return;
	}
	if (!(a.header.flags & DNS_RESPONSE) ||
	    DNS_RCODE(a.header.flags) != 0 || !is_plain(a.question.name) ||
	    a.question.class != DNS_CLASS_IN ||
	    (a.question.type != DNS_TYPE_A && a.question.type != DNS_TYPE_AAAA))
		return;
	digest = digest_of(r, &p->destination, p->destination_port, &p->source,
	    &a);
	w = waiting_of(r, digest);
	if (w->digest != digest || now.us - w->at_us > RESOLVE_ANSWER_US)
		return; /* nobody asked */
	s = read_answers(&c, p, &a);
	if (s != DECODE_OK)
		r->refused++;
	else
		remember(r, &p->destination, &a, now);
}

const char *
resolve_packet(struct resolver *r, const struct packet *p, struct wall_us now)
{
	if (p->protocol != UDP || p->unreadable)
		return NULL;
	if (p->source_port == DNS_PORT && p->payload_captured > 0)
		take_answer(r, p, now);
	if (p->destination_port != DNS_PORT)
		return NULL;
	return take_question(r, p, now);
}

uint64_t
resolve_forgotten(const struct resolver *r)
{
	return r->forgotten;
}

uint64_t
resolve_refused(const struct resolver *r)
{
	return r->refused;
}
