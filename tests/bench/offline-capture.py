#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a big capture: the demonstration's morning on its busiest tap, many
times over, each time an hour later and among other hosts.

  offline-capture.py FOLDER COPIES    -> FOLDER/main-trunk.pcap
"""

import os
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DEMO = os.path.join(HERE, os.pardir, os.pardir, "scripts", "demo-capture")
TAP = "main-trunk"


def packets(path):
    with open(path, "rb") as file:
        data = file.read()
    at = 24
    while at < len(data):
        seconds, micro, size, wire = struct.unpack_from("<IIII", data, at)
        yield seconds, micro, wire, bytearray(data[at + 16:at + 16 + size])
        at += 16 + size


def moved(frame, number):
    """The same frame among other hosts: the third byte of both addresses,
    the checksum of the header kept right."""
    if frame[12:14] != b"\x81\x00" or frame[16:18] != b"\x08\x00":
        return bytes(frame)
    frame = bytearray(frame)
    for at in (18 + 14, 18 + 18):
        if frame[at - 2] == 10:  # ours alone
            frame[at] = (frame[at] + number) & 0xFF
    frame[28:30] = b"\0\0"
    total = sum(struct.unpack_from(">10H", frame, 18))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    frame[28:30] = struct.pack(">H", ~total & 0xFFFF)
    return bytes(frame)


def main():
    folder, copies = sys.argv[1], int(sys.argv[2])
    subprocess.run([sys.executable, DEMO, folder], check=True,
                   stdout=subprocess.DEVNULL)
    path = os.path.join(folder, TAP + ".pcap")
    morning = list(packets(path))
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number in range(copies):
            for seconds, micro, wire, frame in morning:
                frame = moved(frame, number)
                file.write(struct.pack("<IIII", seconds + 7200 * number, micro,
                                       len(frame), wire) + frame)
    print(copies * len(morning), os.path.getsize(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
