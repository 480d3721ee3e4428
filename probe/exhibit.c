/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See exhibit.h. A set becomes the bytes of its packets at once, so that no
 * noun of a model is held; the file's beginning, which names the check, is made
 * when the alert is. A file is written under a spare name and then given its
 * own, which nobody had: a death in between leaves the spare one, which the
 * next process takes away. Where a file of that name is there already and holds
 * the same bytes, it is that one: a capture that is read again yields the same.
 */
#include "exhibit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert.h"
#include "base/digest.h"
#include "base/mem.h"
#include "exhibit_internal.h"
#include "pcapng.h"

#ifndef SEKISHO_VERSION
#define SEKISHO_VERSION "unknown"
#endif
#define APPLICATION "sekisho-probe " SEKISHO_VERSION
#define DECIDED "sekisho: decided"

struct exhibits *
exhibit_new(int folder, const struct exhibit_limits *limits,
    const uint8_t secret[16], struct wall_us now)
{
	struct exhibits *x = mem_calloc(1, sizeof(*x));
	struct exhibit_limits *l = &x->limits;

	x->folder = folder;
	*l = *limits;
	l->files = l->files ? l->files : EXHIBIT_FILES_MAX;
	l->bytes = l->bytes ? l->bytes : EXHIBIT_BYTES_MAX;
	l->check_files = l->check_files ? l->check_files :
					  EXHIBIT_CHECK_FILES_MAX;
	l->check_bytes = l->check_bytes ? l->check_bytes :
					  EXHIBIT_CHECK_BYTES_MAX;
	l->held = l->held ? l->held : EXHIBIT_HELD_MAX;
	l->held_bytes = l->held_bytes ? l->held_bytes : EXHIBIT_HELD_BYTES;
	table_init(&x->by_id, l->held, sizeof(uint64_t), secret);
	x->held = mem_calloc(l->held, sizeof(*x->held));
	x->free_held = x->oldest = x->newest = EXHIBIT_NONE;
	exhibit_room_list(x);
	x->now = now;
	exhibit_room_sweep(x);
	return x;
}

void
exhibit_free(struct exhibits *x)
{
	if (x == NULL)
		return;
	for (uint32_t i = 0; i < x->fresh_held; i++)
		text_free(&x->held[i].body);
	table_fini(&x->by_id);
	text_free(&x->file);
	free(x->held);
	free(x->files);
	free(x);
}

void
exhibit_retention(struct exhibits *x, int days)
{
	x->limits.days = days;
}

/* ---- what waits */

static void
unlink_held(struct exhibits *x, const struct exhibit_held *h)
{
	if (h->older != EXHIBIT_NONE)
		x->held[h->older].newer = h->newer;
	else
		x->oldest = h->newer;
	if (h->newer != EXHIBIT_NONE)
		x->held[h->newer].older = h->older;
	else
		x->newest = h->older;
}

static void
link_held(struct exhibits *x, struct exhibit_held *h)
{
	const uint32_t i = (uint32_t)(h - x->held);

	h->newer = EXHIBIT_NONE;
	h->older = x->newest;
	if (h->older != EXHIBIT_NONE)
		x->held[h->older].newer = i;
	else
		x->oldest = i;
	x->newest = i;
}

/* What waits of h is let go of. */
static void
empty(struct exhibits *x, struct exhibit_held *h)
{
	x->counters.held -= h->waits;
	x->counters.held_bytes -= h->body.length;
	h->waits = false;
	text_free(&h->body);
}

static void
forget(struct exhibits *x, struct exhibit_held *h)
{
	empty(x, h);
	(void)table_remove(&x->by_id, &h->id);
	unlink_held(x, h);
	h->newer = x->free_held;
	x->free_held = (uint32_t)(h - x->held);
}

static struct exhibit_held *
find(const struct exhibits *x, uint64_t id)
{
	const uint32_t i = table_find(&x->by_id, &id);

	return i != TABLE_NONE ? &x->held[i] : NULL;
}

