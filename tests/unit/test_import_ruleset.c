/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A FortiGate's policies as sekisho-ruleset/1. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "import_ruleset.h"
#include "ruling.h"

static const char tables[] =
    "policyid,name,srcintf,dstintf,srcaddr,dstaddr,schedule,service,action,"
    "nat,status,comments,logtraffic,av-profile\n"
    "1,LGWAN web,port1,port2,\"\"\"LG-NET\"\"\",\"\"\"SV-WEB\"\" "
    "\"\"SV WEB2\"\"\",always,HTTP HTTPS,accept,disable,enable,,all,x\n"
    "2,,port1,port2,all,FQDN1,always,\"\"\"HTTPS\"\" \"\"CUST1\"\"\","
    "accept,enable,enable,hi,utm,\n"
    "3,vip,wan1,dmz,all,VIP-WEB,always,HTTP,accept,disable,enable,,all,\n"
    "4,off,any,any,all,all,always,ALL,accept,disable,disable,,all,\n"
    "5,sched,port1,port2,GRP,nosuch,office,RDP,accept,disable,enable,,all,\n"
    "6,deny,any,any,all,all,always,ALL,deny,,enable,,all,\n"
    "\nconfig firewall address\n"
    "name,type,subnet,start-ip,end-ip,fqdn\n"
    "LG-NET,ipmask,10.2.0.0 255.255.0.0,,,\n"
    "SV-WEB,ipmask,10.1.0.5 255.255.255.255,,,\n"
    "SV WEB2,iprange,,10.1.0.6,10.1.0.9,\n"
    "FQDN1,fqdn,,,,www.example.jp\n"
    "name,member\nGRP,LG-NET;SV-WEB\n"
    "config firewall vip\n"
    "name,extip,mappedip,portforward,protocol,extport,mappedport\n"
    "VIP-WEB,203.0.113.5,10.1.0.7,enable,tcp,8080,80\n"
    "config firewall service custom\n"
    "name,protocol,tcp-portrange,udp-portrange\n"
    "CUST1,TCP/UDP/SCTP,8443:1024-65535 9000-9010,514\n";

static struct ruleset *
convert(const char *csv, struct import_ruleset *x, struct diag *d)
{
	if (!import_ruleset_bytes("p.csv", csv, strlen(csv), x, d))
		return NULL;
	return ruling_json(text_str(&x->json), x->json.length, ruleset_neutral,
	    d);
}

static void
test_names_become_what_they_mean(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	struct ruleset *r = convert(tables, &x, &d);

	(void)state;
	assert_non_null(r);
	assert_int_equal(x.policies, 6);
	assert_int_equal(x.disabled, 1);
	assert_int_equal(x.vips, 1);
	assert_int_equal(x.unresolved, 2);
	assert_string_equal(text_str(&x.unread), "av-profile");
	assert_int_equal(r->rule_count, 6);
	assert_string_equal(r->rules[1]->text,
	    "iifname \"port1\" oifname \"port2\" ip saddr 10.2.0.0/16 "
	    "ip daddr 10.1.0.5-10.1.0.9 tcp dport { 80, 443 } log accept");
	assert_string_equal(r->rules[3]->text,
	    "iifname \"wan1\" oifname \"dmz\" ip daddr 203.0.113.5 "
	    "tcp dport 8080 log dnat ip to 10.1.0.7:80 accept");
	assert_int_equal(r->rules[3]->handle, 3);
	assert_true(r->chains[0]->policy_drop);
	ruleset_free(r);
	import_ruleset_fini(&x);
	diag_free(&d);
}

static void
test_what_cannot_be_resolved_is_unknown_and_told(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	struct ruleset *r = convert(tables, &x, &d);
	struct text said = { 0 };

	(void)state;
	diag_print_all(&d, &said);
	assert_non_null(r);
	assert_true(r->rules[2]->unknown); /* FQDN1 */
	assert_true(r->rules[4]->unknown); /* nosuch, and the schedule */
	assert_non_null(strstr(r->rules[4]->text, "schedule office"));
	assert_non_null(strstr(r->rules[4]->text, "address nosuch"));
	assert_false(r->rules[5]->unknown);
	assert_non_null(strstr(text_str(&said), "FQDN1"));
	assert_non_null(strstr(text_str(&said), "nosuch"));
	text_free(&said);
	ruleset_free(r);
	import_ruleset_fini(&x);
	diag_free(&d);
}

/* One policy of source and destination names, with the tables below it. */
static struct ruleset *
one(const char *row, const char *below, struct import_ruleset *x,
    struct diag *d)
{
	struct text csv = { 0 };
	struct ruleset *r;

	text_printf(&csv,
	    "policyid,srcaddr,dstaddr,service,action,srcaddr-negate,"
	    "srcaddr6,dstaddr6,groups\n%s\n%s",
	    row, below);
	r = convert(text_str(&csv), x, d);
	text_free(&csv);
	return r;
}

