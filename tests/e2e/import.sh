#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Ledgers as municipalities keep them, through sekisho import: see
# tests/golden-imports/run.py; and what a hostile workbook may not do.
set -u

status=0
/usr/bin/python3 tests/golden-imports/run.py || status=1
/usr/bin/python3 tests/e2e/import_hostile.py || status=1
exit "$status"
