/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See novelty.h. Rows lie in an array that is never longer than its limit, by
 * key in a table and by when they were last noted in a list, whose oldest gives
 * way. What was forgotten so moves the time from which on all is remembered.
 * A key is made of names and numbers that stay what they are from one version
 * to the next, never of places in a table of ours.
 */
#include "novelty.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/text.h"
#include "group_key.h"
#include "novelty_internal.h"

#define NONE TABLE_NONE
#define WRITE_US CLOCK_MINUTE
#define LOST_US CLOCK_DAY /* so long after a loss nothing is called new */
#define SIGNATURE_BASE 7700000

/* ---- keys */

static uint16_t
number_of(const struct alert *a)
{
	return (uint16_t)(checks_signature(a->finding.check) - SIGNATURE_BASE);
}

static uint64_t
initiator_of(const struct novelty *n, const struct alert *a)
{
	const struct addr *address = &a->ends.address[0];
	uint8_t host[1 + sizeof(address->bytes)] = { 0 };
	uint64_t digest;

	if (a->coverage)
		return 0;
	if (address->family != 0) {
		host[0] = address->family;
		memcpy(host + 1, address->bytes, sizeof(address->bytes));
	} else if (a->notice && a->has_mac[0]) {
		host[0] = GROUP_KEY_MAC;
		memcpy(host + 1, a->mac[0].bytes, sizeof(a->mac[0].bytes));
	} else
		return 0;
	digest = table_hash(n->key, host, sizeof(host));
	return digest != 0 ? digest : 1;
}

/* What a place in an enum stands for, in words. */
static void
name_enums(struct text *out, const struct alert *a)
{
	text_add(out, checks_id(a->finding.check));
	if (a->coverage)
		return;
	text_printf(out, " %d", (int)a->clause.kind);
	if (a->clause.kind == CLAUSE_GUIDELINE)
		text_printf(out, " %s %s", tier_name(a->clause.from),
		    tier_name(a->clause.to));
	if (a->notice)
		text_printf(out, " %s", notice_name(a->word));
}

static void
put_be64(uint8_t out[8], uint64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> (56 - 8 * i));
}

static void
key_of(const struct novelty *n, const struct alert *a,
    uint8_t key[NOVELTY_KEY_BYTES])
{
	uint8_t other[16];
	struct group_key group;
	struct text named = { 0 };

	group_key_of(&group, a, n->key);
	group.check = group.clause_kind = group.clause_from = group.clause_to =
	    0;
	group.word = 0;
	text_add_n(&named, (const char *)&group, sizeof(group));
	name_enums(&named, a);
	for (size_t i = 0; i < sizeof(other); i++)
		other[i] = n->key[i] ^ 0x5c;
	put_be64(key, table_hash(n->key, named.data, named.length));
	put_be64(key + 8, table_hash(other, named.data, named.length));
	text_free(&named);
}

/* ---- rows by age */

static void
unlink_row(struct novelty *n, uint32_t i)
{
	struct novelty_row *r = &n->rows[i];

	if (r->older != NONE)
		n->rows[r->older].newer = r->newer;
	else
		n->oldest = r->newer;
	if (r->newer != NONE)
		n->rows[r->newer].older = r->older;
	else
		n->newest = r->older;
}

static void
link_newest(struct novelty *n, uint32_t i)
{
	struct novelty_row *r = &n->rows[i];

	r->older = n->newest;
	r->newer = NONE;
	if (n->newest != NONE)
		n->rows[n->newest].newer = i;
	else
		n->oldest = i;
	n->newest = i;
}

/* The oldest row, empty: all is remembered only from its last time on. */
static uint32_t
make_room(struct novelty *n)
{
	const uint32_t i = n->oldest;

	unlink_row(n, i);
	(void)table_remove(&n->by_key, n->rows[i].key);
	if (n->rows[i].last_us >= n->since_us)
		n->since_us = n->rows[i].last_us + 1;
	n->counters.forgotten++;
	return i;
}

