/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the catalogue, see words_table.h; no include guard on purpose. What
 * sekisho init asks and writes. */
WORD(VERIFIER_INIT, "数問に答えて、注釈付きの構成定義を作る",
    "write a commented model from a few answers")
/* verifier/cmd_init.c */
WORD(INIT_EXISTS,
    "{0} は既にあります。上書きしません。-o で別の名前を指定してください",
    "{0} is there already and is not written over; name another file with -o")
WORD(INIT_FLAGS_NEED_ZONE,
    "--zone を一つ以上指定してください（例: --zone core=mynumber:10.1.0.0/16@10.1.0.1）。何も指定しなければ、順に質問します",
    "give at least one --zone, like --zone core=mynumber:10.1.0.0/16@10.1.0.1; without any flag it asks")
WORD(INIT_ENDED, "答えが途中で終わりました。何も書いていません",
    "the answers ended early; nothing was written")
WORD(INIT_TOO_MANY_WRONG,
    "同じ質問への答えが20回続けて受け取れなかったため、中止しました。何も書いていません。上の理由と例を確かめて、もう一度実行してください",
    "20 answers to one question could not be taken, so this ends; nothing was written. See the reasons and the examples above, then run it again")
WORD(INIT_NO_NAME, "（団体名）", "(municipality)")
WORD(INIT_FAULTY,
    "{0} に書きましたが、上の誤りがあり、まだ読み込めません。直してから sekisho check で確かめてください",
    "{0} was written and does not load yet for the faults above; mend them and try sekisho check")
WORD(INIT_DONE, "構成定義の案を {0} に書きました。次に:",
    "the draft model is in {0}; next:")
/* verifier/init.c */
WORD(INIT_BAD_NAME, "「{0}」は団体名にできません（1〜128バイト、制御文字なし）",
    "\"{0}\" is no name: 1 to 128 bytes without control characters are needed")
WORD(INIT_BAD_CODE, "「{0}」は団体コードではありません（検査数字を含む6桁）",
    "\"{0}\" is no code of a public body: six digits with the check digit are needed")
WORD(INIT_BAD_GUIDELINE,
    "「{0}」というモデルはありません。alpha（α）、alpha-prime（α′）、beta（β）、beta-prime（β′）から選んでください",
    "there is no model \"{0}\"; use alpha, alpha-prime, beta or beta-prime")
WORD(INIT_BAD_NETWORK,
    "「{0}」はネットワークではありません（例: 10.1.0.0/16、fd00:1::/48）",
    "\"{0}\" is no network, like 10.1.0.0/16 or fd00:1::/48")
WORD(INIT_HOST_BITS,
    "「{0}」はホスト部が0ではありません。ネットワークのアドレスを書いてください",
    "\"{0}\" has bits set behind its length; give the network's address")
WORD(INIT_TOO_MANY_NETWORKS,
    "「{0}」は多すぎます（一つの領域に32まで）。まとめて書いてください",
    "\"{0}\" is one network too many (32 a zone); sum them up")
WORD(INIT_BAD_ADDRESS, "「{0}」はアドレスではありません",
    "\"{0}\" is no address")
WORD(INIT_NOT_INSIDE, "「{0}」はその領域のネットワークの中にありません",
    "\"{0}\" lies in none of that zone's networks")
WORD(INIT_BAD_ZONE,
    "「{0}」は領域として読めません。識別子=区分:ネットワーク@境界機器のアドレス の形で書いてください（例: core=mynumber:10.1.0.0/16@10.1.0.1）。識別子は英小文字、数字、-、_ です",
    "\"{0}\" is no zone; write ID=TIER:NETWORKS, like core=mynumber:10.1.0.0/16@10.1.0.1, with an id of a-z, 0-9, - and _")
WORD(INIT_ZONE_TWICE, "領域「{0}」は既にあります",
    "the zone \"{0}\" is there already")
WORD(INIT_BAD_TIER,
    "「{0}」という区分はありません。mynumber、lgwan、internet、lgwan-network、security-cloud、partner、saas、relay、dmz、shared-services、school-affairs、school-learning、guest、management、remote-access、outside、government-cloud のどれかです（例: --zone core=mynumber:10.1.0.0/16@10.1.0.1）",
    "there is no tier \"{0}\"; it is one of mynumber, lgwan, internet, lgwan-network, security-cloud, partner, saas, relay, dmz, shared-services, school-affairs, school-learning, guest, management, remote-access, outside, government-cloud; as in --zone core=mynumber:10.1.0.0/16@10.1.0.1")
