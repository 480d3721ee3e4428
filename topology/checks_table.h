/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of the table of checks, in the order of enum check, see checks.h:
 * ROW(family, number, built, "題", "title", "grade", passed, tried,
 * "requirements", "trigger ja", "trigger en"). This file has no include guard:
 * it is read once for each list made from it.
 */
/* clang-format off */

/* SEG: crossing a boundary */
ROW(SEG, 1, true, "領域間の禁止通信", "forbidden tier crossing", "C / L, daily group", CRITICAL, LOW, "Z-03 Z-07 Z-11 Z-18",
    "二つの領域の間がガイドラインで禁止されている。登録があっても適合とはならない",
    "the guideline's cell for the two tiers is DENY; no conduit overrides it")
ROW(SEG, 2, true, "未登録の領域間通信", "undeclared crossing", "H / L", HIGH, LOW, "Z-04 X-09",
    "領域間は許可し得るが、送信元と宛先に該当する通信登録がない",
    "the tier pair may be permitted, but no conduit matches the endpoints")
ROW(SEG, 3, true, "登録外サービスの通信", "undeclared service", "H / L", HIGH, LOW, "Z-04",
    "送信元と宛先は登録にあるが、プロトコル・ポートが登録にない",
    "the endpoints match a conduit, protocol and port do not")
ROW(SEG, 4, true, "登録と異なるアプリケーション", "wrong application", "H", HIGH, HIGH, "Z-04",
    "登録とポートは一致するが、内容から判定したアプリケーションが異なる",
    "conduit and port match, the application known from payload does not")
ROW(SEG, 5, true, "許可方向と逆の通信開始", "wrong direction", "H / L", HIGH, LOW, "Z-04 Z-15",
    "登録では相手側からの開始だけが許可されている",
    "the conduit permits only the other side to open")
ROW(SEG, 6, true, "指定経路外の通信", "wrong path", "H / M", HIGH, MEDIUM, "Z-02 Z-05",
    "両端は登録どおりだが、回線・境界・VLAN・ルータが登録と異なる",
    "right endpoints, but the wrong link, boundary, VLAN or router")
ROW(SEG, 7, true, "許可時間外の通信", "outside schedule", "M / L", MEDIUM, LOW, "W-18 X-22",
    "登録された時間帯の外に始まった、又は終了時刻を過ぎて続いている",
    "begun outside the conduit's schedule, or still running after its end")
ROW(SEG, 8, true, "期限切れの許可通信・例外措置", "expired", "M, H / L", MEDIUM, LOW, "Q-02 Z-06",
    "登録又は例外措置の最終日（日本時間、当日を含む）を過ぎている",
    "the last day of the conduit or exception (inclusive) has passed")
ROW(SEG, 9, true, "所属領域不明のアドレス", "address in no zone", "H / M", HIGH, MEDIUM, "Z-01",
    "どの領域にも属さないアドレスとの通信",
    "an address that belongs to no zone of the boundary")
ROW(SEG, 10, true, "指定回線外のガバメントクラウド通信", "government cloud off its link", "C / M", CRITICAL, MEDIUM, "Z-02",
    "ガバメントクラウドに、登録された回線以外の経路で到達している",
    "the government cloud is reached over something other than its declared links")
ROW(SEG, 11, false, "大量データの領域外転送", "bulk out of mynumber", "M", MEDIUM, MEDIUM, "Z-14 D-03",
    "大量転送の登録がない通信で、1日1台当たりの上限を超えた",
    "bytes a host and day above the limit on a conduit not declared bulk")
ROW(SEG, 12, true, "送信元アドレスの詐称", "spoofed source", "H", HIGH, HIGH, "X-08",
    "内側の領域のアドレスを持つ通信が、その領域の外側から来ている",
    "an inner zone's address arrives from outside its side of the boundary")
ROW(SEG, 13, true, "未登録の外部接続点", "second exit", "H / M", HIGH, MEDIUM, "X-01",
    "登録のないゲートウェイ又は回線から外部へ通信している",
    "traffic to outside through an undeclared gateway or link")
