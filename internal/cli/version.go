package cli

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/internal/render"
)

func newVersion(env Env, shared *common) *cobra.Command {
	return newCommand(env, shared, "version [flags]", "Print the version",
		"Prints the version of rollcall, the commit it was built of, and what it was built with. A version that ends in\n"+
			"+dirty is of a source that differed from its commit: nobody else can build it.",
		"  rollcall version\n  rollcall version --format json", 0, 0).in(formatText, formatJSON).does(version)
}

// versionInfo is the result as JSON. What is not known is absent.
type versionInfo struct {
	Version  string     `json:"version"`
	Commit   string     `json:"commit,omitempty"`
	Date     *time.Time `json:"date,omitempty"` // of the commit
	Modified bool       `json:"modified"`
	Go       string     `json:"go"`
	Platform string     `json:"platform"`
}

func version(_ context.Context, r *run, _ []string) error {
	c := r.env.Commit
	v := versionInfo{
		Version: r.env.Version, Commit: c.Hash, Modified: c.Modified,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	if !c.Time.IsZero() {
		at := c.Time.UTC()
		v.Date = &at
	}
	if r.o.format == formatJSON {
		return render.JSON(r.env.Stdout, v)
	}
	_, err := fmt.Fprintf(r.env.Stdout, "rollcall %s (%s)\n", v.Version, strings.Join(v.origin(), ", "))
	return err
}

// shownHash is how much of a commit's hash people compare.
const shownHash = 12

// origin says what the program was made of.
func (v *versionInfo) origin() []string {
	var of []string
	if v.Commit != "" {
		commit := "commit " + v.Commit[:min(shownHash, len(v.Commit))]
		if v.Date != nil {
			commit += " of " + v.Date.Format(time.DateOnly)
		}
		if v.Modified {
			commit += " and changes that are not in it"
		}
		of = append(of, commit)
	}
	return append(of, v.Go, v.Platform)
}
