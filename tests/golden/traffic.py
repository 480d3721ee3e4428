# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversations -> frames on taps -> capture files.

A Talk plays one conversation packet by packet. Each packet shows on the
segment of its sender and, when the firewall lets it through, on the segment
of its receiver with a TTL one less and the MACs of that segment. The count of
packets of each conversation, whatever the taps make of them, is the truth
that a run is held against.
"""

import collections
import dataclasses
import struct

from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment
from scapy.layers.inet6 import (ICMPv6EchoReply, ICMPv6EchoRequest,
                                ICMPv6DestUnreach, IPv6,
                                IPv6ExtHdrFragment, fragment6)
from scapy.packet import Raw

import wires as wiring

STEP_US = 1000       # between the packets of a conversation
CROSSING_US = 200    # through the firewall
MSS = 1400
SNAP = 262144


class Captures:
    """Frames by tap, in the order of their time."""

    def __init__(self):
        self.frames = collections.defaultdict(list)
        self.truth = collections.Counter()  # (protocol, from, to) -> packets

    def add(self, tap, time_us, frame, snap=None):
        self.frames[tap].append((time_us, frame[:snap], len(frame)))

    def skew(self, tap, ahead_us):
        self.frames[tap] = [(time_us + ahead_us, frame, length)
                            for time_us, frame, length in self.frames[tap]]

    def write(self, tap, path):
        """One classic capture file, microseconds, Ethernet."""
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAP,
                                   1))
            for time_us, frame, length in sorted(
                    self.frames.get(tap, []), key=lambda f: f[0]):
                file.write(struct.pack("<IIII", time_us // 1000000,
                                       time_us % 1000000, len(frame), length))
                file.write(frame)


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def ethernet(source, destination, vlan, kind, payload):
    """A frame; vlan is one id, several "outer.inner", or None."""
    head = mac_bytes(destination) + mac_bytes(source)
    for tag in str(vlan).split(".") if vlan else []:
        head += struct.pack(">HH", 0x8100, int(tag))
    return (head + struct.pack(">H", kind) + payload).ljust(60, b"\0")


def arp(sender_mac, sender, target, vlan=None):
    """Who has target? Tell sender."""
    body = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + mac_bytes(sender_mac)
    body += bytes(int(b) for b in sender.split(".")) + bytes(6)
    body += bytes(int(b) for b in target.split("."))
    return ethernet(sender_mac, "ff:ff:ff:ff:ff:ff", vlan, 0x0806, body)


def forwarded(packet):
    """The packet after one more hop: TTL less one, IPv4 checksum anew."""
    if packet[0] >> 4 == 6:
        return packet[:7] + bytes([packet[7] - 1]) + packet[8:]
    size = (packet[0] & 15) * 4
    head = bytearray(packet[:size])
    head[8] -= 1
    head[10:12] = b"\0\0"
    total = sum(struct.unpack(f">{size // 2}H", head))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    head[10:12] = struct.pack(">H", ~total & 0xFFFF)
    return bytes(head) + packet[size:]


@dataclasses.dataclass
class Manner:
    """How a conversation goes and where it shows."""
    outcome: str = "talk"     # talk tried answered refused
    by: str = "host"          # who refuses: host firewall
    unreachable: str = ""     # refused by an ICMP error from this address
    code: int = 1
    sides: tuple = ("near", "far")
    ways: tuple = ("out", "back")
    near: object = None       # Place, when not the sender's own
    far: object = None
    via: str = ""             # router on the near segment, by its address
    source_mac: str = ""      # of the initiator's frames on the near side
    router_mac: str = ""      # of the next hop on the near side
    direct: bool = False      # no router: both hosts on the near segment
    handshake: bool = True
    ending: str = "fin"       # fin reset open
    copies: int = 1           # frames identical in all
    also_on: tuple = ()       # more taps that see the near side
    repeat: int = 1           # segments sent again
    shuffle: bool = False
    fragment: int = 0
    pieces: int = 0           # only so many fragments of each datagram
    lose: int = 0             # this packet with payload shows nowhere
    slow_us: int = 0          # before the opening is answered
    every_us: int = 0         # pause between exchanges
    times: int = 1            # the dialogue is held so often
    seen_as: str = ""         # initiator's address beyond (translation)
    seen_port: int = 0
    snap: int = 0
    ttl: int = 128


class Talk:
    """One conversation, played at a time."""

    def __init__(self, captures, wires, source, destination, manner):
        self.captures, self.wires, self.manner = captures, wires, manner
        self.ends = (source, destination)  # (address, port)
        self.near = manner.near or wires.place_of(source[0])
        self.far = manner.far or wires.place_of(destination[0])
        self.now = 0
        self.numbers = {"out": 100, "back": 7000}  # IP identification

    # ---- where a packet shows

    def _macs(self, side, way):
        """Source and destination MAC of a frame at a side."""
        place = self.near if side == "near" else self.far
        end = 0 if side == "near" else 1
        host = place.peer or wiring.host_mac(self.ends[end][0])
        router = place.router
        if side == "near":
            if self.manner.via:
                router = self.wires.routers[place.tap, self.manner.via]
            host = self.manner.source_mac or host
            if self.manner.direct:
                router = wiring.host_mac(self.ends[1][0])
            router = self.manner.router_mac or router
        leaves = (side == "near") == (way == "out")
        return (host, router) if leaves else (router, host)

    def _show(self, side, way, packet, time_us):
        place = self.near if side == "near" else self.far
        if place is None or side not in self.manner.sides:
            return
        source, destination = self._macs(side, way)
        kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
        frame = ethernet(source, destination, place.vlan, kind, packet)
        taps = [place.tap] + (list(self.manner.also_on)
                              if side == "near" else [])
        for tap in taps:
            for copy in range(self.manner.copies):
                self.captures.add(tap, time_us + 3 * copy, frame,
                                  self.manner.snap or None)

    def _packet(self, way, upper, ttl, beyond, sender=None):
        source, destination = (self.ends if way == "out"
                               else self.ends[::-1])
        source, destination = source[0], destination[0]
        if beyond and self.manner.seen_as:
            if way == "out":
                source = self.manner.seen_as
            else:
                destination = self.manner.seen_as
        source = sender or source
        if ":" in source:
            return IPv6(src=source, dst=destination, hlim=ttl) / upper.copy()
        upper = upper.copy()
        if beyond and self.manner.seen_port and way == "out":
            upper.sport = self.manner.seen_port
        elif beyond and self.manner.seen_port:
            upper.dport = self.manner.seen_port
        packet = IP(src=source, dst=destination, ttl=ttl,
                    id=self.numbers[way]) / upper
        return packet

    def send(self, way, upper, origin=None, sender=None, counted=True):
        """One packet. origin "firewall": made at the boundary, so it shows
        on the receiver's side only."""
        if way not in self.manner.ways or self._lost(upper):
            self.now += STEP_US
            return
        first, second = (("near", "far") if way == "out"
                         else ("far", "near"))
        ttl = self.manner.ttl if way == "out" else 64
        if origin == "firewall":
            first, ttl = None, 65
        pieces = None
        for side, at, hop in ((first, 0, 0), (second, CROSSING_US, 1)):
            if side is None or (side == second and origin == "stopped"):
                continue
            if pieces and not self.manner.seen_as:
                pieces = [forwarded(piece) for piece in pieces]
            else:
                pieces = [bytes(piece) for piece in self._pieces(self._packet(
                    way, upper, ttl - hop, side == "far", sender))]
            for piece in pieces:
                self._show(side, way, piece, self.now + at)
        self.numbers[way] += 1
        if counted:
            self._count(way, upper)
        self.now += STEP_US

    def _lost(self, upper):
        """True for the one packet with payload that is lost."""
        if not self.manner.lose or Raw not in upper:
            return False
        self.manner.lose -= 1
        return self.manner.lose == 0

    def _pieces(self, packet):
        if not self.manner.fragment or len(packet) <= self.manner.fragment:
            return [packet]
        return self._fragments(packet)[:self.manner.pieces or None]

    def _fragments(self, packet):
        if isinstance(packet, IPv6):
            whole = IPv6(src=packet.src, dst=packet.dst, hlim=packet.hlim)
            whole /= IPv6ExtHdrFragment(id=self.numbers["out"])
            whole /= packet.payload
            return fragment6(whole, max(self.manner.fragment, 1280))
        return fragment(packet, self.manner.fragment)

    def _count(self, way, upper):
        a, b = self.ends if way == "out" else self.ends[::-1]
        kind = {TCP: 6, UDP: 17}.get(type(upper))
        if kind:
            self.captures.truth[kind, a, b] += 1

    # ---- TCP

    def tcp(self, start_us, dialogue):
        manner = self.manner
        self.now = start_us
        # Numbers begin by the clock, 4 us a step (RFC 793 3.3).
        self.sequence = {"out": start_us // 4 % 2 ** 31,
                         "back": start_us // 4 % 2 ** 31 + 500000}
        beyond = None if "far" in manner.sides or manner.outcome in (
            "talk", "answered") else "stopped"
        if manner.handshake:
            self._segment("out", "S", origin=beyond)
        if manner.outcome == "tried":
            for _ in range(manner.repeat - 1):
                self.now += 1000000
                self.sequence["out"] -= 1
                self._segment("out", "S", origin=beyond)
            return
        if manner.outcome == "refused":
            self._refuse()
            return
        self.now += manner.slow_us
        if manner.handshake:
            self._segment("back", "SA")
            self._segment("out", "A")
        if manner.outcome == "talk":
            for turn in range(manner.times):
                if turn:
                    self.now += manner.every_us
                for side, payload in dialogue:
                    self._data("out" if side == "c" else "back", payload)
        self._end()

    def _segment(self, way, flags, payload=b"", origin=None):
        ports = [end[1] for end in self.ends]
        if way == "back":
            ports.reverse()
        other = "back" if way == "out" else "out"
        header = TCP(sport=ports[0], dport=ports[1], flags=flags,
                     seq=self.sequence[way], window=64240,
                     ack=self.sequence[other] if "A" in flags else 0)
        self.send(way, header / Raw(payload) if payload else header,
                  origin=origin)
        self.sequence[way] += len(payload) + ("S" in flags) + ("F" in flags)

    def _data(self, way, payload):
        pieces = [payload[i:i + MSS] for i in range(0, len(payload), MSS)]
        if self.manner.shuffle and len(pieces) == 1:
            half = len(payload) // 2
            pieces = [payload[:half], payload[half:]]
        begin = self.sequence[way]
        placed, at = [], begin
        for piece in pieces:
            placed.append((at, piece))
            at += len(piece)
        if self.manner.shuffle:
            placed.reverse()
        for _ in range(self.manner.repeat):
            for where, piece in placed:
                self.sequence[way] = where
                self._segment(way, "PA", piece)
        self.sequence[way] = at
        self._segment("back" if way == "out" else "out", "A")

    def _refuse(self):
        if self.manner.unreachable:
            self._unreachable(TCP(sport=self.ends[0][1],
                                  dport=self.ends[1][1], flags="S", seq=1000))
        elif self.manner.by == "firewall":
            self._segment("back", "RA", origin="firewall")
        else:
            self._segment("back", "RA")

    def _end(self):
        if self.manner.ending == "fin":
            self._segment("out", "FA")
            self._segment("back", "FA")
            self._segment("out", "A")
        elif self.manner.ending == "reset":
            self._segment("back", "R")

    def _unreachable(self, upper):
        """An ICMP error that quotes what the initiator sent."""
        sender = self.manner.unreachable
        quoted = self._packet("out", upper, self.manner.ttl - 1, False)
        origin = None if sender == self.ends[1][0] else "firewall"
        if ":" in sender:
            error = ICMPv6DestUnreach(code=self.manner.code) / quoted
        else:
            error = ICMP(type=3, code=self.manner.code) / Raw(
                bytes(quoted)[:28])
        self.send("back", error, origin=origin, sender=sender, counted=False)

    # ---- everything else

    def udp(self, start_us, dialogue):
        self.now = start_us
        manner = self.manner
        stopped = "stopped" if "far" not in manner.sides else None
        for turn in range(manner.times):
            if turn:
                self.now += manner.every_us
            for side, payload in dialogue:
                if side == "s" and manner.outcome in ("tried", "refused"):
                    continue
                way = "out" if side == "c" else "back"
                ports = [end[1] for end in self.ends]
                if way == "back":
                    ports.reverse()
                upper = UDP(sport=ports[0], dport=ports[1]) / Raw(payload)
                for _ in range(manner.repeat):
                    self.send(way, upper,
                              origin=stopped if manner.outcome != "talk"
                              else None)
        if manner.outcome == "refused":
            self._unreachable(UDP(sport=self.ends[0][1],
                                  dport=self.ends[1][1]) / Raw(
                                      dialogue[0][1]))

    def echo(self, start_us, count=2):
        """Echo requests and, when it talks, replies."""
        self.now = start_us
        stopped = None if "far" in self.manner.sides else "stopped"
        six = ":" in self.ends[0][0]
        for number in range(count):
            data = Raw(bytes(range(32)))
            if six:
                ask = ICMPv6EchoRequest(id=77, seq=number, data=bytes(data))
                reply = ICMPv6EchoReply(id=77, seq=number, data=bytes(data))
            else:
                ask = ICMP(type=8, id=77, seq=number) / data
                reply = ICMP(type=0, id=77, seq=number) / data
            talks = self.manner.outcome == "talk"
            self.send("out", ask, origin=None if talks else stopped)
            if talks:
                self.send("back", reply)

    def other(self, start_us, protocol, payload, answered):
        """A protocol by its number, with some bytes."""
        self.now = start_us
        for way in ("out", "back") if answered else ("out",):
            source, destination = (self.ends if way == "out"
                                   else self.ends[::-1])
            self._raw(way, IP(src=source[0], dst=destination[0],
                              proto=protocol, ttl=64) / Raw(payload))

    def _raw(self, way, packet):
        first, second = (("near", "far") if way == "out"
                         else ("far", "near"))
        if way in self.manner.ways:
            self._show(first, way, bytes(packet), self.now)
            self._show(second, way, forwarded(bytes(packet)),
                       self.now + CROSSING_US)
        self.now += STEP_US