ROW(SEG, 14, true, "非接続登録機器の通信", "offline system seen", "H", HIGH, HIGH, "I-05 S-08",
    "台帳で非接続とされた機器が送信又は応答した",
    "a host that the ledger flags offline sends or answers")
ROW(SEG, 15, true, "片方向データの領域外送出", "one-way data out", "H, C from mynumber", HIGH, HIGH, "Z-03",
    "許可されない経路の先で、応答を要しないデータが観測された",
    "datagrams with payload on the far side of a crossing not permitted")
ROW(SEG, 16, true, "登録外テナント・SaaSへの接続", "SaaS outside the list", "H / L", HIGH, LOW, "Z-05",
    "アドレス・サーバ名・回線のいずれかが承認された一覧にない",
    "address, server name and link are not all on the approved list")

/* LNK: the link layer, where the tap is on that segment */
ROW(LNK, 1, true, "他領域アドレスの混入", "foreign zone's address on the segment", "H", HIGH, HIGH, "Z-19",
    "ARP・ND・DHCP又はルータでないMACの送信元に、他領域のアドレスが現れた",
    "a foreign zone's address in ARP, ND, DHCP, or as source from a MAC that is no router")
ROW(LNK, 2, true, "未登録VLAN・タグ不整合", "undeclared VLAN or tag mismatch", "H", HIGH, HIGH, "Z-19",
    "登録のないVLAN、又はタグの領域と異なるアドレス",
    "an undeclared VLAN, or an inner address of another zone")
ROW(LNK, 3, true, "不正なDHCP・ルータ広告", "rogue DHCP or router advertisement", "H", HIGH, HIGH, "W-03",
    "登録のない機器がDHCPの提供又はルータ広告を行った",
    "a DHCP offer or router advertisement from an undeclared host")
ROW(LNK, 4, true, "未登録ゲートウェイ", "undeclared gateway", "H", HIGH, HIGH, "X-01",
    "登録のルータでないMACから中継された通信",
    "routed traffic from a MAC that is no declared router")
ROW(LNK, 5, true, "複数領域に接続する機器", "device in two zones", "H", HIGH, HIGH, "W-10",
    "同じ機器が二つの領域に現れ、複数接続の登録がない",
    "one device in two zones that is not declared multi-homed")
ROW(LNK, 6, true, "未登録のトンネル通信", "undeclared tunnel", "H / I", HIGH, INFORMATION, "W-21 X-12",
    "登録のないトンネル・VPN（6in4、Teredo、GRE、VXLAN、WireGuard、OpenVPN等）",
    "an undeclared tunnel or VPN (6in4, Teredo, GRE, VXLAN, WireGuard, OpenVPN ...)")
ROW(LNK, 7, true, "IPv6非使用領域のIPv6通信", "IPv6 where none is used", "M", MEDIUM, MEDIUM, "X-12",
    "IPv6を使わないと登録した領域でIPv6の通信があった",
    "IPv6 in a zone declared without it")
ROW(LNK, 8, true, "他領域の探索通信の混入", "foreign discovery traffic", "H", HIGH, HIGH, "",
    "他領域の送信元を持つブロードキャスト・リンクローカル通信（L2の混線でのみ起きる）",
    "broadcast or link-local traffic with a foreign zone's source: only a layer 2 leak does that")
ROW(LNK, 9, true, "未登録の隣接通信機器", "undeclared neighbour", "L", LOW, LOW, "X-18",
    "登録のないLLDP・CDPの隣接機器又はSTPルート",
    "an undeclared LLDP or CDP neighbour or STP root")
ROW(LNK, 10, true, "アドレス重複・ARP詐称の疑い", "duplicate address or ARP spoofing suspected", "M", MEDIUM, MEDIUM, "W-12",
    "一つのアドレスに二つのMAC（登録された冗長切替を除く）",
    "two MACs for one address beyond declared failover")

/* SAN: sanitised transfer */
ROW(SAN, 1, true, "無害化を経ない取込み", "import without sanitising", "C", CRITICAL, CRITICAL, "S-01",
    "LGWAN接続系への取込みの送信元が無害化装置の清浄側でない",
    "a file or mail enters lgwan from a peer that is no sanitiser's clean side")
