# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a host of a declared model is plugged in.

Reads a model (JSON with comments) and derives, for each zone of a boundary,
the tap and VLAN on which its segment shows and the MACs that stand there:
hosts have a MAC made from their address, routers the declared one. A zone
without a segment of its own is reached over the tap of one of its links.
"""

import collections
import ipaddress
import json

# router: MAC of the box that forwards onto the segment; peer: MAC of the box
# on the far end of a line, None where the hosts themselves are on the segment.
Place = collections.namedtuple("Place", "tap vlan router peer")


def strip_comments(text):
    """JSON with // and /* */ comments -> JSON of the same length."""
    out, i = [], 0
    while i < len(text):
        if text[i] == '"':
            end = i + 1
            while text[end] != '"':
                end += 2 if text[end] == "\\" else 1
            out.append(text[i:end + 1])
            i = end + 1
        elif text.startswith("//", i):
            end = text.find("\n", i)
            i = len(text) if end < 0 else end
        elif text.startswith("/*", i):
            i = text.index("*/", i) + 2
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def read_model(path):
    with open(path, encoding="utf-8") as file:
        return json.loads(strip_comments(file.read()))


def host_mac(address):
    """The same address has the same MAC everywhere: 02:00 and its end."""
    packed = ipaddress.ip_address(address).packed
    return "02:00:" + ":".join(f"{b:02x}" for b in packed[-4:])


class Wires:
    """The taps of one probe of a model, and what is plugged in where."""

    def __init__(self, model, probe):
        self.networks = []  # (network, zone id), longest prefix first
        self.places = {}    # zone id -> [Place]
        self.routers = {}   # (tap, address) -> MAC
        self.taps = []
        zones = {zone["id"]: zone for zone in model["zones"]}
        for zone in model["zones"]:
            for text in zone.get("networks", []):
                self.networks.append((ipaddress.ip_network(text), zone["id"]))
        self.networks.sort(key=lambda n: -n[0].prefixlen)
        for boundary in model["boundaries"]:
            for number, tap in enumerate(boundary["taps"]):
                if tap["probe"] == probe:
                    self._tap(tap, number, boundary, zones)

    def _tap(self, tap, number, boundary, zones):
        self.taps.append(tap["id"])
        for router in tap.get("routers", []):
            macs = router.get("macs")
            if macs and "address" in router:
                self.routers[tap["id"], router["address"]] = macs[0]
        segments = [(None, tap["segment"])] if "segment" in tap else []
        for vlan, value in tap.get("vlans", {}).items():
            zone = value if isinstance(value, str) else value["zone"]
            segments.append((int(vlan), zone))
        if not segments:  # a transit line: the zones at its end
            segments = [(None, zone) for zone in boundary["zones"]
                        if tap.get("link") in zones[zone].get("links", ())]
            segments = segments[:1]
        for vlan, zone in segments:
            links = set(zones[zone].get("links", ()))
            self._segment(tap, number, vlan, zone, bool(links))
            for other in boundary["zones"]:
                # Zones on the same line show on its segment, too.
                if other != zone and links & set(
                        zones[other].get("links", ())):
                    self._segment(tap, number, vlan, other, True)

    def _segment(self, tap, number, vlan, zone, line):
        router = None
        for candidate in tap.get("routers", []):
            if "address" not in candidate or "macs" not in candidate:
                continue
            if router is None or self.zone_of(
                    candidate["address"]) == zone != self.zone_of(router[0]):
                router = candidate["address"], candidate["macs"][0]
        mac = router[1] if router else f"02:00:00:{number:02x}:00:01"
        peer = f"02:00:00:{number:02x}:00:fe" if line else None
        self.places.setdefault(zone, []).append(
            Place(tap["id"], vlan, mac, peer))

    def zone_of(self, address):
        """The zone of an address by longest prefix, or None."""
        value = ipaddress.ip_address(address)
        for network, zone in self.networks:
            if value in network:
                return zone
        return None

    def place_of(self, address):
        """Where the host shows, or None where no tap watches it."""
        found = self.places.get(self.zone_of(address))
        return found[0] if found else None

    def place(self, text):
        """"TAP" or "TAP/VLAN" as written in a case."""
        tap, _, vlan = text.partition("/")
        for places in self.places.values():
            for place in places:
                if place.tap == tap and str(place.vlan or "") == vlan:
                    return place
        return Place(tap, vlan or None, "02:00:00:99:00:01", None)
