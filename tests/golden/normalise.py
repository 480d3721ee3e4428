# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of the probe -> what a golden test compares.

  flow A:P > B:P PROTOCOL LABEL | VERDICT[(REASON)] [CHECK SEVERITY]
      | OUTCOME[(REFUSED-BY)] passed=X INITIATOR
      | ZONE > ZONE [conduit=ID] [exception=ID] [unobserved=ELEMENTS]
      [| FAILED CLAUSE [also=CHECKS]] [| SHOWN]
  alert CHECK A > B:P PROTOCOL | VERDICT SEVERITY OUTCOME passed=X [xCOUNT]
  notice CHECK NAME A > B[:P] [PROTOCOL] | SEVERITY [CLAUSE] [xCOUNT]
                              (a MAC where no address is known, - for neither)
  coverage CHECK SEVERITY TAP
  daily DAY KIND CHECK ZONE [WHAT] | xCOUNT [blocked=N] hosts=N [NAME=N ...]
  gap TAP FRAMES              (frames that were read of it before)
  account REASON=FRAMES ...   (frames that belong to no conversation)
  exit CODE

Sorted, without ids, hashes, times of writing or sentences; alerts of one
group stand in the order in which they were written.
"""

import json


class Events:
    """The lines of one run, by kind; every line must be one JSON object."""

    def __init__(self, text):
        self.flows, self.alerts, self.stats, self.others = [], [], [], []
        kinds = {"flow": self.flows, "alert": self.alerts,
                 "stats": self.stats}
        for line in text.splitlines():
            event = json.loads(line)
            kinds.get(event["event_type"], self.others).append(event)


def _end(event, side):
    address = event.get(f"{side}_ip", "?")
    port = event.get(f"{side}_port")
    if port is None:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _reach(ours):
    outcome = ours["outcome"]
    if ours.get("refused_by"):
        outcome += f"({ours['refused_by']})"
    return f"{outcome} passed={ours['passed']}"


def _verdict(ours):
    verdict = ours["verdict"]
    if ours.get("reason"):
        verdict += f"({ours['reason']})"
    if ours.get("check"):
        verdict += f" {ours['check']} {ours['severity']}"
    return verdict


def _where(ours):
    where = f"{ours.get('src_zone') or '-'} > {ours.get('dest_zone') or '-'}"
    for name in ("conduit", "exception"):
        if ours.get(name):
            where += f" {name}={ours[name]}"
    if ours.get("unobserved"):
        where += f" unobserved={','.join(sorted(ours['unobserved']))}"
    return where


def _because(ours):
    if not ours.get("check"):
        return ""
    clause = ours.get("clause") or {"kind": "-", "id": "-"}
    because = (f" | {ours.get('failed') or '-'} "
               f"{clause['kind']}:{clause.get('id') or '-'}")
    if ours.get("also"):
        because += f" also={','.join(sorted(ours['also']))}"
    return because


def _tls(ours):
    said = ours["tls"]
    return said and f"{said['version']} {said['cipher']} {said['class']}"


def _near(ours):
    near = ours["near_miss"]
    return near and (f"{near['conduit']} {near['element']}: "
                     f"{near['expected']} / {near['seen']}")


SHOWN = {"tls": _tls, "near": _near,
         "carries": lambda ours: ",".join(ours["carries"]),
         "background": lambda ours: ours.get("background", {}).get("name")}


def flow_line(event, show=()):
    ours = event["sekisho"]
    label = ours.get("application") or {}
    name = label.get("name") or "-"
    if label.get("confidence") == "correlated":
        name += "(correlated)"
    return (f"flow {_end(event, 'src')} > {_end(event, 'dest')} "
            f"{event['proto'].lower()} {name} | {_verdict(ours)} | "
            f"{_reach(ours)} {ours['initiator']} | {_where(ours)}"
            f"{_because(ours)}"
            + "".join(f" | {name}={SHOWN[name](ours) or '-'}"
                      for name in show))


def is_notice(event):
    """A finding that is not a conversation's verdict."""
    return "notice" in event["sekisho"]


