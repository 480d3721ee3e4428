/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matches of nft's JSON. Rows are what nft 1.0.6
 * printed of loaded rules; what they become was compared with what the kernel
 * holds of the same rules. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ruleset.h"
#include "ruleset_rows.h"

static void
test_an_address_implies_its_family(void **state)
{
	static const struct told_row rows[] = {
		{ "inet",
		    OP("==") PAY("ip", "daddr") RIGHT
		    "'1.1.1.1'}},{'return':null}",
		    "family 4; daddr 1010101; return" },
		{ "inet", OP("==") PAY("ip", "saddr") RIGHT "'10.0.0.1'}}",
		    "family 4; saddr a000001" },
		{ "inet",
		    OP("==") PAY("ip", "saddr") RIGHT NET("10.0.0.0", "8") "}}",
		    "family 4; saddr a000000-affffff" },
		{ "inet",
		    OP("!=") PAY("ip", "saddr") RIGHT NET("10.0.0.0", "8") "}}",
		    "family 4; saddr 0-9ffffff,b000000-ffffffff" },
		{ "inet",
		    OP("==") PAY("ip", "saddr") RIGHT
		    "{'range':['10.0.0.1','10.0.0.5']}}}",
		    "family 4; saddr a000001-a000005" },
		{ "inet",
		    OP("!=") PAY("ip", "saddr") RIGHT
		    "{'range':['10.0.0.1','10.0.0.5']}}}",
		    "family 4; saddr 0-a000000,a000006-ffffffff" },
		{ "inet",
		    OP("==") PAY("ip", "saddr") RIGHT "{'set':[" NET("10.0.0.0",
			"24") ",{'range':['11.0.0.1','11.0.0.5']}]}}}",
		    "family 4; saddr a000000-a0000ff,b000001-b000005" },
		{ "inet",
		    OP("!=") PAY("ip", "saddr") RIGHT
		    "{'set':['10.0.0.1','10.0.0.4']}}}",
		    "family 4; saddr 0-a000000,a000002-a000003,a000005-ffffffff" },
		{ "inet", OP("==") PAY("ip", "saddr") RIGHT "'@four'}}",
		    "family 4; saddr@four a000000-affffff,c0000201" },
		{ "inet", OP("!=") PAY("ip", "saddr") RIGHT "'@four'}}",
		    "family 4; saddr@four 0-9ffffff,b000000-c0000200,c0000202-ffffffff" },
		{ "inet",
		    OP("==") PAY("ip", "daddr")
			RIGHT NET("10.5.0.0", "16") "}}",
		    "family 4; daddr a050000-a05ffff" },
		{ "inet", OP(">") PAY("ip", "saddr") RIGHT "'10.0.0.0'}}",
		    "family 4; saddr a000001-ffffffff" },
		{ "inet", OP("==") PAY("ip6", "saddr") RIGHT "'::1'}}",
		    "family 6; saddr 1" },
		{ "inet", OP("==") PAY("ip", "saddr") RIGHT "'@dyn'}}",
		    "family 4; saddr@dyn none" },
		{ "inet", OP("==") PAY("ip", "saddr") RIGHT "'@late'}}",
		    "family 4; saddr~@late a090909" },
		{ "inet",
		    OP("==") PAY("ip6", "saddr") RIGHT
		    "{'range':['2001:db8::1','2001:db8::5']}}}",
		    "family 6; saddr 20010db800000000:1-20010db800000000:5" },
		{ "inet",
		    OP("==") PAY("ip6", "saddr")
			RIGHT NET("2001:db8::", "33") "}}",
		    "family 6; saddr 20010db800000000:0-20010db87fffffff:ffffffffffffffff" },
		{ "ip6", OP("==") PAY("ip6", "nexthdr") RIGHT "'ipv6-icmp'}}",
		    "proto 3a" },
		{ "inet",
		    OP("==") PAY("ip", "saddr") RIGHT
		    "'10.0.0.1'}},{'counter':{'packets':0,'bytes':0}}",
		    "family 4; saddr a000001; nothing" },
		{ "inet",
		    OP("!=") PAY("ip", "daddr") RIGHT "{'set':[" NET("10.0.0.0",
			"8") "," NET("172.16.0.0", "12") "]}}}",
		    "family 4; daddr 0-9ffffff,b000000-ac0fffff,ac200000-ffffffff" },
		{ "inet",
		    OP("==") "{'&':[" PAY("ip",
			"saddr") ",'255.255.0.255']}" RIGHT "'10.0.0.1'}}",
		    "family 4; saddr a000001,a000101,a000201,a000301,a000401,a000501,a000601,a000701,a000801,a000901,a000a01,a000b01,..256" },
		{ "inet",
		    OP("==") PAY("ip", "saddr") RIGHT
		    "{'set':[" NET("0.0.0.0", "0") "]}}}",
		    "family 4" },
		{ "inet",
		    OP("==") PAY("ip6", "saddr") RIGHT NET("::", "0") "}}",
		    "family 6" },
		{ "inet", OP(">=") PAY("ip", "saddr") RIGHT "'10.0.0.0'}}",
		    "family 4; saddr a000000-ffffffff" },
		{ "inet",
		    OP("!=") PAY("ip6", "saddr")
			RIGHT NET("2001:db8::", "32") "}}",
		    "family 6; saddr 0-20010db7ffffffff:ffffffffffffffff,20010db900000000:0-ffffffffffffffff:ffffffffffffffff" },
		{ "inet",
		    OP("==") PAY("ip6", "daddr") RIGHT
		    "{'set':['2001:db8::1'," NET("2001:db8:1::", "48") "]}}}",
		    "family 6; daddr 20010db800000000:1,20010db800010000:0-20010db80001ffff:ffffffffffffffff" },
		{ "inet",
		    OP("==") PAY("ip", "saddr")
			RIGHT NET("10.0.16.0", "20") "}}",
		    "family 4; saddr a001000-a001fff" },
		{ "inet",
		    OP("==") "{'&':[" PAY("ip",
			"saddr") ",'255.0.255.0']}" RIGHT "'10.0.1.0'}}",
		    "family 4; saddr a000100-a0001ff,a010100-a0101ff,a020100-a0201ff,a030100-a0301ff,a040100-a0401ff,a050100-a0501ff,a060100-a0601ff,a070100-a0701ff,a080100-a0801ff,a090100-a0901ff,a0a0100-a0a01ff,a0b0100-a0b01ff,..256" },
	};

	(void)state;
	CHECK(rows);
}

