#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds every guideline and every example model against its JSON schema, and
sees that the schemas refuse what they should. Comments are blanked first, as
the program does, so that a schema's tools need not know them.

Prints "ok NAME", "not ok NAME" after its details, or "skip NAME: reason".
"""

import copy
import glob
import json
import os
import sys

import jsonschema

SCHEMAS = "topology/schema"


def without_comments(text):
    """// and /* */ become blanks; strings stay as they are."""
    out, i, end = [], 0, len(text)
    while i < end:
        if text[i] == '"':
            start = i
            i += 1
            while i < end and text[i] != '"':
                i += 2 if text[i] == "\\" else 1
            i += 1
            out.append(text[start:i])
        elif text.startswith("//", i):
            stop = text.find("\n", i)
            stop = end if stop < 0 else stop
            out.append(" " * (stop - i))
            i = stop
        elif text.startswith("/*", i):
            stop = text.find("*/", i)
            stop = end if stop < 0 else stop + 2
            out.append("".join(c if c == "\n" else " "
                               for c in text[i:stop]))
            i = stop
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.loads(without_comments(file.read()))


def faults(schema, value):
    """What is wrong with a value, the first few."""
    found = jsonschema.Draft7Validator(schema).iter_errors(value)
    return [f"/{'/'.join(str(p) for p in f.absolute_path)}: "
            f"{f.message[:200]}" for f in found][:8]


def hold(name, schema, path):
    found = faults(schema, read(path))
    for fault in found:
        print(f"{path}: {fault}")
    print(f"{'not ok' if found else 'ok'} {name}")


def refuse(name, schema, value, change):
    """A value that is changed for the worse must not pass."""
    value = copy.deepcopy(value)
    change(value)
    good = not faults(schema, value)
    if good:
        print("the schema takes it")
    print(f"{'not ok' if good else 'ok'} {name}")


def guideline(schema):
    for path in sorted(glob.glob("topology/guidelines/*.json")):
        hold(f"guideline-schema {os.path.basename(path)}", schema, path)
    value = read("topology/guidelines/mic-2025-03.json")

    def entry(v):
        return v["models"]["alpha"]["cells"][1]

    refuse("guideline-schema refuses an unknown tier", schema, value,
           lambda v: entry(v).update({"from": "mynumbr"}))
    refuse("guideline-schema refuses an unknown kind", schema, value,
           lambda v: entry(v).update({"cell": "allow"}))
    refuse("guideline-schema refuses a cell without ground", schema, value,
           lambda v: entry(v).pop("article"))
    refuse("guideline-schema refuses a reading without reason", schema, value,
           lambda v: entry(v).update({"ours": True}))
    refuse("guideline-schema refuses an unknown field", schema, value,
           lambda v: entry(v).update({"artcle": "x"}))
    refuse("guideline-schema refuses another format", schema, value,
           lambda v: v.update({"format": "sekisho-guideline/2"}))


def topology(schema):
    paths = sorted(glob.glob("topology/examples/*/model.jsonc"))
    for path in paths:
        name = os.path.basename(os.path.dirname(path))
        hold(f"topology-schema {name}", schema, path)
    value = read(paths[0])
    refuse("topology-schema refuses an unknown field", schema, value,
           lambda v: v.update({"zone": []}))
    refuse("topology-schema refuses an unknown tier", schema, value,
           lambda v: v["zones"][0].update({"tier": "secret"}))
    refuse("topology-schema refuses a model without zones", schema, value,
           lambda v: v.pop("zones"))
    refuse("topology-schema refuses another format", schema, value,
           lambda v: v.update({"format": "sekisho-topology/2"}))


def main():
    for name, test in (("guideline", guideline), ("topology", topology)):
        path = f"{SCHEMAS}/sekisho-{name}-1.json"
        if not os.path.exists(path):
            print(f"skip {name}-schema: there is no {path}")
            continue
        schema = read(path)
        try:
            jsonschema.Draft7Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            print(f"{path}: {error.message[:200]}")
            print(f"not ok {name}-schema is a schema")
            continue
        print(f"ok {name}-schema is a schema")
        test(schema)
    return 0


if __name__ == "__main__":
    sys.exit(main())
