#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sekisho emergency: what it opens of a plan, and that it never waits without
# an end. Whether the probe judges by it: novelty.sh.
# shellcheck disable=SC2317 # functions are called by name
set -u

build=$(realpath "${SEKISHO_BUILD:-build/plain}")
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
unset LC_ALL LC_MESSAGES
export LANG=en_US.UTF-8
sekisho=$build/sekisho

if [ ! -x "$sekisho" ]; then
	echo "skip emergency: $sekisho is not built"
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
model=$work/model.jsonc
side=$work/emergency.jsonc
until=$(TZ=Asia/Tokyo date -d "+1 hour" +%Y-%m-%dT%H:%M)

# The town, with a plan for its line to LGWAN.
plan='"emergencies": [ { "id": "typhoon", "name": "台風", "kind": "disaster",
    "lifts": ["schedule"], "conduits": ["lg-dns"] } ],'
sed -e "0,/\"stage\"/s|\"stage\"|\"emergency-file\": \"emergency.jsonc\", &|" \
    -e "s|\"conduits\": \[\$|$(tr -d '\n' <<<"$plan") &|" \
    "$SEKISHO_DATADIR/examples/town/model.jsonc" >"$model"

# run STATUS ARGUMENTS...
run()
{
	local expected=$1 status
	shift
	timeout 60 "$sekisho" emergency "$model" "$@" >"$work/out" \
	    2>"$work/err" </dev/null
	status=$?
	[ "$status" -eq "$expected" ] && return 0
	echo "sekisho emergency $*: ended with $status, not $expected"
	cat "$work/out" "$work/err"
	return 1
}

# opens YES NO: that conduit, not the other one
opens()
{
	grep -q "^  $1 " "$work/out" && ! grep -q "^  $2 " "$work/out" &&
	    return 0
	echo "not $1, or $2:"
	cat "$work/out"
	return 1
}

# Whatever was opened the last time under its id.
a_plan_opens_its_own_conduits_each_time()
{
	run 0 on typhoon --until "$until" --reason one --conduit eltax &&
	    opens eltax lg-dns && run 0 off typhoon --by duty &&
	    run 0 on typhoon --until "$until" --reason two &&
	    opens lg-dns eltax && grep '"reason":"two"' "$side" |
	    grep -q '"conduits":\["lg-dns"\]' && run 0 off typhoon --by duty
}

# Another one holds it all the time: it says so and changes nothing.
a_lock_is_not_waited_for_without_an_end()
{
	local begun=$SECONDS

	cp "$side" "$work/before"
	exec 8<"$model"
	flock 8
	run 2 on typhoon --until "$until" --reason three &&
	    grep -q "is in use by another program" "$work/err" &&
	    [ "$(wc -l <"$work/err")" -eq 1 ] &&
	    [ $((SECONDS - begun)) -lt 30 ] && cmp "$side" "$work/before" ||
	    return 1
	# One that ends in time is waited for.
	(sleep 1; flock -u 8) &
	run 0 on typhoon --until "$until" --reason four &&
	    run 0 list && run 0 off typhoon --by duty
}

for test in a_plan_opens_its_own_conduits_each_time \
    a_lock_is_not_waited_for_without_an_end; do
	if "$test" >"$work/log" 2>&1; then
		echo "ok $test"
	else
		cat "$work/log"
		echo "not ok $test"
	fi
done
