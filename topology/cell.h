/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What people write into one cell of a table, read as a person reads it:
 * full-width digits and signs, 和暦 dates, 「10.1.20.5～10」, 「TCP/443」. A
 * text that could mean two things is a fault; where one reading holds less
 * than the other, the lesser one is taken. Knows nothing of tables or files.
 */
#ifndef CELL_H
#define CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/text.h"

#define CELL_BYTES_MAX 32768 /* as long as a spreadsheet lets a cell be */
#define CELL_LIST_MAX 4096   /* bytes of addresses, MACs or ports */
#define CELL_WORD_MAX 64     /* bytes of a word that a fault quotes */

/* Why a cell cannot be read, or was read with a reserve. */
enum cell_fault {
	CELL_OK,
	CELL_NOTHING,  /* empty, or says so: 「－」「なし」 */
	CELL_BAD,      /* cannot be read as what it should be */
	CELL_ZEROES,   /* 010.001.020.005: decimal or octal */
	CELL_REVERSE,  /* a range whose end is before its beginning */
	CELL_FAMILIES, /* a range from IPv4 to IPv6, or the reverse */
	CELL_MANY,     /* more than there is room for */
	CELL_ANY,      /* "any", 「全て」, 0.0.0.0/0 */
	CELL_HOST,     /* 10.1.20.5/24: read as the one address */
	CELL_RESERVED, /* no address of a device: 0.0.0.0, multicast ... */
	CELL_NO_YEAR,  /* a day without a year, or a year of two digits */
	CELL_NO_DAY,   /* a month without a day */
	CELL_CALENDAR, /* no day of the calendar: 2月30日 */
	CELL_ERA,      /* 平成32年: the era had ended; read all the same */
	CELL_NO_PROTOCOL, /* ports without TCP or UDP: read as TCP */
	CELL_NO_PORT,	  /* TCP or UDP without a port */
	CELL_CONFLICT,	  /* two columns say two protocols */
	CELL_FOREIGN,	  /* Hangul among kana: read as the kana meant */
	CELL_BITS,	  /* 10.1.20.5-10.1.20.0/24 and other odd mixtures */
};

/* ---- cell_text.c */

/*
 * Appends s with full-width forms of ASCII, and what stands for them (dashes,
 * wave dashes, ideographic stops), as ASCII; runs of blanks as one space; no
 * blanks at the ends, no invisible characters. Half-width kana stay.
 */
void cell_fold(struct text *out, const char *s);
/* For comparing words: folded, lower case, half-width kana as full-width,
 * without any blank. */
void cell_key(struct text *out, const char *s);
/*
 * A name as it is kept: letters as written, blanks as above, Hangul that
 * slipped in among kana as the kana. CELL_FOREIGN when it did, CELL_NOTHING
 * for nothing or a dash, else CELL_OK.
 */
enum cell_fault cell_name(struct text *out, const char *s);
/* Whether s says "as above": 〃, 同上, 々, ″, " alone. */
bool cell_is_ditto(const char *s);
/* Whether s has nothing but blanks and invisible characters. O(blanks). */
bool cell_is_blank(const char *s);
/* Whether s is a sign or word for nothing: empty, 「-」「―」「なし」「N/A」. */
bool cell_is_nothing(const char *s);
/* 1 yes (○, 有, はい, yes), 0 no (×, 無, -, no) or nothing, -1 neither. */
int cell_truth(const char *s);

/* ---- cell_address.c */

/* Addresses first to last, of one family. */
struct cell_range {
	struct addr first, last;
	bool network; /* written with a mask: "10.1.20.0/24" */
};

/*
 * Addresses, ranges and networks of s, separated by line ends, blanks, 、
 * commas or semicolons. Writes at most max and *count. On a fault bad holds
 * the word it is about; after CELL_HOST the ranges can be used, after
 * CELL_ANY there are none and that is meant, after others nothing can be
 * used. For CELL_ZEROES bad is the address as decimal. O(length).
 */
enum cell_fault cell_ranges(const char *s, struct cell_range *out, size_t max,
    size_t *count, char bad[CELL_WORD_MAX]);
/* Whether a is an address that a device can have. */
bool cell_is_unicast(const struct addr *a);
/*
 * MACs in every usual form (02:00:5e:.., 02-00-.., 0200.5e00.., 02005e..,
 * 02005e-.., without leading zeros where there are colons). CELL_BAD,
 * CELL_MANY, CELL_RESERVED (zero, broadcast, group) or CELL_NOTHING.
 */
enum cell_fault cell_macs(const char *s, struct mac *out, size_t max,
    size_t *count, char bad[CELL_WORD_MAX]);

/* ---- cell_service.c */

#define CELL_PROTOCOL_ANY 256

struct cell_service {
	uint16_t protocol;	 /* IANA number, or CELL_PROTOCOL_ANY */
	struct port_range ports; /* 0-0: every port */
};

/*
 * Services from the cells of a protocol column and a port column; either may
 * be NULL or empty. Names of applications (HTTPS) say the protocol where
 * nothing else does, never the port; they go to *application, borrowed and
 * constant. After CELL_NO_PROTOCOL the services (TCP) can be used.
 */
enum cell_fault cell_services(const char *protocol, const char *ports,
    struct cell_service *out, size_t max, size_t *count,
    const char **application, char bad[CELL_WORD_MAX]);

enum cell_way { CELL_ONE_WAY, CELL_BOTH_WAYS, CELL_BACKWARDS };
/* 双方向, ⇔, 片方向, →, ←; CELL_BAD for another word. */
enum cell_fault cell_direction(const char *s, enum cell_way *out);

/* ---- cell_day.c */

/*
 * A day: 2025-04-01, 2025/4/1, 20250401, 2025年4月1日, 令和7年4月1日,
 * 令和元年5月1日, R7.4.1, 平成31.4.30, 令和8年度末, 令和9年3月末, a day's
 * number in a spreadsheet (1900 system) from 1954 to 2119; a weekday in
 * parentheses and a time of day behind it are left away. After CELL_ERA the
 * day can be used.
 */
enum cell_fault cell_day(const char *s, struct day *out);
/* The day of a spreadsheet's serial number; 1904: the other day count. False
 * outside 1900..9999. 60 (1900-02-29) is no day. */
bool cell_serial(double serial, bool from_1904, struct day *out);

#endif
