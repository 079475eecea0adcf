package cli_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"rollcall/internal/sim/testrailsim"
)

// An approved plan is held to the same final read as any: what somebody undoes behind our write is not converged.
func TestApply_planFileThatSomebodyUndoes(t *testing.T) {
	for name, undo := range map[string]func(*testrailsim.State, testrailsim.User) error{
		"the same field": func(s *testrailsim.State, u testrailsim.User) error {
			u.RoleID = 1
			return s.SetUser(u)
		},
		"the account as a whole": func(s *testrailsim.State, u testrailsim.User) error {
			u.RoleID, u.IsActive = 1, false
			return s.SetUser(u)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t, testrailsim.GenOptions{Users: 40, Groups: 3})
			c.edit(t, `(?m)^    role: Tester\n`, "    role: Designer\n")
			approved := filepath.Join(t.TempDir(), "p.json")
			c.run(t, 0, "plan", "-f", c.roster, "--out", approved)

			id := 0
			c.Before = func(r testrailsim.RequestInfo, s *testrailsim.State) {
				if u, found := s.User(id); found {
					id = 0
					if err := undo(s, u); err != nil {
						t.Error(err)
					}
				}
				if r.Route.Method == "update_user" {
					if _, err := fmt.Sscan(r.Route.Arg, &id); err != nil {
						t.Error(err)
					}
				}
			}
			c.run(t, 5, "apply", approved, "-f", c.roster)
		})
	}
}

// A selector may name what the run itself renames or deletes.
func TestApply_onlyWhatIsGoneAfterwards(t *testing.T) {
	c := newCompany(t, testrailsim.GenOptions{Users: 40, Groups: 3})
	group := c.Snapshot().Groups[0].Name
	c.edit(t, `(?m)^  - name: `+group+`\n`, "  - name: Quality\n    was: ["+group+"]\n")
	c.run(t, 0, "apply", "--yes", "-f", c.roster, "--only", "group:"+group)
	c.edit(t, `(?m)^    was: \[`+group+`\]\n`, "")
	c.run(t, 6, "plan", "-f", c.roster, "--only", "group:"+group)
}
