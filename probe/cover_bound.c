/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See cover_bound.h. Numbers come from an engine, which may say anything: all
 * of them are held below what can be added. */
#include "cover_bound.h"

#include <inttypes.h>
#include <stdio.h>

#define MOST (UINT64_C(1) << 58) /* of each part: five of them can be added */

static uint64_t
held(uint64_t n)
{
	return n < MOST ? n : MOST;
}

struct cover_payload
cover_payload_of(const struct tap_minute *m)
{
	const struct cover_payload p = { .frames = held(m->frames),
		.seen = held(m->payload_seen),
		.missing = held(m->payload_missing),
		.unheard = held(m->payload_unheard),
		.lost_frames = held(m->ring_drops) + held(m->nic_drops) };

	return p;
}

/* Rounded up. */
static uint64_t
for_frames(const struct cover_payload *p)
{
	double bytes;

	if (p->lost_frames == 0 || p->frames == 0)
		return 0;
	bytes = (double)p->lost_frames * (double)p->seen / (double)p->frames;
	return bytes < (double)(MOST - 1) ? (uint64_t)bytes + 1 : MOST;
}

struct cover_bound
cover_bound(const struct cover_payload *p)
{
	const uint64_t missing = held(held(p->missing) + held(p->unheard));
	struct cover_bound b = { .seen = held(p->seen) };

	b.for_frames = for_frames(p);
	b.margin = (missing + COVER_MARGIN - 1) / COVER_MARGIN;
	b.whole = b.seen + missing + b.for_frames + b.margin;
	/* Without payload, or where nothing was read of what came, nobody can
	 * tell what the rest held. */
	b.known = b.seen + missing > 0 &&
	    (p->lost_frames == 0 || p->frames > 0);
	return b;
}

uint64_t
cover_hundredths(const struct cover_bound *b)
{
	uint64_t rest = b->seen, sum = 0;

	if (b->seen >= b->whole)
		return 10000;
	for (int digit = 0; digit < 4; digit++) {
		rest *= 10; /* below 2^64: whole is below 2^60.2 */
		sum = sum * 10 + rest / b->whole;
		rest %= b->whole;
	}
	return sum;
}

const char *
cover_percent(const struct cover_bound *b, char out[COVER_PERCENT_MAX])
{
	const uint64_t share = b->known ? cover_hundredths(b) : 0;

	if (!b->known)
		(void)snprintf(out, COVER_PERCENT_MAX, "-");
	else
		(void)snprintf(out, COVER_PERCENT_MAX, "%u.%02u",
		    (unsigned)(share / 100), (unsigned)(share % 100));
	return out;
}

void
cover_sentence(struct text *out, enum lang lang, const struct cover_bound *b,
    uint64_t unwatched_s)
{
	char percent[COVER_PERCENT_MAX], seconds[24];

	if (b->known)
		words_add(out, lang, W_COVER_SEEN, 1,
		    cover_percent(b, percent));
	else
		words_add(out, lang, W_COVER_UNKNOWN, 0);
	if (unwatched_s == 0)
		return;
	if (lang != LANG_JA)
		text_add_char(out, ' ');
	(void)snprintf(seconds, sizeof(seconds), "%" PRIu64, unwatched_s);
	words_add(out, lang, W_COVER_UNWATCHED, 1, seconds);
}
