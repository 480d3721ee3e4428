#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sekisho matrix --observed: made-up events of a city, with and without its
# model, as text, CSV and page, in both languages; hostile names, damaged
# lines, and what is not there or may not be read.
set -u

build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
unset LC_ALL LC_MESSAGES
export LANG=en_US.UTF-8
sekisho=$build/sekisho
model=topology/examples/city-alpha/model.jsonc

if [ ! -x "$sekisho" ]; then
	echo "skip observed: $sekisho is not built"
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

t()
{
	local details
	rm -rf "${work:?}"/*
	mkdir "$work/events"
	if details=$("$1" 2>&1); then
		echo "ok $1"
	else
		printf '%s\n' "$details"
		echo "not ok $1"
	fi
}

# flow ID FROM TO VERDICT CHECK REASON [OUTCOME [PASSED [SOURCE [NAME]]]]
flow()
{
	printf '{"timestamp":"2026-11-21T10:15:33.000000+0900",'
	printf '"flow_id":%d,"in_iface":"span0","event_type":"flow",' "$1"
	printf '"src_ip":"%s","dest_ip":"10.1.0.10","dest_port":445,' \
	    "${9:-10.3.1.5}"
	printf '"proto":"TCP","flow":{"bytes_toserver":6120,'
	printf '"bytes_toclient":48211,"start":"2026-11-21T10:15:30.000000'
	printf '+0900","end":"2026-11-21T10:16:01.000000+0900"},"sekisho":{'
	printf '"verdict":"%s","check":%s,"reason":%s,' "$4" "$5" "$6"
	printf '"outcome":"%s","passed":"%s",' "${7:-data}" "${8:-yes}"
	printf '"src_zone":%s,"dest_zone":%s,"clause":{"kind":"guideline",' \
	    "$2" "$3"
	printf '"id":"alpha: internet to mynumber","at":"mic.json:41"},'
	printf '"application":{"name":"SMBv23"},"server_name":"%s"}}\n' \
	    "${10:-}"
}

covered()
{
	printf '{"timestamp":"2026-11-21T11:00:00.000000+0900","event_type":'
	printf '"sekisho_coverage","sekisho":{"level":"boundary","boundary":'
	printf '"main","from":"2026-11-21T10:00:00.000000+0900","until":'
	printf '"2026-11-21T11:00:00.000000+0900","payload":{"seen":%d,' "$1"
	printf '"missing":%d,"unheard":0,"for_drops":0,"margin":0},' "$2"
	printf '"tcp_conversations":5,"tcp_one_way":1}}\n'
}

# stage WORD [UNTIL]: what an alert says of its model.
stage()
{
	printf '{"timestamp":"2026-11-21T10:15:33.000000+0900","event_type":'
	printf '"alert","sekisho":{"check":"SEG-1","severity":"critical",'
	printf '"emission":"new","model":{"sha256":"%064d",' 0
	printf '"stage":"%s"%s}}}\n' "$1" "${2:+,\"until\":\"$2\"}"
}

city()
{
	flow 1 '"office"' '"core"' violate '"SEG-1"' null
	flow 2 '"office"' '"core"' violate '"SEG-1"' null tried unknown
	flow 3 '"lg"' '"office"' conform null null data yes 10.2.1.5
	flow 4 '"lg"' '"office"' unjudged null '"one-way"' data yes 10.2.1.6
	flow 5 '"office"' null violate '"SEG-9"' null
	flow 6 '"core"' '"core"' out-of-scope null null
	covered 990 10
	stage trial 2026-12-31
}

# run STATUS ARGUMENTS...
run()
{
	local expected=$1 status
	shift
	"$sekisho" matrix "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ "$status" -eq "$expected" ] && return 0
	echo "sekisho matrix $*: ended with $status, not $expected"
	cat "$work/out" "$work/err"
	return 1
}

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

one()
{
	[ "$(wc -l <"$work/$1")" -eq 1 ] && return 0
	echo "more or less than one line:"
	cat "$work/$1"
	return 1
}

what_could_not_be_judged_stands_first()
{
	city >"$work/events/eve.json"
	run 1 --observed "$work/events" && says out "stage: trial (until 2026-12-31)" &&
	    says out "unjudged 1, violating 3 (tried only: 1)" &&
	    says out "at least 99.0 % of TCP data (watched 1 h 0 min; one-way conversations 1/5)" &&
	    says out "?1 o1" && says out "office → - X1" &&
	    says out "1 conversations out of scope" || return 1
	[ "$(grep -n '^unjudged' "$work/out" | cut -d: -f1)" -lt \
	    "$(grep -n '^conversations' "$work/out" | cut -d: -f1)" ]
}

the_grid_is_aligned_also_in_japanese()
{
	city >"$work/events/eve.json"
	run 1 "$model" --observed "$work/events" --lang ja || return 1
	/usr/bin/python3 - "$work/out" <<-'P'
		import sys, unicodedata
		def columns(s):
		    return sum(2 if unicodedata.east_asian_width(c) in "WF"
		               else 1 for c in s)
		lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
		head = next(i for i, l in enumerate(lines) if "＼" in l)
		at = columns(lines[head][:lines[head].index("office")])
		row = next(l for l in lines[head + 1:] if l.startswith("lg "))
		sys.exit(columns(row[:row.index("?1")]) != at)
	P
}

the_model_stands_beside_what_was_seen()
{
	city >"$work/events/eve.json"
	run 1 "$model" --observed "$work/events" --cell office,core --lang ja &&
	    says out "SEG-1" && says out "定義箇所: αモデル・インターネット接続系から個人番号利用事務系 mic.json:41" &&
	    says out "取扱い: 禁止" && says out "次に: " &&
	    says out "この向きの通信は記録されていません" &&
	    says out "別の版で判定されています" || return 1
	flow 9 '"unheard-of"' '"core"' conform null null >>"$work/events/eve.json"
	run 1 "$model" --observed "$work/events" &&
	    says out "zones of the events that the model does not have: unheard-of"
}

a_cell_without_a_model_says_so()
{
	city >"$work/events/eve.json"
	run 1 --observed "$work/events" --cell office,- && says out "SEG-9" &&
	    says out "no model was given" && says out "10.3.1.5"
}

a_slip_in_a_cell_is_told_with_what_was_meant()
{
	city >"$work/events/eve.json"
	run 2 --observed "$work/events" --cell ofice,core && one err &&
	    says err 'Did you mean "office"?' &&
	    run 2 --observed "$work/events" --cell office && one err &&
	    run 2 --observed "$work/events" --cell office,core,lg && one err
}

options_that_do_not_go_together_are_one_sentence()
{
	run 2 && one err && says err "MODEL" &&
	    run 2 "$model" --cell a,b && one err && says err "--cell" &&
	    run 2 "$model" --html "$work/p" && one err && says err "--html" &&
	    run 2 --observed "$work/events" --format html --html "$work/p" &&
	    one err && [ ! -e "$work/p" ]
}

csv_has_a_row_a_cell_and_a_mark()
{
	city >"$work/events/eve.json"
	flow 7 '"=1+1"' '"core"' conform null null >>"$work/events/eve.json"
	run 1 --observed "$work/events" --format csv &&
	    run 1 --observed "$work/events" --format csv --cell office,core -o "$work/cell.csv" &&
	    run 1 --observed "$work/events" --format csv -o "$work/all.csv" || return 1
	/usr/bin/python3 - "$work" <<-'P'
		import csv, sys
		for name, least in ("all", 5), ("cell", 3):
		    data = open(f"{sys.argv[1]}/{name}.csv", "rb").read()
		    assert data.startswith(b"\xef\xbb\xbf")
		    rows = list(csv.reader(data.decode("utf-8-sig")
		                           .splitlines()))
		    assert len({len(r) for r in rows}) == 1, rows
		    assert len(rows) == least, rows
		    assert not any(f.startswith("=") for r in rows for f in r)
	P
}

a_page_stands_alone_and_runs_nothing()
{
	local bad='<script>alert(1)</script>'

	{
		city
		flow 7 '"office"' '"core"' conform null null data yes 10.3.1.9 "$bad"
		flow 8 "\"$bad\"" '"core"' violate '"SEG-2"' null
		flow 9 '"office"' '"\"><img src=x onerror=alert(2)>"' unjudged null "\"$bad\""
		flow 10 '"office"' '"core"' conform null null data yes "<b>x</b>"
	} >"$work/events/eve.json"
	run 1 --observed "$work/events" --html "$work/page.html" &&
	    run 1 "$model" --observed "$work/events" --format html -o "$work/ja.html" --lang ja ||
	    return 1
	/usr/bin/python3 - "$work" <<-'P'
		import re, sys
		from html.parser import HTMLParser
		void = {"meta", "br", "img", "link", "input"}
		class Page(HTMLParser):
		    def __init__(self):
		        super().__init__()
		        self.open, self.text, self.tags = [], "", set()
		    def handle_starttag(self, tag, attributes):
		        self.tags.add(tag)
		        for name, value in attributes:
		            assert not name.startswith("on"), (name, value)
		            assert name != "src", value
		            assert name != "href" or value[0] == "#", value
		        if tag not in void:
		            self.open.append(tag)
		    def handle_startendtag(self, tag, attributes):
		        self.tags.add(tag)
		    def handle_endtag(self, tag):
		        assert self.open.pop() == tag, (tag, self.open)
		    def handle_data(self, data):
		        self.text += data
		for name, lang in ("page", "en"), ("ja", "ja"):
		    data = open(f"{sys.argv[1]}/{name}.html",
		                encoding="utf-8").read()
		    page = Page()
		    page.feed(data)
		    page.close()
		    assert page.open == [], page.open
		    assert not page.tags & {"script", "img", "b>x", "iframe"}
		    assert "<script>alert(1)</script>" in page.text
		    assert f'<html lang="{lang}">' in data
		    assert "url(" not in data and "@import" not in data
		    assert "http" not in re.sub(r"https?-", "", data), "outside"
		    anchors = set(re.findall(r'href="#([^"]+)"', data))
		    assert anchors <= set(re.findall(r'id="([^"]+)"', data))
	P
}

the_end_of_a_trial_is_on_every_sheet()
{
	city >"$work/events/eve.json"
	run 1 --observed "$work/events" --html "$work/page.html" --lang ja || return 1
	grep -c '段階: 試行（2026-12-31 まで）' "$work/page.html" | grep -qx 2 &&
	    grep -q 'position:fixed' "$work/page.html" &&
	    stage draft >>"$work/events/eve.json" &&
	    run 1 --observed "$work/events" --lang ja && says out "段階: 案"
}

what_is_not_known_is_never_silence()
{
	flow 1 '"lg"' '"office"' conform null null >"$work/events/eve.json"
	run 0 --observed "$work/events" && says out "seen: not known" &&
	    says out "stage: unknown" && says out "devices: none recorded" &&
	    covered 500 500 >>"$work/events/eve.json" &&
	    run 0 --observed "$work/events" && says out "at least 50.0 %" &&
	    grep -q '^  1\. .*at least 50\.0 %' "$work/out"
}

lines_that_are_cut_are_counted_and_said()
{
	{
		city | head -c 900
		echo
		echo 'not json'
		covered 1 0
	} >"$work/events/eve.json"
	run 1 --observed "$work/events" && says out "2 lines could not be read"
}

files_set_aside_are_read_before_the_youngest()
{
	flow 1 '"lg"' '"office"' conform null null \
	    >"$work/events/eve-20261120-000000-000001.json"
	flow 2 '"lg"' '"office"' conform null null \
	    >"$work/events/eve-20261121-000000-000002.json"
	flow 3 '"lg"' '"office"' conform null null >"$work/events/eve.json"
	echo nonsense >"$work/events/other.json"
	run 0 --observed "$work/events" && says out "conforming 3" &&
	    lacks out "could not be read" &&
	    run 3 --observed - && says out "conversations 0" &&
	    "$sekisho" matrix --observed - <"$work/events/eve.json" >"$work/out" &&
	    says out "conforming 1"
}

nothing_to_read_is_one_sentence()
{
	run 2 --observed "$work/events" && one err && says err "holds no events" &&
	    run 2 --observed "$work/none" && one err &&
	    : >"$work/events/eve.json" && run 3 --observed "$work/events" &&
	    says out "no traffic between zones is recorded"
}

what_may_not_be_read_is_said_and_ends_with_two()
{
	flow 1 '"lg"' '"office"' conform null null >"$work/events/eve.json"
	ln -s loop.json "$work/events/eve-20261120-000000-000001.json"
	ln -s eve-20261120-000000-000001.json "$work/events/loop.json"
	run 2 --observed "$work/events" && one err && says out "conforming 1" &&
	    says out "a file could not be read" || return 1
	[ "$(id -u)" -eq 0 ] && return 0
	chmod 0 "$work/events/eve.json"
	run 2 --observed "$work/events" && says err "ermission"
}

events_are_never_written_over()
{
	city >"$work/events/eve.json"
	cp "$work/events/eve.json" "$work/before"
	run 2 --observed "$work/events" -o "$work/events/eve.json" && one err &&
	    run 2 --observed "$work/events/eve.json" --html "$work/events/eve.json" &&
	    cmp "$work/before" "$work/events/eve.json"
}

# alert SEVERITY [EMISSION]
alert()
{
	printf '{"timestamp":"2026-11-21T10:15:33.000000+0900","event_type":'
	printf '"alert","sekisho":{"check":"LNK-3","severity":"%s",' "$1"
	printf '"emission":"%s"}}\n' "${2:-new}"
}

the_status_is_that_of_what_was_seen()
{
	local eve=$work/events/eve.json

	flow 1 '"lg"' '"office"' conform null null >"$eve"
	run 0 --observed "$work/events" && alert information >>"$eve" &&
	    run 0 "$model" --observed "$work/events" &&
	    alert medium closed >>"$eve" && run 0 --observed "$work/events" &&
	    alert medium >>"$eve" &&
	    run 1 --observed "$work/events" --html "$work/page.html" &&
	    run 1 --observed "$work/events" --cell lg,office || return 1
	{
		flow 1 '"lg"' '"office"' unjudged null '"one-way"'
		flow 2 '"lg"' '"lg"' out-of-scope null null
		alert information
	} >"$eve"
	run 3 --observed "$work/events" && says out "unjudged 1" &&
	    alert low >>"$eve" && run 1 --observed "$work/events"
}

reasons_and_tiers_are_words_in_japanese()
{
	{
		flow 1 '"lg"' '"office"' unjudged null '"draft"'
		flow 2 '"office"' '"core"' violate '"SEG-1"' null
	} >"$work/events/eve.json"
	run 1 "$model" --observed "$work/events" --lang ja --cell lg,office &&
	    says out "判定不能の理由: 構成定義が案の段階である 1" &&
	    says out "? 判定不能 構成定義が案の段階である 10." &&
	    run 1 "$model" --observed "$work/events" --cell lg,office &&
	    says out "why not judged: draft 1" &&
	    says out "clause: alpha: internet to mynumber mic.json:41"
}

the_picture_counts_each_way()
{
	{
		flow 1 '"lg"' '"office"' conform null null
		flow 2 '"lg"' '"office"' conform null null
		flow 3 '"office"' '"lg"' conform null null
	} >"$work/events/eve.json"
	run 0 "$model" --observed "$work/events" --html "$work/page.html" &&
	    grep -qE '>(2→ ←1|1→ ←2|2↓ ↑1|1↓ ↑2)<' "$work/page.html" &&
	    grep -qF "of each way" "$work/page.html"
}

routers_beyond_a_line_are_not_to_be_added()
{
	local i

	flow 1 '"lg"' '"office"' conform null null >"$work/events/eve.json"
	covered 1000 0 >>"$work/events/eve.json"
	for i in 1 2; do
		printf '{"event_type":"sekisho_asset","sekisho":{"mac":"%s",' "$i"
		printf '"addresses":[],"registered":false}}\n'
	done >>"$work/events/eve.json"
	run 0 --observed "$work/events" && lacks out "ask their divisions" &&
	    says out 'neither in the ledger nor in "hosts": 2); of those' || return 1
	printf '{"event_type":"sekisho_asset","sekisho":{"mac":"2",%s}}\n' \
	    '"addresses":["10.3.1.9"],"registered":false' \
	    >>"$work/events/eve.json"
	run 0 --observed "$work/events" &&
	    says out '1 devices are neither in the ledger'
}

nowhere_to_write_ends_with_two()
{
	city >"$work/events/eve.json"
	run 2 --observed "$work/events" -o /dev/full && one err &&
	    run 2 --observed "$work/events" --html /dev/full && one err
}

the_declared_matrix_is_as_it_was()
{
	run 0 "$model" --format csv && says out "core" && run 0 "$model" &&
	    run 0 "$model" --format html && says out "<svg"
}

t what_could_not_be_judged_stands_first
t the_grid_is_aligned_also_in_japanese
t the_model_stands_beside_what_was_seen
t a_cell_without_a_model_says_so
t a_slip_in_a_cell_is_told_with_what_was_meant
t options_that_do_not_go_together_are_one_sentence
t csv_has_a_row_a_cell_and_a_mark
t a_page_stands_alone_and_runs_nothing
t the_end_of_a_trial_is_on_every_sheet
t what_is_not_known_is_never_silence
t lines_that_are_cut_are_counted_and_said
t files_set_aside_are_read_before_the_youngest
t nothing_to_read_is_one_sentence
t what_may_not_be_read_is_said_and_ends_with_two
t events_are_never_written_over
t the_status_is_that_of_what_was_seen
t reasons_and_tiers_are_words_in_japanese
t the_picture_counts_each_way
t routers_beyond_a_line_are_not_to_be_added
t nowhere_to_write_ends_with_two
t the_declared_matrix_is_as_it_was
