/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What sekisho snapshot says: the table of states, what was stored, and the
 * difference to the approved one in rules and, with a model, in meaning.
 */
#include <stdio.h>
#include <string.h>

#include "audit_change.h"
#include "base/jsonw.h"
#include "cmd.h"
#include "cmd_snapshot.h"
#include "output.h"

#define EDITS_SHOWN 40
#define DIGEST_SHOWN 12

/* ---- the table */

enum { COLUMNS = 7 };

static void
put_cell(size_t column, const struct snapshot *s, int32_t offset,
    struct text *out)
{
	char minute[CLOCK_MINUTE_MAX];

	switch (column) {
	case 0:
		text_quote(out, s->firewall);
		break;
	case 1:
		text_add(out, clock_format(s->first_taken, offset, minute));
		break;
	case 2:
		text_add(out, clock_format(s->last_taken, offset, minute));
		break;
	case 3:
		text_add_n(out, s->sha256, DIGEST_SHOWN);
		break;
	case 4:
		text_quote(out, s->operator_name);
		break;
	case 5:
		text_quote(out, s->change_number ? s->change_number : "-");
		break;
	default:
		text_quote(out, s->approved ? s->approved_by : "-");
		if (s->approved) {
			text_add(out, " (");
			text_quote(out, s->approved_number);
			text_add(out, ")");
		}
		break;
	}
}

static void
put_table(const struct snapshot_store *s, enum lang lang, int32_t offset,
    struct text *out)
{
	static const enum word heads[COLUMNS] = { W_SNAPSHOT_COLUMN_FIREWALL,
		W_SNAPSHOT_COLUMN_FROM, W_SNAPSHOT_COLUMN_UNTIL,
		W_SNAPSHOT_COLUMN_DIGEST, W_SNAPSHOT_COLUMN_OPERATOR,
		W_SNAPSHOT_COLUMN_CHANGE, W_SNAPSHOT_COLUMN_APPROVED };
	size_t width[COLUMNS], n;
	struct text cell = { 0 };

	for (size_t c = 0; c < COLUMNS; c++) {
		width[c] = text_width(words_get(lang, heads[c]));
		for (size_t i = 0; i < s->count; i++) {
			text_clear(&cell);
			put_cell(c, &s->items[i], offset, &cell);
			n = text_width(text_str(&cell));
			if (n > width[c])
				width[c] = n;
		}
	}
	for (size_t i = 0; i <= s->count; i++)
		for (size_t c = 0; c < COLUMNS; c++) {
			text_clear(&cell);
			if (i == 0)
				text_add(&cell, words_get(lang, heads[c]));
			else
				put_cell(c, &s->items[i - 1], offset, &cell);
			if (c + 1 < COLUMNS)
				text_pad(out, text_str(&cell), width[c] + 2);
			else
				text_printf(out, "%s\n", text_str(&cell));
		}
	text_free(&cell);
}

