/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See run.h. What the command line names is found, opened and checked here; it
 * is read elsewhere. A file that is not there at all is a mistake of the
 * command line, one that cannot be read a gap.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "complain.h"
#include "decode.h"
#include "observation.h"
#include "supervise.h"

#define ERROR_MAX 512

/* An input, to know it again where output would go. */
struct input {
	const char *name; /* borrowed */
	dev_t device;
	ino_t inode;
};

#define INPUTS_MAX (CAPTURE_SOURCES_MAX + 1) /* and the model */

struct run {
	const struct arguments *arguments;
	const struct model *model;
	struct capture *capture; /* owned */
	int folder;		 /* -1: events go to standard output */
	struct text events;	 /* where they go, as shown */
	const struct tap *taps[CAPTURE_SOURCES_MAX]; /* by source */
	const char *files[CAPTURE_SOURCES_MAX];
	size_t source_count;
	struct input inputs[INPUTS_MAX];
	size_t input_count;
	struct gap gaps[2 * CAPTURE_SOURCES_MAX]; /* at most two a source */
	char *causes[2 * CAPTURE_SOURCES_MAX];	  /* owned, theirs */
	size_t gap_count;
};

static void
say(const struct run *r, enum word word, const char *a, const char *b,
    const char *c)
{
	complain(r->arguments->lang, word, a, b, c);
}

/* ---- what the command line names */

/* Says that the probe has no such tap, and which may be meant. */
static void
refuse_tap(const struct run *r, const char *id)
{
	const struct model *m = r->model;
	const char *probe = r->arguments->probe, *nearest;
	const char **ids = mem_calloc(m->tap_count + 1, sizeof(*ids));
	size_t n = 0;

	for (size_t i = 0; i < m->boundary_count; i++)
		for (size_t j = 0; j < m->boundaries[i].tap_count; j++)
			if (strcmp(m->boundaries[i].taps[j].probe, probe) == 0)
				ids[n++] = m->boundaries[i].taps[j].id;
	nearest = complain_nearest(id, ids, n);
	say(r, nearest ? W_PROBE_NO_TAP_NEAR : W_PROBE_NO_TAP, id, probe,
	    nearest);
	free(ids);
}

static const struct tap *
find_tap(const struct run *r, const char *id)
{
	const struct tap *tap = model_tap(r->model, id);

	if (tap && strcmp(tap->probe, r->arguments->probe) == 0)
		return tap;
	refuse_tap(r, id);
	return NULL;
}

static void
note_input(struct run *r, const char *name, const struct stat *st)
{
	if (S_ISREG(st->st_mode) && r->input_count < INPUTS_MAX)
		r->inputs[r->input_count++] = (struct input){ name, st->st_dev,
			st->st_ino };
}

/* Whether the file is there and may be read; its content may still be bad. */
static bool
can_open(struct run *r, const char *file)
{
	struct stat st;
	int fd;

	if (strcmp(file, "-") == 0) {
		if (fstat(STDIN_FILENO, &st) == 0)
			note_input(r, file, &st);
		return true;
	}
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else if (fd >= 0) {
		note_input(r, file, &st);
		(void)close(fd);
		return true;
	}
	say(r, W_PROBE_NO_FILE, file, strerrordesc_np(errno), NULL);
	if (fd >= 0)
		(void)close(fd);
	return false;
}

/* A gap that shows before anything is read: at most two a source. */
static void
note_gap(struct run *r, const char *file, const struct tap *tap,
    const char *cause)
{
	r->causes[r->gap_count] = mem_strdup(cause);
	r->gaps[r->gap_count] = (struct gap){ .file = file,
		.tap = tap,
		.cause = r->causes[r->gap_count] };
	r->gap_count++;
}

/* The model is an input too. */
static void
note_model(struct run *r)
{
	struct stat st;

	if (strcmp(r->arguments->model, "-") != 0 &&
	    stat(r->arguments->model, &st) == 0)
		note_input(r, r->arguments->model, &st);
}

