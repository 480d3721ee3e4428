# SPDX-License-Identifier: GPL-3.0-or-later
"""What applications say to each other, as bytes on the wire.

Each application is a function that yields a dialogue: a list of (side,
bytes), side "c" for the client and "s" for the server, in order. The bytes
are believable enough for a classifier that reads payload; nothing in them is
anybody's. Everything is fixed: the same words always give the same bytes.
"""

import struct
import zlib


def noise(label, length):
    """Bytes that look like nothing, always the same for one label."""
    out = bytearray()
    state = zlib.crc32(label.encode()) or 1
    while len(out) < length:
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append((state >> 16) & 0xFF | 0x80)
    return bytes(out)


def smb(argument=""):
    """SMB 2: negotiate and the first half of a session set-up; "read": and
    a file is read, "sealed": the same, encrypted."""
    def message(command, flags, body, number):
        header = b"\xfeSMB" + struct.pack(
            "<HHIHHIIQIIQ", 64, 1, 0, command, 1, flags, 0, number, 0, 0, 0)
        whole = header + bytes(16) + body
        return struct.pack(">I", len(whole)) + whole

    dialects = struct.pack("<HHHHI", 36, 2, 1, 0, 0x7F) + noise(
        "client", 16) + bytes(8) + struct.pack("<HH", 0x0202, 0x0210)
    chosen = struct.pack("<HHHH", 65, 1, 0x0210, 0) + noise(
        "server", 16) + struct.pack("<IIII", 7, 0x100000, 0x100000, 0x100000)
    chosen += bytes(16) + struct.pack("<HHI", 128, 0, 0)
    token = b"NTLMSSP\0" + struct.pack("<II", 1, 0xE2088297) + bytes(24)
    setup = struct.pack("<HBBIIHHQ", 25, 0, 1, 1, 0, 88, len(token), 0)
    more = struct.pack("<HHHH", 9, 0, 72, len(token))
    talk = [("c", message(0, 0, dialects, 0)),
            ("s", message(0, 1, chosen, 0)),
            ("c", message(1, 0, setup + token, 1)),
            ("s", message(1, 1, more + token, 1))]
    if argument == "read":  # of a file, in clear
        talk += [("c", message(8, 0, struct.pack("<HBBI", 49, 80, 0, 4096)
                               + bytes(41), 5)),
                 ("s", message(8, 1, struct.pack("<HBBII", 17, 80, 0, 64, 0)
                               + noise("file", 64), 5))]
    elif argument == "sealed":  # SMB 3: nothing of it can be read
        sealed = b"\xfdSMB" + noise("seal", 48) + noise("file", 200)
        talk += [("c", struct.pack(">I", len(sealed)) + sealed),
                 ("s", struct.pack(">I", len(sealed)) + sealed)]
    return talk


def _extension(kind, body):
    return struct.pack(">HH", kind, len(body)) + body


def _hello_extensions(name, version):
    out = b""
    if name:
        raw = name.encode()
        out += _extension(0, struct.pack(">HBH", len(raw) + 3, 0, len(raw))
                          + raw)
    out += _extension(10, struct.pack(">HHH", 4, 0x1D, 0x17))
    out += _extension(11, b"\x01\x00")
    out += _extension(13, struct.pack(">HHHH", 6, 0x0403, 0x0804, 0x0401))
    if version == 13:
        out += _extension(43, b"\x04\x03\x04\x03\x03")
        out += _extension(51, struct.pack(">HHH", 36, 0x1D, 32)
                          + noise("share", 32))
    return struct.pack(">H", len(out)) + out


def _handshake(kind, body):
    return bytes([kind]) + struct.pack(">I", len(body))[1:] + body


def _record(kind, body, version=0x0303):
    return struct.pack(">BHH", kind, version, len(body)) + body


def _tls(name, version):
    suites = [0x1301, 0x1302] if version == 13 else []
    suites += [0xC02F, 0xC030, 0xC02B, 0x009C]
    listed = b"".join(struct.pack(">H", s) for s in suites)
    session = noise("session", 32)
    hello = b"\x03\x03" + noise("client random", 32) + b"\x20" + session
    hello += struct.pack(">H", len(listed)) + listed + b"\x01\x00"
    hello += _hello_extensions(name, version)
    client = _record(22, _handshake(1, hello), 0x0301)
    answer = b"\x03\x03" + noise("server random", 32) + b"\x20" + session
    if version == 13:
        answer += b"\x13\x01\x00"
        more = _extension(43, b"\x03\x04") + _extension(
            51, struct.pack(">HH", 0x1D, 32) + noise("answer", 32))
    else:
        answer += b"\xc0\x2f\x00"
        more = _extension(65281, b"\x00")
    answer += struct.pack(">H", len(more)) + more
    return client, _record(22, _handshake(2, answer))


