/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the names in policies mean: addresses, groups, services. A name is
 * looked up once; what it cannot be resolved to is kept in words, so that the
 * rule says so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/mem.h"
#include "import_ruleset_internal.h"

/* ---- values as sekisho-ruleset/1 writes them */

/* The length of a mask such as 255.255.0.0, or -1. */
static int
mask_length(const char *text)
{
	struct addr a;
	uint32_t bits;
	int length = 0;

	if (!addr_parse(text, &a) || a.family != 4)
		return -1;
	bits = (uint32_t)a.bytes[0] << 24 | (uint32_t)a.bytes[1] << 16 |
	    (uint32_t)a.bytes[2] << 8 | a.bytes[3];
	while (length < 32 && bits & UINT32_C(0x80000000)) {
		bits <<= 1;
		length++;
	}
	return bits == 0 ? length : -1;
}

/* "10.1.0.0 255.255.0.0", "10.1.0.0/255.255.0.0", "10.1.0.0/16", "10.1.0.5",
 * "10.1.0.5-10.1.0.9": without the bits that a mask hides. */
static bool
address_value(const char *text, char *out, size_t size)
{
	char copy[128], buf[PREFIX_TEXT_MAX];
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX], *cut;
	struct addr first, last;
	struct prefix p;
	int length;

	if (strlen(text) >= sizeof(copy))
		return false;
	memcpy(copy, text, strlen(text) + 1);
	cut = copy + strcspn(copy, " /-");
	if (strncmp(cut, " - ", 3) == 0) { /* "10.1.0.5 - 10.1.0.9" */
		*cut = '-';
		memmove(cut + 1, cut + 3, strlen(cut + 3) + 1);
	}
	if (*cut == ' ' || *cut == '/') {
		length = mask_length(cut + 1);
		*cut = length >= 0 ? '\0' : *cut;
		if (length >= 0)
			(void)snprintf(copy + strlen(copy),
			    sizeof(copy) - strlen(copy), "/%d", length);
	} else if (*cut == '-') {
		*cut = '\0';
		if (!addr_parse(copy, &first) || !addr_parse(cut + 1, &last) ||
		    first.family != last.family ||
		    addr_compare(&first, &last) > 0)
			return false;
		(void)snprintf(out, size, "%s-%s", addr_format(&first, a),
		    addr_format(&last, b));
		return true;
	}
	if (prefix_parse(copy, &p) == PREFIX_BAD)
		return false;
	(void)snprintf(out, size, "%s",
	    p.length == addr_bits(&p.addr) ? addr_format(&p.addr, a) :
					     prefix_format(&p, buf));
	return true;
}

/* "443" or "8000-8080"; NULL, or what follows. */
static const char *
skip_ports(const char *p)
{
	unsigned long first, last;
	char *end;

	if (*p < '0' || *p > '9')
		return NULL;
	first = last = strtoul(p, &end, 10);
	if (*end == '-') {
		if (end[1] < '0' || end[1] > '9')
			return NULL;
		last = strtoul(end + 1, &end, 10);
	}
	return first <= last && last <= UINT16_MAX ? end : NULL;
}

/* Ports, and behind a colon those of the source: "tcp/443:1024-65535". */
static bool
port_value(const char *text, const char *protocol, char *out, size_t size)
{
	const char *p = skip_ports(text);

	if (p != NULL && *p == ':')
		p = skip_ports(p + 1);
	if (p == NULL || *p != '\0' || strlen(text) > 23)
		return false;
	(void)snprintf(out, size, "%s/%s", protocol, text);
	return true;
}

static void
add_value(struct forti *f, struct forti_meaning *m, const char *value)
{
	if (m->values.count < FORTI_VALUES_MAX)
		forti_list_add(&m->values, arena_strdup(f->arena, value));
	else if (m->unknown.count < FORTI_VALUES_MAX)
		forti_list_add(&m->unknown, "more values than are read");
}

