#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Five scenarios of the lab under every mangle of a span port; make metamorphic
# tries all of them. See tests/metamorphic/run.py.
# alone: it stands up the lab
set -u
cd "$(dirname "$0")/../.." || exit 2
exec setpriv --pdeathsig TERM timeout 300 /usr/bin/python3 \
    tests/metamorphic/run.py smb-by-temporary-rule ipv6-forgotten \
    nat-to-lgwan refused-by-host ftp-declared
