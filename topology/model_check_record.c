/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The records behind declarations: TOP-3 who approved, TOP-4 until when and
 * whether reviewed, TOP-10 what stands in for a rule that is excepted, TOP-11
 * on whose authority content is examined. A conduit that a relay made is the
 * relay's record and is not said twice.
 */
#include "model_check_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/jsonx.h"
#include "model_internal.h"

#define WARN_FIRST_DAYS 90  /* before the end: information, */
#define WARN_SECOND_DAYS 30 /* then low, */
#define WARN_LAST_DAYS 7    /* then medium */
#define RENEWAL_DAYS 30	    /* grace while a renewal is in progress */

/* ---- TOP-3 */

/* What a record is of: word names the noun. */
struct subject {
	enum word noun;
	const char *id;
	struct diag_place place;
	const struct approval *approved;
	const char *applicant; /* exceptions keep it apart, or NULL */
};

static void
complain(const struct check_run *run, const struct subject *s, enum word word)
{
	const struct approval *a = s->approved;

	words_diag(run->d, a->given && a->place.line ? a->place : s->place,
	    DIAG_WARNING, CHECK_TOP_3, word, 2,
	    words_get(run->d->lang, s->noun), s->id);
}

static void
check_approval(const struct check_run *run, const struct subject *s)
{
	const struct approval *a = s->approved;
	const char *applicant = s->applicant ? s->applicant : a->applicant;

	if (!a->given || a->by_count == 0) {
		complain(run, s, W_CHECK_NOT_APPROVED);
		return;
	}
	if (a->number == NULL || a->number[0] == '\0')
		complain(run, s, W_CHECK_NO_NUMBER);
	if (a->on.year == 0)
		complain(run, s, W_CHECK_NO_DAY);
	else if (day_compare(a->on, run->today) > 0)
		complain(run, s, W_CHECK_FUTURE_DAY);
	if (applicant != NULL && model_person_approved(run->m, a, applicant))
		complain(run, s, W_CHECK_OWN_APPROVAL);
}

static void
check_exception_approval(const struct check_run *run, const struct exception *e)
{
	const struct subject s = { W_NOUN_EXCEPTION, e->id, e->place,
		&e->approved, e->applicant };

	check_approval(run, &s);
	if (e->approved.given && e->approved.by_count &&
	    !model_person_approved(run->m, &e->approved, "CISO"))
		complain(run, &s, W_CHECK_NOT_BY_CISO);
}

void
check_approvals(const struct check_run *run)
{
	const struct model *m = run->m;

	for (size_t i = 0; i < m->link_count; i++)
		check_approval(run,
		    &(struct subject){ W_NOUN_LINK, m->links[i].id,
			m->links[i].place, &m->links[i].approved, NULL });
	for (size_t i = 0; i < m->partner_count; i++)
		check_approval(run,
		    &(struct subject){ W_NOUN_PARTNER, m->partners[i].id,
			m->partners[i].place, &m->partners[i].approved, NULL });
	for (size_t i = 0; i < m->list_count; i++)
		check_approval(run,
		    &(struct subject){ W_NOUN_LIST, m->lists[i].id,
			m->lists[i].place, &m->lists[i].approved, NULL });
	for (size_t i = 0; i < m->conduit_count; i++)
		if (!m->conduits[i].from_relay)
			check_approval(run,
			    &(struct subject){ W_NOUN_CONDUIT,
				m->conduits[i].id, m->conduits[i].place,
				&m->conduits[i].approved, NULL });
	for (size_t i = 0; i < m->relay_count; i++)
		check_approval(run,
		    &(struct subject){ W_NOUN_RELAY, m->relays[i].id,
			m->relays[i].place, &m->relays[i].approved, NULL });
	for (size_t i = 0; i < m->tunnel_count; i++)
		check_approval(run,
		    &(struct subject){ W_NOUN_TUNNEL, m->tunnels[i].id,
			m->tunnels[i].place, &m->tunnels[i].approved, NULL });
	for (size_t i = 0; i < m->emergency_count; i++)
		check_approval(run,
		    &(struct subject){ W_NOUN_EMERGENCY, m->emergencies[i].id,
			m->emergencies[i].place, &m->emergencies[i].approved,
			m->emergencies[i].applicant });
	for (size_t i = 0; i < m->exception_count; i++)
		check_exception_approval(run, &m->exceptions[i]);
}