def _party(event, side):
    if f"{side}_ip" in event:
        return _end(event, side)
    return event.get("ether", {}).get(f"{side}_mac", "-")


def _notice(event):
    """(what it is of, what is said of it)"""
    ours = event["sekisho"]
    key = (f"notice {ours['check']} {ours['notice']} "
           f"{event.get('src_ip') or _party(event, 'src')} > "
           f"{_party(event, 'dest')}")
    if "proto" in event:
        key += f" {event['proto'].lower()}"
    rest = f" | {ours['severity']}"
    if ours.get("clause"):
        rest += f" {ours['clause']['kind']}:{ours['clause']['id'] or '-'}"
    return key, rest


def alert_lines(events):
    """One line an alert; those of a group in the order of writing."""
    groups = {}
    for event in events:
        ours = event["sekisho"]
        if is_notice(event):
            key, rest = _notice(event)
        else:
            key = (f"alert {ours['check']} {event.get('src_ip', '?')} > "
                   f"{_end(event, 'dest')} {event['proto'].lower()}")
            rest = f" | {ours['verdict']} {ours['severity']} {_reach(ours)}"
        count = (ours.get("group") or {}).get("count", 1)
        if count != 1:
            rest += f" x{count}"
        groups.setdefault(key, []).append(rest)
    return [key + rest for key in sorted(groups) for rest in groups[key]]


def is_coverage(event):
    """A finding about what was seen, not about a conversation."""
    return event["sekisho"].get("check", "").startswith("COV-")


def coverage_line(event):
    ours = event["sekisho"]
    taps = ",".join(ours.get("taps") or []) or ours.get("boundary") or "-"
    return f"coverage {ours['check']} {ours['severity']} {taps}"


def daily_line(event):
    """A row of a day; what it may have lost shows as "+"."""
    ours = event["sekisho"]
    more = "+" if ours["count_at_least"] else ""
    line = (f"daily {ours['day']} {ours['kind']} {ours['check'] or '-'} "
            f"{ours['zone'] or '-'}")
    if ours["what"]:
        line += f" {ours['what']}"
    line += f" | x{ours['count']}{more}"
    if ours["blocked"] is not None:
        line += f" blocked={ours['blocked']}"
    line += f" hosts={ours['hosts']}{'+' if ours['hosts_at_least'] else ''}"
    for name in sorted(ours["names"], key=lambda n: n["name"]):
        line += f" {name['name']}={name['count']}"
    return line


def daily_faults(events):
    """Attempts set aside are all counted in rows, and nothing else is; none
    of them has alerted."""
    aside = [event for event in events.flows
             if "background" in event["sekisho"]]
    counted = sum(event["sekisho"]["count"] for event in events.others
                  if event["event_type"] == "sekisho_daily" and
                  event["sekisho"]["kind"] == "background")
    faults = [f"flow {event['flow_id']} is background and alerted"
              for event in aside if event["flow"]["alerted"]]
    if counted != len(aside):
        faults.append(f"daily rows count {counted} attempts in the "
                      f"background, there were {len(aside)}")
    return faults


def account(events):
    """(read, judged, {reason: frames}) as the last stats line says."""
    ours = events.stats[-1]["sekisho"]["account"]
    return ours["read"], ours["judged"], {
        name: frames for name, frames in ours["reasons"].items() if frames}


def lines(events, code, show=()):
    """All that is compared, sorted; show: more of each flow line."""
    out = sorted(flow_line(event, show) for event in events.flows)
    coverage = [event for event in events.alerts if is_coverage(event)]
    out += alert_lines([e for e in events.alerts if not is_coverage(e)])
    out += sorted(coverage_line(event) for event in coverage)
    out += sorted(daily_line(event) for event in events.others
                  if event["event_type"] == "sekisho_daily")
    out += sorted(f"gap {e['sekisho']['tap']} {e['sekisho']['frames']}"
                  for e in events.others if e["event_type"] == "sekisho_gap")
    _, _, reasons = account(events)
    out.append("account " + " ".join(
        f"{name}={frames}" for name, frames in sorted(reasons.items())))
    out.append(f"exit {code}")
    return out
