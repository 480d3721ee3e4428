/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Guideline files: the one we ship decides every pair of every model as the
 * guideline's text demands, and each way of writing a wrong one is named with
 * its place. The cells that domain knowledge fixes are repeated here by hand.
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
#include "guideline.h"

#define SHIPPED "mic-2025-03.json"

struct loaded {
	struct arena *arena;
	struct jsonx_doc *doc;
	struct diag d;
	struct guideline *g;
};

static void
load(struct loaded *l, const char *text, size_t length, const char *model)
{
	memset(l, 0, sizeof(*l));
	l->d.lang = LANG_EN;
	l->arena = arena_new();
	l->doc = jsonx_parse("g.json", text, length, &l->d);
	if (l->doc != NULL)
		l->g = guideline_load(l->arena, l->doc, model, &l->d);
}

static void
unload(struct loaded *l)
{
	diag_free(&l->d);
	jsonx_free(l->doc);
	arena_free(l->arena);
}

static char *
read_shipped(size_t *length)
{
	const char *folder = getenv("SEKISHO_DATADIR");
	char path[512], *text;
	FILE *file;

	snprintf(path, sizeof(path), "%s/guidelines/%s",
	    folder ? folder : "topology", SHIPPED);
	file = fopen(path, "rb");
	assert_non_null(file);
	text = mem_calloc(1, 1 << 20);
	*length = fread(text, 1, 1 << 20, file);
	fclose(file);
	return text;
}

static void
load_shipped(struct loaded *l, const char *model)
{
	size_t length;
	char *text = read_shipped(&length);
	struct text faults = { 0 };

	load(l, text, length, model);
	free(text);
	diag_print(&l->d, &faults);
	if (l->g == NULL)
		fail_msg("%s", text_str(&faults));
	text_free(&faults);
}

static void
assert_cell(const struct guideline *g, enum tier from, enum tier to,
    enum cell_kind kind)
{
	if (g->cells[from][to].kind != kind)
		fail_msg("%s: %s to %s is %s, not %s", g->model,
		    tier_name(from), tier_name(to),
		    cell_kind_name(g->cells[from][to].kind),
		    cell_kind_name(kind));
}

/* ---- the shipped file */

static const char *const models[] = { "alpha", "alpha-prime", "beta",
	"beta-prime" };
#define MODELS (sizeof(models) / sizeof(models[0]))

static void
test_shipped_models_load_and_rest_on_something(void **state)
{
	(void)state;
	for (size_t m = 0; m < MODELS; m++) {
		struct loaded l;

		load_shipped(&l, models[m]);
		assert_string_equal(l.g->model, models[m]);
		assert_string_equal(l.g->edition, "令和7年3月版");
		assert_int_equal(l.d.errors + l.d.warnings, 0);
		for (int i = 0; i < TIER_COUNT; i++) {
			for (int j = 0; j < TIER_COUNT; j++) {
				const struct cell *c = &l.g->cells[i][j];

				assert_true(c->place.line > 1);
				assert_true(c->article[0] || c->ours);
				assert_true(!c->ours || c->note[LANG_JA]);
				assert_true(!c->ours || c->note[LANG_EN]);
			}
		}
		unload(&l);
	}
}

static void
test_same_tier_needs_a_conduit_in_every_model(void **state)
{
	(void)state;
	for (size_t m = 0; m < MODELS; m++) {
		struct loaded l;

		load_shipped(&l, models[m]);
		for (int i = 0; i < TIER_COUNT; i++)
			assert_cell(l.g, (enum tier)i, (enum tier)i,
			    CELL_PERMIT);
		unload(&l);
	}
}

static void
test_mynumber_meets_nothing_on_the_internet_in_any_model(void **state)
{
	static const enum tier far[] = { TIER_INTERNET, TIER_OUTSIDE, TIER_SAAS,
		TIER_SECURITY_CLOUD, TIER_DMZ, TIER_GUEST, TIER_SCHOOL_AFFAIRS,
		TIER_SCHOOL_LEARNING };

	(void)state;
	for (size_t m = 0; m < MODELS; m++) {
		struct loaded l;

		load_shipped(&l, models[m]);
		for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
			assert_cell(l.g, TIER_MYNUMBER, far[i], CELL_DENY);
			assert_cell(l.g, far[i], TIER_MYNUMBER, CELL_DENY);
		}
		/* And nothing at all is admitted there unregistered. */
		for (int i = 0; i < TIER_COUNT; i++) {
			if (i == TIER_MYNUMBER)
				continue;
			assert_int_not_equal(CELL_PERMIT,
			    l.g->cells[TIER_MYNUMBER][i].kind);
			assert_int_not_equal(CELL_PERMIT,
			    l.g->cells[i][TIER_MYNUMBER].kind);
		}
		assert_cell(l.g, TIER_MYNUMBER, TIER_LGWAN_NETWORK,
		    CELL_SPECIAL);
		assert_cell(l.g, TIER_PARTNER, TIER_MYNUMBER, CELL_SPECIAL);
		unload(&l);
	}
}

