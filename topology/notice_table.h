/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sentences of notices: NOTICE(NAME, "ja", "en", "next ja", "next en").
 * In them {who} and {whom} are the parties (address, MAC, zone and name as far
 * as they are known; a zone alone is a segment), {expected} and {seen} the
 * notice's (addresses, ports, names and numbers: the words are the sentence's),
 * {count} and {of} its numbers, {tap} where. The last two are what to
 * look at first. There is no include guard: it is read once for each list made
 * from it.
 */
/* clang-format off */

/* link_*.c */
NOTICE(LINK_FOREIGN_ARP,
    "{whom}のセグメント（{tap}）で、{who}が他領域のアドレスをARPで名乗りました（{seen}）。このセグメントのアドレスは {expected} です。",
    "On the segment of {whom} ({tap}), {who} claimed an address of another zone in ARP ({seen}). Addresses of this segment are {expected}.",
    "その機器の接続先ポートと配線を確認し、他領域のネットワークとつながっていないか、別の領域の端末が持ち込まれていないかを調べてください。",
    "Find the port and cabling of that device; see whether two networks are joined or a device of another zone was brought here.")
NOTICE(LINK_FOREIGN_ND,
    "{whom}のセグメント（{tap}）で、{who}が他領域のIPv6アドレスを近隣探索で名乗りました（{seen}）。このセグメントのアドレスは {expected} です。",
    "On the segment of {whom} ({tap}), {who} claimed an IPv6 address of another zone in neighbour discovery ({seen}). Addresses of this segment are {expected}.",
    "その機器の接続先ポートと配線を確認し、他領域のネットワークとつながっていないかを調べてください。",
    "Find the port and cabling of that device, and see whether two networks are joined.")
NOTICE(LINK_FOREIGN_LEASE_ASKED,
    "{whom}のセグメント（{tap}）で、{who}がDHCPで他領域のアドレスを要求しました（{seen}）。直前まで別の領域に接続されていた端末の可能性があります。",
    "On the segment of {whom} ({tap}), {who} asked by DHCP for an address of another zone ({seen}). It may have been connected there until just before.",
    "端末を特定し、領域をまたいで使われていないか利用者に確認してください。承認した運用なら hosts の switching に登録してください。",
    "Find that device and ask its user whether it is used in both zones. If that is approved, declare it under \"switching\" of hosts.")
NOTICE(LINK_FOREIGN_LEASE_GIVEN,
    "{tap}で、{who}がDHCPサーバとして、{whom}に他領域のアドレスを配布しました（{seen}）。このセグメントのアドレスは {expected} です。",
    "At {tap}, {who}, as a DHCP server, gave {whom} an address of another zone ({seen}). Addresses of this segment are {expected}.",
    "DHCPサーバの設定と、他領域のネットワークとの誤接続の有無を確認してください。",
    "Check the settings of that DHCP server, and whether two networks are joined.")
NOTICE(LINK_VLAN,
    "{tap}で、登録のないVLANのフレームを{count}個観測しました（{seen}、送信元 {who}）。登録されているのは {expected} です。",
    "{count} frames of a VLAN that is not declared were seen at {tap} ({seen}, from {who}). Declared are: {expected}.",
    "スイッチのトランク設定で、許可するVLANの範囲を確認してください。正しいVLANなら監視点の vlans に登録してください。",
    "Check which VLANs the trunk lets through. If this one is right, declare it under \"vlans\" of the tap.")
NOTICE(LINK_DOUBLE_TAG,
    "{tap}で、VLANタグが二重に付いたフレームを{count}個観測しました（{seen}、送信元 {who}）。別のVLANへ侵入する手口（VLANホッピング）に使われます。",
    "{count} frames with a VLAN tag within a VLAN tag were seen at {tap} ({seen}, from {who}). That is a way to hop into another VLAN.",
    "送信元の機器を特定し、トランクのネイティブVLANが端末用のVLANと重なっていないかを確認してください。",
    "Find the sender, and see that the native VLAN of the trunk is none that devices are in.")
NOTICE(LINK_UNTAGGED,
    "{tap}で、タグのないフレームを{count}個観測しました（送信元 {who}）。このトランクではすべてのVLANにタグが付くはずです（{expected}）。ネイティブVLANの設定誤りが疑われます。",
    "{count} frames without a tag were seen at {tap} (from {who}), where every VLAN has one ({expected}). A native VLAN may be set wrongly.",
    "スイッチのトランクポートで、ネイティブVLANと端末用ポートの設定を確認してください。",
    "Check the native VLAN of the trunk, and the ports that devices are on.")
NOTICE(LINK_TAGS_STRIPPED,
    "{tap}のフレームのほとんどにVLANタグがありません。登録（{expected}）と異なり、ミラー元のスイッチかNICがタグを外しています。この監視点では、どのVLANの通信かを判定できません。",
    "Most frames at {tap} carry no VLAN tag, though VLANs are declared ({expected}): the mirroring switch or the card takes them off. Which VLAN a frame is of cannot be told here.",
    "スイッチのミラー設定で、タグを付けたまま複製する設定（encapsulation replicate 等）になっているかを確認してください。",
    "See that the switch mirrors frames with their tags (\"encapsulation replicate\" or the like).")