ROW(SAN, 2, false, "無害化後の危険因子の残存", "active content after sanitising", "C", CRITICAL, CRITICAL, "S-02",
    "清浄側から、マクロ・スクリプト・実行形式等を含むファイルが来た",
    "macro, script, executable or the like from a clean side")
ROW(SAN, 3, false, "無害化後の検査不能ファイル", "uninspectable file after sanitising", "H", HIGH, HIGH, "S-02",
    "清浄側から、暗号化又は破損したファイルが来た",
    "an encrypted or damaged file from a clean side")
ROW(SAN, 4, false, "テキスト化されていないメール", "mail not reduced to text", "H", HIGH, HIGH, "S-03 S-07",
    "メール無害化の清浄側から、本文テキスト以外を含むメールが来た",
    "more than one text/plain part from a mail sanitiser's clean side")
ROW(SAN, 5, false, "無害化前後の同一ファイル", "file unchanged by sanitising", "H", HIGH, HIGH, "S-02",
    "無害化の前後でファイルのハッシュ値が同一",
    "the same SHA-256 on both sides of a sanitiser that removes")
ROW(SAN, 6, false, "無害化前との対応不明ファイル", "file without origin on the dirty side", "M", MEDIUM, MEDIUM, "S-02",
    "無害化前に対応するファイルが観測されていない",
    "nothing on the dirty side in the window")
ROW(SAN, 7, false, "画面転送のファイル転送機能", "file transfer inside screen transfer", "H", HIGH, HIGH, "S-03",
    "画面転送でドライブ・クリップボード・USBの転送が使われている",
    "a drive, clipboard or USB channel of screen transfer is in use")
ROW(SAN, 8, false, "画面転送の過大な通信量", "screen transfer beyond its usual volume", "M", MEDIUM, MEDIUM, "S-03",
    "画面転送の上り通信量が平常値を超えている（目安）",
    "client-to-server volume above the conduit's baseline: an indicator")
ROW(SAN, 9, true, "指定中継サーバの迂回", "declared relay bypassed", "H", HIGH, HIGH, "S-04 S-05",
    "メール又はWebが、登録された中継サーバ・プロキシを通らずに出入りしている",
    "mail or web enters or leaves other than through the declared relay or proxy")
ROW(SAN, 10, false, "拡張子と内容の不一致", "name and content disagree", "M", MEDIUM, MEDIUM, "S-02",
    "ファイル名の拡張子と内容の種別が異なる",
    "the name says one kind, the bytes another")
ROW(SAN, 11, false, "内容確認不能な取込み通信", "import that cannot be examined", "H", HIGH, HIGH, "S-02",
    "無害化を要する経路で、ファイルのやり取りが暗号化されている",
    "a file protocol inside encryption on a path that requires sanitising")

/* NUM: personal numbers */
ROW(NUM, 1, false, "個人番号の領域外平文送信", "My Number in clear outside its tier", "C", CRITICAL, CRITICAL, "F-04",
    "個人番号を扱う登録のない通信で、個人番号が平文で領域外へ出た",
    "leaves mynumber in clear on a conduit that does not carry individual-number")
ROW(NUM, 2, false, "保有対象外領域の個人番号", "My Number where none may be held", "H", HIGH, HIGH, "F-04",
    "個人番号を保有できない機器・領域へのファイル又はメール",
    "file or mail to a host or zone that may not hold it")
ROW(NUM, 3, false, "住民票コードの平文送信", "resident record code in clear", "H", HIGH, HIGH, "",
    "住民票コードが、その語と共に平文で送られた",
    "a resident record code in clear with its keyword")

/* CRY: encryption */
ROW(CRY, 1, true, "暗号化必須区間の平文通信", "clear text where encryption is required", "C", CRITICAL, CRITICAL, "Z-09",
    "暗号化が必須の区間で、内容が平文で流れた",
    "content in clear where encryption is required")
