#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The probe's command line: what it makes of captures good, bad and missing,
# how it ends, what it writes where and what it says in both languages.
# Prints "ok NAME" or, after details, "not ok NAME".
set -u

build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
export LC_ALL=C.UTF-8
# English for the probe alone: the locale itself need not be installed.
probe=(env LC_ALL=en_US.UTF-8 "$build/sekisho-probe")

if [ ! -x "$build/sekisho-probe" ]; then
	echo "skip probe: $build/sekisho-probe is not built"
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The model and the captures; addresses are of the model's zones.
/usr/bin/python3 - "$work" <<'PYTHON' || exit 1
import json, struct, sys

work = sys.argv[1]
model = {
    "format": "sekisho-topology/1", "stage": "in-force",
    "organisation": {"name": "試験町", "code": "999998"},
    "guideline": {"file": "mic-2025-03.json", "model": "alpha"},
    "zones": [
        {"id": "core", "tier": "mynumber", "networks": ["10.1.0.0/16"]},
        {"id": "lg", "tier": "lgwan", "networks": ["10.2.0.0/16"]},
        {"id": "lgwan", "tier": "lgwan-network",
         "networks": ["172.20.0.0/14"]},
        {"id": "office", "tier": "internet", "networks": ["10.3.0.0/16"]}],
    "probes": [{"id": "probe1", "management": {
        "zone": "office", "address": "10.3.250.11"}}],
    "boundaries": [{
        "id": "main", "zones": ["core", "lg", "lgwan", "office"],
        "taps": [{"id": "main-lg", "probe": "probe1"},
                 {"id": "main-office", "probe": "probe1"}]}],
    "conduits": [{
        "id": "dns", "from": {"zone": "lg"}, "to": {"zone": "lgwan"},
        "services": [{"protocol": "udp", "ports": [53]}],
        "approved": {"by": ["CISO"], "applicant": "課長", "number": "1",
                     "on": "2026-04-01"}}],
    "limits": {"unjudged": "5 %"},
}
with open(work + "/model.jsonc", "w", encoding="utf-8") as file:
    json.dump(model, file, ensure_ascii=False, indent=1)


def address(text):
    return bytes(int(part) for part in text.split("."))


def ip(source, destination, protocol, payload):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 63,
                       protocol, 0, address(source),
                       address(destination)) + payload


def udp(source, destination, ports, payload):
    return ip(source, destination, 17, struct.pack(
        ">HHHH", *ports, 8 + len(payload), 0) + payload)


def syn(source, destination, ports):
    return ip(source, destination, 6, struct.pack(
        ">HHIIHHI", *ports, 1, 0, 0x5002, 4096, 0))


def write(name, packets, link=101, begin=1795222800):
    data = struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link)
    for seconds, packet in packets:
        data += struct.pack("<IIII", begin + int(seconds),
                            int(seconds % 1 * 1e6), len(packet), len(packet))
        data += packet
    with open(f"{work}/{name}", "wb") as file:
        file.write(data)
    return data


query = bytes.fromhex("123401000001000000000000037777770000010001")
reply = bytes.fromhex("123481800001000100000000037777770000010001"
                      "c00c0001000100000e100004ac140050")
inside = [(0, udp("10.3.1.5", "10.3.1.6", (5, 5), b"x"))]
good = inside + [
    (100, udp("10.2.0.5", "172.20.0.53", (40000, 53), query)),
    (100.01, udp("172.20.0.53", "10.2.0.5", (53, 40000), reply))]
write("inside.pcap", inside)
whole = write("good.pcap", good)
write("bad.pcap", [(200, syn("10.3.1.5", "10.1.0.10", (51514, 445)))])
# Conforming if answered; nobody knows what a lone datagram came to.
write("unjudged.pcap", inside + [
    (1, udp("172.20.0.53", "10.2.0.5", (53, 40000), reply))])
