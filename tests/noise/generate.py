#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The noise pack: a working day of a city as captures, with what is true of it.

  generate.py --out DIR [--seed N] [--packets N] [--staff N] [--leaks]

writes TAP.pcap for each tap of the model, the model with its side files
(model.jsonc, calendar.csv, m365.json, ledger.csv) and

  conversations.tsv  one row a conversation: class, protocol, client, port,
                     server, port as they were sent
  truth.json         day, seed, staff, packets by tap; for each class the
                     verdict and reason that must be found; with --leaks each
                     leak with its check and ends

The same seed, staff and packets always give the same bytes. 2,100,000 packets
of 800 staff are the default and take less than a minute; --packets 20000 is
for quick runs (fewer staff do less).
"""

import argparse
import json
import os
import random
import shutil
import sys
import time

sys.dont_write_bytecode = True
import city as town  # noqa: E402
import day as agenda  # noqa: E402
import frames  # noqa: E402
import habits  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
FULL_PACKETS, FULL_STAFF = 2100000, 800
SIDE_FILES = ("model.jsonc", "calendar.csv", "m365.json")


def generate(folder, seed=1, packets=FULL_PACKETS, staff=0, leaks=False):
    """Writes everything into folder; returns what truth.json says."""
    os.makedirs(folder, exist_ok=True)
    share = min(1.0, packets / FULL_PACKETS)
    staff = staff or max(8, min(FULL_STAFF, packets * FULL_STAFF
                                // FULL_PACKETS * 2))
    for name in SIDE_FILES:
        shutil.copy(os.path.join(HERE, name), folder)
    people = town.City(staff)
    people.write_ledger(os.path.join(folder, "ledger.csv"))
    captures = frames.Captures(folder, town.TAPS)
    day = agenda.Day(people, captures, random.Random(seed), share)
    for habit in habits.HABITS:
        habit(day)
    habits.desktops(day, int(packets * 0.22))
    hidden = []
    if leaks:
        import leaks as hiding
        hidden = hiding.hide(day)
    day.play()
    captures.close()
    truth = {"day": town.DAY, "seed": seed, "staff": staff,
             "packets": captures.total, "bytes": captures.bytes,
             "taps": captures.counts,
             "classes": {name: {"verdict": verdict, "reason": reason}
                         for name, (verdict, reason)
                         in sorted(day.verdicts.items())},
             # What is told as information: (check, notice).
             "records": [["LNK-10", "link-router-moved"], ["SEG-10", None],
                         ["CRY-1", None]],
             "leaks": hidden}
    with open(os.path.join(folder, "conversations.tsv"), "w",
              encoding="ascii") as file:
        for row in day.rows:
            file.write("\t".join(str(word) for word in row) + "\n")
    with open(os.path.join(folder, "truth.json"), "w",
              encoding="utf-8") as file:
        json.dump(truth, file, ensure_ascii=False, indent=1)
        file.write("\n")
    return truth


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="folder to write into")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--packets", type=int, default=FULL_PACKETS,
                        help="about so many frames over all taps")
    parser.add_argument("--staff", type=int, default=0,
                        help="desks of the LGWAN tier (by --packets)")
    parser.add_argument("--leaks", action="store_true",
                        help="hide leaks in the day")
    words = parser.parse_args()
    begun = time.monotonic()
    truth = generate(words.out, words.seed, words.packets, words.staff,
                     words.leaks)
    print(f"{truth['packets']} packets, {truth['bytes'] // 1000000} MB, "
          f"{truth['staff']} staff, {len(truth['leaks'])} leaks in "
          f"{time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
