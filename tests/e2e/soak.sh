#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# MINUTES (10) of a live probe under traffic, with a fault every few seconds:
# processes killed and stopped, interfaces down, gone and back, signals, other
# models. At the end: where every frame went, memory, restarts. Not part of
# check: make soak MINUTES=60. Needs root.
set -u
. tests/e2e/live_bed.bash
minutes=${MINUTES:-10}
rate=${RATE:-2000}
RANDOM=${SEED:-$$}
bed_up

# Round and round the same conversations, so that they have many frames.
traffic() {
	while :; do
		bed_send "$1" 20000 "$2" "$3" >/dev/null 2>&1 || sleep 0.5
	done
}

kill_one() {
	local pid
	pid=$(bed_pid "$1")
	[ -z "$pid" ] || kill -9 "$pid"
}

# stop_one NAME SECONDS
stop_one() {
	local pid
	pid=$(bed_pid "$1")
	[ -n "$pid" ] || return
	kill -STOP "$pid"
	sleep "$2"
	kill -CONT "$pid" 2>/dev/null
}

fault() {
	case $((RANDOM % 12)) in
	0 | 1) what="engine killed"; kill_one engine-0 ;;
	2) what="recorder killed"; kill_one recorder ;;
	3) what="keeper killed"; kill_one sekisho-keeper ;;
	4) what="recorder stopped"; stop_one recorder $((RANDOM % 20 + 1)) ;;
	5) what="engine stopped"; stop_one engine-0 $((RANDOM % 4 + 1)) ;;
	6) what="interface down and up"
		ip -n "$mon" link set mon1 down
		sleep $((RANDOM % 4 + 1))
		ip -n "$mon" link set mon1 up ;;
	7) what="interface gone and back"
		ip -n "$mon" link del mon1 2>/dev/null
		sleep $((RANDOM % 4 + 1))
		bed_pair 1 ;;
	8) what="hundred reloads"
		for _ in $(seq 100); do kill -HUP "$sup"; done ;;
	9) what="bad model"
		echo broken >"$work/model.jsonc"
		kill -HUP "$sup"
		sleep 1
		bed_model main-lg=mon0 main-office=mon1
		kill -HUP "$sup" ;;
	10) what="asked"; kill -USR1 "$sup" ;;
	11) what="burst"
		bed_send src0 100000 0 100000 >/dev/null 2>&1 ;;
	esac
	count[$what]=$((${count[$what]:-0} + 1))
}

declare -A count
bed_probe --ring 64 || exit 1
traffic src0 "$rate" 0 &
traffic src1 50 40000 &
end=$((SECONDS + minutes * 60))
while [ "$SECONDS" -lt "$end" ]; do
	sleep $((RANDOM % 6 + 1))
	fault
	kill -0 "$sup" 2>/dev/null || break
done
# Quiet, so that both counters can be read with nothing between them.
kill %2 %3 2>/dev/null
ip netns pids "$src" | xargs -r kill 2>/dev/null
sleep 4
if ! kill -0 "$sup" 2>/dev/null; then
	cat "$work/stderr"
	echo "not ok soak (the supervisor is gone)"
	exit 1
fi
bed_end
for what in "${!count[@]}"; do
	echo "$what: ${count[$what]} times"
done
echo "exit code $code"
if /usr/bin/python3 "$bed" check "$work/out" -; then
	echo "ok soak"
else
	grep -v "started again" "$work/stderr" | tail -n 40
	echo "not ok soak"
	exit 1
fi
