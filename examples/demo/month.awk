# Edits an imported roster as a busy month would: prints the new roster. Reads it twice: `pass=1 FILE pass=2 FILE`.
#
#   joiners     12 people, in three groups
#   leavers     9 people, under `leavers`
#   contracts   2 people whose `until` has passed
#   marriage    1 address, everywhere it stands
#   promotions  8 people become Lead
#   groups      1 renamed, 1 new, and 3 in which one comes and one goes

function address(line) { sub(/^ *- email: */, "", line); return line }

pass == 1 && /^users:/ { in_users = 1 }
pass == 1 && /^groups:/ { in_users = 0; in_groups = 1 }
pass == 1 && in_users && /^  - email: / { flush_person(); person = address($0); role = ""; fixed = 0 }
pass == 1 && in_users && /^    role: / { role = $2 }
pass == 1 && in_users && /^    (active|admin|id): / { fixed = 1 }
pass == 1 && in_groups && /^  - name: / { flush_person(); groups[++group_count] = substr($0, 11) }

# flush_person files a person who is active and no administrator under what happens to him.
function flush_person() {
	if (person == "" || fixed || person !~ /@acme\.example$/ || person ~ /^ci-|[+]/) { person = ""; return }
	n++
	if (n % 150 == 17) leavers[++leaver_count] = person
	else if (n % 600 == 90) expired[person] = 1
	else if (n == 333) married = person
	else if (role == "Tester" && ++testers % 90 == 40) promoted[person] = 1
	person = ""
}

pass == 2 && FNR == 1 {
	bride = married
	sub(/@/, "-lind@", bride)
	for (i = 1; i <= group_count && renamed == ""; i++) if (groups[i] ~ /^"[A-Za-z]+ \/ [A-Za-z]+"$/) renamed = groups[i]
}
pass == 2 && /^users:/ {
	print "leavers:"
	for (i = 1; i <= leaver_count; i++) print "  - " leavers[i]
	print ""
}
pass == 2 && /^groups:/ {
	in_groups2 = 1
	for (i = 1; i <= 12; i++) {
		printf "  - email: joiner.%02d@acme.example\n    name: New Joiner %d\n    role: Tester\n", i, i
		if (i <= 4) print "    groups: [November Joiners]"
	}
	print
	print "  - name: November Joiners"
	print "    members: [" bride "]"
	next
}
pass == 2 && /^  - email: / {
	person = address($0)
	if (person == married) { print "  - email: " bride; print "    was: [" married "]"; next }
	print
	if (person in expired) print "    until: 2026-10-31"
	next
}
pass == 2 && /^    role: / && !in_groups2 && (person in promoted) { print "    role: Lead"; next }
pass == 2 && in_groups2 && $0 == "  - name: " renamed {
	print substr($0, 1, length($0) - 1) " team\""
	print "    was: [" renamed "]"
	next
}
pass == 2 && in_groups2 && /^    members:$/ && ++rosters % 40 == 0 { print; printf "      - joiner.%02d@acme.example\n", 4 + rosters / 40; skip = 1; next }
pass == 2 && in_groups2 && skip && $0 != "      - " married { skip = 0; next }
pass == 2 && in_groups2 && $0 == "      - " married { print "      - " bride; next }
pass == 2 { print }
