/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho emergency: throws a switch that was prepared, in the side file that
 * the model names, and nothing else. What it would write is loaded as a model
 * first; only what loads replaces the file, whole or not at all, while nobody
 * else changes it. Judging is the probe's, once it is told to read it again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "base/mem.h"
#include "cmd.h"
#include "describe.h"
#include "emergency_file.h"
#include "input.h"
#include "output.h"

#define SERIAL_MAX 99
#define NAMED_MAX 256
#define LOCK_TRIES 100 /* that often, LOCK_PAUSE_MS apart: 10 s */
#define LOCK_PAUSE_MS 100
#define LOCK_SECONDS "10"

/* What every verb works on. */
struct job {
	const struct options *o;
	struct input in;
	struct wall_us now; /* of the minute that runs */
	char *path;	    /* owned: of the side file, or NULL */
	int lock;	    /* -1: none */
};

/* ---- saying */

static void
print(struct job *j, FILE *to, enum word word, size_t count, ...)
{
	struct text out = { 0 }, escaped[3] = { { 0 } };
	va_list ap;

	va_start(ap, count);
	for (size_t i = 0; i < count; i++)
		text_quote(&escaped[i], va_arg(ap, const char *));
	va_end(ap);
	if (to == stderr)
		text_add(&out, "sekisho: ");
	words_add(&out, j->o->lang, word, 3, text_str(&escaped[0]),
	    text_str(&escaped[1]), text_str(&escaped[2]));
	text_add_char(&out, '\n');
	fputs(text_str(&out), to);
	text_free(&out);
	for (size_t i = 0; i < 3; i++)
		text_free(&escaped[i]);
}

static const char *
at(const struct job *j, struct wall_us t, char buf[CLOCK_MINUTE_MAX])
{
	return clock_format(t, j->in.model->utc_offset_s, buf);
}

/* ---- finding */

static bool
is_of(const struct emergency *e, const char *id)
{
	return strcmp(e->id, id) == 0 ||
	    (e->plan != NULL && strcmp(e->plan, id) == 0);
}

/* The plan of that id, whatever was opened the last time; without one the last
 * of that id or plan. */
static const struct emergency *
like_which(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->emergency_count; i++)
		if (m->emergencies[i].is_plan &&
		    strcmp(m->emergencies[i].id, id) == 0)
			return &m->emergencies[i];
	for (size_t i = m->emergency_count; i > 0; i--)
		if (is_of(&m->emergencies[i - 1], id))
			return &m->emergencies[i - 1];
	return NULL;
}

static const struct emergency *
on_now(const struct job *j, const char *id, bool any_later)
{
	const struct model *m = j->in.model;

	for (size_t i = 0; i < m->emergency_count; i++) {
		const struct emergency *e = &m->emergencies[i];

		if (is_of(e, id) && !e->is_plan && e->until.us > j->now.us &&
		    (any_later || emergency_is_on(e, j->now)))
			return e;
	}
	return NULL;
}

static const struct emergency *
by_id(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->emergency_count; i++)
		if (strcmp(m->emergencies[i].id, id) == 0)
			return &m->emergencies[i];
	return NULL;
}

/* ---- the side file */

/* It lies where the model lies. */
static char *
path_of(const char *model, const char *file)
{
	const char *slash = strrchr(model, '/');
	struct text path = { 0 };
	char *out;

	text_add_n(&path, model, slash ? (size_t)(slash - model) + 1 : 0);
	text_add(&path, file);
	out = mem_strdup(text_str(&path));
	text_free(&path);
	return out;
}

/* False with errno; EWOULDBLOCK: somebody else has it all the time. */
static bool
lock_in_time(int fd)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	errno = EWOULDBLOCK;
	return false;
}

/* Nobody else changes the file meanwhile: the lock is on the model, since the
 * side file is replaced. */
static bool
take_lock(struct job *j)
{
	const char *path = j->o->operands[0];

	if (strcmp(path, "-") == 0) {
		print(j, stderr, W_VERIFIER_EMERGENCY_STDIN, 0);
		return false;
	}
	j->lock = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (j->lock >= 0 && lock_in_time(j->lock))
		return true;
	if (j->lock >= 0 && errno == EWOULDBLOCK)
		print(j, stderr, W_VERIFIER_EMERGENCY_BUSY, 2, path,
		    LOCK_SECONDS);
	else
		print(j, stderr, W_VERIFIER_EMERGENCY_LOCK, 2, path,
		    strerror(errno));
	return false;
}

