package origin_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/origin"
)

func root(line, column int) directory.Pos {
	return directory.Pos{File: "users.yaml", Line: line, Column: column}
}

func team(line, column int) directory.Pos {
	return directory.Pos{File: "teams/pay.yaml", Line: line, Column: column}
}

func byDefault[T any](value T, pos directory.Pos) directory.Key[T] {
	return directory.Key[T]{Value: value, Set: true, FromDefault: true, Pos: pos}
}

// company is a roster of a root file and a team's file, sorted as the loader does it.
func company() *directory.Desired {
	scope := &directory.Scope{Entry: root(3, 5), Roles: []directory.Name{"Tester"}, Groups: []string{"pay-*"}, Domains: []string{"acme.example"}}
	role := byDefault[directory.Name]("Tester", root(2, 16))
	return &directory.Desired{
		Timezone: "Europe/Berlin",
		Users: []directory.WantUser{
			{Email: "Ana@acme.example", Name: directory.At("Ana Ruiz", root(11, 11)), Role: directory.At[directory.Name]("Lead", root(12, 11)),
				Admin: directory.At(false, root(13, 12)), Active: directory.At(true, root(14, 13)), Pos: root(10, 5),
				Groups: []directory.GroupRef{{Name: "core", Pos: root(15, 14)}}},
			{Email: "bo@acme.example", Was: []directory.Key[directory.Email]{directory.At[directory.Email]("b@acme.example", team(4, 12))},
				Role: role, Scope: scope, Pos: team(3, 5), Until: directory.At(directory.Date{Year: 2027, Month: 1, Day: 31}, team(5, 12)),
				Groups: []directory.GroupRef{{Name: "pay-qa", Pos: team(6, 14)}}},
			{Email: "cy@acme.example", Pos: root(5, 5), Leaver: root(5, 5)},
			{Email: "di@partner.example", Role: role, Pos: root(20, 5), Until: directory.At(directory.Date{Year: 2026, Month: 11, Day: 1}, root(21, 12)),
				AssignedProjects: directory.At([]directory.Name{"Ledger"}, root(22, 24)), Active: byDefault(true, root(2, 30))},
		},
		Groups: []directory.WantGroup{
			{Name: "core", Mode: directory.At(directory.AtLeast, root(31, 11)), Pos: root(30, 5)},
			{Name: "pay-qa", Was: []directory.Key[directory.Name]{directory.At[directory.Name]("Pay QA", team(11, 11))}, Mode: byDefault(directory.Exact, root(2, 40)),
				Members: directory.At([]directory.MemberRef{{Email: "BO@acme.example", Pos: team(12, 15)}}, team(12, 14)), Scope: scope, Pos: team(10, 5)},
		},
	}
}

func ask(t *testing.T, who, what string) *origin.Answer {
	t.Helper()
	lacks := map[string]string{"given_name": "", "family_name": "", "projects": "", "auth": ""}
	a, err := origin.Of(company(), who, what, origin.Options{Root: "users.yaml", Today: directory.Date{Year: 2026, Month: 11, Day: 22}, Lacks: lacks})
	if err != nil {
		t.Fatalf("Of(%q, %q): %v", who, what, err)
	}
	return a
}

// lines are the facts of an answer, each with the places that say it.
func lines(a *origin.Answer) []string {
	texts := []string{}
	for _, f := range a.Facts {
		text := f.Key + " " + f.Value
		if f.Profile != "" {
			text += " as " + string(f.Profile)
		}
		for _, p := range f.Places {
			text += " " + string(p.Part) + "@" + p.String()
			if p.Grant != nil {
				text += " by " + p.Grant.Key + "@" + p.Grant.Entry.String()
			}
		}
		if f.Mode != "" {
			text += " " + string(f.Mode)
		}
		if f.Inactive {
			text += " inactive"
		}
		texts = append(texts, text)
	}
	return texts
}