static void
test_part_of_it_unknown_makes_two_rules(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	struct ruleset *r;

	(void)state;
	r = one("7,A;B,10.1.0.5,HTTPS,accept,,,,", "name,subnet\nA,10.2.0.1\n",
	    &x, &d);
	assert_non_null(r);
	assert_int_equal(r->rule_count, 3);
	assert_string_equal(r->rules[1]->text,
	    "ip saddr 10.2.0.1 ip daddr 10.1.0.5 tcp dport 443 accept");
	assert_false(r->rules[1]->unknown);
	assert_string_equal(r->rules[2]->text,
	    "ip daddr 10.1.0.5 tcp dport 443 address B accept");
	assert_int_equal(r->rules[2]->handle, 7);
	ruleset_free(r);
	import_ruleset_fini(&x);
	diag_free(&d);
}

static void
test_columns_of_ipv6_make_the_others_ipv4(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	struct ruleset *r;

	(void)state;
	r = one("7,all,all,HTTPS,accept,,,,", "", &x, &d);
	assert_non_null(r);
	assert_string_equal(r->rules[1]->text,
	    "meta nfproto ipv4 tcp dport 443 accept");
	ruleset_free(r);
	import_ruleset_fini(&x);
	r = one("7,all,all,HTTPS,accept,,all,all,Sales", "", &x, &d);
	assert_non_null(r);
	assert_string_equal(r->rules[1]->text,
	    "tcp dport 443 users Sales accept");
	ruleset_free(r);
	import_ruleset_fini(&x);
	r = one("7,10.2.0.0/16,10.1.0.5,HTTPS,accept,enable,,,", "", &x, &d);
	assert_non_null(r);
	assert_string_equal(r->rules[1]->text,
	    "ip saddr != 10.2.0.0/16 ip daddr 10.1.0.5 tcp dport 443 accept");
	ruleset_free(r);
	import_ruleset_fini(&x);
	diag_free(&d);
}

static void
test_groups_that_hold_themselves_end(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	struct ruleset *r;

	(void)state;
	r = one("7,A,10.1.0.5,HTTPS,accept,,,,", "name,member\nA,B\nB,A\n", &x,
	    &d);
	assert_non_null(r);
	assert_true(r->rules[1]->unknown);
	ruleset_free(r);
	import_ruleset_fini(&x);
	diag_free(&d);
}

static void
test_a_deny_before_a_virtual_ip_is_unknown_there(void **state)
{
	static const char csv[] =
	    "policyid,srcaddr,dstaddr,service,action\n"
	    "1,all,all,ALL,deny\n"
	    "2,all,V,ALL,accept\n"
	    "name,extip,mappedip\nV,203.0.113.5,10.1.0.7\n";
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	struct ruleset *r = convert(csv, &x, &d);

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->rule_count, 4);
	assert_false(r->rules[1]->unknown);
	assert_true(r->rules[2]->unknown);
	assert_string_equal(r->rules[2]->text, "match-vip drop");
	assert_string_equal(r->rules[3]->text,
	    "ip daddr 203.0.113.5 dnat ip to 10.1.0.7 accept");
	ruleset_free(r);
	import_ruleset_fini(&x);
	diag_free(&d);
}

static void
test_the_gui_names_interfaces_by_alias_and_says_disabled(void **state)
{
	static const char csv[] =
	    "ID,Name,From,To,Source,Destination,Schedule,Service,Action,NAT,"
	    "Log,Status,Comments\n"
	    "1,a,\"lg (port2)\",\"office (port3), dmz\",all,all,always,HTTPS,"
	    "ACCEPT,Disabled,Disabled,Enabled,R6\n"
	    "2,b,port2,office (port3),all,all,always,HTTPS,ACCEPT,Disabled,"
	    "Security Events,Enabled,\n"
	    "3,c,port2,port3,all,all,always,SSH,DENY,無効,無効,Enabled,\n";
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	struct ruleset *r = convert(csv, &x, &d);

	(void)state;
	assert_non_null(r);
	assert_string_equal(r->rules[1]->text,
	    "iifname \"port2\" oifname { \"dmz\", \"port3\" } "
	    "tcp dport 443 accept");
	assert_non_null(
	    strstr(r->rules[1]->comment, "R6 (lg = port2, office = port3)"));
	assert_string_equal(r->rules[2]->text,
	    "iifname \"port2\" oifname \"port3\" tcp dport 443 log accept");
	assert_string_equal(r->rules[3]->text,
	    "iifname \"port2\" oifname \"port3\" tcp dport 22 drop");
	assert_string_equal(text_str(&x.aliases), "lg = port2, office = port3");
	assert_int_equal(d.warnings, 0);
	ruleset_free(r);
	import_ruleset_fini(&x);
	diag_free(&d);
}

