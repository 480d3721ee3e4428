#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The service of the live probe: how much of the system it leaves open, as
# systemd judges it, and that systemd understands all of it. Nothing is
# started. Prints "ok NAME", "skip NAME: reason" or, after details, "not ok
# NAME".
# alone: it asks systemd
set -u

build=${SEKISHO_BUILD:-build/plain}
packaging=scripts/packaging
unit=sekisho-probe.service
most=18 # tenths
status=0

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

tell()
{
	if [ "$1" -eq 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		status=1
	fi
}

# missing TOOL NAME: says so and is true when there is no such tool.
missing()
{
	command -v "$1" >/dev/null && return 1
	echo "skip $2: $1 is not installed"
}

exposure()
{
	missing systemd-analyze unit-exposure && return
	if ! systemd-analyze security --help 2>&1 | grep -q -- --offline; then
		echo "skip unit-exposure: this systemd-analyze judges only" \
		    "what runs"
		return
	fi
	if systemd-analyze security --no-pager --offline=yes \
	    --threshold="$most" "$packaging/$unit" >"$work/exposure" 2>&1; then
		echo "figure: $(grep -o 'Overall exposure.*' "$work/exposure")"
		tell 0 unit-exposure
	else
		grep -v '✓' "$work/exposure"
		tell 1 unit-exposure
	fi
}

# As "make install" puts it, with the program where it was built.
understood()
{
	missing systemd-analyze unit-understood && return
	if [ ! -x "$build/sekisho-probe" ]; then
		echo "skip unit-understood: $build/sekisho-probe is not built"
		return
	fi
	sed "s,/usr/local/bin/,$(realpath "$build")/," "$packaging/$unit" \
	    >"$work/$unit"
	systemd-analyze verify --man=no "$work/$unit" >"$work/words" 2>&1
	local code=$?
	# It speaks of the host's units too; ours is what is meant.
	if grep "$unit" "$work/words"; then
		code=1
	elif [ "$code" -ne 0 ] && [ ! -d /run/systemd/system ]; then
		echo "skip unit-understood: no systemd runs here:" \
		    "$(head -n 1 "$work/words")"
		return
	fi
	tell "$code" unit-understood
}

# What the probe needs and a stricter unit would take from it.
calls_let_through()
{
	local call line code=0

	for call in capset seccomp landlock_restrict_self adjtimex; do
		grep -E '^SystemCallFilter=[^~]' "$packaging/$unit" |
		    grep -qw "$call" || {
			echo "$call is not let through"
			code=1
		}
	done
	for line in 'AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN' \
	    'ReadWritePaths=/proc/sys/net/ipv6/conf' 'Type=notify' \
	    'ProtectClock=no' 'SystemCallErrorNumber=EPERM'; do
		grep -qx "$line" "$packaging/$unit" || {
			echo "no line $line"
			code=1
		}
	done
	tell "$code" unit-lets-through
}

# The account and the folders, in a root of this test's own.
account()
{
	missing systemd-sysusers unit-account && return
	if [ "$(id -u)" -ne 0 ]; then
		echo "skip unit-account: making accounts needs root"
		return
	fi
	mkdir -p "$work/root/etc"
	if systemd-sysusers --root="$work/root" \
	    "$PWD/$packaging/sekisho-sysusers.conf" >"$work/words" 2>&1 &&
	    grep -q '^_sekisho:' "$work/root/etc/passwd" &&
	    grep -q '^_sekisho:' "$work/root/etc/group"; then
		tell 0 unit-account
	else
		cat "$work/words"
		tell 1 unit-account
		return
	fi
	missing systemd-tmpfiles unit-folders && return
	systemd-tmpfiles --root="$work/root" --create \
	    "$PWD/$packaging/sekisho-tmpfiles.conf" >"$work/words" 2>&1
	if [ "$(stat -c %a "$work/root/var/lib/sekisho" 2>&1)" = 700 ] &&
	    [ "$(stat -c %a "$work/root/etc/sekisho" 2>&1)" = 755 ]; then
		tell 0 unit-folders
	else
		cat "$work/words"
		tell 1 unit-folders
	fi
}

exposure
understood
calls_let_through
account
exit "$status"
