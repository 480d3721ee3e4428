/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The recorder's process, run as the supervisor runs it: records over sockets
 * in, lines in a folder out, orders obeyed; and what a death, another model, a
 * full disk or a lying sender does to what it tells.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "channel.h"
#include "now.h"
#include "order.h"
#include "record.h"
#include "recording.h"

#define SUPERVISOR (RECORD_SENDERS_MAX - 1)
#define WAIT_MS 20000
#define ALERTS "\"event_type\":\"alert\""
#define FLOWS "\"event_type\":\"flow\""
#define CONVERSATIONS "\"event_type\":\"sekisho_conversation\""
#define GAPS "\"event_type\":\"sekisho_gap\""

struct play {
	struct recording *r;
	char path[64];
	int folder;
	struct record_job job;
	int ours[RECORD_SENDERS_MAX]; /* the senders' ends; -1: none */
	struct channel *channels[RECORD_SENDERS_MAX];
	int orders;
	pid_t pid;
	bool tiny;     /* the folder is a file system of its own, soon full */
	int status;    /* as waitpid gave it */
	uint64_t code; /* of ORDER_DONE; UINT64_MAX: none came */
	char *lines;   /* of eve.json, once it was read */
	char *said;    /* on standard error */
};

static int
set_up(void **state)
{
	struct play *p = mem_calloc(1, sizeof(*p));

	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(p->path, sizeof(p->path), "/tmp/record-XXXXXX");
	if (mkdtemp(p->path) == NULL)
		return -1;
	p->r = recording_new();
	p->folder = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->job.model = p->r->m;
	p->job.generation = 1;
	p->job.probe = "probe1";
	p->job.lang = LANG_EN;
	p->job.folder = p->folder;
	p->job.events = "eve.json";
	p->job.is_live = true;
	p->job.status = record_status_new();
	p->job.no_sandbox = true;
	memcpy(p->job.secret, recording_secret, 16);
	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++)
		p->ours[i] = p->job.senders[i] = -1;
	p->orders = -1;
	*state = p;
	return p->folder < 0 || p->job.status == NULL ? -1 : 0;
}

static void
add_sender(struct play *p, size_t i)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     pair),
	    0);
	p->ours[i] = pair[0];
	p->job.senders[i] = pair[1];
	p->channels[i] = channel_new(dup(pair[0]),
	    i == SUPERVISOR ? RECORD_SUPERVISOR : (uint8_t)i, 1, 1, true, NULL);
}

static void
end_sender(struct play *p, size_t i)
{
	channel_free(p->channels[i]);
	p->channels[i] = NULL;
	if (p->ours[i] >= 0)
		(void)close(p->ours[i]);
	p->ours[i] = -1;
}

static int
tear_down(void **state)
{
	struct play *p = *state;
	const struct dirent *e;
	DIR *dir;

	if (p->pid > 0) {
		(void)kill(p->pid, SIGKILL);
		(void)waitpid(p->pid, NULL, 0);
	}
	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++) {
		end_sender(p, i);
		if (p->job.senders[i] >= 0)
			(void)close(p->job.senders[i]);
	}
	if (p->orders >= 0)
		(void)close(p->orders);
	dir = opendir(p->path);
	while (dir != NULL && (e = readdir(dir)) != NULL)
		(void)unlinkat(dirfd(dir), e->d_name, 0);
	if (dir != NULL)
		(void)closedir(dir);
	(void)close(p->folder);
	(void)rmdir(p->path);
	recording_free(p->r);
	free(p->lines);
	free(p->said);
	free(p);
	return 0;
}

/* ---- the process */

/* A file system that has room for little; private to this process. */
static bool
make_tiny(struct play *p)
{
	int fd;

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", p->path, "tmpfs", 0, "size=32k") != 0)
		return false;
	p->folder = p->job.folder = open(p->path, O_RDONLY | O_DIRECTORY);
	fd = openat(p->folder, "spare", O_WRONLY | O_CREAT, 0600);
	(void)!write(fd, (const char[16384]){ 's' }, 16384);
	(void)close(fd);
	return true;
}

_Noreturn static void
be_recorder(struct play *p, int orders)
{
	const int fd = openat(p->folder, "said", O_WRONLY | O_CREAT | O_APPEND,
	    0600);

	if (p->tiny && !make_tiny(p))
		_exit(77);
	(void)dup2(fd, STDERR_FILENO);
	p->job.orders = orders;
	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++) {
		if (p->ours[i] >= 0)
			(void)close(p->ours[i]);
		if (p->channels[i] != NULL)
			(void)close(channel_fd(p->channels[i]));
	}
	record_run(&p->job);
}