static void
test_a_port_implies_its_protocol_also_when_negated(void **state)
{
	static const struct told_row rows[] = {
		{ "inet", OP("==") PAY("ip6", "nexthdr") RIGHT "'tcp'}}",
		    "family 6; proto 6" },
		{ "inet", OP("==") PAY("ip", "protocol") RIGHT "'tcp'}}",
		    "family 4; proto 6" },
		{ "inet",
		    OP("==") PAY("ip", "protocol") RIGHT
		    "{'set':['tcp','udp']}}}",
		    "family 4; proto 6,11" },
		{ "inet", OP("==") PAY("tcp", "dport") RIGHT "80}}",
		    "proto 6; dport 50" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT "{'set':[80,443]}}}",
		    "proto 6; dport 50,1bb" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT "{'range':[1,1023]}}}",
		    "proto 6; dport 1-3ff" },
		{ "inet",
		    OP("!=") PAY("tcp", "dport") RIGHT "{'range':[1,1023]}}}",
		    "proto 6; dport 0,400-ffff" },
		{ "inet", OP(">=") PAY("tcp", "dport") RIGHT "1024}}",
		    "proto 6; dport 400-ffff" },
		{ "inet", OP(">") PAY("tcp", "dport") RIGHT "1024}}",
		    "proto 6; dport 401-ffff" },
		{ "inet", OP("<") PAY("tcp", "dport") RIGHT "1024}}",
		    "proto 6; dport 0-3ff" },
		{ "inet", OP("==") PAY("udp", "dport") RIGHT "53}}",
		    "proto 11; dport 35" },
		{ "inet", OP("==") PAY("udplite", "dport") RIGHT "53}}",
		    "proto 88; dport 35" },
		{ "inet", OP("==") PAY("sctp", "dport") RIGHT "53}}",
		    "proto 84; dport 35" },
		{ "inet", OP("==") PAY("dccp", "dport") RIGHT "53}}",
		    "proto 21; dport 35" },
		{ "inet", OP("==") PAY("th", "dport") RIGHT "53}}",
		    "proto 6,11,21,84,88; dport 35" },
		{ "inet", OP("==") PAY("th", "dport") RIGHT "{'set':[53,80]}}}",
		    "proto 6,11,21,84,88; dport 35,50" },
		{ "inet", OP("==") PAY("tcp", "dport") RIGHT "53}}",
		    "proto 6; dport 35" },
		{ "inet", OP("==") PAY("th", "sport") RIGHT "5}}",
		    "proto 6,11,21,84,88; sport 5" },
		{ "ip", OP("==") PAY("tcp", "dport") RIGHT "80}}",
		    "proto 6; dport 50" },
		{ "ip", OP("==") PAY("ip", "protocol") RIGHT "'tcp'}}",
		    "proto 6" },
		{ "ip6", OP("==") PAY("tcp", "dport") RIGHT "80}}",
		    "proto 6; dport 50" },
		{ "inet", OP("!=") PAY("th", "dport") RIGHT "53}}",
		    "proto.dport ! 6,11,21,84,88.35" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT "{'range':[0,65535]}}}",
		    "proto 6" },
		{ "inet",
		    OP("!=") PAY("tcp", "dport") RIGHT
		    "{'set':[80,{'range':[90,100]}]}}}",
		    "proto 6; dport 0-4f,51-59,65-ffff" },
		{ "inet",
		    OP("!=") PAY("ip", "protocol") RIGHT
		    "{'set':['tcp','udp']}}}",
		    "family 4; proto 0-5,7-10,12-ff" },
		{ "inet", OP("==") PAY("tcp", "dport") RIGHT "22}}",
		    "proto 6; dport 16" },
		{ "inet",
		    OP("==") PAY("udp", "sport") RIGHT "53}}," OP("==")
			PAY("udp", "dport") RIGHT "{'range':[1024,65535]}}}",
		    "proto 11; sport 35; dport 400-ffff" },
		{ "inet",
		    OP("!=") PAY("tcp", "sport") RIGHT "80}}," OP("!=")
			PAY("tcp", "dport") RIGHT "{'set':[22,443]}}}",
		    "proto 6; sport 0-4f,51-ffff; dport 0-15,17-1ba,1bc-ffff" },
		{ "inet",
		    OP("==") PAY("udp", "dport") RIGHT "{'set':[67,68]}}}," OP(
			"==") PAY("udp", "sport") RIGHT "{'set':[67,68]}}}",
		    "proto 11; dport 43-44; sport 43-44" },
		{ "inet",
		    OP("==") PAY("th", "dport") RIGHT
		    "{'set':[53,{'range':[80,90]}]}}}",
		    "proto 6,11,21,84,88; dport 35,50-5a" },
		{ "inet", OP("!=") PAY("th", "sport") RIGHT "53}}",
		    "proto.sport ! 6,11,21,84,88.35" },
	};

	(void)state;
	CHECK(rows);
}

