/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as the events of a probe: the head of a line agrees with what the
 * parser makes of it, every conversation lands in a cell or is counted, and
 * neither text nor page lets anything through that would run.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "observed_view.h"
#include "watch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t secret[16] = { 7 };

static void
check_heads(const char *path, enum lang lang)
{
	struct events *e = events_open(path, lang);
	struct events_head head;

	while (events_line(e)) {
		const bool known = events_head(e, &head);
		const struct jsonx *event = events_parse(e);

		if (!known || event == NULL)
			continue;
		if (strcmp(events_text(event, "event_type"), head.type) != 0 ||
		    events_number(event, "flow_id") != head.flow_id)
			abort();
	}
	events_close(e);
}

static void
check_cells(const struct observed *o)
{
	uint64_t in_cells = 0;

	for (size_t i = 0; i < o->cell_count; i++)
		for (int v = 0; v < VERDICT_COUNT; v++)
			in_cells += o->cells[i].verdicts[v];
	if (in_cells + o->cells_lost != o->conversations)
		abort();
}

static void
check_shown(const struct observed *o, enum lang lang)
{
	struct observed_view v;
	struct text out = { 0 };

	if (!observed_view_init(&v, o, NULL, "fuzz", lang))
		abort();
	observed_text(&v, &out);
	for (size_t i = 0; i < out.length; i++)
		if (out.data[i] == '\033')
			abort();
	text_clear(&out);
	observed_html(&v, &out);
	if (strcasestr(text_str(&out), "<script") != NULL ||
	    strcasestr(text_str(&out), "<img") != NULL)
		abort();
	text_clear(&out);
	observed_csv(&v, &out);
	v.cell[0] = 0;
	v.cell[1] = (int)v.count - 2;
	observed_csv_cell(&v, &out);
	observed_text_cell(&v, &out);
	text_free(&out);
	observed_view_fini(&v);
}

static void
check_watched(const char *data, size_t size, enum lang lang)
{
	struct text out = { 0 };
	struct watch w;

	watch_init(&w, lang, false, NULL);
	w.columns = size % 200;
	watch_heading(&w, &out);
	while (size > 0) {
		const char *end = memchr(data, '\n', size);
		const size_t n = end != NULL ? (size_t)(end - data) : size;

		watch_line(&w, data, n, &out);
		data += n + (end != NULL);
		size -= n + (end != NULL);
	}
	watch_release(&w, &out);
	watch_summary(&w, "fuzz", &out);
	if (memchr(text_str(&out), '\033', out.length) != NULL)
		abort();
	watch_fini(&w);
	text_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const enum lang lang = size % 2 ? LANG_JA : LANG_EN;
	const int fd = memfd_create("events", MFD_CLOEXEC);
	struct observed *o;
	struct events *e;
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	check_heads(path, lang);
	o = calloc(1, sizeof(*o));
	e = events_open(path, lang);
	if (o == NULL || e == NULL)
		abort();
	observed_init(o, secret);
	observed_read(o, e);
	events_close(e);
	(void)close(fd);
	check_cells(o);
	check_shown(o, lang);
	check_watched((const char *)data, size, lang);
	observed_fini(o);
	free(o);
	return 0;
}
