package spec_test

import "testing"

func TestLoad_problemsOfNamesInParts(t *testing.T) {
	const ana = "  - email: ana@acme.example\n"
	checkProblems(t, []problemCase{
		{name: "parts in place of a name are no problem, nor is one of them", files: people(ana+"    given_name: Ana\n    family_name: Ruiz\n  - email: bo@acme.example\n    family_name: Lind\n", "  []\n")},
		{name: "a part beside a name", files: people(ana+"    given_name: Ana\n    name: Ana Ruiz\n", "  []\n"), want: []string{
			"users.yaml:4:17: given_name stands beside the name at users.yaml:5:11",
		}},
		{name: "both parts beside a name are one problem", files: people(ana+"    name: Ana Ruiz\n    family_name: Ruiz\n    given_name: Ana\n", "  []\n"), want: []string{
			"users.yaml:6:17: given_name stands beside the name at users.yaml:4:11",
		}},
		{name: "the last part beside a name", files: people(ana+"    name: Ana Ruiz\n    family_name: Ruiz\n", "  []\n"), want: []string{
			"users.yaml:5:18: family_name stands beside the name at users.yaml:4:11",
		}},
		{name: "parts that can not be used", files: people(ana+"    given_name: \"\"\n    family_name: [Ruiz]\n  - email: bo@acme.example\n    given_name: \" Bo\"\n", "  []\n"), want: []string{
			"users.yaml:4:17: given_name \"\" is empty",
			"users.yaml:5:18: family_name must be a text, not a list",
			"users.yaml:7:17: given_name \" Bo\" begins or ends with white space",
		}},
		{name: "a name that everybody would have", files: root("defaults: {user: {given_name: Ana, family_name: Ruiz, name: Ana}}\n"), want: []string{
			"users.yaml:3:19: unknown key \"given_name\"",
			"users.yaml:3:36: unknown key \"family_name\"",
			"users.yaml:3:55: unknown key \"name\"",
		}},
	})
}

func TestLoad_problemsOfProjects(t *testing.T) {
	const ana = "  - email: ana@acme.example\n"
	checkProblems(t, []problemCase{
		{name: "projects with and without a profile, and none at all, are no problem", files: people(
			ana+"    projects:\n      - project: Checkout\n      - {project: Ledger, profile: Tester}\n  - email: bo@acme.example\n    projects: []\n", "  []\n")},
		{name: "projects that are no list", files: people(ana+"    projects: Checkout\n  - email: bo@acme.example\n    projects: {project: Checkout}\n  - email: cy@acme.example\n    projects:\n", "  []\n"), want: []string{
			"users.yaml:4:15: projects must be a list, not the text \"Checkout\"",
			"users.yaml:6:15: projects must be a list, not a mapping",
			"users.yaml:8:5: projects must be a list, not empty",
		}},
		{name: "an item that is no mapping", files: people(ana+"    projects: [Checkout, 7, []]\n", "  []\n"), want: []string{
			"users.yaml:4:16: item of projects must be a mapping, not the text \"Checkout\"",
			"users.yaml:4:26: item of projects must be a mapping, not 7",
			"users.yaml:4:29: item of projects must be a mapping, not a list",
		}},
		{name: "an item without a project", files: people(ana+"    projects:\n      - {profile: Tester}\n      - {}\n", "  []\n"), want: []string{
			"users.yaml:5:9: item of projects has no project",
			"users.yaml:6:9: item of projects has no project",
		}},
		{name: "an item with other keys and values", files: people(ana+"    projects:\n      - {projct: Checkout, project: Ledger}\n      - {project: 7, profile: \" x\"}\n      - {project: Vaults, project: Vaults, profil: Tester}\n", "  []\n"), want: []string{
			"users.yaml:5:10: unknown key \"projct\", did you mean \"project\"?",
			"users.yaml:6:19: project must be a text, not 7",
			"users.yaml:6:31: profile \" x\" begins or ends with white space",
			"users.yaml:7:27: key \"project\" is given twice, first at users.yaml:7:10",
			"users.yaml:7:44: unknown key \"profil\", did you mean \"profile\"?",
		}},
		{name: "a project twice on one person, in another Unicode form", files: people(
			ana+"    projects:\n      - project: \"Caf\\u00e9\"\n        profile: Tester\n      - {profile: Lead, project: \"Cafe\\u0301\"}\n", "  []\n"), want: []string{
			"users.yaml:7:34: project \"Café\" is listed twice, first at users.yaml:5:18",
		}},
		{name: "a project twice by an alias", files: people(ana+"    projects: [&c {project: Checkout}, *c]\n", "  []\n"), want: []string{
			"users.yaml:4:40: project \"Checkout\" is listed twice, first at users.yaml:4:29",
		}},
		{name: "one project on two people is no problem", files: people(ana+"    projects: [&c {project: Checkout}]\n  - email: bo@acme.example\n    projects: [*c]\n", "  []\n")},
		{name: "projects of everybody", files: root("defaults: {user: {projects: [{project: Checkout}, {project: Checkout}, {profile: Lead}]}}\n"), want: []string{
			"users.yaml:3:61: project \"Checkout\" is listed twice, first at users.yaml:3:40",
			"users.yaml:3:72: item of projects has no project",
		}},
	})
}

