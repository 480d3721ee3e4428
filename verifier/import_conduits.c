/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 特定通信台帳: a conduit, or one service of it, a row. A registration says
 * from where, to where and with which service; a row that says one of them in
 * a way that cannot be read is left out whole, since with that element left
 * away it would permit more than is written.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "import_cell.h"

struct end_fields {
	enum grid_field zone, name, address, either;
};

struct conduits {
	struct grid t;
	struct seen_rows *seen;
	struct import_conduit *items; /* owned while reading */
	size_t count, capacity;
};

/* ---- ends */

/* Whether a line holds something like an address: "10.1", "fd00::". */
static bool
looks_like_address(const char *s)
{
	struct text folded = { 0 };
	bool found = false;
	const char *p;

	cell_fold(&folded, s);
	for (p = text_str(&folded); *p != '\0' && !found; p++)
		found = (isdigit((unsigned char)p[0]) && p[1] == '.' &&
			    isdigit((unsigned char)p[2])) ||
		    (p[0] == ':' && p[1] == ':') ||
		    (isxdigit((unsigned char)p[0]) && p[1] == ':' &&
			isxdigit((unsigned char)p[2]));
	text_free(&folded);
	return found;
}

/* A column that holds names, addresses, or both on lines of their own. */
static void
take_either(struct conduits *c, struct grid_line *line, int slot,
    struct import_end *out, bool *any)
{
	struct text address = { 0 }, name = { 0 }, kept = { 0 };
	const char *text = line->text[slot];

	for (const char *p = text; p != NULL && *p != '\0';) {
		size_t n = strcspn(p, "\r\n");
		char *one = mem_strndup(p, n);
		struct text *to = looks_like_address(one) ? &address : &name;

		text_add(to, one);
		text_add_char(to, '\n');
		free(one);
		p += n;
		p += strspn(p, "\r\n");
	}
	if (address.length > 0 || text == NULL)
		(void)import_cell_addresses(&c->t, line, slot,
		    address.length > 0 ? text_str(&address) : NULL,
		    IMPORT_CELL_END, out->ranges, &out->range_count, any);
	if (name.length > 0 && out->name == NULL) {
		if (cell_name(&kept, text_str(&name)) == CELL_FOREIGN)
			grid_fault(&c->t, line, slot, DIAG_WARNING,
			    W_IMPORT_HANGUL, 2, text_str(&name),
			    text_str(&kept));
		if (kept.length > 0)
			out->name = arena_strdup(c->t.out->arena,
			    text_str(&kept));
	}
	text_free(&address);
	text_free(&name);
	text_free(&kept);
}

static void
take_end(struct conduits *c, struct grid_line *line, const struct end_fields *f,
    bool is_from, struct import_end *out)
{
	struct grid *t = &c->t;
	bool any = false;
	int slot, first;

	out->zone = grid_name(t, line, f->zone);
	out->name = grid_name(t, line, f->name);
	first = grid_slot(t, f->address, 0);
	for (slot = first; slot >= 0; slot = grid_slot(t, f->address, slot + 1))
		(void)import_cell_addresses(t, line, slot, line->text[slot],
		    IMPORT_CELL_END, out->ranges, &out->range_count, &any);
	slot = grid_slot(t, f->either, 0);
	if (slot >= 0)
		take_either(c, line, slot, out, &any);
	if (any && (out->zone == NULL || out->range_count > 0))
		grid_fault(t, line, first >= 0 ? first : slot, DIAG_ERROR,
		    out->range_count > 0 ? W_IMPORT_ADDRESS_MIXED :
					   W_IMPORT_ANY_ZONE,
		    1, "any");
	if (!line->faulty && !any && out->zone == NULL && out->name == NULL &&
	    out->range_count == 0)
		grid_fault(t, line, first >= 0 ? first : slot, DIAG_ERROR,
		    is_from ? W_IMPORT_NO_FROM : W_IMPORT_NO_TO, 0);
}

