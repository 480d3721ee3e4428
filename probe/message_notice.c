/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sentences of notices. Each has a row in notice_table.h; its places
 * {who}, {whom}, {expected}, {seen}, {count}, {of} and {tap} are filled here
 * with what is known of the parties. What came from the network is escaped.
 * After the notice's own advice come the steps that its check always asks for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset.h"
#include "message.h"

#define NUMBER_TEXT_MAX 24
#define STEPS_MAX (MESSAGE_STEPS_MAX - 1) /* after the notice's own */

struct row {
	enum check first, last;
	enum word steps[STEPS_MAX]; /* 0 (no word of ours): none */
};

static const struct row rows[] = {
	{ CHECK_LNK_1, CHECK_LNK_2,
	    { W_MESSAGE_NEXT_SWITCH, W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_LNK_3, CHECK_LNK_3,
	    { W_MESSAGE_NEXT_WHERE, W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_LNK_4, CHECK_LNK_5,
	    { W_MESSAGE_NEXT_WHERE, W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_LNK_6, CHECK_LNK_6,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_LNK_7, CHECK_LNK_8, { W_MESSAGE_NEXT_SWITCH, 0 } },
	{ CHECK_LNK_9, CHECK_LNK_10, { W_MESSAGE_NEXT_WHERE, 0 } },
	{ CHECK_AST_1, CHECK_AST_6,
	    { W_MESSAGE_NEXT_LEDGER, W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_ATK_1, CHECK_ATK_7,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_TOP_12, CHECK_TOP_12, { W_MESSAGE_NEXT_REGISTER, 0 } },
};

static const struct row other = { CHECK_NONE, CHECK_NONE,
	{ W_MESSAGE_NEXT_OWNER, W_MESSAGE_NEXT_BLOCK } };

static const struct row *
row_of(const struct alert *a)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (a->finding.check >= rows[i].first &&
		    a->finding.check <= rows[i].last)
			return &rows[i];
	return &other;
}

struct sentence {
	enum word told, next;
};

static struct sentence
sentence_of(enum notice_word word)
{
	static const struct sentence sentences[NOTICE_COUNT] = {
		[NOTICE_NONE] = { W_PROBE_NONE, W_PROBE_NONE },
#define NOTICE(name, ja, en, next_ja, next_en) \
	[NOTICE_##name] = { W_NOTICE_##name, W_NOTICE_NEXT_##name },
#include "notice_table.h"
#undef NOTICE
	};

	return sentences[word];
}

/* ---- who */

static const struct place *
place_of(const struct alert *a, int i)
{
	return i == 0 ? &a->from : &a->to;
}

/* What stands in brackets: name, division, MAC, as far as they are known. */
static void
add_known(struct text *out, enum lang lang, const struct asset *asset,
    const char *mac)
{
	const char *known[] = { asset->name, asset->division, mac };
	const char *opening = words_get(lang, W_MESSAGE_PARTY_OPEN);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i] == NULL)
			continue;
		text_add(out, opening);
		text_add(out, known[i] == mac ? "MAC " : "");
		text_escape(out, known[i], strlen(known[i]));
		opening = words_get(lang, W_MESSAGE_PARTY_AND);
	}
	if (opening != words_get(lang, W_MESSAGE_PARTY_OPEN))
		text_add(out, words_get(lang, W_MESSAGE_PARTY_CLOSE));
	else if (lang == LANG_JA)
		text_add_char(out, ' ');
}

/* Zone, kind and address, or MAC where there is none; the zone alone where
 * that is all: it may be a segment that is spoken of. */
static void
add_party(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a, int i)
{
	const struct place *p = place_of(a, i);
	const struct addr *address = &a->ends.address[i];
	const struct mac *mac = a->has_mac[i] ? &a->mac[i] : NULL;
	const struct asset asset = asset_of_alert(m, a, i);
	const char *kind = message_kind(lang, asset.kind);
	char shown[ADDR_TEXT_MAX], shown_mac[MAC_TEXT_MAX];
	struct text known = { 0 };

	if (mac != NULL)
		(void)mac_format(mac, shown_mac);
	if (address->family != 0)
		(void)addr_format(address, shown);
	else if (mac != NULL)
		(void)snprintf(shown, sizeof(shown), "%s", shown_mac);
	else {
		text_add(out,
		    p->zone != NULL ? p->zone->name :
				      words_get(lang, W_MESSAGE_PARTY_UNKNOWN));
		return;
	}
	add_known(&known, lang, &asset,
	    mac != NULL && address->family != 0 ? shown_mac : NULL);
	words_add(out, lang,
	    p->zone != NULL ? W_MESSAGE_PARTY : W_MESSAGE_PARTY_NO_ZONE, 4,
	    kind, shown, p->zone != NULL ? p->zone->name : NULL,
	    text_str(&known));
	text_free(&known);
}

/* ---- the places of a sentence */

static void
add_number(struct text *out, uint64_t value)
{
	text_printf(out, "%" PRIu64, value);
}

static void
add_words(struct text *out, bool has, const char *words)
{
	if (has)
		text_escape(out, words, strlen(words));
	else
		text_add_char(out, '-');
}

static void
add_place(struct text *out, enum lang lang, const struct alert *a)
{
	const char *boundary = a->boundary ? a->boundary->name : NULL;

	if (a->tap != NULL && boundary != NULL)
		words_add(out, lang, W_MESSAGE_AT_TAP, 2, boundary, a->tap->id);
	else if (boundary != NULL)
		words_add(out, lang, W_MESSAGE_AT_BOUNDARY, 1, boundary);
	else
		text_add(out, words_get(lang, W_LIVE_AT_PROBE));
}

/* Fills the place named by n bytes at name; false: there is none of it. */
static bool
add_named(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a, const char *name, size_t n)
{
	static const char *const names[] = { "who", "whom", "expected", "seen",
		"count", "of", "tap" };
	size_t i = 0;

	while (i < sizeof(names) / sizeof(names[0]) &&
	    (strlen(names[i]) != n || memcmp(names[i], name, n) != 0))
		i++;
	if (i < 2)
		add_party(out, m, lang, a, (int)i);
	else if (i == 2)
		add_words(out, a->has_expected, a->expected);
	else if (i == 3)
		add_words(out, a->has_seen, a->seen);
	else if (i < 6)
		add_number(out, i == 4 ? a->counted : a->of);
	else if (i == 6)
		add_place(out, lang, a);
	return i < sizeof(names) / sizeof(names[0]);
}

static bool
ends_with(const struct text *t, const char *end)
{
	const size_t n = strlen(end);

	return t->length >= n && memcmp(t->data + t->length - n, end, n) == 0;
}

/* What was filled in may end with the space that its row brings along; beside
 * a mark that closes there is none. */
static void
add_after(struct text *out, const char *s, size_t n)
{
	static const char *const closing[] = { "。", "、", "）", "」" };
	const bool spaced = ends_with(out, " ");

	if (n > 0 && (spaced || ends_with(out, "）")) && *s == ' ') {
		s++;
		n--;
	}
	for (size_t i = 0; spaced && i < sizeof(closing) / sizeof(closing[0]);
	     i++)
		if (n >= strlen(closing[i]) &&
		    memcmp(s, closing[i], strlen(closing[i])) == 0)
			out->data[--out->length] = '\0';
	text_add_n(out, s, n);
}

void
message_notice_fill(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a, const char *row)
{
	const char *p = row, *open, *close;

	while ((open = strchr(p, '{')) != NULL &&
	    (close = strchr(open, '}')) != NULL) {
		add_after(out, p, (size_t)(open - p));
		if (!add_named(out, m, lang, a, open + 1,
			(size_t)(close - open - 1)))
			text_add_n(out, open, (size_t)(close + 1 - open));
		p = close + 1;
	}
	add_after(out, p, strlen(p));
}

void
message_notice(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a)
{
	message_notice_fill(out, m, lang, a,
	    words_get(lang, sentence_of(a->word).told));
}

/* ---- what to do */

/* The step as it is said of this party: who is not known is not asked. */
static enum word
step_word(enum word word, const struct alert *a, const struct asset *asset)
{
	if (word == W_MESSAGE_NEXT_BLOCK && a->finding.severity < SEVERITY_HIGH)
		return 0;
	if (word == W_MESSAGE_NEXT_TERMINAL && asset->division == NULL)
		return W_MESSAGE_NEXT_OWNER;
	if (word == W_MESSAGE_NEXT_TERMINAL &&
	    (asset->kind == NULL || strcmp(asset->kind, "terminal") != 0))
		return W_MESSAGE_NEXT_DEVICE;
	return word;
}

/* The first step is the notice's own. */
bool
message_notice_step(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a, size_t i)
{
	const struct mac *mac = a->has_mac[0] ? &a->mac[0] : NULL;
	const struct asset asset = asset_of_alert(m, a, 0);
	char who[ADDR_TEXT_MAX], buf[MAC_TEXT_MAX];
	enum word word;

	if (i == 0) {
		message_notice_fill(out, m, lang, a,
		    words_get(lang, sentence_of(a->word).next));
		return out->length > 0;
	}
	word = i <= STEPS_MAX ? row_of(a)->steps[i - 1] : 0;
	word = step_word(word, a, &asset);
	if (word == 0)
		return false;
	if (a->ends.address[0].family != 0)
		(void)addr_format(&a->ends.address[0], who);
	else
		(void)snprintf(who, sizeof(who), "%s",
		    mac != NULL ? mac_format(mac, buf) : "-");
	words_add(out, lang, word, 4, message_kind(lang, asset.kind),
	    asset.division ? asset.division :
			     words_get(lang, W_MESSAGE_DIVISION_UNKNOWN),
	    who, NULL);
	return true;
}
