/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See run.h. A capture that cannot be read on is a gap: all that was read is
 * judged, and the run ends as undecided. A file that is not there at all is a
 * mistake of the command line.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "capture.h"
#include "complain.h"
#include "decode.h"
#include "engine.h"
#include "progress.h"
#include "recorder.h"
#include "summary.h"

#define ERROR_MAX 512
#define FAULT_EVERY 4096 /* frames between looks for a fault of writing */
/* flow_id: 32 bits that name the input above 20 that count; a longer count
 * runs on into them. Below 2^53. */
#define ID_COUNT_BITS 20

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
	struct capture *capture; /* owned, as are the next three */
	FILE *out;
	struct recorder *recorder;
	struct engine *engine;
	struct text events; /* where they go, as shown */
	const struct tap *taps[CAPTURE_SOURCES_MAX]; /* by source */
	const char *files[CAPTURE_SOURCES_MAX];
	size_t source_count;
	struct observer observer;
	struct summary summary;
	uint8_t secret[16];
	struct input inputs[INPUTS_MAX];
	size_t input_count;
	struct wall_us latest; /* time of the last frame read */
	struct gap gaps[2 * CAPTURE_SOURCES_MAX]; /* found before there was a
						   * recorder */
	char *causes[2 * CAPTURE_SOURCES_MAX];	  /* owned, theirs */
	size_t gap_count;
	bool gap; /* something could not be read */
};

static void
say(const struct run *r, enum word word, const char *a, const char *b,
    const char *c)
{
	complain(r->arguments->lang, word, a, b, c);
}

/* ---- what the command line names */

static bool
check_probe(const struct run *r)
{
	const struct model *m = r->model;
	const char **ids = mem_calloc(m->probe_count + 1, sizeof(*ids));
	const char *probe = r->arguments->probe, *nearest;
	bool found = false;

	for (size_t i = 0; i < m->probe_count; i++) {
		ids[i] = m->probes[i].id;
		found = found || strcmp(ids[i], probe) == 0;
	}
	nearest = complain_nearest(probe, ids, m->probe_count);
	if (!found)
		say(r, nearest ? W_PROBE_NO_PROBE_NEAR : W_PROBE_NO_PROBE,
		    probe, nearest, NULL);
	free(ids);
	return found;
}

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

/* A gap that shows before there is a recorder: at most two a source. */
static void
note_early_gap(struct run *r, struct gap gap)
{
	r->causes[r->gap_count] = mem_strdup(gap.cause);
	gap.cause = r->causes[r->gap_count];
	r->gaps[r->gap_count++] = gap;
	r->gap = true;
}

