#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sekisho watch: rows and the summary of made-up events, in both languages,
# while the file grows and is set aside, and of what is no event at all.
# alone: it waits for rows by the clock
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
filter=()
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

# device SECOND STAGE REGISTERED [MAC]
device()
{
	printf '{"timestamp":"2026-11-21T10:15:3%d.000000+0900",' "$1"
	printf '"event_type":"sekisho_asset","sekisho":{"stage":"%s",' "$2"
	printf '"mac":"02:00:00:00:00:%s","addresses":["10.3.1.5"],' "${4:-01}"
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
		device 1 new true 01
		device 2 new true 02
		device 3 changed false 02
		device 4 last true 01
		final
	} >"$work/eve.json"
	run 0 "$work/eve.json" && count 0 "10:15:3" &&
	    count 1 'devices: 2 (neither in the ledger nor in "hosts": 1)' ||
	    return 1
	{
		device 1 new null 01
		device 2 last null 01
		final
	} >"$work/eve.json"
	run 0 "$work/eve.json" --lang ja &&
	    count 1 "機器: 1 台、台帳なし（照合していません）"
}

# emergency EVENT APPROVED
emergency()
{
	printf '{"timestamp":"2026-11-21T10:15:31.000000+0900","event_type":'
	printf '"sekisho_emergency","sekisho":{"event":"%s","id":"flood",' "$1"
	printf '"name":"flood \\u001b[2J","until":"2026-11-22T18:00:00.000000'
	printf '+0900","conversations":3,"conduits":["night-backup","mail"],'
	printf '"approved":%s,"message":"x"}}\n' "$2"
}

an_emergency_has_a_row_with_what_it_opens()
{
	{
		emergency begin false
		emergency end true
	} >"$work/eve.json"
	run 0 "$work/eve.json" && count 0 "this version does not know" &&
	    count 1 '! emergency' && count 1 'i emergency' &&
	    count 2 '(until 2026-11-22 18:00); conduits: night-backup, mail' &&
	    count 1 'no complete record of its approval' &&
	    run 0 "$work/eve.json" --lang ja && count 1 "! 緊急対応" &&
	    count 1 "開始（2026-11-22 18:00 まで）"
}

an_alert_that_was_never_seen_before_says_so()
{
	{
		notice 1 high LNK-3 '"src_ip":"10.3.7.9",' |
		    sed 's/"notice"/"novelty":{"first_ever":true},"notice"/'
		notice 2 high LNK-2 '"src_ip":"10.3.7.9",' |
		    sed 's/"notice"/"novelty":{"first_ever":null},"notice"/'
	} >"$work/eve.json"
	run 1 "$work/eve.json" && count 1 "LNK-3   [high, new] Something" &&
	    count 1 "LNK-2   [high] Something" &&
	    run 1 "$work/eve.json" --lang ja && count 1 "・初] Something"
}

