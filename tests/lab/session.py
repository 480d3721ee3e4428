# SPDX-License-Identifier: GPL-3.0-or-later
"""One session of the lab, inside its enclosure: the probe watches all span
ports, every span is captured, the scenarios are played one after the other,
and what the probe said is held against what they expect; then the same from
the captures.

Prints "ok NAME", "not ok NAME" or "skip NAME: reason" for each scenario, as
tests/run-tests reads it; what is behind a "not ok" stands above it.
"""

import datetime
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import compare
import deeds
import enclosure
import network
import places
import play
import scenario as scenarios

TOP = os.path.dirname(os.path.dirname(network.HERE))
ZONE = datetime.timezone(datetime.timedelta(hours=9))  # Asia/Tokyo
WATCH_SECONDS = 61    # FLOW_UDP_US of the probe and a second more
SETTLE_SECONDS = 3.5  # FLOW_SETTLE_US and some
PAUSE_SECONDS = 0.05
READING_SECONDS = 0.4  # between scenarios that somebody looks at
READY_SECONDS = 30
END_SECONDS = 60
LAST_SECONDS = 5      # from the probe's end to its last line's being shown
TAPS = list(places.PLACES)
HEARD = "/run/lab/heard"
NOBODY = 61234        # a user that nobody is
# What a session writes in its folder.
LEFT = "model.jsonc opened.csv closed.csv live offline captures rulesets " \
       "commands.log played.json".split()


# What is shown of a morning: work and, in between, what should not be there.
SHOWN = """web-by-proxy virtual-browser eltax smb-by-temporary-rule
certificate-centre sanitised-files refused-by-host refused-by-firewall
sanitised-mail dns-from-core update-relay ipv6-forgotten resident-system
cloud-opens-inward lgcs-failover cloud-off-its-line holiday-opening off-hours
renewal-over-fiscal-year expired ssh-on-tls-port nat-to-lgwan proxy-to-lgwan
proxy-bypassed smb-past-sanitiser ftp-past-sanitiser syslog-one-way
spoofed-source second-exit unknown-application encryption-tls10""".split()


# What goes on in a lab that somebody looks around in: nothing that should not
# be there.
EVERYDAY = """web-by-proxy virtual-browser eltax certificate-centre
sanitised-files sanitised-mail update-relay resident-system lgwan-dns
nat-to-lgwan ping-declared ftp-declared guest-web windows-noise
dhcp-relay""".split()


def say(*words):
    print(*words, flush=True)


# ---- the model, as of today


def fill_in(text, now):
    """Dates and hours relative to now: {today+10}, {hour+2}."""
    def date(found):
        days = int(found.group(1) or 0)
        return (now + datetime.timedelta(days=days)).date().isoformat()

    def hour(found):
        moment = now + datetime.timedelta(hours=int(found.group(1)))
        return moment.strftime("%H:00")

    text = re.sub(r"\{today([+-]\d+)?\}", date, text)
    return re.sub(r"\{hour([+-]\d+)\}", hour, text)


def write_model(folder):
    """The model and its calendars; returns its path."""
    now = datetime.datetime.now(ZONE)
    with open(os.path.join(network.HERE, "model.jsonc"),
              encoding="utf-8") as file:
        text = fill_in(file.read(), now)
    path = os.path.join(folder, "model.jsonc")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    for name, word in (("opened", "open"), ("closed", "closed")):
        # Yesterday to tomorrow: a session may run over midnight.
        with open(os.path.join(folder, name + ".csv"), "w",
                  encoding="utf-8") as file:
            file.write("date,open,note\n")
            for days in (-1, 0, 1):
                day = (now + datetime.timedelta(days=days)).date()
                note = "休日開庁" if word == "open" else "臨時閉庁"
                file.write(f"{day.isoformat()},{word},{note}\n")
    return path


# ---- the probe


