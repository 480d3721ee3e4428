/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses and MACs of rows, and rows that stand there twice. Each fault of
 * cell.h has its sentence here, with what was expected in place of it.
 */
#include "import_cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"

/* Two keys for two halves of a row's digest. No secret is needed: a ledger
 * that is made to collide loses rows of its own, and says so. */
static const uint8_t first_key[16] = "import row one.";
static const uint8_t second_key[16] = "import row two.";

/* ---- addresses */

static void
tell_ranges(struct grid *t, struct grid_line *line, int slot,
    enum cell_fault fault, const char *text, const char *bad)
{
	enum word word = W_IMPORT_ADDRESS;

	switch (fault) {
	case CELL_ZEROES:
		word = W_IMPORT_ADDRESS_ZEROES;
		break;
	case CELL_REVERSE:
		word = W_IMPORT_ADDRESS_REVERSE;
		break;
	case CELL_FAMILIES:
		word = W_IMPORT_ADDRESS_FAMILIES;
		break;
	case CELL_MANY:
		grid_fault(t, line, slot, DIAG_ERROR, W_IMPORT_ADDRESS_MANY, 2,
		    text, "16");
		return;
	case CELL_BITS:
		word = W_IMPORT_ADDRESS_MIXED;
		break;
	case CELL_RESERVED:
		word = W_IMPORT_ADDRESS_SPECIAL;
		break;
	default:
		break;
	}
	/* A short cell as it is written, of a long one the word. */
	grid_fault(t, line, slot, DIAG_ERROR, word, 2,
	    strlen(text) < CELL_WORD_MAX || bad[0] == '\0' ? text : bad, bad);
}

/* "DHCP" in the place of an address, or 「未定」: the device has none. */
static bool
is_dynamic(const char *text)
{
	static const char *const words[] = { "dhcp", "自動", "自動取得", "動的",
		"動的割当", "dhcp自動取得", "未定", "未設定", "未割当",
		"未割当て" };
	struct text key = { 0 };
	bool found = false;

	cell_key(&key, text);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		found |= strcmp(text_str(&key), words[i]) == 0;
	text_free(&key);
	return found;
}

static bool
put_ranges(struct grid *t, struct grid_line *line, int slot, const char *text,
    const struct cell_range *from, size_t n,
    struct import_range ranges[IMPORT_RANGES_MAX], size_t *count)
{
	char buf[ADDR_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		if (!cell_is_unicast(&from[i].first) ||
		    !cell_is_unicast(&from[i].last)) {
			tell_ranges(t, line, slot, CELL_RESERVED, text,
			    addr_format(&from[i].first, buf));
			return false;
		}
		if (*count == IMPORT_RANGES_MAX) {
			tell_ranges(t, line, slot, CELL_MANY, text, "");
			return false;
		}
		ranges[*count].first = from[i].first;
		ranges[*count].last = from[i].last;
		ranges[(*count)++].network = from[i].network;
	}
	return n > 0;
}

bool
import_cell_addresses(struct grid *t, struct grid_line *line, int slot,
    const char *text, enum import_cell_use use,
    struct import_range ranges[IMPORT_RANGES_MAX], size_t *count, bool *any)
{
	struct cell_range read[IMPORT_RANGES_MAX];
	char bad[CELL_WORD_MAX];
	enum cell_fault fault;
	size_t n;

	if (text == NULL) {
		/* A merged address is told, never carried down. */
		if (line->in_merge[slot])
			grid_fault(t, line, slot, DIAG_ERROR,
			    W_IMPORT_ADDRESS_MERGED, 0);
		return false;
	}
	if (use == IMPORT_CELL_DEVICE && is_dynamic(text))
		return false;
	fault = cell_ranges(text, read, IMPORT_RANGES_MAX, &n, bad);
	switch (fault) {
	case CELL_OK:
	case CELL_HOST:
		if (fault == CELL_HOST && use == IMPORT_CELL_END)
			grid_fault(t, line, slot, DIAG_WARNING,
			    W_IMPORT_ADDRESS_HOST, 2, text, bad);
		return put_ranges(t, line, slot, text, read, n, ranges, count);
	case CELL_NOTHING:
		return false;
	case CELL_ANY:
		if (use == IMPORT_CELL_END) {
			*any = true;
			return true;
		}
		grid_fault(t, line, slot, DIAG_ERROR, W_IMPORT_ADDRESS, 1,
		    text);
		return false;
	default:
		tell_ranges(t, line, slot, fault, text, bad);
		return false;
	}
}

void
import_cell_macs(struct grid *t, struct grid_line *line,
    struct mac macs[IMPORT_MACS_MAX], size_t *count)
{
	char bad[CELL_WORD_MAX];
	const char *text;
	int slot;

	*count = 0;
	text = grid_text(t, line, FIELD_MAC, &slot);
	if (text == NULL) {
		if (slot >= 0 && line->in_merge[slot])
			grid_fault(t, line, slot, DIAG_ERROR,
			    W_IMPORT_ADDRESS_MERGED, 0);
		return;
	}
	switch (cell_macs(text, macs, IMPORT_MACS_MAX, count, bad)) {
	case CELL_OK:
	case CELL_NOTHING:
		return;
	case CELL_MANY:
		grid_fault(t, line, slot, DIAG_ERROR, W_IMPORT_MAC_MANY, 2,
		    text, "4");
		break;
	case CELL_RESERVED:
		grid_fault(t, line, slot, DIAG_ERROR, W_IMPORT_MAC_SPECIAL, 1,
		    bad);
		break;
	default:
		grid_fault(t, line, slot, DIAG_ERROR, W_IMPORT_MAC, 1, bad);
		break;
	}
	*count = 0;
}

/* ---- rows that stand there twice */

struct seen_rows {
	struct table table; /* digest -> row number */
	struct text row;    /* of one row, reused */
};

struct seen_rows *
import_cell_seen_new(size_t rows)
{
	struct seen_rows *s = mem_calloc(1, sizeof(*s));

	table_init(&s->table, rows + 1, 2 * sizeof(uint64_t), first_key);
	return s;
}

void
import_cell_seen_free(struct seen_rows *s)
{
	table_fini(&s->table);
	text_free(&s->row);
	free(s);
}

bool
import_cell_seen(struct seen_rows *s, struct grid *t, struct grid_line *line)
{
	uint64_t key[2];
	uint32_t row;
	char number[16];

	text_clear(&s->row);
	for (size_t i = 0; i < t->slot_count; i++) {
		if (line->text[i] != NULL)
			cell_fold(&s->row, line->text[i]);
		text_add_char(&s->row, '\n');
	}
	key[0] = table_hash(first_key, text_str(&s->row), s->row.length);
	key[1] = table_hash(second_key, text_str(&s->row), s->row.length);
	row = table_find(&s->table, key);
	if (row == TABLE_NONE) {
		(void)table_add(&s->table, key, line->row);
		return false;
	}
	(void)snprintf(number, sizeof(number), "%u", row);
	grid_fault(t, line, -1, DIAG_WARNING, W_IMPORT_ROW_TWICE, 1, number);
	t->out->left[IMPORT_LEFT_DUPLICATE]++;
	return true;
}