func TestLoad_problemsOfSigningOn(t *testing.T) {
	const ana = "  - email: ana@acme.example\n"
	checkProblems(t, []problemCase{
		{name: "a system, a name there, or both, are no problem", files: people(
			ana+"    auth: {system: Acme SSO}\n  - email: bo@acme.example\n    auth:\n      external_name: blind\n  - {email: cy@acme.example, auth: {system: LDAP, external_name: cy}}\n", "  []\n")},
		{name: "values that can not be used", files: people(ana+"    auth: Acme SSO\n  - email: bo@acme.example\n    auth: {system: [a], external_name: 7}\n  - email: cy@acme.example\n    auth: {system: \"\", external_name: null}\n", "  []\n"), want: []string{
			"users.yaml:4:11: auth must be a mapping, not the text \"Acme SSO\"",
			"users.yaml:6:20: system must be a text, not a list",
			"users.yaml:6:40: external_name must be a text, not 7",
			"users.yaml:8:20: system \"\" is empty",
			"users.yaml:8:39: external_name must be a text, not null",
		}},
		{name: "auth that says nothing", files: people(ana+"    auth: {}\n  - email: bo@acme.example\n    auth:\n", "  []\n"), want: []string{
			"users.yaml:4:11: auth is empty",
			"users.yaml:6:5: auth must be a mapping, not empty",
		}},
		{name: "a name where the system is the tool's own", files: people(ana+"    auth: {external_name: ana, system: INTERNAL}\n  - email: bo@acme.example\n    auth: {system: internal}\n", "  []\n"), want: []string{
			"users.yaml:4:27: user ana@acme.example: external_name stands beside the system \"INTERNAL\" at users.yaml:4:40, in which nobody has one",
		}},
		{name: "a name where the tool's own system is the default", files: files{"users.yaml": "version: 1\ndefaults: {user: {auth: {system: internal}}}\nusers:\n  - {email: ana@acme.example, auth: {external_name: ana}}\n  - {email: bo@acme.example, auth: {external_name: bo, system: LDAP}}\n"}, want: []string{
			"users.yaml:4:53: user ana@acme.example: external_name stands beside the system \"internal\" at users.yaml:2:34, in which nobody has one",
		}},
		{name: "unknown keys", files: people(ana+"    auth: {sytem: x}\n    auth.system: x\n", "  []\n"), want: []string{
			"users.yaml:4:12: unknown key \"sytem\", did you mean \"system\"?",
			"users.yaml:5:5: unknown key \"auth.system\"",
		}},
		{name: "a default that says nothing", files: root("defaults: {user: {auth: {}}}\n"), want: []string{
			"users.yaml:3:25: auth is empty",
		}},
		{name: "an external name that everybody would have", files: root("defaults: {user: {auth: {system: Acme SSO, external_name: x}}}\n"), want: []string{
			"users.yaml:3:44: unknown key \"external_name\"",
		}},
	})
}

