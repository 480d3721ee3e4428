/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Workbooks: any bytes as the packed file, and any text as its parts, which
 * are then packed here (stored, with their checksums, which no fuzzer finds):
 * strings, styles and the sheet, with 0x1e between them.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "import_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PARTS 5

struct part {
	const char *name;
	const uint8_t *bytes;
	size_t length;
	uint32_t sum, at;
};

static const char workbook[] =
    "<workbook><workbookPr/><sheets><sheet name='a' id='r1'/></sheets>"
    "</workbook>";
static const char relations[] =
    "<R><Relationship Id='r1' Target='worksheets/sheet1.xml'/></R>";

static uint32_t
crc(const uint8_t *p, size_t n)
{
	uint32_t c = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		c ^= p[i];
		for (int k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
	}
	return ~c;
}

static void
put(struct text *out, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		text_add_char(out, (char)(value >> 8 * i & 0xff));
}

/* The header of a part, local or of the directory. */
static void
header(struct text *out, const struct part *p, bool central)
{
	put(out, central ? 0x02014b50 : 0x04034b50, 4);
	if (central)
		put(out, 20, 2);
	put(out, 20, 2);
	put(out, 0, 2);
	put(out, 0, 2); /* stored */
	put(out, 0x21, 4);
	put(out, p->sum, 4);
	put(out, (uint32_t)p->length, 4);
	put(out, (uint32_t)p->length, 4);
	put(out, (uint32_t)strlen(p->name), 2);
	put(out, 0, 2);
	if (central) {
		put(out, 0, 2);
		put(out, 0, 2);
		put(out, 0, 2);
		put(out, 0, 4);
		put(out, p->at, 4);
	}
	text_add(out, p->name);
}

static void
pack(struct part *parts, struct text *out)
{
	uint32_t start;

	for (int i = 0; i < PARTS; i++) {
		parts[i].sum = crc(parts[i].bytes, parts[i].length);
		parts[i].at = (uint32_t)out->length;
		header(out, &parts[i], false);
		text_add_n(out, (const char *)parts[i].bytes, parts[i].length);
	}
	start = (uint32_t)out->length;
	for (int i = 0; i < PARTS; i++)
		header(out, &parts[i], true);
	put(out, 0x06054b50, 4);
	put(out, 0, 4);
	put(out, PARTS, 2);
	put(out, PARTS, 2);
	put(out, (uint32_t)out->length - 12 - start, 4);
	put(out, start, 4);
	put(out, 0, 2);
}

static void
read_both(const char *bytes, size_t size)
{
	static const struct import_options o = { .columns = NULL };
	struct diag d = { .lang = LANG_EN };
	struct text out = { 0 };
	struct imported x;

	if (import_ledger_bytes("fuzz", bytes, size, &o, &x, &d))
		import_print_json(&x, IMPORT_LEDGER, "fuzz", &d, &out);
	else if (d.errors == 0)
		abort();
	diag_free(&d);
	import_fini(&x);
	if (import_conduits_bytes("fuzz", bytes, size, &o, &x, &d))
		import_print_csv(&x, IMPORT_CONDUITS, &out);
	diag_free(&d);
	import_fini(&x);
	text_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part parts[PARTS] = {
		{ "xl/workbook.xml", (const uint8_t *)workbook,
		    sizeof(workbook) - 1, 0, 0 },
		{ "xl/_rels/workbook.xml.rels", (const uint8_t *)relations,
		    sizeof(relations) - 1, 0, 0 },
		{ "xl/sharedStrings.xml", data, 0, 0, 0 },
		{ "xl/styles.xml", data, 0, 0, 0 },
		{ "xl/worksheets/sheet1.xml", data, 0, 0, 0 },
	};
	struct text packed = { 0 };
	const uint8_t *p = data, *end = data + size, *stop;

	if (size >= 4 && memcmp(data, "PK\3\4", 4) == 0) {
		read_both((const char *)data, size);
		return 0;
	}
	for (int i = 2; i < PARTS; i++) {
		stop = p < end ? memchr(p, 0x1e, (size_t)(end - p)) : NULL;
		if (stop == NULL || i == PARTS - 1)
			stop = end;
		parts[i].bytes = p;
		parts[i].length = (size_t)(stop - p);
		p = stop < end ? stop + 1 : end;
	}
	pack(parts, &packed);
	read_both(text_str(&packed), packed.length);
	text_free(&packed);
	return 0;
}
