/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the catalogue, see words_table.h; no include guard on purpose. */
/* clang-format off */

/* guideline files */
WORD(GUIDELINE_KIND, "「{0}」は{1}で書きます（{2}が書かれています）", "\"{0}\" must be {1}, but {2} stands here")
WORD(GUIDELINE_MISSING, "「{0}」がありません。追加してください", "\"{0}\" is missing; add it")
WORD(GUIDELINE_FIELD, "「{0}」という項目はガイドラインの定義にありません。綴りを確かめるか削除してください", "a guideline has no field \"{0}\"; correct or remove it")
WORD(GUIDELINE_FIELD_NEAR, "「{0}」という項目はガイドラインの定義にありません。「{1}」ではありませんか", "a guideline has no field \"{0}\"; did you mean \"{1}\"?")
WORD(GUIDELINE_TIER, "「{0}」という領域区分はありません", "there is no tier \"{0}\"")
WORD(GUIDELINE_TIER_NEAR, "「{0}」という領域区分はありません。「{1}」ではありませんか", "there is no tier \"{0}\"; did you mean \"{1}\"?")
WORD(GUIDELINE_CELL, "「{0}」という取扱区分はありません。deny、permit、special、sanitise、screen、list のいずれかで書いてください", "there is no kind of cell \"{0}\"; use deny, permit, special, sanitise, screen or list")
WORD(GUIDELINE_CELL_NEAR, "「{0}」という取扱区分はありません。「{1}」ではありませんか", "there is no kind of cell \"{0}\"; did you mean \"{1}\"?")
WORD(GUIDELINE_NAMED_TWICE, "領域区分「{0}」が同じ一覧に二度あります。一方を削除してください", "the tier \"{0}\" stands twice in one list; remove one")
WORD(GUIDELINE_ALSO, "「{1}」の組に「{0}」を併記することはできません", "\"{0}\" cannot stand beside \"{1}\" in \"also\"")
WORD(GUIDELINE_GROUND, "根拠がありません。「article」に条項を書くか、「ours」を true とし「note」に理由を書いてください", "the cell rests on nothing; name an \"article\", or set \"ours\" and say why in \"note\"")
WORD(GUIDELINE_TWICE, "{0} から {1} への取扱いは {2} 行目で決まっています。一方を削除してください", "{0} to {1} is decided on line {2} already; remove one of them")
WORD(GUIDELINE_HIDDEN, "{0} から {1} への取扱いは元のモデルの {2} 行目で決まっています。変えるときは「overrides」に書いてください", "{0} to {1} is decided on line {2} by the model this one extends; to change it, write it in \"overrides\"")
WORD(GUIDELINE_NOTHING_OVERRIDDEN, "{0} から {1} への取扱いは元のモデルで決まっていません。「overrides」ではなく「cells」に書いてください", "no model that this one extends decides {0} to {1}; write it in \"cells\", not in \"overrides\"")
WORD(GUIDELINE_ENTRIES, "「{0}」の件数が多すぎます。領域区分をまとめて書いてください", "\"{0}\" has too many entries; group the tiers")
WORD(GUIDELINE_MODEL, "「{0}」というモデルはこのガイドラインにありません", "this guideline has no model \"{0}\"")
WORD(GUIDELINE_MODEL_NEAR, "「{0}」というモデルはこのガイドラインにありません。「{1}」ではありませんか", "this guideline has no model \"{0}\"; did you mean \"{1}\"?")
WORD(GUIDELINE_EXTENDS, "「extends」が循環しているか長すぎます。元のモデルを直接参照してください", "the chain of \"extends\" turns round or is too long; extend a base model")
WORD(GUIDELINE_UNDECIDED, "モデル「{0}」で {1} から次の領域区分への取扱いが決まっていません: {2}", "the model \"{0}\" does not decide {1} to: {2}")
WORD(GUIDELINE_FORMAT, "ガイドラインの形式は「{0}」でなければなりません", "the format of a guideline must be \"{0}\"")

