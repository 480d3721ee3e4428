/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fields of each kind of table, the headings they usually stand under,
 * and the column map, which overrides these. Headings are compared by
 * cell_key: without width, case and blanks.
 */
#include <stdlib.h>
#include <string.h>

#include "import_grid.h"

#define MAP_BYTES_MAX 65536

#define DIVISIONS                                                                                         \
	"所管課|所管|主管課|所属|担当課|部署|課名|課室名|所管部署|管理課|"     \
	"主管部署|担当部署|所管所属|設置課|管理部署|使用課|所属課|所管課名|" \
	"所属名|主管課名|担当課名|division|department"
#define NOTES "備考|摘要|注記|特記事項|コメント|note|notes|remarks"

static const struct field_row ledger_fields[] = {
	{ FIELD_ADDRESS, "address",
	    "ipアドレス|ip|ipaddress|ipv4アドレス|ipv6アドレス|ipv4|ipv6|"
	    "固定ipアドレス|固定ip|割当ipアドレス|割当ip|設定ipアドレス|"
	    "ipアドレス範囲|アドレス|address",
	    FIELD_MANY },
	{ FIELD_MAC, "mac",
	    "macアドレス|mac|macaddress|物理アドレス|ハードウェアアドレス", 0 },
	{ FIELD_NAME, "name",
	    "機器名|機器名称|端末名|端末名称|サーバ名|サーバー名|サーバ名称|"
	    "装置名|機器|ホスト名|コンピュータ名|コンピューター名|名称|"
	    "hostname|host|name|device",
	    0 },
	{ FIELD_SYSTEM, "system",
	    "情報システム名|情報システム名称|情報システム|システム名|"
	    "システム名称|業務システム名|利用システム|システム|業務名|system",
	    FIELD_MERGED | FIELD_FILL },
	{ FIELD_DIVISION, "division", DIVISIONS, FIELD_MERGED | FIELD_FILL },
	{ FIELD_KIND, "kind",
	    "種別|機器種別|機器区分|機器種類|区分|種類|分類|kind|type",
	    FIELD_MERGED },
	{ FIELD_OFFLINE, "offline",
	    "非接続|ネットワーク非接続|スタンドアロン|オフライン|非接続登録|"
	    "offline",
	    0 },
	{ FIELD_CONNECTED, "connected",
	    "ネットワーク接続|ネットワーク接続有無|ネットワーク接続の有無|"
	    "接続有無|接続の有無|lan接続|connected",
	    0 },
	{ FIELD_ZONE, "zone",
	    "領域|接続領域|所属領域|ネットワーク区分|接続ネットワーク|"
	    "接続先ネットワーク|接続系|系|nw区分|ネットワーク|セグメント|zone",
	    FIELD_MERGED },
	{ FIELD_NOTE, "note", NOTES, 0 },
};

#define END_ZONES(e)                                                          \
	e "領域|" e "ネットワーク|" e "ネットワーク区分|" e "区分|" e "系|" e \
	  "セグメント|" e "nw|" e "ゾーン"
#define END_NAMES(e)                                                          \
	e "システム|" e "システム名|" e "情報システム|" e "情報システム名|" e \
	  "名称|" e "名|" e "ホスト|" e "ホスト名|" e "機器|" e "機器名|" e   \
	  "サーバ|" e "サーバ名|" e "サーバー|" e "サーバー名|" e "機関|" e   \
	  "機関名|" e "団体|" e "団体名"
#define END_ADDRESSES(e)                                            \
	e "ipアドレス|" e "ip|" e "アドレス|" e "ipv4アドレス|" e   \
	  "ipv6アドレス|" e "ホストip|" e "ネットワークアドレス|" e \
	  "ipアドレス範囲"

#define SOURCES(of) of("接続元") "|" of("送信元") "|" of("通信元")
#define TARGETS(of)                                                           \
	of("接続先") "|" of("送信先") "|" of("宛先") "|" of("通信先") "|" of( \
	    "相手先")

