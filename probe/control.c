/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See control.h: a verdict with a count of holders, and nothing else. */
#include "control.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classify.h"

/* A conversation after its flow is gone, with the words it borrowed. */
struct control_last {
	struct conversation conversation;
	char application[CLASSIFY_LABEL_MAX], master[CLASSIFY_LABEL_MAX];
	char server_name[CLASSIFY_NAME_MAX];
};

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
	if (!c || --c->holders > 0)
		return;
	free(c->last);
	free(c);
}

void
control_refresh(struct control *c, const struct model *m)
{
	if (c->conversation)
		judge(m, c->conversation, c->conversation->last, &c->verdict);
}

/* Copies a word to room of size bytes, which hold all that there are. */
static const char *
keep(char *room, size_t size, const char *word)
{
	if (!word)
		return NULL;
	(void)strncpy(room, word, size - 1);
	return room;
}

static struct control_last *
last_of(const struct conversation *c)
{
	struct control_last *l = mem_calloc(1, sizeof(*l));
	struct conversation *k = &l->conversation;

	*k = *c;
	k->control = NULL;
	k->resolved_name = NULL; /* judging does not read it */
	k->application = keep(l->application, sizeof(l->application),
	    c->application);
	k->master = keep(l->master, sizeof(l->master), c->master);
	k->server_name = keep(l->server_name, sizeof(l->server_name),
	    c->server_name);
	return l;
}

void
control_end(struct control *c, const struct model *m)
{
	control_refresh(c, m);
	if (c->conversation && c->holders > 1)
		c->last = last_of(c->conversation);
	c->conversation = NULL;
}

bool
control_reload(struct control *c, struct rebase *r)
{
	int8_t moved[CONVERSATION_SIGHTINGS_MAX];

	if (c->generation == r->generation)
		return c->conversation || c->last;
	c->generation = r->generation;
	memset(&c->verdict, 0, sizeof(c->verdict));
	c->verdict.kind = VERDICT_UNJUDGED;
	c->verdict.again.us = INT64_MAX;
	if (c->conversation)
		return true;
	if (!c->last ||
	    !rebase_conversation(r, &c->last->conversation, moved)) {
		free(c->last);
		c->last = NULL;
		return false;
	}
	judge(r->to, &c->last->conversation, c->last->conversation.last,
	    &c->verdict);
	return true;
}
