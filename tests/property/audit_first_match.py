#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit says of generated rulesets, held against a walker of a few
lines that takes the first rule that matches. Soundness: the packet of every
FWR-1 is accepted by the rule that is named and no conduit declares it, or one
of its addresses is in no zone; that of every FWR-2 is declared and dropped.
Completeness: packets are drawn from every rule and every conduit; each that is
accepted undeclared must have a finding that names its rule, each that is
declared and dropped one for its conduit.

  audit_first_match.py [--seeds N] [--rules N]
"""

import argparse
import collections
import ipaddress
import json
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "bench"))

import rulesets  # noqa: E402

BUILD = os.environ.get("SEKISHO_BUILD", "build/plain")
NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1}
OWN = ipaddress.ip_address("10.2.0.1")
DRAWS = 6  # packets of a rule and of a conduit
# Wide prefixes, so that rules meet.
rulesets.LENGTH_WEIGHTS = (6, 4, 4, 12, 6, 6, 6, 12, 4, 4, 4, 4, 2, 2, 8)
SECONDS = 120

Packet = collections.namedtuple(
    "Packet", "source target iif oif protocol port")


def holds(rule, packet):
    """Whether a rule of the generator matches a packet."""
    return ((not rule.iif or rule.source[2] == packet.iif) and
            (not rule.oif or rule.target[2] == packet.oif) and
            any(packet.source in n for n in rule.sources) and
            any(packet.target in n for n in rule.targets) and
            (rule.protocol is None or
             NUMBERS[rule.protocol] == packet.protocol) and
            (not rule.ports or any(
                p[0] <= packet.port <= p[1] if isinstance(p, tuple)
                else p == packet.port for p in rule.ports)))


def decides(rules, packet):
    """The number of the first rule that matches, or None: the policy."""
    return next((i for i, r in enumerate(rules) if holds(r, packet)), None)


def zone_of(address):
    if address == OWN:
        return None
    for zone in rulesets.ZONES[:-1]:
        if address in ipaddress.ip_network(zone[3]):
            return zone
    special = not address.is_global or address.is_multicast
    return None if special else rulesets.ZONES[-1]


def packet_from(witness):
    return Packet(ipaddress.ip_address(witness["source"]),
                  ipaddress.ip_address(witness["destination"]),
                  witness["iif"], witness["oif"], witness["protocol"],
                  witness["destination_port"])


def address(draw, network):
    """One of a network, its ends more often than the others."""
    size = network.num_addresses
    return network[draw.choice((0, size - 1, draw.randrange(size)))]


def draw_packet(draw, rule):
    """A packet that a rule matches, between two zones; or None."""
    source = address(draw, draw.choice(rule.sources))
    target = address(draw, draw.choice(rule.targets))
    ends = zone_of(source), zone_of(target)
    if None in ends or ends[0] is ends[1]:
        return None
    port = draw.choice(rule.ports) if rule.ports else draw.randint(1, 65535)
    if isinstance(port, tuple):
        port = draw.choice((port[0], port[1], draw.randint(*port)))
    protocol = NUMBERS.get(rule.protocol) or draw.choice((6, 17))
    packet = Packet(source, target, ends[0][2], ends[1][2], protocol, port)
    return packet if holds(rule, packet) else None


class Case:
    """A ruleset, its model and what the audit says of them."""

    def __init__(self, seed, count, folder):
        draw = random.Random(seed)
        self.rules = [rulesets.Rule(draw) for _ in range(count)]
        self.model = rulesets.model(self.rules)
        self.declaring = [r for r in self.rules[::3] if r.conduit(1)]
        rulesets.write(f"{folder}/r.json", rulesets.ruleset(self.rules), None)
        rulesets.write(f"{folder}/m.jsonc", self.model, 1)
        done = subprocess.run(
            [f"{BUILD}/sekisho", "audit", "-t", f"{folder}/m.jsonc",
             "--ruleset", f"{folder}/r.json", "--format", "json"],
            stdout=subprocess.PIPE, timeout=SECONDS, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(f"sekisho audit ended with {done.returncode}")
        told = json.loads(done.stdout)["audits"][0]
        self.findings = told["findings"]
        self.kinds = {(c["from"], c["to"]): (c["cell"] or {}).get("kind")
                      for c in told["cells"]}
        self.draw = draw

    def conduits(self, packet):
        """Indices of the conduits that declare a packet."""
        ends = zone_of(packet.source), zone_of(packet.target)
        return [i for i, r in enumerate(self.declaring)
                if ends == (r.source, r.target) and
                any(packet.source in n for n in r.sources) and
                any(packet.target in n for n in r.targets) and
                NUMBERS[r.protocol] == packet.protocol and
                (not r.ports or any(
                    p[0] <= packet.port <= p[1] if isinstance(p, tuple)
                    else p == packet.port for p in r.ports))]

    def unsound(self):
        """Findings whose packet does not show what they say."""
        for finding in self.findings:
            if finding["check"] not in ("FWR-1", "FWR-2"):
                continue
            packet = packet_from(finding["witness"])
            rule = decides(self.rules, packet)
            accepted = rule is not None and self.rules[rule].accept
            named = [None if r["policy"] else r["handle"] - 3
                     for r in finding["rules"]]
            zones = zone_of(packet.source), zone_of(packet.target)
            if None in zones:  # an address in no zone
                if (finding["check"] != "FWR-1" or not accepted or
                        rule not in named or
                        OWN in (packet.source, packet.target)):
                    yield finding["witness"]["pattern"], rule, named
                continue
            kind = self.kinds[finding["from"], finding["to"]]
            declared = self.conduits(packet)
            if finding["check"] == "FWR-1":
                good = accepted and (kind != "permit" or not declared)
            else:
                number = int(finding["conduit"]["id"][1:]) - 1
                good = not accepted and number in declared
            ends = zones[0][0], zones[1][0]
            if not good or rule not in named or ends != (
                    finding["from"], finding["to"]):
                yield finding["witness"]["pattern"], rule, named

    def unsaid(self):
        """Packets that should have a finding and have none."""
        opened = {(f["from"], f["to"], r["handle"] - 3)
                  for f in self.findings if f["check"] == "FWR-1"
                  for r in f["rules"]}
        blocked = {int(f["conduit"]["id"][1:]) - 1
                   for f in self.findings if f["check"] == "FWR-2"}
        for rule in self.rules + self.declaring:
            for _ in range(DRAWS):
                packet = draw_packet(self.draw, rule)
                if packet is None:
                    continue
                ends = (zone_of(packet.source)[0], zone_of(packet.target)[0])
                first = decides(self.rules, packet)
                accepted = first is not None and self.rules[first].accept
                declared = self.conduits(packet)
                if accepted and (self.kinds[ends] == "deny" or
                                 not declared):
                    self.drawn["accepted undeclared"] += 1
                    if (*ends, first) not in opened:
                        yield "FWR-1", packet, first
                elif (not accepted and declared and
                      self.kinds[ends] == "permit"):
                    self.drawn["declared and dropped"] += 1
                    if not blocked.intersection(declared):
                        yield "FWR-2", packet, first

    drawn = collections.Counter()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--rules", type=int, default=60)
    options = parser.parse_args()
    unsound, unsaid, said = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, options.seeds + 1):
            case = Case(seed, options.rules, folder)
            said += sum(f["check"] in ("FWR-1", "FWR-2")
                        for f in case.findings)
            unsound += [(seed, *fault) for fault in case.unsound()]
            unsaid += [(seed, *fault) for fault in case.unsaid()]
    drawn = ", ".join(f"{n} {what}" for what, n in sorted(
        Case.drawn.items()))
    print(f"# {options.seeds} rulesets, {said} findings; drawn: {drawn}")
    for name, faults in (("every-witness-shows-what-is-said", unsound),
                         ("every-packet-drawn-has-its-finding", unsaid)):
        print(("not ok " if faults else "ok ") + name)
        for fault in faults[:10]:
            print("#", *fault)
    enough = said > 0 and all(Case.drawn[k] > 0 for k in (
        "accepted undeclared", "declared and dropped"))
    print(("ok " if enough else "not ok ") + "both-kinds-were-met")
    return bool(unsound or unsaid or not enough)


if __name__ == "__main__":
    sys.exit(main())