static struct novelty_row *
new_row(struct novelty *n, const uint8_t key[NOVELTY_KEY_BYTES])
{
	uint32_t i = (uint32_t)n->counters.rows;

	if (n->counters.rows >= n->limits.rows)
		i = make_room(n);
	else
		n->counters.rows++;
	memset(&n->rows[i], 0, sizeof(n->rows[i]));
	memcpy(n->rows[i].key, key, NOVELTY_KEY_BYTES);
	(void)table_add(&n->by_key, key, i);
	link_newest(n, i);
	return &n->rows[i];
}

bool
novelty_add(struct novelty *n, const struct novelty_row *row)
{
	struct novelty_row *r;

	if (table_find(&n->by_key, row->key) != NONE)
		return false;
	/* The file has the longest unseen first: the rest may push them out. */
	r = new_row(n, row->key);
	r->host = row->host;
	r->first_us = row->first_us;
	r->last_us = row->last_us;
	r->days = row->days;
	r->check = row->check;
	r->opened_us = INT64_MIN;
	return true;
}

/* ---- initiators of a day */

static struct day
day_of(const struct novelty *n, int64_t us)
{
	return clock_day((struct wall_us){ us }, n->utc_offset_s, NULL);
}

static void
count_host(struct novelty *n, uint16_t check, uint64_t host)
{
	const uint64_t key[2] = { check, host };

	if (host == 0 || check >= NOVELTY_CHECKS_MAX ||
	    table_find(&n->hosts, key) != NONE)
		return;
	if (table_add(&n->hosts, key, 0))
		n->hosts_of[check]++;
	else
		n->counters.hosts_uncounted++;
}

/* Another day begins; who was seen on it before a restart stands in the rows.
 * What comes late of the day before is counted with this one. */
static void
turn_day(struct novelty *n, int64_t now_us)
{
	const struct day day = day_of(n, now_us);

	if (n->today.year != 0 &&
	    (day_compare(day, n->today) == 0 ||
		day_compare(day_add(day, 1), n->today) == 0))
		return;
	n->today = day;
	table_fini(&n->hosts);
	table_init(&n->hosts, n->limits.hosts, 2 * sizeof(uint64_t), n->key);
	memset(n->hosts_of, 0, sizeof(n->hosts_of));
	for (size_t i = 0; i < n->counters.rows; i++)
		if (day_compare(day_of(n, n->rows[i].last_us), day) == 0)
			count_host(n, n->rows[i].check, n->rows[i].host);
}

/* ---- seeing */

/* It was seen at that time too. A day between the first and the last that was
 * not the last when it came cannot be told from one that was counted. */
static void
mark(const struct novelty *n, struct novelty_row *r, int64_t us)
{
	const struct day day = day_of(n, us);

	if (r->days == 0) {
		r->first_us = r->last_us = us;
		r->days = 1;
		return;
	}
	if (day_compare(day, day_of(n, r->first_us)) < 0 ||
	    day_compare(day, day_of(n, r->last_us)) > 0)
		r->days += r->days < UINT32_MAX;
	if (us < r->first_us)
		r->first_us = us;
	if (us > r->last_us)
		r->last_us = us;
}

/* From when on it remembers. */
static void
begin(struct novelty *n, int64_t first_us, int64_t last_us)
{
	if (n->since_us == 0)
		n->since_us = first_us;
	else if (first_us < n->since_us && !n->is_lost &&
	    n->counters.forgotten == 0)
		n->since_us = first_us;
	if (n->is_lost && last_us - n->since_us >= LOST_US)
		n->is_lost = false;
}

static struct novelty_row *
row_of(struct novelty *n, const struct alert *a, bool *is_there)
{
	uint8_t key[NOVELTY_KEY_BYTES];
	struct novelty_row *r;
	uint32_t i;

	key_of(n, a, key);
	i = table_find(&n->by_key, key);
	*is_there = i != NONE;
	if (i == NONE) {
		r = new_row(n, key);
		r->is_new = true;
		r->is_unsure = n->is_lost;
		return r;
	}
	unlink_row(n, i);
	link_newest(n, i);
	return &n->rows[i];
}

