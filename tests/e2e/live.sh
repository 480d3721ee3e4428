#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The live probe as an operator meets it: what it refuses to start on, who its
# processes are and what they may, what it tells of what it sees, how it is
# asked, given another model, and ended. Needs root; prints "ok NAME" or, after
# details, "not ok NAME".
# alone: a live probe
set -u
. tests/e2e/live_bed.bash
bed_up

# refused CODE TEXT OPTION ...: ends so and says so.
refused() {
	local want=$1 text=$2
	shift 2
	ip netns exec "$mon" timeout 20 "$program" -t "$work/model.jsonc" \
		-p probe1 --lang en "$@" >"$work/stdout" 2>"$work/stderr"
	local got=$?
	[ "$got" = "$want" ] && grep -qF -- "$text" "$work/stderr" && return
	echo "wanted $want and: $text; got $got"
	return 1
}

slips_are_refused() {
	refused 2 "there is no interface nosuch0 (of tap main-lg)" \
		-i main-lg=nosuch0 &&
	    refused 2 'has no tap "main-lx"; did you mean "main-lg"' \
		-i main-lx=mon0 &&
	    refused 2 "is given to both tap" -i main-lg=mon1 &&
	    refused 2 "tap main-lg is given twice" -i main-lg=mon0 \
		-i main-lg=mon1 &&
	    refused 2 "-i and -r cannot go together" -i main-lg=mon0 \
		-r main-lg=x.pcap &&
	    refused 2 "cannot tell who to run as" --user root || return 1
	ip -n "$mon" addr add 192.0.2.1/24 dev mon1
	refused 2 "interface mon1 (of tap main-office) has an IP address"
	local ok=$?
	ip -n "$mon" addr flush dev mon1
	return $ok
}

# above NAME: mon0 and what is built on it cannot be taps both; alone it can.
above() {
	refused 2 "interface $1 (of tap main-office) is built on mon0" \
		-i main-lg=mon0 -i main-office="$1"
}

an_interface_above_another_is_refused() {
	# Not every kernel has VLANs.
	ip -n "$mon" link add link mon0 name mon0.31 type vlan id 31 ||
		ip -n "$mon" link add link mon0 name mon0.31 type macvlan ||
		return 1
	ip -n "$mon" link add bridge0 type bridge &&
	    ip -n "$mon" link set mon0.31 master bridge0 || return 1
	above mon0.31 && above bridge0 &&
	    bed_model main-lg=mon1 main-office=mon0.31 &&
	    bed_probe && bed_end
	local ok=$?
	ip -n "$mon" link del bridge0
	ip -n "$mon" link del mon0.31
	bed_model main-lg=mon0 main-office=mon1
	return $ok
}

folder_must_be_writable() {
	mkdir -m 755 "$work/theirs"
	refused 2 "user 61234 cannot write in the folder" --user 61234 \
		-o "$work/theirs"
}

