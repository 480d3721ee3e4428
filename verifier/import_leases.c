/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names from DHCP leases: dhcpd.leases(5) of ISC, dnsmasq's leases, Kea's
 * memfile (CSV) and what Windows Server exports. Which of them it is shows in
 * the text. Servers append: of several leases of one address the last holds.
 * What a client calls itself is only a name, never an identity.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "import_cell.h"

#define NAME_MAX_BYTES 255
#define WORD_MAX_BYTES 256

static const uint8_t secret[16] = "import leases..";

struct noted {
	struct import_lease lease;
	bool ended; /* it stands for an address that is free again */
};

struct leases {
	const char *shown; /* borrowed */
	const struct import_options *o;
	struct imported *out;
	struct diag *d;
	struct noted *items; /* owned while reading */
	size_t count, capacity;
};

/* One lease on its way, as text. */
struct raw {
	uint32_t row;
	char address[WORD_MAX_BYTES], mac[WORD_MAX_BYTES];
	char name[WORD_MAX_BYTES];
	bool ended;
};

static void
tell(struct leases *l, uint32_t row, enum diag_severity severity,
    enum word word, const char *v0)
{
	struct diag_place place = { l->shown, row, 0 };
	struct text quoted = { 0 }, sentence = { 0 };

	text_quote(&quoted, v0);
	words_add(&sentence, l->d->lang, word, 1, text_str(&quoted));
	diag_add(l->d, place, severity, NULL,
	    severity == DIAG_ERROR ? NULL : "low", NULL, text_str(&sentence));
	text_free(&quoted);
	text_free(&sentence);
}

/* A name as hosts have them; what has other characters is no name. */
static bool
is_name(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > NAME_MAX_BYTES || strchr("=+-@", *s) != NULL)
		return false;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f ||
		    strchr("\"'<>&\\;,", *s) != NULL)
			return false;
	return true;
}

static void
take(struct leases *l, const struct raw *r)
{
	struct import_lease lease;
	char bad[CELL_WORD_MAX];
	size_t n;

	memset(&lease, 0, sizeof(lease));
	l->out->rows++;
	lease.place.row = r->row;
	if (l->count == IMPORT_ROWS_MAX) {
		if (l->out->left[IMPORT_LEFT_FAULT]++ == 0)
			tell(l, r->row, DIAG_ERROR, W_IMPORT_TOO_LARGE, "");
		return;
	}
	if (!addr_parse(r->address, &lease.address) ||
	    !cell_is_unicast(&lease.address)) {
		tell(l, r->row, DIAG_ERROR, W_IMPORT_LEASE_ADDRESS, r->address);
		l->out->left[IMPORT_LEFT_FAULT]++;
		return;
	}
	/* Windows writes a client's id: a MAC, or something else. */
	if (r->mac[0] != '\0' && strcmp(r->mac, "*") != 0 &&
	    cell_macs(r->mac, &lease.mac, 1, &n, bad) == CELL_OK)
		lease.has_mac = n == 1;
	if (r->name[0] != '\0' && strcmp(r->name, "*") != 0) {
		if (is_name(r->name))
			lease.name = arena_strdup(l->out->arena, r->name);
		else
			tell(l, r->row, DIAG_WARNING, W_IMPORT_LEASE_NAME,
			    r->name);
	}
	l->items = mem_grow(l->items, &l->capacity, l->count,
	    sizeof(*l->items));
	l->items[l->count].lease = lease;
	l->items[l->count++].ended = r->ended;
}

/* Of each address only its last lease stays, in the order of the file. */
static void
settle(struct leases *l)
{
	struct imported *out = l->out;
	struct table seen;

	table_init(&seen, l->count + 1, sizeof(struct addr), secret);
	out->leases = arena_calloc(out->arena, l->count, sizeof(*out->leases));
	for (size_t i = l->count; i-- > 0;) {
		struct noted *n = &l->items[i];

		if (table_find(&seen, &n->lease.address) != TABLE_NONE) {
			out->left[IMPORT_LEFT_DUPLICATE]++;
			n->ended = true;
			continue;
		}
		(void)table_add(&seen, &n->lease.address, 0);
		out->left[IMPORT_LEFT_ENDED] += n->ended;
	}
	table_fini(&seen);
	for (size_t i = 0; i < l->count; i++)
		if (!l->items[i].ended)
			out->leases[out->lease_count++] = l->items[i].lease;
	out->kept = out->lease_count;
}

/* Whether a lease that ends at that time (seconds since 1970) is over. */
static bool
is_over(const struct leases *l, const char *seconds)
{
	struct wall_us t = { 0 };
	long long value;
	char *end;

	if (l->o->today.year == 0)
		return false;
	value = strtoll(seconds, &end, 10);
	if (*end != '\0' || value <= 0 || value > INT32_MAX * 2LL)
		return false; /* 0: it never ends */
	t.us = value * CLOCK_SECOND;
	return day_compare(clock_day(t, 0, NULL), l->o->today) < 0;
}

