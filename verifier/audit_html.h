/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parts of the page of an audit, for audit_html*.c alone. page is the place of
 * the audit among those of the page, for its anchors.
 */
#ifndef AUDIT_HTML_H
#define AUDIT_HTML_H

#include "audit.h"

#define AUDIT_HTML_FINDINGS 2000 /* of one audit, that a page has */

void audit_html_word(enum lang lang, enum word word, struct text *out);
/* The zone by zone table; cells lead to their first finding. */
void audit_html_grid(const struct audit *a, size_t page, struct text *out);
/* Finding i with all that is known of it. */
void audit_html_finding(const struct audit *a, size_t i, size_t page,
    struct text *out);

#endif