/* Waits for a message; false when none comes. */
static bool
hear(struct play *p, struct order *o)
{
	struct pollfd wait = { .fd = p->orders, .events = POLLIN };

	return poll(&wait, 1, WAIT_MS) == 1 && order_receive(p->orders, o) == 1;
}

static void
launch(struct play *p)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     pair),
	    0);
	if (p->orders >= 0)
		(void)close(p->orders);
	p->orders = pair[0];
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		(void)close(pair[0]);
		be_recorder(p, pair[1]);
	}
	(void)close(pair[1]);
}

static void
start(struct play *p)
{
	struct order o = { .type = ORDER_NONE };

	launch(p);
	assert_true(hear(p, &o));
	assert_int_equal(o.type, ORDER_READY);
	assert_int_equal(o.state, p->job.no_sandbox ? SANDBOX_NONE : o.state);
}

/* Dies without a word, and the next one is to go on. */
static void
kill_it(struct play *p)
{
	(void)kill(p->pid, SIGKILL);
	assert_int_equal(waitpid(p->pid, &p->status, 0), p->pid);
	p->pid = 0;
	p->job.is_restart = true;
	p->job.exit_status = p->status;
	p->job.away_since.us = RECORDING_START;
}

/* What it said and wrote. */
static char *
contents(const struct play *p, const char *name)
{
	const int fd = openat(p->folder, name, O_RDONLY);
	struct stat st = { .st_size = 0 };
	char *bytes;

	if (fd >= 0)
		assert_int_equal(fstat(fd, &st), 0);
	bytes = mem_calloc(1, (size_t)st.st_size + 1);
	if (fd >= 0)
		assert_int_equal(read(fd, bytes, (size_t)st.st_size),
		    st.st_size);
	(void)close(fd);
	return bytes;
}

static int
is_ours(const struct dirent *e)
{
	return strncmp(e->d_name, "eve", 3) == 0 &&
	    strstr(e->d_name, ".tmp") == NULL;
}

/* Of every file of lines, the oldest first. */
static char *
all_lines(const struct play *p)
{
	char path[64];
	struct dirent **names;
	struct text t = { 0 };
	int n;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", p->folder);
	n = scandir(path, &names, is_ours, alphasort);
	for (int i = 0; i < n; i++) {
		char *bytes = contents(p, names[i]->d_name);

		text_add(&t, bytes);
		free(bytes);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return t.data ? t.data : mem_calloc(1, 1);
}

static void
look(struct play *p)
{
	free(p->lines);
	free(p->said);
	p->lines = all_lines(p);
	p->said = contents(p, "said");
}

static void
await_end(struct play *p)
{
	struct order o;

	p->code = UINT64_MAX;
	while (hear(p, &o))
		if (o.type == ORDER_DONE) {
			p->code = o.number;
			break;
		}
	assert_int_equal(waitpid(p->pid, &p->status, 0), p->pid);
	p->pid = 0;
	look(p);
	recording_keep(p->lines, strlen(p->lines));
}

static void
order(struct play *p, enum order_type type)
{
	const struct order o = { .type = type, .fd = -1 };

	assert_true(order_send(p->orders, &o));
}

/* The engines have ended and said all; then the recorder is stopped. */
static void
stop(struct play *p)
{
	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++)
		if (p->channels[i] != NULL)
			assert_true(channel_drain(p->channels[i], WAIT_MS));
	order(p, ORDER_STOP);
	await_end(p);
}

static size_t
count(const char *in, const char *part)
{
	size_t n = 0;

	for (const char *s = in; (s = strstr(s, part)) != NULL; s++)
		n++;
	return n;
}

/* Until everything that was sent by i is dealt with. */
static void
settle(struct play *p, size_t i)
{
	const uint64_t last = channel_sequence(p->channels[i]) - 1;

	assert_true(channel_drain(p->channels[i], WAIT_MS));
	for (int k = 0; k < WAIT_MS / 5; k++) {
		if (atomic_load(&p->job.status->read[i]) >= last)
			return;
		(void)usleep(5000);
	}
	fail_msg("record %llu of %zu was not dealt with",
	    (unsigned long long)last, i);
}

/* ---- what is sent */

static void
give(struct play *p, size_t i)
{
	const struct observer o = channel_observer(p->channels[i]);

	o.conversation(o.context, &p->r->o);
}

