/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sentences of findings about coverage: where something cannot be seen or
 * kept, and who is to see to it. A check without a row speaks by its trigger
 * in the table of checks.
 */
#include <stdio.h>
#include <string.h>

#include "coverage.h"
#include "message.h"
#include "mute.h"

#define NUMBER_TEXT_MAX 24

struct row {
	enum check check;
	enum word sentence;
	enum word steps[MESSAGE_STEPS_MAX]; /* 0 (no word of ours): none */
};

static const struct row rows[] = {
	{ CHECK_COV_1, W_MESSAGE_COV_1,
	    { W_MESSAGE_NEXT_MIRROR, W_MESSAGE_NEXT_CAPACITY, 0 } },
	{ CHECK_COV_2, W_MESSAGE_COV_2,
	    { W_MESSAGE_NEXT_MIRROR, W_MESSAGE_NEXT_PATH, 0 } },
	{ CHECK_COV_3, W_MESSAGE_COV_3,
	    { W_MESSAGE_NEXT_MIRROR, W_MESSAGE_NEXT_DECLARATION, 0 } },
	{ CHECK_COV_4, W_MESSAGE_COV_4,
	    { W_MESSAGE_NEXT_DOUBLE, W_MESSAGE_NEXT_CAPACITY, 0 } },
	{ CHECK_COV_5, W_LIVE_COV_5,
	    { W_MESSAGE_NEXT_CLOCK, W_MESSAGE_NEXT_MIRROR, 0 } },
	{ CHECK_COV_6, W_LIVE_COV_6,
	    { W_LIVE_NEXT_ROOM, W_LIVE_NEXT_OTHER_RECORD, 0 } },
	{ CHECK_COV_7, W_LIVE_COV_7,
	    { W_LIVE_NEXT_RESTART, W_LIVE_NEXT_OTHER_RECORD, 0 } },
	{ CHECK_COV_8, W_MESSAGE_COV_8,
	    { W_MESSAGE_NEXT_SNAP, W_MESSAGE_NEXT_CAPACITY, 0 } },
	{ CHECK_COV_9, W_MESSAGE_COV_9,
	    { W_MESSAGE_NEXT_TAP, W_MESSAGE_NEXT_DECLARATION, 0 } },
	{ CHECK_COV_10, W_MESSAGE_COV_10,
	    { W_MESSAGE_NEXT_DECLARATION, W_MESSAGE_NEXT_MIRROR, 0 } },
};

static const struct row other = { CHECK_NONE, W_MESSAGE_RULE_OTHER,
	{ W_MESSAGE_NEXT_MIRROR, W_MESSAGE_NEXT_DECLARATION, 0 } };
/* COV-1 of frames that were dropped on this host. */
static const struct row dropped = { CHECK_COV_1, W_MESSAGE_COV_1_FRAMES,
	{ W_MESSAGE_NEXT_CAPACITY, 0 } };
/* COV-3 with times, in seconds: of a tap, and of a heartbeat, which is named.
 * Without: the interface itself is down. */
static const struct row silent = { CHECK_COV_3, W_LIVE_COV_3_SILENT,
	{ W_MESSAGE_NEXT_MIRROR, W_MESSAGE_NEXT_DECLARATION, 0 } };
static const struct row heartbeat = { CHECK_COV_3, W_LIVE_COV_3_HEARTBEAT,
	{ W_MESSAGE_NEXT_MIRROR, W_MESSAGE_NEXT_DECLARATION, 0 } };
/* COV-6 when it begins: how much is lost is not known yet. */
static const struct row unwritten = { CHECK_COV_6, W_LIVE_COV_6_RECORDS,
	{ W_LIVE_NEXT_ROOM, W_LIVE_NEXT_OTHER_RECORD, 0 } };
/* COV-11 by what is told of the mute. */
struct mute_row {
	const char *told;
	struct row row;
};

static const struct mute_row mute_rows[] = {
	{ MUTE_TOLD_STOPPED,
	    { CHECK_COV_11, W_LIVE_COV_11,
		{ W_LIVE_NEXT_SENDER, W_LIVE_NEXT_PORT,
		    W_MESSAGE_NEXT_BLOCK } } },
	{ MUTE_TOLD_LINK_UP,
	    { CHECK_COV_11, W_LIVE_COV_11_KERNEL,
		{ W_LIVE_NEXT_QUIET, W_LIVE_NEXT_PORT, 0 } } },
	{ MUTE_TOLD_SENT,
	    { CHECK_COV_11, W_LIVE_COV_11_SENT,
		{ W_LIVE_NEXT_SENDER, W_LIVE_NEXT_PORT,
		    W_MESSAGE_NEXT_BLOCK } } },
	{ MUTE_TOLD_REMOVED,
	    { CHECK_COV_11, W_LIVE_COV_11_REMOVED,
		{ W_LIVE_NEXT_CHANGER, W_LIVE_NEXT_PORT, 0 } } },
	{ MUTE_TOLD_NOT_MUTED,
	    { CHECK_COV_11, W_LIVE_COV_11_OPEN,
		{ W_LIVE_NEXT_PORT, W_LIVE_NEXT_CHANGER, 0 } } },
};

/* A code that is not known proves nothing, either. */
static const struct row unproven = { CHECK_COV_11, W_LIVE_COV_11_UNPROVEN,
	{ W_LIVE_NEXT_CHANGER, W_LIVE_NEXT_PORT, 0 } };

