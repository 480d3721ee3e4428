/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The checks of declarations. Each test takes an example model, which is
 * without findings on the day of the examples, changes one thing in its text
 * and looks for the one finding that this must yield, and for nothing else.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model.h"

#define TODAY "2026-11-21"

struct checked {
	struct bundle bundle;
	struct diag d;
	struct model *m;
};

/* Replaces the first from in the model's text, which must be there. */
static void
edit(struct bundle *b, const char *from, const char *to)
{
	struct bundle_file *f = &b->files[0];
	struct text out = { 0 };
	char *at = strstr(f->bytes, from);

	if (at == NULL)
		fail_msg("the example has no %s any more", from);
	text_add_n(&out, f->bytes, (size_t)(at - f->bytes));
	text_add(&out, to);
	text_add(&out, at + strlen(from));
	free(f->bytes);
	f->bytes = out.data;
	f->length = out.length;
}

/* edits: pairs of from and to, ended by NULL. */
static void
check(struct checked *c, const char *example, const char *day, va_list edits)
{
	const char *folder = getenv("SEKISHO_DATADIR"), *from;
	char path[512];
	struct day at;

	if (folder == NULL)
		folder = "topology";
	memset(c, 0, sizeof(*c));
	c->d.lang = LANG_EN;
	snprintf(path, sizeof(path), "%s/examples/%s/model.jsonc", folder,
	    example);
	assert_true(bundle_read(&c->bundle, path, folder, &c->d));
	/* strstr needs an end. */
	c->bundle.files[0].bytes = mem_reallocarray(c->bundle.files[0].bytes,
	    c->bundle.files[0].length + 1, 1);
	c->bundle.files[0].bytes[c->bundle.files[0].length] = '\0';
	while ((from = va_arg(edits, const char *)) != NULL)
		edit(&c->bundle, from, va_arg(edits, const char *));
	c->m = model_load(&c->bundle, &c->d);
	if (c->m != NULL) {
		assert_true(day_parse(day, &at));
		model_check(c->m, at, &c->d);
	}
}

static void
end(struct checked *c)
{
	diag_free(&c->d);
	model_free(c->m);
	bundle_free(&c->bundle);
}

static void
fail_with(const struct checked *c, const char *what)
{
	struct text shown = { 0 };
	char *copy;

	diag_print(&c->d, &shown);
	copy = mem_strdup(text_str(&shown));
	text_free(&shown);
	fail_msg("%s in: %s", what, copy);
}

/* Exactly one finding: of that check and grade, with that in its sentence. */
static void
assert_finding(const char *example, const char *day, const char *id,
    const char *grade, const char *part, ...)
{
	struct checked c;
	va_list edits;

	va_start(edits, part);
	check(&c, example, day, edits);
	va_end(edits);
	if (c.m == NULL || c.d.count != 1)
		fail_with(&c, "expected one finding");
	if (strcmp(c.d.entries[0].check, id) != 0 ||
	    strcmp(c.d.entries[0].grade, grade) != 0 ||
	    strstr(c.d.entries[0].sentence, part) == NULL)
		fail_with(&c, part);
	assert_int_equal(c.d.entries[0].severity, DIAG_WARNING);
	assert_true(c.d.entries[0].place.file != NULL);
	end(&c);
}

/* At least that finding. */
static void
assert_among(const char *example, const char *id, const char *part, ...)
{
	struct checked c;
	va_list edits;
	bool found = false;

	va_start(edits, part);
	check(&c, example, TODAY, edits);
	va_end(edits);
	for (size_t i = 0; i < c.d.count; i++)
		found |= c.d.entries[i].check != NULL &&
		    strcmp(c.d.entries[i].check, id) == 0 &&
		    strstr(c.d.entries[i].sentence, part) != NULL;
	if (c.m == NULL || !found)
		fail_with(&c, part);
	end(&c);
}

static void
assert_clean(const char *example, const char *day, ...)
{
	struct checked c;
	va_list edits;

	va_start(edits, day);
	check(&c, example, day, edits);
	va_end(edits);
	if (c.m == NULL || c.d.count != 0)
		fail_with(&c, "expected nothing");
	end(&c);
}

