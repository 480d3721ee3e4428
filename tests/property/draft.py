#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A draft launders nothing: over a generated day with leaks hidden in it every
proposed conduit is one that the day's truth knows, none covers a leak, none
conforms before it is approved, and once they are approved the same day
conforms to them while every leak still does not. The same day without leaks
is then held against the approved draft class by class: with what a person
would take up of the doubtful rows, the whole of it conforms.

  draft.py [--packets N] [--keep FOLDER]
"""

import argparse
import collections
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
SECONDS = 600
UNJUDGED_MOST = 0.02  # the model's limits.unjudged
APPROVED = {"by": ["CISO"], "applicant": "情報政策課長", "number": "情政第99号",
            "on": "2026-11-01"}
LIVE = {"SEG-1", "SEG-10", "SEG-12", "SEG-13", "SAN-1", "LNK-1", "LNK-3"}
NUMBERS = {"tcp": "TCP", "udp": "UDP", "icmp": "ICMP", "gre": "GRE",
           "esp": "ESP", 47: "GRE", 50: "ESP"}
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

    def __init__(self, folder, packets, leaks):
        import generate
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.truth = generate.generate(folder, packets=packets, leaks=leaks)
        with open(self.path("model.jsonc"), encoding="utf-8") as file:
            self.model = plain(file.read())
        self.taps = [tap["id"] for boundary in self.model["boundaries"]
                     for tap in boundary["taps"]]
        with open(self.path("conversations.tsv"), encoding="ascii") as file:
            rows = [line.rstrip("\n").split("\t") for line in file]
        self.classes = {tuple(row[1:]): row[0] for row in rows}
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


def is_inner(conduit):
    """What is asked of a proxy by name can only lead to a whole zone."""
    return "by-proxy" in conduit["id"]


def asks(model, conduit, row):
    """Whether a row is to a declared proxy from clients of the conduit."""
    return any(covers(model, {"hosts": proxy["hosts"]}, row[4])
               and int(row[5]) in proxy["ports"]
               for proxy in model["proxies"]) and covers(
                   model, conduit["from"], row[2])


def is_used(model, conduit, rows):
    return any(permits(model, conduit, row)
               or is_inner(conduit) and asks(model, conduit, row)
               for row in rows)


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
            and not is_used(draft, conduit, honest)]
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


def approved_leaks_do_not(day, draft, conduits):
    """The day with its leaks, all that is proposed approved."""
    ids = {conduit["id"] for conduit in conduits}
    day.write("approved.jsonc", approved(draft, conduits))
    events = day.probe("approved.jsonc", "approved.json")
    leaks = {(row[1], row[2], row[4], int(row[5])) for row in day.rows
             if row[0] == "leak"}
    honest = {(row[1], row[2], row[4], int(row[5])) for row in day.rows
              if row[0] != "leak"}
    bad = {}
    for event in flows(events):
        own = event["sekisho"]
        row = row_of(event)
        key = row[1], row[2], row[4], row[5]
        if (own["conduit"] in ids and key in leaks and key not in honest
                and own["verdict"] == "conform"):
            bad[event["dest_ip"]] = ["leak", key, own["conduit"]]
    tell(not bad, "approved, no leak conforms", bad)
    caught = {(event.get("src_ip"), event.get("dest_ip")) for event in events
              if event["event_type"] == "alert"}
    missed = [leak["name"] for leak in day.truth["leaks"]
              if leak["alerts"][0]["check"] in ("SEG-1", "SEG-10", "SEG-13",
                                                "SEG-12", "SAN-1")
              and (leak["alerts"][0]["from"], leak["alerts"][0]["to"])
              not in caught]
    tell(not missed, "approved, the leaks that a tier forbids still alert",
         missed)


def approved(draft, conduits):
    """In force, these conduits approved."""
    return dict(draft, stage="in-force", conduits=[
        dict(conduit, approved=APPROVED, owner="it", basis="決裁")
        for conduit in conduits])


def doubtful_rows(text):
    """The conduits that stand as comments, as they are once the // is off."""
    blocks = re.findall(r"^    // (\{ \"id\".*?^    //   \"approved\": \{\} \}),",
                        text, flags=re.S | re.M)
    return [plain(re.sub(r"^    // ", "", block, flags=re.M))
            for block in blocks]


def taken_up(day, draft, conduits, doubtful):
    """The doubtful rows that a person confirms: those of honest work that
    needs them."""
    leaks = [row for row in day.rows if row[0] == "leak"]
    honest = [row for row in day.rows if row[0] != "leak"]
    taken = []
    for conduit in doubtful:
        used = {row[0] for row in honest if permits(draft, conduit, row)
                and not any(permits(draft, known, row)
                            for known in conduits)}
        hidden = [row for row in leaks if permits(draft, conduit, row)]
        if used or is_inner(conduit) and is_used(draft, conduit, honest):
            taken.append(conduit)
        if hidden:
            print(f"# doubtful {conduit['id']}: leak to "
                  f"{hidden[0][4]}:{hidden[0][5]}"
                  + (f", beside {', '.join(sorted(used))}" if used else ""))
    return taken


