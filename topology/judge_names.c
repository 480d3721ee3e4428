/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of verdicts, reasons, elements and outcomes, as they stand in
 * events and on paper. One table each, in the order of the enumerators.
 */
#include <stdio.h>

#include "judge.h"

static const char *const verdict_names[VERDICT_COUNT] = { "conform", "violate",
	"excepted", "unjudged", "out-of-scope" };

static const char *const verdict_titles[LANG_COUNT][VERDICT_COUNT] = {
	{ "適合", "不適合", "例外措置", "判定不能", "対象外" },
	{ "conforming", "violating", "excepted", "unjudged", "out of scope" },
};

static const char *const reason_names[REASON_COUNT] = { "", "direction",
	"one-way", "application", "name", "hidden-by-nat", "opaque", "partial",
	"lost-packets", "engine-restarted", "no-zone", "not-observable",
	"tap-side", "draft", "examiner", "backlog", "malformed",
	"ruleset-stale", "other-input" };

static const char *const element_names[ELEMENT_COUNT] = { "tier", "endpoints",
	"direction", "path", "service", "application", "name", "schedule",
	"expiry", "encryption", "transfer", "source" };

const char *
verdict_name(enum verdict_kind kind)
{
	return verdict_names[kind];
}

const char *
verdict_title(enum verdict_kind kind, enum lang lang)
{
	return verdict_titles[lang][kind];
}

const char *
element_name(enum element element)
{
	for (int i = 0; i < ELEMENT_COUNT; i++)
		if (element == (enum element)(1 << i))
			return element_names[i];
	return "";
}

const char *
reason_text(enum reason reason, enum element element, char *buf)
{
	if (reason == REASON_NOT_OBSERVABLE && element)
		snprintf(buf, 64, "not-observable: %s", element_name(element));
	else
		snprintf(buf, 64, "%s", reason_names[reason]);
	return buf;
}

const char *
outcome_name(enum outcome o)
{
	static const char *const names[] = { "tried", "refused", "answered",
		"data" };

	return names[o];
}

const char *
passed_name(enum passed p)
{
	static const char *const names[] = { "unknown", "no", "yes" };

	return names[p];
}

const char *
refuser_name(enum refuser r)
{
	static const char *const names[] = { NULL, "host", "boundary",
		"unknown" };

	return names[r];
}

const char *
initiator_name(enum initiator i)
{
	static const char *const names[] = { "certain", "likely", "uncertain" };

	return names[i];
}

const char *
confidence_name(enum confidence c)
{
	static const char *const names[] = { "none", "payload", "correlated" };

	return names[c];
}