#define END ((const char *)NULL)

static void
test_examples_are_without_findings(void **state)
{
	(void)state;
	assert_clean("town", TODAY, END);
	assert_clean("city-alpha", TODAY, END);
	assert_clean("city-beta", TODAY, END);
	assert_clean("city-alpha-prime", TODAY, END);
}

/* ---- TOP-2 */

static void
test_conduit_in_a_forbidden_cell_is_found(void **state)
{
	(void)state;
	/* Special registration does not help. */
	assert_finding("town", TODAY, "TOP-2", "high",
	    "nothing may be opened from core to security "
	    "(mic-2025-03.json:",
	    "\"to\": { \"zone\": \"lgwan\", \"hosts\": [\"172.20.9.8\"] }",
	    "\"to\": { \"zone\": \"security\", \"hosts\": [\"172.31.8.9\"] }",
	    "\"via\": { \"links\": [\"lgwan\"] },",
	    "\"via\": { \"links\": [\"sc-line\"] },", END);
}

static void
test_back_way_of_a_two_way_conduit_is_held_against_its_own_cell(void **state)
{
	(void)state;
	/* From the internet tier out is a matter of a conduit, back is not. */
	assert_finding("city-alpha", TODAY, "TOP-2", "high",
	    "conduit \"web\": nothing may be opened from outside to office",
	    "\"to\": { \"zone\": \"security\", \"hosts\": "
	    "[\"172.31.0.10\"] },",
	    "\"to\": { \"zone\": \"outside\", \"hosts\": "
	    "[\"203.0.113.200\"] }, \"direction\": \"both\",",
	    END);
}

static void
test_special_cell_needs_registration_and_its_basis(void **state)
{
	(void)state;
	assert_finding("town", TODAY, "TOP-2", "high",
	    "only registered communication", "\"special\": true, ", "", END);
	assert_finding("town", TODAY, "TOP-2", "high", "rests on nothing",
	    "\"basis\": \"番号法別表\", ", "", END);
}

static void
test_screen_cell_needs_screen_transfer(void **state)
{
	(void)state;
	assert_finding("town", TODAY, "TOP-2", "high",
	    "only screen transfer may go", "\"transfers\": \"screen\",", "",
	    END);
	/* Registered with its basis it may be something else. */
	assert_clean("town", TODAY, "\"transfers\": \"screen\",",
	    "\"special\": true, \"basis\": \"x\",",
	    "\"from\": { \"zone\": \"lg\" }, \"to\": { \"zone\": \"office\"",
	    "\"from\": { \"zone\": \"lg\", \"hosts\": [\"10.2.7.7\"] }, "
	    "\"to\": { \"zone\": \"office\"",
	    END);
}

static void
test_sanitise_cell_needs_the_clean_side(void **state)
{
	(void)state;
	assert_among("town", "TOP-2", "only a sanitiser's clean side",
	    "\"hosts\": [\"10.3.9.11\"] }, \"to\"",
	    "\"hosts\": [\"10.3.9.10\"] }, \"to\"", END);
	/* One host more than the clean side has is one too many. */
	assert_among("town", "TOP-2", "only a sanitiser's clean side",
	    "\"hosts\": [\"10.3.9.11\"] }, \"to\"",
	    "\"hosts\": [\"10.3.9.11\", \"10.3.9.12\"] }, \"to\"", END);
}

static void
test_list_cell_needs_list_names_and_link(void **state)
{
	const char *names = "\"server-names\": [\"mail.office.example\", "
			    "\"*.meeting.office.example\", "
			    "\"*.files.office.example\"],";

	(void)state;
	assert_finding("city-alpha-prime", TODAY, "TOP-2", "high",
	    "only listed services", names, "", END);
	assert_finding("city-alpha-prime", TODAY, "TOP-2", "high",
	    "only listed services", "\"via\": { \"links\": [\"breakout\"] }, ",
	    "", END);
	assert_finding("city-alpha-prime", TODAY, "TOP-2", "high",
	    "only listed services", "\"list\": \"m365\" },\n      \"services\"",
	    "\"hosts\": [\"192.0.2.1\"] },\n      \"services\"", END);
}