static const struct bundle_file *
side_file(const struct job *j)
{
	return bundle_find(&j->in.bundle, j->in.model->emergency_file);
}

/* Whether the model loads with the file's text so; says why not. */
static bool
would_load(struct job *j, const struct text *text)
{
	const struct bundle *old = &j->in.bundle;
	const char *name = j->in.model->emergency_file;
	struct bundle b = { 0 };
	struct diag d = { .lang = j->o->lang };
	struct model *m;
	struct text faults = { 0 };

	for (size_t i = 0; i < old->count; i++)
		if (i == 0 || strcmp(old->files[i].reference, name) != 0)
			(void)bundle_add(&b, old->files[i].reference,
			    old->files[i].shown, old->files[i].bytes,
			    old->files[i].length);
	(void)bundle_add(&b, name, j->path, text->data, text->length);
	m = model_load(&b, &d);
	if (m == NULL) {
		diag_sort(&d);
		diag_print(&d, &faults);
		fputs(text_str(&faults), stderr);
		print(j, stderr, W_VERIFIER_EMERGENCY_REFUSED, 1, j->path);
	}
	model_free(m);
	diag_free(&d);
	bundle_free(&b);
	text_free(&faults);
	return m != NULL;
}

/* Whether it lies on the disk, and its name in the folder, is for the disk to
 * say; the file is whole either way. */
static void
settle(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash != NULL ?
	    mem_strndup(path, (size_t)(slash - path) + 1) :
	    mem_strdup(".");
	const char *const names[] = { path, folder };

	for (size_t i = 0; i < 2; i++) {
		const int fd = open(names[i], O_RDONLY | O_CLOEXEC);

		if (fd >= 0) {
			(void)fsync(fd);
			(void)close(fd);
		}
	}
	free(folder);
}

static bool
put_file(struct job *j, const struct text *text)
{
	if (!would_load(j, text) || !output_write(text, j->path, j->o->lang))
		return false;
	settle(j->path);
	return true;
}

/* ---- on */

static bool
need(struct job *j, enum option_value value, const char *name)
{
	if (options_value(j->o, value) != NULL)
		return true;
	print(j, stderr, W_VERIFIER_EMERGENCY_NEEDS, 1, name);
	return false;
}

static bool
take_until(struct job *j, struct wall_us *until)
{
	const char *text = options_value(j->o, VALUE_UNTIL);
	const struct wall_us last = { j->now.us +
		EMERGENCY_DAYS_MAX * CLOCK_DAY };
	char now[CLOCK_MINUTE_MAX], latest_at[CLOCK_MINUTE_MAX], days[8];

	if (!clock_parse(text, j->in.model->utc_offset_s, until)) {
		print(j, stderr, W_VERIFIER_EMERGENCY_BAD_UNTIL, 1, text);
		return false;
	}
	if (until->us <= j->now.us) {
		print(j, stderr, W_VERIFIER_EMERGENCY_PAST, 2, text,
		    at(j, j->now, now));
		return false;
	}
	if (until->us > last.us) {
		(void)snprintf(days, sizeof(days), "%d", EMERGENCY_DAYS_MAX);
		print(j, stderr, W_VERIFIER_EMERGENCY_FAR, 2, days,
		    at(j, last, latest_at));
		return false;
	}
	return true;
}

/* Every plan and earlier one, each once. */
static void
say_unknown(struct job *j, const char *id)
{
	const struct model *m = j->in.model;
	struct text names = { 0 };

	for (size_t i = 0; i < m->emergency_count; i++)
		if (m->emergencies[i].plan == NULL)
			text_printf(&names, "%s%s", names.length ? ", " : "",
			    m->emergencies[i].id);
	if (names.length == 0)
		text_add(&names,
		    words_get(j->o->lang, W_VERIFIER_EMERGENCY_NO_PLANS));
	print(j, stderr, W_VERIFIER_EMERGENCY_UNKNOWN, 2, id, text_str(&names));
	text_free(&names);
}

/* The plan's own id where it is free, else with the minute. */
static void
name_entry(const struct job *j, const char *id, char out[NAMED_MAX])
{
	char minute[CLOCK_MINUTE_MAX], digits[CLOCK_MINUTE_MAX];
	size_t n = 0;

	(void)snprintf(out, NAMED_MAX, "%s", id);
	if (by_id(j->in.model, out) == NULL)
		return;
	for (const char *p = at(j, j->now, minute); *p != '\0'; p++)
		if (*p != '-' && *p != ':')
			digits[n++] = *p == 'T' ? '-' : *p;
	digits[n] = '\0';
	for (int i = 1; i <= SERIAL_MAX; i++) {
		if (i == 1)
			(void)snprintf(out, NAMED_MAX, "%s-%s", id, digits);
		else
			(void)snprintf(out, NAMED_MAX, "%s-%s-%d", id, digits,
			    i);
		if (by_id(j->in.model, out) == NULL)
			return;
	}
}

