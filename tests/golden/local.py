# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames that live and die on one segment: discovery, DHCP, neighbours,
redundancy, and what switches say. Each function yields the frames that a host
with this address and MAC would put on its segment.
"""

import ipaddress
import struct

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import (ICMPv6MLReport2, ICMPv6ND_NS, ICMPv6ND_RA,
                                IPv6)
from scapy.packet import Raw

import payloads
import traffic

ALL_ONES = "ff:ff:ff:ff:ff:ff"


def _group_mac(address):
    packed = ipaddress.ip_address(address).packed
    if len(packed) == 16:
        return "33:33:" + ":".join(f"{b:02x}" for b in packed[-4:])
    return "01:00:5e:" + ":".join(
        f"{b:02x}" for b in (packed[1] & 0x7F, packed[2], packed[3]))


def _datagram(mac, source, destination, ports, payload, ttl=1,
              to_mac=None):
    packet = IP(src=source, dst=destination, ttl=ttl) / UDP(
        sport=ports[0], dport=ports[1]) / Raw(payload)
    return [(mac, to_mac or _group_mac(destination), 0x0800, bytes(packet))]


def mdns(mac, address):
    query = struct.pack(">HHHHHH", 0, 0, 1, 0, 0, 0)
    query += payloads.dns("_ipp._tcp.local")[0][1][12:]
    return _datagram(mac, address, "224.0.0.251", (5353, 5353), query, 255)


def llmnr(mac, address):
    return _datagram(mac, address, "224.0.0.252", (50001, 5355),
                     payloads.dns("fileserver")[0][1])


def ssdp(mac, address):
    return _datagram(mac, address, "239.255.255.250", (50002, 1900),
                     b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
                     b"MAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n"
                     b"\r\n", 2)


def broadcast(mac, address):
    """A name announced to everybody, limited broadcast."""
    return _datagram(mac, address, "255.255.255.255", (50003, 50003),
                     b"HELLO everybody", 64, ALL_ONES)


def dhcp(mac, _address):
    """A client without an address asks for one."""
    ask = struct.pack(">BBBBIHH", 1, 1, 6, 0, 0x1234, 0, 0) + bytes(16)
    ask += traffic.mac_bytes(mac) + bytes(10 + 64 + 128)
    ask += b"\x63\x82\x53\x63\x35\x01\x01\x0c\x03pc1\xff"
    return _datagram(mac, "0.0.0.0", "255.255.255.255", (68, 67), ask, 64,
                     ALL_ONES)


def apipa(mac, _address):
    """Link-local addresses among themselves (RFC 3927)."""
    return _datagram(mac, "169.254.3.4", "169.254.255.255", (138, 138),
                     b"NetBIOS datagram", 64, ALL_ONES)


def igmp(mac, address):
    """Version 2 membership report."""
    body = b"\x16\x00\x09\x04\xe0\x00\x00\xfb"
    packet = IP(src=address, dst="224.0.0.251", ttl=1, proto=2) / Raw(body)
    return [(mac, _group_mac("224.0.0.251"), 0x0800, bytes(packet))]


def vrrp(_mac, address):
    """An advertisement of group 10."""
    body = b"\x21\x0a\x64\x01\x00\x01\x00\x00" + ipaddress.ip_address(
        address).packed + bytes(8)
    packet = IP(src=address, dst="224.0.0.18", ttl=255, proto=112) / Raw(body)
    return [("00:00:5e:00:01:0a", _group_mac("224.0.0.18"), 0x0800,
             bytes(packet))]


def nd(mac, _address):
    """Neighbour solicitation and a multicast listener report."""
    link = "fe80::" + mac[-5:].replace(":", "")
    ask = IPv6(src=link, dst="ff02::1:ff00:1", hlim=255) / ICMPv6ND_NS(
        tgt="fe80::1")
    report = IPv6(src=link, dst="ff02::16", hlim=1) / ICMPv6MLReport2()
    return [(mac, _group_mac("ff02::1:ff00:1"), 0x86DD, bytes(ask)),
            (mac, _group_mac("ff02::16"), 0x86DD, bytes(report))]


def ra(mac, _address):
    """A router advertisement."""
    packet = IPv6(src="fe80::1", dst="ff02::1", hlim=255) / ICMPv6ND_RA()
    return [(mac, _group_mac("ff02::1"), 0x86DD, bytes(packet))]


def lldp(mac, _address):
    body = b"\x02\x07\x04" + traffic.mac_bytes(mac) + b"\x04\x03\x05e1"
    return [(mac, "01:80:c2:00:00:0e", 0x88CC, body + b"\x06\x02\0\x78\0\0")]


def stp(mac, _address):
    body = b"\x42\x42\x03" + bytes(35)
    return [(mac, "01:80:c2:00:00:00", len(body), body)]


KINDS = {name: value for name, value in list(globals().items())
         if callable(value) and value.__module__ == __name__
         and not name.startswith("_")}


def frames(kind, mac, address, vlan):
    """The frames of one kind of local traffic, ready for a tap."""
    return [traffic.ethernet(source, destination, vlan, number, body)
            for source, destination, number, body in KINDS[kind](mac, address)]
