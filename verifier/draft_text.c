/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See draft_text.h.
 */
#include "draft_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "application.h"
#include "base/mem.h"
#include "describe.h"

#define MINUTE_LENGTH 16 /* of "2026-11-21T09:00" */

void
draft_text_counts(struct draft_counts *out, const uint64_t n[4])
{
	for (size_t i = 0; i < 4; i++)
		(void)snprintf(out->text[i], sizeof(out->text[i]), "%" PRIu64,
		    n[i]);
}

static void
show_minute(char *stamp)
{
	stamp[MINUTE_LENGTH] = '\0';
	stamp[10] = ' ';
}

void
draft_text_times(struct draft_times *out, const struct model *m,
    int64_t first_us, int64_t last_us)
{
	(void)clock_stamp((struct wall_us){ first_us }, m->utc_offset_s,
	    out->first);
	(void)clock_stamp((struct wall_us){ last_us }, m->utc_offset_s,
	    out->last);
	show_minute(out->first);
	show_minute(out->last);
}

void
draft_show_service(const struct draft_seen *s, uint8_t protocol, uint16_t first,
    uint16_t last, uint16_t application, struct text *out)
{
	describe_protocol(protocol, out);
	if (first != 0)
		text_printf(out, "/%u", first);
	if (last != first)
		text_printf(out, "-%u", last);
	if (application != 0) {
		text_add_char(out, ' ');
		describe_name(s->words[application], out);
	}
}

/* ---- services */

static bool
is_icmp(uint8_t protocol)
{
	return protocol == 1 || protocol == 58;
}

static void
add_protocol(uint16_t protocol, struct text *out)
{
	struct text name = { 0 };

	describe_protocol(protocol, &name);
	if (text_str(&name)[0] >= '0' && text_str(&name)[0] <= '9')
		text_add(out, text_str(&name));
	else
		text_printf(out, "\"%s\"", text_str(&name));
	text_free(&name);
}

static void
add_port(uint16_t first, uint16_t last, struct text *out)
{
	if (first == last)
		text_printf(out, "%u", first);
	else
		text_printf(out, "\"%u-%u\"", first, last);
}

static bool
same_port(const struct draft_service *a, const struct draft_service *b)
{
	return a->protocol == b->protocol && a->first == b->first &&
	    a->last == b->last;
}

/* The labels of one port, as the members of an array. */
static void
add_labels(const struct draft *d, const struct draft_row *r, size_t at,
    struct text *out)
{
	const struct draft_service *s = &r->services[at];
	bool first = true;

	for (size_t i = 0; i < r->service_count; i++) {
		const char *label = d->seen->words[r->services[i].application];

		if (!same_port(s, &r->services[i]) || is_icmp(s->protocol))
			continue;
		text_add(out, first ? "" : ", ");
		text_json(out, label, strlen(label));
		first = false;
	}
}

/* Whether an earlier service has this port. */
static bool
is_said(const struct draft_row *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (same_port(&r->services[i], &r->services[at]))
			return true;
	return false;
}

/* Whether the group holds the service, and nothing else of its port. */
static bool
group_holds(const struct draft *d, const struct service_group *g,
    const struct draft_service *s)
{
	for (size_t i = 0; i < g->services.count; i++) {
		const struct service *x = &g->services.items[i];

		if (x->protocol == s->protocol && x->port_count == 1 &&
		    x->ports[0].first == s->first &&
		    x->ports[0].last == s->last && x->application_count == 1 &&
		    application_matches(x->applications[0],
			d->seen->words[s->application]))
			return true;
	}
	return false;
}

/* A group that says just what the row's services say, or NULL. */
static const struct service_group *
group_of(const struct draft *d, const struct draft_row *r)
{
	for (size_t i = 0; i < d->m->group_count; i++) {
		const struct service_group *g = &d->m->groups[i];
		size_t held = 0;

		for (size_t k = 0; k < r->service_count; k++)
			held += group_holds(d, g, &r->services[k]);
		if (held == r->service_count && held == g->services.count)
			return g;
	}
	return NULL;
}

