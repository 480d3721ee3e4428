/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Printing an import. The clean table says nothing that the source did not:
 * what had a fault is not in it, and what was filled in from above is what
 * the reader of the sheet sees, too.
 */
#include "import_print.h"

#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "import_sheet.h"

static const struct {
	enum word word;
	const char *key;
} left_names[IMPORT_LEFT_COUNT] = {
	[IMPORT_LEFT_FAULT] = { W_IMPORT_LEFT_FAULT, "fault" },
	[IMPORT_LEFT_DUPLICATE] = { W_IMPORT_LEFT_DUPLICATE, "duplicate" },
	[IMPORT_LEFT_HEADING] = { W_IMPORT_LEFT_HEADING, "heading" },
	[IMPORT_LEFT_REMARK] = { W_IMPORT_LEFT_REMARK, "remark" },
	[IMPORT_LEFT_ENDED] = { W_IMPORT_LEFT_ENDED, "ended" },
};

const char *
import_kind_name(enum import_kind kind)
{
	static const char *const names[] = { "ledger", "conduits", "leases",
		"list" };

	return names[kind];
}

/* ---- for people */

void
import_print_line(struct text *out, enum lang lang, enum word name,
    const char *value)
{
	struct text shown = { 0 };

	text_escape(&shown, value, strlen(value));
	text_pad(out, words_get(lang, name), IMPORT_PRINT_COLUMNS);
	text_printf(out, "%s\n", text_str(&shown));
	text_free(&shown);
}

static void
print_headings(const struct imported *x, enum lang lang, struct text *out)
{
	struct text unread = { 0 }, row = { 0 };
	char number[16], letters[8];

	if (x->heading_row == 0)
		return;
	(void)snprintf(number, sizeof(number), "%u", x->heading_row);
	words_add(&row, lang, W_IMPORT_SUMMARY_HEADING_ROW, 1, number);
	import_print_line(out, lang, W_IMPORT_SUMMARY_HEADINGS, text_str(&row));
	for (size_t i = 0; i < x->column_count; i++) {
		const struct import_column *c = &x->columns[i];

		if (c->field != NULL) {
			text_clear(&row);
			text_printf(&row,
			    "%s %s = ", sheet_letters(c->column, letters),
			    c->field);
			text_quote(&row, c->heading);
			text_pad(out, "", 2);
			text_printf(out, "%s\n", text_str(&row));
			continue;
		}
		text_printf(&unread, "%s%s ", unread.length ? ", " : "",
		    sheet_letters(c->column, letters));
		text_quote(&unread, c->heading);
	}
	if (unread.length > 0)
		import_print_line(out, lang, W_IMPORT_SUMMARY_UNREAD,
		    text_str(&unread));
	text_free(&unread);
	text_free(&row);
}

static void
print_left(const struct imported *x, enum lang lang, struct text *out)
{
	struct text list = { 0 };
	size_t total = 0;

	for (int i = 0; i < IMPORT_LEFT_COUNT; i++) {
		total += x->left[i];
		if (x->left[i] > 0)
			text_printf(&list, "%s%s %zu",
			    list.length ? ", " : " (",
			    words_get(lang, left_names[i].word), x->left[i]);
	}
	text_pad(out, words_get(lang, W_IMPORT_SUMMARY_LEFT),
	    IMPORT_PRINT_COLUMNS);
	text_printf(out, "%zu%s%s\n", total, text_str(&list),
	    list.length ? ")" : "");
	text_free(&list);
}

static void
print_number(struct text *out, enum lang lang, enum word name, size_t n)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%zu", n);
	import_print_line(out, lang, name, number);
}

void
import_print_summary(const struct imported *x, const char *path,
    const struct diag *d, struct text *out)
{
	struct text counts = { 0 };
	char errors[24], warnings[24];

	import_print_line(out, d->lang, W_IMPORT_SUMMARY_FILE, path);
	text_pad(out, "SHA-256", IMPORT_PRINT_COLUMNS);
	text_printf(out, "%s\n", x->sha256);
	if (x->sheet != NULL)
		import_print_line(out, d->lang, W_IMPORT_SUMMARY_SHEET,
		    x->sheet);
	if (x->encoding != NULL)
		import_print_line(out, d->lang, W_IMPORT_SUMMARY_ENCODING,
		    x->encoding);
	print_headings(x, d->lang, out);
	print_number(out, d->lang, W_IMPORT_SUMMARY_ROWS, x->rows);
	print_number(out, d->lang, W_IMPORT_SUMMARY_KEPT, x->kept);
	print_left(x, d->lang, out);
	if (x->filled > 0)
		print_number(out, d->lang, W_IMPORT_SUMMARY_FILLED, x->filled);
	(void)snprintf(errors, sizeof(errors), "%zu", d->errors);
	(void)snprintf(warnings, sizeof(warnings), "%zu", d->warnings);
	words_add(&counts, d->lang, W_IMPORT_SUMMARY_COUNTS, 2, errors,
	    warnings);
	import_print_line(out, d->lang, W_IMPORT_SUMMARY_FAULTS,
	    text_str(&counts));
	text_free(&counts);
}

