# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the lab's network inside its enclosure: a namespace for each zone,
one for the router between them, and a span port for each of the router's
ports, whose far end (span-PORT) stands in the monitor: the namespace that the
lab itself runs in.

Each port of the router is mirrored both ways, so that what is forwarded is
seen on two spans and what is dropped on one. Neither end of a span has
addresses, IPv6 or ARP: nothing but copies is on it. tc-mirred(8), tc-u32(8).
"""

import ipaddress
import os
import subprocess

import enclosure
import places

HERE = os.path.dirname(os.path.abspath(__file__))
OFFLOADS = "tso gso gro tx rx".split()
# Quiet and deterministic, and no source is refused before the ruleset.
SYSCTLS = {
    "net.ipv4.conf.all.rp_filter": 0, "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv6.conf.all.accept_dad": 0, "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.all.accept_ra": 0, "net.ipv6.conf.default.accept_ra": 0,
    "net.ipv6.conf.default.router_solicitations": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
}
ROUTER_SYSCTLS = {
    "net.ipv4.ip_forward": 1, "net.ipv6.conf.all.forwarding": 1,
    "net.ipv4.conf.all.send_redirects": 0,
    "net.ipv4.conf.default.send_redirects": 0,
    "net.ipv4.icmp_ratelimit": 0, "net.ipv6.icmp.ratelimit": 0,
}


class LabFault(Exception):
    """Something of the lab does not work; its text says what."""


def must(command, net=None, **options):
    """Runs a command, in a namespace; its words become the fault when it
    fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False, preexec_fn=net and
                              enclosure.in_net(net), **options)
    except FileNotFoundError as why:
        raise LabFault(f"{command[0]} is not installed: run scripts/deps"
                       ) from why
    if done.returncode:
        raise LabFault(f"{' '.join(command)}: "
                       f"{(done.stderr or done.stdout).strip()}")
    return done.stdout


def batch(tool, lines, net=None):
    """ip or tc with many lines at once, in a namespace."""
    command = [tool] + (["-n", net] if net else []) + ["-batch", "-"]
    must(command, input="\n".join(lines) + "\n")


def nft(text):
    must(["nft", "-f", "-"], net=places.ROUTER, input=text)


def keep_ruleset(path):
    """The router's ruleset as nft prints it, for sekisho audit."""
    text = must(["nft", "-j", "list", "ruleset"], net=places.ROUTER)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def sysctls(net, values):
    """Sets kernel variables of a namespace."""
    pid = os.fork()
    if pid == 0:
        try:
            enclosure.enter_net(net)
            for name, value in values.items():
                path = "/proc/sys/" + name.replace(".", "/")
                if os.path.exists(path):
                    with open(path, "w", encoding="ascii") as file:
                        file.write(str(value))
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitpid(pid, 0)[1]:
        raise LabFault(f"the kernel variables of {net} cannot be set")


def offloads(net, device, state):
    words = [w for name in OFFLOADS for w in (name, state)]
    must(["ethtool", "-K", device, *words], net=net)


def span(port):
    return f"span-{port}"


def _links():
    """A veth for each port and one for its span."""
    lines = []
    for place in places.PLACES.values():
        device = "eth0" if place.zone == place.port else "eth1"
        lines += [
            f"link add {place.port} netns {places.ROUTER} address "
            f"{place.router_mac} type veth peer name {device} netns "
            f"{place.zone} address {place.host_mac}",
            f"link add sp-{place.port} netns {places.ROUTER} mtu 65535 type "
            f"veth peer name {span(place.port)}",
            f"link set {span(place.port)} mtu 65535 arp off",
        ]
    rogue = places.ROGUE["port"]
    lines.append(f"link add {rogue} netns {places.ROUTER} address "
                 f"02:00:00:00:ad:01 type veth peer name eth2 netns outside "
                 f"address 02:00:00:00:ad:10")
    return lines


