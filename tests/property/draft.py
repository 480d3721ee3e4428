#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A draft launders nothing: over a generated day with leaks hidden in it every
proposed conduit is one that the day's truth knows, none covers a leak, none
conforms before it is approved, and once they are approved the same day
conforms to them while every leak still does not.

  draft.py [--packets N] [--keep FOLDER]
"""

import argparse
import functools
import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
NOISE = os.path.join(HERE, os.pardir, "noise")
BUILD = os.environ.get("SEKISHO_BUILD", "build/plain")
SECONDS = 300
APPROVED = {"by": ["CISO"], "applicant": "情報政策課長", "number": "情政第99号",
            "on": "2026-11-01"}
LIVE = {"SEG-1", "SEG-10", "SEG-12", "SEG-13", "SAN-1", "LNK-1", "LNK-3"}
NUMBERS = {"tcp": "TCP", "udp": "UDP", "icmp": "ICMP"}
NEEDED_CONDUITS = 15  # fewer would be no draft of such a day

# Which the library calls private; here they stand for what is outside.
DOCUMENTATION = [ipaddress.ip_network(network) for network in (
    "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]

sys.path.insert(0, NOISE)
sys.path.insert(0, os.path.join(HERE, os.pardir, "golden"))
failed = []


def tell(good, name, why=""):
    print(("ok " if good else "not ok ") + name)
    if not good:
        failed.append(name)
        print(f"# {why}"[:2000])


def plain(text):
    """JSON with comments as JSON."""
    return json.loads(re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/',
                             lambda m: m.group(1) or "", text, flags=re.S))


def run(program, *words, data=None):
    environment = dict(os.environ)
    environment.setdefault("SEKISHO_DATADIR", "topology")
    return subprocess.run([os.path.join(BUILD, program), *words],
                          capture_output=True, text=True, timeout=SECONDS,
                          env=environment, input=data)


class Day:
    """A generated day, its model and its truth."""

    def __init__(self, folder, packets):
        import generate
        self.folder = folder
        self.truth = generate.generate(folder, packets=packets, leaks=True)
        with open(self.path("model.jsonc"), encoding="utf-8") as file:
            self.model = plain(file.read())
        self.taps = [tap["id"] for boundary in self.model["boundaries"]
                     for tap in boundary["taps"]]
        with open(self.path("conversations.tsv"), encoding="ascii") as file:
            rows = [line.rstrip("\n").split("\t") for line in file]
        # Each pair and service once: source ports do not matter here.
        self.rows = sorted({(row[0], row[1], row[2], "", row[4], row[5])
                            for row in rows})
        base = {key: value for key, value in self.model.items()
                if key not in ("conduits", "relays", "exceptions")}
        base["stage"] = "draft"
        self.write("base.jsonc", base)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, model):
        with open(self.path(name), "w", encoding="utf-8") as file:
            json.dump(model, file, ensure_ascii=False, indent=1)

    def sources(self):
        return [f"{tap}={self.path(tap + '.pcap')}" for tap in self.taps]

    def probe(self, model, out):
        words = []
        for source in self.sources():
            words += ["-r", source]
        done = run("sekisho-probe", "-t", self.path(model), "-p", "probe1",
                   "--lang", "en", *words)
        with open(self.path(out), "w", encoding="utf-8") as file:
            file.write(done.stdout)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        tell(done.returncode in (0, 1, 3) and events,
             f"the probe reads the day by {model}", done.stderr[-800:])
        return events


@functools.lru_cache(maxsize=None)
def listed(name):
    with open(os.path.join(NOISE, name), encoding="utf-8") as file:
        return [network for entry in json.load(file)
                for network in entry.get("ips", [])]


def held_by(model, zone):
    files = [known["file"] for known in model.get("address-lists", [])
             if known["id"] == zone.get("list")]
    return zone.get("networks", []) + [network for name in files
                                       for network in listed(name)]


PLACED = {}  # (model, address) -> zone


def zone_at(model, address):
    """The zone of the longest network that holds it."""
    key = id(model), address
    if key not in PLACED:
        if id(model) not in PLACED:
            PLACED[id(model)] = [
                (ipaddress.ip_network(network), zone["id"])
                for zone in model["zones"]
                for network in held_by(model, zone)]
        inner = address.is_private and not any(
            address in known for known in DOCUMENTATION)
        held = [(network.prefixlen, zone) for network, zone
                in PLACED[id(model)] if address in network
                and not (inner and network.prefixlen == 0)]
        PLACED[key] = max(held)[1] if held else None
    return PLACED[key]


@functools.lru_cache(maxsize=None)
def parsed(text):
    return ipaddress.ip_address(text)


@functools.lru_cache(maxsize=None)
def network(text):
    return ipaddress.ip_network(text)


def covers(model, end, address):
    """None of its hosts and networks: the whole zone."""
    address = parsed(address)
    if "zone" in end and zone_at(model, address) != end["zone"]:
        return False
    if not end.get("hosts") and not end.get("networks"):
        return True
    for host in end.get("hosts", []):
        first, _, last = host.partition("-")
        first = parsed(first)
        last = parsed(last) if last else first
        if first.version == address.version and first <= address <= last:
            return True
    return any(address in network(text) for text in end.get("networks", []))


def serves(model, conduit, protocol, port):
    for service in conduit["services"]:
        if isinstance(service, str):
            if serves(model, {"services":
                              model["service-groups"][service[1:]]},
                      protocol, port):
                return True
            continue
        if NUMBERS.get(service["protocol"]) != protocol:
            continue
        if "ports" not in service:
            return True
        for item in service["ports"]:
            first, _, last = str(item).partition("-")
            if int(first) <= port <= int(last or first):
                return True
    return False


def owner_of(model, address):
    """Whose address it is where one is translated to one other."""
    for translation in model["translations"]:
        inside = translation["from"].get("hosts", [])
        if translation["kind"] == "static" and len(inside) == 1 and covers(
                model, {"hosts": translation["to"]}, address):
            return inside[0]
    return address


def permits(model, conduit, row):
    """row: class, protocol, client, port, server, port."""
    protocol, client, server, port = row[1], row[2], row[4], int(row[5])
    client, server = owner_of(model, client), owner_of(model, server)
    if not serves(model, conduit, protocol, port):
        return False
    ends = conduit["from"], conduit["to"]
    return (covers(model, ends[0], client)
            and covers(model, ends[1], server)) or (
        conduit.get("direction") == "both"
        and covers(model, ends[1], client)
        and covers(model, ends[0], server))


def flows(events):
    return [event for event in events if event["event_type"] == "flow"]


def row_of(event):
    return ["", event["proto"].replace("IPv6-", ""), event["src_ip"], 0,
            event["dest_ip"], event.get("dest_port", 0)]


# ---- what is shown

def stage_rules(events):
    checks = {event["sekisho"]["check"] for event in events
              if event["event_type"] == "alert"
              and event["sekisho"]["check"][:3] in ("SEG", "SAN")}
    tell({"SEG-1", "SEG-10", "SEG-12", "SEG-13", "SAN-1"} <= checks,
         "in a draft the gravest checks alert", sorted(checks))
    tell(checks <= LIVE, "in a draft nothing else of crossings alerts",
         sorted(checks - LIVE))
    undeclared = [event for event in flows(events)
                  if event["sekisho"]["check"] in ("SEG-2", "SEG-3")]
    tell(undeclared and all(event["sekisho"]["verdict"] == "unjudged"
                            and event["sekisho"]["reason"] == "draft"
                            for event in undeclared),
         "in a draft what is undeclared waits for the model")
    named = {event["sekisho"]["check"] for event in events
             if event["event_type"] == "alert"}
    tell("LNK-3" in named, "in a draft an undeclared DHCP server alerts",
         sorted(named))


def proposals_are_true(day, draft, conduits):
    leaks = [row for row in day.rows if row[0] == "leak"]
    honest = [row for row in day.rows if row[0] != "leak"]
    declared = day.model["conduits"]
    relays = [{"from": {"hosts": relay["hosts"]}, "to": relay["upstream"],
               "services": relay["services"]}
              for relay in day.model.get("relays", [])]
    relays += [{"from": end, "to": {"hosts": relay["hosts"]},
                "services": relay["services"]}
               for relay in day.model.get("relays", [])
               for end in relay["downstream"]]
    laundered = [(conduit["id"], row[2], row[4], row[5])
                 for conduit in conduits for row in leaks
                 if permits(draft, conduit, row)
                 and not any(permits(day.model, known, row)
                             for known in declared + relays)]
    tell(not laundered, "no proposed conduit covers a leak", laundered)
    idle = [conduit["id"] for conduit in conduits
            if "list" not in conduit["to"]
            and not any(permits(draft, conduit, row) for row in honest)]
    tell(not idle, "every proposed conduit is used by what may be", idle)
    wrong = []
    for conduit in conduits:
        if "list" in conduit["to"]:
            continue
        for row in honest:
            if permits(draft, conduit, row) and not any(
                    permits(day.model, known, row)
                    for known in declared + relays):
                wrong.append((conduit["id"], row[0], row[2], row[4], row[5]))
                break
    tell(not wrong, "every proposed conduit is one that the truth knows",
         wrong)


def nothing_conforms_unapproved(day, draft):
    draft = dict(draft, stage="in-force")
    day.write("unapproved.jsonc", draft)
    events = day.probe("unapproved.jsonc", "unapproved.json")
    conform = [event["sekisho"]["conduit"] for event in flows(events)
               if event["sekisho"]["verdict"] == "conform"]
    tell(not conform, "no observed conduit conforms before it is approved",
         sorted(set(conform)))


def approved_day_conforms(day, draft, conduits):
    ids = {conduit["id"] for conduit in conduits}
    for conduit in draft["conduits"]:
        conduit.update(approved=APPROVED, owner="it", basis="決裁")
    day.write("approved.jsonc", dict(draft, stage="in-force"))
    events = day.probe("approved.jsonc", "approved.json")
    leaks = {(row[1], row[2], row[4], int(row[5])) for row in day.rows
             if row[0] == "leak"}
    honest = {(row[1], row[2], row[4], int(row[5])) for row in day.rows
              if row[0] != "leak"}
    bad, good = {}, 0
    for event in flows(events):
        own = event["sekisho"]
        if own["conduit"] not in ids:
            continue
        row = row_of(event)
        key = row[1], row[2], row[4], row[5]
        if key in leaks:
            if own["verdict"] == "conform" and key not in honest:
                bad[event["dest_ip"]] = ["leak", key, own["conduit"]]
        elif not any(permits(draft, conduit, row) for conduit in conduits):
            continue
        elif own["verdict"] == "conform":
            good += 1
        elif own["verdict"] == "violate" or own["reason"] == "draft":
            bad[event["dest_ip"]] = [own["conduit"], own["verdict"],
                                     own["reason"], own["check"]]
    tell(good > 0 and not bad,
         f"approved, the same day conforms ({good} conversations)", bad)
    caught = {(event.get("src_ip"), event.get("dest_ip")) for event in events
              if event["event_type"] == "alert"}
    missed = [leak["name"] for leak in day.truth["leaks"]
              if leak["alerts"][0]["check"] in ("SEG-1", "SEG-10", "SEG-13",
                                                "SEG-12", "SAN-1")
              and (leak["alerts"][0]["from"], leak["alerts"][0]["to"])
              not in caught]
    tell(not missed, "approved, the leaks that a tier forbids still alert",
         missed)


def drafted(day):
    """The draft of the events, made twice; and of the captures themselves."""
    made = []
    for source in (["--from", day.path("events.json")],
                   ["--from", day.path("events.json")],
                   [word for source in day.sources()
                    for word in ("--from", source)]):
        done = run("sekisho", "draft", *source, "-t", day.path("base.jsonc"),
                   "-o", day.path("draft.jsonc"), "--lang", "en")
        tell(done.returncode == 0, "a draft is made", done.stderr[-800:])
        with open(day.path("draft.jsonc"), encoding="utf-8") as file:
            made.append(file.read())
    tell(made[0] == made[1] == made[2],
         "events and captures give the same draft each time")
    told = re.search(r"must approve: (\d+)", done.stdout)
    tell(told is not None, "the rows to approve are counted", done.stdout)
    checked = run("sekisho", "check", day.path("draft.jsonc"), "--lang", "en")
    tell(checked.returncode == 1 and "error" not in checked.stdout,
         "the draft loads, approvals missing", checked.stdout[-800:])
    draft = plain(made[0])
    conduits = [conduit for conduit in draft["conduits"]
                if conduit.get("origin", {}).get("state") == "observed"]
    tell(told and len(conduits) == int(told.group(1)) >= NEEDED_CONDUITS
         and draft["stage"] == "draft", "as many as are counted are written",
         len(conduits))
    return draft, conduits


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--packets", type=int, default=120000)
    parser.add_argument("--keep")
    words = parser.parse_args()
    if not os.path.exists(os.path.join(NOISE, "generate.py")):
        print("skip draft: the noise pack is not here")
        return 0
    folder = words.keep or tempfile.mkdtemp(prefix="draft-")
    try:
        day = Day(folder, words.packets)
        events = day.probe("base.jsonc", "events.json")
        stage_rules(events)
        draft, conduits = drafted(day)
        proposals_are_true(day, draft, conduits)
        nothing_conforms_unapproved(day, draft)
        approved_day_conforms(day, draft, conduits)
    finally:
        if not words.keep:
            shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
