package edit_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
	"rollcall/internal/spec"
)

// offboarded puts a list into the roster of some files and returns the files that change, the changes and the statuses. What
// the roster says afterwards is held against what it has to say.
func offboarded(t *testing.T, files map[string]string, list string) (texts map[string]string, changes, statuses []string, err error) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(folder)
	want, sources, err := spec.LoadSources("users.yaml", spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	people, err := edit.ReadLeavers("hr.csv", []byte(list), edit.Columns{}, directory.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	done, err := edit.Offboard(want, sources, people.People, directory.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		return nil, nil, nil, err
	}
	after, err := spec.Load("users.yaml", spec.Options{Texts: done.Texts})
	if err != nil {
		return nil, nil, nil, err
	}
	if !edit.Same(done.Want, after) {
		t.Errorf("the roster does not say what it has to:\n%s", cmp.Diff(done.Want, after))
	}
	for _, c := range done.Changes(after) {
		changes = append(changes, c.Pos.String()+": "+c.Text)
	}
	for _, p := range done.Persons {
		statuses = append(statuses, string(p.Email)+" "+string(p.Status))
	}
	return done.Texts, changes, statuses, nil
}

const stays = "version: 1\ndefaults: {group: {mode: exact}}\n"

// offboarding is a roster, a list of leavers and what becomes of the one with the other.
type offboarding struct {
	name        string
	text, want  string // of users.yaml; want "" for no change
	list        string
	more        map[string]string // other files
	wantMore    map[string]string
	wantChanges []string
}

func offboardings() []offboarding {
	return []offboarding{
		{
			name: "entries with projects and a way to sign on, whole or with a last day",
			text: stays + `leavers: []
users:
  - email: ana@x.example
    given_name: Ana
    family_name: Ruiz
    projects:
      - project: Apollo
        profile: Lead   # for now
    auth: {system: LDAP}
  - email: bo@x.example
    projects: []
    auth:
      external_name: bo
    note: stays a while
  - {email: cleo@x.example, projects: [{project: Apollo}]}
  - email: di@x.example
`,
			list: "email,last day\nana@x.example,2026-01-01\nbo@x.example,2027-01-01\ncleo@x.example,2027-01-01\n",
			want: stays + `leavers:
  - ana@x.example
users:
  - email: bo@x.example
    projects: []
    auth:
      external_name: bo
    until: 2027-01-01
    note: stays a while
  - {email: cleo@x.example, projects: [{project: Apollo}], until: 2027-01-01}
  - email: di@x.example
`,
			wantChanges: []string{
				"users.yaml:4:5: leaver ana@x.example",
				"users.yaml:5:5: entry of ana@x.example taken out",
				"users.yaml:10:12: bo@x.example until 2027-01-01",
				"users.yaml:12:67: cleo@x.example until 2027-01-01",
			},
		},
		{
			name: "an entry and its memberships, and a list that there was not",
			text: stays + `users:
  - email: ana@x.example
  - email: bo@x.example   # of Bo
    name: Bo
    # role: Lead
  - email: cleo@x.example
groups:
  - name: qa
    members: [ana@x.example, bo@x.example]
  - name: qb
    members:
      - bo@x.example # him
      - cleo@x.example
  - name: qc
    members:      # alone
      - bo@x.example
`,
			list: "bo@x.example\n",
			want: stays + `leavers:
  - bo@x.example
users:
  - email: ana@x.example
  - email: cleo@x.example
groups:
  - name: qa
    members: [ana@x.example]
  - name: qb
    members:
      - cleo@x.example
  - name: qc
    members: []      # alone
`,
			wantChanges: []string{
				"users.yaml:4:5: leaver bo@x.example",
				"users.yaml:5:5: entry of bo@x.example taken out",
				`users.yaml:11:30: bo@x.example taken out of group "qa"`,
				`users.yaml:14:9: bo@x.example taken out of group "qb"`,
				`users.yaml:18:9: bo@x.example taken out of group "qc"`,
			},
		},
		{
			name: "comments of others, and headings of several entries",
			text: stays + `leavers: [gone@x.example]  # gone

users:
  # The first team
  - email: ana@x.example
  - email: bo@x.example

  # The second team
  - email: cleo@x.example

  # The third team

  # on leave
  - email: dan@x.example
  # new
  - email: eve@x.example
  # the end
`,
			list: "ana@x.example\ncleo@x.example\neve@x.example\n",
			want: stays + `leavers: [ana@x.example, cleo@x.example, eve@x.example, gone@x.example]  # gone

users:
  # The first team
  - email: bo@x.example

  # The third team

  # on leave
  - email: dan@x.example
  # the end
`,
		},
		{
			name: "remarks that go on below",
			text: stays + `users:
  - email: ana@x.example  # on leave
                          # until May
  - email: bo@x.example   # new
                          # here
groups:
  - name: qa
    members:
      - ana@x.example  # leads
                       # the team
      - bo@x.example
`,
			list: "bo@x.example\n",
			want: stays + `leavers:
  - bo@x.example
users:
  - email: ana@x.example  # on leave
                          # until May
groups:
  - name: qa
    members:
      - ana@x.example  # leads
                       # the team
`,
		},
		{
			name: "remarks behind brackets that get shorter",
			text: stays + `users:
  - {email: ana@x.example}
  - {email: bo@x.example}
groups:
  - {name: qa, members: [ana@x.example, bo@x.example]} # close
  - {name: qb, members: [ana@x.example, bo@x.example]}   # in a column
`,
			list: "bo@x.example\n",
			want: stays + `leavers:
  - bo@x.example
users:
  - {email: ana@x.example}
groups:
  - {name: qa, members: [ana@x.example]}  # close
  - {name: qb, members: [ana@x.example]}                 # in a column
`,
		},
		{
			name: "last days",
			text: stays + `users:
  - email: ana@x.example
    name: Ana
    note: a remark   # of Ana
  - {email: bo@x.example, note: "x"}  # Bo
  - {email: cleo@x.example, until: 2027-06-30}
  - email: dan@x.example
    until: 2026-12-01 # contract
  - email: eve@x.example
    until: "2027-12-01" # contract
`,
			list: "email,last day\nana@x.example,2026-11-22\nbo@x.example,2026-12-31\ncleo@x.example,2026-12-31\ndan@x.example,2026-12-31\neve@x.example,2026-12-31\nfay@x.example,2026-12-31\n",
			want: stays + `users:
  - email: ana@x.example
    name: Ana
    until: 2026-11-22
    note: a remark   # of Ana
  - {email: bo@x.example, until: 2026-12-31, note: x}  # Bo
  - {email: cleo@x.example, until: 2026-12-31}
  - email: dan@x.example
    until: 2026-12-01 # contract
  - email: eve@x.example
    until: 2026-12-31 # contract
`,
			wantChanges: []string{
				"users.yaml:6:12: ana@x.example until 2026-11-22",
				"users.yaml:8:34: bo@x.example until 2026-12-31",
				"users.yaml:9:36: cleo@x.example until 2026-12-31",
				"users.yaml:13:12: eve@x.example until 2026-12-31",
			},
		},
		{
			name: "former addresses, other spellings and people whom nobody knows",
			text: stays + "leavers:\n  - zed@x.example\n  - gone@x.example # first\nusers:\n  - email: Ana@x.example\n    was: [old@x.example]\n  - email: bo@x.example\n",
			list: "OLD@x.example\nana@X.EXAMPLE\nnew@x.example\nGone@x.example\n",
			want: stays + "leavers:\n  - zed@x.example\n  - gone@x.example # first\n  - Ana@x.example\n  - new@x.example\n  - old@x.example\nusers:\n  - email: bo@x.example\n",
			wantChanges: []string{
				"users.yaml:6:5: leaver Ana@x.example",
				"users.yaml:8:5: leaver old@x.example, the former address of Ana@x.example",
				"users.yaml:7:5: entry of Ana@x.example taken out",
				"users.yaml:7:5: leaver new@x.example, who had no entry",
			},
		},
		{
			name: "a file of leavers and files of teams",
			text: stays + "leavers: gone.txt\ninclude:\n  - {files: \"teams/*.yaml\", groups: [qa], domains: [x.example]}\nusers:\n  - email: admin@x.example\n",
			list: "ana@x.example\nbo@x.example\n",
			more: map[string]string{
				"gone.txt":     "# The record.\r\nabe@x.example\r\nzoe@x.example  # audit",
				"teams/a.yaml": "users:\n- {email: ana@x.example}\n- {email: bo@x.example}\ngroups:\n- {name: qa, members: [ana@x.example,\n    bo@x.example]}\n",
			},
			wantMore: map[string]string{
				"gone.txt":     "# The record.\r\nabe@x.example\r\nana@x.example\r\nbo@x.example\r\nzoe@x.example  # audit\r\n",
				"teams/a.yaml": "users: []\ngroups:\n- {name: qa, members: []}\n",
			},
		},
		{
			name: "a roster in braces",
			text: "{version: 1, users: [{email: ana@x.example}, {email: bo@x.example}]}\n",
			list: "bo@x.example\n",
			want: "version: 1\nleavers:\n  - bo@x.example\nusers:\n  - {email: ana@x.example}\n",
		},
		{
			name: "windows line ends, a byte order mark and an empty list",
			text: "\ufeffversion: 1\r\nleavers: []  # none\r\nusers:\r\n  - email: ana@x.example\r\n  - email: bo@x.example",
			list: "bo@x.example\n",
			want: "\ufeffversion: 1\r\nleavers:  # none\r\n  - bo@x.example\r\nusers:\r\n  - email: ana@x.example\r\n",
		},
		{
			name: "members by an alias",
			text: stays + "users:\n  - email: ana@x.example\n  - email: bo@x.example\ngroups:\n  - name: qa\n    members: &all\n      - ana@x.example\n      - bo@x.example\n  - name: qb\n    members: *all\n",
			list: "bo@x.example\n",
			want: stays + "leavers:\n  - bo@x.example\nusers:\n  - email: ana@x.example\ngroups:\n  - name: qa\n    members: &all\n      - ana@x.example\n  - name: qb\n    members: *all\n",
		},
		{name: "nothing to do", text: stays + "leavers: [bo@x.example]\nusers:\n  - email: bo@x.example\n", list: "bo@x.example\n"},
	}
}

func TestOffboard(t *testing.T) {
	for _, tt := range offboardings() {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"users.yaml": tt.text}
			maps.Copy(files, tt.more)
			got, changes, _, err := offboarded(t, files, tt.list)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			maps.Copy(want, tt.wantMore)
			if tt.want != "" {
				want["users.yaml"] = tt.want
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.wantChanges, changes); tt.wantChanges != nil && diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			maps.Copy(files, got)
			if again, changes, _, err := offboarded(t, files, tt.list); err != nil || len(again) > 0 || len(changes) > 0 {
				t.Errorf("the same list once more changes %v %v, %v", again, changes, err)
			}
		})
	}
}

