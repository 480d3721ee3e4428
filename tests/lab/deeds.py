# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody in a zone of the lab does. Each runs in a process of its own,
in the namespace of the zone, whose way out speaks from that address.

  run COMMAND       a shell command that succeeds ($LAB is where the lab's
                    keys are); its output goes to the scenario's log
  fail COMMAND      one that fails
  try COMMAND       one that may do either
  rdp A:P           asks for a remote desktop (as responders.py plays it)
  odd A:P           says what no protocol knows
  say NAME A:P      sends a dialogue of tests/golden/payloads.py, its own side
  echo A N          N echo requests; each is answered
  dial A:P          tries to connect; nobody needs to answer
  send A:P NxBYTES  datagrams of syslog's shape
  spoof A > B:P     an opening in another's name
  sweep A[:P] N     an opening (without P: an echo request) to N addresses
                    from A on; nobody needs to answer
  flood A:P N       N openings from as many ports, at once
  tunnel A N        N packets of protocol 41 that carry others
  lease             asks for an address by broadcast, until it has one
  vrrp GROUP PRIO   what a router of a group says about itself
  windows           what a desktop says when it wakes
  segment WHAT      says something on its segment alone (see segment.py)
"""

import os
import socket
import struct
import subprocess
import sys
import time

import enclosure
import places
import services

sys.path.insert(0, os.path.join(os.path.dirname(services.HERE), "golden"))
import local  # noqa: E402
import payloads  # noqa: E402
import segment  # noqa: E402
import traffic  # noqa: E402

SECONDS = 8          # for a command
DIAL_SECONDS = 0.7   # the first SYN alone
CLIENT_PORT = 51514


class DeedFault(Exception):
    """A deed that did not go as the scenario says."""


def endpoint(text):
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port)


def _shell(command, good, log):
    # Nothing of the caller's, least of all a proxy.
    environment = {"PATH": os.environ["PATH"], "HOME": services.HOME,
                   "LAB": services.HOME, "LC_ALL": "C"}
    try:
        done = subprocess.run(["bash", "-c", command], stdout=log, stderr=log,
                              stdin=subprocess.DEVNULL, timeout=SECONDS,
                              env=environment, check=False)
        status = done.returncode
    except subprocess.TimeoutExpired:
        status = 124
    if good is not None and (status == 0) != good:
        raise DeedFault(f"{command}: status {status}")


def _connect(source, text, seconds=SECONDS):
    address, port = endpoint(text)
    return socket.create_connection((address, port), seconds, (source, 0))


def _play(source, text, said):
    with _connect(source, text) as far:
        for who, payload in said:
            if who == "c":
                far.sendall(payload)
            else:
                far.recv(65536)


def _say(source, rest):
    name, at = rest.split()
    with _connect(source, at) as far:
        far.settimeout(0.3)
        for who, payload in payloads.dialogue(name):
            try:
                if who == "c":
                    far.sendall(payload)
                else:
                    far.recv(65536)
            except OSError:
                break  # it was not meant for that server


def _dial(source, text):
    try:
        _connect(source, text, DIAL_SECONDS).close()
    except OSError:
        pass


def _echo(source, rest):
    target, count = rest.split()
    six = ":" in target
    family, protocol = ((socket.AF_INET6, socket.IPPROTO_ICMPV6) if six else
                        (socket.AF_INET, socket.IPPROTO_ICMP))
    with socket.socket(family, socket.SOCK_RAW, protocol) as out:
        out.bind((source, 0))
        out.settimeout(2)
        for number in range(int(count)):
            body = struct.pack(">BBHHH", 128 if six else 8, 0, 0, 77,
                               number) + b"sekisho-lab-echo"
            body = body[:2] + struct.pack(">H", 0 if six else
                                          _checksum(body)) + body[4:]
            out.sendto(body, (target, 0))
            answer = 0x81 if six else 0
            while True:  # other ICMP comes here too
                got = out.recv(4096)
                if got[0 if six else (got[0] & 15) * 4] == answer:
                    break


def _send(source, rest):
    at, _, shape = rest.partition(" ")
    count, _, size = shape.partition("x")
    line = b"<134>Nov 20 10:00:00 server app[42]: "
    data = (line + b"audit record of the lab " * 200)[:int(size)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.bind((source, 0))
        for _ in range(int(count)):
            out.sendto(data, endpoint(at))
            time.sleep(0.002)


def _raw():
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind(("eth0", 0))
    return out


def _frame(zone, to_mac, kind, packet):
    place = places.PLACES[zone]
    return traffic.ethernet(place.host_mac, to_mac, None, kind, packet)


def _checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def _ipv4(source, target, protocol, payload, ttl=64):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, 0, ttl,
                       protocol, 0, socket.inet_aton(source),
                       socket.inet_aton(target))
    return (head[:10] + struct.pack(">H", _checksum(head)) + head[12:] +
            payload)


def _opening(source, target, port, own=CLIENT_PORT):
    """A SYN."""
    tcp = struct.pack(">HHIIBBHHH", own, port, 1000, 0, 0x50, 2,
                      64240, 0, 0)
    pseudo = (socket.inet_aton(source) + socket.inet_aton(target) +
              struct.pack(">BBH", 0, 6, len(tcp)))
    tcp = tcp[:16] + struct.pack(">H", _checksum(pseudo + tcp)) + tcp[18:]
    return _ipv4(source, target, 6, tcp)


def _spoof(source, rest):
    pretended, at = (word.strip() for word in rest.split(">"))
    zone = places.zone_of(source)
    with _raw() as out:
        out.send(_frame(zone, places.PLACES[zone].router_mac, 0x0800,
                        _opening(pretended, *endpoint(at))))


def _routed(source, packets):
    """Packets to the router of the source's zone."""
    zone = places.zone_of(source)
    with _raw() as out:
        for packet in packets:
            out.send(_frame(zone, places.PLACES[zone].router_mac, 0x0800,
                            packet))


