/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tier matrices as data: what a guideline says of a session opened from one
 * tier to another. A guideline file holds several models (alpha, beta ...);
 * nothing in the code knows a cell.
 */
#ifndef GUIDELINE_H
#define GUIDELINE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/jsonx.h"
#include "zone.h"

enum cell_kind {
	CELL_DENY,     /* never; no conduit overrides it */
	CELL_PERMIT,   /* a conduit is required */
	CELL_SPECIAL,  /* only a registered 特定通信: a conduit "special" */
	CELL_SANITISE, /* only from a sanitiser's clean side, or special */
	CELL_SCREEN,   /* only screen transfer, or special */
	CELL_LIST,     /* only to an address list with server names and link */
};

#define CELL_KIND_COUNT (CELL_LIST + 1)

struct cell {
	enum cell_kind kind;
	/* More kinds that it admits: a set of 1u << kind. In beta a session
	 * from internet to lgwan may be screen or come from a sanitiser. */
	unsigned also;
	const char *article; /* what it rests on; "" when ours alone */
	bool ours;	     /* our reading, not the guideline's words */
	const char *note[LANG_COUNT]; /* why, one line; NULL: none */
	struct diag_place place;      /* of its entry in the file */
};

/* One model of a guideline file. Every string lies in the arena it was loaded
 * into, save file, which is borrowed from the document's name. */
struct guideline {
	const char *file, *edition, *model;
	const char *title_ja, *title_en;  /* of the model */
	const char *document[LANG_COUNT]; /* what the file sums up */
	const char *remark[LANG_COUNT];	  /* what it does not claim, or NULL */
	struct cell cells[TIER_COUNT][TIER_COUNT]; /* [from][to] */
	/* Initiator and responder tiers of screen transfer, for the report;
	 * TIER_COUNT: the file names none. */
	enum tier screen_from, screen_to;
};

/*
 * Reads model model_name of a guideline file. Every fault goes to d; with any
 * the result is NULL. The result and all it holds lie in arena; nothing of
 * doc is kept but its name (the "file" of places). Every pair of tiers is
 * decided once: by an entry of "cells", or of the "overrides" of a model that
 * "extends" another. O(entries).
 */
struct guideline *guideline_load(struct arena *arena,
    const struct jsonx_doc *doc, const char *model_name, struct diag *d);
const char *cell_kind_name(enum cell_kind kind); /* "deny" ... */
/* 禁止 要登録 特定通信 無害化 画面転送 許可先限定, or the English words. */
const char *cell_kind_title(enum cell_kind kind, enum lang lang);

#endif
