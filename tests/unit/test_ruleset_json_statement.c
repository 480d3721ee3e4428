/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements, translations, marks. Rows are what nft 1.0.6
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
test_translations_say_to_where(void **state)
{
	static const struct told_row rows[] = {
		{ "inet", OP("in") CT("status") RIGHT "'dnat'}}",
		    "state 1-3; status 20-3f,60-7f,a0-bf,e0-ff,120-13f,160-17f,1a0-1bf,1e0-1ff,220-23f,260-27f,2a0-2bf,2e0-2ff,..16" },
		{ "inet",
		    OP("==") "{'&':[" CT("status") ",['snat','dnat']]}" RIGHT
						   "'dnat'}}",
		    "state 1-3; status 20-2f,60-6f,a0-af,e0-ef,120-12f,160-16f,1a0-1af,1e0-1ef,220-22f,260-26f,2a0-2af,2e0-2ef,..16" },
		{ "inet", OP("in") CT("status") RIGHT "['snat','dnat']}}",
		    "state 1-3; status 10-3f,50-7f,90-bf,d0-ff,110-13f,150-17f,190-1bf,1d0-1ff,210-23f,250-27f,290-2bf,2d0-2ff,..16" },
		{ "inet", OP("!=") CT("status") RIGHT "'dnat'}}",
		    "state 1-3; status 0-1f,21-3ff" },
		{ "inet", OP("!") CT("status") RIGHT "'dnat'}}",
		    "state 1-3; status 0-1f,40-5f,80-9f,c0-df,100-11f,140-15f,180-19f,1c0-1df,200-21f,240-25f,280-29f,2c0-2df,..16" },
		{ "inet", "{'dnat':{'family':'ip','addr':'10.0.0.5'}}",
		    "family 4; dnat to a000005" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT
		    "80}},{'dnat':{'family':'ip','addr':'10.0.0.5','port':8080}}",
		    "proto 6; dport 50; family 4; dnat to a000005 port 1f90" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT
		    "80}},{'dnat':{'family':'ip','addr':{'range':['10.0.0.5','10.0.0.9']},'port':{'range':[8080,8090]},'flags':'persistent'}}",
		    "proto 6; dport 50; family 4; dnat to a000005-a000009 port 1f90-1f9a" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT
		    "80}},{'dnat':{'port':8080}}",
		    "proto 6; dport 50; dnat port 1f90" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT
		    "80}},{'dnat':{'family':'ip6','addr':'2001:db8::5','port':80}}",
		    "proto 6; dport 50; family 6; dnat to 20010db800000000:5 port 50" },
		{ "inet",
		    "{'dnat':{'family':'ip','addr':{'map':{'key':" PAY("tcp",
			"dport") ",'data':{'set':[[80,'10.0.0.5'],[443,'10.0.0.6']]}}}}}",
		    "family 4; proto 6; dnat dport 50 to a000005 / 1bb to a000006" },
		{ "inet",
		    "{'dnat':{'family':'ip','addr':{'map':{'key':" PAY("tcp",
			"dport") ",'data':'@hosts'}}}}",
		    "family 4; proto 6; dnat dport@hosts 50 to a000005" },
		{ "inet",
		    "{'dnat':{'family':'ip','addr':{'map':{'key':" PAY("tcp",
			"dport") ",'data':'@both'}}}}",
		    "family 4; proto 6; dnat dport@both 50 to a000005 port 1f90" },
		{ "inet",
		    "{'dnat':{'family':'ip','addr':{'map':{'key':" PAY("tcp",
			"dport") ",'data':{'set':[[80,{'concat':['10.0.0.5',8080]}],[443,{'concat':['10.0.0.6',8443]}]]}}}}}",
		    "family 4; proto 6; dnat dport 50 to a000005 port 1f90 / 1bb to a000006 port 20fb" },
		{ "inet",
		    "{'dnat':{'family':'ip','addr':{'map':{'key':" PAY("ip",
			"daddr") ",'data':{'set':[[" NET("10.0.0.0",
			"24") "," NET("10.1.0.0",
			"24") "]]}}},'flags':'netmap','type_flags':'prefix'}}",
		    "family 4; dnat daddr a000000-a0000ff net a010000-a0100ff" },
		{ "inet",
		    "{'dnat':{'family':'ip','addr':" NET("10.3.0.0",
			"24") ",'flags':'netmap','type_flags':'prefix'}}",
		    "family 4; dnat net a030000-a0300ff" },
		{ "inet",
		    "{'dnat':{'family':'ip','addr':{'map':{'key':" PAY("ip",
			"daddr") ",'data':'@nets'}},'flags':'netmap','type_flags':'prefix'}}",
		    "family 4; dnat daddr@nets a000000-a0000ff net a010000-a0100ff" },
		{ "inet",
		    "{'dnat':{'family':'ip','addr':{'map':{'key':{'numgen':{'mode':'inc','mod':2,'offset':0}},'data':{'set':[[0,'10.0.0.5'],[1,'10.0.0.6']]}}}}}",
		    "family 4; unknown numgen inc; dnat ?" },
		{ "inet",
		    "{'dnat':{'family':'ip','addr':{'map':{'key':{'jhash':{'mod':2,'expr':" PAY(
			"ip",
			"saddr") "}},'data':{'set':[[0,'10.0.0.5'],[1,'10.0.0.6']]}}}}}",
		    "family 4; unknown jhash; dnat ?" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT
		    "80}},{'dnat':{'family':'ip','addr':{'map':{'key':{'concat':[" META(
			"iifname") "," PAY("ip",
			"saddr") "]},'data':{'set':[[{'concat':['lo','10.0.0.1']},{'concat':['10.0.0.7',5]}]]}}}}}",
		    "proto 6; dport 50; family 4; dnat iif.saddr lo.a000001 to a000007 port 5" },
		{ "inet", "{'redirect':null}", "dnat self" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT
		    "80}},{'redirect':{'port':8080}}",
		    "proto 6; dport 50; dnat self port 1f90" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT
		    "80}},{'redirect':{'port':{'range':[8080,8090]},'flags':'random'}}",
		    "proto 6; dport 50; dnat self port 1f90-1f9a" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT
		    "80}},{'redirect':{'port':{'map':{'key':" PAY("tcp",
			"dport") ",'data':{'set':[[80,8080]]}}}}}",
		    "proto 6; dport 50; dnat dport 50 port 1f90 self" },
		{ "inet", "{'masquerade':null}", "snat" },
		{ "inet",
		    OP("==") META("l4proto") RIGHT
		    "'tcp'}},{'masquerade':{'port':{'range':[1024,65535]},'flags':['random','persistent']}}",
		    "proto 6; snat port 400-ffff" },
		{ "inet", "{'snat':{'family':'ip','addr':'10.0.0.5'}}",
		    "family 4; snat to a000005" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT
		    "80}},{'snat':{'family':'ip','addr':'10.0.0.5','port':{'range':[80,90]}}}",
		    "proto 6; dport 50; family 4; snat to a000005 port 50-5a" },
		{ "inet",
		    "{'snat':{'family':'ip','addr':{'map':{'key':" PAY("ip",
			"saddr") ",'data':{'set':[[" NET("10.0.0.0",
			"24") "," NET("10.1.0.0",
			"24") "]]}}},'flags':'netmap','type_flags':'prefix'}}",
		    "family 4; snat saddr a000000-a0000ff net a010000-a0100ff" },
		{ "inet",
		    "{'snat':{'family':'ip6','addr':'2001:db8::1','flags':'fully-random'}}",
		    "family 6; snat to 20010db800000000:1" },
		{ "inet",
		    OP("==") PAY("icmp", "type") RIGHT
		    "{'set':['echo-reply','destination-unreachable','source-quench','redirect','echo-request','router-advertisement','router-solicitation','time-exceeded','parameter-problem','timestamp-request','timestamp-reply','info-request','info-reply','address-mask-request','address-mask-reply',40]}}}",
		    "family 4; proto 1; type 0,3-5,8-12,28" },
		{ "inet",
		    OP("==") CT("status") RIGHT
		    "{'set':[0,'expected','seen-reply','assured','confirmed','snat','dnat','dying']}}}",
		    "state 1-3; status 0-2,4,8,10,20,200" },
		{ "inet",
		    OP("==") PAY("tcp", "dport") RIGHT
		    "22}},{'redirect':{'port':2222}}",
		    "proto 6; dport 16; dnat self port 8ae" },
		{ "inet", OP("!=") CT("status") RIGHT "'snat'}}",
		    "state 1-3; status 0-f,11-3ff" },
	};

	(void)state;
	CHECK(rows);
}

