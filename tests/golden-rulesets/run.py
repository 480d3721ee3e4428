#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audits every golden ruleset (a folder) and compares what sekisho audit finds
with what was written down from the rules (its file "expected"), both ways:
what is missing fails as what is too much does.

  run.py [--show] [CASE...]     --show prints the findings as lines of expected

A case holds its source (ruleset.nft, rules.sh or ruleset.csv), ruleset.json as
make.py made it, and "expected", of lines:
  #! model ../town.jsonc       the model; model.jsonc beside it unless given
  #! ruleset ruleset.csv       what is read; ruleset.json unless given
  #! option --peer peer.json   a further argument or two
  #! exit 1                    how it must end
  #! cell FROM TO STATE        a cell of the zone by zone table
  #! undecided N               how many undecided there are (0 unless given)
  #! note TEXT                 a note that has this text (of the English)
  # ...                        remarks
  CHECK SEVERITY CERTAINTY FROM TO [FACT=VALUE]...
FROM and TO are ids of zones, or "-". Facts that stand there must hold:
  rule=A|B                     the rules that decide, in order; a rule is its
                               comment, or table/chain#place, or for a policy
                               table/chain:policy; blanks are written as _
  cover=A|B                    likewise those that cover it
  family=, conduit=, cell=     as the finding has them
  saddr=, daddr=               the witness lies in this network
  newdaddr=                    likewise where it is translated to
  dport=, sport=, protocol=, iif=, oif=, newdport=, flags=, type=
