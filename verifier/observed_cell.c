/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cells of what was observed: which there are, the hosts told apart in them,
 * and their busiest conversations. What becomes of them has tops of its own, so
 * that neither a million conversations that conform nor a sweep that was only
 * tried drives out the one that violates.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "observed.h"

struct host_key {
	uint32_t cell;
	uint32_t side;
	char address[48];
};

struct observed_cell *
observed_cell_of(struct observed *o, size_t from, size_t to)
{
	const uint16_t key[2] = { (uint16_t)from, (uint16_t)to };
	uint32_t at = table_find(&o->cell_index, key);
	struct observed_cell *c;

	if (at != TABLE_NONE)
		return &o->cells[at];
	if (o->cell_count == OBSERVED_CELLS_MAX)
		return NULL;
	o->cells = mem_grow(o->cells, &o->cell_room, o->cell_count,
	    sizeof(*o->cells));
	at = (uint32_t)o->cell_count++;
	(void)table_add(&o->cell_index, key, at);
	c = &o->cells[at];
	memset(c, 0, sizeof(*c));
	c->from = (uint16_t)from;
	c->to = (uint16_t)to;
	return c;
}

const struct observed_cell *
observed_at(const struct observed *o, size_t from, size_t to)
{
	const uint16_t key[2] = { (uint16_t)from, (uint16_t)to };
	const uint32_t at = table_find(&o->cell_index, key);

	return at != TABLE_NONE ? &o->cells[at] : NULL;
}

void
observed_host(struct observed *o, struct observed_cell *c, int side,
    const char *address)
{
	struct host_key key;

	if (address[0] == '\0')
		return;
	memset(&key, 0, sizeof(key));
	key.cell = (uint32_t)(c - o->cells);
	key.side = (uint32_t)side;
	observed_copy(key.address, sizeof(key.address), address);
	if (table_find(&o->host_index, &key) != TABLE_NONE)
		return;
	if (table_add(&o->host_index, &key, 0))
		c->hosts[side]++;
	else
		c->hosts_at_least = true;
}

