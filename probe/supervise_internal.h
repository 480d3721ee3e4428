/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the supervisor share. supervise.c is the order of events
 * and the loop; _plan says which interface is whose; _spawn forks; _watch
 * deals with what dies, hangs or answers; _account counts frames and tells of
 * gaps; _health of how the probe is; _tap looks after interfaces and the mute; _reload changes
 * the model. supervise_files.c does all that there is to do for capture files. Nobody else includes this.
 */
#ifndef SUPERVISE_INTERNAL_H
#define SUPERVISE_INTERNAL_H

#include "channel.h"
#include "clockwatch.h"
#include "interface.h"
#include "keeper.h"
#include "live.h"
#include "mute.h"
#include "notify.h"
#include "now.h"
#include "order.h"
#include "record.h"
#include "supervise.h"

#define SUPERVISE_TAPS_MAX CAPTURE_SOURCES_MAX
#define SUPERVISE_SETTINGS_MAX 256 /* as the keeper remembers */
#define SUPERVISE_ANSWER_MS 10000  /* to a new model */
#define SUPERVISE_END_MS 20000	   /* for a clean end, then it is none */
/* Deaths within SUPERVISE_OFTEN_MS that make one a grave matter. */
#define SUPERVISE_OFTEN 3
#define SUPERVISE_OFTEN_MS 600000
/* The kernel's own frames after a link came up, before the mute's count is
 * a finding. */
#define SUPERVISE_SETTLE_MS 10000
/* Frames that an interface may have counted and not yet handed to a ring. */
#define SUPERVISE_IN_FLIGHT 2048
#define SUPERVISE_CAUSE_MAX 160
#define NS_PER_MS UINT64_C(1000000)

/* A tap of this probe and its interface. Counts are since the start. */
struct watched {
	char *id;	       /* owned: of the tap */
	const struct tap *tap; /* of the model in force */
	char interface[INTERFACE_NAME_MAX];
	struct interface_state now;
	struct interface_state counted; /* as of the last look at its counts */
	struct wall_us down_since;	/* 0: it is up */
	uint64_t settled_ns; /* the mute's count is a finding after it */
	uint64_t muted;	     /* of it, already told */
	uint64_t sent;	     /* by the interface all the same, likewise */
	/* When the mute was last told to have been removed, not to be there,
	 * not to be proven; 0: never. */
	uint64_t removed_ns, open_ns, unproven_ns;
	uint32_t at; /* index of the interface that is muted */

	/* The handle of the engine that lives; the supervisor is the only one
	 * that reads the kernel's statistics of it. */
	int fd;	       /* -1: none */
	int fd_before; /* to be closed when there is time: it takes 20 ms */
	struct capture_stats handle;
	uint64_t taken_before; /* what the region's count is believed to have
				* been when it was opened */
	uint64_t taken_now;    /* of this handle, as of the last second */

	/* All handles before. */
	struct capture_stats before;
	uint64_t taken, held;

	/* received = taken + in the ring + drops + held + unseen */
	uint64_t received, nic_drops;
	int64_t offset, residue_last;
	int64_t nobodys;     /* of received: before the start, after the end */
	bool is_final;	     /* the end: no more is counted */
	bool was_deaf;	     /* once: its engine died, its link was down */
	uint64_t unseen;     /* told in gap records or to be */
	struct wall_us last; /* of its last frame */

	/* Of the gap that is not told yet. */
	uint64_t gap_held;

	/* COV-1: as they stood a minute ago. */
	uint64_t minute_frames, minute_ring, minute_nic;
	uint64_t lossy_ns; /* when it was last told; 0: never */
};

enum slot_state {
	SLOT_EMPTY,
	SLOT_DUE,      /* to be started at due_ns */
	SLOT_STARTING, /* forked, not ready */
	SLOT_RUNNING,
	SLOT_STOPPING, /* told to end clean */
};

