/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See events.h. Files are read in blocks and cut into lines here, so that a
 * line without an end takes no more than EVENTS_LINE_MAX. The head of a line
 * is read as the probe writes it and in no other way: whatever differs goes
 * through the parser, so the short cut can be slower but never wrong.
 */
#include "events.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "words.h"

#define READ_BYTES 65536

struct events {
	enum lang lang;
	char **paths; /* owned */
	size_t count, at;
	int fd;	     /* of paths[at - 1], or standard input; -1: none is open */
	char *block; /* owned, READ_BYTES */
	size_t from, until; /* what is left of it */
	struct text line;
	bool too_long;	       /* the line: its rest was passed over */
	struct jsonx_doc *doc; /* of the last event */
	struct diag diag;
	uint64_t lines, unread;
	bool failed;
};

static void
complain(const struct events *e, enum word word, const char *path,
    const char *reason)
{
	struct text out = { 0 }, shown = { 0 };

	text_escape(&shown, path, strlen(path));
	text_add(&out, "sekisho: ");
	words_add(&out, e->lang, word, 2, text_str(&shown), reason);
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&shown);
}

static void
add_path(struct events *e, const char *folder, const char *name)
{
	struct text path = { 0 };

	text_printf(&path, "%s%s%s", folder ? folder : "", folder ? "/" : "",
	    name);
	e->paths[e->count++] = mem_strdup(text_str(&path));
	text_free(&path);
}

/* False when there is nothing to read, after a sentence. */
static bool
add_folder(struct events *e, const char *folder)
{
	struct events_names names;
	char n[32];

	if (!events_list(folder, &names)) {
		complain(e, W_WATCH_NO_FILE, folder, strerrordesc_np(errno));
		return false;
	}
	e->paths = mem_calloc(names.count + 1, sizeof(*e->paths));
	for (size_t i = 0; i < names.count; i++)
		add_path(e, folder, names.items[i]);
	if (names.youngest)
		add_path(e, folder, EVENTS_YOUNGEST);
	if (names.left_out > 0) {
		(void)snprintf(n, sizeof(n), "%zu", names.left_out);
		complain(e, W_EVENTS_LEFT_OUT, folder, n);
		e->failed = true;
	}
	events_names_free(&names);
	if (e->count == 0)
		complain(e, W_EVENTS_NONE, folder, "");
	return e->count > 0;
}

struct events *
events_open(const char *path, enum lang lang)
{
	struct events *e = mem_calloc(1, sizeof(*e));
	struct stat st;
	bool found = true;

	e->lang = lang;
	e->diag.lang = lang;
	e->fd = -1;
	e->block = mem_calloc(READ_BYTES, 1);
	if (strcmp(path, "-") == 0) {
		e->fd = STDIN_FILENO;
		return e;
	}
	if (stat(path, &st) != 0) {
		complain(e, W_WATCH_NO_FILE, path, strerrordesc_np(errno));
		found = false;
	} else if (S_ISDIR(st.st_mode)) {
		found = add_folder(e, path);
	} else {
		e->paths = mem_calloc(1, sizeof(*e->paths));
		add_path(e, NULL, path);
	}
	if (found)
		return e;
	events_close(e);
	return NULL;
}

static void
close_file(struct events *e)
{
	if (e->fd > STDIN_FILENO)
		(void)close(e->fd);
	e->fd = -1;
}

void
events_close(struct events *e)
{
	if (e == NULL)
		return;
	close_file(e);
	for (size_t i = 0; i < e->count; i++)
		free(e->paths[i]);
	free(e->paths);
	free(e->block);
	text_free(&e->line);
	jsonx_free(e->doc);
	diag_free(&e->diag);
	free(e);
}

/* ---- lines */

/* The next file; false when there is none. */
static bool
next_file(struct events *e)
{
	close_file(e);
	while (e->at < e->count) {
		const char *path = e->paths[e->at++];

		e->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (e->fd >= 0)
			return true;
		complain(e, W_WATCH_NO_FILE, path, strerrordesc_np(errno));
		e->failed = true;
	}
	return false;
}

/* Fills the block; false at the end of the file, or of what can be read. */
static bool
fill(struct events *e)
{
	ssize_t n;

	do
		n = read(e->fd, e->block, READ_BYTES);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		complain(e, W_WATCH_FAULT,
		    e->at > 0 ? e->paths[e->at - 1] : "-",
		    strerrordesc_np(errno));
		e->failed = true;
	}
	e->from = 0;
	e->until = n > 0 ? (size_t)n : 0;
	return n > 0;
}

