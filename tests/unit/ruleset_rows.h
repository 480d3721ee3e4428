/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For tests of the reader of nft's JSON: expressions as short words, and a
 * table of rows of them held against what they become.
 */
#ifndef RULESET_ROWS_H
#define RULESET_ROWS_H

#include "ruleset_telling.h"

#define OP(op) "{'match':{'op':'" op "','left':"
#define RIGHT ",'right':"
#define PAY(p, f) "{'payload':{'protocol':'" p "','field':'" f "'}}"
#define META(k) "{'meta':{'key':'" k "'}}"
#define CT(k) "{'ct':{'key':'" k "'}}"
#define NET(a, n) "{'prefix':{'addr':'" a "','len':" n "}}"
#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void
check_rows(const struct told_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *told = tell_expr(rows[i].family, rows[i].expr);

		if (strcmp(told, rows[i].told) != 0)
			fail_msg("%s\nbecame %s\nnot    %s", rows[i].expr, told,
			    rows[i].told);
		free(told);
	}
}

#endif
