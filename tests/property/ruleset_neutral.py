#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sekisho-ruleset/1: its schema is closed and described and has the members
that the reader knows, and what is made of a FortiGate's policies is of the
schema, says the same whichever way the tables come, and hides nothing."""

import json
import os
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = "topology/schema/sekisho-ruleset-1.json"
SOURCE = "verifier/ruleset_neutral.c"
SECONDS = 60

POLICIES = """policyid,name,srcintf,dstintf,srcaddr,dstaddr,schedule,\
service,action,nat,status,comments,logtraffic
1,LGWAN,port1,port2,LG-NET,SV-WEB,always,HTTPS,accept,disable,enable,,all
2,,port1,port2,LG-NET;nosuch,SV-WEB,office,"DNS
NTP",accept,disable,enable,,all
3,vip,wan1,port2,all,V1,always,HTTP,accept,disable,enable,,all
4,old,any,any,all,all,always,ALL,accept,disable,disable,,all
5,deny,any,any,all,all,always,ALL,deny,,enable,,disable
"""
ADDRESSES = """name,subnet
LG-NET,10.2.0.0 255.255.0.0
SV-WEB,10.1.0.5 255.255.255.255
"""
VIPS = """name,extip,mappedip
V1,203.0.113.5,10.1.0.7
"""


def program():
    return os.path.join(os.environ.get("SEKISHO_BUILD", "build/plain"),
                        "sekisho")


def schema():
    with open(SCHEMA, encoding="utf-8") as file:
        return json.load(file)


def objects(part, where="#"):
    if isinstance(part, dict):
        if isinstance(part.get("properties"), dict):
            yield where, part
        for key, value in part.items():
            yield from objects(value, f"{where}/{key}")
    elif isinstance(part, list):
        for i, value in enumerate(part):
            yield from objects(value, f"{where}/{i}")


def check_closed():
    for where, part in objects(schema()):
        if part.get("additionalProperties") is not False:
            yield f"{where}: takes members it does not name"
        for name, member in part["properties"].items():
            if not member.get("description"):
                yield f"{where}: \"{name}\" has no description"


def check_members():
    known = {frozenset(part["properties"]) for _, part in objects(schema())}
    with open(SOURCE, encoding="utf-8") as file:
        source = file.read()
    lists = re.findall(r"const char \*const keys\[\] = \{(.*?)NULL", source,
                       re.S)
    if len(lists) != len(known):
        yield f"{SOURCE}: {len(lists)} lists of members, {len(known)} objects"
    for words in lists:
        members = frozenset(re.findall(r'"([^"]+)"', words))
        if members not in known:
            yield f"{SOURCE}: {sorted(members)} is no object of the schema"


def convert(folder, **tables):
    """What import makes of tables: its exit code, JSON and words."""
    paths = []
    for name, (text, encoding) in tables.items():
        paths.append(os.path.join(folder, name + ".csv"))
        with open(paths[-1], "wb") as file:
            file.write(text.encode(encoding))
    done = subprocess.run([program(), "import", "ruleset", *paths, "--format",
                           "json", "--lang", "en"], capture_output=True,
                          text=True, timeout=SECONDS, check=False)
    return (done.returncode,
            json.loads(done.stdout) if done.stdout else None, done.stderr)


def check_fortigate():
    with tempfile.TemporaryDirectory() as folder:
        status, rules, said = convert(folder, p=(POLICIES, "utf-8-sig"),
                                      a=(ADDRESSES, "utf-8"),
                                      v=(VIPS, "cp932"))
        other = convert(folder, all=(ADDRESSES + VIPS + "\n" + POLICIES,
                                     "utf-16"))
        nothing = convert(folder, a=(ADDRESSES, "utf-8"))
    if status != 1 or rules is None:
        yield f"ends with {status}: {said}"
        return
    if jsonschema is not None:
        for fault in jsonschema.Draft7Validator(schema()).iter_errors(rules):
            yield f"not of the schema: {fault.message}"
    if rules != other[1]:
        yield "three tables and one of all three differ"
    if nothing[0] != 2 or nothing[1] is not None:
        yield f"no policies end with {nothing[0]}"
    ids = [rule["id"] for rule in rules["rules"]]
    if ids != [1, 2, 2, 3, 5]:
        yield f"the rules are {ids}"
    if "nosuch" not in said:
        yield f"the unknown name is not told: {said}"
    if "address nosuch" not in rules["rules"][2].get("unknown", []):
        yield f"is no unknown: {rules['rules'][2]}"
    if rules["rules"][3].get("nat") != {"destination": "10.1.0.7"}:
        yield f"the virtual IP leads elsewhere: {rules['rules'][3]}"


CHECKS = (check_closed, check_members, check_fortigate)


def main():
    failed = False
    for check in CHECKS:
        name = "ruleset-" + check.__name__[len("check_"):]
        faults = list(check())
        for fault in faults:
            print(fault)
        print(("not ok " if faults else "ok ") + name)
        failed = failed or bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