static void
note_gap(struct run *r, const char *file, const struct tap *tap,
    const char *cause)
{
	note_early_gap(r,
	    (struct gap){ .file = file, .tap = tap, .cause = cause });
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

/* NULL after a sentence. Emptied only when it turns out to be no input. */
static FILE *
create_events(const struct run *r)
{
	const char *folder = r->arguments->output;
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
	FILE *out = NULL;
	int fd = -1;

	if (mkdir(folder, 0700) == 0 || errno == EEXIST)
		fd = open(text_str(&r->events), flags, 0600);
	if (fd >= 0 && refuse_input(r, fd)) {
		(void)close(fd);
		return NULL;
	}
	/* What has no length to set (a device, a pipe) is left as it is. */
	if (fd >= 0 && (ftruncate(fd, 0) == 0 || errno == EINVAL))
		out = fdopen(fd, "w");
	if (!out) {
		say(r, W_PROBE_NO_OUTPUT, text_str(&r->events),
		    strerrordesc_np(errno), NULL);
		if (fd >= 0)
			(void)close(fd);
	}
	return out;
}

static bool
open_events(struct run *r)
{
	if (strcmp(r->arguments->output, "-") == 0) {
		text_add(&r->events,
		    words_get(r->arguments->lang, W_PROBE_STDOUT));
		if (refuse_input(r, STDOUT_FILENO))
			return false;
		r->out = stdout;
		return true;
	}
	text_printf(&r->events, "%s/eve.json", r->arguments->output);
	r->out = create_events(r);
	return r->out != NULL;
}

/* False when the last bytes did not arrive. */
static bool
close_events(struct run *r)
{
	bool ok = true;

	if (!r->out)
		return true;
	ok = fflush(r->out) == 0;
	if (r->out != stdout)
		ok = fclose(r->out) == 0 && ok;
	r->out = NULL;
	return ok;
}

static void
say_write_fault(const struct run *r, const char *cause)
{
	say(r, W_PROBE_WRITE_FAULT, text_str(&r->events), cause, NULL);
}

/* ---- reading */

/* The same model, taps and first frame give the same flow_ids. */
static uint64_t
id_base(const struct run *r, const struct frame *first)
{
	struct digest *d = digest_new();
	char hex[65];
	char when[64];

	digest_add(d, r->model->sha256, strlen(r->model->sha256));
	digest_add(d, r->arguments->probe, strlen(r->arguments->probe) + 1);
	for (size_t i = 0; i < r->source_count; i++)
		digest_add(d, r->taps[i]->id, strlen(r->taps[i]->id) + 1);
	if (first) {
		(void)snprintf(when, sizeof(when),
		    "%" PRId64 ".%03" PRIu32 " %" PRIu32 " %" PRIu32,
		    first->time.us, first->nanoseconds, first->source,
		    first->wire);
		digest_add(d, when, strlen(when) + 1);
		digest_add(d, first->bytes, first->captured);
	}
	digest_hex(d, hex);
	hex[8] = '\0';
	return (uint64_t)strtoul(hex, NULL, 16) << ID_COUNT_BITS;
}

static bool
start_engine(struct run *r, const struct frame *first)
{
	struct engine_options options = {
		.conversations_max = r->arguments->conversations,
		.flow_id_base = id_base(r, first),
	};
	char error[ERROR_MAX];

	memcpy(options.secret, r->secret, sizeof(options.secret));
	r->recorder = recorder_new(r->model, r->arguments->probe,
	    r->arguments->lang, r->out, r->secret);
	r->observer = summary_observer(&r->summary,
	    recorder_observer(r->recorder));
	r->engine = engine_new(r->model, r->taps, r->files, r->source_count,
	    &options, &r->observer, error, sizeof(error));
	if (!r->engine)
		say(r, W_PROBE_NO_ENGINE, error, NULL, NULL);
	return r->engine != NULL;
}

static void
tell_gap(struct run *r, struct gap gap, struct wall_us now)
{
	gap.now = now;
	r->observer.gap(r->observer.context, &gap);
}

static void
say_capture_fault(struct run *r)
{
	const struct capture_fault *f = capture_fault(r->capture);
	const struct gap gap = { .file = f->file,
		.tap = r->taps[f->source],
		.frames = f->frames,
		.cause = f->cause };
	char number[24];

	(void)snprintf(number, sizeof(number), "%" PRIu64, f->frames + 1);
	say(r, W_PROBE_READ_FAULT, f->file, number, f->cause);
	r->gap = true;
	if (r->recorder)
		tell_gap(r, gap, r->latest);
	else
		note_early_gap(r, gap);
}

/* The next frame; faults are told and passed over. */
static bool
next_frame(struct run *r, struct frame *f)
{
	enum capture_result result;

	while ((result = capture_next(r->capture, f)) == CAPTURE_FAULT)
		say_capture_fault(r);
	return result == CAPTURE_FRAME;
}

/* Reads everything; false when the engine cannot start. */
static bool
read_all(struct run *r)
{
	struct progress progress = { 0 };
	struct frame f;
	uint64_t frames = 0;
	bool some = next_frame(r, &f);

	if (some)
		r->latest = f.time;
	if (!start_engine(r, some ? &f : NULL))
		return false;
	for (size_t i = 0; i < r->gap_count; i++)
		tell_gap(r, r->gaps[i], r->latest);
	progress_start(&progress);
	while (some) {
		r->latest = f.time;
		engine_frame(r->engine, &f);
		progress_frame(&progress, r->arguments->lang, ++frames, f.time,
		    r->model->utc_offset_s);
		if (frames % FAULT_EVERY == 0 && recorder_fault(r->recorder))
			break;
		some = next_frame(r, &f);
	}
	engine_finish(r->engine);
	recorder_finish(r->recorder, r->summary.now);
	progress_end(&progress);
	return true;
}

/* ---- the end */

static enum run_code
conclude(const struct run *r)
{
	const struct recorder_totals *t = recorder_totals(r->recorder);
	const enum run_code code = summary_code(&r->summary, r->model, t);

	return code == RUN_CONFORMING && r->gap ? RUN_UNDECIDED : code;
}

static enum run_code
judge_all(struct run *r)
{
	struct text text = { 0 };
	const char *cause;

	if (!read_all(r))
		return RUN_USAGE;
	cause = recorder_fault(r->recorder);
	if (!close_events(r) && !cause)
		cause = strerrordesc_np(errno);
	if (cause) {
		say_write_fault(r, cause);
		return RUN_USAGE;
	}
	summary_print(&r->summary, r->model, recorder_totals(r->recorder),
	    r->arguments->lang, text_str(&r->events), &text);
	(void)fputs(text_str(&text), stderr);
	text_free(&text);
	return conclude(r);
}

enum run_code
run_captures(const struct arguments *o, const struct model *m)
{
	struct run *r = mem_calloc(1, sizeof(*r));
	enum run_code code = RUN_USAGE;

	r->arguments = o;
	r->model = m;
	if (getrandom(r->secret, sizeof(r->secret), 0) !=
	    (ssize_t)sizeof(r->secret))
		say(r, W_PROBE_NO_ENGINE, strerrordesc_np(errno), NULL, NULL);
	else if (check_probe(r) && open_sources(r) && open_events(r))
		code = judge_all(r);
	engine_free(r->engine);
	recorder_free(r->recorder);
	(void)close_events(r);
	capture_free(r->capture);
	for (size_t i = 0; i < r->gap_count; i++)
		free(r->causes[i]);
	summary_fini(&r->summary);
	text_free(&r->events);
	free(r);
	return code;
}
