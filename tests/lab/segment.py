# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said on a segment of the lab by a device that should not be there,
or not say it: one frame or two, as they would come from its MAC.

  arp A             it has that address (an announcement, RFC 5227)
  mdns A, llmnr A   it asks everybody for a service or a name, from there
  ra                it is a router
  offer SERVER A    it is a DHCP server and has that address for someone
  routed A > B      a packet of A that it passes on to B

Each may end in "as MAC"; without it is the zone's one machine that speaks.
"""

import struct

import places
import services  # noqa: F401  (sets the path)

from scapy.layers.inet import IP, UDP
from scapy.packet import Raw

import local
import traffic

ALL_ONES = "ff:ff:ff:ff:ff:ff"
COOKIE = b"\x63\x82\x53\x63"


def _arp(_zone, mac, words):
    return [traffic.arp(mac, words[0], words[0])]


def _local(kind):
    return lambda _zone, mac, words: local.frames(
        kind, mac, words[0] if words else None, None)


def _bootp(operation, mac, yours, options):
    head = struct.pack(">BBBBIHH", operation, 1, 6, 0, 0x2ab, 0, 0x8000)
    head += bytes(4) + yours + bytes(8) + traffic.mac_bytes(mac)
    return head + bytes(10 + 64 + 128) + COOKIE + options + b"\xff"


def _datagram(source, target, ports, payload, ttl=64):
    return bytes(IP(src=source, dst=target, ttl=ttl) /
                 UDP(sport=ports[0], dport=ports[1]) / Raw(payload))


def _ip(text):
    return bytes(int(part) for part in text.split("."))


def _offer(_zone, mac, words):
    server, yours = words
    options = b"\x35\x01\x02\x36\x04" + _ip(server) + b"\x33\x04\0\0\x0e\x10"
    body = _bootp(2, "02:00:00:00:00:aa", _ip(yours), options)
    return [traffic.ethernet(mac, ALL_ONES, None, 0x0800, _datagram(
        server, "255.255.255.255", (67, 68), body))]


def _routed(zone, mac, words):
    source, _, target = words
    return [traffic.ethernet(mac, places.PLACES[zone].host_mac, None, 0x0800,
                             _datagram(source, target, (50010, 50010),
                                       b"carried", 63))]


KINDS = {"arp": _arp, "mdns": _local("mdns"), "llmnr": _local("llmnr"),
         "ra": _local("ra"), "offer": _offer, "routed": _routed}


def frames(source, rest):
    """The frames of a deed: "mdns 10.1.10.23 as 02:00:00:00:01:23"."""
    words = rest.split()
    zone = places.zone_of(source)
    mac = places.PLACES[zone].host_mac
    if "as" in words:
        at = words.index("as")
        words, mac = words[:at], words[at + 1]
    return KINDS[words[0]](zone, mac, words[1:])
