/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the catalogue, see words_table.h; no include guard on purpose.
 * Zone pairs of an audit: FWR-1, 2, 5, 7. */
/* clang-format off */

/* audit_space.c */
WORD(AUDIT_NO_INTERFACE, "領域「{0}」の通るインターフェースが firewalls の「{1}」に書かれていないため、どのインターフェースでも通るものとして調べました", "no interface of firewall \"{1}\" is declared for zone \"{0}\": any was taken")

/* audit_open.c */
WORD(AUDIT_IPV4, "IPv4", "IPv4")
WORD(AUDIT_IPV6, "IPv6", "IPv6")
WORD(AUDIT_IP, "IPv4・IPv6", "IPv4 and IPv6")
WORD(AUDIT_OPEN, "{0} から {1} へ、登録のない {2} の通信を許可しています（許可しているのは {3}）。{4}", "{2} from {0} to {1} is let through that nothing declares (by {3}).{4}")
WORD(AUDIT_OPEN_FORBIDDEN, "ガイドラインが禁止する {0} から {1} への {2} の通信を許可しています（許可しているのは {3}）。{4}", "{2} from {0} to {1}, which the guideline forbids, is let through (by {3}).{4}")
WORD(AUDIT_OPEN_POSSIBLY, "設定だけでは判定できない条件（FWR-13）によっては遮断されます。", " Depending on what the ruleset alone does not tell (FWR-13) it is dropped.")
WORD(AUDIT_OPEN_INVALID, "接続を始めないパケット（FIN・RST だけの TCP、ICMP の応答やエラーなど）が、どの接続にも属さないまま（state invalid）通ります。示し合わせた両端の間では情報を運べます。", " Packets that begin nothing (TCP with FIN or RST alone, ICMP answers and errors) pass without any connection (state invalid); two ends that agree can carry data by them.")
WORD(AUDIT_SUGGEST_INVALID, "`ct state invalid drop` を許可ルールより前に置くか、そのルールに `ct state new` を付けてください。応答とエラーは `ct state established,related accept` で通ります", "Put `ct state invalid drop` before rules that accept, or `ct state new` into that rule: answers and errors pass by `ct state established,related accept`")
WORD(AUDIT_INVALID_UNDECIDED, "{0} → {1}: 接続に属さないパケット（state invalid）が通るかは、計算量の上限までに決まりませんでした", "{0} → {1}: whether packets without a connection (state invalid) pass was not decided within the budget")
WORD(AUDIT_OPEN_BEHIND, "このルールを閉じても、後ろの {0} が同様の通信を許可します。", " Closing that alone would not do: behind it {0} would let such packets through.")
WORD(AUDIT_OPEN_LAPSED, "{0} から {1} への {2} の通信を許可していますが、該当する通信登録「{5}」は{6}ため、登録として数えられません（許可しているのは {3}）。{4}", "{2} from {0} to {1} is let through (by {3}), while its conduit \"{5}\" does not count: {6}.{4}")
WORD(AUDIT_LAPSE_EXPIRED, "期限（{0}）を過ぎている", "it expired on {0}")
WORD(AUDIT_LAPSE_NOT_BEGUN, "開始日（{0}）より前である", "it begins on {0}")
WORD(AUDIT_LAPSE_UNAPPROVED, "観測から起こされたまま承認されていない", "it was drafted from what was observed and nobody approved it")
WORD(AUDIT_LAPSE_EMERGENCY, "緊急時に限られ、いまは緊急時でない", "it is for emergencies only and none is on")
WORD(AUDIT_LAPSE_NOT_ENTITLED, "この経路に必要な特例・無害化などの条件を満たしていない", "it lacks what this path asks for (special measures, sanitising ...)")
WORD(AUDIT_AND_MORE, "、ほか {0} 件", " and {0} more")
WORD(AUDIT_BY_POLICY, "{0} の既定（accept）", "the policy of {0} (accept)")
WORD(AUDIT_BY_NOTHING, "転送を制限するチェーンがないため", "no chain that filters what is forwarded")
WORD(AUDIT_OPEN_UNDECIDED, "{0} から {1} への {2} の通信は、調べる量の上限に達したため判定できていません（調べたルール {3}/{4}）", "{2} from {0} to {1} is undecided: the budget ended (rules asked: {3} of {4})")
WORD(AUDIT_IPV6_ONLY, "{0} から {1} へ、IPv4 では許可していない登録のない通信を、IPv6 では許可しています（許可しているのは {2}）。", "From {0} to {1} IPv6 lets through what nothing declares, while IPv4 lets nothing of the kind through (by {2}).")
WORD(AUDIT_BOTH_WAYS, "経路制御（forward）とブリッジの両方のチェーンがあるため、どちらかで通れば「通る可能性がある」、両方で通れば「通る」としています", "there are chains for routed and for bridged packets: what passes by either may pass, what passes by both does")

