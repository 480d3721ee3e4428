/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See tap_check.h. One rule makes the verdict: every row fine, it fits; any
 * that deviates or is not known, it is incomplete; any that is wrong, it is
 * misplaced. Little traffic is never taken for fine. Rows about how whole the
 * traffic is are here, those about the place in tap_check_place.c.
 */
#include "tap_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PERCENT 100
#define NUMBER_MAX 32

struct tap_row *
tap_report_row(struct tap_report *r, enum tap_item item)
{
	struct tap_row *row = &r->rows[r->row_count++];

	memset(row, 0, sizeof(*row));
	row->item = item;
	return row;
}

void
tap_row_worsen(struct tap_row *row, enum tap_sign sign, enum word look)
{
	if (sign > row->sign)
		row->sign = sign;
	if (look != W_COUNT && row->look_count < TAP_LOOKS_MAX)
		row->looks[row->look_count++] = look;
}

/* ---- numbers */

/* Whether part is at least percent of whole. */
static bool
is_share(uint64_t part, uint64_t whole, unsigned percent)
{
	return whole > 0 &&
	    (double)part * PERCENT >= (double)whole * (double)percent;
}

static const char *
format_share(uint64_t part, uint64_t whole, char out[NUMBER_MAX])
{
	const double share = whole > 0 ?
	    (double)part * PERCENT / (double)whole :
	    0;

	(void)snprintf(out, NUMBER_MAX, "%.1f %%", share);
	return out;
}

static const char *
format_count(uint64_t n, char out[NUMBER_MAX])
{
	(void)snprintf(out, NUMBER_MAX, "%" PRIu64, n);
	return out;
}

/* ---- rows */

static void
add_rate(struct text *out, const struct tap_view *v, enum lang lang)
{
	const int64_t us = v->until.us - v->from.us;
	const double seconds = us > 0 ? (double)us / (double)CLOCK_SECOND : 0;
	char frames[NUMBER_MAX], rate[NUMBER_MAX], time[NUMBER_MAX];

	/* Two frames at once are not a million a second. */
	(void)snprintf(rate, sizeof(rate), "%.1f",
	    (double)v->frames / (seconds > 1 ? seconds : 1));
	(void)snprintf(time, sizeof(time), "%.1f", seconds);
	words_add(out, lang, W_TAP_FRAMES, 3, format_count(v->frames, frames),
	    rate, time);
}

static void
add_traffic(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row = tap_report_row(r, TAP_ITEM_TRAFFIC);
	const struct tap_view *v = &s->view;
	char n[NUMBER_MAX];

	words_add(&row->declared, lang, W_TAP_AT_LEAST, 1,
	    format_count(TAP_CHECK_FRAMES_LEAST, n));
	if (s->gaps > 0) {
		words_add(&row->seen, lang, W_TAP_GAP, 2,
		    format_count(v->frames, n), text_str(&s->cause));
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_TAP_LOOK_FILE);
	} else if (s->cut_short) {
		words_add(&row->seen, lang, W_TAP_STOPPED, 1,
		    format_count(v->frames, n));
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_COUNT);
	} else if (v->frames == 0)
		text_add(&row->seen, words_get(lang, W_TAP_NO_FRAMES));
	else
		add_rate(&row->seen, v, lang);
	if (v->frames - v->copies < TAP_CHECK_FRAMES_LEAST)
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_TAP_LOOK_TRAFFIC);
}

static void
add_directions(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	static const char *const
	    names[] = { [TAP_BOTH] = "both", [TAP_RX] = "rx", [TAP_TX] = "tx" };
	struct tap_row *row = tap_report_row(r, TAP_ITEM_DIRECTIONS);
	const uint64_t all = s->view.tcp_conversations;
	const uint64_t lone = s->view.tcp_one_way;
	const bool both = s->tap->direction == TAP_BOTH;
	char n[NUMBER_MAX], one[NUMBER_MAX], share[NUMBER_MAX];

	if (both)
		text_add(&row->declared, words_get(lang, W_TAP_BOTH));
	else
		words_add(&row->declared, lang, W_TAP_ONE, 1,
		    names[s->tap->direction]);
	words_add(&row->seen, lang, W_TAP_ONE_WAY, 3, format_count(all, n),
	    format_count(lone, one), format_share(lone, all, share));
	if (all < TAP_CHECK_TCP_LEAST)
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_TAP_LOOK_TCP);
	else if (both && is_share(lone, all, TAP_CHECK_ONE_WAY_ALL))
		tap_row_worsen(row, TAP_SIGN_WRONG, W_TAP_LOOK_DIRECTION);
	else if (both && is_share(lone, all, TAP_CHECK_ONE_WAY))
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_TAP_LOOK_DIRECTION);
}

bool
tap_zone_is_far(const struct zone *z)
{
	return z->link_count > 0;
}

/* It watches two zones of those that are here: what goes from one to the other
 * shows twice. */
static bool
has_two_sides(const struct tap *tap)
{
	const struct zone *first = tap->segment;

	for (size_t i = 0; i < tap->vlan_count; i++) {
		const struct zone *z = tap->vlans[i].zone;

		if (z == NULL || tap_zone_is_far(z))
			continue;
		if (first == NULL)
			first = z;
		if (z != first)
			return true;
	}
	return false;
}

static void
add_passed(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row;
	char n[NUMBER_MAX];

	if (!has_two_sides(s->tap))
		return;
	row = tap_report_row(r, TAP_ITEM_PASSED);
	words_add(&row->declared, lang, W_TAP_AT_LEAST, 1, "1");
	words_add(&row->seen, lang, W_TAP_PASSED, 1,
	    format_count(s->view.passed, n));
	if (s->view.passed == 0)
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_TAP_LOOK_PASSED);
}

