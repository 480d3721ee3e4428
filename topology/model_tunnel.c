/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading tunnels that may be, and containments: what was cut off after an
 * incident and must stay silent.
 */
#include <ctype.h>
#include <string.h>

#include "model_internal.h"

const char *const model_words_tunnel[] = { "gre", "erspan", "vxlan", "geneve",
	"ipip", "6in4", "teredo", "gtp", "l2tp", "mpls", "pppoe", "esp",
	"wireguard", "openvpn", "softether", NULL };

/* Hosts and networks of an object as one set in normal form. */
static struct prefix_set
set_load(struct loader *l, const struct jsonx *n)
{
	static const char *const keys[] = { "hosts", "networks", NULL };
	struct prefix_set hosts, networks, all = { 0 };

	if (!model_read_object(l, n, keys))
		return all;
	hosts = model_address_hosts(l, n, "hosts", OPTIONAL, NULL);
	networks = model_address_networks(l, n, "networks", OPTIONAL, NULL);
	if (jsonx_get(n, "hosts") == NULL && jsonx_get(n, "networks") == NULL)
		model_read_fault(l, n, W_MODEL_NO_HOSTS, 0);
	all = model_set_join(l->scratch, &hosts, &networks);
	return model_set_normal(l->arena, &all);
}

static struct prefix_set
member_set(struct loader *l, const struct jsonx *o, const char *key,
    enum need need)
{
	const struct jsonx *n = model_read_member(l, o, key, JSONX_OBJECT,
	    need);
	const struct prefix_set none = { 0 };

	return n != NULL ? set_load(l, n) : none;
}

static void
tunnel_load(struct loader *l, const struct jsonx *n, struct tunnel_declared *t)
{
	static const char *const keys[] = { "id", "name", "protocol", "from",
		"to", "key", "approved", "note", NULL };

	t->protocol = model_words_tunnel[0];
	if (!model_read_object(l, n, keys))
		return;
	t->place = model_read_place(l, n);
	t->id = model_ids_define(l, NOUN_TUNNEL, n, t->index);
	t->name = model_read_string(l, n, "name", OPTIONAL);
	if (t->name == NULL)
		t->name = t->id;
	t->protocol = model_words_tunnel[model_read_choice(l, n, "protocol",
	    model_words_tunnel, -1)];
	t->ends[0] = member_set(l, n, "from", NEEDED);
	t->ends[1] = member_set(l, n, "to", NEEDED);
	t->has_key = jsonx_get(n, "key") != NULL;
	t->key = (uint32_t)model_read_number(l, n, "key", 0, UINT32_MAX, 0);
	t->approved = model_value_approval(l, n, "approved");
	t->note = model_read_string(l, n, "note", OPTIONAL);
}

void
model_tunnel_load(struct loader *l, const struct jsonx *root)
{
	const struct jsonx *n;
	size_t count, i = 0;

	n = model_read_array(l, root, "tunnels", OPTIONAL, true, &count);
	l->m->tunnels = arena_calloc(l->arena, count, sizeof(*l->m->tunnels));
	l->m->tunnel_count = count;
	model_ids_init(l, NOUN_TUNNEL, count);
	for (; n != NULL; n = n->next, i++) {
		l->m->tunnels[i].index = (uint32_t)i;
		tunnel_load(l, n, &l->m->tunnels[i]);
	}
}

/* ---- containments */

/* Two digits below limit at s; -1 when they are none. */
static int
two_digits(const char *s, int limit)
{
	int n;

	if (!isdigit((unsigned char)s[0]) || !isdigit((unsigned char)s[1]))
		return -1;
	n = (s[0] - '0') * 10 + (s[1] - '0');
	return n < limit ? n : -1;
}

/* "2026-11-20T09:30", or a day alone: its beginning. */
static struct wall_us
since_load(struct loader *l, const struct jsonx *n)
{
	const char *text = model_read_string(l, n, "since", NEEDED);
	struct wall_us at = { 0 };
	char date[11] = { 0 };
	struct day d;
	int hour = 0, minute = 0;
	size_t length;

	if (text == NULL)
		return at;
	length = strlen(text);
	memcpy(date, text, length < 10 ? length : 10);
	if (length == 16 && text[10] == 'T' && text[13] == ':') {
		hour = two_digits(text + 11, 24);
		minute = two_digits(text + 14, 60);
	} else if (length != 10) {
		hour = -1;
	}
	if (hour < 0 || minute < 0 || !day_parse(date, &d)) {
		model_read_fault(l, jsonx_get(n, "since"), W_MODEL_BAD_TIME, 1,
		    text);
		return at;
	}
	at = day_begin(d, l->m->utc_offset_s);
	at.us += hour * CLOCK_HOUR + minute * CLOCK_MINUTE;
	return at;
}

static void
containment_load(struct loader *l, const struct jsonx *n, struct containment *c)
{
	static const char *const keys[] = { "id", "name", "what", "since",
		"until", "except", "approved", "note", NULL };

	if (!model_read_object(l, n, keys))
		return;
	c->place = model_read_place(l, n);
	c->id = model_ids_define(l, NOUN_CONTAINMENT, n, c->index);
	c->name = model_read_string(l, n, "name", OPTIONAL);
	if (c->name == NULL)
		c->name = c->id;
	c->hosts = member_set(l, n, "what", NEEDED);
	c->since = since_load(l, n);
	c->until = model_value_day(l, n, "until", OPTIONAL);
	c->except = member_set(l, n, "except", OPTIONAL);
	c->approved = model_value_approval(l, n, "approved");
	c->note = model_read_string(l, n, "note", OPTIONAL);
}

void
model_tunnel_containments(struct loader *l, const struct jsonx *root)
{
	const struct jsonx *n;
	size_t count, i = 0;

	n = model_read_array(l, root, "containments", OPTIONAL, true, &count);
	l->m->containments = arena_calloc(l->arena, count,
	    sizeof(*l->m->containments));
	l->m->containment_count = count;
	model_ids_init(l, NOUN_CONTAINMENT, count);
	for (; n != NULL; n = n->next, i++) {
		l->m->containments[i].index = (uint32_t)i;
		containment_load(l, n, &l->m->containments[i]);
	}
}
