/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho diff: what a model means otherwise than an older one did. Here is
 * the order of comparing and what the files of diff share; each noun has its
 * function elsewhere.
 */
#include <string.h>

#include "cmd.h"
#include "describe.h"
#include "diff.h"
#include "input.h"
#include "output.h"

#define EFFECT_COLUMNS 10

void
diff_say(struct diff *d, enum effect effect, enum word noun, const char *id,
    enum word what, const char *a, const char *b)
{
	static const enum word effects[] = {
		[EFFECT_OPENS] = W_VERIFIER_OPENS,
		[EFFECT_CLOSES] = W_VERIFIER_CLOSES,
		[EFFECT_CHANGES] = W_VERIFIER_CHANGES,
	};
	struct text sentence = { 0 };

	text_pad(d->out, words_get(d->lang, effects[effect]), EFFECT_COLUMNS);
	text_add(d->out, words_get(d->lang, noun));
	if (id != NULL) {
		text_add_char(d->out, ' ');
		describe_name(id, d->out);
	}
	text_add(d->out, ": ");
	/* Whatever a caller put together of a model's words. */
	words_add(&sentence, d->lang, what, 2, a, b);
	describe_name(text_str(&sentence), d->out);
	text_add_char(d->out, '\n');
	text_free(&sentence);
	d->count++;
}

bool
diff_same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

void
diff_field(struct diff *d, enum word noun, const char *id, enum word field,
    const char *now, const char *old)
{
	struct text what = { 0 };

	if (diff_same_text(now, old))
		return;
	words_add(&what, d->lang, W_VERIFIER_FROM_TO, 2, old, now);
	diff_say(d, EFFECT_CHANGES, noun, id, W_VERIFIER_FIELD,
	    words_get(d->lang, field), text_str(&what));
	text_free(&what);
}

static void
describe_approval(const struct approval *a, struct text *out)
{
	char day[16];

	for (size_t i = 0; i < a->by_count; i++)
		text_printf(out, "%s%s", i ? ", " : "", a->by[i]);
	if (a->number != NULL)
		text_printf(out, " %s", a->number);
	if (a->on.year != 0)
		text_printf(out, " %s", day_format(a->on, day, sizeof(day)));
	if (a->applicant != NULL)
		text_printf(out, " (%s)", a->applicant);
}

void
diff_approval(struct diff *d, enum word noun, const char *id,
    const struct approval *now, const struct approval *old)
{
	struct text a = { 0 }, b = { 0 };

	describe_approval(now, &a);
	describe_approval(old, &b);
	diff_field(d, noun, id, W_VERIFIER_APPROVAL, a.length ? a.data : NULL,
	    b.length ? b.data : NULL);
	text_free(&a);
	text_free(&b);
}

/* The upper or lower half of p, which is no single address. */
static struct prefix
half(const struct prefix *p, bool upper)
{
	struct prefix h = *p;

	if (upper)
		h.addr.bytes[h.length / 8] |= (uint8_t)(0x80u >>
		    (h.length % 8));
	h.length++;
	return h;
}

bool
diff_covers(const struct prefix_set *set, const struct prefix *p)
{
	struct text rest = { 0 };
	const struct prefix_set one = { &(struct prefix){ p->addr, p->length },
		1 };
	bool covered;

	diff_prefixes(&one, set, &rest);
	covered = rest.length == 0;
	text_free(&rest);
	return covered;
}

/*
 * Adds what of p lies outside set, in as few prefixes as halving gives. Only
 * a p with parts in set is halved, so the depth is bounded by the bits of an
 * address. Ends early once more are listed than are shown.
 */
static void
add_outside(const struct prefix_set *set, const struct prefix *p, size_t *count,
    struct text *out)
{
	char buf[PREFIX_TEXT_MAX];
	bool inside = false;
	struct prefix h;

	if (*count > DESCRIBE_PREFIXES_MAX)
		return;
	for (size_t i = 0; i < set->count; i++) {
		if (prefix_covers(&set->items[i], p))
			return;
		inside |= prefix_covers(p, &set->items[i]);
	}
	if (inside) {
		h = half(p, false);
		add_outside(set, &h, count, out);
		h = half(p, true);
		add_outside(set, &h, count, out);
		return;
	}
	if (out->length)
		text_add(out, ", ");
	if ((*count)++ == DESCRIBE_PREFIXES_MAX)
		text_add(out, "...");
	else if (p->length == addr_bits(&p->addr))
		text_add(out, addr_format(&p->addr, buf));
	else
		text_add(out, prefix_format(p, buf));
}

void
diff_prefixes(const struct prefix_set *a, const struct prefix_set *b,
    struct text *out)
{
	size_t count = 0;

	for (size_t i = 0; i < a->count; i++)
		add_outside(b, &a->items[i], &count, out);
}

static void
compare(struct diff *d)
{
	diff_guideline(d);
	diff_zones(d);
	diff_links(d);
	diff_boundaries(d);
	diff_conduits(d);
	diff_relays(d);
	diff_exceptions(d);
	diff_emergencies(d);
	diff_rest(d);
}

/* Which of the two is which: they are easily confused. */
static void
say_files(const struct diff *d, struct text *out)
{
	struct text now = { 0 }, old = { 0 };

	describe_name(d->now->file, &now);
	describe_name(d->old->file, &old);
	words_add(out, d->lang, W_VERIFIER_NEW_AND_OLD, 2, text_str(&now),
	    text_str(&old));
	text_add_char(out, '\n');
	text_free(&now);
	text_free(&old);
}

int
cmd_diff(const struct options *o)
{
	struct text out = { 0 };
	struct diff d = { .lang = o->lang, .out = &out };
	struct input now, old;
	int status = CMD_BAD_INPUT;

	if (!input_need(&now, o->operands[0], o))
		return CMD_BAD_INPUT;
	if (!input_need(&old, o->operands[1], o)) {
		input_close(&now);
		return CMD_BAD_INPUT;
	}
	d.now = now.model;
	d.old = old.model;
	say_files(&d, &out);
	compare(&d);
	if (d.count == 0) {
		words_add(&out, o->lang, W_VERIFIER_NO_CHANGE, 0);
		text_add_char(&out, '\n');
	}
	if (output_write(&out, NULL, o->lang))
		status = d.count ? CMD_FINDINGS : CMD_CLEAN;
	text_free(&out);
	input_close(&old);
	input_close(&now);
	return status;
}