static void
test_marks_are_written_exactly_and_addresses_are_not_known(void **state)
{
	static const struct told_row rows[] = {
		{ "inet",
		    "{'mangle':{'key':{'tcp option':{'name':'maxseg','field':'size'}},'value':{'rt':{'key':'mtu'}}}}",
		    "proto 6; nothing" },
		{ "inet",
		    "{'mangle':{'key':" META(
			"mark") ",'value':{'map':{'key':" PAY("ip",
			"saddr") ",'data':'@marks'}}}}",
		    "family 4; mark saddr@marks a000005 keep 0 flip 10" },
		{ "inet", "{'mangle':{'key':" META("mark") ",'value':16}}",
		    "mark keep 0 flip 10" },
		{ "inet",
		    "{'mangle':{'key':" META("mark") ",'value':{'&':[" META(
			"mark") ",255]}}}",
		    "mark keep ff flip 0" },
		{ "inet",
		    "{'mangle':{'key':" META("mark") ",'value':{'|':[" META(
			"mark") ",1]}}}",
		    "mark keep fffffffe flip 1" },
		{ "inet",
		    "{'mangle':{'key':" META("mark") ",'value':{'^':[" META(
			"mark") ",1]}}}",
		    "mark keep ffffffff flip 1" },
		{ "inet",
		    "{'mangle':{'key':" META("mark") ",'value':{'|':[{'&':[" META(
			"mark") ",4294967045]},5]}}}",
		    "mark keep ffffff00 flip 5" },
		{ "inet",
		    "{'mangle':{'key':" META("mark") ",'value':" CT(
			"mark") "}}",
		    "state 1-3; mark=ctmark" },
		{ "inet",
		    "{'mangle':{'key':" META("mark") ",'value':{'&':[" CT(
			"mark") ",255]}}}",
		    "state 1-3; mark=ctmark; mark keep ff flip 0" },
		{ "inet",
		    "{'mangle':{'key':" CT("mark") ",'value':" META(
			"mark") "}}",
		    "ctmark=mark" },
		{ "inet",
		    "{'mangle':{'key':" CT("mark") ",'value':{'|':[" META(
			"mark") ",16]}}}",
		    "ctmark=mark; ctmark keep ffffffef flip 10" },
		{ "inet", "{'mangle':{'key':" CT("mark") ",'value':16}}",
		    "ctmark keep 0 flip 10" },
		{ "inet",
		    "{'mangle':{'key':" CT("mark") ",'value':{'|':[" CT(
			"mark") ",16]}}}",
		    "state 1-3; ctmark keep ffffffef flip 10" },
		{ "inet",
		    "{'mangle':{'key':" META("pkttype") ",'value':'host'}}",
		    "unknown meta pkttype!" },
		{ "inet", "{'mangle':{'key':" META("nftrace") ",'value':1}}",
		    "nothing" },
		{ "inet", "{'mangle':{'key':" CT("zone") ",'value':1}}",
		    "nothing" },
		{ "inet", "{'mangle':{'key':" CT("event") ",'value':'new'}}",
		    "nothing" },
		{ "inet", "{'mangle':{'key':" CT("label") ",'value':1}}",
		    "nothing" },
		{ "inet",
		    "{'mangle':{'key':" PAY("ip", "dscp") ",'value':'cs1'}}",
		    "family 4; nothing" },
		{ "inet",
		    "{'mangle':{'key':" PAY("ip",
			"daddr") ",'value':'10.0.0.1'}}",
		    "family 4; unknown ip daddr!" },
		{ "inet",
		    "{'mangle':{'key':" PAY("tcp", "dport") ",'value':5}}",
		    "proto 6; unknown tcp dport!" },
		{ "inet", "{'mangle':{'key':" PAY("ip", "ttl") ",'value':5}}",
		    "family 4; nothing" },
		{ "inet",
		    "{'mangle':{'key':" META(
			"mark") ",'value':{'map':{'key':" PAY("ip",
			"saddr") ",'data':{'set':[['10.0.0.1',16]]}}}}}",
		    "family 4; mark saddr a000001 keep 0 flip 10" },
		{ "inet",
		    "{'mangle':{'key':" META(
			"mark") ",'value':{'numgen':{'mode':'inc','mod':2,'offset':0}}}}",
		    "mark ?" },
		{ "inet",
		    "{'mangle':{'key':" META(
			"mark") ",'value':{'|':[{'<<':[" META("mark") ",8]},5]}}}",
		    "mark ?" },
		{ "inet",
		    "{'mangle':{'key':" CT("mark") ",'value':{'|':[{'&':[" CT(
			"mark") ",65285]},5]}}}",
		    "state 1-3; ctmark keep ff00 flip 5" },
		{ "inet",
		    "{'mangle':{'key':" META("mark") ",'value':5}},{'mangle':{'key':" META(
			"mark") ",'value':{'|':[" META("mark") ",16]}}}",
		    "mark keep 0 flip 5; mark keep ffffffef flip 10" },
		{ "inet", "{'mangle':{'key':" META("mark") ",'value':16384}}",
		    "mark keep 0 flip 4000" },
		{ "inet",
		    "{'mangle':{'key':" CT("mark") ",'value':{'&':[" META(
			"mark") ",65535]}}}",
		    "ctmark=mark; ctmark keep ffff flip 0" },
	};

	(void)state;
	CHECK(rows);
}

