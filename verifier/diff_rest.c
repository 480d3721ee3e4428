/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What else a model says: clean sides of sanitisers, address lists, devices,
 * and every other section compared as printed with its defaults, so that no
 * difference goes unsaid for want of a function of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonx.h"
#include "base/mem.h"
#include "diff.h"

#define NAMES_SHOWN_MAX 8

/* Sections that have functions of their own, or mean nothing. */
static const char *const spoken_of[] = { "format", "organisation", "stage",
	"until", "guideline", "zones", "links", "boundaries", "conduits",
	"relays", "exceptions", "emergencies", "emergency-file",
	"service-groups" };

/* ---- sanitisers: a wider clean side lets more in */

static const struct sanitiser *
find_sanitiser(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->sanitiser_count; i++)
		if (strcmp(m->sanitisers[i].id, id) == 0)
			return &m->sanitisers[i];
	return NULL;
}

/* Clean addresses of a that b has not in the same zone. */
static void
list_clean(const struct sanitiser *a, const struct sanitiser *b,
    struct text *out)
{
	char buf[PREFIX_TEXT_MAX];
	bool held;

	for (size_t i = 0; i < a->clean_count; i++) {
		const struct endpoint *e = &a->clean[i];
		const struct prefix_set *set = e->whole_zone ? &e->zone->all :
							       &e->reach;

		for (size_t j = 0; j < set->count; j++) {
			held = false;
			for (size_t k = 0; b != NULL && k < b->clean_count; k++)
				held |= strcmp(b->clean[k].zone->id,
					    e->zone->id) == 0 &&
				    diff_covers(b->clean[k].whole_zone ?
					    &b->clean[k].zone->all :
					    &b->clean[k].reach,
					&set->items[j]);
			if (!held)
				text_printf(out, "%s%s: %s",
				    out->length ? ", " : "", e->zone->id,
				    prefix_format(&set->items[j], buf));
		}
	}
}

static void
compare_clean(struct diff *d, const struct model *a, const struct model *b,
    enum effect effect, enum word what)
{
	struct text list = { 0 };

	for (size_t i = 0; i < a->sanitiser_count; i++) {
		const struct sanitiser *s = &a->sanitisers[i];

		text_clear(&list);
		list_clean(s, find_sanitiser(b, s->id), &list);
		if (list.length)
			diff_say(d, effect, W_NOUN_SANITISER, s->id, what,
			    text_str(&list), NULL);
	}
	text_free(&list);
}

/* ---- address lists */

static const struct address_list *
find_list(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->list_count; i++)
		if (strcmp(m->lists[i].id, id) == 0)
			return &m->lists[i];
	return NULL;
}

static int
compare_words(const void *x, const void *y)
{
	const char *const *a = x, *const *b = y;

	return strcmp(*a, *b);
}

static void
compare_lists(struct diff *d, const struct model *a, const struct model *b,
    enum effect effect, enum word what)
{
	static const struct prefix_set none = { NULL, 0 };
	struct text list = { 0 };

	for (size_t i = 0; i < a->list_count; i++) {
		const struct address_list *l = &a->lists[i];
		const struct address_list *other = find_list(b, l->id);

		text_clear(&list);
		diff_prefixes(&l->networks, other ? &other->networks : &none,
		    &list);
		if (list.length)
			diff_say(d, effect, W_NOUN_LIST, l->id, what,
			    text_str(&list), NULL);
	}
	text_free(&list);
}

/* Server names that a list of a has and that of b has not. */
static void
list_names(const struct address_list *a, const struct address_list *b,
    struct text *out)
{
	const char **sorted = NULL;
	size_t count = b != NULL ? b->name_count : 0, shown = 0;

	if (count != 0) {
		sorted = mem_calloc(count, sizeof(const char *));
		memcpy(sorted, b->names, count * sizeof(const char *));
		qsort(sorted, count, sizeof(const char *), compare_words);
	}
	for (size_t i = 0; i < a->name_count; i++) {
		if (count != 0 &&
		    bsearch(&a->names[i], sorted, count, sizeof(const char *),
			compare_words) != NULL)
			continue;
		if (shown++ == NAMES_SHOWN_MAX) {
			text_add(out, ", ...");
			break;
		}
		text_printf(out, "%s%s", out->length ? ", " : "", a->names[i]);
	}
	free(sorted);
}

