/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders as bytes, and a bundle as a sealed memory file. A message is one
 * datagram of fixed form: version, type, state, number, length of the text,
 * text. The file: magic, count of files, then for each the lengths of
 * reference, shown name and bytes, and these; all in network byte order. A
 * sealed file can neither change nor shrink while it is read, so it may be
 * mapped.
 */
#include "order.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/mem.h"

#define VERSION 1
#define FIXED_BYTES 16 /* before the text */
#define MESSAGE_MAX (FIXED_BYTES + ORDER_TEXT_MAX)
#define FDS_MAX 8 /* taken in to be closed; more are cut by the kernel */
#define WAIT_MS 1000
#define MAGIC UINT64_C(0x73656b6273656b31)
#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
#define MEMORY_NAME "sekisho-bundle"

#ifndef MFD_NOEXEC_SEAL /* Linux 6.3 */
#define MFD_NOEXEC_SEAL 8U
#endif

static uint8_t *
put(uint8_t *p, uint64_t value, int bytes)
{
	while (bytes-- > 0)
		*p++ = (uint8_t)(value >> (8 * bytes));
	return p;
}

static uint64_t
get64(struct cursor *c)
{
	uint64_t high = cursor_be32(c);

	return high << 32 | cursor_be32(c);
}

/* ---- messages */

/* Escapes what is not fit to be shown; the cut leaves no half character. */
static size_t
put_words(uint8_t *p, const char *s)
{
	struct text safe = { 0 };
	size_t n = strnlen(s, ORDER_TEXT_MAX - 1), at = 0, step;

	text_escape(&safe, s, n);
	s = text_str(&safe);
	while (at < safe.length) {
		step = text_utf8(s + at, safe.length - at);
		if (step == 0 || at + step > ORDER_TEXT_MAX - 1)
			break;
		at += step;
	}
	memcpy(p, s, at);
	text_free(&safe);
	return at;
}

static size_t
encode(uint8_t out[MESSAGE_MAX], const struct order *o)
{
	size_t n = put_words(out + FIXED_BYTES, o->text);
	uint8_t *p = out;

	p = put(p, VERSION, 1);
	p = put(p, (uint64_t)o->type, 1);
	p = put(p, o->state, 4);
	p = put(p, o->number, 8);
	(void)put(p, n, 2);
	return FIXED_BYTES + n;
}

/* False when it is no order. */
static bool
decode(struct order *out, const uint8_t *bytes, size_t length)
{
	uint8_t version, type;
	const uint8_t *text;
	struct cursor c;
	size_t n;

	memset(out, 0, sizeof(*out));
	out->fd = -1;
	cursor_init(&c, bytes, length);
	version = cursor_u8(&c);
	type = cursor_u8(&c);
	out->state = cursor_be32(&c);
	out->number = get64(&c);
	n = cursor_be16(&c);
	text = cursor_take(&c, n);
	if (!cursor_ok(&c) || cursor_left(&c) > 0 || version != VERSION ||
	    type == ORDER_NONE || type >= ORDER_TYPE_COUNT ||
	    n >= ORDER_TEXT_MAX || memchr(text, '\0', n) != NULL)
		return false;
	out->type = (enum order_type)type;
	memcpy(out->text, text, n);
	return text_is_safe(out->text);
}

static bool
send_with(int socket, const uint8_t *bytes, size_t length, int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { (void *)(uintptr_t)bytes, length };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	struct cmsghdr *header;

	memset(&control, 0, sizeof(control));
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    (ssize_t)length;
}

bool
order_send(int socket, const struct order *o)
{
	struct pollfd wait = { .fd = socket, .events = POLLOUT };
	const bool with = o->type == ORDER_MODEL;
	uint8_t bytes[MESSAGE_MAX];
	size_t length;
	int ready;

	if (o->type <= ORDER_NONE || o->type >= ORDER_TYPE_COUNT ||
	    (with && o->fd < 0)) {
		errno = EINVAL;
		return false;
	}
	length = encode(bytes, o);
	ready = poll(&wait, 1, WAIT_MS);
	if (ready == 0)
		errno = ETIMEDOUT;
	if (ready <= 0)
		return false;
	/* Where poll says so a message has room: it cannot block. */
	if (with)
		return send_with(socket, bytes, length, o->fd);
	return write(socket, bytes, length) == (ssize_t)length;
}

/* Takes over the first descriptor of a message; *others: how many came that
 * had to be closed. */
static int
take_fds(struct msghdr *message, size_t *others)
{
	struct cmsghdr *h;
	int fd, taken = -1;
	size_t n;

	for (h = CMSG_FIRSTHDR(message); h; h = CMSG_NXTHDR(message, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(h) + i * sizeof(int),
			    sizeof(int));
			if (taken < 0) {
				taken = fd;
				continue;
			}
			(void)close(fd);
			++*others;
		}
	}
	return taken;
}

