/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between the files of judge: one direction of one conversation being judged
 * (struct look), the findings gathered on the way, and what each file gives.
 * Nothing here is for callers of judge().
 */
#ifndef JUDGE_INTERNAL_H
#define JUDGE_INTERNAL_H

#include "judge.h"

#define LOOK_FINDINGS_MAX 24

/* Something wrong, with the clause that says so. */
struct fault {
	enum check check;
	enum severity severity;
	enum element element; /* 0: none */
	struct clause clause;
	const struct conduit *conduit; /* or NULL */
	bool excepted;
	const struct exception *exception; /* or NULL */
	bool settled; /* of a proxy's target: exceptions were looked at */
	bool waiting; /* an exception may cover it once the application is
		       * decided */
};

/* One direction of a conversation, being judged. way(d) of a sighting is
 * seen from this direction's initiator: see look_way. */
struct look {
	const struct model *m;
	const struct conversation *c;
	struct wall_us now;
	bool flipped; /* judged as if the responder had opened */
	/* What a proxy was asked for, judged as its own crossing; else NULL.
	 * Its name stands for the SNI, its application is not seen. */
	const struct target *target;
	uint8_t protocol;
	struct place from, to;
	uint16_t port; /* of the responder's side */
	enum passed passed;
	enum refuser refused_by;
	struct fault faults[LOOK_FINDINGS_MAX];
	size_t fault_count;
	unsigned judged, unobserved;
	unsigned reasons; /* set of 1 << enum reason: why not decided */
	enum element hidden_element; /* first element not observable */
	const struct conduit *conduit;
	const struct emergency *emergency; /* the conduit covers it only by */
	const struct near_miss *near;	   /* points to near_store when set */
	struct near_miss near_store;
	bool backup_link;
	bool clear_control; /* control in clear where encryption is asked */
	int64_t again_us;
};

/* The way of a sighting: 0 from this direction's initiator, 1 back. */
static inline const struct sighting_way *
look_way(const struct look *l, const struct sighting *s, int way)
{
	return &s->way[l->flipped ? !way : way];
}

/* Notes a finding; the severity is the row's for passed or tried. */
struct fault *look_fault(struct look *l, enum check check, enum element element,
    struct clause clause);
/* The same with a severity of the caller's. */
struct fault *look_fault_at(struct look *l, enum check check,
    enum severity severity, enum element element, struct clause clause);
/* True when the crossing was passed or answered: the graver severity. */
bool look_got_through(const struct look *l);
void look_unjudged(struct look *l, enum reason reason);
void look_hidden(struct look *l, enum element element);
/* Judge again when packet time reaches t. */
void look_again(struct look *l, struct wall_us t);

/* Relations of zones: the same, parent and child, or of one tier. */
bool zones_related(const struct zone *a, const struct zone *b);
bool zones_share_link(const struct zone *a, const struct zone *b);
/* True when z has a parent and links: a government-cloud area. */
bool zone_is_cloud(const struct zone *z);
struct clause clause_of_cell(const struct look *l);
/* The guideline's cell for the two zones; NULL where none is needed. */
const struct cell *cell_of(const struct look *l);
/* The tier pair is forbidden: SEG-1; else what the conduits say. */
void look_cell(struct look *l);
/* Excuses what exceptions cover; notes those that have ended. */
void look_excuse(struct look *l);
struct clause clause_of_conduit(const struct conduit *c);
struct clause clause_of_emergency(const struct emergency *e);
struct clause clause_of_zone(const struct zone *z);

/* judge_path.c: what the sightings prove. */
void path_passed(struct look *l);
void path_source(struct look *l); /* SEG-12, LNK-1 */
/* Of an end of the zone itself that hides behind a router: ONE_WAY. */
void path_unseen_source(struct look *l);
void path_second_exit(struct look *l); /* SEG-13 */
void path_cloud_link(struct look *l);  /* SEG-10 */
/* It was seen on the link: at a tap of it, or by a router that leads there. */
bool path_took(const struct look *l, const struct link *link);
bool path_routed_link_local(const struct look *l);
/* A segment of a zone that is on neither end's way, or NULL. */
const struct zone *path_foreign(const struct look *l);
enum path_result { PATH_AS_DECLARED, PATH_OTHER, PATH_NOT_SEEN };
enum path_result path_via(const struct look *l, const struct via *via,
    char *seen, size_t size);

/* judge_conduit.c: what is declared for this pair of ends. */
void conduits_judge(struct look *l, const struct cell *cell);
bool has_ports(uint8_t protocol);
/* True when one of the services takes protocol and port. */
bool service_matches(const struct services *s, uint8_t protocol, uint16_t port);
/* True when s names the label or its carrier; false when it names none. */
bool service_names(const struct service *s, const struct conversation *c);
bool endpoint_matches(const struct endpoint *e, const struct place *p);
bool name_matches(const char *const *patterns, size_t count, const char *name);

/* judge_exception.c */
/* The most specific exception in force for a check, or NULL; *expired is set
 * to one that would have matched but has ended, *waiting when one may match
 * once the application is decided. */
const struct exception *exception_find(struct look *l, enum check check,
    const struct conduit *conduit, const struct exception **expired,
    bool *waiting);

/* judge_service.c: SAN-1, SAN-9, SVC-1, SVC-4, SEG-14, SEG-15. */
void service_offline(struct look *l);
void service_one_way_data(struct look *l);
void service_sanitised(struct look *l);
void service_bypass(struct look *l);
void service_forbidden(struct look *l);
void service_dns(struct look *l);

/* judge_target.c: what a declared proxy was asked for. */
void targets_judge(struct look *l);

/* judge_index.c: conduits by the prefixes of both ends. */
struct candidate {
	const struct conduit *conduit;
};
enum index_side { INDEX_BOTH, INDEX_ANY_FROM, INDEX_ANY_TO };
/*
 * Calls each for every conduit from zone of a to zone of b whose ends hold
 * the addresses (INDEX_ANY_FROM: whatever the first address is). Stops when
 * each returns false. A conduit may be met more than once.
 */
void index_each(const struct model *m, const struct place *a,
    const struct place *b, enum index_side side,
    bool (*each)(void *context, const struct conduit *conduit), void *context);

#endif