ROW(CRY, 2, true, "TLS設定基準の未達", "TLS below the required class", "H", HIGH, HIGH, "W-19",
    "成立したTLSの版又は暗号スイート（鍵交換を含む）が基準に達しない",
    "negotiated TLS version or suite (with its key exchange) below the minimum")
ROW(CRY, 3, false, "サーバ証明書の不備", "faulty server certificate", "M", MEDIUM, MEDIUM, "",
    "証明書の鍵が弱い、期限切れ、又は名前が一致しない",
    "weak key, expired or wrong name, where visible")
ROW(CRY, 4, false, "IKE暗号強度の不足", "weak IKE transforms", "H", HIGH, HIGH, "",
    "IKEの提案が暗号強度の基準に達しない",
    "IKE_SA_INIT transforms below the minimum")
ROW(CRY, 5, false, "認証情報の平文送信", "credentials in clear", "H, L", HIGH, HIGH, "C-01",
    "FTP・Telnet・POP3・IMAP・HTTP Basic・LDAPの認証が平文（秘密は保存しない）",
    "FTP, Telnet, POP3, IMAP, HTTP Basic or LDAP log-in in clear; the secret is never kept")
ROW(CRY, 6, false, "廃止対象プロトコルの使用", "obsolete protocol", "H, L", HIGH, HIGH, "S-10",
    "SMBv1、SSLv3、TLS 1.1以前の使用",
    "SMBv1, SSLv3, TLS 1.1 or older")
ROW(CRY, 7, false, "承認外の暗号化通信", "unapproved encryption", "M", MEDIUM, MEDIUM, "W-21",
    "承認されていない方法による暗号化通信",
    "encryption by a method that was not approved")

/* MAIL */
ROW(MAIL, 1, false, "メールの第三者中継", "open mail relay", "H", HIGH, HIGH, "M-01",
    "組織外から組織外へのメールを中継した",
    "mail relayed from outside to outside")
ROW(MAIL, 2, false, "メールの大量送受信", "mail in bulk", "M", MEDIUM, MEDIUM, "M-02",
    "メールの件数が上限を超えた",
    "more mail than the limit")
ROW(MAIL, 3, false, "容量上限超過メールの受付", "mail above the size limit", "L", LOW, LOW, "M-03",
    "上限を超える大きさのメールを受け付けた",
    "mail larger than the limit was accepted")
ROW(MAIL, 4, false, "庁外への自動転送", "automatic forwarding outside", "H", HIGH, HIGH, "M-07",
    "庁外のアドレスへ自動転送している",
    "mail is forwarded to an outside address by itself")
ROW(MAIL, 5, false, "多数宛先アドレスの露出", "many recipients exposed", "M", MEDIUM, MEDIUM, "M-09",
    "多数の宛先が互いに見える形で送られた",
    "many recipients can see each other")
ROW(MAIL, 6, false, "添付ファイルの未保護送信", "unprotected attachment", "L", LOW, LOW, "M-15",
    "添付ファイルが保護されずに庁外へ送られた",
    "an attachment left unprotected")

/* AST: assets */
ROW(AST, 1, true, "未登録機器の接続", "unregistered device", "M, H in mynumber", MEDIUM, MEDIUM, "I-07",
    "台帳にない機器が接続されている",
    "a device that is not in the ledger")
ROW(AST, 2, true, "台帳と異なるMAC・IPアドレス", "MAC or address differs from the ledger", "L", LOW, LOW, "W-12",
    "MACとIPアドレスの組が台帳と異なる",
    "MAC and address do not pair as in the ledger")
ROW(AST, 3, true, "長期間未検出の台帳登録機器", "registered device long unseen", "I", INFORMATION, INFORMATION, "I-01",
    "台帳の機器が長期間観測されていない",
    "a device of the ledger was not seen for long")
ROW(AST, 4, true, "未登録の提供サービス", "undeclared service offered", "M", MEDIUM, MEDIUM, "X-10",
    "登録のないサービスを提供している",
    "a host offers a service that is not declared")
ROW(AST, 5, true, "未登録ファイルサーバ・NAS", "unregistered file server", "H", HIGH, HIGH, "F-01",
    "台帳にないファイルサーバ・NASがある",
    "a file server that is not in the ledger")
