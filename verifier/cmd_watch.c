/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho watch: reads events as they are, or follows them while the probe
 * writes, until its last line or an interrupt; then says what there was in
 * all. Where bytes come from: watch_source.c; what becomes of lines: watch.c.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd.h"
#include "watch.h"
#include "watch_source.h"

#define READ_BYTES 65536
#define PAUSE_MS 100 /* between looks for more */

struct reader {
	struct watch_source source;
	int interrupt;	  /* readable once somebody interrupts; -1: unknown */
	sigset_t before;  /* of signals, while it is known */
	struct text line; /* begun, not ended yet */
	bool skipping;	  /* the rest of a line that is too long */
};

static void
complain(const struct options *o, enum word word, int reason)
{
	struct text out = { 0 }, shown = { 0 };

	text_escape(&shown, o->operands[0], strlen(o->operands[0]));
	text_add(&out, "sekisho: ");
	words_add(&out, o->lang, word, 2, text_str(&shown),
	    strerrordesc_np(reason));
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&shown);
}

/* Adds n bytes that hold no newline to the line begun. */
static void
add_part(struct reader *r, const char *bytes, size_t n)
{
	if (r->skipping)
		return;
	text_add_n(&r->line, bytes, n);
	/* Kept long enough that watch_line counts it as too long. */
	r->skipping = r->line.length > WATCH_LINE_MAX;
}

static void
end_line(struct watch *w, struct reader *r, struct text *out)
{
	watch_line(w, text_str(&r->line), r->line.length, out);
	text_clear(&r->line);
	r->skipping = false;
}

static void
take_bytes(struct watch *w, struct reader *r, const char *bytes, size_t n,
    struct text *out)
{
	const char *end = bytes + n, *newline;

	while ((newline = memchr(bytes, '\n', (size_t)(end - bytes)))) {
		add_part(r, bytes, (size_t)(newline - bytes));
		end_line(w, r, out);
		bytes = newline + 1;
	}
	add_part(r, bytes, (size_t)(end - bytes));
}

/* False when it cannot be written any more. */
static bool
print(struct text *out)
{
	bool ok = fputs(text_str(out), stdout) >= 0 && fflush(stdout) == 0;

	text_clear(out);
	return ok;
}

/* Of the terminal it is shown on; 0 where that is none. */
static unsigned
columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* https://no-color.org asks for none when the variable has any value. */
static bool
is_coloured(void)
{
	const char *term = getenv("TERM"), *none = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && term != NULL && term[0] != '\0' &&
	    strcmp(term, "dumb") != 0 && (none == NULL || none[0] == '\0');
}

/* Waits until there may be more on standard input (elsewhere: a while), or
 * somebody interrupts. False after an interrupt. *idle: nothing came. */
static bool
wait_more(const struct reader *r, bool on_input, bool *idle)
{
	struct pollfd fds[2] = { { .fd = r->interrupt, .events = POLLIN },
		{ .fd = on_input ? STDIN_FILENO : -1, .events = POLLIN } };
	const int n = poll(fds, 2, PAUSE_MS);

	*idle = n == 0;
	return fds[0].revents == 0;
}

static bool
was_interrupted(const struct reader *r)
{
	struct pollfd fd = { .fd = r->interrupt, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

static bool
is_passing(int fault)
{
	return fault == EINTR || fault == EAGAIN || fault == EWOULDBLOCK;
}

/* At the end of what there is: false when nothing more is to be read. */
static bool
go_on(const struct options *o, struct watch *w, struct reader *r,
    struct text *out)
{
	bool moved, idle;

	if (watch_source_advance(&r->source, o->follow, &moved)) {
		if (moved && r->line.length > 0) /* its writer died */
			end_line(w, r, out);
		return true;
	}
	if (!o->follow || r->source.is_input || w->ended)
		return false;
	return wait_more(r, false, &idle);
}

/* 0, or errno of what failed; EPIPE and the like for the output. */
static int
show(const struct options *o, struct watch *w, struct reader *r,
    struct text *out)
{
	char *bytes = mem_calloc(READ_BYTES, 1);
	bool idle = false; /* nothing came the last time */
	int fault = 0;
	ssize_t got;

	watch_heading(w, out);
	while (fault == 0 && !was_interrupted(r)) {
		got = 0;
		if (r->source.is_input && !wait_more(r, true, &idle))
			break;
		if (!r->source.is_input || !idle)
			got = watch_source_read(&r->source, bytes, READ_BYTES);
		if (got < 0 && !is_passing(errno))
			fault = errno;
		w->columns = columns();
		if (got > 0)
			take_bytes(w, r, bytes, (size_t)got, out);
		else if (idle)
			watch_release(w, out);
		if (out->length > 0 && !print(out))
			fault = errno;
		if (r->source.is_input && idle)
			continue;
		idle = got == 0;
		if (fault == 0 && got == 0 && !go_on(o, w, r, out))
			break;
	}
	free(bytes);
	return fault;
}

/* From now on an interrupt is told by a descriptor. */
static void
catch_interrupts(struct reader *r)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	r->interrupt = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
	if (r->interrupt >= 0)
		(void)sigprocmask(SIG_BLOCK, &stop, &r->before);
}

/* Another one ends the program also where its summary cannot be written. */
static void
release_interrupts(struct reader *r)
{
	struct signalfd_siginfo taken;

	if (r->interrupt < 0)
		return;
	while (read(r->interrupt, &taken, sizeof(taken)) > 0)
		;
	(void)close(r->interrupt);
	r->interrupt = -1;
	(void)sigprocmask(SIG_SETMASK, &r->before, NULL);
}

static int
run(const struct options *o, struct watch *w, struct reader *r)
{
	struct text out = { 0 };
	int fault;

	catch_interrupts(r);
	w->columns = columns();
	fault = show(o, w, r, &out);
	release_interrupts(r);
	if (r->line.length > 0) /* half a line: its writer died */
		end_line(w, r, &out);
	watch_release(w, &out);
	watch_summary(w, o->operands[0], &out);
	if (fault == 0 && !print(&out))
		fault = errno;
	if (fault != 0)
		complain(o, W_WATCH_FAULT, fault);
	text_free(&out);
	return fault;
}

int
cmd_watch(const struct options *o)
{
	struct reader r = { .interrupt = -1 };
	struct watch_filter filter;
	struct watch w;
	int status = CMD_BAD_INPUT;

	if (!watch_filter_init(&filter, o))
		return CMD_BAD_INPUT;
	if (!watch_source_open(&r.source, o->operands[0], o->follow, o->lang))
		goto out;
	watch_init(&w, o->lang, is_coloured(), &filter);
	if (run(o, &w, &r) == 0 && !r.source.failed)
		status = watch_has_findings(&w) ? CMD_FINDINGS :
		    watch_has_nothing(&w)	? CMD_UNDECIDED :
						  CMD_CLEAN;
	watch_fini(&w);
out:
	watch_source_close(&r.source);
	text_free(&r.line);
	watch_filter_fini(&filter);
	return status;
}
