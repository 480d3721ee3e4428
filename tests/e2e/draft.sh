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
{
	flow 700 10.2.1.9 172.20.30.8 443 TLS
	# It answers the hosts of its zone, and so may ask for them.
	flow 541 10.2.1.9 10.2.0.53 53 DNS
	flow 542 10.2.1.8 10.2.0.53 53 DNS
} >>"$work/eve.json"

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

# With nothing but doubts these stand where they can be taken up.
flow 700 10.2.1.9 172.20.30.8 443 TLS >"$work/once.json"
draft 0 -t "$base" --from "$work/once.json" -o "$work/doubts" &&
	says "must approve: 0" &&
	sed -e '/^    \/\/ { "id"/,/"approved"/s|^    // ||' \
		-e 's|"approved": {} },|"approved": {} }|' "$work/doubts" \
		>"$work/taken" &&
	"$build/sekisho" check "$work/taken" --lang en >"$work/out" 2>&1
[ $? -eq 1 ] && grep -qF 'has no approval' "$work/out"
tell "what is doubtful loads once its slashes are taken away" $?

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

# Whatever is read is never written over, under whatever name.
kept=$work/kept
mkdir "$kept"
cp "$work/eve.json" "$kept/e.json"
cp "$work/conduits.csv" "$kept/c.csv"
printf 'IPアドレス,機器名\n10.2.0.53,dns\n' >"$kept/l.csv"
printf 'IPアドレス,ホスト名\n10.2.0.53,dns\n' >"$kept/leases.csv"
echo '{"nftables":[{"metainfo":{}}]}' >"$kept/rules.json"
echo '{ "columns": {} }' >"$kept/columns.json"
cp "$work/x.pcap" "$kept/x.pcap"
mkdir "$kept/spool"
cp "$work/spool/"* "$kept/spool"
ln -s e.json "$kept/link"
ln "$kept/e.json" "$kept/hard"
(cd "$kept" && find . -type f -exec sha256sum {} + | sort) >"$work/sums"
# spares OUTPUT WORD...
spares() {
	local output=$1
	shift
	draft 2 -t "$base" "$@" -o "$output" && says "files that were read"
}
e=$kept/e.json
spares "$e" --from "$e" && spares "$kept/link" --from "$e" &&
	spares "$kept/hard" --from "$work/eve.json" --from "$e" &&
	spares "$kept/spool/eve.json" --from "$kept/spool" &&
	spares "$kept/spool/eve-20261118-120000-1.json" \
		--from "$kept/spool/" &&
	spares "$kept/x.pcap" --from "trunk=$kept/x.pcap" &&
	spares "$e" --from - <"$kept/link" &&
	spares "$kept/l.csv" --from "$e" --ledger "$kept/l.csv" &&
	spares "$kept/c.csv" --from "$e" --conduits "$kept/c.csv" &&
	spares "$kept/leases.csv" --from "$e" --leases "$kept/leases.csv" &&
	spares "$kept/rules.json" --from "$e" --ruleset "$kept/rules.json" &&
	spares "$kept/columns.json" --from "$e" --columns "$kept/columns.json"
status=$?
(cd "$kept" && find . -type f -exec sha256sum {} + | sort) |
	cmp -s - "$work/sums" && [ "$status" -eq 0 ]
tell "nothing that is read is written over" $?

echo old >"$made"
(
	ulimit -f 1
	draft 2 -t "$base" --from "$work/eve.json" -o "$made"
) && [ "$(cat "$made")" = old ] && says "File too large" &&
	! compgen -G "$made.*" >/dev/null
tell "a limit on the size of files leaves the old one and no rest" $?

sed '/"id": "trunk"/s/"probe": "probe1", //' "$base" >"$work/np.jsonc"
no_probe() {
	draft 2 -t "$work/np.jsonc" "$@" -o "$work/none" &&
		says 'the tap "trunk" names no probe' &&
		says '"probe": "probe1"' && ! [ -e "$work/none" ]
}
no_probe --from "trunk=$work/x.pcap" --from "trunk=$work/x.pcap" &&
	no_probe --from "trunk=$work/x.pcap" &&
	no_probe --from "lgwan-line=$work/x.pcap" --from "trunk=$work/x.pcap" &&
	no_probe --from "$work/eve.json" --from "trunk=$work/x.pcap" &&
	draft 2 -t "$work/np.jsonc" --from "trunk=$work/x.pcap" --lang ja &&
	says "監視点「trunk」に監視装置の指定がありません"
