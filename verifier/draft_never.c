/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a conversation can never be proposed, from what its line says and from
 * the base model's own zones and guideline. The gravest reasons come first: a
 * conversation that is spoofed is told as such, whatever else it is.
 */
#include "draft_never.h"

#include <string.h>
#include <strings.h>

#include "application.h"

static bool
is_clean_side(const struct model *m, const struct zone *zone,
    const struct addr *a)
{
	for (size_t i = 0; i < m->sanitiser_count; i++)
		for (size_t j = 0; j < m->sanitisers[i].clean_count; j++) {
			const struct endpoint *e = &m->sanitisers[i].clean[j];

			if (e->zone == zone &&
			    (e->whole_zone ||
				prefix_set_contains(&e->reach, a)))
				return true;
		}
	return false;
}

static bool
is_screen(const struct draft_event *e)
{
	return ((application_traits(e->application) |
		    application_traits(e->master)) &
		   APPLICATION_SCREEN) != 0;
}

const struct address_list *
draft_list_of(const struct model *m, const struct addr *a)
{
	for (size_t i = 0; i < m->list_count; i++)
		if (prefix_set_contains(&m->lists[i].networks, a))
			return &m->lists[i];
	return NULL;
}

/* The name of the list that takes this one, which a client may well have made
 * up; itself where the list has no names; NULL when none does. */
const char *
draft_list_name(const struct address_list *list, const char *name)
{
	const size_t length = strlen(name);

	for (size_t i = 0; i < list->name_count; i++) {
		const char *p = list->names[i];
		const size_t tail = strlen(p) - (p[0] == '*');

		if (p[0] != '*' ? strcasecmp(p, name) == 0 :
				  length > tail &&
			    strcasecmp(name + length - tail, p + 1) == 0)
			return p;
	}
	return list->name_count == 0 && length > 0 ? name : NULL;
}

/* Sound and pictures of a meeting are sent by address; that they may be is
 * for a person to say. Whatever could show a name must. */
static bool
is_media(const struct draft_event *e)
{
	static const char *const labels[] = { "STUN", "RTP", "RTCP", "SRTP" };

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(e->application, labels[i]) == 0)
			return e->protocol == 17 && e->server_name[0] == '\0';
	return false;
}

/* Whether a cell of this kind lets this conversation in at all. */
static bool
cell_admits(const struct draft_seen *s, const struct draft_channel *c,
    const struct draft_event *e, enum cell_kind kind)
{
	switch (kind) {
	case CELL_DENY:
		return false;
	case CELL_SCREEN:
		return is_screen(e);
	case CELL_SANITISE:
		return is_clean_side(s->m, c->from_zone, &c->from);
	case CELL_LIST:
		return c->to_zone->link_count > 0 &&
		    draft_list_of(s->m, &c->to) != NULL &&
		    (is_media(e) ||
			draft_list_name(draft_list_of(s->m, &c->to),
			    e->server_name) != NULL);
	case CELL_PERMIT:
	case CELL_SPECIAL:
		break;
	}
	return true;
}

enum draft_never
draft_never_by_cell(const struct draft_seen *s, const struct draft_channel *c,
    const struct draft_event *e)
{
	const struct cell *cell = draft_cell(s->m, c->from_zone, c->to_zone);

	if (cell == NULL || cell_admits(s, c, e, cell->kind))
		return NEVER_NOT;
	for (int kind = CELL_PERMIT; kind <= CELL_LIST; kind++)
		if (cell->also & 1u << kind &&
		    cell_admits(s, c, e, (enum cell_kind)kind))
			return NEVER_NOT;
	switch (cell->kind) {
	case CELL_SANITISE:
		return NEVER_SANITISE;
	case CELL_SCREEN:
		return NEVER_SCREEN;
	case CELL_LIST:
		return NEVER_LIST;
	default:
		return NEVER_TIER;
	}
}

/* A tunnel through a proxy leads where it was asked for. */
static bool
leads_to_forbidden(const struct draft_seen *s, const struct boundary *b,
    const struct draft_channel *c, const struct draft_event *e)
{
	struct place far;
	struct addr a;
	const struct cell *cell;

	if (strncmp(e->application, "HTTP", 4) != 0 ||
	    !addr_parse(e->server_name, &a) || addr_equal(&a, &c->to))
		return false;
	far = locate_address(s->m, b, &a);
	if (far.kind != PLACE_ZONE || far.zone == c->from_zone)
		return false;
	cell = draft_cell(s->m, c->from_zone, far.zone);
	return cell != NULL && cell->kind == CELL_DENY;
}

static bool
is_legacy(const struct draft_event *e)
{
	static const char *const names[] = { "Telnet", "SMBv1", "RSH" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(e->application, names[i]) == 0 ||
		    strcmp(e->master, names[i]) == 0)
			return true;
	return draft_event_has(e, CHECK_CRY_5) ||
	    draft_event_has(e, CHECK_CRY_6);
}

