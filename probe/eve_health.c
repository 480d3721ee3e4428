/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lines about the probe itself: how it is (sekisho_health) and what is
 * missing from what it tells (sekisho_gap). They are what a reader needs to
 * know how far to believe all the others.
 */
#include <string.h>
#include <sys/wait.h>

#include "eve.h"
#include "eve_internal.h"

#define US_PER_MS 1000.0

void
eve_clock(struct jsonw *w, const struct eve *e)
{
	const struct health *h = e->health;

	jsonw_object(w, "clock");
	if (h != NULL) {
		jsonw_string(w, "state", clock_state_name(h->clock));
		if (h->clock != CLOCK_UNKNOWN)
			jsonw_real(w, "offset_ms",
			    (double)h->clock_offset_us / US_PER_MS, 3);
	} else /* offline the file's time stands */
		jsonw_string(w, "state",
		    e->is_live ? clock_state_name(CLOCK_UNKNOWN) : "offline");
	jsonw_object_end(w);
}

const char *
eve_base_name(const char *path)
{
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	return slash != NULL ? slash + 1 : path;
}

/* A time, or null where it is not known. */
static void
add_time(struct jsonw *w, const struct eve *e, const char *key,
    struct wall_us t)
{
	if (t.us != 0)
		eve_time(w, e, key, t);
	else
		jsonw_null(w, key);
}

/* ---- gaps */

/* How a process ended: by a signal, or with a status of its own. */
static void
add_exit(struct jsonw *w, int32_t status)
{
	if (WIFSIGNALED(status))
		jsonw_int(w, "signal", WTERMSIG(status));
	else
		jsonw_null(w, "signal");
	if (WIFEXITED(status))
		jsonw_int(w, "status", WEXITSTATUS(status));
	else
		jsonw_null(w, "status");
}

static void
add_missing(struct jsonw *w, const struct eve *e, const struct gap *g)
{
	add_time(w, e, "from", g->from);
	add_time(w, e, "until", g->until);
	jsonw_uint(w, "held", g->held);
	jsonw_uint(w, "unseen", g->unseen);
	jsonw_uint(w, "conversations", g->conversations);
	jsonw_uint(w, "records", g->records);
	if (g->kind == GAP_ENGINE || g->kind == GAP_RECORDER)
		add_exit(w, g->exit_status);
}

void
eve_gap(struct text *out, const struct eve *e, const struct gap *g)
{
	struct text cause = { 0 };
	struct jsonw w;

	if (g->cause != NULL)
		text_escape(&cause, g->cause, strlen(g->cause));
	eve_begin(&w, out, e, g->now, NULL,
	    g->kind == GAP_CAPTURE ? NULL : g->tap, "sekisho_gap", NULL, 0);
	jsonw_object(&w, "sekisho");
	if (g->kind != GAP_CAPTURE)
		jsonw_string(&w, "kind", gap_kind_name(g->kind));
	jsonw_string(&w, "tap", g->tap ? g->tap->id : NULL);
	jsonw_string(&w, "boundary",
	    g->tap && g->tap->boundary ? g->tap->boundary->id : NULL);
	if (g->kind == GAP_CAPTURE) {
		jsonw_string(&w, "file", eve_base_name(g->file));
		jsonw_uint(&w, "frames", g->frames); /* read before it */
	} else
		add_missing(&w, e, g);
	jsonw_string(&w, "cause", text_str(&cause));
	jsonw_uint(&w, "generation", e->generation);
	jsonw_string(&w, "probe", e->probe);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	text_free(&cause);
}

/* ---- health */

static void
add_tap(struct jsonw *w, const struct eve *e, const struct health_tap *t)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "tap", t->tap ? t->tap->id : NULL);
	jsonw_string(w, "interface", t->interface);
	jsonw_string(w, "link", health_link_name(t->link));
	jsonw_uint(w, "received", t->received);
	jsonw_uint(w, "taken", t->taken);
	jsonw_uint(w, "ring_drops", t->ring_drops);
	jsonw_uint(w, "ring_freezes", t->ring_freezes);
	jsonw_uint(w, "nic_drops", t->nic_drops);
	jsonw_uint(w, "held", t->held);
	jsonw_uint(w, "unseen", t->unseen);
	jsonw_uint(w, "muted", t->muted);
	add_time(w, e, "last", t->last);
	jsonw_object_end(w);
}

