/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The alert line: Suricata's alert, and under "sekisho" all that the person
 * on duty needs to act without a second system. Findings about coverage have
 * no ends and no verdict; their line holds what was counted instead. Lines of
 * notices are in eve_notice.c.
 */
#include <string.h>

#include "asset.h"
#include "eve.h"
#include "eve_internal.h"
#include "message.h"

#define MARKING "機密性3" /* alerts name hosts and rules */

/* The families of the table of checks, in words of an alert category. */
static const char *
category(const char *id)
{
	static const char *const names[][2] = {
		{ "SEG-", "segmentation" },
		{ "LNK-", "link" },
		{ "SAN-", "sanitising" },
		{ "NUM-", "individual-number" },
		{ "CRY-", "encryption" },
		{ "MAIL-", "mail" },
		{ "AST-", "asset" },
		{ "SVC-", "service" },
		{ "ATK-", "attack" },
		{ "FWR-", "ruleset" },
		{ "COV-", "coverage" },
		{ "TOP-", "topology" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(id, names[i][0], strlen(names[i][0])) == 0)
			return names[i][1];
	}
	return "other";
}

/* Suricata's part. A signature has one spelling, whatever the language. */
static void
add_alert(struct jsonw *w, const struct alert *a)
{
	const struct check_row *row = checks_row(a->finding.check);
	struct text signature = { 0 };

	text_printf(&signature, "%s %s", row->id, row->title[LANG_EN]);
	jsonw_object(w, "alert");
	jsonw_string(w, "action", "allowed"); /* we only look on */
	jsonw_int(w, "gid", EVE_GID);
	jsonw_int(w, "signature_id", checks_signature(a->finding.check));
	jsonw_int(w, "rev", 1);
	jsonw_string(w, "signature", text_str(&signature));
	jsonw_string(w, "category", category(row->id));
	jsonw_int(w, "severity", severity_number(a->finding.severity));
	jsonw_object_end(w);
	text_free(&signature);
}

/* Tiers that lie outside the body's own network. */
static bool
is_outer(enum tier tier)
{
	switch (tier) {
	case TIER_OUTSIDE:
	case TIER_SAAS:
	case TIER_SECURITY_CLOUD:
	case TIER_PARTNER:
	case TIER_LGWAN_NETWORK:
		return true;
	default:
		return false;
	}
}

/* Null when one end is in no zone: which way it goes is then not known. */
static void
add_direction(struct jsonw *w, const struct eve *e, const struct alert *a)
{
	static const enum word words[2][2] = {
		{ W_EVE_DIRECTION_INTERNAL, W_EVE_DIRECTION_OUTBOUND },
		{ W_EVE_DIRECTION_INBOUND, W_EVE_DIRECTION_EXTERNAL },
	};
	const char *word = NULL;

	if (a->from.zone != NULL && a->to.zone != NULL)
		word = words_get(e->lang,
		    words[is_outer(a->from.zone->tier)]
			 [is_outer(a->to.zone->tier)]);
	jsonw_string(w, "direction", word);
}

void
eve_alert_taps(struct jsonw *w, const struct alert *a)
{
	jsonw_array(w, "taps");
	for (size_t i = 0; i < a->tap_count; i++)
		jsonw_string(w, NULL, a->taps[i]->id);
	jsonw_array_end(w);
}

static void
add_also(struct jsonw *w, const struct alert *a)
{
	jsonw_array(w, "also");
	for (size_t i = 0; i < a->also_count; i++)
		jsonw_string(w, NULL, checks_id((enum check)a->also[i]));
	jsonw_array_end(w);
}

/* The table holds the IDs as one string, parted by spaces. */
void
eve_requirements(struct jsonw *w, const struct alert *a)
{
	const char *s = checks_row(a->finding.check)->requirements;
	struct text id = { 0 };
	size_t n;

	jsonw_array(w, "requirements");
	while (*(s += strspn(s, " ")) != '\0') {
		n = strcspn(s, " ");
		text_clear(&id);
		text_add_n(&id, s, n);
		jsonw_string(w, NULL, text_str(&id));
		s += n;
	}
	jsonw_array_end(w);
	text_free(&id);
}

