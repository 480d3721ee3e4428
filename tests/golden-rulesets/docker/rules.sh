#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A log viewer in a container was started on the firewall itself. These are the
# commands docker ran (its default bridge, one published port), beside the
# firewall's own table: docker's policy of drop in ip filter blocks whatever
# the firewall lets through over IPv4, and is asked first, since of chains with
# one priority the one that came last is. Run by make.py in a network namespace.
nft -f ../town-clean/ruleset.nft
iptables -w -t nat -N DOCKER
iptables -w -t filter -N DOCKER
iptables -w -t filter -N DOCKER-ISOLATION-STAGE-1
iptables -w -t filter -N DOCKER-ISOLATION-STAGE-2
iptables -w -t filter -A DOCKER-ISOLATION-STAGE-1 -j RETURN
iptables -w -t filter -A DOCKER-ISOLATION-STAGE-2 -j RETURN
iptables -w -P FORWARD DROP
iptables -w -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -w -t nat -A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER ! --dst 127.0.0.0/8
iptables -w -t nat -I POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
iptables -w -t nat -I DOCKER -i docker0 -j RETURN
iptables -w -I FORWARD -i docker0 -o docker0 -j ACCEPT
iptables -w -I FORWARD -i docker0 ! -o docker0 -j ACCEPT
iptables -w -I FORWARD -o docker0 -j DOCKER
iptables -w -I FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -w -t filter -I DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
iptables -w -t filter -I DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
iptables -w -I FORWARD -j DOCKER-ISOLATION-STAGE-1
iptables -w -t filter -N DOCKER-USER
iptables -w -t filter -A DOCKER-USER -j RETURN
iptables -w -I FORWARD -j DOCKER-USER
iptables -w -t nat -A DOCKER -p tcp -d 0/0 --dport 8088 -j DNAT --to-destination 172.17.0.2:80 ! -i docker0
iptables -w -t filter -A DOCKER ! -i docker0 -o docker0 -p tcp -d 172.17.0.2 --dport 80 -j ACCEPT
iptables -w -t nat -A POSTROUTING -p tcp -s 172.17.0.2 -d 172.17.0.2 --dport 80 -j MASQUERADE
