/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The records and how one is read: head, then what its type holds, then
 * nothing more. Conversations, accounts and health have files of their own;
 * the small types are here. All bytes go through base/cursor.h.
 */
#include "observation_record.h"

#include <stdlib.h>

#include "base/mem.h"
#include "guideline.h"
#include "observation_record_internal.h"

struct record_reader {
	struct record_names *names; /* owned */
	const struct model *known;  /* whose names are kept, of known_as */
	uint32_t known_as;
	struct record_conversation_room conversation;
	struct record_account account;
	struct health health;
	struct record_notice_room notice;
	struct device device;
	struct evidence_set evidence;
	struct coverage_finding coverage;
	struct tap_minute minute;
	struct tap_view view;
	struct gap gap;
	struct wall_us tick;
	const char *line;
};

/* ---- small types */

size_t
record_coverage(uint8_t *out, struct record_head *head,
    const struct coverage_finding *f)
{
	struct record_writer w;

	record_begin(&w, out, head, RECORD_COVERAGE, RECORD_URGENT);
	record_put8(&w, f->check);
	record_put8(&w, f->severity);
	record_put_time(&w, f->now);
	record_put32(&w, RECORD_INDEX(f->boundary));
	record_put32(&w, RECORD_INDEX(f->tap));
	record_put64(&w, f->counted);
	record_put64(&w, f->of);
	record_put_text(&w, f->detail, RECORD_NAME_MAX);
	return (size_t)(w.pos - out);
}

static void
read_coverage(struct record_reader *r, struct record_input *in)
{
	struct coverage_finding *f = &r->coverage;

	memset(f, 0, sizeof(*f));
	f->check = (enum check)record_get_enum(in, CHECK_COUNT);
	record_require(in, f->check >= CHECK_COV_1 && f->check <= CHECK_COV_12);
	f->severity = (enum severity)record_get_enum(in, SEVERITY_CRITICAL + 1);
	record_require(in, f->severity != SEVERITY_NONE);
	f->now = record_get_time(in);
	f->boundary = record_get_boundary(in);
	f->tap = record_get_tap(in);
	f->counted = record_get64(in);
	f->of = record_get64(in);
	f->detail = record_get_text(in, RECORD_NAME_MAX);
}

size_t
record_tick(uint8_t *out, struct record_head *head, struct wall_us now)
{
	struct record_writer w;

	record_begin(&w, out, head, RECORD_TICK, RECORD_MINOR);
	record_put_time(&w, now);
	return (size_t)(w.pos - out);
}

static void
read_tick(struct record_reader *r, struct record_input *in)
{
	r->tick = record_get_time(in);
}

size_t
record_gap(uint8_t *out, struct record_head *head, const struct gap *g)
{
	struct record_writer w;

	record_begin(&w, out, head, RECORD_GAP, RECORD_URGENT);
	record_put8(&w, g->kind);
	record_put_path(&w, g->file, RECORD_NAME_MAX);
	record_put32(&w, RECORD_INDEX(g->tap));
	record_put64(&w, g->frames);
	record_put_text(&w, g->cause != NULL ? g->cause : "", RECORD_LINE_MAX);
	record_put_time(&w, g->now);
	record_put_time(&w, g->from);
	record_put_time(&w, g->until);
	record_put64(&w, g->held);
	record_put64(&w, g->unseen);
	record_put64(&w, g->conversations);
	record_put64(&w, g->records);
	record_put32(&w, (uint32_t)g->exit_status);
	return (size_t)(w.pos - out);
}

static void
read_gap(struct record_reader *r, struct record_input *in)
{
	struct gap *g = &r->gap;

	memset(g, 0, sizeof(*g));
	g->kind = (enum gap_kind)record_get_enum(in, GAP_KIND_COUNT);
	g->file = record_get_text(in, RECORD_NAME_MAX);
	g->tap = record_get_tap(in);
	g->frames = record_get64(in);
	g->cause = record_get_string(in, RECORD_LINE_MAX);
	g->now = record_get_time(in);
	g->from = record_get_time(in);
	g->until = record_get_time(in);
	g->held = record_get64(in);
	g->unseen = record_get64(in);
	g->conversations = record_get64(in);
	g->records = record_get64(in);
	g->exit_status = (int32_t)cursor_be32(&in->c);
}

size_t
record_log(uint8_t *out, struct record_head *head, const char *line)
{
	struct record_writer w;

	record_begin(&w, out, head, RECORD_LOG, RECORD_MINOR);
	record_put_text(&w, line != NULL ? line : "", RECORD_LINE_MAX);
	return (size_t)(w.pos - out);
}

static void
read_log(struct record_reader *r, struct record_input *in)
{
	r->line = record_get_string(in, RECORD_LINE_MAX);
}

/* ---- the types that have files of their own */

static void
read_conversation(struct record_reader *r, struct record_input *in)
{
	record_read_conversation(in, &r->conversation);
}

static void
read_account(struct record_reader *r, struct record_input *in)
{
	record_read_account(in, &r->account);
}

static void
read_health(struct record_reader *r, struct record_input *in)
{
	record_read_health(in, &r->health);
}

static void
read_notice(struct record_reader *r, struct record_input *in)
{
	record_read_notice(in, &r->notice);
}

static void
read_device(struct record_reader *r, struct record_input *in)
{
	record_read_device(in, &r->device);
}

static void
read_evidence(struct record_reader *r, struct record_input *in)
{
	record_read_evidence(in, &r->evidence);
}

static void
read_minute(struct record_reader *r, struct record_input *in)
{
	record_read_minute(in, &r->minute);
}

static void
read_view(struct record_reader *r, struct record_input *in)
{
	record_read_view(in, &r->view);
}

