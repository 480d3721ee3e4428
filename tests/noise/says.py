# SPDX-License-Identifier: GPL-3.0-or-later
"""What a city's machines say, beyond what the golden tests' payloads have:
dialogues of (side, bytes) with believable openings, so that a classifier that
reads payload knows them, and the discovery of a segment. Fixed but for what a
caller passes in; nothing in them is anybody's.
"""

import functools
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "golden"))
import payloads  # noqa: E402

once = functools.lru_cache(maxsize=None)
noise, smb1 = once(payloads.noise), once(payloads.smb1)
FULL = noise("a full segment", 1460)


def der(kind, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([kind, len(body)]) + body
    return bytes([kind, 0x82]) + struct.pack(">H", len(body)) + body


def long_form(kind, *parts):
    """As Windows writes lengths: always four bytes of them."""
    body = b"".join(parts)
    return bytes([kind, 0x84]) + struct.pack(">I", len(body)) + body


def integer(value):
    return der(2, bytes([value]))


# ---- directory

@once
def kerberos(_name="", request=12):
    """A ticket asked for and given, over TCP."""
    realm = der(0xA2, der(0x1B, b"CITY.EXAMPLE"))
    server = der(0xA3, der(0x30, der(0xA0, integer(2)), der(
        0xA1, der(0x30, der(0x1B, b"krbtgt"), der(0x1B, b"CITY.EXAMPLE")))))
    body = der(0xA4, der(0x30, der(0xA0, der(3, b"\0\x40\x81\0\x10")), realm,
                         server, der(0xA5, der(0x18, b"20261119000000Z")),
                         der(0xA8, der(0x30, integer(18), integer(17)))))
    proof = der(0xA3, der(0x30, der(0x30, der(0xA1, integer(2)), der(
        0xA2, der(4, noise("proof", 700))))))
    ask = der(0x60 + request, der(0x30, der(0xA1, integer(5)),
                                  der(0xA2, integer(request)), proof, body))
    give = der(0x61 + request, der(
        0x30, der(0xA0, integer(5)), der(0xA1, integer(request + 1)),
        der(0xA3, der(0x1B, b"CITY.EXAMPLE")), der(4, noise("ticket", 900))))
    return [("c", struct.pack(">I", len(ask)) + ask),
            ("s", struct.pack(">I", len(give)) + give)]


@once
def kerberos_udp():
    return [(side, payload[4:]) for side, payload in kerberos("", 10)]


@once
def ldap():
    """A bind by SPNEGO, one search, a signed answer."""
    bind = long_form(0x30, integer(1), long_form(
        0x60, integer(3), der(4), long_form(
            0xA3, der(4, b"GSS-SPNEGO"), der(4, noise("spnego", 240)))))
    bound = long_form(0x30, integer(1), long_form(
        0x61, der(10, b"\0"), der(4), der(4), der(0x87, noise("token", 120))))
    search = struct.pack(">I", 232) + noise("sealed search", 232)
    found = struct.pack(">I", 900) + noise("sealed entries", 900)
    return [("c", bind), ("s", bound), ("c", search), ("s", found)]


@once
def cldap():
    """The ping by which a domain controller is found."""
    ask = long_form(0x30, integer(1), long_form(
        0x63, der(4), der(10, b"\0"), der(10, b"\0"), integer(0), integer(0),
        der(1, b"\0"), der(0xA0, der(0xA3, der(4, b"DnsDomain"),
                                     der(4, b"city.example"))),
        der(0x30, der(4, b"Netlogon"))))
    answer = long_form(0x30, integer(1), long_form(
        0x64, der(4), der(0x30, der(0x30, der(4, b"netlogon"), der(
            0x31, der(4, noise("netlogon", 120)))))))
    return [("c", ask), ("s", answer)]


def _rpc(kind, body, call=1):
    return struct.pack("<BBBBIHHI", 5, 0, kind, 3, 0x10, 16 + len(body), 0,
                       call) + body


@once
def rpc():
    """A bind to an interface and one call."""
    bind = struct.pack("<HHIBBH", 5840, 5840, 0, 1, 0, 0) + struct.pack(
        "<HBB", 0, 1, 0) + noise("interface", 20) + noise("syntax", 20)
    bound = struct.pack("<HHIH", 5840, 5840, 0x12345, 4) + b"135\0\0\0" + (
        bytes(28))
    return [("c", _rpc(11, bind)), ("s", _rpc(12, bound)),
            ("c", _rpc(0, bytes(8) + noise("call", 120), 2)),
            ("s", _rpc(2, bytes(8) + noise("result", 260), 2))]


def _smb(command, flags, body, number, tree=0):
    head = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ", 64, 1, 0, command, 33,
                                    flags, 0, number, 0xFEFF, tree, 0x11)
    whole = head + bytes(16) + body
    return struct.pack(">I", len(whole)) + whole


