#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A generated working day of a city, clean and with leaks: see tests/noise.
# NOISE_PACKETS makes it smaller.
set -u
exec /usr/bin/python3 -B "$(dirname "$0")/../noise/run.py"
