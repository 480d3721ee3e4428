/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forks the recorder and the engines. What a child is to have is opened
 * before the fork; what it is not to have it lets go of at once: memory of
 * other engines here, descriptors when its walls go up. Signals are the
 * supervisor's business: a child ends by order, or with its supervisor.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "complain.h"
#include "supervise_internal.h"

#define ERROR_MAX 512
/* Address space that a child may take beyond what it is born with: see
 * memory_limit. */
#define ENGINE_ROOM_BYTES (UINT64_C(1) << 30)
#define CONVERSATION_BYTES UINT64_C(4096)
#define RECORDER_ROOM_BYTES (UINT64_C(2) << 30)
#define RECORDS_BYTES (4 << 20) /* of a records' socket, where allowed */
/* flow_id: a second of a start, then a count; see id_base. */
#define ID_SECOND_BITS 21
#define ID_STRIDE SUPERVISE_ENGINES_MAX

_Static_assert(RECORD_SENDERS_MAX > SUPERVISE_ENGINES_MAX,
    "every engine has a place at the recorder, and so has the supervisor");

/* A pair for records; the sender's end does not block. */
static bool
pair(int out[2])
{
	const int bytes = RECORDS_BYTES;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out) != 0)
		return false;
	if (setsockopt(out[0], SOL_SOCKET, SO_SNDBUFFORCE, &bytes,
		sizeof(bytes)) != 0)
		(void)setsockopt(out[0], SOL_SOCKET, SO_SNDBUF, &bytes,
		    sizeof(bytes));
	return fcntl(out[0], F_SETFL, O_NONBLOCK) == 0;
}

bool
supervise_spawn_prepare(struct supervisor *s)
{
	/* For files one engine, which says all there is to say. */
	const size_t engines = s->files ? 1 : SUPERVISE_ENGINES_MAX;

	s->record_status = record_status_new();
	if (s->record_status == NULL || (!s->files && !pair(s->own)))
		return false;
	for (size_t i = 0; i < engines; i++)
		if (!pair(s->slots[i].records))
			return false;
	return getrandom(s->secret, sizeof(s->secret), 0) ==
	    (ssize_t)sizeof(s->secret);
}

void
supervise_spawn_name(const struct supervisor *s, const struct child *c,
    char out[16])
{
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (c == &s->slots[i].child) {
			(void)snprintf(out, 16, "engine-%zu", i);
			return;
		}
	(void)snprintf(out, 16, "recorder");
}

/* ---- both kinds */

/* In the child: it is nobody but itself from here on. keep: its region. */
static void
become_child(struct supervisor *s, const char *name, pid_t parent,
    const struct region *keep)
{
	static const int ours[] = { SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGPIPE };
	sigset_t none;

	(void)prctl(PR_SET_NAME, name);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE); /* it died before we could ask */
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		(void)signal(ours[i], SIG_IGN);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (s->slots[i].region != NULL && s->slots[i].region != keep)
			region_free(s->slots[i].region);
	if (keep != NULL)
		(void)munmap(s->record_status, sizeof(*s->record_status));
}

/* Notes that c runs as pid, whose orders go by socket. */
static void
note_start(struct child *c, pid_t pid, int orders, uint32_t generation)
{
	c->pid = pid;
	c->orders = orders;
	c->state = SLOT_STARTING;
	c->started_ns = now_monotonic();
	c->started = now_wall();
	c->generation = generation;
	c->answer_ns = 0;
}

/* A child that could not be made is tried again as one that died. */
static bool
put_off(struct child *c, const char *what)
{
	log_warn("supervise", "%s: %s", what, strerrordesc_np(errno));
	c->state = SLOT_DUE;
	c->due_ns = supervise_after(SUPERVISE_RETRY_MS);
	return false;
}

/* Of this process; 0: not known. */
static uint64_t
address_space(void)
{
	const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	unsigned long pages = 0;
	char text[128] = "";

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) <= 0 ||
	    sscanf(text, "%lu", &pages) != 1)
		pages = 0;
	(void)close(fd);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/*
 * What a child may grow to: what it is born with (the model, rings, regions)
 * and room for its own tables when they are full, for its queues, and for
 * another model beside its own. Who needs more has gone wrong, and is started
 * again.
 */
