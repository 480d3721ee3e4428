/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A report for a reader and for programs. The table is aligned by columns of a
 * terminal, where Japanese takes two for a character; the sign before each row
 * says all that a colour could. Below a row that is not fine stands what to
 * look at, as a sentence.
 */
#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "tap_check.h"

#define ITEM_LEAST 8
#define DECLARED_MOST 36 /* a longer one pushes what stands behind it */

static enum word
item_word(enum tap_item item)
{
	static const enum word words[TAP_ITEM_COUNT] = {
		[TAP_ITEM_TRAFFIC] = W_TAP_ITEM_TRAFFIC,
		[TAP_ITEM_VLANS] = W_TAP_ITEM_VLANS,
		[TAP_ITEM_PREFIXES] = W_TAP_ITEM_PREFIXES,
		[TAP_ITEM_FOREIGN] = W_TAP_ITEM_FOREIGN,
		[TAP_ITEM_ROUTERS] = W_TAP_ITEM_ROUTERS,
		[TAP_ITEM_FORWARDERS] = W_TAP_ITEM_FORWARDERS,
		[TAP_ITEM_DIRECTIONS] = W_TAP_ITEM_DIRECTIONS,
		[TAP_ITEM_PASSED] = W_TAP_ITEM_PASSED,
		[TAP_ITEM_COPIES] = W_TAP_ITEM_COPIES,
		[TAP_ITEM_CUT] = W_TAP_ITEM_CUT,
		[TAP_ITEM_GIANTS] = W_TAP_ITEM_GIANTS,
		[TAP_ITEM_LOSS] = W_TAP_ITEM_LOSS,
		[TAP_ITEM_UNREAD] = W_TAP_ITEM_UNREAD,
		[TAP_ITEM_IPV6] = W_TAP_ITEM_IPV6,
	};

	return words[item];
}

static enum word
verdict_word(enum tap_verdict v)
{
	static const enum word words[] = {
		[TAP_FITS] = W_TAP_VERDICT_FITS,
		[TAP_INCOMPLETE] = W_TAP_VERDICT_INCOMPLETE,
		[TAP_MISPLACED] = W_TAP_VERDICT_MISPLACED,
	};

	return words[v];
}

static size_t
longer(size_t width, const char *s)
{
	const size_t other = text_width(s);

	return other > width ? other : width;
}

/* Columns of the item and of what is declared. */
static void
measure(const struct tap_report *r, enum lang lang, size_t widths[2])
{
	widths[0] = longer(ITEM_LEAST, words_get(lang, W_TAP_COLUMN_ITEM));
	widths[1] = text_width(words_get(lang, W_TAP_COLUMN_DECLARED));
	for (size_t i = 0; i < r->row_count; i++) {
		const struct tap_row *row = &r->rows[i];

		widths[0] = longer(widths[0],
		    words_get(lang, item_word(row->item)));
		if (text_width(text_str(&row->declared)) <= DECLARED_MOST)
			widths[1] = longer(widths[1], text_str(&row->declared));
	}
}

static void
add_line(struct text *out, const char *sign, const char *item,
    const char *declared, const char *seen, const size_t widths[2])
{
	text_printf(out, "  %s  ", sign);
	text_pad(out, item, widths[0]);
	text_add(out, "  ");
	text_pad(out, declared, widths[1]);
	text_printf(out, "  %s\n", seen);
}

static void
add_title(const struct tap_report *r, enum lang lang, struct text *out)
{
	struct text source = { 0 };

	text_quote(&source, r->seen->source);
	words_add(out, lang, W_TAP_TITLE, 2, r->seen->tap->id,
	    text_str(&source));
	text_add_char(out, '\n');
	text_free(&source);
}

