/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a boundary firewall's ruleset (nft -j list ruleset, libnftables-json(5))
 * tells of the network: the interfaces it names and the addresses it changes.
 * Both end as questions; whether the rules agree with the model is another
 * command's business.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "draft.h"
#include "events.h"

#define RULESET_BYTES_MAX (64u << 20)
#define INTERFACES_MAX 256
#define DEPTH_MAX 16 /* of an expression that is looked into */

struct ruleset {
	const char *path;
	enum lang lang;
	const struct model *m;
	const char *interfaces[INTERFACES_MAX];
	size_t interface_count;
	struct text *out;
};

/* The whole file, or NULL with errno. The caller frees it. */
static char *
read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rbe");
	struct text all = { 0 };
	char buf[65536];
	size_t n;
	bool failed;

	if (file == NULL)
		return NULL;
	while ((n = fread(buf, 1, sizeof(buf), file)) > 0 &&
	    all.length < RULESET_BYTES_MAX)
		text_add_n(&all, buf, n);
	failed = ferror(file) != 0;
	(void)fclose(file);
	if (failed || all.length >= RULESET_BYTES_MAX) {
		errno = failed ? EIO : EFBIG;
		text_free(&all);
		return NULL;
	}
	text_add(&all, "");
	*length = all.length;
	return all.data != NULL ? all.data : mem_strdup("");
}

static bool
is_declared(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->firewall_count; i++)
		for (size_t k = 0; k < m->firewalls[i].interface_count; k++)
			if (strcmp(m->firewalls[i].interfaces[k].name, name) ==
			    0)
				return true;
	return false;
}

static void
add_interface(struct ruleset *r, const char *name)
{
	for (size_t i = 0; i < r->interface_count; i++)
		if (strcmp(r->interfaces[i], name) == 0)
			return;
	if (r->interface_count < INTERFACES_MAX)
		r->interfaces[r->interface_count++] = name;
}

static void
add_names(struct ruleset *r, const struct jsonx *n, int depth)
{
	if (n->kind == JSONX_STRING && n->string[0] != '@')
		add_interface(r, n->string);
	if (depth == DEPTH_MAX ||
	    (n->kind != JSONX_ARRAY && n->kind != JSONX_OBJECT))
		return;
	for (n = n->child; n != NULL; n = n->next)
		add_names(r, n, depth + 1);
}

/* {"match": {"left": {"meta": {"key": "iifname"}}, "right": "eth0"}} */
static void
take_match(struct ruleset *r, const struct jsonx *match)
{
	const struct jsonx *meta = jsonx_get(jsonx_get(match, "left"), "meta");
	const char *key = events_text(meta, "key");
	const struct jsonx *right = jsonx_get(match, "right");

	if (right != NULL &&
	    (strcmp(key, "iifname") == 0 || strcmp(key, "oifname") == 0 ||
		strcmp(key, "iif") == 0 || strcmp(key, "oif") == 0))
		add_names(r, right, 0);
}

/* Of blanks and line ends in a row one blank is left. */
static void
put_on_one_line(struct text *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->length; i++) {
		const bool blank = t->data[i] == ' ' || t->data[i] == '\n';

		if (!blank || (kept > 0 && t->data[kept - 1] != ' '))
			t->data[kept++] = blank ? ' ' : t->data[i];
	}
	t->length = kept;
	if (t->data != NULL)
		t->data[kept] = '\0';
}

static void
take_translation(struct ruleset *r, const struct jsonx *rule,
    const struct jsonx *expr)
{
	static const char *const kinds[] = { "snat", "dnat", "masquerade",
		"redirect" };
	struct text where = { 0 }, all = { 0 }, shown = { 0 };
	char handle[24];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct jsonx *n = jsonx_get(expr, kinds[i]);

		if (n == NULL)
			continue;
		(void)snprintf(handle, sizeof(handle), "%" PRId64,
		    events_number(rule, "handle"));
		text_quote(&where, r->path);
		jsonx_print(jsonx_get(rule, "expr"), &all);
		put_on_one_line(&all);
		text_quote(&shown, text_str(&all));
		text_add(r->out, "  // ");
		words_add(r->out, r->lang, W_DRAFT_RULESET_TRANSLATION, 4,
		    text_str(&where), handle, kinds[i], text_str(&shown));
		text_add_char(r->out, '\n');
	}
	text_free(&where);
	text_free(&all);
	text_free(&shown);
}

static void
take_rule(struct ruleset *r, const struct jsonx *rule)
{
	const struct jsonx *all = jsonx_get(rule, "expr");

	if (all == NULL || all->kind != JSONX_ARRAY)
		return;
	for (const struct jsonx *n = all->child; n != NULL; n = n->next) {
		if (n->kind != JSONX_OBJECT)
			continue;
		if (jsonx_get(n, "match") != NULL)
			take_match(r, jsonx_get(n, "match"));
		take_translation(r, rule, n);
	}
}

static int
by_name(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void
ask_interfaces(struct ruleset *r)
{
	qsort(r->interfaces, r->interface_count, sizeof(*r->interfaces),
	    by_name);
	for (size_t i = 0; i < r->interface_count; i++) {
		struct text shown = { 0 };

		if (is_declared(r->m, r->interfaces[i]))
			continue;
		text_quote(&shown, r->interfaces[i]);
		text_add(r->out, "  // ");
		words_add(r->out, r->lang, W_DRAFT_RULESET_INTERFACE, 1,
		    text_str(&shown));
		text_add_char(r->out, '\n');
		text_free(&shown);
	}
}

static bool
take_ruleset(struct ruleset *r, const struct jsonx *root, struct diag *d)
{
	const struct jsonx *all = jsonx_get(root, "nftables");

	if (all == NULL || all->kind != JSONX_ARRAY) {
		words_diag(d, (struct diag_place){ r->path, root->line, 1 },
		    DIAG_ERROR, CHECK_NONE, W_DRAFT_RULESET_BAD, 0);
		return false;
	}
	text_printf(r->out, "\n  // ---- %s\n",
	    words_get(r->lang, W_DRAFT_RULESET_HEAD));
	for (const struct jsonx *n = all->child; n != NULL; n = n->next)
		if (jsonx_get(n, "rule") != NULL)
			take_rule(r, jsonx_get(n, "rule"));
	ask_interfaces(r);
	return true;
}

bool
draft_ruleset(const char *path, enum lang lang, const struct model *m,
    struct text *out, struct diag *d)
{
	struct ruleset r = { .path = path, .lang = lang, .m = m, .out = out };
	struct jsonx_doc *doc = NULL;
	size_t length = 0;
	bool good = false;
	char *bytes = read_file(path, &length);

	if (bytes == NULL) {
		diag_add(d, (struct diag_place){ path, 0, 0 }, DIAG_ERROR, NULL,
		    NULL, NULL, strerror(errno));
		return false;
	}
	doc = jsonx_parse(path, bytes, length, d);
	if (doc != NULL)
		good = take_ruleset(&r, jsonx_root(doc), d);
	jsonx_free(doc);
	free(bytes);
	return good;
}
