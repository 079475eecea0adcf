package spec_test

import "testing"

func TestLoad_problemsOfIncludedFiles(t *testing.T) {
	const scope = "roles: [Tester], groups: [\"pay-*\"], domains: [acme.example]"
	checkProblems(t, []problemCase{
		{name: "a file within its scope is no problem", files: team(scope, "users:\n  - email: bo@ACME.example\n    role: Tester\n    groups: [pay-qa]\ngroups:\n  - name: pay-qa\n    mode: exact\n    members: [ana@acme.example]\n")},
		{name: "an empty included file is no problem", files: team(scope, "")},
		{name: "each key of the root file", files: team(scope, "version: 1\ntarget: {}\ntimezone: UTC\ndefaults: {}\nunlisted: {}\nleavers: []\nguards: {}\nseats: {}\ninclude: []\n"), want: []string{
			"team.yaml:1:1: key \"version\" stands in the root file alone",
			"team.yaml:2:1: key \"target\" stands in the root file alone",
			"team.yaml:3:1: key \"timezone\" stands in the root file alone",
			"team.yaml:4:1: key \"defaults\" stands in the root file alone",
			"team.yaml:5:1: key \"unlisted\" stands in the root file alone",
			"team.yaml:6:1: key \"leavers\" stands in the root file alone",
			"team.yaml:7:1: key \"guards\" stands in the root file alone",
			"team.yaml:8:1: key \"seats\" stands in the root file alone",
			"team.yaml:9:1: key \"include\" stands in the root file alone",
		}},
		{name: "each guarded key of a user and a group", files: team(scope, "users:\n  - email: bo@acme.example\n    admin: false\n    id: 4\n    was: [b@acme.example]\n    mfa_required: false\n    sso_enabled: true\n    assigned_projects: []\n    auth: {system: x}\n  - email: cy@acme.example\n    active: true\n    until: 2027-01-01\n    email_notifications: false\n    name: Cy\n    note: hi\ngroups:\n  - name: pay-a\n    mode: at_least\n    id: 4\n    was: [pay-b]\n"), want: []string{
			"team.yaml:3:5: key \"admin\" is outside of what this file may grant",
			"team.yaml:4:5: key \"id\" is outside of what this file may grant",
			"team.yaml:5:5: key \"was\" is outside of what this file may grant",
			"team.yaml:6:5: key \"mfa_required\" is outside of what this file may grant",
			"team.yaml:7:5: key \"sso_enabled\" is outside of what this file may grant",
			"team.yaml:8:5: key \"assigned_projects\" is outside of what this file may grant",
			"team.yaml:9:5: key \"auth\" is outside of what this file may grant",
			"team.yaml:19:5: key \"id\" is outside of what this file may grant",
			"team.yaml:20:5: key \"was\" is outside of what this file may grant",
		}},
		{name: "guarded keys that the entry allows", files: team(scope+", allow_keys: [admin, id]", "users:\n  - email: bo@acme.example\n    admin: true\n    id: 4\n    was: [b@acme.example]\n"), want: []string{
			"team.yaml:5:5: key \"was\" is outside of what this file may grant",
		}},
		{name: "a role outside of the scope", files: team(scope, "users:\n  - email: bo@acme.example\n    role: Lead\n"), want: []string{
			"team.yaml:3:11: role \"Lead\" is outside of what this file may grant",
		}},
		{name: "a role that differs in case", files: team(scope, "users:\n  - email: bo@acme.example\n    role: tester\n"), want: []string{
			"team.yaml:3:11: role \"tester\" is outside of what this file may grant, did you mean \"Tester\"?",
		}},
		{name: "a person of another domain", files: team(scope, "users:\n  - email: bo@evil.example\n  - email: bo@acme.example.evil.example\n  - email: bo@sub.acme.example\n  - email: \"bo@ａcme.example\"\n"), want: []string{
			"team.yaml:2:12: address bo@evil.example is outside of what this file may grant",
			"team.yaml:3:12: address bo@acme.example.evil.example is outside of what this file may grant",
			"team.yaml:4:12: address bo@sub.acme.example is outside of what this file may grant",
			"team.yaml:5:12: address bo@ａcme.example is outside of what this file may grant, did you mean \"bo@acme.example\"?",
		}},
		{name: "a membership outside of the scope, written on the user", files: team(scope, "users:\n  - email: bo@acme.example\n    groups: [core-qa]\n"), want: []string{
			"team.yaml:3:14: group \"core-qa\" is outside of what this file may grant",
		}},
		{name: "a group outside of the scope, declared", files: team(scope, "groups:\n  - name: core-dev\n    mode: at_least\n"), want: []string{
			"team.yaml:2:11: group \"core-dev\" is outside of what this file may grant",
		}},
		{name: "a group whose former name is outside of the scope", files: team(scope+", allow_keys: [was]", "groups:\n  - name: pay-dev\n    mode: at_least\n    was: [Administrators]\n"), want: []string{
			"team.yaml:4:11: group \"Administrators\" is outside of what this file may grant",
		}},
		{name: "a person whose former address is outside of the scope", files: team(scope+", allow_keys: [was]", "users:\n  - email: bo@acme.example\n    was: [chief@other.example]\n"), want: []string{
			"team.yaml:3:11: address chief@other.example is outside of what this file may grant",
		}},
		{name: "a member of another domain", files: files{
			"users.yaml": "version: 1\ninclude:\n  - {files: team.yaml, " + scope + "}\nusers:\n  - email: guest@partner.example\n",
			"team.yaml":  "groups:\n  - {name: pay-qa, mode: exact, members: [guest@partner.example]}\n",
		}, want: []string{
			"team.yaml:2:43: address guest@partner.example is outside of what this file may grant",
		}},
		{name: "what an entry leaves out it does not grant", files: team("allow_keys: []", "users:\n  - email: bo@acme.example\n    role: Tester\n    groups: [pay-qa]\n"), want: []string{
			"team.yaml:2:12: address bo@acme.example is outside of what this file may grant",
			"team.yaml:3:11: role \"Tester\" is outside of what this file may grant",
			"team.yaml:4:14: group \"pay-qa\" is outside of what this file may grant",
			"team.yaml:4:14: user bo@acme.example: group \"pay-qa\" is not a group of the roster",
		}},
		{name: "a person whom the root file declares", files: team(scope, "users:\n  - email: ana@acme.example\n"), want: []string{
			"team.yaml:2:5: user ana@acme.example is declared twice, first at users.yaml:5:5",
		}},
		{name: "a default role is the root file's choice", files: files{
			"users.yaml": "version: 1\ndefaults: {user: {role: Lead}}\ninclude:\n  - {files: team.yaml, " + scope + "}\nusers:\n  - email: ana@acme.example\n",
			"team.yaml":  "users:\n  - email: bo@acme.example\n",
		}},
		{name: "a pattern that matches nothing", files: team(scope, "").with("users.yaml", "version: 1\nusers: [{email: a@acme.example}]\ninclude:\n  - files: teams/*.yaml\n"), want: []string{
			"users.yaml:4:12: pattern \"teams/*.yaml\" matches no file",
		}},
		{name: "a file that is not there", files: team(scope, "").with("users.yaml", "version: 1\nusers: [{email: a@acme.example}]\ninclude:\n  - files: teams/a.yaml\n"), want: []string{
			"users.yaml:4:12: file teams/a.yaml: no such file or directory",
		}},
		{name: "a file in two entries", files: team(scope, "").with("users.yaml", "version: 1\nusers: [{email: a@acme.example}]\ninclude:\n  - files: team.yaml\n  - files: t*.yaml\n"), want: []string{
			"users.yaml:5:12: file team.yaml is included twice, first at users.yaml:4:12",
		}},
		{name: "the root file itself", files: team(scope, "").with("users.yaml", "version: 1\nusers: [{email: a@acme.example}]\ninclude:\n  - files: \"*.yaml\"\n"), want: []string{
			"users.yaml:4:12: the root file can't be included",
		}},
		{name: "patterns that can not be used", files: root("include:\n  - files: ../teams/*.yaml\n  - files: /etc/*.yaml\n  - files: teams/**/a.yaml\n  - files: 'teams\\a.yaml'\n  - files: \"teams/[a.yaml\"\n  - files: 3\n  - roles: []\n  - x\n"), want: []string{
			"users.yaml:4:12: files \"../teams/*.yaml\" leads out of the folder of the root file",
			"users.yaml:5:12: files \"/etc/*.yaml\" leads out of the folder of the root file",
			"users.yaml:6:12: files \"teams/**/a.yaml\" can't be used",
			"users.yaml:7:12: files \"teams\\\\a.yaml\" can't be used",
			"users.yaml:8:12: files \"teams/[a.yaml\" can't be used",
			"users.yaml:9:12: files must be a text, not 3",
			"users.yaml:10:5: include entry has no files",
			"users.yaml:11:5: include entry must be a mapping, not the text \"x\"",
		}},
		{name: "an entry with unknown keys and values", files: root("include:\n  - {file: a, files: a.yaml}\n  - {files: b.yaml, allow_keys: [admn], domains: acme.example, roles: [Lead, Lead]}\n"), want: []string{
			"users.yaml:4:6: unknown key \"file\", did you mean \"files\"?",
			"users.yaml:4:22: file a.yaml: no such file or directory",
			"users.yaml:5:13: file b.yaml: no such file or directory",
			"users.yaml:5:34: allow_keys must be admin, assigned_projects, auth, id, mfa_required, sso_enabled or was, not \"admn\", did you mean \"admin\"?",
			"users.yaml:5:50: domains must be a list, not the text \"acme.example\"",
			"users.yaml:5:78: Lead is listed twice, first at users.yaml:5:72",
		}},
		{name: "an included file that is not YAML hides no other problem, and no member is missing for it", files: files{
			"users.yaml": "version: 1\ninclude:\n  - {files: a.yaml}\n  - {files: b.yaml, domains: [acme.example]}\nusers:\n  - email: ana@acme.example\ngroups:\n  - {name: a, mode: exact, members: [bo@acme.example]}\n",
			"a.yaml":     "users:\n  - email: bo@acme.example\n   role: x\n",
			"b.yaml":     "users:\n  - emial: cy@acme.example\n",
		}, want: []string{
			"a.yaml:3:4: not YAML: did not find expected '-' indicator",
			"b.yaml:2:5: unknown key \"emial\", did you mean \"email\"?",
			"b.yaml:2:5: user has no email",
		}},
		{name: "an included folder", files: files{
			"users.yaml":     "version: 1\nusers: [{email: a@acme.example}]\ninclude:\n  - files: teams\n",
			"teams/one.yaml": "",
		}, want: []string{
			"users.yaml:4:12: file teams: not a regular file",
		}},
		{name: "a hidden file is not included by a pattern", files: files{
			"users.yaml":       "version: 1\nusers: [{email: a@acme.example}]\ninclude:\n  - files: teams/*.yaml\n",
			"teams/one.yaml":   "",
			"teams/.#one.yaml": "not: read\n",
		}},
	})
}

func (f files) with(name, text string) files {
	f[name] = text
	return f
}
