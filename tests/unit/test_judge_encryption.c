/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encryption judged from facts alone: conduits and links that ask for it, and
 * all that payload can show. The cases of tests/golden say it of packets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "judging.h"

#define AEAD 0xC02F   /* ECDHE_RSA AES_128_GCM: high */
#define CBC 0xC027    /* ECDHE_RSA AES_128_CBC: recommended */
#define STATIC 0x002F /* RSA AES_128_CBC: exception */

static struct model *model;

static int
setup(void **state)
{
	(void)state;
	model = judging_load("in-force");
	return model ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	model_free(model);
	return 0;
}

/* What the rules of the model ask for; the model is this test's own. */
static struct conduit *
ask(enum encryption_class e)
{
	struct conduit *k = NULL;

	for (size_t i = 0; i < model->conduit_count; i++) {
		model->conduits[i].encryption = ENCRYPTION_NONE;
		if (strcmp(model->conduits[i].id, "files") == 0)
			k = &model->conduits[i];
	}
	for (size_t i = 0; i < model->link_count; i++)
		model->links[i].has_encryption = false;
	assert_non_null(k);
	k->encryption = e;
	k->services.count = 0; /* any */
	return k;
}

static struct conversation
between(const char *application)
{
	struct conversation c = judging_between(model, "10.2.1.1", 50000,
	    "172.20.9.8", 443, 6);

	judging_seen(model, &c, 200, false);
	judging_seen(model, &c, 400, true);
	judging_answered(&c, application);
	c.ended = true;
	return c;
}

static struct conversation
tls(uint16_t version, uint16_t suite)
{
	struct conversation c = between("TLS");

	c.tls_version = version;
	c.tls_cipher = suite;
	return c;
}

static void
assert_conforms(struct conversation c)
{
	const struct verdict v = judging_verdict(model, &c);

	assert_string_equal(verdict_name(v.kind), "conform");
	assert_true(v.judged & ELEMENT_ENCRYPTION);
	assert_false(v.unobserved & ELEMENT_ENCRYPTION);
}

static void
assert_wrong(struct conversation c, enum check check, enum severity severity)
{
	const struct verdict v = judging_verdict(model, &c);

	assert_string_equal(verdict_name(v.kind), "violate");
	assert_string_equal(checks_id(v.deciding.check), checks_id(check));
	assert_string_equal(severity_name(v.deciding.severity),
	    severity_name(severity));
	assert_int_equal(v.failed, ELEMENT_ENCRYPTION);
	assert_true(v.alerts);
}

static void
assert_hidden(struct conversation c, enum reason reason)
{
	const struct verdict v = judging_verdict(model, &c);

	assert_string_equal(verdict_name(v.kind), "unjudged");
	assert_int_equal(v.reason, reason);
	assert_true(v.unobserved & ELEMENT_ENCRYPTION);
	assert_false(v.judged & ELEMENT_ENCRYPTION);
	assert_int_equal(v.deciding.check, CHECK_NONE);
}

static void
test_each_class_takes_itself_and_what_is_stricter(void **state)
{
	(void)state;
	ask(ENCRYPTION_HIGH);
	assert_conforms(tls(0x0303, AEAD));
	assert_wrong(tls(0x0303, CBC), CHECK_CRY_2, SEVERITY_HIGH);
	ask(ENCRYPTION_RECOMMENDED);
	assert_conforms(tls(0x0303, AEAD));
	assert_conforms(tls(0x0303, CBC));
	assert_wrong(tls(0x0303, STATIC), CHECK_CRY_2, SEVERITY_HIGH);
	assert_wrong(tls(0x0302, CBC), CHECK_CRY_2, SEVERITY_HIGH);
	ask(ENCRYPTION_EXCEPTION);
	assert_conforms(tls(0x0303, STATIC));
	assert_conforms(tls(0x0301, STATIC));
	assert_wrong(tls(0x0303, 0x0005), CHECK_CRY_2, SEVERITY_HIGH);
}

static void
test_a_weak_hello_is_named_beside_what_is_asked(void **state)
{
	struct conversation c;
	struct verdict v;

	(void)state;
	ask(ENCRYPTION_RECOMMENDED);
	c = tls(0x0301, STATIC);
	v = judging_verdict(model, &c);
	assert_string_equal(v.near_miss.expected, "tls-recommended");
	assert_string_equal(v.near_miss.seen,
	    "TLS 1.0 TLS_RSA_WITH_AES_128_CBC_SHA");
	assert_string_equal(v.near_miss.conduit->id, "files");
	assert_int_equal(v.clause.kind, CLAUSE_CONDUIT);
}

static void
test_a_suite_that_nobody_knows_is_not_called_weak(void **state)
{
	(void)state;
	ask(ENCRYPTION_EXCEPTION);
	assert_hidden(tls(0x0303, 0xEEEE), REASON_NOT_OBSERVABLE);
}

