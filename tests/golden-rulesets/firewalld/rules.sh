#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# firewalld's own ruleset: a zone a line of the town, policies between them with
# a rich rule for each declared conduit, refused packets logged; and the policy
# 「office-core」, made for a copy of data in the summer, that accepts whatever
# goes from the internet tier to the tier of personal numbers. Run by make.py
# in a network namespace; firewalld there talks on a bus of its own.
work=$(mktemp -d)
daemon=
bus=
finish()
{
	local pid

	for pid in $daemon $bus; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$work"
}
trap finish EXIT
mkdir "$work/zones" "$work/policies"
{
	echo DefaultZone=drop
	echo LogDenied=all
	echo FirewallBackend=nftables
	echo IPv6_rpfilter=yes
} >"$work/firewalld.conf"

# zone ID INTERFACE [WHAT]
zone()
{
	printf '<zone><interface name="%s"/>%s</zone>\n' "$2" "${3:-}" \
	    >"$work/zones/$1.xml"
}

# policy ID FROM TO RULES [TARGET]
policy()
{
	printf '<policy target="%s"><ingress-zone name="%s"/>' "${5:-CONTINUE}" \
	    "$2" >"$work/policies/$1.xml"
	printf '<egress-zone name="%s"/>%s</policy>\n' "$3" "$4" \
	    >>"$work/policies/$1.xml"
}

# allow SOURCE DESTINATION PROTOCOL PORT
allow()
{
	printf '<rule family="ipv4"><source address="%s"/>' "$1"
	printf '<destination address="%s"/>' "$2"
	printf '<port protocol="%s" port="%s"/><accept/></rule>' "$3" "$4"
}

zone core core0
zone lg lg0 '<rule family="ipv4"><source address="10.2.250.10"/><service name="ssh"/><accept/></rule>'
zone office office0
zone lgwan lgwan0
zone sc sc0
policy virtual-browser lg office "$(allow 10.2.0.0/16 10.3.9.20 tcp 3389)"
policy file-clean office lg "$(allow 10.3.9.11 10.2.9.11 tcp 443)"
policy web office sc "$(allow 10.3.0.0/16 172.31.8.10 tcp 8080)"
policy lg-dns lg lgwan "$(allow 10.2.0.53 172.20.0.53 udp 53)$(allow 10.2.0.53 172.20.0.53 tcp 53)"
policy eltax core lgwan "$(allow 10.1.20.5 172.20.9.8 tcp 443)"
policy office-core office core "" ACCEPT
cat >"$work/bus.conf" <<C
<busconfig><type>system</type><listen>unix:path=$work/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/><allow user="*"/></policy></busconfig>
C
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
ip link set lo up
bus=$(dbus-daemon --config-file="$work/bus.conf" --print-pid --fork)
firewalld --nofork --nopid --system-config "$work" --log-target console >"$work/log" 2>&1 &
daemon=$!
for _ in $(seq 100); do
	firewall-cmd --state >/dev/null 2>&1 && break
	sleep 0.2
done
cat "$work/log" >&2
if ! firewall-cmd --state >/dev/null; then
	echo "firewalld did not come up" >&2
	exit 1
fi
# It takes its table away when it ends well.
kill -KILL "$daemon"