static void
test_tcp_flags_become_the_bytes_that_fit(void **state)
{
	static const struct told_row rows[] = {
		{ "inet", OP("in") PAY("tcp", "flags") RIGHT "'syn'}}",
		    "proto 6; flags 2-3,6-7,a-b,e-f,12-13,16-17,1a-1b,1e-1f,22-23,26-27,2a-2b,2e-2f,..64" },
		{ "inet",
		    OP("==") "{'&':[" PAY("tcp",
			"flags") ",['fin','syn','rst','ack']]}" RIGHT "'syn'}}",
		    "proto 6; flags 2,a,22,2a,42,4a,62,6a,82,8a,a2,aa,..16" },
		{ "inet",
		    OP("!=") "{'&':[" PAY("tcp",
			"flags") ",['fin','syn','rst','ack']]}" RIGHT "'syn'}}",
		    "proto 6; flags 0-1,3-9,b-21,23-29,2b-41,43-49,4b-61,63-69,6b-81,83-89,8b-a1,a3-a9,..17" },
		{ "inet",
		    OP("==") "{'&':[" PAY("tcp",
			"flags") ",['fin','syn']]}" RIGHT "['fin','syn']}}",
		    "proto 6; flags 3,7,b,f,13,17,1b,1f,23,27,2b,2f,..64" },
		{ "inet", OP("!") PAY("tcp", "flags") RIGHT "['syn','ack']}}",
		    "proto 6; flags 0-1,4-5,8-9,c-d,20-21,24-25,28-29,2c-2d,40-41,44-45,48-49,4c-4d,..32" },
		{ "inet", OP("==") PAY("tcp", "flags") RIGHT "'syn'}}",
		    "proto 6; flags 2" },
		{ "inet", OP("!=") PAY("tcp", "flags") RIGHT "'syn'}}",
		    "proto 6; flags 0-1,3-ff" },
		{ "inet", OP("!") PAY("tcp", "flags") RIGHT "'syn'}}",
		    "proto 6; flags 0-1,4-5,8-9,c-d,10-11,14-15,18-19,1c-1d,20-21,24-25,28-29,2c-2d,..64" },
		{ "inet", OP("in") PAY("tcp", "flags") RIGHT "['syn','ack']}}",
		    "proto 6; flags 2-3,6-7,a-b,e-1f,22-23,26-27,2a-2b,2e-3f,42-43,46-47,4a-4b,4e-5f,..32" },
		{ "inet",
		    OP("==") PAY("tcp", "flags") RIGHT
		    "{'set':[{'|':['syn','ack']},'syn']}}}",
		    "proto 6; flags 2,12" },
		{ "inet",
		    OP("!") PAY("tcp", "flags") RIGHT
		    "['fin','syn','rst','psh','ack','urg']}}",
		    "proto 6; flags 0,40,80,c0" },
		{ "inet",
		    OP("==") PAY("tcp", "flags") RIGHT
		    "{'set':[0,{'|':['fin','syn']},{'|':[{'|':[{'|':[{'|':[{'|':[{'|':[{'|':['fin','syn']},'rst']},'psh']},'ack']},'urg']},'ecn']},'cwr']},'fin','syn','rst','psh','ack','urg','ecn','cwr']}}}",
		    "proto 6; flags 0-4,8,10,20,40,80,ff" },
		{ "inet",
		    OP("==") "{'&':[" PAY("tcp",
			"flags") ",['syn','ack']]}" RIGHT "['syn','ack']}}",
		    "proto 6; flags 12-13,16-17,1a-1b,1e-1f,32-33,36-37,3a-3b,3e-3f,52-53,56-57,5a-5b,5e-5f,..32" },
		{ "inet",
		    OP("in") PAY("tcp", "flags") RIGHT
		    "['fin','syn','rst','psh','ack','urg']}}",
		    "proto 6; flags 1-3f,41-7f,81-bf,c1-ff" },
		{ "inet",
		    OP("==") "{'&':[" PAY("tcp",
			"flags") ",['fin','psh','urg']]}" RIGHT
				 "['fin','psh','urg']}}",
		    "proto 6; flags 29,2b,2d,2f,39,3b,3d,3f,69,6b,6d,6f,..32" },
	};

	(void)state;
	CHECK(rows);
}