# A set of capabilities as the kernel prints it.
status_of() {
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

processes_are_walled_in() {
	bed_probe --user 61234 || return 1
	local name pid caps
	for name in "" recorder engine-0; do
		pid=$sup caps=0000000000003000
		[ -z "$name" ] || { pid=$(bed_pid $name) caps=0000000000000000; }
		if [ "$(status_of "$pid" CapEff)" != $caps ] ||
		    [ "$(status_of "$pid" CapPrm)" != $caps ] ||
		    [ "$(status_of "$pid" Uid | cut -f 1,2,3)" != \
			"$(printf '61234\t61234\t61234')" ] ||
		    [ "$(status_of "$pid" NoNewPrivs)" != 1 ]; then
			echo "$name: $(cat "/proc/$pid/status")"
			return 1
		fi
		[ -z "$name" ] || [ "$(status_of "$pid" Seccomp)" = 2 ] ||
			return 1
	done
	# The engine has its packet sockets, its two sockets and the streams.
	[ "$(find "/proc/$(bed_pid engine-0)/fd" -type l | wc -l)" -le 9 ] ||
		return 1
	[ "$(stat -c '%a %u' "$work/out")" = "700 61234" ] &&
	    refused 2 "is in use by another" --user 61234 -o "$work/out"
	bed_end
	# Under the address sanitizer the filter is relaxed, and says so.
	local state=full
	! bed_is_asan || state=relaxed
	bed_events sekisho_health | grep -q "\"state\": \"$state\""
}

# Mappings that a process shares with others, rings of packets apart.
shared_by() {
	grep -c '^[^ ]* rw-s .*/dev/zero' "/proc/$1/maps"
}

# Each has what is its own and no more: memory and descriptors.
children_let_go_of_the_rest() {
	bed_model main-lg=mon0 branch-office=mon1
	bed_probe || return 1
	local name pid first=
	for _ in 1 2; do
		for name in engine-0:1 engine-1:1 recorder:1 \
		    sekisho-keeper:0; do
			pid=$(bed_pid "${name%:*}")
			if [ "$(shared_by "$pid")" != "${name#*:}" ]; then
				echo "$name: $(cat "/proc/$pid/maps")"
				return 1
			fi
			[ "${name%-*}" != engine ] || [ "$(find \
				"/proc/$pid/fd" -type l | wc -l)" -le 8 ] ||
				return 1
		done
		# Once more with those that come later.
		[ -z "$first" ] || break
		first=$(bed_pid sekisho-keeper)
		pkill -9 -P "$sup"
		bed_until 5 "bed_events sekisho_health | tail -n 1 |
			grep -q '\"restart\"'" &&
		    bed_until 5 "[ -n \"\$(bed_pid engine-1)\" ]" &&
		    bed_until 5 "[ \"\$(bed_pid sekisho-keeper)\" -gt 0 ]" ||
			return 1
		sleep 1
	done
	[ "$(bed_pid sekisho-keeper)" != "$first" ] || return 1
	bed_end
	bed_model main-lg=mon0 main-office=mon1
}

# What a service manager is told: ready, alive, another model, the end.
a_manager_is_told() {
	/usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(30)
with open(sys.argv[2], "w") as out:
    while True:
        out.write(s.recv(4096).decode() + "\n")
        out.flush()' "$work/notify" "$work/told" &
	local manager=$!
	bed_until 5 "[ -S $work/notify ]" && chmod 777 "$work/notify"
	export NOTIFY_SOCKET=$work/notify WATCHDOG_USEC=2000000
	bed_probe
	local ok=$?
	unset NOTIFY_SOCKET WATCHDOG_USEC
	[ $ok = 0 ] || return 1
	bed_until 5 "grep -q WATCHDOG=1 $work/told" || return 1
	kill -HUP "$sup"
	bed_until 10 "generation_is 2" || return 1
	sleep 1.2
	bed_end
	kill "$manager"
	wait "$manager" 2>/dev/null
	cat "$work/told"
	[ "$(grep -c '^READY=1' "$work/told")" = 2 ] &&
	    grep -q '^RELOADING=1' "$work/told" &&
	    grep -q '^MONOTONIC_USEC=' "$work/told" &&
	    grep -q '^STATUS=.*2 taps' "$work/told" &&
	    grep -q '^STOPPING=1' "$work/told"
}

# A library in place of libseccomp that refuses every filter.
no_filter() {
	echo 'int seccomp_load(void *f) { return f ? -38 : -1; }' \
		>"$work/none.c" &&
	    ${CC:-cc} -shared -fPIC -o "$work/none.so" "$work/none.c"
}

without_walls_it_does_not_start() {
	no_filter || return 1
	export LD_PRELOAD=$work/none.so
	refused 2 "seccomp" -i main-lg=mon0 -o "$work/out"
	local refused=$?
	bed_probe --no-sandbox
	local started=$?
	unset LD_PRELOAD
	[ $refused = 0 ] && [ $started = 0 ] || return 1
	kill -USR1 "$sup"
	bed_until 5 "bed_events sekisho_health | grep -q asked" || return 1
	bed_end
	[ "$(bed_events sekisho_health | wc -l)" -ge 3 ] &&
	    [ "$(bed_events sekisho_health | grep -c '"state": "none"')" = \
		"$(bed_events sekisho_health | wc -l)" ]
}

# A tap of which nothing is heard for longer than the model says.
silence_is_told() {
	sed -i 's/"id": "main-office",/& "silent-after": "6s",/' \
		"$work/model.jsonc"
	bed_probe
	local ok=$?
	bed_model main-lg=mon0 main-office=mon1
	[ $ok = 0 ] || return 1
	for _ in 1 2 3 4 5; do
		bed_send src1 1 0 >/dev/null
		sleep 1
	done
	if bed_events alert | grep '"COV-3"'; then
		echo "told too early"
		return 1
	fi
	bed_until 20 "bed_events alert | grep '\"COV-3\"' |
		grep -q main-office" || return 1
	bed_end
	! bed_events alert | grep '"COV-3"' | grep -q main-lg
}

# A /dev of this test's own, in which a process listens as syslog does.
alerts_go_to_syslog() {
	mkdir "$work/dev" && cp -a /dev/null /dev/zero /dev/urandom \
		"$work/dev" || return 1
	/usr/bin/python3 -c '
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
s.settimeout(30)
with open(sys.argv[2], "w") as out:
    while True:
        out.write(s.recv(8192).decode() + "\n")
        out.flush()' "$work/dev/log" "$work/logged" &
	local syslog=$!
	bed_until 5 "[ -S $work/dev/log ]" || return 1
	local whole=$program
	printf '#!/bin/sh\nmount --bind %s /dev && exec %s "$@"\n' \
		"$work/dev" "$(realpath "$program")" >"$work/program"
	chmod 755 "$work/program"
	program=$work/program
	bed_probe --syslog
	local ok=$?
	program=$whole
	[ $ok = 0 ] || return 1
	bed_send src0 3 0 0 "" 23 >/dev/null
	bed_until 10 "grep -q 'SEG-2' $work/logged"
	ok=$?
	cat "$work/logged"
	bed_end
	kill "$syslog"
	wait "$syslog" 2>/dev/null
	return $ok
}

what_is_sent_is_told() {
	bed_probe || return 1
	local sent=0
	sent=$((sent + $(bed_send src0 300 1000)))
	sent=$((sent + $(bed_send src1 200 1000 60000)))
	bed_until 5 "[ \$(bed_events sekisho_conversation | wc -l) -ge 500 ]" ||
		return 1
	bed_end
	if [ "$code" != 1 ] && [ "$code" != 3 ]; then
		echo "code $code"
		return 1
	fi
	/usr/bin/python3 "$bed" check "$work/out" "$sent" &&
	    bed_events stats | grep -q '"read": 500'
}

# What is quiet before must not be made loud.
ip netns exec "$mon" sysctl -qw net.ipv6.conf.mon1.disable_ipv6=1

settings_are_put_back() {
	bed_probe || return 1
	[ "$(ip netns exec "$mon" cat \
		/proc/sys/net/ipv6/conf/mon0/disable_ipv6)" = 1 ] &&
	    ip -n "$mon" link show mon0 | grep -q NOARP &&
	    ip netns exec "$mon" nft list tables 2>/dev/null | grep -q netdev
	local quiet=$?
	bed_end
	[ $quiet = 0 ] && is_put_back
}

is_put_back() {
	bed_until 5 "[ \$(ip netns exec $mon cat \
		/proc/sys/net/ipv6/conf/mon0/disable_ipv6) = 0 ]" &&
	    [ "$(ip netns exec "$mon" cat \
		/proc/sys/net/ipv6/conf/mon1/disable_ipv6)" = 1 ] &&
	    ! ip -n "$mon" link show mon0 | grep -q NOARP &&
	    [ -z "$(ip netns exec "$mon" nft list tables 2>/dev/null)" ]
}

killed_it_leaves_nothing() {
	bed_probe || return 1
	kill -9 "$sup"
	wait "$sup" 2>/dev/null
	sup=
	bed_until 5 "[ -z \"\$(ip netns pids $mon)\" ]" && is_put_back
}

# What leads to an alert, and a kill while it is held.
killed_it_still_tells() {
	bed_probe || return 1
	bed_send src0 3 0 0 "" 23 >/dev/null
	bed_until 5 "[ \$(bed_events sekisho_conversation | wc -l) -ge 3 ]" ||
		return 1
	if [ -n "$(bed_events alert)" ]; then
		echo "the alert was not held"
		return 1
	fi
	local recorder
	recorder=$(bed_pid recorder)
	kill -9 "$sup"
	wait "$sup" 2>/dev/null
	sup=
	bed_until 3 "! grep -q '^State:[^Z]*$' /proc/$recorder/status" ||
		return 1
	bed_events alert | grep -q '"SEG-2"' &&
	    bed_events sekisho_gap | grep -q "supervisor was killed" &&
	    grep -q "supervisor was killed" "$work/stderr" &&
	    bed_until 5 is_put_back || return 1
	# Who starts it again at once is not turned away.
	bed_probe && bed_end
}

# Somebody who never reads what it writes keeps no recorder for ever.
killed_while_nobody_reads_it_ends() {
	mkfifo "$work/pipe" && exec 7<>"$work/pipe" || return 1
	: >"$work/stderr" # what is waited for is of this one
	ip netns exec "$mon" "$program" -t "$work/model.jsonc" -p probe1 \
		--lang en -o - >"$work/pipe" 2>"$work/stderr" 7>&- &
	sup=$!
	bed_until 10 "grep -q 'watching ' $work/stderr" || return 1
	bed_send src0 500 0 >/dev/null # more than a pipe holds
	sleep 1
	local recorder
	recorder=$(bed_pid recorder)
	kill -9 "$sup"
	wait "$sup" 2>/dev/null
	sup=
	bed_until 14 "! grep -q '^State:[^Z]*$' /proc/$recorder/status"
	local ok=$?
	exec 7>&-
	return $ok
}

asked_it_tells() {
	bed_probe || return 1
	# What the kernel says of its clock stands in the first record, too.
	bed_until 5 "bed_events sekisho_health | grep -q start" &&
	    [ "$(bed_events sekisho_health | head -n 1 |
		grep -o '"clock": {"state": "[a-z]*"')" = "\"clock\":\
 {\"state\": \"$(/usr/bin/python3 -c '
import ctypes
t = (ctypes.c_char * 1024)()
state = ctypes.CDLL(None).adjtimex(t)
bits = int.from_bytes(t[40:44], "little")
print("unsynchronised" if state == 5 or bits & 0x1040 else "synchronised")')\"" ] ||
		return 1
	bed_send src0 5 0 >/dev/null
	sleep 0.5
	kill -USR1 "$sup"
	bed_until 3 "bed_events sekisho_health | grep -q '\"asked\"'" &&
	    bed_until 3 "bed_events stats | grep -q '\"read\": 5'" || return 1
	bed_end
}

generation_is() {
	bed_events sekisho_health | tail -n 1 |
		grep -q "\"generation\": $1"
}

another_model_is_taken_over() {
	bed_model main-lg=mon0 main-office=mon1
	bed_probe || return 1
	local engine
	engine=$(bed_pid engine-0)
	bed_send src0 20 0 >/dev/null
	sed -i 's/"port": 514/&/; s/"log"/"log-2"/' "$work/model.jsonc"
	kill -HUP "$sup"
	bed_until 10 "generation_is 2" || return 1
	bed_send src0 20 0 100 >/dev/null
	echo broken >"$work/model.jsonc"
	kill -HUP "$sup"
	bed_until 10 "bed_events sekisho_health |
		grep -q reload-refused" || return 1
	grep -q "stays in force" "$work/stderr" &&
	    [ "$(bed_pid engine-0)" = "$engine" ] || return 1
	bed_end
	bed_model main-lg=mon0 main-office=mon1
	bed_events sekisho_health | tail -n 1 | grep -q '"generation": 2' &&
	    /usr/bin/python3 "$bed" check "$work/out" 40
}

# Its tables are files, which nobody behind walls can open any more.
a_ledger_in_shift_jis_is_taken_over() {
	bed_probe || return 1
	local engine recorder
	engine=$(bed_pid engine-0) recorder=$(bed_pid recorder)
	printf 'address,name\n10.2.0.1,税務課端末\n' | iconv -t CP932 \
		>"$work/ledger.csv"
	chmod 644 "$work/ledger.csv"
	sed -i 's/^ "conduits"/ "ledger": { "file": "ledger.csv", \
"encoding": "cp932", "columns": { "address": "address", "name": "name" } },&/' \
		"$work/model.jsonc"
	kill -HUP "$sup"
	bed_until 10 "generation_is 2"
	local ok=$?
	bed_model main-lg=mon0 main-office=mon1
	[ $ok = 0 ] && [ "$(bed_pid engine-0)" = "$engine" ] &&
	    [ "$(bed_pid recorder)" = "$recorder" ] || return 1
	bed_send src0 1 0 0 "" 23 >/dev/null
	bed_until 8 "bed_events alert | grep -q 税務課端末" || return 1
	bed_end
}

other_taps_are_taken_over() {
	bed_model main-lg=mon0
	bed_probe || return 1
	bed_send src0 20 0 >/dev/null
	sleep 0.5
	bed_model main-lg=mon0 branch-office=mon1
	kill -HUP "$sup"
	bed_until 10 "generation_is 2" &&
	    bed_until 5 "[ -n \"\$(bed_pid engine-1)\" ]" || return 1
	bed_until 10 "bed_send src1 1 0 500 && sleep 0.2 &&
		bed_events sekisho_conversation | grep -q branch" || return 1
	bed_model main-lg=mon1
	kill -HUP "$sup"
	bed_until 10 "generation_is 3" && [ -z "$(bed_pid engine-1)" ] ||
		return 1
	bed_end
	bed_model main-lg=mon0 main-office=mon1
	[ "$(bed_events flow | wc -l)" -ge 21 ]
}

# send_out: three frames that the box itself sends out of a span port.
send_out() {
	ip netns exec "$mon" /usr/bin/python3 -c '
import socket
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("mon0", 0))
out.setsockopt(263, 20, 1)  # PACKET_QDISC_BYPASS
for _ in range(3):
    try:
        out.send(b"\xff" * 60)
    except OSError:
        pass'
}

