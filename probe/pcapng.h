/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets as a pcapng file, built in memory (draft-ietf-opsawg-pcapng): one
 * section, its interfaces, then packets. Little-endian always, so that like
 * input makes like bytes. Writes nothing anywhere and reads nothing of packets;
 * what a section was made for can be read back from its beginning.
 */
#ifndef PCAPNG_H
#define PCAPNG_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/text.h"

#define PCAPNG_TEXT_MAX 255 /* bytes of a name or a comment; the rest is cut */
/* Of a section header with both of its texts. */
#define PCAPNG_SECTION_MAX (28 + 2 * (4 + PCAPNG_TEXT_MAX + 1) + 4)

struct pcapng_packet {
	uint32_t interface; /* in the order of pcapng_interface, from 0 */
	struct wall_us time;
	uint16_t nanoseconds; /* below a microsecond, 0..999 */
	uint32_t captured, wire;
	const uint8_t *bytes; /* captured of them */
	const char *comment;  /* or NULL */
};

/* Begins a file in out. application: who wrote it; comment: what for. */
void pcapng_section(struct text *out, const char *application,
    const char *comment);
/* link_type: LINKTYPE_ of the registry, whose times are nanoseconds since
 * 1970. name: of the interface, or NULL; description likewise. */
void pcapng_interface(struct text *out, uint16_t link_type, const char *name,
    const char *description);
/* A packet that came in. One with captured < wire was cut. */
void pcapng_packet(struct text *out, const struct pcapng_packet *p);
/*
 * The comment of the section that these bytes begin with, into out. False when
 * they begin no little-endian section with one. The bytes may be hostile.
 */
bool pcapng_comment(const uint8_t *bytes, size_t length,
    char out[PCAPNG_TEXT_MAX + 1]);

#endif
