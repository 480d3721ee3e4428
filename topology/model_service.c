/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading services: protocol, ports, applications; and the named groups of
 * them, which are expanded where they are used ("@dns").
 */
#include <ctype.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "application.h"
#include "base/mem.h"
#include "model_internal.h"

bool
model_service_has_ports(int protocol)
{
	return protocol == 6 || protocol == 17 || protocol == 33 ||
	    protocol == 132 || protocol == 136;
}

/* What the writer may have meant, or NULL: most often capitals. */
static const char *
nearest_protocol(struct loader *l, const char *text)
{
	static const char *const common[] = { "tcp", "udp", "icmp", "icmpv6",
		"sctp", "esp", "gre", "any" };
	char lower[16];
	size_t i;

	for (i = 0; text[i] != '\0' && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	if (text[i] != '\0')
		return NULL;
	lower[i] = '\0';
	if (model_words_protocol(lower) >= 0)
		return model_words_protocol_name(model_words_protocol(lower));
	return model_read_nearest(l, lower, common,
	    sizeof(common) / sizeof(common[0]));
}

/* The protocol of a service, PROTOCOL_ANY after a fault. */
static uint16_t
protocol_load(struct loader *l, const struct jsonx *n)
{
	const struct jsonx *p = jsonx_get(n, "protocol");
	const char *near;
	char number[24];
	int found;

	if (p == NULL) {
		model_read_fault(l, n, W_MODEL_MISSING, 1, "protocol");
		return PROTOCOL_ANY;
	}
	if (p->kind == JSONX_INTEGER) {
		if (p->integer >= 0 && p->integer <= 255)
			return (uint16_t)p->integer;
		(void)snprintf(number, sizeof(number), "%lld",
		    (long long)p->integer);
		model_read_fault(l, p, W_MODEL_BAD_PROTOCOL, 1, number);
		return PROTOCOL_ANY;
	}
	if (model_read_string(l, n, "protocol", NEEDED) == NULL)
		return PROTOCOL_ANY;
	found = model_words_protocol(p->string);
	if (found >= 0)
		return (uint16_t)found;
	near = nearest_protocol(l, p->string);
	if (near != NULL)
		model_read_fault(l, p, W_MODEL_BAD_PROTOCOL_NEAR, 2, p->string,
		    near);
	else
		model_read_fault(l, p, W_MODEL_BAD_PROTOCOL, 1, p->string);
	return PROTOCOL_ANY;
}

static void
applications_load(struct loader *l, const struct jsonx *n, struct service *out)
{
	const struct jsonx *item;
	const char *near;

	out->applications = model_read_strings(l, n, "applications", OPTIONAL,
	    &out->application_count);
	if (out->application_count == 0)
		return;
	item = jsonx_get(n, "applications")->child;
	l->milder = true; /* a word that no label matches permits nothing */
	for (; item != NULL; item = item->next) {
		if (item->kind != JSONX_STRING || item->string[0] == '\0' ||
		    application_find(item->string) != NULL)
			continue;
		near = application_nearest(item->string);
		if (near != NULL)
			model_read_fault(l, item, W_MODEL_BAD_APPLICATION_NEAR,
			    2, item->string, near);
		else
			model_read_fault(l, item, W_MODEL_BAD_APPLICATION, 1,
			    item->string);
	}
	l->milder = false;
}

void
model_service_one(struct loader *l, const struct jsonx *n, struct service *out)
{
	static const char *const keys[] = { "protocol", "ports", "applications",
		NULL };
	const struct jsonx *p;
	const char *name;

	out->protocol = PROTOCOL_ANY;
	if (!model_read_object(l, n, keys))
		return;
	out->protocol = protocol_load(l, n);
	out->ports = model_address_ports(l, n, OPTIONAL, &out->port_count);
	p = jsonx_get(n, "protocol");
	if (out->port_count != 0 && p != NULL &&
	    !model_service_has_ports(out->protocol)) {
		name = model_words_protocol_name(out->protocol);
		model_read_fault(l, jsonx_get(n, "ports"),
		    W_MODEL_PORTS_NOT_HERE, 1,
		    p->kind == JSONX_STRING ? p->string : name);
	}
	applications_load(l, n, out);
}

/* The group that "@name" stands for, or NULL. */
static const struct service_group *
group_of(struct loader *l, const struct jsonx *item)
{
	struct jsonx name = *item;
	uint32_t index;

	if (item->kind != JSONX_STRING || item->string[0] != '@') {
		model_read_fault(l, item, W_MODEL_NOT_OBJECT, 1,
		    jsonx_kind_name(item->kind, l->d->lang));
		return NULL;
	}
	name.string++;
	index = model_ids_refer(l, NOUN_GROUP, &name);
	return index != TABLE_NONE ? &l->m->groups[index] : NULL;
}

static void
add(struct services *out, size_t *capacity, const struct service *s,
    size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		out->items = mem_grow(out->items, capacity, out->count,
		    sizeof(*s));
		out->items[out->count++] = s[i];
	}
}

/* The services of an array node. */
static struct services
services_of(struct loader *l, const struct jsonx *item, bool groups)
{
	struct services out = { 0 };
	const struct service_group *group;
	struct service *grown;
	size_t capacity = 0;

	for (; item != NULL; item = item->next) {
		struct service one = { 0 };

		if (item->kind == JSONX_OBJECT) {
			model_service_one(l, item, &one);
			add(&out, &capacity, &one, 1);
		} else if (!groups && item->kind == JSONX_STRING) {
			model_read_fault(l, item, W_MODEL_GROUP_IN_GROUP, 1,
			    item->string);
		} else if ((group = group_of(l, item)) != NULL) {
			add(&out, &capacity, group->services.items,
			    group->services.count);
		}
	}
	grown = out.items;
	if (out.count != 0)
		out.items = arena_copy(l->arena, grown, out.count,
		    sizeof(*grown));
	free(grown);
	return out;
}

struct services
model_service_load(struct loader *l, const struct jsonx *o, enum need need,
    bool groups)
{
	const struct jsonx *item;
	size_t count;

	item = model_read_array(l, o, "services", need, false, &count);
	return services_of(l, item, groups);
}

void
model_service_groups(struct loader *l, const struct jsonx *root)
{
	const struct jsonx *all, *member, *item;
	struct service_group *out;
	size_t count;

	all = model_read_member(l, root, "service-groups", JSONX_OBJECT,
	    OPTIONAL);
	model_ids_init(l, NOUN_GROUP, all != NULL ? all->count : 0);
	if (all == NULL)
		return;
	out = arena_calloc(l->arena, all->count, sizeof(*out));
	l->m->groups = out;
	l->m->group_count = all->count;
	for (member = all->child; member != NULL; member = member->next) {
		out->id = member->key;
		out->place = model_read_place(l, member);
		(void)model_ids_check(l, member, out->id);
		model_ids_enter(l, NOUN_GROUP, out->id, member,
		    (uint32_t)(out - l->m->groups));
		item = model_read_array(l, all, member->key, NEEDED, false,
		    &count);
		out->services = services_of(l, item, false);
		out++;
	}
}
