# Makes what an auditor finds: a repository with three changes, each reviewed and merged, and the reports of their applies.
# It runs in a folder with nothing to keep, with a simulator of examples/small-team behind TESTRAIL_URL.
set -eu
rm -f users.yaml simulator.json
git init -q

# at DATE NAME: who does what follows, and when.
at() {
	export GIT_AUTHOR_DATE="$1" GIT_COMMITTER_DATE="$1" TEST_NOW="$1"
	export GIT_AUTHOR_NAME="$2" GIT_COMMITTER_NAME="$2"
	mail=$(echo "$2" | tr 'A-Z ' 'a-z.')@acme.example
	export GIT_AUTHOR_EMAIL="$mail" GIT_COMMITTER_EMAIL="$mail"
}

# merge NUMBER TITLE REVIEWER: merges the branch that is checked out, as the button of a pull request does.
merge() {
	git checkout -q main
	git merge -q --no-ff -m "Merge pull request #$1: $2" -m "Approved-by: $3" change
	git branch -q -d change
}

# apply NUMBER REVIEWER: what the job behind the merge does.
apply() {
	GITHUB_SHA=$(git rev-parse HEAD) rollcall apply --yes -q --label "pull_request=$1" --label "approved_by=$2" \
		--report "reports/$1.json" >/dev/null 2>&1
}

# edit SCRIPT: changes the roster with sed.
edit() {
	sed "$1" users.yaml >edited
	mv edited users.yaml
	git commit -q -a -m "$2"
}

mkdir reports
echo reports >.gitignore
at 2026-09-01T09:00:00Z 'Ines Root'
rollcall import --out users.yaml 2>/dev/null
sed '/^target:/s/,.*}/}/' users.yaml >edited
mv edited users.yaml
git add .gitignore users.yaml
git commit -q -m 'Write down what is there'

at 2026-10-05T13:00:00Z 'Max Trent'
git checkout -q -b change
edit '/^users:/a\
  - email: ana.ruiz@acme.example\
    name: Ana Ruiz\
    role: Tester\
    groups: [Mobile Testers]\
    until: 2027-06-30
' 'Ana joins the mobile testers'
at 2026-10-05T14:00:00Z 'Ines Root'
merge 7 'Ana joins the mobile testers' 'Dana Kim <dana.kim@acme.example>'
apply 7 dana.kim@acme.example

at 2026-11-20T08:30:00Z 'Dana Kim'
git checkout -q -b change
edit '/^users:/i\
leavers: [ben.ode@acme.example]\

' 'Ben leaves'
at 2026-11-20T09:00:00Z 'Ines Root'
merge 9 'Ben leaves' 'Max Trent <max.trent@acme.example>'
apply 9 max.trent@acme.example
