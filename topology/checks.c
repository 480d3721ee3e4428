/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of checks and the look-ups in it. Rows lie in checks_table.h in
 * the order of enum check, so that the enumerator is the index.
 */
#include "checks.h"

#include <assert.h>
#include <string.h>

#define SIGNATURE_BASE 7700000

enum family {
	FAMILY_SEG,
	FAMILY_LNK,
	FAMILY_SAN,
	FAMILY_NUM,
	FAMILY_CRY,
	FAMILY_MAIL,
	FAMILY_AST,
	FAMILY_SVC,
	FAMILY_ATK,
	FAMILY_FWR,
	FAMILY_COV,
	FAMILY_TOP,
	FAMILY_COUNT,
};

static const int family_base[FAMILY_COUNT] = {
	[FAMILY_TOP] = 0,
	[FAMILY_SEG] = 100,
	[FAMILY_LNK] = 200,
	[FAMILY_SAN] = 300,
	[FAMILY_NUM] = 400,
	[FAMILY_CRY] = 500,
	[FAMILY_MAIL] = 600,
	[FAMILY_AST] = 700,
	[FAMILY_SVC] = 800,
	[FAMILY_ATK] = 900,
	[FAMILY_FWR] = 1000,
	[FAMILY_COV] = 1100,
};

static const struct check_row rows[CHECK_COUNT] = {
#define ROW(family, number, built_, ja, en, grade_, passed_, tried_, req, \
    trigger_ja, trigger_en)                                               \
	[CHECK_##family##_##number] = {                                   \
		.check = CHECK_##family##_##number,                       \
		.id = #family "-" #number,                                \
		.title = { ja, en },                                      \
		.grade = grade_,                                          \
		.passed = SEVERITY_##passed_,                             \
		.tried = SEVERITY_##tried_,                               \
		.requirements = req,                                      \
		.trigger = { trigger_ja, trigger_en },                    \
		.built = built_,                                          \
	},
#include "checks_table.h"
#undef ROW
};

static const int signatures[CHECK_COUNT] = {
#define ROW(family, number, ...) \
	[CHECK_##family##_##number] = FAMILY_##family * 1000 + (number),
#include "checks_table.h"
#undef ROW
};

static const struct severity_row {
	const char *name;
	const char *title[LANG_COUNT];
	int number; /* Suricata's */
} severities[] = {
	[SEVERITY_NONE] = { "none", { "なし", "none" }, 4 },
	[SEVERITY_INFORMATION] = { "information", { "情報", "information" },
	    4 },
	[SEVERITY_LOW] = { "low", { "低", "low" }, 4 },
	[SEVERITY_MEDIUM] = { "medium", { "中", "medium" }, 3 },
	[SEVERITY_HIGH] = { "high", { "高", "high" }, 2 },
	[SEVERITY_CRITICAL] = { "critical", { "緊急", "critical" }, 1 },
};

const struct check_row *
checks_row(enum check check)
{
	assert(check > CHECK_NONE && check < CHECK_COUNT);
	return &rows[check];
}

enum check
checks_find(const char *id)
{
	int i;

	for (i = CHECK_NONE + 1; i < CHECK_COUNT; i++)
		if (strcmp(rows[i].id, id) == 0)
			return (enum check)i;
	return CHECK_NONE;
}

const char *
checks_id(enum check check)
{
	return check == CHECK_NONE ? "" : checks_row(check)->id;
}

int
checks_signature(enum check check)
{
	int s;

	assert(check > CHECK_NONE && check < CHECK_COUNT);
	s = signatures[check];
	return SIGNATURE_BASE + family_base[s / 1000] + s % 1000;
}

const char *
severity_name(enum severity s)
{
	return severities[s].name;
}

const char *
severity_title(enum severity s, enum lang lang)
{
	return severities[s].title[lang];
}

int
severity_number(enum severity s)
{
	return severities[s].number;
}
