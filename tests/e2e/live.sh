#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The live probe as an operator meets it: what it refuses to start on, who its
# processes are and what they may, what it tells of what it sees, how it is
# asked, given another model, and ended. Needs root; prints "ok NAME" or, after
# details, "not ok NAME".
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
	bed_events sekisho_health | grep -q '"state": "full"'
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

settings_are_put_back() {
	# The link first: what is quiet before must not be made loud.
	ip netns exec "$mon" sysctl -qw net.ipv6.conf.mon1.disable_ipv6=1
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

asked_it_tells() {
	bed_probe || return 1
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

other_taps_are_taken_over() {
	bed_model main-lg=mon0
	bed_probe || return 1
	bed_send src0 20 0 >/dev/null
	sleep 0.5
	bed_model main-lg=mon0 branch-office=mon1
	kill -HUP "$sup"
	bed_until 10 "generation_is 2" && [ -n "$(bed_pid engine-1)" ] ||
		return 1
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
bed_test folder_must_be_writable folder_must_be_writable
bed_test processes_are_walled_in processes_are_walled_in
bed_test what_is_sent_is_told what_is_sent_is_told
bed_test settings_are_put_back settings_are_put_back
bed_test killed_it_leaves_nothing killed_it_leaves_nothing
bed_test asked_it_tells asked_it_tells
bed_test another_model_is_taken_over another_model_is_taken_over
bed_test other_taps_are_taken_over other_taps_are_taken_over
bed_test nothing_leaves nothing_leaves