reasons_are_words_in_japanese()
{
	{
		event flow 1 unjudged null '"draft"'
		event flow 2 unjudged null '"direction"'
		event flow 3 unjudged null '"of-another-day"'
	} >"$work/eve.json"
	run 0 "$work/eve.json" --lang ja &&
	    count 1 "SMBv23         構成定義が案の段階である" &&
	    count 1 "SMBv23         どちらが通信を開始したか特定できない" &&
	    count 1 "SMBv23         of-another-day" &&
	    on_terminal 124 && within 124
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
	    --lang ja "${filter[@]}" "$work/eve.json" >"$work/out" <<-'P'
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

nothing_but_what_is_no_event_is_not_known_to_be_fine()
{
	printf 'not json\n[1]\n{"a":1}\n' >"$work/eve.json"
	run 3 "$work/eve.json" && count 1 "2 lines could not be read" &&
	    echo '<html>' >"$work/eve.json" && run 3 "$work/eve.json" &&
	    printf '\n\n' >"$work/eve.json" && run 0 "$work/eve.json"
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
	    [ "$(wc -l <"$work/err")" -eq 1 ] && mkdir "$work/nothing" &&
	    run 2 "$work/nothing" && [ "$(wc -l <"$work/err")" -eq 1 ] &&
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
	: >"$work/out"
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
	: >"$work/out"
	"$sekisho" watch --follow "$work/eve.json" >"$work/out" 2>&1 &
	watcher=$!
	wait_for "o conforming" || return 1
	kill -TERM "$watcher"
	wait "$watcher" || return 1
	watcher=
	count 1 "events: " && count 1 "no final account"
}

# from ZONE, to ZONE: of an event's line.
from()
{
	sed "s/\"src_zone\":\"office\"/\"src_zone\":\"$1\"/"
}

a_folder_is_read_oldest_first()
{
	rm -rf "$work/folder"
	mkdir "$work/folder"
	event flow 3 conform null null >"$work/folder/eve.json"
	event flow 2 conform null null 2 \
	    >"$work/folder/eve-20261121-101532-000002.json"
	event flow 1 conform null null 1 \
	    >"$work/folder/eve-20261121-101531-000001.json"
	echo nonsense >"$work/folder/other.json"
	run 0 "$work/folder" && count 3 "o conforming" &&
	    [ "$(grep -o '^10:15:3.' "$work/out" | tr '\n' ' ')" = \
		"10:15:31 10:15:32 10:15:33 " ] &&
	    count 0 "could not be read"
}

filters_are_named_and_counted()
{
	{
		event flow 1 conform null null
		event flow 2 violate '"SEG-1"' null 2
		event flow 3 unjudged null '"one-way"' 3 | from lg
		event flow 4 violate '"SEG-12"' null 4 | from lg
		notice 5 high LNK-3 ''
		final
	} >"$work/eve.json"
	run 1 "$work/eve.json" --zone lg && count 2 "shown: zone lg" &&
	    count 2 "10:15:3" && count 1 "zone lg; 2 of 6 events" &&
	    count 1 "         1/2" && run 1 "$work/eve.json" --check SEG-1 &&
	    count 1 "10:15:3" && run 1 "$work/eve.json" --check seg &&
	    count 2 "10:15:3" && run 1 "$work/eve.json" --check SEG --check LNK &&
	    count 3 "10:15:3" && count 1 "check SEG, LNK; 3 of 6" &&
	    run 1 "$work/eve.json" --verdict 判定不能 --lang ja &&
	    count 1 "? 判定不能" && count 0 "o 適合" &&
	    count 1 "絞り込み: 判定 判定不能　該当する記録 1 件（全 6 件）" &&
	    run 1 "$work/eve.json" --zone lg --verdict violate &&
	    count 1 "10:15:3" && count 1 "SEG-12"
}

what_could_not_be_judged_stands_first_in_the_summary()
{
	event flow 1 unjudged null '"one-way"' >"$work/eve.json"
	run 0 "$work/eve.json" && [ "$(sed -n '/^$/{n;p;q}' "$work/out")" = \
	    "why not judged" ]
}

a_slip_in_a_filter_is_told_with_what_was_meant()
{
	event flow 1 conform null null >"$work/eve.json"
	run 2 "$work/eve.json" --check SEGG-1 && [ ! -s "$work/out" ] &&
	    [ "$(wc -l <"$work/err")" -eq 1 ] &&
	    grep -q 'Did you mean "SEG-1"' "$work/err" &&
	    run 2 "$work/eve.json" --verdict violat &&
	    grep -q 'Did you mean "violate"' "$work/err" &&
	    run 0 "$work/eve.json" --zone ofice &&
	    count 1 'no event names the zone "ofice". Did you mean "office"?' &&
	    run 0 "$work/eve.json" --zone core && count 0 "no event names"
}

# What was shown stays true: the later word on it is shown as well.
a_row_that_passed_is_revised_when_it_no_longer_would()
{
	{
		event sekisho_conversation 1 violate '"SEG-4"' null 1
		event sekisho_conversation 2 conform null null 1
		event flow 1 conform null null 5
		event flow 2 conform null null 5
	} >"$work/eve.json"
	run 0 "$work/eve.json" --verdict violate && count 1 "X violating" &&
	    count 1 "↳o conforming" && count 1 "  0/2"
}

daily_rows_and_kinds_that_nobody_knows()
{
	{
		printf '{"timestamp":"2026-11-21T10:15:31.000000+0900",'
		printf '"event_type":"sekisho_daily","sekisho":{"day":'
		printf '"2026-11-21","kind":"legacy","check":"CRY-6",'
		printf '"severity":"low","zone":"lg","what":"SMBv1",'
		printf '"count":120,"hosts":3,"hosts_at_least":true}}\n'
		printf '{"timestamp":"2026-11-21T10:15:32.000000+0900",'
		printf '"event_type":"sekisho_daily","sekisho":{"kind":'
		printf '"background","check":"SEG-1","severity":"information",'
		printf '"zone":"lg","what":null,"count":9,"hosts":2,"names":['
		printf '{"name":"ocsp.example\\u001b[2J","count":5}]}}\n'
		printf '{"event_type":"sekisho_tap","sekisho":{}}\n'
		printf '{"event_type":"sekisho_coverage","sekisho":{}}\n'
		printf '{"event_type":"from-tomorrow"}\n{"a":1}\n'
	} >"$work/eve.json"
	run 1 "$work/eve.json" &&
	    count 1 "CRY-6   lg SMBv1: 120 times, at least 3 devices" &&
	    count 1 "lg attempts in the background: 9 times, 2 devices (ocsp.example\\x1b[2J 5)" &&
	    count 1 "daily rows by check" && count 1 "what taps see: 1" &&
	    count 1 "  from-tomorrow" && run 1 "$work/eve.json" --zone core &&
	    count 0 "10:15:3"
}

standard_input_is_shown_while_it_stays_open()
{
	local status

	mkfifo "$work/pipe"
	: >"$work/out"
	"$sekisho" watch - <"$work/pipe" >"$work/out" 2>&1 &
	watcher=$!
	exec 7>"$work/pipe"
	event flow 1 conform null null >&7
	wait_for "o conforming" || return 1
	event flow 2 violate '"SEG-1"' null 2 >&7
	wait_for "X violating" || return 1
	kill -INT "$watcher"
	wait "$watcher"
	status=$?
	watcher=
	exec 7>&-
	rm "$work/pipe"
	[ "$status" -eq 1 ] && count 1 "events: -" &&
	    event flow 1 conform null null | "$sekisho" watch - >"$work/out" &&
	    count 1 "o conforming"
}

# put NUMBER: the event of that number, alone in an eve.json that is new.
put()
{
	event flow "$1" conform null null | sed "s/10:15:3$1/10:15:$1/" \
	    >"$work/folder/new" && mv "$work/folder/new" "$work/folder/eve.json"
}

set_aside()
{
	mv "$work/folder/eve.json" \
	    "$work/folder/eve-20261121-1015$1-0000$1.json"
}

# Several in a row, faster than anybody looks.
rotation_neither_loses_nor_repeats_a_line()
{
	local i

	rm -rf "$work/folder"
	mkdir "$work/folder"
	: >"$work/out"
	"$sekisho" watch --follow "$work/folder" >"$work/out" 2>"$work/err" &
	watcher=$!
	for _ in $(seq 100); do
		[ -s "$work/err" ] && break
		sleep 0.1
	done
	grep -q "waiting for events" "$work/err" || return 1
	put 10
	wait_for "10:15:10" || return 1
	for i in $(seq 11 40); do
		event flow "$i" conform null null |
		    sed "s/10:15:3$i/10:15:$i/; s/10.3.1.5/10.3.2.$i/" \
			>>"$work/folder/eve.json"
		set_aside "$i"
		put "$i"
		[ $((i % 10)) -eq 0 ] && sleep 0.3
	done
	wait_for "10:15:40" || return 1
	sleep 0.5
	kill -INT "$watcher"
	wait "$watcher" || return 1
	watcher=
	for i in $(seq 11 40); do
		count 1 "10.3.2.$i " || return 1
	done
	[ "$(grep -c '^10:15:' "$work/out")" -eq 61 ] ||
		{ cat "$work/out"; return 1; }
}

a_file_that_may_not_be_read_is_said()
{
	rm -rf "$work/folder"
	mkdir "$work/folder"
	event flow 1 conform null null >"$work/folder/eve.json"
	ln -s loop "$work/folder/loop"
	ln -s loop "$work/folder/eve-20261121-000000-000001.json"
	run 2 "$work/folder" && [ "$(wc -l <"$work/err")" -eq 1 ] &&
	    count 1 "o conforming"
}

filters_fit_a_narrow_terminal()
{
	local filter=(--zone office --check SEG --verdict violate --verdict 適合)

	event flow 1 violate '"SEG-1"' null >"$work/eve.json"
	on_terminal 50 && sed -i '/eve\.json/d' "$work/out" && within 50
}

t a_folder_is_read_oldest_first
t filters_are_named_and_counted
t what_could_not_be_judged_stands_first_in_the_summary
t a_slip_in_a_filter_is_told_with_what_was_meant
t a_row_that_passed_is_revised_when_it_no_longer_would
t daily_rows_and_kinds_that_nobody_knows
t standard_input_is_shown_while_it_stays_open
t rotation_neither_loses_nor_repeats_a_line
t a_file_that_may_not_be_read_is_said
t filters_fit_a_narrow_terminal
t a_conversation_is_shown_again_only_when_it_changes
t what_is_judged_anew_at_once_is_one_row
t rows_keep_their_order_over_midnight
t an_alert_without_a_conversation_shows_who_does_it_to_whom
t parties_take_two_lines_where_one_is_too_long
t information_is_a_record_and_no_finding
t devices_are_counted_and_have_no_row
t an_emergency_has_a_row_with_what_it_opens
t an_alert_that_was_never_seen_before_says_so
t reasons_are_words_in_japanese
t what_is_out_of_scope_is_counted_and_has_no_row
t names_are_explained_in_the_summary
t a_terminal_of_80_columns_is_enough
t a_notice_says_where_and_what_next_and_50_columns_fold
t colours_are_for_terminals_that_have_them
t rows_stand_below_their_heading
t what_is_no_event_is_counted_and_said
t nothing_but_what_is_no_event_is_not_known_to_be_fine
t an_endless_line_is_one_that_cannot_be_read
t names_do_not_drive_the_terminal
t nothing_to_read_is_one_sentence
t nowhere_to_write_ends_with_two
t a_file_is_followed_when_it_is_set_aside
t an_interrupt_ends_with_the_summary
