# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaks hidden in the day: each is one thing that somebody did or mispatched,
at its own time, with the alerts that it must raise and nothing beside them.

An alert of the truth is (check, severity, from, to): from and to are addresses
or None where the alert names none. A leak is found when every one of its
alerts is there; alerts of no leak are false.
"""

import city as town
import frames
import says
import segment
from city import SECOND_US


class Hidden:
    """The leaks of one day."""

    def __init__(self, day):
        self.day, self.leaks = day, []

    def add(self, name, hours, function, *alerts):
        self.leaks.append({
            "name": name, "at": hours,
            "alerts": [dict(zip(("check", "severity", "from", "to"), alert))
                       for alert in alerts]})
        self.day.at(self.day.hour(hours), function)

    def tcp(self, client, address, port, dialogue, **more):
        def play(day, time_us):
            day.tcp(time_us, "leak", client, address, port, dialogue, **more)
        return play


def other_route(day, client, address, time_us, near, far=None, mac=None):
    """Sides that are not those of the model: near is a zone, far another one
    or None; mac: the box that the client hands it to."""
    sides = [town.side(near, client, time_us, 0, 0, True, virtual=mac)]
    if mac:
        back = frames.ethernet(town.mac_of(client), mac, 0x0800,
                               town.PLACES[near].vlan)
        sides[0] = sides[0]._replace(back=back)
    if far:
        sides.append(town.side(far, address, time_us, frames.CROSSING_US, 1,
                               False))
    return sides


def hide(day):
    """Puts all leaks on the agenda; returns what must be found."""
    day.verdicts["leak"] = "violate", ""
    # What betrays these is not their crossing: a box that is not registered,
    # and the name that a translation gave.
    day.verdicts["leak-inside"] = "out-of-scope", ""
    day.verdicts["leak-renamed"] = "unjudged", "not-observable: path"
    hidden = Hidden(day)
    for group in (crossings, lines, segments, names, permits, gates):
        group(hidden)
    return hidden.leaks


# ---- where no conduit helps

def crossings(hidden):
    pc, core_pc = "10.3.1.101", "10.1.10.20"
    hidden.add("temporary-rule-in", 10.2, hidden.tcp(
        pc, "10.1.0.20", 445, says.smb("secret"), bulk=(1, 20)),
               ("SEG-1", "critical", pc, "10.1.0.20"))
    hidden.add("temporary-rule-out", 10.4, hidden.tcp(
        core_pc, "10.3.0.20", 445, says.smb("public"), bulk=(0, 20)),
               ("SEG-1", "critical", core_pc, "10.3.0.20"))

    def syslog_out(day, time_us):
        talk = day.talk("leak", "10.1.0.50", "203.0.114.77", 514, time_us,
                        frames.UDP)
        for number in range(40):
            talk.datagram(0, says.syslog("db1", number) * 3)
            talk.now += SECOND_US
    hidden.add("one-way-syslog", 11.1, syslog_out,
               ("SEG-1", "critical", "10.1.0.50", "203.0.114.77"))

    def tunnel_by_dns(day, time_us):
        talk = day.talk("leak", "10.2.16.21", "8.8.8.8", 53, time_us,
                        frames.UDP)
        for number in range(30):
            label = says.noise(f"exfiltrated {number}", 20).hex()
            talk.exchange(says.dns(f"{label}.t.example"))
            talk.now += 2 * SECOND_US
    hidden.add("dns-tunnel", 11.3, tunnel_by_dns,
               ("SEG-1", "critical", "10.2.16.21", "8.8.8.8"))
    hidden.add("screen-reversed", 13.2, hidden.tcp(
        "10.3.9.20", "10.2.16.22", 3389, says.rdp()),
               ("SEG-5", "high", "10.3.9.20", "10.2.16.22"))


# ---- wrong line, wrong box

def lines(hidden):
    hidden.add("cloud-other-account", 10.6, hidden.tcp(
        "10.1.10.21", "10.200.2.10", 443, says.tls("tax.gc.example")),
               ("SEG-2", "high", "10.1.10.21", "10.200.2.10"))
    hidden.add("cloud-vendor-reversed", 22.4, hidden.tcp(
        "10.200.1.10", "10.1.10.22", 3389, says.rdp()),
               ("SEG-5", "high", "10.200.1.10", "10.1.10.22"))

    def off_its_link(day, time_us):
        sides = other_route(day, "10.1.10.23", "10.200.1.10", time_us, "core",
                            "jukinet")
        day.tcp(time_us, "leak", "10.1.10.23", "10.200.1.10", 443,
                says.tls("resident.gc.example"), sides=sides)
    hidden.add("cloud-off-its-link", 15.3, off_its_link,
               ("SEG-10", "critical", "10.1.10.23", "10.200.1.10"))

    def second_exit(day, time_us):
        mac = frames.mac_bytes("02:00:00:00:66:66")
        sides = other_route(day, "10.3.1.102", "203.0.114.80", time_us,
                            "office", None, mac)
        day.tcp(time_us, "leak", "10.3.1.102", "203.0.114.80", 443,
                says.tls("upload.example"), sides=sides)
    hidden.add("second-exit", 15.6, second_exit,
               ("SEG-13", "high", "10.3.1.102", "203.0.114.80"),
               ("LNK-4", "high", None, "10.3.1.102"))

    def by_proxy(day, time_us):
        talk = says.proxied("172.20.9.8:443", "eltax.lgwan.example", True)
        day.tcp(time_us, "leak", "10.3.1.103", "172.31.0.10", 8080, talk)
    hidden.add("partner-by-proxy", 16.2, by_proxy,
               ("SEG-1", "critical", "10.3.1.103", "172.31.0.10"))

    def translated(day, time_us):
        sides = other_route(day, "10.3.1.104", "172.31.0.10", time_us,
                            "office", "security")
        sides[1] = sides[1]._replace(client=("172.31.0.77", 50123))
        talk = day.talk("leak-renamed", "10.3.1.104", "172.31.0.10", 8080,
                        time_us, frames.TCP, sides=sides)
        talk.open()
        for page in range(5):
            talk.say(says.proxied(f"www{page}.news.example/long/{page}", "",
                                  False))
            talk.now += SECOND_US
        talk.close()
    hidden.add("undeclared-translation", 16.4, translated,
               ("TOP-12", "medium", "10.3.1.104", "172.31.0.77"),
               ("SEG-12", "high", "172.31.0.77", "172.31.0.10"))


# ---- on a segment

def segments(hidden):
    def spoofed(day, time_us):
        side = town.side("security", "203.0.114.99", time_us, 0, 0)
        inner = town.side("office", "10.3.0.20", time_us, 170, 1, False)
        client = "10.3.1.105", day.port("10.3.1.105")
        talk = frames.Talk(day.captures, client, ("10.3.0.20", 445),
               [side, inner], time_us, frames.TCP)
        day.note("leak", "TCP", client, ("10.3.0.20", 445))
        number = talk.number[0]
        for _ in range(3):
            talk.number[0] = number
            talk.segment(0, frames.SYN)
            talk.now += SECOND_US
    hidden.add("spoofed-source", 3.1, spoofed,
               ("SEG-12", "high", "10.3.1.105", "10.3.0.20"))

    def rogue(day, time_us):
        mac = frames.mac_bytes("02:00:00:00:03:97")
        client = town.mac_of("10.3.1.106")
        for kind in (2, 5):
            day.frame(time_us, "office", mac, b"\xff" * 6, 0x0800,
                      frames.udp_packet(("10.3.9.97", 67),
                                        ("255.255.255.255", 68), says.dhcp(
                                            kind, client, 0x77,
                                            yours="10.3.9.98",
                                            server="10.3.9.97"), 64))
            time_us += 300000
        day.frame(time_us, "office", mac, b"\x33\x33\0\0\0\x01", 0x86DD,
                  frames.icmp6("fe80::397", "ff02::1",
                               b"\x86\0\0\0\x40\0\x07\x08" + bytes(8)
                               + b"\x01\x01" + mac))
    hidden.add("rogue-router", 9.1, rogue,
               ("LNK-3", "high", "10.3.9.97", None),
               ("LNK-3", "high", "fe80::397", None),
               ("AST-1", "medium", "10.3.9.97", None))

    def mixed(day, time_us):
        stranger = "10.1.10.24"
        mac = town.mac_of(stranger)
        for group, port, payload, ttl in (
                ("224.0.0.251", 5353, says.mdns("_ipp._tcp.local"), 255),
                ("224.0.0.252", 5355, says.llmnr("wpad"), 1)):
            four = frames.packed(group)
            day.frame(time_us, "lg", mac, b"\x01\x00\x5e" + four[1:],
                      0x0800, frames.udp_packet(
                          (stranger, 5353 if port == 5353 else 50111),
                          (group, port), payload, ttl))
            time_us += 40000
    hidden.add("mispatched-vlan", 9.4, mixed,
               ("LNK-8", "high", "10.1.10.24", None))

    def forwarding(day, time_us):
        mac = frames.mac_bytes(town.SPECIAL["10.2.8.8"])
        host = town.mac_of("10.2.16.23")
        day.frame(time_us, "lg", mac, host, 0x0800, frames.udp_packet(
            ("10.3.1.107", 50200), ("10.2.16.23", 50201), b"by the printer",
            63))
    hidden.add("printer-forwards", 14.2, forwarding,
               ("LNK-4", "high", None, "10.2.16.23"),
               ("SEG-2", "low", "10.3.1.107", "10.2.16.23"),
               ("LNK-1", "high", "10.3.1.107", "10.2.16.23"))

    def stranger(day, time_us):
        nas, pc = "10.2.200.200", "10.2.16.24"
        segment.arp(day, time_us, "lg", town.mac_of(nas), nas, nas)
        day.tcp(time_us + SECOND_US, "leak-inside", pc, nas, 445,
                says.smb("share"), bulk=(0, 1500))
    hidden.add("unregistered-storage", 14.5, stranger,
               ("AST-1", "medium", "10.2.200.200", None),
               ("AST-5", "high", "10.2.200.200", None))

    def tunnelled(day, time_us):
        for number in range(5):
            for way in (0, 1):
                ends = ("10.2.0.61", "10.2.16.25")[::-1 if way else 1]
                inner = frames.udp_packet((ends[0], 9), (ends[1], 9),
                                          b"inside", 64)
                day.frame(time_us, "lg", town.mac_of(ends[0]),
                          town.mac_of(ends[1]), 0x0800, frames.ip_packet(
                              4, *ends, inner, 64))
                time_us += SECOND_US
    hidden.add("undeclared-tunnel", 18.1, tunnelled,
               ("LNK-6", "high", "10.2.0.61", "10.2.16.25"))


# ---- the listed service

def names(hidden):
    hidden.add("fronting", 10.8, hidden.tcp(
        "10.2.16.26", "203.0.114.60", 443, says.tls("mail.office.example")),
               ("SEG-1", "critical", "10.2.16.26", "203.0.114.60"))
    hidden.add("other-name", 11.6, hidden.tcp(
        "10.2.16.27", "192.0.2.10", 443, says.tls("drive.private.example")),
               ("SEG-16", "high", "10.2.16.27", "192.0.2.10"))


# ---- what is permitted, but not so

def permits(hidden):
    hidden.add("other-application", 15.1, hidden.tcp(
        "10.2.16.28", "172.20.30.8", 443, says.ssh()),
               ("SEG-4", "high", "10.2.16.28", "172.20.30.8"))
    hidden.add("batch-by-day", 13.5, hidden.tcp(
        "10.1.0.60", "10.2.0.60", 443, says.tls("stat.city.example"),
        bulk=(0, 40)),
               ("SEG-7", "medium", "10.1.0.60", "10.2.0.60"))
    hidden.add("expired", 10.9, hidden.tcp(
        "10.2.0.62", "10.9.0.91", 443, says.tls("old.gate.example")),
               ("SEG-8", "medium", "10.2.0.62", "10.9.0.91"))
    hidden.add("update-pushed", 16.7, hidden.tcp(
        "10.9.0.30", "10.2.16.29", 8530, says.http("/push")),
               ("SEG-5", "high", "10.9.0.30", "10.2.16.29"))


# ---- past the sanitisers

def gates(hidden):
    hidden.add("mail-past-sanitiser", 12.6, hidden.tcp(
        "172.31.0.25", "10.2.0.25", 25, says.smtp()),
               ("SEG-1", "critical", "172.31.0.25", "10.2.0.25"))
    hidden.add("files-past-sanitiser", 12.8, hidden.tcp(
        "10.3.0.20", "10.2.0.20", 445, says.smb("inbox"), bulk=(0, 20)),
               ("SEG-2", "high", "10.3.0.20", "10.2.0.20"),
               ("SAN-1", "critical", "10.3.0.20", "10.2.0.20"))
