# SPDX-License-Identifier: GPL-3.0-or-later
"""Rulesets from a grammar: every construct that the evaluator decides, and
some that nobody can foresee, over the few interfaces, addresses and ports
of the oracle's network, so that rules meet packets often.

generate(random) gives the text for nft -f. Nothing here knows what a rule
means.
"""

INTERFACES = ["wan0", "lan0", "lan1", "dmz0"]
PORTS = [22, 53, 80, 443, 445, 3389, 8080, 50000]
PREFIX4 = ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"]


def v4(r):
    """An address of one of the four networks, of a handful."""
    return "10.%d.%d.%d" % (r.randrange(4), r.choice([0, 0, 1, 7]),
                            r.choice([1, 2, 5, 6, 130]))


def v6(r):
    return "fd00:%d::%s%x" % (r.randrange(4), r.choice(["", "", "7:"]),
                              r.choice([1, 2, 5, 6, 0x82]))


def prefix4(r):
    length = r.choice([8, 14, 15, 16, 16, 23, 24, 25, 31, 32])
    value = 0
    for part in v4(r).split("."):
        value = value << 8 | int(part)
    value &= 0xFFFFFFFF << 32 - length
    return "%s/%d" % (".".join(str(value >> s & 255)
                               for s in (24, 16, 8, 0)), length)


def prefix6(r):
    return r.choice(["fd00::/16", "fd00:%d::/32" % r.randrange(4),
                     "fd00:%d::/112" % r.randrange(4), v6(r),
                     "fd00:%d::/127" % r.randrange(4)])


def range4(r):
    net, a, b = r.randrange(4), r.randrange(8), r.randrange(8, 140)
    return "10.%d.0.%d-10.%d.0.%d" % (net, a, net, b)


def several(r, make, least=1, most=4):
    """A set of disjoint texts; nft refuses what overlaps."""
    out = []
    for _ in range(r.randint(least, most)):
        one = make(r)
        if one not in out:
            out.append(one)
    return out


def braces(items):
    return "{ %s }" % ", ".join(items)


def address(r, family):
    """The right side of an address match."""
    one = v4 if family == 4 else v6
    kind = r.randrange(6)
    if kind == 0:
        return one(r)
    if kind == 1:
        return braces(several(r, one))
    if kind == 2 and family == 4:
        return range4(r)
    if kind == 3:
        return "!= " + (prefix4(r) if family == 4 else prefix6(r))
    if kind == 4:
        return "!= " + braces(several(r, one))
    return prefix4(r) if family == 4 else prefix6(r)


def port(r):
    kind = r.randrange(6)
    if kind == 0:
        return "!= %d" % r.choice(PORTS)
    if kind == 1:
        return "%d-%d" % tuple(sorted((r.choice(PORTS), r.choice(PORTS))))
    if kind == 2:
        return braces(str(p) for p in several(r, lambda x: x.choice(PORTS)))
    if kind == 3:
        return r.choice(["< 1024", "> 1023", ">= 443", "<= 445"])
    if kind == 4:
        low = r.randrange(1, 400)
        return braces(["%d-%d" % (low, low + 100), "3000-4000"])
    return str(r.choice(PORTS))


def interface(r):
    kind = r.randrange(5)
    if kind == 0:
        return '"lan*"'
    if kind == 1:
        return braces('"%s"' % i for i in
                      several(r, lambda x: x.choice(INTERFACES)))
    if kind == 2:
        return '!= "%s"' % r.choice(INTERFACES)
    return '"%s"' % r.choice(INTERFACES)


STATES = ["new", "established", "related", "invalid", "untracked"]
FLAGS = ["tcp flags syn", "tcp flags & (fin | syn | rst | ack) == syn",
         "tcp flags & (syn | ack) == ack", "tcp flags != syn",
         "tcp flags & (fin | rst) != 0", "tcp flags ack",
         "tcp flags & (syn | ack) == 0", "tcp flags { syn, ack, psh | ack }"]
ICMP = ["echo-request", "echo-reply", "destination-unreachable",
        "timestamp-request"]
ICMP6 = ["echo-request", "echo-reply", "packet-too-big"]
UNKNOWN = ["limit rate 1/second burst 1 packets", "meta random < 1000000000",
           "numgen inc mod 2 0", "limit rate over 1/minute",
           "quota over 2 kbytes", "meta length > 60"]