WORD(INIT_NO_NETWORKS, "領域「{0}」のネットワークがありません",
    "the zone \"{0}\" has no network")
WORD(INIT_TOO_MANY_ZONES,
    "領域「{0}」は多すぎます（64まで）。残りはファイルに書き足してください",
    "the zone \"{0}\" is one too many (64); write the rest into the file")
WORD(INIT_NO_ZONE, "「{0}」という領域はありません", "there is no zone \"{0}\"")
WORD(INIT_BAD_ID,
    "「{0}」は識別子にできません。英小文字、数字、-、_ で書いてください",
    "\"{0}\" is no id; use a-z, 0-9, - and _")
WORD(INIT_BAD_PROBE,
    "「{0}」は装置として読めません（例: probe1、probe1=lg:10.2.250.11）",
    "\"{0}\" is no probe, like probe1 or probe1=lg:10.2.250.11")
WORD(INIT_BAD_VLAN,
    "「{0}」はVLANとして読めません（例: 110=core。番号は1〜4094）",
    "\"{0}\" is no VLAN, like 110=core with a number of 1 to 4094")
WORD(INIT_VLAN_TWICE, "「{0}」のVLANは既にあります",
    "the VLAN of \"{0}\" is there already")
WORD(INIT_BAD_TAP,
    "「{0}」は監視点として読めません（例: lg=span0:lg、trunk=span1:110=core,300=office、line=span2）",
    "\"{0}\" is no tap, like lg=span0:lg, trunk=span1:110=core,300=office or line=span2")
WORD(INIT_TAP_TWICE, "監視点「{0}」は既にあります",
    "the tap \"{0}\" is there already")
WORD(INIT_BAD_INTERFACE, "「{0}」はインターフェース名ではありません",
    "\"{0}\" is no name of an interface")
WORD(INIT_TOO_MANY_TAPS, "監視点「{0}」は多すぎます（64まで）",
    "the tap \"{0}\" is one too many (64)")
/* verifier/init_ask.c */
WORD(INIT_HELLO,
    "構成定義の案を作ります。[ ] の値でよければ、そのまま Enter を押してください。\n",
    "This writes a draft model. Press Enter to take what stands in [ ].\n")
WORD(INIT_ASK_NAME, "団体名 [{0}]", "Municipality [{0}]")
WORD(INIT_ASK_CODE, "団体コード（6桁、なければ空）",
    "Code of the public body (six digits, or nothing)")
WORD(INIT_ASK_GUIDELINE,
    "採用しているモデル alpha / alpha-prime / beta / beta-prime [{0}]",
    "Model in use: alpha, alpha-prime, beta or beta-prime [{0}]")
WORD(INIT_ZONES_FOLLOW,
    "領域のネットワークを「,」で区切って書いてください。境界機器のその領域側のアドレスが分かれば「@」の後に書きます。なければ空のまま Enter です。\n",
    "Give each zone's networks, with commas; behind @ the firewall's own address there, if you know it. Just Enter where there is no such zone.\n")
WORD(INIT_ASK_ZONE, "  {0}（{1}）　例 {2}", "  {0} ({1}), like {2}")
WORD(INIT_ASK_MORE_ZONES,
    "  その他の領域（例 juki=partner:172.28.0.0/24。なければ空）",
    "  Another zone (like juki=partner:172.28.0.0/24, or nothing)")
WORD(INIT_NEED_ZONE, "  領域が一つもありません。もう一度お願いします。\n",
    "  There is no zone yet; once more.\n")
WORD(INIT_ASK_PROBE,
    "監視装置の識別子と、管理用アドレスがあればその領域とアドレス（例 probe1=lg:10.2.250.11） [{0}]",
    "The probe's id, and zone and address of its management leg if it has one (like probe1=lg:10.2.250.11) [{0}]")
WORD(INIT_ASK_TAPS,
    "監視点（例 lg=span0:lg、trunk=span1:110=core,300=office。なければ空）",
    "A tap (like lg=span0:lg or trunk=span1:110=core,300=office; nothing ends)")
/* verifier/init_write.c */
WORD(INIT_ON_FILE,
    "構成定義の案（sekisho init が書いたもの）。領域、境界、監視点を確かめてから使う。",
    "A draft model, written by sekisho init. Check the zones, the boundary and the taps before use.")
WORD(INIT_ON_FILE_NEXT,
    "次に sekisho tap-check で監視点を確かめ、sekisho-probe で観測し、sekisho draft で許可通信の案を作る。",
    "Next: sekisho tap-check for the taps, sekisho-probe to observe, sekisho draft for proposed conduits.")