static void
tick(struct play *p, size_t i, int64_t later_us)
{
	const struct observer o = channel_observer(p->channels[i]);

	o.tick(o.context, (struct wall_us){ p->r->o.now.us + later_us });
}

/* A conversation of its own group that ends at once. */
static void
give_ended(struct play *p, size_t i, uint64_t id)
{
	recording_example(p->r);
	recording_end(p->r);
	p->r->o.flow_id = id;
	p->r->c.port[1] = (uint16_t)id;
	give(p, i);
}

static void
give_account(struct play *p, size_t i, uint64_t read)
{
	const struct observer o = channel_observer(p->channels[i]);
	struct tap_account tap;
	struct account_row reason = { "arp", 0 };
	struct tally t;

	memset(&t, 0, sizeof(t));
	memset(&tap, 0, sizeof(tap));
	tap.tap = &p->r->m->boundaries[0].taps[0];
	tap.frames = read;
	tap.first = p->r->o.start;
	tap.last = p->r->o.end;
	t.now = p->r->o.now;
	t.read = t.judged = read;
	t.reasons = &reason;
	t.reason_count = 1;
	t.taps = &tap;
	t.tap_count = 1;
	t.final = true;
	o.account(o.context, &t);
}

static void
give_health(struct play *p, const char *event)
{
	const struct observer o = channel_observer(p->channels[SUPERVISOR]);
	struct health h;

	memset(&h, 0, sizeof(h));
	h.now = p->r->o.now;
	h.event = event;
	h.generation = 1;
	memcpy(h.model, p->r->m->sha256, sizeof(h.model));
	h.sandbox = SANDBOX_NONE;
	h.clock = CLOCK_UNSYNCHRONISED;
	h.clock_offset_us = 1500;
	h.muted = 3;
	h.tap_count = 1;
	h.taps[0].tap = &p->r->m->boundaries[0].taps[0];
	(void)snprintf(h.taps[0].interface, 32, "span1");
	h.taps[0].received = 1000;
	h.taps[0].ring_drops = 7;
	h.taps[0].nic_drops = 2;
	h.taps[0].muted = 3;
	h.taps[0].last = p->r->o.now;
	h.process_count = 1;
	(void)snprintf(h.processes[0].name, 16, "engine-0");
	h.processes[0].pid = 77;
	h.processes[0].started = p->r->o.start;
	o.health(o.context, &h);
}

/* Bytes that are no record, or no good one. */
static void
give_bytes(struct play *p, size_t i, const void *bytes, size_t length)
{
	assert_int_equal(send(p->ours[i], bytes, length, 0), length);
}

/* ---- plain */

static void
test_records_become_lines(void **state)
{
	struct play *p = *state;

	add_sender(p, 0);
	add_sender(p, 3);
	add_sender(p, SUPERVISOR);
	start(p);
	give(p, 0);
	give_ended(p, 3, 7);
	give_health(p, "minute");
	settle(p, SUPERVISOR);
	settle(p, 0);
	give_account(p, 0, 10);
	give_account(p, 3, 20);
	settle(p, 0);
	settle(p, 3);
	assert_true(atomic_load(&p->job.status->lines) > 0);
	stop(p);
	assert_int_equal(p->status, 0);
	assert_int_equal(p->code, 1); /* findings */
	assert_int_equal(count(p->lines, CONVERSATIONS), 1);
	assert_int_equal(count(p->lines, FLOWS), 1);
	assert_int_equal(count(p->lines, ALERTS), 2);
	assert_int_equal(count(p->lines, GAPS), 0);
	assert_int_equal(count(p->lines, "\"event_type\":\"sekisho_health\""),
	    1);
	assert_int_equal(count(p->lines, "\"sandbox\":{\"state\":\"none\""), 1);
	/* the account, with what the kernel has said of its tap */
	assert_int_equal(count(p->lines,
			     "\"kernel_packets\":1000,\"kernel_drops\":9"),
	    2);
	assert_int_equal(count(p->lines, "\"engine\":3"), 1);
	assert_non_null(strstr(p->said, "30")); /* frames of both */
}

static void
test_it_ends_when_the_supervisor_is_gone(void **state)
{
	struct play *p = *state;

	add_sender(p, 0);
	start(p);
	give(p, 0);
	assert_true(channel_drain(p->channels[0], WAIT_MS));
	(void)shutdown(p->orders, SHUT_RDWR);
	assert_int_equal(waitpid(p->pid, &p->status, 0), p->pid);
	p->pid = 0;
	assert_int_equal(p->status, 0);
	look(p);
	assert_int_equal(count(p->lines, CONVERSATIONS), 1);
	assert_int_equal(count(p->lines, ALERTS), 1);
	/* The sender did not end: something may have been missed. */
	assert_non_null(strstr(p->lines, "records may be missing"));
}

