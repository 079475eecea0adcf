package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// A format changes what is printed and nothing else: the exit code of each command, and what it writes, is the same in every
// one. What can't be read back is called so wherever it is shown.
func TestFormats_sayTheSame(t *testing.T) {
	overProducts(t, func(t *testing.T, p product) {
		for _, format := range render.Formats() {
			t.Run(format, func(t *testing.T) {
				d, _ := mixedDesk(t, p)
				saved := filepath.Join(t.TempDir(), "plan.json")
				said := map[string]string{
					"plan":  d.rollcall(t, 2, "plan", "--detailed-exitcode", "--out", saved, "--format", format),
					"drift": d.rollcall(t, 2, "drift", "--format", format),
				}
				code, shown, stderr := d.run("show", saved, "--format", format)
				if code != 0 {
					t.Errorf("show: exit code %d\n%s", code, stderr)
				}
				said["show"] = shown
				said["apply"] = d.rollcall(t, 0, "apply", "--yes", "--format", format)
				for command, text := range said {
					if text == "" {
						t.Errorf("%s says nothing", command)
					}
					if format != "github" && strings.Contains(strings.ToLower(text), "unverifiable") != p.unverifiable {
						t.Errorf("%s calls something unverifiable: %t, want %t\n%s", command, !p.unverifiable, p.unverifiable, text)
					}
				}
				d.rollcall(t, 0, "drift", "--format", format)
				if again := decode[plan.Plan](t, d.rollcall(t, 0, "plan", "--format", "json")); !again.Empty() {
					t.Errorf("the next plan does %v", planned(again))
				}
			})
		}
		t.Logf("formats: %s: %d", p.name, len(render.Formats()))
	})
}
