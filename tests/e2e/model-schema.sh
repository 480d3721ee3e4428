#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Holds the guidelines and the example models, as they stand and as the
# program prints its findings, against the schemas in topology/schema.
set -u

if ! /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	echo "skip model-schema: python3-jsonschema is not installed"
	exit 0
fi
/usr/bin/python3 tests/e2e/model_schema.py
