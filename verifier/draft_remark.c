/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a draft says and does not do: the conversations that are never
 * proposed, by reason, and the questions that only people can answer. All of
 * it stands as comments at the end of the model.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "draft.h"
#include "draft_text.h"

#define SHOWN_MOST 40 /* lines of one reason, and of each question */

enum word
draft_never_word(enum draft_never n)
{
	static const enum word words[NEVER_COUNT] = {
		[NEVER_NOT] = W_DRAFT_NEVER_NOT,
		[NEVER_SPOOFED] = W_DRAFT_NEVER_SPOOFED,
		[NEVER_NO_ZONE] = W_DRAFT_NEVER_NO_ZONE,
		[NEVER_LINK] = W_DRAFT_NEVER_LINK,
		[NEVER_TIER] = W_DRAFT_NEVER_TIER,
		[NEVER_OFFLINE] = W_DRAFT_NEVER_OFFLINE,
		[NEVER_EXIT] = W_DRAFT_NEVER_EXIT,
		[NEVER_ONE_WAY] = W_DRAFT_NEVER_ONE_WAY,
		[NEVER_SANITISE] = W_DRAFT_NEVER_SANITISE,
		[NEVER_SCREEN] = W_DRAFT_NEVER_SCREEN,
		[NEVER_LIST] = W_DRAFT_NEVER_LIST,
		[NEVER_FORBIDDEN] = W_DRAFT_NEVER_FORBIDDEN,
		[NEVER_DECLARED_OTHERWISE] = W_DRAFT_NEVER_DECLARED_OTHERWISE,
		[NEVER_LEGACY] = W_DRAFT_NEVER_LEGACY,
		[NEVER_TRIED] = W_DRAFT_NEVER_TRIED,
		[NEVER_DIRECTION] = W_DRAFT_NEVER_DIRECTION,
		[NEVER_HIDDEN] = W_DRAFT_NEVER_HIDDEN,
		[NEVER_OPAQUE] = W_DRAFT_NEVER_OPAQUE,
		[NEVER_APPLICATION] = W_DRAFT_NEVER_APPLICATION,
		[NEVER_FLAGGED] = W_DRAFT_NEVER_FLAGGED,
		[NEVER_SCAN] = W_DRAFT_NEVER_SCAN,
		[NEVER_REVERSED] = W_DRAFT_NEVER_REVERSED,
	};

	return words[n];
}

enum word
draft_doubt_word(unsigned bit)
{
	static const enum word words[DOUBT_KINDS] = { W_DRAFT_DOUBT_ONCE,
		W_DRAFT_DOUBT_PORT, W_DRAFT_DOUBT_UPLOAD,
		W_DRAFT_DOUBT_REVERSED, W_DRAFT_DOUBT_REMOTE,
		W_DRAFT_DOUBT_WIDE, W_DRAFT_DOUBT_NIGHT, W_DRAFT_DOUBT_CLEAR,
		W_DRAFT_DOUBT_FIREWALL, W_DRAFT_DOUBT_NAMES,
		W_DRAFT_DOUBT_UNANSWERED, W_DRAFT_DOUBT_TUNNEL,
		W_DRAFT_DOUBT_RESOLVER, W_DRAFT_DOUBT_LONG_NAMES,
		W_DRAFT_DOUBT_DIRECTION };

	return words[bit];
}

/* ---- never proposed */

/* The most frequent first, so that what is cut off is the least. */
static int
by_count(const void *left, const void *right)
{
	const struct draft_channel *a = *(struct draft_channel *const *)left;
	const struct draft_channel *b = *(struct draft_channel *const *)right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	if (addr_compare(&a->from, &b->from) != 0)
		return addr_compare(&a->from, &b->from);
	if (addr_compare(&a->to, &b->to) != 0)
		return addr_compare(&a->to, &b->to);
	if (a->protocol != b->protocol)
		return a->protocol < b->protocol ? -1 : 1;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return (a->application > b->application) -
	    (a->application < b->application);
}