void
eve_asset(struct jsonw *w, const char *key, const struct asset *asset)
{
	char mac[MAC_TEXT_MAX];

	if (asset->host == NULL && asset->division == NULL) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	jsonw_string(w, "name", asset->name);
	jsonw_string(w, "division", asset->division);
	jsonw_string(w, "kind", asset->kind);
	if (asset->mac != NULL)
		jsonw_string(w, "mac", mac_format(asset->mac, mac));
	jsonw_object_end(w);
}

static void
add_asset(struct jsonw *w, const struct eve *e, const char *key,
    const struct place *p, const struct addr *shown)
{
	const struct asset asset = asset_find(e->model, p, shown);

	eve_asset(w, key, &asset);
}

/* What the accounts have said so far; offline they come at the end. */
static void
add_coverage(struct jsonw *w, const struct eve *e, const struct alert *a)
{
	const struct eve_coverage *c = NULL;
	double whole;

	if (e->coverage != NULL && a->boundary != NULL &&
	    a->boundary->index < e->model->boundary_count)
		c = &e->coverage[a->boundary->index];
	if (c == NULL || c->tcp_conversations == 0) {
		jsonw_null(w, "coverage");
		return;
	}
	whole = (double)c->payload_seen + (double)c->payload_missing;
	jsonw_object(w, "coverage");
	if (whole > 0)
		jsonw_real(w, "lost", (double)c->payload_missing / whole, 4);
	else
		jsonw_null(w, "lost");
	jsonw_real(w, "one_way",
	    (double)c->tcp_one_way / (double)c->tcp_conversations, 4);
	jsonw_object_end(w);
}

static void
add_message(struct jsonw *w, const struct eve *e, const struct group_line *line)
{
	const struct alert *a = line->alert;
	struct text text = { 0 };

	message_add(&text, e->model, e->lang, a);
	if (line->folded)
		message_folded(&text, e->lang, e->groups_max, line->count);
	jsonw_string(w, "message", text_str(&text));
	jsonw_array(w, "next");
	for (size_t i = 0; i < MESSAGE_STEPS_MAX; i++) {
		text_clear(&text);
		if (message_step(&text, e->model, e->lang, a, i))
			jsonw_string(w, NULL, text_str(&text));
	}
	jsonw_array_end(w);
	text_free(&text);
}

static void
add_model(struct jsonw *w, const struct eve *e)
{
	char until[16];

	jsonw_object(w, "model");
	jsonw_string(w, "sha256", e->model->sha256);
	jsonw_uint(w, "generation", e->generation);
	jsonw_string(w, "stage", eve_stage(e->model->stage));
	if (e->model->stage == STAGE_TRIAL)
		jsonw_string(w, "until",
		    day_format(e->model->until, until, sizeof(until)));
	jsonw_object_end(w);
}

static void
add_group(struct jsonw *w, const struct eve *e, const struct group_line *line)
{
	jsonw_object(w, "group");
	jsonw_string(w, "id", line->id);
	eve_time(w, e, "first", line->first);
	eve_time(w, e, "last", line->last);
	jsonw_uint(w, "count", line->count);
	jsonw_uint(w, "suppressed", line->suppressed);
	jsonw_object_end(w);
	if (!line->folded)
		return;
	jsonw_object(w, "folded");
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFORMATION; s--)
		jsonw_uint(w, severity_name((enum severity)s), line->graded[s]);
	jsonw_object_end(w);
}

static void
add_data(struct jsonw *w, const struct alert *a)
{
	jsonw_object(w, "data");
	jsonw_uint(w, "bytes_out", a->bytes[0]);
	jsonw_uint(w, "bytes_in", a->bytes[1]);
	/* Nothing here reads content: that it is clean is not known. */
	jsonw_string(w, "personal", "unexaminable");
	jsonw_object_end(w);
}