static void
compare_names(struct diff *d, const struct model *a, const struct model *b,
    enum effect effect, enum word what)
{
	struct text list = { 0 };

	for (size_t i = 0; i < a->list_count; i++) {
		text_clear(&list);
		list_names(&a->lists[i], find_list(b, a->lists[i].id), &list);
		if (list.length)
			diff_say(d, effect, W_NOUN_LIST, a->lists[i].id, what,
			    text_str(&list), NULL);
	}
	text_free(&list);
}

/* ---- calendars */

bool
diff_same_calendar(const struct calendar *a, const struct calendar *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->day_count != b->day_count)
		return false;
	for (size_t i = 0; i < a->day_count; i++)
		if (day_compare(a->days[i].day, b->days[i].day) != 0 ||
		    a->days[i].open != b->days[i].open)
			return false;
	return true;
}

static void
compare_calendars(struct diff *d)
{
	for (size_t i = 0; i < d->now->calendar_count; i++)
		for (size_t j = 0; j < d->old->calendar_count; j++) {
			const struct calendar *a = &d->now->calendars[i];
			const struct calendar *b = &d->old->calendars[j];

			if (strcmp(a->id, b->id) == 0 &&
			    !diff_same_calendar(a, b))
				diff_say(d, EFFECT_CHANGES, W_NOUN_CALENDAR,
				    a->id, W_VERIFIER_CONTENT_CHANGED, NULL,
				    NULL);
		}
}

/* ---- devices */

static bool
same_host(const struct host *a, const struct host *b)
{
	if (a->offline != b->offline || a->multi_homed != b->multi_homed ||
	    a->forwards != b->forwards ||
	    a->interface_count != b->interface_count ||
	    !diff_same_text(a->kind, b->kind) ||
	    !diff_same_text(a->division, b->division))
		return false;
	for (size_t i = 0; i < a->interface_count; i++)
		if (!addr_equal(&a->interfaces[i].address,
			&b->interfaces[i].address) ||
		    a->interfaces[i].has_mac != b->interfaces[i].has_mac ||
		    !mac_equal(&a->interfaces[i].mac, &b->interfaces[i].mac))
			return false;
	return true;
}

static const struct host *
find_host(const struct model *m, const struct host *h)
{
	const struct host *found;

	for (size_t i = 0; i < h->interface_count; i++) {
		const struct host_interface *f = &h->interfaces[i];

		if (f->address.family == 0)
			continue;
		found = model_host(m,
		    f->zone != NULL ? model_zone(m, f->zone->id) : NULL,
		    &f->address);
		if (found != NULL)
			return found;
	}
	return NULL;
}

static void
compare_hosts(struct diff *d)
{
	size_t added = 0, removed = 0, changed = 0;
	char a[24], b[24];

	for (size_t i = 0; i < d->now->host_count; i++) {
		const struct host *h = &d->now->hosts[i];
		const struct host *old = find_host(d->old, h);

		added += old == NULL;
		changed += old != NULL && !same_host(h, old);
	}
	for (size_t i = 0; i < d->old->host_count; i++)
		removed += find_host(d->now, &d->old->hosts[i]) == NULL;
	/* Devices without an address cannot be paired: those both have. */
	if (d->now->host_count - added == d->old->host_count - removed &&
	    added == removed && changed == 0 && added == 0)
		return;
	snprintf(a, sizeof(a), "+%zu -%zu", added, removed);
	snprintf(b, sizeof(b), "%zu", changed);
	diff_say(d, EFFECT_CHANGES, W_VERIFIER_HOSTS, NULL,
	    W_VERIFIER_HOSTS_CHANGED, a, b);
}

/* ---- the rest, as printed */

