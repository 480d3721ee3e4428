/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files of evidence that there are, counted by check, and which of them
 * give way. Each says in its comment of which check and severity it is, so that
 * a recorder that starts again counts as the one before. Names that nobody here
 * would give are left alone. What cannot be read to its comment counts in all
 * and gives way to age alone.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert.h"
#include "base/mem.h"
#include "exhibit_internal.h"
#include "pcapng.h"

#define SUFFIX ".pcapng"
#define SWEEP_US CLOCK_DAY

/* ---- names and comments */

static size_t
digits(const char *s, const char *set)
{
	return strspn(s, set);
}

/* "188123456789-2.pcapng", "n00200000000000a1.pcapng" */
static bool
is_ours(const char *name)
{
	const bool notice = name[0] == 'n';
	const char *s = name + notice;
	size_t n = digits(s, notice ? "0123456789abcdef" : "0123456789");

	if (notice ? n != 16 : n == 0 || n > 16)
		return false;
	s += n;
	if (*s == '-') {
		n = digits(++s, "0123456789");
		if (n == 0 || n > 2)
			return false;
		s += n;
	}
	return strcmp(s, SUFFIX) == 0;
}

void
exhibit_room_comment(struct text *out, uint64_t id, enum check check,
    enum severity severity)
{
	text_printf(out, "%s %s %s %" PRIu64, checks_id(check),
	    severity_name(severity),
	    (id & ALERT_EVIDENCE_OF_NOTICE) != 0 ? "notice" : "flow",
	    id & ~ALERT_EVIDENCE_OF_NOTICE);
}

/* The word at *s, which moves behind it and a space. */
static const char *
word(char **s)
{
	const char *start = *s;
	char *end = strchr(*s, ' ');

	if (end == NULL)
		return NULL;
	*end = '\0';
	*s = end + 1;
	return start;
}

static void
read_comment(char *comment, struct exhibit_file *f)
{
	const char *check = word(&comment);
	const char *severity = check != NULL ? word(&comment) : NULL;

	if (severity == NULL)
		return;
	f->check = (uint8_t)checks_find(check);
	for (int s = SEVERITY_INFORMATION; s <= SEVERITY_CRITICAL; s++)
		if (strcmp(severity, severity_name((enum severity)s)) == 0)
			f->severity = (uint8_t)s;
}

/* ---- what there is */

static void
add_file(struct exhibits *x, const struct exhibit_file *f)
{
	x->files = mem_grow(x->files, &x->file_room, x->file_count,
	    sizeof(*x->files));
	x->files[x->file_count++] = *f;
	x->of[f->check].files++;
	x->of[f->check].bytes += f->bytes;
	x->counters.files++;
	x->counters.bytes += f->bytes;
}

void
exhibit_room_add(struct exhibits *x, const struct exhibit_file *f)
{
	add_file(x, f);
}

