# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a scenario: scenarios/NAME.scenario.

Lines of words; "#" begins a comment, a line that begins with a space goes on
with the line before. First what it is:

  ja TITLE, en TITLE      one line each
  kind leak | twin        something that shall be found, or something like it
                          that shall not
  watched                 only after the taps were watched for a minute: who
                          began an exchange of datagrams is known only then

then what is done, in this order; all changes are undone at the end:

  open RULE               the firewall lets this through ("temporary" rules)
  refuse RULE             the same words, and it refuses with a reset
  reject RULE             the same, with an ICMP error
  net NET COMMAND         ip in a namespace: "net router route add ..."
  back NET COMMAND        what undoes it
  gateway PORT MAC        the router has another MAC there
  announce PORT           it says so to its segment (gratuitous ARP)
  speak ADDRESS           what its zone opens by itself comes from there
  offload ZONE on         big frames and no checksums, as real cards do
  pause SECONDS
  wait                    for what runs in the background
  [&] ADDRESS VERB ...    somebody does something; "&": in the background

VERB is one of those of deeds.py. Last what comes out of it, all of it:

  [N x] flow A > B:P PROTOCOL LABEL | VERDICT | REACH | WHERE [| BECAUSE]
  alert CHECK A > B:P PROTOCOL | VERDICT SEVERITY REACH [xCOUNT]
  notice CHECK NAME A > B[:P] [PROTOCOL] | SEVERITY [CLAUSE] [xCOUNT]

  each N LINE       any line N times, {} being 1 to N; "each A-B": A to B

in the words of tests/golden/normalise.py, without the initiator's port. Not
compared is what segments say to themselves with ICMPv6 (out-of-scope).
"""

import os

import places

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "scenarios")
SETTINGS = ("ja", "en", "kind")
CHANGES = ("open", "refuse", "reject", "net", "back", "gateway", "announce",
           "speak", "offload", "pause", "wait")


class ScenarioFault(Exception):
    """A file that is no scenario; its text says where and why."""


class Scenario:
    """One file: what it is (ja, en, kind, watched), what is done (steps, as
    lists of words and the rest of the line) and what is expected (lines)."""

    def __init__(self, name):
        self.name = name
        self.ja = self.en = self.kind = ""
        self.watched = False
        self.steps, self.expected = [], []
        path = os.path.join(FOLDER, name + ".scenario")
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except OSError as why:
            raise ScenarioFault(f"there is no scenario {name}") from why
        for number, line in _joined(text):
            try:
                self._read(line)
            except (ValueError, KeyError, IndexError) as why:
                raise ScenarioFault(f"{path}:{number}: {why}") from why
        if not (self.ja and self.en and self.kind in ("leak", "twin") and
                self.steps and self.expected):
            raise ScenarioFault(f"{path}: ja, en, kind, a deed and an "
                                "expectation are needed")

    def _read(self, line):
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word in SETTINGS:
            setattr(self, word, rest)
        elif word == "watched":
            self.watched = True
        elif word == "each":
            count, _, line = rest.partition(" ")
            first, _, last = count.rpartition("-")
            for number in range(int(first or 1), int(last) + 1):
                self._read(line.replace("{}", str(number)))
        elif word in ("flow", "alert", "notice"):
            self.expected.append(" ".join(line.split()))
        elif rest.startswith("x "):
            self.expected += [" ".join(rest[2:].split())] * int(word)
        elif word in CHANGES:
            self.steps.append((word, rest))
        else:
            behind = word == "&"
            if behind:
                word, _, rest = rest.partition(" ")
            places.zone_of(word)
            verb, _, rest = rest.strip().partition(" ")
            self.steps.append(("deed", (behind, word, verb, rest.strip())))

    def addresses(self):
        """Who does something in it."""
        return [what[1] for step, what in self.steps if step == "deed"]


def _joined(text):
    """(line number, line) with continuations joined, without comments."""
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        if line[0] in " \t":
            lines[-1][1] += " " + line.strip()
        else:
            lines.append([number, line.rstrip()])
    return lines


def names():
    """All there are, sorted."""
    return sorted(name[:-len(".scenario")] for name in os.listdir(FOLDER)
                  if name.endswith(".scenario"))


def load(wanted):
    """The scenarios of these names (all when there are none), in the order in
    which they are played: those that need no long watch first."""
    found = [Scenario(name) for name in wanted or names()]
    return sorted(found, key=lambda s: (s.watched, s.name))
