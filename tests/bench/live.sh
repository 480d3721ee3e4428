#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How fast sekisho-probe judges what a live interface brings, at the full speed
# of a sender on another processor, with its walls and without, beside a tool
# that judges nothing (tcpdump). Each frame that was sent must be found again:
# sent = read + ring drops + interface drops. Needs root; leaves nothing.
set -eu
cd "$(dirname "$0")/../.."
build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
export LC_ALL=C.UTF-8
seconds=${1:-4}
net=sekisho-bench-$$
work=$(mktemp -d)
children=()

# shellcheck disable=SC2317 # by the trap
clean()
{
	[ ${#children[@]} -eq 0 ] || kill -9 "${children[@]}" 2>/dev/null || :
	ip netns del "$net" 2>/dev/null || :
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

skip()
{
	echo "skipped: $1"
	exit 0
}

[ "$(id -u)" -eq 0 ] || skip "needs root"
ip netns add "$net" 2>/dev/null || skip "no network namespace can be made"
in_net()
{
	ip netns exec "$net" "$@"
}
in_net ip link add s0 type veth peer name m0 2>/dev/null ||
	skip "no veth pair can be made"
for i in s0 m0; do
	in_net sh -c "echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6" || :
	in_net ip link set dev "$i" up
done
processors=$(nproc)
last=$((processors > 1 ? 1 : 0))

cat >"$work/model.jsonc" <<'MODEL'
{
  "format": "sekisho-topology/1", "stage": "in-force",
  "organisation": { "name": "試験町", "code": "999998" },
  "guideline": { "file": "mic-2025-03.json", "model": "alpha" },
  "zones": [
    { "id": "lg", "tier": "lgwan", "networks": ["10.2.0.0/16"] },
    { "id": "office", "tier": "internet", "networks": ["10.3.0.0/16"] }
  ],
  "probes": [
    { "id": "probe1",
      "management": { "zone": "office", "address": "10.3.250.11" } }
  ],
  "boundaries": [
    { "id": "main", "zones": ["lg", "office"],
      "taps": [{ "id": "main-office", "probe": "probe1",
                 "segment": "office" }] }
  ],
  "conduits": [
    { "id": "syslog", "from": { "zone": "office" }, "to": { "zone": "lg" },
      "services": [{ "protocol": "udp", "ports": [514] }],
      "approved": { "by": ["CISO"], "applicant": "課長", "number": "1",
                    "on": "2026-04-01" } }
  ]
}
MODEL

# The last account and the last health of a run, as words of one line.
cat >"$work/account.py" <<'PYTHON'
import glob, json, os, sys

stats = health = None
files = sorted(glob.glob(sys.argv[1] + "/eve*.json"), key=os.path.getmtime)
for name in files:
    for line in open(name, encoding="utf-8"):
        if '"event_type":"stats"' in line:
            stats = json.loads(line)
        elif '"event_type":"sekisho_health"' in line:
            health = json.loads(line)["sekisho"]
if stats is None or health is None:
    sys.exit("no stats or no health was written")
taps = health["taps"]
sums = {k: sum(t[k] for t in taps) for k in
        ("received", "taken", "ring_drops", "ring_freezes", "nic_drops",
         "held", "unseen")}
sums["read"] = stats["stats"]["decoder"]["pkts"]
sums["memory"] = sum(p["memory_kb"] for p in health["processes"]) // 1024
print(*sums.values(), health["sandbox"]["state"])
PYTHON

send()
{
	read -r sent refused ms bytes < <(in_net "$build/tests/bench/bench_live" \
	    send s0 "$seconds" "$1" 0)
	kpps=$((sent / (ms + 1)))
	mbit=$((bytes * 8 / 1000 / (ms + 1)))
}

# await SECONDS COMMAND...: until it succeeds
await()
{
	local left=$(($1 * 20))

	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 0.05
	done
}

# shellcheck disable=SC2317 # by await
is_ready()
{
	grep -qs '"event":"start"' "$work/out/eve.json"
}

# shellcheck disable=SC2317 # by await
is_gone()
{
	! kill -0 "$1" 2>/dev/null
}

failed=0

# ours LABEL SIZE [OPTION...]
ours()
{
	local label=$1 size=$2 pid sum

	shift 2
	rm -rf "$work/out"
	mkdir -m 777 "$work/out"
	ip netns exec "$net" taskset -c "$last" "$build/sekisho-probe" -t "$work/model.jsonc" \
	    --lang en -p probe1 -i main-office=m0 -o "$work/out" "$@" \
	    >"$work/log" 2>&1 &
	pid=$!
	children+=("$pid")
	if ! await 10 is_ready; then
		cat "$work/log"
		echo "sekisho-probe did not start"
		exit 1
	fi
	sleep 0.3
	send "$size"
	sleep 0.5
	kill -TERM "$pid"
	if ! await 60 is_gone "$pid"; then
		cat "$work/log"
		echo "sekisho-probe did not end"
		exit 1
	fi
	children=()
	if ! /usr/bin/python3 "$work/account.py" "$work/out" >"$work/sums"; then
		cat "$work/log"
		exit 1
	fi
	read -r received taken ring_drops ring_freezes nic_drops held unseen \
	    got memory sandbox <"$work/sums"
	sum=$((taken + ring_drops + nic_drops + held + unseen))
	printf '%-5s %-22s %9d sent at %4d kpps %5d Mbit/s: ' "$size" "$label" \
	    "$sent" "$kpps" "$mbit"
	printf '%d read + %d ring drops + %d interface drops (%d freezes)' \
	    "$got" "$ring_drops" "$nic_drops" "$ring_freezes"
	[ $((held + unseen)) -eq 0 ] || printf ' + %d lost to restarts' \
	    $((held + unseen))
	printf ', %d MiB, sandbox %s\n' "$memory" "$sandbox"
	if [ $((sent + refused)) -ne "$sum" ] || [ "$got" -ne "$taken" ]; then
		echo "  $((sent + refused)) sent, $sum accounted for," \
		    "$taken taken, $received received"
		failed=1
	fi
	kept=$((got * 10000 / sent))
}

peer()
{
	local size=$1 pid got

	command -v tcpdump >/dev/null || return 0
	ip netns exec "$net" taskset -c "$last" tcpdump -i m0 -w /dev/null -B 65536 -s 262144 \
	    -Z root >/dev/null 2>"$work/log" &
	pid=$!
	children+=("$pid")
	await 10 grep -q listening "$work/log" || return 0
	sleep 0.3
	send "$size"
	sleep 0.5
	kill -INT "$pid"
	await 10 is_gone "$pid" || :
	children=()
	got=$(sed -n 's/^\([0-9]*\) packets captured.*/\1/p' "$work/log")
	printf '%-5s %-22s %9d sent at %4d kpps %5d Mbit/s: %d read\n' "$size" \
	    "tcpdump -w /dev/null" "$sent" "$kpps" "$mbit" "${got:-0}"
	printf '%-5s ratio: sekisho-probe keeps %d.%02d %% of what is sent, ' \
	    "$size" $((kept / 100)) $((kept % 100))
	printf 'tcpdump %d.%02d %%\n' $((${got:-0} * 100 / sent)) \
	    $((${got:-0} * 10000 / sent % 100))
}

echo "$processors processors; ring 64 MiB; $seconds s each"
for size in 60 imix; do
	ours "sekisho-probe" "$size"
	ours "sekisho-probe, no walls" "$size" --no-sandbox
	peer "$size"
done
[ "$failed" -eq 0 ] || echo "not every frame is accounted for"
exit "$failed"