static void
test_tls_without_its_hello_is_not_judged_and_says_why(void **state)
{
	struct conversation c;

	(void)state;
	ask(ENCRYPTION_RECOMMENDED);
	assert_hidden(between("TLS"), REASON_NOT_OBSERVABLE);
	c = between("TLS");
	c.lost = true;
	assert_hidden(c, REASON_LOST_PACKETS);
	c = between("TLS");
	c.cut = true;
	assert_hidden(c, REASON_PARTIAL);
	c = between("Teams");
	c.master = "TLS";
	assert_hidden(c, REASON_NOT_OBSERVABLE);
	c.tls_version = 0x0304;
	c.tls_cipher = 0x1301;
	assert_conforms(c);
}

static void
test_content_in_clear_is_cry_1(void **state)
{
	static const char *const clear[] = { "HTTP", "Telnet", "TFTP", "Redis",
		"SMBv1" };

	(void)state;
	ask(ENCRYPTION_EXCEPTION);
	for (size_t i = 0; i < sizeof(clear) / sizeof(clear[0]); i++)
		assert_wrong(between(clear[i]), CHECK_CRY_1, SEVERITY_HIGH);
}

/* What was sent and stopped, or may have been, is not said to have crossed. */
static void
test_content_that_did_not_get_through_is_not_said_to_have(void **state)
{
	struct conversation c;
	struct verdict v;

	(void)state;
	ask(ENCRYPTION_RECOMMENDED);
	c = judging_between(model, "10.2.1.1", 50000, "172.20.9.8", 514, 17);
	judging_seen(model, &c, 200, false);
	judging_answered(&c, "Syslog");
	c.outcome = OUTCOME_TRIED;
	c.payload[1] = false;
	v = judging_verdict(model, &c);
	assert_int_equal(v.passed, PASSED_UNKNOWN);
	assert_int_equal(v.kind, VERDICT_UNJUDGED);
	assert_int_equal(v.reason, REASON_ONE_WAY);
	c.outcome = OUTCOME_REFUSED;
	c.refusal = REFUSAL_UNREACHABLE;
	c.sightings[0].way[1].refusals = 1;
	c.sightings[0].way[1].refusals_from_router = 1;
	addr_parse("10.2.0.1", &c.refused_from);
	v = judging_verdict(model, &c);
	assert_int_equal(v.passed, PASSED_NO);
	assert_int_equal(v.deciding.check, CHECK_CRY_1);
	assert_int_equal(v.deciding.severity, SEVERITY_LOW);
}

/* Bytes that look like a hello in the body of a page make it no TLS. */
static void
test_a_hello_within_a_clear_protocol_excuses_nothing(void **state)
{
	struct conversation c;

	(void)state;
	ask(ENCRYPTION_RECOMMENDED);
	c = between("HTTP");
	c.tls_version = 0x0304;
	c.tls_cipher = 0x1301;
	assert_wrong(c, CHECK_CRY_1, SEVERITY_HIGH);
}

static void
test_what_may_turn_to_tls_waits_until_it_has_or_cannot(void **state)
{
	struct conversation c;

	(void)state;
	ask(ENCRYPTION_RECOMMENDED);
	c = between("SMTP");
	assert_wrong(c, CHECK_CRY_1, SEVERITY_HIGH);
	c.ended = false;
	c.tls_may_come = true;
	assert_hidden(c, REASON_APPLICATION);
	c.tls_may_come = false;
	assert_wrong(c, CHECK_CRY_1, SEVERITY_HIGH);
	c.tls_version = 0x0303;
	c.tls_cipher = AEAD;
	assert_conforms(c);
	c = between("PostgreSQL");
	c.label_unsure = true; /* it may have turned where nobody saw it */
	assert_hidden(c, REASON_NOT_OBSERVABLE);
	c.lost = true;
	assert_hidden(c, REASON_LOST_PACKETS);
}

static void
test_what_may_be_encrypted_by_itself_is_not_observable(void **state)
{
	static const char *const hidden[] = { "SSH", "QUIC", "SMBv23", "RDP",
		"Oracle", "MsSQL-TDS", "LDAP", "WireGuard", "HTTP_Connect" };

	(void)state;
	ask(ENCRYPTION_RECOMMENDED);
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		assert_hidden(between(hidden[i]), REASON_NOT_OBSERVABLE);
}

static void
test_smb_is_in_clear_where_a_file_moved_or_it_is_of_old(void **state)
{
	struct conversation c;

	(void)state;
	ask(ENCRYPTION_RECOMMENDED);
	c = between("SMBv23");
	c.content_clear = true;
	assert_wrong(c, CHECK_CRY_1, SEVERITY_HIGH);
	c = between(NULL);
	c.application_state = APPLICATION_UNKNOWN;
	c.legacy = LEGACY_SMB1;
	assert_wrong(c, CHECK_CRY_1, SEVERITY_HIGH);
}