static void
test_without_supervisor_it_reads_every_sender_to_its_end(void **state)
{
	struct play *p = *state;

	add_sender(p, 0);
	add_sender(p, 1);
	start(p);
	give(p, 0);
	(void)shutdown(p->orders, SHUT_RDWR);
	(void)poll(NULL, 0, 300);
	give(p, 1); /* it lives longer */
	assert_true(channel_drain(p->channels[1], WAIT_MS));
	end_sender(p, 0);
	end_sender(p, 1);
	assert_int_equal(waitpid(p->pid, &p->status, 0), p->pid);
	p->pid = 0;
	assert_int_equal(p->status, 0);
	look(p);
	assert_int_equal(count(p->lines, CONVERSATIONS), 2);
	assert_non_null(strstr(p->lines, "the supervisor was killed"));
	assert_null(strstr(p->lines, "records may be missing"));
	assert_non_null(strstr(p->said, "the supervisor was killed"));
}

static void
test_offline_it_ends_with_its_senders(void **state)
{
	struct play *p = *state;
	const int fd = openat(p->folder, "eve.json", O_WRONLY | O_CREAT, 0600);

	assert_int_equal(write(fd, "of another run\n", 15), 15);
	(void)close(fd);
	p->job.is_live = false;
	add_sender(p, 0);
	start(p);
	recording_example(p->r);
	recording_end(p->r);
	p->r->v.kind = VERDICT_CONFORM;
	memset(&p->r->v.deciding, 0, sizeof(p->r->v.deciding));
	p->r->v.also_count = 0;
	p->r->v.alerts = false;
	give(p, 0);
	give_account(p, 0, 137);
	assert_true(channel_drain(p->channels[0], WAIT_MS));
	end_sender(p, 0);
	await_end(p);
	assert_int_equal(p->status, 0);
	assert_int_equal(p->code, 0);
	assert_int_equal(count(p->lines, "\n"), 2);
	assert_null(strstr(p->lines, "another run"));
	assert_non_null(strstr(p->lines, "\"state\":\"offline\""));
	assert_non_null(strstr(p->said, "137"));
}

static void
test_offline_a_fault_of_writing_is_a_fault_of_the_run(void **state)
{
	struct play *p = *state;

	if (mknodat(p->folder, "eve.json", S_IFCHR | 0600, 0x107) != 0)
		skip(); /* /dev/full by another name; needs root */
	p->job.is_live = false;
	add_sender(p, 0);
	start(p);
	give_ended(p, 0, 1);
	give_account(p, 0, 5);
	assert_true(channel_drain(p->channels[0], WAIT_MS));
	end_sender(p, 0);
	p->code = UINT64_MAX;
	{
		struct order o;

		assert_true(hear(p, &o));
		assert_int_equal(o.type, ORDER_DONE);
		assert_int_equal(o.number, 2);
	}
	assert_int_equal(waitpid(p->pid, &p->status, 0), p->pid);
	p->pid = 0;
	p->said = contents(p, "said");
	assert_non_null(strstr(p->said, "No space left on device"));
}

static void
test_a_folder_that_cannot_be_used_is_told(void **state)
{
	struct play *p = *state;
	struct order o;

	assert_int_equal(mkdirat(p->folder, "eve.json", 0700), 0);
	add_sender(p, 0);
	launch(p);
	assert_true(hear(p, &o));
	assert_int_equal(o.type, ORDER_FAILED);
	assert_non_null(strstr(o.text, "Is a directory"));
	assert_int_equal(waitpid(p->pid, &p->status, 0), p->pid);
	p->pid = 0;
	assert_true(WIFEXITED(p->status));
	assert_int_equal(WEXITSTATUS(p->status), 70);
	(void)unlinkat(p->folder, "eve.json", AT_REMOVEDIR);
}

static void
test_behind_its_walls_it_writes_and_sets_aside(void **state)
{
	struct play *p = *state;
	DIR *dir;
	const struct dirent *e;
	size_t files = 0;

	p->job.no_sandbox = false;
	p->job.limits.file_bytes = 20000;
	p->job.limits.cap_bytes = 100000;
	add_sender(p, 0);
	start(p);
	for (uint64_t i = 1; i <= 200; i++)
		give_ended(p, 0, i);
	settle(p, 0);
	(void)usleep(1200000); /* the cap is kept each second */
	stop(p);
	assert_int_equal(p->status, 0);
	dir = opendir(p->path);
	while ((e = readdir(dir)) != NULL)
		files += strncmp(e->d_name, "eve-", 4) == 0;
	(void)closedir(dir);
	assert_true(files > 1);
	assert_true(atomic_load(&p->job.status->store_made_room) > 0);
}