static void
drop_oldest(struct exhibits *x)
{
	struct exhibit_held *h = &x->held[x->oldest];

	x->counters.held_lost += h->waits;
	forget(x, h);
}

/* The entry of id, as the youngest. */
static struct exhibit_held *
touch(struct exhibits *x, uint64_t id)
{
	struct exhibit_held *h = find(x, id);
	uint32_t i;

	if (h != NULL) {
		unlink_held(x, h);
		link_held(x, h);
		return h;
	}
	if (x->free_held == EXHIBIT_NONE && x->fresh_held == x->limits.held)
		drop_oldest(x);
	i = x->free_held;
	if (i != EXHIBIT_NONE)
		x->free_held = x->held[i].newer;
	else
		i = x->fresh_held++;
	h = &x->held[i];
	memset(h, 0, sizeof(*h));
	h->id = id;
	(void)table_add(&x->by_id, &id, i);
	link_held(x, h);
	return h;
}

/* The number of a packet's interface in the file; a new one is described. */
static uint32_t
interface_of(struct text *body, const struct evidence_packet *packets, size_t i,
    uint32_t numbers[EVIDENCE_PACKETS_MAX], uint32_t *count)
{
	const struct evidence_packet *p = &packets[i];

	for (size_t k = 0; k < i; k++)
		if (packets[k].tap == p->tap &&
		    packets[k].link_type == p->link_type)
			return numbers[k];
	pcapng_interface(body, p->link_type,
	    p->tap->interface != NULL ? p->tap->interface : p->tap->id,
	    p->tap->id);
	return (*count)++;
}

/* Interfaces stand where they are first needed. */
static void
build(struct exhibit_held *h, const struct evidence_packet *packets,
    size_t count)
{
	uint32_t numbers[EVIDENCE_PACKETS_MAX], interfaces = 0;

	for (size_t i = 0; i < count; i++) {
		const struct evidence_packet *p = &packets[i];
		const struct pcapng_packet out = {
			.interface = numbers[i] = interface_of(&h->body,
			    packets, i, numbers, &interfaces),
			.time = p->time,
			.nanoseconds = p->nanoseconds,
			.captured = p->kept,
			.wire = p->wire,
			.bytes = p->bytes,
			.comment = p->deciding ? DECIDED : NULL,
		};

		pcapng_packet(&h->body, &out);
		h->cut = h->cut || p->cut;
	}
	h->packets = (uint32_t)count;
}

static void
take(struct exhibits *x, uint64_t id, const struct evidence_packet *packets,
    size_t count, bool payload, uint64_t missing)
{
	struct exhibit_held *h = touch(x, id);

	empty(x, h);
	h->cut = false;
	h->payload = payload;
	h->missing = missing;
	build(h, packets, count);
	h->waits = true;
	x->counters.held++;
	x->counters.held_bytes += h->body.length;
	while (x->counters.held_bytes > x->limits.held_bytes &&
	    &x->held[x->oldest] != h)
		drop_oldest(x);
}

void
exhibit_take(struct exhibits *x, const struct evidence_set *e)
{
	take(x, e->flow_id, e->packets, e->packet_count, e->payload,
	    e->missing);
}

void
exhibit_take_notice(struct exhibits *x, uint64_t id,
    const struct evidence_packet *packets, size_t count)
{
	take(x, id, packets, count, false, 0);
}

void
exhibit_drop(struct exhibits *x, uint64_t id)
{
	struct exhibit_held *h = find(x, id);

	if (h == NULL)
		return;
	if (h->said)
		empty(x, h);
	else
		forget(x, h);
}

/* ---- a file */

static bool
write_whole(int fd, const char *bytes, size_t length)
{
	ssize_t n;

	while (length > 0) {
		n = write(fd, bytes, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? ENOSPC : errno;
			return false;
		}
		bytes += n;
		length -= (size_t)n;
	}
	return true;
}

