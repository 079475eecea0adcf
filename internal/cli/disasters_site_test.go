package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rollcall/internal/render"
	"rollcall/internal/sim/qtestsim"
)

// Whoever is in the group of the administrators is one: a roster that lists it makes administrators past every guard, so that
// no command takes it, in any spelling.
func TestDisasters_theGroupOfTheAdministrators(t *testing.T) {
	small := firm{admins: 2, people: 3, groups: []team{{"pair", ids("u", 2)}}}
	rows := []struct {
		name string
		keys []string
	}{
		{"listed like any other group", []string{"name: Administrators", "mode: exact"}},
		{"in another spelling", []string{"name: aDMINISTRATORS", "mode: at_least"}},
		{"as what a group was called before", []string{"name: leads", "mode: exact", "was: [administrators]"}},
		{"by its id", []string{"name: pair", "mode: at_least", "id: 1"}},
	}
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := sit(t, qTest(), small, ungrouped("pair"), func(d *draft) {
				d.groups = append(d.groups, line{name: "new", keys: tt.keys, members: []string{"a1", "a2", "u3"}})
			})
			before := d.state(t)
			for _, args := range [][]string{{"plan"}, {"drift"}, {"apply", "--yes"}} {
				d.ResetLog()
				code, stdout, stderr := d.run(append(args, "-f", d.roster)...)
				if code != 6 || stdout != "" || !strings.Contains(stderr, "users.yaml:9:") {
					t.Errorf("%s: exit code %d, want 6 and the line of the group\n%s%s", args[0], code, stdout, stderr)
				}
				d.untouched(t, before)
			}
		})
	}
	t.Logf("the group of the administrators: %d rosters", len(rows))
}

// Who was invited and never came is switched off by a line about the person alone.
func TestDisasters_invitations(t *testing.T) {
	company := firm{admins: 3, people: 3, invited: 2}
	rows := []struct {
		name    string
		changes []change
		done    []string
	}{
		{"a policy for whoever fell out of the roster", []change{atRoot("unlisted: {users: deactivate}")}, nil},
		{"a default that activates everybody", []change{each([]string{"inv1"}, "name: INV1 Acme"), atRoot("defaults: {user: {active: true}}")}, nil},
		{"a line of the person's own", []change{each([]string{"inv1"}, "active: false")}, []string{"deactivate_user:inv1@acme.example"}},
		{"a list of leavers", []change{leaverFile([]string{"inv2"})}, []string{"deactivate_user:inv2@acme.example"}},
	}
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := sit(t, qTest(), company, tt.changes...)
			before := d.standing(t, []string{"inv1@acme.example", "inv2@acme.example"})
			_, done := d.converges(t)
			same(t, "actions done", tt.done, done)
			if after := d.standing(t, []string{"inv1@acme.example", "inv2@acme.example"}); len(tt.done) == 0 {
				same(t, "invitations", before, after)
			} else if gocmp.Diff(before, after) == "" {
				t.Error("the invitation stands")
			}
			d.idle(t)
		})
	}
	t.Logf("invitations: %d rosters", len(rows))
}

// wiretap serves a simulator and keeps the passwords that it is sent. A refusal repeats what it refuses.
type wiretap struct {
	http.Handler
	refuses bool

	mu        sync.Mutex
	passwords []string
}

func (w *wiretap) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var body struct{ Password string }
	if json.Unmarshal(text, &body) == nil && body.Password != "" {
		w.mu.Lock()
		w.passwords = append(w.passwords, body.Password)
		w.mu.Unlock()
		if w.refuses {
			to.Header().Set("Content-Type", "application/json")
			to.WriteHeader(http.StatusBadRequest)
			_, _ = to.Write(append(append([]byte(`{"message": "no: `), bytes.ReplaceAll(text, []byte(`"`), []byte(`\"`))...), `"}`...))
			return
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(text))
	w.Handler.ServeHTTP(to, r)
}

// A new account has a password that nobody knows: it is in nothing that a run says or writes, in whatever format, even if the
// tool repeats it.
func TestDisasters_passwordsAreNotShown(t *testing.T) {
	for _, tt := range []struct {
		name    string
		refuses bool
		code    int
	}{
		{"taken", false, 0},
		{"refused, with a text that repeats it", true, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			company := firm{admins: 2, people: 2}
			d := sit(t, qTest(), company, each([]string{"n1", "n2"}, "name: New Comer"))
			tap := &wiretap{Handler: d.simulator, refuses: tt.refuses}
			d.serve(t, tap)
			folder := t.TempDir()
			in := func(name string) string { return filepath.Join(folder, name) }
			var said strings.Builder
			for _, format := range render.Formats() {
				d.begin(t, textOf(t, company.qTest()))
				tap.Handler = d.simulator
				d.serve(t, tap)
				for _, args := range [][]string{
					{"plan", "--out", in(format + ".plan.json")},
					{"apply", in(format + ".plan.json"), "-v", "--trace", in(format + ".jsonl"), "--report", in(format + ".json"), "--report", in(format + ".html"), "--report", in(format + ".csv")},
				} {
					code, stdout, stderr := d.run(append(args, "-f", d.roster, "--format", format)...)
					if want := map[string]int{"plan": 0, "apply": tt.code}[args[0]]; code != want {
						t.Errorf("%s --format %s: exit code %d, want %d\n%s", args[0], format, code, want, stderr)
					}
					said.WriteString(stdout + stderr)
				}
				said.WriteString(d.state(t))
				for _, r := range d.lines() {
					said.WriteString(r.text)
				}
			}
			files, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				text, err := os.ReadFile(in(f.Name()))
				if err != nil {
					t.Fatal(err)
				}
				said.Write(text)
			}
			distinct := make(map[string]bool)
			for _, password := range tap.passwords {
				distinct[password] = true
				if len(password) < 32 || password == qtestsim.VendorPassword {
					t.Error("a password is easy to guess")
				}
				if strings.Contains(said.String(), password) {
					t.Error("a password is shown")
				}
			}
			if want := 2 * len(render.Formats()); len(distinct) != want {
				t.Errorf("%d passwords were sent, want %d", len(distinct), want)
			}
			if strings.Contains(said.String(), `"vendor_password"`) {
				t.Error("an account has the password that everybody knows")
			}
			t.Logf("passwords: %d in %d bytes of output and %d files", len(distinct), said.Len(), len(files))
		})
	}
}
