#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Real, damaged and hostile captures through the probe, built with the
# sanitizers where that build is there: see captures.py.
exec /usr/bin/python3 -B "$(dirname "$0")/captures.py" "$@"
