#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The lab with all its scenarios: the probe on the span ports, real services,
# every verdict and alert as written, live and from the captures; and that
# nothing of a lab is left, however it ends. See scripts/lab.
# alone: a live probe
set -u
cd "$(dirname "$0")/../.." || exit 2

id=try$$
work=$(mktemp -d)
trap 'scripts/lab --id "$id" down >/dev/null 2>&1; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

missing=
for program in nft tc ethtool nginx smbd smbclient vsftpd sshd ssh dnsmasq \
    dig swaks curl tcpdump openssl; do
	[ -n "$(PATH=$PATH:/usr/sbin:/sbin command -v "$program")" ] ||
	    missing="$missing $program"
done
if [ -n "$missing" ]; then
	echo "skip lab: not installed:$missing (scripts/deps installs them)"
	exit 0
fi
if ! why=$(timeout 90 scripts/lab --id "$id" --lang en up 2>&1); then
	case $why in
	*"no lab here"*)
		echo "skip lab: ${why#*here: }"
		exit 0
		;;
	esac
	echo "  $why"
	echo "not ok lab-up"
	exit 1
fi
echo "ok lab-up"

# How many processes run in a process namespace.
living()
{
	local there count=0

	for ns in /proc/[0-9]*/ns/pid; do
		there=$(readlink "$ns" 2>/dev/null) || continue
		[ "$there" != "$1" ] || count=$((count + 1))
	done
	echo "$count"
}

# result NAME SPACE: it had processes, $had of them, and has none now.
result()
{
	local left=1

	for _ in $(seq 50); do
		left=$(living "$2")
		[ "$left" -gt 0 ] || break
		sleep 0.1
	done
	if [ "$had" -gt 5 ] && [ "$left" -eq 0 ]; then
		echo "ok $1"
	else
		echo "  $had processes before, $left after"
		echo "not ok $1"
	fi
}

inside=$(echo 'ip -o -4 addr show eth0 | head -n 1' |
    timeout 20 scripts/lab --id "$id" shell core 2>&1)
if [[ $inside == *"inet 10.1."* ]]; then
	echo "ok lab-shell"
else
	echo "  $inside"
	echo "not ok lab-shell"
fi

read -r init _ <"build/lab/$id.pid"
space=$(readlink "/proc/$init/ns/pid")
had=$(living "$space")
timeout 20 scripts/lab --id "$id" down >/dev/null
result lab-down-leaves-nothing "$space"

# A session that is interrupted, and one that is killed without a word.
for signal in TERM KILL; do
	scripts/lab run --output "$work/$signal" eltax >/dev/null 2>&1 &
	lab=$!
	init=
	for _ in $(seq 50); do
		sleep 0.1
		init=$(pgrep -P "$(pgrep -P "$lab" | head -n 1)" 2>/dev/null |
		    head -n 1) && [ -n "$init" ] &&
		    [ "$(living "$(readlink "/proc/$init/ns/pid")")" -gt 15 ] &&
		    break
	done
	space=$(readlink "/proc/$init/ns/pid")
	had=$(living "$space")
	kill -s "$signal" "$lab"
	wait "$lab" 2>/dev/null
	result "lab-after-${signal,,}-leaves-nothing" "$space"
done

# It ends with this script, whatever becomes of that.
setpriv --pdeathsig TERM scripts/lab run --lang en --output "$work/run"
