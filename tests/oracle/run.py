#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel is the oracle: rulesets from a grammar are loaded in a network
namespace, packets are routed (or bridged) through, and what the kernel did
with each is held against what sekisho audit --explain says of it.

    run.py [--seconds N | --packets N] [--seed S] [--keep DIR]

The same rulesets are audited against model.jsonc, and the witness of each
finding of FWR-1 and FWR-2 is sent: what is certain must happen.

Accepted by the kernel: --explain must say possibly or certainly. Dropped: it
must not say certainly. Where nothing is unknown both together are equality.
Ends in one line; exits 1 with the seed, the ruleset and the packet of each
disagreement, 77 where no namespace can be made.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import net  # noqa: E402
import rulesets  # noqa: E402

PACKETS = 400  # of one ruleset
SHOWN = 10
OTHER = 200   # the first of some protocol numbers that nobody has


def a_packet(r, bridge):
    p = net.Packet()
    p.family = r.choice([4, 4, 4, 6])
    p.iif = r.choice(rulesets.INTERFACES)
    make = rulesets.v4 if p.family == 4 else rulesets.v6
    p.saddr, p.daddr = make(r), make(r)
    if bridge:
        while rulesets.INTERFACES[net.network_of(p.daddr)] == p.iif:
            p.daddr = make(r)
    elif r.random() < 0.08:
        i = r.randrange(4)
        p.daddr = net.ROUTER4[i] if p.family == 4 else net.ROUTER6[i]
    # A source inside a network of its own is the usual thing.
    if r.random() < 0.6:
        at = rulesets.INTERFACES.index(p.iif)
        while net.network_of(p.saddr) != at:
            p.saddr = make(r)
    icmp = 1 if p.family == 4 else 58
    p.protocol = r.choice([6, 6, 6, 17, 17, icmp,
                           icmp if is_own(p) else OTHER])
    p.sport = r.randrange(1024, 65536)
    p.dport = r.choice(rulesets.PORTS + [1, 300, 3500, 65535])
    p.type = p.code = p.flags = 0
    if p.protocol == 1:
        p.type = r.choice([8, 8, 8, 13, 0, 3])
    elif p.protocol == 58:
        p.type = r.choice([128, 128, 128, 129, 2])
    elif p.protocol == 6:
        p.flags = r.choice([2, 2, 2, 2, 0xC2, 0x10, 0x18, 0x01, 0x12, 0x04])
    return p


def is_own(p):
    return p.daddr in net.ROUTER4 or p.daddr in net.ROUTER6


def some_packets(r, bridge):
    """No two of one connection: the second would not be a new one. Without
    ports two that are translated alike are one: each other protocol once."""
    out, seen, other = [], set(), list(range(OTHER, OTHER + 40))
    while len(out) < PACKETS:
        p = a_packet(r, bridge)
        if p.protocol == OTHER:
            if not other:
                continue
            p.protocol = other.pop()
        key = (p.family, frozenset((p.saddr, p.daddr)), p.protocol, p.sport,
               p.dport if p.protocol in (6, 17) else 0)
        if key not in seen and p.saddr != p.daddr:
            seen.add(key)
            out.append(p)
    return out


def witness_packet(w):
    """A finding's witness as a packet; None where it cannot be sent here:
    another way out than the routes', or an extension header of IPv6."""
    if w["state"] not in (None, "new", "invalid"):
        return None  # of a connection that would have to stand
    p = net.Packet()
    p.family, p.iif = w["family"], w["iif"]
    p.saddr, p.daddr = w["source"], w["destination"]
    p.protocol = w["protocol"]
    p.sport, p.dport = w["source_port"] or 7, w["destination_port"] or 0
    p.type, p.code = w["icmp_type"] or 0, w["icmp_code"] or 0
    p.flags = w["tcp_flags"] or 0
    to = w["new_destination"] or p.daddr
    if not all(a.startswith(("10.", "fd00:")) for a in (p.saddr, to)):
        return None  # no route there
    if p.iif not in rulesets.INTERFACES or \
            p.family == 6 and p.protocol in (0, 43, 44, 50, 51, 60, 135):
        return None
    if not is_own(p) and (
            net.network_of(to) > 3 or
            rulesets.INTERFACES[net.network_of(to)] != w["oif"]):
        return None
    return p


def essence(audit):
    """Findings without the places of a file."""
    return [(f["check"], f["severity"], f["certainty"], f["from"], f["to"],
             f["family"], f["witness"],
             [(r["table"], r["chain"], r["handle"], r["action"])
              for r in f["rules"]]) for f in audit["findings"]]


