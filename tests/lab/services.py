# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of the lab: Debian's own programs, each started by its path
with a configuration written here, in the namespace of its zone. All they
write lies in /run/lab, which is the lab's own and memory.
"""

import os
import subprocess
import time

import enclosure
import network

HERE = os.path.dirname(os.path.abspath(__file__))
HOME = "/run/lab"
PYTHON = "/usr/bin/python3"
WAIT_SECONDS = 20

# zone -> what nginx listens on; "s": with TLS
WEB = {
    "core": ["0.0.0.0:443s", "[::]:443s"],
    "lg": ["0.0.0.0:80", "0.0.0.0:443s"],
    "office": ["0.0.0.0:80"],
    "gate": [f"10.9.0.{n}:443s" for n in (10, 11, 55, 56)] +
            ["10.9.0.30:8530", "10.9.0.90:8443s", "0.0.0.0:80"],
    "lgwan": ["0.0.0.0:80", "0.0.0.0:443s", "0.0.0.0:8530"],
    "gcloud": ["0.0.0.0:443s"],
    "outside": ["0.0.0.0:80", "0.0.0.0:443s"],
}
FILES = {"core": ["445"], "lg": ["445"]}  # samba
SECURE_SHELLS = {"gate": ["10.9.0.59:443", "10.9.0.11:22"],
                 "office": ["10.3.9.24:3389"],
                 "outside": ["203.0.113.70:22"]}
MAIL = ("gate", "lg")
# zone -> [what responders.py plays]
PLAYED = {
    "core": ["rdp 0.0.0.0:3389"],
    "office": [f"rdp 10.3.9.{n}:3389" for n in (20, 21, 22, 23)],
    "gate": ["odd 10.9.0.57:9000"],
    "security": ["proxy 172.31.0.10:8080"],
    "lg": ["sink 0.0.0.0:514"],
    "outside": ["sink 0.0.0.0:514"],
}
NAMES = {"lgwan": "172.20.0.53", "outside": "8.8.8.8"}
LEASES = ("gate", "10.9.0.67")  # the DHCP server, beyond the relay
# Addresses that servers answer on and no scenario speaks from.
ADDRESSES = """
10.1.0.10 10.1.0.95 10.1.10.4 10.1.10.5 fd00:1::10
10.2.0.20 10.2.0.21 10.2.0.22 10.2.0.25 10.2.0.60 10.2.5.30 10.2.6.6 10.2.7.7
10.3.9.20 10.3.9.21 10.3.9.22 10.3.9.23 10.3.9.24
10.9.0.10 10.9.0.11 10.9.0.24 10.9.0.25 10.9.0.30 10.9.0.40 10.9.0.50
10.9.0.51 10.9.0.52 10.9.0.53 10.9.0.54 10.9.0.55 10.9.0.56 10.9.0.57
10.9.0.58 10.9.0.59 10.9.0.67 10.9.0.77 10.9.0.90
172.31.0.10 172.31.0.25
172.20.0.53 172.20.9.8 172.20.11.4 172.20.30.8 172.20.40.2 172.20.41.8
10.200.1.10 192.168.100.20
8.8.8.8 203.0.113.7 203.0.113.25 203.0.113.70 203.0.113.80
2001:db8::7
""".split() + [f"10.1.82.{n}" for n in range(1, 15)]  # to be spread to


def _write(name, text, mode=0o644):
    path = os.path.join(HOME, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


class Service:
    """One server: its process and the ports by which it is known to live."""

    def __init__(self, zone, command, tcp=(), udp=()):
        self.zone, self.command = zone, command
        self.tcp, self.udp = set(map(int, tcp)), set(map(int, udp))
        self.log = os.path.join(
            HOME, f"{zone}-{os.path.basename(command[0])}-"
            f"{'-'.join(map(str, sorted(self.tcp | self.udp)))}.log")
        # Its own group and session: smbd ends its group with itself.
        try:
            with open(self.log, "wb") as log:
                self.process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    preexec_fn=enclosure.in_net(zone), cwd=HOME)
        except FileNotFoundError as why:
            raise network.LabFault(f"{command[0]} is not installed: run "
                                   "scripts/deps") from why

    def _ports(self, kind, state):
        found = set()
        for name in (kind, kind + "6"):
            try:
                with open(f"/proc/{self.process.pid}/net/{name}",
                          encoding="ascii") as file:
                    lines = file.read().splitlines()[1:]
            except OSError:
                continue
            for line in lines:
                words = line.split()
                if words[3] == state:
                    found.add(int(words[1].rsplit(":", 1)[1], 16))
        return found

    def ready(self):
        if self.process.poll() is not None:
            with open(self.log, encoding="utf-8", errors="replace") as file:
                words = file.read()[-600:]
            raise network.LabFault(
                f"{self.command[0]} in {self.zone} ended: {words}")
        return (self.tcp <= self._ports("tcp", "0A") and
                self.udp <= self._ports("udp", "07"))


def _certificate():
    network.must(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                  "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                  "-subj", "/CN=lab.example", "-keyout", f"{HOME}/key.pem",
                  "-out", f"{HOME}/cert.pem"])


def _contents():
    """What servers have to give."""
    os.makedirs(f"{HOME}/files", exist_ok=True)
    os.makedirs(f"{HOME}/empty", exist_ok=True)
    os.chmod(HOME, 0o755)
    line = "見本 0123456789 sample line of a file in the lab\n".encode()
    for name, size in (("small.txt", 4000), ("big.bin", 3000000)):
        with open(f"{HOME}/files/{name}", "wb") as file:
            file.write((line * (size // len(line) + 1))[:size])


def _web(zone, listeners):
    servers = []
    for at in listeners:
        secure = at.endswith("s")
        words = at.rstrip("s") + (" ssl" if secure else "")
        keys = (f"ssl_protocols TLSv1.2 TLSv1.3; "
                f"ssl_certificate {HOME}/cert.pem; "
                f"ssl_certificate_key {HOME}/key.pem;") if secure else ""
        servers.append(f"server {{ listen {words}; {keys} "
                       f"root {HOME}/files; autoindex on; }}")
    folder = os.path.join(HOME, f"web-{zone}")
    os.makedirs(folder, exist_ok=True)
    kinds = "\n".join(f"{k}_temp_path {folder};" for k in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    path = _write(f"web-{zone}.conf", f"""
