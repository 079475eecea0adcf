package plan_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// A name in one piece is compared with both parts joined, and split only to be written.
func TestBuild_namesInTwoParts(t *testing.T) {
	ana := person(1, "ana", goesBy("Ana", "Ruiz"))
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		notes []string
	}{
		{"a name in one piece that is both parts", given(onUser, ana, listed("ana", named("Ana Ruiz"))), nil, nil},
		{"a name in one piece that is not", given(onUser, ana, listed("ana", named("Anna Ruiz"))), []string{"update_user ana name Ana Ruiz>Anna Ruiz"}, nil},
		{"more words are no trouble as long as they are so", given(onUser, person(1, "ana", goesBy("Ana María", "Ruiz")), listed("ana", named("Ana María Ruiz"))), nil, nil},
		{"nor is one", given(onUser, person(1, "ana", goesBy("Ana", "")), listed("ana", named("Ana"))), nil, nil},
		{"a normal form is no difference", given(onUser, person(1, "x", goesBy("Ine\u0301s", "O")), listed("x", named("In\u00e9s O"))), nil, nil},
		{"white space between the words is none either, for the tool would not give it back", given(onUser, ana, listed("ana", named("Ana\t  Ruiz"))), nil, nil},
		{"so it is not written", given(onUser, ana, listed("ana", named("Anna  Ruiz"))), []string{"update_user ana name Ana Ruiz>Anna Ruiz"}, nil},
		{"white space in the tool is taken away once", given(onUser, person(1, "ana", goesBy("Ana ", "Ruiz")), listed("ana", named("Ana Ruiz"))), []string{"update_user ana name Ana  Ruiz>Ana Ruiz"}, nil},
		{"one part alone", given(onUser, ana, listed("ana", givenName("Anna"))), []string{"update_user ana given_name Ana>Anna"}, nil},
		{"both parts", given(onUser, ana, listed("ana", givenName("Anna"), familyName("Ruiz Gil"))), []string{"update_user ana given_name Ana>Anna, family_name Ruiz>Ruiz Gil"}, nil},
		{"parts that are so", given(onUser, ana, listed("ana", givenName(" Ana"), familyName("Ruiz"))), nil, nil},
		{"a create by its name", given(onUser, listed("n", named("Nia  Oh"))), []string{"create_user n active >true, name >Nia Oh"}, nil},
		{"a create by its parts", given(onUser, listed("n", givenName("Nia Li"), familyName("Oh"))), []string{"create_user n active >true, given_name >Nia Li, family_name >Oh"}, nil},
		{"names from a directory service are not compared, whichever way they are written",
			given(onUser, person(1, "a", ldap), person(2, "b", ldap), person(3, "c", ldap), listed("a", named("Not Split Able")), listed("b", givenName("X"), familyName("Y")), listed("c", asAdmin(true))),
			[]string{"update_user c admin false>true"}, []string{"name_not_compared: the names of 2 people come from a directory service: not compared"}},
		{"nor are they written with something else", given(onUser, person(1, "a", ldap), listed("a", named("A B"), asAdmin(true))),
			[]string{"update_user a admin false>true"}, []string{"name_not_compared: the names of 1 person come from a directory service: not compared"}},
		{"nor with a deactivation", given(onUser, person(1, "a", ldap), listed("a", named("Not Split Able"), active(false))),
			[]string{"deactivate_user a active true>false"}, []string{"name_not_compared: the names of 1 person come from a directory service: not compared"}},
		{"a person who is left alone is not counted", given(onUser, person(1, "a", ldap, inactive), listed("a", named("A B"))),
			nil, []string{"listed_but_inactive: listed but inactive: left alone; `active: true` on this entry brings the account back"}},
		{"who leaves the directory service has the name of the file again", given(onUser, person(1, "a", ldap), listed("a", named("A B"), system("internal"))),
			[]string{"update_user a name a X>A B, auth.system Acme LDAP>internal, auth.external_name x>"}, nil},
		{"who comes to it has not", given(onUser, person(1, "a"), listed("a", named("A B"), system("acme ldap"))),
			[]string{"update_user a auth.system Internal>acme ldap, auth.external_name >a"}, []string{"name_not_compared: the names of 1 person come from a directory service: not compared"}},
		{"nor if all that is known is somebody else who is there already", given(onUser, func(w *world) { w.live.SignOns, w.live.SignOnsRead = nil, false }, person(1, "a"), person(2, "b", ldap), listed("a", named("A B"), system("acme ldap"))),
			[]string{"update_user a auth.system Internal>acme ldap, auth.external_name >a"}, []string{"name_not_compared: the names of 1 person come from a directory service: not compared"}},
		{"but is created with a name", given(onUser, listed("a", named("A B"), system("Acme LDAP"))),
			[]string{"create_user a active >true, name >A B, auth.system >Acme LDAP, auth.external_name >a"}, nil},
		{"a name that can't be split is no trouble where nothing writes it", given(onUser, ana, listed("ana", named("Ana María Ruiz")), func(w *world) { w.caps.Kinds[plan.UpdateUser] = false }), nil, nil},
		{"nor of somebody who is inactive", given(onUser, person(1, "ana", inactive), listed("ana", named("Ana María Ruiz"))),
			nil, []string{"listed_but_inactive: listed but inactive: left alone; `active: true` on this entry brings the account back"}},
		{"nor of somebody who is not created", given(onUser, listed("n", named("Nia Li Oh"), active(false))), nil, []string{"inactive_not_created: shall be inactive and does not exist: not created"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, texts(p)); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// texts writes the notes as "code: text".
func texts(p *plan.Plan) []string {
	var list []string
	for _, n := range p.Notes {
		list = append(list, string(n.Code)+": "+n.Text)
	}
	return list
}

func TestBuild_namesThatCannotBeSplit(t *testing.T) {
	const hint = " (write `given_name` and `family_name` in its place)"
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"three words to be written", given(onUser, person(1, "ana"), listed("ana", named("Ana María Ruiz"))), []string{`problem: users.yaml:11:5: name "Ana María Ruiz" can't be split into a given and a family name` + hint}},
		{"one word to be written", given(onUser, person(1, "ana"), listed("ana", named("Ana"))), []string{`problem: users.yaml:11:5: name "Ana" can't be split into a given and a family name` + hint}},
		{"of somebody to create", given(onUser, listed("ana", named("Ana"))), []string{`problem: users.yaml:11:5: name "Ana" can't be split into a given and a family name` + hint}},
		{"with a reactivation", given(onUser, person(1, "ana", inactive), listed("ana", named("Ana"), active(true))), []string{`problem: users.yaml:11:5: name "Ana" can't be split into a given and a family name` + hint}},
		{"a create without a name", given(onUser, listed("n")), []string{"problem: users.yaml:10:3: user n does not exist and has no `name`: it can't be created"}},
		{"a create with a given name alone", given(onUser, listed("n", givenName("Nia"))), []string{"problem: users.yaml:10:3: user n does not exist and has no `family_name`: it can't be created"}},
		{"a create with a family name alone", given(onUser, listed("n", familyName("Oh"))), []string{"problem: users.yaml:10:3: user n does not exist and has no `given_name`: it can't be created"}},
		{"parts for a tool that holds names in one piece", given(listed("n", givenName("Nia"), familyName("Oh"))), []string{"problem: users.yaml:10:3: user n does not exist and has no `name`: it can't be created"}},
		{"of an account that is not clear nothing is said but that", given(onUser, person(1, "ana"), person(2, "ANA"), listed("ana", named("Ana"))),
			[]string{"ambiguous: users.yaml:10:3: user ana: 2 live accounts bear this name, ids 1 and 2 (pin the right one with its `id`)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.given.plan()
			if diff := cmp.Diff(tt.want, problems(err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// Somebody who is created by the parts of a name is looked for under both of them joined, and a name that nobody has is
// nobody's.
func TestBuild_lookalikesByParts(t *testing.T) {
	nia := listed("n", givenName("Nia"), familyName("Oh"))
	for _, tt := range []struct {
		name  string
		given *world
		want  bool
	}{
		{"the same name", given(onUser, person(1, "old", goesBy("Nia", "Oh")), nia), true},
		{"another name", given(onUser, person(1, "old", goesBy("Nia", "Om")), nia), false},
		{"an account without a name", given(onUser, person(1, "old", goesBy("", "")), nia), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := slices.Contains(notes(tt.given.build(t)), "looks_like n"); got != tt.want {
				t.Errorf("noted %t, want %t", got, tt.want)
			}
		})
	}
}

// The old name comes back only as far as it can be written.
func TestUndo_namesInTwoParts(t *testing.T) {
	renamed := func(was ...func(*directory.User)) *world {
		return given(onUser, person(1, "ana", was...), listed("ana", named("Anna Ruiz")))
	}
	for _, tt := range []struct {
		name  string
		given *world
		since part
		want  []string
		notes []string
	}{
		{"a name of two words", renamed(goesBy("Ana", "Ruiz")), nil, []string{"update_user ana name Anna Ruiz>Ana Ruiz"}, nil},
		{"a name of three", renamed(goesBy("Ana María", "Ruiz")), nil, nil, []string{`ana: name was "Ana María Ruiz", which can't be split into a given and a family name`}},
		{"both parts", given(onUser, person(1, "ana", goesBy("Ana María", "Ruiz")), listed("ana", givenName("Anna"), familyName("Gil"))), nil,
			[]string{"update_user ana given_name Anna>Ana María, family_name Gil>Ruiz"}, nil},
		{"a part that was empty", given(onUser, person(1, "ana", goesBy("Ana", "")), listed("ana", familyName("Gil"))), nil, nil, []string{`ana: family_name was "", which can't be set`}},
		{"a name that a directory service rules over since", renamed(goesBy("Ana", "Ruiz")), func(w *world) { ldap(&w.live.Users[0]) }, nil,
			[]string{`ana: name was "Ana Ruiz", and comes from a directory service now`}},
	} {
		t.Run(tt.name, func(t *testing.T) { takesBack(t, tt.given, tt.since, tt.want, tt.notes) })
	}
}
