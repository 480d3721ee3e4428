/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sentences of the JSON scan and the places they speak of. The catalogue of
 * messages stands above base and cannot be used here, so these few sentences
 * are kept beside their only user.
 */
#include "base/jsonx_fault.h"

#define QUOTE_MAX 40 /* bytes of the input a sentence quotes */

/* $1 to $3 stand for the arguments of jsonx_fault_report. */
static const char *const sentences[JSONX_FAULT_COUNT][LANG_COUNT] = {
	[JSONX_FAULT_EMPTY] = {
		"値がありません: オブジェクト { } を書いてください",
		"no value in the input: write an object { }",
	},
	[JSONX_FAULT_AFTER] = {
		"最上位の値の後に $1 があります: 取り除いてください",
		"found $1 after the outermost value: remove it",
	},
	[JSONX_FAULT_VALUE] = {
		"値があるべき所に $1 があります: 値を書くか取り除いてください",
		"found $1 where a value belongs: write a value or remove it",
	},
	[JSONX_FAULT_WORD] = {
		"`$1` は値ではありません: true、false、null、数値、"
		"二重引用符で囲んだ文字列のいずれかを書いてください",
		"`$1` is no value: write true, false, null, a number or a "
		"string in double quotes",
	},
	[JSONX_FAULT_SINGLE_QUOTE] = {
		"一重引用符は使えません: 二重引用符で囲んでください",
		"single quotes cannot be used: write double quotes",
	},
	[JSONX_FAULT_KEY] = {
		"キーがあるべき所に $1 があります: "
		"二重引用符で囲んだキーを書いてください",
		"found $1 where a key belongs: write a key in double quotes",
	},
	[JSONX_FAULT_COLON] = {
		"キーの後に $1 があります: コロンと値を書いてください",
		"found $1 after a key: write a colon and a value",
	},
	[JSONX_FAULT_SEPARATOR] = {
		"値の後に $1 があります: コンマか $2 を書いてください",
		"found $1 after a value: write a comma or $2",
	},
	[JSONX_FAULT_TRAILING_COMMA] = {
		"$1 の前に余分なコンマがあります: 取り除いてください",
		"comma before $1: remove it",
	},
	[JSONX_FAULT_NOT_CLOSED] = {
		"$2 で始まる括弧が閉じないまま入力が終わりました: $1 で"
		"閉じてください",
		"the input ends before the bracket opened at $2 is closed: "
		"write $1",
	},
	[JSONX_FAULT_WRONG_BRACKET] = {
		"$3 で始まる括弧を閉じる所に $1 があります: "
		"$2 で閉じてください",
		"found $1 but the bracket opened at $3 is closed by $2: "
		"write $2",
	},
	[JSONX_FAULT_COMMENT] = {
		"コメントが閉じていません: */ で閉じてください",
		"comment is not closed: write */ at its end",
	},
	[JSONX_FAULT_STRING] = {
		"文字列がその行で閉じていません: 二重引用符で閉じ、改行は "
		"\\n と書いてください",
		"string is not closed on its line: write the closing double "
		"quote, and a line break as \\n",
	},
	[JSONX_FAULT_CONTROL] = {
		"文字列に制御文字 $1 があります: $2 と書くか"
		"取り除いてください",
		"control character $1 in a string: write $2 or remove it",
	},
	[JSONX_FAULT_ESCAPE] = {
		"`$1` は使えないエスケープです: \\\" \\\\ \\/ \\b \\f \\n "
		"\\r \\t \\uXXXX のいずれかを書いてください (逆斜線は \\\\)",
		"unknown escape `$1`: write one of \\\" \\\\ \\/ \\b \\f \\n "
		"\\r \\t \\uXXXX (a backslash is \\\\)",
	},
	[JSONX_FAULT_SURROGATE] = {
		"`$1` はサロゲートの片方だけです: 両方を続けるか"
		"文字そのものを書いてください",
		"`$1` is half of a surrogate pair: write both halves or the "
		"character itself",
	},
	[JSONX_FAULT_NUL] = {
		"文字列に \\u0000 があります: 取り除いてください",
		"\\u0000 in a string: remove it",
	},
	[JSONX_FAULT_UTF8] = {
		"UTF-8 でないバイト $1 があります: ファイルを UTF-8 で"
		"保存してください",
		"byte $1 is not UTF-8: save the file as UTF-8",
	},
	[JSONX_FAULT_NUMBER] = {
		"`$1` は数値の書き方ではありません: -12、3.5、1e6 のように書"
		"いてください (先頭の 0 と + は不可)",
		"`$1` is malformed: write a number like -12, 3.5 or 1e6 (no "
		"leading zero, no plus sign)",
	},
	[JSONX_FAULT_INTEGER] = {
		"整数 `$1` は範囲外です: -9223372036854775808 から "
		"9223372036854775807 までで書いてください",
		"integer `$1` is out of range: write one from "
		"-9223372036854775808 to 9223372036854775807",
	},
	[JSONX_FAULT_DOUBLE] = {
		"数値 `$1` は大きすぎます: 絶対値が 1.7e308 以下の数を"
		"書いてください",
		"number `$1` is too large: write one of magnitude up to "
		"1.7e308",
	},
	[JSONX_FAULT_DUPLICATE] = {
		"キー `$1` が重複しています (最初は $2): どちらかを"
		"取り除いてください",
		"key `$1` is given twice (first at $2): remove one of them",
	},
	[JSONX_FAULT_DEPTH] = {
		"入れ子が深すぎます: $1 段までにしてください",
		"nested too deep: use at most $1 levels",
	},
	[JSONX_FAULT_NODES] = {
		"値が多すぎます: $1 個までに分割してください",
		"too many values: split the input to at most $1",
	},
};