def _echo_request(source, target):
    body = struct.pack(">BBHHH", 8, 0, 0, 77, 1) + b"sekisho-lab-echo"
    return _ipv4(source, target, 1, body[:2] + struct.pack(
        ">H", _checksum(body)) + body[4:])


def _sweep(source, rest):
    at, count = rest.split()
    address, port = endpoint(at) if ":" in at else (at, 0)
    first = int.from_bytes(socket.inet_aton(address), "big")
    targets = [socket.inet_ntoa((first + number).to_bytes(4, "big"))
               for number in range(int(count))]
    _routed(source, [_opening(source, target, port) if port
                     else _echo_request(source, target)
                     for target in targets])


def _flood(source, rest):
    at, count = rest.split()
    _routed(source, [_opening(source, *endpoint(at), 20000 + number)
                     for number in range(int(count))])


def _tunnel(source, rest):
    target, count = rest.split()
    zone = places.zone_of(source)
    inner = struct.pack(">IHBB", 0x60000000, 8, 59, 64) + \
        socket.inet_pton(socket.AF_INET6, "2001:db8:1::1") + \
        socket.inet_pton(socket.AF_INET6, "2001:db8:2::1") + b"\0" * 8
    with _raw() as out:
        for _ in range(int(count)):
            out.send(_frame(zone, places.PLACES[zone].router_mac, 0x0800,
                            _ipv4(source, target, 41, inner)))


def _question(kind, number, mac, extra):
    """A DHCP message of a client that has no address (RFC 2131)."""
    head = struct.pack(">BBBBIHH16x16s192xI", 1, 1, 6, 0, number, 0, 0x8000,
                       bytes.fromhex(mac.replace(":", "")), 0x63825363)
    return head + bytes((53, 1, kind)) + extra + (
        b"\x0c\x07sekisho" + b"\x37\x03\x01\x03\x06" + b"\xff")


def _option(message, code):
    at = 240
    while at < len(message) and message[at] != 255:
        if message[at] == code:
            return message[at + 2:at + 2 + message[at + 1]]
        at += 1 if message[at] == 0 else 2 + message[at + 1]
    return b""


