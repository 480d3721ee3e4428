#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Evidence of a live probe: files of the recorder's user, written from behind
# its walls; and what is said when a process dies that held some. Needs root;
# prints "ok NAME" or, after details, "not ok NAME".
# alone: a live probe
set -u
. tests/e2e/live_bed.bash
bed_up

# What the alerts of conversations say, as "FILES REASONS", once each file was
# held against its digest.
exhibits() {
	/usr/bin/python3 - "$work/out" <<'PYTHON'
import hashlib, json, os, sys

folder, files, reasons = sys.argv[1], 0, set()
for line in open(folder + "/eve.json", encoding="utf-8"):
    event = json.loads(line)
    evidence = event["sekisho"].get("evidence")
    if event["event_type"] != "alert" or not evidence:
        continue
    if evidence.get("reason") == "none":
        continue
    if not evidence["file"]:
        reasons.add(evidence["reason"])
        continue
    with open(os.path.join(folder, evidence["file"]), "rb") as file:
        if hashlib.sha256(file.read()).hexdigest() == evidence["sha256"]:
            files += 1
print(files, " ".join(sorted(reasons)))
PYTHON
}

has_files() {
	local files
	files=$(exhibits)
	[ "${files%% *}" -ge "$1" ]
}

files_are_the_users_own() {
	bed_probe --user 61234 || return 1
	bed_send src0 40 200 0 MARKER-OF-PAYLOAD >/dev/null
	bed_until 15 "has_files 1" || { exhibits; return 1; }
	stat -c '%U %u %a' "$work/out/evidence" "$work/out/evidence/"*
	[ "$(stat -c %u-%a "$work/out/evidence")" = 61234-700 ] &&
	    [ "$(stat -c %u-%a "$work/out/evidence/"* | sort -u)" = 61234-600 ] &&
	    ! grep -rqa MARKER "$work/out" || return 1
	bed_end
	grep -q '"evidence":{"files":' "$work/out/eve.json"
}

a_recorder_that_dies_loses_no_file() {
	bed_probe || return 1
	bed_send src0 40 200 >/dev/null
	bed_until 15 "has_files 1" || { exhibits; return 1; }
	(cd "$work/out/evidence" && sha256sum -- *.pcapng) >"$work/before"
	kill -9 "$(bed_pid recorder)"
	bed_until 10 "[ -n \"\$(bed_pid recorder)\" ]" || return 1
	bed_send src0 40 200 1000 >/dev/null
	sleep 5
	bed_end
	exhibits
	(cd "$work/out/evidence" && sha256sum --quiet -c "$work/before") &&
	    [ ! -e "$work/out/evidence/exhibit.tmp" ]
}

bed_test files_are_the_users_own files_are_the_users_own
bed_test a_recorder_that_dies_loses_no_file a_recorder_that_dies_loses_no_file
