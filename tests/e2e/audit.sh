#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sekisho audit: golden rulesets of every kind (tests/golden-rulesets), then
# the command itself: what it is called with, what it reads and may not write
# over, how it ends, what is not known, hostile names in every form of output,
# and the same ruleset read from the kernel and from a file.
# shellcheck disable=SC2317 # functions are called by name
set -u

build=${SEKISHO_BUILD:-build/plain}
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
unset LC_ALL LC_MESSAGES
export LANG=en_US.UTF-8
sekisho=$(realpath -m "$build/sekisho")
golden=$PWD/tests/golden-rulesets
town=$golden/town.jsonc
clean=$golden/town-clean/ruleset.json
open=$golden/town-temporary/ruleset.json
net=audit-$$
status=0

if [ ! -x "$sekisho" ]; then
	echo "skip audit: $sekisho is not built"
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'ip netns del "$net" 2>/dev/null; rm -rf "$work"' EXIT

/usr/bin/python3 "$golden/run.py" || status=1

t()
{
	local details
	rm -rf "${work:?}"/*
	if details=$("$1" 2>&1); then
		echo "ok $1"
	else
		printf '%s\n' "$details"
		echo "not ok $1"
		status=1
	fi
}

# run STATUS ARGUMENTS...
run()
{
	local expected=$1 ended
	shift
	"$sekisho" audit "$@" >"$work/out" 2>"$work/err" </dev/null
	ended=$?
	[ "$ended" -eq "$expected" ] && return 0
	echo "sekisho audit $*: ended with $ended, not $expected"
	head -50 "$work/out" "$work/err"
	return 1
}

says()
{
	grep -qF -- "$2" "$work/$1" && return 0
	echo "\"$2\" is not in:"
	head -60 "$work/$1"
	return 1
}

lacks()
{
	grep -qF -- "$2" "$work/$1" || return 0
	echo "\"$2\" is in:"
	head -60 "$work/$1"
	return 1
}

one()
{
	[ "$(wc -l <"$work/$1")" -eq 1 ] && return 0
	echo "more or less than one line:"
	head -20 "$work/$1"
	return 1
}

# refused WHAT ARGUMENTS...: one sentence that names WHAT, and nothing else.
refused()
{
	local what=$1
	shift
	run 2 "$@" && one err && says err "$what" && [ ! -s "$work/out" ]
}

# valid FILE: of the schema.
valid()
{
	/usr/bin/python3 - "$work/$1" <<-'P'
		import json, sys
		found = json.load(open(sys.argv[1], encoding="utf-8"))
		try:
		    import jsonschema
		except ImportError:
		    sys.exit(0)
		schema = json.load(open("topology/schema/sekisho-audit-1.json",
		                        encoding="utf-8"))
		faults = [f"{list(f.path)}: {f.message[:200]}" for f in
		          jsonschema.Draft7Validator(schema).iter_errors(found)]
		sys.exit("\n".join(faults) or 0)
	P
}

# model EDIT...: the town's model after edits by sed.
model()
{
	local edits=()
	for edit in "$@"; do
		edits+=(-e "$edit")
	done
	sed "${edits[@]}" "$town" >"$work/model.jsonc"
}

options_that_do_not_go_together_are_one_sentence()
{
	refused "--ruleset" --model "$town" &&
	    refused "--kernel" --model "$town" --kernel --ruleset "$clean" &&
	    refused "--netns" --model "$town" --ruleset "$clean" --netns /x &&
	    refused "--model" --ruleset "$clean" &&
	    refused "--model" --kernel &&
	    refused "--firewall" --ruleset "$clean" --firewall fw --explain any &&
	    refused "--what-if" --ruleset "$clean" --explain any --what-if "$open" &&
	    refused "--html" --ruleset "$clean" --explain any --html "$work/p" &&
	    refused "--at" --ruleset "$clean" --explain any --at 2026-11-22 &&
	    refused "--peer" --model "$town" --ruleset "$clean" --what-if "$open" --peer "$open" &&
	    refused "--snapshots" --model "$town" --ruleset "$clean" --what-if "$open" --snapshots "$work" &&
	    refused "standard input" --model - --ruleset - &&
	    refused "standard input" --model "$town" --ruleset "$clean" --what-if - &&
	    refused "the same file" --model "$town" --ruleset "$clean" -o "$work/p" --html "$work/p" &&
	    refused "the same file" --model "$town" --ruleset "$clean" -o "$work/p" --html "$work/./p" &&
	    refused "there is no folder" --model "$town" --ruleset "$clean" --snapshots "$work/none" &&
	    [ ! -e "$work/p" ]
}

# Whatever the bound, never as a defect of ours.
memory_that_ran_out_is_said()
{
	local bound said=0

	/usr/bin/python3 -c 'import json, sys
rule = {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [
    {"match": {"op": "==", "left": {"payload": {"protocol": "tcp",
     "field": "dport"}}, "right": 443}}, {"accept": None}]}}
print(json.dumps({"nftables": [rule] * 10000}))' >"$work/many.json"
	for bound in 60000 80000 100000 120000 140000; do
		(ulimit -v "$bound" && "$sekisho" audit --lang en --ruleset "$work/many.json" \
		    --explain 'tcp 10.2.0.5 -> 10.1.0.7' >"$work/out" 2>"$work/err")
		says err "as a defect" && return 1
		says err "out of memory: raise the limit (ulimit" && said=1
	done
	case $sekisho in *asan*) return 0 ;; esac
	[ "$said" -eq 1 ]
}

what_cannot_be_read_is_told()
{
	run 2 --model "$work/none" --ruleset "$clean" && says err "none" &&
	    run 2 --model "$town" --ruleset "$work/none" && says err "none" &&
	    run 2 --model "$town" --ruleset "$work" && [ -s "$work/err" ] &&
	    run 2 --model "$town" --ruleset "$clean" --peer "$work/none" && says err "none" &&
	    run 2 --model "$town" --ruleset "$clean" --what-if "$work/none" && says err "none" || return 1
	head -c 3000 "$clean" >"$work/cut.json"
	run 2 --model "$town" --ruleset "$work/cut.json" && says err "cut.json:" &&
	    run 2 --model "$town" --kernel --netns "$work/none" && [ -s "$work/err" ] || return 1
	mkfifo "$work/pipe" || return 1
	run 2 --model "$town" --kernel --netns "$work/pipe" && [ -s "$work/err" ] &&
	    memory_that_ran_out_is_said
}

an_answer_is_whole_or_told()
{
	[ -e /dev/full ] || return 0
	run 2 --model "$town" --ruleset "$clean" -o /dev/full && one err &&
	    run 2 --model "$town" --ruleset "$clean" --html /dev/full && one err &&
	    run 2 --model "$town" --ruleset "$clean" --format json -o "$work/no/where" && one err || return 1
	"$sekisho" audit --model "$town" --ruleset "$clean" >/dev/full 2>"$work/err"
	[ $? -eq 2 ] && one err
}

no_answer_takes_the_place_of_what_was_read()
{
	cp "$town" "$work/model.jsonc"
	cp "$open" "$work/rules.json"
	cp "$clean" "$work/other.json"
	ln -s rules.json "$work/link"
	refused "rules.json" --model "$work/model.jsonc" --ruleset "$work/rules.json" -o "$work/rules.json" &&
	    refused "link" --model "$work/model.jsonc" --ruleset "$work/rules.json" --html "$work/link" &&
	    refused "model.jsonc" --model "$work/model.jsonc" --ruleset "$work/rules.json" -o "$work/model.jsonc" &&
	    refused "other.json" --model "$work/model.jsonc" --ruleset "$work/rules.json" --peer "$work/other.json" -o "$work/other.json" &&
	    refused "other.json" --model "$work/model.jsonc" --ruleset "$work/rules.json" --what-if "$work/other.json" -o "$work/other.json" &&
	    cmp "$town" "$work/model.jsonc" && cmp "$open" "$work/rules.json" &&
	    cmp "$clean" "$work/other.json"
}

the_exit_code_says_what_came_out()
{
	run 0 --model "$town" --ruleset "$clean" --at 2026-11-22 &&
	    says out "Nothing found" &&
	    run 1 --model "$town" --ruleset "$open" --at 2026-11-22 &&
	    lacks out "Nothing found" &&
	    # Conduits that have expired permit nothing any more.
	    run 1 --model "$town" --ruleset "$clean" --at 2031-01-01 && says out "FWR-1"
}

both_languages_and_forms_say_the_same()
{
	run 1 --model "$town" --ruleset "$open" --lang ja -o "$work/text" &&
	    [ ! -s "$work/out" ] && says text "未登録通信の許可ルール" &&
	    says text "暫定" && says text "個人番号利用事務系(core)" &&
	    run 1 --model "$town" --ruleset "$open" --lang en --format json -o "$work/json" --html "$work/page" &&
	    valid json && says json '"result":"findings"' && says page "FWR-1" &&
	    says page "暫定" || return 1
	# Nothing is wider than a terminal but what is to be copied, and paths.
	/usr/bin/python3 - "$work/text" <<-'P'
		import sys, unicodedata
		def columns(s):
		    return sum(2 if unicodedata.east_asian_width(c) in "WF"
		               else 1 for c in s)
		lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
		head = next(i for i, l in enumerate(lines) if "＼" in l)
		at = columns(lines[head][:lines[head].index("core")])
		row = next(l for l in lines if l.startswith("office "))
		assert columns(row[:row.index("Ｘ1")]) == at, (at, row)
		wide = [l for l in lines if columns(l) > 80]
		assert all("nft " in l or "ルール" in l or "iif" in l or
		           "/" in l for l in wide), wide
	P
}

a_firewall_is_chosen()
{
	model 's/"firewalls": \[ /&{ "id": "spare", "kind": "opaque", "addresses": ["10.9.9.9"] }, /'
	# The only one that is a boundary's.
	run 0 --model "$work/model.jsonc" --ruleset "$clean" && says out "firewall fw " &&
	    refused "spare" --model "$work/model.jsonc" --ruleset "$clean" --firewall spare &&
	    refused "fw, spare" --model "$town" --ruleset "$clean" --firewall "fw, spare" &&
	    refused "nonesuch" --model "$work/model.jsonc" --ruleset "$clean" --firewall nonesuch && says err "spare, fw" || return 1
	sed -i 's/"boundaries": \[/&{ "id": "annex", "name": "支所", "firewall": "spare", "zones": ["lg", "office"], "taps": [] },/' "$work/model.jsonc"
	refused "--firewall" --model "$work/model.jsonc" --ruleset "$clean" && says err "spare, fw" &&
	    run 0 --model "$work/model.jsonc" --ruleset "$clean" --firewall fw
}

what_cannot_be_read_is_not_known()
{
	model 's/"kind": "nftables"/"kind": "opaque"/'
	run 3 --model "$work/model.jsonc" --lang ja &&
	    says out "境界機器の設定は未取込み" && says out "COV-12" &&
	    says out "？" && lacks out "〇" &&
	    run 3 --model "$work/model.jsonc" --format json && valid out &&
	    says out '"result":"undecided"' && says out '"ruleset":null' &&
	    run 3 --model "$work/model.jsonc" --html "$work/page" --lang ja &&
	    says page "未取込み" &&
	    refused "--ruleset" --model "$work/model.jsonc" --what-if "$clean" &&
	    # One that is given after all is audited, and that is said.
	    run 0 --model "$work/model.jsonc" --ruleset "$clean" && says out "opaque"
}

boundaries_that_share_a_firewall_are_audited_each()
{
	model 's/"boundaries": \[/&{ "id": "annex", "name": "支所境界", "firewall": "fw", "zones": ["lg", "office"], "taps": [] },/'
	run 1 --model "$work/model.jsonc" --ruleset "$open" --lang en &&
	    says out "支所境界(annex)" && says out "役場境界(hall)" &&
	    run 1 --model "$work/model.jsonc" --ruleset "$open" --format json --html "$work/page" &&
	    valid out && says page "支所境界" || return 1
	/usr/bin/python3 - "$work/out" <<-'P'
		import json, sys
		audits = json.load(open(sys.argv[1], encoding="utf-8"))["audits"]
		assert [a["boundary"]["id"] for a in audits] == ["annex", "hall"]
		# office to core is not the annex's: one is clean, one is not.
		assert [a["result"] for a in audits] == ["clean", "findings"]
		assert {c["from"] for c in audits[0]["cells"]} == {"lg", "office"}
	P
}

a_ruleset_of_another_machine_is_not_clean()
{
	sed 's/"\(core\|lg\|office\|lgwan\|sc\)0"/"eth\1"/g' "$clean" >"$work/strange.json"
	run 1 --model "$town" --ruleset "$work/strange.json" --lang en &&
	    says out "ethcore" && says out "core0" && says out "undecided 1" || return 1
	# With nothing declared there is nothing to find, and it is not clean.
	model '/"conduits": \[/,/^  \],/d'
	run 3 --model "$work/model.jsonc" --ruleset "$work/strange.json" --format json && valid out &&
	    says out '"result":"undecided"' &&
	    run 3 --model "$work/model.jsonc" --ruleset "$work/strange.json" --lang en &&
	    lacks out "Nothing found:" || return 1
	# Some of them: a note says which.
	sed 's/"sc0"/"wan9"/g' "$clean" >"$work/strange.json"
	run 1 --model "$town" --ruleset "$work/strange.json" && says out "wan9" &&
	    says out "no rule names: sc0"
}

another_ruleset_is_weighed_before_it_is_loaded()
{
	run 1 --model "$town" --ruleset "$clean" --what-if "$open" --lang en &&
	    says out "office" && says out "core" && says out "暫定" &&
	    run 1 --model "$town" --ruleset "$clean" --what-if "$open" --format json &&
	    valid out && says out '"change":"opens"' && says out '"kind":"ruleset"' &&
	    run 1 --model "$town" --ruleset "$open" --what-if "$clean" --format json &&
	    says out '"change":"closes"' && lacks out '"change":"opens"' &&
	    run 0 --model "$town" --ruleset "$clean" --what-if "$clean" --format json -o "$work/same" &&
	    valid same && lacks same '"change":"'
}

another_model_is_weighed_before_it_is_in_force()
{
	model '/"id": "eltax"/,/expires/d' 's/"総第15号", "on": "2026-04-01" }, "expires": "2028-03-31" },/"総第15号", "on": "2026-04-01" }, "expires": "2028-03-31" }/'
	run 1 --model "$town" --ruleset "$clean" --what-if "$work/model.jsonc" --lang en &&
	    says out "findings that appear: 1" && says out "findings that disappear: 0" &&
	    says out "eltax" &&
	    run 1 --model "$work/model.jsonc" --ruleset "$clean" --what-if "$town" --format json &&
	    valid out && says out '"kind":"model"' && says out '"appears":[]' &&
	    run 0 --model "$town" --ruleset "$clean" --what-if "$town" --lang ja &&
	    says out "増える指摘 0 件" || return 1
	sed -i 's/"id": "fw"/"id": "other"/; s/"firewall": "fw"/"firewall": "other"/' "$work/model.jsonc"
	refused "model.jsonc" --model "$town" --ruleset "$clean" --what-if "$work/model.jsonc" || return 1
	printf '{ "format": "sekisho-topology/1" }' >"$work/model.jsonc"
	run 2 --model "$town" --ruleset "$clean" --what-if "$work/model.jsonc" && says err "model.jsonc"
}

a_packet_is_explained_without_a_model()
{
	run 0 --ruleset "$open" --explain 'tcp 10.3.0.5:* -> 10.1.0.7:443 iif office0 oif core0' &&
	    says out "暫定" &&
	    run 0 --ruleset "$open" --model "$town" --explain 'tcp 10.3.0.5 -> 10.1.0.7:443 iif office0' --format json -o "$work/json" &&
	    /usr/bin/python3 -m json.tool "$work/json" >/dev/null &&
	    grep -q '"own_addresses_known": *true' "$work/json" &&
	    run 0 --ruleset "$open" --explain 'tcp 10.3.0.5 -> 10.1.0.7:443 iif office0' --format json -o "$work/json" &&
	    grep -q '"own_addresses_known": *false' "$work/json" &&
	    run 2 --ruleset "$open" --explain 'tcp nonsense' && [ -s "$work/err" ] &&
	    run 2 --ruleset "$open" --explain '' && [ -s "$work/err" ]
}

# Names that try to get out of a terminal, a page and a string.
hostile()
{
	/usr/bin/python3 - "$open" "$town" "$work" <<-'P'
		import json, sys
		bad = "</p><script>alert(1)</script>\x1b[2J\x1b]0;x\x07\"'&\u202e\\"
		rules = json.load(open(sys.argv[1], encoding="utf-8"))
		for entry in rules["nftables"]:
		    rule = entry.get("rule", {})
		    if "暫定" in rule.get("comment", ""):
		        rule["comment"] = bad
		        rule["expr"][0]["match"]["right"] = "<b>\x1b[1m\u202e"
		    if entry.get("table"):
		        entry["table"]["name"] = bad
		    for kind in "chain", "rule":
		        if kind in entry:
		            entry[kind]["table"] = bad
		model = open(sys.argv[2], encoding="utf-8").read()
		model = model.replace("役場境界", json.dumps(bad)[1:-1])
		model = model.replace("個人番号利用事務系", json.dumps(bad)[1:-1])
		model = model.replace("見本町", json.dumps(bad)[1:-1])
		model = model.replace('"office0"', '"<b>\\u001b[1m\\u202e"')
		with open(sys.argv[3] + "/rules.json", "w") as file:
		    json.dump(rules, file)
		with open(sys.argv[3] + "/model.jsonc", "w") as file:
		    file.write(model)
	P
}

# What README says of a FortiGate: the file is what audit reads, the summary is
# shown; a form that is asked for goes to the file alone.
policies_of_a_fortigate_go_from_import_to_audit()
{
	cp "$golden/fortigate/policies.csv" "$work/fortigate.csv" || return 1
	(cd "$work" && "$sekisho" import ruleset fortigate.csv -o fw1.json \
	    >out 2>err)
	[ $? -le 1 ] && says out policies && lacks fw1.json SHA-256 &&
	    says fw1.json sekisho-ruleset/1 || return 1
	"$sekisho" audit --model "$golden/fortigate/model.jsonc" \
	    --ruleset "$work/fw1.json" --at 2026-11-22 >"$work/out"
	[ $? -eq 1 ] && says out FWR-1 && says out "fw1.json:" || return 1
	"$sekisho" import ruleset "$work/fortigate.csv" --format text \
	    -o "$work/summary" >"$work/out" 2>&1
	says summary policies && lacks summary sekisho-ruleset/1
}

# Many zones: the table in blocks that fit a terminal, and what is not shown
# is counted by how grave it is.
many_zones_fit_a_terminal()
{
	/usr/bin/python3 - "$town" "$work" <<-'P' || return 1
		import json, re, sys
		model = json.loads(re.sub(r"^\s*//.*$", "",
		                          open(sys.argv[1], encoding="utf-8").read(),
		                          flags=re.M))
		rules = []
		for i in range(20):
		    name = f"branch{i:02}"
		    model["zones"].append({"id": name, "tier": "internet",
		        "name": f"{i + 1}番出張所の事務系", "networks": [f"10.{100 + i}.0.0/16"]})
		    model["boundaries"][0]["zones"].append(name)
		    model["firewalls"][0]["interfaces"][f"br{i}"] = [name]
		    for to in ("core0", "lg0", "office0"):
		        rules.append({"name": f"{name}-{to}",
		                      "from-interfaces": [f"br{i}"],
		                      "to-interfaces": [to],
		                      "source": [f"10.{100 + i}.0.0/16"],
		                      "destination": "any", "services": "any",
		                      "action": "accept"})
		json.dump(model, open(sys.argv[2] + "/model.jsonc", "w"))
		json.dump({"format": "sekisho-ruleset/1", "default": "drop",
		           "rules": rules}, open(sys.argv[2] + "/rules.json", "w"))
	P
	cp topology/guidelines/mic-2025-03.json "$work" 2>/dev/null
	run 1 --model "$work/model.jsonc" --ruleset "$work/rules.json" \
	    --at 2026-11-22 --html "$work/page.html" || return 1
	says page.html '<div class="scroll"><table class="grid many">' || return 1
	/usr/bin/python3 - "$work/out" <<-'P'
		import re, sys, unicodedata
		text = open(sys.argv[1], encoding="utf-8").read()
		wide = {"W": 2, "F": 2}
		grid = [l for l in text.splitlines() if re.match(r"\d+ +[a-z]", l)]
		if len(grid) < 40:
		    sys.exit(f"{len(grid)} lines of a table")
		for l in grid:
		    n = sum(wide.get(unicodedata.east_asian_width(c), 1) for c in l)
		    if n > 80:
		        sys.exit(f"{n} columns: {l}")
		if not re.search(r"FWR-1: \d+ more, \d+ of them critical "
		                 r"\(all by --html / --format json\)", text):
		    sys.exit("nothing is said of those that are not shown")
	P
}

