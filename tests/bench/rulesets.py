#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a large boundary ruleset as `nft -j list ruleset` prints one, and the
model of the same boundary: eight zones, and conduits for a part of the rules.

  rulesets.py FOLDER RULES [SEED]   -> FOLDER/ruleset.json, FOLDER/model.jsonc

The mix: prefixes from /8 to /32, half of the rules with an interface, ports
alone, in ranges and in sets, anonymous sets in a third of the rules, three
accepts to a drop, nothing in any order of size.
"""

import ipaddress
import json
import random
import sys

SEED = 1
# id, tier, interface, network, how often rules speak of it
ZONES = (
    ("core", "mynumber", "core0", "10.1.0.0/16", 3),
    ("lg", "lgwan", "lg0", "10.2.0.0/16", 5),
    ("office", "internet", "office0", "10.3.0.0/16", 5),
    ("gate", "relay", "gate0", "10.4.0.0/16", 3),
    ("shared", "shared-services", "shared0", "10.5.0.0/16", 3),
    ("jukinet", "partner", "juki0", "172.28.0.0/16", 1),
    ("lgwan", "lgwan-network", "lgwan0", "172.20.0.0/14", 2),
    ("outside", "outside", "wan0", "0.0.0.0/0", 1),
)
WEIGHTS = [zone[4] for zone in ZONES]
LENGTHS = (8, 12, 14, 16, 18, 20, 22, 24, 25, 26, 27, 28, 29, 30, 32)
LENGTH_WEIGHTS = (1, 1, 1, 6, 2, 4, 4, 24, 4, 4, 4, 6, 4, 4, 31)
PORTS = (22, 25, 53, 80, 88, 123, 135, 139, 161, 389, 443, 445, 464, 514, 636,
         993, 1433, 1521, 3268, 3306, 3389, 5432, 5985, 8080, 8443, 8530)
APPROVED = {"by": ["CISO"], "applicant": "情報政策課長", "number": "情政第1号",
            "on": "2025-04-01"}


def prefix(draw, zone):
    """A network of a zone, or one that is wider than it."""
    network = ipaddress.ip_network(zone[3])
    length = draw.choices(LENGTHS, LENGTH_WEIGHTS)[0]
    if network.prefixlen == 0: # the world, less what is private
        first = draw.choice((8, 20, 34, 52, 104, 142, 151, 185, 198, 203))
        base = first << 24 | draw.getrandbits(24)
    else:
        base = int(network.network_address) | draw.getrandbits(
            32 - network.prefixlen)
    return ipaddress.ip_network((base, length), strict=False)


def written(network):
    if network.prefixlen == 32:
        return str(network.network_address)
    return {"prefix": {"addr": str(network.network_address),
                       "len": network.prefixlen}}


def match(left, right, op="=="):
    return {"match": {"op": op, "left": left, "right": right}}


def payload(protocol, field):
    return {"payload": {"protocol": protocol, "field": field}}


def apart(networks):
    """Those of the networks that do not overlap one before them: the kernel
    takes no overlapping elements."""
    kept = []
    for network in networks:
        if not any(network.overlaps(k) for k in kept):
            kept.append(network)
    return kept


class Rule:
    """One rule, as its statements and as what a conduit would say."""

    def __init__(self, draw):
        self.source, self.target = draw.choices(ZONES, WEIGHTS, k=2)
        while self.source is self.target:
            self.target = draw.choices(ZONES, WEIGHTS)[0]
        self.sets = draw.random() < 1 / 3
        self.sources = [prefix(draw, self.source)]
        self.targets = [prefix(draw, self.target)]
        if self.sets and draw.random() < 0.5:
            side = self.sources if draw.random() < 0.5 else self.targets
            zone = self.source if side is self.sources else self.target
            side += [prefix(draw, zone) for _ in range(draw.randint(1, 7))]
            side[:] = apart(side)
        self.iif = draw.random() < 0.5
        self.oif = draw.random() < 0.5
        self.protocol = draw.choices(("tcp", "udp", "icmp", None),
                                     (70, 20, 4, 6))[0]
        self.ports = self.draw_ports(draw)
        self.accept = draw.random() < 0.75

    def draw_ports(self, draw):
        """Single ports and (first, last); none: every port."""
        if self.protocol not in ("tcp", "udp"):
            return []
        if self.sets:
            return sorted(draw.sample(PORTS, draw.randint(2, 8)))
        kind = draw.random()
        if kind < 0.7:
            return [draw.choice(PORTS)]
        if kind < 0.9:
            first = draw.randint(1024, 60000)
            return [(first, first + draw.choice((9, 99, 1000, 5000)))]
        return []

    def addresses(self, field, networks):
        right = (written(networks[0]) if len(networks) == 1 else
                 {"set": [written(n) for n in networks]})
        return match(payload("ip", field), right)

    def statements(self):
        out = []
        if self.iif:
            out.append(match({"meta": {"key": "iifname"}}, self.source[2]))
        if self.oif:
            out.append(match({"meta": {"key": "oifname"}}, self.target[2]))
        out.append(self.addresses("saddr", self.sources))
        out.append(self.addresses("daddr", self.targets))
        if self.ports:
            ports = [{"range": list(p)} if isinstance(p, tuple) else p
                     for p in self.ports]
            out.append(match(payload(self.protocol, "dport"),
                             {"set": ports} if len(ports) > 1 else ports[0]))
        elif self.protocol:
            out.append(match({"meta": {"key": "l4proto"}}, self.protocol))
        out.append({"accept": None} if self.accept else {"drop": None})
        return out

    def conduit(self, number):
        """What a model says of it, or None where it fits no pair."""
        for zone, networks in ((self.source, self.sources),
                               (self.target, self.targets)):
            whole = ipaddress.ip_network(zone[3])
            if whole.prefixlen == 0 or not all(
                    n.subnet_of(whole) for n in networks):
                return None
        if not self.accept or not self.protocol:
            return None
        service = {"protocol": self.protocol}
        if self.protocol != "icmp":
            service["ports"] = [f"{p[0]}-{p[1]}" if isinstance(p, tuple) else p
                                for p in self.ports] or ["0-65535"]
        return {"id": f"c{number}", "name": f"通信{number}", "owner": "it",
                "from": end(self.source, self.sources),
                "to": end(self.target, self.targets), "services": [service],
                "approved": APPROVED, "expires": "2028-03-31"}


def end(zone, networks):
    hosts = [str(n.network_address) for n in networks if n.prefixlen == 32]
    wide = [str(n) for n in networks if n.prefixlen < 32]
    out = {"zone": zone[0]}
    if wide:
        out["networks"] = wide
    if hosts:
        out["hosts"] = hosts
    return out


def ruleset(rules):
    where = {"family": "inet", "table": "filter"}
    chain = dict(where, name="forward", handle=1, type="filter",
                 hook="forward", prio=0, policy="drop")
    established = [match({"ct": {"key": "state"}}, ["established", "related"],
                         "in"), {"accept": None}]
    out = [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}},
           {"table": {"family": "inet", "name": "filter", "handle": 1}},
           {"chain": chain}]
    for number, statements in enumerate(
            [established] + [rule.statements() for rule in rules]):
        out.append({"rule": dict(where, chain="forward", handle=number + 2,
                                 expr=statements)})
    return {"nftables": out}


def model(rules):
    conduits = []
    for rule in rules[::3]:
        conduit = rule.conduit(len(conduits) + 1)
        if conduit:
            conduits.append(conduit)
    return {
        "format": "sekisho-topology/1", "stage": "in-force",
        "organisation": {"name": "見本市", "timezone": "Asia/Tokyo"},
        "guideline": {"file": "mic-2025-03.json", "model": "alpha"},
        "zones": [{"id": z[0], "tier": z[1], "networks": [z[3]]}
                  for z in ZONES],
        "boundaries": [{"id": "main", "firewall": "fw1",
                        "zones": [z[0] for z in ZONES]}],
        "firewalls": [{"id": "fw1", "kind": "nftables",
                       "addresses": ["10.2.0.1"],
                       "interfaces": {z[2]: [z[0]] for z in ZONES}}],
        "divisions": [{"id": "it", "name": "情報政策課"}],
        "conduits": conduits}


def write(path, what, spaces):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(what, file, ensure_ascii=False, indent=spaces)
        file.write("\n")


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    draw = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else SEED)
    rules = [Rule(draw) for _ in range(count)]
    write(f"{folder}/ruleset.json", ruleset(rules), None)
    write(f"{folder}/model.jsonc", model(rules), 1)
    print(len(rules), len(model(rules)["conduits"]))


if __name__ == "__main__":
    main()