static void
test_lgwan_never_opens_to_the_outside(void **state)
{
	(void)state;
	for (size_t m = 0; m < MODELS; m++) {
		struct loaded l;
		bool prime = strcmp(models[m], "alpha-prime") == 0;

		load_shipped(&l, models[m]);
		assert_cell(l.g, TIER_LGWAN, TIER_OUTSIDE, CELL_DENY);
		assert_cell(l.g, TIER_LGWAN, TIER_SECURITY_CLOUD, CELL_DENY);
		assert_cell(l.g, TIER_OUTSIDE, TIER_LGWAN, CELL_DENY);
		assert_cell(l.g, TIER_SAAS, TIER_LGWAN, CELL_DENY);
		assert_cell(l.g, TIER_INTERNET, TIER_LGWAN_NETWORK, CELL_DENY);
		assert_cell(l.g, TIER_LGWAN, TIER_SAAS,
		    prime ? CELL_LIST : CELL_DENY);
		unload(&l);
	}
}

static void
test_screen_transfer_turns_round_between_alpha_and_beta(void **state)
{
	struct loaded l;

	(void)state;
	load_shipped(&l, "alpha");
	assert_cell(l.g, TIER_LGWAN, TIER_INTERNET, CELL_SCREEN);
	assert_cell(l.g, TIER_INTERNET, TIER_LGWAN, CELL_SANITISE);
	assert_int_equal(l.g->screen_from, TIER_LGWAN);
	assert_int_equal(l.g->cells[TIER_INTERNET][TIER_LGWAN].also, 0);
	unload(&l);
	load_shipped(&l, "beta");
	assert_cell(l.g, TIER_LGWAN, TIER_INTERNET, CELL_SPECIAL);
	assert_cell(l.g, TIER_INTERNET, TIER_LGWAN, CELL_SCREEN);
	assert_int_equal(l.g->screen_from, TIER_INTERNET);
	assert_int_equal(l.g->cells[TIER_INTERNET][TIER_LGWAN].also,
	    1u << CELL_SANITISE);
	unload(&l);
	load_shipped(&l, "beta-prime");
	assert_cell(l.g, TIER_INTERNET, TIER_LGWAN, CELL_SCREEN);
	assert_string_equal(l.g->title_en, "beta prime model");
	unload(&l);
}

static void
test_guests_reach_only_what_the_public_reaches(void **state)
{
	struct loaded l;

	(void)state;
	load_shipped(&l, "alpha");
	for (int i = 0; i < TIER_COUNT; i++) {
		bool open = i == TIER_OUTSIDE || i == TIER_SECURITY_CLOUD ||
		    i == TIER_SAAS || i == TIER_DMZ || i == TIER_GUEST;

		assert_cell(l.g, TIER_GUEST, (enum tier)i,
		    open ? CELL_PERMIT : CELL_DENY);
	}
	unload(&l);
}

static void
test_every_truncation_of_the_shipped_file_is_refused(void **state)
{
	size_t length;
	char *text = read_shipped(&length);

	(void)state;
	/* The file ends in "}\n": all that is shorter lacks its end. */
	for (size_t n = 0; n + 2 < length; n += n < 4000 ? 1 : 97) {
		struct loaded l;
		/* A copy of just n bytes, so that a read past it shows. */
		char *part = mem_strndup(text, n);

		load(&l, part, n, "alpha");
		assert_null(l.g);
		assert_true(l.d.errors > 0);
		unload(&l);
		free(part);
	}
	free(text);
}

/* ---- wrong files */

#define HEAD                                                                  \
	"{\"format\":\"sekisho-guideline/1\",\"edition\":\"e\",\"document\":" \
	"{\"ja\":\"d\",\"en\":\"d\"},\"models\":{\n"
#define TITLE "\"title\":{\"ja\":\"t\",\"en\":\"t\"}"
#define OURS "\"ours\":true,\"note\":{\"ja\":\"n\",\"en\":\"n\"}"
#define ALL                                                           \
	"[\"mynumber\",\"lgwan\",\"internet\",\"lgwan-network\","     \
	"\"security-cloud\",\"partner\",\"saas\",\"relay\",\"dmz\","  \
	"\"shared-services\",\"school-affairs\",\"school-learning\"," \
	"\"guest\",\"management\",\"remote-access\",\"outside\"]"
