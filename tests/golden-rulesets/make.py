#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the ruleset.json of golden rulesets again: what `nft -j list ruleset`
says after the case's source was loaded in a network namespace of its own.

  make.py [CASE...]        (root; nft, iptables-nft, for one case firewalld)

A source is ruleset.nft (loaded by nft -f), peer.nft (to peer.json) or rules.sh
(run in the namespace), or policies.csv with objects.csv, which sekisho itself
imports. The result is kept in the tree so that the tests need
neither root nor these programs. Every file has the same layout: one object of
the list a line. Not every kernel has flowtables: the lines of a source that
need one are left out of what is loaded and put into the result as
libnftables-json(5) has them.
"""

import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NET = f"golden-{os.getpid()}"
FLOWTABLE = re.compile(r"\tflowtable (\w+) \{\n.*?\n\t\}\n", re.S)
FLOW = re.compile(r"^.*\bflow add @\w+.*\n", re.M)


def must(command, **more):
    return subprocess.run(["ip", "netns", "exec", NET, *command], check=True,
                          **more)


def load(path):
    """Loads a source; returns the flowtables and rules that were left out."""
    if path.endswith(".sh"):
        must(["/bin/bash", "-eu", path], cwd=os.path.dirname(path))
        return [], []
    with open(path, encoding="utf-8") as file:
        text = file.read()
    left_out = FLOWTABLE.findall(text), FLOW.findall(text)
    text = FLOW.sub("", FLOWTABLE.sub("", text))
    must(["nft", "-f", "-"], input=text.encode())
    return left_out


def with_flow(entries, names, rules):
    """Puts flowtables, and one rule before the first of "forward", back."""
    table = next(e["table"] for e in entries if "table" in e)
    for name in names:
        at = max(i for i, e in enumerate(entries) if "table" in e) + 1
        entries.insert(at, {"flowtable": {
            "family": table["family"], "name": name, "table": table["name"],
            "handle": 90, "hook": "ingress", "prio": 0,
            "dev": ["lg0", "office0"]}})
    for number, rule in enumerate(rules):
        at = next(i for i, e in enumerate(entries)
                  if e.get("rule", {}).get("chain") == "forward" and
                  any("ct" in x.get("match", {}).get("left", {})
                      for x in e["rule"]["expr"]))
        name = re.search(r"@\w+", rule).group()
        entries.insert(at, {"rule": {
            "family": table["family"], "table": table["name"],
            "chain": "forward", "handle": 91 + number, "expr": [
                {"match": {"op": "==", "left": {"payload": {
                    "protocol": "ip", "field": "protocol"}},
                           "right": {"set": ["tcp", "udp"]}}},
                {"flow": {"op": "add", "flowtable": name}}]}})


def make(path, result):
    subprocess.run(["ip", "netns", "add", NET], check=True)
    try:
        names, rules = load(path)
        out = must(["nft", "-j", "list", "ruleset"], stdout=subprocess.PIPE)
    finally:
        subprocess.run(["ip", "netns", "del", NET], check=False)
    entries = json.loads(out.stdout)["nftables"]
    with_flow(entries, names, rules)
    lines = [json.dumps(e, ensure_ascii=False) for e in entries]
    with open(result, "w", encoding="utf-8") as file:
        file.write('{"nftables": [\n' + ",\n".join(lines) + "\n]}\n")
    print(f"made {os.path.relpath(result, HERE)}")


def convert(folder, result):
    """What sekisho import makes of a FortiGate's tables."""
    program = os.path.abspath(os.path.join(
        os.environ.get("SEKISHO_BUILD", "build/plain"), "sekisho"))
    subprocess.run([program, "import", "ruleset", "policies.csv",
                    "objects.csv", "--format", "json", "-o", result,
                    "--lang", "en"], check=False, cwd=folder)
    print(f"made {os.path.relpath(result, HERE)}")


def main():
    cases = sys.argv[1:] or sorted(
        n for n in os.listdir(HERE) if os.path.isdir(os.path.join(HERE, n)))
    for case in cases:
        folder = os.path.join(HERE, case)
        if os.path.exists(os.path.join(folder, "policies.csv")):
            convert(folder, os.path.join(folder, "ruleset.json"))
        for source, result in (("ruleset.nft", "ruleset.json"),
                               ("rules.sh", "ruleset.json"),
                               ("peer.nft", "peer.json")):
            path = os.path.join(HERE, case, source)
            if os.path.exists(path):
                make(path, os.path.join(HERE, case, result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