/* ---- words of ISC's and dnsmasq's files */

struct words_of {
	const char *p, *end;
	uint32_t line;
};

/*
 * The next word into out: a quoted text without its quotes, one of { } ; or
 * what stands between blanks; # begins a comment. False at the end. A word
 * that is too long is cut, and then is no address, MAC or name.
 */
static bool
next_word(struct words_of *w, char out[WORD_MAX_BYTES])
{
	size_t n = 0;
	bool quoted;

	while (w->p < w->end &&
	    (isspace((unsigned char)*w->p) || *w->p == '#' || *w->p == '\0')) {
		if (*w->p == '#')
			while (w->p + 1 < w->end && w->p[1] != '\n')
				w->p++;
		w->line += *w->p++ == '\n';
	}
	if (w->p >= w->end)
		return false;
	quoted = *w->p == '"';
	if (!quoted && strchr("{};", *w->p) != NULL) {
		out[0] = *w->p++;
		out[1] = '\0';
		return true;
	}
	w->p += quoted;
	while (w->p < w->end && *w->p != '\n' && *w->p != '\0' &&
	    (quoted ? *w->p != '"' :
		      !isspace((unsigned char)*w->p) &&
			strchr("{};", *w->p) == NULL)) {
		if (n + 1 < WORD_MAX_BYTES)
			out[n++] = *w->p;
		w->p++;
	}
	w->p += quoted && w->p < w->end && *w->p == '"';
	out[n] = '\0';
	return true;
}

/* "2026/11/21" of "ends 6 2026/11/21 10:00:00". */
static bool
day_is_over(const struct leases *l, const char *text)
{
	struct day day;

	return l->o->today.year != 0 && cell_day(text, &day) == CELL_OK &&
	    day_compare(day, l->o->today) < 0;
}

/* One statement of a lease, its words up to the semicolon. */
static void
isc_statement(struct leases *l, char words[4][WORD_MAX_BYTES], size_t n,
    struct raw *r)
{
	if (n >= 3 && strcmp(words[0], "hardware") == 0)
		memcpy(r->mac, words[2], sizeof(r->mac));
	else if (n >= 2 && strcmp(words[0], "client-hostname") == 0)
		memcpy(r->name, words[1], sizeof(r->name));
	else if (n >= 3 && strcmp(words[0], "binding") == 0)
		r->ended |= strcmp(words[2], "active") != 0;
	else if (n >= 3 && strcmp(words[0], "ends") == 0)
		r->ended |= day_is_over(l, words[2]);
	else if (n >= 1 && strcmp(words[0], "abandoned") == 0)
		r->ended = true;
}

static bool
isc_lease(struct leases *l, struct words_of *w, struct raw *r)
{
	char words[4][WORD_MAX_BYTES], word[WORD_MAX_BYTES];
	size_t n = 0;

	while (next_word(w, word)) {
		if (strcmp(word, "}") == 0)
			return true;
		if (strcmp(word, "{") == 0 || strcmp(word, ";") == 0) {
			isc_statement(l, words, n, r);
			n = 0;
		} else if (n < 4) {
			memcpy(words[n++], word, sizeof(word));
		}
	}
	return false;
}

static void
read_isc(struct leases *l, const char *bytes, size_t length)
{
	struct words_of w = { bytes, bytes + length, 1 };
	char word[WORD_MAX_BYTES];
	struct raw *r = mem_calloc(1, sizeof(*r));

	while (next_word(&w, word)) {
		if (strcmp(word, "lease") != 0)
			continue;
		memset(r, 0, sizeof(*r));
		r->row = w.line;
		if (!next_word(&w, r->address) || !next_word(&w, word) ||
		    strcmp(word, "{") != 0 || !isc_lease(l, &w, r)) {
			l->out->rows++;
			l->out->left[IMPORT_LEFT_FAULT]++;
			tell(l, r->row, DIAG_ERROR, W_IMPORT_LEASE_CUT, "");
			continue;
		}
		take(l, r);
	}
	free(r);
}

/* "EXPIRY MAC ADDRESS NAME CLIENT-ID"; for IPv6 "EXPIRY IAID ADDRESS ..." */
static void
read_dnsmasq(struct leases *l, const char *bytes, size_t length)
{
	const char *p = bytes, *end = bytes + length;
	struct raw *r = mem_calloc(1, sizeof(*r));
	char expiry[WORD_MAX_BYTES];

	for (uint32_t line = 1; p < end; line++) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		struct words_of w = { p, stop != NULL ? stop : end, line };

		memset(r, 0, sizeof(*r));
		r->row = line;
		p = stop != NULL ? stop + 1 : end;
		if (!next_word(&w, expiry) || strcmp(expiry, "duid") == 0)
			continue;
		if (!next_word(&w, r->mac) || !next_word(&w, r->address) ||
		    !next_word(&w, r->name)) {
			l->out->rows++;
			l->out->left[IMPORT_LEFT_FAULT]++;
			tell(l, line, DIAG_ERROR, W_IMPORT_LEASE_CUT, "");
			continue;
		}
		r->ended = is_over(l, expiry);
		if (strchr(r->address, ':') != NULL)
			r->mac[0] = '\0'; /* an IAID */
		take(l, r);
	}
	free(r);
}

