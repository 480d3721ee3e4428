#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the editors' schema of a model against itself and the loader: every
object is closed, every field has a description, and the fields that the
loader reads are the schema's."""

import glob
import json
import re
import sys

SCHEMA = "topology/schema/sekisho-topology-1.json"

def objects(schema, where="#"):
    """Every schema of an object with fields, and where it stands."""
    if isinstance(schema, dict):
        if "properties" in schema and isinstance(schema["properties"], dict):
            yield where, schema
        for key, value in schema.items():
            yield from objects(value, f"{where}/{key}")
    elif isinstance(schema, list):
        for i, value in enumerate(schema):
            yield from objects(value, f"{where}/{i}")


def described(schema, field):
    if "$ref" in field:
        field = schema["definitions"][field["$ref"].rsplit("/", 1)[1]]
    return bool(field.get("description"))


def check_closed(schema):
    for where, part in objects(schema):
        if part.get("additionalProperties") is not False:
            yield f"{where}: takes fields it does not name"


def check_described(schema):
    for where, part in objects(schema):
        for name, field in part["properties"].items():
            if not described(schema, field):
                yield f"{where}: \"{name}\" has no description"


def check_words(schema):
    """Each list of fields in the loader is the list of one object."""
    known = {frozenset(part["properties"]) for _, part in objects(schema)}
    # Members that the loader takes only to say what to write instead.
    refused = {"renewal-number"}
    pattern = re.compile(
        r"static const char \*const (\w*keys|retention)\[\] = \{(.*?)NULL",
        re.S)
    for path in sorted(glob.glob("topology/model_*.c")):
        with open(path, encoding="utf-8") as file:
            source = file.read()
        for name, words in pattern.findall(source):
            fields = frozenset(re.findall(r'"([^"]+)"', words)) - refused
            if fields not in known:
                yield (f"{path}: {name} {sorted(fields)} is no object of "
                       f"the schema")


CHECKS = (check_closed, check_described, check_words)


def main():
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    failed = False
    for check in CHECKS:
        name = "schema-" + check.__name__[len("check_"):]
        faults = list(check(schema))
        for fault in faults:
            print(fault)
        print(("not ok " if faults else "ok ") + name)
        failed = failed or bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