/* Bytes of one message, 0 when there is none; -1 and errno. */
static ssize_t
receive(int socket, uint8_t *bytes, size_t room, int *fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control;
	struct iovec part = { bytes, room };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	size_t others = 0;
	ssize_t n;

	memset(&control, 0, sizeof(control));
	do
		n = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
	*fd = take_fds(&message, &others);
	if (n == 0)
		errno = *fd < 0 ? ECONNRESET : EBADMSG;
	else if (others > 0 || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		errno = EBADMSG;
	else
		return n;
	return -1;
}

int
order_receive(int socket, struct order *out)
{
	uint8_t bytes[MESSAGE_MAX];
	int fd = -1;
	ssize_t n = receive(socket, bytes, sizeof(bytes), &fd);
	int fault = errno;

	if (n > 0 && decode(out, bytes, (size_t)n) &&
	    (out->type == ORDER_MODEL) == (fd >= 0)) {
		out->fd = fd;
		return 1;
	}
	if (fd >= 0)
		(void)close(fd);
	if (n == 0)
		return 0;
	errno = n < 0 ? fault : EBADMSG;
	return -1;
}

/* ---- bundles */

static bool
write_all(int fd, const void *bytes, size_t length)
{
	const char *p = bytes;
	ssize_t n;

	while (length > 0) {
		n = write(fd, p, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		length -= (size_t)n;
	}
	return true;
}

static bool
write_number(int fd, uint64_t value)
{
	uint8_t bytes[8];

	(void)put(bytes, value, 8);
	return write_all(fd, bytes, sizeof(bytes));
}

static bool
write_file(int fd, const struct bundle_file *f)
{
	const size_t reference = strlen(f->reference), shown = strlen(f->shown);

	if (reference > ORDER_BUNDLE_NAME_MAX ||
	    shown > ORDER_BUNDLE_NAME_MAX) {
		errno = ENAMETOOLONG;
		return false;
	}
	return write_number(fd, reference) && write_number(fd, shown) &&
	    write_number(fd, f->length) &&
	    write_all(fd, f->reference, reference) &&
	    write_all(fd, f->shown, shown) &&
	    write_all(fd, f->bytes, f->length);
}

static bool
write_bundle(int fd, const struct bundle *b)
{
	uint64_t total = 0;

	for (size_t i = 0; i < b->count; i++)
		total += b->files[i].length;
	if (total > ORDER_BUNDLE_BYTES_MAX) {
		errno = EFBIG;
		return false;
	}
	if (!write_number(fd, MAGIC) || !write_number(fd, b->count))
		return false;
	for (size_t i = 0; i < b->count; i++)
		if (!write_file(fd, &b->files[i]))
			return false;
	return fcntl(fd, F_ADD_SEALS, SEALS) == 0;
}

int
order_bundle_write(const struct bundle *b)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create(MEMORY_NAME, flags | MFD_NOEXEC_SEAL);
	int fault;

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(MEMORY_NAME, flags);
	if (fd < 0)
		return -1;
	if (write_bundle(fd, b))
		return fd;
	fault = errno;
	(void)close(fd);
	errno = fault;
	return -1;
}

/* A name, owned by the caller, or NULL: too long, or with a NUL in it. */
static char *
read_name(struct cursor *c, uint64_t length)
{
	const char *p;

	if (length > ORDER_BUNDLE_NAME_MAX)
		return NULL;
	p = (const char *)cursor_take(c, (size_t)length);
	if (p == NULL || memchr(p, '\0', (size_t)length) != NULL)
		return NULL;
	return mem_strndup(p, (size_t)length);
}

static bool
read_file(struct cursor *c, struct bundle *out)
{
	const uint64_t reference_length = get64(c), shown_length = get64(c);
	const uint64_t length = get64(c);
	char *reference = read_name(c, reference_length);
	char *shown = reference ? read_name(c, shown_length) : NULL;
	const uint8_t *bytes = NULL;
	bool ok = shown != NULL && length <= BUNDLE_FILE_BYTES_MAX;

	if (ok)
		bytes = cursor_take(c, (size_t)length);
	ok = ok && cursor_ok(c) &&
	    bundle_add(out, reference, shown, (const char *)bytes,
		(size_t)length);
	free(reference);
	free(shown);
	return ok;
}

static bool
read_bundle(struct cursor *c, struct bundle *out)
{
	uint64_t magic = get64(c), count = get64(c);

	if (!cursor_ok(c) || magic != MAGIC || count > BUNDLE_FILES_MAX)
		return false;
	for (uint64_t i = 0; i < count; i++)
		if (!read_file(c, out))
			return false;
	return cursor_left(c) == 0;
}

bool
order_bundle_read(int fd, struct bundle *out)
{
	const int seals = fcntl(fd, F_GET_SEALS);
	struct cursor c;
	struct stat st;
	void *bytes;
	bool ok;

	if (seals < 0 || fstat(fd, &st) != 0) {
		errno = errno == EINVAL ? EBADMSG : errno;
		return false;
	}
	/* Twice the limit is more than names and lengths can add. */
	if ((seals & SEALS) != SEALS || st.st_size <= 0 ||
	    (uint64_t)st.st_size > 2 * ORDER_BUNDLE_BYTES_MAX) {
		errno = EBADMSG;
		return false;
	}
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	cursor_init(&c, bytes, (size_t)st.st_size);
	ok = read_bundle(&c, out);
	(void)munmap(bytes, (size_t)st.st_size);
	if (ok)
		return true;
	bundle_free(out);
	errno = EBADMSG;
	return false;
}