def tls12(name=""):
    """TLS 1.2 with its handshake in clear and some data."""
    client, server = _tls(name, 12)
    curve = _handshake(12, b"\x03\x00\x1d\x20" + noise("point", 32)
                       + b"\x04\x01\x00\x40" + noise("signed", 64))
    exchange = _handshake(16, b"\x20" + noise("client point", 32))
    finished = _record(20, b"\x01") + _record(22, noise("finished", 40))
    return [("c", client),
            ("s", server + _record(22, curve)
             + _record(22, _handshake(14, b""))),
            ("c", _record(22, exchange) + finished), ("s", finished),
            ("c", _record(23, noise("question", 180))),
            ("s", _record(23, noise("reply", 900)))]


def tls13(name=""):
    """TLS 1.3: all after the two hellos is hidden."""
    client, server = _tls(name, 13)
    changed = _record(20, b"\x01")
    return [("c", client),
            ("s", server + changed + _record(23, noise("hidden", 600))),
            ("c", changed + _record(23, noise("finished", 53))
             + _record(23, noise("question", 180))),
            ("s", _record(23, noise("reply", 900)))]


VERSIONS = {"ssl3": 0x0300, "1.0": 0x0301, "1.1": 0x0302, "1.2": 0x0303,
            "1.3": 0x0304}


def tls(argument="1.2:c02f"):
    """A handshake in which the server chooses; "VERSION:SUITE[,NAME]"."""
    chosen, _, name = argument.partition(",")
    version, _, suite = chosen.partition(":")
    number = VERSIONS[version]
    old = min(number, 0x0303)
    listed = struct.pack(">HHHHHHHH", int(suite, 16), 0xC02F, 0xC013, 0x009C,
                         0x002F, 0x000A, 0x0005, 0x00FF)
    session = noise("session", 32)
    hello = struct.pack(">H", old) + noise("client random", 32) + b"\x20"
    hello += session + struct.pack(">H", len(listed)) + listed + b"\x01\x00"
    answer = struct.pack(">H", old) + noise("server random", 32) + b"\x20"
    answer += session + struct.pack(">HB", int(suite, 16), 0)
    if number > 0x0300:
        hello += _hello_extensions(name, 13 if number > 0x0303 else 12)
        more = _extension(65281, b"\x00")
        if number > 0x0303:
            more = _extension(43, struct.pack(">H", number)) + _extension(
                51, struct.pack(">HH", 0x1D, 32) + noise("answer", 32))
        answer += struct.pack(">H", len(more)) + more
    client = _record(22, _handshake(1, hello), min(old, 0x0301))
    server = _record(22, _handshake(2, answer), old)
    exchange = _record(22, _handshake(16, noise("exchange", 66)), old)
    finished = _record(20, b"\x01", old) + _record(
        22, noise("finished", 40), old)
    return [("c", client),
            ("s", server + _record(22, _handshake(14, b""), old)),
            ("c", exchange + finished), ("s", finished),
            ("c", _record(23, noise("question", 180), old)),
            ("s", _record(23, noise("reply", 900), old))]


def tls_ech(name):
    """TLS 1.3 with an Encrypted ClientHello: NAME is the outer one."""
    client, server = _tls(name, 13)
    raw = client[9:]
    at = 2 + 32 + 1 + 32
    at += 2 + int.from_bytes(raw[at:at + 2], "big")
    at += 1 + raw[at]
    more = raw[at + 2:] + _extension(0xFE0D, b"\0\0\x01\0\x01\x07"
                                     + struct.pack(">H", 32)
                                     + noise("sealed to", 32)
                                     + struct.pack(">H", 144)
                                     + noise("inner hello", 144))
    hello = raw[:at] + struct.pack(">H", len(more)) + more
    changed = _record(20, b"\x01")
    return [("c", _record(22, _handshake(1, hello), 0x0301)),
            ("s", server + changed + _record(23, noise("hidden", 600))),
            ("c", changed + _record(23, noise("question", 180))),
            ("s", _record(23, noise("reply", 900)))]


def tls_refused(_argument=""):
    """A hello that the server answers with an alert: protocol version."""
    return [tls()[0], ("s", _record(21, b"\x02\x46"))]


