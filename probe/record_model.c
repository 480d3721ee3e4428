/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The models that records may be of: the present one and those before it, for
 * as long as a sender may still have records of theirs under way. Observations
 * of an older one are decoded under it and told under the present one; no alert
 * points into a model that is freed.
 */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "now.h"
#include "record_internal.h"

void
record_model_init(struct record *r)
{
	r->models[0].m = r->job->model;
	r->models[0].generation = r->job->generation;
	r->model_count = 1;
	r->waiting.fd = -1;
	/* A ledger of a model that comes later may be CP932: its tables are
	 * files, and stay as long as a converter does. */
	r->charset = iconv_open("UTF-8", "CP932");
	atomic_store(&r->job->status->generation, r->job->generation);
}

void
record_model_fini(struct record *r)
{
	for (size_t i = 0; i < r->model_count; i++)
		model_free(r->models[i].owned);
	r->model_count = 0;
	if (r->waiting.fd >= 0)
		(void)close(r->waiting.fd);
	r->waiting.fd = -1;
	if (r->charset != (void *)-1)
		(void)iconv_close(r->charset);
}

const struct model *
record_model_find(const struct record *r, uint32_t generation)
{
	for (size_t i = r->model_count; i-- > 0;)
		if (r->models[i].generation == generation)
			return r->models[i].m;
	return NULL;
}

uint32_t
record_model_generation(const struct record *r)
{
	return r->models[r->model_count - 1].generation;
}

static void
answer(const struct record *r, enum order_type type, uint64_t generation)
{
	const struct order o = { .type = type, .number = generation, .fd = -1 };

	(void)order_send(r->job->orders, &o);
}

/* NULL when the bundle cannot be read or has errors: whoever sent it had
 * checked it, so there is nobody to tell which. */
static struct model *
load(int fd)
{
	struct bundle bundle = { 0 };
	struct diag diag = { 0 };
	struct model *m = NULL;

	if (fd >= 0 && order_bundle_read(fd, &bundle))
		m = model_load(&bundle, &diag);
	diag_free(&diag);
	bundle_free(&bundle);
	return m;
}

static void
take(struct record *r, struct order *o)
{
	const uint64_t generation = o->number;
	struct model *m = NULL;
	struct record_model *next;

	if (generation > record_model_generation(r) && generation <= UINT32_MAX)
		m = load(o->fd);
	if (o->fd >= 0)
		(void)close(o->fd);
	o->fd = -1;
	if (m == NULL) {
		answer(r, ORDER_REFUSED, generation);
		return;
	}
	next = &r->models[r->model_count++];
	next->m = next->owned = m;
	next->generation = (uint32_t)generation;
	recorder_reload(r->recorder, m, next->generation);
	atomic_store(&r->job->status->generation, next->generation);
	answer(r, ORDER_LOADED, generation);
}

/* Whether no record of the oldest model can come any more. */
static bool
is_oldest_done(const struct record *r)
{
	const uint32_t next = r->models[1].generation;

	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++) {
		const struct record_sender *s = &r->senders[i];

		/* Who has not spoken yet was made under the newest one. */
		if (s->fd >= 0 && s->generation != 0 && s->generation < next)
			return false;
	}
	return true;
}

static void
forget_oldest(struct record *r)
{
	model_free(r->models[0].owned);
	r->model_count--;
	memmove(&r->models[0], &r->models[1],
	    r->model_count * sizeof(r->models[0]));
	memset(&r->models[r->model_count], 0, sizeof(r->models[0]));
}

static bool
is_full(const struct record *r)
{
	return r->model_count > RECORD_MODELS_MAX;
}

void
record_model_take(struct record *r, struct order *o)
{
	record_model_tick(r);
	if (!is_full(r)) {
		take(r, o);
		return;
	}
	if (r->waiting.fd >= 0) { /* nobody sends two without an answer */
		answer(r, ORDER_REFUSED, o->number);
		if (o->fd >= 0)
			(void)close(o->fd);
		o->fd = -1;
		return;
	}
	r->waiting = *o;
	r->waiting_ns = now_monotonic();
}

void
record_model_tick(struct record *r)
{
	const uint64_t patience = RECORD_MODEL_MS * RECORD_NS_PER_MS;

	while (r->model_count > 1 && is_oldest_done(r))
		forget_oldest(r);
	if (r->waiting.fd < 0)
		return;
	/* Late records of it are then refused, and counted as such. */
	if (is_full(r) && now_monotonic() - r->waiting_ns > patience)
		forget_oldest(r);
	if (!is_full(r))
		take(r, &r->waiting);
}
