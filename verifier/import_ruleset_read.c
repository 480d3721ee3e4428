/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables: which one a row of headings begins, and the rows below it. The
 * columns are known by the names of the CLI and of the GUI.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "import_ruleset_internal.h"

static const struct {
	enum forti_field field;
	const char *names[8];
} columns[] = {
	{ FORTI_ID, { "policyid", "id", "policy id", "ポリシーid" } },
	{ FORTI_NAME, { "name", "policy", "policy name", "名前" } },
	{ FORTI_FROM, { "srcintf", "from", "incoming interface", "送信元if" } },
	{ FORTI_TO, { "dstintf", "to", "outgoing interface", "宛先if" } },
	{ FORTI_SOURCE, { "srcaddr", "source", "送信元" } },
	{ FORTI_DESTINATION, { "dstaddr", "destination", "宛先" } },
	{ FORTI_SOURCE6, { "srcaddr6" } },
	{ FORTI_DESTINATION6, { "dstaddr6" } },
	{ FORTI_NOT_SOURCE, { "srcaddr-negate" } },
	{ FORTI_NOT_DESTINATION, { "dstaddr-negate" } },
	{ FORTI_NOT_SERVICE, { "service-negate" } },
	{ FORTI_SCHEDULE, { "schedule", "スケジュール" } },
	{ FORTI_SERVICE, { "service", "services", "サービス" } },
	{ FORTI_ACTION, { "action", "アクション" } },
	{ FORTI_NAT, { "nat" } },
	{ FORTI_STATUS, { "status", "ステータス" } },
	{ FORTI_COMMENT, { "comments", "comment", "コメント" } },
	{ FORTI_LOG, { "logtraffic", "log", "ログ" } },
	{ FORTI_WHO, { "groups", "users", "fsso-groups" } },
	{ FORTI_INTERNET,
	    { "internet-service", "internet-service-name",
		"internet-service-src", "internet-service-src-name" } },
	{ FORTI_MATCH_VIP, { "match-vip" } },
	{ FORTI_TYPE, { "type", "タイプ" } },
	{ FORTI_SUBNET,
	    { "subnet", "details", "ip/netmask", "address", "ip",
		"ip range" } },
	{ FORTI_FIRST, { "start-ip", "start ip" } },
	{ FORTI_LAST, { "end-ip", "end ip" } },
	{ FORTI_FQDN,
	    { "fqdn", "wildcard-fqdn", "country", "wildcard", "sdn" } },
	{ FORTI_IP6, { "ip6" } },
	{ FORTI_MEMBER, { "member", "members", "メンバー" } },
	{ FORTI_EXTERNAL, { "extip", "external ip" } },
	{ FORTI_MAPPED, { "mappedip", "mapped ip" } },
	{ FORTI_FORWARD, { "portforward", "port forward", "port forwarding" } },
	{ FORTI_PROTOCOL, { "protocol" } },
	{ FORTI_EXTERNAL_PORT, { "extport", "external port" } },
	{ FORTI_MAPPED_PORT, { "mappedport", "mapped port" } },
	{ FORTI_TCP, { "tcp-portrange", "tcp port range" } },
	{ FORTI_UDP, { "udp-portrange", "udp port range" } },
	{ FORTI_SCTP, { "sctp-portrange", "sctp port range" } },
	{ FORTI_ICMP_TYPE, { "icmptype", "icmp type" } },
	{ FORTI_ICMP_CODE, { "icmpcode", "icmp code" } },
	{ FORTI_NUMBER, { "protocol-number", "protocol number" } },
};

void
forti_fault(struct forti *f, struct diag_place place,
    enum diag_severity severity, enum word word, const char *v0, const char *v1)
{
	struct text quoted[2] = { { 0 }, { 0 } }, sentence = { 0 };

	text_quote(&quoted[0], v0 != NULL ? v0 : "");
	text_quote(&quoted[1], v1 != NULL ? v1 : "");
	words_add(&sentence, f->d->lang, word, 2, text_str(&quoted[0]),
	    text_str(&quoted[1]));
	diag_add(f->d, place, severity, NULL,
	    severity == DIAG_ERROR ? NULL : "low", NULL, text_str(&sentence));
	text_free(&quoted[0]);
	text_free(&quoted[1]);
	text_free(&sentence);
}

/* ---- cells */

bool
forti_is(const char *cell, const char *word)
{
	return cell != NULL && strcasecmp(cell, word) == 0;
}

bool
forti_yes(const char *cell)
{
	return forti_is(cell, "enable") || forti_is(cell, "enabled") ||
	    forti_is(cell, "yes") || forti_is(cell, "on") ||
	    forti_is(cell, "true") || forti_is(cell, "有効");
}

bool
forti_no(const char *cell)
{
	return forti_is(cell, "disable") || forti_is(cell, "disabled") ||
	    forti_is(cell, "no") || forti_is(cell, "none") ||
	    forti_is(cell, "off") || forti_is(cell, "false") ||
	    forti_is(cell, "無効");
}

