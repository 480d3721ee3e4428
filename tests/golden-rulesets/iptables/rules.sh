#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The iptables-save of a town's router as it is found: restored by
# iptables-nft, which leaves matches of its own (state, iprange, limit) that
# nft cannot name. Run by make.py in a network namespace.
iptables-nft-restore <<'R'
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s 10.2.0.0/16 -o lgwan0 -j SNAT --to-source 172.20.5.10
-A POSTROUTING -s 10.3.0.0/16 -o sc0 -j MASQUERADE
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -s 10.2.250.10/32 -i lg0 -p tcp -m tcp --dport 22 -m comment --comment "管理端末" -j ACCEPT
-A INPUT -j LOG --log-prefix "input drop: "
-A FORWARD ! -s 10.1.0.0/16 -i core0 -j DROP
-A FORWARD ! -s 10.2.0.0/16 -i lg0 -j DROP
-A FORWARD ! -s 10.3.0.0/16 -i office0 -j DROP
-A FORWARD ! -s 172.20.0.0/14 -i lgwan0 -j DROP
-A FORWARD -s 10.0.0.0/8 -i sc0 -j DROP
-A FORWARD -s 172.20.0.0/14 -i sc0 -j DROP
-A FORWARD -s 192.168.0.0/16 -i sc0 -j DROP
-A FORWARD -m state --state RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -d 10.3.9.20/32 -i lg0 -o office0 -p tcp -m tcp --dport 3389 -m comment --comment "virtual-browser" -j ACCEPT
-A FORWARD -s 10.3.9.11/32 -d 10.2.9.11/32 -i office0 -o lg0 -p tcp -m tcp --dport 443 -m comment --comment "file-clean" -j ACCEPT
-A FORWARD -d 172.31.8.10/32 -i office0 -o sc0 -p tcp -m tcp --dport 8080 -m comment --comment "web" -j ACCEPT
-A FORWARD -s 10.2.0.53/32 -d 172.20.0.53/32 -i lg0 -o lgwan0 -p udp -m udp --dport 53 -m comment --comment "lg-dns udp" -j ACCEPT
-A FORWARD -s 10.2.0.53/32 -d 172.20.0.53/32 -i lg0 -o lgwan0 -p tcp -m tcp --dport 53 -m comment --comment "lg-dns tcp" -j ACCEPT
-A FORWARD -s 10.1.20.5/32 -d 172.20.9.8/32 -i core0 -o lgwan0 -p tcp -m tcp --dport 443 -m comment --comment "eltax" -j ACCEPT
-A FORWARD -i office0 -o lg0 -p tcp -m iprange --src-range 10.3.1.20-10.3.1.40 -m multiport --dports 139,445 -m comment --comment "共有フォルダ" -j ACCEPT
-A FORWARD -m limit --limit 10/sec -j LOG --log-prefix "forward drop: "
-A FORWARD -j REJECT --reject-with icmp-port-unreachable
COMMIT
R
ip6tables-nft -P INPUT DROP
ip6tables-nft -P FORWARD DROP
