# SPDX-License-Identifier: GPL-3.0-or-later
"""A router in a network namespace of its own, four interfaces, a second
namespace at the other ends: frames go in at one, and where they come out
(or that the router takes them for itself) is what the kernel decided.

Every frame carries its number in its payload, so that it is known again
behind any translation. Nothing outside the two namespaces is touched.
"""

import ctypes
import os
import select
import socket
import struct
import subprocess
import time

from rulesets import INTERFACES

CLONE_NEWNET = 0x40000000
MAGIC = b"seki"
LIBC = ctypes.CDLL(None, use_errno=True)
ROUTER4 = ["10.%d.255.1" % i for i in range(4)]
ROUTER6 = ["fd00:%d::ffff:1" % i for i in range(4)]


def run(*words, text=None):
    done = subprocess.run(words, input=text, text=True, timeout=60,
                          capture_output=True)
    if done.returncode:
        raise RuntimeError("%s: %s" % (" ".join(words), done.stderr.strip()))
    return done.stdout


def mac(side, i):
    return bytes([2, 0, 0, side, 0, i + 1])


def mac_text(side, i):
    return ":".join("%02x" % b for b in mac(side, i))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Packet:
    """One packet as it is sent."""

    __slots__ = ("iif", "family", "saddr", "daddr", "protocol", "sport",
                 "dport", "type", "code", "flags")

    def layer4(self, number):
        payload = MAGIC + struct.pack("!I", number)
        if self.protocol == 6:
            return struct.pack("!HHIIBBHHH", self.sport, self.dport,
                               1000 + number, 0, 5 << 4, self.flags, 8192,
                               0, 0) + payload, 16
        if self.protocol == 17:
            return struct.pack("!HHHH", self.sport, self.dport,
                               8 + len(payload), 0) + payload, 6
        if self.protocol in (1, 58):
            return struct.pack("!BBHHH", self.type, self.code, 0,
                               self.sport, 1) + payload, 2
        return payload, None

    def frame(self, number, bridge):
        body, at = self.layer4(number)
        inner = socket.inet_pton(
            socket.AF_INET if self.family == 4 else socket.AF_INET6,
            self.saddr) + socket.inet_pton(
                socket.AF_INET if self.family == 4 else socket.AF_INET6,
                self.daddr)
        if at is not None:
            pseudo = inner + struct.pack("!IBBH", len(body), 0, 0,
                                         self.protocol)
            total = checksum((b"" if self.protocol == 1 else pseudo) + body)
            if self.protocol == 17 and total == 0:
                total = 0xFFFF
            body = body[:at] + struct.pack("!H", total) + body[at + 2:]
        if self.family == 4:
            head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body),
                               number & 0xFFFF, 0, 64, self.protocol, 0)
            head += inner
            head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        else:
            head = struct.pack("!IHBB", 6 << 28, len(body), self.protocol,
                               64) + inner
        i = INTERFACES.index(self.iif)
        # Over a bridge it goes to the station that stands for the network.
        to = mac(2, bridge) if bridge is not None else mac(1, i)
        return to + mac(2, i) + (b"\x08\x00" if self.family == 4 else
                                 b"\x86\xdd") + head + body

    def state(self):
        """What connection tracking calls it as the first of its kind
        (nf_conntrack_proto_tcp.c, nf_conntrack_proto_icmp.c)."""
        if self.protocol == 6:
            kind = self.flags & 0x17
            return "new" if kind in (0x02, 0x10) else "invalid"
        if self.protocol == 1:
            return "new" if self.type in (8, 13, 15, 17) else "invalid"
        if self.protocol == 58:
            return "new" if self.type == 128 else "invalid"
        return "new"

    def pattern(self, bridge=False):
        """As sekisho audit --explain takes it."""
        names = {6: "tcp", 17: "udp", 1: "icmp", 58: "icmpv6"}
        ports = self.protocol in (6, 17)

        def end(address, port):
            if not ports:
                return address
            if self.family == 6:
                return "[%s]:%d" % (address, port)
            return "%s:%d" % (address, port)
        out = "%s %s -> %s iif %s" % (
            names.get(self.protocol, str(self.protocol)),
            end(self.saddr, self.sport), end(self.daddr, self.dport),
            self.iif)
        if self.protocol in (1, 58):
            out += " type %d code %d" % (self.type, self.code)
        if self.protocol == 6:
            names = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"]
            out += " flags " + ",".join(
                n for bit, n in enumerate(names) if self.flags >> bit & 1)
        if not bridge:
            out += " state " + self.state()
        return out


