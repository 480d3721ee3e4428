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
WORD(AUDIT_OPEN_BEHIND, "このルールを閉じても、後ろの {0} が同様の通信を許可します。", " Closing that alone would not do: behind it {0} would let such packets through.")
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
WORD(AUDIT_BLOCKED_UNDECIDED, "登録された通信「{0}」（{1} から {2}）が通るかどうかは、調べる量の上限に達したため判定できていません", "whether conduit \"{0}\" ({1} to {2}) passes is undecided: the budget ended")

/* audit_ipv6.c */
WORD(AUDIT_IPV6_STRANGE, "IPv6 を使わない領域のインターフェースで、IPv6 の通信を許可しています: {0}（許可しているのは {1}）。不正なルータ広告などで IPv6 アドレスを得た端末の通信が通ります。", "IPv6 is let through at interfaces of zones that declare none: {0} (by {1}). Hosts that a rogue router advertisement gave an address pass.")
WORD(AUDIT_IPV6_UNDECIDED, "IPv6 を使わない領域の IPv6 の通信は、調べる量の上限に達したため判定できていません", "IPv6 of zones that declare none is undecided: the budget ended")

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
WORD(AUDIT_SUGGEST_IPV6, "IPv4 と同じ制限を IPv6 にも設けてください（inet テーブルの policy drop など）。IPv6 を使わないなら転送を止めてください。", "Give IPv6 the limits that IPv4 has (policy drop in an inet table). Where IPv6 is not used, do not forward it.")
WORD(AUDIT_SUGGEST_LIMIT, "送信元・宛先・プロトコル・ポートのすべてを、実際に使う端末・サーバとサービスに限定してください（通信登録も同様です）。", "Limit source, destination, protocol and port to the hosts and services that are used, in the rule and in the conduit.")