/* TOP-2, TOP-8 */
WORD(CHECK_CELL_DENY, "通信登録「{0}」: {1} から {2} への通信は認められません（{3}）。登録を削除してください", "conduit \"{0}\": nothing may be opened from {1} to {2} ({3}); remove it")
WORD(CHECK_CELL_SPECIAL, "通信登録「{0}」: {1} から {2} へは特定通信だけが認められます（{3}）。必要な通信であれば「special」と「basis」（根拠）を記入してください", "conduit \"{0}\": only registered communication may go from {1} to {2} ({3}); if it is needed, set \"special\" and name its \"basis\"")
WORD(CHECK_CELL_BASIS, "通信登録「{0}」: {1} から {2} への特定通信に根拠がありません（{3}）。「basis」に根拠を記入してください", "conduit \"{0}\": registered communication from {1} to {2} rests on nothing ({3}); name its \"basis\"")
WORD(CHECK_CELL_SANITISE, "通信登録「{0}」: {1} から {2} へは無害化装置の送出側からだけ認められます（{3}）。送信元を「sanitisers」の「clean」に合わせてください", "conduit \"{0}\": from {1} to {2} only a sanitiser's clean side may open ({3}); limit \"from\" to the \"clean\" side of a sanitiser")
WORD(CHECK_CELL_SCREEN, "通信登録「{0}」: {1} から {2} へは画面転送だけが認められます（{3}）。画面転送であれば「transfers」を「screen」としてください", "conduit \"{0}\": from {1} to {2} only screen transfer may go ({3}); if it is that, set \"transfers\" to \"screen\"")
WORD(CHECK_CELL_LIST, "通信登録「{0}」: {1} から {2} へは宛先一覧・サーバ名・回線を限定した通信だけが認められます（{3}）。「to」の「list」、「server-names」、「via」の「links」を記入してください", "conduit \"{0}\": from {1} to {2} only listed services may be reached ({3}); give \"list\" in \"to\", \"server-names\" and \"links\" in \"via\"")
WORD(CHECK_CELL_EXCEPTED, "例外措置「{0}」は、認められない {1} から {2} への通信を許容しています（{3}）。許容中もガイドライン不適合です", "exception \"{0}\" tolerates what may not go from {1} to {2} ({3}); it stays against the guideline while it lasts")
WORD(CHECK_IMPORT_DIRECT, "通信登録「{0}」: {1} から {2} へ無害化を経ずにデータを取り込めます。送信元を無害化装置の送出側に限るか、画面転送としてください", "conduit \"{0}\": data can come from {1} into {2} without sanitising; let only a sanitiser's clean side open it, or make it screen transfer")
WORD(CHECK_IMPORT_OVER, "通信登録「{0}」: {1} の機器が通信登録「{2}」で受け取ったデータを、無害化を経ずに取り込めます。無害化装置の送出側に限ってください", "conduit \"{0}\": what a host in {1} receives by conduit \"{2}\" can come in without sanitising; limit it to a sanitiser's clean side")

WORD(CHECK_IMPORT_FETCHED, "通信登録「{0}」: {2} から {1} のファイルやメールを無害化を経ずに取り込めます。宛先を無害化装置の送出側に限るか、画面転送としてください", "conduit \"{0}\": files or mail of {1} can be fetched into {2} without sanitising; let it reach only a sanitiser's clean side, or make it screen transfer")

/* TOP-3 */
WORD(CHECK_NOT_APPROVED, "{0}「{1}」に承認の記録がありません。「approved」に承認者・番号・日付を記入してください", "{0} \"{1}\" has no approval; record who approved it, number and date in \"approved\"")
WORD(CHECK_NO_NUMBER, "{0}「{1}」の承認に文書番号がありません。「number」を記入してください", "the approval of {0} \"{1}\" has no number; add \"number\"")
WORD(CHECK_NO_DAY, "{0}「{1}」の承認に日付がありません。「on」を記入してください", "the approval of {0} \"{1}\" has no day; add \"on\"")
WORD(CHECK_FUTURE_DAY, "{0}「{1}」の承認の日付が未来です。「on」を確かめてください", "the approval of {0} \"{1}\" is dated in the future; check \"on\"")
WORD(CHECK_OWN_APPROVAL, "{0}「{1}」は申請者と承認者が同じです。別の者の承認を受けてください", "{0} \"{1}\" was approved by its own applicant; have another person approve it")
WORD(CHECK_NOT_BY_CISO, "{0}「{1}」はCISOの許可を得ていません。例外措置にはCISOの許可が必要です", "{0} \"{1}\" was not approved by the CISO, who alone can grant one")