@once
def smb(share="data"):
    """SMB 3: negotiated, logged on by Kerberos, a share opened, a file."""
    talk = payloads.smb()[:2]
    token = noise("kerberos token", 1100)
    setup = struct.pack("<HBBIIHHQ", 25, 0, 1, 1, 0, 88, len(token), 0)
    done = struct.pack("<HHHH", 9, 0, 72, 96) + noise("accept", 96)
    path = f"\\\\files\\{share}".encode("utf-16-le")
    tree = struct.pack("<HHHH", 9, 0, 72, len(path)) + path
    kind = 2 if share == "IPC$" else 1
    opened = struct.pack("<HBBIII", 16, kind, 0, 0x30, 0, 0x1F01FF)
    return talk + [
        ("c", _smb(1, 0, setup + token, 1)), ("s", _smb(1, 1, done, 1)),
        ("c", _smb(3, 0, tree, 2)), ("s", _smb(3, 1, opened, 2, 5)),
        ("c", _smb(5, 0, noise("create", 120), 3, 5)),
        ("s", _smb(5, 1, noise("created", 88), 3, 5))]


# ---- everything else on desks and in racks

@once
def tls(name="", version=13):
    return payloads.tls13(name) if version == 13 else payloads.tls12(name)


@once
def rdp():
    """Screen transfer: its own opening, TLS 1.2 inside with a good suite."""
    return payloads.rdp() + payloads.tls12()[2:4]


def http(path, kind="text/html", size=400, method="GET", host="srv.example"):
    body = noise("page", size)
    return [("c", f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: "
             "client/1.0\r\nAccept: */*\r\n\r\n".encode()),
            ("s", f"HTTP/1.1 200 OK\r\nServer: srv\r\nContent-Type: {kind}\r\n"
             f"Content-Length: {size}\r\n\r\n".encode() + body)]


def ipp(size=600):
    body = b"\x02\x00\x00\x02\x00\x00\x00\x01\x01" + noise("job", size)
    return [("c", b"POST /ipp/print HTTP/1.1\r\nHost: printer\r\nContent-Type:"
             b" application/ipp\r\nContent-Length: %d\r\n\r\n" % len(body)
             + body),
            ("s", b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n"
             b"Content-Length: 9\r\n\r\n\x02\x00\x00\x00\x00\x00\x00\x01\x03")]


@once
def pjl():
    return [("c", b"\x1b%-12345X@PJL JOB NAME=\"report\"\r\n"
             b"@PJL ENTER LANGUAGE=PCLXL\r\n) HP-PCL XL;2;0\n"
             + noise("page description", 500)),
            ("s", b"@PJL USTATUS JOB\r\nEND\r\n\x0c")]


def snmp(number, name=b"\x2b\x06\x01\x02\x01\x01\x03\x00"):
    """GetRequest of version 2c and its answer."""
    def message(kind, value):
        rows = der(0x30, der(0x30, der(6, name), value))
        return der(0x30, integer(1), der(4, b"reader"), der(
            kind, der(2, struct.pack(">H", number & 0x7FFF)), integer(0),
            integer(0), rows))
    return [("c", message(0xA0, der(5))),
            ("s", message(0xA2, der(0x43, b"\x01\x02\x03\x04")))]


@once
def ntp():
    return payloads.ntp()


@once
def dns(name):
    return payloads.dns(name)


def stun(identifier):
    """A binding request and its answer."""
    number = struct.pack(">III", identifier, 0x11223344, 0x55667788)
    cookie = b"\x21\x12\xa4\x42" + number
    return [("c", b"\x00\x01\x00\x08" + cookie + b"\x80\x22\x00\x04test"),
            ("s", b"\x01\x01\x00\x0c" + cookie
             + b"\x00\x20\x00\x08\x00\x01\x11\x22\x33\x44\x55\x66")]


def rtp(number, size):
    """One packet of sound or picture."""
    return struct.pack(">BBHII", 0x80, 111, number & 0xFFFF, number * 960
                       & 0xFFFFFFFF, 0x1234ABCD) + noise("media", size)


def proxied(target, name="", secret=True, extra=0):
    """Asked of the proxy: a tunnel with TLS inside, or one page in clear."""
    if secret:
        return payloads.http_connect(f"{target},{name}") + [
            ("s", FULL)] * extra
    return payloads.http_absolute(target) + [("s", FULL)] * extra


smtp = once(payloads.smtp)
ssh = once(payloads.ssh)
bittorrent = once(payloads.bittorrent)


def syslog(host, number):
    return (f"<{132 + number % 4}>Nov 18 {number // 3600 % 24:02d}:"
            f"{number // 60 % 60:02d}:{number % 60:02d} {host} app[{number % 997}]"
            ": job finished, no errors").encode()


