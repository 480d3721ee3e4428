/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See audit_view.h: sentences in lines of a terminal. Japanese has no blanks
 * to break at, so that every wide character is a place to break, save those
 * that may not begin or end a line (JIS X 4051, 行頭禁則・行末禁則).
 */
#include <string.h>

#include "audit_view.h"

/* May not begin a line. */
static const char *const tails[] = { "、", "。", "，", "．", "」", "』", "）",
	"】", "］", "｝", "〉", "》", "・", "：", "；", "？", "！", "ー", "々",
	"ぁ", "ぃ", "ぅ", "ぇ", "ぉ", "っ", "ゃ", "ゅ", "ょ", "ァ", "ィ", "ゥ",
	"ェ", "ォ", "ッ", "ャ", "ュ", "ョ", "ヶ" };
/* May not end a line. */
static const char *const heads[] = { "「", "『", "（", "【", "［", "｛", "〈",
	"《" };

static bool
is_one_of(const char *s, size_t n, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == n && memcmp(s, list[i], n) == 0)
			return true;
	return false;
}

static size_t
width_of(const char *s, size_t n)
{
	char one[8] = "";

	memcpy(one, s, n < sizeof(one) ? n : sizeof(one) - 1);
	return text_width(one);
}

/* Bytes of the next piece that is not broken: a run of narrow characters up
 * to a blank, or a wide one with what must stay with it. */
static size_t
piece(const char *s, size_t left, size_t *width)
{
	size_t at = 0, n, w;
	bool wide = false, hold = true;

	*width = 0;
	while (at < left) {
		n = text_utf8(s + at, left - at);
		n = n > 0 ? n : 1;
		w = width_of(s + at, n);
		if (at > 0) {
			const bool tail = is_one_of(s + at, n, tails,
			    sizeof(tails) / sizeof(tails[0]));

			if (s[at] == ' ' || (!hold && !tail && (wide || w > 1)))
				break;
		}
		wide = w > 1;
		hold = is_one_of(s + at, n, heads,
		    sizeof(heads) / sizeof(heads[0]));
		*width += w;
		at += n;
		if (s[at - n] == ' ')
			break;
	}
	return at;
}

static void
break_line(struct text *out, size_t indent, size_t *column)
{
	while (out->length > 0 && out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
	text_add_char(out, '\n');
	text_pad(out, "", indent);
	*column = indent;
}

void
audit_wrap(const char *s, size_t indent, size_t from, struct text *out)
{
	struct text safe = { 0 };
	size_t column = from, at = 0, n, width;
	bool begun = false; /* this line, with a piece of s */

	text_escape(&safe, s, strlen(s));
	s = text_str(&safe);
	while (at < safe.length) {
		n = piece(s + at, safe.length - at, &width);
		if (column + width > AUDIT_COLUMNS && begun) {
			break_line(out, indent, &column);
			begun = false;
		}
		/* A line does not begin with the blank it was broken at. */
		if (s[at] != ' ' || begun || at == 0) {
			text_add_n(out, s + at, n);
			column += width;
			begun = true;
		}
		at += n;
	}
	text_add_char(out, '\n');
	text_free(&safe);
}
