/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes rows, ledgers and routers as parts of a model, each with what a
 * person needs to decide about it. What is doubtful stands as comments that
 * become conduits when their // is taken off; it comes before what is
 * written, so that its commas fit.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "application.h"
#include "base/mem.h"
#include "draft.h"
#include "draft_text.h"
#include "events.h"
#include "locate.h"

#define INDENT "    "

/* Ids that are taken, in the base and here. */
struct ids {
	const struct model *m;
	char **given; /* owned */
	size_t count, room;
};

/* ---- ids and names */

static bool
is_taken(const struct ids *ids, const char *id)
{
	for (size_t i = 0; i < ids->m->conduit_count; i++)
		if (strcmp(ids->m->conduits[i].id, id) == 0)
			return true;
	for (size_t i = 0; i < ids->count; i++)
		if (strcmp(ids->given[i], id) == 0)
			return true;
	return false;
}

/* Makes the text in id one that nobody has. */
static void
take_id(struct ids *ids, struct text *id)
{
	const size_t length = id->length;
	char number[24];

	for (unsigned n = 2; is_taken(ids, text_str(id)); n++) {
		id->length = length;
		(void)snprintf(number, sizeof(number), "-%u", n);
		text_add(id, number);
	}
	ids->given = mem_grow(ids->given, &ids->room, ids->count,
	    sizeof(*ids->given));
	ids->given[ids->count++] = mem_strdup(text_str(id));
}

static void
ids_fini(struct ids *ids)
{
	for (size_t i = 0; i < ids->count; i++)
		free(ids->given[i]);
	free(ids->given);
}

/* What the services are called, for an id or a name. */
static void
add_label(const struct draft *d, const struct draft_row *r, bool id,
    struct text *out)
{
	const struct draft_service *s = &r->services[0];
	const char *label = d->seen->words[s->application];
	char number[32];

	for (size_t i = 1; i < r->service_count; i++)
		if (r->services[i].application ==
		    draft_word(d->seen, "Kerberos"))
			label = "AD";
	for (; *label != '\0'; label++)
		text_add_char(out,
		    !id				       ? *label :
			*label >= 'A' && *label <= 'Z' ? *label + 32 :
			(*label >= 'a' && *label <= 'z') ||
			    (*label >= '0' && *label <= '9') ?
							 *label :
							 '-');
	if (s->first != 0) {
		(void)snprintf(number, sizeof(number), "%s%u", id ? "-" : " ",
		    s->first);
		text_add(out, number);
	}
	if (!id && r->service_count > 1) {
		(void)snprintf(number, sizeof(number), " +%zu",
		    r->service_count - 1);
		text_add(out, number);
	}
}

static void
add_id(struct draft *d, struct ids *ids, const struct draft_row *r,
    struct text *out)
{
	struct text id = { 0 };
	char address[ADDR_TEXT_MAX];

	text_printf(&id, "%s-%s-", r->from_zone->id, r->to_zone->id);
	if (r->asked != 0)
		text_add(&id, "by-proxy");
	else
		add_label(d, r, true, &id);
	if (r->to_count == 1) {
		(void)addr_format(&r->to[0], address);
		for (char *p = address; *p != '\0'; p++)
			if (*p == '.' || *p == ':')
				*p = '-';
		text_printf(&id, "-%s", address);
	} else if (r->list != NULL) {
		text_printf(&id, "-%s", r->list->id);
	}
	take_id(ids, &id);
	text_json(out, text_str(&id), id.length);
	text_free(&id);
}

static void
add_name(const struct draft *d, const struct draft_row *r, struct text *out)
{
	struct text name = { 0 }, label = { 0 };
	const char *known = NULL;
	char address[ADDR_TEXT_MAX];

	if (r->asked != 0)
		text_add(&label, words_get(LANG_JA, W_DRAFT_NAME_ASKED));
	else
		add_label(d, r, false, &label);
	words_add(&name, LANG_JA, W_DRAFT_NAME, 3, r->from_zone->name,
	    r->to_zone->name, text_str(&label));
	if (r->to_count == 1) {
		known = draft_name_of(d->seen, &r->to[0]);
		text_printf(&name, "（%s）",
		    known != NULL ? known : addr_format(&r->to[0], address));
	}
	text_json(out, text_str(&name), name.length);
	text_free(&name);
	text_free(&label);
}