static void
add_channel(const struct draft *d, const struct draft_channel *c,
    const char *before, struct text *out)
{
	char from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX];
	struct draft_counts n;
	struct draft_times t;

	draft_text_counts(&n, (uint64_t[4]){ c->count });
	draft_text_times(&t, d->m, c->first_us, c->last_us);
	text_printf(out, "%s  %s %s > %s %s ", before,
	    c->from_zone != NULL ? c->from_zone->id : "-",
	    addr_format(&c->from, from),
	    c->to_zone != NULL ? c->to_zone->id : "-", addr_format(&c->to, to));
	draft_show_service(d->seen, c->protocol, c->port, c->port,
	    c->application, out);
	text_printf(out, " x%s %s - %s%s%s\n", n.text[0], t.first, t.last,
	    c->rule != NULL ? " " : "", c->rule != NULL ? c->rule : "");
}

static void
add_more(const struct draft *d, size_t n, const char *before, struct text *out)
{
	struct draft_counts c;

	draft_text_counts(&c, (uint64_t[4]){ n });
	text_printf(out, "%s  ", before);
	words_add(out, d->lang, W_DRAFT_MORE, 1, c.text[0]);
	text_add_char(out, '\n');
}

static void
add_reason(const struct draft *d, enum draft_never never,
    struct draft_channel **all, size_t most, const char *before,
    struct text *out)
{
	struct draft_counts c;
	uint64_t total = 0;
	size_t n = 0;

	for (size_t i = 0; i < d->seen->channel_count; i++)
		if (d->seen->channels[i].never == never) {
			all[n++] = &d->seen->channels[i];
			total += d->seen->channels[i].count;
		}
	if (n == 0)
		return;
	qsort(all, n, sizeof(*all), by_count);
	draft_text_counts(&c, (uint64_t[4]){ total, n });
	text_add(out, before);
	words_add(out, d->lang, W_DRAFT_NEVER_ROW, 3,
	    words_get(d->lang, draft_never_word(never)), c.text[0], c.text[1]);
	text_add_char(out, '\n');
	for (size_t i = 0; i < n && i < most; i++)
		add_channel(d, all[i], before, out);
	if (n > most)
		add_more(d, n - most, before, out);
}

void
draft_remark_reasons(const struct draft *d, size_t most, const char *before,
    struct text *out)
{
	struct draft_channel **all = mem_calloc(d->seen->channel_count + 1,
	    sizeof(struct draft_channel *));

	for (int i = NEVER_NOT + 1; i < NEVER_COUNT; i++)
		add_reason(d, (enum draft_never)i, all, most, before, out);
	free(all);
}

static void
add_ledger_left(const struct draft *d, struct text *out)
{
	for (size_t i = 0; i < d->ledgers->conduits.conduit_count; i++) {
		const struct draft_declared *x = &d->ledgers->declared[i];
		const char *name = x->row->name ? x->row->name : x->row->number;
		struct draft_counts n;
		struct text shown = { 0 };

		if (x->fault == NULL)
			continue;
		draft_text_counts(&n, (uint64_t[4]){ x->row->place.row });
		text_quote(&shown, name != NULL ? name : "-");
		text_add(out, "  // ");
		words_add(out, d->lang, W_DRAFT_LEDGER_LEFT, 3, n.text[0],
		    text_str(&shown), x->fault);
		text_add_char(out, '\n');
		text_free(&shown);
	}
}

void
draft_remark_never(struct draft *d, struct text *out)
{
	size_t head;

	text_printf(out, "\n  // ---- %s\n",
	    words_get(d->lang, W_DRAFT_NEVER_HEAD));
	head = out->length;
	draft_remark_reasons(d, SHOWN_MOST, "  // ", out);
	add_ledger_left(d, out);
	if (out->length == head)
		text_printf(out, "  // %s\n",
		    words_get(d->lang, W_DRAFT_NEVER_NONE));
}

/* ---- questions */

struct asked {
	struct prefix prefix;
	uint64_t count;
};

