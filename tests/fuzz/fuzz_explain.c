/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a pattern of --explain: either one fault within the pattern,
 * or boxes that hold a packet each and that, said again, mean the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "explain_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
say(const struct box *box, enum way way, struct text *out)
{
	struct text packets = { 0 };
	int family = box->dims[DIM_FAMILY]->items[0].first == 6 ? 6 : 4;

	explain_packets(box, false, &packets);
	/* Nothing else may tell the version. */
	if (strncmp(text_str(&packets), "any ", 4) == 0)
		text_printf(out, "ip%d %s", family, text_str(&packets) + 4);
	else
		text_add(out, text_str(&packets));
	if (way == WAY_INPUT)
		text_add(out, " to firewall");
	if (way == WAY_BRIDGE)
		text_add(out, " bridged");
	text_free(&packets);
}

static void
check_again(const struct explain_query *q, size_t which, struct pool *p)
{
	struct text first = { 0 }, second = { 0 };
	struct diag d = { .lang = LANG_EN };
	struct explain_query again;
	size_t found = 0;

	say(&q->boxes[which], q->way, &first);
	/* Names with odd bytes are shown, not said again. */
	if (!strstr(text_str(&first), "...") &&
	    !strchr(text_str(&first), '\\')) {
		if (!explain_parse(text_str(&first), p, &again, &d))
			abort();
		for (size_t i = 0; i < again.count; i++) {
			text_clear(&second);
			say(&again.boxes[i], again.way, &second);
			found += strcmp(text_str(&first), text_str(&second)) ==
			    0;
		}
		if (found == 0)
			abort();
	}
	text_free(&first);
	text_free(&second);
	diag_free(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diag d = { .lang = LANG_EN };
	struct explain_query q;
	struct pool *p = pool_new();
	char *pattern = malloc(size + 1);
	struct point x;

	if (pattern == NULL)
		abort();
	memcpy(pattern, data, size);
	pattern[size] = '\0';
	if (!explain_parse(pattern, p, &q, &d)) {
		if (d.errors != 1 || d.entries[0].place.column == 0 ||
		    d.entries[0].place.column > strlen(pattern) + 1)
			abort();
	} else {
		if (q.count == 0 || q.count > 2 || d.errors != 0)
			abort();
		for (size_t i = 0; i < q.count; i++) {
			box_pick(&q.boxes[i], &x);
			check_again(&q, i, p);
		}
	}
	free(pattern);
	diag_free(&d);
	pool_free(p);
	return 0;
}