static void
test_statements_say_what_they_do_to_the_packet(void **state)
{
	static const struct told_row rows[] = {
		{ "inet", "{'counter':{'packets':0,'bytes':0}}", "nothing" },
		{ "inet", "{'goto':{'target':'side'}}", "goto(side)" },
		{ "inet", "{'ct count':{'val':10}}", "unknown ct count" },
		{ "inet", "{'ct count':{'val':10,'inv':true}}",
		    "unknown ct count" },
		{ "inet", "{'limit':{'rate':10,'burst':5,'per':'second'}}",
		    "unknown limit" },
		{ "inet",
		    "{'limit':{'rate':10,'burst':5,'per':'second','inv':true,'rate_unit':'mbytes','burst_unit':'mbytes'}}",
		    "unknown limit" },
		{ "inet", "{'limit':'l1'}", "unknown limit" },
		{ "inet", "{'quota':{'val':10,'val_unit':'mbytes'}}",
		    "unknown quota" },
		{ "inet", "{'quota':{'val':10,'val_unit':'mbytes','inv':true}}",
		    "unknown quota" },
		{ "inet", "{'quota':'q1'}", "unknown quota" },
		{ "inet", "{'counter':'c1'}", "nothing" },
		{ "inet",
		    "{'counter':{'map':{'key':" PAY("ip",
			"saddr") ",'data':'@counters'}}}",
		    "family 4; saddr@counters a000005; nothing" },
		{ "inet", "{'log':{'prefix':'x ','group':1}}", "log" },
		{ "inet", "{'log':{'level':'debug','flags':'all'}}", "log" },
		{ "inet",
		    "{'set':{'op':'add','elem':" PAY("ip",
			"saddr") ",'set':'@dyn'}}",
		    "family 4; unknown add set" },
		{ "inet",
		    "{'set':{'op':'update','elem':{'elem':{'val':" PAY("ip",
			"saddr") ",'timeout':5}},'set':'@dyn','stmt':[{'limit':{'rate':10,'burst':5,'per':'minute'}}]}}",
		    "family 4; unknown update set" },
		{ "inet",
		    "{'set':{'op':'delete','elem':" PAY("ip",
			"saddr") ",'set':'@dyn'}}",
		    "family 4; nothing" },
		{ "inet",
		    "{'set':{'op':'add','elem':" PAY("ip",
			"saddr") ",'set':'@dyn','stmt':[{'counter':null}]}}",
		    "family 4; unknown add set" },
		{ "inet",
		    "{'meter':{'key':" PAY("ip",
			"saddr") ",'stmt':{'limit':{'rate':5,'burst':5,'per':'second'}},'size':65535,'name':'mtr'}}",
		    "family 4; unknown meter" },
		{ "inet", "{'ct helper':'ftp'}", "nothing" },
		{ "inet", "{'ct timeout':'t1'}", "nothing" },
		{ "inet", "{'ct expectation':'e1'}", "unknown ct expectation" },
		{ "inet", "{'synproxy':'sp'}", "unknown synproxy!" },
		{ "inet", "{'synproxy':{'mss':1460,'wscale':7}}",
		    "unknown synproxy!" },
		{ "inet", "{'notrack':null}", "notrack" },
		{ "inet",
		    "{'reject':{'type':'icmpx','expr':'port-unreachable'}}",
		    "reject" },
		{ "inet",
		    "{'reject':{'type':'icmp','expr':'host-unreachable'}}",
		    "family 4; reject" },
		{ "inet",
		    "{'reject':{'type':'icmpx','expr':'admin-prohibited'}}",
		    "reject" },
		{ "inet", "{'jump':{'target':'side'}}", "jump(side)" },
		{ "inet", "{'return':null}", "return" },
		{ "inet", "{'continue':null}", "continue" },
		{ "inet", "{'drop':null}", "drop" },
		{ "inet", "{'reject':{'type':'icmpv6','expr':'no-route'}}",
		    "family 6; reject" },
	};

	(void)state;
	CHECK(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_translations_say_to_where),
		cmocka_unit_test(
		    test_marks_are_written_exactly_and_addresses_are_not_known),
		cmocka_unit_test(
		    test_statements_say_what_they_do_to_the_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