static void
add_process(struct jsonw *w, const struct eve *e,
    const struct health_process *p)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "name", p->name);
	jsonw_int(w, "pid", p->pid);
	jsonw_uint(w, "restarts", p->restarts);
	jsonw_uint(w, "memory_kb", p->memory_kb);
	add_time(w, e, "started", p->started);
	jsonw_object_end(w);
}

static void
add_backlog(struct jsonw *w, const struct health *h)
{
	static const char *const names[RECORD_CLASS_COUNT] = {
		[RECORD_URGENT] = "urgent",
		[RECORD_FINAL] = "final",
		[RECORD_UPDATE] = "update",
		[RECORD_MINOR] = "minor",
	};

	jsonw_object(w, "backlog"); /* records not told, for want of room */
	for (int i = 0; i < RECORD_CLASS_COUNT; i++)
		jsonw_uint(w, names[i], h->backlog[i]);
	jsonw_object_end(w);
}

static void
add_store(struct jsonw *w, const struct eve_store *s)
{
	if (s == NULL) {
		jsonw_null(w, "store");
		return;
	}
	jsonw_object(w, "store");
	jsonw_uint(w, "lines", s->lines);
	jsonw_uint(w, "bytes", s->bytes);
	jsonw_uint(w, "lost", s->lost);
	jsonw_uint(w, "lost_conversations", s->lost_conversations);
	jsonw_uint(w, "made_room", s->made_room);
	jsonw_uint(w, "made_room_lasting", s->made_room_lasting);
	jsonw_uint(w, "mended", s->mended);
	jsonw_uint(w, "rotated", s->rotated);
	jsonw_uint(w, "held", s->held);
	jsonw_uint(w, "records_missing", s->missing);
	jsonw_object(w, "records_refused");
	for (int i = RECORD_OK + 1; i < RECORD_RESULT_COUNT; i++)
		jsonw_uint(w, record_result_name((enum record_result)i),
		    s->refused[i]);
	jsonw_object_end(w);
	jsonw_uint(w, "syslog", s->syslog);
	jsonw_uint(w, "syslog_lost", s->syslog_lost);
	jsonw_string(w, "fault", s->fault);
	eve_evidence_counts(w, s->evidence);
	eve_novelty_counts(w, s->novelty);
	jsonw_object_end(w);
}

static void
add_state(struct jsonw *w, const struct eve *e, const struct health *h)
{
	jsonw_object(w, "model");
	jsonw_string(w, "sha256", h->model);
	jsonw_object_end(w);
	jsonw_object(w, "sandbox");
	jsonw_string(w, "state", sandbox_state_name(h->sandbox));
	jsonw_int(w, "landlock", h->landlock);
	jsonw_object_end(w);
	jsonw_object(w, "clock");
	jsonw_string(w, "state", clock_state_name(h->clock));
	if (h->clock != CLOCK_UNKNOWN)
		jsonw_real(w, "offset_ms",
		    (double)h->clock_offset_us / US_PER_MS, 3);
	jsonw_uint(w, "steps", h->clock_steps);
	jsonw_object_end(w);
	jsonw_uint(w, "mute", h->muted);
	add_backlog(w, h);
	jsonw_array(w, "taps");
	for (size_t i = 0; i < h->tap_count; i++)
		add_tap(w, e, &h->taps[i]);
	jsonw_array_end(w);
	jsonw_array(w, "processes");
	for (size_t i = 0; i < h->process_count; i++)
		add_process(w, e, &h->processes[i]);
	jsonw_array_end(w);
}

void
eve_health(struct text *out, const struct eve *e, const struct health *h,
    const struct eve_store *store)
{
	struct text note = { 0 };
	struct jsonw w;

	text_escape(&note, h->note, strlen(h->note));
	eve_begin(&w, out, e, h->now, NULL, NULL, "sekisho_health", NULL, 0);
	jsonw_object(&w, "sekisho");
	jsonw_string(&w, "event", h->event);
	jsonw_uint(&w, "generation", h->generation);
	add_state(&w, e, h);
	eve_emergencies(&w, e);
	add_store(&w, store);
	jsonw_string(&w, "note", note.length > 0 ? text_str(&note) : NULL);
	jsonw_string(&w, "probe", e->probe);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	text_free(&note);
}