static void
put_conduits(const struct job *j, struct jsonw *w, const struct emergency *like)
{
	const struct option_given *g = &j->o->given[VALUE_CONDUIT];

	jsonw_array(w, "conduits");
	for (size_t i = 0; i < g->count; i++)
		jsonw_string(w, NULL, g->items[i]);
	for (size_t i = 0; g->count == 0 && i < like->conduit_count; i++)
		jsonw_string(w, NULL, like->conduits[i]->id);
	jsonw_array_end(w);
}

static void
put_approval(const struct job *j, struct jsonw *w)
{
	const char *by = options_value(j->o, VALUE_BY);
	const char *number = options_value(j->o, VALUE_NUMBER);
	char day[16];

	if (by == NULL && number == NULL)
		return;
	jsonw_object(w, "approved");
	if (by != NULL) {
		jsonw_array(w, "by");
		jsonw_string(w, NULL, by);
		jsonw_array_end(w);
	}
	if (number != NULL)
		jsonw_string(w, "number", number);
	jsonw_string(w, "on",
	    day_format(clock_day(j->now, j->in.model->utc_offset_s, NULL), day,
		sizeof(day)));
	jsonw_object_end(w);
}

/* like: whose kind, name and conduits it has; NULL: those of the options. */
static void
put_entry(const struct job *j, const char *id, const char *name,
    const struct emergency *like, struct wall_us until, struct text *out)
{
	static const char *const kinds[] = { "disaster", "election", "outage",
		"holiday-opening", "other" };
	char time[CLOCK_MINUTE_MAX];
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "id", name);
	if (strcmp(id, name) != 0)
		jsonw_string(&w, "plan", id);
	if (like != NULL && strcmp(like->name, like->id) != 0)
		jsonw_string(&w, "name", like->name);
	jsonw_string(&w, "kind", kinds[like ? like->kind : EMERGENCY_OTHER]);
	jsonw_string(&w, "since", at(j, j->now, time));
	jsonw_string(&w, "until", at(j, until, time));
	jsonw_array(&w, "lifts");
	if (like == NULL || like->lifts_schedule)
		jsonw_string(&w, NULL, "schedule");
	jsonw_array_end(&w);
	put_conduits(j, &w, like);
	jsonw_string(&w, "reason", options_value(j->o, VALUE_REASON));
	put_approval(j, &w);
	jsonw_object_end(&w);
}

/* The whole of the file with the entry behind all others. */
static bool
add_entry(struct job *j, const char *entry, struct text *out)
{
	const struct bundle_file *f = side_file(j);
	struct diag d = { .lang = j->o->lang };
	struct text fresh = { 0 };
	struct jsonx_doc *doc;
	const char *bytes;
	size_t length;
	bool ok = false;

	if (f == NULL)
		emergency_file_new(&fresh);
	bytes = f != NULL ? f->bytes : fresh.data;
	length = f != NULL ? f->length : fresh.length;
	doc = jsonx_parse(j->path, bytes, length, &d);
	if (doc != NULL)
		ok = emergency_file_append(bytes, length,
		    jsonx_get(jsonx_root(doc), "emergencies"), entry, out);
	jsonx_free(doc);
	diag_free(&d);
	text_free(&fresh);
	return ok;
}

static void
print_conduit(struct job *j, const struct conduit *c, bool any_hour)
{
	struct text out = { 0 };

	text_add(&out, "  ");
	describe_name(c->id, &out);
	text_add(&out, "  ");
	describe_end(&c->from, &out);
	text_add(&out, c->direction == CONDUIT_BOTH ? " ↔ " : " → ");
	describe_end(&c->to, &out);
	text_add(&out, "  ");
	describe_services(&c->services, &out);
	text_printf(&out, "  (%s)\n",
	    words_get(j->o->lang,
		c->emergency_only ? W_VERIFIER_EMERGENCY_NOW_USABLE :
		    any_hour	  ? W_VERIFIER_EMERGENCY_ANY_HOUR :
				    W_VERIFIER_EMERGENCY_NOTHING));
	fputs(text_str(&out), stdout);
	text_free(&out);
}

