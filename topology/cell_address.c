/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses of a cell. The cell is folded, the blanks around range signs and
 * slashes go, and what is left between separators is read strictly: what is
 * neither an address, a range nor a network is a fault, never a near guess.
 */
#include "cell.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct ranges {
	struct cell_range *items;
	size_t max, count;
	bool host; /* a CELL_HOST was met */
	char *bad;
};

static enum cell_fault
blame(char bad[CELL_WORD_MAX], const char *word, enum cell_fault fault)
{
	size_t n = strlen(word), i = 0, step;

	/* Not through a character. */
	while (i < n && (step = text_utf8(word + i, n - i)) != 0 &&
	    i + step < CELL_WORD_MAX)
		i += step;
	memcpy(bad, word, i);
	bad[i] = '\0';
	return fault;
}

/* Replaces every from in s, never by something longer. */
static void
replace(char *s, const char *from, const char *to)
{
	size_t n = strlen(from), m = strlen(to);
	char *p;

	while ((p = strstr(s, from)) != NULL) {
		memcpy(p, to, m);
		memmove(p + m, p + n, strlen(p + n) + 1);
		s = p + m;
	}
}

/* One sign for "to", and no blanks beside it or a slash. */
static void
tighten(char *s)
{
	char *out = s;

	replace(s, "から", "~");
	replace(s, "まで", " ");
	/* The sign of long vowels stands for a dash only behind a digit. */
	for (char *p = s; (p = strstr(p, "ー")) != NULL; p++)
		if (p > s && isxdigit((unsigned char)p[-1])) {
			*p = '-';
			memmove(p + 1, p + strlen("ー"),
			    strlen(p + strlen("ー")) + 1);
		}
	for (const char *p = s; *p != '\0'; p++) {
		if (*p == ' ' && (p[1] == '-' || p[1] == '~' || p[1] == '/'))
			continue;
		*out++ = *p == '~' ? '-' : *p;
		if (*p == '-' || *p == '~' || *p == '/')
			while (p[1] == ' ')
				p++;
	}
	*out = '\0';
}

/* "010.001.020.005" as "10.1.20.5" into out: four decimal numbers, one with
 * a zero before it. */
static bool
zeroes(const char *s, char out[CELL_WORD_MAX])
{
	unsigned long octet[4];
	bool padded = false;
	char *end;

	for (int i = 0; i < 4; i++) {
		if (!isdigit((unsigned char)*s))
			return false;
		padded |= s[0] == '0' && isdigit((unsigned char)s[1]);
		octet[i] = strtoul(s, &end, 10);
		if (octet[i] > 255 || end - s > 4 ||
		    (i < 3 ? *end++ != '.' : *end != '\0'))
			return false;
		s = end;
	}
	(void)snprintf(out, CELL_WORD_MAX, "%lu.%lu.%lu.%lu", octet[0],
	    octet[1], octet[2], octet[3]);
	return padded;
}

static enum cell_fault
address(const char *s, struct addr *out, char bad[CELL_WORD_MAX])
{
	char word[CELL_WORD_MAX];
	size_t n = strlen(s);

	if (n > 2 && s[0] == '[' && s[n - 1] == ']' && n < sizeof(word)) {
		memcpy(word, s + 1, n - 2);
		word[n - 2] = '\0';
		if (strchr(word, ':') != NULL)
			s = word;
	}
	if (addr_parse(s, out) && !addr_is_v4_mapped(out))
		return CELL_OK;
	if (zeroes(s, bad))
		return CELL_ZEROES;
	return blame(bad, s, CELL_BAD);
}

static enum cell_fault
put(struct ranges *r, const struct addr *first, const struct addr *last,
    bool network)
{
	if (r->count == r->max)
		return CELL_MANY;
	r->items[r->count].first = *first;
	r->items[r->count].last = *last;
	r->items[r->count++].network = network;
	return CELL_OK;
}

/* "10.1.20.5-10", "-.10", "-10.1.20.10": the end of a range. */
static enum cell_fault
range_end(const char *s, const struct addr *first, struct addr *out, char *bad)
{
	const char *digits = s[0] == '.' ? s + 1 : s;
	unsigned long octet;
	char *end;

	if (first->family != 4 || !isdigit((unsigned char)digits[0]) ||
	    strlen(digits) > 3 ||
	    strspn(digits, "0123456789") != strlen(digits))
		return address(s, out, bad);
	octet = strtoul(digits, &end, 10);
	if (octet > 255 || (digits[0] == '0' && digits[1] != '\0'))
		return blame(bad, s, CELL_BAD);
	*out = *first;
	out->bytes[3] = (uint8_t)octet;
	return CELL_OK;
}

