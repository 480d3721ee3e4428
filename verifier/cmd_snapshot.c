/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho snapshot: stores what a firewall's ruleset is now, says what it
 * changes against the approved one, and lists what is stored. Reads the
 * firewall and never changes it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audit_change.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "cmd.h"
#include "cmd_snapshot.h"
#include "input.h"
#include "output.h"
#include "snapshot.h"

#define HOST_BYTES_MAX 256
#define JST_S (9 * 3600) /* where no model says otherwise */

static void
complain(const struct options *o, enum word word, size_t count, ...)
{
	struct text out = { 0 }, escaped[2] = { { 0 } };
	va_list ap;

	va_start(ap, count);
	for (size_t i = 0; i < count && i < 2; i++)
		text_quote(&escaped[i], va_arg(ap, const char *));
	va_end(ap);
	text_add(&out, "sekisho: ");
	words_add(&out, o->lang, word, 2, text_str(&escaped[0]),
	    text_str(&escaped[1]));
	text_add_char(&out, '\n');
	fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&escaped[0]);
	text_free(&escaped[1]);
}

static void
print_faults(struct diag *d)
{
	struct text faults = { 0 };

	diag_sort(d);
	diag_print(d, &faults);
	fputs(text_str(&faults), stderr);
	text_free(&faults);
	diag_free(d);
}

/* ---- what is asked for */

/* Who takes it, or NULL. With --approve --by is who approves, and who took it
 * only where nothing else says: then both are one, as TOP-3 must see. */
static const char *
operator_of(const struct options *o)
{
	const char *by = options_value(o, VALUE_BY);
	const char *const names[] = { o->approve ? NULL : by,
		getenv("SUDO_USER"), getenv("LOGNAME"), by };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] != NULL && names[i][0] != '\0')
			return names[i];
	return NULL;
}

static bool
usage_ok(const struct options *o)
{
	const char *firewall = options_value(o, VALUE_FIREWALL);
	const bool reads = o->kernel || options_value(o, VALUE_RULESET) != NULL;

	if (firewall != NULL && !snapshot_names(firewall))
		complain(o, W_SNAPSHOT_BAD_FIREWALL, 1, firewall);
	else if (o->kernel && options_value(o, VALUE_RULESET) != NULL)
		complain(o, W_SNAPSHOT_TWO_SOURCES, 0);
	else if (!o->kernel && options_value(o, VALUE_NETNS) != NULL)
		complain(o, W_SNAPSHOT_NETNS, 0);
	else if ((reads || o->approve) && firewall == NULL)
		complain(o, W_SNAPSHOT_NEEDS_FIREWALL, 0);
	else if (o->approve &&
	    (options_value(o, VALUE_BY) == NULL ||
		options_value(o, VALUE_NUMBER) == NULL))
		complain(o, W_SNAPSHOT_APPROVE_NEEDS, 0);
	else if (reads && operator_of(o) == NULL)
		complain(o, W_SNAPSHOT_NEEDS_BY, 0);
	else if (!reads && !o->approve &&
	    (options_value(o, VALUE_BY) != NULL ||
		options_value(o, VALUE_NUMBER) != NULL))
		complain(o, W_SNAPSHOT_NO_SOURCE, 0);
	else
		return true;
	return false;
}

static struct wall_us
clock_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (struct wall_us){ (int64_t)t.tv_sec * CLOCK_SECOND +
		t.tv_nsec / 1000 };
}

/* ---- taking one */

static struct ruleset *
read_ruleset(struct snapshot_job *j, struct diag *d)
{
	const struct options *o = j->o;

	if (o->kernel)
		return ruleset_kernel(options_value(o, VALUE_NETNS), d);
	if (options_value(o, VALUE_RULESET) != NULL)
		return ruleset_file(options_value(o, VALUE_RULESET), d);
	/* Approving what lies there: the state that was taken last. */
	if (j->now == NULL) {
		complain(o, W_SNAPSHOT_NOTHING_TO_APPROVE, 1, j->firewall);
		return NULL;
	}
	return snapshot_ruleset(j->now, d);
}

static bool
is_new(const struct snapshot_job *j)
{
	return j->now == NULL ||
	    strcmp(j->now->sha256, j->ruleset->sha256) != 0;
}

static void
set(char **to, const char *from)
{
	free(*to);
	*to = from != NULL ? mem_strdup(from) : NULL;
}

static bool
is_nobody(const char *name)
{
	return name[0] == '\0' || strcmp(name, "-") == 0;
}

/* The state to write: the last one seen again, or a new one. */
static void
fill(struct snapshot_job *j, struct snapshot *s)
{
	const struct options *o = j->o;
	const struct snapshot *was = j->is_new ? NULL : j->now;
	const char *number = options_value(o, VALUE_NUMBER);
	char host[HOST_BYTES_MAX] = "-";

	if (gethostname(host, sizeof(host) - 1) != 0)
		(void)snprintf(host, sizeof(host), "-");
	memset(s, 0, sizeof(*s));
	set(&s->path, was != NULL ? was->path : NULL);
	set(&s->firewall, j->firewall);
	(void)snprintf(s->sha256, sizeof(s->sha256), "%s", j->ruleset->sha256);
	s->first_taken = was != NULL ? was->first_taken : j->at;
	s->last_taken = j->reads ? j->at : was->last_taken;
	set(&s->host, was != NULL ? was->host : host);
	/* Older ones were kept without a name. */
	set(&s->operator_name,
	    was != NULL && !(o->approve && is_nobody(was->operator_name)) ?
		was->operator_name :
		operator_of(o));
	set(&s->change_number, was != NULL ? was->change_number : NULL);
	if (number != NULL && !o->approve && s->change_number == NULL)
		set(&s->change_number, number);
	if (o->approve) {
		s->approved = true;
		s->approved_at = j->at;
		set(&s->approved_by, options_value(o, VALUE_BY));
		set(&s->approved_number, number);
	} else if (was != NULL && was->approved) {
		s->approved = true;
		s->approved_at = was->approved_at;
		set(&s->approved_by, was->approved_by);
		set(&s->approved_number, was->approved_number);
	}
}

