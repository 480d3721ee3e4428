/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * WORD(NAME, "ja", "en"): see words.h. This file has no include guard: it is
 * read once for each list made from it. One section a program part; keep each
 * section in the order in which a reader meets the sentences.
 */
#include "words_model.h"
#include "words_check.h"
#include "words_probe.h"
#include "words_live.h"
#define NOTICE(name, ja, en, next_ja, next_en) \
	WORD(NOTICE_##name, ja, en)            \
	WORD(NOTICE_NEXT_##name, next_ja, next_en)
#include "notice_table.h"
#undef NOTICE
#include "words_verifier.h"
#include "words_init.h"
#include "words_import.h"
#include "words_draft.h"
#include "words_tap.h"
#include "words_observed.h"
#include "words_ruleset.h"
#include "words_explain.h"
#include "words_audit.h"
#include "words_audit_rules.h"
#include "words_snapshot.h"
#include "words_audit_page.h"