/* ---- TOP-4 */

/* A finding about a day, with its own grade. */
static void
note_day(const struct check_run *run, enum word noun, const char *id,
    struct diag_place place, enum severity grade, enum word word,
    struct day day, int64_t days)
{
	const struct check_row *row = checks_row(CHECK_TOP_4);
	struct text sentence = { 0 };
	char date[16], number[24];

	day_format(day, date, sizeof(date));
	snprintf(number, sizeof(number), "%lld", (long long)days);
	words_add(&sentence, run->d->lang, word, 4,
	    words_get(run->d->lang, noun), id, date, number);
	diag_add(run->d, place, DIAG_WARNING, row->id, severity_name(grade),
	    row->requirements[0] ? row->requirements : NULL,
	    text_str(&sentence));
	text_free(&sentence);
}

/* How grave an end that is near is; NONE when it is not. */
static enum severity
nearness(int64_t days_left)
{
	if (days_left <= WARN_LAST_DAYS)
		return SEVERITY_MEDIUM;
	if (days_left <= WARN_SECOND_DAYS)
		return SEVERITY_LOW;
	return days_left <= WARN_FIRST_DAYS ? SEVERITY_INFORMATION :
					      SEVERITY_NONE;
}

/* The last day counts: what ends today still holds today. */
static void
check_end(const struct check_run *run, enum word noun, const char *id,
    struct diag_place place, struct day end, bool renewal)
{
	int64_t left;
	enum severity grade;

	if (end.year == 0)
		return;
	left = day_between(run->today, end);
	if (left < 0) {
		if (renewal && -left <= RENEWAL_DAYS)
			note_day(run, noun, id, place, SEVERITY_INFORMATION,
			    W_CHECK_RENEWAL, end, -left);
		else
			note_day(run, noun, id, place, SEVERITY_MEDIUM,
			    W_CHECK_EXPIRED, end, -left);
		return;
	}
	grade = nearness(left);
	if (grade == SEVERITY_NONE)
		return;
	if (renewal)
		grade = SEVERITY_INFORMATION;
	note_day(run, noun, id, place, grade, W_CHECK_EXPIRES, end, left);
}

/* due is the day by which a review must have been held. */
static void
check_review(const struct check_run *run, enum word noun, const char *id,
    struct diag_place place, struct day due)
{
	int64_t left = day_between(run->today, due);
	enum severity grade = nearness(left);

	if (left < 0)
		note_day(run, noun, id, place, SEVERITY_MEDIUM,
		    W_CHECK_REVIEW_OVERDUE, due, -left);
	else if (grade != SEVERITY_NONE)
		note_day(run, noun, id, place, grade, W_CHECK_REVIEW_DUE, due,
		    left);
}

static void
check_conduit_dates(const struct check_run *run, const struct conduit *c)
{
	struct day since = c->reviewed.year ? c->reviewed : c->approved.on;

	check_end(run, W_NOUN_CONDUIT, c->id, c->place, c->expires,
	    c->renewal && c->renewal_number != NULL);
	if (c->review_months == 0)
		return;
	if (since.year == 0)
		words_diag(run->d, c->place, DIAG_WARNING, CHECK_TOP_4,
		    W_CHECK_REVIEW_UNKNOWN, 2,
		    words_get(run->d->lang, W_NOUN_CONDUIT), c->id);
	else
		check_review(run, W_NOUN_CONDUIT, c->id, c->place,
		    day_add_months(since, c->review_months));
}

static void
check_list_age(const struct check_run *run, const struct address_list *l)
{
	struct day last;

	if (l->max_age_days == 0)
		return;
	if (l->fetched.year == 0) {
		words_diag(run->d, l->place, DIAG_WARNING, CHECK_TOP_4,
		    W_CHECK_LIST_UNDATED, 1, l->id);
		return;
	}
	last = day_add(l->fetched, l->max_age_days);
	if (day_compare(run->today, last) > 0)
		note_day(run, W_NOUN_LIST, l->id, l->place, SEVERITY_MEDIUM,
		    W_CHECK_LIST_OLD, l->fetched, l->max_age_days);
}

