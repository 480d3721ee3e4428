/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the catalogue, see words_table.h; no include guard on purpose.
 * Rules of an audit: FWR-3, 4, 6, 11, 12, 13, 14, COV-12, and changes. */
/* clang-format off */

/* audit_change_text.c, audit_change_rules.c */
WORD(CHANGE_HEAD, "新しい通信の扱いの変化: 開く通信 {0} 件、閉じる通信 {1} 件", "what changes for new connections: {0} open, {1} close")
WORD(CHANGE_NONE, "領域間及び境界機器への新しい通信の扱いは変わりません", "no new connection between zones or to the firewall fares otherwise")
WORD(CHANGE_NONE_DECIDED, "調べ終えた範囲では、新しい通信の扱いは変わりません", "as far as it was decided, no new connection fares otherwise")
WORD(CHANGE_LEFT_OUT, "ほか {0} 件は省略しました", "{0} more are left out")
WORD(CHANGE_UNDECIDED, "{0} 件の問いは計算量の上限までに決まりませんでした（変化がないとは言えません）", "{0} questions ended with the budget: that is no proof that nothing else changes")
WORD(CHANGE_DECLARED, "登録あり", "declared")
WORD(CHANGE_UNDECLARED, "登録なし", "not declared")
WORD(CHANGE_POSSIBLE, "（判定不能な条件次第）", "(depends on what cannot be known)")
WORD(CHANGE_OLD, "旧: ", "old: ")
WORD(CHANGE_NEW, "新: ", "new: ")
WORD(CHANGE_POLICY, "{0} の既定動作", "policy of {0}")
WORD(CHANGE_NO_RULE, "（該当するチェインなし）", "(no chain there)")
WORD(CHANGE_STRUCTURE, "* 基底チェイン・優先度・既定動作の構成が異なります", "* base chains, priorities or policies differ")
WORD(CHANGE_SET, "（参照する集合の要素が変わりました）", " (the elements of its sets changed)")
WORD(CHANGE_MORE, "ほか {0} 行", "{0} more lines")

/* audit_peer.c */
WORD(PEER_OPENS, "冗長構成の相手機では許可されるが、この機器では遮断される通信があります（{0} 件）。切替え時に通信が開きます", "the redundant peer lets through what this firewall drops ({0}); a failover opens it")
WORD(PEER_CLOSES, "この機器では許可されるが、冗長構成の相手機では遮断される通信があります（{0} 件）。切替え時に通信が途絶します", "this firewall lets through what its redundant peer drops ({0}); a failover cuts it")
WORD(PEER_UNDECIDED, "冗長構成の相手機との比較で {0} 件の問いが決まりませんでした", "{0} questions of the comparison with the redundant peer stayed open")
WORD(PEER_SAME_MEANING, "冗長構成の相手機の設定は文面が異なりますが、新しい通信の扱いは同じです", "the redundant peer's ruleset is written otherwise, but no new connection fares otherwise")

/* audit_shadow.c */
WORD(SHADOW_SAME, "前のルールにすべて覆われており、適用されません（同じ動作のため、削除しても変わりません）", "earlier rules cover it, so it never applies (they do the same: it can go)")
WORD(SHADOW_OTHER, "異なる動作のルールに覆われており、適用されません（意図した動作になっていません）", "earlier rules that do otherwise cover it, so it never applies: what it is meant to do does not happen")
WORD(SHADOW_NOTHING, "前のルールで処理が終わるため、記録・計数されません", "earlier rules end the way of every packet it is for: it logs and counts nothing")
WORD(SHADOW_EMPTY, "条件が矛盾しており、どの通信にも該当しません", "its condition contradicts itself: it matches nothing")
WORD(SHADOW_NEVER_COMES, "このチェインへ移る条件と矛盾しており、該当する通信が来ません", "no packet that comes to its chain can match it")
WORD(SHADOW_CHAIN, "チェイン「{0}」へ移るルールがなく、{1} 個のルールが適用されません", "nothing leads to chain {0}: its {1} rules never apply")
WORD(SHADOW_UNDECIDED, "{0} 個のルールは、適用されるかどうかが計算量の上限までに決まりませんでした", "of {0} rules it could not be decided whether they ever apply")

/* audit_default.c */
WORD(DEFAULT_NO_CHAIN, "{0} の転送を制御する基底チェイン（hook forward）がなく、転送がすべて許可されます", "no base chain filters what is forwarded over {0}: everything passes")
WORD(DEFAULT_DORMANT, "{0} の転送を制御するチェイン「{1}」のテーブルが dormant（停止中）のため、働いていません", "chain {1}, which would filter what is forwarded over {0}, is in a dormant table and sees nothing")
WORD(DEFAULT_POLICY, "チェイン「{1}」の既定動作が許可で、どのルールにも該当しない {0} の通信が転送されます", "the policy of {1} accepts: what no rule names is forwarded over {0}")
WORD(DEFAULT_ACCEPTING_RULE, "チェイン「{1}」に条件のない許可ルールがあり、どのルールにも該当しない {0} の通信が転送されます", "a rule of {1} accepts everything: what no other rule names is forwarded over {0}")
WORD(DEFAULT_UNDECIDED, "チェイン「{0}」の終わりで許可される通信があるかどうかは決まりませんでした", "whether anything is accepted at the end of {0} could not be decided")
WORD(DEFAULT_UNUSED_FAMILY, "{0} の転送を制御する基底チェインがありません。構成定義に {0} を使う領域はありませんが、境界機器の {0} の転送が無効であることを確認してください", "no base chain filters what is forwarded over {0}. No zone of the model uses {0}; make sure that forwarding of {0} is off")

