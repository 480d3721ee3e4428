#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The mute of a running probe: nothing leaves the span interface, whatever sends
# it and whatever becomes of the ruleset; what comes in is captured and reaches
# nothing else of the machine, and is no loss; what was tried is counted and
# alerted; a link that comes up raises no alarm; and when the supervisor is
# killed nothing stays behind: no process, no table, no changed setting.
# Prints "ok NAME" or, after details, "not ok NAME". Makes two network
# namespaces of its own (near: the probe's; far: the switch's) and removes
# them.
# alone: a live probe
set -u

build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
export LC_ALL=C.UTF-8
near=sekisho-mute-$$-n
far=sekisho-mute-$$-f
settled=12 # seconds after link-up from which any frame is an alarm
names="settings-are-quiet link-up-raises-no-alarm plain-frames-are-dropped
	queue-bypassing-frames-are-dropped flush-does-not-open-it
	what-was-tried-is-counted-and-alerted
	what-comes-in-is-taken-and-is-no-drop what-passes-it-by-is-alerted
	a-killed-keeper-is-replaced a-killed-supervisor-leaves-nothing
	an-ordinary-end-leaves-nothing"

skip()
{
	for name in $names; do
		echo "skip $name: $1"
	done
	exit 0
}

[ -x "$build/sekisho-probe" ] || skip "$build/sekisho-probe is not built"
[ "$(id -u)" -eq 0 ] || skip "needs root"
for tool in ip nft ethtool; do
	command -v $tool >/dev/null || skip "needs $tool"
done
work=$(mktemp -d) || exit 1
chmod 755 "$work"
probe=
keeper=

# shellcheck disable=SC2317 # by the trap
clean()
{
	for pid in $probe $keeper; do
		kill -9 "$pid" 2>/dev/null
	done
	ip netns del "$near" 2>/dev/null
	ip netns del "$far" 2>/dev/null
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

in_near()
{
	ip netns exec "$near" "$@"
}

{ ip netns add "$near" && ip netns add "$far" &&
	ip -n "$near" link add span0 type veth peer name far0 netns "$far" &&
	ip -n "$far" link set far0 up; } 2>/dev/null ||
	skip "no network namespaces can be made"
in_near ethtool -K span0 gro on >/dev/null 2>&1
ip -n "$far" link set far0 arp off

cat >"$work/model.jsonc" <<'MODEL'
{ "format": "sekisho-topology/1", "stage": "in-force",
  "organisation": { "name": "試験町", "code": "999998" },
  "guideline": { "file": "mic-2025-03.json", "model": "alpha" },
  "zones": [
    { "id": "lg", "tier": "lgwan", "networks": ["10.2.0.0/16"] },
    { "id": "office", "tier": "internet", "networks": ["10.3.0.0/16"] } ],
  "probes": [ { "id": "probe1",
    "management": { "zone": "office", "address": "10.3.250.11" } } ],
  "boundaries": [ { "id": "main", "zones": ["lg", "office"], "taps": [
    { "id": "main-lg", "probe": "probe1", "interface": "span0",
      "segment": "lg" } ] } ] }
MODEL

# send COUNT [bypass|-] [INTERFACE]: frames out of span0. hear FILE: counts those that come
# out at the other end, until it is told to stop.
cat >"$work/send.py" <<'PYTHON'
import socket, sys

s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[3] if len(sys.argv) > 3 else "span0", 0))
if len(sys.argv) > 2 and sys.argv[2] == "bypass":
    s.setsockopt(263, 20, 1)  # SOL_PACKET, PACKET_QDISC_BYPASS
for _ in range(int(sys.argv[1])):
    try:
        s.send(bytes.fromhex("020000000009" "020000000001" "88b5") + bytes(46))
    except OSError:
        pass  # ENOBUFS: it was dropped
PYTHON
cat >"$work/hear.py" <<'PYTHON'
import signal, socket, sys

s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
s.bind(("far0", 0x88b5))
open(sys.argv[1] + ".ready", "w").close()
heard = 0


def stop(*_):
    with open(sys.argv[1], "w") as file:
        file.write("%d\n" % heard)
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
s.settimeout(60)
while True:
    if s.recvfrom(2048)[1][2] != socket.PACKET_OUTGOING:
        heard += 1