hostile_names_stay_names()
{
	local form
	hostile || return 1
	for form in ja en; do
		"$sekisho" audit --model "$work/model.jsonc" --ruleset "$work/rules.json" \
		    --lang "$form" --html "$work/page.$form" >"$work/out.$form" 2>"$work/err"
		"$sekisho" audit --model "$work/model.jsonc" --ruleset "$work/rules.json" \
		    --lang "$form" --format json >"$work/json.$form" 2>>"$work/err"
		"$sekisho" audit --model "$work/model.jsonc" --ruleset "$work/rules.json" \
		    --lang "$form" --what-if "$clean" >>"$work/out.$form" 2>>"$work/err"
		"$sekisho" audit --ruleset "$work/rules.json" --lang "$form" \
		    --explain 'tcp 10.3.0.5 -> 10.1.0.7:443' >>"$work/out.$form" 2>>"$work/err"
	done
	cat "$work/err"
	[ -s "$work/out.ja" ] && [ -s "$work/json.en" ] || return 1
	valid json.ja && valid json.en || return 1
	/usr/bin/python3 - "$work" <<-'P'
		import sys, unicodedata
		from html.parser import HTMLParser
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
		        if tag != "meta":
		            self.open.append(tag)
		    def handle_endtag(self, tag):
		        assert self.open.pop() == tag, (tag, self.open)
		    def handle_data(self, data):
		        self.text += data
		for lang in "ja", "en":
		    for name in "out", "json", "page":
		        text = open(f"{sys.argv[1]}/{name}.{lang}",
		                    encoding="utf-8").read()
		        strange = {c for c in text if c != "\n" and
		                   unicodedata.category(c) in ("Cc", "Cf")}
		        if name != "json":
		            assert not strange, (name, strange)
		        assert "\x1b" not in text, name
		    page = Page()
		    page.feed(open(f"{sys.argv[1]}/page.{lang}",
		                   encoding="utf-8").read())
		    page.close()
		    assert page.open == [], page.open
		    assert not page.tags & {"script", "b>", "img", "iframe"}
		    assert "<script>alert(1)</script>" in page.text
		    assert "http" not in open(f"{sys.argv[1]}/page.{lang}").read()
	P
}

