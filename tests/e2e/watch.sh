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

# event TYPE ID VERDICT CHECK REASON [SECOND]: one line of a conversation.
event()
{
	printf '{"timestamp":"2026-11-21T10:15:3%d.000000+0900",' "${6:-$2}"
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

# notice SECOND SEVERITY CHECK PARTIES...: one line of an alert that no
# conversation shows; PARTIES are members of the line.
notice()
{
	printf '{"timestamp":"2026-11-21T10:15:3%d.000000+0900",' "$1"
	printf '"event_type":"alert",%s"sekisho":{"check":"%s",' "$4" "$3"
	printf '"severity":"%s","notice":"made-up","emission":"new",' "$2"
	printf '"src_zone":"office","dest_zone":null,'
	printf '"message":"Something was noticed."}}\n'
}

# device SECOND STAGE REGISTERED
device()
{
	printf '{"timestamp":"2026-11-21T10:15:3%d.000000+0900",' "$1"
	printf '"event_type":"sekisho_asset","sekisho":{"stage":"%s",' "$2"
	printf '"registered":%s}}\n' "$3"
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
		event sekisho_conversation 1 unjudged null '"application"' 1
		event sekisho_conversation 1 conform null null 2
		event flow 1 conform null null 3
		event flow 2 violate '"SEG-1"' null 4
		final
	} >"$work/eve.json"
	run 1 "$work/eve.json" && count 1 " ? unjudged" &&
	    count 1 "↳o conforming" && count 1 "o conforming" &&
	    count 1 " X violating" && count 1 "98.8 % of TCP data" &&
	    count 1 "dropped: 7"
}

# A probe may judge thrice within a millisecond: the last word alone counts.
what_is_judged_anew_at_once_is_one_row()
{
	{
		event sekisho_conversation 1 unjudged null '"application"'
		event sekisho_conversation 2 violate '"LNK-1"' null 1
		event sekisho_conversation 1 conform null null
		event sekisho_conversation 2 violate '"SEG-12"' null 1
		event flow 1 conform null null 9
	} >"$work/eve.json"
	run 0 "$work/eve.json" && count 0 "? unjudged" &&
	    count 1 " o conforming" && count 0 "LNK-1" && count 1 " X violating"
}

rows_keep_their_order_over_midnight()
{
	{
		event sekisho_conversation 1 unjudged null '"name"' |
		    sed 's/T10:15:31/T23:59:59/'
		event sekisho_conversation 1 conform null null |
		    sed 's/T10:15:31/T00:00:01/'
	} >"$work/eve.json"
	run 0 "$work/eve.json" && count 1 "23:59:59  ? unjudged" &&
	    count 1 "00:00:01 ↳o conforming"
}

an_alert_without_a_conversation_shows_who_does_it_to_whom()
{
	{
		notice 1 high LNK-3 '"src_ip":"10.3.7.9","src_port":67,"dest_ip":"10.3.1.5","dest_port":68,"proto":"UDP","ether":{"src_mac":"02:00:00:00:30:99","dest_mac":"02:00:00:00:30:05"},'
		notice 2 medium LNK-10 '"ether":{"src_mac":"02:00:00:00:30:aa"},'
		notice 3 high LNK-2 ''
		final
	} >"$work/eve.json"
	run 1 "$work/eve.json" &&
	    count 1 "! alert      LNK-3   [high] Something was noticed." &&
	    count 1 "    office 10.3.7.9 02:00:00:00:30:99 → 10.3.1.5 02:00:00:00:30:05 UDP/68" &&
	    count 1 "    office 02:00:00:00:30:aa" && count 0 "aa →" &&
	    count 1 "LNK-2   [high]"
}

parties_take_two_lines_where_one_is_too_long()
{
	notice 1 high LNK-3 '"src_ip":"10.3.7.9","dest_ip":"fd00:3:0:1:a:b:c:d","proto":"ARP","ether":{"src_mac":"02:00:00:00:30:99","dest_mac":"02:00:00:00:30:05"},' \
	    >"$work/eve.json"
	on_terminal 80 && within 80 && count 1 "            → fd00:3:0:1:a:b:c:d 02:" &&
	    on_terminal 160 && within 160 && count 1 "30:99 → fd00:3:0:1:a:b:c:d 02:"
}

information_is_a_record_and_no_finding()
{
	{
		notice 1 information LNK-6 '"src_ip":"10.3.7.9",'
		final
	} >"$work/eve.json"
	run 0 "$work/eve.json" &&
	    count 1 "i record     LNK-6   [information] Something" &&
	    count 1 "records by check (no findings)"
}

devices_are_counted_and_have_no_row()
{
	{
		device 1 new true
		device 2 new false
		device 3 changed false
		device 4 last false
		final
	} >"$work/eve.json"
	run 0 "$work/eve.json" && count 0 "10:15:3" &&
	    count 1 'devices seen: 2, of which 1 are neither in the ledger nor'
}

what_is_out_of_scope_is_counted_and_has_no_row()
{
	{
		event flow 1 out-of-scope null null
		event sekisho_conversation 2 conform null null 2
		event flow 2 out-of-scope null null 4
	} >"$work/eve.json"
	run 0 "$work/eve.json" && count 1 "10:15:34 ↳- out of scope" &&
	    count 1 "no rows" && [ "$(grep -c '^10:15' "$work/out")" -eq 2 ]
}