static void
test_types_of_icmp_imply_protocol_and_family(void **state)
{
	static const struct told_row rows[] = {
		{ "inet", OP("!=") PAY("ip", "protocol") RIGHT "'icmp'}}",
		    "family 4; proto 0,2-ff" },
		{ "inet", OP("==") PAY("icmp", "type") RIGHT "'echo-request'}}",
		    "family 4; proto 1; type 8" },
		{ "inet",
		    OP("==") PAY("icmp", "type") RIGHT
		    "{'set':['echo-reply','echo-request','timestamp-request']}}}",
		    "family 4; proto 1; type 0,8,d" },
		{ "inet", OP("!=") PAY("icmp", "type") RIGHT "'echo-request'}}",
		    "family 4; proto 1; type 0-7,9-ff" },
		{ "inet",
		    OP("==") PAY("icmp", "code") RIGHT "'port-unreachable'}}",
		    "family 4; proto 1; code 3" },
		{ "inet",
		    OP("==") PAY("icmpv6", "type") RIGHT "'echo-request'}}",
		    "family 6; proto 3a; type 80" },
		{ "inet",
		    OP("==") PAY("icmpv6", "type") RIGHT
		    "{'set':['echo-request','nd-router-advert','nd-neighbor-solicit']}}}",
		    "family 6; proto 3a; type 80,86-87" },
		{ "inet", OP("==") PAY("icmpv6", "code") RIGHT "'no-route'}}",
		    "family 6; proto 3a; code 0" },
		{ "inet",
		    OP("==") PAY("ip", "protocol") RIGHT "'icmp'}}," OP("==")
			PAY("icmp", "type") RIGHT "'echo-request'}}",
		    "family 4; proto 1; type 8" },
		{ "ip", OP("==") PAY("icmp", "type") RIGHT "'echo-request'}}",
		    "proto 1; type 8" },
		{ "ip6",
		    OP("==") PAY("icmpv6", "type") RIGHT "'echo-request'}}",
		    "proto 3a; type 80" },
		{ "inet",
		    OP("==") PAY("icmp", "code") RIGHT
		    "{'set':['net-unreachable','host-unreachable','prot-unreachable','port-unreachable','frag-needed',5,'net-prohibited','host-prohibited','admin-prohibited',14]}}}",
		    "family 4; proto 1; code 0-5,9-a,d-e" },
		{ "inet",
		    OP("==") PAY("icmpv6", "code") RIGHT
		    "{'set':['no-route','admin-prohibited',2,'addr-unreachable','port-unreachable','policy-fail','reject-route',7]}}}",
		    "family 6; proto 3a; code 0-7" },
		{ "inet",
		    OP("==") PAY("icmp", "type") RIGHT "'echo-request'}}," OP(
			"==") PAY("icmp", "code") RIGHT "'net-unreachable'}}",
		    "family 4; proto 1; type 8; code 0" },
		{ "inet",
		    OP("==") PAY("icmpv6", "type") RIGHT "'echo-request'}}," OP(
			"==") PAY("icmpv6", "code") RIGHT "'no-route'}}",
		    "family 6; proto 3a; type 80; code 0" },
		{ "inet",
		    OP("==") PAY("icmpv6", "type") RIGHT
		    "{'set':['nd-neighbor-solicit','nd-neighbor-advert']}}}",
		    "family 6; proto 3a; type 87-88" },
	};

	(void)state;
	CHECK(rows);
}

