/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See control.h: a verdict with a count of holders, and nothing else. */
#include "control.h"

#include <stdlib.h>

#include "base/mem.h"

struct control *
control_new(const struct conversation *conversation)
{
	struct control *c = mem_calloc(1, sizeof(*c));

	c->holders = 1;
	c->conversation = conversation;
	return c;
}

struct control *
control_hold(struct control *c)
{
	c->holders++;
	return c;
}

void
control_release(struct control *c)
{
	if (c && --c->holders == 0)
		free(c);
}

void
control_refresh(struct control *c, const struct model *m)
{
	if (c->conversation)
		judge(m, c->conversation, c->conversation->last, &c->verdict);
}

void
control_end(struct control *c, const struct model *m)
{
	control_refresh(c, m);
	c->conversation = NULL;
}
