#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The live probe, within its walls: what alerted before outlives kill -9 and a
# restart, and an emergency that the command begins and ends is followed on
# SIGHUP. Needs root; prints "ok NAME" or, after details, "not ok NAME".
# shellcheck disable=SC2119 # bed_probe has options elsewhere, and none here
# alone: a live probe
set -u
. tests/e2e/live_bed.bash
bed_up

# As bed_probe, in the folder that is there.
probe_again() {
	: >"$work/stderr"
	ip netns exec "$mon" "$program" -t "$work/model.jsonc" -p probe1 \
		--lang en -o "$work/out" >"$work/stdout" 2>"$work/stderr" &
	sup=$!
	bed_until 10 "grep -q 'watching ' $work/stderr"
}

# novelty PYTHON: an expression of the alerts' "novelty", oldest first.
novelty() {
	bed_events alert | /usr/bin/python3 -c '
import json, sys
n = [json.loads(l)["sekisho"]["novelty"] for l in sys.stdin
     if json.loads(l)["sekisho"]["check"].startswith("SEG")]
sys.exit(not (n and eval(sys.argv[1])))' "$1"
}

it_outlives_a_kill_and_a_restart() {
	bed_probe || return 1
	bed_send src0 3 0 0 "" 23 >/dev/null
	bed_until 15 "novelty 'n[-1][\"first_ever\"] is True'" ||
		{ echo "no alert that is the first ever"; return 1; }
	bed_until 5 "[ -s $work/out/novelty ]" || { echo "no file"; return 1; }
	kill -9 "$sup"
	wait "$sup" 2>/dev/null
	bed_until 5 "[ -z \"\$(ip netns pids $mon)\" ]"
	probe_again || return 1
	bed_send src0 3 0 0 "" 23 >/dev/null
	bed_until 15 "novelty 'n[-1][\"first_ever\"] is False'" ||
		{ bed_events alert; return 1; }
	bed_end
	[ "$(stat -c %a "$work/out/novelty")" = 600 ] &&
	    [ ! -e "$work/out/novelty.tmp" ] &&
	    [ ! -e "$work/out/novelty.damaged" ] &&
	    bed_events sekisho_health | tail -n 1 | grep -q '"damaged": 0'
}

switch() {
	"${program%-probe}" --lang en emergency "$work/model.jsonc" "$@" ||
		return 1
	kill -HUP "$sup"
}

an_emergency_is_followed() {
	sed -i -e 's/"id": "log",/"id": "log", "emergency": "only",/' \
		-e 's/"format":/"emergency-file": "emergency.jsonc", "format":/' \
		"$work/model.jsonc"
	bed_probe || return 1
	switch on flood --conduit log --reason flood \
		--until "$(TZ=Asia/Tokyo date -d "+1 hour" +%Y-%m-%dT%H:%M)" ||
		return 1
	bed_until 10 "bed_events sekisho_emergency | grep -q '\"event\": \"'" ||
		{ echo "no event"; return 1; }
	bed_send src0 20 0 100 >/dev/null
	sleep 1
	switch off flood --by duty || return 1
	bed_until 10 "bed_events sekisho_emergency | grep -q '\"end\"'" ||
		{ bed_events sekisho_emergency; return 1; }
	bed_end
	bed_model main-lg=mon0 main-office=mon1
	bed_events stats | tail -n 1 | grep -q '"emergencies": \[{"id": "flood"' &&
	    bed_events sekisho_health | tail -n 1 | grep -q '"on": false' &&
	    bed_events sekisho_emergency | tail -n 1 |
		grep -q '"ended_by": "duty"'
}

bed_test it_outlives_a_kill_and_a_restart it_outlives_a_kill_and_a_restart
bed_test an_emergency_is_followed an_emergency_is_followed
