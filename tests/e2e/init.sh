#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sekisho init: a model from flags, from answers, and what it refuses.
# Prints "ok NAME" or, after details, "not ok NAME".
set -u

build=$(realpath "${SEKISHO_BUILD:-build/plain}")
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
unset LC_ALL LC_MESSAGES
export LANG=en_US.UTF-8
sekisho=$build/sekisho

if [ ! -x "$sekisho" ]; then
	echo "skip init: $sekisho is not built"
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# run STATUS ARGUMENTS...: answers come from the file "answers".
run()
{
	local expected=$1 status
	shift
	"$sekisho" "$@" >out 2>err <answers
	status=$?
	[ "$status" -eq "$expected" ] && return 0
	echo "sekisho $*: ended with $status, not $expected"
	cat out err
	return 1
}

says()
{
	grep -qF -- "$2" "$1" && return 0
	echo "\"$2\" is not in $1:"
	cat "$1"
	return 1
}

zones=(--zone "core=mynumber:10.1.0.0/16,fd00:1::/48@10.1.0.1"
    --zone lg=lgwan:10.2.0.0/16 --zone lgwan=lgwan-network:172.20.0.0/14)

a_model_from_flags_loads_as_a_draft()
{
	run 0 init --name 見本市 --code 999997 --guideline beta "${zones[@]}" \
	    --probe probe1=lg:10.2.250.11 --tap lg=span0:lg \
	    --tap trunk=span1:110=core,120=lg --tap line=span2 \
	    --tap out=span3:outside &&
	says err "sekisho tap-check -t model.jsonc lg=span0" &&
	says model.jsonc '"vlans": { "110": "core", "120": "lg" }' &&
	says model.jsonc '"model": "beta"' &&
	run 1 check model.jsonc && says out "taps 4"
}

it_writes_over_nothing()
{
	echo mine >kept.jsonc
	run 2 init "${zones[@]}" -o kept.jsonc && says err "is there already" &&
	says kept.jsonc mine
}

it_prints_where_a_file_is_not_wanted()
{
	run 0 init "${zones[@]}" -o - && says out '"stage": "draft"'
}

questions_lead_to_the_same()
{
	printf '%s\n' 見本町 "" alpha "10.1.0.0/16@10.1.0.1" 10.200.0.0/20 10.2.0.0/16 \
	    "" "" "" "" "" juki=partner:172.28.0.0/24 "" \
	    probe1=lg:10.2.250.11 lg=span0:lg "" >answers
	run 0 init -o asked.jsonc --lang ja && says asked.jsonc 見本町 &&
	says asked.jsonc '"name": "ガバメントクラウド"' &&
	says asked.jsonc '"links": ["gc-line"], "parent": "core"' &&
	says asked.jsonc '"tier": "partner"' &&
	run 1 check asked.jsonc
}

a_wrong_answer_is_asked_for_again()
{
	printf '%s\n' 見本町 123456 "" gamma alpha 10.1.0.0/8 \
	    10.1.0.0/16@10.9.0.1 10.1.0.0/16 "" "" "" "" "" "" "" "" \
	    "probe 1" probe1 lg=span0:nowhere lg=span0:core "" >answers
	run 0 init -o again.jsonc && says err '"123456" is no code' &&
	says err 'there is no model "gamma"' &&
	says err '"10.1.0.0/8" has bits set behind its length' &&
	says err '"10.9.0.1" lies in none' && says err '"probe 1" is no id' &&
	says err 'there is no zone "nowhere"'
}

answers_that_end_early_write_nothing()
{
	printf '%s\n' 見本町 "" alpha >answers
	run 2 init -o early.jsonc && says err "ended early" || return 1
	[ ! -e early.jsonc ]
}