/* "address FOO (www.example.jp)" */
static void
add_unknown(struct forti *f, struct forti_meaning *m, enum forti_space space,
    const char *name, const char *why)
{
	struct text t = { 0 };

	if (m->unknown.count >= FORTI_VALUES_MAX)
		return;
	text_add(&t, space == SPACE_ADDRESS ? "address " : "service ");
	text_quote(&t, name);
	if (why != NULL) {
		text_add(&t, " (");
		text_quote(&t, why);
		text_add_char(&t, ')');
	}
	forti_list_add(&m->unknown, arena_strdup(f->arena, text_str(&t)));
	text_free(&t);
}

/* ---- objects */

/* A definition that says nothing an address or port can be made of. */
static void
cannot(struct forti *f, const struct forti_row *row, enum forti_space space,
    const char *why, struct forti_meaning *m)
{
	add_unknown(f, m, space, row->cells[FORTI_NAME], why);
	f->out->unresolved++;
	forti_fault(f, row->place, DIAG_WARNING, W_FORTI_UNREADABLE,
	    row->cells[FORTI_NAME], why);
}

static void
mean_address(struct forti *f, const struct forti_row *row,
    struct forti_meaning *m)
{
	const char *const *c = row->cells;
	struct text range = { 0 };
	char value[128];
	bool found = false;

	if (c[FORTI_FIRST] != NULL && c[FORTI_LAST] != NULL) {
		text_printf(&range, "%s-%s", c[FORTI_FIRST], c[FORTI_LAST]);
		found = address_value(text_str(&range), value, sizeof(value));
		text_free(&range);
	} else if (c[FORTI_SUBNET] != NULL && c[FORTI_FQDN] == NULL) {
		found = address_value(c[FORTI_SUBNET], value, sizeof(value));
	}
	if (found)
		add_value(f, m, value);
	if (c[FORTI_IP6] != NULL &&
	    address_value(c[FORTI_IP6], value, sizeof(value))) {
		add_value(f, m, value);
		found = true;
	}
	if (!found)
		cannot(f, row, SPACE_ADDRESS,
		    c[FORTI_FQDN]	? c[FORTI_FQDN] :
			c[FORTI_SUBNET] ? c[FORTI_SUBNET] :
					  c[FORTI_TYPE],
		    m);
}

static bool
mean_ports(struct forti *f, const char *cell, const char *protocol,
    struct forti_meaning *m)
{
	char copy[2048], value[64], *save = NULL;
	bool fine = true;

	if (cell == NULL || strcmp(cell, "0") == 0)
		return true;
	if (strlen(cell) >= sizeof(copy))
		return false;
	memcpy(copy, cell, strlen(cell) + 1);
	for (char *p = strtok_r(copy, " ,;\t\r\n", &save); p != NULL;
	     p = strtok_r(NULL, " ,;\t\r\n", &save)) {
		fine = fine && strlen(p) < 40 &&
		    port_value(p, protocol, value, sizeof(value));
		if (fine)
			add_value(f, m, value);
	}
	return fine;
}

static bool
small_number(const char *cell, char out[8])
{
	char *end;
	unsigned long v;

	if (cell == NULL || *cell < '0' || *cell > '9')
		return false;
	v = strtoul(cell, &end, 10);
	if (*end != '\0' || v > UINT8_MAX)
		return false;
	(void)snprintf(out, 8, "%lu", v);
	return true;
}

static void
mean_icmp(struct forti *f, const struct forti_row *row, const char *protocol,
    struct forti_meaning *m)
{
	char type[8], code[8], value[32];

	if (row->cells[FORTI_ICMP_TYPE] == NULL) {
		add_value(f, m, protocol);
		return;
	}
	if (!small_number(row->cells[FORTI_ICMP_TYPE], type)) {
		cannot(f, row, SPACE_SERVICE, row->cells[FORTI_ICMP_TYPE], m);
		return;
	}
	if (small_number(row->cells[FORTI_ICMP_CODE], code))
		(void)snprintf(value, sizeof(value), "%s/%s/%s", protocol, type,
		    code);
	else
		(void)snprintf(value, sizeof(value), "%s/%s", protocol, type);
	add_value(f, m, value);
}

