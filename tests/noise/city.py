# SPDX-License-Identifier: GPL-3.0-or-later
"""The city of model.jsonc as machines: where each is plugged in, which MACs
stand on each segment at what time, and the ledger of all devices.

A zone that lies beyond a line has a peer: the MAC of the router at its far
end, which stands for all hosts there. Inner zones have two routers with one
virtual MAC; at FAILOVER the second one takes over.
"""

import collections
import ipaddress

from frames import Side, ethernet, mac_bytes

DAY = "2026-11-18"
MIDNIGHT_US = 1794927600 * 1000000  # 2026-11-18T00:00:00+09:00
HOUR_US, MINUTE_US, SECOND_US = 3600000000, 60000000, 1000000
FAILOVER_US = MIDNIGHT_US + 12 * HOUR_US + 5 * MINUTE_US
SWITCH_OVER_US = MIDNIGHT_US + 14 * HOUR_US  # to the backup cloud line
SWITCH_BACK_US = SWITCH_OVER_US + 40 * MINUTE_US

TAPS = ["core", "lg", "trunk", "lgwan", "sc", "gc-main", "gc-backup",
        "breakout", "juki"]

# virtual: what hosts send to; routers: what sends to them, before and after
# the failover; peer: the box at the far end of a line.
Place = collections.namedtuple("Place", "tap vlan virtual routers peer")


def _place(tap, vlan, virtual, first, second=None, peer=None):
    return Place(tap, vlan, mac_bytes(virtual), (
        mac_bytes(first), mac_bytes(second or first)),
                 mac_bytes(peer) if peer else None)


PLACES = {
    "core": _place("core", None, "00:00:5e:00:01:0a", "02:00:00:00:01:01",
                   "02:00:00:00:01:02"),
    "lg": _place("lg", None, "00:00:5e:00:01:14", "02:00:00:00:02:01",
                 "02:00:00:00:02:02"),
    "office": _place("trunk", 300, "00:00:0c:07:ac:1e", "02:00:00:00:03:01",
                     "02:00:00:00:03:02"),
    "gate": _place("trunk", 900, "00:09:0f:09:09:00", "02:00:00:00:09:01",
                   "02:00:00:00:09:02"),
    "branch": _place("trunk", 120, "02:00:00:00:12:01", "02:00:00:00:12:01",
                     "02:00:00:00:12:02"),
    "guest": _place("trunk", 666, "02:00:00:00:64:01", "02:00:00:00:64:01"),
    "lgwan": _place("lgwan", None, "02:00:00:00:20:01", "02:00:00:00:20:01",
                    None, "02:00:00:00:20:fe"),
    "security": _place("sc", None, "02:00:00:00:31:01", "02:00:00:00:31:01",
                       None, "02:00:00:00:31:fe"),
    "gcloud": _place("gc-main", None, "02:00:00:00:c8:01",
                     "02:00:00:00:c8:01", None, "02:00:00:00:c8:fe"),
    "gcloud-backup": _place("gc-backup", None, "02:00:00:00:c9:01",
                            "02:00:00:00:c9:01", None, "02:00:00:00:c9:fe"),
    "saas": _place("breakout", None, "02:00:00:00:b0:01",
                   "02:00:00:00:b0:01", None, "02:00:00:00:b0:fe"),
    "jukinet": _place("juki", None, "02:00:00:00:28:01", "02:00:00:00:28:01",
                      None, "02:00:00:00:28:fe"),
    "outside": None,
}
PLACES["outside"] = PLACES["security"]

NETWORKS = [(ipaddress.ip_network(network), zone) for network, zone in (
    ("10.1.0.0/16", "core"), ("10.2.0.0/16", "lg"), ("10.12.0.0/16", "branch"),
    ("10.3.0.0/16", "office"), ("10.9.0.0/24", "gate"),
    ("10.200.0.0/20", "gcloud"), ("172.20.0.0/14", "lgwan"),
    ("172.31.0.0/24", "security"), ("172.28.0.0/24", "jukinet"),
    ("192.168.100.0/24", "guest"), ("192.0.2.0/26", "saas"),
    ("192.0.2.128/26", "saas"), ("198.51.100.0/25", "saas"),
    ("198.51.100.128/27", "saas"), ("203.0.113.0/25", "saas"),
    ("fd00:2::/48", "lg"), ("fd00:3::/48", "office"))]
_zones = {}


