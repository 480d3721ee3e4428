/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members that nft's JSON has not had so far. A newer nft may say with one
 * that a rule means something else (as "tunnel" in a payload does), so whoever
 * holds one is not known. Only what would be understood without the member is
 * listed: all else is unknown anyway.
 *
 * Source: libnftables-json(5) of nftables 1.0.6 and src/json.c of 0.9 to 1.1.
 */
#include <string.h>

#include "ruleset_json_internal.h"

struct known {
	const char *name;
	const char *members; /* with a blank before and behind each */
};

/* Objects of the list. Handles, comments, counters and places in a chain say
 * nothing about packets. */
static const struct known objects[] = {
	{ "table", " family name handle flags comment " },
	{ "chain",
	    " family table name handle type hook prio policy dev comment " },
	{ "rule", " family table chain handle index position expr comment " },
	{ "set",
	    " family table name handle type policy flags elem timeout "
	    "gc-interval size stmt auto-merge comment " },
	{ "map",
	    " family table name handle type map policy flags elem timeout "
	    "gc-interval size stmt auto-merge comment " },
	{ "meter",
	    " family table name handle type map policy flags elem timeout "
	    "gc-interval size stmt auto-merge comment " },
	{ "element", " family table name handle elem comment " },
	{ NULL, NULL },
};

/* Statements and expressions, wherever they stand within a rule. */
static const struct known parts[] = {
	{ "match", " op left right " },
	{ "accept", " " },
	{ "drop", " " },
	{ "continue", " " },
	{ "return", " " },
	{ "jump", " target " },
	{ "goto", " target " },
	{ "reject", " type expr " },
	{ "vmap", " key data " },
	{ "mangle", " key value " },
	{ "dnat", " addr family port flags type_flags " },
	{ "snat", " addr family port flags type_flags " },
	{ "masquerade", " addr family port flags type_flags " },
	{ "redirect", " addr family port flags type_flags " },
	{ "notrack", " " },
	{ "payload", " protocol name field base offset len tunnel " },
	{ "meta", " key " },
	{ "ct", " key dir family " },
	{ "prefix", " addr len " },
	{ "map", " key data op elem map stmt " },
	{ NULL, NULL },
};

static const char *
members_of(const struct known *list, const char *name)
{
	for (; list->name != NULL; list++)
		if (strcmp(list->name, name) == 0)
			return list->members;
	return NULL;
}

/* No name in the lists holds a blank; "ct count" is the only one that nft
 * writes with one, and what has it is changing. */
static bool
is_listed(const char *members, const char *key)
{
	const size_t n = strlen(key);

	for (const char *at = strstr(members, key); n > 0 && at != NULL;
	     at = strstr(at + 1, key))
		if (at > members && at[-1] == ' ' && at[n] == ' ')
			return strchr(key, ' ') == NULL;
	return strcmp(key, "ct count") == 0;
}

static const char *
stranger(const struct jsonx *o, const char *members)
{
	if (o->kind != JSONX_OBJECT)
		return NULL;
	for (const struct jsonx *m = o->child; m != NULL; m = m->next)
		if (!is_listed(members, m->key))
			return m->key;
	return NULL;
}

const char *
json_object_stranger(const struct jsonx *o)
{
	const char *members = members_of(objects, o->key);

	return members == NULL ? NULL : stranger(o, members);
}

const char *
json_element_stranger(const struct jsonx *elem)
{
	return stranger(elem,
	    " val timeout expires comment counter last "
	    "limit quota ");
}

/* As deep as the file, which the scan bounds. */
const char *
json_stranger(const struct jsonx *node)
{
	const char *members = node->key == NULL ? NULL :
						  members_of(parts, node->key);
	const char *found = members == NULL ? NULL : stranger(node, members);

	/* That of an update may hold the expression itself. */
	if (node->key != NULL && strcmp(node->key, "elem") == 0 &&
	    jsonx_get(node, "val") != NULL)
		found = json_element_stranger(node);
	for (const struct jsonx *n = node->child; n != NULL && found == NULL;
	     n = n->next)
		found = json_stranger(n);
	return found;
}
