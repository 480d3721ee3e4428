/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes an answer whole. A full disk or a closed pipe shows only when the
 * last buffer is flushed, so success is what fclose says. A half-written
 * report must not pass for one: a new file takes the place of the old one
 * only when it is complete.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "events.h"
#include "words.h"

#define NAMES_TRIED 100 /* for the new file */

static void
complain(const char *name, int reason, enum lang lang)
{
	struct text out = { 0 }, shown = { 0 };

	text_escape(&shown, name, strlen(name));
	text_add(&out, "sekisho: ");
	words_add(&out, lang, W_VERIFIER_NOT_WRITTEN, 2, text_str(&shown),
	    strerror(reason));
	text_add_char(&out, '\n');
	fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&shown);
}

/* 0, or the errno of what failed. The stream is closed either way. */
static int
write_all(FILE *file, const struct text *t)
{
	int reason = 0;

	errno = 0;
	if (t->length > 0 && fwrite(t->data, 1, t->length, file) != t->length)
		reason = errno ? errno : EIO;
	if (fclose(file) != 0 && reason == 0)
		reason = errno ? errno : EIO;
	return reason;
}

/* Whether st is the file path leads to, under whatever name. */
static bool
is_same_file(const struct stat *st, const char *path)
{
	struct stat other;

	return stat(path, &other) == 0 && other.st_dev == st->st_dev &&
	    other.st_ino == st->st_ino;
}

/* Only a regular file can be lost by writing. */
static bool
may_be_lost(const char *path, struct stat *st)
{
	return path != NULL && stat(path, st) == 0 && S_ISREG(st->st_mode);
}

static bool
refuse_input(const char *path, enum lang lang)
{
	struct text out = { 0 }, shown = { 0 };

	text_quote(&shown, path);
	text_add(&out, "sekisho: ");
	words_add(&out, lang, W_VERIFIER_IS_INPUT, 1, text_str(&shown));
	text_add_char(&out, '\n');
	fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&shown);
	return false;
}

bool
output_spares(const char *path, const struct bundle *read, enum lang lang)
{
	struct stat st;

	if (!may_be_lost(path, &st))
		return true;
	for (size_t i = 0; i < read->count; i++)
		if (is_same_file(&st, read->files[i].shown))
			return refuse_input(path, lang);
	return true;
}

bool
output_spares_file(const char *path, const char *file, enum lang lang)
{
	struct stat st;

	if (file == NULL || !may_be_lost(path, &st))
		return true;
	if (strcmp(file, "-") == 0)
		file = "/dev/stdin";
	return !is_same_file(&st, file) || refuse_input(path, lang);
}

static bool
is_in_folder(const struct stat *st, const char *folder, const char *name)
{
	struct text path = { 0 };
	bool hit;

	text_printf(&path, "%s/%s", folder, name);
	hit = is_same_file(st, text_str(&path));
	text_free(&path);
	return hit;
}

bool
output_spares_events(const char *path, const char *events, enum lang lang)
{
	struct events_names names;
	struct stat st, of;
	bool hit;

	if (events == NULL || stat(events, &of) != 0 || !S_ISDIR(of.st_mode))
		return output_spares_file(path, events, lang);
	/* A folder that cannot be read is told when it is to be. */
	if (!may_be_lost(path, &st) || !events_list(events, &names))
		return true;
	hit = names.youngest && is_in_folder(&st, events, EVENTS_YOUNGEST);
	for (size_t i = 0; i < names.count && !hit; i++)
		hit = is_in_folder(&st, events, names.items[i]);
	events_names_free(&names);
	return !hit || refuse_input(path, lang);
}

/* A new file beside target, whose name goes to name; mode 0: as the process
 * makes files. NULL and errno. */
static FILE *
open_beside(const char *target, mode_t mode, struct text *name)
{
	FILE *file;
	int fd = -1, saved;

	for (int i = 0; i < NAMES_TRIED && fd < 0; i++) {
		text_clear(name);
		text_printf(name, "%s.%ld-%d.new", target, (long)getpid(), i);
		fd = open(text_str(name),
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			return NULL;
	}
	if (fd < 0)
		return NULL;
	file = mode != 0 && fchmod(fd, mode) != 0 ? NULL : fdopen(fd, "wb");
	if (file == NULL) {
		saved = errno;
		(void)close(fd);
		(void)unlink(text_str(name));
		errno = saved;
	}
	return file;
}

/* 0 or an errno. The old file at target stays as it is until then. */
static int
replace(const struct text *t, const char *target, mode_t mode)
{
	struct text name = { 0 };
	FILE *file = open_beside(target, mode, &name);
	int reason;

	if (file == NULL) {
		reason = errno;
		text_free(&name);
		return reason;
	}
	reason = write_all(file, t);
	if (reason == 0 && rename(text_str(&name), target) != 0)
		reason = errno;
	if (reason != 0)
		(void)unlink(text_str(&name));
	text_free(&name);
	return reason;
}

/* Devices and pipes are written as they are, never replaced. */
static int
write_path(const struct text *t, const char *path)
{
	struct stat st;
	char *target;
	FILE *file;
	int reason;

	if (stat(path, &st) != 0)
		return errno == ENOENT ? replace(t, path, 0) : errno;
	if (!S_ISREG(st.st_mode)) {
		file = fopen(path, "wbe");
		return file != NULL ? write_all(file, t) : errno;
	}
	/* The file a link leads to is replaced, not the link. */
	target = realpath(path, NULL);
	if (target == NULL)
		return errno;
	reason = access(target, W_OK) != 0 ?
	    errno :
	    replace(t, target, st.st_mode & 07777);
	free(target);
	return reason;
}

bool
output_write(const struct text *t, const char *path, enum lang lang)
{
	int reason = path != NULL ? write_path(t, path) : write_all(stdout, t);

	if (reason == 0)
		return true;
	complain(path != NULL	? path :
		lang == LANG_JA ? "標準出力" :
				  "standard output",
	    reason, lang);
	return false;
}
