/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the supervisor tells its children, and what they answer, over one
 * SOCK_SEQPACKET pair each: short messages of fixed form, checked by both
 * sides, and with ORDER_MODEL one sealed memory file that holds a bundle.
 * System calls: a message without a descriptor goes out by poll(2) and
 * write(2), so that a child needs no send*; one is received by recvmsg(2); a
 * bundle is read by fcntl(F_GET_SEALS), fstat(2), mmap(2) and munmap(2).
 */
#ifndef ORDER_H
#define ORDER_H

#include "bundle.h"

enum order_type {
	ORDER_NONE,
	/* to a child */
	ORDER_MODEL, /* load this bundle; number: its generation */
	ORDER_STATS, /* tell the account now */
	ORDER_STOP,  /* end clean */
	ORDER_AGAIN, /* the recorder is new: tell of what is open again */
	/* from a child */
	ORDER_READY,   /* prepared, walls up: number is landlock's ABI, state
		       * enum sandbox_state */
	ORDER_LOADED,  /* number: the generation that counts from now on */
	ORDER_REFUSED, /* number: the generation that could not be loaded */
	ORDER_FAILED,  /* cannot start: text says why */
	ORDER_DONE,    /* has ended clean: number is an exit code (0, 1, 3) */
	ORDER_TYPE_COUNT,
};

#define ORDER_TEXT_MAX 480

struct order {
	enum order_type type;
	uint64_t number;
	uint32_t state;
	char text[ORDER_TEXT_MAX]; /* UTF-8, or "" */
	int fd; /* of ORDER_MODEL; received: the caller's; -1: none */
};

/* Of a bundle on its way, all its files together. */
#define ORDER_BUNDLE_BYTES_MAX (UINT64_C(1) << 30)
#define ORDER_BUNDLE_NAME_MAX 4352 /* of a file: as named, as shown */

/*
 * fd goes along with ORDER_MODEL, which must have one, and is not looked at
 * otherwise; it stays the caller's. Text that is not fit to be shown is
 * escaped. False and errno (EINVAL: no such order; ETIMEDOUT: no room); never
 * blocks longer than 1 s. SIGPIPE must be ignored.
 */
bool order_send(int socket, const struct order *o);
/*
 * 1 got one, 0 none is there, -1 the other end is gone (errno ECONNRESET) or
 * lies (EBADMSG): whatever descriptors came with a lie are closed. Never
 * blocks. Who may send which order is the caller's to check.
 */
int order_receive(int socket, struct order *out);
/* A sealed memory file of the bundle: names, lengths, bytes. -1 and errno
 * (EFBIG: more than ORDER_BUNDLE_BYTES_MAX). */
int order_bundle_write(const struct bundle *b);
/*
 * Reads it as if an enemy had written it: a file that is not sealed, or whose
 * lengths lie, is refused with errno EBADMSG. out must be empty and is left so
 * on failure. fd stays the caller's; its place in the file is not used, so that
 * several children may read one file.
 */
bool order_bundle_read(int fd, struct bundle *out);

#endif