/* Whether it holds the ruleset of its digest: writing it again with today's
 * would make a forged state a true one, with its approval. */
static bool
is_whole(const struct snapshot *s, struct diag *d)
{
	struct ruleset *held = snapshot_ruleset(s, d);

	ruleset_free(held);
	return held != NULL;
}

/* The change is held against what was approved before this call. */
static int
store(struct snapshot_job *j, struct diag *d)
{
	char now[CLOCK_MINUTE_MAX], last[CLOCK_MINUTE_MAX];
	const char *number = options_value(j->o, VALUE_NUMBER);
	struct snapshot s;
	bool ok;

	j->is_new = is_new(j);
	if (!j->is_new && !is_whole(j->now, d))
		return CMD_BAD_INPUT;
	if (j->now != NULL && j->at.us < j->now->last_taken.us) {
		complain(j->o, W_SNAPSHOT_CLOCK, 2,
		    clock_format(j->at, j->utc_offset_s, now),
		    clock_format(j->now->last_taken, j->utc_offset_s, last));
		return CMD_BAD_INPUT;
	}
	fill(j, &s);
	ok = snapshot_write(j->o->operands[0], &s, j->ruleset, j->utc_offset_s,
	    d);
	if (ok && number != NULL && !j->o->approve &&
	    strcmp(s.change_number, number) != 0)
		complain(j->o, W_SNAPSHOT_NUMBER_KEPT, 2, s.change_number,
		    number);
	if (ok)
		ok = snapshot_tell(j, &s, d);
	free(s.path);
	free(s.firewall);
	free(s.host);
	free(s.operator_name);
	free(s.change_number);
	free(s.approved_by);
	free(s.approved_number);
	return ok ? j->status : CMD_BAD_INPUT;
}

static bool
find_firewall(struct snapshot_job *j)
{
	const struct model *m = j->in.model;

	for (size_t i = 0; i < m->firewall_count; i++)
		if (strcmp(m->firewalls[i].id, j->firewall) == 0)
			j->declared = &m->firewalls[i];
	if (j->declared == NULL)
		complain(j->o, W_SNAPSHOT_NO_FIREWALL, 1, j->firewall);
	return j->declared != NULL;
}

/* Under the lock, so that of two at once the second sees what the first
 * stored. */
static int
take_locked(struct snapshot_job *j, struct diag *d)
{
	struct snapshot_store s;
	int status = CMD_BAD_INPUT;
	bool whole;

	whole = snapshot_open(j->o->operands[0], j->firewall, &s, d);
	j->store = &s;
	j->now = snapshot_newest(&s);
	j->approved = snapshot_approved(&s);
	j->ruleset = read_ruleset(j, d);
	j->at = clock_now();
	if (j->ruleset != NULL)
		status = store(j, d);
	/* What lies broken in the folder may be what was approved. */
	if (!whole)
		status = CMD_BAD_INPUT;
	print_faults(d);
	ruleset_free(j->ruleset);
	snapshot_close(&s);
	return status;
}

static int
take(struct snapshot_job *j)
{
	struct diag d = { .lang = j->o->lang };
	const char *model = options_value(j->o, VALUE_MODEL);
	int lock, status = CMD_BAD_INPUT;

	if (model != NULL) {
		if (!input_need(&j->in, model, j->o))
			return CMD_BAD_INPUT;
		j->utc_offset_s = j->in.model->utc_offset_s;
		if (!find_firewall(j)) {
			input_close(&j->in);
			return CMD_BAD_INPUT;
		}
	}
	lock = snapshot_lock(j->o->operands[0], j->firewall, &d);
	if (lock >= 0) {
		status = take_locked(j, &d);
		(void)close(lock);
	} else
		print_faults(&d);
	if (model != NULL)
		input_close(&j->in);
	return status;
}

/* ---- listing */

static int
list(const struct options *o)
{
	struct diag d = { .lang = o->lang };
	struct snapshot_store s;
	struct text out = { 0 };
	bool ok;

	if (!snapshot_is_there(o->operands[0])) {
		complain(o, W_SNAPSHOT_NO_FOLDER, 1, o->operands[0]);
		return CMD_BAD_INPUT;
	}
	ok = snapshot_open(o->operands[0], options_value(o, VALUE_FIREWALL), &s,
	    &d);
	snapshot_list(&s, o->lang, o->format == 1, JST_S, &out);
	ok &= output_write(&out, NULL, o->lang);
	print_faults(&d);
	snapshot_close(&s);
	text_free(&out);
	return ok ? CMD_CLEAN : CMD_BAD_INPUT;
}

int
cmd_snapshot(const struct options *o)
{
	struct snapshot_job j = { .o = o,
		.firewall = options_value(o, VALUE_FIREWALL),
		.reads = o->kernel || options_value(o, VALUE_RULESET) != NULL,
		.utc_offset_s = JST_S };

	if (!usage_ok(o))
		return CMD_BAD_INPUT;
	return j.reads || o->approve ? take(&j) : list(o);
}