/* A child that is started again when it dies. */
struct child {
	enum slot_state state;
	pid_t pid;
	int orders; /* our end; -1: none */
	uint64_t due_ns, started_ns, ended_ns;
	struct wall_us started;
	uint32_t backoff_ms; /* after the next death; 0: it is a first one */
	uint32_t restarts;
	uint64_t deaths_ns[SUPERVISE_OFTEN]; /* the last ones, as a ring */
	size_t death_count;
	bool was_ready;	     /* one of them was */
	uint64_t answer_ns;  /* a new model must be answered by then; 0: none */
	uint32_t generation; /* that it judges by */
	int exit_status;     /* of the one before */
	enum sandbox_state sandbox;
	int32_t landlock;
	struct wall_us away_since; /* 0: it is not away */
};

/* An engine's place: one for each boundary with taps of this probe. */
struct slot {
	struct child child;
	char *boundary;			    /* owned: its id; NULL: empty */
	size_t watched[SUPERVISE_TAPS_MAX]; /* by source; of supervisor.taps */
	size_t count;
	struct region *region;
	bool is_used;	  /* region has had an engine */
	bool is_afresh;	  /* ended clean, to be started again at once */
	bool is_changing; /* waits for another model, with other taps */
	bool is_last; /* started only to close what a death left at the end */
	bool owes_gap;
	struct wall_us opened; /* when its handles were */
	int records[2]; /* the engine's end, and the recorder's: both kept */
};

enum phase {
	PHASE_STARTING,
	PHASE_RUNNING,
	PHASE_ENGINES,	/* are ending */
	PHASE_RECORDER, /* is ending */
	PHASE_ENDED,
};

enum reload_step {
	RELOAD_NONE,
	RELOAD_QUIT,	 /* engines whose taps change are ending */
	RELOAD_RECORDER, /* is loading, and has to be first */
	RELOAD_ENGINES,
};

struct supervisor {
	const struct arguments *arguments;
	const struct supervise_files *files; /* NULL: live */
	struct capture *reading; /* owned: the engine's files; never closed
				  * while it reads, as they share a place */
	struct gap gaps[LIVE_GAPS_MAX]; /* for the next engine to tell */
	size_t gap_count;
	uint64_t taken[CAPTURE_SOURCES_MAX]; /* of each file, by engines that
					      * have died */
	const struct model *model;	     /* in force */
	struct model *loaded; /* the same, owned; NULL: of files */
	uint32_t generation;
	enum phase phase;
	enum run_code code;
	struct sandbox_user user;
	bool is_failed;	    /* a child could not start at first */
	int folder;	    /* -1: lines go to standard output */
	struct text events; /* where they go, as shown */
	uint8_t secret[16];

	struct watched taps[SUPERVISE_TAPS_MAX];
	size_t tap_count;
	struct slot slots[SUPERVISE_ENGINES_MAX];
	struct child recorder;
	struct record_status *record_status;
	int own[2]; /* our records' socket: our end (the channel's, too), and
		     * the recorder's */
	struct channel *channel;
	struct observer observer; /* of channel */
	struct mute *mute;
	struct keeper *keeper;
	struct wall_us started, keeper_started;
	uint32_t keeper_restarts;
	struct interface_settings settings[SUPERVISE_SETTINGS_MAX];
	size_t setting_count; /* noted with every keeper */
	struct clockwatch clock;

	int signals, timer;   /* signalfd, timerfd */
	uint64_t id_second;   /* last one given away */
	uint64_t deadline_ns; /* of the end */
	bool is_impatient;    /* it has passed once: engines were killed */
	bool is_hurried;      /* twice: everything was */
	bool is_said;	      /* the last health record */
	uint64_t minute_ns;
	enum reload_step reload;
	bool reload_again; /* another SIGHUP came meanwhile */
	/* The model to come, while reload is not NONE: owned until it is the
	 * one in force. */
	struct model *next;
	struct watched next_taps[SUPERVISE_TAPS_MAX];
	size_t next_count;
	int bundle_fd; /* of it, to be handed out; -1: none */
	struct notify notify;
};

static inline uint64_t
supervise_after(uint32_t ms)
{
	return now_monotonic() + ms * NS_PER_MS;
}

/* ---- _plan: who watches what */

/*
 * Finds taps and interfaces as the command line and the model say, of m, into
 * taps (room SUPERVISE_TAPS_MAX; id, tap and interface are set). Returns how
 * many; 0 after a sentence. At most SUPERVISE_ENGINES_MAX boundaries.
 */