tell "a tap without a probe is named" $?

many=()
for _ in $(seq 65); do
	many+=(--from "trunk=$work/x.pcap")
done
draft 2 -t "$base" "${many[@]}" -o "$work/none" &&
	says "too many captures for the probe probe1: 64" &&
	! [ -e "$work/none" ] && draft 3 -t "$base" "${many[@]:2}"
tell "captures beyond what a probe takes are never dropped" $?

# Without that it may be anything's way out, and is asked about.
grep -v '"dest_ip":"10.2.0.53"' "$work/eve.json" >"$work/alone.json"
draft 0 -t "$base" --from "$work/alone.json" -o "$made" &&
	says "must approve: 0" && says "doubtful (not written as conduits): 2" &&
	grep -q '// ? .*nobody declared as a resolver' "$made"
tell "a resolver that nobody declared is doubtful" $?

# Events of a fuller model: what this one does not have is not declared here.
sed -e 's/"verdict":"unjudged","check":"SEG-2"/"verdict":"conform","conduit":"x"/' \
	-e 's/"reason":"draft"/"reason":null,"model":{"sha256":"00"}/' \
	"$work/eve.json" >"$work/fuller.json"
draft 0 -t "$base" --from "$work/fuller.json" -o "$made" &&
	says "judged by another model" && says "declared already 0" &&
	says "must approve: 1" && says "forbidden by the guideline (SEG-1): 5"
tell "what another model declared is weighed here" $?

# A group's MAC is a router, and so is the far side of a translation.
printf '%s' '{"event_type":"sekisho_tap","sekisho":{"boundary":"hall",' \
	'"tap":"trunk","macs":[{"mac":"00:00:5e:00:01:0a","vlan":0,' \
	'"frames":9,"zones":["lg"],"address":"10.2.0.254","declared":null,' \
	'"forwards":false},{"mac":"02:00:00:00:00:09","vlan":0,"frames":9,' \
	'"zones":[],"address":"172.20.5.10","declared":null,' \
	'"forwards":false}]}}' >"$work/nat.json"
printf '\n%s%s%s\n' '{"event_type":"alert","src_ip":"10.2.20.90",' \
	'"dest_ip":"172.20.5.10","sekisho":{"check":"TOP-12","boundary":"hall",' \
	'"severity":"information","seen":"10.2.20.90:4 = 172.20.5.10:4 > 172.20.30.8:443"}}' \
	>>"$work/nat.json"
cat "$work/eve.json" >>"$work/nat.json"
draft 0 -t "$base" --from "$work/nat.json" -o "$made" &&
	grep -qF '"address": "10.2.0.254", "macs": ["00:00:5e:00:01:0a"], "virtual": { "kind": "vrrp", "group": 10 }' "$made" &&
	grep -qF '"address": "172.20.5.10", "macs": ["02:00:00:00:00:09"]' "$made" &&
	grep -qF '{ "at": "fw", "kind": "overload", "from": { "zone": "lg" }, "to": ["172.20.5.10"], "toward": "lgwan" }' "$made" &&
	sed -e 's|^  // , "translations"|  , "translations"|' \
		-e 's|^  //   {|  {|' -e 's|^  // \]$|  ]|' "$made" >"$work/taken" &&
	grep -q '^  , "translations"' "$work/taken" &&
	"$build/sekisho" check "$work/taken" --lang en >"$work/out" 2>&1
[ $? -le 1 ] && ! grep -q 'error' "$work/out"
tell "group MACs and translations become rows and questions" $?

# Only the ports tell who opened it: shown, and not written.
flow 600 10.2.1.9 172.20.30.8 443 TLS |
	sed 's/"certain"/"uncertain"/; s/"dest_port"/"src_port":50000,"dest_port"/' \
		>"$work/ports.json"
flow 600 172.20.30.9 10.2.1.9 50001 TLS |
	sed 's/"certain"/"uncertain"/; s/"dest_port"/"src_port":443,"dest_port"/' \
		>>"$work/ports.json"
draft 0 -t "$base" --from "$work/ports.json" -o "$made" &&
	says "must approve: 0" && says "less than three hours" &&
	grep -q '// ? .*told by the ports alone' "$made" &&
	grep -q '// *"to": { "zone": "lgwan".*172.20.30.9' "$made"
tell "who opened it is told by ports as a doubt" $?

exit $failed