each_wrong_flag_is_named()
{
	local flag

	: >answers
	for flag in "--zone core" "--zone Core=mynumber:10.0.0.0/8" \
	    "--zone x=nowhere:10.0.0.0/8" "--zone x=lgwan" \
	    "--zone x=lgwan:10.0.0.0/33" "--zone lg=lgwan:10.4.0.0/16" \
	    "--tap t" "--tap t=" "--tap t=a/b" "--tap t=span0:nowhere" \
	    "--tap t=span0:4095=lg" "--tap t=span0:1=lg,1=core" \
	    "--probe P" "--probe p=lg" "--probe p=lg:10.1.0.5" \
	    "--code 99999" "--guideline delta"; do
		# shellcheck disable=SC2086
		run 2 init "${zones[@]}" $flag -o wrong.jsonc || return 1
		[ "$(wc -l <err)" -eq 1 ] || { cat err; return 1; }
		[ ! -e wrong.jsonc ] || { echo "$flag: written"; return 1; }
	done
	run 2 init --tap lg=span0 -o wrong.jsonc && says err "at least one --zone"
}

zones_that_overlap_are_told_at_their_line()
{
	run 2 init --zone core=mynumber:10.1.0.0/16 \
	    --zone lg=lgwan:10.1.0.0/16 -o over.jsonc &&
	says err "over.jsonc:" && says err "TOP-1" && [ -s over.jsonc ]
}

a_link_to_a_model_is_not_written_over()
{
	echo mine >real.jsonc
	ln -s real.jsonc link.jsonc
	ln -s nowhere.jsonc loose.jsonc
	run 2 init "${zones[@]}" -o link.jsonc && says err "is there already" &&
	    says real.jsonc mine &&
	    run 2 init "${zones[@]}" -o loose.jsonc &&
	    says err "is there already" && [ ! -e nowhere.jsonc ] &&
	    [ -L loose.jsonc ] && run 2 init "${zones[@]}" -o . &&
	    says err "is there already"
}

# Of each kind of question, and of a line that never ends.
endless_wrong_answers_end_it()
{
	local first

	for first in "" "見本町" "見本町,,alpha" "見本町,,alpha,,,,,,,"; do
		{
			[ -z "$first" ] || tr , '\n' <<<"$first"
			head -c 200 /dev/zero | tr '\0' x
			yes "no answer / @"
		} | timeout 20 "$sekisho" init -o endless.jsonc >out 2>err
		[ "${PIPESTATUS[1]}" -eq 2 ] &&
			says err "20 answers to one question" || return 1
	done
	yes "" | timeout 20 "$sekisho" init -o endless.jsonc >out 2>err
	[ "${PIPESTATUS[1]}" -eq 2 ] && says err "20 answers" || return 1
	tr '\0' x </dev/zero | timeout 20 "$sekisho" init -o endless.jsonc \
	    >out 2>err
	[ "${PIPESTATUS[1]}" -eq 2 ] && says err "ended early" || return 1
	# Nineteen are none too many.
	{
		echo 見本町
		for _ in $(seq 19); do echo wrong; done
		printf '%s\n' "" alpha 10.1.0.0/16
		yes "" | head -30
	} >answers
	run 0 init -o nineteen.jsonc || return 1
	[ ! -e endless.jsonc ]
}

a_full_disk_is_a_failure()
{
	[ -c /dev/full ] || return 0
	run 2 init "${zones[@]}" -o /dev/full
}

for test in a_model_from_flags_loads_as_a_draft it_writes_over_nothing \
    it_prints_where_a_file_is_not_wanted questions_lead_to_the_same \
    a_wrong_answer_is_asked_for_again answers_that_end_early_write_nothing \
    each_wrong_flag_is_named zones_that_overlap_are_told_at_their_line \
    a_link_to_a_model_is_not_written_over endless_wrong_answers_end_it \
    a_full_disk_is_a_failure; do
	: >answers
	if "$test" >report 2>&1; then
		echo "ok $test"
	else
		cat report
		echo "not ok $test"
	fi
done