/* What stands under "sekisho" only where there is a conversation. */
static void
add_conversation(struct jsonw *w, const struct eve *e, const struct alert *a)
{
	jsonw_string(w, "verdict", verdict_name(a->verdict));
	eve_reason(w, a->verdict, a->reason, a->element);
	jsonw_string(w, "outcome", outcome_name(a->outcome));
	eve_refused_by(w, a->refused_by);
	jsonw_string(w, "passed", passed_name(a->passed));
	jsonw_string(w, "initiator", initiator_name(a->initiator));
	jsonw_string(w, "boundary", a->boundary ? a->boundary->id : NULL);
	eve_alert_taps(w, a);
	eve_zone(w, "src_zone", &a->from);
	eve_zone(w, "dest_zone", &a->to);
	add_direction(w, e, a);
	jsonw_string(w, "conduit", a->conduit ? a->conduit->id : NULL);
	eve_carries(w, a->conduit);
	eve_clause(w, e, &a->clause);
	jsonw_string(w, "failed", a->failed ? element_name(a->failed) : NULL);
	add_also(w, a);
	eve_requirements(w, a);
	eve_near_miss(w, &a->near_miss);
	eve_application(w, a->application, a->master, a->confidence);
	jsonw_string(w, "server_name",
	    a->server_name[0] ? a->server_name : NULL);
	eve_tls(w, a->tls_version, a->tls_cipher);
	add_asset(w, e, "src_asset", &a->from, &a->ends.address[0]);
	add_asset(w, e, "dest_asset", &a->to, &a->ends.address[1]);
	add_data(w, a);
	jsonw_bool(w, "ongoing", a->ongoing);
	jsonw_object(w, "configured");
	jsonw_string(w, "state", "unknown"); /* no ruleset is read here */
	jsonw_object_end(w);
}

/* What stands there instead for a finding about coverage. */
static void
add_finding(struct jsonw *w, const struct alert *a)
{
	jsonw_string(w, "boundary", a->boundary ? a->boundary->id : NULL);
	eve_alert_taps(w, a);
	eve_requirements(w, a);
	jsonw_uint(w, "counted", a->counted);
	jsonw_uint(w, "of", a->of);
	jsonw_string(w, "detail", a->detail[0] ? a->detail : NULL);
}

static void
add_sekisho(struct jsonw *w, const struct eve *e, const struct group_line *line,
    enum emission why)
{
	const struct alert *a = line->alert;
	const struct check_row *row = checks_row(a->finding.check);

	jsonw_object(w, "sekisho");
	jsonw_string(w, "check", row->id);
	jsonw_string(w, "title", row->title[e->lang]);
	jsonw_string(w, "severity", severity_name(a->finding.severity));
	if (a->coverage)
		add_finding(w, a);
	else if (a->notice)
		eve_notice(w, e, a);
	else
		add_conversation(w, e, a);
	add_coverage(w, e, a);
	eve_clock(w, e);
	eve_evidence(w, e, a);
	eve_novelty(w, e);
	add_message(w, e, line);
	add_model(w, e);
	jsonw_string(w, "probe", e->probe);
	jsonw_bool(w, "exercise", false);
	jsonw_string(w, "marking", MARKING);
	add_group(w, e, line);
	jsonw_string(w, "emission", emission_name(why));
	jsonw_object_end(w);
}

const uint64_t *
eve_flow_id(const struct alert *a)
{
	if (a->coverage || (a->notice && a->flow_id == 0))
		return NULL;
	return &a->flow_id;
}

void
eve_alert(struct text *out, const struct eve *e, const struct group_line *line,
    enum emission why)
{
	const struct alert *a = line->alert;
	const char *app_proto;
	struct jsonw w;

	eve_begin(&w, out, e, line->at, eve_flow_id(a), a->tap, "alert",
	    a->tags, a->tag_count);
	if (a->notice)
		eve_parties(&w, a);
	else if (!a->coverage) {
		app_proto = eve_app_proto(a->application_state, a->application,
		    a->master);
		eve_ends(&w, &a->ends, app_proto);
	}
	add_alert(&w, a);
	add_sekisho(&w, e, line, why);
	jsonw_object_end(&w);
}