/* Members of an object that mean something: all but its remark. */
static size_t
count_members(const struct jsonx *o)
{
	return o->kind == JSONX_OBJECT && jsonx_get(o, "note") != NULL ?
	    o->count - 1 :
	    o->count;
}

static bool
same_node(const struct jsonx *a, const struct jsonx *b)
{
	const struct jsonx *x, *y;

	if (a == NULL || b == NULL || a->kind != b->kind ||
	    count_members(a) != count_members(b))
		return a == b;
	switch (a->kind) {
	case JSONX_NULL:
		return true;
	case JSONX_BOOLEAN:
	case JSONX_INTEGER:
		return a->integer == b->integer;
	case JSONX_DOUBLE:
		return memcmp(&a->number, &b->number, sizeof(a->number)) == 0;
	case JSONX_STRING:
		return strcmp(a->string, b->string) == 0;
	case JSONX_ARRAY:
		for (x = a->child, y = b->child; x != NULL && y != NULL;
		     x = x->next, y = y->next)
			if (!same_node(x, y))
				return false;
		return true;
	case JSONX_OBJECT:
		for (x = a->child; x != NULL; x = x->next)
			if (strcmp(x->key, "note") != 0 &&
			    !same_node(x, jsonx_get(b, x->key)))
				return false;
		return true;
	}
	return false;
}

static bool
is_spoken_of(const char *key)
{
	for (size_t i = 0; i < sizeof(spoken_of) / sizeof(spoken_of[0]); i++)
		if (strcmp(spoken_of[i], key) == 0)
			return true;
	return false;
}

static void
compare_sections(struct diff *d, const struct jsonx *now,
    const struct jsonx *old)
{
	const struct jsonx *node;

	for (node = now->child; node != NULL; node = node->next)
		if (!is_spoken_of(node->key) &&
		    !same_node(node, jsonx_get(old, node->key)))
			diff_say(d, EFFECT_CHANGES, W_VERIFIER_SECTION,
			    node->key, W_VERIFIER_CONTENT_CHANGED, NULL, NULL);
	for (node = old->child; node != NULL; node = node->next)
		if (!is_spoken_of(node->key) &&
		    jsonx_get(now, node->key) == NULL)
			diff_say(d, EFFECT_CHANGES, W_VERIFIER_SECTION,
			    node->key, W_VERIFIER_CONTENT_CHANGED, NULL, NULL);
}

/* The effective model of m, parsed again. */
static struct jsonx_doc *
printed(const struct model *m, struct diag *d)
{
	struct text text = { 0 };
	struct jsonx_doc *doc;

	model_print(m, &text);
	doc = jsonx_parse(m->file, text_str(&text), text.length, d);
	text_free(&text);
	return doc;
}

void
diff_rest(struct diff *d)
{
	struct diag faults = { .lang = d->lang };
	struct jsonx_doc *now, *old;

	compare_clean(d, d->now, d->old, EFFECT_OPENS, W_VERIFIER_CLEAN_ADDED);
	compare_clean(d, d->old, d->now, EFFECT_CLOSES,
	    W_VERIFIER_CLEAN_REMOVED);
	compare_lists(d, d->now, d->old, EFFECT_OPENS,
	    W_VERIFIER_PREFIXES_ADDED);
	compare_lists(d, d->old, d->now, EFFECT_CLOSES,
	    W_VERIFIER_PREFIXES_REMOVED);
	compare_names(d, d->now, d->old, EFFECT_OPENS, W_VERIFIER_NAMES_ADDED);
	compare_names(d, d->old, d->now, EFFECT_CLOSES,
	    W_VERIFIER_NAMES_REMOVED);
	compare_calendars(d);
	compare_hosts(d);
	now = printed(d->now, &faults);
	old = printed(d->old, &faults);
	if (now != NULL && old != NULL)
		compare_sections(d, jsonx_root(now), jsonx_root(old));
	else /* nothing may be passed over in silence */
		diff_say(d, EFFECT_CHANGES, W_VERIFIER_SECTION, NULL,
		    W_VERIFIER_NOT_COMPARED, NULL, NULL);
	jsonx_free(now);
	jsonx_free(old);
	diag_free(&faults);
}