names_are_explained_in_the_summary()
{
	{
		event flow 1 unjudged null '"not-observable: encryption"'
		event flow 2 unjudged null '"direction"'
	} >"$work/eve.json"
	run 0 "$work/eve.json" && count 1 "the encryption cannot be seen" &&
	    count 1 "which side opened it is not known"
}

# on_terminal COLUMNS [NAME=VALUE...]: out is what one of that width gets.
on_terminal()
{
	local columns=$1

	shift
	env TERM=xterm "$@" /usr/bin/python3 - "$columns" "$sekisho" watch \
	    --lang ja "$work/eve.json" >"$work/out" <<-'P'
		import fcntl, os, pty, struct, sys, termios
		pid, terminal = pty.fork()
		if pid == 0:
		    while os.get_terminal_size().columns != int(sys.argv[1]):
		        pass
		    os.execv(sys.argv[2], sys.argv[2:])
		fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack(
		    "4H", 24, int(sys.argv[1]), 0, 0))
		try:
		    while True:
		        sys.stdout.buffer.write(os.read(terminal, 65536)
		                                .replace(b"\r\n", b"\n"))
		except OSError:
		    pass
	P
}

# Nothing in out takes more than so many columns, without colours.
within()
{
	/usr/bin/python3 - "$1" "$work/out" <<-'P'
		import re, sys, unicodedata
		for line in open(sys.argv[2]):
		    line = re.sub("\x1b\\[[0-9;]*m", "", line.rstrip("\n"))
		    wide = sum(2 if unicodedata.east_asian_width(c) in "WF"
		               else 1 for c in line)
		    if wide > int(sys.argv[1]):
		        sys.exit(f"{wide} columns: {line}")
	P
}

a_terminal_of_80_columns_is_enough()
{
	{
		event flow 1 violate '"SEG-1"' '"not-observable: encryption"'
		printf '{"timestamp":"2026-11-21T10:15:31.000000+0900",'
		printf '"event_type":"alert","sekisho":{"check":"SEG-1",'
		printf '"severity":"critical","message":"'
		printf 'インターネット接続系の機器 10.3.1.5 からの通信、%.0s' 1 2 3
		printf '成立しました。"}}\n'
	} >"$work/eve.json"
	on_terminal 80 && within 80 && count 1 "[緊急]" &&
	    count 1 "core fd00:1::10" &&
	    count 0 "office       10.3.1.5" || return 1
	[ "$(grep -cE '^ *(。|、)' "$work/out")" -eq 0 ] || return 1
	on_terminal 160 && within 160 && count 1 "office       10.3.1.5" &&
	    on_terminal 20 && grep -q 10.3.1.5 "$work/out"
}

a_notice_says_where_and_what_next_and_50_columns_fold()
{
	{
		event flow 1 violate '"SEG-1"' '"not-observable: encryption"'
		printf '{"timestamp":"2026-11-21T10:15:31.000000+0900",'
		printf '"src_ip":"10.3.9.97","event_type":"alert",'
		printf '"ether":{"src_mac":"02:00:00:00:30:05"},"sekisho":{'
		printf '"check":"LNK-3","severity":"high","notice":"x",'
		printf '"taps":["main-trunk"],"src_zone":"office",'
		printf '"next":["その機器を特定し、無線ルータ等の持込みで'
		printf 'ないかを確認してください。","二"],'
		printf '"message":"登録のない機器がDHCPの応答をしました。"}}\n'
	} >"$work/eve.json"
	on_terminal 100 && count 1 "監視点: main-trunk　次に: その機器を" &&
	    on_terminal 50 NO_COLOR=1 &&
	    sed -i '/eve\.json/d' "$work/out" && within 50 &&
	    on_terminal 50 && sed -i '/eve\.json/d' "$work/out" && within 50
}

colours_are_for_terminals_that_have_them()
{
	event flow 1 conform null null >"$work/eve.json"
	on_terminal 80 && grep -q $'\033' "$work/out" &&
	    on_terminal 80 TERM=dumb && ! grep -q $'\033' "$work/out" &&
	    on_terminal 80 NO_COLOR=1 && ! grep -q $'\033' "$work/out" &&
	    run 0 "$work/eve.json" && ! grep -q $'\033' "$work/out"
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
		print(column(head, "判定") == column(row, "適合"),
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
	[ "$status" -eq 1 ] && count 1 "98.8 %" && count 0 "no final account"
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
	count 1 "events: " && count 1 "no final account"
}

t a_conversation_is_shown_again_only_when_it_changes
t what_is_judged_anew_at_once_is_one_row
t rows_keep_their_order_over_midnight
t an_alert_without_a_conversation_shows_who_does_it_to_whom
t parties_take_two_lines_where_one_is_too_long
t information_is_a_record_and_no_finding
t devices_are_counted_and_have_no_row
t what_is_out_of_scope_is_counted_and_has_no_row
t names_are_explained_in_the_summary
t a_terminal_of_80_columns_is_enough
t a_notice_says_where_and_what_next_and_50_columns_fold
t colours_are_for_terminals_that_have_them
t rows_stand_below_their_heading
t what_is_no_event_is_counted_and_said
t an_endless_line_is_one_that_cannot_be_read
t names_do_not_drive_the_terminal
t nothing_to_read_is_one_sentence
t nowhere_to_write_ends_with_two
t a_file_is_followed_when_it_is_set_aside
t an_interrupt_ends_with_the_summary
