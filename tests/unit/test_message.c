/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences of alerts: each outcome, each end, each check, both tongues. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "message.h"
#include "recording.h"

#define OFFICE "インターネット接続系の端末 10.3.1.5（税務課）"
#define CORE "個人番号利用事務系のサーバ 10.1.0.10 "
#define RULE "αモデルでは認められない通信です。"

static int
set_up(void **state)
{
	*state = recording_new();
	return 0;
}

static int
tear_down(void **state)
{
	recording_free(*state);
	return 0;
}

static struct alert
alert_of(const struct recording *r)
{
	struct alert a;

	alert_of_observation(&a, &r->o, &r->v.deciding);
	return a;
}

static void
assert_message(const struct recording *r, enum lang lang, const char *expected)
{
	struct alert a = alert_of(r);
	struct text t = { 0 };

	message_add(&t, r->m, lang, &a);
	assert_string_equal(text_str(&t), expected);
	text_free(&t);
}

static void
assert_holds(const struct recording *r, enum lang lang, const char *part)
{
	struct alert a = alert_of(r);
	struct text t = { 0 };

	message_add(&t, r->m, lang, &a);
	if (strstr(text_str(&t), part) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", part, text_str(&t));
	text_free(&t);
}

static void
test_data_both_ways_is_established(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	assert_message(r, LANG_JA,
	    OFFICE "から" CORE "への SMB 通信が成立しました。" RULE);
	assert_message(r, LANG_EN,
	    "SMB traffic from terminal 10.3.1.5 (税務課) in "
	    "インターネット接続系 to server 10.1.0.10 in "
	    "個人番号利用事務系: data went both ways. The alpha model does "
	    "not permit it.");
}

static void
test_each_outcome_has_its_own_words(void **state)
{
	static const struct {
		enum outcome outcome;
		enum refuser by;
		enum passed passed;
		const char *words;
	} rows[] = {
		{ OUTCOME_ANSWERED, REFUSER_NONE, PASSED_YES,
		    "に応答がありました（データの送受信は未確認）。" },
		{ OUTCOME_TRIED, REFUSER_NONE, PASSED_YES,
		    "が境界を通過しました（応答は未確認）。" },
		{ OUTCOME_TRIED, REFUSER_NONE, PASSED_NO,
		    "の接続要求を確認しました。境界の通過は確認されていません。" },
		{ OUTCOME_TRIED, REFUSER_NONE, PASSED_UNKNOWN,
		    "の接続要求を確認しました。境界の通過は確認されていません。" },
		{ OUTCOME_REFUSED, REFUSER_HOST, PASSED_YES,
		    "に到達し、相手機器が拒否しました。境界は通過しています。" },
		{ OUTCOME_REFUSED, REFUSER_BOUNDARY, PASSED_NO,
		    "は境界で遮断されました。" },
		{ OUTCOME_REFUSED, REFUSER_UNKNOWN, PASSED_UNKNOWN,
		    "境界の通過は確認されていません。" },
		{ OUTCOME_REFUSED, REFUSER_UNKNOWN, PASSED_YES,
		    "は境界を通過した後、拒否されました。" },
	};
	struct recording *r = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		recording_example(r);
		r->c.outcome = rows[i].outcome;
		r->v.refused_by = rows[i].by;
		r->v.passed = rows[i].passed;
		assert_holds(r, LANG_JA, rows[i].words);
	}
}

static void
test_only_tcp_asks_for_a_connection(void **state)
{
	static const struct {
		uint8_t protocol;
		const char *ja, *en;
	} rows[] = {
		{ 6, "への TCP/445 通信の接続要求を確認しました。",
		    "A request for TCP/445 traffic from " },
		{ 17, "への UDP/445 の送信を確認しました。境界の通過は確認",
		    "A packet of UDP/445 from " },
		{ 1, "への ICMP の送信を確認しました。境界の通過は確認",
		    "A packet of ICMP from " },
		{ 47, "への GRE の送信を確認しました。境界の通過は確認",
		    "A packet of GRE from " },
		{ 59, "への IPプロトコル 59 の送信を確認しました。",
		    "A packet of IP protocol 59 from " },
	};
	struct recording *r = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		recording_example(r);
		r->c.application_state = APPLICATION_UNKNOWN;
		r->c.outcome = OUTCOME_TRIED;
		r->c.protocol = rows[i].protocol;
		r->v.passed = PASSED_NO;
		assert_holds(r, LANG_JA, rows[i].ja);
		assert_holds(r, LANG_EN, rows[i].en);
	}
}

