/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho watch: reads events from a file as they are, or follows it while the
 * probe writes: over rotation (the name leads to another file: the old one is
 * read to its end first) and until the probe's last line or an interrupt.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd.h"
#include "watch.h"

#define READ_BYTES 65536
#define PAUSE_NS 100000000 /* between looks for more */

struct reader {
	const char *path;
	int fd;
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

/* Whether the name leads to another file by now, which is then opened. */
static bool
reopen(struct reader *r)
{
	struct stat now, ours;
	int fd;

	if (stat(r->path, &now) != 0 || fstat(r->fd, &ours) != 0)
		return false;
	if (now.st_dev == ours.st_dev && now.st_ino == ours.st_ino) {
		const off_t at = lseek(r->fd, 0, SEEK_CUR);

		/* Emptied and begun anew. */
		if (at >= 0 && ours.st_size < at)
			return lseek(r->fd, 0, SEEK_SET) == 0;
		return false;
	}
	fd = open(r->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	(void)close(r->fd);
	r->fd = fd;
	return true;
}

/* Waits for more. False when there is none to wait for. */
static bool
wait_more(const struct watch *w, struct reader *r, const sigset_t *stop)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	if (w->ended)
		return false;
	if (reopen(r))
		return true;
	return sigtimedwait(stop, NULL, &pause) < 0;
}

/* 0, or errno of what failed; EPIPE and the like for the output. */
static int
follow(const struct options *o, struct watch *w, struct reader *r,
    const sigset_t *stop)
{
	char *bytes = mem_calloc(READ_BYTES, 1);
	struct text out = { 0 };
	ssize_t got;
	int fault = 0;
	bool idle = false; /* nothing came the last time */

	w->columns = columns();
	watch_heading(w, &out);
	for (;;) {
		got = read(r->fd, bytes, READ_BYTES);
		if (got < 0 && errno != EINTR)
			fault = errno;
		w->columns = columns();
		if (got > 0)
			take_bytes(w, r, bytes, (size_t)got, &out);
		else if (idle)
			watch_release(w, &out);
		idle = got == 0;
		if (out.length > 0 && !print(&out))
			fault = errno;
		if (fault != 0 ||
		    (got == 0 && !(o->follow && wait_more(w, r, stop))))
			break;
	}
	if (r->line.length > 0) /* half a line: its writer died */
		end_line(w, r, &out);
	watch_release(w, &out);
	if (fault == 0 && out.length > 0 && !print(&out))
		fault = errno;
	text_free(&out);
	free(bytes);
	return fault;
}

static int
status_of(const struct watch *w)
{
	return w->verdicts[VERDICT_VIOLATE] > 0 || w->checks.count > 0 ?
	    CMD_FINDINGS :
	    CMD_CLEAN;
}

int
cmd_watch(const struct options *o)
{
	struct reader r = { .path = o->operands[0] };
	struct text out = { 0 };
	struct watch w;
	sigset_t stop;
	int fault;

	r.fd = open(r.path, O_RDONLY | O_CLOEXEC);
	if (r.fd < 0) {
		complain(o, W_WATCH_NO_FILE, errno);
		return CMD_BAD_INPUT;
	}
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	if (o->follow)
		(void)sigprocmask(SIG_BLOCK, &stop, NULL);
	watch_init(&w, o->lang, is_coloured());
	fault = follow(o, &w, &r, &stop);
	watch_summary(&w, r.path, &out);
	if (fault == 0 && !print(&out))
		fault = errno;
	if (fault != 0)
		complain(o, W_WATCH_FAULT, fault);
	text_free(&out);
	text_free(&r.line);
	(void)close(r.fd);
	fault = fault != 0 ? CMD_BAD_INPUT : status_of(&w);
	watch_fini(&w);
	return fault;
}
