/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See watch_filter.h. Checks and verdicts are known beforehand, so a slip of
 * the pen in one ends at once; zones are known only from the events, so that
 * one which none of them names is told at the end.
 */
#include "watch_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch_internal.h"
#include "words.h"

#define NEAR 3 /* letters that a slip may differ by */

/* ---- what is asked for */

/* The nearer of two words that may have been meant. */
static void
nearer(const char *word, const char *candidate, const char **best,
    unsigned *distance)
{
	const unsigned d = text_distance(word, candidate, NEAR);

	if (d < *distance) {
		*distance = d;
		*best = candidate;
	}
}

/* One sentence on standard error; false. */
static bool
refuse(enum lang lang, enum word word, const char *what, const char *meant)
{
	struct text out = { 0 }, shown = { 0 };

	text_quote(&shown, what);
	text_add(&out, "sekisho: ");
	words_add(&out, lang, word, 1, text_str(&shown));
	if (meant != NULL) {
		text_add(&out, lang == LANG_JA ? "" : " ");
		words_add(&out, lang, W_OBSERVED_MEANT, 1, meant);
	}
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&shown);
	return false;
}

/* "SEG" of "SEG-1", also when it is written "seg". */
static bool
is_of_family(const char *id, const char *family)
{
	const size_t n = strlen(family);

	return strncasecmp(id, family, n) == 0 && id[n] == '-';
}

static bool
want_check(struct watch_filter *f, const char *name)
{
	const char *meant = NULL;
	unsigned distance = NEAR;
	bool any = false;

	for (int c = CHECK_NONE + 1; c < CHECK_COUNT; c++) {
		const char *id = checks_id((enum check)c);

		if (strcasecmp(id, name) == 0 || is_of_family(id, name)) {
			f->check_wanted[c] = true;
			any = true;
		}
		nearer(name, id, &meant, &distance);
	}
	return any || refuse(f->lang, W_OBSERVED_NO_CHECK, name, meant);
}

static bool
want_verdict(struct watch_filter *f, const char *name)
{
	const char *meant = NULL;
	unsigned distance = NEAR + 1;

	for (int v = 0; v < VERDICT_COUNT; v++) {
		const enum verdict_kind kind = (enum verdict_kind)v;

		if (strcasecmp(name, verdict_name(kind)) == 0 ||
		    strcmp(name, verdict_title(kind, LANG_JA)) == 0 ||
		    strcasecmp(name, verdict_title(kind, LANG_EN)) == 0) {
			f->verdict_wanted[v] = true;
			return true;
		}
		nearer(name, verdict_name(kind), &meant, &distance);
		nearer(name, verdict_title(kind, LANG_EN), &meant, &distance);
	}
	return refuse(f->lang, W_OBSERVED_NO_VERDICT, name, meant);
}

bool
watch_filter_init(struct watch_filter *f, const struct options *o)
{
	memset(f, 0, sizeof(*f));
	f->lang = o->lang;
	f->zones = &o->given[VALUE_ZONE];
	f->checks = &o->given[VALUE_CHECK];
	f->verdicts = &o->given[VALUE_VERDICT];
	for (size_t i = 0; i < f->checks->count; i++)
		if (!want_check(f, f->checks->items[i]))
			return false;
	for (size_t i = 0; i < f->verdicts->count; i++)
		if (!want_verdict(f, f->verdicts->items[i]))
			return false;
	return true;
}

void
watch_filter_fini(struct watch_filter *f)
{
	for (size_t i = 0; i < f->seen_count; i++)
		free(f->seen[i]);
	f->seen_count = 0;
}

bool
watch_filter_is_set(const struct watch_filter *f)
{
	return f->zones->count + f->checks->count + f->verdicts->count > 0;
}

bool
watch_filter_names_verdict(const struct watch_filter *f, int verdict)
{
	return verdict >= 0 && f->verdict_wanted[verdict];
}

/* ---- events */

static bool
wants_zone(const struct watch_filter *f, const char *zone)
{
	for (size_t i = 0; i < f->zones->count; i++)
		if (zone[0] != '\0' && strcmp(zone, f->zones->items[i]) == 0)
			return true;
	return false;
}

