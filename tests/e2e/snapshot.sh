#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sekisho snapshot as a person calls it: states that are stored, seen again,
# approved and listed; what it says of a change; a full disk, a kill in the
# middle, files that are broken, two at once.
set -u

build=${SEKISHO_BUILD:-build/plain}
if [ ! -x "$build/sekisho" ]; then
	echo "skip snapshot: $build/sekisho is not built"
	exit 0
fi
export SEKISHO_DATADIR=${SEKISHO_DATADIR:-$PWD/topology}
schema=$PWD/topology/schema/sekisho-snapshot-1.json
work=$(mktemp -d)
mounted=
# shellcheck disable=SC2317 # by the trap
finish() {
	[ -n "$mounted" ] && umount "$mounted"
	rm -rf "$work"
}
trap finish EXIT
failed=0
export SUDO_USER=taro
unset LOGNAME

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

# snap STATUS WORD...: runs it; whether it ended so
snap() {
	local expected=$1 got
	shift
	timeout 60 "$build/sekisho" snapshot --lang en "$@" \
		>"$work/out" 2>"$work/err"
	got=$?
	[ "$got" -eq "$expected" ] || echo "ended with $got" >>"$work/err"
	[ "$got" -eq "$expected" ]
}

says() {
	cat "$work/out" "$work/err" | grep -qF -- "$1"
}

# files FOLDER: how many lie there
files() {
	find "$1" -mindepth 1 -maxdepth 1 | wc -l
}

# ruleset FILE PORT...: forward accepts TCP to these ports, from lg0 to core0
ruleset() {
	local file=$1 port
	shift
	{
		printf '{"nftables":[{"metainfo":{"json_schema_version":1}},'
		printf '{"table":{"family":"inet","name":"f","handle":1}},'
		printf '{"chain":{"family":"inet","table":"f","name":"fwd",'
		printf '"handle":1,"type":"filter","hook":"forward","prio":0,'
		printf '"policy":"drop"}}'
		for port in "$@"; do
			printf ',{"rule":{"family":"inet","table":"f","chain":'
			printf '"fwd","handle":%d,"expr":[' $((port + 10))
			printf '{"match":{"op":"==","left":{"meta":{"key":'
			printf '"iifname"}},"right":"lg0"}},{"match":{"op":"=="'
			printf ',"left":{"meta":{"key":"oifname"}},"right":'
			printf '"core0"}},{"match":{"op":"==","left":{"payload"'
			printf ':{"protocol":"tcp","field":"dport"}},"right":%d' \
				"$port"
			printf '}},{"counter":{"packets":%d,"bytes":0}},' \
				"$RANDOM"
			printf '{"accept":null}]}}'
		done
		printf ']}\n'
	} >"$file"
}

cat >"$work/model.jsonc" <<'END'
{ "format": "sekisho-topology/1",
  "guideline": { "file": "mic-2025-03.json", "model": "alpha" },
  "zones": [
    { "id": "core", "tier": "mynumber", "networks": ["10.1.0.0/16"] },
    { "id": "lg", "tier": "lgwan", "networks": ["10.2.0.0/16"] } ],
  "boundaries": [ { "id": "main", "firewall": "fw1",
    "zones": ["core", "lg"], "taps": [] } ],
  "firewalls": [ { "id": "fw1", "kind": "nftables",
    "addresses": ["10.1.0.1"],
    "interfaces": { "core0": ["core"], "lg0": ["lg"] } } ] }
END
ruleset "$work/a.json" 443
ruleset "$work/b.json" 443 22
dir=$work/store
fw=(--firewall fw1)

# ---- usage

snap 2 "$dir" && says "there is no folder"
tell "a folder that is not there is a fault" $?
mkdir "$work/bare"
snap 0 "$work/bare" && says "no snapshot"
tell "an empty folder has no snapshot" $?
nobody() {
	(unset SUDO_USER && snap "$@")
}
nobody 2 "$work/who" "${fw[@]}" --ruleset "$work/a.json" && says "--by" &&
	[ ! -e "$work/who" ]
tell "who takes it must be known" $?
nobody 1 "$work/who" "${fw[@]}" --ruleset "$work/a.json" --approve --by CISO \
	--number 1 && says "somebody else must approve"
