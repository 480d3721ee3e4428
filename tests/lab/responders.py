#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that no package has in small: each argument is "KIND ADDRESS:PORT".

  rdp    grants a remote desktop's request and says what TLS would say next
  odd    answers with bytes that no protocol knows
  proxy  a web proxy: CONNECT and absolute URIs; names lead to one address
  sink   takes datagrams and never answers
"""

import os
import socket
import sys
import threading

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "golden"))
import payloads  # noqa: E402

NAMED = "203.0.113.80"  # every name of the internet
SECONDS = 5


def play(connection, said):
    """The server's side of a dialogue: each turn when the client spoke."""
    with connection:
        connection.settimeout(SECONDS)
        for who, payload in said:
            if who == "c":
                if not connection.recv(65536):
                    return
            else:
                connection.sendall(payload)
        while connection.recv(65536):
            pass


def pump(source, target):
    """Bytes from one to the other until the end."""
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def reach(host, port, own):
    """A connection from the proxy's own address."""
    address = host if host.replace(".", "").isdigit() else NAMED
    return socket.create_connection((address, port), SECONDS, (own, 0))


def split(authority, port):
    host, _, number = authority.partition(":")
    return host, int(number or port)


def proxy(connection):
    """One request, and what follows it."""
    with connection:
        connection.settimeout(SECONDS)
        head = b""
        while b"\r\n\r\n" not in head:
            more = connection.recv(65536)
            if not more:
                return
            head += more
        line, _, rest = head.partition(b"\r\n")
        own = connection.getsockname()[0]
        method, target, _ = line.decode("ascii").split(" ", 2)
        try:
            if method == "CONNECT":
                far = reach(*split(target, 443), own)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                authority, _, path = target.removeprefix(
                    "http://").partition("/")
                far = reach(*split(authority, 80), own)
                far.sendall(f"{method} /{path} HTTP/1.1\r\n".encode() +
                            rest.replace(b"Proxy-Connection", b"Connection"))
        except OSError:
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\n"
                               b"Content-Length: 0\r\n\r\n")
            return
        with far:
            back = threading.Thread(target=pump, args=(far, connection))
            back.start()
            pump(connection, far)
            back.join()


HANDLERS = {
    "rdp": lambda c: play(c, payloads.dialogue("rdp")),
    "odd": lambda c: play(c, payloads.dialogue("garbage=3")),
    "proxy": proxy,
}


def handle(handler, connection):
    try:
        handler(connection)
    except (OSError, ValueError):
        pass  # the client's loss


def listen(kind, address, port):
    server = socket.create_server((address, port), backlog=16)
    while True:
        connection, _ = server.accept()
        threading.Thread(target=handle, args=(HANDLERS[kind], connection),
                         daemon=True).start()


def sink(address, port):
    taker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taker.bind((address, port))
    while True:
        taker.recv(65536)


def main():
    threads = []
    for argument in sys.argv[1:]:
        kind, at = argument.split()
        address, port = at.rsplit(":", 1)
        threads.append(threading.Thread(
            target=sink if kind == "sink" else listen,
            args=(address, int(port)) if kind == "sink" else
            (kind, address, int(port))))
        threads[-1].start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