/* audit_blocked.c */
WORD(AUDIT_BY_POLICY_DROP, "{0} の既定（drop）", "the policy of {0} (drop)")
WORD(AUDIT_BLOCKED_WHOLE, "登録された通信「{0}」（{1} から {2}）がすべて遮断されます（例: {3}。遮断しているのは {4}）。{5}", "conduit \"{0}\" ({1} to {2}) is blocked altogether (such as {3}; by {4}).{5}")
WORD(AUDIT_BLOCKED_SERVICE, "登録された通信「{0}」（{1} から {2}）のうち {3} がすべて遮断されます（遮断しているのは {4}）。{5}", "of conduit \"{0}\" ({1} to {2}) {3} is blocked altogether (by {4}).{5}")
WORD(AUDIT_BLOCKED_PART, "登録された通信「{0}」（{1} から {2}）の一部が遮断されます（例: {3}。遮断しているのは {4}）。{5}", "a part of conduit \"{0}\" ({1} to {2}) is blocked (such as {3}; by {4}).{5}")
WORD(AUDIT_BLOCKED_IPV6, "IPv6 だけのことで、IPv4 では通ります。", " Of IPv6 only; IPv4 passes.")
WORD(AUDIT_BLOCKED_PROXY, "この領域の端末はプロキシ「{0}」を経由するため、直接の通信の遮断は意図したものと考えられます。", " Clients of this zone go through the proxy \"{0}\": that they cannot go past it is probably meant.")
WORD(AUDIT_BLOCKED_ELSEWHERE, "宛先が別のアドレスに変換され、登録した宛先には届きません。", " Its destination is translated: it goes elsewhere.")
WORD(AUDIT_BLOCKED_DOUBT, "登録された通信「{0}」（{1} から {2}）は、条件（{3}）次第で遮断される可能性があります（例: {4}）。", "Conduit \"{0}\" ({1} to {2}) may be blocked, depending on {3} (such as {4}).")
WORD(AUDIT_BLOCKED_DOUBT_SOME, "登録された通信「{0}」（{1} から {2}）は、条件（{3}）次第で遮断される可能性があります。", "Conduit \"{0}\" ({1} to {2}) may be blocked, depending on {3}.")
WORD(AUDIT_BLOCKED_UNDECIDED, "登録された通信「{0}」（{1} から {2}）が通るかどうかは、調べる量の上限に達したため判定できていません", "whether conduit \"{0}\" ({1} to {2}) passes is undecided: the budget ended")

/* audit_ipv6.c */
WORD(AUDIT_IPV6_STRANGE, "IPv6 を使わない領域のインターフェースで、IPv6 の通信を許可しています: {0}（許可しているのは {1}）。不正なルータ広告などで IPv6 アドレスを得た端末の通信が通ります。", "IPv6 is let through at interfaces of zones that declare none: {0} (by {1}). Hosts that a rogue router advertisement gave an address pass.")
WORD(AUDIT_IPV6_UNDECIDED, "IPv6 を使わない領域の IPv6 の通信は、調べる量の上限に達したため判定できていません", "IPv6 of zones that declare none is undecided: the budget ended")

/* audit_stranger.c */
WORD(STRANGER_INTERFACE, "インターフェース {0}", "interface {0}")
WORD(STRANGER_IN, "構成定義でどの領域にも属さない{0}から入り、{1} へ出る通信を許可しています。その先に何がつながっているかは分かりません。", "What comes in by {0} is let through to {1}, and the model gives that interface no zone: nobody knows what lies behind it.")
WORD(STRANGER_OUT, "{1} から、構成定義でどの領域にも属さない{0}へ出る通信を許可しています。その先に何がつながっているかは分かりません。", "What comes from {1} is let out by {0}, and the model gives that interface no zone: nobody knows what lies behind it.")
WORD(STRANGER_MANAGES, "構成定義でどの領域にも属さない{0}から境界機器自身への通信が許可されています。その先に何がつながっているかは分かりません。", "{0} may open connections to the firewall itself, and the model gives it no zone: nobody knows what lies behind it.")
WORD(STRANGER_SUGGEST, "{0}が使われているなら、構成定義の firewalls[].interfaces に領域とともに登録してください。使われていないなら、該当ルールを削除してください。", "Where {0} is in use, declare it with its zone in firewalls[].interfaces of the model; where it is not, remove the rule.")
WORD(STRANGER_UNDECIDED, "構成定義でどの領域にも属さない{0}の通信は、調べる量の上限に達したため一部判定できていません", "what is let through at {0}, which the model gives no zone, is undecided in part: the budget ended")
WORD(STRANGER_TOO_MANY, "構成定義でどの領域にも属さないインターフェースが多すぎるため、一部は判定していません", "too many interfaces of the ruleset have no zone in the model: some were not asked about")

