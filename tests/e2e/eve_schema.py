#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds lines of EVE JSON against our schema and, where it is given,
alert, flow and fileinfo lines without "sekisho" against Suricata's own.

usage: eve_schema.py LINES SCHEMA [SURICATA-SCHEMA]

Lines that differ in nothing but digits have one shape; a few of each shape
are held against the schema, since that takes milliseconds a line.
"""

import copy
import json
import re
import sys

import jsonschema

EACH_SHAPE = 3
SHOWN = 5
KINDS = ("alert", "flow", "stats", "sekisho_conversation", "sekisho_gap",
         "sekisho_health", "sekisho_asset", "sekisho_tap")
SURICATAS = ("alert", "flow", "fileinfo", "stats")


def pairs(items):
    """An object, unless a key stands twice in it."""
    made = dict(items)
    if len(made) != len(items):
        raise ValueError("a key stands twice: " +
                         ", ".join(key for key, _ in items))
    return made


def read(path):
    """(number, line, object) of every line; faults as (number, sentence)."""
    good, bad = [], []
    with open(path, "rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                if not raw.endswith(b"\n"):
                    raise ValueError("it does not end with a newline")
                line = raw.decode("utf-8")
                good.append((number, line,
                             json.loads(line, object_pairs_hook=pairs)))
            except ValueError as fault:
                bad.append((number, str(fault)))
    return good, bad


def chosen(lines):
    """A few lines of each shape."""
    seen = {}
    for number, line, event in lines:
        shape = re.sub(r"\d+", "0", line)
        seen[shape] = seen.get(shape, 0) + 1
        if seen[shape] <= EACH_SHAPE:
            yield number, event


def strict(schema):
    """The schema, refusing also what it would let pass under "sekisho"."""
    schema = copy.deepcopy(schema)
    for name, part in schema["definitions"].items():
        if name.endswith("_sekisho"):
            part["additionalProperties"] = False
    return schema


def describe(error):
    """The innermost cause of what is wrong, and where."""
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    where = "/".join(str(p) for p in error.absolute_path) or "line"
    return f"{where}: {error.message[:200]}"


def faults(validator, events):
    for number, event in events:
        error = next(validator.iter_errors(event), None)
        if error is not None:
            yield number, describe(error)


def report(name, found):
    found = list(found)
    for number, sentence in found[:SHOWN]:
        print(f"line {number}: {sentence}")
    print(f"not ok {name} ({len(found)} lines)" if found else f"ok {name}")
    return bool(found)


def lies(event):
    """Copies of a good line, each wrong in one way."""
    for key in ("timestamp", "event_type", "sekisho"):
        wrong = copy.deepcopy(event)
        del wrong[key]
        yield f"without {key}", wrong
    for key in list(event["sekisho"]):
        if key in ("refused_by", "sightings_full", "folded", "engine"):
            continue
        wrong = copy.deepcopy(event)
        del wrong["sekisho"][key]
        yield f"without sekisho/{key}", wrong
    changes = {"timestamp": "2026-11-21 10:15:33", "event_type": "alerts",
               "flow_id": 2 ** 53, "vlan": [], "src_port": 65536,
               "community_id": "1:short", "extra": 1}
    for key, value in changes.items():
        yield f"with {key} {value!r}", dict(event, **{key: value})
    if "verdict" in event["sekisho"]:
        for key, value in (("verdict", "fine"), ("outcome", "leaked"),
                           ("passed", "perhaps"), ("clause", {}),
                           ("severity", "urgent"), ("taps", [1])):
            if key not in event["sekisho"]:
                continue
            yield f"with sekisho/{key} {value!r}", dict(
                event, sekisho=dict(event["sekisho"], **{key: value}))


def refused(validator, events):
    """What the schema lets pass although it is wrong."""
    done = set()
    for number, event in events:
        kind = (event["event_type"], "flow_id" in event,
                event["sekisho"].get("kind"), "notice" in event["sekisho"])
        if kind in done:
            continue
        done.add(kind)
        for what, wrong in lies(event):
            if validator.is_valid(wrong):
                yield number, f"{kind[0]} {what} is let pass"


def main():
    lines, bad = read(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        schema = json.load(file)
    failed = report("eve-lines-are-json", bad)
    missing = [(0, f"no {kind} line was written") for kind in KINDS
               if not any(e.get("event_type") == kind for _, _, e in lines)]
    failed |= report("eve-every-kind-of-line-is-tried", missing)

    some = list(chosen(lines))
    try:
        jsonschema.Draft7Validator.check_schema(schema)
        wrong = []
    except jsonschema.SchemaError as fault:
        wrong = [(0, describe(fault))]
    failed |= report("eve-schema-is-a-schema", wrong)
    validator = jsonschema.Draft7Validator(strict(schema))
    failed |= report("eve-lines-fit-our-schema", faults(validator, some))
    failed |= report("eve-schema-refuses-lies", refused(
        jsonschema.Draft7Validator(schema), some))
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding="utf-8") as file:
            suricata = json.load(file)
        kind = jsonschema.validators.validator_for(suricata)
        events = [(n, {k: v for k, v in e.items() if k != "sekisho"})
                  for n, e in some if e["event_type"] in SURICATAS]
        failed |= report("eve-lines-fit-suricatas-schema",
                         faults(kind(suricata), events))
    else:
        print("skip eve-lines-fit-suricatas-schema: its schema is not here")
    print(f"{len(lines)} lines, {len(some)} held against the schema")
    return failed


if __name__ == "__main__":
    sys.exit(main())
