package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// A key has three states: absent is not compared and never sent; a value is.
func TestBuild_keys(t *testing.T) {
	yes, no := true, false
	flag := func(set func(*directory.WantUser, directory.Key[bool]), value bool) func(*directory.WantUser) {
		return func(u *directory.WantUser) { set(u, directory.At(value, u.Pos)) }
	}
	mfa := func(u *directory.WantUser, k directory.Key[bool]) { u.MFARequired = k }
	sso := func(u *directory.WantUser, k directory.Key[bool]) { u.SSOEnabled = k }
	mails := func(u *directory.WantUser, k directory.Key[bool]) { u.EmailNotifications = k }
	flags := func(u *directory.User) { u.MFARequired, u.SSOEnabled, u.EmailNotifications = true, true, true }
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"an entry without keys compares nothing", given(account(1, "ana", admin, flags, manages(3)), project(3, "P"), listed("ana")), nil},
		{"a create sends what the file says, and active in words",
			given(listed("ana", named("Ana"), role("Lead"), asAdmin(false), flag(mfa, no))),
			[]string{"create_user ana active >true, name >Ana, role >Lead, admin >false, mfa_required >false"}},
		{"a create sends nothing that the file does not say", given(listed("ana", named("Ana"))), []string{"create_user ana active >true, name >Ana"}},
		{"name", given(account(1, "ana"), listed("ana", named("Ana O"))), []string{"update_user ana name ana>Ana O"}},
		{"a name that differs in white space and normal form alone is the same",
			given(account(1, "x"), func(w *world) { w.live.Users[0].Name = " Ine\u0301s " }, listed("x", named("In\u00e9s"))), nil},
		{"role", given(account(1, "ana"), listed("ana", role("Lead"))), []string{"update_user ana role Tester>Lead"}},
		{"a role that differs in white space alone is the same", given(account(1, "ana"), listed("ana", role(" Tester"))), nil},
		{"admin granted", given(account(1, "ana"), listed("ana", asAdmin(yes))), []string{"update_user ana admin false>true"}},
		{"admin taken", given(account(1, "ana", admin), listed("ana", asAdmin(no))), []string{"update_user ana admin true>false"}},
		{"flags switched off", given(account(1, "ana", flags), listed("ana", flag(mfa, no), flag(sso, no), flag(mails, no))),
			[]string{"update_user ana email_notifications true>false, mfa_required true>false, sso_enabled true>false"}},
		{"flags switched on", given(account(1, "ana"), listed("ana", flag(mfa, yes), flag(sso, yes), flag(mails, yes))),
			[]string{"update_user ana email_notifications false>true, mfa_required false>true, sso_enabled false>true"}},
		{"flags as they are", given(account(1, "ana", flags), listed("ana", flag(mfa, yes), flag(sso, yes), flag(mails, yes))), nil},
		{"projects are compared as sets", given(account(1, "ana", manages(4, 3)), project(3, "B"), project(4, "A"), listed("ana", managing("B", "A", "B"))), nil},
		{"projects", given(account(1, "ana", manages(4)), project(3, "B"), project(4, "A"), listed("ana", managing("B"))),
			[]string{"update_user ana assigned_projects A>B"}},
		{"an empty list of projects is not an absent one", given(account(1, "ana", manages(4)), project(4, "A"), listed("ana", managing())),
			[]string{"update_user ana assigned_projects A>"}},
		{"an assigned project that the list of projects lacks is shown by id", given(account(1, "ana", manages(9)), project(4, "A"), listed("ana", managing("A"))),
			[]string{"update_user ana assigned_projects #9>A"}},
		{"all of one person's changes are one action", given(account(1, "old", admin), listed("new", formerly("old"), named("New"), role("Lead"), asAdmin(false), active(false))),
			[]string{"deactivate_user new email old>new, active true>false, name old>New, role Tester>Lead, admin true>false"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(tt.given.build(t))); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
}

