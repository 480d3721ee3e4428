# SPDX-License-Identifier: GPL-3.0-or-later
"""What lives and dies on one segment: a desk that starts up, discovery of
Windows hosts over IPv4 and IPv6, redundant routers, switches.
"""

import functools
import struct

import city as town
import frames
import says
from city import SECOND_US
from day import hash_of


def wake(day, time_us, zone, pc, server, router):
    """A lease renewed, the gateway and the server asked for by ARP, and what
    Windows says to its segment."""
    mac = town.mac_of(pc)
    name = "PC" + pc.replace(".", "-")[3:]
    everybody = b"\xff" * 6
    number = hash_of(pc) & 0x7FFFFFFF
    offered = functools.partial(
        says.dhcp, mac=mac, identifier=number, yours=pc, server=server,
        relay="0.0.0.0" if town.zone_of(server) == zone else router)
    if town.zone_of(server) == zone:
        home, answer_from = town.mac_of(server), server
    else:
        home, answer_from = town.PLACES[zone].routers[0], router
    for step, kind in enumerate((1, 2, 3, 5)):
        at = time_us + step * 20000
        if kind in (1, 3):
            day.frame(at, zone, mac, everybody, 0x0800, frames.udp_packet(
                ("0.0.0.0", 68), ("255.255.255.255", 67),
                says.dhcp(kind, mac, number, name), 128))
        else:
            day.frame(at, zone, home, everybody, 0x0800, frames.udp_packet(
                (answer_from, 67), ("255.255.255.255", 68), offered(kind),
                64))
        if answer_from != server:
            relay(day, at + 3000, kind, mac, number, name, router, server, pc)
    time_us += 200000
    for target, answers in ((pc, None), (router, router_mac(zone)),
                            (pc, None)):
        arp(day, time_us, zone, mac, pc, target, answers)
        time_us += 300000
    chatter(day, time_us, zone, pc)


def relay(day, time_us, kind, mac, number, name, router, server, pc):
    """What the router of a segment makes of a lease asked for there; the
    relay's packets show on the server's segment."""
    zone = town.zone_of(server)
    place = town.PLACES[zone]
    active = place.routers[time_us >= town.FAILOVER_US]
    if kind in (1, 3):
        day.frame(time_us, zone, active, town.mac_of(server), 0x0800,
                  frames.udp_packet((router, 67), (server, 67), says.dhcp(
                      kind, mac, number, name, relay=router), 63))
    else:
        day.frame(time_us - 6000, zone, town.mac_of(server), place.virtual,
                  0x0800, frames.udp_packet((server, 67), (router, 67),
                                            says.dhcp(kind, mac, number,
                                                      yours=pc, relay=router,
                                                      server=server), 64))


def router_mac(zone):
    return town.PLACES[zone].virtual


def arp(day, time_us, zone, mac, sender, target, answer=None):
    four = frames.packed
    ask = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + mac + four(sender)
    day.frame(time_us, zone, mac, b"\xff" * 6, 0x0806, ask + bytes(6)
              + four(target))
    if answer:
        reply = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 2) + answer + four(
            target) + mac + four(sender)
        day.frame(time_us + 500, zone, answer, mac, 0x0806, reply)


def link_local(mac):
    return "fe80::%x:%x" % struct.unpack(">HH", mac[-4:])