func TestLoad_problemsOfWhatATeamMayGrantInProjects(t *testing.T) {
	const scope = "domains: [acme.example], projects: [\"pay-*\", Ledger], profiles: [Tester, Developer]"
	const bo = "users:\n  - email: bo@acme.example\n"
	checkProblems(t, []problemCase{
		{name: "projects and profiles within the scope", files: team(scope, bo+"    projects: [{project: pay-web}, {project: Ledger, profile: Tester}]\n")},
		{name: "a project outside of the scope", files: team(scope, bo+"    projects: [{project: Vaults}]\n"), want: []string{
			"team.yaml:3:26: project \"Vaults\" is outside of what this file may grant",
		}},
		{name: "projects mistyped", files: team(scope, bo+"    projects: [{project: ledger}, {project: pya-web}]\n"), want: []string{
			"team.yaml:3:26: project \"ledger\" is outside of what this file may grant, did you mean \"Ledger\"?",
			"team.yaml:3:45: project \"pya-web\" is outside of what this file may grant, did you mean \"pay-web\"?",
		}},
		{name: "a profile outside of the scope, and one mistyped", files: team(scope, bo+"    projects: [{project: pay-web, profile: Project Admin}, {project: Ledger, profile: tester}]\n"), want: []string{
			"team.yaml:3:44: profile \"Project Admin\" is outside of what this file may grant",
			"team.yaml:3:87: profile \"tester\" is outside of what this file may grant, did you mean \"Tester\"?",
		}},
		{name: "the profile of whoever is given none has to be granted too", files: team("domains: [acme.example], projects: [Ledger], profiles: [Tester]", bo+"    projects: [{project: Ledger}]\n"), want: []string{
			"team.yaml:3:26: profile \"Developer\", since none is named, is outside of what this file may grant",
		}},
		{name: "what an entry leaves out it does not grant", files: team("domains: [acme.example]", bo+"    projects: [{project: Ledger}]\n"), want: []string{
			"team.yaml:3:26: profile \"Developer\", since none is named, is outside of what this file may grant",
			"team.yaml:3:26: project \"Ledger\" is outside of what this file may grant",
		}},
		{name: "no project at all needs no grant", files: team("domains: [acme.example]", bo+"    projects: []\n")},
		{name: "default projects are the root file's choice", files: files{
			"users.yaml": "version: 1\ndefaults: {user: {projects: [{project: Vaults, profile: Lead}], auth: {system: Acme SSO}}}\ninclude:\n  - {files: team.yaml, domains: [acme.example]}\nusers:\n  - email: ana@acme.example\n",
			"team.yaml":  bo,
		}},
		{name: "auth is guarded", files: team(scope, bo+"    auth: {system: Acme SSO}\n"), want: []string{
			"team.yaml:3:5: key \"auth\" is outside of what this file may grant",
		}},
		{name: "auth that the entry allows", files: team(scope+", allow_keys: [auth]", bo+"    auth: {system: Acme SSO}\n")},
		{name: "names in parts need no grant", files: team(scope, bo+"    given_name: Bo\n    family_name: Lind\n")},
		{name: "grants that can not be used", files: root("include:\n  - {files: team.yaml, projects: [Ledger, Ledger], profiles: Tester}\n").with("team.yaml", ""), want: []string{
			"users.yaml:4:43: Ledger is listed twice, first at users.yaml:4:35",
			"users.yaml:4:62: profiles must be a list, not the text \"Tester\"",
		}},
	})
}
