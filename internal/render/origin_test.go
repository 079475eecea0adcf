package render_test

import (
	"bytes"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/origin"
	"rollcall/internal/render"
)

// answers are answers about people and groups by the name of their golden files.
func answers() map[string]*origin.Answer {
	at := func(line, column int) directory.Pos {
		return directory.Pos{File: "teams/payments/people.yaml", Line: line, Column: column}
	}
	place := func(part origin.Part, line, column int) []origin.Place {
		return []origin.Place{{Pos: at(line, column), Part: part}}
	}
	include := directory.Pos{File: "users.yaml", Line: 20, Column: 5}
	granted := []origin.Place{
		{Pos: at(14, 7), Part: origin.Members, Grant: &origin.Grant{Entry: include, Key: "groups"}},
		{Pos: at(31, 14), Part: origin.Groups, Grant: &origin.Grant{Entry: include, Key: "groups"}},
	}
	seventy, over := 70, -1
	defaults := []origin.Place{{Pos: directory.Pos{File: "users.yaml", Line: 6, Column: 11}, Part: origin.Defaults}}
	return map[string]*origin.Answer{
		"person": {
			Kind: origin.Person, Subject: "ines.ortega@acme.example", Former: "ines@acme.example", State: origin.Listed, Said: true,
			Source: origin.Place{Pos: at(24, 5), Part: origin.OwnEntry, Grant: &origin.Grant{Entry: include, Key: "domains"}},
			Days:   &seventy, Timezone: "Europe/Berlin", Unmanaged: []string{"active", "admin", "mfa_required"},
			Facts: []origin.Fact{
				{Key: "name", Value: "Inés Ortega", Places: place(origin.OwnEntry, 25, 11)},
				{Key: "until", Value: "2027-01-31", Places: place(origin.OwnEntry, 26, 12)},
				{Key: "role", Value: "Tester", Places: defaults},
				{Key: "group", Value: "payments-qa", Places: granted, Mode: directory.Exact},
				{Key: "group", Value: "写真部", Places: place(origin.Members, 15, 7), Mode: directory.AtLeast},
			},
		},
		"projects": {
			Kind: origin.Person, Subject: "ana.ruiz@acme.example", State: origin.Active, Said: true,
			Source: origin.Place{Pos: at(40, 5), Part: origin.OwnEntry},
			Facts: []origin.Fact{
				{Key: "given_name", Value: "Ana María", Places: place(origin.OwnEntry, 41, 17)},
				{Key: "project", Value: "Payments", Profile: "Quality Assurance", Places: []origin.Place{{Pos: at(43, 18), Part: origin.Projects, Grant: &origin.Grant{Entry: include, Key: "projects"}}}},
				{Key: "project", Value: "Lobby", Profile: "Developer", Places: defaults},
			},
		},
		"inactive": {
			Kind: origin.Person, Subject: "ben.ode@acme.example", State: origin.Inactive, Said: true, Days: &over, Timezone: "UTC",
			Source: origin.Place{Pos: at(24, 5), Part: origin.OwnEntry},
			Facts: []origin.Fact{
				{Key: "until", Value: "2026-11-21", Places: place(origin.OwnEntry, 26, 12)},
				{Key: "group", Value: "payments-qa", Places: place(origin.Groups, 27, 14), Mode: directory.Exact},
			},
		},
		"group": {
			Kind: origin.Group, Subject: "payments-qa", Said: true, Source: origin.Place{Pos: at(11, 5), Part: origin.OwnEntry},
			Facts: []origin.Fact{
				{Key: "mode", Value: "exact", Places: place(origin.OwnEntry, 12, 11)},
				{Key: "member", Value: "ines.ortega@acme.example", Places: granted},
				{Key: "member", Value: "ben.ode@acme.example", Places: place(origin.Members, 15, 7), Inactive: true},
			},
		},
		"no": {
			Kind: origin.Person, Subject: "ines.ortega@acme.example", State: origin.Active, Asked: "payments-qa", Source: origin.Place{Pos: at(24, 5)},
			Ways: []origin.Way{
				{Line: "ines.ortega@acme.example", Into: origin.IntoList, At: at(13, 14), Needs: &origin.Grant{Entry: include, Key: "domains"}},
				{Line: "groups: [payments-qa]", Into: origin.IntoEntry, At: at(24, 5)},
			},
		},
		"mistyped": {Kind: origin.Group, Subject: "payments-qa", Asked: "memebrs", Near: "members", Source: origin.Place{Pos: at(11, 5)}},
		"hostile": {
			Kind: origin.Person, Subject: "eve\x1b[2J@acme.example", State: origin.Inactive, Asked: "::add-mask::x\u202e", Near: "a\nb",
			Source: origin.Place{Pos: directory.Pos{File: "te\x07am.yaml", Line: 1, Column: 1}, Part: origin.Leavers}, Unmanaged: []string{"x\x1b"},
			Facts: []origin.Fact{{Key: "leaver", Value: "##[error]\r\x1b]0;x\a", Places: place(origin.Leavers, 1, 1)}},
			Ways:  []origin.Way{{Line: "a\u200bb", Into: "gro\x1bups", At: directory.Pos{File: "x\ny"}}},
		},
	}
}

func TestOrigin_golden(t *testing.T) {
	for name, a := range answers() {
		for look, opts := range map[string]render.TextOptions{"pipe": {}, "60": {Width: 60}, "120": {Width: 120}} {
			if look == "120" && name != "person" {
				continue
			}
			var b bytes.Buffer
			if err := render.Origin(&b, a, "rollcall list user "+a.Subject, opts); err != nil {
				t.Fatal(err)
			}
			golden(t, "origin-"+name+"."+look+".txt", b.Bytes())
			if strings.ContainsAny(b.String(), "\x1b\a\r\u202e\u200b") {
				t.Errorf("%s in %s shows what could mislead a terminal: %q", name, look, &b)
			}
		}
	}
}