static uint64_t
memory_limit(const struct supervisor *s, enum sandbox_role role)
{
	const uint32_t asked = s->arguments->conversations;
	const uint64_t most = asked ? asked : FLOW_MAX_DEFAULT;
	const uint64_t born = address_space();

	if (born == 0)
		return 0;
	return role == SANDBOX_ENGINE ?
	    born + ENGINE_ROOM_BYTES + most * CONVERSATION_BYTES :
	    born + RECORDER_ROOM_BYTES;
}

static void
set_walls(const struct supervisor *s, struct sandbox_plan *walls,
    enum sandbox_role role)
{
	walls->role = role;
	walls->memory_bytes = memory_limit(s, role);
	walls->folder = role == SANDBOX_RECORDER ? s->folder : -1;
	walls->none = s->arguments->no_sandbox;
}

/* ---- the recorder */

static void
fill_recorder(const struct supervisor *s, struct record_job *job)
{
	const struct child *c = &s->recorder;

	job->model = s->model;
	job->generation = s->generation;
	job->probe = s->arguments->probe;
	job->lang = s->arguments->lang;
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		job->senders[i] = s->slots[i].records[1];
	job->senders[RECORD_SENDERS_MAX - 1] = s->own[1];
	job->folder = s->folder;
	job->events = text_str(&s->events);
	job->syslog = s->arguments->syslog;
	job->is_live = s->files == NULL;
	job->is_restart = c->away_since.us != 0;
	job->exit_status = c->exit_status;
	job->away_since = c->away_since;
	job->status = s->record_status;
	job->limits.utc_offset_s = s->model->utc_offset_s;
	memcpy(job->secret, s->secret, sizeof(job->secret));
	set_walls(s, &job->walls, SANDBOX_RECORDER);
	job->no_sandbox = s->arguments->no_sandbox;
}

bool
supervise_spawn_recorder(struct supervisor *s)
{
	struct record_job *job;
	const pid_t self = getpid();
	int orders[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, orders) != 0)
		return put_off(&s->recorder, "no socket for the recorder");
	job = mem_calloc(1, sizeof(*job));
	fill_recorder(s, job);
	job->orders = orders[1];
	atomic_store(&s->record_status->beat_ns, now_monotonic());
	pid = fork();
	if (pid == 0) {
		become_child(s, "recorder", self, NULL);
		record_run(job);
	}
	free(job);
	(void)close(orders[1]);
	if (pid < 0) {
		(void)close(orders[0]);
		return put_off(&s->recorder, "no process for the recorder");
	}
	note_start(&s->recorder, pid, orders[0], s->generation);
	return true;
}

/* ---- an engine */

/*
 * The first flow_id of an engine: the second of its start, never the same
 * twice, above a count that goes up in steps, plus the engine's number. Below
 * 2^53, and unique as long as no engine opens more than 131,072
 * conversations a second over all its life.
 */
static uint64_t
id_base(struct supervisor *s, size_t number)
{
	uint64_t second = (uint64_t)(now_wall().us / CLOCK_SECOND);

	if (second <= s->id_second)
		second = s->id_second + 1;
	s->id_second = second;
	return (second & UINT32_MAX) << ID_SECOND_BITS | number;
}

static bool
make_region(const struct supervisor *s, struct slot *slot)
{
	const uint32_t most = s->arguments->conversations;

	if (slot->region == NULL) {
		slot->region = region_new(most ? most : FLOW_MAX_DEFAULT);
		slot->is_used = false;
	}
	return slot->region != NULL;
}

/* Fresh handles of the interfaces, all at once; one that is not there keeps its
 * place. */