class Probe:
    """sekisho-probe on the spans, or on the captures of them. Live it is a
    user of its own, which need not be able to reach the folder by its path:
    inside the lab it has a shorter one."""

    def __init__(self, program, model, folder, lang):
        self.program, self.model = program, model
        self.folder, self.lang = folder, lang
        self.process = None
        os.makedirs(folder, exist_ok=True)
        self.eve = os.path.join(folder, "eve.json")

    def _command(self, folder):
        return [self.program, "-t", self.model, "-p", "lab", "-o", folder,
                "--lang", self.lang]

    def start(self):
        """Watches the spans; returns when it says that it does."""
        os.chown(self.folder, NOBODY, NOBODY)
        enclosure.show_at(self.folder, HEARD)
        path = os.path.join("/run/lab", f"notify-{os.getpid()}")
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ear.bind(path)
        os.chmod(path, 0o777)
        ear.settimeout(READY_SECONDS)
        with ear, open(os.path.join(self.folder, "probe.log"), "wb") as log:
            self.process = subprocess.Popen(
                [*self._command(HEARD), "--user", str(NOBODY)], stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                env=dict(os.environ, NOTIFY_SOCKET=path))
            until = time.monotonic() + READY_SECONDS
            while time.monotonic() < until:
                if self.process.poll() is not None:
                    break
                ear.settimeout(0.2)
                try:
                    if b"READY=1" in ear.recv(4096):
                        os.unlink(path)
                        return
                except TimeoutError:
                    continue
        raise network.LabFault("the probe did not start: " + self.words())

    def words(self):
        path = os.path.join(self.folder, "probe.log")
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()[-1500:]

    def stop(self):
        """Ends it clean; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            status = "stopped"
        for name in (self.folder, *(os.path.join(self.folder, name)
                                    for name in os.listdir(self.folder))):
            os.chown(name, os.getuid(), os.getgid())
        return status

    def replay(self, files):
        """Judges captures; returns its exit status."""
        command = self._command(self.folder)
        for tap, path in files.items():
            command += ["-r", f"{tap}={path}"]
        with open(os.path.join(self.folder, "probe.log"), "wb") as log:
            return subprocess.run(command, stdout=log, stderr=log,
                                  timeout=END_SECONDS, check=False).returncode


class Captures:
    """tcpdump on every span."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.files = {tap: os.path.join(folder, tap + ".pcap")
                      for tap in TAPS}
        self.running = [subprocess.Popen(
            ["tcpdump", "-q", "-n", "-U", "-B", "16384", "-Z", "root", "-i",
             network.span(tap), "-w", path],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True) for tap, path in self.files.items()]
        until = time.monotonic() + READY_SECONDS
        while any(not os.path.exists(path) or not os.path.getsize(path)
                  for path in self.files.values()):
            if time.monotonic() > until:
                raise network.LabFault("tcpdump does not capture")
            time.sleep(0.05)

    def stop(self):
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait()


# ---- playing


def wake():
    """Each segment is heard once, so that every tap counts as watched."""
    for place in places.PLACES.values():
        device = "eth0" if place.zone == place.port else "eth1"
        deeds.ask_for(place.zone, device, place.gateway[0])


class Session:
    """See the module. folder: where everything of it is written."""

    def __init__(self, program, wanted, folder, lang):
        self.program, self.folder, self.lang = program, folder, lang
        self.scenarios = scenarios.load(wanted)
        self.spans, self.faults = [], {}
        self.captures = None

    def run(self, tell=say):
        """Plays and captures everything while the probe watches; returns its
        exit status."""
        os.makedirs(self.folder, exist_ok=True)
        probe = Probe(self.program, write_model(self.folder),
                      os.path.join(self.folder, "live"), self.lang)
        self.captures = Captures(os.path.join(self.folder, "captures"))
        try:
            probe.start()
            self._play_all(tell)
            time.sleep(SETTLE_SECONDS)
        finally:
            status = probe.stop() if probe.process else None
            self.captures.stop()
        return status

    def record(self, tell=say):
        """Plays and captures everything; nothing watches."""
        os.makedirs(self.folder, exist_ok=True)
        write_model(self.folder)
        self.captures = Captures(os.path.join(self.folder, "captures"))
        begun = time.time()
        try:
            self._play_all(tell)
            time.sleep(SETTLE_SECONDS)  # tcpdump reads once a second
        finally:
            self.captures.stop()
        with open(os.path.join(self.folder, "played.json"), "w",
                  encoding="utf-8") as file:
            json.dump({"begun": begun, "scenarios": [
                {"name": span.scenario.name, "begun": span.begun,
                 "ended": span.ended} for span in self.spans]}, file)

    def _play_all(self, tell):
        begun = time.monotonic()
        wake()
        for one in self.scenarios:
            left = begun + WATCH_SECONDS - time.monotonic()
            if one.watched and left > 0:
                time.sleep(left)
            self._play(one, tell)

    def _play(self, one, tell):
        tell(one)
        path = os.path.join(self.folder, "commands.log")
        with open(path, "ab") as log:
            log.write(f"== {one.name}\n".encode())
            begun = time.time()
            faults = play.Player(one, log).play()
            time.sleep(PAUSE_SECONDS)
            self.spans.append(compare.Span(one, begun, time.time()))
        self.faults[one.name] = faults

    # ---- judging

    def _outcome(self, folder):
        return compare.Outcome(
            compare.read(os.path.join(self.folder, folder, "eve.json")),
            self.spans)

    def replay(self):
        """The same from the captures; (exit status, what came out)."""
        probe = Probe(self.program, os.path.join(self.folder, "model.jsonc"),
                      os.path.join(self.folder, "offline"), self.lang)
        return probe.replay(self.captures.files)

    def judge(self, status):
        """Prints a line for each scenario; True when all is as expected."""
        good = True
        offline_status = self.replay()
        if offline_status not in (0, 1, 3):
            say(f"  the probe ended with {offline_status} on the captures")
            say("not ok replay")
            return False
        offline = self._outcome("offline")
        live = self._outcome("live")
        for one in sorted(self.scenarios, key=lambda s: s.name):
            faults = self.faults[one.name] + live.faults(one)
            good = self._verdict(one.name, faults) and good
        good = self._verdict("nothing-beside", live.other_faults() +
                             live.account_faults()) and good
        good = self._verdict("every-tap-heard", live.deaf_taps(TAPS)) and good
        good = self._verdict("exit-status", [] if status in (0, 1, 3) else
                             [f"the probe ended with {status}"]) and good
        return self._verdict("live-is-offline", compare.differences(
            live, offline)) and good

    @staticmethod
    def _verdict(name, faults):
        for fault in faults:
            say(f"  {fault}")
        say(f"{'not ok' if faults else 'ok'} {name}")
        return not faults