write("inside2.pcap", [(0, udp("10.3.1.5", "10.3.1.6", (5, 5), b"y"))])
write("empty.pcap", [])
write("broken.pcap", inside + [(1, b"\x41" + bytes(39))])
write("link.pcap", good, link=147)
with open(work + "/cut.pcap", "wb") as file:
    file.write(whole[:-5])
with open(work + "/text.pcap", "wb") as file:
    file.write(b"this is no capture at all, but it is long enough\n")
with open(work + "/wrong.jsonc", "w", encoding="utf-8") as file:
    file.write('{\n "format": "sekisho-topology/1",\n "stag": 1\n}\n')
PYTHON

# run STATUS ARGUMENTS...: output is in $work/out, the rest in $work/err.
run()
{
	local expected=$1 status
	shift
	"${probe[@]}" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ "$status" -eq "$expected" ] && return 0
	echo "sekisho-probe $*: ended with $status, not $expected"
	cat "$work/err"
	return 1
}

# judge STATUS SOURCES...: with the model and the probe.
judge()
{
	local expected=$1 source sources=()
	shift
	for source; do
		sources+=(-r "$source")
	done
	run "$expected" -t "$work/model.jsonc" -p probe1 "${sources[@]}"
}

# says FILE WORDS: out or err has this text.
says()
{
	grep -qF -- "$2" "$work/$1" && return 0
	echo "\"$2\" is not in:"
	cat "$work/$1"
	return 1
}

# lines NUMBER TYPE: that many events of the type in out.
lines()
{
	local found

	found=$(grep -c "\"event_type\":\"$2\"" "$work/out")
	[ "$found" -eq "$1" ] && return 0
	echo "$found lines of $2, not $1"
	return 1
}

# t NAME: the function test_NAME is a test.
t()
{
	if "test_$1"; then
		echo "ok $1"
	else
		echo "not ok $1"
	fi
}

test_conforming_traffic_ends_with_0()
{
	judge 0 "main-lg=$work/good.pcap" && lines 2 flow &&
	    lines 0 alert && says err "unjudged: 0 of 1"
}

test_a_violation_ends_with_1()
{
	judge 1 "main-lg=$work/good.pcap" "main-office=$work/bad.pcap" &&
	    lines 3 flow && lines 1 alert && says err "SEG-1"
}

test_too_much_unjudged_ends_with_3()
{
	judge 3 "main-lg=$work/unjudged.pcap" && says err "direction" &&
	    says err "which side opened it is not known"
}

test_traffic_inside_a_zone_is_out_of_scope()
{
	judge 0 "main-lg=$work/inside.pcap" && says err "unjudged: 0 of 0"
}

test_no_packet_at_all_ends_with_3()
{
	judge 3 "main-lg=$work/empty.pcap" && lines 1 stats
}

test_a_cut_file_is_judged_as_far_as_it_goes()
{
	judge 3 "main-lg=$work/cut.pcap" && lines 2 flow &&
	    says err "cut.pcap from packet 3 on" && lines 1 sekisho_gap &&
	    says out '"file":"cut.pcap","frames":2' && says out '"gaps":1'
}

test_what_is_no_capture_is_a_gap()
{
	judge 3 "main-lg=$work/text.pcap" "main-office=$work/good.pcap" &&
	    lines 2 flow && says err "cannot read" && says err text.pcap &&
	    lines 1 sekisho_gap && says out '"gaps":1'
}

test_an_unknown_link_type_is_counted_not_judged()
{
	judge 3 "main-lg=$work/link.pcap" && lines 0 flow &&
	    says err "link type 147" && says out '"unsupported":3'
}

test_a_header_that_cannot_be_read_ends_with_3()
{
	judge 3 "main-lg=$work/broken.pcap" && says out '"malformed":1' &&
	    says err "malformed"
}