static void
test_control_in_clear_conforms_with_a_remark(void **state)
{
	static const char *const control[] = { "NTP", "SNMP", "ICMP", "BGP",
		"OSPF" };

	(void)state;
	ask(ENCRYPTION_RECOMMENDED);
	for (size_t i = 0; i < sizeof(control) / sizeof(control[0]); i++) {
		struct conversation c = between(control[i]);
		const struct verdict v = judging_verdict(model, &c);

		assert_int_equal(v.kind, VERDICT_CONFORM);
		assert_false(v.alerts);
		assert_int_equal(v.also_count, 1);
		assert_int_equal(v.also[0].check, CHECK_CRY_1);
		assert_int_equal(v.also[0].severity, SEVERITY_INFORMATION);
	}
}

/* Whatever is posted may be called so: it is in clear as any page. */
static void
test_revocation_by_http_is_in_clear(void **state)
{
	struct conversation c;

	(void)state;
	ask(ENCRYPTION_RECOMMENDED);
	c = between("OCSP");
	c.master = "HTTP";
	assert_wrong(c, CHECK_CRY_1, SEVERITY_HIGH);
	c.master = NULL;
	assert_wrong(c, CHECK_CRY_1, SEVERITY_HIGH);
	c = between("NTP");
	c.master = "HTTP";
	assert_wrong(c, CHECK_CRY_1, SEVERITY_HIGH);
}

static void
test_an_unknown_application_is_never_fine(void **state)
{
	struct conversation c;

	(void)state;
	ask(ENCRYPTION_RECOMMENDED);
	c = between(NULL);
	c.application_state = APPLICATION_UNKNOWN;
	assert_hidden(c, REASON_APPLICATION);
	c.application_state = APPLICATION_PENDING;
	assert_hidden(c, REASON_APPLICATION);
}

static void
test_without_payload_encryption_is_not_asked_for(void **state)
{
	struct conversation c;
	struct verdict v;

	(void)state;
	ask(ENCRYPTION_HIGH);
	c = judging_between(model, "10.2.1.1", 50000, "172.20.9.8", 443, 6);
	judging_seen(model, &c, 200, false);
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_CONFORM);
	assert_int_equal((v.judged | v.unobserved) & ELEMENT_ENCRYPTION, 0);
}

static void
test_ipsec_and_macsec_lie_beyond_the_tap(void **state)
{
	(void)state;
	ask(ENCRYPTION_MACSEC);
	assert_hidden(tls(0x0304, 0x1301), REASON_NOT_OBSERVABLE);
	assert_hidden(between("HTTP"), REASON_NOT_OBSERVABLE);
	ask(ENCRYPTION_IPSEC);
	assert_hidden(between("HTTP"), REASON_NOT_OBSERVABLE);
}

/* ---- government cloud */

static struct link *
cloud_link(const char *id)
{
	for (size_t i = 0; i < model->link_count; i++)
		if (strcmp(model->links[i].id, id) == 0)
			return &model->links[i];
	fail();
	return NULL;
}

/* A conversation to the cloud over a link (NULL: it was not seen which). */
static struct conversation
to_cloud(const char *application, const struct link *link)
{
	struct conversation c = judging_between(model, "10.1.5.5", 50000,
	    "10.200.1.10", 443, 6);

	judging_seen(model, &c, 110, true);
	c.sightings[0].segment = model_zone(model, "gcloud");
	c.sightings[0].routers_known = false;
	c.sightings[0].link = link;
	judging_answered(&c, application);
	c.ended = true;
	return c;
}

/* The conduit "case" leads to the cloud here, and asks for nothing itself. */
static struct conduit *
lead_to_cloud(void)
{
	struct conduit *k;

	ask(ENCRYPTION_NONE);
	for (k = model->conduits; strcmp(k->id, "case") != 0; k++)
		;
	k->from.zone = model_zone(model, "core");
	k->to.zone = model_zone(model, "gcloud");
	k->from.whole_zone = k->to.whole_zone = true;
	k->services.count = 0;
	memset(&k->via, 0, sizeof(k->via));
	k->carry_count = 0;
	judge_index_free(model->judged);
	model->judged = judge_index_new(model);
	return k;
}

static enum check
told(struct conversation c)
{
	return judging_verdict(model, &c).deciding.check;
}

