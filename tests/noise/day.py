# SPDX-License-Identifier: GPL-3.0-or-later
"""The day as an agenda: at this time, this conversation. Finds out where it
shows (which taps, which MACs at that time, what translations make of it) and
keeps what is true of it. Who has which habits: see habits.py.
"""

import collections

import city as town
import frames
import says
from city import HOUR_US, MIDNIGHT_US, SECOND_US

# Share of a day's work by hour: nothing at night, less over lunch.
OFFICE = [0, 0, 0, 0, 0, 0, 0, 1, 9, 12, 11, 10, 4, 10, 11, 11, 10, 6, 3, 2,
          1, 0, 0, 0]
EVEN = [1] * 24
# What a class must be found to be: verdict and reason.
CONFORM, LOCAL = ("conform", ""), ("out-of-scope", "")
STATIC = {"10.2.0.53": "172.20.5.53", "10.2.0.25": "172.20.5.25",
          "10.1.20.5": "172.20.5.20", "10.1.20.11": "172.20.5.21"}
OVERLOAD = {("lg", "lgwan"): "172.20.5.10", ("branch", "lgwan"): "172.20.5.11",
            ("lg", "saas"): "198.51.100.242"}


class Day:
    """Plays conversations onto captures and keeps what is true of them."""

    def __init__(self, people, captures, random, share):
        self.city, self.captures, self.random = people, captures, random
        self.share = share      # of a full day's amounts
        self.agenda = []        # (time, number, function, arguments)
        self.rows = []          # (class, protocol, client, server)
        self.verdicts = {}      # class -> (verdict, reason or "")
        self.ports = collections.Counter()
        self.outer = collections.Counter()

    # ---- the agenda

    def at(self, time_us, function, *arguments):
        self.agenda.append((int(time_us), len(self.agenda), function,
                            arguments))

    def hour(self, hours):
        """A time of the day, in hours."""
        return int(MIDNIGHT_US + hours * HOUR_US)

    def some_time(self, shape=None, first=0.0, last=24.0):
        """A time by the shape of the day, between two hours."""
        while True:
            if shape:
                hour = self.random.choices(range(24), shape)[0]
                value = hour + self.random.random()
            else:
                value = first + (last - first) * self.random.random()
            if first <= value < last:
                return self.hour(value)

    def times(self, count):
        """count of a full day, as many as are to be made now."""
        whole = count * self.share
        return max(1, int(whole) + (self.random.random() < whole % 1))

    def every(self, seconds, first=0.3, last=24.0):
        """Times at an interval, seldomer where less is to be made; not at once,
        for who asks whom is certain only after a while of watching."""
        step = int(seconds / max(self.share, 0.02) * SECOND_US)
        start = self.hour(first) + self.random.randrange(step)
        return range(start, self.hour(last), step)

    def play(self):
        self.agenda.sort(key=lambda item: item[:2])
        shown = 0
        for time_us, _, function, arguments in self.agenda:
            if time_us - shown > frames.SLICE_US:
                self.captures.flush(time_us)
                shown = time_us
            function(self, time_us, *arguments)
        self.agenda = []

    # ---- where things show

    def port(self, client):
        self.ports[client] += 1
        return 49152 + (self.ports[client] * 7 + hash_of(client)) % 16000

    def sides(self, client, server, time_us):
        """The sides of a conversation between (address, port)s, with what
        translations make of them, and the pairs it may be known by."""
        near, far = town.zone_of(client[0]), town.zone_of(server[0])
        if near == far:
            return town.direct(near, client[0], server[0])
        names = (None, None), (None, None)
        outer = self.translated(client, near, far)
        if outer:
            names = (None, None), (outer, None)
        elif far in ("lg", "core") and server[0] in STATIC and near == "lgwan":
            names = (None, (STATIC[server[0]], server[1])), (None, None)
        near, far = (self.cloud(zone, time_us) for zone in (near, far))
        return [town.side(near, client[0], time_us, 0, 0, True, names[0]),
                town.side(far, server[0], time_us, frames.CROSSING_US, 1,
                          False, names[1])]

    @staticmethod
    def cloud(zone, time_us):
        if zone == "gcloud" and (town.SWITCH_OVER_US <= time_us
                                 < town.SWITCH_BACK_US):
            return "gcloud-backup"
        return zone

    def translated(self, client, near, far):
        if far == "lgwan" and client[0] in STATIC:
            return STATIC[client[0]], client[1]
        public = OVERLOAD.get((near, far))
        if not public:
            return None
        self.outer[public] += 1
        return public, 10000 + self.outer[public] % 50000

    def note(self, name, protocol, client, server):
        self.rows.append((name, protocol, client[0], client[1], server[0],
                          server[1]))

    # ---- conversations

    def talk(self, name, client, address, port, time_us, protocol,
             source_port=0, sides=None, **more):
        source = client, source_port or self.port(client)
        server = address, port
        shown = server
        if (town.zone_of(client) == "lgwan"
                and address in STATIC):
            shown = STATIC[address], port  # as it is asked for
        self.note(name, "TCP" if protocol == frames.TCP else "UDP", source,
                  shown)
        return frames.Talk(
            self.captures, source, server,
            sides or self.sides(source, server, time_us), time_us, protocol,
            number=len(self.rows) * 65537 & 0x3FFFFFFF, **more)

    def tcp(self, time_us, name, client, address, port, dialogue, bulk=None,
            **more):
        """A whole connection; bulk: (way, segments) behind the dialogue."""
        talk = self.talk(name, client, address, port, time_us, frames.TCP,
                         **more)
        talk.open()
        talk.say(dialogue)
        if bulk and bulk[1]:
            talk.bulk(bulk[0], bulk[1], says.FULL)
        talk.close()
        return talk

    def udp(self, time_us, name, client, address, port, dialogue, **more):
        talk = self.talk(name, client, address, port, time_us, frames.UDP,
                         **more)
        talk.exchange(dialogue)
        return talk

    def ping(self, time_us, name, client, address, count=2):
        self.note(name, "ICMP", (client, 0), (address, 0))
        outer = OVERLOAD.get((town.zone_of(client), town.zone_of(address)))
        if outer:  # its own conversation: nothing joins the two sides
            self.note(name + "-outer", "ICMP", (outer, 0), (address, 0))
        identifier = hash_of(client + address) & 0xFFFF
        one, two = self.sides((client, 0), (address, 0), time_us)[:2] if (
            town.zone_of(client) != town.zone_of(address)) else (
                self.sides((client, 0), (address, 0), time_us) * 2)
        last = 1 if one is not two else 0
        for i in range(count):
            for request in (True, False):
                body = frames.echo_body(request, identifier, i + time_us
                                        // SECOND_US)
                for number, where in enumerate((one, two)[:last + 1]):
                    a = where.client[0] if where.client else client
                    b = where.server[0] if where.server else address
                    late = number if request else last - number
                    packet = frames.ip_packet(
                        1, *((a, b) if request else (b, a)), body,
                        128 - late if request else 64 - late,
                        i * 7 + time_us)
                    self.captures.add(
                        where.tap, time_us + late * frames.CROSSING_US
                        + (0 if request else 900),
                        (where.out if request else where.back) + packet)
            time_us += SECOND_US

    def frame(self, time_us, zone, source_mac, target_mac, kind, body):
        place = town.PLACES[zone]
        self.captures.add(place.tap, time_us, frames.ethernet(
            target_mac, source_mac, kind, place.vlan) + body)

    def multicast(self, time_us, zone, host, group, ports, payload, ttl=1):
        if group == "255.255.255.255" or group.endswith(".255.255"):
            mac = b"\xff" * 6
        else:
            four = frames.packed(group)
            mac = b"\x01\x00\x5e" + bytes([four[1] & 127]) + four[2:]
        self.frame(time_us, zone, town.mac_of(host), mac, 0x0800,
                   frames.udp_packet((host, ports[0]), (group, ports[1]),
                                     payload, ttl, time_us & 0xFFFF))


def take(day, shape, count, first=0.0, last=24.0):
    """count (of a full day) times."""
    return [day.some_time(shape, first, last)
            for _ in range(day.times(count))]


def hash_of(text):
    value = 5381
    for character in text:
        value = value * 33 + ord(character) & 0xFFFFFFFF
    return value
