/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cap: what goes when there is too much. First the lines of conversations
 * of the oldest file that still has some: what stays is copied to a spare file
 * which then takes its name, so that a death in between leaves one or the
 * other, whole. When no such lines are left, the oldest file goes, and is read
 * once more to count what goes with it. Each call reads so many bytes and goes
 * on where the last one stopped.
 */
#include "journal_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* "event_type" stands near the beginning of every line. */
#define HEAD_MAX 512

bool
journal_is_over(const struct journal *j)
{
	return j->aside + j->size > j->limits.cap_bytes ||
	    j->file_count > JOURNAL_FILES_MAX;
}

/* Whether the line tells of one conversation: such lines go first. */
static bool
is_conversation(const char *line, size_t length)
{
	static const char key[] = "\"event_type\":\"";
	static const char *const names[] = { "flow\"",
		"sekisho_conversation\"" };
	const char *at;

	if (length > HEAD_MAX)
		length = HEAD_MAX;
	at = memmem(line, length, key, sizeof(key) - 1);
	if (at == NULL)
		return false;
	at += sizeof(key) - 1;
	length -= (size_t)(at - line);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const size_t n = strlen(names[i]);

		if (length >= n && memcmp(at, names[i], n) == 0)
			return true;
	}
	return false;
}

void
journal_room_fini(struct journal *j)
{
	struct journal_room *r = &j->room;

	if (r->work != WORK_NONE)
		(void)close(r->from);
	if (r->work == WORK_STRIP) {
		(void)close(r->to);
		(void)unlinkat(j->folder, JOURNAL_SPARE, 0);
	}
	free(r->chunk);
	memset(r, 0, sizeof(*r));
}

/* ---- which file */

/* The oldest that still has lines of conversations, or file_count. */
static size_t
oldest_to_strip(const struct journal *j)
{
	size_t i = 0;

	if (j->file_count > JOURNAL_FILES_MAX)
		return j->file_count; /* there are too many: one goes whole */
	while (i < j->file_count && j->files[i].stripped)
		i++;
	return i;
}

static void
forget_file(struct journal *j, size_t at)
{
	j->aside -= j->files[at].bytes;
	j->file_count--;
	memmove(&j->files[at], &j->files[at + 1],
	    (j->file_count - at) * sizeof(*j->files));
}

