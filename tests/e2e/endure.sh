#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the live probe has to stand over the years, at once: engines of several
# taps started again (how long they were away is printed), 10,000 new models,
# full tables within the limit of memory, a clock that jumps. The clock is
# moved for the probe alone, by a library loaded before the C library's: a time
# namespace moves only the monotonic clock, and the machine's own clock is not
# a test's to set. Needs root; prints "ok NAME" or, after details, "not ok
# NAME".
# alone: it counts memory and time of a live probe
set -u
. tests/e2e/live_bed.bash
bed_up

# The longest time away in the gap records, milliseconds.
away() {
	bed_events sekisho_gap | /usr/bin/python3 -c '
import datetime, json, sys
def at(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
print(max([int((at(g["until"]) - at(g["from"])).total_seconds() * 1000)
           for g in (json.loads(l)["sekisho"] for l in sys.stdin)
           if g.get("from") and g.get("until")] or [0]))'
}

# The bound is generous: a machine that runs tests has other things to do.
three_taps_are_soon_watched_again() {
	bed_pair 2 && bed_model main-lg=mon0 main-office=mon1 main-core=mon2 ||
		return 1
	local least=9999 ms old
	for _ in 1 2 3 4 5; do
		bed_probe || return 1
		sleep 0.5
		old=$(bed_pid engine-0)
		kill -9 "$old"
		bed_until 5 "bed_events sekisho_gap | grep -q '\"engine\"'" ||
			return 1
		bed_end
		ms=$(away)
		[ "$ms" -ge "$least" ] || least=$ms
	done
	figures+=("three taps away for $least ms at best, $ms ms the last time")
	bed_model main-lg=mon0 main-office=mon1
	[ "$least" -le 1000 ]
}

# Resident kilobytes of each process.
memory() {
	local name pid
	for name in supervisor sekisho-keeper recorder engine-0; do
		pid=$sup
		[ $name = supervisor ] || pid=$(bed_pid $name)
		printf '%s %s, ' $name "$(sed -n \
			's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")"
	done
}

generation() {
	bed_events sekisho_health | tail -n 1 |
		sed 's/.*"generation": \([0-9]*\).*/\1/'
}

# Each one is a reload when it comes after the one before is done; those that
# come meanwhile are one.
ten_thousand_hangups_change_nothing() {
	bed_probe || return 1
	local before grown engine recorder
	bed_send src0 500 2000 >/dev/null
	for _ in 1 2 3 4 5; do kill -HUP "$sup"; sleep 0.2; done
	engine=$(bed_pid engine-0) recorder=$(bed_pid recorder)
	before=$(memory)
	/usr/bin/python3 -c '
import os, signal, sys, time
for i in range(10000):
    os.kill(int(sys.argv[1]), signal.SIGHUP)
    time.sleep(0.001)' "$sup"
	sent=$((500 + $(bed_send src0 500 2000 1000)))
	sleep 2
	kill -USR1 "$sup"
	sleep 0.5
	figures+=("before 10,000 SIGHUPs: ${before}kB"
		"after: $(memory)kB, generation $(generation)")
	[ "$(generation)" -gt 100 ] && [ "$(bed_pid engine-0)" = "$engine" ] &&
		[ "$(bed_pid recorder)" = "$recorder" ] || return 1
	grown=$(/usr/bin/python3 - "$before" "$(memory)" <<'PYTHON'
import re, sys
a, b = (list(map(int, re.findall(r" (\d+),", t))) for t in sys.argv[1:])
print(max(y - x for x, y in zip(a, b)))
PYTHON
	)
	bed_end
	[ "$grown" -lt 16384 ] && /usr/bin/python3 "$bed" check "$work/out" \
		"$sent"
}

# Twice as many conversations as there is room for, all open at once.
full_tables_fit_the_limit() {
	bed_probe --conversations 50000 || return 1
	local pid peak limit
	pid=$(bed_pid engine-0)
	limit=$(sed -n 's/^Max address space *\([0-9]*\) .*/\1/p' \
		"/proc/$pid/limits")
	[ -n "$limit" ] || return 1
	sent=$(bed_send src0 100000 0)
	sleep 3
	kill -HUP "$sup" # and another model beside the old one
	bed_until 15 "[ \"\$(generation)\" = 2 ]" || return 1
	peak=$(sed -n 's/^VmPeak:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
	figures+=("engine with full tables: $peak kB of $((limit / 1024)) kB")
	[ "$(bed_pid engine-0)" = "$pid" ] || return 1
	[ -n "$(sed -n 's/^Max address space *\([0-9]*\) .*/\1/p' \
		"/proc/$(bed_pid recorder)/limits")" ] || return 1
	bed_end
	/usr/bin/python3 "$bed" check "$work/out" "$sent" &&
	    ! bed_events alert | grep -q '"COV-7"'
}

# shift_clock SECONDS: for the probe, from now on.
shift_clock() {
	/usr/bin/python3 -c '
import os, struct, sys
with open(sys.argv[1], "r+b") as file:
    file.write(struct.pack("=q", int(sys.argv[2])))' "$work/shift" "$1"
}

make_clock() {
	cat >"$work/clock.c" <<'C'
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *shift;

__attribute__((constructor)) static void
begin(void)
{
	int fd = open(getenv("SHIFT"), O_RDONLY);
	void *p = mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0);

	close(fd);
	shift = p == MAP_FAILED ? NULL : p;
}

int
clock_gettime(clockid_t id, struct timespec *out)
{
	int result = (int)syscall(SYS_clock_gettime, id, out);

	if (id == CLOCK_REALTIME && shift != NULL)
		out->tv_sec += *shift;
	return result;
}
C
	head -c 8 /dev/zero >"$work/shift" &&
	    chmod 644 "$work/shift" &&
	    ${CC:-cc} -shared -fPIC -o "$work/clock.so" "$work/clock.c"
}

stepped() {
	bed_events alert | grep '"COV-5"' | grep -qF -- "$1"
}

a_clock_that_jumps_is_told() {
	make_clock || return 1
	export SHIFT=$work/shift LD_PRELOAD=$work/clock.so
	bed_probe
	local ok=$?
	unset LD_PRELOAD
	[ $ok = 0 ] || return 1
	sent=$(bed_send src0 200 1000)
	sleep 1.5
	shift_clock 3600
	bed_until 8 "stepped +3600." || return 1
	sent=$((sent + $(bed_send src0 200 1000 500)))
	sleep 1
	shift_clock 0
	bed_until 8 "stepped -3600." || return 1
	sent=$((sent + $(bed_send src0 200 1000 1000)))
	sleep 1
	kill -0 "$sup" || return 1
	bed_end
	bed_events sekisho_health | tail -n 1 | grep -q '"steps": 2' &&
	    /usr/bin/python3 "$bed" check "$work/out" "$sent" &&
	    ! bed_events alert | grep -q '"COV-7"'
}

figures=()
bed_test three_taps_are_soon_watched_again three_taps_are_soon_watched_again
bed_test ten_thousand_hangups_change_nothing \
	ten_thousand_hangups_change_nothing
bed_test full_tables_fit_the_limit full_tables_fit_the_limit
bed_test a_clock_that_jumps_is_told a_clock_that_jumps_is_told
printf 'figure: %s\n' "${figures[@]}"
