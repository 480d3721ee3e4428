#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Evidence: each alert's packets in a file of its own, which other tools read,
# whose digest the alert holds and which holds no byte of what was said; what
# happens where it cannot be kept. Prints "ok NAME" or, after details, "not ok
# NAME".
set -u

build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
export LC_ALL=C.UTF-8
helper=$PWD/tests/e2e/evidence.py

skip() {
	echo "skip evidence: $1"
	exit 0
}

[ -x "$build/sekisho-probe" ] || skip "$build/sekisho-probe is not built"
/usr/bin/python3 -c 'import scapy' 2>/dev/null || skip "needs python3-scapy"
work=$(mktemp -d) || exit 1
trap 'umount "$work/full/evidence" 2>/dev/null
rm -rf "$work"' EXIT
/usr/bin/python3 -B "$helper" make "$work" || exit 1

# run FOLDER [MODEL [CAPTURE]]
run() {
	"$build/sekisho-probe" -t "$work/${2:-model.json}" -p probe1 --lang en \
		-r "trunk=$work/${3:-marked}.pcap" -o "$1" 2>"$work/stderr"
	code=$?
	[ "$code" = 1 ] || { cat "$work/stderr"; echo "code $code"; return 1; }
}

look() {
	/usr/bin/python3 -B "$helper" "$@"
}

test_one() {
	if "$1" >"$work/log" 2>&1; then
		echo "ok $1"
	else
		cat "$work/log"
		echo "not ok $1"
	fi
}

every_alert_has_its_packets() {
	run "$work/out" && look every "$work/out"
}

no_byte_of_payload_is_written() {
	run "$work/out" || return 1
	! grep -rla MARKER "$work/out"
}

folder_and_files_are_private() {
	run "$work/out" || return 1
	[ "$(stat -c %a "$work/out/evidence")" = 700 ] &&
	    [ "$(stat -c %a "$work/out/evidence/"* | sort -u)" = 600 ]
}

other_tools_read_them() {
	local file
	if ! command -v tshark >/dev/null || ! command -v capinfos >/dev/null; then
		echo "no tshark: not looked at"
		return 0
	fi
	run "$work/out" || return 1
	for file in "$work/out/evidence/"*.pcapng; do
		if ! capinfos "$file" >"$work/info" 2>&1 ||
		    ! tshark -r "$file" >"$work/shark" 2>&1; then
			cat "$work/info" "$work/shark"
			return 1
		fi
	done
	grep -q "Number of interfaces in file: 1" "$work/info"
}

the_same_capture_yields_the_same_bytes() {
	run "$work/first" && run "$work/second" && run "$work/second" || return 1
	(cd "$work/first/evidence" && sha256sum -- *) >"$work/sums1"
	(cd "$work/second/evidence" && sha256sum -- *) >"$work/sums2"
	[ -s "$work/sums1" ] && diff "$work/sums1" "$work/sums2"
}

payload_is_kept_by_authority_alone() {
	run "$work/paid" authorised.json || return 1
	grep -rqa MARKER-TCP "$work/paid/evidence" || return 1
	! grep -rqa "MARKER-SAAS" "$work/paid" &&
	    look payload "$work/paid" && ! grep -qa MARKER "$work/paid/eve.json"
}

a_model_can_have_none_kept() {
	run "$work/none" none.json && look reason "$work/none" off &&
	    [ -z "$(ls "$work/none/evidence")" ]
}

without_a_folder_the_alert_says_so() {
	"$build/sekisho-probe" -t "$work/model.json" -p probe1 \
		-r "trunk=$work/marked.pcap" >"$work/stdout" 2>/dev/null
	mkdir -p "$work/plain" && cp "$work/stdout" "$work/plain/eve.json" &&
	    look reason "$work/plain" no-folder
}

a_flood_of_one_check_is_bounded() {
	run "$work/flood" model.json flood && look flood "$work/flood"
}

a_folder_that_is_a_link_is_not_followed() {
	mkdir -p "$work/linked" "$work/elsewhere"
	ln -sfn "$work/elsewhere" "$work/linked/evidence"
	run "$work/linked" && look reason "$work/linked" disk &&
	    [ -z "$(ls "$work/elsewhere")" ] &&
	    grep -q "folder for evidence" "$work/stderr"
}

a_full_disk_leaves_alerts_and_no_torn_file() {
	[ "$(id -u)" = 0 ] || { echo "not root: not tried"; return 0; }
	mkdir -p "$work/full/evidence"
	mount -t tmpfs -o size=4k,mode=700 tmpfs "$work/full/evidence" ||
		{ echo "no tmpfs: not tried"; return 0; }
	head -c 4096 /dev/zero >"$work/full/evidence/fill"
	run "$work/full"
	set -- "$(ls "$work/full/evidence")"
	umount "$work/full/evidence"
	[ "$1" = fill ] && look reason "$work/full" disk
}

a_death_leaves_no_unfinished_file() {
	run "$work/dead" || return 1
	echo half >"$work/dead/evidence/exhibit.tmp"
	run "$work/dead" && [ ! -e "$work/dead/evidence/exhibit.tmp" ] &&
	    look every "$work/dead"
}

for name in every_alert_has_its_packets no_byte_of_payload_is_written \
	folder_and_files_are_private other_tools_read_them \
	the_same_capture_yields_the_same_bytes \
	payload_is_kept_by_authority_alone a_model_can_have_none_kept \
	without_a_folder_the_alert_says_so a_flood_of_one_check_is_bounded \
	a_folder_that_is_a_link_is_not_followed \
	a_full_disk_leaves_alerts_and_no_torn_file \
	a_death_leaves_no_unfinished_file; do
	test_one "$name"
done
