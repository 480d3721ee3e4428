/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Capture files and live interfaces through libpcap. Each source is read one
 * frame ahead. A file's frame stays in libpcap's own buffer, which lives until
 * that source is read again, so nothing is copied. A live one is copied
 * within libpcap's callback: it gives a block of the ring back to the kernel
 * as soon as the callback for its last frame returns.
 *
 * Times are read in nanoseconds and held to the range that microseconds in
 * 64 bits can hold with room to subtract; a file may claim anything.
 */
#include "capture_internal.h"

#include <errno.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"

#define NANOSECONDS INT64_C(1000000000)
/* Times are held to +-2^42 seconds (139,000 years). */
#define SECONDS_MAX (INT64_C(1) << 42)
/* An EtherType that is reserved and on no wire (RFC 1701): what libpcap binds
 * a socket to, before it is ready for more. */
#define PROTOCOL_OF_NOBODY 0xFFFF

_Static_assert(CAPTURE_CAUSE_MAX > PCAP_ERRBUF_SIZE, "causes fit whole");

static void read_live(struct source *s);

struct capture *
capture_new(void)
{
	struct capture *c = mem_calloc(1, sizeof(*c));

	c->read_live = read_live;
	c->clock = capture_clock;
	return c;
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
		free(c->sources[i].buffer);
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
	if (c->is_live) {
		(void)snprintf(error, size, "interfaces are being read");
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
	int64_t below = (int64_t)h->ts.tv_usec * (s->is_micro ? 1000 : 1);

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

bool
capture_read_file(struct source *s, uint32_t index)
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

static void
take(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct source *s = (void *)user;
	uint32_t captured = h->caplen;

	if (captured > CAPTURE_SNAP_BYTES)
		captured = CAPTURE_SNAP_BYTES;
	memcpy(s->buffer, bytes, captured);
	read_time(s, h, &s->frame);
	s->frame.captured = captured;
	s->frame.wire = h->len > captured ? h->len : captured;
	s->frame.link_type = s->link_type;
	s->frame.bytes = s->buffer;
}

/*
 * libpcap asks for another wait than ours only while it knows the interface
 * to be down; the socket is bound on and frames come again with the link. Any
 * other error, and an interface that is gone, ends the source: such a handle
 * can tell nothing certain any more, a fresh one can.
 */
static void
read_live(struct source *s)
{
	int count = pcap_dispatch(s->pcap, 1, take, (u_char *)s);
	bool is_down = pcap_get_required_select_timeout(s->pcap) != NULL;

	if (count == 1) {
		s->state = SOURCE_AHEAD;
		s->link = CAPTURE_OPEN;
		return;
	}
	s->state = SOURCE_EMPTY;
	s->link = is_down ? CAPTURE_DOWN : CAPTURE_OPEN;
	if (count >= 0)
		return;
	if (is_down && !capture_socket_gone(pcap_fileno(s->pcap)))
		return;
	(void)snprintf(s->cause, sizeof(s->cause), "%s", pcap_geterr(s->pcap));
	s->link = CAPTURE_GONE;
	s->state = SOURCE_ENDED;
}

/* errno for what pcap_activate says. */
static int
fault_of(int status)
{
	switch (status) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return EPERM;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return ENODEV;
	case PCAP_ERROR_IFACE_NOT_UP:
		return ENETDOWN;
	default:
		return EIO;
	}
}

/* Sets and activates a handle; 0, or errno with the cause in error. */
static int
activate(pcap_t *pcap, unsigned index, uint32_t ring_bytes, char *error,
    size_t size)
{
	char cause[PCAP_ERRBUF_SIZE] = "";
	int status;

	(void)pcap_set_snaplen(pcap, CAPTURE_SNAP_BYTES);
	(void)pcap_set_promisc(pcap, 1);
	(void)pcap_set_timeout(pcap, CAPTURE_RETIRE_MS);
	(void)pcap_set_buffer_size(pcap, (int)ring_bytes);
	(void)pcap_set_immediate_mode(pcap, 0);
	(void)pcap_set_protocol_linux(pcap, PROTOCOL_OF_NOBODY);
	(void)pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	status = pcap_activate(pcap);
	if (status < 0) {
		(void)snprintf(error, size, "%s",
		    pcap_geterr(pcap)[0] != '\0' ? pcap_geterr(pcap) :
						   pcap_statustostr(status));
		return fault_of(status);
	}
	if (pcap_setnonblock(pcap, 1, cause) != 0 ||
	    pcap_setdirection(pcap, PCAP_D_IN) != 0) {
		(void)snprintf(error, size, "%s%s", cause, pcap_geterr(pcap));
		return EIO;
	}
	if (!capture_socket_begin(pcap_fileno(pcap), index)) {
		int fault = errno;

		(void)snprintf(error, size, "%s", strerrordesc_np(fault));
		return fault;
	}
	return 0;
}

/* Why no live source can be added now, or NULL. */
static const char *
refuse_live(const struct capture *c, uint32_t ring_bytes)
{
	if (c->count == CAPTURE_SOURCES_MAX)
		return "too many sources";
	if (c->count > 0 && !c->is_live)
		return "files are being read";
	if (ring_bytes > INT32_MAX)
		return "the ring is too large";
	return NULL;
}

/* Opens w->interface; NULL with w->fault and a cause. May run in several
 * threads: nothing that they share is changed. */
static pcap_t *
open_handle(struct capture_wanted *w, uint32_t ring_bytes)
{
	char cause[PCAP_ERRBUF_SIZE] = "";
	const unsigned index = if_nametoindex(w->interface);
	pcap_t *pcap;

	if (index == 0) {
		w->fault = ENODEV;
		(void)snprintf(w->error, sizeof(w->error), "%s",
		    strerrordesc_np(ENODEV));
		return NULL;
	}
	pcap = pcap_create(w->interface, cause);
	if (pcap == NULL) {
		w->fault = EIO;
		(void)snprintf(w->error, sizeof(w->error), "%s", cause);
		return NULL;
	}
	w->fault = activate(pcap, index,
	    ring_bytes != 0 ? ring_bytes : CAPTURE_RING_BYTES, w->error,
	    sizeof(w->error));
	if (w->fault == 0)
		return pcap;
	pcap_close(pcap);
	return NULL;
}

static int
add_live(struct capture *c, const char *interface, pcap_t *pcap)
{
	struct source *s = &c->sources[c->count];

	s->pcap = pcap;
	s->path = mem_strdup(interface);
	s->buffer = mem_calloc(1, CAPTURE_SNAP_BYTES);
	s->state = SOURCE_BEHIND;
	s->link = CAPTURE_OPEN;
	s->is_live = true;
	s->is_micro = pcap_get_tstamp_precision(pcap) !=
	    PCAP_TSTAMP_PRECISION_NANO;
	s->link_type = pcap_datalink(pcap);
	s->snap_length = pcap_snapshot(pcap);
	c->is_live = true;
	return (int)c->count++;
}

int
capture_open_live(struct capture *c, const char *interface, uint32_t ring_bytes,
    char *error, size_t size)
{
	const char *refused = refuse_live(c, ring_bytes);
	struct capture_wanted w = { .interface = interface };
	pcap_t *pcap;

	if (refused != NULL) {
		(void)snprintf(error, size, "%s", refused);
		errno = EINVAL;
		return -1;
	}
	pcap = open_handle(&w, ring_bytes);
	if (pcap != NULL)
		return add_live(c, interface, pcap);
	(void)snprintf(error, size, "%s", w.error);
	errno = w.fault;
	return -1;
}

/* One of several that are opened at once. */
struct opening {
	struct capture_wanted *wanted;
	uint32_t ring_bytes;
	pcap_t *pcap;
	pthread_t thread;
	bool is_thread;
};

static void *
open_one(void *context)
{
	struct opening *o = context;

	o->pcap = open_handle(o->wanted, o->ring_bytes);
	return NULL;
}

void
capture_open_several(struct capture *c, struct capture_wanted *wanted,
    size_t count, uint32_t ring_bytes)
{
	struct opening openings[CAPTURE_SOURCES_MAX] = { { NULL } };

	for (size_t i = 0; i < count; i++) {
		struct opening *o = &openings[i];

		o->wanted = &wanted[i];
		o->ring_bytes = ring_bytes;
		if (!wanted[i].is_there)
			continue;
		/* The last one here, as any for which there is no thread. */
		o->is_thread = i + 1 < count &&
		    pthread_create(&o->thread, NULL, open_one, o) == 0;
		if (!o->is_thread)
			(void)open_one(o);
	}
	for (size_t i = 0; i < count; i++) {
		if (openings[i].is_thread)
			(void)pthread_join(openings[i].thread, NULL);
		if (openings[i].pcap != NULL)
			(void)add_live(c, wanted[i].interface,
			    openings[i].pcap);
		else
			(void)capture_open_absent(c, wanted[i].interface, true);
	}
}

int
capture_open_absent(struct capture *c, const char *name, bool is_live)
{
	struct source *s = &c->sources[c->count];

	if (c->count == CAPTURE_SOURCES_MAX ||
	    (c->count > 0 && c->is_live != is_live))
		return -1;
	s->path = mem_strdup(name);
	s->state = SOURCE_ENDED;
	s->link = CAPTURE_GONE;
	s->is_live = is_live;
	s->link_type = -1;
	c->is_live = is_live;
	return (int)c->count++;
}

int
capture_file_fd(const struct capture *c, uint32_t source)
{
	const struct source *s = &c->sources[source];

	if (source >= c->count || s->is_live || s->pcap == NULL)
		return -1;
	return fileno(pcap_file(s->pcap));
}

int
capture_fd(const struct capture *c, uint32_t source)
{
	const struct source *s;

	if (source >= c->count)
		return -1;
	s = &c->sources[source];
	return s->is_live && s->pcap != NULL ? pcap_fileno(s->pcap) : -1;
}

size_t
capture_fds(const struct capture *c, int *fds, size_t room)
{
	size_t count = 0;

	for (uint32_t i = 0; i < c->count && count < room; i++) {
		const struct source *s = &c->sources[i];

		/* One that is ahead need not be waited for, and would be
		 * readable all the time. */
		if (s->is_live && s->pcap != NULL &&
		    (s->state == SOURCE_EMPTY || s->state == SOURCE_BEHIND))
			fds[count++] = pcap_fileno(s->pcap);
	}
	return count;
}

bool
capture_stats(struct capture *c, uint32_t source, struct capture_stats *out)
{
	int fd = capture_fd(c, source);

	if (fd < 0 || !capture_socket_stats(fd, &c->sources[source].stats))
		return false;
	*out = c->sources[source].stats;
	return true;
}

enum capture_state
capture_state(const struct capture *c, uint32_t source)
{
	return source < c->count ? c->sources[source].link : CAPTURE_GONE;
}

/*
 * libpcap's way to close a handle tells the kernel to take the ring away
 * first, and the child reads from it. So the handle is given another
 * descriptor under the same number before it is closed.
 */
void
capture_disown(struct capture *c)
{
	int instead = eventfd(0, EFD_CLOEXEC);

	for (uint32_t i = 0; i < c->count; i++) {
		struct source *s = &c->sources[i];

		if (s->is_live && s->pcap != NULL && instead >= 0)
			(void)dup2(instead, pcap_fileno(s->pcap));
		source_close(s);
	}
	if (instead >= 0)
		(void)close(instead);
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