static const struct field_row conduit_fields[] = {
	{ FIELD_NUMBER, "number",
	    "管理番号|台帳番号|登録番号|整理番号|番号|項番|通番|no.|no|number|"
	    "id",
	    FIELD_MERGED },
	{ FIELD_NAME, "name",
	    "特定通信名|特定通信名称|通信名|通信名称|名称|件名|連携名|"
	    "連携名称|接続名|業務名|情報システム名|システム名|利用目的|用途|"
	    "目的|name",
	    FIELD_MERGED },
	{ FIELD_DIVISION, "owner", DIVISIONS "|owner",
	    FIELD_MERGED | FIELD_FILL },
	{ FIELD_BASIS, "basis",
	    "根拠法令|根拠|法令根拠|法的根拠|根拠規定|根拠法令等|通信の必要性|"
	    "必要性|理由|basis",
	    FIELD_MERGED },
	{ FIELD_FROM_ZONE, "from-zone",
	    SOURCES(END_ZONES) "|from-zone|fromzone", FIELD_MERGED },
	{ FIELD_FROM_NAME, "from-name",
	    SOURCES(END_NAMES) "|from-name|fromname", FIELD_MERGED },
	{ FIELD_FROM_ADDRESS, "from-address",
	    SOURCES(END_ADDRESSES) "|from-address|fromaddress|srcip|sourceip|"
				   "sourceaddress",
	    FIELD_MANY },
	{ FIELD_FROM, "from", "接続元|送信元|通信元|発信元|from|source|src",
	    0 },
	{ FIELD_TO_ZONE, "to-zone", TARGETS(END_ZONES) "|to-zone|tozone",
	    FIELD_MERGED },
	{ FIELD_TO_NAME, "to-name", TARGETS(END_NAMES) "|to-name|toname",
	    FIELD_MERGED },
	{ FIELD_TO_ADDRESS, "to-address",
	    TARGETS(END_ADDRESSES) "|to-address|toaddress|dstip|"
				   "destinationip|destinationaddress",
	    FIELD_MANY },
	{ FIELD_TO, "to", "接続先|送信先|宛先|通信先|相手先|to|destination|dst",
	    0 },
	{ FIELD_DIRECTION, "direction",
	    "方向|通信方向|通信の方向|接続方向|向き|direction", 0 },
	{ FIELD_PROTOCOL, "protocol",
	    "プロトコル|通信プロトコル|プロトコル種別|protocol|proto", 0 },
	{ FIELD_PORT, "port",
	    "ポート番号|ポート|宛先ポート番号|宛先ポート|接続先ポート番号|"
	    "接続先ポート|送信先ポート番号|送信先ポート|通信ポート|使用ポート|"
	    "利用ポート|プロトコル/ポート|プロトコル/ポート番号|"
	    "プロトコル・ポート|プロトコル・ポート番号|ポート/プロトコル|port|"
	    "ports|dstport|destinationport",
	    0 },
	{ FIELD_SERVICE, "service",
	    "サービス|通信サービス|利用サービス|サービス名|service|services",
	    0 },
	{ FIELD_APPLICATION, "application",
	    "アプリケーション|アプリ|利用アプリケーション|通信内容|application",
	    0 },
	{ FIELD_APPLICANT, "applicant",
	    "申請者|申請者名|申請所属長|申請課長|届出者|申請元|applicant",
	    FIELD_MERGED },
	{ FIELD_APPROVER, "approver",
	    "承認者|承認者名|許可者|決裁者|承認権者|approver", FIELD_MERGED },
	{ FIELD_APPROVAL_NUMBER, "approval-number",
	    "承認番号|決裁番号|許可番号|承認文書番号|決裁文書番号|文書番号|"
	    "起案番号|approval-number|approvalnumber",
	    FIELD_MERGED },
	{ FIELD_APPROVED_ON, "approved-on",
	    "承認日|承認年月日|決裁日|決裁年月日|許可日|許可年月日|承認日付|"
	    "approved-on|approvedon",
	    FIELD_MERGED },
	{ FIELD_STARTS, "starts",
	    "開始日|利用開始日|通信開始日|有効開始日|適用開始日|運用開始日|"
	    "開始年月日|利用開始年月日|開始|starts",
	    FIELD_MERGED },
	{ FIELD_EXPIRES, "expires",
	    "有効期限|期限|終了日|利用終了日|利用期限|有効期限日|満了日|"
	    "終了年月日|利用終了年月日|有効終了日|終了予定日|廃止予定日|終了|"
	    "expires",
	    FIELD_MERGED },
	{ FIELD_NOTE, "note", NOTES, 0 },
};

static const struct field_row lease_fields[] = {
	{ FIELD_ADDRESS, "address",
	    "ipaddress|address|ipアドレス|クライアントipアドレス|"
	    "クライアントのipアドレス|clientipaddress",
	    0 },
	{ FIELD_MAC, "mac",
	    "hwaddr|clientid|uniqueid|一意なid|一意のid|一意の識別子|"
	    "macアドレス|mac|macaddress",
	    0 },
	{ FIELD_NAME, "name", "hostname|名前|ホスト名|name|端末名", 0 },
	{ FIELD_STATE, "state", "state|addressstate|状態", 0 },
	{ FIELD_EXPIRES, "expires", "expire|leaseexpirytime|有効期限", 0 },
};

