#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every kind of line that the unit tests make the recorder write, and what the
# probe itself writes of some golden cases, is held against
# topology/schema/sekisho-eve-1.json and against Suricata's schema.
set -u

build=${SEKISHO_BUILD:-build/plain}
suricata=../shared/peer/suricata-eve-schema.json
cases="alert-raised background-tried legacy-inside capture-damaged cloud-backup-link cut-payload exception-cell fragments
	icmp-echo icmp-error-of-datagram nat-overload no-zone one-way-out
	malformed-transport server-name spoofed-on-segment stage-draft stage-trial tier-deny-ipv6
	tier-deny-refused-by-host undeclared-service unjudged-share"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

if ! /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	echo "skip eve-schema: python3-jsonschema is not installed"
	exit 0
fi

for program in test_eve test_eve_notice test_recorder test_recorder_reload \
	test_recorder_evidence test_daily; do
	[ -x "$build/tests/unit/$program" ] || continue
	if ! SEKISHO_EVE_LINES="$work/lines" "$build/tests/unit/$program" \
		>"$work/$program" 2>&1; then
		tail -n 20 "$work/$program"
		echo "not ok eve-schema: $program fails"
		exit 1
	fi
done
if [ ! -s "$work/lines" ]; then
	echo "skip eve-schema: none of the tests that write lines was built"
	exit 0
fi

# Whether they say what is expected is the golden tests' own business.
if [ -x "$build/sekisho-probe" ] && [ -r tests/golden/run.py ]; then
	mkdir "$work/cases"
	# shellcheck disable=SC2086 # one word a case
	/usr/bin/python3 tests/golden/run.py --keep "$work/cases" $cases \
		>"$work/golden" 2>&1
	if cat "$work"/cases/*/eve.json >>"$work/lines" 2>/dev/null; then
		echo "ok eve-lines-of-the-probe"
	else
		tail -n 20 "$work/golden"
		echo "not ok eve-lines-of-the-probe: it wrote none"
	fi
else
	echo "skip eve-lines-of-the-probe: sekisho-probe was not built"
fi

set -- "$work/lines" topology/schema/sekisho-eve-1.json
[ -r "$suricata" ] && set -- "$@" "$suricata"
/usr/bin/python3 tests/e2e/eve_schema.py "$@"