static void
put_state(const struct snapshot *s, int32_t offset, struct jsonw *w,
    const char *key)
{
	char stamp[CLOCK_STAMP_MAX];

	jsonw_object(w, key);
	jsonw_string(w, "firewall", s->firewall);
	jsonw_string(w, "sha256", s->sha256);
	jsonw_string(w, "first-taken",
	    clock_stamp(s->first_taken, offset, stamp));
	jsonw_string(w, "last-taken",
	    clock_stamp(s->last_taken, offset, stamp));
	jsonw_string(w, "host", s->host);
	jsonw_string(w, "operator", s->operator_name);
	if (s->change_number != NULL)
		jsonw_string(w, "change-number", s->change_number);
	if (s->approved) {
		jsonw_object(w, "approved");
		jsonw_string(w, "by", s->approved_by);
		jsonw_string(w, "number", s->approved_number);
		jsonw_string(w, "at",
		    clock_stamp(s->approved_at, offset, stamp));
		jsonw_bool(w, "by-operator", snapshot_self_approved(s));
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

void
snapshot_list(const struct snapshot_store *s, enum lang lang, bool json,
    int32_t utc_offset_s, struct text *out)
{
	struct jsonw w;

	if (json) {
		jsonw_init(&w, out);
		jsonw_object(&w, NULL);
		jsonw_string(&w, "format", "sekisho-snapshots/1");
		jsonw_array(&w, "snapshots");
		for (size_t i = 0; i < s->count; i++)
			put_state(&s->items[i], utc_offset_s, &w, NULL);
		jsonw_array_end(&w);
		jsonw_object_end(&w);
		text_add_char(out, '\n');
	} else if (s->count == 0)
		text_printf(out, "%s\n", words_get(lang, W_SNAPSHOT_EMPTY));
	else
		put_table(s, lang, utc_offset_s, out);
}

/* ---- one taking */

/* Where what is said goes: lines, or members of one object. */
struct telling {
	struct snapshot_job *j;
	const struct snapshot *s;
	struct text out;
	struct jsonw w;
	bool json, differs, undecided;
};

static void
say(struct telling *t, enum word word, const char *a, const char *b,
    const char *c)
{
	const char *const values[] = { a, b, c };
	struct text shown[3] = { { 0 } };

	if (t->json)
		return;
	for (size_t i = 0; i < 3; i++)
		if (values[i] != NULL)
			text_quote(&shown[i], values[i]);
	words_add(&t->out, t->j->o->lang, word, 3, text_str(&shown[0]),
	    text_str(&shown[1]), text_str(&shown[2]));
	text_add_char(&t->out, '\n');
	for (size_t i = 0; i < 3; i++)
		text_free(&shown[i]);
}

static void
tell_edits(struct telling *t, const struct ruleset *old)
{
	struct rule_edits edits;

	rule_edits_find(old, t->j->ruleset, &edits);
	if (!t->json)
		rule_edits_text(&edits, t->j->o->lang, EDITS_SHOWN, &t->out);
	else {
		jsonw_bool(&t->w, "structure", edits.structure);
		jsonw_array(&t->w, "edits");
		for (size_t i = 0; i < edits.count; i++) {
			const struct rule *r = edits.items[i].rule;
			const struct audit_rule named = { r, r->chain,
				ACTION_CONTINUE };

			jsonw_object(&t->w, NULL);
			jsonw_string(&t->w, "change",
			    edits.items[i].added ? "added" : "removed");
			audit_change_rule_json(&named, &t->w, "rule");
			jsonw_object_end(&t->w);
		}
		jsonw_array_end(&t->w);
	}
	rule_edits_fini(&edits);
}

/* At every boundary that the firewall stands at. */
static void
tell_meaning(struct telling *t, const struct ruleset *old)
{
	const struct model *m = t->j->in.model;

	if (m == NULL)
		return;
	if (t->json)
		jsonw_array(&t->w, "boundaries");
	for (size_t i = 0; i < m->boundary_count; i++) {
		struct audit a = { .m = m,
			.boundary = &m->boundaries[i],
			.firewall = t->j->declared,
			.ruleset = old,
			.lang = t->j->o->lang,
			.at = clock_day(t->j->at, m->utc_offset_s, NULL) };
		struct audit_changes changes;

		if (m->boundaries[i].firewall != t->j->declared)
			continue;
		audit_compare(&a, t->j->ruleset, &changes);
		if (t->json) {
			jsonw_object(&t->w, NULL);
			jsonw_string(&t->w, "boundary", m->boundaries[i].id);
			audit_changes_json(&changes, &t->w, "meaning");
			jsonw_object_end(&t->w);
		} else
			audit_changes_text(&changes, t->j->o->lang, &t->out);
		t->undecided |= changes.undecided > 0;
		audit_changes_fini(&changes);
		audit_fini(&a);
	}
	if (t->json)
		jsonw_array_end(&t->w);
}

static bool
tell_difference(struct telling *t, struct diag *d)
{
	const struct snapshot *approved = t->j->approved;
	char minute[CLOCK_MINUTE_MAX];
	struct ruleset *old = snapshot_ruleset(approved, d);

	if (old == NULL)
		return false;
	say(t, t->j->o->approve ? W_SNAPSHOT_SINCE : W_SNAPSHOT_DIFFERS,
	    approved->approved_number,
	    clock_format(approved->last_taken, t->j->utc_offset_s, minute),
	    NULL);
	tell_edits(t, old);
	tell_meaning(t, old);
	ruleset_free(old);
	return true;
}

/* Against what was approved before this call. */
static bool
tell_approved(struct telling *t, struct diag *d)
{
	const struct snapshot *approved = t->j->approved;

	if (approved == NULL) {
		if (!t->s->approved)
			say(t, W_SNAPSHOT_NO_APPROVED, NULL, NULL, NULL);
		return true;
	}
	t->differs = strcmp(approved->sha256, t->s->sha256) != 0;
	if (t->differs)
		return tell_difference(t, d);
	if (strcmp(approved->path, t->s->path) != 0) {
		/* Its digest alone says nothing of what was approved. */
		struct ruleset *old = snapshot_ruleset(approved, d);

		ruleset_free(old);
		if (old == NULL)
			return false;
	}
	say(t, W_SNAPSHOT_IS_APPROVED, NULL, NULL, NULL);
	return true;
}

static void
conclude(struct telling *t)
{
	struct snapshot_job *j = t->j;

	if (t->differs && t->undecided)
		j->status = CMD_UNDECIDED;
	if (t->differs && !t->s->approved) {
		if (t->s->change_number == NULL) {
			say(t, W_SNAPSHOT_WITHOUT_NUMBER, NULL, NULL, NULL);
			j->status = CMD_FINDINGS;
		} else
			say(t, W_SNAPSHOT_WITH_NUMBER, t->s->change_number,
			    NULL, NULL);
	}
	if (snapshot_self_approved(t->s)) {
		say(t, W_SNAPSHOT_OWN_APPROVAL, NULL, NULL, NULL);
		j->status = CMD_FINDINGS;
	}
}

static void
begin(struct telling *t)
{
	const struct snapshot_job *j = t->j;
	char digest[DIGEST_SHOWN + 1];

	(void)snprintf(digest, sizeof(digest), "%.12s", t->s->sha256);
	if (t->json) {
		jsonw_init(&t->w, &t->out);
		jsonw_object(&t->w, NULL);
		jsonw_string(&t->w, "format", "sekisho-snapshot-taken/1");
		jsonw_bool(&t->w, "new", j->is_new);
		put_state(t->s, j->utc_offset_s, &t->w, "snapshot");
		if (j->approved != NULL)
			put_state(j->approved, j->utc_offset_s, &t->w,
			    "approved");
	}
	if (j->reads)
		say(t, j->is_new ? W_SNAPSHOT_STORED : W_SNAPSHOT_UNCHANGED,
		    j->firewall, digest, NULL);
	if (j->o->approve)
		say(t, W_SNAPSHOT_APPROVED, j->firewall, t->s->approved_by,
		    t->s->approved_number);
}

bool
snapshot_tell(struct snapshot_job *j, const struct snapshot *s, struct diag *d)
{
	struct telling t = { .j = j, .s = s, .json = j->o->format == 1 };
	bool ok;

	j->status = CMD_CLEAN;
	begin(&t);
	ok = tell_approved(&t, d);
	conclude(&t);
	if (t.json) {
		jsonw_bool(&t.w, "differs", t.differs);
		jsonw_object_end(&t.w);
		text_add_char(&t.out, '\n');
	}
	ok &= output_write(&t.out, NULL, j->o->lang);
	text_free(&t.out);
	return ok;
}