/* What it opens, by the model as it is now. */
static void
print_opened(struct job *j, const struct emergency *like)
{
	const struct option_given *g = &j->o->given[VALUE_CONDUIT];
	const struct model *m = j->in.model;

	print(j, stdout, W_VERIFIER_EMERGENCY_OPENS, 0);
	for (size_t i = 0; i < m->conduit_count; i++)
		for (size_t k = 0; k < g->count; k++)
			if (strcmp(m->conduits[i].id, g->items[k]) == 0)
				print_conduit(j, &m->conduits[i],
				    like == NULL || like->lifts_schedule);
	for (size_t i = 0; g->count == 0 && i < like->conduit_count; i++)
		print_conduit(j, like->conduits[i], like->lifts_schedule);
	if (options_value(j->o, VALUE_BY) == NULL ||
	    options_value(j->o, VALUE_NUMBER) == NULL)
		print(j, stdout, W_VERIFIER_EMERGENCY_NO_APPROVAL, 1, j->path);
	print(j, stdout, W_VERIFIER_EMERGENCY_RELOAD, 0);
}

static int
switch_on(struct job *j, const char *id)
{
	const struct emergency *like = like_which(j->in.model, id), *now;
	char name[NAMED_MAX], since[CLOCK_MINUTE_MAX], end[CLOCK_MINUTE_MAX];
	struct text entry = { 0 }, file = { 0 };
	struct wall_us until;
	bool ok;

	if (!need(j, VALUE_UNTIL, "until") || !need(j, VALUE_REASON, "reason"))
		return CMD_BAD_INPUT;
	if (like == NULL && j->o->given[VALUE_CONDUIT].count == 0) {
		say_unknown(j, id);
		return CMD_BAD_INPUT;
	}
	now = on_now(j, id, true);
	if (now != NULL) {
		print(j, stderr, W_VERIFIER_EMERGENCY_ALREADY, 2, now->id,
		    at(j, now->until, end));
		return CMD_BAD_INPUT;
	}
	if (!take_until(j, &until))
		return CMD_BAD_INPUT;
	name_entry(j, id, name);
	put_entry(j, id, name, like, until, &entry);
	ok = add_entry(j, text_str(&entry), &file) && put_file(j, &file);
	if (ok) {
		print(j, stdout, W_VERIFIER_EMERGENCY_BEGUN, 3, name,
		    at(j, j->now, since), at(j, until, end));
		print_opened(j, like);
	}
	text_free(&entry);
	text_free(&file);
	return ok ? CMD_CLEAN : CMD_BAD_INPUT;
}

/* ---- off */

static const char *
who(const struct job *j)
{
	const char *name = options_value(j->o, VALUE_BY);

	if (name == NULL || name[0] == '\0')
		name = getenv("SUDO_USER");
	if (name == NULL || name[0] == '\0')
		name = getenv("LOGNAME");
	return name != NULL && name[0] != '\0' ? name : "-";
}

static const struct jsonx *
entry_of(const struct jsonx_doc *doc, const char *id)
{
	const struct jsonx *list = jsonx_get(jsonx_root(doc), "emergencies");

	for (const struct jsonx *n = list->child; n != NULL; n = n->next) {
		const struct jsonx *value = jsonx_get(n, "id");

		if (value != NULL && value->kind == JSONX_STRING &&
		    strcmp(value->string, id) == 0)
			return n;
	}
	return NULL;
}

/* The file with the end of that entry made now, or its beginning when that is
 * still to come. */
static bool
end_entry(struct job *j, const struct emergency *e, struct text *out)
{
	const struct bundle_file *f = side_file(j);
	const struct wall_us end = { e->since.us > j->now.us ? e->since.us :
							       j->now.us };
	struct diag d = { .lang = j->o->lang };
	struct jsonx_doc *doc = jsonx_parse(j->path, f->bytes, f->length, &d);
	const struct jsonx *entry = doc != NULL ? entry_of(doc, e->id) : NULL;
	char until[CLOCK_MINUTE_MAX];
	bool ok = entry != NULL &&
	    emergency_file_end(f->bytes, f->length, entry, at(j, end, until),
		who(j), out);

	jsonx_free(doc);
	diag_free(&d);
	return ok;
}