/* ---- parts of a conduit */

static void
add_from(const struct draft_row *r, struct text *out)
{
	char buf[PREFIX_TEXT_MAX];

	text_printf(out, "\"from\": { \"zone\": \"%s\"", r->from_zone->id);
	for (size_t i = 0; i < r->from.host_count; i++)
		text_printf(out, "%s\"%s\"", i ? ", " : ", \"hosts\": [",
		    addr_format(&r->from.hosts[i], buf));
	text_add(out, r->from.host_count ? "]" : "");
	for (size_t i = 0; i < r->from.network_count; i++)
		text_printf(out, "%s\"%s\"", i ? ", " : ", \"networks\": [",
		    prefix_format(&r->from.networks[i], buf));
	text_add(out, r->from.network_count ? "] }" : " }");
}

static void
add_to(const struct draft_row *r, struct text *out)
{
	char buf[ADDR_TEXT_MAX];

	text_printf(out, "\"to\": { \"zone\": \"%s\"", r->to_zone->id);
	if (r->list != NULL)
		text_printf(out, ", \"list\": \"%s\"", r->list->id);
	for (size_t i = 0; i < r->to_count; i++)
		text_printf(out, "%s\"%s\"", i ? ", " : ", \"hosts\": [",
		    addr_format(&r->to[i], buf));
	text_add(out, r->to_count ? "] }" : " }");
}

static void
add_list_parts(const struct draft *d, const struct draft_row *r,
    struct text *out)
{
	for (size_t i = 0; i < r->name_count; i++) {
		const char *name = d->seen->words[r->names[i]];

		text_add(out, i ? ", " : ",\n" INDENT "  \"server-names\": [");
		text_json(out, name, strlen(name));
	}
	text_add(out, r->name_count ? "]" : "");
	if (r->list == NULL)
		return;
	for (size_t i = 0; i < r->to_zone->link_count; i++)
		text_printf(out, "%s\"%s\"",
		    i ? ", " : ", \"via\": { \"links\": [",
		    r->to_zone->links[i]->id);
	text_add(out, r->to_zone->link_count ? "] }" : "");
}

/* The owner is asked for with what is known of whose system it is. */
static void
add_blanks(const struct draft *d, const struct draft_row *r, struct text *out)
{
	const struct division *owner = NULL;

	if (r->to_count > 0)
		owner = model_division_of(d->m, r->to_zone, &r->to[0]);
	text_printf(out, INDENT "  // \"owner\": \"%s\", \"basis\": \"\",\n",
	    owner != NULL ? owner->id : "");
}

static void
add_origin(const struct draft *d, const struct draft_row *r, struct text *out)
{
	char stamp[CLOCK_STAMP_MAX];

	text_printf(out,
	    INDENT "  \"origin\": { \"state\": \"observed\", \"first\": \"%s\"",
	    clock_stamp((struct wall_us){ r->first_us }, d->m->utc_offset_s,
		stamp));
	text_printf(out, ", \"last\": \"%s\", \"count\": %" PRIu64 " },\n",
	    clock_stamp((struct wall_us){ r->last_us }, d->m->utc_offset_s,
		stamp),
	    r->count);
	text_add(out, INDENT "  \"approved\": {} }");
}

/* ---- what stands above it */

static void
remark(struct text *out, const char *sentence)
{
	text_printf(out, INDENT "// %s\n", sentence);
}

static void
remark_word(const struct draft *d, enum word word, struct text *out)
{
	remark(out, words_get(d->lang, word));
}