def clear(folder):
    """Takes away what a session before left there, and nothing else."""
    for name in LEFT:
        path = os.path.join(folder, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)


def record(wanted, folder):
    """For scripts/lab record, inside a lab: the exit status."""
    clear(folder)
    session = Session(None, wanted, folder, "en")
    session.record(lambda one: None)
    for name, faults in session.faults.items():
        for fault in faults:
            say(f"  {name}: {fault}")
    return 1 if any(session.faults.values()) else 0


def work(wanted, lang):
    """For scripts/lab traffic, inside a lab: plays everyday work, or what is
    wanted, until it is ended."""
    chosen = [scenarios.Scenario(name) for name in wanted or EVERYDAY]
    with open(os.devnull, "wb") as log:
        while True:
            wake()
            for one in chosen:
                say(f"  {getattr(one, lang)}")
                for fault in play.Player(one, log).play():
                    say(f"  # {fault}")
                time.sleep(READING_SECONDS)


def show(program, folder, lang):
    """For scripts/lab show, inside a lab: plays some scenarios while the
    events are shown as they come; the exit status of the probe."""
    clear(folder)
    probe = Probe(program, write_model(folder), os.path.join(folder, "live"),
                  lang)
    rulesets = os.path.join(folder, "rulesets")
    os.makedirs(rulesets, exist_ok=True)
    network.keep_ruleset(os.path.join(rulesets, "declared.json"))
    watch = None
    try:
        probe.start()
        watch = subprocess.Popen(
            [os.path.join(os.path.dirname(program), "sekisho"), "watch",
             "--follow", "--lang", lang, probe.eve], start_new_session=True)
        wake()
        with open(os.path.join(folder, "commands.log"), "wb") as log:
            for name in SHOWN:
                one = scenarios.Scenario(name)
                time.sleep(READING_SECONDS)
                say(f"         # {getattr(one, lang)}")
                for fault in play.Player(one, log, rulesets).play():
                    say(f"         # {fault}")
        time.sleep(SETTLE_SECONDS)
    finally:
        status = probe.stop() if probe.process else None
        if watch:
            try:
                watch.wait(LAST_SECONDS)
            except subprocess.TimeoutExpired:
                watch.terminate()  # there is no last line: it sums up
                watch.wait()
                say(probe.words().rstrip())
    return status if status in (0, 1, 3) else 2


def main(program, wanted, folder, lang):
    """For scripts/lab run, inside a lab: the exit status."""
    clear(folder)
    session = Session(program, wanted, folder, lang)
    begun = time.monotonic()

    def tell(one):
        if sys.stdout.isatty():
            say(f"    {one.name}: {getattr(one, lang)}")

    status = session.run(tell)
    good = session.judge(status)
    say(f"# {len(session.scenarios)} scenarios in "
        f"{time.monotonic() - begun:.0f} s; everything is in {folder}")
    return 0 if good else 1
