#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The verifier's command line: each command on the examples, what it answers
# and how it ends, in both languages, and what it says of wrong usage, wrong
# input and a full disk. Prints "ok NAME" or, after details, "not ok NAME".
set -u

build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
unset LC_ALL LC_MESSAGES
export LANG=en_US.UTF-8
sekisho=$build/sekisho
examples=topology/examples
day=2026-11-21

if [ ! -x "$sekisho" ]; then
	echo "skip sekisho: $sekisho is not built"
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# run STATUS ARGUMENTS...: runs sekisho; its output is in $work/out and err.
run()
{
	local expected=$1 status
	shift
	"$sekisho" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ "$status" -eq "$expected" ] && return 0
	echo "sekisho $*: ended with $status, not $expected"
	return 1
}

# says FILE WORDS: out or err has this text.
says()
{
	grep -qF -- "$2" "$work/$1" && return 0
	echo "\"$2\" is not in:"
	cat "$work/$1"
	return 1
}

lacks()
{
	grep -qF -- "$2" "$work/$1" || return 0
	echo "\"$2\" is in:"
	cat "$work/$1"
	return 1
}

# one FILE: exactly one line.
one()
{
	[ "$(wc -l <"$work/$1")" -eq 1 ] && return 0
	echo "more or less than one line:"
	cat "$work/$1"
	return 1
}

# json EXPRESSION: true of the object d in out.
json()
{
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
sys.exit(0 if eval(sys.argv[2]) else 1)' "$work/out" "$1" && return 0
	echo "not so: $1"
	return 1
}

# t NAME: a function of that name is a test.
t()
{
	if "$1" >"$work/details" 2>&1; then
		echo "ok sekisho ${1//_/-}"
	else
		cat "$work/details"
		echo "not ok sekisho ${1//_/-}"
	fi
}

# copy EXAMPLE: a copy to change, in $work/EXAMPLE.
copy()
{
	rm -rf "${work:?}/$1" && cp -r "$examples/$1" "$work/$1" &&
	    chmod -R u+w "$work/$1"
}

# ---- check

examples_check_clean()
{
	local e
	for e in town city-alpha city-beta city-alpha-prime; do
		run 0 check "$examples/$e/model.jsonc" --at $day --lang en &&
		    says out "high 0 / medium 0 / low 0 / information 0" ||
		    return 1
	done
}

check_counts_what_was_loaded()
{
	run 0 check "$examples/city-alpha/model.jsonc" --at $day --lang ja &&
	    says out "領域 10、回線 5、境界 1、監視点 3、通信登録 9" &&
	    says out "αモデル"
}

findings_end_with_one_and_name_the_clause()
{
	copy town && sed -i 's/"transfers": "screen",//' \
	    "$work/town/model.jsonc" || return 1
	run 1 check "$work/town/model.jsonc" --at $day --lang en &&
	    says out "model.jsonc:" && says out "[TOP-2 high]" &&
	    says out "(mic-2025-03.json:" && says out "high 1" || return 1
	run 1 check "$work/town/model.jsonc" --at $day --lang ja &&
	    says out "画面転送だけが認められます" && says out "高 1"
}

information_alone_ends_with_nought()
{
	run 0 check "$examples/city-alpha-prime/model.jsonc" \
	    --at 2026-12-05 --lang en && lacks out "days" || return 1
	copy town && sed -i 's/"expires": "2028-03-31"/"expires": "2027-02-01"/' \
	    "$work/town/model.jsonc" || return 1
	run 0 check "$work/town/model.jsonc" --at $day --lang en &&
	    says out "in 72 days" && says out "information 5"
}

errors_end_with_two_all_at_once()
{
	copy town && sed -i -e 's/"tier": "mynumber"/"tier": "mynumbr"/' \
	    -e 's/"segment": "lgwan"/"segment": "lgwann"/' \
	    "$work/town/model.jsonc" || return 1
	run 2 check "$work/town/model.jsonc" --lang en &&
	    says out "mynumbr" && says out 'lgwann' &&
	    says out "not loaded"
}