static void
remember_zone(struct watch_filter *f, const char *zone)
{
	if (zone[0] == '\0' || f->seen_count == WATCH_FILTER_SEEN_MAX)
		return;
	for (size_t i = 0; i < f->seen_count; i++)
		if (strcmp(f->seen[i], zone) == 0)
			return;
	f->seen[f->seen_count++] = mem_strdup(zone);
}

static bool
zone_passes(struct watch_filter *f, const struct jsonx *ours)
{
	static const char *const keys[] = { "src_zone", "dest_zone", "zone" };
	bool passes = f->zones->count == 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *zone = watch_get(ours, keys[i]);

		if (f->zones->count > 0)
			remember_zone(f, zone);
		passes = passes || wants_zone(f, zone);
	}
	return passes;
}

static bool
check_passes(const struct watch_filter *f, const struct jsonx *ours)
{
	const struct jsonx *also = jsonx_get(ours, "also");

	if (f->checks->count == 0 ||
	    f->check_wanted[checks_find(watch_get(ours, "check"))])
		return true;
	also = also != NULL && also->kind == JSONX_ARRAY ? also->child : NULL;
	for (; also != NULL; also = also->next)
		if (also->kind == JSONX_STRING &&
		    f->check_wanted[checks_find(also->string)])
			return true;
	return false;
}

bool
watch_filter_take(struct watch_filter *f, const struct jsonx *event)
{
	const struct jsonx *ours = jsonx_get(event, "sekisho");
	const bool zone = zone_passes(f, ours);
	const bool passes = zone && check_passes(f, ours) &&
	    (f->verdicts->count == 0 ||
		watch_filter_names_verdict(f,
		    watch_verdict(watch_get(ours, "verdict"))));

	f->taken++;
	f->passed += passes;
	return passes;
}

/* ---- words */

static void
describe(const struct watch_filter *f, enum word title,
    const struct option_given *given, struct text *out)
{
	struct text list = { 0 };

	for (size_t i = 0; i < given->count; i++) {
		text_add(&list, i == 0 ? "" : ", ");
		text_quote(&list, given->items[i]);
	}
	if (given->count > 0) {
		text_add(out,
		    out->length == 0	   ? "" :
			f->lang == LANG_JA ? "、" :
					     "; ");
		words_add(out, f->lang, title, 1, text_str(&list));
	}
	text_free(&list);
}

void
watch_filter_describe(const struct watch_filter *f, struct text *out)
{
	struct text said = { 0 };

	describe(f, W_OBSERVED_BY_ZONE, f->zones, &said);
	describe(f, W_OBSERVED_BY_CHECK, f->checks, &said);
	describe(f, W_OBSERVED_BY_VERDICT, f->verdicts, &said);
	text_add(out, text_str(&said));
	text_free(&said);
}

static bool
was_seen(const struct watch_filter *f, const char *zone)
{
	for (size_t i = 0; i < f->seen_count; i++)
		if (strcmp(f->seen[i], zone) == 0)
			return true;
	/* Of more zones than are remembered nobody knows. */
	return f->seen_count == WATCH_FILTER_SEEN_MAX;
}

void
watch_filter_unseen(const struct watch_filter *f, struct text *out)
{
	for (size_t i = 0; i < f->zones->count; i++) {
		const char *zone = f->zones->items[i], *meant = NULL;
		struct text asked = { 0 }, shown = { 0 };
		unsigned distance = NEAR;

		if (was_seen(f, zone))
			continue;
		for (size_t j = 0; j < f->seen_count; j++)
			nearer(zone, f->seen[j], &meant, &distance);
		text_quote(&asked, zone);
		words_add(out, f->lang, W_OBSERVED_ZONE_UNSEEN, 1,
		    text_str(&asked));
		if (meant != NULL) {
			text_quote(&shown, meant);
			text_add(out, f->lang == LANG_JA ? "" : " ");
			words_add(out, f->lang, W_OBSERVED_MEANT, 1,
			    text_str(&shown));
		}
		text_add_char(out, '\n');
		text_free(&asked);
		text_free(&shown);
	}
}
