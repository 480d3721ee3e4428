/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a tap shows against what the model declares of it: whether it stands
 * where it should, and shows what it should. Facts come from a probe's events
 * (tap_check_seen.c, tap_check_probe.c); rows and verdict are made of them here
 * (tap_check.c, tap_check_rows.c) and written by tap_check_print.c. Decodes
 * nothing and judges no conversation.
 */
#ifndef TAP_CHECK_H
#define TAP_CHECK_H

#include "model.h"
#include "tap_view.h"
#include "words.h"

/* Below these nothing is said to be fine. */
#define TAP_CHECK_FRAMES_LEAST 100    /* frames, without copies */
#define TAP_CHECK_TCP_LEAST 10	      /* conversations */
#define TAP_CHECK_PAYLOAD_LEAST 10000 /* bytes of TCP */
/* Shares, in percent, from which on a row is not fine. */
#define TAP_CHECK_ONE_WAY 10
#define TAP_CHECK_ONE_WAY_ALL 50 /* from here on the tap is misplaced */
#define TAP_CHECK_COPIES 10
#define TAP_CHECK_CUT 1
#define TAP_CHECK_LOST 1
#define TAP_CHECK_UNREAD 1
#define TAP_CHECK_FOREIGN 1	 /* of packets of the segment's own hosts */
#define TAP_CHECK_FOREIGN_ALL 50 /* from here on the tap is misplaced */

#define TAP_CHECK_SECONDS_DEFAULT 30
#define TAP_CHECK_SECONDS_MAX 86400
#define TAP_CHECK_OPERANDS_MAX 16

/* What a tap showed, as the probe's events told it. */
struct tap_seen {
	const struct tap *tap;
	const char *source;	/* file or interface; borrowed */
	bool is_live, is_found; /* is_found: view holds something */
	/* Of its lists zones are those of the same model. */
	struct tap_view view;
	uint64_t payload_seen, payload_missing, undecodable;
	uint64_t drops;	   /* of ring and NIC; live */
	uint64_t events;   /* frames of which minutes told */
	uint64_t gaps;	   /* what of it could not be read */
	struct text cause; /* of the last gap; owned */
	bool cut_short;	   /* somebody ended it before its time */
};

/* Takes one line of a probe's events, of whatever kind and tap. m is the
 * model of the taps; what is of a tap not in seen is passed over. */
void tap_seen_line(struct tap_seen *seen, size_t count, const struct model *m,
    const char *line, size_t length);
void tap_seen_fini(struct tap_seen *s);

enum tap_item {
	TAP_ITEM_TRAFFIC,
	TAP_ITEM_VLANS,
	TAP_ITEM_PREFIXES,
	TAP_ITEM_FOREIGN,
	TAP_ITEM_ROUTERS,
	TAP_ITEM_FORWARDERS,
	TAP_ITEM_DIRECTIONS,
	TAP_ITEM_PASSED,
	TAP_ITEM_COPIES,
	TAP_ITEM_CUT,
	TAP_ITEM_GIANTS,
	TAP_ITEM_LOSS,
	TAP_ITEM_UNREAD,
	TAP_ITEM_IPV6,
	TAP_ITEM_COUNT,
};

/* In the order of weight. */
enum tap_sign {
	TAP_SIGN_FINE,	   /* o: as declared */
	TAP_SIGN_UNKNOWN,  /* ?: too little was seen to say */
	TAP_SIGN_DEVIATES, /* !: something is missing, or not as declared */
	TAP_SIGN_WRONG,	   /* x: it does not stand where it is declared */
};

enum tap_verdict {
	TAP_FITS,	/* every row is fine */
	TAP_INCOMPLETE, /* some row deviates or is not known */
	TAP_MISPLACED,	/* some row is wrong */
};

#define TAP_LOOKS_MAX 3
#define TAP_ROWS_MAX TAP_ITEM_COUNT

struct tap_row {
	enum tap_item item;
	enum tap_sign sign;
	struct text declared, seen;	/* owned; fit to be shown */
	enum word looks[TAP_LOOKS_MAX]; /* what to look at */
	size_t look_count;
};

struct tap_report {
	const struct tap_seen *seen; /* borrowed */
	struct tap_row rows[TAP_ROWS_MAX];
	size_t row_count;
	enum tap_verdict verdict;
};

/* Holds s against its tap. Pure. The report is freed by tap_report_fini. */
void tap_report_make(struct tap_report *r, const struct tap_seen *s,
    enum lang lang);
void tap_report_fini(struct tap_report *r);
/* A row of r, to be filled in; sign FINE. For tap_check*.c. */
struct tap_row *tap_report_row(struct tap_report *r, enum tap_item item);
/* Worsens a row, with what to look at (W_COUNT: nothing). */
void tap_row_worsen(struct tap_row *row, enum tap_sign sign, enum word look);
/* Of a zone that is reached over a link nobody lives where the tap stands. */
bool tap_zone_is_far(const struct zone *z);
/* The rows that are about where it stands (tap_check_place.c). */
void tap_report_place(struct tap_report *r, const struct tap_seen *s,
    enum lang lang);

const char *tap_item_name(enum tap_item item);	  /* "vlans" ... */
const char *tap_sign_name(enum tap_sign sign);	  /* "o" "?" "!" "x" */
const char *tap_verdict_name(enum tap_verdict v); /* "fits" ... */
/* Japanese or English for a reader. */
void tap_report_text(const struct tap_report *r, enum lang lang,
    struct text *out);
/* All of them as one JSON object (schema/sekisho-tap-check-1.json). */
void tap_report_json(const struct tap_report *reports, size_t count,
    const struct model *m, enum lang lang, struct text *out);

/* How a probe is run. */
struct tap_probe {
	const char *model, *data; /* paths; data may be NULL */
	enum lang lang;
	int seconds; /* live */
};

/*
 * Runs sekisho-probe on those of seen that are of the probe id and as live as
 * is_live, and takes its events. False after a sentence on standard error when
 * it could not be run or refused; *interrupted is set when SIGINT or SIGTERM
 * ended it early. Its child is gone when this returns.
 */
bool tap_probe_run(const struct tap_probe *p, const char *id, bool is_live,
    struct tap_seen *seen, size_t count, const struct model *m,
    bool *interrupted);

#endif