/* ---- deaths */

static void
test_after_a_death_lines_go_on_and_nothing_is_lost(void **state)
{
	struct play *p = *state;

	add_sender(p, 0);
	start(p);
	for (uint64_t i = 1; i <= 50; i++)
		give_ended(p, 0, i);
	settle(p, 0);
	kill_it(p);
	for (uint64_t i = 51; i <= 60; i++)
		give_ended(p, 0, i); /* they wait in the socket */
	start(p);
	settle(p, 0);
	stop(p);
	assert_int_equal(p->code, 1);
	assert_int_equal(count(p->lines, FLOWS), 60);
	assert_int_equal(count(p->lines, ALERTS), 60 + 1);
	assert_int_equal(count(p->lines, GAPS), 1);
	assert_int_equal(count(p->lines, "\"kind\":\"recorder\""), 1);
	assert_int_equal(count(p->lines, "\"records\":0,\"signal\":9"), 1);
	assert_int_equal(count(p->lines, "\"signature\":\"COV-7"), 1);
	/* what was counted before is counted still */
	assert_int_equal(p->job.status->totals[p->job.status->totals_at & 1]
			     .verdicts[VERDICT_VIOLATE],
	    60);
	assert_int_equal(atomic_load(&p->job.status->lines),
	    count(p->lines, "\n"));
}

static void
test_records_that_a_death_took_are_counted_exactly(void **state)
{
	struct play *p = *state;

	add_sender(p, 0);
	add_sender(p, 1);
	start(p);
	for (uint64_t i = 1; i <= 20; i++)
		give_ended(p, 0, i);
	settle(p, 0);
	kill_it(p);
	/* As if it had died with seven of them in its hands. */
	atomic_store(&p->job.status->read[0],
	    atomic_load(&p->job.status->read[0]) - 7);
	give_ended(p, 0, 21);
	give_ended(p, 1, 22); /* a sender that is new has lost none */
	start(p);
	settle(p, 0);
	settle(p, 1);
	stop(p);
	assert_int_equal(count(p->lines, "\"records\":7,\"signal\":9"), 1);
	assert_int_equal(count(p->lines, GAPS), 2);
	assert_non_null(strstr(p->lines, "7 records of engine-0"));
	assert_int_equal(count(p->lines, FLOWS), 22);
}

static void
test_an_alert_that_was_held_outlives_a_death(void **state)
{
	struct play *p = *state;

	add_sender(p, 0);
	start(p);
	recording_example(p->r);
	p->r->c.outcome = OUTCOME_ANSWERED; /* it may still rise */
	give(p, 0);
	settle(p, 0);
	look(p);
	assert_int_equal(count(p->lines, ALERTS), 0);
	assert_true(atomic_load(&p->job.status->held_tail) > 0);
	kill_it(p);
	start(p);
	tick(p, 0, RECORDER_HOLD_US + 1);
	settle(p, 0);
	look(p);
	/* The alert is told, its conversation's line is not told twice. */
	assert_int_equal(count(p->lines, "\"signature\":\"SEG-1 "), 1);
	assert_int_equal(count(p->lines, CONVERSATIONS), 1);
	assert_non_null(strstr(p->lines, "(1 alerts that were held"));
	stop(p);
}

static void
test_what_was_told_is_not_told_again(void **state)
{
	struct play *p = *state;

	add_sender(p, 0);
	start(p);
	recording_example(p->r);
	p->r->c.outcome = OUTCOME_ANSWERED;
	give(p, 0);
	tick(p, 0, RECORDER_HOLD_US + 1);
	tick(p, 0, 2 * RECORDER_HOLD_US + 1);
	settle(p, 0);
	kill_it(p);
	start(p);
	tick(p, 0, 4 * RECORDER_HOLD_US);
	settle(p, 0);
	stop(p);
	assert_int_equal(count(p->lines, "\"signature\":\"SEG-1 "), 1);
}

