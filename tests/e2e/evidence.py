# SPDX-License-Identifier: GPL-3.0-or-later
"""What evidence.sh plays and what it holds of the result.

  evidence.py make FOLDER           models and captures
  evidence.py every FOLDER          each alert of a conversation has its file
  evidence.py payload FOLDER        some are kept with payload, and say so
  evidence.py reason FOLDER REASON  no alert has one, for that reason
  evidence.py flood FOLDER          one check is bounded, another is not hurt
"""

import hashlib
import json
import logging
import os
import struct
import sys

logging.getLogger("scapy").setLevel(logging.ERROR)

BEGIN = 1795222800
FLOOD = 2600  # conversations, of a check that has room for 2000 files
CHECK_FILES = 2000


def model(evidence):
    zones = [("core", "mynumber", "10.1.0.0/16"),
             ("lg", "lgwan", "10.2.0.0/16"),
             ("office", "internet", "10.3.0.0/16")]
    return {
        "format": "sekisho-topology/1", "stage": "in-force",
        "organisation": {"name": "試験町", "code": "999998"},
        "guideline": {"file": "mic-2025-03.json", "model": "alpha"},
        "zones": [{"id": name, "tier": tier,
                   "networks": [networks, f"fd00:{networks.split('.')[1]}::/32"]}
                  for name, tier, networks in zones],
        "probes": [{"id": "probe1"}],
        "boundaries": [{"id": "main", "zones": [zone[0] for zone in zones],
                        "taps": [{"id": "trunk", "probe": "probe1"}]}],
        "evidence": evidence,
    }


def authority(zone):
    return {"zone": zone, "authority": {
        "by": ["CISO"], "number": "9", "on": "2026-04-01"}}


def marked():
    """Every kind of payload, each crossing from the office to the core."""
    from scapy.layers.inet import GRE, ICMP, IP, TCP, UDP
    from scapy.layers.inet6 import (
        IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, PadN)
    from scapy.layers.l2 import Ether
    from scapy.layers.vxlan import VXLAN
    from scapy.packet import Raw
    pair = IP(src="10.3.1.5", dst="10.1.0.10", ttl=63)
    back = IP(src="10.1.0.10", dst="10.3.1.5", ttl=63)
    pair6 = IPv6(src="fd00:3::5", dst="fd00:1::10")

    def raw(kind, times=3):
        return Raw(f"MARKER-{kind} ".encode() * times)

    yield pair / TCP(sport=1000, dport=80, flags="S") / raw("SYN")
    yield pair / TCP(sport=1001, dport=80, flags="S",
                     options=[("MSS", 1460), ("Timestamp", (1, 0))])
    yield back / TCP(sport=80, dport=1001, flags="SA", ack=1)
    yield pair / TCP(sport=1001, dport=80, flags="A", seq=1) / raw("TCP", 90)
    yield back / TCP(sport=80, dport=1001, flags="A", seq=1) / raw("TCP", 90)
    yield pair / UDP(sport=1002, dport=5000) / raw("UDP", 40)
    yield back / UDP(sport=5000, dport=1002) / raw("UDP", 40)
    yield pair / ICMP(type=8, id=7) / raw("ECHO")
    yield back / ICMP(type=0, id=7) / raw("ECHO")
    yield pair / UDP(sport=1003, dport=5001) / raw("QUOTED")
    yield back / ICMP(type=3, code=3) / pair / UDP(
        sport=1003, dport=5001) / raw("QUOTED")
    yield pair / GRE() / IP(src="10.3.1.6", dst="10.1.0.11") / UDP(
        sport=1004, dport=5002) / raw("GRE")
    yield pair / UDP(sport=1005, dport=4789) / VXLAN(vni=42) / Ether() / IP(
        src="10.3.1.7", dst="10.1.0.12") / TCP(
            sport=1006, dport=5003, flags="PA") / raw("VXLAN")
    whole = bytes(UDP(sport=1007, dport=5004, len=8 + 48) / raw("FRAGMENT", 9))
    yield IP(src="10.3.1.8", dst="10.1.0.13", flags="MF", proto=17, id=9) / Raw(
        whole[:24])
    yield IP(src="10.3.1.8", dst="10.1.0.13", frag=3, proto=17, id=9) / Raw(
        whole[24:56])
    yield IP(src="10.3.1.9", dst="10.1.0.13", frag=3, proto=17, id=10) / Raw(
        b"MARKER-ALONE" * 4)
    yield IP(src="10.3.1.5", dst="10.1.0.14", proto=99) / raw("UNKNOWN")
    lying = bytes(IP(src="10.3.1.5", dst="10.1.0.15") / TCP(
        sport=1008, dport=5005, flags="S") / raw("MALFORMED"))
    yield Raw(lying[:32] + b"\x10" + lying[33:])
    yield pair6 / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)]) / UDP(
        sport=1009, dport=5006) / raw("IPV6")
    yield pair6 / IPv6ExtHdrFragment(nh=17, id=3, m=1, offset=0) / UDP(
        sport=1010, dport=5007, len=100) / raw("IPV6-FRAGMENT", 2)
    yield IP(src="10.2.0.9", dst="10.1.0.16") / UDP(
        sport=1011, dport=5008) / raw("SAAS")