static int
open_spare(const struct exhibits *x)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(x->folder, EXHIBIT_SPARE, flags, 0600);

	if (fd >= 0 || errno != EEXIST)
		return fd;
	(void)unlinkat(x->folder, EXHIBIT_SPARE, 0);
	return openat(x->folder, EXHIBIT_SPARE, flags, 0600);
}

/* Whether a file of that name is there. */
static bool
is_there(const struct exhibits *x, const char *name)
{
	struct stat st;

	return fstatat(x->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Whether the file of that name holds what is to be written. */
static bool
is_same(const struct exhibits *x, const char *name)
{
	const int fd = openat(x->folder, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	char buf[4096];
	size_t at = 0;
	ssize_t n = 0;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == x->file.length)
		while ((n = read(fd, buf, sizeof(buf))) > 0 &&
		    (size_t)n <= x->file.length - at &&
		    memcmp(buf, x->file.data + at, (size_t)n) == 0)
			at += (size_t)n;
	(void)close(fd);
	return n == 0 && at == x->file.length && at > 0;
}

/* The spare file takes a name that nobody has. False and errno. */
static bool
give_name(const struct exhibits *x, const char *name)
{
	if (renameat2(x->folder, EXHIBIT_SPARE, x->folder, name,
		RENAME_NOREPLACE) == 0)
		return true;
	/* A file system without that; nobody else makes names here. */
	if (errno != EINVAL || is_there(x, name))
		return false;
	return renameat(x->folder, EXHIBIT_SPARE, x->folder, name) == 0;
}

/* Writes x->file under that name; false where it cannot be. */
static bool
write_file(const struct exhibits *x, const char *name)
{
	const int fd = open_spare(x);
	bool ok;

	if (fd < 0)
		return false;
	ok = write_whole(fd, x->file.data, x->file.length);
	ok = close(fd) == 0 && ok;
	ok = ok && give_name(x, name);
	if (!ok)
		(void)unlinkat(x->folder, EXHIBIT_SPARE, 0);
	return ok;
}

static void
make_name(char name[EXHIBIT_NAME_MAX], uint64_t id, uint32_t serial)
{
	const bool notice = (id & ALERT_EVIDENCE_OF_NOTICE) != 0;
	char suffix[12] = "";

	if (serial > 1)
		(void)snprintf(suffix, sizeof(suffix), "-%" PRIu32, serial);
	if (notice)
		(void)snprintf(name, EXHIBIT_NAME_MAX,
		    "n%016" PRIx64 "%s.pcapng", id & ~ALERT_EVIDENCE_OF_NOTICE,
		    suffix);
	else
		(void)snprintf(name, EXHIBIT_NAME_MAX, "%" PRIu64 "%s.pcapng",
		    id, suffix);
}

/* The first number from that on whose name is free, or holds the same;
 * 0: there is none. */
static uint32_t
free_serial(const struct exhibits *x, uint64_t id, uint32_t serial, bool *same)
{
	char name[EXHIBIT_NAME_MAX];

	*same = false;
	for (; serial <= EXHIBIT_SERIAL_MAX; serial++) {
		make_name(name, id, serial);
		if (!is_there(x, name))
			return serial;
		*same = is_same(x, name);
		if (*same)
			return serial;
	}
	return 0;
}

/* The bytes of h's file, in x->file. */
static void
fill_file(struct exhibits *x, const struct exhibit_held *h, enum check check,
    enum severity severity)
{
	struct text comment = { 0 };

	text_clear(&x->file);
	exhibit_room_comment(&comment, h->id, check, severity);
	pcapng_section(&x->file, APPLICATION, text_str(&comment));
	text_free(&comment);
	text_add_n(&x->file, h->body.data, h->body.length);
}

/* Makes the file of h; *serial is the last one's, and then this one's. */
static enum exhibit_reason
make_file(struct exhibits *x, const struct exhibit_held *h, enum check check,
    enum severity severity, uint32_t *serial)
{
	struct exhibit_file f = { .check = (uint8_t)check,
		.severity = (uint8_t)severity,
		.time_us = x->now.us };
	bool same;

	fill_file(x, h, check, severity);
	f.bytes = x->file.length;
	*serial = free_serial(x, h->id, *serial + 1, &same);
	if (*serial == 0)
		return EXHIBIT_LIMIT;
	if (same)
		return EXHIBIT_KEPT;
	if (!exhibit_room_make(x, check, severity, f.bytes))
		return EXHIBIT_LIMIT;
	make_name(f.name, h->id, *serial);
	if (!write_file(x, f.name))
		return EXHIBIT_DISK;
	exhibit_room_add(x, &f);
	x->counters.written++;
	x->counters.written_bytes += f.bytes;
	return EXHIBIT_KEPT;
}

static void
digest(const struct text *file, char hex[65])
{
	struct digest *d = digest_new();

	digest_add(d, file->data, file->length);
	digest_hex(d, hex);
}

/* What a line says of h's file, which is in x->file. */
static void
fill_last(const struct exhibits *x, struct exhibit_held *h)
{
	struct exhibited *last = &h->last;

	memset(last, 0, sizeof(*last));
	make_name(last->name, h->id, h->serial);
	digest(&x->file, last->sha256);
	last->packets = h->packets;
	last->payload = h->payload;
	last->cut = h->cut;
	last->missing = h->missing;
}

void
exhibit_without(struct exhibits *x, enum exhibit_reason reason,
    struct exhibited *out)
{
	memset(out, 0, sizeof(*out));
	out->reason = reason;
	if (x != NULL)
		x->counters.without[reason]++;
}

void
exhibit_write(struct exhibits *x, uint64_t id, enum check check,
    enum severity severity, bool is_gone, struct exhibited *out)
{
	struct exhibit_held *h = find(x, id);
	uint32_t serial = h != NULL ? h->serial : 0;
	enum exhibit_reason reason;

	if (h == NULL || (!h->waits && !h->said)) {
		exhibit_without(x, is_gone ? EXHIBIT_GONE : EXHIBIT_BACKLOG,
		    out);
		return;
	}
	if (!h->waits) { /* nothing came since */
		*out = h->last;
		x->counters.without[out->reason] += out->reason != EXHIBIT_KEPT;
		return;
	}
	reason = h->packets > 0 ? make_file(x, h, check, severity, &serial) :
				  EXHIBIT_GONE;
	if (reason == EXHIBIT_KEPT) {
		h->serial = serial;
		fill_last(x, h);
	} else
		exhibit_without(x, reason, &h->last);
	h->said = true;
	*out = h->last;
	empty(x, h);
}

void
exhibit_recall(struct exhibits *x, uint64_t id, struct exhibited *out)
{
	const struct exhibit_held *h = find(x, id);

	if (h != NULL && h->said)
		*out = h->last;
	else
		exhibit_without(x, EXHIBIT_GROUPED, out);
}

bool
exhibit_has(const struct exhibits *x, uint64_t id)
{
	return find(x, id) != NULL;
}

const struct exhibit_counters *
exhibit_counters(const struct exhibits *x)
{
	return &x->counters;
}

const char *
exhibit_reason_name(enum exhibit_reason r)
{
	static const char *const names[EXHIBIT_REASON_COUNT] = {
		[EXHIBIT_KEPT] = "kept",
		[EXHIBIT_OFF] = "off",
		[EXHIBIT_NO_FOLDER] = "no-folder",
		[EXHIBIT_LIMIT] = "limit",
		[EXHIBIT_BACKLOG] = "backlog",
		[EXHIBIT_GONE] = "gone",
		[EXHIBIT_DISK] = "disk",
		[EXHIBIT_GROUPED] = "grouped",
	};

	return (unsigned)r < EXHIBIT_REASON_COUNT ? names[r] : "unknown";
}
