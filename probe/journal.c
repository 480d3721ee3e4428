/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See journal.h. Lines are written unbuffered at the end of eve.json; what
 * could be written of a line only in part is cut off again at once. Names of
 * files that were set aside sort by age whatever the clock does: a name is
 * never below the newest one.
 */
#include "journal_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define NUMBERS 1000000 /* six digits */
#define AGAIN_US CLOCK_SECOND
/* Read for the cap in each tick: this, and more the more is written. */
#define TICK_BYTES ((uint64_t)8 << 20)
#define TICK_SHARE 4

/* ---- names */

/* "eve-20261121-101533-000001.json" */
static void
make_name(const struct journal *j, char name[JOURNAL_NAME_MAX])
{
	int64_t since;
	const struct day d = clock_day((struct wall_us){ j->stamp_us },
	    j->limits.utc_offset_s, &since);
	const unsigned s = (unsigned)(since / CLOCK_SECOND);

	(void)snprintf(name, JOURNAL_NAME_MAX,
	    "eve-%04u%02u%02u-%02u%02u%02u-%06" PRIu32 ".json",
	    (unsigned)d.year % 10000u, d.month % 100u, d.day % 100u,
	    s / 3600 % 24, s / 60 % 60, s % 60, j->number % NUMBERS);
}

/* Reads digits; false when there is another sign among them. */
static bool
digits(const char *s, size_t n, uint32_t *out)
{
	uint32_t value = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		value = value * 10 + (uint32_t)(s[i] - '0');
	}
	*out = value;
	return true;
}

/* The reverse of make_name; false for any other name. */
static bool
parse_name(const struct journal *j, const char *name, int64_t *stamp_us,
    uint32_t *number)
{
	uint32_t date, time;
	char text[16];
	struct day d;

	if (strlen(name) != 31 || strncmp(name, "eve-", 4) != 0 ||
	    name[12] != '-' || name[19] != '-' ||
	    strcmp(name + 26, ".json") != 0 || !digits(name + 4, 8, &date) ||
	    !digits(name + 13, 6, &time) || !digits(name + 20, 6, number))
		return false;
	(void)snprintf(text, sizeof(text), "%04u-%02u-%02u",
	    (unsigned)(date / 10000 % 10000), (unsigned)(date / 100 % 100),
	    (unsigned)(date % 100));
	if (!day_parse(text, &d))
		return false;
	*stamp_us = day_begin(d, j->limits.utc_offset_s).us +
	    (int64_t)(time / 10000 * 3600 + time / 100 % 100 * 60 +
		time % 100) *
		CLOCK_SECOND;
	return true;
}

/* The next name: of now, or after the newest one when that is later. */
static void
next_name(struct journal *j, struct wall_us now, char name[JOURNAL_NAME_MAX])
{
	const int64_t now_us = now.us - now.us % CLOCK_SECOND;

	j->number = (j->number + 1) % NUMBERS;
	if (now_us > j->stamp_us)
		j->stamp_us = now_us;
	else if (j->number == 0)
		j->stamp_us += CLOCK_SECOND;
	make_name(j, name);
}

/* ---- what was set aside before */

