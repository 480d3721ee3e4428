/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the catalogue, see words_table.h; no include guard on purpose. What
 * the live probe says: its processes, its interfaces, its gaps. */
WORD(LIVE_NONE, "", "")

/* clang-format off */
