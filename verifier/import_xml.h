/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walking one XML part of a workbook: elements by their local names, text, no
 * more. A document type is refused, so that there are no entities to expand
 * and nothing outside to fetch.
 */
#ifndef IMPORT_XML_H
#define IMPORT_XML_H

#include <stdbool.h>
#include <stddef.h>

#define XML_DEPTH_MAX 64

struct xml; /* a walk */

/* What a walk calls; each may be NULL. Names are without their namespace. */
struct xml_calls {
	void (*begin)(void *context, struct xml *x, const char *name,
	    const char **attributes);
	void (*end)(void *context, struct xml *x, const char *name);
	void (*text)(void *context, const char *s, size_t n);
};

/*
 * Walks bytes. False when they are no well-formed XML, nest deeper than
 * XML_DEPTH_MAX, have a document type, or a call stopped the walk.
 */
bool xml_walk(const char *bytes, size_t length, const struct xml_calls *calls,
    void *context);
/* Ends the walk as failed. */
void xml_stop(struct xml *x);
/* The value of an attribute by its local name, or NULL. */
const char *xml_attribute(const char **attributes, const char *name);

#endif
