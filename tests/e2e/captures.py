#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Captures that others made, through sekisho-probe with a general model.

hostile and ndpi42-crashers, many to a run: the probe must end with 0, 1 or 3,
without a report of a sanitizer, and account for every frame of every file.
When a run of many fails, each of its files is run alone to name the culprit.
dev, one to a run: besides that, what it counts is held against what tshark
sees (NAME.truth.json); dev-differences.tsv lists every difference with its
reason, and one that is not there, or no longer is, fails.

  captures.py [--update] [FOLDER]    FOLDER: ../shared/captures
"""

import argparse
import concurrent.futures
import csv
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
MODEL = os.path.join(HERE, "captures.jsonc")
TABLE = os.path.join(HERE, "dev-differences.tsv")
TAPS = ("transit", "office", "trunk")
TOGETHER = 24   # files in one run: most of its time is the probe's start
SECONDS = 120
REPORTS = re.compile(r"Sanitizer|runtime error:|Assertion|core dumped")


def program():
    """The build with sanitizers where it is not older than the plain one."""
    built = os.path.join(os.environ.get("SEKISHO_BUILD", os.path.join(
        TOP, "build", "plain")), "sekisho-probe")
    sanitized = os.path.join(TOP, "build", "asan", "sekisho-probe")
    if os.path.exists(sanitized) and (
            not os.path.exists(built)
            or os.path.getmtime(sanitized) >= os.path.getmtime(built)):
        return sanitized
    return built


def execute(sources):
    """(code, events, standard error) of one run."""
    command = [program(), "-t", MODEL, "-p", "probe1", "--lang", "en"]
    for tap, file in sources:
        command += ["-r", f"{tap}={file}"]
    environment = dict(os.environ, ASAN_OPTIONS="exitcode=99",
                       UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1")
    environment.setdefault("SEKISHO_DATADIR", os.path.join(TOP, "topology"))
    try:
        done = subprocess.run(command, capture_output=True, check=False,
                              timeout=SECONDS, env=environment)
    except subprocess.TimeoutExpired:
        return "stopped", [], f"no end after {SECONDS} s"
    errors = done.stderr.decode("utf-8", "replace")
    try:
        events = [json.loads(line) for line in done.stdout.splitlines()]
    except ValueError as fault:
        return done.returncode, [], errors + f"\nevents: {fault}"
    return done.returncode, events, errors


def faults_of(code, events, errors, expected):
    """What is wrong with a run; expected: frames by file name."""
    if code not in (0, 1, 3) or REPORTS.search(errors):
        return [f"ended with {code}: {errors.strip()[-3000:]}"]
    stats = [event["sekisho"] for event in events
             if event["event_type"] == "stats"]
    if not stats:
        return ["no stats line"]
    faults = []
    for line in stats:
        account = line["account"]
        total = account["judged"] + sum(account["reasons"].values())
        if account["read"] != total:
            faults.append(f"read {account['read']} is not judged + reasons "
                          f"= {total}")
    frames = {tap["file"]: tap["frames"] for tap in stats[-1]["taps"]}
    if sum(frames.values()) != stats[-1]["account"]["read"]:
        faults.append("the frames of the taps do not add up to those read")
    for file, count in expected.items():
        if frames.get(file, 0) != count:
            faults.append(f"{file}: {frames.get(file, 0)} of {count} frames")
    return faults


def readable(folder):
    """Frames by file, where the folder's manifest knows them, or as libpcap
    reads them where the table of differences says so."""
    path = os.path.join(folder, "manifest.tsv")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        counts = {row["file"]: int(row["readable_packets"])
                  for row in csv.DictReader(file, delimiter="\t")
                  if row.get("readable_packets", "").isdigit()}
    for name, measure, listed, ours in read_table():
        if measure == "frames" and counts.get(name) == int(listed):
            counts[name] = int(ours)
    return counts


def run_many(folder, files, counts):
    """One run of several files; alone each when that fails."""
    def judge(names):
        sources = [(TAPS[i % len(TAPS)], os.path.join(folder, name))
                   for i, name in enumerate(names)]
        return faults_of(*execute(sources), {
            name: counts[name] for name in names if name in counts})

    together = judge(files)
    if not together:
        return []
    alone = [f"{name}: {fault}" for name in files for fault in judge([name])]
    return alone or [f"only together ({files[0]} ... {files[-1]}): {fault}"
                     for fault in together]


def survive(folder, label, pool):
    """All of a folder, in runs of many; prints its result."""
    if not os.path.isdir(folder):
        print(f"skip {label}: {folder} is not there")
        return True
    files = sorted(name for name in os.listdir(folder)
                   if re.search(r"\.(pcap|pcapng|cap)$", name))
    counts = readable(folder)
    batches = [files[i:i + TOGETHER] for i in range(0, len(files), TOGETHER)]
    faults = []
    for found in pool.map(lambda b: run_many(folder, b, counts), batches):
        faults += found
    for fault in faults[:40]:
        print("  " + fault)
    print(f"{'not ok' if faults else 'ok'} {label} ({len(files)} files)",
          flush=True)
    return not faults


# ---- against the truth


def measured(events):
    """What we count, under the names of the truth."""
    flows = [event for event in events if event["event_type"] == "flow"]
    tcp = [event for event in flows if event["proto"] == "TCP"]
    udp = [event for event in flows if event["proto"] == "UDP"]
    pairs = {frozenset((event["src_ip"], event["dest_ip"]))
             for event in flows}
    return {
        "ip_conversations": len(pairs),
        "tcp_sessions": len(tcp),
        "udp_conversations": len(udp),
        "tcp_sessions_one_direction_only": sum(
            not event["flow"]["pkts_toserver"]
            or not event["flow"]["pkts_toclient"] for event in tcp),
        "tcp_streams_midstream": sum(
            event["sekisho"]["midstream"] for event in tcp),
    }


def compare_one(folder, name):
    """(faults, [(file, measure, tshark's, ours)]) of one capture."""
    path = os.path.join(folder, name)
    truth_path = os.path.join(folder, re.sub(r"\.[a-z]+$", "", name)
                              + ".truth.json")
    with open(truth_path, encoding="utf-8") as file:
        truth = json.load(file)
    code, events, errors = execute([("transit", path)])
    faults = faults_of(code, events, errors,
                       {name: truth["capture"]["packets"]})
    ours = measured(events)
    return faults, [(name, measure, str(truth["dissected"][measure]),
                     str(value)) for measure, value in ours.items()
                    if truth["dissected"].get(measure) != value]


def read_table():
    """Known differences: (file, measure, tshark's, ours) -> reason."""
    if not os.path.exists(TABLE):
        return {}
    with open(TABLE, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file
                if line.strip() and not line.startswith("#")]
    return {tuple(row[:4]): row[4] for row in rows}


def write_table(found, known):
    by_measure = {key[:2]: reason for key, reason in known.items()}
    with open(TABLE, encoding="utf-8") as file:
        head = [line for line in file if line.startswith("#")]
    found = found + [key for key in known if key[1] == "frames"]
    with open(TABLE, "w", encoding="utf-8") as file:
        file.writelines(head)
        for row in sorted(found):
            reason = by_measure.get(row[:2], "UNEXPLAINED")
            file.write("\t".join(row + (reason,)) + "\n")


def against_truth(folder, pool, update):
    label = "dev-against-truth"
    if not os.path.isdir(folder):
        print(f"skip {label}: {folder} is not there")
        return True
    names = sorted(name for name in os.listdir(folder)
                   if re.search(r"\.(pcap|pcapng|cap)$", name))
    known, found, faults = read_table(), [], []
    for name, (bad, rows) in zip(names, pool.map(
            lambda n: compare_one(folder, n), names)):
        faults += [f"{name}: {fault}" for fault in bad]
        found += rows
    if update:
        write_table(found, known)
        known = read_table()
    new = sorted(set(found) - set(known))
    stale = sorted(key for key in set(known) - set(found)
                   if key[1] != "frames")
    for fault in faults[:40]:
        print("  " + fault)
    for row in new[:60]:
        print("  not explained: " + " ".join(row[:2])
              + f": tshark {row[2]}, ours {row[3]}")
    for row in stale[:60]:
        print("  no longer so: " + " ".join(row))
    bad = faults or new or stale
    print(f"{len(names)} captures, {len(found)} of {5 * len(names)} counts "
          f"differ from tshark's, {len(found) - len(new)} explained")
    print(f"{'not ok' if bad else 'ok'} {label} ({len(names)} files)",
          flush=True)
    return not bad


def main():
    parser = argparse.ArgumentParser(description="Captures of others.")
    parser.add_argument("--update", action="store_true",
                        help="write the table of differences anew")
    parser.add_argument("folder", nargs="?", default=os.path.join(
        TOP, os.pardir, "shared", "captures"))
    arguments = parser.parse_args()
    if not os.path.exists(program()):
        print("skip captures: sekisho-probe is not built")
        return 0
    folder = os.path.normpath(arguments.folder)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        passed = [
            survive(os.path.join(folder, "hostile"), "hostile", pool),
            survive(os.path.join(folder, "ndpi42-crashers"),
                    "ndpi42-crashers", pool),
            against_truth(os.path.join(folder, "dev"), pool,
                          arguments.update)]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
