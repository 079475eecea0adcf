package cli

import (
	"context"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"rollcall/internal/render"
)

func newVersion(env Env, shared *common) *cobra.Command {
	return newCommand(env, shared, "version [flags]", "Print the version",
		"Prints the version of rollcall and what it was built with.",
		"  rollcall version\n  rollcall version --format json", 0, 0).in(formatText, formatJSON).does(version)
}

// versionInfo is the result as JSON.
type versionInfo struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func version(_ context.Context, r *run, _ []string) error {
	v := versionInfo{Version: r.env.Version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if r.o.format == formatJSON {
		return render.JSON(r.env.Stdout, v)
	}
	_, err := fmt.Fprintf(r.env.Stdout, "rollcall %s (%s, %s)\n", v.Version, v.Go, v.Platform)
	return err
}