static void
test_interfaces_and_marks_are_fields_of_the_packet(void **state)
{
	static const struct told_row rows[] = {
		{ "inet", OP("==") META("l4proto") RIGHT "'tcp'}}", "proto 6" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT "{'set':['tcp','udp',99]}}}",
		    "proto 6,11,63" },
		{ "inet", OP("==") META("nfproto") RIGHT "'ipv4'}}",
		    "family 4" },
		{ "inet", OP("==") META("nfproto") RIGHT "'ipv6'}}",
		    "family 6" },
		{ "inet", OP("==") META("protocol") RIGHT "'ip'}}",
		    "family 4" },
		{ "inet",
		    OP("==") META("protocol") RIGHT
		    "{'set':['ip','arp','ip6']}}}",
		    "" },
		{ "inet", OP("==") META("mark") RIGHT "16}}", "mark 10" },
		{ "inet", OP("==") "{'&':[" META("mark") ",255]}" RIGHT "16}}",
		    "mark 10" },
		{ "inet", OP("!=") "{'&':[" META("mark") ",15]}" RIGHT "0}}",
		    "mark 1-ffffffff" },
		{ "inet", OP("!=") META("mark") RIGHT "{'range':[16,32]}}}",
		    "mark 0-f,21-ffffffff" },
		{ "inet", OP("==") META("iif") RIGHT "'lo'}}", "iif lo" },
		{ "inet", OP("==") META("iifname") RIGHT "'eth*'}}",
		    "iif eth*" },
		{ "inet",
		    OP("==") META("iifname") RIGHT
		    "{'set':['eth0','eth1','ppp*']}}}",
		    "iif eth0,eth1,ppp*" },
		{ "inet", OP("==") META("iifname") RIGHT "'eth\\\\*'}}",
		    "iif eth*" },
		{ "inet", OP("!=") META("iifname") RIGHT "'eth0'}}",
		    "iif 0-6574682fffffffff:ffffffffffffffff,6574683000000000:1-ffffffffffffffff:ffffffffffffffff" },
		{ "inet", OP("==") META("oifname") RIGHT "'@links'}}",
		    "oif@links eth*,lo" },
		{ "inet", OP("==") META("oif") RIGHT "'lo'}}", "oif lo" },
		{ "inet", OP("!=") META("iif") RIGHT "'lo'}}",
		    "iif 0-6c6effffffffffff:ffffffffffffffff,6c6f000000000000:1-ffffffffffffffff:ffffffffffffffff" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT
		    "{'set':['tcp','udp']}}}," OP("==") PAY("th", "dport") RIGHT
		    "53}}",
		    "proto 6,11; dport 35" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT
		    "'tcp'}},{'reject':{'type':'tcp reset'}}",
		    "proto 6; reject" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT "22}}," OP("==")
			PAY("ip", "saddr") RIGHT "'10.0.0.1'}}," OP("==")
			    META("iifname") RIGHT "'a'}}," OP("!=")
				META("oifname") RIGHT
		    "'b'}},{'counter':{'packets':5,'bytes':6}},{'log':null}",
		    "proto 6; dport 16; family 4; saddr a000001; iif a; oif 0-61ffffffffffffff:ffffffffffffffff,6200000000000000:1-ffffffffffffffff:ffffffffffffffff; nothing; log" },
		{ "inet", OP("==") "{'|':[" META("mark") ",15]}" RIGHT "255}}",
		    "mark f0" },
		{ "inet", OP("==") META("mark") RIGHT "240}}", "mark f0" },
		{ "inet", OP("==") META("l4proto") RIGHT "'ipv6-icmp'}}",
		    "proto 3a" },
		{ "inet", OP("==") META("l4proto") RIGHT "'icmp'}}",
		    "proto 1" },
		{ "inet", OP("==") META("iifname") RIGHT "'a-b.c'}}",
		    "iif a-b.c" },
		{ "ip",
		    OP("==") PAY("ip", "saddr") RIGHT NET("10.0.0.0",
			"8") "}}," OP("==") META("iif") RIGHT "'lo'}}",
		    "saddr a000000-affffff; iif lo" },
		{ "ip", OP("==") META("l4proto") RIGHT "'icmp'}}", "proto 1" },
		{ "inet", OP("==") META("l4proto") RIGHT "{'range':[1,20]}}}",
		    "proto 1-14" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT
		    "{'set':['icmp','igmp','ggp','ipencap','tcp','udp','dccp','ipv6','ipv6-route','ipv6-frag','rsvp','gre','esp','ah','ipv6-icmp','ipv6-nonxt','ipv6-opts','eigrp','ospf','ipip','etherip','encap','pim','ipcomp','vrrp','l2tp','sctp','mobility-header','udplite','mpls-in-ip','hip','shim6','wesp','rohc',255]}}}",
		    "proto 1-4,6,11,21,29,2b-2c,2e-2f,32-33,3a-3c,58-59,5e,61-62,..20" },
		{ "inet",
		    OP("==") META("nfproto") RIGHT "{'set':['ipv4','ipv6']}}}",
		    "" },
		{ "inet",
		    OP("==") "{'&':[" META("mark") ",255]}" RIGHT
						   "{'set':[1,2]}}}",
		    "mark 1-2" },
		{ "inet",
		    OP("==") META("iifname") RIGHT "{'set':['b*','eth*']}}}",
		    "iif b*,eth*" },
		{ "inet", OP("!=") META("l4proto") RIGHT "'tcp'}}",
		    "proto 0-5,7-ff" },
		{ "inet", OP("==") META("mark") RIGHT "5}}", "mark 5" },
		{ "inet",
		    OP("==") "{'&':[" META("mark") ",65280]}" RIGHT "4608}}",
		    "mark 1200" },
		{ "inet",
		    OP("==") "{'&':[" META("mark") ",16384]}" RIGHT "16384}}",
		    "mark 4000" },
		{ "inet", OP("!=") META("mark") RIGHT "0}}",
		    "mark 1-ffffffff" },
		{ "inet", OP("<") META("mark") RIGHT "5}}", "mark 0-4" },
		{ "inet", OP(">=") META("mark") RIGHT "16}}",
		    "mark 10-ffffffff" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT
		    "{'set':['icmp','ipv6-icmp']}}}",
		    "proto 1,3a" },
		{ "inet",
		    OP("==") META("iifname") RIGHT
		    "{'set':['eth0','wlan*']}}}," OP("==") META("oifname") RIGHT
		    "'br-*'}}",
		    "iif eth0,wlan*; oif br-*" },
		{ "inet",
		    OP("!=") META("iifname") RIGHT "{'set':['eth0','wlan0']}}}",
		    "iif 0-6574682fffffffff:ffffffffffffffff,6574683000000000:1-776c616e2fffffff:ffffffffffffffff,776c616e30000000:1-ffffffffffffffff:ffffffffffffffff" },
		{ "inet",
		    OP("==") META("nfproto") RIGHT "'ipv6'}}," OP("==")
			PAY("tcp", "dport") RIGHT "22}}",
		    "family 6; proto 6; dport 16" },
		{ "inet",
		    OP("!=") META("l4proto") RIGHT "{'set':['tcp','udp']}}}",
		    "proto 0-5,7-10,12-ff" },
	};

	(void)state;
	CHECK(rows);
}