static struct wall_us
before(int64_t us, struct wall_us opened)
{
	return (struct wall_us){ us < opened.us ? us : 0 };
}

void
novelty_see(struct novelty *n, const struct alert *a, struct wall_us first,
    struct wall_us last, struct novelty_seen *out)
{
	const uint16_t check = number_of(a);
	struct novelty_row *r;
	bool is_there;

	if (last.us < first.us)
		last = first;
	turn_day(n, last.us);
	begin(n, first.us, last.us);
	r = row_of(n, a, &is_there);
	if (is_there && r->opened_us != first.us) {
		r->is_new = r->is_unsure = false;
		r->previous_first_us = r->first_us;
		r->previous_last_us = r->last_us;
	}
	r->opened_us = first.us;
	r->check = check;
	r->host = initiator_of(n, a);
	mark(n, r, first.us);
	mark(n, r, last.us);
	count_host(n, check, r->host);
	n->is_changed = true;
	memset(out, 0, sizeof(*out));
	out->since.us = n->since_us;
	out->known = !r->is_unsure;
	if (!out->known)
		return;
	out->first_ever = r->is_new;
	out->days = r->days;
	if (r->host != 0 && !n->is_lost)
		out->hosts_same_check = n->hosts_of[check];
	if (!r->is_new) {
		out->first = before(r->previous_first_us, first);
		out->last = before(r->previous_last_us, first);
	}
}

/* ---- life */

struct novelty *
novelty_new(int folder, const struct novelty_limits *limits,
    int32_t utc_offset_s, const uint8_t secret[16], struct wall_us now)
{
	struct novelty *n = mem_calloc(1, sizeof(*n));

	if (limits != NULL)
		n->limits = *limits;
	if (n->limits.rows == 0)
		n->limits.rows = NOVELTY_ROWS_MAX;
	if (n->limits.hosts == 0)
		n->limits.hosts = NOVELTY_HOSTS_MAX;
	n->folder = folder;
	n->utc_offset_s = utc_offset_s;
	n->oldest = n->newest = NONE;
	n->rows = mem_calloc(n->limits.rows, sizeof(*n->rows));
	table_init(&n->by_key, n->limits.rows, NOVELTY_KEY_BYTES, secret);
	table_init(&n->hosts, n->limits.hosts, 2 * sizeof(uint64_t), secret);
	if (getrandom(n->key, sizeof(n->key), 0) != sizeof(n->key))
		memcpy(n->key, secret, sizeof(n->key));
	n->since_us = now.us;
	if (folder >= 0)
		novelty_file_read(n, now.us);
	return n;
}

void
novelty_free(struct novelty *n)
{
	if (n == NULL)
		return;
	(void)novelty_sync(n);
	table_fini(&n->by_key);
	table_fini(&n->hosts);
	free(n->rows);
	free(n);
}

void
novelty_zone(struct novelty *n, int32_t utc_offset_s)
{
	if (n->utc_offset_s != utc_offset_s)
		n->today.year = 0;
	n->utc_offset_s = utc_offset_s;
}

bool
novelty_sync(struct novelty *n)
{
	if (!n->is_changed || n->folder < 0)
		return true;
	n->is_changed = !novelty_file_write(n);
	return !n->is_changed;
}

void
novelty_tick(struct novelty *n, struct wall_us now)
{
	if (!n->is_changed || n->folder < 0 ||
	    (n->written_us != 0 && now.us >= n->written_us &&
		now.us - n->written_us < WRITE_US))
		return;
	n->written_us = now.us;
	(void)novelty_sync(n);
}

enum novelty_found
novelty_found(const struct novelty *n)
{
	return n->found;
}

int
novelty_errno(const struct novelty *n)
{
	return n->fault;
}

const struct novelty_counters *
novelty_counters(const struct novelty *n)
{
	return &n->counters;
}