class Network:
    """The two namespaces, made here and removed by close."""

    def __init__(self, bridge=False):
        kind = "b" if bridge else "r"
        self.router = "oracle-%s-%d" % (kind, os.getpid())
        self.hosts = "oracle-%sh-%d" % (kind, os.getpid())
        self.bridge = bridge
        self.number = 0
        self.sockets = []
        try:
            self.make()
            self.open()
        except BaseException:
            self.close()
            raise

    def make(self):
        for name in (self.router, self.hosts):
            run("ip", "netns", "add", name)
        sysctl = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
                  "net.ipv4.conf.all.rp_filter=0",
                  "net.ipv4.conf.default.rp_filter=0",
                  "net.ipv4.conf.all.send_redirects=0",
                  "net.ipv4.conf.default.send_redirects=0",
                  "net.ipv6.conf.default.accept_dad=0",
                  "net.ipv6.conf.default.accept_ra=0",
                  # Its answers would look as if the request went through.
                  "net.ipv4.icmp_echo_ignore_all=1",
                  "net.ipv4.icmp_ratelimit=0"]
        run("ip", "netns", "exec", self.router, "sysctl", "-qw", *sysctl)
        run("ip", "netns", "exec", self.hosts, "sysctl", "-qw",
            "net.ipv6.conf.default.disable_ipv6=1",
            "net.ipv6.conf.all.disable_ipv6=1")
        for i, name in enumerate(INTERFACES):
            run("ip", "-n", self.router, "link", "add", name, "address",
                mac_text(1, i), "type", "veth", "peer", "name", name,
                "address", mac_text(2, i), "netns", self.hosts)
        if self.bridge:
            # Ports forward at once.
            run("ip", "-n", self.router, "link", "add", "br0", "type",
                "bridge", "forward_delay", "0")
        for i, name in enumerate(INTERFACES):
            run("ip", "-n", self.hosts, "link", "set", name, "arp", "off",
                "up")
            if self.bridge:
                run("ip", "-n", self.router, "link", "set", name, "master",
                    "br0")
            run("ip", "-n", self.router, "link", "set", name, "up")
            if self.bridge:
                run("bridge", "-n", self.router, "fdb", "add",
                    mac_text(2, i), "dev", name, "master", "static")
            else:
                self.route(i, name)
        if self.bridge:
            run("ip", "-n", self.router, "link", "set", "br0", "up")
            self.settle()

    def settle(self):
        """The kernel tells a bridge of its ports' carriers in its own
        time."""
        until = time.monotonic() + 10
        while run("bridge", "-n", self.router, "link").count(
                "state forwarding") < len(INTERFACES):
            if time.monotonic() > until:
                raise RuntimeError("the bridge's ports do not forward")
            time.sleep(0.05)

    def route(self, i, name):
        for v, own, net, peer in (
                ("-4", ROUTER4[i] + "/24", "10.%d.0.0/16" % i,
                 "10.%d.255.2" % i),
                ("-6", ROUTER6[i] + "/112", "fd00:%d::/32" % i,
                 "fd00:%d::ffff:2" % i)):
            more = ["nodad"] if v == "-6" else []
            run("ip", "-n", self.router, v, "addr", "add", own, "dev", name,
                *more)
            run("ip", "-n", self.router, v, "neigh", "add", peer, "lladdr",
                mac_text(2, i), "dev", name, "nud", "permanent")
            run("ip", "-n", self.router, v, "route", "add", net, "via", peer,
                "dev", name)

    def inside(self, name, make):
        """What make() gives, called in that namespace."""
        here = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open("/run/netns/" + name, os.O_RDONLY)
        try:
            if LIBC.setns(there, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
            try:
                return make()
            finally:
                LIBC.setns(here, CLONE_NEWNET)
        finally:
            os.close(here)
            os.close(there)

    def open(self):
        def ends():
            out = []
            for name in INTERFACES:
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(3))
                s.bind((name, 3))
                s.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
                s.setblocking(False)
                out.append(s)
            return out

        def taken():
            out = []
            for family, protocol in ((socket.AF_INET, 6),
                                     (socket.AF_INET, 17),
                                     (socket.AF_INET, 1),
                                     (socket.AF_INET6, 6),
                                     (socket.AF_INET6, 17),
                                     (socket.AF_INET6, 58)):
                s = socket.socket(family, socket.SOCK_RAW, protocol)
                s.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
                s.setblocking(False)
                out.append(s)
            s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
            s.settimeout(5)
            return out, s
        self.ends = self.inside(self.hosts, ends)
        self.own, self.netlink = self.inside(self.router, taken)
        self.sockets = self.ends + self.own + [self.netlink]

    def forget(self):
        """Empties the table of connections: ctnetlink's delete of all."""
        body = struct.pack("=BBH", 0, 0, 0)
        self.netlink.send(struct.pack("=IHHII", 16 + len(body), 1 << 8 | 2,
                                      5, 1, 0) + body)
        self.netlink.recv(4096)

    def load(self, text):
        """None, or what nft says against it."""
        run("ip", "netns", "exec", self.router, "nft", "flush", "ruleset")
        done = subprocess.run(
            ["ip", "netns", "exec", self.router, "nft", "-f", "-"],
            input=text, text=True, capture_output=True, timeout=60)
        return done.stderr.strip() or "refused" if done.returncode else None

    def dump(self, path):
        with open(path, "w", encoding="utf-8") as out:
            out.write(run("ip", "netns", "exec", self.router, "nft", "-j",
                          "list", "ruleset"))

    def collect(self, found, mine, seconds):
        """Reads all that arrived; ends when it was quiet that long."""
        which = {s.fileno(): name for s, name in zip(self.ends, INTERFACES)}
        while True:
            ready, _, _ = select.select(self.ends + self.own, [], [], seconds)
            if not ready:
                return
            for s in ready:
                self.drain(s, which.get(s.fileno(), "own"), found, mine)

    def drain(self, s, name, found, mine):
        while True:
            try:
                data, where = s.recvfrom(2048)
            except BlockingIOError:
                return
            if name != "own" and where[2] == socket.PACKET_OUTGOING:
                continue
            # An answer of the router's quotes the packet behind its own
            # header: only the frame's own end counts.
            if data[-8:-4] != MAGIC:
                continue
            if name != "own" and self.is_error(data):
                continue
            number = struct.unpack("!I", data[-4:])[0]
            if number in mine:
                found.setdefault(number, set()).add(name)

    @staticmethod
    def is_error(frame):
        """An ICMP error that the router itself wrote."""
        if frame[12:14] == b"\x08\x00":
            return frame[23] == 1 and len(frame) > 62
        return frame[20] == 58 and len(frame) > 78

    def send(self, packets):
        """For each packet the set of interfaces it came out of, with "own"
        for the router itself."""
        found, mine = {}, {}
        for at in range(0, len(packets), 64):
            for p in packets[at:at + 64]:
                self.number = self.number + 1 & 0xFFFFFFFF
                mine[self.number] = p
                bridge = None
                if self.bridge:
                    bridge = network_of(p.daddr)
                self.ends[INTERFACES.index(p.iif)].send(
                    p.frame(self.number, bridge))
            self.collect(found, mine, 0)
        self.collect(found, mine, 0.02)
        return [found.get(n, set()) for n in mine]

    def close(self):
        for s in self.sockets:
            s.close()
        for name in (self.router, self.hosts):
            subprocess.run(["ip", "netns", "del", name], check=False,
                           capture_output=True, timeout=60)


def network_of(address):
    """Which of the four networks an address is of."""
    if ":" in address:
        return int(address.split(":")[1] or "0", 16)
    return int(address.split(".")[1])
