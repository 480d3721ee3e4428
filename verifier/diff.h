/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What two models mean differently: each difference is one line that says
 * whether it opens, closes or changes. Names, order and comments mean nothing.
 */
#ifndef DIFF_H
#define DIFF_H

#include "model.h"
#include "words.h"

enum effect { EFFECT_OPENS, EFFECT_CLOSES, EFFECT_CHANGES };

struct diff {
	const struct model *now, *old; /* borrowed */
	enum lang lang;
	struct text *out; /* borrowed; lines are added */
	size_t count;	  /* lines so far */
};

/*
 * "opens  conduit eltax: services added: tcp/8443". noun and id name what
 * differs; what is the sentence with up to two values, NULL when it has none.
 */
void diff_say(struct diff *d, enum effect effect, enum word noun,
    const char *id, enum word what, const char *a, const char *b);

/* Whether set holds every address of p, also by several prefixes together. */
bool diff_covers(const struct prefix_set *set, const struct prefix *p);
/* The addresses of a that b has not, as prefixes; "" when there are none. At
 * most DESCRIBE_PREFIXES_MAX and then "...". */
void diff_prefixes(const struct prefix_set *a, const struct prefix_set *b,
    struct text *out);
/* Two strings that may be NULL. */
bool diff_same_text(const char *a, const char *b);
/* Says that a field became another, unless it is the same; NULL is "-". */
void diff_field(struct diff *d, enum word noun, const char *id, enum word field,
    const char *now, const char *old);
/* Who approved, by which number and when. */
void diff_approval(struct diff *d, enum word noun, const char *id,
    const struct approval *now, const struct approval *old);
/* A day on which something ends (last) or begins; none means never. */
void diff_day(struct diff *d, enum word noun, const char *id, struct day now,
    struct day old, bool last, enum word what);
/* The addresses of one side; side is the word for it. */
void diff_end(struct diff *d, enum word noun, const char *id,
    const struct endpoint *now, const struct endpoint *old, enum word side);
/* Whether two calendars, or none, open the same days. */
bool diff_same_calendar(const struct calendar *a, const struct calendar *b);
/* How strong an encryption is among those of TLS, 0 being none; -1 when it is
 * of another kind and cannot be ranked. */
int diff_encryption_rank(enum encryption_class e);

/* diff_conduit.c */
void diff_conduits(struct diff *d);
/* diff_limit.c: when and over which way a conduit may be used. */
void diff_schedule(struct diff *d, const struct conduit *now,
    const struct conduit *old);
void diff_via(struct diff *d, const struct conduit *now,
    const struct conduit *old);
/* diff_exception.c: exceptions, and the records of relays. */
void diff_exceptions(struct diff *d);
void diff_relays(struct diff *d);
/* diff_emergency.c: emergencies of the models and of their side files. */
void diff_emergencies(struct diff *d);
/* diff_service.c: elements of services, for the noun named. */
void diff_services(struct diff *d, enum word noun, const char *id,
    const struct services *now, const struct services *old);
/* diff_network.c */
void diff_guideline(struct diff *d);
void diff_zones(struct diff *d);
void diff_links(struct diff *d);
void diff_boundaries(struct diff *d);
/* diff_rest.c: sanitisers, lists, hosts, and whatever else is not the same. */
void diff_rest(struct diff *d);

#endif