/* audit_nowhere.c */
WORD(NOWHERE_FROM, "どの領域にも属さないアドレス（例: {0}）から、インターフェース {1} を通って {2} へ入る通信を許可しています（許可しているのは {3}）。{4}", "packets from an address in no zone (such as {0}) through interface {1} into {2} are let through (by {3}).{4}")
WORD(NOWHERE_TO, "{2} から、インターフェース {1} を通って、どの領域にも属さないアドレス（例: {0}）へ出る通信を許可しています（許可しているのは {3}）。{4}", "packets from {2} through interface {1} to an address in no zone (such as {0}) are let through (by {3}).{4}")
WORD(NOWHERE_MORE, "同じルールが、ほか {0} の組合せでも許可します。", " The same rule does so in {0} more cases.")
WORD(NOWHERE_SUGGEST, "ルールの送信元・宛先を、宣言した領域のアドレスに限定してください。必要な通信なら、そのネットワークを領域（zones）に書き、根拠と承認を得て登録してください。", "Limit the rule to addresses of declared zones. What is needed must be declared first: the network in a zone, the traffic as a conduit with its basis and approval.")
WORD(NOWHERE_UNDECIDED, "{0} と {1} の間の、どの領域にも属さないアドレスの通信は、調べる量の上限に達したため判定できていません", "packets between {0} and {1} of addresses in no zone are undecided: the budget ended")

/* audit_answers.c */
WORD(ANSWERS_DROPPED, "通信登録 {0} 件（{1}）の通信は、要求は通りますが、応答が必ず遮断されるため成立しません（例: {2}。遮断しているのは {3}）。", "answers are dropped: requests of {0} declared conduits ({1}) pass and their answers never do, so that no TCP connection comes about (such as {2}; by {3}).")
WORD(ANSWERS_SUGGEST, "確立済みの通信（ct state established,related）を許可するルールを、遮断しているところの前に置いてください。notrack を使う場合は、応答側を許可するルールも必要です。", "Accept what is established (ct state established,related) in front of what drops it. Where notrack is used the answers need rules of their own.")
WORD(ANSWERS_UNDECIDED, "{0} から {1} への通信の応答が通るかどうかは、調べる量の上限に達したため判定できていません", "whether answers to {0} from {1} pass is undecided: the budget ended")

/* audit_approval.c */
WORD(AUDIT_UNAPPROVED, "承認の記録がない、または承認日が先の日付の通信登録 {0} 件（{1}）も、登録された通信として扱いました（sekisho check の TOP-3）", "{0} conduits ({1}) without an approval, or with one in the future, were taken as declared all the same (TOP-3 of sekisho check)")

/* audit_narrow.c */
WORD(AUDIT_NARROW, "個人番号を扱う領域との通信（{0} から {1}）を許可する {2} は、{3} を限定していません。通信登録そのものの限定が足りない場合は、通信登録も見直してください。", "{2} accepts traffic of a zone of personal numbers ({0} to {1}) without limiting {3}. Where the conduit itself is that wide, narrow it as well.")
WORD(AUDIT_LIMIT_SOURCE, "送信元", "its source")
WORD(AUDIT_LIMIT_DESTINATION, "宛先", "its destination")
WORD(AUDIT_LIMIT_PROTOCOL, "プロトコル", "its protocol")
WORD(AUDIT_LIMIT_PORT, "宛先ポート", "its destination port")
WORD(AUDIT_NARROW_UNDECIDED, "{0} から {1} への通信を許可するルールの限定は、調べる量の上限に達したため判定できていません", "how the rules for {0} to {1} are limited is undecided: the budget ended")

