#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sekisho audit --explain over the golden rulesets: the JSON is of its schema,
text and JSON come to the same end in both languages, a part of the packets
asked again by what it is called fares as it was said to, and a pattern that
cannot be read ends with 2 and says where."""

import glob
import json
import os
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = "topology/schema/sekisho-explain-1.json"
RULESETS = sorted(glob.glob("tests/golden-rulesets/*/ruleset.json"))
SECONDS = 60
PARTS = 4  # asked again, of each walk and kind

PATTERNS = (
    "any * -> *",
    "tcp 10.2.0.0/16 -> 10.1.0.0/16:443,445 iif lg0",
    "tcp * -> 172.31.8.1:8443 iif sc0",
    "icmp * -> 10.1.0.0/16 type echo-request",
    "any [fd00:2::/48]:* -> [fd00:1::/48]:*",
    "tcp 10.1.20.5:443 -> * state established direction reply",
    "udp * -> *:53 to firewall",
    "any * -> * bridged",
)
WRONG = ("", "tcp", "tcp a -> b", "tcp 10.2.0.5 -> 10.1.0.7 wat 3",
         "tcp 10.2.0.5 -> fd00::1", "icmp 10.2.0.5:3 -> *")
ENDS = {"accepted": "result: accepted", "dropped": "result: dropped",
        "partly": "result: partly", "open": "result: possibly",
        "undecided": "result: undecided"}


def run(ruleset, pattern, *more):
    program = os.path.join(os.environ.get("SEKISHO_BUILD", "build/plain"),
                           "sekisho")
    done = subprocess.run(
        [program, "audit", "--ruleset", ruleset, "--explain", pattern, *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        timeout=SECONDS, check=False)
    return done.returncode, done.stdout, done.stderr


def walks(ruleset, pattern):
    status, out, said = run(ruleset, pattern, "--format", "json")
    if status != 0:
        raise ValueError(f"{ruleset}: '{pattern}' ends with {status}: {said}")
    return json.loads(out)


def each():
    for ruleset in RULESETS:
        for pattern in PATTERNS:
            yield ruleset, pattern


def check_schema():
    if jsonschema is None:
        return
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for ruleset, pattern in each():
        for fault in validator.iter_errors(walks(ruleset, pattern)):
            yield f"{ruleset}: '{pattern}': {fault.message[:200]}"


def check_texts():
    for ruleset, pattern in each():
        found = [w["result"] for w in walks(ruleset, pattern)["walks"]]
        _, text, _ = run(ruleset, pattern, "--lang", "en")
        ends = [line for line in text.splitlines()
                if line.startswith("result: ")]
        if len(ends) != len(found) or not all(
                e.startswith(ENDS[f]) for e, f in zip(ends, found)):
            yield f"{ruleset}: '{pattern}': {found}, but in words {ends}"
        status, text, _ = run(ruleset, pattern, "--lang", "ja")
        if status != 0 or text.count("結果: ") != len(found):
            yield f"{ruleset}: '{pattern}': no Japanese"


def again(ruleset, way, walk):
    """The parts of a walk, asked by themselves."""
    for kind in ("accepted", "dropped"):
        for packets in walk[kind][:PARTS]:
            if "..." in packets:
                continue  # a list that was cut
            pattern = packets
            if packets.startswith("any ") and " -> " in packets:
                pattern = f"ip{walk['family']}" + packets[3:]
            pattern += {"input": " to firewall", "bridge": " bridged",
                        "forward": ""}[way]
            for part in walks(ruleset, pattern)["walks"]:
                if part["family"] == walk["family"] and \
                        part["result"] != kind:
                    yield (f"{ruleset}: '{pattern}': {part['result']}, was "
                           f"{kind}")


def check_parts():
    for ruleset, pattern in each():
        found = walks(ruleset, pattern)
        for walk in found["walks"]:
            yield from again(ruleset, found["way"], walk)


def check_faults():
    for pattern in WRONG:
        status, out, said = run(RULESETS[0], pattern, "--lang", "en")
        if status != 2 or out or not said.startswith("--explain:1:"):
            yield f"'{pattern}' ends with {status}: {said}"


CHECKS = (check_schema, check_texts, check_parts, check_faults)


def main():
    failed = False
    for check in CHECKS:
        name = "explain-" + check.__name__[len("check_"):]
        try:
            faults = list(check())
        except ValueError as fault:
            faults = [str(fault)]
        for fault in faults[:20]:
            print(fault)
        print(("not ok " if faults else "ok ") + name)
        failed = failed or bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