static int
switch_off(struct job *j, const char *id)
{
	const struct emergency *e = on_now(j, id, true);
	char place[NAMED_MAX], end[CLOCK_MINUTE_MAX];
	struct text file = { 0 };
	bool ok;

	if (e == NULL) {
		print(j, stderr, W_VERIFIER_EMERGENCY_NOT_ON, 1, id);
		return CMD_BAD_INPUT;
	}
	if (!e->from_file) {
		(void)snprintf(place, sizeof(place), "%s:%u", e->place.file,
		    e->place.line);
		print(j, stderr, W_VERIFIER_EMERGENCY_IN_MODEL, 2, e->id,
		    place);
		return CMD_BAD_INPUT;
	}
	ok = end_entry(j, e, &file) && put_file(j, &file);
	if (ok) {
		print(j, stdout, W_VERIFIER_EMERGENCY_ENDED, 2, e->id,
		    at(j, j->now, end));
		print(j, stdout, W_VERIFIER_EMERGENCY_RELOAD, 0);
	}
	text_free(&file);
	return ok ? CMD_CLEAN : CMD_BAD_INPUT;
}

/* ---- list */

static enum word
state_of(const struct job *j, const struct emergency *e)
{
	if (e->is_plan)
		return W_VERIFIER_EMERGENCY_STATE_PLAN;
	if (emergency_is_on(e, j->now))
		return W_VERIFIER_EMERGENCY_STATE_ON;
	return e->since.us > j->now.us && e->until.us > e->since.us ?
	    W_VERIFIER_EMERGENCY_STATE_COMING :
	    W_VERIFIER_EMERGENCY_STATE_OVER;
}

static void
list_one(const struct job *j, const struct emergency *e, struct text *out)
{
	char time[CLOCK_MINUTE_MAX];

	text_pad(out, words_get(j->o->lang, state_of(j, e)), 8);
	describe_name(e->id, out);
	if (!e->is_plan) {
		text_printf(out, "  %s", at(j, e->since, time));
		text_printf(out, " - %s", at(j, e->until, time));
	}
	if (strcmp(e->name, e->id) != 0) {
		text_add(out, "  ");
		describe_name(e->name, out);
	}
	if (e->reason != NULL) {
		text_add(out, "  ");
		describe_name(e->reason, out);
	}
	text_add(out, "\n        ");
	for (size_t i = 0; i < e->conduit_count; i++) {
		text_add(out, i ? ", " : "");
		describe_name(e->conduits[i]->id, out);
	}
	text_add_char(out, '\n');
}

static int
list_all(struct job *j)
{
	const struct model *m = j->in.model;
	struct text out = { 0 };
	bool ok;

	for (size_t i = 0; i < m->emergency_count; i++)
		list_one(j, &m->emergencies[i], &out);
	if (m->emergency_count == 0)
		text_printf(&out, "%s\n",
		    words_get(j->o->lang, W_VERIFIER_EMERGENCY_NONE));
	ok = output_write(&out, NULL, j->o->lang);
	text_free(&out);
	return ok ? CMD_CLEAN : CMD_BAD_INPUT;
}

/* ---- all */

static int
change(struct job *j, bool on)
{
	const struct options *o = j->o;

	if (o->operand_count < 3) {
		print(j, stderr, W_VERIFIER_EMERGENCY_NO_ID, 0);
		return CMD_BAD_INPUT;
	}
	if (j->in.model->emergency_file == NULL) {
		print(j, stderr, W_VERIFIER_EMERGENCY_NO_FILE, 0);
		return CMD_BAD_INPUT;
	}
	j->path = path_of(o->operands[0], j->in.model->emergency_file);
	return on ? switch_on(j, o->operands[2]) :
		    switch_off(j, o->operands[2]);
}

static int
run(struct job *j)
{
	const char *verb = j->o->operands[1];
	const bool on = strcmp(verb, "on") == 0;
	const bool off = strcmp(verb, "off") == 0;
	int status;

	if (!on && !off && strcmp(verb, "list") != 0) {
		print(j, stderr, W_VERIFIER_EMERGENCY_VERB, 1, verb);
		return CMD_BAD_INPUT;
	}
	if ((on || off) && !take_lock(j))
		return CMD_BAD_INPUT;
	if (!input_need(&j->in, j->o->operands[0], j->o))
		return CMD_BAD_INPUT;
	status = on || off ? change(j, on) : list_all(j);
	input_close(&j->in);
	return status;
}

int
cmd_emergency(const struct options *o)
{
	struct job j = { .o = o, .lock = -1 };
	const time_t now = time(NULL);
	int status;

	j.now.us = (int64_t)(now - now % 60) * CLOCK_SECOND;
	status = run(&j);
	if (j.lock >= 0)
		(void)close(j.lock);
	free(j.path);
	return status;
}