NOTICE(LINK_MISTAGGED,
    "{tap}で、VLANの領域と異なる領域どうしのARPが流れています（{who}から{whom}、{seen}）。このVLANのアドレスは {expected} です。別の領域のネットワークがこのVLANにつながっています。",
    "At {tap}, ARP between addresses of another zone runs in this VLAN ({who} to {whom}, {seen}); its own addresses are {expected}. A network of another zone is joined to this VLAN.",
    "スイッチのポートのVLAN割当てとネイティブVLAN、及び配線を確認してください。",
    "Check the VLANs of the ports, the native VLAN and the cabling.")
NOTICE(LINK_DHCP_SERVER,
    "{tap}で、{who}がDHCPの応答をしました（{seen}）。この領域のDHCPサーバとして登録されている機器ではありません。",
    "At {tap}, {who} answered by DHCP ({seen}). It is not declared as a DHCP server of this zone.",
    "その機器を特定し、無線ルータ等の持込みでないかを確認してネットワークから外してください。正規のサーバなら zones の dhcp-servers に登録してください。",
    "Find that device, see whether somebody brought a wireless router or the like, and take it off the network. If it is a server of yours, declare it under \"dhcp-servers\" of the zone.")
NOTICE(LINK_DHCP_RELAY,
    "{tap}で、{who}から、登録されたルータのものでないアドレスで中継されたDHCPを観測しました（{seen}）。",
    "At {tap}, DHCP from {who} was relayed under an address that is no declared router's ({seen}).",
    "中継している機器を特定してください。正規のルータなら監視点の routers に登録してください。",
    "Find the device that relays. If it is a router of yours, declare it under \"routers\" of the tap.")
NOTICE(LINK_DHCP6_SERVER,
    "{tap}で、{who}がDHCPv6の応答をしました。登録されたルータでもDHCPサーバでもありません。",
    "At {tap}, {who} answered by DHCPv6. It is neither a declared router nor a declared DHCP server.",
    "その機器を特定し、ネットワークから外してください。正規のサーバなら zones の dhcp-servers に登録してください。",
    "Find that device and take it off the network. If it is a server of yours, declare it under \"dhcp-servers\" of the zone.")
NOTICE(LINK_ADVERTISEMENT,
    "{tap}で、{who}がIPv6のルータ広告を送りました（{seen}）。登録されたルータ（{expected}）ではありません。端末の通信がこの機器を経由するおそれがあります。",
    "At {tap}, {who} sent an IPv6 router advertisement ({seen}), and is none of the declared routers ({expected}). Traffic of other devices may go through it.",
    "その機器を特定してネットワークから外し、スイッチのRAガードを有効にしてください。",
    "Find that device, take it off the network, and turn RA guard on in the switches.")
NOTICE(LINK_REDIRECT,
    "{tap}で、{who}が経路変更（ICMPリダイレクト）を送りました（{seen}）。登録されたルータ（{expected}）ではありません。",
    "At {tap}, {who} sent an ICMP redirect ({seen}), and is none of the declared routers ({expected}).",
    "その機器を特定し、通信を横取りしようとしていないかを調べてください。端末ではリダイレクトを受け付けない設定にしてください。",
    "Find that device and see whether it tries to draw traffic to itself. Set the other devices not to accept redirects.")
NOTICE(LINK_FORWARDS,
    "{tap}で、{who}が、他領域からの通信を{whom}へ中継しました（{seen}）。登録されたルータ（{expected}）ではありません。",
    "At {tap}, {who} forwarded a packet from another zone to {whom} ({seen}), and is none of the declared routers ({expected}).",
    "その機器を特定し、二つのネットワークにつながっていないか、ルータやテザリングの機能が動いていないかを確認してください。",
    "Find that device; see whether it is on two networks, or routes or shares a connection.")
NOTICE(LINK_USED,
    "{tap}で、{whom}が、他領域宛ての通信を{who}に渡しました（{seen}）。登録されたルータ（{expected}）ではありません。",
    "At {tap}, {whom} handed a packet for another zone to {who} ({seen}), which is none of the declared routers ({expected}).",
    "渡された機器を特定し、端末の既定ゲートウェイと静的経路の設定を確認してください。",
    "Find the device it was handed to, and check the default gateway and the static routes of the sender.")
NOTICE(LINK_PROXY_ARP,
    "{tap}で、{who}が、他領域のアドレスへのARPに代わりに応答しました（{seen}）。登録されたルータ（{expected}）ではありません。",
    "At {tap}, {who} answered ARP on behalf of an address of another zone ({seen}), and is none of the declared routers ({expected}).",
    "その機器を特定し、代理ARPや中継の機能が動いていないかを確認してください。",
    "Find that device, and see whether proxy ARP or forwarding is turned on.")
