package origin_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/origin"
)

// studio is a roster for a tool that holds names in parts, members of projects and ways to sign on.
func studio() *directory.Desired {
	scope := &directory.Scope{Entry: root(3, 5), Domains: []string{"acme.example"}, Projects: []string{"Pay *"}, Profiles: []directory.Name{"Tester"}}
	common := byDefault([]directory.ProjectRef{{Project: "Lobby", Profile: directory.DefaultProfile, Pos: root(2, 40)}}, root(2, 28))
	system := byDefault[directory.Name]("Acme SSO", root(2, 16))
	return &directory.Desired{
		Timezone: "UTC",
		Users: []directory.WantUser{
			{Email: "ana@acme.example", GivenName: directory.At("Ana", root(11, 17)), FamilyName: directory.At("Ruiz Soto", root(12, 18)), Pos: root(10, 5),
				SignOn: system, ExternalName: directory.At("aruiz", root(13, 27)),
				Projects: directory.At([]directory.ProjectRef{
					{Project: "Ledger", Profile: directory.DefaultProfile, Pos: root(15, 18)}, {Project: "Pay Web", Profile: "Lead", Pos: root(16, 18), ProfilePos: root(17, 18)},
				}, root(15, 7))},
			{Email: "bo@acme.example", FamilyName: directory.At("Lind", team(4, 18)), Scope: scope, Pos: team(3, 5), SignOn: directory.At[directory.Name]("internal", team(5, 20)), Projects: common},
			{Email: "cy@acme.example", Name: directory.At("Cy Bell", root(21, 11)), Pos: root(20, 5), Projects: directory.At([]directory.ProjectRef{}, root(22, 15))},
			{Email: "di@acme.example", Pos: team(9, 5), Scope: scope, Projects: directory.At([]directory.ProjectRef{{Project: "Pay Web", Profile: "Tester", Pos: team(10, 26)}}, team(10, 15))},
			{Email: "ed@acme.example", Pos: root(30, 5)},
		},
	}
}

