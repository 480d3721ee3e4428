/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the catalogue, see words_table.h; no include guard on purpose. */
WORD(PROBE_NONE, "", "")

/* clang-format off */

/* sentences of alerts, see probe/message.c: who */
WORD(MESSAGE_KIND_TERMINAL, "端末", "terminal")
WORD(MESSAGE_KIND_SERVER, "サーバ", "server")
WORD(MESSAGE_KIND_MFP, "複合機", "multi-function printer")
WORD(MESSAGE_KIND_OTHER, "機器", "device")
WORD(MESSAGE_END, "{0}の{1} {2} ", "{1} {2} in {0}")
WORD(MESSAGE_END_DIVISION, "{0}の{1} {2}（{3}）", "{1} {2} ({3}) in {0}")
WORD(MESSAGE_END_NO_ZONE, "所属領域不明の{0} {1} ", "{0} {1} in no declared zone")
WORD(MESSAGE_END_SEGMENT, "セグメント内のアドレス {0} ", "the segment's own address {0}")
WORD(MESSAGE_END_LOOPBACK, "経路制御の対象外のアドレス {0} ", "the unroutable address {0}")
WORD(MESSAGE_END_FIREWALL, "境界機器 {0} ", "the firewall {0}")
WORD(MESSAGE_END_HIDDEN, "{0}の機器（アドレス変換後 {1}、変換前は不明）", "a device in {0} (translated to {1}, its own address is not known)")
WORD(MESSAGE_SERVICE_PORT, "{0}/{1}", "{0}/{1}")
WORD(MESSAGE_PROTOCOL, "IPプロトコル {0}", "IP protocol {0}")

/* what came of it: {0} from, {1} to, {2} traffic, {3} service */
WORD(MESSAGE_TRAFFIC, "{0} 通信", "{0} traffic")
WORD(MESSAGE_TRAFFIC_OF, "{0} の通信", "{0} traffic")
WORD(MESSAGE_DATA, "{0}から{1}への {2}が成立しました。", "{2} from {0} to {1}: data went both ways.")
WORD(MESSAGE_ANSWERED, "{0}から{1}への {2}に応答がありました（データの送受信は未確認）。", "{2} from {0} to {1} was answered (no exchange of data confirmed).")
WORD(MESSAGE_PASSED, "{0}から{1}への {2}が境界を通過しました（応答は未確認）。", "{2} from {0} to {1} passed the boundary (no answer confirmed).")
WORD(MESSAGE_REFUSED_HOST, "{0}からの {2}が{1}に到達し、相手機器が拒否しました。境界は通過しています。", "{2} from {0} reached {1}, which refused it. It passed the boundary.")
WORD(MESSAGE_REFUSED_BOUNDARY, "{0}から{1}への {2}は境界で遮断されました。", "{2} from {0} to {1} was blocked at the boundary.")
WORD(MESSAGE_REFUSED_UNKNOWN, "{0}から{1}への {2}は拒否されました。拒否した機器と境界の通過は確認されていません。", "{2} from {0} to {1} was refused. What refused it, and whether it passed the boundary, is not confirmed.")
WORD(MESSAGE_REFUSED_PASSED, "{0}から{1}への {2}は境界を通過した後、拒否されました。拒否した機器は特定できません。", "{2} from {0} to {1} passed the boundary and was refused; by what is not known.")
WORD(MESSAGE_TRIED, "{0}から{1}への {2}の接続要求を確認しました。境界の通過は確認されていません。", "A request for {2} from {0} to {1} was seen. That it passed the boundary is not confirmed.")
WORD(MESSAGE_SENT, "{0}から{1}への {3} の送信を確認しました。境界の通過は確認されていません。", "A packet of {3} from {0} to {1} was seen; that it passed the boundary is not confirmed.")
WORD(MESSAGE_UNJUDGED, "{1}（{2}）に当たる可能性がありますが、判定できません：{0}。", "It may be {2} ({1}), but it cannot be judged: {0}.")

/* why not: one a reason */
WORD(MESSAGE_REASON_DIRECTION, "どちらが通信を開始したか特定できない", "which side opened it is not known")
WORD(MESSAGE_REASON_ONE_WAY, "片方向の通信だけを取得している", "only one direction was seen")
WORD(MESSAGE_REASON_APPLICATION, "アプリケーションを特定できない", "the application is not known")
WORD(MESSAGE_REASON_NAME, "接続先のサーバ名が見えない", "the server's name is not visible")
WORD(MESSAGE_REASON_HIDDEN_BY_NAT, "アドレス変換により端末を特定できない", "address translation hides the host")
WORD(MESSAGE_REASON_OPAQUE, "内容を読み取れない", "the content cannot be read")
WORD(MESSAGE_REASON_PARTIAL, "一部しか取得していない", "only a part was seen")
WORD(MESSAGE_REASON_LOST_PACKETS, "取得漏れがある", "packets were not captured")
WORD(MESSAGE_REASON_ENGINE_RESTARTED, "処理の再起動により監視が中断した", "the engine was restarted")
WORD(MESSAGE_REASON_NO_ZONE, "アドレスの属する領域が不明である", "an address is in no declared zone")
WORD(MESSAGE_REASON_NOT_OBSERVABLE, "{0}をこの監視点では確認できない", "{0} cannot be seen at this tap")
WORD(MESSAGE_REASON_TAP_SIDE, "監視点がどちら側か特定できない", "the side of the tap is not known")
WORD(MESSAGE_REASON_DRAFT, "構成定義が案の段階である", "the model is a draft")
WORD(MESSAGE_REASON_EXAMINER, "ファイルの検査が完了していない", "the file could not be examined")
WORD(MESSAGE_REASON_BACKLOG, "記録の処理が追い付いていない", "records could not be kept up with")
WORD(MESSAGE_REASON_MALFORMED, "通信の形式が壊れている", "the traffic is malformed")
WORD(MESSAGE_REASON_RULESET_STALE, "境界機器設定が未取込みか古い", "the firewall's ruleset is missing or stale")
WORD(MESSAGE_REASON_OTHER_INPUT, "他の取込み経路があり対応を特定できない", "another declared input may have brought it in")