NOTICE(LINK_VIRTUAL,
    "{tap}で、{who}が、登録のない冗長化グループの仮想MACアドレスを使っています（{seen}）。登録されたルータは {expected} です。",
    "At {tap}, {who} uses the virtual MAC of a redundancy group that is not declared ({seen}). Declared routers are {expected}.",
    "冗長化しているルータの設定（グループ番号）を確認してください。正規のものなら routers の virtual に登録してください。",
    "Check the group number in the settings of the routers. If it is right, declare it under \"virtual\" of routers.")
NOTICE(LINK_TWO_ZONES,
    "同じ機器（同じMACアドレス）が、{whom}と{who}の二つの領域で使われています（{tap}で確認）。複数接続の登録はありません。",
    "One device, by its MAC, is used in two zones: as {whom} and as {who} (seen at {tap}). It is not declared multi-homed.",
    "機器を特定し、両方の領域に接続されている理由を確認してください。承認した機器なら hosts に multi-homed 又は switching で登録してください。",
    "Find that device and ask why it is connected to both. If that is approved, declare it under hosts as \"multi-homed\" or \"switching\".")
NOTICE(LINK_TWO_ZONES_CLIENT,
    "DHCPクライアント識別子又はUUIDが同じ機器が、{whom}と{who}の二つの領域にあります（{tap}で確認）。複数接続の登録はありません。",
    "One device, by its DHCP client id or UUID, is in two zones: as {whom} and as {who} (seen at {tap}). It is not declared multi-homed.",
    "二つのMACアドレスの機器が同一かを確認し、両方の領域に接続されている理由を調べてください。承認した機器なら hosts に登録してください。",
    "See whether both MACs are of one device and why it is connected to both. If that is approved, declare it under hosts.")
NOTICE(LINK_TWO_ZONES_NAME,
    "同じホスト名とベンダクラス（{seen}）を名乗る機器が、{whom}と{who}の二つの領域にあります（{tap}で確認）。複数接続の登録はありません。",
    "A device of one host name and vendor class ({seen}) is in two zones: as {whom} and as {who} (seen at {tap}). It is not declared multi-homed.",
    "二つのMACアドレスの機器が同一かを確認し、両方の領域に接続されている理由を調べてください。別の機器なら、どちらかのホスト名を変更してください。",
    "See whether both MACs are of one device and why it is connected to both. If they are two, give one of them another name.")
NOTICE(LINK_IPV6,
    "IPv6を使わないと登録した領域で、{who}がIPv6の通信をしました（宛先 {whom}）。",
    "{who} sent IPv6 (to {whom}) in a zone that is declared to have none.",
    "端末のIPv6を無効にするか、IPv6を使うなら構成定義の ipv6 を改め、境界の制限をIPv6にも設けてください。",
    "Turn IPv6 off on that device; or, if it is to be used, change \"ipv6\" of the zone and filter IPv6 at the boundary too.")
NOTICE(LINK_IPV6_LOCAL,
    "IPv6を使わないと登録した領域で、{who}が、リンク内にとどまるIPv6の通信（近隣探索、名前解決など）をしました（宛先 {whom}）。多くのOSが初期設定で行うものです。この領域のほかの機器は個別に通知せず、数を翌日以降の通知にまとめます。",
    "{who} sent IPv6 that stays on its link (neighbour discovery, name resolution or the like, to {whom}) in a zone that is declared to have none. Most systems do so by default. Other devices of this zone are not told one by one but counted in the notice of a later day.",
    "端末のIPv6を無効にする方針なら、配布設定（グループポリシー等）で一括して無効にしてください。",
    "If IPv6 is to be off on devices, turn it off for all of them by policy.")
NOTICE(LINK_IPV6_LOCAL_MORE,
    "IPv6を使わないと登録した領域で、前回の通知より後、延べ{count}台の機器が、リンク内にとどまるIPv6の通信（近隣探索、名前解決など）をしました（今回は{who}、宛先 {whom}）。",
    "Since the last notice, {count} devices (one of another day counts again) sent IPv6 that stays on its link in a zone that is declared to have none; now {who}, to {whom}.",
    "端末のIPv6を無効にする方針なら、配布設定（グループポリシー等）で一括して無効にしてください。",
    "If IPv6 is to be off on devices, turn it off for all of them by policy.")
NOTICE(LINK_IPV6_MANY,
    "IPv6を使わないと登録した領域で、IPv6の通信をする機器が一日に通知する上限の台数を超えました（{who}、宛先 {whom}）。これより後の機器は個別に通知せず、数を翌日以降の通知にまとめます。",
    "In a zone that is declared to have no IPv6, more devices send it than are told of in a day ({who}, to {whom}). Further ones are not told one by one but counted in the notice of a later day.",
    "この領域でIPv6を使っているなら構成定義の ipv6 を改め、境界の制限をIPv6にも設けてください。使わないなら、どの機器がIPv6のアドレスを配っているかを調べてください。",
    "If IPv6 is in use there, change \"ipv6\" of the zone and filter IPv6 at the boundary too; if not, find what gives out IPv6 addresses.")