/* ---- values */

static void
add_range(struct text *out, const struct import_range *r)
{
	char buf[ADDR_TEXT_MAX];
	struct prefix p;

	if (r->network && prefix_from_range(&r->first, &r->last, &p, 1) == 1) {
		char prefix[PREFIX_TEXT_MAX];

		text_add(out, prefix_format(&p, prefix));
		return;
	}
	text_add(out, addr_format(&r->first, buf));
	if (!addr_equal(&r->first, &r->last))
		text_printf(out, "-%s", addr_format(&r->last, buf));
}

static void
add_service(struct text *out, const struct import_service *s)
{
	if (s->protocol == 6 || s->protocol == 17)
		text_add(out, s->protocol == 6 ? "TCP" : "UDP");
	else if (s->protocol == 1 || s->protocol == 58)
		text_add(out, s->protocol == 1 ? "ICMP" : "ICMPv6");
	else if (s->protocol == 256)
		text_add(out, "any");
	else
		text_printf(out, "%s",
		    s->protocol == 47	   ? "GRE" :
			s->protocol == 50  ? "ESP" :
			s->protocol == 51  ? "AH" :
			s->protocol == 132 ? "SCTP" :
					     "IGMP");
	if (s->ports.first != 0)
		text_printf(out, "/%u", s->ports.first);
	if (s->ports.last != s->ports.first)
		text_printf(out, "-%u", s->ports.last);
	if ((s->protocol == 6 || s->protocol == 17) && s->ports.first == 0)
		text_add(out, "/any");
}

/* ---- CSV */

static void
field(struct text *out, const char *value, bool last)
{
	text_csv(out, value != NULL ? value : "");
	text_add(out, last ? "\r\n" : ",");
}

static void
device_row(struct text *out, const struct import_device *d,
    const char *addresses, const struct mac *mac)
{
	char buf[MAC_TEXT_MAX];

	field(out, addresses, false);
	field(out, mac != NULL ? mac_format(mac, buf) : NULL, false);
	field(out, d->name, false);
	field(out, d->system, false);
	field(out, d->division, false);
	field(out, d->kind, false);
	field(out, d->offline ? "1" : NULL, false);
	field(out, d->zone, true);
}

static void
csv_device(struct text *out, const struct import_device *d)
{
	struct text addresses = { 0 };

	for (size_t i = 0; i < d->address_count; i++) {
		if (d->addresses[i].network || d->addresses[i].again)
			continue;
		if (addresses.length > 0)
			text_add_char(&addresses, ' ');
		add_range(&addresses, &d->addresses[i]);
	}
	if (addresses.length > 0 || (d->has_mac && !d->mac_again) || d->offline)
		device_row(out, d, text_str(&addresses),
		    d->has_mac ? &d->mac : NULL);
	for (size_t i = 1; i < d->mac_count; i++)
		device_row(out, d, NULL, &d->macs[i]);
	text_free(&addresses);
}

static void
add_ranges(struct text *out, const struct import_end *end)
{
	for (size_t i = 0; i < end->range_count; i++) {
		if (i > 0)
			text_add_char(out, ' ');
		add_range(out, &end->ranges[i]);
	}
}

static void
csv_end(struct text *out, const struct import_end *end)
{
	struct text ranges = { 0 };

	add_ranges(&ranges, end);
	field(out, end->zone, false);
	field(out, end->name, false);
	field(out, text_str(&ranges), false);
	text_free(&ranges);
}

static void
csv_day(struct text *out, struct day day)
{
	char buf[16];

	field(out, day_format(day, buf, sizeof(buf)), false);
}

