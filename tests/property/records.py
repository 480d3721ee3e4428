#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the captures of every golden case to one engine with two recorders:
one told by call, one by records that went through a channel. Their lines must
be the same, byte by byte. Prints "ok NAME", or "not ok NAME" after what
differs."""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
GOLDEN = os.path.join(TOP, "tests", "golden")
sys.path.insert(0, GOLDEN)
try:
    import run  # noqa: E402
except ImportError as fault:
    print(f"skip records: {fault}")
    sys.exit(0)

PROGRAM = os.path.join(os.environ.get("SEKISHO_BUILD", "build/plain"),
                       "tests", "unit", "test_record_replay")
SECONDS = 60


def play(name, folder):
    """(exit code, output) of one case."""
    prepared = run.Prepared(name, folder)
    command = [PROGRAM, "--replay", prepared.model_path, prepared.case.probe]
    command += [f"{tap}={file}" for tap, file in prepared.sources()]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, timeout=SECONDS,
                          errors="replace", check=False)
    return done.returncode, done.stdout


def main():
    wanted = sys.argv[1:] or run.case_names()
    failed = 0
    if not os.access(PROGRAM, os.X_OK):
        print(f"skip records: {PROGRAM} is not built")
        return 0
    with tempfile.TemporaryDirectory() as work:
        for name in wanted:
            try:
                code, said = play(name, os.path.join(work, name))
            except (subprocess.TimeoutExpired, OSError) as fault:
                code, said = 1, str(fault) + "\n"
            if code != 0:
                failed += 1
                sys.stdout.write(said)
            print(f"{'ok' if code == 0 else 'not ok'} records-{name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