static void
add_doubts(const struct draft *d, const struct draft_row *r, struct text *out)
{
	struct text all = { 0 };

	for (unsigned i = 0; i < DOUBT_KINDS; i++)
		if (r->doubts & 1u << i)
			text_printf(&all, "%s%s", all.length ? " / " : "? ",
			    words_get(d->lang, draft_doubt_word(i)));
	if (all.length > 0)
		remark(out, text_str(&all));
	text_free(&all);
}

static void
add_account(const struct draft *d, const struct draft_row *r, struct text *out)
{
	struct text sentence = { 0 };
	struct draft_counts n;
	struct draft_times t;

	draft_text_counts(&n,
	    (uint64_t[4]){ r->initiators, r->count, r->bytes[0], r->bytes[1] });
	draft_text_times(&t, d->m, r->first_us, r->last_us);
	words_add(&sentence, d->lang, W_DRAFT_ROW_SEEN, 6, n.text[0], n.text[1],
	    t.first, t.last, n.text[2], n.text[3]);
	remark(out, text_str(&sentence));
	text_free(&sentence);
	add_doubts(d, r, out);
	if (r->asked != 0)
		remark_word(d, W_DRAFT_ROW_ASKED, out);
	if (r->special)
		remark_word(d, W_DRAFT_ROW_SPECIAL, out);
	if (!r->by_day)
		remark_word(d, W_DRAFT_ROW_NIGHT, out);
	for (size_t i = 0; i < r->service_count; i++)
		if (r->services[i].first != r->services[i].last) {
			remark_word(d, W_DRAFT_ROW_DYNAMIC, out);
			break;
		}
	if (r->far == 0)
		return;
	text_clear(&sentence);
	draft_text_counts(&n, (uint64_t[4]){ r->far });
	words_add(&sentence, d->lang, W_DRAFT_ROW_FAR, 1, n.text[0]);
	remark(out, text_str(&sentence));
	text_free(&sentence);
}

static void
add_conduit(struct draft *d, struct ids *ids, const struct draft_row *r,
    struct text *out)
{
	text_add(out, INDENT "{ \"id\": ");
	add_id(d, ids, r, out);
	text_add(out, ", \"name\": ");
	add_name(d, r, out);
	text_add(out, r->special ? ", \"special\": true,\n" : ",\n");
	add_blanks(d, r, out);
	text_add(out, INDENT "  ");
	add_from(r, out);
	text_add(out, ",\n" INDENT "  ");
	add_to(r, out);
	text_add(out, ",\n" INDENT "  ");
	draft_text_services(d, r, out);
	add_list_parts(d, r, out);
	text_add(out, r->screen ? ", \"transfers\": \"screen\",\n" : ",\n");
	add_origin(d, r, out);
}

/* Each line of text as a comment, with its comma. */
static void
add_off(const char *text, struct text *out)
{
	const size_t indent = strlen(INDENT);

	while (*text != '\0') {
		const size_t n = strcspn(text, "\n");
		const size_t skip = strncmp(text, INDENT, indent) ? 0 : indent;

		text_add(out, INDENT "// ");
		text_add_n(out, text + skip, n - skip);
		text += n;
		text_add(out, *text == '\n' ? "\n" : ",\n");
		text += *text == '\n';
	}
}

static void
add_head(const struct draft *d, enum word word, size_t n, struct text *out)
{
	struct text sentence = { 0 };
	char number[24];

	(void)snprintf(number, sizeof(number), "%zu", n);
	words_add(&sentence, d->lang, word, 1, number);
	text_add_char(out, '\n');
	remark(out, text_str(&sentence));
	text_free(&sentence);
}

static void
write_doubtful(struct draft *d, struct ids *ids, struct text *out)
{
	struct text one = { 0 };

	for (size_t i = 0; i < d->rows->count; i++)
		d->doubtful += d->rows->items[i].doubts != 0;
	if (d->doubtful == 0)
		return;
	add_head(d, W_DRAFT_DOUBTFUL_HEAD, d->doubtful, out);
	for (size_t i = 0; i < d->rows->count; i++) {
		const struct draft_row *r = &d->rows->items[i];

		if (r->doubts == 0)
			continue;
		add_account(d, r, out);
		text_clear(&one);
		add_conduit(d, ids, r, &one);
		add_off(text_str(&one), out);
	}
	text_free(&one);
}

