#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sekisho tap-check on captures as a mirror shows them that is set up rightly,
# or wrongly in one way, and live on a veth in namespaces of its own. Prints
# "ok NAME", "not ok NAME" after details, or "skip NAME: reason".
# shellcheck disable=SC2317 # functions are called by name
# alone: a live probe
set -u

build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
unset LC_ALL LC_MESSAGES
export LANG=en_US.UTF-8
# The probe's children trace themselves, which these processes forbid.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
sekisho=$(realpath "$build/sekisho" 2>/dev/null)
model=$SEKISHO_DATADIR/examples/city-alpha/model.jsonc
mon=sektap$$ src=sektas$$

skip()
{
	echo "skip tap-check: $1"
	exit 0
}

if [ ! -x "$sekisho" ] || [ ! -x "$build/sekisho-probe" ]; then
	skip "$build/sekisho is not built"
fi
/usr/bin/python3 -c 'import scapy' 2>/dev/null || skip "needs python3-scapy"
work=$(mktemp -d) || exit 1

down()
{
	ip netns pids "$mon" 2>/dev/null | xargs -r kill -9 2>/dev/null
	ip netns del "$mon" 2>/dev/null
	ip netns del "$src" 2>/dev/null
	rm -rf "$work"
}
trap down EXIT
trap 'exit 1' INT TERM

/usr/bin/python3 -B tests/bench/offline-capture.py "$work" 1 >/dev/null ||
	exit 1

# make NAME FROM HOW: $work/NAME.pcap, changed.
make()
{
	/usr/bin/python3 -B tests/e2e/tap-check.py "$3" "$work/$2.pcap" \
	    "$work/$1.pcap"
}

# run STATUS ARGUMENTS...
run()
{
	local expected=$1 status
	shift
	timeout 60 "$sekisho" tap-check -t "$model" "$@" >"$work/out" \
	    2>"$work/err" </dev/null
	status=$?
	[ "$status" -eq "$expected" ] && return 0
	echo "tap-check $*: ended with $status, not $expected"
	cat "$work/out" "$work/err"
	return 1
}

says()
{
	grep -qF -- "$2" "$work/$1" && return 0
	echo "\"$2\" is not in:"
	cat "$work/$1"
	return 1
}

# row SIGN ITEM [WORDS]: a row with this sign, and these words in it.
row()
{
	grep -F -- "  $1  $2 " "$work/out" | grep -qF -- "${3:-}" && return 0
	echo "no row \"$1 $2\" with \"${3:-}\" in:"
	cat "$work/out"
	return 1
}

# All rows but these have the sign o.
only()
{
	local bad
	bad=$(grep -E '^  [!?x]  ' "$work/out" | cut -c6-24 | sed 's/ *$//' |
		sort | tr '\n' ',')
	[ "$bad" = "$1" ] && return 0
	echo "rows that are not fine: \"$bad\", not \"$1\""
	cat "$work/out"
	return 1
}

fits()
{
	run 0 main-lg="$work/main-lg.pcap" main-trunk="$work/main-trunk.pcap" &&
	    only "" && says out "verdict: fits" &&
	    [ "$(grep -c '^verdict: fits' "$work/out")" = 2 ]
}

japanese()
{
	LANG=ja_JP.UTF-8 run 0 main-lg="$work/main-lg.pcap" &&
	    says out "この監視点で見えるもの: main-lg" &&
	    says out "判定: 適合" && [ ! -s "$work/err" ]
}

# Full-width characters take two columns: what is seen begins in one.
aligned()
{
	LANG=ja_JP.UTF-8 run 0 main-lg="$work/main-lg.pcap" || return 1
	/usr/bin/python3 - "$work/out" <<-'PYTHON'
	import sys, unicodedata
	def width(s):
	    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
	               for c in s)
	rows = [l.rstrip("\n") for l in open(sys.argv[1], encoding="utf-8")
	        if l.startswith("  ")]
	at = width(rows[0].split("見えたもの")[0])
	for l in rows[1:]:
	    n, i = 0, 0
	    while n < at:
	        n += width(l[i])
	        i += 1
	    if n != at or l[i - 2:i] != "  " or l[i] == " ":
	        sys.exit("not aligned: " + l)
	PYTHON
}

one_direction_is_misplaced()
{
	make one main-lg one-way && run 1 main-lg="$work/one.pcap" &&
	    row x "both directions" "(100.0 %)" &&
	    says out "verdict: misplaced" &&
	    says out "mirror both directions"
}

a_missing_vlan_is_incomplete()
{
	make gone main-trunk drop=900 && run 3 main-trunk="$work/gone.pcap" &&
	    row ! VLANs "missing 900" && row ! "zone's addresses" gate &&
	    says out "source vlan 110 , 300 both"
}

another_vlan_is_told()
{
	make other main-trunk tag=900:777 &&
	    run 3 main-trunk="$work/other.pcap" &&
	    row ! VLANs "undeclared 777" && row ! VLANs "missing 900"
}

