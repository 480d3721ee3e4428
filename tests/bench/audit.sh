#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How long sekisho audit takes for large rulesets of mixed prefixes, every pair
# of eight zones, on one processor; beside what others need for the same rules
# in the same run: nft -c, which only checks that the kernel would take them,
# and one decision diagram of all that is accepted (bench_firstmatch), which
# names no rule and knows no zones.
set -eu
cd "$(dirname "$0")/../.."
build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
sizes=${*:-1000 10000}
net=sekisho-bench-$$

work=$(mktemp -d)
# shellcheck disable=SC2317 # by the trap
clean()
{
	ip netns del "$net" 2>/dev/null || :
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

# timed COMMAND...: its standard output in $work/out, $took and the processor's
# $spent in ms, $peak in KiB, $status; on the last processor alone.
timed()
{
	status=0
	/usr/bin/python3 -B - "$(($(nproc) - 1))" "$work/out" "$@" \
	    >"$work/cost" <<'PYTHON' || status=$?
import os
import resource
import subprocess
import sys
import time

processor, out, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
os.sched_setaffinity(0, {processor})
begun = time.monotonic()
with open(out, "wb") as file:
    done = subprocess.run(command, stdout=file, check=False)
took = time.monotonic() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(int(took * 1000), int((used.ru_utime + used.ru_stime) * 1000),
      used.ru_maxrss)
sys.exit(done.returncode if done.returncode >= 0 else 255)
PYTHON
	read -r took spent peak <"$work/cost"
}

show()
{
	printf '%6d rules  %-14s %7d ms (processor %6d ms) %5d MiB  %s\n' \
	    "$size" "$1" "$took" "$spent" $((peak / 1024)) "$2"
}

# What the audit said, from its JSON.
said()
{
	/usr/bin/python3 -B - "$work/out" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    told = json.load(file)
audits = told.get("audits", [told])
cells = [c for a in audits for c in a.get("cells", [])]
print(f"{sum(len(a.get('findings', [])) for a in audits)} findings,",
      f"{sum(bool(c.get('undecided')) for c in cells)} of",
      f"{len(cells)} pairs undecided,",
      f"{sum(len(a.get('undecided', [])) for a in audits)} questions in all")
PYTHON
}

before=
for size in $sizes; do
	mkdir -p "$work/$size"
	/usr/bin/python3 -B tests/bench/rulesets.py "$work/$size" "$size" \
	    >"$work/made"
	timed "$build/sekisho" audit -t "$work/$size/model.jsonc" \
	    --ruleset "$work/$size/ruleset.json" --format json
	case $status in
	0 | 1 | 3) ;;
	*)
		echo "sekisho audit ended with status $status"
		exit 1
		;;
	esac
	show "sekisho audit" "$(said)"
	ours=$spent
	if [ -n "$before" ]; then
		echo "growth: $((ours / (before + 1))) times the time"
	fi
	before=$ours

	if ip netns add "$net" 2>/dev/null; then
		timed ip netns exec "$net" nft -j -c -f \
		    "$work/$size/ruleset.json"
		ip netns del "$net"
		[ "$status" -ne 0 ] || show "nft -c" "checks only"
	else
		echo "nft -c: skipped, no network namespace can be made"
	fi
	timed "$build/tests/bench/bench_firstmatch" "$work/$size/ruleset.json"
	show "one diagram" "$(cat "$work/out")"
	echo "ratio: the audit takes $((ours * 100 / (spent + 1))) % of the" \
	    "time of one diagram, as far as that came"
done
