package qtestsim_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/qtestsim"
)

var update = flag.Bool("update", false, "write the answers into testdata/exchanges.txt")

const exchangesFile = "testdata/exchanges.txt"

// TestExchanges holds every operation to raw JSON in and out.
func TestExchanges(t *testing.T) {
	text, err := os.ReadFile(exchangesFile)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n\n")
	operations := map[string]bool{}
	for i, block := range blocks[1:] {
		name, rest, _ := strings.Cut(block, "\n> ")
		line, want, found := strings.Cut(rest, "\n< ")
		if !found {
			t.Fatalf("no exchange: %s", block)
		}
		t.Run(name, func(t *testing.T) {
			srv := serve(t, small())
			a := dial(t, srv).who(line)
			got := fmt.Sprintf("%d %s", a.Status, strings.TrimSpace(a.Body))
			if diff := cmp.Diff(want, got); diff != "" && !*update {
				t.Errorf("(-want +got):\n%s", diff)
			}
			blocks[i+1] = name + "\n> " + line + "\n< " + got
			if a.Status >= 500 {
				t.Errorf("status %d", a.Status)
			}
			if api := strings.HasPrefix(a.Header.Get("Content-Type"), "application/json;charset=UTF-8"); api && a.Header.Get("Cache-Control") == "" {
				t.Error("no Cache-Control")
			}
			operations[srv.Requests()[0].Op] = true
			consistent(t, srv)
		})
	}
	// These have tests of their own: TestToken, TestAvatar.
	operations["oauth_token"], operations["get_avatar"] = true, true
	for _, name := range sim.Operations() {
		if !operations[name] {
			t.Errorf("%s has no exchange", name)
		}
	}
	if *update {
		if err := os.WriteFile(exchangesFile, []byte(strings.Join(blocks, "\n\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
