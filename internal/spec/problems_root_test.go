package spec_test

import "testing"

func TestLoad_problemsOfTheRootFile(t *testing.T) {
	checkProblems(t, []problemCase{
		{name: "an empty file", files: files{"users.yaml": ""}, want: []string{
			"users.yaml:1:1: roster has no users",
			"users.yaml:1:1: version is missing",
		}},
		{name: "a file of remarks alone", files: files{"users.yaml": "# nothing yet\n"}, want: []string{
			"users.yaml:1:1: roster has no users",
			"users.yaml:1:1: version is missing",
		}},
		{name: "a roster without users", files: files{"users.yaml": "version: 1\n"}, want: []string{
			"users.yaml:1:1: roster has no users",
		}},
		{name: "a roster whose users are an empty list", files: files{"users.yaml": "version: 1\nusers: []\n"}, want: []string{
			"users.yaml:1:1: roster has no users",
		}},
		{name: "users without a value", files: files{"users.yaml": "version: 1\nusers:\n"}, want: []string{
			"users.yaml:1:1: roster has no users",
			"users.yaml:2:1: users must be a list, not empty",
		}},
		{name: "a file that is a list", files: files{"users.yaml": "- a\n"}, want: []string{
			"users.yaml:1:1: file must be a mapping, not a list",
		}},
		{name: "an unknown version", files: files{"users.yaml": "version: 2\nusers: [{email: ana@acme.example}]\n"}, want: []string{
			"users.yaml:1:10: version 2 is not known",
		}},
		{name: "a version that is a text", files: files{"users.yaml": "version: \"1\"\nusers: [{email: ana@acme.example}]\n"}, want: []string{
			"users.yaml:1:10: version must be a whole number, not the text \"1\"",
		}},
		{name: "an unknown key with a near name", files: root("uers: []\n"), want: []string{
			"users.yaml:3:1: unknown key \"uers\", did you mean \"users\"?",
		}},
		{name: "a path in place of a key", files: root("guards.allow: []\n"), want: []string{
			"users.yaml:3:1: unknown key \"guards.allow\"",
		}},
		{name: "an unknown key with no near name", files: root("anchors: []\n"), want: []string{
			"users.yaml:3:1: unknown key \"anchors\"",
		}},
		{name: "a key given twice", files: root("timezone: UTC\nseats: {limit: 1}\ntimezone: UTC\n"), want: []string{
			"users.yaml:5:1: key \"timezone\" is given twice, first at users.yaml:3:1",
		}},
		{name: "users given twice", files: files{"users.yaml": "version: 1\nusers:\n  - email: ana@acme.example\nusers:\n  - email: bo@acme.example\n"}, want: []string{
			"users.yaml:4:1: key \"users\" is given twice, first at users.yaml:2:1",
		}},
		{name: "a key that is a list", files: root("[a]: b\n"), want: []string{
			"users.yaml:3:1: key must be a text, not a list",
		}},
		{name: "a key that is a number", files: root("1: b\n"), want: []string{
			"users.yaml:3:1: unknown key \"1\"",
		}},
		{name: "a merge key", files: root("defaults:\n  <<: {user: {role: Lead}}\n"), want: []string{
			"users.yaml:4:3: merge key << is not supported",
		}},
		{name: "a target of an unknown kind", files: root("target: {kind: testrial}\n"), want: []string{
			"users.yaml:3:16: kind must be testrail or qtest, not \"testrial\", did you mean \"testrail\"?",
		}},
		{name: "a target that is a text", files: root("target: testrail\n"), want: []string{
			"users.yaml:3:9: target must be a mapping, not the text \"testrail\"",
		}},
		{name: "a target without a scheme", files: root("target: {url: acme.testrail.io}\n"), want: []string{
			"users.yaml:3:15: url \"acme.testrail.io\" is not an address of the form https://host",
		}},
		{name: "a target with a password, which is not repeated", files: root("target: {url: \"https://ana:hunter2@acme.testrail.io\"}\n"), want: []string{
			"users.yaml:3:15: url holds a user name or a password",
		}},
		{name: "a target with a query", files: root("target: {url: \"https://acme.testrail.io/?a=b\"}\n"), want: []string{
			"users.yaml:3:15: url \"https://acme.testrail.io/?a=b\" has a query or a fragment",
		}},
		{name: "an unknown time zone", files: root("timezone: Europe/Atlantis\n"), want: []string{
			"users.yaml:3:11: timezone \"Europe/Atlantis\" is not known",
		}},
		{name: "the time zone of the machine", files: root("timezone: Local\n"), want: []string{
			"users.yaml:3:11: timezone \"Local\" is not known",
		}},
		{name: "defaults that name one person", files: root("defaults: {user: {email: a@acme.example, groups: [a]}, group: {name: a, members: []}}\n"), want: []string{
			"users.yaml:3:19: unknown key \"email\"",
			"users.yaml:3:42: unknown key \"groups\"",
			"users.yaml:3:64: unknown key \"name\"",
			"users.yaml:3:73: unknown key \"members\"",
		}},
		{name: "defaults that make everybody an administrator", files: root("defaults: {user: {admin: true}}\n"), want: []string{
			"users.yaml:3:26: defaults would make everybody an administrator",
		}},
		{name: "a default mode that does not exist", files: root("defaults: {group: {mode: atleast}}\n"), want: []string{
			"users.yaml:3:26: mode must be exact or at_least, not \"atleast\", did you mean \"at_least\"?",
		}},
		{name: "policies that are for the other kind", files: root("unlisted: {users: delete, groups: deactivate}\n"), want: []string{
			"users.yaml:3:19: unlisted users must be ignore, report or deactivate, not \"delete\"",
			"users.yaml:3:35: unlisted groups must be ignore, report or delete, not \"deactivate\"",
		}},
		{name: "only leavers, and unlisted users to deactivate", files: files{"users.yaml": "version: 1\nunlisted: {users: deactivate}\nleavers: [ana@acme.example]\n"}, want: []string{
			"users.yaml:2:11: unlisted users would be deactivated, and the roster lists nobody but leavers",
		}},
		{name: "seats without a limit", files: root("seats: {reserve: 2}\n"), want: []string{
			"users.yaml:3:8: seats have no limit",
		}},
		{name: "more seats kept free than there are", files: root("seats: {limit: 1, reserve: 2}\n"), want: []string{
			"users.yaml:3:28: reserve 2 is more than the limit 1",
		}},
		{name: "no seats", files: root("seats: {limit: 0}\n"), want: []string{
			"users.yaml:3:16: limit must be from 1 to 2147483647, not 0",
		}},
		{name: "guards of every wrong type", files: root("guards:\n  min_admins: two\n  protect: ci-*\n  domains: [\"@acme.example\", \"*.acme.example\", \"a b\"]\n  max_removals: 5\n  max_demotions: {cont: 3}\n  max_deactivations: {count: -1, percent: 101, min_size: 1.5}\n  max_role_change: {count: 1}\n"), want: []string{
			"users.yaml:4:15: min_admins must be a whole number, not the text \"two\"",
			"users.yaml:5:12: protect must be a list, not the text \"ci-*\"",
			"users.yaml:6:13: domain \"@acme.example\" can't be used",
			"users.yaml:6:30: domain \"*.acme.example\" can't be used",
			"users.yaml:6:48: domain \"a b\" can't be used",
			"users.yaml:7:17: max_removals must be a mapping, not 5",
			"users.yaml:8:19: unknown key \"cont\", did you mean \"count\"?",
			"users.yaml:9:30: count must be from 0 to 2147483647, not -1",
			"users.yaml:9:43: percent must be from 0 to 100, not 101",
			"users.yaml:9:58: min_size must be a whole number, not 1.5",
			"users.yaml:10:3: unknown key \"max_role_change\", did you mean \"max_role_changes\"?",
		}},
		{name: "numbers that are not written in plain digits", files: root("guards:\n  min_admins: 0x10\n  max_removals: {count: 1_000, percent: 007}\n"), want: []string{
			"users.yaml:4:15: min_admins \"0x10\" is not a plain whole number",
			"users.yaml:5:25: count \"1_000\" is not a plain whole number",
			"users.yaml:5:41: percent \"007\" is not a plain whole number",
		}},
		{name: "an exception without a date and a reason", files: root("guards:\n  allow:\n    - {guard: max_removals, count: 3}\n"), want: []string{
			"users.yaml:5:7: exception has no reason",
			"users.yaml:5:7: exception has no until",
		}},
		{name: "an exception that was pasted and has no reason of its own", files: root("guards:\n  allow:\n    - {guard: max_removals, count: 3, reason: \"say why\", until: 2027-01-01}\n"), want: []string{
			"users.yaml:5:47: reason \"say why\" is that of the line to paste",
		}},
		{name: "an exception to a guard that has none", files: root("guards:\n  allow:\n    - {guard: min_admins, count: 0, reason: x, until: 2027-01-01}\n"), want: []string{
			"users.yaml:5:15: guard must be max_deactivations, max_removals_per_group, max_removals, max_group_deletions, max_demotions, max_admin_grants, max_role_changes, max_address_changes, max_reactivations or project_access, not \"min_admins\"",
		}},
		{name: "an exception with a date that does not exist", files: root("guards:\n  allow:\n    - {guard: max_removals, count: 3, reason: x, until: 2027-02-30}\n"), want: []string{
			"users.yaml:5:57: until \"2027-02-30\" is not a date of the form YYYY-MM-DD",
		}},
		{name: "an exception of an unknown cause", files: root("guards:\n  allow:\n    - {guard: max_removals, count: 3, reason: x, until: 2027-02-01, cause: me}\n"), want: []string{
			"users.yaml:5:76: cause must be declared or unlisted, not \"me\"",
		}},
		{name: "two exceptions to one guard", files: root("guards:\n  allow:\n    - {guard: max_removals, count: 3, reason: x, until: 2027-02-01}\n    - {guard: max_removals, count: 4, reason: x, until: 2027-02-01, cause: unlisted}\n    - {guard: max_removals, count: 5, reason: x, until: 2027-02-01, cause: declared}\n"), want: []string{
			"users.yaml:7:7: exception to max_removals for what is declared is listed twice, first at users.yaml:5:7",
		}},
		{name: "a pattern of protected accounts listed twice", files: root("guards: {protect: [\"CI-*\", \"ci-*\"]}\n"), want: []string{
			"users.yaml:3:28: ci-* is listed twice, first at users.yaml:3:20",
		}},
		{name: "leavers that are a mapping", files: root("leavers: {file: a}\n"), want: []string{
			"users.yaml:3:10: leavers must be a list of addresses or the name of a file, not a mapping",
		}},
		{name: "leavers in a file that is not there", files: root("leavers: leavers.txt\n"), want: []string{
			"users.yaml:3:10: file leavers.txt: no such file or directory",
		}},
		{name: "leavers in a file outside", files: root("leavers: ../leavers.txt\n"), want: []string{
			"users.yaml:3:10: leavers \"../leavers.txt\" leads out of the folder of the root file",
		}},
		{name: "leavers in a file with an absolute name", files: root("leavers: /etc/passwd\n"), want: []string{
			"users.yaml:3:10: leavers \"/etc/passwd\" leads out of the folder of the root file",
		}},
		{name: "a leaver listed twice, once in another case", files: root("leavers: [bo@acme.example, Bo@acme.example]\n"), want: []string{
			"users.yaml:3:28: leaver Bo@acme.example is listed twice, first at users.yaml:3:11",
		}},
		{name: "a leaver who is no address", files: root("leavers: [Bo]\n"), want: []string{
			"users.yaml:3:11: leaver \"Bo\" is not an address",
		}},
		{name: "lines of a leavers file that are not addresses", files: files{
			"users.yaml":        "version: 1\nleavers: lists/leavers.txt\n",
			"lists/leavers.txt": "\ufeffana@acme.example # left\r\n\r\n# remark\r\n  Bo Ek <bo@acme.example>\r\nana@acme.example\r\na@b.example,c@d.example\r\n",
		}, want: []string{
			"lists/leavers.txt:4:3: \"Bo Ek <bo@acme.example>\" is not an address",
			"lists/leavers.txt:5:1: leaver ana@acme.example is listed twice, first at lists/leavers.txt:1:1",
			"lists/leavers.txt:6:1: \"a@b.example,c@d.example\" is not an address",
		}},
		{name: "a leaver who is active", files: files{"users.yaml": "version: 1\nleavers:\n  - ana@acme.example\nusers:\n  - email: ana@acme.example\n    active: true\n"}, want: []string{
			"users.yaml:6:13: user ana@acme.example is active: true here and a leaver at users.yaml:3:5",
		}},
		{name: "a leaver who was active by default is no problem", files: files{"users.yaml": "version: 1\ndefaults: {user: {active: true}}\nleavers: [ana@acme.example]\nusers:\n  - email: ana@acme.example\n"}},
		{name: "a former address that is a leaver", files: files{"users.yaml": "version: 1\nleavers: [old@acme.example]\nusers:\n  - email: ana@acme.example\n    was: [old@acme.example]\n"}, want: []string{
			"users.yaml:5:11: user ana@acme.example: was \"old@acme.example\" is declared at users.yaml:2:11",
		}},
	})
}
