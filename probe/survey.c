/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See survey.h. Everything that needs a capability is opened first; then they
 * are given up, and only then is a frame read.
 */
#include "survey.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/mem.h"
#include "complain.h"
#include "now.h"
#include "sandbox.h"
#include "survey_internal.h"
#include "words.h"

#define WIPE "\r\033[K"
#define POLL_MS 100
#define FRAMES_BETWEEN 256 /* before the clock is looked at, a power of two */

struct survey {
	enum lang lang;
	struct survey_row *rows; /* owned */
	size_t count;
	struct capture *capture;
	struct survey_row *by_source[CAPTURE_SOURCES_MAX];
	uint32_t sources;
	size_t up; /* interfaces with a link, */
	int fault; /* and why the last of them could not be heard */
	uint8_t secret[16];
};

static int64_t
now_ms(void)
{
	return (int64_t)(now_monotonic() / 1000000);
}

static bool
read_list(struct survey *s)
{
	struct interface_state *list = mem_calloc(INTERFACES_MAX,
	    sizeof(*list));

	errno = 0;
	s->count = interface_list(list, INTERFACES_MAX);
	if (s->count == 0 && errno != 0) {
		free(list);
		return false;
	}
	s->rows = mem_calloc(s->count + 1, sizeof(*s->rows));
	for (size_t i = 0; i < s->count; i++)
		s->rows[i].state = list[i];
	free(list);
	return true;
}

static void
open_all(struct survey *s)
{
	char error[512];

	for (size_t i = 0; i < s->count; i++) {
		struct survey_row *row = &s->rows[i];
		int source;

		if (row->state.link != LINK_UP)
			continue;
		s->up++;
		if (s->sources == CAPTURE_SOURCES_MAX)
			continue;
		source = capture_open_live(s->capture, row->state.name,
		    SURVEY_RING_BYTES, error, sizeof(error));
		if (source < 0) {
			s->fault = errno;
			continue;
		}
		s->by_source[s->sources++] = row;
		survey_begin(row, s->secret);
		row->is_measured = true;
	}
}

static void
show_progress(const struct survey *s, int64_t left_ms)
{
	struct text line = { 0 };
	char left[12];

	if (isatty(STDERR_FILENO) != 1)
		return;
	(void)snprintf(left, sizeof(left), "%d", (int)((left_ms + 999) / 1000));
	text_add(&line, WIPE);
	if (left_ms > 0)
		words_add(&line, s->lang, W_LIVE_LIST_PROGRESS, 1, left);
	(void)fputs(text_str(&line), stderr);
	(void)fflush(stderr);
	text_free(&line);
}

/* Reads what is there, at most until then. */
static void
read_frames(struct survey *s, int64_t until)
{
	struct frame f;

	for (unsigned n = 1; capture_next(s->capture, &f) == CAPTURE_FRAME;
	     n++) {
		survey_frame(s->by_source[f.source], &f);
		if (n % FRAMES_BETWEEN == 0 && now_ms() >= until)
			return;
	}
}

static void
wait_for_frames(struct survey *s)
{
	struct pollfd polled[CAPTURE_SOURCES_MAX];
	int fds[CAPTURE_SOURCES_MAX], hold = capture_hold_ms(s->capture);
	size_t count = capture_fds(s->capture, fds, CAPTURE_SOURCES_MAX);

	for (size_t i = 0; i < count; i++)
		polled[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	(void)poll(polled, (nfds_t)count, hold < 0 ? POLL_MS : hold);
}

static void
listen_to_all(struct survey *s)
{
	struct capture_stats stats;
	int64_t begun = now_ms(), until = begun + SURVEY_MS, shown = INT64_MAX;
	int64_t now;

	while ((now = now_ms()) < until) {
		if ((until - now) / 1000 != shown) {
			shown = (until - now) / 1000;
			show_progress(s, until - now);
		}
		read_frames(s, until);
		wait_for_frames(s);
	}
	show_progress(s, 0);
	for (uint32_t i = 0; i < s->sources; i++) {
		struct survey_row *row = s->by_source[i];

		row->elapsed_ms = (uint64_t)(now_ms() - begun);
		if (capture_stats(s->capture, i, &stats))
			row->frames = stats.packets + stats.drops;
	}
}

/* Nothing that a frame says may be read with more rights than that needs. */
static bool
give_up_rights(struct survey *s)
{
	struct sandbox_user user;
	char error[512];

	if (sandbox_find_user(NULL, &user, error, sizeof(error)) &&
	    sandbox_become(&user, false, error, sizeof(error)))
		return true;
	complain(s->lang, W_LIVE_LIST_RIGHTS, error, NULL, NULL);
	return false;
}

static void
say_what_is_missing(const struct survey *s, struct text *out)
{
	char up[24], heard[24];

	if (s->count == INTERFACES_MAX) {
		(void)snprintf(up, sizeof(up), "%d", INTERFACES_MAX);
		words_add(out, s->lang, W_LIVE_LIST_CUT, 1, up);
		text_add_char(out, '\n');
	}
	if (s->sources == s->up)
		return;
	(void)snprintf(up, sizeof(up), "%zu", s->up);
	(void)snprintf(heard, sizeof(heard), "%u", (unsigned)s->sources);
	if (s->fault == EPERM && s->sources == 0)
		words_add(out, s->lang, W_LIVE_LIST_NO_RIGHT, 0);
	else
		words_add(out, s->lang, W_LIVE_LIST_PARTLY, 3, up, heard,
		    s->fault != 0 ? strerrordesc_np(s->fault) : NULL);
	text_add_char(out, '\n');
}

static enum run_code
print(struct survey *s, FILE *out)
{
	enum run_code code = RUN_CONFORMING;
	struct text table = { 0 };

	if (s->count == 0) {
		text_add(&table, words_get(s->lang, W_LIVE_LIST_EMPTY));
		text_add_char(&table, '\n');
	} else
		survey_table(s->rows, s->count, s->sources > 0, s->lang,
		    &table);
	say_what_is_missing(s, &table);
	if (fputs(text_str(&table), out) < 0 || fflush(out) != 0) {
		complain(s->lang, W_PROBE_PRINT_FAULT,
		    words_get(s->lang, W_PROBE_STDOUT), strerrordesc_np(errno),
		    NULL);
		code = RUN_USAGE;
	}
	text_free(&table);
	return code;
}

enum run_code
survey_print(enum lang lang, FILE *out)
{
	struct survey s = { .lang = lang, .capture = capture_new() };
	enum run_code code = RUN_USAGE;

	if (!read_list(&s) ||
	    getrandom(s.secret, sizeof(s.secret), 0) !=
		(ssize_t)sizeof(s.secret)) {
		complain(lang, W_LIVE_LIST_FAULT, strerrordesc_np(errno), NULL,
		    NULL);
	} else {
		open_all(&s);
		if (s.sources == 0)
			code = print(&s, out);
		else if (give_up_rights(&s)) {
			listen_to_all(&s);
			code = print(&s, out);
		}
	}
	for (size_t i = 0; i < s.count; i++)
		survey_end(&s.rows[i]);
	free(s.rows);
	capture_free(s.capture);
	return code;
}
