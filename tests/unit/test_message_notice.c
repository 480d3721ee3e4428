/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sentences of notices: who and whom as far as they are known, no place
 * left open, and nothing of hostile text as it came.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "message.h"
#include "noticing.h"

struct scene {
	struct recording *r;
	struct notice n;
	struct text out;
};

static int
set_up(void **state)
{
	struct scene *t = calloc(1, sizeof(*t));

	t->r = recording_new();
	t->n = noticing(t->r);
	*state = t;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *t = *state;

	recording_free(t->r);
	text_free(&t->out);
	free(t);
	return 0;
}

static const char *
filled(struct scene *t, enum lang lang, const char *row)
{
	struct alert a;

	alert_of_notice(&a, &t->n);
	text_clear(&t->out);
	message_notice_fill(&t->out, t->r->m, lang, &a, row);
	return text_str(&t->out);
}

static void
test_a_party_is_told_with_all_that_is_known_of_it(void **state)
{
	struct scene *t = *state;

	assert_string_equal(filled(t, LANG_JA, "{who}が{whom}に応答しました。"),
	    "インターネット接続系の機器 10.3.7.9（MAC 02:00:00:00:30:99）が"
	    "インターネット接続系の端末 10.3.1.5（税務-PC12、税務課、"
	    "MAC 02:00:00:00:30:05）に応答しました。");
	assert_string_equal(filled(t, LANG_EN, "{who} answered {whom}."),
	    "device 10.3.7.9 (MAC 02:00:00:00:30:99) in "
	    "インターネット接続系 answered terminal 10.3.1.5 (税務-PC12, "
	    "税務課, MAC 02:00:00:00:30:05) in インターネット接続系.");
}

static void
test_a_device_without_an_address_is_found_by_its_mac(void **state)
{
	struct scene *t = *state;

	memset(&t->n.party[1].address, 0, sizeof(struct addr));
	assert_string_equal(filled(t, LANG_JA, "{whom}が"),
	    "インターネット接続系の端末 02:00:00:00:30:05（税務-PC12、"
	    "税務課）が");
	t->n.party[1].has_mac = false;
	assert_string_equal(filled(t, LANG_JA, "{whom}の区画で"),
	    "インターネット接続系の区画で");
	t->n.party[1].has_mac = true;
	t->n.party[1].zone = NULL;
	t->n.party[1].mac.bytes[5] = 6;
	assert_string_equal(filled(t, LANG_JA, "{whom}が"),
	    "機器 02:00:00:00:30:06 が");
	assert_string_equal(filled(t, LANG_EN, "{whom} answered"),
	    "device 02:00:00:00:30:06 answered");
	t->n.party[1].has_mac = false;
	assert_string_equal(filled(t, LANG_EN, "{whom} answered"),
	    "a device that is not known answered");
}

/* Another address than the registered one of that MAC: not a router's frame
 * where the check found the row by the MAC. */
static void
test_who_is_found_by_its_mac_is_named_whatever_its_address(void **state)
{
	static const enum notice_word words[] = { NOTICE_AST_2_ADDRESS,
		NOTICE_AST_6 };
	struct scene *t = *state;

	t->n.party[0].mac = t->n.party[1].mac;
	assert_string_equal(filled(t, LANG_EN, "{who}"),
	    "device 10.3.7.9 (MAC 02:00:00:00:30:05) in "
	    "インターネット接続系");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		t->n.word = words[i];
		assert_string_equal(filled(t, LANG_EN, "{who}"),
		    "terminal 10.3.7.9 (税務-PC12, 税務課, "
		    "MAC 02:00:00:00:30:05) in インターネット接続系");
	}
}

static void
test_numbers_words_and_the_place_are_filled_in(void **state)
{
	struct scene *t = *state;

	assert_string_equal(filled(t, LANG_EN,
				"{expected} {seen} {count}/{of} at {tap}"),
	    "10.3.0.2 DHCPOFFER 10.3.1.77 3/4 at tap main-trunk of boundary "
	    "\"本庁境界\"");
	assert_string_equal(filled(t, LANG_JA, "{tap}で"),
	    "境界「本庁境界」の監視点 main-trunk で");
	t->n.tap = NULL;
	t->n.expected = t->n.seen = NULL;
	assert_string_equal(filled(t, LANG_EN, "{expected}{seen} {tap}"),
	    "-- boundary \"本庁境界\"");
	t->n.boundary = NULL;
	assert_string_equal(filled(t, LANG_EN, "{tap}"), "the probe");
}

