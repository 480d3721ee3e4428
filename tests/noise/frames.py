# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversations as frames on taps, fast enough for millions.

Every side of a conversation (a tap and the two MACs that talk there) has one
frame template a direction; a packet is that template with its numbers packed
in and its payload behind. Checksums are right: what is fixed is added up
once, a payload's sum is kept. Frames are kept by slice of time and written
when their slice is over, so that memory does not grow with the day.

Nothing here knows who talks to whom: see day.py.
"""

import collections
import functools
import ipaddress
import os
import struct

MSS, MSS6 = 1460, 1440  # 1,500 bytes without the heads: IPv4, IPv6
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
TCP, UDP, ICMP = 6, 17, 1
SLICE_US = 600_000_000
CROSSING_US = 170  # through the firewall

_HEAD = struct.Struct("<IIII")
_LENGTH_ID = struct.Struct(">HH")
_WORD = struct.Struct(">H")
_TCP_TAIL = struct.Struct(">IIBBHH")
_UDP_TAIL = struct.Struct(">HH")

# One place where a conversation shows. out and back are Ethernet headers for
# what the client and the server send; late: microseconds after the client's
# own side; hops: routers between the client and here; client, server: (address,
# port) as seen here, where a translation makes others of them.
Side = collections.namedtuple(
    "Side", "tap out back late hops client server", defaults=(None, None))


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


@functools.lru_cache(maxsize=None)
def packed(address):
    return ipaddress.ip_address(address).packed


@functools.lru_cache(maxsize=4096)
def _sum(data):
    """Ones' complement sum; 65535 divides 2^16 - 1, so remainders add up."""
    if len(data) & 1:
        data += b"\0"
    return int.from_bytes(data, "big") % 65535


def checksum(*parts):
    return -sum(_sum(bytes(p)) for p in parts) % 65535


def ethernet(destination, source, kind, vlan=None):
    """The head of a frame; MACs as bytes."""
    tag = struct.pack(">HH", 0x8100, vlan) if vlan else b""
    return destination + source + tag + struct.pack(">H", kind)