def zone_of(address):
    if address not in _zones:
        value = ipaddress.ip_address(address)
        _zones[address] = next((zone for network, zone in NETWORKS
                                if value in network), "outside")
    return _zones[address]


SPECIAL = {"10.2.8.8": "02:00:00:00:88:02", "10.3.8.8": "02:00:00:00:88:03",
           "10.2.8.9": "02:00:00:00:89:02", "10.3.8.9": "02:00:00:00:89:03"}
_macs = {}


def mac_of(address):
    """02:00 and the four bytes of the address, or what the model says."""
    if address not in _macs:
        if address in SPECIAL:
            _macs[address] = mac_bytes(SPECIAL[address])
        else:
            _macs[address] = b"\x02\x00" + ipaddress.ip_address(
                address).packed[-4:]
    return _macs[address]


def side(zone, host, time_us, late, hops, client=True, names=(None, None),
         host_mac=None, virtual=None):
    """The side of a conversation on a zone's own segment: host is the end
    that stands there; client: it is who opened."""
    place = PLACES[zone]
    own = host_mac or place.peer or mac_of(host)
    active = place.routers[time_us >= FAILOVER_US]
    own_gateway = active if place.virtual in place.routers else place.virtual
    leaving = ethernet(virtual or own_gateway, own, 0x0800, place.vlan)
    coming = ethernet(own, active, 0x0800, place.vlan)
    return Side(place.tap, leaving if client else coming,
                coming if client else leaving, late, hops, *names)


def direct(zone, client, server, kind=0x0800):
    """Both ends on one segment: no router between."""
    place = PLACES[zone]
    a, b = mac_of(client), mac_of(server)
    return [Side(place.tap, ethernet(b, a, kind, place.vlan),
                 ethernet(a, b, kind, place.vlan), 0, 0)]


# ---- who there is

