/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records as an engine that was taken over may write them, into a recorder.
 * Input: a byte of options (bit 0: the generation is set right, bit 1: handed
 * to a recorder), then the record. Whatever is accepted is handed over once,
 * and written again it must be read again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observation_record.h"
#include "recorder.h"

#define GENERATION 1

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct model *model;

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* What was handed over, written again. */
struct again {
	struct record_head head;
	uint8_t bytes[RECORD_BYTES_MAX];
	size_t length;
	unsigned calls;
};

static void
on_conversation(void *context, const struct observation *o)
{
	struct again *a = context;

	a->calls++;
	a->length = record_conversation(a->bytes, &a->head, o);
}

static void
on_coverage(void *context, const struct coverage_finding *f)
{
	struct again *a = context;

	a->calls++;
	a->length = record_coverage(a->bytes, &a->head, f);
}

static void
on_account(void *context, const struct tally *t)
{
	struct again *a = context;

	a->calls++;
	a->length = record_account(a->bytes, &a->head, t);
}

static void
on_tick(void *context, struct wall_us now)
{
	struct again *a = context;

	a->calls++;
	a->length = record_tick(a->bytes, &a->head, now);
}

static void
on_gap(void *context, const struct gap *g)
{
	struct again *a = context;

	a->calls++;
	a->length = record_gap(a->bytes, &a->head, g);
}

static void
on_health(void *context, const struct health *h)
{
	struct again *a = context;

	a->calls++;
	a->length = record_health(a->bytes, &a->head, h);
}

static void
on_notice(void *context, const struct notice *n)
{
	struct again *a = context;

	a->calls++;
	a->length = record_notice(a->bytes, &a->head, n);
}

static void
on_device(void *context, const struct device *d)
{
	struct again *a = context;

	a->calls++;
	a->length = record_device(a->bytes, &a->head, d);
}

static void
on_evidence(void *context, const struct evidence_set *e)
{
	struct again *a = context;

	a->calls++;
	a->length = record_evidence(a->bytes, &a->head, e);
}

static void
on_minute(void *context, const struct tap_minute *m)
{
	struct again *a = context;

	a->calls++;
	a->length = record_minute(a->bytes, &a->head, m);
}

static void
on_view(void *context, const struct tap_view *v)
{
	struct again *a = context;

	a->calls++;
	a->length = record_view(a->bytes, &a->head, v);
}

static void
on_log(void *context, const char *line)
{
	struct again *a = context;

	a->calls++;
	a->length = record_log(a->bytes, &a->head, line);
}

static const struct observer *
observer_of(struct observer *o, struct again *a)
{
	*o = (struct observer){ .context = a,
		.conversation = on_conversation,
		.coverage = on_coverage,
		.account = on_account,
		.tick = on_tick,
		.gap = on_gap,
		.health = on_health,
		.notice = on_notice,
		.device = on_device,
		.evidence = on_evidence,
		.minute = on_minute,
		.view = on_view,
		.log = on_log };
	return o;
}

/* Handed to a recorder, it must be written without harm. */
static void
give_to_recorder(struct record_reader *reader, const uint8_t *bytes,
    size_t length)
{
	static const uint8_t secret[16] = { 1 };
	FILE *out = fopen("/dev/null", "w");
	struct recorder *r;
	struct observer o;

	require(out != NULL);
	r = recorder_new(model, "p", LANG_JA, out, secret);
	o = recorder_observer(r);
	for (int i = 0; i < 2; i++)
		(void)record_read(reader, bytes, length, model, GENERATION, &o);
	recorder_finish(r, (struct wall_us){ 0 });
	recorder_free(r);
	(void)fclose(out);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct bundle b = { 0 };
	struct diag d = { .lang = LANG_EN };
	struct text path = { 0 };

	(void)argc;
	(void)argv;
	text_printf(&path, "%s/examples/city-alpha/model.jsonc",
	    bundle_data_dir());
	require(bundle_read(&b, text_str(&path), bundle_data_dir(), &d));
	model = model_load(&b, &d);
	require(model != NULL);
	text_free(&path);
	diag_free(&d);
	bundle_free(&b);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct again first, second;
	struct record_reader *reader;
	enum record_result result;
	struct observer o;
	uint8_t *record;

	if (size < 1)
		return 0;
	record = malloc(size); /* exact: a byte too far is seen */
	require(record != NULL);
	memcpy(record, data + 1, size - 1);
	if ((data[0] & 1) && size > 8)
		memcpy(record + 4, "\0\0\0\001", 4);
	first.calls = second.calls = 0;
	reader = record_reader_new();
	result = record_read(reader, record, size - 1, model, GENERATION,
	    observer_of(&o, &first));
	require(first.calls == (result == RECORD_OK));
	if (result == RECORD_OK) {
		first.head.generation = GENERATION;
		first.head.sequence = 1;
		memcpy(first.bytes + 4, "\0\0\0\001\0\0\0\0\0\0\0\001", 12);
		require(record_read(reader, first.bytes, first.length, model,
			    GENERATION, observer_of(&o, &second)) == RECORD_OK);
		memcpy(second.bytes + 4, first.bytes + 4, 12);
		require(second.length == first.length &&
		    memcmp(second.bytes, first.bytes, first.length) == 0);
		if (data[0] & 2)
			give_to_recorder(reader, record, size - 1);
	}
	record_reader_free(reader);
	free(record);
	return 0;
}