static void
open_sources(struct supervisor *s, struct slot *slot, struct capture *capture)
{
	struct capture_wanted *wanted = mem_calloc(slot->count,
	    sizeof(*wanted));

	for (size_t i = 0; i < slot->count; i++) {
		const struct watched *w = &s->taps[slot->watched[i]];

		wanted[i].interface = w->interface;
		wanted[i].is_there = !slot->is_last && w->now.index != 0;
	}
	capture_open_several(capture, wanted, slot->count,
	    s->arguments->ring_mib << 20);
	slot->opened = now_wall();
	for (size_t i = 0; i < slot->count; i++) {
		int fd = capture_fd(capture, (uint32_t)i);

		if (fd >= 0)
			fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		else if (wanted[i].is_there)
			log_warn("supervise", "%s: %s", wanted[i].interface,
			    wanted[i].error);
		supervise_account_open(s, slot, i, fd);
	}
	free(wanted);
}

static void
open_live(struct supervisor *s, struct slot *slot, struct live_job *job)
{
	job->is_live = true;
	job->capture = capture_new();
	job->source_count = slot->count;
	for (size_t i = 0; i < slot->count; i++)
		job->taps[i] = s->taps[slot->watched[i]].tap;
	open_sources(s, slot, job->capture);
}

/* Files that supervise_files has opened. */
static void
take_files(const struct supervisor *s, struct live_job *job)
{
	const struct supervise_files *f = s->files;

	job->capture = s->reading;
	job->source_count = f->source_count;
	memcpy(job->taps, f->taps, sizeof(job->taps));
	memcpy(job->files, f->files, sizeof(job->files));
	memcpy(job->gaps, s->gaps, sizeof(job->gaps));
	job->gap_count = s->gap_count;
	memcpy(job->skip, s->taken, sizeof(job->skip));
}

static void
fill_engine(struct supervisor *s, struct slot *slot, size_t number,
    struct live_job *job)
{
	job->model = s->model;
	job->generation = s->generation;
	job->number = (uint8_t)number;
	job->probe = s->arguments->probe;
	job->lang = s->arguments->lang;
	if (s->files)
		take_files(s, job);
	else
		open_live(s, slot, job);
	job->region = slot->region;
	job->is_restart = slot->is_used;
	job->exit_status = slot->child.exit_status;
	job->away_since = slot->child.away_since;
	job->records = slot->records[0];
	job->flow_id_base = s->files ? 0 : id_base(s, number);
	job->flow_id_stride = s->files ? 1 : ID_STRIDE;
	job->conversations = s->arguments->conversations;
	memcpy(job->secret, s->secret, sizeof(job->secret));
	set_walls(s, &job->walls, SANDBOX_ENGINE);
	job->no_sandbox = s->arguments->no_sandbox;
}

/* In the child. */
static _Noreturn void
be_engine(struct supervisor *s, const struct slot *slot, struct live_job *job,
    pid_t parent)
{
	char name[16];

	supervise_spawn_name(s, &slot->child, name);
	become_child(s, name, parent, slot->region);
	live_run(job);
}

bool
supervise_spawn_engine(struct supervisor *s, struct slot *slot)
{
	const size_t number = (size_t)(slot - s->slots);
	const pid_t self = getpid();
	struct live_job *job;
	int orders[2];
	pid_t pid;

	if (!make_region(s, slot) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, orders) != 0)
		return put_off(&slot->child, "no memory for an engine");
	job = mem_calloc(1, sizeof(*job));
	fill_engine(s, slot, number, job);
	job->orders = orders[1];
	atomic_store(&region_status(slot->region)->frame_ns, 0);
	atomic_store(&region_status(slot->region)->beat_ns, now_monotonic());
	pid = fork();
	if (pid == 0)
		be_engine(s, slot, job, self);
	if (!s->files) {
		capture_disown(job->capture);
		capture_free(job->capture);
	}
	free(job);
	(void)close(orders[1]);
	if (pid < 0) {
		(void)close(orders[0]);
		if (!s->files)
			supervise_account_close(s, slot);
		return put_off(&slot->child, "no process for an engine");
	}
	slot->is_used = true;
	note_start(&slot->child, pid, orders[0], s->generation);
	return true;
}