static void
test_beta_admits_screen_and_sanitised_files_into_lgwan(void **state)
{
	(void)state;
	assert_among("city-beta", "TOP-2",
	    "from office to lg only screen transfer may go",
	    "\"transfers\": \"screen\",", "", END);
	assert_among("city-beta", "TOP-2",
	    "from office to lg only screen transfer may go",
	    "\"hosts\": [\"10.3.9.11\"] }, \"to\"",
	    "\"hosts\": [\"10.3.9.13\"] }, \"to\"", END);
}

#define EXCEPTION                                                           \
	"\"exceptions\": [ { \"id\": \"e1\", \"excepts\": { \"check\": "    \
	"\"SEG-1\", \"from\": { \"zone\": \"core\", \"hosts\": "            \
	"[\"10.1.1.1\"] }, \"to\": { \"zone\": \"office\", \"hosts\": "     \
	"[\"10.3.1.1\"] }, \"services\": [ { \"protocol\": \"tcp\", "       \
	"\"ports\": [443] } ] }, \"reason\": \"r\", \"applicant\": \"a\", " \
	"%s%s } ],\n  \"divisions\""
#define COMPENSATED "\"compensating\": \"c\", \"expires\": \"2027-11-30\", "
#define BY_CISO                                            \
	"\"approved\": { \"by\": [\"CISO\"], \"number\": " \
	"\"1\", \"on\": \"2026-04-01\" }"

/* An exception with these members, in the place of what to replace. */
static const char *
exception(char *buf, size_t size, const char *compensated, const char *by)
{
	assert_true(
	    snprintf(buf, size, EXCEPTION, compensated, by) < (int)size);
	return buf;
}

static void
test_exception_on_a_forbidden_cell_stays_a_finding(void **state)
{
	char buf[1024];

	(void)state;
	assert_finding("town", TODAY, "TOP-2", "high",
	    "tolerates what may not go from core to office", "\"divisions\"",
	    exception(buf, sizeof(buf), COMPENSATED, BY_CISO), END);
}

/* ---- TOP-3 */

static void
test_approval_missing_without_number_or_by_the_applicant(void **state)
{
	const char *approved = "\"approved\": { \"by\": [\"CISO\"], "
			       "\"applicant\": \"総務課長補佐\", "
			       "\"number\": \"総第11号\", "
			       "\"on\": \"2026-04-01\" }, ";

	(void)state;
	assert_finding("town", TODAY, "TOP-3", "high",
	    "conduit \"virtual-browser\" has no approval", approved, "", END);
	assert_finding("town", TODAY, "TOP-3", "high", "has no number",
	    "\"number\": \"総第11号\", ", "", END);
	/* The CISO is the deputy mayor: one person under two names. */
	assert_finding("town", TODAY, "TOP-3", "high",
	    "approved by its own applicant",
	    "\"applicant\": \"総務課長補佐\", \"number\": \"総第11号\"",
	    "\"applicant\": \"副町長\", \"number\": \"総第11号\"", END);
	assert_finding("town", TODAY, "TOP-3", "high",
	    "link \"lgwan\" has no approval",
	    ", \"approved\": { \"by\": [\"CISO\", "
	    "\"統括情報セキュリティ責任者\"], \"number\": \"総第3号\", "
	    "\"on\": \"2024-04-01\" }",
	    "", END);
}

static void
test_only_the_ciso_grants_an_exception(void **state)
{
	char buf[1024];

	(void)state;
	assert_among("town", "TOP-3", "not approved by the CISO",
	    "\"divisions\"",
	    exception(buf, sizeof(buf), COMPENSATED,
		"\"approved\": { \"by\": [\"総務課長\"], \"number\": \"1\", "
		"\"on\": \"2026-04-01\" }"),
	    END);
}

/* ---- TOP-4 */