NOTICE(LINK_IPV6_MANY_MORE,
    "IPv6を使わないと登録した領域で、前回の通知より後、個別に通知した機器のほかに延べ{count}台がIPv6の通信をしました（今回は{who}、宛先 {whom}）。",
    "Since the last notice, {count} devices (one of another day counts again) beside those told of sent IPv6 in a zone that is declared to have none; now {who}, to {whom}.",
    "この領域でIPv6を使っているなら構成定義の ipv6 を改め、境界の制限をIPv6にも設けてください。使わないなら、どの機器がIPv6のアドレスを配っているかを調べてください。",
    "If IPv6 is in use there, change \"ipv6\" of the zone and filter IPv6 at the boundary too; if not, find what gives out IPv6 addresses.")
NOTICE(LINK_IPV6_ROUTER,
    "IPv6を使わないと登録した領域で、登録済みのルータ{who}がIPv6のルータ広告を出しました（宛先 {whom}）。端末がIPv6のアドレスと経路を持ち、IPv4だけの制限を通らない通信ができるおそれがあります。",
    "{who}, a declared router, advertised itself by IPv6 (to {whom}) in a zone that is declared to have none. Devices may get IPv6 addresses and a way that rules for IPv4 do not cover.",
    "ルータのIPv6のルータ広告を止めてください。IPv6を使うなら、構成定義の ipv6 を改め、監視点の routers にルータのIPv6アドレスを登録してください。",
    "Stop router advertisements on that router; or, if IPv6 is to be used, change \"ipv6\" of the zone and declare the router's IPv6 address under \"routers\" of the tap.")
NOTICE(LINK_DISCOVERY,
    "{tap}で、他領域の{who}の探索通信を観測しました（宛先 {whom}、{seen}）。この通信はルータを越えないため、二つのネットワークがL2でつながっています。このセグメントのアドレスは {expected} です。",
    "Discovery traffic of {who}, of another zone, was seen at {tap} (to {whom}, {seen}). No router passes it on, so the two networks are joined on layer 2. Addresses of this segment are {expected}.",
    "スイッチのポートのVLAN割当てとネイティブVLAN、及び配線を確認し、混線している箇所を切り離してください。",
    "Check the VLANs of the ports, the native VLAN and the cabling, and part the two networks.")
NOTICE(LINK_LLDP,
    "{tap}で、{who}がLLDPを送っています（{seen}）。登録された隣接機器ではありません。",
    "At {tap}, {who} sends LLDP ({seen}) and is no declared neighbour.",
    "機器を特定してください。正規のスイッチなら監視点の neighbours 又は台帳に登録してください。",
    "Find that device. If it is a switch of yours, declare it under \"neighbours\" of the tap or in the ledger.")
NOTICE(LINK_CDP,
    "{tap}で、{who}がCDPを送っています（{seen}）。登録された隣接機器ではありません。",
    "At {tap}, {who} sends CDP ({seen}) and is no declared neighbour.",
    "機器を特定してください。正規のスイッチなら監視点の neighbours 又は台帳に登録してください。",
    "Find that device. If it is a switch of yours, declare it under \"neighbours\" of the tap or in the ledger.")
NOTICE(LINK_ROOT,
    "{tap}で、スパニングツリーのルートブリッジが、登録のない{who}になっています（ブリッジID {seen}）。",
    "At {tap}, the root of the spanning tree is {who}, which is not declared (bridge id {seen}).",
    "その機器を特定してください。持ち込まれたスイッチなら外し、端末用ポートでルートガードを有効にしてください。",
    "Find that device. If somebody brought it, take it off, and turn root guard on at the ports of devices.")
NOTICE(LINK_ROOT_MOVED,
    "{tap}で、スパニングツリーのルートブリッジが、登録された {expected} から、登録のある別のスイッチに移っています（{who}、ブリッジID {seen}）。",
    "At {tap}, the root of the spanning tree moved from the declared one ({expected}) to another known switch, {who} (bridge id {seen}).",
    "登録されたルートブリッジが動作しているかを確認してください。",
    "See whether the declared root bridge is running.")
NOTICE(LINK_TWO_MACS,
    "{tap}で、一つのアドレスに二つのMACアドレスが同時に応答しています（{who}と{whom}）。アドレスの重複か、ARPのなりすましが疑われます。",
    "At {tap}, two MACs answer for one address at the same time ({who} and {whom}). Either two devices have the same address, or one pretends to be the other.",
    "両方のMACアドレスの機器を特定し、どちらが正規かを台帳で確認してください。",
    "Find both devices, and see in the ledger whose address it is.")