func TestOffboard_refused(t *testing.T) {
	tests := []struct{ name, text, list, want string }{
		{"two last days of one person", stays + "users:\n  - email: ana@x.example\n    was: [old@x.example]\n", "email,until\nana@x.example,2026-12-01\nold@x.example,2026-12-02\n",
			"hr.csv:3:1: old@x.example is on the list with another last day at hr.csv:2:1"},
		{"an anchor that goes", stays + "users:\n  - email: &bo bo@x.example\n  - email: ana@x.example\n    note: *bo\n", "bo@x.example\n",
			"users.yaml:7:11: alias *bo has no anchor"},
		{"a list with an anchor that nobody is left in", stays + "users:\n  - email: bo@x.example\n  - email: ana@x.example\ngroups:\n  - name: qa\n    members: &all\n      - bo@x.example\n", "bo@x.example\n",
			"users.yaml:8:7: left as it is: a list can't be emptied here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, _, err := offboarded(t, map[string]string{"users.yaml": tt.text}, tt.list)
			if diff := cmp.Diff([]string{tt.want}, problems(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOffboard_statuses(t *testing.T) {
	_, _, got, err := offboarded(t, map[string]string{"users.yaml": stays + "leavers: [gone@x.example]\nusers:\n  - email: ana@x.example\n  - email: bo@x.example\n  - {email: off@x.example, active: false}\n"},
		"email,until\nana@x.example,2026-11-21\nbo@x.example,2026-11-22\noff@x.example,2026-12-31\ngone@x.example,2026-11-01\nnew@x.example,2026-11-01\nlater@x.example,2027-01-01\nana@x.example,2026-11-21\n")
	want := []string{"ana@x.example left", "bo@x.example dated", "off@x.example already", "gone@x.example already", "new@x.example unlisted", "later@x.example waiting"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("statuses %s, %v, want %s", strings.Join(got, ", "), err, strings.Join(want, ", "))
	}
}