def _lease(source, _rest):
    """DISCOVER, OFFER, REQUEST, ACK, by broadcast; then it is given back to
    nobody: the lease runs out with the lab."""
    zone = places.zone_of(source)
    mac = places.PLACES[zone].host_mac
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with out:
        out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        out.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
        out.bind(("", 68))
        out.settimeout(3)
        # The sender of a client without address is 0.0.0.0: by raw frames.
        with _raw() as raw:
            def ask(kind, extra=b""):
                datagram = _question(kind, 0x1ab, mac, extra)
                udp = struct.pack(">HHHH", 68, 67, 8 + len(datagram), 0)
                raw.send(_frame(zone, "ff:ff:ff:ff:ff:ff", 0x0800,
                                _ipv4("0.0.0.0", "255.255.255.255", 17,
                                      udp + datagram)))
                return out.recv(4096)

            offer = ask(1)
            address, server = offer[16:20], _option(offer, 54)
            got = ask(3, bytes((50, 4)) + address + bytes((54, 4)) + server)
    if _option(got, 53) != b"\x05":
        raise DeedFault("no lease was given")


def _vrrp(source, rest):
    """Advertisements of version 3 (RFC 5798)."""
    group, priority = map(int, rest.split())
    zone = places.zone_of(source)
    body = struct.pack(">BBBBHH4s", 0x31, group, priority, 1, 100, 0,
                       socket.inet_aton(places.gateway_of(zone, 4)))
    target = "224.0.0.18"
    pseudo = (socket.inet_aton(source) + socket.inet_aton(target) +
              struct.pack(">BBH", 0, 112, len(body)))
    body = body[:6] + struct.pack(">H", _checksum(pseudo + body)) + body[8:]
    packet = _ipv4(source, target, 112, body, 255)
    frame = traffic.ethernet(f"00:00:5e:00:01:{group:02x}",
                             "01:00:5e:00:00:12", None, 0x0800, packet)
    with _raw() as out:
        out.send(frame)


def _windows(source, _rest):
    mac = places.PLACES[places.zone_of(source)].host_mac
    with _raw() as out:
        for kind in ("nd", "igmp", "mdns", "llmnr", "ssdp",
                     "broadcast", "apipa", "lldp"):
            for frame in local.frames(kind, mac, source, None):
                out.send(frame)


def _segment(source, rest):
    with _raw() as out:
        for frame in segment.frames(source, rest):
            out.send(frame)


DEEDS = {
    "run": lambda source, rest, log: _shell(rest, True, log),
    "fail": lambda source, rest, log: _shell(rest, False, log),
    "try": lambda source, rest, log: _shell(rest, None, log),
    "rdp": lambda source, rest, log: _play(source, rest,
                                           payloads.dialogue("rdp")),
    "odd": lambda source, rest, log: _play(source, rest,
                                           payloads.dialogue("garbage=3")),
    "say": lambda source, rest, log: _say(source, rest),
    "echo": lambda source, rest, log: _echo(source, rest),
    "dial": lambda source, rest, log: _dial(source, rest),
    "send": lambda source, rest, log: _send(source, rest),
    "spoof": lambda source, rest, log: _spoof(source, rest),
    "sweep": lambda source, rest, log: _sweep(source, rest),
    "flood": lambda source, rest, log: _flood(source, rest),
    "tunnel": lambda source, rest, log: _tunnel(source, rest),
    "lease": lambda source, rest, log: _lease(source, rest),
    "vrrp": lambda source, rest, log: _vrrp(source, rest),
    "windows": lambda source, rest, log: _windows(source, rest),
    "segment": lambda source, rest, log: _segment(source, rest),
}


def ask_for(zone, device, address):
    """An ARP request for an address, in that zone."""
    place = places.PLACES[zone]
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            enclosure.enter_net(zone)
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
                out.bind((device, 0))
                out.send(traffic.arp(place.host_mac, "0.0.0.0", address))
            status = 0
        finally:
            os._exit(status)
    os.waitpid(pid, 0)


def start(source, verb, rest, log):
    """Begins a deed; returns its pid. Its exit status is 0 when it went as
    said; otherwise the log says why."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        enclosure.enter_net(places.zone_of(source))
        DEEDS[verb](source, rest, log)
        status = 0
    except (OSError, DeedFault, ValueError, KeyError) as why:
        log.write(f"{source} {verb} {rest}: {why}\n".encode())
        log.flush()
    finally:
        os._exit(status)
    return None