NOTICE(LINK_GATEWAY_CLAIMED,
    "{tap}で、{who}がルータのアドレス {seen} を名乗りました。登録されたルータのMACアドレスは {expected} です。通信の横取り（ARPスプーフィング）が疑われます。",
    "At {tap}, {who} claims the address of a router, {seen}, whose declared MACs are {expected}. It may be drawing traffic to itself (ARP spoofing).",
    "そのMACアドレスの機器を特定して切り離してください。ルータを交換したのなら routers の macs を改めてください。",
    "Find the device with that MAC and take it off the network. If the router was replaced, change \"macs\" of routers.")
NOTICE(LINK_MOVED,
    "{tap}で、アドレスを使用する機器が、{whom}から{who}に替わりました。",
    "At {tap}, the address of {whom} is now used by {who}.",
    "機器の交換や切替えに心当たりがなければ、両方の機器を確認してください。",
    "If nothing was replaced or switched over, look at both devices.")
NOTICE(LINK_ROUTER_MOVED,
    "{tap}で、ルータのアドレスが、登録された冗長構成の中で切り替わりました（{whom}から{who}へ）。",
    "At {tap}, the address of a router moved within its declared redundant pair (from {whom} to {who}).",
    "計画した切替えでなければ、待機側に切り替わった原因を確認してください。",
    "If that was not planned, find out why the standby took over.")

/* inventory*.c */
NOTICE(AST_1,
    "台帳にも hosts にも登録のない{who}がネットワークに接続されています（機器が名乗った名前: {seen}）。",
    "{who} is connected to the network and is in neither the ledger nor \"hosts\" (the name it gives itself: {seen}).",
    "この機器の設置場所と利用者を所管課に確認してください。正当な機器であれば台帳に登録し、そうでなければ接続を外してください。",
    "Ask the division where this device stands and who uses it. Register it if it belongs there; otherwise disconnect it.")
NOTICE(AST_1_RANDOM,
    "台帳にも hosts にも登録のない{who}がネットワークに接続されています。MACアドレスは機器が自分で決めた仮のもので、変わることがあります（機器が名乗った名前: {seen}）。",
    "{who} is connected to the network and is in neither the ledger nor \"hosts\". Its MAC is one that it made up for itself and may change (the name it gives itself: {seen}).",
    "スマートフォン等の持込み機器か、ランダムMACを使う設定の端末かを確認してください。登録済みの端末であれば、ランダムMACの設定を切ってください。",
    "See whether it is a phone or the like that somebody brought, or a registered terminal that uses random MACs; in that case turn this off.")
NOTICE(AST_1_MANY,
    "領域 {seen} では、台帳にも hosts にも登録のない機器がこの1日に {count} 台を超えました。これより後の機器は1台ごとには知らせません。",
    "More than {count} devices in zone {seen} within one day are in neither the ledger nor \"hosts\". Further ones are not told one by one.",
    "台帳がこの領域の機器を網羅しているかを確認してください。機器の一覧は sekisho_asset の記録にあります。",
    "See whether the ledger holds all devices of this zone. The sekisho_asset records list the devices.")
NOTICE(AST_NO_LEDGER,
    "次の領域には台帳の行も hosts もないため、未登録の機器とファイルサーバを判定できません: {seen}",
    "There is no row of the ledger and no \"hosts\" entry for these zones, so unregistered devices and file servers cannot be told there: {seen}",
    "これらの領域の機器を台帳に登録すると判定できるようになります。",
    "Register the devices of these zones in the ledger to have them judged.")
NOTICE(AST_2_MAC,
    "{who} は台帳に登録された IP アドレスを、台帳と異なる MAC アドレスで使っています。台帳: {expected}、観測: {seen}",
    "{who} uses an address of the ledger with another MAC than the ledger has. Ledger: {expected}; seen: {seen}.",
    "機器の交換や修理があったかを所管課に確認し、台帳を更新してください。心当たりがなければ、なりすましを疑ってください。",
    "Ask the division whether the device was replaced or repaired and update the ledger. If it was not, suspect that another device poses as it.")
NOTICE(AST_2_ADDRESS,
    "{who} は台帳に登録された MAC アドレスの機器ですが、台帳と異なる IP アドレスを使っています。台帳: {expected}、観測: {seen}",
    "{who} has a MAC of the ledger and uses another address than the ledger has. Ledger: {expected}; seen: {seen}.",
    "アドレスの設定変更があったかを所管課に確認し、台帳か機器の設定を直してください。",
    "Ask the division whether its address was changed, and correct the ledger or the device.")
NOTICE(AST_3,
    "台帳に登録された {who} は、監視を続けた {count} 日の間、一度も観測されていません。",
    "{who} of the ledger was not seen once in {count} days of watching.",
    "廃棄、移設又は長期間の電源断かを所管課に確認し、台帳を更新してください。所在が分からない場合は紛失として扱ってください。",
    "Ask the division whether it was discarded, moved or switched off for long, and update the ledger. If nobody knows where it is, treat it as lost.")