static void
test_shared_memory_that_lies_is_not_believed(void **state)
{
	struct play *p = *state;
	struct record_status *s = p->job.status;
	uint32_t random = 11;

	add_sender(p, 0);
	p->job.is_restart = true;
	p->job.exit_status = SIGKILL;
	for (int turn = 0; turn < 12; turn++) {
		for (size_t i = 0; i < RECORD_HELD_BYTES; i++) {
			random = random * 1664525 + 1013904223;
			s->held[i] = turn % 3 == 0 ? 0 :
			    turn % 3 == 1	   ? 0xff :
						     (uint8_t)(random >> 24);
		}
		atomic_store(&s->held_head, random);
		atomic_store(&s->held_tail,
		    turn & 1 ? random + (random >> 9) : random + 4096);
		atomic_store(&s->totals_at, random);
		atomic_store(&s->now_us, (int64_t)random << 31);
		atomic_store(&s->read[0], 0);
		start(p);
		kill_it(p);
	}
	atomic_store(&s->now_us, RECORDING_START);
	start(p);
	give_ended(p, 0, 1);
	stop(p);
	assert_int_equal(p->status, 0);
	assert_int_equal(count(p->lines, FLOWS), 1);
}

/* ---- models */

/* The same model with one name changed, and a boundary less when asked. */
static struct model *
another_model(const struct play *p, struct bundle *b, const char *from,
    const char *to)
{
	struct text t = { 0 };
	const char *at = strstr(recording_model, from);
	struct diag d = { .lang = LANG_EN };
	struct model *m;

	assert_non_null(at);
	text_add_n(&t, recording_model, (size_t)(at - recording_model));
	text_add(&t, to);
	text_add(&t, at + strlen(from));
	(void)bundle_add(b, "model.jsonc", "model.jsonc", t.data, t.length);
	(void)bundle_add(b, p->r->bundle.files[1].reference,
	    p->r->bundle.files[1].shown, p->r->bundle.files[1].bytes,
	    p->r->bundle.files[1].length);
	text_free(&t);
	m = model_load(b, &d);
	assert_non_null(m);
	diag_free(&d);
	return m;
}

static void
send_model(struct play *p, const struct bundle *b, uint64_t generation)
{
	struct order o = { .type = ORDER_MODEL, .number = generation };

	o.fd = order_bundle_write(b);
	assert_true(o.fd >= 0);
	assert_true(order_send(p->orders, &o));
	(void)close(o.fd);
}

static void
test_records_of_either_model_are_told_under_the_new_one(void **state)
{
	struct play *p = *state;
	struct bundle b = { 0 };
	struct model *m = another_model(p, &b, "\"id\":\"main-trunk\"",
	    "\"id\":\"renamed\"");
	struct order o;

	add_sender(p, 0);
	add_sender(p, 1);
	add_sender(p, SUPERVISOR);
	start(p);
	recording_example(p->r);
	p->r->c.outcome = OUTCOME_ANSWERED; /* held over the reload */
	give(p, 0);
	settle(p, 0);
	/* A record of the new one comes before the order: it waits. */
	channel_generation(p->channels[1], 2);
	recording_example(p->r);
	p->r->o.flow_id = 2;
	p->r->c.port[1] = 99;
	p->r->o.conversation = &p->r->c;
	{
		struct recording other = *p->r;

		other.m = m;
		recording_example(&other);
		other.o.flow_id = 2;
		other.c.port[1] = 99;
		p->r->o = other.o;
		p->r->c = other.c;
		p->r->v = other.v;
		p->r->o.conversation = &p->r->c;
		p->r->o.verdict = &p->r->v;
		give(p, 1);
	}
	(void)usleep(300000);
	look(p);
	assert_int_equal(count(p->lines, CONVERSATIONS), 1);
	send_model(p, &b, 2);
	assert_true(hear(p, &o));
	assert_int_equal(o.type, ORDER_LOADED);
	assert_int_equal(o.number, 2);
	assert_int_equal(atomic_load(&p->job.status->generation), 2);
	settle(p, 1);
	/* The other engine is late. */
	recording_example(p->r);
	p->r->o.flow_id = 3;
	p->r->c.port[1] = 77;
	give(p, 0);
	tick(p, 0, RECORDER_HOLD_US + 1);
	settle(p, 0);
	channel_generation(p->channels[0], 2);
	tick(p, 0, 2 * CLOCK_MINUTE);
	settle(p, 0);
	stop(p);
	assert_int_equal(p->status, 0);
	assert_int_equal(count(p->lines, CONVERSATIONS), 3);
	assert_int_equal(count(p->lines, ALERTS), 3);
	assert_int_equal(count(p->lines, "\"taps\":[\"renamed\"]"), 2);
	assert_int_equal(count(p->lines, "\"taps\":[\"main-trunk\"]"), 4);
	model_free(m);
	bundle_free(&b);
}

