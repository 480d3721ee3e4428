# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what the probe said against what the scenarios expect: every line of
every scenario, nothing missing and nothing beside it.

A conversation belongs to the scenario in whose time it began, an alert to
that of its conversation, and one that no conversation shows to the scenario
in whose time it began. The last word on a group of alerts counts.
"""

import collections
import datetime
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "golden"))
import normalise  # noqa: E402

# The host's clock, which no lab can set right.
OF_THE_HOST = ("COV-5",)


class Span:
    """When a scenario was played, in seconds since 1970."""

    def __init__(self, scenario, begun, ended):
        self.scenario, self.begun, self.ended = scenario, begun, ended


def read(path):
    with open(path, encoding="utf-8") as file:
        return normalise.Events(file.read())


def stamp(text):
    return datetime.datetime.strptime(
        text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


def _without_client(event):
    """Its port is chosen by the client's kernel and says nothing."""
    return {k: v for k, v in event.items() if k != "src_port"}


def flow_line(event):
    return normalise.flow_line(_without_client(event))


def is_murmur(event):
    """Neighbours that look for each other: of a segment, at any time."""
    return (event["proto"].lower() == "ipv6-icmp" and
            event["sekisho"]["verdict"] == "out-of-scope")


def is_coverage(event):
    return event["sekisho"].get("check", "").startswith("COV-")


def groups(events):
    """The last word on each group of alerts."""
    last = {}
    for event in events.alerts:
        if not is_coverage(event):
            last[event["sekisho"]["group"]["id"]] = event
    return list(last.values())


def alert_line(event):
    return normalise.alert_lines([event])[0]


class Outcome:
    """What one run of the probe said, scenario by scenario."""

    def __init__(self, events, spans):
        self.events = events
        self.lines = {span.scenario.name: collections.Counter()
                      for span in spans}
        self.stray = collections.Counter()  # of no scenario
        self.coverage = [event for event in events.alerts
                         if is_coverage(event) and
                         event["sekisho"]["check"] not in OF_THE_HOST]
        owner = {}
        for event in events.flows:
            name = self._span_of(spans, stamp(event["flow"]["start"]))
            owner[event["flow_id"]] = name
            if is_murmur(event):
                continue
            if name:
                self.lines[name][flow_line(event)] += 1
            elif event["sekisho"]["verdict"] != "out-of-scope":
                self.stray[flow_line(event)] += 1
        for event in groups(events):
            name = owner.get(event.get("flow_id"))
            if name is None and normalise.is_notice(event):
                name = self._span_of(spans, stamp(
                    event["sekisho"]["group"]["first"]))
            where = self.lines[name] if name else self.stray
            where[alert_line(event)] += 1

    @staticmethod
    def _span_of(spans, moment):
        for span in spans:
            if span.begun <= moment < span.ended:
                return span.scenario.name
        return None

    def faults(self, scenario):
        """["- expected", "+ beside it"] of one scenario."""
        want = collections.Counter(scenario.expected)
        have = self.lines[scenario.name]
        return ([f"- {line}" for line in (want - have).elements()] +
                [f"+ {line}" for line in (have - want).elements()])

    def other_faults(self):
        """What belongs to no scenario and should not be there."""
        found = [f"+ {line}" for line in self.stray.elements()]
        found += [f"+ {normalise.coverage_line(event)}"
                  for event in self.coverage]
        found += [f"+ gap {json.dumps(event['sekisho'])}"
                  for event in self.events.others
                  if event["event_type"] == "sekisho_gap"]
        return found

    def account_faults(self):
        """read = judged + reasons in every stats line."""
        faults = []
        for event in self.events.stats:
            ours = event["sekisho"].get("account")
            if ours and ours["read"] != ours["judged"] + sum(
                    ours["reasons"].values()):
                faults.append(f"account: {json.dumps(ours)}")
        return faults[:1] + normalise.daily_faults(self.events)

    def deaf_taps(self, taps):
        """Where nothing was heard: what is expected there proves nothing."""
        heard = {tap["tap"] for event in self.events.others
                 if event["event_type"] == "sekisho_health"
                 for tap in event["sekisho"]["taps"] if tap["received"]}
        return [f"nothing was heard on the tap {tap}" for tap in taps
                if tap not in heard]


def differences(live, offline):
    """Where two runs over the same traffic do not say the same."""
    faults = []
    pairs = [(name, have, offline.lines[name])
             for name, have in live.lines.items()]
    pairs.append(("of no scenario", live.stray, offline.stray))
    for name, have, other in pairs:
        faults += [f"{name}: live alone: {line}"
                   for line in (have - other).elements()]
        faults += [f"{name}: from the capture alone: {line}"
                   for line in (other - have).elements()]
    return faults
