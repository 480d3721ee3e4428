# SPDX-License-Identifier: GPL-3.0-or-later
"""What span ports do to traffic, done to captures on purpose.

A capture is {tap: [Packet]}; a mangler takes one, with what is known of the
taps, and returns another one. The first packets of each tap, up to `keep`, are
never lost: they only make the taps watched.
"""

import collections
import ipaddress
import random
import struct

# time in microseconds; wire: length before it was cut.
Packet = collections.namedtuple("Packet", "time wire data")

MIRROR_PORT = 4789
TAGS = (0x8100, 0x88A8)


# ---- files


def read(path):
    """Packets of a pcap file with microseconds, little endian."""
    with open(path, "rb") as file:
        data = file.read()
    packets, at = [], 24
    while at + 16 <= len(data):
        seconds, micro, captured, wire = struct.unpack_from("<IIII", data, at)
        at += 16
        if at + captured > len(data):
            break
        packets.append(Packet(seconds * 1000000 + micro, wire,
                              data[at:at + captured]))
        at += captured
    return packets


def write(path, packets):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for p in packets:
            file.write(struct.pack("<IIII", p.time // 1000000,
                                   p.time % 1000000, len(p.data), p.wire) +
                       p.data)


# ---- reading frames


def network(data):
    """(offset of the network layer, its ethertype)."""
    at, kind = 12, struct.unpack_from(">H", data, 12)[0]
    while kind in TAGS and at + 6 <= len(data):
        at += 4
        kind = struct.unpack_from(">H", data, at)[0]
    return at + 2, kind


Heads = collections.namedtuple("Heads", "source destination protocol ports "
                               "at payload end")


def heads(data):
    """The IP packet in a frame, as far as its ports; or None."""
    at, kind = network(data)
    try:
        if kind == 0x0800:
            head = (data[at] & 15) * 4
            length = struct.unpack_from(">H", data, at + 2)[0] or (
                len(data) - at)
            if struct.unpack_from(">H", data, at + 6)[0] & 0x1FFF:
                head = None
            protocol = data[at + 9]
            source, destination = data[at + 12:at + 16], data[at + 16:at + 20]
        elif kind == 0x86DD:
            head = 40
            length = 40 + struct.unpack_from(">H", data, at + 4)[0]
            protocol = data[at + 6]
            source, destination = data[at + 8:at + 24], data[at + 24:at + 40]
        else:
            return None
        ports = None
        payload = None
        if head and protocol in (6, 17):
            ports = struct.unpack_from(">HH", data, at + head)
            payload = at + head + (
                (data[at + head + 12] >> 4) * 4 if protocol == 6 else 8)
    except (IndexError, struct.error):
        return None
    return Heads(ipaddress.ip_address(source),
                 ipaddress.ip_address(destination), protocol, ports, at,
                 payload, at + length)


def pair(h):
    """What both directions of a conversation have in common; ICMP errors and
    fragments go with their addresses."""
    ends = [(h.source, h.ports[0] if h.ports else 0),
            (h.destination, h.ports[1] if h.ports else 0)]
    return (h.protocol, *sorted(ends, key=lambda end: (end[0].packed,
                                                       end[1])))


# ---- the manglers; town: see run.py


def _each(change):
    def mangler(capture, town):
        return {tap: [q for p in packets for q in change(p, tap, town)]
                for tap, packets in capture.items()}
    return mangler


def _tag(p, vlan):
    return p._replace(wire=p.wire + 4, data=p.data[:12] +
                      struct.pack(">HH", 0x8100, vlan) + p.data[12:])


def vlan_tags(capture, town):
    """The port sends frames with a tag that no tap maps, on half of them:
    those that leave the switch, as many do."""
    return _each(lambda p, tap, town: [_tag(p, 777)])(capture, town)


def _openers(capture):
    """{conversation: who began it}: the first sender over all taps."""
    began = {}
    for _, _, p in sorted(((p.time, i, p) for packets in capture.values()
                           for i, p in enumerate(packets)),
                          key=lambda item: item[:2]):
        h = heads(p.data)
        if h and pair(h) not in began:
            began[pair(h)] = (h.source, h.ports[0] if h.ports else 0)
    return began


def _one_way(capture, town, initiators):
    began = _openers(capture)

    def stays(p):
        h = heads(p.data)
        if not h:
            return True
        sender = (h.source, h.ports[0] if h.ports else 0)
        return (began[pair(h)] == sender) == initiators

    return {tap: packets[:town.keep[tap]] +
            [p for p in packets[town.keep[tap]:] if stays(p)]
            for tap, packets in capture.items()}


def initiator_only(capture, town):
    """Only the direction from whoever began was mirrored."""
    return _one_way(capture, town, True)


def responder_only(capture, town):
    """Only the other one."""
    return _one_way(capture, town, False)


