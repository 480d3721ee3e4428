#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The kernel's ruleset by netlink and the same ruleset as nft prints it mean
# the same, to the digest and to the word; where nft's JSON leaves something
# out (xt, devices of chains, flags of tables) the kernel knows more. Reading
# changes nothing, is never torn, and says what it needs. Loads rulesets into a
# network namespace of its own and removes it. Prints "ok NAME" or, after
# details, "not ok NAME".
set -u

build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
export LC_ALL=C.UTF-8
sekisho=$build/sekisho
python=/usr/bin/python3
helper=tests/e2e/ruleset_kernel.py
data=tests/e2e/ruleset-kernel
export LOGNAME=taro
netns=sekisho-ruleset-$$
names="mixed-families-mean-the-same every-expression-means-the-same
	other-families-mean-the-same zones-of-firewalld-mean-the-same
	iptables-is-known-better-by-the-kernel
	what-json-leaves-out-is-known-from-the-kernel reading-changes-nothing
	a-changing-ruleset-is-never-torn what-it-needs-is-said
	ten-thousand-rules-are-read"

skip()
{
	for name in $names; do
		echo "skip $name: $1"
	done
	exit 0
}

[ -x "$sekisho" ] || skip "$sekisho is not built"
[ "$(id -u)" -eq 0 ] || skip "needs root"
for tool in ip nft; do
	command -v $tool >/dev/null || skip "needs $tool"
done
ip netns add "$netns" 2>/dev/null || skip "no network namespace can be made"
work=$(mktemp -d) || exit 1
writer=

# shellcheck disable=SC2317 # by the trap
clean()
{
	[ -z "$writer" ] || kill "$writer" 2>/dev/null
	ip netns del "$netns" 2>/dev/null
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

inside()
{
	ip netns exec "$netns" "$@"
}

inside nft list ruleset >/dev/null 2>&1 || skip "this kernel has no nf_tables"
ip -n "$netns" link add eth0 type veth peer name eth1 2>/dev/null
ip -n "$netns" link add wan0 type veth peer name lan0 2>/dev/null

tell()
{
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		sed 's/^/# /' "$work/log"
		echo "not ok $1"
	fi
}

# Snapshots by both ways into $work/kernel and $work/json.
both()
{
	rm -rf "$work/kernel" "$work/json"
	inside nft -j list ruleset >"$work/ruleset.json" || return 1
	timeout 120 "$sekisho" snapshot "$work/kernel" --firewall fw --kernel \
	    --netns "$netns" --lang en || return 1
	timeout 120 "$sekisho" snapshot "$work/json" --firewall fw \
	    --ruleset "$work/ruleset.json" --lang en
}

# What the file loads means the same by both ways.
means_the_same()
{
	inside nft flush ruleset
	{ $python $helper load "$netns" "$data/$1" && both &&
		$python $helper same "$work/kernel" "$work/json"; } \
	    >"$work/log" 2>&1
}

means_the_same mixed.nft
tell mixed-families-mean-the-same $?
means_the_same expressions.nft
tell every-expression-means-the-same $?
means_the_same families.nft
tell other-families-mean-the-same $?
means_the_same zones.nft
tell zones-of-firewalld-mean-the-same $?

inside nft flush ruleset
if command -v iptables-nft >/dev/null && command -v ip6tables-nft >/dev/null &&
    inside iptables-nft -A FORWARD -m conntrack --ctstate NEW -j ACCEPT \
	2>/dev/null; then
	inside nft flush ruleset
	{ $python $helper iptables "$netns" $data/iptables.rules && both &&
		$python $helper better "$work/kernel" "$work/json"; } \
	    >"$work/log" 2>&1
	tell iptables-is-known-better-by-the-kernel $?
else
	echo "skip iptables-is-known-better-by-the-kernel: needs iptables-nft" \
	    "and a kernel with xt matches"
fi

inside nft flush ruleset
beyond()
{
	$python $helper load "$netns" $data/beyond.nft && both || return 1
	$python $helper rules "$work/kernel" >"$work/words"
	cat "$work/words"
	! grep -q -e "chain device" -e "table flags" "$work/words" &&
	    grep -q "inet g fw .* ether type meta nfproto ipv4 accept" \
		"$work/words" &&
	    grep -q '"dormant": *true' "$work"/kernel/fw/*.json
}
beyond >"$work/log" 2>&1
tell what-json-leaves-out-is-known-from-the-kernel $?

# Handles, counters and the ruleset's generation stay as they are.
changes_nothing()
{
	inside nft -a list ruleset >"$work/before"
	here=$(readlink /proc/self/ns/net)
	both || return 1
	inside nft -a list ruleset >"$work/after"
	[ "$here" = "$(readlink /proc/self/ns/net)" ] &&
	    cmp "$work/before" "$work/after"
}
changes_nothing >"$work/log" 2>&1
tell reading-changes-nothing $?

# Two rulesets by turns, each put in place whole: every reading is one of them.
swap()
{
	while :; do
		inside nft -f "$work/a.nft"
		inside nft -f "$work/b.nft"
	done
}
never_torn()
{
	local n=0 shot

	for name in a b; do
		{
			echo "flush ruleset"
			$python $helper many 400 | sed "s/many/$name/"
		} >"$work/$name.nft"
		inside nft -f "$work/$name.nft" || return 1
		both || return 1
		cp "$work"/kernel/fw/*.json "$work/$name.json"
	done
	swap &
	writer=$!
	for _ in $(seq 12); do
		rm -rf "$work/torn"
		timeout 60 "$sekisho" snapshot "$work/torn" --firewall fw \
		    --kernel --netns "$netns" --lang en || continue
		n=$((n + 1))
		shot=$(ls "$work"/torn/fw/*.json)
		for name in a b gone; do
			[ "$name" = gone ] && return 1
			[ "$(grep -o '"sha256":"[0-9a-f]*' "$shot" |
				sort -u)" = "$(grep -o '"sha256":"[0-9a-f]*' \
				"$work/$name.json" | sort -u)" ] && break
		done
	done
	kill "$writer" && wait "$writer"
	writer=
	echo "$n of 12 readings were whole; the others said that they were not"
}
never_torn >"$work/log" 2>&1
tell a-changing-ruleset-is-never-torn $?
[ -z "$writer" ] || { kill "$writer"; wait "$writer"; } 2>/dev/null
writer=

says_its_needs()
{
	"$sekisho" snapshot "$work/none" --firewall fw --kernel \
	    --netns "$netns-none" --lang en && return 1
	command -v setpriv >/dev/null || return 0
	mkdir -p "$work/none/fw" && chmod -R 777 "$work/none"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$sekisho" snapshot \
	    "$work/none" --firewall fw --kernel --lang en >"$work/said" 2>&1
	[ $? -eq 2 ] && grep CAP_NET_ADMIN "$work/said"
}
chmod 755 "$work"
says_its_needs >"$work/log" 2>&1
tell what-it-needs-is-said $?

ten_thousand()
{
	inside nft flush ruleset
	$python $helper many 10000 >"$work/many.nft"
	inside timeout 120 nft -f "$work/many.nft" || return 1
	rm -rf "$work/kernel"
	/usr/bin/env time -f "%e s, %M KiB" timeout 60 "$sekisho" snapshot \
	    "$work/kernel" --firewall fw --kernel --netns "$netns" --lang en
}
ten_thousand >"$work/log" 2>&1
tell ten-thousand-rules-are-read $?