/* Whether both ends have addresses, and no family in common. */
static bool
families_differ(const struct import_end *a, const struct import_end *b)
{
	unsigned of[2] = { 0, 0 };

	for (size_t i = 0; i < a->range_count; i++)
		of[0] |= a->ranges[i].first.family == 4 ? 1 : 2;
	for (size_t i = 0; i < b->range_count; i++)
		of[1] |= b->ranges[i].first.family == 4 ? 1 : 2;
	return of[0] != 0 && of[1] != 0 && (of[0] & of[1]) == 0;
}

/* ---- services */

static void
tell_services(struct conduits *c, struct grid_line *line, int slot,
    enum cell_fault fault, const char *text, const char *bad)
{
	enum word word = W_IMPORT_SERVICE;

	switch (fault) {
	case CELL_NO_PORT:
		word = W_IMPORT_SERVICE_NO_PORT;
		break;
	case CELL_NOTHING:
		word = W_IMPORT_SERVICE_NONE;
		break;
	case CELL_CONFLICT:
		word = W_IMPORT_SERVICE_CONFLICT;
		break;
	case CELL_REVERSE:
		word = W_IMPORT_SERVICE_REVERSE;
		break;
	case CELL_MANY:
		word = W_IMPORT_SERVICE_MANY;
		break;
	case CELL_BITS:
		word = W_IMPORT_SERVICE_ANY;
		break;
	default:
		break;
	}
	grid_fault(&c->t, line, slot, DIAG_ERROR, word, 2,
	    strlen(text) < CELL_WORD_MAX || bad[0] == '\0' ? text : bad, "16");
}

static void
take_services(struct conduits *c, struct grid_line *line,
    struct import_conduit *out)
{
	struct cell_service read[IMPORT_RANGES_MAX];
	int protocol, port, service;
	const char *words = grid_text(&c->t, line, FIELD_PROTOCOL, &protocol);
	const char *ports = grid_text(&c->t, line, FIELD_PORT, &port);
	const char *other = grid_text(&c->t, line, FIELD_SERVICE, &service);
	const char *application = NULL;
	char bad[CELL_WORD_MAX];
	enum cell_fault fault;

	if (port < 0) {
		ports = other;
		port = service;
		other = NULL;
	}
	fault = cell_services(words, ports, read, IMPORT_RANGES_MAX,
	    &out->service_count, &application, bad);
	if (port < 0)
		port = protocol;
	if (fault == CELL_NO_PROTOCOL)
		grid_fault(&c->t, line, port, DIAG_WARNING,
		    W_IMPORT_SERVICE_NO_PROTOCOL, 1, ports);
	else if (fault != CELL_OK)
		tell_services(c, line, port, fault,
		    ports     ? ports :
			words ? words :
				"",
		    bad);
	for (size_t i = 0; i < out->service_count; i++) {
		out->services[i].protocol = read[i].protocol;
		out->services[i].ports = read[i].ports;
	}
	out->application = grid_name(&c->t, line, FIELD_APPLICATION);
	if (out->application == NULL && other != NULL)
		out->application = grid_name(&c->t, line, FIELD_SERVICE);
	if (out->application == NULL)
		out->application = application;
}

/* ---- rows */

static void
take_direction(struct conduits *c, struct grid_line *line,
    struct import_conduit *out)
{
	enum cell_way way = CELL_ONE_WAY;
	const char *text;
	int slot;

	text = grid_text(&c->t, line, FIELD_DIRECTION, &slot);
	if (text == NULL)
		return;
	if (cell_direction(text, &way) == CELL_BAD)
		grid_fault(&c->t, line, slot, DIAG_ERROR, W_IMPORT_DIRECTION, 1,
		    text);
	else if (way == CELL_BACKWARDS)
		grid_fault(&c->t, line, slot, DIAG_ERROR, W_IMPORT_BACKWARDS, 1,
		    text);
	out->both = way == CELL_BOTH_WAYS;
}

/* The end; year 0 where there is none, which is told when it is written. */
static struct day
take_expiry(struct conduits *c, struct grid_line *line)
{
	static const char *const endless[] = { "永年", "永久", "無期限",
		"期限なし", "期限無し", "無期", "恒久" };
	const struct day none = { 0, 0, 0 };
	struct text key = { 0 };
	bool found = false;
	const char *text;
	int slot;

	text = grid_text(&c->t, line, FIELD_EXPIRES, &slot);
	if (text == NULL)
		return none;
	cell_key(&key, text);
	for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++)
		found |= strcmp(text_str(&key), endless[i]) == 0;
	text_free(&key);
	if (!found)
		return grid_day(&c->t, line, FIELD_EXPIRES);
	grid_fault(&c->t, line, slot, DIAG_WARNING, W_IMPORT_DAY_ENDLESS, 1,
	    text);
	return none;
}

