# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a case (NAME.in) and plays it: a model with changes, and traffic.

A case is lines of words; "#" begins a comment and a line that begins with a
space goes on with the line before.

  model: FILE               in models/ (base-alpha.jsonc)
  probe: NAME               (probe1)
  set PATH JSON             changes the model; PATH is names and ids with dots
  add PATH JSON             appends to a list of the model
  drop PATH                 takes something out
  taps: NAME...             captures that are made (all taps of the probe)
  loose: REASON             packets are not counted against the truth
  show: NAME...             also compared of each flow line: background,
                            carries, near, tls
  at STAMP                  the time of the next step
  wait SPAN                 the same, after the last step: 90s 5m 2h
  watched SPAN              how long the taps watch before it (10m)
  tcp|udp A:P > B:P [app NAME[=ARGUMENT]] WORD...
  icmp A > B WORD...        echo
  protocol N A > B [answered] [HEX]
  local KIND A [on TAP[/VLAN]]
  frame TAP HEX             any bytes
  each N STEP               the step N times, {} being 1 to N
  damage TAP                its file ends within its last packet
  skew TAP SPAN             its clock is so much ahead (-3ms: behind)

The words are those of MANNERS (near, far: seen on that side alone; out-only,
back-only: seen one way alone), and: direct (host to host on one segment),
from TAP[/VLAN] and to TAP[/VLAN] (where it shows instead), refused WHO (host,
firewall, or the address that says unreachable), seen-as A:P (what a
translation makes of the initiator beyond the firewall), last SPAN xN (N
dialogues with pauses).
"""

import datetime
import json
import os
import re

import local
import payloads
import traffic
import wires as wiring

SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class CaseFault(Exception):
    """A case that cannot be read."""


def span_us(text):
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|[smhd])", text)
    if not found:
        raise CaseFault(f"no span of time: {text}")
    unit = 0.001 if found.group(2) == "ms" else SPANS[found.group(2)]
    return int(float(found.group(1)) * unit * 1000000)


# word -> (what it sets, how many words follow, how they are read)
MANNERS = {
    "tried": ("outcome", 0, lambda: "tried"),
    "answered": ("outcome", 0, lambda: "answered"),
    "midstream": ("handshake", 0, lambda: False),
    "reset": ("ending", 0, lambda: "reset"),
    "open": ("ending", 0, lambda: "open"),
    "via": ("via", 1, str),
    "source-mac": ("source_mac", 1, str),
    "router-mac": ("router_mac", 1, str),
    "copies": ("copies", 1, int),
    "also-on": ("also_on", 1, lambda t: tuple(t.split(","))),
    "repeat": ("repeat", 1, int),
    "shuffle": ("shuffle", 0, lambda: True),
    "fragment": ("fragment", 1, int),
    "pieces": ("pieces", 1, int),
    "lose": ("lose", 1, int),
    "slow": ("slow_us", 1, span_us),
    "code": ("code", 1, int),
    "snap": ("snap", 1, int),
    "ttl": ("ttl", 1, int),
    "near": ("sides", 0, lambda: ("near",)),
    "far": ("sides", 0, lambda: ("far",)),
    "both": ("sides", 0, lambda: ("near", "far")),
    "out-only": ("ways", 0, lambda: ("out",)),
    "back-only": ("ways", 0, lambda: ("back",)),
}


def stamp_us(text):
    moment = datetime.datetime.fromisoformat(text)
    day = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (day.days * 86400 + day.seconds) * 1000000 + day.microseconds


def endpoint(text, port=True):
    """"10.1.0.1:80" or "[fd00::1]:80" -> (address, port)."""
    if not port:
        return text.strip("[]"), 0
    address, _, number = text.rpartition(":")
    return address.strip("[]"), int(number)


# ---- changing a model


def _descend(value, name):
    if isinstance(value, list):
        if name.isdigit():
            return int(name)
        for at, item in enumerate(value):
            if isinstance(item, dict) and item.get("id") == name:
                return at
        raise CaseFault(f"the model has no {name} there")
    return name


def change(model, verb, path, value):
    """set, add or drop at a path of names and ids."""
    names = path.split(".")
    at = model
    for name in names[:-1]:
        if isinstance(at, dict) and name not in at:
            at[name] = {}
        at = at[_descend(at, name)]
    if verb == "set":
        at[_descend(at, names[-1])] = value
    elif verb == "add":
        at.setdefault(names[-1], []).append(value)
    else:
        del at[_descend(at, names[-1])]


# ---- reading a case


class Case:
    """A case as written: the model to use and the steps to play."""

    def __init__(self, path):
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.model, self.probe = "base-alpha.jsonc", "probe1"
        self.taps = None
        self.loose = None
        self.show = ()
        self.changes, self.steps, self.damaged = [], [], []
        self.skews = {}  # tap -> microseconds
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for line in re.sub(r"\n[ \t]+", " ", text).splitlines():
            if line.startswith("#") or not line.strip():
                continue
            self._read(line)

    def _read(self, line):
        word, _, rest = line.partition(" ")
        if word in ("model:", "probe:", "loose:"):
            setattr(self, word[:-1], rest.strip())
        elif word == "taps:":
            self.taps = rest.split()
        elif word == "show:":
            self.show = rest.split()
        elif word in ("set", "add"):
            path, _, value = rest.strip().partition(" ")
            self.changes.append((word, path, json.loads(
                wiring.strip_comments(value))))
        elif word == "drop":
            self.changes.append((word, rest.strip(), None))
        elif word == "damage":
            self.damaged.append(rest.strip())
        elif word == "skew":
            tap, span = rest.split()
            self.skews[tap] = (-span_us(span[1:]) if span.startswith("-")
                               else span_us(span))
        elif word == "each":
            count, _, step = rest.partition(" ")
            for number in range(1, int(count) + 1):
                self.steps.append(step.replace("{}", str(number)).split())
        else:
            self.steps.append(line.split())

    def changed_model(self, folder):
        """The model as JSON with this case's changes."""
        model = wiring.read_model(os.path.join(folder, self.model))
        for verb, path, value in self.changes:
            change(model, verb, path, value)
        return model

    def play(self, model):
        """Captures of this case's traffic on the taps of the model."""
        return Player(self, model).play()


