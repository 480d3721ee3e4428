/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Characters of a cell. Japanese spreadsheets mix three widths of the same
 * sign and a dozen dashes; here each is one. Only what cannot change the
 * meaning is changed: names keep their letters as written.
 */
#include "cell.h"

#include <string.h>

#define HANGUL_FIRST 0xac00u
#define HANGUL_LAST 0xd7a3u

/* One character; advances *s. Bad bytes come as they are, one at a time. */
static uint32_t
next(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;
	size_t n = text_utf8(*s, strnlen(*s, 4));

	*s += n ? n : 1;
	switch (n) {
	case 2:
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	case 3:
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 |
		    (p[2] & 0x3fu);
	case 4:
		return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 |
		    (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
	default:
		return p[0];
	}
}

static bool
is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 ||
	    c == 0x3000 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f;
}

/* Zero-width marks, marks of direction, soft hyphens, byte order marks. */
static bool
is_invisible(uint32_t c)
{
	return (c < ' ' && !is_blank(c)) || c == 0x7f || c == 0xad ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x2064) || c == 0xfeff ||
	    (c >= 0xfe00 && c <= 0xfe0f);
}

static bool
is_dash(uint32_t c)
{
	return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xff0d ||
	    c == 0xfe63 || c == 0x2500;
}

/* The ASCII character that c stands for, or 0. */
static char
ascii_of(uint32_t c)
{
	if (c < 0x80)
		return (char)c;
	if (is_dash(c))
		return '-';
	if (c >= 0xff01 && c <= 0xff5e)
		return (char)(c - 0xff01 + '!');
	switch (c) {
	case 0x301c: /* wave dash */
	case 0x223c:
	case 0xff5e:
		return '~';
	case 0x3001: /* ideographic comma and its half-width form */
	case 0xff64:
		return ',';
	case 0x3002: /* ideographic full stop, which sloppy typing leaves */
	case 0xff61: /* in addresses */
		return '.';
	case 0xffe5:
		return '\\';
	default:
		return 0;
	}
}

bool
cell_is_blank(const char *s)
{
	while (*s != '\0') {
		uint32_t c = next(&s);

		if (!is_blank(c) && !is_invisible(c))
			return false;
	}
	return true;
}

void
cell_fold(struct text *out, const char *s)
{
	bool blank = false, any = false;

	while (*s != '\0') {
		const char *from = s;
		uint32_t c = next(&s);
		char a = ascii_of(c);

		if (is_blank(c)) {
			blank = true;
			continue;
		}
		if (is_invisible(c))
			continue;
		if (blank && any)
			text_add_char(out, ' ');
		blank = false;
		any = true;
		if (a != 0)
			text_add_char(out, a);
		else
			text_add_n(out, from, (size_t)(s - from));
	}
}

/* Half-width kana from U+FF66 on, each with its full-width form. */
static const char kana[][4] = { "ヲ", "ァ", "ィ", "ゥ", "ェ", "ォ", "ャ", "ュ",
	"ョ", "ッ", "ー", "ア", "イ", "ウ", "エ", "オ", "カ", "キ", "ク", "ケ",
	"コ", "サ", "シ", "ス", "セ", "ソ", "タ", "チ", "ツ", "テ", "ト", "ナ",
	"ニ", "ヌ", "ネ", "ノ", "ハ", "ヒ", "フ", "ヘ", "ホ", "マ", "ミ", "ム",
	"メ", "モ", "ヤ", "ユ", "ヨ", "ラ", "リ", "ル", "レ", "ロ", "ワ",
	"ン" };

/* Adds the kana with the voicing mark that follows it, if one does. In
 * Unicode the voiced form follows its plain one, half-voiced after that. */
static void
add_kana(struct text *out, uint32_t c, const char **s)
{
	const char *after = *s;
	uint32_t mark = next(&after);
	char form[4];

	memcpy(form, kana[c - 0xff66], sizeof(form));
	if (mark == 0xff9e && c == 0xff73) {
		memcpy(form, "ヴ", sizeof(form));
		*s = after;
	} else if ((mark == 0xff9e && c >= 0xff76 && c <= 0xff84) ||
	    ((mark == 0xff9e || mark == 0xff9f) && c >= 0xff8a &&
		c <= 0xff8e)) {
		/* No carry into the byte before: holds for these rows. */
		uint32_t full = ((uint32_t)(form[0] & 0x0f) << 12 |
				    (uint32_t)(form[1] & 0x3f) << 6 |
				    (uint32_t)(form[2] & 0x3f)) +
		    (mark == 0xff9e ? 1 : 2);

		form[1] = (char)(0x80 | (full >> 6 & 0x3f));
		form[2] = (char)(0x80 | (full & 0x3f));
		*s = after;
	}
	text_add(out, form);
}

void
cell_key(struct text *out, const char *s)
{
	struct text folded = { 0 };
	const char *p;

	cell_fold(&folded, s);
	for (p = text_str(&folded); *p != '\0';) {
		const char *from = p;
		uint32_t c = next(&p);

		if (c == ' ')
			continue;
		if (c >= 'A' && c <= 'Z')
			text_add_char(out, (char)(c | 0x20));
		else if (c >= 0xff66 && c <= 0xff9d)
			add_kana(out, c, &p);
		else
			text_add_n(out, from, (size_t)(p - from));
	}
	text_free(&folded);
}

/* ---- Hangul that slipped in */

static bool
is_hangul(uint32_t c)
{
	return c >= HANGUL_FIRST && c <= HANGUL_LAST;
}

static bool
is_kana(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x30ff) || (c >= 0xff66 && c <= 0xff9f);
}

