# SPDX-License-Identifier: GPL-3.0-or-later
"""Branches that are not seen as they are: one behind a translation whose
inner side no tap shows, the annex in GRE, the depot in IPsec.
"""

import struct

import city as town
import frames
import says
from day import CONFORM, OFFICE, take


def unseen_branch(day):
    """A branch whose own line no tap shows: of it there is only what LGWAN
    sees, and that hides who it was."""
    day.verdicts["unseen-branch"] = "unjudged", "hidden-by-nat"
    for number in range(day.times(40)):
        at = day.some_time(OFFICE, 9, 17)
        day.at(at, behind_nat, ("172.20.5.11", 62000 + number))


def behind_nat(day, time_us, public):
    side = town.side("lgwan", "172.20.30.8", time_us, 0, 0, False)
    talk = day.talk("unseen-branch", public[0], "172.20.30.8", 443, time_us,
                    frames.TCP, source_port=public[1], sides=[side])
    talk.open()
    talk.say(says.tls("asp.lgwan.example", 12))
    talk.close()


def tunnels(day):
    """The annex in GRE, judged inside; the depot in IPsec."""
    day.verdicts["annex-tunnel"] = CONFORM
    day.verdicts["annex-files"] = day.verdicts["annex-portal"] = CONFORM
    day.verdicts["depot-tunnel"] = CONFORM
    day.note("annex-tunnel", "GRE", ("10.12.250.1", 0), ("10.2.250.1", 0))
    day.note("depot-tunnel", "ESP", ("10.12.250.2", 0), ("10.2.250.2", 0))
    for pc in day.city.annex:
        for at in take(day, OFFICE, 6, 8.6, 18):
            day.at(at, in_gre, "annex-files", pc, "10.2.0.20", 445,
                   says.smb("annex"))
        for at in take(day, OFFICE, 8, 8.6, 18):
            day.at(at, in_gre, "annex-portal", pc, "10.2.0.30", 443,
                   says.tls("portal.city.example"))
    for number, at in enumerate(day.every(60, 6, 22)):
        day.at(at, in_esp, number)


def in_gre(day, time_us, name, pc, server, port, dialogue):
    """A connection inside the tunnel: on the branch's VLAN and on the
    segment of the other end wrapped, there also unwrapped, since the router
    of the tunnel puts it onto its own segment."""
    outer = day.sides(("10.12.250.1", 0), ("10.2.250.1", 0), time_us)
    inner = town.direct("lg", "10.2.250.1", server)[0]
    sides = []
    for number, side in enumerate(outer):
        heads = []
        for way, head in enumerate((side.out, side.back)):
            ends = ("10.12.250.1", "10.2.250.1")[::-1 if way else 1]
            heads.append((head, ends))
        sides.append((side, heads, number))
    talk = day.talk(name, pc, server, port, time_us, frames.TCP, sides=[])
    Wrapped(day, talk, sides, inner, pc, server).play(dialogue)


class Wrapped:
    """A Talk whose packets are carried in GRE."""

    def __init__(self, day, talk, sides, inner, pc, server):
        self.day, self.talk, self.sides = day, talk, sides
        self.inner, self.pc, self.server = inner, pc, server

    def segment(self, way, flags, payload=b""):
        talk = self.talk
        source, target = talk.ends[::-1 if way else 1]
        number, other = talk.number[way], talk.number[1 - way]
        body = bytearray(struct.pack(
            ">HHIIBBHHH", source[1], target[1], number,
            other if flags & frames.ACK else 0, 0x50, flags, 64240, 0, 0)
            + payload)
        pseudo = frames.packed(source[0]) + frames.packed(
            target[0]) + struct.pack(">HH", 6, len(body))
        struct.pack_into(">H", body, 16, frames.checksum(pseudo, body))
        packet = frames.ip_packet(6, source[0], target[0], bytes(body), 63,
                                  talk.ids[way])
        talk.ids[way] += 1
        for side, heads, order in self.sides:
            head, ends = heads[way]
            late = order if way == 0 else 1 - order
            outer = frames.ip_packet(47, *ends, b"\0\0\x08\0" + packet,
                                     64 - late, talk.ids[way])
            self.day.captures.add(side.tap, talk.now + late
                                  * frames.CROSSING_US, head + outer)
        talk.number[way] = number + len(payload) + (
            flags & (frames.SYN | frames.FIN) != 0) & 0xFFFFFFFF
        talk.now += 500

    def play(self, dialogue):
        self.segment(0, frames.SYN)
        self.segment(1, frames.SYN | frames.ACK)
        self.segment(0, frames.ACK)
        for who, payload in dialogue:
            way = 0 if who == "c" else 1
            for at in range(0, len(payload), 1300):
                self.segment(way, frames.PSH | frames.ACK,
                             payload[at:at + 1300])
            self.segment(1 - way, frames.ACK)
        self.segment(0, frames.FIN | frames.ACK)
        self.segment(1, frames.FIN | frames.ACK)
        self.segment(0, frames.ACK)


def in_esp(day, time_us, number):
    ends = "10.12.250.2", "10.2.250.2"
    sides = day.sides((ends[0], 0), (ends[1], 0), time_us)
    for way in (0, 1):
        body = struct.pack(">II", 0x1001 + way, number + 1) + says.noise(
            f"sealed {number % 9}", 120)
        for order, side in enumerate(sides):
            late = order if way == 0 else 1 - order
            day.captures.add(
                side.tap, time_us + way * 9000 + late * frames.CROSSING_US,
                (side.back if way else side.out) + frames.ip_packet(
                    50, *ends[::-1 if way else 1], body, 64 - late, number))