static void
test_ends_are_named_as_far_as_they_are_known(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	recording_between(r, "10.3.9.9", "203.0.113.7");
	assert_holds(r, LANG_JA,
	    "インターネット接続系の機器 10.3.9.9 から"
	    "インターネットの機器 203.0.113.7 への");
	recording_between(r, "10.3.1.9", "203.0.113.7"); /* by prefix */
	assert_holds(r, LANG_JA, "機器 10.3.1.9（税務課）から");
	recording_between(r, "192.168.9.9", "10.3.1.9");
	assert_holds(r, LANG_JA,
	    "所属領域不明の機器 192.168.9.9 から"
	    "インターネット接続系の機器 10.3.1.9 への");
	recording_between(r, "10.3.1.5", "224.0.0.251");
	assert_holds(r, LANG_JA, "セグメント内のアドレス 224.0.0.251 への");
	recording_between(r, "10.3.1.5", "127.0.0.1");
	assert_holds(r, LANG_JA, "経路制御の対象外のアドレス 127.0.0.1 への");
	recording_between(r, "10.3.1.5", "224.0.0.251");
	r->v.from.hidden = true;
	assert_holds(r, LANG_JA, "変換前は不明");
	r->v.from.hidden = false;
	r->v.from.kind = PLACE_FIREWALL;
	assert_holds(r, LANG_JA, "境界機器 10.3.1.5 から");
}

static void
test_a_service_without_a_label_is_named_by_its_port(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	r->c.application_state = APPLICATION_UNKNOWN;
	assert_holds(r, LANG_JA, "への TCP/445 通信が");
	r->c.protocol = 1;
	assert_holds(r, LANG_JA, "への ICMP 通信が");
	r->c.protocol = 200;
	assert_holds(r, LANG_JA, "への IPプロトコル 200 の通信が");
	assert_holds(r, LANG_EN, "IP protocol 200 traffic");
}

static void
test_a_near_miss_says_what_differs(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	r->v.deciding.check = CHECK_SEG_3;
	r->v.near_miss.conduit = &r->m->conduits[0];
	r->v.near_miss.element = ELEMENT_SERVICE;
	(void)strcpy(r->v.near_miss.expected, "tcp/443");
	(void)strcpy(r->v.near_miss.seen, "tcp/\033[2J445");
	assert_holds(r, LANG_JA,
	    "登録「ファイル交換」（files）の送信元／宛先ですが、登録にない"
	    "サービスです。登録「ファイル交換」（files）とはサービスが異なり"
	    "ます（登録: tcp/443、実際: tcp/\\x1b[2J445）。");
}

static void
test_encryption_is_held_against_the_conduit_or_the_link(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	r->v.deciding.check = CHECK_CRY_2;
	r->v.clause.kind = CLAUSE_CONDUIT;
	r->v.near_miss.conduit = &r->m->conduits[0];
	r->v.near_miss.element = ELEMENT_ENCRYPTION;
	(void)strcpy(r->v.near_miss.expected, "tls-recommended");
	(void)strcpy(r->v.near_miss.seen, "TLS 1.0 TLS_RSA_WITH_RC4_128_SHA");
	assert_holds(r, LANG_JA,
	    "登録「ファイル交換」（files）が求めるTLSの設定基準に達していま"
	    "せん。登録「ファイル交換」（files）とは暗号化が異なります（登録"
	    ": tls-recommended、実際: TLS 1.0 TLS_RSA_WITH_RC4_128_SHA）。");
	assert_holds(r, LANG_EN,
	    "is below the class that conduit \"ファイル交換\" (files) asks for");
	r->v.clause.kind = CLAUSE_MODEL;
	r->v.clause.id = "gc-main";
	assert_holds(r, LANG_JA,
	    "回線「gc-main」が求めるTLSの設定基準に達していません。回線"
	    "「gc-main」の要件は tls-recommended、実際は TLS 1.0 "
	    "TLS_RSA_WITH_RC4_128_SHA です。");
	r->v.deciding.check = CHECK_CRY_1;
	(void)strcpy(r->v.near_miss.seen, "HTTP");
	assert_holds(r, LANG_EN,
	    "Link \"gc-main\" asks for encryption, but the content crosses in "
	    "clear. Link \"gc-main\" asks for tls-recommended; seen: HTTP.");
	r->v.clause.kind = CLAUSE_CONDUIT;
	assert_holds(r, LANG_JA,
	    "登録「ファイル交換」（files）は暗号化を求めていますが、内容が"
	    "平文で流れています。");
}