check_as_json()
{
	copy town && sed -i 's/"transfers": "screen",//' \
	    "$work/town/model.jsonc" || return 1
	run 1 check "$work/town/model.jsonc" --at $day --format json \
	    --lang ja || return 1
	json 'd["loads"] and d["at"] == "2026-11-21"' &&
	    json 'd["holds"]["zones"] == 6' &&
	    json 'd["counts"]["high"] == 1' &&
	    json 'd["findings"][0]["check"] == "TOP-2"' &&
	    json 'd["findings"][0]["grade"] == "high"' &&
	    json 'd["findings"][0]["line"] > 0' &&
	    json 'd["findings"][0]["title"] == "ガイドライン不適合の通信登録"'
}

broken_model_as_json()
{
	echo '{"format":1}' >"$work/broken.jsonc"
	run 2 check "$work/broken.jsonc" --format json --lang en &&
	    json 'not d["loads"] and d["counts"]["error"] > 0' &&
	    json 'all(f["severity"] == "error" for f in d["findings"])'
}

missing_model_is_one_sentence()
{
	run 2 check "$work/none.jsonc" --lang en &&
	    says out "cannot be read" || return 1
	run 2 matrix "$work/none.jsonc" --lang en && one err &&
	    says err "cannot be read"
}

model_from_standard_input()
{
	"$sekisho" check - --at $day --lang en \
	    <"$examples/town/model.jsonc" >"$work/out" 2>"$work/err" &&
	    says out "zones 6"
}

other_guideline_folder()
{
	mkdir -p "$work/data/guidelines" &&
	    cp topology/guidelines/mic-2025-03.json "$work/data/guidelines" &&
	    SEKISHO_DATADIR=/nonexistent run 0 check --data "$work/data" \
	    "$examples/town/model.jsonc" --at $day --lang en
}

# ---- matrix

matrix_as_text_is_aligned()
{
	run 0 matrix "$examples/city-alpha/model.jsonc" --lang ja &&
	    says out "画 1" && says out "特 1 例1" && says out "禁止" ||
	    return 1
	# Columns by display width: "outside" heads the last one.
	/usr/bin/python3 - "$work/out" <<'PY'
import sys, unicodedata


def width(s):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in s)


lines = open(sys.argv[1], encoding="utf-8").read().split("\n")[1:12]
column = width(lines[0][:lines[0].index("outside")])
for line in lines[1:]:
    at = [i for i in range(len(line)) if width(line[:i]) == column]
    if not at or line[at[0]] not in "禁登特無画限－":
        sys.exit(f"nothing begins in column {column} of: {line}")
PY
}

matrix_marks_what_stands_against_the_guideline()
{
	copy town && sed -i -e 's/"via": { "links": \["lgwan"\] },//' -e \
	    's/"to": { "zone": "lgwan", "hosts": \["172.20.9.8"\] }/"to": { "zone": "office" }/' \
	    "$work/town/model.jsonc" || return 1
	run 0 matrix "$work/town/model.jsonc" --lang en && says out "x! 1" ||
	    return 1
	run 0 matrix "$work/town/model.jsonc" --lang ja --format html &&
	    says out "! 通信登録 1"
}

matrix_as_csv_has_mark_and_pairs()
{
	run 0 matrix "$examples/town/model.jsonc" --format csv --lang en ||
	    return 1
	[ "$(head -c 3 "$work/out" | od -An -tx1 | tr -d ' \n')" = efbbbf ] &&
	    [ "$(wc -l <"$work/out")" -eq 31 ] &&
	    says out "mic-2025-03.json:" && says out ",virtual-browser,"
}

matrix_as_page_needs_nothing_else()
{
	run 0 matrix "$examples/city-beta/model.jsonc" --format html \
	    --lang ja -o "$work/m.html" || return 1
	cp "$work/m.html" "$work/out"
	says out "<!DOCTYPE html>" && says out "</html>" &&
	    says out "<svg" && says out "画面転送" || return 1
	lacks out "<script" && lacks out "http" && lacks out "src=" &&
	    lacks out "@import" || return 1
	/usr/bin/python3 - "$work/m.html" <<'PY'
import html.parser
import sys

EMPTY = {"meta", "br", "rect", "line", "circle"}


class Balance(html.parser.HTMLParser):
    stack = []

    def handle_starttag(self, tag, attrs):
        if tag not in EMPTY:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        if tag in EMPTY:
            return
        if not self.stack or self.stack.pop() != tag:
            sys.exit(f"</{tag}> closes something else, line {self.getpos()}")


page = Balance()
page.feed(open(sys.argv[1], encoding="utf-8").read())
sys.exit(f"left open: {page.stack}" if page.stack else 0)
PY
}

