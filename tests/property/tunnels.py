#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same leak, whatever it travels in, gives the same alert.

A mirror's own way to the probe (RSPAN, ERSPAN, GRE or VXLAN to the tap's
address) and what has no addresses (QinQ, MPLS, PPPoE) change no line of what
the probe says. A tunnel between two hosts adds its own conversation and one
LNK-6; what is inside is alerted of as if it had been seen plain. What would
conform outside does not in a tunnel that nobody declared, and does in one that
the model declares.

  tunnels.py [NAME...]    the forms to try (all)
"""

import json
import os
import shutil
import struct
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "golden"))
sys.path.insert(0, HERE)
import normalise  # noqa: E402
import run  # noqa: E402

ENDS = "10.2.77.1", "10.2.77.2"     # two hosts of one zone, on tap "lg"
MIRROR = "10.2.250.9"               # where the mirror sends to
LEAK, LEAK6, FINE = "tier-deny-data", "tier-deny-ipv6", "server-name"


def scapy():
    """The layers, loaded only here: they take a second."""
    import logging
    logging.getLogger("scapy.runtime").setLevel(logging.ERROR)
    from scapy.contrib import geneve, gtp, mpls
    from scapy.layers import inet, inet6, l2, ppp, vxlan
    return inet, inet6, l2, vxlan, geneve, gtp, mpls, ppp


def ip_of(frame):
    """The packet in a frame of the cases, without padding."""
    at = 18 if frame[12:14] == b"\x81\x00" else 14
    body = frame[at:]
    if body[0] >> 4 == 4:
        return body[:struct.unpack(">H", body[2:4])[0]]
    return body[:40 + struct.unpack(">H", body[4:6])[0]]


def untagged(frame):
    """(VLAN, the frame without its tag)"""
    if frame[12:14] != b"\x81\x00":
        return 0, frame
    vlan = struct.unpack(">H", frame[14:16])[0]
    return vlan, frame[:12] + frame[16:]


class Forms:
    """Each method puts one frame into a form; its name names it."""

    def __init__(self):
        (self.inet, self.inet6, self.l2, self.vxlan_, self.geneve_, self.gtp_,
         self.mpls_, self.ppp_) = scapy()
        self.number = 0

    def _outer(self, to=None, back=False):
        self.number += 1
        ends = ENDS[::-1] if back else ENDS
        ip = self.inet.IP(src=ends[0], dst=to or ends[1],
                          id=self.number & 0xFFFF)
        return self.l2.Ether(src="02:00:00:00:07:01",
                             dst="02:00:00:00:07:02") / ip

    def _gre(self, frame, proto, to=None, **fields):
        return self._outer(to) / self.l2.GRE(proto=proto, **fields)

    # ---- tunnels between two hosts

    def gre(self, frame):
        return self._gre(frame, 0x0800) / ip_of(frame)

    def gre_key(self, frame):
        return self._gre(frame, 0x6558, key_present=1, key=7,
                         seqnum_present=1, sequence_number=1,
                         chksum_present=1) / frame

    def gre_mpls(self, frame):
        return (self._gre(frame, 0x8847) /
                self.mpls_.MPLS(label=77, s=1, ttl=64) / ip_of(frame))

    def ipip(self, frame):
        outer = self._outer()
        outer[self.inet.IP].proto = 4
        return outer / ip_of(frame)

    def udp(self, port, to=None):
        return self._outer(to) / self.inet.UDP(sport=40000 + port % 100,
                                               dport=port, chksum=0)

    def vxlan(self, frame):
        return self.udp(4789) / self.vxlan_.VXLAN(vni=42) / frame

    def geneve(self, frame):
        return (self.udp(6081) / self.geneve_.GENEVE(vni=42, proto=0x6558)
                / frame)

    def gtp(self, frame):
        return (self.udp(2152) / self.gtp_.GTP_U_Header(teid=9, gtp_type=255)
                / ip_of(frame))

    def erspan1(self, frame, to=None):
        return self._gre(frame, 0x88BE, to) / frame

    def _erspan(self, frame, proto, version, to):
        vlan, inner = untagged(frame)
        head = struct.pack(">HHI", version << 12 | vlan, 0x1800 | 5, 0)
        if version == 2:
            head = head[:4] + struct.pack(">IHH", 1, 0, 0)
        return self._gre(frame, proto, to, seqnum_present=1,
                         sequence_number=self.number) / head / inner

    def erspan2(self, frame, to=None):
        return self._erspan(frame, 0x88BE, 1, to)

    def erspan3(self, frame, to=None):
        return self._erspan(frame, 0x22EB, 2, to)

    def six_in_four(self, frame):
        outer = self._outer()
        outer[self.inet.IP].proto = 41
        return outer / ip_of(frame)

    def teredo(self, frame):
        return self.udp(3544) / ip_of(frame)

    def vxlan_in_gre(self, frame):
        inner = bytes(self.vxlan(frame))
        return self._gre(frame, 0x6558) / inner

    # ---- a mirror's way

    def erspan1_mirror(self, frame):
        return self.erspan1(frame, MIRROR)

    def erspan2_mirror(self, frame):
        return self.erspan2(frame, MIRROR)

    def erspan3_mirror(self, frame):
        return self.erspan3(frame, MIRROR)

    def gre_mirror(self, frame):
        return self._gre(frame, 0x6558, MIRROR) / frame

    def vxlan_mirror(self, frame):
        return self.udp(4789, MIRROR) / self.vxlan_.VXLAN(vni=1) / frame

    def fragments_mirror(self, frame):
        whole = self.erspan2(frame, MIRROR)
        return self.inet.fragment(whole, 64)

    def rspan(self, frame):
        return frame[:12] + struct.pack(">HH", 0x8100, 999) + frame[12:]

    def qinq(self, frame):
        return frame[:12] + struct.pack(">HH", 0x88A8, 77) + frame[12:]

    # ---- without addresses of their own

    def _below_tags(self, frame, kind, head):
        at = 16 if frame[12:14] == b"\x81\x00" else 12
        return frame[:at] + struct.pack(">H", kind) + head + ip_of(frame)

    def mpls(self, frame):
        labels = self.mpls_.MPLS(label=16, s=0) / self.mpls_.MPLS(label=17,
                                                                  s=1)
        return self._below_tags(frame, 0x8847, bytes(labels))

    def pppoe(self, frame):
        head = struct.pack(">BBHHH", 0x11, 0, 1, len(ip_of(frame)) + 2,
                           0x57 if ip_of(frame)[0] >> 4 == 6 else 0x21)
        return self._below_tags(frame, 0x8864, head)


TUNNELS = ("gre", "gre_key", "gre_mpls", "ipip", "vxlan", "geneve", "gtp",
           "erspan1", "erspan2", "erspan3", "vxlan_in_gre")
TUNNELS6 = ("six_in_four", "teredo", "gre_key", "vxlan")
SAME = ("erspan1_mirror", "erspan2_mirror", "erspan3_mirror", "gre_mirror",
        "vxlan_mirror", "fragments_mirror", "rspan", "qinq", "mpls", "pppoe")


def is_arp(frame):
    return b"\x08\x06" in (frame[12:14], frame[16:18])


class Bed:
    """A case, its captures and model, to be run in another form."""

    def __init__(self, name, folder):
        self.case = run.Prepared(name, folder)
        self.frames = self.case.captures.frames
        self.folder = folder

    def run(self, name, captures, change=None):
        model = json.loads(json.dumps(self.case.model))
        if change:
            change(model)
        path = os.path.join(self.folder, name + ".json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(model, file, ensure_ascii=False)
        self.case.captures.frames = captures
        sources = []
        for tap in self.case.taps:
            file = os.path.join(self.folder, f"{name}-{tap}.pcap")
            self.case.captures.write(tap, file)
            sources.append((tap, file))
        count = sum(len(captures.get(tap, [])) for tap in self.case.taps)
        code, text, errors = run.execute(path, self.case.case.probe, sources)
        if code not in (0, 1, 3):
            raise RuntimeError(f"ended with {code}: {errors[-500:]}")
        events = normalise.Events(text)
        faults = run.check_account(events, count) + run.check_ids(events)
        lines = normalise.lines(events, code)
        return lines, faults

    def plain(self):
        return self.run("plain", self.frames)

    def same(self, form, change):
        """Every frame but ARP in that form, on its own tap."""
        captures = {}
        for tap, frames in self.frames.items():
            captures[tap] = []
            for time, frame, _ in frames:
                made = frame if is_arp(frame) else form(frame)
                for one in made if isinstance(made, list) else [made]:
                    one = bytes(one)
                    captures[tap].append((time, one, len(one)))
        return self.run(form.__name__, captures, change)

    def tunnelled(self, form, name, change=None):
        """Every frame of IP in that form, seen on the tap "lg"; the taps see
        their ARP, so that they are watched as before."""
        captures = {tap: [f for f in frames if is_arp(f[1])]
                    for tap, frames in self.frames.items()}
        inside = sorted(f for frames in self.frames.values() for f in frames
                        if not is_arp(f[1]))
        captures.setdefault("lg", [])
        for time, frame, _ in inside:
            one = bytes(form(frame))
            captures["lg"].append((time, one, len(one)))
        return self.run(name, captures, change)


def mirrored(model):
    for tap in model["boundaries"][0]["taps"]:
        tap["mirror"] = {"vlan": 999, "destinations": [MIRROR]}


def declared(protocol):
    def change(model):
        model["tunnels"] = [{"id": "t", "name": "t", "protocol": protocol,
                             "from": {"hosts": [ENDS[0]]},
                             "to": {"hosts": [ENDS[1]]}}]
    return change


def essence(lines, name):
    """What is said of conversations, their alerts and notices; a second tag
    that nobody declared is worth a notice of its own."""
    kinds = ("flow", "alert") if name == "qinq" else ("flow", "alert",
                                                      "notice")
    return [line for line in lines if line.split()[0] in kinds]


def alerts(lines):
    """Without whether it passed a tap that stands beside its way."""
    return sorted(line.split(" passed=")[0] for line in lines
                  if line.startswith("alert "))


def report(name, faults, lines):
    for fault in faults:
        print("  " + fault)
    if faults:
        for line in lines:
            print("  | " + line)
    print(f"{'not ok' if faults else 'ok'} {name}", flush=True)
    return not faults


def try_same(bed, forms, names):
    passed = True
    before, faults = bed.plain()
    for name in names:
        lines, more = bed.same(getattr(forms, name), mirrored)
        faults = faults + more
        if essence(lines, name) != essence(before, name):
            faults.append("not the same as plain")
        passed = report("same-" + name.replace("_", "-"), faults,
                        lines) and passed
        faults = []
    return passed


def try_tunnels(bed, forms, names, tag):
    passed = True
    before, faults = bed.plain()
    for name in names:
        lines, more = bed.tunnelled(getattr(forms, name), name)
        faults = faults + more
        if alerts(lines) != alerts(before):
            faults.append("not the alerts of plain: " + "; ".join(
                alerts(before)))
        said = [line for line in lines if line.startswith("notice LNK-6")]
        if len(said) != (2 if name == "vxlan_in_gre" else 1):
            faults.append(f"LNK-6 was told {len(said)} times")
        if any(" conform" in line for line in lines):
            faults.append("something conforms")
        passed = report(f"alerts-in-{name}{tag}".replace("_", "-"), faults,
                        lines) and passed
        faults = []
    return passed


def try_declared(bed, forms):
    """What conforms outside does inside only by declaration."""
    passed = True
    for name, protocol in (("gre", "gre"), ("vxlan", "vxlan")):
        lines, faults = bed.tunnelled(getattr(forms, name), "not-" + name)
        if any("conform" in line for line in lines):
            faults.append("conforms in a tunnel that nobody declared")
        if not any("unjudged(not-observable: path)" in line
                   for line in lines):
            faults.append("is not unjudged for its path")
        passed = report(f"undeclared-{name}-never-conforms", faults,
                        lines) and passed
        lines, faults = bed.tunnelled(getattr(forms, name), "is-" + name,
                                      declared(protocol))
        if not any("| conform" in line for line in lines):
            faults.append("does not conform in a declared tunnel")
        if any(line.startswith("notice LNK-6") for line in lines):
            faults.append("LNK-6 of a declared tunnel")
        passed = report(f"declared-{name}-conforms", faults,
                        lines) and passed
    return passed


def main():
    if not os.path.exists(run.program()):
        print("skip tunnels: sekisho-probe is not built")
        return 0
    try:
        forms = Forms()
    except ImportError as fault:
        print(f"skip tunnels: {fault}")
        return 0
    wanted = sys.argv[1:]

    def chosen(names):
        return [name for name in names if not wanted or name in wanted]

    folder = tempfile.mkdtemp(prefix="sekisho-tunnels-")
    try:
        bed = Bed(LEAK, os.path.join(folder, LEAK))
        passed = try_same(bed, forms, chosen(SAME))
        passed = try_tunnels(bed, forms, chosen(TUNNELS), "") and passed
        bed = Bed(LEAK6, os.path.join(folder, LEAK6))
        passed = try_tunnels(bed, forms, chosen(TUNNELS6), "-ipv6") and passed
        bed = Bed(FINE, os.path.join(folder, FINE))
        if not wanted:
            passed = try_declared(bed, forms) and passed
    finally:
        shutil.rmtree(folder)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
