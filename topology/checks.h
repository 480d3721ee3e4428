/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one table of checks: everything Sekisho can say about a network, with
 * its number, titles, severities and the requirements it serves. A check that
 * is in the table but not yet built is never silently passed: "built" says so.
 */
#ifndef CHECKS_H
#define CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum severity {
	SEVERITY_NONE,
	SEVERITY_INFORMATION,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL
};

/* clang-format off */
/* One enumerator a row, in the order of the table; CHECK_NONE is 0. */
enum check {
	CHECK_NONE,
	CHECK_SEG_1, CHECK_SEG_2, CHECK_SEG_3, CHECK_SEG_4, CHECK_SEG_5,
	CHECK_SEG_6, CHECK_SEG_7, CHECK_SEG_8, CHECK_SEG_9, CHECK_SEG_10,
	CHECK_SEG_11, CHECK_SEG_12, CHECK_SEG_13, CHECK_SEG_14, CHECK_SEG_15,
	CHECK_SEG_16,
	CHECK_LNK_1, CHECK_LNK_2, CHECK_LNK_3, CHECK_LNK_4, CHECK_LNK_5,
	CHECK_LNK_6, CHECK_LNK_7, CHECK_LNK_8, CHECK_LNK_9, CHECK_LNK_10,
	CHECK_SAN_1, CHECK_SAN_2, CHECK_SAN_3, CHECK_SAN_4, CHECK_SAN_5,
	CHECK_SAN_6, CHECK_SAN_7, CHECK_SAN_8, CHECK_SAN_9, CHECK_SAN_10,
	CHECK_SAN_11,
	CHECK_NUM_1, CHECK_NUM_2, CHECK_NUM_3,
	CHECK_CRY_1, CHECK_CRY_2, CHECK_CRY_3, CHECK_CRY_4, CHECK_CRY_5,
	CHECK_CRY_6, CHECK_CRY_7,
	CHECK_MAIL_1, CHECK_MAIL_2, CHECK_MAIL_3, CHECK_MAIL_4, CHECK_MAIL_5,
	CHECK_MAIL_6,
	CHECK_AST_1, CHECK_AST_2, CHECK_AST_3, CHECK_AST_4, CHECK_AST_5,
	CHECK_AST_6,
	CHECK_SVC_1, CHECK_SVC_2, CHECK_SVC_3, CHECK_SVC_4,
	CHECK_ATK_1, CHECK_ATK_2, CHECK_ATK_3, CHECK_ATK_4, CHECK_ATK_5,
	CHECK_ATK_6, CHECK_ATK_7,
	CHECK_FWR_1, CHECK_FWR_2, CHECK_FWR_3, CHECK_FWR_4, CHECK_FWR_5,
	CHECK_FWR_6, CHECK_FWR_7, CHECK_FWR_8, CHECK_FWR_9, CHECK_FWR_10,
	CHECK_FWR_11, CHECK_FWR_12, CHECK_FWR_13, CHECK_FWR_14,
	CHECK_COV_1, CHECK_COV_2, CHECK_COV_3, CHECK_COV_4, CHECK_COV_5,
	CHECK_COV_6, CHECK_COV_7, CHECK_COV_8, CHECK_COV_9, CHECK_COV_10,
	CHECK_COV_11, CHECK_COV_12,
	CHECK_TOP_1, CHECK_TOP_2, CHECK_TOP_3, CHECK_TOP_4, CHECK_TOP_5,
	CHECK_TOP_6, CHECK_TOP_7, CHECK_TOP_8, CHECK_TOP_9, CHECK_TOP_10,
	CHECK_TOP_11, CHECK_TOP_12,
	CHECK_COUNT,
};
/* clang-format on */

struct check_row {
	enum check check;
	const char *id; /* "SEG-1" */
	const char *title[LANG_COUNT];
	const char *grade;	  /* as the table prints it: "C / L" */
	enum severity passed;	  /* when passed or answered */
	enum severity tried;	  /* when only tried */
	const char *requirements; /* "Z-03 Z-07", "" when none is cited */
	const char *trigger[LANG_COUNT]; /* one line: when it speaks */
	bool built;			 /* this version judges it */
};

/* The row of a check; check must be a member other than CHECK_NONE. */
const struct check_row *checks_row(enum check check);
/* By id ("SEG-1", case as written), or CHECK_NONE. */
enum check checks_find(const char *id);
const char *checks_id(enum check check); /* "SEG-1"; "" for CHECK_NONE */
/* EVE signature_id: 7700000 + family base + number. */
int checks_signature(enum check check);
/* "critical", "high", "medium", "low", "information". */
const char *severity_name(enum severity s);
/* 緊急 高 中 低 情報, or the English word. */
const char *severity_title(enum severity s, enum lang lang);
/* Suricata's number: critical 1, high 2, medium 3, low and information 4. */
int severity_number(enum severity s);

#endif