static void
mean_service(struct forti *f, const struct forti_row *row,
    struct forti_meaning *m)
{
	const char *const *c = row->cells;
	const char *protocol = c[FORTI_PROTOCOL];
	size_t before = m->values.count;
	char number[8];

	if (forti_is(protocol, "ICMP") || forti_is(protocol, "ICMP6")) {
		mean_icmp(f, row,
		    forti_is(protocol, "ICMP") ? "icmp" : "icmpv6", m);
		return;
	}
	if (forti_is(protocol, "ALL")) {
		m->any = true;
		return;
	}
	if (c[FORTI_TCP] == NULL && c[FORTI_UDP] == NULL &&
	    c[FORTI_SCTP] == NULL && small_number(c[FORTI_NUMBER], number)) {
		/* IP protocol 0 is every one. */
		m->any |= strcmp(number, "0") == 0;
		add_value(f, m, strcmp(number, "0") == 0 ? "any" : number);
		return;
	}
	if (!mean_ports(f, c[FORTI_TCP], "tcp", m) ||
	    !mean_ports(f, c[FORTI_UDP], "udp", m) ||
	    !mean_ports(f, c[FORTI_SCTP], "sctp", m) ||
	    m->values.count == before)
		cannot(f, row, SPACE_SERVICE, protocol, m);
}

static void
join(struct forti *f, struct forti_meaning *m, const struct forti_meaning *in)
{
	m->any |= in->any;
	for (size_t i = 0; i < in->values.count; i++)
		add_value(f, m, in->values.items[i]);
	for (size_t i = 0;
	     i < in->unknown.count && m->unknown.count < FORTI_VALUES_MAX; i++)
		forti_list_add(&m->unknown, in->unknown.items[i]);
	for (size_t i = 0; i < in->vip_count && m->vip_count < FORTI_VALUES_MAX;
	     i++) {
		m->vips = mem_grow(m->vips, &m->vip_capacity, m->vip_count,
		    sizeof(struct forti_row *));
		m->vips[m->vip_count++] = in->vips[i];
	}
}

static void
mean_group(struct forti *f, enum forti_space space, const char *members,
    struct diag_place place, struct forti_meaning *m)
{
	struct forti_list names = { 0 };

	forti_split(f, members, &names);
	for (size_t i = 0; i < names.count; i++)
		join(f, m, forti_meaning(f, space, names.items[i], place));
	free(names.items);
}

/* ---- names */

static bool
is_of_space(const struct forti_row *row, enum forti_space space)
{
	if (row->kind == FORTI_CUSTOM)
		return space == SPACE_SERVICE;
	return row->kind == FORTI_GROUP || space == SPACE_ADDRESS;
}

/* The first object of each name. */
static void
index_objects(struct forti *f)
{
	for (int space = 0; space < 2; space++)
		f->names[space] = ruleset_index_new();
	for (size_t i = 0; i < f->object_count; i++) {
		const struct forti_row *row = &f->objects[i];
		const char *name = row->cells[FORTI_NAME];

		for (int space = 0; space < 2 && name != NULL; space++) {
			if (!is_of_space(row, (enum forti_space)space) ||
			    ruleset_index_find(f->names[space], name,
				strlen(name)) != RULESET_INDEX_NONE)
				continue;
			ruleset_index_add(f->names[space], name, strlen(name),
			    (uint32_t)i);
		}
	}
}

/* Whether a group holds members of that space: its first one is known there,
 * or not known in the other. */
static bool
is_group_of(struct forti *f, const struct forti_row *row,
    enum forti_space space)
{
	struct forti_list names = { 0 };
	bool here = false, there = false;