bool
forti_is_action(const char *cell)
{
	return forti_is(cell, "accept") || forti_is(cell, "許可") ||
	    forti_is(cell, "deny") || forti_is(cell, "拒否");
}

void
forti_list_add(struct forti_list *l, const char *item)
{
	l->items = mem_grow(l->items, &l->capacity, l->count,
	    sizeof(*l->items));
	l->items[l->count++] = item;
}

static void
add_trimmed(struct forti *f, const char *begin, const char *end,
    struct forti_list *out)
{
	while (begin < end && isspace((unsigned char)*begin))
		begin++;
	while (end > begin && isspace((unsigned char)end[-1]))
		end--;
	if (end > begin)
		forti_list_add(out,
		    arena_strndup(f->arena, begin, (size_t)(end - begin)));
}

void
forti_split(struct forti *f, const char *cell, struct forti_list *out)
{
	bool quoted = cell != NULL && strchr(cell, '"') != NULL;
	const char *p = cell;

	while (p != NULL && *p != '\0') {
		const char *begin = p;

		if (quoted && *p == '"') {
			begin = ++p;
			p += strcspn(p, "\"");
			add_trimmed(f, begin, p, out);
			p += *p == '"';
			continue;
		}
		p += strcspn(p, quoted ? " \t\r\n;,\"" : "\r\n;,");
		add_trimmed(f, begin, p, out);
		if (*p != '\0' && *p != '"')
			p++;
	}
}

/* ---- headings */

static int
find_field(const char *text)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		for (size_t j = 0; j < 8 && columns[i].names[j] != NULL; j++)
			if (strcasecmp(columns[i].names[j], text) == 0)
				return (int)columns[i].field;
	return -1;
}

/* The table that these headings begin. */
static enum forti_kind
kind_of(const bool *has)
{
	if (has[FORTI_SOURCE] && has[FORTI_DESTINATION] && has[FORTI_SERVICE] &&
	    has[FORTI_ACTION])
		return FORTI_POLICY;
	if (has[FORTI_EXTERNAL] && has[FORTI_MAPPED])
		return FORTI_VIP;
	if (!has[FORTI_NAME])
		return FORTI_NOTHING;
	if (has[FORTI_TCP] || has[FORTI_UDP] || has[FORTI_NUMBER] ||
	    has[FORTI_ICMP_TYPE])
		return FORTI_CUSTOM;
	if (has[FORTI_SUBNET] || has[FORTI_FIRST] || has[FORTI_FQDN] ||
	    has[FORTI_IP6])
		return FORTI_ADDRESS;
	return has[FORTI_MEMBER] ? FORTI_GROUP : FORTI_NOTHING;
}

struct table_state {
	enum forti_kind kind;
	int fields[SHEET_COLUMNS_MAX + 1]; /* by column, or -1 */
	bool has6;
	bool lost; /* a row that no table takes was told */
};

static bool
read_headings(struct forti *f, const struct sheet_row *row,
    struct table_state *t)
{
	bool has[FORTI_FIELDS] = { false };
	enum forti_kind kind;

	for (uint32_t i = 0; i < row->count; i++) {
		int field = find_field(row->cells[i].text);

		if (field >= 0)
			has[field] = true;
	}
	kind = kind_of(has);
	if (kind == FORTI_NOTHING)
		return false;
	t->kind = kind;
	t->has6 = has[FORTI_SOURCE6] || has[FORTI_DESTINATION6];
	for (size_t i = 0; i <= SHEET_COLUMNS_MAX; i++)
		t->fields[i] = -1;
	for (uint32_t i = 0; i < row->count; i++) {
		int field = find_field(row->cells[i].text);

		t->fields[row->cells[i].column] = field;
		if (field >= 0 || kind != FORTI_POLICY)
			continue;
		text_add(&f->out->unread, f->out->unread.length ? ", " : "");
		text_quote(&f->out->unread, row->cells[i].text);
	}
	return true;
}

/* ---- headings of no table */

/* How many columns the words of a row would be of. */
static size_t
known_headings(const struct sheet_row *row, bool *policies)
{
	bool has[FORTI_FIELDS] = { false };
	size_t n = 0, said = 0;

	for (uint32_t i = 0; i < row->count; i++) {
		int field = find_field(row->cells[i].text);

		if (field < 0 || has[field])
			continue;
		has[field] = true;
		n++;
		said += field >= FORTI_FROM && field <= FORTI_NAT;
	}
	*policies = said >= 2;
	return n;
}

static bool
has_digit(const struct sheet_row *row)
{
	for (uint32_t i = 0; i < row->count; i++)
		if (row->cells[i]
			.text[strcspn(row->cells[i].text, "0123456789")] !=
		    '\0')
			return true;
	return false;
}

/* A policy that says what it does is one, whatever else it is called. */
static bool
is_policy(const struct sheet_row *row, const struct table_state *t)
{
	for (uint32_t i = 0; i < row->count; i++)
		if (t->kind == FORTI_POLICY &&
		    t->fields[row->cells[i].column] == FORTI_ACTION &&
		    forti_is_action(row->cells[i].text))
			return true;
	return false;
}