// active, leavers and until against the account's own state.
func TestBuild_activeState(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		notes []string
	}{
		{"active: false, active", given(account(1, "ana"), listed("ana", active(false))), []string{"deactivate_user ana active true>false"}, nil},
		{"active: false, inactive", given(account(1, "ana", inactive), listed("ana", active(false))), nil, nil},
		{"active: false, inactive, another key is still compared", given(account(1, "ana", inactive), listed("ana", active(false), role("Lead"))), []string{"update_user ana role Tester>Lead"}, nil},
		{"active: false, does not exist", given(listed("ana", active(false))), nil, []string{"inactive_not_created ana"}},
		{"leaver, active", given(account(1, "ana"), listed("ana", onlyLeaver)), []string{"deactivate_user ana active true>false [leaver]"}, nil},
		{"leaver, inactive", given(account(1, "ana", inactive), listed("ana", onlyLeaver)), nil, nil},
		{"leaver who has no other entry and does not exist is history", given(listed("ana", onlyLeaver)), nil, nil},
		{"leaver who has an entry and does not exist", given(listed("ana", leaver)), nil, []string{"inactive_not_created ana"}},
		{"until is today: access through that day", given(account(1, "ana"), listed("ana", until(today))), nil, []string{"access_ends ana"}},
		{"until was yesterday", given(account(1, "ana"), listed("ana", until(yesterday))), []string{"deactivate_user ana active true>false [expired]"}, nil},
		{"until was yesterday and wins over active: true", given(account(1, "ana"), listed("ana", until(yesterday), active(true))), []string{"deactivate_user ana active true>false [expired]"}, nil},
		{"until was yesterday and an inactive account stays inactive", given(account(1, "ana", inactive), listed("ana", until(yesterday), active(true))), nil, nil},
		{"until was yesterday, does not exist", given(listed("ana", until(yesterday), named("Ana"))), nil, []string{"inactive_not_created ana"}},
		{"until is tomorrow and says nothing of an inactive account", given(account(1, "ana", inactive), listed("ana", until(tomorrow))), nil, []string{"listed_but_inactive ana"}},
		{"until is tomorrow and does not overrule active: false", given(account(1, "ana"), listed("ana", until(tomorrow), active(false))), []string{"deactivate_user ana active true>false"}, nil},
		{"a leaver whose until has passed is a leaver", given(account(1, "ana"), listed("ana", leaver, until(yesterday))), []string{"deactivate_user ana active true>false [leaver]"}, nil},
		{"listed, inactive: left alone, nothing is compared", given(account(1, "ana", inactive), listed("ana", named("Ana"), role("Lead"), asAdmin(true))), nil, []string{"listed_but_inactive ana"}},
		{"active: true of the defaults does not reactivate", given(account(1, "ana", inactive), listed("ana", activeByDefault)), nil, []string{"listed_but_inactive ana"}},
		{"active: true of the defaults creates", given(listed("ana", named("Ana"), activeByDefault)), []string{"create_user ana active >true, name >Ana"}, nil},
		{"active: true on the person reactivates", given(account(1, "ana", inactive), listed("ana", active(true))), []string{"reactivate_user ana active false>true"}, nil},
		{"a reactivation takes the other keys along", given(account(1, "old", inactive), listed("ana", active(true), formerly("old"), role("Lead"))), []string{"reactivate_user ana email old>ana, active false>true, role Tester>Lead"}, nil},
		{"a reactivated administrator comes back without the flag", given(account(1, "ana", inactive, admin), listed("ana", active(true))), []string{"reactivate_user ana active false>true, admin true>false"}, nil},
		{"unless the file says otherwise", given(account(1, "ana", inactive, admin), listed("ana", active(true), asAdmin(true))), []string{"reactivate_user ana active false>true"}, nil},
		{"a reactivation can make an administrator in so many words", given(account(1, "ana", inactive), listed("ana", active(true), asAdmin(true))), []string{"reactivate_user ana active false>true, admin false>true"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			got := notes(p)
			got = withoutCode(got, plan.NoteInvitations)
			if diff := cmp.Diff(tt.notes, got); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func withoutCode(list []string, code plan.NoteCode) []string {
	var rest []string
	for _, text := range list {
		if text != string(code) {
			rest = append(rest, text)
		}
	}
	return rest
}

func TestBuild_reactivationShowsGroups(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  string
	}{
		{"each group, sorted, whether listed or not",
			given(account(1, "ana", inactive), group(8, "web", 1), group(7, "mobile", 1, 2), group(9, "other"), account(2, "bob"), listed("ana", active(true))),
			"comes back to mobile, web"},
		{"in no group", given(account(1, "ana", inactive), listed("ana", active(true))), "comes back to no group"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.given.build(t).Actions()[0].Detail; got != tt.want {
				t.Errorf("detail %q, want %q", got, tt.want)
			}
		})
	}
}

// A deactivation points at the line that makes it.
func TestBuild_deactivationSource(t *testing.T) {
	for _, tt := range []struct {
		name string
		opt  func(*directory.WantUser)
		want directory.Pos
	}{
		{"the key active", active(false), key(pos(10), 3)},
		{"the line of leavers", leaver, pos(510)},
		{"the key until", until(yesterday), key(pos(10), 4)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := given(account(1, "ana"), listed("ana", tt.opt)).build(t).Actions()[0].Source
			if diff := cmp.Diff(&tt.want, got); diff != "" {
				t.Errorf("source (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBuild_unreportedFields(t *testing.T) {
	without := func(fields ...plan.Field) part {
		return func(w *world) {
			for _, f := range fields {
				w.caps.Reported[f], w.caps.Writable[f] = false, false
			}
		}
	}
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		texts []string
	}{
		{"a field that is not reported is a note with the number of people, never drift",
			given(without(plan.FieldAdmin), account(1, "ana"), account(2, "bob"), listed("ana", asAdmin(true)), listed("bob", asAdmin(false))),
			nil, []string{"this instance does not report admin: not compared for 2 people"}},
		{"nor is it for somebody to create", given(without(plan.FieldMFARequired), listed("ana", named("Ana"), func(u *directory.WantUser) { u.MFARequired = directory.At(true, u.Pos) })),
			[]string{"create_user ana active >true, name >Ana"}, []string{"this instance does not report mfa_required: not compared for 1 person"}},
		{"what the file does not say is not missed", given(without(plan.FieldAdmin), account(1, "ana", inactive), listed("ana", active(true))),
			[]string{"reactivate_user ana active false>true"}, nil},
		{"projects that are not reported are not looked up", given(without(plan.FieldAssignedProjects), account(1, "ana"), listed("ana", managing("Apollo"))),
			nil, []string{"this instance does not report assigned_projects: not compared for 1 person"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			var texts []string
			for _, n := range p.Notes {
				texts = append(texts, n.Text)
			}
			if diff := cmp.Diff(tt.texts, texts); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// A new person or group that is probably an old one under another name is pointed out: `was` may have been forgotten.
func TestBuild_lookalikes(t *testing.T) {
	two := all(account(1, "ana"), account(2, "bob"), listed("ana"), listed("bob"))
	for _, tt := range []struct {
		name  string
		given *world
		want  string
	}{
		{"a person of the same name whom the file does not list", given(account(1, "old", calls("Ana R")), listed("new", named("Ana R"))),
			"has the name of old, which the file does not list: if it is the same person, write `was: [old]`"},
		{"the old one is listed", given(account(1, "old", calls("Ana R")), listed("old"), listed("new", named("Ana R"))), ""},
		{"the old one is inactive", given(account(1, "old", calls("Ana R"), inactive), listed("new", named("Ana R"))), ""},
		{"two of the name", given(account(1, "old", calls("Ana R")), account(2, "older", calls("Ana R")), listed("new", named("Ana R"))), ""},
		{"a group with the same members that the file does not list", given(two, group(7, "www", 1, 2), team("web", directory.Exact, members("bob", "ana"))),
			"has the members of \"www\", which the file does not list: if it is the same group, write `was: [\"www\"]`"},
		{"a group with other members", given(two, group(7, "www", 1), team("web", directory.Exact, members("bob", "ana"))), ""},
		{"a group with one member says nothing", given(two, group(7, "www", 1), team("web", directory.Exact, members("ana"))), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := ""
			for _, n := range tt.given.build(t).Notes {
				if n.Code == plan.NoteLookalike {
					text += strings.ReplaceAll(n.Text, domain, "")
				}
			}
			if text != tt.want {
				t.Errorf("note %q, want %q", text, tt.want)
			}
		})
	}
}