names_are_escaped_in_the_page()
{
	copy town && sed -i 's/"name": "LGWAN接続系"/"name": "<b>\&\\"x"/' \
	    "$work/town/model.jsonc" || return 1
	run 0 matrix "$work/town/model.jsonc" --format html --lang en &&
	    says out "&lt;b&gt;&amp;&quot;x" && lacks out '<b>&"x'
}

# ---- checks, diff

checks_say_what_is_built()
{
	run 0 checks --lang ja && says out "領域間の禁止通信" &&
	    ! says out "mynumber" && ! says out "daily group" &&
	    says out "未実装" || return 1
	run 0 checks --format json --lang en &&
	    json 'len(d["checks"]) > 90' &&
	    json 'd["checks"][0]["id"] == "SEG-1"' &&
	    json 'd["checks"][0]["signature_id"] == 7700101' &&
	    json 'any(not c["built"] for c in d["checks"])'
}

background_destinations_are_listed()
{
	run 0 checks background --lang ja && says out "監視除外・共通サービス一覧" &&
	    says out "ocsp.digicert.com" &&
	    run 0 checks background --format json --lang en &&
	    json 'len(d["destinations"]) > 50' &&
	    json '{x["category"] for x in d["destinations"]} >= {"update", "time"}' &&
	    run 2 checks foreground --lang en && says err '"foreground"'
}

diff_of_the_same_is_no_change()
{
	run 0 diff "$examples/city-alpha/model.jsonc" \
	    "$examples/city-alpha/model.jsonc" --lang en &&
	    says out "no change in meaning"
}

diff_passes_over_what_means_nothing()
{
	copy city-alpha || return 1
	sed -i -e 's/"10.1.0.0\/16"/"10.1.128.0\/17", "10.1.0.0\/17"/' \
	    -e 's/"name": "LGWAN接続系"/"name": "別の名前"/' \
	    -e 's/"ports": \[53\]/"ports": ["53-53"]/' \
	    -e 's/^{$/{ \/\/ a remark/' "$work/city-alpha/model.jsonc"
	run 0 diff "$work/city-alpha/model.jsonc" \
	    "$examples/city-alpha/model.jsonc" --lang en
}

diff_tells_opening_from_closing()
{
	local m=$work/city-alpha/model.jsonc
	copy city-alpha || return 1
	sed -i -e 's/"hosts": \["10.3.9.20"\] }/"hosts": ["10.3.9.20", "10.3.9.21"] }/' \
	    -e 's/"ports": \[3389\]/"ports": [3389, 5900]/' \
	    -e 's/"transfers": "screen", //' \
	    -e 's/"expires": "2027-03-31", "review"/"expires": "2026-12-31", "review"/' \
	    -e 's/"id": "mail-in"/"id": "mail-new"/' \
	    -e 's/"model": "alpha"/"model": "beta"/' \
	    -e 's/"mail": "10 MiB"/"mail": "11 MiB"/' "$m"
	run 1 diff "$m" "$examples/city-alpha/model.jsonc" --lang en || return 1
	says out "opens     conduit virtual-browser: to gains 10.3.9.21" &&
	    says out "services added: tcp/5900" &&
	    says out "no longer limited to screen transfer" &&
	    says out "closes    conduit eltax: its last day 2027-03-31 becomes 2026-12-31" &&
	    says out "opens     conduit mail-new: added" &&
	    says out "closes    conduit mail-in: removed" &&
	    says out "guideline: alpha becomes beta" &&
	    says out "guideline internet → lgwan" &&
	    says out "section limits" || return 1
	# The other way round what opened closes.
	run 1 diff "$examples/city-alpha/model.jsonc" "$m" --lang ja &&
	    says out "閉じる    通信登録 virtual-browser: 相手側から 10.3.9.21 を削除" &&
	    says out "開く      通信登録 eltax: 期限を 2026-12-31 から 2027-03-31 に変更"
}