static enum cell_fault
range(struct ranges *r, char *s, char *dash)
{
	struct addr first, last;
	enum cell_fault fault;

	*dash = '\0';
	fault = address(s, &first, r->bad);
	if (fault == CELL_OK)
		fault = range_end(dash + 1, &first, &last, r->bad);
	*dash = '-';
	if (fault != CELL_OK)
		return fault == CELL_BAD ? blame(r->bad, s, fault) : fault;
	if (first.family != last.family)
		return blame(r->bad, s, CELL_FAMILIES);
	if (addr_compare(&first, &last) > 0)
		return blame(r->bad, s, CELL_REVERSE);
	return put(r, &first, &last, false);
}

/* The prefix length of "255.255.255.0"; -1 when it is no mask. */
static int
mask_length(const char *s)
{
	struct addr mask;
	uint32_t bits;
	int n = 0;

	if (!addr_parse(s, &mask) || mask.family != 4 || mask.bytes[0] < 128)
		return -1;
	bits = (uint32_t)mask.bytes[0] << 24 | (uint32_t)mask.bytes[1] << 16 |
	    (uint32_t)mask.bytes[2] << 8 | mask.bytes[3];
	for (; bits & 0x80000000u; bits <<= 1)
		n++;
	return bits == 0 ? n : -1;
}

/* The last address of the network of length bits that a begins. */
static struct addr
network_last(const struct addr *a, unsigned length)
{
	struct addr last = *a;

	for (unsigned i = length; i < addr_bits(a); i++)
		last.bytes[i / 8] |= (uint8_t)(0x80u >> i % 8);
	return last;
}

static enum cell_fault
network(struct ranges *r, char *s, const char *mask)
{
	size_t n = strlen(mask);
	enum cell_fault fault;
	struct addr a, first, last;
	int length = -1;

	if (n > 0 && n <= 3 && strspn(mask, "0123456789") == n &&
	    (mask[0] != '0' || n == 1))
		length = atoi(mask);
	else
		length = mask_length(mask);
	fault = address(s, &a, r->bad);
	if (fault != CELL_OK)
		return fault;
	if (length < 0 || (unsigned)length > addr_bits(&a))
		return blame(r->bad, mask, CELL_BAD);
	if (length == 0)
		return CELL_ANY;
	first = addr_mask(&a, (unsigned)length);
	last = network_last(&first, (unsigned)length);
	if (addr_equal(&first, &a))
		return put(r, &first, &last, (unsigned)length < addr_bits(&a));
	/* A host with its network's length: the lesser reading. */
	if (!r->host)
		(void)blame(r->bad, s, CELL_HOST);
	r->host = true;
	return put(r, &a, &a, false);
}

static enum cell_fault
word(struct ranges *r, char *s, const char *next, bool *took_next)
{
	char *slash = strchr(s, '/'), *dash = strchr(s, '-');
	enum cell_fault fault;
	struct addr a;

	*took_next = false;
	if (slash != NULL && dash != NULL)
		return blame(r->bad, s, CELL_BITS);
	if (slash != NULL) {
		*slash = '\0';
		return network(r, s, slash + 1);
	}
	if (dash != NULL)
		return range(r, s, dash);
	if (next != NULL && mask_length(next) > 0) {
		*took_next = true;
		return network(r, s, next);
	}
	fault = address(s, &a, r->bad);
	return fault == CELL_OK ? put(r, &a, &a, false) : fault;
}

static bool
says_any(const char *s)
{
	static const char *const words[] = { "any", "all", "*", "全て",
		"すべて", "全部", "全体", "全端末", "指定なし", "制限なし" };
	struct text key = { 0 };
	bool found = false;

	cell_key(&key, s);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		found |= strcmp(text_str(&key), words[i]) == 0;
	text_free(&key);
	return found;
}

static enum cell_fault
words(struct ranges *r, char *s)
{
	static const char separators[] = " ,;";
	enum cell_fault fault = CELL_OK;
	char *rest = NULL, *w = strtok_r(s, separators, &rest);
	bool took;

	while (w != NULL && fault == CELL_OK) {
		char *after = strtok_r(NULL, separators, &rest);

		if (strlen(w) >= 2 * ADDR_TEXT_MAX)
			return blame(r->bad, w, CELL_BAD);
		fault = word(r, w, after, &took);
		if (fault == CELL_ANY && r->count == 0 &&
		    (after == NULL || took))
			return CELL_ANY;
		w = took ? strtok_r(NULL, separators, &rest) : after;
	}
	if (fault == CELL_ANY) /* and something else beside it */
		return blame(r->bad, "0.0.0.0/0", CELL_BITS);
	return fault;
}