/* Rows by the leading consonant, columns a i u e o; "" where the sound has
 * no kana of its own. */
static const char sounds[19][5][7] = {
	{ "ガ", "ギ", "グ", "ゲ", "ゴ" },	  /* g */
	{ "カ", "キ", "ク", "ケ", "コ" },	  /* kk */
	{ "ナ", "ニ", "ヌ", "ネ", "ノ" },	  /* n */
	{ "ダ", "ディ", "ドゥ", "デ", "ド" },	  /* d */
	{ "タ", "ティ", "トゥ", "テ", "ト" },	  /* tt */
	{ "ラ", "リ", "ル", "レ", "ロ" },	  /* r */
	{ "マ", "ミ", "ム", "メ", "モ" },	  /* m */
	{ "バ", "ビ", "ブ", "ベ", "ボ" },	  /* b */
	{ "パ", "ピ", "プ", "ペ", "ポ" },	  /* pp */
	{ "サ", "シ", "ス", "セ", "ソ" },	  /* s */
	{ "サ", "シ", "ス", "セ", "ソ" },	  /* ss */
	{ "ア", "イ", "ウ", "エ", "オ" },	  /* none */
	{ "ジャ", "ジ", "ジュ", "ジェ", "ジョ" }, /* j */
	{ "チャ", "チ", "チュ", "チェ", "チョ" }, /* jj */
	{ "チャ", "チ", "チュ", "チェ", "チョ" }, /* ch */
	{ "カ", "キ", "ク", "ケ", "コ" },	  /* k */
	{ "タ", "ティ", "トゥ", "テ", "ト" },	  /* t */
	{ "パ", "ピ", "プ", "ペ", "ポ" },	  /* p */
	{ "ハ", "ヒ", "フ", "ヘ", "ホ" },	  /* h */
};

/* What a trailing consonant becomes in words that both languages borrowed:
 * 템 is テム, 넷 ネット, 백 バック. */
static const char *
tail_of(uint32_t tail)
{
	switch (tail) {
	case 0:
		return "";
	case 1:
		return "ック";
	case 4:
	case 21:
		return "ン";
	case 8:
		return "ル";
	case 16:
		return "ム";
	case 17:
		return "ップ";
	case 19:
		return "ット";
	default:
		return "ッ";
	}
}

/* The kana that sounds alike: a syllable is leading * 588 + vowel * 28 +
 * trailing (Unicode 3.12). 트 (t, eu) is ト, as in イントラネット; 버 (b, eo)
 * バ, as in サーバ. */
static void
add_sound(struct text *out, uint32_t c)
{
	static const uint8_t column[21] = { 0, 3, 0, 3, 0, 3, 4, 3, 4, 0, 3, 4,
		4, 2, 0, 3, 1, 2, 2, 1, 1 };
	uint32_t n = c - HANGUL_FIRST, lead = n / 588, vowel = n / 28 % 21;
	bool stop = lead == 3 || lead == 4 || lead == 16;

	if (lead == 11 && (vowel == 9 || vowel == 14))
		text_add(out, "ワ");
	else
		text_add(out,
		    sounds[lead][vowel == 18 && stop ? 4 : column[vowel]]);
	text_add(out, tail_of(n % 28));
}

enum cell_fault
cell_name(struct text *out, const char *s)
{
	bool blank = false, any = false, hangul = false, japanese = false;
	const char *p = s;

	if (cell_is_nothing(s))
		return CELL_NOTHING;
	while (*p != '\0')
		japanese |= is_kana(next(&p));
	while (*s != '\0') {
		const char *from = s;
		uint32_t c = next(&s);

		if (is_blank(c)) {
			blank = true;
			continue;
		}
		if (is_invisible(c))
			continue;
		if (blank && any)
			text_add_char(out, ' ');
		blank = false;
		any = true;
		if (japanese && is_hangul(c)) {
			hangul = true;
			add_sound(out, c);
		} else
			text_add_n(out, from, (size_t)(s - from));
	}
	return hangul ? CELL_FOREIGN : any ? CELL_OK : CELL_NOTHING;
}

/* ---- words */

static bool
is_among(const char *s, const char *const *words, size_t count)
{
	struct text key = { 0 };
	bool found = false;

	if (strlen(s) > CELL_WORD_MAX)
		return false;
	cell_key(&key, s);
	for (size_t i = 0; i < count && !found; i++)
		found = strcmp(words[i], text_str(&key)) == 0;
	text_free(&key);
	return found;
}

#define IS_AMONG(s, words) is_among(s, words, sizeof(words) / sizeof(words[0]))

bool
cell_is_ditto(const char *s)
{
	static const char *const words[] = { "〃", "同上", "々", "″", "”", "“",
		"\"", "\"\"", "''", "「〃」", "上に同じ", "上と同じ",
		"上記に同じ", "上記と同じ", "同じ" };

	return IS_AMONG(s, words);
}

bool
cell_is_nothing(const char *s)
{
	static const char *const words[] = { "", "-", "--", "---", "ー", "なし",
		"無し", "無", "n/a", "na", "none", "該当なし", "該当無し" };

	return cell_is_blank(s) || IS_AMONG(s, words);
}

int
cell_truth(const char *s)
{
	static const char *const yes[] = { "1", "○", "〇", "◯", "●", "◎",
		"はい", "yes", "y", "true", "有", "有り", "あり", "レ", "✓",
		"✔", "☑", "該当" };
	static const char *const no[] = { "0", "×", "✕", "x", "いいえ", "no",
		"n", "false", "☐", "非該当" };

	if (IS_AMONG(s, yes))
		return 1;
	return cell_is_nothing(s) || IS_AMONG(s, no) ? 0 : -1;
}
