# SPDX-License-Identifier: GPL-3.0-or-later
"""The streets of the lab: which zone has which networks, where the router
stands in it, which MAC is whose. model.jsonc declares the same to the probe.
"""

import collections
import ipaddress

# port: the router's interface; networks: what the zone's one interface holds;
# gateway: the router's addresses there; router_mac, host_mac.
Place = collections.namedtuple(
    "Place", "port zone networks gateway router_mac host_mac")


def _place(port, number, v4, v6=None, zone=None):
    networks, gateway = [], []
    for network, router in filter(None, (v4, v6)):
        networks.append(ipaddress.ip_network(network))
        gateway.append(router)
    return Place(port, zone or port, networks, gateway,
                 f"02:00:00:00:{number:02x}:01",
                 f"02:00:00:00:{number:02x}:10")


PLACES = {place.port: place for place in (
    _place("core", 0x01, ("10.1.0.0/16", "10.1.0.1"),
           ("fd00:1::/48", "fd00:1::1")),
    _place("lg", 0x02, ("10.2.0.0/16", "10.2.0.1"),
           ("fd00:2::/48", "fd00:2::1")),
    _place("office", 0x03, ("10.3.0.0/16", "10.3.0.1"),
           ("fd00:3::/48", "fd00:3::1")),
    _place("gate", 0x09, ("10.9.0.0/24", "10.9.0.1")),
    _place("security", 0x31, ("172.31.0.0/24", "172.31.0.1")),
    _place("lgwan", 0x20, ("172.20.0.0/14", "172.20.0.1")),
    _place("gcloud", 0xc8, ("10.200.0.0/20", "10.200.0.1")),
    # The second line to the government cloud, over the prefecture's network.
    _place("lgcs", 0xc9, ("10.200.15.0/30", "10.200.15.1"), zone="gcloud"),
    _place("guest", 0x64, ("192.168.100.0/24", "192.168.100.1")),
    _place("outside", 0xcb, ("203.0.113.0/24", "203.0.113.1"),
           ("2001:db8::/32", "2001:db8::1")),
)}
ZONES = [name for name, place in PLACES.items() if place.zone == name]
# What the far end of a line answers for beside its own network.
OUTSIDE_GATEWAY = {4: "203.0.113.254", 6: "2001:db8::254"}
LGCS_FAR = "10.200.15.2"
# The router's own in LGWAN, for what it translates (see ruleset.nft).
TRANSLATED = ("172.20.5.10", "172.20.5.53")
# A line that nobody declared and no tap watches.
ROGUE = {"port": "adsl", "near": "192.0.2.1", "far": "192.0.2.2"}
ROUTER = "router"


def zone_of(address):
    """The zone whose interface holds an address."""
    found = None
    a = ipaddress.ip_address(address)
    for place in PLACES.values():
        for network in place.networks:
            if a.version == network.version and a in network and (
                    not found or network.prefixlen > found[0]):
                found = network.prefixlen, place.zone
    if found:
        return found[1]
    # Addresses of the internet, and those that a scenario puts there.
    return "outside"


def gateway_of(zone, version):
    """The router's address in a zone."""
    for address in PLACES[zone].gateway:
        if ipaddress.ip_address(address).version == version:
            return address
    raise KeyError(f"{zone} has no IPv{version}")