/* Adds one -r. False only for a mistake of the command line. */
static bool
open_source(struct run *r, const struct argument_source *s)
{
	const struct tap *tap = find_tap(r, s->tap);
	char error[ERROR_MAX];
	int source;

	if (!tap || !can_open(r, s->file))
		return false;
	source = capture_open_file(r->capture, s->file, error, sizeof(error));
	if (source < 0) {
		say(r, W_PROBE_BAD_CAPTURE, s->file, error, NULL);
		note_gap(r, s->file, tap, error);
		return true;
	}
	r->taps[source] = tap;
	r->files[source] = s->file;
	r->source_count = (size_t)source + 1;
	if (!decode_knows(capture_link_type(r->capture, (uint32_t)source))) {
		(void)snprintf(error, sizeof(error), "link type %d",
		    capture_link_type(r->capture, (uint32_t)source));
		say(r, W_PROBE_BAD_LINK, s->file, error + strlen("link type "),
		    NULL);
		note_gap(r, s->file, tap, error);
	}
	return true;
}

static bool
open_sources(struct run *r)
{
	bool ok = true;

	note_model(r);
	r->capture = capture_new();
	for (size_t i = 0; i < r->arguments->source_count; i++)
		ok = open_source(r, &r->arguments->sources[i]) && ok;
	return ok;
}

/* ---- where the events go */

/* The input that fd is too, or NULL. */
static const char *
input_of(const struct run *r, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return NULL;
	for (size_t i = 0; i < r->input_count; i++)
		if (r->inputs[i].device == st.st_dev &&
		    r->inputs[i].inode == st.st_ino)
			return r->inputs[i].name;
	return NULL;
}

/* Says so where fd is an input, which must stay as it is. */
static bool
refuse_input(const struct run *r, int fd)
{
	const char *input = input_of(r, fd);

	if (input)
		say(r, W_PROBE_OUTPUT_IS_INPUT, text_str(&r->events), input,
		    NULL);
	return input != NULL;
}

/* False after a sentence. The recorder empties what is found to be no
 * input. */
static bool
open_folder(struct run *r)
{
	const char *folder = r->arguments->output;
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
	int fd = -1;
	bool ok;

	if (mkdir(folder, 0700) == 0 || errno == EEXIST)
		r->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->folder >= 0)
		fd = openat(r->folder, "eve.json", flags, 0600);
	if (fd < 0) {
		say(r, W_PROBE_NO_OUTPUT, text_str(&r->events),
		    strerrordesc_np(errno), NULL);
		return false;
	}
	ok = !refuse_input(r, fd);
	(void)close(fd);
	return ok;
}

static bool
open_events(struct run *r)
{
	if (strcmp(r->arguments->output, "-") == 0) {
		text_add(&r->events,
		    words_get(r->arguments->lang, W_PROBE_STDOUT));
		return !refuse_input(r, STDOUT_FILENO);
	}
	text_printf(&r->events, "%s/eve.json", r->arguments->output);
	return open_folder(r);
}

/* ---- all of it */

static enum run_code
read_all(struct run *r)
{
	struct supervise_files files = { .arguments = r->arguments,
		.model = r->model,
		.capture = r->capture,
		.source_count = r->source_count,
		.gaps = r->gaps,
		.gap_count = r->gap_count,
		.folder = r->folder,
		.events = text_str(&r->events) };

	memcpy(files.taps, r->taps, sizeof(files.taps));
	memcpy(files.files, r->files, sizeof(files.files));
	r->capture = NULL; /* taken over */
	return supervise_files(&files);
}

enum run_code
run_captures(const struct arguments *o, const struct model *m)
{
	struct run *r = mem_calloc(1, sizeof(*r));
	enum run_code code = RUN_USAGE;

	r->arguments = o;
	r->model = m;
	r->folder = -1;
	if (supervise_plan_probe(o, m) && open_sources(r) && open_events(r))
		code = read_all(r);
	if (r->folder >= 0)
		(void)close(r->folder);
	capture_free(r->capture);
	for (size_t i = 0; i < r->gap_count; i++)
		free(r->causes[i]);
	text_free(&r->events);
	free(r);
	return code;
}