A finding is matched to a line by check, severity, certainty, zones and all its
facts; each is used once. Held besides: the JSON is of its schema and the same
in every run, text and page come out in both languages and name every check
found, and every witness explained by itself fares as the finding says."""

import argparse
import ipaddress
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

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(HERE, "../../topology/schema/sekisho-audit-1.json")
DAY = "2026-11-22"
SECONDS = 60


def program():
    return os.path.abspath(os.path.join(
        os.environ.get("SEKISHO_BUILD", "build/plain"), "sekisho"))


def run(arguments, folder):
    done = subprocess.run([program(), "audit", *arguments], cwd=folder,
                          capture_output=True, timeout=SECONDS, check=False)
    return (done.returncode, done.stdout.decode("utf-8", "strict"),
            done.stderr.decode("utf-8", "strict"))


class Case:
    """The file "expected", read."""

    def __init__(self, name):
        self.name, self.folder = name, os.path.join(HERE, name)
        self.model, self.ruleset = "model.jsonc", "ruleset.json"
        self.options, self.status, self.undecided = [], 1, 0
        self.cells, self.notes, self.lines = [], [], []
        with open(os.path.join(self.folder, "expected"),
                  encoding="utf-8") as file:
            for line in file.read().splitlines():
                if line.startswith("#! "):
                    self.directive(*line[3:].split(" ", 1))
                elif line.strip() and not line.startswith("#"):
                    self.lines.append(line.strip())

    def directive(self, word, rest):
        if word in ("model", "ruleset"):
            setattr(self, word, rest)
        elif word == "option":
            self.options += rest.split()
        elif word == "exit":
            self.status = int(rest)
        elif word == "undecided":
            self.undecided = int(rest)
        elif word == "cell":
            self.cells.append(rest.split())
        elif word == "note":
            self.notes.append(rest)
        else:
            sys.exit(f"{self.name}: what is \"#! {word}\"?")

    def arguments(self, *more):
        return ["--model", self.model, "--ruleset", self.ruleset, "--at", DAY,
                *self.options, *more]


# ---- findings as lines


def name_of(rule):
    if rule["policy"]:
        return f"{rule['table']}/{rule['chain']}:policy"
    name = rule["comment"] or (f"{rule['table']}/{rule['chain']}#"
                               f"{rule['index']}")
    return re.sub(r"\s", "_", name)


def facts_of(finding):
    facts = {"rule": "|".join(name_of(r) for r in finding["rules"]),
             "cover": "|".join(name_of(r) for r in finding["covering"]),
             "family": finding["family"],
             "conduit": (finding["conduit"] or {}).get("id"),
             "cell": (finding["cell"] or {}).get("kind")}
    packet = finding["witness"]
    if packet:
        facts.update(
            saddr=packet["source"], daddr=packet["destination"],
            newdaddr=packet["new_destination"], iif=packet["iif"],
            oif=packet["oif"], protocol=packet["protocol"],
            sport=packet["source_port"], dport=packet["destination_port"],
            newdport=packet["new_destination_port"],
            flags=packet["tcp_flags"], type=packet["icmp_type"])
    return {k: str(v) for k, v in facts.items() if v not in (None, "")}


def head_of(finding):
    return (finding["check"], finding["severity"], finding["certainty"],
            finding["from"] or "-", finding["to"] or "-")


def show(finding):
    facts = facts_of(finding)
    return " ".join([*head_of(finding),
                     *(f"{k}={v}" for k, v in facts.items())])


def holds(fact, expected, facts):
    found = facts.get(fact)
    if found is None:
        return expected == "-"
    if fact in ("saddr", "daddr", "newdaddr"):
        return (ipaddress.ip_address(found) in
                ipaddress.ip_network(expected, strict=False))
    return found == expected


def fits(line, finding):
    words = line.split()
    facts = facts_of(finding)
    return tuple(words[:5]) == head_of(finding) and all(
        holds(*word.split("=", 1), facts) for word in words[5:])


def match(lines, findings):
    """What is missing and what is too much. The line with the most facts
    chooses first."""
    left, missing = list(findings), []
    for line in sorted(lines, key=lambda l: -len(l.split())):
        hit = next((f for f in left if fits(line, f)), None)
        if hit is None:
            missing.append(line)
        else:
            left.remove(hit)
    return missing, left


# ---- what is held of every case


def check_findings(case, audit):
    missing, left = match(case.lines, audit["findings"])
    for line in missing:
        yield f"missing: {line}"
    for finding in left:
        yield f"too much: {show(finding)}"
    if len(audit["undecided"]) != case.undecided:
        yield (f"{len(audit['undecided'])} undecided, not {case.undecided}: "
               f"{[u['sentence'] for u in audit['undecided']]}")
    cells = {(c["from"], c["to"]): c["state"] for c in audit["cells"]}
    for source, target, state in case.cells:
        found = cells.get((source, target), "elsewhere")
        if found != state:
            yield f"cell {source} {target}: {found}, not {state}"
    for note in case.notes:
        if not any(note in n for n in audit["notes"]):
            yield f"no note \"{note}\" among {audit['notes']}"


def check_schema(found):
    if jsonschema is None or not os.path.exists(SCHEMA):
        return
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    for fault in jsonschema.Draft7Validator(schema).iter_errors(found):
        yield f"json: {list(fault.path)}: {fault.message[:300]}"


def without_time(text):
    return re.sub(r'"taken":"[^"]*"', "", text)


def check_other_forms(case, audit, first):
    """The JSON again, text and page in both languages."""
    status, out, _ = run(case.arguments("--format", "json", "--lang", "en"),
                         case.folder)
    if without_time(out) != without_time(first):
        yield "the second run says something else"
    checks = {f["check"] for f in audit["findings"]}
    with tempfile.TemporaryDirectory() as folder:
        for lang in "ja", "en":
            page = os.path.join(folder, lang)
            status, out, err = run(case.arguments(
                "--lang", lang, "--html", page), case.folder)
            if status != case.status:
                yield f"{lang}: exit {status}, not {case.status}: {err}"
                continue
            with open(page, encoding="utf-8") as file:
                html = file.read()
            for check in checks:
                if check not in out or f"{check} " not in html:
                    yield f"{lang}: {check} is not told"


def check_witnesses(case, audit):
    """Each witness, explained by itself, fares as the finding says."""
    for finding in audit["findings"]:
        if not finding["witness"] or finding["check"] not in ("FWR-1",
                                                              "FWR-2"):
            continue
        pattern = finding["witness"]["pattern"]
        status, out, err = run(["--explain", pattern, "--ruleset",
                                case.ruleset, "--format", "json", "--lang",
                                "en"], case.folder)
        if status:
            yield f"--explain '{pattern}': exit {status}: {err.strip()}"
            continue
        found = json.loads(out)
        yield from check_explained(finding, pattern, found)


def check_explained(finding, pattern, found):
    result = found["walks"][0]["result"]
    wanted = {("FWR-1", "certain"): "accepted",
              ("FWR-1", "possible"): "open",
              ("FWR-2", "certain"): "dropped",
              ("FWR-2", "possible"): "open"}[finding["check"],
                                                finding["certainty"]]
    if len(found["walks"]) != 1 or result != wanted:
        yield f"--explain '{pattern}': {result}, not {wanted}"


def try_case(case):
    status, out, err = run(case.arguments("--format", "json", "--lang", "en"),
                           case.folder)
    if status != case.status:
        yield f"exit {status}, not {case.status}: {err.strip()}"
    if not out:
        return
    found = json.loads(out)
    yield from check_schema(found)
    audit = found["audits"][0]
    yield from check_findings(case, audit)
    yield from check_other_forms(case, audit, out)
    yield from check_witnesses(case, audit)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", action="store_true")
    parser.add_argument("cases", nargs="*")
    arguments = parser.parse_args()
    os.environ.setdefault("SEKISHO_DATADIR", os.path.join(
        HERE, "../../topology"))
    if not os.access(program(), os.X_OK):
        print(f"skip golden-rulesets: {program()} is not built")
        return 0
    names = arguments.cases or sorted(
        n for n in os.listdir(HERE)
        if os.path.exists(os.path.join(HERE, n, "expected")))
    failed = 0
    for name in names:
        case = Case(name)
        if arguments.show:
            _, out, err = run(case.arguments("--format", "json", "--lang",
                                             "en"), case.folder)
            print(f"{name}: {err.strip()}")
            for finding in json.loads(out)["audits"][0]["findings"]:
                print(show(finding))
            continue
        faults = list(try_case(case))
        for fault in faults:
            print(f"  {fault}")
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} ruleset-{name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