# Every finding of a golden source loaded into a network namespace, as facts
# that do not depend on the reader. Its flowtables are left out: not every
# kernel has them.
the_kernel_and_a_file_say_the_same()
{
	local case model
	for case in town-clean town-temporary city-tables migration-bypass \
	    ipv6-table-ip ipv6-inet wsus-any nat-dnat limits management shadowed \
	    verdict-maps; do
		model=$(sed -n 's/^#! model //p' "$golden/$case/expected")
		model=$golden/$case/${model:-model.jsonc}
		ip netns add "$net" || return 1
		ip netns exec "$net" nft -f "$golden/$case/ruleset.nft" || return 1
		ip netns exec "$net" nft -j list ruleset >"$work/rules.json"
		"$sekisho" audit --model "$model" --kernel --netns "/run/netns/$net" \
		    --format json --at 2026-11-22 >"$work/kernel" 2>"$work/err"
		cat "$work/err"
		"$sekisho" audit --model "$model" --ruleset "$work/rules.json" \
		    --format json --at 2026-11-22 >"$work/file"
		ip netns del "$net"
		valid kernel || return 1
		/usr/bin/python3 - "$work/kernel" "$work/file" "$case" <<-'P' || return 1
			import json, sys
			def facts(path):
			    audit = json.load(open(path, encoding="utf-8"))["audits"][0]
			    return ([(f["check"], f["severity"], f["certainty"],
			              f["from"], f["to"], f["family"],
			              [(r["chain"], r["handle"], r["comment"], r["action"])
			               for r in f["rules"]],
			              [(r["chain"], r["handle"]) for r in f["covering"]])
			             for f in audit["findings"]],
			            [(c["from"], c["to"], c["state"]) for c in audit["cells"]],
			            len(audit["undecided"]), audit["ruleset"]["sha256"])
			kernel, file = facts(sys.argv[1]), facts(sys.argv[2])
			for a, b, what in zip(kernel, file, ("findings", "cells",
			                                     "undecided", "sha256")):
			    if a != b:
			        sys.exit(f"{sys.argv[3]}: {what}:\n{a}\n{b}")
		P
	done
}