#define COUNT(rows) (sizeof(rows) / sizeof(rows[0]))

const struct grid_kind grid_ledger = { "ledger", ledger_fields,
	COUNT(ledger_fields), { FIELD_ADDRESS, FIELD_MAC, FIELD_COUNT },
	W_IMPORT_NEEDS_LEDGER };
const struct grid_kind grid_conduits = { "conduits", conduit_fields,
	COUNT(conduit_fields),
	{ FIELD_FROM_ADDRESS, FIELD_FROM, FIELD_FROM_ZONE, FIELD_FROM_NAME,
	    FIELD_COUNT },
	W_IMPORT_NEEDS_CONDUITS };
const struct grid_kind grid_leases = { "leases", lease_fields,
	COUNT(lease_fields), { FIELD_ADDRESS, FIELD_COUNT },
	W_IMPORT_NEEDS_LEASES };

/* ---- the column map */

static void
tell(struct grid *t, const char *file, uint32_t line, uint32_t column,
    enum word word, const char *v0, const char *v1, const char *v2)
{
	struct diag_place place = { file, line, column };
	struct text a = { 0 }, b = { 0 };

	text_quote(&a, v0 != NULL ? v0 : "");
	text_quote(&b, v1 != NULL ? v1 : "");
	words_diag(t->d, place, DIAG_ERROR, CHECK_NONE, word, 3, text_str(&a),
	    text_str(&b), v2);
	text_free(&a);
	text_free(&b);
}

static const struct field_row *
row_of(const struct grid_kind *kind, const char *key)
{
	for (size_t i = 0; i < kind->count; i++)
		if (strcmp(kind->fields[i].key, key) == 0)
			return &kind->fields[i];
	return NULL;
}

static void
unknown_key(struct grid *t, const char *path, const struct jsonx *n)
{
	const char *near = NULL;
	unsigned best = 4, distance;
	struct text keys = { 0 };

	for (size_t i = 0; i < t->kind->count; i++) {
		const char *key = t->kind->fields[i].key;

		distance = text_distance(n->key, key, best);
		if (distance < best) {
			best = distance;
			near = key;
		}
		text_printf(&keys, "%s%s", i ? ", " : "", key);
	}
	if (near != NULL)
		tell(t, path, n->key_line, n->key_column, W_IMPORT_MAP_KEY_NEAR,
		    n->key, near, NULL);
	else
		tell(t, path, n->key_line, n->key_column, W_IMPORT_MAP_KEY,
		    n->key, NULL, text_str(&keys));
	text_free(&keys);
}

static void
map_heading(struct grid *t, const char *path, const struct field_row *row,
    const struct jsonx *n)
{
	struct grid_wish *wish = &t->wishes[row->field];
	size_t most = row->flags & FIELD_MANY ? GRID_FIELD_COLUMNS_MAX : 1;

	if (n->kind != JSONX_STRING || n->string[0] == '\0')
		tell(t, path, n->line, n->column, W_IMPORT_MAP_VALUE, row->key,
		    NULL, NULL);
	else if (wish->count == most)
		tell(t, path, n->line, n->column, W_IMPORT_MAP_MANY, row->key,
		    NULL, NULL);
	else
		wish->headings[wish->count++] = arena_strdup(t->out->arena,
		    n->string);
}

static const struct grid_kind *const kinds[] = { &grid_ledger, &grid_conduits,
	&grid_leases };

/* Whether a key means something in tables of another kind: one map may serve
 * several. */
static bool
known_elsewhere(const char *key)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (row_of(kinds[i], key) != NULL)
			return true;
	return false;
}

static void
map_member(struct grid *t, const char *path, const struct jsonx *n)
{
	const struct field_row *row = row_of(t->kind, n->key);
	const struct jsonx *item;

	if (row == NULL) {
		if (!known_elsewhere(n->key))
			unknown_key(t, path, n);
		return;
	}
	t->wishes[row->field].given = true;
	if (n->kind == JSONX_ARRAY)
		for (item = n->child; item != NULL; item = item->next)
			map_heading(t, path, row, item);
	else if (n->kind != JSONX_NULL)
		map_heading(t, path, row, n);
}

/* A member of the root: a field, or the fields of one kind of table. */
static void
map_root(struct grid *t, const char *path, const struct jsonx *n)
{
	const struct jsonx *inner;

	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (n->kind != JSONX_OBJECT ||
		    strcmp(n->key, kinds[i]->name) != 0)
			continue;
		for (inner = n->child; inner != NULL && kinds[i] == t->kind;
		     inner = inner->next)
			map_member(t, path, inner);
		return;
	}
	map_member(t, path, n);
}