static void
test_of_a_cloud_the_line_it_took_counts(void **state)
{
	struct conversation c;
	struct verdict v;

	(void)state;
	lead_to_cloud();
	cloud_link("gc-main")->has_encryption = true;
	cloud_link("gc-main")->minimum = ENCRYPTION_RECOMMENDED;
	c = to_cloud("TLS", cloud_link("gc-main"));
	c.tls_version = 0x0303;
	c.tls_cipher = STATIC;
	v = judging_verdict(model, &c);
	assert_int_equal(v.deciding.check, CHECK_CRY_2);
	assert_int_equal(v.clause.kind, CLAUSE_MODEL);
	assert_string_equal(v.clause.id, "gc-main");
	/* The other line asks for nothing: what it carries breaks nothing. */
	c.sightings[0].link = cloud_link("gc-backup");
	assert_int_equal(told(c), CHECK_NONE);
	/* Not seen on either: it may have been the one that allows it. */
	c.sightings[0].link = NULL;
	v = judging_verdict(model, &c);
	assert_int_equal(v.deciding.check, CHECK_NONE);
	assert_int_equal(v.kind, VERDICT_UNJUDGED);
	assert_true(v.unobserved & ELEMENT_ENCRYPTION);
}

static void
test_content_in_clear_to_a_cloud_is_critical(void **state)
{
	struct conduit *k = lead_to_cloud();
	static const char *carried[] = { "individual-number" };
	struct conversation c;
	struct verdict v;

	(void)state;
	cloud_link("gc-main")->has_encryption = true;
	cloud_link("gc-main")->minimum = ENCRYPTION_RECOMMENDED;
	c = to_cloud("HTTP", cloud_link("gc-main"));
	v = judging_verdict(model, &c);
	assert_int_equal(v.deciding.check, CHECK_CRY_1);
	assert_int_equal(v.deciding.severity, SEVERITY_CRITICAL);
	c = to_cloud("Telnet", cloud_link("gc-main"));
	v = judging_verdict(model, &c);
	assert_int_equal(v.deciding.severity, SEVERITY_HIGH);
	k->carries = carried;
	k->carry_count = 1;
	v = judging_verdict(model, &c);
	assert_int_equal(v.deciding.severity, SEVERITY_CRITICAL);
	k->carry_count = 0;
	k->carries = NULL;
}

static void
test_a_line_encrypted_by_a_document_is_not_broken(void **state)
{
	struct conduit *k = lead_to_cloud();
	struct link *link = cloud_link("gc-main");
	struct conversation c;
	struct verdict v;

	(void)state;
	link->has_encryption = true;
	link->minimum = ENCRYPTION_RECOMMENDED;
	link->or_link = "macsec";
	link->document = "設計書3.2";
	c = to_cloud("HTTP", link);
	v = judging_verdict(model, &c);
	assert_int_equal(v.kind, VERDICT_UNJUDGED);
	assert_int_equal(v.reason, REASON_NOT_OBSERVABLE);
	assert_int_equal(v.element, ELEMENT_ENCRYPTION);
	assert_string_equal(v.near_miss.expected, "macsec 設計書3.2");
	assert_string_equal(v.near_miss.seen, "HTTP");
	/* What the conduit asks for itself no line excuses. */
	k->encryption = ENCRYPTION_EXCEPTION;
	assert_int_equal(told(c), CHECK_CRY_1);
	k->encryption = ENCRYPTION_NONE;
	/* Nor does a line of which no document says so. */
	link->document = NULL;
	assert_int_equal(told(c), CHECK_CRY_1);
	link->or_link = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_each_class_takes_itself_and_what_is_stricter),
		cmocka_unit_test(
		    test_a_weak_hello_is_named_beside_what_is_asked),
		cmocka_unit_test(
		    test_a_suite_that_nobody_knows_is_not_called_weak),
		cmocka_unit_test(
		    test_tls_without_its_hello_is_not_judged_and_says_why),
		cmocka_unit_test(test_content_in_clear_is_cry_1),
		cmocka_unit_test(
		    test_content_that_did_not_get_through_is_not_said_to_have),
		cmocka_unit_test(
		    test_a_hello_within_a_clear_protocol_excuses_nothing),
		cmocka_unit_test(
		    test_what_may_turn_to_tls_waits_until_it_has_or_cannot),
		cmocka_unit_test(
		    test_what_may_be_encrypted_by_itself_is_not_observable),
		cmocka_unit_test(
		    test_smb_is_in_clear_where_a_file_moved_or_it_is_of_old),
		cmocka_unit_test(test_control_in_clear_conforms_with_a_remark),
		cmocka_unit_test(test_revocation_by_http_is_in_clear),
		cmocka_unit_test(test_an_unknown_application_is_never_fine),
		cmocka_unit_test(
		    test_without_payload_encryption_is_not_asked_for),
		cmocka_unit_test(test_ipsec_and_macsec_lie_beyond_the_tap),
		cmocka_unit_test(test_of_a_cloud_the_line_it_took_counts),
		cmocka_unit_test(test_content_in_clear_to_a_cloud_is_critical),
		cmocka_unit_test(
		    test_a_line_encrypted_by_a_document_is_not_broken),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
