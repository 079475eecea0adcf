#!/bin/sh
# A busy month in a company of 2,000: from the first look at an instance to zero drift. Everything runs on this machine,
# against the simulator; nothing is kept.
set -eu
program=${1:?usage: demo.sh PROGRAM}
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'kill "$sim" 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM
cd "$work"

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
say() { printf '\n%s# %s%s\n' "$bold" "$1" "$plain"; }
run() {
	printf '%s$ rollcall %s%s\n' "$bold" "$*" "$plain"
	"$program" "$@"
}

say "A TestRail with 2,000 people and 150 groups (the embedded simulator, 20 ms a request)"
"$program" sim --users 2000 --groups 150 --seed 7 --listen 127.0.0.1:0 --latency 20ms >environment 2>/dev/null &
sim=$!
until grep -q TESTRAIL_API_KEY environment 2>/dev/null; do
	kill -0 "$sim" || { echo "the simulator did not start" >&2; exit 1; }
done
eval "$(grep export environment)"
run doctor

say "Its people and groups become a file"
run import --out users.yaml
run plan

say "A busy month: joiners, leavers, contracts that ended, a marriage, promotions, a team renamed and a new one"
cp users.yaml before.yaml
awk -f "$here/month.awk" pass=1 before.yaml pass=2 before.yaml >users.yaml
diff before.yaml users.yaml | grep -c '^[<>]' | sed 's/$/ lines of users.yaml changed/' || true
run validate
run plan --out november.plan.json

say "Reviewed and merged: exactly that plan is applied"
run apply november.plan.json --report november.report.json

say "And from now on, every night:"
run drift