static const struct row *
mute_row_of(const struct alert *a)
{
	const char *mark = strstr(a->detail, MUTE_TOLD_MARK);
	const char *told = mark ? mark + strlen(MUTE_TOLD_MARK) : "";

	for (size_t i = 0; i < sizeof(mute_rows) / sizeof(mute_rows[0]); i++)
		if (strcmp(mute_rows[i].told, told) == 0)
			return &mute_rows[i].row;
	return &unproven;
}

static const struct row *
row_of(const struct alert *a)
{
	if (a->finding.check == CHECK_COV_1 &&
	    strcmp(a->detail, COVERAGE_TOLD_FRAMES) == 0)
		return &dropped;
	if (a->finding.check == CHECK_COV_3 && a->of > 0)
		return a->detail[0] != '\0' ? &heartbeat : &silent;
	if (a->finding.check == CHECK_COV_6 && a->of == 0)
		return &unwritten;
	if (a->finding.check == CHECK_COV_11)
		return mute_row_of(a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].check == a->finding.check)
			return &rows[i];
	}
	return &other;
}

/* Whether what was not seen or not kept is what is wrong: a frame that was
 * kept from leaving hides nothing, nor does one that is there twice. */
static bool
takes_something(const struct alert *a)
{
	return a->finding.check != CHECK_COV_11 &&
	    a->finding.check != CHECK_COV_4;
}

static void
add_place_watched(struct text *out, enum lang lang, const struct alert *a)
{
	const char *boundary = a->boundary ? a->boundary->name : NULL;

	if (boundary == NULL && a->boundary != NULL)
		boundary = a->boundary->id;
	if (a->tap != NULL)
		words_add(out, lang, W_MESSAGE_AT_TAP, 2, boundary, a->tap->id);
	else if (boundary != NULL)
		words_add(out, lang, W_MESSAGE_AT_BOUNDARY, 1, boundary);
	else
		words_add(out, lang, W_LIVE_AT_PROBE, 0);
}

/* The interface that the mute is told of: the detail up to the code. */
static void
add_interface(struct text *out, const struct alert *a)
{
	const char *mark = strstr(a->detail, MUTE_TOLD_MARK);

	text_escape(out, a->detail,
	    mark ? (size_t)(mark - a->detail) : strlen(a->detail));
}

/* Whether the detail stands in the sentence already. */
static bool
has_detail(const struct alert *a)
{
	return a->finding.check == CHECK_COV_11 ||
	    a->finding.check == CHECK_COV_2 || row_of(a) == &dropped;
}

/* Two languages need no space and one, between sentences. */
static void
add_space(struct text *out, enum lang lang)
{
	if (lang != LANG_JA)
		text_add_char(out, ' ');
}

static void
add_sentence(struct text *out, enum lang lang, const struct alert *a,
    const struct row *row)
{
	const struct check_row *check = checks_row(a->finding.check);
	double share = a->of ? 100.0 * (double)a->counted / (double)a->of : 0;
	char counted[NUMBER_TEXT_MAX], of[NUMBER_TEXT_MAX];
	char percent[NUMBER_TEXT_MAX];
	struct text place = { 0 }, interface = { 0 };

	if (row == &other) {
		words_add(out, lang, row->sentence, 2, check->id,
		    check->trigger[lang]);
		return;
	}
	(void)snprintf(counted, sizeof(counted), "%llu",
	    (unsigned long long)a->counted);
	(void)snprintf(of, sizeof(of), "%llu", (unsigned long long)a->of);
	(void)snprintf(percent, sizeof(percent), "%.1f", share);
	add_place_watched(&place, lang, a);
	add_interface(&interface, a);
	words_add(out, lang, row->sentence, 5, text_str(&place), of, counted,
	    percent, text_str(&interface));
	text_free(&interface);
	text_free(&place);
}

/* Which direction is missing, as coverage_tell wrote it, and what shows it. */
static void
add_direction(struct text *out, enum lang lang, const struct alert *a)
{
	const char *mark = strstr(a->detail, COVERAGE_TOLD_NO_SYN_ACK);
	const size_t n = mark ? (size_t)(mark - a->detail) : strlen(a->detail);
	struct text direction = { 0 };

	if (n > 0) {
		text_escape(&direction, a->detail, n);
		add_space(out, lang);
		words_add(out, lang, W_MESSAGE_COV_2_DIRECTION, 1,
		    text_str(&direction));
		text_free(&direction);
	}
	if (mark == NULL)
		return;
	add_space(out, lang);
	words_add(out, lang, W_MESSAGE_COV_2_NO_SYN_ACK, 0);
}

void
message_coverage(struct text *out, enum lang lang, const struct alert *a)
{
	struct text detail = { 0 };

	add_sentence(out, lang, a, row_of(a));
	if (a->finding.check == CHECK_COV_2)
		add_direction(out, lang, a);
	if (a->detail[0] != '\0' && !has_detail(a)) {
		text_escape(&detail, a->detail, strlen(a->detail));
		add_space(out, lang);
		words_add(out, lang, W_MESSAGE_COV_DETAIL, 1,
		    text_str(&detail));
		text_free(&detail);
	}
	if (!takes_something(a))
		return;
	add_space(out, lang);
	words_add(out, lang, W_MESSAGE_COV_EFFECT, 0);
}

bool
message_coverage_step(struct text *out, enum lang lang, const struct alert *a,
    size_t i)
{
	const enum word word = i < MESSAGE_STEPS_MAX ? row_of(a)->steps[i] : 0;

	if (word == 0)
		return false;
	words_add(out, lang, word, 0);
	return true;
}
