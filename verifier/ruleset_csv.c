/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho-ruleset/1 as CSV: a row a rule, columns by their headings (those of
 * the JSON's members or Japanese ones), and before them rows such as
 * "#default,drop". Cells hold several values apart by ; , 、 line ends or,
 * where none can be part of a value, blanks. An empty cell never means
 * everything, save for interfaces.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "csv.h"
#include "ruleset_neutral.h"

enum column {
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_ENABLED,
	COLUMN_HOOK,
	COLUMN_FROM,
	COLUMN_TO,
	COLUMN_SOURCE,
	COLUMN_SOURCE_EXCEPT,
	COLUMN_DESTINATION,
	COLUMN_DESTINATION_EXCEPT,
	COLUMN_SERVICES,
	COLUMN_ACTION,
	COLUMN_LOG,
	COLUMN_NAT_DESTINATION,
	COLUMN_NAT_SOURCE,
	COLUMN_SCHEDULE,
	COLUMN_COMMENT,
	COLUMN_UNKNOWN,
	COLUMNS,
};

/* What stands before the headings; NULL-terminated. */
#define REMARKS 5
static const char *const remarks[REMARKS + 1] = { "default", "default-input",
	"name", "maker", "system", NULL };

/* The first name of each is that of the JSON; NULL-terminated. */
static const char *const headings[] = { "id", "name", "enabled", "hook",
	"from-interfaces", "to-interfaces", "source", "source-except",
	"destination", "destination-except", "services", "action", "log",
	"nat-destination", "nat-source", "schedule", "comment", "unknown",
	NULL };
static const char *const japanese[] = { "番号", "名前", "有効", "フック",
	"入力インタフェース", "出力インタフェース", "送信元", "送信元除外",
	"宛先", "宛先除外", "サービス", "動作", "ログ", "宛先変換",
	"送信元変換", "スケジュール", "備考", "不明", NULL };

struct reader {
	struct neutral n;
	int columns[CSV_FIELDS_MAX]; /* enum column of each field, or -1 */
	bool has[COLUMNS];
	bool told[REMARKS]; /* in read_remark */
	bool headed;
	struct csv_row *row; /* owned */
};

static struct diag_place
place_of(const struct reader *x, const struct csv_field *f)
{
	return (struct diag_place){ x->n.file, f->line, f->column };
}

static struct diag_place
place_of_row(const struct reader *x)
{
	const struct csv_row *row = x->row;

	return (struct diag_place){ x->n.file,
		row->count > 0 ? row->fields[0].line : row->line,
		row->count > 0 ? row->fields[0].column : row->column };
}

/* ---- headings */

/* "From interfaces" and "from_interfaces" are "from-interfaces". */
static void
heading_key(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; *text != '\0' && n + 1 < size; text++) {
		char c = (char)tolower((unsigned char)*text);

		out[n++] = c == ' ' || c == '_' ? '-' : c;
	}
	out[n] = '\0';
}

static int
find_column(const char *text)
{
	char key[64];

	heading_key(text, key, sizeof(key));
	for (int i = 0; i < COLUMNS; i++)
		if (strcmp(headings[i], key) == 0 ||
		    strcmp(japanese[i], text) == 0)
			return i;
	return -1;
}

static bool
is_fortigate(const struct csv_row *row)
{
	bool source = false, service = false;
	char key[64];

	for (size_t i = 0; i < row->count; i++) {
		heading_key(row->fields[i].text, key, sizeof(key));
		source |= strcmp(key, "srcaddr") == 0 ||
		    strcmp(key, "srcintf") == 0;
		service |= strcmp(key, "service") == 0 ||
		    strcmp(key, "policyid") == 0;
	}
	return source && service;
}

static void
read_heading(struct reader *x, size_t i)
{
	const struct csv_field *f = &x->row->fields[i];
	const char *near;
	char key[64];
	int column = find_column(f->text);

	x->columns[i] = column;
	if (f->text[0] == '\0')
		return;
	if (column < 0) {
		heading_key(f->text, key, sizeof(key));
		near = neutral_nearest(key, headings);
		neutral_fault(&x->n, place_of(x, f),
		    near != NULL ? W_RULESET_NEUTRAL_KEY_NEAR :
				   W_RULESET_NEUTRAL_KEY,
		    2, f->text, near);
		return;
	}
	if (x->has[column])
		neutral_fault(&x->n, place_of(x, f), W_RULESET_CSV_COLUMN_TWICE,
		    1, f->text);
	x->has[column] = true;
}

