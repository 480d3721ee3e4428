/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts the words of the catalogue together. Which sentence and which steps
 * belong to a check is a table; a check without a row speaks by its title
 * and trigger from the table of checks.
 */
#include "message.h"

#include <stdio.h>
#include <string.h>

#include "application.h"
#include "asset.h"

#define NUMBER_TEXT_MAX 24
#define PROTOCOL_TCP 6

struct row {
	enum check check;
	enum word rule;
	enum word steps[MESSAGE_STEPS_MAX]; /* 0 (no word of ours): none */
};

static const struct row rows[] = {
	{ CHECK_SEG_1, W_MESSAGE_RULE_SEG_1,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_RULE,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_2, W_MESSAGE_RULE_SEG_2,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_REGISTER,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_3, W_MESSAGE_RULE_SEG_3,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_REGISTER,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_4, W_MESSAGE_RULE_SEG_4,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_CONDUIT,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_5, W_MESSAGE_RULE_SEG_5,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_RULE,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_6, W_MESSAGE_RULE_SEG_6,
	    { W_MESSAGE_NEXT_PATH, W_MESSAGE_NEXT_CONDUIT,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_7, W_MESSAGE_RULE_SEG_7,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_CONDUIT, 0 } },
	{ CHECK_SEG_8, W_MESSAGE_RULE_SEG_8,
	    { W_MESSAGE_NEXT_RENEW, W_MESSAGE_NEXT_BLOCK, 0 } },
	{ CHECK_SEG_9, W_MESSAGE_RULE_SEG_9,
	    { W_MESSAGE_NEXT_OWNER, W_MESSAGE_NEXT_ZONE,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_10, W_MESSAGE_RULE_SEG_10,
	    { W_MESSAGE_NEXT_PATH, W_MESSAGE_NEXT_GATEWAY,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_11, W_MESSAGE_RULE_SEG_11,
	    { W_MESSAGE_NEXT_CONTENT, W_MESSAGE_NEXT_BLOCK, 0 } },
	{ CHECK_SEG_12, W_MESSAGE_RULE_SEG_12,
	    { W_MESSAGE_NEXT_SOURCE, W_MESSAGE_NEXT_OWNER,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_13, W_MESSAGE_RULE_SEG_13,
	    { W_MESSAGE_NEXT_GATEWAY, W_MESSAGE_NEXT_TERMINAL,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_14, W_MESSAGE_RULE_SEG_14,
	    { W_MESSAGE_NEXT_LEDGER, W_MESSAGE_NEXT_TERMINAL,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_15, W_MESSAGE_RULE_SEG_15,
	    { W_MESSAGE_NEXT_CONTENT, W_MESSAGE_NEXT_RULE,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SEG_16, W_MESSAGE_RULE_SEG_16,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_LIST,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_LNK_1, W_MESSAGE_RULE_LNK_1,
	    { W_MESSAGE_NEXT_SOURCE, W_MESSAGE_NEXT_OWNER,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_SAN_1, W_MESSAGE_RULE_SAN_1,
	    { W_MESSAGE_NEXT_IMPORT, W_MESSAGE_NEXT_RULE,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_CRY_1, W_MESSAGE_RULE_CRY_1,
	    { W_MESSAGE_NEXT_ENCRYPT, W_MESSAGE_NEXT_TLS_LATER,
		W_MESSAGE_NEXT_BLOCK } },
	{ CHECK_CRY_2, W_MESSAGE_RULE_CRY_2,
	    { W_MESSAGE_NEXT_TLS, W_MESSAGE_NEXT_TLS_LATER, 0 } },
	{ CHECK_SVC_1, W_MESSAGE_RULE_SVC_1,
	    { W_MESSAGE_NEXT_SOFTWARE, W_MESSAGE_NEXT_BLOCK, 0 } },
	{ CHECK_SVC_2, W_MESSAGE_RULE_SVC_2,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_LIST, 0 } },
	{ CHECK_SVC_3, W_MESSAGE_RULE_SVC_3,
	    { W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_PATH, 0 } },
	{ CHECK_SVC_4, W_MESSAGE_RULE_SVC_4,
	    { W_MESSAGE_NEXT_RESOLVER, W_MESSAGE_NEXT_BLOCK, 0 } },
};

/* Any other check: whom to ask and who decides always holds. */
static const struct row other = { CHECK_NONE, W_MESSAGE_RULE_OTHER,
	{ W_MESSAGE_NEXT_TERMINAL, W_MESSAGE_NEXT_BLOCK, 0 } };
/* SEG-10 of what conforms: a record, no fault. */
static const struct row backup = { CHECK_SEG_10, W_MESSAGE_RULE_BACKUP,
	{ W_MESSAGE_NEXT_MAIN_LINK, W_MESSAGE_NEXT_LINK_BACK, 0 } };
/* SEG-8 of an exception, not of a conduit. */
static const struct row expired_exception = { CHECK_SEG_8,
	W_MESSAGE_RULE_EXCEPTION,
	{ W_MESSAGE_NEXT_EXCEPTION, W_MESSAGE_NEXT_BLOCK, 0 } };
/* SEG-9 of an address that is good only within its segment. */
static const struct row beyond_segment = { CHECK_SEG_9, W_MESSAGE_RULE_SEGMENT,
	{ W_MESSAGE_NEXT_OWNER, W_MESSAGE_NEXT_PATH, W_MESSAGE_NEXT_BLOCK } };
static bool
is_loopback(const struct place *p)
{
	return p->kind == PLACE_SEGMENT && p->special == ADDR_LOOPBACK;
}

static bool
is_beyond_segment(const struct alert *a)
{
	return (a->from.kind == PLACE_SEGMENT && !is_loopback(&a->from)) ||
	    (a->to.kind == PLACE_SEGMENT && !is_loopback(&a->to));
}

static const struct row *
row_of(const struct alert *a)
{
	if (a->finding.check == CHECK_SEG_10 &&
	    a->finding.severity == SEVERITY_INFORMATION)
		return &backup;
	if (a->finding.check == CHECK_SEG_8 &&
	    a->clause.kind == CLAUSE_EXCEPTION)
		return &expired_exception;
	if (a->finding.check == CHECK_SEG_9 && is_beyond_segment(a))
		return &beyond_segment;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].check == a->finding.check)
			return &rows[i];
	}
	return &other;
}

static const char *
or_unknown(enum lang lang, const char *division)
{
	return division ? division :
			  words_get(lang, W_MESSAGE_DIVISION_UNKNOWN);
}

const char *
message_kind(enum lang lang, const char *kind)
{
	enum word word = W_MESSAGE_KIND_OTHER;

	if (kind != NULL && strcmp(kind, "terminal") == 0)
		word = W_MESSAGE_KIND_TERMINAL;
	else if (kind != NULL && strcmp(kind, "server") == 0)
		word = W_MESSAGE_KIND_SERVER;
	else if (kind != NULL && strcmp(kind, "mfp") == 0)
		word = W_MESSAGE_KIND_MFP;
	return words_get(lang, word);
}

/* One end: zone, kind, address and, where it is to be asked, division, as
 * far as they are known. */
static void
add_end(struct text *out, const struct model *m, enum lang lang,
    const struct place *p, const struct addr *shown, bool asked)
{
	struct asset asset = asset_find(m, p, shown);
	const char *kind = message_kind(lang, asset.kind);
	char buf[ADDR_TEXT_MAX];
	const char *address = addr_format(shown, buf);

	if (p->kind == PLACE_FIREWALL)
		words_add(out, lang, W_MESSAGE_END_FIREWALL, 1, address);
	else if (is_loopback(p))
		words_add(out, lang, W_MESSAGE_END_LOOPBACK, 1, address);
	else if (p->kind == PLACE_SEGMENT)
		words_add(out, lang, W_MESSAGE_END_SEGMENT, 1, address);
	else if (p->kind == PLACE_NONE || p->zone == NULL)
		words_add(out, lang, W_MESSAGE_END_NO_ZONE, 2, kind, address);
	else if (p->hidden)
		words_add(out, lang, W_MESSAGE_END_HIDDEN, 2, p->zone->name,
		    address);
	else if (asset.division != NULL && asked)
		words_add(out, lang, W_MESSAGE_END_DIVISION, 4, p->zone->name,
		    kind, address, asset.division);
	else
		words_add(out, lang, W_MESSAGE_END, 3, p->zone->name, kind,
		    address);
}

const char *
message_protocol(uint8_t protocol)
{
	switch (protocol) {
	case 1:
		return "ICMP";
	case 2:
		return "IGMP";
	case 4:
		return "IPv4";
	case 6:
		return "TCP";
	case 17:
		return "UDP";
	case 41:
		return "IPv6";
	case 47:
		return "GRE";
	case 50:
		return "ESP";
	case 51:
		return "AH";
	case 58:
		return "IPv6-ICMP";
	case 132:
		return "SCTP";
	default:
		return NULL;
	}
}

void
message_service(struct text *out, enum lang lang, const struct alert *a)
{
	const struct application *known = application_find(a->application);
	const char *name = message_protocol(a->ends.protocol);
	char number[NUMBER_TEXT_MAX];

	if (a->application[0] != '\0') {
		text_add(out, known ? known->family : a->application);
		return;
	}
	(void)snprintf(number, sizeof(number), "%u", a->ends.port[1]);
	/* Both zero: the transport could not be read. */
	if (name != NULL && ends_have_ports(&a->ends) &&
	    (a->ends.port[0] != 0 || a->ends.port[1] != 0)) {
		words_add(out, lang, W_MESSAGE_SERVICE_PORT, 2, name, number);
		return;
	}
	(void)snprintf(number, sizeof(number), "%u", a->ends.protocol);
	if (name != NULL)
		text_add(out, name);
	else
		words_add(out, lang, W_MESSAGE_PROTOCOL, 1, number);
}

/* A number needs another particle than a name. */
static void
add_traffic(struct text *out, enum lang lang, const struct alert *a,
    const struct text *service)
{
	bool named = a->application[0] != '\0' ||
	    message_protocol(a->ends.protocol) != NULL;

	words_add(out, lang, named ? W_MESSAGE_TRAFFIC : W_MESSAGE_TRAFFIC_OF,
	    1, text_str(service));
}

static enum word
outcome_word(const struct alert *a)
{
	switch (a->outcome) {
	case OUTCOME_DATA:
		return W_MESSAGE_DATA;
	case OUTCOME_ANSWERED:
		return W_MESSAGE_ANSWERED;
	case OUTCOME_REFUSED:
		if (a->refused_by == REFUSER_HOST)
			return W_MESSAGE_REFUSED_HOST;
		if (a->refused_by == REFUSER_BOUNDARY)
			return W_MESSAGE_REFUSED_BOUNDARY;
		if (a->passed == PASSED_YES)
			return W_MESSAGE_REFUSED_PASSED;
		return W_MESSAGE_REFUSED_UNKNOWN;
	case OUTCOME_TRIED:
		break;
	}
	if (a->passed == PASSED_YES)
		return W_MESSAGE_PASSED;
	/* Only what makes connections can ask for one. */
	return a->ends.protocol == PROTOCOL_TCP ? W_MESSAGE_TRIED :
						  W_MESSAGE_SENT;
}

static void
add_outcome(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a)
{
	struct text from = { 0 }, to = { 0 }, service = { 0 };
	struct text traffic = { 0 };

	add_end(&from, m, lang, &a->from, &a->ends.address[0], true);
	add_end(&to, m, lang, &a->to, &a->ends.address[1], false);
	message_service(&service, lang, a);
	add_traffic(&traffic, lang, a, &service);
	words_add(out, lang, outcome_word(a), 4, text_str(&from), text_str(&to),
	    text_str(&traffic), text_str(&service));
	text_free(&traffic);
	text_free(&from);
	text_free(&to);
	text_free(&service);
}

void
message_reason(struct text *out, enum lang lang, enum reason reason,
    enum element element)
{
	/* The words stand in the order of the reasons and of the bits. */
	enum word word = (enum word)(
	    W_MESSAGE_REASON_DIRECTION + ((int)reason - (int)REASON_DIRECTION));
	const char *what = NULL;

	_Static_assert(W_MESSAGE_REASON_OTHER_INPUT -
		    W_MESSAGE_REASON_DIRECTION ==
		REASON_OTHER_INPUT - REASON_DIRECTION,
	    "a word for each reason");
	_Static_assert(W_MESSAGE_ELEMENT_SOURCE - W_MESSAGE_ELEMENT_TIER ==
		ELEMENT_COUNT - 1,
	    "a word for each element");
	if (reason <= REASON_NONE || reason >= REASON_COUNT)
		return;
	for (int i = 0; i < ELEMENT_COUNT; i++) {
		if (element == 1u << i)
			what = words_get(lang,
			    (enum word)(W_MESSAGE_ELEMENT_TIER + i));
	}
	words_add(out, lang, word, 1, what);
}

/* Two languages need no space and one, between sentences. */
static void
add_space(struct text *out, enum lang lang)
{
	if (lang != LANG_JA)
		text_add_char(out, ' ');
}

/* What a link asks of encryption was not met, whatever the conduit asks. */
static bool
is_of_link(const struct alert *a)
{
	return a->clause.kind == CLAUSE_MODEL &&
	    (a->finding.check == CHECK_CRY_1 ||
		a->finding.check == CHECK_CRY_2);
}

/* The conduit a rule speaks of, or NULL; an expired exception is none, nor is
 * a link. */
static const struct conduit *
conduit_of(const struct alert *a)
{
	if (row_of(a) == &expired_exception || is_of_link(a))
		return NULL;
	return a->near_miss.conduit ? a->near_miss.conduit : a->conduit;
}

static void
add_conduit(struct text *out, enum lang lang, const struct alert *a)
{
	const struct conduit *c = conduit_of(a);

	if (c != NULL && c->name != NULL && strcmp(c->name, c->id) != 0)
		words_add(out, lang, W_MESSAGE_CONDUIT_NAMED, 2, c->name,
		    c->id);
	else if (c != NULL || a->clause.id != NULL)
		words_add(out, lang, W_MESSAGE_CONDUIT, 1,
		    c != NULL ? c->id : a->clause.id);
}

/* Whence a conduit is opened and whence it was, where zones tell it. */
static bool
opened_between(const struct alert *a, const char **declared,
    const char **opened)
{
	const struct conduit *c = conduit_of(a);

	if (c == NULL || c->from.zone == NULL || a->from.zone == NULL ||
	    c->from.zone == a->from.zone)
		return false;
	*declared = c->from.zone->name;
	*opened = a->from.zone->name;
	return true;
}

static void
add_rule(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a)
{
	const struct row *row = row_of(a);
	const struct check_row *check = checks_row(a->finding.check);
	const char *model = m->guideline_model;
	const char *declared = NULL, *opened = NULL;
	struct text conduit = { 0 };
	enum word rule = row->rule;

	if (is_of_link(a))
		rule = a->finding.check == CHECK_CRY_1 ?
		    W_MESSAGE_RULE_CRY_1_LINK :
		    W_MESSAGE_RULE_CRY_2_LINK;
	if (rule == W_MESSAGE_RULE_SEG_5 &&
	    !opened_between(a, &declared, &opened))
		rule = W_MESSAGE_RULE_REVERSED;
	if (m->guideline != NULL)
		model = lang == LANG_JA ? m->guideline->title_ja :
					  m->guideline->title_en;
	add_space(out, lang);
	if (rule == W_MESSAGE_RULE_OTHER) {
		words_add(out, lang, rule, 2, check->id, check->trigger[lang]);
		return;
	}
	add_conduit(&conduit, lang, a);
	words_add(out, lang, rule, 4, text_str(&conduit), model, declared,
	    opened);
	text_free(&conduit);
}

/* Whether there is more to say than the rule has said: not of a direction,
 * which it names itself, and not where one side has no words. */
static bool
near_miss_tells(const struct alert *a)
{
	const struct near_miss *n = &a->near_miss;

	if (n->conduit == NULL || strcmp(n->expected, "-") == 0 ||
	    strcmp(n->seen, "-") == 0)
		return false;
	return a->finding.check != CHECK_SEG_5 ||
	    a->verdict == VERDICT_UNJUDGED;
}

static void
add_near_miss(struct text *out, enum lang lang, const struct alert *a)
{
	const struct near_miss *n = &a->near_miss;
	struct text conduit = { 0 }, expected = { 0 }, seen = { 0 };
	const char *element = NULL;

	if (!near_miss_tells(a))
		return;
	for (int i = 0; i < ELEMENT_COUNT; i++) {
		if (n->element == 1u << i)
			element = words_get(lang,
			    (enum word)(W_MESSAGE_ELEMENT_TIER + i));
	}
	add_space(out, lang);
	add_conduit(&conduit, lang, a);
	text_escape(&expected, n->expected, strlen(n->expected));
	text_escape(&seen, n->seen, strlen(n->seen));
	words_add(out, lang,
	    is_of_link(a) ? W_MESSAGE_NEAR_MISS_LINK : W_MESSAGE_NEAR_MISS, 4,
	    text_str(&conduit), element, text_str(&expected), text_str(&seen));
	text_free(&conduit);
	text_free(&expected);
	text_free(&seen);
}

/* Where nothing was decided no rule is said to be broken. */
static void
add_unjudged(struct text *out, enum lang lang, const struct alert *a)
{
	const struct check_row *check = checks_row(a->finding.check);
	struct text reason = { 0 };

	message_reason(&reason, lang, a->reason, a->element);
	add_space(out, lang);
	words_add(out, lang, W_MESSAGE_UNJUDGED, 3, text_str(&reason),
	    check->title[lang], check->id);
	text_free(&reason);
}

void
message_add(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a)
{
	if (a->coverage) {
		message_coverage(out, lang, a);
		return;
	}
	if (a->notice) {
		message_notice(out, m, lang, a);
		return;
	}
	add_outcome(out, m, lang, a);
	if (a->verdict == VERDICT_UNJUDGED && !a->certain &&
	    row_of(a) != &backup)
		add_unjudged(out, lang, a);
	else
		add_rule(out, m, lang, a);
	add_near_miss(out, lang, a);
}

void
message_folded(struct text *out, enum lang lang, size_t max, uint64_t count)
{
	char limit[NUMBER_TEXT_MAX], number[NUMBER_TEXT_MAX];

	(void)snprintf(limit, sizeof(limit), "%zu", max);
	(void)snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)count);
	add_space(out, lang);
	words_add(out, lang, W_MESSAGE_FOLDED, 2, limit, number);
}

bool
message_step(struct text *out, const struct model *m, enum lang lang,
    const struct alert *a, size_t i)
{
	enum word word = i < MESSAGE_STEPS_MAX ? row_of(a)->steps[i] : 0;
	struct text conduit = { 0 };
	char source[ADDR_TEXT_MAX];
	struct asset asset;
	const char *first;

	if (a->coverage)
		return message_coverage_step(out, lang, a, i);
	if (a->notice)
		return message_notice_step(out, m, lang, a, i);
	if (word == 0)
		return false;
	asset = asset_find(m, &a->from, &a->ends.address[0]);
	first = message_kind(lang, asset.kind);
	if (word == W_MESSAGE_NEXT_TERMINAL && asset.division == NULL)
		word = W_MESSAGE_NEXT_OWNER; /* nobody is known to ask */
	else if (word == W_MESSAGE_NEXT_TERMINAL &&
	    (asset.kind == NULL || strcmp(asset.kind, "terminal") != 0))
		word = W_MESSAGE_NEXT_DEVICE;
	if (word == W_MESSAGE_NEXT_BLOCK && a->outcome == OUTCOME_REFUSED &&
	    a->refused_by == REFUSER_BOUNDARY)
		word = W_MESSAGE_NEXT_BLOCKED; /* that is decided */
	if (word == W_MESSAGE_NEXT_RULE)
		first = a->boundary != NULL ? a->boundary->id : NULL;
	add_conduit(&conduit, lang, a);
	words_add(out, lang, word, 4, first, or_unknown(lang, asset.division),
	    addr_format(&a->ends.address[0], source), text_str(&conduit));
	text_free(&conduit);
	return true;
}
