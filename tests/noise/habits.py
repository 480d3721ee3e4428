# SPDX-License-Identifier: GPL-3.0-or-later
"""A working Wednesday of the city: who talks to whom, when and how much.

Each function puts one group of conversations on the agenda and says what each
class of them must be found to be. Nothing here may alert. Amounts are of a
full day of 800 staff; day.times() and day.every() make less of them when less
is asked for.
"""

import struct

import carried
import city as town
import frames
import says
import segment
from city import MINUTE_US, SECOND_US
from day import CONFORM, EVEN, LOCAL, OFFICE, Day, hash_of, take

SAAS = {"mail.office.example": ["192.0.2.10", "192.0.2.11", "198.51.100.20"],
        "team.files.office.example": ["203.0.113.20", "203.0.113.21"],
        "east.meeting.office.example": ["192.0.2.140", "198.51.100.140"]}
MEDIA = ["192.0.2.150", "192.0.2.151"]
BACKGROUND = ["ocsp.digicert.com", "crl3.digicert.com",
              "ctldl.windowsupdate.com", "www.msftconnecttest.com",
              "v10.events.data.microsoft.com", "fe2.update.microsoft.com"]


# ---- a desk logs on

def log_on(day, time_us, name, pc, dc, files, names="city.example"):
    """A member of a domain: where is a controller, tickets, policy, time."""
    for number, asked in enumerate(("_ldap._tcp.dc._msdcs." + names,
                                    "dc1." + names)):
        day.udp(time_us + number * 30000, name, pc, dc, 53, says.dns(asked))
    day.udp(time_us + 80000, name, pc, dc, 389, says.cldap())
    day.udp(time_us + 120000, name, pc, dc, 123, says.ntp())
    day.udp(time_us + 150000, name, pc, dc, 88, says.kerberos_udp())
    for number, (port, talk) in enumerate((
            (88, says.kerberos()), (88, says.kerberos()), (389, says.ldap()),
            (135, says.rpc()), (49668, says.rpc()),
            (445, says.smb("SYSVOL")), (3268, says.ldap()))):
        day.tcp(time_us + 200000 + number * 150000, name, pc, dc, port, talk)
    if files:
        day.tcp(time_us + 2 * SECOND_US, name, pc, files, 445,
                says.smb("home"), (1, 6))


# ---- the LGWAN tier

def lg_desks(day):
    day.verdicts["lg-inside"] = LOCAL
    dcs = ["10.2.0.10", "10.2.0.11"]
    for pc in day.city.pcs:
        start = day.some_time(OFFICE, 7.6, 8.9)
        day.at(start, segment.wake, "lg", pc, "10.2.0.67", "10.2.0.1")
        day.at(start + 4 * SECOND_US, log_on, "lg-inside", pc,
               day.random.choice(dcs), "10.2.0.20")
        for at in take(day, OFFICE, 5, 8.7, 21):
            day.at(at, Day.tcp, "lg-inside", pc, "10.2.0.20", 445,
                   says.smb("share"), (1, day.random.randrange(4, 24)))
        for at in take(day, OFFICE, 8, 8.7, 21):
            day.at(at, Day.tcp, "lg-inside", pc, "10.2.0.30", 443,
                   says.tls("portal.city.example"),
                   (1, day.random.randrange(0, 6)))
        for at in take(day, OFFICE, 5, 8.7, 21):
            day.at(at, Day.udp, "lg-inside", pc, day.random.choice(dcs), 53,
                   says.dns(f"srv{day.random.randrange(40)}.city.example"))
        for at in take(day, OFFICE, 3, 8.7, 20):
            day.at(at, segment.chatter, "lg", pc)
        if hash_of(pc) % 4 == 0:
            day.at(day.some_time(OFFICE, 8.7, 18), segment.files6, pc, "10.2.0.21")
        for at in take(day, OFFICE, 1, 9, 18):
            day.at(at, Day.tcp, "lg-inside", pc, "10.2.0.40", 445,
                   says.smb("print"), (0, day.random.randrange(2, 12)))