/* ---- handing over */

static void
tell(const struct record_reader *r, enum record_type type,
    const struct observer *o)
{
	if (type == RECORD_CONVERSATION && o->conversation)
		o->conversation(o->context, &r->conversation.observation);
	if (type == RECORD_COVERAGE && o->coverage)
		o->coverage(o->context, &r->coverage);
	if (type == RECORD_ACCOUNT && o->account)
		o->account(o->context, &r->account.tally);
	if (type == RECORD_TICK && o->tick)
		o->tick(o->context, r->tick);
	if (type == RECORD_GAP && o->gap)
		o->gap(o->context, &r->gap);
	if (type == RECORD_HEALTH && o->health)
		o->health(o->context, &r->health);
	if (type == RECORD_LOG && o->log)
		o->log(o->context, r->line);
	if (type == RECORD_NOTICE && o->notice)
		o->notice(o->context, &r->notice.notice);
	if (type == RECORD_DEVICE && o->device)
		o->device(o->context, &r->device);
	if (type == RECORD_EVIDENCE && o->evidence)
		o->evidence(o->context, &r->evidence);
	if (type == RECORD_MINUTE && o->minute)
		o->minute(o->context, &r->minute);
	if (type == RECORD_VIEW && o->view)
		o->view(o->context, &r->view);
}

static enum record_result
read_head(struct cursor *c, struct record_head *head)
{
	uint64_t high;

	memset(head, 0, sizeof(*head));
	head->version = cursor_u8(c);
	head->type = cursor_u8(c);
	head->class = cursor_u8(c);
	head->engine = cursor_u8(c);
	head->generation = cursor_be32(c);
	high = cursor_be32(c);
	head->sequence = high << 32 | cursor_be32(c);
	if (!cursor_ok(c))
		return RECORD_TRUNCATED;
	if (head->version != RECORD_VERSION || head->type == RECORD_NONE ||
	    head->type >= RECORD_TYPE_COUNT)
		return RECORD_UNSUPPORTED;
	if (head->class >= RECORD_CLASS_COUNT || head->sequence == 0)
		return RECORD_MALFORMED;
	return RECORD_OK;
}

enum record_result
record_read_head(const uint8_t *bytes, size_t length, struct record_head *head)
{
	struct cursor c;

	cursor_init(&c, bytes, length);
	return read_head(&c, head);
}

struct record_reader *
record_reader_new(void)
{
	struct record_reader *r = mem_calloc(1, sizeof(*r));

	r->names = record_names_new();
	return r;
}

void
record_reader_free(struct record_reader *r)
{
	if (r == NULL)
		return;
	record_names_free(r->names);
	free(r);
}

/* Keeps the names that clauses are told by without an index, so that no flood
 * of invented ones can shut them out. */
static void
know(struct record_reader *r, const struct model *m, uint32_t generation)
{
	const char *names[] = { m->file, m->guideline_model,
		m->guideline != NULL ? m->guideline->model : NULL,
		m->guideline != NULL ? m->guideline->file : NULL };

	if (r->known == m && r->known_as == generation)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] != NULL)
			(void)record_names_keep(r->names, names[i], true);
	for (size_t i = 0; i < m->boundary_count; i++)
		(void)record_names_keep(r->names, m->boundaries[i].id, true);
	r->known = m;
	r->known_as = generation;
}

static enum record_result
result_of(const struct record_input *in)
{
	if (!cursor_ok(&in->c))
		return RECORD_TRUNCATED;
	if (in->malformed || cursor_left(&in->c) > 0)
		return RECORD_MALFORMED;
	return in->stale ? RECORD_STALE : RECORD_OK;
}

enum record_result
record_read(struct record_reader *r, const uint8_t *bytes, size_t length,
    const struct model *m, uint32_t generation, const struct observer *observer)
{
	static void (*const types[])(struct record_reader *,
	    struct record_input *) = {
		[RECORD_CONVERSATION] = read_conversation,
		[RECORD_COVERAGE] = read_coverage,
		[RECORD_ACCOUNT] = read_account,
		[RECORD_TICK] = read_tick,
		[RECORD_GAP] = read_gap,
		[RECORD_HEALTH] = read_health,
		[RECORD_LOG] = read_log,
		[RECORD_NOTICE] = read_notice,
		[RECORD_DEVICE] = read_device,
		[RECORD_EVIDENCE] = read_evidence,
		[RECORD_MINUTE] = read_minute,
		[RECORD_VIEW] = read_view,
	};
	struct record_input in = { .m = m, .names = r->names };
	enum record_result result;
	struct record_head head;

	_Static_assert(sizeof(types) / sizeof(types[0]) == RECORD_TYPE_COUNT,
	    "a function for each type");
	cursor_init(&in.c, bytes, length);
	result = read_head(&in.c, &head);
	if (result == RECORD_OK && length > RECORD_BYTES_MAX)
		result = RECORD_MALFORMED;
	if (result != RECORD_OK)
		return result;
	know(r, m, generation);
	in.other = head.generation != generation;
	types[head.type](r, &in);
	result = result_of(&in);
	if (result == RECORD_OK)
		tell(r, (enum record_type)head.type, observer);
	return result;
}

const char *
record_result_name(enum record_result r)
{
	static const char *const names[RECORD_RESULT_COUNT] = {
		[RECORD_OK] = "ok",
		[RECORD_TRUNCATED] = "truncated",
		[RECORD_MALFORMED] = "malformed",
		[RECORD_UNSUPPORTED] = "unsupported",
		[RECORD_STALE] = "stale",
	};

	return (unsigned)r < RECORD_RESULT_COUNT ? names[r] : "unknown";
}
