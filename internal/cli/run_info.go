package cli

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
)

// runInfo names a run, for whoever reads its report.
func (r *run) runInfo(ord *order) apply.RunInfo {
	return apply.RunInfo{
		ID: runID(r.env.Now(), rand.Reader), ToolVersion: r.env.Version, Target: ord.opts.Target,
		Account: account(ord.live), Commit: commit(r.env.Getenv), Undoes: ord.opts.Undoes, Labels: labels(r.o.labels),
	}
}

// labels returns what --label says, nil for nothing. A later one of a name counts.
func labels(texts []string) map[string]string {
	if len(texts) == 0 {
		return nil
	}
	said := make(map[string]string, len(texts))
	for _, text := range texts {
		name, value, _ := strings.Cut(text, "=")
		said[name] = value
	}
	return said
}

// checkLabel returns what is wrong with a value of --label.
func checkLabel(text string) error {
	if name, _, found := strings.Cut(text, "="); !found || strings.TrimSpace(name) != name || name == "" {
		return usage("write --label KEY=VALUE", "--label %q has no name and value", text)
	}
	return nil
}

// runID names a run: when it was, and four random bytes.
func runID(now time.Time, random io.Reader) string {
	var b [4]byte
	_, _ = io.ReadFull(random, b[:]) // crypto/rand does not fail
	return fmt.Sprintf("%s-%s", now.UTC().Format("20060102T150405Z"), hex.EncodeToString(b[:]))
}

// account returns the address of the account whose credentials are used.
func account(live *directory.Live) string {
	for i := range live.Users {
		if live.Users[i].ID == live.Self {
			return string(live.Users[i].Email)
		}
	}
	return ""
}

// commit returns the commit that a CI system says it runs, so that a report can be traced to a reviewed change.
func commit(getenv func(string) string) string {
	for _, name := range [...]string{"GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT", "BUILD_SOURCEVERSION"} {
		if sha := getenv(name); sha != "" {
			return sha
		}
	}
	return ""
}