/*
 * Headings that make no table would be read as a row of the table above, and
 * what is below them too: two words of headings, or one behind an empty row;
 * there also words alone, where rows have numbers (groups have none).
 */
static bool
looks_like_headings(const struct sheet_row *row, const struct table_state *t,
    bool apart, bool *policies)
{
	size_t known = known_headings(row, policies);

	if (is_policy(row, t))
		return false;
	if (known >= 2 || (apart && known > 0))
		return true;
	return apart && !has_digit(row) && t->kind != FORTI_POLICY &&
	    t->kind != FORTI_GROUP && t->kind != FORTI_NOTHING;
}

static bool
refuse_headings(struct forti *f, const struct sheet_row *row,
    struct table_state *t, bool apart, struct diag_place place)
{
	struct text all = { 0 };
	bool policies;

	if (!looks_like_headings(row, t, apart, &policies))
		return false;
	for (uint32_t i = 0; i < row->count; i++)
		text_printf(&all, "%s%s", i > 0 ? ", " : "",
		    row->cells[i].text);
	/* Names without a definition become unknown; a policy would be lost. */
	forti_fault(f, place, policies ? DIAG_ERROR : DIAG_WARNING,
	    W_FORTI_HEADINGS, text_str(&all), NULL);
	text_free(&all);
	t->kind = FORTI_NOTHING;
	t->lost = true;
	return true;
}

/* ---- rows */

static void
count_row(struct forti *f, enum forti_kind kind)
{
	switch (kind) {
	case FORTI_ADDRESS:
		f->out->addresses++;
		break;
	case FORTI_CUSTOM:
		f->out->services++;
		break;
	case FORTI_VIP:
		f->out->vips++;
		break;
	case FORTI_GROUP:
		f->out->groups++;
		break;
	default:
		f->out->policies++;
		break;
	}
}

static struct forti_row *
add_row(struct forti *f, enum forti_kind kind)
{
	if (kind == FORTI_POLICY) {
		if (f->policy_count == FORTI_POLICIES_MAX)
			return NULL;
		f->policies = mem_grow(f->policies, &f->policy_capacity,
		    f->policy_count, sizeof(*f->policies));
		return &f->policies[f->policy_count++];
	}
	if (f->object_count == FORTI_OBJECTS_MAX)
		return NULL;
	f->objects = mem_grow(f->objects, &f->object_capacity, f->object_count,
	    sizeof(*f->objects));
	return &f->objects[f->object_count++];
}

static void
read_row(struct forti *f, const struct sheet_row *from,
    const struct table_state *t, struct diag_place place)
{
	struct forti_row *row = add_row(f, t->kind);

	if (row == NULL) {
		if (!f->full)
			forti_fault(f, place, DIAG_ERROR, W_FORTI_LARGE, NULL,
			    NULL);
		f->full = true;
		return;
	}
	memset(row, 0, sizeof(*row));
	row->kind = t->kind;
	row->place = place;
	row->has6 = t->has6;
	for (uint32_t i = 0; i < from->count; i++) {
		const struct sheet_cell *cell = &from->cells[i];
		int field = t->fields[cell->column];
		const char *had = field >= 0 ? row->cells[field] : NULL;
		struct text both = { 0 };

		if (field < 0)
			continue;
		if (had == NULL) { /* the arena's: it outlives the book */
			row->cells[field] = cell->text;
			continue;
		}
		text_printf(&both, "%s\n%s", had, cell->text);
		row->cells[field] = arena_strdup(f->arena, text_str(&both));
		text_free(&both);
	}
	count_row(f, t->kind);
}

/* A title above a table, or a divider between policies: one cell. */
static bool
is_title(const struct sheet_row *row)
{
	return row->count <= 1 ||
	    strncasecmp(row->cells[0].text, "config ", 7) == 0 ||
	    row->cells[0].text[0] == '#' || row->cells[0].text[0] == '[';
}

void
forti_read_sheet(struct forti *f, const struct sheet *s, const char *file)
{
	struct table_state t = { .kind = FORTI_NOTHING };
	uint32_t last = 0; /* row that was not empty */

	for (size_t i = 0; i < s->count && !f->full; i++) {
		const struct sheet_row *row = &s->rows[i];
		struct diag_place place = { file, row->number, 0 };
		bool apart = row->number > last + 1;

		if (row->broken || row->count == 0)
			continue; /* told by who read it */
		last = row->number;
		if (read_headings(f, row, &t) || is_title(row) ||
		    refuse_headings(f, row, &t, apart, place))
			continue;
		if (t.kind != FORTI_NOTHING)
			read_row(f, row, &t, place);
		else if (!t.lost)
			forti_fault(f, place, DIAG_WARNING, W_FORTI_ROW,
			    row->cells[0].text, NULL);
		t.lost |= t.kind == FORTI_NOTHING;
	}
}