static void
assert_expiry(const char *day, const char *grade, const char *part)
{
	assert_finding("town", day, "TOP-4", grade, part,
	    "\"number\": \"総第11号\", \"on\": \"2026-04-01\" }, "
	    "\"expires\": \"2028-03-31\"",
	    "\"number\": \"総第11号\", \"on\": \"2026-04-01\" }, "
	    "\"expires\": \"2027-03-31\"",
	    END);
}

static void
test_expiry_warns_at_ninety_thirty_and_seven_days(void **state)
{
	(void)state;
	assert_clean("town", "2026-12-30",
	    "\"on\": \"2026-04-01\" }, \"expires\": \"2028-03-31\"",
	    "\"on\": \"2026-04-01\" }, \"expires\": \"2027-03-31\"", END);
	assert_expiry("2026-12-31", "information", "in 90 days");
	assert_expiry("2027-02-28", "information", "in 31 days");
	assert_expiry("2027-03-01", "low", "in 30 days");
	assert_expiry("2027-03-24", "medium", "in 7 days");
	/* The last day itself still holds. */
	assert_expiry("2027-03-31", "medium", "in 0 days");
	assert_expiry("2027-04-01", "medium", "expired on 2027-03-31, 1 days");
}

static void
test_renewal_in_progress_softens_the_end_for_thirty_days(void **state)
{
	const char *from = "\"number\": \"総第11号\", \"on\": \"2026-04-01\" },"
			   " \"expires\": \"2028-03-31\"";
	const char *to = "\"number\": \"総第11号\", \"on\": \"2026-04-01\" }, "
			 "\"expires\": \"2026-10-31\", \"renewal\": "
			 "{ \"state\": \"in-progress\", \"number\": \"9\" }";

	(void)state;
	assert_finding("town", "2026-11-30", "TOP-4", "information",
	    "renewal is in progress", from, to, END);
	assert_finding("town", "2026-12-01", "TOP-4", "medium",
	    "expired on 2026-10-31", from, to, END);
}

static void
test_review_overdue_is_found(void **state)
{
	(void)state;
	assert_finding("city-alpha", TODAY, "TOP-4", "medium",
	    "had to be reviewed by 2026-04-01",
	    ", \"reviewed\": \"2026-04-10\"", "", END);
}

static void
test_address_list_too_old_or_undated_is_found(void **state)
{
	(void)state;
	assert_finding("city-alpha-prime", "2026-12-08", "TOP-4", "medium",
	    "older than 35 days", END);
	assert_clean("city-alpha-prime", "2026-12-07", END);
	assert_finding("city-alpha-prime", TODAY, "TOP-4", "medium",
	    "not when it was fetched", "\"fetched\": \"2026-11-02\",", "", END);
}

/* ---- TOP-5 */

static void
test_conduit_that_limits_too_little_says_which_element(void **state)
{
	(void)state;
	assert_finding("town", TODAY, "TOP-5", "medium",
	    "conduit \"eltax\" does not limit: addresses it comes from",
	    "\"from\": { \"zone\": \"core\", \"hosts\": [\"10.1.20.5\"] }",
	    "\"from\": { \"zone\": \"core\" }", END);
	assert_finding("town", TODAY, "TOP-5", "medium",
	    "does not limit: ports, applications",
	    "{ \"protocol\": \"tcp\", \"ports\": [443], \"applications\": "
	    "[\"TLS\"] } ], \"via\": { \"links\": [\"lgwan\"]",
	    "{ \"protocol\": \"tcp\" } ], \"via\": { \"links\": [\"lgwan\"]",
	    END);
	assert_finding("town", TODAY, "TOP-5", "medium",
	    "does not limit: protocol, applications",
	    "{ \"protocol\": \"tcp\", \"ports\": [443], \"applications\": "
	    "[\"TLS\"] } ], \"via\": { \"links\": [\"lgwan\"]",
	    "{ \"protocol\": \"any\" } ], \"via\": { \"links\": [\"lgwan\"]",
	    END);
	assert_finding("city-alpha", TODAY, "TOP-5", "medium",
	    "relay \"update\" does not limit: applications",
	    "\"ports\": [8530], \"applications\": [\"HTTP\"]",
	    "\"ports\": [8530]", END);
}