/* Up to the newline or the end of the file; false when there is no more. */
static bool
take_line(struct events *e)
{
	const char *newline;
	bool any = false;
	size_t n;

	text_clear(&e->line);
	e->too_long = false;
	while (e->from < e->until || fill(e)) {
		any = true;
		newline = memchr(e->block + e->from, '\n', e->until - e->from);
		n = newline != NULL ? (size_t)(newline - e->block) - e->from :
				      e->until - e->from;
		if (e->line.length + n > EVENTS_LINE_MAX)
			e->too_long = true;
		else if (!e->too_long)
			text_add_n(&e->line, e->block + e->from, n);
		e->from += n + (newline != NULL);
		if (newline != NULL)
			return true;
	}
	return any;
}

bool
events_line(struct events *e)
{
	while (e->fd >= 0 || next_file(e)) {
		struct text *l = &e->line;

		if (!take_line(e)) {
			close_file(e);
			continue;
		}
		while (l->length > 0 && l->data[l->length - 1] == '\r')
			l->data[--l->length] = '\0';
		if (l->length == 0 && !e->too_long)
			continue;
		e->lines++;
		return true;
	}
	return false;
}

const struct jsonx *
events_parse(struct events *e)
{
	const struct jsonx *root = NULL;

	jsonx_free(e->doc);
	e->doc = NULL;
	if (!e->too_long) {
		diag_free(&e->diag);
		e->diag = (struct diag){ .lang = e->lang };
		e->doc = jsonx_parse("-", text_str(&e->line), e->line.length,
		    &e->diag);
		root = e->doc != NULL ? jsonx_root(e->doc) : NULL;
	}
	if (root != NULL && root->kind == JSONX_OBJECT)
		return root;
	e->unread++;
	return NULL;
}

const struct jsonx *
events_next(struct events *e)
{
	while (events_line(e)) {
		const struct jsonx *event = events_parse(e);

		if (event != NULL)
			return event;
	}
	return NULL;
}

const char *
events_bytes(const struct events *e, size_t *length)
{
	*length = e->line.length;
	return text_str(&e->line);
}

/* ---- heads */

/* Steps over literal where it stands at *s. */
static bool
step(const char **s, const char *literal)
{
	const size_t n = strlen(literal);

	if (strncmp(*s, literal, n) != 0)
		return false;
	*s += n;
	return true;
}

/* Over a string without any escape, whose bytes go to out; out of no size:
 * whatever it is. False where it is no such string or does not fit. */
static bool
step_string(const char **s, char *out, size_t size)
{
	const char *from = *s;
	size_t n;

	if (*from++ != '"')
		return false;
	n = strcspn(from, "\"\\");
	if (from[n] != '"' || (size > 0 && n >= size))
		return false;
	if (size > 0) {
		memcpy(out, from, n);
		out[n] = '\0';
	}
	*s = from + n + 1;
	return true;
}

/* Whether every bracket outside a string closes, the outermost one at the very
 * end. */
static bool
is_whole(const char *s, size_t n)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		const char c = s[i];

		if (c == '\0')
			return false;
		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			if (depth == 0 || (--depth == 0 && i + 1 < n))
				return false;
		}
	}
	return depth == 0 && !quoted;
}

bool
events_head(const struct events *e, struct events_head *out)
{
	const char *s = text_str(&e->line);
	char *end;

	memset(out, 0, sizeof(*out));
	if (e->too_long || !step(&s, "{\"timestamp\":") ||
	    !step_string(&s, NULL, 0))
		return false;
	if (step(&s, ",\"flow_id\":")) {
		if (*s < '0' || *s > '9')
			return false;
		errno = 0;
		out->flow_id = strtoll(s, &end, 10);
		if (errno != 0)
			return false;
		s = end;
	}
	if (step(&s, ",\"in_iface\":") && !step_string(&s, NULL, 0))
		return false;
	return step(&s, ",\"event_type\":") &&
	    step_string(&s, out->type, sizeof(out->type)) &&
	    is_whole(text_str(&e->line), e->line.length);
}

/* ---- what was counted, and members */

uint64_t
events_lines(const struct events *e)
{
	return e->lines;
}

uint64_t
events_unread(const struct events *e)
{
	return e->unread;
}

bool
events_failed(const struct events *e)
{
	return e->failed;
}

const char *
events_text(const struct jsonx *o, const char *key)
{
	const struct jsonx *member = o != NULL ? jsonx_get(o, key) : NULL;

	return member != NULL && member->kind == JSONX_STRING ? member->string :
								"";
}

int64_t
events_number(const struct jsonx *o, const char *key)
{
	const struct jsonx *member = o != NULL ? jsonx_get(o, key) : NULL;

	return member != NULL && member->kind == JSONX_INTEGER ?
	    member->integer :
	    0;
}

bool
events_flag(const struct jsonx *o, const char *key)
{
	const struct jsonx *member = o != NULL ? jsonx_get(o, key) : NULL;

	return member != NULL && member->kind == JSONX_BOOLEAN &&
	    member->integer != 0;
}
