package spec_test

import (
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the names are checked against the database of the Go release, not the machine's
)

// A name that is suggested has to be one that is taken.
func TestZones_areKnown(t *testing.T) {
	text, err := os.ReadFile("zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Fields(string(text))
	if len(names) < 400 {
		t.Fatalf("the list has %d names", len(names))
	}
	for _, name := range names {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