class Rules:
    """One ruleset being made."""

    def __init__(self, random, bridge):
        self.r = random
        self.bridge = bridge
        self.text = []
        self.number = 0
        self.translates = False

    def name(self, prefix):
        self.number += 1
        return "%s%d" % (prefix, self.number)

    # ---- matches

    def layer3(self, family):
        """4, 6 or 0: which the rule speaks of."""
        if family == "ip":
            return 4
        if family == "ip6":
            return 6
        return self.r.choice([0, 4, 4, 6])

    def address_match(self, l3):
        r = self.r
        word = "ip" if l3 == 4 else "ip6"
        side = r.choice(["saddr", "daddr"])
        if l3 == 4 and r.random() < 0.15:
            mask = r.choice(["0.0.255.0", "0.0.0.7", "255.0.0.255",
                             "0.255.0.0"])
            return "ip %s & %s %s %s" % (
                side, mask, r.choice(["==", "!="]),
                ".".join(str(int(a) & int(b)) for a, b in
                         zip(v4(r).split("."), mask.split("."))))
        return "%s %s %s" % (word, side, address(r, l3))

    def concat(self, l3, l4):
        """(left side, one element) of a concatenation."""
        r = self.r
        word = "ip" if l3 == 4 else "ip6"
        one = v4 if l3 == 4 else v6
        parts = [("%s %s" % (word, r.choice(["saddr", "daddr"])), one)]
        if l4 in ("tcp", "udp"):
            parts.append((l4 + " dport", lambda x: str(x.choice(PORTS))))
        else:
            parts.append(("meta l4proto",
                          lambda x: x.choice(["tcp", "udp", "icmp"])))
        if r.random() < 0.4:
            parts.append(("iifname",
                          lambda x: '"%s"' % x.choice(INTERFACES)))
        r.shuffle(parts)

        def element(x):
            return " . ".join(make(x) for _, make in parts)
        return " . ".join(left for left, _ in parts), element

    def matches(self, family, hook):
        """Some matches that agree with each other, and l3 and l4."""
        r = self.r
        out = []
        l3 = self.layer3(family)
        l4 = r.choice([None, None, "tcp", "tcp", "udp", "icmp"])
        if r.random() < 0.35:
            out.append("iifname " + interface(r))
        elif r.random() < 0.05:
            out.append('iif "%s"' % r.choice(INTERFACES))
        if hook in ("forward", "postrouting") and r.random() < 0.35:
            out.append("oifname " + interface(r))
        if l3 and r.random() < 0.75:
            out.append(self.address_match(l3))
        if l3 and r.random() < 0.2:
            out.append(self.address_match(l3))
        if l3 and r.random() < 0.2:
            left, element = self.concat(l3, l4)
            out.append("%s %s" % (left, braces(several(r, element, 1, 5))))
        elif l4 in ("tcp", "udp"):
            if r.random() < 0.8:
                out.append("%s dport %s" % (l4, port(r)))
            if r.random() < 0.15:
                # In a set: nft 1.0.6 lists "dport < a" and "sport > b" of
                # one rule as "sport != a-b".
                out.append("%s sport %s" % (l4, r.choice(
                    ["{ 0-32767 }", "{ 32768-65535 }", "{ 1024-40000 }"])))
            if l4 == "tcp" and r.random() < 0.2:
                out.append(r.choice(FLAGS))
        elif l4 == "icmp" and l3 == 6:
            out.append("icmpv6 type " + r.choice(
                ICMP6 + [braces(several(r, lambda x: x.choice(ICMP6)))]))
        elif l4 == "icmp" and l3 == 4:
            out.append("icmp type " + r.choice(
                ICMP + [braces(several(r, lambda x: x.choice(ICMP)))]))
        elif r.random() < 0.15:
            out.append("meta l4proto " + r.choice(
                ["tcp", "udp", "{ tcp, udp }", "!= tcp", "{ icmp, icmpv6 }"]))
        if r.random() < 0.08 and family == "inet":
            out.append("meta nfproto " + r.choice(["ipv4", "ipv6"]))
        if not self.bridge and family != "netdev" and hook != "netdev":
            self.state_match(out, l3)
        if r.random() < 0.1:
            out.append("meta mark " + r.choice(
                ["1", "2", "!= 1", "{ 1, 3 }", "0", "& 0x2 == 0x2",
                 "1-2"]))
        if r.random() < 0.04:
            out.append(r.choice(UNKNOWN))
        return out, l3, l4

    def state_match(self, out, l3):
        r = self.r
        if r.random() < 0.15:
            out.append("ct state " + r.choice(
                [",".join(several(r, lambda x: x.choice(STATES))),
                 "!= new", "new", "{ new, untracked }",
                 "!= { established, related }", "established,related"]))
        if r.random() < 0.05:
            out.append("ct mark " + r.choice(["1", "2", "!= 1", "0"]))
        if r.random() < 0.04 and self.translates:
            out.append("ct status " + r.choice(["dnat", "!= dnat"]))
        if r.random() < 0.03:
            out.append("ct direction original")
        if r.random() < 0.04 and l3 == 4:
            out.append("ct original ip daddr " + prefix4(r))

    # ---- statements

    def changes(self, family, hook):
        r = self.r
        out = []
        if r.random() < 0.12:
            out.append("meta mark set " + r.choice(
                ["1", "2", "3", "meta mark or 0x2", "meta mark and 0x1",
                 "meta mark xor 0x3"]))
        if r.random() < 0.05 and not self.bridge and family != "netdev" \
                and hook in ("prerouting", "forward") and \
                family in ("ip", "ip6", "inet"):
            out.append(r.choice(["ct mark set 1", "ct mark set meta mark",
                                 "meta mark set ct mark"]))
        if r.random() < 0.15:
            out.append("counter")
        return out

    def verdict(self, targets, family, hook):
        r = self.r
        if targets and r.random() < 0.3:
            return "%s %s" % (r.choice(["jump", "jump", "goto"]),
                              r.choice(targets))
        if r.random() < 0.04 and family in ("ip", "ip6", "inet") and \
                hook == "forward":
            return "reject"
        return r.choice(["accept", "accept", "drop", "drop", "return",
                         "continue"])

    def vmap(self, targets, family):
        r = self.r
        l3 = self.layer3(family) or 4
        kind = r.randrange(4)

        def end(x):
            if targets and x.random() < 0.3:
                return "jump " + x.choice(targets)
            return x.choice(["accept", "drop", "return", "continue"])
        if kind == 0:
            left = r.choice(["tcp", "udp"]) + " dport"
            keys = [str(p) for p in several(r, lambda x: x.choice(PORTS),
                                            2, 5)]
        elif kind == 1:
            left = "iifname"
            keys = ['"%s"' % i for i in
                    several(r, lambda x: x.choice(INTERFACES), 1, 4)]
        elif kind == 2:
            left = ("ip" if l3 == 4 else "ip6") + " " + \
                r.choice(["saddr", "daddr"])
            keys = ["10.%d.0.0/16" % i for i in range(4)] if l3 == 4 else \
                ["fd00:%d::/32" % i for i in range(4)]
            keys = r.sample(keys, r.randint(1, 3))
        else:
            left, element = self.concat(l3, r.choice(["tcp", "udp"]))
            keys = several(r, element, 2, 5)
        return "%s vmap %s" % (left, braces(
            "%s : %s" % (k, end(r)) for k in keys))

    def rule(self, targets, family, hook):
        r = self.r
        if r.random() < 0.12:
            return self.vmap(targets, family)
        parts, _, _ = self.matches(family, hook)
        parts += self.changes(family, hook)
        if r.random() < 0.03:
            parts.append('log prefix "x"')
        if r.random() < 0.85:
            parts.append(self.verdict(targets, family, hook))
        return " ".join(parts) or "counter"

    # ---- chains

    def chain(self, family, name, head, targets, hook, least=0, most=6):
        r = self.r
        self.text.append("  chain %s {" % name)
        if head:
            self.text.append("    " + head)
        for _ in range(r.randint(least, most)):
            self.text.append("    " + self.rule(targets, family, hook))
        self.text.append("  }")

    def filter_table(self, family, hooks):
        r = self.r
        self.text.append("table %s %s {" % (family, self.name("t")))
        if family in ("ip", "ip6", "inet") and r.random() < 0.3:
            self.named_sets(family)
        # Later chains jump to earlier ones alone: no cycle. What a chain
        # that is jumped to may do is what every hook that leads there may.
        targets = []
        for _ in range(r.randint(0, 3)):
            name = self.name("u")
            self.chain(family, name, "", list(targets), "any", 1, 4)
            targets.append(name)
        for hook in hooks:
            priority = r.choice([-300, -150, 0, 0, 10, 100]
                                if hook == "prerouting" else
                                [-150, -10, 0, 0, 5, 100])
            policy = r.choice(["accept", "drop"]
                              if hook == "forward" else ["accept"] * 5 +
                              ["drop"])
            self.chain(family, self.name("c"),
                       "type filter hook %s priority %d; policy %s;" % (
                           hook, priority, policy), targets, hook, 1, 7)
        self.text.append("}")

    def named_sets(self, family):
        r = self.r
        name = self.name("s")
        self.text.append("  set %s { type ipv4_addr; flags interval; "
                         "elements = { 10.1.0.0/24, 10.2.0.5, "
                         "10.3.0.2-10.3.0.9 } }" % name)
        if family == "ip6":
            return
        chain = self.name("u")
        self.text.append("  chain %s { ip %s %s@%s %s; }" % (
            chain, r.choice(["saddr", "daddr"]), r.choice(["", "!= "]),
            name, r.choice(["accept", "drop"])))
        self.text.append(
            "  chain %s { type filter hook forward priority %d; policy "
            "accept; jump %s; }" % (self.name("c"), r.randint(1, 9), chain))

    def raw_table(self):
        r = self.r
        family = r.choice(["ip", "ip6", "inet"])
        self.text.append("table %s %s {" % (family, self.name("t")))
        self.text.append("  chain c { type filter hook prerouting priority "
                         "-300; policy accept;")
        for _ in range(r.randint(1, 3)):
            parts, _, _ = self.matches(family, "netdev")
            self.text.append("    " + " ".join(
                parts + [r.choice(["notrack", "notrack", "drop"])]))
        self.text.append("  }\n}")

    def nat_table(self):
        r = self.r
        self.translates = True
        self.text.append("table ip %s {" % self.name("t"))
        self.text.append("  chain pre { type nat hook prerouting priority "
                         "%d; policy accept;" % r.choice([-100, -90]))
        for _ in range(r.randint(1, 4)):
            parts, _, l4 = self.matches("ip", "prerouting")
            if l4 not in ("tcp", "udp"):
                parts, l4 = ["tcp dport " + str(r.choice(PORTS))], "tcp"
            kind = r.randrange(7)
            if kind == 0:
                parts.append("dnat to " + v4(r))
            elif kind == 5:
                parts.append("redirect" + r.choice(
                    ["", " to :%d" % r.choice(PORTS)]))
            elif kind == 6:
                parts.append("dnat to 10.%d.255.1" % r.randrange(4))
            elif kind == 1:
                parts.append("dnat to %s:%d" % (v4(r), r.choice(PORTS)))
            elif kind == 2:
                parts.append("dnat to %s dport map %s" % (l4, braces(
                    "%d : %s" % (p, v4(r)) for p in
                    several(r, lambda x: x.choice(PORTS), 1, 3))))
            elif kind == 3:
                parts.append("accept")
            else:
                parts.append("dnat to " + v4(r))
            self.text.append("    " + " ".join(
                p for p in parts if not p.startswith(("ct count", "fib"))))
        self.text.append("  }")
        if r.random() < 0.5:
            self.text.append("  chain post { type nat hook postrouting "
                             "priority 100; policy accept; oifname \"%s\" "
                             "masquerade; }" % r.choice(INTERFACES))
        self.text.append("}")

    def netdev_table(self):
        r = self.r
        self.text.append("table netdev %s {" % self.name("t"))
        self.text.append("  chain c { type filter hook ingress device %s "
                         "priority 0; policy accept;" % r.choice(INTERFACES))
        for _ in range(r.randint(1, 4)):
            self.text.append("    " + self.rule([], "netdev", "netdev"))
        self.text.append("  }\n}")


def generate(random, bridge=False):
    """A ruleset as text; for a bridge, one of bridge tables."""
    rules = Rules(random, bridge)
    if bridge:
        for _ in range(random.randint(1, 2)):
            rules.filter_table("bridge", ["forward"] if random.random() < 0.7
                               else ["prerouting", "forward"])
    else:
        if random.random() < 0.25:
            rules.raw_table()
        if random.random() < 0.15:
            rules.netdev_table()
        if random.random() < 0.3:
            rules.nat_table()
        for _ in range(random.randint(1, 3)):
            family = random.choice(["inet", "inet", "ip", "ip6"])
            hooks = ["forward"]
            if random.random() < 0.3:
                hooks.insert(0, "prerouting")
            if random.random() < 0.15:
                hooks.append("postrouting")
            if random.random() < 0.2:
                hooks.append("forward")
            if random.random() < 0.3:
                hooks.append("input")
            rules.filter_table(family, hooks)
    return "\n".join(rules.text) + "\n"
