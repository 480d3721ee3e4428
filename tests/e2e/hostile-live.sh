#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Hostile captures, and those that crash nDPI 4.2, sent to a live probe: it
# survives, engines that died are told of as gaps, and every frame and every
# conversation is accounted for. The captures lie beside the project, where
# they are there; tests/e2e/captures.sh reads the same ones as files.
# alone: a live probe
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/live_bed.bash

folder=${CAPTURES:-../shared/captures}
[ -d "$folder/hostile" ] || bed_skip "there are no captures in $folder"
/usr/bin/python3 -c 'import scapy.utils' 2>/dev/null ||
	bed_skip "scapy is not installed"
bed_up
for n in 0 1; do
	ip -n "$mon" link set "mon$n" mtu 65535
	ip -n "$src" link set "src$n" mtu 65535
done

# hostile FOLDER ...: all of it into both taps.
hostile()
{
	local sent

	# shellcheck disable=SC2119 # it takes none of ours
	bed_probe || return 1
	for n in 0 1; do
		sent=$(ip netns exec "$src" timeout 240 /usr/bin/python3 \
			"$bed" replay "src$n" "$@") || return 1
		echo "src$n: $sent frames" | tee -a "$work/sent"
		[ "$sent" -gt 10 ] || return 1
	done
	bed_until 20 'bed_pid engine-0' || return 1
	sleep 1
	bed_end
	case $code in 0 | 1 | 3) ;; *) echo "ended with $code"; return 1 ;; esac
	/usr/bin/python3 "$bed" check "$work/out" -
}

# shellcheck disable=SC2317 # by name
all_hostile()
{
	hostile "$folder/hostile"
}

# shellcheck disable=SC2317 # by name
crashers()
{
	hostile "$folder/ndpi42-crashers"
}

bed_test "crashers-live" crashers
bed_test "hostile-live" all_hostile