/* elements, in the order of their bits */
WORD(MESSAGE_ELEMENT_TIER, "領域", "the tier")
WORD(MESSAGE_ELEMENT_ENDPOINTS, "送信元／宛先", "the endpoints")
WORD(MESSAGE_ELEMENT_DIRECTION, "通信の向き", "the direction")
WORD(MESSAGE_ELEMENT_PATH, "経路", "the path")
WORD(MESSAGE_ELEMENT_SERVICE, "サービス", "the service")
WORD(MESSAGE_ELEMENT_APPLICATION, "アプリケーション", "the application")
WORD(MESSAGE_ELEMENT_NAME, "サーバ名", "the server's name")
WORD(MESSAGE_ELEMENT_SCHEDULE, "時間帯", "the schedule")
WORD(MESSAGE_ELEMENT_EXPIRY, "期限", "the expiry")
WORD(MESSAGE_ELEMENT_ENCRYPTION, "暗号化", "the encryption")
WORD(MESSAGE_ELEMENT_TRANSFER, "転送の種別", "the kind of transfer")
WORD(MESSAGE_ELEMENT_SOURCE, "送信元の側", "the side of the source")

/* which rule: {0} the conduit, exception or zone of the clause, {1} the
 * guideline's model, {2} whence the conduit is opened, {3} whence it was */
