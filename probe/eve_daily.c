/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line of a daily row, "sekisho_daily": what was counted of a zone on a
 * day, and in a sentence. Rows of the same day, zone and check add up.
 */
#include <inttypes.h>
#include <stdio.h>

#include "daily_row.h"
#include "eve.h"
#include "eve_internal.h"
#include "words.h"

#define NUMBER_MAX 24
#define DAY_MAX 16

static void
add_names(struct jsonw *w, const struct daily_row *r)
{
	jsonw_array(w, "names");
	for (size_t i = 0; i < r->name_count; i++) {
		const struct daily_destination *n = &r->names[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "name", n->name);
		jsonw_string(w, "category",
		    background_category_name(n->category));
		jsonw_uint(w, "count", n->count);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_uint(w, "unnamed", r->unnamed);
}

static void
add_examples(struct jsonw *w, const struct daily_row *r)
{
	char address[ADDR_TEXT_MAX];

	jsonw_array(w, "examples");
	for (size_t i = 0; i < r->example_count; i++) {
		const struct daily_example *x = &r->examples[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "src_ip", addr_format(&x->address[0], address));
		jsonw_string(w, "dest_ip",
		    addr_format(&x->address[1], address));
		jsonw_uint(w, "dest_port", x->port);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* "12", or that there may be more. */
static void
add_number(struct text *out, enum lang lang, uint64_t n, bool at_least)
{
	char number[NUMBER_MAX];

	(void)snprintf(number, sizeof(number), "%" PRIu64, n);
	words_add(out, lang, at_least ? W_DAILY_AT_LEAST : W_DAILY_NUMBER, 1,
	    number);
}

static enum word
sentence_of(const struct daily_row *r)
{
	if (r->check == CHECK_NONE)
		return r->kind == DAILY_LEGACY ? W_DAILY_LEGACY_REST :
						 W_DAILY_BACKGROUND_REST;
	if (r->kind == DAILY_BACKGROUND)
		return W_DAILY_BACKGROUND;
	return r->check == CHECK_CRY_6 ? W_DAILY_SMB1 : W_DAILY_SNMP;
}

static void
add_message(struct jsonw *w, const struct eve *e, const struct daily_row *r)
{
	struct text out = { 0 }, count = { 0 }, hosts = { 0 }, blocked = { 0 };

	add_number(&count, e->lang, r->count, r->is_part);
	add_number(&hosts, e->lang, r->host_count, r->hosts_full || r->is_part);
	add_number(&blocked, e->lang, r->blocked, false);
	words_add(&out, e->lang, sentence_of(r), 4,
	    r->zone_name != NULL ? r->zone_name :
				   words_get(e->lang, W_DAILY_NO_ZONE),
	    text_str(&count), text_str(&hosts), text_str(&blocked));
	if (r->is_part)
		words_add(&out, e->lang, W_DAILY_PART, 0);
	jsonw_string(w, "message", text_str(&out));
	text_free(&out);
	text_free(&count);
	text_free(&hosts);
	text_free(&blocked);
}

void
eve_daily(struct text *out, const struct eve *e, const struct daily_row *r,
    struct wall_us at)
{
	const struct check_row *row = r->check != CHECK_NONE ?
	    checks_row(r->check) :
	    NULL;
	char day[DAY_MAX];
	struct jsonw w;

	eve_begin(&w, out, e, at, NULL, NULL, "sekisho_daily", NULL, 0);
	jsonw_object(&w, "sekisho");
	jsonw_string(&w, "day", day_format(r->day, day, sizeof(day)));
	jsonw_string(&w, "kind", daily_kind_name(r->kind));
	jsonw_string(&w, "check", row != NULL ? row->id : NULL);
	jsonw_string(&w, "title", row != NULL ? row->title[e->lang] : NULL);
	jsonw_string(&w, "severity", severity_name(r->severity));
	jsonw_string(&w, "boundary", r->boundary);
	jsonw_string(&w, "zone", r->zone);
	jsonw_string(&w, "what", r->what);
	jsonw_uint(&w, "count", r->count);
	jsonw_bool(&w, "count_at_least", r->is_part);
	if (r->kind == DAILY_BACKGROUND)
		jsonw_uint(&w, "blocked", r->blocked);
	else
		jsonw_null(&w, "blocked");
	jsonw_uint(&w, "hosts", r->host_count);
	jsonw_bool(&w, "hosts_at_least", r->hosts_full || r->is_part);
	add_names(&w, r);
	add_examples(&w, r);
	eve_time(&w, e, "first", r->first);
	eve_time(&w, e, "last", r->last);
	add_message(&w, e, r);
	jsonw_uint(&w, "generation", e->generation);
	jsonw_string(&w, "probe", e->probe);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
}