PYTHON

# heard COUNT [bypass]: how many of COUNT frames came out at the far end.
heard()
{
	local file="$work/heard" listener

	rm -f "$file" "$file.ready"
	ip netns exec "$far" /usr/bin/python3 "$work/hear.py" "$file" &
	listener=$!
	wait_for 50 test -e "$file.ready"
	in_near /usr/bin/python3 "$work/send.py" "$@"
	sleep 0.3
	kill "$listener"
	wait "$listener"
	cat "$file"
}

# wait_for TENTHS COMMAND...: until it succeeds.
wait_for()
{
	local tenths=$1

	shift
	while [ "$tenths" -gt 0 ] && ! "$@"; do
		sleep 0.1
		tenths=$((tenths - 1))
	done
	"$@"
}

setting()
{
	in_near cat /proc/sys/net/ipv6/conf/span0/disable_ipv6 2>/dev/null
	ip -n "$near" -o link show span0 | grep -o NOARP
	in_near ethtool -k span0 | grep '^generic-receive-offload'
}

is_up()
{
	grep -q "eve.json" "$work/probe.err"
}

start()
{
	rm -rf "$work/out"
	: >"$work/probe.err" # what is waited for is of this one
	ip netns exec "$near" "$build/sekisho-probe" -t "$work/model.jsonc" -p probe1 \
		--lang en -o "$work/out" >"$work/probe.out" \
		2>"$work/probe.err" &
	probe=$!
	wait_for 100 is_up || {
		cat "$work/probe.err"
		return 1
	}
	keeper=$(child sekisho-keeper)
}

child()
{
	local pid

	for pid in $(pgrep -P "$probe"); do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != "$1" ] ||
			echo "$pid"
	done
}

# Alerts of COV-11 as "severity counted", one a line.
alerts()
{
	/usr/bin/python3 - "$work/out/eve.json" <<'PYTHON'
import json, sys

for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    if event["event_type"] == "alert" and \
            event["sekisho"]["check"] == "COV-11":
        print(event["sekisho"]["severity"], event["sekisho"]["of"])
PYTHON
}

# Frames muted, as the last health record has them.
muted()
{
	/usr/bin/python3 - "$work/out/eve.json" <<'PYTHON'
import json, sys

last = None
for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    if event["event_type"] == "sekisho_health":
        last = event["sekisho"]["taps"][0]["muted"]
print(last)
PYTHON
}

ask_health()
{
	kill -USR1 "$probe"
	sleep 0.5
}

has_muted()
{
	ask_health
	[ "$(muted)" = "$1" ]
}

has_alert()
{
	alerts | grep -q "^critical"
}

# passed NAME, failed NAME REASON...
passed()
{
	echo "ok $1"
}

failed()
{
	local name=$1

	shift
	printf '%s\n' "$@" "-- probe:"
	cat "$work/probe.err"
	echo "not ok $name"
}

# is NAME WANTED GOT
is()
{
	if [ "$2" = "$3" ]; then
		passed "$1"
	else
		failed "$1" "wanted: $2" "got: $3"
	fi
}

# Whether anything of the probe is still there: processes, tables, settings.
remains()
{
	local pid

	for pid in "$@"; do
		[ ! -e "/proc/$pid" ] ||
			grep -q '^State:.*zombie' "/proc/$pid/status" ||
			echo "process $pid: $(cat "/proc/$pid/comm")"
	done
	in_near nft list tables | grep sekisho
	[ "$(setting)" = "$before" ] || echo "settings: $(setting)"
}

is_clean()
{
	[ -z "$(remains "$@")" ]
}

before=$(setting)
ip -n "$near" link set span0 up
if [ "$(heard 3)" != 3 ]; then
	skip "frames do not come out at the far end of a veth pair here"
fi
ip -n "$near" link set span0 down
start || skip "the probe does not start here: $(tail -n 1 "$work/probe.err")"

is settings-are-quiet "1 NOARP generic-receive-offload: off" \
	"$(setting | tr '\n' ' ' | sed 's/ $//')"

# The link was down and the probe brought it up; once more, from the far end.
ip -n "$far" link set far0 down
sleep 1.5
ip -n "$far" link set far0 up
sleep "$settled"
ask_health
is link-up-raises-no-alarm "0:" "$(muted):$(alerts)"