WORD(MESSAGE_CONDUIT, "「{0}」", "\"{0}\"")
WORD(MESSAGE_CONDUIT_NAMED, "「{0}」（{1}）", "\"{0}\" ({1})")
WORD(MESSAGE_RULE_SEG_1, "{1}では認められない通信です。", "The {1} does not permit it.")
WORD(MESSAGE_RULE_SEG_2, "この送信元と宛先の通信は登録されていません。", "No conduit is registered for this source and destination.")
WORD(MESSAGE_RULE_SEG_3, "登録{0}の送信元／宛先ですが、登録にないサービスです。", "The endpoints are those of conduit {0}, but this service is not registered in it.")
WORD(MESSAGE_RULE_SEG_4, "登録{0}のサービスですが、内容は登録されたアプリケーションではありません。", "The service is that of conduit {0}, but its content is not the registered application.")
WORD(MESSAGE_RULE_SEG_5, "登録{0}が認めるのは{2}からの通信開始だけですが、{3}から開始されました。", "Conduit {0} may be opened only from {2}; this was opened from {3}.")
WORD(MESSAGE_RULE_REVERSED, "登録{0}では、逆の向きの通信開始だけが認められています。", "Conduit {0} lets only the other side open it.")
WORD(MESSAGE_RULE_SEG_6, "登録{0}で指定された経路（回線・境界・VLAN・ルータ）を通っていません。", "It does not take the path (link, boundary, VLAN, router) that conduit {0} names.")
WORD(MESSAGE_RULE_SEG_7, "登録{0}の許可時間外の通信です。", "It is outside the hours of conduit {0}.")
WORD(MESSAGE_RULE_SEG_8, "登録{0}は期限を過ぎています。", "{0} has expired.")
WORD(MESSAGE_RULE_EXCEPTION, "例外措置{0}は期限を過ぎています。", "Exception {0} has expired.")
WORD(MESSAGE_RULE_SEG_9, "どの領域にも登録されていないアドレスとの通信です。", "One of the addresses is in no declared zone.")
WORD(MESSAGE_RULE_SEGMENT, "セグメント内に限られるアドレスの通信が他の領域に及んでいます。", "Traffic of an address that is good only within its segment reaches another zone.")
WORD(MESSAGE_RULE_SEG_10, "登録された回線を通らないガバメントクラウドとの通信です。", "Government cloud traffic must take its declared links; this does not.")
WORD(MESSAGE_RULE_SEG_11, "1日の転送量が、大量転送の登録がない通信の上限を超えました。", "It exceeds the daily limit of a conduit that is not declared bulk.")
WORD(MESSAGE_RULE_SEG_12, "送信元アドレスの属する領域とは異なる側から届いています。送信元の詐称か監視点の誤設置が疑われます。", "It came from another side than its source address belongs to: the source is forged or the tap is misplaced.")
WORD(MESSAGE_RULE_LNK_1, "他領域の送信元アドレスで、このセグメントの登録ルータではない機器から送信されています。アドレスの詐称か機器の誤接続が疑われます。", "A device that is no declared router of this segment sent it with an address of another zone: the address is forged or the device is connected in the wrong place.")
WORD(MESSAGE_RULE_SEG_13, "登録されていないゲートウェイ又は回線を通る外部との通信です。", "It leaves by a gateway or link that is not declared.")
WORD(MESSAGE_RULE_SEG_14, "台帳で非接続とされている機器の通信です。", "The ledger declares this device as not connected.")
WORD(MESSAGE_RULE_SEG_15, "認められない経路の先でデータを含む片方向の通信を確認しました。応答がなくてもデータは境界を越えています。", "Datagrams with payload were seen beyond a crossing that is not permitted; the data went out without any answer.")
WORD(MESSAGE_RULE_SEG_16, "アドレス・サーバ名・回線のいずれかが承認された接続先一覧にありません。", "Address, server name and link are not all on the approved list.")
WORD(MESSAGE_RULE_SAN_1, "無害化を経ていない取込みです。", "It brings content in without sanitising.")
WORD(MESSAGE_RULE_SVC_1, "利用が禁止されたアプリケーションです。", "This application is forbidden.")
WORD(MESSAGE_RULE_SVC_2, "承認されていないWeb会議サービスです。", "This web conference service is not approved.")
WORD(MESSAGE_RULE_SVC_3, "LGWANを経由しない行政機関間の通信です。", "Traffic between public bodies should take the LGWAN.")
WORD(MESSAGE_RULE_SVC_4, "指定されていないDNSサーバへの問合せです。", "This DNS server is not a declared one.")
WORD(MESSAGE_RULE_CRY_1, "登録{0}は暗号化を求めていますが、内容が平文で流れています。", "Conduit {0} asks for encryption, but the content crosses in clear.")
WORD(MESSAGE_RULE_CRY_1_LINK, "回線{0}は暗号化を求めていますが、内容が平文で流れています。", "Link {0} asks for encryption, but the content crosses in clear.")
WORD(MESSAGE_RULE_CRY_2, "登録{0}が求めるTLSの設定基準に達していません。", "The TLS that was negotiated is below the class that conduit {0} asks for.")
WORD(MESSAGE_RULE_CRY_2_LINK, "回線{0}が求めるTLSの設定基準に達していません。", "The TLS that was negotiated is below the class that link {0} asks for.")
WORD(MESSAGE_RULE_BACKUP, "登録された予備の回線を通っています（適合）。", "It takes a declared backup link, which conforms.")
WORD(MESSAGE_RULE_OTHER, "{0}に該当します：{1}。", "{0} applies: {1}.")
WORD(MESSAGE_NEAR_MISS, "登録{0}とは{1}が異なります（登録: {2}、実際: {3}）。", "It differs from conduit {0} in {1} (registered: {2}, seen: {3}).")
WORD(MESSAGE_NEAR_MISS_LINK, "回線{0}の要件は {2}、実際は {3} です。", "Link {0} asks for {2}; seen: {3}.")
WORD(MESSAGE_FOLDED, "警報の組が上限の {0} に達したため、これまでの {1} 件の通信を1つの組にまとめています。個々の通信は flow 行に記録します。", "All {0} groups of alerts are in use, so {1} conversations so far are put together in one; each has its own flow line.")

/* coverage: {0} boundary, {1} tap, {2} counted, {3} of, {4} percent, {5} detail */
WORD(MESSAGE_AT_TAP, "境界「{0}」の監視点 {1} ", "tap {1} of boundary \"{0}\"")
WORD(MESSAGE_AT_BOUNDARY, "境界「{0}」", "boundary \"{0}\"")
WORD(MESSAGE_COV_1, "{0}で取得漏れがあります（TCPデータ {1} バイトのうち {2} バイト、{3} %）。", "Traffic was not captured at {0} ({2} of {1} bytes of TCP data, {3} %).")
WORD(MESSAGE_COV_1_FRAMES, "{0}で受信しきれずに失われたフレームがあります（{1} フレームのうち {2}、{3} %）。", "Frames were dropped before they could be read at {0} ({2} of {1}, {3} %).")
WORD(MESSAGE_COV_2, "{0}で片方向しか取得できていない通信があります（TCP通信 {1} 件のうち {2} 件、{3} %）。", "Only one direction was seen at {0} ({2} of {1} TCP conversations, {3} %).")
WORD(MESSAGE_COV_2_DIRECTION, "取得できていない向きは主に {0} です。", "Mostly it is {0} that is missing.")
WORD(MESSAGE_COV_2_NO_SYN_ACK, "SYNとデータは取得しているのに、応答のSYN-ACKを一度も取得していない接続が大半です。", "Of most of them the SYN and data were seen and never the SYN-ACK that answers.")
WORD(MESSAGE_COV_3, "{0}で通信を取得できていません。監視不能です。", "No traffic arrives at {0}: it cannot be watched.")
WORD(MESSAGE_COV_4, "{0}で重複したフレームが多すぎます（{1} のうち {2}、{3} %）。", "Too many duplicate frames at {0} ({2} of {1}, {3} %).")
WORD(MESSAGE_COV_8, "{0}で取得長の不足によりフレームが切れています（{1} フレームのうち {2}、{3} %）。", "Frames are cut by the snap length at {0} ({2} of {1}, {3} %).")
WORD(MESSAGE_COV_9, "{0}に監視点がなく、通信を確認できません。", "There is no tap that watches {0}.")
WORD(MESSAGE_COV_10, "{0}で観測した通信が監視点の登録と一致しません。設置誤りが疑われます（{1} のうち {2}、{3} %）。", "What {0} sees does not fit its declaration; it may be misplaced ({2} of {1}, {3} %).")
WORD(MESSAGE_COV_DETAIL, "対象: {0}。", "At: {0}.")
WORD(MESSAGE_COV_EFFECT, "この間の通信は適合とは判定できません。", "Traffic of that time cannot be called conforming.")

