#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the live probe share: a model, a sender of frames, and a
reader of events that adds up where every frame and conversation went.

  live_bed.py model FILE [TAP=INTERFACE ...]   a model with those taps
  live_bed.py send INTERFACE COUNT RATE [FIRST [TEXT [PORT]]]
      that many frames, each a conversation of its own, to PORT (514, which
      the model permits); RATE 0: as fast as may be. Prints how many were
      sent.
  live_bed.py replay INTERFACE FOLDER ...   sends what the captures in there
      hold; prints how many frames were sent
  live_bed.py check DIR SENT        one line of accounts; fails with sentences
      SENT "-": the interface's own counter stands for it, and conversations
      have more than one frame; memory and restarts are printed too
  live_bed.py events DIR TYPE       the lines of that type, as JSON
"""

import collections
import glob
import json
import socket
import struct
import sys
import time


def write_model(path, taps):
    places = dict(t.split("=") for t in taps) or {"main-lg": "mon0"}
    zones = [("core", "mynumber", "10.1.0.0/16"), ("lg", "lgwan",
             "10.2.0.0/16"), ("office", "internet", "10.3.0.0/16")]
    boundary = {"main": [], "branch": []}
    for tap, interface in places.items():
        where = tap.split("-")[0]
        boundary[where].append({
            "id": tap, "probe": "probe1", "interface": interface,
            "segment": tap.split("-")[1]})
    model = {
        "format": "sekisho-topology/1", "stage": "in-force",
        "organisation": {"name": "試験町", "code": "999998"},
        "guideline": {"file": "mic-2025-03.json", "model": "alpha"},
        "zones": [{"id": i, "tier": t, "networks": [n]}
                  for i, t, n in zones],
        "probes": [{"id": "probe1", "management": {
            "zone": "office", "address": "10.3.250.11"}}],
        "boundaries": [{"id": b, "zones": ["core", "lg", "office"],
                        "taps": t} for b, t in boundary.items() if t],
        "conduits": [{
            "id": "log", "from": {"zone": "lg"}, "to": {"zone": "office"},
            "services": [{"protocol": "udp", "ports": [514]}],
            "approved": {"by": ["CISO"], "applicant": "課長", "number": "1",
                         "on": "2026-04-01"}}],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(model, file, ensure_ascii=False, indent=1)


def frame(number, text, service):
    """The conversation of that number: 10.2.x.y, port z to 10.3.0.5."""
    host, port = divmod(number, 50000)
    payload = text.encode() or b"sekisho test frame"
    udp = struct.pack(">HHHH", 1024 + port, service, 8 + len(payload), 0)
    source = bytes((10, 2, host // 250 % 250, host % 250 + 1))
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(payload),
                     number & 0xffff, 0, 63, 17, 0, source,
                     bytes((10, 3, 0, 5)))
    return (bytes.fromhex("020000000002020000000001") + b"\x08\x00" + ip +
            udp + payload)


def send(interface, count, rate, first=0, text="", service=514):
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind((interface, 0))
    begun, sent = time.monotonic(), 0
    for number in range(first, first + count):
        if rate:
            ahead = begun + (number - first) / rate - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
        try:
            out.send(frame(number, text, service))
            sent += 1
        except OSError:  # the link is down, or there is no room
            pass
    print(sent)


RAW_LINKS = (12, 14, 101, 228, 229)  # IP without a link layer


def frames_of(path):
    """The frames of a capture file, as far as it can be read: Ethernet as it
    is, bare IP behind an Ethernet header."""
    from scapy.utils import RawPcapReader  # pylint: disable=C0415
    try:
        reader = RawPcapReader(path)
        for data, about in reader:
            data, link = bytes(data), getattr(about, "linktype", None)
            if link is None:
                link = getattr(reader, "linktype", 1)
            if link == 1:
                yield data
            elif link in RAW_LINKS and data:
                kind = b"\x86\xdd" if data[0] >> 4 == 6 else b"\x08\x00"
                yield bytes.fromhex("020000000001020000000002") + kind + data
    except Exception:  # pylint: disable=W0718 # damaged: that is their point
        return


def replay(interface, folders):
    """Sends what captures hold, at most 20,000 frames a second; prints how
    many went out."""
    sent = 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
        out.bind((interface, 0))
        for folder in folders:
            for path in sorted(glob.glob(folder + "/*.pcap*")):
                for data in frames_of(path):
                    try:
                        out.send(data)
                        sent += 1
                    except OSError:  # too short or too long for a frame
                        pass
                    if sent % 200 == 0:
                        time.sleep(0.01)
    print(sent)


def lines(folder):
    for path in sorted(glob.glob(folder + "/eve-*.json")) + [
            folder + "/eve.json"]:
        with open(path, encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)


class Account:
    """What the events say became of frames and conversations."""

    def __init__(self, folder):
        self.flows, self.gaps = collections.Counter(), collections.Counter()
        self.memory = collections.defaultdict(list)
        self.restarts = collections.Counter()
        self.health = self.stats = None
        for event in lines(folder):
            self.take(event["event_type"], event)

    def take(self, kind, event):
        own = event["sekisho"]
        if kind == "flow":
            self.flows[event["flow_id"]] += 1
        elif kind == "sekisho_gap":
            self.gaps[own["kind"]] += 1
            for name in ("held", "unseen", "records", "conversations"):
                self.gaps[own["kind"] + " " + name] += own.get(name) or 0
        elif kind == "sekisho_health":
            self.health = own
            for process in own["processes"]:
                self.memory[process["name"]].append(process["memory_kb"])
                self.restarts[process["name"]] = process["restarts"]
        elif kind == "stats":
            self.stats = own

    def total(self, name):
        return sum(tap[name] for tap in self.health["taps"])

    def lost(self):
        """Conversations without a last line that were counted."""
        # What an engine had in hand when it died: a frame, a conversation.
        return sum(self.gaps[k + " conversations"] for k in (
            "backlog", "recorder", "store")) + self.stats["account"][
                "reasons"].get("engine-restarted", 0) + self.stats[
                    "counters"].get("conversations-lost", 0)

    def faults(self, sent):
        if not self.health or self.health["event"] != "stop":
            yield "the last health record is not that of the end"
            return
        for tap in self.health["taps"]:
            parts = (tap["taken"] + tap["ring_drops"] + tap["held"] +
                     tap["unseen"])
            if tap["received"] != parts:
                yield (f"{tap['tap']}: received {tap['received']}, "
                       f"accounted {parts}")
        if sent is not None and self.total("received") != sent:
            yield f"sent {sent}, received {self.total('received')}"
        for name in ("held", "unseen"):
            told = self.gaps["engine " + name]
            if self.total(name) != told:
                yield f"{name} {self.total(name)}, in gap records {told}"
        if self.stats["account"]["read"] != self.total("taken"):
            yield (f"taken {self.total('taken')}, read "
                   f"{self.stats['account']['read']}")
        twice = [i for i, n in self.flows.items() if n > 1]
        if twice:
            yield f"{len(twice)} conversations ended twice"
        if sent is not None and (len(self.flows) + self.lost() <
                                 self.total("taken")):
            yield (f"taken {self.total('taken')}, last lines "
                   f"{len(self.flows)}, counted as lost {self.lost()}")

    def show(self, sent):
        print(", ".join([f"sent {sent}"] if sent is not None else [] + [
            f"received {self.total('received')}"]) + "".join(
                f", {name} {self.total(name)}" for name in (
                    "taken", "ring_drops", "held", "unseen")) +
            f", conversations {len(self.flows)}, lost and told "
            f"{self.lost()}")
        if sent is not None:
            return
        for name, sizes in self.memory.items():
            # The first ones are of a process that has seen nothing yet.
            print(f"{name}: {self.restarts[name]} restarts, memory "
                  f"{sizes[0]} kB at first, {sizes[len(sizes) // 2]} kB "
                  f"half-way, {sizes[-1]} kB at last, {max(sizes)} kB at "
                  f"most")
        print("gaps: " + ", ".join(f"{k} {v}" for k, v in sorted(
            self.gaps.items()) if v))


def check(folder, sent):
    """Every frame that came is taken, held, dropped or unseen, and every
    conversation has one last line or is counted as lost."""
    account = Account(folder)
    faults = list(account.faults(sent))
    if account.health:
        account.show(sent)
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


def main():
    what, rest = sys.argv[1], sys.argv[2:]
    if what == "model":
        write_model(rest[0], rest[1:])
    elif what == "send":
        send(rest[0], int(rest[1]), float(rest[2]),
             int(rest[3]) if len(rest) > 3 else 0,
             rest[4] if len(rest) > 4 else "",
             int(rest[5]) if len(rest) > 5 else 514)
    elif what == "replay":
        replay(rest[0], rest[1:])
    elif what == "check":
        check(rest[0], None if rest[1] == "-" else int(rest[1]))
    elif what == "events":
        for event in lines(rest[0]):
            if event["event_type"] == rest[1]:
                print(json.dumps(event, ensure_ascii=False))


if __name__ == "__main__":
    main()