void
tap_report_text(const struct tap_report *r, enum lang lang, struct text *out)
{
	size_t widths[2];

	measure(r, lang, widths);
	add_title(r, lang, out);
	add_line(out, " ", words_get(lang, W_TAP_COLUMN_ITEM),
	    words_get(lang, W_TAP_COLUMN_DECLARED),
	    words_get(lang, W_TAP_COLUMN_SEEN), widths);
	for (size_t i = 0; i < r->row_count; i++) {
		const struct tap_row *row = &r->rows[i];

		add_line(out, tap_sign_name(row->sign),
		    words_get(lang, item_word(row->item)),
		    text_str(&row->declared), text_str(&row->seen), widths);
		for (size_t k = 0; k < row->look_count; k++) {
			text_add(out, "     ");
			words_add(out, lang, W_TAP_LOOK, 1,
			    words_get(lang, row->looks[k]));
			text_add_char(out, '\n');
		}
	}
	words_add(out, lang, W_TAP_VERDICT, 1,
	    words_get(lang, verdict_word(r->verdict)));
	text_add_char(out, '\n');
}

/* ---- JSON */

static void
add_row(struct jsonw *w, const struct tap_row *row, enum lang lang)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "item", tap_item_name(row->item));
	jsonw_string(w, "sign", tap_sign_name(row->sign));
	jsonw_string(w, "declared", text_str(&row->declared));
	jsonw_string(w, "seen", text_str(&row->seen));
	jsonw_array(w, "look");
	for (size_t i = 0; i < row->look_count; i++)
		jsonw_string(w, NULL, words_get(lang, row->looks[i]));
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void
add_counts(struct jsonw *w, const struct tap_seen *s)
{
	const struct tap_view *v = &s->view;

	jsonw_object(w, "counts");
	jsonw_uint(w, "frames", v->frames);
	jsonw_uint(w, "bytes", v->bytes);
	jsonw_real(w, "seconds",
	    (double)(v->until.us - v->from.us) / (double)CLOCK_SECOND, 3);
	jsonw_uint(w, "copies", v->copies);
	jsonw_uint(w, "cut", v->cut);
	jsonw_uint(w, "giants", v->giants);
	jsonw_uint(w, "longest", v->longest);
	jsonw_uint(w, "unreadable", s->undecodable);
	jsonw_uint(w, "tcp_conversations", v->tcp_conversations);
	jsonw_uint(w, "tcp_one_way", v->tcp_one_way);
	jsonw_uint(w, "passed", v->passed);
	jsonw_uint(w, "payload_seen", s->payload_seen);
	jsonw_uint(w, "payload_missing", s->payload_missing);
	if (s->is_live)
		jsonw_uint(w, "drops", s->drops);
	else
		jsonw_null(w, "drops");
	jsonw_object_end(w);
}

static void
add_report(struct jsonw *w, const struct tap_report *r, enum lang lang)
{
	const struct tap_seen *s = r->seen;

	jsonw_object(w, NULL);
	jsonw_string(w, "tap", s->tap->id);
	jsonw_string(w, "boundary", s->tap->boundary->id);
	jsonw_string(w, "probe", s->tap->probe);
	jsonw_string(w, "source", s->source);
	jsonw_bool(w, "live", s->is_live);
	jsonw_string(w, "verdict", tap_verdict_name(r->verdict));
	add_counts(w, s);
	jsonw_array(w, "rows");
	for (size_t i = 0; i < r->row_count; i++)
		add_row(w, &r->rows[i], lang);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

void
tap_report_json(const struct tap_report *reports, size_t count,
    const struct model *m, enum lang lang, struct text *out)
{
	enum tap_verdict worst = TAP_FITS;
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "format", "sekisho-tap-check/1");
	jsonw_object(&w, "model");
	jsonw_string(&w, "sha256", m->sha256);
	jsonw_object_end(&w);
	jsonw_array(&w, "taps");
	for (size_t i = 0; i < count; i++) {
		add_report(&w, &reports[i], lang);
		if (reports[i].verdict > worst)
			worst = reports[i].verdict;
	}
	jsonw_array_end(&w);
	jsonw_string(&w, "verdict", tap_verdict_name(worst));
	jsonw_object_end(&w);
	text_add_char(out, '\n');
}