def tls_midway(_argument=""):
    """Records of a session that began before anybody looked."""
    return [("c", _record(23, noise("question", 180))),
            ("s", _record(23, noise("reply", 900)))] * 3


def http(argument="www.example.jp"):
    """A page fetched from a host; "HOST/PATH"."""
    host, _, path = argument.partition("/")
    body = b"<html><body>ok</body></html>\n"
    return [("c", b"GET /%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: browser/1\r\n"
             b"Accept: text/html\r\n\r\n" % (path.encode(), host.encode())),
            ("s", b"HTTP/1.1 200 OK\r\nServer: web\r\n"
             b"Content-Type: text/html\r\nContent-Length: %d\r\n\r\n"
             % len(body) + body)]


def http_absolute(argument="www.example.jp/"):
    """Pages asked of a proxy by their whole address, one after the other
    over one connection; "HOST[:PORT]/PATH[|HOST/PATH...]"."""
    talk = []
    for wanted in argument.split("|"):
        host = wanted.partition("/")[0]
        talk += [("c", b"GET http://%s HTTP/1.1\r\nHost: %s\r\n"
                  b"User-Agent: browser/1\r\nAccept: text/html\r\n\r\n"
                  % (wanted.encode(), host.encode()))] + http(wanted)[1:]
    return talk


def http_connect(argument="www.example.jp:443"):
    """A tunnel asked of a proxy; "HOST:PORT[,NAME]", TLS to NAME inside."""
    target, _, name = argument.partition(",")
    ask = b"CONNECT %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: browser/1\r\n\r\n"
    return [("c", ask % (target.encode(), target.encode())),
            ("s", b"HTTP/1.1 200 Connection established\r\n\r\n")
            ] + tls12(name)


def _dns_name(name):
    return b"".join(bytes([len(part)]) + part.encode()
                    for part in name.split(".")) + b"\0"


def dns(argument="www.example.jp"):
    """One A query and its answer; "NAME[,ADDRESS]"."""
    name, _, address = argument.partition(",")
    address = bytes(map(int, (address or "203.0.113.7").split(".")))
    number = zlib.crc32(name.encode()) & 0xFFFF
    question = _dns_name(name) + struct.pack(">HH", 1, 1)
    ask = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + question
    answer = struct.pack(">HHHHHH", number, 0x8180, 1, 1, 0, 0) + question
    answer += struct.pack(">HHHIH4s", 0xC00C, 1, 1, 300, 4, address)
    return [("c", ask), ("s", answer)]


def dns_query(name="www.example.jp"):
    """The query alone."""
    return dns(name)[:1]


def dns_answer(argument="www.example.jp"):
    """An answer that nobody asked for."""
    return [("c", dns(argument)[1][1])]


def snmp(argument="v2c"):
    """One question for a name and its answer; "v1", "v2c" or "v3"."""
    def message(tag):
        if argument == "v3":
            rest = bytes.fromhex(
                "300f02026ba5020300ffe3040104020103" "0410300e040002010002010004"
                "0004000400" "3012" "04000400" "a00c02022d7b0201000201003000")
            return bytes([0x30, len(rest) + 3, 2, 1, 3]) + rest
        pdu = bytes([tag, 25]) + bytes.fromhex(
            "020101020100020100300e300c06082b060102010105000500")
        body = bytes([2, 1, 0 if argument == "v1" else 1, 4, 6]) + b"public"
        return bytes([0x30, len(body + pdu)]) + body + pdu

    return [("c", message(0xA0)), ("s", message(0xA2))]


def rdp(_argument=""):
    """Connection request and confirm, then TLS inside."""
    cookie = b"Cookie: mstshash=user\r\n"
    wish = b"\x01\x00\x08\x00\x03\x00\x00\x00"
    length = 6 + len(cookie) + len(wish)
    ask = struct.pack(">BBHBBHHB", 3, 0, length + 5, length, 0xE0, 0, 0, 0)
    grant = struct.pack(">BBHBBHHB", 3, 0, 19, 14, 0xD0, 0, 0x1234, 0)
    client, server = _tls("", 12)
    return [("c", ask + cookie + wish),
            ("s", grant + b"\x02\x00\x08\x00\x01\x00\x00\x00"),
            ("c", client), ("s", server)]