class Player:
    """Plays the steps of one case."""

    def __init__(self, case, model):
        self.case = case
        self.wires = wiring.Wires(model, case.probe)
        self.captures = traffic.Captures()
        self.now = stamp_us("2026-11-20T10:00:00+09:00")
        self.watched = span_us("10m")
        self.begin = None

    def play(self):
        for words in self.case.steps:
            verb = getattr(self, "_" + words[0].replace("-", "_"), None)
            if verb is None:
                raise CaseFault(f"no such step: {' '.join(words)}")
            verb(*words[1:])
        self._watch()
        for tap, ahead in self.case.skews.items():
            self.captures.skew(tap, ahead)
        return self.captures

    def _watch(self):
        """Each tap shows one ARP request when its watch begins."""
        begin = (self.now if self.begin is None
                 else self.begin) - self.watched
        for number, tap in enumerate(self.case.taps or self.wires.taps):
            vlan = next((p.vlan for places in self.wires.places.values()
                         for p in places if p.tap == tap), None)
            self.captures.add(tap, begin, traffic.arp(
                f"02:00:00:aa:00:{number:02x}", "0.0.0.0",
                f"192.0.2.{number + 1}", vlan))

    def _at(self, stamp):
        self.now = stamp_us(stamp)

    def _wait(self, text):
        self.now += span_us(text)

    def _watched(self, text):
        self.watched = span_us(text)

    def _start(self):
        if self.begin is None:
            self.begin = self.now
        return self.now

    def _manner(self, words):
        """The words after the ends of a conversation."""
        manner, app = traffic.Manner(), None
        words = list(words)
        sides_given = False
        while words:
            word = words.pop(0)
            if word in MANNERS:
                field, count, read = MANNERS[word]
                arguments = [words.pop(0) for _ in range(count)]
                setattr(manner, field, read(*arguments))
                sides_given |= field == "sides"
            elif word == "app":
                app = words.pop(0)
            elif word in ("from", "to"):
                setattr(manner, "near" if word == "from" else "far",
                        self.wires.place(words.pop(0)))
            elif word == "direct":
                manner.sides, sides_given = ("near",), True
                manner.direct = True
            elif word == "refused":
                manner.outcome, who = "refused", words.pop(0)
                manner.by = who
                if who not in ("host", "firewall"):
                    manner.by, manner.unreachable = "error", who
            elif word == "seen-as":
                manner.seen_as, manner.seen_port = endpoint(words.pop(0))
            elif word == "last":
                manner.every_us = span_us(words.pop(0))
                manner.times = int(words.pop(0)[1:])
            else:
                raise CaseFault(f"no such word: {word}")
        if not sides_given and (manner.outcome == "tried" or (
                manner.outcome == "refused" and manner.by != "host")):
            manner.sides = ("near",)
        return manner, payloads.dialogue(app) if app else []

    def _talk(self, a, b, words, port=True):
        manner, dialogue = self._manner(words)
        talk = traffic.Talk(self.captures, self.wires, endpoint(a, port),
                            endpoint(b, port), manner)
        return talk, dialogue

    def _after(self, talk):
        """The next step begins a second after the last packet."""
        self.now = max(self.now, talk.now) + 1000000

    def _tcp(self, a, _, b, *words):
        talk, dialogue = self._talk(a, b, words)
        if not dialogue and talk.manner.outcome == "talk":
            talk.manner.outcome = "answered"
        talk.tcp(self._start(), dialogue)
        self._after(talk)

    def _udp(self, a, _, b, *words):
        talk, dialogue = self._talk(a, b, words)
        talk.udp(self._start(), dialogue)
        self._after(talk)

    def _icmp(self, a, _, b, *words):
        talk, _ = self._talk(a, b, words, port=False)
        talk.echo(self._start())
        self._after(talk)

    def _protocol(self, number, a, _, b, *words):
        digits = [word for word in words if word != "answered"]
        talk, _ = self._talk(a, b, [], port=False)
        talk.other(self._start(), int(number), bytes.fromhex(digits[0])
                   if digits else payloads.noise("body", 40),
                   "answered" in words)
        self._after(talk)

    def _local(self, kind, address, *words):
        place = (self.wires.place(words[1]) if words
                 else self.wires.place_of(address))
        mac = wiring.host_mac(address)
        for frame in local.frames(kind, mac, address, place.vlan):
            self.captures.add(place.tap, self._start(), frame)
            self.now += 1000
        self.now += 1000000

    def _frame(self, tap, digits):
        self.captures.add(tap, self._start(), bytes.fromhex(digits))
        self.now += 1000000