	forti_split(f, row->cells[FORTI_MEMBER], &names);
	for (size_t i = 0; i < names.count && !here && !there; i++) {
		const char *n = names.items[i];

		for (int s = 0; s < 2; s++) {
			uint32_t found = ruleset_index_find(f->names[s], n,
			    strlen(n));
			bool known = (found != RULESET_INDEX_NONE &&
					 f->objects[found].kind !=
					     FORTI_GROUP) ||
			    (s == SPACE_SERVICE && forti_service(n) != NULL);

			here |= known && s == (int)space;
			there |= known && s != (int)space;
		}
	}
	free(names.items);
	return here || !there;
}

static const struct forti_row *
find_object(struct forti *f, enum forti_space space, const char *name)
{
	uint32_t found;

	if (f->names[0] == NULL)
		index_objects(f);
	found = ruleset_index_find(f->names[space], name, strlen(name));
	if (found == RULESET_INDEX_NONE)
		return NULL;
	if (f->objects[found].kind != FORTI_GROUP ||
	    is_group_of(f, &f->objects[found], space))
		return &f->objects[found];
	for (size_t i = 0; i < f->object_count; i++) /* seldom */
		if (forti_is(f->objects[i].cells[FORTI_NAME], name) &&
		    is_of_space(&f->objects[i], space) &&
		    (f->objects[i].kind != FORTI_GROUP ||
			is_group_of(f, &f->objects[i], space)))
			return &f->objects[i];
	return NULL;
}

static void
mean_object(struct forti *f, const struct forti_row *row,
    enum forti_space space, struct forti_meaning *m)
{
	switch (row->kind) {
	case FORTI_ADDRESS:
		mean_address(f, row, m);
		break;
	case FORTI_CUSTOM:
		mean_service(f, row, m);
		break;
	case FORTI_VIP:
		m->vips = mem_grow(m->vips, &m->vip_capacity, m->vip_count,
		    sizeof(struct forti_row *));
		m->vips[m->vip_count++] = row;
		break;
	default:
		mean_group(f, space, row->cells[FORTI_MEMBER], row->place, m);
		break;
	}
}

static void
mean_known(struct forti *f, const char *services, struct diag_place place,
    struct forti_meaning *m)
{
	char copy[128], *save = NULL;

	if (*services == '=') {
		mean_group(f, SPACE_SERVICE, services + 1, place, m);
		return;
	}
	m->any = strcmp(services, "any") == 0;
	(void)snprintf(copy, sizeof(copy), "%s", services);
	for (char *p = strtok_r(copy, " ", &save); p != NULL;
	     p = strtok_r(NULL, " ", &save))
		add_value(f, m, p);
}

static void
mean(struct forti *f, enum forti_space space, const char *name,
    struct diag_place place, struct forti_meaning *m)
{
	const struct forti_row *row = find_object(f, space, name);
	const char *services;
	char value[128];

	if (row != NULL) {
		mean_object(f, row, space, m);
		return;
	}
	services = space == SPACE_SERVICE ? forti_service(name) : NULL;
	if (services != NULL) {
		mean_known(f, services, place, m);
	} else if (space == SPACE_ADDRESS &&
	    (forti_is(name, "all") || forti_is(name, "any"))) {
		m->any = true;
	} else if (space == SPACE_ADDRESS &&
	    address_value(name, value, sizeof(value))) {
		add_value(f, m, value);
	} else {
		add_unknown(f, m, space, name, NULL);
		f->out->unresolved++;
		forti_fault(f, place, DIAG_WARNING,
		    space == SPACE_ADDRESS ? W_FORTI_NO_ADDRESS :
					     W_FORTI_NO_SERVICE,
		    name, NULL);
	}
}

bool
forti_known(struct forti *f, enum forti_space space, const char *name)
{
	char value[128];

	if (find_object(f, space, name) != NULL)
		return true;
	return space == SPACE_SERVICE ?
	    forti_service(name) != NULL :
	    forti_is(name, "all") || address_value(name, value, sizeof(value));
}

struct forti_meaning *
forti_meaning(struct forti *f, enum forti_space space, const char *name,
    struct diag_place place)
{
	struct forti_meaning *m;
	uint32_t found;