static int
compare_files(const void *a, const void *b)
{
	const struct journal_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
add_file(struct journal *j, const char *name, uint64_t bytes)
{
	struct journal_file *f;

	j->files = mem_grow(j->files, &j->file_room, j->file_count,
	    sizeof(*j->files));
	f = &j->files[j->file_count++];
	memset(f, 0, sizeof(*f));
	(void)snprintf(f->name, sizeof(f->name), "%s", name);
	f->bytes = bytes;
	j->aside += bytes;
}

static void
list_file(struct journal *j, const char *name)
{
	struct stat st;
	int64_t stamp_us;
	uint32_t number;

	if (!parse_name(j, name, &stamp_us, &number) ||
	    j->file_count == JOURNAL_LISTED_MAX ||
	    fstatat(j->folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return;
	add_file(j, name, (uint64_t)st.st_size);
}

static bool
list_files(struct journal *j)
{
	const int fd = openat(j->folder, ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	struct journal_file *newest;

	if (dir == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	while ((e = readdir(dir)) != NULL)
		list_file(j, e->d_name);
	(void)closedir(dir);
	if (j->file_count == 0)
		return true;
	qsort(j->files, j->file_count, sizeof(*j->files), compare_files);
	newest = &j->files[j->file_count - 1];
	(void)parse_name(j, newest->name, &j->stamp_us, &j->number);
	return true;
}

/* ---- eve.json */

static int64_t
day_of(const struct journal *j, struct wall_us t)
{
	return day_begin(clock_day(t, j->limits.utc_offset_s, NULL),
	    j->limits.utc_offset_s)
	    .us;
}

/* Cuts off half a line at the end of fd, of size bytes. */
static bool
mend(struct journal *j, int fd, uint64_t *size)
{
	char buf[4096];
	uint64_t end = *size, at = *size;
	const char *newline = NULL;

	while (at > 0 && newline == NULL) {
		const size_t n = at < sizeof(buf) ? (size_t)at : sizeof(buf);

		at -= n;
		if (pread(fd, buf, n, (off_t)at) != (ssize_t)n)
			return false;
		newline = memrchr(buf, '\n', n);
		end = newline != NULL ? at + (uint64_t)(newline - buf) + 1 : at;
	}
	if (end == *size)
		return true;
	if (ftruncate(fd, (off_t)end) != 0)
		return false;
	*size = end;
	j->counters.mended++;
	return true;
}

/* Opens eve.json, or makes it. False and errno. */
static bool
open_current(struct journal *j, struct wall_us now)
{
	const int flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC |
	    O_NONBLOCK;
	const int fd = openat(j->folder, JOURNAL_NAME, flags, 0600);
	uint64_t size;
	struct stat st;
	int fault;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		errno = EINVAL;
		return false;
	}
	size = (uint64_t)st.st_size;
	if (!mend(j, fd, &size)) {
		fault = errno;
		(void)close(fd);
		errno = fault;
		return false;
	}
	j->fd = fd;
	j->device = (uint64_t)st.st_dev;
	j->inode = (uint64_t)st.st_ino;
	j->size = size;
	j->torn = false;
	j->day_us = day_of(j,
	    size > 0 ? (struct wall_us){ st.st_mtime * CLOCK_SECOND } : now);
	return true;
}

static void
close_current(struct journal *j)
{
	if (j->fd >= 0)
		(void)close(j->fd);
	j->fd = -1;
	j->size = 0;
	j->torn = false;
}

/* Whether the file that is open is still the one of that name. */
static bool
is_current(const struct journal *j)
{
	struct stat st;

	return fstatat(j->folder, JOURNAL_NAME, &st, AT_SYMLINK_NOFOLLOW) ==
	    0 &&
	    (uint64_t)st.st_dev == j->device && (uint64_t)st.st_ino == j->inode;
}

/* ---- rotating */

/* Sets eve.json aside under a name of its own. */
static void
rotate(struct journal *j, struct wall_us now)
{
	char name[JOURNAL_NAME_MAX];

	if (!is_current(j)) { /* somebody took it away: nothing to set aside */
		close_current(j);
		(void)open_current(j, now);
		return;
	}
	next_name(j, now, name);
	if (renameat(j->folder, JOURNAL_NAME, j->folder, name) != 0) {
		j->due_us = now.us + AGAIN_US; /* it grows on till then */
		return;
	}
	add_file(j, name, j->size);
	j->counters.rotated++;
	close_current(j);
	(void)open_current(j, now);
	/* Far too much, since time has not brought ticks enough. */
	if (j->aside > j->limits.cap_bytes + j->limits.cap_bytes / 8)
		journal_make_room(j, 0);
}

/* Whether something that failed is to be tried again, also when the clock was
 * set back. */
static bool
is_due(const struct journal *j, struct wall_us now)
{
	return now.us >= j->due_us || j->due_us - now.us > AGAIN_US;
}

static bool
wants_rotation(const struct journal *j, struct wall_us now, size_t more)
{
	if (j->fd < 0 || j->size == 0 || !is_due(j, now))
		return false;
	return j->size + more > j->limits.file_bytes ||
	    now.us >= j->day_us + CLOCK_DAY;
}

/* ---- the module */

struct journal *
journal_new(int folder, const struct journal_limits *limits, struct wall_us now)
{
	struct journal *j = mem_calloc(1, sizeof(*j));
	int fault;

	j->folder = folder;
	j->fd = -1;
	j->limits = *limits;
	if (j->limits.file_bytes == 0)
		j->limits.file_bytes = JOURNAL_FILE_BYTES;
	if (j->limits.cap_bytes == 0)
		j->limits.cap_bytes = JOURNAL_CAP_BYTES;
	/* Room is made in files that were set aside: there must be some. */
	if (j->limits.file_bytes > j->limits.cap_bytes / 4)
		j->limits.file_bytes = j->limits.cap_bytes / 4;
	(void)unlinkat(folder, JOURNAL_SPARE, 0);
	if (list_files(j) && open_current(j, now))
		return j;
	fault = errno;
	journal_free(j);
	errno = fault;
	return NULL;
}

void
journal_free(struct journal *j)
{
	if (j == NULL)
		return;
	journal_room_fini(j);
	close_current(j);
	free(j->files);
	free(j);
}

/* Cuts off what was written of a line. */
static void
cut(struct journal *j)
{
	j->torn = ftruncate(j->fd, (off_t)j->size) != 0;
}

/* Where a line began of which n bytes could be written. The file may have been
 * cut by another since the last look. */
static void
find_start(struct journal *j, size_t n)
{
	struct stat st;

	if (fstat(j->fd, &st) == 0 && (uint64_t)st.st_size >= n)
		j->size = (uint64_t)st.st_size - n;
}

/* True when the whole line is in the file. */
static bool
append(struct journal *j, const char *line, size_t length, struct wall_us now)
{
	ssize_t n;

	if (j->torn)
		cut(j);
	if (j->torn)
		return false;
	n = write(j->fd, line, length);
	if (n == (ssize_t)length) {
		if (j->size == 0)
			j->day_us = day_of(j, now);
		j->size += length;
		return true;
	}
	if (n >= 0) { /* there was room for a part: there is none for all */
		find_start(j, (size_t)n);
		cut(j);
		errno = ENOSPC;
	}
	return false;
}

bool
journal_write(struct journal *j, const char *line, size_t length,
    enum journal_kind kind, struct wall_us now)
{
	if (wants_rotation(j, now, length))
		rotate(j, now);
	if (j->fd < 0)
		(void)open_current(j, now);
	if (j->fd >= 0 && append(j, line, length, now)) {
		j->fault = 0;
		j->counters.lines++;
		j->counters.bytes += length;
		return true;
	}
	j->fault = errno != 0 ? errno : EIO;
	j->counters.lost++;
	j->counters.lost_conversations += kind == JOURNAL_CONVERSATION;
	return false;
}

/* Somebody else may have taken the file away or cut it. */
static void
look_after(struct journal *j, struct wall_us now)
{
	struct stat st;

	if (j->fd >= 0 && !is_current(j))
		close_current(j);
	if (j->fd < 0)
		(void)open_current(j, now);
	if (j->fd >= 0 && fstat(j->fd, &st) == 0 && !j->torn)
		j->size = (uint64_t)st.st_size;
}

void
journal_tick(struct journal *j, struct wall_us now)
{
	const uint64_t written = j->counters.bytes - j->tick_bytes;

	j->tick_bytes = j->counters.bytes;
	look_after(j, now);
	if (wants_rotation(j, now, 0))
		rotate(j, now);
	journal_make_room(j, TICK_BYTES + TICK_SHARE * written);
}

bool
journal_sync(struct journal *j)
{
	return j->fd >= 0 && fsync(j->fd) == 0;
}

int
journal_fd(const struct journal *j)
{
	return j->fd;
}

const struct journal_counters *
journal_counters(const struct journal *j)
{
	return &j->counters;
}

const char *
journal_fault(const struct journal *j)
{
	const char *words = j->fault ? strerrordesc_np(j->fault) : NULL;

	return j->fault == 0 ? NULL : words != NULL ? words : "unknown error";
}

int
journal_errno(const struct journal *j)
{
	return j->fault;
}