ROW(AST, 6, true, "特定用途機器の区画外接続", "special-purpose device out of its segment", "M", MEDIUM, MEDIUM, "F-16",
    "複合機・カメラ等が定められた区画の外に接続されている",
    "a printer, camera or the like outside its segment")

/* SVC: services */
ROW(SVC, 1, true, "禁止アプリケーションの利用", "forbidden application", "H", HIGH, HIGH, "D-16 M-12 F-08",
    "ファイル共有・匿名化・遠隔操作等の禁止アプリケーションの利用",
    "file sharing, an anonymiser, remote control or another forbidden application")
ROW(SVC, 2, false, "承認外Web会議サービスの利用", "unapproved web conference", "M", MEDIUM, MEDIUM, "F-19",
    "承認されていないWeb会議サービスの利用",
    "a web conference service that was not approved")
ROW(SVC, 3, false, "LGWANを経由しない行政機関間通信", "government traffic off LGWAN", "M", MEDIUM, MEDIUM, "X-02",
    "行政機関との通信がLGWANを経由していない",
    "traffic between public bodies that does not use LGWAN")
ROW(SVC, 4, true, "指定外DNSの利用", "undeclared DNS", "M", MEDIUM, MEDIUM, "",
    "指定されたもの以外のDNSの利用",
    "a DNS server other than the declared ones")

/* ATK: attacks */
ROW(ATK, 1, true, "走査の疑い", "scan suspected", "M, I from outside", MEDIUM, MEDIUM, "D-06",
    "多数の宛先・ポートへの接続試行（may-scanの範囲を除く。外部からで応答のないものは情報）",
    "attempts at many hosts or ports beyond may-scan; information where they come from outside and nothing answered")
ROW(ATK, 2, true, "サービス不能攻撃の疑い", "denial of service suspected", "H", HIGH, HIGH, "D-01",
    "サービスを妨げる量の通信",
    "traffic in amounts that hinder a service")
ROW(ATK, 3, false, "定期的な不審通信の疑い", "beaconing suspected", "M", MEDIUM, MEDIUM, "D-03",
    "一定間隔で繰り返される不審な通信",
    "suspicious traffic at regular intervals")
ROW(ATK, 4, true, "端末間の侵害拡大の疑い", "lateral movement suspected", "H, C in mynumber", HIGH, HIGH, "D-03",
    "端末から端末への侵害の広がりを示す通信",
    "traffic between terminals as in a spreading compromise")
ROW(ATK, 5, false, "DNS・ICMPによる隠れ通信の疑い", "covert channel over DNS or ICMP suspected", "H", HIGH, HIGH, "D-03",
    "DNS又はICMPに隠した通信の疑い",
    "data hidden in DNS or ICMP")
ROW(ATK, 6, true, "認証総当たりの疑い", "password guessing suspected", "M", MEDIUM, MEDIUM, "D-06",
    "認証の失敗が繰り返されている",
    "repeated failed log-ins")
ROW(ATK, 7, true, "遮断措置後の通信", "traffic after containment", "C", CRITICAL, CRITICAL, "X-06",
    "遮断を命じた後も通信が続いている",
    "traffic goes on after its containment was ordered")

/* FWR: the boundary's ruleset */
ROW(FWR, 1, true, "未登録通信の許可ルール", "rule permits what is not declared", "H, C where the cell is DENY", HIGH, HIGH, "",
    "登録のない通信を許可するルールがある",
    "the ruleset lets through what no conduit declares")
ROW(FWR, 2, true, "登録済み通信の遮断", "declared traffic is blocked", "M", MEDIUM, MEDIUM, "",
    "登録された通信をルールが遮断している",
    "the ruleset blocks what a conduit declares")
ROW(FWR, 3, true, "適用されないルール", "rule never applies", "L", LOW, LOW, "",
    "前のルールに覆われて適用されない",
    "covered by earlier rules")
ROW(FWR, 4, true, "既定許可・転送制御の未設定", "default accept or no forward control", "H", HIGH, HIGH, "X-05",
    "既定が許可である、又は転送の制御がない",
    "the default accepts, or forwarding is not filtered")