NOTICE(AST_3_MANY,
    "このほかに、観測を待っている台帳の機器 {of} 台のうち {count} 台が長期間観測されていません。",
    "Of {of} devices of the ledger that are awaited, {count} more were not seen for long.",
    "sekisho_asset の記録と台帳を突き合わせて、所在を確認してください。",
    "Compare the sekisho_asset records with the ledger and find out where they are.")
NOTICE(AST_4,
    "{who} は登録のないサービス {seen} を提供しており、{whom} に応答しました。",
    "{who} offers a service that is not declared, {seen}, and answered {whom}.",
    "業務に必要なサービスかを所管課に確認してください。必要であれば hosts の services に登録し、不要であれば停止してください。",
    "Ask the division whether the service is needed. Declare it under \"services\" of the host if it is; otherwise stop it.")
NOTICE(AST_4_ANNOUNCED,
    "{who} は登録のないファイル共有サービス {seen} を mDNS で周囲に知らせています。",
    "{who} announces by mDNS that it shares files ({seen}), which is not declared.",
    "ファイル共有の設定を所管課に確認し、不要であれば停止してください。必要であれば hosts の services に登録してください。",
    "Ask the division about the file sharing. Stop it if it is not needed; otherwise declare it under \"services\" of the host.")
NOTICE(AST_5,
    "台帳にも hosts にも登録のない {who} がファイルサーバ又はNASとして {seen} で {whom} に応答しました。",
    "{who} is in neither the ledger nor \"hosts\" and answered {whom} as a file server or NAS by {seen}.",
    "機器の設置場所と保存されている情報を所管課に確認してください。許可のない外部記憶装置であれば切り離し、記録を保全してください。",
    "Ask the division where it stands and what is stored on it. If it is storage that nobody approved, disconnect it and keep the records.")
NOTICE(AST_5_ANNOUNCED,
    "台帳にも hosts にも登録のない {who} が、ファイルサーバ又はNASであることを mDNS で周囲に知らせています（{seen}）。",
    "{who} is in neither the ledger nor \"hosts\" and announces by mDNS that it is a file server or NAS ({seen}).",
    "機器の設置場所と保存されている情報を所管課に確認してください。許可のない外部記憶装置であれば切り離し、記録を保全してください。",
    "Ask the division where it stands and what is stored on it. If it is storage that nobody approved, disconnect it and keep the records.")
NOTICE(AST_5_MANY,
    "領域 {seen} では、台帳にも hosts にも登録のないファイルサーバ又はNASがこの1日に {count} 台を超えました。これより後の機器は1台ごとには知らせません。",
    "More than {count} file servers or NAS in zone {seen} within one day are in neither the ledger nor \"hosts\". Further ones are not told one by one.",
    "台帳がこの領域の機器を網羅しているかを確認してください。機器の一覧とそれぞれのサービスは sekisho_asset の記録にあります。",
    "See whether the ledger holds all devices of this zone. The sekisho_asset records list the devices and their services.")
NOTICE(AST_6,
    "{who}は特定用途の機器ですが、登録された区画の外に接続されています。登録: {expected}、観測: {seen}",
    "{who}, a device of special purpose, is connected outside its segment. Declared: {expected}; seen: {seen}.",
    "機器の移設や配線の誤りがないかを確認してください。複数の区画で使う機器であれば hosts に区画ごとに登録してください。",
    "See whether it was moved or cabled wrongly. If it serves several segments, declare each of them under \"hosts\".")

/* attack*.c */
NOTICE(ATTACK_SWEEP,
    "{who}が1時間以内に多数の機器（約{of}台）へ接続を試み、約{count}台から応答がありませんでした（範囲 {seen}）。ネットワークの走査が疑われます。",
    "{who} tried about {of} hosts within an hour, and about {count} of them did not answer (within {seen}). This looks like a scan of the network.",
    "その機器で何が動いているかを確認してください。資産管理や監視の機器であれば、構成定義の hosts に may-scan（走査してよい領域と時間帯）を登録してください。",
    "Find out what runs on that host. If it is one for asset management or monitoring, declare it under hosts with may-scan (the zones and hours in which it may).")
NOTICE(ATTACK_COMB,
    "{who}が{whom}の多数のポート（約{of}個）へ接続を試み、約{count}個で応答がありませんでした（{seen}）。ポートの走査が疑われます。",
    "{who} tried about {of} ports of {whom}, and about {count} of them did not answer ({seen}). This looks like a scan of its ports.",
    "その機器で何が動いているかを確認してください。承認した脆弱性診断であれば、構成定義の hosts に may-scan を登録してください。",
    "Find out what runs on that host. If it is an approved vulnerability scan, declare it under hosts with may-scan.")
NOTICE(ATTACK_SCANNER_ASTRAY,
    "走査用に登録された{who}が、登録された領域又は時間帯の外で走査しています（対象 {seen}、応答なし 約{count}）。",
    "{who} is declared as a scanner, but scans outside of the zones or hours declared for it ({seen}; about {count} attempts without an answer).",
    "走査の設定（対象と予定）を、構成定義の may-scan と照合してください。",
    "Compare what it is set to scan, and when, with may-scan in the model.")
