/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho tap-check: what taps show, held against what the model declares of
 * them. What is given is looked up here and the probe is run on it, once for
 * each probe that the model's taps belong to; it alerts nobody and keeps
 * nothing.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd.h"
#include "input.h"
#include "output.h"
#include "tap_check.h"

enum { FORMAT_TEXT, FORMAT_JSON };

#define MODEL_DEFAULT "model.jsonc"
#define NEAR_MOST 3 /* letters that a tap's id may be off by */

/* A sentence on standard error, with what is hostile in it escaped. */
static bool
refuse(const struct options *o, enum word word, const char *a, const char *b)
{
	struct text out = { 0 }, first = { 0 }, second = { 0 };

	text_quote(&first, a);
	text_quote(&second, b);
	text_add(&out, "sekisho: ");
	words_add(&out, o->lang, word, 2, text_str(&first), text_str(&second));
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&first);
	text_free(&second);
	return false;
}

/* ---- what is given */

static bool
take_seconds(const struct options *o, int *seconds)
{
	const char *given = options_value(o, VALUE_SECONDS);
	char most[16], *end;
	long n;

	*seconds = TAP_CHECK_SECONDS_DEFAULT;
	if (given == NULL)
		return true;
	errno = 0;
	n = strtol(given, &end, 10);
	(void)snprintf(most, sizeof(most), "%d", TAP_CHECK_SECONDS_MAX);
	if (errno != 0 || given[0] < '0' || given[0] > '9' || *end != '\0' ||
	    n < 1 || n > TAP_CHECK_SECONDS_MAX)
		return refuse(o, W_TAP_BAD_SECONDS, given, most);
	*seconds = (int)n;
	return true;
}

/* The tap whose id is nearest, or NULL. */
static const char *
nearest(const struct model *m, const char *id)
{
	const char *best = NULL;
	unsigned least = NEAR_MOST + 1;

	for (size_t i = 0; i < m->boundary_count; i++) {
		for (size_t k = 0; k < m->boundaries[i].tap_count; k++) {
			const char *other = m->boundaries[i].taps[k].id;
			const unsigned n = text_distance(id, other, NEAR_MOST);

			if (n < least) {
				least = n;
				best = other;
			}
		}
	}
	return best;
}

static bool
find_tap(const struct options *o, const struct model *m, const char *id,
    struct tap_seen *s)
{
	const char *near;

	s->tap = model_tap(m, id);
	if (s->tap != NULL && s->tap->probe == NULL)
		return refuse(o, W_TAP_WITHOUT_PROBE, id,
		    m->probe_count > 0 ? m->probes[0].id : "probe1");
	if (s->tap != NULL)
		return true;
	near = nearest(m, id);
	return refuse(o, near != NULL ? W_TAP_NO_TAP_NEAR : W_TAP_NO_TAP, id,
	    near != NULL ? near : "");
}

/* A file where there is one of that name, else an interface. */
static bool
find_source(const struct options *o, struct tap_seen *s)
{
	struct stat st;

	if (stat(s->source, &st) == 0 && !S_ISDIR(st.st_mode))
		return true;
	s->is_live = strchr(s->source, '/') == NULL &&
	    if_nametoindex(s->source) != 0;
	if (!s->is_live)
		return refuse(o, W_TAP_NO_SOURCE, s->source, "");
	if (geteuid() != 0)
		return refuse(o, W_TAP_NEEDS_ROOT, s->source, "");
	return true;
}

/* One TAP=INTERFACE|FILE. */
static bool
take_operand(const struct options *o, const struct model *m,
    const char *operand, struct tap_seen *s)
{
	const char *equals = strchr(operand, '=');
	char *id;
	bool good;

	if (equals == NULL || equals == operand || equals[1] == '\0')
		return refuse(o, W_TAP_BAD_PAIR, operand, "");
	id = mem_strndup(operand, (size_t)(equals - operand));
	s->source = equals + 1;
	good = find_tap(o, m, id, s) && find_source(o, s);
	free(id);
	return good;
}

