/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where frames come from: capture files, or live interfaces behind the same
 * seam. The only file with pcap.h is capture.c.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

#define CAPTURE_SOURCES_MAX 64
#define CAPTURE_CAUSE_MAX 512 /* a sentence why not */

struct frame {
	uint32_t source;      /* index of the source it came from */
	struct wall_us time;  /* of the packet; nanoseconds are cut */
	uint32_t nanoseconds; /* the part below a microsecond, 0..999 */
	uint32_t captured, wire;
	int link_type;	      /* DLT of its source */
	const uint8_t *bytes; /* borrowed until the next call */
	uint64_t number;      /* within its source, from 1 */
};

enum capture_result {
	CAPTURE_FRAME,
	CAPTURE_END,
	CAPTURE_FAULT, /* a source ended early: see capture_fault; go on */
	CAPTURE_WAIT,  /* live: nothing is ready yet */
};

/* How a live source is doing. */
enum capture_state { CAPTURE_OPEN, CAPTURE_DOWN, CAPTURE_GONE };

/* Of one handle, since it was opened: 64 bits made of the kernel's deltas. */
struct capture_stats {
	uint64_t packets; /* taken into the ring: handed out or still in it */
	uint64_t drops;	  /* found no room in the ring */
	uint64_t freezes; /* times that the ring was full */
};

#define CAPTURE_RING_BYTES (64u << 20)
/* Frames of several live sources are merged by time; one waits this long for
 * another that may be older. Above what the kernel holds a block back. */
#define CAPTURE_HOLD_US 60000
/*
 * A block with frames is handed over by then. A ring of 64 MiB has 256 blocks
 * (libpcap makes them of 256 KiB), and each is used up by one frame, so that a
 * reader which stands still for longer than 2.6 s loses frames also where
 * there are few.
 */
#define CAPTURE_RETIRE_MS 10

struct capture;

struct capture_fault {
	uint32_t source;
	const char *file;  /* as given */
	uint64_t frames;   /* read from it before the fault */
	const char *cause; /* libpcap's words; borrowed until capture_free */
};

/* Without sources; the caller frees it with capture_free (NULL is fine). */
struct capture *capture_new(void);
void capture_free(struct capture *c);
/*
 * Opens a file ("-": standard input) of pcap or pcapng, any byte order,
 * micro- or nanosecond. Returns its source number, or -1 with the cause in
 * error (of at least 512 bytes). A pcapng with a second link type or snap
 * length ends there with a fault: libpcap reads no further.
 */
int capture_open_file(struct capture *c, const char *path, char *error,
    size_t size);
/*
 * Opens and activates a live interface: TPACKET_V3, ring_bytes (0:
 * CAPTURE_RING_BYTES) of ring, promiscuous, full snap length, nanoseconds where
 * the kernel has them, non-blocking. Frames that this host sends are not taken.
 * Tags that the kernel took off a frame are put back. Takes 20 ms and
 * CAP_NET_RAW. Returns its source number, or -1 with the cause in error and
 * errno: ENODEV, ENETDOWN (an interface must be up to be opened), EPERM, EINVAL
 * (files are open, or too many sources) or another. A handle must be used by
 * one process only (libpcap keeps its place in the ring in the memory of the
 * process): the one that opened it or the first that was forked after. Reading
 * needs poll, getsockopt, getsockname, ioctl(SIOCGIFFLAGS) and the clocks.
 */
int capture_open_live(struct capture *c, const char *interface,
    uint32_t ring_bytes, char *error, size_t size);
/* An interface of capture_open_several. */
struct capture_wanted {
	const char *interface;
	bool is_there; /* false: it only keeps its place */
	int fault;     /* set: errno, or 0 */
	char error[CAPTURE_CAUSE_MAX];
};
/*
 * Opens live sources in that order, all at once: each takes some 40 ms alone,
 * for the memory of its ring and for the kernel to agree with itself. One that
 * cannot be opened is absent. c is empty; count <= CAPTURE_SOURCES_MAX. Makes
 * threads, which are over on return: for a process without walls only.
 */
void capture_open_several(struct capture *c, struct capture_wanted *wanted,
    size_t count, uint32_t ring_bytes);
/* A source that never has a frame, in place of an interface or (is_live false)
 * a file that is not there any more: the others keep their numbers. -1: no
 * room, or the others are of the other kind. */
int capture_open_absent(struct capture *c, const char *name, bool is_live);
/* The descriptor that a source of files reads from, or -1. Borrowed. */
int capture_file_fd(const struct capture *c, uint32_t source);
/* The packet socket of a live source, or -1. Borrowed; may be duplicated, and
 * its duplicate outlives the process that read it. */
int capture_fd(const struct capture *c, uint32_t source);
/* Sets what poll(2) should wait for after CAPTURE_WAIT; returns how many (<=
 * room). Those whose next frame is held already are not among them. */
size_t capture_fds(const struct capture *c, int *fds, size_t room);
/* Milliseconds until a frame that is held for the merge may be handed out; -1:
 * none is held. */
int capture_hold_ms(const struct capture *c);
/* Reads the kernel's statistics of a live source and adds them up. Every frame
 * in packets is handed out sooner or later, or lies in the ring. */
bool capture_stats(struct capture *c, uint32_t source,
    struct capture_stats *out);
/* As capture_next found it last: call that now and then. An interface that is
 * down comes back by itself; one that is gone (removed, or libpcap cannot go on
 * with its ring) does not, and its source stays without frames. */
enum capture_state capture_state(const struct capture *c, uint32_t source);
/*
 * For who kept a duplicate of a dead process's packet socket: takes no more
 * frames from now on, and adds to rest what the kernel counted since that
 * process last read its statistics. A process may also stop its own sources
 * so, to read out what is left: that comes within CAPTURE_RETIRE_MS and a
 * few more. Takes 20 ms. False and errno.
 */
bool capture_stop(int fd, struct capture_stats *rest);
/* The same for several at once: each takes no more frames; then a wait (some
 * 15 ms) until no processor can still be at one that it took up before; then
 * capture_count. False and errno. */
bool capture_halt(int fd);
void capture_settle(void);
/*
 * For who keeps a duplicate of the packet socket of a process that lives: adds
 * what the kernel counted since anyone last asked. Who asks this way must be
 * the only one that asks (the kernel sets its counts back), so that process
 * calls no capture_stats. False and errno.
 */
bool capture_count(int fd, struct capture_stats *add);
/* Likewise: whether the interface of that socket was taken away, be it that it
 * came back since. No frame will come any more. */
bool capture_is_lost(int fd);
/* Lets go of every source in this process without ending it for the process
 * that was forked with it. */
void capture_disown(struct capture *c);
/*
 * The next frame by time over all sources; ties go to the lower source
 * number. Within a source the file's order stands, also where time steps
 * back. Times lie within 140,000 years of 1970, whatever the file says, so
 * that any two can be subtracted. After CAPTURE_FAULT the other sources go
 * on. Cost: O(sources).
 */
enum capture_result capture_next(struct capture *c, struct frame *out);
/* The fault that the last CAPTURE_FAULT was about. */
const struct capture_fault *capture_fault(const struct capture *c);
/* Frames handed out of a source so far; 0 for a number that is none. */
uint64_t capture_frames(const struct capture *c, uint32_t source);
/* The DLT of a source, as decode_frame takes it; -1 for none. */
int capture_link_type(const struct capture *c, uint32_t source);
/* The most bytes of a frame that its writer kept, as the file says. */
int capture_snap_length(const struct capture *c, uint32_t source);

#endif
