package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
)

// A list that is not whole, that repeats itself or counts itself wrong is no ground for anything: nothing is compared, nothing
// is written, whatever the command.
func TestUnreadable_spoiledLists(t *testing.T) {
	overProducts(t, func(t *testing.T, p product) {
		cases := 0
		for _, s := range p.spoiled {
			for _, fault := range s.faults {
				cases++
				t.Run(strings.Join(append([]string{fault, "of", s.list}, s.switches...), " "), func(t *testing.T) {
					d, _ := mixedDesk(t, p)
					if err := d.turn(append([]string{"fault=" + fault + "@" + s.list}, s.switches...)); err != nil {
						t.Fatal(err)
					}
					before := d.state(t)
					for _, args := range [][]string{{"plan"}, {"drift"}, {"apply", "--yes"}} {
						d.ResetLog()
						code, stdout, stderr := d.run(append(args, "-f", d.roster)...)
						if code != 8 || stdout != "" || !strings.Contains(stderr, "error: ") {
							t.Errorf("%s: exit code %d, want 8\n%s%s", args[0], code, stdout, stderr)
						}
						if d.Count(s.list) == 0 {
							t.Errorf("%s does not read that list", args[0])
						}
						d.untouched(t, before)
					}
				})
			}
		}
		t.Logf("spoiled lists: %s: %d lists, %d cases, 3 commands each", p.name, len(p.spoiled), cases)
	})
}

// A list that never comes whole over the wire is asked for again, and given up.
func TestUnreadable_listsThatAreCutOff(t *testing.T) {
	overProducts(t, func(t *testing.T, p product) {
		for i, list := range append([]string{p.whoAmI}, p.lists...) {
			want := 8
			if i == 0 {
				want = 1 // nobody has answered yet: that is a host that fails
			}
			for _, fault := range []string{"truncated", "cut", "html-200", "reset", "html-502"} {
				t.Run(fault+" of "+list, func(t *testing.T) {
					d, _ := mixedDesk(t, p)
					if err := d.turn([]string{"fault=" + fault + "@" + list}); err != nil {
						t.Fatal(err)
					}
					file := filepath.Join(t.TempDir(), "company.json")
					before := d.state(t)
					if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
						t.Fatal(err)
					}
					synctest.Test(t, func(t *testing.T) {
						code, stdout, stderr := d.run("apply", "--yes", "-f", d.roster, "--sim", file)
						if code != want || stdout != "" {
							t.Errorf("exit code %d, want %d\n%s%s", code, want, stdout, stderr)
						}
					})
					after, err := os.ReadFile(file)
					if err != nil {
						t.Fatal(err)
					}
					same(t, "the simulator", strings.Split(before, "\n"), strings.Split(string(after), "\n"))
				})
			}
		}
		t.Logf("lists that are cut off: %s: %d", p.name, 5*(1+len(p.lists)))
	})
}