def chatter(day, time_us, zone, pc):
    """LLMNR, mDNS, SSDP, WS-Discovery, NBNS, IGMP; with IPv6 also ND, MLD and
    LLMNR over it."""
    step = 70000
    asked = ("wpad", "isatap", "fileserver")[hash_of(pc) % 3]
    for group, port, payload, ttl in (
            ("224.0.0.251", 5353, says.mdns("_ipp._tcp.local"), 255),
            ("224.0.0.252", 5355, says.llmnr(asked), 1),
            ("239.255.255.250", 1900, says.SSDP, 1),
            ("239.255.255.250", 3702, says.WSD, 1)):
        source = 5353 if port == 5353 else 49152 + hash_of(
            pc + group) % 16000
        day.multicast(time_us, zone, pc, group, (source, port), payload, ttl)
        time_us += step
    everybody = ".".join(pc.split(".")[:2]) + ".255.255"
    day.multicast(time_us, zone, pc, everybody, (137, 137), says.nbns("WPAD"),
                  128)
    report = bytearray(b"\x16\x00\x00\x00" + frames.packed("224.0.0.252"))
    report[2:4] = struct.pack(">H", frames.checksum(report))
    day.frame(time_us + step, zone, town.mac_of(pc),
              b"\x01\x00\x5e\x00\x00\xfc", 0x0800, frames.ip_packet(
                  2, pc, "224.0.0.252", bytes(report), 1))
    if zone in ("lg", "office"):  # in core it is turned off
        chatter6(day, time_us + 2 * step, zone, pc)


def chatter6(day, time_us, zone, pc):
    mac = town.mac_of(pc)
    own = link_local(mac)
    target = frames.packed(own)
    day.frame(time_us, zone, mac, b"\x33\x33\xff" + target[-3:], 0x86DD,
              frames.icmp6("::", "ff02::1:ff%02x:%02x%02x" % tuple(
                  target[-3:]), b"\x87\0\0\0\0\0\0\0" + target))
    record = b"\x8f\0\0\0\0\0\0\x01\x04\0\0\0" + frames.packed("ff02::1:3")
    day.frame(time_us + 9000, zone, mac, b"\x33\x33\0\0\0\x16", 0x86DD,
              frames.icmp6(own, "ff02::16", record, 1,
                           b"\x3a\0\x05\x02\0\0\x01\0"))
    day.frame(time_us + 20000, zone, mac, b"\x33\x33\0\x01\0\x03", 0x86DD,
              frames.udp_packet((own, 49152 + hash_of(pc) % 16000),
                                ("ff02::1:3", 5355), says.llmnr("wpad"), 1))
    day.frame(time_us + 25000, zone, mac, b"\x33\x33\0\x01\0\x02", 0x86DD,
              frames.udp_packet((own, 546), ("ff02::1:2", 547), says.dhcp6(
                  mac, hash_of(pc)), 1))
    day.frame(time_us + 30000, zone, mac, b"\x33\x33\0\0\0\x02", 0x86DD,
              frames.icmp6(own, "ff02::2", b"\x85\0\0\0\0\0\0\0\x01\x01"
                           + mac))


def global6(pc):
    """The address that a host makes of the advertised prefix."""
    return "fd00:2::%x:%x" % struct.unpack(">HH", town.mac_of(pc)[-4:])


def files6(day, time_us, pc, server):
    """Windows prefers IPv6 where both have it: neighbours, then SMB."""
    a, b = global6(pc), global6(server)
    mac, other = town.mac_of(pc), town.mac_of(server)
    target = frames.packed(b)
    day.note("lg-inside", "IPv6-ICMP", (b, 0), (a, 0))
    day.frame(time_us, "lg", mac, b"\x33\x33\xff" + target[-3:], 0x86DD,
              frames.icmp6(a, "ff02::1:ff%02x:%02x%02x" % tuple(target[-3:]),
                           b"\x87\0\0\0\0\0\0\0" + target + b"\x01\x01"
                           + mac))
    day.frame(time_us + 400, "lg", other, mac, 0x86DD, frames.icmp6(
        b, a, b"\x88\0\0\0\x60\0\0\0" + target + b"\x02\x01" + other))
    side = frames.Side("lg", frames.ethernet(other, mac, 0x86DD),
                       frames.ethernet(mac, other, 0x86DD), 0, 0)
    day.tcp(time_us + 5000, "lg-inside", a, b, 445, says.smb("share"),
            (1, 4), sides=[side])


