/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The values that records are made of: text, times, addresses and nouns of the
 * model by index. Nothing that was read is believed before it is checked.
 */
#include "observation_record_internal.h"

void
record_begin(struct record_writer *w, uint8_t *out, struct record_head *head,
    enum record_type type, enum record_class class)
{
	head->version = RECORD_VERSION;
	head->type = (uint8_t)type;
	head->class = (uint8_t) class;
	w->pos = out;
	w->end = out + RECORD_BYTES_MAX;
	w->full = false;
	record_put8(w, head->version);
	record_put8(w, head->type);
	record_put8(w, head->class);
	record_put8(w, head->engine);
	record_put32(w, head->generation);
	record_put64(w, head->sequence);
}

/* ---- text */

/* Whether these are all printable ASCII; most text is. */
static bool
is_plain(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)(s[i] - 0x20) >= 0x7f - 0x20)
			return false;
	return true;
}

static void
put_text_of(struct record_writer *w, const char *s, size_t n)
{
	record_put16(w, (unsigned)n);
	record_put_bytes(w, s, n);
	record_put8(w, 0);
}

/* Where to cut s of n bytes so that at most max are left, at its end or, with
 * tail, at its beginning: never within a character. */
static size_t
cut_at(const char *s, size_t n, size_t max, bool tail)
{
	size_t at = 0, step;

	while (at < n) {
		step = text_utf8(s + at, n - at);
		step = step ? step : 1;
		if (tail ? n - at <= max : at + step > max)
			break;
		at += step;
	}
	return at;
}

static void
put_careful(struct record_writer *w, const char *s, size_t max, bool tail)
{
	struct text safe = { 0 };
	size_t at;

	text_escape(&safe, s, strlen(s));
	s = text_str(&safe);
	at = cut_at(s, safe.length, max, tail);
	if (tail)
		put_text_of(w, s + at, safe.length - at);
	else
		put_text_of(w, s, at);
	text_free(&safe);
}

static void
put_text(struct record_writer *w, const char *s, size_t max, bool tail)
{
	size_t n;

	if (s == NULL) {
		record_put16(w, RECORD_TEXT_NONE);
		return;
	}
	n = strnlen(s, max + 1);
	if (n <= max && (is_plain(s, n) || text_is_safe(s)))
		put_text_of(w, s, n);
	else
		put_careful(w, s, max, tail);
}

void
record_put_text(struct record_writer *w, const char *s, size_t max)
{
	put_text(w, s, max, false);
}

void
record_put_path(struct record_writer *w, const char *s, size_t max)
{
	put_text(w, s, max, true);
}

const char *
record_get_text(struct record_input *in, size_t max)
{
	const size_t n = cursor_be16(&in->c);
	const char *s;

	if (n == RECORD_TEXT_NONE)
		return NULL;
	if (n > max) {
		in->malformed = true;
		return "";
	}
	s = (const char *)cursor_take(&in->c, n + 1);
	if (s == NULL)
		return "";
	if (s[n] != '\0' || (!is_plain(s, n) && memchr(s, '\0', n) != NULL) ||
	    (!is_plain(s, n) && !text_is_safe(s))) {
		in->malformed = true;
		return "";
	}
	return s;
}

const char *
record_get_string(struct record_input *in, size_t max)
{
	const char *s = record_get_text(in, max);

	record_require(in, s != NULL);
	return s != NULL ? s : "";
}

void
record_get_array(struct record_input *in, char *out, size_t size)
{
	const char *s = record_get_string(in, size - 1);

	memcpy(out, s, strlen(s) + 1);
}

/* ---- times and addresses */

struct wall_us
record_get_time(struct record_input *in)
{
	struct wall_us t = { (int64_t)record_get64(in) };

	if (t.us >= -RECORD_TIME_MAX && t.us <= RECORD_TIME_MAX)
		return t;
	in->malformed = true;
	return (struct wall_us){ 0 };
}

struct addr
record_get_addr(struct record_input *in, bool none)
{
	struct addr a = { 0 };
	const uint8_t *bytes;

	a.family = cursor_u8(&in->c);
	if (a.family != 4 && a.family != 6) {
		record_require(in, none && a.family == 0);
		a.family = 0;
		return a;
	}
	bytes = cursor_take(&in->c, addr_bits(&a) / 8);
	if (bytes != NULL)
		memcpy(a.bytes, bytes, addr_bits(&a) / 8);
	return a;
}

/* ---- nouns of the model */

/* Whether there is one of that index, of count. */
static bool
get_index(struct record_input *in, size_t count, uint32_t *index)
{
	*index = cursor_be32(&in->c);
	if (!cursor_ok(&in->c) || *index == RECORD_INDEX_NONE)
		return false;
	if (in->other) {
		in->stale = true;
		return false;
	}
	record_require(in, *index < count);
	return *index < count;
}

const struct boundary *
record_get_boundary(struct record_input *in)
{
	uint32_t i;

	return get_index(in, in->m->boundary_count, &i) ?
	    &in->m->boundaries[i] :
	    NULL;
}

const struct tap *
record_get_tap(struct record_input *in)
{
	const struct boundary *b = in->m->boundaries;
	uint32_t i;

	if (!get_index(in, in->m->tap_count, &i))
		return NULL;
	for (; i >= b->tap_count; b++)
		i -= (uint32_t)b->tap_count;
	return &b->taps[i];
}

const struct zone *
record_get_zone(struct record_input *in)
{
	uint32_t i;

	if (!get_index(in, in->m->zone_count + 1, &i))
		return NULL;
	return i < in->m->zone_count ? &in->m->zones[i] : &in->m->firewall_zone;
}

const struct link *
record_get_link(struct record_input *in)
{
	uint32_t i;

	return get_index(in, in->m->link_count, &i) ? &in->m->links[i] : NULL;
}

const struct conduit *
record_get_conduit(struct record_input *in)
{
	uint32_t i;

	return get_index(in, in->m->conduit_count, &i) ? &in->m->conduits[i] :
							 NULL;
}

const struct exception *
record_get_exception(struct record_input *in)
{
	uint32_t i;

	return get_index(in, in->m->exception_count, &i) ?
	    &in->m->exceptions[i] :
	    NULL;
}

const struct emergency *
record_get_emergency(struct record_input *in)
{
	uint32_t i;

	return get_index(in, in->m->emergency_count, &i) ?
	    &in->m->emergencies[i] :
	    NULL;
}

const struct translation *
record_get_translation(struct record_input *in)
{
	uint32_t i;

	return get_index(in, in->m->translation_count, &i) ?
	    &in->m->translations[i] :
	    NULL;
}

const struct host *
record_get_host(struct record_input *in)
{
	uint32_t i;

	return get_index(in, in->m->host_count, &i) ? &in->m->hosts[i] : NULL;
}

const struct router *
record_get_router(struct record_input *in, const struct tap *tap)
{
	uint32_t i;

	return get_index(in, tap != NULL ? tap->router_count : 0, &i) ?
	    &tap->routers[i] :
	    NULL;
}