static void
assert_lacks(const struct recording *r, enum lang lang, const char *part)
{
	struct alert a = alert_of(r);
	struct text t = { 0 };

	message_add(&t, r->m, lang, &a);
	assert_null(strstr(text_str(&t), part));
	text_free(&t);
}

static void
test_a_near_miss_without_words_is_left_out(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	r->v.deciding.check = CHECK_SEG_6;
	r->v.near_miss.conduit = &r->m->conduits[0];
	r->v.near_miss.element = ELEMENT_PATH;
	(void)strcpy(r->v.near_miss.expected, "-");
	(void)strcpy(r->v.near_miss.seen, "proxy");
	assert_holds(r, LANG_JA,
	    "登録「ファイル交換」（files）で指定された経路");
	assert_lacks(r, LANG_JA, "異なります");
	(void)strcpy(r->v.near_miss.expected, "line-1");
	assert_holds(r, LANG_JA, "（登録: line-1、実際: proxy）");
}

/* "files" is opened from the office. */
static void
test_the_wrong_side_is_named_once_and_by_zone(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	recording_between(r, "203.0.113.7", "10.3.1.5");
	r->v.deciding.check = CHECK_SEG_5;
	r->v.near_miss.conduit = &r->m->conduits[0];
	r->v.near_miss.element = ELEMENT_DIRECTION;
	(void)strcpy(r->v.near_miss.expected, "office");
	(void)strcpy(r->v.near_miss.seen, "outside");
	assert_holds(r, LANG_JA,
	    "成立しました。登録「ファイル交換」（files）が認めるのは"
	    "インターネット接続系からの通信開始だけですが、インターネットから"
	    "開始されました。");
	assert_lacks(r, LANG_JA, "異なります");
	assert_holds(r, LANG_EN,
	    "Conduit \"ファイル交換\" (files) may be opened only from "
	    "インターネット接続系; this was opened from インターネット.");
	/* within one zone, zones do not tell the sides apart */
	recording_between(r, "10.3.1.9", "10.3.1.5");
	assert_holds(r, LANG_JA, "逆の向きの通信開始だけが認められています。");
	r->v.near_miss.conduit = NULL;
	recording_between(r, "203.0.113.7", "10.3.1.5");
	assert_holds(r, LANG_JA, "逆の向きの通信開始だけが認められています。");
}

static void
test_an_expired_exception_is_not_called_a_conduit(void **state)
{
	struct recording *r = *state;
	struct alert a;
	struct text t = { 0 };

	recording_example(r);
	r->v.deciding.check = CHECK_SEG_8;
	r->v.conduit = &r->m->conduits[0];
	r->v.clause.kind = CLAUSE_CONDUIT;
	r->v.clause.id = "files";
	assert_holds(r, LANG_JA,
	    "登録「ファイル交換」（files）は期限を過ぎています。");
	r->v.clause.kind = CLAUSE_EXCEPTION;
	r->v.clause.id = "ex-1";
	assert_holds(r, LANG_JA, "例外措置「ex-1」は期限を過ぎています。");
	assert_lacks(r, LANG_JA, "files");
	assert_holds(r, LANG_EN, "Exception \"ex-1\" has expired.");
	a = alert_of(r);
	assert_true(message_step(&t, r->m, LANG_JA, &a, 0));
	assert_string_equal(text_str(&t),
	    "例外措置「ex-1」の更新又は廃止を所管課に確認する");
	text_free(&t);
}