def lg_crossing(day):
    """LGWAN application services, files by the sanitiser, updates."""
    for name in ("lgwan-asp", "files-clean", "update-pulled"):
        day.verdicts[name] = CONFORM
    for pc in day.city.pcs:
        for at in take(day, OFFICE, 2, 8.5, 20):
            day.at(at, Day.tcp, "lgwan-asp", pc, "172.20.30.8", 443,
                   says.tls("asp.lgwan.example", 12),
                   (1, day.random.randrange(0, 8)))
        for at in take(day, OFFICE, 0.5, 9, 19):
            day.at(at, Day.tcp, "files-clean", pc, "10.9.0.11", 443,
                   says.tls("clean.gate.example"),
                   (1, day.random.randrange(2, 30)))
        day.at(day.some_time(OFFICE, 8.4, 19), Day.tcp, "update-pulled", pc,
               "10.9.0.30", 8530, says.http("/Content/definition.cab",
                                            "application/octet-stream"),
               (1, day.random.randrange(4, 14)))


def desktops(day, packets):
    """Screen transfer by virtual browsers: sessions of an hour, with as many
    packets each as are asked for."""
    day.verdicts["virtual-browser"] = CONFORM
    users = day.city.pcs[::2] + day.city.branch_pcs[::4]
    each = max(4, packets // max(1, len(users)) // 6)
    for pc in users:
        day.at(day.some_time(OFFICE, 8.5, 18), screen, pc,
               day.random.choice(day.city.browsers), each,
               day.random.randrange(20, 90) * MINUTE_US)


def screen(day, time_us, pc, browser, turns, lasts_us):
    talk = day.talk("virtual-browser", pc, browser, 3389, time_us, frames.TCP)
    talk.open()
    talk.say(says.rdp())
    pause = min(lasts_us // turns, 20 * MINUTE_US)
    moved = False
    for turn in range(turns):
        talk.now = max(talk.now, time_us + turn * pause
                       + hash_of(f"{pc}{turn}") % (pause // 2 + 1))
        if not moved and talk.now >= town.FAILOVER_US:
            talk.move(day.sides(*talk.ends, talk.now))
            moved = True
        talk.segment(0, frames.PSH | frames.ACK, KEYS)
        talk.segment(1, frames.PSH | frames.ACK, PICTURES[turn & 3])
        talk.segment(0, frames.ACK)
    talk.close()


KEYS = b"\x17\x03\x03\x00\x25" + says.noise("keys", 37)
PICTURES = [b"\x17\x03\x03" + struct.pack(">H", n) + says.noise("picture", n)
            for n in (90, 210, 430, 130)]


def breakout(day):
    """The listed service over the local breakout: address, name and link."""
    for name in ("groupware-cloud", "meeting"):
        day.verdicts[name] = CONFORM
    day.verdicts["meeting-media"] = "unjudged", "name"
    day.verdicts["hidden-name"] = "unjudged", "name"
    for pc in day.city.pcs:
        for at in take(day, OFFICE, 4, 8.3, 20):
            name = day.random.choice(["mail.office.example",
                                      "team.files.office.example"])
            day.at(at, Day.tcp, "groupware-cloud", pc, day.random.choice(
                SAAS[name]), 443, says.tls(name),
                   (day.random.randrange(2), day.random.randrange(0, 10)))
    for number in range(day.times(24)):
        start = day.some_time(OFFICE, 9, 17)
        for pc in day.random.sample(day.city.pcs,
                                    min(len(day.city.pcs), 3)):
            day.at(start + number * SECOND_US, meet, pc)
    for _ in range(day.times(20)):
        day.at(day.some_time(OFFICE, 9, 18), Day.tcp, "hidden-name",
               day.random.choice(day.city.pcs), "192.0.2.12", 443, says.tls())


def meet(day, time_us, pc):
    name = "east.meeting.office.example"
    day.tcp(time_us, "meeting", pc, day.random.choice(SAAS[name]), 443,
            says.tls(name), (1, 4))
    talk = day.talk("meeting-media", pc, day.random.choice(MEDIA), 3479,
                    time_us + 2 * SECOND_US, frames.UDP, step_us=20000)
    talk.exchange(says.stun(hash_of(pc)))
    for turn in range(day.times(150)):
        talk.datagram(0, says.rtp(turn, 160))
        talk.datagram(1, says.rtp(turn, 160))
        if turn % 6 == 0:
            talk.datagram(1, says.rtp(turn, 900))


# ---- infrastructure of the LGWAN tier and the gate

def names_and_time(day):
    for name in ("lgwan-dns", "time-from-gate", "time-of-gate", "core-time",
                 "office-dns", "office-time"):
        day.verdicts[name] = CONFORM
    day.verdicts["lgwan-dns-first"] = "unjudged", "direction"
    # One at least every ten minutes: it is the heartbeat of a tap.
    for number in range(24 * 12):
        # Who began it is not certain until a tap was watched for a while.
        name = "lgwan-dns" if number else "lgwan-dns-first"
        day.at(day.hour(number / 12) + 11 * SECOND_US, Day.udp, name,
               "10.2.0.53", "172.20.0.53", 53,
               says.dns(f"host{number % 50}.lgwan.example"))
    for server, zone_class in (("10.2.0.10", "time-from-gate"),
                               ("10.2.0.11", "time-from-gate"),
                               ("10.1.0.10", "core-time"),
                               ("10.1.0.11", "core-time")):
        for at in day.every(1024):
            day.at(at, clock, zone_class, server, "10.9.0.12")
    for at in day.every(1024):
        day.at(at, clock, "time-of-gate", "10.9.0.12", "172.20.0.12")
        day.at(at + 60 * SECOND_US, clock, "office-time", "10.3.0.10",
               "172.31.0.12")
    for _ in range(day.times(900)):
        day.at(day.some_time(OFFICE), Day.udp, "office-dns", "10.3.0.53",
               "172.31.0.53", 53,
               says.dns(f"www{day.random.randrange(90)}.news.example"))


def clock(day, time_us, name, client, server):
    day.udp(time_us, name, client, server, 123, says.ntp(), source_port=123)


def mail(day):
    """In by the security cloud and the mail sanitiser, out by the relay, and
    within LGWAN both ways."""
    for name in ("mail-in", "mail-clean", "mail-out", "mail-relay",
                 "lgwan-mail", "lgwan-mail-in", "office-mail"):
        day.verdicts[name] = CONFORM
    hops = (("mail-in", "172.31.0.25", "10.9.0.24", 500, (0, 12)),
            ("mail-clean", "10.9.0.25", "10.2.0.25", 500, (0, 6)),
            ("mail-out", "10.2.0.25", "10.9.0.26", 300, (0, 8)),
            ("mail-relay", "10.9.0.26", "172.31.0.25", 300, (0, 8)),
            ("office-mail", "10.3.0.25", "172.31.0.25", 100, (0, 8)),
            ("lgwan-mail", "10.2.0.25", "172.20.0.25", 150, (0, 5)),
            ("lgwan-mail-in", "172.20.0.25", "10.2.0.25", 150, (0, 5)))
    for name, client, server, count, bulk in hops:
        for _ in range(day.times(count)):
            # The body between the last word and its receipt.
            day.at(day.some_time(OFFICE), Day.tcp, name, client, server, 25,
                   says.smtp(), (0, day.random.randrange(*bulk)))


def gates(day):
    """Files handed in and handed out, updates fetched at night, logs."""
    for name in ("files-in", "files-pushed", "update-fetched",
                 "update-core", "logs", "core-logs", "handover"):
        day.verdicts[name] = CONFORM
    for _ in range(day.times(250)):
        day.at(day.some_time(OFFICE, 8.5, 19), Day.tcp, "files-in",
               day.random.choice(day.city.office), "10.9.0.10", 443,
               says.tls("dirty.gate.example"), (0, day.random.randrange(60)))
    for _ in range(day.times(120)):
        day.at(day.some_time(OFFICE, 8.5, 19), Day.tcp, "files-pushed",
               "10.9.0.11", "10.2.0.20", 445, says.smb("inbox"),
               (0, day.random.randrange(2, 40)))
    for _ in range(day.times(40)):
        day.at(day.some_time(None, 2, 5), Day.tcp, "update-fetched",
               "10.9.0.30", "172.20.40.2", 8530,
               says.http("/Content/update.cab", "application/octet-stream"),
               (1, day.random.randrange(100, 300)))
    for _ in range(day.times(4)):
        day.at(day.some_time(None, 5.2, 6), Day.tcp, "update-core",
               "10.1.0.30", "10.9.0.30", 8530,
               says.http("/Content/update.cab", "application/octet-stream"),
               (1, 200))
    for _ in range(day.times(60)):
        day.at(day.some_time(OFFICE, 9, 18), Day.tcp, "handover",
               "10.3.1.90", "10.9.0.90", 8443, says.tls("hand.gate.example"))
    for host in ("10.9.0.10", "10.9.0.11", "10.9.0.25", "10.9.0.40"):
        day.at(day.hour(0.5), tell_log, "logs", host, "10.2.7.8")
    for host in ("10.1.0.10", "10.1.0.11", "10.1.0.20"):
        day.at(day.hour(0.6), tell_log, "core-logs", host, "10.9.0.40")


def tell_log(day, time_us, name, host, server):
    """Log lines all day long, one way."""
    talk = day.talk(name, host, server, 514, time_us, frames.UDP,
                    source_port=514)
    for number, at in enumerate(day.every(45, 0.6, 23.95)):
        if at >= town.FAILOVER_US and number:
            talk.move(day.sides(*talk.ends, at))
        talk.now = at
        talk.datagram(0, says.syslog(host, number))


def care(day):
    """Who manages many hosts at once, declared by its kind in the ledger or
    as a scanner: inventory at noon, backups and a scan at night."""
    day.verdicts["care"] = LOCAL
    for number, pc in enumerate(day.city.pcs[:40]):
        at = day.hour(12.5) + number * 9 * SECOND_US
        day.at(at, Day.tcp, "care", "10.2.0.35", pc, 135, says.rpc())
        day.at(at + SECOND_US, Day.tcp, "care", "10.2.0.35", pc, 445,
               says.smb("IPC$"))
    for number, server in enumerate(day.city.systems):
        day.at(day.hour(1.6) + number * 20 * SECOND_US, Day.tcp, "care",
               "10.2.0.90", server, 445, says.smb("C$"), (1, 40))
        for at in take(day, OFFICE, 60, 8.5, 18):
            day.at(at, Day.tcp, "care", day.random.choice(day.city.pcs),
                   server, 443, says.tls("app.city.example"))
    for number, pc in enumerate(day.city.pcs[:60]):
        for port in (22, 80, 3389, 5900):
            day.at(day.hour(22.6) + number * 2 * SECOND_US + port, refuse,
                   "10.2.7.7", pc, port)


def refuse(day, time_us, client, server, port):
    """The host is there, and nothing listens."""
    talk = day.talk("care", client, server, port, time_us, frames.TCP)
    talk.segment(0, frames.SYN)
    talk.segment(1, frames.RST | frames.ACK)


def printers(day):
    """Print server to MFPs by 9100 and IPP, MFPs to the file server; an old
    one knows only SMB 1, and a NAS was left to understand it."""
    day.verdicts["print"] = day.verdicts["scan"] = LOCAL
    day.verdicts["print-branch"] = day.verdicts["scan-branch"] = CONFORM
    for mfp in ("10.2.8.8", "10.2.8.9"):
        for at in take(day, OFFICE, 120, 8.5, 19):
            day.at(at, Day.tcp, "print", "10.2.0.40", mfp, 9100, says.pjl(),
                   (0, day.random.randrange(4, 30)))
        for at in take(day, OFFICE, 60, 8.5, 19):
            day.at(at, Day.tcp, "scan", mfp, "10.2.0.20", 445,
                   says.smb("scan"), (0, day.random.randrange(8, 60)))
    day.verdicts["smb1"] = LOCAL
    for at in take(day, OFFICE, 15, 8.5, 19):
        day.at(at, Day.tcp, "smb1", "10.2.8.9", "10.2.0.21", 445,
               says.smb1(), (0, 6))
    for mfp in ("10.3.8.8", "10.3.8.9"):
        for at in take(day, OFFICE, 40, 8.5, 19):
            day.at(at, Day.tcp, "print", "10.3.0.20", mfp, 631, says.ipp(),
                   (0, day.random.randrange(4, 20)))
            day.at(at + 9 * MINUTE_US, Day.tcp, "scan", mfp, "10.3.0.20",
                   445, says.smb("scan"), (0, 9))
    for mfp in ("10.1.8.8", "10.1.8.9"):
        for at in take(day, OFFICE, 60, 8.5, 19):
            day.at(at, Day.tcp, "print", "10.1.0.40", mfp, 9100, says.pjl(),
                   (0, day.random.randrange(4, 20)))
    for mfp in ("10.12.1.8", "10.12.2.8", "10.12.3.8"):
        for at in take(day, OFFICE, 30, 8.5, 18):
            day.at(at, Day.tcp, "print-branch", "10.2.0.40", mfp, 631,
                   says.ipp(), (0, day.random.randrange(4, 20)))
            day.at(at + 7 * MINUTE_US, Day.tcp, "scan-branch", mfp,
                   "10.2.0.20", 445, says.smb("scan"), (0, 8))


def monitoring(day):
    """Pings every five minutes, SNMP within zones, once a day a walk through
    the segment: declared to scan."""
    for name in ("ping-gate", "ping-branch", "ping-lgwan", "ping-cloud"):
        day.verdicts[name] = CONFORM
    day.verdicts["ping-lgwan-outer"] = "unjudged", "hidden-by-nat"
    for name in ("ping-inside", "snmp", "sweep"):
        day.verdicts[name] = LOCAL
    targets = [("ping-gate", "10.2.7.7", a) for a in (
        "10.9.0.11", "10.9.0.12", "10.9.0.24", "10.9.0.30", "10.9.0.40")]
    targets += [("ping-branch", "10.2.7.7", a) for a in (
        "10.12.1.8", "10.12.2.20", "10.12.3.20")]
    targets += [("ping-lgwan", "10.2.7.7", "172.20.0.53"),
                ("ping-cloud", "10.1.7.7", "10.200.1.10"),
                ("ping-cloud", "10.1.7.7", "10.200.2.10")]
    targets += [("ping-inside", "10.2.7.7", a) for a in (
        "10.2.0.10", "10.2.0.20", "10.2.0.25", "10.2.0.30", "10.2.8.8")]
    targets += [("ping-inside", "10.1.7.7", a) for a in (
        "10.1.0.10", "10.1.0.20", "10.1.0.41", "10.1.8.8")]
    for name, monitor, address in targets:
        for at in day.every(600):
            day.at(at, Day.ping, name, monitor, address)
    for monitor, servers in (
            ("10.2.7.7", ("10.2.0.20", "10.2.0.21", "10.2.8.8", "10.2.8.9")),
            ("10.1.7.7", ("10.1.0.20", "10.1.8.8", "10.1.8.9"))):
        for address in servers:
            for at in day.every(300):
                day.at(at, Day.udp, "snmp", monitor, address, 161,
                       says.snmp(at // SECOND_US))
    for number in range(day.times(120)):
        day.at(day.hour(22.5) + number * SECOND_US, seek, "10.2.7.7",
               f"10.2.200.{number + 1}")


def seek(day, time_us, monitor, address):
    """A host that is not there."""
    segment.arp(day, time_us, town.zone_of(monitor), town.mac_of(monitor), monitor,
        address)


# ---- the My Number tier

def core_desks(day):
    day.verdicts["core-inside"] = LOCAL
    for name in ("resident-system", "tax-system"):
        day.verdicts[name] = CONFORM
    # Its line must be encrypted, by itself or inside: that is on paper only.
    day.verdicts["cloud-directory"] = "unjudged", "not-observable: encryption"
    for pc in day.city.residents + day.city.tax:
        start = day.some_time(OFFICE, 7.6, 8.9)
        day.at(start, segment.wake, "core", pc, "10.1.0.67", "10.1.0.1")
        day.at(start + 4 * SECOND_US, log_on, "core-inside", pc,
               day.random.choice(["10.1.0.10", "10.1.0.11"]), "10.1.0.20")
        name, server, host = (
            ("tax-system", "10.200.2.10", "tax.gc.example")
            if pc in day.city.tax
            else ("resident-system", "10.200.1.10", "resident.gc.example"))
        for at in take(day, OFFICE, 24, 8.5, 18):
            day.at(at, Day.tcp, name, pc, server, 443,
                   says.tls(host, day.random.choice([12, 13])),
                   (1, day.random.randrange(0, 8)))
        for at in take(day, OFFICE, 6, 8.5, 18):
            day.at(at, Day.tcp, "core-inside", pc, "10.1.0.20", 445,
                   says.smb("ledger"), (1, day.random.randrange(2, 20)))
        for at in take(day, OFFICE, 2, 8.7, 18):
            day.at(at, segment.chatter, "core", pc)
    for number in range(day.times(100)):
        talk, port = ((says.kerberos(), 88), (says.ldap(), 389),
                      (says.rpc(), 135))[number % 3]
        day.at(day.some_time(EVEN), Day.tcp, "cloud-directory", "10.200.1.20",
               "10.1.0.10", port, talk)


def core_lines(day):
    """Registered communication over LGWAN and partners' lines."""
    for name in ("eltax", "eltax-in", "certificates", "residents-network",
                 "lgwan-report"):
        day.verdicts[name] = CONFORM
    for _ in range(day.times(150)):
        day.at(day.some_time(OFFICE, 7, 21), Day.tcp, "eltax", "10.1.20.5",
               "172.20.9.8", 443, says.tls("eltax.lgwan.example", 12),
               (0, day.random.randrange(1, 12)))
    for _ in range(day.times(20)):
        day.at(day.some_time(OFFICE, 7, 21), Day.tcp, "eltax-in",
               "172.20.9.8", "10.1.20.5", 443,
               says.tls("city.eltax.example", 12), (1, 6))
    for _ in range(day.times(120)):
        day.at(day.some_time(OFFICE, 8.5, 17.5), Day.tcp, "certificates",
               "10.1.20.11", "172.20.11.4", 443, says.tls("jpki.example", 12))
        day.at(day.some_time(OFFICE, 8.5, 17.5), Day.tcp, "certificates",
               "10.1.20.11", "172.20.11.4", 80,
               says.http("/crl", "application/pkix-crl"))
    for _ in range(day.times(300)):
        day.at(day.some_time(OFFICE, 8.5, 17.5), Day.tcp, "residents-network",
               "10.1.0.31", "172.28.0.10", 443, says.tls("cs.juki.example"))
    for _ in range(day.times(60)):
        day.at(day.some_time(OFFICE, 8.5, 19), Day.tcp, "lgwan-report",
               "10.2.0.61", "172.20.31.8", 443, says.tls("report.example"))


def night(day):
    """Backups inside zones, batches to the cloud, all in their window."""
    day.verdicts["backup"] = LOCAL
    for name in ("cloud-batch", "statistics", "backup-branch"):
        day.verdicts[name] = CONFORM
    for server, source in (("10.1.0.90", "10.1.0.20"),
                           ("10.1.0.90", "10.1.0.50"),
                           ("10.2.0.90", "10.2.0.20"),
                           ("10.2.0.90", "10.2.0.25"),
                           ("10.2.0.90", "10.2.0.30")):
        day.at(day.some_time(None, 1.1, 2), Day.tcp, "backup", server, source,
               445, says.smb("backup$"), (1, day.times(12000)))
    for number in range(6):
        day.at(day.hour(1.2 + number * 0.5), Day.tcp, "cloud-batch",
               "10.1.0.41", "10.200.1.30", 443,
               says.tls("batch.gc.example"), (0, day.times(6000)))
    day.at(day.hour(3.3), Day.tcp, "statistics", "10.1.0.60", "10.2.0.60",
           443, says.tls("stat.city.example"), (0, day.times(4000)))
    for number in range(3):
        day.at(day.hour(2.2 + number * 0.4), Day.tcp, "backup-branch",
               "10.2.0.90", f"10.12.{number + 1}.20", 445,
               says.smb("backup$"), (1, day.times(2500)))


def database(day):
    """Connections that were open before anybody watched: who began them, and
    what they are, is not to be told."""
    day.verdicts["cloud-database"] = "unjudged", "direction"
    for number in range(4):
        day.at(day.hour(0.0003 + number * 0.0001), keep_open, 40000 + number)


def keep_open(day, time_us, port):
    talk = day.talk("cloud-database", "10.1.0.42", "10.200.2.40", 2484,
                    time_us, frames.TCP, source_port=port)
    sealed = b"\x17\x03\x03\x00\x50" + says.noise("query", 80)
    # Well within an hour, after which it would be another conversation.
    for minute in range(1, 11 * 60, 20):
        talk.now = time_us + minute * MINUTE_US
        talk.segment(0, frames.PSH | frames.ACK, sealed)
        talk.segment(1, frames.PSH | frames.ACK, sealed)
        talk.segment(0, frames.ACK)


# ---- branch offices

def branches(day):
    for name in ("branch-directory", "branch-files", "branch-portal",
                 "branch-asp", "branch-update", "branch-lease"):
        day.verdicts[name] = CONFORM
    for pc in day.city.branch_pcs:
        start = day.some_time(OFFICE, 7.6, 8.9)
        day.at(start, segment.wake, "branch", pc, "10.2.0.67", "10.12.0.1")
        day.at(start + 4 * SECOND_US, log_on, "branch-directory", pc,
               "10.2.0.10", None)
        for at in take(day, OFFICE, 4, 8.7, 18):
            day.at(at, Day.tcp, "branch-files", pc, "10.2.0.20", 445,
                   says.smb("branch"), (1, day.random.randrange(2, 16)))
        for at in take(day, OFFICE, 5, 8.7, 18):
            day.at(at, Day.tcp, "branch-portal", pc, "10.2.0.30", 443,
                   says.tls("portal.city.example"))
        for at in take(day, OFFICE, 2, 8.7, 18):
            day.at(at, Day.tcp, "branch-asp", pc, "172.20.30.8", 443,
                   says.tls("asp.lgwan.example", 12))
        day.at(day.some_time(OFFICE, 8.5, 18), Day.tcp, "branch-update", pc,
               "10.9.0.30", 8530, says.http("/Content/definition.cab",
                                            "application/octet-stream"),
               (1, 5))


# ---- the internet tier and the guests

def office_desks(day):
    day.verdicts["office-inside"] = LOCAL
    day.verdicts["web"] = CONFORM
    day.verdicts["maintenance"] = CONFORM
    for pc in day.city.office:
        start = day.some_time(OFFICE, 7.6, 8.9)
        day.at(start, segment.wake, "office", pc, "10.3.0.67", "10.3.0.1")
        day.at(start + 4 * SECOND_US, log_on, "office-inside", pc,
               "10.3.0.10", "10.3.0.20", "in.example")
        for at in take(day, OFFICE, 3, 8.7, 20):
            day.at(at, segment.chatter, "office", pc)
        for at in take(day, OFFICE, 8, 8.7, 20):
            day.at(at, browse, pc)
    for browser in day.city.browsers:
        for at in take(day, OFFICE, 400, 8.5, 18.5):
            day.at(at, browse, browser)
    for _ in range(day.times(3)):
        day.at(day.some_time(OFFICE, 10, 16), Day.tcp, "maintenance",
               "10.3.1.70", "203.0.113.170", 22, says.ssh(), (1, 30))


def browse(day, time_us, pc):
    name = f"www{day.random.randrange(60)}.news.example"
    if day.random.random() < 0.85:
        talk = says.proxied(f"{name}:443", name, True,
                            day.random.randrange(0, 6))
    else:
        talk = says.proxied(f"{name}/page", "", False,
                            day.random.randrange(0, 6))
    day.tcp(time_us, "web", pc, "172.31.0.10", 8080, talk)


def guests(day):
    day.verdicts["guest"] = CONFORM
    for guest in day.city.guests:
        for at in take(day, OFFICE, 12, 8.5, 18):
            server = f"203.0.114.{day.random.randrange(1, 250)}"
            day.at(at, on_guest, guest, server)


def on_guest(day, time_us, guest, server):
    side = town.side("guest", guest, time_us, 0, 0)
    talk = day.talk("guest", guest, server, 443, time_us, frames.TCP,
                    sides=[side])
    talk.open()
    talk.say(says.tls("shop.example"))
    talk.bulk(1, day.random.randrange(8), says.FULL)
    talk.close()


# ---- what is tried and dropped

def background(day):
    """Certificates, connectivity, telemetry and updates of hosts that may not
    go there: the name is asked for and answered within, the connection is
    tried and dropped."""
    day.verdicts["background"] = "background", ""
    day.verdicts["background-names"] = LOCAL
    for zone, count, dc in (("core", 150, "10.1.0.10"),
                            ("lg", 500, "10.2.0.10")):
        hosts = (day.city.residents + day.city.tax if zone == "core"
                 else day.city.pcs)
        for _ in range(day.times(count)):
            day.at(day.some_time(OFFICE, 8, 20), try_outside,
                   day.random.choice(hosts), dc)


def address_of(name):
    return f"203.0.115.{hash_of(name) % 200 + 10}"


def try_outside(day, time_us, pc, dc):
    name = day.random.choice(BACKGROUND)
    address = address_of(name)
    talk = [(side, payload[:-4] + frames.packed(address) if side == "s"
             else payload) for side, payload in says.dns(name)]
    day.udp(time_us, "background-names", pc, dc, 53, talk)
    zone = town.zone_of(pc)
    side = town.side(zone, pc, time_us, 0, 0)
    talk = day.talk("background", pc, address, 443 if "v10" in name else 80,
                    time_us + 300000, frames.TCP, sides=[side])
    number = talk.number[0]
    for pause in (0, 1, 2):
        talk.number[0] = number
        talk.now += pause * SECOND_US
        talk.segment(0, frames.SYN)


HABITS = [lg_desks, lg_crossing, breakout, names_and_time, mail, gates,
          care, printers, monitoring, core_desks, core_lines, night, database,
          branches, carried.unseen_branch, carried.tunnels, office_desks,
          guests, background, segment.boxes]