def held(day, events):
    """{class: {what was said: conversations}} of what does not conform, how
    many do, how many there are, the unjudged share."""
    wrong = collections.defaultdict(collections.Counter)
    conform = every = unjudged = 0
    for event in flows(events):
        own = event["sekisho"]
        key = (event["proto"], event["src_ip"], str(event.get("src_port", 0)),
               event["dest_ip"], str(event.get("dest_port", 0)))
        name = day.classes.get(key)
        if name is None or own["verdict"] == "out-of-scope":
            continue
        truth = day.truth["classes"][name]["verdict"]
        if truth in ("background", "out-of-scope"):
            continue
        every += 1
        unjudged += own["verdict"] == "unjudged"
        if own["verdict"] == "conform":
            conform += 1
        elif (own["verdict"], own["reason"] or "") != (
                truth, day.truth["classes"][name]["reason"]):
            wrong[name][f"{own['verdict']} {own['reason'] or own['check']}"
                        ] += 1
    return wrong, conform, every, unjudged / max(every, 1)


def loud(day, events):
    """Alerts above information: {(class, check): count}."""
    found = collections.Counter()
    pairs = {(key[1], key[3], key[4]): name
             for key, name in day.classes.items()}
    for event in events:
        if (event["event_type"] == "alert"
                and event["sekisho"]["severity"] != "information"):
            found[pairs.get((event.get("src_ip"), event.get("dest_ip"),
                             str(event.get("dest_port"))), "?"),
                  event["sekisho"]["check"]] += 1
    return found


def named_only(day, text):
    """Classes that cannot be judged in truth either (their opening was before
    the day) and that the draft names among what it never proposes: a person
    declares them by hand."""
    return {row[0] for row in day.rows
            if day.truth["classes"][row[0]] == {"verdict": "unjudged",
                                                "reason": "direction"}
            and re.search(rf"^  // .* {re.escape(row[2])} > \S+ "
                          rf"{re.escape(row[4])} {row[1].lower()}/{row[5]} ",
                          text, flags=re.M)}


def clean_day_conforms(day, clean, draft, text, conduits):
    doubtful = doubtful_rows(text)
    taken = taken_up(day, draft, conduits, doubtful)
    open_classes = {row[0] for row in clean.rows for conduit in doubtful
                    if permits(draft, conduit, row)
                    or is_inner(conduit) and asks(draft, conduit, row)}
    by_hand = named_only(clean, text)
    print(f"# named, and never proposed: {', '.join(sorted(by_hand))}")
    for name, chosen in (("proposals", conduits),
                         ("proposals and doubtful", conduits + taken)):
        file = name.split()[-1]
        clean.write(file + ".jsonc", approved(draft, chosen))
        events = clean.probe(file + ".jsonc", file + ".json")
        wrong, conform, every, share = held(clean, events)
        alerts = loud(clean, events)
        print(f"# {name}: rows to approve: {len(conduits)}, doubtful: "
              f"{len(doubtful)} ({len(taken)} taken up); honest conversations "
              f"that conform: {conform} of {every}; unjudged "
              f"{share * 100:.2f} %")
        for kind, said in sorted(wrong.items()):
            print(f"#   {kind}: " + ", ".join(
                f"{what} {count}" for what, count in said.most_common()))
        for (kind, check), count in sorted(alerts.items()):
            print(f"#   alert {check} of {kind}: {count}")
        short = chosen is conduits
        waiting = by_hand | (open_classes if short else set())
        faults = [kind for kind in wrong if kind not in waiting]
        tell(not faults, f"approved {name}: the clean day conforms"
             + (", save what stands as doubtful" if short else ""), faults)
        faults = [found for found in alerts if found[0] not in waiting]
        tell(not faults, f"approved {name}: the clean day is quiet", faults)
        tell(share <= UNJUDGED_MOST,
             f"approved {name}: the unjudged share is below the limit", share)


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
    return draft, made[0], conduits


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
        day = Day(os.path.join(folder, "leaks"), words.packets, True)
        clean = Day(os.path.join(folder, "clean"), words.packets, False)
        events = day.probe("base.jsonc", "events.json")
        stage_rules(events)
        draft, text, conduits = drafted(day)
        proposals_are_true(day, draft, conduits)
        nothing_conforms_unapproved(day, draft)
        approved_leaks_do_not(day, draft, conduits)
        clean_day_conforms(day, clean, draft, text, conduits)
    finally:
        if not words.keep:
            shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