static void
write_proposed(struct draft *d, struct ids *ids, struct text *out, bool *first)
{
	char least[24];
	struct text sentence = { 0 };

	for (size_t i = 0; i < d->rows->count; i++)
		d->approve += d->rows->items[i].doubts == 0;
	if (d->approve == 0)
		return;
	for (size_t i = 0, n = 0; i < d->rows->count; i++) {
		const struct draft_row *r = &d->rows->items[i];

		if (r->doubts != 0)
			continue;
		if (!*first)
			text_add(out, ",\n");
		if (n++ == 0) {
			add_head(d, W_DRAFT_PROPOSED_HEAD, d->approve, out);
			(void)snprintf(least, sizeof(least), "%d",
			    DRAFT_NETWORK_LEAST);
			words_add(&sentence, d->lang, W_DRAFT_ROW_NETWORKS, 1,
			    least);
			remark(out, text_str(&sentence));
		}
		*first = false;
		add_account(d, r, out);
		add_conduit(d, ids, r, out);
	}
	text_free(&sentence);
}

/* ---- rows of the ledger */

static void
add_ranges(const char *key, const struct zone *zone, const struct import_end *e,
    struct text *out)
{
	char first[ADDR_TEXT_MAX], last[ADDR_TEXT_MAX];

	text_printf(out, "\"%s\": { \"zone\": \"%s\", \"hosts\": [", key,
	    zone->id);
	for (size_t i = 0; i < e->range_count; i++) {
		const struct import_range *r = &e->ranges[i];

		text_printf(out, "%s\"%s", i ? ", " : "",
		    addr_format(&r->first, first));
		if (!addr_equal(&r->first, &r->last))
			text_printf(out, "-%s", addr_format(&r->last, last));
		text_add_char(out, '"');
	}
	text_add(out, "] }");
}

static void
add_text(const char *key, const char *value, struct text *out)
{
	if (value == NULL || value[0] == '\0')
		return;
	text_printf(out, ", \"%s\": ", key);
	text_json(out, value, strlen(value));
}

static void
add_day(const char *key, struct day day, struct text *out)
{
	char buf[16];

	if (day.year != 0)
		text_printf(out, ", \"%s\": \"%s\"", key,
		    day_format(day, buf, sizeof(buf)));
}

static const struct division *
division_named(const struct model *m, const char *name)
{
	for (size_t i = 0; name != NULL && i < m->division_count; i++) {
		const struct division *x = &m->divisions[i];

		if (strcmp(x->id, name) == 0 || strcmp(x->name, name) == 0 ||
		    (x->short_name != NULL && strcmp(x->short_name, name) == 0))
			return x;
	}
	return NULL;
}

static void
add_ledger_conduit(struct draft *d, struct ids *ids,
    const struct draft_declared *x, struct text *out)
{
	const struct import_conduit *row = x->row;
	const struct division *owner = division_named(d->m, row->owner);
	const char *number = row->approval_number ? row->approval_number :
						    row->number;
	struct text id = { 0 };

	text_printf(&id, "ledger-%u", row->place.row);
	take_id(ids, &id);
	text_printf(out, INDENT "{ \"id\": \"%s\"", text_str(&id));
	add_text("name", row->name ? row->name : row->number, out);
	if (x->cell != NULL && x->cell->kind == CELL_SPECIAL)
		text_add(out, ", \"special\": true");
	add_text("owner", owner != NULL ? owner->id : NULL, out);
	add_text("basis", row->basis, out);
	text_add(out, ",\n" INDENT "  ");
	add_ranges("from", x->from_zone, &row->from, out);
	text_add(out, ", ");
	add_ranges("to", x->to_zone, &row->to, out);
	text_add(out, row->both ? ", \"direction\": \"both\",\n" : ",\n");
	text_add(out, INDENT "  ");
	draft_text_ledger_services(row, out);
	if (x->cell != NULL && x->cell->kind == CELL_SCREEN)
		text_add(out, ", \"transfers\": \"screen\"");
	text_add(out, ",\n" INDENT "  \"approved\": { \"by\": [");
	text_json(out, row->approver, strlen(row->approver));
	text_add(out, "]");
	add_text("applicant", row->applicant, out);
	add_text("number", number, out);
	add_day("on", row->approved_on, out);
	text_add(out, " }");
	add_day("starts", row->starts, out);
	add_day("expires", row->expires, out);
	add_text("note", row->note, out);
	text_add(out, " }");
	text_free(&id);
}

