#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How fast sekisho-probe judges a capture, beside a tool that reads the same
# file in the same run: ndpiReader, which classifies it and judges nothing
# (libndpi-bin), or tcpdump, which only reads it. The best of three each.
set -eu
cd "$(dirname "$0")/../.."
probe=${SEKISHO_BUILD:-build/plain}/sekisho-probe
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
model=topology/examples/city-alpha/model.jsonc
copies=${1:-150}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
read -r frames bytes < <(/usr/bin/python3 -B tests/bench/offline-capture.py \
    "$work" "$copies")
file=$work/main-trunk.pcap
echo "$frames frames, $((bytes / 1000000)) MB"

# best COMMAND...: the least milliseconds of three runs, into $least.
best()
{
	local begun took status

	least=
	for _ in 1 2 3; do
		begun=$(date +%s%N)
		status=0
		"$@" >"$work/out" 2>"$work/err" || status=$?
		took=$((($(date +%s%N) - begun) / 1000000))
		case $status in
		0 | 1 | 3) ;;
		*)
			cat "$work/err"
			echo "$1 ended with status $status"
			exit 1
			;;
		esac
		[ -n "$least" ] && [ "$least" -le "$took" ] || least=$took
	done
}

show()
{
	printf '%-14s %6d ms  %7d frames/s\n' "$1" "$least" \
	    $((frames * 1000 / (least + 1)))
}

best "$probe" -t "$model" -p probe1 -r "main-trunk=$file"
show sekisho-probe
ours=$least
if command -v ndpiReader >/dev/null; then
	best ndpiReader -q -i "$file"
	show ndpiReader
elif command -v tcpdump >/dev/null; then
	best tcpdump -n -r "$file" -w /dev/null
	show tcpdump
else
	echo "neither ndpiReader nor tcpdump is installed: nothing to compare"
	exit 0
fi
echo "ratio: sekisho-probe takes $((ours * 100 / (least + 1))) % of its time"
