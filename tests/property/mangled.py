#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a span port does to traffic may hide a violation behind "unjudged",
never behind "conform": over every golden case, with frames lost, cut, doubled,
without their openings, and with one side of each router alone.

  mangled.py [NAME...]    the cases to try (all)
"""

import concurrent.futures
import os
import random
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "golden"))
sys.path.insert(0, HERE)
import normalise  # noqa: E402
import run  # noqa: E402
import verdicts  # noqa: E402

FINE = ("conform", "out-of-scope", "excepted")
ROUTER = b"\x02\x00\x00\x00"  # how the MACs of routers begin in the cases


def ip_offset(frame):
    return 18 if frame[12:14] == b"\x81\x00" else 14


def opens(frame):
    """A TCP segment with SYN."""
    at = ip_offset(frame)
    return (len(frame) > at + 33 and frame[at] >> 4 == 4
            and frame[at + 9] == 6 and bool(frame[at + 33] & 2))


def lost(packets):
    """One in ten, always the same."""
    dice = random.Random(7)
    return [packet for packet in packets if dice.random() > 0.1]


def cut(packets):
    return [packet[:3] + (packet[3][:96],) for packet in packets]


def doubled(packets):
    return [packet for packet in packets for _ in range(2)]


def without_openings(packets):
    return [packet for packet in packets if not opens(packet[3])]


def from_routers(packets):
    return [packet for packet in packets if packet[3][6:10] == ROUTER]


def from_hosts(packets):
    return [packet for packet in packets if packet[3][6:10] != ROUTER]


KINDS = (lost, cut, doubled, without_openings, from_routers, from_hosts)


def verdicts_of(case, sources):
    """{conversation: [(verdict, line)]}, or why there are none."""
    code, text, errors = run.execute(case.model_path, case.case.probe,
                                     sources)
    if code not in (0, 1, 3):
        return f"ended with {code}: {errors.strip()[-500:]}"
    found = {}
    for event in normalise.Events(text).flows:
        ends = frozenset(((event["src_ip"], event.get("src_port")),
                          (event["dest_ip"], event.get("dest_port"))))
        found.setdefault((event["proto"], ends), []).append(
            (event["sekisho"]["verdict"], normalise.flow_line(event)))
    return found


def mangled(case, kind):
    """The captures of a case after what happened to them; the first frame
    of each stays, so that the same taps are watched."""
    sources = []
    for tap, file in case.sources():
        packets = verdicts.read_packets(file)
        path = f"{file}.{kind.__name__}"
        verdicts.write_packets(path, packets[:1] + kind(packets[1:]))
        sources.append((tap, path))
    return verdicts_of(case, sources)


def faults_of(name, before, after):
    if isinstance(after, str):
        return [f"{name}: {after}"]
    faults = []
    for key, old in before.items():
        if any(verdict in FINE for verdict, _ in old):
            continue
        if not any(verdict == "violate" for verdict, _ in old):
            continue
        faults += [f"{name}: {line}" for verdict, line in after.get(key, [])
                   if verdict in FINE]
    return faults


def main():
    if not os.path.exists(run.program()):
        print("skip mangled: sekisho-probe is not built")
        return 0
    folder = tempfile.mkdtemp(prefix="sekisho-mangled-")
    passed = True
    try:
        cases = [run.Prepared(name, os.path.join(folder, name))
                 for name in sys.argv[1:] or run.case_names()]
        cases = [case for case in cases if not case.case.damaged]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            before = list(pool.map(
                lambda case: verdicts_of(case, case.sources()), cases))
            for kind in KINDS:
                faults = []
                for case, old, new in zip(cases, before, pool.map(
                        lambda case, kind=kind: mangled(case, kind), cases)):
                    faults += ([f"{case.name}: {old}"] if isinstance(old, str)
                               else faults_of(case.name, old, new))
                name = kind.__name__.replace("_", "-")
                for fault in faults[:40]:
                    print("  " + fault)
                print(f"{'not ok' if faults else 'ok'} never-conforms-{name}",
                      flush=True)
                passed = passed and not faults
    finally:
        shutil.rmtree(folder)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