size_t supervise_plan(const struct arguments *o, const struct model *m,
    struct watched *taps);
/* Gives each tap that has none its place: an engine for each boundary. */
void supervise_plan_slots(struct supervisor *s);

/* ---- _spawn: processes */

/* Sockets for every place. False and errno. */
bool supervise_spawn_prepare(struct supervisor *s);
bool supervise_spawn_recorder(struct supervisor *s);
/* Opens fresh handles and forks. False when it must be tried again later. */
bool supervise_spawn_engine(struct supervisor *s, struct slot *slot);
/* "engine-0", "recorder". */
void supervise_spawn_name(const struct supervisor *s, const struct child *c,
    char out[16]);

/* ---- _watch: what becomes of them */

/* Reaps who has ended and says when they start again. */
void supervise_watch_reap(struct supervisor *s);
/* Takes what a child answered. */
void supervise_watch_orders(struct supervisor *s, struct child *c,
    struct slot *slot);
/* It has died and was never ready: it could not begin, or not often enough. */
bool supervise_watch_cannot(const struct child *c);
/* Starts what is due; kills what hangs. Returns milliseconds until something
 * is due, at most 1000. */
int supervise_watch_due(struct supervisor *s);
void supervise_watch_hangs(struct supervisor *s);
/* Begins the end: engines first. */
void supervise_watch_stop(struct supervisor *s);
/* Goes on with the end where its step is done. */
void supervise_watch_ending(struct supervisor *s);
/* Ends an engine clean, to be started afresh with what its taps are now. */
void supervise_watch_afresh(struct supervisor *s, struct slot *slot);

/* ---- _account: frames, gaps, health */

/* The handle of a tap is another one from now on; fd is ours. */
void supervise_account_open(struct supervisor *s, struct slot *slot,
    size_t source, int fd);
/* The engine of slot is gone, or is about to read its last: its handles take
 * no more frames. */
void supervise_account_close(struct supervisor *s, struct slot *slot);
/* As _close, while the engine still reads what its rings hold. */
void supervise_account_halt(struct supervisor *s, struct slot *slot);
/* As _halt, for good: what comes from now on is nobody's, and no gap. */
void supervise_account_finish(struct supervisor *s, struct slot *slot);
/* Closes what supervise_account_close has kept. */
void supervise_account_release(struct watched *w);
/* Tells the gaps that slot owes; conversations: closed by the engine. */
void supervise_account_gaps(struct supervisor *s, struct slot *slot,
    uint64_t conversations);
/* Once a second: reads every counter, and tells of what was lost. */
void supervise_account_tick(struct supervisor *s);
/* "ended by signal 9 (Killed)" in the operator's language. */
void supervise_account_cause(const struct supervisor *s, int exit_status,
    char out[SUPERVISE_CAUSE_MAX]);

/* ---- _health: how the probe is */

void supervise_health_tell(struct supervisor *s, const char *event,
    const char *note);
/* Asks the kernel about its clock; before the first record, too. */
void supervise_health_clock(struct supervisor *s);
/* Once a second: COV-1, COV-5, and health once a minute. */
void supervise_health_tick(struct supervisor *s);
/* COV-7 for a child that died; slot NULL: the recorder. */
void supervise_health_death(struct supervisor *s, struct child *c,
    const struct slot *slot);

/* ---- _tap: interfaces and the mute */

/* Quiet, mute and up; false with a sentence said when it cannot be. */
bool supervise_tap_begin(struct supervisor *s, struct watched *w);
/* False with a sentence: not there, has an address, twice. */
bool supervise_tap_check(const struct supervisor *s, const struct watched *w);
/* False with a sentence: one of count taps is built on another of them, which
 * lets nothing through to it. */
bool supervise_tap_check_stack(const struct supervisor *s,
    const struct watched *taps, size_t count);
/* Once a second: down, gone, back; what was kept from leaving. */
void supervise_tap_tick(struct supervisor *s);

/* ---- _reload */

/* SIGHUP: reads the model again; a bad one changes nothing. */
void supervise_reload(struct supervisor *s);
/* The next step, where this one is done. Call when a child has answered or
 * ended. */
void supervise_reload_step(struct supervisor *s);

#endif