static void
test_an_address_of_a_segment_is_not_said_to_lack_a_zone(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	r->v.deciding.check = CHECK_SEG_9;
	recording_between(r, "169.254.1.1", "10.3.1.5");
	assert_holds(r, LANG_JA,
	    "セグメント内に限られるアドレスの通信が他の領域に及んでいます。");
	recording_between(r, "192.168.9.9", "10.3.1.5");
	assert_holds(r, LANG_JA, "どの領域にも登録されていないアドレス");
	recording_between(r, "127.0.0.1", "10.3.1.5");
	assert_holds(r, LANG_JA, "どの領域にも登録されていないアドレス");
}

static void
test_what_cannot_be_judged_says_why(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	r->v.kind = VERDICT_UNJUDGED;
	r->v.reason = REASON_NOT_OBSERVABLE;
	r->v.element = ELEMENT_PATH;
	assert_holds(r, LANG_JA,
	    "成立しました。領域間の禁止通信（SEG-1）に当たる可能性がありますが、"
	    "判定できません：経路をこの監視点では確認できない。");
	r->v.reason = REASON_ONE_WAY;
	assert_holds(r, LANG_EN,
	    "It may be SEG-1 (forbidden tier crossing), but it cannot be "
	    "judged: only one direction was seen.");
}

static void
test_a_source_on_a_foreign_segment_is_said_plainly(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	r->v.kind = VERDICT_UNJUDGED;
	r->v.reason = REASON_DIRECTION;
	r->v.deciding = (struct finding){ CHECK_LNK_1, SEVERITY_HIGH };
	assert_holds(r, LANG_EN,
	    "A device that is no declared router of this segment sent it with "
	    "an address of another zone");
	/* The other direction would have been something else. */
	r->v.deciding = (struct finding){ CHECK_SEG_12, SEVERITY_HIGH };
	assert_holds(r, LANG_EN, "It may be SEG-12");
	r->v.reason = REASON_ONE_WAY;
	assert_holds(r, LANG_EN, "the source is forged");
}

static void
test_a_backup_link_is_a_record_and_no_fault(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	r->v.kind = VERDICT_CONFORM;
	r->v.deciding.check = CHECK_SEG_10;
	r->v.deciding.severity = SEVERITY_INFORMATION;
	assert_holds(r, LANG_JA,
	    "登録された予備の回線を通っています（適合）。");
}

static void
test_every_reason_has_words_of_its_own(void **state)
{
	struct text texts[REASON_COUNT] = { 0 };

	(void)state;
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
			text_clear(&texts[i]);
			message_reason(&texts[i], (enum lang)lang,
			    (enum reason)i, ELEMENT_SOURCE);
			assert_true(texts[i].length > 0);
			assert_null(strchr(text_str(&texts[i]), '{'));
			for (int k = REASON_NONE + 1; k < i; k++)
				assert_string_not_equal(text_str(&texts[i]),
				    text_str(&texts[k]));
		}
	}
	for (int i = 0; i < REASON_COUNT; i++)
		text_free(&texts[i]);
}

/* No check may be silent, leave a placeholder or say 漏えい; each has steps. */
static void
test_every_check_has_a_rule_and_steps(void **state)
{
	struct recording *r = *state;
	struct text t = { 0 };

	recording_example(r);
	for (int i = CHECK_NONE + 1; i < CHECK_COUNT; i++) {
		for (int lang = 0; lang < LANG_COUNT; lang++) {
			struct alert a;
			size_t steps = 0;

			r->v.deciding.check = (enum check)i;
			a = alert_of(r);
			a.coverage = i >= CHECK_COV_1 && i <= CHECK_COV_12;
			text_clear(&t);
			message_add(&t, r->m, (enum lang)lang, &a);
			while (
			    message_step(&t, r->m, (enum lang)lang, &a, steps))
				steps++;
			assert_in_range(steps, 2, MESSAGE_STEPS_MAX);
			assert_null(strchr(text_str(&t), '{'));
			assert_null(strstr(text_str(&t), "漏えい"));
		}
	}
	text_free(&t);
}

