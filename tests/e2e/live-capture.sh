#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Live interfaces as a user meets them: the list of interfaces in both
# languages, with the right to capture and without; a tap whose interface goes
# down, comes up, goes away and comes back, and every frame accounted for.
# Prints "ok NAME" or, after details, "not ok NAME". Makes a network namespace
# of its own and removes it.
# alone: a live probe
set -u

build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
export LC_ALL=C.UTF-8
net=sekisho-live-$$
names="list-names-what-is-heard list-without-rights-says-so
	every-frame-is-accounted-for an-interface-may-go-and-come-back"

skip()
{
	for name in $names; do
		echo "skip $name: $1"
	done
	exit 0
}

[ -x "$build/sekisho-probe" ] || skip "$build/sekisho-probe is not built"
[ "$(id -u)" -eq 0 ] || skip "needs root"
work=$(mktemp -d) || exit 1
probe=
sender=

# shellcheck disable=SC2317 # by the trap
clean()
{
	[ -z "$probe" ] || kill -9 "$probe" 2>/dev/null
	[ -z "$sender" ] || kill -9 "$sender" 2>/dev/null
	ip netns del "$net" 2>/dev/null
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

in_net()
{
	ip netns exec "$net" "$@"
}

make_pair()
{
	# shellcheck disable=SC2016 # the inner shell expands it
	in_net ip link add s0 type veth peer name m0 &&
		in_net sh -c 'for i in s0 m0; do
		[ ! -e /proc/sys/net/ipv6/conf/$i ] ||
			echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6
		ip link set dev $i up; done'
}

ip netns add "$net" 2>/dev/null || skip "no network namespace can be made"
make_pair 2>/dev/null || skip "no veth pair can be made"

# send COUNT [PAUSE]: frames from office to lg, tagged with VLAN 31
cat >"$work/send.py" <<'PYTHON'
import socket, struct, sys, time

count, pause = int(sys.argv[1]), float(sys.argv[2])
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("s0", 0))
for i in range(count):
    udp = struct.pack(">HHHH", 20000 + i % 50, 514, 8 + 12, 0) + b"sekisho test"
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), i & 0xffff, 0,
                     63, 17, 0, bytes([10, 3, 1, 9]), bytes([10, 2, 1, 5]))
    out.send(b"\2\0\0\0\0\2" + b"\2\0\0\0\0\1" + b"\x81\0\0\x1f" + b"\x08\0" +
             ip + udp)
    time.sleep(pause)
PYTHON

send()
{
	in_net /usr/bin/python3 "$work/send.py" "$1" "${2:-0}"
}

# report NAME STATUS
report()
{
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		sed 's/^/  /' "$work/log" 2>/dev/null | tail -40
		echo "not ok $1"
	fi
}

# await SECONDS COMMAND...: until it succeeds
await()
{
	local left=$(($1 * 10))

	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 0.1
	done
}

# ---- the list

ip netns exec "$net" /usr/bin/python3 "$work/send.py" 100000 0.01 &
sender=$!
in_net "$build/sekisho-probe" --list --lang en >"$work/log" 2>&1 &&
	grep -q '^m0 .* 31 .*10\.[23]\.1\.0/24 100%' "$work/log" &&
	grep -q '^interface .*frames/s' "$work/log" &&
	! grep -q '^lo ' "$work/log" &&
	in_net "$build/sekisho-probe" --list --lang ja >"$work/log.ja" 2>&1 &&
	grep -q '^インターフェース .*フレーム/秒' "$work/log.ja"
report list-names-what-is-heard $?
kill "$sender" && wait "$sender" 2>/dev/null
sender=

if command -v setpriv >/dev/null; then
	cp "$build/sekisho-probe" "$work/probe" && chmod 755 "$work" \
	    "$work/probe"
	in_net setpriv --reuid 65534 --regid 65534 --clear-groups \
	    "$work/probe" --list --lang en >"$work/log" 2>&1 &&
		grep -q CAP_NET_RAW "$work/log" && grep -q '^m0 ' "$work/log" &&
		! grep -q frames/s "$work/log"
	report list-without-rights-says-so $?
else
	echo "skip list-without-rights-says-so: setpriv is not installed"
fi

# ---- frames

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
  ]
}
MODEL

# The sums of the last health line: "taken lost received", lost being all that
# is accounted for and was not taken.
cat >"$work/account.py" <<'PYTHON'
import json, sys

health = stats = None
for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    if event["event_type"] == "sekisho_health":
        health = event["sekisho"]
    elif event["event_type"] == "stats":
        stats = event["stats"]
tap = health["taps"][0]
print(tap["taken"], tap["ring_drops"] + tap["nic_drops"] + tap["held"] +
      tap["unseen"], stats["decoder"]["pkts"] if stats else -1, tap["link"])
PYTHON

events=$work/out/eve.json

watch()
{
	rm -rf "$work/out"
	mkdir -m 777 "$work/out"
	ip netns exec "$net" "$build/sekisho-probe" -t "$work/model.jsonc" \
	    -p probe1 -i main-office=m0 -o "$work/out" --lang en \
	    >"$work/log" 2>&1 &
	probe=$!
	await 10 grep -qs '"event":"start"' "$events" && sleep 0.3
}

# shellcheck disable=SC2317 # by await
is_gone()
{
	! kill -0 "$1" 2>/dev/null
}

unwatch()
{
	sleep 0.5
	kill -TERM "$probe"
	await 30 is_gone "$probe" || return 1
	wait "$probe" 2>/dev/null
	probe=
	/usr/bin/python3 "$work/account.py" "$events" >"$work/sums" 2>>"$work/log"
	cat "$work/sums" >>"$work/log"
	read -r taken lost read link <"$work/sums"
}

link_is()
{
	kill -USR1 "$probe"
	sleep 0.2
	grep '"event_type":"sekisho_health"' "$events" | tail -1 |
		grep -q "\"link\":\"$1\""
}

watch && send 5000 &&
	in_net ip link set dev m0 down && await 10 link_is down &&
	in_net ip link set dev m0 up && await 10 link_is up && sleep 0.3 &&
	send 3000 && unwatch &&
	[ $((taken + lost)) -eq 8000 ] && [ "$taken" -eq "$read" ] &&
	[ "$link" = up ]
report every-frame-is-accounted-for $?
[ -z "$probe" ] || kill -9 "$probe"

watch && send 1000 &&
	in_net ip link del m0 && await 10 link_is gone &&
	make_pair && await 20 link_is up && sleep 1 && send 500 && unwatch &&
	[ $((taken + lost)) -eq 1500 ] && [ "$taken" -eq 1500 ]
report an-interface-may-go-and-come-back $?