func TestOf_saysWhatGivesNamesProjectsAndSigningOn(t *testing.T) {
	lacks := map[string]string{"role": "", "email_notifications": "", "mfa_required": "", "sso_enabled": "", "assigned_projects": ""}
	for _, tt := range []struct {
		name, who, what string
		said            bool
		facts           []string
		unmanaged       string
		near            string
		ways            []string
	}{
		{name: "a person", who: "ana@acme.example", said: true, facts: []string{
			"given_name Ana entry@users.yaml:11:17", "family_name Ruiz Soto entry@users.yaml:12:18", "project Ledger as Developer projects@users.yaml:15:18",
			"project Pay Web as Lead projects@users.yaml:16:18", "auth.system Acme SSO defaults@users.yaml:2:16", "auth.external_name aruiz entry@users.yaml:13:27",
		}, unmanaged: "active admin"},
		{name: "a person of a team's file", who: "bo@acme.example", said: true, facts: []string{
			"family_name Lind entry@teams/pay.yaml:4:18", "project Lobby as Developer defaults@users.yaml:2:40", "auth.system internal entry@teams/pay.yaml:5:20 by allow_keys@users.yaml:3:5",
		}, unmanaged: "given_name active admin auth.external_name"},
		{name: "a person of no project", who: "cy@acme.example", said: true, facts: []string{"name Cy Bell entry@users.yaml:21:11", "projects [] entry@users.yaml:22:15"},
			unmanaged: "active admin auth.system auth.external_name"},
		{name: "a person of whom nothing is said", who: "ed@acme.example", said: true, unmanaged: "name active admin projects auth.system auth.external_name"},
		{name: "a project", who: "di@acme.example", what: "Pay Web", said: true, facts: []string{"project Pay Web as Tester projects@teams/pay.yaml:10:26 by projects@users.yaml:3:5"}},
		{name: "all projects", who: "ana@acme.example", what: "projects", said: true, facts: []string{"project Ledger as Developer projects@users.yaml:15:18", "project Pay Web as Lead projects@users.yaml:16:18"}},
		{name: "projects, of a person of none", who: "cy@acme.example", what: "projects", facts: []string{"projects [] entry@users.yaml:22:15"},
			ways: []string{"projects: [{project: NAME}] -> line users.yaml:22:15"}},
		{name: "projects that are not managed", who: "ed@acme.example", what: "projects", unmanaged: "projects", ways: []string{"projects: [{project: NAME}] -> entry users.yaml:30:5"}},
		{name: "a project beside others", who: "ana@acme.example", what: "Lobby", ways: []string{"{project: Lobby} -> list users.yaml:15:7"}},
		{name: "a project of somebody whose projects are not managed", who: "ed@acme.example", what: "project:Ledger",
			ways: []string{"projects: [{project: Ledger}]   # and every other project to stay in -> entry users.yaml:30:5"}},
		{name: "a project beside the default, outside of what the file may grant", who: "bo@acme.example", what: "Ledger",
			ways: []string{"projects: [{project: Lobby}, {project: Ledger, profile: Tester}] -> entry teams/pay.yaml:3:5 needs projects@users.yaml:3:5"}},
		{name: "a project that the file may grant", who: "di@acme.example", what: "project:Pay Desk", ways: []string{"{project: Pay Desk, profile: Tester} -> list teams/pay.yaml:10:15"}},
		{name: "a project mistyped", who: "cy@acme.example", what: "project:Legder", near: "Ledger"},
		{name: "what nothing is called, where there are no roles", who: "cy@acme.example", what: "Boss", ways: []string{
			"- {name: Boss, mode: at_least, members: [cy@acme.example]} -> groups users.yaml", "{project: Boss} -> list users.yaml:22:15"}},
		{name: "a role, where there is none", who: "cy@acme.example", what: "role:Lead"},
		{name: "a flag that the tool can't hold", who: "cy@acme.example", what: "mfa_required"},
		{name: "a part of a name in one piece", who: "cy@acme.example", what: "given_name", said: true, facts: []string{"name Cy Bell entry@users.yaml:21:11"}},
		{name: "a name in parts", who: "ana@acme.example", what: "name", said: true, facts: []string{"given_name Ana entry@users.yaml:11:17", "family_name Ruiz Soto entry@users.yaml:12:18"}},
		{name: "the part that is missing", who: "bo@acme.example", what: "given_name", unmanaged: "given_name", ways: []string{"given_name: NAME -> entry teams/pay.yaml:3:5"}},
		{name: "how somebody signs on", who: "ana@acme.example", what: "auth", said: true, facts: []string{
			"auth.system Acme SSO defaults@users.yaml:2:16", "auth.external_name aruiz entry@users.yaml:13:27"}},
		{name: "how somebody signs on of whom it is not said", who: "di@acme.example", what: "auth", unmanaged: "auth.system auth.external_name",
			ways: []string{"auth: {system: NAME} -> entry teams/pay.yaml:9:5 needs allow_keys@users.yaml:3:5"}},
		{name: "a name elsewhere beside the system", who: "bo@acme.example", what: "auth.external_name", unmanaged: "auth.external_name",
			ways: []string{"external_name: TEXT -> entry teams/pay.yaml:5:20 needs allow_keys@users.yaml:3:5"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := origin.Of(studio(), tt.who, tt.what, origin.Options{Root: "users.yaml", Today: directory.Date{Year: 2026, Month: 11, Day: 22}, Lacks: lacks})
			if err != nil {
				t.Fatal(err)
			}
			ways := []string{}
			for _, w := range a.Ways {
				ways = append(ways, way(w))
			}
			if got := strings.Join(a.Unmanaged, " "); a.Said != tt.said || a.Near != tt.near || got != tt.unmanaged {
				t.Errorf("said %v, near %q, unmanaged %q; want %v, %q, %q", a.Said, a.Near, got, tt.said, tt.near, tt.unmanaged)
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

// Without a tool, both lists of projects may be meant.
func TestOf_adviceForAnyTool(t *testing.T) {
	a, err := origin.Of(studio(), "ed@acme.example", "project:Ledger", origin.Options{Root: "users.yaml"})
	if err != nil || len(a.Ways) != 2 || a.Ways[1].Line != "assigned_projects: [Ledger]" {
		t.Errorf("ways %+v, %v", a.Ways, err)
	}
}

func TestOf_knowsPeopleByTheirNamesInParts(t *testing.T) {
	_, err := origin.Of(studio(), "soto", "", origin.Options{})
	if unknown, ok := err.(*origin.UnknownError); !ok || unknown.Near != "ana@acme.example" {
		t.Errorf("Of: %v, want unknown and near Ana", err)
	}
}
