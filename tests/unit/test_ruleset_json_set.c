/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets, maps and what is not known. Rows are what nft 1.0.6
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
test_concatenations_and_maps_keep_their_elements(void **state)
{
	static const struct told_row rows[] = {
		{ "inet",
		    "{'vmap':{'key':" CT(
			"state") ",'data':{'set':[['invalid',{'drop':null}],['established',{'accept':null}],['new',{'continue':null}]]}}}",
		    "vmap state 0:drop / 1:accept / 3:continue" },
		{ "inet",
		    OP("==") "{'concat':[" META("iif") "," META(
			"oif") "]}" RIGHT "{'set':[{'concat':['lo','lo']}]}}}",
		    "iif.oif lo.lo" },
		{ "inet",
		    OP("==") "{'concat':[" PAY("ip", "saddr") "," PAY("tcp",
			"dport") "]}" RIGHT
				 "{'set':[{'concat':['10.0.0.1',80]},{'concat':[" NET(
				     "10.0.0.0",
				     "8") ",{'range':[90,100]}]}]}}}",
		    "family 4; proto 6; saddr.dport a000000-affffff.5a-64 / a000001.50" },
		{ "inet",
		    OP("==") "{'concat':[" PAY("ip", "saddr") "," PAY("tcp",
			"dport") "," META("l4proto") "]}" RIGHT "'@three'}}",
		    "family 4; proto 6; saddr.dport.proto@three a000001.50-5a.6" },
		{ "inet",
		    "{'vmap':{'key':" PAY("tcp",
			"dport") ",'data':{'set':[[22,{'goto':{'target':'side'}}],[25,{'drop':null}],[80,{'accept':null}],[{'range':[100,200]},{'return':null}],[443,{'jump':{'target':'side'}}]]}}}",
		    "proto 6; vmap dport 16:goto(side) / 19:drop / 50:accept / 64-c8:return / 1bb:jump(side)" },
		{ "inet",
		    OP("==") "{'concat':[" PAY("tcp", "sport") "," PAY("tcp",
			"dport") "]}" RIGHT "{'set':[{'concat':[1,2]}]}}}",
		    "proto 6; sport.dport 1.2" },
		{ "inet",
		    "{'vmap':{'key':{'&':[" PAY("tcp",
			"flags") ",{'|':[{'|':[{'|':['fin','syn']},'rst']},'ack']}]},'data':{'set':[['syn',{'accept':null}],[{'|':['syn','ack']},{'drop':null}]]}}}",
		    "proto 6; vmap flags 2,a,22,2a,42,4a,62,6a,82,8a,a2,aa,..16:accept / 12,1a,32,3a,52,5a,72,7a,92,9a,b2,ba,..16:drop" },
		{ "inet",
		    "{'vmap':{'key':" PAY("tcp",
			"flags") ",'data':{'set':[['syn',{'accept':null}]]}}}",
		    "proto 6; vmap flags 2:accept" },
		{ "inet",
		    OP("==") "{'concat':[" PAY("icmp", "type") "," PAY("icmp",
			"code") "]}" RIGHT
				"{'set':[{'concat':['destination-unreachable','host-unreachable']}]}}}",
		    "family 4; proto 1; type.code 3.1" },
		{ "inet",
		    "{'vmap':{'key':" PAY("ip",
			"saddr") ",'data':'@verdicts'}}",
		    "family 4; vmap saddr@verdicts 0-9ffffff,b000000-ffffffffffffffff:ffffffffffffffff:drop / a000000-affffff:goto(side)" },
		{ "inet",
		    "{'vmap':{'key':{'&':[" META(
			"mark") ",255]},'data':{'set':[[1,{'accept':null}],[2,{'drop':null}]]}}}",
		    "vmap mark 1:accept / 2:drop" },
		{ "inet",
		    "{'vmap':{'key':{'&':[" PAY("ip",
			"saddr") ",'255.255.255.0']},'data':{'set':[['10.0.0.0',{'accept':null}]]}}}",
		    "family 4; vmap saddr a000000-a0000ff:accept" },
		{ "inet",
		    "{'vmap':{'key':{'concat':[" PAY("ip",
			"saddr") "," PAY("ip",
			"daddr") "]},'data':{'set':[[{'concat':[" NET("10.0.0.0",
			"8") "," NET("11.0.0.0", "8") "]},{'accept':null}]]}}}",
		    "family 4; vmap saddr.daddr a000000-affffff.b000000-bffffff:accept" },
		{ "inet",
		    "{'vmap':{'key':{'concat':[" PAY("ip",
			"saddr") "," PAY("th",
			"dport") "]},'data':{'set':[[{'concat':[" NET("10.0.0.0",
			"8") ",80]},{'accept':null}]]}}}",
		    "family 4; proto 6,11,21,84,88; vmap saddr.dport a000000-affffff.50:accept" },
		{ "inet",
		    OP("==") "{'concat':[" META("l4proto") "," PAY("th",
			"dport") "]}" RIGHT
				 "{'set':[{'concat':['udp',53]},{'concat':['tcp',80]}]}}}",
		    "proto 6,11,21,84,88; proto.dport 6.50 / 11.35" },
		{ "inet",
		    "{'vmap':{'key':{'concat':[" META("l4proto") "," PAY("th",
			"dport") "]},'data':{'set':[[{'concat':['tcp',80]},{'accept':null}]]}}}",
		    "proto 6,11,21,84,88; vmap proto.dport 6.50:accept" },
		{ "inet",
		    OP("==") "{'concat':[" META("nfproto") "," PAY("tcp",
			"dport") "]}" RIGHT
				 "{'set':[{'concat':['ipv4',80]}]}}}",
		    "proto 6; family.dport 4.50" },
		{ "inet",
		    OP("==") "{'concat':[" CT("state") "," CT(
			"mark") "]}" RIGHT "{'set':[{'concat':['new',1]}]}}}",
		    "state 1-3; state.ctmark 3.1" },
		{ "inet",
		    OP("==") "{'concat':[" CT("state") "," META(
			"iifname") "]}" RIGHT
				   "{'set':[{'concat':['new','lo']}]}}}",
		    "state.iif 3.lo" },
		{ "inet",
		    OP("==") "{'concat':[" PAY("ip", "saddr") "," PAY("icmp",
			"type") "]}" RIGHT
				"{'set':[{'concat':['10.0.0.1','echo-request']}]}}}",
		    "family 4; proto 1; saddr.type a000001.8" },
		{ "inet",
		    OP("==") "{'concat':[" META("mark") "," META(
			"iifname") "]}" RIGHT "{'set':[{'concat':[1,'lo']}]}}}",
		    "mark.iif 1.lo" },
		{ "inet",
		    OP("==") "{'concat':[" PAY("tcp", "flags") "," PAY("ip",
			"saddr") "]}" RIGHT
				 "{'set':[{'concat':['syn','10.0.0.1']}]}}}",
		    "proto 6; family 4; flags.saddr 2.a000001" },
		{ "inet",
		    "{'vmap':{'key':{'concat':[" META("iifname") "," PAY("tcp",
			"dport") "]},'data':{'set':[[{'concat':['eth*',{'range':[22,23]}]},{'accept':null}]]}}}",
		    "proto 6; vmap iif.dport eth*.16-17:accept" },
		{ "inet",
		    "{'vmap':{'key':{'concat':[" PAY("ip", "saddr") "," CT(
			"mark") "]},'data':{'set':[[{'concat':['10.0.0.1',1]},{'accept':null}],[{'concat':[" NET("10.0.0.0",
			"8") ",{'range':[2,5]}]},{'drop':null}]]}}}",
		    "family 4; state 1-3; vmap saddr.ctmark a000000-affffff.2-5:drop / a000001.1:accept" },
		{ "inet",
		    OP("!=") "{'concat':[" PAY("tcp", "dport") "," PAY("ip",
			"saddr") "]}" RIGHT
				 "{'set':[{'concat':[80,'10.0.0.1']}]}}}",
		    "proto 6; family 4; dport.saddr ! 50.a000001" },
		{ "inet",
		    OP("==") "{'concat':[" PAY("ip", "saddr") "," PAY("ip",
			"daddr") "," PAY("tcp",
			"dport") "]}" RIGHT
				 "{'set':[{'concat':['10.0.0.1','10.0.0.2',22]},{'concat':[" NET(
				     "10.0.0.0", "24") "," NET("10.1.0.0",
				     "16") ",{'range':[80,90]}]}]}}}",
		    "family 4; proto 6; saddr.daddr.dport a000000-a0000ff.a010000-a01ffff.50-5a / a000001.a000002.16" },
		{ "inet",
		    "{'vmap':{'key':" PAY("ip",
			"saddr") ",'data':{'set':[[" NET("10.0.0.0",
			"8") ",{'jump':{'target':'side'}}],[" NET("11.0.0.0",
			"8") ",{'accept':null}]]}}}",
		    "family 4; vmap saddr a000000-affffff:jump(side) / b000000-bffffff:accept" },
		{ "inet",
		    "{'vmap':{'key':" PAY("ip",
			"protocol") ",'data':{'set':[['icmp',{'drop':null}],['tcp',{'jump':{'target':'side'}}],['udp',{'accept':null}]]}}}",
		    "family 4; vmap proto 1:drop / 6:jump(side) / 11:accept" },
		{ "inet",
		    "{'vmap':{'key':" PAY("tcp",
			"dport") ",'data':{'set':[[{'range':[0,1023]},{'drop':null}],[{'range':[1024,65535]},{'accept':null}]]}}}",
		    "proto 6; vmap dport 0-3ff:drop / 400-ffff:accept" },
		{ "inet",
		    "{'vmap':{'key':" CT(
			"state") ",'data':{'set':[['invalid',{'drop':null}],['established',{'accept':null}],['related',{'accept':null}],['new',{'jump':{'target':'side'}}]]}}}",
		    "vmap state 0:drop / 1-2:accept / 3:jump(side)" },
		{ "inet",
		    OP("==") PAY("ip", "saddr") RIGHT NET("10.0.0.0",
			"8") "}},{'vmap':{'key':{'concat':[" PAY("tcp",
			"dport") "," PAY("ip",
			"daddr") "]},'data':{'set':[[{'concat':[22,'10.0.0.1']},{'accept':null}],[{'concat':[80,'10.0.0.2']},{'drop':null}]]}}}",
		    "family 4; saddr a000000-affffff; proto 6; vmap dport.daddr 16.a000001:accept / 50.a000002:drop" },
		{ "inet",
		    OP("==") "{'concat':[" PAY("ip", "daddr") "," META(
			"mark") "]}" RIGHT
				"{'set':[{'concat':['10.0.0.1',5]}]}}}",
		    "family 4; daddr.mark a000001.5" },
		{ "inet",
		    "{'vmap':{'key':{'concat':[" META("iifname") "," META(
			"oifname") "]},'data':{'set':[[{'concat':['a','b']},{'accept':null}],[{'concat':['c*','d']},{'jump':{'target':'side'}}]]}}}",
		    "vmap iif.oif a.b:accept / c*.d:jump(side)" },
		{ "inet",
		    OP("!=") "{'concat':[" PAY("ip", "saddr") "," PAY("th",
			"dport") "]}" RIGHT
				 "{'set':[{'concat':['10.0.0.1',53]}]}}}",
		    "family 4; saddr.dport.proto ! a000001.35.6,11,21,84,88" },
	};

	(void)state;
	CHECK(rows);
}