static int
by_prefix(const void *left, const void *right)
{
	const struct asked *a = left, *b = right;

	return addr_compare(&a->prefix.addr, &b->prefix.addr);
}

static void
add_prefix(struct asked *all, size_t *n, const struct addr *a, uint64_t count)
{
	all[*n].prefix.length = a->family == 4 ? 24 : 64;
	all[*n].prefix.addr = addr_mask(a, all[*n].prefix.length);
	all[(*n)++].count = count;
}

/* The /24s and /64s that no zone holds. */
static void
ask_prefixes(const struct draft *d, struct text *out)
{
	struct asked *all = mem_calloc(2 * d->seen->channel_count + 1,
	    sizeof(*all));
	size_t n = 0, shown = 0, step;

	for (size_t i = 0; i < d->seen->channel_count; i++) {
		const struct draft_channel *c = &d->seen->channels[i];

		if (c->never != NEVER_NO_ZONE)
			continue;
		if (c->from_zone == NULL)
			add_prefix(all, &n, &c->from, c->count);
		if (c->to_zone == NULL)
			add_prefix(all, &n, &c->to, c->count);
	}
	qsort(all, n, sizeof(*all), by_prefix);
	for (size_t i = 0; i < n; i += step, shown++) {
		char prefix[PREFIX_TEXT_MAX];
		struct draft_counts c;
		uint64_t count = 0;

		for (step = 0;
		     i + step < n && by_prefix(&all[i], &all[i + step]) == 0;
		     step++)
			count += all[i + step].count;
		if (shown >= SHOWN_MOST)
			continue;
		draft_text_counts(&c, (uint64_t[4]){ count });
		text_add(out, "  // ");
		words_add(out, d->lang, W_DRAFT_PREFIX, 2,
		    prefix_format(&all[i].prefix, prefix), c.text[0]);
		text_add_char(out, '\n');
	}
	if (shown > SHOWN_MOST)
		add_more(d, shown - SHOWN_MOST, "  // ", out);
	free(all);
}

static bool
may_serve(const struct zone *z, const struct addr *a)
{
	for (size_t i = 0; i < z->dhcp_server_count; i++)
		if (addr_equal(&z->dhcp_servers[i], a))
			return true;
	return false;
}

static void
ask_dhcp(const struct draft *d, struct text *out)
{
	for (size_t i = 0; i < d->seen->dhcp_count; i++) {
		const struct draft_channel *c = &d->seen->dhcp[i];
		char address[ADDR_TEXT_MAX];
		struct draft_counts n;

		if (may_serve(c->from_zone, &c->to))
			continue;
		draft_text_counts(&n, (uint64_t[4]){ c->count });
		text_add(out, "  // ");
		words_add(out, d->lang, W_DRAFT_DHCP, 3, c->from_zone->id,
		    addr_format(&c->to, address), n.text[0]);
		text_add_char(out, '\n');
	}
}

static bool
is_proxied(const struct draft *d, const struct draft_channel *c)
{
	return c->never == NEVER_NOT && c->protocol == 6 &&
	    (draft_labels(d->seen, c, "HTTP_Connect") ||
		draft_labels(d->seen, c, "HTTP_Proxy")) &&
	    !model_is_proxy(d->m, &c->to, c->port);
}

/* One question a proxy and zone that uses it. */
static void
ask_proxies(const struct draft *d, struct text *out)
{
	const struct draft_seen *s = d->seen;

	for (size_t i = 0; i < s->channel_count; i++) {
		const struct draft_channel *c = &s->channels[i];
		struct draft_counts n;
		char address[ADDR_TEXT_MAX];
		uint64_t count = 0;
		bool first = true;

		if (!is_proxied(d, c))
			continue;
		for (size_t k = 0; k < s->channel_count; k++) {
			const struct draft_channel *o = &s->channels[k];

			if (!is_proxied(d, o) || o->port != c->port ||
			    o->from_zone != c->from_zone ||
			    !addr_equal(&o->to, &c->to))
				continue;
			first &= k >= i;
			count += o->count;
		}
		if (!first)
			continue;
		draft_text_counts(&n, (uint64_t[4]){ c->port, count });
		text_add(out, "  // ");
		words_add(out, d->lang, W_DRAFT_PROXY, 4,
		    addr_format(&c->to, address), n.text[0], n.text[1],
		    c->from_zone->id);
		text_add_char(out, '\n');
	}
}