func TestOf_saysWhatGivesWhat(t *testing.T) {
	for _, tt := range []struct {
		name, who string
		state     origin.State
		former    string
		want      []string
		unmanaged string
	}{
		{name: "a person of the root file, in any case", who: "ANA@acme.example", state: origin.Active, want: []string{
			"name Ana Ruiz entry@users.yaml:11:11", "active true entry@users.yaml:14:13", "role Lead entry@users.yaml:12:11",
			"admin false entry@users.yaml:13:12", "group core groups@users.yaml:15:14 at_least",
		}, unmanaged: "email_notifications mfa_required sso_enabled assigned_projects"},
		{name: "a person of a team's file, by a former address: both sides of a membership, and what lets the file say so", who: "B@acme.example",
			former: "b@acme.example", state: origin.Listed, want: []string{
				"was b@acme.example entry@teams/pay.yaml:4:12 by allow_keys@users.yaml:3:5", "until 2027-01-31 entry@teams/pay.yaml:5:12",
				"role Tester defaults@users.yaml:2:16",
				"group pay-qa members@teams/pay.yaml:12:15 by groups@users.yaml:3:5 groups@teams/pay.yaml:6:14 by groups@users.yaml:3:5 exact",
			}, unmanaged: "name active admin email_notifications mfa_required sso_enabled assigned_projects"},
		{name: "a leaver without an entry", who: "user:cy@acme.example", state: origin.Inactive, want: []string{"leaver cy@acme.example leavers@users.yaml:5:5"},
			unmanaged: "name role admin email_notifications mfa_required sso_enabled assigned_projects"},
		{name: "a date that has passed wins over a default", who: "di@partner.example", state: origin.Inactive, want: []string{
			"active true defaults@users.yaml:2:30", "until 2026-11-01 entry@users.yaml:21:12", "role Tester defaults@users.yaml:2:16",
			"project Ledger entry@users.yaml:22:24",
		}, unmanaged: "name admin email_notifications mfa_required sso_enabled"},
		{name: "a group with members from both sides", who: "pay-qa", want: []string{
			"was Pay QA entry@teams/pay.yaml:11:11 by allow_keys@users.yaml:3:5", "mode exact defaults@users.yaml:2:40",
			"member bo@acme.example members@teams/pay.yaml:12:15 by groups@users.yaml:3:5 groups@teams/pay.yaml:6:14 by groups@users.yaml:3:5",
		}},
		{name: "a group by a former name", who: "group:Pay QA", former: "Pay QA", want: []string{
			"was Pay QA entry@teams/pay.yaml:11:11 by allow_keys@users.yaml:3:5", "mode exact defaults@users.yaml:2:40",
			"member bo@acme.example members@teams/pay.yaml:12:15 by groups@users.yaml:3:5 groups@teams/pay.yaml:6:14 by groups@users.yaml:3:5",
		}},
		{name: "a group that lists nobody itself", who: "core", want: []string{
			"mode at_least entry@users.yaml:31:11", "member Ana@acme.example groups@users.yaml:15:14",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := ask(t, tt.who, "")
			if diff := cmp.Diff(tt.want, lines(a)); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
			if got := strings.Join(a.Unmanaged, " "); got != tt.unmanaged || a.State != tt.state || a.Former != tt.former || !a.Said {
				t.Errorf("unmanaged %q, state %q, former %q, said %v; want %q, %q, %q, true", got, a.State, a.Former, a.Said, tt.unmanaged, tt.state, tt.former)
			}
		})
	}
}

func TestOf_countsDays(t *testing.T) {
	for who, want := range map[string]int{"bo@acme.example": 70, "di@partner.example": -21} {
		if a := ask(t, who, ""); a.Days == nil || *a.Days != want {
			t.Errorf("days of %s: %v, want %d", who, a.Days, want)
		}
	}
	if a := ask(t, "ana@acme.example", ""); a.Days != nil {
		t.Errorf("days of somebody without a date: %d", *a.Days)
	}
}

// way is a way in one line.
func way(w origin.Way) string {
	text := w.Line + " -> " + string(w.Into) + " " + w.At.String()
	if w.Needs != nil {
		text += " needs " + w.Needs.Key + "@" + w.Needs.Entry.String()
	}
	return text
}