def _router_lines():
    lines = ["link set lo up"]
    for place in places.PLACES.values():
        for network, address in zip(place.networks, place.gateway):
            lines.append(f"addr add {address}/{network.prefixlen} dev "
                         f"{place.port} nodad")
        lines += [f"link set sp-{place.port} arp off up",
                  f"link set {place.port} up"]
    # What it translates to: it answers for these addresses.
    lines += [f"addr add {address}/32 dev lgwan"
              for address in places.TRANSLATED]
    lines += [f"addr add {places.ROGUE['near']}/30 dev "
              f"{places.ROGUE['port']}",
              f"link set {places.ROGUE['port']} up"]
    return lines


def _mirror_lines():
    lines = []
    for port in places.PLACES:
        lines.append(f"qdisc add dev {port} clsact")
        for way in ("ingress", "egress"):
            lines.append(f"filter add dev {port} {way} protocol all prio 1 "
                         f"u32 match u32 0 0 action mirred egress mirror dev "
                         f"sp-{port}")
    return lines


def _zone_lines(zone, addresses):
    place = places.PLACES[zone]
    lines = ["link set lo up", "link set eth0 up"]
    lines += addresses
    for network in place.networks:  # one that no scenario uses
        lines.append(address_line(zone, str(network[250])))
    if zone == "gcloud":
        lines += [f"addr add {places.LGCS_FAR}/30 dev eth1",
                  "link set eth1 up"]
    if zone == "outside":
        lines += [f"addr add {places.ROGUE['far']}/30 dev eth2",
                  "link set eth2 up"]
        for version, address in places.OUTSIDE_GATEWAY.items():
            length = 24 if version == 4 else 32
            lines.append(f"addr add {address}/{length} dev eth0 nodad")
    return lines


def address_line(zone, address):
    """An ip line that gives a zone's interface an address."""
    a = ipaddress.ip_address(address)
    length = a.max_prefixlen
    for network in places.PLACES[zone].networks:
        if a.version == network.version and a in network:
            length = network.prefixlen
    return f"addr add {address}/{length} dev eth0" + (
        " nodad" if a.version == 6 else "")


def build(addresses):
    """Builds all of it. addresses: those of hosts and services, any order."""
    nets = [places.ROUTER, *places.ZONES]
    batch("ip", [f"netns add {name}" for name in nets])
    for name in nets:
        sysctls(name, SYSCTLS)
    sysctls(places.ROUTER, ROUTER_SYSCTLS)
    batch("ip", _links())
    for port in places.PLACES:
        sysctls(places.ROUTER, {f"net.ipv6.conf.sp-{port}.disable_ipv6": 1})
        with open(f"/proc/sys/net/ipv6/conf/{span(port)}/disable_ipv6", "w",
                  encoding="ascii") as file:
            file.write("1")
    by_zone = {zone: [] for zone in places.ZONES}
    for address in sorted(set(addresses)):
        zone = places.zone_of(address)
        by_zone[zone].append(address_line(zone, address))
    for zone in places.ZONES:
        batch("ip", _zone_lines(zone, by_zone[zone]), zone)
    batch("ip", _router_lines(), places.ROUTER)
    # Over IPv6 there is no route by a line whose far end is down.
    for zone in places.ZONES:
        batch("ip", [f"route add default via {router}"
                     for router in places.PLACES[zone].gateway], zone)
    batch("ip", [f"route add default via {address}" for address in
                 places.OUTSIDE_GATEWAY.values()], places.ROUTER)
    batch("tc", _mirror_lines(), places.ROUTER)
    batch("ip", ["link set lo up"] +
          [f"link set {span(port)} up" for port in places.PLACES])
    for place in places.PLACES.values():
        offloads(places.ROUTER, place.port, "off")
        offloads(place.zone,
                 "eth0" if place.zone == place.port else "eth1", "off")
    with open(os.path.join(HERE, "ruleset.nft"), encoding="utf-8") as file:
        nft(file.read())