static void
test_states_are_five_and_other_ct_needs_a_connection(void **state)
{
	static const struct told_row rows[] = {
		{ "inet",
		    OP("in") CT("state") RIGHT "['established','related']}}",
		    "state 1-2" },
		{ "inet", OP("in") CT("state") RIGHT "'new'}}", "state 3" },
		{ "inet",
		    OP("==") CT("state") RIGHT
		    "{'set':['established','new']}}}",
		    "state 1,3" },
		{ "inet", OP("!=") CT("state") RIGHT "'new'}}", "state 0-2,4" },
		{ "inet", OP("!") CT("state") RIGHT "'invalid'}}",
		    "state 1-4" },
		{ "inet",
		    OP("in") CT("state") RIGHT
		    "['established','related','new']}},{'counter':{'packets':0,'bytes':0}}",
		    "state 1-3; nothing" },
		{ "inet",
		    OP("==") "{'&':[" CT(
			"state") ",['established','related']]}" RIGHT
				 "'established'}}",
		    "state 1" },
		{ "inet", OP("==") CT("direction") RIGHT "'reply'}}",
		    "state 1-3; direction 1" },
		{ "inet", OP("==") CT("direction") RIGHT "'original'}}",
		    "state 1-3; direction 0" },
		{ "inet", OP("==") CT("mark") RIGHT "5}}",
		    "state 1-3; ctmark 5" },
		{ "inet", OP("==") "{'&':[" CT("mark") ",255]}" RIGHT "5}}",
		    "state 1-3; ctmark 5" },
		{ "inet", OP("!=") "{'&':[" CT("mark") ",255]}" RIGHT "5}}",
		    "state 1-3; ctmark 0-4,6-ffffffff" },
		{ "inet",
		    OP("==") CT("mark") RIGHT "{'set':[{'range':[1,5]}]}}}",
		    "state 1-3; ctmark 1-5" },
		{ "inet",
		    OP("==") "{'ct':{'key':'ip saddr','dir':'original'}}" RIGHT
			NET("10.0.0.0", "8") "}}",
		    "family 4; state 1-3; osaddr a000000-affffff" },
		{ "inet",
		    OP("==") "{'ct':{'key':'ip6 daddr','dir':'original'}}" RIGHT
			NET("2001:db8::", "32") "}}",
		    "family 6; state 1-3; odaddr 20010db800000000:0-20010db8ffffffff:ffffffffffffffff" },
		{ "inet", OP("==") CT("protocol") RIGHT "'tcp'}}",
		    "state 1-3; proto 6" },
		{ "inet", OP("==") CT("l3proto") RIGHT "'ipv4'}}",
		    "state 1-3; family 4" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT "'tcp'}}," OP(
			"==") "{'ct':{'key':'proto-dst','dir':'original'}}" RIGHT
			      "80}}",
		    "proto 6; state 1-3; odport 50" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT "'tcp'}}," OP(
			"==") "{'ct':{'key':'proto-dst','dir':'original'}}" RIGHT
			      "{'set':['0x50 [invalid type]','0x1bb [invalid type]']}}}",
		    "proto 6; state 1-3; odport 50,1bb" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT "'tcp'}}," OP(
			"==") "{'ct':{'key':'proto-src','dir':'original'}}" RIGHT
			      "{'range':[1,1024]}}}",
		    "proto 6; state 1-3; osport 1-400" },
		{ "inet", OP("in") CT("state") RIGHT "'untracked'}}",
		    "state 4" },
		{ "inet",
		    OP("in") CT("state") RIGHT "['invalid','untracked']}}",
		    "state 0,4" },
		{ "inet",
		    OP("==") CT("state") RIGHT
		    "{'set':[{'|':['invalid','established']},'invalid','established','related','new','untracked']}}}",
		    "" },
		{ "inet",
		    OP("==") CT("direction") RIGHT
		    "{'set':['original','reply']}}}",
		    "state 1-3" },
		{ "inet", OP("!=") "{'&':[" CT("mark") ",255]}" RIGHT "0}}",
		    "state 1-3; ctmark 1-ffffffff" },
		{ "inet", OP("!=") "{'&':[" CT("mark") ",240]}" RIGHT "0}}",
		    "state 1-3; ctmark 1-ffffffff" },
		{ "inet",
		    OP("in") CT("state") RIGHT "'new'}}," OP("==")
			CT("direction") RIGHT "'original'}}," OP("==")
			    CT("mark") RIGHT "0}}",
		    "state 3; direction 0; ctmark 0" },
		{ "inet",
		    OP("!=") "{'&':[" PAY("tcp",
			"flags") ",['fin','syn','rst','ack']]}" RIGHT
				 "'syn'}}," OP("in") CT("state") RIGHT
		    "'new'}}",
		    "proto 6; flags 0-1,3-9,b-21,23-29,2b-41,43-49,4b-61,63-69,6b-81,83-89,8b-a1,a3-a9,..17; state 3" },
		{ "inet",
		    OP("==") CT("direction") RIGHT "'original'}}," OP("==")
			PAY("ip", "saddr") RIGHT "'10.0.0.1'}}",
		    "state 1-3; direction 0; family 4; saddr a000001" },
	};

	(void)state;
	CHECK(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_address_implies_its_family),
		cmocka_unit_test(
		    test_a_port_implies_its_protocol_also_when_negated),
		cmocka_unit_test(test_tcp_flags_become_the_bytes_that_fit),
		cmocka_unit_test(test_types_of_icmp_imply_protocol_and_family),
		cmocka_unit_test(
		    test_interfaces_and_marks_are_fields_of_the_packet),
		cmocka_unit_test(
		    test_states_are_five_and_other_ct_needs_a_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
