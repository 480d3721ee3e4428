/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which interface is built on which: VLANs and the like name the one below
 * them, members of a bond or bridge name the one above. The two ends of a veth
 * pair name each other and are not above one another. rtnetlink(7).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "interface_internal.h"

#define TRIES 8	 /* a list may change while it is told */
#define DEPTH 16 /* VLAN on bond on ... */

struct links {
	struct interface_link *links; /* room INTERFACES_MAX */
	size_t count;
};

static void
note_link(void *context, const struct interface_link *link)
{
	struct links *l = context;

	if (l->count < INTERFACES_MAX)
		l->links[l->count++] = *link;
}

static bool
ask(struct links *l)
{
	const struct interface_taker t = { .context = l,
		.take_link = note_link };

	for (int i = 0; i < TRIES; i++) {
		l->count = 0;
		if (interface_ask_links(&t))
			return true;
		if (errno != EINTR)
			return false;
	}
	return false;
}

/* What lies beneath a, by its own word. */
static bool
rests_on(const struct interface_link *a, const struct interface_link *b)
{
	return a->below == b->index && b->below != a->index;
}

static bool
is_above(const struct links *l, const struct interface_link *upper,
    const struct interface_link *lower, int depth)
{
	if (rests_on(upper, lower) || lower->master == upper->index)
		return true;
	for (size_t i = 0; depth > 0 && i < l->count; i++) {
		const struct interface_link *between = &l->links[i];

		if ((rests_on(between, lower) ||
			lower->master == between->index) &&
		    is_above(l, upper, between, depth - 1))
			return true;
	}
	return false;
}

/* NULL: it is not there. */
static const struct interface_link *
find(const struct links *l, const char *name)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->links[i].name, name) == 0)
			return &l->links[i];
	return NULL;
}

static int
find_pair(const struct links *l, const char *const *names, size_t count,
    size_t *upper, size_t *lower)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			const struct interface_link *a = find(l, names[i]);
			const struct interface_link *b = find(l, names[j]);

			if (i == j || a == NULL || b == NULL ||
			    !is_above(l, a, b, DEPTH))
				continue;
			*upper = i;
			*lower = j;
			return 1;
		}
	return 0;
}

int
interface_stacked(const char *const *names, size_t count, size_t *upper,
    size_t *lower)
{
	struct links l = { .links = mem_calloc(INTERFACES_MAX,
			       sizeof(*l.links)) };
	const int found = ask(&l) ? find_pair(&l, names, count, upper, lower) :
				    -1;

	free(l.links);
	return found;
}
