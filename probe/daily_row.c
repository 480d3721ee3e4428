/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See daily_row.h. Hosts are kept as digests in a table of their own that
 * doubles, since most rows have few; two of them are hardly ever one.
 */
#include "daily_row.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"

#define HOSTS_LEAST 16 /* places; a power of two */

void
daily_row_free(struct daily_row *r)
{
	if (r == NULL)
		return;
	free(r->boundary);
	free(r->zone);
	free(r->zone_name);
	free(r->hosts);
	free(r->names);
	free(r);
}

/* The place of a digest, or the free one where it belongs. */
static uint64_t *
place_of(uint64_t *hosts, size_t room, uint64_t digest)
{
	size_t i = digest & (room - 1);

	while (hosts[i] != 0 && hosts[i] != digest)
		i = (i + 1) & (room - 1);
	return &hosts[i];
}

static void
grow(struct daily_row *r)
{
	const size_t room = r->host_room ? 2 * r->host_room : HOSTS_LEAST;
	uint64_t *hosts = mem_calloc(room, sizeof(*hosts));

	for (size_t i = 0; i < r->host_room; i++)
		if (r->hosts[i] != 0)
			*place_of(hosts, room, r->hosts[i]) = r->hosts[i];
	free(r->hosts);
	r->hosts = hosts;
	r->host_room = room;
}

static void
add_host(struct daily_row *r, const struct addr *a, const uint8_t secret[16])
{
	uint8_t bytes[17];
	uint64_t digest, *place;

	bytes[0] = a->family;
	memcpy(bytes + 1, a->bytes, sizeof(a->bytes));
	digest = table_hash(secret, bytes, sizeof(bytes));
	digest = digest != 0 ? digest : 1;
	if (r->host_count >= r->host_room / 2)
		grow(r);
	place = place_of(r->hosts, r->host_room, digest);
	if (*place == digest)
		return;
	if (r->host_count == DAILY_HOSTS_MAX) {
		r->hosts_full = true;
		return;
	}
	*place = digest;
	r->host_count++;
}

static void
add_name(struct daily_row *r, const struct daily_name *name)
{
	struct daily_destination *n;

	if (r->names == NULL)
		r->names = mem_calloc(DAILY_NAMES_MAX, sizeof(*r->names));
	for (size_t i = 0; i < r->name_count; i++)
		if (strcmp(r->names[i].name, name->name) == 0) {
			r->names[i].count++;
			return;
		}
	if (r->name_count == DAILY_NAMES_MAX) {
		r->unnamed++;
		return;
	}
	n = &r->names[r->name_count++];
	(void)strncpy(n->name, name->name, sizeof(n->name) - 1);
	n->category = name->row->category;
	n->count = 1;
}

static void
add_example(struct daily_row *r, const struct conversation *c)
{
	struct daily_example *e;

	for (size_t i = 0; i < r->example_count; i++) {
		e = &r->examples[i];
		if (e->port == c->port[1] &&
		    addr_equal(&e->address[0], &c->address[0]) &&
		    addr_equal(&e->address[1], &c->address[1]))
			return;
	}
	if (r->example_count == DAILY_EXAMPLES_MAX)
		return;
	e = &r->examples[r->example_count++];
	e->address[0] = c->address[0];
	e->address[1] = c->address[1];
	e->port = c->port[1];
}

void
daily_row_add(struct daily_row *r, const struct observation *o,
    const struct daily_name *name, const uint8_t secret[16])
{
	const struct conversation *c = o->conversation;

	if (r->count == 0 || o->start.us < r->first.us)
		r->first = o->start;
	if (r->count == 0 || o->end.us > r->last.us)
		r->last = o->end;
	r->count++;
	r->blocked += name != NULL && o->verdict->passed == PASSED_NO;
	add_host(r, &c->address[r->kind == DAILY_LEGACY], secret);
	if (name != NULL)
		add_name(r, name);
	add_example(r, c);
}

const char *
daily_kind_name(enum daily_kind kind)
{
	return kind == DAILY_BACKGROUND ? "background" : "legacy";
}