#define BASE                                                        \
	"\"a\":{" TITLE ",\"cells\":[{\"from\":" ALL ",\"to\":" ALL \
	",\"cell\":\"deny\"," OURS "}]}"

static void
assert_fault(const char *text, const char *model, const char *expected)
{
	struct loaded l;
	struct text shown = { 0 };

	load(&l, text, strlen(text), model);
	diag_print(&l.d, &shown);
	if (l.g != NULL || strstr(text_str(&shown), expected) == NULL)
		fail_msg("expected \"%s\" in: %s", expected, text_str(&shown));
	text_free(&shown);
	unload(&l);
}

static void
test_minimal_file_loads(void **state)
{
	const char *text = HEAD BASE "}}";
	struct loaded l;

	(void)state;
	load(&l, text, strlen(text), "a");
	assert_non_null(l.g);
	assert_cell(l.g, TIER_OUTSIDE, TIER_MYNUMBER, CELL_DENY);
	assert_int_equal(l.g->screen_from, TIER_COUNT);
	assert_int_equal(l.g->cells[0][1].place.line, 2);
	unload(&l);
}

static void
test_unknown_model_is_named_with_its_neighbour(void **state)
{
	(void)state;
	assert_fault(HEAD BASE ",\"alpha\":{}}}", "alhpa",
	    "g.json:1:87: error: this guideline has no model \"alhpa\"; did "
	    "you mean \"alpha\"?");
	assert_fault(HEAD BASE "}}", "gamma", "has no model \"gamma\"");
}

static void
test_unknown_tier_kind_and_field_are_named(void **state)
{
	(void)state;
	assert_fault(HEAD "\"a\":{" TITLE ",\"cells\":[\n{\"from\":\"mynumbr\","
			  "\"to\":\"lgwan\",\"cell\":\"deny\"," OURS "}]}}}",
	    "a",
	    "g.json:3:9: error: there is no tier \"mynumbr\"; did you "
	    "mean \"mynumber\"?");
	assert_fault(HEAD "\"a\":{" TITLE ",\"cells\":[\n{\"from\":\"lgwan\","
			  "\"to\":\"lgwan\",\"cell\":\"premit\"," OURS "}]}}}",
	    "a", "did you mean \"permit\"?");
	assert_fault(HEAD "\"a\":{" TITLE ",\"cells\":[\n{\"from\":\"lgwan\","
			  "\"to\":\"lgwan\",\"cel\":\"deny\"," OURS "}]}}}",
	    "a", "no field \"cel\"; did you mean \"cell\"?");
	assert_fault(HEAD "\"a\":{" TITLE ",\"cells\":[\n{\"from\":\"same\","
			  "\"to\":\"lgwan\",\"cell\":\"deny\"," OURS "}]}}}",
	    "a", "there is no tier \"same\"");
}

static void
test_pair_decided_twice_is_a_fault_with_both_lines(void **state)
{
	(void)state;
	assert_fault(HEAD
	    "\"a\":{" TITLE ",\"cells\":[\n"
	    "{\"from\":\"lgwan\",\"to\":\"guest\",\"cell\":\"deny\"," OURS
	    "},\n"
	    "{\"from\":\"lgwan\",\"to\":[\"dmz\",\"guest\"],\"cell\":\"deny\"," OURS
	    "}]}}}",
	    "a", "g.json:4:1: error: lgwan to guest is decided on line 3");
	assert_fault(HEAD "\"a\":{" TITLE ",\"cells\":[\n"
			  "{\"from\":[\"lgwan\",\"lgwan\"],\"to\":\"guest\","
			  "\"cell\":\"deny\"," OURS "}]}}}",
	    "a", "the tier \"lgwan\" stands twice");
}

static void
test_undecided_pairs_are_listed_by_tier(void **state)
{
	(void)state;
	assert_fault(HEAD "\"a\":{" TITLE ",\"cells\":[{\"from\":" ALL
			  ",\"to\":\"same\",\"cell\":\"permit\"," OURS "}]}}}",
	    "a",
	    "g.json:2:1: error: the model \"a\" does not decide mynumber "
	    "to: lgwan, internet,");
}

static void
test_change_of_an_extended_model_must_be_an_override(void **state)
{
	(void)state;
	assert_fault(HEAD BASE
	    ",\n\"b\":{" TITLE ",\"extends\":\"a\","
	    "\"cells\":[{\"from\":\"lgwan\",\"to\":\"saas\",\"cell\":\"list\"," OURS
	    "}]}}}",
	    "b", "write it in \"overrides\"");
	assert_fault(HEAD "\"a\":{" TITLE ",\"overrides\":[{\"from\":\"lgwan\","
			  "\"to\":\"saas\",\"cell\":\"list\"," OURS "}]}}}",
	    "a", "not in \"overrides\"");
	assert_fault(HEAD BASE
	    ",\n\"b\":{" TITLE ",\"extends\":\"a\","
	    "\"overrides\":[{\"from\":\"lgwan\",\"to\":\"saas\","
	    "\"cell\":\"list\"," OURS "},\n{\"from\":\"lgwan\",\"to\":\"saas\","
	    "\"cell\":\"deny\"," OURS "}]}}}",
	    "b", "g.json:4:1: error: lgwan to saas is decided on line 3");
}