static void
read_headings(struct reader *x)
{
	static const enum column needed[] = { COLUMN_SOURCE, COLUMN_DESTINATION,
		COLUMN_SERVICES, COLUMN_ACTION };

	x->headed = true;
	if (is_fortigate(x->row)) {
		neutral_fault(&x->n, place_of_row(x),
		    W_RULESET_IS_FORTIGATE_CSV, 1, x->n.file);
		return;
	}
	if (!x->n.has_action && x->n.fine)
		neutral_fault(&x->n, place_of_row(x), W_RULESET_CSV_DEFAULT, 0);
	for (size_t i = 0; i < x->row->count; i++)
		read_heading(x, i);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!x->has[needed[i]])
			neutral_fault(&x->n, place_of_row(x),
			    W_RULESET_CSV_COLUMN, 2, headings[needed[i]],
			    japanese[needed[i]]);
}

/* ---- cells */

/* The length of a separator at p, or 0. */
static size_t
separator(const char *p, bool blanks)
{
	if (*p == ';' || *p == ',' || *p == '\n' || *p == '\r')
		return 1;
	if (strncmp(p, "、", strlen("、")) == 0)
		return strlen("、");
	return blanks && (*p == ' ' || *p == '\t') ? 1 : 0;
}

typedef void each(struct reader *x, struct diag_place place, const char *text,
    void *out);

/* Each value of a cell; returns how many there were. */
static size_t
for_each(struct reader *x, const struct csv_field *f, bool blanks, each *one,
    void *out)
{
	struct text value = { 0 };
	size_t count = 0, n;
	const char *p = f->text;

	while (*p != '\0') {
		text_clear(&value);
		while (*p == ' ' || *p == '\t' || separator(p, blanks) > 0)
			p += *p == ' ' || *p == '\t' ? 1 : separator(p, blanks);
		while (*p != '\0' && separator(p, blanks) == 0)
			text_add_char(&value, *p++);
		n = value.length;
		while (n > 0 && value.data[n - 1] == ' ')
			value.data[--n] = '\0';
		if (n == 0)
			continue;
		count++;
		one(x, place_of(x, f), text_str(&value), out);
	}
	text_free(&value);
	return count;
}

static void
one_interface(struct reader *x, struct diag_place place, const char *text,
    void *out)
{
	(void)neutral_interface(&x->n, place, text, out);
}

static void
one_address(struct reader *x, struct diag_place place, const char *text,
    void *out)
{
	(void)neutral_address(&x->n, place, text, out);
}

static void
one_service(struct reader *x, struct diag_place place, const char *text,
    void *out)
{
	(void)neutral_service(&x->n, place, text, out);
}

static void
one_unknown(struct reader *x, struct diag_place place, const char *text,
    void *out)
{
	(void)place;
	neutral_unknown(&x->n, out, text);
}

static bool
yes_or_no(struct reader *x, const struct csv_field *f, bool blank)
{
	static const char *const words[] = { "yes", "no", "true", "false", "1",
		"0", "enable", "disable", "enabled", "disabled", "有効", "無効",
		"はい", "いいえ", NULL };
	char key[64];
	int found;

	if (f->text[0] == '\0')
		return blank;
	heading_key(f->text, key, sizeof(key));
	found = neutral_word(&x->n, place_of(x, f), key, words);
	return found < 0 ? blank : found % 2 == 0;
}

static void
read_action(struct reader *x, const struct csv_field *f, enum action *out)
{
	const char *text = strcmp(f->text, "許可") == 0 ? "accept" :
	    strcmp(f->text, "拒否") == 0		? "drop" :
	    strcmp(f->text, "破棄") == 0		? "drop" :
							  f->text;

	(void)neutral_action(&x->n, place_of(x, f), text, true, out);
}

static void
read_id(struct reader *x, const struct csv_field *f, struct neutral_rule *rule,
    const char **id)
{
	uint64_t number = 0;
	const char *p = f->text;

	(void)x;
	for (; isdigit((unsigned char)*p) && number < UINT64_MAX / 100; p++)
		number = number * 10 + (uint64_t)(*p - '0');
	if (*p == '\0' && number > 0)
		rule->number = number;
	else
		*id = f->text;
}

static void
read_source_nat(struct reader *x, const struct csv_field *f,
    struct neutral_rule *rule)
{
	static const char *const own[] = { "yes", "true", "1", "enable", "有効",
		"はい" };
	static const char *const none[] = { "no", "false", "0", "disable",
		"無効", "いいえ" };

	if (f->text[0] == '\0')
		return;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (strcmp(f->text, none[i]) == 0)
			return;
		if (strcmp(f->text, own[i]) == 0) {
			rule->snat = NAT_TO;
			return;
		}
	}
	rule->snat = strcmp(f->text, "unknown") == 0 ? NAT_UNKNOWN : NAT_TO;
	if (rule->snat == NAT_TO)
		(void)neutral_translation(&x->n, place_of(x, f), f->text,
		    &rule->to_source);
}