/* audit_suggest.c */
WORD(AUDIT_SUGGEST_DROP, "該当ルールの前に、{0} から {1} への登録のない新しい接続だけを遮断するルールを入れる例です。登録された通信と確立済みの接続には影響しません。該当ルールがほかの組合せでも不要なら、削除してください。", "In front of the rule this drops new connections from {0} to {1} that nothing declares and nothing else: what is declared and what is established stays. Delete the rule where no other pair needs it.")
WORD(AUDIT_SUGGEST_DROP_END, "チェーンの最後に、{0} から {1} への登録のない新しい接続だけを遮断するルールを入れる例です。本来は、必要な通信を許可するルールがそろっていることを確かめたうえで、既定を drop にしてください。", "At the end of the chain this drops new connections from {0} to {1} that nothing declares and nothing else. Better make the policy drop, once rules accept all that is needed.")
WORD(AUDIT_SUGGEST_NARROW, "該当ルールを、{0} から {1} への登録された通信（送信元・宛先・プロトコル・ポート）だけに絞ってください。業務に必要な通信なら、根拠と承認を得て先に登録してください。", "Narrow the rule to what is declared from {0} to {1} (source, destination, protocol, port). What is needed must be declared first, with its basis and approval.")
WORD(AUDIT_SUGGEST_CHAIN, "転送を制限するチェーン（type filter hook forward、policy drop）を作り、登録された通信だけを許可してください。", "Make a chain that filters what is forwarded (type filter hook forward, policy drop) and accept in it what is declared.")
WORD(AUDIT_SUGGEST_ACCEPT, "遮断しているところの前に、通信登録「{0}」の範囲だけを許可するルールを入れる例です。ほかのチェーンでも遮断されていないか、適用前に確かめてください。", "In front of what drops it this accepts conduit \"{0}\" and nothing wider. Check before applying it that no other chain drops it as well.")
WORD(AUDIT_SUGGEST_ALLOW, "通信登録「{0}」が今も必要なら、その範囲（送信元・宛先・プロトコル・ポート）だけを許可してください。不要なら登録を廃止してください。", "If conduit \"{0}\" is still needed, accept it and nothing wider (source, destination, protocol, port); else end the conduit.")
WORD(AUDIT_SUGGEST_DOUBT, "条件（{0}）の値が、通信登録「{1}」の業務に足りるか確認してください。", "Make sure that the condition ({0}) leaves conduit \"{1}\" what it needs.")
WORD(AUDIT_SUGGEST_RENEW, "まず通信登録「{0}」の更新の要否を業務の担当に確かめ、必要なら更新の承認を得てください。不要と確かめてから、ルールと登録を削除してください。", "First ask those who need conduit \"{0}\" and have its renewal approved; only when nobody needs it delete the rule and the conduit.")
WORD(AUDIT_SUGGEST_BEGIN, "まず通信登録「{0}」の開始日を確かめてください。開始前なら、開始日までルールを無効にするか、早める承認を得てください。", "First check the day on which conduit \"{0}\" begins: have an earlier one approved, or disable the rule until then.")
WORD(AUDIT_SUGGEST_APPROVE, "まず通信登録「{0}」の要否を業務の担当に確かめ、必要なら根拠を記して承認を得てください。不要と確かめてから、ルールと登録を削除してください。", "First ask those who need conduit \"{0}\" and have it approved with its basis; only when nobody needs it delete the rule and the conduit.")
WORD(AUDIT_SUGGEST_EMERGENCY, "通信登録「{0}」は緊急時に限るものです。緊急時でなければルールを無効にし、緊急時なら発動を記録してください。常時必要なら、その承認を得てください。", "Conduit \"{0}\" is for emergencies: disable its rule while none is on, or record the one that is. What is needed at all times must be approved as such.")
WORD(AUDIT_SUGGEST_ENTITLE, "まず通信登録「{0}」がこの経路に必要な条件（特例の根拠、無害化の経路など）を満たすか確かめ、満たすなら登録に記して承認を得てください。", "First see whether conduit \"{0}\" has what this path asks for (basis of special measures, a sanitiser ...), write it into the conduit and have it approved.")
WORD(AUDIT_SUGGEST_IPV6, "IPv4 と同じ制限を IPv6 にも設けてください（inet テーブルの policy drop など）。IPv6 を使わないなら転送を止めてください。", "Give IPv6 the limits that IPv4 has (policy drop in an inet table). Where IPv6 is not used, do not forward it.")
WORD(AUDIT_SUGGEST_LIMIT, "送信元・宛先・プロトコル・ポートのすべてを、実際に使う端末・サーバとサービスに限定してください（通信登録も同様です）。", "Limit source, destination, protocol and port to the hosts and services that are used, in the rule and in the conduit.")