daemon off; master_process off; user root; pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{ access_log off; {kinds} keepalive_timeout 30s;
{chr(10).join(servers)}
}}
""")
    ports = {at.rstrip("s").rsplit(":", 1)[1] for at in listeners}
    return Service(zone, ["/usr/sbin/nginx", "-c", path, "-e",
                          f"{folder}/error.log"], tcp=ports)


def _files(zone, ports):
    folder = os.path.join(HOME, f"smb-{zone}")
    os.makedirs(folder, exist_ok=True)
    kept = "\n".join(f"{name} = {folder}" for name in (
        "private dir", "lock directory", "state directory",
        "cache directory", "pid directory", "ncalrpc dir"))
    path = _write(f"smb-{zone}.conf", f"""
[global]
workgroup = LAB
server role = standalone server
map to guest = Bad User
guest account = nobody
disable netbios = yes
smb ports = {' '.join(ports)}
load printers = no
printing = bsd
printcap name = /dev/null
disable spoolss = yes
log file = {folder}/log
{kept}
[share]
path = {HOME}/files
guest ok = yes
read only = yes
""")
    return Service(zone, ["/usr/sbin/smbd", "-F", "--no-process-group",
                          "-s", path], tcp=ports)


def _transfers(zone):
    """FTP: one passive port, so that what it is called is known."""
    path = _write(f"ftp-{zone}.conf", f"""