# What iptables-nft leaves in the kernel says more than nft prints of it: the
# rule for answers opens nothing, and only the share is open.
the_kernel_knows_more_of_iptables_than_its_listing()
{
	command -v iptables-nft-restore >/dev/null || return 0
	ip netns add "$net" &&
	    ip netns exec "$net" bash -eu "$golden/iptables/rules.sh" || return 1
	run 1 --model "$town" --kernel --netns "/run/netns/$net" --at 2026-11-22 --format json
	ip netns del "$net"
	valid out && lacks out '"certainty":"possible"' || return 1
	/usr/bin/python3 - "$work/out" <<-'P'
		import json, sys
		audit = json.load(open(sys.argv[1], encoding="utf-8"))["audits"][0]
		found = sorted((f["check"], f["from"], f["to"], f["family"],
		                f["rules"][-1]["comment"]) for f in audit["findings"])
		wanted = [("FWR-1", "office", "lg", 4, "共有フォルダ"),
		          ("FWR-6", "core", "office", 6, None)]
		sys.exit(f"{found}" if found != wanted else 0)
	P
}

# Which namespaces root may make is tried once.
with_kernel()
{
	if [ "$(id -u)" -ne 0 ]; then
		echo "skip $1: not root"
	elif ! command -v nft >/dev/null || ! ip netns add "$net" 2>/dev/null; then
		echo "skip $1: no nft, or no network namespaces here"
	else
		ip netns del "$net"
		t "$1"
	fi
}

t options_that_do_not_go_together_are_one_sentence
t what_cannot_be_read_is_told
t an_answer_is_whole_or_told
t no_answer_takes_the_place_of_what_was_read
t the_exit_code_says_what_came_out
t both_languages_and_forms_say_the_same
t a_firewall_is_chosen
t what_cannot_be_read_is_not_known
t boundaries_that_share_a_firewall_are_audited_each
t a_ruleset_of_another_machine_is_not_clean
t another_ruleset_is_weighed_before_it_is_loaded
t another_model_is_weighed_before_it_is_in_force
t a_packet_is_explained_without_a_model
t policies_of_a_fortigate_go_from_import_to_audit
t many_zones_fit_a_terminal
t hostile_names_stay_names
with_kernel the_kernel_and_a_file_say_the_same
with_kernel the_kernel_knows_more_of_iptables_than_its_listing
exit "$status"