def _side(capture, town, near):
    """Of what is seen at several taps the tap that saw it first, or the
    others."""
    first = {}
    for tap, packets in capture.items():
        for p in packets:
            h = heads(p.data)
            if h and (pair(h) not in first or
                      p.time < first[pair(h)][0]):
                first[pair(h)] = (p.time, tap)

    def stays(p, tap):
        h = heads(p.data)
        return not h or (first[pair(h)][1] == tap) == near

    return {tap: packets[:town.keep[tap]] +
            [p for p in packets[town.keep[tap]:] if stays(p, tap)]
            for tap, packets in capture.items()}


def near_side_only(capture, town):
    return _side(capture, town, True)


def far_side_only(capture, town):
    return _side(capture, town, False)


def after_translation_only(capture, town):
    """What is translated is seen behind the translation alone."""
    def stays(p, tap):
        h = heads(p.data)
        return not h or not any(
            a == tap and h.source in inside and h.destination in outside or
            a == tap and h.destination in inside and h.source in outside
            for a, inside, outside in town.translated)

    return {tap: packets[:town.keep[tap]] +
            [p for p in packets[town.keep[tap]:] if stays(p, tap)]
            for tap, packets in capture.items()}


def doubled(capture, town):
    """Mirrored on its way into the switch and out of it."""
    dice = random.Random(5)
    return {tap: sorted([q for p in packets for q in (p, p._replace(
        time=p.time + dice.randrange(3, 900)))], key=lambda p: p.time)
        for tap, packets in capture.items()}


def _lossy(share):
    def mangler(capture, town):
        dice = random.Random(7)
        return {tap: packets[:town.keep[tap]] +
                [p for p in packets[town.keep[tap]:]
                 if dice.random() >= share]
                for tap, packets in capture.items()}
    return mangler


def reordered(capture, town):
    """Each frame is up to 5 ms late, and stamped when it arrives."""
    dice = random.Random(9)
    return {tap: sorted([p._replace(time=p.time + dice.randrange(5000))
                         for p in packets], key=lambda p: p.time)
            for tap, packets in capture.items()}


def _cut(length):
    return _each(lambda p, tap, town: [p._replace(data=p.data[:length])])


# ---- tunnels