tell "who takes and approves at once is one person" $?
snap 2 "$dir" --ruleset "$work/a.json" && says "--firewall"
tell "the firewall must be named" $?
snap 2 "$dir" --firewall ../x --ruleset "$work/a.json" && [ ! -e "$work/x" ]
tell "a firewall cannot name another folder" $?
snap 2 "$dir" "${fw[@]}" --approve --by "CISO" && says "--number"
tell "an approval needs who and a number" $?
snap 2 "$dir" "${fw[@]}" --approve --by CISO --number 1 && says "approve yet"
tell "what was never stored cannot be approved" $?
snap 2 "$dir" "${fw[@]}" --kernel --ruleset "$work/a.json"
tell "one source is enough" $?
snap 2 "$dir" --firewall fw9 --model "$work/model.jsonc" \
	--ruleset "$work/a.json" && says "fw9"
tell "with a model the firewall must be in it" $?

# ---- storing

snap 0 "$dir" "${fw[@]}" --ruleset "$work/a.json" && says "new ruleset" &&
	says "no ruleset is approved"
tell "the first state is stored" $?
file=$(ls "$dir"/fw1/*.json)
[ "$(stat -c %a "$file")" = 600 ] && [ "$(stat -c %a "$dir/fw1")" = 700 ]
tell "only the owner may read it" $?
first=$(grep -o '"first-taken":"[^"]*"' "$file")
ruleset "$work/a2.json" 443 # other counters
snap 0 "$dir" "${fw[@]}" --ruleset "$work/a2.json" && says "as before" &&
	[ "$(ls "$dir"/fw1)" = "$(basename "$file")" ] &&
	grep -qF "$first" "$file" &&
	[ "$(grep -o '"last-taken":"[^"]*"' "$file")" != \
		"${first/first/last}" ]
tell "a ruleset seen again moves only the time it was last seen" $?
snap 1 "$dir" "${fw[@]}" --approve --by taro --number 情政第1号 &&
	says "somebody else"
tell "who took it cannot approve it unsaid" $?
snap 0 "$dir" "${fw[@]}" --approve --by CISO --number 情政第1号 &&
	says "approved by CISO"
tell "another one can approve what lies there" $?
snap 0 "$dir" "${fw[@]}" --ruleset "$work/a.json" --format json &&
	says '"differs":false' && says '"approved"'
tell "the approved ruleset is known again" $?

# ---- changes

snap 1 "$dir" "${fw[@]}" --ruleset "$work/b.json" &&
	says "differs from the approved" && says "+ inet f fwd" &&
	says "FWR-8"
tell "a change without a number is told by its rules" $?
snap 1 "$dir" "${fw[@]}" --ruleset "$work/b.json" \
	--model "$work/model.jsonc" && says "1 open, 0 close" &&
	says ":22 iif lg0"
tell "with a model the change is told by a packet" $?
snap 1 "$dir" "${fw[@]}" --ruleset "$work/b.json" \
	--model "$work/model.jsonc" --format json &&
	says '"change":"opens"' && says '"differs":true'
tell "and as JSON" $?
snap 0 "$dir" "${fw[@]}" --ruleset "$work/b.json" --number 情政第2号 &&
	says "waits for approval"
tell "a number accounts for it" $?
snap 0 "$dir" "${fw[@]}" --ruleset "$work/b.json" --number 情政第3号 &&
	says "was recorded before"
tell "a number that was recorded stays" $?
cp -r "$dir" "$work/since"
snap 0 "$work/since" "${fw[@]}" --approve --by CISO --number 情政第4号 &&
	says "changes since the approval before" && ! says "differs from"
tell "what was just approved is no difference but a change since" $?
snap 0 "$dir" "${fw[@]}" --ruleset "$work/a.json" && says "new ruleset"
tell "the way back is stored" $?
[ "$(files "$dir/fw1")" -eq 3 ]
tell "a state that returns is a state of its own" $?
snap 0 "$dir" && [ "$(wc -l <"$work/out")" -eq 4 ] && says "CISO (情政第1号)"
tell "the states are listed" $?
timeout 60 "$build/sekisho" snapshot "$dir" --lang ja >"$work/out" &&
	says "使用確認"
tell "in Japanese too" $?
snap 0 "$dir" --format json && says '"format":"sekisho-snapshots/1"' &&
	/usr/bin/python3 -m json.tool "$work/out" >"$work/err"
tell "the list is JSON" $?
/usr/bin/python3 - "$schema" "$dir"/fw1/*.json >"$work/out" 2>&1 <<'END'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1], encoding="utf-8"))
for name in sys.argv[2:]:
    jsonschema.validate(json.load(open(name, encoding="utf-8")), schema)
END
tell "what is stored follows its schema" $?

# ---- what is broken

cp -r "$dir" "$work/broken"
head -c 100 "$file" >"$work/broken/fw1/$(basename "$file")"
snap 2 "$work/broken" && says "error:" && [ "$(wc -l <"$work/out")" -eq 3 ]
tell "a broken file is told and the others are listed" $?
# 443 is 1bb in a ruleset's image
sed 's/"1bb"/"1bc"/' "$file" >"$work/broken/fw1/$(basename "$file")"
snap 2 "$work/broken" "${fw[@]}" --ruleset "$work/b.json" && says "SHA-256"
tell "an approved ruleset that was altered is not believed" $?
mkdir -p "$work/odd/fw1/x.json" && echo >"$work/odd/readme.txt"
mkfifo "$work/odd/fw1/y.json"
snap 2 "$work/odd"
tell "a folder or a pipe among them does not hold it up" $?

# ---- a full disk

cp -r "$dir" "$work/before"
if [ "$(id -u)" -ne 0 ] || ! mkdir "$work/tiny" ||
	! mount -t tmpfs -o size=32k none "$work/tiny" 2>/dev/null; then
	echo "skip a full disk leaves what was stored: needs root and tmpfs"
else
	mounted=$work/tiny
	snap 0 "$mounted/s" "${fw[@]}" --ruleset "$work/a.json"
	before=$(cat "$mounted"/s/fw1/*.json | sha256sum)
	head -c 40000 /dev/zero >"$mounted/full" 2>/dev/null
	snap 2 "$mounted/s" "${fw[@]}" --ruleset "$work/b.json" &&
		says "cannot write" &&
		[ "$(cat "$mounted"/s/fw1/*.json | sha256sum)" = "$before" ] &&
		[ "$(files "$mounted/s/fw1")" -eq 1 ]
	tell "a full disk leaves what was stored" $?
	snap 2 "$mounted/s" "${fw[@]}" --ruleset "$work/a.json"
	[ "$(cat "$mounted"/s/fw1/*.json | sha256sum)" = "$before" ]
	tell "also when only the time was to move" $?
fi

# ---- killed in the middle

whole=0
for i in $(seq 1 40); do
	ruleset "$work/k.json" $((1000 + i)) 443
	"$build/sekisho" snapshot "$work/killed" "${fw[@]}" --lang en \
		--ruleset "$work/k.json" >/dev/null 2>&1 &
	sleep "0.00$((RANDOM % 10))"
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	snap 0 "$work/killed" || whole=1
done
tell "a kill at any moment leaves whole files" $whole
touch "$work/killed/fw1/x.json.new"
snap 0 "$work/killed" "${fw[@]}" --ruleset "$work/a.json" &&
	[ ! -e "$work/killed/fw1/x.json.new" ]
tell "what a kill left half written is swept" $?

# ---- two at once

pids=()
for i in 1 2 3 4 5 6; do
	"$build/sekisho" snapshot "$work/both" "${fw[@]}" --lang en \
		--ruleset "$work/a.json" >/dev/null 2>>"$work/err" &
	pids+=($!)
done
alright=0
for p in "${pids[@]}"; do
	wait "$p" || alright=1
done
[ "$(files "$work/both/fw1")" -eq 1 ] || alright=1
tell "several at once store one state" $alright
(
	exec 9<"$work/both/fw1"
	flock 9
	sleep 30
) &
holder=$!
sleep 0.3
snap 2 "$work/both" "${fw[@]}" --ruleset "$work/a.json" && says "in use"
tell "it does not wait for ever" $?
kill "$holder" 2>/dev/null
wait "$holder" 2>/dev/null

exit $failed
