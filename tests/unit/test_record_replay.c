/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One engine, two recorders: one is told by call, the other by records that
 * went through a channel and were read again. Their lines must be the same,
 * byte by byte. Without arguments over a scene of its own; with
 * --replay MODEL PROBE TAP=FILE... over captures (tests/e2e/records.py).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "engine_scene.h"
#include "recorder.h"

#define ERROR_MAX 512

/* A recorder that writes into memory. */
struct book {
	struct recorder *recorder;
	struct observer observer;
	FILE *out;
	char *bytes;
	size_t length;
};

struct tee {
	struct book direct, relayed;
	struct channel *channel;
	struct observer sender;
	struct record_reader *reader;
	const struct model *m;
	int end; /* where the records come out */
	uint64_t records, refused;
};

static const uint8_t secret[16] = { 9, 8, 7 };

static void
book_open(struct book *b, const struct model *m, const char *probe)
{
	b->out = open_memstream(&b->bytes, &b->length);
	b->recorder = recorder_new(m, probe, LANG_JA, b->out, secret);
	b->observer = recorder_observer(b->recorder);
}

static void
book_close(struct book *b)
{
	recorder_free(b->recorder);
	(void)fclose(b->out);
	free(b->bytes);
}

/* Hands over what went through the channel. */
static void
relay(struct tee *t)
{
	static uint8_t bytes[RECORD_BYTES_MAX];
	ssize_t n;

	(void)channel_flush(t->channel);
	while ((n = recv(t->end, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
		t->records++;
		if (record_read(t->reader, bytes, (size_t)n, t->m, 1,
			&t->relayed.observer) != RECORD_OK)
			t->refused++;
	}
}

static void
on_conversation(void *context, const struct observation *o)
{
	struct tee *t = context;

	t->direct.observer.conversation(t->direct.observer.context, o);
	t->sender.conversation(t->sender.context, o);
	relay(t);
}

static void
on_coverage(void *context, const struct coverage_finding *f)
{
	struct tee *t = context;

	t->direct.observer.coverage(t->direct.observer.context, f);
	t->sender.coverage(t->sender.context, f);
	relay(t);
}

static void
on_account(void *context, const struct tally *tally)
{
	struct tee *t = context;

	t->direct.observer.account(t->direct.observer.context, tally);
	t->sender.account(t->sender.context, tally);
	relay(t);
}

static void
on_tick(void *context, struct wall_us now)
{
	struct tee *t = context;

	t->direct.observer.tick(t->direct.observer.context, now);
	t->sender.tick(t->sender.context, now);
	relay(t);
}

static void
on_gap(void *context, const struct gap *g)
{
	struct tee *t = context;

	t->direct.observer.gap(t->direct.observer.context, g);
	t->sender.gap(t->sender.context, g);
	relay(t);
}

static struct tee *
tee_new(const struct model *m, const char *probe)
{
	struct tee *t = calloc(1, sizeof(*t));
	int ends[2];

	if (t == NULL ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		abort();
	(void)signal(SIGPIPE, SIG_IGN);
	t->m = m;
	t->end = ends[1];
	t->channel = channel_new(ends[0], 0, 1, 1, false, NULL);
	t->sender = channel_observer(t->channel);
	t->reader = record_reader_new();
	book_open(&t->direct, m, probe);
	book_open(&t->relayed, m, probe);
	return t;
}

static void
tee_free(struct tee *t)
{
	book_close(&t->direct);
	book_close(&t->relayed);
	record_reader_free(t->reader);
	channel_free(t->channel);
	(void)close(t->end);
	free(t);
}

static struct observer
tee_observer(struct tee *t)
{
	return (struct observer){ .context = t,
		.conversation = on_conversation,
		.coverage = on_coverage,
		.account = on_account,
		.tick = on_tick,
		.gap = on_gap };
}

/* NULL, or the first line of the direct way that the other has not. */
static const char *
difference(struct tee *t, struct wall_us now)
{
	size_t i = 0;

	recorder_finish(t->direct.recorder, now);
	recorder_finish(t->relayed.recorder, now);
	(void)fflush(t->direct.out);
	(void)fflush(t->relayed.out);
	if (t->direct.length == t->relayed.length &&
	    memcmp(t->direct.bytes, t->relayed.bytes, t->direct.length) == 0)
		return NULL;
	while (i < t->direct.length && i < t->relayed.length &&
	    t->direct.bytes[i] == t->relayed.bytes[i])
		i++;
	while (i > 0 && t->direct.bytes[i - 1] != '\n')
		i--;
	return t->direct.bytes + i;
}

/* ---- a scene of its own */

static void
test_the_lines_are_the_same_by_call_and_by_record(void **state)
{
	const struct scene_place lg = { .vlan = 200 };
	const struct scene_place lgwan = { .vlan = 400, .from_router = true };
	const struct scene_place office = { .vlan = 300 };
	const struct scene_place core = { .vlan = 110, .from_router = true };
	struct scene *s = scene_new(0);
	struct tee *t = tee_new(s->model, "probe1");
	struct gap gap = { .cause = "truncated dump file",
		.file = "/tmp/captures/one.pcap",
		.frames = 3 };
	const char *from = "10.2.1.9", *to = "172.20.0.9";

	(void)state;
	s->observer = tee_observer(t);
	for (uint16_t port = 1000; port < 1040; port++) {
		scene_tcp(s, lg, from, port, to, 443, 0x02, 1, 0, NULL);
		scene_tcp(s, lgwan, from, port, to, 443, 0x02, 1, 0, NULL);
		scene_tcp(s, lgwan, to, 443, from, port, 0x12, 9, 2, NULL);
		scene_tcp(s, office, "10.3.0.7", port, "10.1.0.5", 445, 0x02, 5,
		    0, NULL);
		scene_tcp(s, core, "10.1.0.5", 445, "10.3.0.7", port, 0x14, 0,
		    6, NULL);
		scene_udp(s, lg, from, port, "172.20.0.53", 53, "nonsense", 8);
		s->us += port % 3 * CLOCK_SECOND;
	}
	gap.tap = model_tap(s->model, "trunk");
	gap.now.us = s->us;
	s->observer.gap(s->observer.context, &gap);
	scene_finish(s);
	assert_null(difference(t, (struct wall_us){ s->us }));
	assert_true(t->records > 200);
	assert_int_equal(t->refused, 0);
	assert_true(t->direct.length > 10000);
	assert_non_null(strstr(t->direct.bytes, "\"alert\""));
	assert_non_null(strstr(t->direct.bytes, "sekisho_gap"));
	tee_free(t);
	scene_free(s);
}

/* ---- captures */

struct replay {
	struct model *m;
	struct capture *capture;
	struct tee *tee;
	struct engine *engine;
	struct observer observer;
	const struct tap *taps[CAPTURE_SOURCES_MAX];
	const char *files[CAPTURE_SOURCES_MAX];
	size_t count;
	struct wall_us latest;
};

static bool
replay_load(struct replay *r, const char *path)
{
	struct bundle bundle = { 0 };
	struct diag d = { .lang = LANG_EN };

	if (bundle_read(&bundle, path, bundle_data_dir(), &d))
		r->m = model_load(&bundle, &d);
	diag_free(&d);
	bundle_free(&bundle);
	return r->m != NULL;
}

static bool
replay_open(struct replay *r, char *source, char *error)
{
	char *file = strchr(source, '=');
	int number;

	if (file == NULL)
		return false;
	*file++ = '\0';
	number = capture_open_file(r->capture, file, error, ERROR_MAX);
	if (number < 0 || model_tap(r->m, source) == NULL)
		return false;
	r->taps[number] = model_tap(r->m, source);
	r->files[number] = file;
	r->count = (size_t)number + 1;
	return true;
}

static void
replay_fault(struct replay *r)
{
	const struct capture_fault *f = capture_fault(r->capture);
	const struct gap gap = { .kind = GAP_CAPTURE,
		.file = f->file,
		.tap = r->taps[f->source],
		.frames = f->frames,
		.cause = f->cause,
		.now = r->latest };

	r->observer.gap(r->observer.context, &gap);
}

static void
replay_frames(struct replay *r)
{
	enum capture_result result;
	struct frame f;

	while ((result = capture_next(r->capture, &f)) == CAPTURE_FRAME ||
	    result == CAPTURE_FAULT) {
		if (result == CAPTURE_FAULT) {
			replay_fault(r);
			continue;
		}
		r->latest = f.time;
		engine_frame(r->engine, &f);
	}
	engine_finish(r->engine);
}

/* Prints what differs; the exit code of the program. */
static int
replay_judge(struct replay *r)
{
	const char *different = difference(r->tee, r->latest);

	if (r->tee->refused > 0)
		(void)printf("%llu records refused\n",
		    (unsigned long long)r->tee->refused);
	if (different != NULL)
		(void)printf("not alike from here: %.2000s\n", different);
	if (different == NULL && r->tee->refused == 0 &&
	    r->tee->direct.length > 0)
		(void)printf("%llu records, %zu bytes of lines alike\n",
		    (unsigned long long)r->tee->records, r->tee->direct.length);
	return different != NULL || r->tee->refused > 0 ||
	    r->tee->direct.length == 0;
}

static int
replay(int count, char **words)
{
	const struct engine_options options = { .flow_id_base = 1,
		.secret = "replay" };
	struct replay r = { .capture = capture_new() };
	char error[ERROR_MAX] = "";
	int code = 2;

	if (!replay_load(&r, words[0]))
		return 2;
	for (int i = 2; i < count; i++)
		if (!replay_open(&r, words[i], error)) {
			(void)printf("cannot open %s: %s\n", words[i], error);
			return 2;
		}
	r.tee = tee_new(r.m, words[1]);
	r.observer = tee_observer(r.tee);
	r.engine = engine_new(r.m, r.taps, r.files, r.count, &options,
	    &r.observer, error, sizeof(error));
	if (r.engine != NULL) {
		replay_frames(&r);
		code = replay_judge(&r);
	}
	engine_free(r.engine);
	tee_free(r.tee);
	capture_free(r.capture);
	model_free(r.m);
	return code;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_the_lines_are_the_same_by_call_and_by_record),
	};

	if (argc > 4 && strcmp(argv[1], "--replay") == 0)
		return replay(argc - 2, argv + 2);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