def boxes(day):
    """Redundant routers, switches, router advertisements."""
    for zone, group in (("core", 10), ("lg", 20)):
        for at in day.every(20):
            day.at(at, advertise, zone, group)
    for at in day.every(20):
        day.at(at, say_hello)
    for zone, tap_switch in (("core", "02:00:00:00:0c:01"),
                             ("lg", "02:00:00:00:0c:02"),
                             ("office", "02:00:00:00:0c:03")):
        mac = frames.mac_bytes(tap_switch)
        for at in day.every(30):
            day.at(at, spanning_tree, zone, mac)
        for at in day.every(120):
            day.at(at, discovery, zone, mac)
    for zone in ("lg",):
        for at in day.every(200):
            day.at(at, router_advertisement, zone)
    for hours in (7.1, 8.0, 9.5, 11, 12.5, 14, 16):
        day.at(day.hour(hours), without_virtual)
    day.at(town.FAILOVER_US + SECOND_US, without_virtual)
    for zone in ("core", "lg", "office", "gate"):
        for number in range(3):
            day.at(town.FAILOVER_US + number * 500000, take_over, zone)


def advertise(day, time_us, zone, group):
    second = time_us >= town.FAILOVER_US
    place = town.PLACES[zone]
    base = {"core": "10.1.0.", "lg": "10.2.0."}[zone]
    packet = frames.ip_packet(112, base + ("3" if second else "2"),
                              "224.0.0.18", says.vrrp(group, base + "1"), 255)
    day.frame(time_us, zone, place.virtual, b"\x01\x00\x5e\0\0\x12", 0x0800,
              packet)


def say_hello(day, time_us):
    second = time_us >= town.FAILOVER_US
    day.frame(time_us, "office", town.PLACES["office"].virtual,
              b"\x01\x00\x5e\0\0\x02", 0x0800, frames.udp_packet(
                  ("10.3.0.3" if second else "10.3.0.2", 1985),
                  ("224.0.0.2", 1985), says.hsrp(30, "10.3.0.1"), 1))


def take_over(day, time_us, zone):
    """The second router tells everybody: gratuitous ARP of the shared
    address by its virtual MAC."""
    place = town.PLACES[zone]
    arp(day, time_us, zone, place.virtual, ROUTERS[zone], ROUTERS[zone])


def without_virtual(day, time_us):
    """The branches' routers have no virtual MAC: who was asked before noon
    answers with its own, and the second one takes the address over."""
    place = town.PLACES["branch"]
    mac = place.routers[time_us >= town.FAILOVER_US]
    arp(day, time_us, "branch", mac, ROUTERS["branch"], ROUTERS["branch"])


ROUTERS = {"core": "10.1.0.1", "lg": "10.2.0.1", "office": "10.3.0.1",
           "gate": "10.9.0.1", "branch": "10.12.0.1"}


def spanning_tree(day, time_us, zone, mac):
    body = says.stp(mac)
    place = town.PLACES[zone]
    day.captures.add(place.tap, time_us, b"\x01\x80\xc2\0\0\0" + mac
                     + struct.pack(">H", len(body)) + body)


def discovery(day, time_us, zone, mac):
    place = town.PLACES[zone]
    day.captures.add(place.tap, time_us, b"\x01\x80\xc2\0\0\x0e" + mac
                     + b"\x88\xcc" + says.lldp(mac, "sw-" + zone))
    body = says.cdp("sw-" + zone)
    day.captures.add(place.tap, time_us + 9000, b"\x01\x00\x0c\xcc\xcc\xcc"
                     + mac + struct.pack(">H", len(body)) + body)


def router_advertisement(day, time_us, zone):
    place = town.PLACES[zone]
    mac = place.routers[time_us >= town.FAILOVER_US]
    prefix = b"\x03\x04\x40\xc0" + struct.pack(">IIIHHIII", 86400, 14400, 0,
                                               0xFD00, 2, 0, 0, 0)
    day.frame(time_us, zone, mac, b"\x33\x33\0\0\0\x01", 0x86DD, frames.icmp6(
        "fe80::2:1", "ff02::1", b"\x86\0\0\0\x40\0\x07\x08" + bytes(8)
        + b"\x01\x01" + mac + prefix))