uint64_t
observed_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void
observed_copy(char *out, size_t size, const char *s)
{
	size_t n = strlen(s);

	if (n >= size) {
		n = size - 1;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(out, s, n);
	out[n] = '\0';
}

/* "2026-11-21T...", as far as its order depends on it. */
static bool
is_stamp(const char *s)
{
	return strlen(s) > 19 && s[4] == '-' && s[7] == '-' && s[10] == 'T' &&
	    s[0] >= '0' && s[0] <= '9';
}

/* Timestamps of one probe have one form and one offset, so that their order is
 * that of their text. */
void
observed_widen(struct observed_time *t, const char *first, const char *last)
{
	if (is_stamp(first) &&
	    (t->first[0] == '\0' || strcmp(first, t->first) < 0))
		observed_copy(t->first, sizeof(t->first), first);
	if (is_stamp(last) && strcmp(last, t->last) > 0)
		observed_copy(t->last, sizeof(t->last), last);
}

/* ---- the busiest conversations */

enum observed_mark
observed_mark_of_top(const struct observed_top *t)
{
	switch (t->verdict) {
	case VERDICT_CONFORM:
		return OBSERVED_MARK_CONFORM;
	case VERDICT_VIOLATE:
		return t->tried ? OBSERVED_MARK_TRIED : OBSERVED_MARK_VIOLATE;
	case VERDICT_EXCEPTED:
		return OBSERVED_MARK_EXCEPTED;
	case VERDICT_UNJUDGED:
		return OBSERVED_MARK_UNJUDGED;
	case VERDICT_OUT_OF_SCOPE:
	case VERDICT_COUNT:
		break;
	}
	return OBSERVED_MARK_NONE;
}

/* The row of that hash, or its count. */
static uint32_t
find_top(const struct observed_tops *tops, uint64_t hash)
{
	uint32_t i = 0;

	while (i < tops->count && tops->keys[i].hash != hash)
		i++;
	return i;
}

/* Room for one more row, where there may be: every cell has the least, and
 * what is beyond it all of them share. */
static bool
make_room(struct observed *o, struct observed_tops *tops)
{
	const uint32_t more = tops->room == 0 ? OBSERVED_TOPS_LEAST :
						tops->room;

	if (tops->count < tops->room)
		return true;
	if (tops->room + more > OBSERVED_TOPS_MAX ||
	    (tops->room > 0 && o->top_room + more > OBSERVED_TOPS_ALL_MAX))
		return false;
	o->top_room += tops->room > 0 ? more : 0;
	tops->room += more;
	tops->keys = mem_reallocarray(tops->keys, tops->room,
	    sizeof(*tops->keys));
	tops->rows = mem_reallocarray(tops->rows, tops->room,
	    sizeof(*tops->rows));
	return true;
}

/* The place of a new one: a free one, or that of the least, whose count it
 * takes over as its error. */
static uint32_t
place_top(struct observed *o, struct observed_tops *tops,
    const struct observed_top *t)
{
	uint64_t error = 0;
	uint32_t at = 0;

	if (make_room(o, tops)) {
		at = tops->count++;
	} else {
		for (uint32_t i = 1; i < tops->count; i++)
			if (tops->keys[i].count < tops->keys[at].count)
				at = i;
		error = tops->keys[at].count;
	}
	tops->keys[at].hash = t->hash;
	tops->keys[at].count = error;
	tops->rows[at] = *t;
	tops->rows[at].error = error;
	tops->rows[at].bytes = 0;
	memset(&tops->rows[at].time, 0, sizeof(tops->rows[at].time));
	return at;
}

void
observed_top_take(struct observed *o, struct observed_cell *c,
    const struct observed_top *t, const char *when)
{
	struct observed_tops *tops = &c->tops[observed_mark_of_top(t)];
	uint32_t at = find_top(tops, t->hash);
	struct observed_top *top;

	if (at == tops->count)
		at = place_top(o, tops, t);
	top = &tops->rows[at];
	top->count = ++tops->keys[at].count;
	top->bytes = observed_sum(top->bytes, t->bytes);
	if (t->name[0] != '\0')
		memcpy(top->name, t->name, sizeof(top->name));
	observed_widen(&top->time, t->time.first[0] ? t->time.first : when,
	    t->time.last[0] ? t->time.last : when);
}

/* ---- what is asked of a cell */

uint64_t
observed_crossed(const struct observed_cell *c)
{
	return c->verdicts[VERDICT_VIOLATE] - c->tried[VERDICT_VIOLATE];
}

uint64_t
observed_judged(const struct observed_cell *c)
{
	uint64_t n = 0;

	for (int v = 0; v < VERDICT_COUNT; v++)
		n += v != VERDICT_OUT_OF_SCOPE ? c->verdicts[v] : 0;
	return n;
}

static int
by_gravity(const void *a, const void *b)
{
	const struct observed_top *x = *(const struct observed_top *const *)a;
	const struct observed_top *y = *(const struct observed_top *const *)b;

	if (observed_mark_of_top(x) != observed_mark_of_top(y))
		return (int)observed_mark_of_top(y) -
		    (int)observed_mark_of_top(x);
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	if (strcmp(x->time.first, y->time.first) != 0)
		return strcmp(x->time.first, y->time.first);
	if (strcmp(x->from, y->from) != 0)
		return strcmp(x->from, y->from);
	if (strcmp(x->to, y->to) != 0)
		return strcmp(x->to, y->to);
	return strcmp(x->service, y->service);
}

/* Whether less than half of its count is sure. */
static bool
is_unsure(const struct observed_top *t)
{
	return t->error >= t->count - t->error;
}

/* The rows of a mark that are worth to be shown, sorted; returns how many. */
static size_t
sort_tops(const struct observed_tops *tops,
    const struct observed_top *sorted[OBSERVED_TOPS_MAX])
{
	size_t n = 0;

	for (uint32_t i = 0; i < tops->count; i++)
		if (!is_unsure(&tops->rows[i]))
			sorted[n++] = &tops->rows[i];
	if (n > 0)
		qsort(sorted, n, sizeof(*sorted), by_gravity);
	return n;
}

/* Each mark has its say before one of them fills the list: the first of each,
 * then the seconds, and so on. */
size_t
observed_tops(const struct observed_cell *c, const struct observed_top **out,
    size_t max, struct observed_rest *rest)
{
	const struct observed_top
	    *sorted[OBSERVED_MARK_COUNT][OBSERVED_TOPS_MAX];
	size_t counts[OBSERVED_MARK_COUNT], count = 0;

	memset(rest, 0, sizeof(*rest));
	rest->conversations = observed_judged(c);
	for (int m = 0; m < OBSERVED_MARK_COUNT; m++) {
		counts[m] = sort_tops(&c->tops[m], sorted[m]);
		rest->rows += c->tops[m].count;
		rest->unsure += c->tops[m].count - counts[m];
	}
	for (size_t i = 0; i < OBSERVED_TOPS_MAX; i++)
		for (int m = OBSERVED_MARK_COUNT - 1; m > 0; m--)
			if (count < max && i < counts[m]) {
				rest->conversations -= sorted[m][i]->count -
				    sorted[m][i]->error;
				out[count++] = sorted[m][i];
			}
	rest->rows -= count;
	if (count > 0)
		qsort(out, count, sizeof(*out), by_gravity);
	return count;
}