/* message_notice.c: the parties of a notice: {0} kind, {1} address or MAC, {2}
 * zone, {3} what else is known of them, in brackets */
WORD(MESSAGE_PARTY, "{2}の{0} {1}{3}", "{0} {1}{3} in {2}")
WORD(MESSAGE_PARTY_NO_ZONE, "{0} {1}{3}", "{0} {1}{3}")
WORD(MESSAGE_PARTY_OPEN, "（", " (")
WORD(MESSAGE_PARTY_AND, "、", ", ")
WORD(MESSAGE_PARTY_CLOSE, "）", ")")
WORD(MESSAGE_PARTY_UNKNOWN, "特定できない機器", "a device that is not known")
WORD(MESSAGE_NEXT_WHERE, "スイッチのMACアドレス表で {2} の接続ポートをネットワーク管理者が調べる", "the network manager looks up the port of {2} in the MAC address tables of the switches")
WORD(MESSAGE_NEXT_SWITCH, "スイッチのポートのVLAN設定と配線をネットワーク管理者が確認する", "the network manager checks the VLANs of the switch ports and the cabling")

/* what to do next: who checks what */
WORD(MESSAGE_NEXT_TERMINAL, "{0}の利用者と目的を{1}に確認する", "ask {1} who uses the {0} and for what")
WORD(MESSAGE_NEXT_DEVICE, "{0} {2} の用途と通信の目的を{1}に確認する", "ask {1} what {0} {2} is for and why it communicates")
WORD(MESSAGE_NEXT_OWNER, "送信元 {2} の設置場所と所管課をネットワーク管理者が調べる", "the network manager finds out where the source {2} is and whose it is")
WORD(MESSAGE_NEXT_RULE, "境界 {0} の該当ルールをネットワーク管理者が確認する", "the network manager checks the matching rule of boundary {0}")
WORD(MESSAGE_NEXT_BLOCK, "遮断の要否は統括情報セキュリティ責任者が判断する", "the chief security officer (統括情報セキュリティ責任者) decides whether to block it")
WORD(MESSAGE_NEXT_BLOCKED, "遮断の継続を確認する", "check that it stays blocked")
WORD(MESSAGE_NEXT_REGISTER, "業務に必要な通信であれば、所管課が申請し、承認を得て登録する", "if the work needs it, the division applies and it is registered once approved")
WORD(MESSAGE_NEXT_CONDUIT, "登録{3}の内容が実態と合っているか所管課に確認する", "ask its owner whether conduit {3} is still as registered")
WORD(MESSAGE_NEXT_RENEW, "{3}の更新又は廃止を所管課に確認する", "ask its owner whether {3} is to be renewed or ended")
WORD(MESSAGE_NEXT_EXCEPTION, "例外措置{3}の更新又は廃止を所管課に確認する", "ask its owner whether exception {3} is to be renewed or ended")
WORD(MESSAGE_NEXT_ZONE, "アドレスの割当てを確認し、正当な機器であれば領域に登録する", "check who was given the address, and declare it in a zone if it is legitimate")
WORD(MESSAGE_NEXT_PATH, "経路制御とルータの設定をネットワーク管理者が確認する", "the network manager checks routing and the routers")
WORD(MESSAGE_NEXT_MAIN_LINK, "主たる回線の状態をネットワーク管理者が確認する", "the network manager checks the state of the main link")
WORD(MESSAGE_NEXT_LINK_BACK, "予備の回線から戻す時期を決める", "decide when to leave the backup link")
WORD(MESSAGE_NEXT_GATEWAY, "ゲートウェイの設置場所と設置者をネットワーク管理者が調べる", "the network manager finds out where the gateway is and who put it there")
WORD(MESSAGE_NEXT_SOURCE, "監視点の接続とルータの登録が正しいか確認する", "check that the tap is connected and the routers are declared as they are")
WORD(MESSAGE_NEXT_LEDGER, "台帳の登録内容と実機を照合する", "compare the ledger with the device itself")
WORD(MESSAGE_NEXT_CONTENT, "送られたデータの内容と宛先を送信元の所管課に確認する", "ask the source's division what was sent and to whom")
WORD(MESSAGE_NEXT_IMPORT, "取り込まれたファイル又はメールを{1}に確認し、無害化を経て取り直す", "ask {1} which file or mail came in, and bring it in again through the sanitiser")
WORD(MESSAGE_NEXT_ENCRYPT, "平文で送られた内容を送信元の所管課に確認し、両端のシステムの管理者が求める基準以上のTLSで暗号化する", "ask the source's division what was sent in clear, and have those who run both systems encrypt it with TLS of the class asked for")
WORD(MESSAGE_NEXT_TLS, "サーバのTLSの版と暗号スイートを、求める設定基準に合わせて管理者が変更する", "have whoever runs the server set its TLS versions and cipher suites to the class asked for")
WORD(MESSAGE_NEXT_TLS_LATER, "相手方の都合ですぐに変更できないときは、代替措置と期限を定めた例外措置を申請する", "where the other side cannot change soon, apply for an exception with a compensating measure and an end")
WORD(MESSAGE_NEXT_LIST, "接続先一覧が最新か、利用が承認されているかを確認する", "check that the list is up to date and the use approved")
WORD(MESSAGE_NEXT_SOFTWARE, "導入されているソフトウェアを{1}に確認する", "ask {1} which software is installed")
WORD(MESSAGE_NEXT_RESOLVER, "機器のDNS設定をネットワーク管理者が確認する", "the network manager checks the DNS settings of the device")
WORD(MESSAGE_NEXT_MIRROR, "スイッチのミラー設定（対象ポートと送受信の両方向）をネットワーク管理者が確認する", "the network manager checks the mirror session of the switch (ports, both directions)")
WORD(MESSAGE_NEXT_CAPACITY, "ミラー先ポートの帯域と取得装置の負荷を確認する", "check the bandwidth of the mirror port and the load of the capturing host")
WORD(MESSAGE_NEXT_DOUBLE, "ミラー元の複数のポートで送信と受信の両方を写していないか（同じフレームが入口と出口で二重に写る）をネットワーク管理者が確認する", "the network manager checks whether the mirror session copies both the ingress and the egress of several ports, which shows each frame twice")
WORD(MESSAGE_NEXT_SNAP, "取得長をフレーム全長（262144）に設定して取得し直す", "capture again with a snap length that holds whole frames (262144)")
WORD(MESSAGE_NEXT_TAP, "監視点を追加するか、監視しない理由を登録する", "add a tap, or declare why it is not watched")
WORD(MESSAGE_NEXT_DECLARATION, "監視点の接続先と構成定義（VLAN・ルータ）を照合する", "compare what the tap is connected to with its declaration (VLANs, routers)")
WORD(MESSAGE_NEXT_CLOCK, "取得装置の時刻同期を確認する", "check the time synchronisation of the capturing host")
WORD(MESSAGE_DIVISION_UNKNOWN, "所管課", "its division")

