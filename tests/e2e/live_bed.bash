# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests of the live probe: two network namespaces of their own,
# veths between them, a probe in the one and a sender in the other. Everything
# is removed at the end, also when interrupted; the host's own interfaces are
# never touched. Sets work, mon and src (the namespaces), sup (the probe).

build=${SEKISHO_BUILD:-build/plain}
program=$build/sekisho-probe
bed=$PWD/tests/e2e/live_bed.py
mon=sekmon$$ src=seksrc$$
sup=
export LC_ALL=C.UTF-8
# It looks for leaks by tracing itself, which these processes forbid.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}

bed_skip() {
	echo "skip ${0##*/}: $1"
	exit 0
}

bed_down() {
	[ -z "$sup" ] || kill -9 "$sup" 2>/dev/null
	ip netns pids "$mon" 2>/dev/null | xargs -r kill -9 2>/dev/null
	ip netns pids "$src" 2>/dev/null | xargs -r kill -9 2>/dev/null
	ip netns del "$mon" 2>/dev/null
	ip netns del "$src" 2>/dev/null
	umount "$work/full" 2>/dev/null
	rm -rf "$work"
}

# One more pair: monN in the probe's namespace, srcN in the sender's.
bed_pair() {
	ip link add "mon$1" netns "$mon" type veth peer name "src$1" \
		netns "$src" && ip -n "$src" link set "src$1" up
}

bed_up() {
	[ -x "$program" ] || bed_skip "$program is not built"
	[ "$(id -u)" = 0 ] || bed_skip "needs root"
	[ -x /usr/bin/python3 ] || bed_skip "needs python3"
	work=$(mktemp -d) || exit 1
	trap bed_down EXIT
	trap 'exit 1' INT TERM
	if ! ip netns add "$mon" 2>/dev/null || ! ip netns add "$src"; then
		bed_skip "network namespaces cannot be made here"
	fi
	# The far kernel's own frames would be counted with those sent.
	ip netns exec "$src" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
	if ! bed_pair 0 || ! bed_pair 1; then
		bed_skip "no veth here"
	fi
	# Who the probe becomes must be able to read the model again.
	chmod 755 "$work"
	cp -r "${SEKISHO_DATADIR:-$PWD/topology}" "$work/data"
	chmod -R a+rX "$work/data"
	export SEKISHO_DATADIR=$work/data
	bed_model main-lg=mon0 main-office=mon1
}

bed_model() {
	/usr/bin/python3 "$bed" model "$work/new.jsonc" "$@" &&
		chmod 644 "$work/new.jsonc" &&
		mv "$work/new.jsonc" "$work/model.jsonc"
}

# bed_probe [OPTION ...]: starts it and waits until it watches.
bed_probe() {
	rm -rf "$work/out" "$work/stderr"
	ip netns exec "$mon" "$program" -t "$work/model.jsonc" -p probe1 \
		--lang en -o "$work/out" "$@" >"$work/stdout" \
		2>"$work/stderr" &
	sup=$!
	bed_until 10 "grep -q 'watching ' $work/stderr" && return 0
	cat "$work/stderr"
	return 1
}

bed_is_asan() {
	grep -q __asan_init "$program"
}

# bed_until SECONDS COMMAND: true as soon as the command is.
bed_until() {
	local end=$((SECONDS + $1))
	until eval "$2" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# Ends it; sets code.
bed_end() {
	kill -TERM "$sup" 2>/dev/null
	wait "$sup"
	# shellcheck disable=SC2034 # for who sources this
	code=$?
	sup=
}

# bed_send INTERFACE COUNT RATE [FIRST [TEXT]]: prints how many went out.
bed_send() {
	ip netns exec "$src" /usr/bin/python3 "$bed" send "$@"
}

bed_events() {
	/usr/bin/python3 "$bed" events "$work/out" "$1" 2>/dev/null
}

# The process of the probe that has this name: engine-0, recorder ...
bed_pid() {
	pgrep -P "$sup" -x "$1" | head -n 1
}

# bed_test NAME FUNCTION: only those that BED_ONLY names, where it is set.
bed_test() {
	[[ $1 == *"${BED_ONLY:-}"* ]] || return 0
	if "$2" >"$work/log" 2>&1; then
		echo "ok $1"
	else
		cat "$work/log" "$work/stderr" 2>/dev/null
		echo "not ok $1"
	fi
	[ -z "$sup" ] || { kill -9 "$sup" 2>/dev/null; wait "$sup"; } \
		2>/dev/null
	sup=
}