static void
test_frames_that_carry_frames_are_not_known(void **state)
{
	static const struct told_row rows[] = {
		{ "bridge", OP("==") PAY("ether", "type") RIGHT "'ip'}}",
		    "family 4" },
		{ "bridge", OP("==") PAY("ether", "type") RIGHT "'arp'}}",
		    "family none" },
		{ "bridge",
		    OP("==") PAY("ip", "saddr") RIGHT NET("10.0.0.0", "8") "}}",
		    "family 4; saddr a000000-affffff" },
		{ "bridge", OP("==") PAY("vlan", "id") RIGHT "100}}",
		    "unknown vlan id" },
		{ "bridge", OP("==") PAY("tcp", "dport") RIGHT "80}}",
		    "proto 6; dport 50" },
		{ "bridge", OP("==") PAY("ether", "type") RIGHT "'8021q'}}",
		    "unknown ether type" },
		{ "bridge",
		    OP("==") PAY("ether", "saddr") RIGHT
		    "'00:11:22:33:44:55'}}," OP("==") PAY("ip", "saddr") RIGHT
		    "'10.0.0.1'}}",
		    "unknown ether saddr; family 4; saddr a000001" },
		{ "bridge", OP("==") META("protocol") RIGHT "'ip'}}",
		    "family 4" },
		{ "bridge",
		    OP("==") "{'concat':[" META("protocol") "," META(
			"iifname") "]}" RIGHT
				   "{'set':[{'concat':['ip','lo']}]}}}",
		    "family.iif 4.lo" },
		{ "bridge",
		    OP("==") PAY("ether", "type") RIGHT "'8021q'}}," OP("==")
			PAY("ip", "saddr") RIGHT "'10.0.0.1'}}",
		    "unknown ether type; family 4; saddr a000001" },
		{ "bridge",
		    OP("==") PAY("arp", "operation") RIGHT "'request'}}",
		    "family none; unknown arp operation" },
		{ "bridge",
		    OP("==") PAY("icmp", "type") RIGHT "'echo-request'}}",
		    "family 4; proto 1; type 8" },
		{ "bridge", OP("==") PAY("ip", "protocol") RIGHT "'tcp'}}",
		    "family 4; proto 6" },
		{ "bridge", OP("==") PAY("ip6", "nexthdr") RIGHT "'tcp'}}",
		    "family 6; proto 6" },
		{ "bridge", OP("==") PAY("ether", "type") RIGHT "35020}}",
		    "family none" },
		{ "bridge", OP("!=") PAY("ether", "type") RIGHT "'arp'}}", "" },
		{ "netdev", OP("==") PAY("ip", "saddr") RIGHT "'10.0.0.1'}}",
		    "family 4; saddr a000001" },
		{ "netdev", "{'fwd':{'dev':'lo'}}", "unknown fwd!" },
		{ "netdev", "{'dup':{'addr':'lo'}}", "unknown dup" },
		{ "netdev", OP("==") PAY("tcp", "dport") RIGHT "80}}",
		    "proto 6; dport 50" },
		{ "netdev",
		    "{'fwd':{'dev':'lo','family':'ip','addr':'10.0.0.1'}}",
		    "unknown fwd!" },
		{ "bridge", OP("==") META("l4proto") RIGHT "'icmp'}}",
		    "proto 1" },
		{ "bridge",
		    OP("==") PAY("icmpv6", "type") RIGHT "'echo-request'}}",
		    "family 6; proto 3a; type 80" },
		{ "bridge",
		    OP("==") PAY("vlan", "id") RIGHT "5}}," OP("==")
			PAY("ip", "saddr") RIGHT "'10.0.0.1'}}",
		    "unknown vlan id; family 4; saddr a000001" },
		{ "bridge", OP("!=") PAY("ether", "type") RIGHT "'ip'}}",
		    "family 6" },
		{ "bridge",
		    OP("==") META("protocol") RIGHT "{'set':['ip','8021q']}}}",
		    "unknown meta protocol" },
	};

	(void)state;
	CHECK(rows);
}

