#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What becomes of the live probe when something breaks: each process killed or
# stopped in turn, a frame that kills or hangs the engine (debug build),
# interfaces down, up and gone, a storm of signals, a full disk. Each time: it
# goes on, every frame is accounted for, nothing is lost unsaid. Needs root;
# prints "ok NAME" or, after details, "not ok NAME".
# alone: it measures restarts
set -u
. tests/e2e/live_bed.bash
bed_up

# Frames at a steady rate in the background; sent holds how many went out.
traffic() {
	bed_send src0 "$1" "$2" "${3:-0}" "${4:-}" >"$work/sent" &
	sender=$!
}

traffic_ends() {
	wait "$sender"
	sent=$(cat "$work/sent")
	sleep 0.5
}

check() {
	bed_end
	/usr/bin/python3 "$bed" check "$work/out" "$sent"
}

# restarted NAME OLD SECONDS: another process has that name.
restarted() {
	bed_until "$3" "[ -n \"\$(bed_pid $1)\" ] &&
		[ \"\$(bed_pid $1)\" != $2 ]"
}

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

has_alert() {
	bed_events alert | grep -q "\"check\": \"$1\""
}

engine_is_killed() {
	bed_probe || return 1
	traffic 6000 2000
	for _ in 1 2 3; do
		sleep 0.8
		local old
		old=$(bed_pid engine-0)
		kill -9 "$old"
		restarted engine-0 "$old" 5 || return 1
	done
	traffic_ends
	check && has_alert COV-7 &&
	    bed_events sekisho_gap | grep -q '"signal": 9' &&
	    bed_events alert | grep '"COV-7"' |
		grep -q '"severity": "high"' || return 1
	echo "away at most $(away) ms"
}

# The best of a few: the ring's memory comes slowly on a machine under load.
first_restart_is_quick() {
	local old ms=
	bed_model main-lg=mon0
	for _ in 1 2 3 4 5; do
		bed_probe || return 1
		sleep 0.5
		old=$(bed_pid engine-0)
		kill -9 "$old"
		restarted engine-0 "$old" 5 || return 1
		bed_until 5 "bed_events sekisho_gap | grep -q engine"
		bed_end
		ms=$(away)
		echo "away $ms ms"
		[ "$ms" -gt 100 ] || break
	done
	bed_model main-lg=mon0 main-office=mon1
	[ "$ms" -le 100 ]
}

recorder_is_killed() {
	bed_probe || return 1
	traffic 6000 2000
	for _ in 1 2; do
		sleep 1
		local old
		old=$(bed_pid recorder)
		kill -9 "$old"
		restarted recorder "$old" 5 || return 1
	done
	traffic_ends
	check && has_alert COV-7
}

# Whatever dies while it ends, everything is still told.
recorder_is_killed_at_the_end() {
	bed_probe || return 1
	sent=$(bed_send src0 3000 0)
	sleep 0.5
	local old
	old=$(bed_pid recorder)
	kill -STOP "$old"
	kill -TERM "$sup"
	sleep 0.5
	kill -9 "$old"
	check
}

engine_is_killed_at_the_end() {
	bed_probe || return 1
	sent=$(bed_send src0 3000 0)
	sleep 0.5
	local old
	old=$(bed_pid engine-0)
	kill -STOP "$old"
	kill -TERM "$sup"
	sleep 0.5
	kill -9 "$old"
	check && bed_events flow | grep -q engine-restarted
}

keeper_is_killed() {
	bed_probe || return 1
	local old
	old=$(bed_pid sekisho-keeper)
	kill -9 "$old"
	restarted sekisho-keeper "$old" 5 || return 1
	sent=$(bed_send src0 50 0)
	sleep 0.5
	check && ! ip -n "$mon" link show mon0 | grep -q NOARP &&
	    [ "$(ip netns exec "$mon" cat \
		/proc/sys/net/ipv6/conf/mon0/disable_ipv6)" = 0 ]
}

recorder_is_stopped() {
	bed_probe || return 1
	traffic 20000 4000
	sleep 0.5
	local old
	old=$(bed_pid recorder)
	kill -STOP "$old"
	sleep 6
	kill -CONT "$old"
	traffic_ends
	sleep 1
	[ "$(bed_pid recorder)" = "$old" ] && check
}

engine_is_stopped() {
	bed_probe || return 1
	traffic 1500 100
	sleep 1
	local old
	old=$(bed_pid engine-0)
	kill -STOP "$old"
	restarted engine-0 "$old" 14 || return 1
	traffic_ends
	grep -q "engine-0 does not respond" "$work/stderr" && check
}

# marked TEXT SECONDS: a frame in the midst of others that ends the engine.
marked() {
	grep -q SEKISHO-CRASH-ME "$program" || return 77
	bed_probe || return 1
	traffic 3000 1000
	sleep 1
	local old more
	old=$(bed_pid engine-0)
	more=$(bed_send src0 1 0 70000 "$1")
	restarted engine-0 "$old" "$2" || return 1
	traffic_ends
	sent=$((sent + more))
	check && bed_events flow | grep -q engine-restarted
}

marker_crashes() {
	marked SEKISHO-CRASH-ME 5
}

marker_hangs() {
	marked SEKISHO-HANG-NOW 8
}

interface_goes_down_and_up() {
	bed_probe || return 1
	sent=$(bed_send src0 100 0)
	ip -n "$mon" link set mon0 down
	bed_until 5 "bed_events sekisho_gap | grep -q 'is down'" || return 1
	ip -n "$mon" link set mon0 up
	bed_until 5 "bed_events sekisho_gap | grep -q 'is back'" || return 1
	sleep 1
	sent=$((sent + $(bed_send src0 100 0 200)))
	sleep 1
	check && has_alert COV-3 && ! has_alert COV-7 &&
	    ! bed_events alert | grep '"COV-11"' | grep -q critical
}

interface_is_gone_and_back() {
	bed_probe || return 1
	sent=$(bed_send src0 100 0)
	sleep 0.3
	ip -n "$mon" link del mon0
	bed_until 5 "bed_events sekisho_gap | grep -q 'is gone'" || return 1
	sent=$((sent + $(bed_send src1 50 0 5000))) # the others go on
	bed_pair 0
	bed_until 8 "ip -n $mon link show mon0 | grep -q NOARP" || return 1
	bed_until 8 "bed_events sekisho_gap | grep -q 'is back'" || return 1
	sleep 1.5
	sent=$((sent + $(bed_send src0 100 0 200)))
	sleep 1
	check && has_alert COV-3
}

signals_storm() {
	bed_probe || return 1
	traffic 4000 200
	local begun last
	begun=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$sup/status")
	/usr/bin/python3 -c '
import os, signal, sys, time
for i in range(10000):
    os.kill(int(sys.argv[1]), signal.SIGHUP)
    time.sleep(0.0005)' "$sup"
	bed_until 15 "sleep 1; bed_events sekisho_health | grep -q reload" ||
		return 1
	traffic_ends
	last=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$sup/status")
	echo "supervisor: $begun kB, then $last kB, descriptors" \
		"$(find "/proc/$sup/fd" -type l | wc -l), reloads" \
		"$(bed_events sekisho_health | grep -c '"reload"')"
	# The address sanitizer keeps what was freed for a while.
	bed_is_asan || [ "$last" -lt $((begun + 8192)) ] || return 1
	[ "$(find "/proc/$sup/fd" -type l | wc -l)" -lt 80 ] || return 1
	check && ! has_alert COV-7
}

disk_is_full() {
	mkdir -p "$work/full" &&
	    mount -t tmpfs -o size=300k,mode=777 none "$work/full" || return 77
	bed_probe -o "$work/full" || return 1
	sent=$(bed_send src0 2000 2000)
	sleep 3
	local alive
	alive=$(bed_pid recorder)
	bed_end
	mkdir -p "$work/out" && cp "$work/full/eve"*.json "$work/out"
	umount "$work/full"
	if [ -z "$alive" ] || [ "$code" = 0 ]; then
		echo "code $code"
		return 1
	fi
	grep -q "No space left on device" "$work/stderr" || return 1
	# Whole lines only, whatever found no room.
	[ "$(bed_events sekisho_conversation | wc -l)" -gt 100 ] &&
	    [ -z "$(tail -c 1 "$work/out/eve.json" | tr -d '\n')" ]
}

if grep -q SEKISHO-CRASH-ME "$program"; then
	bed_test marker_crashes marker_crashes
	bed_test marker_hangs marker_hangs
else
	echo "skip marker_crashes: make check-debug runs it"
	echo "skip marker_hangs: make check-debug runs it"
fi
[ "${FAULTS:-all}" = all ] || exit 0
bed_test engine_is_killed engine_is_killed
bed_test first_restart_is_quick first_restart_is_quick
bed_test recorder_is_killed recorder_is_killed
bed_test recorder_is_killed_at_the_end recorder_is_killed_at_the_end
bed_test engine_is_killed_at_the_end engine_is_killed_at_the_end
bed_test keeper_is_killed keeper_is_killed
bed_test recorder_is_stopped recorder_is_stopped
bed_test engine_is_stopped engine_is_stopped
bed_test interface_goes_down_and_up interface_goes_down_and_up
bed_test interface_is_gone_and_back interface_is_gone_and_back
bed_test signals_storm signals_storm
bed_test disk_is_full disk_is_full
