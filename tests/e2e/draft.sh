#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sekisho draft as a person calls it: what it says without a model or without
# events, what it keeps of the base, what it takes from ledgers and rulesets.
# Whether its proposals are true is tests/property/draft.py's business.
set -u

build=${SEKISHO_BUILD:-build/plain}
if [ ! -x "$build/sekisho" ]; then
	echo "skip draft: $build/sekisho is not built"
	exit 0
fi
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# tell NAME STATUS: ok when the status is 0
tell() {
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		echo "not ok $1"
		sed 's/^/# /' "$work/out" "$work/err" 2>/dev/null | head -20
		failed=1
	fi
}

# draft STATUS WORD...: runs it; whether it ended so
draft() {
	local expected=$1
	shift
	timeout 60 "$build/sekisho" draft --lang en "$@" \
		>"$work/out" 2>"$work/err"
	[ $? -eq "$expected" ]
}

says() {
	cat "$work/out" "$work/err" "$work/made" 2>/dev/null | grep -qF -- "$1"
}

# flow MINUTE SRC DEST PORT APPLICATION [MORE]: a conversation of the day
flow() {
	local stamp
	stamp=$(printf '2026-11-18T%02d:%02d:00.000000+0900' \
		$(($1 / 60)) $(($1 % 60)))
	printf '{"event_type":"flow","src_ip":"%s","dest_ip":"%s",' "$2" "$3"
	printf '"dest_port":%s,"proto":"TCP","flow":{"start":"%s",' "$4" "$stamp"
	printf '"end":"%s","bytes_toserver":9,"bytes_toclient":9},' "$stamp"
	printf '"sekisho":{"verdict":"unjudged","check":"SEG-2",%s' "${6-}"
	printf '"reason":"draft","outcome":"data","passed":"yes",'
	printf '"initiator":"certain","boundary":"hall","application":'
	printf '{"name":"%s","confidence":"payload"}}}\n' "$5"
}

base=$work/model.jsonc
made=$work/made
# A trial by a careful person: every comment is to stay.
sed -e 's|"stage": "in-force"|"stage": "trial", "until": "2026-12-01"|' \
	-e '/"conduits": \[/,/^  \],/d' \
	topology/examples/town/model.jsonc >"$base"
for minute in 540 600 660 720 780; do
	flow $minute 10.2.0.53 172.20.0.53 53 DNS
	flow $minute 10.3.1.5 10.1.0.10 445 SMBv23
	flow $minute 10.3.1.6 192.168.77.1 443 TLS
done >"$work/eve.json"
flow 700 10.2.1.9 172.20.30.8 443 TLS >>"$work/eve.json"

draft 2 -t "$work/none.jsonc" --from "$work/eve.json" && says "sekisho init"
tell "without a base model it points to sekisho init" $?

draft 2 -t "$base" && says "--from"
tell "without events it asks for them" $?

draft 2 -t "$base" --from "$work/nothing" && ! [ -e "$made" ]
tell "events that are not there are said" $?

: >"$work/empty.json"
draft 3 -t "$base" --from "$work/empty.json" -o "$made" && ! [ -e "$made" ]
tell "no conversation at all is too little" $?

draft 2 -t "$base" --from "$work/eve.json" -o "$base" &&
	grep -q '"stage": "trial"' "$base"
tell "the base is never overwritten" $?

draft 0 -t "$base" --from "$work/eve.json" -o "$made" &&
	says "must approve: 1" && says "doubtful (not written as conduits): 1"
tell "what must be approved and what is doubtful is counted" $?

grep -q '"stage": "draft"' "$made" && ! grep -q '"until"' "$made"
tell "a trial becomes a draft without an end" $?

missing=0
while IFS= read -r line; do
	grep -qF -- "$line" "$made" || missing=1
done < <(grep -F '//' "$base")
[ "$missing" -eq 0 ]
tell "comments of the base stay" $?

grep -q '"approved": {}' "$made" &&
	grep -q '"state": "observed", "first": "2026-11-18T09:00:00' "$made" &&
	grep -q '"count": 5' "$made" && grep -q '// "owner": ""' "$made"
