/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that devices give themselves, made fit to be shown: what DHCP, LLDP,
 * CDP and the like carry is any bytes at all.
 */
#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Copies n bytes to out (size bytes with NUL, size > 0) as UTF-8 without
 * control characters: bytes that are no UTF-8, controls (C0, DEL, C1) and the
 * characters that turn or hide text become '?'. Ends at a NUL byte; what does
 * not fit is left out at a whole character. Spaces at either end are left out.
 * Returns the length. O(n).
 */
size_t printable_copy(char *out, size_t size, const uint8_t *bytes, size_t n);

#endif