static void
csv_conduit(struct text *out, const struct import_conduit *k)
{
	struct text services = { 0 };

	for (size_t i = 0; i < k->service_count; i++) {
		if (i > 0)
			text_add_char(&services, ' ');
		add_service(&services, &k->services[i]);
	}
	field(out, k->number, false);
	field(out, k->name, false);
	field(out, k->owner, false);
	field(out, k->basis, false);
	csv_end(out, &k->from);
	csv_end(out, &k->to);
	field(out, k->both ? "双方向" : "片方向", false);
	field(out, text_str(&services), false);
	field(out, k->application, false);
	field(out, k->applicant, false);
	field(out, k->approver, false);
	field(out, k->approval_number, false);
	csv_day(out, k->approved_on);
	csv_day(out, k->starts);
	csv_day(out, k->expires);
	field(out, k->note, true);
	text_free(&services);
}

void
import_print_csv(const struct imported *x, enum import_kind kind,
    struct text *out)
{
	char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	if (kind == IMPORT_LEDGER) {
		text_add(out,
		    "address,mac,name,system,division,kind,offline,"
		    "zone\r\n");
		for (size_t i = 0; i < x->device_count; i++)
			csv_device(out, &x->devices[i]);
	} else if (kind == IMPORT_CONDUITS) {
		text_add(out,
		    "管理番号,名称,所管課,根拠法令,接続元領域,"
		    "接続元名称,接続元IPアドレス,接続先領域,"
		    "接続先名称,接続先IPアドレス,方向,ポート番号,"
		    "アプリケーション,申請者,承認者,承認番号,"
		    "承認日,開始日,有効期限,備考\r\n");
		for (size_t i = 0; i < x->conduit_count; i++)
			csv_conduit(out, &x->conduits[i]);
	} else {
		text_add(out, "address,mac,name\r\n");
		for (size_t i = 0; i < x->lease_count; i++) {
			const struct import_lease *l = &x->leases[i];

			field(out, addr_format(&l->address, address), false);
			field(out, l->has_mac ? mac_format(&l->mac, mac) : NULL,
			    false);
			field(out, l->name, true);
		}
	}
}

/* ---- JSON */

static void
json_ranges(struct jsonw *w, const char *key, const struct import_range *r,
    size_t count)
{
	struct text one = { 0 };

	jsonw_array(w, key);
	for (size_t i = 0; i < count; i++) {
		text_clear(&one);
		add_range(&one, &r[i]);
		jsonw_string(w, NULL, text_str(&one));
	}
	jsonw_array_end(w);
	text_free(&one);
}

static void
json_device(struct jsonw *w, const struct import_device *d)
{
	char buf[MAC_TEXT_MAX];

	jsonw_object(w, NULL);
	jsonw_uint(w, "row", d->place.row);
	jsonw_string(w, "name", d->name);
	jsonw_string(w, "kind", d->kind);
	jsonw_string(w, "system", d->system);
	jsonw_string(w, "division", d->division);
	jsonw_string(w, "zone", d->zone);
	json_ranges(w, "addresses", d->addresses, d->address_count);
	jsonw_array(w, "macs");
	for (size_t i = 0; i < d->mac_count; i++)
		jsonw_string(w, NULL, mac_format(&d->macs[i], buf));
	jsonw_array_end(w);
	jsonw_bool(w, "offline", d->offline);
	jsonw_string(w, "note", d->note);
	jsonw_object_end(w);
}

static void
json_end(struct jsonw *w, const char *key, const struct import_end *end)
{
	jsonw_object(w, key);
	jsonw_string(w, "zone", end->zone);
	jsonw_string(w, "name", end->name);
	json_ranges(w, "addresses", end->ranges, end->range_count);
	jsonw_object_end(w);
}

static void
json_day(struct jsonw *w, const char *key, struct day day)
{
	char buf[16];

	jsonw_string(w, key,
	    day.year ? day_format(day, buf, sizeof(buf)) : NULL);
}

