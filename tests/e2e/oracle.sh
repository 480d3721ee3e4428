#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A short turn of the oracle: the kernel's own decisions against --explain, and
# each witness of an audit sent through it. make oracle runs it longer.
set -u
cd "$(dirname "$0")/../.." || exit 2

export SEKISHO_BUILD=${SEKISHO_BUILD:-$PWD/build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}

/usr/bin/python3 -B tests/oracle/run.py --seconds "${ORACLE_SECONDS:-15}"
status=$?
[ "$status" -eq 77 ] || exit "$status"