/* TOP-4 */
WORD(CHECK_NOUN_TRIAL, "試行期間", "stage")
WORD(CHECK_EXPIRED, "{0}「{1}」は {2} に期限が切れています（{3} 日経過）。更新するか削除してください", "{0} \"{1}\" expired on {2}, {3} days ago; renew or remove it")
WORD(CHECK_EXPIRES, "{0}「{1}」の期限は {2} です（残り {3} 日）", "{0} \"{1}\" expires on {2}, in {3} days")
WORD(CHECK_RENEWAL, "{0}「{1}」は {2} に期限が切れましたが、更新の手続中です（{3} 日経過、猶予 30 日）", "{0} \"{1}\" expired on {2}, {3} days ago; its renewal is in progress (30 days of grace)")
WORD(CHECK_REVIEW_OVERDUE, "{0}「{1}」の見直し期限 {2} を {3} 日過ぎています。見直して「reviewed」を記入してください", "{0} \"{1}\" had to be reviewed by {2}, {3} days ago; review it and set \"reviewed\"")
WORD(CHECK_REVIEW_DUE, "{0}「{1}」の見直し期限は {2} です（残り {3} 日）", "{0} \"{1}\" must be reviewed by {2}, in {3} days")
WORD(CHECK_REVIEW_UNKNOWN, "{0}「{1}」をいつ見直したか分かりません。「reviewed」又は承認の日付を記入してください", "nobody can tell when {0} \"{1}\" was reviewed; set \"reviewed\" or the date of its approval")
WORD(CHECK_LIST_OLD, "{0}「{1}」は {2} に取得したもので、有効期間 {3} 日を過ぎています。取得し直してください", "{0} \"{1}\" was fetched on {2} and is older than {3} days; fetch it again")
WORD(CHECK_LIST_UNDATED, "アドレス一覧「{0}」に有効期間がありますが、取得日が分かりません。「fetched」を記入してください", "address list \"{0}\" has a \"max-age\", but not when it was fetched; set \"fetched\"")

/* TOP-5 */
WORD(CHECK_LACKS, "{0}「{1}」は次の限定がありません: {2}", "{0} \"{1}\" does not limit: {2}")
WORD(CHECK_LACKS_FROM, "送信元のアドレス（領域全体）", "addresses it comes from (whole zone)")
WORD(CHECK_LACKS_TO, "宛先のアドレス（領域全体）", "addresses it goes to (whole zone)")
WORD(CHECK_LACKS_SERVICES, "サービス", "services")
WORD(CHECK_LACKS_PROTOCOL, "プロトコル", "protocol")
WORD(CHECK_LACKS_PORTS, "ポート", "ports")
WORD(CHECK_LACKS_APPLICATIONS, "アプリケーション", "applications")

/* TOP-6, TOP-7 */
WORD(CHECK_NO_ENCRYPTION, "回線「{0}」は {1} につながっていますが、暗号化の要件がありません。「encryption」の「minimum」を記入してください", "link \"{0}\" leads to {1}, but says nothing of encryption; set \"minimum\" in \"encryption\"")
WORD(CHECK_CLOUD_NO_LINK, "領域「{0}」にはクラウドのアカウントがありますが、つながる回線がありません。「links」を記入してください", "zone \"{0}\" has cloud accounts, but no link leads to it, so that no encryption is required; name its \"links\"")
WORD(CHECK_BOUNDARY_BLIND, "境界「{0}」に監視点がありません。「taps」に監視点を置くか、領域を理由とともに「unmonitored」に記入してください", "no tap watches boundary \"{0}\"; add one to \"taps\", or list its zones with a reason in \"unmonitored\"")
WORD(CHECK_ZONE_BLIND, "領域「{0}」は境界「{1}」のどの監視点からも見えません。監視点を置くか、理由とともに「unmonitored」に記入してください", "no tap of boundary \"{1}\" watches zone \"{0}\"; add one, or list it with a reason in \"unmonitored\"")
WORD(CHECK_ZONE_NOWHERE, "領域「{0}」はどの境界にも属していないため監視されません。境界の「zones」に加えてください", "zone \"{0}\" is at no boundary, so nothing watches it; add it to the \"zones\" of one")
WORD(CHECK_LINK_BLIND, "回線「{0}」を見る監視点がありません。監視点に「link」を記入するか、その先の領域を「unmonitored」に記入してください", "no tap watches link \"{0}\"; name it as \"link\" of a tap, or list the zone behind it in \"unmonitored\"")

