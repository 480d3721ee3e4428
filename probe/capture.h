/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where frames come from: capture files now, live interfaces behind the same
 * seam. The only file with pcap.h is capture.c.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

#define CAPTURE_SOURCES_MAX 64

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
};

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