/* audit_default_log.c */
WORD(LOG_RULE, "チェイン「{0}」のこのルールで、禁止された経路の通信が記録なしに遮断されます", "this rule of {0} drops what takes a forbidden way, and nothing logs it")
WORD(LOG_POLICY, "チェイン「{0}」の既定動作で、禁止された経路の通信が記録なしに遮断されます", "the policy of {0} drops what takes a forbidden way, and nothing logs it")
WORD(LOG_FOLDED, "このほか {0} 個の遮断ルールに記録（log）がありません（個別には調べていません）", "{0} more dropping rules have no log of their own (not asked one by one)")
WORD(LOG_UNDECIDED, "チェイン「{0}」で記録なしに遮断される通信があるかどうかは決まりませんでした", "whether anything is dropped unlogged in {0} could not be decided")

/* audit_spoof.c */
WORD(SPOOF_OPEN, "領域「{0}」のアドレスを送信元とする通信が、他の領域のインタフェース（{1}）から入っても許可されます", "packets with a source address of zone {0} are let through when they arrive at another zone's interface ({1})")
WORD(SPOOF_NOT_EXPORTED, "領域「{0}」のアドレスを送信元とする通信が、他の領域のインタフェースから入っても許可され得ます。装置の逆経路確認（FortiOSは既定で有効）はポリシーの一覧に含まれないため、設定を確認してください", "packets with a source address of zone {0} may be let through when they arrive at another zone's interface: the reverse path check of the device (on by default in FortiOS) is not in the export, look whether it is on")
WORD(SPOOF_UNDECIDED, "領域「{0}」の送信元詐称が許可されるかどうかは決まりませんでした", "whether spoofed sources of zone {0} are let through could not be decided")
WORD(SPOOF_RP_FILTER, "カーネルの逆経路確認（net.ipv4.conf.*.rp_filter）は調べていません。それが 1 であれば IPv4 の送信元詐称は遮断されます", "the kernel's own reverse path filter (net.ipv4.conf.*.rp_filter) was not looked at; where it is 1 it drops spoofed IPv4 sources")

/* audit_manage.c */
WORD(MANAGE_INVALID, "領域「{0}」から境界機器自身へ、接続を始めない TCP のパケット（FIN・RST だけなど）が、どの接続にも属さないまま（state invalid）通ります。登録（宛先 firewall の許可通信）がありません", "zone {0} may send the firewall itself TCP packets that begin nothing (FIN or RST alone and the like), without any connection (state invalid), and no conduit to \"firewall\" declares it")
WORD(MANAGE_OPEN, "領域「{0}」から境界機器自身への通信が許可されていますが、登録（宛先 firewall の許可通信）がありません", "zone {0} may open connections to the firewall itself, and no conduit to \"firewall\" declares it")
WORD(MANAGE_POLICY, "境界機器自身への {0} の通信が、既定動作ですべて許可されています", "the policy lets everything over {0} into the firewall itself")
WORD(MANAGE_NO_CHAIN, "境界機器自身への {0} の通信を制御する基底チェイン（hook input）がありません", "no base chain filters what comes over {0} to the firewall itself")
WORD(MANAGE_MORE, "領域「{0}」から境界機器自身への通信を許可するルールはほかに {1} 個あります", "{1} more rules let zone {0} into the firewall itself")
WORD(MANAGE_NOT_TOLD, "境界機器自身への通信（管理アクセス）の設定が取込みデータにないため、判定していません。sekisho-ruleset/1 の input のルールか既定動作で補えます", "who may reach the firewall itself stands nowhere in what was imported and is not judged; rules of the hook input, or its default, in sekisho-ruleset/1 would tell")
WORD(MANAGE_UNDECIDED, "領域「{0}」から境界機器自身への通信は、一部が決まりませんでした", "what zone {0} may open to the firewall itself could not be decided entirely")

/* audit_unknown.c */
WORD(UNKNOWN_OPENS, "判定不能な条件（{0}）があります。条件次第で通信を許可するため、許可される場合とされない場合の両方で評価しました", "it depends on what cannot be known ({0}) and may open: both outcomes were evaluated")
WORD(UNKNOWN_BLOCKS, "判定不能な条件（{0}）があります。条件次第で通信を遮断するため、遮断される場合とされない場合の両方で評価しました", "it depends on what cannot be known ({0}) and may block: both outcomes were evaluated")
WORD(UNKNOWN_BOTH, "判定不能な内容（{0}）があります。許可にも遮断にもなり得るため、両方で評価しました", "it depends on what cannot be known ({0}) and may open or block: both outcomes were evaluated")
WORD(UNKNOWN_FOLDED, "判定不能な条件のあるルールはほかに {0} 個あります（いずれも両方の場合で評価しました）", "{0} more rules depend on what cannot be known; both outcomes were evaluated")
WORD(RULESET_OPAQUE, "境界機器「{0}」の設定は読み取れない種別（opaque）のため、設定上の許可・遮断は不明です", "the ruleset of firewall {0} cannot be read (opaque): what it lets through is not known")
WORD(RULESET_MISSING, "境界機器「{0}」の設定が取り込まれていないため、設定上の許可・遮断は不明です", "no ruleset of firewall {0} was given: what it lets through is not known")
WORD(RULESET_OLD, "境界機器「{0}」の設定は {1} に確認したもので、{2} 日前です（上限 {3} 日）。取り込み直してください", "the ruleset of firewall {0} was last seen on {1}, {2} days ago (limit {3}); take it again")
