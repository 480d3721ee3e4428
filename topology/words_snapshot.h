/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the catalogue, see words_table.h; no include guard on purpose.
 * sekisho snapshot, FWR-8. */
/* clang-format off */

/* snapshot.c, snapshot_write.c */
WORD(SNAPSHOT_UNREADABLE, "読めません: {0}", "cannot be read: {0}")
WORD(SNAPSHOT_NO_FILE, "通常のファイルでないか、大きすぎるため読みません", "is no regular file or too large, and is not read")
WORD(SNAPSHOT_FIELD, "「{0}」がないか、値が正しくありません。設定の控えのファイルが壊れています", "\"{0}\" is missing or its value is wrong: the snapshot is damaged")
WORD(SNAPSHOT_FORMAT, "設定の控え（sekisho-snapshot/1）ではありません: 「{0}」", "is no snapshot (sekisho-snapshot/1): \"{0}\"")
WORD(SNAPSHOT_ELSEWHERE, "別の境界機器「{0}」の控えがこのフォルダにあります", "is a snapshot of another firewall, \"{0}\"")
WORD(SNAPSHOT_LEFT_OUT, "控えが多すぎるため {0} 個を読んでいません", "holds too many snapshots: {0} are not read")
WORD(SNAPSHOT_ALTERED, "控えの内容がそのSHA-256と一致しません。壊れているか、書き換えられています", "does not hold the ruleset of its SHA-256: it is damaged or was altered")
WORD(SNAPSHOT_BUSY, "「{0}」は他の sekisho が使用中です（{1} 秒待ちました）", "\"{0}\" is in use by another sekisho (waited {1} s)")
WORD(SNAPSHOT_FOLDER, "フォルダ「{0}」を使えません: {1}", "cannot use the folder \"{0}\": {1}")
WORD(SNAPSHOT_NOT_WRITTEN, "「{0}」を書き込めません: {1}。以前の控えはそのまま残っています", "cannot write \"{0}\": {1}; what was stored before stands unchanged")

/* snapshot_audit.c */
WORD(SNAPSHOT_CHANGED, "承認済みの設定（承認番号 {0}、{1} まで使用を確認）から変更されていますが、変更番号の記録がありません。開く通信 {2} 件、閉じる通信 {3} 件", "the ruleset is not the approved one ({0}, last seen {1}) and no number of a change stands for it; {2} open, {3} close")
WORD(SNAPSHOT_CHANGED_TEXT, "承認済みの設定（承認番号 {0}、{1} まで使用を確認）から変更されていますが、変更番号の記録がありません。領域間の新しい通信の扱いは変わりません", "the ruleset is not the approved one ({0}, last seen {1}) and no number of a change stands for it; no new connection between zones fares otherwise")
WORD(SNAPSHOT_CHANGED_OPEN, "承認済みの設定（承認番号 {0}、{1} まで使用を確認）から変更されていますが、変更番号の記録がありません。影響は計算量の上限までに決まりませんでした", "the ruleset is not the approved one ({0}, last seen {1}) and no number of a change stands for it; what it changes could not be decided")
WORD(SNAPSHOT_APPROVED_LOST, "承認済みの設定の控えを読めないため、設定変更の有無を判定できません", "the approved snapshot cannot be read, so whether the ruleset changed is not known")
WORD(SNAPSHOT_NONE_APPROVED, "承認済みの設定の控えがないため、設定変更の有無を判定していません（sekisho snapshot --approve で登録します）", "there is no approved snapshot, so whether the ruleset changed is not judged (sekisho snapshot --approve makes one)")
WORD(SNAPSHOT_SELF_APPROVED, "設定の控えの承認（承認番号 {0}）は、控えを取得した本人によるものです", "the approval {0} of the snapshot is by the one who took it")
WORD(SNAPSHOT_WAITS, "設定は変更番号 {0} により変更され、承認待ちです", "the ruleset was changed under number {0} and waits for approval")

