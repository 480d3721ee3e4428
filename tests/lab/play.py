# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays one scenario in the lab: the changes it asks for, what is done in the
zones, and everything back as it was."""

import ipaddress
import os
import socket
import struct
import time

import deeds
import enclosure
import network
import places

REFUSALS = {"open": "accept", "refuse": "reject with tcp reset",
            "reject": "reject with icmp admin-prohibited"}


def speak_from(source):
    """What the zone opens from now on comes from that address."""
    zone = places.zone_of(source)
    version = ipaddress.ip_address(source).version
    gateway = places.gateway_of(zone, version)
    network.batch("ip", ["route replace "
                         f"default via {gateway} src {source}"], zone)


def set_gateway(port, mac):
    """The router has that MAC on a port; its neighbours find out anew."""
    place = places.PLACES[port]
    network.batch("ip", [f"link set {port} address {mac}"], places.ROUTER)
    network.batch("ip", ["neigh flush dev eth0"], place.zone)


def announce(port):
    """Gratuitous ARP: the router's address is at its present MAC."""
    place = places.PLACES[port]
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            enclosure.enter_net(places.ROUTER)
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
                out.bind((port, 0))
                mac = out.getsockname()[4]
                address = socket.inet_aton(place.gateway[0])
                out.send(b"\xff" * 6 + mac + struct.pack(
                    ">HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + mac + address +
                    b"\xff" * 6 + address)
            status = 0
        finally:
            os._exit(status)
    os.waitpid(pid, 0)


class Player:
    """Plays one scenario; log is a binary file for what commands say. In the
    folder rulesets, where there is one, the ruleset is kept as it is while a
    rule of the scenario's is open."""

    def __init__(self, scenario, log, rulesets=None):
        self.scenario, self.log = scenario, log
        self.rulesets = rulesets
        self.running = {}
        self.faults = []
        self.undo = []

    def play(self):
        """Returns what did not go as written, in words."""
        try:
            for step, what in self.scenario.steps:
                getattr(self, "_" + step)(what)
            self._wait("")
        except network.LabFault as why:
            self.faults.append(str(why))
        finally:
            self._back_all()
        return self.faults

    def _back_all(self):
        for undo in reversed(self.undo):
            try:
                undo()
            except network.LabFault as why:
                self.faults.append(f"cannot be undone: {why}")
        self.undo.clear()

    # ---- changes

    def _rule(self, kind, rule):
        network.nft(f"add rule inet boundary temporary {rule} "
                    f"{REFUSALS[kind]}\n")
        self.undo.append(lambda: network.nft(
            "flush chain inet boundary temporary\n"))

    def _open(self, rule):
        self._rule("open", rule)
        if self.rulesets:
            network.keep_ruleset(os.path.join(
                self.rulesets, self.scenario.name + ".json"))

    def _refuse(self, rule):
        self._rule("refuse", rule)

    def _reject(self, rule):
        self._rule("reject", rule)

    def _net(self, rest):
        net, _, line = rest.partition(" ")
        network.batch("ip", [line], net)

    def _back(self, rest):
        self.undo.append(lambda: self._net(rest))

    def _gateway(self, rest):
        port, mac = rest.split()
        set_gateway(port, mac)
        self.undo.append(lambda: set_gateway(
            port, places.PLACES[port].router_mac))

    def _announce(self, port):
        announce(port)

    @staticmethod
    def _speak(source):
        speak_from(source)

    def _offload(self, rest):
        zone, state = rest.split()

        def change(to):
            network.offloads(zone, "eth0", to)
            network.offloads(places.ROUTER, zone, to)

        change(state)
        self.undo.append(lambda: change("off"))

    def _pause(self, seconds):
        time.sleep(float(seconds))

    # ---- deeds

    def _deed(self, what):
        behind, source, verb, rest = what
        speak_from(source)
        self.log.flush()
        pid = deeds.start(source, verb, rest, self.log)
        self.running[pid] = f"{source} {verb} {rest}"
        if behind:
            time.sleep(0.1)  # until it has connected from that address
        else:
            self._await(pid)

    def _await(self, pid):
        _, status = os.waitpid(pid, 0)
        deed = self.running.pop(pid)
        if status:
            self.faults.append(f"did not go as written: {deed}")

    def _wait(self, _rest):
        for pid in list(self.running):
            self._await(pid)
