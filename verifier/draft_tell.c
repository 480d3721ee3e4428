/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The summary on the terminal: what was read and how much of it there is,
 * what a person must approve, what is never proposed and why, and what to do
 * next.
 */
#include <string.h>

#include "draft.h"
#include "draft_text.h"

#define TOLD_MOST 3 /* ends of one reason */
#define SHORT_US (3 * CLOCK_HOUR)

static void
line(struct text *out, enum lang lang, enum word word, uint64_t a, uint64_t b,
    uint64_t c)
{
	struct draft_counts n;

	draft_text_counts(&n, (uint64_t[4]){ a, b, c });
	words_add(out, lang, word, 3, n.text[0], n.text[1], n.text[2]);
	text_add_char(out, '\n');
}

static void
tell_read(const struct draft *d, struct text *out)
{
	const struct draft_seen *s = d->seen;
	const int32_t offset = d->m->utc_offset_s;
	struct draft_counts n;
	struct draft_times t;
	int64_t days;

	days = 1 +
	    day_between(clock_day((struct wall_us){ s->first_us }, offset,
			    NULL),
		clock_day((struct wall_us){ s->last_us }, offset, NULL));
	draft_text_counts(&n,
	    (uint64_t[4]){ s->lines, s->flows, (uint64_t)days });
	draft_text_times(&t, d->m, s->first_us, s->last_us);
	words_add(out, d->lang, W_DRAFT_READ, 5, n.text[0], n.text[1], t.first,
	    t.last, n.text[2]);
	text_add_char(out, '\n');
	text_add(out, text_str(&s->coverage));
	line(out, d->lang, W_DRAFT_READ_REST, s->inside, s->declared,
	    s->announced);
	if (s->unread > 0)
		line(out, d->lang, W_DRAFT_READ_UNREAD, s->unread, 0, 0);
	if (s->gaps > 0)
		line(out, d->lang, W_DRAFT_READ_GAPS, s->gaps, 0, 0);
	if (s->other_model || s->not_here > 0)
		line(out, d->lang, W_DRAFT_READ_OTHER_MODEL, s->not_here, 0, 0);
	if (s->elsewhere > 0)
		line(out, d->lang, W_DRAFT_READ_ELSEWHERE, s->elsewhere, 0, 0);
	if (s->too_many > 0)
		line(out, d->lang, W_DRAFT_READ_FULL, s->too_many, 0, 0);
	if (s->last_us - s->first_us < SHORT_US) {
		text_add(out, words_get(d->lang, W_DRAFT_SHORT));
		text_add_char(out, '\n');
	}
}

static void
tell_never(const struct draft *d, struct text *out)
{
	text_printf(out, "\n%s\n", words_get(d->lang, W_DRAFT_TOLD_NEVER));
	draft_remark_reasons(d, TOLD_MOST, "  ", out);
}

static void
tell_unjudged(const struct draft *d, struct text *out)
{
	const struct draft_seen *s = d->seen;

	if (s->reason_count == 0)
		return;
	text_printf(out, "\n%s\n", words_get(d->lang, W_DRAFT_TOLD_UNJUDGED));
	for (size_t i = 0; i < s->reason_count; i++) {
		struct draft_counts n;

		draft_text_counts(&n, (uint64_t[4]){ s->reasons[i].count });
		text_add(out, "  ");
		text_quote(out, s->words[s->reasons[i].word]);
		text_printf(out, ": %s\n", n.text[0]);
	}
}

void
draft_tell(const struct draft *d, const char *model, const char *out_path,
    struct text *out)
{
	const struct draft_ledgers *l = d->ledgers;
	const char *made = out_path != NULL ? out_path : model;
	uint64_t unseen = 0, left = 0;

	for (size_t i = 0; i < l->conduits.conduit_count; i++) {
		unseen += l->declared[i].fault == NULL &&
		    l->declared[i].count == 0;
		left += l->declared[i].fault != NULL;
	}
	tell_read(d, out);
	text_add_char(out, '\n');
	line(out, d->lang, W_DRAFT_TOLD_APPROVE, d->approve, 0, 0);
	line(out, d->lang, W_DRAFT_TOLD_DOUBTFUL, d->doubtful, 0, 0);
	if (l->conduits.rows > 0)
		line(out, d->lang, W_DRAFT_TOLD_LEDGER, d->from_ledger, unseen,
		    left);
	line(out, d->lang, W_DRAFT_TOLD_ROUTERS, d->routers, d->hosts, 0);
	tell_never(d, out);
	tell_unjudged(d, out);
	text_printf(out, "\n%s\n  1. ", words_get(d->lang, W_DRAFT_TOLD_NEXT));
	words_add(out, d->lang, W_DRAFT_NEXT_CHECK, 1, made);
	text_printf(out, "\n  2. %s\n  3. %s\n",
	    words_get(d->lang, W_DRAFT_NEXT_NEVER),
	    words_get(d->lang, W_DRAFT_NEXT_APPROVE));
	text_printf(out, "  4. %s\n  5. %s\n",
	    words_get(d->lang, W_DRAFT_NEXT_DOUBTFUL),
	    words_get(d->lang, W_DRAFT_NEXT_OWNER));
}