static void
test_circle_of_extends_is_a_fault(void **state)
{
	(void)state;
	assert_fault(HEAD "\"a\":{" TITLE ",\"extends\":\"b\"},\"b\":{" TITLE
			  ",\"extends\":\"a\"}}}",
	    "a", "turns round");
	assert_fault(HEAD "\"a\":{" TITLE
			  ",\"extends\":\"alhpa\"},\"alpha\":{" TITLE "}}}",
	    "a", "did you mean \"alpha\"?");
}

static void
test_cell_without_ground_or_reason_is_a_fault(void **state)
{
	(void)state;
	assert_fault(HEAD "\"a\":{" TITLE ",\"cells\":[{\"from\":\"lgwan\","
			  "\"to\":\"saas\",\"cell\":\"deny\"}]}}}",
	    "a", "rests on nothing");
	assert_fault(HEAD
	    "\"a\":{" TITLE ",\"cells\":[{\"from\":\"lgwan\","
	    "\"to\":\"saas\",\"cell\":\"deny\",\"ours\":true}]}}}",
	    "a", "\"note\" is missing");
}

static void
test_also_admits_no_kind_that_decides_alone(void **state)
{
	(void)state;
	assert_fault(HEAD
	    "\"a\":{" TITLE ",\"cells\":[{\"from\":\"lgwan\","
	    "\"to\":\"saas\",\"cell\":\"screen\",\"also\":[\"permit\"]," OURS
	    "}]}}}",
	    "a", "\"permit\" cannot stand beside \"screen\"");
	assert_fault(HEAD
	    "\"a\":{" TITLE ",\"cells\":[{\"from\":\"lgwan\","
	    "\"to\":\"saas\",\"cell\":\"deny\",\"also\":[\"screen\"]," OURS
	    "}]}}}",
	    "a", "\"screen\" cannot stand beside \"deny\"");
}

static void
test_wrong_kinds_of_value_are_faults(void **state)
{
	static const char *const texts[] = {
		"[]",
		"1",
		"\"x\"",
		"{}",
		"{\"format\":1}",
		HEAD "}}",
		HEAD "\"a\":1}}",
		HEAD "\"a\":{}}}",
		HEAD "\"a\":{" TITLE ",\"cells\":{}}}}",
		HEAD "\"a\":{" TITLE ",\"cells\":[1]}}}",
		HEAD "\"a\":{" TITLE ",\"extends\":1}}}",
		HEAD "\"a\":{" TITLE ",\"screen\":{\"from\":1}}}}",
		HEAD "\"a\":{\"title\":\"t\"}}}",
		HEAD "\"a\":{" TITLE ",\"cells\":[{\"from\":[1],\"to\":{},"
		     "\"cell\":2,\"also\":3,\"ours\":4,\"note\":5}]}}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_fault(texts[i], "a", "g.json:");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_shipped_models_load_and_rest_on_something),
		cmocka_unit_test(test_same_tier_needs_a_conduit_in_every_model),
		cmocka_unit_test(
		    test_mynumber_meets_nothing_on_the_internet_in_any_model),
		cmocka_unit_test(test_lgwan_never_opens_to_the_outside),
		cmocka_unit_test(
		    test_screen_transfer_turns_round_between_alpha_and_beta),
		cmocka_unit_test(
		    test_guests_reach_only_what_the_public_reaches),
		cmocka_unit_test(
		    test_every_truncation_of_the_shipped_file_is_refused),
		cmocka_unit_test(test_minimal_file_loads),
		cmocka_unit_test(
		    test_unknown_model_is_named_with_its_neighbour),
		cmocka_unit_test(test_unknown_tier_kind_and_field_are_named),
		cmocka_unit_test(
		    test_pair_decided_twice_is_a_fault_with_both_lines),
		cmocka_unit_test(test_undecided_pairs_are_listed_by_tier),
		cmocka_unit_test(
		    test_change_of_an_extended_model_must_be_an_override),
		cmocka_unit_test(test_circle_of_extends_is_a_fault),
		cmocka_unit_test(test_cell_without_ground_or_reason_is_a_fault),
		cmocka_unit_test(test_also_admits_no_kind_that_decides_alone),
		cmocka_unit_test(test_wrong_kinds_of_value_are_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