static void
take_dates(struct conduits *c, struct grid_line *line,
    struct import_conduit *out)
{
	char starts[16], expires[16];

	out->approved_on = grid_day(&c->t, line, FIELD_APPROVED_ON);
	out->starts = grid_day(&c->t, line, FIELD_STARTS);
	out->expires = take_expiry(c, line);
	if (out->starts.year && out->expires.year &&
	    day_compare(out->expires, out->starts) < 0)
		grid_fault(&c->t, line, grid_slot(&c->t, FIELD_EXPIRES, 0),
		    DIAG_ERROR, W_IMPORT_DAY_ORDER, 2,
		    day_format(out->expires, expires, sizeof(expires)),
		    day_format(out->starts, starts, sizeof(starts)));
}

static void
take_row(struct conduits *c, struct grid_line *line)
{
	static const struct end_fields from = { FIELD_FROM_ZONE,
		FIELD_FROM_NAME, FIELD_FROM_ADDRESS, FIELD_FROM };
	static const struct end_fields to = { FIELD_TO_ZONE, FIELD_TO_NAME,
		FIELD_TO_ADDRESS, FIELD_TO };
	struct import_conduit k;
	struct grid *t = &c->t;

	memset(&k, 0, sizeof(k));
	k.place.row = line->row;
	k.number = grid_name(t, line, FIELD_NUMBER);
	k.name = grid_name(t, line, FIELD_NAME);
	k.owner = grid_name(t, line, FIELD_DIVISION);
	k.basis = grid_name(t, line, FIELD_BASIS);
	take_end(c, line, &from, true, &k.from);
	take_end(c, line, &to, false, &k.to);
	if (families_differ(&k.from, &k.to))
		grid_fault(t, line, -1, DIAG_ERROR, W_IMPORT_END_FAMILIES, 0);
	take_direction(c, line, &k);
	take_services(c, line, &k);
	k.applicant = grid_name(t, line, FIELD_APPLICANT);
	k.approver = grid_name(t, line, FIELD_APPROVER);
	k.approval_number = grid_name(t, line, FIELD_APPROVAL_NUMBER);
	take_dates(c, line, &k);
	k.note = grid_name(t, line, FIELD_NOTE);
	if (!line->faulty && import_cell_seen(c->seen, t, line))
		return;
	grid_settle(t, line);
	if (line->faulty)
		return;
	c->items = mem_grow(c->items, &c->capacity, c->count,
	    sizeof(*c->items));
	c->items[c->count++] = k;
}

static bool
read_all(struct conduits *c, bool opened, struct imported *out)
{
	struct grid_line line;

	if (opened) {
		c->seen = import_cell_seen_new(c->t.sheet->count);
		while (grid_next(&c->t, &line))
			take_row(c, &line);
		import_cell_seen_free(c->seen);
		out->conduits = arena_copy(out->arena, c->items, c->count,
		    sizeof(*c->items));
		out->conduit_count = c->count;
	}
	free(c->items);
	grid_close(&c->t);
	free(c);
	return opened;
}

bool
import_conduits(const char *path, const struct import_options *o,
    struct imported *out, struct diag *d)
{
	struct conduits *c = mem_calloc(1, sizeof(*c));

	memset(out, 0, sizeof(*out));
	return read_all(c, grid_open(&c->t, path, o, &grid_conduits, out, d),
	    out);
}

bool
import_conduits_bytes(const char *shown, const char *bytes, size_t length,
    const struct import_options *o, struct imported *out, struct diag *d)
{
	struct conduits *c = mem_calloc(1, sizeof(*c));

	memset(out, 0, sizeof(*out));
	return read_all(c,
	    grid_open_bytes(&c->t, shown, bytes, length, o, &grid_conduits, out,
		d),
	    out);
}