/* ---- tables: Kea, Windows */

static void
copy(char out[WORD_MAX_BYTES], const char *text)
{
	struct text folded = { 0 };

	if (text != NULL)
		cell_fold(&folded, text);
	(void)snprintf(out, WORD_MAX_BYTES, "%s", text_str(&folded));
	text_free(&folded);
}

/* Kea: 0 in use, 1 declined, 2 reclaimed. Windows: Active,
 * ActiveReservation, InactiveReservation, Expired, Declined ... */
static bool
state_ended(const char *text)
{
	return text != NULL &&
	    (strcmp(text, "1") == 0 || strcmp(text, "2") == 0 ||
		strcasecmp(text, "Expired") == 0 ||
		strcasecmp(text, "Declined") == 0 ||
		strncasecmp(text, "Inactive", 8) == 0);
}

static bool
read_table(struct leases *l, const char *bytes, size_t length)
{
	struct grid *t = mem_calloc(1, sizeof(*t));
	struct raw *r = mem_calloc(1, sizeof(*r));
	struct grid_line line;
	const char *expires;
	int slot;
	bool fine = grid_open_bytes(t, l->shown, bytes, length, l->o,
	    &grid_leases, l->out, l->d);

	while (fine && grid_next(t, &line)) {
		l->out->rows--; /* take counts it again */
		memset(r, 0, sizeof(*r));
		r->row = line.row;
		copy(r->address, grid_text(t, &line, FIELD_ADDRESS, &slot));
		copy(r->mac, grid_text(t, &line, FIELD_MAC, &slot));
		copy(r->name, grid_text(t, &line, FIELD_NAME, &slot));
		r->ended = state_ended(grid_text(t, &line, FIELD_STATE, &slot));
		expires = grid_text(t, &line, FIELD_EXPIRES, &slot);
		if (expires != NULL)
			r->ended |= is_over(l, expires);
		take(l, r);
	}
	grid_close(t);
	free(t);
	free(r);
	return fine;
}

/* ---- the whole */

/* The first line that is neither blank nor a comment. */
static const char *
first_line(const char *p, const char *end, size_t *n)
{
	const char *stop;

	while (p < end) {
		stop = memchr(p, '\n', (size_t)(end - p));
		*n = (size_t)((stop != NULL ? stop : end) - p);
		while (*n > 0 && isspace((unsigned char)*p)) {
			p++;
			(*n)--;
		}
		if (*n > 0 && *p != '#')
			return p;
		p = stop != NULL ? stop + 1 : end;
	}
	*n = 0;
	return end;
}

static bool
is_isc(const char *bytes, size_t length)
{
	return memmem(bytes, length, "lease ", 6) != NULL &&
	    memchr(bytes, '{', length) != NULL;
}

/* "0" or seconds, then a MAC, an IAID or "duid", with blanks between. */
static bool
is_dnsmasq(const char *bytes, size_t length)
{
	size_t n, digits = 0;
	const char *p = first_line(bytes, bytes + length, &n);

	if (n > 5 && strncmp(p, "duid ", 5) == 0)
		return true;
	while (digits < n && isdigit((unsigned char)p[digits]))
		digits++;
	return digits > 0 && digits + 1 < n && p[digits] == ' ';
}

static bool
read_all(struct leases *l, const char *bytes, size_t length)
{
	bool fine = true;

	l->out->arena = arena_new();
	if (is_isc(bytes, length) || is_dnsmasq(bytes, length)) {
		/* The digest is the file's, whoever reads it. */
		book_digest(bytes, length, l->out->sha256);
		l->out->encoding = "utf-8";
		l->out->format = is_isc(bytes, length) ? "isc" : "dnsmasq";
		if (is_isc(bytes, length))
			read_isc(l, bytes, length);
		else
			read_dnsmasq(l, bytes, length);
	} else {
		fine = read_table(l, bytes, length);
		l->out->format = "table";
	}
	if (fine)
		settle(l);
	free(l->items);
	return fine;
}

bool
import_leases_bytes(const char *shown, const char *bytes, size_t length,
    const struct import_options *o, struct imported *out, struct diag *d)
{
	struct leases l = { .shown = shown, .o = o, .out = out, .d = d };

	memset(out, 0, sizeof(*out));
	return read_all(&l, bytes, length);
}

bool
import_leases(const char *path, const struct import_options *o,
    struct imported *out, struct diag *d)
{
	size_t length;
	char *bytes = book_bytes(path, &length, d);
	bool fine;

	memset(out, 0, sizeof(*out));
	if (bytes == NULL)
		return false;
	fine = import_leases_bytes(path, bytes, length, o, out, d);
	free(bytes);
	return fine;
}