static void
test_what_is_not_known_is_a_free_choice_of_the_packets_it_can_be(void **state)
{
	static const struct told_row rows[] = {
		{ "inet",
		    OP("==") "{'ct':{'key':'ip saddr','dir':'reply'}}" RIGHT
			     "'10.0.0.1'}}",
		    "family 4; state 1-3; unknown ct reply ip saddr" },
		{ "inet", OP("==") CT("helper") RIGHT "'ftp'}}",
		    "state 1-3; unknown ct helper" },
		{ "inet", OP("==") CT("expiration") RIGHT "30}}",
		    "state 1-3; unknown ct expiration" },
		{ "inet", OP("==") CT("zone") RIGHT "1}}",
		    "state 1-3; unknown ct zone" },
		{ "inet",
		    OP("==") "{'ct':{'key':'zone','dir':'original'}}" RIGHT
			     "1}}",
		    "state 1-3; unknown ct original zone" },
		{ "inet", OP(">") CT("bytes") RIGHT "1000}}",
		    "state 1-3; unknown ct bytes" },
		{ "inet",
		    OP(">") "{'ct':{'key':'packets','dir':'original'}}" RIGHT
			    "10}}",
		    "state 1-3; unknown ct original packets" },
		{ "inet", OP(">") CT("avgpkt") RIGHT "200}}",
		    "state 1-3; unknown ct avgpkt" },
		{ "inet", OP("==") CT("id") RIGHT "5}}",
		    "state 1-3; unknown ct id" },
		{ "inet", OP("in") CT("label") RIGHT "1}}",
		    "state 1-3; unknown ct label" },
		{ "inet", OP("==") META("skuid") RIGHT "0}}",
		    "unknown meta skuid" },
		{ "inet", OP("==") META("cgroup") RIGHT "5}}",
		    "unknown meta cgroup" },
		{ "inet",
		    OP("==") META("hour") RIGHT "{'range':['10:00','12:00']}}}",
		    "unknown meta hour" },
		{ "inet", OP("==") META("day") RIGHT "'Monday'}}",
		    "unknown meta day" },
		{ "inet", OP(">") META("time") RIGHT "'2021-01-01 00:00:00'}}",
		    "unknown meta time" },
		{ "inet", OP("==") META("cpu") RIGHT "1}}",
		    "unknown meta cpu" },
		{ "inet", OP("==") META("rtclassid") RIGHT "'1'}}",
		    "unknown meta rtclassid" },
		{ "inet", OP("==") META("iifgroup") RIGHT "1}}",
		    "unknown meta iifgroup" },
		{ "inet", OP("==") META("iiftype") RIGHT "'ether'}}",
		    "unknown meta iiftype" },
		{ "inet", OP("==") META("pkttype") RIGHT "'broadcast'}}",
		    "unknown meta pkttype" },
		{ "inet", OP(">") META("length") RIGHT "1000}}",
		    "unknown meta length" },
		{ "inet", OP("<") META("random") RIGHT "100}}",
		    "unknown meta random" },
		{ "inet", OP("==") META("priority") RIGHT "'1:2'}}",
		    "unknown meta priority" },
		{ "inet", OP("==") META("iifkind") RIGHT "'bridge'}}",
		    "unknown meta iifkind" },
		{ "inet", OP("==") META("sdif") RIGHT "'lo'}}",
		    "unknown meta sdif" },
		{ "inet", OP("==") META("ipsec") RIGHT "true}}",
		    "unknown meta ipsec" },
		{ "inet",
		    OP("==") "{'&':[" PAY("ip", "daddr") ",'0.0.0.255']}" RIGHT
							 "'0.0.0.5'}}",
		    "family 4; unknown ip daddr" },
		{ "inet",
		    OP("!=") "{'&':[" PAY("ip",
			"daddr") ",'255.0.0.255']}" RIGHT "'10.0.0.5'}}",
		    "family 4; unknown ip daddr" },
		{ "inet",
		    OP("==") "{'&':[" PAY("ip6", "saddr") ",'ffff::1']}" RIGHT
							  "'2000::1'}}",
		    "family 6; unknown ip6 saddr" },
		{ "inet", OP("==") PAY("ip", "ttl") RIGHT "5}}",
		    "family 4; unknown ip ttl" },
		{ "inet", OP("==") PAY("ip", "dscp") RIGHT "'cs1'}}",
		    "family 4; unknown ip dscp" },
		{ "inet", OP("==") PAY("ip", "ecn") RIGHT "'ect0'}}",
		    "family 4; unknown ip ecn" },
		{ "inet", OP("==") PAY("ip", "length") RIGHT "100}}",
		    "family 4; unknown ip length" },
		{ "inet", OP("==") PAY("ip", "id") RIGHT "5}}",
		    "family 4; unknown ip id" },
		{ "inet",
		    OP("!=") "{'&':[" PAY("ip", "frag-off") ",8191]}" RIGHT
							    "0}}",
		    "family 4; unknown ip frag-off" },
		{ "inet", OP("==") PAY("ip", "version") RIGHT "4}}",
		    "family 4; unknown ip version" },
		{ "inet", OP("==") PAY("ip", "hdrlength") RIGHT "5}}",
		    "family 4; unknown ip hdrlength" },
		{ "inet", OP("==") PAY("ip", "checksum") RIGHT "0}}",
		    "family 4; unknown ip checksum" },
		{ "inet",
		    OP("==") "{'ip option':{'name':'lsrr'}}" RIGHT "true}}",
		    "family 4; unknown ip option lsrr" },
		{ "inet", OP("==") PAY("ip6", "hoplimit") RIGHT "5}}",
		    "family 6; unknown ip6 hoplimit" },
		{ "inet", OP("==") PAY("ip6", "dscp") RIGHT "5}}",
		    "family 6; unknown ip6 dscp" },
		{ "inet", OP("==") PAY("ip6", "flowlabel") RIGHT "5}}",
		    "family 6; unknown ip6 flowlabel" },
		{ "inet", OP("==") PAY("ip6", "length") RIGHT "5}}",
		    "family 6; unknown ip6 length" },
		{ "inet",
		    OP("==") "{'&':[" PAY("tcp", "dport") ",1]}" RIGHT "1}}",
		    "proto 6; unknown tcp dport" },
		{ "inet",
		    OP("==") "{'payload':{'base':'nh','offset':96,'len':32}}" RIGHT
			     "167772161}}",
		    "unknown nh" },
		{ "inet",
		    OP("==") "{'payload':{'base':'nh','offset':128,'len':32}}" RIGHT
			     "167772161}}",
		    "unknown nh" },
		{ "inet",
		    OP("==") "{'payload':{'base':'nh','offset':72,'len':8}}" RIGHT
			     "6}}",
		    "unknown nh" },
		{ "inet",
		    OP("==") "{'payload':{'base':'ll','offset':0,'len':48}}" RIGHT
			     "5}}",
		    "unknown ll" },
		{ "inet",
		    OP("==") "{'payload':{'base':'th','offset':8,'len':16}}" RIGHT
			     "5}}",
		    "unknown th" },
		{ "inet", OP("==") PAY("tcp", "sequence") RIGHT "1}}",
		    "proto 6; unknown tcp sequence" },
		{ "inet", OP("==") PAY("tcp", "ackseq") RIGHT "1}}",
		    "proto 6; unknown tcp ackseq" },
		{ "inet", OP("==") PAY("tcp", "window") RIGHT "1}}",
		    "proto 6; unknown tcp window" },
		{ "inet", OP("==") PAY("tcp", "doff") RIGHT "5}}",
		    "proto 6; unknown tcp doff" },
		{ "inet",
		    OP("==") "{'tcp option':{'name':'maxseg'}}" RIGHT "true}}",
		    "unknown tcp option maxseg" },
		{ "inet",
		    OP("==") "{'tcp option':{'name':'maxseg','field':'size'}}" RIGHT
			     "1460}}",
		    "proto 6; unknown tcp option maxseg size" },
		{ "inet",
		    OP("==") "{'tcp option':{'name':'sack'}}" RIGHT "false}}",
		    "unknown tcp option sack" },
		{ "inet",
		    OP("==") PAY("icmp", "type") RIGHT
		    "{'set':['echo-reply','echo-request']}}}," OP("==")
			PAY("icmp", "id") RIGHT "5}}",
		    "family 4; proto 1; type 0,8; unknown icmp id" },
		{ "inet", OP("==") PAY("icmp", "mtu") RIGHT "5}}",
		    "family 4; proto 1; unknown icmp mtu" },
		{ "inet", OP("==") PAY("icmpv6", "mtu") RIGHT "5}}",
		    "family 6; proto 3a; unknown icmpv6 mtu" },
		{ "inet", OP("==") PAY("ether", "type") RIGHT "'ip'}}",
		    "unknown ether type; family 4" },
		{ "inet",
		    OP("==") PAY("ether", "type") RIGHT
		    "{'set':['ip','ip6']}}}",
		    "unknown ether type" },
		{ "inet",
		    OP("==") PAY("ether", "saddr") RIGHT
		    "'00:01:02:03:04:05'}}",
		    "unknown ether saddr" },
		{ "inet", OP("==") PAY("vlan", "id") RIGHT "5}}",
		    "unknown vlan id" },
		{ "inet", OP("==") PAY("ah", "spi") RIGHT "5}}",
		    "proto 33; unknown ah spi" },
		{ "inet", OP("==") PAY("esp", "spi") RIGHT "5}}",
		    "proto 32; unknown esp spi" },
		{ "inet", OP("==") PAY("comp", "cpi") RIGHT "5}}",
		    "proto 6c; unknown comp cpi" },
		{ "inet",
		    OP("==") "{'fib':{'result':'type','flags':['daddr']}}" RIGHT
			     "'local'}}",
		    "unknown fib type" },
		{ "inet",
		    OP("==") "{'fib':{'result':'oif','flags':['saddr','iif']}}" RIGHT
			     "false}}",
		    "unknown fib oif" },
		{ "inet",
		    OP("==") "{'fib':{'result':'oif','flags':['saddr','iif']}}" RIGHT
			     "'0'}}",
		    "unknown fib oif" },
		{ "inet", OP("==") "{'rt':{'key':'classid'}}" RIGHT "'5'}}",
		    "unknown rt classid" },
		{ "inet",
		    OP("==") "{'rt':{'key':'nexthop','family':'ip'}}" RIGHT
			     "'10.0.0.1'}}",
		    "unknown rt ip nexthop" },
		{ "inet", OP("==") "{'rt':{'key':'mtu'}}" RIGHT "1500}}",
		    "unknown rt mtu" },
		{ "inet", OP("==") "{'rt':{'key':'ipsec'}}" RIGHT "true}}",
		    "unknown rt ipsec" },
		{ "inet",
		    OP("==") "{'socket':{'key':'transparent'}}" RIGHT "1}}",
		    "unknown socket transparent" },
		{ "inet", OP("==") "{'socket':{'key':'mark'}}" RIGHT "5}}",
		    "unknown socket mark" },
		{ "inet", OP("==") "{'osf':{'key':'name'}}" RIGHT "'Linux'}}",
		    "unknown osf name" },
		{ "inet",
		    OP("<") "{'numgen':{'mode':'random','mod':10,'offset':0}}" RIGHT
			    "5}}",
		    "unknown numgen random" },
		{ "inet",
		    OP("==") "{'numgen':{'mode':'inc','mod':2,'offset':0}}" RIGHT
			     "0}}",
		    "unknown numgen inc" },
		{ "inet",
		    OP("==") "{'jhash':{'mod':10,'expr':" PAY("ip",
			"saddr") "}}" RIGHT "5}}",
		    "family 4; unknown jhash" },
		{ "inet", OP("==") "{'symhash':{'mod':10}}" RIGHT "5}}",
		    "unknown symhash" },
		{ "inet",
		    OP("==") "{'ipsec':{'key':'reqid','dir':'in','spnum':0}}" RIGHT
			     "5}}",
		    "unknown ipsec in reqid" },
		{ "inet", OP("==") "{'exthdr':{'name':'frag'}}" RIGHT "true}}",
		    "family 6; unknown exthdr frag" },
		{ "inet",
		    OP("==") "{'exthdr':{'name':'frag','field':'more-fragments'}}" RIGHT
			     "1}}",
		    "family 6; unknown exthdr frag more-fragments" },
		{ "inet",
		    OP("==") "{'exthdr':{'name':'rt','field':'type'}}" RIGHT
			     "0}}",
		    "family 6; unknown exthdr rt type" },
		{ "inet",
		    OP("==") "{'exthdr':{'name':'hbh','field':'nexthdr'}}" RIGHT
			     "'tcp'}}",
		    "family 6; unknown exthdr hbh nexthdr" },
		{ "inet",
		    OP("==") "{'exthdr':{'name':'dst','field':'nexthdr'}}" RIGHT
			     "'tcp'}}",
		    "family 6; unknown exthdr dst nexthdr" },
		{ "inet",
		    OP("==") "{'exthdr':{'name':'mh','field':'type'}}" RIGHT
			     "'home-test-init'}}",
		    "family 6; unknown exthdr mh type" },
		{ "inet",
		    OP("==") "{'sctp chunk':{'name':'data'}}" RIGHT "true}}",
		    "unknown sctp chunk data" },
		{ "inet",
		    OP("==") "{'sctp chunk':{'name':'init','field':'num-inbound-streams'}}" RIGHT
			     "5}}",
		    "proto 84; unknown sctp chunk init num-inbound-streams" },
		{ "inet", OP("==") PAY("ether", "type") RIGHT "'8021q'}}",
		    "unknown ether type" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT
		    "'tcp'}},{'tproxy':{'port':50080}}",
		    "proto 6; unknown tproxy!" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT
		    "'tcp'}},{'tproxy':{'family':'ip6','addr':'::1','port':5}}",
		    "proto 6; unknown tproxy!" },
		{ "arp", OP("==") PAY("arp", "operation") RIGHT "'request'}}",
		    "family none; unknown arp operation" },
		{ "arp", OP("==") PAY("arp", "saddr ip") RIGHT "'10.0.0.1'}}",
		    "family none; unknown arp saddr ip" },
		{ "inet", OP("==") META("iif") RIGHT "'77'}}",
		    "unknown meta iif" },
		{ "inet", OP("!=") META("oif") RIGHT "'77'}}",
		    "unknown meta oif" },
		{ "inet",
		    OP("==") PAY("ether", "type") RIGHT
		    "{'set':['ip','arp','8021q','ip6',34887,34915,'8021ad']}}}",
		    "unknown ether type" },
		{ "inet",
		    OP("==") PAY("ip", "dscp") RIGHT "{'set':[5,'cs1']}}}",
		    "family 4; unknown ip dscp" },
		{ "inet",
		    OP("==") "{'payload':{'base':'nh','offset':64,'len':128}}" RIGHT
			     "'0x20010db8000000000000000000000001'}}",
		    "unknown nh" },
		{ "inet",
		    OP("==") PAY("icmp", "type") RIGHT
		    "{'set':['echo-reply','echo-request']}}},{'limit':{'rate':5,'burst':5,'per':'second'}}",
		    "family 4; proto 1; type 0,8; unknown limit" },
		{ "inet", OP("<") PAY("ip", "ttl") RIGHT "5}}",
		    "family 4; unknown ip ttl" },
		{ "inet",
		    OP("==") PAY("ip6", "hoplimit") RIGHT "255}}," OP("==")
			PAY("icmpv6", "type") RIGHT "'nd-router-advert'}}",
		    "family 6; unknown ip6 hoplimit; proto 3a; type 86" },
	};

	(void)state;
	CHECK(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_concatenations_and_maps_keep_their_elements),
		cmocka_unit_test(test_frames_that_carry_frames_are_not_known),
		cmocka_unit_test(
		    test_what_is_not_known_is_a_free_choice_of_the_packets_it_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
