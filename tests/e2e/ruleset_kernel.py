#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helps ruleset-kernel.sh.

  load NETNS FILE      loads FILE (nft, a rule a line) rule by rule; says which
                       rules this kernel does not take
  iptables NETNS FILE  the same for lines of "4 ARGUMENTS" or "6 ARGUMENTS"
  same A B             the snapshots of the folders A and B mean the same and
                       have the same words
  better A B           whatever B knows, A knows, too, and more
  rules A              the words of each rule
  many N               a ruleset of N rules"""

import glob
import json
import os
import random
import re
import shlex
import subprocess
import sys


def split(text):
    """The ruleset without rules, and the rules with their chains."""
    frame, rules, table, chain = [], [], None, None
    for line in text.splitlines():
        words = line.split()
        if line.startswith("table "):
            table = words[1:3]
        if chain and words == ["}"]:
            chain = None
        elif chain and words:
            rules.append((*table, chain, line.strip()))
            continue
        elif words[:1] == ["chain"] and not line.rstrip().endswith("}"):
            chain = words[1]
        frame.append(line)
    return "\n".join(frame) + "\n", rules


def inside(netns, command, given=""):
    done = subprocess.run(["ip", "netns", "exec", netns, *command],
                          input=given, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0, done.stdout


def load(netns, path):
    with open(path, encoding="utf-8") as file:
        frame, rules = split(file.read())
    fine, said = inside(netns, ["nft", "-f", "-"], frame)
    if not fine:
        print(f"{path}: {said}")
        return 1
    passed = 0
    for family, table, chain, rule in rules:
        fine, _ = inside(netns, ["nft", "-f", "-"],
                         f"add rule {family} {table} {chain} {rule}\n")
        passed += not fine
    print(f"# {len(rules) - passed} rules, {passed} that this kernel or nft "
          "does not take")
    return 0 if len(rules) > 2 * passed else 1


def iptables(netns, path):
    taken = 0
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file if line[:2] in ("4 ", "6 ")]
    for line in lines:
        command = "iptables-nft" if line[0] == "4" else "ip6tables-nft"
        fine, _ = inside(netns, [command, *shlex.split(line[2:])])
        taken += fine
    print(f"# {taken} of {len(lines)} lines")
    return 0 if taken > len(lines) / 2 else 1


def image(folder):
    """The newest snapshot in a folder."""
    files = sorted(glob.glob(os.path.join(folder, "*", "*.json")))
    with open(files[-1], encoding="utf-8") as file:
        return json.load(file)


def rules(shot):
    """Every rule in order: where it stands, its words, its statements."""
    for table in shot["ruleset"]["tables"]:
        for chain in table.get("chains", []):
            for rule in chain.get("rules", []):
                where = (table["family"], table["name"], chain["name"])
                yield ((*where, rule.get("handle")), rule["text"],
                       rule.get("statements", []))


def texts(shot):
    for where, text, _ in rules(shot):
        yield where, text


def unknown(shot):
    return sum(bool(s.get("unknown") or s.get("target-unknown"))
               for _, _, statements in rules(shot) for s in statements)


def differing(a, b):
    """Rules with other words, as far as both ways have words for them: of
    what is not known JSON prints the value, too, and it has the operations
    that became values (tcp flags & ...)."""
    one, two = dict(texts(a)), dict(texts(b))
    loose = {where for where, _, statements in rules(b)
             if any("unknown" in s or s.get("target-unknown")
                    for s in statements)}
    for where in one.keys() | two.keys():
        mine, other = one.get(where), two.get(where)
        if mine != other and (mine is None or other is None or
                              (where not in loose and " & " not in other)):
            yield where, mine, other


def same(a, b):
    first, second = image(a), image(b)
    one, two = dict(texts(first)), dict(texts(second))
    bad = 0
    for where, mine, other in differing(first, second):
        print(f"{where}: {mine} / {other}")
        bad += 1
    if first["sha256"] != second["sha256"]:
        print(f"{first['sha256']} / {second['sha256']}")
        bad += 1
    if len(one) == 0 or len(one) != len(two):
        print(f"{len(one)} and {len(two)} rules were read")
        bad += 1
    alike = sum(one[where] == two.get(where) for where in one)
    print(f"# {len(one)} rules mean the same, {alike} of them to the word")
    return 1 if bad else 0


def better(a, b):
    first, second = image(a), image(b)
    bad = 0
    for where, mine, other in differing(first, second):
        if mine is None or other is None or not re.search(
                r"\bxt\b|counter counter|masquerade", other):
            print(f"{where}: {mine} / {other}")
            bad += 1
    print(f"# not known: {unknown(first)} statements by netlink, "
          f"{unknown(second)} by JSON, which has only the names of xt")
    return 1 if bad or unknown(first) >= unknown(second) else 0


def many(count):
    pick = random.Random(20261122)
    print("table inet many {\n\tchain forward {\n\t\ttype filter hook forward "
          "priority filter; policy drop;")
    for i in range(count):
        ports = (f"tcp dport {{ {pick.randrange(1, 1000)}, "
                 f"{2000 + i}-{2010 + i} }}", f"tcp dport {1 + i % 65535}",
                 f"udp dport {i}-{i + 10}")[i % 3]
        print(f"\t\tip saddr 10.{pick.randrange(256)}.{pick.randrange(256)}"
              f".0/24 ip daddr 10.{pick.randrange(256)}.0.0/16 {ports} "
              f"counter {'accept' if i % 2 else 'drop'}")
    print("\t}\n}")
    return 0


def main():
    what, rest = sys.argv[1], sys.argv[2:]
    if what == "many":
        return many(int(rest[0]))
    if what == "rules":
        for where, text in texts(image(rest[0])):
            print(*where, text)
        return 0
    return {"load": load, "iptables": iptables, "same": same,
            "better": better}[what](*rest)


if __name__ == "__main__":
    sys.exit(main())