/* cover_bound.c: the one statement of how much was seen */
WORD(COVER_SEEN, "この境界のTCPペイロードの少なくとも {0} % を取得しました。", "At least {0} % of the TCP payload at this boundary was seen.")
WORD(COVER_UNKNOWN, "この境界ではTCPペイロードを取得していないため、取得率は不明です。", "No TCP payload was seen at this boundary, so it is unknown how much of it was.")
WORD(COVER_UNWATCHED, "監視が中断していた {0} 秒間については不明です。", "Of the {0} seconds that were not watched nothing is known.")

/* one sentence a boundary in the stats line */
WORD(EVE_COVERAGE, "境界「{0}」：{1}片方向だけの通信は {2} %。", "Boundary \"{0}\": {1} {2} % of conversations were one way only.")
WORD(EVE_COVERAGE_UNKNOWN, "境界「{0}」：{1}", "Boundary \"{0}\": {1}")
WORD(EVE_DIRECTION_INTERNAL, "庁内", "internal")
WORD(EVE_DIRECTION_OUTBOUND, "庁外向け", "outbound")
WORD(EVE_DIRECTION_INBOUND, "庁外から", "inbound")
WORD(EVE_DIRECTION_EXTERNAL, "庁外間", "external")

/* sekisho-probe: the command line */
WORD(PROBE_USAGE,
    "使い方: sekisho-probe -t MODEL -p PROBE [-i TAP=INTERFACE ...] [-o DIR|-]\n"
    "       sekisho-probe -t MODEL -p PROBE -r TAP=FILE [-r TAP=FILE ...] [-o DIR|-]\n"
    "       sekisho-probe -t MODEL -n\n"
    "       sekisho-probe --list\n"
    "\n"
    "監視点のパケット、又は採取したパケット（pcap・pcapng）を会話ごとに組み立て、宣言された\n"
    "モデルに照らして判定します。\n"
    "\n"
    "  -t MODEL            判定の基準となる構成定義（「-」は標準入力）\n"
    "  -p PROBE            この装置（probes の id）\n"
    "  -i TAP=INTERFACE    監視点 TAP のインターフェース。指定しない監視点は構成定義によります\n"
    "  --only              -i で指定した監視点だけを監視します\n"
    "  -r TAP=FILE         監視点 TAP で採取したファイル。複数指定でき、時刻順に併合します\n"
    "  -o DIR              DIR/eve.json に記録します（「-」は標準出力。既定は標準出力）\n"
    "  -n                  構成定義を検査し、既定値を補って表示して終わります\n"
    "  --list              インターフェースと、見えるVLAN・アドレス帯を表示して終わります\n"
    "  --user NAME|UID[:GID]  監視中に動作するユーザー（既定は _sekisho、なければ 61234）\n"
    "  --ring MIB          インターフェースごとの受信リングの大きさ（既定 64）\n"
    "  --syslog            検知を syslog にも送ります\n"
    "  --no-sandbox        プロセスの隔離を行いません（記録に残ります）\n"
    "  --lang ja|en        文の言語\n"
    "  --data DIR          ガイドライン等のデータのある場所\n"
    "  --conversations N   同時に追う会話の上限（既定 200000）\n"
    "  --version, --help\n"
    "\n"
    "終了コード: 0 適合、1 検知あり、2 使い方か入力の誤り、3 判定できないものが残る\n",
    "usage: sekisho-probe -t MODEL -p PROBE [-i TAP=INTERFACE ...] [-o DIR|-]\n"
    "       sekisho-probe -t MODEL -p PROBE -r TAP=FILE [-r TAP=FILE ...] [-o DIR|-]\n"
    "       sekisho-probe -t MODEL -n\n"
    "       sekisho-probe --list\n"
    "\n"
    "Puts the packets of its taps, or captured ones (pcap, pcapng), together to\n"
    "conversations and judges each against the declared model.\n"
    "\n"
    "  -t MODEL            the declared model (\"-\": standard input)\n"
    "  -p PROBE            which probe this is (an id of \"probes\")\n"
    "  -i TAP=INTERFACE    the interface of TAP; taps that are not named have the one\n"
    "                      that the model names\n"
    "  --only              watch no other taps than those of -i\n"
    "  -r TAP=FILE         what was captured at TAP; may be given more than once, and\n"
    "                      is merged by time\n"
    "  -o DIR              write to DIR/eve.json (\"-\": standard output, the default)\n"
    "  -n                  check the model, print it with every default, and end\n"
    "  --list              show interfaces, what they see, and end\n"
    "  --user NAME|UID[:GID]  who it runs as while it watches (_sekisho, or 61234\n"
    "                      where there is no such user)\n"
    "  --ring MIB          the ring of each interface (64)\n"
    "  --syslog            send alerts to syslog too\n"
    "  --no-sandbox        build no walls around the processes (records say so)\n"
    "  --lang ja|en        the language of sentences\n"
    "  --data DIR          where guidelines and other data lie\n"
    "  --conversations N   the most conversations followed at once (200000)\n"
    "  --version, --help\n"
    "\n"
    "exit codes: 0 conforming, 1 findings, 2 bad usage or input, 3 could not decide\n")