static void
test_a_model_that_cannot_be_loaded_is_refused(void **state)
{
	struct play *p = *state;
	struct bundle b = { 0 };
	struct order o;

	add_sender(p, 0);
	start(p);
	(void)bundle_add(&b, "model.jsonc", "model.jsonc", "{}", 2);
	send_model(p, &b, 2);
	assert_true(hear(p, &o));
	assert_int_equal(o.type, ORDER_REFUSED);
	assert_int_equal(o.number, 2);
	give(p, 0);
	stop(p);
	assert_int_equal(count(p->lines, CONVERSATIONS), 1);
	bundle_free(&b);
}

static void
test_many_reloads_wait_for_slow_senders_and_no_longer(void **state)
{
	struct play *p = *state;
	struct order o;

	add_sender(p, 0);
	start(p);
	give(p, 0);
	settle(p, 0);
	/* The engine says nothing under any of them. */
	for (uint64_t g = 2; g <= 18; g++) {
		send_model(p, &p->r->bundle, g);
		assert_true(hear(p, &o));
		assert_int_equal(o.type, ORDER_LOADED);
		assert_int_equal(o.number, g);
	}
	give(p, 0); /* of a model that is long gone */
	settle(p, 0);
	channel_generation(p->channels[0], 18);
	give(p, 0);
	settle(p, 0);
	stop(p);
	assert_int_equal(p->status, 0);
	assert_int_equal(count(p->lines, CONVERSATIONS), 2);
	assert_int_equal(atomic_load(&p->job.status->refused), 1);
}

/* ---- liars */

static void
test_what_is_no_record_is_counted(void **state)
{
	struct play *p = *state;
	uint8_t bytes[64] = { RECORD_VERSION, RECORD_TICK, RECORD_MINOR, 5 };

	add_sender(p, 0);
	add_sender(p, SUPERVISOR);
	start(p);
	give_bytes(p, 0, "x", 1);
	give_bytes(p, 0, "", 0);
	give_bytes(p, 0, bytes, sizeof(bytes)); /* says that it is engine 5 */
	bytes[0] = 77;
	give_bytes(p, 0, bytes, sizeof(bytes));
	for (int i = 0; i < 200; i++) {
		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[k] = (uint8_t)(i * 37 + (int)k * k);
		give_bytes(p, 0, bytes, sizeof(bytes));
	}
	give(p, 0);
	settle(p, 0);
	give_health(p, "asked");
	settle(p, SUPERVISOR);
	stop(p);
	assert_int_equal(p->status, 0);
	assert_int_equal(count(p->lines, CONVERSATIONS), 1);
	assert_int_equal(atomic_load(&p->job.status->refused), 204);
	assert_null(strstr(p->lines,
	    "\"records_refused\":{\"truncated\":0,"
	    "\"malformed\":0"));
	assert_non_null(strstr(p->said, "could not be believed"));
}

/* How the probe is only the supervisor may say. */
static void
test_an_engine_cannot_speak_of_the_health_of_the_probe(void **state)
{
	struct play *p = *state;
	uint8_t bytes[RECORD_BYTES_MAX];
	struct record_head head = { .engine = 0,
		.generation = 1,
		.sequence = 1 };
	struct health h = { .now = { RECORDING_START }, .event = "minute" };

	add_sender(p, 0);
	start(p);
	give_bytes(p, 0, bytes, record_health(bytes, &head, &h));
	give(p, 0);
	settle(p, 0);
	stop(p);
	assert_int_equal(count(p->lines, "sekisho_health"), 0);
	assert_int_equal(count(p->lines, CONVERSATIONS), 1);
	assert_int_equal(atomic_load(&p->job.status->refused), 1);
}

/* No count of what never came can be so large, and what comes after goes on. */
static void
test_a_leap_of_the_sequence_is_a_lie_and_no_loss(void **state)
{
	struct play *p = *state;
	uint8_t bytes[RECORD_BYTES_MAX];
	struct record_head head = { .engine = 0,
		.generation = 1,
		.sequence = UINT64_MAX - 1 };

	add_sender(p, 0);
	start(p);
	give_bytes(p, 0, bytes,
	    record_tick(bytes, &head, (struct wall_us){ RECORDING_START }));
	give(p, 0);
	settle(p, 0);
	stop(p);
	assert_int_equal(count(p->lines, CONVERSATIONS), 1);
	assert_int_equal(count(p->lines, "\"kind\":\"backlog\""), 0);
	assert_int_equal(atomic_load(&p->job.status->refused), 1);
}