static void
add_ledger_account(const struct draft *d, const struct draft_declared *x,
    struct text *out)
{
	struct text sentence = { 0 };
	struct draft_counts n;
	struct draft_times t;

	draft_text_counts(&n, (uint64_t[4]){ x->row->place.row, x->count });
	if (x->count > 0) {
		draft_text_times(&t, d->m, x->first_us, x->last_us);
		words_add(&sentence, d->lang, W_DRAFT_LEDGER_SEEN, 4, n.text[0],
		    n.text[1], t.first, t.last);
	} else {
		words_add(&sentence, d->lang, W_DRAFT_LEDGER_UNSEEN, 1,
		    n.text[0]);
	}
	remark(out, text_str(&sentence));
	text_free(&sentence);
}

static void
write_ledger(struct draft *d, struct ids *ids, struct text *out, bool *first)
{
	for (size_t i = 0; i < d->ledgers->conduits.conduit_count; i++)
		d->from_ledger += d->ledgers->declared[i].fault == NULL;
	for (size_t i = 0, n = 0; i < d->ledgers->conduits.conduit_count; i++) {
		const struct draft_declared *x = &d->ledgers->declared[i];

		if (x->fault != NULL)
			continue;
		if (!*first)
			text_add(out, ",\n");
		if (n++ == 0)
			add_head(d, W_DRAFT_LEDGER_HEAD, d->from_ledger, out);
		*first = false;
		add_ledger_account(d, x, out);
		add_ledger_conduit(d, ids, x, out);
	}
}

/* ---- the whole */

/* A trial's last day goes with the trial. */
static void
write_stage(struct draft_source *source)
{
	const struct jsonx *root = jsonx_root(source->doc);
	const struct jsonx *stage = jsonx_get(root, "stage");

	if (stage != NULL)
		draft_replace(source, stage, "\"draft\"");
	else
		draft_add_after(source, jsonx_get(root, "format"),
		    "  \"stage\": \"draft\"");
	if (jsonx_get(root, "until") != NULL)
		draft_remove(source, jsonx_get(root, "until"));
}

static void
write_conduits(struct draft *d, struct draft_source *source)
{
	struct ids ids = { .m = d->m };
	struct text doubtful = { 0 }, rows = { 0 };
	bool first = true;

	write_ledger(d, &ids, &rows, &first);
	write_proposed(d, &ids, &rows, &first);
	write_doubtful(d, &ids, &doubtful);
	if (rows.length > 0) {
		text_add(&doubtful, text_str(&rows));
		draft_append(source, "conduits", text_str(&doubtful));
	} else if (doubtful.length > 0) {
		draft_add_before(source, "conduits", text_str(&doubtful));
	}
	ids_fini(&ids);
	text_free(&doubtful);
	text_free(&rows);
}

void
draft_write(struct draft *d, struct draft_source *source)
{
	struct text remarks = { 0 };

	draft_add_top(source, words_get(d->lang, W_DRAFT_HEAD));
	write_stage(source);
	draft_write_routers(d, source);
	write_conduits(d, source);
	draft_write_hosts(d, source);
	draft_remark_never(d, &remarks);
	draft_remark_questions(d, &remarks);
	text_add(&remarks, text_str(&d->ruleset));
	draft_add_remark(source, text_str(&remarks));
	text_free(&remarks);
}