	if (f->meant[space] == NULL)
		f->meant[space] = ruleset_index_new();
	found = ruleset_index_find(f->meant[space], name, strlen(name));
	if (found != RULESET_INDEX_NONE) {
		m = f->meanings[found];
		if (m->state == MEANING_OPEN) { /* it holds itself */
			add_unknown(f, m, space, name, NULL);
			forti_fault(f, place, DIAG_WARNING, W_FORTI_CIRCLE,
			    name, NULL);
		}
		return m->state == MEANING_OPEN ? f->meanings[0] : m;
	}
	if (f->meaning_count == 0) { /* the first one is of nothing */
		f->meanings = mem_grow(f->meanings, &f->meaning_capacity, 0,
		    sizeof(struct forti_meaning *));
		f->meanings[f->meaning_count++] = mem_calloc(1, sizeof(*m));
	}
	m = mem_calloc(1, sizeof(*m));
	f->meanings = mem_grow(f->meanings, &f->meaning_capacity,
	    f->meaning_count, sizeof(struct forti_meaning *));
	f->meanings[f->meaning_count] = m;
	ruleset_index_add(f->meant[space], name, strlen(name),
	    (uint32_t)f->meaning_count++);
	m->state = MEANING_OPEN;
	m->name = arena_strdup(f->arena, name);
	m->space = (int)space;
	if (f->depth < FORTI_DEPTH_MAX) {
		f->depth++;
		mean(f, space, name, place, m);
		f->depth--;
	} else {
		add_unknown(f, m, space, name, NULL);
		forti_fault(f, place, DIAG_WARNING, W_FORTI_CIRCLE, name, NULL);
	}
	m->state = MEANING_DONE;
	return m;
}

/* ---- virtual IPs */

static bool
ports_of(const char *cell, char *out, size_t size)
{
	char value[64];

	if (cell == NULL || strlen(cell) >= size || strchr(cell, ':') != NULL ||
	    !port_value(cell, "tcp", value, sizeof(value)))
		return false;
	(void)snprintf(out, size, "%s", cell);
	return true;
}

bool
forti_vip(const struct forti_row *row, struct forti_vip *out)
{
	const char *const *c = row->cells;

	memset(out, 0, sizeof(*out));
	if (c[FORTI_EXTERNAL] == NULL || c[FORTI_MAPPED] == NULL ||
	    !address_value(c[FORTI_EXTERNAL], out->external,
		sizeof(out->external)) ||
	    !address_value(c[FORTI_MAPPED], out->mapped, sizeof(out->mapped)))
		return false;
	/* Ports that are named without that column mean it. */
	if (!forti_yes(c[FORTI_FORWARD]) &&
	    (c[FORTI_FORWARD] != NULL || c[FORTI_EXTERNAL_PORT] == NULL ||
		strcmp(c[FORTI_EXTERNAL_PORT], "0") == 0))
		return true;
	(void)snprintf(out->protocol, sizeof(out->protocol), "%s",
	    forti_is(c[FORTI_PROTOCOL], "udp")	    ? "udp" :
		forti_is(c[FORTI_PROTOCOL], "sctp") ? "sctp" :
						      "tcp");
	if (!ports_of(c[FORTI_EXTERNAL_PORT], out->external_port,
		sizeof(out->external_port)))
		return false;
	return ports_of(c[FORTI_MAPPED_PORT] ? c[FORTI_MAPPED_PORT] :
					       c[FORTI_EXTERNAL_PORT],
	    out->mapped_port, sizeof(out->mapped_port));
}

void
forti_objects_fini(struct forti *f)
{
	for (size_t i = 0; i < f->meaning_count; i++) {
		free(f->meanings[i]->values.items);
		free(f->meanings[i]->unknown.items);
		free(f->meanings[i]->vips);
		free(f->meanings[i]);
	}
	free(f->meanings);
	for (int s = 0; s < 2; s++) {
		ruleset_index_free(f->names[s]);
		ruleset_index_free(f->meant[s]);
	}
}