ROW(FWR, 5, true, "IPv6側のみの開放", "open for IPv6 only", "H", HIGH, HIGH, "X-12",
    "IPv4では遮断される通信がIPv6では許可される",
    "IPv6 lets through what IPv4 blocks")
ROW(FWR, 6, true, "遮断ログの未取得", "blocked traffic is not logged", "L", LOW, LOW, "",
    "遮断の記録を取っていない",
    "drops leave no log")
ROW(FWR, 7, true, "限定不足の許可ルール", "rule too wide", "H for mynumber", HIGH, HIGH, "Z-04",
    "許可ルールのアドレス・ポートの限定が足りない",
    "an accepting rule that limits too little")
ROW(FWR, 8, true, "変更記録のない設定変更", "change without a record", "M", MEDIUM, MEDIUM, "X-21",
    "設定が変わったが変更の記録がない",
    "the ruleset changed and nothing records why")
ROW(FWR, 9, false, "設定と実通信の矛盾", "ruleset and traffic contradict", "C", CRITICAL, CRITICAL, "X-07",
    "設定では通らないはずの通信が観測された、又はその逆",
    "what was observed cannot be by the ruleset")
ROW(FWR, 10, false, "長期間未使用の許可ルール", "rule long unused", "L", LOW, LOW, "X-09",
    "許可ルールが長期間使われていない",
    "an accepting rule was not used for long")
ROW(FWR, 11, true, "送信元詐称対策の未設定", "no protection from spoofed sources", "M", MEDIUM, MEDIUM, "X-08",
    "送信元アドレスの詐称を防ぐ設定がない",
    "nothing drops spoofed sources")
ROW(FWR, 12, true, "冗長機間の設定不一致", "redundant pair differs", "M", MEDIUM, MEDIUM, "X-13",
    "冗長構成の機器の間で設定が異なる",
    "the rulesets of a redundant pair differ")
ROW(FWR, 13, true, "判定不能なルール", "rule that cannot be judged", "I", INFORMATION, INFORMATION, "",
    "内容を判定できないルールがある（許可・遮断の両方で評価）",
    "a rule that cannot be read is evaluated both ways")
ROW(FWR, 14, true, "管理アクセスの限定不足", "management access too wide", "H", HIGH, HIGH, "",
    "境界機器を管理できる送信元の限定が足りない",
    "too many may manage the firewall")

/* COV: what could not be seen */
ROW(COV, 1, true, "パケットの取得漏れ", "packets lost at capture", "M–H", MEDIUM, MEDIUM, "L-02",
    "監視点で取得できなかったパケットがある",
    "packets were lost on their way to the probe")
ROW(COV, 2, true, "片方向のみの取得", "one direction only", "H", HIGH, HIGH, "",
    "通信の片方向だけが取得されている",
    "only one direction of the conversations is captured")
ROW(COV, 3, true, "監視点の無通信・疎通確認の途絶", "silent tap or missing heartbeat", "H", HIGH, HIGH, "L-09",
    "監視点が無通信である、又は疎通確認が届かない（監視不能）",
    "a tap is silent or its heartbeat is missing")
ROW(COV, 4, true, "重複パケットの過多", "too many duplicates", "L", LOW, LOW, "",
    "重複したパケットが多すぎる",
    "too many duplicate packets")
ROW(COV, 5, true, "時刻同期の不良", "clock not synchronised", "M", MEDIUM, MEDIUM, "L-07",
    "時刻が同期していない",
    "the clock is not synchronised")
ROW(COV, 6, true, "記録領域の不足・記録の欠落", "records lost or no room", "H", HIGH, HIGH, "",
    "記録領域が足りない、又は記録が欠けた",
    "no room for records, or records were lost")
ROW(COV, 7, true, "処理再起動による監視中断", "gap by a restart", "M", MEDIUM, MEDIUM, "",
    "処理の再起動の間、監視が中断した",
    "nothing was watched while the engine restarted")