def ssh(_argument=""):
    """Banners and the first of the key exchange."""
    names = b"curve25519-sha256,ecdh-sha2-nistp256"
    body = b"\x14" + noise("cookie", 16) + struct.pack(">I", len(names)) + names
    for listed in (b"ssh-ed25519", b"aes128-ctr", b"aes128-ctr",
                   b"hmac-sha2-256", b"hmac-sha2-256", b"none", b"none", b"",
                   b""):
        body += struct.pack(">I", len(listed)) + listed
    body += bytes(5)
    pad = 8 - (len(body) + 5) % 8 + 8
    key = struct.pack(">IB", len(body) + pad + 1, pad) + body + bytes(pad)
    return [("s", b"SSH-2.0-OpenSSH_9.2\r\n"),
            ("c", b"SSH-2.0-OpenSSH_9.2\r\n"), ("c", key), ("s", key)]


def smtp(_argument=""):
    """One short mail."""
    return [("s", b"220 mail.example.jp ESMTP ready\r\n"),
            ("c", b"EHLO relay.example.jp\r\n"),
            ("s", b"250-mail.example.jp\r\n250 8BITMIME\r\n"),
            ("c", b"MAIL FROM:<a@example.jp>\r\n"), ("s", b"250 ok\r\n"),
            ("c", b"RCPT TO:<b@city.example.jp>\r\n"), ("s", b"250 ok\r\n"),
            ("c", b"DATA\r\n"), ("s", b"354 go on\r\n"),
            ("c", b"Subject: test\r\n\r\nHello\r\n.\r\n"),
            ("s", b"250 queued\r\n"), ("c", b"QUIT\r\n"), ("s", b"221 bye\r\n")]


def smtp_starttls(argument="1.2:c02f"):
    """A mail that turns to TLS; "VERSION:SUITE"."""
    return [("s", b"220 mail.example.jp ESMTP ready\r\n"),
            ("c", b"EHLO relay.example.jp\r\n"),
            ("s", b"250-mail.example.jp\r\n250-8BITMIME\r\n"
             b"250 STARTTLS\r\n"),
            ("c", b"STARTTLS\r\n"),
            ("s", b"220 2.0.0 Ready to start TLS\r\n")] + tls(argument)


def ftp_tls(argument="1.2:c02f"):
    """A control connection that turns to TLS; "VERSION:SUITE"."""
    return [("s", b"220 FTP server ready\r\n"), ("c", b"AUTH TLS\r\n"),
            ("s", b"234 Proceed with negotiation.\r\n")] + tls(argument)


def telnet(_argument=""):
    """Options of both sides, then words in clear."""
    return [("s", b"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27"),
            ("c", b"\xff\xfb\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27"),
            ("s", b"\xff\xfb\x03\xff\xfd\x01\xff\xfb\x05"),
            ("c", b"\xff\xfd\x03\xff\xfc\x01\xff\xfd\x05"),
            ("s", b"switch1 login: ")]


def smb1(_argument=""):
    """SMB 1: a list of dialects and the choice of NT LM 0.12."""
    def message(flags, body, command=0x72):
        whole = b"\xffSMB" + bytes([command]) + bytes(4) + struct.pack(
            "<BH", flags, 0xC801) + bytes(12) + struct.pack(
                "<HHHH", 0, 100, 0, 1) + body
        return struct.pack(">I", len(whole)) + whole

    dialects = b"\x02PC NETWORK PROGRAM 1.0\0\x02NT LM 0.12\0"
    return [("c", message(0x18, struct.pack("<BH", 0, len(dialects))
                          + dialects)),
            ("s", message(0x98, struct.pack("<BH", 17, 1) + bytes(32)
                          + struct.pack("<H", 8) + noise("challenge", 8))),
            ("c", message(0x18, struct.pack("<BH", 0, 0), 0x73))]


def pgsql(argument=""):
    """A log-in and a question; with "VERSION:SUITE" it turns to TLS."""
    if argument:
        return [("c", struct.pack(">II", 8, 80877103)),
                ("s", b"S")] + tls(argument)
    start = struct.pack(">I", 196608) + b"user\0app\0database\0tax\0\0"
    ask = b"select name from citizen\0"
    return [("c", struct.pack(">I", len(start) + 4) + start),
            ("s", b"R" + struct.pack(">II", 8, 0)),
            ("s", b"Z" + struct.pack(">IB", 5, 73)),
            ("c", b"Q" + struct.pack(">I", len(ask) + 4) + ask),
            ("s", b"T" + struct.pack(">IH", 6, 0) + b"Z"
             + struct.pack(">IB", 5, 73))]


