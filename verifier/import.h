/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables as municipalities keep them: 情報システム台帳, 特定通信台帳, DHCP
 * leases. CSV or .xlsx, UTF-8 with or without its mark or CP932; columns by
 * their headings, as a column map or the usual names say; 和暦 dates,
 * full-width digits, ranges, 〃 and the blanks of merged cells are read as a
 * person reads them. Each fault is told with its row and column and costs its
 * row alone. Nothing is guessed that would register more than is written.
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "base/addr.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/diag.h"

#define IMPORT_ROWS_MAX 200000
#define IMPORT_RANGES_MAX 16 /* addresses or ranges in one cell */
#define IMPORT_MACS_MAX 4
#define IMPORT_COLUMNS_MAX 256

struct import_options {
	const char *columns;  /* path of a column map, or NULL */
	const char *encoding; /* "utf-8", "cp932", or NULL: guessed */
	struct day today;     /* leases that ended before it are left out;
			       * year 0: those that ended stay */
};

/* Addresses first to last, of one family; first.family 0: none. */
struct import_range {
	struct addr first, last;
	bool network; /* written with a mask: it names no devices */
	bool again;   /* of a ledger: an earlier row has all of it */
};

/* Where a row came from, and that it was read. Strings live in the arena. */
struct import_place {
	uint32_t row; /* from 1, the heading counted; of a sheet its own */
};

struct import_device {
	struct import_place place;
	const char *name, *kind, *system, *division, *zone; /* or NULL */
	struct import_range addresses[IMPORT_RANGES_MAX];
	size_t address_count;
	struct mac mac; /* the first of macs */
	bool has_mac;
	struct mac macs[IMPORT_MACS_MAX];
	size_t mac_count;
	bool mac_again; /* an earlier row has the first of them */
	bool offline;	/* 非接続, スタンドアロン */
	const char *note;
};

struct import_service {
	uint16_t protocol;	 /* IANA number, 256: any */
	struct port_range ports; /* 0-0: every port */
};

struct import_end {
	const char *zone; /* as written, or NULL */
	const char *name; /* of the system or partner, or NULL */
	struct import_range ranges[IMPORT_RANGES_MAX];
	size_t range_count;
};

struct import_conduit {
	struct import_place place;
	const char *number;		  /* of the ledger: 管理番号 */
	const char *name, *owner, *basis; /* or NULL */
	struct import_end from, to;
	bool both; /* 双方向 */
	struct import_service services[IMPORT_RANGES_MAX];
	size_t service_count;
	const char *application; /* as written, or NULL */
	const char *applicant, *approver, *approval_number; /* or NULL */
	struct day approved_on, starts, expires;	    /* year 0: none */
	const char *note;
};

struct import_lease {
	struct import_place place;
	struct addr address;
	struct mac mac;
	bool has_mac;
	const char *name; /* or NULL */
};

/* A column and what it was taken for. */
struct import_column {
	uint32_t column;     /* from 1 */
	const char *heading; /* as written, two lines as one */
	const char *field;   /* "address" ..., or NULL: not read */
};

/* Why a row below the headings is not kept. */
enum import_left {
	IMPORT_LEFT_FAULT,     /* it has an error */
	IMPORT_LEFT_DUPLICATE, /* the same row stands above */
	IMPORT_LEFT_HEADING,   /* the headings again */
	IMPORT_LEFT_REMARK,    /* a section's title, a total, a note */
	IMPORT_LEFT_ENDED,     /* a lease that ended */
	IMPORT_LEFT_COUNT,
};

struct imported {
	struct arena *arena; /* owns all strings and arrays */
	struct import_device *devices;
	size_t device_count;
	struct import_conduit *conduits;
	size_t conduit_count;
	struct import_lease *leases;
	size_t lease_count;
	size_t rows, kept; /* that were read; of them not left out */
	size_t left[IMPORT_LEFT_COUNT]; /* rows = kept + all of these */
	size_t filled;	      /* blanks that took the cell above them */
	const char *encoding; /* "utf-8", "cp932", "utf-16", "xlsx" */
	const char *format;   /* of leases: "isc", "kea" ...; else NULL */
	const char *sheet;    /* of the workbook, or NULL */
	uint32_t heading_row; /* the (last) row of the headings, 0: none */
	struct import_column *columns; /* in their order */
	size_t column_count;
	char sha256[65]; /* of the file */
};

/*
 * Each reads the file at path into out, which the caller ends with
 * import_fini whatever the result; d borrows path. Faults go to d at (file, row, column) with
 * the sentence naming the column's letter and heading and what was expected;
 * a row with an error is left out, one with a warning is kept. False where
 * the file cannot be read as a table at all. O(bytes).
 */
bool import_ledger(const char *path, const struct import_options *o,
    struct imported *out, struct diag *d);
bool import_conduits(const char *path, const struct import_options *o,
    struct imported *out, struct diag *d);
bool import_leases(const char *path, const struct import_options *o,
    struct imported *out, struct diag *d);
/* The same of files that are in memory, which shown names in faults. */
bool import_ledger_bytes(const char *shown, const char *bytes, size_t length,
    const struct import_options *o, struct imported *out, struct diag *d);
bool import_conduits_bytes(const char *shown, const char *bytes, size_t length,
    const struct import_options *o, struct imported *out, struct diag *d);
bool import_leases_bytes(const char *shown, const char *bytes, size_t length,
    const struct import_options *o, struct imported *out, struct diag *d);
void import_fini(struct imported *x);

#endif