/* Frames that there should be none of, or few. */
static struct tap_row *
add_frames(struct tap_report *r, enum tap_item item, uint64_t n, uint64_t of,
    unsigned percent, enum word look, enum lang lang)
{
	struct tap_row *row = tap_report_row(r, item);
	char count[NUMBER_MAX], share[NUMBER_MAX];

	(void)snprintf(count, sizeof(count), "< %u %%", percent);
	text_add(&row->declared, count);
	words_add(&row->seen, lang, W_TAP_SHARE, 2, format_count(n, count),
	    format_share(n, of, share));
	if (is_share(n, of, percent))
		tap_row_worsen(row, TAP_SIGN_DEVIATES, look);
	else if (of == 0)
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_COUNT);
	return row;
}

static void
add_giants(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row = tap_report_row(r, TAP_ITEM_GIANTS);
	char n[NUMBER_MAX], longest[NUMBER_MAX];

	text_add(&row->declared, words_get(lang, W_TAP_NONE));
	words_add(&row->seen, lang, W_TAP_LONGEST, 2,
	    format_count(s->view.giants, n),
	    format_count(s->view.longest, longest));
	if (s->view.giants > 0)
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_TAP_LOOK_GIANTS);
	else if (s->view.frames == 0)
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_COUNT);
}

static void
add_loss(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	struct tap_row *row = tap_report_row(r, TAP_ITEM_LOSS);
	const uint64_t all = s->payload_seen + s->payload_missing;
	char n[NUMBER_MAX], share[NUMBER_MAX];

	(void)snprintf(n, sizeof(n), "< %d %%", TAP_CHECK_LOST);
	text_add(&row->declared, n);
	words_add(&row->seen, lang, W_TAP_LOST, 2,
	    format_share(s->payload_missing, all, share), format_count(all, n));
	if (s->drops > 0) {
		text_add(&row->seen, lang == LANG_JA ? "、" : ", ");
		words_add(&row->seen, lang, W_TAP_DROPS, 1,
		    format_count(s->drops, n));
	}
	if (all < TAP_CHECK_PAYLOAD_LEAST)
		tap_row_worsen(row, TAP_SIGN_UNKNOWN, W_TAP_LOOK_LITTLE);
	if (s->drops > 0 || is_share(s->payload_missing, all, TAP_CHECK_LOST))
		tap_row_worsen(row, TAP_SIGN_DEVIATES, W_TAP_LOOK_LOSS);
}

static void
conclude(struct tap_report *r)
{
	enum tap_sign worst = TAP_SIGN_FINE;

	for (size_t i = 0; i < r->row_count; i++)
		if (r->rows[i].sign > worst)
			worst = r->rows[i].sign;
	r->verdict = worst == TAP_SIGN_WRONG ? TAP_MISPLACED :
	    worst == TAP_SIGN_FINE	     ? TAP_FITS :
					       TAP_INCOMPLETE;
}

void
tap_report_make(struct tap_report *r, const struct tap_seen *s, enum lang lang)
{
	const struct tap_view *v = &s->view;

	memset(r, 0, sizeof(*r));
	r->seen = s;
	add_traffic(r, s, lang);
	tap_report_place(r, s, lang);
	add_directions(r, s, lang);
	add_passed(r, s, lang);
	(void)add_frames(r, TAP_ITEM_COPIES, v->copies, v->frames,
	    TAP_CHECK_COPIES, W_TAP_LOOK_COPIES, lang);
	(void)add_frames(r, TAP_ITEM_CUT, v->cut, v->frames, TAP_CHECK_CUT,
	    W_TAP_LOOK_CUT, lang);
	add_giants(r, s, lang);
	add_loss(r, s, lang);
	(void)add_frames(r, TAP_ITEM_UNREAD, s->undecodable, v->frames,
	    TAP_CHECK_UNREAD, W_TAP_LOOK_UNREAD, lang);
	conclude(r);
}

void
tap_report_fini(struct tap_report *r)
{
	for (size_t i = 0; i < r->row_count; i++) {
		text_free(&r->rows[i].declared);
		text_free(&r->rows[i].seen);
	}
	r->row_count = 0;
}

/* ---- names */

const char *
tap_item_name(enum tap_item item)
{
	static const char *const names[TAP_ITEM_COUNT] = {
		[TAP_ITEM_TRAFFIC] = "traffic",
		[TAP_ITEM_VLANS] = "vlans",
		[TAP_ITEM_PREFIXES] = "prefixes",
		[TAP_ITEM_FOREIGN] = "foreign",
		[TAP_ITEM_ROUTERS] = "routers",
		[TAP_ITEM_FORWARDERS] = "forwarders",
		[TAP_ITEM_DIRECTIONS] = "directions",
		[TAP_ITEM_PASSED] = "passed",
		[TAP_ITEM_COPIES] = "duplicates",
		[TAP_ITEM_CUT] = "cut",
		[TAP_ITEM_GIANTS] = "giants",
		[TAP_ITEM_LOSS] = "loss",
		[TAP_ITEM_UNREAD] = "unreadable",
		[TAP_ITEM_IPV6] = "ipv6",
	};

	return names[item];
}

const char *
tap_sign_name(enum tap_sign sign)
{
	static const char *const names[] = { [TAP_SIGN_FINE] = "o",
		[TAP_SIGN_UNKNOWN] = "?",
		[TAP_SIGN_DEVIATES] = "!",
		[TAP_SIGN_WRONG] = "x" };

	return names[sign];
}

const char *
tap_verdict_name(enum tap_verdict v)
{
	static const char *const names[] = { [TAP_FITS] = "fits",
		[TAP_INCOMPLETE] = "incomplete",
		[TAP_MISPLACED] = "misplaced" };

	return names[v];
}
