/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of capture share: capture.c reads through libpcap,
 * capture_merge.c chooses the next frame, capture_socket.c talks with the
 * packet socket itself. Nobody else includes this, save their tests.
 */
#ifndef CAPTURE_INTERNAL_H
#define CAPTURE_INTERNAL_H

#include "capture.h"

#define CAPTURE_SNAP_BYTES 262144 /* libpcap's most */

/* One instant on both clocks, microseconds. */
struct capture_moment {
	int64_t wall_us, monotonic_us;
};

enum source_state {
	SOURCE_BEHIND, /* to be read on before the next choice */
	SOURCE_AHEAD,  /* frame holds what comes next */
	SOURCE_EMPTY,  /* live: had nothing, see empty */
	SOURCE_ENDED,
};

struct pcap; /* libpcap's pcap_t */

struct source {
	struct pcap *pcap;  /* owned; NULL after the end */
	char *path;	    /* owned; of a file, or an interface's name */
	struct frame frame; /* bytes: libpcap's, until it is read again; of a
			     * live source: buffer */
	enum source_state state;
	uint64_t frames; /* handed out */
	int link_type;
	int snap_length;
	bool classic;  /* pcap, not pcapng */
	bool is_micro; /* times come in microseconds */
	char cause[CAPTURE_CAUSE_MAX];

	/* of live sources */
	bool is_live;
	uint8_t *buffer; /* owned, CAPTURE_SNAP_BYTES */
	enum capture_state link;
	struct capture_stats stats;
	struct capture_moment empty; /* it had no frame then, or later */
};

struct capture {
	struct source sources[CAPTURE_SOURCES_MAX];
	uint32_t count;
	struct capture_fault fault;

	/* of live sources */
	bool is_live;
	struct capture_moment latest; /* when the clocks were last read */
	bool has_lead;
	int64_t lead_us; /* frames from the future: their clock was at least so
			  * far ahead of the monotonic one */
	/* Replaced by tests. Reads s on: SOURCE_AHEAD with a frame,
	 * SOURCE_EMPTY or SOURCE_ENDED; link as it found it. */
	void (*read_live)(struct source *s);
	struct capture_moment (*clock)(void);
};

/* Reads one frame of a file ahead. False when it ended by a fault. */
bool capture_read_file(struct source *s, uint32_t index);
/* The real clocks. */
struct capture_moment capture_clock(void);

/* Readies a packet socket that is bound to nothing that comes: checks that its
 * ring is TPACKET_V3, takes no frames that this host sends, and then binds it
 * to all that the interface takes in. False and errno. */
bool capture_socket_begin(int fd, unsigned index);
/* Reads the kernel's counts, which that sets back to 0, and adds them to add.
 * False and errno. */
bool capture_socket_stats(int fd, struct capture_stats *add);
/* The interface that this socket was bound to is there no more. */
bool capture_socket_gone(int fd);

#endif