/* ---- running */

static bool
is_run_already(const struct tap_seen *seen, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (seen[i].is_live == seen[at].is_live &&
		    strcmp(seen[i].tap->probe, seen[at].tap->probe) == 0)
			return true;
	return false;
}

static void
say_watching(const struct options *o, int seconds)
{
	char n[16];
	struct text out = { 0 };

	(void)snprintf(n, sizeof(n), "%d", seconds);
	words_add(&out, o->lang, W_TAP_WATCHING, 1, n);
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
}

static bool
run_all(const struct options *o, const struct tap_probe *p,
    struct tap_seen *seen, size_t count, const struct model *m)
{
	bool interrupted = false;

	for (size_t i = 0; i < count; i++) {
		if (is_run_already(seen, i))
			continue;
		if (interrupted) { /* nothing of it was seen */
			seen[i].cut_short = true;
			continue;
		}
		if (seen[i].is_live)
			say_watching(o, p->seconds);
		if (!tap_probe_run(p, seen[i].tap->probe, seen[i].is_live, seen,
			count, m, &interrupted))
			return false;
	}
	return true;
}

/* ---- telling */

static int
status_of(const struct tap_report *reports, size_t count)
{
	enum tap_verdict worst = TAP_FITS;

	for (size_t i = 0; i < count; i++)
		if (reports[i].verdict > worst)
			worst = reports[i].verdict;
	return worst == TAP_MISPLACED ? CMD_FINDINGS :
	    worst == TAP_INCOMPLETE   ? CMD_UNDECIDED :
					CMD_CLEAN;
}

static int
tell(const struct options *o, const struct tap_seen *seen, size_t count,
    const struct model *m)
{
	struct tap_report *reports = mem_calloc(count + 1, sizeof(*reports));
	struct text out = { 0 };
	int status;

	for (size_t i = 0; i < count; i++) {
		tap_report_make(&reports[i], &seen[i], o->lang);
		if (o->format != FORMAT_TEXT)
			continue;
		tap_report_text(&reports[i], o->lang, &out);
		text_add_char(&out, '\n');
	}
	if (o->format == FORMAT_JSON)
		tap_report_json(reports, count, m, o->lang, &out);
	else {
		text_add(&out, words_get(o->lang, W_TAP_LEGEND));
		text_add_char(&out, '\n');
	}
	status = status_of(reports, count);
	if (!output_write(&out, NULL, o->lang))
		status = CMD_BAD_INPUT;
	for (size_t i = 0; i < count; i++)
		tap_report_fini(&reports[i]);
	free(reports);
	text_free(&out);
	return status;
}

static int
check_taps(const struct options *o, const struct model *m,
    const struct tap_probe *p)
{
	const size_t count = (size_t)o->operand_count;
	struct tap_seen *seen = mem_calloc(count + 1, sizeof(*seen));
	int status = CMD_BAD_INPUT;
	bool good = true;

	for (size_t i = 0; i < count; i++)
		good = take_operand(o, m, o->operands[i], &seen[i]) && good;
	if (good && run_all(o, p, seen, count, m))
		status = tell(o, seen, count, m);
	for (size_t i = 0; i < count; i++)
		tap_seen_fini(&seen[i]);
	free(seen);
	return status;
}

int
cmd_tap_check(const struct options *o)
{
	const char *model = options_value(o, VALUE_MODEL);
	struct tap_probe p = { .model = model != NULL ? model : MODEL_DEFAULT,
		.data = o->data,
		.lang = o->lang };
	struct input in;
	int status;

	if (!take_seconds(o, &p.seconds) || !input_need(&in, p.model, o))
		return CMD_BAD_INPUT;
	status = check_taps(o, in.model, &p);
	input_close(&in);
	return status;
}