NOTICE(ATTACK_FLOOD_OPENINGS,
    "{whom}へ、完了しない接続の開始が10秒間に{count}件ありました（{seen}、送信元 約{of}、通常は10秒間に約{expected}件）。サービス不能攻撃（SYNフラッド）が疑われます。",
    "{whom} got {count} openings within 10 seconds that were never completed ({seen}, from about {of} sources; usual: about {expected}). This looks like a denial of service (a SYN flood).",
    "サービスが応答しているかを確認し、送信元に応じて境界又は回線の側で制限してください。",
    "See whether the service still answers, and limit the sources at the boundary or at the line.")
NOTICE(ATTACK_FLOOD_DATAGRAMS,
    "{whom}へ、応答のないUDPの通信が10秒間に{count}個ありました（送信元 約{of}、通常は10秒間に約{expected}個）。サービス不能攻撃が疑われます。",
    "{whom} got {count} UDP datagrams within 10 seconds that nothing answered (from about {of} sources; usual: about {expected}). This looks like a denial of service.",
    "その機器が受けるはずの通信（映像・ログ等）かを確認してください。そうでなければ境界又は回線の側で制限してください。",
    "See whether it is meant to receive that (video, logs). If not, limit it at the boundary or at the line.")
NOTICE(ATTACK_FLOOD_ICMP,
    "{whom}へ、ICMPの要求が10秒間に{count}個ありました（送信元 約{of}、通常は10秒間に約{expected}個）。サービス不能攻撃が疑われます。",
    "{whom} got {count} ICMP requests within 10 seconds (from about {of} sources; usual: about {expected}). This looks like a denial of service.",
    "送信元の機器と、監視の設定（間隔）を確認してください。",
    "Look at the source, and at the intervals of monitoring.")
NOTICE(ATTACK_FLOOD_ANSWERS,
    "{whom}へ、問合せのない応答（DNS・NTP等）が10秒間に{count}個ありました（送信元 約{of}）。送信元を偽った問合せによる増幅攻撃が疑われます。",
    "{whom} got {count} answers of DNS, NTP or the like within 10 seconds that it never asked for (from about {of} sources). This looks like an amplification attack with forged questions.",
    "回線の事業者に連絡し、入口での制限を依頼してください。庁内の機器が応答している場合は、その公開範囲を狭めてください。",
    "Ask the provider of the line to limit it where it enters. If it is a host of yours that answers, narrow whom it answers.")
NOTICE(ATTACK_FLOOD_CONNECTIONS,
    "{whom}へ、接続が10秒間に{count}件ありました（{seen}、送信元 約{of}、通常は10秒間に約{expected}件）。接続を占有するサービス不能攻撃が疑われます。",
    "{whom} got {count} connections within 10 seconds ({seen}, from about {of} sources; usual: about {expected}). This looks like a denial of service that uses up its connections.",
    "サービスが応答しているかを確認し、送信元ごとの接続数を制限してください。",
    "See whether the service still answers, and limit the connections of each source.")
NOTICE(ATTACK_SPREAD,
    "{who}が10分以内に、これまで通信のなかった約{count}台の機器へ、管理・ファイル共有・遠隔操作の通信を成立させました（{seen}）。侵害の拡大が疑われます。",
    "Within 10 minutes {who} got through to about {count} hosts that it never talked to before, by protocols of administration, file sharing or remote control ({seen}). This looks like a compromise that spreads.",
    "その機器をネットワークから切り離すことを検討し、利用者と動作中のプログラムを確認してください。管理用の機器であれば、構成定義の hosts 又は conduits に登録してください。",
    "Consider taking that host off the network; find out who uses it and what runs on it. If it manages others, declare it under hosts or conduits.")
NOTICE(ATTACK_SPREAD_CHAIN,
    "1時間以内に{expected}から管理・遠隔操作の通信を受けた{who}が、続いて約{count}台の機器へ同様の通信を成立させました（{seen}）。侵害が機器から機器へ広がっているおそれがあります。",
    "{who}, which was reached by {expected} within the last hour, now got through to about {count} hosts itself, by protocols of administration or remote control ({seen}). A compromise may be spreading from host to host.",
    "両方の機器をネットワークから切り離すことを検討し、最初の機器の侵入経路を調べてください。",
    "Consider taking both hosts off the network, and find out how the first one was entered.")
NOTICE(ATTACK_GUESS,
    "{who}から{whom}へ、認証に失敗したときのような短い通信が10分以内に{count}回ありました（{seen}）。パスワードの総当たりが疑われます。認証の結果そのものは、この監視では分かりません。",
    "{who} visited {whom} {count} times within 10 minutes, each time as briefly as a log-in that fails ({seen}). This looks like guessing of passwords. Whether a log-in failed cannot be seen here.",
    "{whom}の認証ログで失敗の記録を確認してください。",
    "Look for failures in the log of {whom}.")
