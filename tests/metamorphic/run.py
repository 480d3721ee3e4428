#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same verdict however a span port mangles traffic, or "unjudged" and
why: each scenario of the lab is played and captured once, then judged from the
captures as they are and after each of the mangles of mangle.py.

  run.py [SCENARIO...]      these (all of them) under all mangles
  --mangle NAME             only this one; may be given again
  --recorded DIR            what scripts/lab record left there; else it is
                            recorded now
  --keep DIR                leave captures and events there

Held against the plain run, by conversation (its two ends and its service):

- an alert group of the plain run is there again, no graver, or every
  conversation that it was about is unjudged with a reason that the mangle
  allows, or nothing of it was left in the captures; where several checks say
  that a conversation violates, another of them may speak, if what the first
  one needs (a MAC, an application) is not there;
- no other group is there, save those that the mangle adds (LNK-6 for a tunnel
  that nobody declared);
- what violated is never conform, excepted or out of scope; what conformed is
  conform, or unjudged with an allowed reason.

Prints "ok NAME" or "not ok NAME" for each scenario under each mangle, as
tests/run-tests reads it, and what is behind a "not ok" above it.
"""

import argparse
import collections
import concurrent.futures
import ipaddress
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests", "lab"))
sys.path.insert(0, HERE)
import mangle  # noqa: E402
import places  # noqa: E402

PROGRAM = os.path.join(os.environ.get(
    "SEKISHO_BUILD", os.path.join(TOP, "build", "plain")), "sekisho-probe")
SECONDS = 60  # that a run may take
SEVERITIES = ("information", "low", "medium", "high", "critical")
NO_LAB = 4    # as scripts/lab ends where none can be built
# Of the box and its watching, not of what was watched.
BESIDE = ("COV-",)

# ends: two addresses of each tap's zone that no scenario uses; mirror: where
# mirrored frames are sent to; translated: (tap before it, inside, outside).
Town = collections.namedtuple(
    "Town", "keep ends router_macs mirror translated")


# ---- the recording


def record(names, folder):
    status = subprocess.run(
        [os.path.join(TOP, "scripts", "lab"), "record", "--lang", "en",
         "--output", folder, *names], check=False,
        stdout=sys.stderr, stderr=sys.stderr).returncode
    if status == NO_LAB:
        print("skip metamorphic: no lab can be built here")
        sys.exit(0)
    if status:
        print("not ok metamorphic-recording")
        sys.exit(1)


def mirrored_model(folder):
    """The model with a destination for mirrors at each tap; its path."""
    done = subprocess.run(
        [PROGRAM, "-n", "-t", os.path.join(folder, "model.jsonc")],
        capture_output=True, check=True, text=True)
    model = json.loads(done.stdout)
    for boundary in model["boundaries"]:
        for tap in boundary["taps"]:
            tap["mirror"] = {"destinations": [str(end_of(tap["id"], 248))]}
    path = os.path.join(folder, "mirrored.jsonc")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(model, file, ensure_ascii=False)
    return path


def end_of(tap, number):
    """An address of the tap's zone; small networks have but their last."""
    network = places.PLACES[tap].networks[0]
    return network[min(number, network.num_addresses - 2)]