diff_sees_side_files()
{
	copy city-alpha || return 1
	sed -i 's/203.0.113.0\/25/203.0.113.0\/26/' \
	    "$work/city-alpha/m365.json"
	sed -i '$d' "$work/city-alpha/calendar.csv"
	run 1 diff "$work/city-alpha/model.jsonc" \
	    "$examples/city-alpha/model.jsonc" --lang en &&
	    says out "closes    address list m365: addresses removed: 203.0.113.64/26" &&
	    says out "calendar office-days"
}

# diff_line FROM TO LINE: what an edit of the city model is told as.
diff_line()
{
	copy city-alpha || return 1
	/usr/bin/python3 - "$work/city-alpha/model.jsonc" "$1" "$2" <<'PY' || return 1
import sys

path, before, after = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    text = file.read()
if before not in text:
    sys.exit(f"the example has no {before}")
with open(path, "w", encoding="utf-8") as file:
    file.write(text.replace(before, after, 1))
PY
	run 1 diff "$work/city-alpha/model.jsonc" \
	    "$examples/city-alpha/model.jsonc" --lang en && says out "$3"
}

diff_says_which_way_each_limit_moves()
{
	local host='"hosts": ["10.3.9.20"] }' m=$examples/city-alpha/model.jsonc
	diff_line "$host" '"networks": ["10.3.0.0/16"] }' "opens     conduit" &&
	    lacks out "closes " || return 1
	diff_line '"id": "virtual-browser",' \
	    '"id": "virtual-browser", "basis": "x", "renewal": { "state": "in-progress", "number": "9" },' \
	    "opens     conduit virtual-browser: a renewal is in progress: 9" &&
	    says out "changes   conduit virtual-browser: basis: - becomes x" ||
	    return 1
	diff_line '"compensating": "' '"compensating": "別の' \
	    "changes   exception" || return 1
	diff_line '"number": "情政第21号"' '"number": "情政第99号"' \
	    "approval: 統括情報セキュリティ責任者 情政第21号" || return 1
	diff_line '"carries": ["individual-number"]' \
	    '"carries": ["individual-number", "x"]' "carries as well: x" &&
	    says out "new: $work/city-alpha/model.jsonc  old: $m"
}

# small NAME CONDUIT: a small model with one conduit of these members.
small()
{
	printf '%s\n' '{ "format": "sekisho-topology/1", "guideline": {
	"file": "mic-2025-03.json", "model": "alpha" }, "zones": [
	{ "id": "lg", "tier": "lgwan", "networks": ["10.2.0.0/16"] },
	{ "id": "saas", "tier": "saas", "list": "s" } ], "address-lists": [
	{ "id": "s", "file": "s.txt", "format": "cidr" },
	{ "id": "n", "file": "n.txt", "format": "fqdn" } ],
	"links": [ { "id": "l1", "kind": "x" }, { "id": "l2", "kind": "x" } ],
	"conduits": [ { "id": "c", "from": { "zone": "lg" },' "$2" \
	    '} ] }' >"$work/$1.jsonc"
	[ -f "$work/s.txt" ] || echo 192.0.2.0/24 >"$work/s.txt"
	[ -f "$work/n.txt" ] || echo a.example >"$work/n.txt"
}

# moves EFFECT NEW OLD: what the one conduit does from OLD to NEW, no other
# way round, and the contrary back.
moves()
{
	local contrary=closes
	[ "$1" = closes ] && contrary=opens
	small new "$2" && small old "$3" || return 1
	run 1 diff "$work/new.jsonc" "$work/old.jsonc" --lang en &&
	    says out "$1 " && lacks out "$contrary " || return 1
	run 1 diff "$work/old.jsonc" "$work/new.jsonc" --lang en &&
	    says out "$contrary " && lacks out "$1 "
}