/* cmd_snapshot.c */
WORD(SNAPSHOT_NEEDS_FIREWALL, "--firewall で境界機器を指定してください", "name the firewall with --firewall")
WORD(SNAPSHOT_BAD_FIREWALL, "「{0}」は境界機器の識別子として使えません", "\"{0}\" cannot name a firewall")
WORD(SNAPSHOT_NO_FIREWALL, "構成定義に境界機器「{0}」がありません", "the model has no firewall \"{0}\"")
WORD(SNAPSHOT_TWO_SOURCES, "--kernel と --ruleset は同時に指定できません", "--kernel and --ruleset cannot be given both")
WORD(SNAPSHOT_NO_SOURCE, "--kernel、--ruleset 又は --approve のいずれかが必要です", "needs --kernel, --ruleset or --approve")
WORD(SNAPSHOT_NETNS, "--netns は --kernel と共に指定してください", "--netns goes with --kernel alone")
WORD(SNAPSHOT_APPROVE_NEEDS, "--approve には --by（承認者）と --number（承認番号）が必要です", "--approve needs --by (who approves) and --number")
WORD(SNAPSHOT_NOTHING_TO_APPROVE, "「{0}」の控えがまだないため、承認できません", "there is no snapshot of \"{0}\" to approve yet")
WORD(SNAPSHOT_CLOCK, "この機器の時刻（{0}）が最後の控え（{1}）より前です。時刻を確認してください", "the clock ({0}) stands before the last snapshot ({1}); check the time")
WORD(SNAPSHOT_STORED, "{0}: 新しい設定を保存しました（{1}）", "{0}: a new ruleset was stored ({1})")
WORD(SNAPSHOT_UNCHANGED, "{0}: 設定は前回から変わっていません（{1}）。使用確認の時刻だけを更新しました", "{0}: the ruleset is as before ({1}); only the time it was last seen moved")
WORD(SNAPSHOT_APPROVED, "{0}: 承認しました（承認者 {1}、承認番号 {2}）", "{0}: approved by {1}, number {2}")
WORD(SNAPSHOT_IS_APPROVED, "承認済みの設定と同じです", "it is the approved ruleset")
WORD(SNAPSHOT_NO_APPROVED, "承認済みの設定がまだありません。内容を確認のうえ --approve で承認してください", "no ruleset is approved yet; look it over and approve it with --approve")
WORD(SNAPSHOT_DIFFERS, "承認済みの設定（承認番号 {0}、{1} まで使用を確認）と異なります", "it differs from the approved ruleset ({0}, last seen {1})")
WORD(SNAPSHOT_WITHOUT_NUMBER, "変更番号の記録がありません（FWR-8）。--number で記録してください", "no number of a change stands for it (FWR-8); record one with --number")
WORD(SNAPSHOT_WITH_NUMBER, "変更番号 {0} が記録されています。承認待ちです", "number {0} stands for it; it waits for approval")
WORD(SNAPSHOT_NUMBER_KEPT, "変更番号 {0} が既に記録されているため、{1} は記録していません", "number {0} was recorded before; {1} is not")
WORD(SNAPSHOT_OWN_APPROVAL, "承認者が控えの取得者と同じです。承認は別の者が行ってください（TOP-3）", "who approves is who took the snapshot; somebody else must approve (TOP-3)")
WORD(SNAPSHOT_EMPTY, "控えはありません", "there is no snapshot")
WORD(SNAPSHOT_COLUMN_FIREWALL, "境界機器", "firewall")
WORD(SNAPSHOT_COLUMN_FROM, "使用確認（始）", "seen from")
WORD(SNAPSHOT_COLUMN_UNTIL, "使用確認（終）", "seen until")
WORD(SNAPSHOT_COLUMN_DIGEST, "SHA-256", "SHA-256")
WORD(SNAPSHOT_COLUMN_OPERATOR, "取得者", "taken by")
WORD(SNAPSHOT_COLUMN_CHANGE, "変更番号", "change")
WORD(SNAPSHOT_COLUMN_APPROVED, "承認", "approved")