class Captures:
    """Frames of every tap, written to FOLDER/TAP.pcap in order of time."""

    def __init__(self, folder, taps):
        self.slices = {tap: collections.defaultdict(list) for tap in taps}
        self.files, self.counts = {}, dict.fromkeys(taps, 0)
        self.total, self.bytes = 0, 0
        for tap in taps:
            path = os.path.join(folder, tap + ".pcap")
            self.files[tap] = open(path, "wb", buffering=1 << 20)
            self.files[tap].write(struct.pack(
                "<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))

    def add(self, tap, time_us, frame):
        """A whole frame, from its Ethernet head."""
        if len(frame) < 60:
            frame = frame.ljust(60, b"\0")
        size = len(frame)
        self.slices[tap][time_us // SLICE_US].append(
            (time_us, _HEAD.pack(time_us // 1000000, time_us % 1000000, size,
                                 size) + frame))
        self.total += 1

    def flush(self, before_us=None):
        """Writes every slice that ends by then (None: all)."""
        for tap, slices in self.slices.items():
            for key in sorted(slices):
                if before_us is not None and (key + 1) * SLICE_US > before_us:
                    break
                rows = slices.pop(key)
                rows.sort(key=lambda row: row[0])
                data = b"".join([row[1] for row in rows])
                self.files[tap].write(data)
                self.counts[tap] += len(rows)
                self.bytes += len(data)

    def close(self):
        self.flush()
        for file in self.files.values():
            file.close()


def _ip_head(protocol, source, destination, ttl):
    """An IP header without length, identification and checksum; and how many
    bytes it has."""
    a, b = packed(source), packed(destination)
    if len(a) == 4:
        return struct.pack(">BBHHHBBH", 0x45, 0, 0, 0, 0x4000, ttl, protocol,
                           0) + a + b
    return struct.pack(">IHBB", 0x60000000, 0, protocol, ttl) + a + b


class _Way:
    """What one end sends, as it shows at one side."""
    __slots__ = ("slices", "frame", "ip", "upper", "late", "six", "ip_sum",
                 "upper_sum")

    def __init__(self, captures, side, way, protocol, ends, ttl, tail):
        source, destination = ends if way == 0 else ends[::-1]
        head = side.out if way == 0 else side.back
        ip = _ip_head(protocol, source[0], destination[0], ttl)
        ports = struct.pack(">HH", source[1], destination[1])
        self.slices = captures.slices[side.tap]
        self.frame = bytearray(head + ip + ports + bytes(tail))
        self.ip = len(head)
        self.upper = self.ip + len(ip)
        self.late = side.late
        self.six = len(ip) == 40
        self.ip_sum = _sum(ip)
        self.upper_sum = _sum(packed(source[0]) + packed(destination[0])
                              + struct.pack(">H", protocol) + ports)


class Talk:
    """One conversation of TCP or UDP between (address, port) and another,
    seen at sides; self.now is the time of its next packet."""

    def __init__(self, captures, client, server, sides, start_us, protocol,
                 ttl=(128, 64), step_us=400, number=0):
        self.captures, self.now, self.step = captures, start_us, step_us
        self.ends = client, server
        self.number = [(start_us // 4 + number) & 0x7FFFFFFF,
                       (start_us // 4 + 77000000 + number) & 0x7FFFFFFF]
        self.ids = [start_us // 7 & 0xFFFF, start_us // 11 & 0xFFFF]
        most = max((s.hops for s in sides), default=0)
        last = max((s.late for s in sides), default=0)
        self.ways = ([], [])
        tail = 16 if protocol == TCP else 4
        for side in sides:
            ends = side.client or client, side.server or server
            self.ways[0].append(_Way(captures, side, 0, protocol, ends,
                                     ttl[0] - side.hops, tail))
            back = side._replace(late=last - side.late)
            self.ways[1].append(_Way(captures, back, 1, protocol, ends,
                                     ttl[1] - (most - side.hops), tail))
        self.most = MSS6 if any(w.six for w in self.ways[0]) else MSS

    def move(self, sides):
        """The same sides with other MACs, from now on."""
        for way, ways in enumerate(self.ways):
            for w, side in zip(ways, sides):
                head = side.back if way else side.out
                w.frame[:len(head)] = head

    # ---- TCP

    def segment(self, way, flags, payload=b""):
        sequence = self.number[way]
        acknowledged = self.number[1 - way] if flags & ACK else 0
        n = len(payload)
        ident = self.ids[way]
        self.ids[way] = ident + 1 & 0xFFFF
        common = (20 + n + (sequence >> 16) + (sequence & 0xFFFF)
                  + (acknowledged >> 16) + (acknowledged & 0xFFFF)
                  + 0x5000 + flags + 64240 + (_sum(payload) if n else 0))
        for w in self.ways[way]:
            frame = w.frame
            if w.six:
                _WORD.pack_into(frame, w.ip + 4, 20 + n)
            else:
                _LENGTH_ID.pack_into(frame, w.ip + 2, 40 + n, ident)
                _WORD.pack_into(frame, w.ip + 10, -(
                    w.ip_sum + 40 + n + ident) % 65535)
            _TCP_TAIL.pack_into(
                frame, w.upper + 4, sequence, acknowledged, 0x50, flags,
                64240, -(w.upper_sum + common) % 65535)
            time = self.now + w.late
            size = len(frame) + n
            if size < 60:
                record = _HEAD.pack(time // 1000000, time % 1000000, 60, 60
                                    ) + frame + payload + bytes(60 - size)
            else:
                record = _HEAD.pack(time // 1000000, time % 1000000, size,
                                    size) + frame + payload
            w.slices[time // SLICE_US].append((time, record))
        self.captures.total += len(self.ways[way])
        self.number[way] = sequence + n + (flags & (SYN | FIN) != 0
                                           ) & 0xFFFFFFFF
        self.now += self.step

    def open(self):
        self.segment(0, SYN)
        self.segment(1, SYN | ACK)
        self.segment(0, ACK)

    def data(self, way, payload):
        """Payload in segments, and its acknowledgement."""
        for at in range(0, len(payload), self.most):
            self.segment(way, PSH | ACK, payload[at:at + self.most])
        self.segment(1 - way, ACK)

    def say(self, dialogue):
        """[("c" or "s", bytes)...]."""
        for who, payload in dialogue:
            self.data(0 if who == "c" else 1, payload)

    def bulk(self, way, count, payload, pause_us=120):
        """count whole segments, an acknowledgement for every fourth."""
        payload = payload[:self.most]
        step, self.step = self.step, pause_us
        for i in range(count):
            self.segment(way, ACK, payload)
            if i & 3 == 3 or i == count - 1:
                self.now += CROSSING_US  # it has got there everywhere
                self.segment(1 - way, ACK)
        self.step = step

    def close(self):
        self.segment(0, FIN | ACK)
        self.segment(1, FIN | ACK)
        self.segment(0, ACK)

    # ---- UDP

    def datagram(self, way, payload):
        n = len(payload)
        ident = self.ids[way]
        self.ids[way] = ident + 1 & 0xFFFF
        for w in self.ways[way]:
            frame = w.frame
            if w.six:
                _WORD.pack_into(frame, w.ip + 4, 8 + n)
            else:
                _LENGTH_ID.pack_into(frame, w.ip + 2, 28 + n, ident)
                _WORD.pack_into(frame, w.ip + 10, -(
                    w.ip_sum + 28 + n + ident) % 65535)
            total = w.upper_sum + 2 * (8 + n) + _sum(payload)
            _UDP_TAIL.pack_into(frame, w.upper + 4, 8 + n,
                                -total % 65535 or 65535)
            time = self.now + w.late
            size = len(frame) + n
            record = _HEAD.pack(time // 1000000, time % 1000000,
                                max(size, 60), max(size, 60)) + frame + payload
            if size < 60:
                record += bytes(60 - size)
            w.slices[time // SLICE_US].append((time, record))
        self.captures.total += len(self.ways[way])
        self.now += self.step

    def exchange(self, dialogue):
        for who, payload in dialogue:
            self.datagram(0 if who == "c" else 1, payload)


def ip_packet(protocol, source, destination, body, ttl, ident=0):
    """A whole IP packet around a body that has its own checksum."""
    head = bytearray(_ip_head(protocol, source, destination, ttl))
    if len(head) == 40:
        _WORD.pack_into(head, 4, len(body))
    else:
        _LENGTH_ID.pack_into(head, 2, 20 + len(body), ident & 0xFFFF)
        _WORD.pack_into(head, 10, checksum(head))
    return bytes(head) + body


def udp_packet(source, destination, payload, ttl, ident=0):
    """source and destination are (address, port)."""
    body = bytearray(struct.pack(">HHHH", source[1], destination[1],
                                 8 + len(payload), 0) + payload)
    pseudo = packed(source[0]) + packed(destination[0]) + struct.pack(
        ">HH", UDP, len(body))
    _WORD.pack_into(body, 6, checksum(pseudo, body) or 65535)
    return ip_packet(UDP, source[0], destination[0], bytes(body), ttl, ident)


def echo_body(request, identifier, number, data=bytes(range(32))):
    body = bytearray(struct.pack(">BBHHH", 8 if request else 0, 0, 0,
                                 identifier & 0xFFFF, number & 0xFFFF) + data)
    _WORD.pack_into(body, 2, checksum(body))
    return bytes(body)


def icmp6(source, destination, body, hops=255, options=b""):
    """ICMPv6; options: a hop-by-hop header of 8 bytes, as MLD has."""
    pseudo = packed(source) + packed(destination) + struct.pack(
        ">II", len(body), 58)
    body = body[:2] + struct.pack(">H", checksum(
        pseudo, body[:2] + b"\0\0" + body[4:])) + body[4:]
    if options:
        return ip_packet(0, source, destination, options + body, hops)
    return ip_packet(58, source, destination, body, hops)