void
check_dates(const struct check_run *run)
{
	const struct model *m = run->m;

	if (m->stage == STAGE_TRIAL)
		check_end(run, W_CHECK_NOUN_TRIAL, "trial",
		    (struct diag_place){ m->file, 0, 0 }, m->until, false);
	for (size_t i = 0; i < m->partner_count; i++)
		if (m->partners[i].review_due.year)
			check_review(run, W_NOUN_PARTNER, m->partners[i].id,
			    m->partners[i].place, m->partners[i].review_due);
	for (size_t i = 0; i < m->list_count; i++)
		check_list_age(run, &m->lists[i]);
	for (size_t i = 0; i < m->conduit_count; i++)
		if (!m->conduits[i].from_relay)
			check_conduit_dates(run, &m->conduits[i]);
	for (size_t i = 0; i < m->relay_count; i++)
		check_end(run, W_NOUN_RELAY, m->relays[i].id,
		    m->relays[i].place, m->relays[i].expires, false);
	for (size_t i = 0; i < m->exception_count; i++)
		check_end(run, W_NOUN_EXCEPTION, m->exceptions[i].id,
		    m->exceptions[i].place, m->exceptions[i].expires, false);
}

/* ---- TOP-10 */

/* Protocols that have ports name some; otherwise as judging asks. */
static bool
names_ports(const struct services *s)
{
	for (size_t i = 0; i < s->count; i++) {
		uint16_t p = s->items[i].protocol;

		if (p == PROTOCOL_ANY ||
		    (model_service_has_ports(p) && s->items[i].port_count == 0))
			return false;
	}
	return s->count != 0;
}

static bool
names_hosts(const struct endpoint *e)
{
	return e->hosts.count != 0 && e->networks.count == 0;
}

/* A forbidden crossing is excused from host to host and port only. */
static bool
can_excuse(const struct exception *e)
{
	return strcmp(e->check, checks_id(CHECK_SEG_1)) != 0 ||
	    (e->has_from && e->has_to && names_hosts(&e->from) &&
		names_hosts(&e->to) && names_ports(&e->services));
}

void
check_exceptions(const struct check_run *run)
{
	for (size_t i = 0; i < run->m->exception_count; i++) {
		const struct exception *e = &run->m->exceptions[i];

		if (e->compensating == NULL || e->compensating[0] == '\0')
			words_diag(run->d, e->place, DIAG_WARNING, CHECK_TOP_10,
			    W_CHECK_NO_COMPENSATION, 1, e->id);
		if (e->expires.year == 0)
			words_diag(run->d, e->place, DIAG_WARNING, CHECK_TOP_10,
			    W_CHECK_NO_END, 1, e->id);
		if (!can_excuse(e))
			words_diag(run->d, e->place, DIAG_WARNING, CHECK_TOP_10,
			    W_CHECK_EXCUSES_NOTHING, 1, e->id);
	}
}

/* ---- TOP-11 */

/* Whether it holds today. */
static bool
is_authorised(const struct check_run *run, const struct approval *a)
{
	return model_person_authorised(run->m, a) &&
	    day_compare(a->on, run->today) <= 0;
}

/* Where a section of the model stands. */
static struct diag_place
place_of(const struct model *m, const char *section)
{
	const struct jsonx *root = m->source ? jsonx_root(m->source) : NULL;
	const struct jsonx *node = jsonx_get(root, section);
	struct diag_place place = { m->file, 0, 0 };

	if (node != NULL) {
		place.line = node->key_line;
		place.column = node->key_column;
	}
	return place;
}

void
check_authority(const struct check_run *run)
{
	const struct model *m = run->m;

	if (m->numbers.zone_count > 0 &&
	    !is_authorised(run, &m->numbers.authority))
		words_diag(run->d, place_of(m, "numbers"), DIAG_WARNING,
		    CHECK_TOP_11, W_CHECK_NUMBERS_AUTHORITY, 0);
	for (size_t i = 0; i < m->evidence.payload_count; i++) {
		const struct evidence_zone *e = &m->evidence.payload[i];

		if (!is_authorised(run, &e->authority))
			words_diag(run->d, place_of(m, "evidence"),
			    DIAG_WARNING, CHECK_TOP_11,
			    W_CHECK_PAYLOAD_AUTHORITY, 1, e->zone->id);
	}
}