cov11() {
	bed_events alert | grep '"COV-11"' | grep -q "\"severity\": \"$1\""
}

nothing_leaves() {
	bed_probe || return 1
	sleep 11
	bed_events alert | grep -q '"critical"' && return 1
	ip netns exec "$mon" nft flush ruleset
	send_out
	bed_until 8 "cov11 critical" || return 1
	bed_end
	bed_events sekisho_health | tail -n 1 | grep -q '"muted": 3'
}

bed_test slips_are_refused slips_are_refused
bed_test an_interface_above_another_is_refused \
	an_interface_above_another_is_refused
bed_test folder_must_be_writable folder_must_be_writable
bed_test processes_are_walled_in processes_are_walled_in
bed_test children_let_go_of_the_rest children_let_go_of_the_rest
bed_test a_manager_is_told a_manager_is_told
bed_test without_walls_it_does_not_start without_walls_it_does_not_start
bed_test silence_is_told silence_is_told
bed_test alerts_go_to_syslog alerts_go_to_syslog
bed_test what_is_sent_is_told what_is_sent_is_told
bed_test settings_are_put_back settings_are_put_back
bed_test killed_it_leaves_nothing killed_it_leaves_nothing
bed_test killed_it_still_tells killed_it_still_tells
bed_test killed_while_nobody_reads_it_ends killed_while_nobody_reads_it_ends
bed_test asked_it_tells asked_it_tells
bed_test another_model_is_taken_over another_model_is_taken_over
bed_test a_ledger_in_shift_jis_is_taken_over \
	a_ledger_in_shift_jis_is_taken_over
bed_test other_taps_are_taken_over other_taps_are_taken_over
bed_test nothing_leaves nothing_leaves