/* ---- TOP-6, TOP-7 */

static void
test_cloud_line_without_encryption_is_found(void **state)
{
	(void)state;
	assert_finding("city-alpha", TODAY, "TOP-6", "high",
	    "link \"gc-backup\" leads to gcloud",
	    "\"kind\": \"lgcs\", \"encryption\": { \"minimum\": "
	    "\"tls-recommended\" },",
	    "\"kind\": \"lgcs\",", END);
}

static void
test_zone_and_line_without_a_tap_are_found(void **state)
{
	(void)state;
	assert_finding("city-alpha", TODAY, "TOP-7", "high",
	    "no tap of boundary \"main\" watches zone \"guest\"",
	    "{ \"zone\": \"guest\", \"reason\": \"分離設備側で確認\" }", "",
	    END);
	assert_among("city-alpha", "TOP-7", "no tap watches link \"juki-line\"",
	    ", \"630\": \"jukinet\"", "", END);
	/* Naming one of two lines leaves the other unseen. */
	assert_finding("city-alpha", TODAY, "TOP-7", "high",
	    "no tap watches link \"gc-backup\"", "\"610\": \"gcloud\"",
	    "\"610\": { \"zone\": \"gcloud\", \"link\": \"gc-main\" }", END);
}

static void
test_boundary_without_any_tap_is_one_finding(void **state)
{
	(void)state;
	assert_among("town", "TOP-7", "no tap watches boundary \"branch\"",
	    "  \"boundaries\": [",
	    "  \"boundaries\": [ { \"id\": \"branch\", \"zones\": [\"lg\", "
	    "\"office\"] },",
	    END);
}

static void
test_zone_at_no_boundary_is_found(void **state)
{
	(void)state;
	assert_finding("town", TODAY, "TOP-7", "high",
	    "zone \"dmz\" is at no boundary", "  \"zones\": [",
	    "  \"zones\": [ { \"id\": \"dmz\", \"tier\": \"dmz\", "
	    "\"networks\": [\"10.8.0.0/24\"] },",
	    END);
}

/* ---- TOP-8 */

static void
test_import_without_a_sanitiser_is_found(void **state)
{
	(void)state;
	assert_among("town", "TOP-8", "data can come from office into lg",
	    "\"hosts\": [\"10.3.9.11\"] }, \"to\"",
	    "\"hosts\": [\"10.3.9.10\"] }, \"to\"", END);
}

static void
test_import_over_a_host_between_is_found_pushed_or_fetched(void **state)
{
	(void)state;
	/* Fetched: the LGWAN tier opens to the dirty side. */
	assert_finding("city-alpha", TODAY, "TOP-8", "high",
	    "receives by conduit \"file-in\"",
	    "\"from\": { \"zone\": \"lg\" }, \"to\": { \"zone\": \"gate\", "
	    "\"hosts\": [\"10.9.0.11\"] }",
	    "\"from\": { \"zone\": \"lg\" }, \"to\": { \"zone\": \"gate\", "
	    "\"hosts\": [\"10.9.0.10\"] }",
	    END);
	/* Pushed: mail goes on from a host that is no clean side. */
	assert_finding("city-alpha", TODAY, "TOP-8", "high",
	    "receives by conduit \"mail-in\"",
	    "\"clean\": [ { \"zone\": \"gate\", \"hosts\": [\"10.9.0.25\"] } ]",
	    "\"clean\": [ { \"zone\": \"gate\", \"hosts\": [\"10.9.0.26\"] } ]",
	    END);
}

static void
test_services_that_carry_no_files_are_no_import(void **state)
{
	(void)state;
	assert_clean("city-alpha", TODAY,
	    "\"to\": { \"zone\": \"gate\", \"hosts\": [\"10.9.0.11\"] },\n"
	    "      \"services\": [ { \"protocol\": \"tcp\", \"ports\": [443], "
	    "\"applications\": [\"TLS\"] } ]",
	    "\"to\": { \"zone\": \"gate\", \"hosts\": [\"10.9.0.10\"] },\n"
	    "      \"services\": [ { \"protocol\": \"udp\", \"ports\": [123], "
	    "\"applications\": [\"NTP\"] } ]",
	    END);
}