func TestOf_answersOneQuestion(t *testing.T) {
	for _, tt := range []struct {
		name, who, what string
		said            bool
		facts           []string
		near            string
		ways            []string
	}{
		{name: "a role", who: "ana@acme.example", what: "Lead", said: true, facts: []string{"role Lead entry@users.yaml:12:11"}},
		{name: "a role that another has", who: "bo@acme.example", what: "Lead", ways: []string{"role: Lead -> entry teams/pay.yaml:3:5 needs roles@users.yaml:3:5"}},
		{name: "a role that the team's file may give", who: "bo@acme.example", what: "role:Tester", said: true, facts: []string{"role Tester defaults@users.yaml:2:16"}},
		{name: "a group", who: "bo@acme.example", what: "pay-qa", said: true, facts: []string{
			"group pay-qa members@teams/pay.yaml:12:15 by groups@users.yaml:3:5 groups@teams/pay.yaml:6:14 by groups@users.yaml:3:5 exact"}},
		{name: "a group of another file", who: "bo@acme.example", what: "group:core", ways: []string{
			"members: [bo@acme.example] -> entry users.yaml:30:5", "core -> list teams/pay.yaml:6:14 needs groups@users.yaml:3:5"}},
		{name: "a group whose file may not name the address", who: "di@partner.example", what: "pay-qa", ways: []string{
			"di@partner.example -> list teams/pay.yaml:12:14 needs domains@users.yaml:3:5", "groups: [pay-qa] -> entry users.yaml:20:5"}},
		{name: "a role in place of another", who: "ana@acme.example", what: "Tester", ways: []string{"role: Tester -> line users.yaml:12:11"}},
		{name: "a group beside another", who: "ana@acme.example", what: "pay-qa", ways: []string{
			"Ana@acme.example -> list teams/pay.yaml:12:14", "pay-qa -> list users.yaml:15:14"}},
		{name: "a project beside another", who: "di@partner.example", what: "project:Vaults and more", ways: []string{"Vaults and more -> list users.yaml:22:24"}},
		{name: "a flag that is false", who: "ana@acme.example", what: "admin", facts: []string{"admin false entry@users.yaml:13:12"},
			ways: []string{"admin: true -> line users.yaml:13:12"}},
		{name: "a flag that is not managed", who: "bo@acme.example", what: "mfa_required",
			ways: []string{"mfa_required: true -> entry teams/pay.yaml:3:5 needs allow_keys@users.yaml:3:5"}},
		{name: "active, of somebody who is", who: "ana@acme.example", what: "active", said: true, facts: []string{"active true entry@users.yaml:14:13"}},
		{name: "active, of a leaver", who: "cy@acme.example", what: "active", facts: []string{"leaver cy@acme.example leavers@users.yaml:5:5"},
			ways: []string{" -> nothing users.yaml:5:5", "- {email: cy@acme.example, active: true} -> users users.yaml"}},
		{name: "active, of somebody whose time is over", who: "di@partner.example", what: "active",
			facts: []string{"active true defaults@users.yaml:2:30", "until 2026-11-01 entry@users.yaml:21:12"},
			ways:  []string{"until: YYYY-MM-DD -> line users.yaml:21:12", "active: true -> entry users.yaml:20:5"}},
		{name: "active, of somebody who is listed alone", who: "bo@acme.example", what: "active", facts: []string{"until 2027-01-31 entry@teams/pay.yaml:5:12"},
			ways: []string{"active: true -> entry teams/pay.yaml:3:5"}},
		{name: "a date", who: "ana@acme.example", what: "until", ways: []string{"until: YYYY-MM-DD -> entry users.yaml:10:5"}},
		{name: "a project", who: "di@partner.example", what: "Ledger", said: true, facts: []string{"project Ledger entry@users.yaml:22:24"}},
		{name: "the key of projects", who: "di@partner.example", what: "assigned_projects", said: true, facts: []string{"project Ledger entry@users.yaml:22:24"}},
		{name: "the address", who: "ana@acme.example", what: "email", said: true, facts: []string{"email Ana@acme.example entry@users.yaml:10:5"}},
		{name: "a role mistyped", who: "bo@acme.example", what: "Leed", near: "Lead"},
		{name: "a key mistyped", who: "bo@acme.example", what: "actve", near: "active"},
		{name: "what nothing is called", who: "bo@acme.example", what: "Boss", ways: []string{
			"role: Boss -> entry teams/pay.yaml:3:5 needs roles@users.yaml:3:5",
			"- {name: Boss, mode: at_least, members: [bo@acme.example]} -> groups users.yaml"}},
		{name: "a member", who: "pay-qa", what: "bo@ACME.example", said: true, facts: []string{
			"member bo@acme.example members@teams/pay.yaml:12:15 by groups@users.yaml:3:5 groups@teams/pay.yaml:6:14 by groups@users.yaml:3:5"}},
		{name: "a member mistyped", who: "pay-qa", what: "bu@acme.example", near: "bo@acme.example"},
		{name: "somebody who is no member", who: "core", what: "bo@acme.example", ways: []string{
			"members: [bo@acme.example] -> entry users.yaml:30:5", "core -> list teams/pay.yaml:6:14 needs groups@users.yaml:3:5"}},
		{name: "a stranger to the roster", who: "core", what: "eve@other.test", ways: []string{"- {email: eve@other.test, groups: [core]} -> users users.yaml"}},
		{name: "the members of a group that lists none", who: "core", what: "members", said: true, facts: []string{"member Ana@acme.example groups@users.yaml:15:14"}},
		{name: "the mode of a group", who: "core", what: "mode", said: true, facts: []string{"mode at_least entry@users.yaml:31:11"}},
		{name: "the pin of a group", who: "pay-qa", what: "id", ways: []string{"id: N -> entry teams/pay.yaml:10:5 needs allow_keys@users.yaml:3:5"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := ask(t, tt.who, tt.what)
			ways := []string{}
			for _, w := range a.Ways {
				ways = append(ways, way(w))
			}
			if a.Said != tt.said || a.Near != tt.near {
				t.Errorf("said %v, near %q; want %v, %q", a.Said, a.Near, tt.said, tt.near)
			}
			if diff := cmp.Diff(append([]string{}, tt.facts...), lines(a)); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, tt.ways...), ways); diff != "" {
				t.Errorf("ways (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOf_quotesWhatYAMLWouldMisread(t *testing.T) {
	a := ask(t, "ana@acme.example", "role:yes, all: of them")
	if len(a.Ways) != 1 || a.Ways[0].Line != `role: "yes, all: of them"` {
		t.Errorf("ways %+v", a.Ways)
	}
}

func TestOf_unknown(t *testing.T) {
	for who, near := range map[string]string{
		"bu@acme.example": "bo@acme.example", "ana@acme.exmaple": "Ana@acme.example", "ruiz": "Ana@acme.example", "cor": "core",
		"group:ana": "", "user:core": "", "zed@acme.example": "", "": "",
	} {
		_, err := origin.Of(company(), who, "", origin.Options{})
		var unknown *origin.UnknownError
		if !errors.As(err, &unknown) || unknown.Near != near {
			t.Errorf("Of(%q): %v, want unknown and near %q", who, err, near)
		}
	}
}
