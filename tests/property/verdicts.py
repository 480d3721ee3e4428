#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not matter does not: over every golden case the verdicts stay
the same when the captures are named in another order, cut in two, or written
in another file format, when the ids of the model are others, and when the
model is the one that sekisho-probe -n printed.

  verdicts.py [NAME...]    the cases to try (all)
"""

import concurrent.futures
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, "golden"))
import normalise  # noqa: E402
import run  # noqa: E402


def lines_of(model_path, probe, sources, rename=lambda text: text):
    """What a run says, normalised; one line that says why not."""
    code, text, errors = run.execute(model_path, probe, sources)
    if code not in (0, 1, 3):
        return [f"ended with {code}: {errors.strip()[-500:]}"]
    return normalise.lines(normalise.Events(rename(text)), code)


def plain(case):
    return lines_of(case.model_path, case.case.probe, case.sources())


# ---- the captures


def read_packets(path):
    """[(seconds, microseconds, wire length, bytes)] of our own files."""
    with open(path, "rb") as file:
        data = file.read()
    packets, at = [], 24
    while at < len(data):
        seconds, micro, captured, wire = struct.unpack_from("<IIII", data, at)
        packets.append((seconds, micro, wire,
                        data[at + 16:at + 16 + captured]))
        at += 16 + captured
    return packets


def write_packets(path, packets, order="<", nano=False):
    with open(path, "wb") as file:
        file.write(struct.pack(order + "IHHiIII", 0xA1B23C4D if nano
                               else 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for seconds, micro, wire, data in packets:
            file.write(struct.pack(
                order + "IIII", seconds, micro * (1000 if nano else 1),
                len(data), wire) + data)


def write_pcapng(path, packets):
    """One section, one Ethernet interface, microseconds."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        size = struct.pack("<I", len(body) + 12)
        return struct.pack("<I", kind) + size + body + size

    with open(path, "wb") as file:
        file.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0,
                                                 -1)))
        file.write(block(1, struct.pack("<HHI", 1, 0, 262144)))
        for seconds, micro, wire, data in packets:
            time = seconds * 1000000 + micro
            file.write(block(6, struct.pack("<IIIII", 0, time >> 32,
                                            time & 0xFFFFFFFF, len(data),
                                            wire) + data))


def other_order(case):
    """The last capture is named first."""
    return lines_of(case.model_path, case.case.probe, case.sources()[::-1])


def cut_in_two(case):
    """Each capture is two files, cut in its middle."""
    sources = []
    for tap, file in case.sources():
        if tap in case.case.damaged:
            sources.append((tap, file))
            continue
        packets = read_packets(file)
        half = len(packets) // 2
        for number, part in enumerate((packets[:half], packets[half:])):
            if part:
                sources.append((tap, f"{file}.part{number}"))
                write_packets(sources[-1][1], part)
    return lines_of(case.model_path, case.case.probe, sources)


def other_format(case):
    """Big-endian, nanoseconds and pcapng, in turn."""
    writers = (lambda path, packets: write_packets(path, packets, ">"),
               lambda path, packets: write_packets(path, packets, "<", True),
               write_pcapng)
    sources = []
    for number, (tap, file) in enumerate(case.sources()):
        if tap in case.case.damaged:
            sources.append((tap, file))
            continue
        sources.append((tap, file + ".other"))
        writers[number % 3](sources[-1][1], read_packets(file))
    return lines_of(case.model_path, case.case.probe, sources)


# ---- the model

# Members that hold an id, or a list or map of them.
REFERENCES = {"id", "zone", "zones", "parent", "links", "link", "segment",
              "firewall", "boundaries", "taps", "tap", "owner", "division",
              "conduit", "conduits", "partner", "account", "list", "calendar", "for",
              "at", "toward", "probe"}


def other_id(name):
    return "zq" + name[::-1] if name != "firewall" else name


def maps_to_zones(value, key):
    """VLANs of a tap and interfaces of a firewall; not those of a host."""
    return key == "vlans" or key == "interfaces" and "zone" not in value


def renamed(value, key=""):
    """A copy of a part of the model with every id another."""
    if isinstance(value, dict):
        if maps_to_zones(value, key):
            return {name: renamed(item, "zones")
                    for name, item in value.items()}
        if key == "service-groups":
            return {other_id(name): item for name, item in value.items()}
        return {name: renamed(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, key) for item in value]
    if isinstance(value, str) and key in REFERENCES:
        return other_id(value)
    if isinstance(value, str) and key == "services":
        return "@" + other_id(value[1:])
    return value


def ids_of(value, key=""):
    """Every id that renamed() changes."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from ids_of(item, "zones" if maps_to_zones(value, key)
                              else name)
    elif isinstance(value, list):
        for item in value:
            yield from ids_of(item, key)
    elif isinstance(value, str) and key in REFERENCES:
        yield value


def other_ids(case):
    """Every id of the model is another word."""
    path = os.path.join(case.folder, "renamed.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(renamed(case.model), file, ensure_ascii=False)
    names = sorted(set(ids_of(case.model)), key=lambda n: -len(n))

    def back(text):
        for name in names:
            text = text.replace(other_id(name), name)
        return text

    return lines_of(path, other_id(case.case.probe),
                    [(other_id(tap), file) for tap, file in case.sources()],
                    back)


def print_model(path):
    done = subprocess.run([run.program(), "-t", path, "-n"],
                          capture_output=True, timeout=run.SECONDS,
                          check=False)
    return done.stdout, done.returncode


def printed_model(case):
    """The model that -n printed judges alike and prints itself again."""
    path = os.path.join(case.folder, "printed.json")
    printed, code = print_model(case.model_path)
    with open(path, "wb") as file:
        file.write(printed)
    again, _ = print_model(path)
    if code or again != printed:
        return [f"-n ended with {code}, or prints its own print otherwise"]
    return lines_of(path, case.case.probe, case.sources())


PROPERTIES = {
    "captures-in-another-order": other_order,
    "captures-cut-in-two": cut_in_two,
    "captures-in-another-format": other_format,
    "ids-renamed": other_ids,
    "model-as-printed": printed_model,
}


def differences(name, before, after):
    gone = [line for line in before if line not in after]
    new = [line for line in after if line not in before]
    if before == after:
        return []
    return ([f"  {name}: - {line}" for line in gone]
            + [f"  {name}: + {line}" for line in new]
            or [f"  {name}: lines differ in number"])


def main():
    if not os.path.exists(run.program()):
        print("skip properties: sekisho-probe is not built")
        return 0
    folder = tempfile.mkdtemp(prefix="sekisho-property-")
    passed = True
    try:
        cases = [run.Prepared(name, os.path.join(folder, name))
                 for name in sys.argv[1:] or run.case_names()]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            before = list(pool.map(plain, cases))
            for name, variant in PROPERTIES.items():
                faults = []
                for case, old, new in zip(cases, before,
                                          pool.map(variant, cases)):
                    faults += differences(case.name, old, new)
                print("\n".join(faults[:40] + [
                    f"{'not ok' if faults else 'ok'} {name}"]), flush=True)
                passed = passed and not faults
    finally:
        shutil.rmtree(folder)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
