#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generates the day of the noise pack, lets the probe judge it and holds what
it says against the truth: nothing alerts, every conversation is judged as its
class must be, what cannot be judged is so for the right reason. Then the same
day with leaks hidden in it: all found, nothing else.

  run.py [--packets N] [--seed N] [--keep FOLDER] [clean|leaks...]

Prints "ok NAME" or "not ok NAME" for each thing held, details before it.
"""

import argparse
import collections
import hashlib
import ipaddress
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import city as town  # noqa: E402
import generate  # noqa: E402

SECONDS = 600  # for one run of the probe
SHOWN = 8      # examples of what is wrong
UNJUDGED_MOST = 0.02


def program(name):
    return os.path.join(os.environ.get("SEKISHO_BUILD", "build/plain"), name)


class Report:
    """Prints results; remembers whether all were good."""

    def __init__(self):
        self.good = True

    def hold(self, name, faults):
        for fault in faults[:SHOWN]:
            print("  " + fault)
        if len(faults) > SHOWN:
            print(f"  ({len(faults) - SHOWN} more)")
        print(f"not ok {name}" if faults else f"ok {name}", flush=True)
        self.good = self.good and not faults


def run_probe(folder):
    """(exit status, path of the events, standard error)."""
    command = [program("sekisho-probe"), "-t",
               os.path.join(folder, "model.jsonc"), "-p", "probe1", "--lang",
               "en"]
    for tap in town.TAPS:
        command += ["-r", f"{tap}={folder}/{tap}.pcap"]
    path = os.path.join(folder, "eve.json")
    with open(path, "wb") as out:
        try:
            done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE,
                                  timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return "stopped", path, f"no end after {SECONDS} s"
    return done.returncode, path, done.stderr.decode("utf-8", "replace")


class Events:
    """What the probe said, sorted."""

    def __init__(self, path):
        self.flows, self.alerts, self.daily = [], [], []
        self.faults, self.stats, self.taps = [], None, set()
        self.types = collections.Counter()
        with open(path, "rb") as file:
            for line in file:
                if b'"event_type":"sekisho_conversation"' in line[:200]:
                    continue
                self._take(json.loads(line))

    def _take(self, event):
        kind, ours = event["event_type"], event.get("sekisho", {})
        self.types[kind] += 1
        if kind == "flow":
            self.flows.append(event)
        elif kind == "alert":
            self.alerts.append(event)
        elif kind == "sekisho_daily":
            self.daily.append(ours)
        elif kind == "sekisho_gap":
            self.faults.append(f"a gap at {event['timestamp']}")
        elif kind == "sekisho_tap":
            self.taps.add(ours["tap"])
        elif kind == "stats":
            self.stats = event


def read_rows(folder):
    """{(protocol, client, port, server, port): class} and how many of each
    class began in each zone."""
    classes, zones = {}, collections.Counter()
    path = os.path.join(folder, "conversations.tsv")
    with open(path, encoding="ascii") as file:
        for line in file:
            name, *key = line.rstrip("\n").split("\t")
            classes[tuple(key)] = name
            zones[name, town.zone_of(key[1])] += 1
    return classes, zones


def key_of(flow):
    return (flow["proto"], flow["src_ip"], str(flow.get("src_port", 0)),
            flow["dest_ip"], str(flow.get("dest_port", 0)))


def said(flow):
    ours = flow["sekisho"]
    reason = ours.get("reason")
    return ours["verdict"] + (f" ({reason})" if reason else "")


def ends(event):
    return "%s > %s:%s" % (event.get("src_ip"), event.get("dest_ip"),
                           event.get("dest_port"))


def is_of_segment(flow):
    """Groups, everybody, leases and what never leaves a link."""
    target = ipaddress.ip_address(flow["dest_ip"])
    return (target.is_multicast or target.is_link_local
            or flow["dest_ip"].endswith(".255.255")
            or flow.get("dest_port") in (67, 68))


# ---- what is held of every day

def check_flows(flows, classes, truth):
    """Faults of verdicts, of conversations that are missing or invented."""
    faults, seen = [], set()
    for flow in flows:
        key = key_of(flow)
        name = classes.get(key)
        if name is None:
            if said(flow) != "out-of-scope" or not is_of_segment(flow):
                faults.append(f"never made: {flow['proto']} {ends(flow)} "
                              f"{said(flow)}")
            continue
        seen.add(key)
        wanted = truth["classes"][name]
        verdict = wanted["verdict"] + (f" ({wanted['reason']})"
                                       if wanted["reason"] else "")
        if verdict == "background":
            verdict = "violate"
        if said(flow) != verdict:
            faults.append(f"{name} {ends(flow)}: {said(flow)}, not {verdict}")
    faults += [f"{classes[key]} is missing: {' '.join(key)}"
               for key in classes if key not in seen]
    return faults


def check_share(flows):
    """Faults, and the share of what could not be judged."""
    verdicts = collections.Counter(flow["sekisho"]["verdict"]
                                   for flow in flows)
    scope = sum(verdicts.values()) - verdicts["out-of-scope"]
    share = verdicts["unjudged"] / max(1, scope)
    print(f"  {scope} conversations in scope: conform "
          f"{verdicts['conform']}, violate {verdicts['violate']}, unjudged "
          f"{verdicts['unjudged']} ({100 * share:.2f} %)")
    if share >= UNJUDGED_MOST:
        return [f"{100 * share:.2f} % unjudged"]
    return []


def check_account(events, truth):
    faults = list(events.faults)
    if events.stats is None:
        return ["no stats line"]
    account = events.stats["sekisho"]["account"]
    if account["read"] != truth["packets"]:
        faults.append(f"{account['read']} frames of {truth['packets']} read")
    if account["read"] != account["judged"] + sum(
            account["reasons"].values()):
        faults.append("read is not judged + reasons")
    if events.taps and events.taps != set(town.TAPS):
        faults.append(f"taps told of: {sorted(events.taps)}")
    return faults


def check_daily(rows, zones):
    """Background attempts and ways of old: a row a zone, nobody missing."""
    got = collections.Counter()
    for row in rows:
        name = row["what"] or row["kind"]
        got[name, row["zone"]] += row["count"]
    wanted = collections.Counter()
    for zone in ("core", "lg"):
        wanted["background", zone] = zones["background", zone]
        wanted["SNMPv1/v2c", zone] = zones["snmp", zone]
    wanted["SMBv1", "lg"] = zones["smb1", "lg"]
    return [f"daily row {key}: {got[key]}, made {wanted[key]}"
            for key in sorted(set(got) | set(wanted), key=str)
            if got[key] != wanted[key]]


# ---- alerts

def word_of(alert):
    """(check, severity, from, to)."""
    ours = alert["sekisho"]
    return (ours["check"], ours["severity"], alert.get("src_ip"),
            alert.get("dest_ip"))


def is_record(alert):
    """Information: a record of what is as it was declared."""
    return alert["sekisho"]["severity"] == "information"


def check_silence(alerts, truth):
    """No alert; and of the records only those that the day has."""
    faults = [f"{' '.join(map(str, word_of(alert)))} at {alert['timestamp']}"
              for alert in alerts if not is_record(alert)]
    known = {tuple(record) for record in truth["records"]}
    told = {(alert["sekisho"]["check"], alert["sekisho"].get("notice"))
            for alert in alerts if is_record(alert)}
    faults += [f"record {record} is not of this day"
               for record in sorted(told - known, key=str)]
    return faults


def fits(wanted, word):
    return all(w is None or w == g for w, g in zip(
        (wanted["check"], wanted["severity"], wanted["from"], wanted["to"]),
        word))


def check_leaks(alerts, truth):
    """(faults of what was not found, faults of what else was told)."""
    words = [word_of(alert) for alert in alerts if not is_record(alert)]
    missing, used = [], set()
    for leak in truth["leaks"]:
        for wanted in leak["alerts"]:
            found = [i for i, word in enumerate(words) if fits(wanted, word)]
            used.update(found)
            if not found:
                missing.append(f"{leak['name']}: no {wanted}")
    return missing, [" ".join(map(str, words[i])) for i in range(len(words))
                     if i not in used]


# ---- the two days

def check_same(folder, words):
    """The same seed gives the same bytes."""
    sums = []
    for name in ("one", "two"):
        place = os.path.join(folder, name)
        generate.generate(place, words.seed, 20000, 0, True)
        total = hashlib.sha256()
        for file in sorted(os.listdir(place)):
            with open(os.path.join(place, file), "rb") as opened:
                total.update(opened.read())
        sums.append(total.hexdigest())
        shutil.rmtree(place)
    return [] if sums[0] == sums[1] else ["they differ"]


def check_model(folder):
    command = [program("sekisho"), "check", "--lang", "en", "--at",
               town.DAY, os.path.join(folder, "model.jsonc")]
    done = subprocess.run(command, capture_output=True, text=True,
                          timeout=60, check=False)
    text = done.stdout + done.stderr
    if done.returncode in (0, 1) and "error:" not in text:
        return []
    return [f"ended with {done.returncode}"] + text.splitlines()


def play(folder, words, leaks):
    """Generates and judges: (truth, exit status, events) or None."""
    begun = time.monotonic()
    truth = generate.generate(folder, words.seed, words.packets, words.staff,
                              leaks)
    made = time.monotonic()
    status, path, errors = run_probe(folder)
    print(f"  {truth['packets']} packets of {truth['staff']} staff made in "
          f"{made - begun:.0f} s, judged in {time.monotonic() - made:.0f} s")
    if status not in (0, 1, 3):
        print(f"  the probe ended with {status}: {errors.strip()[-1500:]}")
        return None
    return truth, status, Events(path)


def clean(report, folder, words):
    played = play(folder, words, False)
    if played is None:
        report.hold("noise: the day is read", ["see above"])
        return
    truth, status, events = played
    classes, zones = read_rows(folder)
    if os.path.exists(program("sekisho")):
        report.hold("noise: the model has no error", check_model(folder))
    else:
        print("skip noise: the model has no error: sekisho is not built")
    enough = truth["packets"] >= words.packets
    report.hold(f"noise: a working day of at least {words.packets} packets",
                [] if enough else [f"only {truth['packets']}"])
    report.hold("noise: nothing alerts on a working day",
                check_silence(events.alerts, truth))
    report.hold("noise: every frame is accounted for, no gap",
                check_account(events, truth))
    report.hold("noise: every conversation is judged as its class",
                check_flows(events.flows, classes, truth))
    report.hold("noise: less than 2 % are unjudged",
                check_share(events.flows))
    report.hold("noise: background and ways of old are daily rows",
                check_daily(events.daily, zones))
    # SNMPv2c is a finding, of grade low, in its daily row.
    report.hold("noise: the exit status says that there are findings",
                [] if status == 1 else [f"it is {status}"])


def hidden(report, folder, words):
    played = play(folder, words, True)
    if played is None:
        report.hold("noise: the day with leaks is read", ["see above"])
        return
    truth, status, events = played
    classes, _ = read_rows(folder)
    missing, other = check_leaks(events.alerts, truth)
    report.hold(f"noise: all of {len(truth['leaks'])} leaks are found",
                missing)
    report.hold("noise: beside the leaks nothing alerts", other)
    # Frames that a leak forged are no conversation of the day; but no such
    # may be found to be as it should.
    report.hold("noise: no leak ends as conforming, no other verdict changes",
                [fault for fault in check_flows(events.flows, classes, truth)
                 if not fault.startswith("never made")
                 or fault.endswith(" conform")])
    report.hold("noise: every frame of the leaks is accounted for",
                check_account(events, truth))
    report.hold("noise: the exit status of the day with leaks",
                [] if status == 1 else [f"it is {status}"])


def main():
    parser = argparse.ArgumentParser(description="The noise pack.")
    parser.add_argument("--packets", type=int, default=int(os.environ.get(
        "NOISE_PACKETS", generate.FULL_PACKETS)))
    parser.add_argument("--staff", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="folder to leave everything in")
    parser.add_argument("days", nargs="*",
                        help="clean, leaks or both (the default)")
    words = parser.parse_args()
    if not os.path.exists(program("sekisho-probe")):
        print("skip noise: sekisho-probe is not built")
        return 0
    report = Report()
    folder = words.keep or tempfile.mkdtemp(prefix="sekisho-noise-")
    try:
        report.hold("noise: the same seed gives the same day",
                    check_same(folder, words))
        for name, day in (("clean", clean), ("leaks", hidden)):
            if words.days and name not in words.days:
                continue
            day(report, os.path.join(folder, name), words)
            if not words.keep:  # two gigabytes are not needed at once
                shutil.rmtree(os.path.join(folder, name))
    finally:
        if not words.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if report.good else 1


if __name__ == "__main__":
    sys.exit(main())
