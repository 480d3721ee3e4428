/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See devices.h. What is not said in an event stays as it was: an address that
 * was seen once is not forgotten by a line without it.
 */
#include "devices.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "events.h"
#include "words.h"

/* Bits of a state. */
#define UNREGISTERED 1u
#define UNCOMPARED 2u
#define ADDRESSED 4u

void
devices_init(struct devices *out, const uint8_t secret[16])
{
	memset(out, 0, sizeof(*out));
	memcpy(out->secret, secret, sizeof(out->secret));
	table_init(&out->index, DEVICES_MAX, sizeof(uint64_t), secret);
	out->states = mem_calloc(DEVICES_MAX, 1);
}

void
devices_fini(struct devices *d)
{
	table_fini(&d->index);
	free(d->states);
	d->states = NULL;
}

/* Adds a state to the sums, or takes it away. */
static void
add_state(struct devices *d, uint8_t state, bool away)
{
	const uint64_t by = away ? UINT64_MAX : 1; /* modulo 2^64: -1 or 1 */

	if ((state & UNCOMPARED) != 0)
		d->uncompared += by;
	if ((state & UNREGISTERED) != 0)
		d->unregistered += by;
	if ((state & (UNREGISTERED | ADDRESSED)) == UNREGISTERED)
		d->unaddressed += by;
}

static uint8_t
state_of(const struct jsonx *ours, bool is_addressed)
{
	const struct jsonx *known = jsonx_get(ours, "registered");
	uint8_t state = is_addressed ? ADDRESSED : 0;

	if (known == NULL || known->kind != JSONX_BOOLEAN)
		state |= UNCOMPARED;
	else if (known->integer == 0)
		state |= UNREGISTERED;
	return state;
}

void
devices_take(struct devices *d, const struct jsonx *event)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const struct jsonx *addresses = jsonx_get(ours, "addresses");
	const char *name = events_text(ours, "mac"), *address = "";
	uint64_t key;
	uint32_t at;

	if (addresses != NULL && addresses->kind == JSONX_ARRAY &&
	    addresses->child != NULL && addresses->child->kind == JSONX_STRING)
		address = addresses->child->string;
	if (name[0] == '\0')
		name = address;
	if (name[0] == '\0')
		return;
	key = table_hash(d->secret, name, strlen(name));
	at = table_find(&d->index, &key);
	if (at == TABLE_NONE) {
		at = (uint32_t)d->count;
		if (!table_add(&d->index, &key, at)) {
			d->at_least = true;
			return;
		}
		d->count++;
	} else {
		add_state(d, d->states[at], true);
	}
	d->states[at] = state_of(ours,
	    address[0] != '\0' || (d->states[at] & ADDRESSED) != 0);
	add_state(d, d->states[at], false);
}

void
devices_say(const struct devices *d, enum lang lang, struct text *out)
{
	struct text all = { 0 };
	char n[4][32];

	if (d->count == 0)
		return;
	(void)snprintf(n[0], sizeof(n[0]), "%" PRIu64, d->count);
	(void)snprintf(n[1], sizeof(n[1]), "%" PRIu64, d->unregistered);
	(void)snprintf(n[2], sizeof(n[2]), "%" PRIu64, d->uncompared);
	(void)snprintf(n[3], sizeof(n[3]), "%" PRIu64, d->unaddressed);
	if (d->at_least)
		words_add(&all, lang, W_OBSERVED_AT_LEAST, 1, n[0]);
	else
		text_add(&all, n[0]);
	if (d->uncompared == d->count)
		words_add(out, lang, W_OBSERVED_DEVICES_NO_LEDGER, 1,
		    text_str(&all));
	else
		words_add(out, lang,
		    d->uncompared > 0 ? W_OBSERVED_DEVICES_SOME :
					W_OBSERVED_DEVICES,
		    3, text_str(&all), n[1], n[2]);
	if (d->unaddressed > 0)
		words_add(out, lang, W_OBSERVED_DEVICES_UNADDRESSED, 1, n[3]);
	text_free(&all);
}
