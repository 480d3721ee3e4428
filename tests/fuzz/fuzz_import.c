/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a ledger, a table of conduits or leases: what is read adds up,
 * what is kept prints, and what prints reads again to the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "import_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
read_as(enum import_kind kind, const char *bytes, size_t size,
    struct imported *x, struct diag *d)
{
	static const struct import_options o = { .today = { 2026, 11, 21 } };

	switch (kind) {
	case IMPORT_LEDGER:
		return import_ledger_bytes("fuzz", bytes, size, &o, x, d);
	case IMPORT_CONDUITS:
		return import_conduits_bytes("fuzz", bytes, size, &o, x, d);
	default:
		return import_leases_bytes("fuzz", bytes, size, &o, x, d);
	}
}

static void
check(const struct imported *x, const struct diag *d)
{
	size_t left = 0;

	for (int i = 0; i < IMPORT_LEFT_COUNT; i++)
		left += x->left[i];
	if (x->rows != x->kept + left)
		abort(); /* a row is lost */
	if (x->kept != x->device_count + x->conduit_count + x->lease_count)
		abort();
	if (x->left[IMPORT_LEFT_FAULT] > 0 && d->errors == 0)
		abort(); /* left out without a word */
}

/* Reads a clean table and prints it anew; nothing may be wrong with it. */
static void
again(enum import_kind kind, const struct text *clean, struct text *out)
{
	struct diag d = { .lang = LANG_EN };
	struct imported x;

	if (!read_as(kind, text_str(clean), clean->length, &x, &d) ||
	    d.errors > 0 || x.kept == 0)
		abort();
	import_print_csv(&x, kind, out);
	diag_free(&d);
	import_fini(&x);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diag d = { .lang = size % 2 ? LANG_JA : LANG_EN };
	enum import_kind kind;
	struct text out = { 0 }, clean = { 0 };
	struct text second = { 0 }, third = { 0 };
	struct imported x;

	if (size == 0)
		return 0;
	kind = (enum import_kind)(data[0] % 3);
	if (read_as(kind, (const char *)data + 1, size - 1, &x, &d)) {
		check(&x, &d);
		import_print_summary(&x, "fuzz", &d, &out);
		import_print_json(&x, kind, "fuzz", &d, &out);
		import_print_csv(&x, kind, &clean);
		/* Only the guard against formulas may change it, once. */
		if (strchr(text_str(&clean), '\n')[1] != '\0') {
			again(kind, &clean, &second);
			again(kind, &second, &third);
			if (strcmp(text_str(&second), text_str(&third)) != 0)
				abort();
		}
	} else if (d.errors == 0) {
		abort(); /* unreadable without a word */
	}
	text_free(&out);
	text_free(&clean);
	text_free(&second);
	text_free(&third);
	diag_free(&d);
	import_fini(&x);
	return 0;
}