/* Reads what the file says of itself. */
static void
look_into(const struct exhibits *x, struct exhibit_file *f)
{
	const int fd = openat(x->folder, f->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char comment[PCAPNG_TEXT_MAX + 1];
	uint8_t bytes[PCAPNG_SECTION_MAX];
	ssize_t n;

	f->check = CHECK_NONE;
	f->severity = SEVERITY_CRITICAL;
	if (fd < 0)
		return;
	n = pread(fd, bytes, sizeof(bytes), 0);
	if (n > 0 && pcapng_comment(bytes, (size_t)n, comment))
		read_comment(comment, f);
	(void)close(fd);
}

static void
list_file(struct exhibits *x, const char *name)
{
	struct exhibit_file f;
	struct stat st;

	if (strcmp(name, EXHIBIT_SPARE) == 0) {
		if (unlinkat(x->folder, name, 0) == 0)
			x->counters.mended++;
		return;
	}
	if (!is_ours(name) ||
	    fstatat(x->folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return;
	memset(&f, 0, sizeof(f));
	memcpy(f.name, name, strlen(name) + 1); /* ours are short */
	f.time_us = st.st_mtim.tv_sec * CLOCK_SECOND +
	    st.st_mtim.tv_nsec / 1000;
	f.bytes = (uint64_t)st.st_size;
	look_into(x, &f);
	add_file(x, &f);
}

static int
compare_files(const void *a, const void *b)
{
	const struct exhibit_file *p = a, *q = b;

	if (p->time_us != q->time_us)
		return p->time_us < q->time_us ? -1 : 1;
	return strcmp(p->name, q->name);
}

void
exhibit_room_list(struct exhibits *x)
{
	const int fd = openat(x->folder, ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;

	if (dir == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	while ((e = readdir(dir)) != NULL)
		list_file(x, e->d_name);
	(void)closedir(dir);
	if (x->file_count > 0)
		qsort(x->files, x->file_count, sizeof(*x->files),
		    compare_files);
}

/* ---- what gives way */

/* Counts f, which is there no more. */
static void
discount(struct exhibits *x, const struct exhibit_file *f)
{
	x->of[f->check].files--;
	x->of[f->check].bytes -= f->bytes;
	x->counters.files--;
	x->counters.bytes -= f->bytes;
}

static bool
unlink_file(const struct exhibits *x, const struct exhibit_file *f)
{
	return unlinkat(x->folder, f->name, 0) == 0 || errno == ENOENT;
}

/* False: it is still there. */
static bool
remove_file(struct exhibits *x, size_t at)
{
	if (!unlink_file(x, &x->files[at]))
		return false;
	discount(x, &x->files[at]);
	x->file_count--;
	memmove(&x->files[at], &x->files[at + 1],
	    (x->file_count - at) * sizeof(*x->files));
	return true;
}

static bool
is_old(const struct exhibits *x, const struct exhibit_file *f)
{
	return x->limits.days > 0 &&
	    x->now.us - f->time_us > x->limits.days * CLOCK_DAY;
}

void
exhibit_room_sweep(struct exhibits *x)
{
	size_t kept = 0;

	x->swept_us = x->now.us;
	for (size_t i = 0; i < x->file_count; i++) {
		const struct exhibit_file f = x->files[i];

		if (is_old(x, &f) && unlink_file(x, &f)) {
			discount(x, &f);
			x->counters.expired++;
		} else
			x->files[kept++] = f;
	}
	x->file_count = kept;
}

/* The oldest file that is too old, of that check. */
static bool
drop_old(struct exhibits *x, enum check check)
{
	for (size_t i = 0; i < x->file_count; i++)
		if (x->files[i].check == check && is_old(x, &x->files[i]) &&
		    remove_file(x, i)) {
			x->counters.expired++;
			return true;
		}
	return false;
}

/* The oldest file of low severity; of that check, or of any. */
static bool
drop_low(struct exhibits *x, enum check check)
{
	for (size_t i = 0; i < x->file_count; i++)
		if ((check == CHECK_NONE || x->files[i].check == check) &&
		    x->files[i].severity <= SEVERITY_LOW && remove_file(x, i)) {
			x->counters.made_room++;
			return true;
		}
	return false;
}

bool
exhibit_room_make(struct exhibits *x, enum check check, enum severity severity,
    uint64_t bytes)
{
	const struct exhibit_limits *l = &x->limits;
	const bool grave = severity >= SEVERITY_CRITICAL;

	while (x->of[check].files >= l->check_files ||
	    x->of[check].bytes + bytes > l->check_bytes)
		if (!drop_old(x, check) && !(grave && drop_low(x, check)))
			return false;
	while (x->counters.files >= l->files ||
	    x->counters.bytes + bytes > l->bytes)
		if (!drop_old(x, check) && !(grave && drop_low(x, CHECK_NONE)))
			return false;
	return true;
}

void
exhibit_tick(struct exhibits *x, struct wall_us now)
{
	x->now = now;
	/* Also after the clock was set back. */
	if (now.us - x->swept_us >= SWEEP_US || now.us < x->swept_us)
		exhibit_room_sweep(x);
}