def vnc(_argument=""):
    """The versions that both sides speak, and their kinds of security."""
    return [("s", b"RFB 003.008\n"), ("c", b"RFB 003.008\n"),
            ("s", b"\x01\x02"), ("c", b"\x02"), ("s", noise("asked", 16)),
            ("c", noise("answered", 16)), ("s", bytes(4)), ("c", b"\x01"),
            ("s", struct.pack(">HH", 1024, 768) + bytes(16)
             + struct.pack(">I", 5) + b"desk1")]


def ica(_argument=""):
    """The greeting of Citrix ICA, from the server and back."""
    greeting = b"\x7f\x7fICA\0"
    return [("s", greeting), ("c", greeting)] * 3


def ica_tunnelled(_argument=""):
    """Citrix's session reliability (CGP) around ICA."""
    hello = b"\x1aCGP/01\x00" + bytes(12)
    return [("c", hello), ("s", hello), ("c", noise("c", 40)),
            ("s", noise("s", 40))]


def ftp(argument=""):
    """A log-in and a passive transfer; "ADDRESS:PORT" where the data is."""
    talk = [("s", b"220 FTP server ready\r\n"), ("c", b"USER anonymous\r\n"),
            ("s", b"331 Please specify the password.\r\n"),
            ("c", b"PASS guest@\r\n"), ("s", b"230 Login successful.\r\n"),
            ("c", b"TYPE I\r\n"), ("s", b"200 Switching to Binary mode.\r\n")]
    if argument:
        address, _, port = argument.rpartition(":")
        place = address.replace(".", ",") + ",%d,%d" % divmod(int(port), 256)
        talk += [("c", b"PASV\r\n"),
                 ("s", b"227 Entering Passive Mode (%s).\r\n" % place.encode()),
                 ("c", b"RETR plan.txt\r\n"),
                 ("s", b"150 Opening BINARY mode data connection.\r\n")]
    return talk


def ftp_data(_argument=""):
    """What a transfer carries: plain words, one way."""
    return [("s", b"Plan of the year\r\nroads, schools, water\r\n" * 4)]


def tftp(_argument=""):
    """A read request; the data come from another port."""
    return [("c", b"\x00\x01config.txt\x00octet\x00")]


def tftp_data(_argument=""):
    """The first block, sent by whoever was asked, and its receipt."""
    return [("c", b"\x00\x03\x00\x01" + b"hostname sw1\n" * 8),
            ("s", b"\x00\x04\x00\x01")]


def syslog(_argument=""):
    """Three messages, one way."""
    return [("c", b"<34>Nov 20 10:00:0%d host1 su[123]: session opened for "
             b"user root by (uid=0)" % i) for i in range(3)]


def syslog_long(_argument=""):
    """One message that no frame holds whole."""
    return [("c", b"<34>Nov 20 10:00:00 host1 app[9]: " + b"word " * 400)]


def ntp(_argument=""):
    ask = b"\x23\x02\x06\xe9" + bytes(36) + b"\xec\x9d\x10\x00\x00\x00\x00\x00"
    answer = b"\x24\x02\x06\xe9" + bytes(8) + b"\x0a\x01\x00\x35" + (
        b"\xec\x9d\x10\x00\x00\x00\x00\x00" * 4)
    return [("c", ask), ("s", answer)]


def bittorrent(_argument=""):
    shake = b"\x13BitTorrent protocol" + bytes(8) + noise("hash", 20)
    return [("c", shake + b"-XX0001-" + noise("peer", 12)),
            ("s", shake + b"-YY0001-" + noise("other", 12))]


def said(argument=""):
    """Any bytes in hex, client and server by turns: "HEX,HEX"."""
    return [("cs"[turn % 2], bytes.fromhex(word))
            for turn, word in enumerate(argument.split(","))]


def garbage(argument=""):
    """Nothing that any dissector knows; argument: exchanges (1)."""
    talk = []
    for i in range(int(argument or 1)):
        talk += [("c", noise(f"left {i}", 60 + i % 7)),
                 ("s", noise(f"right {i}", 90 + i % 5))]
    return talk


def garbage_out(argument=""):
    """The same from the client alone; argument: datagrams (1)."""
    return [("c", noise(f"out {i}", 200)) for i in range(int(argument or 1))]


APPLICATIONS = {
    name.replace("_", "-"): function
    for name, function in list(globals().items())
    if callable(function) and not name.startswith("_") and name != "noise"
}


def dialogue(word):
    """The dialogue of "name" or "name=argument"."""
    name, _, argument = word.partition("=")
    return (APPLICATIONS[name](argument) if argument
            else APPLICATIONS[name]())