class Recording:
    """What scripts/lab record left in a folder."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "played.json"),
                  encoding="utf-8") as file:
            played = json.load(file)
        self.spans = {one["name"]: (one["begun"], one["ended"])
                      for one in played["scenarios"]}
        self.first = min((b for b, _ in self.spans.values()), default=0)
        captures = os.path.join(folder, "captures")
        self.packets = {tap: mangle.read(os.path.join(captures,
                                                      tap + ".pcap"))
                        for tap in places.PLACES}
        self.model = mirrored_model(folder)

    def capture_of(self, name):
        """What was seen of one scenario, behind the frames by which each tap
        was heard first."""
        begun, ended = (t * 1000000 for t in self.spans[name])
        capture, keep = {}, {}
        for tap, packets in self.packets.items():
            before = [p for p in packets if p.time < self.first * 1000000]
            capture[tap] = before + [p for p in packets
                                     if begun <= p.time < ended]
            keep[tap] = len(before)
        return capture, Town(
            keep, {tap: (end_of(tap, 251), end_of(tap, 249))
                   for tap in places.PLACES},
            {tap: bytes.fromhex(place.router_mac.replace(":", ""))
             for tap, place in places.PLACES.items()},
            {tap: end_of(tap, 248) for tap in places.PLACES},
            [("lg", ipaddress.ip_network("10.2.0.0/16"),
              ipaddress.ip_network("172.20.0.0/14"))])


# ---- one run of the probe


class Said:
    """Flows and the last word on each alert group of a run."""

    def __init__(self, text):
        self.flows, groups = [], {}
        for line in text.splitlines():
            event = json.loads(line)
            if event["event_type"] == "flow":
                self.flows.append(event)
            elif event["event_type"] == "alert" and not event["sekisho"][
                    "check"].startswith(BESIDE):
                groups[event["sekisho"]["group"]["id"]] = event
        self.groups = {}
        for event in groups.values():
            ours = event["sekisho"]
            key = (ours["check"], event.get("src_ip"), event.get("dest_ip"),
                   event.get("dest_port"), event.get("proto"))
            grade = SEVERITIES.index(ours["severity"])
            self.groups[key] = max(grade, self.groups.get(key, 0))


def ends(event):
    return frozenset((event.get("src_ip"), event.get("dest_ip")))


def service(event):
    """Ends and service whichever way round it was taken."""
    ports = frozenset((event.get("src_port"), event.get("dest_port")))
    return ends(event), event["proto"], ports


def judge(recording, capture, folder):
    """Runs the probe on a capture; what it said, or why it did not."""
    command = [PROGRAM, "-t", recording.model, "-p", "lab", "-o", folder,
               "--lang", "en"]
    for tap, packets in capture.items():
        path = os.path.join(folder, tap + ".pcap")
        mangle.write(path, packets)
        command += ["-r", f"{tap}={path}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False,
                              timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"no end within {SECONDS} s"
    if done.returncode not in (0, 1, 3):
        return (f"ended with {done.returncode}: "
                f"{done.stderr.decode(errors='replace')[-800:]}")
    with open(os.path.join(folder, "eve.json"), encoding="utf-8") as file:
        return Said(file.read())


# ---- comparing


def reason_of(event):
    ours = event["sekisho"]
    return ours.get("reason") or ""


def checks_of(flows, both):
    """Every check that spoke of the conversations between two ends."""
    found = set()
    for event in flows:
        if ends(event) == both:
            found.add(event["sekisho"].get("check"))
            found.update(event["sekisho"].get("also") or [])
    return found


def describe(key):
    check, source, destination, port, protocol = key
    return f"{check} {source} > {destination}:{port} {protocol}"


def left_of(capture):
    """Every pair of addresses that a capture still shows."""
    pairs = set()
    for packets in capture.values():
        for p in packets:
            h = mangle.heads(p.data)
            if h:
                pairs.add(frozenset((str(h.source), str(h.destination))))
    return pairs


def faults_of(before, after, left, allowed, added):
    """What may not be, in words."""
    if isinstance(after, str):
        return [after]
    faults = []
    now = collections.defaultdict(list)
    for event in after.flows:
        now[service(event)].append(event)
    for key, grade in before.groups.items():
        faults += _group_faults(key, grade, before, after, left, allowed,
                                added)
    for key in after.groups.keys() - before.groups.keys():
        both = frozenset(key[1:3])
        turned = (key[0], key[2], key[1], *key[3:])
        if key[0] == "LNK-5" and turned in before.groups:
            continue  # which zone was seen first is nobody's guilt
        if key[0] not in added | checks_of(before.flows, both):
            faults.append(f"beside it: {describe(key)}")
    for event in before.flows:
        faults += _flow_faults(event, now[service(event)], allowed)
    return faults


def _speaks_for(event, before, both, added, needs):
    """Another check of the same conversation, since this one's needs are not
    met any more."""
    ours = event["sekisho"]
    return (ours["verdict"] == "violate" and
            ours.get("check") in checks_of(before.flows, both) | added and
            needs)


def _group_faults(key, grade, before, after, left, allowed, added):
    check, source, destination = key[:3]
    both = frozenset((source, destination))
    if key in after.groups:
        if after.groups[key] > grade:
            return [f"graver: {describe(key)} {SEVERITIES[grade]} -> "
                    f"{SEVERITIES[after.groups[key]]}"]
        return []
    if source and destination and both not in left:
        return []
    # Inside a tunnel there is no segment: the tunnel itself is told.
    if check.startswith("LNK-") and "LNK-6" in added and any(
            other[0] == "LNK-6" for other in after.groups):
        return []
    # What MACs alone tell is gone with the frames that bore them.
    if not (source and destination) and allowed:
        return []
    about = [event for event in after.flows
             if ends(event) == both or source is None]
    wrong = [f"{event['sekisho']['verdict']}({reason_of(event)})"
             for event in about
             if not (event["sekisho"]["verdict"] == "unjudged" and
                     reason_of(event) in allowed) and
             not _speaks_for(event, before, both, added, bool(allowed))]
    if about and not wrong:
        return []
    return [f"gone: {describe(key)}; now {', '.join(wrong) or 'nothing'}"]


def _flow_faults(event, now, allowed):
    old = event["sekisho"]["verdict"]
    faults = []
    for other in now:
        new = other["sekisho"]["verdict"]
        words = (f"{event['src_ip']} > {event['dest_ip']}:"
                 f"{event.get('dest_port')} {event['proto']}: {old} -> {new}"
                 f"({reason_of(other)})")
        if old == "violate" and new in ("conform", "excepted",
                                        "out-of-scope"):
            faults.append(words)
        if old == "conform" and new not in ("conform", "unjudged"):
            faults.append(words)
        if old == "conform" and new == "unjudged" and \
                reason_of(other) not in allowed:
            faults.append(words)
    return faults


# ---- all of it


def try_one(recording, name, mangles, keep):
    """[(mangle, faults)] of one scenario."""
    capture, town = recording.capture_of(name)
    results = []
    with tempfile.TemporaryDirectory() as work:
        before = judge(recording, capture, _folder(work, keep, name, "plain"))
        if isinstance(before, str):
            return [("plain", [before])]
        for title in mangles:
            mangler, allowed, added = mangle.MANGLERS[title]
            changed = mangler(capture, town)
            after = judge(recording, changed,
                          _folder(work, keep, name, title))
            left = left_of(capture if added or title.startswith("erspan")
                           else changed)
            results.append((title, faults_of(before, after, left, allowed,
                                             added)))
    return results


def _folder(work, keep, name, title):
    folder = os.path.join(keep or work, name, title)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*")
    parser.add_argument("--mangle", action="append",
                        choices=list(mangle.MANGLERS))
    parser.add_argument("--recorded")
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    os.environ.setdefault("SEKISHO_DATADIR", os.path.join(TOP, "topology"))
    mangles = arguments.mangle or list(mangle.MANGLERS)
    with tempfile.TemporaryDirectory() as work:
        folder = arguments.recorded or os.path.join(work, "recorded")
        if not arguments.recorded:
            record(arguments.scenarios, folder)
        recording = Recording(folder)
        names = arguments.scenarios or sorted(recording.spans)
        good = True
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for name, results in zip(names, pool.map(
                    lambda n: try_one(recording, n, mangles, arguments.keep),
                    names)):
                for title, faults in results:
                    for fault in faults:
                        print(f"  {fault}")
                    print(f"{'not ok' if faults else 'ok'} {name}/{title}",
                          flush=True)
                    good = good and not faults
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