static void
add_one(const struct draft *d, const struct draft_row *r, size_t at, bool *said,
    struct text *out)
{
	const struct draft_service *s = &r->services[at];
	struct text labels = { 0 }, other = { 0 };

	add_labels(d, r, at, &labels);
	text_add(out, "{ \"protocol\": ");
	add_protocol(s->protocol, out);
	said[at] = true;
	if (s->first != 0) {
		text_add(out, ", \"ports\": [");
		add_port(s->first, s->last, out);
	}
	for (size_t i = at + 1; s->first != 0 && i < r->service_count; i++) {
		if (said[i] || is_said(r, i) ||
		    r->services[i].protocol != s->protocol)
			continue;
		text_clear(&other);
		add_labels(d, r, i, &other);
		if (strcmp(text_str(&other), text_str(&labels)) != 0)
			continue;
		said[i] = true;
		text_add(out, ", ");
		add_port(r->services[i].first, r->services[i].last, out);
	}
	text_add(out, s->first != 0 ? "]" : "");
	if (labels.length > 0)
		text_printf(out, ", \"applications\": [%s]", text_str(&labels));
	text_add(out, " }");
	text_free(&labels);
	text_free(&other);
}

void
draft_text_services(const struct draft *d, const struct draft_row *r,
    struct text *out)
{
	const struct service_group *g = group_of(d, r);
	bool *said, first = true;

	if (g != NULL) {
		text_printf(out, "\"services\": [\"@%s\"]", g->id);
		return;
	}
	said = mem_calloc(r->service_count + 1, sizeof(*said));
	text_add(out, "\"services\": [ ");
	for (size_t i = 0; i < r->service_count; i++) {
		if (said[i] || is_said(r, i))
			continue;
		text_add(out, first ? "" : ", ");
		first = false;
		add_one(d, r, i, said, out);
	}
	text_add(out, " ]");
	free(said);
}

void
draft_text_ledger_services(const struct import_conduit *row, struct text *out)
{
	const struct application *known = row->application != NULL ?
	    application_find(row->application) :
	    NULL;

	text_add(out, "\"services\": [ ");
	for (size_t i = 0; i < row->service_count; i++) {
		const struct import_service *s = &row->services[i];

		text_add(out, i ? ", { \"protocol\": " : "{ \"protocol\": ");
		add_protocol(s->protocol, out);
		if (s->ports.first != 0 || s->ports.last != 0) {
			text_add(out, ", \"ports\": [");
			add_port(s->ports.first, s->ports.last, out);
			text_add(out, "]");
		}
		if (known != NULL)
			text_printf(out, ", \"applications\": [\"%s\"]",
			    known->family);
		text_add(out, " }");
	}
	text_add(out, " ]");
}

/* ---- virtual MACs */

const char *
draft_text_virtual(const struct mac *mac, unsigned *group)
{
	const uint8_t *b = mac->bytes;
	const uint32_t first = (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 |
	    b[2];

	*group = b[5];
	if (first == 0x00005e && b[3] == 0 && (b[4] == 1 || b[4] == 2) &&
	    *group > 0)
		return "vrrp";
	if (first == 0x00000c && b[3] == 0x07 && b[4] == 0xac)
		return "hsrp";
	if (first == 0x00000c && b[3] == 0x9f && (b[4] & 0xf0) == 0xf0) {
		*group = (unsigned)(b[4] & 0x0f) << 8 | b[5];
		return "hsrp2";
	}
	if (first == 0x0007b4 && b[3] <= 3) {
		*group = (unsigned)b[3] << 8 | b[4];
		return "glbp";
	}
	if (first == 0x00090f && b[3] == 0x09) {
		*group = b[4];
		return "fgcp";
	}
	return NULL;
}
