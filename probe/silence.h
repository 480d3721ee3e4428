/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * COV-3: a tap that shows nothing for longer than its "silent-after", outside
 * its "quiet" hours, and a heartbeat that did not come: each declared one is
 * awaited in each direction at its tap, and on the other side of the firewall
 * where another watched tap of the boundary shows that segment. One finding
 * when it begins; one more each hour that it lasts; nothing before the first
 * full period after the start. Knows time only as it is told.
 */
#ifndef SILENCE_H
#define SILENCE_H

#include "flow.h"
#include "observation.h"

/* Live, for a tap that declares none: no office segment is silent for longer
 * by day; offline nothing is assumed of a tap that declares none. */
#define SILENCE_DEFAULT_US (15 * CLOCK_MINUTE)
/* Between two ticks: more is no silence but a clock that was set. */
#define SILENCE_JUMP_US CLOCK_MINUTE

struct silence;

/*
 * taps[0..count): those watched in this run, each once. default_us: for taps
 * that declare no "silent-after"; 0: they may be silent, and ticks come by
 * packet time, which may jump. Else a jump of more than SILENCE_JUMP_US begins
 * everything anew. m is borrowed until silence_reload or silence_free.
 */
struct silence *silence_new(const struct model *m,
    const struct tap *const *taps, size_t count, int64_t default_us);
void silence_free(struct silence *s);
/* Watching begins now: what was before is nobody's silence. Also after the
 * taps were not watched for a while (an engine's restart). */
void silence_begin(struct silence *s, struct wall_us now);
/* A frame came at that tap. O(1). */
void silence_frame(struct silence *s, const struct tap *tap,
    struct wall_us time);
/* A packet of f in that direction (0: from the initiator) was seen at this
 * tap, also one that another tap showed before. O(heartbeats of the boundary),
 * and O(1) where there are none. */
void silence_packet(struct silence *s, const struct flow *f, int way,
    const struct tap *tap, struct wall_us time);
/*
 * Time went on: tells what is missing. Call each second; the first call begins
 * where silence_begin was not called. A finding has no detail where a tap is
 * silent; of a heartbeat it is the pair, the service and the direction
 * ("10.2.0.53 > 172.20.0.53 udp/53 reply"), and tap is the side. counted is
 * the seconds since the last frame, of how many it may be. O(taps, beats).
 */
void silence_tick(struct silence *s, struct wall_us now,
    const struct observer *o);
/* The model was replaced: what is alike by id goes on as it stands, what is
 * new begins. The model before must still be there. */
void silence_reload(struct silence *s, const struct model *m,
    const struct tap *const *taps, size_t count);

#endif
