/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The taps' interfaces: quiet and mute before the link is up, looked after
 * each second. An interface that is down or gone is a gap and a finding at
 * once; one that comes back is made quiet and mute again and its engine gets
 * fresh handles. What was kept from leaving is a finding of its own (COV-11):
 * the mute counts frames and does not say which, so within a settling time
 * after a link came up it is held to be the kernel's own.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "complain.h"
#include "supervise_internal.h"

#define ERROR_MAX 256
#define LOOKS_MAX 4 /* at what stands, until nothing is to be changed */
#define BROKEN_AGAIN_NS (15 * 60000 * NS_PER_MS)

/* ---- one interface made ready */

bool
supervise_tap_check(const struct supervisor *s, const struct watched *w)
{
	const enum lang lang = s->arguments->lang;

	if (w->now.index == 0)
		complain(lang, W_LIVE_NO_INTERFACE, w->interface, w->id, NULL);
	else if (w->now.has_address)
		complain(lang, W_LIVE_HAS_ADDRESS, w->interface, w->id, NULL);
	return w->now.index != 0 && !w->now.has_address;
}

bool
supervise_tap_check_stack(const struct supervisor *s,
    const struct watched *taps, size_t count)
{
	const char *names[SUPERVISE_TAPS_MAX];
	size_t upper, lower;
	int found;

	for (size_t i = 0; i < count; i++)
		names[i] = taps[i].interface;
	found = interface_stacked(names, count, &upper, &lower);
	if (found < 0)
		complain(s->arguments->lang, W_LIVE_NOT_READ, names[0],
		    strerrordesc_np(errno), NULL);
	else if (found > 0)
		complain(s->arguments->lang, W_LIVE_INTERFACE_ABOVE,
		    names[upper], names[lower], taps[upper].id);
	return found == 0;
}

/* False and errno. */
static bool
bring_up(const char *interface)
{
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { 0 };
	bool ok;
	int fault;

	if (fd < 0)
		return false;
	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s",
	    interface);
	ok = ioctl(fd, SIOCGIFFLAGS, &request) == 0;
	if (ok && (request.ifr_flags & IFF_UP) == 0) {
		request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
		ok = ioctl(fd, SIOCSIFFLAGS, &request) == 0;
	}
	fault = errno;
	(void)close(fd);
	errno = fault;
	return ok;
}

/* Who puts it back is told before it is changed, and again when he has to be
 * replaced. */
static void
note_settings(struct supervisor *s, const struct interface_settings *before)
{
	if (s->setting_count == SUPERVISE_SETTINGS_MAX) {
		memmove(&s->settings[0], &s->settings[1],
		    (--s->setting_count) * sizeof(s->settings[0]));
	}
	s->settings[s->setting_count++] = *before;
	if (s->keeper != NULL)
		(void)keeper_note(s->keeper, before);
}

/* Again, where somebody puts on what was off a moment ago. */
static bool
make_quiet(struct supervisor *s, const char *interface, char *error,
    size_t size)
{
	struct interface_settings before;

	for (int i = 0; i < LOOKS_MAX; i++) {
		if (!interface_look(interface, &before, error, size))
			return false;
		if (before.index == 0)
			return true;
		note_settings(s, &before);
		if (!interface_quiet(&before, error, size))
			return false;
	}
	(void)snprintf(error, size, "%s", strerrordesc_np(EBUSY));
	return false;
}

bool
supervise_tap_begin(struct supervisor *s, struct watched *w)
{
	const enum lang lang = s->arguments->lang;
	char error[ERROR_MAX] = "";

	if (!make_quiet(s, w->interface, error, sizeof(error))) {
		complain(lang, W_LIVE_NOT_QUIET, w->interface, error, NULL);
		return false;
	}
	if (!mute_add(s->mute, w->interface, error, sizeof(error))) {
		complain(lang, W_LIVE_NOT_MUTE, w->interface, error, NULL);
		return false;
	}
	w->settled_ns = supervise_after(SUPERVISE_SETTLE_MS);
	if (!bring_up(w->interface)) {
		complain(lang, W_LIVE_NOT_UP, w->interface,
		    strerrordesc_np(errno), NULL);
		return false;
	}
	return true;
}

/* ---- down, gone, back */

static void
tell_gap(struct supervisor *s, const struct watched *w, struct wall_us until)
{
	struct text cause = { 0 };
	struct gap gap = { .kind = GAP_INTERFACE,
		.tap = w->tap,
		.now = now_wall(),
		.from = w->down_since,
		.until = until };

	words_add(&cause, s->arguments->lang,
	    until.us != 0		 ? W_LIVE_IS_BACK :
		w->now.link == LINK_GONE ? W_LIVE_IS_GONE :
					   W_LIVE_IS_DOWN,
	    1, w->interface);
	gap.cause = text_str(&cause);
	s->observer.gap(s->observer.context, &gap);
	text_free(&cause);
}

static void
tell_silence(struct supervisor *s, const struct watched *w)
{
	char detail[64];
	const struct coverage_finding f = { .check = CHECK_COV_3,
		.severity = SEVERITY_HIGH,
		.now = now_wall(),
		.boundary = w->tap->boundary,
		.tap = w->tap,
		.detail = detail };

	(void)snprintf(detail, sizeof(detail), "%s: interface %s", w->interface,
	    health_link_name(w->now.link));
	s->observer.coverage(s->observer.context, &f);
}

