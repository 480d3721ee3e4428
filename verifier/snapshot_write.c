/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes one state: beside its place, to the disk, and only then under its
 * name, so that a full disk or a killed process leaves what was there. Others
 * are kept out meanwhile by a lock on the firewall's folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "base/mem.h"
#include "snapshot.h"

#define NAME_BYTES_MAX 200
#define LOCK_TRIES 100 /* that often, LOCK_PAUSE_MS apart: 10 s */
#define LOCK_PAUSE_MS 100
#define LOCK_SECONDS "10"
#define DIGEST_SHOWN 12 /* digits of it in a name */

static void
fault(struct diag *d, enum word word, const char *name, const char *reason)
{
	struct text shown = { 0 };

	text_quote(&shown, name);
	words_diag(d, (struct diag_place){ 0 }, DIAG_ERROR, CHECK_NONE, word, 2,
	    text_str(&shown), reason);
	text_free(&shown);
}

/* ---- the folder */

bool
snapshot_names(const char *firewall)
{
	const size_t n = strlen(firewall);

	if (n == 0 || n > NAME_BYTES_MAX || firewall[0] == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)firewall[i] < 0x20 || firewall[i] == '/' ||
		    firewall[i] == 0x7f)
			return false;
	return true;
}

/* 0 or an errno. Only the owner may look into it. */
static int
make_folder(const char *path)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : errno;
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

/* What a killed process left half written; nobody else is at it. */
static void
sweep(int fd)
{
	const int own = dup(fd);
	DIR *dir = own >= 0 ? fdopendir(own) : NULL;
	const struct dirent *e;

	if (dir == NULL) {
		if (own >= 0)
			(void)close(own);
		return;
	}
	while ((e = readdir(dir)) != NULL) {
		const size_t n = strlen(e->d_name);

		if (n > 4 && strcmp(e->d_name + n - 4, ".new") == 0)
			(void)unlinkat(fd, e->d_name, 0);
	}
	(void)closedir(dir);
}

int
snapshot_lock(const char *folder, const char *firewall, struct diag *d)
{
	struct text path = { 0 };
	int reason = make_folder(folder), fd = -1;

	text_printf(&path, "%s/%s", folder, firewall);
	if (reason == 0)
		reason = make_folder(text_str(&path));
	if (reason == 0) {
		fd = open(text_str(&path),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0 || !lock_in_time(fd))
			reason = errno;
	}
	if (reason == EWOULDBLOCK)
		fault(d, W_SNAPSHOT_BUSY, text_str(&path), LOCK_SECONDS);
	else if (reason != 0)
		fault(d, W_SNAPSHOT_FOLDER, text_str(&path), strerror(reason));
	if (reason != 0 && fd >= 0) {
		(void)close(fd);
		fd = -1;
	}
	if (fd >= 0)
		sweep(fd);
	text_free(&path);
	return fd;
}

/* ---- the file */

static void
put_stamp(struct jsonw *w, const char *key, struct wall_us t, int32_t offset)
{
	char stamp[CLOCK_STAMP_MAX];

	jsonw_string(w, key, clock_stamp(t, offset, stamp));
}

static void
put_snapshot(const struct snapshot *s, const struct ruleset *r,
    int32_t utc_offset_s, struct text *out)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "format", "sekisho-snapshot/1");
	jsonw_string(&w, "firewall", s->firewall);
	jsonw_string(&w, "sha256", s->sha256);
	put_stamp(&w, "first-taken", s->first_taken, utc_offset_s);
	put_stamp(&w, "last-taken", s->last_taken, utc_offset_s);
	jsonw_string(&w, "host", s->host);
	jsonw_string(&w, "operator", s->operator_name);
	if (s->change_number != NULL)
		jsonw_string(&w, "change-number", s->change_number);
	if (s->approved) {
		jsonw_object(&w, "approved");
		jsonw_string(&w, "by", s->approved_by);
		jsonw_string(&w, "number", s->approved_number);
		put_stamp(&w, "at", s->approved_at, utc_offset_s);
		jsonw_object_end(&w);
	}
	ruleset_image_write(r, &w, "ruleset");
	jsonw_object_end(&w);
	text_add_char(out, '\n');
}

/* 0 or an errno; to the disk, not only to the kernel. */
static int
write_all(int fd, const struct text *t)
{
	size_t done = 0;

	while (done < t->length) {
		const ssize_t n = write(fd, t->data + done, t->length - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		done += (size_t)n;
	}
	return fsync(fd) == 0 ? 0 : errno;
}

/* The name itself must be on the disk as well. */
static int
settle_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = mem_strndup(path, (size_t)(slash - path));
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int reason = fd < 0 || fsync(fd) != 0 ? errno : 0;

	if (fd >= 0)
		(void)close(fd);
	free(folder);
	/* Some file systems know no such thing of a folder. */
	return reason == EINVAL ? 0 : reason;
}

static int
replace(const char *path, const struct text *t)
{
	struct text name = { 0 };
	int fd, reason;

	text_printf(&name, "%s.new", path);
	fd = open(text_str(&name),
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		reason = errno;
		text_free(&name);
		return reason;
	}
	reason = write_all(fd, t);
	if (close(fd) != 0 && reason == 0)
		reason = errno;
	if (reason == 0 && rename(text_str(&name), path) != 0)
		reason = errno;
	if (reason != 0)
		(void)unlink(text_str(&name));
	text_free(&name);
	return reason != 0 ? reason : settle_folder(path);
}

/* DIR/FIREWALL/20261121T101533.123456Z-0123456789ab.json */
static char *
path_for(const char *folder, const struct snapshot *s)
{
	char stamp[CLOCK_STAMP_MAX];
	struct text path = { 0 };
	char *out;

	clock_stamp(s->first_taken, 0, stamp);
	text_printf(&path, "%s/%s/", folder, s->firewall);
	for (const char *p = stamp; *p != '\0' && *p != '+'; p++)
		if (*p != '-' && *p != ':')
			text_add_char(&path, *p);
	text_printf(&path, "Z-%.*s.json", DIGEST_SHOWN, s->sha256);
	out = mem_strdup(text_str(&path));
	text_free(&path);
	return out;
}

bool
snapshot_write(const char *folder, struct snapshot *s, const struct ruleset *r,
    int32_t utc_offset_s, struct diag *d)
{
	struct text bytes = { 0 };
	int reason;

	if (s->path == NULL)
		s->path = path_for(folder, s);
	put_snapshot(s, r, utc_offset_s, &bytes);
	reason = replace(s->path, &bytes);
	text_free(&bytes);
	if (reason != 0)
		fault(d, W_SNAPSHOT_NOT_WRITTEN, s->path, strerror(reason));
	return reason == 0;
}