WORD(PROBE_BAD_OPTION, "不明なオプションです: {0}（--help で使い方を表示します）", "unknown option {0} (--help shows the usage)")
WORD(PROBE_NO_VALUE, "オプション {0} に値がありません", "option {0} needs a value")
WORD(PROBE_EXTRA, "余分な引数です: {0}（--help で使い方を表示します）", "unexpected argument {0} (--help shows the usage)")
WORD(PROBE_MISSING, "{0} を指定してください（--help で使い方を表示します）", "{0} is required (--help shows the usage)")
WORD(PROBE_BAD_SOURCE, "-r は「監視点=ファイル」の形で指定してください: {0}", "-r wants TAP=FILE, not {0}")
WORD(PROBE_MANY_SOURCES, "-r は {0} 個まで指定できます", "-r may be given at most {0} times")
WORD(PROBE_BAD_CONVERSATIONS, "--conversations は {1} から {2} までの数で指定してください: {0}", "--conversations wants a number from {1} to {2}, not {0}")
WORD(PROBE_BAD_INTERFACE, "-i は「監視点=インターフェース」の形で指定してください: {0}", "-i wants TAP=INTERFACE, not {0}")
WORD(PROBE_MANY_INTERFACES, "-i は {0} 個まで指定できます", "-i may be given at most {0} times")
WORD(PROBE_FILES_AND_INTERFACES, "-i と -r は同時に指定できません", "-i and -r cannot go together")
WORD(PROBE_BAD_RING, "--ring は {1} から {2} までの数（MiB）で指定してください: {0}", "--ring wants a number of MiB from {1} to {2}, not {0}")
WORD(PROBE_BAD_LANG, "--lang は ja か en です: {0}", "--lang wants ja or en, not {0}")
WORD(PROBE_NO_PROBE, "構成定義に装置「{0}」はありません", "the model declares no probe \"{0}\"")
WORD(PROBE_NO_PROBE_NEAR, "構成定義に装置「{0}」はありません。「{1}」のことですか", "the model declares no probe \"{0}\"; did you mean \"{1}\"?")
WORD(PROBE_NO_TAP, "装置「{1}」に監視点「{0}」はありません", "probe \"{1}\" has no tap \"{0}\"")
WORD(PROBE_NO_TAP_NEAR, "装置「{1}」に監視点「{0}」はありません。「{2}」のことですか", "probe \"{1}\" has no tap \"{0}\"; did you mean \"{2}\"?")