tell "a proposal is observed, with blanks to fill in" $?

! grep '"hosts"' "$made" | grep -v '//' | grep -q '10\.3\.1\.5' &&
	says "forbidden by the guideline (SEG-1): 5 conversations" &&
	grep -q '// .*10\.3\.1\.5 > core 10\.1\.0\.10' "$made"
tell "what a tier forbids is listed and never written" $?

grep -q '// 192.168.77.0/24 is in no zone' "$made"
tell "a prefix in no zone is asked about" $?

"$build/sekisho" check "$made" --lang en >"$work/out" 2>"$work/err"
[ $? -eq 1 ] && says "has no approval"
tell "the draft loads and says that approvals are missing" $?

cp "$made" "$work/first"
draft 0 -t "$base" --from "$work/eve.json" -o "$made" &&
	cmp -s "$made" "$work/first"
tell "the same input gives the same draft" $?

mkdir "$work/spool"
head -8 "$work/eve.json" >"$work/spool/eve-20261118-120000-1.json"
tail -n +9 "$work/eve.json" >"$work/spool/eve.json"
draft 0 -t "$base" --from "$work/spool" -o "$made" &&
	cmp -s "$made" "$work/first"
tell "a folder of events is read as one file would be" $?

draft 0 -t "$made" --from "$work/eve.json" -o "$work/second" &&
	says "must approve: 1" &&
	"$build/sekisho" check "$work/second" >/dev/null 2>&1
[ $? -le 1 ]
tell "a draft may be the base of another one" $?

cat >"$work/conduits.csv" <<'CSV'
管理番号,通信名称,所管課,根拠,送信元領域,送信元IPアドレス,宛先領域,宛先IPアドレス,プロトコル,ポート,アプリケーション,申請者,承認者,承認番号,承認日,有効期限
1,LGWAN DNS,総務課,,lg,10.2.0.53,lgwan,172.20.0.53,TCP,53,DNS,総務課長補佐,CISO,総第31号,令和8年4月1日,令和10年3月31日
2,使わない通信,総務課,,lg,10.2.0.54,lgwan,172.20.0.54,TCP,443,TLS,総務課長補佐,CISO,総第32号,R8.4.1,R10.3.31
3,禁止,総務課,,office,10.3.1.5,core,10.1.0.10,TCP,445,SMB,総務課長補佐,CISO,総第33号,R8.4.1,R10.3.31
4,未承認,総務課,,lg,10.2.1.9,lgwan,172.20.30.8,TCP,443,TLS,,,,,
CSV
draft 0 -t "$base" --from "$work/eve.json" -o "$made" \
	--conduits "$work/conduits.csv" &&
	says "from the ledger of conduits: 2 (never seen 1, left out 2)" &&
	says "must approve: 0" && grep -q '総第31号' "$made" &&
	grep -q 'never seen' "$made" &&
	! grep -v '//' "$made" | grep -q '総第33号'
tell "rows of the ledger keep their approval, forbidden ones are left out" $?

cat >"$work/rules.json" <<'JSON'
{"nftables":[{"rule":{"family":"ip","table":"nat","chain":"post","handle":12,"expr":[{"match":{"op":"==","left":{"meta":{"key":"oifname"}},"right":"eth9"}},{"masquerade":null}]}}]}
JSON
draft 0 -t "$base" --from "$work/eve.json" -o "$made" \
	--ruleset "$work/rules.json" &&
	grep -q '// .*handle 12 has masquerade' "$made" &&
	grep -q '// .*interface eth9' "$made"
tell "a ruleset gives questions" $?

echo '{}' >"$work/rules.json"
draft 2 -t "$base" --from "$work/eve.json" -o "$made" \
	--ruleset "$work/rules.json" && says "nft -j list ruleset"
tell "what is no ruleset is said" $?

printf '192.0.2.1' >"$work/x.pcap"
draft 3 -t "$base" --from "trunk=$work/x.pcap" -o "$work/none" &&
	! [ -e "$work/none" ] && says "x.pcap" && says "not one conversation"
tell "a capture with nothing in it ends in sentences" $?

exit $failed