/* TOP-10, TOP-11, TOP-12 */
WORD(CHECK_NO_COMPENSATION, "例外措置「{0}」に代替措置がありません。「compensating」を記入してください", "exception \"{0}\" has no compensating measure; describe it in \"compensating\"")
WORD(CHECK_NO_END, "例外措置「{0}」に期限がありません。「expires」を記入してください", "exception \"{0}\" has no end; set \"expires\"")
WORD(CHECK_EMERGENCY_ON, "緊急対応「{0}」が {1} まで有効です。対象の通信登録: {2}", "emergency \"{0}\" is on until {1}; its conduits: {2}")
WORD(CHECK_EMERGENCY_ENDS, "緊急対応「{0}」はまもなく終わります（{1} まで）。続ける必要があれば、新しい緊急対応を登録してください。対象の通信登録: {2}", "emergency \"{0}\" ends soon, at {1}; enter a new one if it must go on; its conduits: {2}")
WORD(CHECK_EMERGENCY_NO_REASON, "緊急対応「{0}」に理由がありません。「reason」を記入してください", "emergency \"{0}\" has no reason; give it in \"reason\"")
WORD(CHECK_EMERGENCY_OPENS_NOTHING, "緊急対応「{0}」は何も認めません。時間の定めを外すなら「lifts」に \"schedule\" を、緊急時専用とするなら対象の通信登録に「emergency」を書いてください", "emergency \"{0}\" opens nothing: put \"schedule\" into \"lifts\" so that hours do not count, or \"emergency\": \"only\" into its conduits")
WORD(CHECK_EMERGENCY_NEVER, "通信登録「{0}」は緊急時専用ですが、これを挙げる緊急対応がないため、使える時がありません", "conduit \"{0}\" is for emergencies only, but no emergency names it: it can never be used")
WORD(CHECK_EXCUSES_NOTHING, "例外措置「{0}」はどの通信も許容しません。禁止された通信の例外には、双方の「hosts」とポートの記入が必要です", "exception \"{0}\" excuses nothing: for a forbidden crossing it must name \"hosts\" on both sides and ports")
WORD(CHECK_NUMBERS_AUTHORITY, "個人番号を検査する領域がありますが、CISOによる権限の承認が不完全です。「authority」に承認者・番号・日付を記入するまで検査しません", "zones are to be examined for individual numbers, but the CISO's authority is incomplete; nothing is examined until \"authority\" names who, number and date")
WORD(CHECK_PAYLOAD_AUTHORITY, "領域「{0}」は内容を含む証拠を残すことになっていますが、CISOによる権限の承認が不完全です。「authority」に承認者・番号・日付を記入するまで見出しだけを残します", "evidence of zone \"{0}\" is to hold payload, but the CISO's authority is incomplete; only headers are kept until \"authority\" names who, number and date")
WORD(CHECK_SAME_ADDRESSES, "通信登録「{0}」: {1} と {2} のアドレスが重なっており、アドレス変換なしには通信できません。「translations」に記入してください", "conduit \"{0}\": the addresses of {1} and {2} overlap, so it needs a translation; declare it in \"translations\"")
WORD(CHECK_TARGET_OUTSIDE, "アドレス変換後のアドレス {0} は領域「{1}」のものではありません。「to」又は「toward」を確かめてください", "the translation to {0} leaves zone \"{1}\", toward which it is declared; check \"to\" and \"toward\"")
