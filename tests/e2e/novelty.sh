#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What alerted before is known after a restart with the same folder, also on
# another day; a damaged file is said, set aside and never taken for "new"; and
# an emergency is begun by the command, judged by the probe, and over by itself.
# Prints "ok NAME" or, after details, "not ok NAME".
set -u

build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
export LC_ALL=C.UTF-8

skip() {
	echo "skip novelty: $1"
	exit 0
}

[ -x "$build/sekisho-probe" ] || skip "$build/sekisho-probe is not built"
[ -x "$build/sekisho" ] || skip "$build/sekisho is not built"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# Two days of attempts by the same hosts: model and captures of golden cases.
/usr/bin/python3 -B tests/golden/run.py --keep "$work" alert-window \
	schedule-days emergency-hours >"$work/played" ||
	{ cat "$work/played"; exit 1; }

# run CASE FOLDER: over all captures of a case.
run() {
	local tap files=()
	for tap in "$work/$1"/*.pcap; do
		files+=(-r "$(basename "$tap" .pcap)=$tap")
	done
	"$build/sekisho-probe" -t "$work/$1/model.json" -p probe1 --lang en \
		"${files[@]}" -o "$2" 2>"$work/stderr"
	local code=$?
	[ "$code" = 1 ] || { cat "$work/stderr"; echo "code $code"; return 1; }
}

# told FOLDER PYTHON: an expression of the list of what alerts say, "n".
told() {
	/usr/bin/python3 - "$1/eve.json" "$2" <<-'END'
		import json, sys
		lines = [json.loads(l) for l in open(sys.argv[1], encoding="utf-8")]
		n = [l["sekisho"]["novelty"] for l in lines
		     if l["event_type"] == "alert"]
		s = [l["sekisho"] for l in lines if l["event_type"] == "stats"][-1]
		if not n or not eval("(" + sys.argv[2] + ")"):
		    print(sys.argv[2], json.dumps(n, indent=1), s["novelty"])
		    sys.exit(1)
	END
}

first_ever_is_false_after_a_restart() {
	run alert-window "$work/kept" &&
	    told "$work/kept" 'n[0]["first_ever"] is True and
		n[0]["days"] == 1 and n[0]["first"] is None and
		n[0]["hosts_same_check"] == 1' &&
	    told "$work/kept" 'n[-1]["first_ever"] is False and
		n[-1]["last"] > n[-1]["first"]' &&
	    [ "$(stat -c %a "$work/kept/novelty")" = 600 ] || return 1
	run alert-window "$work/kept" &&
	    told "$work/kept" 'all(x["first_ever"] is False for x in n) and
		s["novelty"]["rows"] == 1'
}

days_are_counted_over_restarts() {
	run schedule-days "$work/days" && run schedule-days "$work/days" &&
	    told "$work/days" 'all(x["days"] == 1 for x in n)' || return 1
	# The same hosts a day later: another day of the same rows.
	/usr/bin/python3 - "$work/schedule-days" <<-'END' || return 1
		import glob, struct, sys
		for path in glob.glob(sys.argv[1] + "/*.pcap"):
		    data = bytearray(open(path, "rb").read())
		    at = 24
		    while at + 16 <= len(data):
		        seconds, part, kept, size = struct.unpack_from("<4I", data, at)
		        struct.pack_into("<I", data, at, seconds + 7 * 86400)
		        at += 16 + kept
		    open(path, "wb").write(data)
	END
	run schedule-days "$work/days" &&
	    told "$work/days" 'any(x["days"] == 2 and x["first_ever"] is False
		for x in n)'
}

a_damaged_file_is_said_and_not_taken_for_new() {
	local size
	run alert-window "$work/torn" || return 1
	size=$(stat -c %s "$work/torn/novelty")
	truncate -s $((size - 1)) "$work/torn/novelty"
	run alert-window "$work/torn" || return 1
	grep -q "damaged in part" "$work/stderr" ||
		{ cat "$work/stderr"; return 1; }
	[ -e "$work/torn/novelty.damaged" ] &&
	    told "$work/torn" 'n[0]["first_ever"] is None and
		n[0]["days"] is None and n[0]["since"] is not None and
		s["novelty"]["damaged"] == 1' || return 1
	echo "nothing of ours" >"$work/torn/novelty"
	run alert-window "$work/torn" && grep -q "begun anew" "$work/stderr" &&
	    told "$work/torn" 'not any(x["first_ever"] for x in n)'
}

standard_output_has_none() {
	"$build/sekisho-probe" -t "$work/alert-window/model.json" -p probe1 \
		-r "trunk=$work/alert-window/trunk.pcap" >"$work/lines" \
		2>"$work/stderr"
	grep -q '"event_type":"alert"' "$work/lines" &&
	    ! grep -q first_ever "$work/lines"
}

# Begun by the command, for hours that have not come yet in the capture: only
# its times are moved to those of the packets, by hand.
an_emergency_of_the_command_is_judged_and_ends_by_itself() {
	local in=$work/emergency-hours until
	/usr/bin/python3 - "$in/model.json" <<-'END' || return 1
		import json, sys
		model = json.load(open(sys.argv[1], encoding="utf-8"))
		for entry in model["emergencies"]:
		    entry.pop("since"), entry.pop("until")
		    entry["id"] = "typhoon"
		model["emergency-file"] = "emergency.jsonc"
		json.dump(model, open(sys.argv[1], "w", encoding="utf-8"),
		          ensure_ascii=False)
	END
	run emergency-hours "$work/before" &&
	    ! grep -q sekisho_emergency "$work/before/eve.json" || return 1
	until=$(TZ=Asia/Tokyo date -d "+1 hour" +%Y-%m-%dT%H:%M)
	if ! "$build/sekisho" --lang en emergency "$in/model.json" on typhoon \
		--until "$until" --reason flood --by CISO --number 1 \
		>"$work/said" 2>&1 || ! grep -q virtual-browser "$work/said" ||
	    ! grep -q "systemctl reload" "$work/said"; then
		cat "$work/said"
		return 1
	fi
	cp "$in/emergency.jsonc" "$work/record"
	sed -i -e 's/"since":"[^"]*"/"since":"2026-11-20T22:30"/' \
		-e 's/"until":"[^"]*"/"until":"2026-11-21T02:00"/' \
		"$in/emergency.jsonc"
	run emergency-hours "$work/during" || return 1
	/usr/bin/python3 - "$work/during/eve.json" <<-'END' || return 1
		import json, sys
		lines = [json.loads(l) for l in open(sys.argv[1], encoding="utf-8")]
		said = [l["sekisho"] for l in lines
		        if l["event_type"] == "sekisho_emergency"]
		events = [s["event"] for s in said]
		used = [l for l in lines if l["event_type"] == "flow"
		        and l["sekisho"].get("emergency")]
		last = [l["sekisho"] for l in lines
		        if l["event_type"] == "stats"][-1]["emergencies"]
		if (events != ["begin", "on", "end"] or len(used) != 2
		        or said[-1]["conversations"] != 2
		        or [e["on"] for e in last] != [False]
		        or any(u["sekisho"]["verdict"] != "excepted" for u in used)):
		    print(events, len(used), said, last)
		    sys.exit(1)
	END
	# Ended, it is in the record all the same, and remarks stay.
	sed '1i// called at the head office' "$work/record" \
		>"$in/emergency.jsonc"
	"$build/sekisho" --lang en emergency "$in/model.json" off typhoon \
		--by duty >"$work/said" 2>&1 &&
	    grep -q '"ended-by": "duty"' "$in/emergency.jsonc" &&
	    grep -q "called at the head office" "$in/emergency.jsonc" &&
	    ! "$build/sekisho" emergency "$in/model.json" off typhoon \
		>"$work/said" 2>&1
}

test_one() {
	if "$1" >"$work/log" 2>&1; then
		echo "ok $1"
	else
		cat "$work/log"
		echo "not ok $1"
	fi
}

test_one first_ever_is_false_after_a_restart
test_one days_are_counted_over_restarts
test_one a_damaged_file_is_said_and_not_taken_for_new
test_one standard_output_has_none
test_one an_emergency_of_the_command_is_judged_and_ends_by_itself