ROW(COV, 8, true, "取得長不足による欠落", "cut by the snap length", "M", MEDIUM, MEDIUM, "",
    "取得長が足りず、パケットが途中で切れている",
    "packets are cut short by the snap length")
ROW(COV, 9, true, "監視点のない境界", "boundary without a tap", "H", HIGH, HIGH, "L-09",
    "境界に監視点の入力がない",
    "a boundary has no tap with input")
ROW(COV, 10, true, "監視点の設置誤り", "misplaced tap", "H", HIGH, HIGH, "",
    "監視点に流れる通信が登録された領域のものでない",
    "what a tap sees is not what is declared for it")
ROW(COV, 11, true, "監視ポートからの送信試行", "transmission on a monitoring port", "C", CRITICAL, CRITICAL, "",
    "監視用のポートから送信しようとした",
    "something tried to send on a monitoring port")
ROW(COV, 12, true, "境界機器設定の未取込み・期限切れ", "ruleset missing or stale", "M", MEDIUM, MEDIUM, "",
    "境界機器の設定が取り込まれていない、又は古い",
    "no ruleset of the boundary, or one too old")

/* TOP: the declared model */
ROW(TOP, 1, true, "領域間のアドレス重複", "zones overlap", "error", HIGH, HIGH, "",
    "同じ境界に接する領域のアドレスが重複している",
    "prefixes of zones that share a boundary overlap")
ROW(TOP, 2, true, "ガイドライン不適合の通信登録", "conduit against the guideline", "H", HIGH, HIGH, "",
    "ガイドラインで認められない通信が登録されている",
    "a conduit where the guideline permits none")
ROW(TOP, 3, true, "承認記録の不備", "approval incomplete", "H", HIGH, HIGH, "Q-01 Q-05",
    "承認がない、番号がない、又は申請者と承認者が同じ",
    "no approval, no number, or the applicant approved it")
ROW(TOP, 4, true, "期限切れ・見直し未実施の登録", "expired or not reviewed", "M", MEDIUM, MEDIUM, "",
    "登録の期限が切れた・近い、又は見直しが行われていない",
    "expired, about to expire, or not reviewed in time")
ROW(TOP, 5, true, "限定不足の通信登録", "conduit too wide", "M", MEDIUM, MEDIUM, "Z-04",
    "通信登録の相手・ポート・アプリケーションの限定が足りない",
    "a conduit that limits too little")
ROW(TOP, 6, true, "ガバメントクラウド回線の暗号化要件の未定義", "government cloud link without encryption requirement", "H", HIGH, HIGH, "Z-09",
    "ガバメントクラウドの回線に暗号化の要件が定められていない",
    "a link to the government cloud says nothing of encryption")
ROW(TOP, 7, true, "監視点のない境界・領域・回線", "boundary, zone or link without a tap", "H", HIGH, HIGH, "L-09",
    "監視点がない境界・領域・回線がある",
    "no tap watches a boundary, zone or link")
ROW(TOP, 8, true, "無害化を伴わない取込み経路", "import path without sanitising", "H", HIGH, HIGH, "S-01",
    "無害化を経ずに取り込める通信が登録されている",
    "a conduit imports without a sanitiser")
ROW(TOP, 9, true, "構成定義の参照誤り・重複", "wrong reference or duplicate", "error", HIGH, HIGH, "",
    "構成定義の参照・値・識別子に誤りがある",
    "a wrong reference, value or identifier in the model")
ROW(TOP, 10, true, "代替措置・期限のない例外措置", "exception without compensation or end", "H", HIGH, HIGH, "Q-03",
    "例外措置に代替措置又は期限がない",
    "an exception without compensating measures or an end")
ROW(TOP, 11, true, "検査権限の承認未登録", "no authority to examine", "M", MEDIUM, MEDIUM, "",
    "内容を検査する権限の承認が登録されていない",
    "no authority to examine content is recorded")
ROW(TOP, 12, true, "未登録のアドレス変換", "undeclared translation", "M", MEDIUM, MEDIUM, "",
    "登録のないアドレス変換がある",
    "an address translation that is not declared")
/* clang-format on */