/* ---- TOP-10, TOP-11, TOP-12 */

static void
test_exception_without_compensation_or_end_is_found(void **state)
{
	(void)state;
	assert_finding("city-alpha", TODAY, "TOP-10", "high",
	    "no compensating measure", "\"compensating\": \"週次の手動確認\",",
	    "", END);
	assert_finding("city-alpha", TODAY, "TOP-10", "high", "has no end",
	    "\"number\": \"税第11号\", \"on\": \"2026-04-01\" }, "
	    "\"expires\": \"2027-03-31\"",
	    "\"number\": \"税第11号\", \"on\": \"2026-04-01\" }", END);
}

static void
test_examination_without_authority_is_found(void **state)
{
	(void)state;
	assert_finding("city-alpha", TODAY, "TOP-11", "medium",
	    "nothing is examined",
	    ", \"authority\": { \"by\": \"CISO\", \"number\": \"情政第26号\", "
	    "\"on\": \"2026-04-01\" }",
	    "", END);
	assert_finding("city-alpha", TODAY, "TOP-11", "medium",
	    "evidence of zone \"office\"", "\"default\": \"headers\"",
	    "\"default\": \"headers\", \"payload\": [ { \"zone\": \"office\" "
	    "} ]",
	    END);
}

static void
test_translation_that_leaves_its_zone_is_found(void **state)
{
	(void)state;
	assert_finding("city-alpha", TODAY, "TOP-12", "medium",
	    "leaves zone \"lgwan\"", "\"to\": [\"172.20.5.10\"]",
	    "\"to\": [\"172.31.5.10\"]", END);
}

static void
test_approval_without_day_or_of_the_future_is_found(void **state)
{
	const char *number = "\"number\": \"総第11号\", "
			     "\"on\": \"2026-04-01\"";

	(void)state;
	assert_finding("town", TODAY, "TOP-3", "high", "has no day", number,
	    "\"number\": \"総第11号\"", END);
	assert_finding("town", TODAY, "TOP-3", "high", "dated in the future",
	    number, "\"number\": \"総第11号\", \"on\": \"2026-11-22\"", END);
}

static void
test_applicant_is_known_in_any_width_and_case(void **state)
{
	static const char *const names[] = { "副 町長", "ＣＩＳＯ", "ciso　",
		"最高情報セキュリティ責任者" };
	char to[256];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(to, sizeof(to),
		    "\"applicant\": \"%s\", \"number\": \"総第11号\"",
		    names[i]);
		assert_finding("town", TODAY, "TOP-3", "high",
		    "approved by its own applicant",
		    "\"applicant\": \"総務課長補佐\", \"number\": "
		    "\"総第11号\"",
		    to, END);
	}
}

static void
test_limits_that_leave_nothing_out_are_none(void **state)
{
	(void)state;
	assert_among("town", "TOP-5", "does not limit: ports",
	    "\"ports\": [3389]", "\"ports\": [\"1-32767\", \"32768-65000\"]",
	    END);
	assert_among("town", "TOP-5", "addresses it goes to (whole zone)",
	    "\"to\": { \"zone\": \"lgwan\", \"hosts\": [\"172.20.9.8\"] }",
	    "\"to\": { \"zone\": \"lg\", \"networks\": [\"10.2.0.0/17\", "
	    "\"10.2.128.0/17\"] }, \"note\": \"x\"",
	    "\"via\": { \"links\": [\"lgwan\"] },", "", END);
}

static void
test_files_fetched_without_a_sanitiser_are_found(void **state)
{
	(void)state;
	assert_among("town", "TOP-8", "can be fetched into lg",
	    "\"transfers\": \"screen\",",
	    "\"special\": true, \"basis\": \"x\",", "\"RDP\"", "\"SMBv23\"",
	    END);
}