is plain-frames-are-dropped 0 "$(heard 5)"
is queue-bypassing-frames-are-dropped 0 "$(heard 6 bypass)"
in_near nft flush ruleset
is flush-does-not-open-it "0 0" "$(heard 2) $(heard 3 bypass)"

if wait_for 10 has_muted 16 && wait_for 100 has_alert; then
	passed what-was-tried-is-counted-and-alerted
else
	failed what-was-tried-is-counted-and-alerted "muted: $(muted)" \
		"alerts: $(alerts)"
fi

# Frames of a protocol that no kernel has, in a VLAN; then the tap's counts as
# "received taken nic_drops", as the last health record has them.
send_in()
{
	ip netns exec "$far" /usr/bin/python3 - "$1" <<'PYTHON'
import socket, sys

s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("far0", 0))
for _ in range(int(sys.argv[1])):
    s.send(bytes.fromhex("0180c200000e" "020000000001" "8100001f" "88cc") +
           bytes(46))
PYTHON
}
counts()
{
	/usr/bin/python3 - "$work/out/eve.json" <<'PYTHON'
import json, sys

tap = None
for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    if event["event_type"] == "sekisho_health":
        tap = event["sekisho"]["taps"][0]
print(tap["received"], tap["taken"], tap["nic_drops"])
PYTHON
}
has_counts()
{
	ask_health
	[ "$(counts)" = "$1" ]
}
ask_health
read -r received taken _ <<<"$(counts)"
send_in 50
if wait_for 10 has_counts "$((received + 50)) $((taken + 50)) 0"; then
	passed what-comes-in-is-taken-and-is-no-drop
else
	failed what-comes-in-is-taken-and-is-no-drop "$(counts)" \
		"before: $received $taken"
fi

# What tc sends here from another interface does not come by the hook.
tc_past_it()
{
	in_near ip link add in0 type veth peer name out0 &&
		in_near ip link set in0 up && in_near ip link set out0 up &&
		in_near tc qdisc add dev in0 clsact &&
		in_near tc filter add dev in0 ingress protocol all u32 \
			match u32 0 0 action mirred egress mirror dev span0
}
has_sent()
{
	grep -q '"detail":"span0: tx"' "$work/out/eve.json"
}
if tc_past_it 2>/dev/null; then
	in_near /usr/bin/python3 "$work/send.py" 2 - out0
	if wait_for 100 has_sent; then
		passed what-passes-it-by-is-alerted
	else
		failed what-passes-it-by-is-alerted "$(alerts)"
	fi
	in_near ip link delete in0
else
	echo "skip what-passes-it-by-is-alerted: no tc mirred here"
fi

# The keeper goes first: another one must know what the first one knew.
first=$keeper
kill -9 "$first"
has_another()
{
	keeper=$(child sekisho-keeper)
	[ -n "$keeper" ] && [ "$keeper" != "$first" ]
}
if wait_for 50 has_another; then
	passed a-killed-keeper-is-replaced
else
	failed a-killed-keeper-is-replaced "keeper: $keeper, was $first"
fi
all="$probe $(pgrep -P "$probe" | tr '\n' ' ')"
kill -9 "$probe"
wait "$probe" 2>/dev/null
# shellcheck disable=SC2086 # numbers, one a word
if wait_for 10 is_clean $all && [ "$(heard 4)" = 4 ]; then
	passed a-killed-supervisor-leaves-nothing
else
	# shellcheck disable=SC2086
	failed a-killed-supervisor-leaves-nothing "$(remains $all)"
fi

ip -n "$near" link set span0 up
if start; then
	all="$probe $(pgrep -P "$probe" | tr '\n' ' ')"
	kill "$probe"
	wait "$probe"
	code=$?
	# shellcheck disable=SC2086
	if is_clean $all && [ "$code" -le 3 ]; then
		passed an-ordinary-end-leaves-nothing
	else
		# shellcheck disable=SC2086
		failed an-ordinary-end-leaves-nothing "exit status: $code" \
			"$(remains $all)"
	fi
else
	failed an-ordinary-end-leaves-nothing "it does not start again"
fi
