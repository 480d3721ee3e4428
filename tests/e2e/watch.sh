#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sekisho watch: rows and the summary of made-up events, in both languages,
# while the file grows and is set aside, and of what is no event at all.
set -u

build=${SEKISHO_BUILD:-build/plain}
unset LC_ALL LC_MESSAGES
export LANG=en_US.UTF-8
sekisho=$build/sekisho

if [ ! -x "$sekisho" ]; then
	echo "skip watch: $sekisho is not built"
	exit 0
fi
work=$(mktemp -d) || exit 1
watcher=
trap '[ -z "$watcher" ] || kill "$watcher" 2>/dev/null; rm -rf "$work"' EXIT

t()
{
	local details
	if details=$("$1" 2>&1); then
		echo "ok $1"
	else
		printf '%s\n' "$details"
		echo "not ok $1"
	fi
}

# event TYPE ID VERDICT CHECK REASON: one line of a conversation.
event()
{
	printf '{"timestamp":"2026-11-21T10:15:3%d.000000+0900",' "$2"
	printf '"flow_id":%d,"event_type":"%s","src_ip":"10.3.1.5",' "$2" "$1"
	printf '"dest_ip":"fd00:1::10","dest_port":445,"proto":"TCP",'
	printf '"sekisho":{"verdict":"%s","check":%s,"reason":%s,' "$3" "$4" "$5"
	printf '"src_zone":"office","dest_zone":"core",'
	printf '"application":{"name":"SMBv23"}}}\n'
}

final()
{
	printf '{"timestamp":"2026-11-21T10:16:00.000000+0900",'
	printf '"event_type":"stats","stats":{"capture":{"kernel_drops":7}},'
	printf '"sekisho":{"drops":{},"final":true,"coverage":'
	printf '[{"boundary":"main","seen_share":0.9876}]}}\n'
}

# run STATUS ARGUMENTS...
run()
{
	local expected=$1 status
	shift
	"$sekisho" watch "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ "$status" -eq "$expected" ] && return 0
	echo "sekisho watch $*: ended with $status, not $expected"
	cat "$work/out" "$work/err"
	return 1
}

# count N WORDS: so many lines of out have these words.
count()
{
	[ "$(grep -cF -- "$2" "$work/out")" -eq "$1" ] && return 0
	echo "not $1 lines with \"$2\":"
	cat "$work/out"
	return 1
}

a_conversation_is_shown_again_only_when_it_changes()
{
	{
		event sekisho_conversation 1 unjudged null '"application"'
		event sekisho_conversation 1 conform null null
		event flow 1 conform null null
		event flow 2 violate '"SEG-1"' null
		final
	} >"$work/eve.json"
	run 1 "$work/eve.json" && count 1 "? unjudged" &&
	    count 1 "o conforming" && count 1 "X violating" &&
	    count 1 "98.8 % of TCP data" && count 1 "dropped: 7"
}

rows_stand_below_their_heading()
{
	local at
	event flow 1 conform null null >"$work/eve.json"
	run 0 "$work/eve.json" --lang ja || return 1
	at=$(/usr/bin/python3 - "$work/out" <<-'P'
		import sys, unicodedata
		def column(line, word):
		    before = line[:line.index(word)]
		    return sum(2 if unicodedata.east_asian_width(c) in "WF"
		               else 1 for c in before)
		head, row = open(sys.argv[1]).read().split("\n")[:2]
		print(column(head, "判定") + 2 == column(row, "適合") + 0,
		      column(head, "領域・宛先") == column(row, "core"),
		      column(head, "サービス") == column(row, "TCP/445"))
	P
	)
	[ "$at" = "True True True" ] || { echo "$at"; cat "$work/out"; false; }
}

what_is_no_event_is_counted_and_said()
{
	{
		event flow 1 conform null null
		echo 'not json'
		echo '[1]'
		printf '{"event_type":"flow","flow'
	} >"$work/eve.json"
	run 0 "$work/eve.json" && count 1 "3 lines could not be read"
}

an_endless_line_is_one_that_cannot_be_read()
{
	{
		head -c 3000000 /dev/zero | tr '\0' x
		echo
		event flow 1 conform null null
	} >"$work/eve.json"
	run 0 "$work/eve.json" && count 1 "1 lines could not be read" &&
	    count 1 "o conforming"
}

names_do_not_drive_the_terminal()
{
	event flow 1 conform null '"\u001b[2Jx\u009b"' >"$work/eve.json"
	run 0 "$work/eve.json" || return 1
	! grep -qP '\x1b|\xc2\x9b' "$work/out"
}

nothing_to_read_is_one_sentence()
{
	run 2 "$work/none.json" && grep -q "none.json" "$work/err" &&
	    [ "$(wc -l <"$work/err")" -eq 1 ] && run 2 "$work" &&
	    : >"$work/empty" && run 0 "$work/empty" && count 1 "no account yet"
}

nowhere_to_write_ends_with_two()
{
	event flow 1 conform null null >"$work/eve.json"
	"$sekisho" watch "$work/eve.json" >/dev/full 2>"$work/err"
	[ $? -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ]
}

# wait_for WORDS: they stand in out within ten seconds.
wait_for()
{
	for _ in $(seq 100); do
		grep -qF -- "$1" "$work/out" && return 0
		sleep 0.1
	done
	echo "never seen: $1"
	cat "$work/out"
	return 1
}

a_file_is_followed_when_it_is_set_aside()
{
	local status
	event flow 1 conform null null >"$work/eve.json"
	"$sekisho" watch --follow "$work/eve.json" >"$work/out" 2>&1 &
	watcher=$!
	wait_for "o conforming" || return 1
	event flow 2 excepted null null >>"$work/eve.json"
	mv "$work/eve.json" "$work/eve-1.json"
	event flow 3 violate '"SEG-2"' null >"$work/eve.json"
	wait_for "SEG-2" && wait_for "e excepted" || return 1
	{
		final
		printf '{"event_type":"sekisho_health","sekisho":'
		printf '{"event":"stop","note":null}}\n'
	} >>"$work/eve.json"
	wait "$watcher"
	status=$?
	watcher=
	[ "$status" -eq 1 ] && count 1 "98.8 %"
}

an_interrupt_ends_with_the_summary()
{
	event flow 1 conform null null >"$work/eve.json"
	"$sekisho" watch --follow "$work/eve.json" >"$work/out" 2>&1 &
	watcher=$!
	wait_for "o conforming" || return 1
	kill -TERM "$watcher"
	wait "$watcher" || return 1
	watcher=
	count 1 "events: "
}

t a_conversation_is_shown_again_only_when_it_changes
t rows_stand_below_their_heading
t what_is_no_event_is_counted_and_said
t an_endless_line_is_one_that_cannot_be_read
t names_do_not_drive_the_terminal
t nothing_to_read_is_one_sentence
t nowhere_to_write_ends_with_two
t a_file_is_followed_when_it_is_set_aside
t an_interrupt_ends_with_the_summary