static int
open_spare(const struct journal *j)
{
	(void)unlinkat(j->folder, JOURNAL_SPARE, 0);
	return openat(j->folder, JOURNAL_SPARE,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Begins with one file; false when there is none or it cannot be had. */
static bool
begin(struct journal *j)
{
	struct journal_room *r = &j->room;
	const size_t at = oldest_to_strip(j);
	const bool strip = at < j->file_count;
	int from, to = -1;

	if (j->file_count == 0)
		return false;
	from = openat(j->folder, j->files[strip ? at : 0].name,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (from < 0) {
		if (errno == ENOENT || errno == ELOOP) /* somebody took it */
			forget_file(j, strip ? at : 0);
		return errno == ENOENT || errno == ELOOP;
	}
	if (strip)
		to = open_spare(j);
	memset(r, 0, sizeof(*r));
	/* Without room for a copy the oldest one goes whole. */
	r->work = to >= 0 ? WORK_STRIP : WORK_COUNT;
	r->at = to >= 0 ? at : 0;
	if (strip && to < 0 && at != 0) {
		(void)close(from);
		from = openat(j->folder, j->files[0].name,
		    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	}
	r->from = from;
	r->to = to;
	r->chunk = mem_calloc(1, JOURNAL_CHUNK);
	if (from >= 0)
		return true;
	r->work = WORK_NONE;
	journal_room_fini(j);
	return false;
}

/* ---- one file */

static bool
copy(struct journal_room *r, const char *bytes, size_t length)
{
	size_t done = 0;
	ssize_t n;

	if (r->work != WORK_STRIP)
		return true;
	while (done < length) {
		n = write(r->to, bytes + done, length - done);
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	r->kept += length;
	return true;
}

/* A line, or the beginning of one that is too long; whether it goes. */
static bool
count_line(struct journal_room *r, const char *line, size_t length)
{
	const bool conversation = is_conversation(line, length);

	if (conversation)
		r->conversations++;
	else if (r->work == WORK_COUNT)
		r->lasting++;
	return conversation || r->work == WORK_COUNT;
}

/* Deals with the lines of the first n bytes of the chunk and moves up what is
 * left. Lines that stay are written together. */
static bool
take_lines(struct journal_room *r, size_t n, bool is_end)
{
	size_t at = 0, from = 0, length;
	const char *end;
	bool goes;

	while (at < n) {
		end = memchr(r->chunk + at, '\n', n - at);
		length = end != NULL ? (size_t)(end - r->chunk) + 1 - at :
				       n - at;
		if (end == NULL && !is_end && at > 0)
			break; /* the rest of it has room then */
		if (end == NULL && !is_end && n < JOURNAL_CHUNK)
			break;
		goes = r->inside ? r->inside_goes :
				   count_line(r, r->chunk + at, length);
		r->inside = end == NULL;
		r->inside_goes = goes;
		if (goes) {
			if (!copy(r, r->chunk + from, at - from))
				return false;
			from = at + length;
		}
		at += length;
	}
	if (!copy(r, r->chunk + from, at - from))
		return false;
	memmove(r->chunk, r->chunk + at, n - at);
	r->held = n - at;
	return true;
}

/* The copy takes the name of the file. */
static bool
put_in_place(struct journal *j)
{
	struct journal_room *r = &j->room;
	struct journal_file *f = &j->files[r->at];

	if (r->conversations == 0)
		return true; /* there was nothing to take away */
	if (fdatasync(r->to) != 0 ||
	    renameat(j->folder, JOURNAL_SPARE, j->folder, f->name) != 0)
		return false;
	j->aside -= f->bytes;
	f->bytes = r->kept;
	j->aside += f->bytes;
	j->counters.made_room += r->conversations;
	return true;
}

/* The file is at its end. False: it could not be dealt with now. */
static bool
finish(struct journal *j)
{
	struct journal_room *r = &j->room;
	const size_t at = r->at;
	bool ok = true;

	if (r->work == WORK_STRIP) {
		/* A copy that finds no room is not tried again: the file goes
		 * whole when nothing else is left. */
		(void)put_in_place(j);
		j->files[at].stripped = true;
	} else if (unlinkat(j->folder, j->files[at].name, 0) == 0) {
		j->counters.made_room += r->conversations;
		j->counters.made_room_lasting += r->lasting;
		forget_file(j, at);
	} else
		ok = false;
	journal_room_fini(j);
	if (at < j->file_count && j->files[at].stripped &&
	    j->files[at].bytes == 0 &&
	    unlinkat(j->folder, j->files[at].name, 0) == 0)
		forget_file(j, at);
	return ok;
}

/* Reading or copying failed. False: there is no other way for now. */
static bool
give_up(struct journal *j)
{
	const bool other = j->room.work == WORK_STRIP;

	if (other)
		j->files[j->room.at].stripped = true; /* it goes whole */
	journal_room_fini(j);
	return other;
}

void
journal_make_room(struct journal *j, uint64_t budget)
{
	struct journal_room *r = &j->room;
	uint64_t done = 0;
	ssize_t n;

	while (budget == 0 || done < budget) {
		if (r->work == WORK_NONE && (!journal_is_over(j) || !begin(j)))
			return;
		if (r->work == WORK_NONE)
			continue; /* that one was gone */
		n = read(r->from, r->chunk + r->held, JOURNAL_CHUNK - r->held);
		if (n > 0)
			done += (uint64_t)n;
		if (n < 0 || !take_lines(r, r->held + (size_t)n, n == 0)) {
			if (!give_up(j))
				return;
		} else if (n == 0 && !finish(j))
			return;
	}
}