def frames():
    ethernet = bytes.fromhex("020000000301020000000309")
    for packet in marked():
        data = bytes(packet)
        kind = b"\x86\xdd" if data[0] >> 4 == 6 else b"\x08\x00"
        yield ethernet + kind + data


def flood():
    """One forbidden conversation after another, then one of another check."""
    def syn(source, destination, port):
        header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 63, 6, 0,
                             bytes(source), bytes(destination))
        return header + struct.pack(">HHIIHHI", 1024, port, 1, 0, 0x5002,
                                    4096, 0)

    ethernet = bytes.fromhex("0200000003010200000003090800")
    for i in range(FLOOD):
        yield ethernet + syn((10, 3, 1 + i // 250, 1 + i % 250),
                             (10, 1, 0, 10), 80)
    yield ethernet + syn((10, 3, 200, 5), (10, 99, 0, 1), 80)


def write(path, all_frames, step):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for i, frame in enumerate(all_frames):
            us = int(i * step * 1e6)
            file.write(struct.pack("<IIII", BEGIN + us // 1000000,
                                   us % 1000000, len(frame), len(frame)))
            file.write(frame)


def make(folder):
    models = {
        "model": {"default": "headers"},
        "none": {"default": "none"},
        "authorised": {"default": "headers", "payload": [
            authority("office"), authority("core")]},
    }
    for name, evidence in models.items():
        with open(f"{folder}/{name}.json", "w", encoding="utf-8") as file:
            json.dump(model(evidence), file, ensure_ascii=False)
    write(f"{folder}/marked.pcap", list(frames()), 0.05)
    write(f"{folder}/flood.pcap", list(flood()), 0.001)


def alerts(folder):
    with open(f"{folder}/eve.json", encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    found = [e for e in events if e["event_type"] == "alert" and
             not e["sekisho"]["check"].startswith("COV-")]
    assert found, "no alert"
    return found


def every(folder):
    named = set()
    for event in alerts(folder):
        evidence = event["sekisho"]["evidence"]
        if event["sekisho"]["emission"] == "closed":
            continue
        assert evidence["file"], (event["sekisho"]["check"],
                                               event.get("src_ip"), evidence)
        with open(os.path.join(folder, evidence["file"]), "rb") as file:
            data = file.read()
        assert hashlib.sha256(data).hexdigest() == evidence["sha256"]
        assert evidence["packets"] >= 1 and evidence["payload"] is False
        named.add(os.path.basename(evidence["file"]))
    there = set(os.listdir(f"{folder}/evidence"))
    assert named == there, (named ^ there)
    print(len(named), "files")


def payload(folder):
    kept = [e["sekisho"]["evidence"] for e in alerts(folder)
            if e["sekisho"]["evidence"]["file"]]
    assert any(e["payload"] for e in kept)
    assert not all(e["payload"] for e in kept)


def reason(folder, wanted):
    for event in alerts(folder):
        evidence = event["sekisho"]["evidence"]
        assert not evidence["file"], evidence
        assert evidence["reason"] in (wanted, "none"), evidence


def flooded(folder):
    found = alerts(folder)
    checks = {}
    for event in found:
        one = checks.setdefault(event["sekisho"]["check"], [0, 0])
        evidence = event["sekisho"]["evidence"]
        if event["sekisho"]["emission"] == "closed":
            continue
        one[0 if evidence["file"] else 1] += 1
        assert evidence["file"] or evidence["reason"] == "limit", evidence
    print(checks)
    assert checks["SEG-1"] == [CHECK_FILES, FLOOD - CHECK_FILES]
    others = [one for check, one in checks.items() if check != "SEG-1"]
    assert others and all(one[1] == 0 for one in others)


def main():
    name, folder, *rest = sys.argv[1:]
    {"make": make, "every": every, "payload": payload, "reason": reason,
     "flood": flooded}[name](folder, *rest)


main()