class Oracle:
    def __init__(self, fate, keep):
        self.fate = fate
        self.sekisho = os.path.join(os.path.dirname(os.path.dirname(
            os.path.dirname(fate))), "sekisho")
        self.keep = keep
        self.packets = self.accepted = self.free = self.rulesets = 0
        self.inside = 0
        self.refused = self.wrong = self.witnesses = self.unsent = 0

    def answers(self, path, packets, bridge):
        lines = []
        for p in packets:
            way = "bridge" if bridge else "input" if is_own(p) else "forward"
            lines.append("%s\t%s\t%s\n" % (
                p.pattern(bridge), way, rulesets.INTERFACES[
                    net.network_of(p.daddr)] if bridge else "-"))
        done = subprocess.run([self.fate, path], input="".join(lines),
                              text=True, capture_output=True, timeout=120)
        if done.returncode:
            raise RuntimeError("oracle_fate: " + done.stderr[:2000])
        return [tuple(int(x) for x in line.split()) for line in
                done.stdout.splitlines()]

    def one(self, network, seed, folder):
        r = random.Random(seed)
        text = rulesets.generate(r, network.bridge)
        said = network.load(text)
        if said is not None:
            self.refused += 1
            return
        path = os.path.join(folder, "ruleset.json")
        network.dump(path)
        packets = some_packets(r, network.bridge)
        if not network.bridge:
            network.forget()
        got = network.send(packets)
        for p, out, (possible, certain, may_come, comes) in zip(
                packets, got, self.answers(path, packets, network.bridge)):
            own = is_own(p)
            passed = "own" in out if own else bool(out - {"own"})
            self.packets += 1
            self.accepted += passed
            self.free += possible != certain
            if passed and not possible or not passed and certain:
                self.tell(seed, network.bridge, p, passed, possible, certain,
                          text)
            # By a redirect, or a dnat to an address of the router's.
            came = "own" in out
            if not own and not network.bridge and \
                    p.protocol in (1, 6, 17, 58) and (
                        came and not may_come or not came and comes):
                self.tell(seed, False, p, came, may_come, comes, text)
                print("  to the router itself")
            self.inside += came and not own
        if not network.bridge:
            self.replay(network, seed, path, text)
        self.rulesets += 1

    def audit(self, *ruleset):
        done = subprocess.run(
            [self.sekisho, "audit", "--model",
             os.path.join(os.path.dirname(__file__), "model.jsonc"),
             *ruleset, "--format", "json", "--lang", "en"],
            text=True, capture_output=True, timeout=120)
        if done.returncode not in (0, 1, 3):
            raise RuntimeError("sekisho audit: " + done.stderr[:2000])
        return json.loads(done.stdout)["audits"][0]

    def same(self, network, seed, text, listed):
        """The kernel's ruleset by netlink means what nft prints of it, save
        that nft 1.0.6 leaves the device of a netdev chain out."""
        if "table netdev" in text:
            return
        kernel = self.audit("--kernel", "--netns",
                            "/run/netns/" + network.router)
        if essence(kernel) != essence(listed):
            self.wrong += 1
            print("seed %d: netlink and nft -j give different findings" %
                  seed)
            self.write(seed, text)

    def replay(self, network, seed, path, text):
        """Sends the witnesses of an audit."""
        listed = self.audit("--ruleset", path)
        self.same(network, seed, text, listed)
        sent, seen = [], set()
        for one in listed["findings"]:
            if one["check"] not in ("FWR-1", "FWR-2") or \
                    one["witness"] is None:
                continue
            p = witness_packet(one["witness"])
            # What a translation takes elsewhere passes, and is blocked.
            if p is None or one["certainty"] != "certain" or (
                    one["check"] == "FWR-2" and one["rules"] and
                    one["rules"][-1]["action"] not in ("drop", "reject")):
                self.unsent += 1
            elif p.pattern() not in seen:
                seen.add(p.pattern())
                sent.append((one, p))
        network.forget()
        for (one, p), out in zip(sent, network.send([p for _, p in sent])):
            passed = bool(out - {"own"})
            self.witnesses += 1
            if passed != (one["check"] == "FWR-1"):
                self.tell(seed, False, p, passed, not passed, not passed,
                          text)
                print("  the witness of: " + one["sentence"])

    def tell(self, seed, bridge, p, passed, possible, certain, text):
        self.wrong += 1
        if self.wrong > SHOWN:
            return
        print("seed %d%s: the kernel %s, explained as %s:\n  %s" % (
            seed, " (bridge)" if bridge else "",
            "lets it through" if passed else "drops it",
            "accepted" if certain else "possibly accepted" if possible
            else "dropped", p.pattern(bridge)))
        self.write(seed, text)

    def write(self, seed, text):
        if self.keep:
            name = os.path.join(self.keep, "%d.nft" % seed)
            with open(name, "w", encoding="utf-8") as out:
                out.write(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--packets", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", action="store_true",
                        help="that seed alone")
    parser.add_argument("--bridge", action="store_true")
    parser.add_argument("--keep")
    o = parser.parse_args()
    fate = os.path.join(os.environ.get("SEKISHO_BUILD", "build/plain"),
                        "tests/oracle/oracle_fate")
    seed = o.seed if o.seed is not None else \
        random.SystemRandom().randrange(1 << 40)
    if os.geteuid() != 0:
        print("skip oracle: it needs root for network namespaces")
        return 77
    oracle = Oracle(fate, o.keep)
    begun = time.monotonic()
    routed = bridged = None
    try:
        if not (o.only and o.bridge):
            routed = net.Network()
        if not o.only or o.bridge:
            bridged = net.Network(bridge=True)
        with tempfile.TemporaryDirectory() as folder:
            at = seed
            while True:
                network = bridged if routed is None else \
                    routed if bridged is None or (at - seed) % 6 else bridged
                oracle.one(network, at, folder)
                at += 1
                if o.only or (oracle.packets >= o.packets if o.packets else
                              time.monotonic() - begun > o.seconds):
                    break
    finally:
        for network in (routed, bridged):
            if network is not None:
                network.close()
    print("%s oracle: seed %d, %d rulesets (%d refused by nft), %d packets, "
          "%d let through, %d sent to the router, %d with a free choice, "
          "%d witnesses sent (%d not sendable or not certain), "
          "%d disagreements, %.0f s" % (
              "not ok" if oracle.wrong else "ok", seed, oracle.rulesets,
              oracle.refused, oracle.packets, oracle.accepted, oracle.inside,
              oracle.free, oracle.witnesses, oracle.unsent, oracle.wrong,
              time.monotonic() - begun))
    return 1 if oracle.wrong or not oracle.packets else 0


if __name__ == "__main__":
    sys.exit(main())
