/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of an image that both its writer and its reader use. */
#ifndef RULESET_IMAGE_WORDS_H
#define RULESET_IMAGE_WORDS_H

#include "ruleset.h"

#define IMAGE_KINDS (STATEMENT_UNKNOWN + 1)
#define IMAGE_TYPES (CHAIN_ROUTE + 1)

extern const char *const image_kinds[IMAGE_KINDS]; /* by enum statement_kind */
extern const char *const image_types[IMAGE_TYPES]; /* by enum chain_type */

#endif