/* An engine that logs without end fills no journal. */
static void
test_log_records_are_so_many_a_second(void **state)
{
	struct play *p = *state;
	struct observer o;

	add_sender(p, 2);
	start(p);
	o = channel_observer(p->channels[2]);
	for (int i = 0; i < 3000; i++)
		o.log(o.context, "engine-2: again");
	(void)usleep(1200000);
	stop(p);
	assert_true(count(p->said, "engine-2: again") < 1000);
	assert_non_null(strstr(p->said, "are left out"));
}

static void
test_a_log_record_goes_to_standard_error(void **state)
{
	struct play *p = *state;
	struct observer o;

	add_sender(p, 2);
	start(p);
	o = channel_observer(p->channels[2]);
	o.log(o.context, "engine-2: something of note");
	stop(p);
	assert_non_null(strstr(p->said, "engine-2: something of note\n"));
	assert_int_equal(p->code, 3); /* nothing was read */
}

/* ---- a disk that is full */

static void
test_a_full_disk_is_told_as_soon_as_there_is_room(void **state)
{
	struct play *p = *state;
	char inside[128], *said;
	struct order o;

	if (geteuid() != 0)
		skip();
	p->tiny = true;
	add_sender(p, 0);
	launch(p);
	if (!hear(p, &o))
		skip(); /* no namespace */
	assert_int_equal(o.type, ORDER_READY);
	for (uint64_t i = 1; i <= 60; i++)
		give_ended(p, 0, i);
	settle(p, 0);
	assert_true(atomic_load(&p->job.status->lines_lost) > 0);
	(void)usleep(1500000);
	assert_int_equal(atomic_load(&p->job.status->fault), ENOSPC);
	(void)snprintf(inside, sizeof(inside), "/proc/%d/root%s/spare", p->pid,
	    p->path);
	assert_int_equal(unlink(inside), 0);
	for (int i = 0; i < 100 && atomic_load(&p->job.status->fault) != 0; i++)
		(void)usleep(100000);
	assert_int_equal(atomic_load(&p->job.status->fault), 0);
	(void)snprintf(inside, sizeof(inside), "/proc/%d/root%s", p->pid,
	    p->path);
	(void)usleep(200000);
	said = contents(p, "said");
	assert_non_null(strstr(said, "can be written again"));
	free(said);
	(void)close(p->folder);
	p->folder = open(inside, O_RDONLY | O_DIRECTORY);
	stop(p);
	assert_int_equal(p->status, 0);
	assert_true(count(p->lines, "\"kind\":\"store\"") >= 1);
	assert_true(count(p->lines, "\"signature\":\"COV-6") >= 1);
	{ /* every line that is not there is in a gap: a first one may have
	   * found room that was too little for other lines */
		const char *at = p->lines;
		uint64_t gaps = 0;

		while ((at = strstr(at, "\"kind\":\"store\"")) != NULL) {
			at = strstr(at, "\"records\":") + 10;
			gaps += strtoull(at, NULL, 10);
		}
		assert_int_equal(gaps, atomic_load(&p->job.status->lines_lost));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_records_become_lines),
		TEST(test_it_ends_when_the_supervisor_is_gone),
		TEST(test_without_supervisor_it_reads_every_sender_to_its_end),
		TEST(test_offline_it_ends_with_its_senders),
		TEST(test_offline_a_fault_of_writing_is_a_fault_of_the_run),
		TEST(test_a_folder_that_cannot_be_used_is_told),
		TEST(test_behind_its_walls_it_writes_and_sets_aside),
		TEST(test_after_a_death_lines_go_on_and_nothing_is_lost),
		TEST(test_records_that_a_death_took_are_counted_exactly),
		TEST(test_an_alert_that_was_held_outlives_a_death),
		TEST(test_what_was_told_is_not_told_again),
		TEST(test_shared_memory_that_lies_is_not_believed),
		TEST(test_records_of_either_model_are_told_under_the_new_one),
		TEST(test_a_model_that_cannot_be_loaded_is_refused),
		TEST(test_many_reloads_wait_for_slow_senders_and_no_longer),
		TEST(test_what_is_no_record_is_counted),
		TEST(test_an_engine_cannot_speak_of_the_health_of_the_probe),
		TEST(test_a_leap_of_the_sequence_is_a_lie_and_no_loss),
		TEST(test_log_records_are_so_many_a_second),
		TEST(test_a_log_record_goes_to_standard_error),
		TEST(test_a_full_disk_is_told_as_soon_as_there_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