test_events_never_replace_an_input()
{
	mkdir "$work/precious" && cp "$work/good.pcap" "$work/precious/eve.json" &&
	    ln "$work/precious/eve.json" "$work/linked.pcap" &&
	    run 2 -t "$work/model.jsonc" -p probe1 -o "$work/precious" \
		-r "main-lg=$work/linked.pcap" &&
	    says err "is the input file $work/linked.pcap itself" &&
	    cmp "$work/good.pcap" "$work/precious/eve.json" || return 1
	cp "$work/model.jsonc" "$work/precious/eve.json"
	run 2 -t "$work/precious/eve.json" -p probe1 -o "$work/precious" \
	    -r "main-lg=$work/good.pcap" &&
	    cmp "$work/model.jsonc" "$work/precious/eve.json"
}

test_other_bytes_or_taps_give_other_flow_ids()
{
	local source ids=""

	for source in "main-lg=$work/good.pcap" "main-lg=$work/inside2.pcap" \
	    "main-office=$work/good.pcap"; do
		"${probe[@]}" -t "$work/model.jsonc" -p probe1 -r "$source" \
		    >"$work/out" 2>"$work/err"
		ids+=$(grep -o '"flow_id":[0-9]*' "$work/out" | head -n 1)$'\n'
	done
	[ "$(printf %s "$ids" | sort -u | wc -l)" -eq 3 ] ||
	    { echo "$ids"; return 1; }
}

test_help_that_cannot_be_written_ends_with_2()
{
	local option

	for option in --help --version; do
		"${probe[@]}" "$option" >/dev/full 2>"$work/err"
		[ $? -eq 2 ] && says err "No space left on device" || return 1
		"${probe[@]}" "$option" >&- 2>"$work/err"
		[ $? -eq 2 ] && says err "cannot write to standard output" ||
		    return 1
	done
	"${probe[@]}" -t "$work/model.jsonc" -n >/dev/full 2>"$work/err"
	[ $? -eq 2 ] && says err "No space left on device"
}

test_a_closed_standard_error_spoils_no_events()
{
	"${probe[@]}" -t "$work/model.jsonc" -p probe1 -o "$work/quiet" \
	    -r "main-lg=$work/good.pcap" 2>&- || return 1
	cp "$work/quiet/eve.json" "$work/out" &&
	    lines 1 stats && [ "$(grep -vc '^{' "$work/out")" -eq 0 ]
}

test_findings_beat_a_gap()
{
	judge 1 "main-lg=$work/bad.pcap" "main-office=$work/cut.pcap" &&
	    says err "from packet 3 on"
}

test_a_missing_file_ends_with_2()
{
	judge 2 "main-lg=$work/none.pcap" &&
	    says err "none.pcap: No such file" &&
	    judge 2 "main-lg=$work" && says err "Is a directory"
}

test_an_unknown_tap_is_asked_back()
{
	judge 2 "main-lq=$work/good.pcap" &&
	    says err "did you mean \"main-lg\"?" &&
	    judge 2 "elsewhere=$work/good.pcap" &&
	    says err "probe \"probe1\" has no tap \"elsewhere\""
}

test_an_unknown_probe_is_asked_back()
{
	run 2 -t "$work/model.jsonc" -p probe2 -r "main-lg=$work/good.pcap" &&
	    says err "did you mean \"probe1\"?"
}

test_wrong_usage_ends_with_2()
{
	run 2 && says err "-t MODEL is required" &&
	    run 2 -t "$work/model.jsonc" -p probe1 &&
	    says err "-r TAP=FILE is required" &&
	    run 2 --frobnicate && says err "unknown option --frobnicate" &&
	    judge 2 "main-lg" && says err "-r wants TAP=FILE, not main-lg"
}

test_help_and_version_need_nothing_else()
{
	run 0 --help && says out "usage: sekisho-probe" &&
	    run 0 --help --lang ja && says out "使い方: sekisho-probe" &&
	    run 0 --version && says out "sekisho-probe "
}

test_a_faulty_model_is_told_by_line()
{
	run 2 -t "$work/wrong.jsonc" -n && says err "wrong.jsonc:3:" &&
	    run 2 -t "$work/no-model.jsonc" -n && says err "no-model.jsonc"
}

