/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Capture files through libpcap, merged by time. Each source is read one
 * frame ahead; that frame stays in libpcap's own buffer, which lives until
 * that source is read again, so nothing is copied. The source whose frame
 * was handed out is read on by the next call.
 *
 * Times are read in nanoseconds and held to the range that microseconds in
 * 64 bits can hold with room to subtract; a file may claim anything.
 */
#include "capture.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NANOSECONDS INT64_C(1000000000)
/* Times are held to +-2^42 seconds (139,000 years). */
#define SECONDS_MAX (INT64_C(1) << 42)
#define CAUSE_MAX (PCAP_ERRBUF_SIZE + 1)

enum source_state {
	SOURCE_BEHIND, /* to be read on before the next choice */
	SOURCE_AHEAD,  /* frame holds what comes next */
	SOURCE_ENDED,
};

struct source {
	pcap_t *pcap;	    /* owned; NULL after the end */
	char *path;	    /* owned */
	struct frame frame; /* bytes: libpcap's, until it is read again */
	enum source_state state;
	uint64_t frames; /* handed out */
	int link_type;
	int snap_length;
	bool classic; /* pcap, not pcapng */
	char cause[CAUSE_MAX];
};

struct capture {
	struct source sources[CAPTURE_SOURCES_MAX];
	uint32_t count;
	struct capture_fault fault;
};

struct capture *
capture_new(void)
{
	return mem_calloc(1, sizeof(struct capture));
}

static void
source_close(struct source *s)
{
	if (s->pcap != NULL)
		pcap_close(s->pcap);
	s->pcap = NULL;
	s->state = SOURCE_ENDED;
}

void
capture_free(struct capture *c)
{
	if (c == NULL)
		return;
	for (uint32_t i = 0; i < c->count; i++) {
		source_close(&c->sources[i]);
		free(c->sources[i].path);
	}
	free(c);
}

/* Two readers of standard input would each get a part of it. */
static bool
reads_standard_input(const struct capture *c)
{
	for (uint32_t i = 0; i < c->count; i++) {
		if (strcmp(c->sources[i].path, "-") == 0)
			return true;
	}
	return false;
}

int
capture_open_file(struct capture *c, const char *path, char *error, size_t size)
{
	char cause[PCAP_ERRBUF_SIZE] = "";
	struct source *s;
	pcap_t *pcap;

	if (c->count == CAPTURE_SOURCES_MAX) {
		(void)snprintf(error, size, "more than %d sources",
		    CAPTURE_SOURCES_MAX);
		return -1;
	}
	if (strcmp(path, "-") == 0 && reads_standard_input(c)) {
		(void)snprintf(error, size, "standard input is given twice");
		return -1;
	}
	pcap = pcap_open_offline_with_tstamp_precision(path,
	    PCAP_TSTAMP_PRECISION_NANO, cause);
	if (pcap == NULL) {
		(void)snprintf(error, size, "%s", cause);
		return -1;
	}
	s = &c->sources[c->count];
	s->pcap = pcap;
	s->path = mem_strdup(path);
	s->state = SOURCE_BEHIND;
	s->link_type = pcap_datalink(pcap);
	s->snap_length = pcap_snapshot(pcap);
	s->classic = pcap_major_version(pcap) == 2; /* pcapng's is 1 */
	return (int)c->count++;
}

/*
 * The time of a header. Seconds of a classic file are unsigned 32 bits, which
 * libpcap reads as signed. The part below a second is in nanoseconds, and a
 * damaged file may have any number there.
 */
static void
read_time(const struct source *s, const struct pcap_pkthdr *h,
    struct frame *out)
{
	int64_t seconds = h->ts.tv_sec;
	int64_t below = h->ts.tv_usec;

	if (s->classic && seconds < 0 && seconds >= INT32_MIN)
		seconds += INT64_C(1) << 32;
	if (seconds > SECONDS_MAX)
		seconds = SECONDS_MAX;
	if (seconds < -SECONDS_MAX)
		seconds = -SECONDS_MAX;
	seconds += below / NANOSECONDS;
	below %= NANOSECONDS;
	if (below < 0) {
		below += NANOSECONDS;
		seconds--;
	}
	out->time.us = seconds * CLOCK_SECOND + below / 1000;
	out->nanoseconds = (uint32_t)(below % 1000);
}

/* Reads one frame ahead. False when the source ended by a fault. */
static bool
source_read(struct source *s, uint32_t index)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int result = pcap_next_ex(s->pcap, &header, &bytes);

	if (result != 1) {
		if (result == PCAP_ERROR)
			(void)snprintf(s->cause, sizeof(s->cause), "%s",
			    pcap_geterr(s->pcap));
		source_close(s);
		return result != PCAP_ERROR;
	}
	s->frame.source = index;
	read_time(s, header, &s->frame);
	s->frame.captured = header->caplen;
	s->frame.wire = header->len;
	s->frame.link_type = s->link_type;
	s->frame.bytes = bytes;
	s->frame.number = s->frames + 1;
	s->state = SOURCE_AHEAD;
	return true;
}

static bool
is_earlier(const struct frame *a, const struct frame *b)
{
	if (a->time.us != b->time.us)
		return a->time.us < b->time.us;
	return a->nanoseconds < b->nanoseconds;
}

enum capture_result
capture_next(struct capture *c, struct frame *out)
{
	struct source *next = NULL;

	for (uint32_t i = 0; i < c->count; i++) {
		struct source *s = &c->sources[i];

		if (s->state == SOURCE_BEHIND && !source_read(s, i)) {
			c->fault = (struct capture_fault){ .source = i,
				.file = s->path,
				.frames = s->frames,
				.cause = s->cause };
			return CAPTURE_FAULT;
		}
		if (s->state == SOURCE_AHEAD &&
		    (next == NULL || is_earlier(&s->frame, &next->frame)))
			next = s;
	}
	if (next == NULL)
		return CAPTURE_END;
	*out = next->frame;
	next->frames++;
	next->state = SOURCE_BEHIND;
	return CAPTURE_FRAME;
}

const struct capture_fault *
capture_fault(const struct capture *c)
{
	return &c->fault;
}

uint64_t
capture_frames(const struct capture *c, uint32_t source)
{
	return source < c->count ? c->sources[source].frames : 0;
}

int
capture_link_type(const struct capture *c, uint32_t source)
{
	return source < c->count ? c->sources[source].link_type : -1;
}

int
capture_snap_length(const struct capture *c, uint32_t source)
{
	return source < c->count ? c->sources[source].snap_length : 0;
}
