#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays every case (NAME.in), runs sekisho-probe on the captures and compares
what it says, normalised, with what is expected (NAME.ok).

  run.py [--update] [--keep FOLDER] [NAME...]

Besides NAME.ok it holds of every case that each frame made was read, that
read = judged + the reasons in every stats line, that there is exactly one
flow line a conversation, and that packets were counted once however many
taps saw them. --keep leaves model, captures and events of each case.
"""

import argparse
import collections
import concurrent.futures
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import normalise  # noqa: E402
import script  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, "models")
SECONDS = 60  # for one run of the probe; under sanitizers it needs 1 or 2
NUMBERS = {"TCP": 6, "UDP": 17}


def program():
    return os.path.join(os.environ.get("SEKISHO_BUILD", "build/plain"),
                        "sekisho-probe")


def case_names():
    return sorted(name[:-3] for name in os.listdir(HERE)
                  if name.endswith(".in"))


class Prepared:
    """A case with its model and captures on disk, ready to run."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder
        self.case = script.Case(os.path.join(HERE, name + ".in"))
        self.model = self.case.changed_model(MODELS)
        self.captures = self.case.play(self.model)
        self.taps = self.case.taps or [
            tap["id"] for boundary in self.model["boundaries"]
            for tap in boundary["taps"] if tap["probe"] == self.case.probe]
        os.makedirs(folder, exist_ok=True)
        for file in os.listdir(MODELS):
            if not file.endswith(".jsonc"):
                shutil.copy(os.path.join(MODELS, file), folder)
        self.model_path = os.path.join(folder, "model.json")
        with open(self.model_path, "w", encoding="utf-8") as file:
            json.dump(self.model, file, ensure_ascii=False, indent=1)
        self.files = {}
        for tap in self.taps:
            self.files[tap] = os.path.join(folder, tap + ".pcap")
            self.captures.write(tap, self.files[tap])
        for tap in self.case.damaged:
            with open(self.files[tap], "r+b") as file:
                file.truncate(os.path.getsize(self.files[tap]) - 5)

    def frames(self):
        """Frames that can be read."""
        return sum(len(self.captures.frames.get(tap, []))
                   for tap in self.taps) - len(self.case.damaged)

    def sources(self):
        """[(tap, file)] in the model's order."""
        return list(self.files.items())


def execute(model_path, probe, sources):
    """Runs the probe: (exit code, events as text, standard error)."""
    command = [program(), "-t", model_path, "-p", probe, "--lang", "en"]
    for tap, file in sources:
        command += ["-r", f"{tap}={file}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS,
                              check=False)
    except subprocess.TimeoutExpired:
        return "stopped", "", f"no end after {SECONDS} s"
    return (done.returncode, done.stdout.decode("utf-8", "strict"),
            done.stderr.decode("utf-8", "replace"))


def check_account(events, frames):
    """Faults of the account of frames."""
    faults = []
    for event in events.stats:
        ours = event["sekisho"]["account"]
        total = ours["judged"] + sum(ours["reasons"].values())
        if ours["read"] != total:
            faults.append(f"account: read {ours['read']} is not "
                          f"judged + reasons = {total}")
    if not events.stats:
        return ["no stats line"]
    read = events.stats[-1]["sekisho"]["account"]["read"]
    if read != frames:
        faults.append(f"account: read {read} of {frames} frames made")
    return faults


def check_truth(events, truth):
    """Faults of the counts of TCP and UDP packets, each counted once."""
    seen = collections.Counter()
    for event in events.flows:
        number = NUMBERS.get(event["proto"])
        if number is None:
            continue
        a = event["src_ip"], event["src_port"]
        b = event["dest_ip"], event["dest_port"]
        seen[number, a, b] += event["flow"]["pkts_toserver"]
        seen[number, b, a] += event["flow"]["pkts_toclient"]
    return [f"packets {key}: counted {seen[key]}, made {truth[key]}"
            for key in truth if seen[key] != truth[key]]


def check_ids(events):
    """One flow line a conversation, and ids that JSON numbers can hold."""
    ids = [event["flow_id"] for event in events.flows]
    faults = []
    if len(set(ids)) != len(ids):
        faults.append("a flow_id stands in two flow lines")
    if any(not 0 < number < 2 ** 53 for number in ids):
        faults.append("a flow_id is not below 2^53")
    return faults


def judge(prepared):
    """Runs a case: (lines, faults)."""
    code, text, errors = execute(prepared.model_path, prepared.case.probe,
                                 prepared.sources())
    with open(os.path.join(prepared.folder, "eve.json"), "w",
              encoding="utf-8") as file:
        file.write(text)
    if code not in (0, 1, 3):
        return [], [f"the probe ended with {code}: {errors.strip()[-2000:]}"]
    try:
        events = normalise.Events(text)
        lines = normalise.lines(events, code, prepared.case.show)
    except (ValueError, KeyError, IndexError) as fault:
        return [], [f"events: {type(fault).__name__}: {fault}"]
    faults = check_account(events, prepared.frames()) + check_ids(events)
    faults += normalise.daily_faults(events)
    if not prepared.case.loose:
        faults += check_truth(events, prepared.captures.truth)
    return lines, faults


def compare(name, lines):
    """The difference to NAME.ok, line by line."""
    path = os.path.join(HERE, name + ".ok")
    if not os.path.exists(path):
        return [f"{name}.ok is missing"]
    with open(path, encoding="utf-8") as file:
        expected = file.read().splitlines()
    return list(difflib.unified_diff(expected, lines, name + ".ok",
                                     "program", n=0, lineterm=""))[2:]


def report(name, lines, faults, update):
    """Prints the result of one case; true when it passed."""
    if update and lines:
        with open(os.path.join(HERE, name + ".ok"), "w",
                  encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    elif lines:
        faults = compare(name, lines) + faults
    for fault in faults:
        print("  " + fault)
    print(f"not ok {name}" if faults else f"ok {name}", flush=True)
    return not faults


def main():
    parser = argparse.ArgumentParser(description="Golden tests.")
    parser.add_argument("--update", action="store_true",
                        help="write what the program says as expected")
    parser.add_argument("--keep", help="folder to leave everything in")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    if not os.path.exists(program()):
        print("skip golden: sekisho-probe is not built")
        return 0
    folder = arguments.keep or tempfile.mkdtemp(prefix="sekisho-golden-")
    passed = True
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            waiting = []
            for name in arguments.names or case_names():
                try:
                    prepared = Prepared(name, os.path.join(folder, name))
                except (script.CaseFault, KeyError, ValueError) as fault:
                    print(f"not ok {name} (the case: {fault!r})")
                    passed = False
                    continue
                waiting.append((name, pool.submit(judge, prepared)))
            for name, future in waiting:
                lines, faults = future.result()
                passed = report(name, lines, faults,
                                arguments.update) and passed
    finally:
        if not arguments.keep:
            shutil.rmtree(folder)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