/* files of captures and of events */
WORD(PROBE_NO_FILE, "{0} を開けません: {1}", "cannot open {0}: {1}")
WORD(PROBE_BAD_CAPTURE, "{0} を採取ファイルとして読めません（{1}）。このファイルは判定されません", "cannot read {0} as a capture ({1}); nothing of it is judged")
WORD(PROBE_BAD_LINK, "{0} のリンク種別 {1} には対応していません。フレームは判定されず、数だけを記録します", "{0} has link type {1}, which is not supported; its frames are counted, not judged")
WORD(PROBE_READ_FAULT, "{0} のパケット {1} から先を読めません（{2}）。それまでのパケットは判定しました", "cannot read {0} from packet {1} on ({2}); the packets before it are judged")
WORD(PROBE_NO_OUTPUT, "{0} に書き込めません: {1}", "cannot write to {0}: {1}")
WORD(PROBE_OUTPUT_IS_INPUT, "{0} は入力のファイル {1} と同じものです。上書きしないように中止しました", "{0} is the input file {1} itself; stopped, so as not to overwrite it")
WORD(PROBE_PRINT_FAULT, "{0}に書き込めません: {1}", "cannot write to {0}: {1}")
WORD(PROBE_WRITE_FAULT, "{0} への書込みに失敗しました（{1}）。記録は完全ではありません", "writing to {0} failed ({1}); the events are not complete")
WORD(PROBE_NO_EVIDENCE, "{0} の隣に証拠のフォルダ（evidence）を用意できません: {1}。検知は記録しますが、証拠のパケットは残せません", "cannot have a folder for evidence beside {0}: {1}; alerts are written, but without their packets")
WORD(PROBE_NO_ENGINE, "判定を開始できません: {0}", "cannot start judging: {0}")
WORD(PROBE_STDOUT, "標準出力", "standard output")
WORD(PROBE_PROGRESS, "{0} フレーム（{1} まで）", "{0} frames (up to {1})")

/* the closing summary */
WORD(PROBE_SUMMARY_SHARE, "判定不能 {0} 件／対象の会話 {1} 件（{2} %、上限 {3} %）", "unjudged: {0} of {1} conversations in scope ({2} %, limit {3} %)")
WORD(PROBE_SUMMARY_NOT_OBSERVABLE, "この監視点では見えない要素がある", "something cannot be seen at this tap")
WORD(PROBE_SUMMARY_UNCLASSIFIED, "同時に判別できる数を超えたため、{0} 件の会話のアプリケーションを判別していません", "the application of {0} conversations was not looked for: more were open at once than there is room for")
WORD(PROBE_SUMMARY_UNJUDGED, "判定不能の理由", "why not judged")
WORD(PROBE_SUMMARY_VERDICTS, "会話の判定", "conversations")
WORD(PROBE_SUMMARY_ALERTS, "検知（同じ相手・サービスは1件）", "findings (one for the same hosts and service)")
WORD(PROBE_SUMMARY_FRAMES, "読み込んだフレーム {0}（うち会話として判定 {1}）", "frames read: {0}, of which {1} judged as conversations")
WORD(PROBE_SUMMARY_TAPS, "取得状況", "coverage")
WORD(PROBE_SUMMARY_RECORDS, "記録（検知ではない）", "records (no findings)")
WORD(PROBE_SUMMARY_TAP, "{0}（{1}）: {2} フレーム、TCPデータの取得率 {3}、{4}", "{0} ({1}): {2} frames, {3} of TCP data seen, {4}")
WORD(PROBE_SUMMARY_ONE_WAY, "片方向の会話 {0} %", "{0} % of conversations one way only")
WORD(PROBE_SUMMARY_NO_TCP, "片方向の会話は不明（この監視点に数えるTCPの会話なし）", "one-way conversations not known (no TCP conversation is counted at this tap)")
WORD(PROBE_SUMMARY_SEEN, "{0} % 以上", "at least {0} %")
WORD(PROBE_SUMMARY_SEEN_UNKNOWN, "不明", "an unknown share")
WORD(PROBE_SUMMARY_BOUNDARY, "境界「{0}」：{1}", "boundary \"{0}\": {1}")
WORD(PROBE_SUMMARY_EVIDENCE, "証拠のパケットがある検知 {0} 件、残せなかった検知 {1} 件（理由は各検知の evidence.reason）", "alerts with packets as evidence: {0}, without: {1} (why not: evidence.reason of each)")
WORD(PROBE_SUMMARY_EVENTS, "記録: {0}", "events: {0}")
WORD(PROBE_SUMMARY_DAILY, "検知とせず日次の集約に数えた会話: 共通サービス宛の試行 {0} 件、廃止対象の方式 {1} 件", "counted in daily rows, not alerted: attempts in the background {0}, ways of old {1}")

