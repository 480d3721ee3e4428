#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well copies are told from what hosts send twice: traffic whose truth is
known frame by frame, shown by a port that doubles it, is read by
sekisho-probe, and what it took for copies is held against the truth.

  duplicates.py [NAME...]    the ports to try (all)

Prints precision and recall of each kind of traffic and of the whole load.
Frames that are alike cannot be told apart by anybody, so they are counted by
conversation: more copies than there were are false, fewer are missed. All
kinds run at once; the whole load must reach 0.99 in both, with no copies in
what was not doubled. The measure itself is tried with an answer that knows no
copies and with one that takes all that is alike for a copy: both must fail.
"""

import collections
import json
import os
import random
import shutil
import socket
import struct
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "golden"))
import run  # noqa: E402
import script  # noqa: E402

CASE = "one-way-out"  # its model
TAP = "lg"
LEAST = 0.99
START = 1795000000 * 1000000
SPAN = 12 * 1000000
HOST = bytes.fromhex("020000020505")
ROUTER = bytes.fromhex("020000000201")
FIN, SYN, ACK = 1, 2, 16
STRANGE_VLAN = 3999  # that the tap does not map

# share doubled, latest copy in microseconds, seconds on and off
Port = collections.namedtuple("Port", "share latest period")
PORTS = {
    "plain": Port(0.0, 0, 0),
    "doubling": Port(1.0, 60, 0),
    "doubling-late": Port(1.0, 4000, 0),
    "half": Port(0.5, 60, 0),
    "half-late": Port(0.5, 4000, 0),
    "now-and-then": Port(1.0, 200, 2),
    "thrice": Port(2.0, 100, 0),
}


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Host:
    """Makes the frames of one host of the segment."""

    def __init__(self, dice):
        self.dice = dice
        self.id = dice.randrange(1, 60000)

    def ethernet(self, kind, payload):
        return ROUTER + HOST + struct.pack(">H", kind) + payload

    def ip4(self, protocol, source, to, upper, ident, fragment=0, ttl=64):
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(upper), ident,
                           fragment, ttl, protocol, 0,
                           socket.inet_aton(source), socket.inet_aton(to))
        head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        return self.ethernet(0x0800, head + upper)

    def ip6(self, protocol, source, to, upper):
        return self.ethernet(0x86DD, struct.pack(
            ">IHBB", 0x60000000, len(upper), protocol, 64)
            + socket.inet_pton(socket.AF_INET6, source)
            + socket.inet_pton(socket.AF_INET6, to) + upper)

    def next_id(self):
        self.id = self.id % 65000 + 1
        return self.id

    def tcp(self, six, port, seq, ack, flags, payload=b""):
        upper = struct.pack(">HHIIBBHHH", port, 443, seq, ack, 0x50, flags,
                            64240, 0, 0)
        pseudo = struct.pack(">HH", port, 443) + upper + payload
        upper = upper[:16] + struct.pack(">H", checksum(pseudo)) + upper[18:]
        if six:
            return self.ip6(6, "fd00:2::5", "2001:db8::8", upper + payload)
        return self.ip4(6, "10.2.5.5", "172.20.30.8", upper + payload,
                        self.next_id())

    def udp(self, six, port, payload, ident=None):
        upper = struct.pack(">HHHH", port, 514, 8 + len(payload),
                            checksum(payload) or 1) + payload
        if six:
            return self.ip6(17, "fd00:2::5", "2001:db8::9", upper)
        return self.ip4(17, "10.2.5.5", "172.20.7.1", upper,
                        self.next_id() if ident is None else ident)


class Traffic:
    """What hosts send: frames, each of a kind and a conversation."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.host = Host(self.dice)
        self.frames = []  # (time, frame, kind, conversation)
        self.port = 20000
        for kind in ("bulk", "bulk6", "dup_acks", "dup_acks6", "resent",
                     "resent6", "datagrams", "beats", "beats6", "pings",
                     "arp", "fragments"):
            getattr(self, kind)(kind)
        self.frames.sort(key=lambda f: f[0])

    def add(self, time, frame, kind, port):
        self.frames.append((START + int(time), frame, kind, port))

    def new_port(self):
        self.port += 1
        return self.port

    def times(self, count):
        return (self.dice.uniform(0, SPAN) for _ in range(count))

    def stream(self, kind, six, count, resend=0.0, dup_acks=0.0):
        """A TCP connection's one direction, with bursts of segments."""
        port, seq = self.new_port(), self.dice.randrange(1 << 31)
        time, ack = self.dice.uniform(0, SPAN / 4), 1
        self.add(time, self.host.tcp(six, port, seq, 0, SYN), kind, port)
        seq += 1
        for _ in range(count):
            time += self.dice.expovariate(1 / (SPAN / 2 / count))
            payload = self.dice.randbytes(self.dice.choice((20, 500, 1400)))
            segment = (six, port, seq, ack, ACK, payload)
            self.add(time, self.host.tcp(*segment), kind, port)
            if self.dice.random() < resend:  # after a loss, at once
                self.add(time + self.dice.uniform(1500, 4500),
                         self.host.tcp(*segment), kind, port)
            seq += len(payload)
            if self.dice.random() < dup_acks:
                for late in range(3):
                    self.add(time + 300 * (late + 1), self.host.tcp(
                        six, port, seq, ack, ACK), kind, port)
            ack += 1000

    def bulk(self, kind):
        for _ in range(6):
            self.stream(kind, False, 900)

    def bulk6(self, kind):
        for _ in range(4):
            self.stream(kind, True, 900)

    def dup_acks(self, kind):
        self.stream(kind, False, 300, dup_acks=0.2)

    def dup_acks6(self, kind):
        self.stream(kind, True, 300, dup_acks=0.05)

    def resent(self, kind):
        self.stream(kind, False, 400, resend=0.1)

    def resent6(self, kind):
        self.stream(kind, True, 400, resend=0.03)

    def datagrams(self, kind):
        """The same words each time, under another identification."""
        port = self.new_port()
        for time in self.times(600):
            self.add(time, self.host.udp(False, port, b"still here"), kind,
                     port)

    def beats(self, kind):
        """Alike in every bit: identification 0."""
        for _ in range(4):
            port = self.new_port()
            for beat in range(60):
                self.add(beat * SPAN / 60 + self.dice.uniform(0, 3000),
                         self.host.udp(False, port, b"beat" * 8, 0), kind,
                         port)

    def beats6(self, kind):
        port = self.new_port()
        for beat in range(60):
            for again in range(2):  # said twice, 3 ms apart
                self.add(beat * SPAN / 60 + 3000 * again, self.host.udp(
                    True, port, b"beat" * 8), kind, port)

    def pings(self, kind):
        for number, time in enumerate(sorted(self.times(300))):
            upper = struct.pack(">BBHHH", 8, 0, 0, 77, number) + bytes(32)
            upper = upper[:2] + struct.pack(">H", checksum(upper)) + upper[4:]
            self.add(time, self.host.ip4(1, "10.2.5.5", "172.20.7.1", upper,
                                         self.host.next_id()), kind, 0)

    def arp(self, kind):
        for time in self.times(60):
            body = struct.pack(">HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, HOST,
                               socket.inet_aton("10.2.5.5"), bytes(6),
                               socket.inet_aton("10.2.0.1"))
            frame = b"\xff" * 6 + HOST + struct.pack(">H", 0x0806) + body
            self.add(time, frame, kind, None)

    def fragments(self, kind):
        port = self.new_port()
        for time in self.times(150):
            ident = self.host.next_id()
            upper = struct.pack(">HHHH", port, 514, 1608, 0)
            upper += self.dice.randbytes(1600)
            for at in range(0, len(upper), 800):
                more = 0x2000 if at + 800 < len(upper) else 0
                self.add(time + at / 8, self.host.ip4(
                    17, "10.2.5.5", "172.20.7.2", upper[at:at + 800], ident,
                    more | at // 8), kind, port)


# ---- the port


def copy_of(frame, dice):
    """A copy is of the same bytes, but for what the way puts around them."""
    dressed = dice.random()
    if dressed < 0.1:  # the tag of a VLAN that is none of the tap's
        return frame[:12] + struct.pack(">HH", 0x8100,
                                        STRANGE_VLAN) + frame[12:]
    if dressed < 0.2:  # padding and a trailer
        return frame.ljust(60, b"\0") + dice.randbytes(4)
    return frame


def show(traffic, port, seed):
    """[(time, frame, kind, conversation, is a copy)] as the tap has it."""
    dice = random.Random(seed)
    shown = []
    for time, frame, kind, flow in traffic.frames:
        shown.append((time, frame.ljust(60, b"\0"), kind, flow, False))
        second = (time - START) // 1000000
        if port.period and second // port.period % 2 == 0:
            continue
        for _ in range(max(1, int(port.share))):
            if dice.random() < port.share:
                late = time + dice.randint(1, port.latest)
                shown.append((late, copy_of(frame, dice), kind, flow, True))
    shown.sort(key=lambda f: f[0])
    return shown


def write(path, shown):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for time, frame, *_ in shown:
            file.write(struct.pack("<IIII", time // 1000000, time % 1000000,
                                   len(frame), len(frame)) + frame)


# ---- the measure


class Count:
    """Frames of a conversation, its copies, and those taken for copies."""

    def __init__(self):
        self.frames = self.copies = self.judged = 0


def truth_of(shown):
    """{(kind, conversation): Count}"""
    counts = collections.defaultdict(Count)
    for _, _, kind, flow, is_copy in shown:
        counts[kind, flow].frames += 1
        counts[kind, flow].copies += is_copy
    return counts


def alike_of(shown):
    """Judged by a fool: all that is alike within 5 ms is a copy."""
    last, judged = {}, collections.Counter()
    for time, frame, kind, flow, _ in shown:
        if frame[12:14] == b"\x81\x00":
            frame = frame[:12] + frame[16:]
        bare = frame[:14 + (struct.unpack(">H", frame[16:18])[0]
                            if frame[12:14] == b"\x08\x00" else 42)]
        if time - last.get(bare, 0) <= 5000:
            judged[kind, flow] += 1
        else:
            last[bare] = time
    return judged


def read_events(text, counts):
    """Fills in what the probe took for copies."""
    by_port = {flow: (kind, flow) for kind, flow in counts if flow}
    total = said = 0
    for line in text.splitlines():
        event = json.loads(line)
        if event["event_type"] == "stats":
            total = event["sekisho"]["counters"]["duplicates"]
        if event["event_type"] != "flow":
            continue
        key = by_port.get(event.get("src_port"), ("pings", 0))
        kind, count = key[0], counts[key]
        if kind == "fragments":  # copies are not offered to be joined
            judged = count.frames - event["sekisho"]["frames"]
        else:
            judged = (event["sekisho"]["frames"]
                      - event["flow"]["pkts_toserver"]
                      - event["flow"]["pkts_toclient"])
        count.judged += judged
        said += judged
    counts["arp", None].judged = total - said


def rates(counts):
    """(precision, recall, true copies)"""
    false = sum(max(0, c.judged - c.copies) for c in counts)
    missed = sum(max(0, c.copies - c.judged) for c in counts)
    right = sum(min(c.copies, c.judged) for c in counts)
    return (right / (right + false) if right + false else 1.0,
            right / (right + missed) if right + missed else 1.0,
            right + missed)


def table(name, counts):
    print(f"  {name:14} {'kind':10} frames copies judged precision recall")
    for kind in sorted({kind for kind, _ in counts}):
        mine = [c for (k, _), c in counts.items() if k == kind]
        precision, recall, copies = rates(mine)
        print(f"  {'':14} {kind:10} {sum(c.frames for c in mine):6} "
              f"{copies:6} {sum(c.judged for c in mine):6} "
              f"{precision:9.4f} {recall:6.4f}")
    precision, recall, copies = rates(counts.values())
    print(f"  {'':14} {'ALL':10} {sum(c.frames for c in counts.values()):6} "
          f"{copies:6} {sum(c.judged for c in counts.values()):6} "
          f"{precision:9.4f} {recall:6.4f}")


def passes(counts):
    precision, recall, _ = rates(counts.values())
    return precision >= LEAST and recall >= LEAST


def verdict(name, good):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    return good


def try_port(name, port, prepared, folder):
    shown = show(Traffic(1), port, 2)
    path = os.path.join(folder, name + ".pcap")
    write(path, shown)
    counts = truth_of(shown)
    code, text, errors = run.execute(prepared.model_path, prepared.case.probe,
                                     [(TAP, path)])
    if code not in (0, 1, 3):
        print(f"  ended with {code}: {errors.strip()[-500:]}")
        return verdict(name, False)
    read_events(text, counts)
    table(name, counts)
    good = passes(counts)
    if port.share == 0:  # what hosts say twice is never taken for a copy
        good = all(c.judged == 0 for c in counts.values())
    return verdict(name, good)


def try_measure():
    """An answer that is wrong must fail."""
    blind = truth_of(show(Traffic(1), PORTS["doubling"], 2))
    good = verdict("blind-fails", not passes(blind))
    shown = show(Traffic(1), PORTS["plain"], 2)
    fool = truth_of(shown)
    for key, judged in alike_of(shown).items():
        fool[key].judged = judged
    return verdict("fool-fails", not passes(fool)) and good


def other_side(prepared, folder):
    """What a router makes of a frame is no copy, at the same tap or not."""
    traffic = Traffic(1)
    shown = []
    for time, frame, kind, flow in traffic.frames:
        shown.append((time, frame, kind, flow, False))
        if frame[12:14] != b"\x08\x00":
            continue
        head = bytearray(frame[14:34])
        head[8] -= 1
        head[10:12] = b"\0\0"
        head[10:12] = struct.pack(">H", checksum(bytes(head)))
        shown.append((time + 80, HOST + ROUTER + frame[12:14] + bytes(head)
                      + frame[34:], kind, flow, False))
    shown.sort(key=lambda f: f[0])
    path = os.path.join(folder, "other-side.pcap")
    write(path, shown)
    _, text, _ = run.execute(prepared.model_path, prepared.case.probe,
                             [(TAP, path)])
    events = [json.loads(line) for line in text.splitlines()]
    copies = [event["sekisho"]["counters"]["duplicates"] for event in events
              if event["event_type"] == "stats"][-1]
    print(f"  other side of a router: {len(shown)} frames, {copies} copies")
    return verdict("other-side", copies == 0)


def two_taps(prepared, folder):
    """Two taps of one segment show the same: of each frame one is a copy."""
    dice = random.Random(3)
    frames = Traffic(1).frames
    first = [(time, frame.ljust(60, b"\0")) for time, frame, *_ in frames]
    second = sorted((time + dice.randint(-500, 500), copy_of(frame, dice))
                    for time, frame in first)
    model = json.loads(open(prepared.model_path, encoding="utf-8").read())
    taps = model["boundaries"][0]["taps"]
    taps.append(dict(next(t for t in taps if t["id"] == TAP), id="lg-too",
                     interface="span9"))
    path = os.path.join(folder, "two-taps.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(model, file)
    sources = [(TAP, os.path.join(folder, "first.pcap")),
               ("lg-too", os.path.join(folder, "second.pcap"))]
    for (_, name), shown in zip(sources, (first, second)):
        write(name, shown)
    _, text, errors = run.execute(path, prepared.case.probe, sources)
    events = [json.loads(line) for line in text.splitlines()]
    copies = [event["sekisho"]["counters"]["duplicates"] for event in events
              if event["event_type"] == "stats"] or [errors]
    print(f"  two taps: {len(first)} frames each, {copies[-1]} copies")
    return verdict("two-taps", LEAST * len(first) <= copies[-1] <= len(first))


def main():
    if not os.path.exists(run.program()):
        print("skip duplicates: sekisho-probe is not built")
        return 0
    folder = tempfile.mkdtemp(prefix="sekisho-duplicates-")
    try:
        prepared = run.Prepared(CASE, folder)
        passed = try_measure()
        for name in sys.argv[1:] or PORTS:
            passed = try_port(name, PORTS[name], prepared, folder) and passed
        passed = two_taps(prepared, folder) and passed
        passed = other_side(prepared, folder) and passed
    finally:
        shutil.rmtree(folder)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