/* The engine that has this tap among its sources. */
static struct slot *
slot_of(struct supervisor *s, const struct watched *w)
{
	const size_t index = (size_t)(w - s->taps);

	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		for (size_t j = 0; j < s->slots[i].count; j++)
			if (s->slots[i].watched[j] == index)
				return &s->slots[i];
	return NULL;
}

/* Another interface has that name now, or the same after it was elsewhere: in
 * another network namespace it lost its settings, its mute and its handle. */
static void
come_back(struct supervisor *s, struct watched *w)
{
	struct slot *slot = slot_of(s, w);

	if (!supervise_tap_begin(s, w))
		return;
	w->at = w->now.index;
	if (slot != NULL)
		supervise_watch_afresh(s, slot);
}

static void
look_after(struct supervisor *s, struct watched *w)
{
	const bool was_up = w->down_since.us == 0;
	const bool is_up = w->now.link == LINK_UP;

	if (w->now.index != 0 &&
	    (w->now.index != w->at || (w->fd >= 0 && capture_is_lost(w->fd))))
		come_back(s, w);
	if (was_up && !is_up) {
		w->was_deaf =
		    true; /* while it was brought up again, at least */
		w->down_since = now_wall();
		tell_gap(s, w, (struct wall_us){ 0 });
		tell_silence(s, w);
	} else if (!was_up && is_up) {
		tell_gap(s, w, now_wall());
		w->down_since.us = 0;
		w->settled_ns = supervise_after(SUPERVISE_SETTLE_MS);
	}
}

/* ---- the mute */

/* How far the mute can be believed is the gravest thing of all. told is one of
 * MUTE_TOLD_*. */
static void
tell_mute(struct supervisor *s, const struct watched *w, uint64_t frames,
    uint64_t of, enum severity severity, const char *told)
{
	char detail[64];
	const struct coverage_finding f = { .check = CHECK_COV_11,
		.severity = severity,
		.now = now_wall(),
		.boundary = w->tap->boundary,
		.tap = w->tap,
		.counted = frames,
		.of = of,
		.detail = detail };

	(void)snprintf(detail, sizeof(detail), "%s" MUTE_TOLD_MARK "%s",
	    w->interface, told);
	s->observer.coverage(s->observer.context, &f);
}

/* Whether it is told now: at once, and again while it lasts. */
static bool
is_due(uint64_t *told_ns)
{
	const uint64_t now = now_monotonic();

	if (*told_ns != 0 && now - *told_ns < BROKEN_AGAIN_NS)
		return false;
	*told_ns = now;
	return true;
}

/* The chains are not what was made: made again, and told. */
static void
mend_mute(struct supervisor *s, struct watched *w)
{
	char error[ERROR_MAX] = "";

	if (mute_add(s->mute, w->interface, error, sizeof(error))) {
		if (is_due(&w->removed_ns))
			tell_mute(s, w, 0, 0, SEVERITY_CRITICAL,
			    MUTE_TOLD_REMOVED);
	} else if (is_due(&w->open_ns)) {
		tell_mute(s, w, 0, 0, SEVERITY_CRITICAL, MUTE_TOLD_NOT_MUTED);
		complain(s->arguments->lang, W_LIVE_NOT_MUTE, w->interface,
		    error, NULL);
	}
}

/* Whether the interface is there and the one that was muted. */
static bool
is_here(const struct watched *w)
{
	return w->now.index != 0 && w->now.index == w->at;
}

static void
watch_mute(struct supervisor *s, struct watched *w)
{
	const uint64_t count = mute_count(s->mute, w->interface);
	const uint64_t more = count - w->muted;

	if (is_here(w) && !mute_holds(s->mute, w->interface))
		mend_mute(s, w);
	if (more == 0 || count < w->muted)
		return;
	w->muted = count;
	if (now_monotonic() < w->settled_ns)
		tell_mute(s, w, more, count, SEVERITY_LOW, MUTE_TOLD_LINK_UP);
	else
		tell_mute(s, w, more, count, SEVERITY_CRITICAL,
		    MUTE_TOLD_STOPPED);
}

/* The chains could not be read, or there are others beside them: nothing that
 * can be mended here. Where one is gone that is what is told. */
static void
doubt_mute(struct supervisor *s)
{
	for (size_t i = 0; i < s->tap_count; i++)
		if (is_here(&s->taps[i]) &&
		    !mute_holds(s->mute, s->taps[i].interface))
			return;
	for (size_t i = 0; i < s->tap_count; i++)
		if (is_here(&s->taps[i]) && is_due(&s->taps[i].unproven_ns))
			tell_mute(s, &s->taps[i], 0, 0, SEVERITY_CRITICAL,
			    MUTE_TOLD_UNPROVEN);
}

/* What left past the mute: AF_XDP, or another interface's frames that tc(8)
 * sends here, which the kernel does not show to the hook. Counted by the
 * interface itself, after the fact. */
static void
watch_sent(struct supervisor *s, struct watched *w)
{
	const uint64_t sent = w->now.sent;

	if (w->now.index == w->at && now_monotonic() >= w->settled_ns &&
	    sent > w->sent)
		tell_mute(s, w, sent - w->sent, 0, SEVERITY_CRITICAL,
		    MUTE_TOLD_SENT);
	w->sent = sent;
}

void
supervise_tap_tick(struct supervisor *s)
{
	if (!mute_read(s->mute))
		doubt_mute(s);
	for (size_t i = 0; i < s->tap_count; i++) {
		look_after(s, &s->taps[i]);
		watch_mute(s, &s->taps[i]);
		watch_sent(s, &s->taps[i]);
	}
}