diff_compares_limits_as_sets()
{
	local to='"to": { "zone": "saas" }' tls='"applications": ["TLS"]'
	local one='"services": [ { "protocol": "tcp", "ports": [443] } ]'
	local base="$to, $one"
	moves closes "\"to\": { \"zone\": \"saas\", \"hosts\": [\"192.0.2.1\"] }, $one" \
	    "$base" || return 1
	moves opens "$base, \"schedule\": { \"hours\": \"08:00-20:00\" }" \
	    "$base, \"schedule\": { \"hours\": \"09:00-17:00\" }" || return 1
	moves opens "$base, \"schedule\": { \"hours\": \"20:00-08:00\" }" \
	    "$base, \"schedule\": { \"hours\": \"00:00-06:00\" }" || return 1
	moves opens "$base, \"encryption\": \"tls-exception\"" \
	    "$base, \"encryption\": \"tls-high\"" || return 1
	moves closes "$base, \"via\": { \"links\": [\"l1\"] }" \
	    "$base, \"via\": { \"links\": [\"l2\", \"l1\"] }" || return 1
	moves opens \
	    "$to, \"services\": [ { \"protocol\": \"tcp\", \"ports\": [443] }, { \"protocol\": \"tcp\", \"ports\": [80], $tls } ]" \
	    "$to, \"services\": [ { \"protocol\": \"tcp\", \"ports\": [443], $tls }, { \"protocol\": \"tcp\", \"ports\": [80], $tls } ]" ||
	    return 1
	# A remark and the order of services mean nothing.
	small new "$to, \"note\": \"x\", \"services\": [ { \"protocol\": \"udp\" }, { \"protocol\": \"tcp\" } ]"
	small old "$to, \"services\": [ { \"protocol\": \"tcp\" }, { \"protocol\": \"udp\" } ]"
	run 0 diff "$work/new.jsonc" "$work/old.jsonc" --lang en
}

diff_sees_names_and_zones_that_grow()
{
	local c='"to": { "zone": "saas" }, "services": [ { "protocol": "tcp" } ]'
	small old "$c" || return 1
	mkdir -p "$work/wider" && sed 's/10.2.0.0/10.2.0.0\/16", "10.7.0.0/' \
	    "$work/old.jsonc" >"$work/wider/m.jsonc"
	echo 192.0.2.0/24 >"$work/wider/s.txt"
	printf 'a.example\nb.example\n' >"$work/wider/n.txt"
	run 1 diff "$work/wider/m.jsonc" "$work/old.jsonc" --lang en &&
	    says out "opens     address list n: server names added: b.example" &&
	    says out "opens     conduit c: from gains 10.7.0.0/16"
}

no_answer_commands_the_terminal()
{
	local bad='"x\u001b[31m\u009b\u202e"' f
	small new "\"to\": { \"zone\": \"saas\" }, \"carries\": [$bad], \"basis\": $bad, \"name\": $bad, \"services\": [ { \"protocol\": \"tcp\", \"applications\": [$bad] } ]"
	small old '"to": { "zone": "saas" }, "services": [ { "protocol": "tcp" } ]'
	sed -i "s/\"tier\": \"lgwan\"/\"tier\": \"lgwan\", \"name\": ${bad//\\/\\\\}/" \
	    "$work/new.jsonc"
	"$sekisho" diff "$work/new.jsonc" "$work/old.jsonc" >"$work/out" 2>&1
	"$sekisho" check "$work/new.jsonc" --at $day >>"$work/out" 2>&1
	for f in text csv html; do
		"$sekisho" matrix "$work/new.jsonc" --format $f >>"$work/out" 2>&1
	done
	lacks out $'\e' && lacks out $'\u202e' && lacks out $'\u009b' &&
	    says out '\x1b[31m'
}

# ---- usage and writing

input_is_never_written_over()
{
	copy town || return 1
	cp "$work/town/model.jsonc" "$work/before"
	ln -f "$work/town/model.jsonc" "$work/other-name"
	for f in "$work/town/model.jsonc" "$work/town/../town/model.jsonc" \
	    "$work/other-name"; do
		run 2 matrix "$work/town/model.jsonc" -o "$f" --lang en &&
		    one err && says err "one of the files that were read" &&
		    cmp "$work/before" "$work/town/model.jsonc" || return 1
	done
}

old_report_outlives_a_failure()
{
	mkdir -p "$work/full" && echo old >"$work/full/m" &&
	    chmod 640 "$work/full/m" || return 1
	run 0 matrix "$examples/town/model.jsonc" -o "$work/full/m" --lang en &&
	    grep -q forbidden "$work/full/m" &&
	    [ "$(stat -c %a "$work/full/m")" = 640 ] &&
	    [ "$(ls "$work/full")" = m ] || return 1
	echo old >"$work/full/m"
	# A file may not grow beyond this many blocks: the disk is full.
	(ulimit -f 1 && trap '' XFSZ && exec "$sekisho" matrix \
	    "$examples/city-alpha/model.jsonc" --format html \
	    -o "$work/full/m" --lang en 2>"$work/err")
	[ $? -eq 2 ] && one err && [ "$(cat "$work/full/m")" = old ] &&
	    [ "$(ls "$work/full")" = m ]
}

