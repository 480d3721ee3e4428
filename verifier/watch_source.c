/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See watch_source.h. A file that was set aside keeps its inode, and while it
 * is open nobody else gets that, so the one that is open is known again under
 * its new name. Of names set aside the greatest that was read is remembered;
 * whatever is greater was not.
 */
#include "watch_source.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "events.h"
#include "words.h"

static void
complain(const struct watch_source *s, enum word word, const char *path,
    const char *reason)
{
	struct text out = { 0 }, shown = { 0 };

	text_escape(&shown, path, strlen(path));
	text_add(&out, "sekisho: ");
	words_add(&out, s->lang, word, 2, text_str(&shown), reason);
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&shown);
}

static int
open_name(const struct watch_source *s, const char *name)
{
	struct text path = { 0 };
	int fd, fault;

	text_printf(&path, "%s/%s", s->folder, name);
	fd = open(text_str(&path), O_RDONLY | O_CLOEXEC);
	fault = errno;
	text_free(&path);
	errno = fault;
	return fd;
}

static bool
are_same(int a, int b)
{
	struct stat x, y;

	return a >= 0 && b >= 0 && fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	    x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void
remember(struct watch_source *s, const char *name)
{
	free(s->last);
	s->last = mem_strdup(name);
}

/* The oldest name set aside that is greater than the last one read; NULL:
 * none. The caller frees it. */
static char *
next_name(struct watch_source *s)
{
	struct events_names names;
	char *found = NULL;

	if (!events_list(s->folder, &names)) {
		if (!s->failed)
			complain(s, W_WATCH_NO_FILE, s->folder,
			    strerrordesc_np(errno));
		s->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < names.count && found == NULL; i++)
		if (s->last == NULL || strcmp(names.items[i], s->last) > 0)
			found = mem_strdup(names.items[i]);
	events_names_free(&names);
	return found;
}

static void
move_to(struct watch_source *s, int fd, bool is_aside)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = fd;
	s->is_aside = is_aside;
	s->is_drained = false;
}

/* The next file set aside that was not read yet. */
static bool
open_aside(struct watch_source *s)
{
	char *name;
	int fd;

	while ((name = next_name(s)) != NULL) {
		fd = open_name(s, name);
		remember(s, name);
		if (fd < 0 && errno != ENOENT) {
			complain(s, W_WATCH_NO_FILE, name,
			    strerrordesc_np(errno));
			s->failed = true;
		}
		free(name);
		if (fd < 0)
			continue;
		if (are_same(fd, s->fd)) { /* read before it was set aside */
			(void)close(fd);
			continue;
		}
		move_to(s, fd, true);
		return true;
	}
	return false;
}

/* The next file of the folder; false when there is none. */
static bool
open_next(struct watch_source *s)
{
	for (;;) {
		char *name;
		int fd, again;

		if (open_aside(s))
			return true;
		fd = open_name(s, EVENTS_YOUNGEST);
		if (fd < 0 && errno != ENOENT && !s->failed) {
			complain(s, W_WATCH_NO_FILE, EVENTS_YOUNGEST,
			    strerrordesc_np(errno));
			s->failed = true;
		}
		if (fd < 0 || are_same(fd, s->fd)) {
			if (fd >= 0)
				(void)close(fd);
			return false;
		}
		/* Set aside between the two looks: what is older comes first. */
		name = next_name(s);
		again = name != NULL ? open_name(s, name) : -1;
		if (name == NULL || are_same(again, fd)) {
			if (name != NULL)
				remember(s, name);
			free(name);
			if (again >= 0)
				(void)close(again);
			move_to(s, fd, again >= 0);
			return true;
		}
		free(name);
		if (again >= 0)
			(void)close(again);
		(void)close(fd);
	}
}

/* A file called eve.json has a folder around it; what lies there already is
 * not asked for. */
static void
learn_folder(struct watch_source *s)
{
	char *path = mem_strdup(s->path), *for_name = mem_strdup(s->path);
	struct events_names names;

	if (strcmp(basename(for_name), EVENTS_YOUNGEST) == 0) {
		s->folder = mem_strdup(dirname(path));
		if (!events_list(s->folder, &names)) {
			free(s->folder);
			s->folder = NULL;
		} else {
			if (names.count > 0)
				remember(s, names.items[names.count - 1]);
			events_names_free(&names);
		}
	}
	free(path);
	free(for_name);
}

bool
watch_source_open(struct watch_source *s, const char *path, bool follow,
    enum lang lang)
{
	struct stat st;

	memset(s, 0, sizeof(*s));
	s->lang = lang;
	s->path = path;
	s->fd = -1;
	if (strcmp(path, "-") == 0) {
		s->is_input = true;
		s->fd = STDIN_FILENO;
		return true;
	}
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		s->folder = mem_strdup(path);
		if (open_next(s) || s->failed)
			return s->fd >= 0;
		complain(s, follow ? W_WATCH_WAITING : W_EVENTS_NONE, path, "");
		return follow;
	}
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0) {
		complain(s, W_WATCH_NO_FILE, path, strerrordesc_np(errno));
		return false;
	}
	learn_folder(s);
	return true;
}

void
watch_source_close(struct watch_source *s)
{
	if (s->fd >= 0 && !s->is_input)
		(void)close(s->fd);
	free(s->folder);
	free(s->last);
	s->folder = s->last = NULL;
	s->fd = -1;
}

ssize_t
watch_source_read(struct watch_source *s, char *bytes, size_t n)
{
	return s->fd >= 0 ? read(s->fd, bytes, n) : 0;
}

/* ---- at the end of what there is */

/* Whether the name leads to another file by now, or to none. */
static bool
was_replaced(const struct watch_source *s)
{
	struct text path = { 0 };
	struct stat now, ours;
	bool replaced;

	if (s->folder != NULL)
		text_printf(&path, "%s/%s", s->folder, EVENTS_YOUNGEST);
	else
		text_add(&path, s->path);
	replaced = fstat(s->fd, &ours) == 0 &&
	    (stat(text_str(&path), &now) != 0 || now.st_dev != ours.st_dev ||
		now.st_ino != ours.st_ino);
	text_free(&path);
	return replaced;
}

/* Emptied and begun anew: read again from its begin. */
static bool
rewind_emptied(const struct watch_source *s)
{
	const off_t at = lseek(s->fd, 0, SEEK_CUR);
	struct stat st;

	return at > 0 && fstat(s->fd, &st) == 0 && st.st_size < at &&
	    lseek(s->fd, 0, SEEK_SET) == 0;
}

static bool
reopen_file(struct watch_source *s)
{
	const int fd = open(s->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	move_to(s, fd, false);
	return true;
}

bool
watch_source_advance(struct watch_source *s, bool follow, bool *moved)
{
	*moved = false;
	if (s->is_input)
		return false;
	if (s->fd >= 0 && !s->is_aside) {
		if (!follow)
			return false;
		if (!was_replaced(s))
			return (*moved = rewind_emptied(s));
		/* What was written between the last read and its being set
		 * aside comes before anything else. */
		if (!s->is_drained)
			return (s->is_drained = true);
	}
	*moved = s->folder != NULL ? open_next(s) : reopen_file(s);
	return *moved;
}