static void
assert_step(const struct recording *r, size_t i, const char *expected)
{
	struct alert a = alert_of(r);
	struct text t = { 0 };

	assert_true(message_step(&t, r->m, LANG_JA, &a, i));
	assert_string_equal(text_str(&t), expected);
	text_free(&t);
}

static void
test_the_steps_say_whom_to_ask_and_who_decides(void **state)
{
	struct recording *r = *state;

	recording_example(r);
	assert_step(r, 0, "端末の利用者と目的を税務課に確認する");
	assert_step(r, 1,
	    "境界 main の該当ルールをネットワーク管理者が確認する");
	assert_step(r, 2, "遮断の要否は統括情報セキュリティ責任者が判断する");
	r->c.outcome = OUTCOME_REFUSED;
	r->v.refused_by = REFUSER_HOST;
	assert_step(r, 2, "遮断の要否は統括情報セキュリティ責任者が判断する");
	r->v.refused_by = REFUSER_BOUNDARY;
	assert_step(r, 2, "遮断の継続を確認する");
	recording_between(r, "10.1.0.10", "10.3.1.5");
	assert_step(r, 0,
	    "サーバ 10.1.0.10 の用途と通信の目的を情報政策課に確認する");
	recording_between(r, "10.3.9.9", "10.1.0.10"); /* nobody's */
	assert_step(r, 0,
	    "送信元 10.3.9.9 の設置場所と所管課をネットワーク管"
	    "理者が調べる");
}

static void
test_coverage_is_told_with_its_numbers(void **state)
{
	struct recording *r = *state;
	struct coverage_finding f = { .check = CHECK_COV_2,
		.severity = SEVERITY_HIGH,
		.boundary = &r->m->boundaries[0],
		.tap = &r->m->boundaries[0].taps[0],
		.counted = 30,
		.of = 40,
		.detail = "office > core; SYN-ACK" };
	struct text t = { 0 };
	struct alert a;

	alert_of_coverage(&a, &f);
	message_add(&t, r->m, LANG_JA, &a);
	assert_string_equal(text_str(&t),
	    "境界「本庁境界」の監視点 main-trunk で片方向しか取得できていない"
	    "通信があります（TCP通信 40 件のうち 30 件、75.0 %）。"
	    "取得できていない向きは主に office > core です。SYNとデータは取得して"
	    "いるのに、応答のSYN-ACKを一度も取得していない接続が大半です。"
	    "この間の通信は適合とは判定できません。");
	text_free(&t);
}

static void
assert_coverage(const struct coverage_finding *f, const struct model *m,
    const char *expected, size_t steps)
{
	struct text t = { 0 };
	struct alert a;
	size_t n = 0;

	alert_of_coverage(&a, f);
	message_add(&t, m, LANG_EN, &a);
	if (strstr(text_str(&t), expected) != text_str(&t))
		fail_msg("%s is not the beginning of %s", expected,
		    text_str(&t));
	while (message_step(&t, m, LANG_EN, &a, n))
		n++;
	assert_int_equal(n, steps);
	text_free(&t);
}