language_may_stand_before_the_command()
{
	run 0 --lang ja checks && says out "未実装" &&
	    run 0 --lang=en checks && says out "this version judges" &&
	    run 0 --lang ja checks --lang en && says out "this version judges" &&
	    run 2 --lang en chek && says err 'no command "chek"'
}

wrong_usage_is_told_and_ends_with_two()
{
	run 2 && says err "name a command" &&
	    run 2 chek && says err 'no command "chek"' &&
	    run 2 --foo && says err 'no option "--foo"' &&
	    run 2 check && says err "MODEL" &&
	    run 2 check a b && says err '"b"' &&
	    run 2 check a --foo && says err '"--foo"' &&
	    run 2 check a --at 2026-02-30 && says err "2026-02-30" &&
	    run 2 check a --at && says err '"--at" needs a value' &&
	    run 2 check a --format pdf && says err "text|json" &&
	    run 2 check a --lang fr && says err "ja or en" &&
	    run 2 checks --at $day && says err '"--at"' &&
	    run 2 matrix -x a && says err '"-x"' && [ ! -s "$work/out" ]
}

help_and_version_end_well()
{
	run 0 --help && says out "sekisho COMMAND" && says out "matrix" &&
	    run 0 --version && one out && says out "sekisho " &&
	    run 0 check --help && says out "--at YYYY-MM-DD" &&
	    run 0 --lang ja --help && says out "使い方"
}

language_follows_the_environment()
{
	LC_ALL=ja_JP.UTF-8 run 2 && says err "使い方" || return 1
	LC_ALL='' LC_MESSAGES='' LANG=ja_JP.UTF-8 run 2 &&
	    says err "使い方" || return 1
	LC_ALL=ja_JP.UTF-8 run 0 --help --lang en && says out "usage"
}

nowhere_to_write_ends_with_two()
{
	local c
	for c in "checks" "--help" "check $examples/town/model.jsonc" \
	    "matrix $examples/town/model.jsonc"; do
		# shellcheck disable=SC2086
		"$sekisho" $c --lang en >/dev/full 2>"$work/err"
		[ $? -eq 2 ] && one err && says err "cannot write" || return 1
	done
	"$sekisho" checks --lang en >&- 2>"$work/err"
	[ $? -eq 2 ] && one err && says err "cannot write" || return 1
	run 2 matrix "$examples/town/model.jsonc" -o "$work/none/m" --lang en &&
	    one err && says err "none/m" || return 1
	run 2 matrix "$examples/town/model.jsonc" -o /dev/full --lang en &&
	    one err && says err "/dev/full" || return 1
	# A device is written to, never removed.
	[ -c /dev/full ]
}

no_path_of_a_machine_in_the_answer()
{
	run 0 matrix "$examples/town/model.jsonc" --format csv --lang en &&
	    lacks out "$PWD"
}

t examples_check_clean
t check_counts_what_was_loaded
t findings_end_with_one_and_name_the_clause
t information_alone_ends_with_nought
t errors_end_with_two_all_at_once
t check_as_json
t broken_model_as_json
t missing_model_is_one_sentence
t model_from_standard_input
t other_guideline_folder
t matrix_as_text_is_aligned
t matrix_marks_what_stands_against_the_guideline
t matrix_as_csv_has_mark_and_pairs
t matrix_as_page_needs_nothing_else
t names_are_escaped_in_the_page
t checks_say_what_is_built
t background_destinations_are_listed
t diff_of_the_same_is_no_change
t diff_passes_over_what_means_nothing
t diff_tells_opening_from_closing
t diff_sees_side_files
t diff_says_which_way_each_limit_moves
t diff_compares_limits_as_sets
t diff_sees_names_and_zones_that_grow
t no_answer_commands_the_terminal
t input_is_never_written_over
t old_report_outlives_a_failure
t language_may_stand_before_the_command
t wrong_usage_is_told_and_ends_with_two
t help_and_version_end_well
t language_follows_the_environment
t nowhere_to_write_ends_with_two
t no_path_of_a_machine_in_the_answer
