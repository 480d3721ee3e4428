#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a capture out of another, as a mirror that is set up wrongly would
have shown it.

usage: tap-check.py HOW IN OUT
  whole       as it is                  one-way     one direction of each talk
  drop=VLAN   without that VLAN         only=VLAN   that VLAN, its tags gone
  native=VLAN that VLAN without tags    tag=A:B     VLAN A as B
  doubled     every frame twice         cut=BYTES   a short snap length
  giants      some frames glued         few=N       the first N frames
  router=A:B  a MAC instead of another  damaged     broken off
  empty       no frame at all           lossy       some data is missing
  switch=A:B  all hosts behind an L3 switch of MAC B, one hop further from the
              router of MAC A
usage: tap-check.py send IN INTERFACE: sends the frames of a capture
"""

import socket
import struct
import sys
import time

HEAD = 24


def frames(path):
    """(seconds, microseconds, bytes, length on the wire)"""
    with open(path, "rb") as file:
        data = file.read()
    at = HEAD
    while at < len(data):
        second, micro, captured, wire = struct.unpack_from("<IIII", data, at)
        at += 16
        yield second, micro, data[at:at + captured], wire
        at += captured


def vlan_of(frame):
    if frame[12:14] != b"\x81\x00":
        return 0
    return struct.unpack_from(">H", frame, 14)[0] & 0xfff


def untagged(frame):
    return frame[:12] + frame[16:]


def ends(frame):
    """((address, port), (address, port), payload bytes) of TCP and UDP over
    IPv4, or None."""
    at = 18 if vlan_of(frame) else 14
    if frame[at - 2:at] != b"\x08\x00" or frame[at + 9] not in (6, 17):
        return None
    size = (frame[at] & 15) * 4
    ports = at + size
    total = struct.unpack_from(">H", frame, at + 2)[0]
    header = (frame[ports + 12] >> 4) * 4 if frame[at + 9] == 6 else 8
    return ((frame[at + 12:at + 16], frame[ports:ports + 2]),
            (frame[at + 16:at + 20], frame[ports + 2:ports + 4]),
            total - size - header)


def mac(text):
    return bytes.fromhex(text.replace("-", ""))


def routed(frame):
    """With one hop less left."""
    at = 18 if vlan_of(frame) else 14
    if frame[at - 2:at] != b"\x08\x00":
        return frame
    head = bytearray(frame[at:at + (frame[at] & 15) * 4])
    head[8] -= 1
    head[10:12] = b"\0\0"
    total = sum(struct.unpack(f">{len(head) // 2}H", head))
    total = (total >> 16) + (total & 0xffff)
    total += total >> 16
    head[10:12] = struct.pack(">H", ~total & 0xffff)
    return frame[:at] + bytes(head) + frame[at + len(head):]


def behind(frame, router, switch):
    """Between the router and an L3 switch; what hosts say to each other and
    their ARP does not get there."""
    target, source = frame[:6], frame[6:12]
    if source == router and not target[0] & 1:
        return switch + frame[6:]
    if target == router and frame[12:14] != b"\x08\x06":
        return routed(target + switch + frame[12:])
    return frame if source == router else None


def change(how, value, number, item):
    """The frames that come instead of one."""
    second, micro, frame, wire = item
    vlan = vlan_of(frame)
    if how == "one-way":
        pair = ends(frame)
        return [item] if not pair or pair[0] < pair[1] else []
    if how == "lossy":
        pair = ends(frame)
        return [] if pair and pair[2] > 0 and number % 7 == 0 else [item]
    if how == "drop":
        return [] if vlan == int(value) else [item]
    if how in ("only", "native"):
        if vlan == int(value):
            return [(second, micro, untagged(frame), wire - 4)]
        return [item] if how == "native" else []
    if how == "tag":
        old, new = (int(part) for part in value.split(":"))
        if vlan == old:
            frame = frame[:14] + struct.pack(">H", new) + frame[16:]
        return [(second, micro, frame, wire)]
    if how == "doubled":
        return [item, (second, micro, frame, wire)]
    if how == "cut":
        return [(second, micro, frame[:int(value)], wire)]
    if how == "giants" and number % 50 == 0:
        return [(second, micro, frame + bytes(3000), wire + 3000)]
    if how == "router":
        old, new = (mac(part) for part in value.split(":"))
        head = frame[:12].replace(old, new)
        return [(second, micro, head + frame[12:], wire)]
    if how == "switch":
        frame = behind(frame, *(mac(part) for part in value.split(":")))
        return [(second, micro, frame, wire)] if frame else []
    if how == "few":
        return [item] if number < int(value) else []
    return [] if how == "empty" else [item]


def make(how, source, target):
    how, _, value = how.partition("=")
    with open(source, "rb") as file:
        head = file.read(HEAD)
    with open(target, "wb") as file:
        file.write(head)
        for number, item in enumerate(frames(source)):
            for second, micro, frame, wire in change(how, value, number,
                                                     item):
                file.write(struct.pack("<IIII", second, micro, len(frame),
                                       wire) + frame)
        if how == "damaged":
            file.truncate(file.tell() - 5)


def send(source, interface):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
        out.bind((interface, 0))
        for _, _, frame, _ in frames(source):
            out.send(frame)
            time.sleep(0.0005)


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(*sys.argv[2:])
    else:
        make(*sys.argv[1:])