a_native_vlan_is_told()
{
	make native main-trunk native=110 &&
	    run 3 main-trunk="$work/native.pcap" &&
	    row ! VLANs "undeclared untagged" && says out "native VLAN"
}

the_wrong_segment_is_misplaced()
{
	make office main-trunk only=300 && run 1 main-lg="$work/office.pcap" &&
	    row x "other zones' hosts" "10.3.9.0/24 (office" &&
	    row ! "declared routers" "missing 10.2.0.1" &&
	    says out "verdict: misplaced"
}

# VLANs of other zones where one segment is declared.
a_trunk_for_a_segment_is_misplaced()
{
	run 1 main-lg="$work/main-trunk.pcap" &&
	    row ! VLANs "undeclared 110, 300, 900" &&
	    row x "other zones' hosts" "10.3.9.0/24"
}

doubled_frames_are_told()
{
	make twice main-lg doubled && run 3 main-lg="$work/twice.pcap" &&
	    only "duplicates," && row ! duplicates "(49.9 %)"
}

cut_frames_are_told()
{
	make short main-lg cut=64 && run 3 main-lg="$work/short.pcap" &&
	    row ! "cut frames" && says out "tcpdump -s 0"
}

giants_are_told()
{
	make giants main-lg giants && run 3 main-lg="$work/giants.pcap" &&
	    only "giants," && row ! giants "longest 3" &&
	    says out "ethtool -K"
}

loss_is_told()
{
	make lossy main-lg lossy && run 3 main-lg="$work/lossy.pcap" &&
	    row ! loss && says out "mirror port's capacity"
}

an_undeclared_router_is_told()
{
	make router main-lg router=020000000201:02000000aa01 &&
	    run 3 main-lg="$work/router.pcap" &&
	    row ! "undeclared routers" 02:00:00:00:aa:01 &&
	    row ! "declared routers" "missing 10.2.0.1"
}

# Between an L3 switch and the firewall: the switch is no gateway, and would
# make forgers of its hosts were it declared.
a_router_within_the_zone_is_named()
{
	make core main-lg switch=020000000201:02000000c0de &&
	    run 0 main-lg="$work/core.pcap" && only "" &&
	    row o "undeclared routers" \
		"routers within the zone 02:00:00:00:c0:de" &&
	    ! says out "declare it under" >/dev/null &&
	    LANG=ja_JP.UTF-8 run 0 main-lg="$work/core.pcap" &&
	    says out "領域内のルータ 02:00:00:00:c0:de" || return 1
	# The same where the firewall is not the declared one.
	make other core router=020000000201:02000000aa01 &&
	    run 1 main-lg="$work/other.pcap" &&
	    row x "zone's addresses" &&
	    row ! "undeclared routers" 02:00:00:00:aa:01
}

the_worst_of_several_is_the_status()
{
	make one main-lg one-way && make gone main-trunk drop=900 &&
	    run 1 main-lg="$work/one.pcap" \
		main-trunk="$work/main-trunk.pcap" &&
	    [ "$(grep -c '^verdict: ' "$work/out")" = 2 ] &&
	    says out "verdict: fits" && says out "verdict: misplaced" &&
	    run 1 main-trunk="$work/gone.pcap" main-lg="$work/one.pcap" &&
	    says out "verdict: incomplete" && says out "verdict: misplaced" &&
	    run 3 main-lg="$work/main-lg.pcap" main-trunk="$work/gone.pcap" &&
	    says out "verdict: fits" && says out "verdict: incomplete"
}

little_is_never_fine()
{
	make few main-lg few=60 && run 3 main-lg="$work/few.pcap" &&
	    row "?" traffic "60 frames" && row "?" "both directions" &&
	    says out "verdict: incomplete"
}

an_empty_file_is_incomplete()
{
	make empty main-lg empty && run 3 main-lg="$work/empty.pcap" &&
	    row "?" traffic "not a single frame"
}

a_damaged_file_is_told()
{
	make damaged main-lg damaged && run 3 main-lg="$work/damaged.pcap" &&
	    row ! traffic "not read to the end" &&
	    echo "no capture" >"$work/text.pcap" &&
	    run 3 main-lg="$work/text.pcap" && row ! traffic "0 frames"
}

mistakes_are_told()
{
	run 2 main-lg=nosuchif0 &&
	    says err 'neither a file nor an interface "nosuchif0"' &&
	    run 2 main-lgg="$work/main-lg.pcap" &&
	    says err 'did you mean "main-lg"?' &&
	    run 2 main-lg && says err "TAP=INTERFACE" &&
	    run 2 =x && run 2 main-lg= &&
	    run 2 --seconds 0 main-lg="$work/main-lg.pcap" &&
	    says err "from 1 to" &&
	    run 2 --seconds 3x main-lg="$work/main-lg.pcap"
}

a_tap_without_a_probe_is_named()
{
	local model=$work/np/model.jsonc

	cp -r "$(dirname "$SEKISHO_DATADIR/examples/city-alpha/model.jsonc")" \
	    "$work/np" &&
	    sed -i '/"id": "main-lg"/s/"probe": "[^"]*", //' "$model" &&
	    run 2 main-lg="$work/main-lg.pcap" main-lg="$work/main-lg.pcap" &&
	    says err 'the tap "main-lg" names no probe' &&
	    run 2 main-trunk="$work/main-trunk.pcap" \
		main-lg="$work/main-lg.pcap" &&
	    says err '"probe": "' && [ "$(wc -l <"$work/err")" -eq 1 ]
}