static void
test_exception_that_excuses_nothing_is_found(void **state)
{
	char buf[1024];

	(void)state;
	exception(buf, sizeof(buf), COMPENSATED, BY_CISO);
	assert_among("town", "TOP-10", "excuses nothing", "\"divisions\"", buf,
	    "\"hosts\": [\"10.1.1.1\"]", "\"networks\": [\"10.1.1.0/24\"]",
	    END);
	assert_among("town", "TOP-10", "excuses nothing", "\"divisions\"", buf,
	    "\"tcp\", \"ports\": [443] } ] }, \"reason\"",
	    "\"tcp\" } ] }, \"reason\"", END);
}

static void
test_authority_is_the_ciso_s_and_not_of_the_future(void **state)
{
	(void)state;
	assert_finding("city-alpha", TODAY, "TOP-11", "medium",
	    "authority is incomplete", "\"authority\": { \"by\": \"CISO\"",
	    "\"authority\": { \"by\": \"係長\"", END);
	assert_finding("city-alpha", TODAY, "TOP-11", "medium",
	    "authority is incomplete",
	    "\"number\": \"情政第26号\", \"on\": \"2026-04-01\"",
	    "\"number\": \"情政第26号\", \"on\": \"2026-11-22\"", END);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples_are_without_findings),
		cmocka_unit_test(test_conduit_in_a_forbidden_cell_is_found),
		cmocka_unit_test(
		    test_back_way_of_a_two_way_conduit_is_held_against_its_own_cell),
		cmocka_unit_test(
		    test_special_cell_needs_registration_and_its_basis),
		cmocka_unit_test(test_screen_cell_needs_screen_transfer),
		cmocka_unit_test(test_sanitise_cell_needs_the_clean_side),
		cmocka_unit_test(test_list_cell_needs_list_names_and_link),
		cmocka_unit_test(
		    test_beta_admits_screen_and_sanitised_files_into_lgwan),
		cmocka_unit_test(
		    test_exception_on_a_forbidden_cell_stays_a_finding),
		cmocka_unit_test(
		    test_approval_missing_without_number_or_by_the_applicant),
		cmocka_unit_test(test_only_the_ciso_grants_an_exception),
		cmocka_unit_test(
		    test_expiry_warns_at_ninety_thirty_and_seven_days),
		cmocka_unit_test(
		    test_renewal_in_progress_softens_the_end_for_thirty_days),
		cmocka_unit_test(test_review_overdue_is_found),
		cmocka_unit_test(test_address_list_too_old_or_undated_is_found),
		cmocka_unit_test(
		    test_conduit_that_limits_too_little_says_which_element),
		cmocka_unit_test(test_cloud_line_without_encryption_is_found),
		cmocka_unit_test(test_zone_and_line_without_a_tap_are_found),
		cmocka_unit_test(test_boundary_without_any_tap_is_one_finding),
		cmocka_unit_test(test_zone_at_no_boundary_is_found),
		cmocka_unit_test(test_import_without_a_sanitiser_is_found),
		cmocka_unit_test(
		    test_import_over_a_host_between_is_found_pushed_or_fetched),
		cmocka_unit_test(
		    test_services_that_carry_no_files_are_no_import),
		cmocka_unit_test(
		    test_exception_without_compensation_or_end_is_found),
		cmocka_unit_test(test_examination_without_authority_is_found),
		cmocka_unit_test(
		    test_translation_that_leaves_its_zone_is_found),
		cmocka_unit_test(
		    test_approval_without_day_or_of_the_future_is_found),
		cmocka_unit_test(test_applicant_is_known_in_any_width_and_case),
		cmocka_unit_test(test_limits_that_leave_nothing_out_are_none),
		cmocka_unit_test(
		    test_files_fetched_without_a_sanitiser_are_found),
		cmocka_unit_test(test_exception_that_excuses_nothing_is_found),
		cmocka_unit_test(
		    test_authority_is_the_ciso_s_and_not_of_the_future),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