bool
fields_map(struct grid *t, const char *path)
{
	size_t before = t->d->errors, length;
	struct jsonx_doc *doc = NULL;
	const struct jsonx *n;
	char *bytes;

	if (path == NULL)
		return true;
	bytes = book_bytes(path, &length, t->d);
	if (bytes == NULL)
		return false;
	if (length > MAP_BYTES_MAX)
		tell(t, path, 0, 0, W_IMPORT_TOO_LARGE, NULL, NULL, NULL);
	else
		doc = jsonx_parse(path, bytes, length, t->d);
	if (doc != NULL && jsonx_root(doc)->kind != JSONX_OBJECT)
		tell(t, path, 1, 1, W_IMPORT_MAP_OBJECT, NULL, NULL, NULL);
	else if (doc != NULL)
		for (n = jsonx_root(doc)->child; n != NULL; n = n->next)
			map_root(t, path, n);
	jsonx_free(doc);
	free(bytes);
	return t->d->errors == before;
}

/* ---- what a heading means */

/* The key without what is put behind headings: 「(必須)」, 「※1」, a star. */
static void
trim_key(char *key)
{
	char *p;

	if ((p = strstr(key, "※")) != NULL && p != key)
		*p = '\0';
	if ((p = strchr(key, '(')) != NULL && p != key)
		*p = '\0';
	if ((p = strchr(key, '*')) != NULL && p != key)
		*p = '\0';
}

/* The place of word among the |-separated words; -1 when it is none. */
static int
place_in(const char *words, const char *word)
{
	size_t n = strlen(word);
	int place = 0;

	for (const char *p = words; *p != '\0'; place++) {
		size_t m = strcspn(p, "|");

		if (m == n && strncmp(p, word, n) == 0)
			return place;
		p += m;
		p += *p == '|';
	}
	return -1;
}

bool
fields_same(const char *a, const char *b)
{
	struct text x = { 0 }, y = { 0 };
	bool equal;

	cell_key(&x, a);
	cell_key(&y, b);
	equal = strcmp(text_str(&x), text_str(&y)) == 0;
	text_free(&x);
	text_free(&y);
	return equal;
}

/* How well a key, or its shorter form, names the field: 0 best; -1 not at
 * all. */
static int
fits(const struct grid *t, const struct field_row *row, const char *key,
    const char *shorter)
{
	const struct grid_wish *wish = &t->wishes[row->field];
	size_t n = strlen(shorter);
	char one[4 * CELL_WORD_MAX + 1];
	int place;

	if (wish->given) {
		for (size_t i = 0; i < wish->count; i++)
			if (fields_same(wish->headings[i], key))
				return (int)i;
		return -1;
	}
	place = place_in(row->headings, key);
	if (place < 0)
		place = place_in(row->headings, shorter);
	if (place >= 0 || !(row->flags & FIELD_MANY) || n >= sizeof(one))
		return place;
	/* IPアドレス1, IPアドレス2; also with ①. */
	memcpy(one, shorter, n + 1);
	if (n > 1 && one[n - 1] >= '1' && one[n - 1] <= '8')
		one[n - 1] = '\0';
	else if (n > 3 && strncmp(one + n - 3, "\xe2\x91", 2) == 0)
		one[n - 3] = '\0';
	return place_in(row->headings, one);
}

/* Whether the map gives this heading to some field: then no other has it. */
static bool
is_wished(const struct grid *t, const char *key)
{
	for (size_t f = 0; f < FIELD_COUNT; f++)
		for (size_t i = 0; i < t->wishes[f].count; i++)
			if (fields_same(t->wishes[f].headings[i], key))
				return true;
	return false;
}

const struct field_row *
fields_find(const struct grid *t, const char *key, int *rank)
{
	const struct field_row *best = NULL;
	struct text shorter = { 0 };
	bool wished;

	if (key == NULL)
		return NULL;
	text_add(&shorter, key);
	if (shorter.length > 0)
		trim_key(shorter.data);
	wished = is_wished(t, key);
	for (size_t i = 0; i < t->kind->count && best == NULL; i++) {
		const struct field_row *row = &t->kind->fields[i];
		int place;

		if (wished && !t->wishes[row->field].given)
			continue;
		place = fits(t, row, key, text_str(&shorter));
		if (place < 0)
			continue;
		best = row;
		*rank = place;
	}
	text_free(&shorter);
	return best;
}