test_the_effective_model_prints_to_itself()
{
	run 0 -t "$work/model.jsonc" -n &&
	    cp "$work/out" "$work/effective.jsonc" &&
	    run 0 -t "$work/effective.jsonc" -n &&
	    cmp "$work/out" "$work/effective.jsonc"
}

# Packets are kept only where there is a folder for them.
# What only a folder has.
without_evidence()
{
	sed -E 's/"(evidence|novelty)":(null|\{[^{}]*(\{[^{}]*\})?[^{}]*\})//g' "$1"
}

test_events_in_a_folder_are_for_their_owner_alone()
{
	local folder=$work/judged

	run 0 -t "$work/model.jsonc" -p probe1 -o "$folder" \
	    -r "main-lg=$work/good.pcap" || return 1
	[ ! -s "$work/out" ] || { echo "standard output is not empty"; return 1; }
	[ "$(stat -c %a "$folder" "$folder/eve.json" | xargs)" = "700 600" ] ||
	    { stat -c '%a %n' "$folder" "$folder/eve.json"; return 1; }
	judge 0 "main-lg=$work/good.pcap" &&
	    cmp <(without_evidence "$work/out") \
		<(without_evidence "$folder/eve.json")
}

test_a_folder_that_cannot_be_made_ends_with_2()
{
	run 2 -t "$work/model.jsonc" -p probe1 -o "$work/a/b" \
	    -r "main-lg=$work/good.pcap" && says err "cannot write to"
}

test_a_full_disk_ends_with_2()
{
	"${probe[@]}" -t "$work/model.jsonc" -p probe1 \
	    -r "main-lg=$work/bad.pcap" >/dev/full 2>"$work/err"
	[ $? -eq 2 ] && says err "No space left on device"
}

test_a_reader_that_leaves_ends_with_2()
{
	local status

	# The pipe's reader is gone before the probe begins to write.
	mkfifo "$work/pipe"
	: <"$work/pipe" &
	exec 7>"$work/pipe"
	wait "$!"
	"${probe[@]}" -t "$work/model.jsonc" -p probe1 \
	    -r "main-lg=$work/bad.pcap" >&7 2>"$work/err"
	status=$?
	exec 7>&-
	[ "$status" -eq 2 ] && says err "Broken pipe"
}

test_standard_input_is_a_capture_too()
{
	"${probe[@]}" -t "$work/model.jsonc" -p probe1 -r main-lg=- \
	    <"$work/good.pcap" >"$work/out" 2>"$work/err" && lines 2 flow
}

test_files_of_one_tap_are_merged_by_time()
{
	judge 1 "main-lg=$work/bad.pcap" "main-lg=$work/good.pcap" &&
	    lines 3 flow && says out '"backward":0'
}

test_the_same_input_gives_the_same_bytes()
{
	judge 1 "main-lg=$work/good.pcap" "main-office=$work/bad.pcap" &&
	    cp "$work/out" "$work/first" &&
	    judge 1 "main-lg=$work/good.pcap" "main-office=$work/bad.pcap" &&
	    cmp "$work/out" "$work/first"
}

test_the_summary_is_aligned_in_both_languages()
{
	local lang

	for lang in ja en; do
		run 1 -t "$work/model.jsonc" -p probe1 --lang "$lang" \
		    -r "main-lg=$work/good.pcap" \
		    -r "main-office=$work/bad.pcap" || return 1
		/usr/bin/python3 - "$work/err" <<'PYTHON' || return 1
import sys, unicodedata

widths, block = set(), []
for line in open(sys.argv[1], encoding="utf-8").read().splitlines() + [""]:
    if line.startswith("  ") and line[-1].isdigit():
        block.append(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
                         for c in line))
        continue
    if len(set(block)) > 1:
        sys.exit(f"not aligned before: {line!r}: {block}")
    block = []
PYTHON
	done
}

for name in $(declare -F | sed -n 's/^declare -f test_//p'); do
	t "$name"
done
