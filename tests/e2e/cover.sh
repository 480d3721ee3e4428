#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What is told of coverage live: minutes of each tap without a hole between
# them although engines die and the model is read again, frames as many as the
# account has, and one statement of each boundary at the end.
# shellcheck disable=SC2119 # it has options here and there, and none here
set -u
. tests/e2e/live_bed.bash

bed_up

# Reads the lines of coverage and the last account, and prints what is wrong.
judge() {
	{ bed_events stats; bed_events sekisho_coverage; } | /usr/bin/python3 -c '
import json, sys
taps, frames, boundaries, account, gaps = {}, {}, [], {}, 0
for event in map(json.loads, sys.stdin):
    ours = event["sekisho"]
    if event["event_type"] == "stats":
        account = {tap["tap"]: tap["frames"] for tap in ours["taps"]}
    if event["event_type"] != "sekisho_coverage":
        continue
    if ours["level"] == "boundary":
        boundaries.append(ours)
        gaps += ours["gaps"]["count"]
        continue
    tap = ours["tap"]
    if ours["from"] != taps.get(tap, ours["from"]):
        print("hole", tap, taps[tap], ours["from"])
    taps[tap] = ours["until"]
    frames[tap] = frames.get(tap, 0) + ours["frames"]
    if ours["drops"] is None or ours["seen_at_least"] is not None:
        print("not known:", ours)
if frames != account or sorted(frames) != ["main-lg", "main-office"]:
    print("frames", frames, "account", account)
if sum(b["frames"] for b in boundaries) != sum(frames.values()):
    print("boundaries", boundaries)
if gaps < int(sys.argv[1]):
    print(gaps, "gaps")
if any("unknown" not in b["sentence"] for b in boundaries):
    print("said:", boundaries)
' "$1"
}

minutes_outlive_engines_and_models() {
	local old wrong
	bed_model main-lg=mon0 main-office=mon1
	bed_probe || return 1
	bed_send src0 300 1000
	old=$(bed_pid engine-0)
	kill -9 "$old"
	bed_until 5 "[ -n \"\$(bed_pid engine-0)\" ] &&
		[ \"\$(bed_pid engine-0)\" != $old ]" || return 1
	bed_until 5 "bed_events sekisho_gap | grep -q engine" || return 1
	bed_send src0 300 1000 300
	kill -HUP "$sup"
	bed_until 10 "bed_events sekisho_health | grep -q reload" || return 1
	bed_send src1 300 1000 600
	sleep 1
	bed_end
	wrong=$(judge 1)
	[ -z "$wrong" ] || { printf '%s\n' "$wrong"; return 1; }
	grep -q "boundary.*unknown how much" "$work/stderr"
}

bed_test minutes-outlive-engines-and-models minutes_outlive_engines_and_models