listen=YES
background=NO
anonymous_enable=YES
local_enable=NO
write_enable=NO
anon_root={HOME}/files
secure_chroot_dir={HOME}/empty
pasv_min_port=50021
pasv_max_port=50021
xferlog_enable=NO
seccomp_sandbox=NO
""", 0o600)
    return Service(zone, ["/usr/sbin/vsftpd", path], tcp=[21])


def _weak(zone, at):
    """A server that still speaks TLS 1.0, which Debian's own set-up forbids."""
    return Service(zone, [
        "/usr/bin/openssl", "s_server", "-quiet", "-accept", at, "-WWW",
        "-cert", f"{HOME}/cert.pem", "-key", f"{HOME}/key.pem", "-tls1",
        "-cipher", "ALL:@SECLEVEL=0"], tcp=[at.rsplit(":", 1)[1]])


def _shells(zone, places):
    listen = "\n".join(f"ListenAddress {at}" for at in places)
    os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
    path = _write(f"ssh-{zone}.conf", f"""
{listen}
HostKey {HOME}/host_key
AuthorizedKeysFile {HOME}/user_key.pub
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PidFile none
""")
    return Service(zone, ["/usr/sbin/sshd", "-D", "-e", "-f", path],
                   tcp=[at.rsplit(":", 1)[1] for at in places])


def _names(zone, address):
    return Service(zone, [
        "/usr/sbin/dnsmasq", "-k", "-C", "/dev/null", "-u", "root", "-R",
        "-h", "-z", "-x", f"{HOME}/dns-{zone}.pid", "-a", address,
        "--address=/#/203.0.113.80"], tcp=[53], udp=[53])


def _leases():
    zone, address = LEASES
    return [
        Service(zone, [
            "/usr/sbin/dnsmasq", "-k", "-C", "/dev/null", "-u", "root", "-p",
            "0", "-x", f"{HOME}/dhcp.pid", "-l", f"{HOME}/leases",
            "--no-ping", "--dhcp-option=3,10.3.0.1",
            "--dhcp-range=10.3.200.10,10.3.200.50,255.255.0.0,10m"],
                udp=[67]),
        Service("router", [
            "/usr/sbin/dnsmasq", "-k", "-C", "/dev/null", "-u", "root", "-p",
            "0", "-x", f"{HOME}/relay.pid",
            f"--dhcp-relay=10.3.0.1,{address}"], udp=[67])]


def _played(zone, parts):
    kinds = {"sink": "udp"}
    ports = {"tcp": set(), "udp": set()}
    for part in parts:
        kind, at = part.split()
        ports[kinds.get(kind, "tcp")].add(at.rsplit(":", 1)[1])
    return Service(zone, [PYTHON, os.path.join(HERE, "responders.py"),
                          *parts], **ports)


def start():
    """Starts all of them and waits until each answers."""
    _contents()
    _certificate()
    for name in ("host_key", "user_key"):
        network.must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                      os.path.join(HOME, name)])
    running = [_files(zone, ports) for zone, ports in FILES.items()]
    running += [_played(zone, parts) for zone, parts in PLAYED.items()]
    running += [Service(zone, [PYTHON, "-m", "aiosmtpd", "-n", "-l",
                               "0.0.0.0:25", "-c",
                               "aiosmtpd.handlers.Sink"], tcp=[25])
                for zone in MAIL]
    running += [_web(zone, at) for zone, at in WEB.items()]
    running += [_shells(zone, at) for zone, at in SECURE_SHELLS.items()]
    running += [_names(zone, address) for zone, address in NAMES.items()]
    running += [_transfers("lg"), _weak("gate", "10.9.0.55:4433"), *_leases()]
    until = time.monotonic() + WAIT_SECONDS
    waiting = list(running)
    while waiting:
        waiting = [s for s in waiting if not s.ready()]
        if waiting and time.monotonic() > until:
            raise network.LabFault("not ready after "
                                   f"{WAIT_SECONDS} s: " + ", ".join(
                                       f"{s.command[0]} in {s.zone}"
                                       for s in waiting))
        time.sleep(0.05)
    return running
