package spec_test

import "testing"

func TestLoad_problemsOfEntries(t *testing.T) {
	const ana = "  - email: ana@acme.example\n"
	checkProblems(t, []problemCase{
		{name: "a user that is a text", files: people("  - ana@acme.example\n", "  - {name: a, mode: at_least}\n"), want: []string{
			"users.yaml:3:5: user must be a mapping, not the text \"ana@acme.example\"",
		}},
		{name: "a user without an address", files: people(ana+"  - name: Bo\n", "  []\n"), want: []string{
			"users.yaml:4:5: user has no email",
		}},
		{name: "an unknown key of a user", files: people("  - email: ana@acme.example\n    rol: Lead\n", "  []\n"), want: []string{
			"users.yaml:4:5: unknown key \"rol\", did you mean \"role\"?",
		}},
		{name: "a key given twice on a user", files: people(ana+"    role: Lead\n    name: Ana\n    role: Tester\n", "  []\n"), want: []string{
			"users.yaml:6:5: key \"role\" is given twice, first at users.yaml:4:5",
		}},
		{name: "each key of a user with a wrong type", files: people(
			"  - email: 7\n  - email: bo@acme.example\n    name: [Bo]\n    role: 5\n    active: yes\n    groups: a\n    until: soon\n    was: x@acme.example\n    id: a\n"+
				"    admin: 1\n    email_notifications: on\n    mfa_required: \"true\"\n    sso_enabled:\n    assigned_projects: {}\n    note: []\n", "  []\n"), want: []string{
			"users.yaml:3:12: email must be a text, not 7",
			"users.yaml:5:11: name must be a text, not a list",
			"users.yaml:6:11: role must be a text, not 5",
			"users.yaml:7:13: active must be true or false, not the text \"yes\"",
			"users.yaml:8:13: groups must be a list, not the text \"a\"",
			"users.yaml:9:12: until \"soon\" is not a date of the form YYYY-MM-DD",
			"users.yaml:10:10: was must be a list, not the text \"x@acme.example\"",
			"users.yaml:11:9: id must be a whole number, not the text \"a\"",
			"users.yaml:12:12: admin must be true or false, not 1",
			"users.yaml:13:26: email_notifications must be true or false, not the text \"on\"",
			"users.yaml:14:19: mfa_required must be true or false, not the text \"true\"",
			"users.yaml:15:5: sso_enabled must be true or false, not empty",
			"users.yaml:16:24: assigned_projects must be a list, not a mapping",
			"users.yaml:17:11: note must be a text, not a list",
		}},
		{name: "texts that YAML takes for something else", files: people(ana+"    name: null\n    role: No\n    note: 2027-01-01\n  - email: bo@acme.example\n    name: true\n    role: 1e3\n", "  []\n"), want: []string{
			"users.yaml:4:11: name must be a text, not null",
			"users.yaml:6:11: note must be a text, not the date 2027-01-01",
			"users.yaml:8:11: name must be a text, not true",
			"users.yaml:9:11: role must be a text, not 1e3",
		}},
		{name: "addresses that can not be used", files: people("  - email: ana\n  - email: \"an a@acme.example\"\n  - email: a@b@acme.example\n  - email: \"\"\n  - email: \"a\\u200db@acme.example\"\n"+ana, "  []\n"), want: []string{
			"users.yaml:3:12: email \"ana\" is not an address",
			"users.yaml:4:12: email \"an a@acme.example\" is not an address",
			"users.yaml:5:12: email \"a@b@acme.example\" is not an address",
			"users.yaml:6:12: email \"\" is not an address",
			"users.yaml:7:12: email \"a\\u200db@acme.example\" is not an address",
		}},
		{name: "names that can not be used", files: people(ana+"    name: \"\"\n    role: \" Lead\"\n  - email: bo@acme.example\n    name: \"Bo\\u0007\"\n    role: \"Le\\u202ead\"\n", "  []\n"), want: []string{
			"users.yaml:4:11: name \"\" is empty",
			"users.yaml:5:11: role \" Lead\" begins or ends with white space",
			"users.yaml:7:11: name \"Bo\\a\" has the control character U+0007",
			"users.yaml:8:11: role \"Le\\u202ead\" has the control character U+202E",
		}},
		{name: "a name of more than 250 characters", files: people(ana+"    name: "+long('é', 251)+"\n", "  []\n"), want: []string{
			"users.yaml:4:11: name \"éééééééééééééééééééééééééééééé…\" is longer than 250 characters",
		}},
		{name: "a pin that is no id", files: people(ana+"    id: 0\n  - email: bo@acme.example\n    id: -7\n", "  []\n"), want: []string{
			"users.yaml:4:9: id must be from 1 to 9223372036854775807, not 0",
			"users.yaml:6:9: id must be from 1 to 9223372036854775807, not -7",
		}},
		{name: "a pin claimed twice", files: people(ana+"    id: 7\n  - email: bo@acme.example\n    id: 7\n", "  - {name: a, mode: at_least, id: 7}\n  - {name: b, mode: at_least, id: 7}\n"), want: []string{
			"users.yaml:6:9: user bo@acme.example: id 7 is claimed twice, first at users.yaml:4:9",
			"users.yaml:9:35: group \"b\": id 7 is claimed twice, first at users.yaml:8:35",
		}},
		{name: "a date that does not exist", files: people(ana+"    until: 2027-02-30\n  - email: bo@acme.example\n    until: 2027-1-1\n", "  []\n"), want: []string{
			"users.yaml:4:12: until \"2027-02-30\" is not a date of the form YYYY-MM-DD",
			"users.yaml:6:12: until \"2027-1-1\" is not a date of the form YYYY-MM-DD",
		}},
		{name: "a user declared twice, in another case", files: people(ana+"  - email: Ana@ACME.example\n", "  []\n"), want: []string{
			"users.yaml:4:5: user Ana@ACME.example is declared twice, first at users.yaml:3:5",
		}},
		{name: "a group declared twice, in another Unicode form", files: people(ana, "  - {name: \"Qualit\\u00e9\", mode: at_least}\n  - {name: \"Qualite\\u0301\", mode: at_least}\n"), want: []string{
			"users.yaml:6:5: group \"Qualité\" is declared twice, first at users.yaml:5:5",
		}},
		{name: "groups that differ in case alone are two", files: people(ana, "  - {name: qa, mode: at_least}\n  - {name: QA, mode: at_least}\n")},
		{name: "a person's former address is his own", files: people(ana+"    was: [ANA@acme.example]\n", "  []\n"), want: []string{
			"users.yaml:4:11: user ana@acme.example: was names what it is called now",
		}},
		{name: "a person's former address has an entry", files: people(ana+"    was: [bo@acme.example]\n  - email: bo@acme.example\n", "  []\n"), want: []string{
			"users.yaml:4:11: user ana@acme.example: was \"bo@acme.example\" is declared at users.yaml:5:5",
		}},
		{name: "a former address claimed twice", files: people(ana+"    was: [old@acme.example]\n  - email: bo@acme.example\n    was: [Old@acme.example]\n", "  []\n"), want: []string{
			"users.yaml:6:11: user bo@acme.example: was \"Old@acme.example\" is claimed twice, first at users.yaml:4:11",
		}},
		{name: "a former address listed twice", files: people(ana+"    was: [old@acme.example, old@acme.example]\n", "  []\n"), want: []string{
			"users.yaml:4:29: user ana@acme.example: was \"old@acme.example\" is claimed twice, first at users.yaml:4:11",
		}},
		{name: "a group's former name is another group", files: people(ana, "  - {name: a, mode: at_least, was: [b, a, c]}\n  - {name: b, mode: at_least, was: [c]}\n"), want: []string{
			"users.yaml:5:37: group \"a\": was \"b\" is declared at users.yaml:6:5",
			"users.yaml:5:40: group \"a\": was names what it is called now",
			"users.yaml:6:37: group \"b\": was \"c\" is claimed twice, first at users.yaml:5:43",
		}},
		{name: "a group that is not declared, with and without a near name", files: people(ana+"    groups: [moblie-qa, payments]\n", "  - {name: mobile-qa, mode: at_least}\n"), want: []string{
			"users.yaml:4:14: user ana@acme.example: group \"moblie-qa\" is not a group of the roster, did you mean \"mobile-qa\"?",
			"users.yaml:4:25: user ana@acme.example: group \"payments\" is not a group of the roster",
		}},
		{name: "a group listed twice", files: people(ana+"    groups: [a, b, a]\n", "  - {name: a, mode: at_least}\n  - {name: b, mode: at_least}\n"), want: []string{
			"users.yaml:4:20: group \"a\" is listed twice, first at users.yaml:4:14",
		}},
		{name: "a member that is not declared, with and without a near address", files: people(ana, "  - name: a\n    mode: exact\n    members:\n      - aan@acme.example\n      - ana@amce.example\n      - zed@acme.example\n"), want: []string{
			"users.yaml:8:9: group \"a\": member aan@acme.example is not a user of the roster, did you mean ana@acme.example?",
			"users.yaml:9:9: group \"a\": member ana@amce.example is not a user of the roster, did you mean ana@acme.example?",
			"users.yaml:10:9: group \"a\": member zed@acme.example is not a user of the roster",
		}},
		{name: "a member that is only a leaver", files: files{"users.yaml": "version: 1\nleavers: [bo@acme.example]\nusers:\n" + ana + "groups:\n  - {name: a, mode: exact, members: [bo@acme.example]}\n"}, want: []string{
			"users.yaml:6:38: group \"a\": member bo@acme.example is not under users, only a leaver at users.yaml:2:11",
		}},
		{name: "a member listed twice", files: people(ana, "  - {name: a, mode: exact, members: [ana@acme.example, ANA@acme.example]}\n"), want: []string{
			"users.yaml:5:56: member ANA@acme.example is listed twice, first at users.yaml:5:38",
		}},
		{name: "a group without a mode", files: people(ana, "  - {name: a, members: []}\n"), want: []string{
			"users.yaml:5:5: group \"a\" has no mode",
		}},
		{name: "an exact group without members", files: people(ana, "  - {name: a, mode: exact}\n"), want: []string{
			"users.yaml:5:5: group \"a\" is exact and has no members",
		}},
		{name: "a group that is exact by default, without members", files: files{"users.yaml": "version: 1\ndefaults: {group: {mode: exact}}\nusers:\n" + ana + "groups:\n  - name: a\n"}, want: []string{
			"users.yaml:6:5: group \"a\" is exact and has no members",
		}},
		{name: "each key of a group with a wrong type", files: people(ana, "  - name: []\n  - name: b\n    mode: all\n    members: ana@acme.example\n    was: b\n    id: one\n    note: 3\n  - mode: exact\n  - x\n"), want: []string{
			"users.yaml:5:11: name must be a text, not a list",
			"users.yaml:7:11: mode must be exact or at_least, not \"all\"",
			"users.yaml:8:14: members must be a list, not the text \"ana@acme.example\"",
			"users.yaml:9:10: was must be a list, not the text \"b\"",
			"users.yaml:10:9: id must be a whole number, not the text \"one\"",
			"users.yaml:11:11: note must be a text, not 3",
			"users.yaml:12:5: group has no name",
			"users.yaml:13:5: group must be a mapping, not the text \"x\"",
		}},
		{name: "problems of every part are told at once and in order", files: people(ana+"    rol: x\n    groups: [b]\n"+ana, "  - {name: a, mode: exact, members: [x@acme.example]}\n  - {name: a}\n"), want: []string{
			"users.yaml:4:5: unknown key \"rol\", did you mean \"role\"?",
			"users.yaml:5:14: user ana@acme.example: group \"b\" is not a group of the roster",
			"users.yaml:6:5: user ana@acme.example is declared twice, first at users.yaml:3:5",
			"users.yaml:8:38: group \"a\": member x@acme.example is not a user of the roster",
			"users.yaml:9:5: group \"a\" is declared twice, first at users.yaml:8:5",
		}},
	})
}

func long(r rune, n int) string {
	text := make([]rune, n)
	for i := range text {
		text[i] = r
	}
	return string(text)
}