static void
test_a_space_is_not_doubled(void **state)
{
	struct scene *t = *state;

	t->n.party[0].has_mac = false;
	assert_string_equal(filled(t, LANG_JA, "{who}が{who} が"),
	    "インターネット接続系の機器 10.3.7.9 が"
	    "インターネット接続系の機器 10.3.7.9 が");
	assert_string_equal(filled(t, LANG_JA, "{whom} が"),
	    "インターネット接続系の端末 10.3.1.5（税務-PC12、税務課、"
	    "MAC 02:00:00:00:30:05）が");
	assert_string_equal(filled(t, LANG_JA, "（{tap}）、{who}。"),
	    "（境界「本庁境界」の監視点 main-trunk）、"
	    "インターネット接続系の機器 10.3.7.9。");
}

static void
test_what_is_no_place_stays_as_written(void **state)
{
	struct scene *t = *state;

	assert_string_equal(filled(t, LANG_EN, "{wh} {whoo} {0} {"),
	    "{wh} {whoo} {0} {");
}

static void
test_hostile_words_are_escaped(void **state)
{
	struct scene *t = *state;

	t->n.seen = "\033[2J{who}";
	assert_string_equal(filled(t, LANG_EN, "{seen}"), "\\x1b[2J{who}");
}

/* Each row speaks in both languages, and fills every place it has. */
static void
test_every_row_is_a_whole_sentence_without_open_places(void **state)
{
	struct scene *t = *state;
	const char *said;
	struct alert a;

	for (int i = NOTICE_NONE + 1; i < NOTICE_COUNT; i++) {
		t->n.word = (enum notice_word)i;
		alert_of_notice(&a, &t->n);
		for (int k = 0; k < 2 * LANG_COUNT; k++) {
			text_clear(&t->out);
			if (k < LANG_COUNT)
				message_add(&t->out, t->r->m, (enum lang)k, &a);
			else
				assert_true(message_step(&t->out, t->r->m,
				    (enum lang)(k - LANG_COUNT), &a, 0));
			said = text_str(&t->out);
			if (strchr(said, '{') != NULL || strlen(said) < 20)
				fail_msg("%s: %s", notice_name(t->n.word),
				    said);
		}
	}
}

/* Whoever is to find a device must know where it was. */
static void
test_findings_of_the_link_layer_say_where(void **state)
{
	static const char *const rows[][3] = {
#define NOTICE(name, ja, en, next_ja, next_en) { #name, ja, en },
#include "notice_table.h"
#undef NOTICE
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int k = 1; k <= 2; k++)
			if (strncmp(rows[i][0], "LINK_", 5) == 0 &&
			    strncmp(rows[i][0], "LINK_IPV6", 9) != 0 &&
			    strstr(rows[i][k], "{tap}") == NULL)
				fail_msg("%s", rows[i][k]);
}

static void
test_steps_follow_the_notice_and_how_grave_it_is(void **state)
{
	static const struct {
		enum check check;
		enum severity severity;
		bool steps[MESSAGE_STEPS_MAX];
	} cases[] = {
		{ CHECK_LNK_3, SEVERITY_HIGH, { true, true, true } },
		{ CHECK_LNK_9, SEVERITY_LOW, { true, true, false } },
		{ CHECK_LNK_6, SEVERITY_INFORMATION, { true, true, false } },
		{ CHECK_AST_1, SEVERITY_MEDIUM, { true, true, false } },
		{ CHECK_AST_5, SEVERITY_HIGH, { true, true, true } },
		{ CHECK_ATK_7, SEVERITY_CRITICAL, { true, true, true } },
		{ CHECK_TOP_12, SEVERITY_MEDIUM, { true, true, false } },
	};
	struct scene *t = *state;
	struct alert a;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		t->n.check = cases[i].check;
		t->n.severity = cases[i].severity;
		alert_of_notice(&a, &t->n);
		for (size_t k = 0; k < MESSAGE_STEPS_MAX; k++) {
			text_clear(&t->out);
			assert_int_equal(message_step(&t->out, t->r->m, LANG_JA,
					     &a, k),
			    cases[i].steps[k]);
			assert_null(strchr(text_str(&t->out), '{'));
		}
	}
}

#define WITH_SCENE(test) \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCENE(test_a_party_is_told_with_all_that_is_known_of_it),
		WITH_SCENE(
		    test_a_device_without_an_address_is_found_by_its_mac),
		WITH_SCENE(
		    test_who_is_found_by_its_mac_is_named_whatever_its_address),
		WITH_SCENE(test_numbers_words_and_the_place_are_filled_in),
		WITH_SCENE(test_a_space_is_not_doubled),
		WITH_SCENE(test_what_is_no_place_stays_as_written),
		WITH_SCENE(test_hostile_words_are_escaped),
		WITH_SCENE(
		    test_every_row_is_a_whole_sentence_without_open_places),
		cmocka_unit_test(test_findings_of_the_link_layer_say_where),
		WITH_SCENE(test_steps_follow_the_notice_and_how_grave_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
