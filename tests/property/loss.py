#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much was lost is told within a tenth, and never too little: frames are
taken out of captures at random, by a seed, and what sekisho-probe says that it
missed is held against the TCP payload that is truly gone.

  loss.py [NAME...]    the traffics to try (all)

Prints a table: injected loss, bytes truly lost, estimate, error, the share
that the statement promises and the true one. Where nothing was taken out the
estimate must be 0 exactly; else the error must be below a tenth, and the
statement's share must never be above the true one. Traffic is made here:
handshakes, windows, delayed acknowledgements, retransmissions, reordering,
keep-alives, resets, giants, numbers that wrap, connections that were there
before; seen at one tap, with one tap for each direction, on both sides of a
firewall, and one way only. Real captures beside the tree are tried as well,
all together, since each alone is small.
"""

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

CAPTURES = os.path.join(HERE, os.pardir, os.pardir, os.pardir, "shared",
                        "captures", "dev")
CASE = "coverage-one-way"  # its model
RATES = (0.0, 0.001, 0.01, 0.05)
SEEDS = (1, 2, 3)
ERROR_MOST = 0.1
SNAP = 160  # what is kept of a frame made here
START = 1795000000 * 1000000
MSS = 1448
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


# ---- frames


class Frame:
    """A TCP segment, or anything else (payload None)."""

    __slots__ = ("time", "data", "wire", "key", "seq", "length", "side")

    def __init__(self, time, data, wire, key=None, seq=0, length=0, side=0):
        self.time, self.data, self.wire = time, data, wire
        self.key, self.seq, self.length, self.side = key, seq, length, side


def ethernet(side, outer):
    """MACs of the host and of its router, on the near or on the far side."""
    near = bytes.fromhex("020000000201"), bytes.fromhex("0200000002aa")
    far = bytes.fromhex("020000002001"), bytes.fromhex("0200000020aa")
    router, host = far if outer else near
    to_host = side == 0 if outer else side == 1
    pair = (host, router) if to_host else (router, host)
    return pair[0] + pair[1] + b"\x08\x00"


def segment(ends, side, flags, seq, ack, length, time, outer=False):
    a, b = (ends[0], ends[1]) if side == 0 else (ends[1], ends[0])
    giant = length + 40 > 65535
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0,
                       0 if giant else length + 40, 7, 0x4000,
                       63 if outer else 64, 6, 0, socket.inet_aton(a[0]),
                       socket.inet_aton(b[0]))
    tcp = struct.pack(">HHIIBBHHH", a[1], b[1], seq & 0xFFFFFFFF,
                      ack & 0xFFFFFFFF, 0x50, flags, 65535, 0, 0)
    payload = b"\x83" * min(length, SNAP)
    data = (ethernet(side, outer) + head + tcp + payload)
    return Frame(time, data[:SNAP] if length else data, 54 + length,
                 (ends, side), seq & 0xFFFFFFFF, length, side)


class Talk:
    """One connection: what each side sends, as a tap in the middle sees it."""

    def __init__(self, ends, dice, start, frames):
        self.ends, self.dice, self.time = ends, dice, start
        self.frames = frames
        self.next = [dice.randrange(1 << 32), dice.randrange(1 << 32)]

    def send(self, side, flags, length=0, back=0, later=0):
        """back: this many bytes before the next one."""
        self.time += self.dice.randrange(20, 200)
        self.frames.append(segment(
            self.ends, side, flags, self.next[side] - back,
            self.next[not side] if flags & ACK else 0, length,
            self.time + later))
        if back == 0:
            self.next[side] += length + bool(flags & (SYN | FIN))

    def open(self):
        self.send(0, SYN)
        self.send(1, SYN | ACK)
        self.send(0, ACK)

    def close(self):
        side = self.dice.randrange(2)
        self.send(side, FIN | ACK)
        self.send(1 - side, FIN | ACK)
        self.send(side, ACK)

    def reset(self):
        self.send(self.dice.randrange(2), RST | ACK)

    def rest(self, us):
        self.time += us

    def data(self, side, size, most=MSS, burst=20):
        """A window at a time, acknowledged every other segment a little
        later, in part only after more data."""
        while size > 0:
            owed = []
            for _ in range(burst):
                length = min(size, most)
                if length == 0:
                    break
                self.send(side, ACK | (PSH if length < most else 0), length)
                size -= length
                owed.append(self.next[side])
            for upto in owed[1::2] + owed[-1:]:
                self.time += self.dice.randrange(20, 100)
                self.frames.append(segment(
                    self.ends, 1 - side, ACK, self.next[1 - side], upto, 0,
                    self.time))

    def lost_upstream(self, side, length=MSS):
        """A segment that the tap never had, until it is sent again."""
        gone = self.next[side]
        self.next[side] += length
        for _ in range(4):
            self.send(side, ACK, length)
            self.frames.append(segment(
                self.ends, 1 - side, ACK, self.next[1 - side], gone, 0,
                self.time + 5))
        self.rest(30000)
        self.frames.append(segment(self.ends, side, ACK, gone,
                                   self.next[1 - side], length, self.time))
        self.rest(100)
        self.send(1 - side, ACK)


def ends_of(number):
    return (("10.2.%d.%d" % (number // 250 % 200 + 1, number % 250 + 1),
             20000 + number % 40000), ("172.20.30.8", 443))


def browse(dice, frames, number, time):
    """Requests and answers over one connection."""
    talk = Talk(ends_of(number), dice, time, frames)
    talk.open()
    for _ in range(dice.randrange(1, 6)):
        talk.data(0, dice.randrange(200, 1500))
        talk.data(1, dice.randrange(500, 60000))
        talk.rest(dice.randrange(1000, 3000000))
    talk.reset() if dice.random() < 0.1 else talk.close()


def upload(dice, frames, number, time):
    talk = Talk(ends_of(number), dice, time, frames)
    talk.open()
    talk.data(0, dice.randrange(100000, 600000), burst=60)
    talk.data(1, 120)
    talk.close()


def giants(dice, frames, number, time):
    """What a host hands to its card in one piece; numbers that wrap."""
    talk = Talk(ends_of(number), dice, time, frames)
    talk.next[1] = 0xFFFFF000
    talk.open()
    talk.data(0, 400)
    for _ in range(12):
        talk.data(1, 12 * MSS, most=4 * MSS, burst=3)
    talk.close()


def troubled(dice, frames, number, time):
    """A network that loses and delays by itself, and is idle in between."""
    talk = Talk(ends_of(number), dice, time, frames)
    talk.open()
    for _ in range(8):
        talk.data(1, dice.randrange(2000, 30000))
        talk.lost_upstream(1)
        talk.data(0, 300)
        talk.send(0, ACK, 0, back=1)  # keep-alives
        talk.send(1, ACK)
        talk.send(0, ACK, 1, back=1)
        talk.send(1, ACK)
        talk.send(1, ACK, MSS, back=MSS)  # sent again for nothing
        talk.rest(dice.randrange(10000, 20000000))
    talk.close()


def running(dice, frames, number, time):
    """It was there before, and is there after."""
    talk = Talk(ends_of(number), dice, time, frames)
    for _ in range(6):
        talk.data(0, dice.randrange(300, 4000))
        talk.data(1, dice.randrange(3000, 40000))
        talk.rest(dice.randrange(10000, 9000000))


def wide(dice, frames, number, time):
    """A window of which many segments are lost before any is acknowledged."""
    talk = Talk(ends_of(number), dice, time, frames)
    talk.open()
    talk.data(0, dice.randrange(1000000, 2000000), burst=1200)
    talk.close()


def brief(dice, frames, number, time):
    """A question and an answer, and the client is gone: nothing comes after
    what is lost but its acknowledgement."""
    talk = Talk(ends_of(number), dice, time, frames)
    talk.open()
    talk.data(0, dice.randrange(100, 700))
    talk.data(1, dice.randrange(100, MSS))
    talk.reset()


TOWN = (browse, browse, browse, upload, giants, troubled, running)


def town(kinds, connections, seed):
    dice = random.Random(seed)
    frames = []
    for number in range(connections):
        kinds[number % len(kinds)](dice, frames, number,
                                   START + dice.randrange(150000000))
    frames.sort(key=lambda frame: frame.time)
    return frames


# ---- what is truly there


def union(frames):
    """{direction: [[from, to]]} of payload, widened, disjoint."""
    spans, last = {}, {}
    for frame in frames:
        if frame.key is None or frame.length == 0:
            continue
        before = last.get(frame.key, frame.seq + (1 << 33))
        seq = before + ((frame.seq - before + (1 << 31)) % (1 << 32)
                        - (1 << 31))
        last[frame.key] = seq
        spans.setdefault(frame.key, []).append((seq, seq + frame.length))
    joined = {}
    for key, found in spans.items():
        out = joined[key] = []
        for low, high in sorted(found):
            if out and low <= out[-1][1]:
                out[-1][1] = max(out[-1][1], high)
            else:
                out.append([low, high])
    return joined


def size(joined):
    return sum(high - low for spans in joined.values() for low, high in spans)


def gone(all_frames, kept):
    """(bytes of payload in all, bytes of it that are not in kept)."""
    whole = size(union(all_frames))
    return whole, whole - size(union(kept))


# ---- files


def write(path, frames, link=1):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144,
                               link))
        for frame in frames:
            file.write(struct.pack("<IIII", frame.time // 1000000,
                                   frame.time % 1000000, len(frame.data),
                                   frame.wire) + frame.data)


class Bed:
    def __init__(self, folder):
        case = script.Case(os.path.join(run.HERE, CASE + ".in"))
        self.folder, self.count = folder, 0
        for file in os.listdir(run.MODELS):
            if not file.endswith(".jsonc"):
                shutil.copy(os.path.join(run.MODELS, file), folder)
        self.model, self.probe = os.path.join(folder, "m.json"), case.probe
        with open(self.model, "w", encoding="utf-8") as file:
            json.dump(case.changed_model(run.MODELS), file)

    def play(self, captures, link=1):
        """[(tap, frames)] to (bytes missing, share promised)."""
        sources = []
        for tap, frames in captures:
            self.count += 1
            path = os.path.join(self.folder, f"{self.count}.pcap")
            write(path, frames, link)
            sources.append((tap, path))
        code, text, errors = run.execute(self.model, self.probe, sources)
        for _, path in sources:
            os.unlink(path)
        if code not in (0, 1, 3):
            raise ValueError(f"ended with {code}: {errors.strip()[-500:]}")
        return told(text)


def told(text):
    """What the coverage lines add up to; it must be what the account says."""
    minutes, hours, share = 0, 0, None
    for line in text.splitlines():
        event = json.loads(line)
        ours = event["sekisho"]
        if event["event_type"] == "sekisho_coverage":
            missing = ours["payload"]["missing"] + ours["payload"]["unheard"]
            if ours["level"] == "tap":
                minutes += missing
            else:
                hours += missing
        if event["event_type"] == "stats":
            account = sum(tap["payload_missing"] + tap["payload_unheard"]
                          for tap in ours["taps"])
            share = [row["seen_at_least"] for row in ours["coverage"]
                     if row["boundary"] == "main"][0]
    if minutes != hours or hours < account:
        raise ValueError(f"minutes say {minutes}, hours {hours}, the account "
                         f"{account}")
    return account, share


# ---- traffics


def one_tap(kept):
    return [("lg", kept)]


def tap_each_way(kept):
    """Each direction in a file of its own, of one tap."""
    return [("lg", [f for f in kept if f.side == 0]),
            ("lg", [f for f in kept if f.side == 1])]


def one_way(kept):
    return [("lg", [f for f in kept if f.side == 1])]


# Name: who talks, how many, how it is seen.
TRAFFICS = {
    "one-tap": (TOWN, 140, one_tap),
    "a-tap-each-way": (TOWN, 140, tap_each_way),
    "answers-unseen": (TOWN, 140, one_way),
    "wide-windows": ((wide,), 12, one_tap),
    "brief": ((brief,), 4000, one_tap),
}


def beyond(frame):
    """The same on the other side of the firewall."""
    data = bytearray(frame.data)
    data[:14] = ethernet(frame.side, True)
    data[22] -= 1
    return Frame(frame.time + 40, bytes(data), frame.wire, frame.key,
                 frame.seq, frame.length, frame.side)


def thin(frames, rate, seed):
    dice = random.Random(seed * 7919 + int(rate * 100000))
    return [frame for frame in frames if dice.random() >= rate]


class Table:
    def __init__(self):
        self.passed = True
        print(f"{'traffic':22} {'seed':>4} {'loss':>6} {'payload':>10} "
              f"{'truly lost':>10} {'estimate':>10} {'error':>7} "
              f"{'at least':>9} {'truth':>8}")

    def add(self, name, seed, rate, whole, lost, estimate, share):
        """share None: of several captures, which say it each."""
        faults = []
        true = (whole - lost) / whole
        error = abs(estimate - lost) / lost if lost else float(estimate > 0)
        if (lost == 0 and estimate != 0) or error > ERROR_MOST:
            faults.append("the estimate is wrong")
        if share is not None and share > true:
            faults.append("the statement promises too much")
        if share is None and lost == 0:
            share = 1.0
        print(f"{name:22} {seed:4} {100 * rate:5.1f}% {whole:10} {lost:10} "
              f"{estimate:10} {100 * error:6.2f}% "
              f"{'' if share is None else format(100 * share, '8.2f') + '%':>9}"
              f" {100 * true:7.3f}%" + "".join(
                  f"  <- {fault}" for fault in faults), flush=True)
        self.passed = self.passed and not faults


def try_made(bed, table, name):
    kinds, connections, seen = TRAFFICS[name]
    for seed in SEEDS:
        frames = town(kinds, connections, seed)
        for rate in RATES:
            kept = thin(frames, rate, seed)
            captures = seen(kept)
            shown = [frame for _, part in captures for frame in part]
            whole, lost = gone(frames, shown)
            estimate, share = bed.play(captures)
            table.add(name, seed, rate, whole, lost, estimate, share)


def try_firewall(bed, table):
    """Seen on both sides, and lost on each for itself: what both lost."""
    for seed in SEEDS:
        frames = town(TOWN, 70, seed)
        for rate in (0.0, 0.1, 0.3):
            near = thin(frames, rate, seed)
            far = [beyond(f) for f in thin(frames, rate, seed + 100)]
            whole, lost = gone(frames, near + far)
            estimate, share = bed.play([("lg", near), ("lgwan", far)])
            table.add("both-sides", seed, rate, whole, lost, estimate, share)


# ---- real captures


def parse(data):
    """(key, seq, length) of a TCP segment in Ethernet, or None."""
    at = 12
    while data[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    kind, at = data[at:at + 2], at + 2
    if kind == b"\x08\x00" and len(data) >= at + 20:
        head = (data[at] & 15) * 4
        total = int.from_bytes(data[at + 2:at + 4], "big")
        fragment = int.from_bytes(data[at + 6:at + 8], "big") & 0x3FFF
        protocol, ends = data[at + 9], (data[at + 12:at + 16],
                                        data[at + 16:at + 20])
    elif kind == b"\x86\xdd" and len(data) >= at + 40:
        head, fragment = 40, 0
        total = int.from_bytes(data[at + 4:at + 6], "big") + 40
        protocol, ends = data[at + 6], (data[at + 8:at + 24],
                                        data[at + 24:at + 40])
    else:
        return None
    tcp = at + head
    if protocol != 6 or fragment or len(data) < tcp + 20 or total == 0:
        return None
    ports = data[tcp:tcp + 2], data[tcp + 2:tcp + 4]
    length = total - head - (data[tcp + 12] >> 4) * 4
    flags = data[tcp + 13]
    seq = int.from_bytes(data[tcp + 4:tcp + 8], "big") + bool(flags & SYN)
    if flags & RST:
        length = 0
    return (ends[0] + ports[0], ends[1] + ports[1]), seq, max(length, 0)


def read_real(path):
    """The frames of an Ethernet capture, or None."""
    from scapy.utils import RawPcapReader
    frames, time = [], START
    reader = RawPcapReader(path)
    try:
        for data, meta in reader:
            link = getattr(meta, "linktype", getattr(reader, "linktype", 1))
            if link != 1:
                return None
            time += 500
            wire = getattr(meta, "wirelen", None) or len(data)
            found = parse(data)
            frames.append(Frame(time, data, wire, *(found or ())))
    finally:
        reader.close()
    return frames


def try_real(bed, table):
    """Those that are whole (nothing is missing by what they say themselves)
    and hold some payload; the loss of all of them together is one row."""
    whole_ones = []
    names = sorted(os.listdir(CAPTURES))
    for name in names:
        if not name.endswith((".pcap", ".pcapng")):
            continue
        frames = read_real(os.path.join(CAPTURES, name))
        if not frames or size(union(frames)) < 20000:
            continue
        estimate, _ = bed.play([("lg", frames)])
        if estimate:
            print(f"# {name}: {estimate} bytes are missing in it as it is")
        else:
            whole_ones.append(frames)
    print(f"# {len(whole_ones)} real captures")
    for rate in RATES:
        for seed in SEEDS if rate else SEEDS[:1]:
            sums = [0, 0, 0]
            for number, frames in enumerate(whole_ones):
                kept = thin(frames, rate, seed * 1000 + number)
                whole, lost = gone(frames, kept)
                estimate, share = bed.play([("lg", kept)])
                sums = [a + b for a, b in zip(sums, (whole, lost, estimate))]
            table.add("real", seed, rate, *sums, None)


def main():
    if not os.path.exists(run.program()):
        print("skip loss: sekisho-probe is not built")
        return 0
    wanted = sys.argv[1:]
    folder = tempfile.mkdtemp(prefix="sekisho-loss-")
    table = Table()
    try:
        bed = Bed(folder)
        for name in TRAFFICS:
            if not wanted or name in wanted:
                try_made(bed, table, name)
        if not wanted or "both-sides" in wanted:
            try_firewall(bed, table)
        if not wanted or "real" in wanted:
            if os.path.isdir(CAPTURES):
                try_real(bed, table)
            else:
                print("skip real: there are no captures beside the tree")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("ok loss" if table.passed else "not ok loss")
    return 0 if table.passed else 1


if __name__ == "__main__":
    sys.exit(main())
