/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What sekisho init is told, by flags or by answers, and what it writes of
 * it: a commented model in draft that loads. It asks for what only people
 * know and makes up nothing: what was not told stands as a comment to fill.
 */
#ifndef INIT_H
#define INIT_H

#include <stdio.h>

#include "base/text.h"
#include "words.h"
#include "zone.h"

#define INIT_ZONES_MAX 64
#define INIT_NETWORKS_MAX 32 /* of one zone */
#define INIT_TAPS_MAX 64
#define INIT_VLANS_MAX 64 /* of one tap */
#define INIT_NAME_MAX 128 /* bytes of a name */
#define INIT_ID_MAX 64
#define INIT_WRONG_MAX 20     /* answers to one question */
#define INIT_ANSWER_MAX 65536 /* bytes of one */

struct init_zone {
	char id[INIT_ID_MAX + 1];
	enum tier tier;
	bool is_cloud; /* a government-cloud area, of the first zone of its
			* tier */
	struct prefix networks[INIT_NETWORKS_MAX];
	size_t network_count; /* 0: only of "outside" */
	struct addr router;   /* the boundary's own address there, or none */
};

struct init_vlan {
	uint16_t id;
	size_t zone; /* index */
};

struct init_tap {
	char id[INIT_ID_MAX + 1];
	char interface[INIT_ID_MAX + 1];
	bool has_segment;
	size_t segment; /* index of a zone */
	struct init_vlan vlans[INIT_VLANS_MAX];
	size_t vlan_count; /* neither: a transit link */
};

struct init {
	enum lang lang;
	char name[INIT_NAME_MAX + 1]; /* of the municipality */
	char code[7];		      /* "": not said */
	char guideline[INIT_ID_MAX + 1];
	struct init_zone zones[INIT_ZONES_MAX];
	size_t zone_count;
	char probe[INIT_ID_MAX + 1];
	bool has_management;
	size_t management; /* index of a zone */
	struct addr address;
	struct init_tap taps[INIT_TAPS_MAX];
	size_t tap_count;
};

/* Why an answer was not taken; "wrong" is the part of it that is meant. */
struct init_fault {
	enum word word;
	char wrong[INIT_NAME_MAX + 1];
};

/*
 * Each takes one text into what it is for. False with *fault when it is not
 * what was asked for; *in is then as before.
 *
 * Zone: "core=mynumber:10.1.0.0/16,fd00:1::/48@10.1.0.1": id, tier, networks,
 * and behind @ the boundary's own address in it; the tier "government-cloud"
 * stands for an area of the first zone of mynumber. Tap: "lg=span0:lg" for one
 * segment, "trunk=span1:110=core,300=office" for VLANs, "line=span2" for a
 * transit link. Probe: "probe1" or "probe1=lg:10.2.250.11".
 */
bool init_take_name(struct init *in, const char *text,
    struct init_fault *fault);
bool init_take_code(struct init *in, const char *text,
    struct init_fault *fault);
bool init_take_guideline(struct init *in, const char *text,
    struct init_fault *fault);
bool init_take_zone(struct init *in, const char *text,
    struct init_fault *fault);
bool init_take_probe(struct init *in, const char *text,
    struct init_fault *fault);
bool init_take_tap(struct init *in, const char *text, struct init_fault *fault);
/* Where no zone is outside, adds it, so that taps may name it. */
void init_add_outside(struct init *in);
/* Networks and router of a zone: "10.1.0.0/16, 10.11.0.0/16@10.1.0.1". */
bool init_take_networks(struct init_zone *z, const char *text,
    struct init_fault *fault);
/* The zone of that id, or false. */
bool init_find_zone(const struct init *in, const char *id, size_t *at);
/* The name that the guideline's tier usually has; "" where it has none. */
const char *init_tier_title(enum tier tier, enum lang lang);

/*
 * Asks on ask and reads answers from answers, a line each, until all is known.
 * An answer that is not taken is asked for again, with the reason; an empty
 * one takes what stands in brackets. False, and *why is what to say, when the
 * answers end early, or INIT_WRONG_MAX in a row to one question are not taken.
 */
bool init_ask(struct init *in, FILE *answers, FILE *ask, enum word *why);

/* The model as text. */
void init_write(const struct init *in, struct text *out);

#endif