def _checksum(head):
    total = sum(struct.unpack(">%dH" % (len(head) // 2), head))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", ~total & 0xFFFF)


def _ip4(source, destination, protocol, body, number):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body),
                       number & 0xFFFF, 0, 64, protocol, 0, source.packed,
                       destination.packed)
    return head[:10] + _checksum(head) + head[12:] + body


def _wrap(p, tap, town, protocol, body, number, to=None):
    """The body in an IP packet between two addresses of the tap's zone, the
    same way as what it carries."""
    # Two devices of that segment alone.
    which = sorted(town.ends).index(tap)
    near, far = (bytes((2, 0, 0, 15, 238, 2 * which + end)) for end in (0, 1))
    a, b = town.ends[tap]
    if p.data[6:12] == town.router_macs[tap]:
        a, b, near, far = b, a, far, near
    frame = far + near + b"\x08\x00" + _ip4(a, to or b, protocol, body,
                                            number)
    return p._replace(data=frame, wire=len(frame) + p.wire - len(p.data))


def _numbered(wrap):
    """wrap(packet, tap, town, number) on each frame that is long enough to
    have been real; frames without IP (ARP) stay where plain says so."""
    def mangler(capture, town):
        out = {}
        for tap, packets in capture.items():
            out[tap] = [wrap(p, tap, town, number)
                        for number, p in enumerate(packets)]
        return out
    return mangler


def _gre(p, tap, town, number):
    at, kind = network(p.data)
    if kind not in (0x0800, 0x86DD):
        return p
    return _wrap(p, tap, town, 47, struct.pack(">HHI", 0x2000, kind, 42) +
                 p.data[at:], number)


def _udp(port, body):
    return struct.pack(">HHHH", 49152, port, 8 + len(body), 0) + body


def _vxlan(p, tap, town, number):
    if network(p.data)[1] not in (0x0800, 0x86DD):
        return p
    return _wrap(p, tap, town, 17, _udp(MIRROR_PORT, struct.pack(
        ">II", 0x08000000, 42 << 8) + p.data), number)


def _erspan(p, tap, town, number):
    """Type II, to where the model says that mirrored frames go."""
    return _wrap(p, tap, town, 47, struct.pack(
        ">HHI", 0x1000, 0x88BE, number) + struct.pack(
        ">HHI", 0x1000, 7, 0) + p.data, number, to=town.mirror[tap])


def _erspan3(p, tap, town, number):
    return _wrap(p, tap, town, 47, struct.pack(
        ">HHI", 0x1000, 0x22EB, number) + struct.pack(
        ">HHIHH", 0x2000, 7, 0, 0, 0) + p.data, number, to=town.mirror[tap])


# ---- cards and clocks


def giants(capture, town):
    """Segments of one direction that follow each other are handed over as
    one, with no length where it would not fit, as offloading cards do."""
    return {tap: _joined(packets, town.keep[tap])
            for tap, packets in capture.items()}


def _joined(packets, keep):
    out, last = [], {}
    for i, p in enumerate(packets):
        h = heads(p.data)
        if i < keep or not h or h.protocol != 6 or not h.ports or \
                h.payload is None or p.wire != len(p.data):
            out.append(p)
            continue

        way = (h.source, h.destination, h.ports)
        seq = struct.unpack_from(">I", p.data, _tcp_at(p.data, h) + 4)[0]
        body = p.data[h.payload:h.end]
        before = last.get(way)
        flags = p.data[_tcp_at(p.data, h) + 13]
        if before and body and not flags & 7 and before["next"] == seq and \
                p.time - before["time"] < 2000 and \
                before["length"] + len(body) < 60000:
            q = out[before["index"]]
            out[before["index"]] = _longer(q, body)
            before["next"] = (seq + len(body)) & 0xFFFFFFFF
            before["length"] += len(body)
            continue

        last.pop(way, None)
        back = (h.destination, h.source, (h.ports[1], h.ports[0]))
        if body:
            last.pop(back, None)
            if not flags & 7:
                last[way] = {"index": len(out), "time": p.time,
                             "next": (seq + len(body)) & 0xFFFFFFFF,
                             "length": len(body)}
        out.append(p)
    return out


def _tcp_at(data, h):
    """Where the TCP header begins."""
    return h.at + (40 if data[h.at] >> 4 == 6 else (data[h.at] & 15) * 4)


def _longer(p, body):
    """The packet with more payload; what was behind its end (padding) goes."""
    h = heads(p.data)
    data = bytearray(p.data[:h.end]) + body
    length = len(data) - h.at
    if data[h.at] >> 4 == 6:
        struct.pack_into(">H", data, h.at + 4, length - 40)
    else:
        struct.pack_into(">H", data, h.at + 2, length)
        data[h.at + 10:h.at + 12] = b"\0\0"
    return p._replace(data=bytes(data), wire=len(data))


def clock_back(capture, town):
    """Half way the clock of the box is set back by five seconds."""
    times = [p.time for packets in capture.values() for p in packets]
    kept = [packets[n - 1].time for tap, packets in capture.items()
            for n in [town.keep[tap]] if n]
    begin = max(kept) if kept else min(times)
    rest = [t for t in times if t > begin]
    middle = sorted(rest)[len(rest) // 2] if rest else begin
    return {tap: [p._replace(time=p.time - 5000000) if p.time >= middle else p
                  for p in packets] for tap, packets in capture.items()}


# name -> (mangler, reasons that "unjudged" may then have, checks that it adds)
ANY_PATH = {"not-observable: path", "not-observable: source"}
LOSSY = {"lost-packets", "one-way", "direction", "application", "name",
         "partial", "opaque", "hidden-by-nat"} | ANY_PATH
ONE_WAY = LOSSY - {"lost-packets"} | {"lost-packets", "tap-side"}
TUNNELLED = {"not-observable: path", "not-observable: source", "opaque",
             "one-way"}
MANGLERS = collections.OrderedDict((
    ("vlan-tags", (vlan_tags, set(), set())),
    # A datagram that nobody is seen to answer is data that went out.
    ("initiator-only", (initiator_only, ONE_WAY, {"SEG-15"})),
    ("responder-only", (responder_only, ONE_WAY, set())),
    # A tunnel whose crossing is not proven is told as a tunnel.
    ("near-side-only", (near_side_only, ONE_WAY, {"LNK-6"})),
    ("far-side-only", (far_side_only, ONE_WAY, set())),
    ("after-translation-only", (after_translation_only, ONE_WAY, set())),
    ("doubled", (doubled, set(), set())),
    ("loss-1", (_lossy(0.01), LOSSY, set())),
    ("loss-10", (_lossy(0.10), LOSSY, set())),
    ("reordered-5ms", (reordered, {"direction", "application"}, set())),
    ("snap-96", (_cut(96), {"partial", "application", "name", "opaque"},
                 set())),
    ("snap-128", (_cut(128), {"partial", "application", "name", "opaque"},
                  set())),
    ("gre", (_numbered(_gre), TUNNELLED, {"LNK-6", "LNK-2"})),
    ("vxlan", (_numbered(_vxlan), TUNNELLED, {"LNK-6", "LNK-2"})),
    ("erspan-2", (_numbered(_erspan), set(), set())),
    ("erspan-3", (_numbered(_erspan3), set(), set())),
    ("giants", (giants, set(), set())),
    ("clock-back", (clock_back, {"direction"}, set())),
))