static void
test_the_codes_of_a_mute_become_sentences_with_the_interface(void **state)
{
	static const struct {
		const char *detail, *wanted;
		int steps;
	} rows[] = {
		{ "span0: stopped",
		    "Something tried to send on the monitoring port (span0) at "
		    "tap main-trunk of boundary \"本庁境界\" and was stopped "
		    "(3 frames)",
		    3 },
		{ "span0: link-up", "A control frame of the kernel's own", 2 },
		{ "span0: tx", "3 frames left the monitoring port (span0)", 3 },
		{ "span0: removed",
		    "What keeps frames from leaving the monitoring port "
		    "(span0) at tap main-trunk of boundary \"本庁境界\" had "
		    "been removed",
		    2 },
		{ "span0: not-muted",
		    "Frames cannot be kept from leaving the "
		    "monitoring port (span0)",
		    2 },
		{ "span0: unproven",
		    "It is not certain that nothing can leave "
		    "by the monitoring port (span0)",
		    2 },
		{ "span0: later", "It is not certain", 2 },
		{ "span0", "It is not certain", 2 },
		{ NULL, "It is not certain", 2 },
	};
	struct recording *r = *state;
	struct coverage_finding f = { .check = CHECK_COV_11,
		.severity = SEVERITY_CRITICAL,
		.boundary = &r->m->boundaries[0],
		.tap = &r->m->boundaries[0].taps[0],
		.counted = 3,
		.of = 3 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f.detail = rows[i].detail;
		assert_coverage(&f, r->m, rows[i].wanted, rows[i].steps);
	}
}

static void
test_live_findings_say_what_is_not_seen_or_kept(void **state)
{
	struct recording *r = *state;
	struct coverage_finding f = { .check = CHECK_COV_3,
		.severity = SEVERITY_HIGH,
		.boundary = &r->m->boundaries[0],
		.tap = &r->m->boundaries[0].taps[0],
		.counted = 1000,
		.of = 900 };

	assert_coverage(&f, r->m,
	    "No traffic has arrived at tap main-trunk of boundary "
	    "\"本庁境界\" for 1000 seconds (900 at most)",
	    2);
	f.detail = "10.1.0.1 > 10.3.0.1";
	assert_coverage(&f, r->m, "A declared heartbeat has not arrived at", 2);
	f.of = 0;
	f.detail = "span1: interface down";
	assert_coverage(&f, r->m, "No traffic arrives at", 2);
	f.boundary = NULL;
	f.tap = NULL;
	f.detail = NULL;
	f.counted = 3;
	f.check = CHECK_COV_5;
	assert_coverage(&f, r->m, "The clock of the probe cannot be", 2);
	f.check = CHECK_COV_6;
	f.of = 0;
	assert_coverage(&f, r->m, "Records cannot be written at the probe.", 2);
	f.of = 100;
	assert_coverage(&f, r->m,
	    "Records found no room at the probe: of 100 lines 3 were", 2);
	f.check = CHECK_COV_7;
	assert_coverage(&f, r->m, "Watching was interrupted at the probe", 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_data_both_ways_is_established),
		cmocka_unit_test(test_each_outcome_has_its_own_words),
		cmocka_unit_test(test_only_tcp_asks_for_a_connection),
		cmocka_unit_test(test_ends_are_named_as_far_as_they_are_known),
		cmocka_unit_test(
		    test_a_service_without_a_label_is_named_by_its_port),
		cmocka_unit_test(test_a_near_miss_says_what_differs),
		cmocka_unit_test(
		    test_encryption_is_held_against_the_conduit_or_the_link),
		cmocka_unit_test(test_a_near_miss_without_words_is_left_out),
		cmocka_unit_test(test_the_wrong_side_is_named_once_and_by_zone),
		cmocka_unit_test(
		    test_an_expired_exception_is_not_called_a_conduit),
		cmocka_unit_test(
		    test_an_address_of_a_segment_is_not_said_to_lack_a_zone),
		cmocka_unit_test(test_what_cannot_be_judged_says_why),
		cmocka_unit_test(
		    test_a_source_on_a_foreign_segment_is_said_plainly),
		cmocka_unit_test(test_a_backup_link_is_a_record_and_no_fault),
		cmocka_unit_test(test_every_reason_has_words_of_its_own),
		cmocka_unit_test(test_every_check_has_a_rule_and_steps),
		cmocka_unit_test(
		    test_the_steps_say_whom_to_ask_and_who_decides),
		cmocka_unit_test(test_coverage_is_told_with_its_numbers),
		cmocka_unit_test(
		    test_live_findings_say_what_is_not_seen_or_kept),
		cmocka_unit_test(
		    test_the_codes_of_a_mute_become_sentences_with_the_interface),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
