/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See announce.h. Rules: a violation or an exception is told at once, since
 * nothing that comes can undo it; conform only when the application is
 * decided; unjudged and out of scope only at the end, unless an unjudged
 * conversation is to be alerted.
 */
#include "announce.h"

#include <string.h>

#include "control.h"
#include "retain.h"
#include "track.h"

#define TCP 6
#define UDP 17

/* Payload that would name another application may still come. */
static bool
is_open(const struct conversation *c)
{
	if (c->application_state == APPLICATION_PENDING)
		return true;
	return c->application_state == APPLICATION_NO_PAYLOAD &&
	    (c->protocol == TCP || c->protocol == UDP);
}

static bool
is_certain(const struct flow *f, const struct verdict *v)
{
	switch (v->kind) {
	case VERDICT_VIOLATE:
	case VERDICT_EXCEPTED:
		return true;
	case VERDICT_CONFORM:
		return !is_open(&f->conversation);
	case VERDICT_UNJUDGED:
		return v->alerts;
	default:
		return false;
	}
}

static bool
is_news(const struct flow *f, const struct verdict *v)
{
	if (v->deciding.check != f->told_finding.check ||
	    v->deciding.severity != f->told_finding.severity ||
	    f->conversation.outcome > f->told_outcome ||
	    v->passed != f->told_passed)
		return true;
	if (v->kind == f->told_kind)
		return false;
	/* Undecided for the moment is no news. */
	return v->kind != VERDICT_UNJUDGED || v->alerts ||
	    !is_open(&f->conversation);
}

static void
tell(const struct announcer *a, struct flow *f, const struct verdict *v,
    enum observation_stage stage, enum ending ending, struct wall_us now)
{
	struct observation o = { .stage = stage,
		.flow_id = f->id,
		.now = now,
		.conversation = &f->conversation,
		.verdict = v,
		.frames = f->frames,
		.start = f->conversation.first,
		.end = f->conversation.last,
		.ending = ending,
		.state = track_state(f),
		.midstream = f->midstream,
		.tap = f->tap,
		.tag_count = f->tag_count };

	for (int i = 0; i < 2; i++) {
		o.packets[i] = f->way[i].packets;
		o.bytes[i] = f->way[i].bytes;
		o.tcp_flags[i] = f->way[i].tcp_flags;
	}
	memcpy(o.tags, f->tags, sizeof(o.tags));
	if (a->retained)
		retain_tell(a->retained, f, v, now, a->observer);
	if (a->observer->conversation)
		a->observer->conversation(a->observer->context, &o);
}

/* Where a tunnel that nobody declared is alerted of as gravely by itself,
 * LNK-6 is not told: it stands beside what is. */
static void
add_tunnel(const struct flow *f, struct verdict *v)
{
	if (f->undeclared == SEVERITY_NONE || !v->alerts ||
	    v->deciding.severity < (enum severity)f->undeclared ||
	    v->also_count == VERDICT_ALSO_MAX)
		return;
	for (size_t i = 0; i < v->also_count; i++)
		if (v->also[i].check == CHECK_LNK_6)
			return;
	v->also[v->also_count++] = (struct finding){ CHECK_LNK_6,
		(enum severity)f->undeclared };
}

static void
judge_flow(struct announcer *a, struct flow *f, struct wall_us now,
    struct verdict *v)
{
	if (f->control)
		control_refresh(f->control, a->model);
	judge(a->model, &f->conversation, now, v);
	add_tunnel(f, v);
	a->judgements++;
	f->again = v->again;
	/* A verdict that was inherited may name a time that has passed. */
	if (f->again.us <= now.us)
		f->again.us = INT64_MAX;
	f->dirty = false;
	if (a->retained)
		retain_judged(a->retained, f, v, is_open(&f->conversation));
}

static void
remember(struct flow *f, const struct verdict *v)
{
	f->told = true;
	f->told_kind = v->kind;
	f->told_finding = v->deciding;
	f->told_outcome = f->conversation.outcome;
	f->told_passed = v->passed;
}

/* again: what was told before is news. */
static void
judge_and_tell(struct announcer *a, struct flow *f, struct wall_us now,
    bool again)
{
	struct verdict v;

	judge_flow(a, f, now, &v);
	if (f->told ? !again && !is_news(f, &v) : !is_certain(f, &v))
		return;
	tell(a, f, &v, f->told ? OBSERVATION_UPDATE : OBSERVATION_FIRST,
	    ENDING_NONE, f->conversation.last);
	remember(f, &v);
}

void
announce(struct announcer *a, struct flow *f)
{
	if (f->dirty || f->conversation.last.us >= f->again.us)
		judge_and_tell(a, f, f->conversation.last, false);
}

static struct wall_us
settled_at(const struct flow *f)
{
	const struct conversation *c = &f->conversation;
	const struct wall_us settled = { c->first.us + FLOW_SETTLE_US };

	return settled.us < c->last.us ? c->last : settled;
}

void
announce_settled(struct announcer *a, struct flow *f)
{
	if (f->dirty)
		judge_and_tell(a, f, settled_at(f), false);
}

void
announce_look(struct announcer *a, struct flow *f, bool again)
{
	judge_and_tell(a, f, f->settling ? f->conversation.last : settled_at(f),
	    again);
}

void
announce_final(struct announcer *a, struct flow *f, enum ending ending,
    struct wall_us now)
{
	struct verdict v;

	judge_flow(a, f, f->conversation.last, &v);
	tell(a, f, &v, OBSERVATION_FINAL, ending, now);
}