/* background.c: in the order of the categories */
WORD(BACKGROUND_REVOCATION, "証明書の失効確認", "certificate revocation")
WORD(BACKGROUND_CONNECTIVITY, "インターネット接続の確認", "connectivity checks")
WORD(BACKGROUND_TELEMETRY, "利用状況の送信", "telemetry")
WORD(BACKGROUND_UPDATE, "更新の確認と取得", "updates")
WORD(BACKGROUND_TIME, "時刻同期", "time")

/* eve_daily.c: {0} zone, {1} conversations, {2} hosts, {3} known to have been
 * stopped */
WORD(DAILY_NUMBER, "{0}", "{0}")
WORD(DAILY_AT_LEAST, "少なくとも {0}", "at least {0}")
WORD(DAILY_NO_ZONE, "所属領域が不明な機器", "hosts of no known zone")
WORD(DAILY_BACKGROUND, "{0}から、共通サービス一覧にある宛先（証明書の失効確認、更新など）への接続の試行が {1} 件ありました（送信元 {2} 台）。境界を通過したものは確認されていません。境界での遮断を確認したものは {3} 件です。", "{1} attempts from {0} (hosts: {2}) to destinations on the list of background services (revocation, updates and the like). None was seen to pass the boundary; known to have been stopped there: {3}.")
WORD(DAILY_BACKGROUND_REST, "集約できる数を超えたため、共通サービス一覧にある宛先への接続の試行 {1} 件（送信元 {2} 台）を領域を分けずに数えました。境界での遮断を確認したものは {3} 件です。", "more daily rows than are kept: {1} attempts to background services (hosts: {2}) are counted here whatever their zone; known to have been stopped at the boundary: {3}.")
WORD(DAILY_SMB1, "{0}の中で、廃止対象のSMBv1による通信が {1} 件ありました（SMBv1で応答した機器 {2} 台）。SMBv1を無効にできるか、機器の所管課に確認してください。", "{1} conversations within {0} used SMBv1, which is obsolete (hosts that answered by it: {2}). Ask their divisions whether it can be switched off.")
WORD(DAILY_SNMP, "{0}の機器が、コミュニティ名を平文で送るSNMPv1又はv2cの通信を {1} 件行いました（宛先の機器 {2} 台）。SNMPv3に変更できるか、監視の担当に確認してください。", "{1} conversations from {0} used SNMPv1 or v2c, which send their community in clear (hosts spoken to: {2}). Ask whoever runs the monitoring whether it can be SNMPv3.")
WORD(DAILY_LEGACY_REST, "集約できる数を超えたため、廃止対象の方式による通信 {1} 件（宛先の機器 {2} 台）を領域を分けずに数えました。", "more daily rows than are kept: {1} conversations in ways of old (hosts spoken to: {2}) are counted here whatever their zone.")
WORD(DAILY_PART, "記録を行う処理がこの日に再起動したため、それより前の件数は含まれません。", " The recorder was started again on that day: what it had counted before is not in this.")

/* eve_emergency.c */
WORD(EMERGENCY_TOLD_BEGIN, "緊急対応「{0}」が始まりました（{1} まで）。この間、挙げられた通信登録（{2} 件）は{3}、例外措置として記録します。{4} になると自動で終わります。", "Emergency \"{0}\" has begun (until {1}). The conduits that it names ({2}) {3} until then; what conforms only by it is recorded as excepted. It ends by itself at {4}.")
WORD(EMERGENCY_TOLD_ON, "緊急対応「{0}」が続いています（{1} まで）。これによってのみ許可された通信は、これまでに {2} 件です（前回のお知らせから {3} 件）。", "Emergency \"{0}\" goes on (until {1}). {2} conversations so far were permitted only by it, {3} of them since it was last told of.")
WORD(EMERGENCY_TOLD_END, "緊急対応「{0}」が終わりました（{1}）。これによってのみ許可された通信は {2} 件でした。通信登録の時間の定めが再び有効です。", "Emergency \"{0}\" is over ({1}). {2} conversations were permitted only by it. The hours of conduits count again.")
WORD(EMERGENCY_TOLD_WITHDRAWN, "緊急対応「{0}」は構成定義からなくなりました（{1} までの予定でした）。これによってのみ許可された通信は {2} 件でした。記録としては、削除せず「sekisho emergency … off」で終えてください。", "Emergency \"{0}\" is in the model no more (it was to last until {1}). {2} conversations were permitted only by it. For the record, end one with \"sekisho emergency ... off\" rather than delete it.")
WORD(EMERGENCY_LIFTS_SCHEDULE, "時間外でも認め", "may be used outside their hours")
WORD(EMERGENCY_LIFTS_NOTHING, "緊急時専用のものに限り認め", "that are for emergencies alone may be used")
WORD(EMERGENCY_UNAPPROVED, "この緊急対応には承認の記録（承認者・番号・日付）がありません。", "This emergency has no complete record of its approval (who, number, day).")