static void
test_headings_of_the_gui_begin_their_tables(void **state)
{
	static const char csv[] =
	    "policyid,srcaddr,dstaddr,service,action\n"
	    "1,R1,R2,Proxy8080,accept\n"
	    "2,all,V,RDP,accept\n"
	    "Name,Type,Subnet,Start IP,End IP,IP Range\n"
	    "R1,iprange,,10.3.5.1,10.3.5.50,\n"
	    "R2,iprange,,,,10.1.0.5 - 10.1.0.9\n\n"
	    "Name,External IP,Mapped IP,Port Forward,Protocol,External Port,"
	    "Mapped Port\n"
	    "V,203.0.113.9,10.1.10.4,enable,tcp,8022,3389\n\n"
	    "Name,Protocol,TCP Port Range,UDP Port Range\n"
	    "Proxy8080,TCP/UDP/SCTP,8080,\n";
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	struct ruleset *r = convert(csv, &x, &d);

	(void)state;
	assert_non_null(r);
	assert_int_equal(d.warnings, 0);
	assert_int_equal(x.vips, 1);
	assert_int_equal(x.services, 1);
	assert_string_equal(r->rules[1]->text,
	    "ip saddr 10.3.5.1-10.3.5.50 ip daddr 10.1.0.5-10.1.0.9 "
	    "tcp dport 8080 accept");
	assert_string_equal(r->rules[2]->text,
	    "ip daddr 203.0.113.9 tcp dport 8022 "
	    "dnat ip to 10.1.10.4:3389 accept");
	ruleset_free(r);
	import_ruleset_fini(&x);
	diag_free(&d);
}

/* The table below is the one headings were given for; rows of it are told. */
static size_t
lost(const char *below, size_t errors)
{
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	struct text csv = { 0 }, said = { 0 };
	struct ruleset *r;
	size_t vips;

	text_printf(&csv,
	    "policyid,srcaddr,dstaddr,service,action\n"
	    "1,all,10.1.0.5,HTTPS,accept\n"
	    "name,extip,mappedip\nV,203.0.113.9,10.1.10.4\n%s",
	    below);
	r = convert(text_str(&csv), &x, &d);
	assert_int_equal(d.errors, errors);
	if (errors == 0)
		assert_non_null(r);
	diag_print_all(&d, &said);
	if (strstr(text_str(&said), "looks like headings") != NULL)
		assert_non_null(strstr(text_str(&said), "tcp-portrange"));
	else
		assert_int_equal(d.warnings, 0);
	vips = x.vips;
	ruleset_free(r);
	text_free(&csv);
	text_free(&said);
	import_ruleset_fini(&x);
	diag_free(&d);
	return vips;
}

static void
test_headings_of_no_table_are_a_fault(void **state)
{
	(void)state;
	assert_int_equal(lost("Name,Protocol,Ports\nW,TCP,8080\n", 0), 1);
	assert_int_equal(lost("\nZone,Interfaces\nz1,port1\n", 0), 1);
	/* Policies that would be lost are worse. */
	assert_int_equal(lost("ID,From,To,Source Address,Destination Address,"
			      "Action\n2,a,b,all,all,accept\n",
			     1),
	    1);
	/* An empty row alone parts nothing. */
	assert_int_equal(lost("\nW,203.0.113.10,10.1.10.5\n", 0), 2);
}

static void
test_policy_zero_takes_what_virtual_ips_leave(void **state)
{
	static const char csv[] =
	    "ID,Source,Destination,Service,Action,Log\n"
	    "1,all,V,RDP,ACCEPT,All\n"
	    "0,all,all,ALL,DENY,All\n"
	    "name,extip,mappedip\nV,203.0.113.5,10.1.0.7\n";
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	struct ruleset *r = convert(csv, &x, &d);

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->rule_count, 3);
	assert_string_equal(r->rules[2]->text, "log drop");
	ruleset_free(r);
	import_ruleset_fini(&x);
	diag_free(&d);
}

static void
test_every_truncation_reads_or_is_a_fault(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(tables) - 1; n++) {
		struct diag d = { .lang = LANG_EN };
		struct import_ruleset x;
		bool fine = import_ruleset_bytes("p.csv", tables, n, &x, &d);

		assert_true(fine == (d.errors == 0));
		import_ruleset_fini(&x);
		diag_free(&d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_become_what_they_mean),
		cmocka_unit_test(
		    test_what_cannot_be_resolved_is_unknown_and_told),
		cmocka_unit_test(test_part_of_it_unknown_makes_two_rules),
		cmocka_unit_test(test_columns_of_ipv6_make_the_others_ipv4),
		cmocka_unit_test(test_groups_that_hold_themselves_end),
		cmocka_unit_test(
		    test_a_deny_before_a_virtual_ip_is_unknown_there),
		cmocka_unit_test(
		    test_the_gui_names_interfaces_by_alias_and_says_disabled),
		cmocka_unit_test(test_headings_of_the_gui_begin_their_tables),
		cmocka_unit_test(test_headings_of_no_table_are_a_fault),
		cmocka_unit_test(test_policy_zero_takes_what_virtual_ips_leave),
		cmocka_unit_test(test_every_truncation_reads_or_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