the_model_is_found()
{
	(cd "$(dirname "$model")" && "$sekisho" tap-check \
	    main-lg="$work/main-lg.pcap" >"$work/out" 2>&1) &&
	    says out "verdict: fits"
}

as_json()
{
	run 3 --format json main-lg="$work/main-lg.pcap" \
	    main-trunk="$work/gone.pcap" || return 1
	/usr/bin/python3 - "$work/out" \
	    "$SEKISHO_DATADIR/schema/sekisho-tap-check-1.json" <<-'PYTHON'
	import json, sys
	d = json.load(open(sys.argv[1], encoding="utf-8"))
	try:
	    import jsonschema
	    jsonschema.validate(d, json.load(open(sys.argv[2])))
	except ImportError:
	    pass
	assert d["verdict"] == "incomplete"
	assert [t["verdict"] for t in d["taps"]] == ["fits", "incomplete"]
	assert d["taps"][0]["counts"]["frames"] == 993
	rows = {r["item"]: r for r in d["taps"][1]["rows"]}
	assert rows["vlans"]["sign"] == "!" and rows["vlans"]["look"]
	PYTHON
}

nothing_is_left()
{
	mkdir "$work/tmp" &&
	    TMPDIR=$work/tmp run 0 main-lg="$work/main-lg.pcap" &&
	    [ -z "$(ls -A "$work/tmp")" ]
}

# Ended early it tells what it has, and its child is gone.
live()
{
	ip netns add "$mon" 2>/dev/null && ip netns add "$src" 2>/dev/null &&
	    ip link add tapm netns "$mon" type veth peer name taps \
		netns "$src" 2>/dev/null || return 2
	ip netns exec "$src" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
	    2>/dev/null
	ip -n "$src" link set taps up
	chmod 755 "$work"
	# Who the probe becomes must be able to read the model again.
	[ -d "$work/data" ] || cp -r "$SEKISHO_DATADIR" "$work/data"
	chmod -R a+rX "$work/data"
	export SEKISHO_DATADIR=$work/data
	model=$work/data/examples/city-alpha/model.jsonc
	ip netns exec "$mon" timeout 60 "$sekisho" tap-check -t "$model" \
	    --seconds "$1" main-lg=tapm >"$work/out" 2>"$work/err" &
	pid=$!
	for _ in $(seq 100); do
		ip -n "$mon" link show tapm 2>/dev/null | grep -q 'LOWER_UP' &&
			break
		sleep 0.1
	done
	sleep 1
	ip netns exec "$src" /usr/bin/python3 -B tests/e2e/tap-check.py send \
	    "$work/main-lg.pcap" taps
}

a_live_tap_fits()
{
	live 5 || return $?
	wait "$pid"
	local status=$?
	ip netns del "$mon"
	ip netns del "$src"
	[ "$status" = 0 ] && only "" && says err "watching for 5 seconds" &&
	    return 0
	echo "ended with $status"
	cat "$work/out" "$work/err"
	return 1
}

ended_early_it_tells_what_it_saw()
{
	live 50 || return $?
	local child
	child=$(pgrep -P "$pid" -f tap-check)
	kill -INT "${child:-$pid}"
	wait "$pid"
	local status=$?
	[ -z "$(ip netns pids "$mon")" ] || return 1
	ip netns del "$mon"
	ip netns del "$src"
	[ "$status" = 3 ] && row "?" traffic "ended early" && return 0
	echo "ended with $status"
	cat "$work/out" "$work/err"
	return 1
}

failed=0
check()
{
	"$1" >"$work/said" 2>&1
	case $? in
	0) echo "ok tap-check-${1//_/-}" ;;
	2) echo "skip tap-check-${1//_/-}: no namespaces or veth here" ;;
	*)
		cat "$work/said"
		echo "not ok tap-check-${1//_/-}"
		failed=1
		;;
	esac
}

for test in fits japanese aligned one_direction_is_misplaced \
    a_missing_vlan_is_incomplete another_vlan_is_told a_native_vlan_is_told \
    the_wrong_segment_is_misplaced a_trunk_for_a_segment_is_misplaced \
    doubled_frames_are_told cut_frames_are_told giants_are_told loss_is_told \
    an_undeclared_router_is_told a_router_within_the_zone_is_named \
    the_worst_of_several_is_the_status little_is_never_fine \
    an_empty_file_is_incomplete a_damaged_file_is_told mistakes_are_told \
    a_tap_without_a_probe_is_named the_model_is_found as_json nothing_is_left; do
	check "$test"
done
if [ "$(id -u)" = 0 ]; then
	check a_live_tap_fits
	check ended_early_it_tells_what_it_saw
else
	echo "skip tap-check-live: needs root"
fi
exit "$failed"