static void
read_destination_nat(struct reader *x, const struct csv_field *f,
    struct neutral_rule *rule)
{
	if (f->text[0] == '\0')
		return;
	rule->dnat = strcmp(f->text, "unknown") == 0 ? NAT_UNKNOWN : NAT_TO;
	if (rule->dnat == NAT_TO)
		(void)neutral_translation(&x->n, place_of(x, f), f->text,
		    &rule->to_destination);
}

/* ---- rules */

/* The cell of a column; an empty one where the row or the table has none. */
static const struct csv_field *
cell(const struct reader *x, enum column column)
{
	static const struct csv_field none = { "", 0, 0 };

	for (size_t i = 0; i < x->row->count; i++)
		if (x->columns[i] == (int)column)
			return &x->row->fields[i];
	return &none;
}

static const struct spans *
interfaces(struct reader *x, enum column column)
{
	const struct csv_field *f = cell(x, column);
	const struct spans *s = &spans_nothing;

	return for_each(x, f, false, one_interface, &s) > 0 ? s : NULL;
}

static struct neutral_addresses
addresses(struct reader *x, enum column column, enum column except)
{
	struct neutral_addresses in = { &spans_nothing, &spans_nothing };
	struct neutral_addresses out = in;

	if (for_each(x, cell(x, column), true, one_address, &in) == 0)
		neutral_fault(&x->n, place_of_row(x), W_RULESET_CSV_BLANK, 2,
		    headings[column], japanese[column]);
	if (for_each(x, cell(x, except), true, one_address, &out) == 0)
		return in;
	return neutral_less(&x->n, &in, &out);
}

static void
read_words(struct reader *x, struct neutral_rule *rule)
{
	static const char *const hooks[] = { "forward", "input", NULL };
	const struct csv_field *hook = cell(x, COLUMN_HOOK);
	const struct csv_field *action = cell(x, COLUMN_ACTION);
	const char *id = NULL;

	read_id(x, cell(x, COLUMN_ID), rule, &id);
	neutral_comment(&x->n, rule, id, cell(x, COLUMN_NAME)->text,
	    cell(x, COLUMN_COMMENT)->text);
	rule->disabled = !yes_or_no(x, cell(x, COLUMN_ENABLED), true);
	rule->log = yes_or_no(x, cell(x, COLUMN_LOG), false);
	if (hook->text[0] != '\0')
		rule->input = neutral_word(&x->n, place_of(x, hook), hook->text,
				  hooks) == 1;
	if (action->text[0] != '\0')
		read_action(x, action, &rule->action);
	else
		neutral_fault(&x->n, rule->place, W_RULESET_CSV_NO_ACTION, 2,
		    headings[COLUMN_ACTION], japanese[COLUMN_ACTION]);
	read_source_nat(x, cell(x, COLUMN_NAT_SOURCE), rule);
	read_destination_nat(x, cell(x, COLUMN_NAT_DESTINATION), rule);
	neutral_schedule(&x->n, rule, cell(x, COLUMN_SCHEDULE)->text);
	(void)for_each(x, cell(x, COLUMN_UNKNOWN), false, one_unknown, rule);
}

static void
read_rule(struct reader *x)
{
	struct neutral_rule rule = { .place = place_of_row(x) };

	for (size_t i = 0; i < x->row->count; i++)
		if (x->columns[i] < 0 && x->row->fields[i].text[0] != '\0') {
			neutral_fault(&x->n, place_of(x, &x->row->fields[i]),
			    W_RULESET_CSV_BEYOND, 0);
			break;
		}
	read_words(x, &rule);
	rule.from = interfaces(x, COLUMN_FROM);
	rule.to = interfaces(x, COLUMN_TO);
	rule.source = addresses(x, COLUMN_SOURCE, COLUMN_SOURCE_EXCEPT);
	rule.destination = addresses(x, COLUMN_DESTINATION,
	    COLUMN_DESTINATION_EXCEPT);
	if (for_each(x, cell(x, COLUMN_SERVICES), true, one_service,
		&rule.services) == 0)
		neutral_fault(&x->n, rule.place, W_RULESET_CSV_BLANK, 2,
		    headings[COLUMN_SERVICES], japanese[COLUMN_SERVICES]);
	neutral_rule(&x->n, &rule);
}

/* ---- what stands before the headings */

static bool
is_remark(const struct csv_row *row)
{
	return row->count > 0 && row->fields[0].text[0] == '#';
}

/* Which one a row is, REMARKS for any other; its key in key. */
static size_t
find_remark(const struct csv_row *row, char *key, size_t size)
{
	const char *text = row->fields[0].text + 1;
	size_t i = 0;

	while (*text == ' ')
		text++;
	heading_key(text, key, size);
	while (i < REMARKS && strcmp(remarks[i], key) != 0)
		i++;
	return i;
}