struct diag_place
jsonx_fault_place(struct jsonx_lex *s, const char *p)
{
	while (s->mark < p) {
		unsigned char c = (unsigned char)*s->mark;
		size_t n = 1;

		if (c >= 0x80)
			n = text_utf8(s->mark, (size_t)(s->end - s->mark));
		s->mark += n ? n : 1;
		s->column++;
		if (c == '\n') {
			s->line++;
			s->column = 1;
		}
	}
	return (struct diag_place){ s->name, s->line, s->column };
}

void
jsonx_fault_report(struct jsonx_lex *s, struct diag_place place,
    enum jsonx_fault fault, const char *arg1, const char *arg2,
    const char *arg3)
{
	const char *const args[3] = { arg1, arg2, arg3 };
	struct text t = { 0 };

	for (const char *p = sentences[fault][s->d->lang]; *p; p++) {
		if (*p == '$')
			text_add(&t, args[*++p - '1']);
		else
			text_add_char(&t, *p);
	}
	diag_add(s->d, place, DIAG_ERROR, NULL, NULL, NULL, text_str(&t));
	text_free(&t);
	s->faults++;
}

void
jsonx_fault_quoted(struct jsonx_lex *s, struct diag_place place,
    enum jsonx_fault fault, const char *bytes, size_t n, const char *arg2)
{
	size_t shown = n;
	struct text t = { 0 };

	if (n > QUOTE_MAX) {
		for (shown = 0; shown < QUOTE_MAX;) {
			size_t length = text_utf8(bytes + shown, n - shown);

			shown += length ? length : 1;
		}
	}
	text_escape(&t, bytes, shown);
	if (shown < n)
		text_add(&t, "...");
	jsonx_fault_report(s, place, fault, text_str(&t), arg2, NULL);
	text_free(&t);
}

void
jsonx_fault_found(struct jsonx_lex *s, enum jsonx_fault fault, const char *arg2,
    const char *arg3)
{
	struct text t = { 0 };

	if (s->p == s->end) {
		text_add(&t,
		    s->d->lang == LANG_JA ? "入力の終わり" : "the end");
	} else {
		size_t n = text_utf8(s->p, (size_t)(s->end - s->p));

		text_add_char(&t, '`');
		text_escape(&t, s->p, n ? n : 1);
		text_add_char(&t, '`');
	}
	jsonx_fault_report(s, jsonx_fault_place(s, s->p), fault, text_str(&t),
	    arg2, arg3);
	text_free(&t);
}

void
jsonx_fault_utf8(struct jsonx_lex *s, const char *p)
{
	struct text t = { 0 };

	text_printf(&t, "0x%02x", (unsigned char)*p);
	jsonx_fault_report(s, jsonx_fault_place(s, p), JSONX_FAULT_UTF8,
	    text_str(&t), NULL, NULL);
	text_free(&t);
}