static void
json_conduit(struct jsonw *w, const struct import_conduit *k)
{
	struct text service = { 0 };

	jsonw_object(w, NULL);
	jsonw_uint(w, "row", k->place.row);
	jsonw_string(w, "number", k->number);
	jsonw_string(w, "name", k->name);
	jsonw_string(w, "owner", k->owner);
	jsonw_string(w, "basis", k->basis);
	json_end(w, "from", &k->from);
	json_end(w, "to", &k->to);
	jsonw_string(w, "direction", k->both ? "both" : "forward");
	jsonw_array(w, "services");
	for (size_t i = 0; i < k->service_count; i++) {
		text_clear(&service);
		add_service(&service, &k->services[i]);
		jsonw_string(w, NULL, text_str(&service));
	}
	jsonw_array_end(w);
	jsonw_string(w, "application", k->application);
	jsonw_string(w, "applicant", k->applicant);
	jsonw_string(w, "approver", k->approver);
	jsonw_string(w, "approval_number", k->approval_number);
	json_day(w, "approved_on", k->approved_on);
	json_day(w, "starts", k->starts);
	json_day(w, "expires", k->expires);
	jsonw_string(w, "note", k->note);
	jsonw_object_end(w);
	text_free(&service);
}

static void
json_lease(struct jsonw *w, const struct import_lease *l)
{
	char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	jsonw_object(w, NULL);
	jsonw_uint(w, "row", l->place.row);
	jsonw_string(w, "address", addr_format(&l->address, address));
	jsonw_string(w, "mac", l->has_mac ? mac_format(&l->mac, mac) : NULL);
	jsonw_string(w, "name", l->name);
	jsonw_object_end(w);
}

void
import_print_json_faults(struct jsonw *w, const struct imported *x,
    const struct diag *d)
{
	char letters[8];

	jsonw_array(w, "faults");
	for (size_t i = 0; i < d->count; i++) {
		const struct diag_entry *e = &d->entries[i];
		const char *heading = NULL;

		for (size_t j = 0; j < x->column_count; j++)
			if (x->columns[j].column == e->place.column)
				heading = x->columns[j].heading;
		jsonw_object(w, NULL);
		jsonw_string(w, "file", e->place.file);
		jsonw_uint(w, "row", e->place.line);
		jsonw_uint(w, "column", e->place.column);
		jsonw_string(w, "letter",
		    e->place.column ? sheet_letters(e->place.column, letters) :
				      NULL);
		jsonw_string(w, "heading", heading);
		jsonw_string(w, "severity",
		    e->severity == DIAG_ERROR ? "error" : "warning");
		jsonw_string(w, "sentence", e->sentence);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
json_head(struct jsonw *w, const struct imported *x, enum import_kind kind,
    const char *path, const struct diag *d)
{
	char letters[8];

	jsonw_string(w, "format", "sekisho-import/1");
	jsonw_string(w, "kind", import_kind_name(kind));
	jsonw_string(w, "file", path);
	jsonw_string(w, "sha256", x->sha256);
	jsonw_string(w, "encoding", x->encoding);
	jsonw_string(w, "sheet", x->sheet);
	if (x->heading_row != 0)
		jsonw_uint(w, "heading_row", x->heading_row);
	else
		jsonw_null(w, "heading_row");
	jsonw_array(w, "columns");
	for (size_t i = 0; i < x->column_count; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "letter",
		    sheet_letters(x->columns[i].column, letters));
		jsonw_string(w, "heading", x->columns[i].heading);
		jsonw_string(w, "field", x->columns[i].field);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object(w, "counts");
	jsonw_uint(w, "read", x->rows);
	jsonw_uint(w, "kept", x->kept);
	jsonw_uint(w, "filled", x->filled);
	jsonw_object(w, "left_out");
	for (int i = 0; i < IMPORT_LEFT_COUNT; i++)
		jsonw_uint(w, left_names[i].key, x->left[i]);
	jsonw_object_end(w);
	jsonw_uint(w, "errors", d->errors);
	jsonw_uint(w, "warnings", d->warnings);
	jsonw_uint(w, "omitted", d->errors + d->warnings - d->count);
	jsonw_object_end(w);
}

void
import_print_json(const struct imported *x, enum import_kind kind,
    const char *path, const struct diag *d, struct text *out)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	json_head(&w, x, kind, path, d);
	jsonw_array(&w, "rows");
	for (size_t i = 0; i < x->device_count; i++)
		json_device(&w, &x->devices[i]);
	for (size_t i = 0; i < x->conduit_count; i++)
		json_conduit(&w, &x->conduits[i]);
	for (size_t i = 0; i < x->lease_count; i++)
		json_lease(&w, &x->leases[i]);
	jsonw_array_end(&w);
	import_print_json_faults(&w, x, d);
	jsonw_object_end(&w);
	text_add_char(out, '\n');
}