/* Behind the headings it would not count. */
static void
check_late_remark(struct reader *x)
{
	const struct csv_field *f = x->row->fields;
	char key[64];

	if (x->row->count > 1 && f[1].text[0] != '\0' &&
	    find_remark(x->row, key, sizeof(key)) < REMARKS)
		neutral_fault(&x->n, place_of(x, f), W_RULESET_CSV_LATE, 1,
		    key);
}

/* "#default,drop" */
static void
read_remark(struct reader *x)
{
	const struct csv_field *f = x->row->fields;
	const char *value = x->row->count > 1 ? f[1].text : "";
	const char *near;
	char key[64];
	const size_t i = find_remark(x->row, key, sizeof(key));

	near = i == REMARKS ? neutral_nearest(key, remarks) : NULL;
	if (near != NULL && value[0] != '\0')
		neutral_fault(&x->n, place_of(x, f), W_RULESET_NEUTRAL_KEY_NEAR,
		    2, key, near);
	if (i == REMARKS || value[0] == '\0')
		return; /* a remark */
	if (x->told[i])
		neutral_fault(&x->n, place_of(x, f), W_RULESET_CSV_TWICE, 1,
		    key);
	x->told[i] = true;
	if (i == 0)
		x->n.has_action = neutral_action(&x->n, place_of(x, &f[1]),
		    value, false, &x->n.action);
	else if (i == 1)
		x->n.has_input_action = neutral_action(&x->n,
		    place_of(x, &f[1]), value, false, &x->n.input_action);
	else
		*(i == 2       ? &x->n.name :
			i == 3 ? &x->n.maker :
				 &x->n.system) = builder_string(x->n.b, value);
}

/* ---- all of it */

static bool
next_row(struct reader *x, struct csv *c)
{
	struct diag_place place;

	if (!csv_next(c, x->row))
		return false;
	if (x->row->fault == CSV_OK)
		return true;
	place = (struct diag_place){ x->n.file, x->row->line, x->row->column };
	neutral_fault(&x->n, place,
	    x->row->fault == CSV_OPEN_QUOTE ? W_RULESET_CSV_QUOTE :
		x->row->fault == CSV_FIELDS ? W_RULESET_CSV_FIELDS :
					      W_RULESET_CSV_AFTER_QUOTE,
	    0);
	return false; /* what follows may be within the quotes */
}

static bool
open_csv(struct reader *x, struct csv *c, const char *bytes, size_t length)
{
	struct diag_place place = { x->n.file, 0, 0 };

	if (!csv_init(c, bytes, length, CSV_GUESS)) {
		neutral_fault(&x->n, place, W_RULESET_CSV_ENCODING, 0);
		return false;
	}
	if (c->bad > 0) {
		place.line = c->bad_line;
		place.column = c->bad_column;
		neutral_fault(&x->n, place, W_RULESET_CSV_BYTES, 0);
		return false;
	}
	return true;
}

/* The rows before the headings first: the chains need the default. */
static void
read_remarks(struct reader *x, const char *bytes, size_t length)
{
	struct csv c = { 0 };

	if (open_csv(x, &c, bytes, length))
		while (next_row(x, &c) && is_remark(x->row))
			read_remark(x);
	csv_fini(&c);
}

static void
read_rules(struct reader *x, const char *bytes, size_t length)
{
	struct diag_place whole = { x->n.file, 0, 0 };
	struct csv c = { 0 };

	if (open_csv(x, &c, bytes, length))
		while (next_row(x, &c)) {
			if (is_remark(x->row)) {
				if (x->headed)
					check_late_remark(x);
				continue;
			}
			if (!x->headed)
				read_headings(x);
			else if (x->n.fine || x->n.rule_count > 0)
				read_rule(x);
			if (!x->n.fine && x->n.rule_count == 0)
				break; /* wrong headings: no rule is right */
		}
	csv_fini(&c);
	if (!x->headed && x->n.fine)
		neutral_fault(&x->n, whole, W_RULESET_IS_JUNK, 0);
}

struct ruleset *
ruleset_csv(const char *name, const char *bytes, size_t length, struct diag *d)
{
	struct reader x = { .headed = false };
	struct ruleset *r;

	neutral_init(&x.n, name, d);
	x.row = mem_calloc(1, sizeof(*x.row));
	for (size_t i = 0; i < CSV_FIELDS_MAX; i++)
		x.columns[i] = -1;
	read_remarks(&x, bytes, length);
	neutral_begin(&x.n);
	if (x.n.fine)
		read_rules(&x, bytes, length);
	r = neutral_end(&x.n);
	free(x.row);
	return r;
}
