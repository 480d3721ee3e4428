/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper: a process of few lines that puts back what the supervisor
 * changed about the taps' interfaces, also when the supervisor is killed. It
 * waits on a pipe whose other end only the supervisor holds; at its end it
 * restores and exits. It keeps CAP_NET_ADMIN and nothing else, stands in a
 * session of its own, takes no signal that asks it to end, reads no packet and
 * no record, and opens nothing but the settings it puts back.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include <sys/types.h>

#include "interface.h"

struct keeper;

/* Interfaces that it remembers. Changed twice is one; of more than these the
 * first whose interface is gone is forgotten. */
#define KEEPER_NOTES_MAX 256

/*
 * Forks it and waits (at most 5 s) until its walls stand: all descriptors but
 * its own and standard error are closed, CAP_NET_ADMIN alone is left. NULL and
 * errno when that fails. Walls that cannot be built are a failure (EACCES)
 * unless no_sandbox. Every process that is forked later must close the
 * keeper's pipe (it closes all that it does not know), or the keeper waits for
 * that process, too. SIGPIPE must be ignored.
 */
struct keeper *keeper_start(bool no_sandbox);
/*
 * It knows of one more change from now on, which is told before it is made: a
 * killed supervisor leaves none that it does not know. Of an interface that it
 * knows already it puts back what either one says; what is not off any more, or
 * not yet, stays as it is. before->index 0: nothing is to be changed, and
 * nothing is told. False when it is gone.
 */
bool keeper_note(struct keeper *k, const struct interface_settings *before);
pid_t keeper_pid(const struct keeper *k);
/* Lets it restore, waits for it (at most 5 s, then it is killed), and frees k;
 * NULL is fine. True when it ended as it should. */
bool keeper_end(struct keeper *k);

#endif
