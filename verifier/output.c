/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes an answer whole. A full disk or a closed pipe shows only when the
 * last buffer is flushed, so success is what fclose says. A half-written
 * report must not pass for one: it is removed.
 */
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words.h"

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

/* A half-written file goes; a device or a pipe is not ours to remove. */
static void
take_back(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
		(void)unlink(path);
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

bool
output_write(const struct text *t, const char *path, enum lang lang)
{
	FILE *file = stdout;
	int reason;

	if (path != NULL) {
		file = fopen(path, "wbe");
		if (file == NULL) {
			complain(path, errno, lang);
			return false;
		}
	}
	reason = write_all(file, t);
	if (reason == 0)
		return true;
	if (path != NULL)
		take_back(path);
	complain(path != NULL	? path :
		lang == LANG_JA ? "標準出力" :
				  "standard output",
	    reason, lang);
	return false;
}