WORD(INIT_ON_STAGE,
    "draft（案）の間、登録のない領域間通信は「判定不能（draft）」。領域間の禁止通信や詐称などは案でも検知する。",
    "While it is a draft, undeclared crossings are unjudged(draft); forbidden crossings, spoofing and the like alert all the same.")
WORD(INIT_ON_ROLES, "役職名。申請者と承認者が同じでないかを確かめるのに使う。",
    "Posts, to check that nobody approves his own application.")
WORD(INIT_ON_GUIDELINE,
    "採用しているモデル: alpha, alpha-prime, beta, beta-prime",
    "the model in use: alpha, alpha-prime, beta, beta-prime")
WORD(INIT_ON_ZONES,
    "領域。networks に無いアドレスは「所属領域不明」と示す。インターネット（outside）は私用アドレスを含まない。",
    "Zones. An address in none of them is told as such; outside never claims private addresses.")
WORD(INIT_ON_CLOUD,
    "ガバメントクラウドの領域は、親の領域（\"parent\"）と回線（\"links\"）を付けて書く。",
    "A government-cloud area is a zone of its parent's tier with \"parent\" and \"links\" (sekisho-topology(5)).")
WORD(INIT_ON_LINKS,
    "外へ出る回線。承認の記録 \"approved\": { \"by\": […], \"number\": \"…\", \"on\": \"…\" } を書き足す。",
    "Lines that lead outside. Add each one's record: \"approved\": { \"by\": [...], \"number\": \"...\", \"on\": \"...\" }.")
WORD(INIT_LINE_LGWAN, "LGWAN回線", "LGWAN line")
WORD(INIT_LINE_SECURITY, "自治体情報セキュリティクラウド回線",
    "line to the security cloud")
WORD(INIT_LINE_PARTNER, "接続先の専用回線", "partner's line")
WORD(INIT_LINE_BREAKOUT, "ローカルブレイクアウト回線", "breakout line")
WORD(INIT_LINE_INTERNET, "インターネット回線", "Internet line")
WORD(INIT_ON_PROBE,
    "監視装置。管理用のアドレスも、ほかの機器と同じように判定する。",
    "The probe. Its own traffic is judged like any other.")
WORD(INIT_ON_FIREWALL,
    "境界機器。ルールの取込みまでは opaque（設定は未取込み）とする。",
    "The firewall; opaque until its ruleset is read.")
WORD(INIT_ON_BOUNDARY, "境界と監視点。", "The boundary and its taps.")
WORD(INIT_BOUNDARY_NAME, "本庁境界", "main boundary")
WORD(INIT_ON_TAPS,
    "segment: その監視点が見る領域。vlans: トランクの場合の番号と領域。どちらも無ければ中継区間。",
    "segment: whose segment the tap watches; vlans: of a trunk; neither: a transit link.")
WORD(INIT_ON_ROUTERS,
    "\"routers\": その区間へ転送する機器のアドレスとMAC。sekisho draft が観測から書き足す。",
    "\"routers\": who forwards onto it, address and MACs; sekisho draft adds what it saw.")
WORD(INIT_ON_CONDUITS,
    "許可通信（特定通信）。sekisho draft の案に、所管課・根拠・承認を記入する。記入のない案は適合にならない。",
    "What is permitted. Fill owner, basis and approval of what sekisho draft proposes; without it nothing conforms.")
WORD(INIT_ON_LEDGER,
    "機器台帳: \"ledger\": { \"file\": \"ledger.csv\", \"columns\": { \"address\": \"IPアドレス\", … } }",
    "The ledger of devices: \"ledger\": { \"file\": \"ledger.csv\", \"columns\": { \"address\": \"...\" } }")
WORD(INIT_CLOUD, "ガバメントクラウド", "government cloud")
WORD(INIT_LINE_CLOUD, "ガバメントクラウド接続回線",
    "line to the government cloud")
WORD(INIT_CLOUD_ALONE,
    "「{0}」の前に、属する個人番号利用事務系の領域（mynumber）が要ります",
    "\"{0}\" belongs to a zone of the tier mynumber, which must stand before it")
WORD(INIT_NO_TAPS,
    "構成定義の案を {0} に書きました。監視点がまだありません。\"taps\" に書き足してから、次に:",
    "the draft model is in {0}; it has no tap yet: add some to \"taps\", then:")
WORD(INIT_ON_DIVISIONS,
    "\"divisions\": 所管課。conduits の owner はここの id を書く。例 { \"id\": \"tax\", \"name\": \"税務課\" }",
    "\"divisions\": who owns conduits; owner is an id of these, like { \"id\": \"tax\", \"name\": \"税務課\" }")
