#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The processes of a run over capture files: behind walls, one replaced when it
# dies with every frame accounted for, none left behind. Prints "ok NAME" or,
# after details, "not ok NAME".
# alone: it waits for processes by the clock
set -u

program=${SEKISHO_BUILD:-build/plain}/sekisho-probe
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
export LC_ALL=C.UTF-8
model=topology/examples/city-alpha/model.jsonc

skip() {
	echo "skip files: $1"
	exit 0
}

[ -x "$program" ] || skip "$program is not built"
[ -x /usr/bin/python3 ] || skip "needs python3"
command -v pgrep >/dev/null || skip "needs pgrep"
work=$(mktemp -d) || exit 1
sup=
trap '[ -z "$sup" ] || kill -9 "$sup" 2>/dev/null; rm -rf "$work"' EXIT
read -r frames _ < <(/usr/bin/python3 -B tests/bench/offline-capture.py \
	"$work" 150)
file=$work/main-trunk.pcap

# begin FILE: starts it with the recorder stopped before it has taken much, so
# that the engine waits for it in the midst of the file.
begin() {
	rm -rf "$work/out"
	"$program" -t $model -p probe1 -r "main-trunk=$1" --lang en \
		-o "$work/out" 2>"$work/stderr" <"$file" &
	sup=$!
	recorder=
	for _ in $(seq 500); do
		recorder=$(pgrep -P "$sup" -x recorder) && break
		sleep 0.002
	done
	for _ in $(seq 500); do # its walls stand
		grep -q '^Seccomp:.2' "/proc/$recorder/status" && break
		sleep 0.002
	done
	kill -STOP "$recorder" || return 1
	sleep 0.7
	engine=$(pgrep -P "$sup" -x engine-0)
	[ -n "$engine" ]
}

finish() {
	kill -CONT "$recorder" 2>/dev/null
	wait "$sup"
	code=$?
	sup=
	echo "code $code, read $(events "$read") of $frames," \
		"gaps $(events "$kinds"), ended twice $(events "$twice")"
}

# events PYTHON: what that expression of e (all events) is.
events() {
	/usr/bin/python3 -c '
import collections, json, sys
e = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
print(eval(sys.argv[2]))' "$work/out/eve.json" "$1"
}

kinds='[g["sekisho"].get("kind", "capture") for g in e if g["event_type"] == "sekisho_gap"]'
twice='len([1 for n in collections.Counter(f["flow_id"] for f in e if
 f["event_type"] == "flow").values() if n > 1])'
restarted='sum(f["sekisho"]["reason"] == "engine-restarted" for f in e if
 f["event_type"] == "flow")'
read='[s for s in e if s["event_type"] == "stats"][-1]["sekisho"]["account"]["read"]'

test_one() {
	if "$1" >"$work/log" 2>&1; then
		echo "ok $1"
	else
		cat "$work/log" "$work/stderr"
		echo "not ok $1"
	fi
	[ -z "$sup" ] || kill -9 "$sup" 2>/dev/null
	sup=
}

children_are_walled_in() {
	begin "$file" || return 1
	for pid in "$engine" "$recorder"; do
		if ! grep -q '^Seccomp:.2' "/proc/$pid/status" ||
		    ! grep -q '^CapEff:.0000000000000000' \
			"/proc/$pid/status" ||
		    ! grep -q '^NoNewPrivs:.1' "/proc/$pid/status"; then
			cat "/proc/$pid/status"
			return 1
		fi
	done
	finish
	[ "$(events "$kinds")" = "[]" ] && [ "$(events "$read")" = "$frames" ]
}

killed_engine_is_replaced() {
	begin "$file" || return 1
	kill -9 "$engine"
	sleep 0.5
	finish
	[ "$code" = 1 ] && [ "$(events "$kinds")" = "['engine']" ] &&
	    [ "$(events "$read")" = "$frames" ] &&
	    [ "$(events "$twice")" = 0 ] &&
	    [ "$(events "$restarted")" -gt 0 ] &&
	    grep -q "engine-0 ended by signal 9" "$work/stderr"
}

killed_recorder_is_replaced() {
	begin "$file" || return 1
	kill -9 "$recorder"
	finish
	[ "$code" = 1 ] && [ "$(events "$read")" = "$frames" ] &&
	    [ "$(events "$twice")" = 0 ] &&
	    events "$kinds" | grep -q recorder
}

what_cannot_be_read_twice_is_a_gap() {
	begin - || return 1
	kill -9 "$engine"
	sleep 0.5
	finish
	[ "$code" = 1 ] || [ "$code" = 3 ] || return 1
	events "$kinds" | grep -q "engine.*capture" &&
	    [ "$(events "$read")" -lt "$frames" ] &&
	    grep -q "cannot be read twice" "$work/out/eve.json"
}

killed_it_leaves_nothing() {
	begin "$file" || return 1
	kill -9 "$sup"
	wait "$sup" 2>/dev/null
	sup=
	kill -CONT "$recorder" 2>/dev/null
	for _ in $(seq 50); do
		kill -0 "$engine" 2>/dev/null ||
			kill -0 "$recorder" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

test_one children_are_walled_in
test_one killed_engine_is_replaced
test_one killed_recorder_is_replaced
test_one what_cannot_be_read_twice_is_a_gap
test_one killed_it_leaves_nothing