static bool
in_ledger(const struct draft *d, const struct addr *a)
{
	for (size_t i = 0; i < d->ledgers->devices.device_count; i++) {
		const struct import_device *x = &d->ledgers->devices.devices[i];

		for (size_t k = 0; k < x->address_count; k++)
			if (addr_compare(&x->addresses[k].first, a) <= 0 &&
			    addr_compare(a, &x->addresses[k].last) <= 0)
				return true;
	}
	return false;
}

/* Zones of other bodies: their servers stand in no ledger of ours. */
static bool
is_foreign(const struct zone *z)
{
	switch (z->tier) {
	case TIER_OUTSIDE:
	case TIER_SAAS:
	case TIER_PARTNER:
	case TIER_SECURITY_CLOUD:
	case TIER_LGWAN_NETWORK:
	case TIER_FIREWALL:
		return true;
	default:
		return false;
	}
}

static bool
was_asked(const struct draft_rows *rows, size_t at, const struct addr *a)
{
	for (size_t i = 0; i < at; i++)
		for (size_t k = 0; k < rows->items[i].to_count; k++)
			if (rows->items[i].to_zone == rows->items[at].to_zone &&
			    addr_equal(&rows->items[i].to[k], a))
				return true;
	return false;
}

/* Responders of what is proposed that nobody has registered. */
static void
ask_servers(const struct draft *d, struct text *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < d->rows->count; i++) {
		const struct draft_row *r = &d->rows->items[i];

		for (size_t k = 0; k < r->to_count; k++) {
			const char *name = draft_name_of(d->seen, &r->to[k]);
			char address[ADDR_TEXT_MAX];
			struct text shown_name = { 0 };

			if (is_foreign(r->to_zone) ||
			    was_asked(d->rows, i, &r->to[k]) ||
			    model_host(d->m, r->to_zone, &r->to[k]) != NULL ||
			    in_ledger(d, &r->to[k]) || shown++ >= SHOWN_MOST)
				continue;
			text_quote(&shown_name, name != NULL ? name : "");
			text_add(out, "  // ");
			words_add(out, d->lang, W_DRAFT_SERVER, 3,
			    addr_format(&r->to[k], address), r->to_zone->id,
			    text_str(&shown_name));
			text_add_char(out, '\n');
			text_free(&shown_name);
		}
	}
	if (shown > SHOWN_MOST)
		add_more(d, shown - SHOWN_MOST, "  // ", out);
}

/* An owner is one of them, so that without any none can be given. */
static void
ask_divisions(const struct draft *d, struct text *out)
{
	const struct jsonx *root = jsonx_root(d->m->source);

	if (d->m->division_count > 0 || d->rows->count == 0)
		return;
	text_printf(out,
	    "  // %s\n  // %s{ \"id\": \"general\", \"name\": "
	    "\"総務課\" }%s\n",
	    words_get(d->lang, W_DRAFT_DIVISIONS),
	    jsonx_get(root, "divisions") ? "" : ", \"divisions\": [ ",
	    jsonx_get(root, "divisions") ? "" : " ]");
}

void
draft_remark_questions(struct draft *d, struct text *out)
{
	struct text questions = { 0 };

	ask_prefixes(d, &questions);
	ask_dhcp(d, &questions);
	ask_proxies(d, &questions);
	ask_servers(d, &questions);
	draft_nat_ask(d, &questions);
	ask_divisions(d, &questions);
	if (questions.length > 0)
		text_printf(out, "\n  // ---- %s\n%s",
		    words_get(d->lang, W_DRAFT_QUESTIONS_HEAD),
		    text_str(&questions));
	text_free(&questions);
}