def oracle():
    """A database that the application keeps open all day (TNS)."""
    body = (b"(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db)(PORT=1521))"
            b"(CONNECT_DATA=(SERVICE_NAME=CITY)))")
    head = struct.pack(">HHBBHHHHHHHHH", 58 + len(body), 0, 1, 0, 0, 313, 300,
                       0x0C41, 8192, 32767, 0x4F98, 0, 1)
    connect = head + struct.pack(">HH", len(body), 58) + bytes(
        58 - len(head) - 4) + body
    accept = struct.pack(">HHBBHHH", 32, 0, 2, 0, 0, 313, 0x0C41) + bytes(18)
    return [("c", connect), ("s", accept)]


# ---- on one segment

def dhcp(kind, mac, identifier, name="", client="0.0.0.0", yours="0.0.0.0",
         relay="0.0.0.0", server=""):
    """A message of a client (1, 3, 8) or a server (2, 5)."""
    def four(text):
        return bytes(int(part) for part in text.split("."))
    out = struct.pack(">BBBBIHH", 2 if kind in (2, 5) else 1, 1, 6,
                      0 if relay == "0.0.0.0" else 1, identifier, 0, 0)
    out += four(client) + four(yours) + bytes(4) + four(relay) + mac
    out += bytes(10 + 64 + 128) + b"\x63\x82\x53\x63\x35\x01" + bytes([kind])
    if kind in (2, 5):
        out += b"\x36\x04" + four(server) + b"\x33\x04\x00\x01\x51\x80"
    else:
        out += b"\x3d\x07\x01" + mac
        if name:
            out += b"\x0c" + bytes([len(name)]) + name.encode()
        out += b"\x3c\x08MSFT 5.0\x37\x05\x01\x03\x06\x0f\x2b"
    return (out + b"\xff").ljust(300, b"\0")


def dhcp6(mac, identifier):
    """Solicit."""
    return (b"\x01" + struct.pack(">I", identifier)[1:]
            + b"\x00\x08\x00\x02\x00\x00\x00\x01\x00\x0e\x00\x01\x00\x01"
            b"\x2c\x00\x00\x00" + mac + b"\x00\x03\x00\x0c" + mac[-4:]
            + bytes(8))


@once
def mdns(name):
    body = payloads.dns(name)[0][1][12:]
    return struct.pack(">HHHHHH", 0, 0, 1, 0, 0, 0) + body


@once
def llmnr(name):
    return payloads.dns(name)[0][1][:2] + b"\0\0" + payloads.dns(name)[0][1][4:]


SSDP = (b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
        b"MAN: \"ssdp:discover\"\r\nMX: 1\r\nST: upnp:rootdevice\r\n\r\n")
WSD = (b"<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope "
       b"xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\" "
       b"xmlns:wsd=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\">"
       b"<soap:Body><wsd:Probe/></soap:Body></soap:Envelope>")


@once
def nbns(name):
    """A name asked of everybody on the segment."""
    coded = b"".join(bytes([65 + (b >> 4), 65 + (b & 15)])
                     for b in name.upper().ljust(15).encode() + b"\0")
    return struct.pack(">HHHHHH", len(name) * 257, 0x0110, 1, 0, 0, 0
                       ) + b"\x20" + coded + b"\0" + struct.pack(">HH", 32, 1)


def lldp(mac, name):
    return (b"\x02\x07\x04" + mac + b"\x04\x03\x05e1\x06\x02\x00\x78\x0a"
            + bytes([len(name)]) + name.encode() + b"\0\0")


def cdp(name):
    body = b"\x00\x01" + struct.pack(">H", 4 + len(name)) + name.encode()
    head = b"\x02\xb4\x00\x00" + body
    return b"\xaa\xaa\x03\x00\x00\x0c\x20\x00" + head


def stp(root):
    bridge = b"\x80\x00" + root
    return (b"\x42\x42\x03\x00\x00\x00\x00\x00" + bridge + b"\0\0\0\0" + bridge
            + b"\x80\x01\0\0\x14\0\x02\0\x0f\0")


def vrrp(group, address):
    """Version 2 advertisement."""
    four = bytes(int(part) for part in address.split("."))
    body = bytearray(struct.pack(">BBBBBBH", 0x21, group, 120, 1, 0, 1, 0)
                     + four + bytes(8))
    total = sum(struct.unpack(f">{len(body) // 2}H", body))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    body[6:8] = struct.pack(">H", ~total & 0xFFFF)
    return bytes(body)


def hsrp(group, address):
    """Version 1 hello of the active router."""
    return struct.pack(">BBBBBBBB", 0, 0, 16, 3, 10, 120, group, 0) + (
        b"cisco\0\0\0") + bytes(int(part) for part in address.split("."))