enum cell_fault
cell_ranges(const char *s, struct cell_range *out, size_t max, size_t *count,
    char bad[CELL_WORD_MAX])
{
	struct ranges r = { out, max, 0, false, bad };
	struct text folded = { 0 };
	enum cell_fault fault;

	*count = 0;
	bad[0] = '\0';
	if (cell_is_nothing(s))
		return CELL_NOTHING;
	if (strlen(s) > CELL_LIST_MAX)
		return blame(bad, s, CELL_BAD);
	if (says_any(s))
		return CELL_ANY;
	cell_fold(&folded, s);
	tighten(folded.data);
	fault = words(&r, folded.data);
	text_free(&folded);
	if (fault != CELL_OK)
		return fault;
	*count = r.count;
	return r.count == 0 ? CELL_NOTHING : r.host ? CELL_HOST : CELL_OK;
}

bool
cell_is_unicast(const struct addr *a)
{
	switch (addr_kind(a)) {
	case ADDR_LOOPBACK:
	case ADDR_MULTICAST:
	case ADDR_BROADCAST:
	case ADDR_UNSPECIFIED:
	case ADDR_RESERVED:
	case ADDR_LINK_LOCAL:
		return false;
	default:
		return a->family != 0;
	}
}

/* ---- MACs */

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Groups of hex digits with one separator: six of one or two (one only with
 * colons), three of four, two of six, or one of twelve. */
static bool
mac_word(const char *s, struct mac *out)
{
	char digits[13];
	size_t n = 0, group = 0, groups = 1, width = 0;
	char separator = '\0';

	if (strncmp(s, "0x", 2) == 0 || strncmp(s, "0X", 2) == 0)
		s += 2;
	for (;; s++) {
		if (*s != '\0' && hex(*s) >= 0) {
			if (n == 12)
				return false;
			digits[n++] = *s;
			group++;
			continue;
		}
		if (group == 1 && (separator == ':' || *s == ':') && n < 12) {
			digits[n] = digits[n - 1]; /* 2:0:5e: as 02:00:5e */
			digits[n++ - 1] = '0';
			group = 2;
		}
		if (group == 0 || (width != 0 && group != width))
			return false;
		width = group;
		if (*s == '\0')
			break;
		if (strchr(":-. ", *s) == NULL ||
		    (separator != '\0' && *s != separator))
			return false;
		separator = *s;
		group = 0;
		groups++;
	}
	if (n != 12 || groups * width != 12 ||
	    (groups != 1 && groups != 2 && groups != 3 && groups != 6))
		return false;
	for (size_t i = 0; i < 6; i++)
		out->bytes[i] = (uint8_t)(hex(digits[2 * i]) << 4 |
		    hex(digits[2 * i + 1]));
	return true;
}

static enum cell_fault
mac_add(const char *s, struct mac *out, size_t max, size_t *count, char *bad)
{
	static const struct mac zero = { { 0 } };
	struct mac m;

	if (!mac_word(s, &m))
		return blame(bad, s, CELL_BAD);
	if (mac_equal(&m, &zero) || mac_is_group(&m))
		return blame(bad, s, CELL_RESERVED);
	if (*count == max)
		return CELL_MANY;
	out[(*count)++] = m;
	return CELL_OK;
}

enum cell_fault
cell_macs(const char *s, struct mac *out, size_t max, size_t *count,
    char bad[CELL_WORD_MAX])
{
	struct text folded = { 0 };
	enum cell_fault fault = CELL_OK;
	char *rest = NULL, *w;
	struct mac whole;

	*count = 0;
	bad[0] = '\0';
	if (cell_is_nothing(s))
		return CELL_NOTHING;
	if (strlen(s) > CELL_LIST_MAX)
		return blame(bad, s, CELL_BAD);
	cell_fold(&folded, s);
	if (mac_word(text_str(&folded), &whole)) {
		/* With blanks between its digits it is one, too. */
		fault = mac_add(text_str(&folded), out, max, count, bad);
	} else {
		for (w = strtok_r(folded.data, " ,;", &rest);
		     w != NULL && fault == CELL_OK;
		     w = strtok_r(NULL, " ,;", &rest))
			fault = mac_add(w, out, max, count, bad);
	}
	text_free(&folded);
	return fault;
}
