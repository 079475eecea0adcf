package qtest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	sim "rollcall/internal/sim/qtestsim"
)

// Whatever a server does with what is not sent, what it was not told to change stays.
func TestUpdateAccount_changesNothingElse(t *testing.T) {
	t.Parallel()
	switches := map[string]sim.Switches{
		"what is missing stays":                    {},
		"what is missing is emptied":               {UpdateClears: true},
		"null clears groups":                       {NullGroupsClear: true},
		"an account hides its groups":              {UserHidesGroups: true},
		"an account hides its groups, and clears":  {UserHidesGroups: true, UpdateClears: true},
		"both hide the other side, and clear":      {UserHidesGroups: true, GroupsHideUsers: true, UpdateClears: true},
		"names of a directory can be written":      {LDAPNamesWritable: true},
		"2023, with an address for recovery":       {Generation: sim.Gen2023, UpdateClears: true},
		"texts are absent":                         {Empty: sim.AbsentText, UpdateClears: true},
		"fields that nobody knows, and it clears":  {ExtraFields: true, UpdateClears: true},
		"projects are kept by the inactive":        {KeepProjects: true},
		"administrators may be lost":               {LastAdminMayGo: true},
		"an invited account has status 2":          {NewIsTwo: true, UpdateClears: true},
		"passwords have a length":                  {PasswordLength: 30},
		"the search by name lists nobody, in vain": {EmptySearchNobody: true, UpdateClears: true},
	}
	for name, s := range switches {
		t.Run(name, func(t *testing.T) {
			snapshot := company(40, 8, 4, s, false)
			for i := range snapshot.Users {
				if snapshot.Users[i].AuthSystem == 0 && snapshot.Switches.Generation == sim.Gen2023 {
					snapshot.Users[i].Email = "home-" + snapshot.Users[i].Username
				}
			}
			srv := newServer(t, snapshot)
			w := newWriter(t, srv)
			live := read(t, w)
			for _, u := range live.Users {
				now, err := w.ReadAccount(t.Context(), u.ID)
				if err != nil {
					t.Fatal(err)
				}
				if now.Admin != u.Admin || now.SignOn != u.SignOn || now.ExternalName != u.ExternalName || now.Pending != u.Pending || now.NameFixed != u.NameFixed {
					t.Errorf("account %d is read as %+v, and listed as %+v", u.ID, now.User, u)
				}
				if want := groupsOf(live, u.ID); !slices.Equal(want, now.Groups) {
					t.Errorf("account %d: groups %v, want %v", u.ID, now.Groups, want)
				}
				answer, err := w.UpdateAccount(t.Context(), now, directory.UserChange{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(now, answer); diff != "" {
					t.Errorf("answer to a write of nothing (-now +answer):\n%s", diff)
				}
			}
			if diff := cmp.Diff(snapshot.Users, srv.Snapshot().Users); diff != "" {
				t.Errorf("accounts (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(live, read(t, w)); diff != "" {
				t.Errorf("live state (-before +after):\n%s", diff)
			}
		})
	}
}

func groupsOf(live *directory.Live, id directory.UserID) []directory.GroupID {
	var in []directory.GroupID
	for _, g := range live.Groups {
		if slices.Contains(g.Members, id) {
			in = append(in, g.ID)
		}
	}
	return in
}

func TestWriter_writesWhatItIsTold(t *testing.T) {
	srv := newServer(t, company(40, 8, 4, sim.Switches{}, false))
	w := newWriter(t, srv)
	live := read(t, w)
	group, err := w.CreateGroup(t.Context(), "Payments", nil)
	if err != nil {
		t.Fatal(err)
	}
	created, err := w.CreateAccount(t.Context(), directory.UserChange{
		Email: ptr(directory.Email("Lea+QA@acme.example")), Name: ptr("Lea Trent"), Groups: &[]directory.GroupID{group.ID}, Admin: ptr(true),
	})
	if err != nil || !created.Active || !created.Admin || !slices.Equal(created.Groups, []directory.GroupID{group.ID}) {
		t.Fatalf("created %+v, %v", created, err)
	}
	now, err := w.ReadAccount(t.Context(), created.ID)
	if err != nil {
		t.Fatal(err)
	}
	updated, err := w.UpdateAccount(t.Context(), now, directory.UserChange{
		FamilyName: ptr("Trent-Okafor"), Admin: ptr(false), Groups: &[]directory.GroupID{}, SignOn: ptr(directory.SignOnID(12)), ExternalName: ptr("ltrent"),
	})
	want := directory.Account{User: directory.User{
		ID: created.ID, Email: "Lea+QA@acme.example", Name: "Lea Trent-Okafor", GivenName: "Lea", FamilyName: "Trent-Okafor", Active: true,
		SignOn: "Acme SSO", ExternalName: "ltrent",
	}, Groups: []directory.GroupID{}}
	if diff := cmp.Diff(want, updated); err != nil || diff != "" {
		t.Errorf("updated: %v (-want +got):\n%s", err, diff)
	}
	project := live.Projects[1].ID
	profile := live.Profiles[0].ID
	before, err := w.ReadProject(t.Context(), project)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.AddToProject(t.Context(), project, profile, []directory.UserID{created.ID}); err != nil {
		t.Fatal(err)
	}
	after, err := w.ReadProject(t.Context(), project)
	if err != nil || len(after) != len(before)+1 || !slices.Contains(after, created.ID) {
		t.Errorf("members %v, were %v: %v", after, before, err)
	}
	if members, err := w.SearchMembers(t.Context(), string(live.Projects[1].Name)); err != nil || len(members) != len(after) {
		t.Errorf("search by project finds %d of %d: %v", len(members), len(after), err)
	}
	if err := w.RemoveFromProject(t.Context(), project, []directory.UserID{created.ID}); err != nil {
		t.Fatal(err)
	}
	if after, err := w.ReadProject(t.Context(), project); err != nil || !slices.Equal(after, before) {
		t.Errorf("members %v, were %v: %v", after, before, err)
	}
	if err := w.AddOneToProject(t.Context(), created.ID, project, profile); err != nil {
		t.Error(err)
	}
	now, err = w.ReadAccount(t.Context(), created.ID)
	if err != nil {
		t.Fatal(err)
	}
	if gone, err := w.UpdateAccount(t.Context(), now, directory.UserChange{Active: ptr(false)}); err != nil || gone.Active || gone.Pending {
		t.Errorf("deactivated %+v, %v", gone, err)
	}
	if _, err := w.ReadProject(t.Context(), 9999); !isNotFound(err) {
		t.Errorf("a project that there is not: %v", err)
	}
	if picture, err := w.Avatar(t.Context(), created.ID); err != nil || !strings.HasPrefix(string(picture), "\x89PNG") {
		t.Errorf("picture %q, %v", picture, err)
	}
	if _, err := w.Avatar(t.Context(), 9999); !isNotFound(err) {
		t.Errorf("the picture of nobody: %v", err)
	}
}

// The search minds case; an address does not.
func TestFindUser_looksWithTheServersSpelling(t *testing.T) {
	s := company(30, 8, 4, sim.Switches{}, false)
	s.Users[3].Username = "Omar.Haddad@acme.example"
	srv := newServer(t, s)
	w := newWriter(t, srv)
	if _, found, err := w.FindUser(t.Context(), "omar.haddad@acme.example"); found || err != nil {
		t.Errorf("without a reading: found %v, %v", found, err)
	}
	read(t, w)
	srv.ResetLog()
	u, found, err := w.FindUser(t.Context(), "omar.haddad@acme.example")
	if err != nil || !found || int(u.ID) != s.Users[3].ID || srv.Count("find_by_user_name_or_email") != 2 {
		t.Errorf("found %v %+v in %d requests, %v", found, u, srv.Count(""), err)
	}
	srv.ResetLog()
	if _, found, err = w.FindUser(t.Context(), "Omar.Haddad@acme.example"); err != nil || !found || srv.Count("") != 1 {
		t.Errorf("found %v in %d requests, %v", found, srv.Count(""), err)
	}
	if _, found, err = w.FindUser(t.Context(), "nobody@acme.example"); err != nil || found {
		t.Errorf("found nobody: %v, %v", found, err)
	}
}

func TestWriter_saysWhatTheServerRefuses(t *testing.T) {
	tests := []struct {
		name     string
		switches sim.Switches
		times    int
		wantErr  string
	}{
		{"an address that is taken", sim.Switches{}, 2, "POST users: HTTP 400: The username is already in use."},
		{"an address that is taken, which is a conflict", sim.Switches{Duplicate: sim.Status403}, 2, "POST users: HTTP 403: The username is already in use."},
		{"no seat", sim.Switches{SeatLimit: 1, SeatStatus: sim.Status402}, 1, "POST users: HTTP 402: The number of users exceeds the number of licenses."},
		{"a longer password than ours", sim.Switches{PasswordLength: 64}, 1, "POST users: HTTP 400: The password does not satisfy the password policy."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := sim.EmptySnapshot()
			s.Switches = tt.switches
			srv := newServer(t, s)
			w := newWriter(t, srv)
			var err error
			for range tt.times {
				_, err = w.CreateAccount(t.Context(), newcomer())
			}
			if errorText(err) != tt.wantErr || isUnclear(err) {
				t.Errorf("error = %v, unclear %v", err, isUnclear(err))
			}
		})
	}
}

// passwords keeps those that a server is sent by an operation, and complains of any that somebody could know or guess: each
// is to be long, of all kinds of characters, and another one.
func passwords(t *testing.T, srv *sim.Server, operation string) (seen map[string]bool) {
	t.Helper()
	seen = make(map[string]bool)
	srv.Before = func(r sim.RequestInfo, _ *sim.State) {
		var body struct{ Password *string }
		if r.Op != operation {
			return
		}
		if err := json.Unmarshal([]byte(r.Body), &body); err != nil || body.Password == nil {
			t.Errorf("body without a password: %v", err)
			return
		}
		p := *body.Password
		if len(p) < 32 || strings.Contains(p, sim.VendorPassword) || seen[p] {
			t.Errorf("password %q", p)
		}
		for _, kind := range []func(rune) bool{unicode.IsUpper, unicode.IsLower, unicode.IsDigit, func(r rune) bool {
			return unicode.IsPunct(r) || unicode.IsSymbol(r)
		}} {
			if !strings.ContainsFunc(p, kind) {
				t.Errorf("password %q lacks a kind of characters", p)
			}
		}
		seen[p] = true
	}
	return seen
}

func TestCreateAccount_neverSendsAPasswordThatAnybodyCouldKnow(t *testing.T) {
	srv := newServer(t, sim.EmptySnapshot())
	seen := passwords(t, srv, "create_user")
	w := newWriter(t, srv)
	for n := range 200 {
		c := newcomer()
		c.Email = ptr(directory.Email(fmt.Sprintf("new%d@acme.example", n)))
		if _, err := w.CreateAccount(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 200 {
		t.Errorf("%d passwords", len(seen))
	}
	for _, u := range srv.Snapshot().Users {
		if u.VendorPassword {
			t.Errorf("%s has the password of the vendor's pages", u.Username)
		}
	}
}

// Who was created for another way to sign on has a password that was never set.
func TestUpdateAccount_givesWhoComesBackAPasswordThatNobodyCouldKnow(t *testing.T) {
	srv := newServer(t, company(60, 8, 4, sim.Switches{}, false))
	w := newWriter(t, srv)
	live := read(t, w)
	seen := passwords(t, srv, "update_user")
	back := 0
	for _, u := range live.Users {
		if u.SignOn == "Internal" {
			continue
		}
		now, err := w.ReadAccount(t.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		after, err := w.UpdateAccount(t.Context(), now, directory.UserChange{SignOn: ptr(directory.SignOnID(-1))})
		if err != nil || after.SignOn != "Internal" {
			t.Errorf("account %d signs on by %q, %v", u.ID, after.SignOn, err)
		}
		back++
	}
	if back < 2 || len(seen) != back {
		t.Errorf("%d passwords for %d accounts", len(seen), back)
	}
}

// Who was invited has not chosen a password yet, and a write that activates the account leaves nobody the time to.
func TestUpdateAccount_givesWhoIsActivatedAPasswordThatNobodyCouldKnow(t *testing.T) {
	srv := newServer(t, company(60, 8, 4, sim.Switches{}, true))
	w := newWriter(t, srv)
	live := read(t, w)
	seen := passwords(t, srv, "update_user")
	activated := 0
	for _, u := range live.Users {
		if !u.Pending || u.SignOn != "Internal" {
			continue
		}
		now, err := w.ReadAccount(t.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		after, err := w.UpdateAccount(t.Context(), now, directory.UserChange{Active: ptr(true)})
		if err != nil || !after.Active {
			t.Errorf("account %d: active %v, %v", u.ID, after.Active, err)
		}
		activated++
	}
	if activated == 0 || len(seen) != activated {
		t.Errorf("%d passwords for %d accounts", len(seen), activated)
	}
}

// Before 2023 users have no fields about groups and mails, and what needs them is not sent at all.
func TestCreateAccount_saysNothingThatOldServersDoNotKnow(t *testing.T) {
	s := company(20, 8, 4, sim.Switches{Generation: sim.Gen2018}, true)
	s.Users[0].SiteAdmin = true
	srv := newServer(t, s)
	srv.Before = func(r sim.RequestInfo, _ *sim.State) {
		if r.Op == "create_user" && (strings.Contains(r.Body, "group") || strings.Contains(r.Body, "mail\":")) {
			t.Errorf("body has a field that is not known: %s", r.Path)
		}
	}
	w := newWriter(t, srv)
	read(t, w)
	if _, err := w.CreateAccount(t.Context(), newcomer()); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*directory.UserChange){
		"the instance has no group Administrators": func(c *directory.UserChange) { c.Admin = ptr(true) },
		"the instance has no groups":               func(c *directory.UserChange) { c.Groups = &[]directory.GroupID{41} },
	} {
		c := newcomer()
		change(&c)
		if _, err := w.CreateAccount(t.Context(), c); errorText(err) != "POST users: "+name || isUnclear(err) {
			t.Errorf("error = %v", err)
		}
	}
	if got := srv.Count("create_user"); got != 1 {
		t.Errorf("%d creates were sent", got)
	}
}

func TestCaps_areDiscovered(t *testing.T) {
	for _, generation := range []sim.Generation{sim.Gen2018, sim.Gen2023, sim.Gen2026} {
		s := company(30, 8, 4, sim.Switches{Generation: generation}, false)
		s.Users[0].SiteAdmin = true
		w := newWriter(t, newServer(t, s))
		if caps := w.Caps(); len(caps.Kinds) > 0 {
			t.Errorf("before a reading: %+v", caps)
		}
		read(t, w)
		caps := w.Caps()
		recent := generation != sim.Gen2018
		for _, kind := range plan.Kinds() {
			can := recent && kind != plan.DeleteGroup || kind == plan.CreateUser || kind == plan.AddToProject
			if caps.Kinds[kind] != can {
				t.Errorf("generation %d: %s is %v", generation, kind, !can)
			}
			if !can && (caps.Where[kind] == "" || caps.Why[kind] == "") {
				t.Errorf("generation %d: nothing says where and why %s is a manual step", generation, kind)
			}
		}
		if caps.Reported[plan.FieldAdmin] != recent || caps.Writable[plan.FieldAdmin] != recent || caps.ReadsGroups != recent ||
			caps.Writable[plan.FieldSignOn] != recent || (caps.AdminGroup == "Administrators") != recent {
			t.Errorf("generation %d: %+v", generation, caps)
		}
		if caps.Writable[plan.FieldEmail] || !caps.Writable[plan.FieldProfile] || caps.Reported[plan.FieldProfile] || caps.RenamesGroups ||
			caps.Membership != plan.OnUser || !caps.NameParts || caps.Joining == "" {
			t.Errorf("generation %d: %+v", generation, caps)
		}
		if recent && caps.Where[plan.UpdateUser] == "" {
			t.Error("nothing says where a login address is changed")
		}
	}
}
