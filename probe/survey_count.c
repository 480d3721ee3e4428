/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counts what one interface carries, by VLAN and by prefix. An address stands
 * for its /24 or /64: who installs a probe knows the networks by those.
 * Multicast, broadcast, link-local and no address at all tell nothing of where
 * a port hangs and are left out. The key of the table is the prefix's address.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "decode.h"
#include "survey_internal.h"

#define KEY_BYTES 17 /* family and address */

void
survey_begin(struct survey_row *row, const uint8_t secret[16])
{
	table_init(&row->table, SURVEY_PREFIXES_MAX, KEY_BYTES, secret);
	row->prefixes = mem_calloc(SURVEY_PREFIXES_MAX, sizeof(*row->prefixes));
}

void
survey_end(struct survey_row *row)
{
	if (row->prefixes != NULL)
		table_fini(&row->table);
	free(row->prefixes);
	row->prefixes = NULL;
}

static bool
tells_a_place(const struct addr *a)
{
	switch (addr_kind(a)) {
	case ADDR_MULTICAST:
	case ADDR_BROADCAST:
	case ADDR_UNSPECIFIED:
	case ADDR_LINK_LOCAL:
	case ADDR_LOOPBACK:
		return false;
	default:
		return a->family != 0;
	}
}

/* The entry of a's prefix; NULL: there is no room for one more. */
static struct survey_prefix *
find(struct survey_row *row, const struct addr *a)
{
	struct prefix p = { .length = a->family == 4 ? 24 : 64 };
	uint8_t key[KEY_BYTES];
	uint32_t place;

	p.addr = addr_mask(a, p.length);
	key[0] = p.addr.family;
	memcpy(key + 1, p.addr.bytes, sizeof(p.addr.bytes));
	place = table_find(&row->table, key);
	if (place == TABLE_NONE) {
		place = (uint32_t)row->table.count;
		if (!table_add(&row->table, key, place))
			return NULL;
		row->prefixes[place].prefix = p;
	}
	return &row->prefixes[place];
}

void
survey_frame(struct survey_row *row, const struct frame *f)
{
	struct survey_prefix *from = NULL, *to = NULL;
	struct packet p;
	bool listed;

	/* Whatever it says: what could be read of the frame is in p. */
	(void)decode_frame(f->link_type, f->bytes, f->captured, f->wire, &p);
	if (p.tag_count > 0)
		row->vlans[p.tags[0] % SURVEY_VLANS / 8] |= (uint8_t)(1u
		    << p.tags[0] % 8);
	else
		row->untagged = true;
	if (p.kind != PACKET_IP && p.kind != PACKET_FRAGMENT)
		return;
	row->bytes += f->wire;
	listed = true;
	if (tells_a_place(&p.source)) {
		from = find(row, &p.source);
		listed = from != NULL;
	}
	if (tells_a_place(&p.destination)) {
		to = find(row, &p.destination);
		listed = listed && to != NULL;
	}
	if (from != NULL)
		from->bytes += f->wire;
	if (to != NULL && to != from)
		to->bytes += f->wire;
	if (!listed)
		row->unlisted++;
}

size_t
survey_biggest(const struct survey_row *row,
    struct survey_prefix out[SURVEY_SHOWN])
{
	size_t shown = 0;

	for (size_t i = 0; row->prefixes != NULL && i < row->table.count; i++) {
		const struct survey_prefix *p = &row->prefixes[i];
		size_t at = shown;

		if (p->bytes == 0)
			continue;
		while (at > 0 && p->bytes > out[at - 1].bytes)
			at--;
		if (at == SURVEY_SHOWN)
			continue;
		if (shown < SURVEY_SHOWN)
			shown++;
		for (size_t k = shown - 1; k > at; k--)
			out[k] = out[k - 1];
		out[at] = *p;
	}
	return shown;
}