NOTICE(ATTACK_GUESS_WEB,
    "{who}から{whom}へ、ごく短いWebの通信が10分以内に{count}回ありました（{seen}）。Webの認証の成否は通信からは分からず、回数だけに基づく指摘です。",
    "{who} visited {whom} {count} times within 10 minutes, each time very briefly ({seen}). Log-ins to the web cannot be seen in traffic: this is told by the rate alone.",
    "{whom}のアクセスログで、認証の失敗が続いていないかを確認してください。",
    "See in the access log of {whom} whether log-ins keep failing.")
NOTICE(ATTACK_SPRAY,
    "{whom}へ、多数（約{of}）の送信元から、認証に失敗したときのような短い通信が10分以内に{count}回ありました（{seen}）。分散したパスワードの総当たりが疑われます。",
    "{whom} was visited {count} times within 10 minutes from about {of} sources, each time as briefly as a log-in that fails ({seen}). This looks like distributed guessing of passwords.",
    "{whom}の認証ログで失敗の記録を確認し、外部に公開する必要があるかを見直してください。",
    "Look for failures in the log of {whom}, and ask whether it must be reachable from there.")
NOTICE(ATTACK_CUT_SENDS,
    "遮断したはずの{who}から{whom}への通信が観測されました。遮断が効いていません。",
    "{who} was cut off, yet a packet from it to {whom} was seen. The containment does not hold.",
    "ケーブル・スイッチのポート・無線の接続を確認し、物理的に切り離してください。",
    "Check cable, switch port and wireless, and disconnect it physically.")
NOTICE(ATTACK_CUT_REACHED,
    "遮断後の{who}と{whom}の間の通信が、相手に届いたか応答されました。遮断が効いていません。",
    "Traffic between {who} and {whom}, one of which was cut off, got through or was answered. The containment does not hold.",
    "直ちに物理的に切り離し、境界の遮断ルールを確認してください。遮断後にやり取りされた内容を調べてください。",
    "Disconnect it physically at once and check the rules at the boundary; then find out what was exchanged.")
NOTICE(ATTACK_CUT_TRIED,
    "遮断した{whom}へ、{who}等が通信を試みました（約{count}回）。届いたことは確認されていません。",
    "{who} and perhaps others tried to reach {whom}, which was cut off (about {count} times). Nothing shows that they got through.",
    "利用者への周知が済んでいるか、又は侵害された別の機器が試みていないかを確認してください。",
    "See whether its users were told, or whether another compromised host is trying.")

/* nat_plain.c */
NOTICE(TRANSLATION_UNDECLARED,
    "{who}の通信が、境界の反対側では別のアドレス{whom}からの通信として観測されました（{seen}）。シーケンス番号と内容が同じTCPセグメントが、両側で{count}個確認されています。このアドレス変換は構成定義に登録されていません。",
    "What {who} sends is seen on the other side of the boundary as if it came from {whom} ({seen}): {count} TCP segments with the same sequence numbers and the same payload were seen on both sides. The model declares no such address translation.",
    "変換している機器（ファイアウォール・ルータ・無線アクセスポイント等）を特定してください。承認した設定であれば構成定義の translations に登録し、そうでなければ設定を解除してください。",
    "Find out which device translates (a firewall, a router, a wireless access point). If that was approved, declare it under translations in the model; if not, take it out of the device.")

/* tunnel.c */
NOTICE(TUNNEL_UNDECLARED,
    "登録のないトンネル（{seen}）が {who} と {whom} の間で使われています。中を通る通信には、境界の通信制限が及びません。",
    "{who} and {whom} use a tunnel ({seen}) that nobody declared. The rules of the boundary do not reach what is inside it.",
    "両端の機器で、誰が何のために設けたものかを確認してください。業務に必要なら承認を得て tunnels に登録し、そうでなければ止めてください。",
    "Find out at both ends who set it up and what for. If it is needed, have it approved and declare it under \"tunnels\"; if not, take it down.")
NOTICE(TUNNEL_TRIED,
    "{who} が登録のないトンネル（{seen}）を {whom} に対して試みましたが、応答はありませんでした。端末の既定の設定が自動で行うことがあります。",
    "{who} tried a tunnel ({seen}) that nobody declared towards {whom} and got no answer. Some systems do so by themselves.",
    "端末の設定で、この自動トンネル機能を無効にしてください。",
    "Turn the automatic tunnel off in the settings of that system.")
NOTICE(TUNNEL_FOREIGN,
    "トンネル（{seen}）の中に、その両端の領域（{expected}）に属さない通信（{who} から {whom}）が流れています。",
    "A tunnel ({seen}) carries traffic from {who} to {whom} that does not belong to the zones of its ends ({expected}).",
    "その通信がどこからトンネルに入ったかを、トンネルの両端の機器と配線で確認してください。",
    "Find out at both ends of the tunnel, and by the cabling there, how that traffic gets into it.")