static bool
is_forbidden(const struct draft_event *e)
{
	return draft_event_has(e, CHECK_SVC_1) ||
	    ((application_traits(e->application) |
		 application_traits(e->master)) &
		APPLICATION_FORBIDDEN) != 0;
}

/* Checks of which a conduit to be approved is no remedy. */
enum draft_never
draft_never_by_check(const struct draft_event *e)
{
	static const struct {
		enum check check;
		enum draft_never never;
	} rows[] = {
		{ CHECK_SEG_12, NEVER_SPOOFED },
		{ CHECK_LNK_1, NEVER_SPOOFED },
		{ CHECK_SEG_9, NEVER_NO_ZONE },
		{ CHECK_SEG_10, NEVER_LINK },
		{ CHECK_SEG_1, NEVER_TIER },
		{ CHECK_SEG_14, NEVER_OFFLINE },
		{ CHECK_SEG_13, NEVER_EXIT },
		{ CHECK_SEG_15, NEVER_ONE_WAY },
		{ CHECK_SAN_1, NEVER_SANITISE },
		{ CHECK_SAN_9, NEVER_SANITISE },
		{ CHECK_SVC_1, NEVER_FORBIDDEN },
	};

	/* The one that decides tells best what it is. */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (e->check_count > 0 && e->checks[0] == rows[i].check)
			return rows[i].never;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (draft_event_has(e, rows[i].check))
			return rows[i].never;
	return NEVER_NOT;
}

/* A declared conduit covers its ends, and it differs from it. */
static bool
differs_from_declared(const struct draft_event *e)
{
	for (size_t i = 0; i < e->check_count; i++)
		switch (e->checks[i]) {
		case CHECK_NONE:
		case CHECK_SEG_2:
		case CHECK_SEG_3:
		case CHECK_SEG_15: /* a report's, else told before */
		case CHECK_SEG_16: /* as list cells call it */
		case CHECK_SVC_4:
			break;
		default:
			return true;
		}
	return false;
}

/* Logs and traps are sent without an answer. What they are is known by their
 * label, and a person has to say that they may be; any other data that went
 * out one way is none of it. */
bool
draft_is_report(const struct draft_event *e)
{
	static const char *const labels[] = { "Syslog", "SNMP", "NetFlow",
		"sFlow" };

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(e->application, labels[i]) == 0)
			return e->protocol == 17 &&
			    strcmp(e->outcome, "tried") == 0 &&
			    strcmp(e->passed, "yes") == 0 &&
			    strcmp(e->initiator, "uncertain") != 0;
	return false;
}

static enum draft_never
never_by_sight(const struct draft_event *e)
{
	if (draft_is_report(e))
		return NEVER_NOT;
	if (strcmp(e->outcome, "tried") == 0 ||
	    strcmp(e->outcome, "refused") == 0)
		return NEVER_TRIED;
	if (e->one_way || strcmp(e->reason, "one-way") == 0)
		return NEVER_ONE_WAY;
	if (strcmp(e->initiator, "uncertain") == 0 ||
	    strcmp(e->reason, "direction") == 0)
		return NEVER_DIRECTION;
	if (strcmp(e->reason, "malformed") == 0 ||
	    strcmp(e->reason, "opaque") == 0 ||
	    strcmp(e->reason, "engine-restarted") == 0)
		return NEVER_OPAQUE;
	return e->application[0] == '\0' ? NEVER_APPLICATION : NEVER_NOT;
}

enum draft_never
draft_never_of(const struct draft_seen *s, const struct boundary *b,
    const struct draft_channel *c, const struct draft_event *e)
{
	enum draft_never n = draft_never_by_check(e);

	if (n == NEVER_SPOOFED)
		return n;
	if (c->from_zone == NULL || c->to_zone == NULL)
		return NEVER_NO_ZONE;
	if (n == NEVER_NO_ZONE || (n == NEVER_ONE_WAY && draft_is_report(e)))
		n = NEVER_NOT; /* this model knows the zone by now */
	if (n != NEVER_NOT && n <= NEVER_TIER)
		return n;
	if (leads_to_forbidden(s, b, c, e))
		return NEVER_TIER;
	if (draft_never_by_cell(s, c, e) == NEVER_TIER)
		return NEVER_TIER;
	if (n != NEVER_NOT)
		return n;
	if (is_forbidden(e))
		return NEVER_FORBIDDEN;
	if (is_legacy(e))
		return NEVER_LEGACY;
	if (differs_from_declared(e))
		return NEVER_DECLARED_OTHERWISE;
	n = never_by_sight(e);
	return n != NEVER_NOT ? n : draft_never_by_cell(s, c, e);
}