class City:
    """Hosts for so many staff."""

    def __init__(self, staff):
        self.staff = staff
        self.pcs = [f"10.2.{16 + i // 200}.{20 + i % 200}"
                    for i in range(staff)]
        self.branch_pcs = [f"10.12.{1 + i % 3}.{30 + i // 3}"
                           for i in range(max(3, staff // 10))]
        self.residents = [f"10.1.10.{20 + i}"
                          for i in range(min(200, max(2, staff // 8)))]
        self.tax = [f"10.1.20.{20 + i}"
                    for i in range(min(200, max(2, staff // 12)))]
        self.office = [f"10.3.{1 + i // 60}.{100 + i % 60}"
                       for i in range(max(3, staff // 8))]
        self.guests = [f"192.168.100.{20 + i}"
                       for i in range(min(200, max(2, staff // 10)))]
        self.annex = [f"10.13.0.{20 + i}" for i in range(max(2, staff // 80))]
        self.systems = [f"10.2.1.{10 + i}" for i in range(20)]
        self.browsers = [f"10.3.9.{20 + i}" for i in range(4)]

    def ledger(self):
        """[(address, name, system, division, kind)] of all but those that the
        model's hosts name."""
        rows = []

        def many(addresses, name, division, kind, system=""):
            for number, address in enumerate(addresses, 1):
                rows.append((address, f"{name}{number:03d}", system, division,
                             kind))

        many(self.pcs, "LG端末", "総務課", "端末")
        many(self.branch_pcs, "支所端末", "支所", "端末")
        many(self.residents, "住記端末", "市民窓口課", "端末", "住民記録")
        many(self.tax, "税端末", "税務課", "端末", "税務")
        many(self.office, "IN端末", "総務課", "端末")
        many(self.browsers, "仮想ブラウザ", "情報政策課", "サーバ")
        many(self.systems, "業務サーバ", "各課", "サーバ", "業務システム")
        many(self.annex, "別館端末", "総務課", "端末")
        for address, name, kind in SERVERS:
            rows.append((address, name, "", "情報政策課", kind))
        return rows

    def write_ledger(self, path):
        lines = ["IPアドレス,MACアドレス,機器名,情報システム名,所管課,種別"]
        for address, *words in self.ledger():
            mac = ":".join(f"{b:02x}" for b in mac_of(address))
            if zone_of(address) == "gcloud":
                mac = ""  # behind a line: nobody knows it
            lines.append(",".join([address, mac] + words))
        with open(path, "w", encoding="cp932", newline="") as file:
            file.write("\r\n".join(lines) + "\r\n")


SERVERS = [
    ("10.1.0.10", "基幹系DC1", "サーバ"), ("10.1.0.11", "基幹系DC2", "サーバ"),
    ("10.1.0.20", "基幹ファイルサーバ", "ファイルサーバ"),
    ("10.1.0.30", "基幹系更新サーバ", "サーバ"),
    ("10.1.0.31", "住基CS", "サーバ"), ("10.1.0.40", "基幹プリントサーバ", "サーバ"),
    ("10.1.0.41", "連携サーバ", "サーバ"), ("10.1.0.42", "統計サーバ", "サーバ"),
    ("10.1.0.50", "宛名DBサーバ", "サーバ"), ("10.1.0.60", "統計抽出サーバ", "サーバ"),
    ("10.1.0.67", "基幹系DHCP", "サーバ"), ("10.1.0.90", "基幹系バックアップ", "バックアップサーバ"),
    ("10.1.8.8", "基幹系複合機1", "複合機"), ("10.1.8.9", "基幹系複合機2", "複合機"),
    ("10.1.20.5", "eLTAX連携サーバ", "サーバ"), ("10.1.20.11", "公的個人認証端末", "サーバ"),
    ("10.2.0.10", "LG系DC1", "サーバ"), ("10.2.0.11", "LG系DC2", "サーバ"),
    ("10.2.0.20", "LGファイルサーバ", "ファイルサーバ"), ("10.2.0.21", "LG部門NAS", "NAS"),
    ("10.2.0.25", "LGWANメールサーバ", "サーバ"), ("10.2.0.30", "グループウェア", "サーバ"),
    ("10.2.0.35", "資産管理", "管理サーバ"), ("10.2.0.40", "プリントサーバ", "サーバ"), ("10.2.0.53", "LGWAN DNSサーバ", "サーバ"),
    ("10.2.0.60", "統計受取サーバ", "サーバ"), ("10.2.0.61", "報告サーバ", "サーバ"),
    ("10.2.0.62", "旧報告サーバ", "サーバ"), ("10.9.0.91", "旧報告窓口", "サーバ"),
    ("10.2.0.67", "LG系DHCP", "サーバ"), ("10.2.0.90", "LG系バックアップ", "バックアップサーバ"),
    ("10.2.7.8", "ログサーバ", "サーバ"), ("10.2.250.1", "別館接続ルータ", "ルータ"),
    ("10.2.250.2", "事業所接続ルータ", "ルータ"),
    ("10.12.250.1", "別館ルータ", "ルータ"), ("10.12.250.2", "事業所ルータ", "ルータ"),
    ("10.12.1.8", "支所複合機1", "複合機"), ("10.12.2.8", "支所複合機2", "複合機"),
    ("10.12.3.8", "支所複合機3", "複合機"), ("10.12.1.20", "支所サーバ1", "サーバ"),
    ("10.12.2.20", "支所サーバ2", "サーバ"), ("10.12.3.20", "支所サーバ3", "サーバ"),
    ("10.3.0.10", "IN系DC", "サーバ"), ("10.3.0.20", "INファイルサーバ", "ファイルサーバ"),
    ("10.3.0.25", "INメールサーバ", "サーバ"), ("10.3.0.53", "IN系DNS", "サーバ"),
    ("10.3.0.67", "IN系DHCP", "サーバ"), ("10.3.1.70", "保守受付端末", "端末"),
    ("10.3.1.90", "受渡し端末", "端末"),
    ("10.9.0.10", "ファイル無害化（登録側）", "サーバ"), ("10.9.0.11", "ファイル無害化（受取側）", "サーバ"),
    ("10.9.0.12", "時刻サーバ", "サーバ"), ("10.9.0.24", "メール無害化（入口）", "サーバ"),
    ("10.9.0.25", "メール無害化（出口）", "サーバ"), ("10.9.0.26", "メール中継", "サーバ"),
    ("10.9.0.30", "更新中継サーバ", "サーバ"), ("10.9.0.40", "ログ中継", "サーバ"),
    ("10.9.0.90", "受渡しポータル", "サーバ"),
    ("10.200.1.10", "住民記録システム", "サーバ"), ("10.200.1.20", "クラウド認証連携", "サーバ"),
    ("10.200.1.30", "連携基盤", "サーバ"), ("10.200.2.10", "税務システム", "サーバ"),
    ("10.200.2.40", "統計データベース", "サーバ"),
]
